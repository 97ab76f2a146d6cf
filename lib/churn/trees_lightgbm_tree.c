/* SPDX-License-Identifier: MIT */
/* One tree of a model that LightGBM saved as text. What its lines mean:
 * LightGBM's include/LightGBM/tree.h. */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/memory.h"
#include "churn/trees_lightgbm.h"

/* Of a set: categories are int32_t, 32 a word. */
enum { MOST_WORDS = 1 << 26 };

/* The lines of a tree. */
enum {
    LEAVES,
    N_SETS,
    FEATURE,
    THRESHOLD,
    DECISION,
    LEFT,
    RIGHT,
    VALUE,
    LEAF_COUNT,
    COUNT,
    BOUNDARIES,
    SETS,
    LINEAR,
    N_KEYS
};
static const char *const keys[N_KEYS] = {"num_leaves",     "num_cat",
                                         "split_feature",  "threshold",
                                         "decision_type",  "left_child",
                                         "right_child",    "leaf_value",
                                         "leaf_count",     "internal_count",
                                         "cat_boundaries", "cat_threshold",
                                         "is_linear"};
static const char *const ignored[] = {"split_gain", "leaf_weight",
                                      "internal_value", "internal_weight",
                                      "shrinkage",
                                      /* of linear leaves: refused whole */
                                      "leaf_const", "num_features",
                                      "leaf_features", "leaf_coeff"};

/* ---- a tree ---- */

/* Lines with a number a node, or a leaf, and where it goes. */
static const struct member {
    int32_t key, of_leaves, whole;
    size_t offset;
    double least, most;
} members[] = {
    {FEATURE, 0, 1, offsetof(struct kam__raw_node, feature), 0, 254},
    {THRESHOLD, 0, 0, offsetof(struct kam__raw_node, threshold),
     -(double)INFINITY, (double)INFINITY},
    {DECISION, 0, 1, offsetof(struct kam__raw_node, missing_left), 0, 11},
    {LEFT, 0, 1, offsetof(struct kam__raw_node, left), INT32_MIN, INT32_MAX},
    {RIGHT, 0, 1, offsetof(struct kam__raw_node, right), INT32_MIN, INT32_MAX},
    {COUNT, 0, 0, offsetof(struct kam__raw_node, cover), 0, 1e15},
    {VALUE, 1, 0, offsetof(struct kam__raw_node, value), -1e300, 1e300},
    {LEAF_COUNT, 1, 0, offsetof(struct kam__raw_node, cover), 0, 1e15},
};

static kam_status read_member(const struct kam__lightgbm *r,
                              const struct kam__span *line,
                              const struct member *member, int64_t n_leaves) {
    const char *const name = keys[member->key];
    const int optional = member->key == COUNT || member->key == LEAF_COUNT;
    const int64_t first = member->of_leaves ? n_leaves - 1 : 0;
    const int64_t n = member->of_leaves ? n_leaves : n_leaves - 1;
    struct kam__span rest = line[member->key], word;
    if (!rest.from && (optional || n == 0)) return KAM_OK;
    int64_t i = 0;
    for (; kam__lines_word(&r->lines, &rest, &word); i++) {
        double x;
        if (i == n && n == 0) return KAM_OK; /* a tree of one leaf */
        if (i == n || !kam__lines_number(&r->lines, word, &x) ||
            !(x >= member->least && x <= member->most) ||
            (member->whole && x != floor(x)))
            return kam__lines_wrong(
                &r->lines, word.from, name,
                "at byte {row} there is no possible number.");
        char *const to =
            (char *)kam__raw_trees_node(r->raw, first + i) + member->offset;
        const int32_t whole = member->whole ? (int32_t)x : 0;
        memcpy(to, member->whole ? (const void *)&whole : (const void *)&x,
               member->whole ? sizeof whole : sizeof x);
    }
    return i == n || (optional && n == 1)
               ? KAM_OK
               : kam__lines_wrong(&r->lines, rest.to, name,
                                  "the line ends at byte {row} too soon.");
}

static int32_t set_at(const struct kam__lightgbm *r, int64_t i) {
    return *(const int32_t *)kam__array_at(&r->set, (uint64_t)i);
}

static kam_status add_word(const struct kam__lightgbm *r, struct kam__span word,
                           int64_t position) {
    int64_t bits;
    const kam_status status =
        kam__lines_whole(&r->lines, word, keys[SETS], 0, 0xFFFFFFFFU, &bits);
    if (status != KAM_OK) return status;
    for (int32_t b = 0; b < 32; b++)
        if (bits >> b & 1 &&
            kam__raw_trees_add_category(r->raw, (int32_t)(32 * position) + b))
            return kam__no_memory(r->lines.diag);
    return KAM_OK;
}

/* Sets of categories as bits; set i has words [boundary i, boundary i + 1). */
static kam_status read_sets(struct kam__lightgbm *r,
                            const struct kam__span *line, int64_t n_sets) {
    struct kam__span bounds = line[BOUNDARIES], words = line[SETS], word;
    int64_t from = 0, to;
    if (n_sets == 0) return KAM_OK;
    if (!bounds.from || !words.from)
        return kam__lines_wrong(&r->lines, line[N_SETS].from, keys[N_SETS],
                                "num_cat at byte {row} has no sets.");
    for (int64_t i = 0; i <= n_sets; i++) {
        kam__lines_word(&r->lines, &bounds, &word);
        kam_status status =
            kam__lines_whole(&r->lines, word, keys[BOUNDARIES], (double)from,
                             i ? INT32_MAX : 0, &to);
        if (status != KAM_OK) return status;
        if (to - from > MOST_WORDS)
            return kam__lines_unsupported(
                &r->lines, word.from, keys[BOUNDARIES],
                "the set that ends at byte {row} has too large a category.");
        for (int64_t k = 0; k < to - from; k++) {
            kam__lines_word(&r->lines, &words, &word);
            status = add_word(r, word, k);
            if (status != KAM_OK) return status;
        }
        if (kam__array_reserve(&r->set, &r->raw->host, (uint64_t)i + 1))
            return kam__no_memory(r->lines.diag);
        *(int32_t *)kam__array_at(&r->set, (uint64_t)i) =
            (int32_t)r->raw->n_categories;
        from = to;
    }
    return KAM_OK;
}

/* Turns a node's decision_type into what we walk: bit 0 categorical, 1 missing
 * goes left, 2 and 3 what is missing: nothing, zero or NaN. */
static kam_status turn(struct kam__lightgbm *r, const struct kam__span *line,
                       struct kam__raw_node *node, int64_t n_sets) {
    const int32_t type = node->missing_left, what = type >> 2;
    const int zero = !(type & 1) && what == 1;
    node->missing_left = type >> 1 & 1;
    r->zero[node->feature] |= zero ? 1 : 2;
    if (r->zero[node->feature] == 3)
        return kam__lines_unsupported(
            &r->lines, line[DECISION].from, "zero_as_missing",
            "zero is missing for a feature in some of its nodes "
            "only.");
    if (zero) r->raw->zero_is_missing[node->feature] = 1;
    if (!(type & 1)) { /* where nothing is missing, NaN counts as 0 */
        if (what == 0) node->missing_left = 0 <= node->threshold;
        return KAM_OK;
    }
    if (!(node->threshold >= 0 && node->threshold < (double)n_sets))
        return kam__lines_wrong(
            &r->lines, line[THRESHOLD].from, keys[THRESHOLD],
            "the line at byte {row} names a set that is not there.");
    const int64_t set = (int64_t)node->threshold;
    node->categorical = 1;
    node->missing_left = 0;
    node->threshold = 0;
    node->first_category = set_at(r, set);
    node->n_categories = set_at(r, set + 1) - set_at(r, set);
    return KAM_OK;
}

/* Children below 0 are leaves: -1 the first. */
static int32_t place_of(int32_t child, int64_t n_leaves) {
    if (child >= 0) return child < n_leaves - 1 ? child : INT32_MAX;
    const int64_t leaf = -1 - (int64_t)child;
    return leaf < n_leaves ? (int32_t)(n_leaves - 1 + leaf) : INT32_MAX;
}

static kam_status read_tree(struct kam__lightgbm *r,
                            const struct kam__span *line, uint64_t begin) {
    int64_t n_leaves, n_sets = 0, linear = 0, n = 0;
    struct kam__span rest = line[VALUE], word;
    kam_status status = kam__lines_whole(&r->lines, line[LEAVES], keys[LEAVES],
                                         1, 1 << 29, &n_leaves);
    if (status == KAM_OK && line[N_SETS].from)
        status = kam__lines_whole(&r->lines, line[N_SETS], keys[N_SETS], 0,
                                  1 << 29, &n_sets);
    if (status == KAM_OK && line[LINEAR].from)
        status = kam__lines_whole(&r->lines, line[LINEAR], keys[LINEAR], 0, 1,
                                  &linear);
    if (status != KAM_OK) return status;
    if (linear)
        return kam__lines_unsupported(
            &r->lines, line[LINEAR].from, "is_linear",
            "the tree at byte {row} has linear leaves, which are "
            "not supported.");
    while (rest.from && kam__lines_word(&r->lines, &rest, &word)) n++;
    if (n != n_leaves)
        return kam__lines_wrong(
            &r->lines, begin, keys[VALUE],
            "the tree at byte {row} has not one value a leaf.");
    if (kam__raw_trees_add(r->raw, 2 * n_leaves - 1))
        return kam__no_memory(r->lines.diag);
    status = read_sets(r, line, n_sets);
    for (size_t k = 0; status == KAM_OK && k < sizeof members / sizeof *members;
         k++)
        status = read_member(r, line, &members[k], n_leaves);
    for (int64_t i = 0; status == KAM_OK && i < n_leaves - 1; i++) {
        struct kam__raw_node *const node = kam__raw_trees_node(r->raw, i);
        node->left = place_of(node->left, n_leaves);
        node->right = place_of(node->right, n_leaves);
        status = turn(r, line, node, n_sets);
    }
    for (int64_t i = n_leaves - 1; status == KAM_OK && i < 2 * n_leaves - 1;
         i++) {
        kam__raw_trees_node(r->raw, i)->left = -1;
        kam__raw_trees_node(r->raw, i)->right = -1;
    }
    return status;
}

/* A line of a tree: kept, ignored, or one we do not know. */
static kam_status keep(const struct kam__lightgbm *r, struct kam__span text,
                       struct kam__span *line) {
    struct kam__span key, value;
    if (!kam__lines_cut(&r->lines, text, &key, &value))
        return kam__lines_wrong(&r->lines, text.from, "tree",
                                "the line at byte {row} has no '='.");
    for (int k = 0; k < N_KEYS; k++) {
        if (!kam__lines_is(&r->lines, key, keys[k])) continue;
        if (line[k].from)
            return kam__lines_wrong(&r->lines, text.from, keys[k],
                                    "the line at byte {row} is there twice.");
        line[k] = value;
        return KAM_OK;
    }
    for (size_t k = 0; k < sizeof ignored / sizeof *ignored; k++)
        if (kam__lines_is(&r->lines, key, ignored[k])) return KAM_OK;
    return kam__lines_unsupported(
        &r->lines, text.from, "tree",
        "the line at byte {row} is of a kind that is not "
        "supported.");
}

kam_status kam__lightgbm_tree(struct kam__lightgbm *r, struct kam__span *line,
                              int64_t t, int wanted) {
    struct kam__span lines[N_KEYS], key, value;
    const uint64_t begin = line->from;
    int64_t number;
    memset(lines, 0, sizeof lines);
    (void)kam__lines_cut(&r->lines, *line, &key, &value); /* "Tree=" */
    kam_status status = kam__lines_whole(&r->lines, value, "tree", (double)t,
                                         (double)t, &number);
    while (status == KAM_OK) {
        if (!kam__lines_next(&r->lines, line))
            return kam__lines_wrong(&r->lines, r->lines.size, "text",
                                    "the text ends at byte {row} too soon.");
        if (kam__lines_is(&r->lines, *line, "end of trees") ||
            (kam__lines_cut(&r->lines, *line, &key, &value) &&
             kam__lines_is(&r->lines, key, "Tree")))
            break;
        status = keep(r, *line, lines);
    }
    return status == KAM_OK && wanted ? read_tree(r, lines, begin) : status;
}
