/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "data/ledger.h"
#include "math/sort.h"

static int compare_texts(const void *context, int64_t a, int64_t b) {
    const struct kam__word *const x = kam__key_at(context, (uint64_t)a)->word;
    const struct kam__word *const y = kam__key_at(context, (uint64_t)b)->word;
    const int64_t shorter = x->length < y->length ? x->length : y->length;
    const int by_bytes = memcmp(x->bytes, y->bytes, (size_t)shorter);
    return by_bytes ? by_bytes
                    : (x->length > y->length) - (x->length < y->length);
}

/* How many bytes all keys begin with: "CUSTOMER-" tells nothing. */
static int64_t common_bytes(const struct kam__keys *keys) {
    const struct kam__word *const first = kam__key_at(keys, 0)->word;
    int64_t common = first->length;
    for (uint64_t i = 1; i < keys->n; i++) {
        const struct kam__word *const key = kam__key_at(keys, i)->word;
        int64_t same = 0;
        if (key->length < common) common = key->length;
        if (memcmp(key->bytes, first->bytes, (size_t)common) == 0) continue;
        while (key->bytes[same] == first->bytes[same]) same++;
        common = same;
    }
    return common;
}

/* Eight bytes after the first `skip`, as a number of the same order. */
static int64_t bytes_as_number(const struct kam__word *key, int64_t skip) {
    uint64_t number = 0;
    for (int64_t i = skip; i < skip + 8; i++)
        number = number << 8 | (i < key->length ? (uint8_t)key->bytes[i] : 0);
    return (int64_t)(number ^ UINT64_C(1) << 63);
}

/* By eight bytes first, and by all of them where those are equal. */
static void sort_texts(const struct kam__keys *keys, int64_t *key,
                       int64_t *order, int64_t *scratch) {
    const int64_t n = (int64_t)keys->n;
    const int64_t skip = common_bytes(keys);
    for (int64_t i = 0; i < n; i++)
        key[i] = bytes_as_number(kam__key_at(keys, (uint64_t)i)->word, skip);
    kam__sort_by_integer(key, n, order, scratch);
    for (int64_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && key[order[to]] == key[order[from]];) to++;
        kam__sort_by(compare_texts, keys, to - from, order + from, scratch);
    }
}

/* Numbers in the order of their keys stand in the table. */
static void sort_direct(const struct kam__keys *keys, int64_t *order) {
    int64_t n = 0;
    for (uint64_t i = 0; i < keys->span; i++)
        if (keys->direct[i]) order[n++] = (int64_t)keys->direct[i] - 1;
}

/* All keys fit 32 bits above the least. */
static void sort_near(const struct kam__keys *keys, uint64_t *order,
                      uint64_t *scratch) {
    for (uint64_t i = 0; i < keys->n; i++) {
        const uint64_t above =
            (uint64_t)kam__key_at(keys, i)->integer - (uint64_t)keys->least;
        order[i] = above << 32 | i;
    }
    kam__sort_words(order, (int64_t)keys->n, scratch);
    for (uint64_t i = 0; i < keys->n; i++) order[i] &= UINT32_MAX;
}

static void sort_integers(const struct kam__keys *keys, int64_t *key,
                          int64_t *order, int64_t *scratch) {
    for (uint64_t i = 0; i < keys->n; i++)
        key[i] = kam__key_at(keys, i)->integer;
    kam__sort_by_integer(key, (int64_t)keys->n, order, scratch);
}

kam_status kam__ledger_sorted(const struct kam_ledger *ledger, int64_t *order) {
    const struct kam__keys *const keys = &ledger->accounts;
    const kam_host *const host = &ledger->host;
    const uint64_t n = keys->n;
    const int is_text = keys->kind == KAM__KEYS_TEXT;
    const int near =
        !is_text && (uint64_t)keys->most - (uint64_t)keys->least <= UINT32_MAX;
    if (keys->direct) {
        sort_direct(keys, order);
        return KAM_OK;
    }
    int64_t *const scratch = kam__allocate(host, n, sizeof *scratch);
    int64_t *const key =
        scratch && !near ? kam__allocate(host, n, sizeof *key) : NULL;
    const int has_memory = scratch && (near || key);
    if (has_memory && near)
        sort_near(keys, (uint64_t *)order, (uint64_t *)scratch);
    else if (has_memory && is_text)
        sort_texts(keys, key, order, scratch);
    else if (has_memory)
        sort_integers(keys, key, order, scratch);
    kam__release(host, key, n, sizeof *key);
    kam__release(host, scratch, n, sizeof *scratch);
    return has_memory ? KAM_OK : KAM_ERR_MEMORY;
}

kam_status kam_ledger_keys(const kam_ledger *ledger, const char **text,
                           int64_t *length, kam_diag *diag) {
    kam_status status = kam__ledger_usable(ledger, diag);
    if (status != KAM_OK) return status;
    if (ledger->accounts.kind == KAM__KEYS_INTEGER)
        return kam__fail(diag, KAM_ERR_TYPE, "ledger", -1, NAN,
                         "the accounts of this ledger are numbers.");
    const uint64_t n = ledger->accounts.n;
    if (n == 0) return kam__ok(diag);
    if (!text || !length)
        return kam__fail(diag, KAM_ERR_NULL, text ? "length" : "text", -1, NAN,
                         "");
    int64_t *const order = kam__allocate(&ledger->host, n, sizeof *order);
    status = order ? kam__ledger_sorted(ledger, order) : KAM_ERR_MEMORY;
    for (uint64_t i = 0; i < n && status == KAM_OK; i++) {
        const struct kam__word *const key =
            kam__key_at(&ledger->accounts, (uint64_t)order[i])->word;
        text[i] = key->bytes;
        length[i] = key->length;
    }
    kam__release(&ledger->host, order, n, sizeof *order);
    return status == KAM_OK ? kam__ok(diag) : kam__no_memory(diag);
}
