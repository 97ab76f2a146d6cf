/* SPDX-License-Identifier: MIT */
/* T4: what makes a key account. */
#include "support/check.h"
#include "support/hosts.h"

enum { N = 8 };

/* Account 0 is a key account; 1 had one large order; 2 a second one as large; 3
 * orders often, but at no margin. The others are small. */
static const double ORDERS[N] = {20, 0, 1, 30, 2, 3, 1, 2};
static const double REPEAT[N] = {900, 0, 5000, 800, 20, 30, 10, 20};
static const double MARGIN[N] = {300, 4000, 2000, -50, 5, 6, 3, 4};
static const double REVENUE[N] = {1000, 9000, 9000, 850, 40, 50, 20, 40};

static kam_key_account_rows rows_of(int64_t n) {
    kam_key_account_rows rows = {.struct_size = sizeof rows, .n_rows = n};
    rows.repeat_orders = column_of(ORDERS);
    rows.repeat_revenue = column_of(REPEAT);
    rows.margin = column_of(MARGIN);
    rows.revenue = column_of(REVENUE);
    return rows;
}

static kam_key_account_options half(void) {
    kam_key_account_options options;
    assert_status(kam_key_account_options_init(&options, sizeof options),
                  KAM_OK);
    for (int t = 0; t < 4; t++) options.top_share[t] = 0.5;
    return options;
}

static void test_one_large_order_is_none(void **state) {
    (void)state;
    const kam_key_account_options options = half();
    const kam_key_account_rows rows = rows_of(N);
    kam_key_account fitted;
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_key_account_fit(&options, &rows, NULL, &fitted, &diag),
                  KAM_OK);
    assert_bits(fitted.cut[KAM_KEY_ACCOUNT_FREQUENCY], 2); /* tie at the cut */
    assert_bits(fitted.cut[KAM_KEY_ACCOUNT_VOLUME], 30);
    assert_bits(fitted.cut[KAM_KEY_ACCOUNT_MARGIN], 6);
    assert_bits(fitted.cut[KAM_KEY_ACCOUNT_SHARE], 850);
    assert_bits(fitted.total, 20000);
    int32_t is_key[N];
    uint32_t passed[N], flags[N];
    double share[N];
    const kam_key_account_out out = {.struct_size = sizeof out,
                                     .is_key = is_key,
                                     .passed = passed,
                                     .share = share,
                                     .row_flags = flags};
    assert_status(kam_key_account_test(&fitted, &rows, NULL, &out, &diag),
                  KAM_OK);
    const int32_t expected[N] = {1, 0, 0, 0, 0, 0, 0, 0};
    const uint32_t bits[N] = {15, 12, 14, 11, 1, 1 + 2 + 4, 0, 1};
    assert_memory_equal(is_key, expected, sizeof is_key);
    assert_memory_equal(passed, bits, sizeof passed);
    assert_bits(share[1], 0.45);
    for (int i = 0; i < N; i++) assert_int_equal(flags[i], 0);
}

/* Ties must not let in those who never came back: nobody did, so all are in the
 * top quarter of repeat orders, with none. */
static void test_nobody_came_back(void **state) {
    (void)state;
    const double none[3] = {0, 0, 0}, equal[3] = {7, 7, 7};
    kam_key_account_rows rows = {.struct_size = sizeof rows, .n_rows = 3};
    rows.repeat_orders = rows.repeat_revenue = column_of(none);
    rows.margin = rows.revenue = column_of(equal);
    kam_key_account fitted;
    assert_status(kam_key_account_fit(NULL, &rows, NULL, &fitted, NULL),
                  KAM_OK);
    int32_t is_key[3];
    uint32_t passed[3];
    const kam_key_account_out out = {.struct_size = sizeof out,
                                     .is_key = is_key,
                                     .passed = passed};
    assert_status(kam_key_account_test(&fitted, &rows, NULL, &out, NULL),
                  KAM_OK);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(is_key[i], 0);
        assert_int_equal(passed[i], 15);
    }
    /* All equal, and loyal: all of them. */
    rows.repeat_orders = rows.repeat_revenue = column_of(equal);
    assert_status(kam_key_account_fit(NULL, &rows, NULL, &fitted, NULL),
                  KAM_OK);
    assert_status(kam_key_account_test(&fitted, &rows, NULL, &out, NULL),
                  KAM_OK);
    for (int i = 0; i < 3; i++) assert_int_equal(is_key[i], 1);
}

static void test_missing(void **state) {
    (void)state;
    const kam_key_account_options options = half();
    const kam_key_account_rows rows = rows_of(N);
    kam_key_account fitted;
    assert_status(kam_key_account_fit(&options, &rows, NULL, &fitted, NULL),
                  KAM_OK);
    const double good = 1000, unknown = NAN, bad = 0;
    int32_t is_key;
    uint32_t flags, passed;
    const kam_key_account_out out = {.struct_size = sizeof out,
                                     .is_key = &is_key,
                                     .passed = &passed,
                                     .row_flags = &flags};
    kam_key_account_rows one = {.struct_size = sizeof one, .n_rows = 1};
    one.repeat_orders = one.repeat_revenue = one.revenue = column_of(&good);
    one.margin = column_of(&unknown);
    assert_status(kam_key_account_test(&fitted, &one, NULL, &out, NULL),
                  KAM_OK);
    assert_int_equal(is_key, -1);
    assert_int_equal(passed, 11);
    assert_int_equal(flags, KAM_ROW_MISSING);
    one.revenue = column_of(&bad); /* a no whatever the margin is */
    assert_status(kam_key_account_test(&fitted, &one, NULL, &out, NULL),
                  KAM_OK);
    assert_int_equal(is_key, 0);
}

static void test_refuses(void **state) {
    (void)state;
    kam_key_account fitted = {.total = 77};
    kam_diag diag = {.struct_size = sizeof diag};
    const double none[N] = {0}, infinite[N] = {INFINITY};
#define REFUSED(change, expected, name)                                        \
    do {                                                                       \
        kam_key_account_options options = half();                              \
        kam_key_account_rows rows = rows_of(N);                                \
        change;                                                                \
        assert_status(kam_key_account_fit(&options, &rows, NULL, &fitted,      \
                                          &diag),                              \
                      expected);                                               \
        assert_string_equal(diag.argument, name);                              \
        assert_bits(fitted.total, 77);                                         \
    } while (0)
    REFUSED(options.top_share[2] = 0, KAM_ERR_OPTION, "options.top_share");
    REFUSED(options.top_share[0] = 1.1, KAM_ERR_OPTION, "options.top_share");
    REFUSED(options.least_repeat_orders = 0, KAM_ERR_OPTION,
            "options.least_repeat_orders");
    REFUSED(options.struct_size = 4, KAM_ERR_STRUCT, "options");
    REFUSED(rows.struct_size = 4, KAM_ERR_STRUCT, "rows");
    REFUSED(rows.n_rows = -1, KAM_ERR_SHAPE, "rows.n_rows");
    REFUSED(rows.margin.type = 77, KAM_ERR_TYPE, "rows.margin");
    REFUSED(rows.revenue = column_of(none), KAM_ERR_EMPTY, "rows.revenue");
    REFUSED(rows.revenue = column_of(infinite), KAM_ERR_OVERFLOW,
            "rows.revenue");
    REFUSED(rows.margin.values = NULL, KAM_ERR_EMPTY, "rows.margin");
#undef REFUSED
    kam_key_account_options loose = half();
    loose.least_repeat_orders = 1;
    const kam_key_account_rows rows = rows_of(N);
    kam_key_account other;
    assert_status(kam_key_account_fit(&loose, &rows, NULL, &other, NULL),
                  KAM_OK);
    kam_key_account_rows bad = rows;
    bad.repeat_orders.type = 77;
    assert_status(kam_key_account_test(&other, &bad, NULL, NULL, &diag),
                  KAM_ERR_TYPE);
    assert_string_equal(diag.argument, "rows.repeat_orders");
    assert_status(kam_key_account_fit(NULL, &rows, NULL, NULL, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_key_account_test(NULL, &rows, NULL, NULL, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_key_account_test(&fitted, &rows, NULL, NULL, NULL),
                  KAM_ERR_NULL);
    fitted.total = 0;
    assert_status(kam_key_account_test(&fitted, &rows, NULL, NULL, NULL),
                  KAM_ERR_OPTION);
    kam_key_account_options options;
    assert_status(kam_key_account_options_init(NULL, 8), KAM_ERR_NULL);
    assert_status(kam_key_account_options_init(&options, 8), KAM_ERR_STRUCT);
}

static void test_memory(void **state) {
    (void)state;
    const kam_key_account_rows rows = rows_of(N);
    struct lender lender;
    kam_host host = lender_host(&lender, 0);
    kam_key_account fitted;
    assert_status(kam_key_account_fit(NULL, &rows, &host, &fitted, NULL),
                  KAM_OK);
    assert_int_equal(lender.n_live, 0);
    const int64_t n_calls = lender.n_calls;
    fitted.total = 77;
    for (int64_t fail = 1; fail <= n_calls; fail++) {
        host = lender_host(&lender, fail);
        assert_status(kam_key_account_fit(NULL, &rows, &host, &fitted, NULL),
                      KAM_ERR_MEMORY);
        assert_int_equal(lender.n_live, 0);
        assert_bits(fitted.total, 77);
    }
}

static void test_names(void **state) {
    (void)state;
    assert_string_equal(kam_key_account_test_name(0, KAM_EN), "frequency");
    assert_string_equal(kam_key_account_test_name(0, KAM_ZH), "频次");
    assert_string_equal(kam_key_account_test_name(1, KAM_ZH), "体量");
    assert_string_equal(kam_key_account_test_name(2, KAM_ZH), "利润");
    assert_string_equal(kam_key_account_test_name(3, KAM_EN),
                        "share of the book");
    assert_string_equal(kam_key_account_test_name(4, KAM_EN), "unknown");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_large_order_is_none),
        cmocka_unit_test(test_nobody_came_back),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
