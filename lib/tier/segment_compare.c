/* SPDX-License-Identifier: MIT */
/* Value against profit (T9). */
#include <kam/reason.h>
#include <kam/segment.h>

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "base/sized.h"
#include "tier/rank.h"

static const double DEFAULT_SHARE = 0.20;

/* What the call works with. */
struct work {
    const kam_column *value, *profit;
    int64_t n_rows;
    kam_segment_ranks ranks;
    double *key; /* shape (n_rows), as the next two */
    int64_t *order, *scratch;
};

static int32_t agreement_of(double value, double profit,
                            const kam_segment_agreement *numbers) {
    if (value != value || profit != profit) return KAM_SEGMENT_UNKNOWN;
    if (value >= numbers->value_limit)
        return profit >= numbers->profit_limit ? KAM_SEGMENT_BOTH
                                               : KAM_SEGMENT_VALUE_ONLY;
    return profit >= numbers->profit_limit ? KAM_SEGMENT_PROFIT_ONLY
                                           : KAM_SEGMENT_NEITHER;
}

static void compare(const struct work *work, kam_segment_agreement *numbers) {
    int64_t count[KAM_SEGMENT_NEITHER + 1] = {0};
    for (int64_t i = 0; i < work->n_rows; i++) {
        const int32_t agreement =
            agreement_of(kam__number_at(work->value, i),
                         kam__number_at(work->profit, i), numbers);
        if (work->ranks.agreement) work->ranks.agreement[i] = agreement;
        count[agreement]++;
    }
    numbers->n_both = count[KAM_SEGMENT_BOTH];
    numbers->n_value_only = count[KAM_SEGMENT_VALUE_ONLY];
    numbers->n_profit_only = count[KAM_SEGMENT_PROFIT_ONLY];
    numbers->n_neither = count[KAM_SEGMENT_NEITHER];
    if (work->ranks.value_rank)
        kam__rank(work->value, work->n_rows, work->key, work->order,
                  work->scratch, work->ranks.value_rank);
    if (work->ranks.profit_rank)
        kam__rank(work->profit, work->n_rows, work->key, work->order,
                  work->scratch, work->ranks.profit_rank);
}

static kam_status limit_of(const kam_column *column, int64_t n_rows,
                           double share, const kam_host *host, double *limit,
                           const char *argument, kam_diag *diag) {
    const kam_tier_band band = {share, share};
    const kam_tier_policy policy = {.struct_size = sizeof policy,
                                    .basis = KAM_TIER_BY_RANK,
                                    .n_bands = 1,
                                    .bands = &band};
    kam_tier_band found = {0, 0};
    const kam_status status =
        kam_tier_cutpoints(&policy, column, n_rows, host, &found, diag);
    *limit = found.enter;
    return status == KAM_ERR_EMPTY
               ? kam__fail(diag, status, argument, -1, (double)NAN,
                           "None of its values is known.")
               : status;
}

static kam_status check(struct work *work, const kam_segment_ranks *ranks,
                        double top_share, const kam_segment_agreement *numbers,
                        kam_diag *diag) {
    if (work->n_rows < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_rows", -1,
                         (double)work->n_rows, "n_rows is {value}.");
    if (!work->value || !work->profit)
        return kam__fail(diag, KAM_ERR_NULL, work->value ? "profit" : "value",
                         -1, (double)NAN, "");
    if (!(top_share >= 0 && top_share <= 1))
        return kam__fail(diag, KAM_ERR_OPTION, "top_share", -1, top_share,
                         "{value} is not from 0 to 1.");
    kam_status status = kam__column_check(work->value, work->n_rows,
                                          KAM__NUMBERS, 0, "value", diag);
    if (status == KAM_OK)
        status = kam__column_check(work->profit, work->n_rows, KAM__NUMBERS, 0,
                                   "profit", diag);
    if (status == KAM_OK)
        status = kam__sized_read(&work->ranks, sizeof work->ranks, ranks,
                                 KAM__FIRST(kam_segment_ranks), "ranks", diag);
    if (status == KAM_OK && numbers)
        status = kam__sized_check(numbers, KAM__FIRST(kam_segment_agreement),
                                  "numbers", diag);
    return status;
}

/* The memory is there before the first write. */
static kam_status with_memory(struct work *work, const kam_host *host,
                              kam_segment_agreement *numbers, kam_diag *diag) {
    const uint64_t n = work->n_rows > 0 ? (uint64_t)work->n_rows : 1;
    work->key = kam__allocate(host, n, sizeof *work->key);
    work->order = kam__allocate(host, n, sizeof *work->order);
    work->scratch = kam__allocate(host, n, sizeof *work->scratch);
    const int failed = !work->key || !work->order || !work->scratch;
    if (!failed) compare(work, numbers);
    kam__release(host, work->scratch, n, sizeof *work->scratch);
    kam__release(host, work->order, n, sizeof *work->order);
    kam__release(host, work->key, n, sizeof *work->key);
    return failed ? kam__no_memory(diag) : KAM_OK;
}

kam_status kam_segment_compare(const kam_column *value,
                               const kam_column *profit, int64_t n_rows,
                               double top_share, const kam_host *host,
                               const kam_segment_ranks *ranks,
                               kam_segment_agreement *numbers, kam_diag *diag) {
    kam_host lent;
    struct work work = {.value = value, .profit = profit, .n_rows = n_rows};
    kam_segment_agreement ours = {0};
    const double share = top_share > 0 ? top_share : DEFAULT_SHARE;
    if (share == DEFAULT_SHARE) ours.defaults = KAM_SEGMENT_DEFAULT_TOP;
    kam_status status = check(&work, ranks, top_share, numbers, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status == KAM_OK)
        status = limit_of(value, n_rows, share, &lent, &ours.value_limit,
                          "value", diag);
    if (status == KAM_OK)
        status = limit_of(profit, n_rows, share, &lent, &ours.profit_limit,
                          "profit", diag);
    if (status == KAM_OK) status = with_memory(&work, &lent, &ours, diag);
    if (status == KAM_OK && numbers)
        status = kam__sized_write(numbers, &ours, sizeof ours,
                                  KAM__FIRST(kam_segment_agreement), "numbers",
                                  diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}

const char *kam_segment_agreement_name(int32_t agreement, int32_t language) {
    const int zh = language == KAM_ZH;
    switch (agreement) {
    case KAM_SEGMENT_BOTH:
        return zh ? "高价值高利润" : "high value, high profit";
    case KAM_SEGMENT_VALUE_ONLY:
        return zh ? "高价值低利润" : "high value, low profit";
    case KAM_SEGMENT_PROFIT_ONLY:
        return zh ? "低价值高利润" : "low value, high profit";
    case KAM_SEGMENT_NEITHER:
        return zh ? "低价值低利润" : "low value, low profit";
    default: return zh ? "未知" : "unknown";
    }
}
