/* SPDX-License-Identifier: MIT */
/* Fitting contracts: a model for each term. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "contracts.h"
#include "message.h"

static kam_accounts rows_of(const struct contracts *all,
                            const struct contract_model *m) {
    const struct contract *const c = &all->contract[m->first];
    kam_accounts rows = {.struct_size = sizeof rows};
    rows.n_rows = m->n;
    rows.renewals = doubles(&c->renewals);
    rows.contract_ended = doubles(&c->decided);
    rows.renewals_before = doubles(&c->before);
    rows.renewals.stride = rows.contract_ended.stride =
        rows.renewals_before.stride = sizeof *c;
    return rows;
}

/* Contracts of one account and term, ended ones too, side by side. */
static int compare_owners(const void *a, const void *b) {
    const struct contract *const p = *(struct contract *const *)a;
    const struct contract *const q = *(struct contract *const *)b;
    if (p->account != q->account) return p->account < q->account ? -1 : 1;
    return (p > q) - (p < q);
}

/* Sums over the contracts of each account; as many rows as accounts. */
struct owners {
    int64_t n;
    double *renewals, *ended, *before; /* shape (n) */
    int64_t *of;                       /* shape (contracts): the owner */
};

static struct owners owners_of(const struct contracts *all,
                               const struct contract_model *m) {
    const struct contract **const c = resize(NULL, m->n, sizeof *c);
    const struct contract *const first = &all->contract[m->first];
    struct owners made = {0, NULL, NULL, NULL, NULL};
    made.renewals = resize(NULL, 3 * m->n, sizeof *made.renewals);
    made.ended = made.renewals + m->n;
    made.before = made.ended + m->n;
    made.of = resize(NULL, m->n, sizeof *made.of);
    for (int64_t i = 0; i < m->n; i++) c[i] = first + i;
    qsort(c, (size_t)m->n, sizeof *c, compare_owners);
    for (int64_t i = 0; i < m->n; i++) {
        if (i == 0 || c[i]->account != c[i - 1]->account) {
            made.renewals[made.n] = made.ended[made.n] = 0;
            made.before[made.n++] = 0;
        }
        made.renewals[made.n - 1] += c[i]->renewals;
        made.ended[made.n - 1] += c[i]->decided;
        made.before[made.n - 1] += c[i]->before;
        made.of[c[i] - first] = made.n - 1;
    }
    free(c);
    return made;
}

static void free_owners(struct owners *owners) {
    free(owners->renewals);
    free(owners->of);
}

static kam_accounts rows_of_owners(const struct owners *owners) {
    kam_accounts rows = {.struct_size = sizeof rows};
    rows.n_rows = owners->n;
    rows.renewals = doubles(owners->renewals);
    rows.contract_ended = doubles(owners->ended);
    rows.renewals_before = doubles(owners->before);
    return rows;
}

static kam_status fit(struct contract_model *m, const kam_accounts *rows,
                      int32_t family, int32_t prior) {
    kam_estimate_options how;
    kam_diag diag = {.struct_size = sizeof diag};
    for (int k = 0; k < 9; k++) m->covariance[k] = NAN;
    m->report.struct_size = sizeof m->report;
    check(kam_estimate_options_init(&how, sizeof how), &diag);
    how.prior = prior;
    const kam_status status =
        kam_retention_fit(family, rows, 1, m->months * KAM_CONTRACTS_MONTH_DAYS,
                          &how, NULL, &m->model, m->covariance, &m->report,
                          &diag);
    if (status != KAM_OK &&
        (status < KAM_ERR_EMPTY || status >= KAM_ERR_OVERFLOW))
        check(status, &diag);
    return status;
}

/* BIC of a fit: Schwarz (1978); a verdict comes with the best point found. */
static double criterion(const struct contract_model *m, kam_status status) {
    if (status != KAM_OK && status != KAM_ERR_AT_BOUND &&
        status != KAM_ERR_FLAT && status != KAM_ERR_NOT_CONVERGED)
        return HUGE_VAL;
    return m->model.n_parameters * log((double)m->n) -
           2 * m->report.log_likelihood;
}

/* sBG: of contracts on their own, or of accounts whose contracts have one
 * chance to end, whichever the data are likelier by; or BdW where its BIC is
 * lower. The weak prior where likelihood has no interior maximum. */
static void fit_term(struct contract_model *m, const struct contracts *all,
                     const struct owners *owners) {
    kam_accounts rows = rows_of(all, m);
    struct contract_model other = *m;
    int32_t family = KAM_RETENTION_SBG;
    m->ml = fit(m, &rows, family, KAM_PRIOR_NONE);
    if (owners->n < m->n) {
        const kam_accounts shared = rows_of_owners(owners);
        const kam_status ml =
            fit(&other, &shared, KAM_RETENTION_SHARED, KAM_PRIOR_NONE);
        if (criterion(&other, ml) < criterion(m, m->ml)) {
            family = KAM_RETENTION_SHARED;
            rows = shared;
            *m = other;
            m->ml = ml;
        }
    }
    if (m->ml != KAM_OK) {
        if (fit(m, &rows, family, KAM_PRIOR_WEAK) != KAM_OK)
            memset(&m->model, 0, sizeof m->model);
        return;
    }
    const kam_accounts contracts = rows_of(all, m);
    if (fit(&other, &contracts, KAM_RETENTION_BDW, KAM_PRIOR_NONE) == KAM_OK &&
        criterion(&other, KAM_OK) < criterion(m, KAM_OK)) {
        other.ml = KAM_OK;
        *m = other;
    }
}

/* What tells of the chance of a contract to end. */
static void tell_past(const struct contracts *all,
                      const struct contract_model *m,
                      const struct owners *owners) {
    const int shared = m->model.family == KAM_RETENTION_SHARED;
    for (int64_t i = 0; i < m->n; i++) {
        struct contract *const c = &all->contract[m->first + i];
        c->past = shared ? owners->renewals[owners->of[i]] : c->renewals;
        c->ends = shared ? owners->ended[owners->of[i]] : 0;
    }
}

void contracts_fit(struct contracts *all) {
    int64_t room = 0;
    for (int64_t i = 0; i < all->n; i++) {
        if (i == 0 || all->contract[i].months != all->contract[i - 1].months) {
            const struct contract_model none = {.months =
                                                    all->contract[i].months,
                                                .first = i};
            all->model =
                grow(all->model, &room, all->n_models, sizeof *all->model);
            all->model[all->n_models++] = none;
        }
        struct contract_model *const m = &all->model[all->n_models - 1];
        m->n++;
        m->n_ended += all->contract[i].decided > 0;
        m->n_renewed += all->contract[i].renewals - all->contract[i].before;
    }
    for (int32_t k = 0; k < all->n_models; k++) {
        struct owners owners = owners_of(all, &all->model[k]);
        fit_term(&all->model[k], all, &owners);
        tell_past(all, &all->model[k], &owners);
        free_owners(&owners);
    }
}
