/* SPDX-License-Identifier: MIT */
/* Gamma-Gamma when single orders are known: 80-digit references, derivatives, and
 * what the orders tell that their means do not. */
#include "support/check.h"
#include "support/hosts.h"

enum { GG = KAM_SPEND_GAMMA_GAMMA, MANY = 400 };

static kam_spend model_of(double p, double q, double gamma) {
    kam_spend model = {GG, 3, {p, q, gamma, 0}};
    return model;
}

struct orders {
    double x[MANY], m[MANY], logs[MANY];
};

static kam_accounts view_of(const struct orders *o, int64_t n) {
    kam_accounts accounts = {.struct_size = sizeof accounts, .n_rows = n};
    accounts.valued_orders = column_of(o->x);
    accounts.mean_order_value = column_of(o->m);
    accounts.log_values = column_of(o->logs);
    return accounts;
}

static void test_golden(void **state) {
    (void)state;
    struct table table;
    skip_without(table_read(&table, TEST_GOLDEN "/spend_orders.csv"),
                 "golden/spend_orders.csv");
    double worst[3] = {0, 0, 0};
    for (int64_t i = 0; i < table.n_rows; i++) {
        static struct orders one;
        const double m = table_at(&table, i, "m");
        const double spread = table_at(&table, i, "spread");
        const kam_spend model =
            model_of(table_at(&table, i, "p"), table_at(&table, i, "q"),
                     table_at(&table, i, "gamma"));
        one.x[0] = table_at(&table, i, "x");
        one.m[0] = m;
        one.logs[0] = one.x[0] * (log(m) - spread);
        const kam_accounts accounts = view_of(&one, 1);
        kam_objective sums = {.struct_size = sizeof sums};
        double ll;
        assert_status(kam_spend_log_likelihood(&model, &accounts, NULL, &ll,
                                               NULL, NULL),
                      KAM_OK);
        assert_status(kam_spend_objective(&model, &accounts, NULL, &sums, NULL),
                      KAM_OK);
        const double told[] = {ll, kam_sum_value(&sums.gradient[0]),
                               kam_sum_value(&sums.hessian[0])};
        const char *const name[] = {"ll", "slope", "bend"};
        /* The spread comes back from a sum of logs with 2e-16 of their size. */
        const double unit = model.parameter[0] * one.x[0];
        const double lost = unit * (fabs(log(m)) + 1) * 4e-16;
        for (int k = 0; k < 3; k++) {
            const double meant = table_at(&table, i, name[k]);
            const double size = fabs(meant) > 1 ? fabs(meant) : 1;
            const double error = (fabs(told[k] - meant) - lost) / size;
            if (error > worst[k]) worst[k] = error;
        }
    }
    fprintf(stderr, "largest error: %.2g, slope %.2g, bend %.2g\n", worst[0],
            worst[1], worst[2]);
    assert_true(worst[0] < 1e-13 && worst[1] < 1e-11 && worst[2] < 1e-11);
    table_free(&table);
}

/* Marsaglia & Tsang would be quicker; a sum of exponentials is enough. */
static double gamma_of(int shape, uint64_t *seed) {
    double sum = 0;
    for (int i = 0; i < shape; i++) sum -= log(random_unit(seed));
    return sum;
}

/* Orders Gamma(p, nu), nu Gamma(q, gamma), a fixed number of each account. */
static void draw(struct orders *o, int n_orders, int p, int q, double gamma,
                 uint64_t seed) {
    for (int i = 0; i < MANY; i++) {
        const double nu = gamma_of(q, &seed) / gamma;
        double sum = 0;
        o->x[i] = 1 + (n_orders - 1) * (i % 2);
        o->logs[i] = 0;
        for (int k = 0; k < (int)o->x[i]; k++) {
            const double z = gamma_of(p, &seed) / nu;
            sum += z;
            o->logs[i] += log(z);
        }
        o->m[i] = sum / o->x[i];
    }
}

static kam_status fit(const kam_accounts *accounts, kam_spend *model,
                      double *covariance) {
    return kam_spend_fit(GG, accounts, 1, NULL, NULL, model, covariance, NULL,
                         NULL);
}

/* The truth within four standard errors; and p three times as sure as from means
 * alone, where all accounts order once or eight times. */
static void test_simulated(void **state) {
    (void)state;
    static struct orders o;
    draw(&o, 8, 2, 3, 100, 12345);
    kam_accounts accounts = view_of(&o, MANY);
    kam_spend known, means;
    double covariance[9], of_means[9];
    assert_status(fit(&accounts, &known, covariance), KAM_OK);
    const double truth[] = {2, 3, 100};
    for (int i = 0; i < 3; i++)
        assert_near(log(known.parameter[i] / truth[i]), 0,
                    4 * sqrt(covariance[4 * i]));
    accounts.log_values = (kam_column){0};
    assert_status(fit(&accounts, &means, of_means), KAM_OK);
    assert_true(of_means[0] > 10 * covariance[0]);
}

/* Without log_values, and with one order each, the bits of means alone; a count
 * that is not told is that of repeat orders. */
static void test_as_before(void **state) {
    (void)state;
    static struct orders o;
    draw(&o, 5, 2, 3, 100, 99);
    kam_accounts known = view_of(&o, MANY), plain = known;
    plain.repeat_orders = plain.valued_orders;
    plain.valued_orders = plain.log_values = (kam_column){0};
    kam_accounts zero = plain;
    static const double none[MANY];
    zero.valued_orders = column_of(none);
    zero.log_values = known.log_values; /* not read */
    kam_spend a, b, c;
    known.log_values = (kam_column){0};
    assert_status(fit(&plain, &a, NULL), KAM_OK);
    assert_status(fit(&known, &b, NULL), KAM_OK);
    assert_status(fit(&zero, &c, NULL), KAM_OK);
    assert_memory_equal(&a, &b, sizeof a);
    assert_memory_equal(&a, &c, sizeof a);
    double means[MANY], orders[MANY];
    assert_status(kam_spend_expected(&a, &plain, NULL, means, NULL, NULL),
                  KAM_OK);
    assert_status(kam_spend_expected(&a, &known, NULL, orders, NULL, NULL),
                  KAM_OK);
    assert_memory_equal(means, orders, sizeof means);
}

/* All orders of an account equal: p grows without limit. None alike: q does. */
static void test_verdicts(void **state) {
    (void)state;
    static struct orders o;
    kam_estimate_report report = {.struct_size = sizeof report};
    kam_spend model;
    draw(&o, 4, 2, 3, 100, 5);
    for (int i = 0; i < MANY; i++) o.logs[i] = o.x[i] * log(o.m[i]);
    kam_accounts accounts = view_of(&o, MANY);
    assert_status(kam_spend_fit(GG, &accounts, 1, NULL, NULL, &model, NULL,
                                &report, NULL),
                  KAM_ERR_AT_BOUND);
    assert_int_equal(report.culprit, 0);
    for (int i = 0; i < MANY; i++) {
        o.x[i] = 4;
        o.m[i] = 50;
        o.logs[i] = 4 * (log(50) - 0.2);
    }
    assert_status(kam_spend_fit(GG, &accounts, 1, NULL, NULL, &model, NULL,
                                &report, NULL),
                  KAM_ERR_AT_BOUND);
    assert_true(report.culprit > 0);
}

static void test_bad_columns(void **state) {
    (void)state;
    static struct orders o;
    kam_diag diag = {.struct_size = sizeof diag};
    double value[MANY];
    const kam_spend model = model_of(2, 3, 100);
    draw(&o, 4, 2, 3, 100, 5);
    kam_accounts accounts = view_of(&o, MANY);
    accounts.log_values.type = KAM_CHARS;
    assert_status(kam_spend_expected(&model, &accounts, NULL, value, NULL,
                                     &diag),
                  KAM_ERR_TYPE);
    assert_string_equal(diag.argument, "accounts.log_values");
    accounts = view_of(&o, MANY);
    accounts.valued_orders.type = KAM_CHARS;
    assert_status(kam_spend_expected(&model, &accounts, NULL, value, NULL,
                                     &diag),
                  KAM_ERR_TYPE);
    assert_string_equal(diag.argument, "accounts.valued_orders");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_golden),
                                       cmocka_unit_test(test_simulated),
                                       cmocka_unit_test(test_as_before),
                                       cmocka_unit_test(test_verdicts),
                                       cmocka_unit_test(test_bad_columns)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
