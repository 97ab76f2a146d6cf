/* SPDX-License-Identifier: MIT */
/* Numbers of orders, and the next one, where accounts leave whatever they order:
 * Pareto/NBD and GGompertz/NBD. */
#include "support/check.h"
#include "support/hosts.h"
#include "value/btyd_family.h"
#include "value/histories.h"
#include "value/worst.h"

enum { MOST = 300 };

static kam_btyd model_in(const struct table *table, int64_t i) {
    const int32_t family = (int32_t)table_at(table, i, "family");
    kam_btyd model =
        btyd_model(family, table_at(table, i, "r"), table_at(table, i, "alpha"),
                   table_at(table, i, "s"), table_at(table, i, "beta"));
    if (family == KAM_BTYD_GGOMNBD) {
        model.n_parameters = 5;
        memmove(model.parameter + 3, model.parameter + 2, 2 * sizeof(double));
        model.parameter[2] = table_at(table, i, "b");
    }
    return model;
}

static void counts_of(const kam_btyd *model, double x, double t_x, double T,
                      double h, int32_t m, double *out) {
    const kam_accounts account = one_account(&x, &t_x, &T);
    uint32_t flags = ~0u;
    assert_status(kam_btyd_order_counts(model, &account, h, m, NULL, out,
                                        &flags, NULL),
                  KAM_OK);
    assert_int_equal(flags, 0);
}

static double next_of(const kam_btyd *model, double x, double t_x, double T) {
    const kam_accounts account = one_account(&x, &t_x, &T);
    uint32_t flags = ~0u;
    double next = NAN;
    assert_status(kam_btyd_next_order(model, &account, NULL, &next, &flags,
                                      NULL),
                  KAM_OK);
    assert_int_equal(flags, isinf(next) ? KAM_ROW_INFINITE : 0);
    return next;
}

static void test_golden(void **state) {
    (void)state;
    struct table table;
    struct worst next = {0}, count = {0};
    assert_true(table_read(&table, TEST_GOLDEN "/ahead.csv"));
    assert_int_equal(table.n_rows, 50);
    for (int64_t i = 0; i < table.n_rows; i++) {
        const kam_btyd model = model_in(&table, i);
        const double x = table_at(&table, i, "x");
        const double t_x = table_at(&table, i, "t_x");
        const double T = table_at(&table, i, "T"), h = table_at(&table, i, "h");
        const int32_t m = (int32_t)table_at(&table, i, "m");
        const int32_t place[] = {0, (m - 2) / 2, m - 2, m - 1};
        static const char *const column[] = {"none", "middle", "last", "more"};
        double chance[MOST];
        look(&next, next_of(&model, x, t_x, T),
             table_at(&table, i, "next_order"), i);
        counts_of(&model, x, t_x, T, h, m, chance);
        for (int k = 0; k < 4; k++) {
            /* The middle of two is none, of those who are active. */
            if (k == 1 && place[1] == 0) continue;
            if (k == 2 && place[2] == 0) continue;
            /* Below, digits are not promised. */
            if (table_at(&table, i, column[k]) > 1e-12)
                look(&count, chance[place[k]], table_at(&table, i, column[k]),
                     i);
        }
    }
    tell("next order", &next, 1e-13);
    tell("counts", &count, 1e-11);
    table_free(&table);
}

/* What must hold of any model and account: chances add up to 1; none is that of
 * kam_btyd_no_order; their mean, as far as they go, is that of expected orders; a
 * longer list only splits the last chance; one row is many. */
static void test_any_account(void **state) {
    (void)state;
    enum { N = 200 };
    uint64_t seed = 20250607;
    struct worst sum = {0}, none = {0}, mean = {0}, split = {0};
    for (int64_t i = 0; i < N; i++) {
        const int gompertz = i % 2 == 1;
        kam_btyd model =
            btyd_model(gompertz ? KAM_BTYD_GGOMNBD : KAM_BTYD_PNBD,
                       any_size(&seed, 0.02, 50), any_size(&seed, 0.1, 1e3),
                       any_size(&seed, 0.02, 50), any_size(&seed, 0.1, 1e3));
        if (gompertz) {
            model.n_parameters = 5;
            model.parameter[4] = any_size(&seed, 1e-2, 1e3);
            model.parameter[3] = model.parameter[2];
            model.parameter[2] = any_size(&seed, 1e-3, 1);
        }
        const double T = any_size(&seed, 0.1, 400);
        const double x = floor(any_size(&seed, 0.5, 80));
        const double t_x = x > 0 ? T * random_unit(&seed) : 0;
        const double h = i % 11 == 4 ? INFINITY : any_size(&seed, 0.01, 400);
        double few[5], many[MOST], total = 0, rest = 0, orders = 0;
        counts_of(&model, x, t_x, T, h, 5, few);
        counts_of(&model, x, t_x, T, h, MOST, many);
        for (int n = 0; n < MOST; n++) {
            assert_true(many[n] >= 0 && many[n] <= 1 + 1e-12);
            total += many[n];
            if (n >= 4) rest += many[n];
            if (n < MOST - 1) orders += n * many[n];
        }
        look(&sum, total, 1, i);
        for (int n = 0; n < 4; n++) look(&split, few[n], many[n], i);
        look(&split, few[4], rest, i);
        look(&none, few[0], ask_one(ASK_NO_ORDER, &model, x, t_x, T, h, 0), i);
        if (h < INFINITY && many[MOST - 1] * 1e16 < orders)
            look(&mean, orders, ask_one(ASK_ORDERS, &model, x, t_x, T, h, 0),
                 i);
    }
    assert_true(mean.n > N / 4);
    tell("sum of chances", &sum, 1e-11);
    tell("no order", &none, 1e-11);
    tell("split of the last", &split, 1e-9);
    tell("mean of counts", &mean, 1e-10);
}

/* Accounts that hardly ever leave: orders are negative binomial, and the next one
 * comes after (alpha + T) / (r + x - 1). */
static void test_nobody_leaves(void **state) {
    (void)state;
    const kam_btyd model = btyd_model(KAM_BTYD_PNBD, 2, 10, 1e-13, 1e9);
    double chance[6], expected = 1;
    counts_of(&model, 3, 20, 30, 8, 6, chance);
    expected = pow(40.0 / 48, 5);
    for (int n = 0; n < 5; n++) {
        assert_relative(chance[n], expected, 1e-11);
        expected *= (5.0 + n) / (n + 1) * (8.0 / 48);
    }
    assert_relative(next_of(&model, 3, 20, 30), 10, 1e-11);
    const kam_btyd rare = btyd_model(KAM_BTYD_PNBD, 0.5, 10, 0.4, 5);
    assert_true(isinf(next_of(&rare, 0, 0, 30)));
    const kam_btyd less = btyd_model(KAM_BTYD_PNBD, 0.5, 10, 0.75, 5);
    assert_true(next_of(&less, 0, 0, 30) < INFINITY);
}

/* The GGompertz/NBD with hardly any b is the Pareto/NBD with beta / b for beta. */
static void test_limit(void **state) {
    (void)state;
    kam_btyd with_age = btyd_model(KAM_BTYD_GGOMNBD, 0.8, 12, 1e-9, 0.6);
    const kam_btyd without = btyd_model(KAM_BTYD_PNBD, 0.8, 12, 0.6, 15);
    double one[4], other[4];
    with_age.n_parameters = 5;
    with_age.parameter[4] = 15e-9;
    counts_of(&with_age, 4, 20, 30, 26, 4, one);
    counts_of(&without, 4, 20, 30, 26, 4, other);
    for (int n = 0; n < 4; n++) assert_relative(one[n], other[n], 1e-6);
    counts_of(&without, 4, 20, 30, 26, 1, other); /* none or more */
    assert_bits(other[0], 1);
    assert_relative(next_of(&with_age, 4, 20, 30), next_of(&without, 4, 20, 30),
                    1e-6);
}

static void test_one_is_many(void **state) {
    (void)state;
    enum { N = 300, M = 6 };
    struct histories book = mixed_book(N, 11);
    const kam_accounts accounts = accounts_from(&book);
    double counts[N * M], one[M], next[N];
    const kam_btyd model = btyd_model(KAM_BTYD_PNBD, 0.55, 10.6, 0.61, 11.7);
    assert_status(kam_btyd_order_counts(&model, &accounts, 30, M, NULL, counts,
                                        NULL, NULL),
                  KAM_OK);
    assert_status(kam_btyd_next_order(&model, &accounts, NULL, next, NULL,
                                      NULL),
                  KAM_OK);
    for (int64_t i = 0; i < N; i++) {
        const kam_accounts account =
            one_account(book.x + i, book.t_x + i, book.T + i);
        double alone;
        assert_status(kam_btyd_order_counts(&model, &account, 30, M, NULL, one,
                                            NULL, NULL),
                      KAM_OK);
        assert_memory_equal(one, counts + i * M, sizeof one);
        assert_status(kam_btyd_next_order(&model, &account, NULL, &alone, NULL,
                                          NULL),
                      KAM_OK);
        assert_memory_equal(&alone, next + i, sizeof alone);
    }
    histories_free(&book);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_any_account),
        cmocka_unit_test(test_nobody_leaves),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_one_is_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
