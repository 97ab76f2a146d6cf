/* SPDX-License-Identifier: MIT */
#include "support/check.h"
#include "support/hosts.h"
#include "value/clv_support.h"

#include "value/btyd_family.h"

struct answer {
    double value, low, high;
    uint32_t flags;
};

struct uncertainty {
    const double *orders, *spend; /* covariances */
};

static const struct uncertainty NONE = {NULL, NULL};

static struct answer interval_of(const kam_btyd *orders, const kam_spend *spend,
                                 struct uncertainty covariance, kam_account a,
                                 const kam_clv_options *options) {
    const kam_accounts accounts = accounts_of(&a, 1);
    struct answer answer = {7, 7, 7, 77};
    uint32_t flags = 78;
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_clv_interval(orders, covariance.orders, spend,
                                   covariance.spend, &accounts, options, NULL,
                                   &answer.low, &answer.high, &answer.flags,
                                   &diag),
                  KAM_OK);
    assert_int_equal(diag.status, KAM_OK);
    assert_status(kam_clv_value(orders, spend, &accounts, options, NULL,
                                &answer.value, &flags, NULL),
                  KAM_OK);
    assert_int_equal(flags, answer.flags);
    return answer;
}

static struct answer usual(kam_account a, double inside) {
    const kam_clv_options options = options_of(365, 0.1, inside);
    return interval_of(&STEADY, &SPEND, NONE, a, &options);
}

/* ---- golden ---- */

static void check_golden(const struct table *table, int64_t i) {
    const char *const orders_name[] = {"r", "alpha", "a", "b"};
    const char *const spend_name[] = {"p", "q", "gamma"};
    kam_btyd orders = {(int32_t)table_at(table, i, "family"), 4, 7, {0}};
    kam_spend spend = {KAM_SPEND_GAMMA_GAMMA, 3, {0}};
    double covariance[16] = {0}, spend_covariance[9] = {0};
    char name[8];
    for (int j = 0; j < 7; j++) {
        snprintf(name, sizeof name, "var%d", j);
        const double variance = table_at(table, i, name);
        if (j < 4) {
            orders.parameter[j] = table_at(table, i, orders_name[j]);
            covariance[5 * j] = variance;
        } else {
            spend.parameter[j - 4] = table_at(table, i, spend_name[j - 4]);
            spend_covariance[4 * (j - 4)] = variance;
        }
    }
    const kam_clv_options options =
        options_of(table_at(table, i, "horizon") * 7,
                   table_at(table, i, "discount") > 0 ? 0.1 : 0,
                   table_at(table, i, "inside"));
    const kam_account a = with_margin(
        an_account(table_at(table, i, "x"), table_at(table, i, "t_x"),
                   table_at(table, i, "T"), table_at(table, i, "m")),
        1000, 0, 1000 - 1000 * table_at(table, i, "margin"), 0);
    const struct uncertainty both = {covariance, spend_covariance};
    const struct answer answer =
        interval_of(&orders, &spend, both, a, &options);
    assert_relative(answer.value, table_at(table, i, "value"), 1e-10);
    assert_relative(answer.low, table_at(table, i, "low"), 1e-8);
    assert_relative(answer.high, table_at(table, i, "high"), 1e-8);
}

static void test_golden(void **state) {
    (void)state;
    struct table table;
    assert_true(table_read(&table, TEST_GOLDEN "/clv_interval.csv"));
    assert_true(table.n_rows >= 7);
    for (int64_t i = 0; i < table.n_rows; i++) check_golden(&table, i);
    table_free(&table);
}

/* ---- simulation ---- */

/* Counter-based: the i-th number of a stream is a hash of i (splitmix64). */
struct stream {
    uint64_t counter;
};

static double uniform(struct stream *stream) {
    uint64_t z = (stream->counter += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return ((double)((z ^ (z >> 31)) >> 11) + 0.5) * 0x1p-53;
}

static double exponential(struct stream *stream) {
    return -log(uniform(stream));
}

static double normal(struct stream *stream) {
    const double radius = sqrt(2 * exponential(stream));
    return radius * cos(6.283185307179586 * uniform(stream));
}

/* Marsaglia & Tsang (2000). */
static double gamma_draw(double shape, struct stream *stream) {
    if (shape < 1)
        return gamma_draw(shape + 1, stream) *
               exp(-exponential(stream) / shape);
    const double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        const double z = normal(stream), root = 1 + c * z;
        const double v = root * root * root;
        if (root > 0 &&
            -exponential(stream) < 0.5 * z * z + d - d * v + d * log(v))
            return d * v;
    }
}

static double beta_draw(double a, double b, struct stream *stream) {
    const double g = gamma_draw(a, stream);
    return g / (g + gamma_draw(b, stream));
}

/* An account as it is: its rate of orders, its chance to leave after each, the
 * inverse scale of its order values. */
struct nature {
    double rate, leave, nu;
};

/* Money of the orders in (0, horizon), discounted, of an active account; pairs
 * and squares as in btyd_family.h. */
static double future(const struct nature *nature, double p, double horizon,
                     double discount, struct stream *stream, double *orders,
                     double *pairs, double *squares) {
    double t = 0, money = 0;
    *orders = *pairs = *squares = 0;
    for (;;) {
        t += exponential(stream) / nature->rate;
        if (t > horizon) return money;
        const double now = exp(-discount * t);
        *pairs += *orders * now;
        *orders += now;
        *squares += now * now;
        money += gamma_draw(p, stream) / nature->nu * now;
        if (uniform(stream) < nature->leave) return money;
    }
}

struct tally {
    int64_t n;
    double sum, square;
};

static void count(struct tally *tally, double x) {
    tally->n++;
    tally->sum += x;
    tally->square += x * x;
}

/* The mean lies within 4 standard errors. */
static void check_mean(const struct tally *tally, double expected) {
    const double n = (double)tally->n, mean = tally->sum / n;
    const double variance = tally->square / n - mean * mean;
    assert_near(mean, expected, 4 * sqrt(variance / n));
}

enum { DRAWS = 200000 };

/* Draws the future of one account from its posterior: Gamma(r + x, alpha + T),
 * Beta(a, b + x + 1), Gamma(q + p x, gamma + x m), all the same as any. */
static void simulate_account(const kam_btyd *model, const kam_spend *money,
                             double x, double t_x, double T, double m) {
    const double *const o = model->parameter, *const s = money->parameter;
    const double horizon = 365.0 / 7, discount = log1p(0.1) * 7 / 365.25;
    const struct kam__btyd_tile tile = {1,  KAM_ISA_BASE, &x,  &t_x,
                                        &T, NULL,         NULL};
    const kam__family family = kam__btyd_family_of(model->family);
    double alive, orders, pairs[2], none;
    family->alive(family, o, &tile, 0, &alive);
    family->discounted(family, o, &tile, horizon, discount, &orders);
    family->discounted_pairs(family, o, &tile, horizon, discount, pairs);
    family->no_order(family, o, &tile, horizon, &none);
    const struct answer answer = usual(an_account(x, t_x, T, m), 0.8);
    struct tally of[5] = {{0, 0, 0}};
    struct tally above = {0, 0, 0}, below = {0, 0, 0};
    struct stream stream = {(uint64_t)(x * 1000 + T)};
    for (int i = 0; i < DRAWS; i++) {
        double n = 0, n2 = 0, n_squares = 0, value = 0;
        if (uniform(&stream) < alive) {
            const struct nature nature = {
                gamma_draw(o[0] + x, &stream) / (o[1] + T),
                beta_draw(o[2], o[3] + x + 1, &stream),
                gamma_draw(s[1] + s[0] * x, &stream) / (s[2] + x * m)};
            value = future(&nature, s[0], horizon, discount, &stream, &n, &n2,
                           &n_squares);
        }
        count(&of[0], n);
        count(&of[1], n2);
        count(&of[2], n_squares);
        count(&of[3], value);
        count(&of[4], n > 0 ? 0 : 1);
        count(&above, value > answer.high ? 1 : 0);
        count(&below, value < answer.low ? 1 : 0);
    }
    check_mean(&of[0], orders);
    check_mean(&of[1], pairs[0]);
    check_mean(&of[2], pairs[1]);
    check_mean(&of[3], answer.value);
    check_mean(&of[4], none);
    fprintf(stderr, "# x %g of %g periods: %.3f below low, %.3f above high\n",
            x, T, below.sum / DRAWS, above.sum / DRAWS);
    assert_near(above.sum / DRAWS, 0.1, 0.015);
    if (answer.low > 0)
        assert_near(below.sum / DRAWS, 0.12, 0.04);
    else
        assert_true(none > 0.1);
}

static void test_simulated_accounts(void **state) {
    (void)state;
    simulate_account(&STEADY, &SPEND, 0, 0, 2, 0);
    simulate_account(&STEADY, &SPEND, 3, 11, 13, 40);
    simulate_account(&STEADY, &SPEND, 12, 38, 40, 25);
}

/* ---- coverage on a book ---- */

enum { BOOK = 20000 };

struct lived {
    kam_account account;
    double money; /* what came in after T, discounted */
};

/* An account from its first order to T, and after, at a pace of its own. */
static struct lived live(const kam_btyd *model, const kam_spend *money,
                         double T, double pace, struct stream *stream) {
    const double *const o = model->parameter, *const s = money->parameter;
    const struct nature nature = {gamma_draw(o[0], stream) / o[1],
                                  beta_draw(o[2], o[3], stream),
                                  gamma_draw(s[1], stream) / s[2]};
    double t = 0, x = 0, t_x = 0, sum = 0, unused;
    int active = uniform(stream) >= nature.leave;
    while (active) {
        t += exponential(stream) / nature.rate;
        if (t > T) break;
        x++;
        t_x = t;
        sum += gamma_draw(s[0], stream) / nature.nu;
        active = uniform(stream) >= nature.leave;
    }
    struct lived lived = {an_account(x, t_x, T, x > 0 ? sum / x : 0), 0};
    if (active)
        lived.money = future(&nature, s[0], 365.0 / 7 * pace,
                             log1p(0.1) * 7 / 365.25 / pace, stream, &unused,
                             &unused, &unused);
    return lived;
}

struct coverage {
    struct tally inside, above, below;
    struct tally certain; /* inside, where low > 0 */
};

static void coverage_of(const kam_btyd *model, const kam_spend *money,
                        double longest, double shortest,
                        const kam_clv_options *options, struct coverage *c) {
    static kam_account record[BOOK];
    static double came[BOOK], low[BOOK], high[BOOK];
    struct stream stream = {(uint64_t)longest};
    for (int64_t i = 0; i < BOOK; i++) {
        const double T = shortest + (longest - shortest) * uniform(&stream);
        const double error =
            options ? sqrt(options->pace_variance) * normal(&stream) : 0;
        const double pace = options ? options->pace * exp(error) : 1;
        const struct lived lived = live(model, money, T, pace, &stream);
        record[i] = lived.account;
        came[i] = lived.money;
    }
    const kam_accounts accounts = accounts_of(record, BOOK);
    assert_status(kam_clv_interval(model, NULL, money, NULL, &accounts, options,
                                   NULL, low, high, NULL, NULL),
                  KAM_OK);
    memset(c, 0, sizeof *c);
    for (int64_t i = 0; i < BOOK; i++) {
        const int is_inside = low[i] <= came[i] && came[i] <= high[i];
        count(&c->inside, is_inside);
        if (high[i] > 0) count(&c->above, came[i] > high[i]);
        if (low[i] > 0) count(&c->below, came[i] < low[i]);
        if (low[i] > 0) count(&c->certain, is_inside);
    }
    fprintf(stderr,
            "# coverage: %.3f; where low > 0 (%.3f): %.3f, below %.3f; above "
            "high > 0: %.3f\n",
            c->inside.sum / BOOK, (double)c->certain.n / BOOK,
            c->certain.sum / (double)c->certain.n,
            c->below.sum / (double)c->below.n,
            c->above.sum / (double)c->above.n);
}

static double share(const struct tally *tally) {
    return tally->sum / (double)tally->n;
}

/* Where an account is likely to order, its interval holds 80 %; where it may
 * well not, low is 0 and one tail remains. */
static void test_coverage(void **state) {
    (void)state;
    const kam_btyd keys = {KAM_BTYD_MBGNBD, 4, 7, {6, 20, 0.5, 40}};
    struct coverage c;
    coverage_of(&keys, &SPEND, 100, 60, NULL, &c);
    assert_true(c.certain.n > BOOK / 2);
    assert_near(share(&c.certain), 0.8, 0.05);
    assert_near(share(&c.inside), 0.825, 0.05);
    assert_near(share(&c.above), 0.1, 0.02);
    assert_near(share(&c.below), 0.1, 0.03);
    coverage_of(&STEADY, &SPEND, 150, 1, NULL, &c);
    assert_near(share(&c.certain), 0.8, 0.05);
    assert_near(share(&c.above), 0.1, 0.02);
    coverage_of(&CDNOW, &SPEND, 39, 27, NULL, &c);
    assert_near(share(&c.above), 0.1, 0.02);
    assert_true(share(&c.inside) >= 0.8);
}

/* A book that grew by a fifth, give or take a fifth. */
static void test_coverage_at_a_pace(void **state) {
    (void)state;
    const kam_btyd keys = {KAM_BTYD_MBGNBD, 4, 7, {40, 60, 0.5, 400}};
    kam_clv_options options = options_of(365, 0.1, 0.8);
    struct coverage c;
    options.pace = 1.2;
    options.pace_variance = 0.04;
    coverage_of(&keys, &SPEND, 100, 60, &options, &c);
    assert_true(c.certain.n > BOOK / 2);
    assert_near(share(&c.certain), 0.8, 0.03);
    assert_near(share(&c.above), 0.1, 0.02);
    assert_near(share(&c.below), 0.1, 0.02);
}

/* ---- properties ---- */

static void test_wider_holds_narrower(void **state) {
    (void)state;
    for (int i = 0; i < 4; i++) {
        const double x[] = {0, 3, 30, 300};
        const kam_account a =
            an_account(x[i], 2 * x[i], 2 * x[i] + 3, x[i] > 0 ? 30 : 0);
        double low = INFINITY, high = 0;
        for (double inside = 0.05; inside < 1; inside += 0.05) {
            const struct answer answer = usual(a, inside);
            assert_true(answer.low <= low && answer.high >= high);
            assert_true(answer.low < answer.high || answer.high == 0);
            low = answer.low;
            high = answer.high;
        }
        assert_true(high > usual(a, 0.9).value && high < INFINITY);
    }
}

static void test_margin_scales_and_turns(void **state) {
    (void)state;
    const kam_account a = an_account(30, 60, 61, 45);
    const struct answer plain = usual(a, 0.8);
    assert_true(plain.low > 0 && plain.low < plain.value &&
                plain.value < plain.high);
    const struct answer half = usual(with_margin(a, 8, 1, 2, 1), 0.8);
    assert_bits(half.low, plain.low / 2);
    assert_bits(half.high, plain.high / 2);
    const struct answer loss = usual(with_margin(a, 8, 0, 12, 0), 0.8);
    assert_bits(loss.low, -plain.high / 2);
    assert_bits(loss.high, -plain.low / 2);
    const struct answer nothing = usual(with_margin(a, 8, 0, 8, 0), 0.8);
    assert_bits(nothing.low, 0);
    assert_bits(nothing.high, 0);
    /* Probably gone, and a loss: nothing at best, and that is no -0. */
    const struct answer lost =
        usual(with_margin(an_account(30, 60, 66, 45), 8, 0, 12, 0), 0.8);
    assert_true(lost.low < 0);
    assert_bits(lost.high, 0);
}

static void test_lost_account(void **state) {
    (void)state;
    const struct answer answer = usual(an_account(30, 60, 200, 45), 0.8);
    assert_true(answer.value > 0);
    assert_bits(answer.low, 0);
    assert_bits(answer.high, 0); /* no order is more likely than 90 % */
    const struct answer gone = usual(an_account(1000, 60, 1e5, 45), 0.8);
    assert_bits(gone.low, 0);
    assert_bits(gone.high, 0);
}

static void test_unusable_and_infinite(void **state) {
    (void)state;
    const kam_clv_options for_ever = options_of(INFINITY, 0, 0.8);
    struct answer answer = usual(an_account(5, 31, 30, 45), 0.8);
    assert_true(isnan(answer.low) && isnan(answer.high));
    assert_int_equal(answer.flags, KAM_ROW_DOMAIN);
    answer = interval_of(&STEADY, &SPEND, NONE, an_account(5, 20, 30, 45),
                         &for_ever);
    assert_true(isnan(answer.low) && isnan(answer.high));
    assert_int_equal(answer.flags, KAM_ROW_INFINITE | KAM_ROW_ON_REVENUE);
}

/* No second moment of the order value (q <= 2, one order), nor of the number of
 * orders (a <= 2, for ever): still an interval, and a smooth one. */
static void test_heavy_tails(void **state) {
    (void)state;
    kam_spend spend = SPEND;
    double last = 0;
    for (double q = 1.5; q < 3; q += 0.0625) {
        spend.parameter[1] = q;
        spend.parameter[2] = 15 * (q - 1); /* the same mean */
        const struct answer answer =
            interval_of(&STEADY, &spend, NONE, an_account(0, 0, 2, 0), NULL);
        assert_true(answer.high > 0 && answer.high < INFINITY);
        assert_true(last == 0 || fabs(answer.high / last - 1) < 0.12);
        last = answer.high;
    }
    const kam_clv_options for_ever = options_of(INFINITY, 0, 0.8);
    kam_btyd orders = STEADY;
    for (double a = 1.25; a < 4; a += 0.125) {
        orders.parameter[2] = a;
        const struct answer answer =
            interval_of(&orders, &SPEND, NONE, an_account(5, 20, 20.5, 45),
                        &for_ever);
        assert_true(answer.high > answer.value && answer.high < INFINITY);
    }
}

/* More history, relatively narrower; more of the same horizon, wider. */
static void test_certainty(void **state) {
    (void)state;
    double last = INFINITY;
    for (double x = 10; x < 1e15; x *= x < 1e4 ? 2 : 1000) {
        const kam_btyd never = {KAM_BTYD_BGNBD, 4, 7, {5, 5, 1e-7, 10}};
        const struct answer answer =
            interval_of(&never, &SPEND, NONE, an_account(x, x, x, 45), NULL);
        const double width = (answer.high - answer.low) / answer.value;
        assert_true(width < last);
        last = width;
    }
    /* 52 orders a year, order values of cv 0.4: 2.56 sd */
    assert_near(last, 2.56 * sqrt((1 + 1 / 6.25) / 52), 0.01);
}

/* Nothing is more certain than to 0.1 % in each of rhythm and order value, nor
 * is any quantile of a finite value infinite. */
static void test_extremes_of_certainty(void **state) {
    (void)state;
    const kam_btyd clock = {KAM_BTYD_BGNBD, 4, 7, {5, 5, 1e-18, 10}};
    const kam_clv_options long_ago = options_of(7e9, 0, 0.8);
    const struct answer sure =
        interval_of(&clock, &SPEND, NONE, an_account(1e12, 1e12, 1e12, 45),
                    &long_ago);
    assert_near((sure.high - sure.low) / sure.value, 2.563 * sqrt(2e-6), 2e-5);
    const kam_btyd certain = {KAM_BTYD_BGNBD, 4, 7, {1000, 10, 0.5, 3}};
    const kam_clv_options all = options_of(365, 0.1, 1 - 0x1p-53);
    const struct answer wide =
        interval_of(&certain, &SPEND, NONE, an_account(0, 0, 1, 0), &all);
    assert_true(wide.high > 5 * wide.value && wide.high < INFINITY);
}

/* ---- parameters that are not known for sure ---- */

static void test_covariances(void **state) {
    (void)state;
    const kam_account a = an_account(30, 60, 61, 45);
    double orders[16] = {0}, spend[9] = {0}, unknown[16];
    for (int i = 0; i < 16; i++) unknown[i] = 1;
    const struct answer plain = interval_of(&STEADY, &SPEND, NONE, a, NULL);
    for (int i = 0; i < 2; i++) {
        unknown[7] = i ? 1 : (double)NAN;
        unknown[0] = i ? (double)INFINITY : 1;
        const struct answer not_known =
            interval_of(&STEADY, &SPEND, (struct uncertainty){unknown, unknown},
                        a, NULL);
        assert_bits(not_known.low, plain.low);
        assert_bits(not_known.high, plain.high);
    }
    const struct answer zero =
        interval_of(&STEADY, &SPEND, (struct uncertainty){orders, spend}, a,
                    NULL);
    assert_bits(zero.low, plain.low);
    assert_bits(zero.high, plain.high);
    /* alpha and r: the rate; gamma: the order value. */
    orders[5] = 0.5;
    const struct answer rate =
        interval_of(&STEADY, &SPEND, (struct uncertainty){orders, NULL}, a,
                    NULL);
    assert_true(rate.low < plain.low && rate.high > plain.high);
    spend[8] = 25;
    const struct answer money =
        interval_of(&STEADY, &SPEND, (struct uncertainty){NULL, spend}, a,
                    NULL);
    assert_true(money.low < plain.low && money.high > plain.high);
    const struct answer both =
        interval_of(&STEADY, &SPEND, (struct uncertainty){orders, spend}, a,
                    NULL);
    assert_true(both.low < rate.low && both.high > money.high);
    assert_bits(both.value, plain.value);
    /* What is no covariance cannot make it surer. */
    orders[5] = -0.5;
    const struct answer wrong =
        interval_of(&STEADY, &SPEND, (struct uncertainty){orders, NULL}, a,
                    NULL);
    assert_bits(wrong.low, plain.low);
    assert_bits(wrong.high, plain.high);
}

/* At the edge of a finite mean one side of a difference is infinite. */
static void test_covariance_at_an_edge(void **state) {
    (void)state;
    double orders[16] = {0}, spend[9] = {0};
    for (int i = 0; i < 4; i++) orders[5 * i] = 0.01;
    for (int i = 0; i < 3; i++) spend[4 * i] = 0.01;
    const struct uncertainty both = {orders, spend};
    const kam_clv_options for_ever = options_of(INFINITY, 0, 0.8);
    kam_btyd edge = STEADY;
    kam_spend money = SPEND;
    edge.parameter[2] = 1.00001;
    money.parameter[1] = 1.00001;
    const struct answer answer =
        interval_of(&edge, &money, both, an_account(0, 0, 0.25, 0), &for_ever);
    assert_true(answer.value < INFINITY);
    assert_true(answer.low >= 0 && answer.high > 0 && answer.high < INFINITY);
    /* What that parameter may do is left out; the others still count. */
    const kam_account young = an_account(0, 0, 2, 0);
    const struct uncertainty of_spend = {NULL, spend};
    const double all = interval_of(&STEADY, &money, of_spend, young, NULL).high;
    spend[4] = 0;
    assert_bits(interval_of(&STEADY, &money, of_spend, young, NULL).high, all);
    assert_true(interval_of(&STEADY, &money, NONE, young, NULL).high != all);
}

/* However little is known, the interval does not shrink. */
static void test_much_uncertainty(void **state) {
    (void)state;
    const kam_account a = an_account(30, 60, 61, 45);
    double orders[16] = {0}, last = 0;
    for (double variance = 0.01; variance < 1e9; variance *= 3) {
        orders[5] = variance;
        const struct answer answer =
            interval_of(&STEADY, &SPEND, (struct uncertainty){orders, NULL}, a,
                        NULL);
        assert_true(answer.high >= last);
        last = answer.high;
    }
    assert_true(last > 2.5 * usual(a, 0.8).value);
}

/* ---- rows ---- */

enum { MANY = 70000 };

static void test_one_is_many(void **state) {
    (void)state;
    static kam_account record[MANY];
    static double low[2][MANY], high[2][MANY];
    static uint32_t flags[2][MANY];
    double orders[16] = {0}, spend[9] = {0};
    uint64_t seed = 3;
    for (int i = 0; i < 4; i++) orders[5 * i] = 0.01;
    for (int i = 0; i < 3; i++) spend[4 * i] = 0.01;
    const struct uncertainty both = {orders, spend};
    for (int64_t i = 0; i < MANY; i++) record[i] = any_account(i, &seed);
    const kam_accounts whole = accounts_of(record, MANY);
    kam_accounts part = whole;
    assert_status(kam_clv_interval(&STEADY, orders, &SPEND, spend, &whole, NULL,
                                   NULL, low[0], high[0], flags[0], NULL),
                  KAM_OK);
    for (int64_t i = 0; i < MANY; i += 101) {
        const struct answer answer =
            interval_of(&STEADY, &SPEND, both, record[i], NULL);
        assert_bits(answer.low, low[0][i]);
        assert_bits(answer.high, high[0][i]);
        assert_int_equal(answer.flags, flags[0][i]);
        assert_true(isnan(answer.low) == isnan(answer.value));
        assert_true(isnan(answer.low) || answer.low <= answer.high);
    }
    struct lender lender;
    kam_host host = lender_host(&lender, 1);
    for (int64_t first = 0, n; first < MANY; first += n) {
        n = 1 + (first + 1) * 5 % 70001;
        if (n > MANY - first) n = MANY - first;
        host.parallel_for = n % 2 ? run_odd_first : run_backwards;
        host.isa = (int32_t)(n % 4);
        assert_status(kam_accounts_slice(&whole, first, n, &part), KAM_OK);
        assert_status(kam_clv_interval(&STEADY, orders, &SPEND, spend, &part,
                                       NULL, &host, low[1] + first,
                                       high[1] + first, flags[1] + first, NULL),
                      KAM_OK);
    }
    assert_int_equal(lender.n_calls, 0);
    assert_memory_equal(low[0], low[1], sizeof low[0]);
    assert_memory_equal(high[0], high[1], sizeof high[0]);
    assert_memory_equal(flags[0], flags[1], sizeof flags[0]);
}

static void test_refusals(void **state) {
    (void)state;
    const kam_account a = an_account(5, 20, 30, 45);
    const kam_accounts accounts = accounts_of(&a, 1);
    kam_clv_options options = options_of(365, 0.1, 1);
    double low = 4, high = 4;
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_clv_interval(&STEADY, NULL, &SPEND, NULL, &accounts, NULL,
                                   NULL, NULL, &high, NULL, &diag),
                  KAM_ERR_NULL);
    assert_string_equal(diag.argument, "low");
    assert_status(kam_clv_interval(&STEADY, NULL, &SPEND, NULL, &accounts, NULL,
                                   NULL, &low, NULL, NULL, &diag),
                  KAM_ERR_NULL);
    assert_string_equal(diag.argument, "high");
    assert_status(kam_clv_interval(&STEADY, NULL, &SPEND, NULL, NULL, NULL,
                                   NULL, &low, &high, NULL, &diag),
                  KAM_ERR_NULL);
    assert_string_equal(diag.argument, "accounts");
    assert_status(kam_clv_interval(&STEADY, NULL, &SPEND, NULL, &accounts,
                                   &options, NULL, &low, &high, NULL, &diag),
                  KAM_ERR_OPTION);
    assert_string_equal(diag.argument, "options.interval");
    assert_bits(low, 4);
    assert_bits(high, 4);
}

/* Of a horizon without end, undiscounted: what long horizons tend to. An account
 * that may leave without another order is less sure to place one than alive. */
static void test_for_ever(void **state) {
    (void)state;
    static const kam_btyd models[] = {
        {KAM_BTYD_BGCNBD, 5, 7, {3, 20, 5.5, 9, 3}},
        {KAM_BTYD_MBGCNBD, 5, 7, {3, 20, 4.5, 9, 2}},
        {KAM_BTYD_BGBB, 4, 7, {2, 3, 6, 9}},
        {KAM_BTYD_PNBD, 4, 7, {3, 20, 3.5, 90}},
        {KAM_BTYD_GGOMNBD, 5, 7, {3, 20, 0.05, 3.5, 9}},
    };
    const kam_clv_options endless = options_of((double)INFINITY, 0, 0.8);
    const kam_clv_options longest = options_of(1e12, 0, 0.8);
    const kam_account a = an_account(6, 27, 30, 40);
    for (int i = 0; i < 5; i++) {
        const struct answer ever =
            interval_of(&models[i], &SPEND, NONE, a, &endless);
        const struct answer late =
            interval_of(&models[i], &SPEND, NONE, a, &longest);
        assert_int_equal(ever.flags, KAM_ROW_ON_REVENUE);
        assert_true(ever.high > ever.value);
        assert_relative(ever.value, late.value, 1e-7);
        assert_near(ever.low, late.low, 1e-5);
        assert_relative(ever.high, late.high, 1e-5);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_simulated_accounts),
        cmocka_unit_test(test_coverage),
        cmocka_unit_test(test_coverage_at_a_pace),
        cmocka_unit_test(test_wider_holds_narrower),
        cmocka_unit_test(test_margin_scales_and_turns),
        cmocka_unit_test(test_lost_account),
        cmocka_unit_test(test_unusable_and_infinite),
        cmocka_unit_test(test_heavy_tails),
        cmocka_unit_test(test_certainty),
        cmocka_unit_test(test_extremes_of_certainty),
        cmocka_unit_test(test_covariances),
        cmocka_unit_test(test_covariance_at_an_edge),
        cmocka_unit_test(test_much_uncertainty),
        cmocka_unit_test(test_for_ever),
        cmocka_unit_test(test_one_is_many),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
