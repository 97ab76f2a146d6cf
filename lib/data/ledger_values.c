/* SPDX-License-Identifier: MIT */
/* What day orders are worth, each day of an account by itself. */
#include <float.h>

#include "data/ledger.h"

/* Up to a tile of days of accounts, with what to add. */
struct batch {
    int32_t n;
    int64_t key[KAM__TILE];
    kam_sum value[KAM__TILE];
};

static int64_t key_of(uint64_t account, uint32_t day) {
    return (int64_t)(account << 32 | day);
}

static kam_status post_batch(struct kam_ledger *ledger,
                             const struct batch *batch) {
    struct kam__keys *const values = &ledger->values;
    int over = 0;
    if (kam__keys_reserve(values, &ledger->host, (uint64_t)batch->n))
        return KAM_ERR_MEMORY;
    for (int32_t i = 0; i < batch->n; i++)
        kam__keys_touch_integer(values, batch->key[i]);
    for (int32_t i = 0; i < batch->n; i++) {
        uint64_t index;
        if (kam__keys_integer(values, &ledger->host,
                              kam__hash_integer(batch->key[i]), batch->key[i],
                              &index))
            return KAM_ERR_MEMORY;
        struct kam__day_value *const to = kam__array_at(&values->item, index);
        over |= kam__exact_add(&to->value, batch->value[i].low,
                               batch->value[i].high);
    }
    return over ? KAM_ERR_OVERFLOW : KAM_OK;
}

kam_status kam__values_post(struct kam_ledger *ledger,
                            const struct kam__tile *tile) {
    const double least = ledger->options.zero_is_order ? 0 : DBL_TRUE_MIN;
    struct batch batch;
    batch.n = 0;
    for (int32_t i = 0; i < tile->n; i++) {
        if (!(tile->amount[i] >= least) || tile->numbered >> i & 1) continue;
        batch.key[batch.n] = key_of(tile->account[i], tile->day[i]);
        batch.value[batch.n++] = kam__exact_size(tile->amount[i]);
    }
    return post_batch(ledger, &batch);
}

kam_status kam__values_merge(struct kam_ledger *ledger,
                             const struct kam_ledger *other,
                             const uint32_t *account) {
    const uint64_t n = other->values.n;
    kam_status status = KAM_OK;
    for (uint64_t first = 0; first < n && status == KAM_OK;
         first += KAM__TILE) {
        struct batch batch;
        batch.n = 0;
        for (uint64_t i = first; i < n && i < first + KAM__TILE; i++) {
            const struct kam__day_value *const from =
                kam__array_at(&other->values.item, i);
            const uint64_t key = (uint64_t)from->key.integer;
            batch.key[batch.n] =
                key_of(account[key >> 32], (uint32_t)(key & UINT32_MAX));
            batch.value[batch.n++] = from->value;
        }
        status = post_batch(ledger, &batch);
    }
    return status;
}

int kam__values_find(const struct kam_ledger *ledger, uint64_t account,
                     uint32_t day, kam_sum *value) {
    uint64_t index;
    if (!kam__keys_find_integer(&ledger->values, key_of(account, day), &index))
        return 0;
    const struct kam__day_value *const found =
        kam__array_at(&ledger->values.item, index);
    *value = found->value;
    return 1;
}
