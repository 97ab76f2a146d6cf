/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "base/diag.h"
#include "base/sized.h"
#include "data/ledger.h"

/* Each of the passes below goes over the used rows of one tile, whose cards are
 * in the cache by then. They give 1 when a sum overflows. */

static int post_money(struct kam_ledger *ledger, const struct kam__tile *tile) {
    int over = 0;
    for (int32_t i = 0; i < tile->n; i++) {
        struct kam__card *const card = tile->card[i];
        kam_sum value = tile->value[i];
        const uint64_t inside =
            0 - (uint64_t)(tile->day[i] > ledger->window_after);
        KAM__PREFETCH(kam__card_has_block(card) ? kam__card_block(card)
                                                : (const void *)card);
        over |= kam__exact_add(&card->window, value.low & inside,
                               (int64_t)((uint64_t)value.high & inside));
        kam_sum *into = &card->gross;
        if (tile->amount[i] < 0) {
            value = kam__exact_negative(value);
            into = kam__array_at(&ledger->returns, tile->account[i]);
        }
        over |= kam__exact_add(into, value.low, value.high);
    }
    return over;
}

static int post_cost(struct kam_ledger *ledger, const struct kam__tile *tile,
                     const double *cost) {
    int over = 0;
    for (int32_t i = 0; i < tile->n; i++) {
        const double amount = cost[tile->row[i]];
        const int inside = tile->day[i] > ledger->window_after;
        if (!(fabs(amount) <= 0x1p52)) {
            ledger->counts.n_missing_cost++;
            tile->card[i]->days |= inside ? KAM__CARD_COSTS : KAM__CARD_NO_COST;
            continue;
        }
        struct kam__cost *const sum =
            kam__array_at(&ledger->cost, tile->account[i]);
        const kam_sum value = kam__exact_fast(amount);
        over |= kam__exact_add(&sum->total, value.low, value.high);
        if (inside) over |= kam__exact_add(&sum->window, value.low, value.high);
    }
    return over;
}

static void post_no_cost(struct kam_ledger *ledger,
                         const struct kam__tile *tile) {
    ledger->counts.n_missing_cost += tile->n;
    for (int32_t i = 0; i < tile->n; i++)
        tile->card[i]->days |= tile->day[i] > ledger->window_after
                                   ? KAM__CARD_COSTS
                                   : KAM__CARD_NO_COST;
}

static int post_quarters(struct kam_ledger *ledger,
                         const struct kam__tile *tile) {
    const int32_t n = ledger->options.n_quarters;
    int over = 0;
    for (int32_t i = 0; i < tile->n; i++) {
        int32_t back = 0;
        while (back < n && tile->day[i] <= ledger->quarter_after[back]) back++;
        if (back == n) continue;
        kam_sum *const sum = kam__array_at(&ledger->quarter, tile->account[i]);
        const kam_sum value = tile->value[i];
        over |= kam__exact_add(sum + (n - 1 - back), value.low, value.high);
    }
    return over;
}

/* One line of a day order: `card` gets its day and, when that is the first, its
 * value. A day before the first so far begins that sum anew. */
static kam_status post_day(struct kam_ledger *ledger, struct kam__card *card,
                           uint64_t account, uint32_t day, kam_sum value) {
    struct kam__order_part *const part =
        ledger->part.size ? kam__array_at(&ledger->part, account) : NULL;
    const uint32_t first = kam__card_days(card).first;
    int over = 0;
    if (!first || day < first)
        card->first_value = value;
    else if (day == first)
        over = kam__exact_add(&card->first_value, value.low, value.high);
    if (part) over |= kam__exact_add(&part->day_value, value.low, value.high);
    const int is_new =
        kam__card_add_day(&ledger->days, &ledger->host, card, day);
    if (is_new < 0) return KAM_ERR_MEMORY;
    ledger->n_day_orders += is_new;
    ledger->n_ordering += !first && !(part && part->n_orders);
    ledger->counts.n_order_lines++;
    return over ? KAM_ERR_OVERFLOW : KAM_OK;
}

static kam_status post_days(struct kam_ledger *ledger,
                            const struct kam__tile *tile) {
    for (int32_t i = 0; i < tile->n; i++) {
        if (!tile->is_order[i]) continue;
        const kam_status status =
            post_day(ledger, tile->card[i], tile->account[i], tile->day[i],
                     tile->value[i]);
        if (status != KAM_OK) return status;
    }
    return KAM_OK;
}

static int is_numbered(const kam_column *order, int64_t row) {
    if (!kam__is_present(order, row)) return 0;
    if (!(KAM__TEXTS >> order->type & 1)) return 1;
    int64_t length;
    kam__text_at(order, row, &length);
    return length > 0;
}

/* What needs no account: counts, and which rows add to the order of a day. */
static void look_over(struct kam_ledger *ledger, struct kam__tile *tile,
                      const kam_column *order) {
    const int zero_too = ledger->options.zero_is_order;
    for (int32_t i = 0; i < tile->n; i++) {
        const double amount = tile->amount[i];
        const uint32_t day = tile->day[i];
        ledger->counts.n_returns += amount < 0;
        ledger->counts.n_zero += amount == 0;
        tile->is_order[i] = amount > 0 || (amount == 0 && zero_too);
        if (order->values && is_numbered(order, tile->first + tile->row[i]))
            tile->is_order[i] = 0;
        if (day > ledger->last_line) ledger->last_line = day;
        if (!ledger->first_line || day < ledger->first_line)
            ledger->first_line = day;
    }
}

static kam_status post_tile(struct kam_ledger *ledger, const kam_lines *lines,
                            int64_t first, int32_t n, struct kam__tile *tile) {
    const struct kam__posting from = {&lines->account, &lines->day,
                                      &lines->revenue};
    double room[KAM__TILE];
    kam__tile_read(ledger, &from, first, n, tile, ledger->counts.line);
    look_over(ledger, tile, &lines->order);
    if (tile->any_return) ledger->returns.size = sizeof(kam_sum);
    kam_status status = kam__tile_find(ledger, tile);
    if (status != KAM_OK) return status;
    int over = post_money(ledger, tile);
    if (lines->cost.values)
        over |=
            post_cost(ledger, tile, kam__gather(&lines->cost, first, n, room));
    else
        post_no_cost(ledger, tile);
    if (ledger->quarter.size) over |= post_quarters(ledger, tile);
    if (over) return KAM_ERR_OVERFLOW;
    status = post_days(ledger, tile);
    if (status == KAM_OK && lines->order.values)
        status = kam__orders_post(ledger, tile, &lines->order);
    return status;
}

static kam_status check_columns(const kam_lines *lines, kam_diag *diag) {
    const int64_t n = lines->n_rows;
    if (lines->reserved != 0)
        return kam__fail(diag, KAM_ERR_NEWER, "lines.reserved", -1,
                         lines->reserved, "reserved is {value}, not 0.");
    if (n < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "lines.n_rows", -1, (double)n,
                         "{value} rows are not possible.");
    const int32_t keys = 1 << KAM_I64 | 1 << KAM_I32 | KAM__TEXTS;
    const struct {
        const kam_column *column;
        const char *name;
        int32_t types;
        int required;
    } column[] = {
        {&lines->account, "lines.account", keys, 1},
        {&lines->day, "lines.day", KAM__DAYS, 1},
        {&lines->revenue, "lines.revenue", KAM__NUMBERS, 1},
        {&lines->cost, "lines.cost", KAM__NUMBERS, 0},
        {&lines->order, "lines.order", keys, 0},
    };
    for (int i = 0; i < 5; i++) {
        kam_status status =
            kam__column_check(column[i].column, n, column[i].types,
                              column[i].required, column[i].name, diag);
        if (status == KAM_OK)
            status = kam__text_check(column[i].column, n, column[i].name, diag);
        if (status != KAM_OK) return status;
    }
    return KAM_OK;
}

static kam_status check_kinds(const struct kam_ledger *ledger,
                              const kam_lines *lines, kam_diag *diag) {
    const int by =
        lines->order.values ? KAM__ORDERS_BY_NUMBER : KAM__ORDERS_BY_DAY;
    const kam_status status =
        kam__kind_check(&ledger->accounts, &lines->account, "lines.account",
                        diag);
    if (status != KAM_OK) return status;
    if (ledger->orders_by != KAM__ORDERS_UNKNOWN && ledger->orders_by != by)
        return kam__fail(diag, KAM_ERR_TYPE, "lines.order", -1, NAN,
                         "an order column must be in every chunk or in none.");
    return by == KAM__ORDERS_BY_NUMBER
               ? kam__kind_check(&ledger->numbers, &lines->order, "lines.order",
                                 diag)
               : KAM_OK;
}

/* From here on the ledger changes: what the first chunk is, all must be. */
static void settle(struct kam_ledger *ledger, const kam_lines *lines) {
    ledger->accounts.kind = kam__kind_of(&lines->account);
    if (lines->cost.values) ledger->cost.size = sizeof(struct kam__cost);
    ledger->orders_by = KAM__ORDERS_BY_DAY;
    if (!lines->order.values) return;
    ledger->orders_by = KAM__ORDERS_BY_NUMBER;
    ledger->numbers.kind = kam__kind_of(&lines->order);
    ledger->part.size = sizeof(struct kam__order_part);
}

kam_status kam_ledger_add(kam_ledger *ledger, const kam_lines *lines,
                          kam_diag *diag) {
    kam_lines ours;
    struct kam__tile tile;
    kam_status status = kam__ledger_usable(ledger, diag);
    if (status == KAM_OK)
        status = kam__sized_read(&ours, sizeof ours, lines, sizeof ours,
                                 "lines", diag);
    if (status == KAM_OK) status = check_columns(&ours, diag);
    if (status != KAM_OK || ours.n_rows == 0)
        return status != KAM_OK ? status : kam__ok(diag);
    status = check_kinds(ledger, &ours, diag);
    if (status != KAM_OK) return status;
    settle(ledger, &ours);
    for (int64_t at = 0; at < ours.n_rows && status == KAM_OK;
         at += KAM__TILE) {
        const int64_t left = ours.n_rows - at;
        status = kam__ledger_progress(ledger, at, ours.n_rows);
        if (status == KAM_OK)
            status = post_tile(ledger, &ours, at,
                               (int32_t)(left < KAM__TILE ? left : KAM__TILE),
                               &tile);
    }
    return kam__ledger_end(ledger, status, diag);
}
