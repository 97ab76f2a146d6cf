/* SPDX-License-Identifier: MIT */
#include "support/callers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAIL = 64, BEHIND = 64, PAIRS = 512 };
enum { MOST_OF_THEM = 1000, MOST_BLOCKS = 4 * CALLER_MOST };

struct caller_pair {
    const char *function, *name;
    long old_answered, old_refused, new_answered, new_refused;
};

int caller_mode;
static int is_plain; /* a test that looks at later members, too */
static struct caller_pair pairs[PAIRS];
static int n_pairs;

static void wrong(const struct caller *c, const char *name, const char *what) {
    fprintf(stderr, "%s: %s of %s caller: %s\n", c->function, name,
            caller_mode == CALLER_NEW ? "a newer" : "an older", what);
    abort();
}

static struct caller_pair *pair_of(const char *function, const char *name) {
    int i = 0;
    while (i < n_pairs &&
           (pairs[i].function != function || strcmp(pairs[i].name, name) != 0))
        i++;
    if (i == PAIRS) abort();
    if (i == n_pairs) {
        pairs[n_pairs++] = (struct caller_pair){function, name, 0, 0, 0, 0};
    }
    return &pairs[i];
}

void caller_tell(void) {
    for (int i = 0; i < n_pairs; i++)
        printf("# caller %s %s %ld %ld %ld %ld\n", pairs[i].function,
               pairs[i].name, pairs[i].old_answered, pairs[i].old_refused,
               pairs[i].new_answered, pairs[i].new_refused);
}

/* For tests that know nothing of callers. */
static void from_environment(void) {
    static int was_read;
    const char *const word = was_read ? NULL : getenv("KAM_CALLER");
    was_read = 1;
    if (!word) return;
    caller_mode = strcmp(word, "old") == 0 ? CALLER_OLD : CALLER_NEW;
    is_plain = 1;
    atexit(caller_tell);
}

static int all(const uint8_t *bytes, size_t n, uint8_t value) {
    for (size_t i = 0; i < n; i++)
        if (bytes[i] != value) return 0;
    return 1;
}

/* Whether the structs are such as this caller would have otherwise. */
static int knows(const struct caller *c, int i) {
    const struct caller_struct *const s = &c->given[i];
    const uint8_t *theirs = s->theirs;
    uint32_t said;
    if (!s->theirs || s->n < 1 || s->n > MOST_OF_THEM) return 0;
    for (int64_t k = 0; k < s->n; k++, theirs += s->size) {
        memcpy(&said, theirs, sizeof said);
        if ((c->init ? c->asked : said) != s->size) return 0;
        if (is_plain && caller_mode == CALLER_OLD && s->size > s->first &&
            (s->how >= CALLER_WRITTEN ||
             !all(theirs + s->first, s->size - s->first, 0)))
            return 0;
    }
    return 1;
}

/* `n` copies of `length` bytes of structs of `size`, and something else behind. */
static uint8_t *copy(struct caller *c, const void *theirs, int64_t n,
                     uint32_t size, uint32_t length) {
    const size_t whole = (size_t)n * length;
    uint8_t *const block = malloc(whole + BEHIND);
    if (!block || c->n_memory == MOST_BLOCKS) abort();
    c->memory[c->n_memory++] = block;
    memset(block, 0, whole);
    memset(block + whole, 0x77, BEHIND);
    for (int64_t k = 0; k < n; k++) {
        memcpy(block + k * length, (const uint8_t *)theirs + k * size,
               size < length ? size : length);
        memcpy(block + k * length, &length, sizeof length);
    }
    return block;
}

static uint32_t length_of(uint32_t size, uint32_t first) {
    return caller_mode == CALLER_OLD   ? first
           : caller_mode == CALLER_CUT ? size
                                       : size + TAIL;
}

/* Structs that a struct points to are as old. */
static void lend_inside(struct caller *c, uint8_t *block, uint32_t length,
                        const struct caller_member *inside) {
    for (; inside && inside->size; inside++) {
        const void *member;
        uint32_t size;
        if (inside->offset + sizeof member > length) continue;
        memcpy(&member, block + inside->offset, sizeof member);
        if (!member) continue;
        memcpy(&size, member, sizeof size);
        if (size != inside->size) continue;
        length = length_of(size, inside->first);
        uint8_t *const lent = copy(c, member, 1, size, length);
        lend_inside(c, lent, length, inside->inside);
        memcpy(block + inside->offset, &lent, sizeof lent);
    }
}

/* Lends struct `i`; `wrong`: as it must be refused. */
static void lend(struct caller *c, int i, int wrong) {
    const struct caller_struct *const s = &c->given[i];
    uint32_t length = length_of(s->size, s->first);
    c->at[i] = s->theirs;
    c->length[i] = 0;
    if (caller_mode == CALLER_SAME || !knows(c, i)) return;
    if (caller_mode == CALLER_OLD && wrong) length--;
    uint8_t *const block = copy(c, s->theirs, s->n, s->size, length);
    lend_inside(c, block, length, s->inside);
    for (int64_t k = 0; k < s->n && caller_mode == CALLER_CUT; k++)
        memset(block + k * length + s->first, 0, s->size - s->first);
    if (caller_mode == CALLER_NEW && s->how >= CALLER_WRITTEN)
        memset(block + s->size, 0xA5, TAIL);
    if (caller_mode == CALLER_NEW && wrong) block[length - 1] = 1;
    if (c->init) *c->init = length;
    c->at[i] = block;
    c->length[i] = length;
}

/* Nothing behind a block was touched. */
static void look_behind(const struct caller *c, int i) {
    const uint8_t *const block = c->at[i];
    if (c->length[i] &&
        !all(block + c->given[i].n * c->length[i], BEHIND, 0x77))
        wrong(c, c->given[i].name, "something behind it was written");
}

/* What a caller lent to be written is his again. */
static void take(struct caller *c, int i) {
    const struct caller_struct *const s = &c->given[i];
    const uint8_t *const block = c->at[i];
    const uint32_t length = c->length[i];
    look_behind(c, i);
    if (length == 0 || s->how == CALLER_READ) return;
    if (memcmp(block, &length, sizeof length) != 0)
        wrong(c, s->name, "its size was written");
    const uint8_t *const tail = block + s->size;
    if (caller_mode == CALLER_NEW && !all(tail, TAIL, 0) &&
        (s->how < CALLER_WRITTEN || c->status == KAM_OK ||
         !all(tail, TAIL, 0xA5)))
        wrong(c, s->name, "the rest of it is not 0");
    const uint32_t shared = length < s->size ? length : s->size;
    uint8_t *const theirs = s->theirs;
    memcpy(theirs + 4, block + 4, shared - 4);
    if (c->init) memcpy(theirs, &c->asked, 4);
    if (caller_mode != CALLER_NEW)
        memset(theirs + s->first, 0, s->size - s->first);
}

static void count(const struct caller *c, int i) {
    const struct caller_struct *const s = &c->given[i];
    struct caller_pair *const pair = pair_of(c->function, s->name);
    const int is_new = caller_mode == CALLER_NEW;
    *(is_new ? &pair->new_answered : &pair->old_answered) += 1;
    if (c->tried[i] == KAM_OK) return; /* was not tried */
    if (c->tried[i] != (is_new ? KAM_ERR_NEWER : KAM_ERR_STRUCT))
        wrong(c, s->name, kam_status_name(c->tried[i]));
    *(is_new ? &pair->new_refused : &pair->old_refused) += 1;
}

/* Whether struct `i` can be made such that it must be refused. */
static int tries(const struct caller *c, int i) {
    const int how = c->given[i].how;
    if (caller_mode != CALLER_OLD && caller_mode != CALLER_NEW) return 0;
    return knows(c, i) && how != CALLER_DIAG &&
           (caller_mode == CALLER_OLD || how != CALLER_WRITTEN);
}

/* After a call. A struct that was wrong must have been refused. */
static void finish(struct caller *c, int tried) {
    if (tried < c->n) {
        c->tried[tried] = c->status;
        if (c->status == KAM_OK)
            wrong(c, c->given[tried].name, "it was not refused");
        for (int i = 0; i < c->n; i++) look_behind(c, i);
    } else {
        for (int i = 0; i < c->n; i++) take(c, i);
        for (int i = 0; i < c->n && c->status == KAM_OK; i++)
            if (c->length[i] && caller_mode >= CALLER_OLD) count(c, i);
    }
    while (c->n_memory > 0) free(c->memory[--c->n_memory]);
    if (c->init) *c->init = c->asked;
}

int caller_next(struct caller *c) {
    if (c->step == 0) {
        from_environment();
        if (c->init) c->asked = *c->init;
    } else {
        finish(c, c->step - 1);
        if (c->step > c->n) return 0;
    }
    while (c->step < c->n && !tries(c, c->step)) c->step++;
    for (int i = 0; i < c->n; i++) lend(c, i, i == c->step);
    c->step++;
    return 1;
}
