/* SPDX-License-Identifier: MIT */
/* What will become of accounts by all their contracts. */
#include "value/retention_outlook.h"

#include <float.h>
#include <math.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/sized.h"
#include "math/elementary.h"
#include "math/sort.h"
#include "value/retention_rows.h"

struct job {
    kam_retention_contracts in;
    kam_retention_outlook_out out;
    struct kam__outlook_model *models;
    double *parameters; /* shape (n_models, draws, 3); NULL: no quantiles */
    double *decisions;  /* shape (contracts): room for those of an account */
    int64_t n_contracts;
    int32_t cut; /* the quantiles' place among the draws */
};

static int runs(int32_t state) {
    return state == KAM_CONTRACTS_RUNS || state == KAM_CONTRACTS_LEAVES;
}

/* Contracts [first, end) of one account and model, and what they tell. */
struct group {
    int64_t first, end;
    const struct kam__outlook_model *m;
    double renewals, ends;
};

static struct group group_at(const struct job *job, int64_t first,
                             int64_t end) {
    const kam_retention_contracts *const in = &job->in;
    struct group g = {first, first, &job->models[in->model[first]], 0, 0};
    for (; g.end < end && in->model[g.end] == in->model[first]; g.end++) {
        const int32_t state = in->state[g.end];
        if (!runs(state) && state != KAM_CONTRACTS_ENDED) continue;
        g.renewals += in->renewals[g.end];
        g.ends += in->contract_ended[g.end];
    }
    return g;
}

static struct kam__outlook contract_of(const struct job *job,
                                       const struct group *g, int64_t i) {
    const kam_retention_contracts *const in = &job->in;
    const int shared = g->m->law.shared;
    struct kam__outlook o = {.m = g->m,
                             .renewals = in->renewals[i],
                             .left = in->periods_to_end[i],
                             .value = in->contract_value[i],
                             .past = shared ? g->renewals : in->renewals[i],
                             .ends = shared ? g->ends : 0,
                             .leaves = in->state[i] == KAM_CONTRACTS_LEAVES};
    o.near = o.m->horizon < o.left ? o.m->horizon : o.left;
    return o;
}

/* The horizon holds a number of whole terms after the end, and part of one. */
static void look_beyond(struct kam__outlook *o,
                        const struct kam__retention *law) {
    const double rest = o->m->horizon - o->left, discount = o->m->discount;
    const int endless = !(rest < INFINITY);
    const double whole = floor(rest), part = endless ? 0 : rest - whole;
    const double last =
        kam__exp(kam__retention_log_survival(law, o->past, whole + 1));
    o->stays = endless ? 1 : last;
    o->decisions = endless ? 0 : whole + 1;
    o->length =
        o->left + kam__retention_residual(law, o->past, whole, 0) + part * last;
    o->worth = kam__retention_accrued(o->left, discount) +
               kam__retention_accrued(1, discount) *
                   kam__exp(-discount * o->left) *
                   kam__retention_residual(law, o->past, whole, discount);
    if (part > 0)
        o->worth += last * kam__retention_accrued(part, discount) *
                    kam__exp(-discount * (o->left + whole));
}

static void look(struct kam__outlook *o) {
    struct kam__retention law = o->m->law;
    const double none = (double)NAN;
    law.alpha += o->ends;
    o->renewal = o->leaves ? 0
                 : o->m->family
                     ? kam__exp(kam__retention_log_survival(&law, o->past, 1))
                     : none;
    o->decisions = 0;
    o->stays = o->m->horizon < o->left;
    o->length = o->near;
    o->worth = kam__retention_accrued(o->near, o->m->discount);
    if (o->stays > 0 || o->leaves) return;
    if (o->m->family)
        look_beyond(o, &law);
    else
        o->stays = o->length = o->worth = none;
}

/* What is expected of a group; returns the chance that all of it ends. */
static double expect(const struct job *job, const struct group *g,
                     double *value) {
    double out = 1, *const k = job->decisions + g->first;
    int64_t n = 0;
    for (int64_t i = g->first; i < g->end; i++) {
        struct kam__outlook o = {.renewal = NAN, .length = NAN};
        if (runs(job->in.state[i])) {
            o = contract_of(job, g, i);
            look(&o);
            *value += o.value * o.worth;
            if (g->m->law.shared && o.decisions > 0)
                k[n++] = o.decisions;
            else
                out *= 1 - o.stays;
        }
        if (job->out.renewal) job->out.renewal[i] = o.renewal;
        if (job->out.length) job->out.length[i] = o.length;
    }
    if (n == 0 || !(out > 0)) return out;
    return kam__retention_all_end(g->m->law.alpha + g->ends,
                                  g->m->law.beta + g->renewals, k, n);
}

/* Money that an account's contracts bring in each draw, and its quantiles. */
static void find_interval(const struct job *job, int64_t row) {
    enum { DRAWS = KAM__RETENTION_DRAWS };
    const kam_retention_contracts *const in = &job->in;
    const int64_t first = in->first[row], end = in->first[row + 1];
    double sum[DRAWS];
    int64_t order[DRAWS], scratch[DRAWS];
    struct kam__draw draw = kam__draw_begin(2, in->seed ? in->seed[row] : 0);
    for (int d = 0; d < DRAWS; d++) {
        sum[d] = 0;
        for (struct group g = {.end = first}; g.end < end;) {
            g = group_at(job, g.end, end);
            const double *const p =
                job->parameters + 3 * (DRAWS * (int64_t)in->model[g.first] + d);
            double theta = NAN;
            for (int64_t i = g.first; i < g.end; i++) {
                if (!runs(in->state[i])) continue;
                const struct kam__outlook o = contract_of(job, &g, i);
                if (!g.m->law.shared) theta = NAN;
                sum[d] += kam__outlook_brings(&o, p, &draw, &theta);
            }
        }
    }
    kam__sort_by_number(sum, DRAWS, order, scratch);
    if (job->out.value_low) job->out.value_low[row] = sum[order[job->cut]];
    if (job->out.value_high)
        job->out.value_high[row] = sum[order[DRAWS - 1 - job->cut]];
}

/* Why an account cannot be scored, or 0. */
static uint32_t trouble(const struct job *job, int64_t first, int64_t end) {
    const kam_retention_contracts *const in = &job->in;
    uint32_t flag = 0;
    for (int64_t i = first; i < end; i++) {
        const int32_t state = in->state[i];
        const double n = in->renewals[i], ended = in->contract_ended[i];
        const double left = runs(state) ? in->periods_to_end[i] : 0;
        if (state == KAM_CONTRACTS_TO_COME || state == KAM_CONTRACTS_UNSEEN)
            continue;
        if (state == 0 || n != n || ended != ended || left != left)
            flag |= KAM_ROW_MISSING;
        else if (state < 0 || state > KAM_CONTRACTS_UNSEEN ||
                 !(n >= 0 && n < 0x1p53 && n == floor(n)) ||
                 (ended != 0 && ended != 1) ||
                 !(left >= 0 && left < INFINITY) ||
                 fabs(in->contract_value[i]) > DBL_MAX)
            flag |= KAM_ROW_DOMAIN;
    }
    return flag;
}

static void answer_account(const struct job *job, int64_t row) {
    const kam_retention_outlook_out *const out = &job->out;
    const int64_t first = job->in.first[row], end = job->in.first[row + 1];
    const double none = (double)NAN;
    uint32_t flag = trouble(job, first, end);
    double value = flag ? none : 0, lapse = flag ? none : 1;
    for (int64_t i = first; flag && i < end; i++) {
        if (out->renewal) out->renewal[i] = none;
        if (out->length) out->length[i] = none;
    }
    for (struct group g = {.end = first}; !flag && g.end < end;) {
        g = group_at(job, g.end, end);
        lapse *= expect(job, &g, &value);
    }
    if (!flag && (value != value || lapse != lapse)) flag = KAM_ROW_MISSING;
    if (fabs(value) > DBL_MAX) flag |= KAM_ROW_INFINITE, value = none;
    if (out->value) out->value[row] = value;
    if (out->lapse) out->lapse[row] = lapse;
    if (out->row_flags) out->row_flags[row] = flag;
    if (out->value_low) out->value_low[row] = none;
    if (out->value_high) out->value_high[row] = none;
    if (job->parameters && value == value) find_interval(job, row);
}

static void answer(void *context, int64_t first, int32_t n) {
    for (int64_t row = first; row < first + n; row++)
        answer_account(context, row);
}

/* ---- arguments ---- */

static kam_status check_shape(struct job *job, kam_diag *diag) {
    const kam_retention_contracts *const in = &job->in;
    const int64_t n = in->n_rows;
    if (n < 0 || in->n_models < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "contracts", -1,
                         n < 0 ? (double)n : in->n_models,
                         "there cannot be {value} of them.");
    if (n > 0 && !in->first)
        return kam__fail(diag, KAM_ERR_NULL, "contracts.first", -1, NAN, "");
    for (int64_t i = 0; i < n; i++)
        if (in->first[0] != 0 || in->first[i + 1] < in->first[i])
            return kam__fail(diag, KAM_ERR_SHAPE, "contracts.first", i,
                             (double)in->first[i],
                             "row {row} begins at {value}: the first must "
                             "begin at 0, and none after the next.");
    job->n_contracts = n > 0 ? in->first[n] : 0;
    const struct {
        const void *is;
        const char *name;
    } needed[] = {{in->models, "contracts.models"},
                  {in->model, "contracts.model"},
                  {in->state, "contracts.state"},
                  {in->renewals, "contracts.renewals"},
                  {in->contract_ended, "contracts.contract_ended"},
                  {in->periods_to_end, "contracts.periods_to_end"},
                  {in->contract_value, "contracts.contract_value"}};
    for (int i = 0; i < 7; i++)
        if (!needed[i].is && (i == 0 ? in->n_models : job->n_contracts) > 0)
            return kam__fail(diag, KAM_ERR_NULL, needed[i].name, -1, NAN, "");
    for (int64_t row = 0; row < n; row++)
        for (int64_t i = in->first[row]; i < in->first[row + 1]; i++)
            if (in->model[i] < 0 || in->model[i] >= in->n_models ||
                (i > in->first[row] && in->model[i] < in->model[i - 1]))
                return kam__fail(diag, KAM_ERR_SHAPE, "contracts.model", i,
                                 in->model[i],
                                 "that of contract {row} is {value}: there is "
                                 "none, or it stands after a later one.");
    return KAM_OK;
}

static kam_status check_options(double horizon_days, double discount_per_year,
                                double interval, kam_diag *diag) {
    if (!(horizon_days > 0))
        return kam__fail(diag, KAM_ERR_OPTION, "horizon_days", -1, horizon_days,
                         "{value} is no number of days.");
    if (!(discount_per_year >= 0 && discount_per_year < INFINITY))
        return kam__fail(diag, KAM_ERR_OPTION, "discount_per_year", -1,
                         discount_per_year, "{value} is no discount rate.");
    if (!(interval > 0 && interval < 1))
        return kam__fail(diag, KAM_ERR_OPTION, "interval", -1, interval,
                         "{value} is no probability of an interval.");
    return KAM_OK;
}

static kam_status read_models(struct job *job, double horizon_days,
                              double discount_per_year, kam_diag *diag) {
    kam_status status = KAM_OK;
    for (int32_t k = 0; k < job->in.n_models && status == KAM_OK; k++) {
        struct kam__outlook_model *const m = &job->models[k];
        const kam_retention *const model = &job->in.models[k];
        const double days = model->period_days;
        *m = (struct kam__outlook_model){.family = model->family};
        if (model->family)
            (void)kam__retention_read_model(&m->law, model, &status, diag);
        else if (!(days > 0 && days < INFINITY))
            status = kam__fail(diag, KAM_ERR_OPTION, "model.period_days", k,
                               days, "a term of {value} days is not possible.");
        m->horizon = horizon_days / days;
        m->discount = kam__log1p(discount_per_year) * days / 365.25;
        if (status == KAM_OK && job->parameters && model->family)
            kam__outlook_draw(
                model,
                job->in.covariance ? job->in.covariance + 9 * (int64_t)k : 0,
                job->parameters + (int64_t)3 * KAM__RETENTION_DRAWS * k);
    }
    return status;
}

/* With room for all of it; what is refused is NULL. */
static kam_status answer_all(struct job *job, const kam_host *host,
                             double horizon_days, double discount_per_year,
                             kam_diag *diag) {
    const uint64_t k = (uint64_t)job->in.n_models + 1;
    const uint64_t n = (uint64_t)job->n_contracts + 1;
    const uint64_t draws = 3 * KAM__RETENTION_DRAWS * k;
    const int wanted = job->out.value_low || job->out.value_high;
    kam_status status = KAM_ERR_MEMORY;
    job->models = kam__allocate(host, k, sizeof *job->models);
    job->decisions = kam__allocate(host, n, sizeof *job->decisions);
    job->parameters =
        wanted ? kam__allocate(host, draws, sizeof *job->parameters) : 0;
    if (job->models && job->decisions && (job->parameters || !wanted))
        status = read_models(job, horizon_days, discount_per_year, diag);
    else
        (void)kam__no_memory(diag);
    if (status == KAM_OK)
        status = kam__for_rows(host, job->in.n_rows, answer, job, diag);
    kam__release(host, job->parameters, draws, sizeof *job->parameters);
    kam__release(host, job->decisions, n, sizeof *job->decisions);
    kam__release(host, job->models, k, sizeof *job->models);
    return status;
}

kam_status kam_retention_outlook(const kam_retention_contracts *contracts,
                                 double horizon_days, double discount_per_year,
                                 double interval, const kam_host *host,
                                 const kam_retention_outlook_out *out,
                                 kam_diag *diag) {
    struct job job = {0};
    kam_host lent;
    kam_status status =
        kam__sized_read(&job.in, sizeof job.in, contracts,
                        KAM__FIRST(kam_retention_contracts), "contracts", diag);
    if (status == KAM_OK)
        status =
            kam__sized_read(&job.out, sizeof job.out, out,
                            KAM__FIRST(kam_retention_outlook_out), "out", diag);
    if (status == KAM_OK) status = check_shape(&job, diag);
    if (status == KAM_OK)
        status = check_options(horizon_days, discount_per_year, interval, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    job.cut = (int32_t)((1 - interval) / 2 * KAM__RETENTION_DRAWS);
    status = answer_all(&job, &lent, horizon_days, discount_per_year, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}
