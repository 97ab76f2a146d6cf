/* SPDX-License-Identifier: MIT */
#include "base/diag.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/sized.h"
#include "base/text.h"

enum { FIRST_VERSION = sizeof(kam_diag) };

/* A diag of a size we do not know stays untouched: there is nowhere left to
 * complain to. */
static void write_diag(kam_diag *theirs, kam_diag *ours) {
    if (!theirs || theirs->struct_size < FIRST_VERSION) return;
    memcpy((char *)theirs + sizeof theirs->struct_size,
           (const char *)ours + sizeof ours->struct_size,
           sizeof *ours - sizeof ours->struct_size);
}

static void add_message(struct kam__text *text, const char *message,
                        int64_t row, double value) {
    char piece[2] = {0, 0};
    while (*message) {
        if (strncmp(message, "{row}", 5) == 0) {
            kam__text_integer(text, row);
            message += 5;
        } else if (strncmp(message, "{value}", 7) == 0) {
            kam__text_number(text, value);
            message += 7;
        } else {
            piece[0] = *message++;
            kam__text_add(text, piece);
        }
    }
}

kam_status kam__fail(kam_diag *diag, kam_status status, const char *argument,
                     int64_t row, double value, const char *message) {
    if (!diag) return status;
    kam_diag ours = {0, status, row, value, {0}, {0}};
    struct kam__text text = kam__text_in(ours.argument, sizeof ours.argument);
    kam__text_add(&text, argument);
    text = kam__text_in(ours.message, sizeof ours.message);
    add_message(&text, *message ? message : kam_status_text(status), row, value);
    write_diag(diag, &ours);
    return status;
}

kam_status kam__ok(kam_diag *diag) {
    return kam__fail(diag, KAM_OK, "", -1, NAN, "");
}
