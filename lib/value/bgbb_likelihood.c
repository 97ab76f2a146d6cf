/* SPDX-License-Identifier: MIT */
/* After x orders, the last in period t, of n periods, the likelihood (eq. 5) is
 * that of being active in t times M = sum over i < N of e_i v_0 ... v_(i-1), plus
 * v_0 ... v_(N-1), N = n - t: e_i is the chance to leave in period t + i + 1, v_i
 * that to stay and not to order. Summed from its end, nothing cancels or
 * underflows. */
#include "value/bgbb.h"

#include <string.h>

#include "math/elementary.h"
#include "math/special.h"

static int at(int i, int j) { return 5 + i * (i + 1) / 2 + j; }

/* Adds log B(a + i, b + j) / B(a, b) for the parameters k = (a), k + 1 = (b). */
static void add_beta_terms(double a, double b, double i, double j, int k,
                           double *out) {
    const double all1 = kam__digamma_difference(a + b, i + j);
    const double all2 = kam__trigamma_difference(a + b, i + j);
    const double a1 = kam__digamma_difference(a, i) - all1;
    const double b1 = kam__digamma_difference(b, j) - all1;
    out[0] += kam__lgamma_difference(a, i) + kam__lgamma_difference(b, j) -
              kam__lgamma_difference(a + b, i + j);
    out[1 + k] += a * a1;
    out[2 + k] += b * b1;
    out[at(k, k)] += a * a1 + a * a * (kam__trigamma_difference(a, i) - all2);
    out[at(k + 1, k)] += -a * b * all2;
    out[at(k + 1, k + 1)] +=
        b * b1 + b * b * (kam__trigamma_difference(b, j) - all2);
}

/* One step of the sum, with derivatives: M = e + v M. */
static void step_terms(const struct kam__bgbb *m, double x, double t,
                       double *M) {
    const double s = 1 / (m->alpha + m->beta + t);
    const double d = 1 / (m->gamma + m->delta + t);
    const double quiet = m->beta + (t - x), stay = m->delta + t;
    const double v = quiet * s * stay * d, e = m->gamma * d;
    const double A = m->alpha * s, B = m->beta * s, b = m->beta / quiet;
    const double G = m->gamma * d, D = m->delta * d, c = m->delta / stay;
    /* of log v */
    const double v1[4] = {-A, b - B, -G, c - D};
    double v2[4][4] = {{0}};
    v2[0][0] = A * A - A;
    v2[1][0] = A * B;
    v2[1][1] = b - b * b - B + B * B;
    v2[2][2] = G * G - G;
    v2[3][2] = G * D;
    v2[3][3] = c - c * c - D + D * D;
    /* of log e */
    const double e1[4] = {0, 0, 1 - G, -D};
    double e2[4][4] = {{0}};
    e2[2][2] = G * G - G;
    e2[3][2] = G * D;
    e2[3][3] = D * D - D;
    for (int i = 0; i < 4; i++)
        for (int j = 0; j <= i; j++)
            M[at(i, j)] =
                e * (e2[i][j] + e1[i] * e1[j]) +
                v * ((v2[i][j] + v1[i] * v1[j]) * M[0] + v1[i] * M[1 + j] +
                     v1[j] * M[1 + i] + M[at(i, j)]);
    for (int i = 0; i < 4; i++)
        M[1 + i] = e * e1[i] + v * (v1[i] * M[0] + M[1 + i]);
    M[0] = e + v * M[0];
}

void kam__bgbb_terms(const struct kam__bgbb *m, double x, double t_x, double n,
                     double *out) {
    double M[KAM__BGBB_TERMS] = {1};
    memset(out, 0, KAM__BGBB_TERMS * sizeof *out);
    for (double t = n - 1; t >= t_x; t--) step_terms(m, x, t, M);
    add_beta_terms(m->alpha, m->beta, x, t_x - x, 0, out);
    add_beta_terms(m->gamma, m->delta, 0, t_x, 2, out);
    out[0] += kam__log(M[0]);
    for (int i = 0; i < 4; i++) {
        const double slope = M[1 + i] / M[0];
        out[1 + i] += slope;
        for (int j = 0; j <= i; j++)
            out[at(i, j)] += M[at(i, j)] / M[0] - slope * (M[1 + j] / M[0]);
    }
}
