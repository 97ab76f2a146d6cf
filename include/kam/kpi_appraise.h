/* SPDX-License-Identifier: MIT */
/**
 * @file kam/kpi_appraise.h
 * Weighted appraisal over key figures (K15): how well a manager, an account or a
 * segment met its targets.
 */
#ifndef KAM_KPI_APPRAISE_H
#define KAM_KPI_APPRAISE_H

#include "column.h"
#include "host.h"

KAM_BEGIN

/**
 * One criterion. Its attainment is value / target, or 2 - value / target where
 * less is better, cut to [lowest, highest]: at the target it is 1 either way.
 */
typedef struct kam_kpi_criterion {
    double weight;    /**< > 0; weights need not add up to 1 */
    double target;    /**< > 0 */
    double lowest;    /**< >= 0; default 0 */
    double highest;   /**< > lowest; 0 means the default, 1.2 */
    int32_t less;     /**< 1: less is better, as with days of DSO; 0: more */
    int32_t reserved; /**< 0 */
    kam_column value; /**< shape (n_rows); missing: not known */
} kam_kpi_criterion;

/** The criteria, and what to do where some are not known. */
typedef struct kam_kpi_appraisal {
    uint32_t struct_size;              /**< sizeof(kam_kpi_appraisal) */
    int32_t n_criteria;                /**< [1, 64] */
    const kam_kpi_criterion *criteria; /**< shape (n_criteria) */
    int64_t n_rows;                    /**< rows in every value column */
    double least_coverage;             /**< (0, 1]: with less than this part of
                                            the weight known there is no score;
                                            0 means the default, 0.5 */
} kam_kpi_appraisal;

/** What stands at its default, as bits. */
enum {
    KAM_KPI_APPRAISE_DEFAULT_COVERAGE = 1, /**< 0.5 */
    KAM_KPI_APPRAISE_DEFAULT_RANGE = 2     /**< 0 to 1.2, of some criterion */
};

/** Where to write. NULL: not wanted. */
typedef struct kam_kpi_appraisal_out {
    uint32_t struct_size; /**< sizeof(kam_kpi_appraisal_out) */
    uint32_t reserved;    /**< 0 */
    double *score;        /**< shape (n_rows): sum of the parts; NaN below the
                               least coverage */
    double *coverage;     /**< shape (n_rows): known part of the weight, 0..1 */
    double *part;         /**< shape (n_rows, n_criteria): weight, of what is
                               known, times attainment; NaN where not known */
    uint32_t *row_flags;  /**< shape (n_rows): KAM_ROW_MISSING: a value is not
                               known, the other weights stand for it */
    uint32_t *
        defaults; /**< one number for the call: KAM_KPI_APPRAISE_DEFAULT_* that stand */
} kam_kpi_appraisal_out;

/** Appraises every row. Never allocates; can be cancelled. */
KAM_API kam_status kam_kpi_appraise(const kam_kpi_appraisal *appraisal,
                                    const kam_host *host,
                                    const kam_kpi_appraisal_out *out,
                                    kam_diag *diag);

KAM_END

#endif
