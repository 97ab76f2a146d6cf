/* SPDX-License-Identifier: MIT */
/* Accounts under common control (P5; IFRS 8.34, ASC 280-10-50-42): a forest of
 * names, joined by union with path halving (Tarjan & van Leeuwen 1984). */
#include <kam/concentration.h>

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "data/keys.h"
#include "math/exact.h"
#include "math/extent.h"

/* Nodes are rows [0, n), then names n, n + 1, ... as they come. */
struct forest {
    const kam_host *host;
    const kam_column *key, *parent, *amount;
    int64_t n_rows;
    struct kam__keys names;
    int64_t *above;  /* shape (3 n_rows): the node above; itself: a root */
    int64_t *number; /* shape (3 n_rows): of the group of a root, or -1 */
    kam_sum *sum;    /* shape (n_rows), of a group's amounts, scaled */
    uint8_t *known;  /* shape (n_rows), whether any is */
};

static int64_t root_of(const struct forest *forest, int64_t node) {
    int64_t *const above = forest->above;
    while (above[node] != node) {
        above[node] = above[above[node]];
        node = above[node];
    }
    return node;
}

/* Joins a row to the name in a column, if there is one; 0, or 1 without memory. */
static int join(struct forest *forest, const kam_column *column, int64_t row) {
    if (!column || !kam__is_present(column, row)) return 0;
    uint64_t index;
    if (kam__keys_reserve(&forest->names, forest->host, 1)) return 1;
    if (KAM__TEXTS >> column->type & 1) {
        struct kam__span text;
        text.bytes = kam__text_at(column, row, &text.length);
        if (text.length == 0) return 0;
        if (kam__keys_text(&forest->names, forest->host, kam__hash_text(text),
                           text, &index))
            return 1;
    } else {
        const int64_t key = kam__integer_at(column, row);
        if (kam__keys_integer(&forest->names, forest->host,
                              kam__hash_integer(key), key, &index))
            return 1;
    }
    const int64_t name = root_of(forest, forest->n_rows + (int64_t)index);
    forest->above[root_of(forest, row)] = name;
    return 0;
}

static int64_t number_groups(struct forest *forest, int64_t *group) {
    int64_t n_groups = 0;
    for (int64_t i = 0; i < 3 * forest->n_rows; i++) forest->number[i] = -1;
    for (int64_t i = 0; i < forest->n_rows; i++) {
        int64_t *const number = &forest->number[root_of(forest, i)];
        if (*number < 0) *number = n_groups++;
        group[i] = *number;
    }
    return n_groups;
}

static void add_up(struct forest *forest, const struct kam__extent *extent,
                   const int64_t *group, int64_t n_groups,
                   double *group_amount) {
    const struct kam__scaling scaling =
        kam__scaling_of(extent->largest, KAM__SUM_BITS);
    for (int64_t i = 0; i < forest->n_rows; i++) {
        const double amount = kam__number_at(forest->amount, i);
        if (amount != amount) continue;
        const kam_sum term = kam__exact_of(amount * scaling.up);
        (void)kam__exact_add(&forest->sum[group[i]], term.low, term.high);
        forest->known[group[i]] = 1;
    }
    for (int64_t g = 0; g < n_groups; g++)
        group_amount[g] = forest->known[g]
                              ? kam_sum_value(&forest->sum[g]) * scaling.down
                              : (double)NAN;
}

static kam_status build(struct forest *forest, const struct kam__extent *extent,
                        int64_t *group, double *group_amount, int64_t *n_groups,
                        kam_diag *diag) {
    for (int64_t i = 0; i < 3 * forest->n_rows; i++) forest->above[i] = i;
    for (int64_t i = 0; i < forest->n_rows; i++)
        if (join(forest, forest->key, i) || join(forest, forest->parent, i))
            return kam__no_memory(diag);
    *n_groups = number_groups(forest, group);
    if (group_amount) add_up(forest, extent, group, *n_groups, group_amount);
    return kam__ok(diag);
}

static int is_text(const kam_column *column) {
    return column && column->values && (KAM__TEXTS >> column->type & 1);
}

static kam_status check(const struct forest *forest, const int64_t *group,
                        const double *group_amount, const int64_t *n_groups,
                        kam_diag *diag) {
    const int64_t n = forest->n_rows;
    const int32_t names = KAM__INTEGERS | KAM__TEXTS;
    if (n < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_rows", -1, (double)n,
                         "n_rows is {value}.");
    if (!group || !n_groups || (group_amount && !forest->amount))
        return kam__fail(diag, KAM_ERR_NULL,
                         !group      ? "group"
                         : !n_groups ? "n_groups"
                                     : "amount",
                         -1, (double)NAN, "");
    kam_status status =
        kam__column_check(forest->key, n, names, 0, "key", diag);
    if (status == KAM_OK)
        status = kam__column_check(forest->parent, n, names, 0, "parent", diag);
    if (status == KAM_OK)
        status = kam__column_check(forest->amount, n, KAM__NUMBERS, 0, "amount",
                                   diag);
    if (status != KAM_OK) return status;
    if (forest->key && forest->key->values && forest->parent &&
        forest->parent->values &&
        is_text(forest->key) != is_text(forest->parent))
        return kam__fail(diag, KAM_ERR_TYPE, "parent", -1, forest->parent->type,
                         "Of accounts and parents, one is a text and the other "
                         "an integer.");
    return KAM_OK;
}

kam_status kam_concentration_groups(const kam_column *key,
                                    const kam_column *parent,
                                    const kam_column *amount, int64_t n_rows,
                                    const kam_host *host, int64_t *group,
                                    double *group_amount, int64_t *n_groups,
                                    kam_diag *diag) {
    kam_host lent;
    struct kam__extent extent = {0, 0, -1, 0};
    struct forest forest = {.host = &lent,
                            .key = key,
                            .parent = parent,
                            .amount = amount,
                            .n_rows = n_rows};
    kam_status status = check(&forest, group, group_amount, n_groups, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    if (group_amount) kam__extent_of(amount, n_rows, &extent);
    if (extent.first_infinite >= 0)
        return kam__fail(diag, KAM_ERR_OVERFLOW, "amount",
                         extent.first_infinite,
                         kam__number_at(amount, extent.first_infinite),
                         "Row {row}'s amount is {value}.");
    const uint64_t n = n_rows > 0 ? (uint64_t)n_rows : 1;
    forest.names.kind =
        is_text(key) || is_text(parent) ? KAM__KEYS_TEXT : KAM__KEYS_INTEGER;
    forest.names.item.size = sizeof(union kam__key);
    forest.above = kam__allocate(&lent, 3 * n, sizeof *forest.above);
    forest.number = kam__allocate(&lent, 3 * n, sizeof *forest.number);
    forest.sum = kam__allocate_zero(&lent, n, sizeof *forest.sum);
    forest.known = kam__allocate_zero(&lent, n, sizeof *forest.known);
    status = forest.above && forest.number && forest.sum && forest.known
                 ? build(&forest, &extent, group, group_amount, n_groups, diag)
                 : kam__no_memory(diag);
    kam__release(&lent, forest.known, n, sizeof *forest.known);
    kam__release(&lent, forest.sum, n, sizeof *forest.sum);
    kam__release(&lent, forest.number, 3 * n, sizeof *forest.number);
    kam__release(&lent, forest.above, 3 * n, sizeof *forest.above);
    kam__keys_free(&forest.names, &lent);
    return status;
}
