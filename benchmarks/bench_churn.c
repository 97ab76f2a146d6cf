/* SPDX-License-Identifier: MIT */
/* bench_churn DIRECTORY [rows]: a logistic fit with standard errors, Cox (Efron,
 * ten signals), the glass box, and scores with their top three reasons, on twenty
 * signals; writes churn.f64 for what they are compared with. */
#include <math.h>
#include <stdlib.h>

#include "bench.h"
#include "common/draw.h"

enum { SEED = 29, P = 20, COX = 10, TOP = 3 };

struct churn {
    int64_t n;
    double *rows; /* shape (P + 2, n): signals, event, time */
    kam_column column[P];
    kam_panel panel;
    double coefficient[P + 1], covariance[(P + 1) * (P + 1)];
    double *risk;
    kam_reason *reasons;
    kam_additive model;
    kam_additive_report report;
};

static void draw_rows(struct churn *c) {
    struct draw draw = draw_begin(SEED, 0);
    for (int64_t i = 0; i < c->n; i++) {
        double score = -3, hazard = 0;
        for (int j = 0; j < P; j++) {
            const double x = draw_normal(&draw);
            c->rows[j * c->n + i] = x;
            score += 0.2 * (j % 5 - 2) * x;
            if (j < COX) hazard += 0.1 * (j % 3 - 1) * x;
        }
        c->rows[P * c->n + i] = draw_uniform(&draw) < 1 / (1 + exp(-score));
        c->rows[(P + 1) * c->n + i] = draw_exponential(&draw) / exp(hazard);
    }
}

static void logistic(void *context) {
    struct churn *const c = context;
    kam_diag diag = {.struct_size = sizeof diag};
    bench_must(kam_hazard_fit(KAM_HAZARD_LOGISTIC, &c->panel, NULL, NULL,
                              c->coefficient, c->covariance, NULL, &diag),
               &diag);
}

static void cox(void *context) {
    struct churn *const c = context;
    kam_diag diag = {.struct_size = sizeof diag};
    kam_panel panel = c->panel;
    double coefficient[COX], covariance[COX * COX];
    panel.n_columns = COX;
    panel.stop = bench_column(c->rows + (P + 1) * c->n, KAM_F64);
    bench_must(kam_survival_cox(KAM_TIES_EFRON, &panel, NULL, coefficient,
                                covariance, NULL, &diag),
               &diag);
}

static void glass_box(void *context) {
    struct churn *const c = context;
    kam_diag diag = {.struct_size = sizeof diag};
    c->report.struct_size = sizeof c->report;
    bench_must(kam_additive_fit(&c->panel, NULL, NULL, &c->model, &c->report,
                                &diag),
               &diag);
}

static void explain(void *context) {
    struct churn *const c = context;
    kam_diag diag = {.struct_size = sizeof diag};
    const kam_hazard model = {KAM_HAZARD_LOGISTIC, P, c->coefficient, NULL};
    bench_must(kam_hazard_risk(&model, &c->panel, 0, NULL, c->risk, NULL, NULL,
                               NULL, &diag),
               &diag);
    bench_must(kam_hazard_reasons(&model, &c->panel, NULL, TOP, NULL,
                                  c->reasons, NULL, &diag),
               &diag);
}

int main(int argc, char **argv) {
    const char *const directory = argc > 1 ? argv[1] : ".";
    struct churn c = {.n = argc > 2 ? atoll(argv[2]) : 1000000};
    int32_t n_terms;
    int64_t n_edges, n_weights;
    c.rows = bench_memory((P + 2) * c.n, sizeof *c.rows);
    draw_rows(&c);
    bench_write(directory, "churn.f64", c.rows, (P + 2) * c.n, sizeof *c.rows);
    for (int j = 0; j < P; j++)
        c.column[j] = bench_column(c.rows + j * c.n, KAM_F64);
    c.panel.struct_size = sizeof c.panel;
    c.panel.n_columns = P;
    c.panel.n_rows = c.n;
    c.panel.column = c.column;
    c.panel.event = bench_column(c.rows + P * c.n, KAM_F64);
    c.risk = bench_memory(c.n, sizeof *c.risk);
    c.reasons = bench_memory(c.n * (TOP + 2), sizeof *c.reasons);
    kam_additive_room(P, NULL, &n_terms, &n_edges, &n_weights, NULL);
    c.model.term = bench_memory(n_terms, sizeof *c.model.term);
    c.model.edge = bench_memory(n_edges, sizeof(double));
    c.model.weight = bench_memory(n_weights, sizeof(double));
    bench_say("churn", "rows", (double)c.n);
    bench_say("churn.logistic", "seconds", bench_median(logistic, &c));
    bench_say("churn.logistic", "first", c.coefficient[1]);
    bench_say("churn.cox", "seconds", bench_median(cox, &c));
    bench_say("churn.reasons", "seconds", bench_median(explain, &c));
    bench_say("churn.glass_box", "seconds", bench_median(glass_box, &c));
    bench_say("churn.glass_box", "log_loss", c.report.log_loss);
    return 0;
}
