/* SPDX-License-Identifier: MIT */
/* Score limits applied to accounts, and what tiers are called. */
#include <kam/reason.h>
#include <kam/tier.h>

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/isa.h"
#include "base/memory.h"
#include "base/rows.h"
#include "base/sized.h"
#include "tier/assign.h"

enum { MOST_BANDS = KAM__MOST_BANDS };

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

static double *or_else(double *out, int64_t first, double *unwanted) {
    return out ? out + first : unwanted;
}

const int32_t *kam__tier_rows(const struct kam__tier_assignment *to,
                              int64_t first, int32_t n, int32_t *tier) {
    const kam_tier_out *const out = to->out;
    double score[KAM__TILE], given[KAM__TILE], unwanted[2][KAM__TILE];
    uint32_t no_flags[KAM__TILE];
    const struct kam__band_tile tile = {
        n,
        to->n_bands,
        to->limits,
        kam__gather(to->score, first, n, score),
        kam__gather(to->before, first, n, given),
        out->tier ? out->tier + first : tier,
        or_else(out->to_next, first, unwanted[0]),
        or_else(out->above_limit, first, unwanted[1]),
        out->row_flags ? out->row_flags + first : no_flags};
    if (!out->row_flags) memset(no_flags, 0, (size_t)n * sizeof *no_flags);
    (*KAM__PICK(to->isa, kam__band))(&tile);
    return tile.tier;
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
                           int64_t n_rows, const kam_tier_out *out, int32_t isa,
                           kam_diag *diag) {
    static const kam_column absent = {0};
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
        to->out =
            kam__sized_view(&to->room, sizeof to->room, out,
                            KAM__FIRST(kam_tier_out), "out", &status, diag);
    if (status != KAM_OK) return status;
    to->isa = isa;
    to->limits = limits;
    to->n_bands = n_bands;
    to->score = score;
    to->before = before ? before : &absent;
    return KAM_OK;
}

static void assign_rows(void *context, int64_t first, int32_t n) {
    const struct kam__tier_assignment *const to = context;
    int32_t tier[KAM__TILE];
    if (to->out->row_flags)
        memset(to->out->row_flags + first, 0,
               (size_t)n * sizeof *to->out->row_flags);
    (void)kam__tier_rows(to, first, n, tier);
}

kam_status kam_tier_assign(const kam_tier_band *limits, int32_t n_bands,
                           const kam_column *score,
                           const kam_column *tier_before, int64_t n_rows,
                           const kam_host *host, const kam_tier_out *out,
                           kam_diag *diag) {
    kam_host lent;
    struct kam__tier_assignment to;
    kam_status status =
        kam__tier_begin(&to, limits, n_bands, score, tier_before, n_rows, out,
                        KAM_ISA_BASE, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    to.isa = kam__isa_level(&lent, n_rows);
    status = kam__for_rows(&lent, n_rows, assign_rows, &to, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}
