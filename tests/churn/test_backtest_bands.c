/* SPDX-License-Identifier: MIT */
#include "support/check.h"
#include "support/hosts.h"

enum { N = 2000 };

static double P[N], Q[N], Y[N];

static void simulate(uint64_t seed) {
    for (int i = 0; i < N; i++) {
        P[i] = floor(40 * random_unit(&seed)) / 40;
        Y[i] = random_unit(&seed) < P[i];
    }
}

/* Murphy's parts add up to the Brier score; bands hold all rows; equal
 * probabilities stay together. */
static void test_bands(void **state) {
    (void)state;
    simulate(1);
    const kam_column p = column_of(P), y = column_of(Y);
    kam_backtest_band band[10];
    kam_backtest_bands_report r = {.struct_size = sizeof r};
    kam_backtest_event_report e = {.struct_size = sizeof e};
    assert_status(kam_backtest_bands(&p, &y, N, 10, NULL, band, &r, NULL),
                  KAM_OK);
    assert_status(kam_backtest_event(&p, &y, N, NULL, &e, NULL), KAM_OK);
    assert_near(r.reliability - r.resolution + r.uncertainty + r.within,
                e.brier, 1e-14);
    assert_true(r.reliability < 0.005 && r.error < 0.05 && r.lift > 1.5);
    int64_t n = 0, k = 0;
    for (int b = 0; b < r.n_bands; b++) {
        n += band[b].n_rows;
        k += band[b].n_events;
        assert_true(band[b].low < band[b].actual);
        assert_true(band[b].actual < band[b].high);
        assert_true(b == 0 || band[b].forecast > band[b - 1].forecast);
    }
    assert_int_equal(n, N);
    assert_int_equal(k, e.n_events);
    /* Wilson (1927): 2 of 10 at 95 % is 0.0567 to 0.5098. */
    for (int i = 0; i < 10; i++) Y[i] = i < 2;
    assert_status(kam_backtest_bands(&p, &y, 10, 1, NULL, band, &r, NULL),
                  KAM_OK);
    assert_near(band[0].low, 0.0567, 5e-5);
    assert_near(band[0].high, 0.5098, 5e-5);
    assert_bits(r.lift, 1);
    assert_status(kam_backtest_bands(&p, &y, 10, 0, NULL, band, &r, NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_backtest_bands(&p, NULL, 10, 1, NULL, band, &r, NULL),
                  KAM_ERR_NULL);
    struct lender lender;
    const kam_host host = lender_host(&lender, 1);
    assert_status(kam_backtest_bands(&p, &y, 10, 1, &host, band, &r, NULL),
                  KAM_ERR_MEMORY);
}

static void test_versus(void **state) {
    (void)state;
    simulate(2);
    const kam_column p = column_of(P), q = column_of(Q), y = column_of(Y);
    kam_backtest_versus_report r = {.struct_size = sizeof r};
    kam_backtest_event_report e = {.struct_size = sizeof e};
    double sum = 0, square = 0;
    for (int i = 0; i < N; i++) {
        P[i] = 0.01 + 0.98 * P[i];
        Q[i] = 0.5;
        const double d = log(2) + (Y[i] > 0 ? log(P[i]) : log1p(-P[i]));
        sum += d / N;
        square += d * d / N;
    }
    assert_status(kam_backtest_versus(&p, &q, &y, N, &r, NULL), KAM_OK);
    assert_status(kam_backtest_event(&p, &y, N, NULL, &e, NULL), KAM_OK);
    assert_near(r.log_loss, e.log_loss, 1e-15);
    assert_near(r.naive, log(2), 1e-15);
    assert_near(r.gain, sum, 1e-13);
    assert_near(r.std_error, sqrt((square - sum * sum) / (N - 1)), 1e-13);
    assert_int_equal(r.verdict, KAM_BACKTEST_BETTER);
    assert_status(kam_backtest_versus(&q, &p, &y, N, &r, NULL), KAM_OK);
    assert_int_equal(r.verdict, KAM_BACKTEST_WORSE);
    assert_status(kam_backtest_versus(&q, &q, &y, N, &r, NULL), KAM_OK);
    assert_int_equal(r.verdict, KAM_BACKTEST_UNDECIDED);
    Q[5] = 7;
    assert_status(kam_backtest_versus(&p, &q, &y, N, &r, NULL), KAM_ERR_OPTION);
    assert_status(kam_backtest_versus(&p, &p, NULL, N, &r, NULL), KAM_ERR_NULL);
}

/* Under no change about one PSI in twenty lies above its quantile. */
static void test_stability(void **state) {
    (void)state;
    const kam_column p = column_of(P), q = column_of(Q);
    kam_backtest_stability_report r = {.struct_size = sizeof r};
    uint64_t seed = 3;
    int above = 0;
    for (int round = 0; round < 400; round++) {
        for (int i = 0; i < N; i++) {
            P[i] = random_unit(&seed);
            Q[i] = random_unit(&seed);
        }
        assert_status(kam_backtest_stability(&p, N, &q, 500, 10, NULL, &r,
                                             NULL),
                      KAM_OK);
        above += r.psi > r.chance;
    }
    assert_true(above > 5 && above < 40);
    assert_int_equal(r.n_bands, 10);
    /* the 95 % quantile of chi-square with 9 degrees is 16.919 */
    assert_near(r.chance, 16.91898 * (1.0 / N + 1.0 / 500), 1e-6);
    for (int i = 0; i < N; i++) Q[i] = 0.3 * P[i];
    assert_status(kam_backtest_stability(&p, N, &q, N, 10, NULL, &r, NULL),
                  KAM_OK);
    assert_true(r.psi > 10 * r.chance);
    assert_status(kam_backtest_stability(&p, 0, &q, N, 10, NULL, &r, NULL),
                  KAM_ERR_EMPTY);
    double none[N];
    kam_diag diag = {.struct_size = sizeof diag};
    for (int i = 0; i < N; i++) none[i] = NAN;
    const kam_column nothing = column_of(none);
    assert_status(kam_backtest_stability(&p, N, &nothing, N, 10, NULL, &r,
                                         &diag),
                  KAM_ERR_EMPTY);
    assert_string_equal(diag.argument, "after");
}

/* The definition: for each chance the best cut, averaged over the Beta law. */
static double brute(const double *rank, const double *value, const double *y,
                    int n, const kam_backtest_profit_options *o) {
    enum { STEPS = 20000 };
    double total = 0, mass = 0;
    for (int s = 0; s < STEPS; s++) {
        const double g = (s + 0.5) / STEPS;
        const double density =
            pow(g, o->saved_alpha - 1) * pow(1 - g, o->saved_beta - 1);
        double best = 0;
        for (int cut = 0; cut < n; cut++) {
            double profit = 0;
            for (int i = 0; i < n; i++) {
                if (rank[i] < rank[cut]) continue;
                const double offer = o->offer + o->offer_share * value[i];
                profit += y[i] > 0 ? g * (value[i] - offer) - o->contact
                                   : -offer - o->contact;
            }
            if (profit > best) best = profit;
        }
        total += best * density;
        mass += density;
    }
    return total / mass / n;
}

static void test_profit(void **state) {
    (void)state;
    enum { M = 40 };
    uint64_t seed = 8;
    double value[M];
    for (int i = 0; i < M; i++) {
        P[i] = floor(20 * random_unit(&seed)) / 20;
        Y[i] = random_unit(&seed) < P[i];
        value[i] = 200;
    }
    const kam_column p = column_of(P), v = column_of(value), y = column_of(Y);
    kam_backtest_profit_options o;
    kam_backtest_profit_report r = {.struct_size = sizeof r};
    assert_status(kam_backtest_profit_options_init(&o, sizeof o), KAM_OK);
    assert_status(kam_backtest_profit(&p, &v, &y, M, NULL, NULL, &r, NULL),
                  KAM_OK);
    assert_relative(r.profit, brute(P, value, Y, M, &o), 1e-6);
    assert_true(r.share > 0.1 && r.share < 1);
    for (int i = 0; i < M; i++) value[i] = 5000 * random_unit(&seed);
    o.offer = 0;
    o.offer_share = 0.05;
    o.contact = 15;
    assert_status(kam_backtest_profit(&p, &v, &y, M, &o, NULL, &r, NULL),
                  KAM_OK);
    assert_relative(r.profit, brute(P, value, Y, M, &o), 1e-6);
    /* An offer that costs nothing is made to whoever may be saved. */
    o.offer = o.offer_share = o.contact = 0;
    assert_status(kam_backtest_profit(&p, &v, &y, M, &o, NULL, &r, NULL),
                  KAM_OK);
    assert_relative(r.profit, brute(P, value, Y, M, &o), 1e-6);
    o.offer_share = 0.05;
    o.contact = 15;
    /* Few of those that are asked stay: the cut lies in the tail. */
    o.saved_alpha = 1, o.saved_beta = 30;
    assert_status(kam_backtest_profit(&p, &v, &y, M, &o, NULL, &r, NULL),
                  KAM_OK);
    assert_relative(r.profit, brute(P, value, Y, M, &o), 1e-5);
    memset(Y, 0, M * sizeof *Y); /* nobody leaves: nobody is approached */
    assert_status(kam_backtest_profit(&p, &v, &y, M, &o, NULL, &r, NULL),
                  KAM_OK);
    assert_bits(r.profit, 0);
    assert_bits(r.share, 0);
    o.contact = -1;
    assert_status(kam_backtest_profit(&p, &v, &y, -M, NULL, NULL, &r, NULL),
                  KAM_ERR_SHAPE);
    assert_status(kam_backtest_profit(&p, &v, &y, M, &o, NULL, &r, NULL),
                  KAM_ERR_OPTION);
    for (int64_t i = 1; i <= 2; i++) {
        struct lender lender;
        const kam_host host = lender_host(&lender, i);
        assert_status(kam_backtest_profit(&p, &v, &y, M, NULL, &host, &r, NULL),
                      KAM_ERR_MEMORY);
        assert_int_equal(lender.n_live, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bands),
        cmocka_unit_test(test_versus),
        cmocka_unit_test(test_stability),
        cmocka_unit_test(test_profit),
    };
    return cmocka_run_group_tests_name("backtest_bands", tests, NULL, NULL);
}
