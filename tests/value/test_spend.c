/* SPDX-License-Identifier: MIT */
/* kam/spend.h: published numbers, 60-digit references, and what must hold. */
#include "support/check.h"
#include "support/hosts.h"

#include "base/sized.h"

enum { GG = KAM_SPEND_GAMMA_GAMMA };

static kam_spend model_of(double p, double q, double gamma) {
    kam_spend model = {GG, 3, {p, q, gamma, 0}};
    return model;
}

static kam_accounts book_of(const double *x, const double *m, int64_t n) {
    kam_accounts accounts = {.struct_size = sizeof accounts, .n_rows = n};
    accounts.repeat_orders = column_of(x);
    accounts.mean_order_value = column_of(m);
    return accounts;
}

/* Fader & Hardie (2013), note 025, p. 9, to the printed digits: population mean
 * 35.17; conditional means of the first ten customers 24.65 18.91 35.17 ... */
static void test_published(void **state) {
    (void)state;
    const double x[] = {2, 1, 0, 0, 0, 7, 1, 0, 2, 0};
    const double m[] = {22.35, 11.77, 0, 0, 0, 73.74, 11.77, 0, 25.55, 0};
    const double expected[] = {24.65, 18.91, 35.17, 35.17, 35.17,
                               71.46, 18.91, 35.17, 27.28, 35.17};
    const kam_accounts accounts = book_of(x, m, 10);
    const kam_spend model = model_of(6.25, 3.74, 15.44);
    double value[10];
    uint32_t flag[10];
    assert_status(kam_spend_expected(&model, &accounts, NULL, value, flag,
                                     NULL),
                  KAM_OK);
    for (int i = 0; i < 10; i++) {
        /* The note used unrounded parameters: one unit of the last digit. */
        assert_near(value[i], expected[i], 0.05);
        assert_int_equal(flag[i], x[i] > 0 ? 0 : KAM_ROW_ONE_ORDER);
    }
}

static void check_table(const char *path, const char *expected,
                        double tolerance) {
    struct table table;
    skip_without(table_read(&table, path), path);
    double worst_ll = 0, worst_mean = 0;
    for (int64_t i = 0; i < table.n_rows; i++) {
        const double x = table_at(&table, i, "x"), m = table_at(&table, i, "m");
        const kam_spend model =
            model_of(table_at(&table, i, "p"), table_at(&table, i, "q"),
                     table_at(&table, i, "gamma"));
        const kam_accounts accounts = book_of(&x, &m, 1);
        double ll, value;
        uint32_t flag;
        assert_status(kam_spend_log_likelihood(&model, &accounts, NULL, &ll,
                                               NULL, NULL),
                      KAM_OK);
        assert_status(kam_spend_expected(&model, &accounts, NULL, &value, &flag,
                                         NULL),
                      KAM_OK);
        /* Around a density of 1 its logarithm has no relative digits. */
        const double true_ll = table_at(&table, i, "ll");
        const double e_ll =
            fabs(ll - true_ll) / (fabs(true_ll) > 1 ? fabs(true_ll) : 1);
        const double e_mean = check_rel(value, table_at(&table, i, expected));
        assert_int_equal(flag, isinf(value) ? KAM_ROW_INFINITE : 0);
        if (e_ll > worst_ll) worst_ll = e_ll;
        if (e_mean > worst_mean) worst_mean = e_mean;
    }
    fprintf(stderr,
            "largest error: log likelihood %.2g, expected value %.2g "
            "(relative, %lld rows)\n",
            worst_ll, worst_mean, (long long)table.n_rows);
    assert_true(worst_ll <= tolerance && worst_mean <= 1e-15);
    table_free(&table);
}

static void test_golden(void **state) {
    (void)state;
    check_table(TEST_GOLDEN "/spend.csv", "expected", 5e-14);
}

static void test_reference_hard(void **state) {
    (void)state;
    check_table(TEST_SHARED "/reference/hard_gg.csv", "expected_spend", 1e-14);
}

enum { MANY = 700 };

static void draw(double *x, double *m, double *w, uint64_t seed) {
    for (int i = 0; i < MANY; i++) {
        x[i] = floor(6 * random_unit(&seed));
        m[i] = x[i] > 0 ? 5 + 60 * random_unit(&seed) * random_unit(&seed) : 0;
        w[i] = 1 + floor(3 * random_unit(&seed));
    }
}

/* Gradient and Hessian are the derivatives of the value. */
static void test_derivatives(void **state) {
    (void)state;
    double x[MANY], m[MANY], w[MANY];
    draw(x, m, w, 7);
    kam_accounts accounts = book_of(x, m, MANY);
    accounts.weight = column_of(w);
    const double at[] = {2.5, 3.1, 22};
    const double h = 1e-5;
    kam_objective centre = {.struct_size = sizeof centre};
    const kam_spend model = model_of(at[0], at[1], at[2]);
    assert_status(kam_spend_objective(&model, &accounts, NULL, &centre, NULL),
                  KAM_OK);
    for (int i = 0; i < 3; i++) {
        double value[2], gradient[2][3];
        for (int side = 0; side < 2; side++) {
            kam_spend moved = model;
            moved.parameter[i] *= exp(side ? h : -h);
            kam_objective part = {.struct_size = sizeof part};
            assert_status(kam_spend_objective(&moved, &accounts, NULL, &part,
                                              NULL),
                          KAM_OK);
            value[side] = kam_sum_value(&part.log_likelihood);
            for (int j = 0; j < 3; j++)
                gradient[side][j] = kam_sum_value(&part.gradient[j]);
        }
        assert_near(kam_sum_value(&centre.gradient[i]),
                    (value[1] - value[0]) / (2 * h), 1e-4);
        for (int j = 0; j <= i; j++)
            assert_near(kam_sum_value(&centre.hessian[i * (i + 1) / 2 + j]),
                        (gradient[1][j] - gradient[0][j]) / (2 * h), 1e-4);
    }
}

/* Pieces in any order give the bits of the whole; whole weights are repeats. */
static void test_pieces(void **state) {
    (void)state;
    double x[MANY], m[MANY], w[MANY], x3[3 * MANY], m3[3 * MANY];
    draw(x, m, w, 11);
    kam_accounts accounts = book_of(x, m, MANY);
    accounts.weight = column_of(w);
    const kam_spend model = model_of(4, 2, 30);
    kam_objective whole = {.struct_size = sizeof whole};
    kam_objective sum = {.struct_size = sizeof sum, .n_parameters = 3};
    assert_status(kam_spend_objective(&model, &accounts, NULL, &whole, NULL),
                  KAM_OK);
    int64_t n = 0;
    for (int i = MANY - 1; i >= 0; i--)
        for (int k = 0; k < (int)w[i]; k++) {
            x3[n] = x[i];
            m3[n++] = m[i];
        }
    const kam_accounts repeated = book_of(x3, m3, n);
    for (int64_t first = 0; first < n; first += 37) {
        kam_accounts part = {.struct_size = sizeof part};
        kam_objective piece = {.struct_size = sizeof piece};
        assert_status(kam_accounts_slice(&repeated, first,
                                         n - first < 37 ? n - first : 37,
                                         &part),
                      KAM_OK);
        assert_status(kam_spend_objective(&model, &part, NULL, &piece, NULL),
                      KAM_OK);
        assert_status(kam_objective_merge(&sum, &piece), KAM_OK);
    }
    assert_memory_equal(&sum.log_likelihood, &whole.log_likelihood,
                        sizeof(kam_sum));
    assert_memory_equal(sum.gradient, whole.gradient, 3 * sizeof(kam_sum));
    assert_memory_equal(sum.hessian, whole.hessian, 6 * sizeof(kam_sum));
}

static kam_status fit(const double *x, const double *m, int64_t n, double unit,
                      int32_t prior, kam_spend *model, double *covariance,
                      kam_estimate_report *report) {
    double *const scaled = malloc((size_t)n * sizeof *scaled);
    kam_estimate_options options;
    kam_diag diag = {.struct_size = sizeof diag};
    for (int64_t i = 0; i < n; i++) scaled[i] = m[i] * unit;
    const kam_accounts accounts = book_of(x, scaled, n);
    report->struct_size = sizeof *report;
    assert_status(kam_estimate_options_init(&options, sizeof options), KAM_OK);
    options.prior = prior;
    const kam_status status = kam_spend_fit(GG, &accounts, 1, &options, NULL,
                                            model, covariance, report, &diag);
    assert_int_equal(diag.status, status);
    free(scaled);
    return status;
}

/* The published fit of CDNOW's table (Fader & Hardie, note 025: p 6.25, q 3.74,
 * gamma 15.44, LL -4055.92), and the same in other units of money. */
static void test_cdnow(void **state) {
    (void)state;
    struct table table;
    skip_without(table_read(&table,
                            TEST_SHARED "/data/cdnow/cdnow_sample_rfm.csv.gz"),
                 "shared/data/cdnow");
    const int64_t n = table.n_rows;
    double *const x = malloc((size_t)n * sizeof *x);
    double *const m = malloc((size_t)n * sizeof *m);
    for (int64_t i = 0; i < n; i++) {
        x[i] = table_at(&table, i, "x");
        m[i] = table_at(&table, i, "zbar");
    }
    kam_spend model, other;
    kam_estimate_report report;
    double covariance[9], scaled[9];
    assert_status(fit(x, m, n, 1, KAM_PRIOR_NONE, &model, covariance, &report),
                  KAM_OK);
    assert_near(model.parameter[0], 6.2488, 5e-5);
    assert_near(model.parameter[1], 3.7446, 5e-5);
    assert_near(model.parameter[2], 15.4478, 1e-4);
    assert_near(report.log_likelihood, -4055.923, 5e-4);
    assert_int_equal(report.n_rows, 946);
    const double unit[] = {1e12, 1e-9, 0x1p-20};
    for (int k = 0; k < 3; k++) {
        assert_status(fit(x, m, n, unit[k], KAM_PRIOR_NONE, &other, scaled,
                          &report),
                      KAM_OK);
        assert_relative(other.parameter[0], model.parameter[0], 1e-11);
        assert_relative(other.parameter[1], model.parameter[1], 1e-11);
        assert_relative(other.parameter[2], unit[k] * model.parameter[2],
                        1e-11);
        assert_relative(scaled[8], covariance[8], 1e-9);
    }
    free(x);
    free(m);
    table_free(&table);
}

/* Books that have no interior maximum end in a verdict; the weak prior gives
 * them an answer. */
static void test_verdicts(void **state) {
    (void)state;
    const double x[] = {1, 2, 5, 2, 4}, equal[] = {25, 25, 25, 25, 25};
    const double zero[] = {0, 0, 0, 0, 0}, m[] = {10, 40, 22, 31, 18};
    kam_spend model;
    kam_estimate_report report;
    double covariance[9];
    assert_status(fit(x, equal, 5, 1, KAM_PRIOR_NONE, &model, covariance,
                      &report),
                  KAM_ERR_CONSTANT);
    assert_status(fit(x, equal, 5, 1, KAM_PRIOR_WEAK, &model, covariance,
                      &report),
                  KAM_ERR_CONSTANT);
    /* Two accounts are too few to speak of all. */
    assert_status(fit(x, equal, 2, 1, KAM_PRIOR_NONE, &model, covariance,
                      &report),
                  KAM_ERR_AT_BOUND);
    assert_int_equal(report.culprit, 0);
    assert_true(isfinite(model.parameter[0]) && isnan(covariance[0]));
    assert_status(fit(x, equal, 2, 1, KAM_PRIOR_WEAK, &model, covariance,
                      &report),
                  KAM_OK);
    assert_true(covariance[0] > 0);
    assert_status(fit(zero, m, 5, 1, KAM_PRIOR_NONE, &model, NULL, &report),
                  KAM_ERR_EMPTY);
    assert_status(fit(x, m, 1, 1, KAM_PRIOR_NONE, &model, NULL, &report),
                  KAM_ERR_TOO_FEW);
    assert_status(fit(x, m, 1, 1, KAM_PRIOR_WEAK, &model, NULL, &report),
                  KAM_OK);
}

/* A fixed price: that is what an order is worth, of whomever, with no doubt. */
static void test_all_alike(void **state) {
    (void)state;
    const double x[] = {1, 2, 5, 2, 0}, unit[] = {1, 1e-6, 3e9};
    const double near[] = {25, 25.000001, 25, 24.999999, 0};
    const double far[] = {25, 25.01, 25, 24.99, 0};
    double value[5], ll[5], covariance[1];
    uint32_t flag[5];
    for (int u = 0; u < 3; u++) {
        double m[5];
        kam_spend model;
        kam_estimate_report report = {.struct_size = sizeof report};
        for (int i = 0; i < 5; i++) m[i] = 25 * unit[u];
        const kam_accounts accounts = book_of(x, m, 5);
        assert_status(kam_spend_fit(KAM_SPEND_EQUAL, &accounts, 1, NULL, NULL,
                                    &model, covariance, &report, NULL),
                      KAM_OK);
        assert_int_equal(model.n_parameters, 1);
        assert_relative(model.parameter[0], 25 * unit[u], 1e-14);
        assert_bits(covariance[0], 0);
        assert_near(report.log_likelihood, 0, 1e-25);
        assert_status(kam_spend_expected(&model, &accounts, NULL, value, flag,
                                         NULL),
                      KAM_OK);
        assert_status(kam_spend_log_likelihood(&model, &accounts, NULL, ll,
                                               NULL, NULL),
                      KAM_OK);
        for (int i = 0; i < 5; i++) {
            assert_relative(value[i], 25 * unit[u], 1e-14);
            assert_int_equal(flag[i], x[i] > 0 ? 0 : KAM_ROW_ONE_ORDER);
            assert_near(ll[i], 0, 1e-25);
        }
    }
    kam_spend model = model_of(1, 2, 3);
    const kam_spend untouched = model;
    const kam_accounts alike = book_of(x, near, 5), other = book_of(x, far, 5);
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_spend_fit(GG, &alike, 1, NULL, NULL, &model, NULL, NULL,
                                &diag),
                  KAM_ERR_CONSTANT);
    assert_string_equal(diag.argument, "accounts.mean_order_value");
    assert_relative(diag.value, 25, 1e-7);
    assert_status(kam_spend_fit(KAM_SPEND_EQUAL, &other, 1, NULL, NULL, &model,
                                NULL, NULL, &diag),
                  KAM_ERR_UNSUPPORTED);
    assert_memory_equal(&model, &untouched, sizeof model);
    assert_string_equal(kam_spend_family_name(KAM_SPEND_EQUAL), "equal");
    assert_string_equal(kam_spend_parameter_name(KAM_SPEND_EQUAL, 0), "value");
}

static void test_every_allocation_failed(void **state) {
    (void)state;
    double x[MANY], m[MANY], w[MANY];
    draw(x, m, w, 3);
    const kam_accounts accounts = book_of(x, m, MANY);
    const kam_spend untouched = model_of(1, 2, 3);
    struct lender lender;
    int64_t fail_at = 0;
    kam_status status;
    do {
        kam_spend model = untouched;
        kam_host host = lender_host(&lender, ++fail_at);
        status = kam_spend_fit(GG, &accounts, 1, NULL, &host, &model, NULL,
                               NULL, NULL);
        assert_int_equal(lender.n_live, 0);
        if (status == KAM_OK) break;
        assert_status(status, KAM_ERR_MEMORY);
        assert_memory_equal(&model, &untouched, sizeof model);
    } while (fail_at < 100);
    assert_status(status, KAM_OK);
    assert_true(fail_at > 4);
}

/* A caller from before kam_accounts grew is answered as before. */
static void test_older_caller(void **state) {
    (void)state;
    const double x[] = {2, 7}, m[] = {22.35, 73.74};
    const kam_spend model = model_of(6.25, 3.74, 15.44);
    kam_accounts accounts = book_of(x, m, 2);
    double now[2], then[2];
    assert_status(kam_spend_expected(&model, &accounts, NULL, now, NULL, NULL),
                  KAM_OK);
    accounts.struct_size = KAM__FIRST(kam_accounts);
    assert_status(kam_spend_expected(&model, &accounts, NULL, then, NULL, NULL),
                  KAM_OK);
    assert_memory_equal(now, then, sizeof now);
    accounts.struct_size--;
    assert_status(kam_spend_expected(&model, &accounts, NULL, then, NULL, NULL),
                  KAM_ERR_STRUCT);
}

static void test_bad_arguments(void **state) {
    (void)state;
    const double x = 2, m = 20;
    kam_accounts accounts = book_of(&x, &m, 1);
    kam_spend model = model_of(6, 4, 15);
    kam_diag diag = {.struct_size = sizeof diag};
    double value;
    assert_status(kam_spend_expected(NULL, &accounts, NULL, &value, NULL, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_spend_expected(&model, &accounts, NULL, NULL, NULL, NULL),
                  KAM_ERR_NULL);
    model.parameter[1] = -1;
    assert_status(kam_spend_expected(&model, &accounts, NULL, &value, NULL,
                                     &diag),
                  KAM_ERR_OPTION);
    assert_string_equal(diag.message,
                        "parameter 1 is -1: it must be above zero and finite.");
    model = model_of(6, 4, 15);
    model.family = 9;
    assert_status(kam_spend_expected(&model, &accounts, NULL, &value, NULL,
                                     NULL),
                  KAM_ERR_OPTION);
    assert_string_equal(kam_spend_parameter_name(GG, 2), "gamma");
    assert_null(kam_spend_parameter_name(GG, 3));
}

/* A bad row costs itself alone. */
static void test_flags(void **state) {
    (void)state;
    const double x[] = {2, NAN, -1, 2, 0, 1.5, 3};
    const double m[] = {20, 20, 20, -5, NAN, 20, NAN};
    const uint32_t expected[] = {0,
                                 KAM_ROW_MISSING,
                                 KAM_ROW_DOMAIN,
                                 KAM_ROW_DOMAIN,
                                 KAM_ROW_ONE_ORDER,
                                 KAM_ROW_DOMAIN,
                                 KAM_ROW_MISSING};
    const kam_accounts accounts = book_of(x, m, 7);
    const kam_spend model = model_of(6, 4, 15);
    double value[7];
    uint32_t flag[7];
    assert_status(kam_spend_expected(&model, &accounts, NULL, value, flag,
                                     NULL),
                  KAM_OK);
    for (int i = 0; i < 7; i++) {
        assert_int_equal(flag[i], expected[i]);
        assert_int_equal(isnan(value[i]) != 0,
                         (flag[i] & (KAM_ROW_MISSING | KAM_ROW_DOMAIN)) != 0);
    }
    assert_relative(value[0], 6 * (15 + 2 * 20) / (6 * 2 + 4 - 1.0), 1e-15);
    assert_relative(value[4], 6 * 15 / 3.0, 1e-15);
    /* Orders worth nothing so far: pulled up to the book's, and no density. */
    const double two = 2, nothing = 0;
    const kam_accounts free_orders = book_of(&two, &nothing, 1);
    assert_status(kam_spend_expected(&model, &free_orders, NULL, value, flag,
                                     NULL),
                  KAM_OK);
    assert_relative(value[0], 6 * 15 / (6 * 2 + 4 - 1.0), 1e-15);
    assert_int_equal(flag[0], 0);
    assert_status(kam_spend_log_likelihood(&model, &free_orders, NULL, value,
                                           flag, NULL),
                  KAM_OK);
    assert_true(isnan(value[0]));
    assert_int_equal(flag[0], KAM_ROW_DOMAIN);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published),
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_reference_hard),
        cmocka_unit_test(test_derivatives),
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_cdnow),
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_all_alike),
        cmocka_unit_test(test_every_allocation_failed),
        cmocka_unit_test(test_older_caller),
        cmocka_unit_test(test_bad_arguments),
        cmocka_unit_test(test_flags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
