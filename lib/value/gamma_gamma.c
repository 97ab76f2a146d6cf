/* SPDX-License-Identifier: MIT */
#include "value/gamma_gamma.h"

#include "base/isa.h"
#include "math/elementary.h"

static void row_terms(const double *parameter, const double *x, const double *m,
                      int32_t n, double (*out)[KAM__TILE]) {
    const double p = parameter[0], q = parameter[1], gamma = parameter[2];
    for (int32_t i = 0; i < n; i++) {
        const double P = p * x[i], total = x[i] * m[i];
        const double v = P * kam__log1p(gamma / total);
        const double w = q * kam__log1p(total / gamma);
        /* gamma / (gamma + total) and its complement. */
        const double g = 1 / (1 + total / gamma), h = 1 / (1 + gamma / total);
        out[0][i] = -v - w - kam__log(m[i]);
        out[1][i] = -v;
        out[2][i] = -w;
        out[3][i] = q * h - P * g;
        out[4][i] = -v;
        out[5][i] = 0;
        out[6][i] = -w;
        out[7][i] = -P * g;
        out[8][i] = q * h;
        out[9][i] = -(P + q) * g * h;
    }
}

const struct kam__gamma_gamma_kernels KAM__ISA(kam__gamma_gamma) = {row_terms};
