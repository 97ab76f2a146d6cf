/* SPDX-License-Identifier: MIT */
/* What both tests of kam/clv.h share: models, accounts, and one = many. Include
 * after support/hosts.h. */
#ifndef TEST_CLV_SUPPORT_H
#define TEST_CLV_SUPPORT_H

/* Maximum likelihood on CDNOW: MBG/NBD our own 30-digit solution; p, q, gamma:
 * Fader & Hardie (2013), note 025, to more digits. */
static const kam_btyd CDNOW = {KAM_BTYD_MBGNBD,
                               4,
                               7,
                               {0.5248431591063, 6.183085279576,
                                0.8913593907322, 1.61400224017}};
/* A supplier whose accounts order every month or so and seldom leave. */
static const kam_btyd STEADY = {KAM_BTYD_MBGNBD, 4, 7, {1.5, 6.0, 0.6, 8.0}};
static const kam_spend SPEND = {KAM_SPEND_GAMMA_GAMMA,
                                3,
                                {6.24957227132, 3.74422466713, 15.4435209626}};

static inline kam_account an_account(double x, double t_x, double T, double m) {
    kam_account a;
    double *const field = &a.repeat_orders;
    for (size_t i = 0; i < sizeof a / sizeof *field; i++) field[i] = NAN;
    a.repeat_orders = x;
    a.last_order_periods = t_x;
    a.age_periods = T;
    a.mean_order_value = m;
    return a;
}

static inline kam_account with_margin(kam_account a, double gross,
                                      double returns, double direct,
                                      double service) {
    a.gross_revenue = gross;
    a.returns = returns;
    a.direct_cost = direct;
    a.service_cost = service;
    return a;
}

static inline kam_accounts accounts_of(const kam_account *record, int64_t n) {
    kam_accounts accounts = {.struct_size = sizeof accounts};
    assert_status(kam_accounts_of(record, sizeof *record, n, &accounts),
                  KAM_OK);
    return accounts;
}

static inline kam_clv_options options_of(double horizon_days, double discount,
                                         double interval) {
    kam_clv_options options;
    assert_status(kam_clv_options_init(&options, sizeof options), KAM_OK);
    options.horizon_days = horizon_days;
    options.discount_per_year = discount;
    options.interval = interval;
    return options;
}

/* Any mixture of good rows, missing ones and wrong ones. */
static inline kam_account any_account(int64_t i, uint64_t *seed) {
    const double T = 1 + 300 * random_unit(seed);
    const double x = floor(40 * random_unit(seed) * random_unit(seed));
    kam_account a = an_account(x, x > 0 ? T * random_unit(seed) : 0, T,
                               x > 0 ? 100 * random_unit(seed) : 0);
    if (i % 3)
        a = with_margin(a, 1000, i % 5 ? 50 * random_unit(seed) : (double)NAN,
                        1500 * random_unit(seed),
                        i % 7 ? 100 * random_unit(seed) : (double)NAN);
    if (i % 11 == 3) a.age_periods = NAN;
    if (i % 13 == 4) a.mean_order_value = -1;
    if (i % 17 == 5) a.gross_revenue = -1;
    return a;
}

#endif
