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
/* 11 zero bits at the end of HI: k * HI is exact. */
#define KAM__LN2_HI 0x1.62e42fefa38p-1
#define KAM__LN2_LO 0x1.ef35793c7673p-45
#define KAM__LARGEST 0x1.fffffffffffffp1023

/* 2^n for whole n in [-1022, 1023]. */
static inline double kam__power_of_2(double n) {
    return kam__double(kam__bits(n + (KAM__ROUNDER + 1023)) << 52);
}

/* value * 2^n for whole n in [-2044, 2046]; rounds once, also when the result is
 * subnormal. */
static inline double kam__scale(double value, double n) {
    const double half = (n * 0.5 + KAM__ROUNDER) - KAM__ROUNDER;
    return value * kam__power_of_2(half) * kam__power_of_2(n - half);
}

/* exp(r) - 1 - r, |r| <= ln 2 / 2. Coefficients, here and below:
 * tests/golden/make_coefficients.py. Summed in pairs of pairs, for speed. */
static inline double kam__exp_tail(double r) {
    const double s = r * r, s2 = s * s;
    const double a = 0x1.5555555555556p-3 + r * 0x1.5555555555555p-5;
    const double b = 0x1.11111111109b3p-7 + r * 0x1.6c16c16c167e1p-10;
    const double c = 0x1.a01a01a7c41d5p-13 + r * 0x1.a01a01a47b054p-16;
    const double d = 0x1.71de0dae63bb3p-19 + r * 0x1.27e4e1f48534fp-22;
    const double e = 0x1.af38a9b0ec855p-26 + r * 0x1.1f66df7fca49fp-29;
    return 0.5 * s + r * s * ((a + s * b) + s2 * ((c + s * d) + s2 * e));
}

/* exp(x + low), -746 <= x <= 710, low a small correction. */
static inline double kam__exp_sum(double x, double low) {
    const double n = (x * 0x1.71547652b82fep0 + KAM__ROUNDER) - KAM__ROUNDER;
    const double hi = x - n * KAM__LN2_HI;
    const double lo = n * KAM__LN2_LO - low;
    const double tail = kam__exp_tail(hi - lo) - lo;
    const double one = 1 + hi;
    return kam__scale(one + ((hi - (one - 1)) + tail), n);
}

/* e^x. 0 from -745.14 down, inf from 709.79 up. */
static inline double kam__exp(double x) {
    const double up = x > 710 ? 710 : x;
    return kam__exp_sum(up < -746 ? -746 : up, 0);
}

/* e^x - 1. */
static inline double kam__expm1(double x) {
    const double up = x > 710 ? 710 : x;
    const double y = up < -40 ? -40 : up;
    const double n = (y * 0x1.71547652b82fep0 + KAM__ROUNDER) - KAM__ROUNDER;
    const double hi = y - n * KAM__LN2_HI;
    const double lo = n * KAM__LN2_LO;
    const double tail = kam__exp_tail(hi - lo) - lo;
    /* 2^n (e^r - (2^-n - ...)): the exact part of the sum, then the rest */
    const double base = 1 - kam__power_of_2(n > 100 ? -100 : -n);
    const double sum = base + hi;
    const double back = sum - base;
    const double rest = (base - (sum - back)) + (hi - back);
    const double e = kam__scale(sum + (rest + tail), n);
    return x < 0x1p-54 && x > -0x1p-54 ? x : e;
}

/* Takes a normal x > 0 apart: x = m 2^k, m in about [sqrt(1/2), sqrt(2)).
 * Returns k. */
static inline double kam__log_split(double x, double *m) {
    const uint64_t least = 0x3fe6a09e00000000u; /* about sqrt(1/2) */
    const uint64_t moved = kam__bits(x) + (0x3ff0000000000000u - least);
    *m = kam__double((moved & 0x000fffffffffffffu) + least);
    return kam__double(moved >> 52 | 0x4330000000000000u) - (0x1p52 + 1023);
}

/* log(1 + f) - f + half for half = f^2 / 2, s = f / (2 + f): the scheme of
 * fdlibm's e_log.c (Sun Microsystems, 1993). */
static inline double kam__log_tail(double half, double s) {
    const double z = s * s, z2 = z * z;
    const double a = 0x1.5555555555558p-1 + z * 0x1.99999999952d7p-2;
    const double b = 0x1.2492492df281ap-2 + z * 0x1.c71c62e3f11e6p-3;
    const double c = 0x1.7462b51cb66b1p-3 + z * 0x1.39fe51a7c18f9p-3;
    return s * (half +
                z * ((a + z2 * b) + z2 * z2 * (c + z2 * 0x1.2b5900de53b32p-3)));
}

/* Natural logarithm; -inf at 0, NaN below. */
static inline double kam__log(double x) {
    double m;
    const double e = kam__log_split(x < 0x1p-1022 ? x * 0x1p54 : x, &m);
    const double k = x < 0x1p-1022 ? e - 54 : e;
    const double f = m - 1;
    const double half = 0.5 * f * f;
    const double tail = kam__log_tail(half, f / (2 + f)) + k * KAM__LN2_LO;
    const double y = k * KAM__LN2_HI - ((half - tail) - f);
    const double top = x > KAM__LARGEST ? x : y;
    const double low = x == 0 ? -(double)INFINITY : (double)NAN;
    return x > 0 ? top : low;
}

/* log(1 + x); -inf at -1, NaN below. */
static inline double kam__log1p(double x) {
    const double u = 1 + x;
    const double back = u - 1;
    const double lost = (1 - (u - back)) + (x - back); /* u + lost = 1 + x */
    double m;
    const double k = kam__log_split(u, &m);
    const double f = k == 0 ? x : m - 1;
    const double s = f / (2 + f);
    const double half = 0.5 * f * f;
    /* lost / u, where 1 / m is nearly 1 - 2 s + 2 s^2 */
    const double low =
        lost * kam__power_of_2(k > 100 ? -100 : -k) * (1 - 2 * s * (1 - s));
    const double rest = k * KAM__LN2_LO + (k == 0 ? 0 : low);
    const double y =
        k * KAM__LN2_HI - ((half - (kam__log_tail(half, s) + rest)) - f);
    const double top = x > KAM__LARGEST || x == 0 ? x : y;
    const double bottom = x == -1 ? -(double)INFINITY : (double)NAN;
    return x > -1 ? top : bottom;
}

/* a * b = (returned) + *low exactly, but for underflow: halves of 26 and 27
 * bits. */
static inline double kam__product(double a, double b, double *low) {
    const double p = a * b;
    const double ah = kam__double(kam__bits(a) & 0xfffffffff8000000u);
    const double bh = kam__double(kam__bits(b) & 0xfffffffff8000000u);
    const double al = a - ah, bl = b - bh;
    *low = ((ah * bh - p) + ah * bl + al * bh) + al * bl;
    return p;
}

/* log x = (returned) + *low to about 2^-67 relative, 0 < x < inf: with s =
 * f / (2 + f), 2 s + s^3 (2/3 + s^2 (2/5 + r(s^2))), all but r in two doubles. */
static inline double kam__log_sum(double x, double *low) {
    double m, t, sl, zl, cl, gl;
    const double e = kam__log_split(x < 0x1p-1022 ? x * 0x1p54 : x, &m);
    const double k = x < 0x1p-1022 ? e - 54 : e;
    const double f = m - 1, d = 2 + f, dl = f - (d - 2);
    const double inverse = 1 / d;
    const double s = f * inverse;
    const double p = kam__product(s, d, &t);
    sl = (((f - p) - t) - s * dl) * inverse;
    const double z = kam__product(s, s, &t);
    zl = t + 2 * s * sl;
    const double c = kam__product(s, z, &t);
    cl = t + s * zl + sl * z;
    const double z2 = z * z;
    const double q1 = 0x1.2492492492521p-2 + z * 0x1.c71c71c6eaa10p-3;
    const double q2 = 0x1.745d177a96056p-3 + z * 0x1.3b1395d2190c1p-3;
    const double q3 = 0x1.1118c7e4b0917p-3 +
                      z * (0x1.df7cc8e5fa539p-4 + z * 0x1.e02e6fff27908p-4);
    const double r = z * (q1 + z2 * (q2 + z2 * q3));
    const double v = 0x1.999999999999ap-2 + r; /* 2/5 + r */
    const double vl = ((0x1.999999999999ap-2 - v) + r) - 0x1.999999999999ap-56;
    const double q = kam__product(z, v, &t);
    const double h = 0x1.5555555555555p-1 + q; /* 2/3 + q */
    const double hl = ((0x1.5555555555555p-1 - h) + q) +
                      (t + (zl * v + z * vl) + 0x1.5555555555555p-55);
    const double g = kam__product(c, h, &t);
    gl = t + c * hl + cl * h;
    const double one = k * KAM__LN2_HI + 2 * s;
    const double two = one + g;
    const double rest = (2 * s - (one - k * KAM__LN2_HI)) + (g - (two - one)) +
                        (2 * sl + gl + k * KAM__LN2_LO);
    const double sum = two + rest;
    *low = rest - (sum - two);
    return sum;
}

/* x^y for x >= 0, 0 and inf as in C; NaN for x < 0 (-0 is taken as 0). */
static inline double kam__pow(double x, double y) {
    const double inf = (double)INFINITY;
    double low, p_low;
    const double log_x = kam__log_sum(x, &low);
    /* beyond 2^65 even a neighbour of 1 over- or underflows */
    const double up = y > 0x1p65 ? 0x1p65 : y;
    const double w = up < -0x1p65 ? -0x1p65 : up;
    const double p = kam__product(w, log_x, &p_low);
    const double rest = p_low + w * low;
    const double top = p > 710 ? 710 : p;
    const double t = top < -746 ? -746 : top;
    const double e = kam__exp_sum(t, t == p ? rest : 0);
    const double at_zero = y > 0 ? 0 : inf, at_inf = y > 0 ? inf : 0;
    const double high = x > KAM__LARGEST ? (y == y ? at_inf : y) : e;
    const double edge = x == 0 ? (y == y ? at_zero : y) : (double)NAN;
    const double r = x > 0 ? high : edge;
    return x == 1 || y == 0 ? 1 : r;
}

#endif
