/* SPDX-License-Identifier: MIT */
/* Every room that applies a default of ours says so, and no longer when the
 * caller chose otherwise. */
#include "support/check.h"
#include "support/hosts.h"

enum { TODAY = 20000 };

static const double one = 1, zero = 0;

static uint32_t of_stages(const kam_stage_options *options) {
    uint32_t defaults = 99;
    const int32_t day = TODAY - 100;
    const kam_column contract = {.values = &day, .type = KAM_DAY};
    const kam_stage_out out = {.struct_size = sizeof out,
                               .defaults = &defaults};
    assert_status(kam_stage_assign(&contract, 1, TODAY, options, NULL, &out,
                                   NULL),
                  KAM_OK);
    return defaults;
}

static uint32_t of_cadence(const kam_cadence_options *options) {
    uint32_t defaults = 99;
    const int32_t touch = KAM_TOUCH_VISIT;
    const kam_cadence_accounts accounts = {.struct_size = sizeof accounts,
                                           .n_touches = 1,
                                           .touches = &touch,
                                           .n_rows = 1};
    const kam_cadence_out out = {.struct_size = sizeof out,
                                 .defaults = &defaults};
    assert_status(kam_cadence_due(&accounts, TODAY, options, NULL, &out, NULL),
                  KAM_OK);
    return defaults;
}

static uint32_t of_playbook(const kam_playbook_options *options) {
    uint32_t defaults = 99;
    const kam_playbook_accounts accounts = {.struct_size = sizeof accounts,
                                            .n_rows = 1};
    const kam_playbook_out out = {.struct_size = sizeof out,
                                  .defaults = &defaults};
    assert_status(kam_playbook_actions(&accounts, options, NULL, &out, NULL),
                  KAM_OK);
    return defaults;
}

/* L1, L2, L4, A1. */
static void test_care(void **state) {
    (void)state;
    const kam_stage_options stages = {.struct_size = sizeof stages,
                                      .months = {3, 12, 35}};
    assert_int_equal(of_stages(NULL), KAM_STAGE_DEFAULT_MONTHS);
    assert_int_equal(of_stages(&stages), 0);
    kam_cadence_rule rules[KAM_CADENCE_PRESET];
    kam_cadence_options cadence = {.struct_size = sizeof cadence,
                                   .n_rules = KAM_CADENCE_PRESET,
                                   .rules = rules};
    assert_status(kam_cadence_preset(rules), KAM_OK);
    assert_int_equal(of_cadence(NULL), 3);
    assert_int_equal(of_cadence(&cadence), 3); /* written out */
    cadence.stages = &stages;
    assert_int_equal(of_cadence(&cadence), KAM_CADENCE_DEFAULT_RULES);
    rules[3].every_days = 8;
    cadence.stages = NULL;
    assert_int_equal(of_cadence(&cadence), KAM_CADENCE_DEFAULT_STAGES);
    kam_playbook_rule actions[KAM_PLAYBOOK_PRESET];
    kam_playbook_options playbook = {.struct_size = sizeof playbook};
    assert_status(kam_playbook_preset(actions), KAM_OK);
    assert_int_equal(of_playbook(NULL), 3);
    assert_int_equal(of_playbook(&playbook), 3);
    playbook.width = 3;
    assert_int_equal(of_playbook(&playbook), KAM_PLAYBOOK_DEFAULT_RULES);
    playbook.n_rules = KAM_PLAYBOOK_PRESET, playbook.rules = actions;
    assert_int_equal(of_playbook(&playbook), 0); /* twice the same */
    playbook.instead = 1, playbook.width = 16;
    assert_int_equal(of_playbook(&playbook), 3); /* written out */
    actions[0].due_days = 31;
    assert_int_equal(of_playbook(&playbook), KAM_PLAYBOOK_DEFAULT_WIDTH);
}

static uint32_t of_stability(const kam_matrix_options *options) {
    uint32_t defaults = 99;
    const kam_column quarters[3] = {column_of(&one), column_of(&one),
                                    column_of(&one)};
    const kam_matrix_stability_out out = {.struct_size = sizeof out,
                                          .defaults = &defaults};
    assert_status(kam_matrix_stability(options, quarters, 3, 1, NULL, &out,
                                       NULL),
                  KAM_OK);
    return defaults;
}

static uint32_t of_move(double confidence, int32_t dwell) {
    uint32_t defaults = 99;
    kam_move_options options;
    const kam_tier_band band = {1, 1};
    const kam_move_rows rows = {.struct_size = sizeof rows,
                                .n_rows = 1,
                                .score = column_of(&one)};
    const kam_move_out out = {.struct_size = sizeof out, .defaults = &defaults};
    assert_status(kam_move_options_init(&options, sizeof options), KAM_OK);
    options.as_of_day = TODAY, options.dwell_months = dwell;
    if (confidence > 0) options.confidence = confidence;
    assert_status(kam_move_decide(&options, &band, 1, &rows, NULL, &out, NULL),
                  KAM_OK);
    return defaults;
}

/* T2, T4, T5, T7, T9. */
static void test_tiers(void **state) {
    (void)state;
    kam_matrix_options matrix;
    assert_status(kam_matrix_options_init(&matrix, sizeof matrix), KAM_OK);
    assert_int_equal(of_stability(NULL), 64 + 128 + 256);
    matrix.most_variation = 0.3;
    assert_int_equal(of_stability(&matrix), 128 + 256);
    matrix.trend_level = 0.1;
    assert_int_equal(of_stability(&matrix), KAM_MATRIX_DEFAULT_QUARTERS);
    matrix.least_quarters = 4;
    assert_int_equal(of_stability(&matrix), 0);
    assert_int_equal(of_move(0, 0), 3);
    assert_int_equal(of_move(0.9, 0), KAM_MOVE_DEFAULT_DWELL);
    assert_int_equal(of_move(0, 3), KAM_MOVE_DEFAULT_CONFIDENCE);
    const double money[2] = {1, 2};
    const kam_column column = column_of(money);
    kam_rfm cuts;
    assert_status(kam_rfm_fit(0, &column, &column, &column, 2, NULL, &cuts,
                              NULL),
                  KAM_OK);
    assert_int_equal(cuts.n_scores, 5);
    assert_int_equal(cuts.defaults, KAM_RFM_DEFAULT_SCORES);
    assert_status(kam_rfm_fit(3, &column, &column, &column, 2, NULL, &cuts,
                              NULL),
                  KAM_OK);
    assert_int_equal(cuts.defaults, 0);
    kam_segment_agreement numbers = {.struct_size = sizeof numbers};
    const kam_segment_ranks ranks = {.struct_size = sizeof ranks};
    assert_status(kam_segment_compare(&column, &column, 2, 0, NULL, &ranks,
                                      &numbers, NULL),
                  KAM_OK);
    assert_int_equal(numbers.defaults, KAM_SEGMENT_DEFAULT_TOP);
    assert_status(kam_segment_compare(&column, &column, 2, 0.5, NULL, &ranks,
                                      &numbers, NULL),
                  KAM_OK);
    assert_int_equal(numbers.defaults, 0);
    kam_key_account_options keys;
    kam_key_account fitted;
    const kam_key_account_rows rows = {.struct_size = sizeof rows,
                                       .n_rows = 2,
                                       .repeat_orders = column,
                                       .repeat_revenue = column,
                                       .margin = column,
                                       .revenue = column};
    assert_status(kam_key_account_fit(NULL, &rows, NULL, &fitted, NULL),
                  KAM_OK);
    assert_int_equal(fitted.defaults, 3);
    assert_status(kam_key_account_options_init(&keys, sizeof keys), KAM_OK);
    keys.top_share[2] = 0.5;
    assert_status(kam_key_account_fit(&keys, &rows, NULL, &fitted, NULL),
                  KAM_OK);
    assert_int_equal(fitted.defaults, KAM_KEY_ACCOUNT_DEFAULT_ORDERS);
}

static uint32_t of_scorecard(const kam_scorecard_criterion *criteria) {
    uint32_t defaults = 99;
    const kam_column values[3] = {column_of(&one), column_of(&one),
                                  column_of(&one)};
    const kam_scorecard card = {.struct_size = sizeof card,
                                .n_criteria = 3,
                                .criteria = criteria};
    const kam_scorecard_out out = {.struct_size = sizeof out,
                                   .defaults = &defaults};
    assert_status(kam_scorecard_score(&card, values, 1, NULL, &out, NULL),
                  KAM_OK);
    return defaults;
}

static uint32_t of_costing(int32_t cents) {
    uint32_t defaults = 99;
    const kam_costing_pool pool = {100, 10};
    const kam_costing_activity activity = {0, 0, 1};
    const kam_costing_model model = {.struct_size = sizeof model,
                                     .n_pools = 1,
                                     .n_activities = 1,
                                     .cents = cents,
                                     .pools = &pool,
                                     .activities = &activity};
    const kam_costing_lines lines = {.struct_size = sizeof lines,
                                     .n_rows = 1,
                                     .n_accounts = 1,
                                     .account = column_of(&zero),
                                     .activity = column_of(&zero),
                                     .quantity = column_of(&one)};
    const kam_costing_out out = {.struct_size = sizeof out,
                                 .defaults = &defaults};
    kam_costing_lines given = lines;
    const int64_t none = 0;
    given.account = (kam_column){.values = &none, .type = KAM_I64};
    given.activity = given.account;
    assert_status(kam_costing_allocate(&model, &given, NULL, &out, NULL),
                  KAM_OK);
    return defaults;
}

static uint32_t of_served(double limit) {
    uint32_t defaults = 99;
    const kam_profit_served book = {1, 1};
    const kam_column column = column_of(&one);
    const kam_profit_served_out out = {.struct_size = sizeof out,
                                       .defaults = &defaults};
    assert_status(kam_profit_over_served(&book, &column, &column, 1, limit,
                                         NULL, &out, NULL),
                  KAM_OK);
    return defaults;
}

static uint32_t of_appraisal(double highest, double coverage) {
    uint32_t defaults = 99;
    const kam_kpi_criterion criterion = {.weight = 1,
                                         .target = 1,
                                         .highest = highest,
                                         .value = column_of(&one)};
    const kam_kpi_appraisal appraisal = {.struct_size = sizeof appraisal,
                                         .n_criteria = 1,
                                         .criteria = &criterion,
                                         .n_rows = 1,
                                         .least_coverage = coverage};
    const kam_kpi_appraisal_out out = {.struct_size = sizeof out,
                                       .defaults = &defaults};
    assert_status(kam_kpi_appraise(&appraisal, NULL, &out, NULL), KAM_OK);
    return defaults;
}

/* T6, P6, P2, P4, K15. */
static void test_money(void **state) {
    (void)state;
    kam_scorecard_criterion criteria[3];
    assert_status(kam_scorecard_preset_stickiness(7, criteria), KAM_OK);
    assert_int_equal(of_scorecard(criteria), KAM_SCORECARD_DEFAULT_STICKINESS);
    criteria[2].weight = 2;
    assert_int_equal(of_scorecard(criteria), 0);
    assert_int_equal(of_costing(0), KAM_COSTING_DEFAULT_CENTS);
    assert_int_equal(of_costing(1000), 0);
    assert_int_equal(of_served(0), KAM_PROFIT_DEFAULT_LIMIT);
    assert_int_equal(of_served(1.5), 0);
    assert_int_equal(of_appraisal(0, 0), 3);
    assert_int_equal(of_appraisal(1.5, 0), KAM_KPI_APPRAISE_DEFAULT_COVERAGE);
    assert_int_equal(of_appraisal(0, 0.9), KAM_KPI_APPRAISE_DEFAULT_RANGE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_care),
        cmocka_unit_test(test_tiers),
        cmocka_unit_test(test_money),
    };
    return cmocka_run_group_tests_name("defaults", tests, NULL, NULL);
}
