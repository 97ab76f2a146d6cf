/* SPDX-License-Identifier: MIT */
/* From what a reader gathered to what is walked: every node is checked, trees are
 * laid out level by level, children side by side. */
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "churn/trees.h"

enum { MOST_NODES = 1 << 30 };
#define MOST_SUM 0x1p100

/* A node in its new place. */
struct place {
    const struct kam__raw_node *node;
    int32_t left; /* the place of its left child, -1: a leaf */
    int32_t depth;
    uint64_t path[4]; /* features above it, a bit each */
    double share, mean;
};

struct building {
    const struct kam__raw_trees *raw;
    struct place *place; /* shape (raw->n_nodes) */
    uint8_t *taken;      /* shape (raw->n_nodes) */
    int64_t n, n_splits;
    int32_t depth, path_features;
    double bound, base;
    int has_covers;
    kam_diag *diag;
};

static int64_t begin_of(const struct kam__raw_trees *raw, int64_t t) {
    return t < raw->n_trees
               ? *(const int64_t *)kam__array_at(&raw->tree, (uint64_t)t)
               : raw->n_nodes;
}

static int32_t category_at(const struct kam__raw_trees *raw, int64_t i) {
    return *(const int32_t *)kam__array_at(&raw->category, (uint64_t)i);
}

/* The sentence for what is wrong with a node, or NULL. */
static const char *fault_of(const struct kam__raw_trees *raw,
                            const struct kam__raw_node *node, int64_t n) {
    if (!(node->cover >= 0 && node->cover < INFINITY))
        return "tree {row} has a node whose count is {value}.";
    if (node->left == -1) {
        if (node->right != -1)
            return "tree {row} has a node with one child only.";
        return fabs(node->value) < MOST_SUM
                   ? NULL
                   : "tree {row} has a leaf that is not a possible number.";
    }
    if (node->left < 0 || node->left >= n || node->right < 0 ||
        node->right >= n)
        return "tree {row} has a child beyond its {value} nodes.";
    if (node->feature < 0 || node->feature >= raw->n_features)
        return "tree {row} asks for a feature that is not there.";
    if (!node->categorical)
        return node->threshold == node->threshold
                   ? NULL
                   : "tree {row} has a threshold that is no number.";
    if (node->n_categories < 0 || node->first_category < 0 ||
        node->first_category > raw->n_categories - node->n_categories)
        return "tree {row} has categories beyond those there are.";
    int32_t before = -1;
    for (int32_t i = 0; i < node->n_categories; i++) {
        const int32_t own = category_at(raw, node->first_category + i);
        if (own <= before) return "tree {row} has categories out of order.";
        before = own;
    }
    return NULL;
}

/* Puts the children of the node at `at` behind the last place. */
static const char *take_children(struct building *b, int64_t first,
                                 int64_t at) {
    struct place *const parent = &b->place[at];
    const struct kam__raw_node *const node = parent->node;
    const int32_t child[2] = {node->left, node->right};
    const struct kam__raw_node *both[2];
    for (int k = 0; k < 2; k++) {
        if (b->taken[first + child[k]])
            return "tree {row} reaches a node twice.";
        b->taken[first + child[k]] = 1;
        both[k] = kam__array_at(&b->raw->node, (uint64_t)(first + child[k]));
    }
    const double covers = both[0]->cover + both[1]->cover;
    parent->left = (int32_t)b->n;
    for (int k = 0; k < 2; k++) {
        struct place *const p = &b->place[b->n++];
        *p = (struct place){both[k], -1, parent->depth + 1, {0}, 0.5, 0};
        memcpy(p->path, parent->path, sizeof p->path);
        p->path[node->feature / 64] |= UINT64_C(1) << (node->feature % 64);
        if (covers > 0) p->share = both[k]->cover / covers;
    }
    b->n_splits += node->categorical;
    return NULL;
}

static int32_t count_path(const struct place *place) {
    int32_t n = 0;
    for (int k = 0; k < 4; k++)
        for (uint64_t left = place->path[k]; left; left &= left - 1) n++;
    return n;
}

/* Means from the leaves up, and the largest leaf. */
static void sum_up(struct building *b, int64_t from) {
    double largest = 0;
    for (int64_t at = b->n - 1; at >= from; at--) {
        struct place *const p = &b->place[at];
        p->mean = p->node->value;
        if (p->left >= 0) {
            const struct place *const l = &b->place[p->left];
            p->mean = l->share * l->mean + l[1].share * l[1].mean;
            continue;
        }
        if (fabs(p->mean) > largest) largest = fabs(p->mean);
        if (p->depth > b->depth) b->depth = p->depth;
        const int32_t features = count_path(p);
        if (features > b->path_features) b->path_features = features;
    }
    b->bound += largest;
    b->base += b->place[from].mean;
    const int32_t left = b->place[from].left;
    if (left >= 0 &&
        !(b->place[left].node->cover + b->place[left + 1].node->cover > 0))
        b->has_covers = 0;
}

static kam_status place_tree(struct building *b, int64_t t) {
    const int64_t first = begin_of(b->raw, t), from = b->n;
    const int64_t n = begin_of(b->raw, t + 1) - first;
    if (n <= 0)
        return kam__fail(b->diag, KAM_ERR_SHAPE, "trees", t, 0,
                         "tree {row} has no node.");
    b->place[b->n++] = (struct place){
        kam__array_at(&b->raw->node, (uint64_t)first), -1, 0, {0}, 1, 0};
    b->taken[first] = 1;
    for (int64_t at = from; at < b->n; at++) {
        const struct kam__raw_node *const node = b->place[at].node;
        const char *fault = fault_of(b->raw, node, n);
        if (!fault && node->left >= 0) fault = take_children(b, first, at);
        if (fault)
            return kam__fail(b->diag, KAM_ERR_SHAPE, "trees", t,
                             node->cover >= 0 ? (double)n : node->cover, fault);
    }
    sum_up(b, from);
    return KAM_OK;
}

static uint64_t carve(uint64_t *size, uint64_t n, uint64_t each) {
    const uint64_t at = *size;
    *size += (n * each + 63) / 64 * 64;
    return at;
}

/* One block for the model and all of its arrays. */
static kam_trees *lay_out(const struct building *b) {
    const struct kam__raw_trees *const raw = b->raw;
    const uint64_t n = (uint64_t)b->n, n_trees = (uint64_t)raw->n_trees;
    const uint64_t n_features = (uint64_t)raw->n_features;
    const uint64_t n_categories = (uint64_t)raw->n_categories;
    uint64_t size = 0;
    carve(&size, 1, sizeof(kam_trees));
    const uint64_t node = carve(&size, n, sizeof(struct kam__tree_node));
    const uint64_t fact = carve(&size, n, sizeof(struct kam__tree_fact));
    const uint64_t leaf = carve(&size, n, sizeof(double));
    const uint64_t root = carve(&size, n_trees + 1, sizeof(int64_t));
    const uint64_t mixed = carve(&size, n_trees, 1);
    const uint64_t split =
        carve(&size, (uint64_t)b->n_splits, sizeof(struct kam__tree_split));
    const uint64_t category = carve(&size, n_categories, sizeof(int32_t));
    const uint64_t name =
        carve(&size, (uint64_t)raw->n_name_bytes + n_features, 1);
    const uint64_t name_of = carve(&size, n_features, sizeof(char *));
    char *const block = kam__allocate_zero(&raw->host, size, 1);
    if (!block) return NULL;
    kam_trees *const trees = (kam_trees *)(void *)block;
    trees->block_size = size;
    trees->node = (void *)(block + node);
    trees->fact = (void *)(block + fact);
    trees->leaf = (void *)(block + leaf);
    trees->root = (void *)(block + root);
    trees->mixed = (void *)(block + mixed);
    trees->split = (void *)(block + split);
    trees->category = (void *)(block + category);
    trees->name = block + name;
    trees->name_of = (void *)(block + name_of);
    return trees;
}

static int32_t column_of(kam_trees *trees, int32_t feature, int32_t keeps_nan) {
    int32_t *const column = &trees->column_of[feature][keeps_nan];
    if (!*column) *column = trees->n_columns++;
    return *column;
}

static void fill_node(kam_trees *trees, const struct place *place, int64_t i) {
    const struct kam__raw_node *const node = place->node;
    struct kam__tree_node *const to = &trees->node[i];
    trees->fact[i] =
        (struct kam__tree_fact){node->value,
                                node->cover,
                                place->share,
                                node->feature,
                                node->missing_left,
                                node->first_category,
                                node->categorical ? node->n_categories : -1};
    if (place->left < 0) {
        *to = (struct kam__tree_node){INFINITY, (int32_t)i, 0};
        trees->fact[i].n_categories = -1;
        trees->leaf[i] = node->value;
        return;
    }
    to->threshold = node->threshold;
    to->left = place->left;
    to->column = column_of(trees, node->feature,
                           node->categorical || !node->missing_left);
    if (!node->categorical) return;
    trees->split[trees->n_splits] =
        (struct kam__tree_split){to->column, node->missing_left,
                                 node->first_category, node->n_categories};
    to->column = -1 - trees->n_splits++;
}

/* Names stand one after the other, each ended by NUL; what is missing is "". */
static void fill_names(kam_trees *trees, const struct kam__raw_trees *raw) {
    const char *at = trees->name;
    for (int64_t i = 0; i < raw->n_name_bytes; i++)
        trees->name[i] = *(const char *)kam__array_at(&raw->name, (uint64_t)i);
    const char *const end = trees->name + raw->n_name_bytes;
    for (int32_t f = 0; f < raw->n_features; f++) {
        trees->name_of[f] = at;
        if (at < end) at += strlen(at) + 1;
    }
}

/* From numbers of columns to where they begin. */
static void spread_columns(kam_trees *trees) {
    const int32_t most = KAM__TREES_ROOM / trees->n_columns;
    const int32_t even = most - most % KAM__TREES_ABREAST;
    trees->width = even < KAM__TILE ? even : KAM__TILE;
    for (int64_t i = 0; i < trees->n_nodes; i++)
        if (trees->node[i].column > 0) trees->node[i].column *= trees->width;
    for (int32_t i = 0; i < trees->n_splits; i++)
        trees->split[i].column *= trees->width;
    for (int32_t f = 0; f < trees->n_features; f++)
        for (int k = 0; k < 2; k++) trees->column_of[f][k] *= trees->width;
}

static void fill(kam_trees *trees, const struct building *b) {
    const struct kam__raw_trees *const raw = b->raw;
    int64_t place = 0;
    trees->host = raw->host;
    trees->source = raw->source;
    trees->link = raw->link;
    trees->n_features = raw->n_features;
    trees->slope = raw->slope;
    trees->start = raw->start;
    trees->n_rounds = raw->n_rounds;
    trees->best_round = raw->best_round;
    trees->n_nodes = b->n;
    trees->n_trees = raw->n_trees;
    trees->n_categories = raw->n_categories;
    trees->n_name_bytes = raw->n_name_bytes;
    trees->depth = b->depth;
    trees->path_features = b->path_features;
    trees->has_covers = b->has_covers;
    trees->base = b->has_covers ? raw->start + b->base : (double)NAN;
    trees->quantum = 0x1p-40;
    for (double most = 64; most < b->bound; most *= 2) trees->quantum *= 2;
    memcpy(trees->zero_is_missing, raw->zero_is_missing,
           sizeof trees->zero_is_missing);
    trees->n_columns = 1;
    for (int64_t t = 0; t < raw->n_trees; t++) {
        trees->root[t] = place;
        const int32_t before = trees->n_splits;
        do fill_node(trees, &b->place[place], place);
        while (++place < b->n && b->place[place].depth > 0);
        trees->mixed[t] = trees->n_splits > before;
    }
    trees->root[raw->n_trees] = b->n;
    spread_columns(trees);
    for (int64_t i = 0; i < raw->n_categories; i++)
        trees->category[i] = category_at(raw, i);
    fill_names(trees, raw);
}

static kam_status check_head(const struct kam__raw_trees *raw, kam_diag *diag) {
    if (raw->n_features > KAM_PANEL_MOST_COLUMNS)
        return kam__fail(diag, KAM_ERR_UNSUPPORTED, "trees.n_features", -1,
                         raw->n_features,
                         "{value} features are more than a panel can have.");
    if (raw->n_nodes > MOST_NODES || raw->n_categories > MOST_NODES)
        return kam__fail(diag, KAM_ERR_UNSUPPORTED, "trees", -1,
                         (double)raw->n_nodes, "{value} nodes are too many.");
    if (raw->source < KAM_TREES_XGBOOST || raw->source > KAM_TREES_LIGHTGBM ||
        raw->link < KAM_TREES_IDENTITY || raw->link > KAM_TREES_LOG ||
        raw->n_features < 0 || !(raw->slope > 0 && raw->slope < INFINITY) ||
        !(fabs(raw->start) < MOST_SUM) || raw->n_rounds < 0 ||
        raw->best_round < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "trees", -1, NAN,
                         "what is said of the whole model is not possible.");
    return KAM_OK;
}

static kam_status build(struct building *b, kam_trees **trees) {
    kam_status status = KAM_OK;
    for (int64_t t = 0; status == KAM_OK && t < b->raw->n_trees; t++)
        status = place_tree(b, t);
    if (status != KAM_OK) return status;
    if (!(b->bound < MOST_SUM))
        return kam__fail(b->diag, KAM_ERR_SHAPE, "trees", -1, b->bound,
                         "leaves add up to {value}.");
    *trees = lay_out(b);
    if (!*trees) return kam__no_memory(b->diag);
    fill(*trees, b);
    return KAM_OK;
}

kam_status kam__trees_build(const struct kam__raw_trees *raw, kam_trees **trees,
                            kam_diag *diag) {
    struct building b = {.raw = raw, .has_covers = 1, .diag = diag};
    const uint64_t n = (uint64_t)raw->n_nodes + 1;
    kam_status status = check_head(raw, diag);
    if (status != KAM_OK) return status;
    b.bound = fabs(raw->start);
    b.place = kam__allocate(&raw->host, n, sizeof *b.place);
    b.taken = kam__allocate_zero(&raw->host, n, 1);
    status = b.place && b.taken ? build(&b, trees) : kam__no_memory(diag);
    kam__release(&raw->host, b.place, n, sizeof *b.place);
    kam__release(&raw->host, b.taken, n, 1);
    return status;
}
