/* SPDX-License-Identifier: MIT */
/* Weighted appraisal (K15). */
#include <kam/kpi_appraise.h>

#include <math.h>
#include <stddef.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "base/sized.h"

enum { MOST_CRITERIA = 64 };

static const double HIGHEST = 1.2, LEAST_COVERAGE = 0.5;

struct work {
    kam_kpi_appraisal appraisal;
    kam_kpi_appraisal_out out;
    double weight; /* of all criteria */
};

static double highest_of(const kam_kpi_criterion *c) {
    return c->highest == 0 ? HIGHEST : c->highest;
}

/* NaN where the value is not known. */
static double attainment(const kam_kpi_criterion *c, int64_t row) {
    const double ratio = kam__number_at(&c->value, row) / c->target;
    const double a = c->less ? 2 - ratio : ratio;
    const double highest = highest_of(c);
    return a < c->lowest ? c->lowest : a > highest ? highest : a;
}

static void appraise_row(const struct work *w, int64_t row) {
    const kam_kpi_appraisal *const a = &w->appraisal;
    double found[MOST_CRITERIA];
    double known = 0, score = 0;
    for (int32_t k = 0; k < a->n_criteria; k++) {
        found[k] = attainment(&a->criteria[k], row);
        if (found[k] == found[k]) known += a->criteria[k].weight;
    }
    const int enough = known >= a->least_coverage * w->weight && known > 0;
    for (int32_t k = 0; k < a->n_criteria; k++) {
        const double part = a->criteria[k].weight / known * found[k];
        if (part == part) score += part;
        if (w->out.part) w->out.part[row * a->n_criteria + k] = part;
    }
    if (w->out.score) w->out.score[row] = enough ? score : (double)NAN;
    if (w->out.coverage) w->out.coverage[row] = known / w->weight;
    if (w->out.row_flags)
        w->out.row_flags[row] = known < w->weight ? KAM_ROW_MISSING : 0;
}

static void appraise_rows(void *context, int64_t first, int32_t n) {
    for (int64_t row = first; row < first + n; row++)
        appraise_row(context, row);
}

static kam_status check_criterion(const kam_kpi_criterion *c, int32_t k,
                                  int64_t n_rows, kam_diag *diag) {
    if (!(c->weight > 0) || isinf(c->weight))
        return kam__fail(diag, KAM_ERR_OPTION, "criteria.weight", k, c->weight,
                         "Criterion {row} has the weight {value}.");
    if (!(c->target > 0) || isinf(c->target))
        return kam__fail(diag, KAM_ERR_OPTION, "criteria.target", k, c->target,
                         "Criterion {row} has the target {value}.");
    if (!(c->lowest >= 0) || !(highest_of(c) > c->lowest))
        return kam__fail(diag, KAM_ERR_OPTION, "criteria.lowest", k, c->lowest,
                         "Criterion {row} is cut to {value} at least, which is "
                         "below 0 or not below its highest.");
    return kam__column_check(&c->value, n_rows, KAM__NUMBERS, 0,
                             "criteria.value", diag);
}

static kam_status begin(struct work *w, kam_diag *diag) {
    kam_kpi_appraisal *const a = &w->appraisal;
    if (a->n_criteria < 1 || a->n_criteria > MOST_CRITERIA)
        return kam__fail(diag, KAM_ERR_OPTION, "appraisal.n_criteria", -1,
                         a->n_criteria, "{value} is not from 1 to 64.");
    if (!a->criteria)
        return kam__fail(diag, KAM_ERR_NULL, "appraisal.criteria", -1,
                         (double)NAN, "");
    if (a->n_rows < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "appraisal.n_rows", -1,
                         (double)a->n_rows, "n_rows is {value}.");
    if (a->least_coverage == 0) a->least_coverage = LEAST_COVERAGE;
    if (!(a->least_coverage > 0 && a->least_coverage <= 1))
        return kam__fail(diag, KAM_ERR_OPTION, "appraisal.least_coverage", -1,
                         a->least_coverage, "{value} is not from 0 to 1.");
    kam_status status = KAM_OK;
    for (int32_t k = 0; k < a->n_criteria && status == KAM_OK; k++) {
        status = check_criterion(&a->criteria[k], k, a->n_rows, diag);
        w->weight += a->criteria[k].weight;
    }
    return status;
}

static uint32_t defaults_of(const kam_kpi_appraisal *a) {
    uint32_t bits = 0;
    if (a->least_coverage == LEAST_COVERAGE)
        bits |= KAM_KPI_APPRAISE_DEFAULT_COVERAGE;
    for (int32_t k = 0; k < a->n_criteria; k++)
        if (a->criteria[k].lowest == 0 &&
            highest_of(&a->criteria[k]) == HIGHEST)
            bits |= KAM_KPI_APPRAISE_DEFAULT_RANGE;
    return bits;
}

kam_status kam_kpi_appraise(const kam_kpi_appraisal *appraisal,
                            const kam_host *host,
                            const kam_kpi_appraisal_out *out, kam_diag *diag) {
    kam_host lent;
    struct work w = {.weight = 0};
    kam_status status =
        kam__sized_read(&w.appraisal, sizeof w.appraisal, appraisal,
                        KAM__FIRST(kam_kpi_appraisal), "appraisal", diag);
    if (status == KAM_OK) status = begin(&w, diag);
    if (status == KAM_OK)
        status =
            kam__sized_read(&w.out, sizeof w.out, out,
                            KAM__FIRST(kam_kpi_appraisal_out), "out", diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    status = kam__for_rows(&lent, w.appraisal.n_rows, appraise_rows, &w, diag);
    if (status != KAM_OK) return status;
    if (w.out.defaults) *w.out.defaults = defaults_of(&w.appraisal);
    return kam__ok(diag);
}
