/* SPDX-License-Identifier: MIT */
/* What is said of an account: published numbers, high-precision tables, and what
 * must hold whatever the numbers are. */
#include "support/check.h"
#include "support/hosts.h"
#include "value/any_case.h"

/* ---- names ---- */

static void test_names(void **state) {
    (void)state;
    static const char *const parameters[] = {"r", "alpha", "a", "b"};
    assert_string_equal(kam_btyd_family_name(KAM_BTYD_BGNBD), "bgnbd");
    assert_string_equal(kam_btyd_family_name(KAM_BTYD_MBGNBD), "mbgnbd");
    static const int32_t none[] = {0, 99, -1, INT32_MIN, INT32_MAX};
    for (int i = 0; i < 5; i++) {
        assert_string_equal(kam_btyd_family_name(none[i]), "unknown");
        assert_null(kam_btyd_parameter_name(none[i], 0));
    }
    for (int32_t family = 1; family <= 2; family++) {
        for (int32_t i = 0; i < 4; i++)
            assert_string_equal(kam_btyd_parameter_name(family, i),
                                parameters[i]);
        assert_null(kam_btyd_parameter_name(family, 4));
        assert_null(kam_btyd_parameter_name(family, -1));
    }
}

/* ---- published numbers ---- */

/* The CDNOW sample's fits: to all digits in the project's reference files, of
 * which the papers print .243, 4.414, .793, 2.426. */
static kam_btyd cdnow(int32_t family) {
    return family == KAM_BTYD_BGNBD
               ? btyd_model(1, 0.2425945224302, 4.413602019013, 0.7929220172256,
                            2.425906776826)
               : btyd_model(2, 0.5248431591063, 6.183085279576, 0.8913593907322,
                            1.61400224017);
}

/* Fader, Hardie & Lee (2005), the spreadsheet that goes with it: a customer with
 * x = 2, t_x = 30.43, T = 38.86 will order 1.226 times in the next 39 weeks. */
static void test_published_conditional_expectation(void **state) {
    (void)state;
    const kam_btyd model = cdnow(KAM_BTYD_BGNBD);
    assert_near(ask_one(ASK_ORDERS, &model, 2, 30.43, 38.86, 39, 0), 1.226,
                0.0005);
    const kam_btyd rounded = btyd_model(1, 0.243, 4.414, 0.793, 2.426);
    assert_near(ask_one(ASK_ORDERS, &rounded, 2, 30.43, 38.86, 39, 0), 1.226,
                0.0015);
}

/* E[X(t)] of a new customer, from the same spreadsheet as quoted in the tests of
 * lifetimes: what a BG/NBD account of age 0 will order. */
static void test_published_expectation_of_a_new_account(void **state) {
    (void)state;
    static const double published[][2] = {{0.1429, 0.0078}, {1.0, 0.0532},
                                          {3.0, 0.1506},    {31.8571, 1.0405},
                                          {32.0, 1.0437},   {78.0, 1.8576}};
    const kam_btyd model = cdnow(KAM_BTYD_BGNBD);
    for (int i = 0; i < 6; i++) {
        /* The spreadsheet cuts its series short: the last should be 1.8580. */
        const double digits = i < 5 ? 0.00005 : 0.0005;
        assert_near(ask_one(ASK_ORDERS, &model, 0, 0, 0, published[i][0], 0),
                    published[i][1], digits);
    }
}

/* P(X(39) = 0) = .5737864 at .243, 4.414, .793, 2.426 (the BTYD package's manual,
 * as quoted in the tests of lifetimes). */
static void test_published_probability_of_no_order(void **state) {
    (void)state;
    const kam_btyd model = btyd_model(1, 0.243, 4.414, 0.793, 2.426);
    assert_near(ask_one(ASK_NO_ORDER, &model, 0, 0, 0, 39, 0), 0.5737864,
                0.00000005);
}

/* Predictions at the optimum of the 30-digit reference solution. */
static void reference_predictions(int32_t family, const char *path) {
    struct table table;
    struct histories book;
    struct worst alive = {0}, orders = {0};
    skip_without(table_read(&table, path), path);
    assert_true(histories_read(&book, path));
    to_whole_days(&book);
    const kam_btyd model = cdnow(family);
    assert_int_equal(table.n_rows, 2357);
    for (int64_t i = 0; i < book.n; i++) {
        look(&alive,
             ask_one(ASK_ALIVE, &model, book.x[i], book.t_x[i], book.T[i], 0,
                     0),
             table_at(&table, i, "p_alive"), i);
        look(&orders,
             ask_one(ASK_ORDERS, &model, book.x[i], book.t_x[i], book.T[i], 39,
                     0),
             table_at(&table, i, "cet39"), i);
    }
    /* The parameters above have 12 or 13 digits. */
    tell("CDNOW, alive", &alive, 2e-12);
    tell("CDNOW, orders of 39 weeks", &orders, 2e-12);
    histories_free(&book);
    table_free(&table);
}

static void test_reference_predictions(void **state) {
    (void)state;
    reference_predictions(1, TEST_SHARED "/reference/mle_bgnbd_cdnow_pred.csv");
    reference_predictions(2,
                          TEST_SHARED "/reference/mle_mbgnbd_cdnow_pred.csv");
}

/* ---- high-precision tables ---- */

static kam_btyd model_in(const struct table *table, int64_t i, int32_t family) {
    return btyd_model(family, table_at(table, i, "r"),
                      table_at(table, i, "alpha"), table_at(table, i, "a"),
                      table_at(table, i, "b"));
}

static void hard_cases(int32_t family, const char *path) {
    struct table table;
    struct worst ll = {0}, alive = {0}, orders = {0};
    skip_without(table_read(&table, path), path);
    for (int64_t i = 0; i < table.n_rows; i++) {
        const kam_btyd model = model_in(&table, i, family);
        const double x = table_at(&table, i, "x");
        const double t_x = table_at(&table, i, "t_x");
        const double T = table_at(&table, i, "T");
        look(&ll, ask_one(ASK_LOG_LIKELIHOOD, &model, x, t_x, T, 0, 0),
             table_at(&table, i, "ll"), i);
        look(&alive, ask_one(ASK_ALIVE, &model, x, t_x, T, 0, 0),
             table_at(&table, i, "p_alive"), i);
        look(&orders, ask_one(ASK_ORDERS, &model, x, t_x, T, 39, 0),
             table_at(&table, i, "cet39"), i);
    }
    assert_true(table.n_rows > 200);
    tell("hard cases, log likelihood", &ll, 1e-13);
    /* The table has T = 38.857142857142857 to more digits than a double. */
    tell("hard cases, alive", &alive, 1e-12);
    tell("hard cases, orders", &orders, 1e-12);
    table_free(&table);
}

static void test_hard_cases(void **state) {
    (void)state;
    hard_cases(1, TEST_SHARED "/reference/hard_bgnbd.csv");
    hard_cases(2, TEST_SHARED "/reference/hard_mbgnbd.csv");
}

static void test_golden_cases(void **state) {
    (void)state;
    enum { N = 7 };
    static const struct {
        enum question question;
        const char *column;
        int ahead; /* 0: now, 1: the row's horizon, 2: for ever */
        double limit;
    } asked[N] = {
        {ASK_LOG_LIKELIHOOD, "ll", 0, 3e-13},
        {ASK_ALIVE, "alive", 0, 5e-14},
        {ASK_ALIVE, "alive_ahead", 1, 5e-14},
        {ASK_ORDERS, "orders", 1, 5e-14},
        {ASK_NO_ORDER, "no_order", 1, 2e-15},
        {ASK_DISCOUNTED, "discounted", 1, 5e-14},
        {ASK_DISCOUNTED, "discounted_for_good", 2, 5e-14},
    };
    struct table table;
    struct worst worst[N] = {{0}};
    assert_true(table_read(&table, TEST_GOLDEN "/btyd.csv"));
    assert_int_equal(table.n_rows, 252);
    for (int64_t i = 0; i < table.n_rows; i++) {
        const kam_btyd model =
            model_in(&table, i, (int32_t)table_at(&table, i, "family"));
        const double ahead[] = {0, table_at(&table, i, "h"), INFINITY};
        for (int k = 0; k < N; k++)
            look(&worst[k],
                 ask_one(asked[k].question, &model, table_at(&table, i, "x"),
                         table_at(&table, i, "t_x"), table_at(&table, i, "T"),
                         ahead[asked[k].ahead], table_at(&table, i, "rate")),
                 table_at(&table, i, asked[k].column), i);
    }
    for (int k = 0; k < N; k++)
        tell(asked[k].column, &worst[k], asked[k].limit);
    table_free(&table);
}

/* ---- what must hold whatever the numbers are ---- */

static struct any any_case(uint64_t *seed, int64_t i) {
    struct any any;
    const double alpha = any_size(seed, 1e-2, 1e4);
    any.model =
        btyd_model(1 + (int32_t)(i % 2), any_size(seed, 1e-2, 1e3), alpha,
                   any_size(seed, 1e-3, 1e2), any_size(seed, 1e-3, 1e2));
    if (i % 11 == 4) any.model.parameter[2] = 1;
    any_history(&any, seed, i);
    return any;
}

enum { CASES = 1500 };
#define SLACK 2e-12

static void test_probabilities_are_probabilities(void **state) {
    (void)state;
    uint64_t seed = 101;
    for (int64_t i = 0; i < CASES; i++) {
        const struct any any = any_case(&seed, i);
        const double alive = ask_any(ASK_ALIVE, &any, 0, 0);
        const double later = ask_any(ASK_ALIVE, &any, any.h, 0);
        const double risk = ask_any(ASK_NO_ORDER, &any, any.h, 0);
        assert_true(alive >= 0 && alive <= 1);
        assert_true(later >= 0 && later <= alive * (1 + SLACK));
        assert_true(risk >= 0 && risk <= 1);
        assert_true(risk >= 1 - alive - 1e-15);
        /* Who cannot have left yet has not: BG/NBD without repeat orders. */
        if (any.model.family == KAM_BTYD_BGNBD && any.x == 0)
            assert_bits(alive, 1);
    }
}

static void test_silence_lowers_the_chance_to_be_active(void **state) {
    (void)state;
    uint64_t seed = 102;
    for (int64_t i = 0; i < CASES; i++) {
        const struct any any = any_case(&seed, i);
        double before = 2;
        for (int k = 0; k < 6; k++) {
            const double T = any.T + (k == 0 ? 0 : any.h * ldexp(1, k - 3));
            const double alive =
                ask_one(ASK_ALIVE, &any.model, any.x, any.t_x, T, 0, 0);
            assert_true(alive <= before * (1 + SLACK));
            before = alive;
        }
    }
}

/* More time: more orders, but no more than an account that never leaves. */
static void test_orders_rise_with_the_horizon_within_bounds(void **state) {
    (void)state;
    uint64_t seed = 103;
    for (int64_t i = 0; i < CASES; i++) {
        const struct any any = any_case(&seed, i);
        const double r = any.model.parameter[0], alpha = any.model.parameter[1];
        const double alive = ask_any(ASK_ALIVE, &any, 0, 0);
        const double rate = (r + any.x) / (alpha + any.T);
        double before = 0, risk_before = 1;
        for (int k = 0; k < 6; k++) {
            const double h = any.h * ldexp(1, 3 * k - 9);
            const double orders = ask_any(ASK_ORDERS, &any, h, 0);
            const double risk = ask_any(ASK_NO_ORDER, &any, h, 0);
            assert_true(orders >= before * (1 - SLACK) - DBL_MIN);
            assert_true(orders <= alive * rate * h * (1 + SLACK) + DBL_MIN);
            assert_true(risk <= risk_before * (1 + SLACK));
            /* An order comes with at most the expected number of orders. */
            assert_true(1 - risk <= orders * (1 + SLACK) + 1e-15);
            before = orders;
            risk_before = risk;
        }
    }
}

static void test_discounting(void **state) {
    (void)state;
    uint64_t seed = 104;
    for (int64_t i = 0; i < CASES / 20; i++) {
        const struct any any = any_case(&seed, i);
        const double orders = ask_any(ASK_ORDERS, &any, any.h, 0);
        assert_bits(ask_any(ASK_DISCOUNTED, &any, any.h, 0), orders);
        double before = orders * (1 + SLACK);
        for (int k = 0; k < 3; k++) {
            const double rate = any.rate * ldexp(1, 6 * k - 6);
            const double soon = ask_any(ASK_DISCOUNTED, &any, any.h, rate);
            const double for_good =
                ask_any(ASK_DISCOUNTED, &any, INFINITY, rate);
            assert_true(soon <= before && soon >= 0);
            assert_true(soon >= orders * exp(-rate * any.h) * (1 - SLACK));
            assert_true(for_good >= soon * (1 - SLACK));
            before = soon * (1 + SLACK);
        }
    }
}

/* An infinite horizon is the end of longer and longer ones, or no end at all. */
static void test_for_ever(void **state) {
    (void)state;
    uint64_t seed = 105;
    for (int64_t i = 0; i < CASES; i++) {
        struct any any = any_case(&seed, i);
        any.model.parameter[2] = i % 3 == 0   ? any_size(&seed, 1e-3, 1)
                                 : i % 3 == 1 ? 1
                                              : any_size(&seed, 1.5, 1e2);
        const double a = any.model.parameter[2], b = any.model.parameter[3];
        const double c = a + b + any.x + (any.model.family == KAM_BTYD_MBGNBD);
        const double alive = ask_any(ASK_ALIVE, &any, 0, 0);
        double orders = 0;
        uint32_t flags = 99;
        const kam_accounts accounts = one_account(&any.x, &any.t_x, &any.T);
        assert_status(kam_btyd_expected_orders(&any.model, &accounts, INFINITY,
                                               NULL, &orders, &flags, NULL),
                      KAM_OK);
        if (a > 1) {
            assert_int_equal(flags, 0);
            const double expected = alive * (c - 1) / (a - 1);
            assert_near(orders, expected, /* denormals have few digits */
                        SLACK * expected + DBL_MIN);
            assert_true(ask_any(ASK_ORDERS, &any, any.h, 0) <=
                        orders * (1 + SLACK));
        } else {
            assert_bits(orders, INFINITY);
            assert_int_equal(flags, KAM_ROW_INFINITE);
        }
        /* In the end only those that left place no order. */
        assert_near(ask_any(ASK_NO_ORDER, &any, INFINITY, 0), 1 - alive, 1e-15);
    }
}

/* However little is left of the chance to be active, for ever is for ever. */
static void test_for_ever_of_an_account_that_is_gone(void **state) {
    (void)state;
    for (int32_t family = 1; family <= 2; family++) {
        const kam_btyd model = btyd_model(family, 0.5, 10, 0.75, 2);
        double x = 1e5, t_x = 1, T = 1e5, orders;
        uint32_t flags;
        const kam_accounts accounts = one_account(&x, &t_x, &T);
        assert_bits(ask_one(ASK_ALIVE, &model, x, t_x, T, 0, 0), 0);
        assert_status(kam_btyd_expected_orders(&model, &accounts, INFINITY,
                                               NULL, &orders, &flags, NULL),
                      KAM_OK);
        assert_bits(orders, INFINITY);
        assert_int_equal(flags, KAM_ROW_INFINITE);
        const kam_btyd leaving = btyd_model(family, 0.5, 10, 1.5, 2);
        assert_bits(ask_one(ASK_ORDERS, &leaving, x, t_x, T, INFINITY, 0), 0);
        assert_bits(ask_one(ASK_DISCOUNTED, &model, x, t_x, T, INFINITY, 0.01),
                    0);
    }
}

/* A discount may be as small, or as large, as a double can be. */
static void test_extreme_discounts(void **state) {
    (void)state;
    for (int32_t family = 1; family <= 2; family++) {
        const kam_btyd model = btyd_model(family, 0.5, 10, 2.5, 2);
        const double ever = ask_one(ASK_ORDERS, &model, 3, 20, 30, INFINITY, 0);
        static const double rates[] = {1e-12, 1e-50, 1e-300, 5e-324};
        for (int i = 0; i < 4; i++)
            assert_relative(ask_one(ASK_DISCOUNTED, &model, 3, 20, 30, INFINITY,
                                    rates[i]),
                            ever, i == 0 ? 1e-9 : 1e-11);
        /* Only what is ordered at once counts: rate of orders / discount. */
        const double now =
            ask_one(ASK_ALIVE, &model, 3, 20, 30, 0, 0) * 3.5 / 40;
        assert_relative(ask_one(ASK_DISCOUNTED, &model, 3, 20, 30, INFINITY,
                                1e12),
                        now / 1e12, 1e-11);
        assert_true(ask_one(ASK_DISCOUNTED, &model, 3, 20, 30, 1, DBL_MAX) <=
                    1e-300);
    }
}

static void test_silence_in_two_parts(void **state) {
    (void)state;
    silence_in_two_parts(any_case, CASES);
}

/* A history gets as much less likely by silence as the silence was. */
static void test_likelihood_of_silence(void **state) {
    (void)state;
    uint64_t seed = 107;
    double worst = 0;
    for (int64_t i = 0; i < CASES; i++) {
        const struct any any = any_case(&seed, i);
        const double later = any.T + any.h, h = later - any.T;
        const double ll = ask_any(ASK_LOG_LIKELIHOOD, &any, 0, 0);
        const double after = ask_one(ASK_LOG_LIKELIHOOD, &any.model, any.x,
                                     any.t_x, later, 0, 0);
        const double quiet = ask_any(ASK_NO_ORDER, &any, h, 0);
        if (quiet < DBL_MIN) continue;
        const double expected = log(quiet);
        /* The terms that a log likelihood is summed from are of this size. */
        const double R = any.model.parameter[0] + any.x;
        const double size =
            R * (fabs(log(any.model.parameter[1])) +
                 log1p(later / any.model.parameter[1]) + log1p(R)) +
            1;
        worst = fmax(worst, fabs(after - ll - expected) / size);
    }
    fprintf(stderr, "likelihood of silence: off by %.1e of its terms\n", worst);
    assert_true(worst <= 4 * DBL_EPSILON);
}

/* The chance to be active falls by p at every order, and E p g(p) over Beta(a, b)
 * is a / (a + b) E g(p) over Beta(a + 1, b): leaving and ordering answer for each
 * other. */
static void test_who_orders_may_leave(void **state) {
    (void)state;
    uint64_t seed = 108;
    double worst = 0;
    for (int64_t i = 0; i < CASES; i++) {
        const struct any any = any_case(&seed, i);
        struct any more = any;
        more.model.parameter[2] += 1;
        const double a = any.model.parameter[2], b = any.model.parameter[3];
        const double c = a + b + any.x + (any.model.family == KAM_BTYD_MBGNBD);
        const double alive = ask_any(ASK_ALIVE, &any, 0, 0);
        const double other = ask_any(ASK_ALIVE, &more, 0, 0);
        if (alive < 1e-200 || other < 1e-200) continue;
        const double stays = ask_any(ASK_ALIVE, &any, any.h, 0) / alive;
        const double orders = ask_any(ASK_ORDERS, &more, any.h, 0) / other;
        worst = fmax(worst, fabs(1 - a / c * orders - stays));
    }
    fprintf(stderr, "who orders may leave: off by %.1e\n", worst);
    assert_true(worst <= 1e-12);
}

/* Gauss's rule of five points on `panels` equal panels. */
static double integral(double (*f)(const struct any *any, double s),
                       const struct any *any, double end, int panels) {
    static const double node[] = {-0.9061798459386640, -0.5384693101056831, 0,
                                  0.5384693101056831, 0.9061798459386640};
    static const double weight[] = {0.2369268850561891, 0.4786286704993665,
                                    0.5688888888888889, 0.4786286704993665,
                                    0.2369268850561891};
    double sum = 0;
    for (int panel = 0; panel < panels; panel++)
        for (int k = 0; k < 5; k++)
            sum +=
                weight[k] * f(any, end * (panel + (1 + node[k]) / 2) / panels);
    return sum * end / panels / 2;
}

/* The density of the next order at time s. */
static double next_order(const struct any *any, double s) {
    const double R = any->model.parameter[0] + any->x;
    const double A = any->model.parameter[1] + any->T;
    return R / A * exp(-(R + 1) * log1p(s / A));
}

static double orders_after_next(const struct any *any, double s) {
    const double t = any->T + s;
    return next_order(any, s) * (1 + ask_one(ASK_ORDERS, &any->model,
                                             any->x + 1, t, t, any->h - s, 0));
}

static double alive_after_next(const struct any *any, double s) {
    const double t = any->T + s;
    return next_order(any, s) *
           ask_one(ASK_ALIVE, &any->model, any->x + 1, t, t, any->h - s, 0);
}

static double discounted_after_next(const struct any *any, double s) {
    const double t = any->T + s;
    return next_order(any, s) * exp(-any->rate * s) *
           (1 + ask_one(ASK_DISCOUNTED, &any->model, any->x + 1, t, t,
                        any->h - s, any->rate));
}

/* What is expected now is what is expected after the next order, whenever it
 * comes (the renewal equation): another way to every number ahead. */
static void test_the_next_order_changes_nothing(void **state) {
    (void)state;
    uint64_t seed = 109;
    struct worst orders = {0}, alive = {0}, discounted = {0};
    for (int64_t i = 0; i < 60; i++) {
        struct any any = any_case(&seed, i);
        const double A = any.model.parameter[1] + any.T;
        const double R = any.model.parameter[0] + any.x;
        /* A few orders ahead, within the reach of the rule. */
        any.h = A * any_size(&seed, 0.1, 4) / fmax(1, R / 4);
        any.rate = any_size(&seed, 0.1, 4) / any.h;
        const double now = ask_any(ASK_ALIVE, &any, 0, 0);
        if (now < 1e-250) continue;
        const double quiet = exp(-R * log1p(any.h / A));
        look(&orders, now * integral(orders_after_next, &any, any.h, 32),
             ask_any(ASK_ORDERS, &any, any.h, 0), i);
        look(&alive,
             now * (quiet + integral(alive_after_next, &any, any.h, 32)),
             ask_any(ASK_ALIVE, &any, any.h, 0), i);
        look(&discounted,
             now * integral(discounted_after_next, &any, any.h, 32),
             ask_any(ASK_DISCOUNTED, &any, any.h, any.rate), i);
    }
    assert_true(orders.n > 40);
    tell("renewal, orders", &orders, 1e-12);
    tell("renewal, alive", &alive, 1e-12);
    tell("renewal, discounted", &discounted, 1e-12);
}

/* An MBG/NBD account is a BG/NBD one that had one more chance to leave: with b
 * larger by one, and an order more behind it. */
static void test_the_families_differ_in_one_chance(void **state) {
    (void)state;
    uint64_t seed = 110;
    for (int64_t i = 0; i < CASES; i++) {
        struct any any = any_case(&seed, i);
        if (!(any.x > 0)) continue;
        any.model.family = KAM_BTYD_MBGNBD;
        struct any other = any;
        other.model.family = KAM_BTYD_BGNBD;
        other.model.parameter[3] += 1;
        if (other.model.parameter[3] - 1 != any.model.parameter[3]) continue;
        for (enum question q = ASK_ALIVE; q < N_QUESTIONS; q++)
            if (q != ASK_DISCOUNTED || i % 10 == 0)
                assert_relative(ask_any(q, &any, any.h, any.rate),
                                ask_any(q, &other, any.h, any.rate), 3e-12);
    }
}

/* Another unit of time: rates and ages change, answers do not. Units that are
 * powers of two lose no bit. */
static void test_the_unit_of_time_does_not_matter(void **state) {
    (void)state;
    uint64_t seed = 111;
    for (int64_t i = 0; i < CASES / 10; i++) {
        const struct any any = any_case(&seed, i);
        const int power = (int)(random_unit(&seed) * 60) - 30;
        struct any same = any;
        same.model.parameter[1] = ldexp(any.model.parameter[1], power);
        same.t_x = ldexp(any.t_x, power);
        same.T = ldexp(any.T, power);
        for (enum question q = ASK_ALIVE; q < N_QUESTIONS; q++)
            assert_bits(ask_any(q, &same, ldexp(any.h, power),
                                ldexp(any.rate, -power)),
                        ask_any(q, &any, any.h, any.rate));
    }
}

/* ---- one is many ---- */

enum { MANY = 700 };

/* Answers for the whole book at once. */
static void ask_all(enum question question, const kam_btyd *model,
                    const kam_accounts *accounts, const kam_host *host,
                    double *out, uint32_t *flags) {
    memset(out, 0x11, (size_t)accounts->n_rows * sizeof *out);
    memset(flags, 0x11, (size_t)accounts->n_rows * sizeof *flags);
    assert_status(ask(question, model, accounts, 26, 0.002, host, out, flags,
                      NULL),
                  KAM_OK);
}

static void test_one_is_many_and_slices_are_the_whole(void **state) {
    (void)state;
    struct histories book = mixed_book(MANY, 7);
    const kam_accounts accounts = accounts_from(&book);
    double whole[MANY], part[MANY];
    uint32_t flags[MANY], part_flags[MANY];
    for (int32_t family = 1; family <= 2; family++)
        for (enum question q = 0; q < N_QUESTIONS; q++) {
            const kam_btyd model = cdnow(family);
            ask_all(q, &model, &accounts, NULL, whole, flags);
            for (int64_t i = 0; i < MANY; i++) {
                assert_int_equal(flags[i], 0);
                assert_bits(ask_one(q, &model, book.x[i], book.t_x[i],
                                    book.T[i], 26, 0.002),
                            whole[i]);
            }
            for (int64_t first = 0, n = 1; first + n <= MANY;
                 first += n, n += 7) {
                kam_accounts slice = {.struct_size = sizeof slice};
                assert_status(kam_accounts_slice(&accounts, first, n, &slice),
                              KAM_OK);
                ask_all(q, &model, &slice, NULL, part, part_flags);
                assert_memory_equal(part, whole + first,
                                    (size_t)n * sizeof *part);
            }
        }
    histories_free(&book);
}

/* Enough rows that executors have pieces to share. */
static void test_every_level_and_executor_gives_the_same_bits(void **state) {
    (void)state;
    enum { LONG = 70000 };
    struct histories book = mixed_book(LONG, 8);
    const kam_accounts accounts = accounts_from(&book);
    double *const one = malloc(LONG * sizeof *one);
    double *const other = malloc(LONG * sizeof *other);
    uint32_t *const flags = malloc(LONG * sizeof *flags);
    for (enum question q = 0; q < N_QUESTIONS; q++) {
        kam_accounts some = accounts;
        if (q == ASK_DISCOUNTED) some.n_rows = 1000; /* slow */
        const kam_btyd model = cdnow(1 + q % 2);
        kam_host host = {.struct_size = sizeof host, .isa = KAM_ISA_BASE};
        ask_all(q, &model, &some, &host, one, flags);
        for (int32_t isa = KAM_ISA_AUTO; isa <= KAM_ISA_V4; isa++) {
            if (isa == KAM_ISA_BASE) continue;
            host.isa = isa;
            host.parallel_for = isa == KAM_ISA_V4   ? run_backwards
                                : isa == KAM_ISA_V3 ? run_odd_first
                                                    : NULL;
            ask_all(q, &model, &some, &host, other, flags);
            assert_memory_equal(one, other, (size_t)some.n_rows * sizeof *one);
        }
    }
    free(one);
    free(other);
    free(flags);
    histories_free(&book);
}

static void test_columns_of_other_types_and_strides(void **state) {
    (void)state;
    struct histories book = mixed_book(MANY, 9);
    kam_account records[MANY];
    float t_x[2 * MANY], T[MANY];
    int32_t x[MANY];
    memset(records, 0, sizeof records);
    for (int64_t i = 0; i < MANY; i++) {
        T[i] = (float)book.T[i];
        t_x[2 * i] = fminf((float)book.t_x[i], T[i]);
        x[i] = (int32_t)book.x[i];
        book.T[i] = (double)T[i];
        book.t_x[i] = (double)t_x[2 * i];
        records[i].repeat_orders = book.x[i];
        records[i].last_order_periods = book.t_x[i];
        records[i].age_periods = book.T[i];
    }
    const kam_accounts plain = accounts_from(&book);
    kam_accounts odd = plain, viewed = {.struct_size = sizeof viewed};
    odd.repeat_orders =
        (kam_column){x + MANY - 1, NULL, NULL, 0, -4, KAM_I32, 0};
    odd.repeat_orders.stride = 4;
    odd.repeat_orders.values = x;
    odd.last_order_periods = (kam_column){t_x, NULL, NULL, 0, 8, KAM_F32, 0};
    odd.age_periods = (kam_column){T, NULL, NULL, 0, 0, KAM_F32, 0};
    assert_status(kam_accounts_of(records, sizeof *records, MANY, &viewed),
                  KAM_OK);
    double one[MANY], other[MANY];
    uint32_t flags[MANY];
    const kam_btyd model = cdnow(2);
    for (enum question q = 0; q < N_QUESTIONS; q++) {
        ask_all(q, &model, &plain, NULL, one, flags);
        ask_all(q, &model, &odd, NULL, other, flags);
        assert_memory_equal(one, other, sizeof one);
        ask_all(q, &model, &viewed, NULL, other, flags);
        assert_memory_equal(one, other, sizeof one);
    }
    histories_free(&book);
}

/* ---- rows that cannot be used ---- */

static const struct {
    double x, t_x, T;
    uint32_t flag;
} ROWS[] = {
    {0, 0, 0, 0},
    {0, 5, 3, 0}, /* t_x of an account without repeat orders is not read */
    {0, NAN, 3, 0},
    {0, -1, 3, 0},
    {-0.0, 0, 3, 0},
    {2, 0, 0, 0}, /* all on the first day */
    {2, 3, 3, 0},
    {9007199254740991.0, 3, 5, 0},
    {NAN, 1, 3, KAM_ROW_MISSING},
    {2, NAN, 3, KAM_ROW_MISSING},
    {2, 1, NAN, KAM_ROW_MISSING},
    {0, 0, NAN, KAM_ROW_MISSING},
    {NAN, NAN, NAN, KAM_ROW_MISSING},
    {-1, NAN, NAN, KAM_ROW_MISSING},
    {-1, 0, 3, KAM_ROW_DOMAIN},
    {1.5, 1, 3, KAM_ROW_DOMAIN},
    {INFINITY, 1, 3, KAM_ROW_DOMAIN},
    {0x1p53, 1, 3, KAM_ROW_DOMAIN},
    {1, -1e-300, 3, KAM_ROW_DOMAIN},
    {1, 3.0000000000000004, 3, KAM_ROW_DOMAIN},
    {1, 1, INFINITY, KAM_ROW_DOMAIN},
    {1, INFINITY, INFINITY, KAM_ROW_DOMAIN},
    {0, 0, -1, KAM_ROW_DOMAIN},
    {1, -2, -1, KAM_ROW_DOMAIN},
};
enum { N_ROWS = sizeof ROWS / sizeof ROWS[0] };

static void test_rows_are_flagged_one_by_one(void **state) {
    (void)state;
    struct histories book = histories_new(N_ROWS);
    double out[N_ROWS], unflagged[N_ROWS];
    uint32_t flags[N_ROWS];
    for (int i = 0; i < N_ROWS; i++) {
        book.x[i] = ROWS[i].x;
        book.t_x[i] = ROWS[i].t_x;
        book.T[i] = ROWS[i].T;
    }
    const kam_accounts accounts = accounts_from(&book);
    for (int32_t family = 1; family <= 2; family++)
        for (enum question q = 0; q < N_QUESTIONS; q++) {
            const kam_btyd model = cdnow(family);
            ask_all(q, &model, &accounts, NULL, out, flags);
            for (int i = 0; i < N_ROWS; i++) {
                if (flags[i] != ROWS[i].flag)
                    fail_msg("%s, row %d: flags %u", QUESTION[q], i, flags[i]);
                assert_int_equal(isnan(out[i]) != 0, ROWS[i].flag != 0);
            }
            /* t_x is not read when x is 0. */
            for (int i = 2; i < 5; i++) assert_bits(out[i], out[1]);
            /* Flags need not be asked for. */
            assert_status(ask(q, &model, &accounts, 26, 0.002, NULL, unflagged,
                              NULL, NULL),
                          KAM_OK);
            assert_memory_equal(out, unflagged, sizeof out);
        }
    histories_free(&book);
}

static void test_nulls_and_absent_columns_are_missing(void **state) {
    (void)state;
    enum { N = 20 };
    struct histories book = mixed_book(N, 10);
    for (int i = 0; i < N; i++) book.x[i] += 1;
    const kam_accounts accounts = accounts_from(&book);
    double out[N];
    uint32_t flags[N];
    uint8_t bitmap[3] = {0xFF, 0xEF, 0xFF}; /* row 12 is null */
    const kam_btyd model = cdnow(1);
    for (int column = 0; column < 3; column++)
        for (int absent = 0; absent < 2; absent++) {
            kam_accounts some = accounts;
            kam_column *const columns[] = {&some.repeat_orders,
                                           &some.last_order_periods,
                                           &some.age_periods};
            if (absent)
                columns[column]->values = NULL;
            else
                columns[column]->validity = bitmap;
            ask_all(ASK_ALIVE, &model, &some, NULL, out, flags);
            for (int i = 0; i < N; i++)
                assert_int_equal(flags[i],
                                 absent || i == 12 ? KAM_ROW_MISSING : 0);
        }
    histories_free(&book);
}

static void test_no_rows(void **state) {
    (void)state;
    const kam_accounts none = {.struct_size = sizeof none};
    const kam_btyd model = cdnow(1);
    kam_diag diag = {.struct_size = sizeof diag};
    double out = 5;
    uint32_t flag = 6;
    for (enum question q = 0; q < N_QUESTIONS; q++) {
        assert_status(ask(q, &model, &none, 26, 0, NULL, &out, &flag, &diag),
                      KAM_OK);
        assert_int_equal(diag.status, KAM_OK);
        assert_bits(out, 5);
        assert_int_equal(flag, 6);
    }
}

/* ---- wrong calls ---- */

struct call {
    kam_btyd model;
    kam_accounts accounts;
    kam_host host;
    double ahead, discount;
    const kam_btyd *given_model;
    const kam_accounts *given_accounts;
    int no_output;
};

static const double COLUMN[3] = {1, 1, 2};

static struct call good_call(void) {
    struct call call = {.model = cdnow(2), .ahead = 26, .discount = 0.01};
    call.accounts.struct_size = sizeof call.accounts;
    call.accounts.n_rows = 1;
    call.accounts.repeat_orders = column_of(&COLUMN[0]);
    call.accounts.last_order_periods = column_of(&COLUMN[1]);
    call.accounts.age_periods = column_of(&COLUMN[2]);
    call.host.struct_size = sizeof call.host;
    return call;
}

static void expect_refusal(enum question question, const struct call *call,
                           kam_status status, const char *argument,
                           double value) {
    double out = 77;
    uint32_t flag = 77;
    kam_diag diag = {.struct_size = sizeof diag};
    const kam_status got =
        ask(question, call->given_model ? NULL : &call->model,
            call->given_accounts ? NULL : &call->accounts, call->ahead,
            call->discount, &call->host, call->no_output ? NULL : &out, &flag,
            &diag);
    if (got != status || diag.status != status ||
        strcmp(diag.argument, argument) != 0 ||
        (!isnan(value) && diag.value != value))
        fail_msg("%s: %s, %s of %s (%g), expected %s of %s (%g)",
                 QUESTION[question], kam_status_name(got),
                 kam_status_name(diag.status), diag.argument, diag.value,
                 kam_status_name(status), argument, value);
    assert_true(diag.message[0] != 0);
    assert_bits(out, 77);
    assert_int_equal(flag, 77);
}

static void test_bad_models(void **state) {
    (void)state;
    static const double bad[] = {0, -1, NAN, INFINITY, -0.0};
    for (enum question q = 0; q < N_QUESTIONS; q++) {
        struct call call = good_call();
        call.given_model = &call.model;
        expect_refusal(q, &call, KAM_ERR_NULL, "model", NAN);
        call = good_call();
        call.model.family = 99;
        expect_refusal(q, &call, KAM_ERR_OPTION, "model.family", 99);
        call = good_call();
        call.model.n_parameters = 5;
        expect_refusal(q, &call, KAM_ERR_OPTION, "model.family", NAN);
        for (int p = 4; p < 8; p++) {
            call = good_call();
            call.model.parameter[p] = 1e300;
            expect_refusal(q, &call, KAM_ERR_OPTION, "model.parameter", 1e300);
        }
        for (int i = 0; i < 5; i++) {
            call = good_call();
            call.model.period_days = bad[i];
            expect_refusal(q, &call, KAM_ERR_OPTION, "model.period_days",
                           bad[i]);
            for (int p = 0; p < 4; p++) {
                call = good_call();
                call.model.parameter[p] = bad[i];
                expect_refusal(q, &call, KAM_ERR_OPTION, "model.parameter",
                               bad[i]);
            }
        }
    }
}

static void test_bad_accounts(void **state) {
    (void)state;
    static const char *const names[] = {"accounts.repeat_orders",
                                        "accounts.last_order_periods",
                                        "accounts.age_periods"};
    for (enum question q = 0; q < N_QUESTIONS; q++) {
        struct call call = good_call();
        call.given_accounts = &call.accounts;
        expect_refusal(q, &call, KAM_ERR_NULL, "accounts", NAN);
        call = good_call();
        call.accounts.struct_size = 8;
        expect_refusal(q, &call, KAM_ERR_STRUCT, "accounts", 8);
        call = good_call();
        call.accounts.reserved = 1;
        expect_refusal(q, &call, KAM_ERR_NEWER, "accounts.reserved", 1);
        call = good_call();
        call.accounts.n_rows = -3;
        expect_refusal(q, &call, KAM_ERR_SHAPE, "accounts.n_rows", -3);
        for (int c = 0; c < 3; c++) {
            call = good_call();
            kam_column *const columns[] = {&call.accounts.repeat_orders,
                                           &call.accounts.last_order_periods,
                                           &call.accounts.age_periods};
            columns[c]->type = KAM_TEXT32;
            expect_refusal(q, &call, KAM_ERR_TYPE, names[c], KAM_TEXT32);
            columns[c]->type = KAM_DAY;
            expect_refusal(q, &call, KAM_ERR_TYPE, names[c], KAM_DAY);
            columns[c]->type = KAM_F64;
            columns[c]->offset = -1;
            expect_refusal(q, &call, KAM_ERR_SHAPE, names[c], -1);
        }
    }
}

static void test_bad_hosts_outputs_and_times(void **state) {
    (void)state;
    static const double no_time[] = {-1, NAN, -INFINITY};
    for (enum question q = 0; q < N_QUESTIONS; q++) {
        struct call call = good_call();
        call.host.isa = 9;
        expect_refusal(q, &call, KAM_ERR_OPTION, "host.isa", 9);
        call = good_call();
        call.host.struct_size = 0;
        expect_refusal(q, &call, KAM_ERR_STRUCT, "host", 0);
        call = good_call();
        call.no_output = 1;
        expect_refusal(q, &call, KAM_ERR_NULL, "out", NAN);
        const char *const time =
            q == ASK_ALIVE ? "ahead_periods" : "horizon_periods";
        for (int i = 0; i < 3 && q != ASK_LOG_LIKELIHOOD; i++) {
            call = good_call();
            call.ahead = no_time[i];
            expect_refusal(q, &call, KAM_ERR_OPTION, time, no_time[i]);
        }
    }
    struct call call = good_call();
    call.ahead = INFINITY;
    expect_refusal(ASK_ALIVE, &call, KAM_ERR_OPTION, "ahead_periods", INFINITY);
    call.ahead = 0;
    expect_refusal(ASK_NO_ORDER, &call, KAM_ERR_OPTION, "horizon_periods", 0);
    static const double no_rate[] = {-1e-9, NAN, INFINITY};
    for (int i = 0; i < 3; i++) {
        call = good_call();
        call.discount = no_rate[i];
        expect_refusal(ASK_DISCOUNTED, &call, KAM_ERR_OPTION,
                       "discount_per_period", no_rate[i]);
    }
}

static void test_cancelling_at_every_look(void **state) {
    (void)state;
    enum { LONG = 3 * 65536 + 5 };
    struct histories book = mixed_book(LONG, 11);
    const kam_accounts accounts = accounts_from(&book);
    double *const out = malloc(LONG * sizeof *out);
    const kam_btyd model = cdnow(1);
    for (enum question q = 0; q < N_QUESTIONS; q++) {
        if (q != ASK_ALIVE && q != ASK_NO_ORDER)
            continue; /* slower, the same */
        for (int64_t looks = 0; looks <= 4; looks++) {
            int64_t left = looks;
            kam_diag diag = {.struct_size = sizeof diag};
            kam_host host = {.struct_size = sizeof host};
            host.progress = stop_when_used_up;
            host.watcher = &left;
            assert_status(ask(q, &model, &accounts, 26, 0, &host, out, NULL,
                              &diag),
                          looks < 4 ? KAM_ERR_CANCELLED : KAM_OK);
            assert_int_equal(diag.status,
                             looks < 4 ? KAM_ERR_CANCELLED : KAM_OK);
        }
        kam_host host = {.struct_size = sizeof host};
        host.parallel_for = run_nothing;
        assert_status(ask(q, &model, &accounts, 26, 0, &host, out, NULL, NULL),
                      KAM_ERR_EXECUTOR);
    }
    free(out);
    histories_free(&book);
}

/* Nothing is asked of the host's memory to answer. */
static void test_answers_need_no_memory(void **state) {
    (void)state;
    struct lender lender;
    const kam_host host = lender_host(&lender, 1);
    struct histories book = mixed_book(MANY, 12);
    const kam_accounts accounts = accounts_from(&book);
    double out[MANY];
    uint32_t flags[MANY];
    const kam_btyd model = cdnow(2);
    for (enum question q = 0; q < N_QUESTIONS; q++)
        ask_all(q, &model, &accounts, &host, out, flags);
    assert_int_equal(lender.n_calls, 0);
    histories_free(&book);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_published_conditional_expectation),
        cmocka_unit_test(test_published_expectation_of_a_new_account),
        cmocka_unit_test(test_published_probability_of_no_order),
        cmocka_unit_test(test_reference_predictions),
        cmocka_unit_test(test_hard_cases),
        cmocka_unit_test(test_golden_cases),
        cmocka_unit_test(test_probabilities_are_probabilities),
        cmocka_unit_test(test_silence_lowers_the_chance_to_be_active),
        cmocka_unit_test(test_orders_rise_with_the_horizon_within_bounds),
        cmocka_unit_test(test_discounting),
        cmocka_unit_test(test_for_ever),
        cmocka_unit_test(test_for_ever_of_an_account_that_is_gone),
        cmocka_unit_test(test_extreme_discounts),
        cmocka_unit_test(test_silence_in_two_parts),
        cmocka_unit_test(test_likelihood_of_silence),
        cmocka_unit_test(test_who_orders_may_leave),
        cmocka_unit_test(test_the_next_order_changes_nothing),
        cmocka_unit_test(test_the_families_differ_in_one_chance),
        cmocka_unit_test(test_the_unit_of_time_does_not_matter),
        cmocka_unit_test(test_one_is_many_and_slices_are_the_whole),
        cmocka_unit_test(test_every_level_and_executor_gives_the_same_bits),
        cmocka_unit_test(test_columns_of_other_types_and_strides),
        cmocka_unit_test(test_rows_are_flagged_one_by_one),
        cmocka_unit_test(test_nulls_and_absent_columns_are_missing),
        cmocka_unit_test(test_no_rows),
        cmocka_unit_test(test_bad_models),
        cmocka_unit_test(test_bad_accounts),
        cmocka_unit_test(test_bad_hosts_outputs_and_times),
        cmocka_unit_test(test_cancelling_at_every_look),
        cmocka_unit_test(test_answers_need_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
