/* SPDX-License-Identifier: MIT */
/* What each feature adds to a score of trees. */
#include <math.h>

#include "base/diag.h"
#include "base/isa.h"
#include "base/rows.h"
#include "churn/trees_shapley.h"

struct explaining {
    const kam_trees *trees;
    kam_panel panel;
    int32_t isa, top;
    double *contribution;
    kam_reason *reasons;
};

static void shapley(const struct explaining *to, int64_t row, double *x,
                    double *phi) {
    for (int32_t f = 0; f < to->trees->n_features; f++)
        x[f] = kam__trees_value(to->trees, &to->panel, f, row);
    KAM__PICK(to->isa, kam__shapley)->explain(to->trees, x, phi);
}

static kam_status begin(struct explaining *to, const kam_panel *panel,
                        const kam_host *host, const void *out, const char *name,
                        kam_host *lent, kam_diag *diag) {
    const kam_trees *const trees = to->trees;
    const kam_status status =
        kam__trees_ask(trees, panel, host, &to->panel, lent, diag);
    if (status != KAM_OK) return status;
    if (!out) return kam__fail(diag, KAM_ERR_NULL, name, -1, NAN, "");
    if (!trees->has_covers)
        return kam__fail(diag, KAM_ERR_UNSUPPORTED, "trees", -1, NAN,
                         "the trees do not say how many rows went where.");
    if (trees->depth > KAM__SHAPLEY_DEPTH ||
        trees->path_features > KAM__SHAPLEY_FEATURES)
        return kam__fail(diag, KAM_ERR_UNSUPPORTED, "trees", -1, trees->depth,
                         "a path of {value} comparisons, or its features, are "
                         "too many to explain.");
    to->isa = kam__isa_level(lent, to->panel.n_rows);
    return KAM_OK;
}

static void write_contributions(void *context, int64_t first, int32_t n) {
    const struct explaining *const to = context;
    const int32_t p = to->trees->n_features;
    double x[KAM_PANEL_MOST_COLUMNS];
    for (int64_t row = first; row < first + n; row++) {
        double *const out = to->contribution + row * (p + 1);
        shapley(to, row, x, out);
        out[p] = to->trees->base;
    }
}

kam_status kam_trees_contributions(const kam_trees *trees,
                                   const kam_panel *panel, const kam_host *host,
                                   double *contribution, kam_diag *diag) {
    struct explaining to = {.trees = trees, .contribution = contribution};
    kam_host lent;
    kam_status status =
        begin(&to, panel, host, contribution, "contribution", &lent, diag);
    if (status != KAM_OK) return status;
    status =
        kam__for_rows(&lent, to.panel.n_rows, write_contributions, &to, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}

static double rounded(double x, double quantum) {
    return floor(x / quantum + 0.5) * quantum;
}

static int32_t largest(const double *part, const uint8_t *taken, int32_t n) {
    int32_t most = -1;
    for (int32_t j = 0; j < n; j++)
        if (!taken[j] && (most < 0 || fabs(part[j]) > fabs(part[most])))
            most = j;
    return most;
}

static void write_row(const struct explaining *to, int64_t row, double score,
                      kam_reason *out) {
    const int32_t p = to->trees->n_features;
    const double quantum = to->trees->quantum;
    double x[KAM_PANEL_MOST_COLUMNS], part[KAM_PANEL_MOST_COLUMNS];
    uint8_t taken[KAM_PANEL_MOST_COLUMNS] = {0};
    shapley(to, row, x, part);
    for (int32_t j = 0; j < p; j++) part[j] = rounded(part[j], quantum);
    const double base = rounded(to->trees->base, quantum);
    double rest = rounded(score, quantum) - base;
    out[0] = (kam_reason){KAM_REASON_BASE, 0, base,
                          kam__trees_answer(to->trees, base)};
    for (int32_t k = 1; k <= to->top; k++) {
        const int32_t j = largest(part, taken, p);
        const int32_t id =
            to->panel.reason ? to->panel.reason[j] : KAM_REASON_COLUMN + j;
        taken[j] = 1;
        rest -= part[j];
        out[k] = (kam_reason){id, 0, part[j],
                              kam__number_at(&to->panel.column[j], row)};
    }
    out[to->top + 1] =
        (kam_reason){KAM_REASON_REST, 0, rest, (double)(p - to->top)};
}

static void write_reasons(void *context, int64_t first, int32_t n) {
    const struct explaining *const to = context;
    double score[KAM__TILE];
    kam__trees_score(to->trees, &to->panel, first, n, score);
    for (int32_t i = 0; i < n; i++)
        write_row(to, first + i, score[i],
                  to->reasons + (first + i) * (to->top + 2));
}

kam_status kam_trees_reasons(const kam_trees *trees, const kam_panel *panel,
                             int32_t top, const kam_host *host,
                             kam_reason *reasons, kam_diag *diag) {
    struct explaining to = {.trees = trees, .top = top, .reasons = reasons};
    kam_host lent;
    kam_status status =
        begin(&to, panel, host, reasons, "reasons", &lent, diag);
    if (status != KAM_OK) return status;
    if (top < 0 || top > trees->n_features)
        return kam__fail(diag, KAM_ERR_OPTION, "top", -1, top,
                         "{value} reasons are not 0 to one a feature.");
    status = kam__for_rows(&lent, to.panel.n_rows, write_reasons, &to, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}
