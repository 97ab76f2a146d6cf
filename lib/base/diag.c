/* SPDX-License-Identifier: MIT */
#include "base/diag.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/sized.h"
#include "base/text.h"

/* The next whole UTF-8 character, so that a cut falls between two. */
static const char *add_character(struct kam__text *text, const char *words) {
    char piece[5] = {*words++};
    for (int n = 1; n < 4 && ((unsigned char)*words & 0xC0) == 0x80; n++)
        piece[n] = *words++;
    kam__text_add(text, piece);
    return words;
}

static void add_message(struct kam__text *text, const char *message,
                        int64_t row, double value) {
    while (*message) {
        if (strncmp(message, "{row}", 5) == 0) {
            kam__text_integer(text, row);
            message += 5;
        } else if (strncmp(message, "{value}", 7) == 0) {
            kam__text_number(text, value);
            message += 7;
        } else {
            message = add_character(text, message);
        }
    }
}

/* A diag of a size we do not know stays untouched: there is nowhere left to
 * complain to. */
void kam__tell(kam_diag *diag, const kam_diag *told) {
    if (!diag) return;
    kam__sized_write(diag, told, sizeof *told, KAM__FIRST(kam_diag), "", NULL);
}

#undef kam__fail
kam_status kam__fail(kam_diag *diag, kam_status status, const char *argument,
                     int64_t row, double value, const char *message) {
    if (!diag) return status;
    kam_diag ours = {0, status, row, value, {0}, {0}};
    struct kam__text text = kam__text_in(ours.argument, sizeof ours.argument);
    kam__text_add(&text, argument);
    text = kam__text_in(ours.message, sizeof ours.message);
    add_message(&text, *message ? message : kam_status_text(status), row,
                value);
    kam__tell(diag, &ours);
    return status;
}

/* The way of every call that worked, so it takes no detour through words. */
kam_status kam__ok(kam_diag *diag) {
    if (!diag) return KAM_OK;
    static const kam_diag ours = {0, KAM_OK, -1, NAN, "", KAM__IT_WORKED};
    kam__tell(diag, &ours);
    return KAM_OK;
}
