/* SPDX-License-Identifier: MIT */
#include "accounts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "csvfile.h"
#include "message.h"
#include "parse.h"

/* The file on its way into the book. */
struct filling {
    struct account_facts *facts;
    struct book *book;
    const struct options *options;
    int64_t account, cost, start, tier; /* columns; -1: none */
    int64_t *line; /* where each account stood; 0: not yet */
};

static void take_header(void *data, const struct record *header) {
    struct filling *filling = data;
    struct account_facts *facts = filling->facts;
    filling->account = csv_find(header, filling->options->account);
    if (filling->account < 0)
        filling->account = csv_require(header, "account", NULL);
    filling->cost = csv_find(header, "cost_to_serve");
    filling->start = csv_find(header, "start_day");
    filling->tier = csv_find(header, "tier_before");
    if (filling->tier < 0) filling->tier = csv_find(header, "tier");
    facts->has_cost = filling->cost >= 0;
    facts->has_start = filling->start >= 0;
    facts->has_tier = filling->tier >= 0;
    if (!facts->has_cost && !facts->has_start && !facts->has_tier)
        fail_at(header->path, header->line,
                "none of the columns cost_to_serve, start_day, tier_before and "
                "tier is here");
}

static _Noreturn void refuse(const struct record *record, const char *column,
                             const struct cell *cell, const char *wrong) {
    struct shown shown;
    fail_at(record->path, record->line, "%s \"%s\" %s (column \"%s\")", column,
            show(&shown, cell->text, cell->length), wrong, column);
}

static int is_text(const struct cell *cell, const char *text) {
    return cell->length == strlen(text) &&
           strncasecmp(cell->text, text, cell->length) == 0;
}

/* 1 (the best), 2, ... or a tier's name, in either language. */
static double read_tier(const struct record *record, const struct cell *cell,
                        int32_t n_bands) {
    double number;
    if (cell->length == 0 || is_text(cell, kam_tier_name(-1, n_bands, KAM_EN)))
        return NAN;
    for (int32_t tier = 0; tier <= n_bands; tier++)
        if (is_text(cell, kam_tier_name(tier, n_bands, KAM_EN)) ||
            is_text(cell, kam_tier_name(tier, n_bands, KAM_ZH)))
            return tier;
    if (parse_number(cell->text, cell->length, '.', &number) == NULL &&
        number >= 1 && number <= n_bands + 1 && number == floor(number))
        return number - 1;
    refuse(record, "tier", cell,
           "is neither a tier's name nor its number (1 is the best)");
}

static double read_cost(const struct filling *filling,
                        const struct record *record) {
    const struct cell *cell =
        filling->cost < 0 ? NULL : &record->cell[filling->cost];
    const char *wrong;
    double value = NAN;
    if (!cell || cell->length == 0) return NAN;
    wrong =
        parse_number(cell->text, cell->length, filling->options->point, &value);
    if (wrong) refuse(record, "cost_to_serve", cell, wrong);
    return value;
}

static int32_t read_start(const struct filling *filling,
                          const struct record *record) {
    const struct cell *cell =
        filling->start < 0 ? NULL : &record->cell[filling->start];
    const char *wrong;
    int32_t day = KAM_NO_DAY;
    if (!cell || cell->length == 0) return KAM_NO_DAY;
    wrong = parse_day(cell->text, cell->length, NULL, &day);
    if (wrong && filling->options->date_format)
        wrong = parse_day(cell->text, cell->length,
                          filling->options->date_format, &day);
    if (wrong) refuse(record, "start_day", cell, wrong);
    return day;
}

static void check_once(struct filling *filling, const struct record *record,
                       const struct cell *account, int64_t row) {
    struct shown shown;
    if (filling->line[row])
        fail_at(record->path, record->line,
                "account \"%s\" stands already in line %lld",
                show(&shown, account->text, account->length),
                (long long)filling->line[row]);
    filling->line[row] = record->line;
}

static void take_record(void *data, const struct record *record) {
    struct filling *filling = data;
    struct account_facts *facts = filling->facts;
    struct book *book = filling->book;
    const struct cell *account = &record->cell[filling->account];
    const int64_t row =
        book_find(book, account->text, (int64_t)account->length);
    const double cost = read_cost(filling, record);
    const int32_t start = read_start(filling, record);
    double tier = NAN;
    facts->n_records++;
    if (filling->tier >= 0)
        tier = read_tier(record, &record->cell[filling->tier],
                         filling->options->rules.tiers.n_bands);
    if (row < 0) {
        if (account->length == 0)
            facts->n_unnamed++;
        else
            facts->n_strangers++;
        if (!isnan(cost)) facts->strangers_cost += cost;
        return;
    }
    check_once(filling, record, account, row);
    book->service_cost[row] = cost;
    book->tier_before[row] = tier;
    if (start != KAM_NO_DAY && book->summary.first_day[row] != KAM_NO_DAY)
        facts->n_early += book->summary.first_day[row] < start;
}

void accounts_read(struct account_facts *facts, struct book *book,
                   const struct options *options) {
    struct filling filling = {facts, book, options, -1, -1, -1, -1, NULL};
    const struct csv_handler handler = {take_header, take_record, &filling};
    memset(facts, 0, sizeof *facts);
    if (!options->accounts_file) return;
    filling.line = resize(NULL, book->n, sizeof *filling.line);
    memset(filling.line, 0, (size_t)book->n * sizeof *filling.line);
    csv_read(options->accounts_file, 0, !options->quiet, &handler);
    free(filling.line);
}
