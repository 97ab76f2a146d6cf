/* SPDX-License-Identifier: MIT */
/* Concentration of a book (T3, P5). Formulas: docs/models/concentration.md. */
#include <kam/concentration.h>

#include <math.h>
#include <stddef.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "base/sized.h"
#include "math/accumulate.h"
#include "math/extent.h"
#include "math/sort.h"

/* What the call works with: the known amounts, scaled so that the largest lies
 * just below 2^30. */
struct book {
    const kam_column *column;
    int64_t n_rows;
    struct kam__extent extent;
    struct kam__scaling scaling;
    double *amount; /* shape (n_known) */
    int64_t *order; /* of the amounts, rising */
    double total;   /* scaled */
};

static int32_t tile_at(int64_t first, int64_t n) {
    return (int32_t)(n - first < KAM__TILE ? n - first : KAM__TILE);
}

static void load(struct book *book) {
    double buffer[KAM__TILE];
    int64_t known = 0;
    for (int64_t first = 0; first < book->n_rows; first += KAM__TILE) {
        const int32_t n = tile_at(first, book->n_rows);
        const double *const amount =
            kam__gather(book->column, first, n, buffer);
        for (int32_t i = 0; i < n; i++)
            if (amount[i] == amount[i])
                book->amount[known++] = amount[i] * book->scaling.up;
    }
}

/* Share of the k largest, and how many hold 80 %. */
static void walk_from_the_top(const struct book *book,
                              kam_concentration *result) {
    const int64_t n = book->extent.n_known;
    const int64_t top_10 = n / 10 + (n % 10 > 0);
    const int64_t top_20 = n / 5 + (n % 5 > 0);
    const double line = 0.8 * book->total * KAM__ON_THE_LINE;
    kam_sum sum = {0, 0};
    for (int64_t k = 1; k <= n; k++) {
        (void)kam_sum_add(&sum, book->amount[book->order[n - k]]);
        const double held = kam_sum_value(&sum);
        if (k == top_10) result->top_10_share = held / book->total;
        if (k == top_20) result->top_20_share = held / book->total;
        if (result->n_for_80 == 0 && held >= line) result->n_for_80 = k;
        if (k >= top_20 && result->n_for_80 > 0) break;
    }
    result->largest_share = book->amount[book->order[n - 1]] / book->total;
}

/* sum((2 i - n - 1) x_i) / (n sum x), x rising: the header's formula with its
 * two terms drawn together, so that equal amounts give exactly 0. The weights
 * are brought to within +-1 by a power of two. */
static double gini_over(const struct book *book, double total) {
    const int64_t n = book->extent.n_known;
    const double down = kam__scaling_of((double)n, 0).up;
    double term[KAM__TILE];
    kam_sum sum = {0, 0};
    for (int64_t first = 0; first < n; first += KAM__TILE) {
        const int32_t m = tile_at(first, n);
        for (int32_t i = 0; i < m; i++) {
            const double rank = (double)(2 * (first + i) + 1 - n);
            term[i] = rank * down * book->amount[book->order[first + i]];
        }
        (void)kam__accumulate(&sum, term, NULL, m);
    }
    return kam_sum_value(&sum) / ((double)n * down * total);
}

/* The sum of the sizes of all amounts, scaled. */
static double total_size(const struct book *book) {
    kam_sum sum = {0, 0};
    for (int64_t i = 0; i < book->extent.n_known; i++)
        (void)kam_sum_add(&sum, fabs(book->amount[i]));
    return kam_sum_value(&sum);
}

/* Sum of squares over square of sum, in a scale where squares fit a sum. */
static void herfindahl(const struct book *book, kam_concentration *result) {
    const double down = kam__power_of_2(KAM__SQUARE_BITS - KAM__SUM_BITS);
    const double total = book->total * down;
    double square[KAM__TILE];
    kam_sum sum = {0, 0};
    for (int64_t first = 0; first < book->extent.n_known; first += KAM__TILE) {
        const int32_t m = tile_at(first, book->extent.n_known);
        for (int32_t i = 0; i < m; i++) {
            const double x = book->amount[first + i] * down;
            square[i] = x * x;
        }
        (void)kam__accumulate(&sum, square, NULL, m);
    }
    result->hhi = kam_sum_value(&sum) / (total * total);
    result->effective_number = total * total / kam_sum_value(&sum);
}

static int64_t count_at(const struct book *book, double share) {
    const double line = share * book->total * KAM__ON_THE_LINE;
    int64_t count = 0;
    for (int64_t i = 0; i < book->extent.n_known; i++)
        count += book->amount[i] >= line;
    return count;
}

static void describe(const struct book *book, kam_concentration *result) {
    result->n_accounts = book->extent.n_known;
    result->n_negative = book->extent.n_negative;
    result->total = book->total * book->scaling.down;
    result->largest_share = result->top_10_share = result->top_20_share =
        result->gini = result->hhi = result->effective_number = (double)NAN;
    result->gini_signed = book->extent.largest > 0
                              ? gini_over(book, total_size(book))
                              : (double)NAN;
    if (!(book->total > 0)) return;
    walk_from_the_top(book, result);
    result->n_at_10 = count_at(book, 0.1);
    result->n_at_50 = count_at(book, 0.5);
    if (book->extent.n_negative == 0)
        result->gini = gini_over(book, book->total);
    herfindahl(book, result);
}

static void write_shares(const struct book *book, double *share) {
    const double total = book->total > 0 ? book->total : (double)NAN;
    double buffer[KAM__TILE];
    for (int64_t first = 0; first < book->n_rows; first += KAM__TILE) {
        const int32_t n = tile_at(first, book->n_rows);
        const double *const amount =
            kam__gather(book->column, first, n, buffer);
        for (int32_t i = 0; i < n; i++)
            share[first + i] = amount[i] * book->scaling.up / total;
    }
}

/* Returns 1 when the sum is out of range; scaled it is not. */
static int add_up(struct book *book) {
    kam_sum sum = {0, 0};
    load(book);
    (void)kam__accumulate(&sum, book->amount, NULL, book->extent.n_known);
    book->total = kam_sum_value(&sum);
    return isinf(book->total * book->scaling.down);
}

static kam_status measure(struct book *book, int64_t *scratch, double *share,
                          kam_concentration *result, kam_diag *diag) {
    if (add_up(book))
        return kam__fail(diag, KAM_ERR_OVERFLOW, "amount", -1, NAN, "");
    kam__sort_by_number(book->amount, book->extent.n_known, book->order,
                        scratch);
    describe(book, result);
    if (share) write_shares(book, share);
    return kam__ok(diag);
}

static kam_status check(const struct book *book,
                        const kam_concentration *result, kam_diag *diag) {
    if (book->n_rows < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_rows", -1,
                         (double)book->n_rows, "n_rows is {value}.");
    if (!book->column)
        return kam__fail(diag, KAM_ERR_NULL, "amount", -1, NAN, "");
    const kam_status status =
        kam__column_check(book->column, book->n_rows, KAM__NUMBERS, 0, "amount",
                          diag);
    if (status != KAM_OK) return status;
    return kam__sized_check(result, KAM__FIRST(kam_concentration), "result",
                            diag);
}

static kam_status look_over(struct book *book, kam_diag *diag) {
    kam__extent_of(book->column, book->n_rows, &book->extent);
    const int64_t bad = book->extent.first_infinite;
    if (bad >= 0)
        return kam__fail(diag, KAM_ERR_OVERFLOW, "amount", bad,
                         kam__number_at(book->column, bad),
                         "Row {row}'s amount is {value}.");
    if (book->extent.n_known == 0)
        return kam__fail(diag, KAM_ERR_EMPTY, "amount", -1, NAN,
                         "No amount is known.");
    book->scaling = kam__scaling_of(book->extent.largest, KAM__SUM_BITS);
    return KAM_OK;
}

kam_status kam_concentration_measure(const kam_column *amount, int64_t n_rows,
                                     const kam_host *host, double *share,
                                     kam_concentration *result,
                                     kam_diag *diag) {
    kam_host lent;
    kam_concentration ours = {0};
    struct book book = {.column = amount, .n_rows = n_rows};
    kam_status status = check(&book, result, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status == KAM_OK) status = look_over(&book, diag);
    if (status != KAM_OK) return status;
    const uint64_t n = (uint64_t)book.extent.n_known;
    int64_t *const scratch = kam__allocate(&lent, n, sizeof *scratch);
    book.order = kam__allocate(&lent, n, sizeof *book.order);
    book.amount = kam__allocate(&lent, n, sizeof *book.amount);
    status = scratch && book.order && book.amount
                 ? measure(&book, scratch, share, &ours, diag)
                 : kam__no_memory(diag);
    kam__release(&lent, book.amount, n, sizeof *book.amount);
    kam__release(&lent, book.order, n, sizeof *book.order);
    kam__release(&lent, scratch, n, sizeof *scratch);
    if (status == KAM_OK)
        status =
            kam__sized_write(result, &ours, sizeof ours,
                             KAM__FIRST(kam_concentration), "result", diag);
    return status;
}
