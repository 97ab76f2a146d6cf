/* SPDX-License-Identifier: MIT */
/**
 * @file kam/kpi_of_customers.h
 * Key figures (K6-K9, K11-K13) from what customers say and do: surveys,
 * accounts between two windows, opportunities, tickets. All as kam/kpi_of.h.
 */
#ifndef KAM_KPI_OF_CUSTOMERS_H
#define KAM_KPI_OF_CUSTOMERS_H

#include "kpi_of.h"

KAM_BEGIN

/** Surveys: K6. */
typedef struct kam_kpi_surveys {
    uint32_t struct_size; /**< sizeof(kam_kpi_surveys) */
    uint32_t reserved;    /**< 0 */
    int64_t n_rows;       /**< a row each person asked */
    kam_column group;     /**< as in kam_kpi_lines */
    kam_column day;       /**< when they were asked */
    kam_column score;     /**< missing: no answer */
    kam_column scale;     /**< 5 for 1..5, 10 for 0..10; missing: the option */
} kam_kpi_surveys;

/** K6. NPS intervals: Rocks (2016). Parameters as in kam_kpi_of_lines. */
KAM_API kam_status kam_kpi_of_surveys(const kam_kpi_surveys *surveys,
                                      const kam_kpi_options *options,
                                      const kam_host *host, kam_kpi *out,
                                      kam_kpi_report *report, kam_diag *diag);

/** Accounts between two windows of revenue: K7, K8, K9, K13. */
typedef struct kam_kpi_accounts {
    uint32_t struct_size; /**< sizeof(kam_kpi_accounts) */
    uint32_t reserved;    /**< 0 */
    int64_t n_rows;       /**< rows in every column that is present */
    kam_column group;     /**< as in kam_kpi_lines */
    kam_column before;    /**< revenue of the base window; 0 is none */
    kam_column now;       /**< revenue of the period */
    kam_column
        first_day;       /**< of the relation: new in the period when not before
                               it; missing: new when `before` was not above 0 */
    kam_column has_left; /**< 0 or 1; missing: left when `now` is not above 0 */
    kam_column wallet;   /**< what they spend on this with anybody; of a market
                               when the rows are markets */
} kam_kpi_accounts;

/** K7, K8, K9, K13. An account is active in a window when its revenue there is
 *  above 0. Parameters as in kam_kpi_of_lines. */
KAM_API kam_status kam_kpi_of_accounts(const kam_kpi_accounts *accounts,
                                       const kam_kpi_options *options,
                                       const kam_host *host, kam_kpi *out,
                                       kam_kpi_report *report, kam_diag *diag);

/** Opportunities: K11. */
typedef struct kam_kpi_opportunities {
    uint32_t struct_size;  /**< sizeof(kam_kpi_opportunities) */
    uint32_t reserved;     /**< 0 */
    int64_t n_rows;        /**< rows in every column that is present */
    kam_column group;      /**< as in kam_kpi_lines */
    kam_column opened_day; /**< when it began: the cohort of CONVERSION */
    kam_column closed_day; /**< when it was decided: the period of WIN_RATE */
    kam_column won;        /**< 0 or 1; missing: still open */
    kam_column value;      /**< money it is worth, won or lost */
} kam_kpi_opportunities;

/** K11. Open ones have no win rate yet, but count as not yet converted.
 *  Parameters as in kam_kpi_of_lines. */
KAM_API kam_status kam_kpi_of_opportunities(
    const kam_kpi_opportunities *opportunities, const kam_kpi_options *options,
    const kam_host *host, kam_kpi *out, kam_kpi_report *report, kam_diag *diag);

/** Tickets, or anything with a clock: K12. kam/service_level.h has the hours. */
typedef struct kam_kpi_tickets {
    uint32_t struct_size; /**< sizeof(kam_kpi_tickets) */
    uint32_t reserved;    /**< 0 */
    int64_t n_rows;       /**< rows in every column that is present */
    kam_column group;     /**< as in kam_kpi_lines */
    kam_column day;       /**< when it was opened */
    kam_column hours;     /**< until it was answered, or so far; >= 0 */
    kam_column limit;     /**< hours agreed, >= 0 */
    kam_column is_open;   /**< 0 or 1: `hours` is only so far; missing: 0 */
} kam_kpi_tickets;

/**
 * K12. An open ticket misses its limit once past it, and is undecided before.
 * Percentiles are of answered tickets, the smallest hours that so many of them
 * do not exceed; open ones are in `n_left_out`. Their intervals are the order
 * statistics that the normal law gives (Conover 1999, 3.2), NaN where there are
 * too few. Parameters as in kam_kpi_of_lines.
 */
KAM_API kam_status kam_kpi_of_tickets(const kam_kpi_tickets *tickets,
                                      const kam_kpi_options *options,
                                      const kam_host *host, kam_kpi *out,
                                      kam_kpi_report *report, kam_diag *diag);

KAM_END

#endif
