/* SPDX-License-Identifier: MIT */
#include "support/check.h"
#include "support/books.h"
#include "support/hosts.h"

static kam_concentration measure(const double *amount, int64_t n,
                                 double *share) {
    const kam_column column = column_of(amount);
    kam_concentration c = {.struct_size = sizeof c};
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_concentration_measure(&column, n, NULL, share, &c, &diag),
                  KAM_OK);
    assert_int_equal(diag.status, KAM_OK);
    return c;
}

static void test_by_hand(void **state) {
    (void)state;
    const double amount[] = {1, 5, NAN, 2, 2, 0};
    double share[6];
    const kam_concentration c = measure(amount, 6, share);
    const double expected[] = {0.1, 0.5, NAN, 0.2, 0.2, 0};
    for (int i = 0; i < 6; i++)
        if (i == 2)
            assert_true(isnan(share[i]));
        else
            assert_bits(share[i], expected[i]);
    assert_int_equal(c.n_accounts, 5);
    assert_int_equal(c.n_negative, 0);
    assert_int_equal(c.n_for_80, 3); /* 5 + 2 + 2 of 10 */
    assert_int_equal(c.n_at_10, 4);
    assert_int_equal(c.n_at_50, 1);
    assert_bits(c.total, 10);
    assert_bits(c.largest_share, 0.5);
    assert_bits(c.top_10_share, 0.5); /* ceil(0.5) = 1 account */
    assert_bits(c.top_20_share, 0.5);
    /* 2 (0 + 2 + 6 + 8 + 25) / (5 * 10) - 6 / 5 */
    assert_relative(c.gini, 0.44, 1e-15);
    assert_bits(c.hhi, 0.34);
    assert_relative(c.effective_number, 1 / 0.34, 1e-15);
}

/* Every line is met by equal accounts, in whatever money: ten of 0.7 hold 10 %
 * each although 0.7 / 7 < 0.1 in binary. */
static void test_equal_accounts(void **state) {
    (void)state;
    double amount[200];
    for (int n = 1; n <= 200; n++)
        for (int m = 0; m < 4; m++) {
            for (int i = 0; i < n; i++)
                amount[i] = m == 0 ? 0.7 : m == 1 ? 1e-9 : m == 2 ? 80.08 : 3;
            const kam_concentration c = measure(amount, n, NULL);
            assert_bits(c.gini, 0);
            assert_relative(c.hhi, 1.0 / n, 4.5e-16);
            assert_relative(c.effective_number, n, 4.5e-16);
            assert_int_equal(c.n_for_80, (4 * n + 4) / 5);
            assert_int_equal(c.n_at_10, n <= 10 ? n : 0);
            assert_int_equal(c.n_at_50, n <= 2 ? n : 0);
            assert_relative(c.top_10_share, (double)((n + 9) / 10) / n,
                            4.5e-16);
            assert_relative(c.top_20_share, (double)((n + 4) / 5) / n, 4.5e-16);
        }
}

static void test_one_account_has_it_all(void **state) {
    (void)state;
    const double amount[] = {0, 0, 7, 0};
    const kam_concentration c = measure(amount, 4, NULL);
    assert_bits(c.gini, 0.75);
    assert_bits(c.hhi, 1);
    assert_bits(c.effective_number, 1);
    assert_int_equal(c.n_for_80, 1);
    assert_int_equal(c.n_at_50, 1);
}

static void test_money_in_cents(void **state) {
    (void)state;
    /* 80.08 of 100.10 is 80 %, and 20.02 is 20 %. */
    const double amount[] = {80.08, 20.02};
    assert_int_equal(measure(amount, 2, NULL).n_for_80, 1);
    const double halves[] = {0.1, 0.1, 0.1, 0.3};
    assert_int_equal(measure(halves, 4, NULL).n_at_50, 1);
    const double tenths[] = {100.1, 900.9};
    assert_int_equal(measure(tenths, 2, NULL).n_at_10, 2);
    const double below[] = {100.1, 900.91};
    assert_int_equal(measure(below, 2, NULL).n_at_10, 1);
}

/* The header's formulas in long double (which is double under valgrind), on
 * books with and without losses. */
static void test_against_the_formulas(void **state) {
    (void)state;
    enum { N = 500 };
    double amount[N], share[N];
    uint64_t seed = 3;
    for (int round = 0; round < 60; round++) {
        const int n = 1 + (int)(random_unit(&seed) * (N - 1));
        for (int i = 0; i < n; i++) {
            const double u = random_unit(&seed);
            amount[i] = exp(10 * u);
            if (round % 3 == 1 && u < 0.3) amount[i] = -10 * u;
            if (round % 3 == 2 && u < 0.5) amount[i] = 0;
        }
        amount[0] = 50;
        const kam_concentration c = measure(amount, n, share);
        for (int i = 1; i < n; i++) /* insertion sort, rising */
            for (int j = i; j > 0 && amount[j] < amount[j - 1]; j--) {
                const double t = amount[j];
                amount[j] = amount[j - 1];
                amount[j - 1] = t;
            }
        long double total = 0, ranked = 0, squares = 0, top = 0, most = 0;
        for (int i = 0; i < n; i++) {
            total += (long double)amount[i];
            ranked += (long double)(i + 1) * (long double)amount[i];
        }
        for (int i = 0; i < n; i++) {
            const long double s = (long double)amount[i] / total;
            squares += s * s;
            if (i >= n - (n + 9) / 10) top += s;
            if (i >= n - (n + 4) / 5) most += s;
        }
        const long double gini =
            2 * ranked / (n * total) - (long double)(n + 1) / n;
        assert_relative(c.total, (double)total, 1e-13);
        assert_relative(c.hhi, (double)squares, 1e-13);
        assert_relative(c.effective_number, (double)(1 / squares), 1e-13);
        assert_relative(c.top_10_share, (double)top, 1e-13);
        assert_relative(c.top_20_share, (double)most, 1e-13);
        assert_relative(c.largest_share, (double)(amount[n - 1] / total),
                        1e-13);
        if (c.n_negative == 0)
            assert_near(c.gini, (double)gini, 1e-13);
        else
            assert_true(isnan(c.gini));
    }
}

static void test_no_total(void **state) {
    (void)state;
    const double books[][3] = {{1, -1, 0}, {-1, -5, 2}, {0, 0, 0}};
    const double totals[] = {0, -4, 0};
    for (int b = 0; b < 3; b++) {
        double share[3];
        const kam_concentration c = measure(books[b], 3, share);
        assert_int_equal(c.n_accounts, 3);
        assert_bits(c.total, totals[b]);
        assert_true(c.n_for_80 == 0 && c.n_at_10 == 0 && c.n_at_50 == 0);
        assert_true(isnan(c.largest_share) && isnan(c.top_10_share) &&
                    isnan(c.top_20_share) && isnan(c.gini) && isnan(c.hhi) &&
                    isnan(c.effective_number) && isnan(share[0]));
    }
}

struct facts {
    int64_t n;
    double total, top_10, top_20, largest, gini, hhi;
};

/* To the digits printed in the data's README; NaN: not printed. */
static void expect_facts(const struct book *book, const struct facts *facts) {
    const kam_concentration c = measure(book->amount[0], book->n, NULL);
    assert_int_equal(c.n_accounts, facts->n);
    assert_near(c.total, facts->total, 5e-5);
    assert_near(c.top_10_share, facts->top_10, 5e-7);
    assert_near(c.top_20_share, facts->top_20, 5e-7);
    assert_near(c.largest_share, facts->largest, 5e-7);
    assert_near(c.gini, facts->gini, 5e-7);
    assert_near(c.hhi * 10000, facts->hhi, 5e-5);
}

static void test_facts_adventureworks(void **state) {
    (void)state;
    static struct book book;
    skip_without(book_adventureworks(&book), "shared data adventureworks");
    const struct facts facts = {635,      80450596.9823, 0.431713, 0.667124,
                                0.010902, 0.656278,      45.2402};
    expect_facts(&book, &facts);
}

static void test_facts_bikeshops(void **state) {
    (void)state;
    static struct book book;
    const char *const columns[] = {"\"price.ext\"", NULL};
    skip_without(book_read(&book,
                           TEST_SHARED "/data/bikeshops/bike_sales.csv.gz",
                           "\"customer.id\"", columns),
                 "shared data bikeshops");
    const struct facts facts = {30,       471977560, 0.302393, 0.477273,
                                0.141405, 0.434348,  590.4568};
    expect_facts(&book, &facts);
    assert_int_equal(measure(book.amount[0], book.n, NULL).n_at_10, 1);
}

static void test_facts_wholesale(void **state) {
    (void)state;
    static struct book book;
    struct table table;
    skip_without(table_read(&table, TEST_SHARED
                            "/data/wholesale/wholesale_customers.csv.gz"),
                 "shared data wholesale");
    book.n = table.n_rows;
    double largest = 0;
    for (int64_t i = 0; i < table.n_rows; i++) {
        book.amount[0][i] = 0;
        for (int64_t j = 2; j < 8; j++)
            book.amount[0][i] += table.cell[i * table.n_columns + j];
        if (book.amount[0][i] > largest) largest = book.amount[0][i];
    }
    table_free(&table);
    const struct facts facts = {440,      14619500,           0.276010,
                                0.429048, largest / 14619500, 0.364022,
                                36.9954};
    expect_facts(&book, &facts);
}

/* Orders say who bought, in letters; their lines say for how much. */
static int read_northwind(struct book *book) {
    static double customer[12000];
    struct table lines;
    char line[4096], code[16];
    long order;
    memset(book, 0, sizeof *book);
    if (!table_read(&lines, TEST_SHARED "/data/northwind/order_details.csv.gz"))
        return 0;
    FILE *const orders =
        zipped_open(TEST_SHARED "/data/northwind/orders.csv.gz");
    assert_non_null(orders);
    while (fgets(line, sizeof line, orders))
        if (sscanf(line, "%ld,%5[A-Z],", &order, code) == 2) {
            assert_true(order < 12000);
            customer[order] = (double)strtol(code, NULL, 36);
        }
    zipped_close(orders);
    for (int64_t i = 0; i < lines.n_rows; i++)
        book_add(book, customer[(int)table_at(&lines, i, "OrderID")], 0,
                 table_at(&lines, i, "UnitPrice") *
                     table_at(&lines, i, "Quantity") *
                     (1 - table_at(&lines, i, "Discount")));
    table_free(&lines);
    return 1;
}

static void test_facts_northwind(void **state) {
    (void)state;
    static struct book book;
    skip_without(read_northwind(&book), "shared data northwind");
    const struct facts facts = {89,       1265793.0395, 0.428807, 0.600570,
                                0.087121, 0.575454,     336.9089};
    expect_facts(&book, &facts);
}

static void expect_same_shares(const kam_concentration *a,
                               const kam_concentration *b) {
    assert_int_equal(a->n_for_80, b->n_for_80);
    assert_int_equal(a->n_at_10, b->n_at_10);
    assert_bits(a->largest_share, b->largest_share);
    assert_bits(a->top_10_share, b->top_10_share);
    assert_bits(a->top_20_share, b->top_20_share);
    assert_bits(a->gini, b->gini);
    assert_bits(a->hhi, b->hhi);
    assert_bits(a->effective_number, b->effective_number);
}

static void test_order_and_scale_do_not_matter(void **state) {
    (void)state;
    enum { N = 3000 };
    static double amount[N], other[N], share[N], again[N];
    uint64_t seed = 41;
    for (int64_t i = 0; i < N; i++) {
        amount[i] = i % 50 ? exp(12 * random_unit(&seed)) : (double)NAN;
        other[shuffled_place(i, N)] = amount[i];
    }
    const kam_concentration first = measure(amount, N, share);
    kam_concentration c = measure(other, N, again);
    assert_memory_equal(&first, &c, sizeof c);
    for (int64_t i = 0; i < N; i++)
        assert_memory_equal(&share[i], &again[shuffled_place(i, N)], 8);
    for (int e = -900; e <= 900; e += 300) {
        for (int64_t i = 0; i < N; i++) other[i] = ldexp(amount[i], e);
        c = measure(other, N, again);
        expect_same_shares(&c, &first);
        assert_bits(c.total, ldexp(first.total, e));
        assert_memory_equal(share, again, sizeof share);
    }
    const double factors[] = {1e12, 1e-9};
    for (int f = 0; f < 2; f++) {
        for (int64_t i = 0; i < N; i++) other[i] = amount[i] * factors[f];
        c = measure(other, N, again);
        assert_relative(c.total, first.total * factors[f], 1e-15);
        assert_relative(c.gini, first.gini, 1e-15);
        assert_relative(c.hhi, first.hhi, 1e-15);
        assert_relative(c.top_10_share, first.top_10_share, 1e-15);
        assert_int_equal(c.n_for_80, first.n_for_80);
    }
}

static void test_columns(void **state) {
    (void)state;
    struct row {
        int32_t id;
        float amount;
    } row[] = {{1, 2.5f}, {2, 8.0f}, {3, 7.5f}, {4, NAN}};
    const uint8_t present = 13; /* not row 1 */
    const kam_column column = {.values = &row->amount,
                               .validity = &present,
                               .stride = sizeof *row,
                               .type = KAM_F32};
    kam_concentration c = {.struct_size = sizeof c};
    double share[4];
    assert_status(kam_concentration_measure(&column, 4, NULL, share, &c, NULL),
                  KAM_OK);
    assert_bits(c.total, 10);
    assert_int_equal(c.n_accounts, 2);
    assert_bits(share[0], 0.25);
    assert_true(isnan(share[1]) && isnan(share[3]));
}

static void test_refuses(void **state) {
    (void)state;
    const double amount[] = {1, -INFINITY, 3}, nothing[] = {NAN, NAN};
    const double huge[] = {1.7e308, 1.7e308};
    const kam_column infinite = column_of(amount), empty = column_of(nothing);
    const kam_column large = column_of(huge), absent = {0};
    kam_concentration c = {.struct_size = sizeof c, .total = 77};
    double share[3] = {77, 77, 77};
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_concentration_measure(&infinite, 3, NULL, share, &c,
                                            &diag),
                  KAM_ERR_OVERFLOW);
    assert_int_equal(diag.row, 1);
    assert_bits(diag.value, -INFINITY);
    assert_status(kam_concentration_measure(&large, 2, NULL, share, &c, &diag),
                  KAM_ERR_OVERFLOW);
    assert_status(kam_concentration_measure(&empty, 2, NULL, share, &c, &diag),
                  KAM_ERR_EMPTY);
    assert_status(kam_concentration_measure(&absent, 2, NULL, share, &c, &diag),
                  KAM_ERR_EMPTY);
    assert_status(kam_concentration_measure(&large, 0, NULL, share, &c, &diag),
                  KAM_ERR_EMPTY);
    assert_status(kam_concentration_measure(&large, -1, NULL, share, &c, &diag),
                  KAM_ERR_SHAPE);
    assert_status(kam_concentration_measure(NULL, 2, NULL, share, &c, &diag),
                  KAM_ERR_NULL);
    assert_status(kam_concentration_measure(&large, 2, NULL, share, NULL,
                                            &diag),
                  KAM_ERR_NULL);
    c.struct_size = 9;
    assert_status(kam_concentration_measure(&large, 2, NULL, share, &c, &diag),
                  KAM_ERR_STRUCT);
    assert_bits(c.total, 77);
    assert_bits(share[0], 77);
}

static void test_memory(void **state) {
    (void)state;
    const double amount[] = {1, NAN, 3};
    const kam_column column = column_of(amount);
    kam_concentration c = {.struct_size = sizeof c, .total = 77};
    double share[3] = {77, 77, 77};
    struct lender lender;
    for (int64_t fail = 1; fail <= 3; fail++) {
        kam_host host = lender_host(&lender, fail);
        assert_status(kam_concentration_measure(&column, 3, &host, share, &c,
                                                NULL),
                      KAM_ERR_MEMORY);
        assert_int_equal(lender.n_live, 0);
        assert_bits(share[0], 77);
        assert_bits(c.total, 77);
    }
    kam_host host = lender_host(&lender, 0);
    assert_status(kam_concentration_measure(&column, 3, &host, share, &c, NULL),
                  KAM_OK);
    assert_int_equal(lender.n_calls, 3);
    assert_int_equal(lender.n_live, 0);
    assert_int_equal(lender.n_bytes, 0);
    assert_bits(c.total, 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_equal_accounts),
        cmocka_unit_test(test_one_account_has_it_all),
        cmocka_unit_test(test_money_in_cents),
        cmocka_unit_test(test_against_the_formulas),
        cmocka_unit_test(test_no_total),
        cmocka_unit_test(test_facts_adventureworks),
        cmocka_unit_test(test_facts_bikeshops),
        cmocka_unit_test(test_facts_wholesale),
        cmocka_unit_test(test_facts_northwind),
        cmocka_unit_test(test_order_and_scale_do_not_matter),
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
