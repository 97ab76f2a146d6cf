/* SPDX-License-Identifier: MIT */
/* Models that XGBoost saved as JSON, schema of versions 1.3 to 3
 * (https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html). */
#include <float.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/decimal.h"
#include "base/diag.h"
#include "churn/trees.h"
#include "churn/trees_json.h"
#include "math/elementary.h"

struct reader {
    struct kam__json json;
    struct kam__raw_trees *raw;
    kam_diag *diag;
};

static kam_status wrong(const struct reader *r, uint64_t at, const char *name,
                        const char *message) {
    return kam__fail(r->diag, KAM_ERR_SHAPE, name,
                     at == KAM__NOWHERE ? -1 : (int64_t)at, NAN, message);
}

static kam_status unsupported(const struct reader *r, const char *name,
                              uint64_t at, double value, const char *message) {
    return kam__fail(r->diag, KAM_ERR_UNSUPPORTED, name, (int64_t)at, value,
                     message);
}

/* The place of a member that must be there. */
static kam_status find(const struct reader *r, uint64_t object,
                       const char *name, uint64_t *at) {
    *at = kam__json_member(&r->json, object, name);
    return *at != KAM__NOWHERE
               ? KAM_OK
               : wrong(r, object, name,
                       "the object at byte {row} lacks this member, or has it "
                       "twice.");
}

/* A whole number that may be missing. */
static kam_status find_count(const struct reader *r, uint64_t object,
                             const char *name, int64_t otherwise,
                             int64_t *count) {
    const uint64_t at = kam__json_member(&r->json, object, name);
    double x;
    *count = otherwise;
    if (at == KAM__NOWHERE) return KAM_OK;
    if (!kam__json_number(&r->json, at, KAM__DOUBLE, &x) || x != floor(x) ||
        x < 0 || x > INT32_MAX)
        return wrong(r, at, name, "at byte {row} there is no possible count.");
    *count = (int64_t)x;
    return KAM_OK;
}

/* ---- one tree ---- */

/* A member of a tree that holds one number a node, and where it goes. */
struct member {
    const char *name;
    size_t offset;
    int32_t whole, required;
    double least, most;
};

static const struct member members[] = {
    {"left_children", offsetof(struct kam__raw_node, left), 1, 1, -1,
     INT32_MAX},
    {"right_children", offsetof(struct kam__raw_node, right), 1, 1, -1,
     INT32_MAX},
    {"split_indices", offsetof(struct kam__raw_node, feature), 1, 1, 0,
     INT32_MAX},
    {"default_left", offsetof(struct kam__raw_node, missing_left), 1, 1, 0, 1},
    {"split_type", offsetof(struct kam__raw_node, categorical), 1, 0, 0, 1},
    {"split_conditions", offsetof(struct kam__raw_node, threshold), 0, 1,
     -FLT_MAX, FLT_MAX},
    {"sum_hessian", offsetof(struct kam__raw_node, cover), 0, 0, 0, FLT_MAX},
};

static kam_status read_member(const struct reader *r, uint64_t tree,
                              const struct member *member, int64_t n) {
    uint64_t at = kam__json_member(&r->json, tree, member->name);
    if (at == KAM__NOWHERE && !member->required) return KAM_OK;
    const uint64_t array = at;
    int64_t i = 0;
    for (at = kam__json_first(&r->json, array); at != KAM__NOWHERE && i < n;
         at = kam__json_next(&r->json, at), i++) {
        double x;
        char *const to =
            (char *)kam__raw_trees_node(r->raw, i) + member->offset;
        if (!kam__json_number(&r->json, at,
                              member->whole ? KAM__DOUBLE : KAM__FLOAT, &x) ||
            !(x >= member->least && x <= member->most) ||
            (member->whole && x != floor(x)))
            return wrong(r, at, member->name,
                         "at byte {row} there is no possible number.");
        const int32_t whole = member->whole ? (int32_t)x : 0;
        memcpy(to, member->whole ? (const void *)&whole : (const void *)&x,
               member->whole ? sizeof whole : sizeof x);
    }
    return at == KAM__NOWHERE && i == n
               ? KAM_OK
               : wrong(r, array == KAM__NOWHERE ? tree : array, member->name,
                       "the tree at byte {row} has not one number a node.");
}

static kam_status whole_at(const struct reader *r, uint64_t at,
                           const char *name, int64_t most, int32_t *whole) {
    double x;
    if (at == KAM__NOWHERE ||
        !kam__json_number(&r->json, at, KAM__DOUBLE, &x) || x != floor(x) ||
        !(x >= 0 && x <= (double)most))
        return wrong(r, at, name, "at byte {row} there is no possible number.");
    *whole = (int32_t)x;
    return KAM_OK;
}

/* Sets of categories: those that go right. */
static kam_status read_sets(const struct reader *r, uint64_t tree, int64_t n) {
    static const char *const names[] = {"categories_nodes",
                                        "categories_segments",
                                        "categories_sizes"};
    const int64_t first = r->raw->n_categories;
    uint64_t at[3];
    int32_t value[3];
    uint64_t one = kam__json_first(&r->json, kam__json_member(&r->json, tree,
                                                              "categories"));
    for (; one != KAM__NOWHERE; one = kam__json_next(&r->json, one)) {
        const kam_status status =
            whole_at(r, one, "categories", (1 << 24) - 1, &value[0]);
        if (status != KAM_OK) return status;
        if (kam__raw_trees_add_category(r->raw, value[0]))
            return kam__fail(r->diag, KAM_ERR_MEMORY, "host", -1, NAN, "");
    }
    for (int k = 0; k < 3; k++)
        at[k] = kam__json_first(&r->json,
                                kam__json_member(&r->json, tree, names[k]));
    while (at[0] != KAM__NOWHERE) {
        const int64_t most[] = {n - 1, r->raw->n_categories - first, 0};
        for (int k = 0; k < 3; k++) {
            const kam_status status =
                whole_at(r, at[k], names[k],
                         k < 2 ? most[k] : most[1] - value[1], &value[k]);
            if (status != KAM_OK) return status;
            at[k] = kam__json_next(&r->json, at[k]);
        }
        struct kam__raw_node *const node =
            kam__raw_trees_node(r->raw, value[0]);
        node->first_category = (int32_t)first + value[1];
        node->n_categories = value[2];
    }
    return KAM_OK;
}

/* Our nodes go left when x <= threshold, or when the category is in the set. */
static void turn(struct kam__raw_node *node) {
    if (node->left == -1) {
        node->value = node->threshold;
        node->threshold = 0;
        node->categorical = 0;
    } else if (node->categorical) {
        const int32_t left = node->left;
        node->threshold = 0;
        node->left = node->right;
        node->right = left;
        node->missing_left = !node->missing_left;
    } else {
        const float t = (float)node->threshold;
        uint32_t bits;
        float below;
        memcpy(&bits, &t, sizeof bits);
        bits = t > 0 ? bits - 1 : t < 0 ? bits + 1 : UINT32_C(0x80000001);
        memcpy(&below, &bits, sizeof below);
        node->threshold = (double)below;
    }
}

static kam_status read_tree(const struct reader *r, uint64_t tree) {
    uint64_t left, param, at;
    int64_t n = 0, width;
    kam_status status = find(r, tree, "left_children", &left);
    if (status == KAM_OK) status = find(r, tree, "tree_param", &param);
    if (status == KAM_OK)
        status = find_count(r, param, "size_leaf_vector", 0, &width);
    if (status != KAM_OK) return status;
    if (width > 1)
        return unsupported(r, "size_leaf_vector", param, (double)width,
                           "leaves of {value} numbers are not supported.");
    for (at = kam__json_first(&r->json, left); at != KAM__NOWHERE;
         at = kam__json_next(&r->json, at))
        n++;
    if (kam__raw_trees_add(r->raw, n))
        return kam__fail(r->diag, KAM_ERR_MEMORY, "host", -1, NAN, "");
    for (size_t k = 0; status == KAM_OK && k < sizeof members / sizeof *members;
         k++)
        status = read_member(r, tree, &members[k], n);
    if (status == KAM_OK) status = read_sets(r, tree, n);
    for (int64_t i = 0; status == KAM_OK && i < n; i++)
        turn(kam__raw_trees_node(r->raw, i));
    return status;
}

/* ---- the whole ---- */

static const struct {
    const char *name;
    int32_t link;
} objectives[] = {
    {"binary:logistic", KAM_TREES_LOGISTIC},
    {"reg:logistic", KAM_TREES_LOGISTIC},
    {"binary:logitraw", KAM_TREES_IDENTITY},
    {"reg:squarederror", KAM_TREES_IDENTITY},
    {"reg:squaredlogerror", KAM_TREES_IDENTITY},
    {"reg:absoluteerror", KAM_TREES_IDENTITY},
    {"reg:pseudohubererror", KAM_TREES_IDENTITY},
    {"rank:pairwise", KAM_TREES_IDENTITY},
    {"rank:ndcg", KAM_TREES_IDENTITY},
    {"rank:map", KAM_TREES_IDENTITY},
    {"count:poisson", KAM_TREES_LOG},
    {"reg:gamma", KAM_TREES_LOG},
    {"reg:tweedie", KAM_TREES_LOG},
    {"survival:cox", KAM_TREES_LOG},
};

static kam_status read_objective(const struct reader *r, uint64_t learner) {
    uint64_t object, name;
    kam_status status = find(r, learner, "objective", &object);
    if (status == KAM_OK) status = find(r, object, "name", &name);
    if (status != KAM_OK) return status;
    for (size_t i = 0; i < sizeof objectives / sizeof *objectives; i++)
        if (kam__json_is(&r->json, name, objectives[i].name))
            r->raw->link = objectives[i].link;
    return r->raw->link ? KAM_OK
                        : unsupported(r, "objective", name, NAN,
                                      "the objective at byte {row} is not "
                                      "supported.");
}

/* base_score is an answer; trees add to its score, in float32. */
static kam_status read_start(const struct reader *r, uint64_t param) {
    uint64_t at;
    double answer;
    const kam_status status = find(r, param, "base_score", &at);
    if (status != KAM_OK) return status;
    /* "0.5" before version 3.1, "[0.5]" since. */
    const char *const text = r->json.text;
    const uint64_t bracket = text[at] == '"' && text[at + 1] == '[';
    const uint64_t end = kam__json_end(&r->json, at) - 2;
    if (!(bracket ? end > at + 2 && text[end] == ']' &&
                        kam__decimal_read(text + at + 2, end - at - 2,
                                          KAM__FLOAT, &answer) == end - at - 2
                  : kam__json_number(&r->json, at, KAM__FLOAT, &answer)))
        return unsupported(r, "base_score", at, NAN,
                           "base_score at byte {row} is not one number.");
    const int logistic = r->raw->link == KAM_TREES_LOGISTIC;
    if ((logistic && !(answer > 0 && answer < 1)) ||
        (r->raw->link == KAM_TREES_LOG && !(answer > 0)))
        return wrong(r, at, "base_score",
                     "base_score at byte {row} is not a possible answer.");
    if (logistic) answer = -kam__log((double)(1.0F / (float)answer - 1.0F));
    if (r->raw->link == KAM_TREES_LOG) answer = kam__log(answer);
    r->raw->start = (double)(float)answer;
    return KAM_OK;
}

static kam_status read_param(const struct reader *r, uint64_t learner) {
    uint64_t param;
    int64_t n_features, n_classes = 0, n_targets = 1;
    kam_status status = find(r, learner, "learner_model_param", &param);
    if (status == KAM_OK)
        status = find_count(r, param, "num_feature", 0, &n_features);
    if (status == KAM_OK)
        status = find_count(r, param, "num_class", 0, &n_classes);
    if (status == KAM_OK)
        status = find_count(r, param, "num_target", 1, &n_targets);
    if (status != KAM_OK) return status;
    if (n_classes > 1 || n_targets > 1)
        return unsupported(r, n_classes > 1 ? "num_class" : "num_target", param,
                           (double)(n_classes > 1 ? n_classes : n_targets),
                           "{value} scores a row are not supported.");
    r->raw->n_features = (int32_t)n_features;
    return read_start(r, param);
}

static kam_status read_names(const struct reader *r, uint64_t learner) {
    uint64_t at = kam__json_first(&r->json, kam__json_member(&r->json, learner,
                                                             "feature_names"));
    int32_t n = 0;
    for (; at != KAM__NOWHERE && n < r->raw->n_features;
         at = kam__json_next(&r->json, at), n++) {
        const char *const text = r->json.text + at + 1;
        const uint64_t length = kam__json_end(&r->json, at) - at - 2;
        if (r->json.text[at] != '"')
            return wrong(r, at, "feature_names", "at byte {row} is no name.");
        if (memchr(text, '\\', (size_t)length))
            return unsupported(r, "feature_names", at, NAN,
                               "the name at byte {row} has an escape.");
        if (kam__raw_trees_add_name(r->raw, text, length) ||
            kam__raw_trees_add_name(r->raw, "", 1))
            return kam__fail(r->diag, KAM_ERR_MEMORY, "host", -1, NAN, "");
    }
    return at == KAM__NOWHERE && (n == 0 || n == r->raw->n_features)
               ? KAM_OK
               : wrong(r, learner, "feature_names",
                       "names and num_feature do not agree.");
}

static kam_status find_model(const struct reader *r, uint64_t learner,
                             uint64_t *model) {
    uint64_t booster, name;
    kam_status status = find(r, learner, "gradient_booster", &booster);
    if (status == KAM_OK) status = find(r, booster, "name", &name);
    if (status != KAM_OK) return status;
    if (!kam__json_is(&r->json, name, "gbtree"))
        return unsupported(r, "gradient_booster.name", name, NAN,
                           "the booster at byte {row} is not gbtree.");
    return find(r, booster, "model", model);
}

/* How many trees make up the rounds that are wanted. */
static kam_status count_trees(const struct reader *r, uint64_t learner,
                              uint64_t model, int32_t rounds, int64_t *wanted) {
    uint64_t param, at;
    int64_t n_trees = 0, each, best;
    kam_status status = find(r, model, "gbtree_model_param", &param);
    if (status == KAM_OK)
        status = find_count(r, param, "num_parallel_tree", 1, &each);
    if (status == KAM_OK) status = find(r, model, "trees", &at);
    if (status != KAM_OK) return status;
    for (at = kam__json_first(&r->json, at); at != KAM__NOWHERE;
         at = kam__json_next(&r->json, at))
        n_trees++;
    if (each < 1) each = 1;
    status = find_count(r, kam__json_member(&r->json, learner, "attributes"),
                        "best_iteration", -1, &best);
    if (status != KAM_OK) return status;
    r->raw->n_rounds = n_trees / each;
    r->raw->best_round = best + 1;
    int64_t taken = rounds == KAM_TREES_BEST ? best + 1 : rounds;
    if (taken == 0) taken = r->raw->n_rounds;
    if (taken > r->raw->n_rounds)
        return kam__fail(r->diag, KAM_ERR_OPTION, "rounds", -1, (double)taken,
                         "the model has not as many as {value} rounds.");
    *wanted = taken * each;
    return KAM_OK;
}

static kam_status read_model(const struct reader *r, int32_t rounds) {
    uint64_t learner, model, at;
    int64_t n_trees = 0;
    kam_status status = find(r, kam__json_root(&r->json), "learner", &learner);
    if (status == KAM_OK) status = read_objective(r, learner);
    if (status == KAM_OK) status = read_param(r, learner);
    if (status == KAM_OK) status = read_names(r, learner);
    if (status == KAM_OK) status = find_model(r, learner, &model);
    if (status == KAM_OK)
        status = count_trees(r, learner, model, rounds, &n_trees);
    if (status == KAM_OK) status = find(r, model, "trees", &at);
    if (status != KAM_OK) return status;
    at = kam__json_first(&r->json, at);
    for (int64_t t = 0; status == KAM_OK && t < n_trees; t++) {
        status = read_tree(r, at);
        if (status == KAM_OK) at = kam__json_next(&r->json, at);
    }
    return status;
}

kam_status kam__trees_read_xgboost(struct kam__raw_trees *raw,
                                   const char *bytes, uint64_t size,
                                   int32_t rounds, kam_diag *diag) {
    const struct reader r = {{bytes, size}, raw, diag};
    uint64_t fault;
    raw->source = KAM_TREES_XGBOOST;
    if (!kam__json_check(&r.json, &fault))
        return wrong(&r, fault, "json",
                     "byte {row} is not JSON, or nested too deep.");
    return read_model(&r, rounds);
}
