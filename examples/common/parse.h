/* SPDX-License-Identifier: MIT */
/* Days and numbers from text. */
#ifndef PARSE_H
#define PARSE_H

#include <stddef.h>
#include <stdint.h>

/* Both return NULL when the text was read, or else the rest of a sentence that
 * begins with the text: "is no date". */

/* A day as YYYY-MM-DD, YYYY/MM/DD (also one-digit months and days) or YYYYMMDD,
 * with or without a time, whose zone is not looked at; or, when `format` is not
 * NULL, in that form of strptime(3) alone. */
const char *parse_day(const char *text, size_t length, const char *format,
                      int32_t *day);

/* A decimal number: sign, digits, `point`, digits, exponent. */
const char *parse_number(const char *text, size_t length, char point,
                         double *value);

/* 1 for yes, true, y or 1, in capitals or not; 0 for no, false, n or 0; else -1. */
int parse_truth(const char *text, size_t length);

/* Writes YYYY-MM-DD, or nothing for KAM_NO_DAY. Returns text. */
const char *day_text(int32_t day, char text[16]);

#endif
