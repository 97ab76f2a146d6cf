/* SPDX-License-Identifier: MIT */
#ifndef KAM_CHURN_HEALTH_H
#define KAM_CHURN_HEALTH_H

#include <kam/health.h>

/* A policy that was checked, its defaults filled in. */
kam_status kam__health_policy_read(kam_health_policy *ours,
                                   const kam_health_policy *theirs,
                                   kam_diag *diag);

/* 0 is the worst; -1 for NaN. */
int32_t kam__health_band(const kam_health_policy *policy, double score);

#endif
