/* SPDX-License-Identifier: MIT */
/* The touch calendar (L2, L4). */
#include "care/cadence.h"

#include <kam/reason.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "base/sized.h"
#include "care/playbook.h"

enum {
    MOST_TOUCHES = 64,
    MOST_RULES = 1000,
    MOST_DAYS = 36600,
    MOST_MONTHS = 1200
};

/* Bits of the classes of the matrix, which lies in another room. */
enum { CORE = 1 << 1, HIGH_POTENTIAL = 1 << 2, MAINTAIN = 1 << 3 };
enum {
    INITIAL = 1 << KAM_STAGE_INITIAL,
    DEEP_ON = 1 << KAM_STAGE_DEEP | 1 << KAM_STAGE_SYMBIOSIS,
    STABLE_ON = 1 << KAM_STAGE_STABLE | DEEP_ON
};

static const kam_cadence_rule PRESET[KAM_CADENCE_PRESET] = {
    {KAM_TOUCH_VISIT, 0, CORE, 0, 0, 0, 0, 1},
    {KAM_TOUCH_REVIEW, 0, HIGH_POTENTIAL, 0, 0, 0, 0, 3},
    {KAM_TOUCH_VISIT, 0, MAINTAIN, 0, 0, 0, 0, 6},
    {KAM_TOUCH_ONBOARDING, 0, 0, INITIAL, 0, 1, 7, 0},
    {KAM_TOUCH_ONBOARDING, 0, 0, INITIAL, 1, 3, 14, 0},
    {KAM_TOUCH_VALUE_REPORT, 0, 0, STABLE_ON, 0, 0, 0, 3},
    {KAM_TOUCH_EXECUTIVE_MEETING, 0, 0, DEEP_ON, 0, 0, 0, 6},
    {KAM_TOUCH_DATA_REVIEW, 0, 0, 0, 0, 0, 0, 1},
    {KAM_TOUCH_SURVEY, 0, 0, 0, 0, 0, 0, 3},
    {KAM_TOUCH_REVISIT, 0, 0, 0, 0, 0, 0, 3},
    {KAM_TOUCH_RESOURCE_REVIEW, 0, 0, 0, 0, 0, 0, 3},
    {KAM_TOUCH_RIVAL_WATCH, 0, 0, 0, 0, 0, 0, 3}};

kam_status kam_cadence_preset(kam_cadence_rule *rules) {
    if (!rules) return KAM_ERR_NULL;
    memcpy(rules, PRESET, sizeof PRESET);
    return KAM_OK;
}

static const char NAMES_EN[10][20] = {"visit",
                                      "review",
                                      "onboarding contact",
                                      "value report",
                                      "executive meeting",
                                      "data review",
                                      "satisfaction survey",
                                      "return visit",
                                      "resource review",
                                      "rival watch"};
static const char NAMES_ZH[10][24] = {"面对面拜访", "季度复盘", "初期沟通",
                                      "价值报告",   "高层会晤", "数据复盘",
                                      "满意度调查", "回访",     "资源盘点",
                                      "竞品监测"};

const char *kam_cadence_touch_name(int32_t touch, int32_t language) {
    const int zh = language == KAM_ZH;
    if (touch < KAM_TOUCH_VISIT || touch > KAM_TOUCH_RIVAL_WATCH)
        return zh ? "未知" : "unknown";
    return zh ? NAMES_ZH[touch - 1] : NAMES_EN[touch - 1];
}

/* One account as rules see it; -1: unknown. */
struct account {
    int32_t contract, tier, matrix_class, stage;
};

/* What a rule gives: days, KAM__NO_DAY for none. */
struct due {
    int32_t day, next, rule;
};

static int in_mask(uint32_t mask, int32_t code) {
    return code >= 0 && code < 32 && (mask >> code & 1);
}

/* Whether a rule asks for something that is not known of the account. */
static int lacks(const kam_cadence_rule *rule, const struct account *a) {
    const int dated = rule->stages || rule->from_month || rule->to_month;
    return (rule->tiers && a->tier < 0) ||
           (rule->classes && a->matrix_class < 0) || (dated && a->stage < 0);
}

static int holds(const kam_cadence_rule *rule, const struct account *a,
                 int32_t as_of) {
    if (lacks(rule, a)) return 0;
    if (rule->tiers && !in_mask(rule->tiers, a->tier)) return 0;
    if (rule->classes && !in_mask(rule->classes, a->matrix_class)) return 0;
    if (rule->stages && !in_mask(rule->stages, a->stage)) return 0;
    if (rule->from_month &&
        as_of < kam__months_later(a->contract, rule->from_month))
        return 0;
    return !rule->to_month ||
           as_of < kam__months_later(a->contract, rule->to_month);
}

/* The day from which a rule holds that holds today; KAM__NO_DAY when it is not
 * known. Stages that the mask has in a row are one. */
static int32_t start_of(const kam_cadence_rule *rule, const struct account *a,
                        const struct kam__stages *stages) {
    if (a->stage < 0) return KAM__NO_DAY;
    int32_t stage = a->stage;
    while (stage > 0 && (!rule->stages || in_mask(rule->stages, stage - 1)))
        stage--;
    const int32_t of_stage =
        stage > 0 ? kam__months_later(a->contract, stages->months[stage - 1])
                  : a->contract;
    const int32_t of_rule = kam__months_later(a->contract, rule->from_month);
    return of_rule > of_stage ? of_rule : of_stage;
}

static int32_t step(const kam_cadence_rule *rule, int32_t from, int32_t count) {
    if (rule->every_months)
        return kam__months_later(from, count * rule->every_months);
    const int64_t day = from + (int64_t)count * rule->every_days;
    return day < KAM__LAST_DAY ? (int32_t)day : KAM__LAST_DAY;
}

/* The first day of the schedule after today; a month has at most 31 days. */
static int32_t first_after(const kam_cadence_rule *rule, int32_t from,
                           int32_t today) {
    const int32_t days =
        rule->every_months ? 31 * rule->every_months : rule->every_days;
    int32_t count = today > from ? (today - from) / days : 0;
    while (step(rule, from, count) <= today &&
           step(rule, from, count) < KAM__LAST_DAY)
        count++;
    return step(rule, from, count);
}

static void apply(const struct kam__cadence *plan, int32_t rule_number,
                  const struct account *a, int32_t last, struct due *due) {
    const kam_cadence_rule *const rule = &plan->rules[rule_number];
    const int32_t start = start_of(rule, a, &plan->stages);
    int32_t from = last != KAM__NO_DAY ? last : start;
    if (from == KAM__NO_DAY) return;
    int32_t day = step(rule, from, 1);
    if (start != KAM__NO_DAY && day < start) day = from = start;
    if (due->day != KAM__NO_DAY && due->day <= day) return;
    due->day = day;
    due->next = day > plan->stages.as_of
                    ? day
                    : first_after(rule, from, plan->stages.as_of);
    due->rule = rule_number;
}

/* The touch number k of one account. */
static uint32_t look(const struct kam__cadence *plan, const struct account *a,
                     int64_t row, int32_t k, struct due *due) {
    const int32_t last = plan->accounts.last
                             ? kam__day_at(&plan->accounts.last[k], row)
                             : KAM__NO_DAY;
    uint32_t flags = 0;
    if (last != KAM__NO_DAY && last > plan->stages.as_of) return KAM_ROW_DOMAIN;
    for (int32_t i = 0; i < plan->n_rules; i++) {
        const kam_cadence_rule *const rule = &plan->rules[i];
        if (rule->touch != plan->accounts.touches[k]) continue;
        if (lacks(rule, a)) flags |= KAM_ROW_MISSING;
        if (!holds(rule, a, plan->stages.as_of)) continue;
        if (last == KAM__NO_DAY && a->stage < 0) flags |= KAM_ROW_MISSING;
        apply(plan, i, a, last, due);
    }
    return flags;
}

static void look_row(const struct kam__cadence *plan, int64_t row,
                     const struct account *a) {
    const kam_cadence_out *const out = &plan->out;
    const int32_t n_touches = plan->accounts.n_touches;
    const int32_t today = plan->stages.as_of;
    uint32_t flags = 0;
    for (int32_t k = 0; k < n_touches; k++) {
        const int64_t at = row * n_touches + k;
        struct due due = {KAM__NO_DAY, KAM__NO_DAY, -1};
        flags |= look(plan, a, row, k, &due);
        const int overdue = due.day != KAM__NO_DAY && due.day < today;
        if (out->due_day) out->due_day[at] = due.day;
        if (out->overdue_days)
            out->overdue_days[at] = overdue ? today - due.day : 0;
        if (out->next_day) out->next_day[at] = due.next;
        if (out->rule) out->rule[at] = due.rule;
    }
    if (out->row_flags) out->row_flags[row] |= flags;
}

void kam__cadence_rows(const struct kam__cadence *to, int64_t first, int32_t n,
                       const int32_t *tier, const int32_t *matrix_class) {
    const int32_t today = to->stages.as_of;
    for (int32_t i = 0; i < n; i++) {
        const int32_t contract =
            kam__day_at(&to->accounts.contract_day, first + i);
        const struct account a = {contract, tier[i],
                                  matrix_class[i] > 0 ? matrix_class[i] : -1,
                                  contract != KAM__NO_DAY && contract <= today
                                      ? kam__stage_of(&to->stages, contract)
                                      : -1};
        look_row(to, first + i, &a);
    }
}

static void look_rows(void *context, int64_t first, int32_t n) {
    const struct kam__cadence *const plan = context;
    int32_t tier[KAM__TILE], matrix_class[KAM__TILE];
    kam__codes(&plan->accounts.tier, first, n, 0, tier);
    kam__codes(&plan->accounts.account_class, first, n, 1, matrix_class);
    if (plan->out.row_flags)
        memset(plan->out.row_flags + first, 0,
               (size_t)n * sizeof *plan->out.row_flags);
    kam__cadence_rows(plan, first, n, tier, matrix_class);
}

static kam_status check_rule(const kam_cadence_rule *rule, int32_t i,
                             kam_diag *diag) {
    const int one_step = (rule->every_days > 0) != (rule->every_months > 0);
    if (rule->touch < 1)
        return kam__fail(diag, KAM_ERR_OPTION, "options.rules.touch", i,
                         rule->touch, "Rule {row} is for touch {value}.");
    if (!one_step || rule->every_days < 0 || rule->every_months < 0 ||
        rule->every_days > MOST_DAYS || rule->every_months > MOST_MONTHS)
        return kam__fail(diag, KAM_ERR_OPTION, "options.rules.every_days", i,
                         rule->every_days,
                         "Rule {row} has no step, two, or one of more than a "
                         "century.");
    if (rule->from_month < 0 || rule->from_month > MOST_MONTHS ||
        (rule->to_month &&
         (rule->to_month <= rule->from_month || rule->to_month > MOST_MONTHS)))
        return kam__fail(diag, KAM_ERR_OPTION, "options.rules.from_month", i,
                         rule->from_month,
                         "Rule {row}, from month {value}, ends before it "
                         "begins or runs beyond a century.");
    return KAM_OK;
}

static kam_status read_options(struct kam__cadence *plan, int32_t as_of_day,
                               const kam_cadence_options *theirs,
                               kam_diag *diag) {
    kam_cadence_options o = {0};
    kam_status status =
        theirs
            ? kam__sized_read(&o, sizeof o, theirs,
                              KAM__FIRST(kam_cadence_options), "options", diag)
            : KAM_OK;
    if (status != KAM_OK) return status;
    if (o.n_rules < 0 || o.n_rules > MOST_RULES)
        return kam__fail(diag, KAM_ERR_OPTION, "options.n_rules", -1, o.n_rules,
                         "{value} is not from 0 to 1000.");
    if (o.n_rules > 0 && !o.rules)
        return kam__fail(diag, KAM_ERR_NULL, "options.rules", -1, (double)NAN,
                         "");
    plan->rules = o.n_rules > 0 ? o.rules : PRESET;
    plan->n_rules = o.n_rules > 0 ? o.n_rules : KAM_CADENCE_PRESET;
    for (int32_t i = 0; i < plan->n_rules && status == KAM_OK; i++)
        status = check_rule(&plan->rules[i], i, diag);
    if (status != KAM_OK) return status;
    return kam__stages_read(&plan->stages, as_of_day, o.stages, diag);
}

static kam_status check_columns(const kam_cadence_accounts *a, int32_t types,
                                kam_diag *diag) {
    if (a->n_rows < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "accounts.n_rows", -1,
                         (double)a->n_rows, "n_rows is {value}.");
    if (a->n_touches < 1 || a->n_touches > MOST_TOUCHES)
        return kam__fail(diag, KAM_ERR_OPTION, "accounts.n_touches", -1,
                         a->n_touches, "{value} is not from 1 to 64.");
    if (!a->touches)
        return kam__fail(diag, KAM_ERR_NULL, "accounts.touches", -1,
                         (double)NAN, "");
    kam_status status = kam__column_check(&a->contract_day, a->n_rows, types, 0,
                                          "accounts.contract_day", diag);
    if (status == KAM_OK)
        status = kam__column_check(&a->tier, a->n_rows, KAM__NUMBERS, 0,
                                   "accounts.tier", diag);
    if (status == KAM_OK)
        status = kam__column_check(&a->account_class, a->n_rows, KAM__NUMBERS,
                                   0, "accounts.account_class", diag);
    for (int32_t k = 0; a->last && k < a->n_touches && status == KAM_OK; k++)
        status = kam__column_check(&a->last[k], a->n_rows, types, 0,
                                   "accounts.last", diag);
    return status;
}

kam_status kam__cadence_begin(struct kam__cadence *to,
                              const kam_cadence_accounts *accounts,
                              int32_t types, int32_t as_of_day,
                              const kam_cadence_options *options,
                              const kam_cadence_out *out, kam_diag *diag) {
    kam_status status =
        kam__sized_read(&to->accounts, sizeof to->accounts, accounts,
                        KAM__FIRST(kam_cadence_accounts), "accounts", diag);
    if (status == KAM_OK) status = check_columns(&to->accounts, types, diag);
    if (status == KAM_OK) status = read_options(to, as_of_day, options, diag);
    if (status == KAM_OK)
        status = kam__sized_read(&to->out, sizeof to->out, out,
                                 KAM__FIRST(kam_cadence_out), "out", diag);
    if (status == KAM_OK &&
        (as_of_day < KAM__FIRST_DAY || as_of_day > KAM__LAST_DAY))
        status = kam__fail(diag, KAM_ERR_OPTION, "as_of_day", -1, as_of_day,
                           "{value} is not in the years 1 to 9999.");
    return status;
}

static uint32_t defaults_of(const struct kam__cadence *plan) {
    const int preset = plan->n_rules == KAM_CADENCE_PRESET &&
                       memcmp(plan->rules, PRESET, sizeof PRESET) == 0;
    return (preset ? KAM_CADENCE_DEFAULT_RULES : 0u) |
           (kam__stages_are_default(&plan->stages) ? KAM_CADENCE_DEFAULT_STAGES
                                                   : 0u);
}

kam_status kam_cadence_due(const kam_cadence_accounts *accounts,
                           int32_t as_of_day,
                           const kam_cadence_options *options,
                           const kam_host *host, const kam_cadence_out *out,
                           kam_diag *diag) {
    kam_host lent;
    struct kam__cadence plan;
    kam_status status = kam__cadence_begin(&plan, accounts, KAM__DAYS,
                                           as_of_day, options, out, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    status = kam__for_rows(&lent, plan.accounts.n_rows, look_rows, &plan, diag);
    if (status != KAM_OK) return status;
    if (plan.out.defaults) *plan.out.defaults = defaults_of(&plan);
    return kam__ok(diag);
}
