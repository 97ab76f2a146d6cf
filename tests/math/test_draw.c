/* SPDX-License-Identifier: MIT */
/* Draws: their moments, and that a stream is what its numbers say. */
#include "support/check.h"

#include "math/draw.h"

enum { N = 200000 };

/* The first output of SplitMix64 from the state 0 is 0xE220A8397B1DCDAF
 * (Steele, Lea & Flood 2014; java.util.SplittableRandom). */
static void known_bits(void **state) {
    (void)state;
    struct kam__draw draw = {0};
    const double first = (double)(UINT64_C(0xE220A8397B1DCDAF) >> 12);
    assert_bits(kam__draw_uniform(&draw), (first + 0.5) * 0x1p-52);
}

static void streams(void **state) {
    (void)state;
    struct kam__draw a = kam__draw_begin(1, 7), b = kam__draw_begin(1, 7);
    struct kam__draw c = kam__draw_begin(1, 8), d = kam__draw_begin(2, 7);
    for (int i = 0; i < 100; i++) {
        const double x = kam__draw_uniform(&a);
        assert_true(x > 0 && x < 1);
        assert_bits(kam__draw_uniform(&b), x);
        assert_true(kam__draw_uniform(&c) != x && kam__draw_uniform(&d) != x);
    }
}

static void normal(void **state) {
    (void)state;
    struct kam__draw draw = kam__draw_begin(3, 0);
    double sum = 0, squares = 0, fourth = 0;
    int beyond = 0;
    for (int i = 0; i < N; i++) {
        const double x = kam__draw_normal(&draw);
        sum += x;
        squares += x * x;
        fourth += x * x * x * x;
        beyond += fabs(x) > 1.959963984540054;
    }
    /* five standard errors */
    assert_near(sum / N, 0, 5 / sqrt(N));
    assert_near(squares / N, 1, 5 * sqrt(2.0 / N));
    assert_near(fourth / N, 3, 5 * sqrt(96.0 / N));
    assert_near((double)beyond / N, 0.05, 5 * sqrt(0.05 * 0.95 / N));
}

static void beta(void **state) {
    (void)state;
    static const double shape[][2] = {{0.7, 3.8}, {0.05, 0.4}, {1, 1},
                                      {5, 2},     {40, 900},   {1e-3, 1}};
    for (int k = 0; k < 6; k++) {
        const double a = shape[k][0], b = shape[k][1], n = a + b;
        const double mean = a / n, variance = a * b / (n * n * (n + 1));
        struct kam__draw draw = kam__draw_begin(4, (uint64_t)k);
        double sum = 0, squares = 0;
        for (int i = 0; i < N; i++) {
            const double x = kam__draw_beta(&draw, a, b);
            assert_true(x >= 0 && x <= 1);
            sum += x;
            squares += (x - mean) * (x - mean);
        }
        assert_near(sum / N, mean, 5 * sqrt(variance / N));
        assert_relative(squares / N, variance, 0.1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_bits),
        cmocka_unit_test(streams),
        cmocka_unit_test(normal),
        cmocka_unit_test(beta),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
