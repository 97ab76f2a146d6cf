/* SPDX-License-Identifier: MIT */
/* Policies for the other files of this room. */
#ifndef KAM_SCORE_POLICY_H
#define KAM_SCORE_POLICY_H

#include <kam/policy.h>

enum { KAM__MATRIX_DEFAULTS = 63 }; /* every KAM_MATRIX_DEFAULT_* of a fit */

/* Reads a caller's policy; NULL: every part left out. The parts themselves are
 * checked by whoever uses them. */
kam_status kam__policy_read(kam_policy *ours, const kam_policy *theirs,
                            kam_diag *diag);

/* Which of these parts, KAM_POLICY_*, stand at their defaults. Never allocates
 * unless KAM_POLICY_TIERS is asked for. */
uint32_t kam__policy_defaults(const kam_policy *policy, uint32_t parts);

/* Whether these are T1's. */
int kam__tiers_are_default(const kam_tier_policy *tiers);

#endif
