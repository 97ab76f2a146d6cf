/* SPDX-License-Identifier: MIT */
/* The playbook (A1): rules to actions. */
#include <kam/reason.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "base/sized.h"
#include "care/playbook.h"

enum { MOST_RULES = 1000, MOST_WIDTH = 64, WIDTH = 16, MOST_DAYS = 36600 };

/* Bits of the classes of the matrix, which lies in another room. */
enum {
    CORE = 1 << 1,
    HIGH_POTENTIAL = 1 << 2,
    MAINTAIN = 1 << 3,
    DEVELOP = 16
};
enum { STRATEGIC = 1, KEY = 2, BASIC = 4 };
#define ANY_ALARM UINT32_MAX

const kam_playbook_rule kam__playbook_preset[KAM_PLAYBOOK_PRESET] = {
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
    memcpy(rules, kam__playbook_preset, sizeof kam__playbook_preset);
    return KAM_OK;
}

/* Alone on top of nothing, or written out in place of itself. */
int kam__playbook_is_default(const kam_playbook_options *o) {
    return o->instead ? o->n_rules == KAM_PLAYBOOK_PRESET &&
                            memcmp(o->rules, kam__playbook_preset,
                                   sizeof kam__playbook_preset) == 0
                      : o->n_rules == 0;
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

void kam__codes(const kam_column *column, int64_t first, int32_t n,
                int32_t lowest, int32_t *code) {
    double tile[KAM__TILE];
    const double *const given = kam__gather(column, first, n, tile);
    for (int32_t i = 0; i < n; i++)
        code[i] = given[i] >= lowest && given[i] < KAM__CODES - 1
                      ? (int32_t)given[i]
                      : -1;
}

struct work {
    kam_playbook_accounts accounts;
    struct kam__playbook book;
};

static void answer_rows(void *context, int64_t first, int32_t n) {
    const struct work *const work = context;
    const kam_playbook_accounts *const a = &work->accounts;
    int32_t tier[KAM__TILE], matrix_class[KAM__TILE], stage[KAM__TILE];
    double alarms[KAM__TILE];
    kam__codes(&a->tier, first, n, 0, tier);
    kam__codes(&a->account_class, first, n, 1, matrix_class);
    kam__codes(&a->stage, first, n, 0, stage);
    const struct kam__playbook_tile tile = {tier, matrix_class, stage,
                                            kam__gather(&a->alarms, first, n,
                                                        alarms)};
    if (work->book.out.row_flags)
        memset(work->book.out.row_flags + first, 0,
               (size_t)n * sizeof *work->book.out.row_flags);
    kam__playbook_rows(&work->book, &tile, first, n);
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

kam_status kam__playbook_begin(struct kam__playbook *to,
                               const kam_playbook_options *options,
                               int64_t n_rows, const kam_playbook_out *out,
                               kam_diag *diag) {
    kam_status status = KAM_OK;
    memset(&to->options, 0, sizeof to->options);
    if (options)
        status =
            kam__sized_read(&to->options, sizeof to->options, options,
                            KAM__FIRST(kam_playbook_options), "options", diag);
    if (status == KAM_OK) status = check_options(&to->options, diag);
    if (status == KAM_OK)
        status = kam__sized_read(&to->out, sizeof to->out, out,
                                 KAM__FIRST(kam_playbook_out), "out", diag);
    if (status != KAM_OK) return status;
    kam__playbook_prepare(to, n_rows);
    return KAM_OK;
}

static uint32_t defaults_of(const kam_playbook_options *o) {
    return (kam__playbook_is_default(o) ? KAM_PLAYBOOK_DEFAULT_RULES : 0u) |
           (o->width == WIDTH ? KAM_PLAYBOOK_DEFAULT_WIDTH : 0u);
}

kam_status kam_playbook_actions(const kam_playbook_accounts *accounts,
                                const kam_playbook_options *options,
                                const kam_host *host,
                                const kam_playbook_out *out, kam_diag *diag) {
    kam_host lent;
    struct work work;
    kam_status status =
        kam__sized_read(&work.accounts, sizeof work.accounts, accounts,
                        KAM__FIRST(kam_playbook_accounts), "accounts", diag);
    if (status == KAM_OK) status = check_columns(&work.accounts, diag);
    if (status == KAM_OK)
        status = kam__playbook_begin(&work.book, options, work.accounts.n_rows,
                                     out, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    status =
        kam__for_rows(&lent, work.accounts.n_rows, answer_rows, &work, diag);
    if (status != KAM_OK) return status;
    if (work.book.out.defaults)
        *work.book.out.defaults = defaults_of(&work.book.options);
    return kam__ok(diag);
}
