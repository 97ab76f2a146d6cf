/* SPDX-License-Identifier: MIT */
#include "orders.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "csvfile.h"
#include "message.h"
#include "parse.h"

/* One file on its way into the log. */
struct filling {
    struct order_log *log;
    const struct options *options;
    int64_t account, day, revenue, cost, order; /* columns; -1: none */
    int n_files;
};

/* A line, understood. */
struct line {
    int32_t day; /* KAM_NO_DAY: missing */
    double revenue, cost;
};

static void check_same(const struct record *header, const char *name, int had,
                       int has) {
    if (had != has)
        fail_at(header->path, header->line,
                "%s column \"%s\", but the file before has %s",
                has ? "here is a" : "there is no", name, had ? "one" : "none");
}

static void take_header(void *data, const struct record *header) {
    struct filling *filling = data;
    const struct options *options = filling->options;
    struct order_log *log = filling->log;
    filling->account = csv_require(header, options->account, "--account");
    filling->day = csv_require(header, options->day, "--day");
    filling->revenue = csv_require(header, options->revenue, "--revenue");
    filling->cost = options->cost_is_wanted
                        ? csv_require(header, options->cost, "--cost")
                        : csv_find(header, options->cost);
    filling->order = options->order_is_wanted
                         ? csv_require(header, options->order, "--order")
                         : csv_find(header, options->order);
    if (filling->n_files++ > 0) {
        check_same(header, options->cost, log->has_cost, filling->cost >= 0);
        check_same(header, options->order, log->has_order, filling->order >= 0);
    }
    log->has_cost = filling->cost >= 0;
    log->has_order = filling->order >= 0;
}

/* Says what is wrong with a cell: stops, or notes it when bad lines are only
 * dropped. Always 0. */
static int is_bad(const struct filling *filling, const struct record *record,
                  const char *role, const char *column, const struct cell *cell,
                  const char *wrong) {
    struct order_log *log = filling->log;
    struct shown shown;
    show(&shown, cell->text, cell->length);
    if (!filling->options->drop_bad)
        fail_at(record->path, record->line, "%s \"%s\" %s (column \"%s\")",
                role, shown.text, wrong, column);
    if (log->n_bad++ == 0)
        snprintf(log->first_bad, sizeof log->first_bad, "%s:%lld: %s \"%s\" %s",
                 record->path, (long long)record->line, role, shown.text,
                 wrong);
    return 0;
}

static int read_amount(const struct filling *filling,
                       const struct record *record, const char *role,
                       const char *column, int64_t number, double *value) {
    const struct cell *cell = number < 0 ? NULL : &record->cell[number];
    const char *wrong = NULL;
    *value = NAN;
    if (!cell || cell->length == 0) return 1;
    wrong =
        parse_number(cell->text, cell->length, filling->options->point, value);
    return !wrong || is_bad(filling, record, role, column, cell, wrong);
}

static int read_line(const struct filling *filling, const struct record *record,
                     struct line *line) {
    const struct options *options = filling->options;
    const struct cell *day = &record->cell[filling->day];
    const char *wrong = NULL;
    line->day = KAM_NO_DAY;
    if (day->length > 0)
        wrong =
            parse_day(day->text, day->length, options->date_format, &line->day);
    if (wrong) return is_bad(filling, record, "day", options->day, day, wrong);
    return read_amount(filling, record, "revenue", options->revenue,
                       filling->revenue, &line->revenue) &&
           read_amount(filling, record, "cost", options->cost, filling->cost,
                       &line->cost);
}

static void take_record(void *data, const struct record *record) {
    struct filling *filling = data;
    struct order_log *log = filling->log;
    const struct cell *account = &record->cell[filling->account];
    const int64_t n = log->n;
    struct line line;
    log->n_read++;
    if (!read_line(filling, record, &line)) return;
    log->day = grow(log->day, &log->day_room, n, sizeof *log->day);
    log->day_known = grow(log->day_known, &log->known_room, n / 8, 1);
    log->revenue =
        grow(log->revenue, &log->revenue_room, n, sizeof *log->revenue);
    log->cost = grow(log->cost, &log->cost_room, n, sizeof *log->cost);
    if (n % 8 == 0) log->day_known[n / 8] = 0;
    if (line.day != KAM_NO_DAY)
        log->day_known[n / 8] |= (uint8_t)(1u << (n % 8));
    log->day[n] = line.day;
    log->revenue[n] = line.revenue;
    log->cost[n] = line.cost;
    texts_add(&log->account, account->text, account->length);
    if (filling->order >= 0) {
        const struct cell *order = &record->cell[filling->order];
        texts_add(&log->order, order->text, order->length);
    }
    /* KAM_NO_DAY is the smallest of days. A line that no score can use does
     * not say what day it is. */
    if (line.day > log->last_day && account->length > 0 && !isnan(line.revenue))
        log->last_day = line.day;
    log->n++;
}

void orders_read(struct order_log *log, const struct options *options) {
    struct filling filling = {log, options, -1, -1, -1, -1, -1, 0};
    const struct csv_handler handler = {take_header, take_record, &filling};
    memset(log, 0, sizeof *log);
    log->last_day = KAM_NO_DAY;
    for (const char **path = options->orders; path && *path; path++) {
        const struct csv_count count =
            csv_read(*path, options->delimiter, !options->quiet, &handler);
        if (count.n_records == 0)
            fail(EXIT_INPUT, "%s has a header but no lines", csv_name(*path));
        log->n_short += count.n_short;
    }
}

static kam_column column_of(const void *values, int32_t type) {
    kam_column column = {NULL, NULL, NULL, 0, 0, 0, 0};
    column.values = values;
    column.type = type;
    return column;
}

kam_lines orders_lines(const struct order_log *log) {
    kam_lines lines;
    memset(&lines, 0, sizeof lines);
    lines.struct_size = sizeof lines;
    lines.n_rows = log->n;
    lines.account = texts_column(&log->account);
    lines.day = column_of(log->day, KAM_DAY);
    lines.day.validity = log->day_known;
    lines.revenue = column_of(log->revenue, KAM_F64);
    if (log->has_cost) lines.cost = column_of(log->cost, KAM_F64);
    if (log->has_order) lines.order = texts_column(&log->order);
    return lines;
}

void orders_free(struct order_log *log) {
    free(log->day);
    free(log->day_known);
    free(log->revenue);
    free(log->cost);
    texts_free(&log->account);
    texts_free(&log->order);
    memset(log, 0, sizeof *log);
}
