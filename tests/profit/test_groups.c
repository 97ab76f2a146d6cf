/* SPDX-License-Identifier: MIT */
/* T3's curves and P5's groups under common control. */
#include "support/check.h"
#include "support/books.h"
#include "support/hosts.h"

static kam_column text_of(const char (*names)[8], const uint8_t *present) {
    const kam_column column = {.values = names,
                               .validity = present,
                               .stride = 8,
                               .type = KAM_CHARS};
    return column;
}

/* c is owned by b, b by a; d and e name a holding that is no account; f stands
 * alone, as does the row without any name. */
static void test_common_control(void **state) {
    (void)state;
    const char key[7][8] = {"c", "d", "b", "a", "e", "f", ""};
    const char parent[7][8] = {"b", "hold", "a", "", "hold", "", ""};
    const uint8_t has_parent = 1 | 2 | 4 | 16;
    const double amount[] = {1, 10, 2, NAN, 20, NAN, 5};
    const kam_column keys = text_of(key, NULL);
    const kam_column parents = text_of(parent, &has_parent);
    const kam_column amounts = column_of(amount);
    int64_t group[7], n_groups;
    double group_amount[7];
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_concentration_groups(&keys, &parents, &amounts, 7, NULL,
                                           group, group_amount, &n_groups,
                                           &diag),
                  KAM_OK);
    const int64_t expected[] = {0, 1, 0, 0, 1, 2, 3};
    assert_memory_equal(group, expected, sizeof group);
    assert_int_equal(n_groups, 4);
    assert_bits(group_amount[0], 3);
    assert_bits(group_amount[1], 30);
    assert_true(isnan(group_amount[2])); /* nothing known is not zero */
    assert_bits(group_amount[3], 5);
    /* P5 after grouping: the largest holds 30 of 38. */
    const kam_column grouped = column_of(group_amount);
    kam_concentration c = {.struct_size = sizeof c};
    assert_status(kam_concentration_measure(&grouped, n_groups, NULL, NULL, &c,
                                            NULL),
                  KAM_OK);
    assert_bits(c.largest_share, 30.0 / 38);
    assert_int_equal(c.n_at_50, 1);
    assert_int_equal(c.n_at_10, 2);
}

static void test_cycles_and_labels(void **state) {
    (void)state;
    const int64_t key[] = {1, 2, 3, 4}, parent[] = {2, 3, 1, 4};
    const kam_column keys = {.values = key, .type = KAM_I64};
    const kam_column parents = {.values = parent, .type = KAM_I64};
    int64_t group[4], n_groups;
    assert_status(kam_concentration_groups(&keys, &parents, NULL, 4, NULL,
                                           group, NULL, &n_groups, NULL),
                  KAM_OK);
    const int64_t ring[] = {0, 0, 0, 1};
    assert_memory_equal(group, ring, sizeof group);
    /* Without keys a parent is only a label: 2, 3, 1, 4 differ. */
    assert_status(kam_concentration_groups(NULL, &parents, NULL, 4, NULL, group,
                                           NULL, &n_groups, NULL),
                  KAM_OK);
    assert_int_equal(n_groups, 4);
    assert_status(kam_concentration_groups(NULL, NULL, NULL, 4, NULL, group,
                                           NULL, &n_groups, NULL),
                  KAM_OK);
    assert_int_equal(n_groups, 4);
    assert_status(kam_concentration_groups(NULL, NULL, NULL, 0, NULL, group,
                                           NULL, &n_groups, NULL),
                  KAM_OK);
    assert_int_equal(n_groups, 0);
}

/* Keys close together, then one far away: what is kept of them is laid out anew,
 * each time without memory once. */
static void test_a_far_name(void **state) {
    (void)state;
    enum { N = 4000 };
    static int64_t parent[N], group[N];
    int64_t n_groups = 77;
    for (int64_t i = 0; i < N; i++) parent[i] = i % (N / 2);
    parent[N - 1] = INT64_MAX;
    const kam_column parents = {.values = parent, .type = KAM_I64};
    for (int64_t fail = 1;; fail++) {
        struct lender lender;
        const kam_host host = lender_host(&lender, fail);
        const kam_status status =
            kam_concentration_groups(NULL, &parents, NULL, N, &host, group,
                                     NULL, &n_groups, NULL);
        assert_int_equal(lender.n_live, 0);
        if (status == KAM_OK) break;
        assert_status(status, KAM_ERR_MEMORY);
        assert_int_equal(n_groups, 77);
    }
    assert_int_equal(n_groups, N / 2 + 1);
    assert_int_equal(group[N - 1], N / 2);
}

/* A permutation of rows permutes the groups. */
static void test_groups_of_any_order(void **state) {
    (void)state;
    enum { N = 500 };
    static int64_t key[N], parent[N], key2[N], parent2[N], group[N], group2[N];
    static double amount[N], amount2[N], sum[N], sum2[N];
    int64_t n, n2;
    uint64_t seed = 9;
    for (int64_t i = 0; i < N; i++) {
        const int64_t at = shuffled_place(i, N);
        key[i] = key2[at] = i;
        parent[i] = parent2[at] = i % 3 ? i : (int64_t)(random_unit(&seed) * N);
        amount[i] = amount2[at] = random_unit(&seed) * 1e6;
    }
    const kam_column keys = {.values = key, .type = KAM_I64};
    const kam_column parents = {.values = parent, .type = KAM_I64};
    const kam_column keys2 = {.values = key2, .type = KAM_I64};
    const kam_column parents2 = {.values = parent2, .type = KAM_I64};
    const kam_column amounts = column_of(amount), amounts2 = column_of(amount2);
    assert_status(kam_concentration_groups(&keys, &parents, &amounts, N, NULL,
                                           group, sum, &n, NULL),
                  KAM_OK);
    assert_status(kam_concentration_groups(&keys2, &parents2, &amounts2, N,
                                           NULL, group2, sum2, &n2, NULL),
                  KAM_OK);
    assert_int_equal(n, n2);
    assert_true(n > 100 && n < N);
    for (int64_t i = 0; i < N; i++) {
        const int64_t at = shuffled_place(i, N);
        assert_bits(sum2[group2[at]], sum[group[i]]);
        assert_int_equal(group[i], group[parent[i]]);
    }
}

static void test_groups_refuse(void **state) {
    (void)state;
    const int64_t key[] = {1, 2};
    const char name[2][8] = {"1", "2"};
    const double amount[] = {1, INFINITY};
    const kam_column keys = {.values = key, .type = KAM_I64};
    const kam_column names = text_of(name, NULL), amounts = column_of(amount);
    int64_t group[2] = {77, 77}, n_groups = 77;
    double sum[2] = {77, 77};
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_concentration_groups(&keys, &names, NULL, 2, NULL, group,
                                           NULL, &n_groups, &diag),
                  KAM_ERR_TYPE);
    assert_status(kam_concentration_groups(&amounts, NULL, NULL, 2, NULL, group,
                                           NULL, &n_groups, &diag),
                  KAM_ERR_TYPE);
    assert_status(kam_concentration_groups(&keys, NULL, &amounts, 2, NULL,
                                           group, sum, &n_groups, &diag),
                  KAM_ERR_OVERFLOW);
    assert_int_equal(diag.row, 1);
    assert_status(kam_concentration_groups(&keys, NULL, NULL, 2, NULL, group,
                                           sum, &n_groups, &diag),
                  KAM_ERR_NULL);
    assert_status(kam_concentration_groups(&keys, NULL, NULL, 2, NULL, NULL,
                                           NULL, &n_groups, &diag),
                  KAM_ERR_NULL);
    assert_status(kam_concentration_groups(&keys, NULL, NULL, 2, NULL, group,
                                           NULL, NULL, &diag),
                  KAM_ERR_NULL);
    assert_status(kam_concentration_groups(&keys, NULL, NULL, -1, NULL, group,
                                           NULL, &n_groups, &diag),
                  KAM_ERR_SHAPE);
    assert_int_equal(group[0], 77);
    assert_int_equal(n_groups, 77);
}

static void test_memory(void **state) {
    (void)state;
    const char name[2][8] = {"a", "b"};
    const double amount[] = {3, 1};
    const kam_column names = text_of(name, NULL), amounts = column_of(amount);
    struct lender lender;
    kam_host host = lender_host(&lender, 0);
    int64_t group[2], n_groups = 77;
    double sum[2];
    assert_status(kam_concentration_groups(&names, NULL, &amounts, 2, &host,
                                           group, sum, &n_groups, NULL),
                  KAM_OK);
    assert_int_equal(lender.n_live, 0);
    assert_int_equal(lender.n_bytes, 0);
    int64_t n_calls = lender.n_calls;
    n_groups = group[0] = 77;
    for (int64_t fail = 1; fail <= n_calls; fail++) {
        host = lender_host(&lender, fail);
        assert_status(kam_concentration_groups(&names, NULL, &amounts, 2, &host,
                                               group, sum, &n_groups, NULL),
                      KAM_ERR_MEMORY);
        assert_int_equal(lender.n_live, 0);
        assert_int_equal(n_groups, 77);
        assert_int_equal(group[0], 77);
    }
    host = lender_host(&lender, 0);
    double top[2] = {77, 77};
    assert_status(kam_concentration_curve(&amounts, 2, &host, top, NULL, NULL,
                                          NULL),
                  KAM_OK);
    assert_bits(top[0], 0.75);
    assert_int_equal(lender.n_live, 0);
    n_calls = lender.n_calls;
    top[0] = 77;
    for (int64_t fail = 1; fail <= n_calls; fail++) {
        host = lender_host(&lender, fail);
        assert_status(kam_concentration_curve(&amounts, 2, &host, top, NULL,
                                              NULL, NULL),
                      KAM_ERR_MEMORY);
        assert_int_equal(lender.n_live, 0);
        assert_bits(top[0], 77);
    }
}

/* ---- the curves, and Gini with losses ---- */

static void test_curve_by_hand(void **state) {
    (void)state;
    const double amount[] = {3, NAN, 1, 4, 2};
    const double top[] = {0.4, 0.7, 0.9, 1}, low[] = {0.1, 0.3, 0.6, 1};
    const kam_column column = column_of(amount);
    double largest[5], smallest[5];
    int64_t n_known;
    assert_status(kam_concentration_curve(&column, 5, NULL, largest, smallest,
                                          &n_known, NULL),
                  KAM_OK);
    assert_int_equal(n_known, 4);
    for (int k = 0; k < 4; k++) {
        assert_bits(largest[k], top[k]);
        assert_bits(smallest[k], low[k]);
    }
    assert_true(isnan(largest[4]) && isnan(smallest[4]));
}

static kam_concentration measure(const double *amount, int64_t n) {
    const kam_column column = column_of(amount);
    kam_concentration c = {.struct_size = sizeof c};
    assert_status(kam_concentration_measure(&column, n, NULL, NULL, &c, NULL),
                  KAM_OK);
    return c;
}

/* A12: the Gini of 1, 2, 3, 4 is 0.25; and it is twice the area between the
 * curve and the diagonal. */
static void test_gini_is_the_area(void **state) {
    (void)state;
    const double amount[] = {1, 2, 3, 4};
    const kam_column column = column_of(amount);
    double lorenz[4];
    assert_bits(measure(amount, 4).gini, 0.25);
    assert_bits(measure(amount, 4).gini_signed, 0.25);
    assert_status(kam_concentration_curve(&column, 4, NULL, NULL, lorenz, NULL,
                                          NULL),
                  KAM_OK);
    double under = 0; /* trapezoids of width 1/4 */
    for (int k = 0; k < 4; k++)
        under += (lorenz[k] + (k > 0 ? lorenz[k - 1] : 0)) / 8;
    assert_near(1 - 2 * under, 0.25, 1e-15);
}

static void test_gini_with_losses(void **state) {
    (void)state;
    const double losses[] = {-1, 1}, all[] = {-2, -2}, nothing[] = {0, 0};
    const double most[] = {-5, 0, 0, 0, 0, 0, 0, 0, 0, 5};
    assert_true(isnan(measure(losses, 2).gini));
    assert_bits(measure(losses, 2).gini_signed, 0.5); /* the most for two */
    assert_bits(measure(all, 2).gini_signed, 0);
    assert_true(isnan(measure(nothing, 2).gini_signed));
    assert_near(measure(most, 10).gini_signed, 0.9, 1e-15); /* (n - 1) / n */
    uint64_t seed = 4;
    for (int round = 0; round < 200; round++) {
        double amount[30], gaps = 0, sizes = 0;
        for (int i = 0; i < 30; i++) {
            amount[i] = random_unit(&seed) - 0.02 * (round % 50);
            sizes += fabs(amount[i]);
        }
        for (int i = 0; i < 30; i++)
            for (int j = 0; j < 30; j++) gaps += fabs(amount[i] - amount[j]);
        const kam_concentration c = measure(amount, 30);
        assert_relative(c.gini_signed, gaps / (2 * 30 * sizes), 1e-12);
        assert_true(c.gini_signed <= 29.0 / 30);
        if (c.n_negative == 0) assert_bits(c.gini_signed, c.gini);
    }
}

/* Callers compiled before gini_signed was there get what they know. */
static void test_old_callers(void **state) {
    (void)state;
    const double amount[] = {1, 2, 3, 4};
    const kam_column column = column_of(amount);
    kam_concentration c = {.struct_size =
                               offsetof(kam_concentration, gini_signed),
                           .gini_signed = 77};
    assert_status(kam_concentration_measure(&column, 4, NULL, NULL, &c, NULL),
                  KAM_OK);
    assert_bits(c.gini, 0.25);
    assert_bits(c.gini_signed, 77);
}

/* The facts of the data's README. */
static void test_curve_facts(void **state) {
    (void)state;
    static struct book book;
    skip_without(book_adventureworks(&book), "shared data adventureworks");
    const kam_column column = column_of(book.amount[0]);
    static double top[BOOK_ROOM];
    assert_status(kam_concentration_curve(&column, book.n, NULL, top, NULL,
                                          NULL, NULL),
                  KAM_OK);
    assert_near(top[0], 0.010902, 5e-7);
    assert_near(top[63], 0.431713, 5e-7);  /* ceil(10 % of 635) */
    assert_near(top[126], 0.667124, 5e-7); /* 20 % */
    assert_bits(top[634], 1);
}

static void test_curve_refuses(void **state) {
    (void)state;
    const double zero[] = {0, 0}, loss[] = {-3, 1}, none[] = {NAN, NAN};
    const double infinite[] = {1, INFINITY};
    kam_column column = column_of(zero);
    double top[2] = {77, 77};
    assert_status(kam_concentration_curve(&column, 2, NULL, top, NULL, NULL,
                                          NULL),
                  KAM_ERR_EMPTY);
    column = column_of(loss);
    assert_status(kam_concentration_curve(&column, 2, NULL, top, NULL, NULL,
                                          NULL),
                  KAM_ERR_EMPTY);
    column = column_of(none);
    assert_status(kam_concentration_curve(&column, 2, NULL, top, NULL, NULL,
                                          NULL),
                  KAM_ERR_EMPTY);
    column = column_of(infinite);
    assert_status(kam_concentration_curve(&column, 2, NULL, top, NULL, NULL,
                                          NULL),
                  KAM_ERR_OVERFLOW);
    assert_status(kam_concentration_curve(&column, -2, NULL, top, NULL, NULL,
                                          NULL),
                  KAM_ERR_SHAPE);
    assert_status(kam_concentration_curve(NULL, 2, NULL, top, NULL, NULL, NULL),
                  KAM_ERR_NULL);
    assert_bits(top[0], 77);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_common_control),
        cmocka_unit_test(test_cycles_and_labels),
        cmocka_unit_test(test_a_far_name),
        cmocka_unit_test(test_groups_of_any_order),
        cmocka_unit_test(test_groups_refuse),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_curve_by_hand),
        cmocka_unit_test(test_gini_is_the_area),
        cmocka_unit_test(test_gini_with_losses),
        cmocka_unit_test(test_old_callers),
        cmocka_unit_test(test_curve_facts),
        cmocka_unit_test(test_curve_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
