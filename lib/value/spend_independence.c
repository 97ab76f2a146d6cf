/* SPDX-License-Identifier: MIT */
/* Whether order values depend on how often an account orders. */
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/sized.h"
#include "data/parts.h"
#include "math/incomplete_beta.h"
#include "math/sort.h"
#include "value/fit_parts.h"
#include "value/spend_model.h"

enum { COUNTS, VALUES, N_FACTS };

struct work {
    const kam_host *host;
    kam_diag *diag;
    int64_t room, n;
    double *fact[N_FACTS], *rank[N_FACTS], *weight; /* shape (n) */
    int64_t *order, *scratch;
    double total; /* of the weights */
};

static void read_part(struct work *work, const kam_accounts *part) {
    for (int64_t at = 0; at < part->n_rows; at += KAM__TILE) {
        double x_tile[KAM__TILE], m_tile[KAM__TILE], weight[KAM__TILE];
        const int64_t left = part->n_rows - at;
        const int32_t n = (int32_t)(left < KAM__TILE ? left : KAM__TILE);
        const double *const x = kam__spend_orders(part, at, n, x_tile);
        const double *const m =
            kam__gather(&part->mean_order_value, at, n, m_tile);
        kam__weights(part, at, n, weight);
        for (int32_t i = 0; i < n; i++) {
            if (!(x[i] > 0) || kam__spend_flag(x[i], m[i], 1)) continue;
            if (!kam__is_weight(weight[i])) continue;
            work->fact[COUNTS][work->n] = x[i];
            work->fact[VALUES][work->n] = m[i];
            work->weight[work->n++] = weight[i];
        }
    }
}

static kam_status read_parts(struct work *work, const kam_accounts *parts,
                             int64_t n_parts) {
    kam_sum total = {0, 0};
    for (int64_t i = 0; i < n_parts; i++) {
        kam_accounts part;
        const kam_status status =
            kam__spend_read_accounts(&part, kam__part(parts, i), work->diag);
        if (status != KAM_OK) return status;
        read_part(work, &part);
    }
    for (int64_t i = 0; i < work->n; i++)
        if (kam_sum_add(&total, work->weight[i]))
            return kam__fail(work->diag, KAM_ERR_OVERFLOW, "accounts.weight", i,
                             work->weight[i], "the weights add up too high.");
    work->total = kam_sum_value(&total);
    if (work->total > 2) return KAM_OK;
    return kam__fail(work->diag, KAM_ERR_TOO_FEW, "accounts.mean_order_value",
                     -1, (double)work->n,
                     "only {value} accounts have repeat orders: that says "
                     "nothing of a correlation.");
}

/* Mid-ranks from -1/2 to 1/2. Whole sums of weights, so that no order of rows
 * matters. Returns how many different values there are. */
static int64_t rank_fact(struct work *work, int fact) {
    const double *const key = work->fact[fact];
    kam_sum before = {0, 0};
    int64_t n_runs = 0;
    kam__sort_by_number(key, work->n, work->order, work->scratch);
    for (int64_t first = 0, next; first < work->n; first = next, n_runs++) {
        kam_sum after = before;
        const double value = key[work->order[first]];
        for (next = first; next < work->n; next++) {
            if (key[work->order[next]] > value) break;
            (void)kam_sum_add(&after, work->weight[work->order[next]]);
        }
        const double middle =
            (kam_sum_value(&before) + kam_sum_value(&after)) / 2;
        for (int64_t i = first; i < next; i++)
            work->rank[fact][work->order[i]] = middle / work->total - 0.5;
        before = after;
    }
    return n_runs;
}

static double product_of(const struct work *work, int one, int other) {
    kam_sum sum = {0, 0};
    for (int64_t i = 0; i < work->n; i++)
        (void)kam_sum_add(&sum, work->weight[i] * (work->rank[one][i] *
                                                   work->rank[other][i]));
    return kam_sum_value(&sum);
}

static kam_status correlate(struct work *work, kam_spend_dependence *found) {
    static const char *const column[] = {"accounts.repeat_orders",
                                         "accounts.mean_order_value"};
    for (int fact = 0; fact < N_FACTS; fact++)
        if (rank_fact(work, fact) < 2)
            return kam__fail(work->diag, KAM_ERR_CONSTANT, column[fact], -1,
                             work->fact[fact][0],
                             "it is {value} for all who ordered again: nothing "
                             "can depend on it.");
    const double rho = product_of(work, COUNTS, VALUES) /
                       sqrt(product_of(work, COUNTS, COUNTS) *
                            product_of(work, VALUES, VALUES));
    const double bounded = rho > 1 ? 1 : rho < -1 ? -1 : rho;
    const double square = bounded * bounded;
    found->n_rows = work->n;
    found->rank_correlation = bounded;
    found->p_value =
        kam__beta_prime((work->total - 2) / 2, 0.5, (1 - square) / square);
    return KAM_OK;
}

static int get_memory(struct work *work) {
    const uint64_t n = (uint64_t)work->room;
    for (int fact = 0; fact < N_FACTS; fact++) {
        work->fact[fact] = kam__allocate(work->host, n, sizeof(double));
        work->rank[fact] = kam__allocate(work->host, n, sizeof(double));
        if (!work->fact[fact] || !work->rank[fact]) return 0;
    }
    work->weight = kam__allocate(work->host, n, sizeof(double));
    work->order = kam__allocate(work->host, n, sizeof(int64_t));
    work->scratch = kam__allocate(work->host, n, sizeof(int64_t));
    return work->weight && work->order && work->scratch;
}

static void give_back(struct work *work) {
    const uint64_t n = (uint64_t)work->room;
    for (int fact = 0; fact < N_FACTS; fact++) {
        kam__release(work->host, work->fact[fact], n, sizeof(double));
        kam__release(work->host, work->rank[fact], n, sizeof(double));
    }
    kam__release(work->host, work->weight, n, sizeof(double));
    kam__release(work->host, work->order, n, sizeof(int64_t));
    kam__release(work->host, work->scratch, n, sizeof(int64_t));
}

static kam_status check(const kam_accounts *parts, int64_t n_parts,
                        kam_spend_dependence *found, int64_t *n,
                        kam_diag *diag) {
    kam_accounts part;
    if (n_parts < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_parts", -1, (double)n_parts,
                         "there cannot be {value} parts.");
    if (!parts && n_parts > 0)
        return kam__fail(diag, KAM_ERR_NULL, "parts", -1, NAN, "");
    kam_status status =
        kam__sized_check(found, KAM__FIRST(kam_spend_dependence), "found",
                         diag);
    *n = 0;
    for (int64_t i = 0; i < n_parts && status == KAM_OK; i++) {
        status = kam__spend_read_accounts(&part, kam__part(parts, i), diag);
        if (status == KAM_OK)
            status = kam__column_check(&part.weight, part.n_rows, KAM__NUMBERS,
                                       0, "accounts.weight", diag);
        if (status == KAM_OK) *n += part.n_rows;
    }
    return status;
}

kam_status kam_spend_independence(const kam_accounts *parts, int64_t n_parts,
                                  const kam_host *host,
                                  kam_spend_dependence *found, kam_diag *diag) {
    kam_spend_dependence ours = {.struct_size = sizeof ours};
    struct work work;
    kam_host lent;
    int64_t n;
    kam_status status = check(parts, n_parts, found, &n, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    memset(&work, 0, sizeof work);
    work.host = &lent;
    work.diag = diag;
    work.room = n > 0 ? n : 1;
    status = get_memory(&work) ? read_parts(&work, parts, n_parts)
                               : kam__no_memory(diag);
    if (status == KAM_OK) status = correlate(&work, &ours);
    give_back(&work);
    if (status != KAM_OK) return status;
    kam__sized_write(found, &ours, sizeof ours,
                     KAM__FIRST(kam_spend_dependence), "found", NULL);
    return kam__ok(diag);
}
