/* SPDX-License-Identifier: MIT */
/* Files of comma-separated values: read record by record with their line
 * numbers, and written. The parsing is libcsv's. */
#ifndef CSVFILE_H
#define CSVFILE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A field: bytes, not ended by NUL, without blanks around it. */
struct cell {
    const char *text;
    size_t length;
};

/* A record. A field that a short record lacks is empty. */
struct record {
    const char *path; /* as messages name the file */
    int64_t line;     /* where the record begins, from 1 */
    int64_t n_cells;
    const struct cell *cell;
};

/* What is done with the records. The header comes first; record `n_cells` is
 * the header's for all, so that a column number is always in range. */
struct csv_handler {
    void (*header)(void *data, const struct record *header);
    void (*record)(void *data, const struct record *record);
    void *data;
};

/* What a file held. */
struct csv_count {
    int64_t n_records; /* without the header and blank lines */
    int64_t n_short;   /* records with fewer fields than the header */
};

/* Reads the file at `path`, "-" for standard input. `delimiter` 0: the one the
 * header uses most of comma, semicolon, tab and bar. Ends the program with one
 * sentence when the file cannot be read, is empty or is no such table. */
struct csv_count csv_read(const char *path, char delimiter, int with_progress,
                          const struct csv_handler *handler);

/* How messages name a file: "-" is "stdin". */
const char *csv_name(const char *path);

/* The column called `name`, or else the only one that is called so but for
 * upper and lower case; -1 when there is none. Ends the program when two are
 * called so. */
int64_t csv_find(const struct record *header, const char *name);

/* As csv_find, but ends the program when there is none; `option` is the one
 * that names another column, or NULL. */
int64_t csv_require(const struct record *header, const char *name,
                    const char *option);

/* Writes one field, quoted when it must be. */
void csv_put(FILE *out, const char *text, size_t length);

/* A number and the comma that ends its field; nothing when it is not known. */
void csv_put_number(FILE *out, double value, int decimals);

/* Without the comma. */
void csv_put_last_number(FILE *out, double value, int decimals);

#endif
