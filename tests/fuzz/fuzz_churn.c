/* SPDX-License-Identifier: MIT */
/* Risk: hazards, survival, calibration, the glass box, causes, backtests,
 * signals, health, and whether they foresee. */
#include "make.h"

static void fit_hazard(struct fuzz *f) {
    fuzz_take_rows(f);
    const int32_t p = fuzz_length(f, 0, 4);
    const kam_panel panel = fuzz_panel(f, p);
    kam_hazard_options options;
    kam_hazard_options_init(&options, sizeof options);
    options.max_steps = fuzz_pick(f, 0, 20);
    options.firth = fuzz_pick(f, 0, 2);
    options.robust = fuzz_pick(f, 0, 1);
    if (fuzz_byte(f) < 100) options.ridge = fuzz_number(f, CHANCE);
    if (fuzz_byte(f) < 100) {
        options.prior_mean = fuzz_numbers(f, p + 1, SIGNED);
        options.prior_precision = fuzz_numbers(f, p + 1, TIME);
    }
    double *const coefficient = fuzz_out(f, p + 1, 8);
    double *const covariance = fuzz_out(f, (p + 1) * (p + 1), 8);
    kam_hazard_report *const report = fuzz_struct_out(f, sizeof *report);
    fuzz_end(f, kam_hazard_fit(fuzz_pick(f, 1, 2), &panel, &options, &f->host,
                               coefficient, covariance, report, &f->diag));
    int32_t *const reason = fuzz_memory(f, 16);
    for (int i = 0; i < 4; i++) reason[i] = fuzz_pick(f, 8, 20);
    double *const mean = fuzz_out(f, p + 1, 8);
    double *const precision = fuzz_out(f, p + 1, 8);
    fuzz_end(f, kam_hazard_expert(fuzz_pick(f, 1, 2), reason, p,
                                  fuzz_number(f, CHANCE), mean, precision,
                                  &f->diag));
}

static void ask_hazard(struct fuzz *f) {
    fuzz_take_rows(f);
    f->rows_stand = 1;
    const int32_t p = fuzz_length(f, 0, 4);
    const kam_panel panel = fuzz_panel(f, p);
    kam_hazard model = {fuzz_pick(f, 1, 2), p, NULL, NULL};
    model.coefficient = fuzz_numbers(f, p + 1, SIGNED);
    model.covariance = fuzz_numbers(f, (p + 1) * (p + 1), CHANCE);
    double *const risk = fuzz_rows_out(f, 1, 8);
    double *const low = fuzz_rows_out(f, 1, 8);
    double *const high = fuzz_rows_out(f, 1, 8);
    uint32_t *const flags = fuzz_rows_out(f, 1, 4);
    fuzz_end(f, kam_hazard_risk(&model, &panel, fuzz_number(f, CHANCE),
                                &f->host, risk, low, high, flags, &f->diag));
    const int32_t top = fuzz_length(f, 0, p + 1);
    kam_reason *const reasons = fuzz_rows_out(f, top + 2, sizeof *reasons);
    fuzz_end(f, kam_hazard_reasons(
                    &model, &panel,
                    fuzz_byte(f) < 128 ? fuzz_numbers(f, p, SIGNED) : NULL, top,
                    &f->host, reasons, fuzz_rows_out(f, 1, 4), &f->diag));
}

static void objective(struct fuzz *f) {
    fuzz_take_rows(f);
    const int32_t p = fuzz_length(f, 0, 3), q = p + 1;
    const kam_panel panel = fuzz_panel(f, p);
    const kam_hazard model = {fuzz_pick(f, 1, 2), p, fuzz_numbers(f, q, SIGNED),
                              NULL};
    const size_t n = (size_t)(1 + q + q * (q + 1) / 2) * sizeof(kam_sum);
    kam_sum *const sums = fuzz_memory(f, n);
    int64_t n_rows = 0;
    if (fuzz_end(f, kam_hazard_objective(&model, &panel, &f->host, sums,
                                         &n_rows, &f->diag)) == KAM_OK)
        memcpy(fuzz_block(f, n, 0), sums, n);
}

static void survival(struct fuzz *f) {
    fuzz_take_rows(f);
    const int32_t p = fuzz_length(f, 0, 3), ties = fuzz_pick(f, 1, 2);
    const kam_panel panel = fuzz_panel(f, p);
    kam_survival_curve curve = {.struct_size = sizeof curve};
    curve.scale = fuzz_pick(f, 0, 3);
    curve.confidence = fuzz_number(f, CHANCE);
    double **const column = &curve.time;
    for (int i = 0; i < 7; i++) column[i] = fuzz_out(f, f->n, 8);
    for (int i = 7; i < 9; i++) column[i] = fuzz_block(f, (size_t)f->n * 8, 0);
    fuzz_end(f, kam_survival_kaplan_meier(&panel, &f->host, &curve, &f->diag));
    double *const coefficient = fuzz_out(f, p, 8);
    double *const covariance = fuzz_out(f, p * p, 8);
    kam_survival_report *const report = fuzz_struct_out(f, sizeof *report);
    fuzz_end(f, kam_survival_cox(ties, &panel, &f->host, coefficient,
                                 covariance, report, &f->diag));
    const double *const given = fuzz_numbers(f, p, SIGNED);
    int64_t *const stratum = fuzz_out(f, f->n, 8);
    double *const time = fuzz_out(f, f->n, 8), *const sum =
                                                   fuzz_out(f, f->n, 8);
    int64_t *const n_times = fuzz_out(f, 1, 8);
    fuzz_end(f,
             kam_survival_baseline(ties, &panel, given,
                                   fuzz_byte(f) < 128 ? given : NULL, &f->host,
                                   stratum, time, sum, n_times, &f->diag));
    const kam_column risk = fuzz_column(f, SIGNED);
    kam_survival_pairs *const pairs = fuzz_struct_out(f, sizeof *pairs);
    fuzz_end(f, kam_survival_concordance(&panel, &risk, &f->host, pairs,
                                         &f->diag));
}

static void calibrate(struct fuzz *f) {
    fuzz_take_rows(f);
    const kam_column p = fuzz_column(f, CHANCE), y = fuzz_column(f, FLAG);
    double *const knot = fuzz_memory(f, (size_t)f->n * 8);
    double *const level = fuzz_memory(f, (size_t)f->n * 8);
    kam_calibration curve;
    memset(&curve, 0, sizeof curve);
    if (fuzz_end(f,
                 kam_calibrate_fit(fuzz_pick(f, 0, 3), &p, &y, f->n, &f->host,
                                   knot, level, &curve, &f->diag)) != KAM_OK)
        return;
    double *const calibrated = fuzz_rows_out(f, 1, 8);
    uint32_t *const flags = fuzz_rows_out(f, 1, 4);
    fuzz_end(f, kam_calibrate_apply(&curve, &p, f->n, &f->host, calibrated,
                                    flags, &f->diag));
}

static void additive(struct fuzz *f) {
    fuzz_take_rows(f);
    const int32_t p = fuzz_length(f, 1, 3);
    const kam_panel panel = fuzz_panel(f, p);
    kam_additive_options options;
    int32_t n_terms, direction[3], pair[2] = {0, 1};
    int64_t n_edges, n_weights;
    kam_additive_options_init(&options, sizeof options);
    options.most_bins = fuzz_length(f, 2, 6);
    options.smooth = fuzz_byte(f) < 240 ? 3 : fuzz_wild(f);
    options.pair_bins = 2;
    options.n_pairs = p > 1 && fuzz_byte(f) < 60;
    options.pair = pair;
    for (int j = 0; j < 3; j++) direction[j] = fuzz_pick(f, -1, 1);
    if (fuzz_byte(f) < 60) options.direction = direction;
    if (fuzz_end(f, kam_additive_room(p, &options, &n_terms, &n_edges,
                                      &n_weights, &f->diag)) != KAM_OK)
        return;
    kam_additive model;
    memset(&model, 0, sizeof model);
    model.term = fuzz_memory(f, (size_t)n_terms * sizeof *model.term);
    model.edge = fuzz_memory(f, (size_t)n_edges * 8);
    model.weight = fuzz_memory(f, (size_t)n_weights * 8);
    model.std_error = fuzz_memory(f, (size_t)n_weights * 8);
    kam_additive_report *const report = fuzz_struct_out(f, sizeof *report);
    if (fuzz_end(f, kam_additive_fit(&panel, &options, &f->host, &model, report,
                                     &f->diag)) != KAM_OK)
        return;
    memcpy(fuzz_block(f, (size_t)n_weights * 8, 0), model.weight,
           (size_t)n_weights * 8);
    double *const risk = fuzz_rows_out(f, 1, 8);
    double *const score = fuzz_rows_out(f, 1, 8);
    fuzz_end(f, kam_additive_risk(&model, &panel, &f->host, risk, score,
                                  &f->diag));
    const int32_t top = fuzz_length(f, 0, n_terms + 1);
    kam_reason *const reasons = fuzz_rows_out(f, top + 2, sizeof *reasons);
    fuzz_end(f, kam_additive_reasons(&model, &panel, top, &f->host, reasons,
                                     &f->diag));
    const int32_t t = fuzz_pick(f, 0, n_terms - 1);
    const int32_t n_bins =
        t >= 0 && t < n_terms ? model.term[t].n_edges + 2 : 1;
    kam_additive_bin *const bins = fuzz_out(f, n_bins, sizeof *bins);
    double *const iv = fuzz_out(f, 1, 8), *const base = fuzz_out(f, 1, 8);
    fuzz_end(f, kam_additive_table(&model, &panel, t, NULL, bins, iv, base,
                                   &f->diag));
}

static void causes(struct fuzz *f) {
    fuzz_take_rows(f);
    kam_cause_panel panel = {.struct_size = sizeof panel};
    panel.n_causes = fuzz_length(f, 0, 4);
    panel.n_rows = f->n;
    int32_t *const cause = fuzz_memory(f, 16);
    kam_column *const risk = fuzz_memory(f, 4 * sizeof *risk);
    for (int32_t i = 0; i < panel.n_causes; i++) {
        cause[i] = fuzz_byte(f) < 220 ? i + 1 : fuzz_pick(f, 0, 110);
        risk[i] = fuzz_column(f, CHANCE);
    }
    panel.cause = cause;
    panel.risk = risk;
    panel.margin = fuzz_column(f, MONEY);
    if (fuzz_byte(f) < 128) panel.natural_risk = fuzz_column(f, CHANCE);
    kam_cause_options options;
    kam_cause_options_init(&options, sizeof options);
    fuzz_disturb(f, &options, sizeof options);
    kam_cause_out out = {.struct_size = sizeof out};
    out.incidence = fuzz_out(f, f->n * panel.n_causes, 8);
    double **const number = &out.controllable;
    for (int i = 0; i < 5; i++) number[i] = fuzz_out(f, f->n, 8);
    out.by_cause = fuzz_out(f, panel.n_causes, 8);
    out.row_flags = fuzz_out(f, f->n, 4);
    fuzz_end(f, kam_cause_losses(&panel, &options, &f->host, &out, &f->diag));
}

static void backtest(struct fuzz *f) {
    fuzz_take_rows(f);
    const kam_column p = fuzz_column(f, CHANCE), q = fuzz_column(f, CHANCE);
    const kam_column y = fuzz_column(f, FLAG), m = fuzz_column(f, MONEY);
    const int32_t n_bands = fuzz_length(f, 1, 12);
    kam_backtest_amount_report *const a = fuzz_struct_out(f, sizeof *a);
    fuzz_end(f, kam_backtest_amount(&m, &p, f->n, a, &f->diag));
    kam_backtest_event_report *const e = fuzz_struct_out(f, sizeof *e);
    fuzz_end(f, kam_backtest_event(&p, &y, f->n, &f->host, e, &f->diag));
    kam_backtest_band *const bands = fuzz_out(f, n_bands, sizeof *bands);
    kam_backtest_bands_report *const b = fuzz_struct_out(f, sizeof *b);
    fuzz_end(f, kam_backtest_bands(&p, &y, f->n, n_bands, &f->host, bands, b,
                                   &f->diag));
    kam_backtest_versus_report *const v = fuzz_struct_out(f, sizeof *v);
    fuzz_end(f, kam_backtest_versus(&p, &q, &y, f->n, v, &f->diag));
    kam_backtest_stability_report *const s = fuzz_struct_out(f, sizeof *s);
    fuzz_end(f, kam_backtest_stability(&p, f->n, &m, f->n, n_bands, &f->host, s,
                                       &f->diag));
    kam_backtest_profit_options options;
    kam_backtest_profit_options_init(&options, sizeof options);
    fuzz_disturb(f, &options, sizeof options);
    kam_backtest_profit_report *const r = fuzz_struct_out(f, sizeof *r);
    fuzz_end(f, kam_backtest_profit(&p, &m, &y, f->n, &options, &f->host, r,
                                    &f->diag));
}

static kam_signal_options watching(struct fuzz *f) {
    kam_signal_options options;
    kam_signal_options_init(&options, sizeof options);
    options.kind = fuzz_pick(f, 0, 3);
    options.direction = fuzz_pick(f, 0, 3);
    options.periods = fuzz_pick(f, 0, 12);
    if (fuzz_byte(f) < 60) fuzz_disturb(f, &options, sizeof options);
    return options;
}

static void measure(struct fuzz *f) {
    kam_signal_events events = {.struct_size = sizeof events};
    events.n_periods = fuzz_length(f, 0, 5);
    events.n_accounts = fuzz_length(f, 0, 4);
    events.n_events = f->n = fuzz_length(f, 0, 20);
    int32_t *const start = fuzz_memory(f, 24);
    for (int i = 0; i < 6; i++)
        start[i] = (i ? start[i - 1] : 19000) + fuzz_length(f, 0, 200);
    events.start = start;
    events.account = fuzz_column(f, COUNT);
    events.day = fuzz_column(f, DAY);
    if (fuzz_byte(f) < 128) events.end = fuzz_column(f, DAY);
    if (fuzz_byte(f) < 200) events.amount = fuzz_column(f, MONEY);
    if (fuzz_byte(f) < 128) events.term = fuzz_column(f, COUNT);
    const int64_t cells = events.n_accounts * events.n_periods;
    double *const value = fuzz_out(f, cells, 8);
    int64_t *const ignored = fuzz_out(f, 1, 8);
    fuzz_end(f, kam_signal_measure(fuzz_pick(f, 1, 8), &events, &f->host, value,
                                   ignored, &f->diag));
    const kam_signal_options options = watching(f);
    double *const signal = fuzz_out(f, cells, 8);
    int32_t *const since = fuzz_out(f, cells, 4);
    uint32_t *const flags = fuzz_out(f, cells, 4);
    fuzz_end(f, kam_signal_of(fuzz_pick(f, 10, 19), &events,
                              fuzz_byte(f) < 128 ? &options : NULL, &f->host,
                              signal, since, flags, &f->diag));
}

static void watch(struct fuzz *f) {
    const kam_signal_options options = watching(f);
    kam_signal_chart *const chart = fuzz_out(f, 1, sizeof *chart);
    kam_signal_report *const report = fuzz_struct_out(f, sizeof *report);
    if (fuzz_end(f, kam_signal_design(&options, &f->host, chart, report,
                                      &f->diag)) != KAM_OK)
        return;
    const int32_t n_periods = fuzz_length(f, 0, 9);
    double *const by = fuzz_out(f, n_periods, 8);
    double *const length = fuzz_out(f, 1, 8);
    fuzz_end(f, kam_signal_run_length(chart, fuzz_number(f, SIGNED), n_periods,
                                      &f->host, by, length, &f->diag));
    kam_signal_series series = {.struct_size = sizeof series};
    series.n_periods = n_periods;
    series.n_accounts = fuzz_length(f, 0, 5);
    const int64_t cells = series.n_accounts * n_periods;
    series.law = fuzz_pick(f, 1, 3);
    series.stale_periods = fuzz_pick(f, 0, 3);
    series.value = fuzz_column_of(f, cells, COUNT);
    if (fuzz_byte(f) < 128) {
        series.level = fuzz_column_of(f, series.n_accounts, TIME);
        series.spread = fuzz_column_of(f, series.n_accounts, TIME);
    }
    kam_signal_out out = {.struct_size = sizeof out};
    out.value = fuzz_out(f, cells, 8);
    out.base = fuzz_out(f, cells, 8);
    out.change = fuzz_out(f, cells, 8);
    out.share = fuzz_out(f, cells, 8);
    out.since = fuzz_out(f, cells, 4);
    out.statistic = fuzz_out(f, cells, 8);
    out.flags = fuzz_out(f, cells, 4);
    fuzz_end(f, kam_signal_watch(chart, &series, &f->host, &out, &f->diag));
}

static kam_health_policy healthy(struct fuzz *f) {
    kam_health_policy policy = {.struct_size = sizeof policy};
    policy.n_parts = fuzz_length(f, 1, 4);
    policy.n_profiles = fuzz_length(f, 1, 3);
    policy.n_bands = fuzz_length(f, 1, 4);
    policy.bad = fuzz_numbers(f, policy.n_parts, COUNT);
    policy.good = fuzz_numbers(f, policy.n_parts, MONEY);
    policy.weight = fuzz_numbers(f, policy.n_parts * policy.n_profiles, TIME);
    double *const cut = fuzz_memory(f, 32);
    for (int k = 0; k < 4; k++) cut[k] = 20 + 15 * k + fuzz_number(f, FLAG);
    policy.cut = cut;
    policy.coverage = fuzz_byte(f) < 128 ? 0 : fuzz_number(f, CHANCE);
    return policy;
}

static void health(struct fuzz *f) {
    fuzz_take_rows(f);
    f->rows_stand = 1;
    const kam_health_policy policy = healthy(f);
    kam_health_panel panel = {.struct_size = sizeof panel};
    panel.n_parts = policy.n_parts;
    panel.n_rows = fuzz_rows(f);
    kam_column *const part = fuzz_memory(f, 4 * sizeof *part);
    for (int32_t j = 0; j < panel.n_parts; j++) part[j] = fuzz_column(f, COUNT);
    panel.part = part;
    panel.profile = fuzz_column(f, FLAG);
    if (fuzz_byte(f) < 128) panel.left = fuzz_column(f, FLAG);
    if (fuzz_byte(f) < 128) panel.before = fuzz_column(f, COUNT);
    kam_health_out out = {.struct_size = sizeof out};
    out.score = fuzz_rows_out(f, 1, 8);
    out.band = fuzz_rows_out(f, 1, 4);
    out.points = fuzz_rows_out(f, panel.n_parts, 8);
    out.known = fuzz_rows_out(f, 1, 8);
    out.row_flags = fuzz_rows_out(f, 1, 4);
    fuzz_end(f, kam_health_score(&policy, &panel, &f->host, &out, &f->diag));
}

static void foresee(struct fuzz *f) {
    fuzz_take_rows(f);
    const kam_health_policy policy = healthy(f);
    const kam_column account = fuzz_column(f, COUNT);
    const kam_column period = fuzz_column(f, COUNT);
    const kam_column score = fuzz_column(f, COUNT);
    const kam_column event = fuzz_column(f, FLAG);
    kam_health_band *const bands = fuzz_out(f, policy.n_bands, sizeof *bands);
    kam_health_report *const report = fuzz_struct_out(f, sizeof *report);
    if (report) report->lead.struct_size = sizeof report->lead;
    fuzz_end(f, kam_health_backtest(&policy, &account, &period, &score, &event,
                                    f->n, fuzz_pick(f, 1, 5), &f->host, bands,
                                    report, &f->diag));
    const int32_t n_parents = fuzz_length(f, 0, 5);
    double *const rolled = fuzz_out(f, n_parents, 8);
    int64_t *const children = fuzz_out(f, n_parents, 8);
    fuzz_end(f, kam_health_roll_up(fuzz_pick(f, 1, 2), &score, &period,
                                   fuzz_byte(f) < 128 ? &account : NULL,
                                   fuzz_byte(f) < 128 ? &event : NULL, f->n,
                                   n_parents, &f->host, rolled, children,
                                   &f->diag));
    kam_backtest_panel_lead_report *const lead =
        fuzz_struct_out(f, sizeof *lead);
    fuzz_end(f, kam_backtest_panel_lead(&account, &period, &score, &event, f->n,
                                        fuzz_number(f, COUNT), &f->host, lead,
                                        &f->diag));
    const kam_panel panel = fuzz_panel(f, fuzz_length(f, 0, 2));
    kam_backtest_panel_plan plan = {.struct_size = sizeof plan};
    plan.link = fuzz_pick(f, 1, 2);
    plan.first = fuzz_pick(f, 0, 9);
    plan.step = fuzz_length(f, 3, 9);
    double *const risk = fuzz_out(f, f->n, 8);
    double *const naive = fuzz_out(f, f->n, 8);
    kam_backtest_panel_report *const done = fuzz_struct_out(f, sizeof *done);
    fuzz_end(f, kam_backtest_panel_rolling(&panel, &period, &plan, &f->host,
                                           risk, naive, done, &f->diag));
}

static const fuzz_case cases[] = {fit_hazard, ask_hazard, objective, survival,
                                  calibrate,  additive,   causes,    backtest,
                                  measure,    watch,      health,    foresee};
FUZZ_TARGET(cases)
