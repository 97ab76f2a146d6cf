/* SPDX-License-Identifier: MIT */
/* T5: recency, frequency, money. */
#include "support/check.h"
#include "support/hosts.h"

static kam_rfm fit(int32_t n_scores, const double *days, const double *orders,
                   const double *money, int64_t n) {
    const kam_column d = column_of(days), o = column_of(orders);
    const kam_column m = column_of(money);
    kam_rfm cuts;
    kam_diag diag = {.struct_size = sizeof diag};
    if (kam_rfm_fit(n_scores, &d, &o, &m, n, NULL, &cuts, &diag) != KAM_OK)
        fail_msg("%s: %s", diag.argument, diag.message);
    return cuts;
}

struct score {
    int32_t recency, frequency, money;
    uint32_t flags;
};

static struct score score_of(const kam_rfm *cuts, double days, double orders,
                             double money) {
    const kam_column d = column_of(&days), o = column_of(&orders);
    const kam_column m = column_of(&money);
    struct score s;
    const kam_rfm_out out = {.struct_size = sizeof out,
                             .recency = &s.recency,
                             .frequency = &s.frequency,
                             .money = &s.money,
                             .row_flags = &s.flags};
    assert_status(kam_rfm_score(cuts, &d, &o, &m, 1, NULL, &out, NULL), KAM_OK);
    return s;
}

static void expect(struct score s, int32_t r, int32_t f, int32_t m,
                   uint32_t flags) {
    assert_int_equal(s.recency, r);
    assert_int_equal(s.frequency, f);
    assert_int_equal(s.money, m);
    assert_int_equal(s.flags, flags);
}

static void test_quintiles(void **state) {
    (void)state;
    double days[10], orders[10], money[10];
    for (int i = 0; i < 10; i++) {
        days[i] = 10 * i; /* 0 .. 90: the fewer the better */
        orders[i] = i;
        money[i] = 100 - i;
    }
    const kam_rfm cuts = fit(5, days, orders, money, 10);
    assert_bits(cuts.recency[0], 10); /* the two best: 0 and 10 days */
    assert_bits(cuts.recency[3], 70);
    assert_bits(cuts.frequency[0], 8);
    assert_bits(cuts.money[3], 93);
    expect(score_of(&cuts, 10, 8, 99), 5, 5, 5, 0); /* exactly at a cut */
    expect(score_of(&cuts, 11, 7.9, 98.9), 4, 4, 4, 0);
    expect(score_of(&cuts, 71, 1.9, 92.9), 1, 1, 1, 0);
    expect(score_of(&cuts, -5, 1e9, INFINITY), 5, 5, 5, 0);
    expect(score_of(&cuts, NAN, 8, NAN), 0, 5, 0, KAM_ROW_MISSING);
}

/* Equal accounts score alike, and as the best of them: of 10 with one order each
 * nobody is worse than another. */
static void test_ties(void **state) {
    (void)state;
    double one[10];
    for (int i = 0; i < 10; i++) one[i] = 1;
    kam_rfm cuts = fit(5, one, one, one, 10);
    expect(score_of(&cuts, 1, 1, 1), 5, 5, 5, 0);
    expect(score_of(&cuts, 2, 0, 0), 1, 1, 1, 0);
    /* 7 of 10 ordered once: the best fifth and the next are cut, the rest tie. */
    const double orders[] = {9, 8, 7, 1, 1, 1, 1, 1, 1, 1};
    cuts = fit(5, one, orders, one, 10);
    assert_int_equal(score_of(&cuts, 1, 8, 1).frequency, 5);
    assert_int_equal(score_of(&cuts, 1, 7, 1).frequency, 4);
    assert_int_equal(score_of(&cuts, 1, 1, 1).frequency, 4);
    cuts = fit(5, one, orders, one, 1); /* one account */
    assert_int_equal(score_of(&cuts, 1, 9, 1).frequency, 5);
}

/* Frozen cuts: other accounts, other days, the same scores; and what is missing
 * or infinite does not move them. */
static void test_frozen(void **state) {
    (void)state;
    const double days[] = {5, NAN, 50, 500}, orders[] = {3, 2, NAN, 1};
    const double money[] = {INFINITY, 10, 20, 30};
    const kam_rfm cuts = fit(3, days, orders, money, 4);
    expect(score_of(&cuts, 5, 3, 30), 3, 3, 3, 0);
    expect(score_of(&cuts, 50, 2, 20), 2, 2, 2, 0);
    expect(score_of(&cuts, 51, 1, 19), 1, 1, 1, 0);
    assert_int_equal(cuts.defaults, 0);
    assert_bits(cuts.money[2], 0);
}

static void test_many(void **state) {
    (void)state;
    enum { N = 5000 };
    static double days[N], orders[N], money[N];
    static int32_t whole[3][N], again[3][N];
    uint64_t seed = 17;
    for (int i = 0; i < N; i++) {
        days[i] = floor(400 * random_unit(&seed));
        orders[i] = floor(6 * random_unit(&seed));
        money[i] = exp(9 * random_unit(&seed));
    }
    const kam_rfm cuts = fit(5, days, orders, money, N);
    const kam_column d = column_of(days), o = column_of(orders);
    const kam_column m = column_of(money);
    kam_rfm_out out = {.struct_size = sizeof out};
    out.recency = whole[0];
    out.frequency = whole[1];
    out.money = whole[2];
    assert_status(kam_rfm_score(&cuts, &d, &o, &m, N, NULL, &out, NULL),
                  KAM_OK);
    for (int64_t first = 0; first < N; first += 999) {
        const int64_t n = N - first < 999 ? N - first : 999;
        const kam_column dd = column_of(days + first);
        const kam_column oo = column_of(orders + first);
        const kam_column mm = column_of(money + first);
        out.recency = again[0] + first;
        out.frequency = again[1] + first;
        out.money = again[2] + first;
        assert_status(kam_rfm_score(&cuts, &dd, &oo, &mm, n, NULL, &out, NULL),
                      KAM_OK);
    }
    assert_memory_equal(whole, again, sizeof whole);
    /* Without ties every score has a fifth of the accounts; more money is never
     * a lower score. */
    int64_t count[6] = {0};
    for (int i = 0; i < N; i++) count[whole[2][i]]++;
    for (int s = 1; s <= 5; s++) assert_int_equal(count[s], N / 5);
    for (int i = 1; i < N; i++)
        if (money[i] >= money[i - 1])
            assert_true(whole[2][i] >= whole[2][i - 1]);
        else
            assert_true(whole[2][i] <= whole[2][i - 1]);
}

static void test_refuses(void **state) {
    (void)state;
    const double x[] = {1, 2}, none[] = {NAN, NAN};
    const kam_column c = column_of(x), empty = column_of(none);
    kam_rfm cuts = {.n_scores = 77};
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_rfm_fit(1, &c, &c, &c, 2, NULL, &cuts, &diag),
                  KAM_ERR_OPTION);
    assert_status(kam_rfm_fit(11, &c, &c, &c, 2, NULL, &cuts, &diag),
                  KAM_ERR_OPTION);
    assert_status(kam_rfm_fit(5, &c, &c, &c, -2, NULL, &cuts, &diag),
                  KAM_ERR_SHAPE);
    assert_status(kam_rfm_fit(5, NULL, &c, &c, 2, NULL, &cuts, &diag),
                  KAM_ERR_NULL);
    assert_status(kam_rfm_fit(5, &c, &c, &c, 2, NULL, NULL, &diag),
                  KAM_ERR_NULL);
    assert_status(kam_rfm_fit(5, &empty, &c, &c, 2, NULL, &cuts, &diag),
                  KAM_ERR_EMPTY);
    assert_string_equal(diag.argument, "recency");
    assert_status(kam_rfm_fit(5, &c, &c, &empty, 2, NULL, &cuts, &diag),
                  KAM_ERR_EMPTY);
    assert_string_equal(diag.argument, "money");
    assert_status(kam_rfm_fit(5, &c, &c, &c, 0, NULL, &cuts, &diag),
                  KAM_ERR_EMPTY);
    assert_int_equal(cuts.n_scores, 77);
    int32_t recency = 77;
    kam_rfm_out out = {.struct_size = sizeof out, .recency = &recency};
    assert_status(kam_rfm_score(&cuts, &c, &c, &c, 1, NULL, &out, &diag),
                  KAM_ERR_OPTION);
    assert_status(kam_rfm_score(NULL, &c, &c, &c, 1, NULL, &out, &diag),
                  KAM_ERR_NULL);
    cuts = fit(3, x, x, x, 2);
    assert_status(kam_rfm_score(&cuts, &c, &c, &c, -1, NULL, &out, &diag),
                  KAM_ERR_SHAPE);
    assert_status(kam_rfm_score(&cuts, &c, &c, &c, 1, NULL, NULL, &diag),
                  KAM_ERR_NULL);
    cuts.frequency[1] = 9; /* stricter than entry 0 */
    assert_status(kam_rfm_score(&cuts, &c, &c, &c, 1, NULL, &out, &diag),
                  KAM_ERR_OPTION);
    assert_int_equal(diag.row, 1);
    assert_int_equal(recency, 77);
    for (int n_scores = 2; n_scores <= 10; n_scores += 8) {
        cuts = fit(n_scores, x, x, x, 2);
        assert_status(kam_rfm_score(&cuts, &c, &c, &c, 1, NULL, &out, &diag),
                      KAM_OK);
        assert_int_equal(recency, n_scores);
    }
    kam_column bad = c;
    bad.type = 77;
    assert_status(kam_rfm_score(&cuts, &c, &bad, &c, 1, NULL, &out, &diag),
                  KAM_ERR_TYPE);
    assert_string_equal(diag.argument, "frequency");
    assert_status(kam_rfm_fit(5, &c, &c, &bad, 2, NULL, &cuts, &diag),
                  KAM_ERR_TYPE);
}

static void test_memory(void **state) {
    (void)state;
    const double x[] = {1, 2};
    const kam_column c = column_of(x);
    struct lender lender;
    kam_host host = lender_host(&lender, 0);
    kam_rfm cuts;
    assert_status(kam_rfm_fit(5, &c, &c, &c, 2, &host, &cuts, NULL), KAM_OK);
    assert_int_equal(lender.n_live, 0);
    const int64_t n_calls = lender.n_calls;
    cuts.n_scores = 77;
    for (int64_t fail = 1; fail <= n_calls; fail++) {
        host = lender_host(&lender, fail);
        assert_status(kam_rfm_fit(5, &c, &c, &c, 2, &host, &cuts, NULL),
                      KAM_ERR_MEMORY);
        assert_int_equal(lender.n_live, 0);
        assert_int_equal(cuts.n_scores, 77);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quintiles), cmocka_unit_test(test_ties),
        cmocka_unit_test(test_frozen),    cmocka_unit_test(test_many),
        cmocka_unit_test(test_refuses),   cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
