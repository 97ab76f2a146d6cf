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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_figure_has_words),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests_name("kpi", tests, NULL, NULL);
}
