/* SPDX-License-Identifier: MIT */
/**
 * @file kam/service_level.h
 * How fast we answer (L3): limits by stage, and clocks that run by the wall or
 * in business hours.
 */
#ifndef KAM_SERVICE_LEVEL_H
#define KAM_SERVICE_LEVEL_H

#include "business.h"
#include "column.h"
#include "host.h"
#include "stage.h"

KAM_BEGIN

/** What is limited. The numbers are pinned. */
enum {
    KAM_SERVICE_REPLY = 0,          /**< a first answer */
    KAM_SERVICE_RESOLVE = 1,        /**< a solution */
    KAM_SERVICE_PRIORITY_REPLY = 2, /**< a first answer to a priority request */
    KAM_SERVICE_HANDOVER = 3,       /**< a change of contact handed over */
    KAM_SERVICE_COUNT = 4           /**< how many there are */
};

/** Limits. NaN: none. */
typedef struct kam_service_level_options {
    uint32_t struct_size; /**< set by _init */
    int32_t early_days;   /**< a first order is to be there so many days before
                               the promised one, >= 0; default 1 (1 to 2) */
    double hours[4][4];   /**< by KAM_STAGE_* and KAM_SERVICE_*, >= 0; default
                               24, 48, none, 24 in the initial stage, and from
                               the stable stage on 1 for priority replies */
} kam_service_level_options;

/** Writes the defaults into the first `struct_size` bytes of `options`. */
KAM_API kam_status kam_service_level_options_init(
    kam_service_level_options *options, uint32_t struct_size);

/** What is limited in words, in KAM_EN or KAM_ZH (kam/reason.h). Never NULL. */
KAM_API const char *kam_service_level_name(int32_t service, int32_t language);

/**
 * The limit of each row, for kam_service_level_clock and kam_kpi_of_tickets.
 * Never allocates; can be cancelled.
 *
 * @param stage   shape (n_rows), KAM_STAGE_*
 * @param service shape (n_rows), KAM_SERVICE_*
 * @param options NULL: defaults
 * @param[out] hours     shape (n_rows), NaN where there is none
 * @param[out] row_flags shape (n_rows), may be NULL; KAM_ROW_MISSING or
 *                       KAM_ROW_DOMAIN for a stage or service that is none
 */
KAM_API kam_status kam_service_level_limits(
    const kam_column *stage, const kam_column *service, int64_t n_rows,
    const kam_service_level_options *options, const kam_host *host,
    double *hours, uint32_t *row_flags, kam_diag *diag);

/** Clocks to read. A view: the caller owns every buffer. */
typedef struct kam_service_level_clocks {
    uint32_t struct_size; /**< sizeof(kam_service_level_clocks) */
    uint32_t reserved;    /**< 0 */
    int64_t n_rows;       /**< rows in every column that is present */
    kam_column started;   /**< seconds since 1970 of the office, integers */
    kam_column stopped;   /**< as started; missing: still running */
    kam_column limit;     /**< hours, >= 0; missing: none */
} kam_service_level_clocks;

/** Where to write, each shape (n_rows). NULL: not wanted. */
typedef struct kam_service_level_out {
    uint32_t struct_size; /**< sizeof(kam_service_level_out) */
    uint32_t reserved;    /**< 0 */
    int64_t *due;         /**< last second within the limit; KAM_NO_TIME when
                               there is none */
    double *hours;        /**< until it stopped, or so far */
    double *hours_left;   /**< limit less hours; below 0: over it */
    int32_t *met;         /**< 1 within the limit, 0 over it, -1 still running
                               within it, or not known */
    uint32_t *row_flags;  /**< KAM_ROW_MISSING: no start; KAM_ROW_DOMAIN: it
                               starts after `now`, stops before it starts, or has
                               a limit below 0 */
} kam_service_level_out;

/**
 * Reads clocks as they stand at a time; what stops later is still running.
 * Never allocates; can be cancelled.
 *
 * @param hours NULL: by the wall
 * @param now   seconds, as started
 */
KAM_API kam_status kam_service_level_clock(
    const kam_service_level_clocks *clocks, const kam_business_hours *hours,
    int64_t now, const kam_host *host, const kam_service_level_out *out,
    kam_diag *diag);

/** First orders (L3: delivered one to two days early). A view. */
typedef struct kam_service_level_orders {
    uint32_t struct_size;     /**< sizeof(kam_service_level_orders) */
    int32_t as_of_day;        /**< "today" */
    int64_t n_rows;           /**< rows in both columns */
    kam_column promised_day;  /**< when it was to be there */
    kam_column delivered_day; /**< when it was; missing: not yet */
} kam_service_level_orders;

/**
 * Days that first orders came early, and whether that was early enough. Never
 * allocates; can be cancelled.
 *
 * @param options NULL: defaults
 * @param[out] early_days shape (n_rows), below 0 when late; of one not yet
 *                        delivered what it still can be; may be NULL
 * @param[out] met shape (n_rows), 1, 0, or -1 when still open or not known; may
 *                 be NULL
 */
KAM_API kam_status kam_service_level_first_orders(
    const kam_service_level_orders *orders,
    const kam_service_level_options *options, const kam_host *host,
    double *early_days, int32_t *met, kam_diag *diag);

KAM_END

#endif
