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

/* A tile on its way. All lanes are doubles, also tiers, so that the kernels
 * below become vector code. */
struct tile {
    double before[KAM__TILE]; /* n_bands: no history */
    double wrong[KAM__TILE];  /* 1: a tier before that there is not */
    double tier[KAM__TILE], to_next[KAM__TILE], above_limit[KAM__TILE];
};

/* Every row untiered, and with a tier before that can be relied on. */
static void start(struct tile *restrict tile, const double *restrict score,
                  const double *restrict before, double n_bands,
                  double last_enter, int32_t n) {
    for (int32_t i = 0; i < n; i++) {
        const double b = before[i];
        const double whole = (b + 0x1.8p52) - 0x1.8p52;
        const double up_to = b <= n_bands ? whole : -1;
        const double valid = up_to == b && b >= 0 ? 1.0 : 0.0;
        tile->before[i] = valid != 0 ? b : n_bands;
        tile->wrong[i] = b == b ? 1 - valid : 0;
        tile->tier[i] = n_bands;
        tile->to_next[i] = last_enter - score[i];
        tile->above_limit[i] = (double)NAN;
    }
}

/* Moves to band u the rows that enter it, or that keep it coming from it or
 * from a better one. Called from the last band up, so the best one stays. */
static void move_to_band(struct tile *restrict tile,
                         const double *restrict score, double u,
                         const kam_tier_band *limit, double next_enter,
                         int32_t n) {
    const double enter = limit->enter, keep = limit->keep;
    double lowest[KAM__TILE];
    for (int32_t i = 0; i < n; i++)
        lowest[i] = tile->before[i] <= u ? keep : enter;
    for (int32_t i = 0; i < n; i++)
        tile->tier[i] = score[i] >= lowest[i] ? u : tile->tier[i];
    for (int32_t i = 0; i < n; i++)
        tile->to_next[i] =
            score[i] >= lowest[i] ? next_enter - score[i] : tile->to_next[i];
    for (int32_t i = 0; i < n; i++)
        tile->above_limit[i] =
            score[i] >= lowest[i] ? score[i] - keep : tile->above_limit[i];
}

static void write_rows(const kam_tier_out *out, const struct tile *tile,
                       const double *score, int64_t first, int32_t n) {
    for (int32_t i = 0; out->tier && i < n; i++)
        out->tier[first + i] =
            (int32_t)(score[i] == score[i] ? tile->tier[i] : -1.0);
    for (int32_t i = 0; out->to_next && i < n; i++)
        out->to_next[first + i] = tile->tier[i] == 0 ? 0 : tile->to_next[i];
    if (out->above_limit)
        memcpy(out->above_limit + first, tile->above_limit,
               (size_t)n * sizeof(double));
    for (int32_t i = 0; out->row_flags && i < n; i++)
        out->row_flags[first + i] =
            (uint32_t)(int32_t)((score[i] == score[i] ? 0.0 : KAM_ROW_MISSING) +
                                tile->wrong[i] * KAM_ROW_DOMAIN);
}

void kam__tier_rows(const struct kam__tier_assignment *to, int64_t first,
                    int32_t n) {
    const kam_tier_band *const limits = to->limits;
    double score_tile[KAM__TILE], before_tile[KAM__TILE];
    struct tile tile;
    const double *const score = kam__gather(&to->score, first, n, score_tile);
    const double *const before =
        kam__gather(&to->before, first, n, before_tile);
    start(&tile, score, before, to->n_bands, limits[to->n_bands - 1].enter, n);
    for (int32_t u = to->n_bands - 1; u >= 0; u--)
        move_to_band(&tile, score, u, &limits[u],
                     limits[u > 0 ? u - 1 : 0].enter, n);
    write_rows(&to->out, &tile, score, first, n);
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
