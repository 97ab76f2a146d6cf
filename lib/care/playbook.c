/* SPDX-License-Identifier: MIT */
/* The playbook (A1): rules to actions. */
#include <kam/playbook.h>

#include <kam/reason.h>
#include <kam/stage.h>
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "base/sized.h"

enum {
    ACCOUNTS_FIRST_VERSION = sizeof(kam_playbook_accounts),
    OPTIONS_FIRST_VERSION = sizeof(kam_playbook_options),
    OUT_FIRST_VERSION = sizeof(kam_playbook_out),
    MOST_RULES = 1000,
    MOST_WIDTH = 64,
    WIDTH = 16,
    MOST_DAYS = 36600
};

/* Bits of the classes of the matrix, which lies in another room. */
enum {
    CORE = 1 << 1,
    HIGH_POTENTIAL = 1 << 2,
    MAINTAIN = 1 << 3,
    DEVELOP = 16
};
enum { STRATEGIC = 1, KEY = 2, BASIC = 4 };
#define ANY_ALARM UINT32_MAX

static const kam_playbook_rule PRESET[KAM_PLAYBOOK_PRESET] = {
    {KAM_ACTION_EXECUTIVE_SPONSOR, 30, STRATEGIC, 0, 0, 0},
    {KAM_ACTION_TWO_PERSON_TEAM, 30, KEY, 0, 0, 0},
    {KAM_ACTION_DEDICATED_ADVISER, 30, BASIC, 0, 0, 0},
    {KAM_ACTION_DEDICATED_MANAGER, 30, 0, CORE, 0, 0},
    {KAM_ACTION_CUSTOM_PLAN, 30, 0, CORE, 0, 0},
    {KAM_ACTION_NAMED_CONTACT, 30, 0, HIGH_POTENTIAL, 0, 0},
    {KAM_ACTION_TRIAL_FIRST, 90, 0, HIGH_POTENTIAL, 0, 0},
    {KAM_ACTION_INDUSTRY_SOLUTION, 90, 0, HIGH_POTENTIAL, 0, 0},
    {KAM_ACTION_STANDARD_SERVICE, 30, 0, MAINTAIN, 0, 0},
    {KAM_ACTION_CASES_FIRST, 90, 0, DEVELOP, 0, 0},
    {KAM_ACTION_VALUE_ADDED_SERVICE, 5, 0, 0, 0, ANY_ALARM},
    {KAM_ACTION_SENIOR_CONTACT, 2, 0, 0, 0, ANY_ALARM}};

kam_status kam_playbook_preset(kam_playbook_rule *rules) {
    if (!rules) return KAM_ERR_NULL;
    memcpy(rules, PRESET, sizeof PRESET);
    return KAM_OK;
}

static const char NAMES_EN[12][24] = {
    "executive sponsor", "two-person team",     "dedicated adviser",
    "dedicated manager", "custom plan",         "named contact",
    "trial first",       "industry solution",   "standard service",
    "cases first",       "value-added service", "senior contact"};
static const char NAMES_ZH[12][24] = {"高管牵头对接", "双人服务小组",
                                      "专属顾问",     "专属客户经理",
                                      "定制方案",     "固定对接人",
                                      "优先试用",     "优先行业方案",
                                      "标准化服务",   "优先案例分享",
                                      "提供增值服务", "高层沟通"};

const char *kam_playbook_action_name(int32_t action, int32_t language) {
    const int zh = language == KAM_ZH;
    if (action < 1 || action > 12) return zh ? "未知" : "unknown";
    return zh ? NAMES_ZH[action - 1] : NAMES_EN[action - 1];
}

struct book {
    kam_playbook_accounts accounts;
    kam_playbook_options options;
    kam_playbook_out out;
    int32_t n_sorted, n_never;
    int32_t sorted[MOST_RULES + KAM_PLAYBOOK_PRESET];
};

/* One account as rules see it; -1: unknown. */
struct account {
    int32_t tier, matrix_class, stage;
    int32_t alarms_known;
    uint32_t alarms;
};

static const kam_playbook_rule *rule_at(const struct book *b, int32_t i) {
    return i >= 0 ? &b->options.rules[i] : &PRESET[-1 - i];
}

static int fits(uint32_t mask, int32_t code) {
    return mask == 0 || (code >= 0 && (mask >> code & 1));
}

static int holds(const kam_playbook_rule *rule, const struct account *a) {
    return fits(rule->tiers, a->tier) && fits(rule->classes, a->matrix_class) &&
           fits(rule->stages, a->stage) &&
           (rule->alarms == 0 || (rule->alarms & a->alarms));
}

static int lacks(const kam_playbook_rule *rule, const struct account *a) {
    return (rule->tiers && a->tier < 0) ||
           (rule->classes && a->matrix_class < 0) ||
           (rule->stages && a->stage < 0) || (rule->alarms && !a->alarms_known);
}

static int comes_before(const kam_playbook_rule *a,
                        const kam_playbook_rule *b) {
    return a->due_days < b->due_days ||
           (a->due_days == b->due_days && a->action < b->action);
}

/* All rules by day, then by action; those that forbid come first. Equal ones
 * stay in order. */
static void sort_rules(struct book *b) {
    for (int32_t i = b->options.instead ? 0 : -KAM_PLAYBOOK_PRESET;
         i < b->options.n_rules; i++) {
        const kam_playbook_rule *const rule = rule_at(b, i);
        int32_t at = b->n_sorted++;
        for (; at > 0 && comes_before(rule, rule_at(b, b->sorted[at - 1]));
             at--)
            b->sorted[at] = b->sorted[at - 1];
        b->sorted[at] = i;
        b->n_never += rule->due_days < 0;
    }
}

static int is_forbidden(const struct book *b, const struct account *a,
                        int32_t action) {
    for (int32_t i = 0; i < b->n_never; i++) {
        const kam_playbook_rule *const rule = rule_at(b, b->sorted[i]);
        if (rule->action == action && holds(rule, a)) return 1;
    }
    return 0;
}

/* Whether a rule before number `k` has given the action already. */
static int is_given(const struct book *b, const struct account *a, int32_t k) {
    const int32_t action = rule_at(b, b->sorted[k])->action;
    for (int32_t i = b->n_never; i < k; i++) {
        const kam_playbook_rule *const rule = rule_at(b, b->sorted[i]);
        if (rule->action == action && holds(rule, a)) return 1;
    }
    return 0;
}

static uint32_t flags_of(const struct book *b, const struct account *a) {
    for (int32_t i = b->options.instead ? 0 : -KAM_PLAYBOOK_PRESET;
         i < b->options.n_rules; i++)
        if (lacks(rule_at(b, i), a)) return KAM_ROW_MISSING;
    return 0;
}

static int32_t code_at(const kam_column *column, int64_t row, int32_t lowest) {
    const double code = kam__number_at(column, row);
    return code >= lowest && code < 32 ? (int32_t)code : -1;
}

static struct account account_at(const kam_playbook_accounts *from,
                                 int64_t row) {
    const double alarms = kam__number_at(&from->alarms, row);
    const int known = alarms >= 0 && alarms <= UINT32_MAX;
    return (struct account){code_at(&from->tier, row, 0),
                            code_at(&from->account_class, row, 1),
                            code_at(&from->stage, row, 0), known,
                            known ? (uint32_t)alarms : 0};
}

static void write_answer(const struct book *b, int64_t at, int32_t action,
                         int32_t days, int32_t rule) {
    if (b->out.action) b->out.action[at] = action;
    if (b->out.due_days) b->out.due_days[at] = days;
    if (b->out.rule) b->out.rule[at] = rule;
}

static void answer_row(const struct book *b, int64_t row) {
    const struct account a = account_at(&b->accounts, row);
    const int32_t width = b->options.width;
    int32_t count = 0;
    for (int32_t k = b->n_never; k < b->n_sorted; k++) {
        const int32_t number = b->sorted[k];
        const kam_playbook_rule *const rule = rule_at(b, number);
        if (!holds(rule, &a) || is_given(b, &a, k) ||
            is_forbidden(b, &a, rule->action))
            continue;
        if (count < width)
            write_answer(b, row * width + count, rule->action, rule->due_days,
                         number);
        count++;
    }
    for (int32_t k = count; k < width; k++)
        write_answer(b, row * width + k, 0, 0, 0);
    if (b->out.n_actions) b->out.n_actions[row] = count;
    if (b->out.row_flags) b->out.row_flags[row] = flags_of(b, &a);
}

static void answer_rows(void *context, int64_t first, int32_t n) {
    for (int64_t row = first; row < first + n; row++) answer_row(context, row);
}

static kam_status check_options(kam_playbook_options *o, kam_diag *diag) {
    if (o->width == 0) o->width = WIDTH;
    if (o->width < 1 || o->width > MOST_WIDTH)
        return kam__fail(diag, KAM_ERR_OPTION, "options.width", -1, o->width,
                         "{value} is not from 1 to 64.");
    if (o->n_rules < 0 || o->n_rules > MOST_RULES)
        return kam__fail(diag, KAM_ERR_OPTION, "options.n_rules", -1,
                         o->n_rules, "{value} is not from 0 to 1000.");
    if (o->n_rules > 0 && !o->rules)
        return kam__fail(diag, KAM_ERR_NULL, "options.rules", -1, (double)NAN,
                         "");
    if (o->instead != 0 && o->instead != 1)
        return kam__fail(diag, KAM_ERR_OPTION, "options.instead", -1,
                         o->instead, "{value} is neither 0 nor 1.");
    for (int32_t i = 0; i < o->n_rules; i++) {
        const kam_playbook_rule *const rule = &o->rules[i];
        if (rule->action < 1)
            return kam__fail(diag, KAM_ERR_OPTION, "options.rules.action", i,
                             rule->action, "Rule {row} is for action {value}.");
        if (rule->due_days < -1 || rule->due_days > MOST_DAYS)
            return kam__fail(diag, KAM_ERR_OPTION, "options.rules.due_days", i,
                             rule->due_days,
                             "Rule {row} is due in {value} days.");
    }
    return KAM_OK;
}

static kam_status check_columns(const kam_playbook_accounts *a,
                                kam_diag *diag) {
    static const char names[4][24] = {"accounts.tier", "accounts.account_class",
                                      "accounts.stage", "accounts.alarms"};
    const kam_column *const columns[4] = {&a->tier, &a->account_class,
                                          &a->stage, &a->alarms};
    kam_status status = KAM_OK;
    if (a->n_rows < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "accounts.n_rows", -1,
                         (double)a->n_rows, "n_rows is {value}.");
    for (int i = 0; i < 4 && status == KAM_OK; i++)
        status = kam__column_check(columns[i], a->n_rows,
                                   i < 3 ? KAM__NUMBERS : KAM__INTEGERS, 0,
                                   names[i], diag);
    return status;
}

kam_status kam_playbook_actions(const kam_playbook_accounts *accounts,
                                const kam_playbook_options *options,
                                const kam_host *host,
                                const kam_playbook_out *out, kam_diag *diag) {
    kam_host lent;
    struct book b;
    memset(&b, 0, sizeof b);
    kam_status status =
        kam__sized_read(&b.accounts, sizeof b.accounts, accounts,
                        ACCOUNTS_FIRST_VERSION, "accounts", diag);
    if (status == KAM_OK) status = check_columns(&b.accounts, diag);
    if (status == KAM_OK && options)
        status = kam__sized_read(&b.options, sizeof b.options, options,
                                 OPTIONS_FIRST_VERSION, "options", diag);
    if (status == KAM_OK) status = check_options(&b.options, diag);
    if (status == KAM_OK)
        status = kam__sized_read(&b.out, sizeof b.out, out, OUT_FIRST_VERSION,
                                 "out", diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    sort_rules(&b);
    status = kam__for_rows(&lent, b.accounts.n_rows, answer_rows, &b, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}
