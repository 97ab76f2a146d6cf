/* SPDX-License-Identifier: MIT */
/**
 * @file kam/policy.h
 * A company's rules in one place: every table and threshold that the rooms take,
 * side by side, with the documented defaults for what is left out.
 */
#ifndef KAM_POLICY_H
#define KAM_POLICY_H

#include "cadence.h"
#include "clv.h"
#include "kpi_of.h"
#include "matrix.h"
#include "playbook.h"
#include "service_level.h"
#include "stage.h"
#include "tier.h"

KAM_BEGIN

/** The parts of a policy, as bits. Pinned. */
enum {
    KAM_POLICY_TIERS = 1,           /**< T1 */
    KAM_POLICY_MATRIX = 2,          /**< T2 */
    KAM_POLICY_STAGES = 4,          /**< L1 */
    KAM_POLICY_CADENCE = 8,         /**< L2, L4 */
    KAM_POLICY_SERVICE_LEVELS = 16, /**< L3 */
    KAM_POLICY_PLAYBOOK = 32,       /**< A1 */
    KAM_POLICY_FUTURE = 64,         /**< V1: horizon, discount, interval */
    KAM_POLICY_FIGURES = 128        /**< K3, K6, K10: ages, scale, grace */
};

/** A policy: views of what the caller owns. NULL: that part's defaults. kam_fit
 *  and kam_score take it as it is; each room takes its own part. */
typedef struct kam_policy {
    uint32_t struct_size;               /**< sizeof(kam_policy) */
    uint32_t reserved;                  /**< 0 */
    const kam_tier_policy *tiers;       /**< NULL: kam_tier_preset_cny */
    const kam_matrix_options *matrix;   /**< thresholds */
    const kam_stage_options *stages;    /**< months */
    const kam_cadence_options *cadence; /**< NULL: kam_cadence_preset */
    const kam_service_level_options *service_levels; /**< hours */
    const kam_playbook_options *playbook; /**< NULL: kam_playbook_preset */
    const kam_clv_options *future;        /**< of lifetime value */
    const kam_kpi_options *figures;       /**< its ids, groups and days are not
                                         looked at */
} kam_policy;

/**
 * Checks every part as its room would, and tells which parts stand at their
 * defaults: left out, or with the same values. Allocates nothing but what
 * kam_tier_cutpoints does for an empty book.
 *
 * @param[out] defaults bits KAM_POLICY_*; may be NULL
 * @return KAM_OK; 1..19 with the argument named as in its room
 */
KAM_API kam_status kam_policy_check(const kam_policy *policy,
                                    uint32_t *defaults, kam_diag *diag);

/** The name of one part, such as "service_levels". Never NULL. */
KAM_API const char *kam_policy_part_name(uint32_t part);

KAM_END

#endif
