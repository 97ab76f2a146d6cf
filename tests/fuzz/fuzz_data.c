/* SPDX-License-Identifier: MIT */
/* What a host hands in: order lines, accounts, columns, days, sums; and the
 * names of everything. */
#include "make.h"

static kam_lines lines_of(const kam_column column[5], int64_t first,
                          int64_t n) {
    kam_lines lines;
    memset(&lines, 0, sizeof lines);
    lines.struct_size = sizeof lines;
    lines.n_rows = n;
    kam_column *const to = &lines.account;
    for (int i = 0; i < 5; i++) {
        to[i] = column[i];
        to[i].offset += first;
    }
    return lines;
}

static kam_status add(struct fuzz *f, kam_ledger *ledger,
                      const kam_column lines[5], const kam_column postings[3],
                      int64_t first, int64_t n) {
    const kam_lines all = lines_of(lines, first, n);
    const kam_status status = fuzz_note(f, kam_ledger_add(ledger, &all, NULL));
    kam_activities more;
    memset(&more, 0, sizeof more);
    more.struct_size = sizeof more;
    more.n_rows = n;
    more.account = postings[0];
    more.day = postings[1];
    more.cost = postings[2];
    more.account.offset += first;
    more.day.offset += first;
    more.cost.offset += first;
    return status == KAM_OK && postings[0].values
               ? fuzz_note(f, kam_ledger_add_activities(ledger, &more, NULL))
               : status;
}

static void summarise(struct fuzz *f, const kam_ledger *ledger,
                      int32_t n_quarters) {
    const int64_t n = kam_ledger_n_accounts(ledger);
    kam_ledger_report *const report = fuzz_struct_out(f, sizeof *report);
    fuzz_end(f, kam_ledger_report_of(ledger, report, &f->diag));
    kam_summary *const out = fuzz_memory(f, sizeof *out);
    out->struct_size = sizeof *out;
    out->first_day = fuzz_out(f, n, 4);
    out->last_day = fuzz_out(f, n, 4);
    out->key = fuzz_byte(f) < 100 ? fuzz_out(f, n, 8) : NULL;
    double **const number = &out->orders;
    for (int i = 0; i < 12; i++) number[i] = fuzz_out(f, n, 8);
    out->quarter_revenue = fuzz_out(f, n * n_quarters, 8);
    out->row_flags = fuzz_out(f, n, 4);
    out->log_gaps = fuzz_out(f, n, 8);
    out->valued_orders = fuzz_out(f, n, 8);
    out->log_values = fuzz_out(f, n, 8);
    fuzz_end(f, kam_ledger_summarise(ledger, out, &f->diag));
    const char **const text = fuzz_memory(f, (size_t)n * sizeof *text);
    int64_t *const length = fuzz_out(f, n, 8);
    if (fuzz_note(f, kam_ledger_keys(ledger, text, length, NULL)) == KAM_OK)
        for (int64_t i = 0; i < n; i++)
            fuzz_check((int64_t)strlen(text[i]) >= 0 && length[i] >= 0);
}

/* A ledger of the whole, and (the second run) two of its pieces, merged. */
static void ledger(struct fuzz *f) {
    kam_ledger_options options;
    kam_ledger *one = NULL, *other = NULL;
    fuzz_take_rows(f);
    kam_ledger_options_init(&options, sizeof options);
    fuzz_disturb(f, &options, sizeof options);
    options.as_of_day = 20000 + 4 * fuzz_byte(f);
    options.n_quarters = fuzz_length(f, 0, 5);
    options.keep_values ^= options.n_quarters & 1;
    options.value_first ^= options.as_of_day >> 2 & 1;
    const kam_column lines[5] = {fuzz_column(f, TEXT), fuzz_column(f, DAY),
                                 fuzz_column(f, MONEY), fuzz_column(f, MONEY),
                                 fuzz_byte(f) < 128 ? (kam_column){0}
                                                    : fuzz_column(f, TEXT)};
    const kam_column postings[3] = {fuzz_byte(f) < 128 ? (kam_column){0}
                                                       : lines[0],
                                    fuzz_column(f, DAY), fuzz_column(f, MONEY)};
    if (fuzz_end(f, kam_ledger_new(&options, &f->host, &one, &f->diag)) !=
        KAM_OK)
        return;
    kam_status status;
    if (f->run == FUZZ_BEST) {
        status = fuzz_note(f, kam_ledger_new(&options, &f->host, &other, NULL));
        if (status == KAM_OK)
            status = add(f, one, lines, postings, f->n / 2, f->n - f->n / 2);
        if (status == KAM_OK)
            status = add(f, other, lines, postings, 0, f->n / 2);
        if (status == KAM_OK)
            status = fuzz_note(f, kam_ledger_merge(one, other, NULL));
    } else {
        status = add(f, one, lines, postings, 0, f->n);
    }
    if (status == KAM_OK) summarise(f, one, options.n_quarters);
    kam_ledger_free(one);
    kam_ledger_free(other);
}

static void accounts(struct fuzz *f) {
    kam_account *const rows = fuzz_memory(f, 20 * sizeof *rows);
    for (size_t i = 0; i < 20 * sizeof *rows / sizeof(double); i++)
        ((double *)rows)[i] = fuzz_number(f, ANY);
    kam_accounts *const view = fuzz_memory(f, sizeof *view);
    kam_accounts part;
    memset(&part, 0, sizeof part);
    view->struct_size = part.struct_size = sizeof part;
    const uint64_t size = 8 * (uint64_t)fuzz_length(f, 0, 40);
    const int64_t n = size ? (int64_t)(20 * sizeof *rows / size) : 5;
    fuzz_end(f, kam_accounts_of(rows, size, n < 21 ? n : 20, view));
    fuzz_end(f, kam_accounts_slice(view, fuzz_pick(f, 0, 20),
                                   fuzz_pick(f, 0, 20), &part));
    fuzz_end(f, kam_account_init(rows, size));
}

static void column(struct fuzz *f) {
    fuzz_take_rows(f);
    f->rows_stand = 1;
    const kam_column x = fuzz_column(f, fuzz_byte(f) < 20 ? TEXT : ANY);
    double *const numbers = fuzz_rows_out(f, 1, 8);
    fuzz_end(f, kam_column_numbers(&x, fuzz_rows(f), numbers, &f->diag));
}

/* As known on a day among theirs. */
static void contracts(struct fuzz *f) {
    fuzz_take_rows(f);
    f->rows_stand = 1;
    kam_contracts table = {.struct_size = sizeof table, .n_rows = fuzz_rows(f)};
    table.start_day = fuzz_column(f, DAY);
    table.end_day = fuzz_column(f, DAY);
    table.ended = fuzz_column(f, FLAG);
    table.term_months = fuzz_column(f, COUNT);
    kam_contracts_view view = {.struct_size = sizeof view};
    kam_contracts_outcome came = {.struct_size = sizeof came};
    view.state = fuzz_rows_out(f, 1, sizeof *view.state);
    view.renewals = fuzz_rows_out(f, 1, sizeof *view.renewals);
    view.contract_ended = fuzz_rows_out(f, 1, sizeof(double));
    view.renewals_before = fuzz_rows_out(f, 1, sizeof(double));
    view.periods_to_end = fuzz_rows_out(f, 1, sizeof(double));
    view.end_day = fuzz_rows_out(f, 1, sizeof *view.end_day);
    view.row_flags = fuzz_rows_out(f, 1, sizeof *view.row_flags);
    came.renewed = fuzz_rows_out(f, 1, sizeof *came.renewed);
    came.ended = fuzz_rows_out(f, 1, sizeof *came.ended);
    came.open = fuzz_rows_out(f, 1, sizeof *came.open);
    came.early = fuzz_rows_out(f, 1, sizeof *came.early);
    came.lost = fuzz_rows_out(f, 1, sizeof *came.lost);
    came.terms = fuzz_rows_out(f, 1, sizeof *came.terms);
    came.row_flags = fuzz_rows_out(f, 1, sizeof *came.row_flags);
    const int32_t as_of = fuzz_byte(f) < 240
                              ? 19000 + 8 * fuzz_length(f, 0, 255)
                              : fuzz_pick(f, 0, 5);
    const int32_t since =
        fuzz_byte(f) % 2 ? KAM_NO_DAY : 19000 + 8 * fuzz_length(f, 0, 255);
    const int32_t is_past = fuzz_pick(f, 0, 1);
    const int32_t last = as_of + fuzz_length(f, 0, 200);
    const kam_status known =
        fuzz_end(f, kam_contracts_known(&table, as_of, since, is_past, &f->host,
                                        &view, &f->diag));
    const kam_status told =
        fuzz_end(f, kam_contracts_came(&table, as_of, last,
                                       last + fuzz_pick(f, 0, 90), &f->host,
                                       &came, &f->diag));
    for (int64_t i = 0; known == KAM_OK && i < fuzz_rows(f); i++) {
        if (view.renewals && view.renewals_before)
            fuzz_check(!(view.renewals_before[i] > view.renewals[i]));
        if (view.periods_to_end) fuzz_check(!(view.periods_to_end[i] < 0));
    }
    for (int64_t i = 0; told == KAM_OK && i < fuzz_rows(f); i++)
        if (came.terms) fuzz_check(!(came.terms[i] < 0));
}

static void days(struct fuzz *f) {
    int32_t day = 7, year, month, date;
    const int32_t given = fuzz_length(f, 0, 255) * fuzz_length(f, -3, 250);
    if (kam_calendar_date(given, &year, &month, &date) == KAM_OK) {
        fuzz_check(kam_calendar_day(year, month, date, &day) == KAM_OK);
        fuzz_check(day == given);
    }
    kam_calendar_day(fuzz_pick(f, -9, 20), fuzz_pick(f, 0, 13),
                     fuzz_pick(f, 0, 32), &day);
    kam_calendar_add_months(given, fuzz_pick(f, -30, 30), &day);
    contracts(f);
}

/* The time at which `seconds` of office hours have passed has them passed. */
static void business(struct fuzz *f) {
    kam_business_hours hours;
    kam_business_hours_init(&hours, sizeof hours);
    hours.n_holidays = fuzz_length(f, 0, 4);
    int32_t *const holidays = fuzz_memory(f, 16);
    for (int i = 0; i < 4; i++)
        holidays[i] = (i ? holidays[i - 1] : 19000) + fuzz_length(f, 0, 5);
    hours.holidays = holidays;
    for (int d = 0; d < 7; d++)
        if (fuzz_byte(f) < 60) hours.close_minute[d] = fuzz_pick(f, 0, 1440);
    const int64_t from =
        INT64_C(1641600000) + 6600 * (int64_t)fuzz_length(f, 0, 250);
    const int64_t to = from + 3600 * (int64_t)fuzz_pick(f, 0, 250);
    const kam_business_hours *const given = fuzz_byte(f) < 230 ? &hours : NULL;
    int64_t *const seconds = fuzz_out(f, 1, 8);
    int64_t time = 0;
    if (fuzz_end(f, kam_business_between(given, from, to, seconds, &f->diag)) !=
        KAM_OK)
        return;
    const int64_t asked = *seconds;
    if (kam_business_after(given, from, asked, &time, NULL) != KAM_OK) return;
    int64_t again;
    fuzz_check(time <= (to > from ? to : from));
    fuzz_check(kam_business_between(given, from, time, &again, NULL) == KAM_OK);
    fuzz_check(again == asked);
}

static void sums(struct fuzz *f) {
    kam_sum forth = {0, 0}, back = {0, 0}, part = {0, 0};
    double x[8];
    int good = 1;
    for (int i = 0; i < 8; i++) x[i] = fuzz_number(f, ANY);
    for (int i = 0; i < 8; i++) good &= kam_sum_add(&forth, x[i]) == KAM_OK;
    for (int i = 7; i >= 0; i--)
        good &= kam_sum_add(i % 2 ? &back : &part, x[i]) == KAM_OK;
    good &= kam_sum_merge(&back, &part) == KAM_OK;
    if (good) fuzz_check(memcmp(&forth, &back, sizeof forth) == 0);
    (void)kam_sum_value(&forth);
}

static void words(struct fuzz *f) {
    const int32_t i = fuzz_pick(f, -2, 120), k = fuzz_pick(f, -1, 9);
    const int32_t language = fuzz_pick(f, 0, 3);
    const char *const never_null[] = {kam_status_name(i),
                                      kam_status_text(i),
                                      kam_row_flag_name((uint32_t)i),
                                      kam_reason_name(i),
                                      kam_btyd_family_name(i),
                                      kam_retention_family_name(i),
                                      kam_version_text()};
    for (size_t n = 0; n < sizeof never_null / sizeof *never_null; n++)
        fuzz_check(never_null[n] != NULL);
    const char *const any[] = {kam_calibrate_why_name(i),
                               kam_cause_name(i, language),
                               kam_hazard_verdict_name(i),
                               kam_key_account_test_name(i, language),
                               kam_matrix_class_name(i, language),
                               kam_move_name(i, language),
                               kam_policy_part_name((uint32_t)i),
                               kam_playbook_action_name(i, language),
                               kam_playbook_defence_name(i, language),
                               kam_kpi_name(i),
                               kam_kpi_text(i, language),
                               kam_kpi_state_name(i),
                               kam_cadence_touch_name(i, language),
                               kam_service_level_name(i, language),
                               kam_stage_name(i, language),
                               kam_tier_name(i, k, language),
                               kam_segment_band_name(k, i, language),
                               kam_segment_agreement_name(i, language),
                               kam_spend_parameter_name(i, k),
                               kam_btyd_parameter_name(i, k),
                               kam_retention_parameter_name(i, k),
                               kam_spend_family_name(i)};
    for (size_t n = 0; n < sizeof any / sizeof *any; n++)
        fuzz_check(!any[n] || strlen(any[n]) < 400);
    (void)(kam_status_at(i) + kam_kpi_at(i) + kam_kpi_records(i));
    (void)(kam_cause_is_controllable(i) + kam_host_isa() + kam_version());
}

static void reasons(struct fuzz *f) {
    const kam_reason reason = {fuzz_byte(f) < 200 ? fuzz_pick(f, 0, 20)
                                                  : fuzz_pick(f, 1000, 1100),
                               0, fuzz_number(f, SIGNED), fuzz_number(f, ANY)};
    const int32_t room = fuzz_length(f, 0, 200);
    char *const text = fuzz_out(f, room, 1);
    if (fuzz_end(f, kam_reason_text(&reason, fuzz_pick(f, 0, 3), text,
                                    (uint64_t)room, &f->diag)) == KAM_OK)
        fuzz_check(memchr(text, 0, (size_t)room) != NULL);
    char *const since = fuzz_out(f, room, 1);
    if (fuzz_end(f, kam_reason_text_since(&reason, 100 * fuzz_length(f, 0, 255),
                                          fuzz_pick(f, 0, 3), since,
                                          (uint64_t)room, &f->diag)) == KAM_OK)
        fuzz_check(memchr(since, 0, (size_t)room) != NULL);
}

static void estimates(struct fuzz *f) {
    kam_objective *const a = fuzz_memory(f, sizeof *a);
    kam_objective *const b = fuzz_memory(f, sizeof *b);
    a->struct_size = b->struct_size = sizeof *a;
    a->n_parameters = fuzz_pick(f, 0, 8);
    b->n_parameters = fuzz_byte(f) < 200 ? a->n_parameters : fuzz_pick(f, 0, 9);
    for (int i = 0; i < 8; i++) {
        kam_sum_add(&a->gradient[i], fuzz_number(f, ANY));
        kam_sum_add(&b->hessian[i], fuzz_number(f, ANY));
    }
    fuzz_end(f, kam_objective_merge(a, b));
    const double p =
        kam_estimate_ratio_test(fuzz_number(f, SIGNED), fuzz_number(f, SIGNED),
                                fuzz_pick(f, 0, 4));
    fuzz_check(!(p < 0) && !(p > 1));
}

static const fuzz_case cases[] = {ledger, ledger,  ledger,   accounts,
                                  column, days,    sums,     business,
                                  words,  reasons, estimates};
FUZZ_TARGET(cases)
