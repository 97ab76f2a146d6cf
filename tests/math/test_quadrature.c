/* SPDX-License-Identifier: MIT */
#include "support/check.h"

#include "math/quadrature.h"

static const struct kam__rule *const rules[] = {&kam__legendre8,
                                                &kam__legendre16,
                                                &kam__legendre32};
enum { N_RULES = 3 };

/* Abramowitz & Stegun, table 25.4: n = 8, 16, 32, some of the 15 decimals. */
static void test_published(void **state) {
    (void)state;
    assert_near(kam__legendre8.node[7], 0.960289856497536, 5e-16);
    assert_near(kam__legendre8.weight[7], 0.101228536290376, 5e-16);
    assert_near(kam__legendre8.node[4], 0.183434642495650, 5e-16);
    assert_near(kam__legendre8.weight[4], 0.362683783378362, 5e-16);
    assert_near(kam__legendre16.node[15], 0.989400934991650, 5e-16);
    assert_near(kam__legendre16.weight[15], 0.027152459411754, 5e-16);
    assert_near(kam__legendre32.node[31], 0.997263861849481564, 2e-16);
    assert_near(kam__legendre32.weight[31], 0.007018610009470097, 2e-17);
    assert_near(kam__legendre32.node[16], 0.048307665687738316, 2e-17);
    assert_near(kam__legendre32.weight[16], 0.096540088514727801, 2e-17);
}

static void test_order(void **state) {
    (void)state;
    for (int r = 0; r < N_RULES; r++) {
        const struct kam__rule *rule = rules[r];
        assert_int_equal(rule->n, 8 << r);
        for (int i = 0; i < rule->n; i++) {
            const int j = rule->n - 1 - i;
            assert_bits(rule->node[i], -rule->node[j]);
            assert_bits(rule->weight[i], rule->weight[j]);
            assert_true(rule->weight[i] > 0);
            assert_true(i == 0 || rule->node[i] > rule->node[i - 1]);
        }
    }
}

/* Exact for x^0 ... x^(2n - 1), and not for x^(2n). */
static void test_powers(void **state) {
    (void)state;
    for (int r = 0; r < N_RULES; r++) {
        const struct kam__rule *rule = rules[r];
        const int top = 2 * rule->n;
        for (int k = 0; k <= top; k++) {
            double sum = 0;
            for (int i = 0; i < rule->n; i++)
                sum += rule->weight[i] * pow(rule->node[i], k);
            const double exact = k % 2 ? 0 : 2.0 / (k + 1);
            if (k < top) assert_near(sum, exact, 5e-16);
            /* what is missing: 2^17 8!^4 / (17 16!^2), DLMF 3.5.19 */
            if (k == 16 && rule->n == 8)
                assert_near(exact - sum, 4.654830926598375e-5, 5e-16);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_powers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
