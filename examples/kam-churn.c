/* SPDX-License-Identifier: MIT */
/* A panel of accounts and periods in; risks with reasons, or a backtest, out.
 * docs/kam-churn.md tells how to use it. */
#include <math.h>
#include <popt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kam/kam.h>

#include "common/csvfile.h"
#include "common/message.h"
#include "common/parse.h"
#include "common/words.h"

enum { MOST = KAM_PANEL_MOST_COLUMNS, TOP = 3, MOST_KINDS = 50 };

static struct {
    const char *account, *period, *left, *signals, *link, *base, *lang;
    const char *backtest, *ridge, *categories;
    int no_prior, quiet, help, version;
} given;

static int32_t language = KAM_EN;

#define TEXT(name, place, help, what)                                          \
    { name, 0, POPT_ARG_STRING, (void *)&given.place, 0, help, what }
#define MARK(name, letter, place, help)                                        \
    { name, letter, POPT_ARG_NONE, &given.place, 0, help, NULL }

static const struct poptOption table[] = {
    TEXT("account", account, "column of the account (default: account)",
         "COLUMN"),
    TEXT("period", period,
         "column of the period, numbers or texts that sort, such as 2024-05 "
         "(default: period)",
         "COLUMN"),
    TEXT("left", left,
         "column that is 1 where the account left in that period, 0 where it "
         "stayed, empty where it is to be scored (default: left)",
         "COLUMN"),
    TEXT("signals", signals,
         "columns to use, with commas (default: all others)", "COLUMNS"),
    TEXT("categories", categories,
         "signals whose values are kinds, not amounts: each but the most "
         "frequent becomes a signal of its own",
         "COLUMNS"),
    TEXT("link", link, "logistic or cloglog (default: logistic)", "LINK"),
    TEXT("base-risk", base,
         "risk a period of an account without any signal, before the data "
         "speak (default: 0.02)",
         "P"),
    MARK("no-prior", 0, no_prior,
         "data alone: no expert scorecard to begin with"),
    TEXT("ridge", ridge, "shrink all weights by this much (default: 0)",
         "PRECISION"),
    TEXT("backtest", backtest,
         "fit before that period, forecast from it on, and print how good "
         "that was",
         "PERIOD"),
    TEXT("lang", lang,
         "language of reasons and summary: en or zh (default: en)", "LANGUAGE"),
    MARK("quiet", 'q', quiet, "no summary on standard error"),
    MARK("help", 'h', help, "print this, and stop"),
    MARK("version", 'V', version, "print the version, and stop"),
    POPT_TABLEEND};

/* The file as columns. */
struct book {
    int64_t n, room;
    int32_t p;
    char *name[MOST];
    int32_t reason[MOST];
    int64_t column[MOST], account_column, period_column, left_column;
    char **account, **period;
    double *signal[MOST], *left;
    char **kind[MOST]; /* as read, of a category; else NULL */
    int is_category[MOST];
    char *level[MOST]; /* the kind that a signal is 1 for; else NULL */
    double *number;    /* of the period; NULL: they are texts */
    int64_t *cluster, *line, *order; /* by account and period */
};

static char *copy_of(const char *text, size_t length) {
    char *const copy = resize(NULL, (int64_t)length + 1, 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

/* ---- reading ---- */

/* The kind of signal that a column's name says, so that the scorecard knows
 * it. */
static int32_t reason_of(const char *name, int32_t i) {
    for (int32_t id = KAM_REASON_USAGE; id <= KAM_REASON_DELIVERY; id++)
        if (strcmp(name, kam_reason_name(id)) == 0) return id;
    return KAM_REASON_COLUMN + i;
}

static void add_signal(struct book *book, const char *name, int64_t column) {
    if (book->p == MOST)
        fail(EXIT_INPUT, "there are more than %d signals; --signals picks some",
             (int)MOST);
    book->reason[book->p] = reason_of(name, book->p);
    book->name[book->p] = copy_of(name, strlen(name));
    book->column[book->p++] = column;
}

/* Calls `use` with each of the names in a list with commas. */
static void for_names(struct book *book, const struct record *header,
                      const char *list,
                      void (*use)(struct book *book,
                                  const struct record *header,
                                  const char *name)) {
    for (const char *at = list; *at;) {
        const size_t length = strcspn(at, ",");
        char *const name = copy_of(at, length);
        use(book, header, name);
        free(name);
        at += length + (at[length] == ',');
    }
}

static void pick_signal(struct book *book, const struct record *header,
                        const char *name) {
    add_signal(book, name, csv_require(header, name, "--signals"));
}

static void pick_category(struct book *book, const struct record *header,
                          const char *name) {
    int32_t j = 0;
    while (j < book->p && strcmp(book->name[j], name) != 0) j++;
    if (j == book->p)
        fail_at(header->path, header->line,
                "there is no signal \"%s\" (--categories)", name);
    book->is_category[j] = 1;
}

static void pick_signals(struct book *book, const struct record *header) {
    if (!given.signals) {
        for (int64_t k = 0; k < header->n_cells; k++) {
            if (k == book->account_column || k == book->period_column ||
                k == book->left_column)
                continue;
            char *const name =
                copy_of(header->cell[k].text, header->cell[k].length);
            add_signal(book, name, k);
            free(name);
        }
        return;
    }
    for_names(book, header, given.signals, pick_signal);
}

static void check_names(const struct book *book, const struct record *header) {
    for (int32_t j = 1; j < book->p; j++)
        for (int32_t i = 0; i < j; i++)
            if (strcmp(book->name[i], book->name[j]) == 0)
                fail_at(header->path, header->line, "\"%s\" is a signal twice",
                        book->name[j]);
}

static void take_header(void *data, const struct record *header) {
    struct book *const book = data;
    book->account_column =
        csv_require(header, given.account ? given.account : "account",
                    "--account");
    book->period_column =
        csv_require(header, given.period ? given.period : "period", "--period");
    book->left_column =
        csv_require(header, given.left ? given.left : "left", "--left");
    pick_signals(book, header);
    if (book->p == 0)
        fail_at(header->path, header->line, "there is no column of a signal");
    check_names(book, header);
    if (given.categories)
        for_names(book, header, given.categories, pick_category);
}

static double number_in(const struct record *record, int64_t column,
                        const char *name) {
    const struct cell *const cell = &record->cell[column];
    const int said = parse_truth(cell->text, cell->length);
    struct shown shown;
    double value;
    if (cell->length == 0) return NAN;
    if (said >= 0) return said;
    if (parse_number(cell->text, cell->length, '.', &value))
        fail_at(record->path, record->line,
                "\"%s\" is no number, yes or no (column \"%s\"); --signals "
                "names the columns to use, --categories those of kinds",
                show(&shown, cell->text, cell->length), name);
    return value;
}

static double read_left(const struct record *record, int64_t column) {
    const double left = number_in(record, column, "left");
    if (!isnan(left) && left != 0 && left != 1)
        fail_at(record->path, record->line,
                "left is %g, not 0, 1, yes, no or empty", left);
    return left;
}

static double read_signal(const struct book *book, const struct record *record,
                          int32_t j) {
    const double value = number_in(record, book->column[j], book->name[j]);
    const int is_fall = book->reason[j] == KAM_REASON_USAGE ||
                        book->reason[j] == KAM_REASON_ORDERS;
    if (is_fall && value > 1)
        fail_at(record->path, record->line,
                "%s is %g: a fall is a share, and 1 is all of it",
                book->name[j], value);
    return value;
}

static void take_record(void *data, const struct record *record) {
    struct book *const book = data;
    const int64_t i = book->n;
    if (i == book->room) {
        book->room = book->room ? 2 * book->room : 1024;
        book->account = resize(book->account, book->room, sizeof(char *));
        book->period = resize(book->period, book->room, sizeof(char *));
        book->left = resize(book->left, book->room, sizeof(double));
        book->line = resize(book->line, book->room, sizeof(int64_t));
        for (int32_t j = 0; j < book->p; j++) {
            book->signal[j] =
                resize(book->signal[j], book->room, sizeof(double));
            if (book->is_category[j])
                book->kind[j] =
                    resize(book->kind[j], book->room, sizeof(char *));
        }
    }
    const struct cell *const account = &record->cell[book->account_column];
    const struct cell *const period = &record->cell[book->period_column];
    if (account->length == 0 || period->length == 0)
        fail_at(record->path, record->line, "there is no %s",
                account->length ? "period" : "account");
    book->account[i] = copy_of(account->text, account->length);
    book->period[i] = copy_of(period->text, period->length);
    book->line[i] = record->line;
    book->left[i] = read_left(record, book->left_column);
    for (int32_t j = 0; j < book->p; j++) {
        const struct cell *const cell = &record->cell[book->column[j]];
        if (book->is_category[j])
            book->kind[j][i] = copy_of(cell->text, cell->length);
        else
            book->signal[j][i] = read_signal(book, record, j);
    }
    book->n++;
}

/* ---- categories ---- */

static int by_text(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The different kinds of a category, sorted, the most frequent one last. */
static int32_t find_levels(const struct book *book, int32_t j,
                           char *level[MOST_KINDS]) {
    char **const sorted = resize(NULL, book->n, sizeof *sorted);
    int64_t most = 0, run = 0;
    int32_t n = 0, usual = 0;
    for (int64_t i = 0; i < book->n; i++) sorted[i] = book->kind[j][i];
    qsort(sorted, (size_t)book->n, sizeof *sorted, by_text);
    for (int64_t i = 0; i < book->n; i++) {
        if (sorted[i][0] == '\0') continue;
        if (n > 0 && strcmp(sorted[i], level[n - 1]) == 0) {
            run++;
        } else {
            if (n == MOST_KINDS)
                fail(EXIT_INPUT, "\"%s\" has more than %d kinds", book->name[j],
                     (int)MOST_KINDS);
            level[n++] = sorted[i];
            run = 1;
        }
        if (run > most) {
            most = run;
            usual = n - 1;
        }
    }
    free(sorted);
    if (n < 2)
        fail(EXIT_INPUT, "\"%s\" has %s: nothing can be learned from it",
             book->name[j], n ? "one kind only" : "no value");
    char *const last = level[usual];
    memmove(level + usual, level + usual + 1,
            (size_t)(n - 1 - usual) * sizeof *level);
    level[n - 1] = last;
    return n;
}

static void add_level(struct book *to, const struct book *from, int32_t j,
                      const char *level) {
    double *const x = resize(NULL, from->n, sizeof *x);
    for (int64_t i = 0; i < from->n; i++)
        x[i] = from->kind[j][i][0] == '\0'
                   ? NAN
                   : strcmp(from->kind[j][i], level) == 0;
    add_signal(to, from->name[j], from->column[j]);
    to->reason[to->p - 1] = KAM_REASON_COLUMN + to->p - 1;
    to->signal[to->p - 1] = x;
    to->level[to->p - 1] = copy_of(level, strlen(level));
}

/* Each kind but the most frequent becomes a signal of its own, 0 or 1. */
static void spread_categories(struct book *book) {
    struct book wide = *book;
    wide.p = 0;
    for (int32_t j = 0; j < book->p; j++) {
        char *level[MOST_KINDS];
        if (book->is_category[j]) {
            const int32_t n = find_levels(book, j, level);
            for (int32_t k = 0; k < n - 1; k++)
                add_level(&wide, book, j, level[k]);
            for (int64_t i = 0; i < book->n; i++) free(book->kind[j][i]);
            free(book->kind[j]);
            free(book->signal[j]);
        } else {
            add_signal(&wide, book->name[j], book->column[j]);
            wide.signal[wide.p - 1] = book->signal[j];
            wide.level[wide.p - 1] = NULL;
        }
        free(book->name[j]);
    }
    *book = wide;
}

static void number_periods(struct book *book) {
    book->number = resize(NULL, book->n, sizeof *book->number);
    for (int64_t i = 0; i < book->n; i++)
        if (parse_number(book->period[i], strlen(book->period[i]), '.',
                         &book->number[i])) {
            free(book->number);
            book->number = NULL;
            return;
        }
}

static int compare_periods(const struct book *book, int64_t a, int64_t b) {
    if (!book->number) return strcmp(book->period[a], book->period[b]);
    return (book->number[a] > book->number[b]) -
           (book->number[a] < book->number[b]);
}

static struct book *sorted_book;

static int by_account_and_period(const void *a, const void *b) {
    const int64_t i = *(const int64_t *)a, k = *(const int64_t *)b;
    const int order = strcmp(sorted_book->account[i], sorted_book->account[k]);
    return order ? order : compare_periods(sorted_book, i, k);
}

/* One row a period, and none once the account has left. */
static void check_next(const struct book *book, const char *path,
                       int64_t before, int64_t row) {
    if (compare_periods(book, before, row) == 0)
        fail_at(path,
                book->line[row] > book->line[before] ? book->line[row]
                                                     : book->line[before],
                "account \"%s\" has two rows of period \"%s\"",
                book->account[row], book->period[row]);
    if (book->left[before] == 1)
        fail_at(path, book->line[row],
                "account \"%s\" left in period \"%s\" and has a row of \"%s\"; "
                "call it otherwise if it came back",
                book->account[row], book->period[before], book->period[row]);
}

/* Accounts become numbers: rows of one account are not independent. */
static void number_accounts(struct book *book, const char *path) {
    int64_t *const order = book->order = resize(NULL, book->n, sizeof *order);
    int64_t number = 0;
    book->cluster = resize(NULL, book->n, sizeof *book->cluster);
    for (int64_t i = 0; i < book->n; i++) order[i] = i;
    sorted_book = book;
    qsort(order, (size_t)book->n, sizeof *order, by_account_and_period);
    for (int64_t k = 0; k < book->n; k++) {
        if (k > 0 &&
            strcmp(book->account[order[k]], book->account[order[k - 1]]) != 0)
            number++;
        else if (k > 0)
            check_next(book, path, order[k - 1], order[k]);
        book->cluster[order[k]] = number;
    }
    if (number == 0)
        fail(EXIT_INPUT,
             "%s has one account: how accounts differ cannot be learned", path);
}

/* ---- fitting and scoring ---- */

static kam_column doubles(const double *values) {
    kam_column column = {0};
    column.values = values;
    column.type = KAM_F64;
    return column;
}

static kam_panel panel_of(const struct book *book, const double *event,
                          kam_column *column) {
    kam_panel panel;
    memset(&panel, 0, sizeof panel);
    panel.struct_size = sizeof panel;
    panel.n_columns = book->p;
    panel.n_rows = book->n;
    for (int32_t j = 0; j < book->p; j++) column[j] = doubles(book->signal[j]);
    panel.column = column;
    panel.name = (const char *const *)book->name;
    panel.reason = book->reason;
    panel.event = doubles(event);
    panel.cluster.values = book->cluster;
    panel.cluster.type = KAM_I64;
    return panel;
}

struct model {
    double beta[MOST + 1], *covariance, mean[MOST];
    kam_hazard hazard;
    kam_hazard_report report;
};

static double option(const char *name, const char *text, double usual,
                     double low, double high) {
    double value = usual;
    if (text && (parse_number(text, strlen(text), '.', &value) || value < low ||
                 value > high))
        fail(EXIT_INPUT, "--%s \"%s\" must be a number from %g to %g", name,
             text, low, high);
    return value;
}

static int32_t link_of(void) {
    if (!given.link || strcmp(given.link, "logistic") == 0)
        return KAM_HAZARD_LOGISTIC;
    if (strcmp(given.link, "cloglog") == 0) return KAM_HAZARD_CLOGLOG;
    fail(EXIT_INPUT, "--link \"%s\" must be logistic or cloglog", given.link);
}

/* The typical account: the mean of what is known of each signal. */
static void find_means(const struct book *book, struct model *model) {
    for (int32_t j = 0; j < book->p; j++) {
        double sum = 0, n = 0;
        for (int64_t i = 0; i < book->n; i++) {
            if (isnan(book->signal[j][i])) continue;
            sum += book->signal[j][i];
            n++;
        }
        model->mean[j] = n > 0 ? sum / n : 0;
    }
}

static void fit(const struct book *book, const kam_panel *panel,
                struct model *model) {
    const int32_t q = book->p + 1, link = link_of();
    const double base = option("base-risk", given.base, 0, 0, 0.999);
    double mean[MOST + 1], precision[MOST + 1];
    kam_hazard_options options;
    kam_diag diag = {.struct_size = sizeof diag};
    kam_hazard_options_init(&options, sizeof options);
    options.ridge = option("ridge", given.ridge, 0, 0, 1e9);
    /* One account alone cannot tell how accounts differ. */
    for (int64_t i = 1; i < book->n; i++)
        if (book->cluster[i] != book->cluster[0]) options.robust = 1;
    if (!given.no_prior) {
        kam_hazard_expert(link, book->reason, book->p, base, mean, precision,
                          NULL);
        options.prior_mean = mean;
        options.prior_precision = precision;
    }
    memset(&model->report, 0, sizeof model->report);
    model->report.struct_size = sizeof model->report;
    model->covariance = resize(NULL, q * q, sizeof(double));
    const kam_status status =
        kam_hazard_fit(link, panel, &options, NULL, model->beta,
                       model->covariance, &model->report, &diag);
    if (status != KAM_OK)
        fail(EXIT_INPUT, "%s: %s", diag.argument,
             diag.message[0] ? diag.message : kam_status_text(status));
    model->hazard = (kam_hazard){link, book->p, model->beta, model->covariance};
    find_means(book, model);
}

/* A signal as messages call it. */
static const char *signal_name(const struct book *book, int32_t j,
                               char text[120]) {
    snprintf(text, 120, "%s%s%s", book->name[j], book->level[j] ? " = " : "",
             book->level[j] ? book->level[j] : "");
    return text;
}

static void say_fit(const struct book *book, const struct model *model) {
    const kam_hazard_report *const r = &model->report;
    const int zh = language == KAM_ZH;
    char name[120];
    if (given.quiet) return;
    fprintf(stderr,
            zh ? "%lld 行；用于拟合 %lld "
                 "行（结果和信号均已知），其中流失 %lld 个。\n"
               : "%lld rows; learned from %lld of them (outcome and signals "
                 "known), of which %lld left.\n",
            (long long)book->n, (long long)(r->n_rows), (long long)r->n_events);
    if (r->verdict == KAM_HAZARD_PRIOR_ONLY && r->n_events == 0)
        fputs(zh ? "尚无客户流失：评分来自专家评分卡。\n"
                 : "Nobody left yet: the scores are the expert scorecard's.\n",
              stderr);
    else if (r->verdict == KAM_HAZARD_PRIOR_ONLY)
        fputs(zh ? "已知结果全部是流失，无从比较：评分来自专家评分卡。\n"
                 : "All whose outcome is known left, so there is nobody to "
                   "compare with: the scores are the expert scorecard's.\n",
              stderr);
    if (r->verdict == KAM_HAZARD_SEPARATED)
        fprintf(stderr,
                zh ? "“%s”可无误地分开流失与留存；Firth "
                     "惩罚使其权重保持有限。\n"
                   : "\"%s\" tells who left without error; Firth's penalty "
                     "keeps its weight finite.\n",
                signal_name(book, r->culprit, name));
    int width = 24;
    for (int32_t j = 0; j < book->p; j++) {
        const int wanted = text_width(signal_name(book, j, name));
        if (wanted > width) width = wanted;
    }
    for (int32_t j = 0; j < book->p; j++) {
        signal_name(book, j, name);
        fprintf(stderr, "  %s%*s %10.4f +- %.4f\n", name,
                width - text_width(name), "", model->beta[j + 1],
                sqrt(model->covariance[(j + 1) * (book->p + 2)]));
    }
}

/* ---- output ---- */

/* A signal's own words where the library has none: its name and value. */
static void print_reason(const struct book *book, const kam_reason *reason) {
    char text[320];
    putchar(',');
    if (!(fabs(reason->contribution) > 0)) return; /* it says nothing */
    if (reason->id >= KAM_REASON_COLUMN) {
        const int zh = language == KAM_ZH;
        const int32_t j = reason->id - KAM_REASON_COLUMN;
        const char *const name = book->name[j], *const level = book->level[j];
        const char *const what =
            reason->contribution > 0
                ? (zh ? "推高流失风险" : "raises the risk")
                : (zh ? "降低流失风险" : "lowers the risk");
        if (level)
            snprintf(text, sizeof text,
                     reason->value > 0
                         ? (zh ? "%s = %s，%s" : "%s = %s %s")
                         : (zh ? "%s 不是 %s，%s" : "%s other than %s %s"),
                     name, level, what);
        else
            snprintf(text, sizeof text, zh ? "%s = %.6g，%s" : "%s = %.6g %s",
                     name, reason->value, what);
    } else {
        kam_reason_text(reason, language, text, sizeof text, NULL);
    }
    csv_put(stdout, text, strlen(text));
}

static void print_row(const struct book *book, const struct model *model,
                      const kam_panel *panel, int64_t i) {
    double risk, low, high;
    uint32_t flag;
    kam_column column[MOST];
    kam_reason reasons[TOP + 2];
    kam_panel one = *panel;
    const int32_t top = book->p < TOP ? book->p : TOP;
    for (int32_t j = 0; j < book->p; j++) {
        column[j] = panel->column[j];
        column[j].offset = i;
    }
    one.column = column;
    one.n_rows = 1;
    kam_hazard_risk(&model->hazard, &one, 0.8, NULL, &risk, &low, &high, &flag,
                    NULL);
    kam_hazard_reasons(&model->hazard, &one, model->mean, top, NULL, reasons,
                       NULL, NULL);
    csv_put(stdout, book->account[i], strlen(book->account[i]));
    putchar(',');
    csv_put(stdout, book->period[i], strlen(book->period[i]));
    if (flag)
        printf(",,,");
    else
        printf(",%.6f,%.6f,%.6f", risk, low, high);
    for (int32_t k = 1; k <= TOP; k++) {
        if (flag || k > top)
            putchar(',');
        else
            print_reason(book, &reasons[k]);
    }
    printf(",%s\n", flag ? kam_row_flag_name(flag & (0 - flag)) : "");
}

/* Rows without an outcome; where there are none, the last of each account that
 * has not left. */
static void print_scores(const struct book *book, const struct model *model,
                         const kam_panel *panel) {
    int64_t n_open = 0;
    int64_t *const last = resize(NULL, book->n, sizeof *last);
    for (int64_t i = 0; i < book->n; i++) last[i] = -1;
    for (int64_t i = 0; i < book->n; i++) {
        int64_t *const of = &last[book->cluster[i]];
        n_open += isnan(book->left[i]) != 0;
        if (*of < 0 || compare_periods(book, i, *of) > 0) *of = i;
    }
    puts(
        "account,period,risk,risk_low,risk_high,reason_1,reason_2,reason_3,"
        "flags");
    for (int64_t i = 0; i < book->n; i++)
        if (n_open > 0 ? isnan(book->left[i])
                       : last[book->cluster[i]] == i && book->left[i] != 1)
            print_row(book, model, panel, i);
    free(last);
}

/* A number, or nothing where it is not known. */
static const char *known(char text[32], int decimals, double value) {
    if (isnan(value)) return "";
    snprintf(text, 32, "%.*f", decimals, value);
    return text;
}

static void backtest(struct book *book, kam_column *column) {
    double *const before = resize(NULL, 4 * book->n, sizeof *before);
    double *const after = before + book->n, *const risk = after + book->n;
    double *const naive = risk + book->n;
    struct book cut = *book;
    struct model model;
    int64_t n_before = 0;
    double at = 0;
    if (book->number &&
        parse_number(given.backtest, strlen(given.backtest), '.', &at))
        fail(EXIT_INPUT, "--backtest \"%s\" is no number, as the periods are",
             given.backtest);
    for (int64_t i = 0; i < book->n; i++) {
        const int is_before = book->number
                                  ? book->number[i] < at
                                  : strcmp(book->period[i], given.backtest) < 0;
        before[i] = is_before ? book->left[i] : NAN;
        after[i] = is_before ? NAN : book->left[i];
        n_before += !isnan(before[i]);
    }
    if (n_before == 0)
        fail(EXIT_INPUT, "no row before period %s has an outcome to learn from",
             given.backtest);
    cut.left = before;
    kam_panel panel = panel_of(&cut, before, column);
    fit(&cut, &panel, &model);
    say_fit(&cut, &model);
    kam_hazard_risk(&model.hazard, &panel, 0, NULL, risk, NULL, NULL, NULL,
                    NULL);
    const double rate = ((double)model.report.n_events + 0.5) /
                        ((double)model.report.n_rows + 1);
    for (int64_t i = 0; i < book->n; i++) naive[i] = rate;
    const kam_column p = doubles(risk), q = doubles(naive), y = doubles(after);
    kam_backtest_event_report e = {.struct_size = sizeof e};
    kam_backtest_bands_report b = {.struct_size = sizeof b};
    kam_backtest_versus_report v = {.struct_size = sizeof v};
    kam_backtest_band band[5];
    char auc[32], lift[32];
    kam_diag diag = {.struct_size = sizeof diag};
    if (kam_backtest_event(&p, &y, book->n, NULL, &e, &diag) != KAM_OK ||
        kam_backtest_bands(&p, &y, book->n, 5, NULL, band, &b, &diag) !=
            KAM_OK ||
        kam_backtest_versus(&p, &q, &y, book->n, &v, &diag) != KAM_OK)
        fail(EXIT_INPUT, "no outcome from period %s on: %s", given.backtest,
             diag.message);
    printf(
        "rows,%lld\nleft,%lld\nexpected,%.1f\nauc,%s\nlog_loss,%.5f\n"
        "brier,%.5f\ncalibration_error,%.4f\nlift_top_fifth,%s\n"
        "log_loss_of_base_rate,%.5f\nverdict,%s\n",
        (long long)e.n_rows, (long long)e.n_events, e.expected,
        known(auc, 4, e.auc), e.log_loss, e.brier, b.error,
        known(lift, 2, b.lift), v.naive,
        v.verdict == KAM_BACKTEST_BETTER  ? "better than the base rate"
        : v.verdict == KAM_BACKTEST_WORSE ? "worse than the base rate"
                                          : "undecided");
    free(model.covariance);
    free(before);
}

static void free_book(struct book *book) {
    for (int64_t i = 0; i < book->n; i++) {
        free(book->account[i]);
        free(book->period[i]);
    }
    for (int32_t j = 0; j < book->p; j++) {
        free(book->name[j]);
        free(book->level[j]);
        free(book->signal[j]);
    }
    free(book->account);
    free(book->period);
    free(book->left);
    free(book->line);
    free(book->number);
    free(book->cluster);
    free(book->order);
}

static poptContext read_words(int argc, const char **argv) {
    poptContext context = poptGetContext("kam-churn", argc, argv, table, 0);
    const int result = poptGetNextOpt(context);
    poptSetOtherOptionHelp(context, "[OPTION...] PANEL.csv");
    if (result < -1)
        fail(EXIT_INPUT, "%s: %s; kam-churn --help lists the options",
             poptBadOption(context, POPT_BADOPTION_NOALIAS),
             poptStrerror(result));
    if (given.help) {
        puts(
            "Fits the risk of leaving to a panel of accounts and periods "
            "(CSV, - is standard\ninput), and writes the risk of the rows "
            "that are still open, with reasons.\n");
        fflush(stdout);
        poptPrintHelp(context, stdout, 0);
        exit(0);
    }
    if (given.version) printf("kam-churn %s\n", kam_version_text()), exit(0);
    return context;
}

int main(int argc, const char **argv) {
    struct book book = {0};
    const struct csv_handler handler = {take_header, take_record, &book};
    kam_column column[MOST];
    message_program("kam-churn");
    poptContext context = read_words(argc, argv);
    const char *const path = poptGetArg(context);
    if (!path || poptPeekArg(context))
        fail(EXIT_INPUT, "give one panel file; kam-churn --help tells more");
    if (given.lang && strcmp(given.lang, "zh") == 0)
        language = KAM_ZH;
    else if (given.lang && strcmp(given.lang, "en") != 0)
        fail(EXIT_INPUT, "--lang \"%s\" must be en or zh", given.lang);
    csv_read(path, 0, 0, &handler);
    if (book.n == 0) fail(EXIT_INPUT, "%s has no row", csv_name(path));
    if (given.categories) spread_categories(&book);
    number_periods(&book);
    number_accounts(&book, csv_name(path));
    if (given.backtest) {
        backtest(&book, column);
    } else {
        struct model model;
        const kam_panel panel = panel_of(&book, book.left, column);
        fit(&book, &panel, &model);
        say_fit(&book, &model);
        print_scores(&book, &model, &panel);
        free(model.covariance);
    }
    if (ferror(stdout) || fflush(stdout) != 0)
        fail(EXIT_TROUBLE, "the output cannot be written");
    free_book(&book);
    poptFreeContext(context);
    return 0;
}
