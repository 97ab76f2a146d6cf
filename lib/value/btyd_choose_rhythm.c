/* SPDX-License-Identifier: MIT */
/* How regular orders are. Given when the first and the last were, the times
 * between x + 1 orders are shares of the time between, Dirichlet(k, .., k) at any
 * rate of the account: log L = log Gamma(k x) - x log Gamma(k) + (k - 1) d, d =
 * log_gaps - x log t_x. That is Wheat & Morrison's (1990) estimator with all times
 * instead of two, by likelihood instead of moments. */
#include <kam/btyd_choose.h>

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "data/parts.h"
#include "math/accumulate.h"
#include "math/elementary.h"
#include "math/special.h"
#include "value/btyd_rhythm.h"
#include "value/fit_parts.h"

/* Beyond, orders are a clock, or come in bursts. */
#define LEAST 1e-3
#define MOST 1e3

struct gaps {
    const kam_accounts *parts;
    int64_t n_parts;
    double k;
    kam_sum slope, curvature; /* of log L in k */
    int64_t n_used;
};

/* One tile: accounts with two times or more. */
static int add_tile(struct gaps *gaps, const kam_accounts *part, int64_t first,
                    int32_t n) {
    struct kam__btyd_rows rows;
    double weight[KAM__TILE], log_gaps[KAM__TILE];
    double slope[KAM__TILE], curvature[KAM__TILE];
    const double k = gaps->k;
    int32_t m = 0;
    kam__btyd_load(part, first, n, KAM_ISA_BASE, &rows);
    kam__weights(part, first, n, weight);
    kam__btyd_log_gaps(part, first, n, rows.x, log_gaps);
    for (int32_t i = 0; i < n; i++) {
        const double x = rows.x[i];
        if (rows.flag[i] || !kam__is_weight(weight[i]) || !(x >= 2) ||
            !(rows.t_x[i] > 0) || log_gaps[i] != log_gaps[i])
            continue;
        slope[m] = x * kam__digamma_difference(k, k * (x - 1)) + log_gaps[i] -
                   x * kam__log(rows.t_x[i]);
        curvature[m] = x * (x * kam__trigamma(k * x) - kam__trigamma(k));
        weight[m++] = weight[i];
    }
    gaps->n_used += m;
    return kam__accumulate(&gaps->slope, slope, weight, m) ||
           kam__accumulate(&gaps->curvature, curvature, weight, m);
}

static kam_status add_up(struct gaps *gaps, double k, kam_diag *diag) {
    gaps->k = k;
    gaps->n_used = 0;
    memset(&gaps->slope, 0, sizeof gaps->slope);
    memset(&gaps->curvature, 0, sizeof gaps->curvature);
    for (int64_t p = 0; p < gaps->n_parts; p++) {
        kam_accounts part;
        kam_status status =
            kam__btyd_read_accounts(&part, kam__part(gaps->parts, p), diag);
        if (status == KAM_OK)
            status = kam__column_check(&part.weight, part.n_rows, KAM__NUMBERS,
                                       0, "accounts.weight", diag);
        if (status == KAM_OK)
            status =
                kam__column_check(&part.log_gaps, part.n_rows, KAM__NUMBERS, 1,
                                  "accounts.log_gaps", diag);
        if (status != KAM_OK) return status;
        for (int64_t at = 0; at < part.n_rows; at += KAM__TILE) {
            const int64_t left = part.n_rows - at;
            if (add_tile(gaps, &part, at,
                         (int32_t)(left < KAM__TILE ? left : KAM__TILE)))
                return kam__fail(diag, KAM_ERR_OVERFLOW, "accounts.log_gaps",
                                 at, NAN, "times add up too high.");
        }
    }
    return KAM_OK;
}

/* Newton's method in log k, between ends where the slope has either sign: the
 * slope falls as k grows. */
static kam_status solve(struct gaps *gaps, double *found, kam_diag *diag) {
    double low = kam__log(LEAST), high = kam__log(MOST), at = 0;
    for (int step = 0; step < 200; step++) {
        const double k = kam__exp(at);
        const kam_status status = add_up(gaps, k, diag);
        if (status != KAM_OK) return status;
        const double slope = k * kam_sum_value(&gaps->slope);
        const double bend = k * k * kam_sum_value(&gaps->curvature) + slope;
        *found = k;
        if (slope > 0)
            low = at;
        else
            high = at;
        double next = bend < 0 ? at - slope / bend : (low + high) / 2;
        if (!(next > low && next < high)) next = (low + high) / 2;
        if (fabs(next - at) <= 1e-13) break;
        at = next;
    }
    return KAM_OK;
}

static kam_status check(const kam_accounts *parts, int64_t n_parts,
                        const double *k, kam_diag *diag) {
    if (n_parts < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_parts", -1, (double)n_parts,
                         "there cannot be {value} parts.");
    if (!parts && n_parts > 0)
        return kam__fail(diag, KAM_ERR_NULL, "parts", -1, NAN, "");
    return k ? KAM_OK : kam__fail(diag, KAM_ERR_NULL, "k", -1, NAN, "");
}

kam_status kam_btyd_choose_rhythm(const kam_accounts *parts, int64_t n_parts,
                                  double *k, double *standard_error,
                                  kam_diag *diag) {
    struct gaps gaps = {.parts = parts, .n_parts = n_parts};
    double found;
    kam_status status = check(parts, n_parts, k, diag);
    if (status == KAM_OK) status = add_up(&gaps, 1, diag);
    if (status != KAM_OK) return status;
    if (gaps.n_used < 2)
        return kam__fail(diag, KAM_ERR_TOO_FEW, "accounts", -1,
                         (double)gaps.n_used,
                         "{value} accounts with two repeat orders or more, and "
                         "log_gaps, are too few.");
    status = solve(&gaps, &found, diag);
    if (status != KAM_OK) return status;
    const double curvature = kam_sum_value(&gaps.curvature);
    const int inside = found > 1.001 * LEAST && found < MOST / 1.001;
    *k = found;
    if (standard_error)
        *standard_error = inside ? 1 / sqrt(-curvature) : (double)NAN;
    if (inside) return kam__ok(diag);
    return kam__fail(diag, KAM_ERR_AT_BOUND, "k", -1, found,
                     "k tends to {value} and beyond: the times between orders "
                     "of an account are all the same, or almost all nothing.");
}
