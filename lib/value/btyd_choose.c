/* SPDX-License-Identifier: MIT */
/* Families and baselines side by side. */
#include <kam/btyd_choose.h>

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/isa.h"
#include "base/sized.h"
#include "data/parts.h"
#include "math/accumulate.h"
#include "math/elementary.h"
#include "value/btyd_rows.h"

/* What is compared, checked. */
struct contest {
    kam_btyd_contest asked;
    const kam_accounts *parts;
    int64_t n_parts;
    double period_days;
    const kam_estimate_options *options;
    const kam_host *host;
};

/* ---- holdout ---- */

struct score {
    kam_sum actual, forecast, absolute, squared;
    int64_t n;
};

/* The forecasts of a candidate for a tile. */
static void foretell(const struct contest *c, const kam_btyd_candidate *of,
                     kam__tile tile, const double *before, double *out) {
    const double h = c->asked.horizon_periods;
    if (of->family == KAM_BTYD_OWN_RATE) {
        for (int32_t i = 0; i < tile->n; i++)
            out[i] = tile->x[i] / tile->T[i] * h;
    } else if (of->family == KAM_BTYD_ORDERS_BEFORE) {
        memcpy(out, before, (size_t)tile->n * sizeof *out);
    } else {
        const kam__family family = kam__btyd_family_of(of->family);
        family->expected(family, of->model.parameter, tile, h, out);
    }
}

static int score_tile(const struct contest *c, const kam_btyd_candidate *of,
                      const kam_accounts *part, int64_t at, int32_t n,
                      int64_t row, struct score *score) {
    struct kam__btyd_rows rows;
    double actual_tile[KAM__TILE], before_tile[KAM__TILE], out[KAM__TILE];
    double actual[KAM__TILE], absolute[KAM__TILE], squared[KAM__TILE];
    const struct kam__btyd_tile tile =
        kam__btyd_load(part, at, n, KAM_ISA_BASE, &rows);
    const double *const happened =
        kam__gather(&c->asked.actual_orders, row, n, actual_tile);
    const double *const before =
        kam__gather(&c->asked.orders_before, row, n, before_tile);
    const int with_before = c->asked.orders_before.values != 0;
    int32_t m = 0;
    foretell(c, of, &tile, before, out);
    for (int32_t i = 0; i < n; i++) {
        const double error = out[i] - happened[i];
        if (rows.flag[i] || !(rows.T[i] > 0) || !(happened[i] < INFINITY) ||
            (with_before && before[i] != before[i]) || error != error)
            continue;
        actual[m] = happened[i];
        out[m] = out[i];
        absolute[m] = fabs(error);
        squared[m++] = error * error;
    }
    score->n += m;
    return kam__accumulate(&score->actual, actual, 0, m) ||
           kam__accumulate(&score->forecast, out, 0, m) ||
           kam__accumulate(&score->absolute, absolute, 0, m) ||
           kam__accumulate(&score->squared, squared, 0, m);
}

static kam_status score_candidate(const struct contest *c,
                                  kam_btyd_candidate *of, kam_diag *diag) {
    struct score score;
    int64_t row = 0;
    memset(&score, 0, sizeof score);
    for (int64_t p = 0; p < c->n_parts; p++) {
        kam_accounts part;
        const kam_status status =
            kam__btyd_read_accounts(&part, kam__part(c->parts, p), diag);
        if (status != KAM_OK) return status;
        for (int64_t at = 0; at < part.n_rows; at += KAM__TILE) {
            const int64_t left = part.n_rows - at;
            const int32_t n = (int32_t)(left < KAM__TILE ? left : KAM__TILE);
            if (score_tile(c, of, &part, at, n, row + at, &score))
                return kam__fail(diag, KAM_ERR_OVERFLOW, "contest", row + at,
                                 NAN, "errors add up too high.");
        }
        row += part.n_rows;
    }
    of->n_holdout = score.n;
    if (score.n == 0) return KAM_OK;
    of->actual = kam_sum_value(&score.actual);
    of->forecast = kam_sum_value(&score.forecast);
    of->mae = kam_sum_value(&score.absolute) / (double)score.n;
    of->rmse = sqrt(kam_sum_value(&score.squared) / (double)score.n);
    return KAM_OK;
}

/* ---- fits ---- */

static kam_btyd_candidate blank(int32_t family) {
    kam_btyd_candidate made;
    memset(&made, 0, sizeof made);
    made.family = family;
    made.log_likelihood = made.aic = made.bic = NAN;
    made.actual = made.forecast = made.mae = made.rmse = NAN;
    return made;
}

static int takes_part(const kam_btyd_candidate *of) {
    return of->status == KAM_OK || of->status == KAM_ERR_AT_BOUND;
}

/* Whether the likelihood is of the same data as that of the others. */
static int comparable(const struct contest *c, kam__family family,
                      const kam_estimate_options *options,
                      const kam_btyd_candidate *of) {
    if (family->usable && c->asked.n_families > 1) return 0;
    return family->most_rhythm == 0 || options->rhythm == 0 ||
           of->model.parameter[4] == 1;
}

static kam_status fit_candidate(const struct contest *c, int32_t number,
                                kam_btyd_candidate *of, kam_diag *diag) {
    const kam__family family = kam__btyd_family_of(number);
    kam_estimate_report report = {.struct_size = sizeof report};
    kam_estimate_options options = *c->options;
    *of = blank(number);
    if (family->most_rhythm == 0) options.rhythm = 0;
    of->status = kam_btyd_fit(number, c->parts, c->n_parts, c->period_days,
                              &options, c->host, &of->model, 0, &report, diag);
    const int wrong =
        of->status < KAM_ERR_EMPTY || of->status >= KAM_ERR_MEMORY;
    if (of->status != KAM_OK && wrong) return of->status;
    of->n_parameters = kam__btyd_estimated(family) +
                       (family->most_rhythm > 0 && options.rhythm == 0);
    if (!takes_part(of)) return KAM_OK;
    const double p = of->n_parameters;
    of->log_likelihood = report.log_likelihood;
    if (comparable(c, family, &options, of)) {
        of->aic = 2 * p - 2 * report.log_likelihood;
        of->bic =
            p * kam__log((double)report.n_rows) - 2 * report.log_likelihood;
    }
    return KAM_OK;
}

/* ---- choice ---- */

static double merit(const struct contest *c, const kam_btyd_candidate *of) {
    if (!takes_part(of)) return NAN;
    if (c->asked.criterion == KAM_BTYD_BY_AIC) return of->aic;
    return c->asked.criterion == KAM_BTYD_BY_BIC ? of->bic : of->rmse;
}

static kam_status check_families(const kam_btyd_contest *asked,
                                 kam_diag *diag) {
    if (asked->n_families < 1)
        return kam__fail(diag, KAM_ERR_SHAPE, "contest.n_families", -1,
                         asked->n_families, "{value} families are no contest.");
    if (!asked->families)
        return kam__fail(diag, KAM_ERR_NULL, "contest.families", -1, NAN, "");
    for (int32_t i = 0; i < asked->n_families; i++)
        if (!kam__btyd_family_of(asked->families[i]))
            return kam__fail(diag, KAM_ERR_OPTION, "contest.families", i,
                             asked->families[i], "{value} is no KAM_BTYD_*.");
    return KAM_OK;
}

static kam_status check_holdout(const struct contest *c, kam_diag *diag) {
    const kam_btyd_contest *const asked = &c->asked;
    const double h = asked->horizon_periods;
    int64_t n = 0;
    if (!(h >= 0 && h < INFINITY))
        return kam__fail(diag, KAM_ERR_OPTION, "contest.horizon_periods", -1, h,
                         "{value} is no length of a holdout.");
    if (!(h > 0) && asked->criterion == KAM_BTYD_BY_HOLDOUT)
        return kam__fail(diag, KAM_ERR_OPTION, "contest.horizon_periods", -1, h,
                         "there is no holdout to choose by.");
    for (int64_t p = 0; p < c->n_parts; p++) {
        kam_accounts part;
        const kam_status status =
            kam__btyd_read_accounts(&part, kam__part(c->parts, p), diag);
        if (status != KAM_OK) return status;
        n += part.n_rows;
    }
    kam_status status =
        kam__column_check(&asked->actual_orders, n, KAM__NUMBERS, h > 0,
                          "contest.actual_orders", diag);
    if (status == KAM_OK)
        status = kam__column_check(&asked->orders_before, n, KAM__NUMBERS, 0,
                                   "contest.orders_before", diag);
    return status;
}

static kam_status check(struct contest *c, const kam_btyd_contest *theirs,
                        kam_diag *diag) {
    kam_status status =
        kam__sized_read(&c->asked, sizeof c->asked, theirs,
                        KAM__FIRST(kam_btyd_contest), "contest", diag);
    if (status != KAM_OK) return status;
    if (c->asked.reserved != 0)
        return kam__fail(diag, KAM_ERR_NEWER, "contest.reserved", -1,
                         c->asked.reserved, "reserved is {value}, not 0.");
    if (c->asked.criterion < KAM_BTYD_BY_AIC ||
        c->asked.criterion > KAM_BTYD_BY_HOLDOUT)
        return kam__fail(diag, KAM_ERR_OPTION, "contest.criterion", -1,
                         c->asked.criterion, "{value} is no KAM_BTYD_BY_*.");
    if (c->n_parts < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_parts", -1, (double)c->n_parts,
                         "there cannot be {value} parts.");
    if (!c->parts && c->n_parts > 0)
        return kam__fail(diag, KAM_ERR_NULL, "parts", -1, NAN, "");
    status = check_families(&c->asked, diag);
    return status == KAM_OK ? check_holdout(c, diag) : status;
}

/* All candidates, and the best of them: -1 when none can be compared. */
static kam_status compete(const struct contest *c, kam_btyd_candidate *of,
                          int32_t *best, kam_diag *diag) {
    const int32_t n = c->asked.n_families;
    kam_status status = KAM_OK;
    for (int32_t i = 0; i < n && status == KAM_OK; i++)
        status = fit_candidate(c, c->asked.families[i], &of[i], diag);
    if (status != KAM_OK) return status;
    of[n] = blank(KAM_BTYD_OWN_RATE);
    of[n + 1] = blank(KAM_BTYD_ORDERS_BEFORE);
    *best = -1;
    for (int32_t i = 0; i < n + 2; i++) {
        if (c->asked.horizon_periods > 0 && takes_part(&of[i]))
            status = score_candidate(c, &of[i], diag);
        if (status != KAM_OK) return status;
        const double mine = merit(c, &of[i]);
        if (mine == mine && (*best < 0 || mine < merit(c, &of[*best])))
            *best = i;
    }
    return KAM_OK;
}

kam_status kam_btyd_choose(const kam_accounts *parts, int64_t n_parts,
                           double period_days, const kam_btyd_contest *contest,
                           const kam_estimate_options *options,
                           const kam_host *host, kam_btyd_candidate *candidate,
                           int32_t *best, kam_diag *diag) {
    struct contest c = {.parts = parts,
                        .n_parts = n_parts,
                        .period_days = period_days,
                        .options = options,
                        .host = host};
    kam_estimate_options defaults;
    kam_host lent;
    kam_status status = check(&c, contest, diag);
    if (status != KAM_OK) return status;
    if (!candidate || !best)
        return kam__fail(diag, KAM_ERR_NULL, candidate ? "best" : "candidate",
                         -1, NAN, "");
    if (options)
        status =
            kam__sized_read(&defaults, sizeof defaults, options,
                            KAM__FIRST(kam_estimate_options), "options", diag);
    else
        status = kam_estimate_options_init(&defaults, sizeof defaults);
    c.options = &defaults;
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    const uint64_t n = (uint64_t)c.asked.n_families + 2;
    kam_btyd_candidate *const made = kam__allocate(&lent, n, sizeof *made);
    int32_t winner;
    if (!made) return kam__no_memory(diag);
    status = compete(&c, made, &winner, diag);
    if (status == KAM_OK) {
        memcpy(candidate, made, (size_t)n * sizeof *made);
        *best = winner;
    }
    kam__release(&lent, made, n, sizeof *made);
    if (status == KAM_OK && winner < 0)
        return kam__fail(diag, KAM_ERR_EMPTY, "contest", -1, c.asked.n_families,
                         "none of {value} families can be compared.");
    return status == KAM_OK ? kam__ok(diag) : status;
}
