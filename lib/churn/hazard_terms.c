/* SPDX-License-Identifier: MIT */
#include "churn/hazard_terms.h"

#include <kam/hazard.h>

#include "base/isa.h"
#include "math/elementary.h"
#include "math/wide.h"

/* Doubles of a cache line. */
enum { LINE = 8 };

#define INFINITE (UINT64_C(0x7FF) << 52)

/* So many side by side that compilers see a loop. */
enum { SIDE = 32 };

static double largest_of(double *x) {
    for (int n = SIDE / 2; n > 0; n /= 2)
        for (int i = 0; i < n; i++) x[i] = x[i + n] > x[i] ? x[i + n] : x[i];
    return x[0];
}

static uint64_t survey(const double *restrict x, int32_t n,
                       double *restrict low, double *restrict high,
                       uint64_t *restrict hash) {
    double least[SIDE], most[SIDE];
    uint64_t wild = 0;
    int32_t i = 0;
    for (int k = 0; k < SIDE; k++) least[k] = -*low;
    for (int k = 0; k < SIDE; k++) most[k] = *high;
    for (; i + SIDE <= n; i += SIDE) {
        for (int k = 0; k < SIDE; k += LINE) kam__fetch(x + i + k, KAM__AHEAD);
        for (int k = 0; k < SIDE; k++) {
            least[k] = -x[i + k] > least[k] ? -x[i + k] : least[k];
            most[k] = x[i + k] > most[k] ? x[i + k] : most[k];
        }
    }
    for (; i < n; i++) {
        least[0] = -x[i] > least[0] ? -x[i] : least[0];
        most[0] = x[i] > most[0] ? x[i] : most[0];
    }
    for (i = 0; i < n; i++) {
        const uint64_t bits = kam__bits(x[i]);
        hash[i] = (hash[i] << 7 | hash[i] >> 57) ^ bits;
        wild |= (bits & INFINITE) == INFINITE;
    }
    *low = -largest_of(least);
    *high = largest_of(most);
    return wild;
}

static int events(const double *restrict y, int32_t n,
                  int64_t *restrict count) {
    int64_t n_events = 0;
    uint64_t wild = 0;
    for (int32_t i = 0; i < n; i++) {
        n_events += y[i] > 0;
        wild |= y[i] * (y[i] - 1) != 0;
    }
    *count += n_events;
    return wild == 0;
}

static uint64_t shift(const double *x, double centre, double scale, int32_t n,
                      double *to) {
    uint64_t wild = 0;
    for (int32_t i = 0; i < n; i += LINE) kam__fetch(x + i, KAM__AHEAD);
    for (int32_t i = 0; i < n; i++) {
        to[i] = (x[i] - centre) * scale;
        wild |= (kam__bits(x[i]) & INFINITE) == INFINITE;
    }
    return wild;
}

static void scores(const double *x, const double *theta, int32_t q,
                   const double *offset, int32_t n, double *s) {
    for (int32_t i = 0; i < n; i++) s[i] = offset[i];
    for (int32_t j = 0; j < q; j++) {
        const double *const column = x + j * KAM__TILE;
        const double t = theta[j];
        for (int32_t i = 0; i < n; i++) s[i] += t * column[i];
    }
}

static void add_score(const double *restrict x, double centre, double scale,
                      double theta, int32_t n, double *restrict s) {
    for (int32_t i = 0; i < n; i += LINE) kam__fetch(x + i, KAM__AHEAD);
    for (int32_t i = 0; i < n; i++) s[i] += theta * ((x[i] - centre) * scale);
}

static inline double size_of(double x) { return x < 0 ? -x : x; }

static void logistic(const double *s, const double *y, int32_t n,
                     struct kam__hazard_terms *terms) {
    for (int32_t i = 0; i < n; i++) {
        /* the smaller of p and 1 - p is e / (1 + e) */
        const double e = kam__exp(-size_of(s[i]));
        const double small = e / (1 + e), large = 1 / (1 + e);
        const double p = s[i] < 0 ? small : large;
        const double rest = s[i] < 0 ? large : small;
        /* how far the outcome lies on the side that s speaks against */
        const double against = s[i] < 0 ? y[i] * s[i] : (y[i] - 1) * s[i];
        terms->value[i] = against - kam__log1p(e);
        terms->slope[i] = y[i] > 0 ? rest : -p;
        terms->curve[i] = small * large;
    }
}

static void logistic_slope(const double *restrict s, const double *restrict y,
                           const double *restrict weight, int32_t n,
                           double *restrict slope) {
    for (int32_t i = 0; i < n; i++) {
        const double e = kam__exp(-size_of(s[i])), large = 1 / (1 + e);
        const double small = e * large;
        const double p = s[i] < 0 ? small : large;
        const double rest = s[i] < 0 ? large : small;
        slope[i] = (y[i] > 0 ? rest : -p) * weight[i];
    }
}

/* With m = e^s and r = m / (e^m - 1): y = 1 has slope r, y = 0 slope -m. */
static void cloglog(const double *s, const double *y, int32_t n,
                    struct kam__hazard_terms *terms) {
    for (int32_t i = 0; i < n; i++) {
        const double at = s[i] > 700 ? 700 : s[i];
        const double m = kam__exp(at);
        const double gone = -kam__expm1(-m); /* p */
        const double safe = gone > 0 ? gone : 1;
        const double r = gone > 0 ? m * kam__exp(-m) / safe : 1;
        const double log_p = m < 1e-300 ? at : kam__log(safe);
        terms->value[i] = y[i] > 0 ? log_p : -m;
        terms->slope[i] = y[i] > 0 ? r : -m;
        terms->curve[i] = m * r;
    }
}

static double weigh(struct kam__hazard_terms *restrict terms,
                    const double *restrict weight, const double *restrict s,
                    int32_t n, double *restrict root, double *restrict value) {
    double most[SIDE] = {0};
    for (int32_t i = 0; i < n; i++) {
        root[i] = sqrt(terms->curve[i] * weight[i]);
        value[i] = terms->value[i] * weight[i];
        terms->slope[i] *= weight[i];
    }
    int32_t i = 0;
    for (; i + SIDE <= n; i += SIDE)
        for (int k = 0; k < SIDE; k++) {
            const double size = size_of(s[i + k]);
            most[k] = size > most[k] ? size : most[k];
        }
    for (; i < n; i++)
        most[0] = size_of(s[i]) > most[0] ? size_of(s[i]) : most[0];
    return largest_of(most);
}

enum { SUMS = KAM__HAZARD_LANES / KAM__WIDE };

static inline void lay(const double *x, double centre, double scale,
                       const double *slope, const double *root, int32_t n,
                       double *to, double *lane) {
    kam__wide sum[SUMS];
    int32_t i = 0;
    KAM__UNROLL
    for (int k = 0; k < SUMS; k++)
        sum[k] = kam__wide_load(lane + k * KAM__WIDE);
    for (; i + KAM__HAZARD_LANES <= n; i += KAM__HAZARD_LANES) {
        KAM__UNROLL
        for (int k = 0; k < SUMS; k++) {
            const int32_t at = i + k * KAM__WIDE;
            const kam__wide z = (kam__wide_load(x + at) - centre) * scale;
            sum[k] += kam__wide_odd(z * kam__wide_load(slope + at));
            if (root)
                kam__wide_store(to + at, kam__wide_short_odd(
                                             z * kam__wide_load(root + at)));
        }
    }
    KAM__UNROLL
    for (int k = 0; k < SUMS; k++)
        kam__wide_store(lane + k * KAM__WIDE, sum[k]);
    for (; i < n; i++) {
        const double z = (x[i] - centre) * scale;
        lane[0] += kam__odd(z * slope[i]);
        if (root) to[i] = kam__short_odd(z * root[i]);
    }
}

static void gradient(const double *x, double centre, double scale,
                     const double *slope, const double *root, int32_t n,
                     double *to, double *lane) {
    if (root)
        lay(x, centre, scale, slope, root, n, to, lane);
    else
        lay(x, centre, scale, slope, NULL, n, NULL, lane);
}

static void spread(double *restrict x, const double *restrict root, int32_t n) {
    for (int32_t i = 0; i < n; i++) x[i] *= root[i];
}

static void tilt(int32_t link, const double *s, int32_t n, double *tilt) {
    if (link == KAM_HAZARD_LOGISTIC) {
        for (int32_t i = 0; i < n; i++) {
            const double e = kam__exp(-size_of(s[i]));
            const double half = (1 - e) / (1 + e);
            tilt[i] = s[i] < 0 ? half : -half; /* 1 - 2 p */
        }
        return;
    }
    /* log(m^2 / (e^m - 1)) has slope 2 - m / (1 - e^-m) */
    for (int32_t i = 0; i < n; i++) {
        const double m = kam__exp(s[i] > 700 ? 700 : s[i]);
        const double gone = -kam__expm1(-m);
        tilt[i] = gone > 0 ? 2 - m / gone : 1;
    }
}

static void risk(int32_t link, const double *s, int32_t n, double *risk) {
    if (link == KAM_HAZARD_LOGISTIC) {
        for (int32_t i = 0; i < n; i++) {
            const double e = kam__exp(-size_of(s[i]));
            risk[i] = s[i] < 0       ? e / (1 + e)
                      : s[i] == s[i] ? 1 / (1 + e)
                                     : s[i];
        }
        return;
    }
    for (int32_t i = 0; i < n; i++) risk[i] = -kam__expm1(-kam__exp(s[i]));
}

const struct kam__hazard_kernels KAM__ISA(kam__hazard) = {
    survey,  events, shift,    scores, add_score, logistic, logistic_slope,
    cloglog, weigh,  gradient, spread, tilt,      risk};
