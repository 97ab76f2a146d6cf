/* SPDX-License-Identifier: MIT */
/* Stages, touches, service levels, playbook; key figures. */
#include "make.h"

static void stages(struct fuzz *f) {
    fuzz_take_rows(f);
    f->rows_stand = 1;
    kam_stage_options options;
    kam_stage_options_init(&options, sizeof options);
    fuzz_disturb(f, &options, sizeof options);
    const kam_column day = fuzz_column(f, DAY);
    kam_stage_out out = {.struct_size = sizeof out};
    out.stage = fuzz_rows_out(f, 1, 4);
    out.next_day = fuzz_rows_out(f, 1, 4);
    out.days_to_next = fuzz_rows_out(f, 1, 8);
    out.row_flags = fuzz_rows_out(f, 1, 4);
    fuzz_end(f,
             kam_stage_assign(&day, fuzz_rows(f), 100 * fuzz_length(f, 0, 255),
                              fuzz_byte(f) < 200 ? &options : NULL, &f->host,
                              &out, &f->diag));
}

static void cadence(struct fuzz *f) {
    fuzz_take_rows(f);
    f->rows_stand = 1;
    kam_cadence_accounts accounts = {.struct_size = sizeof accounts};
    accounts.n_touches = fuzz_length(f, 0, 5);
    accounts.n_rows = fuzz_rows(f);
    int32_t *const touches = fuzz_memory(f, 20);
    kam_column *const last = fuzz_memory(f, 5 * sizeof *last);
    for (int32_t i = 0; i < accounts.n_touches; i++) {
        touches[i] = fuzz_pick(f, 1, 11);
        last[i] = fuzz_column(f, DAY);
    }
    accounts.touches = touches;
    accounts.last = fuzz_byte(f) < 200 ? last : NULL;
    accounts.contract_day = fuzz_column(f, DAY);
    accounts.tier = fuzz_column(f, COUNT);
    accounts.account_class = fuzz_column(f, COUNT);
    kam_cadence_options options = {.struct_size = sizeof options};
    options.n_rules = fuzz_length(f, 0, 3);
    kam_cadence_rule *const rules = fuzz_memory(f, 3 * sizeof *rules);
    for (int i = 0; i < 3; i++) {
        rules[i].touch = fuzz_pick(f, 1, 10);
        rules[i].tiers = fuzz_byte(f) % 8;
        rules[i].classes = fuzz_byte(f) % 4;
        rules[i].stages = fuzz_byte(f) % 4;
        rules[i].to_month = fuzz_pick(f, 0, 40);
        rules[i].every_days = fuzz_pick(f, 0, 30);
        rules[i].every_months = rules[i].every_days ? 0 : fuzz_pick(f, 1, 12);
    }
    options.rules = rules;
    kam_cadence_out out = {.struct_size = sizeof out};
    out.due_day = fuzz_rows_out(f, accounts.n_touches, 4);
    out.overdue_days = fuzz_rows_out(f, accounts.n_touches, 4);
    out.next_day = fuzz_rows_out(f, accounts.n_touches, 4);
    out.rule = fuzz_rows_out(f, accounts.n_touches, 4);
    out.row_flags = fuzz_rows_out(f, 1, 4);
    fuzz_end(f, kam_cadence_due(&accounts, 100 * fuzz_length(f, 0, 255),
                                fuzz_byte(f) < 128 ? &options : NULL, &f->host,
                                &out, &f->diag));
    kam_cadence_rule *const preset =
        fuzz_out(f, KAM_CADENCE_PRESET, sizeof *preset);
    fuzz_end(f, kam_cadence_preset(preset));
}

static void service(struct fuzz *f) {
    fuzz_take_rows(f);
    f->rows_stand = 1;
    kam_service_level_options options;
    kam_service_level_options_init(&options, sizeof options);
    fuzz_disturb(f, &options, sizeof options);
    const kam_service_level_options *const given =
        fuzz_byte(f) < 200 ? &options : NULL;
    const kam_column stage = fuzz_column(f, COUNT),
                     what = fuzz_column(f, COUNT);
    double *const hours = fuzz_rows_out(f, 1, 8);
    uint32_t *const flags = fuzz_rows_out(f, 1, 4);
    fuzz_end(f, kam_service_level_limits(&stage, &what, fuzz_rows(f), given,
                                         &f->host, hours, flags, &f->diag));
    kam_service_level_clocks clocks = {.struct_size = sizeof clocks};
    clocks.n_rows = fuzz_rows(f);
    clocks.started = fuzz_column(f, MONEY);
    clocks.stopped = fuzz_column(f, MONEY);
    clocks.limit = fuzz_column(f, COUNT);
    kam_business_hours open;
    kam_business_hours_init(&open, sizeof open);
    kam_service_level_out out = {.struct_size = sizeof out};
    out.due = fuzz_rows_out(f, 1, 8);
    out.hours = fuzz_rows_out(f, 1, 8);
    out.hours_left = fuzz_rows_out(f, 1, 8);
    out.met = fuzz_rows_out(f, 1, 4);
    out.row_flags = fuzz_rows_out(f, 1, 4);
    fuzz_end(f,
             kam_service_level_clock(&clocks, fuzz_byte(f) < 128 ? &open : NULL,
                                     fuzz_pick(f, 0, 250) * (int64_t)1000,
                                     &f->host, &out, &f->diag));
    kam_service_level_orders orders = {.struct_size = sizeof orders};
    orders.as_of_day = 100 * fuzz_length(f, 0, 255);
    orders.n_rows = fuzz_rows(f);
    orders.promised_day = fuzz_column(f, DAY);
    orders.delivered_day = fuzz_column(f, DAY);
    double *const early = fuzz_rows_out(f, 1, 8);
    int32_t *const met = fuzz_rows_out(f, 1, 4);
    fuzz_end(f, kam_service_level_first_orders(&orders, given, &f->host, early,
                                               met, &f->diag));
}

static void playbook(struct fuzz *f) {
    fuzz_take_rows(f);
    f->rows_stand = 1;
    kam_playbook_accounts accounts = {.struct_size = sizeof accounts};
    accounts.n_rows = fuzz_rows(f);
    accounts.tier = fuzz_column(f, COUNT);
    accounts.account_class = fuzz_column(f, COUNT);
    accounts.stage = fuzz_column(f, COUNT);
    accounts.alarms = fuzz_column(f, COUNT);
    kam_playbook_options options = {.struct_size = sizeof options};
    options.n_rules = fuzz_length(f, 0, 3);
    options.width = fuzz_length(f, 1, 6);
    options.instead = fuzz_pick(f, 0, 1);
    kam_playbook_rule *const rules = fuzz_memory(f, 3 * sizeof *rules);
    for (int i = 0; i < 3; i++)
        rules[i] = (kam_playbook_rule){fuzz_pick(f, 1, 12), fuzz_pick(f, 0, 30),
                                       fuzz_byte(f) % 8U,   fuzz_byte(f) % 4U,
                                       fuzz_byte(f) % 4U,   fuzz_byte(f) % 4U};
    options.rules = rules;
    kam_playbook_out out = {.struct_size = sizeof out};
    out.n_actions = fuzz_rows_out(f, 1, 4);
    out.action = fuzz_rows_out(f, options.width, 4);
    out.due_days = fuzz_rows_out(f, options.width, 4);
    out.rule = fuzz_rows_out(f, options.width, 4);
    out.row_flags = fuzz_rows_out(f, 1, 4);
    fuzz_end(f, kam_playbook_actions(&accounts, &options, &f->host, &out,
                                     &f->diag));
    kam_column *const points =
        fuzz_memory(f, KAM_DEFENCE_COUNT * sizeof *points);
    for (int i = 0; i < KAM_DEFENCE_COUNT; i++)
        points[i] = fuzz_column(f, FLAG);
    double *const done = fuzz_rows_out(f, 1, 8);
    uint32_t *const gaps = fuzz_rows_out(f, 1, 4);
    uint32_t *const unknown = fuzz_rows_out(f, 1, 4);
    fuzz_end(f, kam_playbook_defence(points, fuzz_rows(f), &f->host, done, gaps,
                                     unknown, &f->diag));
    kam_playbook_rule *const preset =
        fuzz_out(f, KAM_PLAYBOOK_PRESET, sizeof *preset);
    fuzz_end(f, kam_playbook_preset(preset));
}

/* ---- key figures ---- */

static int32_t ids[64];

/* All figures of some records, or a few numbers that may be none. */
static kam_kpi_options figures(struct fuzz *f, int32_t records) {
    kam_kpi_options options;
    kam_kpi_options_init(&options, sizeof options);
    if (fuzz_byte(f) < 60) fuzz_disturb(f, &options, sizeof options);
    int32_t n = 0;
    for (int32_t i = 0; n < 63 && kam_kpi_at(i) > 0; i++)
        if (kam_kpi_records(kam_kpi_at(i)) == records) ids[n++] = kam_kpi_at(i);
    if (fuzz_byte(f) > 240) ids[0] = fuzz_pick(f, 90, 120);
    options.n_ids = fuzz_byte(f) < 200 ? n : fuzz_length(f, 0, n);
    options.ids = ids;
    options.n_groups = fuzz_length(f, 1, 4);
    options.first_day = 19000 + fuzz_length(f, 0, 200);
    options.last_day = options.first_day + fuzz_length(f, 0, 250);
    options.base_first_day = options.first_day - fuzz_length(f, 0, 200);
    options.base_last_day = options.first_day - 1;
    return options;
}

static void key_figures(struct fuzz *f) {
    static const uint8_t kinds[7][8] = {{COUNT, DAY, MONEY, MONEY, COUNT, DAY,
                                         DAY, FLAG},
                                        {COUNT, DAY, DAY, DAY, MONEY},
                                        {COUNT, DAY, MONEY, MONEY, MONEY,
                                         MONEY},
                                        {COUNT, DAY, COUNT, COUNT},
                                        {COUNT, MONEY, MONEY, DAY, FLAG, MONEY},
                                        {COUNT, DAY, DAY, FLAG, MONEY},
                                        {COUNT, DAY, TIME, TIME, FLAG}};
    static const int n_columns[7] = {8, 5, 6, 4, 6, 5, 5};
    union {
        kam_kpi_lines lines;
        kam_kpi_invoices invoices;
        kam_kpi_actuals actuals;
        kam_kpi_surveys surveys;
        kam_kpi_accounts accounts;
        kam_kpi_opportunities opportunities;
        kam_kpi_tickets tickets;
    } of;
    static const size_t sizes[7] = {sizeof of.lines,    sizeof of.invoices,
                                    sizeof of.actuals,  sizeof of.surveys,
                                    sizeof of.accounts, sizeof of.opportunities,
                                    sizeof of.tickets};
    fuzz_take_rows(f);
    const int32_t which = fuzz_length(f, 0, 6);
    memset(&of, 0, sizeof of);
    of.lines.struct_size = (uint32_t)sizes[which];
    of.lines.n_rows = f->n;
    kam_column *const column = &of.lines.group;
    for (int i = 0; i < n_columns[which]; i++)
        column[i] = fuzz_column(f, (enum fuzz_kind)kinds[which][i]);
    const kam_kpi_options options = figures(f, which + 1);
    kam_kpi *const out =
        fuzz_out(f, options.n_groups * options.n_ids, sizeof *out);
    kam_kpi_report *const report = fuzz_struct_out(f, sizeof *report);
    const kam_host *const host = &f->host;
    kam_diag *const diag = &f->diag;
    fuzz_end_of(f, which,
                which == 0   ? kam_kpi_of_lines(&of.lines, &options, host, out,
                                                report, diag)
                : which == 1 ? kam_kpi_of_invoices(&of.invoices, &options, host,
                                                   out, report, diag)
                : which == 2 ? kam_kpi_of_actuals(&of.actuals, &options, host,
                                                  out, report, diag)
                : which == 3 ? kam_kpi_of_surveys(&of.surveys, &options, host,
                                                  out, report, diag)
                : which == 4 ? kam_kpi_of_accounts(&of.accounts, &options, host,
                                                   out, report, diag)
                : which == 5
                    ? kam_kpi_of_opportunities(&of.opportunities, &options,
                                               host, out, report, diag)
                    : kam_kpi_of_tickets(&of.tickets, &options, host, out,
                                         report, diag));
}

static void appraise(struct fuzz *f) {
    fuzz_take_rows(f);
    f->rows_stand = 1;
    kam_kpi_appraisal appraisal = {.struct_size = sizeof appraisal};
    appraisal.n_criteria = fuzz_length(f, 0, 4);
    appraisal.n_rows = fuzz_rows(f);
    appraisal.least_coverage = fuzz_number(f, CHANCE);
    kam_kpi_criterion *const criteria = fuzz_memory(f, 4 * sizeof *criteria);
    for (int32_t i = 0; i < appraisal.n_criteria; i++) {
        criteria[i].weight = fuzz_number(f, TIME);
        criteria[i].target = fuzz_number(f, MONEY);
        criteria[i].highest = 1 + fuzz_number(f, CHANCE);
        criteria[i].less = fuzz_pick(f, 0, 1);
        criteria[i].value = fuzz_column(f, MONEY);
    }
    appraisal.criteria = criteria;
    kam_kpi_appraisal_out out = {.struct_size = sizeof out};
    out.score = fuzz_rows_out(f, 1, 8);
    out.coverage = fuzz_rows_out(f, 1, 8);
    out.part = fuzz_rows_out(f, appraisal.n_criteria, 8);
    out.row_flags = fuzz_rows_out(f, 1, 4);
    fuzz_end(f, kam_kpi_appraise(&appraisal, &f->host, &out, &f->diag));
}

static const fuzz_case cases[] = {stages,      cadence,     service,
                                  playbook,    key_figures, key_figures,
                                  key_figures, appraise};
FUZZ_TARGET(cases)
