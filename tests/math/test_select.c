/* SPDX-License-Identifier: MIT */
#include "support/check.h"
#include "support/hosts.h"

#include "math/extent.h"
#include "math/select.h"

static kam_sum sum_of(double x) {
    kam_sum sum = {0, 0};
    assert_int_equal(kam_sum_add(&sum, x), KAM_OK);
    return sum;
}

static double select_unit(const double *value, int64_t n, double target) {
    struct kam__weighted item[64];
    const kam_sum sum = sum_of(target);
    for (int64_t i = 0; i < n; i++)
        item[i] = (struct kam__weighted){value[i], 1};
    return kam__select(item, n, &sum);
}

/* By definition: the largest v whose {value >= v} weighs enough. */
static double select_slowly(const struct kam__weighted *item, int64_t n,
                            const kam_sum *target) {
    double best = NAN, least = INFINITY;
    for (int64_t i = 0; i < n; i++) {
        kam_sum sum = {0, 0};
        for (int64_t j = 0; j < n; j++)
            if (item[j].value >= item[i].value)
                kam_sum_add(&sum, item[j].weight);
        const int enough = sum.high > target->high ||
                           (sum.high == target->high && sum.low >= target->low);
        if (enough && !(item[i].value <= best)) best = item[i].value;
        if (item[i].value < least) least = item[i].value;
    }
    return isnan(best) && n > 0 ? least : best;
}

static void test_small_cases(void **state) {
    (void)state;
    const double value[] = {3, -1, 7, 0.5, 7, 2, -8};
    assert_bits(select_unit(value, 7, 1), 7);
    assert_bits(select_unit(value, 7, 2), 7);
    assert_bits(select_unit(value, 7, 3), 3);
    assert_bits(select_unit(value, 7, 3.25), 2);
    assert_bits(select_unit(value, 7, 7), -8);
    assert_bits(select_unit(value, 7, 8), -8); /* more than there is */
    assert_bits(select_unit(value, 7, 0), 7);
    assert_bits(select_unit(value, 7, -1), 7);
    assert_bits(select_unit(value, 1, 1), 3);
    assert_true(isnan(select_unit(value, 0, 1)));
}

static void test_extreme_values(void **state) {
    (void)state;
    const double value[] = {-INFINITY, -1e308, -5e-324, -0.0,
                            0.0,       5e-324, 1e308,   INFINITY};
    assert_bits(select_unit(value, 8, 1), INFINITY);
    assert_bits(select_unit(value, 8, 2), 1e308);
    assert_bits(select_unit(value, 8, 3), 5e-324);
    assert_bits(select_unit(value, 8, 4), 0.0); /* -0 and 0 are a tie */
    assert_bits(select_unit(value, 8, 5), 0.0);
    assert_bits(select_unit(value, 8, 6), -5e-324);
    assert_bits(select_unit(value, 8, 7), -1e308);
    assert_bits(select_unit(value, 8, 8), -INFINITY);
    assert_bits(select_unit(value + 3, 1, 1), 0.0); /* -0 comes back as 0 */
}

/* Weights that no double sum gets right: 2^60 + 2^-60 in any order. */
static void test_weights_are_added_exactly(void **state) {
    (void)state;
    struct kam__weighted item[] = {{5, 0x1p60},
                                   {4, 0x1p-60},
                                   {3, 0x1p-60},
                                   {2, 1}};
    kam_sum target = sum_of(0x1p60);
    kam_sum_add(&target, 0x1p-60);
    assert_bits(kam__select(item, 4, &target), 4);
    kam_sum_add(&target, 0x1p-64);
    assert_bits(kam__select(item, 4, &target), 3);
    kam_sum_add(&target, 0x1p-60);
    assert_bits(kam__select(item, 4, &target), 2);
}

static void test_zero_weights_do_not_count(void **state) {
    (void)state;
    struct kam__weighted item[] = {{9, 0}, {8, 2}, {7, 0}, {6, 1}, {5, 0}};
    kam_sum target = sum_of(2);
    assert_bits(kam__select(item, 5, &target), 8);
    target = sum_of(3);
    assert_bits(kam__select(item, 5, &target), 6);
}

static void test_against_the_definition(void **state) {
    (void)state;
    enum { N = 60 };
    uint64_t seed = 7;
    for (int round = 0; round < 400; round++) {
        struct kam__weighted item[N], kept[N];
        const int64_t n = 1 + (int64_t)(random_unit(&seed) * (N - 1));
        kam_sum total = {0, 0};
        for (int64_t i = 0; i < n; i++) {
            const double u = random_unit(&seed);
            /* Half of the rounds are full of ties. */
            item[i].value = round % 2 ? floor(u * 6) - 2 : (u - 0.3) * 1e5;
            item[i].weight = round % 3 ? random_unit(&seed) : 1;
            kam_sum_add(&total, item[i].weight);
        }
        memcpy(kept, item, sizeof kept);
        const kam_sum target =
            sum_of(kam_sum_value(&total) * random_unit(&seed) * 1.01);
        const double expected = select_slowly(kept, n, &target);
        assert_bits(kam__select(item, n, &target), expected);
        /* Items only change places: another call gives the same. */
        assert_bits(kam__select(item, n, &target), expected);
    }
}

static void test_order_of_items_does_not_matter(void **state) {
    (void)state;
    enum { N = 5000 };
    static struct kam__weighted item[N], other[N];
    uint64_t seed = 11;
    for (int64_t i = 0; i < N; i++) {
        item[i].value = floor(random_unit(&seed) * 900) / 7;
        item[i].weight = random_unit(&seed);
        other[shuffled_place(i, N)] = item[i];
    }
    for (double target = 0.5; target < N / 2; target *= 1.7) {
        const kam_sum sum = sum_of(target);
        assert_bits(kam__select(other, N, &sum), kam__select(item, N, &sum));
    }
}

static void test_extent(void **state) {
    (void)state;
    const double value[] = {3, NAN, -7, INFINITY, 0, -INFINITY, -2};
    const kam_column column = column_of(value);
    struct kam__extent extent;
    kam__extent_of(&column, 7, &extent);
    assert_int_equal(extent.n_known, 6);
    assert_int_equal(extent.n_negative, 3);
    assert_int_equal(extent.first_infinite, 3);
    assert_bits(extent.largest, 7);
    kam__extent_of(&column, 3, &extent);
    assert_int_equal(extent.first_infinite, -1);
    kam__extent_of(&column, 0, &extent);
    assert_int_equal(extent.n_known, 0);
    assert_bits(extent.largest, 0);
}

static void test_scaling(void **state) {
    (void)state;
    for (int exponent = -1022; exponent < 1024; exponent++) {
        const double x = ldexp(1.75, exponent);
        const struct kam__scaling s = kam__scaling_of(x, KAM__SUM_BITS);
        assert_bits(s.up * s.down, 1);
        /* No factor beyond 2^1022 would have an inverse. */
        if (exponent >= -993)
            assert_true(x * s.up >= 0x1p29 && x * s.up < 0x1p30);
        assert_bits(x * s.up * s.down, x);
    }
    assert_bits(kam__scaling_of(0, 30).up, 1);
    assert_true(isfinite(kam__scaling_of(5e-324, 30).up));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small_cases),
        cmocka_unit_test(test_extreme_values),
        cmocka_unit_test(test_weights_are_added_exactly),
        cmocka_unit_test(test_zero_weights_do_not_count),
        cmocka_unit_test(test_against_the_definition),
        cmocka_unit_test(test_order_of_items_does_not_matter),
        cmocka_unit_test(test_extent),
        cmocka_unit_test(test_scaling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
