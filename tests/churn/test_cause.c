/* SPDX-License-Identifier: MIT */
#include "support/check.h"
#include "support/hosts.h"

enum { N = 4 };

static const int32_t CAUSE[] = {KAM_CAUSE_CONTRACTION, KAM_CAUSE_RIVAL,
                                KAM_CAUSE_CONTACT};
static double RISK[3][N], MARGIN[N], OUT[8][3 * N];
static uint32_t FLAG[N];
static kam_column COLUMN[3];

static kam_cause_panel panel(void) {
    kam_cause_panel p = {.struct_size = sizeof p};
    for (int k = 0; k < 3; k++) {
        for (int i = 0; i < N; i++) RISK[k][i] = 0.01 * (k + 1) * i;
        COLUMN[k] = column_of(RISK[k]);
    }
    for (int i = 0; i < N; i++) MARGIN[i] = 1000 * (i + 1);
    p.n_causes = 3;
    p.n_rows = N;
    p.cause = CAUSE;
    p.risk = COLUMN;
    p.margin = column_of(MARGIN);
    return p;
}

static kam_cause_out all_out(void) {
    kam_cause_out o = {.struct_size = sizeof o};
    double **const at[] = {&o.incidence, &o.controllable,  &o.uncontrollable,
                           &o.loss,      &o.expected_loss, &o.saveable_loss,
                           &o.by_cause};
    for (int k = 0; k < 7; k++) *at[k] = OUT[k];
    o.row_flags = FLAG;
    return o;
}

/* Period by period: who is still there leaves for cause k with its share of the
 * intensity. */
static void test_incidence_by_hand(void **state) {
    (void)state;
    const kam_cause_panel p = panel();
    const kam_cause_out out = all_out();
    assert_status(kam_cause_losses(&p, NULL, NULL, &out, NULL), KAM_OK);
    for (int i = 0; i < N; i++) {
        double here = 1, gone[3] = {0, 0, 0};
        double a[3], sum = 0, stay = 1;
        for (int k = 0; k < 3; k++) {
            a[k] = -log1p(-RISK[k][i]);
            sum += a[k];
            stay *= 1 - RISK[k][i];
        }
        for (int t = 0; t < 12; t++) {
            for (int k = 0; sum > 0 && k < 3; k++)
                gone[k] += here * (1 - stay) * a[k] / sum;
            here *= stay;
        }
        for (int k = 0; k < 3; k++)
            assert_near(OUT[0][3 * i + k], gone[k], 1e-14);
        assert_near(OUT[1][i], gone[1] + gone[2], 1e-14);
        assert_near(OUT[2][i], gone[0], 1e-14);
        assert_near(OUT[1][i] + OUT[2][i], 1 - here, 1e-14);
        assert_int_equal(FLAG[i], 0);
    }
}

/* The margin until it would have left anyway, month by month. */
static void test_loss_by_hand(void **state) {
    (void)state;
    const kam_cause_panel p = panel();
    const kam_cause_out out = all_out();
    kam_cause_options o;
    kam_cause_options_init(&o, sizeof o);
    o.discount_per_period = 0.01;
    o.most_periods = 24;
    o.save_chance = 0.3;
    assert_status(kam_cause_losses(&p, &o, NULL, &out, NULL), KAM_OK);
    double total = 0, by = 0;
    for (int i = 0; i < N; i++) {
        double loss = 0;
        for (int t = 1; t <= 24; t++)
            loss += MARGIN[i] * pow(1 - RISK[0][i], t) * exp(-0.01 * t);
        assert_relative(OUT[3][i], loss, 1e-13);
        assert_relative(OUT[4][i], loss * (OUT[1][i] + OUT[2][i]), 1e-13);
        assert_relative(OUT[5][i], 0.3 * loss * OUT[1][i], 1e-13);
        total += OUT[4][i];
    }
    for (int k = 0; k < 3; k++) by += OUT[6][k];
    assert_relative(by, total, 1e-13);
    /* Another account takes its place: what that costs, at most the loss. */
    o.replace_chance = 0.5;
    o.replace_cost = 500;
    o.ramp_periods = 4;
    double before[N];
    memcpy(before, OUT[3], sizeof before);
    assert_status(kam_cause_losses(&p, &o, NULL, &out, NULL), KAM_OK);
    for (int i = 0; i < N; i++) {
        const double again = 500 + 2 * MARGIN[i];
        assert_relative(OUT[3][i],
                        0.5 * before[i] + 0.5 * fmin(again, before[i]), 1e-13);
    }
}

static void test_for_ever_and_missing(void **state) {
    (void)state;
    const kam_cause_panel p = panel();
    const kam_cause_out out = all_out();
    kam_cause_options o;
    kam_cause_options_init(&o, sizeof o);
    o.horizon_periods = INFINITY;
    RISK[1][2] = NAN;
    RISK[0][3] = 1;
    assert_status(kam_cause_losses(&p, &o, NULL, &out, NULL), KAM_OK);
    assert_bits(OUT[1][0], 0); /* no risk at all: never */
    assert_bits(OUT[3][0], 1000 * 60);
    assert_near(OUT[1][1] + OUT[2][1], 1, 1e-15);
    assert_true(isnan(OUT[0][6]) && isnan(OUT[5][2]));
    assert_int_equal(FLAG[2], KAM_ROW_MISSING);
    assert_int_equal(FLAG[3], KAM_ROW_DOMAIN);
    /* One account alone has the same bits. */
    const double kept = OUT[5][1];
    kam_cause_panel one = p;
    kam_column column[3] = {COLUMN[0], COLUMN[1], COLUMN[2]};
    for (int k = 0; k < 3; k++) column[k].offset = 1;
    one.risk = column;
    one.margin.offset = 1;
    one.n_rows = 1;
    assert_status(kam_cause_losses(&one, &o, NULL, &out, NULL), KAM_OK);
    assert_bits(OUT[5][0], kept);
}

static void test_names(void **state) {
    (void)state;
    assert_string_equal(kam_cause_name(KAM_CAUSE_RIVAL, KAM_EN),
                        "rival attack");
    assert_string_equal(kam_cause_name(KAM_CAUSE_CONTACT, KAM_ZH), "沟通不足");
    assert_string_equal(kam_cause_name(101, KAM_EN), "other");
    assert_int_equal(kam_cause_is_controllable(KAM_CAUSE_CATASTROPHE), 0);
    assert_int_equal(kam_cause_is_controllable(KAM_CAUSE_NEED), 1);
    assert_int_equal(kam_cause_is_controllable(101), 1);
    assert_int_equal(kam_cause_is_controllable(102), 0);
}

static void test_wrong_calls(void **state) {
    (void)state;
    kam_cause_panel p = panel();
    const kam_cause_out out = all_out();
    kam_cause_options o;
    kam_cause_options_init(&o, sizeof o);
    o.horizon_periods = 0;
    assert_status(kam_cause_losses(&p, &o, NULL, &out, NULL), KAM_ERR_OPTION);
    o.horizon_periods = 3;
    o.save_chance = 1.1;
    assert_status(kam_cause_losses(&p, &o, NULL, &out, NULL), KAM_ERR_OPTION);
    const int32_t bad[] = {1, 4, 50};
    p.cause = bad;
    assert_status(kam_cause_losses(&p, NULL, NULL, &out, NULL), KAM_ERR_OPTION);
    p.cause = NULL;
    assert_status(kam_cause_losses(&p, NULL, NULL, &out, NULL), KAM_ERR_NULL);
    assert_status(kam_cause_losses(NULL, NULL, NULL, &out, NULL), KAM_ERR_NULL);
    p = panel();
    p.n_causes = 0;
    assert_status(kam_cause_losses(&p, NULL, NULL, &out, NULL), KAM_ERR_SHAPE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_incidence_by_hand),
        cmocka_unit_test(test_loss_by_hand),
        cmocka_unit_test(test_for_ever_and_missing),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_wrong_calls),
    };
    return cmocka_run_group_tests_name("cause", tests, NULL, NULL);
}
