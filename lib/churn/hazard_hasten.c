/* SPDX-License-Identifier: MIT */
/* Many rows: the search starts where a sample of them ends, and needs few passes
 * over all of them. */
#include <math.h>
#include <string.h>

#include "churn/hazard_fit.h"
#include "math/cholesky.h"

/* Squared length of a step in standard errors, of the sample's fit. */
#define NEAR_ENOUGH 0.1
/* Looks at all rows, at most, and the first that may find their information. */
enum { MOST_LOOKS = 12, FIRST_WHOLE = 2 };
/* It is found when the step ahead should be no longer than this. */
#define WHOLE_WITHIN 0.1
/* Steps that shrink by less than this lead nowhere. */
#define SHRINK 0.5
/* A start further off than this, squared, a coefficient, is none. */
#define FAR 1e4
/* How near the end is, in standard errors; and variances, as a share. */
#define NEAR 2e-6
#define NEAR_VARIANCE 1e-5

/* fit->theta is where the sample's fit ends. */
static kam_status start(struct kam__hazard_fit *fit, int *found) {
    struct kam__hazard_walk walk = {0, 0, -1, 0, 0, 0, 0};
    const double share = (double)fit->sample.n / (double)fit->n_used;
    const size_t size = (size_t)fit->q * sizeof *fit->precision;
    double *const kept = fit->firth; /* his search comes later */
    memcpy(kept, fit->precision, size);
    fit->precision[0] *= share;
    for (int32_t j = 1; j < fit->q; j++)
        /* A row's worth of doubt, should the sample not tell columns apart. */
        fit->precision[j] = fit->precision[j] * share +
                            1 / (fit->scale[j - 1] * fit->scale[j - 1]);
    kam__hazard_swap(fit);
    const kam_status status = kam__hazard_search(fit, &walk, NEAR_ENOUGH);
    kam__hazard_swap(fit);
    memcpy(fit->precision, kept, size);
    *found = status == KAM_OK && walk.status == KAM_OK && !fit->is_framed;
    fit->is_framed = 0;
    return status == KAM_ERR_NOT_CONVERGED || status == KAM_ERR_OVERFLOW
               ? KAM_OK
               : status;
}

/* What hastening works with; in memory of Firth's search, which comes later. */
struct quick {
    double ratio;     /* rows to those of the sample */
    double error;     /* of the sample's information, as a share */
    double *sample;   /* the sample's gradient at theta, shape (q) */
    double *newton;   /* the step before it is bent, shape (q) */
    double *at;       /* where fit->hessian is known, shape (q) */
    double *variance; /* of the coefficients before it moved, shape (q) */
    double *work;     /* shape (q) */
    double *bend;     /* the sample's Hessian less fit->hessian, shape (q, q) */
};

/* Gradient and, unless NULL, Hessian of the sample, as if it were all rows. */
static kam_status ask(struct kam__hazard_fit *fit, const struct quick *quick,
                      const double *theta, double *gradient, double *hessian) {
    double *const kept_gradient = fit->gradient, *const kept = fit->hessian;
    const int32_t q = fit->q;
    fit->gradient = gradient;
    if (hessian) fit->hessian = hessian;
    kam__hazard_swap(fit);
    const kam_status status =
        kam__hazard_evaluate(fit, theta,
                             hessian ? KAM__HAZARD_ALL : KAM__HAZARD_SLOPE);
    kam__hazard_swap(fit);
    fit->gradient = kept_gradient;
    fit->hessian = kept;
    for (int32_t j = 0; j < q; j++) gradient[j] *= quick->ratio;
    for (int32_t i = 0; hessian && i < q * q; i++) hessian[i] *= quick->ratio;
    return status;
}

/* The sample's information at theta stands for that of all rows. */
static kam_status borrow(struct kam__hazard_fit *fit,
                         const struct quick *quick) {
    const int32_t n = fit->q * fit->q;
    const kam_status status =
        ask(fit, quick, fit->theta, quick->sample, fit->hessian);
    memcpy(quick->bend, fit->hessian, (size_t)n * sizeof *quick->bend);
    (void)kam__hazard_prior(fit, fit->theta, quick->work, fit->hessian);
    for (int32_t i = 0; i < n; i++) quick->bend[i] -= fit->hessian[i];
    return status;
}

/* fit->hessian is that of all rows at theta from here on. */
static kam_status own(struct kam__hazard_fit *fit, const struct quick *quick) {
    const int32_t q = fit->q;
    const kam_status status =
        ask(fit, quick, fit->theta, quick->sample, quick->bend);
    memcpy(quick->at, fit->theta, (size_t)q * sizeof *quick->at);
    for (int32_t i = 0; i < q * q; i++) quick->bend[i] -= fit->hessian[i];
    return status;
}

/* What Newton's step leaves out, the third derivative and those above, the
 * sample knows about (Jordan, Lee & Yang 2019, Journal of the American
 * Statistical Association 114): the gradient elsewhere is the rows' own here,
 * plus the sample's difference, plus what the Hessians of both differ by. Each
 * round leaves a tenth of what is wrong, or less. */
static kam_status bend(struct kam__hazard_fit *fit, const struct quick *quick,
                       int rounds) {
    const int32_t q = fit->q;
    kam_status status = KAM_OK;
    memcpy(quick->newton, fit->step, (size_t)q * sizeof *fit->step);
    for (int i = 0; status == KAM_OK && i < rounds; i++) {
        double *const there = fit->next;
        for (int32_t j = 0; j < q; j++) there[j] = fit->theta[j] + fit->step[j];
        status = ask(fit, quick, there, quick->work, NULL);
        for (int32_t j = 0; j < q; j++) {
            there[j] = fit->gradient[j] + (quick->work[j] - quick->sample[j]);
            for (int32_t k = 0; k < q; k++)
                there[j] += quick->bend[j * q + k] * fit->step[k];
        }
        kam__cholesky_solve(fit->factor, q, there);
        for (int32_t j = 0; j < q; j++) fit->step[j] += there[j];
    }
    return status;
}

/* |L' (step - newton)|: how far the step was bent, in standard errors. */
static double bent_by(const struct kam__hazard_fit *fit,
                      const struct quick *quick) {
    const int32_t q = fit->q;
    double length = 0;
    for (int32_t j = 0; j < q; j++) {
        double sum = 0;
        for (int32_t i = j; i < q; i++)
            sum += fit->factor[i * q + j] * (fit->step[i] - quick->newton[i]);
        length += sum * sum;
    }
    return sqrt(length);
}

/* By how much any score differs, at most, between theta and where the Hessian is
 * known. */
static double reach_of(const struct kam__hazard_fit *fit,
                       const struct quick *quick) {
    double reach = fabs(fit->theta[0] - quick->at[0]);
    for (int32_t j = 1; j < fit->q; j++) {
        const double up = fit->high[j - 1] - fit->centre[j - 1];
        const double down = fit->centre[j - 1] - fit->low[j - 1];
        reach += fabs(fit->theta[j] - quick->at[j]) * fit->scale[j - 1] *
                 (up > down ? up : down);
    }
    return reach;
}

/* How far the maximum is, at most, after a step from the whole look or one behind.
 * The logarithm of a row's information has a slope within +-1, so that a step of
 * length l that moves no score by more than d leaves l (exp(d) - 1) at most. A step
 * that was bent leaves what the sample does not know of the bend: by experience as
 * large a share as of the information, thrice that for safety. */
static double left_of(const struct kam__hazard_fit *fit,
                      const struct quick *quick, double length, int is_whole) {
    const double d = reach_of(fit, quick);
    const double bound = d * (1 + d) * sqrt(length);
    const double bent = 3 * quick->error * bent_by(fit, quick);
    if (!(d < 1)) return (double)INFINITY;
    return is_whole && bent < bound ? bent : bound;
}

/* Variances of the coefficients by fit->factor. */
static void find_variances(const struct kam__hazard_fit *fit,
                           double *variance) {
    const int32_t q = fit->q;
    for (int32_t j = 0; j < q; j++) {
        memset(fit->next, 0, (size_t)q * sizeof *fit->next);
        fit->next[j] = 1;
        kam__cholesky_solve(fit->factor, q, fit->next);
        variance[j] = fit->next[j];
    }
}

/* The information moves to theta as that of the sample does; `moved` is the largest
 * share by which a variance does. */
static kam_status move(struct kam__hazard_fit *fit, const struct quick *quick,
                       double *moved) {
    const int32_t q = fit->q;
    int32_t worst;
    find_variances(fit, quick->variance);
    const kam_status status =
        ask(fit, quick, fit->theta, quick->sample, fit->hessian);
    for (int32_t i = 0; i < q * q; i++) fit->hessian[i] -= quick->bend[i];
    *moved = (double)INFINITY;
    if (!(kam__hazard_factorise(fit, &worst) >= KAM__HAZARD_LEAST_PIVOT))
        return status;
    find_variances(fit, quick->work);
    *moved = 0;
    for (int32_t j = 0; j < q; j++) {
        const double by = fabs(quick->work[j] / quick->variance[j] - 1);
        if (!(by <= *moved)) *moved = by;
    }
    return status;
}

/* Looks at all rows from theta: fit->step is Newton's and `length` its square, in
 * standard errors; -1 where there is none. A whole look finds the information, too;
 * `objective` is then what the step promises. */
static kam_status look_at(struct kam__hazard_fit *fit,
                          const struct quick *quick, int is_whole,
                          double *length, double *objective) {
    int32_t worst;
    *length = -1;
    kam_status status =
        kam__hazard_evaluate(fit, fit->theta,
                             is_whole ? KAM__HAZARD_ALL : KAM__HAZARD_SLOPE);
    if (status != KAM_OK) return status;
    const double value = fit->value;
    const double prior = kam__hazard_prior(fit, fit->theta, fit->gradient,
                                           is_whole ? fit->hessian : NULL);
    status = is_whole ? own(fit, quick)
                      : ask(fit, quick, fit->theta, quick->sample, NULL);
    if (is_whole &&
        !(kam__hazard_factorise(fit, &worst) >= KAM__HAZARD_LEAST_PIVOT))
        return status;
    *length = kam__hazard_solve(fit);
    if (is_whole) *objective = value + prior + 0.5 * *length;
    return status;
}

/* Looks at all rows for the gradient, with the sample's information, until it is
 * worth while to find their own; then for the gradient again while it is needed. */
static kam_status walk_on(struct kam__hazard_fit *fit, struct quick *quick,
                          struct kam__hazard_walk *walk, int *found) {
    double objective = 0, before = FAR * fit->q;
    kam_status status = KAM_OK;
    int has_own = 0;
    for (int look = 0; status == KAM_OK && look < MOST_LOOKS &&
                       look < fit->options.max_steps && !*found;
         look++) {
        const int is_whole = !has_own && look >= FIRST_WHOLE &&
                             quick->error * sqrt(before) <= WHOLE_WITHIN;
        double length, moved;
        status = look_at(fit, quick, is_whole, &length, &objective);
        if (status != KAM_OK || !(length >= 0 && length < before)) break;
        const double shrunk = sqrt(length / before);
        if (look > 0 && !has_own) {
            if (shrunk > SHRINK) break;
            if (shrunk > quick->error) quick->error = shrunk;
        }
        before = length;
        has_own |= is_whole;
        status = bend(fit, quick, look == 0 ? 2 : 1);
        for (int32_t j = 0; j < fit->q; j++) fit->theta[j] += fit->step[j];
        if (status != KAM_OK || !has_own) continue;
        const double left = left_of(fit, quick, length, is_whole);
        if (!(left <= NEAR)) continue;
        status = move(fit, quick, &moved);
        has_own = 3 * quick->error * moved <= NEAR_VARIANCE;
        if (status != KAM_OK || !has_own) continue;
        *found = 1;
        walk->n_steps = look + 1;
        walk->length = left * left;
        fit->value =
            objective - kam__hazard_prior(fit, fit->theta, quick->work, NULL);
    }
    return status;
}

kam_status kam__hazard_hasten(struct kam__hazard_fit *fit,
                              struct kam__hazard_walk *walk, int *found) {
    const int32_t q = fit->q;
    double *const room = fit->moved; /* KAM__HAZARD_PAIRS of them */
    struct quick quick = {.ratio = (double)fit->n_used / (double)fit->sample.n,
                          .sample = room,
                          .newton = room + q,
                          .at = room + 2 * q,
                          .variance = room + 3 * q,
                          .work = room + 4 * q,
                          .bend = fit->firth};
    int32_t worst;
    kam_status status = start(fit, found);
    if (status != KAM_OK || !*found) return status;
    *found = 0;
    status = borrow(fit, &quick);
    if (status != KAM_OK ||
        !(kam__hazard_factorise(fit, &worst) >= KAM__HAZARD_LEAST_PIVOT))
        return status;
    return walk_on(fit, &quick, walk, found);
}
