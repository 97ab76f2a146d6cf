/* SPDX-License-Identifier: MIT */
/* How many orders there will be, and when the next one comes. */
#include <float.h>
#include <math.h>

#include "base/diag.h"
#include "value/btyd_ask.h"

enum { MOST_COUNTS = 1024 };

static void answer_counts(const struct kam__question *q, kam__tile tile,
                          double *out) {
    q->family->order_counts(q->family, q->parameter, tile, q->ahead, q->width,
                            out);
}

kam_status kam_btyd_order_counts(const kam_btyd *model,
                                 const kam_accounts *accounts,
                                 double horizon_periods, int32_t n_counts,
                                 const kam_host *host, double *probability,
                                 uint32_t *row_flags, kam_diag *diag) {
    struct kam__question question = {.ahead = horizon_periods,
                                     .width = n_counts,
                                     .out = probability,
                                     .row_flags = row_flags,
                                     .answer = answer_counts};
    if (!(horizon_periods > 0))
        return kam__fail(diag, KAM_ERR_OPTION, "horizon_periods", -1,
                         horizon_periods, "{value} is no horizon.");
    if (n_counts < 1 || n_counts > MOST_COUNTS)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_counts", -1, n_counts,
                         "{value} counts are not 1..1024.");
    return kam__btyd_ask(&question, model, accounts, host, diag);
}

static void answer_next(const struct kam__question *q, kam__tile tile,
                        double *out) {
    q->family->next_order(q->family, q->parameter, tile, out);
}

kam_status kam_btyd_next_order(const kam_btyd *model,
                               const kam_accounts *accounts,
                               const kam_host *host, double *periods,
                               uint32_t *row_flags, kam_diag *diag) {
    struct kam__question question = {.out = periods,
                                     .row_flags = row_flags,
                                     .answer = answer_next};
    return kam__btyd_ask(&question, model, accounts, host, diag);
}

static double risk_at(const struct kam__question *q, kam__tile one, double h) {
    double risk;
    q->family->no_order(q->family, q->parameter, one, h, &risk);
    return risk;
}

/* The smallest h with at most this risk of no order: doubled or halved until it
 * lies between two, then cut in half as often as there are bits. */
static double time_of(const struct kam__question *q, kam__tile one,
                      double risk) {
    double high = one->T[0] > DBL_MIN ? one->T[0] : 1;
    if (risk_at(q, one, INFINITY) > risk) return INFINITY;
    while (high < DBL_MAX && risk_at(q, one, high) > risk) high *= 2;
    if (high > DBL_MAX) return INFINITY;
    double low = high / 2;
    while (low > DBL_MIN && risk_at(q, one, low) <= risk) {
        high = low;
        low /= 2;
    }
    for (int bit = 0; bit < 54; bit++) {
        const double middle = low + (high - low) / 2;
        if (risk_at(q, one, middle) > risk)
            low = middle;
        else
            high = middle;
    }
    return high;
}

static void answer_next_by(const struct kam__question *q, kam__tile tile,
                           double *out) {
    for (int32_t i = 0; i < tile->n; i++) {
        const struct kam__btyd_tile one = {
            1, tile->isa, tile->x + i, tile->t_x + i, tile->T + i, 0, 0};
        out[i] = time_of(q, &one, 1 - q->ahead);
    }
}

kam_status kam_btyd_next_order_by(const kam_btyd *model,
                                  const kam_accounts *accounts,
                                  double probability, const kam_host *host,
                                  double *periods, uint32_t *row_flags,
                                  kam_diag *diag) {
    struct kam__question question = {.ahead = probability,
                                     .out = periods,
                                     .row_flags = row_flags,
                                     .answer = answer_next_by};
    if (!(probability > 0 && probability < 1))
        return kam__fail(diag, KAM_ERR_OPTION, "probability", -1, probability,
                         "{value} is not between 0 and 1.");
    return kam__btyd_ask(&question, model, accounts, host, diag);
}
