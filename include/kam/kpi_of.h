/* SPDX-License-Identifier: MIT */
/**
 * @file kam/kpi_of.h
 * Key figures (K1-K14) from records: for an account, a segment, a manager or
 * the book, as the caller's group column says. kam/kpi_appraise.h weighs them.
 *
 * All functions work alike. They allocate, run on the calling thread and can be
 * cancelled; sums are exact, so that the order of the rows does not matter.
 * Rows that lack what a figure needs are counted in its `n_left_out`. An amount
 * beyond 2^52 counts as missing, as does a day that no calendar has. One call
 * takes fewer than 2^32 rows.
 */
#ifndef KAM_KPI_OF_H
#define KAM_KPI_OF_H

#include "kpi.h"

KAM_BEGIN

/** What is asked for. */
typedef struct kam_kpi_options {
    uint32_t struct_size; /**< set by _init */
    int32_t n_ids;        /**< [1, 64] */
    const int32_t *ids;   /**< shape (n_ids), KAM_KPI_* of these records */
    int64_t n_groups;     /**< [1, 2^31); default 1 */
    int32_t first_day;    /**< the period, from this day; KAM_NO_DAY: open */
    int32_t last_day;     /**< to this day, included: "today" for what is open;
                                 KAM_NO_DAY: open */
    int32_t base_first_day; /**< K4's base, as the period */
    int32_t base_last_day;  /**< its last day */
    double confidence;      /**< of intervals, (0, 1); default 0.95 */
    int32_t age_days[3];    /**< K3: rising; default 30, 60, 90 */
    int32_t scale;          /**< K6: 5 or 10 for answers without one; default
                                 10 */
    int32_t grace_days; /**< K10: so many days late is on time, >= 0; default
                                 0 */
    int32_t reserved;   /**< 0 */
} kam_kpi_options;

/** Bits of kam_kpi_report.defaults: the default stood, and mattered. */
enum {
    KAM_KPI_DEFAULT_CONFIDENCE = 1, /**< 0.95 */
    KAM_KPI_DEFAULT_AGES = 2,       /**< 30, 60, 90 days */
    KAM_KPI_DEFAULT_SCALE = 4,      /**< 0..10 */
    KAM_KPI_DEFAULT_GRACE = 8       /**< 0 days */
};

/** What happened to the rows. */
typedef struct kam_kpi_report {
    uint32_t struct_size;    /**< sizeof(kam_kpi_report) */
    uint32_t defaults;       /**< KAM_KPI_DEFAULT_* */
    int64_t n_rows;          /**< rows given */
    int64_t n_without_group; /**< left out: no group, or not in [0, n_groups) */
} kam_kpi_report;

/** Writes the defaults into the first `struct_size` bytes of `options`. */
KAM_API kam_status kam_kpi_options_init(kam_kpi_options *options,
                                        uint32_t struct_size);

/** Order lines: K1, K2, K4 by day; K10 by promised day. */
typedef struct kam_kpi_lines {
    uint32_t struct_size;     /**< sizeof(kam_kpi_lines) */
    uint32_t reserved;        /**< 0 */
    int64_t n_rows;           /**< rows in every column that is present */
    kam_column group;         /**< integers in [0, n_groups); absent: all 0 */
    kam_column day;           /**< day of the line */
    kam_column revenue;       /**< money; below 0: a return */
    kam_column cost;          /**< money, direct cost */
    kam_column quantity;      /**< units */
    kam_column promised_day;  /**< when it was to be there */
    kam_column delivered_day; /**< when it was; missing: not yet */
    kam_column complete;      /**< 0 or 1: all of it was delivered */
} kam_kpi_lines;

/**
 * K1, K2, K4, K10 of order lines.
 *
 * A line promised in the period is on time when it was delivered by the
 * promised day and `grace_days`; one not delivered is late once that has passed
 * on `last_day`, and undecided before. OTIF counts lines of which both parts are
 * known, and late ones that are not there; it is undecided where it is known of no
 * line whether it was complete, and never made of late ones alone.
 *
 * @param[out] out    shape (n_groups, n_ids)
 * @param[out] report may be NULL
 * @return KAM_OK; KAM_ERR_OPTION when an id is of other records, or the period
 *         it needs is open; 1..19; 41; 60..79
 */
KAM_API kam_status kam_kpi_of_lines(const kam_kpi_lines *lines,
                                    const kam_kpi_options *options,
                                    const kam_host *host, kam_kpi *out,
                                    kam_kpi_report *report, kam_diag *diag);

/** Invoices: K3, R2. */
typedef struct kam_kpi_invoices {
    uint32_t struct_size;   /**< sizeof(kam_kpi_invoices) */
    uint32_t reserved;      /**< 0 */
    int64_t n_rows;         /**< rows in every column that is present */
    kam_column group;       /**< as in kam_kpi_lines */
    kam_column invoice_day; /**< when it was sent */
    kam_column due_day;     /**< when it is to be paid */
    kam_column paid_day;    /**< when it was; missing: open */
    kam_column amount;      /**< money; below 0: a credit note, never late */
} kam_kpi_invoices;

/** K3 of invoices. Receivables are those of the end of `last_day`; lateness is
 *  of the invoices sent in the period. Parameters as in kam_kpi_of_lines. */
KAM_API kam_status kam_kpi_of_invoices(const kam_kpi_invoices *invoices,
                                       const kam_kpi_options *options,
                                       const kam_host *host, kam_kpi *out,
                                       kam_kpi_report *report, kam_diag *diag);

/** What came, what was forecast and what was planned: K5, K14. */
typedef struct kam_kpi_actuals {
    uint32_t struct_size; /**< sizeof(kam_kpi_actuals) */
    uint32_t reserved;    /**< 0 */
    int64_t n_rows;       /**< rows in every column that is present */
    kam_column group;     /**< as in kam_kpi_lines */
    kam_column day;       /**< a day of the row's period */
    kam_column actual;    /**< what came */
    kam_column forecast;  /**< what was forecast; missing: a row of history */
    kam_column naive;     /**< what came one season before; K5's MASE compares
                               with its error over the rows of history */
    kam_column plan;      /**< what was planned */
} kam_kpi_actuals;

/** K5 and K14. Parameters as in kam_kpi_of_lines; rows of history count
 *  whatever their day. */
KAM_API kam_status kam_kpi_of_actuals(const kam_kpi_actuals *actuals,
                                      const kam_kpi_options *options,
                                      const kam_host *host, kam_kpi *out,
                                      kam_kpi_report *report, kam_diag *diag);

KAM_END

#endif
