/* SPDX-License-Identifier: MIT */
/**
 * @file kam/playbook.h
 * What to do for an account (A1): from tier, class, stage and alarms to actions
 * with days, by a table that the caller may replace or lengthen. And the defence
 * checklist (A2).
 */
#ifndef KAM_PLAYBOOK_H
#define KAM_PLAYBOOK_H

#include "column.h"
#include "host.h"

KAM_BEGIN

/** Actions. The numbers are pinned; a host's own begin at 1000. */
enum {
    KAM_ACTION_EXECUTIVE_SPONSOR = 1,    /**< strategic tier */
    KAM_ACTION_TWO_PERSON_TEAM = 2,      /**< key tier */
    KAM_ACTION_DEDICATED_ADVISER = 3,    /**< basic tier */
    KAM_ACTION_DEDICATED_MANAGER = 4,    /**< core */
    KAM_ACTION_CUSTOM_PLAN = 5,          /**< core */
    KAM_ACTION_NAMED_CONTACT = 6,        /**< high potential */
    KAM_ACTION_TRIAL_FIRST = 7,          /**< high potential */
    KAM_ACTION_INDUSTRY_SOLUTION = 8,    /**< high potential */
    KAM_ACTION_STANDARD_SERVICE = 9,     /**< maintain */
    KAM_ACTION_CASES_FIRST = 10,         /**< develop */
    KAM_ACTION_VALUE_ADDED_SERVICE = 11, /**< an alarm */
    KAM_ACTION_SENIOR_CONTACT = 12       /**< an alarm */
};

/**
 * One rule: accounts of these tiers, classes and stages with any of these alarms
 * get this action. Bits of a mask are tiers, classes, stages or the host's
 * alarms; 0 asks for nothing. Frozen: 24 bytes.
 */
typedef struct kam_playbook_rule {
    int32_t action;   /**< KAM_ACTION_*, or the host's own, > 0 */
    int32_t due_days; /**< days from today, >= 0; -1: never do that, whatever
                           other rules say */
    uint32_t tiers;   /**< bit t: tier t (0 is the best) */
    uint32_t classes; /**< bit c: class c of the matrix (kam/matrix.h) */
    uint32_t stages;  /**< bit s: KAM_STAGE_* s (kam/stage.h) */
    uint32_t alarms;  /**< any of these bits */
} kam_playbook_rule;

/** Rules in the preset, with actions as the domain states them and days of
 *  ours: 30 to set up, 90 to offer, 2 and 5 after an alarm. */
enum { KAM_PLAYBOOK_PRESET = 12 };

/** Writes the rules of A1, for tiers strategic, key, basic (0, 1, 2).
 *  @param[out] rules shape (KAM_PLAYBOOK_PRESET) */
KAM_API kam_status kam_playbook_preset(kam_playbook_rule *rules);

/** What an action is called, in KAM_EN or KAM_ZH (kam/reason.h). Never NULL. */
KAM_API const char *kam_playbook_action_name(int32_t action, int32_t language);

/** What is known of accounts. A view: the caller owns every buffer. */
typedef struct kam_playbook_accounts {
    uint32_t struct_size;     /**< sizeof(kam_playbook_accounts) */
    uint32_t reserved;        /**< 0 */
    int64_t n_rows;           /**< rows in every column that is present */
    kam_column tier;          /**< 0 is the best; below 0 or missing: unknown */
    kam_column account_class; /**< of the matrix; below 1 or missing: unknown */
    kam_column stage;         /**< KAM_STAGE_*; below 0 or missing: unknown */
    kam_column alarms; /**< integers, the host's bits; missing: unknown */
} kam_playbook_accounts;

/** Which rules, and how many answers there is room for. */
typedef struct kam_playbook_options {
    uint32_t struct_size;           /**< sizeof(kam_playbook_options) */
    int32_t n_rules;                /**< rules of the caller, 0..1000 */
    const kam_playbook_rule *rules; /**< shape (n_rules) */
    int32_t instead; /**< 1: without the preset; 0: on top of it */
    int32_t width;   /**< actions an account, 1..64; default 16 */
} kam_playbook_options;

/** What stands at its default, as bits. */
enum {
    KAM_PLAYBOOK_DEFAULT_RULES = 1, /**< the preset, and nothing else */
    KAM_PLAYBOOK_DEFAULT_WIDTH = 2  /**< 16 */
};

/** Where to write. NULL: not wanted. Actions are in order of their day, then of
 *  their number; one that more rules give is given once, for the first day. */
typedef struct kam_playbook_out {
    uint32_t struct_size; /**< sizeof(kam_playbook_out) */
    uint32_t reserved;    /**< 0 */
    int32_t *n_actions;   /**< shape (n_rows), also those beyond `width` */
    int32_t *action;      /**< shape (n_rows, width), 0 after the last */
    int32_t *due_days;    /**< shape (n_rows, width), from today */
    int32_t *rule; /**< shape (n_rows, width), row of the caller's rule, or
                               -1 - row of the preset; 0 after the last */
    uint32_t *row_flags; /**< shape (n_rows): KAM_ROW_MISSING when a rule asks
                               for something that is not known */
    uint32_t *
        defaults; /**< one number for the call: KAM_PLAYBOOK_DEFAULT_* that stand */
} kam_playbook_out;

/** Finds the actions of every account. Never allocates; can be cancelled.
 *  @param options NULL: the preset, width 16 */
KAM_API kam_status kam_playbook_actions(const kam_playbook_accounts *accounts,
                                        const kam_playbook_options *options,
                                        const kam_host *host,
                                        const kam_playbook_out *out,
                                        kam_diag *diag);

/** The defence checklist (A2): one 沟通, two 一致, four 保证. Pinned. */
enum {
    KAM_DEFENCE_COMMUNICATION = 0, /**< deep communication */
    KAM_DEFENCE_DEMAND = 1,        /**< aligned with what they need */
    KAM_DEFENCE_DEVELOPMENT = 2,   /**< aligned with where they go */
    KAM_DEFENCE_QUALITY = 3,       /**< quality guaranteed */
    KAM_DEFENCE_SERVICE = 4,       /**< service guaranteed */
    KAM_DEFENCE_LOGISTICS = 5,     /**< logistics guaranteed */
    KAM_DEFENCE_BENEFIT = 6,       /**< benefit guaranteed */
    KAM_DEFENCE_COUNT = 7          /**< how many there are */
};

/** What a point is called, in KAM_EN or KAM_ZH (kam/reason.h). Never NULL. */
KAM_API const char *kam_playbook_defence_name(int32_t point, int32_t language);

/**
 * Completion and gaps of the checklist. Never allocates; can be cancelled.
 *
 * @param points shape (KAM_DEFENCE_COUNT), columns of 0 (gap), 1 (done), missing
 *               (not known)
 * @param[out] completion shape (n_rows), done of the seven, 0..1; NaN when none
 *                        is known; may be NULL
 * @param[out] gaps    shape (n_rows), bits of points not done; may be NULL
 * @param[out] unknown shape (n_rows), bits of points not known; may be NULL
 */
KAM_API kam_status kam_playbook_defence(const kam_column *points,
                                        int64_t n_rows, const kam_host *host,
                                        double *completion, uint32_t *gaps,
                                        uint32_t *unknown, kam_diag *diag);

KAM_END

#endif
