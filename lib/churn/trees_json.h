/* SPDX-License-Identifier: MIT */
/* Looking things up in a JSON text (RFC 8259) that stays where it is. Places are
 * bytes of the text. Nothing is allocated. */
#ifndef KAM_CHURN_TREES_JSON_H
#define KAM_CHURN_TREES_JSON_H

#include <stdint.h>

enum { KAM__JSON_DEPTH = 64 };
#define KAM__NOWHERE UINT64_MAX

struct kam__json {
    const char *text;
    uint64_t size;
};

/* Whether the whole text is one value, nested at most KAM__JSON_DEPTH deep; else
 * 0, and `*fault` is the first byte that cannot be. All below is for texts that
 * passed. */
int kam__json_check(const struct kam__json *json, uint64_t *fault);

/* Where the outermost value begins. */
uint64_t kam__json_root(const struct kam__json *json);

/* Where the value of a member begins; KAM__NOWHERE when `object` is no object, or
 * has it not, or has it twice. */
uint64_t kam__json_member(const struct kam__json *json, uint64_t object,
                          const char *key);

/* Where the first element of an array begins, and the one after the element at
 * `at`; KAM__NOWHERE when there is none, or it is no array. */
uint64_t kam__json_first(const struct kam__json *json, uint64_t array);
uint64_t kam__json_next(const struct kam__json *json, uint64_t at);

/* Just behind the value at `at`. */
uint64_t kam__json_end(const struct kam__json *json, uint64_t at);

/* A number, also when it stands in quotes; 0 when the value is none. `bits` as in
 * base/decimal.h. true and false are 1 and 0. */
int kam__json_number(const struct kam__json *json, uint64_t at, int bits,
                     double *number);

/* Whether the value at `at` is this text, without escapes. */
int kam__json_is(const struct kam__json *json, uint64_t at, const char *text);

#endif
