/* SPDX-License-Identifier: MIT */
/* Fitting a buy-till-you-die family, and its partial sums for engines. */
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/isa.h"
#include "base/memory.h"
#include "base/sized.h"
#include "data/parts.h"
#include "value/btyd_rows.h"
#include "value/likelihood.h"

static void count_terms(const void *context, const double *parameter, double x,
                        double *out) {
    const kam__family family = context;
    family->count_terms(family, parameter, x, out);
}

static void row_terms(const void *context, const double *parameter,
                      const double *const *key, int32_t n, int32_t isa,
                      double (*out)[KAM__TILE]) {
    const kam__family family = context;
    const struct kam__btyd_tile tile = {n, isa, key[0], key[1], key[2]};
    family->time_terms(family, parameter, &tile, out);
}

static struct kam__likelihood likelihood_of(kam__family family) {
    struct kam__likelihood model;
    memset(&model, 0, sizeof model);
    model.p = family->n_parameters;
    model.context = family;
    model.count_terms = count_terms;
    model.row_terms = row_terms;
    model.name = family->parameter;
    model.at_lower = family->at_lower;
    model.at_upper = family->at_upper;
    return model;
}

/* Usable rows of a tile, squeezed together; weights that are not above zero, or
 * not finite, make a row unusable. Returns how many. */
static int32_t squeeze(struct kam__btyd_rows *rows, double *weight, int32_t n) {
    int32_t m = 0;
    for (int32_t i = 0; i < n; i++) {
        if (rows->flag[i] || !(weight[i] > 0 && weight[i] < INFINITY)) continue;
        rows->x[m] = rows->x[i];
        rows->t_x[m] = rows->t_x[i];
        rows->T[m] = rows->T[i];
        weight[m++] = weight[i];
    }
    return m;
}

static int32_t load_weighted(const kam_accounts *accounts, int64_t first,
                             int32_t n, struct kam__btyd_rows *rows,
                             double *weight) {
    kam__btyd_load(accounts, first, n, KAM_ISA_BASE, rows);
    double tile[KAM__TILE];
    const double *const given =
        kam__gather(&accounts->weight, first, n, tile);
    for (int32_t i = 0; i < n; i++) weight[i] = given[i] == given[i] ? given[i] : 1;
    return squeeze(rows, weight, n);
}

static kam_status read_part(kam_accounts *ours, const kam_accounts *theirs,
                            kam_diag *diag) {
    const kam_status status = kam__btyd_read_accounts(ours, theirs, diag);
    if (status != KAM_OK) return status;
    return kam__column_check(&ours->weight, ours->n_rows, KAM__NUMBERS, 0,
                             "accounts.weight", diag);
}

/* What a fit needs to know before it starts. */
struct totals {
    kam_sum weight, age, orders;
    int64_t n_used, n_skipped, n_repeaters;
};

static kam_status add_part(struct kam__distinct *rows, struct totals *totals,
                           const kam_accounts *part, kam_diag *diag) {
    struct kam__btyd_rows tile;
    double weight[KAM__TILE];
    for (int64_t at = 0; at < part->n_rows; at += KAM__TILE) {
        const int64_t left = part->n_rows - at;
        const int32_t n = (int32_t)(left < KAM__TILE ? left : KAM__TILE);
        const int32_t m = load_weighted(part, at, n, &tile, weight);
        for (int32_t i = 0; i < m; i++) {
            const double key[3] = {tile.x[i], tile.t_x[i], tile.T[i]};
            if (kam_sum_add(&totals->weight, weight[i]) ||
                kam_sum_add(&totals->age, weight[i] * tile.T[i]) ||
                kam_sum_add(&totals->orders, weight[i] * tile.x[i]))
                return kam__fail(diag, KAM_ERR_OVERFLOW, "accounts", at,
                                 weight[i], "the rows add up too high.");
            kam__distinct_add(rows, key, weight[i]);
            totals->n_repeaters += tile.x[i] > 0;
        }
        totals->n_used += m;
        totals->n_skipped += n - m;
    }
    return KAM_OK;
}

/* Fewer accounts that ordered again than this cannot tell rate from leaving. */
enum { LEAST_REPEATERS = 2, LEAST_WITH_PRIOR = 1 };

static kam_status check_totals(const struct totals *totals, int32_t prior,
                               kam_diag *diag) {
    const int64_t least =
        prior == KAM_PRIOR_WEAK ? LEAST_WITH_PRIOR : LEAST_REPEATERS;
    if (totals->n_used == 0)
        return kam__fail(diag, KAM_ERR_EMPTY, "accounts", -1,
                         (double)totals->n_skipped,
                         "no account is usable; {value} lack a number or have "
                         "one out of range.");
    if (totals->n_repeaters < least)
        return kam__fail(diag, KAM_ERR_TOO_FEW, "accounts.repeat_orders", -1,
                         (double)totals->n_repeaters,
                         "only {value} accounts ordered again: that says too "
                         "little about rates.");
    if (!(kam_sum_value(&totals->age) > 0))
        return kam__fail(diag, KAM_ERR_TOO_FEW, "accounts.age_periods", -1, 0,
                         "no account has been known for any time.");
    return KAM_OK;
}

static kam_status fit_rows(kam__family family, const struct kam__distinct *rows,
                           const struct totals *totals,
                           const kam_estimate_options *options,
                           const kam_host *host, struct kam__estimate *estimate,
                           kam_estimate_report *report, kam_diag *diag) {
    const double size = kam_sum_value(&totals->weight);
    const struct kam__btyd_facts facts = {kam_sum_value(&totals->age) / size,
                                          kam_sum_value(&totals->orders) / size};
    struct kam__likelihood model = likelihood_of(family);
    family->bounds(&facts, model.lower, model.upper);
    family->prior(&facts, model.centre, model.width);
    for (int32_t i = 0; i < 2; i++) family->start(&facts, i, model.start[i]);
    return kam__likelihood_fit(&model, rows, options, host, estimate, report,
                               diag);
}

/* Gathers the rows of all parts. */
static kam_status gather(const kam_accounts *parts, int64_t n_parts,
                         const kam_host *host, struct kam__distinct *rows,
                         struct totals *totals, kam_diag *diag) {
    kam_accounts part;
    int64_t n = 0;
    for (int64_t i = 0; i < n_parts; i++) {
        const kam_status status = read_part(&part, kam__part(parts, i), diag);
        if (status != KAM_OK) return status;
        n += part.n_rows;
    }
    if (kam__distinct_new(rows, host, 3, n)) return kam__no_memory(diag);
    for (int64_t i = 0; i < n_parts; i++) {
        kam_status status = read_part(&part, kam__part(parts, i), diag);
        if (status == KAM_OK) status = add_part(rows, totals, &part, diag);
        if (status != KAM_OK) return status;
    }
    return KAM_OK;
}

static int has_answer(kam_status status) {
    return status == KAM_OK || status == KAM_ERR_AT_BOUND ||
           status == KAM_ERR_FLAT || status == KAM_ERR_NOT_CONVERGED;
}

static void write_model(kam__family family, double period_days,
                        const struct kam__estimate *estimate, kam_btyd *model,
                        double *covariance) {
    const int32_t p = family->n_parameters;
    memset(model, 0, sizeof *model);
    model->family = family->id;
    model->n_parameters = p;
    model->period_days = period_days;
    memcpy(model->parameter, estimate->parameter,
           (size_t)p * sizeof *model->parameter);
    if (covariance)
        memcpy(covariance, estimate->covariance,
               (size_t)(p * p) * sizeof *covariance);
}

static kam_status check_fit(kam__family family, int64_t n_parts,
                            const kam_accounts *parts, double period_days,
                            const kam_btyd *model, int32_t family_id,
                            kam_diag *diag) {
    if (!family)
        return kam__fail(diag, KAM_ERR_OPTION, "family", -1, family_id,
                         "{value} is no KAM_BTYD_*.");
    if (!model || (!parts && n_parts > 0))
        return kam__fail(diag, KAM_ERR_NULL, model ? "parts" : "model", -1, NAN,
                         "");
    if (n_parts < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_parts", -1, (double)n_parts,
                         "there cannot be {value} parts.");
    if (!(period_days > 0 && period_days < INFINITY))
        return kam__fail(diag, KAM_ERR_OPTION, "period_days", -1, period_days,
                         "a period of {value} days is not possible.");
    return KAM_OK;
}

kam_status kam_btyd_fit(int32_t family, const kam_accounts *parts,
                        int64_t n_parts, double period_days,
                        const kam_estimate_options *options,
                        const kam_host *host, kam_btyd *model,
                        double *covariance, kam_estimate_report *report,
                        kam_diag *diag) {
    const kam__family f = kam__btyd_family_of(family);
    kam_estimate_options ours;
    kam_estimate_report told = {.struct_size = sizeof told, .culprit = -1};
    kam_host lent;
    kam_status status =
        check_fit(f, n_parts, parts, period_days, model, family, diag);
    if (status == KAM_OK) status = kam__estimate_read(&ours, options, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status == KAM_OK && report)
        status = kam__sized_write(report, &told, sizeof told, sizeof told,
                                  "report", diag);
    if (status != KAM_OK) return status;

    struct kam__distinct rows;
    struct totals totals;
    struct kam__estimate estimate;
    memset(&rows, 0, sizeof rows);
    memset(&totals, 0, sizeof totals);
    status = gather(parts, n_parts, &lent, &rows, &totals, diag);
    if (status == KAM_OK) status = check_totals(&totals, ours.prior, diag);
    if (status == KAM_OK)
        status = fit_rows(f, &rows, &totals, &ours, &lent, &estimate, &told,
                          diag);
    kam__distinct_free(&rows);
    told.status = status;
    told.n_rows = totals.n_used;
    told.n_skipped = totals.n_skipped;
    if (has_answer(status))
        write_model(f, period_days, &estimate, model, covariance);
    if (report)
        kam__sized_write(report, &told, sizeof told, sizeof told, "report",
                         NULL);
    return status;
}

kam_status kam_btyd_objective(const kam_btyd *model, const kam_accounts *part,
                              const kam_host *host, kam_objective *partial,
                              kam_diag *diag) {
    kam_status status;
    kam_accounts accounts;
    kam_objective ours;
    kam_host lent;
    const kam__family family = kam__btyd_read_model(model, &status, diag);
    if (!family) return status;
    status = read_part(&accounts, part, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status == KAM_OK)
        status = kam__sized_read(&ours, sizeof ours, partial, sizeof ours,
                                 "partial", diag);
    if (status != KAM_OK) return status;

    const struct kam__likelihood likelihood = likelihood_of(family);
    const int32_t isa = kam__isa_level(&lent, accounts.n_rows);
    struct kam__btyd_rows rows;
    double weight[KAM__TILE];
    kam_sum sums[KAM__MOST_TERMS];
    kam__likelihood_import(likelihood.p, &ours, sums);
    for (int64_t at = 0; at < accounts.n_rows; at += KAM__TILE) {
        const int64_t left = accounts.n_rows - at;
        const int32_t n = (int32_t)(left < KAM__TILE ? left : KAM__TILE);
        const int32_t m = load_weighted(&accounts, at, n, &rows, weight);
        const double *const key[3] = {rows.x, rows.t_x, rows.T};
        if (kam__likelihood_add(&likelihood, model->parameter, key, weight, m,
                                isa, sums) ||
            kam__likelihood_add_counts(&likelihood, model->parameter, rows.x,
                                       weight, m, sums))
            return kam__fail(diag, KAM_ERR_OVERFLOW, "part", at, NAN,
                             "a log likelihood near row {row} is not finite.");
        ours.n_rows += m;
        ours.n_skipped += n - m;
    }
    ours.n_parameters = likelihood.p;
    kam__likelihood_export(likelihood.p, sums, &ours);
    status = kam__sized_write(partial, &ours, sizeof ours, sizeof ours,
                              "partial", diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}
