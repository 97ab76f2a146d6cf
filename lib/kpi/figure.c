/* SPDX-License-Identifier: MIT */
/* From a group's sums to its figures. */
#include <math.h>
#include <string.h>

#include "kpi/figures.h"
#include "math/exact.h"

/* What stands at a place; 0 for none. */
struct reader {
    const struct kam__kpi_job *job;
    const char *cell;
    const uint32_t *count;
};

static int64_t count_at(const struct reader *r, int32_t place) {
    for (int32_t k = 0; k < r->job->n_wanted_counts; k++)
        if (COUNT(r->job->count[k]) == place) return r->count[k];
    return 0;
}

static kam_sum sum_at(const struct reader *r, int32_t place) {
    for (int32_t k = 0; k < r->job->n_wanted_sums; k++)
        if (r->job->sum[k] == place) return *kam__kpi_sum(r->job, r->cell, k);
    const kam_sum count = {0, count_at(r, place)};
    return count;
}

/* a - b, rounded once. */
static double difference(const struct reader *r, int32_t a, int32_t b) {
    uint64_t over = 0;
    const kam_sum left = sum_at(r, a);
    if (b == KAM__KPI_NONE) return kam_sum_value(&left);
    const kam_sum sum =
        kam__exact_plus(left, kam__exact_negative(sum_at(r, b)), &over);
    return kam_sum_value(&sum);
}

/* Wilson (1927), with n trials of which a share p came out. */
static void wilson(kam_kpi *kpi, double z) {
    const double n = kpi->denominator;
    const double p = kpi->numerator / n;
    const double zz = z * z / n;
    const double half = z * sqrt(p * (1 - p) / n + zz / (4 * n));
    kpi->low = (p + zz / 2 - half) / (1 + zz);
    kpi->high = (p + zz / 2 + half) / (1 + zz);
    /* The ends that must be exact, where rounding would miss them. */
    if (kpi->numerator == 0) kpi->low = 0;
    if (kpi->numerator == n) kpi->high = 1;
}

/* Rocks (2016), the adjusted Wald interval (3, T): three more answers, spread
 * 3/4, 3/2, 3/4 over promoters, passives, detractors. */
static void rocks(kam_kpi *kpi, double promoters, double detractors, double z) {
    const double n = kpi->denominator + 3;
    const double p = (promoters + 0.75) / n, d = (detractors + 0.75) / n;
    const double half = z * sqrt((p + d - (p - d) * (p - d)) / n);
    kpi->low = p - d - half > -1 ? p - d - half : -1;
    kpi->high = p - d + half < 1 ? p - d + half : 1;
}

void kam__kpi_settle(kam_kpi *kpi) {
    kpi->state = KAM_KPI_KNOWN;
    if (kpi->n == 0)
        kpi->state = kpi->n_left_out > 0 ? KAM_KPI_UNDECIDED : KAM_KPI_NO_ROWS;
    else if (kpi->denominator == 0)
        kpi->state = KAM_KPI_ZERO_BASE;
    else if (!(kpi->denominator > 0))
        kpi->state = KAM_KPI_NEGATIVE_BASE;
    kpi->value = kpi->state == KAM_KPI_KNOWN ? kpi->numerator / kpi->denominator
                                             : (double)NAN;
    if (kpi->n == 0) kpi->numerator = kpi->denominator = (double)NAN;
}

/* Mean of a over its rows against mean of d over its own. */
static void compare_means(const struct reader *r,
                          const struct kam__kpi_recipe *recipe, kam_kpi *kpi) {
    const double base = (double)count_at(r, recipe->n + 2);
    kpi->numerator /= (double)kpi->n;
    kpi->denominator = base > 0 ? kpi->denominator / base : 0;
}

static void cook(const struct reader *r, const struct kam__kpi_recipe *recipe,
                 kam_kpi *kpi) {
    kpi->id = recipe->id;
    kpi->low = kpi->high = (double)NAN;
    kpi->n = count_at(r, recipe->n);
    kpi->n_left_out =
        recipe->left_out >= KAM__KPI_REST
            ? count_at(r, recipe->left_out - KAM__KPI_REST + COUNT(0)) - kpi->n
            : count_at(r, recipe->left_out);
    const int proven = recipe->kind == KAM__KPI_PROVEN;
    if (proven && count_at(r, recipe->b) == 0)
        kpi->n_left_out += kpi->n, kpi->n = 0;
    kpi->numerator =
        difference(r, recipe->a, proven ? KAM__KPI_NONE : recipe->b);
    kpi->denominator = recipe->kind == KAM__KPI_TOTAL
                           ? 1
                           : difference(r, recipe->d, KAM__KPI_NONE);
    if (recipe->kind == KAM__KPI_MEANS) compare_means(r, recipe, kpi);
    if (recipe->kind == KAM__KPI_DAYS)
        kpi->numerator *= r->job->last - r->job->first + 1;
    kam__kpi_settle(kpi);
    if (kpi->state != KAM_KPI_KNOWN) return;
    if (recipe->kind == KAM__KPI_SHARE || proven) wilson(kpi, r->job->z);
    if (recipe->kind == KAM__KPI_SCORE)
        rocks(kpi, (double)count_at(r, recipe->a),
              (double)count_at(r, recipe->b), r->job->z);
}

void kam__kpi_finish(const struct kam__kpi_job *job, int64_t group,
                     kam_kpi *out) {
    const char *const cell = job->cell + (uint64_t)group * job->cell_size;
    const struct reader reader = {
        job, cell,
        (const uint32_t *)(const void *)(cell + (uint64_t)job->n_near *
                                                    sizeof(kam_sum))};
    for (int32_t k = 0; k < job->options.n_ids; k++) {
        const struct kam__kpi_recipe *const recipe =
            kam__kpi_recipe_of(job, job->options.ids[k]);
        memset(&out[k], 0, sizeof out[k]);
        cook(&reader, recipe, &out[k]);
    }
}
