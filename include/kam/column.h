/* SPDX-License-Identifier: MIT */
/**
 * @file kam/column.h
 * A read-only view of one column the caller owns. Nothing is copied or kept.
 */
#ifndef KAM_COLUMN_H
#define KAM_COLUMN_H

#include "status.h"

KAM_BEGIN

/** Value types. The names in brackets are Arrow's. Numbers are pinned. */
enum {
    KAM_F64 = 1,    /**< [float64] NaN is a missing value */
    KAM_F32 = 2,    /**< [float32] NaN is a missing value */
    KAM_I64 = 3,    /**< [int64] */
    KAM_I32 = 4,    /**< [int32] */
    KAM_U8 = 5,     /**< [uint8] */
    KAM_DAY = 6,    /**< [date32] days since 1970-01-01, int32 */
    KAM_TEXT32 = 7, /**< [utf8] int32 offsets in `values`, bytes in `text` */
    KAM_TEXT64 = 8, /**< [large_utf8] int64 offsets, bytes in `text` */
    KAM_CHARS = 9   /**< `stride` bytes a row, ended by NUL when shorter */
};

/**
 * One column. Row i of a number column is at `values + (offset + i) * stride`.
 * Row i of a text column is text[o(i) .. o(i + 1)), where o(i) is the number at
 * `values + (offset + i) * (4 or 8)`. Frozen: 48 bytes on 64-bit hosts.
 */
typedef struct kam_column {
    const void *values;      /**< NULL: the column is absent, all missing */
    const uint8_t *validity; /**< Arrow bitmap, 1 = present; NULL: all are */
    const char *text;        /**< bytes of a text column, else NULL */
    int64_t offset;          /**< rows to skip at the front, >= 0 */
    int64_t stride;   /**< bytes from row to row, in size at least those of
                                  a value; 0: packed */
    int32_t type;     /**< KAM_F64 ... */
    int32_t reserved; /**< 0 */
} kam_column;

/**
 * Copies rows of a number or day column as doubles, NaN where missing, so that
 * chunks can be put side by side. Never allocates. An int64 beyond 2^53 is
 * rounded.
 *
 * @param column NULL or absent: all are missing
 * @param[out] numbers shape (n_rows)
 * @return KAM_OK; KAM_ERR_NULL; KAM_ERR_TYPE; KAM_ERR_SHAPE
 */
KAM_API kam_status kam_column_numbers(const kam_column *column, int64_t n_rows,
                                      double *numbers, kam_diag *diag);

KAM_END

#endif
