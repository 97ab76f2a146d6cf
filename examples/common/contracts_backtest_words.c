/* SPDX-License-Identifier: MIT */
/* The backtest of contracts in tables and sentences. */
#include <math.h>
#include <stdlib.h>

#include "contracts_backtest.h"
#include "message.h"
#include "parse.h"

enum { BANDS = 5, ROWS_A_BAND = 20 };

static kam_column column(const double *first) {
    kam_column made = doubles(first);
    made.stride = sizeof(struct forecast);
    return made;
}

static void measure_events(const struct forecast *f, int64_t n,
                           kam_backtest_event_report *report) {
    const kam_column came = column(&f->came);
    for (int k = 0; k < N_FORECASTS; k++) {
        const kam_column by = column(&f->by[k]);
        report[k] = measured_event(&by, &came, n);
    }
}

/* What the difference to the best baseline is worth. */
static int may_be_chance(const struct forecast *f, int64_t n, int best) {
    kam_backtest_versus_report report = {.struct_size = sizeof report};
    const kam_column model = column(&f->by[OF_MODEL]);
    const kam_column other = column(&f->by[best]), came = column(&f->came);
    return kam_backtest_versus(&model, &other, &came, n, &report, NULL) ==
               KAM_OK &&
           report.verdict == KAM_BACKTEST_UNDECIDED;
}

/* One sentence: who forecast best, of what could be known before. */
static void judge_events(FILE *out, const char *what, const struct forecast *f,
                         int64_t n, const kam_backtest_event_report *report,
                         const char *const *names, int zh) {
    const kam_backtest_event_report *const model = &report[OF_MODEL];
    const int best =
        report[OF_ALL].log_loss < report[OF_RATE].log_loss ? OF_ALL : OF_RATE;
    if (model->n_rows == 0) return;
    if (model->n_events == 0 || model->n_events == model->n_rows)
        fprintf(out,
                zh ? "%s：结果全部相同，无从区分。\n"
                   : "%s: all came to the same, so there is nothing to tell "
                     "apart.\n",
                what);
    else if (model->log_loss < report[best].log_loss)
        fprintf(out,
                zh ? "%s：模型优于基准（对数损失 %.4f；最好的基准“%s”为 "
                     "%.4f）。%s\n"
                   : "%s: the model beats the baselines (log loss %.4f; the "
                     "best baseline, %s, %.4f).%s\n",
                what, model->log_loss, names[best], report[best].log_loss,
                !may_be_chance(f, n, best) ? ""
                : zh                       ? "差距可能出于偶然。"
                                           : " That may be chance.");
    else
        fprintf(
            out,
            zh ? "%s：基准更好：“%s”（对数损失 %.4f）不逊于模型（%.4f）。%s\n"
               : "%s: a baseline wins: %s (log loss %.4f) forecasts at "
                 "least as well as the model (%.4f).%s\n",
            what, names[best], report[best].log_loss, model->log_loss,
            !may_be_chance(f, n, best) ? ""
            : zh                       ? "差距可能出于偶然。"
                                       : " That may be chance.");
}

/* An expectation is judged by its squared error. */
static void judge_money(FILE *out, const struct contract_trial *trial,
                        const kam_backtest_amount_report *report,
                        const char *const *names, double told, int zh) {
    const int best =
        report[OF_ALL].rmse < report[OF_RATE].rmse ? OF_ALL : OF_RATE;
    struct words held, of, below, above;
    if (report[OF_MODEL].n_rows == 0) return;
    print_money_verdict(out, zh ? "合同金额" : "Contract money", "RMSE",
                        report[OF_MODEL].rmse, names[best], report[best].rmse,
                        zh);
    fprintf(out,
            zh ? "合同区间：%s 的客户的合同金额落在其区间内，应不少于 "
                 "%s（低于区间 %s，高于区间 %s）。\n"
               : "Contract intervals: %s of the accounts brought an amount "
                 "within theirs, which were to hold at least %s (%s below, %s "
                 "above).\n",
            percent(&held, trial->inside, 1), percent(&of, told, 0),
            percent(&below, trial->below, 1), percent(&above, trial->above, 1));
}

/* Whether chances mean what they say; how many bands do. */
static void print_bands(FILE *out, const struct contract_trial *trial, int zh) {
    static const char *const headings[][4] = {{"Renewal forecast", "decisions",
                                               "renewed", "95 % interval"},
                                              {"预测续签率", "到期数", "已续签",
                                               "95 % 区间"}};
    const kam_column chance = column(&trial->renewal->by[OF_MODEL]);
    const kam_column came = column(&trial->renewal->came);
    const int64_t n = trial->n_decisions - trial->n_unmodelled;
    const int64_t asked = n / ROWS_A_BAND < BANDS ? n / ROWS_A_BAND : BANDS;
    struct grid grid = {4, "rrrr", 0, 0, NULL};
    struct words a, b;
    kam_backtest_band band[BANDS];
    kam_backtest_bands_report of = {.struct_size = sizeof of};
    int n_held = 0;
    if (asked == 0 ||
        kam_backtest_bands(&chance, &came, trial->n_decisions, (int32_t)asked,
                           NULL, band, &of, NULL) != KAM_OK)
        return;
    for (int j = 0; j < 4; j++) grid_add(&grid, headings[zh][j]);
    for (int32_t i = 0; i < of.n_bands; i++) {
        n_held +=
            band[i].low <= band[i].forecast && band[i].forecast <= band[i].high;
        grid_add(&grid, percent(&a, band[i].forecast, 1));
        grid_add(&grid, grouped(&a, (double)band[i].n_rows, 0));
        grid_add(&grid, percent(&a, band[i].actual, 1));
        percent(&a, band[i].low, 1);
        percent(&b, band[i].high, 1);
        struct words both;
        grid_add(&grid, say(&both, "%.60s - %.60s", a.text, b.text));
    }
    grid_print(out, &grid, "");
    fprintf(out,
            zh ? "校准：%d 组中有 %d 组的预测落在区间内。\n\n"
               : "Calibration: the forecast lies within the interval in %d of "
                 "%d groups.\n\n",
            zh ? (int)of.n_bands : n_held, zh ? n_held : (int)of.n_bands);
}

/* What was compared, and what was not. */
static void print_lead(FILE *out, const struct contract_trial *trial,
                       const struct contract_question *q, int zh) {
    struct words a, b, c;
    char cut[16];
    fprintf(out,
            zh ? "合同：%s 有 %s 份有效，属于 %s 个客户\n"
               : "Contracts: on %s %s ran, of %s\n",
            day_text(q->cut, cut), grouped(&a, (double)q->past->n_running, 0),
            zh ? grouped(&b, (double)trial->n_accounts, 0)
               : many(&b, trial->n_accounts, "account"));
    const struct {
        int64_t n;
        const char *one, *en, *zh;
    } said[] = {
        {trial->n_undecided, "decision",
         "due on the as-of day, not settled yet: left out",
         "个续签决定在截至日到期，尚无结果：未计入"},
        {trial->n_unmodelled, "decision",
         "of a term for which there is no model: left out",
         "个续签决定所属期限没有模型：未计入"},
        {trial->n_early, "contract",
         "ended before a term was over, which the model holds to be "
         "impossible: is the term right?",
         "份合同在期限内提前终止，模型视为不可能：合同期限是否正确？"},
        {trial->n_begun, "contract",
         "began later, which nobody could know: neither forecast nor counted",
         "份合同此后才开始，当时无从得知：不预测，也不计入"}};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        if (said[i].n == 0) continue;
        if (zh)
            fprintf(out, "          %s %s\n", grouped(&c, (double)said[i].n, 0),
                    said[i].zh);
        else
            fprintf(out, "          %s %s\n", many(&c, said[i].n, said[i].one),
                    said[i].en);
    }
    fputs("\n", out);
}

void contract_trial_print(FILE *out, const struct contract_trial *trial,
                          const struct contract_question *q) {
    static const int order[] = {OF_MODEL, OF_SIGNALS, OF_RATE, OF_ALL};
    const int zh = q->options->language == KAM_ZH;
    const char *const renewals[] = {zh ? "续签模型" : "renewal model",
                                    zh ? "以往的总体续签率"
                                       : "one past renewal rate for all",
                                    zh ? "全部续签" : "everything renews",
                                    zh ? "续签模型加预警信号"
                                       : "renewal model with signals"};
    const struct amounts_style style = {zh ? "合同金额" : "Contract money", 1,
                                        0, 2};
    kam_backtest_event_report renewal[N_FORECASTS], loss[N_FORECASTS];
    kam_backtest_amount_report money[N_FORECASTS];
    const int64_t n = trial->n_accounts;
    print_lead(out, trial, q, zh);
    if (n == 0) return;
    measure_events(trial->renewal, trial->n_decisions, renewal);
    measure_events(trial->loss, n, loss);
    const kam_column came = column(&trial->money->came);
    for (int k = 0; k < N_FORECASTS; k++) {
        const kam_column by = column(&trial->money->by[k]);
        money[k] = measured_amount(&by, &came, n);
    }
    print_events(out, zh ? "续签（到期的决定）" : "Renewals (decisions due)",
                 renewals, renewal, order, N_FORECASTS, -1, zh);
    fputs("\n", out);
    if (trial->n_decisions > 0) print_bands(out, trial, zh);
    print_events(out,
                 zh ? "合同客户流失（合同全部终止）"
                    : "Accounts lost (all contracts ended)",
                 renewals, loss, order, N_FORECASTS, -1, zh);
    fputs("\n", out);
    print_amounts(out, &style, renewals, money, N_FORECASTS, zh);
    fputs("\n", out);
    judge_events(out, zh ? "续签" : "Renewals", trial->renewal,
                 trial->n_decisions, renewal, renewals, zh);
    judge_events(out, zh ? "合同客户流失" : "Accounts lost", trial->loss, n,
                 loss, renewals, zh);
    judge_money(out, trial, money, renewals, q->options->rules.future.interval,
                zh);
    if (renewal[OF_MODEL].n_rows < 20)
        fprintf(out,
                zh ? "请谨慎看待：只有 %d 个续签决定可供判断。\n"
                   : "Take all of it with care: %d decisions are few to judge "
                     "by.\n",
                (int)renewal[OF_MODEL].n_rows);
}
