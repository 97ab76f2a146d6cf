/* SPDX-License-Identifier: MIT */
/* bench_fit DIRECTORY: fits of the simulated book, standard errors included. */
#include <math.h>
#include <stdio.h>

#include "bench.h"

struct fit {
    kam_accounts accounts;
    kam_host host;
    kam_btyd orders;
    kam_spend spend;
    double covariance[16];
    kam_estimate_report report;
};

static void fit_orders(void *context) {
    struct fit *const fit = context;
    kam_diag diag = {.struct_size = sizeof diag};
    fit->report.struct_size = sizeof fit->report;
    bench_must(kam_btyd_fit(KAM_BTYD_BGNBD, &fit->accounts, 1, 7, NULL,
                            &fit->host, &fit->orders, fit->covariance,
                            &fit->report, &diag),
               &diag);
}

static void fit_spend(void *context) {
    struct fit *const fit = context;
    kam_diag diag = {.struct_size = sizeof diag};
    fit->report.struct_size = sizeof fit->report;
    bench_must(kam_spend_fit(KAM_SPEND_GAMMA_GAMMA, &fit->accounts, 1, NULL,
                             &fit->host, &fit->spend, fit->covariance,
                             &fit->report, &diag),
               &diag);
}

static void measure(struct fit *fit, const char *name, bench_work work) {
    int32_t isa[3];
    const char *level[3];
    const int n = bench_levels(isa, level);
    for (int i = 0; i < n; i++) {
        fit->host = bench_host(isa[i]);
        bench_say(name, level[i], bench_median(work, fit));
    }
    fit->host = bench_host(KAM_ISA_AUTO);
    bench_say(name, "seconds", bench_median(work, fit));
    bench_say(name, "distinct", (double)fit->report.n_distinct);
    bench_say(name, "steps", fit->report.n_steps);
    bench_say(name, "evaluations", fit->report.n_evaluations);
    bench_say(name, "log_likelihood", fit->report.log_likelihood);
}

static void say_answer(const struct fit *fit, const char *name, int32_t i,
                       int32_t p, const char *parameter, double value) {
    char part[64];
    bench_say(name, parameter, value);
    snprintf(part, sizeof part, "se.%s", parameter);
    bench_say(name, part, value * sqrt(fit->covariance[i * p + i]));
}

int main(int argc, char **argv) {
    const char *const directory = argc > 1 ? argv[1] : ".";
    const struct bench_book book = bench_book_read(directory, "book.f64");
    const struct bench_book apart = bench_book_read(directory, "apart.f64");
    struct fit fit = {.accounts = bench_accounts(&book)};
    measure(&fit, "fit.bgnbd", fit_orders);
    for (int32_t i = 0; i < 4; i++)
        say_answer(&fit, "fit.bgnbd", i, 4,
                   kam_btyd_parameter_name(KAM_BTYD_BGNBD, i),
                   fit.orders.parameter[i]);
    measure(&fit, "fit.spend", fit_spend);
    for (int32_t i = 0; i < 3; i++)
        say_answer(&fit, "fit.spend", i, 3,
                   kam_spend_parameter_name(KAM_SPEND_GAMMA_GAMMA, i),
                   fit.spend.parameter[i]);
    fit.accounts = bench_accounts(&apart);
    measure(&fit, "fit.apart", fit_orders);
    return 0;
}
