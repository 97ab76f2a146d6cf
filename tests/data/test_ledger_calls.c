/* SPDX-License-Identifier: MIT */
/* Calls that are wrong, that run out of memory, that are told to stop. */
#include "ledger_support.h"

#include "base/sized.h"

enum { TODAY = 20000 };

static const struct line one_line = {.account = 1,
                                     .name = "1",
                                     .day = 19990,
                                     .amount = 3,
                                     .cost = 2,
                                     .order = 4,
                                     .number = "4"};

/* ---- options and structs --------------------------------------------------- */

static void defaults(void **state) {
    (void)state;
    kam_ledger_options options;
    memset(&options, 0x5A, sizeof options);
    assert_status(kam_ledger_options_init(&options, sizeof options), KAM_OK);
    assert_int_equal(options.struct_size, sizeof options);
    assert_int_equal(options.as_of_day, KAM_NO_DAY);
    assert_int_equal(options.first_day, KAM_NO_DAY);
    assert_int_equal(options.zero_is_order, 1);
    assert_int_equal(options.window_months, 12);
    assert_int_equal(options.n_quarters, 0);
    assert_bits(options.period_days, 7);
    assert_status(kam_ledger_options_init(NULL, sizeof options), KAM_ERR_NULL);
    const uint32_t first = sizeof options - 8; /* ended in period_days */
    assert_status(kam_ledger_options_init(&options, first - 1), KAM_ERR_STRUCT);
    assert_status(kam_ledger_options_init(&options, first), KAM_OK);
    assert_int_equal(options.struct_size, first);
    assert_status(kam_ledger_options_init(&options, 65537), KAM_ERR_STRUCT);
}

static void check_option(kam_ledger_options options, const char *argument) {
    kam_ledger *ledger = (kam_ledger *)&options;
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_ledger_new(&options, NULL, &ledger, &diag),
                  KAM_ERR_OPTION);
    assert_null(ledger);
    assert_string_equal(diag.argument, argument);
}

static void options_out_of_range(void **state) {
    (void)state;
    const int32_t as_of[] = {KAM_NO_DAY, -719163, 2932897, INT32_MAX};
    for (int i = 0; i < 4; i++)
        check_option(options_at(as_of[i]), "options.as_of_day");
    const double period[] = {0, -1, NAN, INFINITY, -INFINITY};
    for (int i = 0; i < 5; i++) {
        kam_ledger_options options = options_at(TODAY);
        options.period_days = period[i];
        check_option(options, "options.period_days");
    }
    for (int i = 0; i < 2; i++) {
        kam_ledger_options options = options_at(TODAY);
        options.window_months = i ? 121 : 0;
        check_option(options, "options.window_months");
        options = options_at(TODAY);
        options.n_quarters = i ? 41 : -1;
        check_option(options, "options.n_quarters");
        options = options_at(TODAY);
        options.zero_is_order = i ? 2 : -1;
        check_option(options, "options.zero_is_order");
    }
    kam_ledger_options options = options_at(TODAY);
    options.first_day = TODAY + 1;
    check_option(options, "options.first_day");
    const int32_t edge[] = {-719162, 2932896};
    for (int i = 0; i < 2; i++) {
        options = options_at(edge[i]);
        options.first_day = edge[i];
        options.window_months = 120;
        options.n_quarters = 40;
        kam_ledger_free(ledger_new(&options));
    }
}

static void null_arguments(void **state) {
    (void)state;
    const kam_ledger_options options = options_at(TODAY);
    kam_ledger *ledger = ledger_new(&options);
    kam_summary out = {.struct_size = sizeof out};
    kam_ledger_report report = {.struct_size = sizeof report};
    assert_status(kam_ledger_new(&options, NULL, NULL, NULL), KAM_ERR_NULL);
    assert_status(kam_ledger_add(ledger, NULL, NULL), KAM_ERR_NULL);
    assert_status(kam_ledger_add_activities(ledger, NULL, NULL), KAM_ERR_NULL);
    assert_status(kam_ledger_report_of(ledger, NULL, NULL), KAM_ERR_NULL);
    assert_status(kam_ledger_report_of(NULL, &report, NULL), KAM_ERR_NULL);
    assert_status(kam_ledger_summarise(ledger, NULL, NULL), KAM_ERR_NULL);
    assert_status(kam_ledger_summarise(NULL, &out, NULL), KAM_ERR_NULL);
    assert_status(kam_ledger_keys(NULL, NULL, NULL, NULL), KAM_ERR_NULL);
    assert_status(try_lines(NULL, &one_line, 1, 0), KAM_ERR_NULL);
    assert_status(try_postings(NULL, &one_line, 1, 0), KAM_ERR_NULL);
    assert_int_equal(kam_ledger_n_accounts(NULL), 0);
    kam_ledger_free(NULL);
    kam_ledger *none = ledger;
    assert_status(kam_ledger_new(NULL, NULL, &none, NULL), KAM_ERR_NULL);
    assert_null(none);
    add_lines(ledger, &one_line, 1, WITH_TEXT);
    const char *text = "mine";
    int64_t length = 5;
    assert_status(kam_ledger_keys(ledger, NULL, &length, NULL), KAM_ERR_NULL);
    assert_status(kam_ledger_keys(ledger, &text, NULL, NULL), KAM_ERR_NULL);
    assert_string_equal(text, "mine");
    assert_int_equal(length, 5);
    kam_ledger_free(ledger);
}

/* Longer structs whose tail is zero are read; shorter and newer ones are not. */
static void struct_sizes(void **state) {
    (void)state;
    const kam_ledger_options options = options_at(TODAY);
    kam_ledger *const ledger = ledger_new(&options);
    struct {
        kam_lines lines;
        int64_t tail;
    } newer;
    struct view view = view_of(&one_line, 1, 0);
    memset(&newer, 0, sizeof newer);
    newer.lines = view.lines;
    newer.lines.struct_size = sizeof newer;
    assert_status(kam_ledger_add(ledger, &newer.lines, NULL), KAM_OK);
    newer.tail = 1;
    assert_status(kam_ledger_add(ledger, &newer.lines, NULL), KAM_ERR_NEWER);
    newer.lines.struct_size = sizeof newer.lines - 1;
    assert_status(kam_ledger_add(ledger, &newer.lines, NULL), KAM_ERR_STRUCT);
    view.lines.reserved = 1;
    assert_status(kam_ledger_add(ledger, &view.lines, NULL), KAM_ERR_NEWER);
    kam_summary out = {.struct_size = KAM__FIRST(kam_summary) - 1};
    assert_status(kam_ledger_summarise(ledger, &out, NULL), KAM_ERR_STRUCT);
    out.struct_size = sizeof out;
    out.reserved = 1;
    assert_status(kam_ledger_summarise(ledger, &out, NULL), KAM_ERR_NEWER);
    kam_ledger_report report = {.struct_size = 3};
    assert_status(kam_ledger_report_of(ledger, &report, NULL), KAM_ERR_STRUCT);
    kam_activities activities = {.struct_size = sizeof activities,
                                 .reserved = 1};
    assert_status(kam_ledger_add_activities(ledger, &activities, NULL),
                  KAM_ERR_NEWER);
    assert_int_equal(report_of(ledger).n_lines, 1);
    view_free(&view);
    kam_ledger_free(ledger);
}

/* ---- columns ----------------------------------------------------------------- */

/* A ledger in which a wrong call must not leave a trace. */
static kam_ledger *ledger_with_one(struct summary *before) {
    const kam_ledger_options options = options_at(TODAY);
    kam_ledger *const ledger = ledger_new(&options);
    add_lines(ledger, &one_line, 1, 0);
    *before = summary_of(ledger, 0, 0);
    return ledger;
}

static void assert_unchanged(kam_ledger *ledger, struct summary *before) {
    struct summary after = summary_of(ledger, 0, 0);
    assert_same_summary(before, &after);
    assert_int_equal(report_of(ledger).n_lines, 1);
    assert_int_equal(report_of(ledger).n_activities, 0);
    summary_free(&after);
    summary_free(before);
    kam_ledger_free(ledger);
}

static void assert_refused(kam_ledger *ledger, const kam_lines *lines,
                           kam_status expected, const char *argument) {
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_ledger_add(ledger, lines, &diag), expected);
    assert_string_equal(diag.argument, argument);
}

static void columns_that_are_wrong(void **state) {
    (void)state;
    struct summary before;
    kam_ledger *const ledger = ledger_with_one(&before);
    struct view view = view_of(&one_line, 1, WITH_COST);
    const kam_lines good = view.lines;
    kam_lines lines = good;
    lines.n_rows = -1;
    assert_refused(ledger, &lines, KAM_ERR_SHAPE, "lines.n_rows");
    const struct {
        size_t at;
        const char *name;
        int32_t wrong_type;
        int required;
    } column[] = {
        {offsetof(kam_lines, account), "lines.account", KAM_F64, 1},
        {offsetof(kam_lines, account), "lines.account", KAM_U8, 1},
        {offsetof(kam_lines, account), "lines.account", KAM_DAY, 1},
        {offsetof(kam_lines, day), "lines.day", KAM_F64, 1},
        {offsetof(kam_lines, revenue), "lines.revenue", KAM_CHARS, 1},
        {offsetof(kam_lines, revenue), "lines.revenue", KAM_DAY, 1},
        {offsetof(kam_lines, cost), "lines.cost", KAM_TEXT32, 0},
        {offsetof(kam_lines, cost), "lines.cost", 77, 0},
    };
    for (size_t i = 0; i < sizeof column / sizeof *column; i++) {
        lines = good;
        kam_column *const c =
            (kam_column *)(void *)((char *)&lines + column[i].at);
        c->type = column[i].wrong_type;
        assert_refused(ledger, &lines, KAM_ERR_TYPE, column[i].name);
        lines = good;
        c->offset = -1;
        assert_refused(ledger, &lines, KAM_ERR_SHAPE, column[i].name);
        if (!column[i].required) continue;
        lines = good;
        c->values = NULL;
        assert_refused(ledger, &lines, KAM_ERR_NULL, column[i].name);
    }
    lines = good;
    lines.order = good.revenue;
    assert_refused(ledger, &lines, KAM_ERR_TYPE, "lines.order");
    lines.order = good.account; /* fits, but was not in the first chunk */
    assert_refused(ledger, &lines, KAM_ERR_TYPE, "lines.order");
    view_free(&view);
    assert_unchanged(ledger, &before);
}

static void postings_that_are_wrong(void **state) {
    (void)state;
    struct summary before;
    kam_ledger *const ledger = ledger_with_one(&before);
    const int64_t account[] = {1};
    const int32_t day[] = {TODAY};
    const double cost[] = {5};
    const kam_activities good = {sizeof good,
                                 0,
                                 1,
                                 {account, NULL, NULL, 0, 0, KAM_I64, 0},
                                 {day, NULL, NULL, 0, 0, KAM_DAY, 0},
                                 {cost, NULL, NULL, 0, 0, KAM_F64, 0}};
    kam_activities wrong = good;
    wrong.n_rows = -5;
    assert_status(kam_ledger_add_activities(ledger, &wrong, NULL),
                  KAM_ERR_SHAPE);
    wrong = good;
    wrong.account.values = NULL;
    assert_status(kam_ledger_add_activities(ledger, &wrong, NULL),
                  KAM_ERR_NULL);
    wrong = good;
    wrong.day.type = KAM_U8;
    assert_status(kam_ledger_add_activities(ledger, &wrong, NULL),
                  KAM_ERR_TYPE);
    wrong = good;
    wrong.cost.values = NULL;
    assert_status(kam_ledger_add_activities(ledger, &wrong, NULL),
                  KAM_ERR_NULL);
    assert_status(try_postings(ledger, &one_line, 1, WITH_TEXT), KAM_ERR_TYPE);
    assert_unchanged(ledger, &before);
}

/* Offsets that fall, or begin below zero, name the row; nothing changes. */
static void text_offsets_that_fall(void **state) {
    (void)state;
    const kam_ledger_options options = options_at(TODAY);
    const int32_t good32[] = {0, 1, 2, 3};
    const int32_t falling[] = {0, 1, 3, 2}, negative[] = {-1, 0, 1, 2};
    const int64_t falling64[] = {0, 2, 1, 3};
    const int32_t day[] = {TODAY, TODAY, TODAY};
    const double amount[] = {1, 2, 3};
    const struct {
        const void *offsets;
        int32_t type;
        int64_t row;
        double value;
    } wrong[] = {{falling, KAM_TEXT32, 2, 2},
                 {negative, KAM_TEXT32, 0, -1},
                 {falling64, KAM_TEXT64, 1, 1}};
    kam_lines lines = {.struct_size = sizeof lines, .n_rows = 3};
    lines.day = (kam_column){day, NULL, NULL, 0, 0, KAM_DAY, 0};
    lines.revenue = (kam_column){amount, NULL, NULL, 0, 0, KAM_F64, 0};
    kam_ledger *const ledger = ledger_new(&options);
    for (int in_order = 0; in_order < 2; in_order++)
        for (int i = 0; i < 3; i++) {
            const kam_column good = {good32, NULL, "abc", 0, 0, KAM_TEXT32, 0};
            const kam_column bad = {wrong[i].offsets, NULL, "abc", 0, 0,
                                    wrong[i].type,    0};
            kam_diag diag = {.struct_size = sizeof diag};
            lines.account = in_order ? good : bad;
            lines.order = in_order ? bad : good;
            assert_status(kam_ledger_add(ledger, &lines, &diag), KAM_ERR_SHAPE);
            assert_int_equal(diag.row, wrong[i].row);
            assert_bits(diag.value, wrong[i].value);
            assert_string_equal(diag.argument,
                                in_order ? "lines.order" : "lines.account");
        }
    assert_int_equal(report_of(ledger).n_lines, 0);
    assert_int_equal(kam_ledger_n_accounts(ledger), 0);
    /* Nor did the refused chunks settle the kind of key. */
    add_lines(ledger, &one_line, 1, 0);
    kam_ledger_free(ledger);
}

static void kinds_of_key(void **state) {
    (void)state;
    const kam_ledger_options options = options_at(TODAY);
    kam_ledger *const ledger = ledger_new(&options);
    struct view view = view_of(&one_line, 0, WITH_TEXT);
    memset(&view.lines.account, 0, sizeof view.lines.account);
    /* A chunk of no rows settles nothing, with or without its columns. */
    assert_status(kam_ledger_add(ledger, &view.lines, NULL), KAM_OK);
    view_free(&view);
    add_lines(ledger, &one_line, 1, 0);
    assert_status(try_lines(ledger, &one_line, 1, WITH_TEXT), KAM_ERR_TYPE);
    assert_status(try_lines(ledger, &one_line, 1, WITH_ORDER), KAM_ERR_TYPE);
    const char *text;
    int64_t length;
    assert_status(kam_ledger_keys(ledger, &text, &length, NULL), KAM_ERR_TYPE);
    kam_ledger_free(ledger);

    kam_ledger *const texts = ledger_new(&options);
    add_lines(texts, &one_line, 1, WITH_TEXT | WITH_ORDER);
    assert_status(try_lines(texts, &one_line, 1, WITH_ORDER), KAM_ERR_TYPE);
    assert_status(try_lines(texts, &one_line, 1, WITH_TEXT), KAM_ERR_TYPE);
    int64_t key = 77;
    const kam_summary out = {.struct_size = sizeof out, .key = &key};
    assert_status(kam_ledger_summarise(texts, &out, NULL), KAM_ERR_TYPE);
    assert_int_equal(key, 77);
    kam_ledger_free(texts);
}

static void an_empty_ledger(void **state) {
    (void)state;
    const kam_ledger_options options = options_at(TODAY);
    kam_ledger *const ledger = ledger_new(&options);
    struct summary s = summary_of(ledger, 0, 0);
    const kam_ledger_report report = report_of(ledger);
    kam_ledger_report none = {.struct_size = sizeof none,
                              .first_line_day = KAM_NO_DAY,
                              .last_line_day = KAM_NO_DAY};
    assert_memory_equal(&report, &none, sizeof none);
    assert_int_equal(s.n, 0);
    assert_status(kam_ledger_keys(ledger, NULL, NULL, NULL), KAM_OK);
    summary_free(&s);
    kam_ledger_free(ledger);
}

static void nothing_wanted(void **state) {
    (void)state;
    const kam_ledger_options options = options_at(TODAY);
    kam_ledger *const ledger = ledger_new(&options);
    const kam_summary out = {.struct_size = sizeof out};
    kam_diag diag = {.struct_size = sizeof diag, .status = 7};
    add_lines(ledger, &one_line, 1, 0);
    assert_status(kam_ledger_summarise(ledger, &out, &diag), KAM_OK);
    assert_int_equal(diag.status, KAM_OK);
    assert_int_equal(diag.row, -1);
    kam_ledger_free(ledger);
}

/* ---- overflow, memory, cancelling --------------------------------------------- */

/* After the three failures that leave a ledger half-way, it says so again. */
static void assert_broken(kam_ledger *ledger, kam_status why) {
    const kam_ledger_options options = options_at(TODAY);
    kam_ledger *const other = ledger_new(&options);
    const kam_summary out = {.struct_size = sizeof out};
    kam_ledger_report report = {.struct_size = sizeof report};
    assert_status(try_lines(ledger, &one_line, 1, 0), why);
    assert_status(try_postings(ledger, &one_line, 1, 0), why);
    assert_status(kam_ledger_merge(ledger, other, NULL), why);
    assert_status(kam_ledger_merge(other, ledger, NULL), why);
    assert_status(kam_ledger_summarise(ledger, &out, NULL), why);
    assert_status(kam_ledger_report_of(ledger, &report, NULL), why);
    assert_status(kam_ledger_keys(ledger, NULL, NULL, NULL), why);
    kam_ledger_free(other);
}

/* 2048 amounts of 2^52 are 2^63: in revenue, returns, costs, a merge, postings. */
static void sums_that_overflow(void **state) {
    (void)state;
    enum { N = 2048 };
    struct line *const line = calloc(N, sizeof *line);
    for (int what = 0; what < 5; what++) {
        const kam_ledger_options options = options_at(TODAY);
        const int with = what == 2 ? WITH_COST : 0;
        kam_ledger *const ledger = ledger_new(&options);
        for (int i = 0; i < N; i++) {
            line[i] = one_line;
            line[i].day = TODAY - i;
            if (what == 0 || what == 3) line[i].amount = 0x1p52;
            if (what == 1) line[i].amount = -0x1p52;
            if (what == 2 || what == 4) line[i].cost = 0x1p52;
        }
        kam_status status;
        if (what < 4) {
            add_lines(ledger, line, N - 1, with);
            status = what == 3 ? kam_ledger_merge(ledger, ledger, NULL)
                               : try_lines(ledger, line + N - 1, 1, with);
        } else {
            assert_status(try_postings(ledger, line, N - 1, 0), KAM_OK);
            status = try_postings(ledger, line, 1, 0);
        }
        assert_status(status, KAM_ERR_OVERFLOW);
        assert_broken(ledger, KAM_ERR_OVERFLOW);
        kam_ledger_free(ledger);
    }
    free(line);
}

enum { BOOK = 2500, KEYS = 700 };

/* All that allocates, once; the status of the first call that fails. */
static kam_status whole_life(struct lender *lender, const struct line *line,
                             int64_t n, int with, struct summary *s) {
    const kam_host host = host_of(lender);
    kam_ledger_options options = options_at(TODAY);
    options.n_quarters = 4;
    kam_ledger *a = NULL, *b = NULL;
    kam_status status = kam_ledger_new(&options, &host, &a, NULL);
    if (status != KAM_OK) assert_null(a);
    if (status == KAM_OK) status = kam_ledger_new(&options, &host, &b, NULL);
    if (status == KAM_OK) status = try_lines(a, line, n / 2, with);
    if (status == KAM_OK) status = try_postings(a, line, 200, with);
    if (status == KAM_OK) status = try_lines(b, line + n / 2, n - n / 2, with);
    if (status == KAM_OK) status = kam_ledger_merge(a, b, NULL);
    kam_ledger_free(b);
    if (status == KAM_OK) {
        *s = summary_new(a, 4, with);
        status = kam_ledger_summarise(a, &s->out, NULL);
        if (status == KAM_ERR_MEMORY) /* not a byte was written */
            for (int64_t i = 0; i < s->n; i++) {
                assert_int_equal(s->row_flags[i], 0x5A5A5A5A);
                assert_int_equal(check_bits_of(s->number[MEAN][i]),
                                 0x5A5A5A5A5A5A5A5A);
            }
        if (status != KAM_OK) summary_free(s);
    }
    if (status == KAM_OK && with & WITH_TEXT) {
        const char *text[KEYS] = {NULL};
        int64_t length[KEYS];
        status = kam_ledger_keys(a, text, length, NULL);
        if (status != KAM_OK) {
            assert_null(text[0]);
            summary_free(s);
        }
    }
    kam_ledger_free(a);
    assert_int_equal(lender->n_blocks, 0);
    assert_int_equal(lender->n_bytes, 0);
    return status;
}

static void fail_each_once(const struct line *line, int64_t n, int with) {
    struct summary s, whole;
    struct lender lender = {0};
    assert_status(whole_life(&lender, line, n, with, &whole), KAM_OK);
    const int64_t n_asked = lender.n_asked;
    assert_in_range(n_asked, 30, 3000);
    for (int64_t refuse = 1; refuse <= n_asked; refuse++) {
        memset(&lender, 0, sizeof lender);
        lender.refuse = refuse;
        assert_status(whole_life(&lender, line, n, with, &s), KAM_ERR_MEMORY);
    }
    memset(&lender, 0, sizeof lender);
    assert_status(whole_life(&lender, line, n, with, &s), KAM_OK);
    assert_same_summary(&s, &whole);
    summary_free(&s);
    summary_free(&whole);
}

/* Orders of one account lie close together; those of the next one do not. */
static void an_account_after_a_large_one(void **state) {
    (void)state;
    enum { N = 4000 };
    struct line *const line = calloc(N, sizeof *line);
    for (int i = 0; i < N; i++) {
        line[i] = one_line;
        line[i].account = i % (N / 2) < 1900 ? 1 : 2;
        line[i].order = i;
    }
    fail_each_once(line, N, WITH_ORDER);
    free(line);
}

static void every_allocation_failed_once(void **state) {
    (void)state;
    for (int with = 0; with < 8; with++) {
        struct line *const line = random_log(11, BOOK, KEYS, TODAY, 1);
        fail_each_once(line, BOOK, with);
        free(line);
    }
}

static void without_memory_it_is_broken(void **state) {
    (void)state;
    const kam_ledger_options options = options_at(TODAY);
    struct lender lender = {.refuse = 2};
    const kam_host host = host_of(&lender);
    kam_ledger *ledger;
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_ledger_new(&options, &host, &ledger, NULL), KAM_OK);
    struct view view = view_of(&one_line, 1, 0);
    assert_status(kam_ledger_add(ledger, &view.lines, &diag), KAM_ERR_MEMORY);
    assert_string_equal(diag.argument, "host");
    view_free(&view);
    assert_broken(ledger, KAM_ERR_MEMORY);
    kam_ledger_free(ledger);
    assert_int_equal(lender.n_blocks, 0);
}

/* A summary that finds no memory breaks nothing: it can be asked again. */
static void a_summary_may_fail_and_be_asked_again(void **state) {
    (void)state;
    const kam_ledger_options options = options_at(TODAY);
    struct lender lender = {0};
    const kam_host host = host_of(&lender);
    kam_ledger *ledger;
    assert_status(kam_ledger_new(&options, &host, &ledger, NULL), KAM_OK);
    add_lines(ledger, &one_line, 1, 0);
    struct summary s = summary_new(ledger, 0, 0);
    lender.refuse = lender.n_asked + 1;
    assert_status(kam_ledger_summarise(ledger, &s.out, NULL), KAM_ERR_MEMORY);
    assert_status(kam_ledger_summarise(ledger, &s.out, NULL), KAM_OK);
    assert_bits(s.number[GROSS][0], 3);
    summary_free(&s);
    kam_ledger_free(ledger);
}

/* More than two waves of 65,536 rows, in every call that is long. */
static void cancelled_at_every_look(void **state) {
    (void)state;
    enum { N = 140000, LOOKS = 3 };
    const kam_ledger_options options = options_at(TODAY);
    struct line *const line = calloc(N, sizeof *line);
    for (int64_t i = 0; i < N; i++) {
        line[i] = one_line;
        line[i].account = i;
        line[i].order = i;
    }
    for (int call = 0; call < 4; call++)
        for (int stop = 0; stop <= LOOKS; stop++) {
            struct lender lender = {0};
            const kam_host host = host_of(&lender);
            kam_ledger *ledger, *other = ledger_new(&options);
            struct summary s;
            kam_status status;
            assert_status(kam_ledger_new(&options, &host, &ledger, NULL),
                          KAM_OK);
            if (call == 2) add_lines(other, line, N, WITH_ORDER);
            if (call == 3) add_lines(ledger, line, N, 0);
            lender.n_looks = 0;
            lender.stop = stop;
            if (call == 0) status = try_lines(ledger, line, N, 0);
            if (call == 1) status = try_postings(ledger, line, N, 0);
            if (call == 2) status = kam_ledger_merge(ledger, other, NULL);
            if (call == 3) {
                s = summary_new(ledger, 0, 0);
                status = kam_ledger_summarise(ledger, &s.out, NULL);
            }
            const int64_t looks = call == 2 ? 2 * LOOKS : LOOKS;
            assert_status(status, stop ? KAM_ERR_CANCELLED : KAM_OK);
            assert_int_equal(lender.n_looks, stop ? stop : looks);
            lender.stop = 0;
            if (stop && call < 3) assert_broken(ledger, KAM_ERR_CANCELLED);
            if (call == 3) { /* a summary only reads */
                assert_status(kam_ledger_summarise(ledger, &s.out, NULL),
                              KAM_OK);
                assert_bits(s.number[GROSS][N - 1], 3);
                summary_free(&s);
            }
            kam_ledger_free(ledger);
            kam_ledger_free(other);
            assert_int_equal(lender.n_blocks, 0);
        }
    free(line);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(options_out_of_range),
        cmocka_unit_test(null_arguments),
        cmocka_unit_test(struct_sizes),
        cmocka_unit_test(columns_that_are_wrong),
        cmocka_unit_test(postings_that_are_wrong),
        cmocka_unit_test(text_offsets_that_fall),
        cmocka_unit_test(kinds_of_key),
        cmocka_unit_test(an_empty_ledger),
        cmocka_unit_test(nothing_wanted),
        cmocka_unit_test(sums_that_overflow),
        cmocka_unit_test(every_allocation_failed_once),
        cmocka_unit_test(an_account_after_a_large_one),
        cmocka_unit_test(without_memory_it_is_broken),
        cmocka_unit_test(a_summary_may_fail_and_be_asked_again),
        cmocka_unit_test(cancelled_at_every_look),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
