/* SPDX-License-Identifier: MIT */
/* bench_answer DIRECTORY: the chance of being alive and the orders of the next
 * 39 weeks, for every account of the simulated book. */
#include <stddef.h>

#include "bench.h"

enum { HORIZON_WEEKS = 39 };

struct question {
    kam_btyd model;
    kam_accounts accounts;
    kam_host host;
    double *alive, *orders;
};

static void ask_alive(void *context) {
    struct question *const q = context;
    kam_diag diag = {.struct_size = sizeof diag};
    bench_must(kam_btyd_alive(&q->model, &q->accounts, 0, &q->host, q->alive,
                              NULL, &diag),
               &diag);
}

static void ask_orders(void *context) {
    struct question *const q = context;
    kam_diag diag = {.struct_size = sizeof diag};
    bench_must(kam_btyd_expected_orders(&q->model, &q->accounts, HORIZON_WEEKS,
                                        &q->host, q->orders, NULL, &diag),
               &diag);
}

static void ask_both(void *context) {
    ask_alive(context);
    ask_orders(context);
}

static double sum(const double *value, int64_t n) {
    kam_sum sum = {0, 0};
    for (int64_t i = 0; i < n; i++) kam_sum_add(&sum, value[i]);
    return kam_sum_value(&sum);
}

int main(int argc, char **argv) {
    const struct bench_book book =
        bench_book_read(argc > 1 ? argv[1] : ".", "book.f64");
    struct question q = {
        .accounts = bench_accounts(&book),
        .host = bench_host(KAM_ISA_AUTO),
        .alive = bench_memory(book.n, sizeof(double)),
        .orders = bench_memory(book.n, sizeof(double)),
    };
    kam_diag diag = {.struct_size = sizeof diag};
    int32_t isa[3];
    const char *level[3];
    const int n = bench_levels(isa, level);
    bench_must(kam_btyd_fit(KAM_BTYD_BGNBD, &q.accounts, 1, 7, NULL, &q.host,
                            &q.model, NULL, NULL, &diag),
               &diag);
    bench_say("answer.alive", "seconds", bench_median(ask_alive, &q));
    bench_say("answer.orders", "seconds", bench_median(ask_orders, &q));
    bench_say("answer.both", "seconds", bench_median(ask_both, &q));
    bench_say("answer.alive", "sum", sum(q.alive, book.n));
    bench_say("answer.orders", "sum", sum(q.orders, book.n));
    for (int i = 0; i < n; i++) {
        q.host = bench_host(isa[i]);
        bench_say("answer.both", level[i], bench_median(ask_both, &q));
    }
    return 0;
}
