/* SPDX-License-Identifier: MIT */
/* kam/retention.h: published numbers, 40-digit references, and what must hold. */
#include "support/check.h"
#include "support/hosts.h"

enum { SBG = KAM_RETENTION_SBG, BDW = KAM_RETENTION_BDW };

static kam_retention model_of(double alpha, double beta, double c) {
    kam_retention model = {c == 1 ? SBG : BDW,
                           c == 1 ? 2 : 3,
                           365.25,
                           {alpha, beta, c == 1 ? 0 : c, 0}};
    return model;
}

/* Contracts: n renewals, ended or not, renewals before they were seen. */
struct contracts {
    int64_t n;
    double renewals[4096], ended[4096], before[4096], weight[4096];
};

static kam_accounts accounts_of(const struct contracts *book) {
    kam_accounts accounts = {.struct_size = sizeof accounts};
    accounts.n_rows = book->n;
    accounts.renewals = column_of(book->renewals);
    accounts.contract_ended = column_of(book->ended);
    accounts.renewals_before = column_of(book->before);
    accounts.weight = column_of(book->weight);
    return accounts;
}

static void add(struct contracts *book, double renewals, double ended,
                double before, double weight) {
    const int64_t i = book->n++;
    assert_true(i < 4096);
    book->renewals[i] = renewals;
    book->ended[i] = ended;
    book->before[i] = before;
    book->weight[i] = weight;
}

/* A cohort of 1,000 of which so many are left after 1, 2, ... terms; seen from
 * term `from` on. */
static void add_cohort(struct contracts *book, const double *left, int terms,
                       int from) {
    for (int t = from; t < terms; t++)
        add(book, t, 1, from, (t == 0 ? 1000 : left[t - 1]) - left[t]);
    add(book, terms, 0, from, left[terms - 1]);
}

/* Fader & Hardie (2007), table 1. */
static const double HIGH_END[] = {869, 743, 653, 593, 551, 517, 491};
static const double REGULAR[] = {631, 468, 382, 326, 289, 262, 241};

struct fitted {
    kam_status status;
    kam_retention model;
    double covariance[9];
    kam_estimate_report report;
    kam_diag diag;
};

static struct fitted fit_with(int32_t family, const kam_accounts *parts,
                              int64_t n_parts, int32_t prior,
                              const kam_host *host) {
    struct fitted fit;
    kam_estimate_options options;
    memset(&fit, 0, sizeof fit);
    fit.report.struct_size = sizeof fit.report;
    fit.diag.struct_size = sizeof fit.diag;
    assert_status(kam_estimate_options_init(&options, sizeof options), KAM_OK);
    options.prior = prior;
    fit.status =
        kam_retention_fit(family, parts, n_parts, 365.25, &options, host,
                          &fit.model, fit.covariance, &fit.report, &fit.diag);
    assert_int_equal(fit.report.status, fit.status);
    assert_int_equal(fit.diag.status, fit.status);
    return fit;
}

static struct fitted fit_book(int32_t family, const struct contracts *book,
                              int32_t prior) {
    const kam_accounts accounts = accounts_of(book);
    return fit_with(family, &accounts, 1, prior, NULL);
}

/* ---- published numbers ---- */

/* Fader & Hardie (2007): High End .668, 3.806; Regular .704, 1.182. The digits
 * are those of the 30-digit solutions in shared/reference (mle_sbg_*). */
static void test_published_sbg(void **state) {
    (void)state;
    static const struct {
        const double *left;
        int terms;
        double alpha, beta, se_alpha, se_beta, ll;
    } known[] = {{HIGH_END, 7, 0.6680883511064, 3.806094964058, 0.10373493,
                  0.78553169, -1611.158147391156},
                 {HIGH_END, 4, 1.280976380367, 7.790384095263, 0.55346797,
                  3.8087223, -1225.134907041612},
                 {REGULAR, 7, 0.7040772984735, 1.182043026209, 0.065598964,
                  0.15247563, -1680.265188463287},
                 {REGULAR, 4, 0.7636650625645, 1.295830272182, 0.096795248,
                  0.21062574, -1401.559423577445}};
    for (int k = 0; k < 4; k++) {
        struct contracts book = {0};
        add_cohort(&book, known[k].left, known[k].terms, 0);
        const struct fitted fit = fit_book(SBG, &book, KAM_PRIOR_NONE);
        assert_status(fit.status, KAM_OK);
        assert_relative(fit.model.parameter[0], known[k].alpha, 1e-10);
        assert_relative(fit.model.parameter[1], known[k].beta, 1e-10);
        assert_relative(fit.model.parameter[0] * sqrt(fit.covariance[0]),
                        known[k].se_alpha, 1e-7);
        assert_relative(fit.model.parameter[1] * sqrt(fit.covariance[3]),
                        known[k].se_beta, 1e-7);
        assert_relative(fit.report.log_likelihood, known[k].ll, 1e-14);
    }
}

/* Of the BdW, the likelihood is flat in its parameters: the likelihood counts.
 * Both agree with shared/design/literature.md, A7. */
static void test_known_bdw(void **state) {
    (void)state;
    struct contracts high = {0}, regular = {0};
    add_cohort(&high, HIGH_END, 7, 0);
    add_cohort(&regular, REGULAR, 7, 0);
    const struct fitted one = fit_book(BDW, &high, KAM_PRIOR_NONE);
    const struct fitted two = fit_book(BDW, &regular, KAM_PRIOR_NONE);
    assert_status(one.status, KAM_OK);
    assert_status(two.status, KAM_OK);
    assert_near(one.report.log_likelihood, -1605.314, 5e-4);
    assert_near(two.report.log_likelihood, -1679.603, 5e-4);
    const double expected[] = {0.2143, 1.4266, 1.7236, 0.4556, 0.7793, 1.2835};
    for (int i = 0; i < 3; i++) {
        assert_relative(one.model.parameter[i], expected[i], 2e-3);
        assert_relative(two.model.parameter[i], expected[3 + i], 2e-3);
    }
}

/* Fader & Hardie (2010): with alpha = 3.80, beta = 15.19 and d = 0.1 on, the
 * closed form; here against retention rates (eq. 7 of 2007) multiplied up. */
static void test_curve(void **state) {
    (void)state;
    double rate[30], left[30], product = 1;
    const kam_retention model = model_of(0.668, 3.806, 1);
    /* Nothing asked is nothing done, however many terms. */
    assert_status(kam_retention_curve(&model, INT64_MAX, NULL, NULL, NULL),
                  KAM_OK);
    assert_status(kam_retention_curve(&model, 30, rate, left, NULL), KAM_OK);
    for (int t = 1; t <= 30; t++) {
        assert_relative(rate[t - 1], (3.806 + t - 1) / (0.668 + 3.806 + t - 1),
                        1e-15);
        product *= rate[t - 1];
        assert_relative(left[t - 1], product, 2e-15);
    }
    /* Figure 4 of the paper: the share of 1,000 left, fitted to seven years. */
    assert_near(left[0], 0.869, 0.02);
    assert_near(left[6], 0.491, 0.02);
}

/* ---- high-precision tables ---- */

static double ask_renewal(const kam_retention *model, double n, double terms) {
    const double zero = 0;
    double out = NAN;
    uint32_t flags = 9;
    kam_accounts accounts = {.struct_size = sizeof accounts, .n_rows = 1};
    accounts.renewals = column_of(&n);
    accounts.contract_ended = column_of(&zero);
    assert_status(kam_retention_renewal(model, &accounts, terms, NULL, &out,
                                        &flags, NULL),
                  KAM_OK);
    assert_int_equal(flags, 0);
    return out;
}

static double ask_residual(const kam_retention *model, double n, double terms,
                           double rate, uint32_t *flags) {
    const double zero = 0;
    double out = NAN;
    kam_accounts accounts = {.struct_size = sizeof accounts, .n_rows = 1};
    accounts.renewals = column_of(&n);
    accounts.contract_ended = column_of(&zero);
    assert_status(kam_retention_residual(model, &accounts, terms, rate, NULL,
                                         &out, flags, NULL),
                  KAM_OK);
    return out;
}

static double ask_ll(const kam_retention *model, double n, double ended,
                     double before) {
    double out = NAN;
    kam_accounts accounts = {.struct_size = sizeof accounts, .n_rows = 1};
    accounts.renewals = column_of(&n);
    accounts.contract_ended = column_of(&ended);
    accounts.renewals_before = column_of(&before);
    assert_status(kam_retention_log_likelihood(model, &accounts, NULL, &out,
                                               NULL, NULL),
                  KAM_OK);
    return out;
}

static void test_golden(void **state) {
    (void)state;
    struct table table;
    double worst[5] = {0};
    assert_true(table_read(&table, TEST_GOLDEN "/retention.csv"));
    assert_int_equal(table.n_rows, 84);
    for (int64_t i = 0; i < table.n_rows; i++) {
        const kam_retention model =
            model_of(table_at(&table, i, "alpha"), table_at(&table, i, "beta"),
                     table_at(&table, i, "c"));
        const double n = table_at(&table, i, "n");
        const double before = table_at(&table, i, "before");
        const double horizon = table_at(&table, i, "horizon");
        const double rate = table_at(&table, i, "rate");
        const double endless = table_at(&table, i, "residual_for_ever");
        uint32_t flags = 9;
        check_digits(&worst[0], ask_ll(&model, n, 0, before),
                     table_at(&table, i, "ll_running"), i, 1e-12);
        check_digits(&worst[1], ask_ll(&model, n, 1, before),
                     table_at(&table, i, "ll_ended"), i, 1e-12);
        check_digits(&worst[2], ask_renewal(&model, n, horizon),
                     table_at(&table, i, "renewal"), i, 1e-12);
        check_digits(&worst[3], ask_residual(&model, n, horizon, rate, &flags),
                     table_at(&table, i, "residual"), i, 1e-12);
        assert_int_equal(flags, 0);
        check_digits(&worst[4], ask_residual(&model, n, INFINITY, rate, &flags),
                     endless, i, 1e-12);
        assert_int_equal(flags, isinf(endless) ? KAM_ROW_INFINITE : 0);
    }
    fprintf(stderr,
            "largest errors: running %.1e, ended %.1e, renewal %.1e, residual "
            "%.1e, for ever %.1e\n",
            worst[0], worst[1], worst[2], worst[3], worst[4]);
    table_free(&table);
}

/* ---- what must hold whatever the numbers are ---- */

static double any_size(uint64_t *seed, double low, double high) {
    return low * pow(high / low, random_unit(seed));
}

static kam_retention any_model(uint64_t *seed, int i) {
    const double alpha = any_size(seed, 1e-3, 1e3);
    const double beta = any_size(seed, 1e-3, 1e4);
    return model_of(alpha, beta, i % 2 ? any_size(seed, 0.3, 4) : 1);
}

/* One term after another multiplies up; sums of terms are the residual; longer
 * horizons and lower rates are worth more. */
static void test_pieces_fit_together(void **state) {
    (void)state;
    uint64_t seed = 7;
    uint32_t flags;
    for (int i = 0; i < 600; i++) {
        const kam_retention model = any_model(&seed, i);
        const double n = floor(any_size(&seed, 0.5, 300));
        const double rate = i % 3 ? any_size(&seed, 1e-4, 2) : 0;
        double product = 1, sum = 0, before = 0;
        const int terms = 1 + (int)(80 * random_unit(&seed));
        for (int k = 1; k <= terms; k++) {
            product *= ask_renewal(&model, n + k - 1, 1);
            sum += product * exp(-rate * (k - 1));
            if (k % 9 == 0 || k == terms)
                assert_near(ask_residual(&model, n, k, rate, &flags), sum,
                            1e-12 * sum);
        }
        assert_near(ask_renewal(&model, n, terms), product,
                    1e-11 * product + DBL_MIN);
        for (int k = 0; k < 5; k++) {
            const double more =
                ask_residual(&model, n, ldexp(terms, k), rate, &flags);
            assert_true(more >= before * (1 - 1e-13));
            before = more;
        }
        assert_true(ask_residual(&model, n, INFINITY, rate + 1e-3, &flags) >=
                    ask_residual(&model, n, INFINITY, rate + 2e-3, &flags));
    }
}

/* Whatever becomes of a contract has probability 1. */
static void test_probabilities_add_up(void **state) {
    (void)state;
    uint64_t seed = 8;
    for (int i = 0; i < 300; i++) {
        const kam_retention model = any_model(&seed, i);
        double total = 0;
        for (int n = 0; n < 12; n++) total += exp(ask_ll(&model, n, 1, 0));
        assert_near(total + exp(ask_ll(&model, 12, 0, 0)), 1, 2e-14);
        /* ... and what happened before it was seen does not count. */
        assert_near(ask_ll(&model, 9, 1, 4) + ask_ll(&model, 4, 0, 0),
                    ask_ll(&model, 9, 1, 0),
                    1e-13 * fabs(ask_ll(&model, 9, 1, 0)));
    }
}

static void test_derivatives(void **state) {
    (void)state;
    const double h = 1e-5;
    struct contracts book = {0};
    add_cohort(&book, HIGH_END, 7, 0);
    add_cohort(&book, REGULAR, 6, 2);
    const kam_accounts accounts = accounts_of(&book);
    for (int32_t family = 1; family <= 2; family++) {
        const kam_retention model = model_of(0.7, 2.2, family == 1 ? 1 : 1.3);
        kam_objective centre = {.struct_size = sizeof centre};
        const int p = model.n_parameters;
        assert_status(kam_retention_objective(&model, &accounts, NULL, &centre,
                                              NULL),
                      KAM_OK);
        for (int i = 0; i < p; i++) {
            double value[2], gradient[2][3];
            for (int side = 0; side < 2; side++) {
                kam_retention moved = model;
                moved.parameter[i] *= exp(side ? h : -h);
                kam_objective part = {.struct_size = sizeof part};
                assert_status(kam_retention_objective(&moved, &accounts, NULL,
                                                      &part, NULL),
                              KAM_OK);
                value[side] = kam_sum_value(&part.log_likelihood);
                for (int j = 0; j < p; j++)
                    gradient[side][j] = kam_sum_value(&part.gradient[j]);
            }
            assert_near(kam_sum_value(&centre.gradient[i]),
                        (value[1] - value[0]) / (2 * h), 2e-5);
            for (int j = 0; j <= i; j++)
                assert_near(kam_sum_value(&centre.hessian[i * (i + 1) / 2 + j]),
                            (gradient[1][j] - gradient[0][j]) / (2 * h), 2e-5);
        }
    }
}

/* ---- books ---- */

static void simulate(struct contracts *book, int64_t n, double c,
                     uint64_t seed) {
    book->n = 0;
    for (int64_t i = 0; i < n; i++) {
        /* theta ~ Beta(1, 4): 1 - theta is a fourth root. */
        const double stay = pow(random_unit(&seed), 0.25);
        const int age = 1 + (int)(9 * random_unit(&seed));
        const int from = i % 3 == 2 ? (int)(age * random_unit(&seed)) : 0;
        int t = 0, ended = 0;
        while (t < age && !ended) {
            const double u = pow(t + 1, c) - pow(t, c);
            if (random_unit(&seed) < pow(stay, u))
                t++;
            else
                ended = 1;
        }
        if (t < from) continue; /* it ended before it could be seen */
        add(book, t, ended, from, 1);
    }
}

/* Ended, running and first seen late: the parameters come back, within three
 * and a half standard errors. */
static void test_simulated_books(void **state) {
    (void)state;
    static const double truth[] = {1, 4, 1.4};
    for (int32_t family = 1; family <= 2; family++) {
        struct contracts book = {0};
        simulate(&book, 4000, family == 1 ? 1 : 1.4, 31 + (uint64_t)family);
        const struct fitted fit = fit_book(family, &book, KAM_PRIOR_NONE);
        assert_status(fit.status, KAM_OK);
        const int p = fit.model.n_parameters;
        for (int i = 0; i < p; i++)
            assert_near(log(fit.model.parameter[i] / truth[i]), 0,
                        3.5 * sqrt(fit.covariance[i * p + i]));
        assert_true(fit.report.gradient < 1e-9);
    }
}

static void expect_same_fit(const struct fitted *one,
                            const struct fitted *two) {
    assert_status(one->status, two->status);
    assert_memory_equal(&one->model, &two->model, sizeof one->model);
    assert_memory_equal(one->covariance, two->covariance,
                        sizeof one->covariance);
    assert_bits(one->report.log_likelihood, two->report.log_likelihood);
}

/* Order and cut of the rows, executors: the same bits. */
static void test_order_and_cut_do_not_matter(void **state) {
    (void)state;
    struct contracts book = {0}, other = {0};
    simulate(&book, 900, 1, 5);
    other.n = book.n;
    for (int64_t i = 0; i < book.n; i++) {
        const int64_t j = shuffled_place(i, book.n);
        other.renewals[j] = book.renewals[i];
        other.ended[j] = book.ended[i];
        other.before[j] = book.before[i];
        other.weight[j] = 1;
    }
    kam_host host = {.struct_size = sizeof host, .parallel_for = run_backwards};
    for (int32_t family = 1; family <= 2; family++) {
        const struct fitted whole = fit_book(family, &book, KAM_PRIOR_NONE);
        const kam_accounts turned = accounts_of(&other);
        kam_accounts parts[3];
        const int64_t cut[] = {0, 17, 400, other.n};
        for (int k = 0; k < 3; k++) {
            parts[k] = turned;
            assert_status(kam_accounts_slice(&turned, cut[k],
                                             cut[k + 1] - cut[k], &parts[k]),
                          KAM_OK);
        }
        const struct fitted cut_fit =
            fit_with(family, parts, 3, KAM_PRIOR_NONE, &host);
        expect_same_fit(&cut_fit, &whole);
        kam_objective sum = {.struct_size = sizeof sum,
                             .n_parameters = whole.model.n_parameters};
        for (int k = 2; k >= 0; k--) {
            kam_objective piece = {.struct_size = sizeof piece};
            assert_status(kam_retention_objective(&whole.model, &parts[k], NULL,
                                                  &piece, NULL),
                          KAM_OK);
            assert_status(kam_objective_merge(&sum, &piece), KAM_OK);
        }
        assert_bits(kam_sum_value(&sum.log_likelihood),
                    whole.report.log_likelihood);
    }
}

/* Fits that have no answer, each with its reason. */
static void test_verdicts(void **state) {
    (void)state;
    struct contracts none = {0}, running = {0}, never = {0}, alike = {0};
    struct fitted fit = fit_book(SBG, &none, KAM_PRIOR_NONE);
    assert_status(fit.status, KAM_ERR_EMPTY);
    add(&running, 5, 0, 0, 300);
    add(&running, 2, 1, 0, 1);
    fit = fit_book(SBG, &running, KAM_PRIOR_NONE);
    assert_status(fit.status, KAM_ERR_TOO_FEW);
    assert_string_equal(fit.diag.argument, "accounts.contract_ended");
    add(&never, 0, 1, 0, 50);
    fit = fit_book(SBG, &never, KAM_PRIOR_NONE);
    assert_status(fit.status, KAM_ERR_TOO_FEW);
    assert_string_equal(fit.diag.argument, "accounts.renewals");
    /* Half of what is left ends each term: one chance for all. */
    for (int t = 0; t < 8; t++) add(&alike, t, 1, 0, 512 >> t);
    add(&alike, 8, 0, 0, 4);
    fit = fit_book(SBG, &alike, KAM_PRIOR_NONE);
    assert_status(fit.status, KAM_ERR_AT_BOUND);
    assert_true(isnan(fit.covariance[0]));
    assert_relative(fit.model.parameter[0] / fit.model.parameter[1], 1, 0.02);
    /* One decision says one number, not two. */
    struct contracts once = {0};
    add(&once, 0, 1, 0, 30);
    add(&once, 1, 0, 0, 70);
    fit = fit_book(SBG, &once, KAM_PRIOR_NONE);
    assert_true(fit.status == KAM_ERR_FLAT || fit.status == KAM_ERR_AT_BOUND);
    /* The weak prior answers all of them, with finite errors. */
    const struct contracts *const books[] = {&running, &alike, &once};
    for (int k = 0; k < 3; k++)
        for (int32_t family = 1; family <= 2; family++) {
            fit = fit_book(family, books[k], KAM_PRIOR_WEAK);
            assert_status(fit.status, KAM_OK);
            assert_true(fit.covariance[0] > 0 && fit.covariance[0] < 9);
        }
}

/* ---- value ---- */

static void test_value(void **state) {
    (void)state;
    const double n[] = {2, 2, 2, 2, 2}, ended[] = {0, 1, 0, 0, 0};
    const double left[] = {0.25, 0.25, NAN, -1, 0.25};
    const double money[] = {100, 100, 100, 100, 0};
    const kam_retention model = model_of(0.668, 3.806, 1);
    double until[5], after[5];
    uint32_t flags[5], residual_flag;
    kam_accounts accounts = {.struct_size = sizeof accounts, .n_rows = 5};
    accounts.renewals = column_of(n);
    accounts.contract_ended = column_of(ended);
    accounts.periods_to_end = column_of(left);
    accounts.contract_value = column_of(money);
    assert_status(kam_retention_value(&model, &accounts, 10, 0, NULL, until,
                                      after, flags, NULL),
                  KAM_OK);
    assert_relative(until[0], 25, 1e-15);
    assert_relative(after[0],
                    100 * ask_residual(&model, 2, 10, 0, &residual_flag),
                    1e-14);
    assert_bits(until[1], 0);
    assert_bits(after[1], 0);
    assert_true(isnan(until[2]) && isnan(after[2]) && isnan(until[3]));
    assert_bits(until[4], 0);
    assert_bits(after[4], 0);
    const uint32_t expected[] = {0, 0, KAM_ROW_MISSING, KAM_ROW_DOMAIN, 0};
    assert_memory_equal(flags, expected, sizeof flags);
    /* Discounted: by the integral of each term's money, summed by hand. */
    const double rate = 0.1, of_term = (1 - exp(-rate)) / rate;
    double sum = 0;
    for (int k = 1; k <= 10; k++)
        sum += 100 * of_term * exp(-rate * (0.25 + k - 1)) *
               ask_renewal(&model, 2, k);
    assert_status(kam_retention_value(&model, &accounts, 10, rate, NULL, until,
                                      after, NULL, NULL),
                  KAM_OK);
    assert_relative(until[0], 100 * (1 - exp(-rate * 0.25)) / rate, 1e-14);
    assert_relative(after[0], sum, 1e-14);
}

/* ---- rows, hosts, wrong calls ---- */

static void test_rows(void **state) {
    (void)state;
    const double n[] = {1, NAN, 1, -1, 1.5, 1, 1, 0x1p53};
    const double ended[] = {0, 0, NAN, 0, 0, 2, 0, 0};
    const double before[] = {0, 0, 0, 0, 0, 0, 2, 0};
    const uint32_t expected[] = {0,
                                 KAM_ROW_MISSING,
                                 KAM_ROW_MISSING,
                                 KAM_ROW_DOMAIN,
                                 KAM_ROW_DOMAIN,
                                 KAM_ROW_DOMAIN,
                                 KAM_ROW_DOMAIN,
                                 KAM_ROW_DOMAIN};
    double out[8];
    uint32_t flags[8];
    const kam_retention model = model_of(0.7, 2, 1);
    kam_accounts accounts = {.struct_size = sizeof accounts, .n_rows = 8};
    accounts.renewals = column_of(n);
    accounts.contract_ended = column_of(ended);
    accounts.renewals_before = column_of(before);
    assert_status(kam_retention_renewal(&model, &accounts, 1, NULL, out, flags,
                                        NULL),
                  KAM_OK);
    assert_memory_equal(flags, expected, sizeof flags);
    assert_relative(out[0], 3 / 3.7, 1e-15);
    for (int i = 1; i < 8; i++) assert_true(isnan(out[i]));
    /* The fit leaves out the same rows. */
    kam_objective part = {.struct_size = sizeof part};
    assert_status(kam_retention_objective(&model, &accounts, NULL, &part, NULL),
                  KAM_OK);
    assert_int_equal(part.n_rows, 1);
    assert_int_equal(part.n_skipped, 7);
}

/* One row gives the bits it has among many, on any executor. */
static void test_one_is_many(void **state) {
    (void)state;
    struct contracts book = {0};
    simulate(&book, 400, 1.4, 77);
    const kam_accounts accounts = accounts_of(&book);
    double whole[400], again[400], one;
    kam_host host = {.struct_size = sizeof host, .parallel_for = run_odd_first};
    for (int i = 0; i < 2; i++) {
        const kam_retention model = model_of(1.2, 3.3, i ? 1.4 : 1);
        assert_status(kam_retention_residual(&model, &accounts, INFINITY, 0.05,
                                             NULL, whole, NULL, NULL),
                      KAM_OK);
        assert_status(kam_retention_residual(&model, &accounts, INFINITY, 0.05,
                                             &host, again, NULL, NULL),
                      KAM_OK);
        assert_memory_equal(whole, again, (size_t)book.n * sizeof *whole);
        for (int64_t row = 0; row < book.n; row++) {
            kam_accounts part = accounts;
            assert_status(kam_accounts_slice(&accounts, row, 1, &part), KAM_OK);
            assert_status(kam_retention_residual(&model, &part, INFINITY, 0.05,
                                                 NULL, &one, NULL, NULL),
                          KAM_OK);
            assert_bits(one, whole[row]);
        }
    }
}

static void test_every_allocation_failed(void **state) {
    (void)state;
    struct contracts book = {0};
    simulate(&book, 300, 1, 3);
    const kam_accounts accounts = accounts_of(&book);
    struct lender lender;
    kam_host host = lender_host(&lender, 0);
    const struct fitted whole =
        fit_with(BDW, &accounts, 1, KAM_PRIOR_NONE, &host);
    const int64_t calls = lender.n_calls;
    assert_status(whole.status, KAM_OK);
    assert_int_equal(lender.n_live, 0);
    const struct fitted untouched = {0};
    for (int64_t fail = 1; fail <= calls; fail++) {
        host = lender_host(&lender, fail);
        const struct fitted fit =
            fit_with(BDW, &accounts, 1, KAM_PRIOR_NONE, &host);
        assert_status(fit.status, KAM_ERR_MEMORY);
        assert_memory_equal(&fit.model, &untouched.model, sizeof fit.model);
        assert_int_equal(lender.n_live, 0);
        assert_int_equal(lender.n_bytes, 0);
    }
}

static void expect_wrong(const kam_retention *model, double horizon,
                         double rate, kam_status status, const char *argument) {
    const double zero = 0;
    double out = 99;
    kam_diag diag = {.struct_size = sizeof diag};
    kam_accounts accounts = {.struct_size = sizeof accounts, .n_rows = 1};
    accounts.renewals = column_of(&zero);
    accounts.contract_ended = column_of(&zero);
    assert_status(kam_retention_residual(model, &accounts, horizon, rate, NULL,
                                         &out, NULL, &diag),
                  status);
    assert_string_equal(diag.argument, argument);
    assert_bits(out, 99);
}

static void test_weights_too_high(void **state) {
    (void)state;
    struct contracts book = {0};
    for (int i = 0; i < 50; i++) add(&book, i % 7, i % 3 == 0, 0, 1e18);
    const kam_accounts accounts = accounts_of(&book);
    for (int family = 1; family <= 2; family++) {
        const struct fitted fit = fit_with(family, &accounts, 1, 0, NULL);
        assert_status(fit.status, KAM_ERR_OVERFLOW);
        assert_int_equal(fit.model.n_parameters, 0);
    }
}

static void test_wrong_calls(void **state) {
    (void)state;
    kam_retention model = model_of(0.7, 2, 1);
    expect_wrong(NULL, 1, 0, KAM_ERR_NULL, "model");
    expect_wrong(&model, -1, 0, KAM_ERR_OPTION, "horizon_terms");
    expect_wrong(&model, NAN, 0, KAM_ERR_OPTION, "horizon_terms");
    expect_wrong(&model, 1, -0.1, KAM_ERR_OPTION, "discount_per_period");
    expect_wrong(&model, 1, INFINITY, KAM_ERR_OPTION, "discount_per_period");
    model.parameter[1] = 0;
    expect_wrong(&model, 1, 0, KAM_ERR_OPTION, "model.parameter");
    model = model_of(0.7, 2, 1.5);
    model.n_parameters = 2;
    expect_wrong(&model, 1, 0, KAM_ERR_OPTION, "model.family");
    model = model_of(0.7, 2, 1);
    model.period_days = 0;
    expect_wrong(&model, 1, 0, KAM_ERR_OPTION, "model.period_days");
    kam_accounts accounts = {.struct_size = sizeof accounts, .n_rows = -1};
    kam_diag diag = {.struct_size = sizeof diag};
    double out;
    model = model_of(0.7, 2, 1);
    assert_status(kam_retention_renewal(&model, &accounts, 1, NULL, &out, NULL,
                                        &diag),
                  KAM_ERR_SHAPE);
    accounts.n_rows = 1;
    accounts.renewals.values = &out;
    accounts.renewals.type = KAM_CHARS;
    assert_status(kam_retention_renewal(&model, &accounts, 1, NULL, &out, NULL,
                                        &diag),
                  KAM_ERR_TYPE);
    accounts.renewals.type = KAM_F64;
    assert_status(kam_retention_renewal(&model, &accounts, NAN, NULL, &out,
                                        NULL, &diag),
                  KAM_ERR_OPTION);
    assert_string_equal(diag.argument, "n_terms");
    assert_status(kam_retention_renewal(&model, &accounts, 1, NULL, NULL, NULL,
                                        &diag),
                  KAM_ERR_NULL);
    assert_status(kam_retention_curve(&model, -1, &out, &out, &diag),
                  KAM_ERR_SHAPE);
    assert_status(kam_retention_fit(4, NULL, 0, 7, NULL, NULL, &model, NULL,
                                    NULL, &diag),
                  KAM_ERR_OPTION);
    assert_string_equal(diag.argument, "family");
    assert_status(kam_retention_fit(1, NULL, 0, 0, NULL, NULL, &model, NULL,
                                    NULL, &diag),
                  KAM_ERR_OPTION);
    assert_status(kam_retention_fit(1, NULL, 0, 7, NULL, NULL, NULL, NULL, NULL,
                                    &diag),
                  KAM_ERR_NULL);
}

static void test_names(void **state) {
    (void)state;
    assert_string_equal(kam_retention_family_name(SBG), "sbg");
    assert_string_equal(kam_retention_family_name(BDW), "bdw");
    assert_string_equal(kam_retention_family_name(3), "shared");
    assert_string_equal(kam_retention_family_name(0), "unknown");
    assert_string_equal(kam_retention_family_name(4), "unknown");
    assert_string_equal(kam_retention_parameter_name(SBG, 1), "beta");
    assert_string_equal(kam_retention_parameter_name(BDW, 2), "c");
    assert_null(kam_retention_parameter_name(SBG, 2));
    assert_null(kam_retention_parameter_name(BDW, -1));
    assert_null(kam_retention_parameter_name(9, 0));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_sbg),
        cmocka_unit_test(test_known_bdw),
        cmocka_unit_test(test_curve),
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_pieces_fit_together),
        cmocka_unit_test(test_probabilities_add_up),
        cmocka_unit_test(test_derivatives),
        cmocka_unit_test(test_simulated_books),
        cmocka_unit_test(test_order_and_cut_do_not_matter),
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_value),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_one_is_many),
        cmocka_unit_test(test_every_allocation_failed),
        cmocka_unit_test(test_weights_too_high),
        cmocka_unit_test(test_wrong_calls),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
