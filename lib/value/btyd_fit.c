/* SPDX-License-Identifier: MIT */
/* Fitting a buy-till-you-die family, and its partial sums for engines. */
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/sized.h"
#include "data/parts.h"
#include "math/accumulate.h"
#include "value/btyd_rhythm.h"
#include "value/btyd_fit.h"
#include "value/fit_parts.h"

/* All parameters, from those that are estimated. */
static const double *all_of(const struct kam__btyd_given *given,
                            const double *parameter, double *all) {
    const int32_t p = kam__btyd_estimated(given->family);
    for (int32_t i = 0; i < p; i++) all[i] = parameter[i];
    all[p] = given->rhythm;
    return all;
}

static void count_terms(const void *context, const double *parameter, double x,
                        double *out) {
    const struct kam__btyd_given *const given = context;
    double all[KAM__MOST_PARAMETERS + 1];
    given->family->count_terms(given->family, all_of(given, parameter, all), x,
                               out);
}

static void row_terms(const void *context, const double *parameter,
                      const double *const *key, int32_t n, int32_t isa,
                      double (*out)[KAM__TILE]) {
    const struct kam__btyd_given *const given = context;
    double all[KAM__MOST_PARAMETERS + 1];
    const struct kam__btyd_tile tile = {n,      isa,  key[0], key[1],
                                        key[2], NULL, NULL};
    given->family->time_terms(given->family, all_of(given, parameter, all),
                              &tile, out);
}

struct kam__likelihood kam__btyd_likelihood(
    const struct kam__btyd_given *given) {
    struct kam__likelihood model;
    memset(&model, 0, sizeof model);
    model.p = kam__btyd_estimated(given->family);
    model.context = given;
    model.count_terms = count_terms;
    model.row_terms = row_terms;
    model.name = given->family->parameter;
    model.at_lower = given->family->at_lower;
    model.at_upper = given->family->at_upper;
    return model;
}

static int32_t load(const kam_accounts *part, int64_t first, int32_t n,
                    double (*key)[KAM__TILE], double *weight) {
    struct kam__btyd_rows rows;
    int32_t m = 0;
    kam__btyd_load(part, first, n, KAM_ISA_BASE, &rows);
    kam__weights(part, first, n, weight);
    for (int32_t i = 0; i < n; i++) {
        if (rows.flag[i] || !kam__is_weight(weight[i])) continue;
        key[0][m] = rows.x[i];
        key[1][m] = rows.t_x[i];
        key[2][m] = rows.T[i];
        weight[m++] = weight[i];
    }
    return m;
}

/* Fewer accounts that ordered again than this cannot tell rate from leaving. */
enum { LEAST_REPEATERS = 2, LEAST_WITH_PRIOR = 1 };

static int add_facts(const double *const *key, const double *weight, int64_t n,
                     kam_sum *fact) {
    for (int64_t i = 0; i < n; i++)
        if (key[0][i] > 0 &&
            kam_sum_add(&fact[KAM__BTYD_REPEATERS], weight[i]) != KAM_OK)
            return 1;
    return kam__accumulate(&fact[KAM__BTYD_WEIGHT], weight, NULL, n) ||
           kam__accumulate(&fact[KAM__BTYD_AGE], key[2], weight, n) ||
           kam__accumulate(&fact[KAM__BTYD_ORDERS], key[0], weight, n);
}

static kam_status set_out(struct kam__likelihood *model, const kam_sum *fact,
                          kam__family family, double rhythm, int32_t prior,
                          kam_diag *diag) {
    const double again = kam_sum_value(&fact[KAM__BTYD_REPEATERS]);
    if (again < (prior == KAM_PRIOR_WEAK ? LEAST_WITH_PRIOR : LEAST_REPEATERS))
        return kam__fail(diag, KAM_ERR_TOO_FEW, "accounts.repeat_orders", -1,
                         again,
                         "only {value} accounts ordered again: that says too "
                         "little about rates.");
    const double size = kam_sum_value(&fact[KAM__BTYD_WEIGHT]);
    const struct kam__btyd_facts facts = {
        kam_sum_value(&fact[KAM__BTYD_AGE]) / size,
        kam_sum_value(&fact[KAM__BTYD_ORDERS]) / size, rhythm};
    if (!(facts.mean_age > 0))
        return kam__fail(diag, KAM_ERR_TOO_FEW, "accounts.age_periods", -1, 0,
                         "no account has been known for any time.");
    family->bounds(&facts, model->lower, model->upper);
    family->prior(&facts, model->centre, model->width);
    model->n_starts = KAM__BTYD_STARTS;
    for (int32_t i = 0; i < model->n_starts; i++)
        family->start(&facts, i, model->start[i]);
    return KAM_OK;
}

kam_status kam__btyd_prepare(struct kam__likelihood *model,
                             const struct kam__distinct *rows,
                             kam__family family, double rhythm, int32_t prior,
                             kam_diag *diag) {
    kam_sum fact[KAM__MOST_FACTS];
    memset(fact, 0, sizeof fact);
    if (add_facts((const double *const *)rows->key, rows->weight, rows->n,
                  fact))
        return kam__fail(diag, KAM_ERR_OVERFLOW, "accounts", -1, NAN,
                         "ages, orders or weights add up too high.");
    return set_out(model, fact, family, rhythm, prior, diag);
}

static kam_status prepare(struct kam__likelihood *model, const kam_sum *fact,
                          int64_t n_used, int32_t prior, kam_diag *diag) {
    const struct kam__btyd_given *const given = model->context;
    (void)n_used;
    return set_out(model, fact, given->family, given->rhythm, prior, diag);
}

static kam_status add_gaps_of(const kam_accounts *part, kam_sum *fact,
                              kam_diag *diag) {
    return kam__btyd_add_gaps(part, &fact[KAM__BTYD_LOG_GAPS],
                              &fact[KAM__BTYD_GAP_ORDERS],
                              &fact[KAM__BTYD_GAPS_UNKNOWN], diag);
}

/* Without the rows that are impossible in BG/BB. */
static int32_t load_periods(const kam_accounts *part, int64_t first, int32_t n,
                            double (*key)[KAM__TILE], double *weight) {
    const int32_t m = load(part, first, n, key, weight);
    int32_t kept = 0;
    for (int32_t i = 0; i < m; i++) {
        if (!kam__bgbb.usable(key[0][i], key[1][i], key[2][i])) continue;
        for (int k = 0; k < 3; k++) key[k][kept] = key[k][i];
        weight[kept++] = weight[i];
    }
    return kept;
}

static const struct kam__row_kind ANY = {.n_keys = 3,
                                         .read = kam__btyd_read_accounts,
                                         .load = load,
                                         .add_facts = add_facts,
                                         .prepare = prepare};
static const struct kam__row_kind PERIODS = {.n_keys = 3,
                                             .read = kam__btyd_read_accounts,
                                             .load = load_periods,
                                             .add_facts = add_facts,
                                             .prepare = prepare};
static const struct kam__row_kind RHYTHM = {.n_keys = 3,
                                            .read = kam__btyd_read_accounts,
                                            .load = load,
                                            .add_facts = add_facts,
                                            .add_more = add_gaps_of,
                                            .prepare = prepare};

const struct kam__row_kind *kam__btyd_kind(kam__family family) {
    return family->usable ? &PERIODS : family->most_rhythm > 0 ? &RHYTHM : &ANY;
}

/* Asks for facts or sums of rows elsewhere. */
struct asking {
    const struct kam__btyd_given *given;
    struct kam__btyd_request *request;
};

static kam_status ask(void *context, const double *parameter,
                      kam_objective *total, kam_diag *diag) {
    const struct asking *const asking = context;
    struct kam__btyd_request *const request = asking->request;
    const kam__family family = asking->given->family;
    kam_btyd model = {.family = family->id,
                      .period_days = request->period_days};
    if (parameter) {
        model.n_parameters = family->n_parameters;
        all_of(asking->given, parameter, model.parameter);
    }
    const kam_status status = request->total(request->context, &model, total);
    if (status == KAM_ERR_OVERFLOW && parameter) return status;
    if (status != KAM_OK) return kam__fail(diag, status, "total", -1, NAN, "");
    const int32_t p =
        parameter ? kam__btyd_estimated(family) : (int32_t)KAM__MOST_FACTS;
    if (!parameter) request->facts = *total;
    return kam__total_check(total, p, parameter ? request->facts.n_rows : -1,
                            diag);
}

static kam_status fit_given(kam__family family, int32_t rhythm,
                            struct kam__btyd_request *request, kam_diag *diag) {
    const struct kam__btyd_given given = {family, rhythm};
    struct asking asking = {&given, request};
    const struct kam__total total = {ask, &asking};
    struct kam__likelihood likelihood = kam__btyd_likelihood(&given);
    request->report.struct_size = sizeof request->report;
    return request->total
               ? kam__fit_total(kam__btyd_kind(family), &likelihood, &total,
                                request->options, &request->estimate,
                                &request->answered, &request->report, diag)
               : kam__fit_parts(kam__btyd_kind(family), &likelihood,
                                request->parts, request->n_parts,
                                request->options, request->host,
                                &request->estimate, &request->answered,
                                &request->report, diag);
}

static kam_status gaps_of(const struct kam__btyd_request *request,
                          struct kam__gaps *gaps, kam_diag *diag) {
    kam_objective facts = request->facts;
    for (int64_t i = 0; i < request->n_parts; i++) {
        kam_accounts part;
        kam_status status =
            kam__btyd_read_accounts(&part, kam__part(request->parts, i), diag);
        if (status == KAM_OK) status = add_gaps_of(&part, facts.gradient, diag);
        if (status != KAM_OK) return status;
    }
    gaps->log_gaps = kam_sum_value(&facts.gradient[KAM__BTYD_LOG_GAPS]);
    gaps->orders = kam_sum_value(&facts.gradient[KAM__BTYD_GAP_ORDERS]);
    gaps->n_unknown = kam_sum_value(&facts.gradient[KAM__BTYD_GAPS_UNKNOWN]);
    return KAM_OK;
}

/* Adds what the times between orders say of k to the log likelihood. */
static void add_gaps(kam__family family, int32_t rhythm,
                     const struct kam__gaps *gaps,
                     kam_estimate_report *report) {
    const double parameter[] = {0, 0, 0, 0, rhythm};
    if (gaps->n_unknown == 0)
        report->log_likelihood +=
            family->gap_terms(parameter, gaps->orders, gaps->log_gaps);
}

/* A given k; or k = 1, 2, ... until the likelihood falls. */
static kam_status fit_rhythm(kam__family family, int32_t *rhythm,
                             struct kam__btyd_request *request,
                             kam_diag *diag) {
    struct kam__gaps gaps = {0, 0, 0};
    const int choose = *rhythm == 0;
    if (choose) *rhythm = 1;
    kam_status status = fit_given(family, *rhythm, request, diag);
    if (!request->answered) return status;
    const kam_status read = gaps_of(request, &gaps, diag);
    if (read != KAM_OK) {
        request->answered = 0;
        return read;
    }
    if (choose && gaps.n_unknown > 0) {
        request->answered = 0;
        return kam__fail(diag, KAM_ERR_OPTION, "options.rhythm", -1,
                         gaps.n_unknown,
                         "the times between orders of {value} accounts are not "
                         "known (log_gaps), so k has to be given.");
    }
    add_gaps(family, *rhythm, &gaps, &request->report);
    while (choose && *rhythm < family->most_rhythm) {
        struct kam__btyd_request more = *request;
        kam_diag told = {.struct_size = sizeof told};
        const kam_status next = fit_given(family, *rhythm + 1, &more, &told);
        if (next >= KAM_ERR_MEMORY) {
            request->answered = 0;
            kam__tell(diag, &told);
            return next;
        }
        if (!more.answered) break;
        add_gaps(family, *rhythm + 1, &gaps, &more.report);
        if (!(more.report.log_likelihood > request->report.log_likelihood))
            break;
        *request = more;
        kam__tell(diag, &told);
        status = next;
        ++*rhythm;
    }
    return status;
}

kam_status kam__btyd_read_rhythm(kam__family family,
                                 const kam_estimate_options *theirs,
                                 kam_estimate_options *ours, int32_t *rhythm,
                                 kam_diag *diag) {
    kam_status status =
        theirs
            ? kam__sized_read(ours, sizeof *ours, theirs,
                              KAM__FIRST(kam_estimate_options), "options", diag)
            : kam_estimate_options_init(ours, sizeof *ours);
    if (status != KAM_OK) return status;
    *rhythm = family->most_rhythm > 0 ? ours->rhythm : 0;
    if (*rhythm < 0 || *rhythm > family->most_rhythm)
        return kam__fail(diag, KAM_ERR_OPTION, "options.rhythm", -1, *rhythm,
                         "k cannot be {value}.");
    if (family->most_rhythm > 0) ours->rhythm = 0;
    return KAM_OK;
}

/* Rows and columns of given parameters are 0, or NaN where the others are. */
static void write_covariance(int32_t n, int32_t p, const double *from,
                             double *covariance) {
    for (int32_t i = 0; i < n; i++)
        for (int32_t j = 0; j < n; j++)
            covariance[i * n + j] = i < p && j < p       ? from[i * p + j]
                                    : from[0] == from[0] ? 0
                                                         : (double)NAN;
}

kam_status kam__btyd_answer(int32_t family, struct kam__btyd_request *request,
                            const kam_estimate_options *options,
                            kam_btyd *model, double *covariance,
                            kam_estimate_report *report, kam_diag *diag) {
    const kam__family f = kam__btyd_family_of(family);
    kam_estimate_options ours;
    int32_t rhythm;
    if (!f)
        return kam__fail(diag, KAM_ERR_OPTION, "family", -1, family,
                         "{value} is no KAM_BTYD_*.");
    if (!model) return kam__fail(diag, KAM_ERR_NULL, "model", -1, NAN, "");
    if (!(request->period_days > 0 && request->period_days < INFINITY))
        return kam__fail(diag, KAM_ERR_OPTION, "period_days", -1,
                         request->period_days,
                         "a period of {value} days is not possible.");
    kam_status status = kam__btyd_read_rhythm(f, options, &ours, &rhythm, diag);
    const kam_estimate_report none = {.struct_size = sizeof none,
                                      .culprit = -1};
    if (status == KAM_OK && report)
        status =
            kam__sized_write(report, &none, sizeof none,
                             KAM__FIRST(kam_estimate_report), "report", diag);
    if (status != KAM_OK) return status;
    request->options = &ours;
    status = f->most_rhythm > 0 ? fit_rhythm(f, &rhythm, request, diag)
                                : fit_given(f, 0, request, diag);
    request->options = NULL;
    request->report.status = status;
    if (report)
        kam__sized_write(report, &request->report, sizeof none,
                         KAM__FIRST(kam_estimate_report), "report", NULL);
    if (!request->answered) return status;
    const int32_t n = f->n_parameters, p = kam__btyd_estimated(f);
    memset(model, 0, sizeof *model);
    model->family = f->id;
    model->n_parameters = n;
    model->period_days = request->period_days;
    for (int32_t i = 0; i < n; i++)
        model->parameter[i] = i < p ? request->estimate.parameter[i] : rhythm;
    if (covariance)
        write_covariance(n, p, request->estimate.covariance, covariance);
    return status;
}

kam_status kam_btyd_fit(int32_t family, const kam_accounts *parts,
                        int64_t n_parts, double period_days,
                        const kam_estimate_options *options,
                        const kam_host *host, kam_btyd *model,
                        double *covariance, kam_estimate_report *report,
                        kam_diag *diag) {
    struct kam__btyd_request request = {.parts = parts,
                                        .n_parts = n_parts,
                                        .period_days = period_days,
                                        .host = host};
    return kam__btyd_answer(family, &request, options, model, covariance,
                            report, diag);
}

kam_status kam_btyd_objective(const kam_btyd *model, const kam_accounts *part,
                              const kam_host *host, kam_objective *partial,
                              kam_diag *diag) {
    kam_status status;
    if (model && model->n_parameters == 0 && kam__btyd_family_of(model->family))
        return kam__facts_part(kam__btyd_kind(
                                   kam__btyd_family_of(model->family)),
                               part, host, partial, diag);
    const kam__family family = kam__btyd_read_model(model, &status, diag);
    if (!family) return status;
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): it was read */
    const struct kam__btyd_given given = {family, model->parameter[4]};
    const struct kam__likelihood likelihood = kam__btyd_likelihood(&given);
    return kam__objective_part(kam__btyd_kind(family), &likelihood,
                               model->parameter, part, host, partial, diag);
}
