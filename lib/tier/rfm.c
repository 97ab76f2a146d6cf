/* SPDX-License-Identifier: MIT */
/* Recency, frequency, money (T5). */
#include <kam/rfm.h>

#include <math.h>
#include <string.h>

#include <kam/tier.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "base/sized.h"

enum { MOST_SCORES = 10, USUAL_SCORES = 5 };

/* The best k parts of n_scores, k = 1 .. n_scores - 1, as limits. */
static kam_status cut(int32_t n_scores, const kam_column *column,
                      int64_t n_rows, const kam_host *host, double *limit,
                      kam_diag *diag) {
    kam_tier_band band[MOST_SCORES], found[MOST_SCORES];
    const kam_tier_policy policy = {.struct_size = sizeof policy,
                                    .basis = KAM_TIER_BY_RANK,
                                    .n_bands = n_scores - 1,
                                    .bands = band};
    for (int32_t k = 0; k < n_scores - 1; k++)
        band[k].enter = band[k].keep = (double)(k + 1) / n_scores;
    const kam_status status =
        kam_tier_cutpoints(&policy, column, n_rows, host, found, diag);
    for (int32_t k = 0; k < n_scores - 1 && status == KAM_OK; k++)
        limit[k] = found[k].enter;
    return status;
}

/* Fewer days are better: cut them negated. */
static kam_status cut_recency(int32_t n_scores, const kam_column *recency,
                              int64_t n_rows, const kam_host *host,
                              double *limit, kam_diag *diag) {
    const uint64_t n = n_rows > 0 ? (uint64_t)n_rows : 1;
    double *const negated = kam__allocate(host, n, sizeof *negated);
    if (!negated) return kam__no_memory(diag);
    for (int64_t i = 0; i < n_rows; i++)
        negated[i] = -kam__number_at(recency, i);
    const kam_column column = {.values = negated, .type = KAM_F64};
    const kam_status status = cut(n_scores, &column, n_rows, host, limit, diag);
    kam__release(host, negated, n, sizeof *negated);
    for (int32_t k = 0; k < n_scores - 1 && status == KAM_OK; k++)
        limit[k] = 0 - limit[k];
    return status;
}

static kam_status check_column(const kam_column *column, int64_t n_rows,
                               const char *argument, kam_diag *diag) {
    if (!column)
        return kam__fail(diag, KAM_ERR_NULL, argument, -1, (double)NAN, "");
    return kam__column_check(column, n_rows, KAM__NUMBERS, 0, argument, diag);
}

static kam_status check_fit(int32_t n_scores, const kam_column *recency,
                            const kam_column *frequency,
                            const kam_column *money, int64_t n_rows,
                            const kam_rfm *cuts, kam_diag *diag) {
    if (n_scores < 2 || n_scores > MOST_SCORES)
        return kam__fail(diag, KAM_ERR_OPTION, "n_scores", -1, n_scores,
                         "{value} is not from 2 to 10.");
    if (n_rows < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_rows", -1, (double)n_rows,
                         "n_rows is {value}.");
    if (!cuts)
        return kam__fail(diag, KAM_ERR_NULL, "cuts", -1, (double)NAN, "");
    kam_status status = check_column(recency, n_rows, "recency", diag);
    if (status == KAM_OK)
        status = check_column(frequency, n_rows, "frequency", diag);
    if (status == KAM_OK) status = check_column(money, n_rows, "money", diag);
    return status;
}

/* A measure without any value is named. */
static kam_status named(kam_status status, const char *argument,
                        kam_diag *diag) {
    return status == KAM_ERR_EMPTY
               ? kam__fail(diag, status, argument, -1, (double)NAN,
                           "None of its values is known.")
               : status;
}

kam_status kam_rfm_fit(int32_t n_scores, const kam_column *recency,
                       const kam_column *frequency, const kam_column *money,
                       int64_t n_rows, const kam_host *host, kam_rfm *cuts,
                       kam_diag *diag) {
    if (n_scores == 0) n_scores = USUAL_SCORES;
    kam_host lent;
    kam_rfm ours;
    kam_status status =
        check_fit(n_scores, recency, frequency, money, n_rows, cuts, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    memset(&ours, 0, sizeof ours);
    ours.n_scores = n_scores;
    if (n_scores == USUAL_SCORES) ours.defaults = KAM_RFM_DEFAULT_SCORES;
    status =
        named(cut_recency(n_scores, recency, n_rows, &lent, ours.recency, diag),
              "recency", diag);
    if (status == KAM_OK)
        status =
            named(cut(n_scores, frequency, n_rows, &lent, ours.frequency, diag),
                  "frequency", diag);
    if (status == KAM_OK)
        status = named(cut(n_scores, money, n_rows, &lent, ours.money, diag),
                       "money", diag);
    if (status != KAM_OK) return status;
    *cuts = ours;
    return kam__ok(diag);
}

/* ---- scoring ---- */

struct work {
    const kam_rfm *cuts;
    const kam_column *column[3]; /* NULL: not given */
    kam_rfm_out out;
};

/* How many of the scores from the best down are missed; `sign` -1 where less is
 * better. */
static int32_t score_of(const kam_rfm *cuts, const double *limit, double x,
                        double sign) {
    int32_t missed = 0;
    if (x != x) return 0;
    for (int32_t k = 0; k < cuts->n_scores - 1; k++)
        missed += sign * x < sign * limit[k];
    return cuts->n_scores - missed;
}

static void score_rows(void *context, int64_t first, int32_t n) {
    const struct work *const work = context;
    const kam_rfm *const cuts = work->cuts;
    const double *const limit[3] = {cuts->recency, cuts->frequency,
                                    cuts->money};
    int32_t *const to[3] = {work->out.recency, work->out.frequency,
                            work->out.money};
    for (int64_t row = first; row < first + n; row++) {
        uint32_t flags = 0;
        for (int m = 0; m < 3; m++) {
            const double x = work->column[m]
                                 ? kam__number_at(work->column[m], row)
                                 : (double)NAN;
            if (work->column[m] && x != x) flags = KAM_ROW_MISSING;
            if (to[m])
                to[m][row] = score_of(cuts, limit[m], x, m == 0 ? -1 : 1);
        }
        if (work->out.row_flags) work->out.row_flags[row] = flags;
    }
}

static kam_status check_cuts(const kam_rfm *cuts, kam_diag *diag) {
    if (!cuts)
        return kam__fail(diag, KAM_ERR_NULL, "cuts", -1, (double)NAN, "");
    if (cuts->n_scores < 2 || cuts->n_scores > MOST_SCORES)
        return kam__fail(diag, KAM_ERR_OPTION, "cuts.n_scores", -1,
                         cuts->n_scores, "{value} is not from 2 to 10.");
    for (int32_t k = 0; k < cuts->n_scores - 1; k++) {
        const int32_t before = k > 0 ? k - 1 : 0;
        if (!(cuts->recency[k] >= cuts->recency[before]) ||
            !(cuts->frequency[k] <= cuts->frequency[before]) ||
            !(cuts->money[k] <= cuts->money[before]))
            return kam__fail(diag, KAM_ERR_OPTION, "cuts", k, (double)NAN,
                             "Entry {row} is NaN, or stricter than the one "
                             "before.");
    }
    return KAM_OK;
}

kam_status kam_rfm_score(const kam_rfm *cuts, const kam_column *recency,
                         const kam_column *frequency, const kam_column *money,
                         int64_t n_rows, const kam_host *host,
                         const kam_rfm_out *out, kam_diag *diag) {
    static const char argument[3][10] = {"recency", "frequency", "money"};
    kam_host lent;
    struct work work = {.cuts = cuts, .column = {recency, frequency, money}};
    kam_status status = check_cuts(cuts, diag);
    if (status == KAM_OK && n_rows < 0)
        status = kam__fail(diag, KAM_ERR_SHAPE, "n_rows", -1, (double)n_rows,
                           "n_rows is {value}.");
    for (int m = 0; m < 3 && status == KAM_OK; m++)
        status = kam__column_check(work.column[m], n_rows, KAM__NUMBERS, 0,
                                   argument[m], diag);
    if (status == KAM_OK)
        status = kam__sized_read(&work.out, sizeof work.out, out,
                                 KAM__FIRST(kam_rfm_out), "out", diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    status = kam__for_rows(&lent, n_rows, score_rows, &work, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}
