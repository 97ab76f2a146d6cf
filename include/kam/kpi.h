/* SPDX-License-Identifier: MIT */
/**
 * @file kam/kpi.h
 * Key figures of account managers (K1-K15): what one is, and what it is called.
 * kam/kpi_of.h and kam/kpi_of_customers.h compute them from records.
 *
 * Every figure has a numerator and a denominator, and where these allow no
 * answer it says why: missing is never zero. Definitions: docs/models/kpi.md.
 */
#ifndef KAM_KPI_H
#define KAM_KPI_H

#include "column.h"
#include "host.h"

KAM_BEGIN

/** The figures: the number of the rule times 100, and one more. Pinned. */
enum {
    KAM_KPI_REVENUE = 101,           /**< K1: money */
    KAM_KPI_QUANTITY = 102,          /**< K1: units */
    KAM_KPI_MARGIN = 201,            /**< K2: margin of revenue */
    KAM_KPI_TURNOVER = 301,          /**< K3: invoiced of mean receivables */
    KAM_KPI_DSO = 302,               /**< K3: days sales outstanding */
    KAM_KPI_OVERDUE = 303,           /**< K3: past due, of what is open */
    KAM_KPI_AGE_NOT_DUE = 311,       /**< K3: not yet due, of what is open */
    KAM_KPI_AGE_1 = 312,             /**< K3: 1 to 30 days past due */
    KAM_KPI_AGE_2 = 313,             /**< K3: 31 to 60 days */
    KAM_KPI_AGE_3 = 314,             /**< K3: 61 to 90 days */
    KAM_KPI_AGE_4 = 315,             /**< K3: more */
    KAM_KPI_LATE = 321,              /**< K3: late invoices, of those decided */
    KAM_KPI_DAYS_LATE = 322,         /**< K3: mean days late, of those late */
    KAM_KPI_DAYS_TO_PAY = 323,       /**< K3: mean days, a paid invoice */
    KAM_KPI_MONEY_DAYS_TO_PAY = 324, /**< K3: the same by amount */
    KAM_KPI_GROWTH = 401,          /**< K4: change of revenue, of the base's */
    KAM_KPI_ACCURACY = 501,        /**< K5: 1 - WAPE */
    KAM_KPI_BIAS = 502,            /**< K5: forecast too high, of actual */
    KAM_KPI_MASE = 503,            /**< K5: Hyndman & Koehler (2006) */
    KAM_KPI_CSAT = 601,            /**< K6: answers of 4 or 5, of 1..5 */
    KAM_KPI_NPS = 602,             /**< K6: 9..10 less 0..6, of 0..10 */
    KAM_KPI_RESPONSE_RATE = 603,   /**< K6: answers, of those asked */
    KAM_KPI_SHARE = 701,           /**< K7: share of wallet, or of market */
    KAM_KPI_NEW = 801,             /**< K8: new, of active accounts */
    KAM_KPI_RETENTION = 901,       /**< K9: accounts that stayed */
    KAM_KPI_GRR = 902,             /**< K9, V4: gross revenue retention */
    KAM_KPI_NRR = 903,             /**< K9, V4: net revenue retention */
    KAM_KPI_OTIF = 1001,           /**< K10: on time and in full */
    KAM_KPI_ON_TIME = 1002,        /**< K10: on time */
    KAM_KPI_IN_FULL = 1003,        /**< K10: in full */
    KAM_KPI_WIN_RATE = 1101,       /**< K11: won, of those decided */
    KAM_KPI_WIN_RATE_MONEY = 1102, /**< K11: the same by value */
    KAM_KPI_CONVERSION = 1103,     /**< K11: won, of those opened */
    KAM_KPI_HOURS_P50 = 1201,      /**< K12: median hours */
    KAM_KPI_HOURS_P90 = 1202,      /**< K12: 90th percentile of hours */
    KAM_KPI_HOURS_P95 = 1203,      /**< K12: 95th percentile of hours */
    KAM_KPI_SLA_HIT = 1204,        /**< K12: within the limit */
    KAM_KPI_DEFECTION = 1301,      /**< K13: accounts that left */
    KAM_KPI_ATTAINMENT = 1401      /**< K14: actual of plan */
};

/** Whether a figure is known, or why it is not. Pinned. */
enum {
    KAM_KPI_KNOWN = 0,        /**< it is */
    KAM_KPI_NO_ROWS = 1,      /**< the group has no row of this kind */
    KAM_KPI_UNDECIDED = 2,    /**< it has, but in all of them something is
                                    missing or still open */
    KAM_KPI_ZERO_BASE = 3,    /**< the denominator is zero */
    KAM_KPI_NEGATIVE_BASE = 4 /**< the denominator is below zero */
};

/** One figure of one group. Frozen: 64 bytes. */
typedef struct kam_kpi {
    double value;       /**< numerator / denominator; NaN unless KNOWN */
    double numerator;   /**< NaN without rows */
    double denominator; /**< 1 for a plain sum */
    double low;         /**< the interval where it estimates a chance; NaN */
    double high;        /**< where it is a plain fact, such as money */
    int64_t n;          /**< rows that count */
    int64_t
        n_left_out; /**< rows that would, but something is missing or open */
    int32_t id;     /**< KAM_KPI_* */
    int32_t state;  /**< KAM_KPI_KNOWN ... */
} kam_kpi;

/** What figures are computed from. Pinned. */
enum {
    KAM_KPI_LINES = 1,         /**< kam_kpi_of_lines */
    KAM_KPI_INVOICES = 2,      /**< kam_kpi_of_invoices */
    KAM_KPI_ACTUALS = 3,       /**< kam_kpi_of_actuals */
    KAM_KPI_SURVEYS = 4,       /**< kam_kpi_of_surveys */
    KAM_KPI_ACCOUNTS = 5,      /**< kam_kpi_of_accounts */
    KAM_KPI_OPPORTUNITIES = 6, /**< kam_kpi_of_opportunities */
    KAM_KPI_TICKETS = 7        /**< kam_kpi_of_tickets */
};

/** The i-th figure there is, rising; -1 past the last. */
KAM_API int32_t kam_kpi_at(int32_t i);

/** The records it is computed from, KAM_KPI_LINES ...; 0 for no figure. */
KAM_API int32_t kam_kpi_records(int32_t id);

/** Its short name, such as "dso". Never NULL. */
KAM_API const char *kam_kpi_name(int32_t id);

/** What it is called in a language, KAM_EN or KAM_ZH (kam/reason.h), such as
 *  "days sales outstanding" or 应收账款周转天数. Never NULL. */
KAM_API const char *kam_kpi_text(int32_t id, int32_t language);

/** The name of a state, such as "zero_base". Never NULL. */
KAM_API const char *kam_kpi_state_name(int32_t state);

KAM_END

#endif
