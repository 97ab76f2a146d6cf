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
};

static kam_scores everything(struct answers *to) {
    memset(to, 0x7E, sizeof *to);
    const kam_scores out = {sizeof out,     0,
                            to->tier,       to->number[0],
                            to->number[1],  to->number[2],
                            to->number[3],  to->number[4],
                            to->number[5],  to->number[6],
                            to->number[7],  to->number[8],
                            to->number[9],  to->number[10],
                            to->number[11], &to->reasons[0][0],
                            to->row_flags};
    return out;
}

struct fixture {
    kam_account account[BOOK];
    kam_accounts view;
    kam_models models;
    kam_clv_options options;
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
    const kam_scores out = everything(&f->whole);
    assert_status(kam_score(&f->view, &f->models, &f->options, NULL, &out,
                            NULL),
                  KAM_OK);
}

/* Bits, except that any NaN is as good as another. */
static void assert_same(const double *a, const double *b, int64_t n) {
    for (int64_t i = 0; i < n; i++)
        if (!(isnan(a[i]) && isnan(b[i]))) assert_bits(a[i], b[i]);
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
    for (int i = 0; i < BOOK; i++) {
        uint32_t all = 0;
        for (int k = 0; k < 8; k++) all |= flags[k][i];
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
                                    &f->models, &f->options, &out, NULL),
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
            assert_status(kam_score(&slice, &f->models, &f->options, &host,
                                    &out, NULL),
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
    assert_status(kam_score(&f->view, &f->models, NULL, NULL, &out, NULL),
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
    assert_status(kam_score(&f->view, &empty, NULL, NULL, &out, NULL), KAM_OK);
    for (int i = 0; i < BOOK; i++) {
        assert_int_equal(none->tier[i], -1);
        for (int k = 5; k < 12; k++) assert_true(isnan(none->number[k][i]));
        assert_int_equal(none->reasons[i][1].id, KAM_REASON_NONE);
        assert_true((none->row_flags[i] & KAM_ROW_MISSING) != 0);
    }
    /* Profit needs no model. */
    assert_same(none->number[3], f->whole.number[3], BOOK);
    free(none);
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
    assert_status(kam_score(&f->view, &f->models, &f->options, NULL, &out,
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
    assert_status(kam_score(NULL, &f->models, NULL, NULL, &out, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_score(&f->view, NULL, NULL, NULL, &out, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_score(&f->view, &f->models, NULL, NULL, NULL, NULL),
                  KAM_ERR_NULL);
    f->options.horizon_days = 0;
    assert_status(kam_score(&f->view, &f->models, &f->options, NULL, &out,
                            &diag),
                  KAM_ERR_OPTION);
    assert_string_equal(diag.argument, "options.horizon_days");
    f->models.orders.parameter[0] = -1;
    assert_status(kam_score(&f->view, &f->models, NULL, NULL, &out, NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_score_one(&f->account[0], 8, &f->models, NULL, &out,
                                NULL),
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
        cmocka_unit_test(test_for_ever),
        cmocka_unit_test(test_bad_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
