/* SPDX-License-Identifier: MIT */
/* kam_score: the same bits as the rooms, one as many, any cut and executor. */
#include "support/check.h"
#include "support/hosts.h"

#include "score_book.h"

/* Room for every output of n accounts. */
struct answers {
    int32_t tier[BOOK];
    double number[12][BOOK];
    kam_reason reasons[BOOK][4];
    uint32_t row_flags[BOOK];
    int32_t matrix_class[BOOK], stage[BOOK];
    double axis[2][BOOK], days_left[BOOK];
    int32_t touch[3][BOOK][KAM_SCORE_TOUCHES];
    int32_t n_actions[BOOK], action[BOOK][16], action_days[BOOK][16];
    uint32_t defaults;
};

static kam_scores everything(struct answers *to) {
    memset(to, 0x7E, sizeof *to);
    const kam_scores out = {sizeof out,
                            0,
                            to->tier,
                            to->number[0],
                            to->number[1],
                            to->number[2],
                            to->number[3],
                            to->number[4],
                            to->number[5],
                            to->number[6],
                            to->number[7],
                            to->number[8],
                            to->number[9],
                            to->number[10],
                            to->number[11],
                            &to->reasons[0][0],
                            to->row_flags,
                            to->matrix_class,
                            to->axis[0],
                            to->axis[1],
                            to->stage,
                            to->days_left,
                            &to->touch[0][0][0],
                            &to->touch[1][0][0],
                            &to->touch[2][0][0],
                            to->n_actions,
                            &to->action[0][0],
                            &to->action_days[0][0],
                            &to->defaults};
    return out;
}

struct fixture {
    kam_account account[BOOK];
    kam_accounts view;
    kam_models models;
    kam_clv_options options;
    kam_policy policy;
    struct answers whole;
};

static void set_up(struct fixture *f) {
    book_fill(f->account, BOOK);
    /* Rows that lack an answer, each in its own way. */
    f->account[3].repeat_orders = NAN;
    f->account[4].last_order_periods = f->account[4].age_periods + 1;
    f->account[5].direct_cost = NAN;
    f->account[6].tier_value = NAN;
    f->account[7].mean_order_value = NAN;
    f->account[8].gross_revenue = NAN;
    f->view = book_view(f->account, BOOK);
    memset(&f->models, 0, sizeof f->models);
    f->models.struct_size = sizeof f->models;
    assert_status(kam_fit(&f->view, 1, NULL, NULL, &f->models, NULL, NULL),
                  KAM_OK);
    assert_status(kam_clv_options_init(&f->options, sizeof f->options), KAM_OK);
    f->policy.struct_size = sizeof f->policy;
    f->policy.future = &f->options;
    const kam_scores out = everything(&f->whole);
    assert_status(kam_score(&f->view, &f->models, &f->policy, TODAY, NULL, &out,
                            NULL),
                  KAM_OK);
}

/* Bits, except that any NaN is as good as another. */
static void assert_same(const double *a, const double *b, int64_t n) {
    for (int64_t i = 0; i < n; i++)
        if (!(isnan(a[i]) && isnan(b[i]))) assert_bits(a[i], b[i]);
}

static kam_column days_of(const kam_column *numbers, int32_t *day,
                          uint8_t validity[BOOK / 8]) {
    memset(validity, 0, BOOK / 8);
    for (int i = 0; i < BOOK; i++) {
        double value;
        memcpy(&value, (const char *)numbers->values + i * numbers->stride,
               sizeof value);
        day[i] = isnan(value) ? 0 : (int32_t)value;
        if (!isnan(value)) validity[i / 8] |= (uint8_t)(1u << i % 8);
    }
    return (kam_column){.values = day, .validity = validity, .type = KAM_DAY};
}

static kam_column codes_of(const int32_t *code) {
    return (kam_column){.values = code, .type = KAM_I32};
}

/* Classes, stages, touches and actions, room after room; adds up their flags. */
static void ask_rules(const struct fixture *f, uint32_t *all) {
    static int32_t day[11][BOOK], touch[3][BOOK][KAM_SCORE_TOUCHES];
    static int32_t action[2][BOOK][16];
    static int64_t alarms[BOOK];
    uint8_t validity[12][BOOK / 8];
    int32_t found[BOOK], touches[KAM_SCORE_TOUCHES], stage[BOOK];
    double value[2][BOOK];
    uint32_t flags[4][BOOK];
    const struct answers *const whole = &f->whole;
    const kam_matrix_rows rows = {.struct_size = sizeof rows,
                                  .n_rows = BOOK,
                                  .revenue = f->view.tier_value,
                                  .stable = f->view.stable,
                                  .growth = f->view.growth,
                                  .wallet = f->view.wallet,
                                  .pain = f->view.pain};
    const kam_matrix_out matrix = {.struct_size = sizeof matrix,
                                   .matrix_class = found,
                                   .value_score = value[0],
                                   .potential_score = value[1],
                                   .row_flags = flags[0]};
    assert_status(kam_matrix_classify(&f->models.matrix, &rows, NULL, &matrix,
                                      NULL),
                  KAM_OK);
    assert_memory_equal(whole->matrix_class, found, sizeof found);
    assert_same(whole->axis[0], value[0], BOOK);
    assert_same(whole->axis[1], value[1], BOOK);
    const kam_column contract =
        days_of(&f->view.contract_day, day[10], validity[10]);
    const kam_stage_out stages = {.struct_size = sizeof stages,
                                  .stage = stage,
                                  .days_to_next = value[0],
                                  .row_flags = flags[1]};
    assert_status(kam_stage_assign(&contract, BOOK, TODAY, NULL, NULL, &stages,
                                   NULL),
                  KAM_OK);
    assert_memory_equal(whole->stage, stage, sizeof stage);
    assert_same(whole->days_left, value[0], BOOK);
    kam_column last[KAM_SCORE_TOUCHES];
    for (int k = 0; k < KAM_SCORE_TOUCHES; k++) {
        touches[k] = KAM_TOUCH_VISIT + k;
        last[k] = days_of(&f->view.last_visit + k, day[k], validity[k]);
    }
    const kam_cadence_accounts accounts = {.struct_size = sizeof accounts,
                                           .n_touches = KAM_SCORE_TOUCHES,
                                           .touches = touches,
                                           .last = last,
                                           .n_rows = BOOK,
                                           .contract_day = contract,
                                           .tier = codes_of(whole->tier),
                                           .account_class = codes_of(found)};
    const kam_cadence_out due = {.struct_size = sizeof due,
                                 .due_day = &touch[0][0][0],
                                 .overdue_days = &touch[1][0][0],
                                 .next_day = &touch[2][0][0],
                                 .row_flags = flags[2]};
    assert_status(kam_cadence_due(&accounts, TODAY, NULL, NULL, &due, NULL),
                  KAM_OK);
    assert_memory_equal(whole->touch, touch, sizeof touch);
    memset(validity[11], 0xFF, sizeof validity[11]);
    for (int i = 0; i < BOOK; i++) {
        if (isnan(f->account[i].alarms))
            validity[11][i / 8] &= (uint8_t) ~(1u << i % 8);
        else
            alarms[i] = (int64_t)f->account[i].alarms;
    }
    const kam_playbook_accounts known = {.struct_size = sizeof known,
                                         .n_rows = BOOK,
                                         .tier = codes_of(whole->tier),
                                         .account_class = codes_of(found),
                                         .stage = codes_of(stage),
                                         .alarms = {.values = alarms,
                                                    .validity = validity[11],
                                                    .type = KAM_I64}};
    int32_t n_actions[BOOK];
    const kam_playbook_out actions = {.struct_size = sizeof actions,
                                      .n_actions = n_actions,
                                      .action = &action[0][0][0],
                                      .due_days = &action[1][0][0],
                                      .row_flags = flags[3]};
    assert_status(kam_playbook_actions(&known, NULL, NULL, &actions, NULL),
                  KAM_OK);
    assert_memory_equal(whole->n_actions, n_actions, sizeof n_actions);
    assert_memory_equal(whole->action, action[0], sizeof action[0]);
    assert_memory_equal(whole->action_days, action[1], sizeof action[1]);
    for (int i = 0; i < BOOK; i++)
        all[i] = flags[0][i] | flags[1][i] | flags[2][i] | flags[3][i];
}

/* Each output is what the room's own function says. */
static void test_rooms_agree(void **state) {
    (void)state;
    struct fixture *const f = calloc(1, sizeof *f);
    set_up(f);
    const double horizon = f->options.horizon_days / 7;
    double own[BOOK], low[BOOK], high[BOOK];
    uint32_t flags[9][BOOK];
    int32_t tier[BOOK];
    const kam_btyd *const orders = &f->models.orders;
    assert_status(kam_btyd_alive(orders, &f->view, 0, NULL, own, flags[0],
                                 NULL),
                  KAM_OK);
    assert_same(f->whole.number[5], own, BOOK);
    assert_status(kam_btyd_expected_orders(orders, &f->view, horizon, NULL, own,
                                           flags[1], NULL),
                  KAM_OK);
    assert_same(f->whole.number[6], own, BOOK);
    assert_status(kam_spend_expected(&f->models.spend, &f->view, NULL, own,
                                     flags[2], NULL),
                  KAM_OK);
    assert_same(f->whole.number[7], own, BOOK);
    assert_status(kam_clv_value(orders, &f->models.spend, &f->view, &f->options,
                                NULL, own, flags[3], NULL),
                  KAM_OK);
    assert_same(f->whole.number[8], own, BOOK);
    assert_status(kam_clv_interval(orders, f->models.orders_covariance,
                                   &f->models.spend, f->models.spend_covariance,
                                   &f->view, &f->options, NULL, low, high,
                                   flags[4], NULL),
                  KAM_OK);
    assert_same(f->whole.number[9], low, BOOK);
    assert_same(f->whole.number[10], high, BOOK);
    assert_status(kam_btyd_no_order(orders, &f->view, horizon, NULL, own,
                                    flags[5], NULL),
                  KAM_OK);
    assert_same(f->whole.number[11], own, BOOK);
    const kam_profit_out profit = {.struct_size = sizeof profit,
                                   .net_revenue = low,
                                   .contribution = high,
                                   .contribution_ratio = own,
                                   .row_flags = flags[6]};
    assert_status(kam_profit_layers(&f->view, NULL, &profit, NULL), KAM_OK);
    assert_same(f->whole.number[2], low, BOOK);
    assert_same(f->whole.number[3], high, BOOK);
    assert_same(f->whole.number[4], own, BOOK);
    const kam_tier_out tiers = {.struct_size = sizeof tiers,
                                .tier = tier,
                                .to_next = low,
                                .above_limit = high,
                                .row_flags = flags[7]};
    assert_status(kam_tier_assign(f->models.limits, f->models.n_bands,
                                  &f->view.tier_value, &f->view.tier_before,
                                  BOOK, NULL, &tiers, NULL),
                  KAM_OK);
    assert_memory_equal(f->whole.tier, tier, sizeof tier);
    assert_same(f->whole.number[0], low, BOOK);
    assert_same(f->whole.number[1], high, BOOK);
    ask_rules(f, flags[8]);
    for (int i = 0; i < BOOK; i++) {
        uint32_t all = 0;
        for (int k = 0; k < 9; k++) all |= flags[k][i];
        assert_int_equal(f->whole.row_flags[i], all);
    }
    free(f);
}

/* The reasons are the room's, the base first, the others by size; they add up to
 * the log-odds of the risk. */
static void test_reasons(void **state) {
    (void)state;
    struct fixture *const f = calloc(1, sizeof *f);
    set_up(f);
    kam_reason own[BOOK][4];
    assert_status(kam_btyd_reasons(&f->models.orders, &f->view,
                                   f->options.horizon_days / 7,
                                   f->models.reference, NULL, &own[0][0], NULL,
                                   NULL),
                  KAM_OK);
    int explained = 0;
    for (int i = 0; i < BOOK; i++) {
        const kam_reason *const r = f->whole.reasons[i];
        if (isnan(r[0].contribution)) continue;
        explained++;
        const double risk = f->whole.number[11][i];
        const double sum = r[0].contribution + r[1].contribution +
                           r[2].contribution + r[3].contribution;
        assert_near(sum, log(risk / (1 - risk)), 1e-9 * (1 + fabs(sum)));
        assert_int_equal(r[0].id, KAM_REASON_BASE);
        for (int k = 1; k < 4; k++) {
            assert_memory_equal(&r[k], &own[i][r[k].id - KAM_REASON_BASE],
                                sizeof r[k]);
            if (k > 1)
                assert_true(fabs(r[k].contribution) <=
                            fabs(r[k - 1].contribution));
        }
    }
    assert_int_equal(explained, BOOK - 2);
    free(f);
}

static void assert_row(const struct answers *whole, int64_t row,
                       const struct answers *part, int64_t at) {
    for (int k = 0; k < 12; k++)
        assert_same(&part->number[k][at], &whole->number[k][row], 1);
    assert_int_equal(part->tier[at], whole->tier[row]);
    assert_int_equal(part->row_flags[at], whole->row_flags[row]);
    assert_int_equal(part->matrix_class[at], whole->matrix_class[row]);
    assert_same(&part->axis[0][at], &whole->axis[0][row], 1);
    assert_same(&part->axis[1][at], &whole->axis[1][row], 1);
    assert_int_equal(part->stage[at], whole->stage[row]);
    assert_same(&part->days_left[at], &whole->days_left[row], 1);
    for (int k = 0; k < 3; k++)
        assert_memory_equal(part->touch[k][at], whole->touch[k][row],
                            sizeof whole->touch[k][row]);
    assert_int_equal(part->n_actions[at], whole->n_actions[row]);
    assert_memory_equal(part->action[at], whole->action[row],
                        sizeof whole->action[row]);
    assert_memory_equal(part->action_days[at], whole->action_days[row],
                        sizeof whole->action_days[row]);
    for (int k = 0; k < 4; k++) {
        assert_int_equal(part->reasons[at][k].id, whole->reasons[row][k].id);
        assert_same(&part->reasons[at][k].contribution,
                    &whole->reasons[row][k].contribution, 1);
    }
}

static void test_one_is_many(void **state) {
    (void)state;
    struct fixture *const f = calloc(1, sizeof *f);
    struct answers *const one = malloc(sizeof *one);
    set_up(f);
    for (int64_t i = 0; i < BOOK; i++) {
        const kam_scores out = everything(one);
        assert_status(kam_score_one(&f->account[i], sizeof f->account[i],
                                    &f->models, &f->policy, TODAY, &out, NULL),
                      KAM_OK);
        assert_row(&f->whole, i, one, 0);
    }
    free(one);
    free(f);
}

/* Slices, executors and instruction sets give the bits of the whole. */
static void test_any_way(void **state) {
    (void)state;
    struct fixture *const f = calloc(1, sizeof *f);
    struct answers *const part = malloc(sizeof *part);
    set_up(f);
    for (int32_t isa = KAM_ISA_BASE; isa <= KAM_ISA_V4; isa++)
        for (int64_t first = 0; first < BOOK; first += 71) {
            const kam_host host = {.struct_size = sizeof host,
                                   .isa = isa,
                                   .parallel_for = run_odd_first};
            const int64_t n = BOOK - first < 71 ? BOOK - first : 71;
            kam_accounts slice = {.struct_size = sizeof slice};
            const kam_scores out = everything(part);
            assert_status(kam_accounts_slice(&f->view, first, n, &slice),
                          KAM_OK);
            assert_status(kam_score(&slice, &f->models, &f->policy, TODAY,
                                    &host, &out, NULL),
                          KAM_OK);
            for (int64_t i = 0; i < n; i++)
                assert_row(&f->whole, first + i, part, i);
        }
    free(part);
    free(f);
}

/* An output that is not wanted is not written, and its flags are not raised. */
static void test_only_what_is_wanted(void **state) {
    (void)state;
    struct fixture *const f = calloc(1, sizeof *f);
    set_up(f);
    double alive[BOOK];
    uint32_t flag[BOOK];
    const kam_scores out = {.struct_size = sizeof out,
                            .alive = alive,
                            .row_flags = flag};
    assert_status(kam_score(&f->view, &f->models, NULL, TODAY, NULL, &out,
                            NULL),
                  KAM_OK);
    assert_same(alive, f->whole.number[5], BOOK);
    assert_int_equal(flag[3], KAM_ROW_MISSING);
    assert_int_equal(flag[4], KAM_ROW_DOMAIN);
    assert_int_equal(flag[5], 0); /* its cost is missing, and not asked for */
    assert_int_equal(flag[6], 0);
    free(f);
}

/* Without models there are no answers, only flags. */
static void test_without_models(void **state) {
    (void)state;
    struct fixture *const f = calloc(1, sizeof *f);
    struct answers *const none = malloc(sizeof *none);
    set_up(f);
    const kam_models empty = {.struct_size = sizeof empty};
    const kam_scores out = everything(none);
    assert_status(kam_score(&f->view, &empty, NULL, TODAY, NULL, &out, NULL),
                  KAM_OK);
    for (int i = 0; i < BOOK; i++) {
        assert_int_equal(none->tier[i], -1);
        for (int k = 5; k < 12; k++) assert_true(isnan(none->number[k][i]));
        assert_int_equal(none->reasons[i][1].id, KAM_REASON_NONE);
        assert_int_equal(none->matrix_class[i], KAM_MATRIX_UNKNOWN);
        assert_true(isnan(none->axis[0][i]));
        assert_int_equal(none->stage[i], f->whole.stage[i]);
        assert_true((none->row_flags[i] & KAM_ROW_MISSING) != 0);
    }
    /* Profit needs no model. */
    assert_same(none->number[3], f->whole.number[3], BOOK);
    free(none);
    free(f);
}

/* The company's own rules reach every answer, and a day is needed for them. */
static void test_own_policy(void **state) {
    (void)state;
    struct fixture *const f = calloc(1, sizeof *f);
    struct answers *const own = malloc(sizeof *own);
    set_up(f);
    assert_int_equal(f->whole.defaults,
                     KAM_POLICY_TIERS | KAM_POLICY_MATRIX | KAM_POLICY_STAGES |
                         KAM_POLICY_CADENCE | KAM_POLICY_PLAYBOOK |
                         KAM_POLICY_FUTURE);
    const kam_tier_band bands[2] = {{0.1, 0.2}, {0.5, 0.6}};
    const kam_tier_policy tiers = {.struct_size = sizeof tiers,
                                   .basis = KAM_TIER_BY_RANK,
                                   .n_bands = 2,
                                   .bands = bands};
    kam_matrix_options matrix;
    const kam_stage_options stages = {.struct_size = sizeof stages,
                                      .months = {1, 2, 3}};
    const kam_cadence_rule often = {KAM_TOUCH_VISIT, 0, 0, 8, 0, 0, 7, 0};
    const kam_cadence_options cadence = {.struct_size = sizeof cadence,
                                         .n_rules = 1,
                                         .rules = &often};
    const kam_playbook_rule call = {1000, 1, 0, 0, 8, 0};
    const kam_playbook_options playbook = {.struct_size = sizeof playbook,
                                           .n_rules = 1,
                                           .rules = &call,
                                           .instead = 1,
                                           .width = 16};
    assert_status(kam_matrix_options_init(&matrix, sizeof matrix), KAM_OK);
    matrix.top_share = 0.25;
    f->policy.tiers = &tiers, f->policy.matrix = &matrix;
    f->policy.stages = &stages, f->policy.cadence = &cadence;
    f->policy.playbook = &playbook, f->options.interval = 0.5;
    kam_fit_options how;
    kam_fit_report report = {.struct_size = sizeof report};
    assert_status(kam_fit_options_init(&how, sizeof how), KAM_OK);
    how.policy = &f->policy;
    const double top_tenth = f->models.matrix.top_limit;
    assert_status(kam_fit(&f->view, 1, &how, NULL, &f->models, &report, NULL),
                  KAM_OK);
    assert_int_equal(f->models.n_bands, 2);
    assert_int_equal(report.matrix, KAM_OK);
    assert_true(f->models.matrix.top_limit < top_tenth);
    assert_int_equal(f->models.defaults, 0);
    const kam_scores out = everything(own);
    assert_status(kam_score(&f->view, &f->models, &f->policy, TODAY, NULL, &out,
                            NULL),
                  KAM_OK);
    assert_int_equal(own->defaults, 0);
    int late = 0;
    for (int i = 0; i < BOOK; i++) {
        /* Three months after the contract, and only then. */
        const int old = own->stage[i] == KAM_STAGE_SYMBIOSIS;
        assert_int_equal(own->touch[0][i][0] != KAM_NO_DAY,
                         old && !(f->account[i].last_visit > TODAY));
        assert_int_equal(own->touch[0][i][1], KAM_NO_DAY);
        assert_int_equal(own->n_actions[i], old);
        assert_int_equal(own->action[i][0], old ? 1000 : 0);
        late += own->touch[1][i][0] > 0;
    }
    assert_true(late > 100);
    /* Bands in the fit's own options go before the policy's. */
    kam_tier_band preset[3];
    assert_status(kam_tier_preset_cny(preset), KAM_OK);
    how.tiers.bands = preset, how.tiers.n_bands = 3;
    assert_status(kam_fit(&f->view, 1, &how, NULL, &f->models, NULL, NULL),
                  KAM_OK);
    assert_int_equal(f->models.n_bands, 3);
    assert_int_equal(f->models.defaults, KAM_POLICY_TIERS);
    free(own);
    free(f);
}

/* What a rule cannot be is refused before anything is written, and a caller who
 * knows no rules needs no day. */
static void test_bad_rules(void **state) {
    (void)state;
    struct fixture *const f = calloc(1, sizeof *f);
    set_up(f);
    int32_t stage[BOOK], actions[BOOK * 16];
    double alive[BOOK];
    kam_diag diag = {.struct_size = sizeof diag};
    kam_scores out = {.struct_size = sizeof out, .stage = stage};
    stage[0] = 42;
    assert_status(kam_score(&f->view, &f->models, NULL, KAM_NO_DAY, NULL, &out,
                            &diag),
                  KAM_ERR_OPTION);
    assert_string_equal(diag.argument, "as_of_day");
    const kam_stage_options stages = {.struct_size = sizeof stages,
                                      .months = {3, 2, 1}};
    f->policy.stages = &stages;
    assert_status(kam_score(&f->view, &f->models, &f->policy, TODAY, NULL, &out,
                            &diag),
                  KAM_ERR_OPTION);
    assert_string_equal(diag.argument, "stages.months");
    const kam_playbook_options wide = {.struct_size = sizeof wide, .width = 99};
    f->policy.stages = NULL, f->policy.playbook = &wide;
    out.actions = actions;
    assert_status(kam_score(&f->view, &f->models, &f->policy, TODAY, NULL, &out,
                            &diag),
                  KAM_ERR_OPTION);
    assert_string_equal(diag.argument, "options.width");
    f->policy.playbook = NULL, f->models.matrix.top_limit = -1;
    assert_status(kam_score(&f->view, &f->models, &f->policy, TODAY, NULL, &out,
                            &diag),
                  KAM_ERR_OPTION);
    f->models.has_matrix = 0;
    f->view.alarms.type = KAM_TEXT32;
    assert_status(kam_score(&f->view, &f->models, &f->policy, TODAY, NULL, &out,
                            &diag),
                  KAM_ERR_TYPE);
    assert_string_equal(diag.argument, "accounts.alarms");
    assert_int_equal(stage[0], 42);
    /* An older caller's outputs end before the rules. */
    out.stage = NULL, out.actions = NULL, out.alive = alive;
    out.struct_size = offsetof(kam_scores, matrix_class);
    f->models.struct_size = offsetof(kam_models, matrix);
    f->view.struct_size = offsetof(kam_accounts, contract_day);
    assert_status(kam_score(&f->view, &f->models, NULL, KAM_NO_DAY, NULL, &out,
                            NULL),
                  KAM_OK);
    assert_same(alive, f->whole.number[5], BOOK);
    free(f);
}

/* For ever: the risk is the chance of having left, and values stay finite. */
static void test_for_ever(void **state) {
    (void)state;
    struct fixture *const f = calloc(1, sizeof *f);
    struct answers *const ever = malloc(sizeof *ever);
    set_up(f);
    f->options.horizon_days = INFINITY;
    const kam_scores out = everything(ever);
    assert_status(kam_score(&f->view, &f->models, &f->policy, TODAY, NULL, &out,
                            NULL),
                  KAM_OK);
    for (int i = 9; i < BOOK; i++) {
        assert_near(ever->number[11][i], 1 - ever->number[5][i], 1e-15);
        assert_true(fabs(ever->number[8][i]) > fabs(f->whole.number[8][i]));
        assert_true(isfinite(ever->number[8][i]));
    }
    free(ever);
    free(f);
}

static void test_bad_arguments(void **state) {
    (void)state;
    struct fixture *const f = calloc(1, sizeof *f);
    set_up(f);
    double value[BOOK];
    kam_scores out = {.struct_size = sizeof out, .churn_risk = value};
    kam_diag diag = {.struct_size = sizeof diag};
    value[0] = 42;
    assert_status(kam_score(NULL, &f->models, NULL, TODAY, NULL, &out, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_score(&f->view, NULL, NULL, TODAY, NULL, &out, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_score(&f->view, &f->models, NULL, TODAY, NULL, NULL,
                            NULL),
                  KAM_ERR_NULL);
    f->options.horizon_days = 0;
    assert_status(kam_score(&f->view, &f->models, &f->policy, TODAY, NULL, &out,
                            &diag),
                  KAM_ERR_OPTION);
    assert_string_equal(diag.argument, "options.horizon_days");
    f->models.orders.parameter[0] = -1;
    assert_status(kam_score(&f->view, &f->models, NULL, TODAY, NULL, &out,
                            NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_score_one(&f->account[0], 8, &f->models, NULL, TODAY,
                                &out, NULL),
                  KAM_ERR_STRUCT);
    assert_true(value[0] == 42);
    free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rooms_agree),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_one_is_many),
        cmocka_unit_test(test_any_way),
        cmocka_unit_test(test_only_what_is_wanted),
        cmocka_unit_test(test_without_models),
        cmocka_unit_test(test_own_policy),
        cmocka_unit_test(test_bad_rules),
        cmocka_unit_test(test_for_ever),
        cmocka_unit_test(test_bad_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
