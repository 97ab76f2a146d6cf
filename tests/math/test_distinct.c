/* SPDX-License-Identifier: MIT */
#include "support/check.h"
#include "support/hosts.h"

#include "math/distinct.h"

static struct kam__distinct new_rows(const kam_host *host, int32_t n_keys,
                                     int64_t room) {
    struct kam__distinct rows;
    assert_status(kam__distinct_new(&rows, host, n_keys, room), KAM_OK);
    assert_int_equal(rows.n, 0);
    return rows;
}

static void add(struct kam__distinct *rows, double a, double b, double c,
                double weight) {
    const double *const key[] = {&a, &b, &c};
    kam__distinct_add(rows, key, &weight, 1);
}

static void expect_row(const struct kam__distinct *rows, int64_t row, double a,
                       double b, double c, double weight) {
    assert_true(row < rows->n);
    assert_true(rows->key[0][row] == a);
    assert_true(rows->key[1][row] == b);
    assert_true(rows->key[2][row] == c);
    assert_bits(rows->weight[row], weight);
}

static void test_equal_rows_are_kept_once(void **state) {
    (void)state;
    struct kam__distinct rows = new_rows(NULL, 3, 10);
    add(&rows, 1, 2, 3, 1);
    add(&rows, 1, 2, 4, 2);
    add(&rows, 1, 2, 3, 5);
    add(&rows, 2, 1, 3, 1);
    add(&rows, 1, 2, 4, 7);
    assert_int_equal(rows.n, 3);
    expect_row(&rows, 0, 1, 2, 3, 6);
    expect_row(&rows, 1, 1, 2, 4, 9);
    expect_row(&rows, 2, 2, 1, 3, 1);
    kam__distinct_free(&rows);
    assert_null(rows.weight);
}

/* Gives little, whatever is asked for. */
static void *give_little(void *memory, uint64_t size, uint64_t alignment) {
    char **const next = memory;
    (void)size, (void)alignment;
    return *next += 1024;
}

static void take_nothing(void *memory, void *block, uint64_t size) {
    (void)memory, (void)block, (void)size;
}

/* More rows than 32 bits number: kept as they come. */
static void test_rows_beyond_number(void **state) {
    (void)state;
    _Alignas(64) static char bytes[8192];
    char *next = bytes;
    const kam_host host = {.struct_size = sizeof host,
                           .memory = &next,
                           .allocate = give_little,
                           .release = take_nothing};
    struct kam__distinct rows = new_rows(&host, 3, INT32_MAX);
    add(&rows, 1, 2, 3, 1);
    add(&rows, 1, 2, 3, 5);
    add(&rows, 1, 2, 4, 7);
    assert_int_equal(rows.n, 3);
    expect_row(&rows, 1, 1, 2, 3, 5);
    expect_row(&rows, 2, 1, 2, 4, 7);
    kam__distinct_free(&rows);
}

/* Minus zero is zero, whatever its bits say. */
static void test_the_sign_of_zero(void **state) {
    (void)state;
    struct kam__distinct rows = new_rows(NULL, 3, 8);
    for (int i = 0; i < 8; i++)
        add(&rows, i & 1 ? 0.0 : -0.0, i & 2 ? 0.0 : -0.0, i & 4 ? 0.0 : -0.0,
            1);
    assert_int_equal(rows.n, 1);
    expect_row(&rows, 0, 0, 0, 0, 8);
    kam__distinct_free(&rows);
}

/* Sums of fractions depend on their order, so such rows stay apart; rows with
 * whole weights are merged all the same. */
static void test_fractional_weights_are_not_merged(void **state) {
    (void)state;
    struct kam__distinct rows = new_rows(NULL, 3, 6);
    add(&rows, 1, 2, 3, 0.5);
    add(&rows, 1, 2, 3, 1);
    add(&rows, 1, 2, 3, 0.5);
    add(&rows, 1, 2, 3, 2);
    assert_int_equal(rows.n, 3);
    expect_row(&rows, 0, 1, 2, 3, 0.5);
    expect_row(&rows, 1, 1, 2, 3, 3);
    expect_row(&rows, 2, 1, 2, 3, 0.5);
    kam__distinct_free(&rows);
}

/* Beyond 2^53 sums of whole numbers are rounded, too. */
static void test_weights_too_large_to_add_exactly(void **state) {
    (void)state;
    struct kam__distinct rows = new_rows(NULL, 3, 6);
    add(&rows, 1, 2, 3, 0x1p53);
    add(&rows, 1, 2, 3, 1);
    add(&rows, 1, 2, 3, 1);
    add(&rows, 4, 5, 6, 0x1p53 - 2);
    add(&rows, 4, 5, 6, 1);
    assert_int_equal(rows.n, 3);
    expect_row(&rows, 0, 1, 2, 3, 0x1p53);
    expect_row(&rows, 1, 1, 2, 3, 2);
    expect_row(&rows, 2, 4, 5, 6, 0x1p53 - 1);
    kam__distinct_free(&rows);
}

/* Keys on a small grid: many repeats, long chains in the table. */
static void test_many_rows(void **state) {
    (void)state;
    enum { SIDE = 13, N = 20000 };
    static double expected[SIDE][SIDE][SIDE];
    for (int32_t n_keys = 1; n_keys <= 3; n_keys++) {
        uint64_t seed = 5;
        struct kam__distinct rows = new_rows(NULL, n_keys, N);
        memset(expected, 0, sizeof expected);
        for (int i = 0; i < N; i++) {
            int at[3] = {0, 0, 0};
            for (int32_t k = 0; k < n_keys; k++)
                at[k] = (int)(random_unit(&seed) * SIDE);
            const double weight = floor(random_unit(&seed) * 5) + 1;
            expected[at[0]][at[1]][at[2]] += weight;
            add(&rows, at[0] * 0.1, at[1] * 1e6, at[2] * 1e-300, weight);
        }
        assert_int_equal(rows.n, n_keys == 1   ? SIDE
                                 : n_keys == 2 ? SIDE * SIDE
                                               : SIDE * SIDE * SIDE);
        for (int64_t i = 0; i < rows.n; i++) {
            const double b = n_keys > 1 ? rows.key[1][i] : 0;
            const double c = n_keys > 2 ? rows.key[2][i] : 0;
            assert_bits(rows.weight[i],
                        expected[(int)(rows.key[0][i] * 10 + 0.5)][(
                            int)(b / 1e6 + 0.5)][(int)(c / 1e-300 + 0.5)]);
        }
        kam__distinct_free(&rows);
    }
}

/* However many rows come in one call, the same rows stand in the same order:
 * repeats near and far, fractional weights and weights too large between. */
static void test_one_is_many(void **state) {
    (void)state;
    enum { N = 3000 };
    static double a[N], b[N], weight[N];
    const double *const key[] = {a, b};
    uint64_t seed = 11;
    for (int i = 0; i < N; i++) {
        const double kind = random_unit(&seed);
        a[i] = floor(random_unit(&seed) * (i % 3 ? 20 : 400));
        b[i] = i && i % 5 == 0 ? b[i - 1] : floor(random_unit(&seed) * 4);
        weight[i] = kind < 0.1 ? 0.5 : kind < 0.11 ? 0x1p53 : floor(9 * kind);
    }
    struct kam__distinct one = new_rows(NULL, 2, N);
    for (int i = 0; i < N; i++) add(&one, a[i], b[i], 0, weight[i]);
    assert_true(one.n > 500 && one.n < N / 2);
    for (int64_t size = 2; size <= N; size = 3 * size + 1) {
        struct kam__distinct many = new_rows(NULL, 2, N);
        for (int64_t at = 0; at < N; at += size) {
            const double *const from[] = {key[0] + at, key[1] + at};
            kam__distinct_add(&many, from, weight + at,
                              at + size < N ? size : N - at);
        }
        assert_int_equal(many.n, one.n);
        for (int32_t k = 0; k < 2; k++)
            assert_memory_equal(many.key[k], one.key[k],
                                (size_t)one.n * sizeof(double));
        assert_memory_equal(many.weight, one.weight,
                            (size_t)one.n * sizeof(double));
        kam__distinct_free(&many);
    }
    kam__distinct_free(&one);
}

/* As many different rows as there is room for. */
static void test_a_full_table(void **state) {
    (void)state;
    for (int64_t room = 1; room <= 300; room++) {
        struct kam__distinct rows = new_rows(NULL, 3, room);
        for (int64_t i = 0; i < room; i++)
            add(&rows, (double)i, (double)(i % 7), (double)(i % 2), 1);
        assert_int_equal(rows.n, room);
        for (int64_t i = 0; i < room; i++) {
            add(&rows, (double)i, (double)(i % 7), (double)(i % 2), 1);
            expect_row(&rows, i, (double)i, (double)(i % 7), (double)(i % 2),
                       2);
        }
        assert_int_equal(rows.n, room);
        kam__distinct_free(&rows);
    }
}

static void test_no_room_asked_for(void **state) {
    (void)state;
    struct kam__distinct rows = new_rows(NULL, 2, 0);
    kam__distinct_free(&rows);
    kam__distinct_free(&rows); /* nothing left to free */
}

static void test_every_allocation_failed_once(void **state) {
    (void)state;
    for (int32_t n_keys = 1; n_keys <= 3; n_keys++) {
        struct lender lender;
        struct kam__distinct rows;
        kam_host host = lender_host(&lender, 0);
        assert_status(kam__distinct_new(&rows, &host, n_keys, 100), KAM_OK);
        const int64_t calls = lender.n_calls;
        assert_int_equal(calls, n_keys + 2);
        kam__distinct_free(&rows);
        assert_int_equal(lender.n_live, 0);
        assert_int_equal(lender.n_bytes, 0);
        for (int64_t fail = 1; fail <= calls; fail++) {
            host = lender_host(&lender, fail);
            assert_status(kam__distinct_new(&rows, &host, n_keys, 100),
                          KAM_ERR_MEMORY);
            assert_int_equal(lender.n_live, 0);
            assert_int_equal(lender.n_bytes, 0);
            kam__distinct_free(&rows);
            assert_int_equal(lender.n_live, 0);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_rows_are_kept_once),
        cmocka_unit_test(test_the_sign_of_zero),
        cmocka_unit_test(test_rows_beyond_number),
        cmocka_unit_test(test_fractional_weights_are_not_merged),
        cmocka_unit_test(test_weights_too_large_to_add_exactly),
        cmocka_unit_test(test_many_rows),
        cmocka_unit_test(test_one_is_many),
        cmocka_unit_test(test_a_full_table),
        cmocka_unit_test(test_no_room_asked_for),
        cmocka_unit_test(test_every_allocation_failed_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
