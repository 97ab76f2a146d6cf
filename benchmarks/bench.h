/* SPDX-License-Identifier: MIT */
/* What the benchmarks share: a clock, medians, and the simulated book that all
 * of them, and what they are compared with, read from files. */
#ifndef BENCH_H
#define BENCH_H

#include <kam/kam.h>

enum { REPEATS = 5 };

/* The medians of REPEATS runs after one to warm up, in seconds. */
typedef void (*bench_work)(void *context);
double bench_median(bench_work work, void *context);

/* Writes a measured number, such as "fit.bgnbd.v3 0.123". */
void bench_say(const char *name, const char *part, double value);

/* Writes what compiled this. */
void bench_say_compiler(void);

/* Ends the program unless the call worked. */
void bench_must(kam_status status, const kam_diag *diag);

/* Memory that was written to once, so that no page is new when it is timed. */
void *bench_memory(int64_t count, uint64_t size);

/* A file of the directory: its rows of `size` bytes in memory; writes one. */
void *bench_read(const char *directory, const char *name, uint64_t size,
                 int64_t *count);
void bench_write(const char *directory, const char *name, const void *rows,
                 int64_t count, uint64_t size);

/* One row an account: columns x, t_x, T, m in one file. */
struct bench_book {
    int64_t n;
    double *x, *t_x, *T, *m;
};
struct bench_book bench_book_read(const char *directory, const char *name);
kam_accounts bench_accounts(const struct bench_book *book);

/* A packed column. */
kam_column bench_column(const void *values, int32_t type);

/* The instruction sets this machine has, from plain C up; returns how many.
 * `isa` and `name` have room for 3. */
int bench_levels(int32_t *isa, const char **name);

/* A host that asks for one of them. */
kam_host bench_host(int32_t isa);

/* A host that keeps the memory it gets back for the next call, as DuckDB does: no
 * page is new when it is timed. */
kam_host bench_pool(void);

#endif
