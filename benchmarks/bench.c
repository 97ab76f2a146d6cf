/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_number(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_median(bench_work work, void *context) {
    double seconds[REPEATS];
    work(context);
    for (int i = 0; i < REPEATS; i++) {
        const double start = now();
        work(context);
        seconds[i] = now() - start;
    }
    qsort(seconds, REPEATS, sizeof *seconds, by_number);
    return seconds[REPEATS / 2];
}

void bench_say(const char *name, const char *part, double value) {
    printf("%s%s%s %.17g\n", name, *part ? "." : "", part, value);
    fflush(stdout);
}

void bench_say_compiler(void) {
#if defined(__clang__)
    printf("version.compiler %s\n", __VERSION__);
#elif defined(__GNUC__)
    printf("version.compiler gcc %s\n", __VERSION__);
#else
    printf("version.compiler unknown\n");
#endif
}

static void stop(const char *what, const char *why) {
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

void bench_must(kam_status status, const kam_diag *diag) {
    if (status != KAM_OK)
        stop(kam_status_name(status),
             diag ? diag->message : kam_status_text(status));
}

void *bench_memory(int64_t count, uint64_t size) {
    const size_t bytes = (size_t)count * size;
    void *const memory = malloc(bytes + 1);
    if (!memory) stop("memory", "there is not enough");
    memset(memory, 1, bytes + 1);
    return memory;
}

static FILE *open_file(const char *directory, const char *name,
                       const char *mode) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *const file = fopen(path, mode);
    if (!file) stop(path, "cannot be opened");
    return file;
}

void *bench_read(const char *directory, const char *name, uint64_t size,
                 int64_t *count) {
    FILE *const file = open_file(directory, name, "rb");
    fseek(file, 0, SEEK_END);
    *count = ftell(file) / (int64_t)size;
    rewind(file);
    void *const rows = bench_memory(*count, size);
    if (fread(rows, size, (size_t)*count, file) != (size_t)*count)
        stop(name, "cannot be read");
    fclose(file);
    return rows;
}

void bench_write(const char *directory, const char *name, const void *rows,
                 int64_t count, uint64_t size) {
    FILE *const file = open_file(directory, name, "wb");
    if (fwrite(rows, size, (size_t)count, file) != (size_t)count ||
        fclose(file) != 0)
        stop(name, "cannot be written");
}

struct bench_book bench_book_read(const char *directory, const char *name) {
    int64_t count;
    double *const rows = bench_read(directory, name, sizeof *rows, &count);
    const int64_t n = count / 4;
    return (struct bench_book){n, rows, rows + n, rows + 2 * n, rows + 3 * n};
}

kam_column bench_column(const void *values, int32_t type) {
    const kam_column column = {values, NULL, NULL, 0, 0, type, 0};
    return column;
}

kam_accounts bench_accounts(const struct bench_book *book) {
    kam_accounts accounts;
    memset(&accounts, 0, sizeof accounts);
    accounts.struct_size = sizeof accounts;
    accounts.n_rows = book->n;
    accounts.repeat_orders = bench_column(book->x, KAM_F64);
    accounts.last_order_periods = bench_column(book->t_x, KAM_F64);
    accounts.age_periods = bench_column(book->T, KAM_F64);
    accounts.mean_order_value = bench_column(book->m, KAM_F64);
    return accounts;
}

int bench_levels(int32_t *isa, const char **name) {
    static const char *const names[] = {"base", "v3", "v4"};
    const int32_t best = kam_host_isa();
    int n = 0;
    for (int32_t level = KAM_ISA_BASE; level <= best; level++, n++) {
        isa[n] = level;
        name[n] = names[n];
    }
    return n;
}

kam_host bench_host(int32_t isa) {
    kam_host host;
    memset(&host, 0, sizeof host);
    host.struct_size = sizeof host;
    host.isa = isa;
    return host;
}

/* Blocks of 2^class bytes that came back, each with the address of the next. */
struct pool {
    void *unused[64];
};

static int class_of(uint64_t size) {
    int class = 6;
    while (UINT64_C(1) << class < size) class ++;
    return class;
}

static void *pool_allocate(void *memory, uint64_t size, uint64_t alignment) {
    struct pool *const pool = memory;
    const int class = class_of(size);
    void *const block = pool->unused[class];
    (void)alignment; /* at most 64 */
    if (!block) return aligned_alloc(64, (size_t)1 << class);
    memcpy(&pool->unused[class], block, sizeof block);
    return block;
}

static void pool_release(void *memory, void *block, uint64_t size) {
    struct pool *const pool = memory;
    const int class = class_of(size);
    memcpy(block, &pool->unused[class], sizeof block);
    pool->unused[class] = block;
}

kam_host bench_pool(void) {
    static struct pool pool;
    kam_host host = bench_host(0);
    host.allocate = pool_allocate;
    host.release = pool_release;
    host.memory = &pool;
    return host;
}
