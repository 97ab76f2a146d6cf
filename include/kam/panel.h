/* SPDX-License-Identifier: MIT */
/**
 * @file kam/panel.h
 * What churn models learn from and score: one row an account and period, or one
 * an account, with its signals and what happened.
 */
#ifndef KAM_PANEL_H
#define KAM_PANEL_H

#include "column.h"

KAM_BEGIN

/** Most signals of one panel. */
enum { KAM_PANEL_MOST_COLUMNS = 255 };

/**
 * A panel. A row lacks an answer, and is left out of fits, when one of its
 * signals is missing (NaN, null) or infinite: missing is never zero. A caller
 * who wants a rule for missing signals adds a column that says so.
 */
typedef struct kam_panel {
    uint32_t struct_size;     /**< sizeof(kam_panel) */
    int32_t n_columns;        /**< signals, 0..255 */
    int64_t n_rows;           /**< rows, >= 0 */
    const kam_column *column; /**< shape (n_columns): numbers */
    /** shape (n_columns): what verdicts call them; NULL: "column 3" */
    const char *const *name;
    /** shape (n_columns): KAM_REASON_*, or 1000 and up for reasons of the
     *  host's own; NULL: 1000 + position */
    const int32_t *reason;
    kam_column event;   /**< 1: left in this period; 0: did not. Fits only */
    kam_column offset;  /**< known part of the score; absent: 0 */
    kam_column weight;  /**< > 0; absent: 1. Fits only */
    kam_column cluster; /**< integers: rows of one account. Fits only */
    kam_column start;   /**< survival: under observation from, exclusive */
    kam_column stop;    /**< survival: until, inclusive; the event's time */
    kam_column stratum; /**< survival: integers; each its own baseline */
} kam_panel;

KAM_END

#endif
