/* SPDX-License-Identifier: MIT */
#include "support/check.h"
#include "support/books.h"
#include "support/hosts.h"

/* ---- layers ---- */

struct answer {
    double net, margin, contribution, margin_ratio, contribution_ratio;
    uint32_t flags;
};

static kam_profit_out out_of(struct answer *a) {
    kam_profit_out out = {.struct_size = sizeof out};
    out.net_revenue = &a->net;
    out.gross_margin = &a->margin;
    out.contribution = &a->contribution;
    out.gross_margin_ratio = &a->margin_ratio;
    out.contribution_ratio = &a->contribution_ratio;
    out.row_flags = &a->flags;
    return out;
}

static kam_accounts accounts_of(const kam_account *record, int64_t n) {
    kam_accounts accounts = {.struct_size = sizeof accounts};
    assert_status(kam_accounts_of(record, sizeof *record, n, &accounts),
                  KAM_OK);
    return accounts;
}

static kam_account account(double gross, double returns, double direct,
                           double service) {
    kam_account a;
    double *const field = &a.repeat_orders;
    for (size_t i = 0; i < sizeof a / sizeof *field; i++) field[i] = NAN;
    a.gross_revenue = gross;
    a.returns = returns;
    a.direct_cost = direct;
    a.service_cost = service;
    return a;
}

static struct answer layers(double gross, double returns, double direct,
                            double service) {
    const kam_account record = account(gross, returns, direct, service);
    const kam_accounts accounts = accounts_of(&record, 1);
    struct answer a;
    const kam_profit_out out = out_of(&a);
    assert_status(kam_profit_layers(&accounts, NULL, &out, NULL), KAM_OK);
    return a;
}

static void same_or_nan(double actual, double expected) {
    if (isnan(expected))
        assert_true(isnan(actual));
    else
        assert_bits(actual, expected);
}

static void expect(struct answer a, double net, double margin,
                   double contribution, double margin_ratio,
                   double contribution_ratio, uint32_t flags) {
    same_or_nan(a.net, net);
    same_or_nan(a.margin, margin);
    same_or_nan(a.contribution, contribution);
    same_or_nan(a.margin_ratio, margin_ratio);
    same_or_nan(a.contribution_ratio, contribution_ratio);
    assert_int_equal(a.flags, flags);
}

static void test_layers(void **state) {
    (void)state;
    expect(layers(1000, 200, 500, 100), 800, 300, 200, 0.375, 0.25, 0);
    expect(layers(1000, 0, 1200, 50), 1000, -200, -250, -0.2, -0.25, 0);
    /* Costs may be credits. */
    expect(layers(100, 0, -50, -25), 100, 150, 175, 1.5, 1.75, 0);
}

static void test_what_is_not_known(void **state) {
    (void)state;
    /* Returns and cost to serve count as none, gross and direct cost do not. */
    expect(layers(1000, NAN, 600, NAN), 1000, 400, 400, 0.4, 0.4, 0);
    expect(layers(1000, 200, NAN, 10), 800, NAN, NAN, NAN, NAN,
           KAM_ROW_MISSING);
    expect(layers(NAN, 200, 10, 10), NAN, NAN, NAN, NAN, NAN, KAM_ROW_MISSING);
}

static void test_no_net_revenue(void **state) {
    (void)state;
    expect(layers(100, 100, 30, 5), 0, -30, -35, NAN, NAN, KAM_ROW_DOMAIN);
    expect(layers(100, 150, 30, 5), -50, -80, -85, NAN, NAN, KAM_ROW_DOMAIN);
    expect(layers(0, 0, NAN, 5), 0, NAN, NAN, NAN, NAN,
           KAM_ROW_DOMAIN | KAM_ROW_MISSING);
}

static void test_out_of_range(void **state) {
    (void)state;
    expect(layers(-1, 0, 3, 5), NAN, NAN, NAN, NAN, NAN, KAM_ROW_DOMAIN);
    expect(layers(10, -1, 3, 5), NAN, NAN, NAN, NAN, NAN, KAM_ROW_DOMAIN);
    expect(layers(INFINITY, INFINITY, 3, 5), NAN, NAN, NAN, NAN, NAN,
           KAM_ROW_DOMAIN);
    expect(layers(8, 0, INFINITY, 5), 8, NAN, NAN, NAN, NAN, KAM_ROW_DOMAIN);
    expect(layers(8, 0, 4, -INFINITY), 8, 4, NAN, 0.5, NAN, KAM_ROW_DOMAIN);
    expect(layers(3, -1, NAN, 5), NAN, NAN, NAN, NAN, NAN,
           KAM_ROW_DOMAIN | KAM_ROW_MISSING);
    expect(layers(1e308, 0, -1e308, 5), 1e308, NAN, NAN, NAN, NAN,
           KAM_ROW_DOMAIN);
}

/* Flags speak of the answers that were asked for. */
static void test_flags_of_what_is_wanted(void **state) {
    (void)state;
    const kam_account record = account(100, 100, NAN, INFINITY);
    const kam_accounts accounts = accounts_of(&record, 1);
    double value, other;
    uint32_t flags = 99;
    kam_profit_out out = {.struct_size = sizeof out, .row_flags = &flags};
    out.net_revenue = &other;
    assert_status(kam_profit_layers(&accounts, NULL, &out, NULL), KAM_OK);
    assert_int_equal(flags, 0);
    out.gross_margin = &value;
    assert_status(kam_profit_layers(&accounts, NULL, &out, NULL), KAM_OK);
    assert_int_equal(flags, KAM_ROW_MISSING);
    out.gross_margin = NULL;
    out.gross_margin_ratio = &value;
    assert_status(kam_profit_layers(&accounts, NULL, &out, NULL), KAM_OK);
    assert_int_equal(flags, KAM_ROW_MISSING | KAM_ROW_DOMAIN);
    /* An infinite cost to serve does not touch the margin. */
    const kam_account served = account(100, 20, 30, INFINITY);
    const kam_accounts one = accounts_of(&served, 1);
    assert_status(kam_profit_layers(&one, NULL, &out, NULL), KAM_OK);
    assert_int_equal(flags, 0);
    out.contribution = &value;
    out.gross_margin_ratio = NULL;
    assert_status(kam_profit_layers(&one, NULL, &out, NULL), KAM_OK);
    assert_int_equal(flags, KAM_ROW_DOMAIN);
}

enum { MANY = 150000 };

static double *numbers_new(int64_t n) {
    return malloc((size_t)n * sizeof(double));
}

static void test_one_is_many(void **state) {
    (void)state;
    kam_account *const record = malloc(MANY * sizeof *record);
    double *const out_all = numbers_new(5 * MANY);
    double *const again = numbers_new(5 * MANY);
    uint32_t *const flags = malloc(2 * MANY * sizeof *flags);
    uint64_t seed = 9;
    for (int64_t i = 0; i < MANY; i++) {
        const double g = i % 11 ? random_unit(&seed) * 1000 - 50 : (double)NAN;
        const double r = i % 7 ? random_unit(&seed) * 300 - 10 : (double)NAN;
        const double d = i % 13 ? random_unit(&seed) * 900 : (double)NAN;
        const double s = i % 3 ? random_unit(&seed) * 100 : (double)NAN;
        record[i] = account(g, r, d, s);
    }
    kam_accounts whole = accounts_of(record, MANY), part = whole;
    kam_profit_out out = {.struct_size = sizeof out};
    out.net_revenue = out_all;
    out.gross_margin = out_all + MANY;
    out.contribution = out_all + 2 * MANY;
    out.gross_margin_ratio = out_all + 3 * MANY;
    out.contribution_ratio = out_all + 4 * MANY;
    out.row_flags = flags;
    assert_status(kam_profit_layers(&whole, NULL, &out, NULL), KAM_OK);
    for (int64_t i = 0; i < MANY; i += 61) {
        const struct answer a =
            layers(record[i].gross_revenue, record[i].returns,
                   record[i].direct_cost, record[i].service_cost);
        expect(a, out_all[i], out_all[MANY + i], out_all[2 * MANY + i],
               out_all[3 * MANY + i], out_all[4 * MANY + i], flags[i]);
    }
    /* Slices, packed columns and an odd executor. */
    kam_host host = {.struct_size = sizeof host, .parallel_for = run_odd_first};
    for (int64_t first = 0, n; first < MANY; first += n) {
        n = 1 + first * 5 % 70001;
        if (n > MANY - first) n = MANY - first;
        assert_status(kam_accounts_slice(&whole, first, n, &part), KAM_OK);
        kam_profit_out slice = out;
        slice.net_revenue = again + first;
        slice.gross_margin = again + MANY + first;
        slice.contribution = again + 2 * MANY + first;
        slice.gross_margin_ratio = again + 3 * MANY + first;
        slice.contribution_ratio = again + 4 * MANY + first;
        slice.row_flags = flags + MANY + first;
        assert_status(kam_profit_layers(&part, &host, &slice, NULL), KAM_OK);
    }
    assert_memory_equal(out_all, again, 5 * MANY * sizeof *again);
    assert_memory_equal(flags, flags + MANY, MANY * sizeof *flags);
    free(record);
    free(out_all);
    free(again);
    free(flags);
}

static void test_float_and_null_columns(void **state) {
    (void)state;
    const float gross[] = {100.5f, 50.0f, 7.0f};
    const int32_t direct[] = {40, 10, 3};
    const uint8_t present = 5; /* rows 0 and 2 */
    kam_accounts accounts = {.struct_size = sizeof accounts, .n_rows = 3};
    accounts.gross_revenue.values = gross;
    accounts.gross_revenue.type = KAM_F32;
    accounts.direct_cost.values = direct;
    accounts.direct_cost.type = KAM_I32;
    accounts.direct_cost.validity = &present;
    double margin[3];
    uint32_t flags[3];
    kam_profit_out out = {.struct_size = sizeof out};
    out.gross_margin = margin;
    out.row_flags = flags;
    assert_status(kam_profit_layers(&accounts, NULL, &out, NULL), KAM_OK);
    assert_bits(margin[0], 60.5);
    assert_true(isnan(margin[1]));
    assert_bits(margin[2], 4);
    assert_int_equal(flags[0], 0);
    assert_int_equal(flags[1], KAM_ROW_MISSING);
}

static void test_layers_refuse(void **state) {
    (void)state;
    kam_accounts accounts = {.struct_size = sizeof accounts, .n_rows = 1};
    const double x[] = {3};
    double net = 77;
    kam_profit_out out = {.struct_size = sizeof out, .net_revenue = &net};
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_profit_layers(NULL, NULL, &out, &diag), KAM_ERR_NULL);
    assert_status(kam_profit_layers(&accounts, NULL, NULL, &diag),
                  KAM_ERR_NULL);
    kam_column *const column[] = {&accounts.gross_revenue, &accounts.returns,
                                  &accounts.direct_cost,
                                  &accounts.service_cost};
    const char *const argument[] = {"accounts.gross_revenue",
                                    "accounts.returns", "accounts.direct_cost",
                                    "accounts.service_cost"};
    for (int i = 0; i < 4; i++) {
        *column[i] = column_of(x);
        column[i]->type = 77;
        assert_status(kam_profit_layers(&accounts, NULL, &out, &diag),
                      KAM_ERR_TYPE);
        assert_string_equal(diag.argument, argument[i]);
        *column[i] = column_of(x);
    }
    accounts.n_rows = -1;
    assert_status(kam_profit_layers(&accounts, NULL, &out, &diag),
                  KAM_ERR_SHAPE);
    accounts.n_rows = 1;
    accounts.struct_size = 3;
    assert_status(kam_profit_layers(&accounts, NULL, &out, &diag),
                  KAM_ERR_STRUCT);
    accounts.struct_size = sizeof accounts;
    out.struct_size = 3;
    assert_status(kam_profit_layers(&accounts, NULL, &out, &diag),
                  KAM_ERR_STRUCT);
    out.struct_size = sizeof out;
    int64_t looks = 0;
    kam_host host = {.struct_size = sizeof host, .progress = stop_when_used_up};
    host.watcher = &looks;
    assert_status(kam_profit_layers(&accounts, &host, &out, &diag),
                  KAM_ERR_CANCELLED);
    assert_bits(net, 77);
}

/* ---- the whale curve (P3) ---- */

static kam_whale whale_of(const double *profit, int64_t n, int64_t *order,
                          double *cumulative) {
    const kam_column column = column_of(profit);
    kam_whale whale = {.struct_size = sizeof whale};
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_profit_whale(&column, n, NULL, order, cumulative, &whale,
                                   &diag),
                  KAM_OK);
    assert_int_equal(diag.status, KAM_OK);
    return whale;
}

static void test_whale_by_hand(void **state) {
    (void)state;
    const double profit[] = {-3, 10, NAN, 0, 10, -1, 4};
    const int64_t expected_order[] = {1, 4, 6, 3, 5, 0, 2};
    const double expected[] = {10, 20, 24, 24, 23, 20, 20};
    int64_t order[7];
    double cumulative[7];
    const kam_whale whale = whale_of(profit, 7, order, cumulative);
    assert_memory_equal(order, expected_order, sizeof order);
    for (int i = 0; i < 7; i++) assert_bits(cumulative[i], expected[i]);
    assert_int_equal(whale.n_accounts, 6);
    assert_int_equal(whale.n_loss_making, 2);
    assert_int_equal(whale.n_to_peak, 3); /* 0 adds nothing */
    assert_bits(whale.total, 20);
    assert_bits(whale.peak, 24);
    assert_bits(whale.destroyed, 4);
}

static void test_whale_of_losses(void **state) {
    (void)state;
    const double profit[] = {-3, -1};
    const kam_whale whale = whale_of(profit, 2, NULL, NULL);
    assert_int_equal(whale.n_to_peak, 0);
    assert_bits(whale.peak, 0);
    assert_bits(whale.total, -4);
    assert_bits(whale.destroyed, 4);
}

/* Sums of doubles lose the cents here: 1e14 + 0.01 is off by up to 0.008. */
static void test_whale_adds_exactly(void **state) {
    (void)state;
    const double profit[] = {0.01, 1e14, -1e14, 0.02, -0.01};
    double cumulative[5];
    const kam_whale whale = whale_of(profit, 5, NULL, cumulative);
    assert_near(whale.total, 0.02, 1e-14); /* to 2^-94 of the largest */
    assert_bits(cumulative[4], whale.total);
    assert_bits(cumulative[2], 1e14 + 0.03);
    assert_near(whale.destroyed, 1e14 + 0.01, 0.02);
}

static void test_whale_facts(void **state) {
    (void)state;
    static struct book book;
    skip_without(book_adventureworks(&book), "shared data adventureworks");
    static double margin[BOOK_ROOM], contribution[BOOK_ROOM];
    kam_accounts accounts = {.struct_size = sizeof accounts, .n_rows = book.n};
    accounts.gross_revenue = column_of(book.amount[0]);
    accounts.direct_cost = column_of(book.amount[1]);
    accounts.service_cost = column_of(book.amount[2]);
    kam_profit_out out = {.struct_size = sizeof out};
    out.gross_margin = margin;
    out.contribution = contribution;
    assert_status(kam_profit_layers(&accounts, NULL, &out, NULL), KAM_OK);
    /* The facts printed in the data's README. */
    double cumulative[BOOK_ROOM];
    kam_whale whale = whale_of(margin, book.n, NULL, cumulative);
    assert_int_equal(whale.n_accounts, 635);
    assert_int_equal(whale.n_loss_making, 335);
    assert_int_equal(whale.n_to_peak, 300);
    assert_near(whale.peak, 2643543.3190, 5e-5);
    assert_near(whale.total, 470482.6033, 5e-5);
    assert_near(whale.destroyed, 2643543.3190 - 470482.6033, 1e-4);
    assert_near(cumulative[0], 64487.8745, 5e-5);
    assert_near(cumulative[634] - cumulative[633], -73315.549, 5e-5);
    whale = whale_of(contribution, book.n, NULL, NULL);
    assert_int_equal(whale.n_loss_making, 399);
    assert_near(whale.total, -1540783.3125, 5e-5);
}

static void test_whale_is_of_any_order_and_scale(void **state) {
    (void)state;
    enum { N = 2500 };
    static double profit[N], other[N], curve[N], again[N];
    static int64_t order[N], order_again[N];
    uint64_t seed = 31;
    for (int64_t i = 0; i < N; i++) {
        profit[i] = i % 40 ? (random_unit(&seed) - 0.4) * 12345 : (double)NAN;
        other[shuffled_place(i, N)] = profit[i];
    }
    const kam_whale first = whale_of(profit, N, order, curve);
    const kam_whale second = whale_of(other, N, order_again, again);
    assert_memory_equal(&first, &second, sizeof first);
    assert_memory_equal(curve, again, sizeof curve);
    for (int64_t k = 0; k < first.n_accounts; k++)
        assert_int_equal(order_again[k], shuffled_place(order[k], N));
    for (int e = -900; e <= 900; e += 450) {
        for (int64_t i = 0; i < N; i++) other[i] = ldexp(profit[i], e);
        const kam_whale scaled = whale_of(other, N, order_again, again);
        assert_bits(scaled.total, ldexp(first.total, e));
        assert_bits(scaled.peak, ldexp(first.peak, e));
        assert_bits(scaled.destroyed, ldexp(first.destroyed, e));
        assert_memory_equal(order, order_again, sizeof order);
        for (int64_t i = 0; i < N; i++)
            assert_bits(again[i], ldexp(curve[i], e));
    }
}

static void test_whale_columns(void **state) {
    (void)state;
    struct row {
        int32_t id;
        float profit;
    } row[] = {{1, 2.5f}, {2, -1.0f}, {3, 9.0f}, {4, 1.0f}};
    const uint8_t present = 11; /* not row 2 */
    const kam_column column = {.values = &row->profit,
                               .validity = &present,
                               .stride = sizeof *row,
                               .type = KAM_F32};
    kam_whale whale = {.struct_size = sizeof whale};
    int64_t order[4];
    assert_status(kam_profit_whale(&column, 4, NULL, order, NULL, &whale, NULL),
                  KAM_OK);
    assert_bits(whale.peak, 3.5);
    assert_bits(whale.total, 2.5);
    assert_int_equal(order[0], 0);
    assert_int_equal(order[3], 2);
}

static void test_whale_refuses(void **state) {
    (void)state;
    const double profit[] = {1, 2, INFINITY}, huge[] = {1.7e308, 1.7e308};
    const double nothing[] = {NAN, NAN};
    kam_column column = column_of(profit);
    const kam_column absent = {0};
    kam_whale whale = {.struct_size = sizeof whale, .peak = 77};
    int64_t order[3] = {77, 77, 77};
    double curve[3] = {77, 77, 77};
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_profit_whale(&column, 3, NULL, order, curve, &whale,
                                   &diag),
                  KAM_ERR_OVERFLOW);
    assert_int_equal(diag.row, 2);
    assert_bits(diag.value, INFINITY);
    column = column_of(huge);
    assert_status(kam_profit_whale(&column, 2, NULL, order, curve, &whale,
                                   &diag),
                  KAM_ERR_OVERFLOW);
    column = column_of(nothing);
    assert_status(kam_profit_whale(&column, 2, NULL, order, curve, &whale,
                                   &diag),
                  KAM_ERR_EMPTY);
    assert_status(kam_profit_whale(&absent, 2, NULL, order, curve, &whale,
                                   &diag),
                  KAM_ERR_EMPTY);
    assert_status(kam_profit_whale(&column, 0, NULL, order, curve, &whale,
                                   &diag),
                  KAM_ERR_EMPTY);
    assert_status(kam_profit_whale(&column, -1, NULL, order, curve, &whale,
                                   &diag),
                  KAM_ERR_SHAPE);
    assert_status(kam_profit_whale(NULL, 2, NULL, order, curve, &whale, &diag),
                  KAM_ERR_NULL);
    whale.struct_size = 1;
    assert_status(kam_profit_whale(&column, 2, NULL, order, curve, &whale,
                                   &diag),
                  KAM_ERR_STRUCT);
    assert_int_equal(order[0], 77);
    assert_bits(curve[0], 77);
    assert_bits(whale.peak, 77);
}

static void test_whale_memory(void **state) {
    (void)state;
    const double profit[] = {1, 2, -4};
    const kam_column column = column_of(profit);
    struct lender lender;
    for (int with_order = 0; with_order < 2; with_order++) {
        kam_host host = lender_host(&lender, 0);
        int64_t order[3] = {77, 77, 77};
        double curve[3] = {77, 77, 77};
        kam_whale whale = {.struct_size = sizeof whale, .peak = 77};
        int64_t *const wanted = with_order ? order : NULL;
        assert_status(kam_profit_whale(&column, 3, &host, wanted, NULL, NULL,
                                       NULL),
                      KAM_OK);
        const int64_t n_calls = lender.n_calls;
        assert_int_equal(n_calls, with_order ? 2 : 3);
        assert_int_equal(lender.n_live, 0);
        assert_int_equal(lender.n_bytes, 0);
        order[0] = 77;
        for (int64_t fail = 1; fail <= n_calls; fail++) {
            host = lender_host(&lender, fail);
            assert_status(kam_profit_whale(&column, 3, &host, wanted, curve,
                                           &whale, NULL),
                          KAM_ERR_MEMORY);
            assert_int_equal(lender.n_live, 0);
            assert_int_equal(order[0], 77);
            assert_bits(curve[0], 77);
            assert_bits(whale.peak, 77);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layers),
        cmocka_unit_test(test_what_is_not_known),
        cmocka_unit_test(test_no_net_revenue),
        cmocka_unit_test(test_out_of_range),
        cmocka_unit_test(test_flags_of_what_is_wanted),
        cmocka_unit_test(test_one_is_many),
        cmocka_unit_test(test_float_and_null_columns),
        cmocka_unit_test(test_layers_refuse),
        cmocka_unit_test(test_whale_by_hand),
        cmocka_unit_test(test_whale_of_losses),
        cmocka_unit_test(test_whale_adds_exactly),
        cmocka_unit_test(test_whale_facts),
        cmocka_unit_test(test_whale_is_of_any_order_and_scale),
        cmocka_unit_test(test_whale_columns),
        cmocka_unit_test(test_whale_refuses),
        cmocka_unit_test(test_whale_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
