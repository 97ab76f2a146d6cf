/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "csvfile.h"
#include "message.h"
#include "output.h"
#include "parse.h"
#include "words.h"

/* Lists counts: "3 without a day, 1 after the as-of day". */
struct list {
    FILE *out;
    int zh;
    const char *between;
};

static void item(struct list *list, int64_t count, const char *what,
                 const char *chinese) {
    struct words words;
    if (count == 0) return;
    grouped(&words, (double)count, 0);
    fprintf(list->out, "%s%s %s", list->between,
            list->zh ? chinese : words.text, list->zh ? words.text : what);
    list->between = list->zh ? "，" : ", ";
}

static int is_begun(const struct list *list) {
    return strcmp(list->between, list->zh ? "，" : ", ") == 0;
}

void print_dropped(FILE *out, const struct order_log *log,
                   const kam_ledger_report *report, int32_t language) {
    const int zh = language == KAM_ZH;
    struct list list = {out, zh, zh ? "（" : " ("};
    struct words words;
    const int64_t dropped = log->n_read - report->n_used;
    fprintf(out, zh ? "剔除 %s" : "%s dropped",
            grouped(&words, (double)dropped, 0));
    item(&list, report->n_missing_account, "without an account", "无客户");
    item(&list, report->n_missing_day, "without a day", "无日期");
    item(&list, report->n_missing_amount, "without an amount", "无金额");
    item(&list, report->n_bad_amount, "with an amount too large", "金额过大");
    item(&list, report->n_bad_day, "with a day no calendar has", "日期不存在");
    item(&list, report->n_after_as_of, "after the as-of day", "晚于截至日");
    item(&list, report->n_before_first, "before the first day", "早于第一天");
    item(&list, log->n_bad, "with a bad day or number", "日期或数字有误");
    if (dropped > 0) fputs(zh ? "）" : ")", out);
}

static void print_lines(FILE *out, const struct result *result) {
    const kam_ledger_report *report = &result->book->report;
    const int32_t language = result->options->language;
    const int zh = language == KAM_ZH;
    struct list list = {out, zh,
                        zh ? "          所用行中："
                           : "          of the used: "};
    struct words a, b;
    char first[16], last[16];
    fprintf(out,
            zh ? "明细行    读入 %s，使用 %s，"
               : "Lines     %s read, %s used, ",
            grouped(&a, (double)result->log->n_read, 0),
            grouped(&b, (double)report->n_used, 0));
    print_dropped(out, result->log, report, language);
    fputs("\n", out);
    item(&list, report->n_returns,
         report->n_returns == 1 ? "return" : "returns", "退货");
    item(&list, report->n_zero, "of amount zero", "金额为零");
    item(&list, result->log->has_cost ? report->n_missing_cost : 0,
         "without a cost", "无成本");
    item(&list, result->log->n_short, "with fewer fields than the header",
         "字段少于表头");
    if (is_begun(&list)) fputs("\n", out);
    if (result->log->n_bad > 0)
        fprintf(out,
                zh ? "          第一个有误的行：%s\n"
                   : "          the first bad line: %s\n",
                result->log->first_bad);
    fprintf(out,
            zh ? "订单      %s，%s，%s 至 %s（%s）\n"
               : "Orders    %s of %s, %s to %s (%s)\n",
            many_in(&a, report->n_orders, "order", language),
            many_in(&b, report->n_accounts, "account", language),
            day_text(report->first_line_day, first),
            day_text(report->last_line_day, last),
            result->log->has_order
                ? (zh ? "同一订单号的所有行为一笔订单"
                      : "lines of one order number are one order")
                : (zh ? "同一客户同一天的所有行为一笔订单"
                      : "lines of an account on one day are one order"));
    if (report->n_without_order > 0)
        fprintf(out,
                zh ? "          %s从未下单\n" : "          %s never ordered\n",
                many_in(&a, report->n_without_order, "account", language));
}

static void print_facts(FILE *out, const struct result *result) {
    const struct account_facts *facts = result->facts;
    const int32_t language = result->options->language;
    const int zh = language == KAM_ZH;
    struct words a, b;
    int64_t n_known = facts->n_records - facts->n_strangers - facts->n_unnamed;
    if (!result->options->accounts_file) return;
    fprintf(out,
            zh ? "客户      %s 个（共 %s）见于 %s\n"
               : "Accounts  %s of %s found in %s\n",
            grouped(&a, (double)n_known, 0),
            many_in(&b, result->book->n, "account", language),
            csv_name(result->options->accounts_file));
    if (facts->n_strangers > 0)
        fprintf(out,
                zh ? "          未计入：%s未出现在所用的行中，服务成本 %s\n"
                   : "          left out: %s that no used line names, cost to "
                     "serve %s\n",
                many_in(&a, facts->n_strangers, "account", language),
                grouped(&b, facts->strangers_cost, 2));
    if (facts->n_unnamed > 0)
        fprintf(out,
                zh ? "          未计入：%s无客户\n"
                   : "          left out: %s without an account\n",
                many_in(&a, facts->n_unnamed, "line", language));
    if (facts->n_early > 0)
        fprintf(out,
                zh ? "          %s的订单早于 start_day（评分从首笔订单算起）\n"
                   : "          %s with an order before start_day (scores "
                     "count from the first order)\n",
                many_in(&a, facts->n_early, "account", language));
}

/* What maximum likelihood found, and what was done about it. */
static void print_verdict(FILE *out, const kam_estimate_report *report,
                          kam_status likelihood, const char *culprit,
                          int32_t language) {
    const int zh = language == KAM_ZH;
    struct words words, rows;
    many_in(&rows, report->n_rows, "account", language);
    if (likelihood == KAM_OK) {
        fprintf(out, zh ? "已收敛（%s）" : "converged on %s", rows.text);
    } else if (likelihood == KAM_ERR_CONSTANT && report->status == KAM_OK) {
        fprintf(out,
                zh ? "没有差异：%s的每笔订单金额相同"
                   : "no spread: every order of %s is alike",
                rows.text);
    } else {
        fprintf(out,
                zh ? "极大似然：%s（%s%s%s）"
                   : "maximum likelihood: %s (%s%s%s)",
                status_words(&words, likelihood, language),
                kam_status_name(likelihood), culprit ? ", " : "",
                culprit ? culprit : "");
        if (report->prior == KAM_PRIOR_WEAK && report->status == KAM_OK)
            fprintf(
                out,
                zh ? "\n          因此使用了弱先验；已收敛（%s）"
                   : "\n          so a weak prior was used; converged on %s",
                rows.text);
    }
    if (report->n_skipped > 0)
        fprintf(out, zh ? "，%s 个未计入" : ", %s left out",
                grouped(&words, (double)report->n_skipped, 0));
    fputs("\n", out);
}

static void print_parameters(FILE *out, int32_t n, const double *parameter,
                             const double *covariance,
                             const char *(*name)(int32_t, int32_t),
                             int32_t family, double log_likelihood, int zh) {
    fputs("          ", out);
    for (int32_t i = 0; i < n; i++) {
        const double variance = covariance[i * n + i];
        fprintf(out, "%s %.6g", name(family, i), parameter[i]);
        /* By the delta method: the covariance is of log parameters. */
        if (variance >= 0)
            fprintf(out, zh ? "（标准误 %.2g）" : " (se %.2g)",
                    parameter[i] * sqrt(variance));
        fputs(zh ? "，" : ", ", out);
    }
    fprintf(out, zh ? "对数似然 %.4f\n" : "log likelihood %.4f\n",
            log_likelihood);
}

/* What the spend model takes for granted, as far as the book can tell. */
static void print_dependence(FILE *out, const kam_fit_report *fit, int zh) {
    const kam_spend_dependence *found = &fit->dependence;
    if (fit->independence != KAM_OK) return;
    fprintf(out,
            zh ? "          订单金额与订单数：秩相关 %.2f，p %.2g%s\n"
               : "          order value with number of orders: rank "
                 "correlation %.2f, p %.2g%s\n",
            found->rank_correlation, found->p_value,
            found->p_value >= 0.05 ? ""
            : zh                   ? "；模型假定两者独立"
                                   : "; the model takes them as independent");
}

static void print_models(FILE *out, const struct result *result) {
    const kam_models *models = &result->answers->models;
    const kam_fit_report *fit = &result->answers->fit;
    const int32_t family = models->orders.family;
    const int32_t language = result->options->language;
    const int zh = language == KAM_ZH;
    fprintf(out, zh ? "下单节奏  %s：" : "Rhythm    %s: ",
            family ? kam_btyd_family_name(family)
            : zh   ? "无订单模型"
                   : "no order model");
    print_verdict(out, &fit->orders, fit->orders_ml,
                  fit->orders_culprit < 0
                      ? NULL
                      : kam_btyd_parameter_name(family, fit->orders_culprit),
                  language);
    if (result->options->period_days > 0)
        fprintf(out,
                zh ? "          按 %d 天的时段计数，每段只看有无订单\n"
                   : "          orders are counted by periods of %d days, with "
                     "an order or none\n",
                (int)result->options->period_days);
    if (family)
        print_parameters(out, models->orders.n_parameters,
                         models->orders.parameter, models->orders_covariance,
                         kam_btyd_parameter_name, family,
                         fit->orders.log_likelihood, zh);
    fprintf(out, zh ? "订单金额  %s：" : "Spend     %s: ",
            models->spend.family ? kam_spend_family_name(models->spend.family)
            : zh                 ? "无金额模型"
                                 : "no spend model");
    print_verdict(out, &fit->spend, fit->spend_ml,
                  fit->spend_culprit < 0
                      ? NULL
                      : kam_spend_parameter_name(models->spend.family,
                                                 fit->spend_culprit),
                  language);
    if (models->spend.family)
        print_parameters(out, models->spend.n_parameters,
                         models->spend.parameter, models->spend_covariance,
                         kam_spend_parameter_name, models->spend.family,
                         fit->spend.log_likelihood, zh);
    if (models->spend.family) print_dependence(out, fit, zh);
    if (family)
        pace_print(out, &result->answers->pace,
                   zh ? "趋势系数  " : "Pace      ", language);
}

static void print_concentration(FILE *out, const struct result *result) {
    kam_concentration of = {.struct_size = sizeof of};
    kam_column revenue = doubles(result->answers->scores.net_revenue);
    const int32_t language = result->options->language;
    const int zh = language == KAM_ZH;
    struct words a, b, c, d;
    if (kam_concentration_measure(&revenue, result->book->n, NULL, NULL, &of,
                                  NULL) != KAM_OK)
        return;
    if (isnan(of.hhi)) {
        fprintf(out,
                zh ? "总体      收入 %s：总收入不为正，无法计算份额\n"
                   : "Book      revenue %s: no shares of what is not above "
                     "zero\n",
                grouped(&a, of.total, 2));
        return;
    }
    fprintf(
        out,
        zh ? "总体      收入 %s；前 10 %% 的客户占 %s，前 20 %% 占 "
             "%s，最大的一个占 %s\n"
           : "Book      revenue %s; the top 10 %% of accounts hold %s, the top "
             "20 %% %s, the largest %s\n",
        grouped(&a, of.total, 2), percent(&b, of.top_10_share, 2),
        percent(&c, of.top_20_share, 2), percent(&d, of.largest_share, 2));
    fprintf(out,
            zh ? "          相当于 %.1f 个同等规模的客户（HHI %.2f 点）；"
               : "          as concentrated as %.1f equal accounts (HHI %.2f "
                 "points); ",
            of.effective_number, 1e4 * of.hhi);
    if (isnan(of.gini))
        fprintf(out, zh ? "%s为负，无基尼系数\n" : "no Gini: %s below zero\n",
                many_in(&a, of.n_negative, "account", language));
    else
        fprintf(out, zh ? "基尼系数 %.4f\n" : "Gini %.4f\n", of.gini);
}

static void print_profit(FILE *out, const struct result *result) {
    kam_whale whale = {.struct_size = sizeof whale};
    kam_column profit = doubles(result->answers->scores.profit);
    const int32_t language = result->options->language;
    const int zh = language == KAM_ZH;
    struct words a, b, c, d, e;
    if (kam_profit_whale(&profit, result->book->n, NULL, NULL, NULL, &whale,
                         NULL) != KAM_OK) {
        fputs(
            zh ? "          贡献毛益未知：没有成本，价值按收入计算\n"
               : "          profit not known: there is no cost; values are of "
                 "revenue\n",
            out);
        return;
    }
    fprintf(out,
            zh ? "          贡献毛益 %s；最好的 %s贡献 %s，%s亏损，侵蚀 %s\n"
               : "          profit %s; the best %s earn %s, %s at a loss take "
                 "%s away\n",
            grouped(&a, whale.total, 2),
            many_in(&b, whale.n_to_peak, "account", language),
            grouped(&c, whale.peak, 2),
            many_in(&d, whale.n_loss_making, "account", language),
            grouped(&e, whale.destroyed, 2));
    if (whale.n_accounts < result->book->n)
        fprintf(
            out,
            zh ? "          %s有无成本的行，贡献毛益未知\n"
               : "          profit not known for %s with a line that has no "
                 "cost\n",
            many_in(&a, result->book->n - whale.n_accounts, "account",
                    language));
}

static void print_value(FILE *out, const struct result *result) {
    const kam_scores *scores = &result->answers->scores;
    const double days = result->options->rules.future.horizon_days;
    double value = 0, below = 0, at_risk = 0;
    const int zh = result->options->language == KAM_ZH;
    int64_t n = 0;
    struct words a, b, c;
    for (int64_t i = 0; i < result->book->n; i++) {
        if (!isfinite(scores->lifetime_value[i])) continue;
        n++;
        value += scores->lifetime_value[i];
        if (scores->lifetime_value[i] < 0) below += scores->lifetime_value[i];
        if (scores->lifetime_value[i] > 0 && isfinite(scores->churn_risk[i]))
            at_risk += answers_at_risk(result->answers, i);
    }
    if (n == 0) return;
    fprintf(out,
            zh ? "          生命周期价值 %s，" : "          lifetime value %s ",
            grouped(&a, value, 2));
    if (isinf(days))
        fputs(zh ? "不限期" : "for ever", out);
    else
        fprintf(out, zh ? "未来 %s 天" : "over the next %s days",
                say(&c, "%.6g", days));
    if (below < 0)
        fprintf(out, zh ? "（其中亏损 %s）" : " (%s of it at a loss)",
                grouped(&b, below, 2));
    fprintf(out,
            zh ? "；风险金额 %s（流失风险 × 价值，仅计正值）\n"
               : "; at risk %s (churn risk x value, where above zero)\n",
            grouped(&b, at_risk, 2));
}

static void print_tiers(FILE *out, const struct result *result) {
    const kam_models *models = &result->answers->models;
    const int32_t *tier = result->answers->scores.tier;
    const int32_t language = result->options->language;
    const int zh = language == KAM_ZH;
    int64_t count[17] = {0};
    struct words a;
    if (models->n_bands == 0) {
        fprintf(out, zh ? "级别      无：%s\n" : "Tiers     none: %s\n",
                status_words(&a, result->answers->fit.tiers, language));
        return;
    }
    for (int64_t i = 0; i < result->book->n; i++)
        if (tier[i] >= 0) count[tier[i]]++;
    fputs(zh ? "级别      " : "Tiers     ", out);
    for (int32_t t = 0; t <= models->n_bands; t++) {
        fprintf(out, "%s%s %s",
                t == 0 ? ""
                : zh   ? "，"
                       : ", ",
                kam_tier_name(t, models->n_bands, language),
                grouped(&a, (double)count[t], 0));
        if (t < models->n_bands)
            fprintf(out, zh ? "（%s 起）" : " (from %s)",
                    grouped(&a, models->limits[t].enter, 0));
    }
    fputs(zh ? "；按 12 个月收入\n" : "; by 12 months' revenue\n", out);
}

static void print_lost_signals(FILE *out, const struct signals *s,
                               int32_t language) {
    static const char *const why[N_LOSSES][2] = {
        {NULL, NULL},
        {" without a day", "无日期"},
        {" without an amount", "无金额"},
        {" without days of credit", "无账期天数"},
        {" after the as-of day", "晚于截至日"},
        {" with a value that cannot be", "的数值不可能"}};
    const int zh = language == KAM_ZH;
    const char *between = zh ? "          未计入：" : "          left out: ";
    int is_any = 0;
    struct words a;
    for (int k = LOST_DAY; k < N_LOSSES; k++) {
        if (s->n_lost[k] == 0) continue;
        fprintf(out, "%s%s%s", between,
                many_in(&a, s->n_lost[k], "event", language), why[k][zh]);
        between = zh ? "，" : ", ";
        is_any = 1;
    }
    if (is_any) fputc('\n', out);
    if (s->first_wrong[0])
        fprintf(out,
                zh ? "          第一条不可能的：%s\n"
                   : "          the first that cannot be: %s\n",
                s->first_wrong);
}

static void print_signals(FILE *out, const struct result *result) {
    const struct signals *s = result->signals;
    const int32_t language = result->options->language;
    const int zh = language == KAM_ZH;
    struct words a, b, c;
    if (!s) return;
    fprintf(out,
            zh ? "预警信号  %s，%s，见于 %s；%s 个（共 %s）有测量值，%s "
                 "个报警，%s 个达到经验界限\n"
               : "Signals   %s of %s in %s; %s of %s measured, %s with an "
                 "alarm, %s at a limit of practice\n",
            many_in(&a, s->n_events, "event", language),
            many_in(&b, s->n_used, "signal", language),
            csv_name(result->options->signals_file),
            grouped(&c, (double)s->n_measured, 0),
            many_in(&(struct words){""}, s->n_rows, "account", language),
            grouped(&(struct words){""}, (double)s->n_alarmed, 0),
            grouped(&(struct words){""}, (double)s->n_limited, 0));
    if (s->n_lost[LOST_STRANGER] > 0)
        fprintf(out,
                zh ? "          未计入：%s，其客户未出现在所用的行中\n"
                   : "          left out: %s of accounts that no used line "
                     "names\n",
                many_in(&a, s->n_lost[LOST_STRANGER], "event", language));
    print_lost_signals(out, s, language);
    if (s->n_learned > 0)
        fprintf(out,
                zh ? "          权重：专家评分卡，并按一个预测期前的 "
                     "%s修正，其中 %s 个此后流失\n"
                   : "          weights: the expert scorecard's, moved by %s "
                     "of a horizon ago, %s of them gone since\n",
                many_in(&a, s->n_learned, "account", language),
                grouped(&b, (double)s->n_left, 0));
    else
        fputs(zh ? "          权重：专家评分卡\n"
                 : "          weights: the expert scorecard's\n",
              out);
}

void print_summary(FILE *out, const struct result *result) {
    const int zh = result->options->language == KAM_ZH;
    char as_of[16];
    fprintf(out,
            zh ? "kam-score %s，截至 %s%s\n" : "kam-score %s, as of %s%s\n",
            kam_version_text(), day_text(result->book->as_of, as_of),
            result->options->as_of != KAM_NO_DAY ? ""
            : zh ? "（订单中的最后一天）"
                 : ", the last day in the orders");
    if (result->options->orders) print_lines(out, result);
    print_facts(out, result);
    if (!result->answers) {
        if (result->contracts)
            contracts_summary(result->contracts, out, result->options);
        print_signals(out, result);
        return;
    }
    if (result->options->orders) print_models(out, result);
    if (result->contracts)
        contracts_summary(result->contracts, out, result->options);
    print_signals(out, result);
    print_concentration(out, result);
    print_profit(out, result);
    print_value(out, result);
    print_tiers(out, result);
    if (result->playbook)
        playbook_summary(out, result->playbook, result->book->n,
                         result->options->language);
}
