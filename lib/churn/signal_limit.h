/* SPDX-License-Identifier: MIT */
/* The size of each signal at which practice gets alarmed (C4). */
#ifndef KAM_CHURN_SIGNAL_LIMIT_H
#define KAM_CHURN_SIGNAL_LIMIT_H

#include <stdint.h>

/* In the unit of KAM_REASON_*; 0 for reasons that are no signals. */
double kam__signal_limit(int32_t reason);

#endif
