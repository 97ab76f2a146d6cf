/* SPDX-License-Identifier: MIT */
#include "accounts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cells.h"
#include "message.h"
#include "parse.h"

/* The file on its way into the book. */
struct filling {
    struct account_facts *facts;
    struct book *book;
    const struct options *options;
    int64_t account, cost, start, tier; /* columns; -1: none */
    int64_t fact[N_FACTS];
    int64_t *line; /* where each account stood; 0: not yet */
};

static const char *const FACTS[N_FACTS] = {"stable",
                                           "growth",
                                           "wallet",
                                           "pain",
                                           "start_day",
                                           "last_visit",
                                           "last_review",
                                           "last_onboarding",
                                           "last_value_report",
                                           "last_executive_meeting",
                                           "last_data_review",
                                           "last_survey",
                                           "last_revisit",
                                           "last_resource_review",
                                           "last_rival_watch"};

/* Columns of facts that --playbook asks for; whether there is one. */
static int find_facts(struct filling *filling, const struct record *header) {
    int found = 0;
    for (int k = 0; k < N_FACTS; k++) {
        filling->fact[k] =
            filling->options->playbook ? csv_find(header, FACTS[k]) : -1;
        if (filling->fact[k] < 0) continue;
        found = 1;
        filling->facts->fact[k] =
            resize(NULL, filling->book->n, sizeof(double));
        for (int64_t i = 0; i < filling->book->n; i++)
            filling->facts->fact[k][i] = NAN;
    }
    return found;
}

static void take_header(void *data, const struct record *header) {
    struct filling *filling = data;
    struct account_facts *facts = filling->facts;
    filling->account = cell_account(filling->options, header);
    filling->cost = csv_find(header, "cost_to_serve");
    filling->start = csv_find(header, "start_day");
    filling->tier = csv_find(header, "tier_before");
    if (filling->tier < 0) filling->tier = csv_find(header, "tier");
    facts->has_cost = filling->cost >= 0;
    facts->has_start = filling->start >= 0;
    facts->has_tier = filling->tier >= 0;
    if (!find_facts(filling, header) && !facts->has_cost && !facts->has_start &&
        !facts->has_tier)
        fail_at(header->path, header->line,
                "none of the columns cost_to_serve, start_day, tier_before and "
                "tier is here");
}

/* 1 (the best), 2, ... or a tier's name, in either language. */
static double read_tier(const struct record *record, const struct cell *cell,
                        int32_t n_bands) {
    double number;
    if (cell->length == 0 || cell_is(cell, kam_tier_name(-1, n_bands, KAM_EN)))
        return NAN;
    for (int32_t tier = 0; tier <= n_bands; tier++)
        if (cell_is(cell, kam_tier_name(tier, n_bands, KAM_EN)) ||
            cell_is(cell, kam_tier_name(tier, n_bands, KAM_ZH)))
            return tier;
    if (parse_number(cell->text, cell->length, '.', &number) == NULL &&
        number >= 1 && number <= n_bands + 1 && number == floor(number))
        return number - 1;
    cell_refuse(record, "tier", cell,
                "is neither a tier's name nor its number (1 is the best)");
}

static void read_facts(const struct filling *filling,
                       const struct record *record, double fact[N_FACTS]) {
    for (int k = 0; k < N_FACTS; k++)
        if (k < FACT_CONTRACT)
            fact[k] = cell_number(filling->options, record, filling->fact[k],
                                  FACTS[k]);
        else {
            const int32_t day =
                cell_day(filling->options, record, filling->fact[k], FACTS[k]);
            fact[k] = day == KAM_NO_DAY ? (double)NAN : day;
        }
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
    const double cost =
        cell_number(filling->options, record, filling->cost, "cost_to_serve");
    const int32_t start =
        cell_day(filling->options, record, filling->start, "start_day");
    double tier = NAN, fact[N_FACTS];
    facts->n_records++;
    if (filling->tier >= 0)
        tier = read_tier(record, &record->cell[filling->tier],
                         filling->options->rules.tiers.n_bands);
    read_facts(filling, record, fact);
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
    for (int k = 0; k < N_FACTS; k++)
        if (facts->fact[k]) facts->fact[k][row] = fact[k];
    if (start != KAM_NO_DAY && book->summary.first_day[row] != KAM_NO_DAY)
        facts->n_early += book->summary.first_day[row] < start;
}

void accounts_read(struct account_facts *facts, struct book *book,
                   const struct options *options) {
    struct filling filling = {facts, book, options, -1, -1, -1, -1, {0}, NULL};
    const struct csv_handler handler = {take_header, take_record, &filling};
    memset(facts, 0, sizeof *facts);
    if (!options->accounts_file) return;
    filling.line = resize(NULL, book->n, sizeof *filling.line);
    memset(filling.line, 0, (size_t)book->n * sizeof *filling.line);
    csv_read(options->accounts_file, 0, !options->quiet, &handler);
    free(filling.line);
}

void accounts_free(struct account_facts *facts) {
    for (int k = 0; k < N_FACTS; k++) free(facts->fact[k]);
}
