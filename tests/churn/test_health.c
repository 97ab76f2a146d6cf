/* SPDX-License-Identifier: MIT */
#include "support/check.h"
#include "support/hosts.h"

enum { PARTS = 3, N = 6 };

/* Usage as a share of plan, days without contact, open complaints; two stages;
 * red, yellow, green. */
static const double BAD[] = {0.5, 60, 5}, GOOD[] = {1, 10, 0};
static const double WEIGHT[] = {3, 1, 1, 1, 2, 1}, CUT[] = {40, 70};
static double X[PARTS][N], PROFILE[N], LEFT[N], BEFORE[N];
static double SCORE[N], POINTS[N * PARTS], KNOWN[N];
static int32_t BAND[N];
static uint32_t FLAGS[N];
static kam_column COLUMN[PARTS];

static kam_health_policy policy_of(void) {
    kam_health_policy p = {.struct_size = sizeof p};
    p.n_parts = PARTS;
    p.n_profiles = 2;
    p.n_bands = 3;
    p.bad = BAD;
    p.good = GOOD;
    p.weight = WEIGHT;
    p.cut = CUT;
    return p;
}

static kam_health_panel panel_of(void) {
    kam_health_panel p = {.struct_size = sizeof p};
    for (int j = 0; j < PARTS; j++) COLUMN[j] = column_of(X[j]);
    p.n_parts = PARTS;
    p.n_rows = N;
    p.part = COLUMN;
    p.profile = column_of(PROFILE);
    p.left = column_of(LEFT);
    p.before = column_of(BEFORE);
    return p;
}

static kam_health_out all_out(void) {
    kam_health_out out = {.struct_size = sizeof out};
    out.score = SCORE;
    out.band = BAND;
    out.points = POINTS;
    out.known = KNOWN;
    out.row_flags = FLAGS;
    return out;
}

static void test_by_hand(void **state) {
    (void)state;
    const kam_health_policy policy = policy_of();
    const kam_health_panel panel = panel_of();
    const kam_health_out out = all_out();
    for (int i = 0; i < N; i++) {
        X[0][i] = 0.75; /* 50 points */
        X[1][i] = 20;   /* 80 */
        X[2][i] = 7;    /* 0: beyond the worst */
    }
    PROFILE[1] = 1;
    X[2][2] = NAN;
    X[0][3] = X[1][3] = NAN;
    LEFT[4] = 1;
    BEFORE[4] = 71;
    PROFILE[5] = 2;
    assert_status(kam_health_score(&policy, &panel, NULL, &out, NULL), KAM_OK);
    assert_near(SCORE[0], (3 * 50 + 80) / 5., 1e-11);
    assert_int_equal(BAND[0], 1);
    assert_near(POINTS[0], -30, 1e-11);
    assert_bits(100 + POINTS[0] + POINTS[1] + POINTS[2], SCORE[0]);
    assert_bits(100 + POINTS[2] + POINTS[0] + POINTS[1], SCORE[0]);
    assert_near(SCORE[1], (50 + 2 * 80) / 4., 1e-11);
    assert_near(SCORE[2], (3 * 50 + 80) / 4., 1e-11);
    assert_near(KNOWN[2], 0.8, 1e-15);
    assert_int_equal(FLAGS[2], KAM_ROW_MISSING);
    assert_true(POINTS[2 * PARTS + 2] == 0);
    assert_true(isnan(SCORE[3]) && BAND[3] == -1 && isnan(POINTS[9]));
    assert_near(KNOWN[3], 0.2, 1e-15);
    assert_bits(SCORE[4], 71); /* frozen, whatever came after */
    assert_int_equal(FLAGS[4], KAM_HEALTH_FROZEN);
    assert_int_equal(BAND[4], 2);
    assert_true(isnan(SCORE[5]));
    assert_int_equal(FLAGS[5], KAM_ROW_DOMAIN);
    /* One account, another executor: the same bits. */
    const double kept = SCORE[1];
    kam_health_panel one = panel;
    kam_column column[PARTS];
    for (int j = 0; j < PARTS; j++) {
        column[j] = COLUMN[j];
        column[j].offset = 1;
    }
    one.part = column;
    one.profile.offset = one.left.offset = one.before.offset = 1;
    one.n_rows = 1;
    kam_host host = {.struct_size = sizeof host};
    host.parallel_for = run_backwards;
    assert_status(kam_health_score(&policy, &one, &host, &out, NULL), KAM_OK);
    assert_bits(SCORE[0], kept);
    LEFT[4] = PROFILE[1] = PROFILE[5] = 0;
}

static void test_roll_up(void **state) {
    (void)state;
    const double score[] = {80, 20, 50, NAN, 90, 10};
    const double weight[] = {3, 1, 2, 5, 0, 4}, left[] = {0, 0, 0, 0, 0, 1};
    const int32_t parent[] = {0, 0, 1, 1, 1, 0};
    double rolled[3];
    int64_t children[3];
    kam_column s = column_of(score), w = column_of(weight), l = column_of(left);
    kam_column p = {parent, 0, 0, 0, 0, KAM_I32, 0};
    assert_status(kam_health_roll_up(KAM_HEALTH_BY_WEIGHT, &s, &p, &w, &l, 6, 3,
                                     NULL, rolled, children, NULL),
                  KAM_OK);
    assert_near(rolled[0], 65, 1e-13);
    assert_near(rolled[1], 50, 1e-13);
    assert_true(isnan(rolled[2]));
    assert_true(children[0] == 2 && children[1] == 1 && children[2] == 0);
    kam_health_roll_up(KAM_HEALTH_BY_WORST, &s, &p, NULL, NULL, 6, 3, NULL,
                       rolled, children, NULL);
    assert_true(rolled[0] == 10 && rolled[1] == 50 && children[1] == 2);
    assert_status(kam_health_roll_up(3, &s, &p, NULL, NULL, 6, 3, NULL, rolled,
                                     NULL, NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_health_roll_up(KAM_HEALTH_BY_WORST, &s, &p, NULL, NULL, 6,
                                     1, NULL, rolled, NULL, NULL),
                  KAM_ERR_OPTION);
    struct lender lender;
    const kam_host host = lender_host(&lender, 1);
    assert_status(kam_health_roll_up(KAM_HEALTH_BY_WORST, &s, &p, NULL, NULL, 6,
                                     3, &host, rolled, NULL, NULL),
                  KAM_ERR_MEMORY);
}

/* Accounts for twelve periods; a third leave, their scores falling before. */
static kam_status backtest(int is_blind, kam_health_band *band,
                           kam_health_report *report) {
    enum { ACCOUNTS = 90, T = 12, ROWS = ACCOUNTS * T };
    static int32_t account[ROWS], period[ROWS];
    static double score[ROWS], event[ROWS];
    uint64_t seed = 5;
    const kam_health_policy policy = policy_of();
    int64_t n = 0;
    for (int a = 0; a < ACCOUNTS; a++) {
        const int gone = a % 3 == 0 ? 6 + a % 5 : T;
        for (int t = 0; t < T && t <= gone; t++, n++) {
            account[n] = a;
            period[n] = t;
            event[n] = t == gone;
            const int is_low = !is_blind && gone < T && gone - t < 4;
            score[n] = (is_low ? 10 : 60) + 30 * random_unit(&seed);
        }
    }
    const kam_column s = column_of(score), e = column_of(event);
    const kam_column a = {account, 0, 0, 0, 0, KAM_I32, 0},
                     p = {period, 0, 0, 0, 0, KAM_I32, 0};
    report->struct_size = sizeof *report;
    return kam_health_backtest(&policy, &a, &p, &s, &e, n, 3, NULL, band,
                               report, NULL);
}

static void test_backtest(void **state) {
    (void)state;
    kam_health_band band[3];
    kam_health_report r;
    assert_status(backtest(0, band, &r), KAM_OK);
    assert_int_equal(r.verdict, KAM_BACKTEST_BETTER);
    assert_true(r.auc > 0.95 && r.n_left == 90);
    /* 60 stayers tell up to their tenth period. */
    assert_true(band[0].n_left == 90 && band[0].share > 0.7);
    assert_true(band[0].low < band[0].share && band[0].share < band[0].high);
    assert_true(band[2].share == 0);
    assert_true(r.green_left == 0);
    assert_true(r.lead.n_warned == 30 && r.lead.n_false == 0);
    assert_true(r.lead.mean_lead == 3 && r.lead.median_lead == 3);
    assert_int_equal(band[0].n_rows + band[1].n_rows + band[2].n_rows,
                     r.n_rows);
    /* A score that knows nothing. */
    assert_status(backtest(1, band, &r), KAM_OK);
    assert_int_equal(r.verdict, KAM_BACKTEST_UNDECIDED);
    assert_near(r.auc, 0.5, 0.1);
    assert_true(r.green_left > 0.3 && r.lead.n_warned == 0);
}

static void test_wrong_calls(void **state) {
    (void)state;
    kam_health_policy policy = policy_of();
    kam_health_panel panel = panel_of();
    const kam_health_out out = all_out();
    const double zero[6] = {1}, falling[] = {70, 40}, same[] = {0.5, 10, 0};
#define REFUSED(change, status)                                                \
    do {                                                                       \
        policy = policy_of();                                                  \
        panel = panel_of();                                                    \
        change;                                                                \
        SCORE[0] = 5;                                                          \
        assert_status(kam_health_score(&policy, &panel, NULL, &out, NULL),     \
                      status);                                                 \
        assert_true(SCORE[0] == 5);                                            \
    } while (0)
    REFUSED(policy.n_parts = 0, KAM_ERR_SHAPE);
    REFUSED(policy.n_profiles = 17, KAM_ERR_SHAPE);
    REFUSED(policy.n_bands = 0, KAM_ERR_SHAPE);
    REFUSED(policy.bad = NULL, KAM_ERR_NULL);
    REFUSED(policy.weight = zero, KAM_ERR_OPTION);
    REFUSED(policy.cut = falling, KAM_ERR_OPTION);
    REFUSED(policy.good = same, KAM_ERR_OPTION);
    REFUSED(policy.coverage = 1.5, KAM_ERR_OPTION);
    REFUSED(panel.n_parts = 2, KAM_ERR_SHAPE);
    REFUSED(panel.n_rows = -1, KAM_ERR_SHAPE);
    REFUSED(panel.part = NULL, KAM_ERR_NULL);
#undef REFUSED
    const int32_t zeros[] = {0};
    const kam_column whole = {zeros, 0, 0, 0, 0, KAM_I32, 0};
    const kam_column number = column_of(zero);
    kam_health_band band[3];
    kam_health_report r = {.struct_size = sizeof r, .auc = 77};
    policy = policy_of();
    assert_status(kam_health_backtest(&policy, &whole, &whole, &number, &number,
                                      -1, 3, NULL, band, &r, NULL),
                  KAM_ERR_SHAPE);
    assert_bits(r.auc, 77);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_roll_up),
        cmocka_unit_test(test_backtest),
        cmocka_unit_test(test_wrong_calls),
    };
    return cmocka_run_group_tests_name("health", tests, NULL, NULL);
}
