/* SPDX-License-Identifier: MIT */
/* What the company's rules say of an account: class, stage, touches, actions. */
#ifndef KAM_SCORE_RULES_H
#define KAM_SCORE_RULES_H

#include <kam/score.h>

#include "care/cadence.h"
#include "care/playbook.h"
#include "tier/classify.h"

struct kam__rules {
    const kam_accounts *accounts;
    const kam_scores *out; /* ours */
    int wants_class, wants_stage, wants_touches, wants_actions;
    int has_matrix;
    int32_t isa;
    struct kam__classification matrix;
    struct kam__stage_assignment stage;
    struct kam__cadence cadence;
    struct kam__playbook playbook;
};

/* Finds what is wanted of `out`, and returns whether that needs tiers. */
int kam__rules_want(struct kam__rules *rules, const kam_scores *out);

/* Checks all that the wanted answers need; `accounts` must outlive `rules`. */
kam_status kam__rules_begin(struct kam__rules *rules,
                            const kam_accounts *accounts,
                            const kam_models *models, const kam_policy *policy,
                            int32_t as_of_day, int32_t isa, kam_diag *diag);

/* Answers rows [first, first + n), n <= KAM__TILE, that have these tiers, shape
 * (n); adds to row_flags. */
void kam__rules_rows(const struct kam__rules *rules, int64_t first, int32_t n,
                     const int32_t *tier);

/* KAM_POLICY_* of the parts that the wanted answers used. */
uint32_t kam__rules_used(const struct kam__rules *rules);

#endif
