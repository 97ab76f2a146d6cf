/* SPDX-License-Identifier: MIT */
/* What order numbers add to a summary. */
#include "base/memory.h"
#include "data/ledger.h"
#include "math/sort.h"

void kam__numbered_free(struct kam__numbered *numbered, const kam_host *host) {
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

static void numbered_fill(struct kam__numbered *numbered,
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
static int numbered_sort(struct kam__numbered *numbered,
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

kam_status kam__numbered_new(struct kam__numbered *numbered,
                             const struct kam_ledger *ledger,
                             const int64_t *order) {
    const kam_host *const host = &ledger->host;
    const uint64_t n = (uint64_t)ledger->n_numbered;
    const uint64_t n_accounts = ledger->accounts.n;
    const struct kam__numbered none = {0, 0, NULL, NULL, NULL};
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
    kam__numbered_free(numbered, host);
    return KAM_ERR_MEMORY;
}

/* One order more of account i; orders come by day. */
static void add_order(struct kam__summed *summed, int32_t i,
                      const struct kam__order *order) {
    uint64_t over = 0; /* they fit: the account's revenue did */
    if (!summed->first[i] || order->day < summed->first[i]) {
        summed->first[i] = order->day;
        summed->first_value[i] = order->value;
    } else if (order->day == summed->first[i]) {
        summed->first_value[i] =
            kam__exact_plus(summed->first_value[i], order->value, &over);
    }
    if (order->day > summed->last[i]) summed->last[i] = order->day;
    summed->value[i] = kam__exact_plus(summed->value[i], order->value, &over);
    summed->n_orders[i]++;
}

static void add_account(const struct kam_ledger *ledger,
                        struct kam__numbered *numbered,
                        struct kam__summed *summed, int32_t i) {
    const struct kam__order_part *const part =
        kam__array_at(&ledger->part, summed->account[i]);
    const int64_t from = numbered->at;
    uint32_t before = 0;
    summed->value[i] = part->day_value;
    for (; numbered->at < numbered->n; numbered->at++) {
        const int64_t row = numbered->row[numbered->at];
        if (numbered->key[row] >> KAM__DAY_BITS != summed->row + i) break;
        const struct kam__order *const order =
            kam__order_at(ledger, (uint64_t)numbered->index[row]);
        add_order(summed, i, order);
        summed->n_days[i] += order->day != before &&
                             !kam__card_has_day(summed->card[i], order->day);
        before = order->day;
    }
    kam__sum_logs(ledger, numbered, from, numbered->at, summed, i);
}

void kam__numbered_add(const struct kam_ledger *ledger,
                       struct kam__numbered *numbered,
                       struct kam__summed *summed) {
    for (int32_t i = 0; i < summed->n; i++)
        add_account(ledger, numbered, summed, i);
}
