/* SPDX-License-Identifier: MIT */
#include "backtest_tables.h"

#include <math.h>

kam_backtest_amount_report measured_amount(const kam_column *forecast,
                                           const kam_column *actual,
                                           int64_t n) {
    kam_backtest_amount_report report = {.struct_size = sizeof report};
    if (kam_backtest_amount(forecast, actual, n, &report, NULL) != KAM_OK)
        report.n_rows = 0;
    return report;
}

kam_backtest_event_report measured_event(const kam_column *probability,
                                         const kam_column *event, int64_t n) {
    kam_backtest_event_report report = {.struct_size = sizeof report};
    if (kam_backtest_event(probability, event, n, NULL, &report, NULL) !=
        KAM_OK)
        report.n_rows = 0;
    return report;
}

static void add_number(struct grid *grid, double value, int decimals) {
    struct words words;
    grid_add(grid, grouped(&words, value, decimals));
}

void print_amounts(FILE *out, const struct amounts_style *style,
                   const char *const *names,
                   const kam_backtest_amount_report *report, int n, int zh) {
    static const char *const headings[][7] = {
        {"forecast", "happened", "bias", "RMSE", "MAE", "WAPE", "correlation"},
        {"预测", "实际", "偏差", "RMSE", "MAE", "WAPE", "相关系数"}};
    struct grid grid = {style->with_rmse ? 8 : 7, "lrrrrrrr", 0, 0, NULL};
    struct words words;
    grid_add(&grid, style->what);
    for (int j = 0; j < 7; j++)
        if (j != 3 || style->with_rmse) grid_add(&grid, headings[zh][j]);
    for (int i = 0; i < n; i++) {
        if (report[i].n_rows == 0) continue;
        grid_add(&grid, names[i]);
        add_number(&grid, report[i].forecast, style->forecast_decimals);
        add_number(&grid, report[i].actual, 0);
        grid_add(&grid, percent(&words, report[i].bias, 1));
        if (style->with_rmse)
            add_number(&grid, report[i].rmse, style->error_decimals);
        add_number(&grid, report[i].mae, style->error_decimals);
        grid_add(&grid, percent(&words, report[i].wape, 1));
        add_number(&grid, report[i].correlation, 4);
    }
    grid_print(out, &grid, "");
}

void print_events(FILE *out, const char *what, const char *const *names,
                  const kam_backtest_event_report *report, const int *order,
                  int n, int only_ranks, int zh) {
    static const char *const headings[][5] = {{"forecast", "happened",
                                               "log loss", "Brier", "AUC"},
                                              {"预测", "实际", "对数损失",
                                               "Brier", "AUC"}};
    struct grid grid = {6, "lrrrrr", 0, 0, NULL};
    grid_add(&grid, what);
    for (int j = 0; j < 5; j++) grid_add(&grid, headings[zh][j]);
    for (int k = 0; k < n; k++) {
        const int i = order[k], is_rank = i == only_ranks;
        if (report[i].n_rows == 0) continue;
        grid_add(&grid, names[i]);
        add_number(&grid, is_rank ? (double)NAN : report[i].expected, 1);
        add_number(&grid, (double)report[i].n_events, 0);
        add_number(&grid, is_rank ? (double)NAN : report[i].log_loss, 4);
        add_number(&grid, is_rank ? (double)NAN : report[i].brier, 4);
        add_number(&grid, report[i].auc, 4);
    }
    grid_print(out, &grid, "");
}

void print_money_verdict(FILE *out, const char *what, const char *measure,
                         double model, const char *baseline, double best,
                         int zh) {
    struct words ours, theirs;
    grouped(&ours, model, 2);
    grouped(&theirs, best, 2);
    if (model < best)
        fprintf(out,
                zh ? "%s：模型优于基准（%s %s；最好的基准“%s”为 %s）。\n"
                   : "%s: the model beats the baselines (%s %s; the best "
                     "baseline, %s, %s).\n",
                what, measure, ours.text, baseline, theirs.text);
    else
        fprintf(out,
                zh ? "%s：基准更好：“%s”（%s %s）不逊于模型（%s）。\n"
                   : "%s: a baseline wins: %s (%s %s) forecasts at least as "
                     "well as the model (%s).\n",
                what, baseline, measure, theirs.text, ours.text);
}
