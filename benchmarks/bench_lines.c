/* SPDX-License-Identifier: MIT */
/* bench_lines DIRECTORY: from the order lines of the simulated book to one row
 * an account: x, t_x, T and the mean value of a repeat order. */
#include <string.h>

#include "bench.h"

enum { AS_OF = 20000 };

struct summary {
    const kam_host *host;
    kam_lines lines;
    int64_t *account; /* of the lines */
    int64_t n_accounts;
    int64_t *key;
    double *x, *t_x, *T, *m;
};

static void summarise(void *context) {
    struct summary *const s = context;
    kam_diag diag = {.struct_size = sizeof diag};
    kam_ledger *ledger;
    kam_ledger_options options;
    kam_summary out;
    memset(&out, 0, sizeof out);
    out.struct_size = sizeof out;
    out.key = s->key;
    out.repeat_orders = s->x;
    out.last_order_periods = s->t_x;
    out.age_periods = s->T;
    out.mean_order_value = s->m;
    bench_must(kam_ledger_options_init(&options, sizeof options), NULL);
    options.as_of_day = AS_OF;
    bench_must(kam_ledger_new(&options, s->host, &ledger, &diag), &diag);
    bench_must(kam_ledger_add(ledger, &s->lines, &diag), &diag);
    s->n_accounts = kam_ledger_n_accounts(ledger);
    bench_must(kam_ledger_summarise(ledger, &out, &diag), &diag);
    kam_ledger_free(ledger);
}

static double sum(const double *value, int64_t n) {
    kam_sum sum = {0, 0};
    for (int64_t i = 0; i < n; i++) kam_sum_add(&sum, value[i]);
    return kam_sum_value(&sum);
}

static void read_lines(const char *directory, const char *const *file,
                       struct summary *s) {
    int64_t n;
    memset(s, 0, sizeof *s);
    s->account = bench_read(directory, file[0], 8, &n);
    s->lines.account = bench_column(s->account, KAM_I64);
    s->lines.day = bench_column(bench_read(directory, file[1], 4, &n), KAM_DAY);
    s->lines.revenue =
        bench_column(bench_read(directory, file[2], 8, &n), KAM_F64);
    s->lines.struct_size = sizeof s->lines;
    s->lines.n_rows = n;
    s->key = bench_memory(n, sizeof *s->key);
    s->x = bench_memory(n, sizeof *s->x);
    s->t_x = bench_memory(n, sizeof *s->t_x);
    s->T = bench_memory(n, sizeof *s->T);
    s->m = bench_memory(n, sizeof *s->m);
}

static void measure(struct summary *s, const kam_host *host, const char *name) {
    s->host = host;
    bench_say(name, "seconds", bench_median(summarise, s));
    bench_say(name, "accounts", (double)s->n_accounts);
    bench_say(name, "x", sum(s->x, s->n_accounts));
    bench_say(name, "t_x", sum(s->t_x, s->n_accounts));
    bench_say(name, "T", sum(s->T, s->n_accounts));
    bench_say(name, "m", sum(s->m, s->n_accounts));
}

/* The same accounts with ids all over the integers. */
static void scatter(struct summary *s) {
    for (int64_t i = 0; i < s->lines.n_rows; i++)
        s->account[i] =
            (int64_t)((uint64_t)s->account[i] * UINT64_C(0x9E3779B97F4A7C15));
}

int main(int argc, char **argv) {
    static const char *const by_day[] = {"log-account.i64", "log-day.i32",
                                         "log-revenue.f64"};
    static const char *const shuffled[] = {"shuffled-account.i64",
                                           "shuffled-day.i32",
                                           "shuffled-revenue.f64"};
    const char *const directory = argc > 1 ? argv[1] : ".";
    const kam_host pool = bench_pool();
    struct summary s;
    read_lines(directory, by_day, &s);
    measure(&s, &pool, "lines.by_day");
    measure(&s, NULL, "lines.malloc");
    scatter(&s);
    measure(&s, &pool, "lines.scattered");
    read_lines(directory, shuffled, &s);
    measure(&s, &pool, "lines.shuffled");
    return 0;
}
