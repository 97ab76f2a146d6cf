/* SPDX-License-Identifier: MIT */
#include "support/check.h"

#include "math/exact.h"

static uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void assert_sum(kam_sum actual, int64_t high, uint64_t low) {
    assert_int_equal(actual.high, high);
    assert_true(actual.low == low);
}

static void known_words(void **state) {
    (void)state;
    const uint64_t half = UINT64_C(1) << 63;
    assert_sum(kam__exact_fast(1.5), 1, half);
    assert_sum(kam__exact_fast(-1.5), -2, half);
    assert_sum(kam__exact_fast(-1), -1, 0);
    assert_sum(kam__exact_fast(0), 0, 0);
    assert_sum(kam__exact_fast(-0.0), 0, 0);
    assert_sum(kam__exact_fast(0x1p52), INT64_C(1) << 52, 0);
    assert_sum(kam__exact_fast(0x1p-64), 0, 1);
    assert_sum(kam__exact_fast(-0x1p-64), -1, UINT64_MAX);
    assert_sum(kam__exact_fast(0x1p-65), 0, 0);   /* a tie, to even */
    assert_sum(kam__exact_fast(0x1.8p-64), 0, 2); /* a tie, to even */
    assert_sum(kam__exact_fast(0x1.8p-65), 0, 1);
    assert_sum(kam__exact_fast(5e-324), 0, 0);
    assert_sum(kam__exact_fast(-0x1p62), -(INT64_C(1) << 62), 0);
}

/* Every exponent from far below the grid to 2^62, both signs. */
static void fast_equals_plain(void **state) {
    (void)state;
    uint64_t seed = 88172645463325252u;
    for (int i = 0; i < 1000000; i++) {
        const double mantissa =
            1 + (double)(next_random(&seed) >> 12) * 0x1p-52;
        const int e = (int)(next_random(&seed) % 140) - 78;
        const double sign = next_random(&seed) & 1 ? -1 : 1;
        double value = sign * ldexp(mantissa, e);
        if (fabs(value) > 0x1p62) value = sign * 0x1p62;
        const kam_sum a = kam__exact_fast(value), b = kam__exact_of(value);
        if (a.low != b.low || a.high != b.high) fail_msg("%a", value);
    }
}

static void a_number_comes_back(void **state) {
    (void)state;
    uint64_t seed = 1234567;
    for (int i = 0; i < 1000000; i++) {
        const double whole = 0x1p52 + (double)(next_random(&seed) >> 12);
        const int e = (int)(next_random(&seed) % 74) - 64;
        const double value =
            next_random(&seed) & 1 ? -ldexp(whole, e) : ldexp(whole, e);
        const kam_sum sum = kam__exact_of(value);
        assert_bits(kam__exact_value(sum), value);
    }
}

/* Between two neighbouring doubles: below the middle down, above it up, on it to
 * the even one. `ulp` is written as a sum, for every place it can have. */
static void rounds_to_nearest_even(void **state) {
    (void)state;
    for (int place = 0; place < 62 - 52 + 64; place++) {
        const double ulp = ldexp(1, place - 64); /* of [2^52, 2^53) ulps */
        for (int odd = 0; odd < 2; odd++) {
            const double down = (0x1p52 + odd) * ulp;
            const double up = down + ulp;
            if (place == 0) continue; /* nothing lies between */
            kam_sum middle = kam__exact_of(down);
            const kam_sum half = kam__exact_of(ulp / 2);
            assert_int_equal(kam__exact_add(&middle, half.low, half.high), 0);
            assert_bits(kam__exact_value(middle), odd ? up : down);
            assert_bits(kam__exact_value(kam__exact_negative(middle)),
                        odd ? -up : -down);
            kam_sum above = middle, below = middle;
            kam__exact_add(&above, 1, 0);
            kam__exact_add(&below, UINT64_MAX, -1);
            assert_bits(kam__exact_value(above), up);
            assert_bits(kam__exact_value(below), down);
        }
    }
}

static void ends_of_the_range(void **state) {
    (void)state;
    const kam_sum most = {UINT64_MAX, INT64_MAX}, least = {0, INT64_MIN};
    assert_bits(kam__exact_value(most), 0x1p63);
    assert_bits(kam__exact_value(least), -0x1p63);
    const kam_sum smallest = {1, 0}, zero = {0, 0};
    assert_bits(kam__exact_value(smallest), 0x1p-64);
    assert_bits(kam__exact_value(zero), 0);
    kam_sum sum = most;
    assert_int_equal(kam__exact_add(&sum, 1, 0), 1);
    assert_sum(sum, INT64_MAX, UINT64_MAX);
    sum = least;
    assert_int_equal(kam__exact_add(&sum, UINT64_MAX, -1), 1);
    assert_sum(sum, INT64_MIN, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_words),
        cmocka_unit_test(fast_equals_plain),
        cmocka_unit_test(a_number_comes_back),
        cmocka_unit_test(rounds_to_nearest_even),
        cmocka_unit_test(ends_of_the_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
