/* SPDX-License-Identifier: MIT */
#ifndef KAM_VALUE_BTYD_FIT_H
#define KAM_VALUE_BTYD_FIT_H

#include <kam/btyd_search.h>

#include "value/btyd_family.h"
#include "value/fit_parts.h"
#include "value/likelihood.h"

/* Facts about rows, in this order. */
enum {
    KAM__BTYD_WEIGHT,
    KAM__BTYD_AGE,
    KAM__BTYD_ORDERS,
    KAM__BTYD_REPEATERS,
    KAM__BTYD_LOG_GAPS, /* the last three: for families with a rhythm */
    KAM__BTYD_GAP_ORDERS,
    KAM__BTYD_GAPS_UNKNOWN
};

/* Refuses a book, or sets starts, bounds and prior of the family's parameters.
 * Keys of rows: x first, T third. */
kam_status kam__btyd_prepare(struct kam__likelihood *model,
                             const struct kam__distinct *rows,
                             kam__family family, double rhythm, int32_t prior,
                             kam_diag *diag);

/* What a fit is asked for, and what it tells. Rows are here, in parts, or lie
 * elsewhere, and `total` adds them up. */
struct kam__btyd_request {
    const kam_accounts *parts;
    int64_t n_parts;
    kam_btyd_total total;
    void *context;
    double period_days;
    const kam_estimate_options *options;
    const kam_host *host;
    struct kam__estimate estimate;
    kam_estimate_report report;
    int answered;
    kam_objective facts;
};

kam_status kam__btyd_answer(int32_t family, struct kam__btyd_request *request,
                            const kam_estimate_options *options,
                            kam_btyd *model, double *covariance,
                            kam_estimate_report *report, kam_diag *diag);

/* A family, and the parameter that it takes as given. */
struct kam__btyd_given {
    kam__family family;
    double rhythm;
};

struct kam__likelihood kam__btyd_likelihood(
    const struct kam__btyd_given *given);

const struct kam__row_kind *kam__btyd_kind(kam__family family);

/* Reads k from the options, and takes it out of what other fits see. */
kam_status kam__btyd_read_rhythm(kam__family family,
                                 const kam_estimate_options *theirs,
                                 kam_estimate_options *ours, int32_t *rhythm,
                                 kam_diag *diag);

#endif
