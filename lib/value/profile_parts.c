/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stddef.h>

#include "base/diag.h"
#include "base/sized.h"
#include "math/special.h"
#include "value/fit_parts.h"

static kam_status check(const struct kam__likelihood *model,
                        const kam_estimate_interval *interval, kam_diag *diag) {
    if (interval->parameter < 0 || interval->parameter >= model->p)
        return kam__fail(diag, KAM_ERR_OPTION, "interval.parameter", -1,
                         interval->parameter,
                         "{value} is no parameter that the fit estimates.");
    if (!(interval->level > 0 && interval->level < 1))
        return kam__fail(diag, KAM_ERR_OPTION, "interval.level", -1,
                         interval->level, "{value} is no probability.");
    return KAM_OK;
}

kam_status kam__profile_parts(const struct kam__row_kind *kind,
                              struct kam__likelihood *model,
                              const kam_accounts *parts, int64_t n_parts,
                              const kam_estimate_options *options,
                              const kam_host *host,
                              kam_estimate_interval *interval, kam_diag *diag) {
    kam_estimate_interval ours;
    struct kam__profile_wish wish;
    struct kam__estimate estimate;
    int answered;
    kam_status status =
        kam__sized_read(&ours, sizeof ours, interval,
                        KAM__FIRST(kam_estimate_interval), "interval", diag);
    if (status == KAM_OK) status = check(model, &ours, diag);
    if (status != KAM_OK) return status;
    const double z = kam__normal_quantile(0.5 + ours.level / 2);
    wish.parameter = ours.parameter;
    wish.fall = 0.5 * z * z;
    model->profile = &wish;
    status = kam__fit_parts(kind, model, parts, n_parts, options, host,
                            &estimate, &answered, NULL, diag);
    model->profile = NULL;
    if (!answered || status == KAM_ERR_NOT_CONVERGED) return status;
    ours.estimate = estimate.parameter[ours.parameter];
    ours.low = wish.end[0].x;
    ours.high = wish.end[1].x;
    ours.fit = status;
    ours.low_status = wish.end[0].status;
    ours.high_status = wish.end[1].status;
    kam__sized_write(interval, &ours, sizeof ours,
                     KAM__FIRST(kam_estimate_interval), "interval", NULL);
    return kam__ok(diag);
}
