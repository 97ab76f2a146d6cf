/* SPDX-License-Identifier: MIT */
#include <kam/account.h>

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/sized.h"

enum {
    RECORD_FIRST_VERSION = sizeof(kam_account),
    VIEW_FIRST_VERSION = sizeof(kam_accounts),
    LARGEST_RECORD = 65536
};

/* A newer caller's records may end in fields we do not know. Those must say
 * nothing: 0 and NaN mean "as before". */
static int says_nothing_new(const char *record, uint64_t size, int64_t n) {
    for (int64_t i = 0; size > sizeof(kam_account) && i < n; i++)
        for (uint64_t at = sizeof(kam_account); at < size; at += 8) {
            double field;
            memcpy(&field, record + (uint64_t)i * size + at, sizeof field);
            if (field == field && field != 0) return 0;
        }
    return 1;
}

static kam_column field_at(const kam_account *record, uint64_t size,
                           size_t offset) {
    kam_column column = {0};
    column.values = record ? (const char *)record + offset : NULL;
    column.stride = (int64_t)size;
    column.type = KAM_F64;
    return column;
}

static void view_fields(kam_accounts *view, const kam_account *record,
                        uint64_t size) {
    view->repeat_orders =
        field_at(record, size, offsetof(kam_account, repeat_orders));
    view->last_order_periods =
        field_at(record, size, offsetof(kam_account, last_order_periods));
    view->age_periods =
        field_at(record, size, offsetof(kam_account, age_periods));
    view->mean_order_value =
        field_at(record, size, offsetof(kam_account, mean_order_value));
    view->gross_revenue =
        field_at(record, size, offsetof(kam_account, gross_revenue));
    view->returns = field_at(record, size, offsetof(kam_account, returns));
    view->direct_cost =
        field_at(record, size, offsetof(kam_account, direct_cost));
    view->service_cost =
        field_at(record, size, offsetof(kam_account, service_cost));
    view->tier_value =
        field_at(record, size, offsetof(kam_account, tier_value));
    view->tier_before =
        field_at(record, size, offsetof(kam_account, tier_before));
    view->weight = field_at(record, size, offsetof(kam_account, weight));
    view->renewals = field_at(record, size, offsetof(kam_account, renewals));
    view->contract_ended =
        field_at(record, size, offsetof(kam_account, contract_ended));
    view->renewals_before =
        field_at(record, size, offsetof(kam_account, renewals_before));
    view->periods_to_end =
        field_at(record, size, offsetof(kam_account, periods_to_end));
    view->contract_value =
        field_at(record, size, offsetof(kam_account, contract_value));
    view->log_gaps = field_at(record, size, offsetof(kam_account, log_gaps));
}

kam_status kam_accounts_of(const kam_account *record, uint64_t record_size,
                           int64_t n_records, kam_accounts *view) {
    kam_accounts ours = {0};
    if (!view || (!record && n_records > 0)) return KAM_ERR_NULL;
    if (record_size < RECORD_FIRST_VERSION || record_size > LARGEST_RECORD ||
        record_size % sizeof(double) != 0)
        return KAM_ERR_STRUCT;
    if (n_records < 0 || n_records > INT64_MAX / (int64_t)record_size)
        return KAM_ERR_SHAPE;
    if (!says_nothing_new((const char *)record, record_size, n_records))
        return KAM_ERR_NEWER;
    ours.n_rows = n_records;
    view_fields(&ours, record, record_size);
    return kam__sized_write(view, &ours, sizeof ours, VIEW_FIRST_VERSION,
                            "view", NULL);
}

/* Returns 1 when the offset would not fit. */
static int move(kam_column *column, int64_t first) {
    if (!column->values) return 0;
    if (column->offset < 0 || column->offset > INT64_MAX - first) return 1;
    column->offset += first;
    return 0;
}

static int move_columns(kam_accounts *view, int64_t first) {
    return move(&view->repeat_orders, first) |
           move(&view->last_order_periods, first) |
           move(&view->age_periods, first) |
           move(&view->mean_order_value, first) |
           move(&view->gross_revenue, first) | move(&view->returns, first) |
           move(&view->direct_cost, first) | move(&view->service_cost, first) |
           move(&view->tier_value, first) | move(&view->tier_before, first) |
           move(&view->weight, first) | move(&view->renewals, first) |
           move(&view->contract_ended, first) |
           move(&view->renewals_before, first) |
           move(&view->periods_to_end, first) |
           move(&view->contract_value, first) | move(&view->log_gaps, first);
}

kam_status kam_accounts_slice(const kam_accounts *whole, int64_t first,
                              int64_t n_rows, kam_accounts *part) {
    kam_accounts ours;
    const kam_status status =
        kam__sized_read(&ours, sizeof ours, whole, VIEW_FIRST_VERSION, "whole",
                        NULL);
    if (status != KAM_OK) return status;
    if (first < 0 || n_rows < 0 || ours.n_rows < 0 ||
        n_rows > ours.n_rows - first || move_columns(&ours, first))
        return KAM_ERR_SHAPE;
    ours.n_rows = n_rows;
    return kam__sized_write(part, &ours, sizeof ours, VIEW_FIRST_VERSION,
                            "part", NULL);
}
