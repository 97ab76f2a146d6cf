/* SPDX-License-Identifier: MIT */
#include "scoring.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"

static void fit(struct answers *answers, const struct book *book,
                const struct options *options) {
    kam_fit_options how;
    kam_diag diag = {.struct_size = sizeof diag};
    check(kam_fit_options_init(&how, sizeof how), &diag);
    how.family = options->family;
    if (options->period_days > 0) how.period_days = options->period_days;
    const kam_policy policy = rules_view(&options->rules);
    how.policy = &policy;
    answers->models.struct_size = sizeof answers->models;
    answers->fit.struct_size = sizeof answers->fit;
    check(kam_fit(&book->rows, 1, &how, NULL, &answers->models, &answers->fit,
                  &diag),
          &diag);
}

static double *column(int64_t n) { return resize(NULL, n, sizeof(double)); }

static void make_room(kam_scores *scores, int64_t n) {
    scores->struct_size = sizeof *scores;
    scores->tier = resize(NULL, n, sizeof *scores->tier);
    scores->net_revenue = column(n);
    scores->profit = column(n);
    scores->margin_ratio = column(n);
    scores->alive = column(n);
    scores->expected_orders = column(n);
    scores->lifetime_value = column(n);
    scores->lifetime_value_low = column(n);
    scores->lifetime_value_high = column(n);
    scores->churn_risk = column(n);
    scores->reasons = resize(NULL, 4 * n, sizeof *scores->reasons);
    scores->row_flags = resize(NULL, n, sizeof *scores->row_flags);
}

/* Silence as it is, not in whole periods. */
static void tell_days(kam_reason *reasons, double days) {
    for (int k = 1; k < 4; k++)
        if (reasons[k].id == KAM_REASON_SILENCE) reasons[k].value = days;
}

void answers_make(struct answers *answers, const struct book *book,
                  const struct order_log *log, const struct options *options,
                  const kam_clv_options *future) {
    kam_diag diag = {.struct_size = sizeof diag};
    kam_policy policy = rules_view(&options->rules);
    kam_clv_options at_pace = *future;
    policy.future = &at_pace;
    memset(answers, 0, sizeof *answers);
    pace_find(&answers->pace, book, log, options, &at_pace);
    fit(answers, book, options);
    make_room(&answers->scores, book->n);
    answers->scores.defaults = &answers->defaults;
    check(kam_score(&book->rows, &answers->models, &policy, book->as_of, NULL,
                    &answers->scores, &diag),
          &diag);
    for (int64_t i = 0; i < book->n; i++)
        if (book->summary.first_day[i] == KAM_NO_DAY)
            answers->scores.row_flags[i] |= KAM_ROW_MISSING;
        else if (options->period_days > 0)
            tell_days(&answers->scores.reasons[4 * i],
                      book->as_of - book->summary.last_day[i]);
}

void answers_free(struct answers *answers) {
    kam_scores *scores = &answers->scores;
    free(scores->tier);
    free(scores->net_revenue);
    free(scores->profit);
    free(scores->margin_ratio);
    free(scores->alive);
    free(scores->expected_orders);
    free(scores->lifetime_value);
    free(scores->lifetime_value_low);
    free(scores->lifetime_value_high);
    free(scores->churn_risk);
    free(scores->reasons);
    free(scores->row_flags);
    memset(answers, 0, sizeof *answers);
}

double answers_at_risk(const struct answers *answers, int64_t row) {
    return answers->scores.churn_risk[row] *
           answers->scores.lifetime_value[row];
}

/* What a row is ranked by. */
struct rank {
    double at_risk, value, revenue; /* -inf when not known */
    int64_t row;
};

static double known(double value) { return isnan(value) ? -HUGE_VAL : value; }

static int compare(const void *a, const void *b) {
    const struct rank *p = a, *q = b;
    if (p->at_risk != q->at_risk) return p->at_risk < q->at_risk ? 1 : -1;
    if (p->value != q->value) return p->value < q->value ? 1 : -1;
    if (p->revenue != q->revenue) return p->revenue < q->revenue ? 1 : -1;
    return (p->row > q->row) - (p->row < q->row);
}

int64_t *answers_by_risk(const struct answers *answers, int64_t n) {
    struct rank *rank = resize(NULL, n, sizeof *rank);
    int64_t *order = resize(NULL, n, sizeof *order);
    for (int64_t i = 0; i < n; i++) {
        rank[i].at_risk = known(answers_at_risk(answers, i));
        rank[i].value = known(answers->scores.lifetime_value[i]);
        rank[i].revenue = known(answers->scores.net_revenue[i]);
        rank[i].row = i;
    }
    qsort(rank, (size_t)n, sizeof *rank, compare);
    for (int64_t i = 0; i < n; i++) order[i] = rank[i].row;
    free(rank);
    return order;
}
