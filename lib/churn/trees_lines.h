/* SPDX-License-Identifier: MIT */
/* A text of lines "key=words", read one after the other. */
#ifndef KAM_CHURN_TREES_LINES_H
#define KAM_CHURN_TREES_LINES_H

#include <kam/status.h>

struct kam__lines {
    const char *text;
    uint64_t size, at;
    kam_diag *diag;
};

/* Bytes [from, to) of the text; a line that is not there: from is 0. */
struct kam__span {
    uint64_t from, to;
};

/* Failures that name the byte. */
kam_status kam__lines_wrong(const struct kam__lines *r, uint64_t at,
                            const char *name, const char *message);
kam_status kam__lines_unsupported(const struct kam__lines *r, uint64_t at,
                                  const char *name, const char *message);

/* The next line that is not empty, without its end; 0 when there is none. */
int kam__lines_next(struct kam__lines *r, struct kam__span *line);

/* Whether bytes are a word. */
int kam__lines_is(const struct kam__lines *r, struct kam__span span,
                  const char *word);

/* Cuts a line at its first '='; 0 without one. */
int kam__lines_cut(const struct kam__lines *r, struct kam__span line,
                   struct kam__span *key, struct kam__span *value);

/* Takes the next word off a line; 0 when there is none. */
int kam__lines_word(const struct kam__lines *r, struct kam__span *rest,
                    struct kam__span *word);

/* A number, inf or -inf; 0 when it is none. */
int kam__lines_number(const struct kam__lines *r, struct kam__span word,
                      double *x);

/* A line of one whole number. */
kam_status kam__lines_whole(const struct kam__lines *r, struct kam__span value,
                            const char *name, double least, double most,
                            int64_t *whole);

#endif
