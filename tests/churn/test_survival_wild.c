/* SPDX-License-Identifier: MIT */
/* Cox's model where scores run far apart: what has a maximum has its answer,
 * and "separated" is said of what has none. */
#include "support/check.h"
#include "support/hosts.h"

#include "churn/churn_support.h"

enum { MOST_P = 3, PINNED = 4, MOST_N = 100 };

struct set {
    struct book *book;
    double start[MOST_N], stop[MOST_N], weight[MOST_N], offset[MOST_N];
    int64_t stratum[MOST_N];
};

static void set_free(struct set *set) {
    book_free(set->book);
    free(set);
}

static struct set *set_new(int64_t n, int32_t p) {
    struct set *const set = calloc(1, sizeof *set);
    set->book = book_new(n, p);
    for (int64_t i = 0; i < n; i++) set->weight[i] = 1;
    set->book->panel.stop = column_of(set->stop);
    set->book->panel.start = column_of(set->start);
    set->book->panel.weight = column_of(set->weight);
    set->book->panel.offset = column_of(set->offset);
    set->book->panel.stratum.values = set->stratum;
    set->book->panel.stratum.type = KAM_I64;
    return set;
}

/* Signals of which some are millions of times the others, steep risks, ties,
 * late entries, weights. In strata of their own each column leads once to an
 * event and once away from it, so that every direction has a row against it. */
static struct set *wild(uint64_t seed) {
    const int32_t p = 1 + (int32_t)(seed % MOST_P);
    const int64_t n = 20 + (int64_t)(seed % 7) * 10;
    const double steep = seed % 4 ? 1e3 : 10, ties = seed % 3 ? 1 : 12;
    struct set *const set = set_new(n + PINNED * p, p);
    struct book *const book = set->book;
    uint64_t state = seed * UINT64_C(0x9E3779B97F4A7C15);
    for (int64_t i = 0; i < n; i++) {
        double score = 0;
        for (int32_t j = 0; j < p; j++) {
            const double u = random_unit(&state) - 0.5;
            book->x[j][i] = u / (0.25 - u * u) / (0.3 - fabs(u) / 2) * 1e3;
            score += steep * (j + 1) * u;
        }
        if (seed % 5 == 0 && i == 0) book->x[0][i] *= 1e6;
        set->stop[i] = 1 + floor((random_unit(&state) + 1 / (1 + exp(score))) *
                                 (double)n / ties);
        set->start[i] =
            seed % 2 ? -1
                     : set->stop[i] - 1 -
                           floor(random_unit(&state) * (double)n / ties / 2);
        set->weight[i] = 0.5 + random_unit(&state);
        set->offset[i] = random_unit(&state);
        book->event[i] = random_unit(&state) < 0.6;
    }
    for (int64_t i = n; i < book->n; i++) {
        const int64_t k = i - n;
        set->stratum[i] = 1 + k / 2;
        set->stop[i] = 1 + (double)(k % 2);
        book->event[i] = !(k % 2);
        book->x[k / PINNED][i] = k % PINNED == 0 || k % PINNED == 3 ? 1 : -1;
    }
    return set;
}

/* What the rows at risk when row i has its event, with the share 1 - f of those
 * with theirs, add to the baseline and take from the gradient. */
static double at_risk(const struct set *set, const double *beta, int64_t i,
                      double f, double reference, double *mean) {
    const struct book *const book = set->book;
    double score[MOST_N], top = -INFINITY, sum = 0;
    for (int32_t j = 0; j < book->p; j++) mean[j] = 0;
    for (int pass = 0; pass < 2; pass++)
        for (int64_t k = 0; k < book->n; k++) {
            if (set->stratum[k] != set->stratum[i] ||
                set->stop[k] < set->stop[i] || set->start[k] >= set->stop[i])
                continue;
            if (pass == 0) {
                score[k] = set->offset[k];
                for (int32_t j = 0; j < book->p; j++)
                    score[k] += beta[j] * book->x[j][k];
                if (score[k] > top) top = score[k];
                continue;
            }
            double r = set->weight[k] * exp(score[k] - top);
            if (book->event[k] > 0 && set->stop[k] == set->stop[i]) r *= 1 - f;
            sum += r;
            for (int32_t j = 0; j < book->p; j++)
                mean[j] += r * (book->x[j][k] - book->x[j][i]);
        }
    for (int32_t j = 0; j < book->p; j++) mean[j] /= sum;
    return exp(reference - top) / sum;
}

/* The place of row i among those that have their event with it. */
static void place_of(const struct set *set, int64_t i, double *place, double *n,
                     double *weight) {
    *place = *n = *weight = 0;
    for (int64_t k = 0; k < set->book->n; k++)
        if (set->book->event[k] > 0 && set->stratum[k] == set->stratum[i] &&
            set->stop[k] == set->stop[i]) {
            *place += k < i;
            *n += 1;
            *weight += set->weight[k];
        }
}

/* No gradient is left, and the baseline adds up. */
static void assert_is_maximum(const struct set *set, int32_t ties,
                              const double *beta, const double *covariance) {
    const struct book *const book = set->book;
    const int32_t p = book->p;
    double gradient[MOST_P] = {0}, length = 0, all = 0, sum = 0;
    double time[MOST_N], cumulative[MOST_N], reference[MOST_P];
    int64_t n_times, stratum[MOST_N];
    for (int32_t j = 0; j < p; j++) reference[j] = book->x[j][1];
    double score = 0;
    for (int32_t j = 0; j < p; j++) score += beta[j] * reference[j];
    for (int64_t i = 0; i < book->n; i++) {
        double mean[MOST_P], place, n, weight;
        if (!(book->event[i] > 0)) continue;
        place_of(set, i, &place, &n, &weight);
        const double f = ties == KAM_TIES_EFRON ? place / n : 0;
        const double w = ties == KAM_TIES_EFRON ? weight / n : set->weight[i];
        const double hazard = at_risk(set, beta, i, f, score, mean);
        if (set->stratum[i] == 0) sum += w * hazard;
        for (int32_t j = 0; j < p; j++) {
            /* Efron's terms have the mean weight, and each its own signal */
            gradient[j] -=
                w * (mean[j] + book->x[j][i]) - set->weight[i] * book->x[j][i];
        }
    }
    for (int32_t i = 0; i < p; i++)
        for (int32_t j = 0; j < p; j++)
            length += gradient[i] * covariance[i * p + j] * gradient[j];
    assert_true(fabs(length) < 1e-12);
    assert_status(kam_survival_baseline(ties, &book->panel, beta, reference,
                                        NULL, stratum, time, cumulative,
                                        &n_times, NULL),
                  KAM_OK);
    for (int64_t k = 0; k < n_times; k++)
        if (stratum[k] == 0) all = cumulative[k];
    if (isfinite(sum) && sum > 1e-290) assert_relative(all, sum, 1e-7);
}

static kam_status cox(int32_t ties, const struct set *set, const kam_host *host,
                      double *beta, double *covariance,
                      kam_survival_report *report) {
    memset(report, 0, sizeof *report);
    report->struct_size = sizeof *report;
    return kam_survival_cox(ties, &set->book->panel, host, beta, covariance,
                            report, NULL);
}

static void test_what_only_looks_separated(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 120; seed++) {
        struct set *const set = wild(seed);
        for (int32_t ties = KAM_TIES_EFRON; ties <= KAM_TIES_BRESLOW; ties++) {
            double beta[MOST_P], covariance[MOST_P * MOST_P];
            kam_survival_report report;
            assert_status(cox(ties, set, NULL, beta, covariance, &report),
                          KAM_OK);
            assert_is_maximum(set, ties, beta, covariance);
        }
        set_free(set);
    }
}

/* The same rows in another order, on every instruction set. */
static void test_order(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct set *const one = wild(seed);
        const int64_t n = one->book->n;
        const int32_t p = one->book->p;
        struct set *const two = set_new(n, p);
        for (int64_t i = 0; i < n; i++) {
            const int64_t to = shuffled_place(i, n);
            for (int32_t j = 0; j < p; j++)
                two->book->x[j][to] = one->book->x[j][i];
            two->book->event[to] = one->book->event[i];
            two->start[to] = one->start[i];
            two->stop[to] = one->stop[i];
            two->weight[to] = one->weight[i];
            two->offset[to] = one->offset[i];
            two->stratum[to] = one->stratum[i];
        }
        double beta[2][MOST_P], covariance[2][MOST_P * MOST_P];
        kam_survival_report report;
        assert_status(cox(1, one, NULL, beta[0], covariance[0], &report),
                      KAM_OK);
        for (int32_t isa = KAM_ISA_AUTO; isa <= KAM_ISA_V4; isa++) {
            kam_host host = {.struct_size = sizeof host};
            host.isa = isa;
            assert_status(cox(1, two, &host, beta[1], covariance[1], &report),
                          KAM_OK);
            assert_memory_equal(beta[0], beta[1], sizeof(double) * (size_t)p);
            assert_memory_equal(covariance[0], covariance[1],
                                sizeof(double) * (size_t)(p * p));
        }
        set_free(two);
        set_free(one);
    }
}

/* As above, but for the last column: nobody of whom it is 1 has an event. */
static void test_what_is_separated(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 120; seed++) {
        struct set *const set = wild(seed);
        struct book *const book = set->book;
        const int32_t p = book->p;
        for (int64_t i = 0; i < book->n; i++)
            book->x[p - 1][i] = !(book->event[i] > 0) && i % 3 == 0;
        for (int32_t ties = KAM_TIES_EFRON; ties <= KAM_TIES_BRESLOW; ties++) {
            double beta[MOST_P] = {7, 7, 7}, covariance[MOST_P * MOST_P];
            kam_survival_report report;
            const kam_status status =
                cox(ties, set, NULL, beta, covariance, &report);
            assert_status(status, KAM_ERR_SEPARATED);
            assert_int_equal(report.culprit, p - 1);
            assert_true(beta[0] == 7);
        }
        set_free(set);
    }
}

/* The column differs, but not among those at risk together. */
static void test_nobody_at_risk_differs(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        const int64_t n = 30;
        struct set *const set = set_new(n, 1);
        uint64_t random = seed * UINT64_C(0x9E3779B97F4A7C15);
        for (int64_t i = 0; i < n; i++) {
            set->start[i] = (double)(i / 10);
            set->stop[i] = set->start[i] + 1;
            set->weight[i] = 0.5 + random_unit(&random);
            set->book->x[0][i] = i / 10 == 2 ? random_unit(&random) * 1e3
                                             : 0.1 * (double)(1 + i / 10);
            set->book->event[i] = i % 10 < 3 && i < 20;
        }
        double beta, covariance;
        kam_survival_report report;
        assert_status(cox(KAM_TIES_EFRON, set, NULL, &beta, &covariance,
                          &report),
                      KAM_ERR_COLLINEAR);
        assert_int_equal(report.culprit, 0);
        set_free(set);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_only_looks_separated),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_what_is_separated),
        cmocka_unit_test(test_nobody_at_risk_differs),
    };
    return cmocka_run_group_tests_name("survival_wild", tests, NULL, NULL);
}
