/* SPDX-License-Identifier: MIT */
/* Why a churn risk is what it is, in two steps. From the typical account to one
 * with this account's interval and tenure, both on their rhythm, silent for one
 * interval: Shapley (1953) values of the two facts. Then from one interval of
 * silence to the account's own. Risk rises with silence, so silence raises the
 * risk exactly where it is longer than the account's own interval. */
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/isa.h"
#include "base/memory.h"
#include "math/elementary.h"
#include "value/btyd_reasons.h"

/* Parts of a reason; mixes of interval and tenure, and the account itself. */
enum { SILENCE = 1, RHYTHM, TENURE, N_REASONS };
enum { BASE, ITS_INTERVAL, ITS_TENURE, ON_RHYTHM, ITSELF, N_MIXES };

struct history {
    double x, t_x, T;
};

/* On its rhythm: as long known, and silent for one interval; infinite: it never
 * ordered again. Orders that do not come out whole are fine for the model's
 * formulas. */
struct facts {
    double interval, tenure;
};

static struct history on_rhythm(double interval, double tenure) {
    const double t_x = tenure - interval;
    if (!(t_x > 0)) return (struct history){0, 0, tenure};
    return (struct history){t_x / interval, t_x, tenure};
}

/* Where a family counts periods, they are whole, and each has at most one order. */
static struct history possible(struct history h) {
    h.T = ceil(h.T);
    h.t_x = h.t_x < h.T ? floor(h.t_x) : h.T;
    h.x = h.x < h.t_x ? h.x : h.t_x;
    return h;
}

/* `usual` is the typical interval: that of an account that never ordered again,
 * or only on its first day. */
static struct facts facts_of(double x, double t_x, double usual) {
    if (!(x > 0)) return (struct facts){(double)INFINITY, usual};
    const double interval = t_x > 0 ? t_x / x : usual;
    return (struct facts){interval, t_x + interval};
}

/* Steps of 2^-40 up to 2^12 fit a double, so sums of such numbers are exact. */
static double on_grid(double y) {
    const double limited = y > 700 ? 700 : y < -700 ? -700 : y;
    return (limited + 0x1.8p12) - 0x1.8p12;
}

/* Writes the parts, which add up to odds[ITSELF] exactly. */
static void divide(const double *odds, kam_reason *reasons) {
    double on[N_MIXES];
    for (int mix = 0; mix < N_MIXES; mix++) on[mix] = on_grid(odds[mix]);
    const double rhythm = on_grid(0.5 * (on[ITS_INTERVAL] - on[BASE]) +
                                  0.5 * (on[ON_RHYTHM] - on[ITS_TENURE]));
    reasons[0].contribution = on[BASE];
    reasons[SILENCE].contribution = on[ITSELF] - on[ON_RHYTHM];
    reasons[RHYTHM].contribution = rhythm;
    reasons[TENURE].contribution = on[ON_RHYTHM] - on[BASE] - rhythm;
}

static const double MOST_TENTHS = 2e9;

/* What the texts say: the base's risk, days of silence, days an order, days. */
static void name_reasons(const struct kam__explainer *work, double base_risk,
                         double x, double t_x, double T, kam_reason *reasons) {
    const double days = work->model->period_days;
    const double value[] = {base_risk, (T - t_x) * days,
                            x > 0 ? t_x / x * days : (double)INFINITY,
                            T * days};
    static const int32_t id[] = {KAM_REASON_BASE, KAM_REASON_SILENCE,
                                 KAM_REASON_RHYTHM, KAM_REASON_TENURE};
    for (int i = 0; i < N_REASONS; i++)
        reasons[i] = (kam_reason){id[i], 0, NAN, value[i]};
    const double tenths = t_x > 0 ? floor(10 * x * ((T - t_x) / t_x) + 0.5) : 0;
    reasons[SILENCE].tenths =
        tenths < MOST_TENTHS ? (int32_t)tenths : (int32_t)MOST_TENTHS;
}

enum { ROWS_AT_ONCE = KAM__TILE / N_MIXES };

/* Some rows, each with its mixes, as one tile. */
static void explain(const struct kam__explainer *work,
                    const struct kam__btyd_rows *rows, int32_t first, int32_t n,
                    kam_reason *reasons) {
    double x[KAM__TILE], t_x[KAM__TILE], T[KAM__TILE], odds[KAM__TILE];
    const double *const r = work->reference;
    const int by_period = work->family->usable != 0;
    const struct facts typical = facts_of(r[0], r[1], r[2]);
    const double usual = r[0] > 0 && r[1] > 0 ? typical.interval : r[2];
    for (int32_t i = 0; i < n; i++) {
        const int32_t row = first + i;
        const struct facts own = facts_of(rows->x[row], rows->t_x[row], usual);
        const struct history mixes[N_MIXES] = {
            on_rhythm(typical.interval, typical.tenure),
            on_rhythm(own.interval, typical.tenure),
            on_rhythm(typical.interval, own.tenure),
            on_rhythm(own.interval, own.tenure),
            {rows->x[row], rows->t_x[row], rows->T[row]}};
        for (int mix = 0; mix < N_MIXES; mix++) {
            const struct history h =
                by_period && mix != ITSELF ? possible(mixes[mix]) : mixes[mix];
            x[i * N_MIXES + mix] = h.x;
            t_x[i * N_MIXES + mix] = h.t_x;
            T[i * N_MIXES + mix] = h.T;
        }
        /* Without the rounding of the way there and back. */
        x[i * N_MIXES + ON_RHYTHM] = rows->x[row];
        t_x[i * N_MIXES + ON_RHYTHM] = rows->t_x[row];
    }
    /* Full vectors cost less than their rest, row by row. */
    int32_t n_all = n * N_MIXES;
    for (; n_all % 8 != 0; n_all++) {
        x[n_all] = x[0];
        t_x[n_all] = t_x[0];
        T[n_all] = T[0];
    }
    const struct kam__btyd_tile tile = {n_all, work->isa, x,   t_x,
                                        T,     NULL,      NULL};
    work->family->no_order_log_odds(work->family, work->model->parameter, &tile,
                                    work->horizon, odds);
    const double base_risk = 1 / (1 + kam__exp(-odds[BASE]));
    for (int32_t i = 0; i < n; i++) {
        const int32_t row = first + i;
        kam_reason *const out = reasons + (int64_t)row * N_REASONS;
        name_reasons(work, base_risk, rows->x[row], rows->t_x[row],
                     rows->T[row], out);
        if (!rows->flag[row]) divide(odds + i * N_MIXES, out);
        for (int k = 1; rows->flag[row] && k < N_REASONS; k++)
            out[k].value = NAN;
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
                      to->reasons + first * N_REASONS);
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
