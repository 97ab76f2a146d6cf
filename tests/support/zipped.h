/* SPDX-License-Identifier: MIT */
/* Reads what gzip packed, through gzip. Windows has none: there the same file is
 * read below the directory KAM_UNPACKED, where tools/elsewhere unpacks it.
 * support/check.h includes this. */
#ifndef TEST_ZIPPED_H
#define TEST_ZIPPED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* NULL when the file is not there; path: TEST_SHARED "/....gz". */
static inline FILE *zipped_open(const char *path) {
    char text[4096];
#ifdef _WIN32
    const char *const root = getenv("KAM_UNPACKED");
    const char *const below = strstr(path, "/shared/");
    if (!root || !below) return NULL;
    snprintf(text, sizeof text, "%s%.*s", root, (int)strlen(below) - 3, below);
    return fopen(text, "r");
#else
    FILE *const there = fopen(path, "r");
    if (!there) return NULL;
    fclose(there);
    snprintf(text, sizeof text, "gzip -dc '%s'", path);
    return popen(text, "r");
#endif
}

/* 0 when all of it was read. */
static inline int zipped_close(FILE *file) {
#ifdef _WIN32
    return fclose(file);
#else
    return pclose(file);
#endif
}

#endif
