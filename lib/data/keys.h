/* SPDX-License-Identifier: MIT */
/* Keys, integers or texts, numbered 0, 1, 2, ... as they come, each with an item
 * of the caller's: a table with open addressing, in buckets of one cache line.
 * Once there are many integers and they lie close together, as the ids of a
 * database do, a plain table of the numbers between takes its place. A
 * caller with many keys asks in three rounds, so that the misses of one key are
 * hidden behind the work on others: kam__keys_touch for all, then
 * kam__keys_guess for all, then kam__keys_integer or kam__keys_text. */
#ifndef KAM_DATA_KEYS_H
#define KAM_DATA_KEYS_H

#include "data/store.h"

enum { KAM__KEYS_NONE, KAM__KEYS_INTEGER, KAM__KEYS_TEXT };

/* A text the table keeps. */
struct kam__word {
    int64_t length;
    char bytes[]; /* and a NUL */
};

/* A text of the caller's. */
struct kam__span {
    const char *bytes;
    int64_t length;
};

union kam__key {
    int64_t integer;
    const struct kam__word *word;
};

/* Eight slots, taken from the first on; when they are full, the next bucket goes
 * on. */
enum { KAM__BUCKET = 8 };

struct kam__bucket {
    uint32_t tag[KAM__BUCKET];    /* upper half of the hash */
    uint32_t number[KAM__BUCKET]; /* of the key, + 1; 0: free */
};

struct kam__keys {
    int32_t kind;  /* KAM__KEYS_*; set by the caller before the first key */
    uint32_t bits; /* the table has 2^bits buckets; 0: there is none yet */
    uint64_t n;
    uint64_t reserved; /* n will not be more without another word */
    struct kam__bucket *bucket;
    /* Integers that lie close together: key k has number direct[k - first] - 1,
     * and the buckets are not in use. */
    uint32_t *direct; /* shape (span); NULL: not in use */
    int64_t first;
    uint64_t span;
    int64_t least; /* of all integers */
    int64_t most;
    /* Shape (n), with a key to begin with: it is next to what it leads to. The
     * caller sets the size. */
    struct kam__array item;
    struct kam__arena words;
};

static inline struct kam__span kam__span_of(const struct kam__word *word) {
    const struct kam__span span = {word->bytes, word->length};
    return span;
}

/* Makes sure that `n_more` new keys find a place; 0, or 1 without memory. There
 * are never more than 3 * 2^30 keys. */
int kam__keys_reserve(struct kam__keys *keys, const kam_host *host,
                      uint64_t n_more);

void kam__keys_free(struct kam__keys *keys, const kam_host *host);

/* The finalizer of MurmurHash3 (Appleby). */
static inline uint64_t kam__hash_integer(int64_t key) {
    uint64_t h = (uint64_t)key;
    h = (h ^ h >> 33) * UINT64_C(0xff51afd7ed558ccd);
    h = (h ^ h >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return h ^ h >> 33;
}

uint64_t kam__hash_text(struct kam__span text);

static inline struct kam__bucket *kam__bucket_of(const struct kam__keys *keys,
                                                 uint64_t hash) {
    return &keys->bucket[hash >> (64 - keys->bits)];
}

static inline void kam__keys_touch(const struct kam__keys *keys,
                                   uint64_t hash) {
    KAM__PREFETCH(kam__bucket_of(keys, hash));
}

static inline const union kam__key *kam__key_at(const struct kam__keys *keys,
                                                uint64_t index) {
    return kam__array_at(&keys->item, index);
}

/* Most likely the number of the key; KAM__NO_KEY when it is not in its bucket.
 * Without a branch, since nobody could foretell it. */
#define KAM__NO_KEY UINT64_MAX
static inline uint64_t kam__keys_guess(const struct kam__keys *keys,
                                       uint64_t hash) {
    const struct kam__bucket *const bucket = kam__bucket_of(keys, hash);
    const uint32_t tag = (uint32_t)(hash >> 32);
    uint32_t found = 0;
    for (int i = KAM__BUCKET - 1; i >= 0; i--) {
        const uint32_t number = bucket->number[i];
        found = bucket->tag[i] == tag ? number : found;
    }
    return (uint64_t)found - 1; /* 0: a free slot, or no such tag */
}

/* The same two for integers. */
static inline uint64_t kam__keys_offset(const struct kam__keys *keys,
                                        int64_t key) {
    return (uint64_t)key - (uint64_t)keys->first;
}

static inline void kam__keys_touch_integer(const struct kam__keys *keys,
                                           int64_t key) {
    const uint64_t at = kam__keys_offset(keys, key);
    if (!keys->direct)
        kam__keys_touch(keys, kam__hash_integer(key));
    else if (at < keys->span)
        KAM__PREFETCH(&keys->direct[at]);
}

static inline uint64_t kam__keys_guess_integer(const struct kam__keys *keys,
                                               int64_t key) {
    const uint64_t at = kam__keys_offset(keys, key);
    if (!keys->direct) return kam__keys_guess(keys, kam__hash_integer(key));
    return at < keys->span ? (uint64_t)keys->direct[at] - 1 : KAM__NO_KEY;
}

/* The number of a key, new or not, whose hash is kam__hash_integer; room must have
 * been reserved. 0, or 1 without memory. */
int kam__keys_integer(struct kam__keys *keys, const kam_host *host,
                      uint64_t hash, int64_t key, uint64_t *index);

/* Finds a key; 0 when it is not there. */
int kam__keys_find_integer(const struct kam__keys *keys, int64_t key,
                           uint64_t *index);

/* The same as kam__keys_integer for a text, which is copied when it is new; 0, or 1 without memory. */
int kam__keys_text(struct kam__keys *keys, const kam_host *host, uint64_t hash,
                   struct kam__span text, uint64_t *index);

#endif
