/* SPDX-License-Identifier: MIT */
/* Records in, key figures out: for the book, or for each account, segment or
 * manager that a column names. docs/kam-kpi.md tells how to use it. */
#include <errno.h>
#include <math.h>
#include <popt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <kam/kam.h>

#include "common/csvfile.h"
#include "common/message.h"
#include "common/parse.h"
#include "common/texts.h"

enum { MOST_ROLES = 8, MOST_FIGURES = 64, MOST_NAMED = 32 };

enum kind { NUMBER, DAY, FLAG };

struct role {
    char name[16];
    enum kind kind;
};

/* A kind of records: what its columns are called. */
struct records {
    char name[16];
    int32_t code;
    int n_roles;
    struct role role[MOST_ROLES];
};

static const struct records RECORDS[] = {
    {"lines",
     KAM_KPI_LINES,
     7,
     {{"day", DAY},
      {"revenue", NUMBER},
      {"cost", NUMBER},
      {"quantity", NUMBER},
      {"promised_day", DAY},
      {"delivered_day", DAY},
      {"complete", FLAG}}},
    {"invoices",
     KAM_KPI_INVOICES,
     4,
     {{"invoice_day", DAY},
      {"due_day", DAY},
      {"paid_day", DAY},
      {"amount", NUMBER}}},
    {"actuals",
     KAM_KPI_ACTUALS,
     5,
     {{"day", DAY},
      {"actual", NUMBER},
      {"forecast", NUMBER},
      {"naive", NUMBER},
      {"plan", NUMBER}}},
    {"surveys",
     KAM_KPI_SURVEYS,
     3,
     {{"day", DAY}, {"score", NUMBER}, {"scale", NUMBER}}},
    {"accounts",
     KAM_KPI_ACCOUNTS,
     5,
     {{"before", NUMBER},
      {"now", NUMBER},
      {"first_day", DAY},
      {"has_left", FLAG},
      {"wallet", NUMBER}}},
    {"opportunities",
     KAM_KPI_OPPORTUNITIES,
     4,
     {{"opened_day", DAY},
      {"closed_day", DAY},
      {"won", FLAG},
      {"value", NUMBER}}},
    {"tickets",
     KAM_KPI_TICKETS,
     4,
     {{"day", DAY}, {"hours", NUMBER}, {"limit", NUMBER}, {"is_open", FLAG}}}};
enum { N_RECORDS = sizeof RECORDS / sizeof *RECORDS };

static struct {
    char *group, *figures, *from, *to, *base_from, *base_to, *confidence;
    char *date_format, *delimiter, *yes, *no, *lang;
    char **columns;
    int decimal_comma, quiet, help, version;
} given;

/* What was read. */
struct table {
    const struct records *records;
    const char *column[MOST_ROLES]; /* names, as told or the role's own */
    int is_told[MOST_ROLES];
    int64_t place[MOST_ROLES], group_place;
    int64_t n, room[MOST_ROLES];
    double *value[MOST_ROLES]; /* NaN: missing; days as numbers */
    struct texts group;
};

#define TEXT(name, letter, place, help, what)                                  \
    { name, letter, POPT_ARG_STRING, (void *)&given.place, 0, help, what }
#define MARK(name, letter, place, help)                                        \
    { name, letter, POPT_ARG_NONE, &given.place, 0, help, NULL }

static struct poptOption table_of_options[] = {
    TEXT("group", 'g', group,
         "column that names the account, segment or manager (default: all "
         "rows are one book)",
         "COLUMN"),
    {"column", 'c', POPT_ARG_ARGV, (void *)&given.columns, 0,
     "what a column is called here; may be given again (default: as its role)",
     "ROLE=COLUMN"},
    TEXT("figures", 'f', figures,
         "figures to compute, such as dso,late (default: all that the days "
         "below allow)",
         "NAMES"),
    TEXT("from", 0, from, "first day of the period (default: open)",
         "YYYY-MM-DD"),
    TEXT("to", 0, to, "its last day, and \"today\" (default: open)",
         "YYYY-MM-DD"),
    TEXT("base-from", 0, base_from, "first day of the base, for growth",
         "YYYY-MM-DD"),
    TEXT("base-to", 0, base_to, "its last day", "YYYY-MM-DD"),
    TEXT("confidence", 0, confidence,
         "probability of the intervals (default: 0.95)", "P"),
    TEXT("yes", 0, yes, "what stands for 1 besides 1, yes, true, y: Won",
         "TEXT"),
    TEXT("no", 0, no,
         "what stands for 0 besides 0, no, false, n: Lost; then "
         "anything else is missing",
         "TEXT"),
    TEXT("date-format", 0, date_format,
         "form of the days, as in strptime(3) (default: YYYY-MM-DD)", "FORM"),
    TEXT("delimiter", 0, delimiter,
         "what stands between fields: a character, or tab (default: found "
         "from the header)",
         "CHAR"),
    MARK("decimal-comma", 0, decimal_comma, "numbers are written 1234,50"),
    TEXT("lang", 0, lang, "language of the texts: en or zh (default: en)",
         "LANG"),
    MARK("quiet", 'q', quiet, "no summary on standard error"),
    MARK("help", 'h', help, "print this, and stop"),
    MARK("version", 'V', version, "print the version, and stop"),
    POPT_TABLEEND};

static void print_help(poptContext context) {
    poptSetOtherOptionHelp(context, "[OPTION...] RECORDS FILE.csv > KPI.csv");
    fputs(
        "Computes key figures from records (CSV, one header line; - is "
        "standard input).\n\n",
        stdout);
    fflush(stdout);
    poptPrintHelp(context, stdout, 0);
    fputs("\nRecords, their columns, and the figures made from them:\n",
          stdout);
    for (int r = 0; r < N_RECORDS; r++) {
        printf("  %-14s", RECORDS[r].name);
        for (int i = 0; i < RECORDS[r].n_roles; i++)
            printf("%s%s", i ? "," : "", RECORDS[r].role[i].name);
        printf("\n  %-14s-> ", "");
        int n = 0;
        for (int32_t i = 0, id; (id = kam_kpi_at(i)) != -1; i++)
            if (kam_kpi_records(id) == RECORDS[r].code)
                printf("%s%s", n++ ? "," : "", kam_kpi_name(id));
        printf("\n");
    }
    fputs(
        "\nColumns written: group,figure,text,value,numerator,denominator,"
        "low,high,n,\nn_left_out,state. An empty field means: not known; "
        "state says why.\n\nExit status: 0 done; 1 out of memory, or the "
        "output cannot be written; 2 the\ninput or the command line is "
        "wrong (then nothing was written).\n",
        stdout);
}

static int32_t day_option(const char *name, const char *text) {
    int32_t day = KAM_NO_DAY;
    const char *wrong = text ? parse_day(text, strlen(text), NULL, &day) : NULL;
    if (wrong)
        fail(EXIT_INPUT, "--%s \"%s\" is no date; write YYYY-MM-DD", name,
             text);
    return day;
}

static const struct records *records_called(const char *name) {
    for (int r = 0; r < N_RECORDS; r++)
        if (strcmp(name, RECORDS[r].name) == 0) return &RECORDS[r];
    fail(EXIT_INPUT,
         "there are no records called \"%s\"; kam-kpi --help lists them", name);
}

static int role_called(const struct records *records, const char *name,
                       size_t length) {
    for (int i = 0; i < records->n_roles; i++)
        if (strlen(records->role[i].name) == length &&
            strncmp(name, records->role[i].name, length) == 0)
            return i;
    fail(EXIT_INPUT, "%s have no column \"%.*s\"; kam-kpi --help lists them",
         records->name, (int)length, name);
}

static void name_columns(struct table *table) {
    for (int i = 0; i < table->records->n_roles; i++)
        table->column[i] = table->records->role[i].name;
    for (char **word = given.columns; word && *word; word++) {
        const char *const equals = strchr(*word, '=');
        if (!equals || equals[1] == '\0')
            fail(EXIT_INPUT, "--column \"%s\" must be ROLE=COLUMN", *word);
        const int role =
            role_called(table->records, *word, (size_t)(equals - *word));
        table->column[role] = equals + 1;
        table->is_told[role] = 1;
    }
}

static void take_header(void *data, const struct record *header) {
    struct table *const table = data;
    int n_found = 0;
    for (int i = 0; i < table->records->n_roles; i++) {
        table->place[i] = table->is_told[i]
                              ? csv_require(header, table->column[i], NULL)
                              : csv_find(header, table->column[i]);
        n_found += table->place[i] >= 0;
    }
    if (n_found == 0)
        fail_at(header->path, header->line,
                "there is none of the columns of %s; kam-kpi --help lists "
                "them, --column renames",
                table->records->name);
    table->group_place =
        given.group ? csv_require(header, given.group, "--group") : -1;
}

static int is_word(const struct cell *cell, const char *word) {
    return word && strlen(word) == cell->length &&
           strncasecmp(word, cell->text, cell->length) == 0;
}

/* 1, 0, NaN when it is neither but may be. */
static const char *parse_flag(const struct cell *cell, double *value) {
    const int said = parse_truth(cell->text, cell->length);
    *value = said < 0 ? (double)NAN : said;
    if (is_word(cell, given.yes)) *value = 1;
    if (is_word(cell, given.no)) *value = 0;
    return isnan(*value) && !given.no ? "is neither yes nor no" : NULL;
}

static double read_cell(const struct table *table, const struct record *record,
                        int role) {
    const struct cell *const cell = &record->cell[table->place[role]];
    const char *wrong;
    struct shown shown;
    double value = NAN;
    int32_t day = KAM_NO_DAY;
    if (cell->length == 0) return NAN;
    switch (table->records->role[role].kind) {
    case DAY:
        wrong = parse_day(cell->text, cell->length, given.date_format, &day);
        value = day;
        break;
    case FLAG: wrong = parse_flag(cell, &value); break;
    default:
        wrong = parse_number(cell->text, cell->length,
                             given.decimal_comma ? ',' : '.', &value);
    }
    if (wrong)
        fail_at(record->path, record->line, "%s \"%s\" %s (column \"%s\")",
                table->records->role[role].name,
                show(&shown, cell->text, cell->length), wrong,
                table->column[role]);
    return value;
}

static void take_record(void *data, const struct record *record) {
    struct table *const table = data;
    for (int i = 0; i < table->records->n_roles; i++) {
        if (table->place[i] < 0) continue;
        table->value[i] = grow(table->value[i], &table->room[i], table->n,
                               sizeof *table->value[i]);
        table->value[i][table->n] = read_cell(table, record, i);
    }
    if (table->group_place >= 0)
        texts_add(&table->group, record->cell[table->group_place].text,
                  record->cell[table->group_place].length);
    table->n++;
}

/* Groups in ascending order of their names; an empty name is none (-1). */
struct groups {
    int32_t *code; /* shape (n) */
    int64_t n_groups;
    int64_t *row; /* shape (n_groups): a row that has the name */
};

struct name {
    const char *text;
    size_t length;
    int64_t row;
};

static int compare_names(const void *a, const void *b) {
    const struct name *const x = a, *const y = b;
    const size_t n = x->length < y->length ? x->length : y->length;
    const int order = memcmp(x->text, y->text, n);
    return order ? order : (x->length > y->length) - (x->length < y->length);
}

static void find_groups(const struct table *table, struct groups *groups) {
    struct name *const name = resize(NULL, table->n, sizeof *name);
    memset(groups, 0, sizeof *groups);
    groups->n_groups = 1;
    if (table->group_place < 0) {
        free(name);
        return;
    }
    groups->code = resize(NULL, table->n, sizeof *groups->code);
    groups->row = resize(NULL, table->n, sizeof *groups->row);
    groups->n_groups = 0;
    for (int64_t i = 0; i < table->n; i++) {
        name[i].text = table->group.bytes + table->group.offset[i];
        name[i].length =
            (size_t)(table->group.offset[i + 1] - table->group.offset[i]);
        name[i].row = i;
    }
    qsort(name, (size_t)table->n, sizeof *name, compare_names);
    for (int64_t i = 0; i < table->n; i++) {
        groups->code[name[i].row] = -1;
        if (name[i].length == 0) continue;
        if (i == 0 || compare_names(&name[i], &name[i - 1]) != 0)
            groups->row[groups->n_groups++] = name[i].row;
        groups->code[name[i].row] = (int32_t)groups->n_groups - 1;
    }
    if (groups->n_groups == 0)
        fail(EXIT_INPUT, "no row has a group (column \"%s\")", given.group);
    free(name);
}

static kam_column column_of(const void *values, int32_t type) {
    kam_column column = {NULL, NULL, NULL, 0, 0, 0, 0};
    column.values = values;
    column.type = type;
    return column;
}

/* Days as libkam takes them, in place of the numbers they were read as. */
static kam_column role_column(const struct table *table, int role) {
    double *const value = table->value[role];
    if (!value) return column_of(NULL, KAM_F64);
    if (table->records->role[role].kind != DAY)
        return column_of(value, KAM_F64);
    int32_t *const day = resize(NULL, table->n, sizeof *day);
    for (int64_t i = 0; i < table->n; i++)
        day[i] = isnan(value[i]) ? KAM_NO_DAY : (int32_t)value[i];
    return column_of(day, KAM_DAY);
}

/* All structs of records begin alike, and their columns follow in the order of
 * the roles: so one that is large enough stands for all. */
struct input {
    uint32_t struct_size, reserved;
    int64_t n_rows;
    kam_column group;
    kam_column column[MOST_ROLES];
};

static void free_input(struct table *table, struct groups *groups,
                       const struct input *input) {
    for (int i = 0; i < table->records->n_roles; i++) {
        if (input->column[i].values != table->value[i])
            free((int32_t *)(uintptr_t)input->column[i].values); /* days */
        free(table->value[i]);
    }
    texts_free(&table->group);
    free(groups->code);
    free(groups->row);
}

static kam_status compute(int32_t code, const struct input *input,
                          const kam_kpi_options *options, kam_kpi *out,
                          kam_kpi_report *report, kam_diag *diag) {
    const void *const in = input;
    switch (code) {
    case KAM_KPI_LINES:
        return kam_kpi_of_lines(in, options, NULL, out, report, diag);
    case KAM_KPI_INVOICES:
        return kam_kpi_of_invoices(in, options, NULL, out, report, diag);
    case KAM_KPI_ACTUALS:
        return kam_kpi_of_actuals(in, options, NULL, out, report, diag);
    case KAM_KPI_SURVEYS:
        return kam_kpi_of_surveys(in, options, NULL, out, report, diag);
    case KAM_KPI_ACCOUNTS:
        return kam_kpi_of_accounts(in, options, NULL, out, report, diag);
    case KAM_KPI_OPPORTUNITIES:
        return kam_kpi_of_opportunities(in, options, NULL, out, report, diag);
    default: return kam_kpi_of_tickets(in, options, NULL, out, report, diag);
    }
}

static void fail_of(kam_status status, const kam_diag *diag) {
    const int of_days = status == KAM_ERR_OPTION &&
                        strncmp(diag->argument, "options.", 8) == 0 &&
                        strstr(diag->argument, "_day") && diag->value > 100;
    if (of_days && kam_kpi_records((int32_t)diag->value))
        fail(EXIT_INPUT, "the figure %s needs %s",
             kam_kpi_name((int32_t)diag->value),
             strstr(diag->argument, "base")    ? "--base-from and --base-to"
             : strstr(diag->argument, "first") ? "--from and --to"
                                               : "--to");
    fail(status == KAM_ERR_MEMORY ? EXIT_TROUBLE : EXIT_INPUT, "%s %s",
         diag->argument, diag->message);
}

/* The figures asked for, or all that are possible with these days: those that no
 * rows at all can have are refused with KAM_ERR_OPTION. */
static int32_t find_figures(const struct table *table, struct input *input,
                            kam_kpi_options *options, int32_t *ids) {
    const int32_t code = table->records->code;
    int32_t n = 0;
    if (given.figures) {
        char *const words = given.figures;
        for (char *word = strtok(words, ", "); word;
             word = strtok(NULL, ", ")) {
            int32_t i = 0, id;
            while ((id = kam_kpi_at(i)) != -1 &&
                   strcmp(word, kam_kpi_name(id)) != 0)
                i++;
            if (id == -1 || kam_kpi_records(id) != code)
                fail(EXIT_INPUT, "%s make no figure called \"%s\"",
                     table->records->name, word);
            if (n == MOST_FIGURES)
                fail(EXIT_INPUT, "--figures are more than %d", MOST_FIGURES);
            ids[n++] = id;
        }
        if (n == 0) fail(EXIT_INPUT, "--figures names none");
        return n;
    }
    const int64_t n_rows = input->n_rows;
    input->n_rows = 0;
    for (int32_t i = 0, id; (id = kam_kpi_at(i)) != -1; i++) {
        kam_kpi one;
        kam_diag diag = {sizeof diag, 0, 0, 0, "", ""};
        if (kam_kpi_records(id) != code) continue;
        kam_kpi_options single = *options;
        single.ids = &id;
        single.n_ids = 1;
        if (compute(code, input, &single, &one, NULL, &diag) == KAM_OK)
            ids[n++] = id;
    }
    input->n_rows = n_rows;
    return n;
}

static void put_number(FILE *out, double value) {
    fputc(',', out);
    if (!isnan(value)) fprintf(out, "%.10g", value);
}

static void print_figures(FILE *out, const struct table *table,
                          const struct groups *groups,
                          const kam_kpi_options *options, const kam_kpi *kpi) {
    const int32_t language =
        given.lang && strcmp(given.lang, "zh") == 0 ? KAM_ZH : KAM_EN;
    fputs(
        "group,figure,text,value,numerator,denominator,low,high,n,"
        "n_left_out,state\n",
        out);
    for (int64_t i = 0; i < groups->n_groups * options->n_ids; i++) {
        const int64_t group = i / options->n_ids;
        if (groups->row) {
            const int64_t row = groups->row[group];
            const int64_t from = table->group.offset[row];
            csv_put(out, table->group.bytes + from,
                    (size_t)(table->group.offset[row + 1] - from));
        }
        fprintf(out, ",%s,", kam_kpi_name(kpi[i].id));
        const char *const text = kam_kpi_text(kpi[i].id, language);
        csv_put(out, text, strlen(text));
        put_number(out, kpi[i].value);
        put_number(out, kpi[i].numerator);
        put_number(out, kpi[i].denominator);
        put_number(out, kpi[i].low);
        put_number(out, kpi[i].high);
        fprintf(out, ",%lld,%lld,%s\n", (long long)kpi[i].n,
                (long long)kpi[i].n_left_out, kam_kpi_state_name(kpi[i].state));
    }
}

static void print_summary(const struct table *table,
                          const struct groups *groups,
                          const kam_kpi_report *report,
                          const struct csv_count *count) {
    static const char names[4][40] = {"intervals of 95 %",
                                      "ages of 30, 60 and 90 days",
                                      "answers on 0..10", "no days of grace"};
    fprintf(stderr, "%lld %s, %lld group%s", (long long)table->n,
            table->records->name, (long long)groups->n_groups,
            groups->n_groups == 1 ? "" : "s");
    if (report->n_without_group)
        fprintf(stderr, "; %lld without a group",
                (long long)report->n_without_group);
    if (count->n_short)
        fprintf(stderr, "; %lld with fewer fields than the header",
                (long long)count->n_short);
    int n = 0;
    for (int i = 0; i < 4; i++)
        if (report->defaults >> i & 1)
            fprintf(stderr, "%s %s", n++ ? "," : "\ndefaults used:", names[i]);
    fputc('\n', stderr);
}

static void write_figures(const struct table *table,
                          const struct groups *groups,
                          const kam_kpi_options *options, const kam_kpi *kpi) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) fail(EXIT_TROUBLE, "there is not enough memory");
    print_figures(out, table, groups, options, kpi);
    if (ferror(out) || fclose(out) != 0)
        fail(EXIT_TROUBLE, "there is not enough memory");
    if (fwrite(text, 1, size, stdout) != size || fflush(stdout) != 0)
        fail(EXIT_TROUBLE, "the output cannot be written: %s", strerror(errno));
    free(text);
}

static char delimiter_option(const char *text) {
    if (!text) return 0;
    if (strcmp(text, "tab") == 0) return '\t';
    if (strlen(text) != 1 || strchr("\"\r\n .-+", *text))
        fail(EXIT_INPUT, "--delimiter \"%s\" must be one character, or tab",
             text);
    return *text;
}

static void check_order(const char *from, const char *to, int32_t first,
                        int32_t last) {
    if (first != KAM_NO_DAY && last != KAM_NO_DAY && first > last)
        fail(EXIT_INPUT, "--%s lies after --%s", from, to);
}

static void read_options(kam_kpi_options *options) {
    if (kam_kpi_options_init(options, sizeof *options) != KAM_OK) abort();
    options->first_day = day_option("from", given.from);
    options->last_day = day_option("to", given.to);
    options->base_first_day = day_option("base-from", given.base_from);
    options->base_last_day = day_option("base-to", given.base_to);
    check_order("from", "to", options->first_day, options->last_day);
    check_order("base-from", "base-to", options->base_first_day,
                options->base_last_day);
    if (given.confidence &&
        (parse_number(given.confidence, strlen(given.confidence), '.',
                      &options->confidence) ||
         !(options->confidence > 0 && options->confidence < 1)))
        fail(EXIT_INPUT, "--confidence \"%s\" must be between 0 and 1",
             given.confidence);
    if (given.lang && strcmp(given.lang, "en") != 0 &&
        strcmp(given.lang, "zh") != 0)
        fail(EXIT_INPUT, "--lang \"%s\" must be en or zh", given.lang);
}

static void run(const char *kind, const char *path) {
    struct table table;
    struct groups groups;
    struct input input;
    kam_kpi_options options;
    int32_t ids[MOST_FIGURES];
    kam_kpi_report report;
    kam_diag diag = {sizeof diag, 0, 0, 0, "", ""};
    const struct csv_handler handler = {take_header, take_record, &table};
    memset(&table, 0, sizeof table);
    memset(&input, 0, sizeof input);
    memset(&report, 0, sizeof report);
    report.struct_size = sizeof report;
    table.records = records_called(kind);
    name_columns(&table);
    read_options(&options);
    const struct csv_count count =
        csv_read(path, delimiter_option(given.delimiter), !given.quiet,
                 &handler);
    if (count.n_records == 0)
        fail(EXIT_INPUT, "%s has a header but no lines", csv_name(path));
    find_groups(&table, &groups);
    input.struct_size =
        (uint32_t)(offsetof(struct input, column) +
                   (size_t)table.records->n_roles * sizeof(kam_column));
    input.n_rows = table.n;
    input.group = column_of(groups.code, KAM_I32);
    for (int i = 0; i < table.records->n_roles; i++)
        input.column[i] = role_column(&table, i);
    const int32_t n = find_figures(&table, &input, &options, ids);
    options.ids = ids;
    options.n_ids = n;
    options.n_groups = groups.n_groups;
    kam_kpi *const kpi = resize(NULL, groups.n_groups * n, sizeof *kpi);
    const kam_status status =
        compute(table.records->code, &input, &options, kpi, &report, &diag);
    if (status != KAM_OK) {
        free(kpi);
        fail_of(status, &diag);
    }
    write_figures(&table, &groups, &options, kpi);
    if (!given.quiet) print_summary(&table, &groups, &report, &count);
    free(kpi);
    free_input(&table, &groups, &input);
}

int main(int argc, const char **argv) {
    message_program("kam-kpi");
    static poptContext context; /* also when something ends the program */
    context = poptGetContext("kam-kpi", argc, argv, table_of_options, 0);
    const int result = poptGetNextOpt(context);
    if (result < -1)
        fail(EXIT_INPUT, "%s: %s; kam-kpi --help lists the options",
             poptBadOption(context, POPT_BADOPTION_NOALIAS),
             poptStrerror(result));
    if (given.help) print_help(context), exit(0);
    if (given.version) printf("kam-kpi %s\n", kam_version_text()), exit(0);
    const char **const words = poptGetArgs(context);
    if (!words || !words[0] || !words[1] || words[2])
        fail(EXIT_INPUT,
             "give the kind of records and one file; kam-kpi "
             "--help says how");
    run(words[0], words[1]);
    poptFreeContext(context);
    return 0;
}
