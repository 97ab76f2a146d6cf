/* SPDX-License-Identifier: MIT */
/* BG/BB as a family of kam/btyd.h. Formulas: docs/models/btyd.md. */
#include "value/bgbb.h"

#include <math.h>
#include <string.h>

#include "math/elementary.h"
#include "math/special.h"
#include "value/beta_mixture.h"
#include "value/retention_law.h"

/* Periods are counted one by one, and counting has to end. */
#define MOST_PERIODS 0x1p20

/* A horizon that is too long to count stands for all time to come. */
static double counted(double horizon) {
    return horizon > MOST_PERIODS ? (double)INFINITY : floor(horizon);
}

int kam__bgbb_possible(double x, double t_x, double n) {
    return n <= MOST_PERIODS && n == floor(n) && t_x == floor(t_x) && x <= t_x;
}

static void count_terms(kam__family family, const double *parameter, double x,
                        double *out) {
    (void)family, (void)parameter, (void)x, (void)out;
}

static void time_terms(kam__family family, const double *parameter,
                       kam__tile tile, double (*out)[KAM__TILE]) {
    const struct kam__bgbb m = kam__bgbb_model(parameter);
    (void)family;
    for (int32_t i = 0; i < tile->n; i++) {
        double terms[KAM__BGBB_TERMS];
        const int ok = kam__bgbb_possible(tile->x[i], tile->t_x[i], tile->T[i]);
        if (ok)
            kam__bgbb_terms(&m, tile->x[i], tile->t_x[i], tile->T[i], terms);
        for (int k = 0; k < KAM__BGBB_TERMS; k++)
            out[k][i] = ok ? terms[k] : (double)NAN;
    }
}

/* ---- fitting ---- */

static double chance_of(kam__facts facts) {
    const double rate = facts->mean_orders / facts->mean_age;
    return rate < 0.9 ? rate : 0.9;
}

static void start(kam__facts facts, int32_t attempt, double *log_parameter) {
    static const double from[KAM__BTYD_STARTS][4] = {{2, 1.5, 0.5, 3},
                                                     {1, 1, 1, 2},
                                                     {1, 1, 0.02, 0.1}};
    const double *const f = from[attempt];
    const double p = chance_of(facts),
                 often = p * f[1] < 0.95 ? p * f[1] : 0.95;
    log_parameter[0] = kam__log(f[0] * often);
    log_parameter[1] = kam__log(f[0] * (1 - often));
    log_parameter[2] = kam__log(f[2]);
    log_parameter[3] = kam__log(f[3]);
}

static void bounds(kam__facts facts, double *lower, double *upper) {
    (void)facts;
    for (int i = 0; i < 4; i++) {
        lower[i] = -18.4; /* 1e-8 */
        upper[i] = 13.8;  /* 1e6 */
    }
}

/* Chances to order spread widely around the book's own; as for Pareto/NBD half of
 * the accounts have left at the mean age of the book, however short a period is;
 * each give or take a factor of e^1.5. */
static void prior(kam__facts facts, double *centre, double *width) {
    const double p = chance_of(facts);
    centre[0] = kam__log(2 * p);
    centre[1] = kam__log(2 * (1 - p));
    centre[2] = 0;
    centre[3] = kam__log(facts->mean_age);
    for (int i = 0; i < 4; i++) width[i] = 1.5;
}

/* ---- answers ---- */

/* An account in period n, as far as it is still active: p ~ Beta(alpha, beta),
 * theta ~ Beta(gamma, delta) from then on; the chances to be and not to be. */
struct state {
    struct kam__bgbb m;
    double active, left;
};

static struct state state_of(const struct kam__bgbb *m, double x, double t_x,
                             double n) {
    double gone = 0, here = 1;
    for (double t = n - 1; t >= t_x; t--) {
        const double d = 1 / (m->gamma + m->delta + t);
        const double v = (m->beta + (t - x)) / (m->alpha + m->beta + t) *
                         ((m->delta + t) * d);
        gone = m->gamma * d + v * gone;
        here *= v;
    }
    const double all = 1 / (gone + here);
    return (
        struct state){{m->alpha + x, m->beta + (n - x), m->gamma, m->delta + n},
                      here * all,
                      gone * all};
}

/* The chance that an active account orders within h periods, and that it does
 * not. */
static void within(const struct kam__bgbb *m, double h, double *some,
                   double *none) {
    double yes = 0, no = 1;
    for (double t = h - 1; t >= 0; t--) {
        const double s = 1 / (m->alpha + m->beta + t);
        const double d = 1 / (m->gamma + m->delta + t);
        const double stay = (m->delta + t) * d, quiet = (m->beta + t) * s;
        yes = stay * (m->alpha * s + quiet * yes);
        no = m->gamma * d + stay * quiet * no;
    }
    *some = yes;
    *none = no;
}

/* E f(p, theta) by quadrature: an account that stays for ever orders before it
 * leaves with a chance r = p (1 - theta) / w, w = p + theta - p theta. [0]: 1 - r,
 * [1]: r, [2]: r / w; or, of counts, (1 - r) r^i and r^(m - 1). */
static void endless(const struct kam__bgbb *m, int32_t n, double *counts,
                    double *out) {
    struct kam__mixture order, leave;
    double sum[3] = {0, 0, 0};
    kam__beta_mixture(m->alpha, m->beta, 1, &order);
    kam__beta_mixture(m->gamma, m->delta, 1, &leave);
    for (int32_t k = 0; k < n; k++) counts[k] = 0;
    for (int32_t i = 0; i < order.n; i++)
        for (int32_t j = 0; j < leave.n; j++) {
            const double p = order.p[i] < 1 ? order.p[i] : 1;
            const double theta = leave.p[j] < 1 ? leave.p[j] : 1;
            const double w = p + theta - p * theta;
            const double r = w > 0 ? p * (1 - theta) / w : 0.5;
            double weight = order.weight[i] * leave.weight[j];
            sum[0] += weight * (1 - r);
            sum[1] += weight * r;
            if (w > 0) sum[2] += weight * r / w;
            for (int32_t k = 0; k + 1 < n; k++, weight *= r)
                counts[k] += weight * (1 - r);
            if (n > 0) counts[n - 1] += weight;
        }
    memcpy(out, sum, sizeof sum);
}

/* Chances that an account orders within a horizon, and that it does not. */
static void order_or_not(const struct kam__bgbb *m, kam__tile tile, int32_t i,
                         double horizon, double *yes, double *no) {
    const double x = tile->x[i], t_x = tile->t_x[i], n = tile->T[i];
    double some, none, ever[3];
    if (!kam__bgbb_possible(x, t_x, n)) {
        *yes = *no = NAN;
        return;
    }
    const struct state s = state_of(m, x, t_x, n);
    if (counted(horizon) < INFINITY) {
        within(&s.m, counted(horizon), &some, &none);
    } else {
        endless(&s.m, 0, 0, ever);
        some = ever[1];
        none = ever[0];
    }
    *yes = s.active * some;
    *no = s.left + s.active * none;
}

static void no_order(kam__family family, const double *parameter,
                     kam__tile tile, double horizon, double *out) {
    const struct kam__bgbb m = kam__bgbb_model(parameter);
    double yes;
    (void)family;
    for (int32_t i = 0; i < tile->n; i++) {
        order_or_not(&m, tile, i, horizon, &yes, &out[i]);
        if (out[i] > 1) out[i] = 1;
    }
}

static void no_order_log_odds(kam__family family, const double *parameter,
                              kam__tile tile, double horizon, double *out) {
    const struct kam__bgbb m = kam__bgbb_model(parameter);
    double yes, no;
    (void)family;
    for (int32_t i = 0; i < tile->n; i++) {
        order_or_not(&m, tile, i, horizon, &yes, &no);
        out[i] = kam__log(no / yes);
    }
}

static void alive(kam__family family, const double *parameter, kam__tile tile,
                  double ahead, double *out) {
    const struct kam__bgbb m = kam__bgbb_model(parameter);
    (void)family;
    for (int32_t i = 0; i < tile->n; i++) {
        const double n = tile->T[i];
        const struct kam__retention stay = {m.gamma, m.delta, 1, 0};
        out[i] = NAN;
        if (!kam__bgbb_possible(tile->x[i], tile->t_x[i], n)) continue;
        out[i] = state_of(&m, tile->x[i], tile->t_x[i], n).active *
                 kam__exp(kam__retention_log_survival(&stay, n, floor(ahead)));
    }
}

/* Orders of periods n + 1 .. n + h, each discounted by e^(-discount k). */
static void discounted(kam__family family, const double *parameter,
                       kam__tile tile, double horizon, double discount,
                       double *out) {
    const struct kam__bgbb m = kam__bgbb_model(parameter);
    (void)family;
    for (int32_t i = 0; i < tile->n; i++) {
        const double x = tile->x[i], n = tile->T[i];
        const struct kam__retention stay = {m.gamma, m.delta, 1, 0};
        out[i] = NAN;
        if (!kam__bgbb_possible(x, tile->t_x[i], n)) continue;
        const struct state s = state_of(&m, x, tile->t_x[i], n);
        const double periods =
            kam__retention_residual(&stay, n, horizon, discount);
        const double p = s.m.alpha / (s.m.alpha + s.m.beta);
        out[i] = periods < INFINITY
                     ? s.active * p * periods * kam__exp(-discount)
                     : (double)INFINITY;
    }
}

static void expected(kam__family family, const double *parameter,
                     kam__tile tile, double horizon, double *out) {
    discounted(family, parameter, tile, horizon, 0, out);
}

/* Sums over the periods in which an active account is still active: of e^(-2
 * discount j), and over i < j of e^(-discount (i + j)). */
static void period_sums(const struct kam__bgbb *m, double horizon,
                        double discount, double *squares, double *pairs) {
    const double fall = kam__exp(-discount);
    double stay = 1, one = 1, before = 0;
    *squares = *pairs = 0;
    if (!(horizon < INFINITY) && !(discount > 0)) {
        const double ever =
            m->gamma > 1 ? m->delta / (m->gamma - 1) : (double)INFINITY;
        *squares = ever;
        *pairs = m->gamma > 2 ? ever * (m->delta + 1) / (m->gamma - 2)
                              : (double)INFINITY;
        return;
    }
    const double last = horizon < MOST_PERIODS ? horizon : MOST_PERIODS;
    for (double j = 1; j <= last && stay * one > 1e-20; j++) {
        stay *= (m->delta + (j - 1)) / (m->gamma + m->delta + (j - 1));
        one *= fall;
        *squares += stay * one * one;
        *pairs += stay * one * before;
        before += one;
    }
}

static void discounted_pairs(kam__family family, const double *parameter,
                             kam__tile tile, double horizon, double discount,
                             double *out) {
    const struct kam__bgbb m = kam__bgbb_model(parameter);
    (void)family;
    for (int32_t i = 0; i < tile->n; i++) {
        double squares = NAN, pairs = NAN;
        if (kam__bgbb_possible(tile->x[i], tile->t_x[i], tile->T[i])) {
            const struct state s =
                state_of(&m, tile->x[i], tile->t_x[i], tile->T[i]);
            const double all = s.m.alpha + s.m.beta, p = s.m.alpha / all;
            period_sums(&s.m, counted(horizon), discount, &squares, &pairs);
            squares = s.active > 0 ? s.active * p * squares : 0;
            pairs = s.active > 0
                        ? s.active * p * ((s.m.alpha + 1) / (all + 1)) * pairs
                        : 0;
        }
        out[i] = pairs;
        out[tile->n + i] = squares;
    }
}

/* Exactly c orders of an active account in h periods, c > 0: after i >= c periods
 * it leaves, or all h pass. */
static double exactly(const struct kam__bgbb *m, double h, double c) {
    double sum = 0;
    if (c > h) return 0;
    double term = kam__exp(kam__lgamma_difference(m->alpha, c) -
                           kam__lgamma_difference(m->alpha + m->beta, c) +
                           kam__lgamma_difference(m->delta, c) -
                           kam__lgamma_difference(m->gamma + m->delta, c));
    for (double i = c; i < h; i++) {
        const double d = 1 / (m->gamma + m->delta + i);
        sum += term * (m->gamma * d);
        term *= (i + 1) / (i + 1 - c) *
                ((m->beta + (i - c)) / (m->alpha + m->beta + i)) *
                ((m->delta + i) * d);
    }
    return sum + term;
}

static void order_counts(kam__family family, const double *parameter,
                         kam__tile tile, double horizon, int32_t m,
                         double *out) {
    const struct kam__bgbb model = kam__bgbb_model(parameter);
    double ever[3];
    (void)family;
    for (int32_t i = 0; i < tile->n; i++) {
        const double x = tile->x[i], t_x = tile->t_x[i], n = tile->T[i];
        double *const chance = out + (int64_t)i * m;
        double rest = 1;
        for (int32_t c = 0; c < m; c++) chance[c] = NAN;
        if (!kam__bgbb_possible(x, t_x, n)) continue;
        const struct state s = state_of(&model, x, t_x, n);
        if (!(counted(horizon) < INFINITY)) {
            endless(&s.m, m, chance, ever);
            for (int32_t c = 0; c < m; c++) chance[c] *= s.active;
            chance[0] += s.left;
            continue;
        }
        for (int32_t c = 1; c + 1 < m; c++) {
            chance[c] = s.active * exactly(&s.m, counted(horizon), c);
            rest -= chance[c];
        }
        if (m > 1) {
            double yes;
            order_or_not(&model, tile, i, horizon, &yes, &chance[0]);
            rest -= chance[0];
        }
        chance[m - 1] = rest > 0 ? rest : 0;
    }
}

/* In periods; infinite unless an account that never leaves orders soon enough. */
static void next_order(kam__family family, const double *parameter,
                       kam__tile tile, double *out) {
    const struct kam__bgbb m = kam__bgbb_model(parameter);
    (void)family;
    for (int32_t i = 0; i < tile->n; i++) {
        double ever[3];
        out[i] = NAN;
        if (!kam__bgbb_possible(tile->x[i], tile->t_x[i], tile->T[i])) continue;
        const struct state s =
            state_of(&m, tile->x[i], tile->t_x[i], tile->T[i]);
        out[i] = INFINITY;
        if (!(s.m.alpha + s.m.gamma > 1)) continue;
        endless(&s.m, 0, 0, ever);
        out[i] = ever[2] / ever[1];
    }
}

const struct kam__btyd_family kam__bgbb = {
    .id = KAM_BTYD_BGBB,
    .n_parameters = 4,
    .name = "bgbb",
    .parameter = {"alpha", "beta", "gamma", "delta"},
    .at_lower = {"alpha tends to 0: hardly any account orders again.",
                 "beta tends to 0: active accounts order in every period.",
                 "gamma tends to 0: nothing in the data says that accounts "
                 "leave.",
                 "delta tends to 0: every account seems to leave."},
    .at_upper = {"alpha grows without limit: all accounts order with the same "
                 "chance.",
                 "beta grows without limit: all accounts order with the same "
                 "chance.",
                 "gamma grows without limit: all accounts have the same chance "
                 "to leave.",
                 "delta grows without limit: the chance to leave is the same "
                 "for all, or none."},
    .count_terms = count_terms,
    .time_terms = time_terms,
    .start = start,
    .bounds = bounds,
    .prior = prior,
    .alive = alive,
    .no_order = no_order,
    .no_order_log_odds = no_order_log_odds,
    .expected = expected,
    .discounted = discounted,
    .discounted_pairs = discounted_pairs,
    .order_counts = order_counts,
    .next_order = next_order,
    .usable = kam__bgbb_possible};
