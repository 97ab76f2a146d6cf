/* SPDX-License-Identifier: MIT */
/* A register full of doubles, for kernels (base/isa.h) whose sums compilers would
 * keep in memory. How many there are must not change a bit of an answer. */
#ifndef KAM_MATH_WIDE_H
#define KAM_MATH_WIDE_H

#include "math/grid.h"

#if defined(__AVX512F__)
enum { KAM__WIDE = 8 };
#elif defined(__AVX2__)
enum { KAM__WIDE = 4 };
#elif defined(__GNUC__)
enum { KAM__WIDE = 2 };
#else
enum { KAM__WIDE = 1 };
#endif

#if defined(__GNUC__)
typedef double kam__wide
    __attribute__((vector_size(8 * KAM__WIDE), aligned(8), may_alias));
typedef uint64_t kam__wide_bits __attribute__((vector_size(8 * KAM__WIDE)));

/* kam__odd, kam__short_odd of each */
static inline kam__wide kam__wide_odd(kam__wide x) {
    return (kam__wide)((kam__wide_bits)x | 1);
}
static inline kam__wide kam__wide_short_odd(kam__wide x) {
    return (kam__wide)(((kam__wide_bits)x & ~KAM__GRID_REST) |
                       (KAM__GRID_REST + 1) >> 1);
}
#else
typedef double kam__wide;
static inline kam__wide kam__wide_odd(kam__wide x) { return kam__odd(x); }
static inline kam__wide kam__wide_short_odd(kam__wide x) {
    return kam__short_odd(x);
}
#endif

/* Or GCC keeps arrays of them in memory. */
#if defined(__GNUC__) && !defined(__clang__)
#define KAM__UNROLL _Pragma("GCC unroll 8")
#else
#define KAM__UNROLL
#endif

static inline kam__wide kam__wide_load(const double *from) {
    return *(const kam__wide *)(const void *)from;
}

static inline void kam__wide_store(double *to, kam__wide x) {
    *(kam__wide *)(void *)to = x;
}

/* Asks for the memory of x[ahead], which need not be part of what x points to. */
static inline void kam__fetch(const double *x, int32_t ahead) {
#if defined(__GNUC__)
    const uintptr_t at = (uintptr_t)x + (uintptr_t)ahead * sizeof *x;
    __builtin_prefetch((const void *)at, 0, 2);
#else
    (void)x, (void)ahead;
#endif
}

/* Two tiles on, for loops that take one of every column: processors do not see
 * twenty streams coming. */
enum { KAM__AHEAD = 256 };

#endif
