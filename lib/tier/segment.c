/* SPDX-License-Identifier: MIT */
/* A book in segments (T8). */
#include <kam/reason.h>
#include <kam/segment.h>

#include <math.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "data/keys.h"
#include "math/exact.h"
#include "math/extent.h"

/* The number of row's key; -1 when it has none, -2 without memory. */
static int64_t number_of(struct kam__keys *keys, const kam_host *host,
                         const kam_column *column, int64_t row) {
    uint64_t index;
    if (!kam__is_present(column, row)) return -1;
    if (kam__keys_reserve(keys, host, 1)) return -2;
    if (keys->kind == KAM__KEYS_INTEGER) {
        const int64_t key = kam__integer_at(column, row);
        return kam__keys_integer(keys, host, kam__hash_integer(key), key,
                                 &index)
                   ? -2
                   : (int64_t)index;
    }
    struct kam__span text;
    text.bytes = kam__text_at(column, row, &text.length);
    if (text.length == 0) return -1;
    return kam__keys_text(keys, host, kam__hash_text(text), text, &index)
               ? -2
               : (int64_t)index;
}

/* Every row's number; writes to the caller's arrays when it has all of them. */
static kam_status number_rows(struct kam__keys *keys, const kam_host *host,
                              const kam_column *column, int64_t n_rows,
                              int64_t *segment, int64_t *first_row,
                              kam_diag *diag) {
    const uint64_t count = (uint64_t)n_rows + 1;
    int64_t *const number = kam__allocate(host, count, sizeof *number);
    kam_status status = number ? KAM_OK : kam__no_memory(diag);
    for (int64_t i = 0; i < n_rows && status == KAM_OK; i++) {
        number[i] = number_of(keys, host, column, i);
        if (number[i] == -2) status = kam__no_memory(diag);
    }
    int64_t n_seen = 0;
    for (int64_t i = 0; i < n_rows && status == KAM_OK; i++) {
        segment[i] = number[i];
        if (number[i] != n_seen) continue;
        if (first_row) first_row[n_seen] = i;
        n_seen++;
    }
    kam__release(host, number, count, sizeof *number);
    return status;
}

kam_status kam_segment_number(const kam_column *key, int64_t n_rows,
                              const kam_host *host, int64_t *segment,
                              int64_t *first_row, int64_t *n_segments,
                              kam_diag *diag) {
    kam_host lent;
    if (n_rows < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_rows", -1, (double)n_rows,
                         "n_rows is {value}.");
    if (!key || !segment || !n_segments)
        return kam__fail(diag, KAM_ERR_NULL,
                         !key       ? "key"
                         : !segment ? "segment"
                                    : "n_segments",
                         -1, (double)NAN, "");
    kam_status status =
        kam__column_check(key, n_rows, KAM__INTEGERS | KAM__TEXTS, 0, "key",
                          diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    struct kam__keys keys = {.kind = key->values && KAM__TEXTS >> key->type & 1
                                         ? KAM__KEYS_TEXT
                                         : KAM__KEYS_INTEGER};
    keys.item.size = sizeof(union kam__key);
    status = number_rows(&keys, &lent, key, n_rows, segment, first_row, diag);
    if (status == KAM_OK) *n_segments = (int64_t)keys.n;
    kam__keys_free(&keys, &lent);
    return status == KAM_OK ? kam__ok(diag) : status;
}

/* ---- sums ---- */

static int64_t segment_at(const kam_column *segment, int64_t row,
                          int64_t n_segments) {
    const double number = kam__number_at(segment, row);
    return number >= 0 && number < (double)n_segments && floor(number) == number
               ? (int64_t)number
               : -1;
}

/* Sums of scaled amounts, of each segment and, in the last place, of all. */
static void add_up(const kam_column *segment, int64_t n_segments,
                   const kam_column *amount, int64_t n_rows, double up,
                   kam_sum *sum, kam_segment *segments) {
    const kam_segment none = {.least = (double)INFINITY,
                              .most = -(double)INFINITY};
    for (int64_t s = 0; s < n_segments; s++) segments[s] = none;
    for (int64_t i = 0; i < n_rows; i++) {
        const int64_t s = segment_at(segment, i, n_segments);
        if (s < 0) continue;
        segments[s].n_accounts++;
        const double x = kam__number_at(amount, i);
        if (x != x) continue;
        const kam_sum term = kam__exact_of(x * up);
        (void)kam__exact_add(&sum[s], term.low, term.high);
        (void)kam__exact_add(&sum[n_segments], term.low, term.high);
        segments[s].n_known++;
        if (x < segments[s].least) segments[s].least = x;
        if (x > segments[s].most) segments[s].most = x;
    }
}

static void describe(const kam_sum *sum, int64_t n_segments, double down,
                     kam_segment *segments) {
    const double all = kam_sum_value(&sum[n_segments]);
    for (int64_t s = 0; s < n_segments; s++) {
        kam_segment *const one = &segments[s];
        const double total = kam_sum_value(&sum[s]);
        one->total = total * down;
        one->share = all > 0 ? total / all : (double)NAN;
        one->mean = total / (double)one->n_known * down;
        if (one->n_known == 0) one->mean = one->least = one->most = (double)NAN;
    }
}

static kam_status check_sums(const kam_column *segment, int64_t n_segments,
                             const kam_column *amount, int64_t n_rows,
                             const kam_segment *segments, kam_diag *diag) {
    if (n_rows < 0 || n_segments < 0)
        return kam__fail(diag, KAM_ERR_SHAPE,
                         n_rows < 0 ? "n_rows" : "n_segments", -1,
                         (double)(n_rows < 0 ? n_rows : n_segments),
                         "It is {value}.");
    if (!segment || !amount || !segments)
        return kam__fail(diag, KAM_ERR_NULL,
                         !segment  ? "segment"
                         : !amount ? "amount"
                                   : "segments",
                         -1, (double)NAN, "");
    const kam_status status =
        kam__column_check(segment, n_rows, KAM__NUMBERS, 0, "segment", diag);
    if (status != KAM_OK) return status;
    return kam__column_check(amount, n_rows, KAM__NUMBERS, 0, "amount", diag);
}

kam_status kam_segment_add_up(const kam_column *segment, int64_t n_segments,
                              const kam_column *amount, int64_t n_rows,
                              const kam_host *host, kam_segment *segments,
                              kam_diag *diag) {
    kam_host lent;
    struct kam__extent extent;
    kam_status status =
        check_sums(segment, n_segments, amount, n_rows, segments, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    kam__extent_of(amount, n_rows, &extent);
    if (extent.first_infinite >= 0)
        return kam__fail(diag, KAM_ERR_OVERFLOW, "amount",
                         extent.first_infinite,
                         kam__number_at(amount, extent.first_infinite),
                         "Row {row}'s amount is {value}.");
    const uint64_t n = (uint64_t)n_segments + 1;
    kam_sum *const sum = kam__allocate_zero(&lent, n, sizeof *sum);
    if (!sum) return kam__no_memory(diag);
    const struct kam__scaling scaling =
        kam__scaling_of(extent.largest, KAM__SUM_BITS);
    add_up(segment, n_segments, amount, n_rows, scaling.up, sum, segments);
    describe(sum, n_segments, scaling.down, segments);
    kam__release(&lent, sum, n, sizeof *sum);
    return kam__ok(diag);
}

/* ---- bands ---- */

kam_status kam_segment_preset_bands(kam_tier_band *bands) {
    if (!bands) return KAM_ERR_NULL;
    bands[0].enter = bands[0].keep = 0.20;
    bands[1].enter = bands[1].keep = 0.50;
    return KAM_OK;
}

static const char BAND_EN[2][3][12] = {{"large", "medium", "small"},
                                       {"frequent", "regular", "rare"}};
static const char BAND_ZH[2][3][12] = {{"大型", "中型", "小型"},
                                       {"高频", "中频", "低频"}};

const char *kam_segment_band_name(int32_t kind, int32_t band,
                                  int32_t language) {
    const int zh = language == KAM_ZH;
    if (kind < KAM_SEGMENT_SIZE || kind > KAM_SEGMENT_FREQUENCY || band < 0 ||
        band > 2)
        return zh ? "未知" : "unknown";
    return zh ? BAND_ZH[kind - 1][band] : BAND_EN[kind - 1][band];
}
