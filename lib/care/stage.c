/* SPDX-License-Identifier: MIT */
/* Stages of a relation (L1). */
#include "care/stage.h"

#include <kam/calendar.h>
#include <kam/reason.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/diag.h"
#include "base/isa.h"
#include "base/memory.h"
#include "base/rows.h"
#include "base/sized.h"

enum { MOST_MONTHS = 1200 };

static const int32_t MONTHS[3] = {3, 12, 36};

kam_status kam_stage_options_init(kam_stage_options *options,
                                  uint32_t struct_size) {
    kam_stage_options ours;
    memset(&ours, 0, sizeof ours);
    memcpy(ours.months, MONTHS, sizeof MONTHS);
    return kam__sized_init(options, struct_size, &ours, sizeof ours,
                           KAM__FIRST(kam_stage_options));
}

kam_status kam__stage_read(kam_stage_options *ours,
                           const kam_stage_options *theirs, kam_diag *diag) {
    memset(ours, 0, sizeof *ours);
    if (theirs) {
        const kam_status status =
            kam__sized_read(ours, sizeof *ours, theirs,
                            KAM__FIRST(kam_stage_options), "stages", diag);
        if (status != KAM_OK) return status;
    }
    int32_t *const m = ours->months;
    if (!m[0] && !m[1] && !m[2]) memcpy(m, MONTHS, sizeof MONTHS);
    for (int i = 0; i < 3; i++)
        if (m[i] < 1 || m[i] > MOST_MONTHS || (i > 0 && m[i] <= m[i - 1]))
            return kam__fail(diag, KAM_ERR_OPTION, "stages.months", i, m[i],
                             "Limit {row}, {value} months, is not from 1 to "
                             "1200 or does not rise.");
    return KAM_OK;
}

int32_t kam__months_later(int32_t day, int32_t months) {
    int32_t later;
    return kam_calendar_add_months(day, months, &later) == KAM_OK
               ? later
               : KAM__LAST_DAY;
}

int32_t kam__day_at(const kam_column *column, int64_t row) {
    const double day = kam__number_at(column, row);
    return day >= KAM__FIRST_DAY && day <= KAM__LAST_DAY ? (int32_t)day
                                                         : KAM__NO_DAY;
}

int32_t kam__latest_from(int32_t day, int32_t months) {
    int32_t from = KAM__FIRST_DAY - 1;
    if (day >= KAM__LAST_DAY) return KAM__LAST_DAY;
    if (kam_calendar_add_months(day, -months, &from) != KAM_OK)
        from = KAM__FIRST_DAY - 1;
    /* The 29th, 30th and 31st may all lead to the last of a short month. */
    while (kam__months_later(from + 1, months) <= day) from++;
    return from;
}

kam_status kam__stages_read(struct kam__stages *stages, int32_t as_of_day,
                            const kam_stage_options *theirs, kam_diag *diag) {
    kam_stage_options ours;
    const kam_status status = kam__stage_read(&ours, theirs, diag);
    if (status != KAM_OK) return status;
    stages->as_of = as_of_day;
    for (int i = 0; i < 3; i++) {
        stages->months[i] = ours.months[i];
        stages->latest[i] = kam__latest_from(as_of_day, ours.months[i]);
    }
    return KAM_OK;
}

int kam__stages_are_default(const struct kam__stages *stages) {
    return memcmp(stages->months, MONTHS, sizeof MONTHS) == 0;
}

const int32_t *kam__stage_rows(const struct kam__stage_assignment *to,
                               int64_t first, int32_t n, int32_t *stage) {
    const kam_stage_out *const out = &to->out;
    double contract[KAM__TILE], next[KAM__TILE];
    uint32_t unwanted[KAM__TILE];
    const struct kam__stage_tile tile = {
        n,
        kam__gather_by(to->isa, &to->contract, first, n, contract),
        &to->ahead,
        out->stage ? out->stage + first : stage,
        out->next_day ? next : NULL,
        out->days_to_next ? out->days_to_next + first : NULL,
        out->row_flags ? out->row_flags + first : unwanted};
    if (!out->row_flags) memset(unwanted, 0, (size_t)n * sizeof *unwanted);
    (*KAM__PICK(to->isa, kam__stage))(&to->stages, &tile);
    for (int32_t i = 0; out->next_day && i < n; i++)
        out->next_day[first + i] =
            next[i] == next[i] ? (int32_t)next[i] : KAM__NO_DAY;
    return tile.stage;
}

/* Worth it for many rows, and where the stages do not reach over decades. */
static void look_ahead(struct kam__stage_assignment *to, int64_t n_rows) {
    const int32_t first = to->stages.latest[2] + 1;
    const int32_t n = to->stages.as_of - to->stages.latest[2];
    static const struct kam__next_stage none;
    to->ahead.n = 0;
    if (n < 1 || n > KAM__STAGE_DAYS || n_rows < 8 * n ||
        !(to->out.next_day || to->out.days_to_next))
        return;
    for (int32_t at = 0; at < n; at += KAM__TILE) {
        double day[KAM__TILE], next[KAM__TILE];
        int32_t stage[KAM__TILE];
        uint32_t flags[KAM__TILE] = {0};
        const int32_t left = n - at < KAM__TILE ? n - at : KAM__TILE;
        const struct kam__stage_tile tile = {left, day,  &none, stage,
                                             next, NULL, flags};
        for (int32_t i = 0; i < left; i++) day[i] = first + at + i;
        (*KAM__PICK(to->isa, kam__stage))(&to->stages, &tile);
        for (int32_t i = 0; i < left; i++)
            to->ahead.begins[at + i] = (float)next[i];
    }
    to->ahead.n = n;
}

kam_status kam__stage_begin(struct kam__stage_assignment *to,
                            const kam_column *contract_day, int32_t types,
                            int64_t n_rows, int32_t as_of_day,
                            const kam_stage_options *options,
                            const kam_stage_out *out, int32_t isa,
                            kam_diag *diag) {
    if (!contract_day)
        return kam__fail(diag, KAM_ERR_NULL, "contract_day", -1, (double)NAN,
                         "");
    if (n_rows < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_rows", -1, (double)n_rows,
                         "n_rows is {value}.");
    kam_status status =
        kam__column_check(contract_day, n_rows, types, 0, "contract_day", diag);
    if (status == KAM_OK)
        status = kam__stages_read(&to->stages, as_of_day, options, diag);
    if (status == KAM_OK)
        status = kam__sized_read(&to->out, sizeof to->out, out,
                                 KAM__FIRST(kam_stage_out), "out", diag);
    if (status != KAM_OK) return status;
    to->contract = *contract_day;
    to->isa = isa;
    look_ahead(to, n_rows);
    return KAM_OK;
}

static void assign_rows(void *context, int64_t first, int32_t n) {
    const struct kam__stage_assignment *const to = context;
    int32_t stage[KAM__TILE];
    if (to->out.row_flags)
        memset(to->out.row_flags + first, 0,
               (size_t)n * sizeof *to->out.row_flags);
    (void)kam__stage_rows(to, first, n, stage);
}

kam_status kam_stage_assign(const kam_column *contract_day, int64_t n_rows,
                            int32_t as_of_day, const kam_stage_options *options,
                            const kam_host *host, const kam_stage_out *out,
                            kam_diag *diag) {
    kam_host lent;
    struct kam__stage_assignment to;
    kam_status status = kam__host_read(&lent, host, diag);
    if (status == KAM_OK)
        status =
            kam__stage_begin(&to, contract_day, KAM__DAYS, n_rows, as_of_day,
                             options, out, kam__isa_level(&lent, n_rows), diag);
    if (status != KAM_OK) return status;
    status = kam__for_rows(&lent, n_rows, assign_rows, &to, diag);
    if (status != KAM_OK) return status;
    if (to.out.defaults)
        *to.out.defaults =
            kam__stages_are_default(&to.stages) ? KAM_STAGE_DEFAULT_MONTHS : 0u;
    return kam__ok(diag);
}

static const char NAMES_EN[KAM_STAGE_COUNT][10] = {"initial", "stable", "deep",
                                                   "symbiosis"};
static const char NAMES_ZH[KAM_STAGE_COUNT][16] = {"初步合作", "稳定合作",
                                                   "深度绑定", "价值共生"};

const char *kam_stage_name(int32_t stage, int32_t language) {
    const int zh = language == KAM_ZH;
    if (stage < 0 || stage >= KAM_STAGE_COUNT) return zh ? "未知" : "unknown";
    return zh ? NAMES_ZH[stage] : NAMES_EN[stage];
}
