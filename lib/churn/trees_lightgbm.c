/* SPDX-License-Identifier: MIT */
/* Models that LightGBM saved as text, of versions v3 and v4: all but the trees. */
#include "churn/trees_lightgbm.h"

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"

static const struct {
    const char *name;
    int32_t link;
} objectives[] = {
    {"binary", KAM_TREES_LOGISTIC},
    {"cross_entropy", KAM_TREES_LOGISTIC},
    {"xentropy", KAM_TREES_LOGISTIC},
    {"regression", KAM_TREES_IDENTITY},
    {"regression_l1", KAM_TREES_IDENTITY},
    {"huber", KAM_TREES_IDENTITY},
    {"fair", KAM_TREES_IDENTITY},
    {"quantile", KAM_TREES_IDENTITY},
    {"mape", KAM_TREES_IDENTITY},
    {"lambdarank", KAM_TREES_IDENTITY},
    {"rank_xendcg", KAM_TREES_IDENTITY},
    {"poisson", KAM_TREES_LOG},
    {"gamma", KAM_TREES_LOG},
    {"tweedie", KAM_TREES_LOG},
};

/* A name, and for some what follows: "binary sigmoid:1". */
static kam_status read_objective(const struct kam__lightgbm *r,
                                 struct kam__span value) {
    struct kam__span rest = value, word;
    kam__lines_word(&r->lines, &rest, &word);
    for (size_t i = 0; i < sizeof objectives / sizeof *objectives; i++)
        if (kam__lines_is(&r->lines, word, objectives[i].name))
            r->raw->link = objectives[i].link;
    if (!r->raw->link)
        return kam__lines_unsupported(
            &r->lines, value.from, "objective",
            "the objective at byte {row} is not supported.");
    while (kam__lines_word(&r->lines, &rest, &word)) {
        const uint64_t n = strlen("sigmoid:");
        if (kam__lines_is(&r->lines, word, "sqrt"))
            return kam__lines_unsupported(
                &r->lines, word.from, "objective",
                "sqrt at byte {row} is not supported.");
        if (word.to - word.from < n ||
            memcmp(r->lines.text + word.from, "sigmoid:", (size_t)n) != 0)
            continue;
        word.from += n;
        if (!kam__lines_number(&r->lines, word, &r->raw->slope) ||
            !(r->raw->slope > 0 && r->raw->slope < INFINITY))
            return kam__lines_wrong(
                &r->lines, word.from, "objective",
                "at byte {row} there is no possible number.");
    }
    return KAM_OK;
}

static kam_status read_names(const struct kam__lightgbm *r,
                             struct kam__span value) {
    struct kam__span word;
    int32_t n = 0;
    for (; kam__lines_word(&r->lines, &value, &word); n++)
        if (kam__raw_trees_add_name(r->raw, r->lines.text + word.from,
                                    word.to - word.from) ||
            kam__raw_trees_add_name(r->raw, "", 1))
            return kam__no_memory(r->lines.diag);
    return n == r->raw->n_features
               ? KAM_OK
               : kam__lines_wrong(&r->lines, value.to, "feature_names",
                                  "names and max_feature_idx do not agree.");
}

static kam_status only_one(const struct kam__lightgbm *r,
                           struct kam__span value, const char *name) {
    return kam__lines_is(&r->lines, value, "1")
               ? KAM_OK
               : kam__lines_unsupported(
                     &r->lines, value.from, name,
                     "more than one score a row is not supported.");
}

static kam_status read_head_line(const struct kam__lightgbm *r,
                                 struct kam__span line) {
    static const char *const fine[] = {"label_index", "feature_infos",
                                       "tree_sizes", "monotone_constraints"};
    struct kam__span key, value;
    if (!kam__lines_cut(&r->lines, line, &key, &value))
        return kam__lines_unsupported(
            &r->lines, line.from, "text",
            "the line at byte {row} is not supported.");
    if (kam__lines_is(&r->lines, key, "num_class"))
        return only_one(r, value, "num_class");
    if (kam__lines_is(&r->lines, key, "num_tree_per_iteration"))
        return only_one(r, value, "num_tree_per_iteration");
    if (kam__lines_is(&r->lines, key, "objective"))
        return read_objective(r, value);
    if (kam__lines_is(&r->lines, key, "feature_names"))
        return read_names(r, value);
    if (kam__lines_is(&r->lines, key, "version"))
        return kam__lines_is(&r->lines, value, "v3") ||
                       kam__lines_is(&r->lines, value, "v4")
                   ? KAM_OK
                   : kam__lines_unsupported(
                         &r->lines, value.from, "version",
                         "the version at byte {row} is not known.");
    if (kam__lines_is(&r->lines, key, "max_feature_idx")) {
        int64_t most;
        const kam_status status =
            kam__lines_whole(&r->lines, value, "max_feature_idx", 0,
                             INT32_MAX - 1, &most);
        if (status == KAM_OK) r->raw->n_features = (int32_t)most + 1;
        return status;
    }
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
        if (kam__lines_is(&r->lines, key, fine[i])) return KAM_OK;
    return kam__lines_unsupported(
        &r->lines, line.from, "text",
        "the line at byte {row} is of a kind that is not "
        "supported.");
}

/* Up to the first tree, whose line it leaves in `line`. */
static kam_status read_head(struct kam__lightgbm *r, struct kam__span *line) {
    struct kam__span key, value;
    if (!kam__lines_next(&r->lines, line) ||
        !kam__lines_is(&r->lines, *line, "tree"))
        return kam__lines_wrong(&r->lines, 0, "text",
                                "this is no text of LightGBM.");
    while (kam__lines_next(&r->lines, line)) {
        if (kam__lines_is(&r->lines, *line, "end of trees") ||
            (kam__lines_cut(&r->lines, *line, &key, &value) &&
             kam__lines_is(&r->lines, key, "Tree")))
            return r->raw->n_features <= KAM_PANEL_MOST_COLUMNS
                       ? KAM_OK
                       : kam__fail(r->lines.diag, KAM_ERR_UNSUPPORTED,
                                   "max_feature_idx", -1, r->raw->n_features,
                                   "{value} features are more than a panel can "
                                   "have.");
        const kam_status status = read_head_line(r, *line);
        if (status != KAM_OK) return status;
    }
    return kam__lines_wrong(&r->lines, r->lines.size, "text",
                            "the text ends at byte {row} too soon.");
}

static kam_status read_text(struct kam__lightgbm *r, int32_t rounds) {
    struct kam__span line;
    int64_t t = 0;
    kam_status status = read_head(r, &line);
    for (; status == KAM_OK && !kam__lines_is(&r->lines, line, "end of trees");
         t++)
        status = kam__lightgbm_tree(r, &line, t, rounds <= 0 || t < rounds);
    if (status != KAM_OK) return status;
    r->raw->n_rounds = t;
    if (rounds > t)
        return kam__fail(r->lines.diag, KAM_ERR_OPTION, "rounds", -1, rounds,
                         "the model has not as many as {value} rounds.");
    /* No objective: one of the caller's own. */
    if (!r->raw->link) r->raw->link = KAM_TREES_IDENTITY;
    return KAM_OK;
}

kam_status kam__trees_read_lightgbm(struct kam__raw_trees *raw,
                                    const char *bytes, uint64_t size,
                                    int32_t rounds, kam_diag *diag) {
    struct kam__lightgbm r = {.lines = {bytes, size, 0, diag}, .raw = raw};
    r.set.size = sizeof(int32_t);
    raw->source = KAM_TREES_LIGHTGBM;
    const kam_status status = read_text(&r, rounds);
    kam__array_free(&r.set, &raw->host);
    return status;
}
