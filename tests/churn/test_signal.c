/* SPDX-License-Identifier: MIT */
#include "support/check.h"
#include "support/hosts.h"

enum { MOST = 400 };

static double VALUE[MOST], BASE[MOST], CHANGE[MOST], SHARE[MOST],
    STATISTIC[MOST];
static int32_t SINCE[MOST];
static uint32_t FLAGS[MOST];

static kam_signal_out all_out(void) {
    kam_signal_out out = {.struct_size = sizeof out};
    out.value = VALUE;
    out.base = BASE;
    out.change = CHANGE;
    out.share = SHARE;
    out.since = SINCE;
    out.statistic = STATISTIC;
    out.flags = FLAGS;
    return out;
}

static kam_signal_series series_of(const double *x, int32_t n_periods,
                                   int64_t n_accounts, int32_t law) {
    kam_signal_series s = {.struct_size = sizeof s};
    s.n_periods = n_periods;
    s.n_accounts = n_accounts;
    s.value = column_of(x);
    s.law = law;
    return s;
}

static kam_signal_options options_of(int32_t kind, int32_t direction,
                                     int32_t periods, double false_alarm) {
    kam_signal_options o;
    kam_signal_options_init(&o, sizeof o);
    o.kind = kind;
    o.direction = direction;
    o.periods = periods;
    o.false_alarm = false_alarm;
    return o;
}

/* Two numbers of a standard normal law (Box & Muller 1958). */
static double random_normal(uint64_t *seed) {
    const double u = random_unit(seed), v = random_unit(seed);
    return sqrt(-2 * log(1 - u)) * cos(6.283185307179586 * v);
}

static double random_poisson(double rate, uint64_t *seed) {
    double x = -1, product = 1;
    for (const double least = exp(-rate); product > least; x++)
        product *= random_unit(seed);
    return x;
}

/* Lucas & Crosier (1982) and Montgomery's textbook: two-sided, k = 0.5; to the
 * digits of a Gauss-Legendre solution. */
static void test_cusum_run_lengths(void **state) {
    (void)state;
    static const double shift[] = {0, .25, .5, .75, 1, 1.5, 2, 2.5, 3};
    static const double at4[] = {167.68, 74.22, 26.63, 13.29, 8.38,
                                 4.75,   3.34,  2.62,  2.19};
    static const double at5[] = {465.44, 139.49, 38.00, 17.05, 10.38,
                                 5.75,   4.01,   3.11,  2.57};
    kam_signal_chart chart = {KAM_SIGNAL_CUSUM, KAM_SIGNAL_BOTH, 0.5, 4, 0};
    for (int i = 0; i < 9; i++) {
        double found;
        chart.limit = 4;
        assert_status(kam_signal_run_length(&chart, shift[i], 0, NULL, NULL,
                                            &found, NULL),
                      KAM_OK);
        assert_near(found, at4[i], 0.0051);
        chart.limit = 5;
        assert_status(kam_signal_run_length(&chart, -shift[i], 0, NULL, NULL,
                                            &found, NULL),
                      KAM_OK);
        assert_near(found, at5[i], 0.0051);
    }
}

/* Lucas & Saccucci (1990), table 3: two-sided EWMA with a run length of 500. */
static void test_ewma_run_lengths(void **state) {
    (void)state;
    static const double shift[] = {0, .25, .5, .75, 1, 1.5, 2};
    static const double fast[] = {500, 170, 48.2, 20.1, 11.1, 5.47, 3.62};
    static const double slow[] = {500, 106, 31.3, 15.9, 10.3, 6.09, 4.36};
    kam_signal_chart chart = {KAM_SIGNAL_EWMA, KAM_SIGNAL_BOTH, 0.25, 2.998, 0};
    for (int i = 0; i < 7; i++) {
        double found;
        chart.reference = 0.25;
        chart.limit = 2.998;
        kam_signal_run_length(&chart, shift[i], 0, NULL, NULL, &found, NULL);
        assert_relative(found, fast[i], 0.004);
        chart.reference = 0.1;
        chart.limit = 2.814;
        kam_signal_run_length(&chart, shift[i], 0, NULL, NULL, &found, NULL);
        assert_relative(found, slow[i], 0.004);
    }
    /* Weight 1: every period by itself. */
    double by[3], found;
    chart = (kam_signal_chart){KAM_SIGNAL_EWMA, KAM_SIGNAL_BOTH, 1, 3, 0};
    assert_status(kam_signal_run_length(&chart, 0, 3, NULL, by, &found, NULL),
                  KAM_OK);
    const double p = erfc(3 / sqrt(2));
    assert_relative(found, 1 / p, 1e-9);
    for (int t = 0; t < 3; t++)
        assert_relative(by[t], 1 - pow(1 - p, t + 1), 1e-9);
}

/* By hand: reference 1, limit 2, so the states are below 1/4 .. whole counts. */
static void test_poisson_run_length(void **state) {
    (void)state;
    const kam_signal_chart chart = {KAM_SIGNAL_POISSON, KAM_SIGNAL_UP, 1, 2,
                                    0.7};
    const double p0 = exp(-0.7), p1 = 0.7 * p0, p2 = 0.35 * p1;
    /* From 0: 0 with x <= 1, 1 with x = 2. From 1: 0, 1, alarm from x = 3 on. */
    const double l1_of_l0 = p0 / (1 - p1), l1_c = 1 / (1 - p1);
    const double want = (1 + p2 * l1_c) / (1 - p0 - p1 - p2 * l1_of_l0);
    double found, by[2];
    assert_status(kam_signal_run_length(&chart, 0, 2, NULL, by, &found, NULL),
                  KAM_OK);
    assert_relative(found, want, 1e-13);
    assert_relative(by[0], 1 - p0 - p1 - p2, 1e-13);
    assert_relative(by[1], 1 - ((p0 + p1) * (p0 + p1 + p2) + p2 * (p0 + p1)),
                    1e-13);
}

/* Page for page: NIST/SEMATECH e-Handbook 6.3.2.4. */
static void test_ewma_of_nist(void **state) {
    (void)state;
    static const double x[] = {52,   47,   53,   49.3, 50.1, 47,   51,
                               50.1, 51.2, 50.5, 49.6, 47.6, 49.9, 51.3,
                               47.8, 51.2, 52.6, 52.4, 53.6, 52.1};
    static const double want[] = {50.60, 49.52, 50.56, 50.18, 50.16,
                                  49.21, 49.75, 49.85, 50.26, 50.33,
                                  50.11, 49.36, 49.52, 50.05, 49.38,
                                  49.92, 50.73, 51.23, 51.94, 51.99};
    static const double level = 50, spread = 2.0539;
    const kam_signal_chart chart = {KAM_SIGNAL_EWMA, KAM_SIGNAL_BOTH, 0.3, 3,
                                    0};
    kam_signal_series s = series_of(x, 20, 1, KAM_SIGNAL_IS_NORMAL);
    const kam_signal_out out = all_out();
    s.level = column_of(&level);
    s.spread = column_of(&spread);
    assert_status(kam_signal_watch(&chart, &s, NULL, &out, NULL), KAM_OK);
    for (int t = 0; t < 20; t++) {
        assert_near(50 + STATISTIC[t] * 2.5884, want[t], 0.0051);
        assert_int_equal(FLAGS[t], 0);
    }
    /* The limits are 50 +- 2.5884: a little beyond, an alarm. */
    double y[20];
    for (int t = 0; t < 20; t++) y[t] = 50 + 2.5885;
    y[0] = 50 + 2.5885 / 0.3;
    s.value = column_of(y);
    assert_status(kam_signal_watch(&chart, &s, NULL, &out, NULL), KAM_OK);
    assert_int_equal(FLAGS[0], KAM_SIGNAL_ALARM);
    y[0] = 50 + 2.5883 / 0.3;
    assert_status(kam_signal_watch(&chart, &s, NULL, &out, NULL), KAM_OK);
    assert_int_equal(FLAGS[0], 0);
}

/* The share of `n` simulated accounts with an alarm while nothing changes. */
static double share_alarmed(const kam_signal_chart *chart, int32_t law,
                            double rate, int32_t n_periods, int64_t n,
                            uint64_t seed) {
    const int32_t extra = law == KAM_SIGNAL_IS_COUNT ? 1 : 2;
    const int is_poisson = chart->kind == KAM_SIGNAL_POISSON;
    const int32_t m = n_periods + (is_poisson ? 0 : extra);
    double *const x = malloc((size_t)(n * m) * sizeof *x);
    uint32_t *const flags = malloc((size_t)(n * m) * sizeof *flags);
    for (int64_t i = 0; i < n * m; i++)
        x[i] = law == KAM_SIGNAL_IS_COUNT ? random_poisson(rate, &seed)
               : law == KAM_SIGNAL_IS_LOG_NORMAL
                   ? exp(3 + 0.4 * random_normal(&seed))
                   : 7 + 3 * random_normal(&seed);
    const kam_signal_series s = series_of(x, m, n, law);
    kam_signal_out out = {.struct_size = sizeof out};
    out.flags = flags;
    assert_status(kam_signal_watch(chart, &s, NULL, &out, NULL), KAM_OK);
    int64_t alarmed = 0;
    for (int64_t i = 0; i < n; i++) {
        int any = 0;
        for (int32_t t = 0; t < m; t++)
            any |= (flags[i * m + t] & KAM_SIGNAL_ALARM) != 0;
        alarmed += any;
    }
    free(x);
    free(flags);
    return (double)alarmed / (double)n;
}

/* A twentieth of the designed rate, or four times what chance does to a
 * simulation of this size, whichever is more. KAM_TEST_FULL: a hundred times
 * as many accounts. */
static void check_rate(const kam_signal_options *o, int32_t law, double rate,
                       int64_t n) {
    kam_signal_chart chart;
    kam_signal_report report = {.struct_size = sizeof report};
    if (getenv("KAM_TEST_FULL")) n *= 100;
    assert_status(kam_signal_design(o, NULL, &chart, &report, NULL), KAM_OK);
    const double want = report.false_alarm;
    if (o->kind == KAM_SIGNAL_POISSON)
        assert_true(want <= o->false_alarm && want > 0.5 * o->false_alarm);
    else
        assert_relative(want, o->false_alarm, 1e-9);
    const double found =
        share_alarmed(&chart, law, rate, o->periods, n, 88172645463325252u);
    const double chance = 4 * sqrt(want * (1 - want) / (double)n);
    assert_near(found, want, fmax(0.05 * want, chance));
}

static void test_false_alarms(void **state) {
    (void)state;
    static const int32_t periods[] = {12, 36, 120};
    static const int32_t direction[] = {KAM_SIGNAL_UP, KAM_SIGNAL_DOWN,
                                        KAM_SIGNAL_BOTH};
    for (int i = 0; i < 3; i++) {
        const int64_t n = 120000 / periods[i];
        kam_signal_options o =
            options_of(KAM_SIGNAL_CUSUM, direction[i], periods[i], 0.2);
        check_rate(&o, KAM_SIGNAL_IS_NORMAL, 0, n);
        check_rate(&o, KAM_SIGNAL_IS_LOG_NORMAL, 0, n);
        o.kind = KAM_SIGNAL_EWMA;
        o.direction = direction[2 - i];
        check_rate(&o, KAM_SIGNAL_IS_NORMAL, 0, n);
        o.direction = KAM_SIGNAL_DOWN;
        check_rate(&o, KAM_SIGNAL_IS_COUNT, 4, n);
        o.direction = KAM_SIGNAL_UP;
        check_rate(&o, KAM_SIGNAL_IS_COUNT, 4, n);
        o.direction = i == 1 ? KAM_SIGNAL_DOWN : KAM_SIGNAL_UP;
        o.kind = KAM_SIGNAL_POISSON;
        o.rate = 2;
        check_rate(&o, KAM_SIGNAL_IS_COUNT, 2, 4 * n);
    }
}

/* Of a short series with a change after 15 periods: the mean delay until the
 * alarm beside the run length for known parameters, which it may not beat. */
static void test_delay(void **state) {
    (void)state;
    enum { BEFORE = 40, AFTER = 60, N = 2000 };
    kam_signal_options o =
        options_of(KAM_SIGNAL_CUSUM, KAM_SIGNAL_DOWN, 12, 0.05);
    kam_signal_chart chart;
    static double x[BEFORE + AFTER];
    static uint32_t flags[BEFORE + AFTER];
    uint64_t seed = 42;
    double textbook, delay = 0, found = 0;
    assert_status(kam_signal_design(&o, NULL, &chart, NULL, NULL), KAM_OK);
    assert_status(kam_signal_run_length(&chart, -1.5, 0, NULL, NULL, &textbook,
                                        NULL),
                  KAM_OK);
    for (int i = 0; i < N; i++) {
        int alarm = BEFORE;
        for (int t = 0; t < BEFORE + AFTER; t++)
            x[t] = random_normal(&seed) - (t < BEFORE ? 0 : 1.5);
        const kam_signal_series s =
            series_of(x, BEFORE + AFTER, 1, KAM_SIGNAL_IS_NORMAL);
        kam_signal_out out = {.struct_size = sizeof out};
        out.flags = flags;
        kam_signal_watch(&chart, &s, NULL, &out, NULL);
        int early = 0;
        for (int t = 0; t < BEFORE; t++) early |= flags[t] & KAM_SIGNAL_ALARM;
        while (alarm < BEFORE + AFTER && !(flags[alarm] & KAM_SIGNAL_ALARM))
            alarm++;
        if (early) continue;
        found++;
        delay += alarm - BEFORE + 1;
    }
    delay /= found;
    assert_true(delay > 0.7 * textbook && delay < 1.5 * textbook);
}

/* Usage of 100, give or take, until it falls by a third in period 12. */
static double usage(int t) {
    static const double noise[] = {3, -2, 1, -4, 2, 0, -1, 4, -3, 1, -2, 2};
    return (t < 12 ? 100 : 66) + noise[t % 12];
}

static void test_what_is_told(void **state) {
    (void)state;
    double x[24];
    for (int t = 0; t < 24; t++) x[t] = usage(t);
    x[5] = NAN;
    x[15] = x[16] = x[17] = NAN;
    x[20] = INFINITY;
    const kam_signal_options o =
        options_of(KAM_SIGNAL_CUSUM, KAM_SIGNAL_DOWN, 12, 0.05);
    kam_signal_chart chart;
    kam_signal_series s = series_of(x, 24, 1, KAM_SIGNAL_IS_LOG_NORMAL);
    const kam_signal_out out = all_out();
    s.stale_periods = 2;
    kam_signal_design(&o, NULL, &chart, NULL, NULL);
    assert_status(kam_signal_watch(&chart, &s, NULL, &out, NULL), KAM_OK);
    assert_int_equal(FLAGS[0], KAM_SIGNAL_SHORT);
    assert_int_equal(FLAGS[1], KAM_SIGNAL_SHORT);
    assert_int_equal(FLAGS[2], 0);
    assert_int_equal(FLAGS[5], KAM_SIGNAL_STALE);
    assert_bits(VALUE[5], x[4]);
    assert_true(FLAGS[13] & KAM_SIGNAL_ALARM);
    assert_int_equal(SINCE[13], 12);
    double base = 0;
    for (int t = 0; t < 12; t++) base += t == 5 ? 0 : x[t];
    base /= 11;
    assert_relative(BASE[14], base, 1e-14);
    assert_relative(CHANGE[14], (x[12] + x[13] + x[14]) / 3 - base, 1e-13);
    assert_relative(SHARE[14], CHANGE[14] / base, 1e-15);
    assert_near(SHARE[14], -0.33, 0.02);
    assert_true(STATISTIC[14] <= -1 && STATISTIC[14] >= -2);
    assert_int_equal(FLAGS[16], KAM_SIGNAL_ALARM | KAM_SIGNAL_STALE);
    assert_int_equal(FLAGS[17], KAM_SIGNAL_LOST);
    assert_true(isnan(VALUE[17]) && isnan(CHANGE[17]) && SINCE[17] == -1);
    assert_int_equal(FLAGS[20],
                     KAM_SIGNAL_ALARM | KAM_SIGNAL_STALE | KAM_SIGNAL_OUTSIDE);
    /* No usage at all is the largest fall there is, and no level. */
    for (int t = 12; t < 24; t++) x[t] = 0;
    assert_status(kam_signal_watch(&chart, &s, NULL, &out, NULL), KAM_OK);
    assert_int_equal(FLAGS[12], KAM_SIGNAL_ALARM);
    assert_relative(SHARE[12], -1, 1e-15);
    /* Recovered: the alarm ends soon, because the statistic was held. */
    for (int t = 13; t < 24; t++) x[t] = 101 + t % 2;
    assert_status(kam_signal_watch(&chart, &s, NULL, &out, NULL), KAM_OK);
    assert_int_equal(FLAGS[23], 0);
}

static void test_counts_that_never_come(void **state) {
    (void)state;
    double x[60] = {0};
    kam_signal_options o =
        options_of(KAM_SIGNAL_CUSUM, KAM_SIGNAL_UP, 12, 0.05);
    kam_signal_chart chart;
    kam_signal_series s = series_of(x, 60, 1, KAM_SIGNAL_IS_COUNT);
    const kam_signal_out out = all_out();
    kam_signal_design(&o, NULL, &chart, NULL, NULL);
    kam_signal_watch(&chart, &s, NULL, &out, NULL);
    for (int t = 0; t < 60; t++) assert_int_equal(FLAGS[t], KAM_SIGNAL_SHORT);
    for (int t = 50; t < 60; t++) x[t] = 3;
    kam_signal_watch(&chart, &s, NULL, &out, NULL);
    for (int t = 0; t < 50; t++) assert_int_equal(FLAGS[t], KAM_SIGNAL_SHORT);
    /* The first ever tells nothing: that one comes is not unusual. */
    assert_int_equal(FLAGS[50], KAM_SIGNAL_SHORT);
    assert_true(FLAGS[52] & KAM_SIGNAL_ALARM);
    assert_int_equal(SINCE[52], 51);
    x[3] = 0.5;
    x[4] = -1;
    kam_signal_watch(&chart, &s, NULL, &out, NULL);
    assert_int_equal(FLAGS[3], KAM_SIGNAL_OUTSIDE | KAM_SIGNAL_LOST);
    assert_int_equal(FLAGS[4], KAM_SIGNAL_OUTSIDE | KAM_SIGNAL_LOST);
}

/* Numbers whose sums or squares are none. */
static void test_sizes_beyond_numbers(void **state) {
    (void)state;
    double x[12];
    kam_signal_options o =
        options_of(KAM_SIGNAL_CUSUM, KAM_SIGNAL_DOWN, 12, 0.05);
    kam_signal_chart chart;
    const kam_signal_out out = all_out();
    kam_signal_design(&o, NULL, &chart, NULL, NULL);
    for (int32_t law = KAM_SIGNAL_IS_NORMAL; law <= KAM_SIGNAL_IS_GAP; law++) {
        const kam_signal_series s = series_of(x, 12, 1, law);
        for (int t = 0; t < 12; t++) x[t] = 1e308 + 1e307 * (t % 7);
        kam_signal_watch(&chart, &s, NULL, &out, NULL);
        for (int t = 0; t < 12; t++)
            assert_int_equal(FLAGS[t], KAM_SIGNAL_OUTSIDE | KAM_SIGNAL_LOST);
    }
}

/* One account, any executor, any slice: the same; and no future reaches back. */
static void test_one_is_many(void **state) {
    (void)state;
    enum { N = 300, T = 14 };
    static double x[N * T], one[N * T], other[N * T];
    uint64_t seed = 7;
    for (int i = 0; i < N * T; i++)
        x[i] = random_unit(&seed) < 0.1 ? NAN : random_normal(&seed);
    const kam_signal_chart chart = {KAM_SIGNAL_CUSUM, KAM_SIGNAL_BOTH, 0.5, 2,
                                    0};
    kam_signal_series s = series_of(x, T, N, KAM_SIGNAL_IS_NORMAL);
    kam_signal_out out = {.struct_size = sizeof out};
    kam_host host = {.struct_size = sizeof host};
    out.statistic = one;
    assert_status(kam_signal_watch(&chart, &s, NULL, &out, NULL), KAM_OK);
    host.parallel_for = run_backwards;
    out.statistic = other;
    assert_status(kam_signal_watch(&chart, &s, &host, &out, NULL), KAM_OK);
    assert_memory_equal(one, other, sizeof one);
    for (int i = 0; i < N; i++) {
        kam_signal_series alone = series_of(x, T, 1, KAM_SIGNAL_IS_NORMAL);
        alone.value.offset = (int64_t)i * T;
        out.statistic = other + i * T;
        kam_signal_watch(&chart, &alone, NULL, &out, NULL);
    }
    assert_memory_equal(one, other, sizeof one);
    /* Seven periods alone: the same seven. */
    for (int i = 0; i < N; i++) {
        kam_signal_series early = series_of(x, T / 2, 1, KAM_SIGNAL_IS_NORMAL);
        early.value.offset = (int64_t)i * T;
        out.statistic = other;
        kam_signal_watch(&chart, &early, NULL, &out, NULL);
        assert_memory_equal(one + i * T, other, T / 2 * sizeof(double));
    }
}

static void test_known_levels(void **state) {
    (void)state;
    const double x[] = {5, 8, 5, 8}, level[] = {5, NAN}, spread[] = {1, 1};
    const kam_signal_chart chart = {KAM_SIGNAL_CUSUM, KAM_SIGNAL_UP, 0.5, 4, 0};
    kam_signal_series s = series_of(x, 2, 2, KAM_SIGNAL_IS_NORMAL);
    const kam_signal_out out = all_out();
    s.level = column_of(level);
    s.spread = column_of(spread);
    assert_status(kam_signal_watch(&chart, &s, NULL, &out, NULL), KAM_OK);
    assert_bits(STATISTIC[1], 2.5 / 4);
    assert_bits(BASE[1], 5);
    assert_bits(CHANGE[1], 3);
    assert_int_equal(SINCE[1], 1);
    assert_int_equal(FLAGS[2], KAM_SIGNAL_LOST);
    s.spread = (kam_column){0};
    assert_status(kam_signal_watch(&chart, &s, NULL, &out, NULL), KAM_ERR_NULL);
    /* A gap that one in 44 is longer than: two standard deviations. */
    const double mean = 2, long_gap = -2 * log(0.5 * erfc(sqrt(2)));
    s = series_of(&long_gap, 1, 1, KAM_SIGNAL_IS_GAP);
    s.level = column_of(&mean);
    assert_status(kam_signal_watch(&chart, &s, NULL, &out, NULL), KAM_OK);
    assert_relative(STATISTIC[0], 1.5 / 4, 1e-12);
    assert_bits(BASE[0], 2);
    /* Logs around 0.7; the base is money again. */
    const double log_mean = 0.7, log_spread = 0.5, amount = exp(1.7);
    s = series_of(&amount, 1, 1, KAM_SIGNAL_IS_LOG_NORMAL);
    s.level = column_of(&log_mean);
    s.spread = column_of(&log_spread);
    assert_status(kam_signal_watch(&chart, &s, NULL, &out, NULL), KAM_OK);
    assert_relative(STATISTIC[0], 1.5 / 4, 1e-12);
    assert_relative(BASE[0], exp(0.7), 1e-14);
}

/* A count of none is no sign of more: the chart never rises at one. */
static void test_none_is_no_more(void **state) {
    (void)state;
    double x[MOST] = {0};
    uint64_t seed = 11;
    const kam_signal_chart chart = {KAM_SIGNAL_CUSUM, KAM_SIGNAL_UP, 0.1, 4, 0};
    kam_signal_series s = series_of(x, MOST, 1, KAM_SIGNAL_IS_COUNT);
    const kam_signal_out out = all_out();
    int n_after = 0;
    for (int t = 0; t < MOST; t++) x[t] = random_poisson(0.3, &seed);
    assert_status(kam_signal_watch(&chart, &s, NULL, &out, NULL), KAM_OK);
    for (int t = 20; t < MOST; t++) {
        if (x[t] > 0 || !(STATISTIC[t - 1] > 0)) continue;
        assert_true(STATISTIC[t] < STATISTIC[t - 1]);
        n_after++;
    }
    assert_true(n_after > 50);
}

static void test_wrong_calls(void **state) {
    (void)state;
    double x[] = {1, 2}, by[1], mean;
    kam_signal_chart chart = {KAM_SIGNAL_CUSUM, KAM_SIGNAL_UP, 0.5, 4, 0};
    kam_signal_series s = series_of(x, 2, 1, KAM_SIGNAL_IS_NORMAL);
    const kam_signal_out out = all_out();
    kam_signal_options o =
        options_of(KAM_SIGNAL_CUSUM, KAM_SIGNAL_UP, 12, 0.05);
#define REFUSED(change, status)                                                \
    do {                                                                       \
        const kam_signal_chart kept_chart = chart;                             \
        const kam_signal_series kept_series = s;                               \
        const kam_signal_options kept_options = o;                             \
        change;                                                                \
        assert_status(kam_signal_watch(&chart, &s, NULL, &out, NULL), status); \
        chart = kept_chart;                                                    \
        s = kept_series;                                                       \
        o = kept_options;                                                      \
    } while (0)
    REFUSED(chart.kind = 4, KAM_ERR_OPTION);
    REFUSED(chart.direction = 0, KAM_ERR_OPTION);
    REFUSED(chart.reference = 0, KAM_ERR_OPTION);
    REFUSED(chart.limit = NAN, KAM_ERR_OPTION);
    REFUSED(chart.limit = 1e9, KAM_ERR_OPTION);
    REFUSED(chart.kind = KAM_SIGNAL_POISSON, KAM_ERR_OPTION);
    REFUSED((chart.kind = KAM_SIGNAL_POISSON, chart.rate = 2), KAM_ERR_OPTION);
    REFUSED(s.law = 0, KAM_ERR_OPTION);
    REFUSED(s.n_periods = 0, KAM_ERR_SHAPE);
    REFUSED(s.n_accounts = -1, KAM_ERR_SHAPE);
    REFUSED(s.stale_periods = -1, KAM_ERR_OPTION);
    REFUSED(s.value.values = NULL, KAM_ERR_NULL);
    REFUSED(s.struct_size = 2, KAM_ERR_STRUCT);
#undef REFUSED
    assert_status(kam_signal_watch(NULL, &s, NULL, &out, NULL), KAM_ERR_NULL);
    o.false_alarm = 1;
    assert_status(kam_signal_design(&o, NULL, &chart, NULL, NULL),
                  KAM_ERR_OPTION);
    o.false_alarm = 0.05;
    o.run_length = 0.5;
    assert_status(kam_signal_design(&o, NULL, &chart, NULL, NULL),
                  KAM_ERR_OPTION);
    o.run_length = 0;
    o.kind = KAM_SIGNAL_POISSON;
    assert_status(kam_signal_design(&o, NULL, &chart, NULL, NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_signal_design(NULL, NULL, NULL, NULL, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_signal_run_length(&chart, NAN, 1, NULL, by, &mean, NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_signal_run_length(&chart, 0, 0, NULL, by, &mean, NULL),
                  KAM_ERR_SHAPE);
}

static void test_no_memory(void **state) {
    (void)state;
    kam_signal_options o =
        options_of(KAM_SIGNAL_CUSUM, KAM_SIGNAL_BOTH, 12, 0.05);
    struct lender lender;
    for (int64_t fail = 1;; fail++) {
        const kam_host host = lender_host(&lender, fail);
        kam_signal_chart chart = {0};
        kam_signal_report report = {.struct_size = sizeof report};
        const kam_status status =
            kam_signal_design(&o, &host, &chart, &report, NULL);
        assert_int_equal(lender.n_live, 0);
        if (status == KAM_OK) break;
        assert_status(status, KAM_ERR_MEMORY);
        assert_int_equal(chart.kind, 0);
        assert_true(report.run_length == 0);
    }
    assert_true(lender.n_calls > 10);
}

/* A run length instead of a chance: Montgomery's h = 4.095 for 370 one-sided. */
static void test_design_by_run_length(void **state) {
    (void)state;
    kam_signal_options o =
        options_of(KAM_SIGNAL_CUSUM, KAM_SIGNAL_UP, 12, 0.05);
    kam_signal_chart chart;
    kam_signal_report report = {.struct_size = sizeof report};
    o.run_length = 370;
    assert_status(kam_signal_design(&o, NULL, &chart, &report, NULL), KAM_OK);
    assert_relative(report.run_length, 370, 1e-10);
    assert_near(chart.limit, 4.095, 0.001);
    assert_true(chart.reference == 0.5);
    /* A chance that 1 less another cannot show is refused; the least is not. */
    o.run_length = 0;
    o.false_alarm = 1e-300;
    assert_status(kam_signal_design(&o, NULL, &chart, &report, NULL),
                  KAM_ERR_OPTION);
    o.false_alarm = 1e-9;
    assert_status(kam_signal_design(&o, NULL, &chart, &report, NULL), KAM_OK);
    assert_true(report.false_alarm > 0.9e-9 && report.false_alarm < 1.1e-9);
    double by[3];
    chart.limit = 30;
    assert_status(kam_signal_run_length(&chart, 0, 3, NULL, by, NULL, NULL),
                  KAM_OK);
    for (int t = 0; t < 3; t++) assert_true(by[t] >= 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cusum_run_lengths),
        cmocka_unit_test(test_ewma_run_lengths),
        cmocka_unit_test(test_poisson_run_length),
        cmocka_unit_test(test_ewma_of_nist),
        cmocka_unit_test(test_false_alarms),
        cmocka_unit_test(test_delay),
        cmocka_unit_test(test_what_is_told),
        cmocka_unit_test(test_counts_that_never_come),
        cmocka_unit_test(test_sizes_beyond_numbers),
        cmocka_unit_test(test_one_is_many),
        cmocka_unit_test(test_known_levels),
        cmocka_unit_test(test_none_is_no_more),
        cmocka_unit_test(test_wrong_calls),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_design_by_run_length),
    };
    return cmocka_run_group_tests_name("signal", tests, NULL, NULL);
}
