/* SPDX-License-Identifier: MIT */
/**
 * @file kam/btyd_search.h
 * Order models of a book that no process holds as a whole: an engine keeps the
 * rows, adds up sums over its pieces, and these steer the search.
 */
#ifndef KAM_BTYD_SEARCH_H
#define KAM_BTYD_SEARCH_H

#include "btyd.h"

KAM_BEGIN

/** What kam_btyd_objective gives of a model over all rows of a book, its parts
 *  merged by kam_objective_merge. `total` is zeroed, its struct_size set.
 *  @return KAM_OK; KAM_ERR_OVERFLOW when a log likelihood is not finite; any
 *          other status ends the search */
typedef kam_status (*kam_btyd_total)(void *context, const kam_btyd *model,
                                     kam_objective *total);

/**
 * kam_btyd_fit of a book that an engine holds in pieces: `total` is asked for
 * the facts about its rows once, then for the sums at each of some 10 to 40
 * models. The same rows, or equal ones merged into whole weights, give the bits
 * of kam_btyd_fit. Never allocates. k is chosen as there.
 *
 * @param context handed to `total`
 * @param[out] report n_distinct is 0: not known
 * @return as kam_btyd_fit; KAM_ERR_SHAPE when the sums are of other rows than the
 *         facts; what `total` returned
 */
KAM_API kam_status kam_btyd_search(int32_t family, double period_days,
                                   const kam_estimate_options *options,
                                   kam_btyd_total total, void *context,
                                   kam_btyd *model, double *covariance,
                                   kam_estimate_report *report, kam_diag *diag);

KAM_END

#endif
