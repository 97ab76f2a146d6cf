/* SPDX-License-Identifier: MIT */
/* The defence checklist (A2): 一个沟通、二个一致、四个保证. */
#include <kam/playbook.h>
#include <kam/reason.h>

#include <math.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"

static const char NAMES_EN[KAM_DEFENCE_COUNT][44] = {
    "deep communication",
    "aligned with the account's demand",
    "aligned with the account's development",
    "quality guaranteed",
    "service guaranteed",
    "logistics guaranteed",
    "benefit guaranteed"};
static const char NAMES_ZH[KAM_DEFENCE_COUNT][28] = {
    "深度沟通", "与客户需求一致", "与客户发展一致", "质量保证",
    "服务保证", "物流保证",       "利益保证"};

const char *kam_playbook_defence_name(int32_t point, int32_t language) {
    const int zh = language == KAM_ZH;
    if (point < 0 || point >= KAM_DEFENCE_COUNT) return zh ? "未知" : "unknown";
    return zh ? NAMES_ZH[point] : NAMES_EN[point];
}

struct checklist {
    const kam_column *points;
    double *completion;
    uint32_t *gaps, *unknown;
};

static void check_rows(void *context, int64_t first, int32_t n) {
    const struct checklist *const list = context;
    for (int64_t row = first; row < first + n; row++) {
        uint32_t gaps = 0, unknown = 0;
        int done = 0;
        for (int i = 0; i < KAM_DEFENCE_COUNT; i++) {
            const double x = kam__number_at(&list->points[i], row);
            if (x != x)
                unknown |= UINT32_C(1) << i;
            else if (x == 0)
                gaps |= UINT32_C(1) << i;
            else
                done++;
        }
        const int all = unknown == (UINT32_C(1) << KAM_DEFENCE_COUNT) - 1;
        if (list->completion)
            list->completion[row] =
                all ? (double)NAN : (double)done / KAM_DEFENCE_COUNT;
        if (list->gaps) list->gaps[row] = gaps;
        if (list->unknown) list->unknown[row] = unknown;
    }
}

kam_status kam_playbook_defence(const kam_column *points, int64_t n_rows,
                                const kam_host *host, double *completion,
                                uint32_t *gaps, uint32_t *unknown,
                                kam_diag *diag) {
    kam_host lent;
    struct checklist list = {points, completion, gaps, unknown};
    kam_status status = KAM_OK;
    if (!points)
        return kam__fail(diag, KAM_ERR_NULL, "points", -1, (double)NAN, "");
    if (n_rows < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_rows", -1, (double)n_rows,
                         "n_rows is {value}.");
    for (int i = 0; i < KAM_DEFENCE_COUNT && status == KAM_OK; i++)
        status = kam__column_check(&points[i], n_rows, KAM__NUMBERS, 0,
                                   "points", diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    status = kam__for_rows(&lent, n_rows, check_rows, &list, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}
