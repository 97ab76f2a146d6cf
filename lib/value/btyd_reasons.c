/* SPDX-License-Identifier: MIT */
/* Why a churn risk is what it is: Shapley (1953) values of three facts. */
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/isa.h"
#include "base/memory.h"
#include "math/elementary.h"
#include "value/btyd_reasons.h"

/* The facts: silence T - t_x, rhythm x / T, tenure T. */
enum { SILENCE, RHYTHM, TENURE, N_FACTS, N_MIXES = 1 << N_FACTS };

struct facts {
    double of[N_FACTS];
};

static struct facts facts_of(double x, double t_x, double T) {
    return (struct facts){{T - t_x, T > 0 ? x / T : 0, T}};
}

/* The history that an account with these facts would have. Orders that do not
 * come out whole are fine for the model's formulas; periods are not, where a
 * family counts them, and each has at most one order. */
static void history_of(const struct facts *facts, int by_period, double *x,
                       double *t_x, double *T) {
    *T = facts->of[TENURE];
    *x = facts->of[RHYTHM] * *T;
    *t_x = *x > 0 && *T > facts->of[SILENCE] ? *T - facts->of[SILENCE] : 0;
    if (!by_period) return;
    *T = floor(*T);
    *t_x = *t_x < *T ? floor(*t_x) : *T;
    *x = *x < *t_x ? *x : *t_x;
}

/* Steps of 2^-40 up to 2^12 fit a double, so sums of such numbers are exact. */
static double on_grid(double y) {
    const double limited = y > 700 ? 700 : y < -700 ? -700 : y;
    return (limited + 0x1.8p12) - 0x1.8p12;
}

/* odds[mix]: bit f of mix set where fact f is the account's own, clear where it
 * is the reference's. Writes the base and the three values, which add up to
 * odds[7] exactly: the last bits go to the largest. */
static void shapley(const double *odds, kam_reason *reasons) {
    static const double weight[N_FACTS] = {1.0 / 3, 1.0 / 6, 1.0 / 3};
    double on[N_MIXES];
    for (int mix = 0; mix < N_MIXES; mix++) on[mix] = on_grid(odds[mix]);
    const double base = on[0];
    double value[N_FACTS], rest = on[N_MIXES - 1] - base;
    int largest = 0;
    for (int f = 0; f < N_FACTS; f++) {
        double sum = 0;
        for (int mix = 0; mix < N_MIXES; mix++) {
            if (mix >> f & 1) continue;
            const int size = (mix & 1) + (mix >> 1 & 1) + (mix >> 2 & 1);
            sum += weight[size] * (on[mix | 1 << f] - on[mix]);
        }
        value[f] = on_grid(sum);
        rest -= value[f];
        if (fabs(value[f]) > fabs(value[largest])) largest = f;
    }
    value[largest] += rest;
    reasons[0].contribution = base;
    for (int f = 0; f < N_FACTS; f++) reasons[f + 1].contribution = value[f];
}

/* What the texts say: the base's risk, days of silence, days an order, days. */
static void name_reasons(const struct kam__explainer *work, double base_risk,
                         double x, double t_x, double T, kam_reason *reasons) {
    const double days = work->model->period_days;
    const double value[] = {base_risk, (T - t_x) * days,
                            x > 0 ? t_x / x * days : (double)INFINITY,
                            T * days};
    static const int32_t id[] = {KAM_REASON_BASE, KAM_REASON_SILENCE,
                                 KAM_REASON_RHYTHM, KAM_REASON_TENURE};
    for (int i = 0; i <= N_FACTS; i++)
        reasons[i] = (kam_reason){id[i], 0, NAN, value[i]};
}

enum { ROWS_AT_ONCE = KAM__TILE / N_MIXES };

/* Some rows, each with its eight mixtures of own and reference facts, as one
 * tile. */
static void explain(const struct kam__explainer *work,
                    const struct kam__btyd_rows *rows, int32_t first, int32_t n,
                    kam_reason *reasons) {
    double x[KAM__TILE], t_x[KAM__TILE], T[KAM__TILE], odds[KAM__TILE];
    const struct facts reference =
        facts_of(work->reference[0], work->reference[1], work->reference[2]);
    for (int32_t i = 0; i < n; i++) {
        const int32_t row = first + i;
        const struct facts own =
            facts_of(rows->x[row], rows->t_x[row], rows->T[row]);
        for (int mix = 0; mix < N_MIXES; mix++) {
            const int32_t at = i * N_MIXES + mix;
            struct facts facts;
            for (int f = 0; f < N_FACTS; f++)
                facts.of[f] = mix >> f & 1 ? own.of[f] : reference.of[f];
            history_of(&facts, work->family->usable != 0, &x[at], &t_x[at],
                       &T[at]);
        }
        /* The account itself, without the rounding of the way there and back. */
        x[i * N_MIXES + N_MIXES - 1] = rows->x[row];
        t_x[i * N_MIXES + N_MIXES - 1] = rows->t_x[row];
    }
    const struct kam__btyd_tile tile = {n * N_MIXES, work->isa, x,   t_x,
                                        T,           NULL,      NULL};
    work->family->no_order_log_odds(work->family, work->model->parameter, &tile,
                                    work->horizon, odds);
    const double base_risk = 1 / (1 + kam__exp(-odds[0]));
    for (int32_t i = 0; i < n; i++) {
        const int32_t row = first + i;
        kam_reason *const out = reasons + (int64_t)row * (N_FACTS + 1);
        name_reasons(work, base_risk, rows->x[row], rows->t_x[row],
                     rows->T[row], out);
        if (!rows->flag[row]) shapley(odds + i * N_MIXES, out);
        for (int r = 1; rows->flag[row] && r <= N_FACTS; r++)
            out[r].value = NAN;
    }
}

void kam__btyd_explain(const struct kam__explainer *work,
                       const struct kam__btyd_rows *rows, int32_t n,
                       kam_reason *reasons) {
    for (int32_t at = 0; at < n; at += ROWS_AT_ONCE)
        explain(work, rows, at, n - at < ROWS_AT_ONCE ? n - at : ROWS_AT_ONCE,
                reasons);
}

static kam_status check_reference(const double *reference, kam_diag *diag) {
    if (!reference)
        return kam__fail(diag, KAM_ERR_NULL, "reference", -1, NAN, "");
    const double x = reference[0], t_x = reference[1], T = reference[2];
    if (x >= 0 && x < INFINITY && t_x >= 0 && t_x <= T && T < INFINITY)
        return KAM_OK;
    return kam__fail(diag, KAM_ERR_OPTION, "reference", -1, T,
                     "the reference (age {value}) is no order history.");
}

kam_status kam__btyd_explainer(struct kam__explainer *work, kam__family family,
                               const kam_btyd *model, double horizon,
                               const double *reference, int32_t isa,
                               kam_diag *diag) {
    const kam_status status = check_reference(reference, diag);
    if (status != KAM_OK) return status;
    if (!(horizon > 0))
        return kam__fail(diag, KAM_ERR_OPTION, "horizon_periods", -1, horizon,
                         "{value} is no horizon.");
    work->family = family;
    work->model = model;
    work->horizon = horizon;
    work->isa = isa;
    for (int i = 0; i < 3; i++) work->reference[i] = reference[i];
    return KAM_OK;
}

struct explanation {
    struct kam__explainer explainer;
    kam_accounts accounts;
    kam_reason *reasons;
    uint32_t *row_flags;
};

static void explain_rows(void *context, int64_t first, int32_t n) {
    const struct explanation *const to = context;
    struct kam__btyd_rows rows;
    kam__btyd_load(&to->accounts, first, n, to->explainer.isa, &rows);
    kam__btyd_explain(&to->explainer, &rows, n,
                      to->reasons + first * (N_FACTS + 1));
    for (int32_t i = 0; to->row_flags && i < n; i++)
        to->row_flags[first + i] = rows.flag[i];
}

kam_status kam_btyd_reasons(const kam_btyd *model, const kam_accounts *accounts,
                            double horizon_periods, const double reference[3],
                            const kam_host *host, kam_reason *reasons,
                            uint32_t *row_flags, kam_diag *diag) {
    struct explanation to;
    kam_host ours;
    kam_status status = kam__btyd_read_accounts(&to.accounts, accounts, diag);
    if (status == KAM_OK) status = kam__host_read(&ours, host, diag);
    if (status != KAM_OK) return status;
    if (!reasons) return kam__fail(diag, KAM_ERR_NULL, "reasons", -1, NAN, "");
    const kam__family family = kam__btyd_read_model(model, &status, diag);
    if (!family) return status;
    status =
        kam__btyd_explainer(&to.explainer, family, model, horizon_periods,
                            reference,
                            kam__isa_level(&ours, to.accounts.n_rows), diag);
    if (status != KAM_OK) return status;
    to.reasons = reasons;
    to.row_flags = row_flags;
    status = kam__for_rows(&ours, to.accounts.n_rows, explain_rows, &to, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}
