/* SPDX-License-Identifier: MIT */
#include "cells.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "message.h"
#include "parse.h"

_Noreturn void cell_refuse(const struct record *record, const char *column,
                           const struct cell *cell, const char *wrong) {
    struct shown shown;
    fail_at(record->path, record->line, "%s \"%s\" %s (column \"%s\")", column,
            show(&shown, cell->text, cell->length), wrong, column);
}

double cell_number(const struct options *options, const struct record *record,
                   int64_t column, const char *name) {
    double value = NAN;
    if (column < 0 || record->cell[column].length == 0) return NAN;
    const struct cell *const cell = &record->cell[column];
    const char *const wrong =
        parse_number(cell->text, cell->length, options->point, &value);
    if (wrong) cell_refuse(record, name, cell, wrong);
    return value;
}

int32_t cell_day(const struct options *options, const struct record *record,
                 int64_t column, const char *name) {
    int32_t day = KAM_NO_DAY;
    if (column < 0 || record->cell[column].length == 0) return KAM_NO_DAY;
    const struct cell *const cell = &record->cell[column];
    const char *wrong = parse_day(cell->text, cell->length, NULL, &day);
    if (wrong && options->date_format)
        wrong = parse_day(cell->text, cell->length, options->date_format, &day);
    if (wrong) cell_refuse(record, name, cell, wrong);
    return day;
}

int cell_is(const struct cell *cell, const char *word) {
    return cell->length == strlen(word) &&
           strncasecmp(cell->text, word, cell->length) == 0;
}

int64_t cell_account(const struct options *options,
                     const struct record *header) {
    const int64_t named = csv_find(header, options->account);
    return named >= 0 ? named : csv_require(header, "account", NULL);
}
