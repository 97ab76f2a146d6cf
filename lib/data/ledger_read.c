/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "data/ledger.h"

static int64_t offset_at(const kam_column *column, int64_t row) {
    const char *const values = column->values;
    const int64_t at = column->offset + row;
    if (column->type == KAM_TEXT64) {
        int64_t offset;
        memcpy(&offset, values + at * 8, sizeof offset);
        return offset;
    }
    int32_t offset;
    memcpy(&offset, values + at * 4, sizeof offset);
    return offset;
}

kam_status kam__text_check(const kam_column *column, int64_t n_rows,
                           const char *argument, kam_diag *diag) {
    if (!column->values ||
        (column->type != KAM_TEXT32 && column->type != KAM_TEXT64))
        return KAM_OK;
    int64_t before = 0;
    for (int64_t row = 0; row <= n_rows && n_rows > 0; row++) {
        const int64_t offset = offset_at(column, row);
        if (offset < before)
            return kam__fail(diag, KAM_ERR_SHAPE, argument, row ? row - 1 : 0,
                             (double)offset,
                             "text of row {row} has the offset {value}, which "
                             "is below the one before it.");
        before = offset;
    }
    return KAM_OK;
}

static uint32_t day_code(int64_t day) {
    if (day == KAM_NO_DAY) return 0;
    return day < KAM__FIRST_DAY || day > KAM__LAST_DAY
               ? KAM__BAD_DAY
               : kam__day_inside((int32_t)day);
}

static int is_packed(const kam_column *column, int64_t size) {
    return !column->validity && (column->stride == 0 || column->stride == size);
}

static void read_days(const kam_column *column, int64_t first, int32_t n,
                      uint32_t *day) {
    const int plain = column->type != KAM_I64 && is_packed(column, 4);
    const char *at =
        (const char *)column->values + (column->offset + first) * 4;
    for (int32_t i = 0; plain && i < n; i++, at += 4) {
        int32_t value;
        memcpy(&value, at, sizeof value);
        day[i] = day_code(value);
    }
    for (int32_t i = 0; !plain && i < n; i++)
        day[i] = kam__is_present(column, first + i)
                     ? day_code(kam__integer_at(column, first + i))
                     : 0;
}

/* Keys and which rows have one. */
static void read_integers(const kam_column *column, int64_t first, int32_t n,
                          int64_t *key, uint8_t *present) {
    if (column->type == KAM_I64 && is_packed(column, 8)) {
        const char *const start =
            (const char *)column->values + (column->offset + first) * 8;
        memcpy(key, start, (size_t)n * sizeof *key);
        memset(present, 1, (size_t)n);
        return;
    }
    for (int32_t i = 0; i < n; i++) {
        present[i] = (uint8_t)kam__is_present(column, first + i);
        key[i] = present[i] ? kam__integer_at(column, first + i) : 0;
    }
}

static void read_texts(const kam_column *column, int64_t first, int32_t n,
                       struct kam__tile *tile, uint8_t *present) {
    for (int32_t i = 0; i < n; i++) {
        present[i] = (uint8_t)kam__is_present(column, first + i);
        if (!present[i]) continue;
        struct kam__span *const text = &tile->text[i];
        text->bytes = kam__text_at(column, first + i, &text->length);
        present[i] = text->length > 0;
    }
}

static enum kam__verdict judge(const struct kam_ledger *ledger, int has_account,
                               uint32_t day, double amount) {
    if (!has_account) return KAM__NO_ACCOUNT;
    if (day == 0) return KAM__NO_DAY;
    if (isnan(amount)) return KAM__NO_AMOUNT;
    if (!(fabs(amount) <= 0x1p52)) return KAM__BAD_AMOUNT;
    if (day == KAM__BAD_DAY) return KAM__DAY_UNKNOWN;
    if (day > ledger->as_of) return KAM__AFTER;
    if (day < ledger->first) return KAM__BEFORE;
    return KAM__USED;
}

/* Row i of what was read becomes used row k <= i. */
static void move_row(struct kam__tile *tile, int32_t k, int32_t i,
                     double amount, int is_text) {
    tile->row[k] = i;
    tile->day[k] = tile->day[i];
    tile->amount[k] = amount;
    tile->value[k] = kam__exact_fast(amount);
    if (is_text) {
        tile->text[k] = tile->text[i];
        tile->hash[k] = kam__hash_text(tile->text[k]);
    } else {
        tile->key[k] = tile->key[i];
        tile->hash[k] = kam__hash_integer(tile->key[k]);
    }
}

void kam__tile_read(const struct kam_ledger *ledger,
                    const struct kam__posting *from, int64_t first, int32_t n,
                    struct kam__tile *tile, int64_t *count) {
    const int is_text = ledger->accounts.kind == KAM__KEYS_TEXT;
    uint8_t present[KAM__TILE];
    double room[KAM__TILE];
    const double *const amount = kam__gather(from->amount, first, n, room);
    read_days(from->day, first, n, tile->day);
    if (is_text)
        read_texts(from->account, first, n, tile, present);
    else
        read_integers(from->account, first, n, tile->key, present);
    tile->first = first;
    tile->n = 0;
    tile->any_return = 0;
    for (int32_t i = 0; i < n; i++) {
        const enum kam__verdict verdict =
            judge(ledger, present[i], tile->day[i], amount[i]);
        count[verdict]++;
        if (verdict != KAM__USED) continue;
        tile->any_return |= amount[i] < 0;
        move_row(tile, tile->n++, i, amount[i], is_text);
    }
}

static kam_status find(struct kam_ledger *ledger, struct kam__tile *tile) {
    struct kam__keys *const keys = &ledger->accounts;
    for (int32_t i = 0; i < tile->n; i++) {
        if (keys->kind == KAM__KEYS_INTEGER)
            tile->account[i] =
                kam__keys_integer(keys, tile->hash[i], tile->key[i]);
        else if (kam__keys_text(keys, &ledger->host, tile->hash[i],
                                tile->text[i], &tile->account[i]))
            return KAM_ERR_MEMORY;
        tile->card[i] = kam__card_at(ledger, tile->account[i]);
    }
    return KAM_OK;
}

kam_status kam__tile_find(struct kam_ledger *ledger, struct kam__tile *tile) {
    struct kam__keys *const keys = &ledger->accounts;
    if (kam__ledger_reserve(ledger, (uint64_t)tile->n)) return KAM_ERR_MEMORY;
    for (int32_t i = 0; i < tile->n; i++) kam__keys_touch(keys, tile->hash[i]);
    for (int32_t i = 0; i < tile->n; i++) {
        const uint64_t guess = kam__keys_guess(keys, tile->hash[i]);
        if (guess != KAM__NO_KEY) KAM__PREFETCH(kam__card_at(ledger, guess));
    }
    return find(ledger, tile);
}
