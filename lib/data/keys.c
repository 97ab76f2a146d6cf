/* SPDX-License-Identifier: MIT */
#include "data/keys.h"

#include <string.h>

#include "base/memory.h"

enum { FIRST_BITS = 5, MOST_BITS = 29 };

/* The first free slot for a hash. */
static uint32_t *place_for(struct kam__bucket *table, uint32_t bits,
                           uint32_t tag) {
    const uint64_t mask = (UINT64_C(1) << bits) - 1;
    uint64_t at = tag >> (32 - bits);
    for (;; at = (at + 1) & mask)
        for (int i = 0; i < KAM__BUCKET; i++)
            if (!table[at].number[i]) {
                table[at].tag[i] = tag;
                return &table[at].number[i];
            }
}

/* Buckets lie in the order of their hashes' top bits, so a larger table is filled
 * from front to back: no jumps in memory. */
static int enlarge(struct kam__keys *keys, const kam_host *host,
                   uint32_t bits) {
    const uint64_t n_old = keys->bits ? UINT64_C(1) << keys->bits : 0;
    struct kam__bucket *const table =
        kam__allocate_zero(host, UINT64_C(1) << bits, sizeof *table);
    if (!table) return 1;
    for (uint64_t at = 0; at < n_old; at++)
        for (int i = 0; i < KAM__BUCKET && keys->bucket[at].number[i]; i++)
            *place_for(table, bits, keys->bucket[at].tag[i]) =
                keys->bucket[at].number[i];
    kam__release(host, keys->bucket, n_old, sizeof *table);
    keys->bucket = table;
    keys->bits = bits;
    return 0;
}

/* Integers lie close together when a number each costs no more than a bucket
 * would. */
static int are_close(const struct kam__keys *keys, int64_t least,
                     int64_t most) {
    return keys->n >= 1024 && (uint64_t)most - (uint64_t)least < 8 * keys->n;
}

/* A table for the keys there are and those from `least` to `most`, with room
 * beyond. */
static int use_direct(struct kam__keys *keys, const kam_host *host,
                      int64_t least, int64_t most) {
    const uint64_t more = keys->n / 2;
    const uint64_t below = (uint64_t)least - (uint64_t)INT64_MIN;
    const uint64_t above = (uint64_t)INT64_MAX - (uint64_t)most;
    const uint64_t before = below < more ? below : more;
    const uint64_t span = (uint64_t)most - (uint64_t)least + 1 + before +
                          (above < more ? above : more);
    uint32_t *const direct = kam__allocate_zero(host, span, sizeof *direct);
    if (!direct) return 1;
    kam__release(host, keys->direct, keys->span, sizeof *direct);
    keys->direct = direct;
    keys->first = least - (int64_t)before;
    keys->span = span;
    for (uint64_t i = 0; i < keys->n; i++)
        direct[(uint64_t)kam__key_at(keys, i)->integer -
               (uint64_t)keys->first] = (uint32_t)(i + 1);
    return 0;
}

static uint32_t bits_for(uint64_t n) {
    uint32_t bits = FIRST_BITS;
    while (n > UINT64_C(6) << bits) bits++;
    return bits;
}

static void forget_buckets(struct kam__keys *keys, const kam_host *host) {
    kam__release(host, keys->bucket, UINT64_C(1) << keys->bits,
                 sizeof *keys->bucket);
    keys->bucket = NULL;
    keys->bits = 0;
}

/* Back to buckets. */
static int use_buckets(struct kam__keys *keys, const kam_host *host) {
    if (enlarge(keys, host, bits_for(keys->reserved))) return 1;
    for (uint64_t i = 0; i < keys->n; i++) {
        const uint64_t hash = kam__hash_integer(kam__key_at(keys, i)->integer);
        *place_for(keys->bucket, keys->bits, (uint32_t)(hash >> 32)) =
            (uint32_t)(i + 1);
    }
    kam__release(host, keys->direct, keys->span, sizeof *keys->direct);
    keys->direct = NULL;
    return 0;
}

/* A key that the table of numbers does not reach. */
static int reach(struct kam__keys *keys, const kam_host *host, int64_t key) {
    const int64_t least = key < keys->least ? key : keys->least;
    const int64_t most = key > keys->most ? key : keys->most;
    return are_close(keys, least, most) ? use_direct(keys, host, least, most)
                                        : use_buckets(keys, host);
}

/* At most 3/4 of the slots are taken. */
int kam__keys_reserve(struct kam__keys *keys, const kam_host *host,
                      uint64_t n_more) {
    const uint64_t n = keys->n + n_more;
    const uint32_t bits = bits_for(n);
    if (bits > MOST_BITS) return 1;
    if (!keys->direct && bits > keys->bits) {
        if (keys->kind == KAM__KEYS_INTEGER &&
            are_close(keys, keys->least, keys->most)) {
            if (use_direct(keys, host, keys->least, keys->most)) return 1;
            forget_buckets(keys, host);
        } else if (enlarge(keys, host, bits)) {
            return 1;
        }
    }
    if (kam__array_reserve(&keys->item, host, n)) return 1;
    keys->reserved = n;
    return 0;
}

void kam__keys_free(struct kam__keys *keys, const kam_host *host) {
    forget_buckets(keys, host);
    kam__release(host, keys->direct, keys->span, sizeof *keys->direct);
    kam__array_free(&keys->item, host);
    kam__arena_free(&keys->words, host);
}

/* Eight bytes at a time; only the table sees it, so it may differ between
 * machines of different byte order. */
uint64_t kam__hash_text(struct kam__span text) {
    uint64_t h = (uint64_t)text.length, eight;
    for (; text.length >= 8; text.bytes += 8, text.length -= 8) {
        memcpy(&eight, text.bytes, 8);
        h = kam__hash_integer((int64_t)(h ^ eight));
    }
    eight = 0;
    if (text.length > 0) memcpy(&eight, text.bytes, (size_t)text.length);
    return kam__hash_integer((int64_t)(h ^ eight));
}

/* A walk over the slots in which a key can be, up to the first free one. */
struct probe {
    struct kam__bucket *bucket;
    uint64_t at;
    uint64_t mask;
    int slot;
    uint32_t tag;
};

static struct probe probe_of(const struct kam__keys *keys, uint64_t hash) {
    const struct probe probe = {keys->bucket, hash >> (64 - keys->bits),
                                (UINT64_C(1) << keys->bits) - 1, -1,
                                (uint32_t)(hash >> 32)};
    return probe;
}

/* The number, + 1, of the next key that looks the same; 0 at the end. */
static uint32_t next(struct probe *probe) {
    for (;;) {
        if (++probe->slot == KAM__BUCKET) {
            probe->slot = 0;
            probe->at = (probe->at + 1) & probe->mask;
        }
        const struct kam__bucket *const bucket = &probe->bucket[probe->at];
        if (!bucket->number[probe->slot] ||
            bucket->tag[probe->slot] == probe->tag)
            return bucket->number[probe->slot];
    }
}

/* The next key gets its item. */
static uint64_t number_of(struct kam__keys *keys, union kam__key key) {
    const uint64_t index = keys->n++;
    *(union kam__key *)kam__array_at(&keys->item, index) = key;
    return index;
}

/* Takes a free slot for the next key. */
static uint64_t fill(struct kam__keys *keys, struct kam__bucket *bucket,
                     int slot, uint32_t tag, union kam__key key) {
    const uint64_t index = number_of(keys, key);
    bucket->tag[slot] = tag;
    bucket->number[slot] = (uint32_t)(index + 1);
    return index;
}

/* How many slots are taken. */
static int taken(const struct kam__bucket *bucket) {
    int n = 0;
    for (int i = 0; i < KAM__BUCKET; i++) n += bucket->number[i] != 0;
    return n;
}

static uint64_t find_in_buckets(struct kam__keys *keys, uint64_t hash,
                                int64_t key) {
    const union kam__key new_key = {.integer = key};
    struct kam__bucket *const home = kam__bucket_of(keys, hash);
    const int n = taken(home);
    /* Mostly it is new, and there is room. */
    if (kam__keys_guess(keys, hash) == KAM__NO_KEY && n < KAM__BUCKET)
        return fill(keys, home, n, (uint32_t)(hash >> 32), new_key);
    struct probe probe = probe_of(keys, hash);
    uint32_t number;
    while ((number = next(&probe)) != 0)
        if (kam__key_at(keys, number - 1)->integer == key) return number - 1;
    return fill(keys, &probe.bucket[probe.at], probe.slot, probe.tag, new_key);
}

int kam__keys_integer(struct kam__keys *keys, const kam_host *host,
                      uint64_t hash, int64_t key, uint64_t *index) {
    if (keys->direct && kam__keys_offset(keys, key) >= keys->span &&
        reach(keys, host, key))
        return 1;
    if (keys->n == 0 || key < keys->least) keys->least = key;
    if (keys->n == 0 || key > keys->most) keys->most = key;
    if (!keys->direct) {
        *index = find_in_buckets(keys, hash, key);
        return 0;
    }
    uint32_t *const number = &keys->direct[kam__keys_offset(keys, key)];
    if (!*number)
        *number =
            (uint32_t)number_of(keys, (union kam__key){.integer = key}) + 1;
    *index = *number - 1;
    return 0;
}

int kam__keys_find_integer(const struct kam__keys *keys, int64_t key,
                           uint64_t *index) {
    if (keys->n == 0) return 0;
    if (keys->direct) {
        *index = kam__keys_guess_integer(keys, key);
        return *index != KAM__NO_KEY;
    }
    struct probe probe = probe_of(keys, kam__hash_integer(key));
    uint32_t number;
    while ((number = next(&probe)) != 0) {
        *index = number - 1;
        if (kam__key_at(keys, *index)->integer == key) return 1;
    }
    return 0;
}

static int same(const struct kam__word *word, struct kam__span text) {
    return word->length == text.length &&
           memcmp(word->bytes, text.bytes, (size_t)text.length) == 0;
}

/* A copy that ends in NUL, in a multiple of 8 bytes so that the next one is
 * aligned too. */
static const struct kam__word *keep(struct kam__keys *keys,
                                    const kam_host *host,
                                    struct kam__span text) {
    const uint64_t size = sizeof(struct kam__word) + (uint64_t)text.length + 1;
    struct kam__word *const word =
        kam__arena_take(&keys->words, host, (size + 7) / 8 * 8);
    if (!word) return NULL;
    word->length = text.length;
    memcpy(word->bytes, text.bytes, (size_t)text.length);
    word->bytes[text.length] = '\0';
    return word;
}

int kam__keys_text(struct kam__keys *keys, const kam_host *host, uint64_t hash,
                   struct kam__span text, uint64_t *index) {
    struct probe probe = probe_of(keys, hash);
    uint32_t number;
    while ((number = next(&probe)) != 0) {
        *index = number - 1;
        if (same(kam__key_at(keys, *index)->word, text)) return 0;
    }
    const struct kam__word *const word = keep(keys, host, text);
    if (!word) return 1;
    *index = fill(keys, &probe.bucket[probe.at], probe.slot, probe.tag,
                  (union kam__key){.word = word});
    return 0;
}
