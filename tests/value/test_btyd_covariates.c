/* SPDX-License-Identifier: MIT */
/* Order models with covariates: reference fits, the boundary, derivatives by the
 * chain rule, constraints, and answers that are those of the account's own
 * model. */
#include "support/check.h"
#include "support/hosts.h"
#include "value/histories.h"

struct facts {
    struct histories book;
    double *gender, *channel;
};

static void facts_free(struct facts *facts) {
    histories_free(&facts->book);
    free(facts->gender);
    free(facts->channel);
}

/* The apparel book of the R package CLVTools; 0 when it is not there. */
static int apparel(struct facts *facts) {
    struct table table;
    if (!table_read(&table, TEST_SHARED "/reference/apparel_cbs_static.csv"))
        return 0;
    const size_t n = (size_t)table.n_rows;
    facts->book = histories_new(table.n_rows);
    facts->gender = calloc(n, sizeof(double));
    facts->channel = calloc(n, sizeof(double));
    for (int64_t i = 0; i < table.n_rows; i++) {
        facts->book.x[i] = table_at(&table, i, "x");
        facts->book.t_x[i] = floor(table_at(&table, i, "t.x") * 7 + 0.5) / 7;
        facts->book.T[i] = table_at(&table, i, "T.cal");
        facts->gender[i] = table_at(&table, i, "Gender");
        facts->channel[i] = table_at(&table, i, "Channel");
    }
    table_free(&table);
    return 1;
}

/* A book of our own: half of the accounts order `faster` times as often and leave
 * `sooner` times as fast. */
static struct facts simulated(int64_t n, double faster, double sooner,
                              uint64_t seed) {
    struct facts facts;
    facts.book = histories_new(n);
    facts.gender = calloc((size_t)n, sizeof(double));
    facts.channel = calloc((size_t)n, sizeof(double));
    for (int64_t i = 0; i < n; i++) {
        facts.gender[i] = (double)(i % 2);
        facts.channel[i] = random_unit(&seed) * 3;
        const double rate = random_gamma(&seed, 2) / 12 * (i % 2 ? faster : 1);
        const double leave = random_gamma(&seed, 1) / 20 * (i % 2 ? sooner : 1);
        const double gone = random_exponential(&seed) / leave;
        facts.book.T[i] = 40;
        for (double t = 0;;) {
            t += random_exponential(&seed) / rate;
            if (t > 40 || t > gone) break;
            facts.book.x[i]++;
            facts.book.t_x[i] = t;
        }
    }
    return facts;
}

static kam_btyd_covariates covariates_of(const struct facts *facts, int n) {
    kam_btyd_covariates covariates;
    memset(&covariates, 0, sizeof covariates);
    covariates.struct_size = sizeof covariates;
    covariates.n_orders = covariates.n_leaving = n;
    covariates.orders[0] = covariates.leaving[0] = column_of(facts->gender);
    covariates.orders[1] = covariates.leaving[1] = column_of(facts->channel);
    return covariates;
}

struct fitted {
    kam_btyd_covariate_model model;
    double covariance[64];
    kam_estimate_report report;
    kam_diag diag;
    kam_status status;
};

static struct fitted fit_with(int32_t family, const struct facts *facts,
                              const kam_btyd_covariates *covariates,
                              int32_t prior, const kam_host *host) {
    struct fitted fit;
    memset(&fit, 0, sizeof fit);
    fit.report.struct_size = sizeof fit.report;
    fit.diag.struct_size = sizeof fit.diag;
    kam_estimate_options options;
    assert_status(kam_estimate_options_init(&options, sizeof options), KAM_OK);
    options.prior = prior;
    const kam_accounts accounts = accounts_from(&facts->book);
    fit.status =
        kam_btyd_covariates_fit(family, &accounts, covariates, 7, &options,
                                host, &fit.model, fit.covariance, &fit.report,
                                &fit.diag);
    return fit;
}

/* Parameters to ten digits, from the project's reference: found in doubles, with
 * a gradient below 1e-7. Standard errors of parameters are theirs times the
 * logarithm's. */
static void test_apparel_pareto(void **state) {
    (void)state;
    static const double base[] = {1.838966665, 92.96296161, 0.5913041436,
                                  49.51308326};
    static const double error[] = {0.3457665, 16.97927, 0.2602658, 36.14349};
    static const double orders[] = {0.2861354352, 0.6239299874};
    static const double orders_error[] = {0.1041394, 0.1049418};
    static const double leaving[] = {-0.6418679941, 0.7897588134};
    static const double leaving_error[] = {0.2954996, 0.3057813};
    struct facts facts;
    skip_without(apparel(&facts), "apparel_cbs_static.csv");
    const kam_btyd_covariates covariates = covariates_of(&facts, 2);
    const struct fitted fit =
        fit_with(KAM_BTYD_PNBD, &facts, &covariates, 0, NULL);
    assert_status(fit.status, KAM_OK);
    assert_int_equal(fit.model.n_orders, 2);
    assert_int_equal(fit.model.n_leaving, 2);
    for (int i = 0; i < 4; i++) {
        assert_relative(fit.model.base.parameter[i], base[i], 1e-8);
        assert_relative(fit.model.base.parameter[i] *
                            sqrt(fit.covariance[9 * i]),
                        error[i], 1e-4);
    }
    for (int k = 0; k < 2; k++) {
        assert_relative(fit.model.orders[k], orders[k], 1e-8);
        assert_relative(fit.model.leaving[k], leaving[k], 1e-8);
        assert_relative(sqrt(fit.covariance[9 * (4 + k)]), orders_error[k],
                        1e-5);
        assert_relative(sqrt(fit.covariance[9 * (6 + k)]), leaving_error[k],
                        1e-5);
    }
    assert_relative(fit.report.log_likelihood, -5821.06268587, 1e-11);
    assert_int_equal(fit.report.n_rows, 600);
    assert_int_equal(fit.report.prior, KAM_PRIOR_NONE);
    facts_free(&facts);
}

/* BG/NBD on the same book: a and b grow without limit; the supremum of the log
 * likelihood is about -5839.8635. */
static void test_apparel_bg_has_no_answer(void **state) {
    (void)state;
    struct facts facts;
    skip_without(apparel(&facts), "apparel_cbs_static.csv");
    const kam_btyd_covariates covariates = covariates_of(&facts, 2);
    const struct fitted fit =
        fit_with(KAM_BTYD_BGNBD, &facts, &covariates, 0, NULL);
    assert_status(fit.status, KAM_ERR_AT_BOUND);
    assert_true(strcmp(fit.diag.argument, "a") == 0 ||
                strcmp(fit.diag.argument, "b") == 0);
    assert_true(isnan(fit.covariance[0]));
    assert_near(fit.report.log_likelihood, -5839.8635, 3e-3);
    assert_status(fit_with(KAM_BTYD_BGNBD, &facts, &covariates, KAM_PRIOR_WEAK,
                           NULL)
                      .status,
                  KAM_OK);
    facts_free(&facts);
}

/* No columns: the plain fit, to the last digits but one. */
static void test_without_columns_it_is_the_plain_fit(void **state) {
    (void)state;
    struct facts facts = simulated(400, 2, 3, 5);
    const kam_accounts accounts = accounts_from(&facts.book);
    for (int32_t family = 1; family <= 3; family++) {
        const kam_btyd_covariates covariates = covariates_of(&facts, 0);
        const struct fitted fit =
            fit_with(family, &facts, &covariates, KAM_PRIOR_WEAK, NULL);
        kam_estimate_options options;
        assert_status(kam_estimate_options_init(&options, sizeof options),
                      KAM_OK);
        options.prior = KAM_PRIOR_WEAK;
        kam_btyd plain;
        double covariance[16];
        assert_status(kam_btyd_fit(family, &accounts, 1, 7, &options, NULL,
                                   &plain, covariance, NULL, NULL),
                      KAM_OK);
        assert_status(fit.status, KAM_OK);
        for (int i = 0; i < 4; i++)
            assert_relative(fit.model.base.parameter[i], plain.parameter[i],
                            1e-11);
        for (int i = 0; i < 16; i++)
            assert_relative(fit.covariance[i], covariance[i], 1e-9);
    }
    facts_free(&facts);
}

/* One column that is 1 for half of the accounts and acts on both processes. */
static void test_effects_are_found(void **state) {
    (void)state;
    struct facts facts = simulated(3000, 2, 4, 6);
    const kam_accounts accounts = accounts_from(&facts.book);
    for (int32_t family = 1; family <= 3; family++) {
        const kam_btyd_covariates covariates = covariates_of(&facts, 1);
        const struct fitted fit =
            fit_with(family, &facts, &covariates, KAM_PRIOR_NONE, NULL);
        kam_estimate_report plain = {.struct_size = sizeof plain};
        kam_btyd model;
        assert_status(fit.status, KAM_OK);
        assert_status(kam_btyd_fit(family, &accounts, 1, 7, NULL, NULL, &model,
                                   NULL, &plain, NULL),
                      KAM_OK);
        assert_true(fit.report.log_likelihood > plain.log_likelihood + 20);
        assert_true(fit.report.gradient <= 1e-10);
        assert_true(fit.model.orders[0] > 4 * sqrt(fit.covariance[7 * 4]));
        if (family != KAM_BTYD_PNBD) continue; /* the right one */
        assert_true(fit.model.leaving[0] > 4 * sqrt(fit.covariance[7 * 5]));
        assert_true(fabs(fit.model.orders[0] - log(2)) <
                    3.5 * sqrt(fit.covariance[7 * 4]));
        assert_true(fabs(fit.model.leaving[0] - log(4)) <
                    3.5 * sqrt(fit.covariance[7 * 5]));
    }
    facts_free(&facts);
}

/* At the answer, moving anything loses likelihood as the covariance foretells:
 * gradient and Hessian are those of the likelihood. Likelihoods are summed by
 * kam_btyd_log_likelihood at each account's own model. */
static double likelihood_at(const struct facts *facts,
                            const kam_btyd_covariates *covariates,
                            const kam_btyd_covariate_model *model) {
    double sum = 0;
    kam_btyd *const own = calloc((size_t)facts->book.n, sizeof *own);
    assert_status(kam_btyd_covariates_models(model, covariates, facts->book.n,
                                             NULL, own, NULL, NULL),
                  KAM_OK);
    for (int64_t i = 0; i < facts->book.n; i++)
        sum += ask_one(ASK_LOG_LIKELIHOOD, &own[i], facts->book.x[i],
                       facts->book.t_x[i], facts->book.T[i], 0, 0);
    free(own);
    return sum;
}

static void test_curvature(void **state) {
    (void)state;
    struct facts facts = simulated(400, 2, 3, 7);
    for (int64_t i = 0; i < facts.book.n; i++) facts.channel[i] *= 1000;
    for (int32_t family = 1; family <= 3; family++) {
        const kam_btyd_covariates covariates = covariates_of(&facts, 2);
        const struct fitted fit =
            fit_with(family, &facts, &covariates, KAM_PRIOR_NONE, NULL);
        if (fit.status == KAM_ERR_AT_BOUND) continue;
        assert_status(fit.status, KAM_OK);
        const double top = likelihood_at(&facts, &covariates, &fit.model);
        assert_relative(top, fit.report.log_likelihood, 1e-12);
        for (int m = 0; m < 8; m++) {
            /* Along the covariance's column m the loss is that of one parameter
             * alone: half a squared standard error. */
            const double error = sqrt(fit.covariance[9 * m]), h = 0.02;
            double loss = 0;
            for (int sign = -1; sign <= 1; sign += 2) {
                kam_btyd_covariate_model moved = fit.model;
                for (int j = 0; j < 8; j++) {
                    const double by =
                        sign * h * fit.covariance[8 * j + m] / error;
                    if (j < 4)
                        moved.base.parameter[j] *= exp(by);
                    else if (j < 6)
                        moved.orders[j - 4] += by;
                    else
                        moved.leaving[j - 6] += by;
                }
                loss += top - likelihood_at(&facts, &covariates, &moved);
            }
            assert_near(loss / (h * h), 1, 0.01);
        }
    }
    facts_free(&facts);
}

/* Equality: one coefficient for both; it is then between those of its own. */
static void test_equal_coefficients(void **state) {
    (void)state;
    struct facts facts = simulated(2000, 2, 4, 8);
    kam_btyd_covariates covariates = covariates_of(&facts, 1);
    const struct fitted apart =
        fit_with(KAM_BTYD_PNBD, &facts, &covariates, 0, NULL);
    covariates.equal[0] = 1;
    const struct fitted equal =
        fit_with(KAM_BTYD_PNBD, &facts, &covariates, 0, NULL);
    assert_status(equal.status, KAM_OK);
    assert_bits(equal.model.orders[0], equal.model.leaving[0]);
    assert_true(equal.report.log_likelihood < apart.report.log_likelihood);
    assert_true(equal.model.orders[0] > apart.model.orders[0]);
    assert_true(equal.model.orders[0] < apart.model.leaving[0]);
    facts_free(&facts);
}

/* A ridge draws coefficients to 0, in the facts' own units. */
static void test_ridge(void **state) {
    (void)state;
    struct facts facts = simulated(1000, 2, 4, 9);
    double before[2] = {INFINITY, INFINITY};
    kam_btyd_covariates covariates = covariates_of(&facts, 1);
    for (int k = 0; k < 3; k++) {
        covariates.ridge_orders = covariates.ridge_leaving = k == 0   ? 0
                                                             : k == 1 ? 20
                                                                      : 1e7;
        const struct fitted fit =
            fit_with(KAM_BTYD_PNBD, &facts, &covariates, 0, NULL);
        assert_status(fit.status, KAM_OK);
        assert_true(fabs(fit.model.orders[0]) < before[0]);
        assert_true(fabs(fit.model.leaving[0]) < before[1]);
        before[0] = fabs(fit.model.orders[0]);
        before[1] = fabs(fit.model.leaving[0]);
        if (k != 1) continue;
        /* What is left of the slope is the penalty's: 2 ridge coefficient. */
        kam_btyd_covariate_model up = fit.model, down = fit.model;
        up.orders[0] += 1e-4;
        down.orders[0] -= 1e-4;
        const double slope = (likelihood_at(&facts, &covariates, &up) -
                              likelihood_at(&facts, &covariates, &down)) /
                             2e-4;
        assert_relative(slope, 2 * 20 * fit.model.orders[0], 1e-5);
        assert_relative(likelihood_at(&facts, &covariates, &fit.model),
                        fit.report.log_likelihood, 1e-12);
    }
    assert_true(before[0] < 1e-3 && before[1] < 1e-3);
    facts_free(&facts);
}

/* Answers are those of each account's own model; rows without a fact are told. */
static void test_answers(void **state) {
    (void)state;
    enum { N = 300 };
    struct facts facts = simulated(N, 2, 3, 10);
    static const enum question same[] = {ASK_ALIVE, ASK_ORDERS, ASK_DISCOUNTED,
                                         ASK_NO_ORDER};
    facts.gender[5] = NAN;
    facts.channel[6] = INFINITY;
    facts.book.x[7] = -1;
    const kam_accounts accounts = accounts_from(&facts.book);
    const kam_btyd_covariates covariates = covariates_of(&facts, 2);
    for (int32_t family = 1; family <= 3; family++) {
        kam_btyd_covariate_model model = {.base = btyd_model(family, 0.6, 9,
                                                             0.7, 12),
                                          .n_orders = 2,
                                          .n_leaving = 2,
                                          .orders = {0.5, -0.25},
                                          .leaving = {-1, 0.125}};
        kam_btyd own[N];
        double out[N];
        uint32_t flags[N], own_flags[N];
        assert_status(kam_btyd_covariates_models(&model, &covariates, N, NULL,
                                                 own, own_flags, NULL),
                      KAM_OK);
        assert_int_equal(own_flags[5], KAM_ROW_MISSING);
        assert_int_equal(own_flags[6], KAM_ROW_DOMAIN);
        assert_true(isnan(own[5].parameter[0]));
        assert_relative(own[1].parameter[1],
                        9 / exp(0.5 - 0.25 * facts.channel[1]), 1e-14);
        const double out_of = exp(-1 + 0.125 * facts.channel[1]);
        assert_relative(own[1].parameter[3],
                        family == 3 ? 12 / out_of : 12 * out_of, 1e-14);
        assert_relative(own[1].parameter[2], family == 3 ? 0.7 : 0.7 * out_of,
                        1e-14);
        for (int q = 0; q < 4; q++) {
            assert_status(kam_btyd_covariates_answer(&model, &accounts,
                                                     &covariates,
                                                     KAM_BTYD_ASK_ALIVE + q, 26,
                                                     q == 2 ? 0.002 : 0, NULL,
                                                     out, flags, NULL),
                          KAM_OK);
            for (int i = 0; i < N; i++) {
                if (i >= 5 && i <= 7) {
                    assert_true(isnan(out[i]) && flags[i] != 0);
                    continue;
                }
                assert_int_equal(flags[i], 0);
                assert_bits(out[i], ask_one(same[q], &own[i], facts.book.x[i],
                                            facts.book.t_x[i], facts.book.T[i],
                                            26, q == 2 ? 0.002 : 0));
            }
        }
    }
    facts_free(&facts);
}

/* Effects beyond the range of numbers, upwards or down: that row alone. */
static void test_effects_out_of_range(void **state) {
    (void)state;
    enum { N = 3 };
    const double fact[N] = {1, 0, -1};
    kam_btyd_covariates covariates = {.struct_size = sizeof covariates};
    kam_column column = column_of(fact);
    covariates.n_orders = 1;
    covariates.orders[0] = column;
    kam_btyd_covariate_model model = {.base = btyd_model(3, 0.6, 9, 0.7, 12),
                                      .n_orders = 1};
    for (int k = 0; k < 2; k++) {
        kam_btyd own[N];
        uint32_t flags[N];
        model.orders[0] = k ? 1e5 : 1e3;
        assert_status(kam_btyd_covariates_models(&model, &covariates, N, NULL,
                                                 own, flags, NULL),
                      KAM_OK);
        for (int i = 0; i < N; i++) {
            assert_int_equal(flags[i], i == 1 ? 0 : KAM_ROW_DOMAIN);
            for (int j = 0; j < 4; j++)
                if (i != 1) assert_true(isnan(own[i].parameter[j]));
        }
        assert_bits(own[1].parameter[1], 9);
    }
}

static void test_refusals(void **state) {
    (void)state;
    struct facts facts = simulated(60, 2, 3, 11);
    const kam_accounts accounts = accounts_from(&facts.book);
    kam_btyd_covariates covariates = covariates_of(&facts, 2);
    covariates.n_orders = 5;
    struct fitted fit = fit_with(3, &facts, &covariates, 0, NULL);
    assert_status(fit.status, KAM_ERR_SHAPE);
    assert_string_equal(fit.diag.argument, "covariates.n_orders");
    covariates = covariates_of(&facts, 2);
    fit = fit_with(KAM_BTYD_GGOMNBD, &facts, &covariates, 0, NULL);
    assert_status(fit.status, KAM_ERR_SHAPE); /* 9 parameters */
    fit = fit_with(KAM_BTYD_BGBB, &facts, &covariates, 0, NULL);
    assert_status(fit.status, KAM_ERR_UNSUPPORTED);
    covariates.equal[1] = 3;
    fit = fit_with(3, &facts, &covariates, 0, NULL);
    assert_status(fit.status, KAM_ERR_OPTION);
    assert_string_equal(fit.diag.argument, "covariates.equal");
    covariates = covariates_of(&facts, 2);
    covariates.ridge_leaving = -1;
    fit = fit_with(3, &facts, &covariates, 0, NULL);
    assert_string_equal(fit.diag.argument, "covariates.ridge_leaving");
    covariates = covariates_of(&facts, 1);
    kam_btyd_covariate_model model = {.base = btyd_model(3, 1, 1, 1, 1),
                                      .n_orders = 2,
                                      .n_leaving = 1};
    double out[60];
    assert_status(kam_btyd_covariates_answer(&model, &accounts, &covariates, 1,
                                             0, 0, NULL, out, NULL, NULL),
                  KAM_ERR_SHAPE);
    model.n_orders = 1;
    assert_status(kam_btyd_covariates_answer(&model, &accounts, &covariates, 5,
                                             0, 0, NULL, out, NULL, NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_btyd_covariates_answer(&model, &accounts, &covariates, 1,
                                             -1, 0, NULL, out, NULL, NULL),
                  KAM_ERR_OPTION);
    /* A fact that all share says nothing that r and alpha do not. */
    for (int i = 0; i < 60; i++) facts.gender[i] = 1;
    fit = fit_with(3, &facts, &covariates, 0, NULL);
    assert_true(fit.status == KAM_ERR_FLAT || fit.status == KAM_ERR_AT_BOUND);
    facts_free(&facts);
}

static void test_failing_hosts(void **state) {
    (void)state;
    struct facts facts = simulated(200, 2, 3, 12);
    const kam_btyd_covariates covariates = covariates_of(&facts, 1);
    int64_t fail_at = 1;
    for (;; fail_at++) {
        struct lender lender;
        const kam_host host = lender_host(&lender, fail_at);
        const struct fitted fit =
            fit_with(3, &facts, &covariates, KAM_PRIOR_WEAK, &host);
        assert_int_equal(lender.n_live, 0);
        assert_int_equal(lender.n_bytes, 0);
        if (fit.status == KAM_OK) break;
        assert_status(fit.status, KAM_ERR_MEMORY);
        assert_int_equal(fit.model.base.family, 0);
    }
    assert_true(fail_at > 13);
    facts_free(&facts);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_apparel_pareto),
        cmocka_unit_test(test_apparel_bg_has_no_answer),
        cmocka_unit_test(test_without_columns_it_is_the_plain_fit),
        cmocka_unit_test(test_effects_are_found),
        cmocka_unit_test(test_curvature),
        cmocka_unit_test(test_equal_coefficients),
        cmocka_unit_test(test_ridge),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_effects_out_of_range),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_failing_hosts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
