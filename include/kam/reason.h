/* SPDX-License-Identifier: MIT */
/**
 * @file kam/reason.h
 * Why a score is what it is: additive parts with stable ids, and words for
 * them in English and 中文.
 */
#ifndef KAM_REASON_H
#define KAM_REASON_H

#include "status.h"

KAM_BEGIN

/** Languages of the texts. */
enum {
    KAM_EN = 1, /**< English */
    KAM_ZH = 2  /**< 中文 */
};

/** What moves a churn risk. The numbers are pinned. */
enum {
    KAM_REASON_NONE = 0,    /**< no reason: nothing else moved the score */
    KAM_REASON_BASE = 1,    /**< the book's typical account, silent for one
                                 of its intervals; value: its risk */
    KAM_REASON_SILENCE = 2, /**< days since the last order, beside the
                                 account's own interval; value: days */
    KAM_REASON_RHYTHM = 3,  /**< how often it orders; value: days an order */
    KAM_REASON_TENURE = 4,  /**< how long it has been known; value: days */
    KAM_REASON_REST = 5,    /**< all other signals; value: how many */

    /* Signals (C4). Values grow as things get worse; shares as 0.3 for 30 %. */
    KAM_REASON_USAGE = 10,           /**< share by which usage fell */
    KAM_REASON_PAYMENT_DELAY = 11,   /**< delay as a share of the credit term */
    KAM_REASON_ORDERS = 12,          /**< share by which order volume fell */
    KAM_REASON_PRICE_GAP = 13,       /**< share by which a rival is cheaper */
    KAM_REASON_CHANGES = 14,         /**< change requests not confirmed */
    KAM_REASON_CONTACT_CHANGED = 15, /**< changes of the contact person */
    KAM_REASON_SATISFACTION = 16,    /**< points of 10 satisfaction fell */
    KAM_REASON_COMPLAINTS = 17,      /**< complaints open past their time */
    KAM_REASON_CONTACT_GAP = 18,     /**< days without a contact */
    KAM_REASON_DELIVERY = 19,        /**< share of deliveries that were late */

    /** a signal of the host's own: this and above; value: the signal */
    KAM_REASON_COLUMN = 1000
};

/**
 * One part of a score. The parts of one score, the base included, add up to it
 * exactly, in any order of addition: all are multiples of 2^-40. Frozen.
 */
typedef struct kam_reason {
    int32_t id;          /**< KAM_REASON_* */
    int32_t tenths;      /**< SILENCE: tenths of the account's own time between
                              orders, 0 when it has none; else 0 */
    double contribution; /**< on the score's scale; > 0 raises it */
    double value;        /**< the fact behind it, in the unit the id names */
} kam_reason;

/** The id's name, such as "silence". Never NULL. */
KAM_API const char *kam_reason_name(int32_t id);

/**
 * The reason as a sentence with its number, such as "no order for 143 days
 * raises the risk".
 *
 * @param language KAM_EN or KAM_ZH
 * @param[out] text UTF-8, NUL-ended; cut between characters when too long
 * @param size      bytes in `text`; 160 hold every sentence
 * @return KAM_OK; KAM_ERR_NULL; KAM_ERR_OPTION (language, id or size of 0)
 */
KAM_API kam_status kam_reason_text(const kam_reason *reason, int32_t language,
                                   char *text, uint64_t size, kam_diag *diag);

/** The same for a signal (KAM_REASON_USAGE to _DELIVERY) that changed in the
 *  month of `since_day`: "usage down 34 % since March 2024, which raises the
 *  risk". For other reasons the day says nothing. */
KAM_API kam_status kam_reason_text_since(const kam_reason *reason,
                                         int32_t since_day, int32_t language,
                                         char *text, uint64_t size,
                                         kam_diag *diag);

KAM_END

#endif
