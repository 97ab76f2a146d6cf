/* SPDX-License-Identifier: MIT */
#include "churn/trees_json.h"

#include <string.h>

#include "base/decimal.h"

static int at_is(const struct kam__json *json, uint64_t at, const char *set) {
    /* NOLINTNEXTLINE(bugprone-not-null-terminated-result): nothing is copied */
    return at < json->size && memchr(set, json->text[at], strlen(set)) != NULL;
}

static uint64_t past_blanks(const struct kam__json *json, uint64_t at) {
    while (at_is(json, at, " \n\r\t")) at++;
    return at;
}

static int is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
           (c >= 'A' && c <= 'F');
}

/* Each of the scanners below moves *at behind what it read, or to the byte that
 * cannot be, and tells which. */

static int scan_escape(const struct kam__json *json, uint64_t *at) {
    if (json->text[(*at)++] != 'u') return 1;
    for (int i = 0; i < 4; i++, (*at)++)
        if (*at >= json->size || !is_hex(json->text[*at])) return 0;
    return 1;
}

static int scan_string(const struct kam__json *json, uint64_t *at) {
    if (!at_is(json, *at, "\"")) return 0;
    for ((*at)++; *at < json->size && (unsigned char)json->text[*at] >= 0x20;) {
        const char c = json->text[(*at)++];
        if (c == '"') return 1;
        if (c != '\\') continue;
        if (!at_is(json, *at, "\"\\/bfnrtu") || !scan_escape(json, at))
            return 0;
    }
    return 0;
}

static int scan_number(const struct kam__json *json, uint64_t *at) {
    double number;
    const uint64_t sign = (uint64_t)at_is(json, *at, "-");
    if (at_is(json, *at + sign, "0") &&
        at_is(json, *at + sign + 1, "0123456789"))
        return 0;
    const uint64_t n = kam__decimal_read(json->text + *at, json->size - *at,
                                         KAM__DOUBLE, &number);
    *at += n;
    return n > 0;
}

static int scan_word(const struct kam__json *json, uint64_t *at) {
    static const char *const words[] = {"true", "false", "null"};
    for (int i = 0; i < 3; i++) {
        const uint64_t n = strlen(words[i]);
        if (json->size - *at >= n &&
            memcmp(json->text + *at, words[i], (size_t)n) == 0) {
            *at += n;
            return 1;
        }
    }
    return 0;
}

/* What is open: a bit a level, 1 for objects. */
struct levels {
    uint64_t objects;
    int n;
};

/* A value, or the beginning of one that holds others. */
static int scan_begin(const struct kam__json *json, uint64_t *at,
                      struct levels *open, int *complete) {
    *complete = 1;
    if (at_is(json, *at, "\"")) return scan_string(json, at);
    if (at_is(json, *at, "-0123456789")) return scan_number(json, at);
    if (!at_is(json, *at, "[{")) return *at < json->size && scan_word(json, at);
    if (open->n == KAM__JSON_DEPTH) return 0;
    const int object = json->text[(*at)++] == '{';
    const uint64_t bit = UINT64_C(1) << open->n++;
    open->objects = object ? open->objects | bit : open->objects & ~bit;
    *at = past_blanks(json, *at);
    *complete = at_is(json, *at, object ? "}" : "]");
    if (*complete) (*at)++, open->n--;
    return 1;
}

static int in_object(const struct levels *open) {
    return open->n > 0 && (open->objects >> (open->n - 1) & 1);
}

static int scan_key(const struct kam__json *json, uint64_t *at) {
    *at = past_blanks(json, *at);
    if (!scan_string(json, at)) return 0;
    *at = past_blanks(json, *at);
    if (!at_is(json, *at, ":")) return 0;
    *at = past_blanks(json, *at + 1);
    return 1;
}

/* Closes what ends here; 1 when another value must follow. */
static int scan_after(const struct kam__json *json, uint64_t *at,
                      struct levels *open, int *good) {
    for (; open->n > 0; open->n--) {
        *at = past_blanks(json, *at);
        *good = at_is(json, *at, in_object(open) ? ",}" : ",]");
        if (!*good) return 0;
        if (json->text[(*at)++] == ',') return 1;
    }
    return 0;
}

int kam__json_check(const struct kam__json *json, uint64_t *fault) {
    struct levels open = {0, 0};
    uint64_t at = past_blanks(json, 0);
    int good = 1, more = 1, complete;
    while (good && more) {
        at = past_blanks(json, at);
        if (in_object(&open)) good = scan_key(json, &at);
        if (good) good = scan_begin(json, &at, &open, &complete);
        if (good && complete) more = scan_after(json, &at, &open, &good);
    }
    if (good) at = past_blanks(json, at);
    *fault = at;
    return good && at == json->size;
}

uint64_t kam__json_root(const struct kam__json *json) {
    return past_blanks(json, 0);
}

static uint64_t string_end(const char *text, uint64_t at) {
    for (at++; text[at] != '"'; at++)
        if (text[at] == '\\') at++;
    return at + 1;
}

uint64_t kam__json_end(const struct kam__json *json, uint64_t at) {
    const char *const text = json->text;
    if (text[at] == '"') return string_end(text, at);
    if (!at_is(json, at, "[{")) {
        while (at < json->size && !at_is(json, at, " \n\r\t,]}")) at++;
        return at;
    }
    int64_t depth = 0;
    do {
        if (text[at] == '"') {
            at = string_end(text, at);
            continue;
        }
        depth += text[at] == '[' || text[at] == '{';
        depth -= text[at] == ']' || text[at] == '}';
        at++;
    } while (depth > 0);
    return at;
}

static uint64_t first_of(const struct kam__json *json, uint64_t at, char open,
                         char close) {
    if (at == KAM__NOWHERE || json->text[at] != open) return KAM__NOWHERE;
    at = past_blanks(json, at + 1);
    return json->text[at] == close ? KAM__NOWHERE : at;
}

uint64_t kam__json_first(const struct kam__json *json, uint64_t array) {
    return first_of(json, array, '[', ']');
}

uint64_t kam__json_next(const struct kam__json *json, uint64_t at) {
    at = past_blanks(json, kam__json_end(json, at));
    return json->text[at] == ',' ? past_blanks(json, at + 1) : KAM__NOWHERE;
}

uint64_t kam__json_member(const struct kam__json *json, uint64_t object,
                          const char *key) {
    uint64_t found = KAM__NOWHERE;
    uint64_t at = first_of(json, object, '{', '}');
    while (at != KAM__NOWHERE) {
        const int same = kam__json_is(json, at, key);
        at = past_blanks(json, kam__json_end(json, at));
        at = past_blanks(json, at + 1); /* the colon */
        if (same && found != KAM__NOWHERE) return KAM__NOWHERE;
        if (same) found = at;
        at = kam__json_next(json, at);
    }
    return found;
}

int kam__json_number(const struct kam__json *json, uint64_t at, int bits,
                     double *number) {
    if (at == KAM__NOWHERE) return 0;
    const uint64_t end = kam__json_end(json, at);
    if (json->text[at] == 't' || json->text[at] == 'f') {
        *number = json->text[at] == 't';
        return 1;
    }
    const uint64_t quote = json->text[at] == '"';
    const uint64_t from = at + quote, to = end - quote;
    return from < to && kam__decimal_read(json->text + from, to - from, bits,
                                          number) == to - from;
}

int kam__json_is(const struct kam__json *json, uint64_t at, const char *text) {
    if (at == KAM__NOWHERE || json->text[at] != '"') return 0;
    const uint64_t n = strlen(text);
    return kam__json_end(json, at) - at == n + 2 &&
           memcmp(json->text + at + 1, text, (size_t)n) == 0;
}
