/* SPDX-License-Identifier: MIT */
/* A small book for the tests of kam_fit and kam_score. Include after
 * support/hosts.h. */
#ifndef TEST_SCORE_BOOK_H
#define TEST_SCORE_BOOK_H

enum { BOOK = 240, TODAY = 20000 /* 2024-10-04 */ };

/* What rules ask; some of it is missing, some lies ahead. */
static inline void book_rules(kam_account *account, int64_t n) {
    uint64_t seed = 21;
    for (int64_t i = 0; i < n; i++) {
        kam_account *const a = &account[i];
        double *const last = &a->last_visit;
        a->contract_day = i % 11 == 0
                              ? (double)NAN
                              : floor(TODAY + 30 - 1500 * random_unit(&seed));
        a->stable = i % 13 == 0 ? (double)NAN : (double)(i % 3 > 0);
        a->growth = i % 17 == 0 ? (double)NAN : 0.2 * random_unit(&seed);
        a->wallet = i % 2 ? (double)NAN
                          : a->tier_value / (0.1 + 0.9 * random_unit(&seed));
        a->pain = (double)(i % 4 == 0);
        a->alarms = i % 19 == 0 ? (double)NAN : (double)(i % 6 == 0 ? 5 : 0);
        for (int k = 0; k < KAM_SCORE_TOUCHES; k++)
            last[k] = random_unit(&seed) < 0.3
                          ? (double)NAN
                          : floor(TODAY + 3 - 200 * random_unit(&seed));
    }
}

/* Accounts that order at different rates; every third has gone silent. */
static inline void book_fill(kam_account *account, int64_t n) {
    uint64_t seed = 20;
    for (int64_t i = 0; i < n; i++) {
        kam_account *const a = &account[i];
        const double rate = 0.02 + 0.4 * random_unit(&seed);
        memset(a, 0, sizeof *a);
        a->age_periods = floor(20 + 130 * random_unit(&seed));
        a->last_order_periods =
            floor(a->age_periods * (i % 3 == 0 ? 0.3 : 0.95));
        a->repeat_orders = floor(rate * a->last_order_periods + 0.7);
        if (a->repeat_orders == 0) a->last_order_periods = 0;
        a->mean_order_value = a->repeat_orders > 0
                                  ? 300 / (0.1 + random_unit(&seed)) *
                                        (0.6 + 0.8 * random_unit(&seed))
                                  : 0;
        a->gross_revenue = (a->repeat_orders + 1) * (a->mean_order_value + 300);
        a->returns = i % 7 == 0 ? 0.1 * a->gross_revenue : 0;
        a->direct_cost = (0.5 + 0.3 * random_unit(&seed)) * a->gross_revenue;
        a->service_cost = i % 5 == 0 ? (double)NAN : 400;
        a->tier_value = 52 * a->gross_revenue / (a->age_periods + 1);
        a->tier_before = i % 2 == 0 ? (double)NAN : (double)(i % 4);
        a->weight = NAN;
    }
    book_rules(account, n);
}

static inline kam_accounts book_view(const kam_account *account, int64_t n) {
    kam_accounts view = {.struct_size = sizeof view};
    assert_status(kam_accounts_of(account, sizeof *account, n, &view), KAM_OK);
    return view;
}

#endif
