/* SPDX-License-Identifier: MIT */
#include "tier_book.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "csvfile.h"
#include "message.h"
#include "parse.h"

/* What a fact is made of. */
enum { NUMBER, DAY, TIER };

static const struct {
    const char *name;
    int kind;
} facts[FACT_QUARTER] = {{NULL, NUMBER},        {NULL, NUMBER},
                         {"value_low", NUMBER}, {"value_high", NUMBER},
                         {"stable", NUMBER},    {"growth", NUMBER},
                         {"wallet", NUMBER},    {"pain", NUMBER},
                         {"tier_before", TIER}, {"since", DAY},
                         {"override", TIER},    {"override_until", DAY}};

/* The file on its way into the book. */
struct filling {
    struct tier_book *book;
    const struct tier_options *options;
    int64_t account, parent, label, fact[N_FACTS]; /* columns; -1: none */
    char name[N_FACTS][32];
    int64_t *line;
    int64_t line_room, fact_room[N_FACTS];
};

static void find_facts(struct filling *filling, const struct record *header) {
    const struct tier_options *options = filling->options;
    /* kam-score writes both: of the year, and of all years. */
    const char *const value =
        !options->value_is_wanted && csv_find(header, "revenue_12m") >= 0
            ? "revenue_12m"
            : options->value;
    for (int f = 0; f < N_FACTS; f++) {
        char *name = filling->name[f];
        const size_t room = sizeof filling->name[f];
        if (f >= FACT_QUARTER)
            snprintf(name, room, "q%d", f - FACT_QUARTER + 1);
        else
            snprintf(name, room, "%s",
                     f == FACT_VALUE    ? value
                     : f == FACT_PROFIT ? options->profit
                                        : facts[f].name);
        filling->fact[f] = csv_find(header, name);
    }
    filling->fact[FACT_VALUE] = csv_require(header, value, "--value");
    if (options->profit_is_wanted)
        filling->fact[FACT_PROFIT] =
            csv_require(header, options->profit, "--profit");
    if (filling->fact[FACT_TIER_BEFORE] < 0) {
        filling->fact[FACT_TIER_BEFORE] = csv_find(header, "tier");
        strcpy(filling->name[FACT_TIER_BEFORE], "tier");
    }
}

static void take_header(void *data, const struct record *header) {
    struct filling *filling = data;
    const struct tier_options *options = filling->options;
    filling->account = csv_require(header, options->account, "--account");
    filling->parent = options->parent
                          ? csv_require(header, options->parent, "--parent")
                          : csv_find(header, "parent");
    filling->label = options->against
                         ? csv_require(header, options->against, "--against")
                         : -1;
    find_facts(filling, header);
    filling->book->has_parent = filling->parent >= 0;
    filling->book->has_label = filling->label >= 0;
}

static _Noreturn void refuse(const struct record *record, const char *name,
                             const struct cell *cell, const char *wrong) {
    struct shown shown;
    fail_at(record->path, record->line, "%s \"%s\" %s (column \"%s\")", name,
            show(&shown, cell->text, cell->length), wrong, name);
}

static int is_text(const struct cell *cell, const char *text) {
    return cell->length == strlen(text) &&
           strncasecmp(cell->text, text, cell->length) == 0;
}

/* 1 (the best), 2, ... or a tier's name, in either language. */
static const char *read_tier(const struct cell *cell, int32_t n_bands,
                             double *value) {
    double number;
    *value = NAN;
    if (is_text(cell, kam_tier_name(-1, n_bands, KAM_EN))) return NULL;
    for (int32_t tier = 0; tier <= n_bands; tier++)
        if (is_text(cell, kam_tier_name(tier, n_bands, KAM_EN)) ||
            is_text(cell, kam_tier_name(tier, n_bands, KAM_ZH))) {
            *value = tier;
            return NULL;
        }
    if (parse_number(cell->text, cell->length, '.', &number) != NULL ||
        !(number >= 1 && number <= n_bands + 1 && number == floor(number)))
        return "is neither a tier's name nor its number (1 is the best)";
    *value = number - 1;
    return NULL;
}

static double read_fact(const struct filling *filling,
                        const struct record *record, int f) {
    const struct cell *cell = &record->cell[filling->fact[f]];
    const int kind = f < FACT_QUARTER ? facts[f].kind : NUMBER;
    const char *wrong;
    double value = NAN;
    int32_t day = 0;
    if (cell->length == 0) return NAN;
    if (kind == TIER) {
        wrong = read_tier(cell, filling->options->rules.tiers.n_bands, &value);
    } else if (kind == DAY) {
        wrong = parse_day(cell->text, cell->length, NULL, &day);
        value = day;
    } else {
        wrong = parse_number(cell->text, cell->length, filling->options->point,
                             &value);
    }
    if (!wrong && f == FACT_STABLE && value != 0 && value != 1)
        wrong = "is neither 1 (stable) nor 0";
    if (wrong) refuse(record, filling->name[f], cell, wrong);
    return value;
}

static void check_bounds(const struct filling *filling,
                         const struct record *record, const double *value) {
    if (filling->fact[FACT_LOW] >= 0 && filling->fact[FACT_HIGH] >= 0 &&
        value[FACT_LOW] > value[FACT_HIGH])
        fail_at(record->path, record->line,
                "value_low %g is above value_high %g", value[FACT_LOW],
                value[FACT_HIGH]);
}

static void take_record(void *data, const struct record *record) {
    struct filling *filling = data;
    struct tier_book *book = filling->book;
    const struct cell *account = &record->cell[filling->account];
    const int64_t n = book->n;
    double value[N_FACTS];
    book->n_read++;
    for (int f = 0; f < N_FACTS; f++)
        if (filling->fact[f] >= 0) value[f] = read_fact(filling, record, f);
    check_bounds(filling, record, value);
    if (account->length == 0) {
        book->n_unnamed++;
        return;
    }
    texts_add(&book->account, account->text, account->length);
    if (filling->parent >= 0)
        texts_add(&book->parent, record->cell[filling->parent].text,
                  record->cell[filling->parent].length);
    if (filling->label >= 0)
        texts_add(&book->label, record->cell[filling->label].text,
                  record->cell[filling->label].length);
    filling->line =
        grow(filling->line, &filling->line_room, n, sizeof *filling->line);
    filling->line[n] = record->line;
    for (int f = 0; f < N_FACTS; f++) {
        if (filling->fact[f] < 0) continue;
        book->fact[f] = grow(book->fact[f], &filling->fact_room[f], n,
                             sizeof *book->fact[f]);
        book->fact[f][n] = value[f];
    }
    book->n++;
}

static void check(kam_status status, const kam_diag *diag) {
    if (status != KAM_OK)
        fail(EXIT_INPUT, "%s: %s", diag->argument, diag->message);
}

/* The texts of some rows alone. */
static void keep_texts(struct texts *texts, const int64_t *row, int64_t n) {
    struct texts kept = {0};
    if (texts->n == 0) return;
    for (int64_t i = 0; i < n; i++)
        texts_add(&kept, texts->bytes + texts->offset[row[i]],
                  (size_t)(texts->offset[row[i] + 1] - texts->offset[row[i]]));
    texts_free(texts);
    *texts = kept;
}

/* Values and profits of one account are added up, quarters too; its other facts
 * are those of its first line. */
static void add_up(struct tier_book *book, int64_t *segment, int64_t *first,
                   int64_t n) {
    kam_column segments = {.values = segment, .type = KAM_I64};
    kam_segment *sum = resize(NULL, n, sizeof *sum);
    kam_diag diag = {.struct_size = sizeof diag};
    for (int f = 0; f < N_FACTS; f++) {
        double *fact = book->fact[f];
        const kam_column amounts = tier_book_column(book, f);
        if (!fact) continue;
        if (f == FACT_VALUE || f == FACT_PROFIT || f >= FACT_QUARTER) {
            check(kam_segment_add_up(&segments, n, &amounts, book->n, NULL, sum,
                                     &diag),
                  &diag);
            for (int64_t s = 0; s < n; s++)
                fact[s] = sum[s].n_known > 0 ? sum[s].total : NAN;
        } else { /* first[s] >= s, so nothing is read after it is written */
            for (int64_t s = 0; s < n; s++) fact[s] = fact[first[s]];
        }
    }
    free(sum);
    keep_texts(&book->account, first, n);
    keep_texts(&book->parent, first, n);
    keep_texts(&book->label, first, n);
    book->n_added = book->n - n;
    book->n = n;
}

/* Every account once. */
static void make_unique(struct filling *filling) {
    struct tier_book *book = filling->book;
    const kam_column accounts = texts_column(&book->account);
    int64_t *segment = resize(NULL, book->n + 1, sizeof *segment);
    int64_t *first = resize(NULL, book->n + 1, sizeof *first), n = 0;
    kam_diag diag = {.struct_size = sizeof diag};
    check(kam_segment_number(&accounts, book->n, NULL, segment, first, &n,
                             &diag),
          &diag);
    for (int64_t i = 0; i < book->n && !filling->options->add_up; i++) {
        struct shown shown;
        const int64_t *offset = book->account.offset;
        if (first[segment[i]] != i)
            fail_at(csv_name(filling->options->file), filling->line[i],
                    "account \"%s\" stands already in line %lld; --add-up "
                    "adds such lines up",
                    show(&shown, book->account.bytes + offset[i],
                         (size_t)(offset[i + 1] - offset[i])),
                    (long long)filling->line[first[segment[i]]]);
    }
    if (n < book->n) add_up(book, segment, first, n);
    free(segment);
    free(first);
}

/* A column without one known value is no column; who named it is told. */
static void drop_unknown(struct filling *filling) {
    struct tier_book *book = filling->book;
    const struct tier_options *options = filling->options;
    for (int f = FACT_VALUE; f <= FACT_PROFIT; f++) {
        int64_t n_known = 0;
        for (int64_t i = 0; book->fact[f] && i < book->n; i++)
            n_known += !isnan(book->fact[f][i]);
        if (!book->fact[f] || n_known > 0) continue;
        if (f == FACT_VALUE || options->profit_is_wanted)
            fail(EXIT_INPUT,
                 "%s: no value of column \"%s\" is known; %s names "
                 "another",
                 csv_name(options->file), filling->name[f],
                 f == FACT_VALUE ? "--value" : "--profit");
        free(book->fact[f]);
        book->fact[f] = NULL;
    }
}

void tier_book_read(struct tier_book *book,
                    const struct tier_options *options) {
    struct filling filling = {.book = book, .options = options};
    const struct csv_handler handler = {take_header, take_record, &filling};
    memset(book, 0, sizeof *book);
    const struct csv_count count =
        csv_read(options->file, options->delimiter, !options->quiet, &handler);
    if (count.n_records == 0)
        fail(EXIT_INPUT, "%s has a header but no lines",
             csv_name(options->file));
    if (book->n == 0)
        fail(EXIT_INPUT, "%s: no line names an account",
             csv_name(options->file));
    make_unique(&filling);
    drop_unknown(&filling);
    free(filling.line);
}

void tier_book_free(struct tier_book *book) {
    texts_free(&book->account);
    texts_free(&book->parent);
    texts_free(&book->label);
    for (int f = 0; f < N_FACTS; f++) free(book->fact[f]);
    memset(book, 0, sizeof *book);
}

kam_column tier_book_column(const struct tier_book *book, int fact) {
    const kam_column column = {.values = book->fact[fact], .type = KAM_F64};
    return column;
}

int32_t tier_book_quarters(const struct tier_book *book) {
    int32_t n = 0;
    while (n < MOST_QUARTERS && book->fact[FACT_QUARTER + n]) n++;
    return n;
}
