/* SPDX-License-Identifier: MIT */
/* Text without printf: no locale, no allocation. */
#ifndef KAM_BASE_TEXT_H
#define KAM_BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* A cursor over a caller's buffer; always NUL-ended, cut at whole UTF-8
 * characters when full. */
struct kam__text {
    char *at;   /* where the next byte goes */
    char *last; /* where the final NUL must fit */
};

/* Starts writing to `buffer` of `size` >= 1 bytes. */
struct kam__text kam__text_in(char *buffer, size_t size);
void kam__text_add(struct kam__text *text, const char *words);
void kam__text_integer(struct kam__text *text, int64_t number);
/* `digits` decimals after the point (0..9), rounded half up; numbers of more
 * than 15 digits in all and below 1e-9 in scientific form; "nan", "inf". */
void kam__text_fixed(struct kam__text *text, double number, int digits);
/* Six significant digits, as printf's %.6g in the C locale. */
void kam__text_number(struct kam__text *text, double number);

#endif
