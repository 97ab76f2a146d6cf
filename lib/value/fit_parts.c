/* SPDX-License-Identifier: MIT */
#include "value/fit_parts.h"

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/isa.h"
#include "base/memory.h"
#include "base/sized.h"
#include "data/parts.h"

const double *kam__weights(const kam_accounts *part, int64_t first, int32_t n,
                           double *tile) {
    const double *const given = kam__gather(&part->weight, first, n, tile);
    for (int32_t i = 0; i < n; i++)
        tile[i] = given[i] == given[i] ? given[i] : 1;
    return tile;
}

int kam__is_weight(double weight) { return weight > 0 && weight < INFINITY; }

static kam_status read_part(const struct kam__row_kind *kind,
                            kam_accounts *ours, const kam_accounts *theirs,
                            kam_diag *diag) {
    const kam_status status = kind->read(ours, theirs, diag);
    if (status != KAM_OK) return status;
    return kam__column_check(&ours->weight, ours->n_rows, KAM__NUMBERS, 0,
                             "accounts.weight", diag);
}

struct counts {
    int64_t n_used, n_skipped;
};

static int32_t tile_size(int64_t left) {
    return (int32_t)(left < KAM__TILE ? left : KAM__TILE);
}

static void add_part(const struct kam__row_kind *kind, const kam_accounts *part,
                     struct kam__distinct *rows, struct counts *counts) {
    double tile[KAM__MOST_KEYS][KAM__TILE], weight[KAM__TILE];
    const double *key[KAM__MOST_KEYS];
    for (int32_t k = 0; k < KAM__MOST_KEYS; k++) key[k] = tile[k];
    for (int64_t at = 0; at < part->n_rows; at += KAM__TILE) {
        const int32_t n = tile_size(part->n_rows - at);
        const int32_t m = kind->load(part, at, n, tile, weight);
        kam__distinct_add(rows, key, weight, m);
        counts->n_used += m;
        counts->n_skipped += n - m;
    }
}

static kam_status no_usable(int64_t n_skipped, kam_diag *diag) {
    return kam__fail(diag, KAM_ERR_EMPTY, "accounts", -1, (double)n_skipped,
                     "no account is usable; {value} lack a number or have one "
                     "out of range.");
}

static kam_status gather(const struct kam__row_kind *kind,
                         const kam_accounts *parts, int64_t n_parts,
                         const kam_host *host, struct kam__distinct *rows,
                         struct counts *counts, kam_diag *diag) {
    kam_accounts part;
    int64_t n = 0;
    for (int64_t i = 0; i < n_parts; i++) {
        const kam_status status =
            read_part(kind, &part, kam__part(parts, i), diag);
        if (status != KAM_OK) return status;
        n += part.n_rows;
    }
    if (kam__distinct_new(rows, host, kind->n_keys, n))
        return kam__no_memory(diag);
    for (int64_t i = 0; i < n_parts; i++) {
        const kam_status status =
            read_part(kind, &part, kam__part(parts, i), diag);
        if (status != KAM_OK) return status;
        add_part(kind, &part, rows, counts);
    }
    return counts->n_used > 0 ? KAM_OK : no_usable(counts->n_skipped, diag);
}

static kam_status check(const kam_accounts *parts, int64_t n_parts,
                        kam_estimate_report *report,
                        const kam_estimate_report *told, kam_diag *diag) {
    if (n_parts < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_parts", -1, (double)n_parts,
                         "there cannot be {value} parts.");
    if (!parts && n_parts > 0)
        return kam__fail(diag, KAM_ERR_NULL, "parts", -1, NAN, "");
    return report ? kam__sized_write(report, told, sizeof *told,
                                     KAM__FIRST(kam_estimate_report), "report",
                                     diag)
                  : KAM_OK;
}

static kam_status too_high(kam_diag *diag) {
    return kam__fail(diag, KAM_ERR_OVERFLOW, "accounts", -1, NAN,
                     "numbers or weights of the accounts add up too high.");
}

static kam_status prepare(const struct kam__row_kind *kind,
                          struct kam__likelihood *model,
                          const struct kam__distinct *rows,
                          const struct counts *counts, int32_t prior,
                          kam_diag *diag) {
    kam_sum fact[KAM__MOST_FACTS];
    memset(fact, 0, sizeof fact);
    if (kind->look)
        return kind->look(model, rows, counts->n_used, counts->n_skipped, prior,
                          diag);
    if (kind->add_facts((const double *const *)rows->key, rows->weight, rows->n,
                        fact))
        return too_high(diag);
    return kind->prepare(model, fact, counts->n_used, prior, diag);
}

kam_status kam__fit_parts(const struct kam__row_kind *kind,
                          struct kam__likelihood *model,
                          const kam_accounts *parts, int64_t n_parts,
                          const kam_estimate_options *options,
                          const kam_host *host, struct kam__estimate *estimate,
                          int *answered, kam_estimate_report *report,
                          kam_diag *diag) {
    kam_estimate_options ours;
    kam_estimate_report told = {.struct_size = sizeof told, .culprit = -1};
    kam_host lent;
    struct kam__distinct rows;
    struct counts counts = {0, 0};
    *answered = 0;
    kam_status status = kam__estimate_read(&ours, options, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status == KAM_OK) status = check(parts, n_parts, report, &told, diag);
    if (status != KAM_OK) return status;

    memset(&rows, 0, sizeof rows);
    status = gather(kind, parts, n_parts, &lent, &rows, &counts, diag);
    if (status == KAM_OK)
        status = prepare(kind, model, &rows, &counts, ours.prior, diag);
    if (status == KAM_OK) {
        status = kam__likelihood_fit(model, &rows, &ours, &lent, estimate,
                                     &told, diag);
        *answered = status == KAM_OK || status == KAM_ERR_AT_BOUND ||
                    status == KAM_ERR_FLAT || status == KAM_ERR_NOT_CONVERGED;
    }
    kam__distinct_free(&rows);
    told.status = status;
    told.n_rows = counts.n_used;
    told.n_skipped = counts.n_skipped;
    if (report)
        kam__sized_write(report, &told, sizeof told,
                         KAM__FIRST(kam_estimate_report), "report", NULL);
    return status;
}

kam_status kam__total_check(const kam_objective *total, int32_t p,
                            int64_t n_rows, kam_diag *diag) {
    if (total->n_rows > 0 && total->n_parameters != p)
        return kam__fail(diag, KAM_ERR_SHAPE, "total.n_parameters", -1,
                         total->n_parameters,
                         "{value} parameters are not those that were asked.");
    if (n_rows >= 0 && total->n_rows != n_rows)
        return kam__fail(diag, KAM_ERR_SHAPE, "total.n_rows", -1,
                         (double)total->n_rows,
                         "{value} rows are not those of the time before.");
    return KAM_OK;
}

kam_status kam__fit_total(const struct kam__row_kind *kind,
                          struct kam__likelihood *model,
                          const struct kam__total *total,
                          const kam_estimate_options *options,
                          struct kam__estimate *estimate, int *answered,
                          kam_estimate_report *report, kam_diag *diag) {
    kam_estimate_options ours;
    kam_objective facts;
    kam_estimate_report told = {.struct_size = sizeof told, .culprit = -1};
    memset(&facts, 0, sizeof facts);
    facts.struct_size = sizeof facts;
    *answered = 0;
    kam_status status = kam__estimate_read(&ours, options, diag);
    if (status != KAM_OK) return status;
    status = total->ask(total->context, NULL, &facts, diag);
    if (status == KAM_OK && facts.n_rows == 0)
        status = no_usable(facts.n_skipped, diag);
    if (status == KAM_OK)
        status = kind->prepare(model, facts.gradient, facts.n_rows, ours.prior,
                               diag);
    if (status == KAM_OK) {
        status = kam__likelihood_search(model, total,
                                        kam_sum_value(&facts.gradient[0]),
                                        &ours, estimate, answered, &told, diag);
    }
    told.status = status;
    told.n_rows = facts.n_rows;
    told.n_skipped = facts.n_skipped;
    *report = told;
    return status;
}

kam_status kam__facts_part(const struct kam__row_kind *kind,
                           const kam_accounts *part, const kam_host *host,
                           kam_objective *partial, kam_diag *diag) {
    kam_accounts accounts;
    kam_objective ours;
    kam_host lent;
    double tile[KAM__MOST_KEYS][KAM__TILE], weight[KAM__TILE];
    const double *key[KAM__MOST_KEYS];
    kam_status status = read_part(kind, &accounts, part, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status == KAM_OK)
        status = kam__sized_read(&ours, sizeof ours, partial,
                                 KAM__FIRST(kam_objective), "partial", diag);
    if (status != KAM_OK) return status;
    if (ours.n_parameters != 0 && ours.n_parameters != KAM__MOST_FACTS)
        return kam__fail(diag, KAM_ERR_SHAPE, "partial.n_parameters", -1,
                         ours.n_parameters,
                         "{value} parameters are not facts about rows.");
    for (int32_t k = 0; k < KAM__MOST_KEYS; k++) key[k] = tile[k];
    for (int64_t at = 0; at < accounts.n_rows; at += KAM__TILE) {
        const int32_t n = tile_size(accounts.n_rows - at);
        const int32_t m = kind->load(&accounts, at, n, tile, weight);
        ours.n_rows += m;
        ours.n_skipped += n - m;
        if (kind->add_facts(key, weight, m, ours.gradient))
            return too_high(diag);
    }
    if (kind->add_more) status = kind->add_more(&accounts, ours.gradient, diag);
    if (status != KAM_OK) return status;
    ours.n_parameters = KAM__MOST_FACTS;
    status = kam__sized_write(partial, &ours, sizeof ours,
                              KAM__FIRST(kam_objective), "partial", diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}

/* One tile of a part into partial sums. */
static int add_tile(const struct kam__row_kind *kind,
                    const struct kam__likelihood *model,
                    const double *parameter, const kam_accounts *part,
                    int64_t at, int32_t isa, kam_sum *sums,
                    kam_objective *objective) {
    double tile[KAM__MOST_KEYS][KAM__TILE], weight[KAM__TILE];
    const double *key[KAM__MOST_KEYS];
    const int32_t n = tile_size(part->n_rows - at);
    const int32_t m = kind->load(part, at, n, tile, weight);
    for (int32_t k = 0; k < KAM__MOST_KEYS; k++) key[k] = tile[k];
    objective->n_rows += m;
    objective->n_skipped += n - m;
    return kam__likelihood_add(model, parameter, key, weight, m, isa, sums) ||
           kam__likelihood_add_counts(model, parameter, key[0], weight, m,
                                      sums);
}

kam_status kam__objective_part(const struct kam__row_kind *kind,
                               const struct kam__likelihood *model,
                               const double *parameter,
                               const kam_accounts *part, const kam_host *host,
                               kam_objective *partial, kam_diag *diag) {
    kam_accounts accounts;
    kam_objective ours;
    kam_host lent;
    kam_sum sums[KAM__MOST_TERMS];
    kam_status status = read_part(kind, &accounts, part, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status == KAM_OK)
        status = kam__sized_read(&ours, sizeof ours, partial,
                                 KAM__FIRST(kam_objective), "partial", diag);
    if (status != KAM_OK) return status;
    if (ours.n_parameters != 0 && ours.n_parameters != model->p)
        return kam__fail(diag, KAM_ERR_SHAPE, "partial.n_parameters", -1,
                         ours.n_parameters,
                         "{value} parameters are not those of this model.");
    const int32_t isa = kam__isa_level(&lent, accounts.n_rows);
    kam__likelihood_import(model->p, &ours, sums);
    for (int64_t at = 0; at < accounts.n_rows; at += KAM__TILE)
        if (add_tile(kind, model, parameter, &accounts, at, isa, sums, &ours))
            return kam__fail(diag, KAM_ERR_OVERFLOW, "part", at, NAN,
                             "a log likelihood near row {row} is not finite.");
    ours.n_parameters = model->p;
    kam__likelihood_export(model->p, sums, &ours);
    status = kam__sized_write(partial, &ours, sizeof ours,
                              KAM__FIRST(kam_objective), "partial", diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}
