/* SPDX-License-Identifier: MIT */
/* How long a ledger takes over an order log that is in memory already:
 *     bench_ledger [lines] [accounts] [grouped|texts|numbered|all]
 * The log is made from a fixed seed; what is printed is the median of 5, in time of
 * the processor, so that neighbours on the machine disturb little. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <kam/kam.h>

enum { REPEATS = 5, TEXT_SIZE = 16 };

struct log {
    int64_t n_lines, n_accounts;
    int64_t *account, *order;
    int32_t *day;
    double *revenue, *cost;
    char *text;
};

struct heap {
    uint64_t used, most;
};

static void *heap_allocate(void *memory, uint64_t size, uint64_t alignment) {
    struct heap *const heap = memory;
    heap->used += size;
    if (heap->used > heap->most) heap->most = heap->used;
    return aligned_alloc(alignment,
                         (size + alignment - 1) / alignment * alignment);
}

static void heap_release(void *memory, void *block, uint64_t size) {
    struct heap *const heap = memory;
    heap->used -= size;
    free(block);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static int by_account(const void *a, const void *b) {
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Every account at least once; the rest at random; lines in random order. */
static struct log make_log(int64_t n_lines, int64_t n_accounts, int grouped) {
    struct log log = {n_lines, n_accounts, NULL, NULL, NULL, NULL, NULL, NULL};
    const size_t n = (size_t)n_lines;
    uint64_t seed = 20240229;
    log.account = malloc(n * sizeof *log.account);
    log.order = malloc(n * sizeof *log.order);
    log.day = malloc(n * sizeof *log.day);
    log.revenue = malloc(n * sizeof *log.revenue);
    log.cost = malloc(n * sizeof *log.cost);
    log.text = calloc(n, TEXT_SIZE);
    for (int64_t i = 0; i < n_lines; i++)
        log.account[i] =
            1 + (i < n_accounts
                     ? i
                     : (int64_t)(next_random(&seed) % (uint64_t)n_accounts));
    for (int64_t i = n_lines - 1; i > 0; i--) {
        const int64_t j = (int64_t)(next_random(&seed) % (uint64_t)(i + 1));
        const int64_t swap = log.account[i];
        log.account[i] = log.account[j];
        log.account[j] = swap;
    }
    if (grouped) qsort(log.account, n, sizeof *log.account, by_account);
    for (int64_t i = 0; i < n_lines; i++) {
        log.day[i] = 18000 + (int32_t)(next_random(&seed) % 1096);
        log.revenue[i] = (double)(1 + next_random(&seed) % 100000) / 100;
        log.cost[i] = log.revenue[i] / 2;
        log.order[i] = log.account[i] * 64 + (log.day[i] & 63);
        snprintf(log.text + i * TEXT_SIZE, TEXT_SIZE, "C-%09lld",
                 (long long)log.account[i]);
    }
    return log;
}

static kam_column column(const void *values, int32_t type, int64_t stride) {
    const kam_column column = {values, NULL, NULL, 0, stride, type, 0};
    return column;
}

static kam_summary make_summary(int64_t n) {
    kam_summary out;
    memset(&out, 0, sizeof out);
    out.struct_size = sizeof out;
    out.first_day = calloc((size_t)n, sizeof *out.first_day);
    out.last_day = calloc((size_t)n, sizeof *out.last_day);
    out.row_flags = calloc((size_t)n, sizeof *out.row_flags);
    double **const number[] = {
        &out.orders,         &out.repeat_orders, &out.last_order_periods,
        &out.age_periods,    &out.gross_revenue, &out.mean_order_value,
        &out.returns,        &out.direct_cost,   &out.service_cost,
        &out.window_revenue, &out.window_cost};
    for (size_t i = 0; i < sizeof number / sizeof *number; i++) {
        *number[i] = malloc((size_t)n * sizeof(double));
        for (int64_t j = 0; j < n; j++) (*number[i])[j] = 0;
    }
    return out;
}

static void must(kam_status status) {
    if (status == KAM_OK) return;
    fprintf(stderr, "%s\n", kam_status_text(status));
    exit(1);
}

static int by_number(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void run(const char *name, const kam_lines *lines, int64_t n_accounts,
                const kam_host *host, int64_t size_of_heap) {
    kam_ledger_options options;
    kam_summary out = make_summary(n_accounts);
    double add[REPEATS], summarise[REPEATS], whole[REPEATS];
    must(kam_ledger_options_init(&options, sizeof options));
    options.as_of_day = 18000 + 1096;
    for (int i = 0; i < REPEATS; i++) {
        kam_ledger *ledger;
        const double start = now();
        must(kam_ledger_new(&options, host, &ledger, NULL));
        must(kam_ledger_add(ledger, lines, NULL));
        const double middle = now();
        must(kam_ledger_summarise(ledger, &out, NULL));
        const double end = now();
        if (kam_ledger_n_accounts(ledger) != n_accounts) exit(1);
        if (host)
            size_of_heap = (int64_t)((const struct heap *)host->memory)->used;
        kam_ledger_free(ledger);
        add[i] = middle - start;
        summarise[i] = end - middle;
        whole[i] = end - start;
    }
    qsort(add, REPEATS, sizeof *add, by_number);
    qsort(summarise, REPEATS, sizeof *summarise, by_number);
    qsort(whole, REPEATS, sizeof *whole, by_number);
    printf("%-10s %8.1f ms  (add %.1f, summarise %.1f)  %6.2f million lines/s",
           name, 1e3 * whole[REPEATS / 2], 1e3 * add[REPEATS / 2],
           1e3 * summarise[REPEATS / 2],
           1e-6 * (double)lines->n_rows / whole[REPEATS / 2]);
    if (host)
        printf("  %.0f bytes an account",
               (double)size_of_heap / (double)n_accounts);
    printf("\n");
}

int main(int argc, char **argv) {
    const int64_t n_lines = argc > 1 ? atoll(argv[1]) : 2060000;
    const int64_t n_accounts = argc > 2 ? atoll(argv[2]) : 1000000;
    const char *const what = argc > 3 ? argv[3] : "";
    const int all = strcmp(what, "all") == 0;
    struct heap heap = {0, 0};
    kam_host host;
    memset(&host, 0, sizeof host);
    host.struct_size = sizeof host;
    host.allocate = heap_allocate;
    host.release = heap_release;
    host.memory = &heap;
    for (int grouped = 0; grouped <= (all || strcmp(what, "grouped") == 0);
         grouped++) {
        const struct log log = make_log(n_lines, n_accounts, grouped);
        kam_lines lines;
        memset(&lines, 0, sizeof lines);
        lines.struct_size = sizeof lines;
        lines.n_rows = n_lines;
        lines.account = column(log.account, KAM_I64, 0);
        lines.day = column(log.day, KAM_DAY, 0);
        lines.revenue = column(log.revenue, KAM_F64, 0);
        run(grouped ? "grouped" : "random", &lines, n_accounts, NULL, 0);
        if (grouped) continue;
        run("counted", &lines, n_accounts, &host, 0);
        if (all || strcmp(what, "texts") == 0) {
            lines.account = column(log.text, KAM_CHARS, TEXT_SIZE);
            run("texts", &lines, n_accounts, &host, 0);
            lines.account = column(log.account, KAM_I64, 0);
        }
        if (all || strcmp(what, "numbered") == 0) {
            lines.cost = column(log.cost, KAM_F64, 0);
            run("costs", &lines, n_accounts, &host, 0);
            lines.order = column(log.order, KAM_I64, 0);
            run("numbered", &lines, n_accounts, &host, 0);
        }
    }
    return 0;
}
