/* SPDX-License-Identifier: MIT */
/* Weighted criteria as one number (T6, P6). */
#include <kam/scorecard.h>

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "base/sized.h"
#include "tier/rank.h"

enum { MOST_CRITERIA = 64 };

struct work {
    kam_scorecard card;
    const kam_column *values;
    kam_scorecard_out out;
    double total; /* of the weights */
};

/* To a multiple of 2^-40, so that 64 of at most 1 add up exactly. */
static double rounded(double part) {
    return floor(part * 0x1p40 + 0.5) * 0x1p-40;
}

/* 0..1 on the line from worst to best. */
static double place_of(const kam_scorecard_criterion *criterion, double x) {
    const double place =
        (x - criterion->worst) / (criterion->best - criterion->worst);
    return place < 0 ? 0 : place > 1 ? 1 : place;
}

static void score_row(const struct work *work, int64_t row) {
    const kam_scorecard_out *const out = &work->out;
    const int32_t n = work->card.n_criteria;
    double part[MOST_CRITERIA], known = 0, score = 0;
    int missing = 0;
    for (int32_t k = 0; k < n; k++) {
        part[k] = kam__number_at(&work->values[k], row);
        if (part[k] == part[k])
            known += work->card.criteria[k].weight;
        else
            missing = 1;
    }
    const double coverage = missing ? known / work->total : 1;
    const int enough = known > 0 && coverage >= work->card.least_coverage;
    for (int32_t k = 0; k < n; k++) {
        const kam_scorecard_criterion *const c = &work->card.criteria[k];
        if (part[k] != part[k]) continue;
        part[k] = enough ? rounded(c->weight / known * place_of(c, part[k]))
                         : (double)NAN;
        score += part[k];
    }
    if (out->score) out->score[row] = enough ? score : (double)NAN;
    if (out->coverage) out->coverage[row] = coverage;
    if (out->part) memcpy(out->part + row * n, part, (size_t)n * sizeof *part);
    if (out->row_flags) out->row_flags[row] = missing ? KAM_ROW_MISSING : 0;
}

static void score_rows(void *context, int64_t first, int32_t n) {
    for (int32_t i = 0; i < n; i++) score_row(context, first + i);
}

static kam_status check_criteria(struct work *work, kam_diag *diag) {
    work->total = 0;
    for (int32_t k = 0; k < work->card.n_criteria; k++) {
        const kam_scorecard_criterion *const c = &work->card.criteria[k];
        if (!(c->weight > 0))
            return kam__fail(diag, KAM_ERR_OPTION, "scorecard.criteria.weight",
                             k, c->weight,
                             "Criterion {row} weighs {value}, not more than "
                             "0.");
        if (!(fabs(c->best - c->worst) > 0) || isinf(c->best - c->worst))
            return kam__fail(diag, KAM_ERR_OPTION, "scorecard.criteria.best", k,
                             c->best,
                             "Criterion {row} goes from its worst to {value}: "
                             "no two finite numbers.");
        work->total += c->weight;
    }
    if (isinf(work->total))
        return kam__fail(diag, KAM_ERR_OPTION, "scorecard.criteria.weight", -1,
                         work->total, "The weights add up to {value}.");
    return KAM_OK;
}

static kam_status read_card(struct work *work, const kam_scorecard *theirs,
                            kam_diag *diag) {
    kam_scorecard *const card = &work->card;
    const kam_status status =
        kam__sized_read(card, sizeof *card, theirs, KAM__FIRST(kam_scorecard),
                        "scorecard", diag);
    if (status != KAM_OK) return status;
    if (card->n_criteria < 1 || card->n_criteria > MOST_CRITERIA)
        return kam__fail(diag, KAM_ERR_OPTION, "scorecard.n_criteria", -1,
                         card->n_criteria, "{value} is not from 1 to 64.");
    if (!(card->least_coverage >= 0 && card->least_coverage <= 1))
        return kam__fail(diag, KAM_ERR_OPTION, "scorecard.least_coverage", -1,
                         card->least_coverage, "{value} is not from 0 to 1.");
    if (!card->criteria || !work->values)
        return kam__fail(diag, KAM_ERR_NULL,
                         work->values ? "scorecard.criteria" : "values", -1,
                         (double)NAN, "");
    return check_criteria(work, diag);
}

/* The preset, for any number of services. */
static int is_stickiness(const kam_scorecard *card) {
    kam_scorecard_criterion preset[3];
    return card->n_criteria == 3 &&
           kam_scorecard_preset_stickiness(card->criteria[0].best, preset) ==
               KAM_OK &&
           memcmp(card->criteria, preset, sizeof preset) == 0;
}

kam_status kam_scorecard_score(const kam_scorecard *scorecard,
                               const kam_column *values, int64_t n_rows,
                               const kam_host *host,
                               const kam_scorecard_out *out, kam_diag *diag) {
    kam_host lent;
    struct work work;
    memset(&work, 0, sizeof work);
    work.values = values;
    kam_status status = read_card(&work, scorecard, diag);
    if (status == KAM_OK && n_rows < 0)
        status = kam__fail(diag, KAM_ERR_SHAPE, "n_rows", -1, (double)n_rows,
                           "n_rows is {value}.");
    for (int32_t k = 0; status == KAM_OK && k < work.card.n_criteria; k++)
        status = kam__column_check(&values[k], n_rows, KAM__NUMBERS, 0,
                                   "values", diag);
    if (status == KAM_OK)
        status = kam__sized_read(&work.out, sizeof work.out, out,
                                 KAM__FIRST(kam_scorecard_out), "out", diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    status = kam__for_rows(&lent, n_rows, score_rows, &work, diag);
    if (status != KAM_OK) return status;
    if (work.out.defaults)
        *work.out.defaults =
            is_stickiness(&work.card) ? KAM_SCORECARD_DEFAULT_STICKINESS : 0u;
    return kam__ok(diag);
}

kam_status kam_scorecard_rank(const kam_column *score, int64_t n_rows,
                              const kam_host *host, int64_t *rank,
                              kam_diag *diag) {
    kam_host lent;
    if (n_rows < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_rows", -1, (double)n_rows,
                         "n_rows is {value}.");
    if (!score || !rank)
        return kam__fail(diag, KAM_ERR_NULL, score ? "rank" : "score", -1,
                         (double)NAN, "");
    kam_status status =
        kam__column_check(score, n_rows, KAM__NUMBERS, 0, "score", diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK || n_rows == 0)
        return status == KAM_OK ? kam__ok(diag) : status;
    const uint64_t n = (uint64_t)n_rows;
    double *const key = kam__allocate(&lent, n, sizeof *key);
    int64_t *const order = kam__allocate(&lent, n, sizeof *order);
    int64_t *const scratch = kam__allocate(&lent, n, sizeof *scratch);
    if (key && order && scratch) {
        kam__rank(score, n_rows, key, order, scratch, rank);
        status = kam__ok(diag);
    } else {
        status = kam__no_memory(diag);
    }
    kam__release(&lent, scratch, n, sizeof *scratch);
    kam__release(&lent, order, n, sizeof *order);
    kam__release(&lent, key, n, sizeof *key);
    return status;
}

kam_status kam_scorecard_preset_stickiness(double n_services,
                                           kam_scorecard_criterion *criteria) {
    const kam_scorecard_criterion preset[3] = {{1, 0, n_services},
                                               {1, 0, 1},
                                               {1, 3, 0}};
    if (!criteria) return KAM_ERR_NULL;
    if (!(n_services > 0) || isinf(n_services)) return KAM_ERR_OPTION;
    memcpy(criteria, preset, sizeof preset);
    return KAM_OK;
}
