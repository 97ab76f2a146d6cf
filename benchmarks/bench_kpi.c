/* SPDX-License-Identifier: MIT */
/* bench_kpi DIRECTORY [lines]: six key figures of ten million order lines by
 * account (K1, K2, K4, K10), on one thread. Writes the lines for the same work by
 * others. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "common/draw.h"

enum { ACCOUNTS = 100000, FIRST = 19000, LAST = 19364, BASE = 18635 };

static const int32_t IDS[] = {KAM_KPI_REVENUE, KAM_KPI_QUANTITY,
                              KAM_KPI_MARGIN,  KAM_KPI_GROWTH,
                              KAM_KPI_OTIF,    KAM_KPI_ON_TIME};
enum { N_IDS = sizeof IDS / sizeof *IDS };

struct work {
    kam_kpi_lines lines;
    kam_kpi_options options;
    kam_kpi *out;
};

static void compute(void *context) {
    struct work *const w = context;
    kam_diag diag = {.struct_size = sizeof diag};
    bench_must(kam_kpi_of_lines(&w->lines, &w->options, NULL, w->out, NULL,
                                &diag),
               &diag);
}

static void make(struct work *w, const char *directory, int64_t n) {
    int32_t *const account = bench_memory(n, sizeof *account);
    int32_t *const day = bench_memory(n, sizeof *day);
    int32_t *const promised = bench_memory(n, sizeof *promised);
    int32_t *const delivered = bench_memory(n, sizeof *delivered);
    double *const revenue = bench_memory(n, sizeof *revenue);
    double *const cost = bench_memory(n, sizeof *cost);
    double *const quantity = bench_memory(n, sizeof *quantity);
    uint8_t *const complete = bench_memory(n, sizeof *complete);
    struct draw seed = draw_begin(1, 0);
    for (int64_t i = 0; i < n; i++) {
        account[i] = (int32_t)(draw_uniform(&seed) * ACCOUNTS);
        day[i] = BASE + (int32_t)(draw_uniform(&seed) * (LAST - BASE + 1));
        promised[i] = day[i] + 1 + (int32_t)(draw_uniform(&seed) * 20);
        delivered[i] = promised[i] - 3 + (int32_t)(draw_uniform(&seed) * 5);
        revenue[i] = floor(draw_uniform(&seed) * 1e6) / 100;
        cost[i] = floor(revenue[i] * 80 * draw_uniform(&seed)) / 100;
        quantity[i] = 1 + floor(draw_uniform(&seed) * 20);
        complete[i] = draw_uniform(&seed) < 0.9;
    }
    bench_write(directory, "kpi-account.i32", account, n, 4);
    bench_write(directory, "kpi-day.i32", day, n, 4);
    bench_write(directory, "kpi-promised.i32", promised, n, 4);
    bench_write(directory, "kpi-delivered.i32", delivered, n, 4);
    bench_write(directory, "kpi-revenue.f64", revenue, n, 8);
    bench_write(directory, "kpi-cost.f64", cost, n, 8);
    bench_write(directory, "kpi-quantity.f64", quantity, n, 8);
    bench_write(directory, "kpi-complete.u8", complete, n, 1);
    memset(&w->lines, 0, sizeof w->lines);
    w->lines.struct_size = sizeof w->lines;
    w->lines.n_rows = n;
    w->lines.group = bench_column(account, KAM_I32);
    w->lines.day = bench_column(day, KAM_DAY);
    w->lines.promised_day = bench_column(promised, KAM_DAY);
    w->lines.delivered_day = bench_column(delivered, KAM_DAY);
    w->lines.revenue = bench_column(revenue, KAM_F64);
    w->lines.cost = bench_column(cost, KAM_F64);
    w->lines.quantity = bench_column(quantity, KAM_F64);
    w->lines.complete = bench_column(complete, KAM_U8);
}

int main(int argc, char **argv) {
    struct work w;
    make(&w, argc > 1 ? argv[1] : ".", argc > 2 ? atoll(argv[2]) : 10000000);
    bench_must(kam_kpi_options_init(&w.options, sizeof w.options), NULL);
    w.options.ids = IDS;
    w.options.n_ids = N_IDS;
    w.options.n_groups = ACCOUNTS;
    w.options.first_day = FIRST;
    w.options.last_day = LAST;
    w.options.base_first_day = BASE;
    w.options.base_last_day = FIRST - 1;
    w.out = bench_memory((int64_t)ACCOUNTS * N_IDS, sizeof *w.out);
    bench_say("kpi", "lines", (double)w.lines.n_rows);
    bench_say("kpi", "seconds", bench_median(compute, &w));
    for (int k = 0; k < N_IDS; k++) {
        kam_sum sum = {0, 0};
        for (int64_t g = 0; g < ACCOUNTS; g++)
            kam_sum_add(&sum, w.out[g * N_IDS + k].numerator);
        bench_say("kpi", kam_kpi_name(IDS[k]), kam_sum_value(&sum));
    }
    return 0;
}
