/* SPDX-License-Identifier: MIT */
#include "message.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *program = "kam";

void message_program(const char *name) { program = name; }

void fail(int status, const char *format, ...) {
    va_list list;
    fprintf(stderr, "%s: ", program);
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    fputc('\n', stderr);
    exit(status);
}

void fail_at(const char *path, int64_t line, const char *format, ...) {
    va_list list;
    fprintf(stderr, "%s: %s:%lld: ", program, path, (long long)line);
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    fputc('\n', stderr);
    exit(EXIT_INPUT);
}

void warn(const char *format, ...) {
    va_list list;
    fprintf(stderr, "%s: warning: ", program);
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    fputc('\n', stderr);
}

size_t utf8_length(const char *text, size_t room) {
    const unsigned char c = (unsigned char)text[0];
    const size_t length = c < 0x80                ? 1
                          : c >= 0xC2 && c < 0xE0 ? 2
                          : c >= 0xE0 && c < 0xF0 ? 3
                          : c >= 0xF0 && c < 0xF5 ? 4
                                                  : 0;
    if (length > room) return 0;
    for (size_t i = 1; i < length; i++)
        if (((unsigned char)text[i] & 0xC0) != 0x80) return 0;
    return length;
}

const char *show(struct shown *shown, const char *text, size_t length) {
    enum { LONGEST = 60 };
    size_t from = 0, to = 0;
    while (from < length && to < LONGEST) {
        const size_t n = utf8_length(text + from, length - from);
        const unsigned char c = (unsigned char)text[from];
        if (n == 0 || c < 0x20 || c == 0x7F) {
            to += (size_t)snprintf(shown->text + to, 5, "\\x%02X", c);
            from++;
        } else {
            memcpy(shown->text + to, text + from, n);
            to += n;
            from += n;
        }
    }
    snprintf(shown->text + to, sizeof shown->text - to, "%s",
             from < length ? "..." : "");
    return shown->text;
}

void *resize(void *block, int64_t n_items, size_t item_size) {
    const size_t n = n_items > 0 ? (size_t)n_items : 1;
    void *bigger =
        n > SIZE_MAX / item_size ? NULL : realloc(block, n * item_size);
    if (!bigger)
        fail(EXIT_TROUBLE,
             "there is not enough memory for %zu items of %zu bytes", n,
             item_size);
    return bigger;
}

void *grow(void *block, int64_t *room, int64_t n, size_t item_size) {
    if (n < *room) return block;
    while (*room <= n) *room = *room ? 2 * *room : 1024;
    return resize(block, *room, item_size);
}
