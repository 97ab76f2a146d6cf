/* SPDX-License-Identifier: MIT */
#include "support/check.h"
#include "support/hosts.h"

/* ---- amounts ---- */

static kam_backtest_amount_report amounts(const double *forecast,
                                          const double *actual, int64_t n) {
    const kam_column f = column_of(forecast), a = column_of(actual);
    kam_backtest_amount_report report = {.struct_size = sizeof report};
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_backtest_amount(&f, &a, n, &report, &diag), KAM_OK);
    assert_int_equal(diag.status, KAM_OK);
    return report;
}

static void test_amount_by_hand(void **state) {
    (void)state;
    const double forecast[] = {3, NAN, 5, 1, 7}, actual[] = {1, 4, 6, NAN, 3};
    const kam_backtest_amount_report r = amounts(forecast, actual, 5);
    assert_int_equal(r.n_rows, 3);
    assert_bits(r.actual, 10);
    assert_bits(r.forecast, 15);
    assert_bits(r.bias, 0.5);
    assert_bits(r.mae, 7.0 / 3);
    assert_bits(r.rmse, sqrt(7));
    assert_bits(r.wape, 0.7);
    /* Deviations -2 0 2 and -7/3 8/3 -1/3: 4 / sqrt(8 * 38 / 3). */
    assert_relative(r.correlation, 4 / sqrt(8 * 38 / 3.0), 4e-16);
}

static void test_perfect_forecast(void **state) {
    (void)state;
    const double actual[] = {0.1, 7, 1e-8, 3.3, 1e9};
    const kam_backtest_amount_report r = amounts(actual, actual, 5);
    assert_bits(r.bias, 0);
    assert_bits(r.mae, 0);
    assert_bits(r.rmse, 0);
    assert_bits(r.wape, 0);
    assert_bits(r.correlation, 1);
    double twice[5], minus[5];
    for (int i = 0; i < 5; i++) {
        twice[i] = 2 * actual[i];
        minus[i] = -actual[i];
    }
    assert_bits(amounts(twice, actual, 5).correlation, 1);
    assert_bits(amounts(twice, actual, 5).bias, 1);
    assert_bits(amounts(minus, actual, 5).correlation, -1);
}

/* A straight line correlates fully, and never by more than that. */
static void test_correlation_stays_within_one(void **state) {
    (void)state;
    uint64_t seed = 2;
    for (int round = 0; round < 500; round++) {
        double forecast[7], actual[7];
        const double slope = round % 2 ? 1.1 : -0.3;
        for (int i = 0; i < 7; i++) {
            actual[i] = random_unit(&seed);
            forecast[i] = slope * actual[i] + 2;
        }
        const double r = amounts(forecast, actual, 7).correlation;
        assert_true(fabs(r) <= 1);
        assert_near(r, slope > 0 ? 1 : -1, 1e-13);
    }
}

static void test_undefined_answers(void **state) {
    (void)state;
    const double same[] = {0.1, 0.1, 0.1}, other[] = {1, 2, 3};
    const double zero[] = {0, 0, 0}, balanced[] = {1, -1, 0};
    assert_true(isnan(amounts(same, other, 3).correlation));
    assert_true(isnan(amounts(other, same, 3).correlation));
    assert_true(isnan(amounts(other, other, 1).correlation));
    const kam_backtest_amount_report r = amounts(other, zero, 3);
    assert_true(isnan(r.bias) && isnan(r.wape));
    assert_bits(r.mae, 2);
    const kam_backtest_amount_report b = amounts(other, balanced, 3);
    assert_true(isnan(b.bias));
    assert_bits(b.wape, 3); /* (0 + 3 + 3) / 2 */
}

/* Errors far below the amounts, and means far above the spread. */
static void test_small_errors_of_large_amounts(void **state) {
    (void)state;
    const double actual[] = {0x1p40, 0x1p40 + 1, 0x1p40 + 3, 0x1p40 + 2};
    double forecast[4];
    for (int i = 0; i < 4; i++)
        forecast[i] = actual[i] + (i % 2 ? 0x1p-10 : -0x1p-10);
    const kam_backtest_amount_report r = amounts(forecast, actual, 4);
    assert_bits(r.mae, 0x1p-10);
    assert_bits(r.rmse, 0x1p-10);
    /* Of deviations -1.5 -.5 1.5 .5 (sum of squares 5, sum s_i d_i 0, where the
     * errors s_i d are -d +d -d +d): 5 / sqrt(5 (5 + 4 d^2)). */
    assert_relative(r.correlation, 5 / sqrt(5 * (5 + 4 * 0x1p-20)), 1e-12);
}

/* In long double, which is double under valgrind. */
static void test_amount_formulas(void **state) {
    (void)state;
    enum { N = 700 };
    double forecast[N], actual[N];
    uint64_t seed = 13;
    for (int i = 0; i < N; i++) {
        actual[i] = exp(8 * random_unit(&seed)) - 20;
        forecast[i] = actual[i] * (0.7 + 0.5 * random_unit(&seed));
    }
    const kam_backtest_amount_report r = amounts(forecast, actual, N);
    long double f = 0, a = 0, e = 0, ee = 0, size = 0;
    for (int i = 0; i < N; i++) {
        const long double d = (long double)forecast[i] - (long double)actual[i];
        f += (long double)forecast[i];
        a += (long double)actual[i];
        size += fabsl((long double)actual[i]);
        e += fabsl(d);
        ee += d * d;
    }
    long double ff = 0, aa = 0, fa = 0;
    for (int i = 0; i < N; i++) {
        const long double df = (long double)forecast[i] - f / N;
        const long double da = (long double)actual[i] - a / N;
        ff += df * df;
        aa += da * da;
        fa += df * da;
    }
    assert_relative(r.forecast, (double)f, 1e-13);
    assert_relative(r.actual, (double)a, 1e-13);
    assert_relative(r.bias, (double)(f / a - 1), 1e-12);
    assert_relative(r.mae, (double)(e / N), 1e-13);
    assert_relative(r.rmse, (double)sqrtl(ee / N), 1e-13);
    assert_relative(r.wape, (double)(e / size), 1e-13);
    assert_relative(r.correlation, (double)(fa / sqrtl(ff * aa)), 1e-13);
}

static void test_amount_order_and_scale(void **state) {
    (void)state;
    enum { N = 1000 };
    static double forecast[N], actual[N], f[N], a[N];
    uint64_t seed = 15;
    for (int64_t i = 0; i < N; i++) {
        actual[i] = i % 9 ? exp(9 * random_unit(&seed)) : (double)NAN;
        forecast[i] = i % 7 ? exp(9 * random_unit(&seed)) : (double)NAN;
        a[shuffled_place(i, N)] = actual[i];
        f[shuffled_place(i, N)] = forecast[i];
    }
    const kam_backtest_amount_report r = amounts(forecast, actual, N);
    kam_backtest_amount_report s = amounts(f, a, N);
    assert_memory_equal(&r, &s, sizeof r);
    for (int e = -900; e <= 900; e += 300) {
        for (int64_t i = 0; i < N; i++) {
            f[i] = ldexp(forecast[i], e);
            a[i] = ldexp(actual[i], e);
        }
        s = amounts(f, a, N);
        assert_bits(s.actual, ldexp(r.actual, e));
        assert_bits(s.forecast, ldexp(r.forecast, e));
        assert_bits(s.mae, ldexp(r.mae, e));
        assert_bits(s.rmse, ldexp(r.rmse, e));
        assert_bits(s.bias, r.bias);
        assert_bits(s.wape, r.wape);
        assert_bits(s.correlation, r.correlation);
    }
}

static void test_amount_columns(void **state) {
    (void)state;
    const float forecast[] = {3, 9, 5, 7};
    struct row {
        int64_t id;
        int32_t actual;
        int32_t rest;
    } row[] = {{1, 1, 0}, {2, 2, 0}, {3, 6, 0}, {4, 3, 0}};
    const uint8_t present = 13; /* not row 1 */
    const kam_column f = {.values = forecast, .type = KAM_F32};
    const kam_column a = {.values = &row->actual,
                          .validity = &present,
                          .stride = sizeof *row,
                          .type = KAM_I32};
    kam_backtest_amount_report report = {.struct_size = sizeof report};
    assert_status(kam_backtest_amount(&f, &a, 4, &report, NULL), KAM_OK);
    assert_int_equal(report.n_rows, 3);
    assert_bits(report.wape, 0.7);
}

static void test_amount_refuses(void **state) {
    (void)state;
    const double x[] = {1, 2, NAN}, bad[] = {1, INFINITY, 3};
    const double huge[] = {1.7e308, 1.7e308, 0}, low[] = {-1.7e308, 0, 0};
    const double unknown[] = {NAN, NAN, 5};
    const kam_column known = column_of(x), infinite = column_of(bad);
    const kam_column large = column_of(huge), negative = column_of(low);
    const kam_column missing = column_of(unknown), absent = {0};
    kam_backtest_amount_report r = {.struct_size = sizeof r, .mae = 77};
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_backtest_amount(&known, &infinite, 3, &r, &diag),
                  KAM_ERR_OVERFLOW);
    assert_string_equal(diag.argument, "actual");
    assert_int_equal(diag.row, 1);
    assert_bits(diag.value, INFINITY);
    assert_status(kam_backtest_amount(&infinite, &infinite, 3, &r, &diag),
                  KAM_ERR_OVERFLOW);
    assert_string_equal(diag.argument, "forecast");
    assert_status(kam_backtest_amount(&large, &negative, 3, &r, &diag),
                  KAM_ERR_OVERFLOW);
    assert_int_equal(diag.row, 0);
    assert_status(kam_backtest_amount(&large, &large, 3, &r, &diag),
                  KAM_ERR_OVERFLOW);
    assert_string_equal(diag.argument, "actual");
    assert_status(kam_backtest_amount(&known, &missing, 3, &r, &diag),
                  KAM_ERR_EMPTY);
    assert_string_equal(diag.argument, "actual");
    assert_string_equal(diag.message,
                        "it is known of no row of which the rest is.");
    assert_status(kam_backtest_amount(&missing, &known, 2, &r, &diag),
                  KAM_ERR_EMPTY);
    assert_string_equal(diag.argument, "forecast");
    assert_bits(diag.value, 2);
    assert_status(kam_backtest_amount(&known, &absent, 3, &r, &diag),
                  KAM_ERR_EMPTY);
    assert_string_equal(diag.argument, "actual");
    assert_status(kam_backtest_amount(&known, &known, 0, &r, &diag),
                  KAM_ERR_EMPTY);
    assert_string_equal(diag.argument, "n_rows");
    assert_status(kam_backtest_amount(&known, &known, -1, &r, &diag),
                  KAM_ERR_SHAPE);
    assert_status(kam_backtest_amount(NULL, &known, 3, &r, &diag),
                  KAM_ERR_NULL);
    assert_string_equal(diag.argument, "forecast");
    assert_status(kam_backtest_amount(&known, NULL, 3, &r, &diag),
                  KAM_ERR_NULL);
    assert_string_equal(diag.argument, "actual");
    assert_status(kam_backtest_amount(&known, &known, 3, NULL, &diag),
                  KAM_ERR_NULL);
    r.struct_size = 5;
    assert_status(kam_backtest_amount(&known, &known, 3, &r, &diag),
                  KAM_ERR_STRUCT);
    assert_bits(r.mae, 77);
}

/* ---- events ---- */

static kam_backtest_event_report events(const double *probability,
                                        const double *event, int64_t n) {
    const kam_column p = column_of(probability), e = column_of(event);
    kam_backtest_event_report report = {.struct_size = sizeof report};
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_backtest_event(&p, &e, n, NULL, &report, &diag), KAM_OK);
    assert_int_equal(diag.status, KAM_OK);
    return report;
}

/* The examples of scikit-learn 1.5's pages on roc_auc_score (0.75), log_loss
 * (0.21616...) and brier_score_loss (0.037). */
static void test_published_examples(void **state) {
    (void)state;
    const double p1[] = {0.1, 0.4, 0.35, 0.8}, y1[] = {0, 0, 1, 1};
    assert_bits(events(p1, y1, 4).auc, 0.75);
    const double p2[] = {0.9, 0.1, 0.2, 0.65}, y2[] = {1, 0, 0, 1};
    assert_near(events(p2, y2, 4).log_loss, 0.21616, 5e-6);
    const double p3[] = {0.1, 0.9, 0.8, 0.3}, y3[] = {0, 1, 1, 0};
    assert_near(events(p3, y3, 4).brier, 0.037, 5e-4);
    assert_relative(events(p3, y3, 4).brier, 0.15 / 4, 1e-15);
}

static void test_event_by_hand(void **state) {
    (void)state;
    const double p[] = {0.5, 0.25, NAN, 0.5, 0.75, 0.5};
    const double y[] = {1, 0, 1, 0, 1, NAN};
    const kam_backtest_event_report r = events(p, y, 6);
    assert_int_equal(r.n_rows, 4);
    assert_int_equal(r.n_events, 2);
    assert_bits(r.expected, 2);
    assert_bits(r.brier, (0.25 + 0.0625 + 0.25 + 0.0625) / 4);
    assert_relative(r.log_loss, (2 * log(2) - 2 * log(0.75)) / 4, 1e-15);
    /* Of four pairs: one tie, three won. */
    assert_bits(r.auc, 3.5 / 4);
}

static void test_sure_and_wrong(void **state) {
    (void)state;
    const double p[] = {0, 1}, y[] = {1, 0}, right[] = {0, 1};
    assert_bits(events(p, y, 2).brier, 1);
    assert_bits(events(p, y, 2).auc, 0);
    /* -ln 1e-15, and -ln(1 - (1 - 1e-15)), which in binary is 9.992e-16. */
    assert_relative(events(p, y, 2).log_loss,
                    -(log(1e-15) + log1p(-(1 - 1e-15))) / 2, 1e-15);
    assert_bits(events(p, right, 2).brier, 0);
    assert_bits(events(p, right, 2).auc, 1);
    assert_relative(events(p, right, 2).log_loss,
                    -(log(1 - 1e-15) + log1p(-1e-15)) / 2, 1e-9);
}

static void test_one_sided_events(void **state) {
    (void)state;
    const double p[] = {0.2, 0.7}, none[] = {0, 0}, all[] = {1, 1};
    assert_true(isnan(events(p, none, 2).auc));
    assert_true(isnan(events(p, all, 2).auc));
    assert_int_equal(events(p, none, 2).n_events, 0);
    assert_relative(events(p, none, 2).log_loss, -(log(0.8) + log(0.3)) / 2,
                    1e-15);
}

/* By definition, over every pair; the same in any order. */
static void test_event_formulas(void **state) {
    (void)state;
    enum { N = 900 };
    static double p[N], y[N], q[N], z[N];
    uint64_t seed = 19;
    for (int levels = 3; levels < 5000; levels *= 9) {
        for (int64_t i = 0; i < N; i++) {
            const double u = random_unit(&seed);
            p[i] = floor(u * levels) / levels;
            y[i] = random_unit(&seed) < u * u;
            if (i % 70 == 0) p[i] = (double)NAN;
            if (i % 90 == 1) y[i] = (double)NAN;
            q[shuffled_place(i, N)] = p[i];
            z[shuffled_place(i, N)] = y[i];
        }
        const kam_backtest_event_report r = events(p, y, N);
        const kam_backtest_event_report s = events(q, z, N);
        assert_memory_equal(&r, &s, sizeof r);
        long won = 0, pairs = 0, n = 0;
        long double loss = 0, brier = 0, sum = 0;
        for (int i = 0; i < N; i++) {
            if (isnan(p[i]) || isnan(y[i])) continue;
            const double b = p[i] < 1e-15 ? 1e-15 : p[i];
            loss -= logl(y[i] != 0 ? (long double)b : 1 - (long double)b);
            brier += (long double)((p[i] - y[i]) * (p[i] - y[i]));
            sum += (long double)p[i];
            n++;
            for (int j = 0; j < N && y[i] == 1; j++)
                if (y[j] == 0 && !isnan(p[j])) {
                    won += 2 * (p[i] > p[j]) + (p[i] == p[j]);
                    pairs++;
                }
        }
        assert_int_equal(r.n_rows, n);
        assert_bits(r.auc, (double)won / (2 * (double)pairs));
        assert_relative(r.log_loss, (double)(loss / n), 1e-13);
        assert_relative(r.brier, (double)(brier / n), 1e-13);
        assert_relative(r.expected, (double)sum, 1e-13);
    }
}

static void test_event_columns(void **state) {
    (void)state;
    const float p[] = {0.5f, 0.25f, 0.5f, 0.75f};
    const uint8_t y[] = {1, 0, 0, 1}, present = 15;
    const kam_column probability = {.values = p, .type = KAM_F32};
    const kam_column event = {.values = y,
                              .validity = &present,
                              .type = KAM_U8};
    kam_backtest_event_report r = {.struct_size = sizeof r};
    assert_status(kam_backtest_event(&probability, &event, 4, NULL, &r, NULL),
                  KAM_OK);
    assert_bits(r.auc, 3.5 / 4);
}

static void test_event_refuses(void **state) {
    (void)state;
    const double p[] = {0.5, 1.5, 0.2}, good[] = {0.5, 0.5, NAN};
    const double y[] = {0, 1, 1}, odd[] = {0, 0.5, 1}, none[] = {NAN, NAN, 1};
    const double below[] = {0.1, -1e-9, 0.2}, infinite[] = {0, INFINITY, 1};
    const kam_column bad = column_of(p), fine = column_of(good);
    const kam_column event = column_of(y), half = column_of(odd);
    const kam_column unknown = column_of(none), negative = column_of(below);
    const kam_column never = column_of(infinite), absent = {0};
    kam_backtest_event_report r = {.struct_size = sizeof r, .auc = 77};
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_backtest_event(&bad, &event, 3, NULL, &r, &diag),
                  KAM_ERR_OPTION);
    assert_string_equal(diag.argument, "probability");
    assert_int_equal(diag.row, 1);
    assert_bits(diag.value, 1.5);
    assert_status(kam_backtest_event(&negative, &event, 3, NULL, &r, &diag),
                  KAM_ERR_OPTION);
    assert_status(kam_backtest_event(&fine, &half, 3, NULL, &r, &diag),
                  KAM_ERR_OPTION);
    assert_string_equal(diag.argument, "event");
    assert_bits(diag.value, 0.5);
    assert_status(kam_backtest_event(&fine, &never, 3, NULL, &r, &diag),
                  KAM_ERR_OPTION);
    assert_status(kam_backtest_event(&fine, &unknown, 3, NULL, &r, &diag),
                  KAM_ERR_EMPTY);
    assert_string_equal(diag.argument, "event");
    assert_status(kam_backtest_event(&absent, &event, 3, NULL, &r, &diag),
                  KAM_ERR_EMPTY);
    assert_string_equal(diag.argument, "probability");
    assert_status(kam_backtest_event(&fine, &event, 0, NULL, &r, &diag),
                  KAM_ERR_EMPTY);
    assert_string_equal(diag.argument, "n_rows");
    kam_backtest_versus_report v = {.struct_size = sizeof v};
    assert_status(kam_backtest_versus(&fine, &absent, &event, 3, &v, &diag),
                  KAM_ERR_EMPTY);
    assert_string_equal(diag.argument, "naive");
    const double first[] = {0.5, NAN, NAN}, rest[] = {NAN, 0, 1};
    const kam_column apart[] = {column_of(first), column_of(rest)};
    assert_status(kam_backtest_versus(&fine, &apart[0], &apart[1], 3, &v,
                                      &diag),
                  KAM_ERR_EMPTY);
    assert_string_equal(diag.argument, "event");
    assert_string_equal(diag.message,
                        "it is known of no row of which the rest is.");
    assert_status(kam_backtest_event(&fine, &event, -2, NULL, &r, &diag),
                  KAM_ERR_SHAPE);
    assert_status(kam_backtest_event(NULL, &event, 3, NULL, &r, &diag),
                  KAM_ERR_NULL);
    assert_status(kam_backtest_event(&fine, NULL, 3, NULL, &r, &diag),
                  KAM_ERR_NULL);
    assert_status(kam_backtest_event(&fine, &event, 3, NULL, NULL, &diag),
                  KAM_ERR_NULL);
    r.struct_size = 7;
    assert_status(kam_backtest_event(&fine, &event, 3, NULL, &r, &diag),
                  KAM_ERR_STRUCT);
    assert_bits(r.auc, 77);
}

static void test_event_memory(void **state) {
    (void)state;
    const double p[] = {0.5, 0.7, 0.2}, y[] = {0, 1, 1}, odd[] = {0, 1, 2};
    const kam_column probability = column_of(p), event = column_of(y);
    const kam_column bad = column_of(odd);
    kam_backtest_event_report r = {.struct_size = sizeof r, .auc = 77};
    struct lender lender;
    for (int64_t fail = 1; fail <= 4; fail++) {
        kam_host host = lender_host(&lender, fail);
        assert_status(kam_backtest_event(&probability, &event, 3, &host, &r,
                                         NULL),
                      KAM_ERR_MEMORY);
        assert_int_equal(lender.n_live, 0);
        assert_bits(r.auc, 77);
    }
    kam_host host = lender_host(&lender, 0);
    assert_status(kam_backtest_event(&probability, &bad, 3, &host, &r, NULL),
                  KAM_ERR_OPTION);
    assert_int_equal(lender.n_live, 0);
    assert_bits(r.auc, 77);
    host = lender_host(&lender, 0);
    assert_status(kam_backtest_event(&probability, &event, 3, &host, &r, NULL),
                  KAM_OK);
    assert_int_equal(lender.n_calls, 4);
    assert_int_equal(lender.n_live, 0);
    assert_int_equal(lender.n_bytes, 0);
    assert_bits(r.auc, 0.5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_amount_by_hand),
        cmocka_unit_test(test_perfect_forecast),
        cmocka_unit_test(test_correlation_stays_within_one),
        cmocka_unit_test(test_undefined_answers),
        cmocka_unit_test(test_small_errors_of_large_amounts),
        cmocka_unit_test(test_amount_formulas),
        cmocka_unit_test(test_amount_order_and_scale),
        cmocka_unit_test(test_amount_columns),
        cmocka_unit_test(test_amount_refuses),
        cmocka_unit_test(test_published_examples),
        cmocka_unit_test(test_event_by_hand),
        cmocka_unit_test(test_sure_and_wrong),
        cmocka_unit_test(test_one_sided_events),
        cmocka_unit_test(test_event_formulas),
        cmocka_unit_test(test_event_columns),
        cmocka_unit_test(test_event_refuses),
        cmocka_unit_test(test_event_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
