/* SPDX-License-Identifier: MIT */
/* Decimal texts to numbers, rounded to nearest, ties to even: what strtod and
 * strtof do in the C locale, without the locale. */
#ifndef KAM_BASE_DECIMAL_H
#define KAM_BASE_DECIMAL_H

#include <stdint.h>

/* Bits of the number wanted. */
enum { KAM__FLOAT = 24, KAM__DOUBLE = 53 };

/* Reads [-]digits[.digits][(e|E)[+|-]digits] at the start of text[0..length), as
 * a float or a double. Returns how many bytes it took; 0 when there is no number
 * or one of more than 40 significant digits. */
uint64_t kam__decimal_read(const char *text, uint64_t length, int bits,
                           double *number);

#endif
