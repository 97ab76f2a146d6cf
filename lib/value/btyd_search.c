/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "base/diag.h"
#include "value/btyd_fit.h"

kam_status kam_btyd_search(int32_t family, double period_days,
                           const kam_estimate_options *options,
                           kam_btyd_total total, void *context, kam_btyd *model,
                           double *covariance, kam_estimate_report *report,
                           kam_diag *diag) {
    struct kam__btyd_request request = {.period_days = period_days,
                                        .total = total,
                                        .context = context};
    if (!total) return kam__fail(diag, KAM_ERR_NULL, "total", -1, NAN, "");
    return kam__btyd_answer(family, &request, options, model, covariance,
                            report, diag);
}
