/* SPDX-License-Identifier: MIT */
/**
 * @file kam/signal.h
 * Early warnings (C4): from events to one measurement an account and period, and
 * from these to the size of a change, since when, and an alarm whose rate of
 * false alarms is designed. Formulas and limits: docs/models/signal.md.
 */
#ifndef KAM_SIGNAL_H
#define KAM_SIGNAL_H

#include "column.h"
#include "host.h"

KAM_BEGIN

/** How events become a measurement of a period. The numbers are pinned. */
enum {
    KAM_SIGNAL_SUM = 1,   /**< of amounts; 0 from the account's first event on,
                               missing before: for complete logs, as orders */
    KAM_SIGNAL_COUNT = 2, /**< of events; likewise */
    KAM_SIGNAL_TOTAL = 3, /**< of amounts; missing when there is none: usage */
    KAM_SIGNAL_MEAN = 4,  /**< of amounts; missing when there is none: surveys,
                               price gaps */
    KAM_SIGNAL_OPEN = 5,  /**< how many are open at its end, more than `term`
                               days old; 0 when none: complaints, changes */
    KAM_SIGNAL_AGE = 6,   /**< days since the last event at its end: contacts */
    KAM_SIGNAL_DELAY = 7, /**< mean of days from `day` to `end` over `term`, of
                               those ended in it or overdue at its end: payments
                               (term 0 or absent: in days) */
    KAM_SIGNAL_LATE = 8   /**< share of these that ended, or are, late:
                               deliveries */
};

/** Events in any order, and the periods to measure. Nothing after a period's
 *  last day reaches its measurement. A row without account or day is ignored,
 *  and so is one outside the accounts or without an amount that is needed. */
typedef struct kam_signal_events {
    uint32_t struct_size; /**< sizeof(kam_signal_events) */
    int32_t n_periods;    /**< 1..100000 */
    int64_t n_accounts;   /**< >= 0 */
    int64_t n_events;     /**< >= 0 */
    const int32_t *start; /**< shape (n_periods + 1), rising: the first day of
                               each period, and the day after the last */
    kam_column account;   /**< 0..n_accounts - 1 */
    kam_column day;       /**< begun, due, promised, raised */
    kam_column end;       /**< paid, delivered, resolved, confirmed; missing:
                               not yet. OPEN, DELAY, LATE */
    kam_column amount;    /**< SUM, TOTAL, MEAN */
    kam_column term;      /**< days >= 0. OPEN, DELAY; absent: 0 */
} kam_signal_events;

/** Charts. The numbers are pinned. */
enum {
    KAM_SIGNAL_CUSUM = 1, /**< Page (1954): S = max(0, S + z - reference) */
    KAM_SIGNAL_EWMA = 2,  /**< Roberts (1959): Z += reference (z - Z); one-sided
                               ones begin again at 0 */
    KAM_SIGNAL_POISSON = 3 /**< CUSUM of counts whose rate is known (Lucas
                                1985): S = max(0, S + x - reference) */
};

/** Which changes to look for; a set of bits. */
enum { KAM_SIGNAL_UP = 1, KAM_SIGNAL_DOWN = 2, KAM_SIGNAL_BOTH = 3 };

/** A chart: an alarm where its statistic is at `limit` or beyond. Frozen. */
typedef struct kam_signal_chart {
    int32_t kind;      /**< KAM_SIGNAL_CUSUM to _POISSON */
    int32_t direction; /**< KAM_SIGNAL_UP, _DOWN; not for counts: _BOTH */
    double reference;  /**< CUSUM: > 0, standard deviations, half the change to
                            find; EWMA: the weight, (0, 1]; Poisson: counts */
    double limit; /**< > 0: standard deviations of a measurement (CUSUM), of
                            the statistic in the long run (EWMA), or counts */
    double rate;  /**< Poisson: counts a period when all is well, > 0 */
} kam_signal_chart;

/** What a chart shall promise. NULL stands for the defaults. */
typedef struct kam_signal_options {
    uint32_t struct_size; /**< set by _init */
    int32_t kind;         /**< default CUSUM */
    int32_t direction;    /**< default UP */
    int32_t periods;      /**< 1..10000; default 12 */
    double false_alarm;   /**< chance of an alarm within `periods` when nothing
                               changes, [1e-9, 1); default 0.05 */
    double run_length;    /**< instead, when > 1: periods to the first one on
                               average; default 0 */
    double reference;     /**< default 0: CUSUM 0.5, EWMA 0.2, Poisson: best for
                               a rate twice as high (UP) or half (DOWN) */
    double rate;          /**< Poisson: 0.01..500 */
} kam_signal_options;

/** What a chart does promise. */
typedef struct kam_signal_report {
    uint32_t struct_size; /**< sizeof(kam_signal_report) */
    int32_t periods;      /**< as asked for */
    double false_alarm;   /**< within them, as attained; law COUNT: less */
    double run_length;    /**< periods to the first false alarm, on average */
} kam_signal_report;

/** What measurements are like when all is well. The numbers are pinned. */
enum {
    KAM_SIGNAL_IS_NORMAL = 1,     /**< around a level */
    KAM_SIGNAL_IS_LOG_NORMAL = 2, /**< in shares of a level: amounts */
    KAM_SIGNAL_IS_COUNT = 3,      /**< counts of independent events (Poisson) */
    KAM_SIGNAL_IS_GAP = 4 /**< times between them (exponential), a value each */
};

/** What is told of a period besides its numbers; bits. */
enum {
    KAM_SIGNAL_ALARM = 1, /**< at or beyond the limit */
    KAM_SIGNAL_STALE = 2, /**< not measured: numbers are an earlier period's */
    KAM_SIGNAL_LOST = 4,  /**< not measured, for longer than `stale_periods`, or
                                never: no numbers */
    KAM_SIGNAL_SHORT = 8, /**< too short, or never varied: no alarm can be */
    KAM_SIGNAL_OUTSIDE =
        16,               /**< not possible under its law: taken as missing */
    KAM_SIGNAL_LIMIT = 32 /**< kam_signal_of: at the limit of practice (C4) */
};

/** Measurements of accounts. */
typedef struct kam_signal_series {
    uint32_t struct_size;  /**< sizeof(kam_signal_series) */
    int32_t n_periods;     /**< >= 1 */
    int64_t n_accounts;    /**< >= 0 */
    kam_column value;      /**< shape (n_accounts, n_periods), periods fastest;
                                NaN where not measured: never a zero */
    int32_t law;           /**< KAM_SIGNAL_IS_* */
    int32_t stale_periods; /**< how long numbers last unmeasured, >= 0 */
    kam_column level;      /**< shape (n_accounts): known mean (of the logs for
                                LOG_NORMAL; a count's rate; a gap); absent: from the
                                account's own earlier periods (Hawkins 1987) */
    kam_column spread;     /**< shape (n_accounts): known standard deviation,
                                with level; not for counts and gaps */
} kam_signal_series;

/** Where to write, each shape (n_accounts, n_periods); NULL: not wanted. */
typedef struct kam_signal_out {
    uint32_t struct_size; /**< sizeof(kam_signal_out) */
    uint32_t reserved;    /**< 0 */
    double *value;        /**< the measurement, or the last one while STALE */
    double *base;         /**< mean of the periods before the change */
    double *change;       /**< mean since the change, minus base; 0: none */
    double *share;        /**< change / base; NaN unless base > 0 */
    int32_t *since;       /**< period in which the change began; -1: none */
    double *statistic;    /**< of the chart, over its limit; downward below 0 */
    uint32_t *flags;      /**< KAM_SIGNAL_ALARM ... */
} kam_signal_out;

/** Writes the defaults into the first `struct_size` bytes of `options`. */
KAM_API kam_status kam_signal_options_init(kam_signal_options *options,
                                           uint32_t struct_size);

/** Measures each account and period. Allocates. The order of events does not
 *  matter to the bits.
 *  @param rule KAM_SIGNAL_SUM to _LATE
 *  @param[out] value     shape (n_accounts, n_periods), NaN: not measured
 *  @param[out] n_ignored events ignored; may be NULL
 *  @return KAM_OK; KAM_ERR_OVERFLOW; 1..19; 60..79 */
KAM_API kam_status kam_signal_measure(int32_t rule,
                                      const kam_signal_events *events,
                                      const kam_host *host, double *value,
                                      int64_t *n_ignored, kam_diag *diag);

/** The chart whose false alarms are as rare as asked, its limit computed from
 *  the run length. Allocates. @param report may be NULL */
KAM_API kam_status kam_signal_design(const kam_signal_options *options,
                                     const kam_host *host,
                                     kam_signal_chart *chart,
                                     kam_signal_report *report, kam_diag *diag);

/** How long until the alarm, from a fresh start. Allocates.
 *  @param shift standard deviations by which the mean has moved up (EWMA, CUSUM),
 *               or counts added to the rate; 0: false alarms
 *  @param[out] alarm_by shape (n_periods): chance of an alarm by then; or NULL
 *  @param[out] run_length mean number of periods, or NULL */
KAM_API kam_status kam_signal_run_length(const kam_signal_chart *chart,
                                         double shift, int32_t n_periods,
                                         const kam_host *host, double *alarm_by,
                                         double *run_length, kam_diag *diag);

/** Watches every account, period by period; no period sees a later one. Never
 *  allocates; can be cancelled. A Poisson chart takes law COUNT. */
KAM_API kam_status kam_signal_watch(const kam_signal_chart *chart,
                                    const kam_signal_series *series,
                                    const kam_host *host,
                                    const kam_signal_out *out, kam_diag *diag);

/** Measures and watches a signal of C4 as its page has it, in the unit of its
 *  KAM_REASON_*. Its chart is of measurements, or of the times between rare events,
 *  which `periods` then counts. Allocates. @param options direction is not
 *  read @param[out] signal, since, flags shape (n_accounts, n_periods), or NULL.
 *  NaN: nothing to tell; since as kam_signal_out */
KAM_API kam_status kam_signal_of(int32_t reason,
                                 const kam_signal_events *events,
                                 const kam_signal_options *options,
                                 const kam_host *host, double *signal,
                                 int32_t *since, uint32_t *flags,
                                 kam_diag *diag);

KAM_END

#endif
