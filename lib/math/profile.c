/* SPDX-License-Identifier: MIT */
#include "math/profile.h"

#include <math.h>
#include <string.h>

enum { N = KAM__LARGEST_MATRIX, MOST_POINTS = 100 };

#define LARGEST_STEP 2.0
/* Of the signed root, and of the variable. */
#define NEAR 1e-9

/* One side of the way: from the maximum outwards. The signed root t = sqrt(2 x
 * fall) rises nearly like a straight line. */
struct side {
    const struct kam__search *best;
    kam__function function;
    void *context;
    int32_t j;
    double sign, wanted; /* t at the end */
    double inner, outer; /* that many steps away, t is below, above */
    double above;        /* t at the outer end, infinite without a value */
    double x[N];         /* of the last point: where the next search begins */
    double t, slope;     /* there */
};

static double start_of(const struct side *side) {
    return side->best->x[side->j];
}

static double bound_of(const struct side *side) {
    const double *const box =
        side->sign < 0 ? side->best->lower : side->best->upper;
    return fabs(box[side->j] - start_of(side));
}

/* The best of the other variables with the j-th `away` from the maximum. */
static kam_status look(struct side *side, double away) {
    struct kam__search search = *side->best;
    const int32_t j = side->j;
    memcpy(search.x, side->x, sizeof search.x);
    search.x[j] = start_of(side) + side->sign * away;
    search.lower[j] = search.upper[j] = search.x[j];
    const kam_status status =
        kam__maximise(&search, side->function, side->context);
    if (status >= KAM_ERR_MEMORY) return status;
    const double fall = side->best->value - search.value;
    memcpy(side->x, search.x, sizeof side->x);
    side->t = fall > 0 ? sqrt(2 * fall) : 0;
    side->slope = side->t > 0 ? -side->sign * search.gradient[j] / side->t : 0;
    return KAM_OK;
}

/* A first step that would be the last were the value a parabola. */
static double first_step(const struct side *side) {
    double matrix[N * N], inverse[N * N];
    const int32_t n = side->best->n;
    for (int32_t i = 0; i < n * n; i++) matrix[i] = -side->best->hessian[i];
    if (kam__cholesky(matrix, n)) return 0.5;
    kam__cholesky_invert(matrix, n, inverse);
    const double step = side->wanted * sqrt(inverse[side->j * n + side->j]);
    return step < LARGEST_STEP ? step : LARGEST_STEP;
}

/* Newton's next point where it lies between the ends, else the middle; outwards by
 * two at most while there is no outer end. */
static double next_point(const struct side *side, double away) {
    const double newton = side->slope > 0
                              ? away + (side->wanted - side->t) / side->slope
                              : away + LARGEST_STEP;
    if (side->outer < INFINITY)
        return newton > side->inner && newton < side->outer
                   ? newton
                   : (side->inner + side->outer) / 2;
    const double most = side->inner + LARGEST_STEP;
    const double next = newton > side->inner && newton < most ? newton : most;
    const double bound = bound_of(side);
    return next < bound ? next : bound;
}

static kam_status find(struct side *side, struct kam__profile_end *end) {
    const double bound = bound_of(side);
    double away = first_step(side);
    if (!(away < bound)) away = bound;
    side->inner = 0;
    side->outer = INFINITY;
    end->status = KAM_ERR_NOT_CONVERGED;
    for (int i = 0; i < MOST_POINTS; i++) {
        const kam_status status = look(side, away);
        if (status != KAM_OK) return status;
        end->x = start_of(side) + side->sign * away;
        const int closed = side->outer - side->inner <= NEAR;
        if (fabs(side->t - side->wanted) <= NEAR * side->wanted ||
            (closed && side->above < INFINITY))
            end->status = KAM_OK;
        if (closed || end->status == KAM_OK) break;
        if (side->t < side->wanted) {
            side->inner = away;
        } else {
            side->outer = away;
            side->above = side->t;
        }
        if (side->inner >= bound) {
            end->status = KAM_ERR_AT_BOUND;
            break;
        }
        away = next_point(side, away);
    }
    return KAM_OK;
}

kam_status kam__profile(const struct kam__search *best, int32_t j, double fall,
                        kam__function function, void *context,
                        struct kam__profile_end end[2]) {
    kam_status status = KAM_OK;
    for (int i = 0; i < 2 && status == KAM_OK; i++) {
        struct side side = {.best = best,
                            .function = function,
                            .context = context,
                            .j = j,
                            .sign = i == 0 ? -1 : 1,
                            .wanted = sqrt(2 * fall)};
        memcpy(side.x, best->x, sizeof side.x);
        status = find(&side, &end[i]);
    }
    return status;
}
