/* SPDX-License-Identifier: MIT */
/* Whether demand is stable (T2). The trend test is Mann's (1945, "Nonparametric
 * tests against trend", Econometrica 13(3)) with the exact distribution of
 * Kendall (1975, Rank Correlation Methods). */
#include <kam/matrix.h>

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "base/sized.h"
#include "tier/matrix_options.h"

enum { MOST = KAM__MOST_QUARTERS, MOST_PAIRS = MOST * (MOST - 1) / 2 };

struct work {
    kam_matrix_options options;
    const kam_column *quarters;
    int32_t n_quarters;
    kam_matrix_stability_out out;
};

/* Pairs of quarters that fell and that rose, and ties as they are met: tied[i]
 * is how many earlier quarters are equal to quarter i. */
static void compare(const double *q, int32_t n, int32_t *falls, int32_t *rises,
                    int32_t *tied) {
    *falls = *rises = 0;
    for (int32_t j = 0; j < n; j++) {
        tied[j] = 0;
        for (int32_t i = 0; i < j; i++) {
            *falls += q[j] < q[i];
            *rises += q[j] > q[i];
            tied[j] += q[j] == q[i];
        }
    }
}

/* The probability that quarters in random order have so many falling pairs or
 * more, which by symmetry is that of so few rising ones. The numbers of orders by
 * rising pairs are the coefficients of the q-multinomial coefficient
 *     prod_{k <= n} (1 - x^k) / prod_{groups of ties} prod_{k <= size} (1 - x^k)
 * (MacMahon 1913), here up to x^rises. All are whole and at most 16!, so exact. */
static double chance_of(const int32_t *tied, int32_t n, int32_t rises) {
    double count[MOST_PAIRS + 1] = {1}, orders = 1, few = 0;
    for (int32_t k = 1; k <= n; k++) {
        const int32_t size = tied[k - 1] + 1;
        for (int32_t d = rises; d >= k; d--) count[d] -= count[d - k];
        for (int32_t d = size; d <= rises; d++) count[d] += count[d - size];
        orders = orders * k / size;
    }
    for (int32_t d = 0; d <= rises; d++) few += count[d];
    return few / orders;
}

/* Standard deviation over mean; NaN when the mean is not above 0 and finite. */
static double variation_of(const double *q, int32_t n) {
    double sum = 0, squares = 0;
    for (int32_t i = 0; i < n; i++) sum += q[i];
    const double mean = sum / n;
    if (!(mean > 0) || isinf(mean)) return (double)NAN;
    for (int32_t i = 0; i < n; i++) {
        const double away = q[i] / mean - 1;
        squares += away * away;
    }
    return sqrt(squares / (n - 1));
}

static void test_row(const struct work *work, int64_t row) {
    const kam_matrix_stability_out *const out = &work->out;
    const kam_matrix_options *const o = &work->options;
    double q[MOST], variation = (double)NAN, trend = (double)NAN;
    double chance = (double)NAN, stable = (double)NAN;
    int32_t n = 0, falls, rises, tied[MOST], infinite = 0;
    for (int32_t k = 0; k < work->n_quarters; k++) {
        const double value = kam__number_at(&work->quarters[k], row);
        infinite |= isinf(value) != 0;
        if (value == value) q[n++] = value;
    }
    uint32_t flags = n < o->least_quarters ? KAM_ROW_MISSING : 0;
    if (infinite) flags |= KAM_ROW_DOMAIN;
    if (flags == 0) {
        compare(q, n, &falls, &rises, tied);
        variation = variation_of(q, n);
        /* NOLINTNEXTLINE(bugprone-integer-division): pairs, a whole number */
        trend = (double)(rises - falls) / (n * (n - 1) / 2);
        chance = chance_of(tied, n, rises);
        stable = variation <= o->most_variation && chance > o->trend_level;
        if (variation != variation) flags = KAM_ROW_DOMAIN;
    }
    if (out->variation) out->variation[row] = variation;
    if (out->trend) out->trend[row] = trend;
    if (out->chance) out->chance[row] = chance;
    if (out->stable) out->stable[row] = stable;
    if (out->row_flags) out->row_flags[row] = flags;
}

static void test_rows(void *context, int64_t first, int32_t n) {
    for (int32_t i = 0; i < n; i++) test_row(context, first + i);
}

static kam_status check_quarters(const struct work *work, int64_t n_rows,
                                 kam_diag *diag) {
    if (work->n_quarters < 3 || work->n_quarters > MOST)
        return kam__fail(diag, KAM_ERR_OPTION, "n_quarters", -1,
                         work->n_quarters, "{value} is not from 3 to 16.");
    if (n_rows < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_rows", -1, (double)n_rows,
                         "n_rows is {value}.");
    if (!work->quarters)
        return kam__fail(diag, KAM_ERR_NULL, "quarters", -1, (double)NAN, "");
    kam_status status = KAM_OK;
    for (int32_t k = 0; k < work->n_quarters && status == KAM_OK; k++)
        status = kam__column_check(&work->quarters[k], n_rows, KAM__NUMBERS, 0,
                                   "quarters", diag);
    return status;
}

static uint32_t defaults_of(const kam_matrix_options *mine) {
    const kam_matrix_options usual = kam__matrix_defaults();
    uint32_t bits = 0;
    if (mine->most_variation == usual.most_variation)
        bits |= KAM_MATRIX_DEFAULT_VARIATION;
    if (mine->trend_level == usual.trend_level)
        bits |= KAM_MATRIX_DEFAULT_TREND;
    if (mine->least_quarters == usual.least_quarters)
        bits |= KAM_MATRIX_DEFAULT_QUARTERS;
    return bits;
}

kam_status kam_matrix_stability(const kam_matrix_options *options,
                                const kam_column *quarters, int32_t n_quarters,
                                int64_t n_rows, const kam_host *host,
                                const kam_matrix_stability_out *out,
                                kam_diag *diag) {
    kam_host lent;
    struct work work = {.quarters = quarters, .n_quarters = n_quarters};
    kam_status status = kam__matrix_options_read(&work.options, options, diag);
    if (status == KAM_OK) status = check_quarters(&work, n_rows, diag);
    if (status == KAM_OK)
        status =
            kam__sized_read(&work.out, sizeof work.out, out,
                            KAM__FIRST(kam_matrix_stability_out), "out", diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    status = kam__for_rows(&lent, n_rows, test_rows, &work, diag);
    if (status != KAM_OK) return status;
    if (work.out.defaults) *work.out.defaults = defaults_of(&work.options);
    return kam__ok(diag);
}
