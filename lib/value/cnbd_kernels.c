/* SPDX-License-Identifier: MIT */
#include "value/cnbd.h"

#include "base/isa.h"
#include "math/elementary.h"

enum { LANES = KAM__LANES, TILE = KAM__TILE };

#define CAP 700.0

/* Sums over j < k of (R)_j v^j / j!, times 1 and what derivatives need: with H1 =
 * sum of 1 / (R + i), H2 of 1 / (R + i)^2, i < j. */
struct phases {
    double h[TILE], h1[TILE], h2[TILE], j[TILE], jj[TILE], h1j[TILE];
};

static void sum_phases(const double *R, const double *v, int32_t n, int32_t k,
                       struct phases *s) {
    double term[TILE], H1[TILE], H2[TILE];
    for (int32_t i = 0; i < n; i++) {
        term[i] = s->h[i] = 1;
        H1[i] = H2[i] = s->h1[i] = s->h2[i] = 0;
        s->j[i] = s->jj[i] = s->h1j[i] = 0;
    }
    for (int32_t j = 1; j < k; j++)
        for (int32_t i = 0; i < n; i++) {
            const double rate = R[i] + (j - 1), one = 1 / rate;
            const double next = term[i] * rate * v[i] / j;
            const double sum = H1[i] + one;
            H2[i] += one * one;
            s->h[i] += next;
            s->h1[i] += next * sum;
            s->h2[i] += next * (sum * sum - H2[i]);
            s->j[i] += next * j;
            s->jj[i] += next * ((double)j * j);
            s->h1j[i] += next * sum * j;
            H1[i] = sum;
            term[i] = next;
        }
}

/* The same without derivatives. */
static void sum_weights(const double *restrict R, const double *restrict v,
                        int32_t n, int32_t k, double *restrict h) {
    double term[TILE];
    for (int32_t i = 0; i < n; i++) term[i] = h[i] = 1;
    for (int32_t j = 1; j < k; j++)
        for (int32_t i = 0; i < n; i++) {
            term[i] = term[i] * (R[i] + (j - 1)) * v[i] / j;
            h[i] += term[i];
        }
}

static void arguments(const struct kam__cnbd *m,
                      const struct kam__btyd_tile *tile, double more,
                      double *restrict R, double *restrict v) {
    const double k = m->k;
    for (int32_t i = 0; i < tile->n; i++) {
        R[i] = m->of.r + k * tile->x[i];
        v[i] = (tile->T[i] + more - tile->t_x[i]) /
               (m->of.alpha + (tile->T[i] + more));
    }
}

/* As in beta_geometric.c: q is the chance to have left a priori, rho the odds
 * ratio of a silence without hidden events, capped at e^700. */
struct left {
    double q, stay, B1, silence, rho1, excess;
};

static inline struct left left_of(const struct kam__beta_geometric *m, double k,
                                  double x, double t_x, double T) {
    const double chances = x + m->first;
    const int any = chances > 0;
    const double B1 = any ? m->b + (chances - 1) : 1;
    const double all = 1 / (m->a + B1);
    const double q = any ? m->a * all : 0, stay = any ? B1 * all : 1;
    const double silence = kam__log1p((T - t_x) / (m->alpha + t_x));
    const double y = (m->r + k * x) * silence;
    const double capped = y < CAP ? y : CAP;
    return (struct left){q, stay, B1, silence, kam__expm1(capped), y - capped};
}

/* log of (alpha + T)^-R [q rho + (1 - q) h], as 1 + q (rho - 1) + (1 - q) (h - 1):
 * nothing cancels. The two addends are exponentials of c1 = log q + y and c2 =
 * log(1 - q) + eta; their gradients are averaged with weights sigma, 1 - sigma,
 * and spread = sigma (1 - sigma) times the square of the difference is added to
 * the Hessian. */
static void time_terms(const struct kam__cnbd *m,
                       const struct kam__btyd_tile *tile, double (*out)[TILE]) {
    const struct kam__beta_geometric of = m->of;
    const double k = m->k;
    const double r = m->of.r, alpha = m->of.alpha;
    const double log_alpha = kam__log(alpha);
    double R_of[TILE], v_of[TILE];
    struct phases s;
    arguments(m, tile, 0, R_of, v_of);
    sum_phases(R_of, v_of, tile->n, m->k, &s);
    for (int32_t i = 0; i < tile->n; i++) {
        const double x = tile->x[i], t_x = tile->t_x[i], T = tile->T[i];
        const struct left left = left_of(&of, k, x, t_x, T);
        const double R = R_of[i], X = k * x, h = s.h[i], part = 1 / h;
        const double odd = left.q * left.rho1 + left.stay * (h - 1);
        const double gain = kam__log1p(odd) + (left.q > 0 ? left.excess : 0);
        const double inverse = 1 / (1 + odd);
        const double sigma = left.q * (1 + left.rho1) * inverse;
        const double active = left.stay * h * inverse;
        const double spread = sigma * active;
        const double more =
            left.q * left.stay * (left.rho1 - (h - 1)) * inverse;
        const double spread_q = spread - left.q * left.stay;
        const double u_T = alpha / (alpha + T), u_x = alpha / (alpha + t_x);
        const double v_T = T / (alpha + T), v_x = t_x / (alpha + t_x);
        const double age = kam__log1p(T / alpha);
        const double d = alpha * ((T - t_x) / ((alpha + T) * (alpha + t_x)));
        /* y = R log((alpha + T) / (alpha + t_x)) and eta = log h. */
        const double y_r = r * left.silence, y_alpha = -R * d;
        const double y_alpha2 = R * (u_T * v_T - u_x * v_x);
        const double m1 = s.h1[i] * part, mj = s.j[i] * part;
        const double n_r = r * m1, n_alpha = -u_T * mj;
        const double n_r2 = n_r + r * r * (s.h2[i] * part - m1 * m1);
        const double n_r_alpha = -r * u_T * (s.h1j[i] * part - m1 * mj);
        const double n_alpha2 =
            u_T * u_T * (s.jj[i] * part - mj * mj) - u_T * v_T * mj;
        const double e_r = y_r - n_r, e_alpha = y_alpha - n_alpha;
        const double e_b = -m->of.b / left.B1;
        out[0][i] = (gain - r * age) - X * (log_alpha + age);
        out[1][i] = sigma * y_r + active * n_r - r * age;
        out[2][i] = sigma * y_alpha + active * n_alpha + (r * v_T - X * u_T);
        out[3][i] = more;
        out[4][i] = more * e_b;
        out[5][i] = sigma * y_r + active * n_r2 + spread * e_r * e_r - r * age;
        out[6][i] = r * v_T - sigma * r * d + active * n_r_alpha +
                    spread * e_r * e_alpha;
        out[7][i] = sigma * y_alpha2 + active * n_alpha2 +
                    spread * e_alpha * e_alpha - R * u_T * v_T;
        out[8][i] = spread * e_r;
        out[9][i] = spread * e_alpha;
        out[10][i] = spread_q;
        out[11][i] = spread * e_r * e_b;
        out[12][i] = spread * e_alpha * e_b;
        out[13][i] = spread_q * e_b;
        out[14][i] = more * (e_b + e_b * e_b) + spread_q * e_b * e_b;
    }
}

static void alive(const struct kam__cnbd *m, const struct kam__btyd_tile *tile,
                  double *restrict main, double *restrict rest,
                  double *restrict phases) {
    const struct kam__beta_geometric of = m->of;
    const double k = m->k;
    double R[TILE], v[TILE];
    arguments(m, tile, 0, R, v);
    sum_weights(R, v, tile->n, m->k, phases);
    for (int32_t i = 0; i < tile->n; i++) {
        const struct left left =
            left_of(&of, k, tile->x[i], tile->t_x[i], tile->T[i]);
        const double h = phases[i];
        main[i] =
            left.stay * h / (1 + (left.q * left.rho1 + left.stay * (h - 1)));
        rest[i] = left.q > 0 ? kam__exp(-left.excess) : 1;
    }
}

/* Left, or active and still fewer than k hidden events by T + h. */
static void no_order(const struct kam__cnbd *m,
                     const struct kam__btyd_tile *tile, double horizon,
                     double *out) {
    const struct kam__beta_geometric of = m->of;
    const double k = m->k;
    double R[TILE], v[TILE], now[TILE], later[TILE];
    arguments(m, tile, 0, R, v);
    sum_weights(R, v, tile->n, m->k, now);
    arguments(m, tile, horizon, R, v);
    if (!(horizon < INFINITY))
        for (int32_t i = 0; i < tile->n; i++) v[i] = 1;
    sum_weights(R, v, tile->n, m->k, later);
    for (int32_t i = 0; i < tile->n; i++) {
        const double T = tile->T[i];
        const struct left left = left_of(&of, k, tile->x[i], tile->t_x[i], T);
        const double quiet =
            kam__exp(-R[i] * kam__log1p(horizon / (m->of.alpha + T)));
        const double risk =
            (left.q * (1 + left.rho1) + left.stay * (quiet * later[i])) /
            (1 + (left.q * left.rho1 + left.stay * (now[i] - 1)));
        out[i] = risk < 1 ? risk : 1;
    }
}

/* ---- ahead ---- */

/* After i more hidden events on top of j, floor((i + j) / k) orders would have
 * come, n or n + 1 with n = floor(i / k). Of n, E(1 - (1 - p)^n) / p are placed
 * before the account leaves: `done`; it is active after them with E(1 - p)^n:
 * `stay`. */
enum { MOST_EVENTS = 16384, LOOK = 8 };
#define LARGEST_POWER 600.0
#define ROUNDING 0x1p-55

static inline int any_left(const double *left) {
    double sum = 0;
    for (int l = 0; l < LANES; l++) sum += left[l];
    return sum > 0;
}

struct walk {
    double term[KAM__MOST_RHYTHM][LANES], z[LANES];
    double done[LANES], stay[LANES], stay2[LANES];
    double sum[LANES], sum2[LANES], left[LANES];
};

static void start_walk(const struct kam__hidden *s, struct walk *w) {
    for (int l = 0; l < LANES; l++) {
        const double fall = kam__log1p(s->ratio[l]);
        const double power = s->R[l] * fall;
        const double one = kam__exp(-fall);
        double start = power < LARGEST_POWER ? kam__exp(-power) : (double)NAN;
        w->z[l] = s->ratio[l] / (1 + s->ratio[l]);
        for (int32_t j = 0; j < s->k; j++, start *= one)
            w->term[j][l] = s->w[j][l] * start;
        w->done[l] = 0;
        w->sum[l] = w->sum2[l] = start == start ? 0 : start;
        w->stay[l] = 1;
        w->stay2[l] = s->B[l] / (s->a + s->B[l]);
        w->left[l] = power < LARGEST_POWER && w->z[l] > 0 ? 1.0 : 0.0;
    }
}

/* One order more could have come. */
static inline void one_more(const struct kam__hidden *s, struct walk *w,
                            double n) {
    for (int l = 0; l < LANES; l++) {
        w->done[l] += w->stay[l];
        w->stay[l] = w->stay2[l];
        w->stay2[l] *= (s->B[l] + n) / (s->a + s->B[l] + n);
    }
}

static inline void step(const struct kam__hidden *s, struct walk *w, double i) {
    const double one = 1 / (i + 1);
    for (int32_t j = 0; j < s->k; j++)
        for (int l = 0; l < LANES; l++)
            w->term[j][l] *= (s->R[l] + (j + i)) * one * w->z[l];
}

/* Whether what is to come after event i can still move a sum: terms fall by
 * `ratio` or faster, and what they are multiplied with is at most i + 1, times
 * `scale` at event i. */
static inline void look(const struct kam__hidden *s, struct walk *w, double i,
                        int rates) {
    for (int l = 0; l < LANES; l++) {
        double term = 0;
        for (int32_t j = 0; j < s->k; j++) term += w->term[j][l];
        const double ratio = (s->R[l] + (s->k + i)) / (i + 1) * w->z[l];
        const double rest = 1 - ratio, steps = 1 / rest;
        const double scale = rates ? s->R[l] + s->k + i + steps : 1;
        const double more = term * scale * (i + 1 + steps) * steps;
        const int end = rest > 0 && more <= ROUNDING * w->sum[l] &&
                        more <= ROUNDING * w->sum2[l];
        w->left[l] = end ? 0.0 : w->left[l];
    }
}

static void ahead(const struct kam__hidden *s, double *restrict orders,
                  double *restrict active) {
    struct walk w;
    start_walk(s, &w);
    int32_t phase = 0;
    double n = 0, i = 0;
    for (; i < MOST_EVENTS && any_left(w.left); i++) {
        for (int32_t j = 0; j < s->k; j++) {
            const int full = j + phase >= s->k;
            for (int l = 0; l < LANES; l++) {
                const double done = full ? w.done[l] + w.stay[l] : w.done[l];
                w.sum[l] += w.term[j][l] * done;
                w.sum2[l] += w.term[j][l] * (full ? w.stay2[l] : w.stay[l]);
            }
        }
        step(s, &w, i);
        if (++phase == s->k) {
            phase = 0;
            one_more(s, &w, ++n);
        }
        if (i >= s->k && (int32_t)i % LOOK == 0) look(s, &w, i, 0);
    }
    for (int l = 0; l < LANES; l++) {
        const int still = s->ratio[l] > 0;
        orders[l] = w.left[l] > 0 ? (double)NAN : (still ? w.sum[l] : 0);
        active[l] = w.left[l] > 0 ? (double)NAN : (still ? w.sum2[l] : 1);
    }
}

/* Event i + 1 comes at the rate (R + j + i) / (alpha + T) / (1 + ratio), and is an
 * order when i + 1 + j is a multiple of k: the order number n + 1. */
static void rate(const struct kam__hidden *s, double *restrict orders,
                 double *restrict pairs) {
    struct walk w;
    start_walk(s, &w);
    int32_t phase = 0;
    double n = 0, i = 0;
    for (; i < MOST_EVENTS && any_left(w.left); i++) {
        const int32_t j = s->k - 1 - phase;
        for (int l = 0; l < LANES; l++) {
            const double now = w.term[j][l] * (s->R[l] + (j + i)) * w.stay[l];
            w.sum[l] += now;
            w.sum2[l] += now * n;
        }
        step(s, &w, i);
        if (++phase == s->k) {
            phase = 0;
            one_more(s, &w, ++n);
        }
        if (i >= 2 * s->k && (int32_t)i % LOOK == 0) look(s, &w, i, 1);
    }
    for (int l = 0; l < LANES; l++) {
        const double per = 1 / (1 + s->ratio[l]);
        orders[l] = w.left[l] > 0 ? (double)NAN : w.sum[l] * per;
        pairs[l] = w.left[l] > 0 ? (double)NAN : w.sum2[l] * per;
    }
}

const struct kam__cnbd_kernels KAM__ISA(kam__cnbd) = {time_terms, alive,
                                                      no_order, ahead, rate};
