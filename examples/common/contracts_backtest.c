/* SPDX-License-Identifier: MIT */
/* Forecasts of contracts beside what came, a row a decision and a row an
 * account. */
#include "contracts_backtest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"

/* What came of each line, by the library. */
struct came {
    double *renewed, *ended, *open, *early, *lost, *terms;
};

static struct came came_make(const struct contract_question *q) {
    const int64_t n = q->lines->n;
    const kam_contracts table = contracts_table(q->lines);
    double *const all = resize(NULL, 6 * n, sizeof *all);
    kam_diag diag = {.struct_size = sizeof diag};
    const struct came made = {all,         all + n,     all + 2 * n,
                              all + 3 * n, all + 4 * n, all + 5 * n};
    const kam_contracts_outcome out = {.struct_size = sizeof out,
                                       .renewed = made.renewed,
                                       .ended = made.ended,
                                       .open = made.open,
                                       .early = made.early,
                                       .lost = made.lost,
                                       .terms = made.terms};
    if (n > 0)
        check(kam_contracts_came(&table, q->cut, q->last, q->as_of, NULL, &out,
                                 &diag),
              &diag);
    return made;
}

/* ---- forecasts without a model ---- */

/* One rate for all contracts of a term: of what was decided until the cut, a
 * half added to either count, so that it is never 0 or 1. */
static double past_rate(const struct contracts *all, const struct contract *c) {
    const struct contract_model *const m = contracts_model(all, c);
    return (m->n_renewed + 0.5) / (m->n_renewed + (double)m->n_ended + 1);
}

/* Terms that a contract runs when each decision renews it with one chance; and
 * the chance that it runs when the horizon ends. */
static double run_at(double rate, double left, double horizon, double *stays) {
    *stays = 1;
    if (horizon < left) return horizon;
    const double rest = horizon - left, whole = floor(rest);
    double length = left;
    for (double k = 0; k < whole; k++) {
        *stays *= rate;
        length += *stays;
    }
    *stays *= rate;
    return length + (rest - whole) * *stays;
}

/* ---- rows ---- */

static void add_decision(struct contract_trial *trial, double model,
                         double rate, double renewed) {
    const double known = isnan(model) ? (double)NAN : 1;
    const struct forecast made = {{model, known * rate, known, NAN}, renewed};
    trial->renewal = grow(trial->renewal, &trial->room, trial->n_decisions,
                          sizeof *trial->renewal);
    trial->renewal[trial->n_decisions++] = made;
    trial->n_unmodelled += isnan(model);
}

/* Each decision that fell due, for as long as it was renewed: the chance is of
 * this decision, given that those before it renewed. */
static void follow(struct contract_trial *trial,
                   const struct contract_question *q, const struct came *came,
                   const struct contract *c) {
    const double rate = past_rate(q->past, c);
    const double renewed = came->renewed[c->line];
    const double n = renewed + came->ended[c->line];
    double before = 1;
    for (double k = 1; k <= n; k++) {
        const double chance = contracts_renewal(q->past, c, k);
        add_decision(trial, chance / before, rate, k <= renewed);
        before = chance;
    }
    trial->n_undecided += came->open[c->line] > 0;
    trial->n_early += came->early[c->line] > 0;
}

static void add_contract(struct forecast *loss, struct forecast *money,
                         const struct contract_question *q,
                         const struct came *came, const struct contract *c) {
    const double horizon =
        (q->last - q->cut) / (c->months * KAM_CONTRACTS_MONTH_DAYS);
    const double rate = past_rate(q->past, c), lost = came->lost[c->line];
    double stays;
    money->by[OF_RATE] += c->value * run_at(rate, c->left, horizon, &stays);
    loss->by[OF_RATE] *= 1 - stays;
    money->by[OF_ALL] += c->value * run_at(1, c->left, horizon, &stays);
    money->came += c->value * came->terms[c->line];
    /* One that runs for sure keeps the account. */
    loss->came = loss->came == 0 || lost == 0 ? 0 : loss->came * lost;
}

static void add_account(struct contract_trial *trial,
                        const struct contract_question *q,
                        const struct came *came, int64_t row,
                        const struct contract *const *c, int64_t n) {
    const kam_scores *const s = &q->answers->scores;
    struct forecast *const loss = &trial->loss[trial->n_accounts];
    struct forecast *const money = &trial->money[trial->n_accounts++];
    const double risk = s->churn_risk[row];
    *loss = (struct forecast){{q->plain ? q->plain[row] : risk, 1, 0,
                               q->plain ? risk : (double)NAN},
                              1};
    *money = (struct forecast){{s->lifetime_value[row], 0, 0, NAN}, 0};
    for (int64_t i = 0; i < n; i++) add_contract(loss, money, q, came, c[i]);
    if (isnan(loss->by[OF_MODEL])) loss->by[OF_RATE] = loss->by[OF_ALL] = NAN;
    if (isnan(money->by[OF_MODEL]))
        money->by[OF_RATE] = money->by[OF_ALL] = NAN;
    const double low = s->lifetime_value_low[row];
    const double high = s->lifetime_value_high[row];
    if (isnan(low + high + money->came)) return;
    trial->inside++;
    trial->below += money->came < low;
    trial->above += money->came > high;
}

static int compare_rows(const void *a, const void *b) {
    const struct contract *const p = *(struct contract *const *)a;
    const struct contract *const q = *(struct contract *const *)b;
    if (p->account != q->account) return p->account < q->account ? -1 : 1;
    return (p > q) - (p < q);
}

/* Of how many accounts the money lay within the interval. */
static void share(struct contract_trial *trial) {
    const double n = trial->inside;
    trial->inside = (n - trial->below - trial->above) / n;
    trial->below /= n;
    trial->above /= n;
}

void contract_trial_make(struct contract_trial *trial,
                         const struct contract_question *q) {
    const struct contracts *const all = q->past;
    const struct contract **const c = resize(NULL, all->n, sizeof *c);
    const struct came came = came_make(q);
    int64_t n = 0;
    memset(trial, 0, sizeof *trial);
    for (int64_t i = 0; i < all->n; i++)
        if (all->contract[i].runs) c[n++] = &all->contract[i];
    qsort(c, (size_t)n, sizeof *c, compare_rows);
    trial->renewal = grow(NULL, &trial->room, 0, sizeof *trial->renewal);
    trial->loss = resize(NULL, n, sizeof *trial->loss);
    trial->money = resize(NULL, n, sizeof *trial->money);
    for (int64_t i = 0, m; i < n; i += m) {
        const int64_t row = c[i]->account;
        for (m = 0; i + m < n && c[i + m]->account == row; m++)
            follow(trial, q, &came, c[i + m]);
        add_account(trial, q, &came, row, &c[i], m);
    }
    for (int64_t i = 0; i < q->lines->n; i++)
        trial->n_begun += q->lines->line[i].start > q->cut &&
                          q->lines->line[i].start <= q->last;
    share(trial);
    free(came.renewed);
    free(c);
}

void contract_trial_free(struct contract_trial *trial) {
    free(trial->renewal);
    free(trial->loss);
    free(trial->money);
    memset(trial, 0, sizeof *trial);
}
