/* SPDX-License-Identifier: MIT */
/* The touch calendar (L2, L4). Classes of the matrix: 1 core, 2 high potential, 3
 * maintain. */
#include "support/check.h"
#include "support/hosts.h"

static int32_t day(int year, int month, int of_month) {
    int32_t number;
    assert_status(kam_calendar_day(year, month, of_month, &number), KAM_OK);
    return number;
}

static kam_column days_of(const int32_t *values) {
    kam_column column = {0};
    column.values = values;
    column.type = KAM_DAY;
    return column;
}

struct due {
    int32_t day, overdue, next, rule;
    uint32_t flags;
};

static struct due ask(int32_t touch, int32_t contract, double matrix_class,
                      int32_t last, int32_t today,
                      const kam_cadence_options *options) {
    struct due d;
    const kam_column of_last = days_of(&last);
    const kam_cadence_accounts accounts = {.struct_size = sizeof accounts,
                                           .n_touches = 1,
                                           .touches = &touch,
                                           .last = &of_last,
                                           .n_rows = 1,
                                           .contract_day = days_of(&contract),
                                           .account_class =
                                               column_of(&matrix_class)};
    const kam_cadence_out out = {.struct_size = sizeof out,
                                 .due_day = &d.day,
                                 .overdue_days = &d.overdue,
                                 .next_day = &d.next,
                                 .rule = &d.rule,
                                 .row_flags = &d.flags};
    assert_status(kam_cadence_due(&accounts, today, options, NULL, &out, NULL),
                  KAM_OK);
    return d;
}

static void expect(struct due d, int32_t due_day, int32_t overdue, int32_t next,
                   uint32_t flags) {
    assert_int_equal(d.day, due_day);
    assert_int_equal(d.overdue, overdue);
    assert_int_equal(d.next, next);
    assert_int_equal(d.flags, flags);
    assert_int_equal(d.rule >= 0, due_day != KAM_NO_DAY);
}

/* Core accounts are visited every month, those to maintain every half year. */
static void test_visits(void **state) {
    (void)state;
    const int32_t contract = day(2020, 1, 10), last = day(2024, 1, 31);
    /* The last of February stands in for its 31st; March has one again. */
    expect(ask(KAM_TOUCH_VISIT, contract, 1, last, day(2024, 2, 20), NULL),
           day(2024, 2, 29), 0, day(2024, 2, 29), 0);
    expect(ask(KAM_TOUCH_VISIT, contract, 1, last, day(2024, 2, 29), NULL),
           day(2024, 2, 29), 0, day(2024, 3, 31), 0);
    expect(ask(KAM_TOUCH_VISIT, contract, 1, last, day(2024, 4, 2), NULL),
           day(2024, 2, 29), 33, day(2024, 4, 30), 0);
    expect(ask(KAM_TOUCH_VISIT, contract, 3, last, day(2024, 4, 2), NULL),
           day(2024, 7, 31), 0, day(2024, 7, 31), 0);
    /* No rule for the others, and no answer when the class is not known. */
    expect(ask(KAM_TOUCH_VISIT, contract, 4, last, day(2024, 4, 2), NULL),
           KAM_NO_DAY, 0, KAM_NO_DAY, 0);
    expect(ask(KAM_TOUCH_VISIT, contract, NAN, last, day(2024, 4, 2), NULL),
           KAM_NO_DAY, 0, KAM_NO_DAY, KAM_ROW_MISSING);
    expect(ask(KAM_TOUCH_VISIT, contract, 0, last, day(2024, 4, 2), NULL),
           KAM_NO_DAY, 0, KAM_NO_DAY, KAM_ROW_MISSING);
    expect(ask(KAM_TOUCH_REVIEW, contract, 2, last, day(2024, 4, 2), NULL),
           day(2024, 4, 30), 0, day(2024, 4, 30), 0);
    /* Never visited: one month after the contract. */
    expect(ask(KAM_TOUCH_VISIT, day(2024, 3, 31), 1, KAM_NO_DAY,
               day(2024, 4, 2), NULL),
           day(2024, 4, 30), 0, day(2024, 4, 30), 0);
    expect(ask(KAM_TOUCH_VISIT, contract, 1, day(2024, 4, 3), day(2024, 4, 2),
               NULL),
           KAM_NO_DAY, 0, KAM_NO_DAY, KAM_ROW_DOMAIN);
}

/* Every week in the first month, every two weeks in the second and third. */
static void test_onboarding(void **state) {
    (void)state;
    const int32_t contract = day(2024, 1, 31);
    expect(ask(KAM_TOUCH_ONBOARDING, contract, NAN, KAM_NO_DAY, contract, NULL),
           contract + 7, 0, contract + 7, 0);
    expect(ask(KAM_TOUCH_ONBOARDING, contract, NAN, contract + 7,
               day(2024, 2, 28), NULL),
           contract + 14, 14, day(2024, 3, 6), 0);
    /* The second month begins on 29 February: due two weeks after the last. */
    expect(ask(KAM_TOUCH_ONBOARDING, contract, NAN, day(2024, 2, 27),
               day(2024, 2, 29), NULL),
           day(2024, 3, 12), 0, day(2024, 3, 12), 0);
    /* Not overdue since before that rule held. */
    expect(ask(KAM_TOUCH_ONBOARDING, contract, NAN, day(2024, 2, 1),
               day(2024, 3, 1), NULL),
           day(2024, 2, 29), 1, day(2024, 3, 14), 0);
    expect(ask(KAM_TOUCH_ONBOARDING, contract, NAN, day(2024, 4, 20),
               day(2024, 4, 29), NULL),
           day(2024, 5, 4), 0, day(2024, 5, 4), 0);
    /* From 30 April on the stage is stable. */
    expect(ask(KAM_TOUCH_ONBOARDING, contract, NAN, day(2024, 4, 20),
               day(2024, 4, 30), NULL),
           KAM_NO_DAY, 0, KAM_NO_DAY, 0);
    expect(ask(KAM_TOUCH_ONBOARDING, KAM_NO_DAY, NAN, KAM_NO_DAY, contract,
               NULL),
           KAM_NO_DAY, 0, KAM_NO_DAY, KAM_ROW_MISSING);
}

/* A value report every quarter from the stable stage, a meeting of the heads
 * every half year from the deep one: counted from where the stage began. */
static void test_stages(void **state) {
    (void)state;
    const int32_t contract = day(2022, 5, 15);
    expect(ask(KAM_TOUCH_VALUE_REPORT, contract, NAN, KAM_NO_DAY,
               day(2022, 8, 14), NULL),
           KAM_NO_DAY, 0, KAM_NO_DAY, 0);
    expect(ask(KAM_TOUCH_VALUE_REPORT, contract, NAN, KAM_NO_DAY,
               day(2022, 8, 15), NULL),
           day(2022, 11, 15), 0, day(2022, 11, 15), 0);
    /* Still from the stable stage's beginning, in the deep one. */
    expect(ask(KAM_TOUCH_VALUE_REPORT, contract, NAN, KAM_NO_DAY,
               day(2023, 6, 1), NULL),
           day(2022, 11, 15), 198, day(2023, 8, 15), 0);
    expect(ask(KAM_TOUCH_EXECUTIVE_MEETING, contract, NAN, KAM_NO_DAY,
               day(2023, 6, 1), NULL),
           day(2023, 11, 15), 0, day(2023, 11, 15), 0);
    /* One held before counts, but nothing is due before the stage begins. */
    expect(ask(KAM_TOUCH_EXECUTIVE_MEETING, contract, NAN, day(2022, 6, 1),
               day(2023, 6, 1), NULL),
           day(2023, 5, 15), 17, day(2023, 11, 15), 0);
}

/* Monthly data review for all; L4's reviews every quarter by default. */
static void test_for_all(void **state) {
    (void)state;
    const int32_t last = day(2024, 1, 15), today = day(2024, 3, 1);
    /* The contract day does not matter once it was done. */
    expect(ask(KAM_TOUCH_DATA_REVIEW, KAM_NO_DAY, NAN, last, today, NULL),
           day(2024, 2, 15), 15, day(2024, 3, 15), 0);
    expect(ask(KAM_TOUCH_DATA_REVIEW, KAM_NO_DAY, NAN, KAM_NO_DAY, today, NULL),
           KAM_NO_DAY, 0, KAM_NO_DAY, KAM_ROW_MISSING);
    for (int32_t t = KAM_TOUCH_SURVEY; t <= KAM_TOUCH_RIVAL_WATCH; t++)
        expect(ask(t, KAM_NO_DAY, NAN, last, today, NULL), day(2024, 4, 15), 0,
               day(2024, 4, 15), 0);
}

/* A host's own rules; of two that hold the earlier day counts. */
static void test_own_rules(void **state) {
    (void)state;
    const kam_cadence_rule rules[] = {{1000, 0, 0, 0, 0, 0, 0, 2},
                                      {1000, 0, 1 << 4, 0, 0, 0, 10, 0},
                                      {1000, 0, 1 << 4, 0, 0, 0, 30, 0}};
    const kam_cadence_options options = {.struct_size = sizeof options,
                                         .n_rules = 3,
                                         .rules = rules};
    const int32_t last = day(2024, 1, 1);
    struct due d = ask(1000, KAM_NO_DAY, 4, last, last + 1, &options);
    assert_int_equal(d.day, last + 10);
    assert_int_equal(d.rule, 1);
    d = ask(1000, KAM_NO_DAY, 1, last, last + 1, &options);
    assert_int_equal(d.day, day(2024, 3, 1));
    assert_int_equal(d.rule, 0);
    d = ask(KAM_TOUCH_VISIT, KAM_NO_DAY, 1, last, last + 1, &options);
    assert_int_equal(d.rule, -1);
}

static void test_one_is_many(void **state) {
    (void)state;
    enum { N = 400, T = 3 };
    static int32_t contract[N], last[T][N], due[N * T], other[N * T];
    static double matrix_class[N];
    const int32_t touches[T] = {KAM_TOUCH_VISIT, KAM_TOUCH_DATA_REVIEW,
                                KAM_TOUCH_VALUE_REPORT};
    const int32_t today = day(2024, 6, 30);
    kam_column of_last[T];
    kam_host host = {.struct_size = sizeof host, .parallel_for = run_backwards};
    for (int i = 0; i < N; i++) {
        contract[i] = today - i * 5;
        matrix_class[i] = i % 5 + 1;
        for (int k = 0; k < T; k++)
            last[k][i] = i % 7 == k ? KAM_NO_DAY : today - (i * (k + 3)) % 400;
    }
    for (int k = 0; k < T; k++) of_last[k] = days_of(last[k]);
    const kam_cadence_accounts accounts = {.struct_size = sizeof accounts,
                                           .n_touches = T,
                                           .touches = touches,
                                           .last = of_last,
                                           .n_rows = N,
                                           .contract_day = days_of(contract),
                                           .account_class =
                                               column_of(matrix_class)};
    kam_cadence_out out = {.struct_size = sizeof out, .due_day = due};
    assert_status(kam_cadence_due(&accounts, today, NULL, NULL, &out, NULL),
                  KAM_OK);
    out.due_day = other;
    assert_status(kam_cadence_due(&accounts, today, NULL, &host, &out, NULL),
                  KAM_OK);
    assert_memory_equal(due, other, sizeof due);
    for (int i = 0; i < N; i++)
        for (int k = 0; k < T; k++)
            assert_int_equal(ask(touches[k], contract[i], matrix_class[i],
                                 last[k][i], today, NULL)
                                 .day,
                             due[i * T + k]);
}

static void refuse(kam_status expected, const char *argument,
                   const kam_cadence_rule *rule) {
    const int32_t touch = 1;
    const kam_cadence_accounts accounts = {.struct_size = sizeof accounts,
                                           .n_touches = 1,
                                           .touches = &touch};
    const kam_cadence_options options = {.struct_size = sizeof options,
                                         .n_rules = 1,
                                         .rules = rule};
    const kam_cadence_out out = {.struct_size = sizeof out};
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_cadence_due(&accounts, 0, &options, NULL, &out, &diag),
                  expected);
    assert_string_equal(diag.argument, argument);
}

static void test_bad_arguments(void **state) {
    (void)state;
    const kam_cadence_rule none = {1, 0, 0, 0, 0, 0, 0, 0};
    const kam_cadence_rule both = {1, 0, 0, 0, 0, 0, 1, 1};
    const kam_cadence_rule late = {1, 0, 0, 0, 3, 3, 1, 0};
    const kam_cadence_rule nothing = {0, 0, 0, 0, 0, 0, 1, 0};
    const kam_cadence_rule below = {1, 0, 0, 0, -1, 0, 1, 0};
    refuse(KAM_ERR_OPTION, "options.rules.every_days", &none);
    refuse(KAM_ERR_OPTION, "options.rules.every_days", &both);
    refuse(KAM_ERR_OPTION, "options.rules.from_month", &late);
    refuse(KAM_ERR_OPTION, "options.rules.from_month", &below);
    refuse(KAM_ERR_OPTION, "options.rules.touch", &nothing);
    refuse(KAM_ERR_NULL, "options.rules", NULL);
    const kam_cadence_out out = {.struct_size = sizeof out};
    kam_cadence_accounts accounts = {.struct_size = sizeof accounts};
    assert_status(kam_cadence_due(NULL, 0, NULL, NULL, &out, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_cadence_due(&accounts, 0, NULL, NULL, &out, NULL),
                  KAM_ERR_OPTION);
    accounts.n_touches = 1;
    assert_status(kam_cadence_due(&accounts, 0, NULL, NULL, &out, NULL),
                  KAM_ERR_NULL);
    const int32_t touch = 1;
    accounts.touches = &touch;
    assert_status(kam_cadence_due(&accounts, KAM_NO_DAY, NULL, NULL, &out,
                                  NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_cadence_due(&accounts, 0, NULL, NULL, NULL, NULL),
                  KAM_ERR_NULL);
    accounts.n_rows = -1;
    assert_status(kam_cadence_due(&accounts, 0, NULL, NULL, &out, NULL),
                  KAM_ERR_SHAPE);
}

static void test_words(void **state) {
    (void)state;
    kam_cadence_rule rules[KAM_CADENCE_PRESET];
    assert_status(kam_cadence_preset(NULL), KAM_ERR_NULL);
    assert_status(kam_cadence_preset(rules), KAM_OK);
    for (int i = 0; i < KAM_CADENCE_PRESET; i++)
        assert_string_not_equal(kam_cadence_touch_name(rules[i].touch, KAM_EN),
                                "unknown");
    assert_string_equal(kam_cadence_touch_name(1, KAM_EN), "visit");
    assert_string_equal(kam_cadence_touch_name(10, KAM_ZH), "竞品监测");
    assert_string_equal(kam_cadence_touch_name(11, KAM_EN), "unknown");
    assert_string_equal(kam_cadence_touch_name(0, KAM_ZH), "未知");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_visits),
        cmocka_unit_test(test_onboarding),
        cmocka_unit_test(test_stages),
        cmocka_unit_test(test_for_all),
        cmocka_unit_test(test_own_rules),
        cmocka_unit_test(test_one_is_many),
        cmocka_unit_test(test_bad_arguments),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests_name("cadence", tests, NULL, NULL);
}
