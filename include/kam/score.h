/* SPDX-License-Identifier: MIT */
/**
 * @file kam/score.h
 * Everything about every account, in one call: tier, class, value, profit and
 * churn risk with reasons, stage, touches that are due, and what to do.
 */
#ifndef KAM_SCORE_H
#define KAM_SCORE_H

#include "clv.h"
#include "fit.h"
#include "policy.h"
#include "reason.h"

KAM_BEGIN

/**
 * Where to write, each shape (n_rows) unless it says else. NULL: not wanted,
 * and not computed. No output may overlap an input or another output. A part
 * whose model is not there is NaN (-1 for a tier) with KAM_ROW_MISSING.
 */
typedef struct kam_scores {
    uint32_t struct_size;        /**< sizeof(kam_scores) */
    uint32_t reserved;           /**< 0 */
    int32_t *tier;               /**< 0 is the best, n_bands none, -1 unknown */
    double *tier_to_next;        /**< money missing to the tier above */
    double *tier_above_limit;    /**< money above what keeps it in its tier */
    double *net_revenue;         /**< money */
    double *profit;              /**< contribution, money */
    double *margin_ratio;        /**< contribution / net revenue */
    double *alive;               /**< probability of still being active, 0..1 */
    double *expected_orders;     /**< orders in the horizon */
    double *order_value;         /**< money an order, expected */
    double *lifetime_value;      /**< money, discounted to the as-of day */
    double *lifetime_value_low;  /**< lower quantile of what may come */
    double *lifetime_value_high; /**< upper one; the mean may lie outside */
    double *churn_risk;          /**< probability of no order in the horizon */
    kam_reason *reasons;         /**< shape (n_rows, 4): the base, then silence,
                                      rhythm and tenure, largest first; on the
                                      log-odds of churn_risk */
    uint32_t *row_flags;         /**< KAM_ROW_* of all answers wanted */
    int32_t *matrix_class;   /**< KAM_MATRIX_*, of value and potential (T2) */
    double *value_score;     /**< its axes, 0..1, as kam_matrix_out */
    double *potential_score; /**< likewise */
    int32_t *stage;          /**< KAM_STAGE_* (L1) */
    double *stage_days_left; /**< days to the next stage; NaN after the last */
    int32_t *touch_due;      /**< shape (n_rows, 10), by KAM_TOUCH_* from 1
                                      on: due day; KAM_NO_DAY: none (L2, L4) */
    int32_t *touch_overdue;  /**< likewise: days, >= 0 */
    int32_t *touch_next;     /**< likewise: the day after as_of_day */
    int32_t *n_actions;      /**< also those beyond the playbook's width */
    int32_t *actions;        /**< shape (n_rows, width): KAM_ACTION_* in order
                                      of their day (A1), 0 after the last */
    int32_t *action_days;    /**< likewise: due, days from as_of_day */
    uint32_t *defaults;      /**< one number for all: KAM_POLICY_*, the parts
                                      that these answers used and that stand at
                                      their defaults */
} kam_scores;

/** Touches of kam_scores. */
enum {
    KAM_SCORE_TOUCHES = 10 /**< KAM_TOUCH_VISIT .. KAM_TOUCH_RIVAL_WATCH */
};

/**
 * Scores every row of `accounts`. Never allocates; uses the host's threads; can
 * be cancelled. A row depends on nothing but itself and the models, so scoring
 * a slice gives the same bits as scoring the whole.
 *
 * @param models    from kam_fit
 * @param policy    horizon, discount and interval (future), stages, cadence and
 *                  playbook; its tiers and matrix are in `models`; NULL: defaults
 * @param as_of_day "today", for stage, touches and actions; otherwise not looked
 *                  at, such as KAM_NO_DAY
 * @return KAM_OK, even when some rows have no answer (see row_flags); KAM_ERR_*
 *         1..19, 60..79
 */
KAM_API kam_status kam_score(const kam_accounts *accounts,
                             const kam_models *models, const kam_policy *policy,
                             int32_t as_of_day, const kam_host *host,
                             const kam_scores *out, kam_diag *diag);

/**
 * Scores one account: kam_accounts_of, then kam_score, and the same bits.
 * Never allocates.
 *
 * @param account_size sizeof(kam_account) as the caller compiled it
 * @param out          each member that is not NULL points at one value (four
 *                     reasons)
 */
KAM_API kam_status kam_score_one(const kam_account *account,
                                 uint64_t account_size,
                                 const kam_models *models,
                                 const kam_policy *policy, int32_t as_of_day,
                                 const kam_scores *out, kam_diag *diag);

KAM_END

#endif
