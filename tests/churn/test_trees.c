/* SPDX-License-Identifier: MIT */
#include "support/check.h"
#include "support/hosts.h"

#include "churn/churn_support.h"
#include "churn/trees.h"

/* ---- trees by hand, as texts of both libraries ---- */

enum { MOST_NODES = 64, FEATURES = 5 };

/* `right` 0: a leaf. categories: a bit each, 0: a number is compared. */
struct toy_node {
    int left, right, feature, missing_left;
    double number, cover; /* of a leaf: its value; else the threshold */
    unsigned categories;  /* these go right */
};

struct toy {
    int n;
    struct toy_node node[MOST_NODES];
};

/* Tree 0: a < 1.5 ? -0.5 : b < 0.25 ? 0.25 : 1; tree 1: c in {1, 3} ? 0.75 :
 * -0.125. Missing: a left, b right, c left. */
static const struct toy by_hand[2] = {{5,
                                       {{1, 2, 0, 1, 1.5, 100, 0},
                                        {0, 0, 0, 0, -0.5, 60, 0},
                                        {3, 4, 1, 0, 0.25, 40, 0},
                                        {0, 0, 0, 0, 0.25, 10, 0},
                                        {0, 0, 0, 0, 1, 30, 0}}},
                                      {3,
                                       {{1, 2, 2, 1, 0, 100, 1 << 1 | 1 << 3},
                                        {0, 0, 0, 0, -0.125, 80, 0},
                                        {0, 0, 0, 0, 0.75, 20, 0}}}};

struct text {
    size_t n;
    char bytes[1 << 17];
};

#define say(text, ...)                                                         \
    ((text)->n +=                                                              \
     (size_t)snprintf((text)->bytes + (text)->n,                               \
                      sizeof(text)->bytes - (text)->n, __VA_ARGS__))

static double left_of(const struct toy_node *n) {
    return n->right ? n->left : -1;
}
static double right_of(const struct toy_node *n) {
    return n->right ? n->right : -1;
}
static double feature_of(const struct toy_node *n) { return n->feature; }
static double number_of(const struct toy_node *n) { return n->number; }
static double missing_of(const struct toy_node *n) { return n->missing_left; }
static double cover_of(const struct toy_node *n) { return n->cover; }
static double type_of(const struct toy_node *n) { return n->categories != 0; }

static void say_json(struct text *text, const struct toy *toy) {
    static const struct {
        const char *name;
        double (*of)(const struct toy_node *);
    } member[] = {{"left_children", left_of},
                  {"right_children", right_of},
                  {"split_indices", feature_of},
                  {"split_conditions", number_of},
                  {"default_left", missing_of},
                  {"sum_hessian", cover_of},
                  {"split_type", type_of}};
    struct text *const nodes = calloc(4, sizeof *nodes);
    int n_categories = 0;
    say(text, "{");
    for (size_t k = 0; k < sizeof member / sizeof *member; k++) {
        say(text, "\"%s\": [", member[k].name);
        for (int i = 0; i < toy->n; i++)
            say(text, "%s%.9g", i ? "," : "", member[k].of(&toy->node[i]));
        say(text, "],\n");
    }
    for (int i = 0; i < toy->n; i++) {
        const char *const comma = nodes[0].n ? "," : "";
        int size = 0;
        for (int c = 0; c < 32 && toy->node[i].categories; c++)
            if (toy->node[i].categories >> c & 1) {
                say(&nodes[3], "%s%d", nodes[3].n ? "," : "", c);
                size++;
            }
        if (!size) continue;
        say(&nodes[0], "%s%d", comma, i);
        say(&nodes[1], "%s%d", comma, n_categories);
        say(&nodes[2], "%s%d", comma, size);
        n_categories += size;
    }
    say(text,
        "\"categories_nodes\":[%s],\"categories_segments\":[%s],"
        "\"categories_sizes\":[%s],\"categories\":[%s],\"tree_param\":"
        "{\"num_nodes\":\"%d\",\"size_leaf_vector\":\"1\"}}",
        nodes[0].bytes, nodes[1].bytes, nodes[2].bytes, nodes[3].bytes, toy->n);
    free(nodes);
}

static struct text *xgboost_of(const struct toy *toy, int n_trees) {
    struct text *const text = calloc(1, sizeof *text);
    say(text,
        "{\"learner\": {\"attributes\": {\"best_iteration\": \"0\"},\n"
        "\"feature_names\": [\"a\", \"b\", \"c\", \"d\", \"e\"],\n"
        "\"learner_model_param\": {\"base_score\": \"[5E-1]\", \"num_class\": "
        "\"0\", \"num_feature\": \"5\", \"num_target\": \"1\"},\n"
        "\"objective\": {\"name\": \"binary:logistic\"},\n"
        "\"gradient_booster\": {\"name\": \"gbtree\", \"model\": {\n"
        "\"gbtree_model_param\": {\"num_trees\": \"%d\", "
        "\"num_parallel_tree\": \"1\"},\n\"trees\": [",
        n_trees);
    for (int t = 0; t < n_trees; t++) {
        if (t) say(text, ",\n");
        say_json(text, &toy[t]);
    }
    say(text, "]}}}, \"version\": [3, 0, 0]}\n");
    return text;
}

/* LightGBM numbers inner nodes and leaves apart; its sets go left. */
static void say_lightgbm(struct text *text, const struct toy *toy, int t) {
    static const char *const lines[] = {"split_feature", "threshold",
                                        "decision_type", "left_child",
                                        "right_child",   "internal_count"};
    int place[MOST_NODES], n_inner = 0, n_leaves = 0, n_sets = 0;
    for (int i = 0; i < toy->n; i++)
        place[i] = toy->node[i].right ? n_inner++ : -1 - n_leaves++;
    for (int i = 0; i < toy->n; i++) n_sets += toy->node[i].categories != 0;
    say(text, "Tree=%d\nnum_leaves=%d\nnum_cat=%d\n", t, n_leaves, n_sets);
    for (int k = 0; k < 6; k++) {
        int set = 0;
        say(text, "%s=", lines[k]);
        for (int i = 0; i < toy->n; i++) {
            const struct toy_node *const node = &toy->node[i];
            if (!node->right) continue;
            const int sets = node->categories != 0;
            const double of[] = {node->feature,
                                 sets ? set : node->number,
                                 sets ? 1 : 8 + 2 * node->missing_left,
                                 place[node->left],
                                 place[node->right],
                                 node->cover};
            say(text, "%.17g ", of[k]);
            set += sets;
        }
        say(text, "\n");
    }
    if (n_sets) {
        say(text, "cat_boundaries=0");
        for (int i = 1; i <= n_sets; i++) say(text, " %d", i);
        say(text, "\ncat_threshold=");
        for (int i = 0; i < toy->n; i++)
            if (toy->node[i].categories)
                say(text, "%u ", toy->node[i].categories);
        say(text, "\n");
    }
    say(text, "leaf_value=");
    for (int i = 0; i < toy->n; i++)
        if (!toy->node[i].right) say(text, "%.17g ", toy->node[i].number);
    say(text, "\nleaf_count=");
    for (int i = 0; i < toy->n; i++)
        if (!toy->node[i].right) say(text, "%.17g ", toy->node[i].cover);
    say(text, "\nis_linear=0\nshrinkage=1\n\n\n");
}

static struct text *lightgbm_of(const struct toy *toy, int n_trees) {
    struct text *const text = calloc(1, sizeof *text);
    say(text,
        "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\n"
        "label_index=0\nmax_feature_idx=4\nobjective=binary sigmoid:2\n"
        "feature_names=a b c d e\nfeature_infos=none none none none none\n"
        "tree_sizes=1\n\n");
    for (int t = 0; t < n_trees; t++) say_lightgbm(text, &toy[t], t);
    say(text, "end of trees\n\nfeature_importances:\na=3\n");
    return text;
}

/* A block of just that size, so that reading beyond it is seen. */
static kam_status read_text(int source, const char *bytes, size_t n,
                            int32_t rounds, const kam_host *host,
                            kam_trees **trees, kam_diag *diag) {
    char *const copy = malloc(n + !n);
    memcpy(copy, bytes, n);
    const kam_status status =
        source == KAM_TREES_XGBOOST
            ? kam_trees_from_xgboost(copy, n, rounds, host, trees, diag)
            : kam_trees_from_lightgbm(copy, n, rounds, host, trees, diag);
    free(copy);
    return status;
}

static kam_trees *model_of(int source, const struct toy *toy, int n_trees) {
    struct text *const text = source == KAM_TREES_XGBOOST
                                  ? xgboost_of(toy, n_trees)
                                  : lightgbm_of(toy, n_trees);
    kam_trees *trees;
    kam_diag diag = {.struct_size = sizeof diag};
    const kam_status status =
        read_text(source, text->bytes, text->n, 0, NULL, &trees, &diag);
    if (status != KAM_OK)
        fail_msg("%s: %s\n%s", diag.argument, diag.message, text->bytes);
    free(text);
    return trees;
}

/* Rows of FEATURES numbers each, by rows. */
static kam_panel panel_of(const double *x, int64_t n_rows,
                          kam_column column[FEATURES]) {
    kam_panel panel = {.struct_size = sizeof panel};
    for (int f = 0; f < FEATURES; f++) {
        column[f] = column_of(x + f);
        column[f].stride = FEATURES * (int64_t)sizeof *x;
    }
    panel.n_columns = FEATURES;
    panel.n_rows = n_rows;
    panel.column = column;
    return panel;
}

static double score_of(const kam_trees *trees, double a, double b, double c) {
    const double x[FEATURES] = {a, b, c, NAN, NAN};
    kam_column column[FEATURES];
    const kam_panel panel = panel_of(x, 1, column);
    double score;
    assert_status(kam_trees_score(trees, &panel, NULL, &score, NULL, NULL),
                  KAM_OK);
    return score;
}

/* ---- answers known beforehand ---- */

static void test_by_hand(void **state) {
    (void)state;
    kam_trees *const xgboost = model_of(KAM_TREES_XGBOOST, by_hand, 2);
    assert_near(score_of(xgboost, 1, 9, 0), -0.625, 0);
    assert_near(score_of(xgboost, 2, 0.25, 1), 1.75, 0);
    assert_near(score_of(xgboost, 2, 0.2, 3), 1, 0);
    assert_near(score_of(xgboost, NAN, 9, 2), -0.625, 0);
    assert_near(score_of(xgboost, 2, NAN, NAN), 0.875, 0);
    /* float32: just below 1.5 is 1.5; a code of 3.9 is 3, of -0.5 none */
    assert_near(score_of(xgboost, 1.5 - 1e-9, 1, 0), 0.875, 0);
    assert_near(score_of(xgboost, 1.5 - 1e-6, 1, 0), -0.625, 0);
    assert_near(score_of(xgboost, 1, 1, 3.9), 0.25, 0);
    assert_near(score_of(xgboost, 1, 1, -0.5), -0.625, 0);
    assert_near(score_of(xgboost, INFINITY, -INFINITY, 1e300), 0.125, 0);
    kam_trees_free(xgboost);
    /* LightGBM compares <=, in float64; its sets go left */
    kam_trees *const lightgbm = model_of(KAM_TREES_LIGHTGBM, by_hand, 2);
    assert_near(score_of(lightgbm, 1.5, 1, 1), -0.625, 0);
    assert_near(score_of(lightgbm, 1.5 + 1e-15, 0.25, 1), 0.125, 0);
    assert_near(score_of(lightgbm, 1, 1, NAN), 0.25, 0);
    assert_near(score_of(lightgbm, 1, 1, 2), 0.25, 0);
    assert_near(score_of(lightgbm, 1, 1, 1e300), 0.25, 0);
    assert_near(score_of(lightgbm, 1, 1, -1), 0.25, 0);
    kam_trees_free(lightgbm);
}

static void test_report(void **state) {
    (void)state;
    kam_trees *const trees = model_of(KAM_TREES_XGBOOST, by_hand, 2);
    kam_trees_report r = {.struct_size = sizeof r};
    assert_status(kam_trees_report_of(trees, &r, NULL), KAM_OK);
    assert_int_equal(r.source, KAM_TREES_XGBOOST);
    assert_int_equal(r.link, KAM_TREES_LOGISTIC);
    assert_int_equal(r.n_features, 5);
    assert_int_equal(r.n_trees, 2);
    assert_int_equal(r.n_nodes, 8);
    assert_int_equal(r.n_rounds, 2);
    assert_int_equal(r.best_round, 1);
    assert_int_equal(r.depth, 2);
    assert_int_equal(r.path_features, 2);
    /* 0.6 -0.5 + 0.4 (0.25 0.25 + 0.75 1) + 0.8 -0.125 + 0.2 0.75 */
    assert_near(r.base, 0.075, 1e-15);
    assert_string_equal(kam_trees_feature_name(trees, 1), "b");
    assert_null(kam_trees_feature_name(trees, 5));
    assert_null(kam_trees_feature_name(NULL, 0));
    kam_trees_free(trees);
    kam_trees_free(NULL);
}

static void test_links(void **state) {
    (void)state;
    static const struct {
        const char *objective, *start;
        double score, answer;
    } cases[] = {{"binary:logistic", "2.5E-1", -1.0986123 - 0.625, 0.1514065},
                 {"reg:squarederror", "2.5E-1", -0.375, -0.375},
                 {"count:poisson", "[2E0]", 0.6931472 - 0.625, 1.0705229}};
    const double x[FEATURES] = {1, 1, 0, 0, 0};
    kam_column column[FEATURES];
    const kam_panel panel = panel_of(x, 1, column);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text *const text = xgboost_of(by_hand, 2);
        char *const made = calloc(1, text->n + 99);
        char *const at = strstr(text->bytes, "[5E-1]"), *objective;
        sprintf(made, "%.*s%s%s", (int)(at - text->bytes), text->bytes,
                cases[i].start, at + 6);
        objective = strstr(made, "binary:logistic");
        memmove(objective + strlen(cases[i].objective), objective + 15,
                strlen(objective + 15) + 1);
        memcpy(objective, cases[i].objective, strlen(cases[i].objective));
        kam_trees *trees;
        double score, answer;
        assert_status(read_text(KAM_TREES_XGBOOST, made, strlen(made), 0, NULL,
                                &trees, NULL),
                      KAM_OK);
        assert_status(kam_trees_score(trees, &panel, NULL, &score, &answer,
                                      NULL),
                      KAM_OK);
        assert_near(score, cases[i].score, 1e-6);
        assert_near(answer, cases[i].answer, 1e-6);
        kam_trees_free(trees);
        free(made);
        free(text);
    }
    kam_trees *const trees = model_of(KAM_TREES_LIGHTGBM, by_hand, 2);
    double answer;
    assert_status(kam_trees_score(trees, &panel, NULL, NULL, &answer, NULL),
                  KAM_OK);
    assert_near(answer, 1 / (1 + exp(-2 * 0.25)), 1e-15); /* sigmoid:2 */
    kam_trees_free(trees);
}

static void test_rounds(void **state) {
    (void)state;
    struct text *const text = xgboost_of(by_hand, 2);
    static const struct {
        int32_t rounds;
        kam_status status;
        double score;
    } cases[] = {{0, KAM_OK, -0.625},    {1, KAM_OK, -0.5},
                 {2, KAM_OK, -0.625},    {KAM_TREES_BEST, KAM_OK, -0.5},
                 {3, KAM_ERR_OPTION, 0}, {-2, KAM_ERR_OPTION, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kam_trees *trees;
        assert_status(read_text(KAM_TREES_XGBOOST, text->bytes, text->n,
                                cases[i].rounds, NULL, &trees, NULL),
                      cases[i].status);
        if (trees) assert_near(score_of(trees, 1, 1, 0), cases[i].score, 0);
        kam_trees_free(trees);
    }
    free(text);
}

/* Kinds of missing: 0 none (NaN counts as 0), 1 zero, 2 NaN. */
static void test_missing_of_lightgbm(void **state) {
    (void)state;
    static const struct {
        const char *type;
        double x, score;
    } cases[] = {{"0", NAN, -1},  {"2", NAN, -1},  {"8", NAN, 1},
                 {"10", NAN, -1}, {"4", NAN, 1},   {"6", NAN, -1},
                 {"4", 0, 1},     {"4", 1e-36, 1}, {"4", 1e-34, -1},
                 {"6", 0, -1},    {"8", 0, -1},    {"4", -3, -1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[999];
        kam_trees *trees;
        snprintf(text, sizeof text,
                 "tree\nversion=v3\nnum_class=1\nnum_tree_per_iteration=1\n"
                 "max_feature_idx=4\nfeature_names=a b c d e\n\nTree=0\n"
                 "num_leaves=2\nnum_cat=0\nsplit_feature=0\nthreshold=0.5\n"
                 "decision_type=%s\nleft_child=-1\nright_child=-2\n"
                 "leaf_value=-1 1\n\nend of trees\n",
                 cases[i].type);
        assert_status(read_text(KAM_TREES_LIGHTGBM, text, strlen(text), 0, NULL,
                                &trees, NULL),
                      KAM_OK);
        assert_near(score_of(trees, cases[i].x, 0, 0), cases[i].score, 0);
        kam_trees_free(trees);
    }
}

/* ---- Shapley values by all subsets ---- */

static double expected(const struct toy *toy, int at, const double *x,
                       unsigned known) {
    const struct toy_node *const n = &toy->node[at];
    if (!n->right) return n->number;
    const double v = x[n->feature];
    const double l = toy->node[n->left].cover, r = toy->node[n->right].cover;
    if (!(known >> n->feature & 1))
        return (l * expected(toy, n->left, x, known) +
                r * expected(toy, n->right, x, known)) /
               (l + r);
    const int left = isnan(v)        ? n->missing_left
                     : n->categories ? !(n->categories >> (int)v & 1)
                                     : v < n->number;
    return expected(toy, left ? n->left : n->right, x, known);
}

static double by_subsets(const struct toy *toy, const double *x, int feature) {
    static const double factorial[] = {1, 1, 2, 6, 24, 120};
    double phi = 0;
    for (unsigned s = 0; s < 1U << FEATURES; s++) {
        int size = 0;
        if (s >> feature & 1) continue;
        for (int f = 0; f < FEATURES; f++) size += s >> f & 1;
        phi +=
            factorial[size] * factorial[FEATURES - 1 - size] /
            factorial[FEATURES] *
            (expected(toy, 0, x, s | 1U << feature) - expected(toy, 0, x, s));
    }
    return phi;
}

static void grow(struct toy *toy, int at, int depth, uint64_t *seed) {
    struct toy_node *const n = &toy->node[at];
    n->feature = (int)(random_unit(seed) * FEATURES);
    n->missing_left = random_unit(seed) < 0.5;
    if (depth == 0 || random_unit(seed) < 0.2 || toy->n + 2 > MOST_NODES) {
        n->number = floor(random_unit(seed) * 64 - 32) / 16;
        n->feature = n->missing_left = 0;
        n->cover = floor(random_unit(seed) * 20) + (random_unit(seed) < 0.9);
        return;
    }
    n->number = floor(random_unit(seed) * 8) / 8;
    if (n->feature == 4) n->categories = 1 + (unsigned)(random_unit(seed) * 6);
    n->left = toy->n++;
    n->right = toy->n++;
    grow(toy, n->left, depth - 1, seed);
    grow(toy, n->right, depth - 1, seed);
    n->cover = toy->node[n->left].cover + toy->node[n->right].cover;
    if (n->cover == 0) toy->node[n->left].cover = n->cover = 1;
}

static void draw_row(double *x, uint64_t *seed) {
    for (int f = 0; f < FEATURES; f++) {
        x[f] = floor(random_unit(seed) * 8) / 8 + 1.0 / 16;
        if (f == 4) x[f] = floor(random_unit(seed) * 3);
        if (random_unit(seed) < 0.2) x[f] = NAN;
    }
}

/* LightGBM's sets are those that go left, and NaN goes right. */
static void turn_sets(struct toy *toy) {
    for (int i = 0; i < toy->n; i++)
        if (toy->node[i].categories) {
            toy->node[i].categories ^= 7;
            toy->node[i].missing_left = 0;
            if (!toy->node[i].categories) toy->node[i].categories = 8;
        }
}

static void against_subsets(int source, uint64_t *seed) {
    struct toy toy = {1, {{0, 0, 0, 0, 0, 0, 0}}};
    do {
        memset(&toy, 0, sizeof toy);
        toy.n = 1;
        grow(&toy, 0, 5, seed);
    } while (toy.n < 5);
    struct toy theirs = toy;
    if (source == KAM_TREES_LIGHTGBM) {
        turn_sets(&theirs);
        for (int i = 0; i < toy.n; i++)
            if (toy.node[i].categories) {
                toy.node[i].missing_left = 0;
                toy.node[i].categories = 31U ^ theirs.node[i].categories;
            }
    }
    kam_trees *const trees = model_of(source, &theirs, 1);
    for (int k = 0; k < 8; k++) {
        double x[FEATURES], phi[FEATURES + 1], score, total = 0;
        kam_column column[FEATURES];
        draw_row(x, seed);
        const kam_panel panel = panel_of(x, 1, column);
        assert_status(kam_trees_contributions(trees, &panel, NULL, phi, NULL),
                      KAM_OK);
        assert_status(kam_trees_score(trees, &panel, NULL, &score, NULL, NULL),
                      KAM_OK);
        for (int f = 0; f < FEATURES; f++) {
            assert_near(phi[f], by_subsets(&toy, x, f), 1e-12);
            total += phi[f];
        }
        assert_near(phi[FEATURES], expected(&toy, 0, x, 0), 1e-12);
        assert_near(score, expected(&toy, 0, x, 31), 0);
        assert_near(total + phi[FEATURES], score, 1e-12);
    }
    kam_trees_free(trees);
}

static void test_subsets(void **state) {
    (void)state;
    uint64_t seed = 7;
    for (int i = 0; i < 300; i++) {
        against_subsets(KAM_TREES_XGBOOST, &seed);
        against_subsets(KAM_TREES_LIGHTGBM, &seed);
    }
}

/* ---- many rows ---- */

enum { ROWS = 300 };

static struct toy *forest(int n, uint64_t seed) {
    struct toy *const toy = calloc((size_t)n, sizeof *toy);
    for (int t = 0; t < n; t++) {
        toy[t].n = 1;
        grow(&toy[t], 0, 5, &seed);
    }
    return toy;
}

static double *rows_of(int64_t n, uint64_t seed) {
    double *const x = calloc((size_t)n * FEATURES, sizeof *x);
    for (int64_t i = 0; i < n; i++) draw_row(x + i * FEATURES, &seed);
    return x;
}

static void test_one_is_many(void **state) {
    (void)state;
    struct toy *const toy = forest(12, 3);
    double *const x = rows_of(ROWS, 4);
    static double score[ROWS], phi[ROWS][FEATURES + 1],
        again[ROWS][FEATURES + 1];
    for (int source = 1; source <= 2; source++) {
        kam_trees *const trees = model_of(source, toy, 12);
        kam_column column[FEATURES], one[FEATURES];
        const kam_panel panel = panel_of(x, ROWS, column);
        assert_status(kam_trees_score(trees, &panel, NULL, score, NULL, NULL),
                      KAM_OK);
        assert_status(kam_trees_contributions(trees, &panel, NULL, phi[0],
                                              NULL),
                      KAM_OK);
        for (int i = 0; i < ROWS; i++) {
            const kam_panel row = panel_of(x + i * FEATURES, 1, one);
            double s, p[FEATURES + 1];
            assert_status(kam_trees_score(trees, &row, NULL, &s, NULL, NULL),
                          KAM_OK);
            assert_status(kam_trees_contributions(trees, &row, NULL, p, NULL),
                          KAM_OK);
            assert_bits(s, score[i]);
            for (int f = 0; f <= FEATURES; f++) assert_bits(p[f], phi[i][f]);
        }
        for (int32_t isa = KAM_ISA_BASE; isa <= KAM_ISA_V4; isa++) {
            kam_host host = {.struct_size = sizeof host, .isa = isa};
            host.parallel_for = run_backwards;
            assert_status(kam_trees_contributions(trees, &panel, &host,
                                                  again[0], NULL),
                          KAM_OK);
            for (int i = 0; i < ROWS; i++)
                for (int f = 0; f <= FEATURES; f++)
                    assert_bits(again[i][f], phi[i][f]);
        }
        kam_trees_free(trees);
    }
    free(x);
    free(toy);
}

static void test_reasons(void **state) {
    (void)state;
    struct toy *const toy = forest(12, 5);
    double *const x = rows_of(ROWS, 6);
    kam_trees *const trees = model_of(KAM_TREES_XGBOOST, toy, 12);
    static double score[ROWS], phi[ROWS][FEATURES + 1];
    static kam_reason reasons[ROWS * (FEATURES + 2)];
    const int32_t ids[FEATURES] = {10, 11, 12, 1007, 14};
    kam_column column[FEATURES];
    kam_panel panel = panel_of(x, ROWS, column);
    panel.reason = ids;
    assert_status(kam_trees_score(trees, &panel, NULL, score, NULL, NULL),
                  KAM_OK);
    assert_status(kam_trees_contributions(trees, &panel, NULL, phi[0], NULL),
                  KAM_OK);
    for (int32_t top = 0; top <= FEATURES; top++) {
        assert_status(kam_trees_reasons(trees, &panel, top, NULL, reasons,
                                        NULL),
                      KAM_OK);
        for (int i = 0; i < ROWS; i++) {
            const kam_reason *const r = &reasons[i * (top + 2)];
            double forth = 0, back = 0;
            for (int k = 0; k < top + 2; k++) forth += r[k].contribution;
            for (int k = top + 1; k >= 0; k--) back += r[k].contribution;
            assert_bits(forth, back);
            assert_near(forth, score[i], 0x1p-41);
            assert_int_equal(r[0].id, KAM_REASON_BASE);
            assert_near(r[0].value, 1 / (1 + exp(-phi[0][FEATURES])), 1e-9);
            assert_int_equal(r[top + 1].id, KAM_REASON_REST);
            assert_near(r[top + 1].value, FEATURES - top, 0);
            for (int k = 1; k <= top; k++) {
                int f = 0;
                while (ids[f] != r[k].id) f++;
                assert_near(r[k].contribution, phi[i][f], 0x1p-40);
                assert_bits(r[k].value, x[i * FEATURES + f]);
                if (k > 1)
                    assert_true(fabs(r[k].contribution) <=
                                fabs(r[k - 1].contribution));
            }
        }
    }
    assert_status(kam_trees_reasons(trees, &panel, 6, NULL, reasons, NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_trees_reasons(trees, &panel, -1, NULL, reasons, NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_trees_reasons(trees, &panel, 1, NULL, NULL, NULL),
                  KAM_ERR_NULL);
    kam_trees_free(trees);
    free(x);
    free(toy);
}

static void test_calls(void **state) {
    (void)state;
    kam_trees *const trees = model_of(KAM_TREES_XGBOOST, by_hand, 2);
    double *const x = rows_of(ROWS, 8), score[ROWS];
    kam_column column[FEATURES];
    kam_panel panel = panel_of(x, ROWS, column);
    int64_t looks = 0;
    kam_host host = {.struct_size = sizeof host};
    host.progress = stop_when_used_up;
    host.watcher = &looks;
    assert_status(kam_trees_score(trees, &panel, &host, score, NULL, NULL),
                  KAM_ERR_CANCELLED);
    assert_status(kam_trees_score(NULL, &panel, NULL, score, NULL, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_trees_score(trees, NULL, NULL, score, NULL, NULL),
                  KAM_ERR_NULL);
    panel.n_columns = 4;
    assert_status(kam_trees_score(trees, &panel, NULL, score, NULL, NULL),
                  KAM_ERR_SHAPE);
    assert_status(kam_trees_contributions(trees, &panel, NULL, score, NULL),
                  KAM_ERR_SHAPE);
    panel.n_columns = FEATURES;
    assert_status(kam_trees_contributions(trees, &panel, NULL, NULL, NULL),
                  KAM_ERR_NULL);
    kam_trees_report r = {.struct_size = 3};
    assert_status(kam_trees_report_of(trees, &r, NULL), KAM_ERR_STRUCT);
    assert_status(kam_trees_report_of(NULL, &r, NULL), KAM_ERR_NULL);
    kam_trees_free(trees);
    free(x);
}

/* ---- blobs ---- */

static uint8_t *blob_of(const kam_trees *trees, uint64_t *size) {
    assert_status(kam_trees_save(trees, NULL, 0, size, NULL), KAM_OK);
    uint8_t *const blob = malloc((size_t)*size);
    assert_status(kam_trees_save(trees, blob, *size - 1, size, NULL),
                  KAM_ERR_SHAPE);
    assert_status(kam_trees_save(trees, blob, *size, size, NULL), KAM_OK);
    return blob;
}

static void test_blob(void **state) {
    (void)state;
    struct toy *const toy = forest(7, 9);
    double *const x = rows_of(ROWS, 10);
    static double before[ROWS], after[ROWS];
    kam_column column[FEATURES];
    const kam_panel panel = panel_of(x, ROWS, column);
    for (int source = 1; source <= 2; source++) {
        kam_trees *const trees = model_of(source, toy, 7), *again;
        uint64_t size, size_again;
        uint8_t *const blob = blob_of(trees, &size);
        uint8_t *const odd = malloc((size_t)size + 1);
        memcpy(odd + 1, blob, (size_t)size); /* at any address */
        assert_status(kam_trees_load(odd + 1, size, NULL, &again, NULL),
                      KAM_OK);
        uint8_t *const same = blob_of(again, &size_again);
        assert_int_equal(size, size_again);
        assert_memory_equal(blob, same, (size_t)size);
        kam_trees_score(trees, &panel, NULL, before, NULL, NULL);
        kam_trees_score(again, &panel, NULL, after, NULL, NULL);
        for (int i = 0; i < ROWS; i++) assert_bits(after[i], before[i]);
        assert_string_equal(kam_trees_feature_name(again, 4), "e");
        for (uint64_t i = 0; i < size; i++) {
            kam_trees *none;
            odd[1 + i] ^= 0x10;
            if (kam_trees_load(odd + 1, size, NULL, &none, NULL) == KAM_OK)
                fail_msg("byte %d changed and nobody saw it", (int)i);
            assert_null(none);
            odd[1 + i] ^= 0x10;
            uint8_t *const cut = malloc((size_t)i + 1);
            memcpy(cut, blob, (size_t)i);
            assert_status(kam_trees_load(cut, i, NULL, &none, NULL),
                          KAM_ERR_SHAPE);
            free(cut);
        }
        kam_trees_free(again);
        blob[8] = 2;
        assert_status(kam_trees_load(blob, size, NULL, &again, NULL),
                      KAM_ERR_NEWER);
        assert_null(again);
        free(blob);
        free(same);
        free(odd);
        kam_trees_free(trees);
    }
    free(x);
    free(toy);
}

/* The blob of version 1 stays readable, and is what we still write. */
static void test_golden_blob(void **state) {
    (void)state;
    static uint8_t golden[4096];
    uint64_t n = 0, size;
    FILE *const file = fopen(TEST_GOLDEN "/trees_blob_1.txt", "r");
    assert_non_null(file);
    char line[256];
    while (fgets(line, sizeof line, file)) {
        unsigned byte;
        if (line[0] == '#') continue;
        for (const char *at = line; sscanf(at, "%2x", &byte) == 1; at += 2)
            golden[n++] = (uint8_t)byte;
    }
    fclose(file);
    kam_trees *trees;
    assert_status(kam_trees_load(golden, n, NULL, &trees, NULL), KAM_OK);
    assert_near(score_of(trees, 1, 9, 0), -0.625, 0);
    assert_near(score_of(trees, 2, NAN, NAN), 0.875, 0);
    assert_near(score_of(trees, 2, 0.25, 3), 1.75, 0);
    kam_trees_free(trees);
    trees = model_of(KAM_TREES_XGBOOST, by_hand, 2);
    uint8_t *const now = blob_of(trees, &size);
    assert_int_equal(size, n);
    assert_memory_equal(now, golden, (size_t)n);
    free(now);
    kam_trees_free(trees);
}

/* ---- what is wrong is told ---- */

/* The text with the first `from` put in place of `to`. */
static char *changed(const struct text *text, const char *from,
                     const char *to) {
    const char *const at = strstr(text->bytes, from);
    if (!at) fail_msg("%s is not in the text", from);
    char *const made = calloc(1, text->n + strlen(to) + 1);
    sprintf(made, "%.*s%s%s", (int)(at - text->bytes), text->bytes, to,
            at + strlen(from));
    return made;
}

/* CRC-32 of ISO 3309, a bit at a time. */
static uint32_t checksum(const uint8_t *bytes, uint64_t n) {
    uint32_t crc = UINT32_MAX;
    for (uint64_t i = 0; i < n; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
    }
    return ~crc;
}

enum { ROOTS = 104 + FEATURES, NODES = ROOTS + 2 * 8, NODE = 48 };

/* Blobs that were written wrong: the checksum is right. */
static void test_hostile_blobs(void **state) {
    (void)state;
    static const struct {
        int at, size; /* 8: a double or an integer; 4 */
        double number;
        int64_t integer;
        const char *argument;
    } wrong[] = {
        {24, 4, 0, 3, "trees"}, /* source */
        {28, 4, 0, 0, "trees"}, /* link */
        {32, 4, 0, 256, "blob"},
        {40, 8, -1, 0, "trees"}, /* slope */
        {40, 8, INFINITY, 0, "trees"},
        {48, 8, NAN, 0, "trees"}, /* start */
        {56, 8, 0, -1, "trees"},  /* rounds */
        {64, 8, 0, -1, "trees"},
        {72, 8, 0, 3, "blob"}, /* how many trees */
        {ROOTS, 8, 0, 1, "blob"},
        {ROOTS + 8, 8, 0, 0, "blob"},
        {ROOTS + 8, 8, 0, 9, "blob"},
        {ROOTS + 8, 8, 0, -1, "blob"},
        {NODES, 8, NAN, 0, "trees"}, /* threshold */
        {NODES + 16, 8, NAN, 0, "trees"},
        {NODES + 16, 8, -1, 0, "trees"},
        {NODES + 16, 8, INFINITY, 0, "trees"},
        {NODES + 24, 4, 0, 4, "trees"}, /* the right child is beyond */
        {NODES + 28, 4, 0, FEATURES, "trees"},
        {NODES + NODE + 8, 8, 0x1p100, 0, "trees"}, /* a leaf */
        {NODES + 5 * NODE + 36, 4, 0, -1, "trees"}, /* the set */
        {NODES + 5 * NODE + 36, 4, 0, 1, "trees"},
        {NODES + 5 * NODE + 40, 4, 0, 3, "trees"},
    };
    kam_trees *const trees = model_of(KAM_TREES_XGBOOST, by_hand, 2), *none;
    uint64_t size;
    uint8_t *const blob = blob_of(trees, &size), *const odd = malloc(size);
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        uint64_t bits = (uint64_t)wrong[k].integer;
        kam_diag diag = {.struct_size = sizeof diag};
        if (wrong[k].number != 0) memcpy(&bits, &wrong[k].number, sizeof bits);
        memcpy(odd, blob, size);
        for (int i = 0; i < wrong[k].size; i++)
            odd[wrong[k].at + i] = (uint8_t)(bits >> (8 * i));
        const uint32_t crc = checksum(odd + 16, size - 16);
        for (int i = 0; i < 4; i++) odd[12 + i] = (uint8_t)(crc >> (8 * i));
        if (kam_trees_load(odd, size, NULL, &none, &diag) != KAM_ERR_SHAPE ||
            strcmp(diag.argument, wrong[k].argument) != 0)
            fail_msg("case %d: %s: %s", (int)k, diag.argument, diag.message);
        assert_null(none);
    }
    assert_status(kam_trees_save(NULL, odd, size, &size, NULL), KAM_ERR_NULL);
    assert_status(kam_trees_save(trees, odd, size, NULL, NULL), KAM_ERR_NULL);
    free(odd);
    free(blob);
    kam_trees_free(trees);
}

struct slip {
    const char *from, *to;
    kam_status status;
    const char *argument;
};

static void expect_slips(int source, const struct text *text,
                         const struct slip *slip, size_t n) {
    for (size_t i = 0; i < n; i++) {
        char *const made = changed(text, slip[i].from, slip[i].to);
        kam_trees *trees;
        kam_diag diag = {.struct_size = sizeof diag};
        const kam_status status =
            read_text(source, made, strlen(made), 0, NULL, &trees, &diag);
        if (status != slip[i].status ||
            strcmp(diag.argument, slip[i].argument) != 0)
            fail_msg("%s -> %s: %s, %s: %s", slip[i].from, slip[i].to,
                     kam_status_name(status), diag.argument, diag.message);
        assert_null(trees);
        free(made);
    }
}

static void test_hostile_xgboost(void **state) {
    (void)state;
    static const struct slip slips[] = {
        {"gbtree\"", "dart\"", KAM_ERR_UNSUPPORTED, "gradient_booster.name"},
        {"binary:logistic", "multi:softprob", KAM_ERR_UNSUPPORTED, "objective"},
        {"\"num_class\": \"0\"", "\"num_class\": \"3\"", KAM_ERR_UNSUPPORTED,
         "num_class"},
        {"\"num_target\": \"1\"", "\"num_target\": \"2\"", KAM_ERR_UNSUPPORTED,
         "num_target"},
        {"\"num_feature\": \"5\"", "\"num_feature\": \"256\"", KAM_ERR_SHAPE,
         "feature_names"},
        {"\"num_feature\": \"5\"", "\"num_feature\": \"-5\"", KAM_ERR_SHAPE,
         "num_feature"},
        {"size_leaf_vector\":\"1\"", "size_leaf_vector\":\"4\"",
         KAM_ERR_UNSUPPORTED, "size_leaf_vector"},
        {"[5E-1]", "[5E-1,5E-1]", KAM_ERR_UNSUPPORTED, "base_score"},
        {"[5E-1]", "[]", KAM_ERR_UNSUPPORTED, "base_score"},
        {"\"[5E-1]\"", "\"[\"", KAM_ERR_UNSUPPORTED, "base_score"},
        {"[5E-1]", "1", KAM_ERR_SHAPE, "base_score"},
        {"\"a\", ", "", KAM_ERR_SHAPE, "feature_names"},
        {"\"a\", ", "\"\\u0041\", ", KAM_ERR_UNSUPPORTED, "feature_names"},
        {"\"a\", ", "1, ", KAM_ERR_SHAPE, "feature_names"},
        {"[\"a\", \"b\", \"c\", \"d\", \"e\"],\n"
         "\"learner_model_param\": {\"base_score\": \"[5E-1]\", \"num_class\": "
         "\"0\", \"num_feature\": \"5\"",
         "[], \"learner_model_param\": {\"base_score\": \"[5E-1]\", "
         "\"num_class\": \"0\", \"num_feature\": \"256\"",
         KAM_ERR_UNSUPPORTED, "trees.n_features"},
        {"\"trees\": [", "\"tree\": [", KAM_ERR_SHAPE, "trees"},
        {"\"trees\": [", "\"trees\": [null,", KAM_ERR_SHAPE, "left_children"},
        {"\"attributes\"", "\"learner_model_param\": {}, \"attributes\"",
         KAM_ERR_SHAPE, "learner_model_param"},
        {"left_children\": [1", "left_children\": [9", KAM_ERR_SHAPE, "trees"},
        {"left_children\": [1", "left_children\": [2", KAM_ERR_SHAPE, "trees"},
        {"left_children\": [1", "left_children\": [0", KAM_ERR_SHAPE, "trees"},
        {"left_children\": [1,-1,3", "left_children\": [1,-1,0", KAM_ERR_SHAPE,
         "trees"},
        {"left_children\": [1,-1,3", "left_children\": [1,-1,-1", KAM_ERR_SHAPE,
         "trees"},
        {"left_children\": [1", "left_children\": [1.5", KAM_ERR_SHAPE,
         "left_children"},
        {"left_children\": [1", "left_children\": [-2", KAM_ERR_SHAPE,
         "left_children"},
        {"left_children\": [1", "left_children\": [-1,1", KAM_ERR_SHAPE,
         "right_children"},
        {"split_indices\": [0", "split_indices\": [5", KAM_ERR_SHAPE, "trees"},
        {"split_conditions\": [1.5", "split_conditions\": [NaN", KAM_ERR_SHAPE,
         "json"},
        {"split_conditions\": [1.5", "split_conditions\": [1e39", KAM_ERR_SHAPE,
         "split_conditions"},
        {"split_conditions\": [1.5", "split_conditions\": [true,1.5",
         KAM_ERR_SHAPE, "split_conditions"},
        {"1.5,-0.5", "1.5,3e38", KAM_ERR_SHAPE, "trees"},
        {"sum_hessian\": [100", "sum_hessian\": [-1", KAM_ERR_SHAPE,
         "sum_hessian"},
        {"default_left\": [1", "default_left\": [2", KAM_ERR_SHAPE,
         "default_left"},
        {"categories\":[1,3]", "categories\":[3,1]", KAM_ERR_SHAPE, "trees"},
        {"categories\":[1,3]", "categories\":[1,1]", KAM_ERR_SHAPE, "trees"},
        {"categories\":[1,3]", "categories\":[1]", KAM_ERR_SHAPE,
         "categories_sizes"},
        {"categories\":[1,3]", "categories\":[1,16777216]", KAM_ERR_SHAPE,
         "categories"},
        {"categories_nodes\":[0]", "categories_nodes\":[7]", KAM_ERR_SHAPE,
         "categories_nodes"},
        {"\"version\"", "\"version", KAM_ERR_SHAPE, "json"},
        {"\"version\": [3", "\"version\": [03", KAM_ERR_SHAPE, "json"},
        {"[3, 0, 0]}", "[3, 0, 0]}}", KAM_ERR_SHAPE, "json"},
        {"[3, 0, 0]}", "[3, 0, 0}", KAM_ERR_SHAPE, "json"},
        {"[3, 0, 0]}", "[3, 0, 0,]}", KAM_ERR_SHAPE, "json"},
        {"[3, 0, 0]}", "[3 0]}", KAM_ERR_SHAPE, "json"},
        {"[3, 0, 0]}", "nul}", KAM_ERR_SHAPE, "json"},
        {"[3, 0, 0]}", "\"\\x\"}", KAM_ERR_SHAPE, "json"},
        {"[3, 0, 0]}", "\"\\u00g0\"}", KAM_ERR_SHAPE, "json"},
        {"[3, 0, 0]}", "\"\t\"}", KAM_ERR_SHAPE, "json"},
        {"[3, 0, 0]}",
         "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
         "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
         KAM_ERR_SHAPE, "json"}};
    struct text *const text = xgboost_of(by_hand, 2);
    expect_slips(KAM_TREES_XGBOOST, text, slips, sizeof slips / sizeof *slips);
    /* Where: the byte. */
    char *const made =
        changed(text, "\"num_class\": \"0\"", "\"num_class\": x");
    kam_trees *trees;
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_trees_from_xgboost(made, strlen(made), 0, NULL, &trees,
                                         &diag),
                  KAM_ERR_SHAPE);
    assert_int_equal(made[diag.row], 'x');
    free(made);
    /* No tree is without a node, nor do leaves add up to more than is said. */
    const struct toy empty = {0};
    struct text *const bare = xgboost_of(&empty, 1);
    assert_status(read_text(KAM_TREES_XGBOOST, bare->bytes, bare->n, 0, NULL,
                            &trees, &diag),
                  KAM_ERR_SHAPE);
    assert_string_equal(diag.argument, "trees");
    free(bare);
    const struct toy leaf = {1, {{.number = 0x1.8p99}}};
    const struct toy leaves[] = {leaf, leaf};
    for (int n = 1; n <= 2; n++) {
        struct text *const large = xgboost_of(leaves, n);
        assert_status(read_text(KAM_TREES_XGBOOST, large->bytes, large->n, 0,
                                NULL, &trees, NULL),
                      n == 1 ? KAM_OK : KAM_ERR_SHAPE);
        kam_trees_free(trees);
        free(large);
    }
    /* Cut short anywhere before its last brace. */
    for (size_t n = 0; n < text->n - 1; n++)
        assert_status(read_text(KAM_TREES_XGBOOST, text->bytes, n, 0, NULL,
                                &trees, NULL),
                      KAM_ERR_SHAPE);
    free(text);
}

static void test_hostile_lightgbm(void **state) {
    (void)state;
    static const struct slip slips[] = {
        {"tree\n", "gbdt\n", KAM_ERR_SHAPE, "text"},
        {"version=v4", "version=v9", KAM_ERR_UNSUPPORTED, "version"},
        {"num_class=1", "num_class=3", KAM_ERR_UNSUPPORTED, "num_class"},
        {"per_iteration=1", "per_iteration=2", KAM_ERR_UNSUPPORTED,
         "num_tree_per_iteration"},
        {"objective=binary sigmoid:2", "objective=multiclass num_class:3",
         KAM_ERR_UNSUPPORTED, "objective"},
        {"objective=binary sigmoid:2", "objective=regression sqrt",
         KAM_ERR_UNSUPPORTED, "objective"},
        {"sigmoid:2", "sigmoid:-2", KAM_ERR_SHAPE, "objective"},
        {"sigmoid:2", "sigmoid:", KAM_ERR_SHAPE, "objective"},
        {"label_index=0", "average_output", KAM_ERR_UNSUPPORTED, "text"},
        {"label_index=0", "news=1", KAM_ERR_UNSUPPORTED, "text"},
        {"max_feature_idx=4", "max_feature_idx=3", KAM_ERR_SHAPE,
         "feature_names"},
        {"max_feature_idx=4", "max_feature_idx=x", KAM_ERR_SHAPE,
         "max_feature_idx"},
        {"Tree=0", "Tree=1", KAM_ERR_SHAPE, "tree"},
        {"num_leaves=3", "num_leaves=2", KAM_ERR_SHAPE, "leaf_value"},
        {"num_leaves=3", "num_leaves=0", KAM_ERR_SHAPE, "num_leaves"},
        {"num_leaves=3", "num_leaves=2000000000", KAM_ERR_SHAPE, "num_leaves"},
        {"num_leaves=3", "num_leaves=500000000", KAM_ERR_SHAPE, "leaf_value"},
        {"num_leaves=3", "num_leaf=3", KAM_ERR_UNSUPPORTED, "tree"},
        {"num_leaves=3", "num_leaves=3\nnum_leaves=3", KAM_ERR_SHAPE,
         "num_leaves"},
        {"num_leaves=3", "what", KAM_ERR_SHAPE, "tree"},
        {"is_linear=0", "is_linear=1", KAM_ERR_UNSUPPORTED, "is_linear"},
        {"split_feature=0", "split_feature=5", KAM_ERR_SHAPE, "trees"},
        {"split_feature=0", "split_feature=-1", KAM_ERR_SHAPE, "split_feature"},
        {"threshold=1.5", "threshold=nan", KAM_ERR_SHAPE, "threshold"},
        {"threshold=1.5 0.25", "threshold=1.5", KAM_ERR_SHAPE, "threshold"},
        {"threshold=1.5 0.25", "threshold=1.5 0.25 3", KAM_ERR_SHAPE,
         "threshold"},
        {"decision_type=10", "decision_type=12", KAM_ERR_SHAPE,
         "decision_type"},
        {"decision_type=10", "decision_type=9", KAM_ERR_SHAPE, "threshold"},
        {"left_child=-1", "left_child=-9", KAM_ERR_SHAPE, "trees"},
        {"left_child=-1", "left_child=0", KAM_ERR_SHAPE, "trees"},
        {"left_child=-1", "left_child=1", KAM_ERR_SHAPE, "trees"},
        {"left_child=-1", "left_child=-2147483649", KAM_ERR_SHAPE,
         "left_child"},
        {"right_child=1", "right_child=-1", KAM_ERR_SHAPE, "trees"},
        {"leaf_value=-0.5", "leaf_value=inf", KAM_ERR_SHAPE, "leaf_value"},
        {"leaf_value=-0.5", "leaf_value=1e200", KAM_ERR_SHAPE, "trees"},
        {"leaf_count=60", "leaf_count=-60", KAM_ERR_SHAPE, "leaf_count"},
        {"internal_count=100", "internal_count=x", KAM_ERR_SHAPE,
         "internal_count"},
        {"num_cat=1", "num_cat=2", KAM_ERR_SHAPE, "cat_boundaries"},
        {"num_cat=1", "num_cat=0", KAM_ERR_SHAPE, "threshold"},
        {"cat_boundaries=0 1", "cat_boundaries=1 2", KAM_ERR_SHAPE,
         "cat_boundaries"},
        {"cat_boundaries=0 1", "cat_boundaries=0 9", KAM_ERR_SHAPE,
         "cat_threshold"},
        {"cat_boundaries=0 1", "cat_boundaries=0 67108864", KAM_ERR_SHAPE,
         "cat_threshold"},
        {"cat_boundaries=0 1", "cat_boundaries=0 67108865", KAM_ERR_UNSUPPORTED,
         "cat_boundaries"},
        {"cat_boundaries=0 1\n", "", KAM_ERR_SHAPE, "num_cat"},
        {"cat_threshold=10", "cat_threshold=4294967296", KAM_ERR_SHAPE,
         "cat_threshold"},
        {"end of trees", "end", KAM_ERR_SHAPE, "tree"},
    };
    struct text *const text = lightgbm_of(by_hand, 2);
    expect_slips(KAM_TREES_LIGHTGBM, text, slips, sizeof slips / sizeof *slips);
    const size_t whole =
        (size_t)(strstr(text->bytes, "end of trees\n") - text->bytes) + 13;
    for (size_t n = 0; n < text->n; n++) {
        kam_trees *trees;
        const kam_status status = read_text(KAM_TREES_LIGHTGBM, text->bytes, n,
                                            0, NULL, &trees, NULL);
        assert_true(n < whole ? status != KAM_OK : status == KAM_OK);
        kam_trees_free(trees);
    }
    free(text);
    /* More features than a panel has columns; more rounds than there are. */
    static const char wide[] =
        "tree\nversion=v4\nnum_class=1\nmax_feature_idx=255\nend of trees\n";
    kam_trees *trees;
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(read_text(KAM_TREES_LIGHTGBM, wide, sizeof wide - 1, 0, NULL,
                            &trees, &diag),
                  KAM_ERR_UNSUPPORTED);
    assert_string_equal(diag.argument, "max_feature_idx");
    struct text *const poisson = lightgbm_of(by_hand, 2);
    char *const made = changed(poisson, "binary sigmoid:2",
                               "poisson max_delta_step:0.7"); /* passed over */
    assert_status(read_text(KAM_TREES_LIGHTGBM, made, strlen(made), 3, NULL,
                            &trees, &diag),
                  KAM_ERR_OPTION);
    assert_string_equal(diag.argument, "rounds");
    assert_status(read_text(KAM_TREES_LIGHTGBM, made, strlen(made), 2, NULL,
                            &trees, NULL),
                  KAM_OK);
    kam_trees_free(trees);
    free(made);
    free(poisson);
    /* Zero missing in one node of a feature, and not in another. */
    struct toy two[2] = {by_hand[0], by_hand[0]};
    struct text *const mixed = lightgbm_of(two, 2);
    const struct slip slip = {"decision_type=10", "decision_type=6",
                              KAM_ERR_UNSUPPORTED, "zero_as_missing"};
    expect_slips(KAM_TREES_LIGHTGBM, mixed, &slip, 1);
    free(mixed);
}

/* A chain of n comparisons on as many features as there are. */
static kam_trees *chain(int n, int n_features) {
    struct text *const text = calloc(1, sizeof *text);
    kam_trees *trees;
    say(text,
        "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\n"
        "max_feature_idx=%d\nobjective=regression\n\nTree=0\nnum_leaves=%d\n"
        "split_feature=",
        n_features - 1, n + 1);
    for (int i = 0; i < n; i++) say(text, "%d ", i % n_features);
    say(text, "\nthreshold=");
    for (int i = 0; i < n; i++) say(text, "%d.5 ", i);
    say(text, "\ndecision_type=");
    for (int i = 0; i < n; i++) say(text, "8 ");
    say(text, "\nleft_child=");
    for (int i = 0; i < n; i++) say(text, "%d ", -1 - i);
    say(text, "\nright_child=");
    for (int i = 0; i < n; i++) say(text, "%d ", i < n - 1 ? i + 1 : -1 - n);
    say(text, "\nleaf_value=");
    for (int i = 0; i <= n; i++) say(text, "%d ", i);
    say(text, "\nleaf_count=");
    for (int i = 0; i <= n; i++) say(text, "1 ");
    say(text, "\ninternal_count=");
    for (int i = 0; i < n; i++) say(text, "1 ");
    say(text, "\nend of trees\n");
    assert_status(read_text(KAM_TREES_LIGHTGBM, text->bytes, text->n, 0, NULL,
                            &trees, NULL),
                  KAM_OK);
    free(text);
    return trees;
}

/* Deep trees score; reasons go as far as they say. */
/* Files of gigabytes: as their readers would have left them. */
static void test_too_many_nodes(void **state) {
    (void)state;
    struct kam__raw_trees raw;
    kam_trees *trees = NULL;
    kam_diag diag = {.struct_size = sizeof diag};
    for (int k = 0; k < 2; k++) {
        memset(&raw, 0, sizeof raw);
        *(k ? &raw.n_categories : &raw.n_nodes) = (1 << 30) + 1;
        assert_status(kam__trees_build(&raw, &trees, &diag),
                      KAM_ERR_UNSUPPORTED);
        assert_string_equal(diag.argument, "trees");
        assert_null(trees);
    }
}

static void test_deep(void **state) {
    (void)state;
    static const struct {
        int n, n_features;
        kam_status status;
    } cases[] = {{2500, 1, KAM_ERR_UNSUPPORTED},
                 {129, 1, KAM_ERR_UNSUPPORTED},
                 {128, 1, KAM_OK},
                 {32, 32, KAM_OK},
                 {17, 17, KAM_OK},
                 {33, 33, KAM_ERR_UNSUPPORTED},
                 {128, 32, KAM_OK},
                 {128, 255, KAM_ERR_UNSUPPORTED}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static kam_column column[255];
        kam_trees *const trees = chain(cases[i].n, cases[i].n_features);
        const double x = 16.7;
        double score, phi[256], total = 0;
        kam_panel panel = {.struct_size = sizeof panel};
        for (int f = 0; f < 255; f++) column[f] = column_of(&x);
        panel.n_columns = cases[i].n_features;
        panel.n_rows = 1;
        panel.column = column;
        assert_status(kam_trees_score(trees, &panel, NULL, &score, NULL, NULL),
                      KAM_OK);
        assert_near(score, 17, 0);
        assert_status(kam_trees_contributions(trees, &panel, NULL, phi, NULL),
                      cases[i].status);
        for (int f = 0; f <= cases[i].n_features; f++) total += phi[f];
        if (cases[i].status == KAM_OK) assert_near(total, 17, 1e-10);
        kam_trees_free(trees);
    }
}

/* 255 features compare both ways: rows in small groups, the same scores. */
static void test_wide(void **state) {
    (void)state;
    kam_trees *const trees = chain(1000, 255);
    static kam_column column[255];
    static double x[131];
    double score[131];
    for (int i = 0; i < 131; i++) x[i] = 7 * i + 0.25;
    for (int f = 0; f < 255; f++) column[f] = column_of(x);
    kam_panel panel = {.struct_size = sizeof panel};
    panel.n_columns = 255;
    panel.n_rows = 131;
    panel.column = column;
    assert_status(kam_trees_score(trees, &panel, NULL, score, NULL, NULL),
                  KAM_OK);
    for (int i = 0; i < 131; i++) assert_near(score[i], 7 * i, 0);
    kam_trees_free(trees);
}

static void test_no_counts(void **state) {
    (void)state;
    struct toy toy = by_hand[0];
    for (int i = 0; i < toy.n; i++) toy.node[i].cover = 0;
    kam_trees *const trees = model_of(KAM_TREES_XGBOOST, &toy, 1);
    double *const x = rows_of(1, 1), phi[FEATURES + 1];
    kam_column column[FEATURES];
    const kam_panel panel = panel_of(x, 1, column);
    kam_trees_report r = {.struct_size = sizeof r};
    assert_status(kam_trees_report_of(trees, &r, NULL), KAM_OK);
    assert_true(isnan(r.base));
    assert_status(kam_trees_contributions(trees, &panel, NULL, phi, NULL),
                  KAM_ERR_UNSUPPORTED);
    kam_trees_free(trees);
    free(x);
}

static void test_every_allocation(void **state) {
    (void)state;
    struct toy *const toy = forest(40, 12);
    for (int source = 1; source <= 3; source++) {
        struct text *const text = source == KAM_TREES_LIGHTGBM
                                      ? lightgbm_of(toy, 40)
                                      : xgboost_of(toy, 40);
        kam_trees *const whole =
            model_of(source == 2 ? KAM_TREES_LIGHTGBM : KAM_TREES_XGBOOST, toy,
                     40);
        uint64_t size;
        uint8_t *const blob = blob_of(whole, &size);
        for (int64_t fail = 1;; fail++) {
            struct lender lender;
            const kam_host host = lender_host(&lender, fail);
            kam_trees *trees = (kam_trees *)&lender;
            const kam_status status =
                source == 3 ? kam_trees_load(blob, size, &host, &trees, NULL)
                            : read_text(source, text->bytes, text->n, 0, &host,
                                        &trees, NULL);
            if (status == KAM_OK) {
                assert_true(fail > 5);
                assert_int_equal(lender.n_live, 1);
                kam_trees_free(trees);
                assert_int_equal(lender.n_live, 0);
                break;
            }
            assert_status(status, KAM_ERR_MEMORY);
            assert_null(trees);
            assert_int_equal(lender.n_live, 0);
        }
        free(blob);
        kam_trees_free(whole);
        free(text);
    }
    free(toy);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_report),
        cmocka_unit_test(test_links),
        cmocka_unit_test(test_rounds),
        cmocka_unit_test(test_missing_of_lightgbm),
        cmocka_unit_test(test_subsets),
        cmocka_unit_test(test_one_is_many),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_calls),
        cmocka_unit_test(test_blob),
        cmocka_unit_test(test_golden_blob),
        cmocka_unit_test(test_hostile_blobs),
        cmocka_unit_test(test_hostile_xgboost),
        cmocka_unit_test(test_hostile_lightgbm),
        cmocka_unit_test(test_too_many_nodes),
        cmocka_unit_test(test_deep),
        cmocka_unit_test(test_wide),
        cmocka_unit_test(test_no_counts),
        cmocka_unit_test(test_every_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
