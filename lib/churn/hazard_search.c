/* SPDX-License-Identifier: MIT */
/* Newton's method for a hazard, its prior and Firth's penalty. */
#include "churn/hazard_fit.h"

#include <math.h>
#include <string.h>

#include "math/cholesky.h"
#include "math/elementary.h"

/* A column of which the others explain all but this share is collinear. */
#define LEAST_PIVOT 1e-11
/* Squared lengths of a step, in standard errors. */
#define NEAR 1e-12
/* Steps of many rows that a sample need not refine. */
#define SHORT 1e-4
/* Steps up to here need no new information. */
#define LIGHT 1
/* A start further off than this, a coefficient, is none. */
#define FAR 1e4
/* Steps that do not shrink, on scores this large, are those of separation. */
#define LARGE_SCORE 10
enum { SLOW_STEPS = 5 };
/* No step of Firth's moves a score by more than this. */
#define FIRTH_STEP 3.0

void kam__hazard_beta(const struct kam__hazard_fit *fit, const double *theta,
                      double *beta) {
    beta[0] = theta[0];
    for (int32_t j = 1; j < fit->q; j++) {
        beta[j] = fit->scale[j - 1] * theta[j];
        beta[0] -= fit->centre[j - 1] * beta[j];
    }
}

/* Adds log prior, gradient, and minus its Hessian; returns the log prior. */
static double add_prior(struct kam__hazard_fit *fit, const double *theta,
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

/* Factors the information; returns the least pivot as a share of its diagonal,
 * the column it belongs to in *worst. Columns nobody knows anything of have a
 * share of 0. */
static double factorise(struct kam__hazard_fit *fit, int32_t *worst) {
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
        if (!(share >= LEAST_PIVOT)) return least;
        row[j] = sqrt(pivot);
    }
    return least;
}

/* step = information^-1 gradient; returns gradient . step. */
static double solve(struct kam__hazard_fit *fit) {
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

static int32_t largest_step(const struct kam__hazard_fit *fit) {
    int32_t most = -1;
    for (int32_t j = 1; j < fit->q; j++)
        if (most < 0 || fabs(fit->step[j]) > fabs(fit->step[most])) most = j;
    return most < 0 ? -1 : most - 1;
}

/* All there is to know at `theta`, and the step from there. */
/* NOLINTNEXTLINE(misc-no-recursion): once more, and then is_fine */
static kam_status look_at(struct kam__hazard_fit *fit, const double *theta,
                          struct kam__hazard_walk *walk) {
    int32_t worst;
    const int light = walk->is_light;
    kam_status status =
        kam__hazard_evaluate(fit, theta,
                             light ? KAM__HAZARD_SLOPE : KAM__HAZARD_ALL);
    if (status != KAM_OK) return status;
    const double prior =
        add_prior(fit, theta, fit->gradient, light ? NULL : fit->hessian);
    if (light) {
        walk->length = solve(fit);
        walk->is_light = 0;
        return walk->length < LIGHT ? KAM_OK : look_at(fit, theta, walk);
    }
    const double least = factorise(fit, &worst);
    if (!(least >= LEAST_PIVOT)) {
        walk->status = fit->largest_score > LARGE_SCORE ? KAM_ERR_SEPARATED
                                                        : KAM_ERR_COLLINEAR;
        walk->culprit = worst - 1;
        if (walk->status == KAM_ERR_SEPARATED)
            walk->culprit = largest_step(fit);
        return KAM_OK;
    }
    walk->objective = fit->value + prior;
    if (fit->is_firth) {
        const double value = fit->value;
        walk->objective += 0.5 * log_determinant(fit);
        status = kam__hazard_evaluate(fit, theta, KAM__HAZARD_FIRTH);
        if (status != KAM_OK) return status;
        fit->value = value;
        (void)add_prior(fit, theta, fit->gradient, fit->firth);
    }
    walk->length = solve(fit);
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
    double most = 0;
    for (int32_t j = 0; j < fit->q; j++) most += fabs(fit->step[j]);
    if (fit->is_firth && most * share > FIRTH_STEP) share = FIRTH_STEP / most;
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
        if (status == KAM_OK &&
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

static double dot(const double *a, const double *b, int32_t n) {
    double sum = 0;
    for (int32_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

/* The curvature of Firth's penalty is known only about, and steps by it shrink
 * slowly; what the last steps did to the gradient tells the rest (Nocedal 1980,
 * limited-memory BFGS, the step of above as its first guess). */
static void accelerate(struct kam__hazard_fit *fit) {
    const int32_t q = fit->q, n = fit->n_pairs;
    const int32_t first = n > KAM__HAZARD_PAIRS ? n - KAM__HAZARD_PAIRS : 0;
    double share[KAM__HAZARD_PAIRS];
    double *const g = fit->step;
    memcpy(g, fit->gradient, (size_t)q * sizeof *g);
    for (int32_t k = n - 1; k >= first; k--) {
        const int32_t at = k % KAM__HAZARD_PAIRS;
        const double *const s = fit->moved + at * q, *const y =
                                                         fit->fell + at * q;
        share[at] = dot(s, g, q) / dot(s, y, q);
        for (int32_t j = 0; j < q; j++) g[j] -= share[at] * y[j];
    }
    kam__cholesky_solve(fit->used, q, g);
    for (int32_t k = first; k < n; k++) {
        const int32_t at = k % KAM__HAZARD_PAIRS;
        const double *const s = fit->moved + at * q, *const y =
                                                         fit->fell + at * q;
        const double rest = share[at] - dot(y, g, q) / dot(s, y, q);
        for (int32_t j = 0; j < q; j++) g[j] += rest * s[j];
    }
}

/* After a step: fit->before and fit->moved's next place hold gradient and theta
 * of before. */
static void remember(struct kam__hazard_fit *fit) {
    const int32_t q = fit->q, at = fit->n_pairs % KAM__HAZARD_PAIRS;
    double *const s = fit->moved + at * q, *const y = fit->fell + at * q;
    for (int32_t j = 0; j < q; j++) {
        s[j] = fit->theta[j] - s[j];
        y[j] = fit->before[j] - fit->gradient[j];
    }
    fit->n_pairs = dot(s, y, q) > 0 ? fit->n_pairs + 1 : 0;
}

static void prepare(struct kam__hazard_fit *fit) {
    const size_t size = (size_t)fit->q * sizeof(double);
    accelerate(fit);
    memcpy(fit->moved + fit->n_pairs % KAM__HAZARD_PAIRS * fit->q, fit->theta,
           size);
    memcpy(fit->before, fit->gradient, size);
}

/* By how much the step moves any score, at most. */
static double reach_of(const struct kam__hazard_fit *fit) {
    double reach = fabs(fit->step[0]);
    for (int32_t j = 1; j < fit->q; j++) {
        const double up = fit->high[j - 1] - fit->centre[j - 1];
        const double down = fit->centre[j - 1] - fit->low[j - 1];
        reach +=
            fabs(fit->step[j]) * fit->scale[j - 1] * (up > down ? up : down);
    }
    return reach;
}

/* Logistic: the logarithm of a row's information has a slope within +-1, so that
 * a step which moves no score by more than d changes the information by a factor
 * within exp(+-d), and what it leaves of its own length l is at most l
 * (exp(d) - 1 - d) / d. Where that is short enough, a last look is spared; the
 * information moves as that of the sample does. */
static kam_status arrive(struct kam__hazard_fit *fit,
                         struct kam__hazard_walk *walk, double there,
                         int *arrived) {
    const double d = reach_of(fit);
    const double left = 0.5 * d * (1 + d) * sqrt(walk->length);
    int32_t worst;
    *arrived = fit->is_quick && fit->is_guess && !fit->is_firth && d < 1e-3 &&
               left * left <= there;
    if (!*arrived) return KAM_OK;
    const double prior = add_prior(fit, fit->theta, fit->before, NULL);
    take_step(fit, 1, fit->next);
    const kam_status status = kam__hazard_follow(fit);
    if (status != KAM_OK) return status;
    memcpy(fit->theta, fit->next, (size_t)fit->q * sizeof *fit->theta);
    (void)factorise(fit, &worst);
    fit->value += 0.5 * walk->length + prior -
                  add_prior(fit, fit->theta, fit->before, NULL);
    walk->length = left * left;
    walk->n_steps++;
    return KAM_OK;
}

static kam_status begin(struct kam__hazard_fit *fit,
                        struct kam__hazard_walk *walk) {
    const struct kam__hazard_walk none = {
        -(double)INFINITY, 0, -1, walk->n_steps, 0, 0, 0};
    *walk = none;
    fit->n_pairs = 0;
    if (fit->is_guess) {
        const kam_status status = look_at(fit, fit->theta, walk);
        if (status != KAM_OK ||
            (walk->status == KAM_OK && walk->length < FAR * fit->q))
            return status;
        *walk = none;
    }
    memset(fit->theta, 0, (size_t)fit->q * sizeof *fit->theta);
    fit->theta[0] = start_of(fit);
    return look_at(fit, fit->theta, walk);
}

kam_status kam__hazard_search(struct kam__hazard_fit *fit,
                              struct kam__hazard_walk *walk, double there) {
    int arrived = 0;
    kam_status status = begin(fit, walk);
    for (int32_t i = 0; status == KAM_OK && walk->status == KAM_OK; i++) {
        const double before = walk->length;
        if (walk->length <= there) return KAM_OK;
        if (i >= fit->options.max_steps) return KAM_ERR_NOT_CONVERGED;
        status = arrive(fit, walk, there, &arrived);
        if (arrived || status != KAM_OK) return status;
        if (fit->is_firth) prepare(fit);
        if (fit->is_guess && walk->length > SHORT) {
            walk->is_light = i == 0;
            status = kam__hazard_refine(fit, i == 0);
        }
        if (status == KAM_OK) status = step_up(fit, walk);
        if (fit->is_firth && status == KAM_OK) remember(fit);
        walk->n_steps++;
        const double ratio = walk->length / before;
        /* Rounding is all that is left. */
        if (status == KAM_OK && before <= 1e-16 && ratio > 0.9) return KAM_OK;
        const int slow = ratio > 0.05 && ratio < 1 && !fit->is_firth &&
                         fit->largest_score > LARGE_SCORE;
        walk->n_slow = slow ? walk->n_slow + 1 : 0;
        if (walk->n_slow >= SLOW_STEPS && walk->status == KAM_OK) {
            walk->status = KAM_ERR_SEPARATED;
            walk->culprit = largest_step(fit);
        }
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
