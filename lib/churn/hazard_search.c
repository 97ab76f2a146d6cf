/* SPDX-License-Identifier: MIT */
/* Newton's method for a hazard, its prior and Firth's penalty. */
#include "churn/hazard_fit.h"

#include <math.h>
#include <string.h>

#include "math/cholesky.h"
#include "math/elementary.h"

/* Squared lengths of a step, in standard errors. */
#define NEAR 1e-12
/* Steps that do not shrink, on scores this large, may be those of separation. */
#define LARGE_SCORE 10
enum { SLOW_STEPS = 5 };
/* A step of Firth's moves no score by more than this and half of what it may
 * be: where the data separate its size is not known beforehand. */
#define FIRTH_STEP 3.0
/* Standard errors that are further from 1 than this need a new frame. */
#define FRAME_OFF 8.0

void kam__hazard_beta(const struct kam__hazard_fit *fit, const double *theta,
                      double *beta) {
    beta[0] = theta[0];
    for (int32_t j = 1; j < fit->q; j++) {
        beta[j] = fit->scale[j - 1] * theta[j];
        beta[0] -= fit->centre[j - 1] * beta[j];
    }
}

double kam__hazard_prior(struct kam__hazard_fit *fit, const double *theta,
                         double *gradient, double *hessian) {
    const int32_t q = fit->q;
    double value = 0;
    kam__hazard_beta(fit, theta, fit->trial);
    for (int32_t j = 0; j < q; j++) {
        const double d = fit->trial[j] - fit->mean[j];
        value -= 0.5 * fit->precision[j] * d * d;
        fit->trial[j] = -fit->precision[j] * d;
    }
    gradient[0] += fit->trial[0];
    for (int32_t j = 1; j < q; j++)
        gradient[j] += fit->scale[j - 1] *
                       (fit->trial[j] - fit->centre[j - 1] * fit->trial[0]);
    for (int32_t i = 0; hessian && i < q; i++)
        for (int32_t j = 0; j <= i; j++) {
            const double ti =
                i > 0 ? -fit->centre[i - 1] * fit->scale[i - 1] : 1;
            const double tj =
                j > 0 ? -fit->centre[j - 1] * fit->scale[j - 1] : 1;
            double h = ti * tj * fit->precision[0];
            if (i == j && i > 0)
                h += fit->scale[i - 1] * fit->scale[i - 1] * fit->precision[i];
            hessian[i * q + j] += h;
            if (i != j) hessian[j * q + i] += h;
        }
    return value;
}

static double prior_of(struct kam__hazard_fit *fit, const double *theta,
                       double *gradient, double *hessian) {
    return fit->is_framed
               ? kam__hazard_framed_prior(fit, theta, gradient, hessian)
               : kam__hazard_prior(fit, theta, gradient, hessian);
}

double kam__hazard_factorise(struct kam__hazard_fit *fit, int32_t *worst) {
    const int32_t q = fit->q;
    double least = 1;
    *worst = 0;
    memcpy(fit->factor, fit->hessian, (size_t)(q * q) * sizeof *fit->factor);
    for (int32_t j = 0; j < q; j++) {
        double *const row = fit->factor + j * q;
        for (int32_t k = 0; k < j; k++) {
            const double *const other = fit->factor + k * q;
            double sum = row[k];
            for (int32_t m = 0; m < k; m++) sum -= row[m] * other[m];
            row[k] = sum / other[k];
        }
        double pivot = fit->hessian[j * q + j];
        for (int32_t k = 0; k < j; k++) pivot -= row[k] * row[k];
        const double share =
            fit->hessian[j * q + j] > 0 ? pivot / fit->hessian[j * q + j] : 0;
        if (!(share >= least)) {
            least = share;
            *worst = j;
        }
        if (!(share >= KAM__HAZARD_LEAST_PIVOT)) return least;
        row[j] = sqrt(pivot);
    }
    return least;
}

double kam__hazard_solve(struct kam__hazard_fit *fit) {
    double length = 0;
    const double *factor = fit->factor;
    if (fit->is_firth && !kam__cholesky(fit->firth, fit->q))
        factor = fit->firth;
    fit->used = factor;
    memcpy(fit->step, fit->gradient, (size_t)fit->q * sizeof *fit->step);
    kam__cholesky_solve(factor, fit->q, fit->step);
    for (int32_t j = 0; j < fit->q; j++)
        length += fit->step[j] * fit->gradient[j];
    return length;
}

static double log_determinant(const struct kam__hazard_fit *fit) {
    double sum = 0;
    for (int32_t j = 0; j < fit->q; j++)
        sum += 2 * kam__log(fit->factor[j * fit->q + j]);
    return sum;
}

/* All there is to know at `theta`, and the step from there. */
static kam_status look_at(struct kam__hazard_fit *fit, const double *theta,
                          struct kam__hazard_walk *walk) {
    int32_t worst;
    kam_status status = kam__hazard_evaluate(fit, theta, KAM__HAZARD_ALL);
    if (status != KAM_OK) return status;
    const double prior = prior_of(fit, theta, fit->gradient, fit->hessian);
    const double least = kam__hazard_factorise(fit, &worst);
    if (!(least >= KAM__HAZARD_LEAST_PIVOT)) {
        walk->status = fit->largest_score > LARGE_SCORE ? KAM_ERR_SEPARATED
                                                        : KAM_ERR_COLLINEAR;
        walk->culprit = worst - 1;
        return KAM_OK;
    }
    walk->objective = fit->value + prior;
    if (fit->is_firth) {
        const double value = fit->value;
        walk->objective += 0.5 * log_determinant(fit);
        status = kam__hazard_evaluate(fit, theta, KAM__HAZARD_FIRTH);
        if (status != KAM_OK) return status;
        fit->value = value;
        (void)prior_of(fit, theta, fit->gradient, fit->firth);
    }
    walk->length = kam__hazard_solve(fit);
    return KAM_OK;
}

static double start_of(const struct kam__hazard_fit *fit) {
    if (fit->panel.offset.values) return 0;
    const double p = fit->rate;
    return fit->link == KAM_HAZARD_LOGISTIC ? kam__log(p / (1 - p))
                                            : kam__log(-kam__log1p(-p));
}

/* theta + share * step, shortened for Firth's. */
static void take_step(struct kam__hazard_fit *fit, double share, double *to) {
    double most = 0, limit = FIRTH_STEP;
    for (int32_t j = 0; j < fit->q; j++) {
        most += fabs(fit->step[j]);
        limit += 0.5 * fabs(fit->theta[j]);
    }
    if (fit->is_firth && most * share > limit) share = limit / most;
    for (int32_t j = 0; j < fit->q; j++)
        to[j] = fit->theta[j] + share * fit->step[j];
}

/* Halves the step until the objective does not fall. */
static kam_status step_up(struct kam__hazard_fit *fit,
                          struct kam__hazard_walk *walk) {
    const struct kam__hazard_walk before = *walk;
    double share = 1;
    double *const from = fit->covariance; /* the step, kept */
    memcpy(from, fit->step, (size_t)fit->q * sizeof *from);
    for (int halved = 0; halved < 40; halved++, share *= 0.5) {
        memcpy(fit->step, from, (size_t)fit->q * sizeof *from);
        take_step(fit, share, fit->next);
        const kam_status status = look_at(fit, fit->next, walk);
        if (status >= KAM_ERR_MEMORY) return status;
        const int is_lost = walk->status == KAM_ERR_SEPARATED;
        if (is_lost && !fit->is_firth && !fit->is_framed) {
            /* No row tells anything there, as far as can be seen from here. */
            *walk = before;
            walk->is_lost = 1;
            return look_at(fit, fit->theta, walk);
        }
        if (status == KAM_OK && !is_lost &&
            (walk->status != KAM_OK ||
             walk->objective >=
                 before.objective - 1e-10 * (1 + fabs(before.objective)) ||
             before.length < NEAR)) {
            memcpy(fit->theta, fit->next, (size_t)fit->q * sizeof *from);
            return KAM_OK;
        }
        *walk = before;
    }
    return KAM_ERR_NOT_CONVERGED;
}

/* Few rows tell anything any more, or others than those the frame was made
 * for. */
static int needs_frame(const struct kam__hazard_fit *fit, int is_doubtful) {
    const int32_t q = fit->q;
    if (!fit->is_framed)
        return is_doubtful ||
               (fit->is_firth && fit->largest_score > LARGE_SCORE);
    for (int32_t j = 0; j < q; j++) {
        const double pivot = fit->factor[j * q + j];
        if (!(pivot > 1 / FRAME_OFF && pivot < FRAME_OFF)) return 1;
    }
    return 0;
}

static kam_status begin(struct kam__hazard_fit *fit,
                        struct kam__hazard_walk *walk) {
    const struct kam__hazard_walk none = {
        -(double)INFINITY, 0, -1, walk->n_steps, 0, 0, 0};
    *walk = none;
    fit->n_pairs = 0;
    fit->is_framed = 0;
    memset(fit->theta, 0, (size_t)fit->q * sizeof *fit->theta);
    fit->theta[0] = start_of(fit);
    return look_at(fit, fit->theta, walk);
}

/* Is it separation, or are the numbers too wide apart to see? */
static kam_status doubt(struct kam__hazard_fit *fit,
                        struct kam__hazard_walk *walk) {
    const int is_doubtful = walk->is_lost || walk->n_slow >= SLOW_STEPS;
    walk->is_lost = 0;
    if (is_doubtful) {
        int32_t culprit;
        const kam_status status = kam__hazard_separates(fit, &culprit);
        if (status != KAM_OK) return status;
        if (culprit >= 0) {
            walk->status = KAM_ERR_SEPARATED;
            walk->culprit = culprit;
            return KAM_OK;
        }
    }
    if (!needs_frame(fit, is_doubtful)) return KAM_OK;
    kam__hazard_reframe(fit);
    return look_at(fit, fit->theta, walk);
}

kam_status kam__hazard_search(struct kam__hazard_fit *fit,
                              struct kam__hazard_walk *walk, double there) {
    kam_status status = begin(fit, walk);
    for (int32_t i = 0; status == KAM_OK && walk->status == KAM_OK; i++) {
        const double before = walk->length;
        if (walk->length <= there) return KAM_OK;
        if (i >= fit->options.max_steps) return KAM_ERR_NOT_CONVERGED;
        const int is_steered = fit->is_firth || fit->is_framed;
        if (is_steered) kam__hazard_accelerate(fit);
        status = step_up(fit, walk);
        if (is_steered && status == KAM_OK) kam__hazard_remember(fit);
        walk->n_steps++;
        const double ratio = walk->length / before;
        /* Rounding is all that is left. */
        if (status == KAM_OK && before <= (fit->is_quick ? 1e-11 : 1e-16) &&
            ratio > 0.9)
            return KAM_OK;
        const int slow = ratio > 0.05 && ratio < 1 && !fit->is_firth &&
                         fit->largest_score > LARGE_SCORE;
        walk->n_slow = slow ? walk->n_slow + 1 : 0;
        if (status == KAM_OK && walk->status == KAM_OK)
            status = doubt(fit, walk);
    }
    return status;
}

void kam__hazard_transform(struct kam__hazard_fit *fit) {
    const int32_t q = fit->q;
    double *const c = fit->covariance;
    for (int side = 0; side < 2; side++) {
        const int32_t step = side ? 1 : q, other = side ? q : 1;
        for (int32_t k = 0; k < q; k++) {
            double *const v = c + k * other;
            for (int32_t j = 1; j < q; j++) {
                v[j * step] *= fit->scale[j - 1];
                v[0] -= fit->centre[j - 1] * v[j * step];
            }
        }
    }
    for (int32_t i = 0; i < q; i++)
        for (int32_t j = 0; j < i; j++) c[j * q + i] = c[i * q + j];
}

void kam__hazard_invert(struct kam__hazard_fit *fit, double *collinear) {
    const int32_t q = fit->q;
    *collinear = 1;
    for (int32_t j = 0; j < q; j++) {
        double *const column = fit->next;
        for (int32_t i = 0; i < q; i++) column[i] = i == j;
        kam__cholesky_solve(fit->factor, q, column);
        for (int32_t i = 0; i < q; i++) fit->covariance[i * q + j] = column[i];
        const double share = 1 / (fit->hessian[j * q + j] * column[j]);
        if (j > 0 && share < *collinear) *collinear = share;
    }
}
