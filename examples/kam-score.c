/* SPDX-License-Identifier: MIT */
/* Order lines in, scored accounts out. docs/kam-score.md tells how to use it;
 * the work is in common/: options, orders, accounts, book, scoring, output. */
#include <math.h>
#include <stdlib.h>

#include "common/csvfile.h"
#include "common/message.h"
#include "common/output.h"
#include "common/parse.h"

/* "Today": as told, or the last day a usable line has. */
static int32_t as_of_day(const struct options *options,
                         const struct order_log *log) {
    char from[16], to[16];
    const int32_t as_of =
        options->as_of != KAM_NO_DAY ? options->as_of : log->last_day;
    if (options->backtest != KAM_NO_DAY && as_of != KAM_NO_DAY &&
        options->backtest > as_of)
        fail(EXIT_INPUT, "--backtest %s lies after the as-of day, %s",
             day_text(options->backtest, from), day_text(as_of, to));
    return as_of;
}

/* One slip of the pen must not turn a whole book silent. */
static void warn_of_late_day(const struct order_log *log, int32_t as_of) {
    int64_t n_near = 0;
    int32_t first_near = as_of, before = KAM_NO_DAY;
    char day[16], last[16];
    for (int64_t i = 0; i < log->n; i++) {
        const int32_t d = log->day[i];
        const int near = d > as_of - 366;
        n_near += near;
        if (near && d < first_near) first_near = d;
        if (!near && d > before) before = d;
    }
    const int64_t few = log->n < 1000 ? 1 : log->n / 1000;
    if (log->n > 2 && before != KAM_NO_DAY && n_near <= few &&
        first_near - before > 366)
        warn(
            "the last day in the orders, %s, is far from the others, which "
            "end on %s; is it a slip? --as-of sets another",
            day_text(as_of, day), day_text(before, last));
}

static void refuse_empty(const struct order_log *log, const struct book *book) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) fail(EXIT_TROUBLE, "there is not enough memory");
    print_dropped(out, log, &book->report, KAM_EN);
    fclose(out);
    fail(EXIT_INPUT, "no line can be used: %s", text);
}

/* Everything is made in memory first, and written at once. */
static void write_result(const struct result *result, struct signals *signals,
                         const struct contract_lines *lines,
                         struct contracts *contracts) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) fail(EXIT_TROUBLE, "there is not enough memory");
    if (result->options->backtest != KAM_NO_DAY)
        print_backtest(out, result, signals, lines, contracts);
    else if (result->options->top > 0)
        print_top(out, result);
    else
        print_scores(out, result);
    if (ferror(out) || fclose(out) != 0)
        fail(EXIT_TROUBLE, "there is not enough memory");
    if (!result->options->quiet) {
        print_summary(stderr, result);
        fputc('\n', stderr);
    }
    write_out(text, size);
    free(text);
}

int main(int argc, const char **argv) {
    struct options options;
    struct order_log log;
    struct book book;
    struct account_facts facts;
    struct answers answers = {0};
    struct signals signals;
    struct playbook playbook;
    struct contract_lines lines;
    struct contracts contracts, past;
    struct result result = {&options, &log, &book, &facts,
                            NULL,     NULL, NULL,  NULL};
    int32_t as_of;
    message_program("kam-score");
    options_read(&options, argc, argv);
    orders_read(&log, &options);
    as_of = as_of_day(&options, &log);
    book_make(&book, &log, KAM_NO_DAY, as_of == KAM_NO_DAY ? 0 : as_of,
              options.period_days);
    if (book.n == 0 && options.orders) refuse_empty(&log, &book);
    if (options.as_of == KAM_NO_DAY) warn_of_late_day(&log, as_of);
    if (options.contracts_file) {
        contracts_read(&lines, &options);
        contracts_make(&contracts, &lines, &options, as_of, 0);
        contracts_join(&contracts, &book);
        if (book.n == 0)
            fail(EXIT_INPUT,
                 "%s has no contract that has begun and names its "
                 "account",
                 csv_name(options.contracts_file));
        result.contracts = &contracts;
    }
    accounts_read(&facts, &book, &options);
    if (options.backtest == KAM_NO_DAY) {
        answers_make(&answers, &book, &log, &options, &options.rules.future);
        result.answers = &answers;
        if (result.contracts)
            contracts_apply(&contracts, &answers, &book, &options);
        if (options.signals_file) {
            signals_read(&signals, &options, &book);
            signals_apply(&signals, &answers, &book, &log, &options);
            result.signals = &signals;
        }
        if (options.playbook) {
            playbook_make(&playbook, &log, &book, &facts, &answers,
                          result.signals, &options);
            result.playbook = &playbook;
        }
    }
    if (options.backtest != KAM_NO_DAY && options.signals_file)
        result.signals = &signals;
    if (result.contracts && options.backtest != KAM_NO_DAY)
        result.contracts = &past;
    write_result(&result, result.signals ? &signals : NULL, &lines,
                 result.contracts == &past ? &past : NULL);
    if (result.contracts == &past) contracts_free(&past);
    if (result.signals) signals_free(&signals);
    if (result.playbook) playbook_free(&playbook);
    if (options.contracts_file) {
        contracts_free(&contracts);
        contracts_free_lines(&lines);
    }
    answers_free(&answers);
    accounts_free(&facts);
    book_free(&book);
    orders_free(&log);
    rules_free(&options.rules);
    return 0;
}
