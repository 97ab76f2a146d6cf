/* SPDX-License-Identifier: MIT */
/**
 * @file kam/cause.h
 * Why accounts leave, and what could be saved (C3, V7, R6): competing causes over
 * a horizon, the loss when an account leaves, and the part of it that action can
 * still avert. Formulas: docs/models/cause.md.
 */
#ifndef KAM_CAUSE_H
#define KAM_CAUSE_H

#include "column.h"
#include "host.h"

KAM_BEGIN

/** Causes (C3). The numbers are pinned; a host's own are 100 and up. */
enum {
    KAM_CAUSE_CONTRACTION =
        1, /**< change of direction, smaller scope, divested;
                                    uncontrollable */
    KAM_CAUSE_INTEGRATION =
        2, /**< the account makes it itself; uncontrollable */
    KAM_CAUSE_CATASTROPHE = 3, /**< disaster or bankruptcy; uncontrollable */
    KAM_CAUSE_RIVAL = 4,     /**< price, product, service, promotion, bribery */
    KAM_CAUSE_NEED = 5,      /**< a product or service need not met */
    KAM_CAUSE_COMPLAINT = 6, /**< complaints not resolved */
    KAM_CAUSE_CONTACT = 7    /**< too little contact */
};

/** The cause's label in KAM_EN or KAM_ZH, such as "rival attack"; "other" where
 *  it is none of the above. Never NULL. */
KAM_API const char *kam_cause_name(int32_t cause, int32_t language);

/** 1 for causes that action can avert: 4 to 7, and a host's own odd ones. */
KAM_API int32_t kam_cause_is_controllable(int32_t cause);

/** Accounts and the risk of each cause. */
typedef struct kam_cause_panel {
    uint32_t struct_size; /**< sizeof(kam_cause_panel) */
    int32_t n_causes;     /**< 1..64 */
    int64_t n_rows;       /**< accounts, >= 0 */
    const int32_t *cause; /**< shape (n_causes): KAM_CAUSE_*, or 100 and up */
    const kam_column
        *risk;         /**< shape (n_causes): chance to leave for this cause
                                 within a period, given still there, [0, 1): as
                                 of a kam_hazard fitted to this cause */
    kam_column margin; /**< a period, money; absent: no losses are computed */
    kam_column
        natural_risk; /**< chance a period to leave anyway; absent: that of
                                  the uncontrollable causes */
} kam_cause_panel;

/** Horizon and what a loss consists of. NULL stands for the defaults. */
typedef struct kam_cause_options {
    uint32_t struct_size;       /**< set by _init */
    uint32_t reserved;          /**< 0 */
    double horizon_periods;     /**< > 0, may be infinite; default 12 */
    double discount_per_period; /**< continuous rate, >= 0; default 0 */
    double most_periods;        /**< longest time a margin is counted for, > 0,
                                     may be infinite; default 60 */
    double replace_chance;      /**< that another account takes the place, 0..1;
                                default 0 */
    double replace_cost;        /**< money to win that one; default 0 */
    double ramp_periods;        /**< until it earns the full margin, linearly;
                                default 0 */
    double save_chance; /**< that action averts a controllable loss, 0..1;
                                default 1 */
} kam_cause_options;

/** Answers; NULL: not wanted. NaN where an input is missing or out of range. */
typedef struct kam_cause_out {
    uint32_t struct_size;   /**< sizeof(kam_cause_out) */
    uint32_t reserved;      /**< 0 */
    double *incidence;      /**< shape (n_rows, n_causes): chance to leave for
                                 this cause within the horizon */
    double *controllable;   /**< shape (n_rows): of the causes one can avert */
    double *uncontrollable; /**< shape (n_rows): of the others */
    double *loss;           /**< shape (n_rows): money lost if it leaves */
    double *expected_loss;  /**< shape (n_rows): loss times both incidences */
    double *saveable_loss;  /**< shape (n_rows): save_chance times loss times
                                 the controllable incidence */
    double *by_cause;       /**< shape (n_causes): expected loss of the book */
    uint32_t *row_flags;    /**< shape (n_rows), written */
} kam_cause_out;

/** Writes the defaults into the first `struct_size` bytes of `options`. */
KAM_API kam_status kam_cause_options_init(kam_cause_options *options,
                                          uint32_t struct_size);

/**
 * Incidences and losses. Never allocates; can be cancelled.
 *
 * @return KAM_OK; 1..19; 41; 60..79
 */
KAM_API kam_status kam_cause_losses(const kam_cause_panel *panel,
                                    const kam_cause_options *options,
                                    const kam_host *host,
                                    const kam_cause_out *out, kam_diag *diag);

KAM_END

#endif
