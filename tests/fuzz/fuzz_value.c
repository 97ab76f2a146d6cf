/* SPDX-License-Identifier: MIT */
/* Order models, contracts, spend, lifetime value; the fit and the score of
 * everything. Fits take one book, or (the second run) its two halves. */
#include "make.h"

static kam_btyd orders_of(struct fuzz *f) {
    kam_btyd model;
    memset(&model, 0, sizeof model);
    model.family = fuzz_pick(f, 1, 7);
    while (model.n_parameters < 8 &&
           kam_btyd_parameter_name(model.family, model.n_parameters))
        model.n_parameters++;
    model.period_days = fuzz_byte(f) < 240 ? 7 : fuzz_wild(f);
    for (int32_t i = 0; i < model.n_parameters; i++)
        model.parameter[i] = 0.05 + fuzz_number(f, TIME) / 8;
    if (model.family >= KAM_BTYD_BGCNBD)
        model.parameter[4] = fuzz_pick(f, 1, 5);
    fuzz_disturb(f, &model, sizeof model);
    /* Times from 1e-300 on are answered, in a thousand steps of integration. */
    for (int32_t i = 0; i < 8; i++)
        if (fabs(model.parameter[i]) < 1e-6) model.parameter[i] = 0;
    return model;
}

static kam_spend spend_of(struct fuzz *f) {
    kam_spend model = {1, 3, {0}};
    for (int i = 0; i < 3; i++) model.parameter[i] = 0.5 + fuzz_number(f, TIME);
    fuzz_disturb(f, &model, sizeof model);
    return model;
}

static kam_retention contract_of(struct fuzz *f) {
    kam_retention model = {fuzz_pick(f, 1, 2), 0, 365, {0}};
    if (model.family < 0) model.family = KAM_RETENTION_SHARED;
    while (model.n_parameters < 4 &&
           kam_retention_parameter_name(model.family, model.n_parameters))
        model.n_parameters++;
    for (int32_t i = 0; i < model.n_parameters; i++)
        model.parameter[i] = 0.1 + fuzz_number(f, TIME) / 8;
    fuzz_disturb(f, &model, sizeof model);
    return model;
}

static int64_t parts_of(const struct fuzz *f, const kam_accounts *whole,
                        kam_accounts part[2]) {
    part[0] = part[1] = *whole;
    const int64_t n = f->n, half = n / 2;
    if (f->run != FUZZ_BEST || n < 2 ||
        kam_accounts_slice(whole, 0, half, &part[0]) != KAM_OK ||
        kam_accounts_slice(whole, half, n - half, &part[1]) != KAM_OK) {
        part[0] = *whole;
        return 1;
    }
    return 2;
}

/* Few steps: a fit of GGompertz/NBD integrates, and takes its time. */
static kam_estimate_options *how(struct fuzz *f) {
    kam_estimate_options *const options = fuzz_memory(f, sizeof *options);
    kam_estimate_options_init(options, sizeof *options);
    options->prior = fuzz_pick(f, 0, 1);
    options->max_steps = fuzz_length(f, 1, 6);
    if (fuzz_byte(f) > 240) options->rhythm = fuzz_pick(f, 0, 40);
    if (fuzz_byte(f) > 250) options->prior = fuzz_pick(f, -1, 3);
    return options;
}

static void fit_orders(struct fuzz *f) {
    kam_accounts part[2];
    fuzz_take_rows(f);
    const int32_t family = fuzz_pick(f, 1, 7);
    if (family == KAM_BTYD_GGOMNBD) f->n %= 4;
    const kam_accounts book = fuzz_accounts(f);
    const int64_t n_parts = parts_of(f, &book, part);
    const kam_estimate_options *const options = how(f);
    kam_btyd *const model = fuzz_out(f, 1, sizeof *model);
    double *const covariance = fuzz_out(f, 64, 8);
    kam_estimate_report *const report = fuzz_struct_out(f, sizeof *report);
    fuzz_end(f, kam_btyd_fit(family, part, n_parts, 7, options, &f->host, model,
                             covariance, report, &f->diag));
}

/* One parameter of three kinds of models, which may not exist. */
static void profiles(struct fuzz *f) {
    kam_accounts part[2];
    fuzz_take_rows(f);
    f->n %= 8; /* each end is a search of its own */
    const kam_accounts book = fuzz_accounts(f);
    const int64_t n_parts = parts_of(f, &book, part);
    const kam_estimate_options *const options = how(f);
    const int32_t family = fuzz_pick(f, 1, 2), which = fuzz_pick(f, 0, 2);
    kam_estimate_interval *const interval =
        fuzz_struct_out(f, sizeof *interval);
    if (interval) {
        interval->parameter = fuzz_pick(f, 0, 5);
        interval->level = fuzz_number(f, CHANCE);
    }
    fuzz_end_of(f, which,
                which == 0 ? kam_btyd_profile(family, part, n_parts, options,
                                              &f->host, interval, &f->diag)
                : which == 1
                    ? kam_spend_profile(family, part, n_parts, options,
                                        &f->host, interval, &f->diag)
                    : kam_retention_profile(family, part, n_parts, options,
                                            &f->host, interval, &f->diag));
}

static kam_status total_orders(void *context, const kam_btyd *model,
                               kam_objective *total) {
    return kam_btyd_objective(model, context, NULL, total, NULL);
}

static kam_status total_spend(void *context, const kam_spend *model,
                              kam_objective *total) {
    return kam_spend_objective(model, context, NULL, total, NULL);
}

/* A search by sums says what a fit of the rows says. */
static void search(struct fuzz *f) {
    fuzz_take_rows(f);
    const int32_t family = fuzz_pick(f, 1, 3);
    kam_accounts book = fuzz_accounts(f);
    const kam_estimate_options *const options = how(f);
    kam_btyd *const model = fuzz_out(f, 1, sizeof *model);
    double *const covariance = fuzz_out(f, 64, 8);
    kam_estimate_report *const report = fuzz_struct_out(f, sizeof *report);
    fuzz_end(f, kam_btyd_search(family, 7, options, total_orders, &book, model,
                                covariance, report, &f->diag));
    kam_spend *const money = fuzz_out(f, 1, sizeof *money);
    double *const other = fuzz_out(f, 16, 8);
    kam_estimate_report *const told = fuzz_struct_out(f, sizeof *told);
    fuzz_end(f, kam_spend_search(1, options, total_spend, &book, money, other,
                                 told, &f->diag));
}

/* Partial sums of pieces merge to those of the whole. */
static void objectives(struct fuzz *f) {
    kam_accounts part[2];
    fuzz_take_rows(f);
    const int32_t which = fuzz_length(f, 0, 2);
    const kam_btyd orders = orders_of(f);
    const kam_spend spend = spend_of(f);
    const kam_retention contract = contract_of(f);
    const kam_accounts book = fuzz_accounts(f);
    const int64_t n_parts = parts_of(f, &book, part);
    kam_objective *const sums = fuzz_memory(f, sizeof *sums);
    kam_objective one;
    kam_status status = KAM_OK;
    for (int64_t i = 0; status == KAM_OK && i < n_parts; i++) {
        memset(&one, 0, sizeof one);
        one.struct_size = sizeof one;
        status =
            fuzz_note_of(f, which,
                         which == 0 ? kam_btyd_objective(&orders, &part[i],
                                                         &f->host, &one, NULL)
                         : which == 1
                             ? kam_spend_objective(&spend, &part[i], &f->host,
                                                   &one, NULL)
                             : kam_retention_objective(&contract, &part[i],
                                                       &f->host, &one, NULL));
        if (status == KAM_OK && i > 0) status = kam_objective_merge(sums, &one);
        if (status == KAM_OK && i == 0) *sums = one;
    }
    if (status != KAM_OK) return;
    kam_objective *const out = fuzz_block(f, sizeof *out, 0);
    memcpy(out, sums, sizeof *out);
}

static void ask_orders(struct fuzz *f) {
    fuzz_take_rows(f);
    f->rows_stand = 1;
    const int32_t which = fuzz_length(f, 0, 7);
    const kam_btyd model = orders_of(f);
    if (which == 2 || which >= 6) f->n %= 4; /* these integrate */
    const kam_accounts book = fuzz_accounts(f);
    const double ahead = fuzz_number(f, TIME), rate = fuzz_number(f, CHANCE);
    const double reference[3] = {fuzz_number(f, COUNT), fuzz_number(f, TIME),
                                 fuzz_number(f, MONEY)};
    const int32_t n_counts = fuzz_length(f, 0, 6);
    double *const x = fuzz_rows_out(f, which == 5 ? n_counts : 1, 8);
    kam_reason *const reasons = fuzz_rows_out(f, 4, sizeof *reasons);
    uint32_t *const flags = fuzz_rows_out(f, 1, 4);
    const kam_host *const host = &f->host;
    kam_diag *const diag = &f->diag;
    fuzz_end_of(
        f, which,
        which == 0 ? kam_btyd_alive(&model, &book, ahead, host, x, flags, diag)
        : which == 1 ? kam_btyd_expected_orders(&model, &book, ahead, host, x,
                                                flags, diag)
        : which == 2 ? kam_btyd_discounted_orders(&model, &book, ahead, rate,
                                                  host, x, flags, diag)
        : which == 3
            ? kam_btyd_no_order(&model, &book, ahead, host, x, flags, diag)
        : which == 4
            ? kam_btyd_log_likelihood(&model, &book, host, x, flags, diag)
        : which == 5 ? kam_btyd_order_counts(&model, &book, ahead, n_counts,
                                             host, x, flags, diag)
        : which == 6 ? kam_btyd_next_order(&model, &book, host, x, flags, diag)
                     : kam_btyd_reasons(&model, &book, ahead, reference, host,
                                        reasons, flags, diag));
    if (which == 6 && x)
        fuzz_end(f,
                 kam_btyd_next_order_by(&model, &book, rate, host,
                                        fuzz_rows_out(f, 1, 8), flags, diag));
}

static void choose(struct fuzz *f) {
    kam_accounts part[2];
    fuzz_take_rows(f);
    const kam_accounts book = fuzz_accounts(f);
    const int64_t n_parts = parts_of(f, &book, part);
    int32_t *const families = fuzz_memory(f, 12);
    kam_btyd_contest contest;
    memset(&contest, 0, sizeof contest);
    contest.struct_size = sizeof contest;
    contest.criterion = fuzz_pick(f, 1, 3);
    contest.n_families = fuzz_length(f, 0, 3);
    for (int i = 0; i < 3; i++)
        families[i] =
            fuzz_byte(f) < 200 ? fuzz_pick(f, 1, 2) : fuzz_pick(f, -3, 8);
    contest.families = families;
    contest.horizon_periods = fuzz_byte(f) < 128 ? 0 : fuzz_number(f, TIME);
    contest.actual_orders = fuzz_column(f, COUNT);
    if (fuzz_byte(f) < 128) contest.orders_before = fuzz_column(f, COUNT);
    kam_btyd_candidate *const candidate =
        fuzz_out(f, contest.n_families + 2, sizeof *candidate);
    int32_t *const best = fuzz_out(f, 1, 4);
    fuzz_end(f, kam_btyd_choose(part, n_parts, 7, &contest, how(f), &f->host,
                                candidate, best, &f->diag));
}

static void rhythm(struct fuzz *f) {
    kam_accounts part[2];
    fuzz_take_rows(f);
    f->rows_stand = 0;
    kam_accounts book = fuzz_accounts(f);
    if (fuzz_byte(f) < 240) book.log_gaps = fuzz_column(f, SIGNED);
    const int64_t n_parts = parts_of(f, &book, part);
    double *const k = fuzz_out(f, 2, 8);
    fuzz_end(f, kam_btyd_choose_rhythm(part, n_parts, k, k ? k + 1 : NULL,
                                       &f->diag));
    if (!k) return;
    const kam_btyd model = orders_of(f);
    const double *const covariance = fuzz_numbers(f, 64, CHANCE);
    const kam_column came = fuzz_column(f, COUNT);
    const double horizon = fuzz_number(f, TIME);
    fuzz_end(f, kam_btyd_pace(&model, covariance, &book, &came, horizon,
                              fuzz_struct_out(f, sizeof(kam_btyd_pace_report)),
                              &f->diag));
}

static void covariates(struct fuzz *f) {
    fuzz_take_rows(f);
    const int fits = fuzz_byte(f) < 60;
    f->rows_stand = !fits;
    kam_btyd_covariates facts;
    kam_btyd_covariate_model model;
    memset(&facts, 0, sizeof facts);
    memset(&model, 0, sizeof model);
    model.base = orders_of(f);
    facts.struct_size = sizeof facts;
    model.n_orders = facts.n_orders = fuzz_length(f, 0, 2);
    model.n_leaving = facts.n_leaving = fuzz_length(f, 0, 2);
    for (int i = 0; i < 2; i++) {
        if (i < facts.n_orders) facts.orders[i] = fuzz_column(f, FLAG);
        if (i < facts.n_leaving) facts.leaving[i] = fuzz_column(f, FLAG);
        if (i < facts.n_orders) model.orders[i] = fuzz_number(f, SIGNED) / 4;
        if (i < facts.n_leaving) model.leaving[i] = fuzz_number(f, SIGNED) / 4;
        facts.equal[i] = fuzz_byte(f) < 60 ? fuzz_pick(f, 0, 2) : 0;
    }
    facts.ridge_orders = facts.ridge_leaving = fuzz_number(f, TIME);
    if (fits && model.base.family == KAM_BTYD_GGOMNBD) return;
    const kam_accounts book = fuzz_accounts(f);
    if (fits) {
        kam_btyd_covariate_model *const to = fuzz_out(f, 1, sizeof *to);
        double *const covariance = fuzz_out(f, 256, 8);
        kam_estimate_report *const report = fuzz_struct_out(f, sizeof *report);
        fuzz_end(f, kam_btyd_covariates_fit(model.base.family, &book, &facts, 7,
                                            how(f), &f->host, to, covariance,
                                            report, &f->diag));
        return;
    }
    kam_btyd *const own = fuzz_rows_out(f, 1, sizeof *own);
    uint32_t *const flags = fuzz_rows_out(f, 1, 4);
    fuzz_end(f, kam_btyd_covariates_models(&model, &facts, fuzz_rows(f),
                                           &f->host, own, flags, &f->diag));
    double *const x = fuzz_rows_out(f, 1, 8);
    fuzz_end(f, kam_btyd_covariates_answer(&model, &book, &facts,
                                           fuzz_pick(f, 1, 4),
                                           fuzz_number(f, TIME),
                                           fuzz_number(f, CHANCE), &f->host, x,
                                           fuzz_rows_out(f, 1, 4), &f->diag));
}

static kam_column doubles_of(const double *values) {
    const kam_column column = {values, NULL, NULL, 0, 0, KAM_F64, 0};
    return column;
}

/* Up to three intervals a row, most of them in order. */
static kam_btyd_timeline timeline_of(struct fuzz *f, int64_t n) {
    double *const first = fuzz_memory(f, ((size_t)n + 1) * sizeof *first);
    double *const end = fuzz_memory(f, (3 * (size_t)n + 1) * sizeof *end);
    double *const orders = fuzz_memory(f, (3 * (size_t)n + 1) * sizeof *end);
    kam_btyd_timeline made = {.struct_size = sizeof made};
    int64_t m = 0;
    for (int64_t i = 0; i < n; i++) {
        double now = 0;
        first[i] = (double)m;
        for (int32_t k = fuzz_length(f, 0, 3); k > 0; k--) {
            now += fuzz_number(f, TIME);
            orders[m] = fuzz_pick(f, 0, 2);
            end[m++] = now;
        }
    }
    first[n] = (double)m;
    if (fuzz_byte(f) < 16) first[fuzz_length(f, 0, (int32_t)n)] += 1;
    made.n_intervals = m;
    made.first = doubles_of(first);
    made.end = doubles_of(end);
    made.repeat_orders = doubles_of(orders);
    return made;
}

static void dynamic(struct fuzz *f) {
    fuzz_take_rows(f);
    f->rows_stand = 0;
    const kam_accounts book = fuzz_accounts(f);
    const kam_btyd_timeline timeline = timeline_of(f, fuzz_rows(f));
    kam_btyd_covariates facts;
    kam_btyd_covariate_model model;
    memset(&facts, 0, sizeof facts);
    memset(&model, 0, sizeof model);
    facts.struct_size = sizeof facts;
    model.base = orders_of(f);
    if (fuzz_byte(f) < 230) model.base.family = KAM_BTYD_PNBD;
    model.base.n_parameters = model.base.family == KAM_BTYD_PNBD ? 4 : 5;
    model.n_orders = facts.n_orders = fuzz_length(f, 0, 2);
    model.n_leaving = facts.n_leaving = fuzz_length(f, 0, 2);
    for (int i = 0; i < 2; i++) {
        const int64_t m = timeline.n_intervals;
        if (i < facts.n_orders) facts.orders[i] = fuzz_column_of(f, m, FLAG);
        if (i < facts.n_leaving) facts.leaving[i] = fuzz_column_of(f, m, FLAG);
        if (i < facts.n_orders) model.orders[i] = fuzz_number(f, SIGNED) / 4;
        if (i < facts.n_leaving) model.leaving[i] = fuzz_number(f, SIGNED) / 4;
    }
    uint32_t *const flags = fuzz_rows_out(f, 1, 4);
    double *const x = fuzz_rows_out(f, 1, 8);
    if (fuzz_byte(f) < 40) {
        kam_btyd_covariate_model *const to = fuzz_out(f, 1, sizeof *to);
        double *const covariance = fuzz_out(f, 256, 8);
        kam_estimate_report *const report = fuzz_struct_out(f, sizeof *report);
        fuzz_end(f, kam_btyd_dynamic_fit(&book, &timeline, &facts, 7, how(f),
                                         &f->host, to, covariance, report,
                                         &f->diag));
    }
    fuzz_end(f,
             kam_btyd_dynamic_log_likelihood(&model, &book, &timeline, &facts,
                                             &f->host, x, flags, &f->diag));
    fuzz_end(f,
             kam_btyd_dynamic_answer(&model, &book, &timeline, &facts,
                                     fuzz_pick(f, 1, 4), fuzz_number(f, TIME),
                                     fuzz_number(f, CHANCE), &f->host, x, flags,
                                     &f->diag));
}

/* What is known of contracts of one model or two. */
static void outlook(struct fuzz *f) {
    static const enum fuzz_kind kinds[] = {COUNT, FLAG, TIME, MONEY};
    kam_retention *const models = fuzz_memory(f, 2 * sizeof *models);
    int64_t *const first = fuzz_memory(f, 9 * sizeof *first);
    models[0] = contract_of(f);
    models[1] = contract_of(f);
    if (fuzz_byte(f) < 128) models[0].family = 3, models[0].n_parameters = 2;
    if (fuzz_byte(f) < 20) models[1].family = 0;
    first[0] = fuzz_byte(f) > 250;
    for (int64_t i = 0; i < f->n; i++)
        first[i + 1] =
            first[i] + fuzz_length(f, 0, 4) - (fuzz_byte(f) > 252 ? 1 : 0);
    const int64_t n = first[f->n] > 0 ? first[f->n] : 0;
    int32_t *const model = fuzz_memory(f, (size_t)n * sizeof *model);
    int32_t *const state = fuzz_memory(f, (size_t)n * sizeof *state);
    double *column[4];
    for (int k = 0; k < 4; k++)
        column[k] = fuzz_byte(f) < 253 ? fuzz_numbers(f, n, kinds[k]) : NULL;
    for (int64_t i = 0; i < n; i++) {
        state[i] =
            fuzz_byte(f) < 250 ? 1 + fuzz_byte(f) % 3 : fuzz_pick(f, 0, 6);
        model[i] = fuzz_byte(f) > 253 ? fuzz_pick(f, 0, 2) : i > first[1];
    }
    const kam_retention_contracts book = {
        .struct_size = sizeof book,
        .n_models = fuzz_byte(f) < 250 ? 2 : fuzz_length(f, 0, 1),
        .n_rows = f->n,
        .models = models,
        .covariance = fuzz_byte(f) < 128 ? fuzz_numbers(f, 18, CHANCE) : NULL,
        .first = first,
        .model = model,
        .state = state,
        .renewals = column[0],
        .contract_ended = column[1],
        .periods_to_end = column[2],
        .contract_value = column[3]};
    const double days = 30 * fuzz_number(f, TIME);
    const double rate = fuzz_number(f, CHANCE), held = fuzz_number(f, CHANCE);
    kam_retention_outlook_out out = {.struct_size = sizeof out};
    out.renewal = fuzz_out(f, n, 8);
    out.length = fuzz_out(f, n, 8);
    out.value = fuzz_out(f, f->n, 8);
    out.value_low = fuzz_out(f, f->n, 8);
    out.value_high = fuzz_out(f, f->n, 8);
    out.lapse = fuzz_out(f, f->n, 8);
    out.row_flags = fuzz_out(f, f->n, 4);
    if (fuzz_end(f, kam_retention_outlook(&book, days, rate, held, &f->host,
                                          &out, &f->diag)) != KAM_OK)
        return;
    for (int64_t i = 0; i < f->n; i++) {
        if (out.lapse) fuzz_check(!(out.lapse[i] < 0) && !(out.lapse[i] > 1));
        if (out.value_low && out.value_high)
            fuzz_check(!(out.value_low[i] > out.value_high[i]));
    }
}

static void lapses(struct fuzz *f) {
    fuzz_take_rows(f);
    f->n %= 8; /* rows integrate */
    int64_t *const first = fuzz_memory(f, 9 * sizeof *first);
    kam_retention model = contract_of(f);
    if (fuzz_byte(f) < 240) {
        model.family = KAM_RETENTION_SHARED;
        model.n_parameters = 2;
    }
    const kam_accounts book = fuzz_accounts(f);
    first[0] = fuzz_length(f, -1, 3);
    for (int64_t i = 0; i < f->n; i++)
        first[i + 1] =
            first[i] + fuzz_length(f, fuzz_byte(f) > 250 ? -1 : 0, 3);
    const int64_t n = first[f->n] > 0 ? first[f->n] : 0;
    double *const terms = fuzz_memory(f, (size_t)n * sizeof *terms);
    for (int64_t i = 0; i < n; i++) terms[i] = fuzz_number(f, COUNT);
    double *const x = fuzz_rows_out(f, 1, 8);
    uint32_t *const flags = fuzz_rows_out(f, 1, 4);
    fuzz_end(f, kam_retention_lapse(&model, &book, fuzz_byte(f) ? first : NULL,
                                    fuzz_byte(f) ? terms : NULL, &f->host, x,
                                    flags, &f->diag));
    outlook(f);
}

static void contracts(struct fuzz *f) {
    fuzz_take_rows(f);
    const int32_t which = fuzz_length(f, 0, 5);
    f->rows_stand = which < 4;
    kam_accounts part[2];
    const kam_retention model = contract_of(f);
    const kam_accounts book = fuzz_accounts(f);
    const double terms = fuzz_number(f, COUNT), rate = fuzz_number(f, CHANCE);
    double *const x = fuzz_rows_out(f, 1, 8), *const y = fuzz_rows_out(f, 1, 8);
    uint32_t *const flags = fuzz_rows_out(f, 1, 4);
    if (which < 4) {
        fuzz_end_of(f, which,
                    which == 0
                        ? kam_retention_renewal(&model, &book, terms, &f->host,
                                                x, flags, &f->diag)
                    : which == 1
                        ? kam_retention_residual(&model, &book, terms, rate,
                                                 &f->host, x, flags, &f->diag)
                    : which == 2
                        ? kam_retention_value(&model, &book, terms, rate,
                                              &f->host, x, y, flags, &f->diag)
                        : kam_retention_log_likelihood(&model, &book, &f->host,
                                                       x, flags, &f->diag));
        return;
    }
    const int32_t n = fuzz_length(f, 0, 20);
    double *const curve = fuzz_out(f, n, 8), *const alive = fuzz_out(f, n, 8);
    fuzz_end(f, kam_retention_curve(&model, n, curve, alive, &f->diag));
    const int64_t n_parts = parts_of(f, &book, part);
    kam_retention *const fitted = fuzz_out(f, 1, sizeof *fitted);
    double *const covariance = fuzz_out(f, 16, 8);
    kam_estimate_report *const report = fuzz_struct_out(f, sizeof *report);
    fuzz_end(f,
             kam_retention_fit(model.family, part, n_parts, 365, how(f),
                               &f->host, fitted, covariance, report, &f->diag));
}

/* Single orders are known in some books. */
static kam_accounts with_orders(kam_accounts book) {
    if (book.n_rows % 8 != 7) return book;
    book.valued_orders = book.repeat_orders;
    book.log_values = book.mean_order_value;
    return book;
}

static void spend(struct fuzz *f) {
    kam_accounts part[2];
    fuzz_take_rows(f);
    const kam_accounts book = with_orders(fuzz_accounts(f));
    const int64_t n_parts = parts_of(f, &book, part);
    kam_spend *const fitted = fuzz_out(f, 1, sizeof *fitted);
    double *const covariance = fuzz_out(f, 16, 8);
    kam_estimate_report *const report = fuzz_struct_out(f, sizeof *report);
    fuzz_end(f, kam_spend_fit(fuzz_pick(f, 1, 1), part, n_parts, how(f),
                              &f->host, fitted, covariance, report, &f->diag));
    kam_spend_dependence *const found = fuzz_struct_out(f, sizeof *found);
    fuzz_end(f,
             kam_spend_independence(part, n_parts, &f->host, found, &f->diag));
}

static void lifetime(struct fuzz *f) {
    fuzz_take_rows(f);
    f->n %= 3; /* intervals integrate */
    f->rows_stand = 1;
    const kam_btyd orders = orders_of(f);
    const kam_spend money = spend_of(f);
    const kam_accounts book = with_orders(fuzz_accounts(f));
    kam_clv_options options;
    kam_clv_options_init(&options, sizeof options);
    fuzz_disturb(f, &options, sizeof options);
    const kam_clv_options *const given = fuzz_byte(f) < 200 ? &options : NULL;
    const double *const a = fuzz_numbers(f, 64, CHANCE);
    const double *const b = fuzz_numbers(f, 16, CHANCE);
    double *const x = fuzz_rows_out(f, 1, 8), *const y = fuzz_rows_out(f, 1, 8);
    double *const z = fuzz_rows_out(f, 1, 8);
    uint32_t *const flags = fuzz_rows_out(f, 1, 4);
    const kam_host *const host = &f->host;
    switch (fuzz_length(f, 0, 3)) {
    case 0:
        fuzz_end(f, kam_clv_value(&orders, &money, &book, given, host, x, flags,
                                  &f->diag));
        break;
    case 1:
        fuzz_end(f, kam_clv_interval(&orders, a, &money, b, &book, given, host,
                                     y, z, flags, &f->diag));
        break;
    case 2:
        fuzz_end(f,
                 kam_spend_expected(&money, &book, host, x, flags, &f->diag));
        break;
    default:
        fuzz_end(f, kam_spend_log_likelihood(&money, &book, host, x, flags,
                                             &f->diag));
    }
}

static void fit_all(struct fuzz *f) {
    kam_accounts part[2];
    fuzz_take_rows(f);
    const kam_accounts book = fuzz_accounts(f);
    const int64_t n_parts = parts_of(f, &book, part);
    kam_fit_options options;
    kam_fit_options_init(&options, sizeof options);
    options.family = fuzz_pick(f, 0, 3);
    kam_models *const models = fuzz_struct_out(f, sizeof *models);
    kam_fit_report *const report = fuzz_struct_out(f, sizeof *report);
    if (report) report->orders.struct_size = sizeof report->orders;
    if (report) report->spend.struct_size = sizeof report->spend;
    if (report) report->dependence.struct_size = sizeof report->dependence;
    fuzz_end(f, kam_fit(part, n_parts, fuzz_byte(f) < 200 ? &options : NULL,
                        &f->host, models, report, &f->diag));
}

static const kam_policy *policy_of(struct fuzz *f) {
    kam_policy *const policy = fuzz_memory(f, sizeof *policy);
    kam_matrix_options *const matrix = fuzz_memory(f, sizeof *matrix);
    kam_stage_options *const stages = fuzz_memory(f, sizeof *stages);
    kam_clv_options *const future = fuzz_memory(f, sizeof *future);
    kam_playbook_options *const actions = fuzz_memory(f, sizeof *actions);
    policy->struct_size = sizeof *policy;
    kam_matrix_options_init(matrix, sizeof *matrix);
    kam_stage_options_init(stages, sizeof *stages);
    kam_clv_options_init(future, sizeof *future);
    actions->struct_size = sizeof *actions;
    actions->width = 3;
    fuzz_disturb(f, matrix, sizeof *matrix);
    fuzz_disturb(f, stages, sizeof *stages);
    fuzz_disturb(f, future, sizeof *future);
    const uint8_t which = fuzz_byte(f);
    if (which & 1) policy->matrix = matrix;
    if (which & 2) policy->stages = stages;
    if (which & 4) policy->future = future;
    policy->playbook = actions;
    return policy;
}

static void score(struct fuzz *f) {
    fuzz_take_rows(f);
    f->n %= 9;
    f->rows_stand = 1;
    const kam_accounts book = fuzz_accounts(f);
    kam_models models;
    memset(&models, 0, sizeof models);
    models.struct_size = sizeof models;
    models.orders = orders_of(f);
    models.spend = spend_of(f);
    memcpy(models.orders_covariance, fuzz_numbers(f, 64, CHANCE), 512);
    memcpy(models.spend_covariance, fuzz_numbers(f, 16, CHANCE), 128);
    for (int i = 0; i < 3; i++) models.reference[i] = fuzz_number(f, TIME);
    models.n_bands = fuzz_pick(f, 0, 3);
    for (int i = 0; i < 3; i++)
        models.limits[i].enter = models.limits[i].keep = 900 - 300 * i;
    models.has_matrix = fuzz_pick(f, 0, 1);
    fuzz_disturb(f, &models.matrix, sizeof models.matrix);
    const kam_policy *const policy = policy_of(f);
    uint32_t *const defaults = fuzz_out(f, 1, 4);
    fuzz_end(f, kam_policy_check(policy, defaults, &f->diag));
    kam_scores out;
    memset(&out, 0, sizeof out);
    out.struct_size = sizeof out;
    out.tier = fuzz_rows_out(f, 1, 4);
    double **const number = &out.tier_to_next;
    for (int i = 0; i < 12; i++) number[i] = fuzz_rows_out(f, 1, 8);
    out.reasons = fuzz_rows_out(f, 4, sizeof(kam_reason));
    out.row_flags = fuzz_rows_out(f, 1, 4);
    out.matrix_class = fuzz_rows_out(f, 1, 4);
    out.value_score = fuzz_rows_out(f, 1, 8);
    out.potential_score = fuzz_rows_out(f, 1, 8);
    out.stage = fuzz_rows_out(f, 1, 4);
    out.stage_days_left = fuzz_rows_out(f, 1, 8);
    out.touch_due = fuzz_rows_out(f, KAM_SCORE_TOUCHES, 4);
    out.touch_overdue = fuzz_rows_out(f, KAM_SCORE_TOUCHES, 4);
    out.touch_next = fuzz_rows_out(f, KAM_SCORE_TOUCHES, 4);
    out.n_actions = fuzz_rows_out(f, 1, 4);
    out.actions = fuzz_rows_out(f, 3, 4);
    out.action_days = fuzz_rows_out(f, 3, 4);
    out.defaults = fuzz_out(f, 1, 4);
    const int32_t today = fuzz_pick(f, 19990, 20100);
    const int one = fuzz_byte(f) < 60;
    if (!one) {
        fuzz_end(f, kam_score(&book, &models, policy, today, &f->host, &out,
                              &f->diag));
        return;
    }
    f->rows_stand = 0;
    if (f->n == 0) return;
    kam_account account;
    for (size_t i = 0; i < sizeof account / sizeof(double); i++)
        ((double *)&account)[i] = fuzz_number(f, COUNT);
    fuzz_end(f, kam_score_one(&account, sizeof account, &models, policy, today,
                              &out, &f->diag));
}

static const fuzz_case cases[] = {fit_orders, objectives, ask_orders,
                                  ask_orders, choose,     covariates,
                                  contracts,  spend,      lifetime,
                                  fit_all,    score,      lapses,
                                  search,     profiles,   dynamic,
                                  rhythm};
FUZZ_TARGET(cases)
