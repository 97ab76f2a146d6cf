/* SPDX-License-Identifier: MIT */
#include "support/check.h"

/* Each figure has a rising id, a name of its own, and texts in two languages. */
static void test_every_figure_has_words(void **state) {
    (void)state;
    int32_t before = 0, n = 0;
    for (int32_t id; (id = kam_kpi_at(n)) != -1; n++) {
        assert_true(id > before);
        assert_in_range(kam_kpi_records(id), KAM_KPI_LINES, KAM_KPI_TICKETS);
        assert_true(strlen(kam_kpi_name(id)) > 1);
        assert_true(strlen(kam_kpi_text(id, KAM_EN)) > 3);
        assert_true((unsigned char)kam_kpi_text(id, KAM_ZH)[0] > 0x7F);
        for (int32_t j = 0; j < n; j++) {
            assert_string_not_equal(kam_kpi_name(id),
                                    kam_kpi_name(kam_kpi_at(j)));
            assert_string_not_equal(kam_kpi_text(id, KAM_EN),
                                    kam_kpi_text(kam_kpi_at(j), KAM_EN));
            assert_string_not_equal(kam_kpi_text(id, KAM_ZH),
                                    kam_kpi_text(kam_kpi_at(j), KAM_ZH));
        }
        before = id;
    }
    assert_int_equal(n, 39);
}

static void test_words(void **state) {
    (void)state;
    assert_string_equal(kam_kpi_name(KAM_KPI_DSO), "dso");
    assert_string_equal(kam_kpi_text(KAM_KPI_DSO, KAM_EN),
                        "days sales outstanding");
    assert_string_equal(kam_kpi_text(KAM_KPI_DSO, KAM_ZH), "应收账款周转天数");
    assert_int_equal(kam_kpi_records(KAM_KPI_NPS), KAM_KPI_SURVEYS);
    assert_int_equal(kam_kpi_records(0), 0);
    assert_int_equal(kam_kpi_at(-1), -1);
    assert_string_equal(kam_kpi_name(77), "unknown");
    assert_string_equal(kam_kpi_text(77, KAM_EN), "unknown");
    assert_string_equal(kam_kpi_text(77, KAM_ZH), "未知");
    const char *const states[] = {"known",     "no_rows",       "undecided",
                                  "zero_base", "negative_base", "unknown"};
    for (int32_t i = 0; i < 6; i++)
        assert_string_equal(kam_kpi_state_name(i), states[i]);
}

/* Keiningham et al. (2011): with two suppliers 2/3 and 1/3, with three 1/2, 1/3
 * and 1/6. */
static void test_wallet_share(void **state) {
    (void)state;
    assert_relative(kam_kpi_wallet_share(1, 2), 2.0 / 3, 1e-15);
    assert_relative(kam_kpi_wallet_share(2, 2), 1.0 / 3, 1e-15);
    assert_relative(kam_kpi_wallet_share(1, 3), 1.0 / 2, 1e-15);
    assert_relative(kam_kpi_wallet_share(2, 3), 1.0 / 3, 1e-15);
    assert_relative(kam_kpi_wallet_share(3, 3), 1.0 / 6, 1e-15);
    assert_bits(kam_kpi_wallet_share(1, 1), 1);
    for (int n = 1; n < 20; n++) {
        double sum = 0;
        for (int rank = 1; rank <= n; rank++)
            sum += kam_kpi_wallet_share(rank, n);
        assert_relative(sum, 1, 1e-14);
    }
    assert_true(isnan(kam_kpi_wallet_share(0, 3)));
    assert_true(isnan(kam_kpi_wallet_share(4, 3)));
    assert_true(isnan(kam_kpi_wallet_share(NAN, 3)));
    assert_true(isnan(kam_kpi_wallet_share(1, NAN)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_figure_has_words),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_wallet_share),
    };
    return cmocka_run_group_tests_name("kpi", tests, NULL, NULL);
}
