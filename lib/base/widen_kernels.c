/* SPDX-License-Identifier: MIT */
/* Packed rows of any type as doubles, in loops that become vector code. */
#include <string.h>

#include "base/isa.h"
#include "base/rows.h"

#define WIDEN(name, type)                                                      \
    static void name(const char *from, int32_t n, double *restrict tile) {     \
        for (int32_t i = 0; i < n; i++) {                                      \
            type value;                                                        \
            memcpy(&value, from + (size_t)i * sizeof value, sizeof value);     \
            tile[i] = (double)value;                                           \
        }                                                                      \
    }
WIDEN(widen_f64, double)
WIDEN(widen_f32, float)
WIDEN(widen_i64, int64_t)
WIDEN(widen_i32, int32_t)
WIDEN(widen_u8, uint8_t)

static void widen(int32_t type, const char *from, int32_t n, double *tile) {
    switch (type) {
    case KAM_F64: widen_f64(from, n, tile); break;
    case KAM_F32: widen_f32(from, n, tile); break;
    case KAM_I64: widen_i64(from, n, tile); break;
    case KAM_U8: widen_u8(from, n, tile); break;
    default: widen_i32(from, n, tile); break;
    }
}

const kam__widen_rows KAM__ISA(kam__widen) = widen;
