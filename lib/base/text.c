/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include <math.h>
#include <string.h>

struct kam__text kam__text_in(char *buffer, size_t size) {
    buffer[0] = '\0';
    return (struct kam__text){buffer, buffer + size - 1};
}

void kam__text_add(struct kam__text *text, const char *words) {
    size_t length = strlen(words);
    const size_t room = (size_t)(text->last - text->at);
    const int cut = length > room;
    if (cut) {
        length = room;
        /* Never cut inside a UTF-8 character. */
        while (length > 0 && ((unsigned char)words[length] & 0xC0) == 0x80)
            length--;
    }
    memcpy(text->at, words, length);
    text->at += length;
    *text->at = '\0';
    if (cut) text->last = text->at; /* nothing goes after a cut */
}

/* Digits of `number`, at least `width` of them. */
static void add_digits(struct kam__text *text, uint64_t number, int width) {
    char digits[24];
    int at = (int)sizeof digits - 1;
    digits[at] = '\0';
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
        width--;
    } while (number > 0 || width > 0);
    kam__text_add(text, digits + at);
}

void kam__text_integer(struct kam__text *text, int64_t number) {
    if (number < 0) kam__text_add(text, "-");
    add_digits(text, number < 0 ? 0 - (uint64_t)number : (uint64_t)number, 1);
}

/* Handles nan, inf and the sign; returns 0 when nothing is left to write. */
static int add_special(struct kam__text *text, double *number) {
    if (isnan(*number)) {
        kam__text_add(text, "nan");
        return 0;
    }
    if (*number < 0) {
        kam__text_add(text, "-");
        *number = -*number;
    }
    if (isinf(*number)) {
        kam__text_add(text, "inf");
        return 0;
    }
    return 1;
}

/* `number` = mantissa * 10^exponent with mantissa in [1, 10); enough digits for
 * a message. */
static double split_decimal(double number, int *exponent) {
    static const double power[] = {1e1,  1e2,  1e4,   1e8,  1e16,
                                   1e32, 1e64, 1e128, 1e256};
    *exponent = 0;
    if (number == 0) return 0;
    for (int i = 8; i >= 0; i--)
        if (number >= power[i]) {
            number /= power[i];
            *exponent += 1 << i;
        }
    for (int i = 8; i >= 0; i--)
        if (number * power[i] < 10) {
            number *= power[i];
            *exponent -= 1 << i;
        }
    return number;
}

static const uint64_t TEN_TO[] = {1,         10,        100,     1000,
                                  10000,     100000,    1000000, 10000000,
                                  100000000, 1000000000};

static void add_scientific(struct kam__text *text, double number, int digits) {
    int exponent;
    const double mantissa = split_decimal(number, &exponent);
    uint64_t scaled = (uint64_t)(mantissa * (double)TEN_TO[digits] + 0.5);
    if (scaled >= 10 * TEN_TO[digits]) {
        scaled /= 10;
        exponent++;
    }
    add_digits(text, scaled / TEN_TO[digits], 1);
    uint64_t fraction = scaled % TEN_TO[digits];
    int width = digits;
    while (width > 0 && fraction % 10 == 0) {
        fraction /= 10;
        width--;
    }
    if (width > 0) {
        kam__text_add(text, ".");
        add_digits(text, fraction, width);
    }
    kam__text_add(text, exponent < 0 ? "e-" : "e+");
    add_digits(text, (uint64_t)(exponent < 0 ? -exponent : exponent), 2);
}

void kam__text_fixed(struct kam__text *text, double number, int digits) {
    if (!add_special(text, &number)) return;
    if (number >= 1e15 / (double)TEN_TO[digits] ||
        (number > 0 && number < 1e-9)) {
        add_scientific(text, number, digits);
        return;
    }
    const uint64_t scaled = (uint64_t)(number * (double)TEN_TO[digits] + 0.5);
    add_digits(text, scaled / TEN_TO[digits], 1);
    if (digits > 0) {
        kam__text_add(text, ".");
        add_digits(text, scaled % TEN_TO[digits], digits);
    }
}

void kam__text_number(struct kam__text *text, double number) {
    if (!add_special(text, &number)) return;
    if (number != 0 && (number < 0.9999995e-4 || number >= 999999.5)) {
        add_scientific(text, number, 5);
        return;
    }
    int digits = 5; /* decimals, so that six digits are significant */
    for (double limit = 9.999995; number >= limit && digits > 0; limit *= 10)
        digits--;
    for (double limit = 0.9999995; number > 0 && number < limit && digits < 9;
         limit /= 10)
        digits++;
    const uint64_t scaled = (uint64_t)(number * (double)TEN_TO[digits] + 0.5);
    add_digits(text, scaled / TEN_TO[digits], 1);
    uint64_t fraction = scaled % TEN_TO[digits];
    while (digits > 0 && fraction % 10 == 0) {
        fraction /= 10;
        digits--;
    }
    if (digits > 0) {
        kam__text_add(text, ".");
        add_digits(text, fraction, digits);
    }
}
