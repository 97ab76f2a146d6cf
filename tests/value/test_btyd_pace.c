/* SPDX-License-Identifier: MIT */
/* kam/btyd_pace.h: books that go on at a known pace, the formula by hand, simulated
 * books that did not change, and wrong calls. */
#include "support/check.h"
#include "support/hosts.h"
#include "value/histories.h"

enum { N = 200 };

static struct histories some_book(int64_t n, uint64_t seed) {
    struct histories book = histories_new(n);
    for (int64_t i = 0; i < n; i++) {
        book.T[i] = 20 + 80 * random_unit(&seed);
        book.x[i] = floor(30 * random_unit(&seed));
        book.t_x[i] =
            book.x[i] > 0 ? book.T[i] * (1 - random_unit(&seed) / 5) : 0;
    }
    return book;
}

static const int32_t FAMILIES[] = {KAM_BTYD_BGNBD, KAM_BTYD_MBGNBD,
                                   KAM_BTYD_PNBD};

static kam_btyd some_model(int32_t family) {
    return family == KAM_BTYD_PNBD ? btyd_model(family, 2, 8, 0.5, 100)
                                   : btyd_model(family, 2, 8, 0.6, 20);
}

static void expect(const kam_btyd *model, const struct histories *book,
                   double horizon, double *orders) {
    const kam_accounts accounts = accounts_from(book);
    assert_status(kam_btyd_expected_orders(model, &accounts, horizon, NULL,
                                           orders, NULL, NULL),
                  KAM_OK);
}

static double sum_of(const double *of, int64_t n) {
    double sum = 0;
    for (int64_t i = 0; i < n; i++) sum += of[i];
    return sum;
}

static kam_status find_pace(const kam_btyd *model, const double *covariance,
                            const struct histories *book, const double *orders,
                            double horizon, kam_btyd_pace_report *found) {
    const kam_accounts accounts = accounts_from(book);
    const kam_column came = column_of(orders);
    memset(found, 0, sizeof *found);
    found->struct_size = sizeof *found;
    return kam_btyd_pace(model, covariance, &accounts, &came, horizon, found,
                         NULL);
}

/* Every account did just what the model says of another length of time. */
static void test_known_pace(void **state) {
    (void)state;
    struct histories book = some_book(N, 1);
    const double paces[] = {0.26, 0.7, 0.999, 1, 1.3, 3.9};
    double orders[N], usual[N];
    for (int f = 0; f < 3; f++) {
        const kam_btyd model = some_model(FAMILIES[f]);
        expect(&model, &book, 52, usual);
        for (int k = 0; k < 6; k++) {
            kam_btyd_pace_report found;
            expect(&model, &book, 52 * paces[k], orders);
            assert_status(find_pace(&model, NULL, &book, orders, 52, &found),
                          KAM_OK);
            assert_relative(found.observed, paces[k], 1e-11);
            assert_true(found.observed_variance < 1e-20);
            assert_relative(found.pace, paces[k], 1e-9);
            assert_relative(found.actual, sum_of(orders, N), 1e-13);
            assert_relative(found.expected, sum_of(usual, N), 1e-13);
            assert_int_equal(found.n_rows, N);
        }
    }
    histories_free(&book);
}

/* Deviations of accounts, the fit's own error, and what is left of the pace. */
static void test_formula(void **state) {
    (void)state;
    struct histories book = some_book(N, 2);
    kam_btyd model = some_model(KAM_BTYD_MBGNBD);
    double orders[N], expected[N], up[N], down[N], squares = 0, g[4];
    double covariance[16] = {0};
    kam_btyd_pace_report found, fitted;
    uint64_t seed = 9;
    expect(&model, &book, 52, expected);
    for (int i = 0; i < N; i++)
        orders[i] = floor(2.6 * expected[i] * random_unit(&seed));
    assert_status(find_pace(&model, NULL, &book, orders, 52, &found), KAM_OK);
    const double h = 52 * found.observed, L = log(found.observed), step = 1e-5;
    expect(&model, &book, h, expected);
    expect(&model, &book, h * exp(step), up);
    expect(&model, &book, h * exp(-step), down);
    assert_relative(sum_of(expected, N), sum_of(orders, N), 1e-12);
    for (int i = 0; i < N; i++) squares += pow(orders[i] - expected[i], 2);
    const double slope = (sum_of(up, N) - sum_of(down, N)) / (2 * step);
    const double variance = squares * N / (N - 1) / (slope * slope);
    assert_relative(found.observed_variance, variance, 3e-5);
    const double stays = 1 - variance / (L * L);
    assert_true(stays > 0.2 && stays < 1);
    assert_relative(found.pace, exp(stays * L), 3e-5);
    assert_relative(found.variance, stays * variance, 1e-4);
    /* A covariance adds g' C g. */
    for (int j = 0; j < 4; j++) {
        kam_btyd moved = model;
        moved.parameter[j] *= exp(step);
        expect(&moved, &book, h, up);
        moved.parameter[j] *= exp(-2 * step);
        expect(&moved, &book, h, down);
        g[j] = (sum_of(up, N) - sum_of(down, N)) / (2 * step) / slope;
        covariance[5 * j] = 0.01 * (j + 1);
    }
    covariance[1] = covariance[4] = 0.005;
    double added = 2 * 0.005 * g[0] * g[1];
    for (int j = 0; j < 4; j++) added += covariance[5 * j] * g[j] * g[j];
    assert_status(find_pace(&model, covariance, &book, orders, 52, &fitted),
                  KAM_OK);
    assert_bits(fitted.observed, found.observed);
    assert_relative(fitted.observed_variance - found.observed_variance, added,
                    3e-4);
    covariance[7] = NAN; /* not known */
    assert_status(find_pace(&model, covariance, &book, orders, 52, &fitted),
                  KAM_OK);
    assert_bits(fitted.observed_variance, found.observed_variance);
    histories_free(&book);
}

/* 400 books that go on as before: half of them by chance faster and half slower;
 * what is observed keeps within its error, and most are left at a pace of 1. */
static void test_no_change(void **state) {
    (void)state;
    enum { BOOKS = 400, ACCOUNTS = 60 };
    const kam_btyd model = btyd_model(KAM_BTYD_MBGNBD, 1e6, 1e6, 1e-3, 1e6);
    struct histories book = some_book(ACCOUNTS, 3);
    double expected[ACCOUNTS], orders[ACCOUNTS];
    int n_within = 0, n_one = 0, n_faster = 0;
    uint64_t seed = 11;
    expect(&model, &book, 10, expected);
    for (int k = 0; k < BOOKS; k++) {
        kam_btyd_pace_report found;
        for (int i = 0; i < ACCOUNTS; i++) { /* Poisson */
            double t = 0;
            for (orders[i] = -1; t < expected[i]; orders[i]++)
                t -= log(1 - random_unit(&seed));
        }
        assert_status(find_pace(&model, NULL, &book, orders, 10, &found),
                      KAM_OK);
        n_within +=
            fabs(log(found.observed)) < 1.96 * sqrt(found.observed_variance);
        n_one += found.pace == 1;
        n_faster += found.observed > 1;
        assert_true(fabs(log(found.pace)) <= fabs(log(found.observed)));
        assert_true(found.variance <= found.observed_variance);
    }
    fprintf(stderr, "# of %d books: %d within 1.96 errors, %d left alone\n",
            BOOKS, n_within, n_one);
    assert_near(n_within, 0.95 * BOOKS, 0.03 * BOOKS);
    assert_near(n_one, 0.683 * BOOKS, 0.07 * BOOKS); /* |z| < 1 */
    assert_near(n_faster, 0.5 * BOOKS, 0.08 * BOOKS);
    histories_free(&book);
}

/* Rows in another order, a weight instead of a copy, and rows that do not count. */
static void test_rows(void **state) {
    (void)state;
    enum { MOST = 2 * N };
    const kam_btyd model = some_model(KAM_BTYD_PNBD);
    struct histories book = some_book(MOST, 4), turned = some_book(MOST, 4);
    double orders[MOST], back[MOST], weight[N];
    kam_btyd_pace_report found, other;
    for (int i = 0; i < MOST; i++) {
        const int from = MOST - 1 - i;
        orders[i] = floor(book.x[i] * 0.8);
        turned.x[i] = book.x[from];
        turned.t_x[i] = book.t_x[from];
        turned.T[i] = book.T[from];
        back[i] = floor(book.x[from] * 0.8);
    }
    assert_status(find_pace(&model, NULL, &book, orders, 52, &found), KAM_OK);
    assert_status(find_pace(&model, NULL, &turned, back, 52, &other), KAM_OK);
    assert_memory_equal(&found, &other, sizeof found);
    /* Twice every row. */
    for (int i = 0; i < N; i++) {
        book.x[N + i] = book.x[i];
        book.t_x[N + i] = book.t_x[i];
        book.T[N + i] = book.T[i];
        orders[N + i] = orders[i];
        weight[i] = 2;
    }
    assert_status(find_pace(&model, NULL, &book, orders, 52, &found), KAM_OK);
    book.n = N;
    book.weight = weight;
    assert_status(find_pace(&model, NULL, &book, orders, 52, &other), KAM_OK);
    assert_int_equal(other.n_rows, N);
    other.n_rows = MOST;
    assert_memory_equal(&found, &other, sizeof found);
    /* Less than two accounts have no pace, whatever the rows. */
    for (int i = 0; i < N; i++) weight[i] = 1.9 / N;
    assert_status(find_pace(&model, NULL, &book, orders, 52, &other),
                  KAM_ERR_TOO_FEW);
    /* Orders that are not known, and a history that is impossible. */
    book.weight = NULL;
    book.n = N - 2;
    assert_status(find_pace(&model, NULL, &book, orders, 52, &found), KAM_OK);
    book.n = N;
    orders[N - 1] = NAN;
    book.x[N - 2] = 3;
    book.t_x[N - 2] = book.T[N - 2] + 1;
    assert_status(find_pace(&model, NULL, &book, orders, 52, &other), KAM_OK);
    assert_memory_equal(&found, &other, sizeof found);
    histories_free(&book);
    histories_free(&turned);
}

static void test_bounds(void **state) {
    (void)state;
    struct histories book = some_book(N, 5);
    const kam_btyd model = some_model(KAM_BTYD_BGNBD);
    double orders[N] = {0};
    kam_btyd_pace_report found;
    assert_status(find_pace(&model, NULL, &book, orders, 52, &found),
                  KAM_ERR_AT_BOUND);
    assert_relative(found.observed, 0.25, 1e-15);
    expect(&model, &book, 52 * 6, orders);
    assert_status(find_pace(&model, NULL, &book, orders, 52, &found),
                  KAM_ERR_AT_BOUND);
    assert_relative(found.observed, 4, 1e-15);
    assert_true(found.pace > 3.5 && found.pace < 4);
    histories_free(&book);
}

static void test_refusals(void **state) {
    (void)state;
    struct histories book = some_book(3, 6);
    const kam_btyd model = some_model(KAM_BTYD_MBGNBD);
    const kam_accounts accounts = accounts_from(&book);
    double orders[3] = {1, 2, 3};
    const kam_column came = column_of(orders);
    const kam_column days = {.values = orders, .type = KAM_DAY};
    kam_btyd_pace_report found = {.struct_size = sizeof found, .pace = 7};
    kam_btyd_pace_report early = {.struct_size = 4};
    kam_diag diag = {.struct_size = sizeof diag};
    const kam_btyd periods = {KAM_BTYD_BGBB, 4, 7, {1, 1, 1, 1}};
    const struct {
        const kam_btyd *model;
        const kam_accounts *accounts;
        const kam_column *orders;
        double horizon;
        kam_btyd_pace_report *out;
        kam_status status;
        const char *argument;
    } calls[] = {
        {NULL, &accounts, &came, 52, &found, KAM_ERR_NULL, "model"},
        {&periods, &accounts, &came, 52, &found, KAM_ERR_UNSUPPORTED,
         "model.family"},
        {&model, NULL, &came, 52, &found, KAM_ERR_NULL, "accounts"},
        {&model, &accounts, NULL, 52, &found, KAM_ERR_NULL, "orders"},
        {&model, &accounts, &days, 52, &found, KAM_ERR_TYPE, "orders"},
        {&model, &accounts, &came, 0, &found, KAM_ERR_OPTION, "horizon"},
        {&model, &accounts, &came, INFINITY, &found, KAM_ERR_OPTION, "horizon"},
        {&model, &accounts, &came, NAN, &found, KAM_ERR_OPTION, "horizon"},
        {&model, &accounts, &came, 52, NULL, KAM_ERR_NULL, "out"},
        {&model, &accounts, &came, 52, &early, KAM_ERR_STRUCT, "out"}};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        assert_status(kam_btyd_pace(calls[i].model, NULL, calls[i].accounts,
                                    calls[i].orders, calls[i].horizon,
                                    calls[i].out, &diag),
                      calls[i].status);
        assert_string_equal(diag.argument, calls[i].argument);
    }
    const double wrong[] = {-1, INFINITY};
    for (int i = 0; i < 2; i++) {
        orders[1] = wrong[i];
        assert_status(kam_btyd_pace(&model, NULL, &accounts, &came, 52, &found,
                                    &diag),
                      KAM_ERR_OPTION);
        assert_int_equal(diag.row, 1);
        assert_bits(diag.value, wrong[i]);
    }
    orders[0] = orders[1] = NAN;
    assert_status(kam_btyd_pace(&model, NULL, &accounts, &came, 52, &found,
                                &diag),
                  KAM_ERR_TOO_FEW);
    orders[0] = orders[1] = 1e19; /* beyond exact sums */
    assert_status(kam_btyd_pace(&model, NULL, &accounts, &came, 52, &found,
                                &diag),
                  KAM_ERR_OVERFLOW);
    orders[0] = orders[1] = orders[2] = 1;
    assert_status(kam_btyd_pace(&model, NULL, &accounts, &came, 1e-320, &found,
                                &diag),
                  KAM_ERR_EMPTY);
    assert_bits(found.pace, 7);
    histories_free(&book);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_pace), cmocka_unit_test(test_formula),
        cmocka_unit_test(test_no_change),  cmocka_unit_test(test_rows),
        cmocka_unit_test(test_bounds),     cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
