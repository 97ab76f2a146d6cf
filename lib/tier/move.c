/* SPDX-License-Identifier: MIT */
/* Tiers that change only when they should (T7). */
#include <kam/calendar.h>
#include <kam/ledger.h>
#include <kam/move.h>
#include <kam/reason.h>

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "base/sized.h"
#include "tier/assign.h"

enum { MOST_MONTHS = 1200 };

struct work {
    kam_move_options options;
    const kam_tier_band *limits;
    int32_t n_bands;
    kam_move_rows rows;
    kam_move_out out;
};

/* One account, and what is decided about it. */
struct account {
    double score;
    int32_t before; /* -1: none */
    double since;   /* a day, or NaN */
    int32_t tier, verdict, proposed;
    uint32_t flags;
};

static const double CONFIDENCE = 0.8;

kam_status kam_move_options_init(kam_move_options *options,
                                 uint32_t struct_size) {
    const kam_move_options defaults = {.as_of_day = KAM_NO_DAY,
                                       .confidence = CONFIDENCE};
    return kam__sized_init(options, struct_size, &defaults, sizeof defaults,
                           KAM__FIRST(kam_move_options));
}

/* The tier that a score gives to an account that was in `before` (n_bands when
 * it had none): the rule of kam_tier_assign. */
static int32_t tier_of(const struct work *work, double score, int32_t before) {
    for (int32_t u = 0; u < work->n_bands; u++) {
        const kam_tier_band *const band = &work->limits[u];
        if (score >= (before <= u ? band->keep : band->enter)) return u;
    }
    return work->n_bands;
}

/* A tier from a column; -1 when missing, or none, which is flagged. */
static int32_t tier_at(const struct work *work, const kam_column *column,
                       int64_t row, uint32_t *flags) {
    const double tier = kam__number_at(column, row);
    if (tier != tier) return -1;
    if (tier >= 0 && tier <= work->n_bands && floor(tier) == tier)
        return (int32_t)tier;
    *flags |= KAM_ROW_DOMAIN;
    return -1;
}

/* Whether the caller's word holds today; then it is the answer. */
static int is_overridden(const struct work *work, int64_t row,
                         struct account *account) {
    const int32_t tier =
        tier_at(work, &work->rows.override_tier, row, &account->flags);
    if (tier < 0) return 0;
    const double until = kam__number_at(&work->rows.override_until, row);
    if (until != until) account->flags |= KAM_ROW_MISSING;
    if (!(work->options.as_of_day < until)) return 0;
    account->tier = tier;
    account->verdict = KAM_MOVE_OVERRIDE;
    return 1;
}

static int must_dwell(const struct work *work, struct account *account) {
    const int32_t months = work->options.dwell_months;
    int32_t free_from;
    if (months == 0) return 0;
    if (account->since != account->since) {
        account->flags |= KAM_ROW_MISSING;
        return 0;
    }
    if (fabs(account->since) > INT32_MAX ||
        kam_calendar_add_months((int32_t)account->since, months, &free_from) !=
            KAM_OK) {
        account->flags |= KAM_ROW_DOMAIN;
        return 0;
    }
    return work->options.as_of_day < free_from;
}

/* A number that a move must pass; `fallback` when nobody asks for it, NaN when
 * this row lacks it or it lies outside [low, high]. */
static double evidence(const kam_column *column, int64_t row, double fallback,
                       double low, double high, uint32_t *flags) {
    if (!column->values) return fallback;
    const double x = kam__number_at(column, row);
    if (x >= low && x <= high) return x;
    *flags |= x == x ? KAM_ROW_DOMAIN : KAM_ROW_MISSING;
    return (double)NAN;
}

/* How far the evidence lets an account go towards the tier proposed. */
static int32_t sure_tier(const struct work *work, int64_t row,
                         struct account *account) {
    const kam_move_rows *const rows = &work->rows;
    const int32_t before = account->before;
    const int up = account->proposed < before;
    const double bound =
        up ? evidence(&rows->score_low, row, account->score, -INFINITY,
                      account->score, &account->flags)
           : evidence(&rows->score_high, row, account->score, account->score,
                      INFINITY, &account->flags);
    const double chance = evidence(up ? &rows->chance_up : &rows->chance_down,
                                   row, 1, 0, 1, &account->flags);
    if (bound != bound || !(chance >= work->options.confidence)) return before;
    const int32_t tier = tier_of(work, bound, before);
    return up ? (tier < before ? tier : before)
              : (tier > before ? tier : before);
}

static void judge(const struct work *work, int64_t row,
                  struct account *account) {
    if (is_overridden(work, row, account)) return;
    account->tier = account->proposed;
    if (account->score != account->score) {
        account->flags |= KAM_ROW_MISSING;
        account->verdict = KAM_MOVE_NONE;
    } else if (account->before < 0) {
        account->verdict = KAM_MOVE_NEW;
    } else if (account->proposed == account->before) {
        account->verdict = KAM_MOVE_SAME;
    } else if (must_dwell(work, account)) {
        account->tier = account->before;
        account->verdict = KAM_MOVE_HELD_DWELL;
    } else {
        account->tier = sure_tier(work, row, account);
        account->verdict = account->tier < account->before ? KAM_MOVE_UP
                           : account->tier > account->before
                               ? KAM_MOVE_DOWN
                               : KAM_MOVE_HELD_CHANCE;
    }
}

static int32_t new_since(const struct work *work,
                         const struct account *account) {
    if (account->tier < 0) return KAM_NO_DAY;
    if (account->tier != account->before) return work->options.as_of_day;
    return fabs(account->since) <= INT32_MAX ? (int32_t)account->since
                                             : KAM_NO_DAY;
}

static void decide(const struct work *work, int64_t row) {
    const kam_move_out *const out = &work->out;
    struct account account = {.score = kam__number_at(&work->rows.score, row),
                              .since = kam__number_at(&work->rows.since, row)};
    account.before =
        tier_at(work, &work->rows.tier_before, row, &account.flags);
    account.proposed =
        account.score == account.score
            ? tier_of(work, account.score,
                      account.before < 0 ? work->n_bands : account.before)
            : -1;
    judge(work, row, &account);
    if (out->tier) out->tier[row] = account.tier;
    if (out->verdict) out->verdict[row] = account.verdict;
    if (out->proposed) out->proposed[row] = account.proposed;
    if (out->since) out->since[row] = new_since(work, &account);
    if (out->row_flags) out->row_flags[row] = account.flags;
}

static void decide_rows(void *context, int64_t first, int32_t n) {
    for (int32_t i = 0; i < n; i++) decide(context, first + i);
}

static kam_status read_options(struct work *work,
                               const kam_move_options *theirs, kam_diag *diag) {
    kam_move_options *const options = &work->options;
    const kam_status status =
        kam__sized_read(options, sizeof *options, theirs,
                        KAM__FIRST(kam_move_options), "options", diag);
    int32_t year, month, day;
    if (status != KAM_OK) return status;
    if (options->reserved != 0)
        return kam__fail(diag, KAM_ERR_NEWER, "options.reserved", -1,
                         options->reserved, "reserved is {value}, not 0.");
    if (kam_calendar_date(options->as_of_day, &year, &month, &day) != KAM_OK)
        return kam__fail(diag, KAM_ERR_OPTION, "options.as_of_day", -1,
                         options->as_of_day,
                         "Day {value} is not in the years 1 to 9999.");
    if (options->dwell_months < 0 || options->dwell_months > MOST_MONTHS)
        return kam__fail(diag, KAM_ERR_OPTION, "options.dwell_months", -1,
                         options->dwell_months,
                         "{value} is not from 0 to 1200.");
    if (!(options->confidence > 0 && options->confidence <= 1))
        return kam__fail(diag, KAM_ERR_OPTION, "options.confidence", -1,
                         options->confidence,
                         "{value} is not above 0 and at most 1.");
    return KAM_OK;
}

static kam_status read_rows(struct work *work, const kam_move_rows *theirs,
                            kam_diag *diag) {
    kam_move_rows *const rows = &work->rows;
    kam_status status =
        kam__sized_read(rows, sizeof *rows, theirs, KAM__FIRST(kam_move_rows),
                        "rows", diag);
    if (status != KAM_OK) return status;
    if (rows->n_rows < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "rows.n_rows", -1,
                         (double)rows->n_rows, "n_rows is {value}.");
    const struct {
        const kam_column *column;
        int32_t types;
        const char *argument;
    } check[] = {{&rows->score, KAM__NUMBERS, "rows.score"},
                 {&rows->tier_before, KAM__NUMBERS, "rows.tier_before"},
                 {&rows->since, KAM__DAYS, "rows.since"},
                 {&rows->score_low, KAM__NUMBERS, "rows.score_low"},
                 {&rows->score_high, KAM__NUMBERS, "rows.score_high"},
                 {&rows->chance_up, KAM__NUMBERS, "rows.chance_up"},
                 {&rows->chance_down, KAM__NUMBERS, "rows.chance_down"},
                 {&rows->override_tier, KAM__NUMBERS, "rows.override_tier"},
                 {&rows->override_until, KAM__DAYS, "rows.override_until"}};
    for (size_t i = 0; i < sizeof check / sizeof *check && status == KAM_OK;
         i++)
        status =
            kam__column_check(check[i].column, rows->n_rows, check[i].types,
                              i == 0, check[i].argument, diag);
    return status;
}

kam_status kam_move_decide(const kam_move_options *options,
                           const kam_tier_band *limits, int32_t n_bands,
                           const kam_move_rows *rows, const kam_host *host,
                           const kam_move_out *out, kam_diag *diag) {
    kam_host lent;
    struct work work = {.limits = limits, .n_bands = n_bands};
    struct kam__tier_assignment unused;
    const kam_tier_out nothing = {.struct_size = sizeof nothing};
    kam_status status = read_options(&work, options, diag);
    if (status == KAM_OK) status = read_rows(&work, rows, diag);
    if (status == KAM_OK) /* the limits are checked as everywhere */
        status =
            kam__tier_begin(&unused, limits, n_bands, &work.rows.score, NULL,
                            work.rows.n_rows, &nothing, KAM_ISA_BASE, diag);
    if (status == KAM_OK)
        status = kam__sized_read(&work.out, sizeof work.out, out,
                                 KAM__FIRST(kam_move_out), "out", diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    status = kam__for_rows(&lent, work.rows.n_rows, decide_rows, &work, diag);
    if (status != KAM_OK) return status;
    if (work.out.defaults)
        *work.out.defaults =
            (work.options.dwell_months == 0 ? KAM_MOVE_DEFAULT_DWELL : 0u) |
            (work.options.confidence == CONFIDENCE ? KAM_MOVE_DEFAULT_CONFIDENCE
                                                   : 0u);
    return kam__ok(diag);
}

const char *kam_move_name(int32_t verdict, int32_t language) {
    const int zh = language == KAM_ZH;
    switch (verdict) {
    case KAM_MOVE_NONE: return zh ? "无法判定" : "no answer";
    case KAM_MOVE_NEW: return zh ? "首次定级" : "first tier";
    case KAM_MOVE_SAME: return zh ? "维持原级" : "unchanged";
    case KAM_MOVE_UP: return zh ? "晋级" : "promoted";
    case KAM_MOVE_DOWN: return zh ? "降级" : "demoted";
    case KAM_MOVE_HELD_CHANCE:
        return zh ? "把握不足，暂不调整" : "held: not sure enough to move";
    case KAM_MOVE_HELD_DWELL:
        return zh ? "未满停留期，暂不调整" : "held: too soon to move";
    case KAM_MOVE_OVERRIDE: return zh ? "人工指定" : "set by hand";
    default: return zh ? "未知" : "unknown";
    }
}
