/* SPDX-License-Identifier: MIT */
/* Run lengths. A statistic moves from z to max(0, a z + b x + c); the chance to
 * be without alarm after n periods obeys an integral equation (Page 1954; Lucas
 * & Crosier 1982), solved on Gauss-Legendre nodes, or, for counts, a Markov
 * chain (Brook & Evans 1972), which is exact. */
#include "churn/run_length.h"

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "math/elementary.h"
#include "math/quadrature.h"
#include "math/special.h"

#define ROOT_HALF 0x1.6a09e667f3bcdp-1    /* sqrt(1 / 2) */
#define ROOT_HALF_PI 0x1.9884533d43651p-2 /* 1 / sqrt(2 pi) */
enum { MOST_PIECES = 32, MOST_STATES = 1024, MOST_COUNT = 20000 };

/* n states, the first at zero: move[i n + j], from i to j without an alarm. */
struct chain {
    int32_t n;
    double *move, *quiet, *next;
};

static uint64_t room_of(int32_t n) {
    return (uint64_t)n * (uint64_t)n + 2 * (uint64_t)n;
}

static kam_status chain_new(struct chain *chain, int32_t n,
                            const kam_host *host, kam_diag *diag) {
    chain->n = n;
    chain->move = kam__allocate_zero(host, room_of(n), sizeof(double));
    if (!chain->move) return kam__no_memory(diag);
    chain->quiet = chain->move + (int64_t)n * n;
    chain->next = chain->quiet + n;
    return KAM_OK;
}

static double normal_below(double x) { return 0.5 * kam__erfc(-x * ROOT_HALF); }

/* What moves a statistic of measurements, x being normal around `shift`. */
struct law {
    double a, b, c, low, high, shift;
};

static struct law law_of(const kam_signal_chart *chart, double shift) {
    const double r = chart->reference;
    if (chart->kind == KAM_SIGNAL_CUSUM)
        return (struct law){1, 1, -r, 0, chart->limit, shift};
    const double high = chart->limit * sqrt(r / (2 - r));
    const double low = chart->direction == KAM_SIGNAL_BOTH ? -high : 0;
    return (struct law){1 - r, r, 0, low, high, shift};
}

static int32_t pieces_of(const struct law *law) {
    return 1 + (int32_t)((law->high - law->low) / (4 * law->b));
}

static void fill_row(const struct law *law, double z, int32_t pieces,
                     double *row) {
    const struct kam__rule *const rule = &kam__legendre16;
    const double half = (law->high - law->low) / (2 * pieces);
    const double mean = law->a * z + law->c + law->b * law->shift;
    row[0] = law->low < 0 ? 0 : normal_below(-mean / law->b);
    for (int32_t p = 0; p < pieces; p++)
        for (int32_t k = 0; k < rule->n; k++) {
            const double y = law->low + half * (2 * p + 1 + rule->node[k]);
            const double u = (y - mean) / law->b;
            row[1 + p * rule->n + k] = half * rule->weight[k] * ROOT_HALF_PI *
                                       kam__exp(-0.5 * u * u) / law->b;
        }
}

static kam_status chain_of_law(struct chain *chain, const struct law *law,
                               const kam_host *host, kam_diag *diag) {
    const struct kam__rule *const rule = &kam__legendre16;
    const int32_t pieces = pieces_of(law), n = 1 + pieces * rule->n;
    const double half = (law->high - law->low) / (2 * pieces);
    const kam_status status = chain_new(chain, n, host, diag);
    if (status != KAM_OK) return status;
    fill_row(law, 0, pieces, chain->move);
    for (int32_t p = 0; p < pieces; p++)
        for (int32_t k = 0; k < rule->n; k++) {
            const double z = law->low + half * (2 * p + 1 + rule->node[k]);
            fill_row(law, z, pieces,
                     chain->move + (int64_t)(1 + p * rule->n + k) * n);
        }
    return KAM_OK;
}

static kam_status chain_of_counts(struct chain *chain,
                                  const kam_signal_chart *chart, double rate,
                                  const kam_host *host, kam_diag *diag) {
    const double step = kam__signal_step(chart->reference);
    const int32_t up = chart->direction == KAM_SIGNAL_UP ? 1 : -1;
    const int32_t each = (int32_t)(1 / step + 0.5) * up;
    const int32_t less = (int32_t)(chart->reference / step + 0.5) * up;
    const int32_t n = (int32_t)(chart->limit / step + 0.5);
    const kam_status status = chain_new(chain, n, host, diag);
    double chance = kam__exp(-rate), all = 0;
    if (status != KAM_OK) return status;
    for (int32_t x = 0; x < MOST_COUNT && all < 1; x++) {
        for (int32_t i = 0; i < n; i++) {
            const int64_t to = i + (int64_t)x * each - less;
            if (to < n)
                chain->move[(int64_t)i * n + (to > 0 ? to : 0)] += chance;
        }
        all += chance;
        chance *= rate / (x + 1);
        if (x > rate && chance < 1e-18) break;
    }
    return KAM_OK;
}

static void walk(struct chain *chain, int32_t n_periods, double *quiet) {
    const int32_t n = chain->n;
    for (int32_t i = 0; i < n; i++) chain->quiet[i] = 1;
    for (int32_t t = 0; t < n_periods; t++) {
        for (int32_t i = 0; i < n; i++) {
            const double *const move = chain->move + (int64_t)i * n;
            double sum = 0;
            for (int32_t j = 0; j < n; j++) sum += move[j] * chain->quiet[j];
            chain->next[i] = sum;
        }
        memcpy(chain->quiet, chain->next, (size_t)n * sizeof(double));
        quiet[t] = chain->quiet[0];
    }
}

/* Solves (I - move) L = 1 by elimination from the last state to the first, which
 * alone is wanted; spoils `move`. No pivots: I - move is an M-matrix. */
static double mean_run(struct chain *chain) {
    const int32_t n = chain->n;
    double *const a = chain->move, *const b = chain->quiet;
    for (int32_t i = 0; i < n; i++) b[i] = 1;
    for (int32_t k = n - 1; k > 0; k--) {
        const double *const pivot = a + (int64_t)k * n;
        const double inverse = 1 / (1 - pivot[k]);
        for (int32_t i = 0; i < k; i++) {
            double *const row = a + (int64_t)i * n;
            const double factor = row[k] * inverse;
            for (int32_t j = 0; j < k; j++) row[j] += factor * pivot[j];
            b[i] += factor * b[k];
        }
    }
    return b[0] / (1 - a[0]);
}

static kam_status one_side(const kam_signal_chart *chart, double shift,
                           int32_t n, const kam_host *host, double *quiet,
                           double *run_length, kam_diag *diag) {
    struct chain chain = {0};
    const struct law law =
        law_of(chart, chart->direction == KAM_SIGNAL_DOWN ? -shift : shift);
    const kam_status status =
        chart->kind == KAM_SIGNAL_POISSON
            ? chain_of_counts(&chain, chart, chart->rate + shift, host, diag)
            : chain_of_law(&chain, &law, host, diag);
    if (status != KAM_OK) return status;
    if (quiet) walk(&chain, n, quiet);
    if (run_length) *run_length = mean_run(&chain);
    kam__release(host, chain.move, room_of(chain.n), sizeof(double));
    return KAM_OK;
}

kam_status kam__signal_quiet(const kam_signal_chart *chart, double shift,
                             int32_t n, const kam_host *host, double *quiet,
                             double *run_length, kam_diag *diag) {
    if (chart->direction != KAM_SIGNAL_BOTH || chart->kind == KAM_SIGNAL_EWMA)
        return one_side(chart, shift, n, host, quiet, run_length, diag);
    /* Two CUSUMs: 1 / L = 1 / L+ + 1 / L- (Kemp 1961); that neither has alarmed
     * is taken as a product, off by less than one part in a hundred. */
    kam_signal_chart up = *chart, down = *chart;
    double first = 0, second = 0;
    up.direction = KAM_SIGNAL_UP;
    down.direction = KAM_SIGNAL_DOWN;
    double *const other =
        quiet ? kam__allocate(host, (uint64_t)n, sizeof(double)) : 0;
    if (quiet && !other) return kam__no_memory(diag);
    kam_status status =
        one_side(&up, shift, n, host, quiet, run_length ? &first : 0, diag);
    if (status == KAM_OK)
        status = one_side(&down, shift, n, host, other,
                          run_length ? &second : 0, diag);
    for (int32_t t = 0; status == KAM_OK && quiet && t < n; t++)
        quiet[t] *= other[t];
    if (run_length) *run_length = 1 / (1 / first + 1 / second);
    kam__release(host, other, (uint64_t)n, sizeof(double));
    return status;
}

double kam__signal_step(double reference) {
    return reference < 1 ? 0x1p-4 : reference < 8 ? 0x1p-2 : 1;
}

static kam_status check_counts(const kam_signal_chart *chart, kam_diag *diag) {
    const double step = kam__signal_step(chart->reference);
    if (chart->direction == KAM_SIGNAL_BOTH)
        return kam__fail(diag, KAM_ERR_OPTION, "chart.direction", -1,
                         chart->direction,
                         "A chart of counts looks up or down, not both.");
    if (!(chart->rate >= 0.01 && chart->rate <= 500))
        return kam__fail(diag, KAM_ERR_OPTION, "chart.rate", -1, chart->rate,
                         "a rate of {value} is not 0.01..500.");
    if (!(chart->limit / step >= 1 && chart->limit / step <= MOST_STATES))
        return kam__fail(diag, KAM_ERR_OPTION, "chart.limit", -1, chart->limit,
                         "a limit of {value} is not within 1..1024 steps of "
                         "the counts.");
    if (chart->limit / step != floor(chart->limit / step) ||
        chart->reference / step != floor(chart->reference / step))
        return kam__fail(diag, KAM_ERR_OPTION, "chart.limit", -1, chart->limit,
                         "{value} and the reference are no whole steps of the "
                         "counts (1/16 below 1, 1/4 below 8, else 1).");
    return KAM_OK;
}

kam_status kam__signal_check(const kam_signal_chart *chart, kam_diag *diag) {
    if (!chart) return kam__fail(diag, KAM_ERR_NULL, "chart", -1, NAN, "");
    if (chart->kind < KAM_SIGNAL_CUSUM || chart->kind > KAM_SIGNAL_POISSON)
        return kam__fail(diag, KAM_ERR_OPTION, "chart.kind", -1, chart->kind,
                         "{value} is no kind of chart.");
    if (chart->direction < KAM_SIGNAL_UP || chart->direction > KAM_SIGNAL_BOTH)
        return kam__fail(diag, KAM_ERR_OPTION, "chart.direction", -1,
                         chart->direction, "{value} is no direction.");
    const double most = chart->kind == KAM_SIGNAL_EWMA ? 1 : 1e6;
    if (!(chart->reference > 0 && chart->reference <= most))
        return kam__fail(diag, KAM_ERR_OPTION, "chart.reference", -1,
                         chart->reference, "{value} is not possible.");
    if (!(chart->limit > 0))
        return kam__fail(diag, KAM_ERR_OPTION, "chart.limit", -1, chart->limit,
                         "a limit of {value} is not above 0.");
    if (chart->kind == KAM_SIGNAL_POISSON) return check_counts(chart, diag);
    const struct law law = law_of(chart, 0);
    if (!((law.high - law.low) / (4 * law.b) < MOST_PIECES))
        return kam__fail(diag, KAM_ERR_OPTION, "chart.limit", -1, chart->limit,
                         "a limit of {value} is too far away to tell when it "
                         "is reached.");
    return KAM_OK;
}
