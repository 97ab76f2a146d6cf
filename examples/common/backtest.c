/* SPDX-License-Identifier: MIT */
/* A forecast made as of the day before --backtest, held against what happened
 * from that day on, beside forecasts that need no model. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "backtest_tables.h"
#include "contracts_backtest.h"
#include "csvfile.h"
#include "message.h"
#include "output.h"
#include "parse.h"
#include "words.h"

enum { BY_MODEL, BY_OWN_MEAN, BY_LAST, BY_BOOK_MEAN, N_MONEY };

/* What is compared. All arrays have a value for each account known before. */
struct trial {
    const struct order_log *log;
    const struct options *options;
    int32_t from, as_of, horizon; /* the forecast days: from..as_of */
    int32_t today;                /* the last day that is known */
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
    /* Revenue before returns: model, own mean order, last period, book's mean */
    double *revenue, *forecast[N_MONEY];
    kam_backtest_amount_report money[N_MONEY];
    double inside, below, above; /* shares of accounts: of the intervals */
    const struct contract_lines *lines;
    struct contracts *contracts; /* as known before; NULL: none */
};

/* Whether a row of a book is one of those that order at will: no contract bound
 * it when the forecast was made. */
static int is_judged(const struct trial *trial, const struct book *book,
                     int64_t i) {
    if (book->summary.first_day[i] == KAM_NO_DAY) return 0;
    if (!trial->contracts) return 1;
    return !contracts_bind(trial->contracts,
                           book_find(&trial->before, book->key[i],
                                     book->key_length[i]));
}

static double silence_of(const struct book *book, int64_t i) {
    return (double)book->as_of - (double)book->summary.last_day[i];
}

/* The contracts as they were known before, and their rows. */
static void bind(struct trial *trial) {
    const struct options *const options = trial->options;
    char day[16], since[16];
    if (options->contracts_since > trial->from)
        fail(EXIT_INPUT,
             "--contracts-since %s lies after --backtest %s: which contracts "
             "ended in between is not known",
             day_text(options->contracts_since, since),
             day_text(trial->from, day));
    contracts_make(trial->contracts, trial->lines, options, trial->from - 1, 1);
    contracts_join(trial->contracts, &trial->before);
    if (trial->contracts->n_running == 0 && !options->orders)
        fail(EXIT_INPUT,
             "--backtest %s: no contract in %s ran on the day "
             "before",
             day_text(trial->from, day), csv_name(options->contracts_file));
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
    if (trial->before.n == 0 && trial->options->orders)
        fail(EXIT_INPUT,
             "--backtest %s: no usable line is dated before that day",
             day_text(trial->from, day));
    if (trial->contracts) bind(trial);
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
        if (!is_judged(trial, book, i)) continue;
        trial->actual[i] = book_orders_of(&trial->after, book, i);
        trial->churned[i] = trial->actual[i] == 0;
        trial->same_rate[i] =
            age > 0 ? book->summary.repeat_orders[i] / age * trial->horizon : 0;
        if (covers)
            trial->last_period[i] = book_orders_of(&trial->window, book, i);
    }
}

static int compare_doubles(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Median silence of a book. */
static double median_silence(const struct trial *trial,
                             const struct book *book) {
    double *silence = resize(NULL, book->n, sizeof *silence);
    double median = 0;
    int64_t n = 0;
    for (int64_t i = 0; i < book->n; i++)
        if (is_judged(trial, book, i)) silence[n++] = silence_of(book, i);
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
        if (!is_judged(trial, book, i)) continue;
        if ((silence_of(book, i) > trial->threshold) != is_long) continue;
        n++;
        n_gone += book_orders_of(&trial->window, book, i) == 0;
    }
    return n_gone / n;
}

static void forecast_churn(struct trial *trial) {
    double n = 0, n_gone = 0, gone[2] = {NAN, NAN};
    trial->share = unknown(trial->n);
    trial->silence = unknown(trial->n);
    trial->by_silence = unknown(trial->n);
    if (trial->has_window) {
        trial->threshold = median_silence(trial, &trial->older);
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

static double revenue_of(const struct book *in, const struct book *whose,
                         int64_t i) {
    const int64_t row = book_find(in, whose->key[i], whose->key_length[i]);
    return row < 0 ? 0 : in->summary.gross_revenue[row];
}

/* The scores are of revenue here, and not discounted. */
static void forecast_money(struct trial *trial) {
    const struct book *book = &trial->before;
    const kam_scores *scores = &trial->answers.scores;
    const int covers =
        book->report.first_line_day <= trial->from - trial->horizon;
    double revenue = 0, n_orders = 0;
    trial->revenue = unknown(trial->n);
    for (int k = 0; k < N_MONEY; k++) trial->forecast[k] = unknown(trial->n);
    for (int64_t i = 0; i < trial->n; i++) {
        if (!is_judged(trial, book, i)) continue;
        revenue += book->summary.gross_revenue[i];
        n_orders += book_order_days(book, i);
    }
    for (int64_t i = 0; i < trial->n; i++) {
        const double orders = scores->expected_orders[i];
        if (!is_judged(trial, book, i)) continue;
        trial->revenue[i] = revenue_of(&trial->after, book, i);
        trial->forecast[BY_MODEL][i] = scores->lifetime_value[i];
        trial->forecast[BY_OWN_MEAN][i] =
            book->summary.gross_revenue[i] / book_order_days(book, i) * orders;
        if (covers)
            trial->forecast[BY_LAST][i] = revenue_of(&trial->window, book, i);
        trial->forecast[BY_BOOK_MEAN][i] = revenue / n_orders * orders;
    }
}

/* How many accounts had what their interval held. */
static void measure_intervals(struct trial *trial) {
    const kam_scores *scores = &trial->answers.scores;
    double n = 0, n_below = 0, n_above = 0;
    for (int64_t i = 0; i < trial->n; i++) {
        const double low = scores->lifetime_value_low[i];
        const double high = scores->lifetime_value_high[i];
        if (isnan(low + high + trial->revenue[i])) continue;
        n++;
        n_below += trial->revenue[i] < low;
        n_above += trial->revenue[i] > high;
    }
    trial->below = n_below / n;
    trial->above = n_above / n;
    trial->inside = (n - n_below - n_above) / n;
}

static kam_backtest_amount_report amount_of(const struct trial *trial,
                                            const double *forecast,
                                            const double *actual) {
    const kam_column a = doubles(forecast), b = doubles(actual);
    return measured_amount(&a, &b, trial->n);
}

static void measure_event(struct trial *trial, int which,
                          const double *probability) {
    const kam_column a = doubles(probability), b = doubles(trial->churned);
    trial->event[which] = measured_event(&a, &b, trial->n);
}

static void measure(struct trial *trial) {
    const double *const orders[] = {trial->answers.scores.expected_orders,
                                    trial->same_rate, trial->last_period};
    for (int i = 0; i < 3; i++)
        trial->amount[i] = amount_of(trial, orders[i], trial->actual);
    for (int i = 0; i < N_MONEY; i++)
        trial->money[i] = amount_of(trial, trial->forecast[i], trial->revenue);
    measure_intervals(trial);
    measure_event(trial, 0,
                  trial->plain ? trial->plain
                               : trial->answers.scores.churn_risk);
    if (trial->plain) measure_event(trial, 4, trial->answers.scores.churn_risk);
    measure_event(trial, 1, trial->share);
    measure_event(trial, 2, trial->by_silence);
    measure_event(trial, 3, trial->silence);
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

/* Likewise the money; and whether the intervals hold what they say. */
static void judge_money(FILE *out, const struct trial *trial,
                        const char *const *names) {
    const kam_backtest_amount_report *money = trial->money;
    const double inside = trial->options->rules.future.interval;
    struct words told, held, below, above;
    int best = BY_OWN_MEAN;
    if (money[BY_MODEL].n_rows == 0) return;
    for (int i = BY_LAST; i < N_MONEY; i++)
        if (money[i].n_rows > 0 && money[i].mae < money[best].mae) best = i;
    print_money_verdict(out, trial->zh ? "收入" : "Revenue", "MAE",
                        money[BY_MODEL].mae, names[best], money[best].mae,
                        trial->zh);
    fprintf(out,
            trial->zh
                ? "区间：%s 的客户的收入落在其区间内，应不少于 %s（低于区间 "
                  "%s，高于区间 %s）。\n"
                : "Intervals: %s of the accounts had a revenue within theirs, "
                  "which were to hold at least %s (%s below, %s above).\n",
            percent(&held, trial->inside, 1), percent(&told, inside, 0),
            percent(&below, trial->below, 1), percent(&above, trial->above, 1));
}

/* The share known in hindsight is never a choice; but a model that does not beat
 * it tells accounts apart no better than a constant. */
static void judge_by_hindsight(FILE *out, const struct trial *trial,
                               const char *known) {
    const double model = trial->event[0].log_loss;
    const double share = trial->event[1].log_loss;
    if (!known)
        fprintf(out,
                trial->zh
                    ? "流失：没有事先可用的基准；模型（对数损失 "
                      "%.4f）%s事后得知的总体比例（%.4f）。"
                    : "Churn: no baseline was known before; the model (log "
                      "loss %.4f) is %s than the true share for all, known in "
                      "hindsight (%.4f).",
                model,
                model < share ? trial->zh ? "优于" : "better"
                : trial->zh   ? "不优于"
                              : "no better",
                share);
    else if (!(model < share))
        fprintf(out,
                trial->zh ? "若事先得知总体比例，单凭它也不逊于模型（%.4f）。"
                          : " One share for all, had it been known, would have "
                            "done as well as the model (%.4f).",
                share);
}

/* Likewise who would leave: of the baselines that could have been known. */
static void judge_churn(FILE *out, const struct trial *trial,
                        const char *const *names) {
    const kam_backtest_event_report *event = trial->event;
    const char *const known = event[2].n_rows > 0 ? names[2] : NULL;
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
    if (known && event[0].log_loss < event[2].log_loss)
        fprintf(out,
                trial->zh
                    ? "流失：模型优于基准（对数损失 %.4f；最好的基准“%s”为 "
                      "%.4f）。"
                    : "Churn: the model beats the baselines (log loss %.4f; "
                      "the best baseline, %s, %.4f).",
                event[0].log_loss, known, event[2].log_loss);
    else if (known)
        fprintf(
            out,
            trial->zh
                ? "流失：基准更好：“%s”（对数损失 %.4f）不逊于模型（%.4f）。"
                : "Churn: a baseline wins: %s (log loss %.4f) forecasts "
                  "at least as well as the model (%.4f).",
            known, event[2].log_loss, event[0].log_loss);
    judge_by_hindsight(out, trial, known);
    if (!isnan(event[0].auc))
        fprintf(out,
                trial->zh
                    ? "模型的排序%s沉默最久者优先（AUC %.4f 对 %.4f）。"
                    : " The model ranks accounts %s than the longest silent "
                      "first (AUC %.4f against %.4f).",
                event[0].auc > event[3].auc ? trial->zh ? "优于" : "better"
                : trial->zh                 ? "不优于"
                                            : "no better",
                event[0].auc, event[3].auc);
    fputs("\n", out);
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

static void print_orders(FILE *out, const struct trial *trial) {
    static const int order[] = {0, 4, 1, 2, 3};
    const kam_fit_report *fit = &trial->answers.fit;
    const int32_t family = trial->answers.models.orders.family;
    const int zh = trial->zh;
    struct words same, last, silent, more, model, much;
    const char *const money[] = {
        say(&model, zh ? "%s × 预测订单数" : "%s x the orders expected",
            kam_spend_family_name(trial->answers.models.spend.family)),
        zh ? "客户自身的平均订单额 × 预测订单数"
           : "own mean order x the orders expected",
        say(&much, zh ? "与前 %d 天相同" : "as much as in the %d days before",
            (int)trial->horizon),
        zh ? "全体平均订单额 × 预测订单数"
           : "mean order of all x the orders expected"};
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
    const int by_period = trial->options->period_days > 0;
    const struct amounts_style days = {zh ? by_period ? "订单（有订单的时段数）"
                                                      : "订单（下单天数）"
                                       : by_period
                                           ? "Orders (periods with an order)"
                                           : "Orders (days with an order)",
                                       1, 1, 4};
    const struct amounts_style revenue = {zh ? "收入（退货前）"
                                             : "Revenue (before returns)",
                                          0, 0, 2};
    if (family == 0)
        fprintf(out,
                zh ? "没有可检验的订单模型：%s (%s)\n\n"
                   : "There is no order model to test: %s (%s)\n\n",
                status_words(&same, fit->orders_ml, trial->options->language),
                kam_status_name(fit->orders_ml));
    if (family != 0 && fit->orders.prior == KAM_PRIOR_WEAK)
        fprintf(out,
                zh ? "拟合使用了弱先验：%s (%s)\n\n"
                   : "The fit needed a weak prior: %s (%s)\n\n",
                status_words(&same, fit->orders_ml, trial->options->language),
                kam_status_name(fit->orders_ml));
    if (family != 0) {
        pace_print(out, &trial->answers.pace,
                   zh ? "趋势系数：" : "Pace: ", trial->options->language);
        fputs("\n", out);
    }
    print_amounts(out, &days, amounts, trial->amount, 3, zh);
    fputs("\n", out);
    print_amounts(out, &revenue, money, trial->money, N_MONEY, zh);
    fputs("\n", out);
    print_events(out, zh ? "流失（完全不下单）" : "Churn (no order at all)",
                 events, trial->event, order, 5, 3, zh);
    fputs("\n", out);
    judge_orders(out, trial, amounts);
    judge_money(out, trial, money);
    judge_churn(out, trial, events);
    if (trial->plain) judge_signals(out, trial);
    if (trial->amount[0].n_rows < 20)
        fprintf(
            out,
            zh ? "请谨慎看待：只有 %d 个客户可供判断。\n"
               : "Take all of it with care: %d accounts are few to judge by.\n",
            (int)trial->amount[0].n_rows);
}

static void print_contracts(FILE *out, const struct trial *trial) {
    const struct contract_question question = {
        trial->contracts, trial->lines, &trial->before,
        &trial->answers,  trial->plain, trial->options,
        trial->from - 1,  trial->as_of, trial->today};
    struct contract_trial found;
    contract_trial_make(&found, &question);
    contract_trial_print(out, &found, &question);
    contract_trial_free(&found);
}

static void print_trial(FILE *out, const struct trial *trial) {
    const int zh = trial->zh;
    struct words same;
    int64_t n_judged = 0;
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
    for (int64_t i = 0; i < trial->n; i++)
        n_judged += is_judged(trial, &trial->before, i);
    if (trial->contracts) print_contracts(out, trial);
    if (trial->contracts && trial->contracts->n_running > 0 && n_judged > 0)
        fputs("\n", out);
    if (!trial->contracts || n_judged > 0) print_orders(out, trial);
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
    free(trial->revenue);
    for (int k = 0; k < N_MONEY; k++) free(trial->forecast[k]);
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
                    struct signals *signals, const struct contract_lines *lines,
                    struct contracts *contracts) {
    struct trial trial;
    struct options options = *result->options;
    memset(&trial, 0, sizeof trial);
    trial.log = result->log;
    trial.options = &options;
    trial.lines = lines;
    trial.contracts = contracts;
    trial.zh = options.language == KAM_ZH;
    trial.from = options.backtest;
    trial.today = result->book->as_of;
    trial.as_of = last_day(&options, trial.today);
    make_books(&trial);
    options.rules.future.horizon_days = trial.horizon;
    options.rules.future.discount_per_year = 0; /* revenue as it comes in: */
    trial.before.rows.direct_cost = (kam_column){0};
    answers_make(&trial.answers, &trial.before, trial.log, &options,
                 &options.rules.future);
    if (contracts)
        contracts_apply(contracts, &trial.answers, &trial.before, &options);
    if (signals) add_signals(&trial, signals, &options);
    forecast_orders(&trial);
    forecast_churn(&trial);
    forecast_money(&trial);
    measure(&trial);
    print_trial(out, &trial);
    free_trial(&trial);
}
