/* SPDX-License-Identifier: MIT */
#include <float.h>
#include <math.h>

#include "base/diag.h"
#include "base/sized.h"
#include "data/ledger.h"

/* Each of the passes below goes over the used rows of one tile, whose cards are
 * in the cache by then. `over` gets its highest bit set when a sum overflows. */

static kam_sum only_if(uint64_t all_ones_or_zero, kam_sum sum) {
    sum.low &= all_ones_or_zero;
    sum.high = (int64_t)((uint64_t)sum.high & all_ones_or_zero);
    return sum;
}

/* With an order column: what of a day order is not on the card; 1 when the
 * account has numbered orders. */
static int post_part(struct kam_ledger *ledger, uint64_t account, kam_sum value,
                     uint64_t *over) {
    if (!ledger->part.size) return 0;
    struct kam__order_part *const part = kam__array_at(&ledger->part, account);
    part->day_value = kam__exact_plus(part->day_value, value, over);
    return part->n_orders > 0;
}

/* A line of a day order: the card gets the day and, when that is the first, its
 * value. A day before the first so far begins that sum anew. -1 without
 * memory. */
static inline int post_day(struct kam_ledger *ledger,
                           const struct kam__tile *tile, int32_t i,
                           kam_sum value, uint64_t *over) {
    struct kam__card *const card = tile->card[i];
    const int place =
        kam__card_add_day(&ledger->days, &ledger->host, card, tile->day[i]);
    if (place < 0) return -1;
    const int where = place & KAM__DAY_PLACES;
    const uint64_t keep = 0 - (uint64_t)(where >= KAM__DAY_FIRST);
    const uint64_t take = 0 - (uint64_t)(where <= KAM__DAY_FIRST);
    const int ordered = post_part(ledger, tile->account[i], value, over);
    card->first_value = kam__exact_plus(only_if(keep, card->first_value),
                                        only_if(take, value), over);
    ledger->n_day_orders += !(place & KAM__DAY_SEEN);
    ledger->n_ordering += where == KAM__DAY_ONLY && !ordered;
    ledger->counts.n_order_lines++;
    return 0;
}

static void post_return(struct kam_ledger *ledger, struct kam__card *card,
                        uint64_t account, kam_sum size, uint64_t inside,
                        uint64_t *over) {
    kam_sum *const sum = kam__array_at(&ledger->returns, account);
    const kam_sum minus = kam__exact_negative(only_if(inside, size));
    *sum = kam__exact_plus(*sum, size, over);
    card->window = kam__exact_plus(card->window, minus, over);
}

/* Revenue, returns, the window, the days. Without a cost column all lines lack
 * their cost as well. */
static kam_status post_lines(struct kam_ledger *ledger,
                             const struct kam__tile *tile, int without_cost) {
    const double least = ledger->options.zero_is_order ? 0 : DBL_TRUE_MIN;
    const uint32_t window_after = ledger->window_after;
    const uint64_t numbered = tile->numbered;
    const uint64_t lacks = without_cost ? KAM__CARD_NO_COST : 0;
    const uint64_t lacks_inside = without_cost ? KAM__CARD_NO_WINDOW_COST : 0;
    const int32_t n = tile->n;
    uint64_t over = 0;
    for (int32_t i = 0; i < n; i++) {
        struct kam__card *const card = tile->card[i];
        const double amount = tile->amount[i];
        const kam_sum size = kam__exact_size(amount);
        const uint64_t inside = 0 - (uint64_t)(tile->day[i] > window_after);
        card->days |= lacks | (lacks_inside & inside);
        if (amount < 0) {
            post_return(ledger, card, tile->account[i], size, inside, &over);
            continue;
        }
        card->gross = kam__exact_plus(card->gross, size, &over);
        card->window =
            kam__exact_plus(card->window, only_if(inside, size), &over);
        if (amount >= least && !(numbered >> i & 1) &&
            post_day(ledger, tile, i, size, &over))
            return KAM_ERR_MEMORY;
    }
    return over >> 63 ? KAM_ERR_OVERFLOW : KAM_OK;
}

static uint64_t post_cost(struct kam_ledger *ledger,
                          const struct kam__tile *tile, const double *cost) {
    uint64_t over = 0;
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
        sum->total = kam__exact_plus(sum->total, value, &over);
        if (inside) sum->window = kam__exact_plus(sum->window, value, &over);
    }
    return over;
}

static uint64_t post_quarters(struct kam_ledger *ledger,
                              const struct kam__tile *tile) {
    const int32_t n = ledger->options.n_quarters;
    uint64_t over = 0;
    for (int32_t i = 0; i < tile->n; i++) {
        int32_t back = 0;
        while (back < n && tile->day[i] <= ledger->quarter_after[back]) back++;
        if (back == n) continue;
        kam_sum *const sum =
            (kam_sum *)kam__array_at(&ledger->quarter, tile->account[i]) +
            (n - 1 - back);
        *sum = kam__exact_plus(*sum, kam__exact_fast(tile->amount[i]), &over);
    }
    return over;
}

static int is_numbered(const kam_column *order, int64_t row) {
    if (!kam__is_present(order, row)) return 0;
    if (!(KAM__TEXTS >> order->type & 1)) return 1;
    int64_t length;
    kam__text_at(order, row, &length);
    return length > 0;
}

/* What needs no account. */
static void look_over(struct kam_ledger *ledger, const struct kam__tile *tile) {
    const int32_t n = tile->n;
    int64_t n_returns = 0, n_zero = 0;
    int32_t first = INT32_MAX, last = (int32_t)ledger->last_line;
    for (int32_t i = 0; i < n; i++) {
        n_returns += tile->amount[i] < 0;
        n_zero += tile->amount[i] == 0;
    }
    for (int32_t i = 0; i < n; i++) {
        const int32_t day = (int32_t)tile->day[i];
        first = day < first ? day : first;
        last = day > last ? day : last;
    }
    ledger->counts.n_returns += n_returns;
    ledger->counts.n_zero += n_zero;
    ledger->last_line = (uint32_t)last;
    if (n > 0 && (uint32_t)first - 1 < ledger->first_line - 1)
        ledger->first_line = (uint32_t)first;
}

/* Numbered lines add to the order of their number, not to that of their day. */
static uint64_t numbered_rows(const struct kam__tile *tile,
                              const kam_column *order) {
    uint64_t rows = 0;
    for (int32_t i = 0; order->values && i < tile->n; i++)
        if (is_numbered(order, tile->first + tile->row[i]))
            rows |= UINT64_C(1) << i;
    return rows;
}

/* The first return makes room for those of all accounts. */
static int use_returns(struct kam_ledger *ledger) {
    if (ledger->counts.n_returns == 0 || ledger->returns.size) return 0;
    ledger->returns.size = sizeof(kam_sum);
    return kam__ledger_reserve(ledger, 0);
}

static kam_status post_tile(struct kam_ledger *ledger, struct kam__tile *tile,
                            const void *columns) {
    const kam_lines *const lines = columns;
    double room[KAM__LEDGER_TILE];
    look_over(ledger, tile);
    tile->numbered = numbered_rows(tile, &lines->order);
    if (use_returns(ledger)) return KAM_ERR_MEMORY;
    kam_status status = post_lines(ledger, tile, !lines->cost.values);
    uint64_t over = 0;
    if (lines->cost.values)
        over |= post_cost(ledger, tile,
                          kam__gather(&lines->cost, tile->first, tile->n_read,
                                      room));
    else
        ledger->counts.n_missing_cost += tile->n;
    if (ledger->quarter.size) over |= post_quarters(ledger, tile);
    if (status == KAM_OK && over >> 63) status = KAM_ERR_OVERFLOW;
    if (status == KAM_OK && ledger->options.keep_values)
        status = kam__values_post(ledger, tile);
    return status == KAM_OK && lines->order.values
               ? kam__orders_post(ledger, tile, &lines->order)
               : status;
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
    } column[] = {{&lines->account, "lines.account", keys, 1},
                  {&lines->day, "lines.day", KAM__DAYS, 1},
                  {&lines->revenue, "lines.revenue", KAM__NUMBERS, 1},
                  {&lines->cost, "lines.cost", KAM__NUMBERS, 0},
                  {&lines->order, "lines.order", keys, 0}};
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
    kam_status status = kam__ledger_usable(ledger, diag);
    if (status == KAM_OK)
        status = kam__sized_read(&ours, sizeof ours, lines,
                                 KAM__FIRST(kam_lines), "lines", diag);
    if (status == KAM_OK) status = check_columns(&ours, diag);
    if (status != KAM_OK) return status;
    if (ours.n_rows == 0) return kam__ok(diag);
    status = check_kinds(ledger, &ours, diag);
    if (status != KAM_OK) return status;
    settle(ledger, &ours);
    const struct kam__walk walk = {
        &ours.account,       &ours.day, &ours.revenue, ours.n_rows,
        ledger->counts.line, post_tile, &ours};
    return kam__ledger_end(ledger, kam__ledger_walk(ledger, &walk), diag);
}
