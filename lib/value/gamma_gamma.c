/* SPDX-License-Identifier: MIT */
#include "value/gamma_gamma.h"

#include "base/isa.h"
#include "math/elementary.h"

/* log(ratio), where ratio = 1 + d: from d when that is small. */
static inline double log_ratio(double ratio, double d) {
    const double near = kam__log1p(d), far = kam__log(ratio);
    return d > -0.5 && d < 1 ? near : far;
}

/* With u = t / (gamma + t) and n = P + q, the deviance of u from P / n:
 * P log(n u / P) + q log(n (1 - u) / q), each log less its first-order term
 * (together they are 0). As in Loader (2000), what is large has cancelled on
 * paper. */
static void row_terms(const double *parameter, const double *x, const double *m,
                      int32_t n, double (*out)[KAM__TILE]) {
    const double p = parameter[0], q = parameter[1], gamma = parameter[2];
    for (int32_t i = 0; i < n; i++) {
        const double P = p * x[i], total = x[i] * m[i];
        /* gamma / (gamma + total) and its complement. */
        const double g = 1 / (1 + total / gamma), h = 1 / (1 + gamma / total);
        const double d = q * h - P * g; /* n u - P */
        const double a = d / P, b = -d / q;
        const double log_a = log_ratio((1 + q / P) * h, a);
        const double log_b = log_ratio((1 + P / q) * g, b);
        out[0][i] = P * (log_a - a) + q * (log_b - b) - kam__log(m[i]);
        out[1][i] = P * log_a;
        out[2][i] = q * log_b;
        out[3][i] = d;
        out[4][i] = P * log_a;
        out[5][i] = 0;
        out[6][i] = q * log_b;
        out[7][i] = -P * g;
        out[8][i] = q * h;
        out[9][i] = -(P + q) * g * h;
    }
}

const struct kam__gamma_gamma_kernels KAM__ISA(kam__gamma_gamma) = {row_terms};
