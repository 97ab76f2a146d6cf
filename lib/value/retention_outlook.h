/* SPDX-License-Identifier: MIT */
/* An account's contracts, and what may come of them. */
#ifndef KAM_VALUE_RETENTION_OUTLOOK_H
#define KAM_VALUE_RETENTION_OUTLOOK_H

#include <kam/retention_outlook.h>

#include "math/draw.h"
#include "value/retention_law.h"

enum { KAM__RETENTION_DRAWS = 500 };

/* One model within the horizon; times in its terms. */
struct kam__outlook_model {
    struct kam__retention law;
    int32_t family; /* 0: there is none */
    double horizon, discount;
};

/* One contract that runs, and what tells of its chance to end: its own renewals
 * or, where it is shared, renewals and ends of all of the account. */
struct kam__outlook {
    const struct kam__outlook_model *m;
    double renewals, left, value, past, ends;
    int leaves;
    double near;      /* terms that it runs for sure within the horizon */
    double renewal;   /* at its next decision */
    double decisions; /* within the horizon that may end it */
    double stays;     /* the chance that it runs when the horizon ends */
    double length;    /* terms that it is expected to run */
    double worth;     /* of money 1 a term, discounted */
};

/* Parameters as likely as a fit has them, shape (KAM__RETENTION_DRAWS, 3); sure
 * ones when the covariance is NULL or NaN. */
void kam__outlook_draw(const kam_retention *model, const double *covariance,
                       double *parameters);

/* What a contract brings in a draw of its model's `parameters`. `theta` is its
 * chance to end: NaN, and then drawn here, or that of before. */
double kam__outlook_brings(const struct kam__outlook *o,
                           const double *parameters, struct kam__draw *draw,
                           double *theta);

#endif
