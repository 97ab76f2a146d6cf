/* SPDX-License-Identifier: MIT */
/* Sums against 128-bit integers: a number is rounded once to a multiple of
 * 2^-64, and everything after that is exact. */
#include "support/check.h"
#include "support/hosts.h"

#include "math/accumulate.h"

__extension__ typedef __int128 wide;
__extension__ typedef unsigned __int128 uwide;

/* value * 2^64 as an integer, ties to even, from the number's own bits. */
static wide units_of(double value) {
    int exponent;
    const double mantissa = frexp(fabs(value), &exponent);
    const wide m = (wide)ldexp(mantissa, 53);
    const int shift = exponent - 53 + 64;
    wide units = 0;
    if (shift >= 0) {
        units = m << shift;
    } else if (shift > -60) {
        const wide half = (wide)1 << (-shift - 1);
        const wide rest = m & (2 * half - 1);
        units = m >> -shift;
        if (rest > half || (rest == half && (units & 1))) units++;
    }
    return value < 0 ? -units : units;
}

static wide units_in(kam_sum sum) {
    return (wide)sum.high * ((wide)1 << 64) + sum.low;
}

static kam_sum sum_of(wide units) {
    return (kam_sum){(uint64_t)units, (int64_t)(units >> 64)};
}

static void expect_units(kam_sum sum, wide units) {
    if (units_in(sum) != units)
        fail_msg("%ld + %lu * 2^-64, expected %ld + %lu * 2^-64",
                 (long)sum.high, (unsigned long)sum.low, (long)(units >> 64),
                 (unsigned long)units);
}

/* A number anywhere between 2^-75 and 2^e, or 0. */
static double any_number(uint64_t *seed, int e) {
    const double u = random_unit(seed);
    const int place = (int)(random_unit(seed) * (e + 75)) - 75;
    const double sign = random_unit(seed) < 0.5 ? -1 : 1;
    if (random_unit(seed) < 0.02) return sign * 0.0;
    /* Few digits now and then, so that ties are met. */
    return random_unit(seed) < 0.3 ? sign * ldexp(floor(4 * u) + 4, place - 2)
                                   : sign * ldexp(0.5 + u / 2, place);
}

/* ---- the public sum ---- */

static void test_adding_one_number(void **state) {
    (void)state;
    static const struct {
        double value;
        int64_t high;
        uint64_t low;
    } known[] = {
        {0, 0, 0},
        {-0.0, 0, 0},
        {1, 1, 0},
        {-1, -1, 0},
        {0.5, 0, UINT64_C(1) << 63},
        {-0.5, -1, UINT64_C(1) << 63},
        {0x1p-64, 0, 1},
        {-0x1p-64, -1, UINT64_MAX},
        {0x1p-65, 0, 0},   /* a tie, to even */
        {0x1.8p-64, 0, 2}, /* a tie, to even */
        {0x1.000001p-65, 0, 1},
        {5e-324, 0, 0},
        {0x1p62, INT64_C(1) << 62, 0},
        {-0x1p62, -(INT64_C(1) << 62), 0},
        {0x1.fffffffffffffp61, (INT64_C(1) << 62) - 512, 0},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        kam_sum sum = {0, 0};
        assert_status(kam_sum_add(&sum, known[i].value), KAM_OK);
        assert_int_equal(sum.high, known[i].high);
        assert_true(sum.low == known[i].low);
    }
}

static void test_adding_is_exact(void **state) {
    (void)state;
    uint64_t seed = 42;
    for (int round = 0; round < 50; round++) {
        kam_sum sum = {0, 0};
        wide units = 0;
        for (int i = 0; i < 2000; i++) {
            const double value = any_number(&seed, 50);
            assert_status(kam_sum_add(&sum, value), KAM_OK);
            units += units_of(value);
            if (units_in(sum) != units) expect_units(sum, units);
        }
        expect_units(sum, units);
    }
}

static void test_merging_pieces_in_any_order(void **state) {
    (void)state;
    uint64_t seed = 43;
    enum { N = 1000, PIECES = 7 };
    double value[N];
    kam_sum whole = {0, 0};
    for (int i = 0; i < N; i++) {
        value[i] = any_number(&seed, 50);
        kam_sum_add(&whole, value[i]);
    }
    for (int order = 0; order < 20; order++) {
        kam_sum piece[PIECES], merged = {0, 0};
        memset(piece, 0, sizeof piece);
        for (int i = 0; i < N; i++)
            kam_sum_add(&piece[(int)(random_unit(&seed) * PIECES)],
                        value[shuffled_place(i, N)]);
        for (int p = 0; p < PIECES; p++)
            assert_status(kam_sum_merge(&merged, &piece[(p * 3 + order) % 7]),
                          KAM_OK);
        assert_memory_equal(&merged, &whole, sizeof whole);
    }
}

static void test_a_sum_can_be_merged_with_itself(void **state) {
    (void)state;
    kam_sum sum = {0, 0};
    kam_sum_add(&sum, -1.25);
    assert_status(kam_sum_merge(&sum, &sum), KAM_OK);
    assert_bits(kam_sum_value(&sum), -2.5);
}

/* The nearest double, ties to even: as the compiler converts 128-bit integers. */
static void test_values_are_rounded_once(void **state) {
    (void)state;
    uint64_t seed = 44;
    for (int i = 0; i < 300000; i++) {
        const int bits = 1 + (int)(random_unit(&seed) * 126);
        uwide random = 0;
        for (int k = 0; k < 3; k++)
            random = random << 50 ^ (uwide)(random_unit(&seed) * 0x1p53);
        wide units = (wide)(random & (((uwide)1 << bits) - 1));
        if (i % 3 == 0 && bits > 60) /* near a tie */
            units = (units >> (bits - 54) << (bits - 54)) + i % 9 / 3 - 1;
        if (i % 2) units = -units;
        const kam_sum sum = sum_of(units);
        assert_bits(kam_sum_value(&sum), (double)units * 0x1p-64);
    }
}

static void test_values_at_the_ends(void **state) {
    (void)state;
    const kam_sum zero = {0, 0}, least = {0, INT64_MIN},
                  most = {UINT64_MAX, INT64_MAX}, minus_unit = {UINT64_MAX, -1},
                  tie_down = {UINT64_C(1) << 11, 1}, tie_up = {3u << 11, 1},
                  above = {(UINT64_C(1) << 11) + 1, 1};
    assert_bits(kam_sum_value(&zero), 0.0);
    assert_bits(kam_sum_value(&least), -0x1p63);
    assert_bits(kam_sum_value(&most), 0x1p63);
    assert_bits(kam_sum_value(&minus_unit), -0x1p-64);
    assert_bits(kam_sum_value(&tie_down), 1);
    assert_bits(kam_sum_value(&tie_up), 1 + 0x1p-51);
    assert_bits(kam_sum_value(&above), 1 + 0x1p-52);
    assert_true(isnan(kam_sum_value(NULL)));
}

static void test_what_cannot_be_added(void **state) {
    (void)state;
    static const double bad[] = {
        NAN,  INFINITY, -INFINITY, 0x1.0000000000001p62, -0x1.0000000000001p62,
        1e300};
    kam_sum sum = {5, 7};
    for (int i = 0; i < 6; i++) {
        assert_status(kam_sum_add(&sum, bad[i]), KAM_ERR_OPTION);
        expect_units(sum, units_in((kam_sum){5, 7}));
    }
    assert_status(kam_sum_add(NULL, 1), KAM_ERR_NULL);
    assert_status(kam_sum_merge(NULL, &sum), KAM_ERR_NULL);
    assert_status(kam_sum_merge(&sum, NULL), KAM_ERR_NULL);
    expect_units(sum, units_in((kam_sum){5, 7}));
}

static void test_a_sum_that_is_full_stays_as_it_was(void **state) {
    (void)state;
    const kam_sum brim = {UINT64_MAX, INT64_MAX}, bottom = {0, INT64_MIN},
                  unit = {1, 0}, minus_unit = {UINT64_MAX, -1};
    kam_sum sum = brim;
    assert_status(kam_sum_add(&sum, 0x1p-64), KAM_ERR_OVERFLOW);
    assert_status(kam_sum_merge(&sum, &unit), KAM_ERR_OVERFLOW);
    assert_status(kam_sum_merge(&sum, &brim), KAM_ERR_OVERFLOW);
    assert_memory_equal(&sum, &brim, sizeof sum);
    assert_status(kam_sum_merge(&sum, &bottom), KAM_OK); /* -1 unit */
    assert_memory_equal(&sum, &minus_unit, sizeof sum);
    sum = bottom;
    assert_status(kam_sum_add(&sum, -0x1p-64), KAM_ERR_OVERFLOW);
    assert_status(kam_sum_merge(&sum, &bottom), KAM_ERR_OVERFLOW);
    assert_memory_equal(&sum, &bottom, sizeof sum);
    assert_status(kam_sum_add(&sum, 0x1p-64), KAM_OK);
    expect_units(sum, units_in(bottom) + 1);
}

/* ---- whole columns at once ---- */

enum { MOST = 1200 };

/* Every level this processor has; all must agree. */
static int accumulate_everywhere(kam_sum *sum, const double *term,
                                 const double *weight, int64_t n) {
    const int32_t had = kam_host_isa();
    const kam_sum before = *sum;
    const int failed = kam__accumulate(sum, term, weight, n);
    for (int32_t isa = KAM_ISA_BASE; isa <= had; isa++) {
        kam_sum again = before;
        assert_int_equal(kam__accumulate_at(isa, &again, term, weight, n),
                         failed);
        if (!failed) assert_memory_equal(&again, sum, sizeof again);
    }
    return failed;
}

static wide weighted_units(double term, double weight) {
    const int whole = weight == floor(weight) && weight >= 0;
    return whole ? (wide)weight * units_of(term) : units_of(weight * term);
}

/* Kinds of weights: none, few, many, a fraction, some of each. */
static double any_weight(uint64_t *seed, int kind) {
    const double u = random_unit(seed);
    switch (kind) {
    case 1: return floor(u * 4);
    case 2: return floor(ldexp(u, (int)(random_unit(seed) * 40)));
    case 3: return u * 3;
    case 4: return -floor(u * 5);
    default: return any_weight(seed, 1 + (int)(u * 4));
    }
}

static const int LENGTHS[] = {0,  1,   2,   7,   8,   9,    15,
                              16, 128, 511, 512, 513, 1024, MOST};

static void test_columns_of_any_length_size_and_weight(void **state) {
    (void)state;
    uint64_t seed = 45;
    static double term[MOST], weight[MOST];
    for (int kind = 0; kind <= 5; kind++)
        for (int largest = -30; largest <= 60; largest += 10)
            for (int l = 0; l < 14; l++) {
                const int n = LENGTHS[l];
                kam_sum sum = {0, 0};
                kam_sum_add(&sum, any_number(&seed, 50));
                wide units = units_in(sum);
                for (int i = 0; i < n; i++) {
                    weight[i] = kind ? any_weight(&seed, kind) : 1;
                    /* What is added stays below 2^51 a term. */
                    const double size = log2(fabs(weight[i]) + 1);
                    const int room = 50 - (int)size;
                    term[i] =
                        any_number(&seed, largest < room ? largest : room);
                    units += weighted_units(term[i], weight[i]);
                }
                assert_int_equal(accumulate_everywhere(&sum, term,
                                                       kind ? weight : NULL, n),
                                 0);
                expect_units(sum, units);
            }
}

/* Terms of one size and sign, as large as they may be and larger: partial sums
 * that lost a bit would show. */
static void test_columns_full_to_the_brim(void **state) {
    (void)state;
    uint64_t seed = 48;
    static double term[MOST], weight[MOST];
    for (int place = 20; place <= 52; place++)
        for (int kind = 0; kind < 4; kind++) {
            kam_sum sum = {0, 0};
            wide units = 0;
            const double most = kind == 2 && place < 40   ? 0x1p21
                                : kind == 3 && place < 33 ? 0x1p28
                                                          : 0x1p10;
            for (int i = 0; i < MOST; i++) {
                weight[i] = kind ? floor(random_unit(&seed) * most / 512) : 1;
                term[i] = -ldexp(1 + random_unit(&seed), place - 1);
                units += weighted_units(term[i], weight[i]);
            }
            assert_int_equal(accumulate_everywhere(&sum, term,
                                                   kind ? weight : NULL, MOST),
                             0);
            expect_units(sum, units);
        }
}

static void test_order_does_not_matter(void **state) {
    (void)state;
    uint64_t seed = 46;
    static double term[MOST], weight[MOST], other[MOST], its_weight[MOST];
    for (int kind = 1; kind <= 5; kind++) {
        kam_sum sum = {0, 0}, same = {0, 0};
        for (int i = 0; i < MOST; i++) {
            term[i] = any_number(&seed, 10);
            weight[i] = any_weight(&seed, kind);
            other[shuffled_place(i, MOST)] = term[i];
            its_weight[shuffled_place(i, MOST)] = weight[i];
        }
        assert_int_equal(accumulate_everywhere(&sum, term, weight, MOST), 0);
        for (int first = 0; first < MOST; first += 100)
            assert_int_equal(accumulate_everywhere(&same, other + first,
                                                   its_weight + first, 100),
                             0);
        assert_memory_equal(&sum, &same, sizeof sum);
    }
}

/* Weight 3 is three times: bit for bit, also where a term is rounded. */
static void test_a_whole_weight_is_repeated_adding(void **state) {
    (void)state;
    uint64_t seed = 47;
    double term[40], weight[40];
    kam_sum sum = {0, 0}, one_by_one = {0, 0};
    for (int i = 0; i < 40; i++) {
        term[i] = any_number(&seed, 50);
        weight[i] = floor(random_unit(&seed) * 100);
        for (int k = 0; k < (int)weight[i]; k++)
            kam_sum_add(&one_by_one, term[i]);
    }
    assert_int_equal(accumulate_everywhere(&sum, term, weight, 40), 0);
    assert_memory_equal(&sum, &one_by_one, sizeof sum);
}

static void test_huge_weights_and_terms(void **state) {
    (void)state;
    static const struct {
        double term, weight;
    } fine[] = {
        {0x1p-64, 0x1p53}, {0x1.8p-66, 0x1p53 - 1},
        {0.1, 0x1p53},     {-0x1p62, 1},
        {0x1p31, 0x1p20},  {0x1.fffffep31, 0x1p20 + 1},
        {-0x1p10, 0x1p52}, {1 / 3.0, 0x1p52 + 1},
        {0x1p-20, 0x1p70}, {0x1p62, 0.75},
        {-1e18, 4},        {0x1p9, 0x1p53},
    };
    for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++) {
        kam_sum sum = {0, 0};
        const double t = fine[i].term, w = fine[i].weight;
        assert_int_equal(accumulate_everywhere(&sum, &t, &w, 1), 0);
        expect_units(sum, w > 0x1p53 ? units_of(w * t) : weighted_units(t, w));
    }
    /* A block that is tame but for one huge term in the middle. */
    double term[20], weight[20];
    wide units = 0;
    for (int i = 0; i < 20; i++) {
        term[i] = i == 11 ? 0x1.23456789abcdep61 : -0.1 * i;
        weight[i] = i == 11 ? 1 : 1e6;
        units += weighted_units(term[i], weight[i]);
    }
    kam_sum sum = {0, 0};
    assert_int_equal(accumulate_everywhere(&sum, term, weight, 20), 0);
    expect_units(sum, units);
}

static void test_what_columns_refuse(void **state) {
    (void)state;
    static const struct {
        double term, weight;
    } bad[] = {
        {NAN, 1},         {INFINITY, 1}, {-INFINITY, 2}, {1, NAN},
        {1, INFINITY},    {1e19, 1},     {-0x1.1p62, 1}, {0x1p62, 2},
        {0x1p40, 0x1p53}, {1e300, 0.5},  {NAN, 0},       {0x1p62, 1.25},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        for (int at = 0; at < 18; at++) { /* in a vector and behind it */
            double term[18], weight[18];
            for (int k = 0; k < 18; k++) {
                term[k] = k == at ? bad[i].term : 0.5;
                weight[k] = k == at ? bad[i].weight : 1;
            }
            kam_sum sum = {0, 0};
            assert_int_equal(accumulate_everywhere(&sum, term, weight, 18), 1);
            if (bad[i].weight != 1) continue;
            assert_int_equal(accumulate_everywhere(&sum, term, NULL, 18), 1);
        }
    /* A sum that grows too large, slowly. */
    double term[600];
    for (int i = 0; i < 600; i++) term[i] = 0x1p54;
    kam_sum sum = {0, 0};
    assert_int_equal(accumulate_everywhere(&sum, term, NULL, 500), 0);
    assert_int_equal(accumulate_everywhere(&sum, term, NULL, 12), 1);
    sum = (kam_sum){0, INT64_MAX - 100};
    for (int i = 0; i < 600; i++) term[i] = 0.25;
    assert_int_equal(accumulate_everywhere(&sum, term, NULL, 400), 0);
    assert_int_equal(accumulate_everywhere(&sum, term, NULL, 16), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_adding_one_number),
        cmocka_unit_test(test_adding_is_exact),
        cmocka_unit_test(test_merging_pieces_in_any_order),
        cmocka_unit_test(test_a_sum_can_be_merged_with_itself),
        cmocka_unit_test(test_values_are_rounded_once),
        cmocka_unit_test(test_values_at_the_ends),
        cmocka_unit_test(test_what_cannot_be_added),
        cmocka_unit_test(test_a_sum_that_is_full_stays_as_it_was),
        cmocka_unit_test(test_columns_of_any_length_size_and_weight),
        cmocka_unit_test(test_columns_full_to_the_brim),
        cmocka_unit_test(test_order_does_not_matter),
        cmocka_unit_test(test_a_whole_weight_is_repeated_adding),
        cmocka_unit_test(test_huge_weights_and_terms),
        cmocka_unit_test(test_what_columns_refuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
