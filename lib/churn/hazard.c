/* SPDX-License-Identifier: MIT */
/* What a hazard model says of a row: risk, interval, reasons; and its sums. */
#include <kam/hazard.h>

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/isa.h"
#include "base/memory.h"
#include "churn/hazard_terms.h"
#include "churn/panel.h"
#include "math/accumulate.h"
#include "math/special.h"

/* Rows that are looked at together: 255 signals of them fit on any stack. */
enum { BLOCK = 16, MOST = KAM_PANEL_MOST_COLUMNS + 1 };

struct block {
    double x[MOST][BLOCK]; /* 1, then the signals */
    double offset[BLOCK], event[BLOCK], weight[BLOCK];
    uint32_t flag[BLOCK];
};

const char *kam_hazard_verdict_name(int32_t verdict) {
    switch (verdict) {
    case KAM_HAZARD_FITTED: return "fitted";
    case KAM_HAZARD_PRIOR_ONLY: return "prior_only";
    case KAM_HAZARD_SEPARATED: return "separated";
    case KAM_HAZARD_FIRTH: return "firth";
    default: return "unknown";
    }
}

static void flag_all(const double *x, int32_t n, uint32_t *flag) {
    for (int32_t i = 0; i < n; i++) {
        if (x[i] != x[i])
            flag[i] |= KAM_ROW_MISSING;
        else if (isinf(x[i]))
            flag[i] |= KAM_ROW_DOMAIN;
    }
}

static void copy(const kam_column *column, int64_t first, int32_t n,
                 double otherwise, double *to) {
    double tile[KAM__TILE];
    const double *const from = kam__gather(column, first, n, tile);
    for (int32_t i = 0; i < n; i++)
        to[i] = column->values ? from[i] : otherwise;
}

static void load(const kam_panel *panel, int64_t first, int32_t n,
                 struct block *block) {
    memset(block->flag, 0, sizeof block->flag);
    copy(&panel->offset, first, n, 0, block->offset);
    flag_all(block->offset, n, block->flag);
    for (int32_t i = 0; i < n; i++) block->x[0][i] = 1;
    for (int32_t j = 0; j < panel->n_columns; j++) {
        copy(&panel->column[j], first, n, 0, block->x[j + 1]);
        flag_all(block->x[j + 1], n, block->flag);
    }
}

static void add_scores(const double *beta, int32_t q, int32_t n,
                       const struct block *block, double *score) {
    for (int32_t i = 0; i < n; i++) score[i] = block->offset[i];
    for (int32_t j = 0; j < q; j++)
        for (int32_t i = 0; i < n; i++) score[i] += beta[j] * block->x[j][i];
}

static kam_status check_model(const kam_hazard *model, const kam_panel *panel,
                              kam_diag *diag) {
    if (!model) return kam__fail(diag, KAM_ERR_NULL, "model", -1, NAN, "");
    if (model->link != KAM_HAZARD_LOGISTIC && model->link != KAM_HAZARD_CLOGLOG)
        return kam__fail(diag, KAM_ERR_OPTION, "model.link", -1, model->link,
                         "{value} is neither KAM_HAZARD_LOGISTIC nor "
                         "KAM_HAZARD_CLOGLOG.");
    if (model->n_columns != panel->n_columns)
        return kam__fail(diag, KAM_ERR_SHAPE, "model.n_columns", -1,
                         model->n_columns,
                         "the model has {value} columns, the panel another "
                         "number.");
    if (!model->coefficient)
        return kam__fail(diag, KAM_ERR_NULL, "model.coefficient", -1, NAN, "");
    for (int32_t j = 0; j <= model->n_columns; j++)
        if (!isfinite(model->coefficient[j]))
            return kam__fail(diag, KAM_ERR_OPTION, "model.coefficient", j,
                             model->coefficient[j], "number {row} is {value}.");
    return KAM_OK;
}

static const struct kam__hazard_kernels *kernels_at(int32_t isa) {
    return KAM__PICK(isa, kam__hazard);
}

/* ---- risks ---- */

struct scoring {
    const kam_hazard *model;
    kam_panel panel;
    int32_t isa;
    double z; /* of the interval */
    double *risk, *low, *high;
    uint32_t *row_flags;
};

/* x' V x of one row of a block. */
static double variance(const struct scoring *to, const struct block *block,
                       int32_t i) {
    const int32_t q = to->model->n_columns + 1;
    double total = 0;
    for (int32_t j = 0; j < q; j++) {
        double sum = 0;
        for (int32_t k = 0; k < q; k++)
            sum += to->model->covariance[j * q + k] * block->x[k][i];
        total += sum * block->x[j][i];
    }
    return total > 0 ? total : total < 0 ? 0 : total;
}

static void write_risks(const struct scoring *to, int64_t first, int32_t n,
                        const double *score, const struct block *block) {
    const struct kam__hazard_kernels *const k = kernels_at(to->isa);
    double reach[BLOCK] = {0}, bound[BLOCK], risk[BLOCK];
    for (int32_t i = 0; (to->low || to->high) && i < n; i++)
        reach[i] = to->z * sqrt(variance(to, block, i));
    for (int way = -1; way <= 1; way++) {
        double *const out = way < 0 ? to->low : way > 0 ? to->high : to->risk;
        if (!out) continue;
        for (int32_t i = 0; i < n; i++) bound[i] = score[i] + way * reach[i];
        k->risk(to->model->link, bound, n, risk);
        for (int32_t i = 0; i < n; i++)
            out[first + i] = block->flag[i] ? (double)NAN : risk[i];
    }
}

static void score_rows(void *context, int64_t first, int32_t n) {
    const struct scoring *const to = context;
    struct block block;
    for (int32_t at = 0; at < n; at += BLOCK) {
        double score[BLOCK];
        const int32_t m = n - at < BLOCK ? n - at : BLOCK;
        load(&to->panel, first + at, m, &block);
        add_scores(to->model->coefficient, to->model->n_columns + 1, m, &block,
                   score);
        write_risks(to, first + at, m, score, &block);
        for (int32_t i = 0; to->row_flags && i < m; i++)
            to->row_flags[first + at + i] = block.flag[i];
    }
}

kam_status kam_hazard_risk(const kam_hazard *model, const kam_panel *panel,
                           double confidence, const kam_host *host,
                           double *risk, double *low, double *high,
                           uint32_t *row_flags, kam_diag *diag) {
    struct scoring to = {model, {0}, 0, 0, risk, low, high, row_flags};
    kam_host lent;
    kam_status status =
        kam__panel_read(&to.panel, panel, KAM__FOR_SCORES, diag);
    if (status == KAM_OK) status = check_model(model, &to.panel, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    if (low || high) {
        if (!model->covariance)
            return kam__fail(diag, KAM_ERR_NULL, "model.covariance", -1, NAN,
                             "an interval needs the covariance.");
        if (!(confidence > 0 && confidence < 1))
            return kam__fail(diag, KAM_ERR_OPTION, "confidence", -1, confidence,
                             "{value} is not between 0 and 1.");
        to.z = kam__normal_quantile(0.5 + confidence / 2);
    }
    to.isa = kam__isa_level(&lent, to.panel.n_rows);
    status = kam__for_rows(&lent, to.panel.n_rows, score_rows, &to, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}

/* ---- reasons ---- */

struct explaining {
    const kam_hazard *model;
    kam_panel panel;
    const double *reference;
    int32_t isa, top;
    kam_reason *reasons;
    uint32_t *row_flags;
};

/* Multiples of 2^-40: up to 2^12 their sums are exact. */
static double rounded(double x) {
    return fabs(x) < 0x1p11 ? (x + 0x1.8p12) - 0x1.8p12
                            : floor(x * 0x1p40 + 0.5) * 0x1p-40;
}

/* The largest part that is not yet taken, the first of equals; -1: none is
 * left. */
static int32_t largest(const double *part, const uint8_t *taken, int32_t n) {
    int32_t most = -1;
    for (int32_t j = 0; j < n; j++)
        if (!taken[j] && (most < 0 || fabs(part[j]) > fabs(part[most])))
            most = j;
    return most;
}

static int32_t id_of(const kam_panel *panel, int32_t j) {
    return panel->reason ? panel->reason[j] : KAM_REASON_COLUMN + j;
}

static void explain(const struct explaining *to, const struct block *block,
                    int32_t i, double score, kam_reason *out) {
    const int32_t p = to->panel.n_columns;
    double part[MOST], total = 0, rest = 0;
    uint8_t taken[MOST] = {0};
    for (int32_t j = 0; j < p; j++) {
        const double from = to->reference ? to->reference[j] : 0;
        part[j] = rounded(to->model->coefficient[j + 1] *
                          (block->x[j + 1][i] - from));
        total += part[j];
    }
    const double base = rounded(score) - total;
    double risk;
    kernels_at(to->isa)->risk(to->model->link, &base, 1, &risk);
    out[0] = (kam_reason){KAM_REASON_BASE, 0, base, risk};
    for (int32_t k = 1; k <= to->top; k++) {
        const int32_t j = largest(part, taken, p);
        taken[j] = 1;
        out[k] =
            (kam_reason){id_of(&to->panel, j), 0, part[j], block->x[j + 1][i]};
    }
    for (int32_t j = 0; j < p; j++) rest += taken[j] ? 0 : part[j];
    out[to->top + 1] =
        (kam_reason){KAM_REASON_REST, 0, rest, (double)(p - to->top)};
}

static void explain_rows(void *context, int64_t first, int32_t n) {
    const struct explaining *const to = context;
    struct block block;
    for (int32_t at = 0; at < n; at += BLOCK) {
        double score[BLOCK];
        const int32_t m = n - at < BLOCK ? n - at : BLOCK;
        load(&to->panel, first + at, m, &block);
        add_scores(to->model->coefficient, to->model->n_columns + 1, m, &block,
                   score);
        for (int32_t i = 0; i < m; i++) {
            kam_reason *const out =
                to->reasons + (first + at + i) * (to->top + 2);
            if (!block.flag[i]) explain(to, &block, i, score[i], out);
            for (int32_t k = 0; block.flag[i] && k < to->top + 2; k++)
                out[k] = (kam_reason){KAM_REASON_NONE, 0, NAN, NAN};
            if (to->row_flags) to->row_flags[first + at + i] = block.flag[i];
        }
    }
}

kam_status kam_hazard_reasons(const kam_hazard *model, const kam_panel *panel,
                              const double *reference, int32_t top,
                              const kam_host *host, kam_reason *reasons,
                              uint32_t *row_flags, kam_diag *diag) {
    struct explaining to = {model, {0}, reference, 0, top, reasons, row_flags};
    kam_host lent;
    kam_status status =
        kam__panel_read(&to.panel, panel, KAM__FOR_SCORES, diag);
    if (status == KAM_OK) status = check_model(model, &to.panel, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    if (!reasons) return kam__fail(diag, KAM_ERR_NULL, "reasons", -1, NAN, "");
    if (top < 0 || top > to.panel.n_columns)
        return kam__fail(diag, KAM_ERR_OPTION, "top", -1, top,
                         "{value} reasons are not 0 to one a column.");
    for (int32_t j = 0; reference && j < to.panel.n_columns; j++)
        if (!isfinite(reference[j]))
            return kam__fail(diag, KAM_ERR_OPTION, "reference", j, reference[j],
                             "number {row} is {value}.");
    to.isa = kam__isa_level(&lent, to.panel.n_rows);
    status = kam__for_rows(&lent, to.panel.n_rows, explain_rows, &to, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}

/* ---- sums for engines ---- */

/* Closes the gaps of rows that are not used; returns how many are. */
static int32_t used_rows(const kam_panel *panel, int64_t first, int32_t n,
                         struct block *block) {
    int32_t m = 0;
    copy(&panel->event, first, n, NAN, block->event);
    copy(&panel->weight, first, n, 1, block->weight);
    flag_all(block->weight, n, block->flag);
    for (int32_t i = 0; i < n; i++) {
        const double y = block->event[i];
        if (block->flag[i] || !(y == 0 || y == 1) || !(block->weight[i] > 0))
            continue;
        block->offset[m] = block->offset[i];
        block->event[m] = y;
        block->weight[m] = block->weight[i];
        for (int32_t j = 1; j <= panel->n_columns; j++)
            block->x[j][m] = block->x[j][i];
        m++;
    }
    return m;
}

static int add_block(const kam_hazard *model, int32_t isa,
                     const struct block *block, int32_t n, kam_sum *sums) {
    const struct kam__hazard_kernels *const k = kernels_at(isa);
    const int32_t q = model->n_columns + 1;
    struct kam__hazard_terms terms;
    double score[BLOCK], product[BLOCK];
    add_scores(model->coefficient, q, n, block, score);
    if (model->link == KAM_HAZARD_LOGISTIC)
        k->logistic(score, block->event, n, &terms);
    else
        k->cloglog(score, block->event, n, &terms);
    int failed = kam__accumulate(&sums[0], terms.value, block->weight, n);
    for (int32_t j = 0; j < q; j++) {
        for (int32_t i = 0; i < n; i++)
            product[i] = terms.slope[i] * block->x[j][i];
        failed |= kam__accumulate(&sums[1 + j], product, block->weight, n);
    }
    kam_sum *next = sums + 1 + q;
    for (int32_t j = 0; j < q; j++)
        for (int32_t m = 0; m <= j; m++, next++) {
            for (int32_t i = 0; i < n; i++)
                product[i] = terms.curve[i] * block->x[j][i] * block->x[m][i];
            failed |= kam__accumulate(next, product, block->weight, n);
        }
    return failed;
}

kam_status kam_hazard_objective(const kam_hazard *model, const kam_panel *panel,
                                const kam_host *host, kam_sum *sums,
                                int64_t *n_rows, kam_diag *diag) {
    kam_panel ours;
    kam_host lent;
    struct block block;
    int64_t n_used = 0;
    kam_status status = kam__panel_read(&ours, panel, KAM__FOR_FITS, diag);
    if (status == KAM_OK) status = check_model(model, &ours, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    if (!sums) return kam__fail(diag, KAM_ERR_NULL, "sums", -1, NAN, "");
    for (int64_t at = 0; at < ours.n_rows; at += BLOCK) {
        const int64_t left = ours.n_rows - at;
        const int32_t n = (int32_t)(left < BLOCK ? left : BLOCK);
        load(&ours, at, n, &block);
        const int32_t m = used_rows(&ours, at, n, &block);
        n_used += m;
        if (add_block(model, KAM_ISA_BASE, &block, m, sums))
            return kam__fail(diag, KAM_ERR_OVERFLOW, "panel", at, NAN,
                             "terms near row {row} are too large to add up.");
    }
    if (n_rows) *n_rows += n_used;
    return kam__ok(diag);
}
