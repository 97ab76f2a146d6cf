/* SPDX-License-Identifier: MIT */
#include "data/ledger.h"

/* Three looks at the rows of a tile, each of which asks memory for what the next
 * one needs: the slots of the table, the cards, the days on the cards. */

void kam__tile_touch(const struct kam_ledger *ledger,
                     const struct kam__tile *tile) {
    const struct kam__keys *const keys = &ledger->accounts;
    const int is_text = keys->kind == KAM__KEYS_TEXT;
    for (int32_t i = 0; i < tile->n; i++)
        if (is_text)
            kam__keys_touch(keys, tile->hash[i]);
        else
            kam__keys_touch_integer(keys, tile->key[i]);
}

void kam__tile_guess(const struct kam_ledger *ledger, struct kam__tile *tile) {
    const struct kam__keys *const keys = &ledger->accounts;
    const int is_text = keys->kind == KAM__KEYS_TEXT;
    for (int32_t i = 0; i < tile->n; i++) {
        const uint64_t guess =
            is_text ? kam__keys_guess(keys, tile->hash[i])
                    : kam__keys_guess_integer(keys, tile->key[i]);
        tile->account[i] = guess;
        KAM__PREFETCH(kam__card_at(ledger, guess != KAM__NO_KEY ? guess : 0));
    }
}

static int find(struct kam_ledger *ledger, struct kam__tile *tile, int32_t i) {
    struct kam__keys *const keys = &ledger->accounts;
    uint64_t *const account = &tile->account[i];
    const int64_t key = tile->key[i];
    if (keys->kind == KAM__KEYS_TEXT)
        return kam__keys_text(keys, &ledger->host, tile->hash[i],
                              tile->text[tile->row[i]], account);
    return (*account == KAM__NO_KEY ||
            kam__key_at(keys, *account)->integer != key) &&
           kam__keys_integer(keys, &ledger->host, kam__hash_integer(key), key,
                             account);
}

int kam__tile_find(struct kam_ledger *ledger, struct kam__tile *tile) {
    for (int32_t i = 0; i < tile->n; i++) {
        if (find(ledger, tile, i)) return 1;
        struct kam__card *const card = kam__card_at(ledger, tile->account[i]);
        KAM__PREFETCH(kam__card_days_at(card));
        tile->card[i] = card;
    }
    return 0;
}

static void read(struct kam_ledger *ledger, const struct kam__walk *walk,
                 int64_t t, struct kam__tile *tile) {
    const int64_t first = t * KAM__LEDGER_TILE;
    const int64_t left = walk->n_rows - first;
    kam__tile_read(ledger, walk, first,
                   left < KAM__LEDGER_TILE ? (int32_t)left : KAM__LEDGER_TILE,
                   tile);
    kam__tile_touch(ledger, tile);
}

static kam_status post(struct kam_ledger *ledger, const struct kam__walk *walk,
                       struct kam__tile *tile) {
    const kam_status status =
        kam__ledger_progress(ledger, tile->first, walk->n_rows);
    return status == KAM_OK ? walk->post(ledger, tile, walk->columns) : status;
}

/* Four tiles are on their way at once, each a step behind the next. */
kam_status kam__ledger_walk(struct kam_ledger *ledger,
                            const struct kam__walk *walk) {
    const int64_t n_tiles =
        (walk->n_rows + KAM__LEDGER_TILE - 1) / KAM__LEDGER_TILE;
    struct kam__tile tile[4];
    for (int64_t t = 0; t < n_tiles + 3; t++) {
        if (kam__ledger_reserve(ledger, KAM__LEDGER_TILE))
            return KAM_ERR_MEMORY;
        if (t < n_tiles) read(ledger, walk, t, &tile[t % 4]);
        if (t >= 1 && t < n_tiles + 1)
            kam__tile_guess(ledger, &tile[(t - 1) % 4]);
        if (t >= 2 && t < n_tiles + 2 &&
            kam__tile_find(ledger, &tile[(t - 2) % 4]))
            return KAM_ERR_MEMORY;
        const kam_status status =
            t >= 3 ? post(ledger, walk, &tile[(t - 3) % 4]) : KAM_OK;
        if (status != KAM_OK) return status;
    }
    return KAM_OK;
}
