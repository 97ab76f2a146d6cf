/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "words.h"

/* The heading of each column, in both languages. */
static const char *const headings[][2] = {
    {"", ""},
    {"account", "客户"},
    {"tier", "级别"},
    {"profit so far", "至今贡献毛益"},
    {"CLV", "生命周期价值"},
    {"(low - high)", "(低 - 高)"},
    {"churn risk", "流失风险"},
    {"at risk", "风险金额"},
    {"why", "主要原因"},
};
static const char *const without_cost[2] = {"revenue so far", "至今收入"};
enum {
    N_HEADINGS = sizeof headings / sizeof *headings,
    MONEY = 3,
    NAME_WIDTH = 30
};

static void add_interval(struct grid *grid, const kam_scores *scores,
                         int64_t row, int32_t language) {
    struct words low, high, both;
    if (isnan(scores->lifetime_value_low[row])) {
        grid_add(grid, "");
        return;
    }
    compact(&low, scores->lifetime_value_low[row], language);
    compact(&high, scores->lifetime_value_high[row], language);
    grid_add(grid, say(&both, "(%s - %s)", low.text, high.text));
}

static void add_reason(struct grid *grid, const struct result *result,
                       int64_t row) {
    struct words words;
    result_reason(result, row, 0, words.text, sizeof words.text);
    grid_add(grid, words.text);
}

/* The profit, or the revenue where no cost is known. */
static const double *money_so_far(const struct result *result) {
    const kam_scores *scores = &result->answers->scores;
    return result->log->has_cost ? scores->profit : scores->net_revenue;
}

/* In a book with costs, an account without them stands out too high. */
static int is_of_revenue(const struct result *result, int64_t row) {
    return result->log->has_cost &&
           result->answers->scores.row_flags[row] & KAM_ROW_ON_REVENUE;
}

static void add_row(struct grid *grid, const struct result *result,
                    int64_t rank, int64_t i) {
    const struct book *book = result->book;
    const kam_scores *scores = &result->answers->scores;
    const int32_t language = result->options->language;
    struct words words;
    grid_add(grid, say(&words, "%d", (int)rank));
    text_cut(&words, book->key[i], (size_t)book->key_length[i], NAME_WIDTH);
    grid_add(grid, words.text);
    grid_add(grid,
             scores->tier[i] < 0
                 ? "-"
                 : kam_tier_name(scores->tier[i],
                                 result->answers->models.n_bands, language));
    grid_add(grid, compact(&words, money_so_far(result)[i], language));
    compact(&words, scores->lifetime_value[i], language);
    grid_add(grid, strcat(words.text, is_of_revenue(result, i) ? "*" : ""));
    add_interval(grid, scores, i, language);
    grid_add(grid, percent(&words, scores->churn_risk[i], 1));
    grid_add(grid,
             compact(&words, answers_at_risk(result->answers, i), language));
    add_reason(grid, result, i);
}

void print_top(FILE *out, const struct result *result) {
    const int zh = result->options->language == KAM_ZH;
    const int64_t n = result->book->n;
    const int64_t top = result->options->top < n ? result->options->top : n;
    int64_t *order = answers_by_risk(result->answers, n);
    struct grid grid = {N_HEADINGS, "rllrrlrrl", 0, 0, NULL};
    for (int j = 0; j < N_HEADINGS; j++)
        grid_add(&grid, j == MONEY && !result->log->has_cost ? without_cost[zh]
                                                             : headings[j][zh]);
    int n_marked = 0;
    for (int64_t i = 0; i < top; i++) {
        add_row(&grid, result, i + 1, order[i]);
        n_marked += is_of_revenue(result, order[i]) != 0;
    }
    grid_print(out, &grid, "");
    if (n_marked > 0)
        fputs(zh ? "* 成本未知：按收入计\n"
                 : "* of revenue: the account's cost is not known\n",
              out);
    free(order);
}
