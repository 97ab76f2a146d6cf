/* SPDX-License-Identifier: MIT */
#include "math/optimise.h"

#include <math.h>
#include <string.h>

enum { N = KAM__LARGEST_MATRIX };

/* Variables are logarithms: a step of 2 is a factor of 7. */
#define LARGEST_STEP 2.0
/* A full Newton step this small ends the search: the next would be its square. */
#define LAST_STEP 1e-9
/* Rounding of the value, relative to its size: gains below it are no gains. */
#define VALUE_NOISE 1e-13
/* A gradient a row that counts as none. */
#define NO_GRADIENT 1e-9
/* Beyond this condition number the flattest direction carries no digit. */
#define FLAT_CONDITION 1e13
/* Small enough to keep the way along a ridge open. */
#define LEAST_DAMPING 1e-10
#define LARGEST_DAMPING 1e12

struct point {
    double x[N], value, gradient[N], hessian[N * N];
};

static kam_status evaluate(struct kam__search *search, kam__function function,
                           void *context, struct point *at) {
    search->n_evaluations++;
    const kam_status status =
        function(context, at->x, &at->value, at->gradient, at->hessian);
    if (status != KAM_OK) return status;
    double sum = at->value;
    for (int32_t i = 0; i < search->n; i++) sum += at->gradient[i];
    for (int32_t i = 0; i < search->n * search->n; i++) sum += at->hessian[i];
    return sum - sum == 0 ? KAM_OK : KAM_ERR_OVERFLOW;
}

/* A variable at a bound that it pushes against, or that nothing moves, stays. */
static int is_held(const struct kam__search *search, const struct point *at,
                   int32_t i) {
    const double push = at->gradient[i], none = NO_GRADIENT * search->size;
    return (at->x[i] <= search->lower[i] && push <= none) ||
           (at->x[i] >= search->upper[i] && push >= -none);
}

/* The free variables' part of -hessian, packed; returns how many are free. */
static int32_t gather_free(const struct kam__search *search,
                           const struct point *at, int32_t *which,
                           double *matrix) {
    int32_t m = 0;
    for (int32_t i = 0; i < search->n; i++)
        if (!is_held(search, at, i)) which[m++] = i;
    for (int32_t i = 0; i < m; i++)
        for (int32_t j = 0; j < m; j++)
            matrix[i * m + j] = -at->hessian[which[i] * search->n + which[j]];
    return m;
}

/* Solves (-H + damping * diagonal) step = gradient for the free variables;
 * returns 1 when that matrix is not positive definite. */
static int newton_step(const struct kam__search *search, const struct point *at,
                       double damping, double *step) {
    int32_t which[N];
    double matrix[N * N], right[N];
    const int32_t m = gather_free(search, at, which, matrix);
    memset(step, 0, N * sizeof *step);
    for (int32_t i = 0; i < m; i++) {
        const double scale = fabs(matrix[i * m + i]) + 1e-12 * search->size;
        matrix[i * m + i] += damping * scale;
        right[i] = at->gradient[which[i]];
    }
    if (m > 0 && kam__cholesky(matrix, m)) return 1;
    kam__cholesky_solve(matrix, m, right);
    for (int32_t i = 0; i < m; i++) step[which[i]] = right[i];
    return 0;
}

/* Shortens a step to LARGEST_STEP and to the box; returns its largest part. */
static double limit_step(const struct kam__search *search,
                         const struct point *at, double *step) {
    double largest = 0;
    for (int32_t i = 0; i < search->n; i++)
        if (fabs(step[i]) > largest) largest = fabs(step[i]);
    const double shrink = largest > LARGEST_STEP ? LARGEST_STEP / largest : 1;
    for (int32_t i = 0; i < search->n; i++) {
        double to = at->x[i] + step[i] * shrink;
        if (to < search->lower[i]) to = search->lower[i];
        if (to > search->upper[i]) to = search->upper[i];
        step[i] = to - at->x[i];
    }
    return largest;
}

static double predicted_gain(const struct kam__search *search,
                             const struct point *at, const double *step) {
    double gain = 0;
    for (int32_t i = 0; i < search->n; i++) {
        gain += at->gradient[i] * step[i];
        for (int32_t j = 0; j < search->n; j++)
            gain += 0.5 * step[i] * at->hessian[i * search->n + j] * step[j];
    }
    return gain;
}

static double worst_gradient(const struct kam__search *search,
                             const struct point *at) {
    double worst = 0;
    for (int32_t i = 0; i < search->n; i++)
        if (!is_held(search, at, i) && fabs(at->gradient[i]) > worst)
            worst = fabs(at->gradient[i]);
    return worst;
}

/* Rounding hides gains below this. */
static double noise_of(const struct kam__search *search,
                       const struct point *at) {
    return VALUE_NOISE * (fabs(at->value) + search->size);
}

/* What the best step from here promises. */
static double hope(const struct kam__search *search, const struct point *at) {
    double step[N], damping = 0;
    while (newton_step(search, at, damping, step) && damping < LARGEST_DAMPING)
        damping = damping > 0 ? 10 * damping : LEAST_DAMPING;
    limit_step(search, at, step);
    return predicted_gain(search, at, step);
}

static kam_status judge(struct kam__search *search, const struct point *at,
                        int converged) {
    int32_t which[N], worst = 0;
    double matrix[N * N];
    search->culprit = -1;
    const int32_t m = gather_free(search, at, which, matrix);
    search->condition = m > 0 ? kam__condition(matrix, m, &worst) : INFINITY;
    for (int32_t i = 0; i < search->n && search->culprit < 0; i++)
        if (is_held(search, at, i)) search->culprit = i;
    const int quiet =
        worst_gradient(search, at) <= NO_GRADIENT * search->size ||
        hope(search, at) <= 1e3 * noise_of(search, at);
    if (search->culprit >= 0)
        return converged || quiet ? KAM_ERR_AT_BOUND : KAM_ERR_NOT_CONVERGED;
    if (converged && search->condition < FLAT_CONDITION) return KAM_OK;
    search->culprit = m > 0 ? which[worst] : -1;
    return quiet ? KAM_ERR_FLAT : KAM_ERR_NOT_CONVERGED;
}

static void finish(struct kam__search *search, const struct point *at) {
    memcpy(search->x, at->x, sizeof search->x);
    memcpy(search->gradient, at->gradient, sizeof search->gradient);
    memcpy(search->hessian, at->hessian, sizeof search->hessian);
    search->value = at->value;
}

/* Less damping the better the quadratic model foretold the gain. */
static double lowered(double damping, double gain, double hoped, double noise) {
    if (gain < 0.5 * hoped - noise) return damping;
    const int foretold = fabs(gain - hoped) <= 0.2 * hoped + noise;
    const double less = damping * (foretold ? 1e-3 : 0.1);
    return less < LEAST_DAMPING ? 0 : less;
}

/* One accepted step, or none: *moved tells. */
static kam_status take_step(struct kam__search *search, kam__function function,
                            void *context, struct point *at, double *damping,
                            int *moved, int *converged) {
    *moved = 0;
    while (*damping <= LARGEST_DAMPING) {
        double step[N];
        if (newton_step(search, at, *damping, step)) {
            *damping = *damping > 0 ? 10 * *damping : LEAST_DAMPING;
            continue;
        }
        const double length = limit_step(search, at, step);
        const double hoped = predicted_gain(search, at, step);
        *converged = *damping == 0 && length <= LAST_STEP;
        if (hoped < 0 && !*converged) { /* the box bent it downhill */
            *damping = *damping > 0 ? 10 * *damping : LEAST_DAMPING;
            continue;
        }
        struct point next = *at;
        for (int32_t i = 0; i < search->n; i++) next.x[i] += step[i];
        const kam_status status = evaluate(search, function, context, &next);
        if (status != KAM_OK && status != KAM_ERR_OVERFLOW) return status;
        const double noise = noise_of(search, at);
        const double gain = status == KAM_OK ? next.value - at->value : -1e300;
        if (gain >= -noise && gain >= 0.1 * hoped - noise) {
            *moved = length > 0;
            *at = next;
            *damping = lowered(*damping, gain, hoped, noise);
            return KAM_OK;
        }
        if (*converged) return KAM_OK; /* at the last bits: stay */
        *damping = *damping > 0 ? 10 * *damping : LEAST_DAMPING;
    }
    return KAM_OK;
}

kam_status kam__maximise(struct kam__search *search, kam__function function,
                         void *context) {
    struct point at;
    memset(&at, 0, sizeof at);
    memcpy(at.x, search->x, sizeof at.x);
    search->n_steps = search->n_evaluations = 0;
    search->culprit = -1;
    search->value = -(double)INFINITY;
    kam_status status = evaluate(search, function, context, &at);
    if (status != KAM_OK)
        return status == KAM_ERR_OVERFLOW ? KAM_ERR_NOT_CONVERGED : status;
    double damping = 0;
    int moved = 1, converged = 0, idle = 0;
    /* Near the top steps move the last bits only, yet bring the gradient down;
     * a few of those are enough. */
    while (search->n_steps < search->max_steps && idle < 4 && !converged) {
        status = take_step(search, function, context, &at, &damping, &moved,
                           &converged);
        if (status != KAM_OK) return status;
        search->n_steps++;
        idle = moved ? 0 : idle + 1;
    }
    finish(search, &at);
    return judge(search, &at, converged || idle > 0);
}
