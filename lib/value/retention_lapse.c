/* SPDX-License-Identifier: MIT */
/* The chance that an account loses all of its contracts. */
#include <math.h>

#include "base/diag.h"
#include "base/memory.h"
#include "math/elementary.h"
#include "math/special.h"
#include "value/beta_mixture.h"
#include "value/retention_rows.h"

struct lapse {
    struct kam__retention law;
    kam_accounts accounts;
    const int64_t *first;
    const double *n_terms;
    double *out;
    uint32_t *row_flags;
};

/* The least of the finite k above `low`, and how many there are of it. */
static double next_k(const double *k, int64_t n, double low, double *count) {
    double next = INFINITY;
    *count = 0;
    for (int64_t i = 0; i < n; i++) {
        const double whole = floor(k[i]);
        if (!(whole > low) || whole > next) continue;
        *count = whole < next ? 1 : *count + 1;
        next = whole;
    }
    return next;
}

/* E of the product over contracts of g = 1 - (1 - p)^k, p ~ Beta(a, B). Where
 * k p is small, g = p (g / p) and p goes into the density: E of p^m f is E p^m
 * times the mean of f over Beta(a + m, B). So the nodes lie where the product
 * has its weight, however small it is. */
double kam__retention_all_end(double a, double B, const double *k, int64_t n) {
    struct kam__mixture mixture;
    double turned = 0, last_turned = 0, most = 0, count, sum = 0;
    for (int64_t i = 0; i < n; i++) {
        if (k[i] != k[i]) return NAN;
        if (k[i] < INFINITY && k[i] > most) most = floor(k[i]);
    }
    for (int64_t i = 0; i < n; i++)
        if (!(k[i] >= 1)) return 0;
    if (!(most > 0)) return 1; /* none, or all within endless time */
    for (;;) {
        const double next = next_k(k, n, last_turned, &count);
        if (!(next * (a + turned) < a + turned + B)) break;
        last_turned = next;
        turned += count;
    }
    kam__beta_mixture(a + turned, B, most, &mixture);
    for (int32_t j = 0; j < mixture.n; j++) {
        const double p = mixture.p[j] < 1 ? mixture.p[j] : 1; /* rounding */
        const double stay = kam__log1p(-p);
        double gone = mixture.weight[j];
        for (int64_t i = 0; i < n; i++) {
            const double whole = floor(k[i]);
            if (!(whole < INFINITY)) continue;
            const double g = -kam__expm1(whole * stay);
            gone *= whole > last_turned ? g : p > 0 ? g / p : whole;
        }
        sum += gone;
    }
    sum *= kam__exp(kam__lgamma_difference(a, turned) -
                    kam__lgamma_difference(a + B, turned));
    return sum < 1 ? sum : 1; /* rounding */
}

static void lapse_rows(void *context, int64_t first, int32_t n) {
    const struct lapse *const q = context;
    struct kam__contracts rows;
    kam__retention_load(&q->accounts, 1, first, n, &rows);
    for (int32_t i = 0; i < n; i++) {
        const int64_t *const at = &q->first[first + i];
        uint32_t flag = rows.flag[i];
        double out = NAN;
        for (int64_t k = at[0]; k < at[1]; k++)
            if (q->n_terms[k] < 0) flag |= KAM_ROW_DOMAIN;
        if (!flag) {
            out = kam__retention_all_end(q->law.alpha + rows.ended[i],
                                         q->law.beta + rows.n[i],
                                         q->n_terms + at[0], at[1] - at[0]);
            if (out != out) flag |= KAM_ROW_MISSING;
        }
        q->out[first + i] = out;
        if (q->row_flags) q->row_flags[first + i] = flag;
    }
}

static kam_status check_first(const struct lapse *q, kam_diag *diag) {
    const int64_t n = q->accounts.n_rows;
    if (n > 0 && !q->first)
        return kam__fail(diag, KAM_ERR_NULL, "first", -1, NAN, "");
    for (int64_t i = 0; i < n; i++)
        if (q->first[i] < 0 || q->first[i + 1] < q->first[i])
            return kam__fail(diag, KAM_ERR_SHAPE, "first", i,
                             (double)q->first[i],
                             "row {row} begins at {value}: that must not be "
                             "below zero, nor above where the next begins.");
    if (n > 0 && q->first[n] > 0 && !q->n_terms)
        return kam__fail(diag, KAM_ERR_NULL, "n_terms", -1, NAN, "");
    return KAM_OK;
}

kam_status kam_retention_lapse(const kam_retention *model,
                               const kam_accounts *accounts,
                               const int64_t *first, const double *n_terms,
                               const kam_host *host, double *probability,
                               uint32_t *row_flags, kam_diag *diag) {
    struct lapse q = {.first = first,
                      .n_terms = n_terms,
                      .out = probability,
                      .row_flags = row_flags};
    kam_host ours;
    kam_status status;
    if (!kam__retention_read_model(&q.law, model, &status, diag)) return status;
    if (!q.law.shared)
        return kam__fail(diag, KAM_ERR_UNSUPPORTED, "model.family", -1,
                         model->family,
                         "family {value} has contracts, not accounts.");
    status = kam__retention_read_accounts(&q.accounts, accounts, diag);
    if (status == KAM_OK) status = check_first(&q, diag);
    if (status == KAM_OK) status = kam__host_read(&ours, host, diag);
    if (status != KAM_OK) return status;
    if (!probability)
        return kam__fail(diag, KAM_ERR_NULL, "probability", -1, NAN, "");
    status = kam__for_rows(&ours, q.accounts.n_rows, lapse_rows, &q, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}
