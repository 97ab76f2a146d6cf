/* SPDX-License-Identifier: MIT */
/* KAM_RETENTION_SHARED: contracts of one account have one chance to end. */
#include "support/check.h"
#include "support/hosts.h"

enum { SBG = KAM_RETENTION_SBG, SHARED = KAM_RETENTION_SHARED };
enum { MOST = 20000 };

static kam_retention model_of(double alpha, double beta) {
    const kam_retention model = {SHARED, 2, 365.25, {alpha, beta, 0, 0}};
    return model;
}

/* Sums over the contracts of an account. */
struct book {
    int64_t n;
    double renewals[MOST], ended[MOST], before[MOST];
};

static struct book book;

static kam_accounts rows_of(const struct book *of) {
    kam_accounts rows = {.struct_size = sizeof rows, .n_rows = of->n};
    rows.renewals = column_of(of->renewals);
    rows.contract_ended = column_of(of->ended);
    rows.renewals_before = column_of(of->before);
    return rows;
}

static void one(double renewals, double ended, double before) {
    book.n = 1;
    book.renewals[0] = renewals;
    book.ended[0] = ended;
    book.before[0] = before;
}

static double lapse_of(const kam_retention *model, const double *terms,
                       int64_t n) {
    const int64_t first[] = {0, n};
    const kam_accounts rows = rows_of(&book);
    double out = NAN;
    uint32_t flags = 9;
    assert_int_equal(book.n, 1);
    assert_status(kam_retention_lapse(model, &rows, first, terms, NULL, &out,
                                      &flags, NULL),
                  KAM_OK);
    assert_int_equal(flags, 0);
    return out;
}

static double renewal_of(const kam_retention *model, double terms) {
    const kam_accounts rows = rows_of(&book);
    double out = NAN;
    assert_int_equal(book.n, 1);
    assert_status(kam_retention_renewal(model, &rows, terms, NULL, &out, NULL,
                                        NULL),
                  KAM_OK);
    return out;
}

static double ll_of(const kam_retention *model) {
    const kam_accounts rows = rows_of(&book);
    double out = NAN;
    assert_status(kam_retention_log_likelihood(model, &rows, NULL, &out, NULL,
                                               NULL),
                  KAM_OK);
    return out;
}

static void test_golden(void **state) {
    (void)state;
    struct table table;
    double worst[3] = {0};
    assert_true(table_read(&table, TEST_GOLDEN "/retention_shared.csv"));
    assert_int_equal(table.n_rows, 72);
    for (int64_t i = 0; i < table.n_rows; i++) {
        const kam_retention model =
            model_of(table_at(&table, i, "alpha"), table_at(&table, i, "beta"));
        double terms[64];
        int64_t n = 0;
        const double k1 = table_at(&table, i, "k1");
        for (int k = 0; k < table_at(&table, i, "n1"); k++) terms[n++] = k1;
        for (int k = 0; k < table_at(&table, i, "n2"); k++)
            terms[n++] = table_at(&table, i, "k2");
        one(table_at(&table, i, "renewals"), table_at(&table, i, "ended"),
            table_at(&table, i, "before"));
        check_digits(&worst[0], ll_of(&model), table_at(&table, i, "ll"), i,
                     1e-12);
        check_digits(&worst[1], renewal_of(&model, k1),
                     table_at(&table, i, "renewal"), i, 1e-12);
        check_digits(&worst[2], lapse_of(&model, terms, n),
                     table_at(&table, i, "lapse"), i, 1e-12);
    }
    fprintf(stderr, "largest errors: ll %.1e, renewal %.1e, lapse %.1e\n",
            worst[0], worst[1], worst[2]);
    table_free(&table);
}

/* Accounts that have one contract each are a book of contracts. */
static void test_one_contract_each(void **state) {
    (void)state;
    uint64_t seed = 3;
    kam_retention fitted[2];
    double covariance[2][4];
    book.n = 600;
    for (int64_t i = 0; i < book.n; i++) {
        const double stay = pow(random_unit(&seed), 0.25);
        double n = 0;
        while (n < 9 && random_unit(&seed) < stay) n++;
        book.renewals[i] = n;
        book.ended[i] = n < 9;
        book.before[i] = i % 4 ? 0 : floor(n / 2);
    }
    const kam_accounts rows = rows_of(&book);
    for (int k = 0; k < 2; k++)
        assert_status(kam_retention_fit(k ? SHARED : SBG, &rows, 1, 365, NULL,
                                        NULL, &fitted[k], covariance[k], NULL,
                                        NULL),
                      KAM_OK);
    for (int i = 0; i < 2; i++)
        assert_relative(fitted[1].parameter[i], fitted[0].parameter[i], 1e-9);
    for (int i = 0; i < 4; i++)
        assert_relative(covariance[1][i], covariance[0][i], 1e-7);
    assert_int_equal(fitted[1].family, SHARED);
    /* One decision is one contract's; what ended says something of the rest. */
    const kam_retention model = model_of(0.7, 2.1);
    const double term = 1, terms[] = {1, 1};
    one(3, 0, 0);
    assert_relative(lapse_of(&model, &term, 1), 0.7 / (0.7 + 5.1), 1e-14);
    assert_relative(renewal_of(&model, 1), 5.1 / 5.8, 1e-14);
    /* E theta^2: more than the square of E theta. */
    assert_relative(lapse_of(&model, terms, 2), 0.7 * 1.7 / (5.8 * 6.8), 1e-13);
    one(3, 2, 0);
    assert_relative(renewal_of(&model, 1), 5.1 / 7.8, 1e-14);
}

static void test_derivatives(void **state) {
    (void)state;
    const double h = 1e-5;
    book.n = 0;
    for (int n = 0; n < 9; n++)
        for (int ended = 0; ended < 5; ended++) {
            book.renewals[book.n] = n * n;
            book.ended[book.n] = ended;
            book.before[book.n++] = n;
        }
    const kam_accounts rows = rows_of(&book);
    kam_objective at[3][2];
    for (int i = 0; i < 2; i++)
        for (int side = 0; side < 3; side++) {
            kam_retention model = model_of(0.7, 2.2);
            model.parameter[i] *= exp((side - 1) * h);
            memset(&at[side][i], 0, sizeof at[side][i]);
            at[side][i].struct_size = sizeof at[side][i];
            assert_status(kam_retention_objective(&model, &rows, NULL,
                                                  &at[side][i], NULL),
                          KAM_OK);
        }
    for (int i = 0; i < 2; i++) {
        const kam_objective *const low = &at[0][i], *const high = &at[2][i];
        assert_near(kam_sum_value(&at[1][0].gradient[i]),
                    (kam_sum_value(&high->log_likelihood) -
                     kam_sum_value(&low->log_likelihood)) /
                        (2 * h),
                    1e-6);
        for (int j = 0; j <= i; j++)
            assert_near(kam_sum_value(&at[1][0].hessian[i * (i + 1) / 2 + j]),
                        (kam_sum_value(&high->gradient[j]) -
                         kam_sum_value(&low->gradient[j])) /
                            (2 * h),
                        1e-6);
    }
}

/* Accounts of up to five contracts, each seen for up to eight terms, all with
 * the account's theta ~ Beta(1, 4); and what comes in the next three. */
struct world {
    int64_t running[MOST]; /* contracts that run */
    int gone[MOST];        /* none is left three terms on */
};

static struct world world;

static void simulate(int64_t n, uint64_t seed) {
    book.n = n;
    for (int64_t i = 0; i < n; i++) {
        const double stay = pow(random_unit(&seed), 0.25);
        const int contracts = 1 + (int)(5 * random_unit(&seed));
        book.renewals[i] = book.ended[i] = book.before[i] = 0;
        world.running[i] = world.gone[i] = 0;
        int64_t left = 0;
        for (int c = 0; c < contracts; c++) {
            const int age = 1 + (int)(8 * random_unit(&seed));
            int t = 0;
            while (t < age && random_unit(&seed) < stay) t++;
            book.renewals[i] += t;
            book.ended[i] += t < age;
            if (t < age) continue;
            world.running[i]++;
            for (t = 0; t < 3 && random_unit(&seed) < stay;) t++;
            left += t == 3;
        }
        world.gone[i] = world.running[i] > 0 && left == 0;
    }
}

static void test_simulated_accounts(void **state) {
    (void)state;
    static int64_t first[MOST + 1];
    static double terms[5 * MOST], lapse[MOST];
    kam_retention fitted;
    double covariance[4];
    simulate(MOST, 11);
    const kam_accounts rows = rows_of(&book);
    assert_status(kam_retention_fit(SHARED, &rows, 1, 365, NULL, NULL, &fitted,
                                    covariance, NULL, NULL),
                  KAM_OK);
    assert_near(log(fitted.parameter[0]), 0, 3.5 * sqrt(covariance[0]));
    assert_near(log(fitted.parameter[1] / 4), 0, 3.5 * sqrt(covariance[3]));
    for (int64_t i = 0; i < book.n; i++)
        first[i + 1] = first[i] + world.running[i];
    for (int64_t k = 0; k < first[book.n]; k++) terms[k] = 3;
    assert_status(kam_retention_lapse(&fitted, &rows, first, terms, NULL, lapse,
                                      NULL, NULL),
                  KAM_OK);
    /* As many accounts are lost as expected, whatever they have; on their own,
     * contracts of one account would be far too seldom lost together. */
    for (int64_t m = 2; m <= 4; m++) {
        double expected = 0, spread = 0, alone = 0, lost = 0;
        for (int64_t i = 0; i < book.n; i++) {
            if (world.running[i] != m) continue;
            kam_accounts row = rows;
            double renewed;
            assert_status(kam_accounts_slice(&rows, i, 1, &row), KAM_OK);
            assert_status(kam_retention_renewal(&fitted, &row, 3, NULL,
                                                &renewed, NULL, NULL),
                          KAM_OK);
            expected += lapse[i];
            spread += lapse[i] * (1 - lapse[i]);
            alone += pow(1 - renewed, (double)m);
            lost += world.gone[i];
        }
        assert_near(lost, expected, 4 * sqrt(spread));
        assert_true(alone < 0.9 * expected);
    }
}

/* One row gives the bits it has among many, on any executor. */
static void test_one_is_many(void **state) {
    (void)state;
    static int64_t first[401];
    static double terms[2000], whole[400], again[400];
    simulate(400, 5);
    const kam_accounts rows = rows_of(&book);
    const kam_retention model = model_of(0.9, 3.3);
    kam_host host = {.struct_size = sizeof host, .parallel_for = run_odd_first};
    uint64_t seed = 1;
    for (int64_t i = 0; i < book.n; i++) first[i + 1] = first[i] + i % 6;
    for (int64_t k = 0; k < first[book.n]; k++)
        terms[k] = 40 * random_unit(&seed);
    assert_status(kam_retention_lapse(&model, &rows, first, terms, NULL, whole,
                                      NULL, NULL),
                  KAM_OK);
    assert_status(kam_retention_lapse(&model, &rows, first, terms, &host, again,
                                      NULL, NULL),
                  KAM_OK);
    assert_memory_equal(whole, again, sizeof whole);
    for (int64_t row = 0; row < book.n; row++) {
        kam_accounts part = rows;
        double single;
        assert_status(kam_accounts_slice(&rows, row, 1, &part), KAM_OK);
        assert_status(kam_retention_lapse(&model, &part, &first[row], terms,
                                          NULL, &single, NULL, NULL),
                      KAM_OK);
        assert_bits(single, whole[row]);
        if (row % 6 == 0) assert_bits(single, 1); /* nothing left to lose */
    }
}

static void test_rows(void **state) {
    (void)state;
    static const double terms[] = {0,        3,   INFINITY, INFINITY, 2,
                                   INFINITY, 2.9, 2,        NAN,      -1};
    static const int64_t first[] = {0, 2, 4, 6, 7, 8, 9, 10, 10};
    const kam_retention model = model_of(0.7, 2);
    double out[8];
    uint32_t flags[8];
    book.n = 8;
    for (int i = 0; i < 8; i++) {
        book.renewals[i] = 4;
        book.ended[i] = 1;
        book.before[i] = 0;
    }
    book.ended[7] = 1.5;
    const kam_accounts rows = rows_of(&book);
    assert_status(kam_retention_lapse(&model, &rows, first, terms, NULL, out,
                                      flags, NULL),
                  KAM_OK);
    assert_bits(out[0], 0);      /* one runs for sure */
    assert_bits(out[1], 1);      /* all end some day */
    assert_bits(out[2], out[4]); /* so only the others count */
    assert_bits(out[3], out[4]);
    book.n = 1;
    const double stays = renewal_of(&model, 2);
    assert_relative(out[4], 1 - stays, 1e-13);
    static const uint32_t expected[] = {
        0, 0, 0, 0, 0, KAM_ROW_MISSING, KAM_ROW_DOMAIN, KAM_ROW_DOMAIN};
    assert_memory_equal(flags, expected, sizeof flags);
    for (int i = 5; i < 8; i++) assert_true(isnan(out[i]));
}

static void test_wrong_calls(void **state) {
    (void)state;
    static const int64_t good[] = {0, 1}, below[] = {-1, 1}, falls[] = {1, 0};
    const double term = 1;
    double out = 99;
    kam_diag diag = {.struct_size = sizeof diag};
    kam_retention model = model_of(0.7, 2), other = model;
    other.family = SBG;
    one(1, 0, 0);
    const kam_accounts rows = rows_of(&book);
    const struct {
        const kam_retention *model;
        const kam_accounts *rows;
        const int64_t *first;
        const double *terms;
        double *out;
        kam_status status;
        const char *argument;
    } calls[] = {{NULL, &rows, good, &term, &out, KAM_ERR_NULL, "model"},
                 {&other, &rows, good, &term, &out, KAM_ERR_UNSUPPORTED,
                  "model.family"},
                 {&model, NULL, good, &term, &out, KAM_ERR_NULL, "accounts"},
                 {&model, &rows, NULL, &term, &out, KAM_ERR_NULL, "first"},
                 {&model, &rows, below, &term, &out, KAM_ERR_SHAPE, "first"},
                 {&model, &rows, falls, &term, &out, KAM_ERR_SHAPE, "first"},
                 {&model, &rows, good, NULL, &out, KAM_ERR_NULL, "n_terms"},
                 {&model, &rows, good, &term, NULL, KAM_ERR_NULL,
                  "probability"}};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        assert_status(kam_retention_lapse(calls[i].model, calls[i].rows,
                                          calls[i].first, calls[i].terms, NULL,
                                          calls[i].out, NULL, &diag),
                      calls[i].status);
        assert_string_equal(diag.argument, calls[i].argument);
        assert_bits(out, 99);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_one_contract_each),
        cmocka_unit_test(test_derivatives),
        cmocka_unit_test(test_simulated_accounts),
        cmocka_unit_test(test_one_is_many),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_wrong_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
