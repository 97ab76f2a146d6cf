/* SPDX-License-Identifier: MIT */
#include "churn/trees_lines.h"

#include <math.h>
#include <string.h>

#include "base/decimal.h"
#include "base/diag.h"

kam_status kam__lines_wrong(const struct kam__lines *r, uint64_t at,
                            const char *name, const char *message) {
    return kam__fail(r->diag, KAM_ERR_SHAPE, name, (int64_t)at, NAN, message);
}

kam_status kam__lines_unsupported(const struct kam__lines *r, uint64_t at,
                                  const char *name, const char *message) {
    return kam__fail(r->diag, KAM_ERR_UNSUPPORTED, name, (int64_t)at, NAN,
                     message);
}

/* The next line that is not empty, without its end; 0 when there is none. */
int kam__lines_next(struct kam__lines *r, struct kam__span *line) {
    while (r->at < r->size) {
        const char *const first = r->text + r->at;
        const char *const end = memchr(first, '\n', (size_t)(r->size - r->at));
        if (!end) return 0; /* cut short */
        line->from = r->at;
        line->to = r->at + (uint64_t)(end - first);
        r->at = line->to + 1;
        if (line->to > line->from && r->text[line->to - 1] == '\r') line->to--;
        if (line->to > line->from) return 1;
    }
    return 0;
}

int kam__lines_is(const struct kam__lines *r, struct kam__span span,
                  const char *word) {
    const uint64_t n = strlen(word);
    return span.to - span.from == n &&
           memcmp(r->text + span.from, word, (size_t)n) == 0;
}

/* Cuts a line at its first '='; 0 without one. */
int kam__lines_cut(const struct kam__lines *r, struct kam__span line,
                   struct kam__span *key, struct kam__span *value) {
    const char *const from = r->text + line.from;
    const char *const at = memchr(from, '=', (size_t)(line.to - line.from));
    if (!at) return 0;
    *key = (struct kam__span){line.from, line.from + (uint64_t)(at - from)};
    *value = (struct kam__span){key->to + 1, line.to};
    return 1;
}

/* Takes the next word off a line; 0 when there is none. */
int kam__lines_word(const struct kam__lines *r, struct kam__span *rest,
                    struct kam__span *word) {
    while (rest->from < rest->to && r->text[rest->from] == ' ') rest->from++;
    word->from = rest->from;
    while (rest->from < rest->to && r->text[rest->from] != ' ') rest->from++;
    word->to = rest->from;
    return word->to > word->from;
}

int kam__lines_number(const struct kam__lines *r, struct kam__span word,
                      double *x) {
    if (kam__lines_is(r, word, "inf") || kam__lines_is(r, word, "-inf")) {
        *x = r->text[word.from] == '-' ? -(double)INFINITY : (double)INFINITY;
        return 1;
    }
    const uint64_t n = word.to - word.from;
    return n > 0 &&
           kam__decimal_read(r->text + word.from, n, KAM__DOUBLE, x) == n;
}

/* A line of one whole number. */
kam_status kam__lines_whole(const struct kam__lines *r, struct kam__span value,
                            const char *name, double least, double most,
                            int64_t *whole) {
    double x;
    if (!kam__lines_number(r, value, &x) || x != floor(x) ||
        !(x >= least && x <= most))
        return kam__lines_wrong(r, value.from, name,
                                "at byte {row} there is no possible number.");
    *whole = (int64_t)x;
    return KAM_OK;
}
