/* SPDX-License-Identifier: MIT */
/* Cells of the files of facts as days and numbers; what cannot be read ends the
 * program. */
#ifndef CELLS_H
#define CELLS_H

#include "csvfile.h"
#include "options.h"

/* "day "x" is no date (column "day")", with file and line. */
_Noreturn void cell_refuse(const struct record *record, const char *column,
                           const struct cell *cell, const char *wrong);

/* The number in a column, -1 none; NaN: missing. */
double cell_number(const struct options *options, const struct record *record,
                   int64_t column, const char *name);

/* The day in a column, -1 none, as such or in the form the options name;
 * KAM_NO_DAY: missing. */
int32_t cell_day(const struct options *options, const struct record *record,
                 int64_t column, const char *name);

/* Whether it is this word, in capitals or not. */
int cell_is(const struct cell *cell, const char *word);

/* The column of the account: as the options name it, or `account`. */
int64_t cell_account(const struct options *options,
                     const struct record *header);

#endif
