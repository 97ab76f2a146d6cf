/* SPDX-License-Identifier: MIT */
#include <kam/estimate.h>

#include <stddef.h>

#include "base/sized.h"
#include "math/elementary.h"
#include "math/special.h"

enum { MOST_PARAMETERS = 8, DEFAULT_MAX_STEPS = 200 };

kam_status kam_estimate_options_init(kam_estimate_options *options,
                                     uint32_t struct_size) {
    kam_estimate_options ours = {0};
    ours.prior = KAM_PRIOR_NONE;
    ours.max_steps = DEFAULT_MAX_STEPS;
    return kam__sized_init(options, struct_size, &ours, sizeof ours,
                           KAM__FIRST(kam_estimate_options));
}

static int possible(const kam_objective *objective) {
    return objective->n_parameters >= 0 &&
           objective->n_parameters <= MOST_PARAMETERS &&
           objective->n_rows >= 0 && objective->n_skipped >= 0;
}

/* Returns KAM_ERR_OVERFLOW, or KAM_OK. */
static kam_status merge_sums(kam_objective *to, const kam_objective *from) {
    const int32_t p = to->n_parameters;
    kam_status status =
        kam_sum_merge(&to->log_likelihood, &from->log_likelihood);
    for (int32_t i = 0; status == KAM_OK && i < p; i++)
        status = kam_sum_merge(&to->gradient[i], &from->gradient[i]);
    for (int32_t i = 0; status == KAM_OK && i < p * (p + 1) / 2; i++)
        status = kam_sum_merge(&to->hessian[i], &from->hessian[i]);
    return status;
}

kam_status kam_objective_merge(kam_objective *objective,
                               const kam_objective *other) {
    kam_objective ours, theirs;
    kam_status status =
        kam__sized_read(&ours, sizeof ours, objective,
                        KAM__FIRST(kam_objective), "objective", NULL);
    if (status == KAM_OK)
        status = kam__sized_read(&theirs, sizeof theirs, other,
                                 KAM__FIRST(kam_objective), "other", NULL);
    if (status != KAM_OK) return status;
    /* Of no rows and of no model yet: what a part without rows comes to. */
    if (theirs.n_parameters == 0 && theirs.n_rows == 0 && theirs.n_skipped == 0)
        return KAM_OK;
    if (ours.n_parameters == 0 && ours.n_rows == 0 && ours.n_skipped == 0)
        ours.n_parameters = theirs.n_parameters;
    if (!possible(&ours) || !possible(&theirs) ||
        ours.n_parameters != theirs.n_parameters)
        return KAM_ERR_SHAPE;
    if (ours.n_rows > INT64_MAX - theirs.n_rows ||
        ours.n_skipped > INT64_MAX - theirs.n_skipped)
        return KAM_ERR_OVERFLOW;
    status = merge_sums(&ours, &theirs);
    if (status != KAM_OK) return status;
    ours.n_rows += theirs.n_rows;
    ours.n_skipped += theirs.n_skipped;
    return kam__sized_write(objective, &ours, sizeof ours,
                            KAM__FIRST(kam_objective), "objective", NULL);
}

double kam_estimate_ratio_test(double log_likelihood,
                               double larger_log_likelihood, int32_t n_more) {
    const double gain = larger_log_likelihood - log_likelihood;
    if (!(n_more >= 1) || gain != gain) return NAN;
    return gain > 0 ? kam__gamma_q(0.5 * n_more, gain) : 1;
}
