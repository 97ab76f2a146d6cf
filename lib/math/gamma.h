/* SPDX-License-Identifier: MIT */
/* Log-gamma without branches, for arrays; kam__lgamma in special.h is the same
 * function called from outside, bit for bit. */
#ifndef KAM_MATH_GAMMA_H
#define KAM_MATH_GAMMA_H

#include "math/elementary.h"

/* lgamma(t) / ((t - 1) (t - 2)), t in [1, 2], from v = (t - c) / (t + c),
 * c = 181/128: relative error 2e-18 (tests/golden/make_coefficients.py). */
static inline double kam__gamma_near_one(double v) {
    const double v2 = v * v, v4 = v2 * v2;
    const double a = 0x1.fc10cc4453bbep-2 + v * -0x1.c8277df5ac93dp-2;
    const double b = 0x1.07ae57591bc35p-3 + v * -0x1.39fa057248368p-3;
    const double c = 0x1.5efa617118bb7p-4 + v * -0x1.82d1e4b1510acp-4;
    const double d = 0x1.0650c443ccbfbp-4 + v * -0x1.183531e17b1a1p-4;
    const double e = 0x1.a22fb514db289p-5 + v * -0x1.b79a7415ab829p-5;
    const double f = 0x1.5b83a4c3eefc5p-5 + v * -0x1.69c49cca5ee85p-5;
    const double g = 0x1.27c10eb376b25p-5 + v * -0x1.31e8c14f06c78p-5;
    const double h = 0x1.20798547bf17dp-5 + v * -0x1.289efab80e416p-5;
    const double low = (a + v2 * b) + v4 * (c + v2 * d);
    const double high = (e + v2 * f) + v4 * (g + v2 * h);
    return low + v4 * v4 * high;
}

/* lgamma(x) - (x - 1/2) log x + x - log(2 pi) / 2 for x >= 3, w = 1 / x. */
static inline double kam__gamma_far(double w) {
    const double u = w * w, u2 = u * u, u4 = u2 * u2;
    const double a = 0x1.5555555555547p-4 + u * -0x1.6c16c16b53417p-9;
    const double b = 0x1.a019fe031c56ep-11 + u * -0x1.3811d15220367p-11;
    const double c = 0x1.b8e919c03a4e7p-11 + u * -0x1.ef1da240518aep-10;
    const double d = 0x1.7743479d79e30p-8 + u * -0x1.2dfa3011567d7p-6;
    const double e = 0x1.7ceb0cc1c3093p-5 + u * -0x1.f107862a80ac2p-5;
    return w * ((a + u2 * b) + u4 * ((c + u2 * d) + u4 * e));
}

/* log |Gamma(x)| for x > 0; inf at 0, NaN below. Below 3 a polynomial on [1, 2]
 * and Gamma(x + 1) = x Gamma(x), from 3 Stirling's formula; one logarithm and
 * one division for both. */
static inline double kam__gamma_log(double x) {
    const double y = x < 1 ? x : x < 2 ? x - 1 : x - 2; /* t = 1 + y */
    const double in_log = x < 1 ? x : x < 2 ? 1 : x < 3 ? x - 1 : x;
    const double log_x = kam__log(in_log);
    const double v =
        (x < 3 ? y - 53.0 / 128 : 1) / (x < 3 ? y + 309.0 / 128 : x);
    const double near =
        y * (y - 1) * kam__gamma_near_one(v) + (x < 1 ? -log_x : log_x);
    const double far =
        (x - 0.5) * (log_x - 1) + (0x1.acfe390c97d69p-2 + kam__gamma_far(v));
    return x < 3 ? near : far;
}

#endif
