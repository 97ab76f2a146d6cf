/* SPDX-License-Identifier: MIT */
/* Numbers and texts as people read them, and tables of them. */
#ifndef WORDS_H
#define WORDS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Room for one text. */
struct words {
    char text[256];
};

/* 1,234,567 or 1,234,567.89; "-" for NaN. */
const char *grouped(struct words *words, double value, int decimals);

/* 1 account, or 2,345 accounts. */
const char *many(struct words *words, int64_t n, const char *one);

/* The same, or in Chinese 2,345 个客户. */
const char *many_in(struct words *words, int64_t n, const char *one,
                    int32_t language);

/* Three digits that count: 6,420k or 12.3M, or in Chinese 642万 and 1.23亿;
 * "-" for NaN. */
const char *compact(struct words *words, double value, int32_t language);

/* 12.3 %; "-" for NaN. */
const char *percent(struct words *words, double share, int decimals);

/* A status as the end of a sentence: no capital, no full stop. */
const char *status_words(struct words *words, int32_t status, int32_t language);

/* printf into words. */
const char *say(struct words *words, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Columns of a terminal that a text takes: 2 for Chinese characters. */
int text_width(const char *text);

/* Copies at most `width` terminal columns, the last an ellipsis when cut. */
void text_cut(struct words *words, const char *text, size_t length, int width);

/* A table that is aligned when it is printed. */
struct grid {
    int n_columns;
    const char *align; /* a letter a column: l or r */
    int64_t n_cells, room;
    char **cell; /* by rows */
};

void grid_add(struct grid *grid, const char *text);

/* Prints the rows, two blanks between columns, `indent` before each. Frees. */
void grid_print(FILE *out, struct grid *grid, const char *indent);

#endif
