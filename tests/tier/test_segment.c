/* SPDX-License-Identifier: MIT */
/* T8: segments with their sums. T9: value against profit. */
#include "support/check.h"
#include "support/hosts.h"

static void test_numbers(void **state) {
    (void)state;
    const char name[6][8] = {"steel", "food", "", "steel", "paper", "food"};
    const uint8_t present = 1 | 2 | 4 | 8 | 16; /* the last is missing */
    const kam_column text = {.values = name,
                             .validity = &present,
                             .stride = 8,
                             .type = KAM_CHARS};
    const int64_t expected[] = {0, 1, -1, 0, 2, -1};
    int64_t segment[6], first[6], n;
    assert_status(kam_segment_number(&text, 6, NULL, segment, first, &n, NULL),
                  KAM_OK);
    assert_memory_equal(segment, expected, sizeof segment);
    assert_int_equal(n, 3);
    assert_int_equal(first[0], 0);
    assert_int_equal(first[1], 1);
    assert_int_equal(first[2], 4);
    const int32_t code[] = {7, 7, -1};
    const kam_column codes = {.values = code, .type = KAM_I32};
    assert_status(kam_segment_number(&codes, 3, NULL, segment, NULL, &n, NULL),
                  KAM_OK);
    assert_int_equal(n, 2);
    assert_int_equal(segment[2], 1);
    const kam_column absent = {0};
    assert_status(kam_segment_number(&absent, 3, NULL, segment, NULL, &n, NULL),
                  KAM_OK);
    assert_int_equal(n, 0);
    assert_int_equal(segment[1], -1);
}

static void test_sums(void **state) {
    (void)state;
    const double segment[] = {0, 1, 0, 2, NAN, 5, 1, 0.5};
    const double amount[] = {0.1, 3, 0.2, NAN, 100, 100, -1, 100};
    const kam_column s = column_of(segment), a = column_of(amount);
    kam_segment got[4];
    assert_status(kam_segment_add_up(&s, 4, &a, 8, NULL, got, NULL), KAM_OK);
    assert_int_equal(got[0].n_accounts, 2);
    assert_bits(got[0].total, 0.1 + 0.2);
    assert_bits(got[0].least, 0.1);
    assert_bits(got[0].most, 0.2);
    assert_near(got[0].mean, 0.15, 1e-16);
    assert_near(got[0].share, 0.3 / 2.3, 1e-15);
    assert_bits(got[1].total, 2);
    assert_bits(got[1].mean, 1);
    assert_int_equal(got[2].n_accounts, 1); /* there, but nothing is known */
    assert_int_equal(got[2].n_known, 0);
    assert_bits(got[2].total, 0);
    assert_true(isnan(got[2].mean) && isnan(got[2].least));
    assert_int_equal(got[3].n_accounts, 0);
    const double loss[] = {-1, -2};
    const kam_column l = column_of(loss);
    assert_status(kam_segment_add_up(&s, 2, &l, 2, NULL, got, NULL), KAM_OK);
    assert_true(isnan(got[0].share));
}

static void test_sums_of_any_order(void **state) {
    (void)state;
    enum { N = 2000 };
    static double segment[2][N], amount[2][N];
    kam_segment got[2][7];
    uint64_t seed = 30;
    for (int i = 0; i < N; i++) {
        const int64_t at = shuffled_place(i, N);
        segment[0][i] = segment[1][at] = floor(7 * random_unit(&seed));
        amount[0][i] = amount[1][at] = random_unit(&seed) * 1e5 - 2e4;
    }
    for (int k = 0; k < 2; k++) {
        const kam_column s = column_of(segment[k]), a = column_of(amount[k]);
        assert_status(kam_segment_add_up(&s, 7, &a, N, NULL, got[k], NULL),
                      KAM_OK);
    }
    assert_memory_equal(got[0], got[1], sizeof got[0]);
}

static void test_bands(void **state) {
    (void)state;
    kam_tier_band bands[2];
    assert_status(kam_segment_preset_bands(bands), KAM_OK);
    assert_bits(bands[0].enter, 0.2);
    assert_bits(bands[1].keep, 0.5);
    assert_status(kam_segment_preset_bands(NULL), KAM_ERR_NULL);
    static const char *const zh[2][3] = {{"大型", "中型", "小型"},
                                         {"高频", "中频", "低频"}};
    for (int32_t kind = KAM_SEGMENT_SIZE; kind <= KAM_SEGMENT_FREQUENCY; kind++)
        for (int32_t band = 0; band < 3; band++)
            assert_string_equal(kam_segment_band_name(kind, band, KAM_ZH),
                                zh[kind - 1][band]);
    assert_string_equal(kam_segment_band_name(KAM_SEGMENT_SIZE, 0, KAM_EN),
                        "large");
    assert_string_equal(kam_segment_band_name(KAM_SEGMENT_SIZE, -1, KAM_EN),
                        "unknown");
    assert_string_equal(kam_segment_band_name(3, 0, KAM_ZH), "未知");
}

/* ---- T9 ---- */

static void test_compare(void **state) {
    (void)state;
    const double value[] = {100, 90, 50, 50, 10, NAN, 5, 4, 3, 2, 1};
    const double profit[] = {-5, 40, 45, 1, 45, 99, NAN, 0, 0, 0, 0};
    const kam_column v = column_of(value), p = column_of(profit);
    int64_t value_rank[11], profit_rank[11];
    int32_t agreement[11];
    const kam_segment_ranks ranks = {.struct_size = sizeof ranks,
                                     .value_rank = value_rank,
                                     .profit_rank = profit_rank,
                                     .agreement = agreement};
    kam_segment_agreement n = {.struct_size = sizeof n};
    assert_status(kam_segment_compare(&v, &p, 11, 0.3, NULL, &ranks, &n, NULL),
                  KAM_OK);
    /* Three of ten known values, and the tie: 50; three of ten profits: 45. */
    assert_bits(n.value_limit, 50);
    assert_bits(n.profit_limit, 45);
    const int32_t expected[] = {KAM_SEGMENT_VALUE_ONLY,  KAM_SEGMENT_VALUE_ONLY,
                                KAM_SEGMENT_BOTH,        KAM_SEGMENT_VALUE_ONLY,
                                KAM_SEGMENT_PROFIT_ONLY, KAM_SEGMENT_UNKNOWN,
                                KAM_SEGMENT_UNKNOWN,     KAM_SEGMENT_NEITHER,
                                KAM_SEGMENT_NEITHER,     KAM_SEGMENT_NEITHER,
                                KAM_SEGMENT_NEITHER};
    const int64_t by_value[] = {1, 2, 3, 3, 5, 0, 6, 7, 8, 9, 10};
    const int64_t by_profit[] = {10, 4, 2, 5, 2, 1, 0, 6, 6, 6, 6};
    assert_memory_equal(agreement, expected, sizeof agreement);
    assert_memory_equal(value_rank, by_value, sizeof value_rank);
    assert_memory_equal(profit_rank, by_profit, sizeof profit_rank);
    assert_int_equal(n.n_both, 1);
    assert_int_equal(n.n_value_only, 3);
    assert_int_equal(n.n_profit_only, 1);
    assert_int_equal(n.n_neither, 4);
    assert_status(kam_segment_compare(&v, &p, 11, 0, NULL, &ranks, &n, NULL),
                  KAM_OK);
    assert_bits(n.value_limit, 90); /* a fifth of ten */
}

static void test_names(void **state) {
    (void)state;
    assert_string_equal(kam_segment_agreement_name(KAM_SEGMENT_BOTH, KAM_EN),
                        "high value, high profit");
    assert_string_equal(kam_segment_agreement_name(KAM_SEGMENT_VALUE_ONLY,
                                                   KAM_ZH),
                        "高价值低利润");
    assert_string_equal(kam_segment_agreement_name(KAM_SEGMENT_PROFIT_ONLY,
                                                   KAM_ZH),
                        "低价值高利润");
    assert_string_equal(kam_segment_agreement_name(KAM_SEGMENT_NEITHER, KAM_EN),
                        "low value, low profit");
    assert_string_equal(kam_segment_agreement_name(0, KAM_ZH), "未知");
}

static void test_refuses(void **state) {
    (void)state;
    const double x[] = {1, 2}, none[] = {NAN, NAN}, infinite[] = {1, INFINITY};
    const kam_column c = column_of(x), empty = column_of(none);
    const kam_column huge = column_of(infinite);
    int64_t segment[2] = {77, 77}, n = 77;
    kam_segment got[1] = {{.n_accounts = 77}};
    int32_t agreement[2] = {77, 77};
    kam_segment_ranks ranks = {.struct_size = sizeof ranks,
                               .agreement = agreement};
    kam_segment_agreement numbers = {.struct_size = sizeof numbers};
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_segment_number(&c, 2, NULL, segment, NULL, &n, &diag),
                  KAM_ERR_TYPE);
    assert_status(kam_segment_number(NULL, 2, NULL, segment, NULL, &n, &diag),
                  KAM_ERR_NULL);
    assert_status(kam_segment_number(&c, 2, NULL, NULL, NULL, &n, &diag),
                  KAM_ERR_NULL);
    assert_status(kam_segment_number(&c, 2, NULL, segment, NULL, NULL, &diag),
                  KAM_ERR_NULL);
    assert_status(kam_segment_number(&c, -2, NULL, segment, NULL, &n, &diag),
                  KAM_ERR_SHAPE);
    assert_status(kam_segment_add_up(&c, 1, &huge, 2, NULL, got, &diag),
                  KAM_ERR_OVERFLOW);
    assert_int_equal(diag.row, 1);
    const kam_column first = column_of(infinite + 1);
    assert_status(kam_segment_add_up(&c, 1, &first, 1, NULL, got, &diag),
                  KAM_ERR_OVERFLOW);
    assert_int_equal(diag.row, 0);
    assert_status(kam_segment_add_up(&c, 0, &c, 0, NULL, got, &diag), KAM_OK);
    assert_status(kam_segment_add_up(&c, -1, &c, 2, NULL, got, &diag),
                  KAM_ERR_SHAPE);
    assert_status(kam_segment_add_up(&c, 1, &c, -2, NULL, got, &diag),
                  KAM_ERR_SHAPE);
    assert_status(kam_segment_add_up(NULL, 1, &c, 2, NULL, got, &diag),
                  KAM_ERR_NULL);
    assert_status(kam_segment_add_up(&c, 1, NULL, 2, NULL, got, &diag),
                  KAM_ERR_NULL);
    assert_status(kam_segment_add_up(&c, 1, &c, 2, NULL, NULL, &diag),
                  KAM_ERR_NULL);
    assert_status(kam_segment_compare(&empty, &c, 2, 0, NULL, &ranks, &numbers,
                                      &diag),
                  KAM_ERR_EMPTY);
    assert_string_equal(diag.argument, "value");
    assert_status(kam_segment_compare(&c, &empty, 2, 0, NULL, &ranks, &numbers,
                                      &diag),
                  KAM_ERR_EMPTY);
    assert_string_equal(diag.argument, "profit");
    assert_status(kam_segment_compare(&c, &c, 2, 1.1, NULL, &ranks, &numbers,
                                      &diag),
                  KAM_ERR_OPTION);
    assert_status(kam_segment_compare(&c, &c, 2, NAN, NULL, &ranks, &numbers,
                                      &diag),
                  KAM_ERR_OPTION);
    assert_status(kam_segment_compare(&c, &c, 2, -0.1, NULL, &ranks, &numbers,
                                      &diag),
                  KAM_ERR_OPTION);
    assert_status(kam_segment_compare(&c, NULL, 2, 0, NULL, &ranks, &numbers,
                                      &diag),
                  KAM_ERR_NULL);
    kam_column bad = c;
    bad.type = 77;
    assert_status(kam_segment_compare(&bad, &c, 2, 0, NULL, &ranks, &numbers,
                                      &diag),
                  KAM_ERR_TYPE);
    assert_string_equal(diag.argument, "value");
    assert_status(kam_segment_compare(&c, &bad, 2, 0, NULL, &ranks, &numbers,
                                      &diag),
                  KAM_ERR_TYPE);
    assert_string_equal(diag.argument, "profit");
    assert_status(kam_segment_compare(&c, &c, -2, 0, NULL, &ranks, &numbers,
                                      &diag),
                  KAM_ERR_SHAPE);
    assert_status(kam_segment_compare(NULL, &c, 2, 0, NULL, &ranks, &numbers,
                                      &diag),
                  KAM_ERR_NULL);
    assert_status(kam_segment_compare(&c, &c, 2, 0, NULL, NULL, &numbers,
                                      &diag),
                  KAM_ERR_NULL);
    numbers.struct_size = 4;
    assert_status(kam_segment_compare(&c, &c, 2, 0, NULL, &ranks, &numbers,
                                      &diag),
                  KAM_ERR_STRUCT);
    assert_int_equal(n, 77);
    assert_int_equal(segment[0], 77);
    assert_int_equal(got[0].n_accounts, 77);
    assert_int_equal(agreement[0], 77);
}

static void test_memory(void **state) {
    (void)state;
    const char name[2][8] = {"a", "b"};
    const kam_column text = {.values = name, .stride = 8, .type = KAM_CHARS};
    const double x[] = {0, 1};
    const kam_column c = column_of(x);
    int64_t segment[2], n = 77;
    kam_segment got[2];
    int32_t agreement[2];
    const kam_segment_ranks ranks = {.struct_size = sizeof ranks,
                                     .agreement = agreement};
    for (int call = 0; call < 3; call++) {
        struct lender lender;
        int64_t n_calls = 1;
        for (int64_t fail = 0; fail <= n_calls; fail++) {
            kam_host host = lender_host(&lender, fail);
            got[0].n_accounts = agreement[0] = 77;
            n = 77;
            const kam_status status =
                call == 0   ? kam_segment_number(&text, 2, &host, segment, NULL,
                                                 &n, NULL)
                : call == 1 ? kam_segment_add_up(&c, 2, &c, 2, &host, got, NULL)
                            : kam_segment_compare(&c, &c, 2, 0, &host, &ranks,
                                                  NULL, NULL);
            assert_status(status, fail ? KAM_ERR_MEMORY : KAM_OK);
            assert_int_equal(lender.n_live, 0);
            assert_int_equal(lender.n_bytes, 0);
            if (fail == 0) n_calls = lender.n_calls;
            if (fail == 0) continue;
            assert_int_equal(n, 77);
            assert_int_equal(got[0].n_accounts, 77);
            assert_int_equal(agreement[0], 77);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),           cmocka_unit_test(test_sums),
        cmocka_unit_test(test_sums_of_any_order), cmocka_unit_test(test_bands),
        cmocka_unit_test(test_compare),           cmocka_unit_test(test_names),
        cmocka_unit_test(test_refuses),           cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
