/* SPDX-License-Identifier: MIT */
/* Models of others: what their readers gather. */
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "churn/trees.h"

void kam__raw_trees_init(struct kam__raw_trees *raw, const kam_host *host) {
    memset(raw, 0, sizeof *raw);
    raw->host = *host;
    raw->slope = 1;
    raw->node.size = sizeof(struct kam__raw_node);
    raw->tree.size = sizeof(int64_t);
    raw->category.size = sizeof(int32_t);
    raw->name.size = 1;
}

void kam__raw_trees_free(struct kam__raw_trees *raw) {
    kam__array_free(&raw->node, &raw->host);
    kam__array_free(&raw->tree, &raw->host);
    kam__array_free(&raw->category, &raw->host);
    kam__array_free(&raw->name, &raw->host);
}

int kam__raw_trees_add(struct kam__raw_trees *raw, int64_t n_nodes) {
    const uint64_t n = (uint64_t)(raw->n_nodes + n_nodes);
    if (kam__array_reserve(&raw->node, &raw->host, n) ||
        kam__array_reserve(&raw->tree, &raw->host, (uint64_t)raw->n_trees + 1))
        return 1;
    *(int64_t *)kam__array_at(&raw->tree, (uint64_t)raw->n_trees++) =
        raw->n_nodes;
    raw->n_nodes += n_nodes;
    return 0;
}

int kam__raw_trees_add_category(struct kam__raw_trees *raw, int32_t category) {
    const uint64_t n = (uint64_t)raw->n_categories;
    if (kam__array_reserve(&raw->category, &raw->host, n + 1)) return 1;
    *(int32_t *)kam__array_at(&raw->category, n) = category;
    raw->n_categories++;
    return 0;
}

int kam__raw_trees_add_name(struct kam__raw_trees *raw, const char *bytes,
                            uint64_t n) {
    const uint64_t from = (uint64_t)raw->n_name_bytes;
    if (kam__array_reserve(&raw->name, &raw->host, from + n)) return 1;
    for (uint64_t i = 0; i < n; i++)
        *(char *)kam__array_at(&raw->name, from + i) = bytes[i];
    raw->n_name_bytes += (int64_t)n;
    return 0;
}

struct kam__raw_node *kam__raw_trees_node(const struct kam__raw_trees *raw,
                                          int64_t i) {
    const int64_t *const first =
        kam__array_at(&raw->tree, (uint64_t)raw->n_trees - 1);
    return kam__array_at(&raw->node, (uint64_t)(*first + i));
}

typedef kam_status (*read_work)(struct kam__raw_trees *raw, const char *bytes,
                                uint64_t size, int32_t rounds, kam_diag *diag);

static kam_status read_with(read_work work, const char *bytes, uint64_t size,
                            int32_t rounds, const kam_host *host,
                            kam_trees **trees, kam_diag *diag) {
    struct kam__raw_trees raw;
    kam_host lent;
    if (!trees) return kam__fail(diag, KAM_ERR_NULL, "trees", -1, NAN, "");
    *trees = NULL;
    if (!bytes) return kam__fail(diag, KAM_ERR_NULL, "bytes", -1, NAN, "");
    if (rounds < KAM_TREES_BEST)
        return kam__fail(diag, KAM_ERR_OPTION, "rounds", -1, rounds,
                         "{value} rounds cannot be taken.");
    kam_status status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    kam__raw_trees_init(&raw, &lent);
    status = work(&raw, bytes, size, rounds, diag);
    if (status == KAM_OK) status = kam__trees_build(&raw, trees, diag);
    kam__raw_trees_free(&raw);
    return status == KAM_OK ? kam__ok(diag) : status;
}

kam_status kam_trees_from_xgboost(const char *json, uint64_t size,
                                  int32_t rounds, const kam_host *host,
                                  kam_trees **trees, kam_diag *diag) {
    return read_with(kam__trees_read_xgboost, json, size, rounds, host, trees,
                     diag);
}

kam_status kam_trees_from_lightgbm(const char *text, uint64_t size,
                                   int32_t rounds, const kam_host *host,
                                   kam_trees **trees, kam_diag *diag) {
    return read_with(kam__trees_read_lightgbm, text, size, rounds, host, trees,
                     diag);
}
