/* SPDX-License-Identifier: MIT */
#include "support/check.h"
#include "support/hosts.h"
#include "value/clv_support.h"

#include "math/elementary.h"
#include "value/btyd_family.h"
#include "value/clv.h"

struct answer {
    double value;
    uint32_t flags;
};

static struct answer value_of(const kam_btyd *orders, const kam_spend *spend,
                              kam_account a, const kam_clv_options *options) {
    const kam_accounts accounts = accounts_of(&a, 1);
    struct answer answer = {7, 77};
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_clv_value(orders, spend, &accounts, options, NULL,
                                &answer.value, &answer.flags, &diag),
                  KAM_OK);
    assert_int_equal(diag.status, KAM_OK);
    return answer;
}

/* ---- what the families say of discounted orders ---- */

static void check_moment(const struct table *table, int64_t i, const char *name,
                         double actual, double *worst) {
    const double expected = table_at(table, i, name);
    const double error = check_rel(actual, expected);
    if (!(error <= 1e-10))
        fail_msg("row %d, %s: %.17g, expected %.17g, off by %g", (int)i, name,
                 actual, expected, error);
    if (error > *worst) *worst = error;
}

static void check_row(const struct table *table, int64_t i, int32_t isa,
                      double *worst) {
    const char *const name[] = {"r", "alpha", "a", "b"};
    double parameter[8] = {0}, answer[2];
    for (int j = 0; j < 4; j++) parameter[j] = table_at(table, i, name[j]);
    const double x = table_at(table, i, "x"), t_x = table_at(table, i, "t_x");
    const double T = table_at(table, i, "T");
    const double horizon = table_at(table, i, "horizon");
    const double discount = table_at(table, i, "discount");
    const struct kam__btyd_tile tile = {1, isa, &x, &t_x, &T, NULL, NULL};
    const kam__family family =
        kam__btyd_family_of((int32_t)table_at(table, i, "family"));
    family->alive(family, parameter, &tile, 0, answer);
    check_moment(table, i, "alive", answer[0], worst);
    family->discounted(family, parameter, &tile, horizon, discount, answer);
    check_moment(table, i, "discounted", answer[0], worst);
    family->discounted_pairs(family, parameter, &tile, horizon, discount,
                             answer);
    check_moment(table, i, "pairs", answer[0], worst);
    check_moment(table, i, "squares", answer[1], worst);
    if (horizon < INFINITY) {
        family->no_order_log_odds(family, parameter, &tile, horizon, answer);
        check_moment(table, i, "some_order", 1 / (1 + kam__exp(answer[0])),
                     worst);
    }
}

static void test_moments_of_orders(void **state) {
    (void)state;
    struct table table;
    double worst = 0;
    assert_true(table_read(&table, TEST_GOLDEN "/clv_orders.csv"));
    assert_true(table.n_rows >= 40);
    for (int64_t i = 0; i < table.n_rows; i++)
        for (int32_t isa = KAM_ISA_BASE; isa <= kam_host_isa(); isa++)
            check_row(&table, i, isa, &worst);
    fprintf(stderr, "# moments of discounted orders: largest error %.1e\n",
            worst);
    table_free(&table);
}

/* For ever and without discount: N orders, geometric given p. */
static void test_moments_for_ever(void **state) {
    (void)state;
    const double x = 2, t_x = 3, T = 4, B = 5 + 2 + 1;
    const struct kam__btyd_tile tile = {1,  KAM_ISA_BASE, &x,  &t_x,
                                        &T, NULL,         NULL};
    const double heavy[] = {1, 2, 1.5, 5}, light[] = {1, 2, 3.5, 5};
    double alive, answer[2];
    kam__mbgnbd.discounted_pairs(&kam__mbgnbd, heavy, &tile, INFINITY, 0,
                                 answer);
    kam__mbgnbd.alive(&kam__mbgnbd, heavy, &tile, 0, &alive);
    assert_bits(answer[0], INFINITY);
    assert_relative(answer[1], alive * (B + 0.5) / 0.5, 1e-14);
    kam__mbgnbd.discounted_pairs(&kam__mbgnbd, light, &tile, INFINITY, 0,
                                 answer);
    kam__mbgnbd.alive(&kam__mbgnbd, light, &tile, 0, &alive);
    /* E (1 - p) / p^2 = B(a - 2, B + 1) / B(a, B) */
    const double pairs = exp(lgamma(1.5) + lgamma(B + 1) - lgamma(B + 2.5) +
                             lgamma(B + 3.5) - lgamma(3.5) - lgamma(B));
    assert_relative(answer[0], alive * pairs, 1e-13);
    assert_relative(answer[1], alive * (B + 2.5) / 2.5, 1e-14);
}

/* ---- the value ---- */

static void test_value_is_the_product(void **state) {
    (void)state;
    const kam_clv_options options = options_of(500, 0.2, 0.8);
    const double discount = kam__log1p(0.2) * (7 / 365.25);
    const kam_account a =
        with_margin(an_account(5, 20, 30, 45), 1000, 100, 500, 150);
    const kam_accounts accounts = accounts_of(&a, 1);
    double orders, order_value;
    kam_btyd_discounted_orders(&STEADY, &accounts, 500.0 / 7, discount, NULL,
                               &orders, NULL, NULL);
    kam_spend_expected(&SPEND, &accounts, NULL, &order_value, NULL, NULL);
    const struct answer answer = value_of(&STEADY, &SPEND, a, &options);
    assert_bits(answer.value, orders * order_value * 0.25);
    assert_int_equal(answer.flags, 0);
}

/* The first row of golden clv_interval.csv is such an account, with the same
 * horizon to three digits: the defaults are 365 days at 10 % a year. */
static void test_defaults(void **state) {
    (void)state;
    assert_bits(KAM__LOG_OF_USUAL_DISCOUNT, kam__log1p(0.10));
    const kam_account a = an_account(2, 30.4, 38.9, 40);
    const kam_clv_options said = options_of(365, 0.10, 0.80);
    kam_clv_options fresh;
    assert_status(kam_clv_options_init(&fresh, sizeof fresh), KAM_OK);
    assert_bits(fresh.horizon_days, 365);
    assert_bits(fresh.discount_per_year, 0.10);
    assert_bits(fresh.interval, 0.80);
    assert_bits(value_of(&CDNOW, &SPEND, a, NULL).value,
                value_of(&CDNOW, &SPEND, a, &said).value);
    char room[sizeof fresh + 8];
    memset(room, 99, sizeof room);
    assert_status(kam_clv_options_init((kam_clv_options *)(void *)room,
                                       sizeof room),
                  KAM_OK);
    for (size_t i = sizeof fresh; i < sizeof room; i++)
        assert_int_equal(room[i], 0);
    assert_status(kam_clv_options_init(NULL, sizeof fresh), KAM_ERR_NULL);
    assert_status(kam_clv_options_init(&fresh, 8), KAM_ERR_STRUCT);
}

/* Weeks or days, the same money. */
static void test_period_is_a_unit(void **state) {
    (void)state;
    kam_btyd daily = STEADY;
    daily.period_days = 1;
    daily.parameter[1] *= 7;
    const double horizons[] = {30, 365, 3650, INFINITY};
    for (int i = 0; i < 4; i++) {
        const kam_clv_options options = options_of(horizons[i], 0.15, 0.8);
        assert_relative(value_of(&STEADY, &SPEND, an_account(4, 20, 26, 45),
                                 &options)
                            .value,
                        value_of(&daily, &SPEND, an_account(4, 140, 182, 45),
                                 &options)
                            .value,
                        1e-12);
    }
}

/* At a pace of 1.3 a year holds what 1.3 years held, on the days of one year. */
static void test_pace_is_time(void **state) {
    (void)state;
    const kam_account a = an_account(4, 20, 26, 45);
    const double discount = exp(log(1.15) / 1.3) - 1;
    const kam_clv_options longer = options_of(365 * 1.3, discount, 0.8);
    kam_clv_options faster = options_of(365, 0.15, 0.8);
    assert_bits(faster.pace, 1);
    assert_bits(faster.pace_variance, 0);
    const double usual = value_of(&STEADY, &SPEND, a, &faster).value;
    faster.pace = 0;
    assert_bits(value_of(&STEADY, &SPEND, a, &faster).value, usual);
    faster.pace = 1.3;
    assert_relative(value_of(&STEADY, &SPEND, a, &faster).value,
                    value_of(&STEADY, &SPEND, a, &longer).value, 1e-13);
    assert_true(value_of(&STEADY, &SPEND, a, &faster).value > 1.2 * usual);
}

/* Money in another unit is the same money. */
static void test_money_is_a_unit(void **state) {
    (void)state;
    for (double unit = 1e-9; unit < 1e13; unit *= 1e7) {
        kam_spend spend = SPEND;
        spend.parameter[2] *= unit;
        assert_relative(value_of(&STEADY, &spend,
                                 an_account(4, 20, 26, 45 * unit), NULL)
                            .value,
                        unit * value_of(&STEADY, &SPEND,
                                        an_account(4, 20, 26, 45), NULL)
                                   .value,
                        1e-13);
    }
}

static void check_margin(double gross, double returns, double direct,
                         double service, double rate, uint32_t flags) {
    const kam_account bare = an_account(5, 20, 30, 45);
    const double revenue = value_of(&STEADY, &SPEND, bare, NULL).value;
    const struct answer answer =
        value_of(&STEADY, &SPEND,
                 with_margin(bare, gross, returns, direct, service), NULL);
    if (isnan(rate))
        assert_true(isnan(answer.value));
    else
        assert_bits(answer.value, revenue * rate);
    assert_int_equal(answer.flags, flags);
}

static void test_margins(void **state) {
    (void)state;
    const uint32_t on_revenue = KAM_ROW_ON_REVENUE, wrong = KAM_ROW_DOMAIN;
    check_margin(1000, 100, 500, 150, 0.25, 0);
    check_margin(1000, NAN, 500, NAN, 0.5, 0);
    check_margin(1000, 0, 1250, 0, -0.25, 0);
    check_margin(1000, 0, 900, 100, 0, 0);
    check_margin(1000, 0, -500, 0, 1.5, 0); /* a credit */
    /* No direct cost, no margin: of revenue, whatever else is known. */
    check_margin(NAN, NAN, NAN, NAN, 1, on_revenue);
    check_margin(1000, 100, NAN, 150, 1, on_revenue);
    check_margin(NAN, 100, 500, 150, 1, on_revenue);
    check_margin(0, 0, NAN, 150, 1, on_revenue);
    /* Out of range. */
    check_margin(-1, 0, 500, 150, NAN, wrong);
    check_margin(INFINITY, 0, 500, 150, NAN, wrong);
    check_margin(1000, -1, 500, 150, NAN, wrong);
    check_margin(1000, 0, -INFINITY, 150, NAN, wrong);
    check_margin(1000, 0, NAN, INFINITY, NAN, wrong);
    /* No revenue has no margin, nor has next to none. */
    check_margin(0, 0, 500, 150, NAN, wrong);
    check_margin(0, 0, 0, 0, NAN, wrong);
    check_margin(1e-300, 0, 1e300, 0, NAN, wrong);
}

static void check_flags(kam_account a, uint32_t flags) {
    const struct answer answer = value_of(&STEADY, &SPEND, a, NULL);
    assert_int_equal(answer.flags, flags);
    assert_true((isnan(answer.value) != 0) ==
                ((flags & (KAM_ROW_MISSING | KAM_ROW_DOMAIN)) != 0));
}

static void test_flags(void **state) {
    (void)state;
    const uint32_t missing = KAM_ROW_MISSING, wrong = KAM_ROW_DOMAIN;
    const uint32_t on_revenue = KAM_ROW_ON_REVENUE;
    check_flags(an_account(5, 20, 30, 45), on_revenue);
    check_flags(an_account(0, 0, 30, 0), on_revenue | KAM_ROW_ONE_ORDER);
    check_flags(an_account(0, NAN, 30, NAN), on_revenue | KAM_ROW_ONE_ORDER);
    check_flags(an_account(NAN, 20, 30, 45), missing);
    check_flags(an_account(5, NAN, 30, 45), missing);
    check_flags(an_account(5, 20, NAN, 45), missing);
    check_flags(an_account(5, 20, 30, NAN), missing);
    check_flags(an_account(5, 31, 30, 45), wrong);
    check_flags(an_account(5.5, 20, 30, 45), wrong);
    check_flags(an_account(-1, 20, 30, 45), wrong);
    check_flags(an_account(5, 20, 30, -1), wrong);
    check_flags(an_account(5, 20, 30, 0), on_revenue); /* free so far */
    check_flags(an_account(5, 20, 30, INFINITY), wrong);
    /* All that is wrong is said, and nothing else. */
    check_flags(an_account(5, 20, NAN, -45), missing | wrong);
    check_flags(with_margin(an_account(0, 0, NAN, 0), -1, 0, 0, 0),
                missing | wrong);
}

static void test_infinite(void **state) {
    (void)state;
    const kam_clv_options for_ever = options_of(INFINITY, 0, 0.8);
    kam_spend no_mean = SPEND;
    no_mean.parameter[1] = 1;
    const kam_account old = an_account(5, 20, 30, 45),
                      young = an_account(0, 0, 1, 0);
    /* a <= 1, no discount: the orders to come have no end. */
    struct answer answer = value_of(&STEADY, &SPEND, old, &for_ever);
    assert_bits(answer.value, INFINITY);
    assert_int_equal(answer.flags, KAM_ROW_INFINITE | KAM_ROW_ON_REVENUE);
    answer =
        value_of(&STEADY, &SPEND, with_margin(old, 9, 0, 10, 0), &for_ever);
    assert_bits(answer.value, -INFINITY);
    assert_int_equal(answer.flags, KAM_ROW_INFINITE);
    answer = value_of(&STEADY, &SPEND, with_margin(old, 9, 0, 9, 0), &for_ever);
    assert_bits(answer.value, 0);
    assert_int_equal(answer.flags, 0);
    /* q <= 1: the book's mean is infinite, an account's own is not. */
    answer = value_of(&STEADY, &no_mean, young, NULL);
    assert_bits(answer.value, INFINITY);
    assert_int_equal(answer.flags,
                     KAM_ROW_INFINITE | KAM_ROW_ONE_ORDER | KAM_ROW_ON_REVENUE);
    assert_true(value_of(&STEADY, &no_mean, old, NULL).value < INFINITY);
    /* Lost beyond the last double, but infinite if not. */
    answer = value_of(&STEADY, &no_mean, an_account(0, 0, 1e300, 0), NULL);
    assert_bits(answer.value, INFINITY);
    /* Without an end but discounted: finite. */
    const kam_clv_options discounted = options_of(INFINITY, 0.1, 0.8);
    assert_true(value_of(&STEADY, &SPEND, old, &discounted).value < 1e5);
}

static void test_more_time_is_more_value(void **state) {
    (void)state;
    const kam_account a = an_account(5, 20, 30, 45);
    double last = 0;
    for (double days = 1; days < 1e6; days *= 3) {
        const kam_clv_options options = options_of(days, 0.1, 0.8);
        const double value = value_of(&STEADY, &SPEND, a, &options).value;
        assert_true(value >= last && value > 0);
        last = value;
    }
    for (double rate = 0; rate < 10; rate += 0.5) {
        const kam_clv_options options = options_of(3650, rate, 0.8);
        const double value = value_of(&STEADY, &SPEND, a, &options).value;
        assert_true(rate == 0 || value < last);
        last = value;
    }
}

/* lifetimes 0.11.3 on CDNOW, at its own parameters: orders of 39 weeks times
 * expected spend; and twelve months of 4.345 weeks at 1 % a month, discounted at
 * the end of each month, where we discount each order: 1 % apart at most. */
static void test_against_lifetimes(void **state) {
    (void)state;
    struct table orders, spend, parameters, gamma;
    skip_without(
        table_read(&orders,
                   TEST_SHARED "/reference/lifetimes_bgnbd_cdnow_pred.csv") &&
            table_read(&spend,
                       TEST_SHARED "/reference/lifetimes_gg_cdnow_pred.csv") &&
            table_read(&parameters, TEST_SHARED
                       "/reference/lifetimes_bgnbd_cdnow_params.csv") &&
            table_read(&gamma,
                       TEST_SHARED "/reference/lifetimes_gg_cdnow_params.csv"),
        "shared reference");
    kam_btyd bgnbd = {KAM_BTYD_BGNBD, 4, 7, {0}};
    kam_spend gg = {KAM_SPEND_GAMMA_GAMMA, 3, {0}};
    for (int i = 0; i < 4; i++)
        bgnbd.parameter[i] = table_at(&parameters, i, "estimate");
    for (int i = 0; i < 3; i++)
        gg.parameter[i] = table_at(&gamma, i, "estimate");
    const kam_clv_options plain = options_of(39 * 7, 0, 0.8);
    const kam_clv_options monthly =
        options_of(12 * 4.345 * 7, expm1(log(1.01) * 365.25 / (4.345 * 7)),
                   0.8);
    for (int64_t i = 0; i < orders.n_rows; i++) {
        assert_bits(table_at(&orders, i, "id"), table_at(&spend, i, "id"));
        const kam_account a =
            an_account(table_at(&orders, i, "x"), table_at(&orders, i, "t_x"),
                       table_at(&orders, i, "T"), table_at(&spend, i, "m"));
        /* The file has 12 digits. */
        assert_relative(value_of(&bgnbd, &gg, a, &plain).value,
                        table_at(&orders, i, "cet39") *
                            table_at(&spend, i, "expected_spend"),
                        1e-8);
        const double theirs = table_at(&orders, i, "clv12m_1pct");
        const double ours = value_of(&bgnbd, &gg, a, &monthly).value;
        assert_true(ours > theirs && ours < theirs * 1.01);
    }
    table_free(&orders);
    table_free(&spend);
    table_free(&parameters);
    table_free(&gamma);
}

/* ---- rows ---- */

enum { MANY = 140000 };

static void test_one_is_many(void **state) {
    (void)state;
    static kam_account record[MANY];
    static double value[MANY], again[MANY];
    static uint32_t flags[MANY], flags_again[MANY];
    uint64_t seed = 3;
    for (int64_t i = 0; i < MANY; i++) record[i] = any_account(i, &seed);
    const kam_accounts whole = accounts_of(record, MANY);
    kam_accounts part = whole;
    assert_status(kam_clv_value(&STEADY, &SPEND, &whole, NULL, NULL, value,
                                flags, NULL),
                  KAM_OK);
    for (int64_t i = 0; i < MANY; i += 101) {
        const struct answer answer = value_of(&STEADY, &SPEND, record[i], NULL);
        assert_bits(answer.value, value[i]);
        assert_int_equal(answer.flags, flags[i]);
    }
    /* Slices with odd executors, memory lent but never asked for. */
    struct lender lender;
    kam_host host = lender_host(&lender, 1);
    for (int64_t first = 0, n; first < MANY; first += n) {
        n = 1 + first * 5 % 70001;
        if (n > MANY - first) n = MANY - first;
        host.parallel_for = n % 2 ? run_odd_first : run_backwards;
        host.isa = (int32_t)(n % 4);
        assert_status(kam_accounts_slice(&whole, first, n, &part), KAM_OK);
        assert_status(kam_clv_value(&STEADY, &SPEND, &part, NULL, &host,
                                    again + first, flags_again + first, NULL),
                      KAM_OK);
    }
    assert_int_equal(lender.n_calls, 0);
    assert_memory_equal(value, again, sizeof value);
    assert_memory_equal(flags, flags_again, sizeof flags);
    assert_status(kam_clv_value(&STEADY, &SPEND, &whole, NULL, NULL, again,
                                NULL, NULL),
                  KAM_OK);
    assert_memory_equal(value, again, sizeof value);
}

static void test_columns_of_other_types(void **state) {
    (void)state;
    const int32_t x[] = {5, 0, 5};
    const float age[] = {30, 30, 30}, m[] = {45.5f, 0, 45.5f};
    const double last[][2] = {{20, -1}, {0, -1}, {20, -1}};
    const int64_t gross[] = {1000, 1000, 1000}, direct[] = {500, 750, 500};
    const uint8_t present = 3; /* rows 0 and 1 */
    kam_accounts accounts = {.struct_size = sizeof accounts, .n_rows = 3};
    accounts.repeat_orders = (kam_column){.values = x, .type = KAM_I32};
    accounts.age_periods = (kam_column){.values = age, .type = KAM_F32};
    accounts.mean_order_value = (kam_column){.values = m, .type = KAM_F32};
    accounts.last_order_periods =
        (kam_column){.values = last, .type = KAM_F64, .stride = 16};
    accounts.gross_revenue = (kam_column){.values = gross, .type = KAM_I64};
    accounts.direct_cost =
        (kam_column){.values = direct, .type = KAM_I64, .validity = &present};
    double value[3];
    uint32_t flags[3];
    assert_status(kam_clv_value(&STEADY, &SPEND, &accounts, NULL, NULL, value,
                                flags, NULL),
                  KAM_OK);
    const struct answer old =
        value_of(&STEADY, &SPEND,
                 with_margin(an_account(5, 20, 30, 45.5), 1000, NAN, 500, NAN),
                 NULL);
    const struct answer young =
        value_of(&STEADY, &SPEND,
                 with_margin(an_account(0, 0, 30, 0), 1000, NAN, 750, NAN),
                 NULL);
    assert_bits(value[0], old.value);
    assert_bits(value[1], young.value);
    assert_bits(value[2], old.value * 2); /* cost not known: of revenue */
    assert_int_equal(flags[0], 0);
    assert_int_equal(flags[1], KAM_ROW_ONE_ORDER);
    assert_int_equal(flags[2], KAM_ROW_ON_REVENUE);
}

/* ---- refusals ---- */

static kam_accounts book;
static double untouched;

static void refuse(const kam_btyd *orders, const kam_spend *spend,
                   const kam_clv_options *options, const kam_host *host,
                   double *value, kam_status status, const char *argument) {
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_clv_value(orders, spend, &book, options, host, value,
                                NULL, &diag),
                  status);
    assert_int_equal(diag.status, status);
    assert_string_equal(diag.argument, argument);
    assert_bits(untouched, 4);
}

static void refuse_option(double horizon, double discount, double interval,
                          const char *argument) {
    const kam_clv_options options = options_of(horizon, discount, interval);
    refuse(&STEADY, &SPEND, &options, NULL, &untouched, KAM_ERR_OPTION,
           argument);
}

static void test_refusals(void **state) {
    (void)state;
    const kam_account a = an_account(5, 20, 30, 45);
    double *const value = &untouched;
    kam_btyd orders = STEADY;
    kam_spend spend = SPEND;
    kam_clv_options options = options_of(365, 0.1, 0.8);
    untouched = 4;
    book = accounts_of(&a, 1);
    refuse(&STEADY, &SPEND, NULL, NULL, NULL, KAM_ERR_NULL, "value");
    refuse(NULL, &SPEND, NULL, NULL, value, KAM_ERR_NULL, "orders");
    refuse(&STEADY, NULL, NULL, NULL, value, KAM_ERR_NULL, "spend");
    orders.family = 9;
    refuse(&orders, &SPEND, NULL, NULL, value, KAM_ERR_OPTION, "model.family");
    spend.parameter[1] = NAN;
    refuse(&STEADY, &spend, NULL, NULL, value, KAM_ERR_OPTION,
           "model.parameter");
    refuse_option(0, 0.1, 0.8, "options.horizon_days");
    refuse_option(NAN, 0.1, 0.8, "options.horizon_days");
    refuse_option(365, -0.1, 0.8, "options.discount_per_year");
    refuse_option(365, INFINITY, 0.8, "options.discount_per_year");
    refuse_option(365, 0.1, 0, "options.interval");
    refuse_option(365, 0.1, 1, "options.interval");
    refuse_option(365, 0.1, NAN, "options.interval");
    const double no_pace[] = {-1, NAN, INFINITY};
    for (int i = 0; i < 3; i++) {
        options.pace = no_pace[i];
        refuse(&STEADY, &SPEND, &options, NULL, value, KAM_ERR_OPTION,
               "options.pace");
        options.pace = 1;
        options.pace_variance = no_pace[i];
        refuse(&STEADY, &SPEND, &options, NULL, value, KAM_ERR_OPTION,
               "options.pace_variance");
        options.pace_variance = 0;
    }
    options.reserved = 1;
    refuse(&STEADY, &SPEND, &options, NULL, value, KAM_ERR_NEWER,
           "options.reserved");
    options.struct_size = 3;
    refuse(&STEADY, &SPEND, &options, NULL, value, KAM_ERR_STRUCT, "options");
    kam_column *const column[] = {&book.repeat_orders, &book.mean_order_value,
                                  &book.gross_revenue, &book.returns,
                                  &book.direct_cost,   &book.service_cost};
    const char *const name[] = {"accounts.repeat_orders",
                                "accounts.mean_order_value",
                                "accounts.gross_revenue",
                                "accounts.returns",
                                "accounts.direct_cost",
                                "accounts.service_cost"};
    for (int i = 0; i < 6; i++) {
        column[i]->type = KAM_DAY;
        refuse(&STEADY, &SPEND, NULL, NULL, value, KAM_ERR_TYPE, name[i]);
        column[i]->type = KAM_F64;
    }
    kam_host host = {.struct_size = sizeof host};
    int64_t looks = 0;
    host.progress = stop_when_used_up;
    host.watcher = &looks;
    refuse(&STEADY, &SPEND, NULL, &host, value, KAM_ERR_CANCELLED,
           "host.progress");
    book.n_rows = -1;
    refuse(&STEADY, &SPEND, NULL, NULL, value, KAM_ERR_SHAPE,
           "accounts.n_rows");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moments_of_orders),
        cmocka_unit_test(test_moments_for_ever),
        cmocka_unit_test(test_value_is_the_product),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_period_is_a_unit),
        cmocka_unit_test(test_pace_is_time),
        cmocka_unit_test(test_money_is_a_unit),
        cmocka_unit_test(test_margins),
        cmocka_unit_test(test_flags),
        cmocka_unit_test(test_infinite),
        cmocka_unit_test(test_more_time_is_more_value),
        cmocka_unit_test(test_against_lifetimes),
        cmocka_unit_test(test_one_is_many),
        cmocka_unit_test(test_columns_of_other_types),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
