/* SPDX-License-Identifier: MIT */
/* Reading contracts, and finding their rows of the book. */
#include "contracts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cells.h"
#include "message.h"
#include "parse.h"

struct filling {
    struct contract_lines *lines;
    const struct options *options;
    int64_t account, start, end, ended, value, months; /* columns; -1: none */
};

static void take_header(void *data, const struct record *header) {
    struct filling *const f = data;
    f->account = cell_account(f->options, header);
    f->start = csv_require(header, "start", NULL);
    f->end = csv_find(header, "end");
    f->ended = csv_find(header, "ended");
    f->value = csv_find(header, "value");
    f->months = csv_find(header, "term_months");
    if (f->end < 0 && f->ended >= 0) csv_require(header, "end", NULL);
}

/* 1 yes, 0 no, NaN not said. */
static double read_ended(const struct filling *f, const struct record *record) {
    if (f->ended < 0 || record->cell[f->ended].length == 0) return NAN;
    const struct cell *const cell = &record->cell[f->ended];
    const int said = parse_truth(cell->text, cell->length);
    if (said < 0) cell_refuse(record, "ended", cell, "is neither yes nor no");
    return said;
}

static double read_months(const struct filling *f,
                          const struct record *record) {
    const double months =
        cell_number(f->options, record, f->months, "term_months");
    if (isnan(months)) return f->options->term_months;
    if (!(months >= 1 && months <= 1200 && months == floor(months)))
        cell_refuse(record, "term_months", &record->cell[f->months],
                    "is no number of months from 1 to 1200");
    return months;
}

static void take_record(void *data, const struct record *record) {
    struct filling *const f = data;
    struct contract_lines *const all = f->lines;
    const struct cell *const account = &record->cell[f->account];
    const struct contract_line line = {
        .account = all->accounts.n,
        .start = cell_day(f->options, record, f->start, "start"),
        .end = cell_day(f->options, record, f->end, "end"),
        .value = cell_number(f->options, record, f->value, "value"),
        .months = read_months(f, record),
        .said = read_ended(f, record)};
    all->n_read++;
    all->n_unnamed += account->length == 0;
    all->n_without_start += account->length > 0 && line.start == KAM_NO_DAY;
    if (account->length == 0 || line.start == KAM_NO_DAY) return;
    if (line.said == 1 && line.end == KAM_NO_DAY)
        fail_at(record->path, record->line,
                "a contract that ended needs the day (column \"end\")");
    if (line.end != KAM_NO_DAY && line.end < line.start)
        fail_at(record->path, record->line,
                "a contract cannot end before it starts (column \"end\")");
    all->line = grow(all->line, &all->room, all->n, sizeof *all->line);
    all->line[all->n++] = line;
    texts_add(&all->accounts, account->text, account->length);
}

void contracts_read(struct contract_lines *lines,
                    const struct options *options) {
    struct filling filling = {lines, options, -1, -1, -1, -1, -1, -1};
    const struct csv_handler handler = {take_header, take_record, &filling};
    memset(lines, 0, sizeof *lines);
    csv_read(options->contracts_file, 0, !options->quiet, &handler);
}

/* By what they are, so that the order of lines says nothing. */
static int compare_contracts(const struct contract *p,
                             const struct contract *q) {
    if (p->start != q->start) return p->start < q->start ? -1 : 1;
    if (p->end != q->end) return p->end < q->end ? -1 : 1;
    return (p->value > q->value) - (p->value < q->value);
}

static int compare_terms(const void *a, const void *b) {
    const struct contract *const p = a, *const q = b;
    if (p->months != q->months) return p->months < q->months ? -1 : 1;
    return compare_contracts(p, q);
}

kam_contracts contracts_table(const struct contract_lines *lines) {
    const struct contract_line *const line = lines->line;
    const int64_t stride = sizeof *line;
    kam_contracts table = {.struct_size = sizeof table, .n_rows = lines->n};
    table.start_day.values = &line->start;
    table.end_day.values = &line->end;
    table.start_day.type = table.end_day.type = KAM_DAY;
    table.ended = doubles(&line->said);
    table.term_months = doubles(&line->months);
    table.start_day.stride = table.end_day.stride = table.ended.stride =
        table.term_months.stride = stride;
    return table;
}

/* What the library says of the lines. */
struct view {
    int32_t *state, *end;
    double *renewals, *decided, *before, *left;
};

static struct view view_make(const struct contract_lines *lines,
                             const struct options *options, int32_t as_of,
                             int is_past) {
    const int64_t n = lines->n;
    const kam_contracts table = contracts_table(lines);
    struct view made = {.state = resize(NULL, 2 * n, sizeof *made.state),
                        .renewals = resize(NULL, 4 * n, sizeof(double))};
    kam_diag diag = {.struct_size = sizeof diag};
    made.end = made.state + n;
    made.decided = made.renewals + n;
    made.before = made.decided + n;
    made.left = made.before + n;
    const kam_contracts_view out = {.struct_size = sizeof out,
                                    .state = made.state,
                                    .renewals = made.renewals,
                                    .contract_ended = made.decided,
                                    .renewals_before = made.before,
                                    .periods_to_end = made.left,
                                    .end_day = made.end};
    check(kam_contracts_known(&table, as_of, options->contracts_since, is_past,
                              NULL, &out, &diag),
          &diag);
    return made;
}

static void take_line(struct contracts *all, const struct contract_lines *lines,
                      const struct view *view, int64_t i) {
    const struct contract_line *const line = &lines->line[i];
    const int64_t *const at = &lines->accounts.offset[line->account];
    const int32_t state = view->state[i];
    const struct contract c = {.line = i,
                               .account = all->accounts.n,
                               .start = line->start,
                               .end = view->end[i],
                               .runs = state != KAM_CONTRACTS_ENDED,
                               .state = state,
                               .months = line->months,
                               .renewals = view->renewals[i],
                               .before = view->before[i],
                               .decided = view->decided[i],
                               .left = view->left[i],
                               .value = line->value};
    all->n_future += state == KAM_CONTRACTS_TO_COME;
    all->n_before += state == KAM_CONTRACTS_UNSEEN;
    if (state == KAM_CONTRACTS_TO_COME || state == KAM_CONTRACTS_UNSEEN) return;
    all->contract =
        grow(all->contract, &all->room, all->n, sizeof *all->contract);
    all->contract[all->n++] = c;
    all->n_running += c.runs;
    texts_add(&all->accounts, lines->accounts.bytes + at[0],
              (size_t)(at[1] - at[0]));
}

void contracts_make(struct contracts *all, const struct contract_lines *lines,
                    const struct options *options, int32_t as_of, int is_past) {
    memset(all, 0, sizeof *all);
    all->n_unnamed = lines->n_unnamed;
    all->n_without_start = lines->n_without_start;
    if (lines->n == 0) return;
    const struct view view = view_make(lines, options, as_of, is_past);
    for (int64_t i = 0; i < lines->n; i++) take_line(all, lines, &view, i);
    free(view.state);
    free(view.renewals);
    if (all->n > 0)
        qsort(all->contract, (size_t)all->n, sizeof *all->contract,
              compare_terms);
}

static int compare_rows(const void *a, const void *b) {
    const struct contract *const p = *(struct contract *const *)a;
    const struct contract *const q = *(struct contract *const *)b;
    if (p->account != q->account) return p->account < q->account ? -1 : 1;
    return compare_contracts(p, q);
}

/* A contract that begins within a day of another's end looks like its
 * renewal. */
static int64_t count_chained(const struct contracts *all) {
    const struct contract **const c = resize(NULL, all->n, sizeof *c);
    int64_t n_chained = 0;
    for (int64_t i = 0; i < all->n; i++) c[i] = &all->contract[i];
    qsort(c, (size_t)all->n, sizeof *c, compare_rows);
    for (int64_t i = 1; i < all->n; i++)
        n_chained += c[i]->account == c[i - 1]->account && !c[i - 1]->runs &&
                     abs(c[i]->start - c[i - 1]->end) <= 1;
    free(c);
    return n_chained;
}

static void note_bond(struct bond *bond, const struct contracts *all,
                      int64_t i) {
    const struct contract *const c = &all->contract[i];
    const struct contract *const main =
        bond->main < 0 ? NULL : &all->contract[bond->main];
    bond->n++;
    bond->n_running += c->runs;
    /* Running ones before ended, then the most money a month, or the last. */
    int better = !main || c->runs > main->runs;
    if (main && c->runs == main->runs)
        better = c->runs ? c->value / c->months > main->value / main->months ||
                               (isnan(main->value) && !isnan(c->value))
                         : c->end > main->end;
    if (better) bond->main = i;
}

void contracts_join(struct contracts *all, struct book *book) {
    book_add(book, &all->accounts);
    all->bond = resize(NULL, book->n, sizeof *all->bond);
    for (int64_t i = 0; i < book->n; i++)
        all->bond[i] = (struct bond){.main = -1, .renewal = NAN, .days = NAN};
    for (int64_t i = 0; i < all->n; i++) {
        const int64_t *const at =
            &all->accounts.offset[all->contract[i].account];
        const int64_t row =
            book_find(book, all->accounts.bytes + at[0], at[1] - at[0]);
        all->contract[i].account = row;
        note_bond(&all->bond[row], all, i);
    }
    for (int64_t i = 0; i < book->n; i++) {
        struct bond *const bond = &all->bond[i];
        if (bond->n == 0) continue;
        const int32_t last = book->summary.last_day[i];
        /* Who orders after the last contract is a customer without one. */
        bond->scored = bond->n_running > 0 || last == KAM_NO_DAY ||
                       last <= all->contract[bond->main].end;
        all->n_accounts++;
        all->n_returned += !bond->scored;
        if (bond->scored) book_leave_out(book, i);
    }
    all->n_chained = count_chained(all);
}

int contracts_bind(const struct contracts *contracts, int64_t row) {
    return contracts && contracts->bond[row].scored;
}

void contracts_free(struct contracts *contracts) {
    free(contracts->model);
    free(contracts->contract);
    free(contracts->bond);
    texts_free(&contracts->accounts);
    memset(contracts, 0, sizeof *contracts);
}

void contracts_free_lines(struct contract_lines *lines) {
    free(lines->line);
    texts_free(&lines->accounts);
    memset(lines, 0, sizeof *lines);
}
