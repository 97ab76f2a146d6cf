/* SPDX-License-Identifier: MIT */
/* The matrix of value and potential (T2). */
#include <kam/reason.h>

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/diag.h"
#include "base/isa.h"
#include "base/memory.h"
#include "base/rows.h"
#include "base/sized.h"
#include "tier/classify.h"
#include "tier/matrix_options.h"

/* ---- fitting ---- */

static uint32_t defaults_of(const kam_matrix_options *mine) {
    const kam_matrix_options theirs = kam__matrix_defaults();
    const int top = mine->top_basis == theirs.top_basis &&
                    mine->top_share == theirs.top_share;
    uint32_t bits = 0;
    if (top) bits |= KAM_MATRIX_DEFAULT_TOP;
    if (mine->middle_share == theirs.middle_share)
        bits |= KAM_MATRIX_DEFAULT_MIDDLE;
    if (mine->high_growth == theirs.high_growth)
        bits |= KAM_MATRIX_DEFAULT_HIGH_GROWTH;
    if (mine->low_growth == theirs.low_growth)
        bits |= KAM_MATRIX_DEFAULT_LOW_GROWTH;
    if (mine->wallet_share == theirs.wallet_share)
        bits |= KAM_MATRIX_DEFAULT_WALLET_SHARE;
    if (mine->pain_least == theirs.pain_least) bits |= KAM_MATRIX_DEFAULT_PAIN;
    return bits;
}

/* The money at which a share of the book begins. */
static kam_status limit_of(int32_t basis, double share,
                           const kam_column *revenue, int64_t n_rows,
                           const kam_host *host, double *limit,
                           kam_diag *diag) {
    const kam_tier_band band = {share, share};
    const kam_tier_policy policy = {.struct_size = sizeof policy,
                                    .basis = basis,
                                    .n_bands = 1,
                                    .bands = &band};
    kam_tier_band found = {0, 0};
    const kam_status status =
        kam_tier_cutpoints(&policy, revenue, n_rows, host, &found, diag);
    *limit = found.enter;
    return status;
}

kam_status kam_matrix_fit(const kam_matrix_options *options,
                          const kam_column *revenue, int64_t n_rows,
                          const kam_host *host, kam_matrix *matrix,
                          kam_diag *diag) {
    kam_matrix_options ours;
    kam_status status = kam__matrix_options_read(&ours, options, diag);
    if (status != KAM_OK) return status;
    if (!revenue || !matrix)
        return kam__fail(diag, KAM_ERR_NULL, revenue ? "matrix" : "revenue", -1,
                         (double)NAN, "");
    kam_matrix fitted = {.high_growth = ours.high_growth,
                         .low_growth = ours.low_growth,
                         .wallet_share = ours.wallet_share,
                         .pain_least = ours.pain_least,
                         .missing_is_no = ours.missing_is_no,
                         .defaults = defaults_of(&ours)};
    status = limit_of(ours.top_basis, ours.top_share, revenue, n_rows, host,
                      &fitted.top_limit, diag);
    if (status == KAM_OK)
        status = limit_of(KAM_TIER_BY_RANK, ours.middle_share, revenue, n_rows,
                          host, &fitted.middle_limit, diag);
    if (status != KAM_OK) return status;
    *matrix = fitted;
    return kam__ok(diag);
}

/* ---- classifying ---- */

const int32_t *kam__classify_rows(const struct kam__classification *to,
                                  int64_t first, int32_t n,
                                  int32_t *matrix_class) {
    const kam_matrix_out *const out = &to->out;
    double in[5][KAM__TILE], share[KAM__TILE];
    uint32_t unwanted[KAM__TILE];
    const struct kam__class_tile tile = {
        n,
        kam__gather_by(to->isa, &to->rows.revenue, first, n, in[0]),
        kam__gather_by(to->isa, &to->rows.stable, first, n, in[1]),
        kam__gather_by(to->isa, &to->rows.growth, first, n, in[2]),
        kam__gather_by(to->isa, &to->rows.wallet, first, n, in[3]),
        kam__gather_by(to->isa, &to->rows.pain, first, n, in[4]),
        out->matrix_class ? out->matrix_class + first : matrix_class,
        out->wallet_share ? out->wallet_share + first : share,
        out->row_flags ? out->row_flags + first : unwanted,
        out->value_score ? out->value_score + first : NULL,
        out->potential_score ? out->potential_score + first : NULL};
    if (!out->row_flags) memset(unwanted, 0, (size_t)n * sizeof *unwanted);
    (*KAM__PICK(to->isa, kam__class))(&to->matrix, &tile);
    return tile.matrix_class;
}

static void classify_rows(void *context, int64_t first, int32_t n) {
    const struct kam__classification *const to = context;
    int32_t matrix_class[KAM__TILE];
    if (to->out.row_flags)
        memset(to->out.row_flags + first, 0,
               (size_t)n * sizeof *to->out.row_flags);
    (void)kam__classify_rows(to, first, n, matrix_class);
}

static kam_status read_rows(struct kam__classification *work,
                            const kam_matrix_rows *theirs, kam_diag *diag) {
    kam_matrix_rows *const rows = &work->rows;
    kam_status status =
        kam__sized_read(rows, sizeof *rows, theirs, KAM__FIRST(kam_matrix_rows),
                        "rows", diag);
    if (status != KAM_OK) return status;
    if (rows->n_rows < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "rows.n_rows", -1,
                         (double)rows->n_rows, "n_rows is {value}.");
    const struct {
        const kam_column *column;
        const char *argument;
    } check[] = {{&rows->revenue, "rows.revenue"},
                 {&rows->stable, "rows.stable"},
                 {&rows->growth, "rows.growth"},
                 {&rows->wallet, "rows.wallet"},
                 {&rows->pain, "rows.pain"}};
    for (size_t i = 0; i < sizeof check / sizeof *check && status == KAM_OK;
         i++)
        status = kam__column_check(check[i].column, rows->n_rows, KAM__NUMBERS,
                                   0, check[i].argument, diag);
    return status;
}

static kam_status check_matrix(const kam_matrix *m, kam_diag *diag) {
    if (!m) return kam__fail(diag, KAM_ERR_NULL, "matrix", -1, (double)NAN, "");
    const double number[] = {m->top_limit,  m->middle_limit, m->high_growth,
                             m->low_growth, m->wallet_share, m->pain_least};
    for (size_t i = 0; i < sizeof number / sizeof *number; i++)
        if (number[i] != number[i] || isinf(number[i]))
            return kam__fail(diag, KAM_ERR_OPTION, "matrix", -1, number[i],
                             "One of its numbers is {value}.");
    if (m->top_limit < m->middle_limit)
        return kam__fail(diag, KAM_ERR_OPTION, "matrix.top_limit", -1,
                         m->top_limit, "{value} is below the middle's limit.");
    return KAM_OK;
}

kam_status kam__classify_begin(struct kam__classification *to,
                               const kam_matrix *matrix,
                               const kam_matrix_rows *rows,
                               const kam_matrix_out *out, int32_t isa,
                               kam_diag *diag) {
    memset(to, 0, sizeof *to);
    to->isa = isa;
    kam_status status = check_matrix(matrix, diag);
    if (status == KAM_OK) status = read_rows(to, rows, diag);
    if (status == KAM_OK)
        status = kam__sized_read(&to->out, sizeof to->out, out,
                                 KAM__FIRST(kam_matrix_out), "out", diag);
    if (status == KAM_OK) to->matrix = *matrix;
    return status;
}

kam_status kam_matrix_classify(const kam_matrix *matrix,
                               const kam_matrix_rows *rows,
                               const kam_host *host, const kam_matrix_out *out,
                               kam_diag *diag) {
    kam_host lent;
    struct kam__classification to;
    kam_status status =
        kam__classify_begin(&to, matrix, rows, out, KAM_ISA_BASE, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    to.isa = kam__isa_level(&lent, to.rows.n_rows);
    status = kam__for_rows(&lent, to.rows.n_rows, classify_rows, &to, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}

const char *kam_matrix_class_name(int32_t matrix_class, int32_t language) {
    const int zh = language == KAM_ZH;
    switch (matrix_class) {
    case KAM_MATRIX_CORE: return zh ? "核心价值" : "core";
    case KAM_MATRIX_HIGH_POTENTIAL: return zh ? "高潜力" : "high potential";
    case KAM_MATRIX_MAINTAIN: return zh ? "维持型" : "maintain";
    case KAM_MATRIX_DEVELOP: return zh ? "待优化" : "develop";
    case KAM_MATRIX_UNCLASSIFIED: return zh ? "未分类" : "unclassified";
    default: return zh ? "未知" : "unknown";
    }
}

double kam_matrix_wallet_rule(double rank, double n_suppliers) {
    if (!(rank >= 1 && rank <= n_suppliers) || isinf(n_suppliers))
        return (double)NAN;
    return (1 - rank / (n_suppliers + 1)) * (2 / n_suppliers);
}
