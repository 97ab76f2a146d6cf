/* SPDX-License-Identifier: MIT */
/* 2F1 in doubled precision (pairs of doubles), so that rounding, moderate
 * cancellation and subtractions like c - a cost nothing:
 *
 * 1. z is brought into [0, 1): for z < 0 by Pfaff's transformation (DLMF
 *    15.8.1), where two forms are possible, as are two for z >= 0, the series
 *    itself and Euler's transformation. A form with positive parameters is
 *    preferred (all terms positive), then one that stays bounded at 1.
 * 2. Then the power series is summed, when it ends soon enough. Otherwise it is
 *    summed at 1/2 (earlier when its terms alternate), with its derivative, and
 *    continued by Taylor series of the differential equation (DLMF 15.10.1)
 *    whose steps halve the distance to 1: no formula for z near 1 with its
 *    degenerate cases is needed. Steps are short enough that what rounding
 *    feeds into the second solution grows by e^30 at most within a step, which
 *    pairs bear. */
#include "math/hypergeometric.h"

#include "math/elementary.h"

/* hi + lo, |lo| at most half an ulp of hi. */
struct pair {
    double hi, lo;
};

static struct pair sum_of(double a, double b) {
    const double s = a + b, t = s - a;
    return (struct pair){s, (a - (s - t)) + (b - t)};
}

/* For |a| >= |b|. */
static struct pair tidy(double a, double b) {
    const double s = a + b;
    return (struct pair){s, b - (s - a)};
}

static struct pair pair_add(struct pair a, struct pair b) {
    const struct pair high = sum_of(a.hi, b.hi), low = sum_of(a.lo, b.lo);
    const struct pair s = tidy(high.hi, high.lo + low.hi);
    return tidy(s.hi, s.lo + low.lo);
}

static struct pair pair_minus(struct pair a) {
    return (struct pair){-a.hi, -a.lo};
}

static struct pair pair_multiply(struct pair a, struct pair b) {
    double low;
    const double p = kam__product(a.hi, b.hi, &low);
    return tidy(p, low + (a.hi * b.lo + a.lo * b.hi));
}

static struct pair pair_times(struct pair a, double b) {
    return pair_multiply(a, (struct pair){b, 0});
}

static struct pair pair_divide(struct pair a, struct pair b) {
    const double q = a.hi / b.hi;
    const struct pair rest = pair_add(a, pair_minus(pair_times(b, q)));
    return tidy(q, rest.hi / b.hi);
}

static struct pair plus(struct pair a, double b) {
    return pair_add(a, (struct pair){b, 0});
}

static double larger(double a, double b) { return a > b ? a : b; }

static double smaller(double a, double b) { return a < b ? a : b; }

/* What is summed: a, b, c, z and w = 1 - z. The value is F * w^power. */
struct form {
    struct pair a, b, c, z, w, power;
};

/* F and its derivative, times 2^-exponent. */
struct point {
    struct pair f, slope; /* slope: w F' */
    double exponent;
};

/* Keeps the numbers in the middle of their range; returns what it multiplied
 * them by. */
static double rescale(struct point *p, struct pair *more) {
    static const double down = 0x1p-400, up = 0x1p400;
    const double size =
        fabs(p->f.hi) + fabs(p->slope.hi) + (more ? fabs(more->hi) : 0);
    if (size < up && (size > down || size == 0)) return 1;
    const double by = size < up ? up : down;
    p->exponent += size < up ? -400 : 400;
    p->f = pair_times(p->f, by);
    p->slope = pair_times(p->slope, by);
    if (more) *more = pair_times(*more, by);
    return by;
}

/* c - a - b: F behaves as a constant and as w^excess at z = 1. */
static struct pair excess_of(const struct form *s) {
    return pair_add(s->c, pair_minus(pair_add(s->a, s->b)));
}

/* From which k on the terms of the power series only become smaller, and keep
 * their sign: the larger root of (a + k) (b + k) z = (c + k) (1 + k). */
static double peak_of(const struct form *s) {
    const double a = s->a.hi, b = s->b.hi, c = s->c.hi, z = s->z.hi;
    const double w = s->w.hi;
    const double p = c + 1 - (a + b) * z, q = c - a * b * z;
    const double root = sqrt(larger(p * p - 4 * w * q, 0));
    const double peak = p > 0 ? -2 * q / (p + root) : (root - p) / (2 * w);
    return larger(larger(peak, 0), larger(-a, -b));
}

/* About how many terms the power series needs: beyond the peak they fall like
 * k^-(excess + 1) z^k. */
static double series_terms(const struct form *s) {
    const double excess = excess_of(s).hi;
    const double start = larger(peak_of(s), 20);
    const double by_power =
        excess > 0 ? start * kam__exp(60 / (excess + 1)) : 1e300;
    return smaller(start + 60 / s->w.hi, by_power);
}

/* The power series at s->z > 0 (DLMF 15.2.1); NaN when so much cancels that
 * pairs are not enough. */
static struct point power_series(const struct form *s) {
    struct point p = {{1, 0}, {0, 0}, 0};
    const double peak = peak_of(s), least = excess_of(s).hi < 1 ? 0 : 0.25;
    struct pair term = {1, 0};
    double total = 1;
    for (double k = 0; term.hi != 0; k++) {
        const struct pair up =
            pair_multiply(pair_multiply(plus(s->a, k), plus(s->b, k)), s->z);
        const struct pair down = pair_times(plus(s->c, k), k + 1);
        term = pair_multiply(term, pair_divide(up, down));
        p.f = pair_add(p.f, term);
        p.slope = pair_add(p.slope, pair_times(term, k + 1)); /* z F' so far */
        total = (total + fabs(term.hi)) * rescale(&p, &term);
        const double fall = larger(s->w.hi, least / (k + 1));
        if (k > peak && fabs(term.hi) * (k + 1) < 0x1p-75 * fabs(p.f.hi) * fall)
            break;
    }
    p.slope = pair_multiply(p.slope, pair_divide(s->w, s->z));
    if (p.f.hi != 0 && fabs(p.f.hi) < total * 0x1p-56) p.f.hi = (double)NAN;
    return p;
}

/* One Taylor step from 1 - w0 to 1 - w1: F(z0 + h) = sum_k g_k with
 * (k + 2) (k + 1) z0 w0 g_(k+2) = (k + a) (k + b) h^2 g_k
 *     - (k + 1) (k (1 - 2 z0) + c - (a + b + 1) z0) h g_(k+1). */
static void taylor_step(const struct form *s, struct point *p, struct pair w0,
                        struct pair w1) {
    const struct pair z0 = plus(pair_minus(w0), 1);
    const struct pair h = pair_add(w0, pair_minus(w1));
    const struct pair part = pair_divide(h, w0),
                      part_h = pair_multiply(part, h);
    const struct pair ab = plus(pair_add(s->a, s->b), 1);
    const struct pair linear =
        pair_add(s->c, pair_minus(pair_multiply(ab, z0)));
    const struct pair bend = plus(pair_times(z0, -2), 1);
    struct pair g = p->f, next = pair_multiply(p->slope, part);
    struct pair f = pair_add(g, next), slope = next;
    for (double k = 0; k < 2000; k++) {
        const struct pair one = pair_multiply(
            pair_multiply(pair_multiply(plus(s->a, k), plus(s->b, k)), part_h),
            g);
        const struct pair two =
            pair_multiply(pair_multiply(pair_times(pair_add(pair_times(bend, k),
                                                            linear),
                                                   k + 1),
                                        part),
                          next);
        g = next;
        next = pair_divide(pair_add(one, pair_minus(two)),
                           pair_times(z0, (k + 1) * (k + 2)));
        f = pair_add(f, next);
        slope = pair_add(slope, pair_times(next, k + 2));
        if (k > 40 && (fabs(g.hi) + fabs(next.hi)) * k < 0x1p-80 * fabs(f.hi))
            break;
    }
    p->f = f;
    p->slope = pair_multiply(pair_divide(slope, h), w1);
    rescale(p, NULL);
}

/* The longest safe Taylor step from w. In one of length h the terms of any
 * solution grow to about exp(rate h) before they fall: `rate` bounds the roots
 * of z w t^2 + (c - (a + b + 1) z) t - a b. */
static double longest_step(const struct form *s, double w) {
    const double z = 1 - w, excess = fabs(excess_of(s).hi) + 1;
    const double rate =
        s->c.hi / z + excess / w + sqrt(fabs(s->a.hi * s->b.hi) / (z * w));
    return smaller(0.5 * smaller(w, z), 30 / rate);
}

static double taylor_terms(const struct form *s) {
    const double excess = fabs(excess_of(s).hi);
    const double turns = s->c.hi + 2 * sqrt(fabs(s->a.hi * s->b.hi));
    return 250 * (1 - kam__log(s->w.hi) * (1.5 + excess / 30) + turns / 40);
}

/* NaN instead of minutes. */
static const double TOO_MANY_TERMS = 1e8;

/* A polynomial stays small at 1 where the second solution grows like w^excess:
 * continued step by step, it would drown in that. */
static int drowns(const struct form *s) {
    const double a = s->a.hi, b = s->b.hi;
    return ((a < 0 && s->a.lo == 0 && floor(a) == a) ||
            (b < 0 && s->b.lo == 0 && floor(b) == b)) &&
           excess_of(s).hi * kam__log(s->w.hi) > 30;
}

static struct point value_of(const struct form *s) {
    if (!(smaller(series_terms(s), taylor_terms(s)) < TOO_MANY_TERMS))
        return (struct point){{(double)NAN, 0}, {0, 0}, 0};
    /* with signs that alternate, the series loses exp(2 sqrt(|a b| z)) */
    const double product = -s->a.hi * s->b.hi;
    const double start = product > 200 ? 100 / product : 0.5;
    if (s->z.hi <= start || drowns(s) ||
        (start == 0.5 && series_terms(s) < taylor_terms(s)))
        return power_series(s);
    struct form early = *s;
    early.z = (struct pair){start, 0};
    early.w = sum_of(1, -start);
    struct point p = power_series(&early);
    struct pair w = early.w;
    while (w.hi > s->w.hi || (w.hi == s->w.hi && w.lo > s->w.lo)) {
        const struct pair near = plus(w, -longest_step(s, w.hi));
        const struct pair w1 = near.hi > s->w.hi ? near : s->w;
        taylor_step(s, &p, w, w1);
        w = w1;
    }
    return p;
}

/* Higher is better: positive, then bounded, then with little of a negative
 * parameter. */
static double merit(const struct form *s) {
    const double least = smaller(s->a.hi, s->b.hi);
    if (least < 0) return least;
    return excess_of(s).hi >= 0 ? 2 : 1;
}

static struct form best_form(double a, double b, double c, double z) {
    const struct pair ca = sum_of(c, -a), cb = sum_of(c, -b);
    const struct pair pa = {a, 0}, pb = {b, 0}, one = {1, 0};
    struct form s = {pa, pb, {c, 0}, {z, 0}, sum_of(1, -z), {0, 0}};
    struct form t = {ca, cb, {c, 0}, {z, 0}, s.w, plus(ca, -b)}; /* Euler */
    if (z < 0) { /* Pfaff, both ways */
        const struct pair w = pair_divide(one, s.w);
        const struct pair below = pair_divide((struct pair){-z, 0}, s.w);
        s = (struct form){pa, cb, {c, 0}, below, w, pa};
        t = (struct form){ca, pb, {c, 0}, below, w, pb};
    }
    return merit(&s) >= merit(&t) ? s : t;
}

/* The value as (returned) * exp(log->hi + log->lo), 1/2 <= |returned| < 2 or 0,
 * |log->lo| small. */
static double evaluate(double a, double b, double c, double z,
                       struct pair *log) {
    const struct form s = best_form(a, b, c, z);
    const struct point p = value_of(&s);
    double low, m;
    const double high = kam__log_sum(s.w.hi, &low);
    *log = pair_multiply(s.power, tidy(high, low + s.w.lo / s.w.hi));
    const double size = fabs(p.f.hi);
    if (!(size > 0)) return p.f.hi;
    const double k = kam__log_split(size, &m);
    struct pair ln2 = {KAM__LN2_HI, KAM__LN2_LO};
    *log = pair_add(*log, pair_times(ln2, p.exponent + k));
    return p.f.hi < 0 ? -m : m;
}

static int outside(double a, double b, double c, double z) {
    const double all = a + b + c + z;
    return !(c > 0 && z < 1 && all - all == 0);
}

double kam__hyp2f1(double a, double b, double c, double z) {
    if (outside(a, b, c, z)) return (double)NAN;
    if (z == 0 || a == 0 || b == 0) return 1;
    struct pair log;
    const double m = evaluate(a, b, c, z, &log);
    const double half = smaller(larger(0.5 * log.hi, -740), 700);
    const double root = kam__exp_sum(half, 0.5 * log.lo);
    return m * root * root;
}

double kam__hyp2f1_scaled(double a, double b, double c, double z,
                          double *scale) {
    *scale = 0;
    if (outside(a, b, c, z)) return (double)NAN;
    if (z == 0 || a == 0 || b == 0) return 1;
    struct pair log;
    const double m = evaluate(a, b, c, z, &log);
    *scale = m == 0 ? 0 : log.hi;
    return m * kam__exp(log.lo);
}
