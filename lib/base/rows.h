/* SPDX-License-Identifier: MIT */
/* Reading columns row by row or tile by tile, and walking over rows with the
 * host's threads. */
#ifndef KAM_BASE_ROWS_H
#define KAM_BASE_ROWS_H

#include <string.h>

#include <kam/column.h>
#include <kam/host.h>

enum { KAM__TILE = 128 }; /* rows a kernel sees at a time */

/* Sets of types for kam__column_check: bit (1 << KAM_...). */
enum {
    KAM__NUMBERS =
        1 << KAM_F64 | 1 << KAM_F32 | 1 << KAM_I64 | 1 << KAM_I32 | 1 << KAM_U8,
    KAM__INTEGERS = 1 << KAM_I64 | 1 << KAM_I32 | 1 << KAM_U8,
    KAM__DAYS = 1 << KAM_DAY | 1 << KAM_I32 | 1 << KAM_I64,
    KAM__TEXTS = 1 << KAM_TEXT32 | 1 << KAM_TEXT64 | 1 << KAM_CHARS
};

/* KAM_OK when the column is absent (unless `required`) or can be read. */
kam_status kam__column_check_all(const kam_column *column, int64_t n_rows,
                                 int32_t types, int required,
                                 const char *argument, kam_diag *diag);

/* Numbers of a record or packed from the first on are good at a glance. */
static inline kam_status kam__column_check(const kam_column *column,
                                           int64_t n_rows, int32_t types,
                                           int required, const char *argument,
                                           kam_diag *diag) {
    if (column && column->values && column->type == KAM_F64 &&
        types >> KAM_F64 & 1 && column->reserved == 0 && column->offset == 0 &&
        (column->stride == 0 || column->stride >= 8) &&
        column->stride < 1 << 16 && n_rows < 1 << 30)
        return KAM_OK;
    return kam__column_check_all(column, n_rows, types, required, argument,
                                 diag);
}

int kam__is_present(const kam_column *column, int64_t row);

/* One number; NaN when missing. For number and day columns. */
double kam__number_at(const kam_column *column, int64_t row);

/* One integer; the row must be present. For integer and day columns. */
int64_t kam__integer_at(const kam_column *column, int64_t row);

/* One text; the row must be present. Returns its first byte, sets *length. */
const char *kam__text_at(const kam_column *column, int64_t row,
                         int64_t *length);

/* Rows [first, first + n) as doubles, n <= KAM__TILE: either `tile`, filled, or
 * straight the column's own memory when that is packed float64 without nulls.
 * Missing rows are NaN. */
const double *kam__gather_rows(const kam_column *column, int64_t first,
                               int32_t n, double *tile);

/* Packed numbers and a single record on a screen take no call. */
static inline const double *kam__gather(const kam_column *column, int64_t first,
                                        int32_t n, double *tile) {
    const int64_t size = (int64_t)sizeof *tile;
    if (column->type != KAM_F64 || column->validity || !column->values)
        return kam__gather_rows(column, first, n, tile);
    const int64_t step = column->stride ? column->stride : size;
    const char *const at =
        (const char *)column->values + (column->offset + first) * step;
    if (step == size && (uintptr_t)at % sizeof *tile == 0)
        return (const double *)(const void *)at;
    if (n != 1) return kam__gather_rows(column, first, n, tile);
    memcpy(tile, at, sizeof *tile);
    return tile;
}

/* The same with a build of the conversion. */
const double *kam__gather_by(int32_t isa, const kam_column *column,
                             int64_t first, int32_t n, double *tile);

/* Packed rows of one type as doubles. */
typedef void (*kam__widen_rows)(int32_t type, const char *from, int32_t n,
                                double *tile);
extern const kam__widen_rows kam__widen_base, kam__widen_v3, kam__widen_v4;

/* Calls work(context, first, n) over [0, n_rows) in pieces of at most KAM__TILE
 * rows, each starting at a multiple of KAM__TILE, on the host's threads, with
 * progress between waves. The pieces do not depend on the executor. */
typedef void (*kam__rows_work)(void *context, int64_t first, int32_t n);
kam_status kam__for_rows(const kam_host *host, int64_t n_rows,
                         kam__rows_work work, void *context, kam_diag *diag);

/* Calls work(context, piece, first, n) over [0, n_rows) in pieces of
 * at most 65,536 rows, for work that gathers results a piece. (Tests cut finer,
 * in multiples of a tile: the bits stay.) */
#ifndef KAM__PIECE_ROWS
#define KAM__PIECE_ROWS 65536
#endif
enum { KAM__PIECE = KAM__PIECE_ROWS };
typedef void (*kam__piece_work)(void *context, int64_t piece, int64_t first,
                                int64_t n);
kam_status kam__for_pieces(const kam_host *host, int64_t n_rows,
                           kam__piece_work work, void *context, kam_diag *diag);

#endif
