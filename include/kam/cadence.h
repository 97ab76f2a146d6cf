/* SPDX-License-Identifier: MIT */
/**
 * @file kam/cadence.h
 * The touch calendar (L2, L4): which contact an account is due, since when, and
 * when the next one comes.
 */
#ifndef KAM_CADENCE_H
#define KAM_CADENCE_H

#include "column.h"
#include "host.h"
#include "stage.h"

KAM_BEGIN

/** Touches. The numbers are pinned; a host's own begin at 1000. */
enum {
    KAM_TOUCH_VISIT = 1,             /**< face to face */
    KAM_TOUCH_REVIEW = 2,            /**< review of a high-potential account */
    KAM_TOUCH_ONBOARDING = 3,        /**< contact in the first three months */
    KAM_TOUCH_VALUE_REPORT = 4,      /**< what they got from us */
    KAM_TOUCH_EXECUTIVE_MEETING = 5, /**< the heads of both sides */
    KAM_TOUCH_DATA_REVIEW = 6,       /**< our figures of the account */
    KAM_TOUCH_SURVEY = 7,            /**< satisfaction survey */
    KAM_TOUCH_REVISIT = 8,           /**< return visit */
    KAM_TOUCH_RESOURCE_REVIEW = 9,   /**< what we spend on it */
    KAM_TOUCH_RIVAL_WATCH = 10       /**< who else is there */
};

/**
 * One rule: accounts of these tiers, classes and stages, so many months after
 * their contract, get this touch so often. Bits of a mask are tiers, classes or
 * stages; a mask of 0 asks for nothing, not even that it be known. Where more
 * rules for a touch hold, the earliest day counts. Frozen: 32 bytes.
 */
typedef struct kam_cadence_rule {
    int32_t touch;        /**< KAM_TOUCH_*, or the host's own, > 0 */
    uint32_t tiers;       /**< bit t: tier t (0 is the best) */
    uint32_t classes;     /**< bit c: class c of the matrix (kam/matrix.h) */
    uint32_t stages;      /**< bit s: KAM_STAGE_* s */
    int32_t from_month;   /**< calendar months after the contract day, >= 0 */
    int32_t to_month;     /**< before so many months; 0: without end */
    int32_t every_days;   /**< the step in days, or 0 */
    int32_t every_months; /**< the step in calendar months, or 0; one of both */
} kam_cadence_rule;

/** Rules in the preset. */
enum {
    KAM_CADENCE_PRESET = 12 /**< of which the last four (L4) have our period */
};

/** Writes the rules of L2 and L4.
 *  @param[out] rules shape (KAM_CADENCE_PRESET) */
KAM_API kam_status kam_cadence_preset(kam_cadence_rule *rules);

/** What a touch is called, in KAM_EN or KAM_ZH (kam/reason.h). Never NULL. */
KAM_API const char *kam_cadence_touch_name(int32_t touch, int32_t language);

/** What is known of accounts. A view: the caller owns every buffer. */
typedef struct kam_cadence_accounts {
    uint32_t struct_size;     /**< sizeof(kam_cadence_accounts) */
    int32_t n_touches;        /**< [1, 64] */
    const int32_t *touches;   /**< shape (n_touches), which are asked for */
    const kam_column *last;   /**< shape (n_touches), a column of days for each:
                                  when it was done last; NULL: never */
    int64_t n_rows;           /**< rows in every column that is present */
    kam_column contract_day;  /**< as kam_stage_assign */
    kam_column tier;          /**< 0 is the best; below 0 or missing: unknown */
    kam_column account_class; /**< of the matrix; below 1 or missing: unknown */
} kam_cadence_accounts;

/** What stands at its default, as bits. */
enum {
    KAM_CADENCE_DEFAULT_RULES = 1, /**< the preset */
    KAM_CADENCE_DEFAULT_STAGES = 2 /**< 3, 12, 36 months */
};

/** Where to write, each shape (n_rows, n_touches). NULL: not wanted. */
typedef struct kam_cadence_out {
    uint32_t struct_size;  /**< sizeof(kam_cadence_out) */
    uint32_t reserved;     /**< 0 */
    int32_t *due_day;      /**< KAM_NO_DAY: none is due */
    int32_t *overdue_days; /**< as_of_day less due_day, at least 0 */
    int32_t *next_day;     /**< first day of the schedule after as_of_day */
    int32_t *rule;         /**< row of the rule, -1: none holds */
    uint32_t *row_flags;   /**< shape (n_rows): KAM_ROW_MISSING when a rule
                                asks for something that is not known;
                                KAM_ROW_DOMAIN when a last touch lies
                                ahead: then none is due */
    uint32_t *
        defaults; /**< one number for the call: KAM_CADENCE_DEFAULT_* that stand */
} kam_cadence_out;

/** Rules, and when stages begin. */
typedef struct kam_cadence_options {
    uint32_t struct_size;            /**< sizeof(kam_cadence_options) */
    int32_t n_rules;                 /**< 0: the preset; at most 1000 */
    const kam_cadence_rule *rules;   /**< shape (n_rules) */
    const kam_stage_options *stages; /**< NULL: defaults */
} kam_cadence_options;

/**
 * What is due. A touch is due one step after the last one, or after the day from
 * which the rule holds; never before that day. Steps in months are counted from
 * there, so that the 31st comes back after a short month. Never allocates; can
 * be cancelled.
 *
 * @param options NULL: the preset and default stages
 */
KAM_API kam_status kam_cadence_due(const kam_cadence_accounts *accounts,
                                   int32_t as_of_day,
                                   const kam_cadence_options *options,
                                   const kam_host *host,
                                   const kam_cadence_out *out, kam_diag *diag);

KAM_END

#endif
