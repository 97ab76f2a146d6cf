/* SPDX-License-Identifier: MIT */
/* The sandwich (Huber 1967, White 1982; by clusters: Liang & Zeger 1986). */
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/isa.h"
#include "base/memory.h"
#include "churn/hazard_fit.h"
#include "math/accumulate.h"
#include "math/sort.h"

/* Score vectors of clusters are held until a tile is full. */
struct meat {
    struct kam__hazard_fit *fit;
    kam_sum *total; /* shape (q): of the cluster under way */
    kam_sum *sum;   /* shape (q (q + 1) / 2) */
    double *held;   /* shape (q, KAM__TILE) */
    int32_t n_held;
};

static int add_products(struct meat *meat) {
    kam_sum *to = meat->sum;
    double product[KAM__TILE];
    for (int32_t i = 0; i < meat->fit->q; i++)
        for (int32_t j = 0; j <= i; j++, to++) {
            const double *const a = meat->held + i * KAM__TILE;
            const double *const b = meat->held + j * KAM__TILE;
            for (int32_t k = 0; k < meat->n_held; k++) product[k] = a[k] * b[k];
            if (kam__accumulate(to, product, NULL, meat->n_held)) return 1;
        }
    meat->n_held = 0;
    return 0;
}

static int end_cluster(struct meat *meat) {
    const int32_t q = meat->fit->q;
    for (int32_t j = 0; j < q; j++)
        meat->held[j * KAM__TILE + meat->n_held] =
            kam_sum_value(&meat->total[j]);
    memset(meat->total, 0, (size_t)q * sizeof *meat->total);
    meat->n_held++;
    return meat->n_held == KAM__TILE ? add_products(meat) : 0;
}

/* One row's score vector, scaled as weights are; 0 when the row is not used. */
static int add_row(struct meat *meat, int64_t row,
                   struct kam__panel_rows *rows) {
    struct kam__hazard_fit *const fit = meat->fit;
    const struct kam__hazard_kernels *const kernels =
        KAM__PICK(fit->isa, kam__hazard);
    struct kam__hazard_terms terms;
    double score;
    kam__hazard_load(fit, row, 1, rows);
    if (rows->n == 0) return 0;
    kernels->scores(rows->signal, fit->theta, fit->q, rows->offset, 1, &score);
    if (fit->link == KAM_HAZARD_LOGISTIC)
        kernels->logistic(&score, rows->event, 1, &terms);
    else
        kernels->cloglog(&score, rows->event, 1, &terms);
    const double slope = terms.slope[0] * rows->weight[0];
    for (int32_t j = 0; j < fit->q; j++)
        if (kam_sum_add(&meat->total[j], slope * rows->signal[j * KAM__TILE]))
            return -1;
    return 1;
}

/* Rows of one cluster follow each other in `order`. */
static int add_all(struct meat *meat, const int64_t *key, const int64_t *order,
                   int64_t *n_clusters) {
    struct kam__hazard_fit *const fit = meat->fit;
    const int64_t n = fit->panel.n_rows;
    struct kam__panel_rows rows;
    int any = 0;
    rows.signal = kam__hazard_room_of(fit, 0);
    for (int64_t i = 0; i < n; i++) {
        const int64_t row = order ? order[i] : i;
        const int added = add_row(meat, row, &rows);
        const int last = !order || i + 1 == n || key[order[i + 1]] != key[row];
        if (added < 0) return 1;
        any |= added;
        if (any && last) {
            ++*n_clusters;
            any = 0;
            if (end_cluster(meat)) return 1;
        }
    }
    return add_products(meat);
}

/* covariance <- C M C, M of scaled weights */
static void wrap(struct kam__hazard_fit *fit, const kam_sum *sum,
                 double factor) {
    const int32_t q = fit->q;
    double *const m = fit->factor, *const c = fit->covariance;
    const kam_sum *next = sum;
    for (int32_t i = 0; i < q * q; i++) c[i] /= fit->weight_scale;
    for (int32_t i = 0; i < q; i++)
        for (int32_t j = 0; j <= i; j++)
            m[i * q + j] = m[j * q + i] = factor * kam_sum_value(next++);
    double *const half = fit->hessian;
    for (int32_t i = 0; i < q; i++)
        for (int32_t j = 0; j < q; j++) {
            half[i * q + j] = 0;
            for (int32_t k = 0; k < q; k++)
                half[i * q + j] += c[i * q + k] * m[k * q + j];
        }
    for (int32_t i = 0; i < q; i++)
        for (int32_t j = 0; j < q; j++) {
            double total = 0;
            for (int32_t k = 0; k < q; k++)
                total += half[i * q + k] * c[k * q + j];
            m[i * q + j] = total;
        }
    memcpy(c, m, (size_t)(q * q) * sizeof *c);
}

/* Rows without a cluster each stand for themselves. */
static void read_keys(const kam_panel *panel, int64_t *key) {
    for (int64_t i = 0; i < panel->n_rows; i++)
        key[i] = kam__is_present(&panel->cluster, i)
                     ? kam__integer_at(&panel->cluster, i)
                     : INT64_MIN + i;
}

kam_status kam__hazard_robust(struct kam__hazard_fit *fit,
                              int64_t *n_clusters) {
    const uint64_t n = (uint64_t)fit->panel.n_rows, q = (uint64_t)fit->q;
    const uint64_t n_sums = q + q * (q + 1) / 2;
    const int by = fit->panel.cluster.values != NULL;
    int64_t *const key = by ? kam__allocate(fit->host, n, sizeof *key) : NULL;
    int64_t *const order =
        by ? kam__allocate(fit->host, 2 * n, sizeof *order) : NULL;
    kam_sum *const sum = kam__allocate_zero(fit->host, n_sums, sizeof *sum);
    double *const held = kam__allocate(fit->host, q * KAM__TILE, sizeof *held);
    kam_status status = sum && held && (!by || (key && order))
                            ? KAM_OK
                            : kam__no_memory(fit->diag);
    if (status == KAM_OK) {
        struct meat meat = {fit, sum, sum + q, held, 0};
        if (by) {
            read_keys(&fit->panel, key);
            kam__sort_by_integer(key, fit->panel.n_rows, order, order + n);
        }
        if (add_all(&meat, key, order, n_clusters)) {
            status = kam__fail(fit->diag, KAM_ERR_OVERFLOW, "panel", -1, NAN,
                               "the rows' scores are too large to add up.");
        } else if (by && *n_clusters < 2) {
            /* Its scores add up to 0: it would seem to know everything. */
            status = kam__fail(fit->diag, KAM_ERR_TOO_FEW, "panel.cluster", -1,
                               (double)*n_clusters,
                               "{value} cluster says nothing of how clusters "
                               "differ.");
        } else {
            const double g = (double)*n_clusters;
            wrap(fit, meat.sum, by ? g / (g - 1) : 1);
            if (!by) *n_clusters = 0;
        }
    }
    kam__release(fit->host, held, q * KAM__TILE, sizeof *held);
    kam__release(fit->host, sum, n_sums, sizeof *sum);
    kam__release(fit->host, order, 2 * n, sizeof *order);
    kam__release(fit->host, key, n, sizeof *key);
    return status;
}
