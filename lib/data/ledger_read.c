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

/* Keys, and which rows have one; 1 when all do, without a look at `present`. */
static int read_integers(const kam_column *column, int64_t first, int32_t n,
                         int64_t *key, uint8_t *present) {
    if (column->type == KAM_I64 && is_packed(column, 8)) {
        const char *const start =
            (const char *)column->values + (column->offset + first) * 8;
        memcpy(key, start, (size_t)n * sizeof *key);
        return 1;
    }
    for (int32_t i = 0; i < n; i++) {
        present[i] = (uint8_t)kam__is_present(column, first + i);
        key[i] = present[i] ? kam__integer_at(column, first + i) : 0;
    }
    return 0;
}

static int read_texts(const kam_column *column, int64_t first, int32_t n,
                      struct kam__span *text, uint8_t *present) {
    for (int32_t i = 0; i < n; i++) {
        present[i] = (uint8_t)kam__is_present(column, first + i);
        if (!present[i]) continue;
        text[i].bytes = kam__text_at(column, first + i, &text[i].length);
        present[i] = text[i].length > 0;
    }
    return 0;
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

/* Whether all rows have a good day and amount: mostly they do. */
static int all_good(const struct kam_ledger *ledger, const uint32_t *day,
                    const double *amount, int32_t n) {
    const uint32_t first = ledger->first, span = ledger->as_of - first;
    int bad = 0;
    for (int32_t i = 0; i < n; i++)
        bad |= (day[i] - first > span) | !(fabs(amount[i]) <= 0x1p52);
    return !bad;
}

/* Leaves the rows that are used, one after the other. */
static void choose(const struct kam_ledger *ledger, struct kam__tile *tile,
                   const double *amount, const uint8_t *present,
                   int64_t *count) {
    tile->n = 0;
    for (int32_t i = 0; i < tile->n_read; i++) {
        const int has_account = !present || present[i];
        const enum kam__verdict verdict =
            judge(ledger, has_account, tile->day[i], amount[i]);
        count[verdict]++;
        if (verdict != KAM__USED) continue;
        const int32_t k = tile->n++;
        tile->row[k] = i;
        tile->day[k] = tile->day[i];
        tile->amount[k] = amount[i];
        tile->key[k] = tile->key[i];
    }
}

static void choose_all(struct kam__tile *tile, const double *amount,
                       int64_t *count) {
    tile->n = tile->n_read;
    count[KAM__USED] += tile->n;
    memcpy(tile->amount, amount, (size_t)tile->n * sizeof *amount);
    for (int32_t i = 0; i < tile->n; i++) tile->row[i] = i;
}

void kam__tile_read(const struct kam_ledger *ledger,
                    const struct kam__walk *walk, int64_t first, int32_t n,
                    struct kam__tile *tile) {
    const int is_text = ledger->accounts.kind == KAM__KEYS_TEXT;
    uint8_t present[KAM__LEDGER_TILE];
    double room[KAM__LEDGER_TILE];
    const double *const amount = kam__gather(walk->amount, first, n, room);
    read_days(walk->day, first, n, tile->day);
    const int all_have =
        is_text ? read_texts(walk->account, first, n, tile->text, present)
                : read_integers(walk->account, first, n, tile->key, present);
    tile->first = first;
    tile->n_read = n;
    if (all_have && all_good(ledger, tile->day, amount, n))
        choose_all(tile, amount, walk->count);
    else
        choose(ledger, tile, amount, all_have ? NULL : present, walk->count);
    for (int32_t i = 0; is_text && i < tile->n; i++)
        tile->hash[i] = kam__hash_text(tile->text[tile->row[i]]);
}
