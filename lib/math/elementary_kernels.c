/* SPDX-License-Identifier: MIT */
/* Built once for each instruction set (lib/meson.build). */
#include "math/elementary_kernels.h"

#include "base/isa.h"
#include "math/elementary.h"
#include "math/gamma.h"

static void exp_of(double *out, const double *x, int64_t n) {
    for (int64_t i = 0; i < n; i++) out[i] = kam__exp(x[i]);
}

static void expm1_of(double *out, const double *x, int64_t n) {
    for (int64_t i = 0; i < n; i++) out[i] = kam__expm1(x[i]);
}

static void log_of(double *out, const double *x, int64_t n) {
    for (int64_t i = 0; i < n; i++) out[i] = kam__log(x[i]);
}

static void log1p_of(double *out, const double *x, int64_t n) {
    for (int64_t i = 0; i < n; i++) out[i] = kam__log1p(x[i]);
}

static void lgamma_of(double *out, const double *x, int64_t n) {
    for (int64_t i = 0; i < n; i++) out[i] = kam__gamma_log(x[i]);
}

static void pow_of(double *out, const double *x, const double *y, int64_t n) {
    for (int64_t i = 0; i < n; i++) out[i] = kam__pow(x[i], y[i]);
}

const struct kam__elementary KAM__ISA(kam__elementary) = {exp_of,    expm1_of,
                                                          log_of,    log1p_of,
                                                          lgamma_of, pow_of};
