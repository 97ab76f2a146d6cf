/* SPDX-License-Identifier: MIT */
/* bench_score DIRECTORY: every answer about the accounts of the simulated book,
 * one at a time and all together, models from kam_fit. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "common/draw.h"

enum { SEED = 19, ONE_AT_A_TIME = 20000, WITH_INTERVAL = 100000 };

struct scoring {
    kam_models models;
    kam_account *record; /* shape (n) */
    kam_accounts accounts;
    kam_host host;
    kam_scores out, one;
    int64_t n;
};

/* Money of all sizes, some of it lost, in every tier. */
static void add_money(kam_account *account, int64_t i) {
    struct draw draw = draw_begin(SEED, (uint64_t)i);
    const double gross = exp(9 + 8 * draw_uniform(&draw));
    account->gross_revenue = gross;
    account->returns = gross * 0.05 * draw_uniform(&draw);
    account->direct_cost = gross * (0.5 + 0.4 * draw_uniform(&draw));
    account->service_cost = gross * 0.3 * draw_uniform(&draw);
    account->tier_value = gross;
    account->tier_before = floor(4 * draw_uniform(&draw));
}

static kam_account *records(const struct bench_book *book) {
    kam_account *const record = bench_memory(book->n, sizeof *record);
    for (int64_t i = 0; i < book->n; i++) {
        kam_account_init(&record[i], sizeof *record);
        record[i].repeat_orders = book->x[i];
        record[i].last_order_periods = book->t_x[i];
        record[i].age_periods = book->T[i];
        record[i].mean_order_value = book->m[i];
        add_money(&record[i], i);
    }
    return record;
}

static kam_scores outputs(int64_t n) {
    kam_scores out;
    memset(&out, 0, sizeof out);
    out.struct_size = sizeof out;
    out.tier = bench_memory(n, sizeof *out.tier);
    out.reasons = bench_memory(4 * n, sizeof *out.reasons);
    out.row_flags = bench_memory(n, sizeof *out.row_flags);
    double **const number[] = {
        &out.tier_to_next,        &out.tier_above_limit,
        &out.net_revenue,         &out.profit,
        &out.margin_ratio,        &out.alive,
        &out.expected_orders,     &out.order_value,
        &out.lifetime_value,      &out.lifetime_value_low,
        &out.lifetime_value_high, &out.churn_risk};
    for (size_t i = 0; i < sizeof number / sizeof *number; i++)
        *number[i] = bench_memory(n, sizeof **number[i]);
    return out;
}

static void score_all(void *context) {
    struct scoring *const s = context;
    kam_diag diag = {.struct_size = sizeof diag};
    kam_accounts part = {.struct_size = sizeof part};
    bench_must(kam_accounts_slice(&s->accounts, 0, s->n, &part), NULL);
    bench_must(kam_score(&part, &s->models, NULL, KAM_NO_DAY, &s->host, &s->out,
                         &diag),
               &diag);
}

static void score_each(void *context) {
    struct scoring *const s = context;
    kam_diag diag = {.struct_size = sizeof diag};
    for (int64_t i = 0; i < s->n; i++)
        bench_must(kam_score_one(&s->record[i], sizeof s->record[i], &s->models,
                                 NULL, KAM_NO_DAY, &s->one, &diag),
                   &diag);
}

static void say(struct scoring *s, const char *name, const char *part,
                bench_work work, int64_t n) {
    s->n = n;
    bench_say(name, part, 1e9 * bench_median(work, s) / (double)n);
}

static void measure(struct scoring *s, const char *one, const char *all,
                    int64_t n) {
    int32_t isa[3];
    const char *level[3];
    const int n_levels = bench_levels(isa, level);
    say(s, one, "ns", score_each, n < ONE_AT_A_TIME ? n : ONE_AT_A_TIME);
    for (int i = 0; i < n_levels; i++) {
        s->host = bench_host(isa[i]);
        say(s, all, level[i], score_all, n);
    }
}

int main(int argc, char **argv) {
    const struct bench_book book =
        bench_book_read(argc > 1 ? argv[1] : ".", "book.f64");
    struct scoring s;
    memset(&s, 0, sizeof s);
    kam_diag diag = {.struct_size = sizeof diag};
    s.models.struct_size = sizeof s.models;
    s.accounts.struct_size = sizeof s.accounts;
    s.record = records(&book);
    bench_must(kam_accounts_of(s.record, sizeof *s.record, book.n, &s.accounts),
               NULL);
    bench_must(kam_fit(&s.accounts, 1, NULL, NULL, &s.models, NULL, &diag),
               &diag);
    s.out = outputs(book.n);
    s.one = outputs(1);
    s.out.lifetime_value_low = s.out.lifetime_value_high = NULL;
    double *const low = s.one.lifetime_value_low;
    double *const high = s.one.lifetime_value_high;
    s.one.lifetime_value_low = s.one.lifetime_value_high = NULL;
    measure(&s, "score.one", "score.all", book.n);
    s.out.lifetime_value_low = bench_memory(book.n, sizeof(double));
    s.out.lifetime_value_high = bench_memory(book.n, sizeof(double));
    s.one.lifetime_value_low = low;
    s.one.lifetime_value_high = high;
    measure(&s, "score.one_interval", "score.all_interval",
            book.n < WITH_INTERVAL ? book.n : WITH_INTERVAL);
    return 0;
}
