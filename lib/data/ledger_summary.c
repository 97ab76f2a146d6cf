/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/sized.h"
#include "data/ledger.h"

/* Cards lie where their accounts came first. So memory is asked for those of two
 * tiles ahead, and for the days of one ahead. */

static void find_cards(const struct kam_ledger *ledger, const int64_t *order,
                       int64_t row, struct kam__summed *summed) {
    const int64_t left = (int64_t)ledger->accounts.n - row;
    summed->row = row;
    summed->n = left < KAM__LEDGER_TILE ? (int32_t)left : KAM__LEDGER_TILE;
    for (int32_t i = 0; i < summed->n; i++) {
        summed->account[i] = (uint64_t)order[row + i];
        summed->card[i] = kam__card_at(ledger, summed->account[i]);
        KAM__PREFETCH(summed->card[i]);
    }
}

static void find_days(const struct kam__summed *summed) {
    for (int32_t i = 0; i < summed->n; i++)
        KAM__PREFETCH(kam__card_days_at(summed->card[i]));
}

static void sum_up(const struct kam_ledger *ledger,
                   struct kam__numbered *numbered, struct kam__summed *summed) {
    for (int32_t i = 0; i < summed->n; i++) {
        const struct kam__card *const card = summed->card[i];
        const struct kam__days_seen days = kam__card_days(card);
        summed->first[i] = days.first;
        summed->last[i] = days.last;
        summed->n_days[i] = (int32_t)days.n;
        summed->n_orders[i] = days.n;
        summed->value[i] = card->gross;
        summed->first_value[i] = card->first_value;
        if (!ledger->part.size)
            kam__sum_logs(ledger, numbered, 0, 0, summed, i);
    }
    if (ledger->part.size) kam__numbered_add(ledger, numbered, summed);
}

static kam_status write_rows(const struct kam_ledger *ledger,
                             const kam_summary *out, const int64_t *order,
                             struct kam__numbered *numbered) {
    const int64_t n = (int64_t)ledger->accounts.n;
    const int64_t n_tiles = (n + KAM__LEDGER_TILE - 1) / KAM__LEDGER_TILE;
    struct kam__summed summed[3];
    for (int64_t t = 0; t < n_tiles + 2; t++) {
        if (t < n_tiles)
            find_cards(ledger, order, t * KAM__LEDGER_TILE, &summed[t % 3]);
        if (t >= 1 && t < n_tiles + 1) find_days(&summed[(t - 1) % 3]);
        if (t < 2) continue;
        struct kam__summed *const now = &summed[(t - 2) % 3];
        const kam_status status = kam__ledger_progress(ledger, now->row, n);
        if (status != KAM_OK) return status;
        now->with_gaps = out->log_gaps != NULL;
        now->with_values = out->log_values != NULL;
        sum_up(ledger, numbered, now);
        kam__summed_write(ledger, out, now);
    }
    return KAM_OK;
}

static kam_status summarise(const struct kam_ledger *ledger,
                            const kam_summary *out) {
    const kam_host *const host = &ledger->host;
    const uint64_t n = ledger->accounts.n;
    struct kam__numbered numbered;
    int64_t *const order = kam__allocate(host, n, sizeof *order);
    kam_status status =
        order ? kam__ledger_sorted(ledger, order) : KAM_ERR_MEMORY;
    if (status == KAM_OK) status = kam__numbered_new(&numbered, ledger, order);
    if (status == KAM_OK) {
        status = write_rows(ledger, out, order, &numbered);
        kam__numbered_free(&numbered, host);
    }
    kam__release(host, order, n, sizeof *order);
    return status;
}

kam_status kam_ledger_summarise(const kam_ledger *ledger,
                                const kam_summary *out, kam_diag *diag) {
    kam_summary ours;
    kam_status status = kam__ledger_usable(ledger, diag);
    if (status == KAM_OK)
        status = kam__sized_read(&ours, sizeof ours, out,
                                 KAM__FIRST(kam_summary), "out", diag);
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
