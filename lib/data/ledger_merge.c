/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "base/diag.h"
#include "base/memory.h"
#include "data/ledger.h"

static int same_options(const kam_ledger_options *a,
                        const kam_ledger_options *b) {
    return a->as_of_day == b->as_of_day && a->first_day == b->first_day &&
           a->zero_is_order == b->zero_is_order &&
           a->window_months == b->window_months &&
           a->n_quarters == b->n_quarters && a->period_days == b->period_days &&
           a->keep_values == b->keep_values && a->value_first == b->value_first;
}

static int differ(int32_t a, int32_t b, int32_t unknown) {
    return a != unknown && b != unknown && a != b;
}

static kam_status check(const struct kam_ledger *ledger,
                        const struct kam_ledger *other, kam_diag *diag) {
    kam_status status = kam__ledger_usable(ledger, diag);
    if (status == KAM_OK) status = kam__ledger_usable(other, diag);
    if (status != KAM_OK) return status;
    if (!same_options(&ledger->options, &other->options))
        return kam__fail(diag, KAM_ERR_OPTION, "other", -1, NAN,
                         "the two ledgers have different options.");
    if (differ(ledger->accounts.kind, other->accounts.kind, KAM__KEYS_NONE))
        return kam__fail(diag, KAM_ERR_TYPE, "other", -1, NAN,
                         "one ledger has numbers for accounts, one texts.");
    if (differ(ledger->orders_by, other->orders_by, KAM__ORDERS_UNKNOWN) ||
        differ(ledger->numbers.kind, other->numbers.kind, KAM__KEYS_NONE))
        return kam__fail(diag, KAM_ERR_TYPE, "other", -1, NAN,
                         "the two ledgers have different order columns.");
    return KAM_OK;
}

static void take_over(int32_t *ours, int32_t theirs, int32_t unknown) {
    if (*ours == unknown) *ours = theirs;
}

/* What `other` uses, `ledger` must have room for. */
static void settle(struct kam_ledger *ledger, const struct kam_ledger *other) {
    struct kam__array *const ours[] = {&ledger->returns, &ledger->cost,
                                       &ledger->service, &ledger->part};
    const struct kam__array *const theirs[] = {&other->returns, &other->cost,
                                               &other->service, &other->part};
    for (int i = 0; i < 4; i++)
        if (theirs[i]->size) ours[i]->size = theirs[i]->size;
    take_over(&ledger->accounts.kind, other->accounts.kind, KAM__KEYS_NONE);
    take_over(&ledger->numbers.kind, other->numbers.kind, KAM__KEYS_NONE);
    take_over(&ledger->orders_by, other->orders_by, KAM__ORDERS_UNKNOWN);
}

static void add_counts(int64_t *ours, const int64_t *theirs, size_t n) {
    for (size_t i = 0; i < n; i++) ours[i] += theirs[i];
}

static void merge_counts(struct kam_ledger *ledger,
                         const struct kam_ledger *other) {
    const struct kam__ledger_counts theirs = other->counts;
    struct kam__ledger_counts *const ours = &ledger->counts;
    add_counts(ours->line, theirs.line, KAM__N_VERDICTS);
    add_counts(ours->activity, theirs.activity, KAM__N_VERDICTS);
    ours->n_returns += theirs.n_returns;
    ours->n_zero += theirs.n_zero;
    ours->n_missing_cost += theirs.n_missing_cost;
    ours->n_order_lines += theirs.n_order_lines;
    if (other->last_line > ledger->last_line)
        ledger->last_line = other->last_line;
    if (!ledger->first_line ||
        (other->first_line && other->first_line < ledger->first_line))
        ledger->first_line = other->first_line;
}

/* `n` sums of one account out of one of the side arrays. */
static int merge_sums(const struct kam__array *ours, uint64_t account,
                      const struct kam__array *theirs, uint64_t index,
                      int32_t n) {
    int over = 0;
    if (!theirs->size) return 0;
    kam_sum *const to = kam__array_at(ours, account);
    const kam_sum *const from = kam__array_at(theirs, index);
    for (int32_t i = 0; i < n; i++)
        over |= kam__exact_add(&to[i], from[i].low, from[i].high);
    return over;
}

static int merge_sides(struct kam_ledger *ledger, uint64_t account,
                       const struct kam_ledger *other, uint64_t index) {
    int over = merge_sums(&ledger->returns, account, &other->returns, index, 1);
    over |= merge_sums(&ledger->cost, account, &other->cost, index, 2);
    over |= merge_sums(&ledger->service, account, &other->service, index, 1);
    over |= merge_sums(&ledger->quarter, account, &other->quarter, index,
                       ledger->options.n_quarters);
    return over | merge_sums(&ledger->part, account, &other->part, index, 1);
}

static kam_status add_day(struct kam_ledger *ledger, struct kam__card *card,
                          uint32_t day) {
    const int place =
        kam__card_add_day(&ledger->days, &ledger->host, card, day);
    if (place < 0) return KAM_ERR_MEMORY;
    ledger->n_day_orders += !(place & KAM__DAY_SEEN);
    return KAM_OK;
}

static kam_status add_word(struct kam_ledger *ledger, struct kam__card *card,
                           uint64_t word) {
    kam_status status = KAM_OK;
    for (uint32_t bit = 0; bit < 32 && status == KAM_OK; bit++)
        if (word >> bit & 1)
            status = add_day(ledger, card, (uint32_t)(word >> 32) << 5 | bit);
    return status;
}

static kam_status merge_days(struct kam_ledger *ledger, struct kam__card *card,
                             const struct kam__card *theirs) {
    if (!kam__card_has_block(theirs)) {
        const struct kam__days_seen seen = kam__card_days(theirs);
        const kam_status status = add_day(ledger, card, seen.first);
        return status == KAM_OK ? add_day(ledger, card, seen.last) : status;
    }
    const struct kam__days *const days = kam__card_block(theirs);
    kam_status status = KAM_OK;
    for (uint32_t w = 0; w < days->n_words && status == KAM_OK; w++)
        status = add_word(ledger, card, days->word[w]);
    return status;
}

/* `theirs` is a copy: it may be the same card. */
static kam_status merge_card(struct kam_ledger *ledger, struct kam__card *card,
                             uint64_t account, struct kam__card theirs) {
    const struct kam__order_part *const part =
        ledger->part.size ? kam__array_at(&ledger->part, account) : NULL;
    const uint32_t first = kam__card_first(card);
    const struct kam__days_seen seen = kam__card_days(&theirs);
    int over =
        kam__exact_add(&card->gross, theirs.gross.low, theirs.gross.high);
    over |=
        kam__exact_add(&card->window, theirs.window.low, theirs.window.high);
    card->days |= theirs.days & KAM__CARD_COSTS;
    if (seen.n) {
        if (!first || seen.first < first)
            card->first_value = theirs.first_value;
        else if (seen.first == first)
            over |= kam__exact_add(&card->first_value, theirs.first_value.low,
                                   theirs.first_value.high);
        ledger->n_ordering += !first && !(part && part->n_orders);
        const kam_status status = merge_days(ledger, card, &theirs);
        if (status != KAM_OK) return status;
    }
    return over ? KAM_ERR_OVERFLOW : KAM_OK;
}

/* Accounts [first, first + tile->n) of `other` as a tile of keys. */
static void read_keys(const struct kam_ledger *other, uint64_t first,
                      struct kam__tile *tile) {
    const struct kam__keys *const keys = &other->accounts;
    for (int32_t i = 0; i < tile->n; i++) {
        const uint64_t index = first + (uint64_t)i;
        tile->row[i] = i;
        if (keys->kind == KAM__KEYS_TEXT) {
            tile->text[i] = kam__span_of(kam__key_at(keys, index)->word);
            tile->hash[i] = kam__hash_text(tile->text[i]);
        } else {
            tile->key[i] = kam__key_at(keys, index)->integer;
        }
    }
}

static kam_status merge_tile(struct kam_ledger *ledger,
                             const struct kam_ledger *other, uint64_t first,
                             struct kam__tile *tile, uint32_t *account) {
    read_keys(other, first, tile);
    if (kam__ledger_reserve(ledger, (uint64_t)tile->n)) return KAM_ERR_MEMORY;
    kam__tile_touch(ledger, tile);
    kam__tile_guess(ledger, tile);
    kam_status status = kam__tile_find(ledger, tile) ? KAM_ERR_MEMORY : KAM_OK;
    for (int32_t i = 0; i < tile->n && status == KAM_OK; i++) {
        const uint64_t index = first + (uint64_t)i;
        const uint64_t ours = tile->account[i];
        account[index] = (uint32_t)ours;
        status = merge_card(ledger, tile->card[i], ours,
                            *kam__card_at(other, index));
        if (merge_sides(ledger, ours, other, index)) status = KAM_ERR_OVERFLOW;
    }
    return status;
}

static kam_status merge_accounts(struct kam_ledger *ledger,
                                 const struct kam_ledger *other, uint64_t n,
                                 uint32_t *account) {
    struct kam__tile tile;
    for (uint64_t first = 0; first < n; first += KAM__LEDGER_TILE) {
        const uint64_t left = n - first;
        kam_status status =
            kam__ledger_progress(ledger, (int64_t)first, (int64_t)n);
        tile.n = left < KAM__LEDGER_TILE ? (int32_t)left : KAM__LEDGER_TILE;
        if (status == KAM_OK)
            status = merge_tile(ledger, other, first, &tile, account);
        if (status != KAM_OK) return status;
    }
    const kam_status status = kam__values_merge(ledger, other, account);
    if (status != KAM_OK || !other->orders.n) return status;
    return kam__orders_merge(ledger, other, account);
}

kam_status kam_ledger_merge(kam_ledger *ledger, const kam_ledger *other,
                            kam_diag *diag) {
    kam_status status = check(ledger, other, diag);
    if (status != KAM_OK) return status;
    const uint64_t n = other->accounts.n;
    uint32_t *account = NULL;
    settle(ledger, other);
    merge_counts(ledger, other);
    if (n > 0) {
        account = kam__allocate(&ledger->host, n, sizeof *account);
        status = account ? merge_accounts(ledger, other, n, account)
                         : KAM_ERR_MEMORY;
        kam__release(&ledger->host, account, n, sizeof *account);
    }
    return kam__ledger_end(ledger, status, diag);
}
