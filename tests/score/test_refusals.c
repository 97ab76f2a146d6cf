/* SPDX-License-Identifier: MIT */
/* Wrong arguments that no other test gives: each is refused by the status and the
 * name that its function documents, and nothing is written. */
#include "support/check.h"
#include "support/hosts.h"

#include <kam/kam.h>

enum { ROOM = 64 };

static kam_diag diag;
static double out[ROOM];
static int64_t wide[ROOM];
static uint32_t flags[ROOM];

/* The outputs of all calls are these, filled once. */
static int setup(void **state) {
    (void)state;
    memset(&diag, 0, sizeof diag);
    diag.struct_size = sizeof diag;
    memset(out, 0x77, sizeof out);
    memset(wide, 0x77, sizeof wide);
    memset(flags, 0x77, sizeof flags);
    return 0;
}

static int untouched(const void *memory, size_t size) {
    const unsigned char *const byte = memory;
    for (size_t i = 0; i < size; i++)
        if (byte[i] != 0x77) return 0;
    return 1;
}

static int teardown(void **state) {
    (void)state;
    return !untouched(out, sizeof out) || !untouched(wide, sizeof wide) ||
           !untouched(flags, sizeof flags);
}

#define assert_refused(call, expected, name)                                   \
    do {                                                                       \
        assert_status(call, expected);                                         \
        assert_int_equal(diag.status, expected);                               \
        assert_string_equal(diag.argument, name);                              \
    } while (0)

static const double X[] = {0.2, 0.4, 0.6, 0.8}, EVENT[] = {0, 1, 0, 1};
static const double PERIOD[] = {1, 2, 3, 4};

/* A panel of one signal that every call but the wrong one takes. */
static kam_panel panel_of(const kam_column *column) {
    kam_panel panel = {.struct_size = sizeof panel};
    panel.n_columns = 1;
    panel.n_rows = 4;
    panel.column = column;
    panel.event = column_of(EVENT);
    panel.stop = column_of(PERIOD);
    return panel;
}

static void panels(void **state) {
    (void)state;
    const kam_column column = column_of(X);
    const double coefficient[] = {0, 1};
    kam_hazard model = {KAM_HAZARD_LOGISTIC, 1, coefficient, NULL};
    kam_panel panel = panel_of(&column);
    kam_survival_pairs pairs = {.struct_size = sizeof pairs};
    panel.n_rows = -1;
    assert_refused(kam_hazard_risk(&model, &panel, 0, NULL, out, NULL, NULL,
                                   flags, &diag),
                   KAM_ERR_SHAPE, "panel.n_rows");
    panel = panel_of(NULL);
    assert_refused(kam_hazard_risk(&model, &panel, 0, NULL, out, NULL, NULL,
                                   flags, &diag),
                   KAM_ERR_NULL, "panel.column");
    panel = panel_of(&column);
    model.coefficient = NULL;
    assert_refused(kam_hazard_risk(&model, &panel, 0, NULL, out, NULL, NULL,
                                   flags, &diag),
                   KAM_ERR_NULL, "model.coefficient");
    assert_refused(kam_survival_concordance(&panel, NULL, NULL, &pairs, &diag),
                   KAM_ERR_NULL, "risk");
    assert_refused(kam_hazard_expert(KAM_HAZARD_LOGISTIC, NULL, -1, 0.1, out,
                                     out, &diag),
                   KAM_ERR_SHAPE, "n_columns");
}

static void glass_boxes(void **state) {
    (void)state;
    const kam_column column = column_of(X);
    const kam_panel panel = panel_of(&column);
    kam_additive model = {.n_columns = 2};
    assert_refused(kam_additive_risk(&model, &panel, NULL, out, NULL, &diag),
                   KAM_ERR_SHAPE, "model.n_columns");
    model.n_columns = 1;
    for (int32_t n = -1; n < 1000; n += 1000) {
        model.n_terms = n;
        assert_refused(kam_additive_risk(&model, &panel, NULL, out, NULL,
                                         &diag),
                       KAM_ERR_SHAPE, "model.n_terms");
    }
    model.n_terms = 1;
    assert_refused(kam_additive_risk(&model, &panel, NULL, out, NULL, &diag),
                   KAM_ERR_NULL, "model");
    assert_refused(kam_additive_fit(&panel, NULL, NULL, &model, NULL, &diag),
                   KAM_ERR_NULL, "model");
    int32_t n_terms;
    kam_additive_options options;
    kam_additive_options_init(&options, sizeof options);
    assert_refused(kam_additive_room(-1, NULL, &n_terms, &wide[0], &wide[1],
                                     &diag),
                   KAM_ERR_SHAPE, "n_columns");
    assert_refused(kam_additive_room(1, NULL, NULL, &wide[0], &wide[1], &diag),
                   KAM_ERR_NULL, "n_terms");
    static const struct {
        int32_t n_pairs, pair_bins;
        kam_status status;
        const char *name;
    } wrong[] = {{-1, 6, KAM_ERR_OPTION, "options.n_pairs"},
                 {65, 6, KAM_ERR_OPTION, "options.n_pairs"},
                 {1, 6, KAM_ERR_NULL, "options.pair"},
                 {0, 1, KAM_ERR_OPTION, "options.pair_bins"},
                 {0, 15, KAM_ERR_OPTION, "options.pair_bins"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        options.n_pairs = wrong[i].n_pairs;
        options.pair_bins = wrong[i].pair_bins;
        assert_refused(kam_additive_room(1, &options, &n_terms, &wide[0],
                                         &wide[1], &diag),
                       wrong[i].status, wrong[i].name);
    }
}

static void backtests(void **state) {
    (void)state;
    const kam_column x = column_of(X), event = column_of(EVENT);
    const kam_column period = column_of(PERIOD);
    kam_backtest_event_report events = {.struct_size = sizeof events};
    kam_backtest_versus_report versus = {.struct_size = sizeof versus};
    kam_backtest_panel_lead_report lead = {.struct_size = sizeof lead};
    kam_backtest_profit_report profit = {.struct_size = sizeof profit};
    kam_health_report health = {.struct_size = sizeof health};
    static const double bad[] = {0}, good[] = {1}, weight[] = {1};
    kam_health_policy policy = {.struct_size = sizeof policy,
                                .n_parts = 1,
                                .n_profiles = 1,
                                .n_bands = 1,
                                .bad = bad,
                                .good = good,
                                .weight = weight};
    assert_refused(kam_backtest_event(&x, &event, -1, NULL, &events, &diag),
                   KAM_ERR_SHAPE, "n_rows");
    assert_refused(kam_backtest_versus(&x, &x, &event, -1, &versus, &diag),
                   KAM_ERR_SHAPE, "n_rows");
    assert_refused(kam_backtest_panel_lead(&period, &period, &x, &event, -1,
                                           0.5, NULL, &lead, &diag),
                   KAM_ERR_SHAPE, "n_rows");
    assert_refused(kam_backtest_profit(&x, NULL, &event, 4, NULL, NULL, &profit,
                                       &diag),
                   KAM_ERR_NULL, "value");
    assert_refused(kam_backtest_profit(&x, &x, NULL, 4, NULL, NULL, &profit,
                                       &diag),
                   KAM_ERR_NULL, "event");
    assert_refused(kam_health_backtest(&policy, &period, &period, &x, &event,
                                       -1, 1, NULL, NULL, &health, &diag),
                   KAM_ERR_SHAPE, "n_rows");
    kam_column days = {PERIOD, NULL, NULL, 0, 0, KAM_I64, 0};
    assert_refused(kam_health_roll_up(KAM_HEALTH_BY_WORST, &x, &days, NULL,
                                      NULL, -1, 1, NULL, out, wide, &diag),
                   KAM_ERR_SHAPE, "n_rows");
    assert_refused(kam_health_roll_up(KAM_HEALTH_BY_WORST, &x, &days, NULL,
                                      NULL, 4, -1, NULL, out, wide, &diag),
                   KAM_ERR_SHAPE, "n_parents");
    const kam_health_panel rows = {.struct_size = sizeof rows,
                                   .n_parts = 1,
                                   .n_rows = 4,
                                   .part = &x};
    const kam_health_out scores = {.struct_size = sizeof scores, .score = out};
    policy.weight = NULL;
    assert_refused(kam_health_score(&policy, &rows, NULL, &scores, &diag),
                   KAM_ERR_NULL, "policy.weight");
    policy.good = NULL;
    assert_refused(kam_health_score(&policy, &rows, NULL, &scores, &diag),
                   KAM_ERR_NULL, "policy.good");
}

static void curves(void **state) {
    (void)state;
    const kam_column x = column_of(X);
    kam_calibration curve = {.method = KAM_CALIBRATE_ISOTONIC};
    assert_refused(kam_calibrate_apply(&curve, &x, 4, NULL, out, flags, &diag),
                   KAM_ERR_SHAPE, "curve.n_knots");
    curve.method = KAM_CALIBRATE_PLATT;
    assert_refused(kam_calibrate_apply(&curve, &x, -1, NULL, out, flags, &diag),
                   KAM_ERR_SHAPE, "n_rows");
    curve.coefficient[1] = INFINITY;
    assert_refused(kam_calibrate_apply(&curve, &x, 4, NULL, out, flags, &diag),
                   KAM_ERR_OPTION, "curve.coefficient");
    const int32_t cause[] = {1};
    const kam_cause_panel panel = {.struct_size = sizeof panel,
                                   .n_causes = 1,
                                   .n_rows = -1,
                                   .cause = cause,
                                   .risk = &x};
    const kam_cause_out losses = {.struct_size = sizeof losses};
    assert_refused(kam_cause_losses(&panel, NULL, NULL, &losses, &diag),
                   KAM_ERR_SHAPE, "panel.n_rows");
}

static void charts(void **state) {
    (void)state;
    static const struct {
        kam_signal_chart chart;
        const char *name;
    } wrong[] = {
        {{KAM_SIGNAL_POISSON, KAM_SIGNAL_BOTH, 2, 4, 1}, "chart.direction"},
        {{KAM_SIGNAL_POISSON, KAM_SIGNAL_UP, 2, 4, 0.001}, "chart.rate"},
        {{KAM_SIGNAL_POISSON, KAM_SIGNAL_UP, 2, 1e6, 1}, "chart.limit"},
        {{KAM_SIGNAL_POISSON, KAM_SIGNAL_UP, 2, 4.1, 1}, "chart.limit"},
        {{KAM_SIGNAL_POISSON, KAM_SIGNAL_UP, 2.1, 4, 1}, "chart.limit"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_refused(kam_signal_run_length(&wrong[i].chart, 1, 4, NULL, out,
                                             &out[8], &diag),
                       KAM_ERR_OPTION, wrong[i].name);
    const int32_t start[] = {0, 10, 20};
    kam_signal_events events = {.struct_size = sizeof events,
                                .n_periods = 2,
                                .n_accounts = -1,
                                .start = start};
    assert_refused(kam_signal_measure(KAM_SIGNAL_SUM, &events, NULL, out, wide,
                                      &diag),
                   KAM_ERR_SHAPE, "events.n_accounts");
    events.n_accounts = 1;
    events.n_events = -1;
    assert_refused(kam_signal_measure(KAM_SIGNAL_SUM, &events, NULL, out, wide,
                                      &diag),
                   KAM_ERR_SHAPE, "events.n_events");
}

static void order_models(void **state) {
    (void)state;
    const kam_btyd pnbd = {.family = KAM_BTYD_PNBD,
                           .n_parameters = 4,
                           .period_days = 7,
                           .parameter = {1, 10, 1, 10}};
    kam_accounts accounts = {.struct_size = sizeof accounts, .n_rows = 4};
    accounts.repeat_orders = column_of(PERIOD);
    accounts.last_order_periods = column_of(PERIOD);
    accounts.age_periods = column_of(PERIOD);
    kam_btyd_covariates facts = {.struct_size = sizeof facts};
    kam_btyd_timeline timeline = {.struct_size = sizeof timeline};
    kam_btyd_covariate_model model;
    kam_btyd_contest contest = {.struct_size = sizeof contest,
                                .criterion = KAM_BTYD_BY_AIC};
    kam_btyd_candidate candidate[8];
    int32_t best;
    static const double period[] = {0, -7, INFINITY, NAN};
    for (int i = 0; i < 4; i++) {
        assert_refused(kam_btyd_covariates_fit(KAM_BTYD_PNBD, &accounts, &facts,
                                               period[i], NULL, NULL, &model,
                                               out, NULL, &diag),
                       KAM_ERR_OPTION, "period_days");
        assert_refused(kam_btyd_dynamic_fit(&accounts, &timeline, &facts,
                                            period[i], NULL, NULL, &model, out,
                                            NULL, &diag),
                       KAM_ERR_OPTION, "period_days");
    }
    kam_btyd own[4];
    memset(&model, 0, sizeof model);
    model.base = pnbd;
    assert_refused(kam_btyd_covariates_models(&model, &facts, -1, NULL, own,
                                              flags, &diag),
                   KAM_ERR_SHAPE, "n_rows");
    timeline.n_intervals = -1;
    assert_refused(kam_btyd_dynamic_fit(&accounts, &timeline, &facts, 7, NULL,
                                        NULL, &model, out, NULL, &diag),
                   KAM_ERR_SHAPE, "timeline.n_intervals");
    timeline.reserved = 1;
    assert_refused(kam_btyd_dynamic_fit(&accounts, &timeline, &facts, 7, NULL,
                                        NULL, &model, out, NULL, &diag),
                   KAM_ERR_NEWER, "timeline.reserved");
    facts.reserved = 1;
    assert_refused(kam_btyd_covariates_models(&model, &facts, 4, NULL, own,
                                              flags, &diag),
                   KAM_ERR_NEWER, "covariates.reserved");
    assert_refused(kam_btyd_choose(&accounts, -1, 7, &contest, NULL, NULL,
                                   candidate, &best, &diag),
                   KAM_ERR_SHAPE, "n_parts");
    assert_refused(kam_btyd_choose(NULL, 1, 7, &contest, NULL, NULL, candidate,
                                   &best, &diag),
                   KAM_ERR_NULL, "parts");
    accounts.n_rows = -1;
    const kam_spend spend = {.family = KAM_SPEND_GAMMA_GAMMA,
                             .n_parameters = 3,
                             .parameter = {6, 4, 15}};
    assert_refused(kam_spend_expected(&spend, &accounts, NULL, out, flags,
                                      &diag),
                   KAM_ERR_SHAPE, "accounts.n_rows");
    accounts.reserved = 1;
    const kam_retention bdw = {.family = KAM_RETENTION_SBG,
                               .n_parameters = 2,
                               .period_days = 365,
                               .parameter = {1, 4}};
    assert_refused(kam_retention_renewal(&bdw, &accounts, 1, NULL, out, flags,
                                         &diag),
                   KAM_ERR_NEWER, "accounts.reserved");
}

static void whole_books(void **state) {
    (void)state;
    kam_models models = {.struct_size = sizeof models};
    assert_refused(kam_fit(NULL, -1, NULL, NULL, &models, NULL, &diag),
                   KAM_ERR_SHAPE, "n_parts");
    const kam_column last = {0};
    const int32_t touches[] = {1};
    kam_cadence_accounts accounts = {.struct_size = sizeof accounts};
    accounts.n_touches = 1;
    accounts.touches = touches;
    accounts.last = &last;
    kam_cadence_options cadence = {.struct_size = sizeof cadence};
    const kam_cadence_out due = {.struct_size = sizeof due, .row_flags = flags};
    for (int32_t n = -1; n < 2000; n += 1002) {
        cadence.n_rules = n;
        assert_refused(kam_cadence_due(&accounts, 20000, &cadence, NULL, &due,
                                       &diag),
                       KAM_ERR_OPTION, "options.n_rules");
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(panels, setup, teardown),
        cmocka_unit_test_setup_teardown(glass_boxes, setup, teardown),
        cmocka_unit_test_setup_teardown(backtests, setup, teardown),
        cmocka_unit_test_setup_teardown(curves, setup, teardown),
        cmocka_unit_test_setup_teardown(charts, setup, teardown),
        cmocka_unit_test_setup_teardown(order_models, setup, teardown),
        cmocka_unit_test_setup_teardown(whole_books, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
