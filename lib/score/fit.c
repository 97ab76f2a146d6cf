/* SPDX-License-Identifier: MIT */
/* From a book to plain numbers: both models, the typical account, tier limits. */
#include <kam/btyd_choose.h>
#include <kam/fit.h>

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/sized.h"
#include "data/parts.h"
#include "math/select.h"
#include "score/policy.h"
#include "value/btyd_rows.h"
#include "value/spend_model.h"

enum { ORDERS = 64, SPEND = 16 };

kam_status kam_fit_options_init(kam_fit_options *options,
                                uint32_t struct_size) {
    kam_fit_options ours;
    memset(&ours, 0, sizeof ours);
    ours.period_days = 7;
    ours.tiers.struct_size = sizeof ours.tiers;
    ours.tiers.basis = KAM_TIER_BY_SCORE;
    return kam__sized_init(options, struct_size, &ours, sizeof ours,
                           KAM__FIRST(kam_fit_options));
}

static kam_status read_options(kam_fit_options *ours,
                               const kam_fit_options *theirs, kam_diag *diag) {
    kam_status status =
        theirs ? kam__sized_read(ours, sizeof *ours, theirs,
                                 KAM__FIRST(kam_fit_options), "options", diag)
               : kam_fit_options_init(ours, sizeof *ours);
    if (status != KAM_OK) return status;
    if (ours->family == 0) ours->family = KAM_BTYD_MBGNBD;
    if (ours->spend_family == 0) ours->spend_family = KAM_SPEND_GAMMA_GAMMA;
    if (!kam__spend_family_of(ours->spend_family))
        return kam__fail(diag, KAM_ERR_OPTION, "options.spend_family", -1,
                         ours->spend_family, "{value} is no KAM_SPEND_*.");
    if (ours->family != KAM_FIT_CHOOSE && !kam__btyd_family_of(ours->family))
        return kam__fail(diag, KAM_ERR_OPTION, "options.family", -1,
                         ours->family, "{value} is no KAM_BTYD_*.");
    if (!(ours->period_days > 0 && ours->period_days < INFINITY))
        return kam__fail(diag, KAM_ERR_OPTION, "options.period_days", -1,
                         ours->period_days,
                         "a period of {value} days is not possible.");
    return KAM_OK;
}

/* The call itself went wrong, as opposed to a book that cannot answer. */
static int is_failure(kam_status status) {
    return status != KAM_OK &&
           (status < KAM_ERR_EMPTY || status >= KAM_ERR_OVERFLOW);
}

/* A book that has no interior maximum, or one that says little, gets the weak
 * prior. */
static int wants_prior(kam_status status) {
    return status == KAM_ERR_TOO_FEW || status == KAM_ERR_AT_BOUND ||
           status == KAM_ERR_FLAT || status == KAM_ERR_WEAK ||
           status == KAM_ERR_NOT_CONVERGED;
}

struct book {
    const kam_accounts *parts;
    int64_t n_parts;
    const kam_fit_options *options;
    kam_policy policy;
    const kam_host *host;
    kam_diag *diag;
};

static void forget(double *covariance, int32_t n) {
    for (int32_t i = 0; i < n; i++) covariance[i] = NAN;
}

static kam_status fit_orders(const struct book *book, int32_t prior,
                             kam_models *models, kam_estimate_report *report) {
    kam_estimate_options how;
    kam_estimate_options_init(&how, sizeof how);
    how.prior = prior;
    report->struct_size = sizeof *report;
    forget(models->orders_covariance, ORDERS);
    return kam_btyd_fit(book->options->family, book->parts, book->n_parts,
                        book->options->period_days, &how, book->host,
                        &models->orders, models->orders_covariance, report,
                        book->diag);
}

static kam_status fit_spend(const struct book *book, int32_t prior,
                            kam_models *models, kam_estimate_report *report) {
    kam_estimate_options how;
    kam_estimate_options_init(&how, sizeof how);
    how.prior = prior;
    report->struct_size = sizeof *report;
    forget(models->spend_covariance, SPEND);
    return kam_spend_fit(book->options->spend_family, book->parts,
                         book->n_parts, &how, book->host, &models->spend,
                         models->spend_covariance, report, book->diag);
}

/* Orders that are all alike have a value, though no spread to fit. */
static kam_status fit_equal(const struct book *book, kam_models *models,
                            kam_estimate_report *report) {
    kam_fit_options options = *book->options;
    struct book same = *book;
    options.spend_family = KAM_SPEND_EQUAL;
    same.options = &options;
    return fit_spend(&same, KAM_PRIOR_NONE, models, report);
}

typedef kam_status (*fit_one)(const struct book *book, int32_t prior,
                              kam_models *models, kam_estimate_report *report);

/* Maximum likelihood first; the prior only where that has no answer that holds. */
static kam_status fit_with_fallback(const struct book *book, fit_one fit,
                                    kam_models *models, kam_status *ml,
                                    int32_t *culprit,
                                    kam_estimate_report *report) {
    kam_status status = fit(book, KAM_PRIOR_NONE, models, report);
    *culprit = report->culprit;
    *ml = status == KAM_OK && *culprit >= 0 ? KAM_ERR_WEAK : status;
    if (wants_prior(*ml)) status = fit(book, KAM_PRIOR_WEAK, models, report);
    return status;
}

/* Columns of the whole book, one number an account. */
struct gathered {
    struct kam__weighted *item; /* to select medians from */
    double *number;             /* shape (n) */
    int64_t n;
};

enum { SILENCE, RHYTHM, TENURE };

static double fact_of(const struct kam__btyd_rows *rows, int32_t i, int fact) {
    if (fact == SILENCE) return rows->T[i] - rows->t_x[i];
    if (fact == TENURE) return rows->T[i];
    return rows->T[i] > 0 ? rows->x[i] / rows->T[i] : 0;
}

/* Weighted median of one fact over the usable rows. */
static double median_of(const struct book *book, struct gathered *to,
                        int fact) {
    kam_sum total = {0, 0};
    int64_t n = 0;
    for (int64_t part = 0; part < book->n_parts; part++) {
        const kam_accounts *const a = kam__part(book->parts, part);
        for (int64_t at = 0; at < a->n_rows; at += KAM__TILE) {
            struct kam__btyd_rows rows;
            double weight[KAM__TILE];
            const int64_t left = a->n_rows - at;
            const int32_t m = (int32_t)(left < KAM__TILE ? left : KAM__TILE);
            kam__btyd_load(a, at, m, KAM_ISA_BASE, &rows);
            kam__weights(a, at, m, weight);
            for (int32_t i = 0; i < m; i++) {
                if (rows.flag[i] || !kam__is_weight(weight[i])) continue;
                if (kam_sum_add(&total, weight[i] / 2) != KAM_OK) return NAN;
                to->item[n].value = fact_of(&rows, i, fact);
                to->item[n++].weight = weight[i];
            }
        }
    }
    return kam__select(to->item, n, &total);
}

/* The typical account has the median silence, rhythm and tenure of the book. */
static void find_reference(const struct book *book, struct gathered *to,
                           double *reference) {
    const double T = median_of(book, to, TENURE);
    const double silence = median_of(book, to, SILENCE);
    const double x = median_of(book, to, RHYTHM) * T;
    reference[0] = x;
    reference[1] = x > 0 && silence < T ? T - silence : 0;
    reference[2] = T;
}

/* Tiers that the caller named, those of the policy, or T1's. */
static kam_tier_policy tiers_of(const struct book *book,
                                kam_tier_band preset[3]) {
    const kam_policy *const policy = &book->policy;
    if (book->options->tiers.n_bands > 0) return book->options->tiers;
    if (policy->tiers) return *policy->tiers;
    kam_tier_preset_cny(preset);
    return (kam_tier_policy){.struct_size = sizeof(kam_tier_policy),
                             .basis = KAM_TIER_BY_SCORE,
                             .n_bands = 3,
                             .bands = preset};
}

static void gather_scores(const struct book *book, struct gathered *to) {
    to->n = 0;
    for (int64_t part = 0; part < book->n_parts; part++) {
        const kam_accounts *const a = kam__part(book->parts, part);
        for (int64_t i = 0; i < a->n_rows; i++)
            to->number[to->n++] = kam__number_at(&a->tier_value, i);
    }
}

static kam_status find_limits(const struct book *book,
                              const struct gathered *from, kam_models *models) {
    kam_tier_band preset[3];
    const kam_tier_policy tiers = tiers_of(book, preset);
    const kam_column score = {from->number, NULL, NULL, 0, 0, KAM_F64, 0};
    const kam_status status =
        kam_tier_cutpoints(&tiers, &score, from->n, book->host, models->limits,
                           book->diag);
    if (status != KAM_OK) return status;
    models->n_bands = tiers.n_bands;
    if (kam__tiers_are_default(&tiers)) models->defaults |= KAM_POLICY_TIERS;
    return KAM_OK;
}

static kam_status find_matrix(const struct book *book,
                              const struct gathered *from, kam_models *models) {
    const kam_column revenue = {from->number, NULL, NULL, 0, 0, KAM_F64, 0};
    const kam_status status =
        kam_matrix_fit(book->policy.matrix, &revenue, from->n, book->host,
                       &models->matrix, book->diag);
    if (status != KAM_OK) return status;
    models->has_matrix = 1;
    if (models->matrix.defaults == KAM__MATRIX_DEFAULTS)
        models->defaults |= KAM_POLICY_MATRIX;
    return KAM_OK;
}

static kam_status test_independence(const struct book *book,
                                    kam_fit_report *report) {
    kam_spend_dependence *const found = &report->dependence;
    found->struct_size = sizeof *found;
    found->rank_correlation = found->p_value = NAN;
    report->independence =
        kam_spend_independence(book->parts, book->n_parts, book->host, found,
                               book->diag);
    return report->independence;
}

static kam_status fit_all(const struct book *book, struct gathered *to,
                          kam_models *models, kam_fit_report *report) {
    kam_status status =
        fit_with_fallback(book, fit_orders, models, &report->orders_ml,
                          &report->orders_culprit, &report->orders);
    if (is_failure(status)) return status;
    if (status != KAM_OK) memset(&models->orders, 0, sizeof models->orders);
    if (status == KAM_OK) find_reference(book, to, models->reference);
    status = fit_with_fallback(book, fit_spend, models, &report->spend_ml,
                               &report->spend_culprit, &report->spend);
    if (status == KAM_ERR_CONSTANT &&
        book->options->spend_family == KAM_SPEND_GAMMA_GAMMA)
        status = fit_equal(book, models, &report->spend);
    if (is_failure(status)) return status;
    if (status != KAM_OK) memset(&models->spend, 0, sizeof models->spend);
    status = test_independence(book, report);
    if (is_failure(status)) return status;
    gather_scores(book, to);
    report->tiers = find_limits(book, to, models);
    if (is_failure(report->tiers)) return report->tiers;
    report->matrix = find_matrix(book, to, models);
    return is_failure(report->matrix) ? report->matrix : KAM_OK;
}

static kam_status check_parts(const struct book *book, int64_t *n) {
    *n = 0;
    if (!book->parts && book->n_parts > 0)
        return kam__fail(book->diag, KAM_ERR_NULL, "parts", -1, NAN, "");
    if (book->n_parts < 0)
        return kam__fail(book->diag, KAM_ERR_SHAPE, "n_parts", -1,
                         (double)book->n_parts,
                         "there cannot be {value} parts.");
    for (int64_t i = 0; i < book->n_parts; i++) {
        kam_accounts part;
        kam_status status =
            kam__btyd_read_accounts(&part, kam__part(book->parts, i),
                                    book->diag);
        if (status == KAM_OK)
            status =
                kam__column_check(&part.tier_value, part.n_rows, KAM__NUMBERS,
                                  0, "accounts.tier_value", book->diag);
        if (status != KAM_OK) return status;
        *n += part.n_rows;
    }
    if (*n > 0) return KAM_OK;
    return kam__fail(book->diag, KAM_ERR_EMPTY, "parts", -1, NAN,
                     "the book has no account.");
}

static kam_status fit_book(const struct book *book, int64_t n,
                           kam_models *models, kam_fit_report *report) {
    struct gathered to = {NULL, NULL, n};
    to.item = kam__allocate(book->host, (uint64_t)n, sizeof *to.item);
    to.number = kam__allocate(book->host, (uint64_t)n, sizeof *to.number);
    const kam_status status = to.item && to.number
                                  ? fit_all(book, &to, models, report)
                                  : kam__no_memory(book->diag);
    kam__release(book->host, to.item, (uint64_t)n, sizeof *to.item);
    kam__release(book->host, to.number, (uint64_t)n, sizeof *to.number);
    return status;
}

/* By BIC, where likelihoods have an interior maximum to compare. */
static kam_status choose_family(const struct book *book, int32_t *family) {
    static const int32_t families[] = {KAM_BTYD_MBGNBD, KAM_BTYD_PNBD,
                                       KAM_BTYD_MBGCNBD};
    kam_btyd_contest contest = {.struct_size = sizeof contest,
                                .criterion = KAM_BTYD_BY_BIC,
                                .n_families = 3,
                                .families = families};
    kam_btyd_candidate candidate[5];
    kam_status status;
    int32_t best = 0;
    *family = KAM_BTYD_MBGNBD;
    do { /* again without the last, which needs log_gaps */
        status = kam_btyd_choose(book->parts, book->n_parts,
                                 book->options->period_days, &contest, NULL,
                                 book->host, candidate, &best, book->diag);
    } while (status == KAM_ERR_OPTION && --contest.n_families > 1);
    if (status == KAM_OK && candidate[0].status == KAM_OK &&
        candidate[best].status == KAM_OK)
        *family = candidate[best].family;
    return is_failure(status) ? status : KAM_OK;
}

kam_status kam_fit(const kam_accounts *parts, int64_t n_parts,
                   const kam_fit_options *options, const kam_host *host,
                   kam_models *models, kam_fit_report *report, kam_diag *diag) {
    kam_fit_options ours;
    kam_host lent;
    kam_models found;
    kam_fit_report told;
    memset(&found, 0, sizeof found);
    memset(&told, 0, sizeof told);
    kam_status status = read_options(&ours, options, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    struct book book = {parts, n_parts, &ours, {0}, &lent, diag};
    int64_t n;
    if (ours.policy) status = kam__policy_read(&book.policy, ours.policy, diag);
    if (status == KAM_OK) status = check_parts(&book, &n);
    if (status == KAM_OK)
        status =
            kam__sized_check(models, KAM__FIRST(kam_models), "models", diag);
    if (status == KAM_OK && report)
        status = kam__sized_check(report, KAM__FIRST(kam_fit_report), "report",
                                  diag);
    if (status == KAM_OK && ours.family == KAM_FIT_CHOOSE)
        status = choose_family(&book, &ours.family);
    if (status == KAM_OK) status = fit_book(&book, n, &found, &told);
    if (status != KAM_OK) return status;
    kam__sized_write(models, &found, sizeof found, KAM__FIRST(kam_models),
                     "models", NULL);
    if (report)
        kam__sized_write(report, &told, sizeof told, KAM__FIRST(kam_fit_report),
                         "report", NULL);
    return kam__ok(diag);
}
