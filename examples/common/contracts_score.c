/* SPDX-License-Identifier: MIT */
/* What contracts are worth. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "contracts.h"
#include "message.h"

const struct contract_model *contracts_model(const struct contracts *all,
                                             const struct contract *c) {
    const struct contract_model *m = all->model;
    while (m->months != c->months) m++;
    return m;
}

double contracts_renewal(const struct contracts *all, const struct contract *c,
                         double n_terms) {
    const struct contract_model *const m = contracts_model(all, c);
    kam_accounts rows = {.struct_size = sizeof rows, .n_rows = 1};
    kam_diag diag = {.struct_size = sizeof diag};
    double chance = NAN;
    rows.renewals = doubles(&c->past);
    rows.contract_ended = doubles(&c->ends);
    if (m->model.family)
        check(kam_retention_renewal(&m->model, &rows, n_terms, NULL, &chance,
                                    NULL, &diag),
              &diag);
    return chance;
}

/* The contracts by row of the book, as the library reads them, and what it
 * says. */
struct outlook {
    const struct contract **contract; /* shape (n), in this order */
    kam_retention *models;
    double *covariance;
    int64_t *first;
    uint64_t *seed;
    int32_t *model, *state;
    double *renewals, *ended, *left, *value; /* shape (n) */
    double *renewal, *length;                /* shape (n), written */
};

/* A stream of its own, so that other accounts change nothing: FNV-1a. */
static uint64_t stream_of(const struct book *book, int64_t row) {
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    for (int64_t i = 0; i < book->key_length[row]; i++)
        hash =
            (hash ^ (unsigned char)book->key[row][i]) * UINT64_C(0x100000001B3);
    return hash;
}

static int compare_accounts(const void *a, const void *b) {
    const struct contract *const p = *(struct contract *const *)a;
    const struct contract *const q = *(struct contract *const *)b;
    if (p->account != q->account) return p->account < q->account ? -1 : 1;
    return (p > q) - (p < q); /* as contracts are sorted: by term */
}

static void add_models(struct outlook *o, const struct contracts *all) {
    o->models = resize(NULL, all->n_models, sizeof *o->models);
    o->covariance = resize(NULL, 9 * all->n_models, sizeof(double));
    for (int32_t k = 0; k < all->n_models; k++) {
        const struct contract_model *const m = &all->model[k];
        o->models[k] = m->model;
        o->models[k].period_days = m->months * KAM_CONTRACTS_MONTH_DAYS;
        memcpy(o->covariance + (ptrdiff_t)9 * k, m->covariance,
               sizeof m->covariance);
    }
}

static void add_contracts(struct outlook *o, const struct contracts *all) {
    const int64_t n = all->n;
    o->state = o->model + n;
    o->ended = o->renewals + n;
    o->left = o->ended + n;
    o->value = o->left + n;
    o->renewal = o->value + n;
    o->length = o->renewal + n;
    for (int64_t i = 0; i < n; i++) o->contract[i] = &all->contract[i];
    qsort(o->contract, (size_t)n, sizeof *o->contract, compare_accounts);
    for (int64_t i = 0; i < n; i++) {
        const struct contract *const c = o->contract[i];
        o->model[i] = (int32_t)(contracts_model(all, c) - all->model);
        o->state[i] = c->state;
        o->renewals[i] = c->renewals;
        o->ended[i] = c->decided;
        o->left[i] = c->left;
        o->value[i] = c->value;
    }
}

static struct outlook outlook_make(const struct contracts *all,
                                   const struct book *book) {
    const int64_t n = all->n;
    struct outlook o = {.contract = resize(NULL, n, sizeof *o.contract),
                        .first = resize(NULL, book->n + 1, sizeof *o.first),
                        .seed = resize(NULL, book->n, sizeof *o.seed),
                        .model = resize(NULL, 2 * n, sizeof *o.model),
                        .renewals = resize(NULL, 6 * n, sizeof *o.renewals)};
    int64_t at = 0;
    add_models(&o, all);
    add_contracts(&o, all);
    for (int64_t row = 0; row < book->n; row++) {
        o.first[row] = at;
        o.seed[row] = stream_of(book, row);
        while (at < n && o.contract[at]->account == row) at++;
    }
    o.first[book->n] = at;
    return o;
}

static void outlook_free(struct outlook *o) {
    free(o->contract);
    free(o->models);
    free(o->covariance);
    free(o->first);
    free(o->seed);
    free(o->model);
    free(o->renewals);
}

/* The base alone, so that signals can add to it. */
static void tell_risk(kam_scores *s, int64_t row, double risk) {
    const kam_reason none = {KAM_REASON_NONE, 0, 0, NAN};
    kam_reason *const reason = &s->reasons[4 * row];
    s->churn_risk[row] = risk;
    for (int k = 0; k < 4; k++) reason[k] = none;
    reason[0].id = KAM_REASON_BASE;
    reason[0].contribution = log(risk) - log1p(-risk);
    reason[0].value = risk;
}

static void score_row(const struct contracts *all, kam_scores *s, int64_t row,
                      const struct outlook *o,
                      const kam_retention_outlook_out *out) {
    struct bond *const bond = &all->bond[row];
    uint32_t *const flags = &s->row_flags[row];
    for (int64_t i = o->first[row]; i < o->first[row + 1]; i++) {
        const struct contract *const c = o->contract[i];
        if (c != &all->contract[bond->main] || !c->runs) continue;
        bond->renewal = o->renewal[i];
        bond->days = o->length[i] * c->months * KAM_CONTRACTS_MONTH_DAYS;
    }
    s->alive[row] = bond->n_running > 0;
    s->expected_orders[row] = NAN;
    s->lifetime_value[row] = out->value[row];
    s->lifetime_value_low[row] = out->value_low[row];
    s->lifetime_value_high[row] = out->value_high[row];
    tell_risk(s, row, out->lapse[row]);
    *flags &= ~(uint32_t)(KAM_ROW_ONE_ORDER | KAM_ROW_EXTRAPOLATED |
                          KAM_ROW_INFINITE);
    *flags |= out->row_flags[row];
}

void contracts_apply(struct contracts *all, struct answers *answers,
                     const struct book *book, const struct options *options) {
    const kam_clv_options *const future = &options->rules.future;
    const int64_t n = book->n;
    kam_diag diag = {.struct_size = sizeof diag};
    contracts_fit(all);
    struct outlook o = outlook_make(all, book);
    double *const money = resize(NULL, 4 * n, sizeof *money);
    uint32_t *const flags = resize(NULL, n, sizeof *flags);
    const kam_retention_contracts in = {.struct_size = sizeof in,
                                        .n_models = all->n_models,
                                        .n_rows = n,
                                        .models = o.models,
                                        .covariance = o.covariance,
                                        .first = o.first,
                                        .seed = o.seed,
                                        .model = o.model,
                                        .state = o.state,
                                        .renewals = o.renewals,
                                        .contract_ended = o.ended,
                                        .periods_to_end = o.left,
                                        .contract_value = o.value};
    const kam_retention_outlook_out out = {.struct_size = sizeof out,
                                           .renewal = o.renewal,
                                           .length = o.length,
                                           .value = money,
                                           .value_low = money + n,
                                           .value_high = money + 2 * n,
                                           .lapse = money + 3 * n,
                                           .row_flags = flags};
    check(kam_retention_outlook(&in, future->horizon_days,
                                future->discount_per_year, future->interval,
                                NULL, &out, &diag),
          &diag);
    for (int64_t row = 0; row < n; row++)
        if (all->bond[row].scored)
            score_row(all, &answers->scores, row, &o, &out);
    outlook_free(&o);
    free(money);
    free(flags);
}
