/* SPDX-License-Identifier: MIT */
/* Fitting order models with covariates: the family's terms at each account's own
 * parameters, and the chain rule. Facts are scaled to at most 1 in size while they
 * are fitted, so that coefficients of euros and of thousands are alike. */
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/sized.h"
#include "math/elementary.h"
#include "value/btyd_fit.h"
#include "value/btyd_rows.h"
#include "value/covariates.h"
#include "value/fit_parts.h"

enum { FACTS = 2 * KAM__COVARIATES, P = KAM__MOST_PARAMETERS };

/* Rows that are used, a column each. */
enum { X, T_X, AGE, WEIGHT, INDEX, Z, COLUMNS = Z + FACTS };

struct book {
    kam__family family;
    int64_t n, n_skipped;
    double *column[COLUMNS];
    double scale[FACTS];  /* largest |z| */
    int32_t place[FACTS]; /* of its coefficient in the parameters; -1: unused */
    int32_t p;            /* parameters, the family's first */
};

static void no_count_terms(const void *context, const double *parameter,
                           double x, double *out) {
    const struct book *const book = context;
    (void)parameter;
    (void)x;
    memset(out, 0,
           (size_t)(1 + book->p + book->p * (book->p + 1) / 2) * sizeof *out);
}

/* Slopes of log parameter j of a row in the book's log parameters. */
static void own_slopes(const struct book *book, const double *z,
                       double (*slope)[P]) {
    const kam__family f = book->family;
    for (int32_t j = 0; j < f->n_parameters; j++) {
        for (int32_t m = 0; m < book->p; m++) slope[j][m] = m == j ? 1 : 0;
        for (int32_t k = 0; k < FACTS; k++) {
            const int sign =
                k < KAM__COVARIATES ? f->on_orders[j] : f->on_leaving[j];
            if (book->place[k] >= 0) slope[j][book->place[k]] += sign * z[k];
        }
    }
}

/* From derivatives in a row's own log parameters, d of them, to the book's. */
static void chain(const struct book *book, double (*slope)[P], int32_t d,
                  const double *own, double *out) {
    const int32_t p = book->p;
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
    const kam__family f = book->family;
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
        z[k] =
            book->place[k] >= 0 ? book->column[Z + k][row] / book->scale[k] : 0;
        if (book->place[k] >= 0) /* coefficients travel as e^coefficient */
            log_effect[k >= KAM__COVARIATES] +=
                z[k] * kam__log(parameter[book->place[k]]);
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
    const int32_t n_terms = 1 + book->p + book->p * (book->p + 1) / 2;
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
            if (fabs(facts.z[k][i]) > book->scale[k])
                book->scale[k] = fabs(facts.z[k][i]);
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
    for (int32_t k = 0; k < FACTS; k++)
        if (!(book->scale[k] > 0)) book->scale[k] = 1;
    /* A shared coefficient has one scale. */
    for (int32_t j = 0; j < covariates->n_leaving; j++) {
        double *const own = &book->scale[KAM__COVARIATES + j];
        if (covariates->equal[j] == 0) continue;
        double *const other = &book->scale[covariates->equal[j] - 1];
        *own = *other = *own > *other ? *own : *other;
    }
    for (int32_t j = 0; j < covariates->n_leaving; j++)
        if (covariates->equal[j] > 0)
            book->scale[KAM__COVARIATES + j] =
                book->scale[covariates->equal[j] - 1];
    if (book->n > 0) return KAM_OK;
    return kam__fail(diag, KAM_ERR_EMPTY, "accounts", -1,
                     (double)book->n_skipped,
                     "no account is usable; {value} lack a number or have one "
                     "out of range.");
}

static kam_status place_coefficients(struct book *book,
                                     const kam_btyd_covariates *covariates,
                                     kam_diag *diag) {
    int32_t p = book->family->n_parameters;
    for (int32_t k = 0; k < FACTS; k++) book->place[k] = -1;
    for (int32_t k = 0; k < covariates->n_orders; k++) book->place[k] = p++;
    for (int32_t j = 0; j < covariates->n_leaving; j++)
        book->place[KAM__COVARIATES + j] =
            covariates->equal[j] > 0 ? book->place[covariates->equal[j] - 1]
                                     : p++;
    book->p = p;
    if (p <= P) return KAM_OK;
    return kam__fail(diag, KAM_ERR_SHAPE, "covariates", -1, p,
                     "{value} parameters are more than 8.");
}

/* e^30 and e^-30 times, over the whole range of a fact, is without limit. */
#define LARGEST_EFFECT 30.0

static const char *const COEFFICIENT[FACTS] = {"orders[0]",  "orders[1]",
                                               "orders[2]",  "orders[3]",
                                               "leaving[0]", "leaving[1]",
                                               "leaving[2]", "leaving[3]"};
#define WITHOUT_LIMIT                                                          \
    "the effect of this fact grows without limit: it tells apart accounts "    \
    "that a rate of zero or infinity fits best."

struct names {
    const char *name[P], *at_lower[P], *at_upper[P];
};

static void describe(const struct book *book,
                     const kam_btyd_covariates *covariates, int32_t prior,
                     struct names *names, struct kam__likelihood *model) {
    const kam__family f = book->family;
    model->p = book->p;
    model->context = book;
    model->count_terms = no_count_terms;
    model->row_terms = row_terms;
    model->name = names->name;
    model->at_lower = names->at_lower;
    model->at_upper = names->at_upper;
    for (int32_t j = 0; j < f->n_parameters; j++) {
        names->name[j] = f->parameter[j];
        names->at_lower[j] = f->at_lower[j];
        names->at_upper[j] = f->at_upper[j];
        if (prior == KAM_PRIOR_NONE) model->width[j] = INFINITY;
    }
    double ridge[P] = {0};
    for (int32_t k = 0; k < FACTS; k++) {
        const int32_t m = book->place[k];
        if (m < 0) continue;
        const int leaving = k >= KAM__COVARIATES;
        if (names->name[m] == 0) names->name[m] = COEFFICIENT[k];
        names->at_lower[m] = names->at_upper[m] = WITHOUT_LIMIT;
        model->lower[m] = -LARGEST_EFFECT;
        model->upper[m] = LARGEST_EFFECT;
        model->centre[m] = 0;
        ridge[m] +=
            leaving ? covariates->ridge_leaving : covariates->ridge_orders;
        model->width[m] = book->scale[k] * sqrt(0.5 / ridge[m]);
        for (int32_t i = 0; i < model->n_starts; i++) model->start[i][m] = 0;
    }
}

static void write_model(const struct book *book, double period_days,
                        const struct kam__estimate *estimate,
                        kam_btyd_covariate_model *model, double *covariance) {
    double scale[P];
    const int32_t d = book->family->n_parameters, p = book->p;
    memset(model, 0, sizeof *model);
    model->base.family = book->family->id;
    model->base.n_parameters = d;
    model->base.period_days = period_days;
    for (int32_t i = 0; i < d; i++) {
        model->base.parameter[i] = estimate->parameter[i];
        scale[i] = 1;
    }
    for (int32_t k = 0; k < FACTS; k++) {
        const int32_t m = book->place[k];
        if (m < 0) continue;
        const double value = kam__log(estimate->parameter[m]) / book->scale[k];
        scale[m] = book->scale[k];
        if (k < KAM__COVARIATES) {
            model->orders[k] = value;
            model->n_orders = k + 1;
        } else {
            model->leaving[k - KAM__COVARIATES] = value;
            model->n_leaving = k - KAM__COVARIATES + 1;
        }
    }
    for (int32_t i = 0; covariance && i < p; i++)
        for (int32_t j = 0; j < p; j++)
            covariance[i * p + j] =
                estimate->covariance[i * p + j] / scale[i] / scale[j];
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

static kam_status fit(struct book *book, const kam_btyd_covariates *covariates,
                      const kam_estimate_options *options, const kam_host *host,
                      struct kam__estimate *estimate,
                      kam_estimate_report *report, kam_diag *diag) {
    struct kam__likelihood model;
    struct names names;
    const struct kam__distinct rows = rows_of(book, host);
    kam_estimate_options inner = *options;
    memset(&model, 0, sizeof model);
    memset(&names, 0, sizeof names);
    const kam_status status =
        kam__btyd_prepare(&model, &rows, book->family, 0, options->prior, diag);
    if (status != KAM_OK) return status;
    describe(book, covariates, options->prior, &names, &model);
    inner.prior = KAM_PRIOR_WEAK; /* infinitely wide where there is none */
    const kam_status verdict = kam__likelihood_fit(&model, &rows, &inner, host,
                                                   estimate, report, diag);
    report->prior = options->prior;
    return verdict;
}

static int is_answer(kam_status status) {
    return status == KAM_OK || status == KAM_ERR_AT_BOUND ||
           status == KAM_ERR_FLAT || status == KAM_ERR_NOT_CONVERGED;
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
        status = place_coefficients(&call->book, &call->covariates, diag);
    return status;
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
    call.book.family = kam__btyd_family_of(family);
    if (!call.book.family)
        return kam__fail(diag, KAM_ERR_OPTION, "family", -1, family,
                         "{value} is no KAM_BTYD_*.");
    if (!kam__covariates_can(call.book.family))
        return kam__fail(diag, KAM_ERR_UNSUPPORTED, "family", -1, family,
                         "family {value} takes no covariates.");
    if (!model) return kam__fail(diag, KAM_ERR_NULL, "model", -1, NAN, "");
    if (!(period_days > 0 && period_days < INFINITY))
        return kam__fail(diag, KAM_ERR_OPTION, "period_days", -1, period_days,
                         "a period of {value} days is not possible.");
    kam_status status =
        read_call(&call, accounts, covariates, options, host, diag);
    if (status == KAM_OK && report)
        status = kam__sized_write(report, &told, sizeof told, sizeof told,
                                  "report", diag);
    if (status != KAM_OK) return status;
    status = read_book(&call.book, &call.accounts, &call.covariates, &call.host,
                       diag);
    if (status == KAM_OK)
        status = fit(&call.book, &call.covariates, &call.options, &call.host,
                     &estimate, &told, diag);
    if (is_answer(status))
        write_model(&call.book, period_days, &estimate, model, covariance);
    told.status = status;
    told.n_rows = call.book.n;
    told.n_skipped = call.book.n_skipped;
    free_book(&call.book, call.accounts.n_rows > 0 ? call.accounts.n_rows : 1,
              &call.host);
    if (report)
        kam__sized_write(report, &told, sizeof told, sizeof told, "report",
                         NULL);
    return status;
}
