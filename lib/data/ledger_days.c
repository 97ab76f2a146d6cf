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
    while (from < to) {
        const uint32_t middle = from + (to - from) / 2;
        if (days->word[middle] >> 32 < number)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

/* 1 when the day is new, 0 when not, -1 without memory; `*at` may move. */
static int insert(struct kam__days_store *store, const kam_host *host,
                  struct kam__days **at, uint32_t day) {
    struct kam__days *days = *at;
    const uint64_t number = day >> 5, bit = UINT64_C(1) << (day & 31);
    const uint32_t n = days->n_words;
    const uint32_t place = place_of(days, number);
    if (place < n && days->word[place] >> 32 == number) {
        if (days->word[place] & bit) return 0;
        days->word[place] |= bit;
        days->n_days++;
        return 1;
    }
    if (n >= 3 && ((n + 1) & n) == 0) {
        days = grow(store, host, days);
        if (!days) return -1;
        *at = days;
    }
    memmove(days->word + place + 1, days->word + place,
            (n - place) * sizeof *days->word);
    days->word[place] = number << 32 | bit;
    days->n_words++;
    days->n_days++;
    return 1;
}

static uint32_t first_bit(uint32_t bits) {
    uint32_t n = 0;
    for (; !(bits & 1); bits >>= 1) n++;
    return n;
}

static uint32_t last_bit(uint32_t bits) {
    uint32_t n = 31;
    for (; !(bits >> 31); bits <<= 1) n--;
    return n;
}

static uint32_t day_at(const struct kam__card *card, int where) {
    return (uint32_t)(card->days >> where) & KAM__DAY_MASK;
}

struct kam__days_seen kam__card_days(const struct kam__card *card) {
    struct kam__days_seen seen;
    if (kam__card_has_block(card)) {
        const struct kam__days *const days = kam__card_block(card);
        const uint64_t head = days->word[0];
        const uint64_t tail = days->word[days->n_words - 1];
        seen.n = days->n_days;
        seen.first = (uint32_t)(head >> 32) << 5 | first_bit((uint32_t)head);
        seen.last = (uint32_t)(tail >> 32) << 5 | last_bit((uint32_t)tail);
    } else {
        seen.first = day_at(card, KAM__CARD_FIRST);
        seen.last = day_at(card, KAM__CARD_LAST);
        seen.n = seen.first == 0 ? 0 : seen.first == seen.last ? 1 : 2;
    }
    return seen;
}

static void put_two(struct kam__card *card, uint32_t first, uint32_t last) {
    card->days = (card->days & KAM__CARD_COSTS) |
                 (uint64_t)first << KAM__CARD_FIRST |
                 (uint64_t)last << KAM__CARD_LAST;
}

static void put_block(struct kam__card *card, const struct kam__days *block) {
    card->days = (card->days & KAM__CARD_COSTS) | KAM__CARD_BLOCK |
                 (uint64_t)(uintptr_t)block;
}

/* The third day: from here on the days have a block of their own. */
static int begin(struct kam__days_store *store, const kam_host *host,
                 struct kam__card *card, uint32_t day) {
    const uint32_t three[3] = {day_at(card, KAM__CARD_FIRST),
                               day_at(card, KAM__CARD_LAST), day};
    struct kam__days *block = take(store, host, 0);
    if (!block) return -1;
    for (int i = 0; i < 3; i++) insert(store, host, &block, three[i]);
    put_block(card, block);
    return 1;
}

int kam__card_add_day(struct kam__days_store *store, const kam_host *host,
                      struct kam__card *card, uint32_t day) {
    if (kam__card_has_block(card)) {
        struct kam__days *block = kam__card_block(card);
        const int is_new = insert(store, host, &block, day);
        put_block(card, block);
        return is_new;
    }
    const uint32_t first = day_at(card, KAM__CARD_FIRST);
    const uint32_t last = day_at(card, KAM__CARD_LAST);
    if (day == first || day == last) return 0;
    if (first != last) return begin(store, host, card, day);
    put_two(card, first && first < day ? first : day, last > day ? last : day);
    return 1;
}

int kam__card_has_day(const struct kam__card *card, uint32_t day) {
    if (!kam__card_has_block(card))
        return day == day_at(card, KAM__CARD_FIRST) ||
               day == day_at(card, KAM__CARD_LAST);
    const struct kam__days *const days = kam__card_block(card);
    const uint32_t place = place_of(days, day >> 5);
    return place < days->n_words && days->word[place] >> 32 == day >> 5 &&
           (days->word[place] >> (day & 31) & 1);
}
