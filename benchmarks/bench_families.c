/* SPDX-License-Identifier: MIT */
/* bench_families DIRECTORY: other order models on the simulated book. The
 * Pareto/NBD: the fit with its standard errors, then alive, the orders of 39 weeks
 * and DERT. MBG/CNBD-k beside MBG/NBD: fits. */
#include <math.h>
#include <stdio.h>

#include "bench.h"

enum { HORIZON_WEEKS = 39 };
#define DISCOUNT 0.0027

struct work {
    int32_t family;
    kam_estimate_options options;
    kam_btyd model;
    kam_accounts accounts;
    kam_host host;
    double covariance[25];
    kam_estimate_report report;
    double *alive, *orders, *dert;
};

static void fit(void *context) {
    struct work *const w = context;
    kam_diag diag = {.struct_size = sizeof diag};
    w->report.struct_size = sizeof w->report;
    bench_must(kam_btyd_fit(w->family, &w->accounts, 1, 7, &w->options,
                            &w->host, &w->model, w->covariance, &w->report,
                            &diag),
               &diag);
}

static void ask_alive(void *context) {
    struct work *const w = context;
    kam_diag diag = {.struct_size = sizeof diag};
    bench_must(kam_btyd_alive(&w->model, &w->accounts, 0, &w->host, w->alive,
                              NULL, &diag),
               &diag);
}

static void ask_orders(void *context) {
    struct work *const w = context;
    kam_diag diag = {.struct_size = sizeof diag};
    bench_must(kam_btyd_expected_orders(&w->model, &w->accounts, HORIZON_WEEKS,
                                        &w->host, w->orders, NULL, &diag),
               &diag);
}

static void ask_dert(void *context) {
    struct work *const w = context;
    kam_diag diag = {.struct_size = sizeof diag};
    bench_must(kam_btyd_discounted_orders(&w->model, &w->accounts, INFINITY,
                                          DISCOUNT, &w->host, w->dert, NULL,
                                          &diag),
               &diag);
}

static void ask_all(void *context) {
    ask_alive(context);
    ask_orders(context);
    ask_dert(context);
}

static double sum(const double *value, int64_t n) {
    kam_sum sum = {0, 0};
    for (int64_t i = 0; i < n; i++) kam_sum_add(&sum, value[i]);
    return kam_sum_value(&sum);
}

static void measure(struct work *w, const char *name, bench_work work) {
    int32_t isa[3];
    const char *level[3];
    const int n = bench_levels(isa, level);
    for (int i = 0; i < n; i++) {
        w->host = bench_host(isa[i]);
        bench_say(name, level[i], bench_median(work, w));
    }
    w->host = bench_host(KAM_ISA_AUTO);
    bench_say(name, "seconds", bench_median(work, w));
}

static void fit_family(struct work *w, const char *name, int32_t family,
                       int32_t rhythm) {
    bench_must(kam_estimate_options_init(&w->options, sizeof w->options), NULL);
    w->family = family;
    w->options.rhythm = rhythm;
    measure(w, name, fit);
    bench_say(name, "log_likelihood", w->report.log_likelihood);
}

int main(int argc, char **argv) {
    const struct bench_book book =
        bench_book_read(argc > 1 ? argv[1] : ".", "book.f64");
    struct work w = {.accounts = bench_accounts(&book),
                     .alive = bench_memory(book.n, sizeof(double)),
                     .orders = bench_memory(book.n, sizeof(double)),
                     .dert = bench_memory(book.n, sizeof(double))};
    fit_family(&w, "fit.mbgnbd", KAM_BTYD_MBGNBD, 0);
    fit_family(&w, "fit.mbgcnbd2", KAM_BTYD_MBGCNBD, 2);
    fit_family(&w, "fit.mbgcnbd4", KAM_BTYD_MBGCNBD, 4);
    fit_family(&w, "fit.pnbd", KAM_BTYD_PNBD, 0);
    for (int32_t i = 0; i < 4; i++) {
        char part[64];
        const char *const name = kam_btyd_parameter_name(KAM_BTYD_PNBD, i);
        bench_say("fit.pnbd", name, w.model.parameter[i]);
        snprintf(part, sizeof part, "se.%s", name);
        bench_say("fit.pnbd", part,
                  w.model.parameter[i] * sqrt(w.covariance[5 * i]));
    }
    measure(&w, "pnbd.alive", ask_alive);
    measure(&w, "pnbd.orders", ask_orders);
    measure(&w, "pnbd.dert", ask_dert);
    measure(&w, "pnbd.all", ask_all);
    bench_say("pnbd.alive", "sum", sum(w.alive, book.n));
    bench_say("pnbd.orders", "sum", sum(w.orders, book.n));
    bench_say("pnbd.dert", "sum", sum(w.dert, book.n));
    return 0;
}
