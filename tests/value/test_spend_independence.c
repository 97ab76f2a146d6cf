/* SPDX-License-Identifier: MIT */
/* Whether order values go with the number of orders. */
#include "support/check.h"
#include "support/hosts.h"

#include "math/incomplete_beta.h"

enum { MANY = 400 };

static kam_accounts book_of(const double *x, const double *m, const double *w,
                            int64_t n) {
    kam_accounts accounts = {.struct_size = sizeof accounts};
    accounts.n_rows = n;
    accounts.repeat_orders = column_of(x);
    accounts.mean_order_value = column_of(m);
    if (w) accounts.weight = column_of(w);
    return accounts;
}

static kam_spend_dependence found_in(const kam_accounts *parts,
                                     int64_t n_parts) {
    kam_spend_dependence found = {.struct_size = sizeof found};
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_spend_independence(parts, n_parts, NULL, &found, &diag),
                  KAM_OK);
    return found;
}

/* Student's t, two-sided: Abramowitz & Stegun (1964), 26.7.3 and 26.7.4. */
static double two_sided(double t, int df) {
    const double theta = atan(t / sqrt(df)), c = cos(theta);
    double term = df % 2 ? c : 1, sum = 0;
    for (int k = df % 2 ? 1 : 0; k <= df - 2; k += 2) {
        sum += term;
        term *= c * c * (k + 1) / (k + 2);
    }
    sum *= sin(theta);
    return 1 - (df % 2 ? (theta + sum) * (2 / acos(-1)) : sum);
}

/* Ten pairs without ties. With d the differences of ranks, rho = 1 - 6 sum d^2 /
 * (n (n^2 - 1)): sum d^2 = 194, rho = -29 / 165. */
static void test_ten_pairs(void **state) {
    (void)state;
    static const double x[] = {86, 97, 99, 100, 101, 103, 106, 110, 112, 113};
    static const double m[] = {2, 20, 28, 27, 50, 29, 7, 17, 6, 12};
    const kam_accounts book = book_of(x, m, NULL, 10);
    const kam_spend_dependence found = found_in(&book, 1);
    const double rho = -29.0 / 165;
    assert_int_equal(found.n_rows, 10);
    assert_relative(found.rank_correlation, rho, 1e-14);
    assert_relative(found.p_value,
                    two_sided(fabs(rho) * sqrt(8 / (1 - rho * rho)), 8), 1e-12);
}

/* By definition: rank = accounts below, and half of those that are equal. */
static double slow_rho(const double *x, const double *m, const double *w,
                       int n) {
    double total = 0, xx = 0, mm = 0, xm = 0;
    for (int i = 0; i < n; i++) total += w[i];
    for (int i = 0; i < n; i++) {
        double a = 0, b = 0;
        for (int j = 0; j < n; j++) {
            a += w[j] * (x[j] < x[i] ? 1 : x[j] == x[i] ? 0.5 : 0);
            b += w[j] * (m[j] < m[i] ? 1 : m[j] == m[i] ? 0.5 : 0);
        }
        a -= total / 2;
        b -= total / 2;
        xx += w[i] * a * a;
        mm += w[i] * b * b;
        xm += w[i] * a * b;
    }
    return xm / sqrt(xx * mm);
}

static void draw(double *x, double *m, double *w, uint64_t seed, double pull) {
    for (int i = 0; i < MANY; i++) {
        x[i] = 1 + floor(6 * random_unit(&seed) * random_unit(&seed));
        m[i] = floor(20 * random_unit(&seed) + pull * x[i]) - 5;
        w[i] = 1 + floor(3 * random_unit(&seed));
    }
}

static void test_ties_and_weights(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed < 12; seed++) {
        double x[MANY], m[MANY], w[MANY], total = 0;
        draw(x, m, w, seed, seed % 3 ? 0.4 : 0);
        const int n = (int)(3 + seed * 4);
        for (int i = 0; i < n; i++) total += w[i];
        const kam_accounts book = book_of(x, m, w, n);
        const kam_spend_dependence found = found_in(&book, 1);
        const double rho = slow_rho(x, m, w, n);
        assert_near(found.rank_correlation, rho, 1e-13);
        assert_relative(found.p_value,
                        two_sided(fabs(rho) *
                                      sqrt((total - 2) / (1 - rho * rho)),
                                  (int)total - 2),
                        1e-9);
    }
}

static void test_extremes(void **state) {
    (void)state;
    static const double up[] = {1, 2, 3, 4}, down[] = {9, 7, 0, -3};
    static const double even[] = {1, 2, 2, 1}, odd[] = {1, 1, 2, 2};
    const kam_accounts perfect = book_of(up, down, NULL, 4);
    const kam_accounts none = book_of(even, odd, NULL, 4);
    kam_spend_dependence found = found_in(&perfect, 1);
    assert_near(found.rank_correlation, -1, 1e-15);
    assert_true(found.p_value < 1e-7);
    found = found_in(&none, 1);
    assert_near(found.rank_correlation, 0, 0);
    assert_near(found.p_value, 1, 0);
    assert_near(kam__beta_prime(2, 3, INFINITY), 1, 0);
    assert_near(kam__beta_prime(1, 3, 1), 1 - 0.125, 1e-15);
    assert_near(kam__beta_prime(2, 3, 0), 0, 0);
    assert_true(isnan(kam__beta_prime(2, 3, -1)));
}

/* The rows that a spend fit leaves out are left out; order and cut do not
 * matter, to the bit; a weight is as good as copies. */
static void test_rows(void **state) {
    (void)state;
    double x[MANY], m[MANY], w[MANY], back_x[MANY], back_m[MANY], back_w[MANY];
    draw(x, m, w, 77, 0.2);
    x[7] = 0;
    m[8] = NAN;
    w[9] = -1;
    x[10] = 1.5;
    const kam_accounts whole = book_of(x, m, w, MANY);
    const kam_spend_dependence one = found_in(&whole, 1);
    assert_int_equal(one.n_rows, MANY - 4);
    for (int i = 0; i < MANY; i++) {
        back_x[i] = x[MANY - 1 - i];
        back_m[i] = m[MANY - 1 - i];
        back_w[i] = w[MANY - 1 - i];
    }
    const kam_accounts parts[] = {book_of(back_x, back_m, back_w, 129),
                                  book_of(back_x, back_m, back_w, 0),
                                  book_of(back_x + 129, back_m + 129,
                                          back_w + 129, MANY - 129)};
    const kam_spend_dependence other = found_in(parts, 3);
    assert_memory_equal(&one, &other, sizeof one);
    double copy_x[3 * MANY], copy_m[3 * MANY];
    int n = 0;
    for (int i = 0; i < MANY; i++)
        for (int k = 0; w[i] > 0 && k < (int)w[i]; k++, n++)
            copy_x[n] = x[i], copy_m[n] = m[i];
    const kam_accounts copies = book_of(copy_x, copy_m, NULL, n);
    const kam_spend_dependence same = found_in(&copies, 1);
    assert_relative(same.rank_correlation, one.rank_correlation, 1e-14);
    assert_relative(same.p_value, one.p_value, 1e-12);
}

static void test_verdicts(void **state) {
    (void)state;
    static const double x[] = {1, 1, 1, 0}, m[] = {5, 6, 7, 8};
    static const double y[] = {1, 2, 3, 4}, same[] = {5, 5, 5, 5};
    kam_diag diag = {.struct_size = sizeof diag};
    kam_spend_dependence found = {.struct_size = sizeof found, .n_rows = -7};
    kam_accounts book = book_of(x, m, NULL, 4);
    assert_status(kam_spend_independence(&book, 1, NULL, &found, &diag),
                  KAM_ERR_CONSTANT);
    assert_string_equal(diag.argument, "accounts.repeat_orders");
    book = book_of(y, same, NULL, 4);
    assert_status(kam_spend_independence(&book, 1, NULL, &found, &diag),
                  KAM_ERR_CONSTANT);
    assert_string_equal(diag.argument, "accounts.mean_order_value");
    book = book_of(y, m, NULL, 2);
    assert_status(kam_spend_independence(&book, 1, NULL, &found, &diag),
                  KAM_ERR_TOO_FEW);
    assert_status(kam_spend_independence(NULL, 0, NULL, &found, &diag),
                  KAM_ERR_TOO_FEW);
    assert_status(kam_spend_independence(NULL, 1, NULL, &found, &diag),
                  KAM_ERR_NULL);
    assert_status(kam_spend_independence(&book, -1, NULL, &found, &diag),
                  KAM_ERR_SHAPE);
    assert_status(kam_spend_independence(&book, 1, NULL, NULL, &diag),
                  KAM_ERR_NULL);
    assert_int_equal(found.n_rows, -7);
}

static void test_every_allocation_failed(void **state) {
    (void)state;
    double x[MANY], m[MANY], w[MANY];
    draw(x, m, w, 3, 0);
    const kam_accounts book = book_of(x, m, w, MANY);
    struct lender lender;
    int64_t fail_at = 0;
    kam_status status;
    do {
        kam_spend_dependence found = {.struct_size = sizeof found};
        kam_host host = lender_host(&lender, ++fail_at);
        status = kam_spend_independence(&book, 1, &host, &found, NULL);
        assert_int_equal(lender.n_live, 0);
        if (status == KAM_OK) break;
        assert_status(status, KAM_ERR_MEMORY);
        assert_int_equal(found.n_rows, 0);
    } while (fail_at < 100);
    assert_int_equal(fail_at, 8);
}

/* CDNOW, of which Fader & Hardie (2013), note 025, print a (product-moment)
 * correlation of 0.11. Of ranks it is more: by mpmath. */
static void test_cdnow(void **state) {
    (void)state;
    const char *const path = TEST_SHARED "/data/cdnow/cdnow_sample_rfm.csv.gz";
    struct table table;
    skip_without(table_read(&table, path), "shared/data/cdnow");
    const int64_t n = table.n_rows;
    double *const x = malloc((size_t)n * sizeof *x);
    double *const m = malloc((size_t)n * sizeof *m);
    for (int64_t i = 0; i < n; i++) {
        x[i] = table_at(&table, i, "x");
        m[i] = table_at(&table, i, "zbar");
    }
    const kam_accounts book = book_of(x, m, NULL, n);
    const kam_spend_dependence found = found_in(&book, 1);
    assert_int_equal(found.n_rows, 946);
    assert_relative(found.rank_correlation, 0.206393954817488728519, 1e-12);
    assert_relative(found.p_value, 1.46655555857823255709e-10, 1e-10);
    free(x);
    free(m);
    table_free(&table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ten_pairs),
        cmocka_unit_test(test_ties_and_weights),
        cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_every_allocation_failed),
        cmocka_unit_test(test_cdnow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
