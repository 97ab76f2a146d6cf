/* SPDX-License-Identifier: MIT */
/* The playbook (A1) and the defence checklist (A2). Tiers: 0 strategic, 1 key, 2
 * basic. Classes: 1 core, 2 high potential, 3 maintain, 4 develop. */
#include "support/check.h"
#include "support/hosts.h"

enum { WIDTH = 8 };

struct answer {
    int32_t n, action[WIDTH], days[WIDTH], rule[WIDTH];
    uint32_t flags;
};

static struct answer ask(double tier, double matrix_class, double stage,
                         int64_t alarms, const kam_playbook_options *options) {
    struct answer a;
    kam_playbook_options given = {.struct_size = sizeof given, .width = WIDTH};
    const uint8_t absent = 0;
    kam_playbook_accounts accounts = {.struct_size = sizeof accounts,
                                      .n_rows = 1,
                                      .tier = column_of(&tier),
                                      .account_class = column_of(&matrix_class),
                                      .stage = column_of(&stage)};
    const kam_playbook_out out = {.struct_size = sizeof out,
                                  .n_actions = &a.n,
                                  .action = a.action,
                                  .due_days = a.days,
                                  .rule = a.rule,
                                  .row_flags = &a.flags};
    accounts.alarms.values = &alarms;
    accounts.alarms.type = KAM_I64;
    if (alarms < 0) accounts.alarms.validity = &absent;
    if (options) given = *options;
    given.width = WIDTH;
    assert_status(kam_playbook_actions(&accounts, &given, NULL, &out, NULL),
                  KAM_OK);
    return a;
}

static void expect(const struct answer *a, int32_t n, const int32_t *action,
                   const int32_t *days) {
    assert_int_equal(a->n, n);
    for (int i = 0; i < WIDTH; i++) {
        assert_int_equal(a->action[i], i < n ? action[i] : 0);
        assert_int_equal(a->days[i], i < n ? days[i] : 0);
        if (i >= n) assert_int_equal(a->rule[i], 0);
    }
}

/* A1, row by row. */
static void test_preset(void **state) {
    (void)state;
    const int32_t month[] = {30, 30, 30}, quarter[] = {30, 90, 90};
    const int32_t soon[] = {2, 5, 30};
    int32_t what[] = {KAM_ACTION_EXECUTIVE_SPONSOR, 0, 0};
    struct answer a = ask(0, 5, 1, 0, NULL);
    expect(&a, 1, what, month);
    assert_int_equal(a.flags, 0);
    a = ask(1, 5, 1, 0, NULL), what[0] = KAM_ACTION_TWO_PERSON_TEAM;
    expect(&a, 1, what, month);
    a = ask(2, 5, 1, 0, NULL), what[0] = KAM_ACTION_DEDICATED_ADVISER;
    expect(&a, 1, what, month);
    a = ask(3, 5, 1, 0, NULL);
    expect(&a, 0, what, month);
    const int32_t core[] = {KAM_ACTION_DEDICATED_MANAGER,
                            KAM_ACTION_CUSTOM_PLAN};
    a = ask(3, 1, 1, 0, NULL);
    expect(&a, 2, core, month);
    const int32_t potential[] = {KAM_ACTION_NAMED_CONTACT,
                                 KAM_ACTION_TRIAL_FIRST,
                                 KAM_ACTION_INDUSTRY_SOLUTION};
    a = ask(3, 2, 1, 0, NULL);
    expect(&a, 3, potential, quarter);
    a = ask(3, 3, 1, 0, NULL), what[0] = KAM_ACTION_STANDARD_SERVICE;
    expect(&a, 1, what, month);
    a = ask(3, 4, 1, 0, NULL), what[0] = KAM_ACTION_CASES_FIRST;
    expect(&a, 1, what, quarter + 1);
    /* An alarm: what is due first stands first. */
    const int32_t alarm[] = {KAM_ACTION_SENIOR_CONTACT,
                             KAM_ACTION_VALUE_ADDED_SERVICE,
                             KAM_ACTION_DEDICATED_ADVISER};
    a = ask(2, 5, 1, 64, NULL);
    expect(&a, 3, alarm, soon);
}

/* What is not known is no reason for an action, and is said. */
static void test_missing(void **state) {
    (void)state;
    const int32_t what[] = {KAM_ACTION_TWO_PERSON_TEAM}, month[] = {30};
    struct answer a = ask(1, NAN, NAN, -1, NULL);
    expect(&a, 1, what, month);
    assert_int_equal(a.flags, KAM_ROW_MISSING);
    a = ask(-1, 0, -1, 0, NULL);
    expect(&a, 0, what, month);
    assert_int_equal(a.flags, KAM_ROW_MISSING);
    /* No rule of the preset asks for the stage. */
    a = ask(1, 5, NAN, 0, NULL);
    assert_int_equal(a.flags, 0);
}

static void test_own_rules(void **state) {
    (void)state;
    /* Sooner for strategic accounts; never cases; something new from the deep
     * stage on when alarm 2 or 3 rings. */
    const kam_playbook_rule rules[] = {{KAM_ACTION_EXECUTIVE_SPONSOR, 7, 1, 0,
                                        0, 0},
                                       {KAM_ACTION_CASES_FIRST, -1, 0, 0, 0, 0},
                                       {1000, 3, 0, 0, 1 << 2 | 1 << 3,
                                        1 << 2 | 1 << 3}};
    kam_playbook_options options = {.struct_size = sizeof options,
                                    .n_rules = 3,
                                    .rules = rules};
    struct answer a = ask(0, 4, 2, 1 << 3, &options);
    const int32_t what[] = {KAM_ACTION_SENIOR_CONTACT, 1000,
                            KAM_ACTION_VALUE_ADDED_SERVICE,
                            KAM_ACTION_EXECUTIVE_SPONSOR};
    const int32_t days[] = {2, 3, 5, 7};
    expect(&a, 4, what, days);
    assert_int_equal(a.rule[0], -12); /* row 11 of the preset */
    assert_int_equal(a.rule[1], 2);
    assert_int_equal(a.rule[3], 0);
    options.instead = 1;
    a = ask(0, 4, 2, 1 << 3, &options);
    const int32_t alone[] = {1000, KAM_ACTION_EXECUTIVE_SPONSOR};
    const int32_t then[] = {3, 7};
    expect(&a, 2, alone, then);
    a = ask(0, 4, 2, 1 << 4, &options);
    expect(&a, 1, alone + 1, then + 1);
    options.n_rules = 0;
    a = ask(0, 4, 2, 1 << 4, &options);
    expect(&a, 0, alone, then);
}

/* More than there is room for is still counted. */
static void test_narrow(void **state) {
    (void)state;
    const double tier = 0, matrix_class = 2;
    int32_t n, action[2];
    const kam_playbook_accounts accounts = {.struct_size = sizeof accounts,
                                            .n_rows = 1,
                                            .tier = column_of(&tier),
                                            .account_class =
                                                column_of(&matrix_class)};
    const kam_playbook_options options = {.struct_size = sizeof options,
                                          .width = 2};
    const kam_playbook_out out = {.struct_size = sizeof out,
                                  .n_actions = &n,
                                  .action = action};
    assert_status(kam_playbook_actions(&accounts, &options, NULL, &out, NULL),
                  KAM_OK);
    assert_int_equal(n, 4);
    assert_int_equal(action[0], KAM_ACTION_EXECUTIVE_SPONSOR);
    assert_int_equal(action[1], KAM_ACTION_NAMED_CONTACT);
}

/* What is due on one day stands by its action, in whatever order rules come. */
static void test_one_day(void **state) {
    (void)state;
    static const int32_t given[][3] = {{1000, 1001, 1002},
                                       {1002, 1001, 1000},
                                       {1001, 1000, 1002}};
    const int32_t what[] = {1000, 1001, 1002}, days[] = {5, 5, 5};
    for (int k = 0; k < 3; k++) {
        kam_playbook_rule rules[3];
        memset(rules, 0, sizeof rules);
        for (int i = 0; i < 3; i++)
            rules[i].action = given[k][i], rules[i].due_days = 5;
        const kam_playbook_options options = {.struct_size = sizeof options,
                                              .n_rules = 3,
                                              .rules = rules,
                                              .instead = 1};
        const struct answer a = ask(1, 5, 1, 0, &options);
        expect(&a, 3, what, days);
    }
}

static void test_one_is_many(void **state) {
    (void)state;
    enum { N = 500 };
    static double tier[N], matrix_class[N], stage[N];
    static int64_t alarms[N];
    static int32_t action[N * WIDTH], other[N * WIDTH];
    kam_host host = {.struct_size = sizeof host, .parallel_for = run_backwards};
    kam_playbook_accounts accounts = {.struct_size = sizeof accounts,
                                      .n_rows = N,
                                      .tier = column_of(tier),
                                      .account_class = column_of(matrix_class),
                                      .stage = column_of(stage)};
    const kam_playbook_options options = {.struct_size = sizeof options,
                                          .width = WIDTH};
    kam_playbook_out out = {.struct_size = sizeof out, .action = action};
    accounts.alarms.values = alarms;
    accounts.alarms.type = KAM_I64;
    for (int i = 0; i < N; i++) {
        tier[i] = i % 5 - 1;
        matrix_class[i] = i % 7 == 6 ? NAN : i % 7;
        stage[i] = i % 4;
        alarms[i] = i % 3 == 0 ? i : 0;
    }
    assert_status(kam_playbook_actions(&accounts, &options, NULL, &out, NULL),
                  KAM_OK);
    out.action = other;
    assert_status(kam_playbook_actions(&accounts, &options, &host, &out, NULL),
                  KAM_OK);
    assert_memory_equal(action, other, sizeof action);
    for (int i = 0; i < N; i += 11) {
        const struct answer a =
            ask(tier[i], matrix_class[i], stage[i], alarms[i], NULL);
        assert_memory_equal(a.action, action + i * WIDTH, sizeof a.action);
    }
}

/* A2: five of seven done, one gap, one not known. */
enum { MANY = 3000 };

/* Where rules tell few kinds of accounts apart, answers are found beforehand; one
 * row alone never is. */
static void test_many_are_one(void **state) {
    (void)state;
    static double tier[MANY], matrix_class[MANY], stage[MANY];
    static int64_t alarms[MANY];
    static int32_t n[MANY], action[MANY][WIDTH], days[MANY][WIDTH];
    static int32_t rule[MANY][WIDTH];
    static uint32_t flags[MANY];
    uint8_t validity[MANY / 8];
    uint64_t seed = 5;
    const kam_playbook_rule own[] = {{KAM_ACTION_CASES_FIRST, -1, 2, 0, 0, 0},
                                     {KAM_ACTION_TRIAL_FIRST, 1, 0, 0, 12, 0},
                                     {1000, 7, 1, 2, 3, UINT32_MAX},
                                     {1001, 7, 0, 0, 0,
                                      6}}; /* the last tells alarms apart */
    for (int i = 0; i < MANY; i++) {
        tier[i] = floor(6 * random_unit(&seed)) - 1;
        matrix_class[i] = floor(8 * random_unit(&seed)) - 1;
        stage[i] = floor(6 * random_unit(&seed)) - 1;
        alarms[i] = (int64_t)(9 * random_unit(&seed));
        if (i % 8 == 0) validity[i / 8] = (uint8_t)(256 * random_unit(&seed));
    }
    const kam_playbook_accounts accounts = {
        .struct_size = sizeof accounts,
        .n_rows = MANY,
        .tier = column_of(tier),
        .account_class = column_of(matrix_class),
        .stage = column_of(stage),
        .alarms = {.values = alarms, .validity = validity, .type = KAM_I64}};
    const kam_playbook_out out = {.struct_size = sizeof out,
                                  .n_actions = n,
                                  .action = &action[0][0],
                                  .due_days = &days[0][0],
                                  .rule = &rule[0][0],
                                  .row_flags = flags};
    for (int32_t n_rules = 0; n_rules <= 4; n_rules++) {
        kam_playbook_options options = {.struct_size = sizeof options,
                                        .n_rules = n_rules,
                                        .rules = own,
                                        .width = WIDTH};
        assert_status(kam_playbook_actions(&accounts, &options, NULL, &out,
                                           NULL),
                      KAM_OK);
        for (int i = 0; i < MANY; i++) {
            const int known = validity[i / 8] >> i % 8 & 1;
            const struct answer a = ask(tier[i], matrix_class[i], stage[i],
                                        known ? alarms[i] : -1, &options);
            assert_int_equal(n[i], a.n);
            assert_int_equal(flags[i], a.flags);
            assert_memory_equal(action[i], a.action, sizeof a.action);
            assert_memory_equal(days[i], a.days, sizeof a.days);
            assert_memory_equal(rule[i], a.rule, sizeof a.rule);
        }
    }
    /* Rows of another width begin alike. */
    for (int32_t width = 3; width <= 4; width++) {
        kam_playbook_options options = {.struct_size = sizeof options,
                                        .width = width};
        assert_status(kam_playbook_actions(&accounts, &options, NULL, &out,
                                           NULL),
                      KAM_OK);
        for (int i = 0; i < MANY; i += 7) {
            const int known = validity[i / 8] >> i % 8 & 1;
            const struct answer a = ask(tier[i], matrix_class[i], stage[i],
                                        known ? alarms[i] : -1, &options);
            assert_memory_equal(&action[0][0] + i * width, a.action,
                                (size_t)width * sizeof(int32_t));
        }
    }
}

static void test_defence(void **state) {
    (void)state;
    double point[KAM_DEFENCE_COUNT][3] = {{0}};
    kam_column points[KAM_DEFENCE_COUNT];
    double completion[3];
    uint32_t gaps[3], unknown[3];
    for (int i = 0; i < KAM_DEFENCE_COUNT; i++) {
        point[i][0] = i == 2 ? 0 : i == 5 ? NAN : 1;
        point[i][1] = NAN;
        point[i][2] = 1;
        points[i] = column_of(point[i]);
    }
    assert_status(kam_playbook_defence(points, 3, NULL, completion, gaps,
                                       unknown, NULL),
                  KAM_OK);
    assert_bits(completion[0], 5.0 / 7);
    assert_int_equal(gaps[0], 1 << KAM_DEFENCE_DEVELOPMENT);
    assert_int_equal(unknown[0], 1 << KAM_DEFENCE_LOGISTICS);
    assert_true(isnan(completion[1]));
    assert_int_equal(gaps[1], 0);
    assert_int_equal(unknown[1], 127);
    assert_bits(completion[2], 1);
    assert_int_equal(gaps[2] | unknown[2], 0);
    assert_status(kam_playbook_defence(points, 3, NULL, NULL, NULL, NULL, NULL),
                  KAM_OK);
    assert_status(kam_playbook_defence(NULL, 3, NULL, NULL, NULL, NULL, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_playbook_defence(points, -1, NULL, NULL, NULL, NULL,
                                       NULL),
                  KAM_ERR_SHAPE);
    points[6].type = 99;
    assert_status(kam_playbook_defence(points, 3, NULL, NULL, NULL, NULL, NULL),
                  KAM_ERR_TYPE);
}

static void refuse(kam_status expected, const kam_playbook_options *options) {
    const kam_playbook_accounts accounts = {.struct_size = sizeof accounts};
    const kam_playbook_out out = {.struct_size = sizeof out};
    assert_status(kam_playbook_actions(&accounts, options, NULL, &out, NULL),
                  expected);
}

static void test_bad_arguments(void **state) {
    (void)state;
    const kam_playbook_rule no_action = {0, 1, 0, 0, 0, 0};
    const kam_playbook_rule no_day = {1, -2, 0, 0, 0, 0};
    kam_playbook_options o = {.struct_size = sizeof o, .width = 65};
    refuse(KAM_ERR_OPTION, &o);
    o.width = 0, o.n_rules = 1, refuse(KAM_ERR_NULL, &o);
    o.rules = &no_action, refuse(KAM_ERR_OPTION, &o);
    o.rules = &no_day, refuse(KAM_ERR_OPTION, &o);
    o.n_rules = -1, refuse(KAM_ERR_OPTION, &o);
    o.n_rules = 1001, refuse(KAM_ERR_OPTION, &o);
    o.n_rules = 0, o.instead = 2, refuse(KAM_ERR_OPTION, &o);
    const kam_playbook_accounts accounts = {.struct_size = sizeof accounts,
                                            .n_rows = -1};
    const kam_playbook_out out = {.struct_size = sizeof out};
    assert_status(kam_playbook_actions(&accounts, NULL, NULL, &out, NULL),
                  KAM_ERR_SHAPE);
    assert_status(kam_playbook_actions(NULL, NULL, NULL, &out, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_playbook_actions(&accounts, NULL, NULL, NULL, NULL),
                  KAM_ERR_SHAPE);
}

static void test_words(void **state) {
    (void)state;
    kam_playbook_rule rules[KAM_PLAYBOOK_PRESET];
    assert_status(kam_playbook_preset(NULL), KAM_ERR_NULL);
    assert_status(kam_playbook_preset(rules), KAM_OK);
    for (int i = 0; i < KAM_PLAYBOOK_PRESET; i++) {
        assert_int_equal(rules[i].action, i + 1);
        assert_string_not_equal(kam_playbook_action_name(i + 1, KAM_EN),
                                "unknown");
        assert_true((unsigned char)kam_playbook_action_name(i + 1, KAM_ZH)[0] >
                    0x7F);
    }
    assert_string_equal(kam_playbook_action_name(1, KAM_EN),
                        "executive sponsor");
    assert_string_equal(kam_playbook_action_name(12, KAM_ZH), "高层沟通");
    assert_string_equal(kam_playbook_action_name(13, KAM_EN), "unknown");
    assert_string_equal(kam_playbook_action_name(0, KAM_ZH), "未知");
    assert_string_equal(kam_playbook_defence_name(0, KAM_ZH), "深度沟通");
    assert_string_equal(kam_playbook_defence_name(6, KAM_EN),
                        "benefit guaranteed");
    assert_string_equal(kam_playbook_defence_name(7, KAM_EN), "unknown");
    assert_string_equal(kam_playbook_defence_name(-1, KAM_ZH), "未知");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_preset),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_own_rules),
        cmocka_unit_test(test_narrow),
        cmocka_unit_test(test_one_day),
        cmocka_unit_test(test_one_is_many),
        cmocka_unit_test(test_many_are_one),
        cmocka_unit_test(test_defence),
        cmocka_unit_test(test_bad_arguments),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests_name("playbook", tests, NULL, NULL);
}
