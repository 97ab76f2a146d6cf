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

static kam_ledger *ledger_of(const kam_lines *lines, int32_t first_day,
                             int32_t as_of, double period_days) {
    kam_ledger_options options;
    kam_ledger *ledger = NULL;
    kam_diag diag = {.struct_size = sizeof diag};
    check(kam_ledger_options_init(&options, sizeof options), &diag);
    options.as_of_day = as_of;
    options.first_day = first_day;
    options.period_days = period_days;
    options.keep_values = options.value_first = 1;
    check(kam_ledger_new(&options, NULL, &ledger, &diag), &diag);
    check(kam_ledger_add(ledger, lines, &diag), &diag);
    return ledger;
}

static void read_ledger(struct book *book, const struct order_log *log,
                        int32_t first_day) {
    const kam_lines lines = orders_lines(log);
    kam_diag diag = {.struct_size = sizeof diag};
    book->ledger = ledger_of(&lines, first_day, book->as_of, 7);
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
    summary->valued_orders = new_doubles(n);
    summary->log_values = new_doubles(n);
    summary->gross_revenue = new_doubles(n);
    summary->returns = new_doubles(n);
    summary->direct_cost = new_doubles(n);
    summary->window_revenue = new_doubles(n);
    check(kam_ledger_summarise(book->ledger, summary, &diag), &diag);
    check(kam_ledger_keys(book->ledger, book->key, book->key_length, &diag),
          &diag);
}

/* Orders by period: those of a log in which every line is dated by the end of
 * its period. */
static void count_periods(struct book *book, const struct order_log *log,
                          int32_t first_day, int32_t period_days) {
    kam_lines lines = orders_lines(log);
    int32_t *const day = resize(NULL, log->n, sizeof *day);
    kam_summary of = {.struct_size = sizeof of};
    kam_diag diag = {.struct_size = sizeof diag};
    for (int64_t i = 0; i < log->n; i++) {
        const int64_t back = (int64_t)book->as_of - log->day[i];
        day[i] =
            back < 0
                ? log->day[i]
                : (int32_t)(book->as_of - back / period_days * period_days);
    }
    lines.day.values = day;
    kam_ledger *const ledger =
        ledger_of(&lines, first_day, book->as_of, period_days);
    of.repeat_orders = book->summary.repeat_orders;
    of.last_order_periods = book->summary.last_order_periods;
    of.age_periods = book->summary.age_periods;
    of.mean_order_value = book->summary.mean_order_value;
    of.valued_orders = book->summary.valued_orders;
    of.log_values = book->summary.log_values;
    check(kam_ledger_summarise(ledger, &of, &diag), &diag);
    kam_ledger_free(ledger);
    free(day);
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
    rows->valued_orders = doubles(summary->valued_orders);
    rows->log_values = doubles(summary->log_values);
    rows->weight = doubles(book->weight);
}

void book_make(struct book *book, const struct order_log *log,
               int32_t first_day, int32_t as_of, int32_t period_days) {
    memset(book, 0, sizeof *book);
    book->as_of = as_of;
    read_ledger(book, log, first_day);
    if (book->n == 0) return;
    summarise(book);
    if (period_days > 0) count_periods(book, log, first_day, period_days);
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

/* A name, and where it goes. */
struct name {
    const char *text;
    int64_t length;
};

static int compare_names(const void *a, const void *b) {
    const struct name *const p = a, *const q = b;
    return compare(p->text, p->length, q->text, q->length);
}

/* The names without a row, each once, in order. */
static struct name *find_strangers(const struct book *book,
                                   const struct texts *accounts, int64_t *n) {
    struct name *const name = resize(NULL, accounts->n, sizeof *name);
    int64_t m = 0;
    *n = 0;
    for (int64_t i = 0; i < accounts->n; i++) {
        const int64_t from = accounts->offset[i];
        const struct name one = {accounts->bytes + from,
                                 accounts->offset[i + 1] - from};
        if (book_find(book, one.text, one.length) < 0) name[m++] = one;
    }
    qsort(name, (size_t)m, sizeof *name, compare_names);
    for (int64_t i = 0; i < m; i++)
        if (i == 0 || compare_names(&name[i], &name[*n - 1]) != 0)
            name[(*n)++] = name[i];
    return name;
}

/* A column with more rows: row i goes to place[i], the others are `missing`. */
static double *spread(double *column, const int64_t *place, int64_t n,
                      int64_t more, double missing) {
    double *const wide = new_doubles(n + more);
    for (int64_t i = 0; i < n + more; i++) wide[i] = missing;
    for (int64_t i = 0; i < n; i++) wide[place[i]] = column[i];
    free(column);
    return wide;
}

static int32_t *spread_days(int32_t *column, const int64_t *place, int64_t n,
                            int64_t more) {
    int32_t *const wide = resize(NULL, n + more, sizeof *wide);
    for (int64_t i = 0; i < n + more; i++) wide[i] = KAM_NO_DAY;
    for (int64_t i = 0; i < n; i++) wide[place[i]] = column[i];
    free(column);
    return wide;
}

/* Merges the names into the keys; place[i] is where row i goes. */
static void merge_keys(struct book *book, const struct name *name, int64_t more,
                       int64_t *place) {
    const char **const key = resize(NULL, book->n + more, sizeof *key);
    int64_t *const length = resize(NULL, book->n + more, sizeof *length);
    int64_t i = 0, j = 0;
    while (i < book->n || j < more) {
        const int64_t to = i + j;
        const int is_old =
            j == more ||
            (i < book->n && compare(book->key[i], book->key_length[i],
                                    name[j].text, name[j].length) < 0);
        key[to] = is_old ? book->key[i] : name[j].text;
        length[to] = is_old ? book->key_length[i] : name[j].length;
        if (is_old)
            place[i++] = to;
        else
            j++;
    }
    free(book->key);
    free(book->key_length);
    book->key = key;
    book->key_length = length;
}

void book_add(struct book *book, const struct texts *accounts) {
    kam_summary *const summary = &book->summary;
    double **const columns[] = {&summary->orders,
                                &summary->repeat_orders,
                                &summary->last_order_periods,
                                &summary->age_periods,
                                &summary->mean_order_value,
                                &summary->log_gaps,
                                &summary->valued_orders,
                                &summary->log_values,
                                &summary->gross_revenue,
                                &summary->returns,
                                &summary->direct_cost,
                                &summary->window_revenue,
                                &book->service_cost,
                                &book->tier_before};
    int64_t more;
    struct name *const name = find_strangers(book, accounts, &more);
    int64_t *const place = resize(NULL, book->n, sizeof *place);
    merge_keys(book, name, more, place);
    for (size_t k = 0; k < sizeof columns / sizeof *columns; k++)
        *columns[k] = spread(*columns[k], place, book->n, more, NAN);
    book->weight = spread(NULL, place, 0, book->n + more, 1);
    summary->first_day = spread_days(summary->first_day, place, book->n, more);
    summary->last_day = spread_days(summary->last_day, place, book->n, more);
    book->n += more;
    book->place = place;
    free(name);
    view(book);
}

double *book_spread(const struct book *book, double *column) {
    const int64_t n = kam_ledger_n_accounts(book->ledger);
    return book->place ? spread(column, book->place, n, book->n - n, NAN)
                       : column;
}

double book_order_days(const struct book *book, int64_t row) {
    if (row < 0 || book->summary.first_day[row] == KAM_NO_DAY) return 0;
    return book->summary.repeat_orders[row] + 1;
}

double book_orders_of(const struct book *in, const struct book *whose,
                      int64_t row) {
    return book_order_days(in, book_find(in, whose->key[row],
                                         whose->key_length[row]));
}

void book_leave_out(struct book *book, int64_t row) { book->weight[row] = 0; }

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
    free(summary->valued_orders);
    free(summary->log_values);
    free(summary->gross_revenue);
    free(summary->returns);
    free(summary->direct_cost);
    free(summary->window_revenue);
    free(book->service_cost);
    free(book->tier_before);
    free(book->weight);
    free(book->place);
    kam_ledger_free(book->ledger);
    memset(book, 0, sizeof *book);
}
