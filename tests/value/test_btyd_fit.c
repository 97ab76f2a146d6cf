/* SPDX-License-Identifier: MIT */
/* kam_btyd_fit and kam_btyd_objective: derivatives, bits, verdicts, failures. */
#include "support/check.h"
#include "support/hosts.h"

enum { ROWS = 300, P = 4 };

struct book {
    double x[ROWS], t_x[ROWS], T[ROWS], w[ROWS];
};

/* Accounts that order at different rates; some fall silent, some come again. */
static void draw(struct book *b, uint64_t seed) {
    for (int i = 0; i < ROWS; i++) {
        const double rate = 0.02 + 0.3 * random_unit(&seed);
        b->T[i] = floor(20 + 20 * random_unit(&seed));
        b->t_x[i] = floor(b->T[i] * (i % 3 ? 0.9 : 0.3));
        b->x[i] = floor(rate * b->t_x[i] + random_unit(&seed));
        if (b->x[i] == 0) b->t_x[i] = 0;
        b->w[i] = 1 + floor(3 * random_unit(&seed));
    }
}

static kam_accounts view(const double *x, const double *t_x, const double *T,
                         int64_t n) {
    kam_accounts a = {.struct_size = sizeof a, .n_rows = n};
    a.repeat_orders = column_of(x);
    a.last_order_periods = column_of(t_x);
    a.age_periods = column_of(T);
    return a;
}

static kam_accounts weighted(const struct book *b) {
    kam_accounts a = view(b->x, b->t_x, b->T, ROWS);
    a.weight = column_of(b->w);
    return a;
}

static kam_objective objective(const kam_btyd *model, const kam_accounts *a) {
    kam_objective o = {.struct_size = sizeof o};
    assert_status(kam_btyd_objective(model, a, NULL, &o, NULL), KAM_OK);
    return o;
}

/* Gradient and Hessian are the derivatives of the value, and the value is the
 * sum of the rows' log likelihoods. */
static void test_derivatives(void **state) {
    (void)state;
    static const double at[3][P] = {{0.4, 6, 0.9, 1.8},
                                    {2, 15, 0.05, 40},
                                    {0.1, 1, 30, 12}};
    struct book b;
    draw(&b, 5);
    const kam_accounts a = weighted(&b);
    const double h = 1e-5;
    for (int32_t family = 1; family <= 2; family++)
        for (int k = 0; k < 3; k++) {
            kam_btyd model = {family, P, 7, {0}};
            memcpy(model.parameter, at[k], sizeof at[k]);
            const kam_objective o = objective(&model, &a);
            double ll[ROWS], sum = 0;
            assert_status(kam_btyd_log_likelihood(&model, &a, NULL, ll, NULL,
                                                  NULL),
                          KAM_OK);
            for (int i = 0; i < ROWS; i++) sum += b.w[i] * ll[i];
            assert_relative(kam_sum_value(&o.log_likelihood), sum, 1e-13);
            for (int i = 0; i < P; i++) {
                kam_btyd up = model, down = model;
                up.parameter[i] *= exp(h);
                down.parameter[i] *= exp(-h);
                const kam_objective u = objective(&up, &a);
                const kam_objective d = objective(&down, &a);
                const double slope = (kam_sum_value(&u.log_likelihood) -
                                      kam_sum_value(&d.log_likelihood)) /
                                     (2 * h);
                assert_near(kam_sum_value(&o.gradient[i]), slope,
                            1e-5 * (1 + fabs(slope)));
                for (int j = 0; j <= i; j++) {
                    const double bend = (kam_sum_value(&u.gradient[j]) -
                                         kam_sum_value(&d.gradient[j])) /
                                        (2 * h);
                    assert_near(kam_sum_value(&o.hessian[i * (i + 1) / 2 + j]),
                                bend, 1e-5 * (1 + fabs(bend)));
                }
            }
        }
}

/* Whole weights are repeats; any order, any cut: the same bits. */
static void test_pieces(void **state) {
    (void)state;
    struct book b;
    static double x[3 * ROWS], t_x[3 * ROWS], T[3 * ROWS];
    draw(&b, 9);
    int64_t n = 0;
    for (int i = ROWS; i-- > 0;)
        for (int k = 0; k < (int)b.w[i]; k++, n++) {
            x[n] = b.x[i];
            t_x[n] = b.t_x[i];
            T[n] = b.T[i];
        }
    const kam_accounts whole = weighted(&b), repeated = view(x, t_x, T, n);
    const kam_btyd model = {KAM_BTYD_MBGNBD, P, 7, {0.5, 6, 0.9, 1.6}};
    const kam_objective o = objective(&model, &whole);
    kam_objective sum = {.struct_size = sizeof sum, .n_parameters = P};
    for (int64_t first = 0; first < n; first += 41) {
        kam_accounts part = {.struct_size = sizeof part};
        assert_status(kam_accounts_slice(&repeated, first,
                                         n - first < 41 ? n - first : 41,
                                         &part),
                      KAM_OK);
        const kam_objective piece = objective(&model, &part);
        assert_status(kam_objective_merge(&sum, &piece), KAM_OK);
    }
    assert_memory_equal(&sum.log_likelihood, &o.log_likelihood,
                        sizeof(kam_sum));
    assert_memory_equal(sum.gradient, o.gradient, P * sizeof(kam_sum));
    assert_memory_equal(sum.hessian, o.hessian, 10 * sizeof(kam_sum));

    kam_btyd one, other;
    kam_accounts parts[2];
    double c1[16], c2[16];
    assert_status(kam_btyd_fit(KAM_BTYD_MBGNBD, &whole, 1, 7, NULL, NULL, &one,
                               c1, NULL, NULL),
                  KAM_OK);
    parts[0] = view(x, t_x, T, 100);
    parts[1] = view(x + 100, t_x + 100, T + 100, n - 100);
    for (int32_t isa = KAM_ISA_BASE; isa <= KAM_ISA_V4; isa++) {
        const kam_host host = {.struct_size = sizeof host,
                               .isa = isa,
                               .parallel_for = run_backwards};
        assert_status(kam_btyd_fit(KAM_BTYD_MBGNBD, parts, 2, 7, NULL, &host,
                                   &other, c2, NULL, NULL),
                      KAM_OK);
        assert_memory_equal(&one, &other, sizeof one);
        assert_memory_equal(c1, c2, sizeof c1);
    }
}

/* Seconds or millennia: the same fit, rescaled. */
static void test_unit_of_time(void **state) {
    (void)state;
    struct book b, scaled;
    draw(&b, 13);
    const double unit[] = {604800, 1.9e-5};
    for (int32_t family = 1; family <= 2; family++) {
        kam_btyd model, other;
        const kam_accounts a = view(b.x, b.t_x, b.T, ROWS);
        assert_status(kam_btyd_fit(family, &a, 1, 7, NULL, NULL, &model, NULL,
                                   NULL, NULL),
                      KAM_OK);
        for (int k = 0; k < 2; k++) {
            for (int i = 0; i < ROWS; i++) {
                scaled.x[i] = b.x[i];
                scaled.t_x[i] = b.t_x[i] * unit[k];
                scaled.T[i] = b.T[i] * unit[k];
            }
            const kam_accounts s = view(scaled.x, scaled.t_x, scaled.T, ROWS);
            assert_status(kam_btyd_fit(family, &s, 1, 7, NULL, NULL, &other,
                                       NULL, NULL, NULL),
                          KAM_OK);
            for (int i = 0; i < P; i++)
                assert_relative(other.parameter[i],
                                model.parameter[i] * (i == 1 ? unit[k] : 1),
                                1e-9);
        }
    }
}

static kam_status verdict(int32_t family, const kam_accounts *a, int32_t prior,
                          kam_btyd *model, kam_estimate_report *report,
                          kam_diag *diag) {
    kam_estimate_options options;
    double covariance[16];
    assert_status(kam_estimate_options_init(&options, sizeof options), KAM_OK);
    options.prior = prior;
    report->struct_size = sizeof *report;
    diag->struct_size = sizeof *diag;
    const kam_status status = kam_btyd_fit(family, a, 1, 7, &options, NULL,
                                           model, covariance, report, diag);
    assert_int_equal(report->status, status);
    assert_int_equal(diag->status, status);
    if (status == KAM_OK || status == KAM_ERR_AT_BOUND)
        for (int i = 0; i < P; i++) {
            assert_true(isfinite(model->parameter[i]));
            assert_int_equal(isnan(covariance[5 * i]), status != KAM_OK);
        }
    return status;
}

/* Books without an interior maximum end in a verdict that names the reason;
 * the weak prior gives an answer where anybody ordered twice. */
static void test_verdicts(void **state) {
    (void)state;
    struct book b;
    kam_btyd model;
    kam_estimate_report report;
    kam_diag diag;
    for (int32_t family = 1; family <= 2; family++) {
        for (int i = 0; i < ROWS; i++) b.x[i] = 2, b.t_x[i] = 20, b.T[i] = 38;
        const kam_accounts a = view(b.x, b.t_x, b.T, ROWS);
        assert_status(verdict(family, &a, 0, &model, &report, &diag),
                      KAM_ERR_AT_BOUND);
        assert_int_equal(report.culprit, 0);
        assert_string_equal(diag.argument, "r");
        /* All accounts order at 2 in 38 weeks: the limit of equal rates. */
        assert_status(verdict(family, &a, 1, &model, &report, &diag), KAM_OK);
        for (int i = 0; i < ROWS; i++)
            b.x[i] = 3 + i % 6, b.t_x[i] = b.T[i] = 38;
        assert_status(verdict(family, &a, 0, &model, &report, &diag),
                      KAM_ERR_AT_BOUND);
        assert_status(verdict(family, &a, 1, &model, &report, &diag), KAM_OK);
        for (int i = 0; i < ROWS; i++) b.x[i] = b.t_x[i] = 0;
        assert_status(verdict(family, &a, 0, &model, &report, &diag),
                      KAM_ERR_TOO_FEW);
        assert_status(verdict(family, &a, 1, &model, &report, &diag),
                      KAM_ERR_TOO_FEW);
        assert_string_equal(diag.argument, "accounts.repeat_orders");
        b.x[0] = NAN;
        const kam_accounts none = view(b.x, b.t_x, b.T, 1);
        assert_status(verdict(family, &none, 0, &model, &report, &diag),
                      KAM_ERR_EMPTY);
        assert_int_equal(report.n_skipped, 1);
        draw(&b, 3);
        kam_estimate_options hasty;
        assert_status(kam_estimate_options_init(&hasty, sizeof hasty), KAM_OK);
        hasty.max_steps = 1;
        assert_status(kam_btyd_fit(family, &a, 1, 7, &hasty, NULL, &model, NULL,
                                   NULL, NULL),
                      KAM_ERR_NOT_CONVERGED);
    }
}

/* The cases of ../shared/reference/hard_fit_cases: right or a verdict. (For
 * poisson_no_dropout there is an interior maximum that peers walk past: the
 * limit of nobody leaving has -35889.656.) */
static void test_hard_cases(void **state) {
    (void)state;
    static const struct {
        const char *name;
        kam_status bg, mbg;
        double bg_supremum;
    } hard[] = {{"all_active_tx_eq_T", 23, 23, -8633.015},
                {"all_one_time_1000", 22, 22, NAN},
                {"identical_500_x2", 23, 23, -3883.206},
                {"one_customer_x0", 22, 22, NAN},
                {"one_customer_x3", 22, 22, NAN},
                {"poisson_no_dropout", 0, 0, -35889.395},
                {"two_customers", 22, 22, NAN},
                {"zero_spend_variance", 23, 23, -6128.15}};
    for (size_t k = 0; k < sizeof hard / sizeof hard[0]; k++) {
        char path[512];
        struct table t;
        snprintf(path, sizeof path,
                 TEST_SHARED "/reference/hard_fit_cases/%s.csv", hard[k].name);
        skip_without(table_read(&t, path), "shared/reference");
        double *const v = malloc((size_t)(3 * t.n_rows) * sizeof *v);
        for (int64_t i = 0; i < t.n_rows; i++) {
            v[i] = table_at(&t, i, "x");
            v[t.n_rows + i] = table_at(&t, i, "t_x");
            v[2 * t.n_rows + i] = table_at(&t, i, "T");
        }
        const kam_accounts a =
            view(v, v + t.n_rows, v + 2 * t.n_rows, t.n_rows);
        kam_btyd model;
        kam_estimate_report report;
        kam_diag diag;
        assert_status(verdict(KAM_BTYD_MBGNBD, &a, 0, &model, &report, &diag),
                      hard[k].mbg);
        assert_status(verdict(KAM_BTYD_BGNBD, &a, 0, &model, &report, &diag),
                      hard[k].bg);
        if (!isnan(hard[k].bg_supremum))
            assert_near(report.log_likelihood, hard[k].bg_supremum, 0.006);
        free(v);
        table_free(&t);
    }
}

static void test_failures(void **state) {
    (void)state;
    struct book b;
    struct lender lender;
    draw(&b, 21);
    const kam_accounts a = weighted(&b);
    kam_btyd untouched;
    memset(&untouched, 0x2A, sizeof untouched);
    kam_status status = KAM_ERR_MEMORY;
    for (int64_t fail_at = 1; status != KAM_OK; fail_at++) {
        kam_btyd model = untouched;
        const kam_host host = lender_host(&lender, fail_at);
        status = kam_btyd_fit(KAM_BTYD_BGNBD, &a, 1, 7, NULL, &host, &model,
                              NULL, NULL, NULL);
        assert_int_equal(lender.n_live, 0);
        if (status == KAM_OK) break;
        assert_status(status, KAM_ERR_MEMORY);
        assert_memory_equal(&model, &untouched, sizeof model);
        assert_true(fail_at < 100);
    }
    for (int64_t looks = 0;; looks++) {
        int64_t left = looks;
        kam_btyd model = untouched;
        const kam_host host = {.struct_size = sizeof host,
                               .progress = stop_when_used_up,
                               .watcher = &left};
        status = kam_btyd_fit(KAM_BTYD_BGNBD, &a, 1, 7, NULL, &host, &model,
                              NULL, NULL, NULL);
        if (status == KAM_OK) break;
        assert_status(status, KAM_ERR_CANCELLED);
        assert_memory_equal(&model, &untouched, sizeof model);
        assert_true(looks < 1000);
    }
    const kam_host broken = {.struct_size = sizeof broken,
                             .parallel_for = run_nothing};
    kam_btyd model;
    status = kam_btyd_fit(KAM_BTYD_BGNBD, &a, 1, 7, NULL, &broken, &model, NULL,
                          NULL, NULL);
    /* One piece of rows needs no threads. */
    assert_status(status, KAM_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_derivatives),  cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_unit_of_time), cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_hard_cases),   cmocka_unit_test(test_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
