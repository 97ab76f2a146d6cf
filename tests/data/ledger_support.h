/* SPDX-License-Identifier: MIT */
/* Logs, summaries and hosts for the tests of the ledger. */
#ifndef TEST_LEDGER_SUPPORT_H
#define TEST_LEDGER_SUPPORT_H

#include "support/check.h"

#include "support/aligned.h"

/* One line of a log, for a host that keeps records: columns are strided. */
struct line {
    int64_t account; /* MISSING: none */
    char name[24];   /* the same as a text */
    int32_t day;
    double amount;
    double cost;
    int64_t order; /* MISSING: none */
    char number[16];
};

enum { MISSING = -999 };

static inline int32_t day_of(int32_t year, int32_t month, int32_t day) {
    int32_t number = KAM_NO_DAY;
    assert_status(kam_calendar_day(year, month, day, &number), KAM_OK);
    return number;
}

static inline uint64_t random_next(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static inline int64_t random_below(uint64_t *state, int64_t n) {
    return (int64_t)((random_next(state) >> 11) % (uint64_t)n);
}

/* Columns over an array of lines. `valid` holds the two bitmaps. */
enum { WITH_TEXT = 1, WITH_COST = 2, WITH_ORDER = 4 };

struct view {
    kam_lines lines;
    uint8_t *valid[2];
};

static inline uint8_t *bitmap_of(const struct line *line, int64_t n,
                                 int order) {
    uint8_t *const bits = calloc((size_t)(n / 8 + 1), 1);
    for (int64_t i = 0; i < n; i++)
        if ((order ? line[i].order : line[i].account) != MISSING)
            bits[i / 8] |= (uint8_t)(1 << i % 8);
    return bits;
}

static inline struct view view_of(const struct line *line, int64_t n,
                                  int with) {
    struct view view;
    const int64_t step = sizeof *line;
    memset(&view, 0, sizeof view);
    view.valid[0] = bitmap_of(line, n, 0);
    view.valid[1] = bitmap_of(line, n, 1);
    kam_lines *const lines = &view.lines;
    lines->struct_size = sizeof *lines;
    lines->n_rows = n;
    const int text = with & WITH_TEXT;
    lines->account = (kam_column){text ? (const void *)line->name
                                       : (const void *)&line->account,
                                  view.valid[0],
                                  NULL,
                                  0,
                                  step,
                                  text ? KAM_CHARS : KAM_I64,
                                  0};
    lines->day = (kam_column){&line->day, NULL, NULL, 0, step, KAM_DAY, 0};
    lines->revenue =
        (kam_column){&line->amount, NULL, NULL, 0, step, KAM_F64, 0};
    if (with & WITH_COST)
        lines->cost =
            (kam_column){&line->cost, NULL, NULL, 0, step, KAM_F64, 0};
    if (with & WITH_ORDER)
        lines->order = (kam_column){text ? (const void *)line->number
                                         : (const void *)&line->order,
                                    view.valid[1],
                                    NULL,
                                    0,
                                    step,
                                    text ? KAM_CHARS : KAM_I64,
                                    0};
    return view;
}

static inline void view_free(struct view *view) {
    free(view->valid[0]);
    free(view->valid[1]);
}

static inline kam_status try_lines(kam_ledger *ledger, const struct line *line,
                                   int64_t n, int with) {
    struct view view = view_of(line, n, with);
    const kam_status status = kam_ledger_add(ledger, &view.lines, NULL);
    view_free(&view);
    return status;
}

static inline void add_lines(kam_ledger *ledger, const struct line *line,
                             int64_t n, int with) {
    assert_status(try_lines(ledger, line, n, with), KAM_OK);
}

/* Postings: the account, the day and the cost of the lines. */
static inline kam_status try_postings(kam_ledger *ledger,
                                      const struct line *line, int64_t n,
                                      int with) {
    struct view view = view_of(line, n, with | WITH_COST);
    kam_activities activities;
    memset(&activities, 0, sizeof activities);
    activities.struct_size = sizeof activities;
    activities.n_rows = n;
    activities.account = view.lines.account;
    activities.day = view.lines.day;
    activities.cost = view.lines.cost;
    const kam_status status =
        kam_ledger_add_activities(ledger, &activities, NULL);
    view_free(&view);
    return status;
}

static inline kam_ledger_options options_at(int32_t as_of) {
    kam_ledger_options options;
    assert_status(kam_ledger_options_init(&options, sizeof options), KAM_OK);
    options.as_of_day = as_of;
    return options;
}

static inline kam_ledger *ledger_new(const kam_ledger_options *options) {
    kam_ledger *ledger = NULL;
    kam_diag diag = {.struct_size = sizeof diag};
    if (kam_ledger_new(options, NULL, &ledger, &diag) != KAM_OK)
        fail_msg("%s: %s", diag.argument, diag.message);
    return ledger;
}

/* A summary with arrays of its own, full of a value nobody writes. */
enum { N_NUMBERS = 14 };

struct summary {
    int64_t n;
    int32_t n_quarters;
    int64_t *key;
    int32_t *first_day, *last_day;
    uint32_t *row_flags;
    double *number[N_NUMBERS]; /* from `orders` to `log_values` */
    double *quarter;
    kam_summary out;
};

enum {
    ORDERS,
    REPEATS,
    LAST,
    AGE,
    MEAN,
    GROSS,
    RETURNS,
    COST,
    SERVICE,
    WINDOW,
    WINDOW_COST,
    GAPS,
    VALUED,
    LOGS
};

static inline void *filled(int64_t n, size_t size) {
    void *const block = malloc((size_t)n * size + 1);
    memset(block, 0x5A, (size_t)n * size + 1);
    return block;
}

static inline struct summary summary_new(const kam_ledger *ledger,
                                         int32_t n_quarters, int with) {
    struct summary s;
    memset(&s, 0, sizeof s);
    const int64_t n = s.n = kam_ledger_n_accounts(ledger);
    s.n_quarters = n_quarters;
    s.out.struct_size = sizeof s.out;
    s.key = filled(n, sizeof *s.key);
    if (!(with & WITH_TEXT)) s.out.key = s.key;
    s.out.first_day = s.first_day = filled(n, sizeof *s.first_day);
    s.out.last_day = s.last_day = filled(n, sizeof *s.last_day);
    s.out.row_flags = s.row_flags = filled(n, sizeof *s.row_flags);
    double **const to[] = {&s.out.orders,
                           &s.out.repeat_orders,
                           &s.out.last_order_periods,
                           &s.out.age_periods,
                           &s.out.mean_order_value,
                           &s.out.gross_revenue,
                           &s.out.returns,
                           &s.out.direct_cost,
                           &s.out.service_cost,
                           &s.out.window_revenue,
                           &s.out.window_cost,
                           &s.out.log_gaps,
                           &s.out.valued_orders,
                           &s.out.log_values};
    for (size_t i = 0; i < sizeof to / sizeof *to; i++)
        *to[i] = s.number[i] = filled(n, sizeof(double));
    s.quarter = filled(n * n_quarters, sizeof(double));
    if (n_quarters) s.out.quarter_revenue = s.quarter;
    return s;
}

static inline struct summary summary_of(const kam_ledger *ledger,
                                        int32_t n_quarters, int with) {
    struct summary s = summary_new(ledger, n_quarters, with);
    assert_status(kam_ledger_summarise(ledger, &s.out, NULL), KAM_OK);
    return s;
}

static inline void summary_free(struct summary *s) {
    free(s->key);
    free(s->first_day);
    free(s->last_day);
    free(s->row_flags);
    for (int i = 0; i < N_NUMBERS; i++) free(s->number[i]);
    free(s->quarter);
}

static inline void assert_same_summary(const struct summary *a,
                                       const struct summary *b) {
    assert_int_equal(a->n, b->n);
    const size_t n = (size_t)a->n;
    if (a->out.key && b->out.key)
        assert_memory_equal(a->key, b->key, n * sizeof *a->key);
    assert_memory_equal(a->first_day, b->first_day, n * sizeof *a->first_day);
    assert_memory_equal(a->last_day, b->last_day, n * sizeof *a->last_day);
    assert_memory_equal(a->row_flags, b->row_flags, n * sizeof *a->row_flags);
    for (int k = ORDERS; k < N_NUMBERS; k++)
        for (size_t i = 0; i < n; i++)
            if (check_bits_of(a->number[k][i]) !=
                check_bits_of(b->number[k][i]))
                fail_msg("number %d of row %d: %.17g, %.17g", k, (int)i,
                         a->number[k][i], b->number[k][i]);
    for (size_t i = 0; i < n * (size_t)a->n_quarters; i++)
        assert_bits(a->quarter[i], b->quarter[i]);
}

static inline kam_ledger_report report_of(const kam_ledger *ledger) {
    kam_ledger_report report;
    memset(&report, 0x5A, sizeof report);
    report.struct_size = sizeof report;
    assert_status(kam_ledger_report_of(ledger, &report, NULL), KAM_OK);
    return report;
}

/* A host that counts what it lends, refuses the n-th block, and stops the call
 * at the n-th look at the progress (0: never). */
struct lender {
    int64_t n_blocks, n_bytes, most_bytes; /* out now, and at the most */
    int64_t n_asked, refuse;
    int64_t n_looks, stop;
};

static inline void *lender_allocate(void *memory, uint64_t size,
                                    uint64_t alignment) {
    struct lender *const lender = memory;
    if (++lender->n_asked == lender->refuse) return NULL;
    lender->n_blocks++;
    lender->n_bytes += (int64_t)size;
    if (lender->n_bytes > lender->most_bytes)
        lender->most_bytes = lender->n_bytes;
    void *const block = aligned_block(size, alignment);
    assert_non_null(block);
    memset(block, 0xA5, size);
    return block;
}

static inline void lender_release(void *memory, void *block, uint64_t size) {
    struct lender *const lender = memory;
    assert_non_null(block);
    lender->n_blocks--;
    lender->n_bytes -= (int64_t)size;
    memset(block, 0x3C, size);
    aligned_block_free(block);
}

static inline int32_t lender_progress(void *watcher, int64_t done,
                                      int64_t total) {
    struct lender *const lender = watcher;
    assert_true(0 <= done && done <= total);
    return ++lender->n_looks == lender->stop;
}

static inline kam_host host_of(struct lender *lender) {
    const kam_host host = {sizeof host,    KAM_ISA_AUTO,    lender_allocate,
                           lender_release, lender,          NULL,
                           NULL,           lender_progress, lender};
    return host;
}

/* A log with everything in it: gaps, returns, zeros, days outside, missing
 * facts. Amounts are multiples of 1/4 unless `fine`. */
static inline struct line *random_log(uint64_t seed, int64_t n,
                                      int64_t n_accounts, int32_t as_of,
                                      int fine) {
    struct line *const line = calloc((size_t)n + 1, sizeof *line);
    for (int64_t i = 0; i < n; i++) {
        struct line *const l = &line[i];
        const int64_t kind = random_below(&seed, 100);
        l->account = random_below(&seed, n_accounts) - n_accounts / 2;
        l->day = as_of - (int32_t)random_below(&seed, 1500);
        l->amount = (double)random_below(&seed, 4000) / 4;
        if (fine) l->amount /= 3;
        l->cost = (double)random_below(&seed, 2000) / 4;
        if (fine) l->cost /= 7;
        if (kind < 12) l->amount = -l->amount / 4;
        if (kind == 12 || kind == 13) l->amount = 0;
        if (kind == 14) l->account = MISSING;
        if (kind == 15) l->day = KAM_NO_DAY;
        if (kind == 16) l->amount = NAN;
        if (kind == 17) l->amount = 1e17;
        if (kind == 18) l->day = as_of + 1 + (int32_t)random_below(&seed, 9);
        if (kind == 19) l->day = 99999999;
        if (kind == 20) l->day = as_of - 1500 - (int32_t)random_below(&seed, 9);
        if (kind == 21) l->cost = NAN;
        l->order = random_below(&seed, 7) ? random_below(&seed, 2 * n_accounts)
                                          : MISSING;
        if (l->account != MISSING)
            snprintf(l->name, sizeof l->name, "account %lld",
                     (long long)l->account);
        if (l->order != MISSING)
            snprintf(l->number, sizeof l->number, "N-%lld",
                     (long long)l->order);
    }
    return line;
}

/* Fields of a CSV without quotes in its first columns; NULL at the end. */
struct csv {
    FILE *file;
    char text[4096];
    char *field[64];
};

static inline int csv_open(struct csv *csv, const char *path) {
    csv->file = zipped_open(path);
    return csv->file && fgets(csv->text, sizeof csv->text, csv->file) != NULL;
}

static inline int csv_next(struct csv *csv) {
    if (!fgets(csv->text, sizeof csv->text, csv->file)) {
        zipped_close(csv->file);
        return 0;
    }
    int n = 0;
    char *at = csv->text;
    at[strcspn(at, "\r\n")] = '\0';
    for (; at && n < 63; n++) {
        csv->field[n] = at;
        at = strchr(at, ',');
        if (at) *at++ = '\0';
    }
    csv->field[n] = NULL;
    return 1;
}

/* 19970930 -> its day number. */
static inline int32_t day_of_digits(const char *text) {
    const int32_t ymd = (int32_t)strtol(text, NULL, 10);
    return day_of(ymd / 10000, ymd / 100 % 100, ymd % 100);
}

#endif
