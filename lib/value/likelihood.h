/* SPDX-License-Identifier: MIT */
/* Maximum likelihood for models whose log likelihood of a row is a part that
 * depends on a count x alone plus a part that depends on the whole row. */
#ifndef KAM_VALUE_LIKELIHOOD_H
#define KAM_VALUE_LIKELIHOOD_H

#include <kam/estimate.h>

#include "base/rows.h"
#include "math/cholesky.h"
#include "math/distinct.h"
#include "math/profile.h"

enum {
    KAM__MOST_PARAMETERS = KAM__LARGEST_MATRIX,
    KAM__MOST_STARTS = 3,
    KAM__MOST_TERMS = 1 + KAM__MOST_PARAMETERS +
                      KAM__MOST_PARAMETERS * (KAM__MOST_PARAMETERS + 1) / 2
};

/* A model. Terms are value, gradient (p) and lower triangle of the Hessian by
 * rows, in log parameters (or units of one). The first key of a row is its count;
 * without count_terms nothing depends on that alone. */
struct kam__likelihood {
    int32_t p;
    const void *context;
    void (*count_terms)(const void *context, const double *parameter, double x,
                        double *out);
    void (*row_terms)(const void *context, const double *parameter,
                      const double *const *key, int32_t n, int32_t isa,
                      double (*out)[KAM__TILE]);
    const char *const *name;     /* of the parameters */
    const char *const *at_lower; /* what it means that one is at its bound */
    const char *const *at_upper;
    double lower[KAM__MOST_PARAMETERS], upper[KAM__MOST_PARAMETERS];
    int32_t n_starts; /* 1..KAM__MOST_STARTS */
    double start[KAM__MOST_STARTS][KAM__MOST_PARAMETERS];
    double centre[KAM__MOST_PARAMETERS], width[KAM__MOST_PARAMETERS];
    /* A parameter whose unit is above 0 is no exponential: it is its offset and so
     * many units. */
    double unit[KAM__MOST_PARAMETERS], offset[KAM__MOST_PARAMETERS];
    struct kam__profile_wish *profile; /* NULL: none */
};

/* An interval of one parameter by profile likelihood; ends are parameters. */
struct kam__profile_wish {
    int32_t parameter;
    double fall;
    struct kam__profile_end end[2];
};

struct kam__estimate {
    double parameter[KAM__MOST_PARAMETERS];
    double covariance[KAM__MOST_PARAMETERS * KAM__MOST_PARAMETERS];
};

/* Where the rows lie elsewhere: their sums at a point, of a model with all its
 * parameters; NULL asks for the facts that a search begins with. KAM_ERR_OVERFLOW
 * says that they are not finite there; any other failure ends the search. */
struct kam__total {
    kam_status (*ask)(void *context, const double *parameter,
                      kam_objective *total, kam_diag *diag);
    void *context;
};

/* Fits. Rows, options and report are ours; the verdict is in the report, too. */
kam_status kam__likelihood_fit(const struct kam__likelihood *model,
                               const struct kam__distinct *rows,
                               const kam_estimate_options *options,
                               const kam_host *host,
                               struct kam__estimate *estimate,
                               kam_estimate_report *report, kam_diag *diag);

/* The same, of rows elsewhere that weigh `size` together; *answered tells whether
 * `estimate` holds a point. */
kam_status kam__likelihood_search(const struct kam__likelihood *model,
                                  const struct kam__total *total, double size,
                                  const kam_estimate_options *options,
                                  struct kam__estimate *estimate, int *answered,
                                  kam_estimate_report *report, kam_diag *diag);

/* Adds n <= KAM__TILE rows of weight w to partial sums, as the fit does. Returns
 * 1 when a term is not finite or a sum overflows. */
int kam__likelihood_add(const struct kam__likelihood *model,
                        const double *parameter, const double *const *key,
                        const double *weight, int32_t n, int32_t isa,
                        kam_sum *sums);

/* The same for the count parts alone, of n counts. */
int kam__likelihood_add_counts(const struct kam__likelihood *model,
                               const double *parameter, const double *count,
                               const double *weight, int32_t n, kam_sum *sums);

/* Between sums and the public partial objective. */
void kam__likelihood_export(int32_t p, const kam_sum *sums,
                            kam_objective *objective);
void kam__likelihood_import(int32_t p, const kam_objective *objective,
                            kam_sum *sums);

/* The options as they are meant, checked. */
kam_status kam__estimate_read(kam_estimate_options *ours,
                              const kam_estimate_options *theirs,
                              kam_diag *diag);

#endif
