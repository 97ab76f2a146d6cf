/* SPDX-License-Identifier: MIT */
#include "support/check.h"
#include "support/hosts.h"

enum { N_FIELDS = 35 };

/* The columns of a view, in the order of a record's fields. */
static void columns_of(const kam_accounts *view,
                       const kam_column *column[N_FIELDS]) {
    const kam_column *const all[N_FIELDS] = {&view->repeat_orders,
                                             &view->last_order_periods,
                                             &view->age_periods,
                                             &view->mean_order_value,
                                             &view->gross_revenue,
                                             &view->returns,
                                             &view->direct_cost,
                                             &view->service_cost,
                                             &view->tier_value,
                                             &view->tier_before,
                                             &view->weight,
                                             &view->renewals,
                                             &view->contract_ended,
                                             &view->renewals_before,
                                             &view->periods_to_end,
                                             &view->contract_value,
                                             &view->log_gaps,
                                             &view->contract_day,
                                             &view->stable,
                                             &view->growth,
                                             &view->wallet,
                                             &view->pain,
                                             &view->alarms,
                                             &view->last_visit,
                                             &view->last_review,
                                             &view->last_onboarding,
                                             &view->last_value_report,
                                             &view->last_executive_meeting,
                                             &view->last_data_review,
                                             &view->last_survey,
                                             &view->last_revisit,
                                             &view->last_resource_review,
                                             &view->last_rival_watch,
                                             &view->valued_orders,
                                             &view->log_values};
    memcpy(column, all, sizeof all);
}

static double read_at(const kam_column *column, int64_t row) {
    double value;
    memcpy(&value,
           (const char *)column->values +
               (column->offset + row) * column->stride,
           sizeof value);
    return value;
}

static void test_records_as_columns(void **state) {
    (void)state;
    kam_account record[2];
    for (int f = 0; f < N_FIELDS; f++) {
        const double here = f + 1, there = f + 51;
        memcpy((double *)&record[0] + f, &here, sizeof here);
        memcpy((double *)&record[1] + f, &there, sizeof there);
    }
    kam_accounts view = {.struct_size = sizeof view};
    const kam_column *column[N_FIELDS];
    assert_status(kam_accounts_of(record, sizeof *record, 2, &view), KAM_OK);
    assert_int_equal(view.struct_size, sizeof view);
    assert_int_equal(view.n_rows, 2);
    columns_of(&view, column);
    for (int f = 0; f < N_FIELDS; f++) {
        assert_int_equal(column[f]->type, KAM_F64);
        assert_int_equal(column[f]->stride, sizeof *record);
        assert_int_equal(column[f]->reserved, 0);
        assert_null(column[f]->validity);
        assert_bits(read_at(column[f], 0), f + 1);
        assert_bits(read_at(column[f], 1), f + 51);
    }
}

static void test_no_records(void **state) {
    (void)state;
    kam_accounts view = {.struct_size = sizeof view, .n_rows = 77};
    assert_status(kam_accounts_of(NULL, sizeof(kam_account), 0, &view), KAM_OK);
    assert_int_equal(view.n_rows, 0);
    assert_null(view.gross_revenue.values);
}

/* A caller of a later version: its records are longer. What this version does
 * not know must say nothing (0, or NaN: not known). */
static void test_longer_records(void **state) {
    (void)state;
    struct {
        kam_account known;
        double later[2];
    } record[3];
    kam_accounts view = {.struct_size = sizeof view};
    memset(record, 0, sizeof record);
    for (int i = 0; i < 3; i++) {
        record[i].known.weight = i + 1;
        record[i].later[1] = (double)NAN;
    }
    assert_status(kam_accounts_of(&record->known, sizeof *record, 3, &view),
                  KAM_OK);
    assert_bits(read_at(&view.weight, 2), 3);
    record[2].later[1] = 5;
    assert_status(kam_accounts_of(&record->known, sizeof *record, 3, &view),
                  KAM_ERR_NEWER);
    assert_status(kam_accounts_of(&record->known, sizeof *record, 2, &view),
                  KAM_OK);
}

/* Records of before the rules, of 136 bytes, have no columns for them. */
static void test_older_records(void **state) {
    (void)state;
    double record[2][17] = {{0}};
    kam_accounts view = {.struct_size = sizeof view};
    kam_accounts part = {.struct_size = sizeof part};
    record[1][16] = 7;
    assert_status(kam_accounts_of((const kam_account *)(const void *)record,
                                  sizeof *record, 2, &view),
                  KAM_OK);
    assert_bits(read_at(&view.log_gaps, 1), 7);
    assert_null(view.contract_day.values);
    assert_null(view.last_rival_watch.values);
    assert_status(kam_accounts_slice(&view, 1, 1, &part), KAM_OK);
    assert_bits(read_at(&part.log_gaps, 0), 7);
    assert_int_equal(part.last_rival_watch.offset, 0);
}

/* Every field says "not known", to the end of a record of any age. */
static void test_init(void **state) {
    (void)state;
    double field[100];
    const uint64_t sizes[] = {88, sizeof(kam_account), sizeof field - 8};
    for (int s = 0; s < 3; s++) {
        const uint64_t n = sizes[s] / sizeof(double);
        for (int i = 0; i < 100; i++) field[i] = 7;
        assert_status(kam_account_init((kam_account *)(void *)field, sizes[s]),
                      KAM_OK);
        for (uint64_t i = 0; i < n; i++) assert_true(isnan(field[i]));
        assert_bits(field[n], 7);
    }
    kam_account one;
    assert_status(kam_account_init(NULL, sizeof one), KAM_ERR_NULL);
    field[0] = 7;
    assert_status(kam_account_init((kam_account *)(void *)field, 80),
                  KAM_ERR_STRUCT);
    assert_status(kam_account_init((kam_account *)(void *)field, 92),
                  KAM_ERR_STRUCT);
    assert_bits(field[0], 7);
}

static void test_of_refuses(void **state) {
    (void)state;
    const kam_account record = {0};
    kam_accounts view = {.struct_size = sizeof view, .n_rows = 77};
    const uint64_t size = sizeof record;
    assert_status(kam_accounts_of(NULL, size, 1, &view), KAM_ERR_NULL);
    assert_status(kam_accounts_of(&record, size, 1, NULL), KAM_ERR_NULL);
    assert_status(kam_accounts_of(&record, 80, 1, &view), KAM_ERR_STRUCT);
    assert_status(kam_accounts_of(&record, size + 4, 1, &view), KAM_ERR_STRUCT);
    assert_status(kam_accounts_of(&record, 65544, 1, &view), KAM_ERR_STRUCT);
    assert_status(kam_accounts_of(&record, size, -1, &view), KAM_ERR_SHAPE);
    assert_status(kam_accounts_of(&record, size, INT64_MAX, &view),
                  KAM_ERR_SHAPE);
    view.struct_size = 0;
    assert_status(kam_accounts_of(&record, size, 1, &view), KAM_ERR_STRUCT);
    assert_int_equal(view.n_rows, 77);
}

static void test_slices(void **state) {
    (void)state;
    kam_account record[9];
    double *const field = &record[0].repeat_orders;
    for (int i = 0; i < 9 * N_FIELDS; i++) field[i] = i;
    kam_accounts whole = {.struct_size = sizeof whole};
    kam_accounts part = {.struct_size = sizeof part};
    assert_status(kam_accounts_of(record, sizeof *record, 9, &whole), KAM_OK);
    const kam_column *column[N_FIELDS];
    columns_of(&part, column);
    for (int64_t first = 0; first <= 9; first++)
        for (int64_t n = 0; n <= 9 - first; n++) {
            assert_status(kam_accounts_slice(&whole, first, n, &part), KAM_OK);
            assert_int_equal(part.n_rows, n);
            for (int64_t i = 0; i < n; i++)
                for (int f = 0; f < N_FIELDS; f++)
                    assert_bits(read_at(column[f], i),
                                (double)((first + i) * N_FIELDS + f));
        }
    /* A slice of a slice, written over itself. */
    assert_status(kam_accounts_slice(&whole, 2, 6, &part), KAM_OK);
    assert_status(kam_accounts_slice(&part, 3, 2, &part), KAM_OK);
    assert_bits(read_at(&part.weight, 1), 6 * N_FIELDS + 10);
}

/* Absent columns stay absent; bitmaps keep their base. */
static void test_slice_of_columns(void **state) {
    (void)state;
    const float gross[] = {1, 2, 3, 4};
    const uint8_t present = 5;
    kam_accounts whole = {.struct_size = sizeof whole, .n_rows = 3};
    kam_accounts part = {.struct_size = sizeof part};
    whole.gross_revenue.values = gross;
    whole.gross_revenue.validity = &present;
    whole.gross_revenue.type = KAM_F32;
    whole.gross_revenue.offset = 1;
    assert_status(kam_accounts_slice(&whole, 2, 1, &part), KAM_OK);
    assert_int_equal(part.gross_revenue.offset, 3);
    assert_ptr_equal(part.gross_revenue.validity, &present);
    assert_int_equal(part.gross_revenue.type, KAM_F32);
    assert_null(part.returns.values);
    assert_int_equal(part.returns.offset, 0);
}

static void test_slice_refuses(void **state) {
    (void)state;
    const double x[3] = {1, 2, 3};
    kam_accounts whole = {.struct_size = sizeof whole, .n_rows = 3};
    kam_accounts part = {.struct_size = sizeof part, .n_rows = 77};
    whole.weight = column_of(x);
    assert_status(kam_accounts_slice(NULL, 0, 1, &part), KAM_ERR_NULL);
    assert_status(kam_accounts_slice(&whole, 0, 1, NULL), KAM_ERR_NULL);
    assert_status(kam_accounts_slice(&whole, -1, 1, &part), KAM_ERR_SHAPE);
    assert_status(kam_accounts_slice(&whole, 0, -1, &part), KAM_ERR_SHAPE);
    assert_status(kam_accounts_slice(&whole, 4, 0, &part), KAM_ERR_SHAPE);
    assert_status(kam_accounts_slice(&whole, 2, 2, &part), KAM_ERR_SHAPE);
    assert_status(kam_accounts_slice(&whole, 1, INT64_MAX, &part),
                  KAM_ERR_SHAPE);
    whole.weight.offset = INT64_MAX;
    assert_status(kam_accounts_slice(&whole, 1, 1, &part), KAM_ERR_SHAPE);
    whole.weight.offset = -1;
    assert_status(kam_accounts_slice(&whole, 1, 1, &part), KAM_ERR_SHAPE);
    whole.weight.offset = 0;
    whole.n_rows = -1;
    assert_status(kam_accounts_slice(&whole, 0, 0, &part), KAM_ERR_SHAPE);
    whole.n_rows = 3;
    whole.struct_size = 8;
    assert_status(kam_accounts_slice(&whole, 0, 1, &part), KAM_ERR_STRUCT);
    whole.struct_size = sizeof whole;
    part.struct_size = 8;
    assert_status(kam_accounts_slice(&whole, 0, 1, &part), KAM_ERR_STRUCT);
    assert_int_equal(part.n_rows, 77);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records_as_columns),
        cmocka_unit_test(test_no_records),
        cmocka_unit_test(test_longer_records),
        cmocka_unit_test(test_older_records),
        cmocka_unit_test(test_init),
        cmocka_unit_test(test_of_refuses),
        cmocka_unit_test(test_slices),
        cmocka_unit_test(test_slice_of_columns),
        cmocka_unit_test(test_slice_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
