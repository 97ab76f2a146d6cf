/* SPDX-License-Identifier: MIT */
#include "support/check.h"
#include "support/hosts.h"

/* Periods of ten days from day 100 on; two accounts, and one without events. */
enum { N = 3, T = 4 };
static const int32_t START[] = {100, 110, 120, 130, 140};
static double OUT[N * T];

static kam_column integers_of(const int32_t *values) {
    kam_column column = {0};
    column.values = values;
    column.type = KAM_I32;
    return column;
}

static kam_signal_events events_of(const int32_t *account, const double *day,
                                   int64_t n) {
    kam_signal_events e = {.struct_size = sizeof e};
    e.n_periods = T;
    e.n_accounts = N;
    e.n_events = n;
    e.start = START;
    e.account = integers_of(account);
    e.day = column_of(day);
    return e;
}

static void same(double found, double want) {
    if (isnan(want))
        assert_true(isnan(found));
    else
        assert_relative(found, want, 1e-15);
}

static void expect(const double *want) {
    for (int i = 0; i < N * T; i++) same(OUT[i], want[i]);
}

static const double X = NAN;

static void test_sums(void **state) {
    (void)state;
    const int32_t account[] = {0, 0, 0, 1, 1, 7, 0};
    const double day[] = {112, 119, 135, 90, 125, 120, NAN};
    const double amount[] = {2, 3, -1, 100, 8, 1, 1};
    kam_signal_events e = events_of(account, day, 7);
    int64_t ignored;
    e.amount = column_of(amount);
    assert_status(kam_signal_measure(KAM_SIGNAL_SUM, &e, NULL, OUT, &ignored,
                                     NULL),
                  KAM_OK);
    expect((double[]){X, 5, 0, -1, 0, 0, 8, 0, X, X, X, X});
    assert_int_equal(ignored, 2);
    kam_signal_measure(KAM_SIGNAL_COUNT, &e, NULL, OUT, NULL, NULL);
    expect((double[]){X, 2, 0, 1, 0, 0, 1, 0, X, X, X, X});
    kam_signal_measure(KAM_SIGNAL_TOTAL, &e, NULL, OUT, NULL, NULL);
    expect((double[]){X, 5, X, -1, X, X, 8, X, X, X, X, X});
    kam_signal_measure(KAM_SIGNAL_MEAN, &e, NULL, OUT, NULL, NULL);
    expect((double[]){X, 2.5, X, -1, X, X, 8, X, X, X, X, X});
    kam_signal_measure(KAM_SIGNAL_AGE, &e, NULL, OUT, NULL, NULL);
    expect((double[]){X, 0, 10, 4, 19, 29, 4, 14, X, X, X, X});
}

static void test_open(void **state) {
    (void)state;
    const int32_t account[] = {0, 0, 0, 1, 1};
    const double day[] = {105, 108, 118, 50, 139};
    const double end[] = {NAN, 121, 119, 131, NAN};
    double term[] = {5, 5, 0, 0, 0};
    kam_signal_events e = events_of(account, day, 5);
    e.end = column_of(end);
    e.term = column_of(term);
    assert_status(kam_signal_measure(KAM_SIGNAL_OPEN, &e, NULL, OUT, NULL,
                                     NULL),
                  KAM_OK);
    /* The first is 14 days old at the end of the second period; the third was
     * closed within its own. */
    expect((double[]){0, 2, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0});
}

static void test_delays(void **state) {
    (void)state;
    const int32_t account[] = {0, 0, 0, 1, 1};
    const double due[] = {105, 112, 125, 95, 138};
    const double paid[] = {103, 128, NAN, 101, NAN};
    const double term[] = {30, 30, 30, 10, 0};
    kam_signal_events e = events_of(account, due, 5);
    e.end = column_of(paid);
    e.term = column_of(term);
    assert_status(kam_signal_measure(KAM_SIGNAL_DELAY, &e, NULL, OUT, NULL,
                                     NULL),
                  KAM_OK);
    expect((double[]){-2 / 30., 7 / 30., (16 / 30. + 4 / 30.) / 2, 14 / 30.,
                      0.6, X, X, 1, X, X, X, X});
    assert_status(kam_signal_measure(KAM_SIGNAL_LATE, &e, NULL, OUT, NULL,
                                     NULL),
                  KAM_OK);
    expect((double[]){0, 1, 1, 1, 1, X, X, 1, X, X, X, X});
}

/* An event whose day, end or term is no time is as if it were not there. */
static void test_no_times(void **state) {
    (void)state;
    enum { ALL = 30, GOOD = 26, MONTHS = 30 };
    int32_t start[MONTHS + 1], account[ALL] = {0}, since[2][MONTHS];
    double day[ALL], end[ALL], term[ALL], signal[2][MONTHS];
    uint32_t flags[2][MONTHS];
    const double X = NAN, bad[4][3] = {{INFINITY, X, 1},
                                       {100, INFINITY, 1},
                                       {100, X, -1},
                                       {100, X, INFINITY}};
    for (int t = 0; t <= MONTHS; t++) start[t] = 30 * t;
    for (int i = 0; i < GOOD; i++) {
        day[i] = i < 10 ? 60 * i : 600 + 15 * (i - 10);
        end[i] = i % 3 ? day[i] + 5 + i % 7 : X;
        term[i] = 3;
    }
    for (int i = GOOD; i < ALL; i++) {
        day[i] = bad[i - GOOD][0];
        end[i] = bad[i - GOOD][1];
        term[i] = bad[i - GOOD][2];
    }
    for (int k = 0; k < 2; k++) {
        kam_signal_events e = events_of(account, day, k ? ALL : GOOD);
        e.n_accounts = 1;
        e.n_periods = MONTHS;
        e.start = start;
        e.end = column_of(end);
        e.term = column_of(term);
        assert_status(kam_signal_of(KAM_REASON_COMPLAINTS, &e, NULL, NULL,
                                    signal[k], since[k], flags[k], NULL),
                      KAM_OK);
    }
    assert_false(isnan(signal[0][MONTHS - 1]));
    assert_memory_equal(signal[0], signal[1], sizeof signal[0]);
    assert_memory_equal(since[0], since[1], sizeof since[0]);
    assert_memory_equal(flags[0], flags[1], sizeof flags[0]);
}

/* What happens later changes nothing of a period that is over. */
static void test_no_leak(void **state) {
    (void)state;
    enum { MANY = 400 };
    static int32_t account[MANY];
    static double day[MANY], end[MANY], amount[MANY], term[MANY], before[N * T];
    uint64_t seed = 3;
    for (int i = 0; i < MANY; i++) {
        account[i] = (int32_t)(random_unit(&seed) * N);
        day[i] = floor(95 + random_unit(&seed) * 45);
        end[i] = random_unit(&seed) < 0.3
                     ? NAN
                     : floor(day[i] + random_unit(&seed) * 40 - 10);
        amount[i] = random_unit(&seed);
        term[i] = floor(random_unit(&seed) * 20);
    }
    kam_signal_events e = events_of(account, day, MANY);
    e.end = column_of(end);
    e.amount = column_of(amount);
    e.term = column_of(term);
    for (int32_t rule = KAM_SIGNAL_SUM; rule <= KAM_SIGNAL_LATE; rule++) {
        kam_signal_measure(rule, &e, NULL, before, NULL, NULL);
        /* From day 120 on all is different. */
        static double later_end[MANY], later_day[MANY], later_amount[MANY];
        for (int i = 0; i < MANY; i++) {
            later_end[i] = end[i] >= 120                   ? NAN
                           : isnan(end[i]) && day[i] < 120 ? 133
                                                           : end[i];
            /* when a bill paid early is due is known before */
            later_day[i] = day[i] >= 120 && !(end[i] < 120) ? 139 : day[i];
            later_amount[i] = day[i] >= 120 ? 1e6 : amount[i];
        }
        kam_signal_events f = e;
        f.end = column_of(later_end);
        f.day = column_of(later_day);
        f.amount = column_of(later_amount);
        kam_signal_measure(rule, &f, NULL, OUT, NULL, NULL);
        int moved = 0;
        for (int i = 0; i < N; i++)
            for (int t = 0; t < T; t++) {
                if (t < 2)
                    same(OUT[i * T + t], before[i * T + t]);
                else
                    moved |= OUT[i * T + t] != before[i * T + t];
            }
        assert_true(moved);
    }
    /* The order of events does not matter. */
    static double shuffled[5][MANY];
    static int32_t whose[MANY];
    for (int64_t i = 0; i < MANY; i++) {
        const int64_t to = shuffled_place(i, MANY);
        whose[to] = account[i];
        shuffled[0][to] = day[i];
        shuffled[1][to] = end[i];
        shuffled[2][to] = amount[i];
        shuffled[3][to] = term[i];
    }
    kam_signal_events g = events_of(whose, shuffled[0], MANY);
    g.end = column_of(shuffled[1]);
    g.amount = column_of(shuffled[2]);
    g.term = column_of(shuffled[3]);
    for (int32_t rule = KAM_SIGNAL_SUM; rule <= KAM_SIGNAL_LATE; rule++) {
        kam_signal_measure(rule, &e, NULL, before, NULL, NULL);
        kam_signal_measure(rule, &g, NULL, OUT, NULL, NULL);
        assert_memory_equal(OUT, before, sizeof OUT);
    }
}

/* Signals of practice, in the units of their reasons. */
static void test_of(void **state) {
    (void)state;
    enum { MONTHS = 15, EVENTS = 31 };
    int32_t start[MONTHS + 1], account[EVENTS], since[2 * MONTHS];
    double day[EVENTS], amount[EVENTS], signal[2 * MONTHS], end[EVENTS];
    uint32_t flags[2 * MONTHS];
    for (int t = 0; t <= MONTHS; t++) start[t] = 30 * t;
    /* The second account's usage falls from some 100 to 60 in month 10. */
    for (int i = 0; i < EVENTS; i++) {
        const int t = i / 2;
        account[i] = i % 2;
        day[i] = 30 * t + 5;
        amount[i] = (i % 2 && t >= 10 ? 60 : 100) + (t % 4) - 1.5;
        end[i] = day[i] + 45;
    }
    kam_signal_events e = events_of(account, day, EVENTS - 1);
    e.n_accounts = 2;
    e.n_periods = MONTHS;
    e.start = start;
    e.amount = column_of(amount);
    e.end = column_of(end);
    assert_status(kam_signal_of(KAM_REASON_USAGE, &e, NULL, NULL, signal, since,
                                flags, NULL),
                  KAM_OK);
    assert_true(isnan(signal[1]) && (flags[1] & KAM_SIGNAL_SHORT));
    assert_near(signal[MONTHS + 14], 0.4, 0.01);
    assert_int_equal(since[MONTHS + 14], 10);
    assert_true(flags[MONTHS + 14] & KAM_SIGNAL_ALARM);
    assert_false(flags[14] & KAM_SIGNAL_ALARM);
    assert_status(kam_signal_of(KAM_REASON_SATISFACTION, &e, NULL, NULL, signal,
                                NULL, NULL, NULL),
                  KAM_OK);
    assert_near(signal[MONTHS + 14], 40, 1);
    kam_signal_of(KAM_REASON_CONTACT_GAP, &e, NULL, NULL, signal, NULL, flags,
                  NULL);
    assert_true(signal[3] == 24);
    assert_int_equal(flags[1], KAM_SIGNAL_LIMIT | KAM_SIGNAL_SHORT);
    assert_true(flags[3] & KAM_SIGNAL_LIMIT); /* beyond 15 days */
    kam_signal_of(KAM_REASON_CONTACT_CHANGED, &e, NULL, NULL, signal, NULL,
                  flags, NULL);
    assert_true(signal[0] == 1 && signal[1] == 2 && signal[14] == 3);
    kam_signal_of(KAM_REASON_CHANGES, &e, NULL, NULL, signal, NULL, NULL, NULL);
    assert_true(signal[0] == 1 && signal[1] == 1 && signal[2] == 1);
    e.amount = (kam_column){0};
    assert_status(kam_signal_of(KAM_REASON_USAGE, &e, NULL, NULL, signal, NULL,
                                NULL, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_signal_of(KAM_REASON_SILENCE, &e, NULL, NULL, signal,
                                NULL, NULL, NULL),
                  KAM_ERR_OPTION);
    e.amount = column_of(amount);
    struct lender lender;
    for (int64_t fail = 1;; fail++) {
        const kam_host host = lender_host(&lender, fail);
        const kam_status status = kam_signal_of(KAM_REASON_USAGE, &e, NULL,
                                                &host, NULL, since, NULL, NULL);
        assert_int_equal(lender.n_live, 0);
        if (status == KAM_OK) break;
        assert_status(status, KAM_ERR_MEMORY);
    }
}

static void test_wrong_calls(void **state) {
    (void)state;
    const int32_t account[] = {0};
    const double day[] = {112}, huge[] = {1e300};
    const int32_t falling[] = {100, 110, 110, 130, 140};
    kam_signal_events e = events_of(account, day, 1);
    OUT[0] = 5;
    assert_status(kam_signal_measure(9, &e, NULL, OUT, NULL, NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_signal_measure(KAM_SIGNAL_SUM, &e, NULL, OUT, NULL, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_signal_measure(KAM_SIGNAL_OPEN, &e, NULL, OUT, NULL,
                                     NULL),
                  KAM_ERR_NULL);
    e.start = falling;
    assert_status(kam_signal_measure(KAM_SIGNAL_AGE, &e, NULL, OUT, NULL, NULL),
                  KAM_ERR_OPTION);
    e.start = NULL;
    assert_status(kam_signal_measure(KAM_SIGNAL_AGE, &e, NULL, OUT, NULL, NULL),
                  KAM_ERR_NULL);
    e.start = START;
    e.n_periods = 0;
    assert_status(kam_signal_measure(KAM_SIGNAL_AGE, &e, NULL, OUT, NULL, NULL),
                  KAM_ERR_SHAPE);
    e.n_periods = T;
    assert_true(OUT[0] == 5);
    e.amount = column_of(huge);
    assert_status(kam_signal_measure(KAM_SIGNAL_SUM, &e, NULL, OUT, NULL, NULL),
                  KAM_ERR_OVERFLOW);
    struct lender lender;
    OUT[0] = 5;
    for (int64_t fail = 1; fail <= 2; fail++) {
        const kam_host host = lender_host(&lender, fail);
        assert_status(kam_signal_measure(KAM_SIGNAL_SUM, &e, &host, OUT, NULL,
                                         NULL),
                      KAM_ERR_MEMORY);
        assert_int_equal(lender.n_live, 0);
        assert_true(OUT[0] == 5);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums),        cmocka_unit_test(test_open),
        cmocka_unit_test(test_delays),      cmocka_unit_test(test_no_leak),
        cmocka_unit_test(test_no_times),    cmocka_unit_test(test_of),
        cmocka_unit_test(test_wrong_calls),
    };
    return cmocka_run_group_tests_name("signal_measure", tests, NULL, NULL);
}
