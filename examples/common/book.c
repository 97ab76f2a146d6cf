/* SPDX-License-Identifier: MIT */
#include "book.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"

void check(kam_status status, const kam_diag *diag) {
    if (status == KAM_OK) return;
    fail(status < KAM_ERR_MEMORY ? EXIT_INPUT : EXIT_TROUBLE, "%s %s (%s)",
         diag->argument, diag->message, kam_status_name(status));
}

kam_column doubles(const double *values) {
    kam_column column = {NULL, NULL, NULL, 0, 0, KAM_F64, 0};
    column.values = values;
    return column;
}

static double *new_doubles(int64_t n) {
    return resize(NULL, n, sizeof(double));
}

static void read_ledger(struct book *book, const struct order_log *log,
                        int32_t first_day) {
    kam_ledger_options options;
    kam_diag diag = {.struct_size = sizeof diag};
    const kam_lines lines = orders_lines(log);
    check(kam_ledger_options_init(&options, sizeof options), &diag);
    options.as_of_day = book->as_of;
    options.first_day = first_day;
    check(kam_ledger_new(&options, NULL, &book->ledger, &diag), &diag);
    check(kam_ledger_add(book->ledger, &lines, &diag), &diag);
    book->report.struct_size = sizeof book->report;
    check(kam_ledger_report_of(book->ledger, &book->report, &diag), &diag);
    book->n = kam_ledger_n_accounts(book->ledger);
}

static void summarise(struct book *book) {
    kam_diag diag = {.struct_size = sizeof diag};
    kam_summary *summary = &book->summary;
    const int64_t n = book->n;
    book->key = resize(NULL, n, sizeof *book->key);
    book->key_length = resize(NULL, n, sizeof *book->key_length);
    summary->struct_size = sizeof *summary;
    summary->first_day = resize(NULL, n, sizeof(int32_t));
    summary->last_day = resize(NULL, n, sizeof(int32_t));
    summary->orders = new_doubles(n);
    summary->repeat_orders = new_doubles(n);
    summary->last_order_periods = new_doubles(n);
    summary->age_periods = new_doubles(n);
    summary->mean_order_value = new_doubles(n);
    summary->log_gaps = new_doubles(n);
    summary->gross_revenue = new_doubles(n);
    summary->returns = new_doubles(n);
    summary->direct_cost = new_doubles(n);
    summary->window_revenue = new_doubles(n);
    check(kam_ledger_summarise(book->ledger, summary, &diag), &diag);
    check(kam_ledger_keys(book->ledger, book->key, book->key_length, &diag),
          &diag);
}

static void view(struct book *book) {
    const kam_summary *summary = &book->summary;
    kam_accounts *rows = &book->rows;
    rows->struct_size = sizeof *rows;
    rows->n_rows = book->n;
    rows->repeat_orders = doubles(summary->repeat_orders);
    rows->last_order_periods = doubles(summary->last_order_periods);
    rows->age_periods = doubles(summary->age_periods);
    rows->mean_order_value = doubles(summary->mean_order_value);
    rows->gross_revenue = doubles(summary->gross_revenue);
    rows->returns = doubles(summary->returns);
    rows->direct_cost = doubles(summary->direct_cost);
    rows->service_cost = doubles(book->service_cost);
    rows->tier_value = doubles(summary->window_revenue);
    rows->tier_before = doubles(book->tier_before);
    rows->log_gaps = doubles(summary->log_gaps);
}

void book_make(struct book *book, const struct order_log *log,
               int32_t first_day, int32_t as_of) {
    memset(book, 0, sizeof *book);
    book->as_of = as_of;
    read_ledger(book, log, first_day);
    if (book->n == 0) return;
    summarise(book);
    book->service_cost = new_doubles(book->n);
    book->tier_before = new_doubles(book->n);
    for (int64_t i = 0; i < book->n; i++)
        book->service_cost[i] = book->tier_before[i] = NAN;
    view(book);
}

/* Order by bytes, as the ledger's. */
static int compare(const char *a, int64_t a_length, const char *b,
                   int64_t b_length) {
    const int64_t shorter = a_length < b_length ? a_length : b_length;
    const int order = memcmp(a, b, (size_t)shorter);
    return order != 0 ? order : (a_length > b_length) - (a_length < b_length);
}

int64_t book_find(const struct book *book, const char *key, int64_t length) {
    int64_t low = 0, high = book->n;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        const int order =
            compare(book->key[middle], book->key_length[middle], key, length);
        if (order == 0) return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

void book_free(struct book *book) {
    kam_summary *summary = &book->summary;
    free(book->key);
    free(book->key_length);
    free(summary->first_day);
    free(summary->last_day);
    free(summary->orders);
    free(summary->repeat_orders);
    free(summary->last_order_periods);
    free(summary->age_periods);
    free(summary->mean_order_value);
    free(summary->log_gaps);
    free(summary->gross_revenue);
    free(summary->returns);
    free(summary->direct_cost);
    free(summary->window_revenue);
    free(book->service_cost);
    free(book->tier_before);
    kam_ledger_free(book->ledger);
    memset(book, 0, sizeof *book);
}
