/* SPDX-License-Identifier: MIT */
/* What a tool says when something is wrong: one sentence on standard error. */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <stddef.h>
#include <stdint.h>

enum {
    EXIT_TROUBLE = 1, /* the machine's fault: memory, a full disk */
    EXIT_INPUT = 2    /* the input's or the command line's fault */
};

/* Names the program in every message; the pointer is kept. */
void message_program(const char *name);

/* Prints "program: sentence" and ends the program. */
_Noreturn void fail(int status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Prints "program: path:line: sentence" and ends with EXIT_INPUT. */
_Noreturn void fail_at(const char *path, int64_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Prints "program: warning: sentence". */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Room for a value shown in a message. */
struct shown {
    char text[128];
};

/* A value from a file as it may stand in a message: control characters and
 * broken UTF-8 as \xNN, and not too long. Returns shown->text. */
const char *show(struct shown *shown, const char *text, size_t length);

/* Length in bytes, 1..4, of the UTF-8 character at `text`; 0 when broken. */
size_t utf8_length(const char *text, size_t room);

/* realloc that does not return without memory. */
void *resize(void *block, int64_t n_items, size_t item_size);

/* Makes room for item number `n`, doubling; `room` is in items. */
void *grow(void *block, int64_t *room, int64_t n, size_t item_size);

#endif
