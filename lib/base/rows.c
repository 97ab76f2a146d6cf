/* SPDX-License-Identifier: MIT */
#include "base/rows.h"

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/isa.h"

static int32_t size_of(int32_t type) {
    switch (type) {
    case KAM_F64:
    case KAM_I64:
    case KAM_TEXT64: return 8;
    case KAM_F32:
    case KAM_I32:
    case KAM_DAY:
    case KAM_TEXT32: return 4;
    default: return 1; /* KAM_U8, KAM_CHARS */
    }
}

/* Whether `n_rows` rows from `offset` on can be addressed at all. */
static int fits(const kam_column *column, int64_t n_rows) {
    const int64_t step =
        column->stride ? column->stride : size_of(column->type);
    const int64_t rows = INT64_MAX - column->offset - 1;
    if (n_rows > rows) return 0;
    const uint64_t magnitude = step < 0 ? 0 - (uint64_t)step : (uint64_t)step;
    return magnitude == 0 ||
           (uint64_t)(column->offset + n_rows + 1) <= INT64_MAX / magnitude;
}

static const char *of_wrong_type(int32_t type) {
    switch (type) {
    case KAM_F64:
    case KAM_F32: return "this column may not hold floating-point numbers.";
    case KAM_I64:
    case KAM_I32:
    case KAM_U8: return "this column may not hold integers.";
    case KAM_DAY: return "this column may not hold days.";
    case KAM_TEXT32:
    case KAM_TEXT64:
    case KAM_CHARS: return "this column may not hold texts.";
    default: return "{value} is no type of a column.";
    }
}

kam_status kam__column_check_all(const kam_column *column, int64_t n_rows,
                                 int32_t types, int required,
                                 const char *argument, kam_diag *diag) {
    if (!column || !column->values)
        return required && n_rows > 0
                   ? kam__fail(diag, KAM_ERR_NULL, argument, -1, NAN,
                               "this column must be given.")
                   : KAM_OK;
    if (column->type < KAM_F64 || column->type > KAM_CHARS ||
        !(types >> column->type & 1))
        return kam__fail(diag, KAM_ERR_TYPE, argument, -1, column->type,
                         of_wrong_type(column->type));
    if (column->reserved != 0)
        return kam__fail(diag, KAM_ERR_NEWER, argument, -1, column->reserved,
                         "reserved is {value}, not 0.");
    const int text = column->type == KAM_TEXT32 || column->type == KAM_TEXT64;
    if (text && !column->text)
        return kam__fail(diag, KAM_ERR_NULL, argument, -1, NAN,
                         "a text column needs its bytes in `text`.");
    /* Rows that overlap would be numbers that nobody wrote. */
    const int64_t size = size_of(column->type);
    if (column->offset < 0 || (text && column->stride != 0) ||
        (column->stride > -size && column->stride < size &&
         column->stride != 0) ||
        (column->type == KAM_CHARS && column->stride <= 0))
        return kam__fail(diag, KAM_ERR_SHAPE, argument, -1,
                         (double)(column->offset < 0 ? column->offset
                                                     : column->stride),
                         "offset or stride {value} is not possible here.");
    if (!fits(column, n_rows))
        return kam__fail(diag, KAM_ERR_SHAPE, argument, -1, (double)n_rows,
                         "{value} rows do not fit in memory.");
    return KAM_OK;
}

int kam__is_present(const kam_column *column, int64_t row) {
    if (!column->values) return 0;
    if (!column->validity) return 1;
    const uint64_t bit = (uint64_t)(column->offset + row);
    return column->validity[bit / 8] >> (bit % 8) & 1;
}

static const char *address_of(const kam_column *column, int64_t row) {
    const int64_t step =
        column->stride ? column->stride : size_of(column->type);
    return (const char *)column->values + (column->offset + row) * step;
}

double kam__number_at(const kam_column *column, int64_t row) {
    if (!kam__is_present(column, row)) return NAN;
    if (column->type == KAM_F64) {
        double value;
        memcpy(&value, address_of(column, row), sizeof value);
        return value;
    }
    if (column->type == KAM_F32) {
        float value;
        memcpy(&value, address_of(column, row), sizeof value);
        return (double)value;
    }
    return (double)kam__integer_at(column, row);
}

int64_t kam__integer_at(const kam_column *column, int64_t row) {
    const char *const address = address_of(column, row);
    if (column->type == KAM_I64) {
        int64_t value;
        memcpy(&value, address, sizeof value);
        return value;
    }
    if (column->type == KAM_U8) return *(const uint8_t *)address;
    int32_t value;
    memcpy(&value, address, sizeof value);
    return value;
}

const char *kam__text_at(const kam_column *column, int64_t row,
                         int64_t *length) {
    if (column->type == KAM_CHARS) {
        const char *const first = address_of(column, row);
        const char *const end = memchr(first, 0, (size_t)column->stride);
        *length = end ? end - first : column->stride;
        return first;
    }
    int64_t from, to;
    if (column->type == KAM_TEXT64) {
        memcpy(&from, address_of(column, row), sizeof from);
        memcpy(&to, address_of(column, row + 1), sizeof to);
    } else {
        int32_t from32, to32;
        memcpy(&from32, address_of(column, row), sizeof from32);
        memcpy(&to32, address_of(column, row + 1), sizeof to32);
        from = from32;
        to = to32;
    }
    *length = to - from;
    return column->text + from;
}

const double *kam__gather_rows(const kam_column *column, int64_t first,
                               int32_t n, double *tile) {
    return kam__gather_by(KAM_ISA_BASE, column, first, n, tile);
}

const double *kam__gather_by(int32_t isa, const kam_column *column,
                             int64_t first, int32_t n, double *tile) {
    if (!column->values) {
        for (int32_t i = 0; i < n; i++) tile[i] = NAN;
        return tile;
    }
    const char *const start = address_of(column, first);
    const int packed =
        column->stride == 0 || column->stride == size_of(column->type);
    if (packed && column->type == KAM_F64 && !column->validity &&
        (uintptr_t)start % sizeof(double) == 0)
        return (const double *)(const void *)start;
    if (packed) {
        (*KAM__PICK(isa, kam__widen))(column->type, start, n, tile);
        for (int32_t i = 0; column->validity && i < n; i++)
            if (!kam__is_present(column, first + i)) tile[i] = NAN;
        return tile;
    }
    for (int32_t i = 0; i < n; i++) tile[i] = kam__number_at(column, first + i);
    return tile;
}

kam_status kam_column_numbers(const kam_column *column, int64_t n_rows,
                              double *numbers, kam_diag *diag) {
    if (n_rows < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_rows", -1, (double)n_rows,
                         "{value} rows cannot be.");
    if (n_rows && !numbers)
        return kam__fail(diag, KAM_ERR_NULL, "numbers", -1, NAN, "");
    const kam_status status =
        kam__column_check(column, n_rows, KAM__NUMBERS | KAM__DAYS, 0, "column",
                          diag);
    if (status != KAM_OK) return status;
    static const kam_column absent;
    if (!column) column = &absent;
    for (int64_t first = 0; first < n_rows; first += KAM__TILE) {
        const int64_t left = n_rows - first;
        const int32_t n = (int32_t)(left < KAM__TILE ? left : KAM__TILE);
        double *const to = numbers + first;
        const double *const from = kam__gather(column, first, n, to);
        if (from != to) memcpy(to, from, (size_t)n * sizeof *to);
    }
    return kam__ok(diag);
}

/* Tasks between two looks at the progress callback, when there are threads. */
enum { WAVE = 32 };

struct walk {
    kam__piece_work work;
    void *context;
    int64_t n_rows;
    int64_t first_piece;
};

static void run_piece(void *data, int64_t index) {
    const struct walk *const walk = data;
    const int64_t piece = walk->first_piece + index;
    const int64_t first = piece * KAM__PIECE;
    const int64_t left = walk->n_rows - first;
    walk->work(walk->context, piece, first,
               left < KAM__PIECE ? left : KAM__PIECE);
}

static kam_status run_wave(const kam_host *host, struct walk *walk, int64_t n,
                           kam_diag *diag) {
    if (host && host->parallel_for && n > 1) {
        const int32_t failed =
            host->parallel_for(host->threads, n, run_piece, walk);
        if (failed != 0)
            return kam__fail(diag, KAM_ERR_EXECUTOR, "host.parallel_for", -1,
                             failed, "parallel_for returned {value}.");
        return KAM_OK;
    }
    for (int64_t i = 0; i < n; i++) run_piece(walk, i);
    return KAM_OK;
}

kam_status kam__for_pieces(const kam_host *host, int64_t n_rows,
                           kam__piece_work work, void *context,
                           kam_diag *diag) {
    const int64_t n_pieces = (n_rows + KAM__PIECE - 1) / KAM__PIECE;
    const int64_t wave = host && host->parallel_for ? WAVE : 1;
    struct walk walk = {work, context, n_rows, 0};
    for (; walk.first_piece < n_pieces; walk.first_piece += wave) {
        const int64_t left = n_pieces - walk.first_piece;
        const int64_t n = left < wave ? left : wave;
        if (host && host->progress &&
            host->progress(host->watcher, walk.first_piece * KAM__PIECE,
                           n_rows) != 0)
            return kam__fail(diag, KAM_ERR_CANCELLED, "host.progress", -1, NAN,
                             "");
        const kam_status status = run_wave(host, &walk, n, diag);
        if (status != KAM_OK) return status;
    }
    return KAM_OK;
}

struct tiles {
    kam__rows_work work;
    void *context;
};

static void run_tiles(void *data, int64_t piece, int64_t first, int64_t n) {
    const struct tiles *const tiles = data;
    (void)piece;
    for (int64_t at = 0; at < n; at += KAM__TILE) {
        const int64_t left = n - at;
        tiles->work(tiles->context, first + at,
                    (int32_t)(left < KAM__TILE ? left : KAM__TILE));
    }
}

kam_status kam__for_rows(const kam_host *host, int64_t n_rows,
                         kam__rows_work work, void *context, kam_diag *diag) {
    struct tiles tiles = {work, context};
    const int is_watched = host && host->progress;
    if (n_rows < 1 || n_rows > KAM__TILE || is_watched)
        return kam__for_pieces(host, n_rows, run_tiles, &tiles, diag);
    work(context, 0, (int32_t)n_rows);
    return KAM_OK;
}
