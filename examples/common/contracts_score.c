/* SPDX-License-Identifier: MIT */
/* What contracts are worth. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "contracts.h"
#include "draw.h"
#include "message.h"

/* ---- one contract ---- */

/* What will become of it within the horizon; times in terms. */
struct outlook {
    const struct contract_model *m;
    const struct contract *c;
    double horizon, discount;
    double renewal;   /* at its next decision */
    double decisions; /* within the horizon that may end it */
    double stays;     /* runs when the horizon ends */
    double length;    /* expected to run */
    double worth;     /* of money 1 a term, discounted */
};

static double accrued(double length, double discount) {
    return discount > 0 ? -expm1(-discount * length) / discount : length;
}

static double ask(const struct outlook *o, double n_terms, int what) {
    kam_account record;
    kam_accounts rows = {.struct_size = sizeof rows};
    kam_diag diag = {.struct_size = sizeof diag};
    double answer = NAN;
    double *const to = (double *)memset(&record, 0, sizeof record);
    for (size_t i = 0; i < sizeof record / sizeof *to; i++) to[i] = NAN;
    record.renewals = o->c->past;
    record.contract_ended = o->c->ends;
    record.renewals_before = 0;
    record.periods_to_end = o->c->left;
    record.contract_value = 1;
    check(kam_accounts_of(&record, sizeof record, 1, &rows), &diag);
    check(what == 0 ? kam_retention_renewal(&o->m->model, &rows, n_terms, NULL,
                                            &answer, NULL, &diag)
          : what == 1
              ? kam_retention_residual(&o->m->model, &rows, n_terms, 0, NULL,
                                       &answer, NULL, &diag)
              : kam_retention_value(&o->m->model, &rows, n_terms, o->discount,
                                    NULL, NULL, &answer, NULL, &diag),
          &diag);
    return answer;
}

const struct contract_model *contracts_model(const struct contracts *all,
                                             const struct contract *c) {
    const struct contract_model *m = all->model;
    while (m->months != c->months) m++;
    return m;
}

double contracts_renewal(const struct contracts *all, const struct contract *c,
                         double n_terms) {
    const struct outlook o = {.m = contracts_model(all, c), .c = c};
    return o.m->model.family ? ask(&o, n_terms, 0) : (double)NAN;
}

/* The horizon holds a number of whole terms after the end, and part of one. */
static void look_beyond(struct outlook *o) {
    const double rest = o->horizon - o->c->left;
    const double whole = floor(rest), part = isinf(rest) ? 0 : rest - whole;
    const double last = ask(o, whole + 1, 0);
    o->stays = isinf(rest) ? 1 : last;
    o->decisions = isinf(rest) ? 0 : whole + 1;
    o->length = o->c->left + ask(o, whole, 1) + part * last;
    o->worth = accrued(o->c->left, o->discount) + ask(o, whole, 2);
    if (part > 0)
        o->worth += last * accrued(part, o->discount) *
                    exp(-o->discount * (o->c->left + whole));
}

static void look(struct outlook *o, const struct contracts *all, int64_t i,
                 const struct options *options) {
    const kam_clv_options *const future = &options->rules.future;
    const struct contract *const c = o->c = &all->contract[i];
    const double days = c->months * KAM_CONTRACTS_MONTH_DAYS;
    o->m = contracts_model(all, c);
    o->horizon = future->horizon_days / days;
    o->discount = log1p(future->discount_per_year) * days / 365.25;
    const double near = o->horizon < c->left ? o->horizon : c->left;
    o->renewal = c->ended > 0 ? 0 : o->m->model.family ? ask(o, 1, 0) : NAN;
    o->stays = o->horizon < c->left;
    o->decisions = 0;
    o->length = near;
    o->worth = accrued(near, o->discount);
    if (o->stays > 0 || c->ended > 0) return;
    if (o->m->model.family)
        look_beyond(o);
    else
        o->stays = o->length = o->worth = NAN;
}

/* What one contract brings in a draw: its chance to end is a draw of the
 * posterior, Beta(alpha, beta + n^c) or of all that is known of the account;
 * its renewals one of that chance. `theta` is NaN, or what was drawn before. */
static double brings(const struct outlook *o, int d, struct draw *draw,
                     double *theta) {
    const struct contract *const c = o->c;
    const double near = o->horizon < c->left ? o->horizon : c->left;
    double length = near;
    if (c->ended == 0 && o->horizon >= c->left && o->m->draw) {
        const double *const p = &o->m->draw[4 * d];
        const double power = o->m->model.family == KAM_RETENTION_BDW ? p[2] : 1;
        const double age = pow(c->renewals, power);
        if (isnan(*theta))
            *theta =
                draw_beta(draw, p[0] + c->ends, p[1] + pow(c->past, power));
        const double more = floor(
            pow(age + log(draw_uniform(draw)) / log1p(-*theta), 1 / power) -
            c->renewals);
        length = c->left + (more > 0 ? more : 0);
        if (!(length <= o->horizon)) length = o->horizon;
    }
    return c->value * accrued(length, o->discount);
}

/* ---- one account ---- */

static int compare_numbers(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* A stream of its own, so that other accounts change nothing: FNV-1a. */
static uint64_t stream_of(const struct book *book, int64_t row) {
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    for (int64_t i = 0; i < book->key_length[row]; i++)
        hash =
            (hash ^ (unsigned char)book->key[row][i]) * UINT64_C(0x100000001B3);
    return hash;
}

/* Whether two contracts of an account have one chance to end. */
static int together(const struct outlook *a, const struct outlook *b) {
    return a->m == b->m && a->m->model.family == KAM_RETENTION_SHARED;
}

/* The chance that none of these, which have one chance to end, runs when the
 * horizon ends. */
static double all_end(const struct outlook *o, int64_t n) {
    double *const terms = resize(NULL, n, sizeof *terms);
    int64_t first[2] = {0, 0};
    double out = 1;
    kam_diag diag = {.struct_size = sizeof diag};
    const double past = o->c->past, ends = o->c->ends;
    kam_accounts rows = {.struct_size = sizeof rows, .n_rows = 1};
    rows.renewals = doubles(&past);
    rows.contract_ended = doubles(&ends);
    for (int64_t i = 0; i < n; i++) {
        if (o[i].decisions > 0)
            terms[first[1]++] = o[i].decisions;
        else
            out *= 1 - o[i].stays;
    }
    if (out > 0 && first[1] > 0)
        check(kam_retention_lapse(&o->m->model, &rows, first, terms, NULL, &out,
                                  NULL, &diag),
              &diag);
    free(terms);
    return out;
}

static void find_interval(kam_scores *s, const struct outlook *o, int64_t n,
                          const struct book *book, int64_t row,
                          double probability) {
    double sum[CONTRACT_DRAWS];
    struct draw draw = draw_begin(2, stream_of(book, row));
    for (int d = 0; d < CONTRACT_DRAWS; d++) {
        sum[d] = 0;
        double theta = NAN;
        for (int64_t i = 0; i < n; i++) {
            if (i > 0 && !together(&o[i - 1], &o[i])) theta = NAN;
            sum[d] += brings(&o[i], d, &draw, &theta);
        }
    }
    qsort(sum, CONTRACT_DRAWS, sizeof *sum, compare_numbers);
    const int cut = (int)((1 - probability) / 2 * CONTRACT_DRAWS);
    s->lifetime_value_low[row] = sum[cut];
    s->lifetime_value_high[row] = sum[CONTRACT_DRAWS - 1 - cut];
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

static void score_row(struct contracts *all, struct answers *answers,
                      const struct book *book, int64_t row,
                      const struct outlook *o, int64_t n, double probability) {
    kam_scores *const s = &answers->scores;
    uint32_t *const flags = &s->row_flags[row];
    double value = 0, gone = 1;
    for (int64_t i = 0; i < n; i++) {
        value += o[i].c->value * o[i].worth;
        if (i == 0 || !together(&o[i - 1], &o[i])) {
            int64_t m = 1;
            while (i + m < n && together(&o[i], &o[i + m])) m++;
            gone *= m > 1 ? all_end(&o[i], m) : 1 - o[i].stays;
        }
        if (o[i].c == &all->contract[all->bond[row].main]) {
            all->bond[row].renewal = o[i].renewal;
            all->bond[row].days =
                o[i].length * o[i].c->months * KAM_CONTRACTS_MONTH_DAYS;
        }
    }
    s->alive[row] = n > 0;
    s->expected_orders[row] = NAN;
    s->lifetime_value[row] = isinf(value) ? (double)NAN : value;
    s->lifetime_value_low[row] = s->lifetime_value_high[row] = NAN;
    if (isfinite(value)) find_interval(s, o, n, book, row, probability);
    tell_risk(s, row, gone);
    *flags &= ~(uint32_t)(KAM_ROW_ONE_ORDER | KAM_ROW_EXTRAPOLATED |
                          KAM_ROW_INFINITE);
    if (isnan(value) || isnan(gone)) *flags |= KAM_ROW_MISSING;
    if (isinf(value)) *flags |= KAM_ROW_INFINITE;
}

static int compare_accounts(const void *a, const void *b) {
    const struct outlook *const p = a, *const q = b;
    if (p->c->account != q->c->account)
        return p->c->account < q->c->account ? -1 : 1;
    return (p->c > q->c) - (p->c < q->c); /* as contracts are sorted */
}

void contracts_apply(struct contracts *all, struct answers *answers,
                     const struct book *book, const struct options *options) {
    const double probability = options->rules.future.interval;
    struct outlook *const o = resize(NULL, all->n_running, sizeof *o);
    int64_t n = 0;
    contracts_fit(all);
    for (int64_t i = 0; i < all->n; i++)
        if (all->contract[i].runs) look(&o[n++], all, i, options);
    qsort(o, (size_t)n, sizeof *o, compare_accounts);
    for (int64_t row = 0, at = 0; row < book->n; row++) {
        const int64_t m = all->bond[row].n_running;
        if (all->bond[row].scored)
            score_row(all, answers, book, row, o + at, m, probability);
        at += m;
    }
    free(o);
}
