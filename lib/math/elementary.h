/* SPDX-License-Identifier: MIT */
/* exp, expm1, log, log1p and pow from exactly rounded operations only (+ - * /
 * and moves of bits), without branches: loops over them become vector code, and
 * every compiler, instruction set and length of vector gives the same bits.
 * Errors: exp, log 1 ulp; expm1, log1p, pow 2 ulp; measured: docs/accuracy.md.
 * NaN in gives NaN out, except pow(x, 0) = pow(1, y) = 1. */
#ifndef KAM_MATH_ELEMENTARY_H
#define KAM_MATH_ELEMENTARY_H

#include <math.h> /* INFINITY and NAN only */
#include <stdint.h>
#include <string.h>

#ifdef __FAST_MATH__
#error "libkam's numbers need exact IEEE arithmetic: build without -ffast-math"
#endif
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

static inline uint64_t kam__bits(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline double kam__double(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Adding and taking away 1.5 * 2^52 rounds to the nearest integer and leaves it
 * in the low bits: no conversion instruction, which SSE2 and AVX2 lack. */
#define KAM__ROUNDER 0x1.8p52
#define KAM__LN2_HI 0x1.62e42fefa38p-1 /* 11 trailing zero bits: k * it exact */
#define KAM__LN2_LO 0x1.ef35793c7673p-45

/* 2^n for whole n in [-1022, 1023]. */
static inline double kam__power_of_2(double n) {
    return kam__double((kam__bits(n + (KAM__ROUNDER + 1023)) << 52));
}

/* value * 2^n for whole n in [-2044, 2046], one rounding when the result is
 * subnormal. */
static inline double kam__scale(double value, double n) {
    const double half = (n * 0.5 + KAM__ROUNDER) - KAM__ROUNDER;
    return value * kam__power_of_2(half) * kam__power_of_2(n - half);
}

/* (exp(r) - 1 - r) for |r| <= 0.35. */
static inline double kam__exp_tail(double r) {
    const double s = r * r;
    double q = 0x1.6124613a86d09p-33;
    q = q * r + 0x1.1eed8eff8d898p-29;
    q = q * r + 0x1.ae64567f544e4p-26;
    q = q * r + 0x1.27e4fb7789f5cp-22;
    q = q * r + 0x1.71de3a556c734p-19;
    q = q * r + 0x1.a01a01a01a01ap-16;
    q = q * r + 0x1.a01a01a01a01ap-13;
    q = q * r + 0x1.6c16c16c16c17p-10;
    q = q * r + 0x1.1111111111111p-7;
    q = q * r + 0x1.5555555555555p-5;
    q = q * r + 0x1.5555555555555p-3;
    q = q * r + 0.5;
    return s * q;
}

/* e^x. Below -745.13: 0, above 709.78: inf; subnormal results rounded right. */
static inline double kam__exp(double x) {
    const double up = x > 710 ? 710 : x;
    const double y = up < -746 ? -746 : up;
    const double n = (y * 0x1.71547652b82fep0 + KAM__ROUNDER) - KAM__ROUNDER;
    const double hi = y - n * KAM__LN2_HI;
    const double lo = n * KAM__LN2_LO;
    const double tail = kam__exp_tail(hi - lo) - lo;
    const double one = 1 + hi;
    return kam__scale(one + ((hi - (one - 1)) + tail), n);
}

/* e^x - 1. */
static inline double kam__expm1(double x) {
    const double up = x > 710 ? 710 : x;
    const double y = up < -40 ? -40 : up;
    const double n = (y * 0x1.71547652b82fep0 + KAM__ROUNDER) - KAM__ROUNDER;
    const double hi = y - n * KAM__LN2_HI;
    const double lo = n * KAM__LN2_LO;
    const double tail = kam__exp_tail(hi - lo) - lo;
    const double base = 1 - kam__power_of_2(-(n > 100 ? 100 : n));
    const double sum = base + hi;
    const double back = sum - base;
    const double rest = (base - (sum - back)) + (hi - back);
    const double e = kam__scale(sum + (rest + tail), n);
    return x < 0x1p-54 && x > -0x1p-54 ? x : e;
}

/* log(1 + f) - f + f^2/2 for 1 + f in [sqrt(1/2), sqrt(2)], s = f / (2 + f). */
static inline double kam__log_tail(double f, double s) {
    const double z = s * s;
    double p = 2.0 / 23;
    p = p * z + 2.0 / 21;
    p = p * z + 2.0 / 19;
    p = p * z + 2.0 / 17;
    p = p * z + 2.0 / 15;
    p = p * z + 2.0 / 13;
    p = p * z + 2.0 / 11;
    p = p * z + 2.0 / 9;
    p = p * z + 2.0 / 7;
    p = p * z + 2.0 / 5;
    p = p * z + 2.0 / 3;
    return s * (0.5 * f * f + z * p);
}

/* Takes a normal x > 0 apart: x = *m * 2^(returned), *m in about
 * [sqrt(1/2), sqrt(2)). */
static inline double kam__log_split(double x, double *m) {
    const uint64_t moved =
        kam__bits(x) + (0x3ff0000000000000u - 0x3fe6a09e00000000u);
    *m = kam__double((moved & 0x000fffffffffffffu) + 0x3fe6a09e00000000u);
    return kam__double(moved >> 52 | 0x4330000000000000u) - (0x1p52 + 1023);
}

/* Natural logarithm; -inf at 0, NaN below. */
static inline double kam__log(double x) {
    const int tiny = x < 0x1p-1022;
    double m;
    const double e = kam__log_split(tiny ? x * 0x1p54 : x, &m);
    const double k = tiny ? e - 54 : e;
    const double f = m - 1;
    const double half = 0.5 * f * f;
    const double tail = kam__log_tail(f, f / (2 + f));
    const double y =
        k * KAM__LN2_HI - ((half - (tail + k * KAM__LN2_LO)) - f);
    const double top = x > 0x1.fffffffffffffp1023 ? x : y;
    const double low = x == 0 ? -(double)INFINITY : (double)NAN;
    return x > 0 ? top : low;
}

/* log(1 + x); -inf at -1, NaN below. */
static inline double kam__log1p(double x) {
    return kam__log(1 + x);
}

/* x^y for x >= 0; NaN for x < 0, and -0 is taken as 0. 0^y and inf^y are
 * 0, 1 or inf by the sign of y. */
static inline double kam__pow(double x, double y) {
    return kam__exp(y * kam__log(x));
}

#endif
