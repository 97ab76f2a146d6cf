/* SPDX-License-Identifier: MIT */
/* Platt's curve is a logistic regression on the log-odds, the beta curve one on
 * ln p and -ln(1 - p), both on Lin's targets. */
#include "churn/calibrate_curve.h"

#include <kam/calibrate.h>

#include <math.h>
#include <string.h>

#include "math/cholesky.h"
#include "math/elementary.h"

enum { MOST_STEPS = 200 };
#define LEAST 1e-15
/* Squared length of a step, in standard errors: the next would be its square. */
#define THERE 1e-16
/* Features of less variance are one number, to as many digits as an answer has. */
#define NO_SPREAD 1e-18
/* Less of the second feature's variance is its own: rounding. */
#define NO_SHARE 1e-10

static double clear(double p) {
    return p < LEAST ? LEAST : p > 1 - LEAST ? 1 - LEAST : p;
}

void kam__calibrate_features(int32_t method, double p, double *x) {
    const double q = clear(p), log_p = kam__log(q), log_q = kam__log1p(-q);
    x[0] = method == KAM_CALIBRATE_PLATT ? log_p - log_q : log_p;
    x[1] = method == KAM_CALIBRATE_PLATT ? 0 : -log_q;
    x[2] = 1;
}

struct problem {
    const struct kam__ranked *rows;
    const kam_host *host;
    int32_t method;
    int used[2];      /* features */
    double target[2]; /* Lin, Lin & Weng (2007): of non-events, events */
    double centre[2], scale[2], shear;
    double value, gradient[3], hessian[9];
};

/* Features without mean, of variance 1 and uncorrelated, however near to each
 * other the probabilities are. */
static void axes_of(const struct problem *to, double p, double *z) {
    kam__calibrate_features(to->method, p, z);
    z[0] -= to->centre[0];
    z[1] = (z[1] - to->centre[1] - to->shear * z[0]) * to->scale[1];
    z[0] *= to->scale[0];
}

/* Those that do not differ, or say what the other says, are not used. */
static void set_axes(struct problem *to) {
    const double n = (double)to->rows->n;
    double sum[2] = {0}, square[2] = {0}, cross = 0, x[3];
    for (int64_t i = 0; i < to->rows->n; i++) {
        kam__calibrate_features(to->method, to->rows->key[i], x);
        for (int j = 0; j < 2; j++) sum[j] += x[j];
    }
    for (int j = 0; j < 2; j++) to->centre[j] = sum[j] / n;
    for (int64_t i = 0; i < to->rows->n; i++) {
        kam__calibrate_features(to->method, to->rows->key[i], x);
        for (int j = 0; j < 2; j++) {
            x[j] -= to->centre[j];
            square[j] += x[j] * x[j];
        }
        cross += x[0] * x[1];
    }
    to->used[0] &= square[0] / n > NO_SPREAD;
    to->shear = to->used[0] ? cross / square[0] : 0;
    const double left = square[1] - to->shear * cross;
    to->used[1] &= left / n > NO_SPREAD && left > square[1] * NO_SHARE;
    to->scale[0] = to->used[0] ? sqrt(n / square[0]) : 0;
    to->scale[1] = to->used[1] ? sqrt(n / left) : 0;
}

static void evaluate(struct problem *to, const double *b) {
    to->value = 0;
    memset(to->gradient, 0, sizeof to->gradient);
    memset(to->hessian, 0, sizeof to->hessian);
    for (int64_t i = 0; i < to->rows->n; i++) {
        double x[3];
        axes_of(to, to->rows->key[i], x);
        const double s = b[0] * x[0] + b[1] * x[1] + b[2];
        const double e = kam__exp(-fabs(s)), t = to->target[to->rows->event[i]];
        const double p = s < 0 ? e / (1 + e) : 1 / (1 + e);
        to->value += (s < 0 ? t * s : (t - 1) * s) - kam__log1p(e);
        for (int j = 0; j < 3; j++) {
            to->gradient[j] += (t - p) * x[j];
            for (int k = 0; k <= j; k++)
                to->hessian[3 * j + k] += e / ((1 + e) * (1 + e)) * x[j] * x[k];
        }
    }
    for (int j = 0; j < 2; j++) /* where all else is 0 */
        if (!to->used[j]) to->hessian[4 * j] = 1;
}

/* Newton's method. */
static kam_status maximise(struct problem *to, double *b) {
    kam_status status = KAM_ERR_NOT_CONVERGED;
    evaluate(to, b);
    for (int32_t i = 0; i < MOST_STEPS && status != KAM_OK; i++) {
        if (kam__calibrate_is_stopped(to->host, i, MOST_STEPS))
            return KAM_ERR_CANCELLED;
        double step[3], next[3], length = 0, share = 1;
        const double before = to->value;
        memcpy(step, to->gradient, sizeof step);
        if (kam__cholesky(to->hessian, 3)) break;
        kam__cholesky_solve(to->hessian, 3, step);
        for (int j = 0; j < 3; j++) length += step[j] * to->gradient[j];
        for (int halved = 0; halved < 40; halved++, share *= 0.5) {
            for (int j = 0; j < 3; j++) next[j] = b[j] + share * step[j];
            evaluate(to, next);
            if (to->value >= before - 1e-12 * fabs(before)) break;
        }
        memcpy(b, next, sizeof next);
        if (length <= THERE) status = KAM_OK;
    }
    return status;
}

/* From the start, in axes of its own; b as the features have it. */
static kam_status search(struct problem *to, double *b) {
    set_axes(to);
    memset(b, 0, 3 * sizeof *b);
    const kam_status status = maximise(to, b);
    b[1] *= to->scale[1];
    b[0] = b[0] * to->scale[0] - to->shear * b[1];
    b[2] -= b[0] * to->centre[0] + b[1] * to->centre[1];
    return status;
}

kam_status kam__calibrate_curve(const struct kam__ranked *rows, int32_t method,
                                const kam_host *host, double *b) {
    const double n1 = (double)rows->n_events;
    const double n0 = (double)(rows->n - rows->n_events);
    struct problem to = {rows,
                         host,
                         method,
                         {1, method == KAM_CALIBRATE_BETA},
                         {1 / (n0 + 2), (n1 + 1) / (n1 + 2)},
                         {0},
                         {0},
                         0,
                         0,
                         {0},
                         {0}};
    kam_status status = search(&to, b);
    /* A beta curve that falls is no calibration: that side is left out, and then
     * perhaps the other. */
    while (method == KAM_CALIBRATE_BETA && status == KAM_OK &&
           (b[0] < 0 || b[1] < 0)) {
        to.used[b[0] < 0 ? 0 : 1] = 0;
        status = search(&to, b);
    }
    return status;
}
