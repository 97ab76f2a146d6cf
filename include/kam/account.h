/* SPDX-License-Identifier: MIT */
/**
 * @file kam/account.h
 * What libkam wants to know of an account: as one record, or as columns.
 *
 * Units, here and everywhere: money is in the caller's one currency and unit;
 * libkam never asks which. Periods are the model's (kam_btyd.period_days; a
 * week by default) counted from the account's first order. NaN, a null and an
 * absent column all mean "not known", and never zero.
 */
#ifndef KAM_ACCOUNT_H
#define KAM_ACCOUNT_H

#include "column.h"

KAM_BEGIN

/** One account, for a screen that shows one. Nothing but doubles; it grows at
 *  the end, so a function that takes one is told its size. Begin with
 *  kam_account_init: a field left at 0 is known to be 0, and a day then
 *  1970-01-01. */
typedef struct kam_account {
    double repeat_orders;      /**< orders after the first, whole, >= 0 */
    double last_order_periods; /**< first order to last order, 0..age */
    double age_periods;        /**< first order to the as-of day, >= 0 */
    double mean_order_value;   /**< money a repeat order (or an order: see
                                    valued_orders), >= 0; 0 when none */
    double gross_revenue;      /**< money invoiced, before returns, >= 0 */
    double returns;            /**< money given back, >= 0 */
    double direct_cost;        /**< money: goods, freight */
    double service_cost;       /**< money: cost to serve */
    double tier_value;         /**< what tiers are cut on: payments of a year */
    double tier_before;        /**< tier so far, 0 is the best; NaN: none */
    double weight;             /**< how many accounts this stands for; NaN: 1 */
    double renewals;           /**< of its contract so far, whole, >= 0 */
    double contract_ended;     /**< 1: not renewed after those; 0: running */
    double renewals_before;    /**< those made before it was in the book; 0 */
    double periods_to_end;     /**< as-of day to the contract's end, >= 0 */
    double contract_value;     /**< money a period of the contract */
    double log_gaps;           /**< sum of the logs of the times, in periods,
                                    between orders; 0 when x is 0 */
    double contract_day;       /**< when it was signed; days here are whole
                                    numbers since 1970-01-01 */
    double stable;             /**< its demand is (T2): 1 or 0 */
    double growth;             /**< of its industry a year; 0.1 is 10 % */
    double wallet;             /**< money a year on what we sell, > 0 */
    double pain;               /**< pain signals, >= 0 */
    double alarms;             /**< bits of the host's alarms, as a number */
    double last_visit;         /**< the last touches (kam/cadence.h), days; */
    double last_review;        /**< NaN: never */
    double last_onboarding;    /**< contact in the first three months */
    double last_value_report;  /**< what they got from us */
    double last_executive_meeting; /**< the heads of both sides */
    double last_data_review;       /**< our figures of the account */
    double last_survey;            /**< satisfaction survey */
    double last_revisit;           /**< return visit */
    double last_resource_review;   /**< what we spend on it */
    double last_rival_watch;       /**< who else is there */
    double valued_orders; /**< orders that mean_order_value is the mean of,
                               whole; 0 or NaN: repeat_orders, and log_values
                               is not read */
    double log_values;    /**< sum of the logs of their values, each a day's */
} kam_account;

/** Makes every field of a record not known (NaN).
 *
 *  @param size sizeof(kam_account) as the caller compiled it
 *  @return KAM_OK; KAM_ERR_NULL; KAM_ERR_STRUCT when no record has that size */
KAM_API kam_status kam_account_init(kam_account *account, uint64_t size);

/** The same facts for many accounts. A view: the caller owns every buffer. */
typedef struct kam_accounts {
    uint32_t struct_size;          /**< sizeof(kam_accounts) */
    uint32_t reserved;             /**< 0 */
    int64_t n_rows;                /**< rows in every column that is present */
    kam_column repeat_orders;      /**< each as in kam_account */
    kam_column last_order_periods; /**< 0..age */
    kam_column age_periods;        /**< >= 0 */
    kam_column mean_order_value;   /**< money */
    kam_column gross_revenue;      /**< money */
    kam_column returns;            /**< money, >= 0 */
    kam_column direct_cost;        /**< money */
    kam_column service_cost;       /**< money */
    kam_column tier_value;         /**< money */
    kam_column tier_before;        /**< 0 is the best tier */
    kam_column weight;             /**< > 0; absent: 1 each */
    kam_column renewals;           /**< >= 0 */
    kam_column contract_ended;     /**< 0 or 1 */
    kam_column renewals_before;    /**< 0..renewals; absent: 0 each */
    kam_column periods_to_end;     /**< >= 0 */
    kam_column contract_value;     /**< money */
    kam_column log_gaps;           /**< any finite number */
    kam_column contract_day;       /**< days, as numbers or as days */
    kam_column stable;             /**< 0 or 1 */
    kam_column growth;             /**< 0.1 is 10 % */
    kam_column wallet;             /**< money, > 0 */
    kam_column pain;               /**< >= 0 */
    kam_column alarms;             /**< whole, [0, 2^32) */
    kam_column last_visit;         /**< ten columns of days, by KAM_TOUCH_* */
    kam_column last_review;        /**< KAM_TOUCH_REVIEW */
    kam_column last_onboarding;    /**< KAM_TOUCH_ONBOARDING */
    kam_column last_value_report;  /**< KAM_TOUCH_VALUE_REPORT */
    kam_column last_executive_meeting; /**< KAM_TOUCH_EXECUTIVE_MEETING */
    kam_column last_data_review;       /**< KAM_TOUCH_DATA_REVIEW */
    kam_column last_survey;            /**< KAM_TOUCH_SURVEY */
    kam_column last_revisit;           /**< KAM_TOUCH_REVISIT */
    kam_column last_resource_review;   /**< KAM_TOUCH_RESOURCE_REVIEW */
    kam_column last_rival_watch;       /**< KAM_TOUCH_RIVAL_WATCH */
    kam_column valued_orders;          /**< >= 0; 0: repeat_orders */
    kam_column log_values;             /**< any finite number */
} kam_accounts;

/**
 * Views an array of records as columns, without copying. Never allocates.
 *
 * @param record      first record, shape (n_records); it must outlive the view
 * @param record_size sizeof(kam_account) as the caller compiled it
 * @param n_records   >= 0; 1 for a single account
 * @param view        written; its struct_size must be set
 */
KAM_API kam_status kam_accounts_of(const kam_account *record,
                                   uint64_t record_size, int64_t n_records,
                                   kam_accounts *view);

/** Views rows [first, first + n_rows) of `whole`: how a host cuts up work.
 *  @return KAM_OK; KAM_ERR_NULL; KAM_ERR_STRUCT; KAM_ERR_SHAPE when the rows do
 *          not lie inside `whole` */
KAM_API kam_status kam_accounts_slice(const kam_accounts *whole, int64_t first,
                                      int64_t n_rows, kam_accounts *part);

KAM_END

#endif
