/* SPDX-License-Identifier: MIT */
/* A growing column of texts, laid out as a KAM_TEXT64 column. */
#ifndef TEXTS_H
#define TEXTS_H

#include <stddef.h>
#include <stdint.h>

#include <kam/column.h>

/* All zero: no text yet. */
struct texts {
    int64_t n;
    int64_t *offset; /* shape (n + 1) */
    int64_t offset_room;
    char *bytes;
    int64_t bytes_room;
};

void texts_add(struct texts *texts, const char *text, size_t length);

kam_column texts_column(const struct texts *texts);

void texts_free(struct texts *texts);

#endif
