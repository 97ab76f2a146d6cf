/* SPDX-License-Identifier: MIT */
/* From a book in parts to a fit: what kam_btyd_fit and kam_spend_fit share. */
#ifndef KAM_VALUE_FIT_PARTS_H
#define KAM_VALUE_FIT_PARTS_H

#include <kam/account.h>

#include "value/likelihood.h"

/* How one kind of model reads its rows. */
struct kam__row_kind {
    int32_t n_keys;
    /* Reads the caller's struct and checks the columns. */
    kam_status (*read)(kam_accounts *ours, const kam_accounts *theirs,
                       kam_diag *diag);
    /* Loads the usable rows of [first, first + n), squeezed together; returns
     * how many. */
    int32_t (*load)(const kam_accounts *part, int64_t first, int32_t n,
                    double (*key)[KAM__TILE], double *weight);
    /* Looks at all rows before a fit: refuses, or sets start, bounds and prior
     * of the model. n_used and n_skipped are counts of rows as given. NULL where
     * facts that add up are enough, as a search needs them: */
    kam_status (*look)(struct kam__likelihood *model,
                       const struct kam__distinct *rows, int64_t n_used,
                       int64_t n_skipped, int32_t prior, kam_diag *diag);
    /* Adds facts about n usable rows; fact[0] is their weight. Returns 1 when a
     * sum overflows. */
    int (*add_facts)(const double *const *key, const double *weight, int64_t n,
                     kam_sum *fact);
    /* May be NULL: facts of a whole part that fits have no use for, but searches
     * do. */
    kam_status (*add_more)(const kam_accounts *part, kam_sum *fact,
                           kam_diag *diag);
    /* As `look`, from the facts of all rows. */
    kam_status (*prepare)(struct kam__likelihood *model, const kam_sum *fact,
                          int64_t n_used, int32_t prior, kam_diag *diag);
};

/* Facts travel as the gradient of an objective with so many parameters. */
enum { KAM__MOST_FACTS = 8 };

/* The weights of rows [first, first + n): 1 where none is given. */
const double *kam__weights(const kam_accounts *part, int64_t first, int32_t n,
                           double *tile);

/* Whether a weight can be used at all. */
int kam__is_weight(double weight);

/* Fits; the arguments are the public ones. 1 is written to *answered when
 * `estimate` holds a point (also at a bound, flat, not converged). */
kam_status kam__fit_parts(const struct kam__row_kind *kind,
                          struct kam__likelihood *model,
                          const kam_accounts *parts, int64_t n_parts,
                          const kam_estimate_options *options,
                          const kam_host *host, struct kam__estimate *estimate,
                          int *answered, kam_estimate_report *report,
                          kam_diag *diag);

/* The same, of rows elsewhere. */
kam_status kam__fit_total(const struct kam__row_kind *kind,
                          struct kam__likelihood *model,
                          const struct kam__total *total,
                          const kam_estimate_options *options,
                          struct kam__estimate *estimate, int *answered,
                          kam_estimate_report *report, kam_diag *diag);

/* Asks for facts (parameter NULL), or for the objective of a model with p
 * parameters, and checks that it is one of n_rows rows (-1: any). */
kam_status kam__total_check(const kam_objective *total, int32_t p,
                            int64_t n_rows, kam_diag *diag);

/* Adds the facts of a part to the public partial objective. */
kam_status kam__facts_part(const struct kam__row_kind *kind,
                           const kam_accounts *part, const kam_host *host,
                           kam_objective *partial, kam_diag *diag);

/* The interval asked for; the arguments are the public ones. */
kam_status kam__profile_parts(const struct kam__row_kind *kind,
                              struct kam__likelihood *model,
                              const kam_accounts *parts, int64_t n_parts,
                              const kam_estimate_options *options,
                              const kam_host *host,
                              kam_estimate_interval *interval, kam_diag *diag);

/* Adds the rows of a part to the public partial objective. */
kam_status kam__objective_part(const struct kam__row_kind *kind,
                               const struct kam__likelihood *model,
                               const double *parameter,
                               const kam_accounts *part, const kam_host *host,
                               kam_objective *partial, kam_diag *diag);

#endif
