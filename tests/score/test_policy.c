/* SPDX-License-Identifier: MIT */
#include "support/check.h"

static uint32_t defaults_of(const kam_policy *policy) {
    uint32_t defaults = 0;
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_policy_check(policy, &defaults, &diag), KAM_OK);
    assert_int_equal(diag.status, KAM_OK);
    return defaults;
}

/* What is left out, and what is given as it would be, is a default. */
static void test_defaults(void **state) {
    (void)state;
    kam_policy policy = {.struct_size = sizeof policy};
    kam_tier_band bands[3];
    kam_tier_policy tiers = {.struct_size = sizeof tiers,
                             .basis = KAM_TIER_BY_SCORE,
                             .n_bands = 3,
                             .bands = bands};
    kam_matrix_options matrix;
    kam_stage_options stages;
    kam_service_level_options levels;
    kam_clv_options future;
    kam_kpi_options figures;
    const kam_cadence_options cadence = {.struct_size = sizeof cadence};
    const kam_playbook_options playbook = {.struct_size = sizeof playbook};
    assert_int_equal(defaults_of(&policy), 255);
    assert_status(kam_tier_preset_cny(bands), KAM_OK);
    assert_status(kam_matrix_options_init(&matrix, sizeof matrix), KAM_OK);
    assert_status(kam_stage_options_init(&stages, sizeof stages), KAM_OK);
    assert_status(kam_service_level_options_init(&levels, sizeof levels),
                  KAM_OK);
    assert_status(kam_clv_options_init(&future, sizeof future), KAM_OK);
    assert_status(kam_kpi_options_init(&figures, sizeof figures), KAM_OK);
    policy.tiers = &tiers, policy.matrix = &matrix, policy.stages = &stages;
    policy.cadence = &cadence, policy.service_levels = &levels;
    policy.playbook = &playbook, policy.future = &future;
    policy.figures = &figures;
    assert_int_equal(defaults_of(&policy), 255);
    tiers.n_bands = 2;
    assert_int_equal(defaults_of(&policy), 255 - KAM_POLICY_TIERS);
    tiers.n_bands = 3;
    /* One value each, and that part is the company's own. */
    const kam_cadence_rule often = {KAM_TOUCH_VISIT, 0, 0, 0, 0, 0, 7, 0};
    const kam_cadence_options own_cadence = {.struct_size = sizeof own_cadence,
                                             .n_rules = 1,
                                             .rules = &often};
    const kam_playbook_options own_playbook = {.struct_size =
                                                   sizeof own_playbook,
                                               .instead = 1};
    bands[1].keep = 900000;
    assert_int_equal(defaults_of(&policy), 255 - KAM_POLICY_TIERS);
    matrix.high_growth = 0.2;
    assert_int_equal(defaults_of(&policy), 255 - 1 - KAM_POLICY_MATRIX);
    stages.months[0] = 6;
    assert_int_equal(defaults_of(&policy), 255 - 3 - KAM_POLICY_STAGES);
    policy.cadence = &own_cadence;
    assert_int_equal(defaults_of(&policy), 255 - 7 - KAM_POLICY_CADENCE);
    levels.hours[1][2] = 2;
    assert_int_equal(defaults_of(&policy),
                     255 - 15 - KAM_POLICY_SERVICE_LEVELS);
    policy.playbook = &own_playbook;
    assert_int_equal(defaults_of(&policy), 255 - 31 - KAM_POLICY_PLAYBOOK);
    future.interval = 0.9;
    assert_int_equal(defaults_of(&policy), KAM_POLICY_FIGURES);
    figures.age_days[2] = 120;
    assert_int_equal(defaults_of(&policy), 0);
}

static void refuse(const kam_policy *policy, kam_status expected,
                   const char *argument) {
    uint32_t defaults = 77;
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_policy_check(policy, &defaults, &diag), expected);
    assert_string_equal(diag.argument, argument);
    assert_int_equal(defaults, 77);
}

/* Each part is refused as its room refuses it. */
static void test_refusals(void **state) {
    (void)state;
    const kam_policy none = {.struct_size = sizeof none};
    kam_policy p = none;
    kam_tier_band bands[2] = {{1, 1}, {2, 2}};
    const kam_tier_policy tiers = {.struct_size = sizeof tiers,
                                   .basis = KAM_TIER_BY_SCORE,
                                   .n_bands = 2,
                                   .bands = bands};
    const kam_stage_options stages = {.struct_size = sizeof stages,
                                      .months = {3, 2, 1}};
    const kam_cadence_options cadence = {.struct_size = sizeof cadence,
                                         .n_rules = 1};
    const kam_playbook_options playbook = {.struct_size = sizeof playbook,
                                           .width = 99};
    kam_service_level_options levels;
    kam_clv_options future;
    kam_kpi_options figures;
    kam_matrix_options matrix;
    assert_status(kam_service_level_options_init(&levels, sizeof levels),
                  KAM_OK);
    assert_status(kam_clv_options_init(&future, sizeof future), KAM_OK);
    assert_status(kam_kpi_options_init(&figures, sizeof figures), KAM_OK);
    assert_status(kam_matrix_options_init(&matrix, sizeof matrix), KAM_OK);
    levels.hours[0][0] = -1, future.interval = 2, figures.scale = 3;
    matrix.top_share = 2;
    refuse(NULL, KAM_ERR_NULL, "policy");
    p.struct_size = 4, refuse(&p, KAM_ERR_STRUCT, "policy");
    p = none, p.tiers = &tiers;
    assert_status(kam_policy_check(&p, NULL, NULL), KAM_ERR_OPTION);
    p = none, p.stages = &stages, refuse(&p, KAM_ERR_OPTION, "stages.months");
    p = none, p.cadence = &cadence, refuse(&p, KAM_ERR_NULL, "options.rules");
    p = none, p.service_levels = &levels;
    refuse(&p, KAM_ERR_OPTION, "options.hours");
    p = none, p.playbook = &playbook;
    refuse(&p, KAM_ERR_OPTION, "options.width");
    p = none, p.future = &future;
    assert_status(kam_policy_check(&p, NULL, NULL), KAM_ERR_OPTION);
    p = none, p.figures = &figures;
    refuse(&p, KAM_ERR_OPTION, "options.scale");
    p = none, p.matrix = &matrix;
    assert_status(kam_policy_check(&p, NULL, NULL), KAM_ERR_OPTION);
    /* Shares of a book are fine without one. */
    const kam_tier_band shares[1] = {{0.2, 0.3}};
    const kam_tier_policy top = {.struct_size = sizeof top,
                                 .basis = KAM_TIER_BY_RANK,
                                 .n_bands = 1,
                                 .bands = shares};
    p = none, p.tiers = &top;
    assert_int_equal(defaults_of(&p), 255 - KAM_POLICY_TIERS);
}

static void test_names(void **state) {
    (void)state;
    const char *const names[] = {"tiers",   "matrix",         "stages",
                                 "cadence", "service_levels", "playbook",
                                 "future",  "figures",        "unknown"};
    for (int i = 0; i < 9; i++)
        assert_string_equal(kam_policy_part_name(UINT32_C(1) << i), names[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
