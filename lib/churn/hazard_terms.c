/* SPDX-License-Identifier: MIT */
#include "churn/hazard_terms.h"

#include <kam/hazard.h>

#include "base/isa.h"
#include "math/elementary.h"

static uint64_t shift(const double *x, double centre, double scale, int32_t n,
                      double *to) {
    const uint64_t infinite = UINT64_C(0x7FF) << 52;
    uint64_t wild = 0;
    for (int32_t i = 0; i < n; i++) {
        to[i] = (x[i] - centre) * scale;
        wild |= (kam__bits(x[i]) & infinite) == infinite;
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

/* Adding and taking away 1.5 * 2^52 * unit rounds to a multiple of unit. */
#define TO_2_40 0x1.8p12

static void gradient(const double *restrict x, const double *restrict slope,
                     int32_t n, double *restrict sum) {
    double lane[16] = {0};
    int32_t i = 0;
    for (; i + 16 <= n; i += 16)
        for (int k = 0; k < 16; k++)
            lane[k] += (x[i + k] * slope[i + k] + TO_2_40) - TO_2_40;
    for (; i < n; i++) lane[0] += (x[i] * slope[i] + TO_2_40) - TO_2_40;
    for (int k = 1; k < 16; k++) lane[0] += lane[k];
    *sum += lane[0];
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

const struct kam__hazard_kernels KAM__ISA(kam__hazard) = {shift,    scores,
                                                          logistic, cloglog,
                                                          gradient, tilt,
                                                          risk};
