/* SPDX-License-Identifier: MIT */
#include "support/check.h"

#include "math/sort.h"

enum { MOST = 5000 };

static uint64_t next_random(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 16;
}

static void assert_order(const int64_t *order, const int64_t *expected,
                         int64_t n) {
    for (int64_t i = 0; i < n; i++) assert_int_equal(order[i], expected[i]);
}

static void numbers_by_hand(void **state) {
    (void)state;
    const double key[] = {3,         NAN,  0.0, INFINITY, -0.0,   -1,
                          -INFINITY, -NAN, 3,   5e-324,   -5e-324};
    const int64_t expected[] = {6, 5, 10, 2, 4, 9, 0, 8, 3, 1, 7};
    int64_t order[11], scratch[11];
    kam__sort_by_number(key, 11, order, scratch);
    assert_order(order, expected, 11);
}

static void integers_by_hand(void **state) {
    (void)state;
    const int64_t key[] = {7, INT64_MIN, -1, INT64_MAX, 0, 7, -1};
    const int64_t expected[] = {1, 2, 6, 4, 0, 5, 3};
    int64_t order[7], scratch[7];
    kam__sort_by_integer(key, 7, order, scratch);
    assert_order(order, expected, 7);
}

static void nothing_and_one(void **state) {
    (void)state;
    const double key[] = {4};
    int64_t order[1] = {-5}, scratch[1];
    kam__sort_by_number(key, 0, order, scratch);
    kam__sort_by(NULL, NULL, 0, order, scratch);
    assert_int_equal(order[0], -5);
    kam__sort_by(NULL, NULL, 1, order, scratch);
    assert_int_equal(order[0], -5);
    kam__sort_by_number(key, 1, order, scratch);
    assert_int_equal(order[0], 0);
}

/* Ascending, ties by row, NaN last: that leaves exactly one order. */
static void check_numbers(const double *key, int64_t n) {
    static int64_t order[MOST], scratch[MOST];
    static char seen[MOST];
    memset(seen, 0, sizeof seen);
    kam__sort_by_number(key, n, order, scratch);
    for (int64_t i = 0; i < n; i++) {
        assert_in_range(order[i], 0, n - 1);
        assert_false(seen[order[i]]);
        seen[order[i]] = 1;
        if (i == 0) continue;
        const double a = key[order[i - 1]], b = key[order[i]];
        const int tie = a == b || (isnan(a) && isnan(b));
        assert_true(tie ? order[i - 1] < order[i] : a < b || isnan(b));
    }
}

static void numbers_of_any_size(void **state) {
    (void)state;
    static double key[MOST];
    uint64_t seed = 1;
    const int64_t sizes[] = {2, 3, 47, 48, 49, 50, 127, 1000, MOST};
    for (int kind = 0; kind < 4; kind++)
        for (int s = 0; s < 9; s++) {
            for (int64_t i = 0; i < sizes[s]; i++) {
                const uint64_t r = next_random(&seed);
                double x = (double)(r % 7) - 3; /* many ties */
                if (kind == 1) memcpy(&x, &(uint64_t){r << 17 ^ r}, 8);
                if (kind == 2) x = 1 + (double)(r % 1000) * 0x1p-52;
                if (kind == 3) x = 42;
                key[i] = r % 13 ? x : NAN;
            }
            check_numbers(key, sizes[s]);
        }
}

static void integers_of_any_width(void **state) {
    (void)state;
    static int64_t key[MOST], order[MOST], scratch[MOST];
    uint64_t seed = 2;
    for (int bits = 1; bits < 64; bits += 5) {
        for (int64_t i = 0; i < MOST; i++) {
            const uint64_t wide = next_random(&seed) << 20 ^ next_random(&seed);
            key[i] = (int64_t)(wide << (64 - bits)) >> (64 - bits);
        }
        kam__sort_by_integer(key, MOST, order, scratch);
        for (int64_t i = 1; i < MOST; i++) {
            const int64_t a = key[order[i - 1]], b = key[order[i]];
            assert_true(a < b || (a == b && order[i - 1] < order[i]));
        }
    }
}

static int by_last_digit(const void *context, int64_t a, int64_t b) {
    const int64_t *const key = context;
    return (int)(key[a] % 10) - (int)(key[b] % 10);
}

/* The context is handed through, ties stay as they stood in `order`. */
static void comparison_with_context(void **state) {
    (void)state;
    const int64_t key[] = {31, 20, 11, 40, 21, 5};
    int64_t order[] = {4, 5, 3, 2, 1, 0}, scratch[6];
    const int64_t expected[] = {3, 1, 4, 2, 0, 5};
    kam__sort_by(by_last_digit, key, 6, order, scratch);
    assert_order(order, expected, 6);
}

static int by_value(const void *context, int64_t a, int64_t b) {
    const double *const key = context;
    return (key[a] > key[b]) - (key[a] < key[b]);
}

static void comparison_agrees_with_radix(void **state) {
    (void)state;
    static double key[MOST];
    static int64_t order[MOST], other[MOST], scratch[MOST];
    uint64_t seed = 3;
    for (int64_t n = 0; n < MOST; n += 1 + n / 2) {
        for (int64_t i = 0; i < n; i++) {
            key[i] = (double)(next_random(&seed) % 100);
            other[i] = i;
        }
        kam__sort_by_number(key, n, order, scratch);
        kam__sort_by(by_value, key, n, other, scratch);
        assert_order(other, order, n);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_by_hand),
        cmocka_unit_test(integers_by_hand),
        cmocka_unit_test(nothing_and_one),
        cmocka_unit_test(numbers_of_any_size),
        cmocka_unit_test(integers_of_any_width),
        cmocka_unit_test(comparison_with_context),
        cmocka_unit_test(comparison_agrees_with_radix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
