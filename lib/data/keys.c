/* SPDX-License-Identifier: MIT */
#include "data/keys.h"

#include <string.h>

#include "base/memory.h"

enum { FIRST_BITS = 8, MOST_BITS = 32 };

/* Slots lie in the order of their hashes' top bits, so a larger table is filled
 * from front to back: no jumps in memory. */
static int enlarge(struct kam__keys *keys, const kam_host *host,
                   uint32_t bits) {
    const uint64_t n_old = keys->bits ? UINT64_C(1) << keys->bits : 0;
    const uint64_t mask = (UINT64_C(1) << bits) - 1;
    uint64_t *const slot = kam__allocate_zero(host, mask + 1, sizeof *slot);
    if (!slot) return 1;
    for (uint64_t i = 0; i < n_old; i++) {
        if (!keys->slot[i]) continue;
        uint64_t at = keys->slot[i] >> (64 - bits);
        while (slot[at]) at = (at + 1) & mask;
        slot[at] = keys->slot[i];
    }
    kam__release(host, keys->slot, n_old, sizeof *slot);
    keys->slot = slot;
    keys->bits = bits;
    return 0;
}

int kam__keys_reserve(struct kam__keys *keys, const kam_host *host,
                      uint64_t n_more) {
    const uint64_t n = keys->n + n_more;
    uint32_t bits = keys->bits ? keys->bits : FIRST_BITS;
    while (n > (UINT64_C(3) << bits) / 4) bits++;
    if (bits > MOST_BITS) return 1;
    if (bits != keys->bits && enlarge(keys, host, bits)) return 1;
    return kam__array_reserve(&keys->item, host, n);
}

void kam__keys_free(struct kam__keys *keys, const kam_host *host) {
    kam__release(host, keys->slot, UINT64_C(1) << keys->bits,
                 sizeof *keys->slot);
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

/* Takes the free slot `at` for the next key. */
static uint64_t fill(struct kam__keys *keys, uint64_t at, uint64_t hash,
                     union kam__key key) {
    const uint64_t index = keys->n++;
    *(union kam__key *)kam__array_at(&keys->item, index) = key;
    keys->slot[at] = hash >> 32 << 32 | (index + 1);
    return index;
}

uint64_t kam__keys_integer(struct kam__keys *keys, uint64_t hash, int64_t key) {
    const uint64_t mask = (UINT64_C(1) << keys->bits) - 1;
    uint64_t at = hash >> (64 - keys->bits);
    for (; keys->slot[at]; at = (at + 1) & mask) {
        const uint64_t index = (keys->slot[at] & UINT32_MAX) - 1;
        if (keys->slot[at] >> 32 == hash >> 32 &&
            kam__key_at(keys, index)->integer == key)
            return index;
    }
    return fill(keys, at, hash, (union kam__key){.integer = key});
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
    const uint64_t mask = (UINT64_C(1) << keys->bits) - 1;
    uint64_t at = hash >> (64 - keys->bits);
    for (; keys->slot[at]; at = (at + 1) & mask) {
        *index = (keys->slot[at] & UINT32_MAX) - 1;
        if (keys->slot[at] >> 32 == hash >> 32 &&
            same(kam__key_at(keys, *index)->word, text))
            return 0;
    }
    const struct kam__word *const word = keep(keys, host, text);
    if (!word) return 1;
    *index = fill(keys, at, hash, (union kam__key){.word = word});
    return 0;
}
