/* SPDX-License-Identifier: MIT */
/* Likelihood of the Pareto/NBD with its derivatives. Everything is a loop over
 * lanes: vector code, and no pairs of sums and differences, which GCC 12 joins
 * with their products (vfmaddsub) whatever -ffp-contract says. */
#include "base/isa.h"
#include "value/race.h"

/* Of the two forms of K + G, 1 - J where G is not yet small. */
#define SHORT_FALL 1.0

struct silence {
    struct race race;
    struct course course;
    struct moments moments; /* of J or K, by as_J, without the R or s */
    double as_J[LANES];     /* 1 or 0 */
    double a[LANES], b[LANES], fall[LANES]; /* at the end of the race */
    double J[LANES], K[LANES];
};

static void swap_moments(struct moments *moments) {
    static const int pairs[][2] = {{M_A, M_B},     {M_DA, M_DB},
                                   {M_AA, M_BB},   {M_ADA, M_BDB},
                                   {M_ADB, M_BDA}, {M_DADA, M_DBDB}};
    for (uint32_t k = 0; k < sizeof pairs / sizeof pairs[0]; k++)
        for (int i = 0; i < LANES; i++) {
            double *const one = &moments->of[pairs[k][0]][i];
            double *const two = &moments->of[pairs[k][1]][i];
            const double kept = *one;
            *one = *two;
            *two = kept;
        }
}

static void run_silence(const struct kam__pareto *m,
                        const struct kam__btyd_tile *tile, int32_t at,
                        struct silence *to) {
    silence_of(m, tile, at, &to->race);
    prepare(&to->race, &to->course);
    for (int i = 0; i < LANES; i++) {
        to->a[i] = kam__log1p(to->race.h[i] / to->race.A[i]);
        to->b[i] = kam__log1p(to->race.h[i] / to->race.B[i]);
        to->fall[i] = to->race.R[i] * to->a[i] + to->race.s[i] * to->b[i];
        to->as_J[i] = to->fall[i] <= SHORT_FALL ? 1.0 : 0.0;
    }
    for (int i = 0; i < LANES; i++)
        to->course.over_c[i] =
            to->course.swapped ? 1 - to->as_J[i] : to->as_J[i];
    memset(&to->moments, 0, sizeof to->moments);
    run(&to->course, &to->moments);
    shares(&to->race, &to->course, to->J, to->K);
    if (to->course.swapped) swap_moments(&to->moments);
}

/* The moments of a point at the end of the race, weight G; none where they are
 * those of J. */
static void end_moments(const struct silence *of, struct moments *moments) {
    for (int i = 0; i < LANES; i++) {
        const double a = of->a[i], b = of->b[i], h = of->race.h[i];
        const double w = (1 - of->as_J[i]) * kam__exp(-of->fall[i]);
        const double da = h / (of->race.A[i] + h), db = h / (of->race.B[i] + h);
        moments->of[M_1][i] = w;
        moments->of[M_A][i] = w * a;
        moments->of[M_B][i] = w * b;
        moments->of[M_DA][i] = w * da;
        moments->of[M_DB][i] = w * db;
        moments->of[M_AA][i] = w * a * a;
        moments->of[M_AB][i] = w * a * b;
        moments->of[M_ADA][i] = w * a * da;
        moments->of[M_ADB][i] = w * a * db;
        moments->of[M_BB][i] = w * b * b;
        moments->of[M_BDA][i] = w * b * da;
        moments->of[M_BDB][i] = w * b * db;
        moments->of[M_DADA][i] = w * da * da;
        moments->of[M_DADB][i] = w * da * db;
        moments->of[M_DBDB][i] = w * db * db;
    }
}

/* What derivatives are made of. With the integrand R / (A + y) g (whose integral
 * is J) or s / (B + y) g (K), in log parameters:
 *   l_r = c_r - r a            l_alpha = u (n_a da - e_a)
 *   l_s = c_s - s b            l_beta  = q (n_b db - e_b)
 * with u = alpha / A, q = beta / B; g itself has all c and e 0, n_a = R, n_b = s. */
struct slopes {
    double r, s;
    double by[LANES], u[LANES], q[LANES];
    double c_r[LANES], c_rr[LANES], c_s[LANES];
    double n_a[LANES], e_a[LANES], n_b[LANES], e_b[LANES];
};

/* as_J: of J (1) or K (0); g: of g at the end. */
static void slopes_of(const struct kam__pareto *m, const struct silence *of,
                      int end, struct slopes *l) {
    l->r = m->r;
    l->s = m->s;
    for (int i = 0; i < LANES; i++) {
        const double R = of->race.R[i], r_R = m->r / R;
        const double as_J = end ? 0.0 : of->as_J[i];
        const double as_K = end ? 0.0 : 1 - of->as_J[i];
        l->by[i] = end ? 1.0 : as_K * m->s - as_J * R;
        l->u[i] = m->alpha / of->race.A[i];
        l->q[i] = m->beta / of->race.B[i];
        l->c_r[i] = as_J * r_R;
        l->c_rr[i] = as_J * r_R * ((R - m->r) / R);
        l->c_s[i] = as_K;
        l->n_a[i] = R + as_J;
        l->e_a[i] = as_J;
        l->n_b[i] = m->s + as_K;
        l->e_b[i] = as_K;
    }
}

typedef double terms_of_lanes[15][LANES];

/* Adds value and the derivatives that the processes have for themselves. */
static void add_own(const struct slopes *l, const struct moments *of,
                    terms_of_lanes terms) {
    const double(*const M)[LANES] = of->of;
    const double r = l->r, s = l->s;
    for (int i = 0; i < LANES; i++) {
        const double by = l->by[i], u = l->u[i], q = l->q[i];
        const double na = l->n_a[i], ea = l->e_a[i];
        const double nb = l->n_b[i], eb = l->e_b[i];
        const double cr = l->c_r[i], cs = l->c_s[i], one = M[M_1][i];
        const double to_alpha = u * (na * M[M_DA][i] - ea * one);
        const double to_beta = q * (nb * M[M_DB][i] - eb * one);
        const double da2 =
            na * na * M[M_DADA][i] - 2 * na * ea * M[M_DA][i] + ea * ea * one;
        const double db2 =
            nb * nb * M[M_DBDB][i] - 2 * nb * eb * M[M_DB][i] + eb * eb * one;
        terms[0][i] += by * one;
        terms[1][i] += by * (cr * one - r * M[M_A][i]);
        terms[2][i] += by * to_alpha;
        terms[3][i] += by * (cs * one - s * M[M_B][i]);
        terms[4][i] += by * to_beta;
        terms[5][i] += by * ((cr * cr + l->c_rr[i]) * one -
                             r * (1 + 2 * cr) * M[M_A][i] + r * r * M[M_AA][i]);
        terms[7][i] += by * (u * u * da2 + (1 - u) * to_alpha -
                             u * u * na * (M[M_DA][i] - M[M_DADA][i]));
        terms[10][i] += by * (cs * cs * one - s * (1 + 2 * cs) * M[M_B][i] +
                              s * s * M[M_BB][i]);
        terms[14][i] += by * (q * q * db2 + (1 - q) * to_beta -
                              q * q * nb * (M[M_DB][i] - M[M_DBDB][i]));
    }
}

/* Adds the mixed second derivatives. */
static void add_mixed(const struct slopes *l, const struct moments *of,
                      terms_of_lanes terms) {
    const double(*const M)[LANES] = of->of;
    const double r = l->r, s = l->s;
    for (int i = 0; i < LANES; i++) {
        const double by = l->by[i], u = l->u[i], q = l->q[i];
        const double na = l->n_a[i], ea = l->e_a[i];
        const double nb = l->n_b[i], eb = l->e_b[i];
        const double cr = l->c_r[i], cs = l->c_s[i];
        const double one = M[M_1][i], da = M[M_DA][i], db = M[M_DB][i];
        const double to_alpha = u * (na * da - ea * one);
        const double to_beta = q * (nb * db - eb * one);
        const double a_alpha = u * (na * M[M_ADA][i] - ea * M[M_A][i]);
        const double b_alpha = u * (na * M[M_BDA][i] - ea * M[M_B][i]);
        const double a_beta = q * (nb * M[M_ADB][i] - eb * M[M_A][i]);
        const double b_beta = q * (nb * M[M_BDB][i] - eb * M[M_B][i]);
        const double dadb = na * nb * M[M_DADB][i] - na * eb * da -
                            nb * ea * db + ea * eb * one;
        terms[6][i] += by * (cr * to_alpha - r * a_alpha + r * u * da);
        terms[8][i] += by * (cs * (cr * one - r * M[M_A][i]) -
                             s * (cr * M[M_B][i] - r * M[M_AB][i]));
        terms[9][i] += by * (cs * to_alpha - s * b_alpha);
        terms[11][i] += by * (cr * to_beta - r * a_beta);
        terms[12][i] += by * (u * q * dadb);
        terms[13][i] += by * (cs * to_beta - s * b_beta + s * q * db);
    }
}

/* From K + G, or -J, and its derivatives to those of log(K + G). */
static void take_log(const struct silence *of, terms_of_lanes terms) {
    double inverse[LANES];
    for (int i = 0; i < LANES; i++) {
        const double J = of->J[i], sum = of->K[i] + kam__exp(-of->fall[i]);
        const double near_1 = kam__log1p(J < 0.5 ? -J : -0.5);
        const double far_from_1 = kam__log(sum);
        inverse[i] = 1 / (J < 0.5 ? 1 - J : sum);
        terms[0][i] = J < 0.5 ? near_1 : far_from_1;
    }
    for (int k = 1; k < 15; k++)
        for (int i = 0; i < LANES; i++) terms[k][i] *= inverse[i];
    for (int j = 0, k = 5; j < 4; j++)
        for (int l = 0; l <= j; l++, k++)
            for (int i = 0; i < LANES; i++)
                terms[k][i] -= terms[1 + j][i] * terms[1 + l][i];
}

/* Adds the rest: what comes before the last order. */
static void add_before(const struct kam__pareto *m, const struct silence *of,
                       const double *t_x, terms_of_lanes terms) {
    const double log_alpha = kam__log(m->alpha), r = m->r, s = m->s;
    for (int i = 0; i < LANES; i++) {
        const double A = of->race.A[i], B = of->race.B[i];
        const double x = of->race.R[i] - r;
        const double u = m->alpha / A, q = m->beta / B;
        const double v = t_x[i] / A, w = t_x[i] / B; /* 1 - u, 1 - q */
        const double a = kam__log1p(t_x[i] / m->alpha);
        const double b = kam__log1p(t_x[i] / m->beta);
        terms[0][i] += (-r * a - s * b) - x * (log_alpha + a);
        terms[1][i] -= r * a;
        terms[2][i] += r * v - x * u;
        terms[3][i] -= s * b;
        terms[4][i] += s * w;
        terms[5][i] -= r * a;
        terms[6][i] += r * v;
        terms[7][i] -= of->race.R[i] * u * v;
        terms[10][i] -= s * b;
        terms[13][i] += s * w;
        terms[14][i] -= s * q * w;
    }
}

/* Fader & Hardie (2005), "A Note on Deriving the Pareto/NBD Model", the
 * likelihood before its integral is taken: alpha^r beta^s / (A^R B^s) (K + G)
 * with A = alpha + t_x, B = beta + t_x. Gamma(r + x) / Gamma(r) is added
 * elsewhere (pnbd.c). */
static void time_terms(const struct kam__pareto *m,
                       const struct kam__btyd_tile *tile,
                       double (*out)[KAM__TILE]) {
    for (int32_t at = 0; at < tile->n; at += LANES) {
        struct silence silence;
        struct moments end;
        struct slopes slopes;
        double t_x[LANES];
        terms_of_lanes terms;
        run_silence(m, tile, at, &silence);
        end_moments(&silence, &end);
        memset(terms, 0, sizeof terms);
        slopes_of(m, &silence, 0, &slopes);
        add_own(&slopes, &silence.moments, terms);
        add_mixed(&slopes, &silence.moments, terms);
        slopes_of(m, &silence, 1, &slopes);
        add_own(&slopes, &end, terms);
        add_mixed(&slopes, &end, terms);
        take_log(&silence, terms);
        for (int i = 0; i < LANES; i++) t_x[i] = tile->t_x[row_of(tile, at, i)];
        add_before(m, &silence, t_x, terms);
        const int32_t n = tile->n - at < LANES ? tile->n - at : LANES;
        for (int k = 0; k < 15; k++)
            for (int32_t i = 0; i < n; i++) out[k][at + i] = terms[k][i];
    }
}

const struct kam__pareto_likelihood KAM__ISA(kam__pareto_likelihood) = {
    time_terms};
