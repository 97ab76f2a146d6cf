/* SPDX-License-Identifier: MIT */
#include "data/account.h"

#include <math.h>
#include <string.h>

#include "base/sized.h"

enum {
    LARGEST_RECORD = 65536,
    N_FIELDS = sizeof(kam_account) / sizeof(double)
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

/* A record's fields and a view's columns are in the same order. */
static kam_column *columns_of(kam_accounts *view) {
    return (kam_column *)(void *)((char *)view +
                                  offsetof(kam_accounts, repeat_orders));
}

/* Fields that an older caller's record does not have are absent columns. */
static void view_fields(kam_accounts *view, const kam_account *record,
                        uint64_t size) {
    kam_column *const column = columns_of(view);
    const uint64_t had = record ? size / sizeof(double) : 0;
    const uint64_t n = had < N_FIELDS ? had : N_FIELDS;
    const char *const values = (const char *)record;
    for (uint64_t f = 0; f < n; f++)
        column[f] = (kam_column){.values = values + f * sizeof(double),
                                 .stride = (int64_t)size,
                                 .type = KAM_F64};
    for (uint64_t f = n; f < N_FIELDS; f++) column[f] = (kam_column){0};
}

static int is_size(uint64_t size) {
    return size >= KAM__FIRST(kam_account) && size <= LARGEST_RECORD &&
           size % sizeof(double) == 0;
}

kam_status kam_account_init(kam_account *account, uint64_t size) {
    double *const field = (double *)(void *)account;
    if (!account) return KAM_ERR_NULL;
    if (!is_size(size)) return KAM_ERR_STRUCT;
    for (uint64_t i = 0; i < size / sizeof *field; i++) field[i] = NAN;
    return KAM_OK;
}

kam_status kam__accounts_of(const kam_account *record, uint64_t record_size,
                            int64_t n_records, kam_accounts *ours) {
    if (!record && n_records > 0) return KAM_ERR_NULL;
    if (!is_size(record_size)) return KAM_ERR_STRUCT;
    if (n_records < 0 || n_records > INT64_MAX / (int64_t)record_size)
        return KAM_ERR_SHAPE;
    if (!says_nothing_new((const char *)record, record_size, n_records))
        return KAM_ERR_NEWER;
    ours->struct_size = sizeof *ours;
    ours->reserved = 0;
    ours->n_rows = n_records;
    view_fields(ours, record, record_size);
    return KAM_OK;
}

kam_status kam_accounts_of(const kam_account *record, uint64_t record_size,
                           int64_t n_records, kam_accounts *view) {
    kam_accounts ours;
    if (!view) return KAM_ERR_NULL;
    const kam_status status =
        kam__accounts_of(record, record_size, n_records, &ours);
    if (status != KAM_OK) return status;
    return kam__sized_write(view, &ours, sizeof ours, KAM__FIRST(kam_accounts),
                            "view", NULL);
}

_Static_assert(sizeof(kam_accounts) == offsetof(kam_accounts, repeat_orders) +
                                           N_FIELDS * sizeof(kam_column),
               "a column for every field");

/* Returns 1 when the offset would not fit. */
static int move(kam_column *column, int64_t first) {
    if (!column->values) return 0;
    if (column->offset < 0 || column->offset > INT64_MAX - first) return 1;
    column->offset += first;
    return 0;
}

static int move_columns(kam_accounts *view, int64_t first) {
    int failed = 0;
    for (int f = 0; f < N_FIELDS; f++)
        failed |= move(&columns_of(view)[f], first);
    return failed;
}

kam_status kam_accounts_slice(const kam_accounts *whole, int64_t first,
                              int64_t n_rows, kam_accounts *part) {
    kam_accounts ours;
    const kam_status status =
        kam__sized_read(&ours, sizeof ours, whole, KAM__FIRST(kam_accounts),
                        "whole", NULL);
    if (status != KAM_OK) return status;
    if (first < 0 || n_rows < 0 || ours.n_rows < 0 ||
        n_rows > ours.n_rows - first || move_columns(&ours, first))
        return KAM_ERR_SHAPE;
    ours.n_rows = n_rows;
    return kam__sized_write(part, &ours, sizeof ours, KAM__FIRST(kam_accounts),
                            "part", NULL);
}
