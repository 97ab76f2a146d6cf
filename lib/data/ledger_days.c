/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "data/ledger.h"

/* A block of level l has 32 << l bytes. A full one has 2^k - 1 words, so the room
 * of a block follows from their number. */
static uint32_t level_of(uint32_t n_words) {
    uint32_t level = 0;
    while ((UINT32_C(4) << level) - 1 < n_words) level++;
    return level;
}

static struct kam__days *take(struct kam__days_store *store,
                              const kam_host *host, uint32_t level) {
    struct kam__days *block = store->unused[level];
    if (block)
        memcpy(&store->unused[level], block->word, sizeof(void *));
    else
        block = kam__arena_take(&store->arena, host, UINT64_C(32) << level);
    if (!block) return NULL;
    block->n_days = 0;
    block->n_words = 0;
    return block;
}

static struct kam__days *grow(struct kam__days_store *store,
                              const kam_host *host, struct kam__days *days) {
    const uint32_t level = level_of(days->n_words);
    struct kam__days *const larger = take(store, host, level + 1);
    if (!larger) return NULL;
    memcpy(larger->word, days->word, days->n_words * sizeof *days->word);
    larger->n_days = days->n_days;
    larger->n_words = days->n_words;
    memcpy(days->word, &store->unused[level], sizeof(void *));
    store->unused[level] = days;
    return larger;
}

/* Where the word of that number is, or belongs. */
static uint32_t place_of(const struct kam__days *days, uint64_t number) {
    uint32_t from = 0, to = days->n_words;
    if (days->word[to - 1] >> 32 < number) return to; /* lines come by day */
    while (from < to) {
        const uint32_t middle = from + (to - from) / 2;
        if (days->word[middle] >> 32 < number)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

/* 0 when the day is new, KAM__DAY_SEEN when not, -1 without memory; `*at` may
 * move. */
static int insert(struct kam__days_store *store, const kam_host *host,
                  struct kam__days **at, uint32_t day) {
    struct kam__days *days = *at;
    const uint64_t number = day >> 5, bit = UINT64_C(1) << (day & 31);
    const uint32_t n = days->n_words;
    const uint32_t place = place_of(days, number);
    if (place < n && days->word[place] >> 32 == number) {
        if (days->word[place] & bit) return KAM__DAY_SEEN;
        days->word[place] |= bit;
        days->n_days++;
        return 0;
    }
    if (n >= 3 && ((n + 1) & n) == 0) {
        days = grow(store, host, days);
        if (!days) return -1;
        *at = days;
    }
    for (uint32_t i = n; i > place; i--) days->word[i] = days->word[i - 1];
    days->word[place] = number << 32 | bit;
    days->n_words++;
    days->n_days++;
    return 0;
}

static uint32_t last_bit(uint32_t bits) {
    return 63 - kam__leading_zeros(bits);
}

struct kam__days_seen kam__card_days(const struct kam__card *card) {
    struct kam__days_seen seen;
    seen.first = kam__card_first(card);
    if (kam__card_has_block(card)) {
        const struct kam__days *const days = kam__card_block(card);
        const uint64_t tail = days->word[days->n_words - 1];
        seen.n = days->n_days;
        seen.last = (uint32_t)(tail >> 32) << 5 | last_bit((uint32_t)tail);
    } else {
        seen.last = kam__card_day(card, KAM__CARD_LAST);
        seen.n = seen.last == 0 ? 0 : seen.first == seen.last ? 1 : 2;
    }
    return seen;
}

static void put_block(struct kam__card *card, const struct kam__days *block) {
    card->days = (card->days & KAM__CARD_COSTS) | KAM__CARD_BLOCK |
                 (uint64_t)(uintptr_t)block;
}

/* A day after all others. */
static void append(struct kam__days *days, uint32_t day) {
    const uint64_t number = day >> 5, bit = UINT64_C(1) << (day & 31);
    const uint32_t n = days->n_words;
    days->n_days++;
    if (n > 0 && days->word[n - 1] >> 32 == number)
        days->word[n - 1] |= bit;
    else
        days->word[days->n_words++] = number << 32 | bit;
}

/* The third day: from here on the days have a block of their own. */
static int begin(struct kam__days_store *store, const kam_host *host,
                 struct kam__card *card, uint32_t day) {
    const uint32_t first = kam__card_day(card, KAM__CARD_FIRST);
    const uint32_t last = kam__card_day(card, KAM__CARD_LAST);
    struct kam__days *const block = take(store, host, 0);
    if (!block) return -1;
    append(block, day < first ? day : first);
    append(block, day < first ? first : day > last ? last : day);
    append(block, day > last ? day : last);
    put_block(card, block);
    return 0;
}

static int add_to_block(struct kam__days_store *store, const kam_host *host,
                        struct kam__card *card, uint32_t day) {
    const uint32_t first = kam__card_first(card);
    struct kam__days *const block = kam__card_block(card);
    struct kam__days *moved = block;
    const int seen = insert(store, host, &moved, day);
    if (seen < 0) return -1;
    if (moved != block) put_block(card, moved);
    return seen | (day < first    ? KAM__DAY_EARLIER
                   : day == first ? KAM__DAY_FIRST
                                  : KAM__DAY_LATER);
}

int kam__card_add_more(struct kam__days_store *store, const kam_host *host,
                       struct kam__card *card, uint32_t day) {
    if (kam__card_has_block(card)) return add_to_block(store, host, card, day);
    const uint32_t first = kam__card_day(card, KAM__CARD_FIRST);
    if (day == first) return KAM__DAY_FIRST | KAM__DAY_SEEN;
    if (day == kam__card_day(card, KAM__CARD_LAST))
        return KAM__DAY_LATER | KAM__DAY_SEEN;
    if (begin(store, host, card, day)) return -1;
    return day < first ? KAM__DAY_EARLIER : KAM__DAY_LATER;
}

int kam__card_has_day(const struct kam__card *card, uint32_t day) {
    if (!kam__card_has_block(card))
        return day == kam__card_day(card, KAM__CARD_FIRST) ||
               day == kam__card_day(card, KAM__CARD_LAST);
    const struct kam__days *const days = kam__card_block(card);
    const uint32_t place = place_of(days, day >> 5);
    return place < days->n_words && days->word[place] >> 32 == day >> 5 &&
           (days->word[place] >> (day & 31) & 1);
}
