/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/sized.h"
#include "data/ledger.h"
#include "math/sort.h"

/* Numbered orders that count, by account in the order of the summary, then by
 * day. */
struct numbered {
    int64_t n;
    int64_t at;     /* the next one */
    int64_t *key;   /* rank of the account << 22 | day, shape (n) */
    int64_t *row;   /* of `key`, in ascending order, shape (n) */
    int64_t *index; /* of the order, shape (n) */
};

static void numbered_free(struct numbered *numbered, const kam_host *host) {
    const uint64_t n = (uint64_t)numbered->n;
    kam__release(host, numbered->key, n, sizeof *numbered->key);
    kam__release(host, numbered->row, n, sizeof *numbered->row);
    kam__release(host, numbered->index, n, sizeof *numbered->index);
}

static int counts(const struct kam_ledger *ledger,
                  const struct kam__order *order) {
    const int zero = order->value.high == 0 && order->value.low == 0;
    return order->value.high >= 0 && (!zero || ledger->options.zero_is_order);
}

static void numbered_fill(struct numbered *numbered,
                          const struct kam_ledger *ledger,
                          const int64_t *rank) {
    int64_t k = 0;
    for (uint64_t i = 0; i < ledger->orders.n; i++) {
        const struct kam__order *const order = kam__order_at(ledger, i);
        const uint64_t pair = (uint64_t)order->key.integer;
        if (!counts(ledger, order)) continue;
        numbered->key[k] =
            (int64_t)((uint64_t)rank[pair >> 32] << KAM__DAY_BITS | order->day);
        numbered->index[k++] = (int64_t)i;
    }
}

/* `scratch` for the sort and for the ranks in turn. */
static int numbered_sort(struct numbered *numbered,
                         const struct kam_ledger *ledger, const int64_t *order,
                         int64_t *rank, int64_t *scratch) {
    if (!numbered->key || !numbered->row || !numbered->index || !rank ||
        !scratch)
        return 1;
    for (uint64_t i = 0; i < ledger->accounts.n; i++)
        rank[order[i]] = (int64_t)i;
    numbered_fill(numbered, ledger, rank);
    kam__sort_by_integer(numbered->key, numbered->n, numbered->row, scratch);
    return 0;
}

static kam_status numbered_new(struct numbered *numbered,
                               const struct kam_ledger *ledger,
                               const int64_t *order) {
    const kam_host *const host = &ledger->host;
    const uint64_t n = (uint64_t)ledger->n_numbered;
    const uint64_t n_accounts = ledger->accounts.n;
    const struct numbered none = {0, 0, NULL, NULL, NULL};
    *numbered = none;
    if (n == 0) return KAM_OK;
    numbered->n = (int64_t)n;
    numbered->key = kam__allocate(host, n, sizeof *numbered->key);
    numbered->row = kam__allocate(host, n, sizeof *numbered->row);
    numbered->index = kam__allocate(host, n, sizeof *numbered->index);
    int64_t *const rank = kam__allocate(host, n_accounts, sizeof *rank);
    int64_t *const scratch = kam__allocate(host, n, sizeof *scratch);
    const int failed = numbered_sort(numbered, ledger, order, rank, scratch);
    kam__release(host, scratch, n, sizeof *scratch);
    kam__release(host, rank, n_accounts, sizeof *rank);
    if (!failed) return KAM_OK;
    numbered_free(numbered, host);
    return KAM_ERR_MEMORY;
}

static const double unknown = (double)NAN;

/* The orders of one account. */
struct orders {
    uint32_t first; /* 0: never ordered */
    uint32_t last;
    int64_t n;
    int64_t n_days;
    kam_sum value;
    kam_sum first_value;
};

static void add_numbered(struct orders *orders, const struct kam_ledger *ledger,
                         const struct kam__card *card,
                         struct numbered *numbered, int64_t rank) {
    uint32_t before = 0;
    for (; numbered->at < numbered->n; numbered->at++) {
        const int64_t row = numbered->row[numbered->at];
        if (numbered->key[row] >> KAM__DAY_BITS != rank) return;
        const struct kam__order *const order =
            kam__order_at(ledger, (uint64_t)numbered->index[row]);
        const uint32_t day = order->day;
        const kam_sum value = order->value;
        if (!orders->first || day < orders->first) {
            orders->first = day;
            orders->first_value = value;
        } else if (day == orders->first) {
            kam__exact_add(&orders->first_value, value.low, value.high);
        }
        if (day > orders->last) orders->last = day;
        kam__exact_add(&orders->value, value.low, value.high);
        orders->n++;
        orders->n_days += day != before && !kam__card_has_day(card, day);
        before = day;
    }
}

static struct orders orders_of(const struct kam_ledger *ledger,
                               uint64_t account, const struct kam__card *card,
                               struct numbered *numbered, int64_t rank) {
    const struct kam__days_seen days = kam__card_days(card);
    struct orders orders = {days.first, days.last,   days.n,
                            days.n,     card->gross, card->first_value};
    if (!ledger->part.size) return orders;
    const struct kam__order_part *const part =
        kam__array_at(&ledger->part, account);
    orders.value = part->day_value;
    add_numbered(&orders, ledger, card, numbered, rank);
    return orders;
}

static void put(double *to, int64_t row, double value) {
    if (to) to[row] = value;
}

static void write_orders(const struct kam_ledger *ledger,
                         const kam_summary *out, int64_t row,
                         const struct orders *orders) {
    const double period = ledger->options.period_days;
    const int never = orders->first == 0;
    const int64_t repeat = orders->n_days - 1;
    kam_sum value = orders->value;
    const kam_sum first = kam__exact_negative(orders->first_value);
    kam__exact_add(&value, first.low, first.high);
    if (out->first_day) out->first_day[row] = kam__day_outside(orders->first);
    if (out->last_day) out->last_day[row] = kam__day_outside(orders->last);
    if (out->row_flags) out->row_flags[row] = never ? KAM_ROW_MISSING : 0;
    put(out->orders, row, (double)orders->n);
    put(out->repeat_orders, row, never ? unknown : (double)repeat);
    put(out->last_order_periods, row,
        never ? unknown : (double)(orders->last - orders->first) / period);
    put(out->age_periods, row,
        never ? unknown : (double)(ledger->as_of - orders->first) / period);
    put(out->mean_order_value, row,
        never        ? unknown
        : repeat > 0 ? kam__exact_value(value) / (double)repeat
                     : 0);
}

/* Sum number i of an account in a side array; 0 in one that is not in use. */
static double side(const struct kam__array *array, uint64_t account,
                   int32_t i) {
    if (!array->size) return 0;
    const kam_sum *const sum = kam__array_at(array, account);
    return kam__exact_value(sum[i]);
}

static void write_money(const struct kam_ledger *ledger, const kam_summary *out,
                        int64_t row, uint64_t account,
                        const struct kam__card *card) {
    const uint64_t flags = card->days;
    const int32_t n_quarters = ledger->options.n_quarters;
    if (out->gross_revenue)
        out->gross_revenue[row] = kam__exact_value(card->gross);
    if (out->returns) out->returns[row] = side(&ledger->returns, account, 0);
    if (out->direct_cost)
        out->direct_cost[row] = flags & KAM__CARD_NO_COST
                                    ? unknown
                                    : side(&ledger->cost, account, 0);
    if (out->service_cost)
        out->service_cost[row] = ledger->counts.activity[KAM__USED]
                                     ? side(&ledger->service, account, 0)
                                     : unknown;
    if (out->window_revenue)
        out->window_revenue[row] = kam__exact_value(card->window);
    if (out->window_cost)
        out->window_cost[row] = flags & KAM__CARD_NO_WINDOW_COST
                                    ? unknown
                                    : side(&ledger->cost, account, 1);
    for (int32_t q = 0; out->quarter_revenue && q < n_quarters; q++)
        out->quarter_revenue[row * n_quarters + q] =
            side(&ledger->quarter, account, q);
}

/* Rows [first, first + n), n <= KAM__TILE. Cards lie where their accounts came
 * first, so all of them are touched before any is read. */
static void write_tile(const struct kam_ledger *ledger, const kam_summary *out,
                       const int64_t *order, struct numbered *numbered,
                       int64_t first, int64_t n) {
    const struct kam__card *card[KAM__TILE];
    for (int64_t i = 0; i < n; i++) {
        card[i] = kam__card_at(ledger, (uint64_t)order[first + i]);
        KAM__PREFETCH(card[i]);
    }
    for (int64_t i = 0; i < n; i++)
        KAM__PREFETCH(kam__card_has_block(card[i]) ? kam__card_block(card[i])
                                                   : (const void *)card[i]);
    for (int64_t i = 0; i < n; i++) {
        const int64_t row = first + i;
        const uint64_t account = (uint64_t)order[row];
        const struct orders orders =
            orders_of(ledger, account, card[i], numbered, row);
        if (out->key) out->key[row] = card[i]->key.integer;
        write_orders(ledger, out, row, &orders);
        write_money(ledger, out, row, account, card[i]);
    }
}

static kam_status write_rows(const struct kam_ledger *ledger,
                             const kam_summary *out, const int64_t *order,
                             struct numbered *numbered) {
    const int64_t n = (int64_t)ledger->accounts.n;
    for (int64_t first = 0; first < n; first += KAM__TILE) {
        const int64_t left = n - first;
        const kam_status status = kam__ledger_progress(ledger, first, n);
        if (status != KAM_OK) return status;
        write_tile(ledger, out, order, numbered, first,
                   left < KAM__TILE ? left : KAM__TILE);
    }
    return KAM_OK;
}

static kam_status summarise(const struct kam_ledger *ledger,
                            const kam_summary *out) {
    const kam_host *const host = &ledger->host;
    const uint64_t n = ledger->accounts.n;
    struct numbered numbered;
    int64_t *const order = kam__allocate(host, n, sizeof *order);
    kam_status status =
        order ? kam__ledger_sorted(ledger, order) : KAM_ERR_MEMORY;
    if (status == KAM_OK) status = numbered_new(&numbered, ledger, order);
    if (status == KAM_OK) {
        status = write_rows(ledger, out, order, &numbered);
        numbered_free(&numbered, host);
    }
    kam__release(host, order, n, sizeof *order);
    return status;
}

kam_status kam_ledger_summarise(const kam_ledger *ledger,
                                const kam_summary *out, kam_diag *diag) {
    kam_summary ours;
    kam_status status = kam__ledger_usable(ledger, diag);
    if (status == KAM_OK)
        status =
            kam__sized_read(&ours, sizeof ours, out, sizeof ours, "out", diag);
    if (status != KAM_OK) return status;
    if (ours.reserved != 0)
        return kam__fail(diag, KAM_ERR_NEWER, "out.reserved", -1, ours.reserved,
                         "reserved is {value}, not 0.");
    if (ours.key && ledger->accounts.kind == KAM__KEYS_TEXT)
        return kam__fail(diag, KAM_ERR_TYPE, "out.key", -1, NAN,
                         "the accounts are texts: ask kam_ledger_keys.");
    if (ledger->accounts.n > 0) status = summarise(ledger, &ours);
    return status == KAM_OK ? kam__ok(diag)
                            : kam__fail(diag, status, "host", -1, NAN, "");
}
