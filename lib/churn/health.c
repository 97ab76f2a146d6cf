/* SPDX-License-Identifier: MIT */
/* A health score: every measure takes something off 100. */
#include "churn/health.h"

#include <math.h>
#include <stddef.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "base/sized.h"

#define GRID 0x1p40

static kam_status refuse(kam_diag *diag, const char *argument, int64_t row,
                         double value, const char *message) {
    return kam__fail(diag, KAM_ERR_OPTION, argument, row, value, message);
}

static kam_status check_weights(const kam_health_policy *p, kam_diag *diag) {
    for (int32_t k = 0; k < p->n_profiles; k++) {
        double sum = 0;
        for (int32_t j = 0; j < p->n_parts; j++) {
            const double w = p->weight[k * p->n_parts + j];
            if (!(w >= 0 && w <= 1e9))
                return refuse(diag, "policy.weight", k * p->n_parts + j, w,
                              "weight {row} is {value}, not 0..1e9.");
            sum += w;
        }
        if (!(sum > 0))
            return refuse(diag, "policy.weight", k, 0,
                          "all weights of profile {row} are 0.");
    }
    return KAM_OK;
}

static kam_status check_policy(const kam_health_policy *p, kam_diag *diag) {
    if (p->n_parts < 1 || p->n_parts > KAM_HEALTH_MOST_PARTS)
        return kam__fail(diag, KAM_ERR_SHAPE, "policy.n_parts", -1, p->n_parts,
                         "{value} measures are not 1..64.");
    if (p->n_profiles < 1 || p->n_profiles > KAM_HEALTH_MOST_PROFILES)
        return kam__fail(diag, KAM_ERR_SHAPE, "policy.n_profiles", -1,
                         p->n_profiles, "{value} profiles are not 1..16.");
    if (p->n_bands < 1 || p->n_bands > KAM_HEALTH_MOST_BANDS)
        return kam__fail(diag, KAM_ERR_SHAPE, "policy.n_bands", -1, p->n_bands,
                         "{value} bands are not 1..16.");
    if (!p->bad || !p->good || !p->weight || (p->n_bands > 1 && !p->cut))
        return kam__fail(diag, KAM_ERR_NULL,
                         !p->bad      ? "policy.bad"
                         : !p->good   ? "policy.good"
                         : !p->weight ? "policy.weight"
                                      : "policy.cut",
                         -1, NAN, "");
    for (int32_t j = 0; j < p->n_parts; j++)
        if (!isfinite(p->bad[j]) || !isfinite(p->good[j]) ||
            p->bad[j] == p->good[j])
            return refuse(diag, "policy.good", j, p->good[j],
                          "measure {row} is good at {value}, which must be a "
                          "number, and not where it is bad.");
    for (int32_t k = 0; k + 1 < p->n_bands; k++)
        if (!(p->cut[k] >= 0 && p->cut[k] <= 100) ||
            (k > 0 && !(p->cut[k] > p->cut[k - 1])))
            return refuse(diag, "policy.cut", k, p->cut[k],
                          "cut {row}, {value}, is not in 0..100, or not above "
                          "the one before.");
    if (!(p->coverage >= 0 && p->coverage <= 1))
        return refuse(diag, "policy.coverage", -1, p->coverage,
                      "a coverage of {value} is not 0..1.");
    return check_weights(p, diag);
}

kam_status kam__health_policy_read(kam_health_policy *ours,
                                   const kam_health_policy *theirs,
                                   kam_diag *diag) {
    kam_status status =
        kam__sized_read(ours, sizeof *ours, theirs,
                        KAM__FIRST(kam_health_policy), "policy", diag);
    if (status == KAM_OK) status = check_policy(ours, diag);
    if (status == KAM_OK && ours->coverage == 0) ours->coverage = 0.5;
    return status;
}

int32_t kam__health_band(const kam_health_policy *policy, double score) {
    int32_t band = 0;
    if (score != score) return -1;
    while (band + 1 < policy->n_bands && score >= policy->cut[band]) band++;
    return band;
}

struct job {
    kam_health_policy policy;
    kam_health_panel panel;
    kam_health_out out;
};

/* Shares of 100 that a measure is short of, 0..1; NaN when not known. */
static double shortfall(const kam_health_policy *p, int32_t j, double x) {
    const double at = (x - p->bad[j]) / (p->good[j] - p->bad[j]);
    return at != at ? at : at <= 0 ? 1 : at >= 1 ? 0 : 1 - at;
}

static double score_of(const struct job *job, int64_t row, const double *weight,
                       double *points, double *known, uint32_t *flags) {
    const int32_t n = job->policy.n_parts;
    double all = 0, sum = 0, score = 100;
    double short_by[KAM_HEALTH_MOST_PARTS];
    for (int32_t j = 0; j < n; j++) {
        short_by[j] = shortfall(&job->policy, j,
                                kam__number_at(&job->panel.part[j], row));
        all += weight[j];
        if (short_by[j] == short_by[j])
            sum += weight[j];
        else if (weight[j] > 0)
            *flags |= KAM_ROW_MISSING;
    }
    *known = sum / all;
    const int enough = sum > 0 && *known >= job->policy.coverage;
    for (int32_t j = 0; j < n; j++) {
        const double less =
            short_by[j] == short_by[j] && enough
                ? floor(100 * weight[j] * short_by[j] / sum * GRID + 0.5) / GRID
                : 0;
        score -= less;
        if (points) points[j] = !enough ? (double)NAN : less > 0 ? -less : 0;
    }
    return !enough ? (double)NAN : score > 0 ? score : 0;
}

static void answer_row(const struct job *job, int64_t row) {
    const kam_health_panel *const panel = &job->panel;
    const kam_health_out *const out = &job->out;
    const int32_t n = job->policy.n_parts;
    const double none = (double)NAN;
    const double profile =
        panel->profile.values ? kam__number_at(&panel->profile, row) : 0;
    double score = none, known = none;
    double *const points = out->points ? out->points + row * n : 0;
    uint32_t flags = 0;
    for (int32_t j = 0; points && j < n; j++) points[j] = none;
    if (panel->left.values && kam__number_at(&panel->left, row) == 1) {
        flags = KAM_HEALTH_FROZEN;
        score = kam__number_at(&panel->before, row);
        if (score != score) flags |= KAM_ROW_MISSING;
    } else if (profile >= 0 && profile < job->policy.n_profiles &&
               profile == floor(profile)) {
        score = score_of(job, row, job->policy.weight + (int32_t)profile * n,
                         points, &known, &flags);
    } else {
        flags = profile != profile ? KAM_ROW_MISSING : KAM_ROW_DOMAIN;
    }
    if (out->score) out->score[row] = score;
    if (out->band) out->band[row] = kam__health_band(&job->policy, score);
    if (out->known) out->known[row] = known;
    if (out->row_flags) out->row_flags[row] = flags;
}

static void answer(void *context, int64_t first, int32_t n) {
    for (int64_t row = first; row < first + n; row++) answer_row(context, row);
}

static kam_status check_panel(const struct job *job, kam_diag *diag) {
    const kam_health_panel *const panel = &job->panel;
    if (panel->n_rows < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "panel.n_rows", -1,
                         (double)panel->n_rows, "n_rows is {value}.");
    if (panel->n_parts != job->policy.n_parts)
        return kam__fail(diag, KAM_ERR_SHAPE, "panel.n_parts", -1,
                         panel->n_parts,
                         "{value} measures are not as many as the policy's.");
    if (!panel->part)
        return kam__fail(diag, KAM_ERR_NULL, "panel.part", -1, NAN, "");
    kam_status status = KAM_OK;
    for (int32_t j = 0; status == KAM_OK && j < panel->n_parts; j++)
        status = kam__column_check(&panel->part[j], panel->n_rows, KAM__NUMBERS,
                                   0, "panel.part", diag);
    const struct {
        const kam_column *column;
        const char *name;
    } more[] = {{&panel->profile, "panel.profile"},
                {&panel->left, "panel.left"},
                {&panel->before, "panel.before"}};
    for (int k = 0; status == KAM_OK && k < 3; k++)
        status = kam__column_check(more[k].column, panel->n_rows, KAM__NUMBERS,
                                   0, more[k].name, diag);
    return status;
}

kam_status kam_health_score(const kam_health_policy *policy,
                            const kam_health_panel *panel, const kam_host *host,
                            const kam_health_out *out, kam_diag *diag) {
    struct job job;
    kam_host lent;
    kam_status status = kam__health_policy_read(&job.policy, policy, diag);
    if (status == KAM_OK)
        status = kam__sized_read(&job.panel, sizeof job.panel, panel,
                                 KAM__FIRST(kam_health_panel), "panel", diag);
    if (status == KAM_OK)
        status = kam__sized_read(&job.out, sizeof job.out, out,
                                 KAM__FIRST(kam_health_out), "out", diag);
    if (status == KAM_OK) status = check_panel(&job, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status == KAM_OK)
        status = kam__for_rows(&lent, job.panel.n_rows, answer, &job, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}
