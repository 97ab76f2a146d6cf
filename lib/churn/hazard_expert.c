/* SPDX-License-Identifier: MIT */
/* The expert scorecard as a prior (C2, C4). */
#include <kam/hazard.h>

#include <math.h>

#include "base/diag.h"
#include "churn/signal_limit.h"
#include "math/elementary.h"

#define LN_2 0x1.62e42fefa39efp-1
#define DEFAULT_RISK 0.02

/* The size of each signal at which practice gets alarmed. The first three are
 * the examples of C4 (D); the others are ours (D). */
double kam__signal_limit(int32_t reason) {
    switch (reason) {
    case KAM_REASON_ORDERS: return 0.30;        /* volume -30 % */
    case KAM_REASON_PAYMENT_DELAY: return 0.50; /* half the credit term */
    case KAM_REASON_CONTACT_GAP: return 15;     /* days */
    case KAM_REASON_USAGE: return 0.30;         /* -30 % */
    case KAM_REASON_PRICE_GAP: return 0.10;     /* 10 % above the rival */
    case KAM_REASON_CHANGES: return 1;          /* one not confirmed */
    case KAM_REASON_CONTACT_CHANGED: return 1;  /* yes */
    case KAM_REASON_SATISFACTION: return 2;     /* points of 10 */
    case KAM_REASON_COMPLAINTS: return 1;       /* one past its time */
    case KAM_REASON_DELIVERY: return 0.20;      /* one order in five */
    default: return 0;
    }
}

kam_status kam_hazard_expert(int32_t link, const int32_t *reason,
                             int32_t n_columns, double base_risk, double *mean,
                             double *precision, kam_diag *diag) {
    if (link != KAM_HAZARD_LOGISTIC && link != KAM_HAZARD_CLOGLOG)
        return kam__fail(diag, KAM_ERR_OPTION, "link", -1, link,
                         "{value} is neither KAM_HAZARD_LOGISTIC nor "
                         "KAM_HAZARD_CLOGLOG.");
    if (n_columns < 0 || n_columns > KAM_PANEL_MOST_COLUMNS)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_columns", -1, n_columns,
                         "{value} columns are not 0..255.");
    if ((!reason && n_columns > 0) || !mean || !precision)
        return kam__fail(diag, KAM_ERR_NULL,
                         !mean        ? "mean"
                         : !precision ? "precision"
                                      : "reason",
                         -1, NAN, "");
    if (!(base_risk >= 0 && base_risk < 1))
        return kam__fail(diag, KAM_ERR_OPTION, "base_risk", -1, base_risk,
                         "a risk of {value} is not possible.");
    const double risk = base_risk > 0 ? base_risk : DEFAULT_RISK;
    mean[0] = link == KAM_HAZARD_LOGISTIC ? kam__log(risk) - kam__log1p(-risk)
                                          : kam__log(-kam__log1p(-risk));
    precision[0] = 1;
    for (int32_t j = 0; j < n_columns; j++) {
        const double limit = kam__signal_limit(reason[j]);
        const double weight = limit > 0 ? LN_2 / limit : LN_2;
        mean[j + 1] = limit > 0 ? weight : 0;
        precision[j + 1] = 1 / (weight * weight);
    }
    return kam__ok(diag);
}
