/* SPDX-License-Identifier: MIT */
/* What every test includes: cmocka, comparisons of doubles (cmocka 1.1.5 has
 * none), and tables of numbers from CSV files. */
#ifndef TEST_CHECK_H
#define TEST_CHECK_H

/* popen, under -std=c11; so this header comes first in every test. */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <kam/kam.h>

#include "zipped.h"

static inline int64_t check_bits_of(double x) {
    int64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* Distance in units in the last place of `expected`; huge when not finite. */
static inline double check_ulp(double actual, double expected) {
    if (actual == expected || (isnan(actual) && isnan(expected))) return 0;
    if (!isfinite(actual) || !isfinite(expected)) return 1e300;
    const double step = nextafter(fabs(expected), INFINITY) - fabs(expected);
    return fabs(actual - expected) / step;
}

static inline double check_rel(double actual, double expected) {
    if (actual == expected || (isnan(actual) && isnan(expected))) return 0;
    return fabs(actual - expected) / fabs(expected);
}

#define assert_near(actual, expected, tolerance)                               \
    do {                                                                       \
        const double check_a = (actual), check_e = (expected);                 \
        if (!(fabs(check_a - check_e) <= (tolerance)))                         \
            fail_msg("%s: %.17g, expected %.17g +- %g", #actual, check_a,      \
                     check_e, (double)(tolerance));                            \
    } while (0)

#define assert_relative(actual, expected, tolerance)                           \
    do {                                                                       \
        const double check_a = (actual), check_e = (expected);                 \
        if (!(check_rel(check_a, check_e) <= (tolerance)))                     \
            fail_msg("%s: %.17g, expected %.17g, off by %g", #actual, check_a, \
                     check_e, check_rel(check_a, check_e));                    \
    } while (0)

/* A row of a table within a relative error, of which the largest is kept. */
static inline void check_digits(double *worst, double actual, double expected,
                                int64_t row, double limit) {
    const double error = check_rel(actual, expected);
    if (!(error <= limit))
        fail_msg("row %ld: %.17g, expected %.17g, off by %g", (long)row, actual,
                 expected, error);
    if (error > *worst) *worst = error;
}

#define assert_bits(actual, expected)                                          \
    do {                                                                       \
        const double check_a = (actual), check_e = (expected);                 \
        if (check_bits_of(check_a) != check_bits_of(check_e))                  \
            fail_msg("%s: %.17g, expected the bits of %.17g", #actual,         \
                     check_a, check_e);                                        \
    } while (0)

#define assert_status(call, expected)                                          \
    do {                                                                       \
        const kam_status check_s = (call);                                     \
        if (check_s != (expected))                                             \
            fail_msg("%s: %s, expected %s", #call, kam_status_name(check_s),   \
                     kam_status_name(expected));                               \
    } while (0)

/* A table of numbers: rows by columns, NaN for empty or text cells. */
struct table {
    int64_t n_rows, n_columns;
    double *cell; /* shape (n_rows, n_columns) */
    char **name;  /* shape (n_columns) */
};

/* Reads a plain CSV (no quotes) with a header line; lines that begin with '#'
 * are comments; ".gz" goes through gzip. Returns 0 when the file is not there,
 * so that a test can say what it skipped. */
static inline int table_read(struct table *table, const char *path) {
    const size_t length = strlen(path);
    const int zipped = length > 3 && strcmp(path + length - 3, ".gz") == 0;
    memset(table, 0, sizeof *table);
    FILE *const file = zipped ? zipped_open(path) : fopen(path, "r");
    if (!file) return 0;
    char line[65536];
    int64_t room = 0;
    while (fgets(line, sizeof line, file)) {
        if (line[0] == '#') continue;
        line[strcspn(line, "\r\n")] = '\0';
        const int header = table->name == NULL;
        if (header) {
            table->n_columns = 1;
            for (const char *c = line; *c; c++) table->n_columns += *c == ',';
            table->name = calloc((size_t)table->n_columns, sizeof *table->name);
        } else if (table->n_rows == room) {
            room = room ? 2 * room : 1024;
            table->cell =
                realloc(table->cell, (size_t)(room * table->n_columns) *
                                         sizeof *table->cell);
        }
        char *cell = line;
        for (int64_t j = 0; j < table->n_columns; j++) {
            char *end = cell ? strchr(cell, ',') : NULL;
            if (end) *end = '\0';
            if (header) {
                const size_t size = cell ? strlen(cell) + 1 : 1;
                table->name[j] = calloc(1, size);
                if (cell) memcpy(table->name[j], cell, size);
            } else {
                char *stop = cell;
                const double value = cell && *cell ? strtod(cell, &stop) : NAN;
                table->cell[table->n_rows * table->n_columns + j] =
                    cell && *cell && *stop == '\0' ? value : NAN;
            }
            cell = end ? end + 1 : NULL;
        }
        if (!header) table->n_rows++;
    }
    if (zipped)
        zipped_close(file);
    else
        fclose(file);
    return table->name != NULL;
}

static inline double table_at(const struct table *table, int64_t row,
                              const char *name) {
    for (int64_t j = 0; j < table->n_columns; j++)
        if (strcmp(table->name[j], name) == 0)
            return table->cell[row * table->n_columns + j];
    fail_msg("no column %s", name);
    return NAN;
}

static inline void table_free(struct table *table) {
    for (int64_t j = 0; j < table->n_columns; j++) free(table->name[j]);
    free(table->name);
    free(table->cell);
    memset(table, 0, sizeof *table);
}

/* Says on stderr what was skipped and returns from the test: cmocka's skip()
 * counts as a failure under TAP. */
#define skip_without(condition, what)                                          \
    do {                                                                       \
        if (!(condition)) {                                                    \
            fprintf(stderr, "skipped: %s (%s is not here)\n", __func__, what); \
            return;                                                            \
        }                                                                      \
    } while (0)

#endif
