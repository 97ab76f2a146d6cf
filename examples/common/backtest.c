/* SPDX-License-Identifier: MIT */
/* A forecast made as of the day before --backtest, held against what happened
 * from that day on, beside forecasts that need no model. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "output.h"
#include "parse.h"
#include "words.h"

/* What is compared. All arrays have a value for each account known before. */
struct trial {
    const struct order_log *log;
    const struct options *options;
    int32_t from, as_of, horizon; /* the forecast days: from..as_of */
    struct book before, after;
    struct book window, older; /* the horizon before `from`; all before that */
    int has_window; /* the log reaches back over `window` and into `older` */
    int64_t n;
    struct answers answers;
    double *actual, *churned; /* order days; 1 when none */
    double *same_rate, *last_period;
    double *share, *silence, *by_silence;
    double threshold; /* days */
    kam_backtest_amount_report amount[3];
    int zh;
    double *plain; /* churn risk without signals; NULL: there are none */
    /* model, share, by silence, silence, model with signals */
    kam_backtest_event_report event[5];
};

/* Distinct days on which an account ordered; 0 for row -1. */
static double order_days(const struct book *book, int64_t row) {
    if (row < 0 || book->summary.first_day[row] == KAM_NO_DAY) return 0;
    return book->summary.repeat_orders[row] + 1;
}

static double orders_of(const struct book *in, const struct book *whose,
                        int64_t i) {
    return order_days(in, book_find(in, whose->key[i], whose->key_length[i]));
}

static int is_known(const struct book *book, int64_t i) {
    return book->summary.first_day[i] != KAM_NO_DAY;
}

static double silence_of(const struct book *book, int64_t i) {
    return (double)book->as_of - (double)book->summary.last_day[i];
}

static void make_books(struct trial *trial) {
    const struct order_log *log = trial->log;
    char day[16];
    const int32_t period = trial->options->period_days;
    trial->horizon = trial->as_of - trial->from + 1;
    if (period > 0) trial->horizon -= trial->horizon % period;
    if (trial->horizon == 0)
        fail(EXIT_INPUT, "--backtest %s leaves less than one period of %d days",
             day_text(trial->from, day), (int)period);
    trial->as_of = trial->from + trial->horizon - 1;
    book_make(&trial->before, log, KAM_NO_DAY, trial->from - 1, period);
    if (trial->before.n == 0)
        fail(EXIT_INPUT,
             "--backtest %s: no usable line is dated before that day",
             day_text(trial->from, day));
    book_make(&trial->after, log, trial->from, trial->as_of, period);
    book_make(&trial->window, log, trial->from - trial->horizon,
              trial->from - 1, period);
    trial->n = trial->before.n;
    trial->has_window =
        trial->before.report.first_line_day < trial->from - trial->horizon;
    if (trial->has_window)
        book_make(&trial->older, log, KAM_NO_DAY,
                  trial->from - trial->horizon - 1, period);
    trial->has_window = trial->has_window && trial->older.n > 0;
}

static double *unknown(int64_t n) {
    double *value = resize(NULL, n, sizeof *value);
    for (int64_t i = 0; i < n; i++) value[i] = NAN;
    return value;
}

static void forecast_orders(struct trial *trial) {
    const struct book *book = &trial->before;
    const int covers =
        book->report.first_line_day <= trial->from - trial->horizon;
    const double days =
        trial->options->period_days > 0 ? trial->options->period_days : 7;
    trial->actual = unknown(trial->n);
    trial->churned = unknown(trial->n);
    trial->same_rate = unknown(trial->n);
    trial->last_period = unknown(trial->n);
    for (int64_t i = 0; i < trial->n; i++) {
        const double age = days * book->summary.age_periods[i];
        if (!is_known(book, i)) continue;
        trial->actual[i] = orders_of(&trial->after, book, i);
        trial->churned[i] = trial->actual[i] == 0;
        trial->same_rate[i] =
            age > 0 ? book->summary.repeat_orders[i] / age * trial->horizon : 0;
        if (covers) trial->last_period[i] = orders_of(&trial->window, book, i);
    }
}

static int compare_doubles(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Median silence of a book. */
static double median_silence(const struct book *book) {
    double *silence = resize(NULL, book->n, sizeof *silence);
    double median = 0;
    int64_t n = 0;
    for (int64_t i = 0; i < book->n; i++)
        if (is_known(book, i)) silence[n++] = silence_of(book, i);
    if (n > 0) {
        qsort(silence, (size_t)n, sizeof *silence, compare_doubles);
        median = silence[n / 2];
    }
    free(silence);
    return median;
}

/* How many of the accounts that were silent for longer (or not) than the
 * threshold a horizon ago have not ordered since: a rate with a half added to
 * either count, so that it is never 0 or 1. */
static double past_share(const struct trial *trial, int is_long) {
    const struct book *book = &trial->older;
    double n = 1, n_gone = 0.5;
    for (int64_t i = 0; i < book->n; i++) {
        if (!is_known(book, i)) continue;
        if ((silence_of(book, i) > trial->threshold) != is_long) continue;
        n++;
        n_gone += orders_of(&trial->window, book, i) == 0;
    }
    return n_gone / n;
}

static void forecast_churn(struct trial *trial) {
    double n = 0, n_gone = 0, gone[2] = {NAN, NAN};
    trial->share = unknown(trial->n);
    trial->silence = unknown(trial->n);
    trial->by_silence = unknown(trial->n);
    if (trial->has_window) {
        trial->threshold = median_silence(&trial->older);
        gone[0] = past_share(trial, 0);
        gone[1] = past_share(trial, 1);
    }
    for (int64_t i = 0; i < trial->n; i++) {
        n += !isnan(trial->churned[i]);
        n_gone += trial->churned[i] == 1;
    }
    for (int64_t i = 0; i < trial->n; i++) {
        const double silent = silence_of(&trial->before, i);
        if (isnan(trial->churned[i])) continue;
        trial->share[i] = n_gone / n;
        trial->silence[i] = silent / (silent + trial->horizon);
        trial->by_silence[i] = gone[silent > trial->threshold];
    }
}

static void measure_amount(struct trial *trial, int which,
                           const double *forecast) {
    const kam_column a = doubles(forecast), b = doubles(trial->actual);
    kam_backtest_amount_report *report = &trial->amount[which];
    report->struct_size = sizeof *report;
    if (kam_backtest_amount(&a, &b, trial->n, report, NULL) != KAM_OK)
        report->n_rows = 0;
}

static void measure_event(struct trial *trial, int which,
                          const double *probability) {
    const kam_column a = doubles(probability), b = doubles(trial->churned);
    kam_backtest_event_report *report = &trial->event[which];
    report->struct_size = sizeof *report;
    if (kam_backtest_event(&a, &b, trial->n, NULL, report, NULL) != KAM_OK)
        report->n_rows = 0;
}

static void measure(struct trial *trial) {
    measure_amount(trial, 0, trial->answers.scores.expected_orders);
    measure_amount(trial, 1, trial->same_rate);
    measure_amount(trial, 2, trial->last_period);
    measure_event(trial, 0,
                  trial->plain ? trial->plain
                               : trial->answers.scores.churn_risk);
    if (trial->plain) measure_event(trial, 4, trial->answers.scores.churn_risk);
    measure_event(trial, 1, trial->share);
    measure_event(trial, 2, trial->by_silence);
    measure_event(trial, 3, trial->silence);
}

static void add_number(struct grid *grid, double value, int decimals) {
    struct words words;
    grid_add(grid, grouped(&words, value, decimals));
}

static void print_amounts(FILE *out, const struct trial *trial,
                          const char *const *names) {
    static const char *const headings[][8] = {
        {"Orders (days with an order)", "forecast", "happened", "bias", "RMSE",
         "MAE", "WAPE", "correlation"},
        {"订单（下单天数）", "预测", "实际", "偏差", "RMSE", "MAE", "WAPE",
         "相关系数"}};
    static const char *const by_period[] = {"Orders (periods with an order)",
                                            "订单（有订单的时段数）"};
    struct grid grid = {8, "lrrrrrrr", 0, 0, NULL};
    struct words words;
    for (int j = 0; j < 8; j++)
        grid_add(&grid, j == 0 && trial->options->period_days > 0
                            ? by_period[trial->zh]
                            : headings[trial->zh][j]);
    for (int i = 0; i < 3; i++) {
        const kam_backtest_amount_report *report = &trial->amount[i];
        if (report->n_rows == 0) continue;
        grid_add(&grid, names[i]);
        add_number(&grid, report->forecast, 1);
        add_number(&grid, report->actual, 0);
        grid_add(&grid, percent(&words, report->bias, 1));
        add_number(&grid, report->rmse, 4);
        add_number(&grid, report->mae, 4);
        grid_add(&grid, percent(&words, report->wape, 1));
        add_number(&grid, report->correlation, 4);
    }
    grid_print(out, &grid, "");
}

static void print_events(FILE *out, const struct trial *trial,
                         const char *const *names) {
    static const char *const headings[][6] = {
        {"Churn (no order at all)", "forecast", "happened", "log loss", "Brier",
         "AUC"},
        {"流失（完全不下单）", "预测", "实际", "对数损失", "Brier", "AUC"}};
    static const int order[] = {0, 4, 1, 2, 3};
    struct grid grid = {6, "lrrrrr", 0, 0, NULL};
    for (int j = 0; j < 6; j++) grid_add(&grid, headings[trial->zh][j]);
    for (int k = 0; k < 5; k++) {
        const int i = order[k];
        const kam_backtest_event_report *report = &trial->event[i];
        const int ranks_only = i == 3;
        if (report->n_rows == 0) continue;
        grid_add(&grid, names[i]);
        add_number(&grid, ranks_only ? (double)NAN : report->expected, 1);
        add_number(&grid, (double)report->n_events, 0);
        add_number(&grid, ranks_only ? (double)NAN : report->log_loss, 4);
        add_number(&grid, ranks_only ? (double)NAN : report->brier, 4);
        add_number(&grid, report->auc, 4);
    }
    grid_print(out, &grid, "");
}

/* One sentence: who forecast the number of orders best. */
static void judge_orders(FILE *out, const struct trial *trial,
                         const char *const *names) {
    const kam_backtest_amount_report *amount = trial->amount;
    int best = 1;
    if (amount[0].n_rows == 0) return;
    if (amount[2].n_rows > 0 && amount[2].rmse < amount[1].rmse) best = 2;
    if (amount[0].rmse < amount[best].rmse)
        fprintf(out,
                trial->zh ? "订单数：模型优于基准（RMSE %.4f；最好的基准“%s”为 "
                            "%.4f）。\n"
                          : "Orders: the model beats the baselines (RMSE %.4f; "
                            "the best baseline, %s, %.4f).\n",
                amount[0].rmse, names[best], amount[best].rmse);
    else
        fprintf(
            out,
            trial->zh
                ? "订单数：基准更好：“%s”（RMSE %.4f）不逊于模型（%.4f）。\n"
                : "Orders: a baseline wins: %s (RMSE %.4f) forecasts at "
                  "least as well as the model (%.4f).\n",
            names[best], amount[best].rmse, amount[0].rmse);
}

/* Likewise who would leave. The share known in hindsight counts: a model that
 * does not beat it tells accounts apart no better than a constant. */
static void judge_churn(FILE *out, const struct trial *trial,
                        const char *const *names) {
    const kam_backtest_event_report *event = trial->event;
    int best = 1;
    if (event[0].n_rows == 0) return;
    if (event[0].n_events == 0 || event[0].n_events == event[0].n_rows) {
        fprintf(out,
                trial->zh
                    ? "流失：%s流失，无从区分。\n"
                    : "Churn: %s account left, so there is nothing to tell "
                      "apart.\n",
                trial->zh ? event[0].n_events ? "所有客户都已" : "没有客户"
                : event[0].n_events ? "every"
                                    : "no");
        return;
    }
    if (event[2].n_rows > 0 && event[2].log_loss < event[1].log_loss) best = 2;
    if (event[0].log_loss < event[best].log_loss)
        fprintf(out,
                trial->zh
                    ? "流失：模型优于基准（对数损失 %.4f；最好的基准“%s”为 "
                      "%.4f）"
                    : "Churn: the model beats the baselines (log loss %.4f; "
                      "the best baseline, %s, %.4f)",
                event[0].log_loss, names[best], event[best].log_loss);
    else
        fprintf(out,
                trial->zh
                    ? "流失：基准更好：“%s”（对数损失 %.4f）不逊于模型（%.4f）"
                    : "Churn: a baseline wins: %s (log loss %.4f) forecasts "
                      "at least as well as the model (%.4f)",
                names[best], event[best].log_loss, event[0].log_loss);
    if (isnan(event[0].auc))
        fputs(trial->zh ? "。\n" : ".\n", out);
    else if (trial->zh)
        fprintf(out, "，排序%s沉默最久者优先（AUC %.4f 对 %.4f）。\n",
                event[0].auc > event[3].auc ? "优于" : "不优于", event[0].auc,
                event[3].auc);
    else
        fprintf(out,
                ", and ranks accounts %s the longest silent first (AUC %.4f "
                "against %.4f).\n",
                event[0].auc > event[3].auc ? "better than" : "no better than",
                event[0].auc, event[3].auc);
}

/* What the signals are worth. */
static void judge_signals(FILE *out, const struct trial *trial) {
    const kam_backtest_event_report *with = &trial->event[4];
    const kam_backtest_event_report *without = &trial->event[0];
    if (with->n_rows == 0 || with->n_events == 0 ||
        with->n_events == with->n_rows)
        return;
    const int better = with->log_loss < without->log_loss;
    if (trial->zh)
        fprintf(
            out,
            "预警信号：加入信号后预测%s（对数损失 %.4f 对 %.4f；AUC %.4f 对 "
            "%.4f）。\n",
            better ? "更准" : "没有更准", with->log_loss, without->log_loss,
            with->auc, without->auc);
    else
        fprintf(out,
                "Signals: with them the model forecasts %s (log loss %.4f "
                "against %.4f; AUC %.4f against %.4f).\n",
                better ? "better" : "no better", with->log_loss,
                without->log_loss, with->auc, without->auc);
}

static void print_trial(FILE *out, const struct trial *trial) {
    const kam_fit_report *fit = &trial->answers.fit;
    const int32_t family = trial->answers.models.orders.family;
    const int zh = trial->zh;
    struct words same, last, silent, more;
    const char *const amounts[] = {
        kam_btyd_family_name(family),
        zh ? "客户自身的历史频率" : "the account's own rate so far",
        say(&last, zh ? "与前 %d 天相同" : "as many as in the %d days before",
            (int)trial->horizon)};
    const char *const events[] = {
        kam_btyd_family_name(family),
        zh ? "事后得知的总体比例"
           : "the true share for all, known in hindsight",
        say(&silent,
            zh ? "按沉默是否超过 %.0f 天的历史比例"
               : "past share, by silence of more than %.0f days",
            trial->threshold),
        zh ? "沉默最久者优先" : "the longest silent first",
        say(&more, zh ? "%s 加预警信号" : "%s with signals",
            kam_btyd_family_name(family))};
    char from[16], to[16], before[16];
    if (zh)
        grouped(&same, (double)trial->n, 0);
    else
        many(&same, trial->n, "account");
    fprintf(
        out,
        zh ? "回测：用 %s 个客户截至 %s 的数据拟合，预测 %s 至 %s（%d 天）\n\n"
           : "Backtest: fitted on %s as of %s, forecast %s to %s (%d "
             "days)\n\n",
        same.text, day_text(trial->from - 1, before),
        day_text(trial->from, from), day_text(trial->as_of, to),
        (int)trial->horizon);
    if (family == 0)
        fprintf(out,
                zh ? "没有可检验的订单模型：%s (%s)\n\n"
                   : "There is no order model to test: %s (%s)\n\n",
                status_words(&same, fit->orders_ml),
                kam_status_name(fit->orders_ml));
    if (family != 0 && fit->orders.prior == KAM_PRIOR_WEAK)
        fprintf(out,
                zh ? "拟合使用了弱先验：%s (%s)\n\n"
                   : "The fit needed a weak prior: %s (%s)\n\n",
                status_words(&same, fit->orders_ml),
                kam_status_name(fit->orders_ml));
    print_amounts(out, trial, amounts);
    fputs("\n", out);
    print_events(out, trial, events);
    fputs("\n", out);
    judge_orders(out, trial, amounts);
    judge_churn(out, trial, events);
    if (trial->plain) judge_signals(out, trial);
    if (trial->amount[0].n_rows < 20)
        fprintf(out,
                zh ? "请谨慎看待：只有 %d 个客户可供判断。\n"
                   : "Take both with care: %d accounts are few to judge by.\n",
                (int)trial->amount[0].n_rows);
}

static void free_trial(struct trial *trial) {
    book_free(&trial->before);
    book_free(&trial->after);
    book_free(&trial->window);
    book_free(&trial->older);
    answers_free(&trial->answers);
    free(trial->actual);
    free(trial->churned);
    free(trial->same_rate);
    free(trial->last_period);
    free(trial->share);
    free(trial->silence);
    free(trial->by_silence);
    free(trial->plain);
}

/* The last day that is forecast: as many days on as were asked for, or the last
 * day there is. */
static int32_t last_day(const struct options *options, int32_t as_of) {
    const double horizon = options->rules.future.horizon_days;
    char from[16], to[16];
    if (!options->horizon_is_given) return as_of;
    const double last = floor(options->backtest + horizon - 1);
    if (last > as_of)
        fail(EXIT_INPUT,
             "--horizon-days %g from %s on ends after the as-of day, %s",
             horizon, day_text(options->backtest, from), day_text(as_of, to));
    return last > options->backtest ? (int32_t)last : options->backtest;
}

/* What was known before, and no more, moves the risks. */
static void add_signals(struct trial *trial, struct signals *signals,
                        const struct options *options) {
    const int64_t size = trial->n * (int64_t)sizeof *trial->plain;
    trial->plain = unknown(trial->n);
    memcpy(trial->plain, trial->answers.scores.churn_risk, (size_t)size);
    signals_read(signals, options, &trial->before);
    signals_apply(signals, &trial->answers, &trial->before, trial->log,
                  options);
}

void print_backtest(FILE *out, const struct result *result,
                    struct signals *signals) {
    struct trial trial;
    struct options options = *result->options;
    memset(&trial, 0, sizeof trial);
    trial.log = result->log;
    trial.options = &options;
    trial.zh = options.language == KAM_ZH;
    trial.from = options.backtest;
    trial.as_of = last_day(&options, result->book->as_of);
    make_books(&trial);
    options.rules.future.horizon_days = trial.horizon;
    answers_make(&trial.answers, &trial.before, &options,
                 &options.rules.future);
    if (signals) add_signals(&trial, signals, &options);
    forecast_orders(&trial);
    forecast_churn(&trial);
    measure(&trial);
    print_trial(out, &trial);
    free_trial(&trial);
}
