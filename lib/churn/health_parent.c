/* SPDX-License-Identifier: MIT */
/* Scores of children, rolled up to their parents. */
#include <kam/health.h>
#include <kam/sum.h>
#include <math.h>
#include <stddef.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"

/* Of one parent. */
struct parent {
    kam_sum score, weight;
    double worst;
    int64_t n;
};

struct job {
    const kam_column *score, *parent, *weight, *left;
    int64_t n_rows, n_parents;
    int32_t rule;
    struct parent *of;
};

static kam_status take_row(struct job *job, int64_t row, kam_diag *diag) {
    const double score = kam__number_at(job->score, row);
    const double weight = job->weight ? kam__number_at(job->weight, row) : 1;
    if (!kam__is_present(job->parent, row)) return KAM_OK;
    const int64_t parent = kam__integer_at(job->parent, row);
    if (parent < 0 || parent >= job->n_parents)
        return kam__fail(diag, KAM_ERR_OPTION, "parent", row, (double)parent,
                         "row {row} has parent {value}, which there is not.");
    if (weight < 0)
        return kam__fail(diag, KAM_ERR_OPTION, "weight", row, weight,
                         "row {row} has weight {value}.");
    if (job->left && kam__number_at(job->left, row) == 1) return KAM_OK;
    if (!(weight > 0) || !isfinite(weight) || !isfinite(score)) return KAM_OK;
    struct parent *const of = &job->of[parent];
    if (of->n++ == 0 || score < of->worst) of->worst = score;
    if (kam_sum_add(&of->score, score * weight) != KAM_OK ||
        kam_sum_add(&of->weight, weight) != KAM_OK)
        return kam__fail(diag, KAM_ERR_OVERFLOW, "weight", row, weight,
                         "row {row}'s weight, {value}, is too large.");
    return KAM_OK;
}

static kam_status check(const struct job *job, const double *rolled,
                        kam_diag *diag) {
    if (job->rule != KAM_HEALTH_BY_WEIGHT && job->rule != KAM_HEALTH_BY_WORST)
        return kam__fail(diag, KAM_ERR_OPTION, "rule", -1, job->rule,
                         "{value} is no KAM_HEALTH_BY_*.");
    if (job->n_rows < 0 || job->n_parents < 0)
        return kam__fail(diag, KAM_ERR_SHAPE,
                         job->n_rows < 0 ? "n_rows" : "n_parents", -1,
                         (double)(job->n_rows < 0 ? job->n_rows
                                                  : job->n_parents),
                         "{value} is below 0.");
    if (!rolled && job->n_parents > 0)
        return kam__fail(diag, KAM_ERR_NULL, "rolled", -1, NAN, "");
    kam_status status = kam__column_check(job->score, job->n_rows, KAM__NUMBERS,
                                          1, "score", diag);
    if (status == KAM_OK)
        status = kam__column_check(job->parent, job->n_rows, KAM__INTEGERS, 1,
                                   "parent", diag);
    if (status == KAM_OK && job->weight)
        status = kam__column_check(job->weight, job->n_rows, KAM__NUMBERS, 1,
                                   "weight", diag);
    if (status == KAM_OK && job->left)
        status = kam__column_check(job->left, job->n_rows, KAM__NUMBERS, 1,
                                   "left", diag);
    return status;
}

kam_status kam_health_roll_up(int32_t rule, const kam_column *score,
                              const kam_column *parent,
                              const kam_column *weight, const kam_column *left,
                              int64_t n_rows, int64_t n_parents,
                              const kam_host *host, double *rolled,
                              int64_t *children, kam_diag *diag) {
    struct job job = {score, parent, weight, left, n_rows, n_parents, rule, 0};
    kam_host lent;
    kam_status status = check(&job, rolled, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    const uint64_t room = (uint64_t)n_parents + 1;
    job.of = kam__allocate_zero(&lent, room, sizeof *job.of);
    if (!job.of) return kam__no_memory(diag);
    for (int64_t i = 0; status == KAM_OK && i < n_rows; i++)
        status = take_row(&job, i, diag);
    for (int64_t k = 0; status == KAM_OK && k < n_parents; k++) {
        const struct parent *const of = &job.of[k];
        rolled[k] =
            of->n == 0 ? (double)NAN
            : rule == KAM_HEALTH_BY_WORST
                ? of->worst
                : kam_sum_value(&of->score) / kam_sum_value(&of->weight);
        if (children) children[k] = of->n;
    }
    kam__release(&lent, job.of, room, sizeof *job.of);
    return status == KAM_OK ? kam__ok(diag) : status;
}
