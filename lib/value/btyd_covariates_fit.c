/* SPDX-License-Identifier: MIT */
/* Fitting order models with covariates: the family's terms at each account's own
 * parameters, and the chain rule. */
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/sized.h"
#include "math/elementary.h"
#include "value/btyd_rows.h"
#include "value/coefficients.h"
#include "value/fit_parts.h"

enum { FACTS = KAM__EFFECTS, P = KAM__MOST_PARAMETERS };

/* Rows that are used, a column each. */
enum { X, T_X, AGE, WEIGHT, INDEX, Z, COLUMNS = Z + FACTS };

struct book {
    struct kam__coefficients of;
    int64_t n, n_skipped;
    double *column[COLUMNS];
};

/* Slopes of log parameter j of a row in the book's log parameters. */
static void own_slopes(const struct book *book, const double *z,
                       double (*slope)[P]) {
    const kam__family f = book->of.family;
    for (int32_t j = 0; j < f->n_parameters; j++) {
        for (int32_t m = 0; m < book->of.p; m++) slope[j][m] = m == j ? 1 : 0;
        for (int32_t k = 0; k < FACTS; k++) {
            const int sign =
                k < KAM__COVARIATES ? f->on_orders[j] : f->on_leaving[j];
            if (book->of.place[k] >= 0)
                slope[j][book->of.place[k]] += sign * z[k];
        }
    }
}

/* From derivatives in a row's own log parameters, d of them, to the book's. */
static void chain(const struct book *book, double (*slope)[P], int32_t d,
                  const double *own, double *out) {
    const int32_t p = book->of.p;
    double *hessian = out + 1 + p;
    out[0] = own[0];
    for (int32_t m = 0; m < p; m++) {
        out[1 + m] = 0;
        for (int32_t j = 0; j < d; j++) out[1 + m] += slope[j][m] * own[1 + j];
        for (int32_t l = 0; l <= m; l++) {
            double sum = 0;
            for (int32_t i = 0; i < d; i++)
                for (int32_t j = 0; j < d; j++) {
                    const int32_t high = i > j ? i : j, low = i > j ? j : i;
                    sum += slope[i][m] * slope[j][l] *
                           own[1 + d + high * (high + 1) / 2 + low];
                }
            *hessian++ = sum;
        }
    }
}

/* One row's terms. */
static void terms_of(const struct book *book, const double *parameter,
                     int64_t row, int32_t isa, double *out) {
    const kam__family f = book->of.family;
    const int32_t d = f->n_parameters, n_terms = 1 + d + d * (d + 1) / 2;
    double z[FACTS], slope[8][P], own[8], log_effect[2] = {0, 0};
    double time[KAM__BTYD_TERMS][KAM__TILE], count[KAM__BTYD_TERMS];
    const struct kam__btyd_tile tile = {1,
                                        isa,
                                        &book->column[X][row],
                                        &book->column[T_X][row],
                                        &book->column[AGE][row],
                                        NULL,
                                        NULL};
    for (int32_t k = 0; k < FACTS; k++) {
        z[k] = book->of.place[k] >= 0
                   ? book->column[Z + k][row] / book->of.scale[k]
                   : 0;
        if (book->of.place[k] >= 0) /* coefficients travel as e^coefficient */
            log_effect[k >= KAM__COVARIATES] +=
                z[k] * kam__log(parameter[book->of.place[k]]);
    }
    kam__covariates_own(f, parameter, kam__exp(log_effect[0]),
                        kam__exp(log_effect[1]), own);
    f->time_terms(f, own, &tile, time);
    f->count_terms(f, own, *tile.x, count);
    for (int32_t k = 0; k < n_terms; k++) count[k] += time[k][0];
    own_slopes(book, z, slope);
    chain(book, slope, d, count, out);
}

static void row_terms(const void *context, const double *parameter,
                      const double *const *key, int32_t n, int32_t isa,
                      double (*out)[KAM__TILE]) {
    const struct book *const book = context;
    const int32_t n_terms = 1 + book->of.p + book->of.p * (book->of.p + 1) / 2;
    for (int32_t i = 0; i < n; i++) {
        double terms[KAM__MOST_TERMS];
        terms_of(book, parameter, (int64_t)key[1][i], isa, terms);
        for (int32_t k = 0; k < n_terms; k++) out[k][i] = terms[k];
    }
}

static void free_book(struct book *book, int64_t room, const kam_host *host) {
    for (int32_t k = 0; k < COLUMNS; k++)
        kam__release(host, book->column[k], (uint64_t)room, sizeof(double));
}

static void load_rows(struct book *book, const kam_accounts *accounts,
                      const kam_btyd_covariates *covariates, int64_t first,
                      int32_t n) {
    struct kam__btyd_rows rows;
    struct kam__facts_tile facts;
    double weight[KAM__TILE];
    kam__btyd_load(accounts, first, n, KAM_ISA_BASE, &rows);
    kam__covariates_load(covariates, first, n, &facts);
    kam__weights(accounts, first, n, weight);
    for (int32_t i = 0; i < n; i++) {
        if (rows.flag[i] || facts.flag[i] || !kam__is_weight(weight[i])) {
            book->n_skipped++;
            continue;
        }
        const int64_t at = book->n++;
        const double given[Z] = {rows.x[i], rows.t_x[i], rows.T[i], weight[i],
                                 (double)at};
        for (int32_t k = 0; k < Z; k++) book->column[k][at] = given[k];
        for (int32_t k = 0; k < FACTS; k++) {
            book->column[Z + k][at] = facts.z[k][i];
            if (fabs(facts.z[k][i]) > book->of.scale[k])
                book->of.scale[k] = fabs(facts.z[k][i]);
        }
    }
}

static kam_status read_book(struct book *book, const kam_accounts *accounts,
                            const kam_btyd_covariates *covariates,
                            const kam_host *host, kam_diag *diag) {
    const int64_t room = accounts->n_rows > 0 ? accounts->n_rows : 1;
    for (int32_t k = 0; k < COLUMNS; k++) {
        book->column[k] = kam__allocate(host, (uint64_t)room, sizeof(double));
        if (!book->column[k]) return kam__no_memory(diag);
    }
    for (int64_t at = 0; at < accounts->n_rows; at += KAM__TILE) {
        const int64_t left = accounts->n_rows - at;
        load_rows(book, accounts, covariates, at,
                  (int32_t)(left < KAM__TILE ? left : KAM__TILE));
    }
    kam__coefficients_scale(&book->of, covariates);
    if (book->n > 0) return KAM_OK;
    return kam__fail(diag, KAM_ERR_EMPTY, "accounts", -1,
                     (double)book->n_skipped,
                     "no account is usable; {value} lack a number or have one "
                     "out of range.");
}

/* The book as rows of (x, place in the book). */
static struct kam__distinct rows_of(struct book *book, const kam_host *host) {
    struct kam__distinct rows;
    memset(&rows, 0, sizeof rows);
    rows.host = host;
    rows.n_keys = 2;
    rows.n = rows.room = book->n;
    rows.key[0] = book->column[X];
    rows.key[1] = book->column[INDEX];
    rows.key[2] = book->column[AGE];
    rows.weight = book->column[WEIGHT];
    return rows;
}

struct call {
    struct book book;
    kam_accounts accounts;
    kam_btyd_covariates covariates;
    kam_estimate_options options;
    kam_host host;
};

static kam_status read_call(struct call *call, const kam_accounts *accounts,
                            const kam_btyd_covariates *covariates,
                            const kam_estimate_options *options,
                            const kam_host *host, kam_diag *diag) {
    kam_status status =
        kam__btyd_read_accounts(&call->accounts, accounts, diag);
    if (status == KAM_OK)
        status =
            kam__column_check(&call->accounts.weight, call->accounts.n_rows,
                              KAM__NUMBERS, 0, "accounts.weight", diag);
    if (status == KAM_OK)
        status = kam__covariates_read(&call->covariates, covariates,
                                      call->accounts.n_rows, diag);
    if (status == KAM_OK)
        status = kam__estimate_read(&call->options, options, diag);
    if (status == KAM_OK) status = kam__host_read(&call->host, host, diag);
    if (status == KAM_OK)
        status =
            kam__coefficients_place(&call->book.of, &call->covariates, diag);
    return status;
}

static kam_status fit(struct call *call, struct kam__estimate *estimate,
                      kam_estimate_report *report, kam_diag *diag) {
    const struct kam__distinct rows = rows_of(&call->book, &call->host);
    return kam__coefficients_fit(&call->book.of, row_terms, &rows,
                                 &call->covariates, &call->options, &call->host,
                                 estimate, report, diag);
}

kam_status kam_btyd_covariates_fit(
    int32_t family, const kam_accounts *accounts,
    const kam_btyd_covariates *covariates, double period_days,
    const kam_estimate_options *options, const kam_host *host,
    kam_btyd_covariate_model *model, double *covariance,
    kam_estimate_report *report, kam_diag *diag) {
    struct call call;
    struct kam__estimate estimate;
    kam_estimate_report told = {.struct_size = sizeof told, .culprit = -1};
    memset(&call, 0, sizeof call);
    call.book.of.family = kam__btyd_family_of(family);
    if (!call.book.of.family)
        return kam__fail(diag, KAM_ERR_OPTION, "family", -1, family,
                         "{value} is no KAM_BTYD_*.");
    if (!kam__covariates_can(call.book.of.family))
        return kam__fail(diag, KAM_ERR_UNSUPPORTED, "family", -1, family,
                         "family {value} takes no covariates.");
    if (!model) return kam__fail(diag, KAM_ERR_NULL, "model", -1, NAN, "");
    if (!(period_days > 0 && period_days < INFINITY))
        return kam__fail(diag, KAM_ERR_OPTION, "period_days", -1, period_days,
                         "a period of {value} days is not possible.");
    kam_status status =
        read_call(&call, accounts, covariates, options, host, diag);
    if (status == KAM_OK && report)
        status =
            kam__sized_write(report, &told, sizeof told,
                             KAM__FIRST(kam_estimate_report), "report", diag);
    if (status != KAM_OK) return status;
    status = read_book(&call.book, &call.accounts, &call.covariates, &call.host,
                       diag);
    if (status == KAM_OK) status = fit(&call, &estimate, &told, diag);
    if (kam__coefficients_answer(status))
        kam__coefficients_write(&call.book.of, period_days, &estimate, model,
                                covariance);
    told.status = status;
    told.n_rows = call.book.n;
    told.n_skipped = call.book.n_skipped;
    free_book(&call.book, call.accounts.n_rows > 0 ? call.accounts.n_rows : 1,
              &call.host);
    if (report)
        kam__sized_write(report, &told, sizeof told,
                         KAM__FIRST(kam_estimate_report), "report", NULL);
    return status;
}
