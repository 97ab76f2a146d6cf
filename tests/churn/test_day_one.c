/* SPDX-License-Identifier: MIT */
/* A book without any churn yet, and how the first events move the scorecard: C2,
 * C7. The true weights are drawn around the expert's, as the prior has it. */
#include "support/check.h"
#include "support/hosts.h"

#include "churn/churn_support.h"

enum { P = 10, TEST = 4000, SEEDS = 24, STEPS = 4 };
static const int EVENTS[STEPS] = {0, 5, 20, 100};

static double MEAN[P + 1], PRECISION[P + 1];

static double random_normal(uint64_t *seed) {
    const double u = random_unit(seed), v = random_unit(seed);
    return sqrt(-2 * log(1 - u)) * cos(6.283185307179586 * v);
}

/* Signals as a book has them, in units of their limits: most accounts are well. */
static void draw_row(double *x, uint64_t *seed) {
    for (int j = 0; j < P; j++) {
        const double limit = log(2) / MEAN[j + 1];
        const int is_count = j == 4 || j == 5 || j == 7;
        if (is_count)
            x[j] =
                random_unit(seed) < 0.15 ? 1 + floor(2 * random_unit(seed)) : 0;
        else
            x[j] = limit * (0.3 + 0.9 * random_normal(seed));
    }
}

static double risk_of(const double *beta, const double *x) {
    double s = beta[0];
    for (int j = 0; j < P; j++) s += beta[j + 1] * x[j];
    return 1 / (1 + exp(-s));
}

static struct book *draw(int64_t n, int events, const double *beta,
                         uint64_t *seed) {
    struct book *const book = book_new(n, P);
    int64_t i = 0;
    int n_events = 0;
    for (; i < n && (events < 0 || n_events < events); i++) {
        double x[P];
        draw_row(x, seed);
        for (int j = 0; j < P; j++) book->x[j][i] = x[j];
        book->event[i] = random_unit(seed) < risk_of(beta, x);
        n_events += book->event[i] > 0;
    }
    book->panel.n_rows = i;
    return book;
}

struct told {
    double log_loss, auc;
};

static struct told judge(const double *beta, const struct book *test) {
    static double risk[TEST];
    kam_backtest_event_report r = {.struct_size = sizeof r};
    const kam_hazard model = {KAM_HAZARD_LOGISTIC, P, beta, NULL};
    kam_hazard_risk(&model, &test->panel, 0, NULL, risk, NULL, NULL, NULL,
                    NULL);
    const kam_column p = column_of(risk);
    assert_status(kam_backtest_event(&p, &test->panel.event, TEST, NULL, &r,
                                     NULL),
                  KAM_OK);
    return (struct told){r.log_loss, r.auc};
}

/* Ranks by one signal alone. */
static double auc_of(const double *x, const struct book *test) {
    static double rank[TEST];
    kam_backtest_event_report r = {.struct_size = sizeof r};
    for (int i = 0; i < TEST; i++) rank[i] = 1 / (1 + exp(-x[i]));
    const kam_column p = column_of(rank);
    kam_backtest_event(&p, &test->panel.event, TEST, NULL, &r, NULL);
    return r.auc;
}

static void test_day_one(void **state) {
    (void)state;
    int32_t reason[P];
    double with[STEPS] = {0}, alone[STEPS] = {0}, expert_auc = 0, drop_auc = 0;
    int drop_wins = 0;
    for (int j = 0; j < P; j++) reason[j] = KAM_REASON_USAGE + j;
    assert_status(kam_hazard_expert(KAM_HAZARD_LOGISTIC, reason, P, 0.01, MEAN,
                                    PRECISION, NULL),
                  KAM_OK);
    for (int s = 0; s < SEEDS; s++) {
        uint64_t seed = 1000003u * (uint64_t)(s + 1);
        double truth[P + 1];
        for (int j = 0; j <= P; j++)
            truth[j] =
                MEAN[j] + 0.7 * random_normal(&seed) / sqrt(PRECISION[j]);
        struct book *const test = draw(TEST, -1, truth, &seed);
        for (int k = 0; k < STEPS; k++) {
            struct book *const train =
                draw(20000, EVENTS[k] ? EVENTS[k] : -1, truth, &seed);
            double beta[P + 1], own[P + 1];
            kam_hazard_options o;
            kam_hazard_report r = {.struct_size = sizeof r};
            kam_hazard_options_init(&o, sizeof o);
            if (EVENTS[k] == 0) { /* nobody has left yet */
                train->panel.n_rows = 50;
                for (int i = 0; i < 50; i++) train->event[i] = 0;
            }
            o.prior_mean = MEAN;
            o.prior_precision = PRECISION;
            assert_status(kam_hazard_fit(KAM_HAZARD_LOGISTIC, &train->panel, &o,
                                         NULL, beta, NULL, &r, NULL),
                          KAM_OK);
            assert_int_equal(r.verdict == KAM_HAZARD_PRIOR_ONLY,
                             EVENTS[k] == 0);
            const struct told told = judge(beta, test);
            with[k] += told.log_loss / SEEDS;
            if (EVENTS[k] > 0) {
                const kam_status status =
                    kam_hazard_fit(KAM_HAZARD_LOGISTIC, &train->panel, NULL,
                                   NULL, own, NULL, NULL, NULL);
                /* Fewer rows than weights: data alone have no answer. */
                assert_true(status == KAM_OK || (status == KAM_ERR_TOO_FEW &&
                                                 train->panel.n_rows <= P));
                const double it = status == KAM_OK ? judge(own, test).log_loss
                                                   : told.log_loss;
                alone[k] += it / SEEDS;
            } else {
                const double drop = auc_of(test->x[2], test);
                expert_auc += told.auc / SEEDS;
                drop_auc += drop / SEEDS;
                drop_wins += drop >= told.auc;
            }
            book_free(train);
        }
        book_free(test);
    }
    /* Without events: better than looking at the fall of orders alone. */
    assert_true(expert_auc > drop_auc + 0.1);
    assert_true(drop_wins <= SEEDS / 8);
    for (int k = 1; k < STEPS; k++) {
        assert_true(with[k] < with[k - 1]); /* never worse than the prior */
        assert_true(with[k] < alone[k]);    /* nor than data alone */
    }
    if (getenv("KAM_TEST_SHOW"))
        for (int k = 0; k < STEPS; k++)
            print_message("%d events: %.5f, data alone %.5f; AUC %.3f, %.3f\n",
                          EVENTS[k], with[k], alone[k], expert_auc, drop_auc);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_day_one)};
    return cmocka_run_group_tests_name("day_one", tests, NULL, NULL);
}
