/* SPDX-License-Identifier: MIT */
#include "support/check.h"
#include "support/hosts.h"

static void test_defaults(void **state) {
    (void)state;
    kam_estimate_options options;
    memset(&options, 0xA5, sizeof options);
    assert_status(kam_estimate_options_init(&options, sizeof options), KAM_OK);
    assert_int_equal(options.struct_size, sizeof options);
    assert_int_equal(options.prior, KAM_PRIOR_NONE);
    assert_int_equal(options.max_steps, 200);
    assert_int_equal(options.rhythm, 0);
}

/* A caller of a later version has a longer struct: zeros fill it. */
static void test_defaults_of_other_sizes(void **state) {
    (void)state;
    struct {
        kam_estimate_options known;
        char later[24];
        char after;
    } longer;
    const uint32_t size = sizeof longer.known + sizeof longer.later;
    memset(&longer, 0x5A, sizeof longer);
    assert_status(kam_estimate_options_init(&longer.known, size), KAM_OK);
    assert_int_equal(longer.known.struct_size, size);
    for (size_t i = 0; i < sizeof longer.later; i++)
        assert_int_equal(longer.later[i], 0);
    assert_int_equal(longer.after, 0x5A);
    kam_estimate_options options = {.max_steps = 77};
    assert_status(kam_estimate_options_init(&options, sizeof options - 1),
                  KAM_ERR_STRUCT);
    assert_status(kam_estimate_options_init(&options, 65537), KAM_ERR_STRUCT);
    assert_status(kam_estimate_options_init(NULL, sizeof options),
                  KAM_ERR_NULL);
    assert_int_equal(options.max_steps, 77);
    assert_int_equal(options.struct_size, 0);
}

/* An objective over rows [first, first + n) of a made-up likelihood. */
static kam_objective objective_of(int32_t p, int64_t first, int64_t n) {
    kam_objective o = {.struct_size = sizeof o, .n_parameters = p};
    for (int64_t i = first; i < first + n; i++) {
        const double x = sin((double)i) * exp((double)(i % 20) - 10);
        o.n_rows += i % 4 != 0;
        o.n_skipped += i % 4 == 0;
        assert_status(kam_sum_add(&o.log_likelihood, x), KAM_OK);
        for (int j = 0; j < p; j++)
            assert_status(kam_sum_add(&o.gradient[j], x * (j + 1)), KAM_OK);
        for (int j = 0; j < p * (p + 1) / 2; j++)
            assert_status(kam_sum_add(&o.hessian[j], x * x / (j + 1)), KAM_OK);
    }
    return o;
}

static void test_pieces_in_any_order(void **state) {
    (void)state;
    for (int32_t p = 1; p <= 8; p++) {
        const kam_objective whole = objective_of(p, 0, 100);
        const int64_t cuts[] = {0, 1, 40, 41, 77, 100};
        const int orders[][5] = {{0, 1, 2, 3, 4}, {4, 2, 0, 1, 3}};
        for (int o = 0; o < 2; o++) {
            kam_objective sum = {.struct_size = sizeof sum, .n_parameters = p};
            for (int k = 0; k < 5; k++) {
                const int64_t first = cuts[orders[o][k]];
                const kam_objective part =
                    objective_of(p, first, cuts[orders[o][k] + 1] - first);
                assert_status(kam_objective_merge(&sum, &part), KAM_OK);
            }
            assert_memory_equal(&sum, &whole, sizeof whole);
        }
    }
}

static void test_merge_with_itself(void **state) {
    (void)state;
    kam_objective o = objective_of(2, 0, 9);
    const double once = kam_sum_value(&o.log_likelihood);
    const int64_t rows = o.n_rows;
    assert_status(kam_objective_merge(&o, &o), KAM_OK);
    assert_bits(kam_sum_value(&o.log_likelihood), 2 * once);
    assert_int_equal(o.n_rows, 2 * rows);
}

/* A part without rows changes nothing, and takes what comes. */
static void test_merge_of_nothing(void **state) {
    (void)state;
    kam_objective a = objective_of(3, 0, 9);
    kam_objective empty = {.struct_size = sizeof empty};
    const kam_objective kept = a;
    assert_status(kam_objective_merge(&a, &empty), KAM_OK);
    assert_memory_equal(&a, &kept, sizeof a);
    assert_status(kam_objective_merge(&empty, &a), KAM_OK);
    assert_memory_equal(&empty, &kept, sizeof a);
}

static void test_merge_refuses(void **state) {
    (void)state;
    kam_objective a = objective_of(3, 0, 9), b = objective_of(3, 9, 9);
    const kam_objective kept = a, other = objective_of(4, 9, 9);
    assert_status(kam_objective_merge(NULL, &b), KAM_ERR_NULL);
    assert_status(kam_objective_merge(&a, NULL), KAM_ERR_NULL);
    assert_status(kam_objective_merge(&a, &other), KAM_ERR_SHAPE);
    b.n_parameters = 9;
    assert_status(kam_objective_merge(&a, &b), KAM_ERR_SHAPE);
    b.n_parameters = 3;
    b.n_rows = -1;
    assert_status(kam_objective_merge(&a, &b), KAM_ERR_SHAPE);
    b.n_rows = INT64_MAX;
    assert_status(kam_objective_merge(&a, &b), KAM_ERR_OVERFLOW);
    b.n_rows = 9;
    b.n_skipped = INT64_MAX;
    assert_status(kam_objective_merge(&a, &b), KAM_ERR_OVERFLOW);
    b.n_skipped = 0;
    b.struct_size = 12;
    assert_status(kam_objective_merge(&a, &b), KAM_ERR_STRUCT);
    b.struct_size = sizeof b;
    /* The last sum of all overflows: nothing may have been added. */
    a.hessian[5].high = b.hessian[5].high = INT64_MAX;
    kam_objective before = a;
    assert_status(kam_objective_merge(&a, &b), KAM_ERR_OVERFLOW);
    assert_memory_equal(&a, &before, sizeof a);
    a.hessian[5] = kept.hessian[5];
    assert_memory_equal(&a, &kept, sizeof a);
    /* And so with the first. */
    a.log_likelihood.high = b.log_likelihood.high = INT64_MAX;
    b.hessian[5].high = 0;
    before = a;
    assert_status(kam_objective_merge(&a, &b), KAM_ERR_OVERFLOW);
    assert_memory_equal(&a, &before, sizeof a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_defaults_of_other_sizes),
        cmocka_unit_test(test_pieces_in_any_order),
        cmocka_unit_test(test_merge_with_itself),
        cmocka_unit_test(test_merge_of_nothing),
        cmocka_unit_test(test_merge_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
