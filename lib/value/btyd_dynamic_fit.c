/* SPDX-License-Identifier: MIT */
/* Fitting the Pareto/NBD with facts that change. */
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/sized.h"
#include "math/elementary.h"
#include "value/btyd_rows.h"
#include "value/coefficients.h"
#include "value/dynamic.h"
#include "value/fit_parts.h"

/* Rows that are used, a column each. */
enum { X, T_X, AGE, WEIGHT, INDEX, ROW, COLUMNS };

struct book {
    struct kam__coefficients of;
    struct kam__timeline timeline;
    kam_accounts accounts;
    kam_estimate_options options;
    kam_host host;
    int64_t n, n_skipped, room;
    double *column[COLUMNS];
};

static struct kam__dynamic model_at(const struct book *book,
                                    const double *parameter) {
    const kam_btyd_covariates *const z = &book->timeline.facts;
    struct kam__dynamic m = {.r = parameter[0],
                             .alpha = parameter[1],
                             .s = parameter[2],
                             .beta = parameter[3],
                             .n_orders = z->n_orders,
                             .n_leaving = z->n_leaving};
    for (int32_t k = 0; k < KAM__FACTS; k++) {
        const int32_t at = book->of.place[k];
        m.scale[k] = book->of.scale[k];
        /* Coefficients travel as e^coefficient. */
        if (at >= 0) m.coefficient[k] = kam__log(parameter[at]);
    }
    return m;
}

/* Where derivative i of the model goes in the parameters. */
static int32_t place_of(const struct book *book, const struct kam__dynamic *m,
                        int32_t i) {
    if (i < 4) return i;
    const int32_t j = i - 4;
    return book->of
        .place[j < m->n_orders ? j : KAM__COVARIATES + j - m->n_orders];
}

static void terms_of(const struct book *book, const struct kam__dynamic *m,
                     const double *parameter, int64_t i, double *out) {
    const kam__family f = book->of.family;
    const int32_t p = book->of.p, d = 4 + m->n_orders + m->n_leaving;
    struct kam__dynamic_sums slopes;
    double count[KAM__BTYD_TERMS];
    const double x = book->column[X][i];
    kam__dynamic_likelihood(m, &book->timeline, (int64_t)book->column[ROW][i],
                            x, book->column[T_X][i], book->column[AGE][i],
                            &slopes);
    f->count_terms(f, parameter, x, count);
    memset(out, 0, (size_t)(1 + p + p * (p + 1) / 2) * sizeof *out);
    out[0] = slopes.value + count[0];
    for (int32_t j = 0, k = 0; j < d; j++) {
        const int32_t to = place_of(book, m, j);
        out[1 + to] += slopes.first[j] + (j < 4 ? count[1 + j] : 0);
        for (int32_t l = 0; l <= j; l++, k++) {
            const int32_t other = place_of(book, m, l);
            const int32_t high = to > other ? to : other;
            const int32_t low = to > other ? other : to;
            double *const second = &out[1 + p + high * (high + 1) / 2 + low];
            *second += slopes.second[k] + (j < 4 ? count[5 + k] : 0);
            /* Two facts with one coefficient: the sum is of both orders. */
            if (j != l && to == other) *second += slopes.second[k];
        }
    }
}

static void row_terms(const void *context, const double *parameter,
                      const double *const *key, int32_t n, int32_t isa,
                      double (*out)[KAM__TILE]) {
    const struct book *const book = context;
    const struct kam__dynamic m = model_at(book, parameter);
    const int32_t n_terms = 1 + book->of.p + book->of.p * (book->of.p + 1) / 2;
    (void)isa;
    for (int32_t i = 0; i < n; i++) {
        double terms[KAM__MOST_TERMS];
        terms_of(book, &m, parameter, (int64_t)key[1][i], terms);
        for (int32_t k = 0; k < n_terms; k++) out[k][i] = terms[k];
    }
}

/* ---- reading ---- */

static void note_scale(struct book *book, int64_t row, double until) {
    int64_t first, end;
    double before = 0, fact[KAM__FACTS];
    kam__timeline_range(&book->timeline, row, &first, &end);
    for (int64_t k = first; k < end && before < until; k++) {
        kam__timeline_facts(&book->timeline, k, fact);
        for (int32_t j = 0; j < KAM__FACTS; j++)
            if (fabs(fact[j]) > book->of.scale[j])
                book->of.scale[j] = fabs(fact[j]);
        before = kam__number_at(&book->timeline.of.end, k);
    }
}

static void load_rows(struct book *book, int64_t first, int32_t n) {
    struct kam__btyd_rows rows;
    double weight[KAM__TILE];
    kam__btyd_load(&book->accounts, first, n, KAM_ISA_BASE, &rows);
    kam__weights(&book->accounts, first, n, weight);
    for (int32_t i = 0; i < n; i++) {
        const int64_t row = first + i;
        if (rows.flag[i] || !kam__is_weight(weight[i]) ||
            kam__timeline_flag(&book->timeline, row, rows.x[i], rows.T[i])) {
            book->n_skipped++;
            continue;
        }
        const int64_t at = book->n++;
        const double given[COLUMNS] = {rows.x[i], rows.t_x[i], rows.T[i],
                                       weight[i], (double)at,  (double)row};
        for (int32_t k = 0; k < COLUMNS; k++) book->column[k][at] = given[k];
        note_scale(book, row, rows.T[i]);
    }
}

static kam_status read_book(struct book *book, kam_diag *diag) {
    const int64_t n = book->accounts.n_rows;
    book->room = n > 0 ? n : 1;
    for (int32_t k = 0; k < COLUMNS; k++) {
        book->column[k] =
            kam__allocate(&book->host, (uint64_t)book->room, sizeof(double));
        if (!book->column[k]) return kam__no_memory(diag);
    }
    for (int64_t at = 0; at < n; at += KAM__TILE)
        load_rows(book, at, (int32_t)(n - at < KAM__TILE ? n - at : KAM__TILE));
    kam__coefficients_scale(&book->of, &book->timeline.facts);
    if (book->n > 0) return KAM_OK;
    return kam__fail(
        diag, KAM_ERR_EMPTY, "accounts", -1, (double)book->n_skipped,
        "no account is usable; {value} lack a number or a fact, or "
        "have one out of range.");
}

static void free_book(struct book *book) {
    for (int32_t k = 0; k < COLUMNS; k++)
        kam__release(&book->host, book->column[k], (uint64_t)book->room,
                     sizeof(double));
}

static kam_status read_call(struct book *book, const kam_accounts *accounts,
                            const kam_btyd_timeline *timeline,
                            const kam_btyd_covariates *covariates,
                            const kam_estimate_options *options,
                            const kam_host *host, kam_diag *diag) {
    kam_status status =
        kam__btyd_read_accounts(&book->accounts, accounts, diag);
    if (status == KAM_OK)
        status =
            kam__column_check(&book->accounts.weight, book->accounts.n_rows,
                              KAM__NUMBERS, 0, "accounts.weight", diag);
    if (status == KAM_OK)
        status = kam__timeline_read(&book->timeline, timeline, covariates,
                                    book->accounts.n_rows, 1, diag);
    if (status == KAM_OK)
        status = kam__estimate_read(&book->options, options, diag);
    if (status == KAM_OK) status = kam__host_read(&book->host, host, diag);
    if (status == KAM_OK)
        status =
            kam__coefficients_place(&book->of, &book->timeline.facts, diag);
    return status;
}

static kam_status fit(struct book *book, struct kam__estimate *estimate,
                      kam_estimate_report *report, kam_diag *diag) {
    const struct kam__distinct rows = {.host = &book->host,
                                       .n_keys = 2,
                                       .n = book->n,
                                       .room = book->n,
                                       .key = {book->column[X],
                                               book->column[INDEX],
                                               book->column[AGE]},
                                       .weight = book->column[WEIGHT]};
    return kam__coefficients_fit(&book->of, row_terms, &rows,
                                 &book->timeline.facts, &book->options,
                                 &book->host, estimate, report, diag);
}

kam_status kam_btyd_dynamic_fit(
    const kam_accounts *accounts, const kam_btyd_timeline *timeline,
    const kam_btyd_covariates *covariates, double period_days,
    const kam_estimate_options *options, const kam_host *host,
    kam_btyd_covariate_model *model, double *covariance,
    kam_estimate_report *report, kam_diag *diag) {
    struct book book;
    struct kam__estimate estimate;
    kam_estimate_report told = {.struct_size = sizeof told, .culprit = -1};
    memset(&book, 0, sizeof book);
    book.of.family = kam__btyd_family_of(KAM_BTYD_PNBD);
    if (!model) return kam__fail(diag, KAM_ERR_NULL, "model", -1, NAN, "");
    if (!(period_days > 0 && period_days < INFINITY))
        return kam__fail(diag, KAM_ERR_OPTION, "period_days", -1, period_days,
                         "a period of {value} days is not possible.");
    kam_status status =
        read_call(&book, accounts, timeline, covariates, options, host, diag);
    if (status == KAM_OK && report)
        status =
            kam__sized_write(report, &told, sizeof told,
                             KAM__FIRST(kam_estimate_report), "report", diag);
    if (status != KAM_OK) return status;
    status = read_book(&book, diag);
    if (status == KAM_OK) status = fit(&book, &estimate, &told, diag);
    if (kam__coefficients_answer(status))
        kam__coefficients_write(&book.of, period_days, &estimate, model,
                                covariance);
    told.status = status;
    told.n_rows = book.n;
    told.n_skipped = book.n_skipped;
    free_book(&book);
    if (report)
        kam__sized_write(report, &told, sizeof told,
                         KAM__FIRST(kam_estimate_report), "report", NULL);
    return status;
}
