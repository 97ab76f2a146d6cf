/* SPDX-License-Identifier: MIT */
/* Curves with coefficients, by maximum likelihood. */
#ifndef KAM_CHURN_CALIBRATE_CURVE_H
#define KAM_CHURN_CALIBRATE_CURVE_H

#include "churn/ranked.h"

/* Features of a probability: at most two, then 1. */
void kam__calibrate_features(int32_t method, double p, double *x);

/* Coefficients of the features, none that makes the beta curve fall. KAM_OK,
 * KAM_ERR_CANCELLED or KAM_ERR_NOT_CONVERGED, which was never seen. */
kam_status kam__calibrate_curve(const struct kam__ranked *rows, int32_t method,
                                const kam_host *host, double *b);

static inline int kam__calibrate_is_stopped(const kam_host *host, int64_t done,
                                            int64_t total) {
    return host->progress && host->progress(host->watcher, done, total) != 0;
}

#endif
