/* SPDX-License-Identifier: MIT */
/* Score limits applied to accounts, and what tiers are called. */
#include <kam/reason.h>
#include <kam/tier.h>

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "base/sized.h"
#include "tier/assign.h"

enum { MOST_BANDS = 16, OUT_FIRST_VERSION = sizeof(kam_tier_out) };

kam_status kam_tier_preset_cny(kam_tier_band *bands) {
    if (!bands) return KAM_ERR_NULL;
    bands[0].enter = bands[0].keep = 5000000;
    bands[1].enter = bands[1].keep = 1000000;
    bands[2].enter = bands[2].keep = 500000;
    return KAM_OK;
}

/* Arrays of characters, not of pointers: those would need relocation, and so
 * writable memory, in a shared library. */
static const char NUMBERED_EN[MOST_BANDS][8] = {"tier 1",  "tier 2",  "tier 3",
                                                "tier 4",  "tier 5",  "tier 6",
                                                "tier 7",  "tier 8",  "tier 9",
                                                "tier 10", "tier 11", "tier 12",
                                                "tier 13", "tier 14", "tier 15",
                                                "tier 16"};
static const char NUMBERED_ZH[MOST_BANDS][9] = {"第1级",  "第2级",  "第3级",
                                                "第4级",  "第5级",  "第6级",
                                                "第7级",  "第8级",  "第9级",
                                                "第10级", "第11级", "第12级",
                                                "第13级", "第14级", "第15级",
                                                "第16级"};
static const char PRESET_EN[3][10] = {"strategic", "key", "basic"};
static const char PRESET_ZH[3][10] = {"战略级", "重点级", "基础级"};

const char *kam_tier_name(int32_t tier, int32_t n_bands, int32_t language) {
    const int zh = language == KAM_ZH;
    if (tier < 0 || n_bands < 1 || n_bands > MOST_BANDS || tier > n_bands)
        return zh ? "未知" : "unknown";
    if (tier == n_bands) return zh ? "未入级" : "untiered";
    if (n_bands == 3) return zh ? PRESET_ZH[tier] : PRESET_EN[tier];
    return zh ? NUMBERED_ZH[tier] : NUMBERED_EN[tier];
}

/* Tiers before that can be relied on; n_bands where there is none. `wrong` is 1
 * where there is one that is no tier. Lanes are doubles, also of tiers, so that
 * these loops become vector code. */
static void clean(double *restrict before, double *restrict wrong,
                  const double *restrict given, double n_bands, int32_t n) {
    for (int32_t i = 0; i < n; i++) {
        const double b = given[i];
        const double whole = (b + 0x1.8p52) - 0x1.8p52;
        const double up_to = b <= n_bands ? whole : -1;
        const double valid = up_to == b && b >= 0 ? 1.0 : 0.0;
        before[i] = valid != 0 ? b : n_bands;
        wrong[i] = b == b ? 1 - valid : 0;
    }
}

/* Counts a row out of band u unless it enters it, or keeps it coming from it or
 * from a better one. A row in one band is in all lower ones too, so the bands it
 * is out of are its tier. */
static void count_out(double *restrict tier, const double *restrict score,
                      const double *restrict before, double u,
                      const kam_tier_band *limit, int32_t n) {
    const double enter = limit->enter, keep = limit->keep;
    for (int32_t i = 0; i < n; i++) {
        const double lowest = before[i] <= u ? keep : enter;
        tier[i] += score[i] >= lowest ? 0.0 : 1.0;
    }
}

/* Limits by tier: to rise above it, and to keep it; NaN where there is none. */
struct steps {
    double above[MOST_BANDS + 1], keep[MOST_BANDS + 1];
};

static void lay_steps(struct steps *steps, const kam_tier_band *limits,
                      int32_t n_bands) {
    for (int32_t u = 0; u <= n_bands; u++) {
        steps->above[u] = u > 0 ? limits[u - 1].enter : (double)NAN;
        steps->keep[u] = u < n_bands ? limits[u].keep : (double)NAN;
    }
}

static void measure(double *restrict to_next, double *restrict above_limit,
                    const struct steps *restrict steps,
                    const int32_t *restrict tier, const double *restrict score,
                    int32_t n) {
    for (int32_t i = 0; i < n; i++) {
        const int32_t u = tier[i];
        const double lacks = steps->above[u] - score[i];
        to_next[i] = u > 0 ? lacks : 0;
        above_limit[i] = score[i] - steps->keep[u];
    }
}

static void add_flags(uint32_t *restrict flags, const double *restrict score,
                      const double *restrict wrong, int32_t n) {
    for (int32_t i = 0; i < n; i++) {
        const double missing = score[i] == score[i] ? 0.0 : KAM_ROW_MISSING;
        flags[i] |= (uint32_t)(int32_t)(missing + wrong[i] * KAM_ROW_DOMAIN);
    }
}

/* Writes what is wanted of `tier` and of what follows from it. */
static void write_rows(const struct kam__tier_assignment *to,
                       const double *tier, const double *score, int64_t first,
                       int32_t n) {
    const kam_tier_out *const out = &to->out;
    double unwanted[2][KAM__TILE];
    int32_t whole[KAM__TILE];
    struct steps steps;
    for (int32_t i = 0; i < n; i++) whole[i] = (int32_t)tier[i];
    lay_steps(&steps, to->limits, to->n_bands);
    if (out->to_next || out->above_limit)
        measure(out->to_next ? out->to_next + first : unwanted[0],
                out->above_limit ? out->above_limit + first : unwanted[1],
                &steps, whole, score, n);
    for (int32_t i = 0; out->tier && i < n; i++)
        out->tier[first + i] = score[i] == score[i] ? whole[i] : -1;
}

void kam__tier_rows(const struct kam__tier_assignment *to, int64_t first,
                    int32_t n) {
    double score_tile[KAM__TILE], given_tile[KAM__TILE];
    double before[KAM__TILE], wrong[KAM__TILE], tier[KAM__TILE];
    const double *const score = kam__gather(&to->score, first, n, score_tile);
    const double *const given = kam__gather(&to->before, first, n, given_tile);
    clean(before, wrong, given, to->n_bands, n);
    memset(tier, 0, (size_t)n * sizeof *tier);
    for (int32_t u = 0; u < to->n_bands; u++)
        count_out(tier, score, before, u, &to->limits[u], n);
    write_rows(to, tier, score, first, n);
    if (to->out.row_flags)
        add_flags(to->out.row_flags + first, score, wrong, n);
}

static kam_status check_limits(const kam_tier_band *limits, int32_t n_bands,
                               kam_diag *diag) {
    if (!limits) return kam__fail(diag, KAM_ERR_NULL, "limits", -1, NAN, "");
    if (n_bands < 1 || n_bands > MOST_BANDS)
        return kam__fail(diag, KAM_ERR_OPTION, "n_bands", -1, n_bands,
                         "{value} is not from 1 to 16.");
    for (int32_t i = 0; i < n_bands; i++) {
        const double enter = limits[i].enter, keep = limits[i].keep;
        if (!isfinite(enter) || (i > 0 && enter > limits[i - 1].enter))
            return kam__fail(diag, KAM_ERR_OPTION, "limits.enter", i, enter,
                             "Band {row}'s limit to enter, {value}, is not "
                             "finite or is above that of the band before.");
        if (!isfinite(keep) || keep > enter ||
            (i > 0 && keep > limits[i - 1].keep))
            return kam__fail(diag, KAM_ERR_OPTION, "limits.keep", i, keep,
                             "Band {row}'s limit to keep, {value}, is not "
                             "finite, is above its limit to enter, or is above "
                             "that of the band before.");
    }
    return KAM_OK;
}

kam_status kam__tier_begin(struct kam__tier_assignment *to,
                           const kam_tier_band *limits, int32_t n_bands,
                           const kam_column *score, const kam_column *before,
                           int64_t n_rows, const kam_tier_out *out,
                           kam_diag *diag) {
    memset(to, 0, sizeof *to);
    kam_status status = check_limits(limits, n_bands, diag);
    if (status != KAM_OK) return status;
    if (!score) return kam__fail(diag, KAM_ERR_NULL, "score", -1, NAN, "");
    if (n_rows < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_rows", -1, (double)n_rows,
                         "n_rows is {value}.");
    status = kam__column_check(score, n_rows, KAM__NUMBERS, 0, "score", diag);
    if (status == KAM_OK)
        status = kam__column_check(before, n_rows, KAM__NUMBERS, 0,
                                   "tier_before", diag);
    if (status == KAM_OK)
        status = kam__sized_read(&to->out, sizeof to->out, out,
                                 OUT_FIRST_VERSION, "out", diag);
    if (status != KAM_OK) return status;
    to->limits = limits;
    to->n_bands = n_bands;
    to->score = *score;
    if (before) to->before = *before;
    return KAM_OK;
}

static void assign_rows(void *context, int64_t first, int32_t n) {
    const struct kam__tier_assignment *const to = context;
    if (to->out.row_flags)
        memset(to->out.row_flags + first, 0,
               (size_t)n * sizeof *to->out.row_flags);
    kam__tier_rows(to, first, n);
}

kam_status kam_tier_assign(const kam_tier_band *limits, int32_t n_bands,
                           const kam_column *score,
                           const kam_column *tier_before, int64_t n_rows,
                           const kam_host *host, const kam_tier_out *out,
                           kam_diag *diag) {
    kam_host lent;
    struct kam__tier_assignment to;
    kam_status status = kam__tier_begin(&to, limits, n_bands, score,
                                        tier_before, n_rows, out, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    status = kam__for_rows(&lent, n_rows, assign_rows, &to, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}
