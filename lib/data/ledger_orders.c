/* SPDX-License-Identifier: MIT */
/* Orders that have a number: an order is a pair of account and number. */
#include "data/ledger.h"

/* Up to a tile of parts of orders: lines, or orders of another ledger. */
struct batch {
    int32_t n;
    int32_t is_text;
    uint64_t account[KAM__TILE];
    uint32_t day[KAM__TILE];
    kam_sum value[KAM__TILE];
    int64_t key[KAM__TILE];           /* order numbers, */
    struct kam__span text[KAM__TILE]; /* or texts */
};

static int counts(const struct kam_ledger *ledger,
                  const struct kam__order *order) {
    if (order->day == 0 || order->value.high < 0) return 0;
    const int zero = order->value.high == 0 && order->value.low == 0;
    return !zero || ledger->options.zero_is_order;
}

/* An order begins to count, or ceases to (`step` 1 or -1). */
static void recount(struct kam_ledger *ledger, uint64_t account, int step) {
    struct kam__order_part *const part = kam__array_at(&ledger->part, account);
    const int before = part->n_orders > 0;
    part->n_orders += step;
    ledger->n_numbered += step;
    if (!kam__card_first(kam__card_at(ledger, account)))
        ledger->n_ordering += (part->n_orders > 0) - before;
}

/* No sum of an order is beyond those of its account, which were added before. */
static void add_part(struct kam_ledger *ledger, struct kam__order *order,
                     const struct batch *batch, int32_t i) {
    const int before = counts(ledger, order);
    if (!order->day || batch->day[i] < order->day) order->day = batch->day[i];
    (void)kam__exact_add(&order->value, batch->value[i].low,
                         batch->value[i].high);
    const int step = counts(ledger, order) - before;
    if (step) recount(ledger, batch->account[i], step);
}

/* The pair of each part, with the number put into the ledger's own terms. */
static int find_pairs(struct kam_ledger *ledger, const struct batch *batch,
                      int64_t *pair) {
    struct kam__keys *const numbers = &ledger->numbers;
    uint64_t hash[KAM__TILE];
    for (int32_t i = 0; i < batch->n; i++) {
        hash[i] = batch->is_text ? kam__hash_text(batch->text[i])
                                 : kam__hash_integer(batch->key[i]);
        if (batch->is_text)
            kam__keys_touch(numbers, hash[i]);
        else
            kam__keys_touch_integer(numbers, batch->key[i]);
    }
    for (int32_t i = 0; i < batch->n; i++) {
        uint64_t number;
        if (batch->is_text ? kam__keys_text(numbers, &ledger->host, hash[i],
                                            batch->text[i], &number)
                           : kam__keys_integer(numbers, &ledger->host, hash[i],
                                               batch->key[i], &number))
            return 1;
        pair[i] = (int64_t)(batch->account[i] << 32 | number);
    }
    return 0;
}

static int find_orders(struct kam_ledger *ledger, const int64_t *pair,
                       int32_t n, struct kam__order **order) {
    struct kam__keys *const orders = &ledger->orders;
    for (int32_t i = 0; i < n; i++) kam__keys_touch_integer(orders, pair[i]);
    for (int32_t i = 0; i < n; i++) {
        const uint64_t guess = kam__keys_guess_integer(orders, pair[i]);
        if (guess != KAM__NO_KEY) KAM__PREFETCH(kam__order_at(ledger, guess));
    }
    for (int32_t i = 0; i < n; i++) {
        uint64_t number;
        if (kam__keys_integer(orders, &ledger->host, kam__hash_integer(pair[i]),
                              pair[i], &number))
            return 1;
        order[i] = kam__order_at(ledger, number);
    }
    return 0;
}

static kam_status post_batch(struct kam_ledger *ledger,
                             const struct batch *batch) {
    const uint64_t n = (uint64_t)batch->n;
    struct kam__order *order[KAM__TILE];
    int64_t pair[KAM__TILE];
    if (kam__keys_reserve(&ledger->numbers, &ledger->host, n) ||
        kam__keys_reserve(&ledger->orders, &ledger->host, n) ||
        find_pairs(ledger, batch, pair) ||
        find_orders(ledger, pair, batch->n, order))
        return KAM_ERR_MEMORY;
    for (int32_t i = 0; i < batch->n; i++) add_part(ledger, order[i], batch, i);
    return KAM_OK;
}

/* The number of an order, when it has one. */
static int read_number(const kam_column *number, int64_t row,
                       struct batch *batch) {
    const int32_t i = batch->n;
    if (!kam__is_present(number, row)) return 0;
    if (!batch->is_text) {
        batch->key[i] = kam__integer_at(number, row);
        return 1;
    }
    batch->text[i].bytes = kam__text_at(number, row, &batch->text[i].length);
    return batch->text[i].length > 0;
}

kam_status kam__orders_post(struct kam_ledger *ledger,
                            const struct kam__tile *tile,
                            const kam_column *number) {
    struct batch batch;
    batch.n = 0;
    batch.is_text = ledger->numbers.kind == KAM__KEYS_TEXT;
    for (int32_t i = 0; i < tile->n; i++) {
        if (!read_number(number, tile->first + tile->row[i], &batch)) continue;
        batch.account[batch.n] = tile->account[i];
        batch.day[batch.n] = tile->day[i];
        batch.value[batch.n++] = kam__exact_fast(tile->amount[i]);
    }
    ledger->counts.n_order_lines += batch.n;
    return post_batch(ledger, &batch);
}

/* Order i of another ledger, whose account is number `account` in this one. */
static void read_order(const struct kam_ledger *other, uint64_t i,
                       const uint32_t *account, struct batch *batch) {
    const struct kam__order *const order = kam__order_at(other, i);
    const uint64_t pair = (uint64_t)order->key.integer;
    const union kam__key *const number =
        kam__key_at(&other->numbers, pair & UINT32_MAX);
    const int32_t at = batch->n++;
    batch->account[at] = account[pair >> 32];
    batch->day[at] = order->day;
    batch->value[at] = order->value;
    if (batch->is_text)
        batch->text[at] = kam__span_of(number->word);
    else
        batch->key[at] = number->integer;
}

kam_status kam__orders_merge(struct kam_ledger *ledger,
                             const struct kam_ledger *other,
                             const uint32_t *account) {
    const uint64_t n = other->orders.n;
    struct batch batch;
    batch.is_text = other->numbers.kind == KAM__KEYS_TEXT;
    for (uint64_t first = 0; first < n; first += KAM__TILE) {
        kam_status status =
            kam__ledger_progress(ledger, (int64_t)first, (int64_t)n);
        if (status != KAM_OK) return status;
        batch.n = 0;
        for (uint64_t i = first; i < n && i < first + KAM__TILE; i++)
            read_order(other, i, account, &batch);
        status = post_batch(ledger, &batch);
        if (status != KAM_OK) return status;
    }
    return KAM_OK;
}
