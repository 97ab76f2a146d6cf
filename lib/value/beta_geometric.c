/* SPDX-License-Identifier: MIT */
#include "value/beta_geometric.h"

#include "base/isa.h"
#include "math/elementary.h"

enum { LANES = KAM__LANES };

/* The chance of having left after the last order, given that the account was
 * still active before it: q = a / (a + B - 1) a priori, and with the silence
 * since, of which rho = ((alpha + T) / (alpha + t_x))^R is the odds ratio,
 * q rho / (1 + q (rho - 1)). No chance yet (BG/NBD, x = 0): q = 0. */
struct left {
    double q, stay; /* a priori, and 1 - q */
    double B1;      /* B - 1 = b + x + first - 1; 1 where q = 0 */
    double silence; /* log((alpha + T) / (alpha + t_x)) */
    double rho1;    /* rho - 1, rho capped at e^700 */
    double excess;  /* log rho beyond 700 */
    double mixed;   /* 1 + q (rho - 1), rho so capped */
};

#define CAP 700.0

static inline struct left left_of(const struct kam__beta_geometric *m, double x,
                                  double t_x, double T) {
    const double chances = x + m->first;
    const int any = chances > 0;
    const double B1 = any ? m->b + (chances - 1) : 1;
    const double all = 1 / (m->a + B1);
    const double q = any ? m->a * all : 0, stay = any ? B1 * all : 1;
    const double silence = kam__log1p((T - t_x) / (m->alpha + t_x));
    const double y = (m->r + x) * silence;
    const double capped = y < CAP ? y : CAP;
    const double rho1 = kam__expm1(capped);
    return (struct left){q, stay, B1, silence, rho1, y - capped, 1 + q * rho1};
}

/* Fader, Hardie & Lee (2005), eq. (6), with the factor B(a, B) / B(a, b) shared
 * out so that 1 + q (rho - 1) remains: no cancellation for short histories. The
 * part that depends on x alone, B(a, b + max(x + first - 1, 0)) / B(a, b)
 * Gamma(r + x) / Gamma(r), is added elsewhere (bgnbd.c). */
static void time_terms(const struct kam__beta_geometric *m,
                       const struct kam__btyd_tile *tile,
                       double (*out)[KAM__TILE]) {
    const double r = m->r, alpha = m->alpha;
    const double log_alpha = kam__log(alpha);
    for (int32_t i = 0; i < tile->n; i++) {
        const double x = tile->x[i], t_x = tile->t_x[i], T = tile->T[i];
        const struct left left = left_of(m, x, t_x, T);
        const double gain =
            kam__log1p(left.q * left.rho1) + (left.q > 0 ? left.excess : 0);
        const double inverse = 1 / left.mixed;
        const double sigma = left.q * (1 + left.rho1) * inverse;
        const double spread = sigma * (left.stay * inverse);
        const double more = left.q * left.stay * left.rho1 * inverse;
        const double spread_q = spread - left.q * left.stay;
        const double R = r + x;
        const double u_T = alpha / (alpha + T), u_x = alpha / (alpha + t_x);
        const double age = kam__log1p(T / alpha);
        const double v_T = T / (alpha + T);
        const double d = alpha * ((T - t_x) / ((alpha + T) * (alpha + t_x)));
        /* Derivatives of log rho, and of log b in the odds of q. */
        const double e_r = r * left.silence, e_alpha = -R * d;
        const double e_b = -m->b / left.B1;
        const double e_alpha2 = R * (u_T * v_T - u_x * (t_x / (alpha + t_x)));
        out[0][i] = (gain - r * age) - x * (log_alpha + age);
        out[1][i] = sigma * e_r - r * age;
        out[2][i] = sigma * e_alpha + (r * v_T - x * u_T);
        out[3][i] = more;
        out[4][i] = more * e_b;
        out[5][i] = sigma * e_r + spread * e_r * e_r - r * age;
        out[6][i] = (r * v_T - sigma * r * d) + spread * e_r * e_alpha;
        out[7][i] =
            sigma * e_alpha2 + spread * e_alpha * e_alpha - R * u_T * v_T;
        out[8][i] = spread * e_r;
        out[9][i] = spread * e_alpha;
        out[10][i] = spread_q;
        out[11][i] = spread * e_r * e_b;
        out[12][i] = spread * e_alpha * e_b;
        out[13][i] = spread_q * e_b;
        out[14][i] = more * (e_b + e_b * e_b) + spread_q * e_b * e_b;
    }
}

/* What is left of 1 after e^excess; mostly there is no excess. */
static void power_of_excess(int32_t n, double *excess) {
    int beyond = 0;
    for (int32_t i = 0; i < n; i++) beyond |= excess[i] > 0;
    if (beyond)
        for (int32_t i = 0; i < n; i++) excess[i] = kam__exp(-excess[i]);
    else
        for (int32_t i = 0; i < n; i++) excess[i] = 1;
}

/* rest = 1 unless P(active) is below e^-700 or so: products with the rest keep
 * their digits where P itself is subnormal. P(no order) = P(left) + P(active)
 * quiet takes no difference, so small risks keep their digits too. */
static void activity(const struct kam__beta_geometric *m,
                     const struct kam__btyd_tile *tile, double horizon,
                     double (*part)[KAM__TILE]) {
    /* Of our own, so that compilers make vectors of the loop. */
    const struct kam__beta_geometric model = *m;
    const double *restrict const x = tile->x, *restrict const t_x = tile->t_x;
    const double *restrict const T = tile->T;
    const int32_t n = tile->n;
    double *restrict const active = part[KAM__ACTIVE];
    double *restrict const rest = part[KAM__REST];
    double *restrict const gone = part[KAM__GONE];
    double *restrict const stay = part[KAM__STAY];
    double *restrict const mixed = part[KAM__MIXED];
    double *restrict const later = part[KAM__LATER];
    double *restrict const quiet = part[KAM__QUIET];
    for (int32_t i = 0; i < n; i++) {
        const struct left left = left_of(&model, x[i], t_x[i], T[i]);
        active[i] = left.stay / left.mixed;
        rest[i] = left.q > 0 ? left.excess : 0;
        gone[i] = left.q * (1 + left.rho1);
        stay[i] = left.stay;
        mixed[i] = left.mixed;
    }
    for (int32_t i = 0; horizon > 0 && i < n; i++) {
        later[i] = kam__log1p(horizon / (model.alpha + T[i]));
        quiet[i] = kam__exp(-(model.r + x[i]) * later[i]);
    }
    power_of_excess(n, rest);
}

/* Active and rest of these alone. */
static void alive(const struct kam__beta_geometric *m,
                  const struct kam__btyd_tile *tile, double *main,
                  double *rest) {
    for (int32_t i = 0; i < tile->n; i++) {
        const struct left left =
            left_of(m, tile->x[i], tile->t_x[i], tile->T[i]);
        main[i] = left.stay / left.mixed;
        rest[i] = left.q > 0 ? left.excess : 0;
    }
    power_of_excess(tile->n, rest);
}

/* (A / (A + h))^R */
static void quiet(const struct kam__beta_geometric *m,
                  const struct kam__btyd_tile *tile, double horizon,
                  double *out) {
    for (int32_t i = 0; i < tile->n; i++)
        out[i] = kam__exp(-(m->r + tile->x[i]) *
                          kam__log1p(horizon / (m->alpha + tile->T[i])));
}

static void no_order_log_odds(const struct kam__beta_geometric *m,
                              const struct kam__btyd_tile *tile, double horizon,
                              double *out) {
    for (int32_t i = 0; i < tile->n; i++) {
        const double x = tile->x[i], T = tile->T[i];
        const struct left left = left_of(m, x, tile->t_x[i], T);
        const double power = -(m->r + x) * kam__log1p(horizon / (m->alpha + T));
        const double risk =
            left.q * (1 + left.rho1) + left.stay * kam__exp(power);
        const double order = left.stay * -kam__expm1(power);
        out[i] = kam__log(risk / order) + (left.q > 0 ? left.excess : 0);
    }
}

/* Both series below have positive terms only, or nearly so: no cancellation.
 * With z = w / (1 + w), from 2F1(R, a; c; -w):
 *   (1 - z)^a 2F1(a, c - R; c; z)   when c - R is not too far below zero, else
 *   (1 - z)^R 2F1(R, c - a; c; z)   (Pfaff's transformations, DLMF 15.8.1);
 * with the first, terms shrink like z^n; with the second they grow first, for
 * large R w. */
enum { MOST_TERMS = 1024, BLOCK = 4 }; /* terms between two looks at `left` */
#define ROUNDING 0x1p-55

static inline int any_left(const double *left, int n) {
    double sum = 0;
    for (int k = 0; k < n; k++) sum += left[k];
    return sum > 0;
}

/* A series under way in one lane; left is 0 when nothing is left to add. */
struct series {
    double h, term, sum, left;
};

/* out = E (1 + p w)^-R. */
static void survival(const struct kam__lanes *lanes, double *out) {
    double z[LANES], A[LANES], B[LANES], term[LANES], sum[LANES], left[LANES];
    for (int k = 0; k < LANES; k++) {
        const double kappa = lanes->c[k] - lanes->R[k];
        const int direct = kappa >= KAM__LEAST_KAPPA;
        z[k] = lanes->w[k] / (1 + lanes->w[k]);
        A[k] = direct ? lanes->a : lanes->R[k];
        B[k] = direct ? kappa : lanes->c[k] - lanes->a;
        const double power = A[k] * kam__log1p(lanes->w[k]);
        const double start = power < KAM__LARGEST_POWER ? kam__exp(-power) : 0;
        term[k] = sum[k] = start;
        left[k] = start > 0 && z[k] > 0 ? 1.0 : 0.0;
        sum[k] = start > 0 ? start : (double)NAN;
    }
    double n = 0;
    for (; n < MOST_TERMS && any_left(left, LANES); n++) {
        const double reciprocal = 1 / (n + 1);
        for (int k = 0; k < LANES; k++) {
            const double next = term[k] * (A[k] + n) * (B[k] + n) * reciprocal *
                                z[k] / (lanes->c[k] + n);
            const double size = next < 0 ? -next : next;
            const double total = sum[k] + next;
            sum[k] = left[k] > 0 ? total : sum[k];
            term[k] = next;
            left[k] = size > ROUNDING * (1 - z[k]) * total ? left[k] : 0.0;
        }
    }
    for (int k = 0; k < LANES; k++) out[k] = left[k] > 0 ? (double)NAN : sum[k];
}

/* out = E (1 - (1 + p w)^-R) / p, the integral of R E (1 + p w)^-(R+1) over w:
 * with E = (1 - z)^g S, (1 - z) S' - g S = R H, H the series of `survival` for
 * R + 1, g = a - 1 or R. No difference is taken near a = 1. */
static inline struct series orders_term(struct series of, double n, double z,
                                        double A, double B, double g,
                                        double c) {
    const double step = z * (1 / (n + 1));
    const double next = step * ((n + g) * of.term + of.h);
    const double total = of.sum + next;
    const double h = of.h * (A + n) * (B + n) * step / (c + n);
    const double size = (next < 0 ? -next : next) + (h < 0 ? -h : h);
    const double sum = of.left > 0 ? total : of.sum;
    const double left = size > ROUNDING * (1 - z) * total ? of.left : 0.0;
    return (struct series){h, next, sum, left};
}

static inline void sum_orders(const struct kam__lanes *lanes, int n_lanes,
                              double *restrict out) {
    double z[LANES], A[LANES], B[LANES], g[LANES];
    double h[LANES], s[LANES], sum[LANES], left[LANES], scale[LANES];
    for (int k = 0; k < n_lanes; k++) {
        const double kappa = lanes->c[k] - lanes->R[k] - 1;
        const int direct = kappa >= KAM__LEAST_KAPPA;
        z[k] = lanes->w[k] / (1 + lanes->w[k]);
        A[k] = direct ? lanes->a : lanes->R[k] + 1;
        B[k] = direct ? kappa : lanes->c[k] - lanes->a;
        g[k] = direct ? lanes->a - 1 : lanes->R[k];
        const double power = g[k] * kam__log1p(lanes->w[k]);
        scale[k] = power < KAM__LARGEST_POWER && z[k] < 1 ? kam__exp(-power)
                                                          : (double)NAN;
        h[k] = lanes->R[k];
        s[k] = sum[k] = 0;
        left[k] = scale[k] > 0 && z[k] > 0 ? 1.0 : 0.0;
    }
    for (double n = 0; n < MOST_TERMS && any_left(left, n_lanes); n += BLOCK)
        for (int k = 0; k < n_lanes; k++) {
            const double c = lanes->c[k];
            struct series of = {h[k], s[k], sum[k], left[k]};
            of = orders_term(of, n, z[k], A[k], B[k], g[k], c);
            of = orders_term(of, n + 1, z[k], A[k], B[k], g[k], c);
            of = orders_term(of, n + 2, z[k], A[k], B[k], g[k], c);
            of = orders_term(of, n + 3, z[k], A[k], B[k], g[k], c);
            h[k] = of.h;
            s[k] = of.term;
            sum[k] = of.sum;
            left[k] = of.left;
        }
    for (int k = 0; k < n_lanes; k++)
        out[k] = left[k] > 0 ? (double)NAN : sum[k] * scale[k];
}

static void orders(const struct kam__lanes *lanes, double *out) {
    if (lanes->n == 1)
        sum_orders(lanes, 1, out);
    else
        sum_orders(lanes, LANES, out);
}

/* As `survival`, for one R and c: the ratios of coefficients, and so the
 * divisions, are shared by the lanes. (Not the coefficients: those of the second
 * form leave the range of doubles long before the terms matter.) */
static inline struct series survival_term(struct series of, double ratio,
                                          double z) {
    const double next = of.term * ratio * z;
    const double size = next < 0 ? -next : next;
    const double total = of.sum + next;
    const double sum = of.left > 0 ? total : of.sum;
    const double left = size > ROUNDING * (1 - z) * total ? of.left : 0.0;
    return (struct series){0, next, sum, left};
}

static void survival_shared(double a, double R, double c, const double *w,
                            double *restrict out) {
    const double kappa = c - R;
    const int direct = kappa >= KAM__LEAST_KAPPA;
    const double A = direct ? a : R, B = direct ? kappa : c - a;
    double z[LANES], term[LANES], sum[LANES], left[LANES];
    for (int k = 0; k < LANES; k++) {
        z[k] = w[k] / (1 + w[k]);
        const double power = A * kam__log1p(w[k]);
        const double start = power < KAM__LARGEST_POWER ? kam__exp(-power) : 0;
        term[k] = start;
        sum[k] = start > 0 ? start : (double)NAN;
        left[k] = start > 0 && z[k] > 0 ? 1.0 : 0.0;
    }
    for (double n = 0; n < MOST_TERMS && any_left(left, LANES); n += BLOCK) {
        double ratio[BLOCK];
        for (int j = 0; j < BLOCK; j++)
            ratio[j] =
                (A + (n + j)) * (B + (n + j)) / ((c + (n + j)) * (n + j + 1));
        for (int k = 0; k < LANES; k++) {
            struct series of = {0, term[k], sum[k], left[k]};
            of = survival_term(of, ratio[0], z[k]);
            of = survival_term(of, ratio[1], z[k]);
            of = survival_term(of, ratio[2], z[k]);
            of = survival_term(of, ratio[3], z[k]);
            term[k] = of.term;
            sum[k] = of.sum;
            left[k] = of.left;
        }
    }
    for (int k = 0; k < LANES; k++) out[k] = left[k] > 0 ? (double)NAN : sum[k];
}

const struct kam__beta_geometric_kernels KAM__ISA(kam__beta_geometric) = {
    time_terms,        activity, alive,  quiet,
    no_order_log_odds, survival, orders, survival_shared};
