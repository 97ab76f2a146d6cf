/* SPDX-License-Identifier: MIT */
#include "signals.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cells.h"
#include "message.h"

/* ---- reading ---- */

struct filling {
    struct signals *signals;
    const struct options *options;
    const struct book *book;
    int64_t account, signal, day, end, amount, term; /* columns; -1: none */
};

static void take_header(void *data, const struct record *header) {
    struct filling *const f = data;
    f->account = cell_account(f->options, header);
    f->signal = csv_require(header, "signal", NULL);
    f->day = csv_require(header, "day", NULL);
    f->end = csv_find(header, "end");
    f->amount = csv_find(header, "amount");
    f->term = csv_find(header, "term");
}

static int32_t signal_of(const struct record *record, const struct cell *cell) {
    for (int32_t k = 0; k < N_SIGNALS; k++) {
        const char *const name = kam_reason_name(KAM_REASON_USAGE + k);
        if (cell->length == strlen(name) &&
            memcmp(cell->text, name, cell->length) == 0)
            return k;
    }
    char all[256] = "is none of ";
    for (int32_t k = 0; k < N_SIGNALS; k++)
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s",
                 k ? ", " : "", kam_reason_name(KAM_REASON_USAGE + k));
    cell_refuse(record, "signal", cell, all);
}

static double day_of(const struct filling *f, const struct record *record,
                     int64_t column, const char *name) {
    const int32_t day = cell_day(f->options, record, column, name);
    return day == KAM_NO_DAY ? (double)NAN : day;
}

static void put(double **values, int64_t *room, int64_t n, double value) {
    *values = grow(*values, room, n, sizeof **values);
    (*values)[n] = value;
}

struct event {
    double day, end, amount, term;
};

/* What a value of that signal cannot be; NULL when it can. */
static const char *impossible(int32_t reason, const struct event *e) {
    switch (reason) {
    case KAM_REASON_USAGE: return e->amount < 0 ? "is below zero" : NULL;
    case KAM_REASON_SATISFACTION:
        return e->amount < 0 || e->amount > 10
                   ? "is not on the scale of 0 to 10"
                   : NULL;
    case KAM_REASON_PRICE_GAP:
        return e->amount < -1 || e->amount > 1
                   ? "is no share from -1 to 1 (0.08 is 8 %)"
                   : NULL;
    case KAM_REASON_PAYMENT_DELAY:
    case KAM_REASON_COMPLAINTS:
    case KAM_REASON_CHANGES:
        if (e->term < 0) return "days of term are below zero";
        return reason != KAM_REASON_PAYMENT_DELAY && e->end < e->day
                   ? "ends before it begins"
                   : NULL;
    default: return NULL;
    }
}

static int needs_amount(int32_t reason) {
    return reason == KAM_REASON_USAGE || reason == KAM_REASON_ORDERS ||
           reason == KAM_REASON_SATISFACTION || reason == KAM_REASON_PRICE_GAP;
}

/* Why an event is left out; N_LOSSES: it is not. A payment made before its due
 * day is known on the day it was made. */
static enum signal_loss loss_of(const struct filling *f, int32_t reason,
                                const struct event *e) {
    const double today = f->book->as_of;
    if (isnan(e->day)) return LOST_DAY;
    if (impossible(reason, e)) return LOST_WRONG;
    if (needs_amount(reason) && isnan(e->amount)) return LOST_AMOUNT;
    /* A delay is a share of the credit: without one it is not known. */
    if (reason == KAM_REASON_PAYMENT_DELAY && !(e->term > 0))
        return LOST_CREDIT;
    if (e->day > today && !(e->end <= today)) return LOST_LATER;
    return N_LOSSES;
}

static void remember_wrong(struct filling *f, const struct record *record,
                           int32_t reason, const struct event *e, int64_t row) {
    struct signals *const s = f->signals;
    char number[32] = "";
    s->wrong[row] = 1;
    if (s->first_wrong[0]) return;
    if (needs_amount(reason)) snprintf(number, sizeof number, " %g", e->amount);
    snprintf(s->first_wrong, sizeof s->first_wrong, "line %lld: %s%s %s",
             (long long)record->line, kam_reason_name(reason), number,
             impossible(reason, e));
}

static void take_record(void *data, const struct record *record) {
    struct filling *const f = data;
    const struct cell *const account = &record->cell[f->account];
    struct signal_log *const log =
        &f->signals->log[signal_of(record, &record->cell[f->signal])];
    const double day = day_of(f, record, f->day, "day");
    const double end = day_of(f, record, f->end, "end");
    const double amount = cell_number(f->options, record, f->amount, "amount");
    const double term = cell_number(f->options, record, f->term, "term");
    const int32_t reason = KAM_REASON_USAGE + (int32_t)(log - f->signals->log);
    const struct event event = {day, end, amount, term};
    const int64_t row =
        book_find(f->book, account->text, (int64_t)account->length);
    const enum signal_loss loss =
        row < 0 ? LOST_STRANGER : loss_of(f, reason, &event);
    f->signals->n_events++;
    f->signals->is_seen[reason - KAM_REASON_USAGE] |= row >= 0;
    if (loss == LOST_WRONG) remember_wrong(f, record, reason, &event, row);
    if (loss != N_LOSSES) {
        f->signals->n_lost[loss]++;
        return;
    }
    put(&log->day, &log->day_room, log->n, day);
    put(&log->end, &log->end_room, log->n,
        end > f->book->as_of ? (double)NAN : end);
    put(&log->amount, &log->amount_room, log->n, amount);
    put(&log->term, &log->term_room, log->n, term >= 0 ? term : 0);
    texts_add(&log->account, account->text, account->length);
    log->n++;
}

void signals_read(struct signals *signals, const struct options *options,
                  const struct book *book) {
    struct filling filling = {signals, options, book, -1, -1, -1, -1, -1, -1};
    const struct csv_handler handler = {take_header, take_record, &filling};
    memset(signals, 0, sizeof *signals);
    signals->wrong = resize(NULL, book->n, sizeof *signals->wrong);
    memset(signals->wrong, 0, (size_t)book->n * sizeof *signals->wrong);
    csv_read(options->signals_file, 0, 0, &handler);
    for (int32_t k = 0; k < N_SIGNALS; k++)
        if (signals->is_seen[k])
            signals->reason[signals->n_used++] = KAM_REASON_USAGE + k;
}

/* ---- measuring ---- */

static const struct signal_log *log_of(const struct signals *s, int32_t j) {
    return &s->log[s->reason[j] - KAM_REASON_USAGE];
}

/* The rows of a book that events belong to; -1: none. */
static int64_t *rows_of(const struct signal_log *log, const struct book *book) {
    int64_t *const row = resize(NULL, log->n, sizeof *row);
    for (int64_t i = 0; i < log->n; i++) {
        const int64_t from = log->account.offset[i];
        row[i] = book_find(book, log->account.bytes + from,
                           log->account.offset[i + 1] - from);
    }
    return row;
}

static void measure(const struct signals *s, int32_t j, const struct book *book,
                    struct signal_view *view) {
    const struct signal_log *const log = log_of(s, j);
    const int64_t n = book->n, cells = n * SIGNAL_MONTHS;
    int64_t *const row = rows_of(log, book);
    double *const value = resize(NULL, cells, sizeof *value);
    int32_t *const since = resize(NULL, cells, sizeof *since);
    uint32_t *const flags = resize(NULL, cells, sizeof *flags);
    kam_signal_events e = {.struct_size = sizeof e};
    kam_diag diag = {.struct_size = sizeof diag};
    e.n_periods = SIGNAL_MONTHS;
    e.n_accounts = n;
    e.n_events = log->n;
    e.start = view->start;
    e.account.values = row;
    e.account.type = KAM_I64;
    e.day = doubles(log->day);
    e.end = doubles(log->end);
    e.amount = doubles(log->amount);
    e.term = doubles(log->term);
    check(kam_signal_of(s->reason[j], &e, NULL, NULL, value, since, flags,
                        &diag),
          &diag);
    view->value[j] = resize(NULL, n, sizeof(double));
    view->centred[j] = resize(NULL, n, sizeof(double));
    view->since[j] = resize(NULL, n, sizeof(int32_t));
    view->flags[j] = resize(NULL, n, sizeof(uint32_t));
    for (int64_t i = 0; i < n; i++) {
        const int64_t last = (i + 1) * SIGNAL_MONTHS - 1;
        view->value[j][i] = value[last];
        view->since[j][i] = since[last];
        view->flags[j][i] = flags[last];
    }
    free(row);
    free(value);
    free(since);
    free(flags);
}

/* The calendar months that end with the book's as-of day. */
static void view_make(const struct signals *s, const struct book *book,
                      struct signal_view *view) {
    memset(view, 0, sizeof *view);
    for (int32_t t = 0; t <= SIGNAL_MONTHS; t++)
        kam_calendar_add_months(book->as_of + 1, t - SIGNAL_MONTHS,
                                &view->start[t]);
    for (int32_t j = 0; j < s->n_used; j++) measure(s, j, book, view);
}

static void view_free(struct signal_view *view) {
    for (int32_t j = 0; j < N_SIGNALS; j++) {
        free(view->value[j]);
        free(view->centred[j]);
        free(view->since[j]);
        free(view->flags[j]);
    }
}

/* ---- weighing ---- */

static int compare_numbers(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median of what is known; 0 when nothing is. */
static double median(const double *value, int64_t n) {
    double *const known = resize(NULL, n, sizeof *known), found;
    int64_t m = 0;
    for (int64_t i = 0; i < n; i++)
        if (!isnan(value[i])) known[m++] = value[i];
    qsort(known, (size_t)m, sizeof *known, compare_numbers);
    found = m == 0 ? 0 : (known[(m - 1) / 2] + known[m / 2]) / 2;
    free(known);
    return found;
}

/* What is more than typical counts, up to four limits of practice; what is not
 * measured counts as typical. */
static void centre(const struct signals *s, struct signal_view *view,
                   int64_t n) {
    for (int32_t j = 0; j < s->n_used; j++)
        for (int64_t i = 0; i < n; i++) {
            const double x = view->value[j][i] - s->typical[j];
            view->centred[j][i] = isnan(x)          ? 0
                                  : x > s->most[j]  ? s->most[j]
                                  : x < -s->most[j] ? -s->most[j]
                                                    : x;
        }
}

static kam_panel panel_of(const struct signals *s,
                          const struct signal_view *view, int64_t n,
                          kam_column column[N_SIGNALS]) {
    kam_panel panel = {.struct_size = sizeof panel};
    for (int32_t j = 0; j < s->n_used; j++)
        column[j] = doubles(view->centred[j]);
    panel.n_columns = s->n_used;
    panel.n_rows = n;
    panel.column = column;
    panel.reason = s->reason;
    return panel;
}

/* The log-odds of the order model, which its reasons add up to. */
static double *offsets_of(const struct answers *answers, int64_t n) {
    double *const offset = resize(NULL, n, sizeof *offset);
    for (int64_t i = 0; i < n; i++) {
        const kam_reason *const r = &answers->scores.reasons[4 * i];
        const double sum = r[0].contribution + r[1].contribution +
                           r[2].contribution + r[3].contribution;
        offset[i] = isfinite(sum) ? sum : NAN;
    }
    return offset;
}

/* One horizon ago: who was there, its signals and risk then, and whether it
 * ordered since. Moves the weights when there is such a book. */
static void learn(struct signals *s, const struct book *book,
                  const struct order_log *log, const struct options *options,
                  const double *mean, const double *precision) {
    const double horizon = options->rules.future.horizon_days;
    struct book then;
    struct answers answers;
    struct signal_view view;
    if (s->n_used == 0 || !(horizon >= 1 && horizon <= 36500)) return;
    book_make(&then, log, KAM_NO_DAY, book->as_of - (int32_t)horizon,
              options->period_days);
    if (then.n > 0) {
        kam_column column[N_SIGNALS];
        kam_hazard_options how;
        kam_hazard_report report = {.struct_size = sizeof report};
        double *const left = resize(NULL, then.n, sizeof *left);
        answers_make(&answers, &then, log, options, &options->rules.future);
        view_make(s, &then, &view);
        centre(s, &view, then.n);
        double *const offset = offsets_of(&answers, then.n);
        for (int64_t i = 0; i < then.n; i++) {
            const int64_t row =
                book_find(book, then.key[i], then.key_length[i]);
            left[i] = row >= 0 && book->summary.last_day[row] <= then.as_of;
        }
        kam_panel panel = panel_of(s, &view, then.n, column);
        panel.offset = doubles(offset);
        panel.event = doubles(left);
        kam_hazard_options_init(&how, sizeof how);
        how.prior_mean = mean;
        how.prior_precision = precision;
        double weight[N_SIGNALS + 1];
        if (kam_hazard_fit(KAM_HAZARD_LOGISTIC, &panel, &how, NULL, weight,
                           NULL, &report, NULL) == KAM_OK &&
            report.verdict != KAM_HAZARD_PRIOR_ONLY) {
            memcpy(s->weight, weight, sizeof weight);
            s->n_learned = report.n_rows;
            s->n_left = report.n_events;
        }
        view_free(&view);
        answers_free(&answers);
        free(offset);
        free(left);
    }
    book_free(&then);
}

/* The strongest three of the order model's reasons and the signals'. */
static void merge(kam_reason *to, const kam_reason *found, int32_t n,
                  const struct signals *s, int64_t row) {
    kam_reason all[3 + N_SIGNALS];
    int32_t m = 0;
    for (int32_t k = 1; k <= 3; k++)
        if (to[k].id != KAM_REASON_NONE) all[m++] = to[k];
    for (int32_t k = 0; k < n; k++) {
        int32_t j = 0;
        if (found[k].id == KAM_REASON_NONE || found[k].contribution == 0)
            continue;
        while (s->reason[j] != found[k].id) j++;
        all[m] = found[k];
        all[m++].value = s->now.value[j][row];
    }
    for (int32_t i = 1; i < m; i++)
        for (int32_t k = i;
             k > 0 && fabs(all[k].contribution) > fabs(all[k - 1].contribution);
             k--) {
            const kam_reason kept = all[k];
            all[k] = all[k - 1];
            all[k - 1] = kept;
        }
    for (int32_t k = 0; k < 3 && k < m; k++) to[k + 1] = all[k];
}

static void change_risks(struct signals *s, struct answers *answers,
                         int64_t n) {
    kam_column column[N_SIGNALS];
    const int32_t p = s->n_used;
    const kam_hazard model = {KAM_HAZARD_LOGISTIC, p, s->weight, NULL};
    double *const offset = offsets_of(answers, n);
    double *const risk = resize(NULL, n, sizeof *risk);
    kam_reason *const found = resize(NULL, n * (p + 2), sizeof *found);
    kam_diag diag = {.struct_size = sizeof diag};
    kam_panel panel = panel_of(s, &s->now, n, column);
    panel.offset = doubles(offset);
    check(kam_hazard_risk(&model, &panel, 0, NULL, risk, NULL, NULL, NULL,
                          &diag),
          &diag);
    check(kam_hazard_reasons(&model, &panel, NULL, p, NULL, found, NULL, &diag),
          &diag);
    for (int64_t i = 0; i < n; i++) {
        if (isnan(risk[i])) continue;
        answers->scores.churn_risk[i] = risk[i];
        merge(&answers->scores.reasons[4 * i], &found[i * (p + 2) + 1], p, s,
              i);
    }
    free(offset);
    free(risk);
    free(found);
}

static uint32_t flags_of(const struct signals *s, int64_t row, int *lacks) {
    uint32_t all = 0;
    *lacks = 0;
    for (int32_t j = 0; j < s->n_used; j++) {
        all |= s->now.flags[j][row];
        *lacks += isnan(s->now.value[j][row]);
    }
    return all;
}

void signals_apply(struct signals *s, struct answers *answers,
                   const struct book *book, const struct order_log *log,
                   const struct options *options) {
    double mean[N_SIGNALS + 1], precision[N_SIGNALS + 1];
    kam_diag diag = {.struct_size = sizeof diag};
    check(kam_hazard_expert(KAM_HAZARD_LOGISTIC, s->reason, s->n_used, 0, mean,
                            precision, &diag),
          &diag);
    mean[0] = 0; /* what the order model says */
    memcpy(s->weight, mean, sizeof mean);
    view_make(s, book, &s->now);
    s->n_rows = book->n;
    for (int32_t j = 0; j < s->n_used; j++) {
        /* No account hears of us every day; all else is well at 0. */
        s->typical[j] = s->reason[j] == KAM_REASON_CONTACT_GAP
                            ? median(s->now.value[j], book->n)
                            : 0;
        s->most[j] = 4 * 0.6931471805599453 / mean[j + 1];
    }
    centre(s, &s->now, book->n);
    learn(s, book, log, options, mean, precision);
    change_risks(s, answers, book->n);
    for (int64_t i = 0; i < book->n; i++) {
        int lacks;
        const uint32_t flags = flags_of(s, i, &lacks);
        s->n_alarmed += (flags & KAM_SIGNAL_ALARM) != 0;
        s->n_limited += (flags & KAM_SIGNAL_LIMIT) != 0;
        s->n_measured += lacks < s->n_used;
    }
}

/* ---- telling ---- */

void signals_reason(const struct signals *s, int64_t row,
                    const kam_reason *reason, int32_t language, char *text,
                    size_t size) {
    for (int32_t j = 0; s && j < s->n_used; j++)
        if (s->reason[j] == reason->id && s->now.since[j][row] >= 0) {
            kam_reason_text_since(reason, s->now.start[s->now.since[j][row]],
                                  language, text, size, NULL);
            return;
        }
    kam_reason_text(reason, language, text, size, NULL);
}

void signals_flags(const struct signals *s, int64_t row, FILE *out,
                   const char *between) {
    int lacks;
    const uint32_t flags = flags_of(s, row, &lacks);
    const struct {
        int is_set;
        const char *name;
    } all[] = {{(flags & KAM_SIGNAL_ALARM) != 0, "alarm"},
               {(flags & KAM_SIGNAL_LIMIT) != 0, "limit"},
               {(flags & KAM_SIGNAL_STALE) != 0, "stale"},
               {lacks > 0, "unmeasured"},
               {s->wrong[row], "impossible"}};
    for (int k = 0; k < 5; k++)
        if (all[k].is_set) {
            fprintf(out, "%s%s", between, all[k].name);
            between = "|";
        }
}

double signals_alarms(const struct signals *s, int64_t row) {
    double alarms = NAN;
    for (int32_t j = 0; j < s->n_used; j++) {
        if (isnan(s->now.value[j][row])) continue;
        if (isnan(alarms)) alarms = 0;
        if (s->now.flags[j][row] & (KAM_SIGNAL_ALARM | KAM_SIGNAL_LIMIT))
            alarms += (double)(1 << (s->reason[j] - KAM_REASON_USAGE));
    }
    return alarms;
}

void signals_free(struct signals *s) {
    free(s->wrong);
    for (int32_t k = 0; k < N_SIGNALS; k++) {
        free(s->log[k].day);
        free(s->log[k].end);
        free(s->log[k].amount);
        free(s->log[k].term);
        texts_free(&s->log[k].account);
    }
    view_free(&s->now);
}
