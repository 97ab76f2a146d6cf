/* SPDX-License-Identifier: MIT */
#include "ledger_support.h"

/* Days of the small cases by hand: periods are weeks of 7 days. */
enum { TODAY = 20000 };

#define LINE(account_, day_, amount_)                                          \
    {                                                                          \
        .account = account_, .day = day_, .amount = amount_, .cost = NAN,      \
        .order = MISSING                                                       \
    }
#define COSTS(account_, day_, amount_, cost_)                                  \
    {                                                                          \
        .account = account_, .day = day_, .amount = amount_, .cost = cost_,    \
        .order = MISSING                                                       \
    }
#define ORDER(account_, order_, day_, amount_)                                 \
    {                                                                          \
        .account = account_, .day = day_, .amount = amount_, .cost = NAN,      \
        .order = order_                                                        \
    }
#define COUNT(array) ((int64_t)(sizeof(array) / sizeof *(array)))

/* Expected of one account; numbers in the order ORDERS ... GAPS. */
struct row {
    int64_t key;
    int32_t first, last;
    double number[GAPS + 1];
};

static void assert_rows(const struct summary *s, const struct row *row,
                        int64_t n) {
    assert_int_equal(s->n, n);
    for (int64_t i = 0; i < n; i++) {
        if (s->out.key) assert_int_equal(s->key[i], row[i].key);
        assert_int_equal(s->first_day[i], row[i].first);
        assert_int_equal(s->last_day[i], row[i].last);
        assert_int_equal(s->row_flags[i],
                         row[i].first == KAM_NO_DAY ? KAM_ROW_MISSING : 0);
        for (int k = ORDERS; k <= WINDOW_COST; k++) {
            const double a = s->number[k][i], e = row[i].number[k];
            if (!(a == e || (isnan(a) && isnan(e))))
                fail_msg("row %d, number %d: %.17g, expected %.17g", (int)i, k,
                         a, e);
        }
    }
}

/* Lines in, rows out, under the given options. */
static kam_ledger_report check_case(const kam_ledger_options *options,
                                    const struct line *line, int64_t n_lines,
                                    int with, const struct row *row,
                                    int64_t n_rows) {
    kam_ledger *const ledger = ledger_new(options);
    add_lines(ledger, line, n_lines, with);
    struct summary s = summary_of(ledger, 0, with);
    assert_rows(&s, row, n_rows);
    const kam_ledger_report report = report_of(ledger);
    summary_free(&s);
    kam_ledger_free(ledger);
    return report;
}

/* ---- orders, one day one order ------------------------------------------ */

static void days_are_orders(void **state) {
    (void)state;
    const kam_ledger_options options = options_at(TODAY);
    const struct line line[] = {
        LINE(7, TODAY - 21, 10),  /* account 7: three days, */
        LINE(7, TODAY - 70, 4),   /* the first of them last but one */
        LINE(7, TODAY - 70, 6),   /* the same order */
        LINE(7, TODAY - 7, 30),   /* */
        LINE(-3, TODAY, 8),       /* account -3: today, once */
        LINE(7, TODAY - 21, 2.5), /* joins the order of that day */
    };
    /* 7: repeat orders 12.5 and 30; last - first 63 days, age 70 days. */
    const struct row row[] = {
        {-3, TODAY, TODAY, {1, 0, 0, 0, 0, 8, 0, NAN, NAN, 8, NAN}},
        {7,
         TODAY - 70,
         TODAY - 7,
         {3, 2, 9, 10, 21.25, 52.5, 0, NAN, NAN, 52.5, NAN}},
    };
    const kam_ledger_report report =
        check_case(&options, line, COUNT(line), 0, row, COUNT(row));
    assert_int_equal(report.n_lines, 6);
    assert_int_equal(report.n_used, 6);
    assert_int_equal(report.n_orders, 4);
    assert_int_equal(report.n_merged, 2);
    assert_int_equal(report.n_void_orders, 0);
    assert_int_equal(report.n_accounts, 2);
    assert_int_equal(report.n_without_order, 0);
    assert_int_equal(report.n_missing_cost, 6);
    assert_int_equal(report.first_line_day, TODAY - 70);
    assert_int_equal(report.last_line_day, TODAY);
}

/* Whatever comes first, the mean leaves out exactly the earliest day. */
static void the_first_day_may_come_late(void **state) {
    (void)state;
    const kam_ledger_options options = options_at(TODAY);
    const struct line line[] = {LINE(1, TODAY - 7, 1),
                                LINE(1, TODAY - 14, 2),
                                LINE(1, TODAY - 21, 4),
                                LINE(1, TODAY - 14, 8),
                                LINE(1, TODAY - 21, 16),
                                LINE(1, TODAY - 28, 32),
                                LINE(1, TODAY - 7, 64)};
    /* First day 32; the rest is 1+2+4+8+16+64 = 95 on 3 days. */
    const struct row row[] = {
        {1,
         TODAY - 28,
         TODAY - 7,
         {4, 3, 3, 4, 95.0 / 3, 127, 0, NAN, NAN, 127, NAN}}};
    check_case(&options, line, COUNT(line), 0, row, 1);
}

static void returns_are_no_orders(void **state) {
    (void)state;
    const kam_ledger_options options = options_at(TODAY);
    const struct line line[] = {
        LINE(1, TODAY - 30, -5),  /* before the first order: no order */
        LINE(1, TODAY - 20, 100), /* */
        LINE(1, TODAY - 20, -40), /* on an order day: the day stays an order */
        LINE(1, TODAY - 6, 10),   /* */
        LINE(1, TODAY - 1, -200), /* after the last order */
        LINE(2, TODAY - 3, -7),   /* account 2 only returned */
        LINE(3, TODAY - 2, 5),    /* */
        LINE(3, TODAY - 2, -5),   /* nets to zero, and did order */
    };
    const struct row row[] = {
        {1,
         TODAY - 20,
         TODAY - 6,
         {2, 1, 2, 20.0 / 7, 10, 110, 245, NAN, NAN, -135, NAN}},
        {2,
         KAM_NO_DAY,
         KAM_NO_DAY,
         {0, NAN, NAN, NAN, NAN, 0, 7, NAN, NAN, -7, NAN}},
        {3,
         TODAY - 2,
         TODAY - 2,
         {1, 0, 0, 2.0 / 7, 0, 5, 5, NAN, NAN, 0, NAN}},
    };
    const kam_ledger_report report =
        check_case(&options, line, COUNT(line), 0, row, COUNT(row));
    assert_int_equal(report.n_returns, 5);
    assert_int_equal(report.n_orders, 3);
    assert_int_equal(report.n_merged, 0);
    assert_int_equal(report.n_without_order, 1);
}

static void a_log_of_returns_only(void **state) {
    (void)state;
    const kam_ledger_options options = options_at(TODAY);
    const struct line line[] = {LINE(5, 19000, -1), LINE(5, 19001, -2),
                                LINE(4, 19002, -4)};
    const struct row row[] = {
        {4,
         KAM_NO_DAY,
         KAM_NO_DAY,
         {0, NAN, NAN, NAN, NAN, 0, 4, NAN, NAN, 0, 0}},
        {5,
         KAM_NO_DAY,
         KAM_NO_DAY,
         {0, NAN, NAN, NAN, NAN, 0, 3, NAN, NAN, 0, 0}},
    };
    const kam_ledger_report report =
        check_case(&options, line, COUNT(line), 0, row, COUNT(row));
    assert_int_equal(report.n_orders, 0);
    assert_int_equal(report.n_without_order, 2);
    assert_int_equal(report.n_returns, 3);
    assert_int_equal(report.first_line_day, 19000);
}

static void zero_lines(void **state) {
    (void)state;
    kam_ledger_options options = options_at(TODAY);
    const struct line line[] = {
        LINE(1, TODAY - 21, 0),   /* the first order, when zeros are */
        LINE(1, TODAY - 14, 6),   /* */
        LINE(1, TODAY - 7, -0.0), /* the last order, when zeros are */
        LINE(1, TODAY - 14, 0),   /* */
        LINE(2, TODAY - 7, 0),    /* only a zero */
    };
    const struct row with[] = {
        {1, TODAY - 21, TODAY - 7, {3, 2, 2, 3, 3, 6, 0, NAN, NAN, 6, NAN}},
        {2, TODAY - 7, TODAY - 7, {1, 0, 0, 1, 0, 0, 0, NAN, NAN, 0, NAN}},
    };
    kam_ledger_report report =
        check_case(&options, line, COUNT(line), 0, with, COUNT(with));
    assert_int_equal(report.n_zero, 4);
    assert_int_equal(report.n_orders, 4);
    assert_int_equal(report.n_merged, 1);
    assert_int_equal(report.n_returns, 0);
    options.zero_is_order = 0;
    const struct row without[] = {
        {1, TODAY - 14, TODAY - 14, {1, 0, 0, 2, 0, 6, 0, NAN, NAN, 6, NAN}},
        {2,
         KAM_NO_DAY,
         KAM_NO_DAY,
         {0, NAN, NAN, NAN, NAN, 0, 0, NAN, NAN, 0, NAN}},
    };
    report =
        check_case(&options, line, COUNT(line), 0, without, COUNT(without));
    assert_int_equal(report.n_zero, 4);
    assert_int_equal(report.n_orders, 1);
    assert_int_equal(report.n_merged, 0);
    assert_int_equal(report.n_without_order, 1);
}

/* ---- orders by number ---------------------------------------------------- */

static void numbers_are_orders(void **state) {
    (void)state;
    const kam_ledger_options options = options_at(TODAY);
    const struct line line[] = {
        ORDER(1, 900, TODAY - 28, 10), /* order 900: 10 + 5, */
        ORDER(1, 900, TODAY - 30, 5),  /* dated by the earlier line */
        ORDER(1, 901, TODAY - 9, 20),  /* two orders on one day: */
        ORDER(1, 902, TODAY - 9, 30),  /* one repeat-order day */
        ORDER(2, 900, TODAY - 1, 7),   /* another account's order 900 */
        ORDER(1, 903, TODAY - 5, 50),  /* taken back below: */
        ORDER(1, 903, TODAY - 2, -51), /* -1 in all, no order */
        ORDER(1, 904, TODAY - 40, -3), /* a credit note of its own: none */
        ORDER(1, 901, TODAY - 3, -8),  /* lowers order 901 to 12 */
        ORDER(3, 1, TODAY - 4, 9),     /* 9 - 9: worth zero, still an order */
        ORDER(3, 1, TODAY - 4, -9),
    };
    /* Account 1: orders 15 (day -30), 12 and 30 (day -9). */
    const struct row row[] = {
        {1,
         TODAY - 30,
         TODAY - 9,
         {3, 1, 3, 30.0 / 7, 42, 115, 62, NAN, NAN, 53, NAN}},
        {2,
         TODAY - 1,
         TODAY - 1,
         {1, 0, 0, 1.0 / 7, 0, 7, 0, NAN, NAN, 7, NAN}},
        {3,
         TODAY - 4,
         TODAY - 4,
         {1, 0, 0, 4.0 / 7, 0, 9, 9, NAN, NAN, 0, NAN}},
    };
    const kam_ledger_report report =
        check_case(&options, line, COUNT(line), WITH_ORDER, row, COUNT(row));
    assert_int_equal(report.n_orders, 5);
    assert_int_equal(report.n_void_orders, 2);
    /* 11 lines; distinct numbers: 900 901 902 903 904, 900, 1. */
    assert_int_equal(report.n_merged, 4);
    assert_int_equal(report.n_without_order, 0);
}

static void a_zero_order_that_is_none(void **state) {
    (void)state;
    kam_ledger_options options = options_at(TODAY);
    options.zero_is_order = 0;
    const struct line line[] = {ORDER(3, 1, TODAY - 4, 9),
                                ORDER(3, 1, TODAY - 4, -9),
                                ORDER(4, 1, TODAY - 4, 0),
                                ORDER(4, 2, TODAY - 5, 3)};
    const struct row row[] = {
        {3,
         KAM_NO_DAY,
         KAM_NO_DAY,
         {0, NAN, NAN, NAN, NAN, 9, 9, NAN, NAN, 0, NAN}},
        {4,
         TODAY - 5,
         TODAY - 5,
         {1, 0, 0, 5.0 / 7, 0, 3, 0, NAN, NAN, 3, NAN}},
    };
    const kam_ledger_report report =
        check_case(&options, line, COUNT(line), WITH_ORDER, row, COUNT(row));
    assert_int_equal(report.n_orders, 1);
    assert_int_equal(report.n_void_orders, 2);
    assert_int_equal(report.n_without_order, 1);
    assert_int_equal(report.n_merged, 1);
}

/* A line without a number is read as if there were no column. */
static void lines_without_a_number(void **state) {
    (void)state;
    const kam_ledger_options options = options_at(TODAY);
    const struct line line[] = {
        ORDER(1, MISSING, TODAY - 21, 10), /* an order of its day, */
        ORDER(1, MISSING, TODAY - 21, 2),  /* with this, worth 12 */
        ORDER(1, MISSING, TODAY - 21, -7), /* a return: not in the order */
        ORDER(1, 5, TODAY - 21, 30),       /* another order on that day */
        ORDER(1, 6, TODAY - 14, 6),        /* */
        ORDER(1, MISSING, TODAY - 14, 4),  /* two orders on this day too */
        ORDER(1, MISSING, TODAY - 7, 8),   /* */
        ORDER(1, 7, TODAY - 35, 1),        /* the first of all */
    };
    /* Repeat days -21, -14, -7: 42 + 10 + 8 = 60. */
    const struct row row[] = {
        {1, TODAY - 35, TODAY - 7, {6, 3, 4, 5, 20, 61, 7, NAN, NAN, 54, NAN}}};
    const kam_ledger_report report =
        check_case(&options, line, COUNT(line), WITH_ORDER, row, 1);
    assert_int_equal(report.n_orders, 6);
    assert_int_equal(report.n_merged, 1);
}

/* An account's first numbered order is void until a later line lifts it. */
static void orders_come_and_go(void **state) {
    (void)state;
    const kam_ledger_options options = options_at(TODAY);
    kam_ledger *const ledger = ledger_new(&options);
    const struct line line[] = {ORDER(1, 1, TODAY - 4, -5),
                                ORDER(1, 1, TODAY - 3, 9),
                                ORDER(1, 1, TODAY - 2, -9),
                                ORDER(1, MISSING, TODAY - 1, 2),
                                ORDER(1, 1, TODAY - 1, 6)};
    const int64_t orders[] = {0, 1, 0, 1, 2};
    const int64_t without[] = {1, 0, 1, 0, 0};
    for (int i = 0; i < 5; i++) {
        add_lines(ledger, &line[i], 1, WITH_ORDER);
        const kam_ledger_report report = report_of(ledger);
        assert_int_equal(report.n_orders, orders[i]);
        assert_int_equal(report.n_void_orders, i < 3 ? 1 - orders[i] : i == 3);
        assert_int_equal(report.n_without_order, without[i]);
    }
    kam_ledger_free(ledger);
}

/* ---- what is dropped ------------------------------------------------------ */

static void every_reason_to_drop_a_line(void **state) {
    (void)state;
    kam_ledger_options options = options_at(TODAY);
    options.first_day = TODAY - 100;
    const struct line line[] = {
        LINE(1, TODAY - 100, 1),        /* used: the first day counts, */
        LINE(1, TODAY, 2),              /* used: so does today */
        LINE(MISSING, TODAY, 4),        /* no account */
        LINE(MISSING, KAM_NO_DAY, NAN), /* no account: asked first */
        LINE(1, KAM_NO_DAY, NAN),       /* no day: asked before the amount */
        LINE(1, 99999999, NAN),         /* no amount: asked before bad days */
        LINE(1, TODAY + 1, INFINITY),   /* bad amount: before lateness */
        LINE(2, TODAY, -INFINITY),      /* bad amount */
        LINE(1, TODAY, 0x1.0000000000001p52), /* bad amount: beyond 2^52 */
        LINE(1, -99999999, 1),                /* no calendar has the day */
        LINE(1, 2932897, 1),                  /* 10000-01-01 */
        LINE(1, -719163, 1),                  /* the day before 0001-01-01 */
        LINE(1, TODAY + 1, 1),                /* after today */
        LINE(1, 2932896, 1),                  /* 9999-12-31: after today */
        LINE(1, TODAY - 101, 1),              /* before the first day */
        LINE(1, -719162, 1),                  /* 0001-01-01: before */
        LINE(3, TODAY - 101, 1),              /* account 3 never appears */
    };
    const struct row row[] = {
        {1,
         TODAY - 100,
         TODAY,
         {2, 1, 100.0 / 7, 100.0 / 7, 2, 3, 0, NAN, NAN, 3, NAN}}};
    const kam_ledger_report report =
        check_case(&options, line, COUNT(line), 0, row, 1);
    assert_int_equal(report.n_lines, COUNT(line));
    assert_int_equal(report.n_used, 2);
    assert_int_equal(report.n_missing_account, 2);
    assert_int_equal(report.n_missing_day, 1);
    assert_int_equal(report.n_missing_amount, 1);
    assert_int_equal(report.n_bad_amount, 3);
    assert_int_equal(report.n_bad_day, 3);
    assert_int_equal(report.n_after_as_of, 2);
    assert_int_equal(report.n_before_first, 3);
    assert_int_equal(report.n_accounts, 1);
    assert_int_equal(report.first_line_day, TODAY - 100);
    assert_int_equal(report.last_line_day, TODAY);
}

/* Days before 1970 are days like any other. */
static void days_below_zero(void **state) {
    (void)state;
    kam_ledger_options options = options_at(-5000);
    options.first_day = -5300;
    const struct line line[] = {LINE(1, -5301, 1), LINE(1, -5300, 2),
                                LINE(1, -5000, 4), LINE(1, -4999, 8)};
    const struct row row[] = {
        {1,
         -5300,
         -5000,
         {2, 1, 300.0 / 7, 300.0 / 7, 4, 6, 0, NAN, NAN, 6, NAN}}};
    const kam_ledger_report report =
        check_case(&options, line, COUNT(line), 0, row, 1);
    assert_int_equal(report.n_before_first, 1);
    assert_int_equal(report.n_after_as_of, 1);
}

static void the_largest_amounts(void **state) {
    (void)state;
    const kam_ledger_options options = options_at(TODAY);
    const struct line line[] = {LINE(1, TODAY, 0x1p52), LINE(1, TODAY, -0x1p52),
                                LINE(1, TODAY, 0x1p-70)};
    const struct row row[] = {
        {1, TODAY, TODAY, {1, 0, 0, 0, 0, 0x1p52, 0x1p52, NAN, NAN, 0, NAN}}};
    check_case(&options, line, COUNT(line), 0, row, 1);
}

/* Sums are exact: no order of these terms loses the small one. */
static void small_amounts_beside_large(void **state) {
    (void)state;
    const kam_ledger_options options = options_at(TODAY);
    const struct line line[] = {LINE(1, TODAY - 1, 0x1p50),
                                LINE(1, TODAY, 0x1p-40),
                                LINE(1, TODAY - 1, -0x1p50),
                                LINE(1, TODAY, 0.1), LINE(1, TODAY, 0.2)};
    kam_ledger *const ledger = ledger_new(&options);
    add_lines(ledger, line, COUNT(line), 0);
    struct summary s = summary_of(ledger, 0, 0);
    /* 0.1 + 0.2 exactly, then rounded once: 0.30000000000000002 is 0.3's
     * neighbour above; with 2^-40 both ways of rounding agree. */
    assert_bits(s.number[WINDOW][0], 0.30000000000000002 + 0x1p-40);
    assert_bits(s.number[MEAN][0], s.number[WINDOW][0]);
    summary_free(&s);
    kam_ledger_free(ledger);
}

/* ---- window and quarters -------------------------------------------------- */

/* The window is (as_of - months, as_of]: the same day a year ago is out. */
static void check_window(int32_t as_of, int32_t months, int32_t last_day_out) {
    kam_ledger_options options = options_at(as_of);
    options.window_months = months;
    const struct line line[] = {COSTS(1, last_day_out, 1, NAN),
                                COSTS(1, last_day_out + 1, 2, 20),
                                COSTS(1, as_of, 4, 40),
                                COSTS(1, last_day_out + 1, -8, -80)};
    kam_ledger *const ledger = ledger_new(&options);
    add_lines(ledger, line, COUNT(line), WITH_COST);
    struct summary s = summary_of(ledger, 0, 0);
    assert_bits(s.number[WINDOW][0], -2);
    assert_bits(s.number[WINDOW_COST][0], -20);
    assert_true(isnan(s.number[COST][0]));
    summary_free(&s);
    kam_ledger_free(ledger);
}

static void windows_of_calendar_months(void **state) {
    (void)state;
    check_window(day_of(2023, 6, 15), 12, day_of(2022, 6, 15));
    check_window(day_of(2024, 2, 29), 12, day_of(2023, 2, 28));
    check_window(day_of(2025, 2, 28), 12, day_of(2024, 2, 28));
    check_window(day_of(2024, 8, 31), 6, day_of(2024, 2, 29));
    check_window(day_of(2023, 8, 31), 6, day_of(2023, 2, 28));
    check_window(day_of(2023, 3, 31), 1, day_of(2023, 2, 28));
    check_window(day_of(2023, 5, 1), 1, day_of(2023, 4, 1));
    check_window(day_of(2024, 2, 29), 120, day_of(2014, 2, 28));
}

/* Quarters step back from as_of itself: 31 May, 28 February, 30 November, 31
 * August; each ends on its last day. */
static void quarters_from_month_end(void **state) {
    (void)state;
    kam_ledger_options options = options_at(day_of(2023, 5, 31));
    options.n_quarters = 3;
    const struct line line[] = {
        LINE(1, day_of(2022, 8, 31), 1),   /* before all of them */
        LINE(1, day_of(2022, 9, 1), 2),    /* oldest, first day */
        LINE(1, day_of(2022, 11, 30), 4),  /* oldest, last day */
        LINE(1, day_of(2022, 12, 1), 8),   /* middle */
        LINE(1, day_of(2023, 2, 28), 16),  /* middle, last day */
        LINE(1, day_of(2023, 3, 1), 32),   /* latest */
        LINE(1, day_of(2023, 5, 31), -64), /* latest, a return */
        LINE(2, day_of(2023, 1, 1), 5),
    };
    kam_ledger *const ledger = ledger_new(&options);
    add_lines(ledger, line, COUNT(line), 0);
    struct summary s = summary_of(ledger, 3, 0);
    const double expected[] = {6, 24, -32, 0, 5, 0};
    for (int i = 0; i < 6; i++) assert_bits(s.quarter[i], expected[i]);
    assert_bits(s.number[WINDOW][0], 1 + 2 + 4 + 8 + 16 + 32 - 64);
    summary_free(&s);
    kam_ledger_free(ledger);
}

/* A window and quarters that begin before the calendar does. */
static void early_days(void **state) {
    (void)state;
    kam_ledger_options options = options_at(day_of(1, 2, 3));
    options.n_quarters = 40;
    const struct line line[] = {LINE(1, day_of(1, 1, 1), 1),
                                LINE(1, day_of(1, 2, 3), 2)};
    kam_ledger *const ledger = ledger_new(&options);
    add_lines(ledger, line, COUNT(line), 0);
    struct summary s = summary_of(ledger, 40, 0);
    assert_bits(s.number[WINDOW][0], 3);
    assert_bits(s.quarter[39], 3);
    assert_bits(s.quarter[38], 0);
    assert_int_equal(s.first_day[0], -719162);
    summary_free(&s);
    kam_ledger_free(ledger);
}

/* ---- costs and postings --------------------------------------------------- */

static void a_missing_cost_is_not_zero(void **state) {
    (void)state;
    const kam_ledger_options options = options_at(TODAY);
    const struct line line[] = {
        COSTS(1, TODAY, 10, 6),
        COSTS(1, TODAY - 700, 10, 0), /* known: 6 */
        COSTS(2, TODAY, 10, 6),
        COSTS(2, TODAY - 700, 10, NAN),
        COSTS(3, TODAY, 10, NAN),
        COSTS(3, TODAY, 10, 6),
        COSTS(4, TODAY, 10, INFINITY), /* not a cost */
        COSTS(5, TODAY, -10, -6),      /* goods come back */
        COSTS(6, TODAY, 1, 0x1.8p52),  /* beyond 2^52: not a cost */
        COSTS(7, TODAY - 700, 1, NAN),
        COSTS(8, TODAY + 1, 1, NAN), /* dropped: its cost does not matter */
    };
    kam_ledger *const ledger = ledger_new(&options);
    add_lines(ledger, line, COUNT(line), WITH_COST);
    struct summary s = summary_of(ledger, 0, 0);
    const double cost[] = {6, NAN, NAN, NAN, -6, NAN, NAN};
    const double window[] = {6, 6, NAN, NAN, -6, NAN, 0};
    assert_int_equal(s.n, 7);
    for (int i = 0; i < 7; i++) {
        assert_relative(s.number[COST][i], cost[i], 0);
        assert_relative(s.number[WINDOW_COST][i], window[i], 0);
    }
    assert_int_equal(report_of(ledger).n_missing_cost, 5);
    summary_free(&s);
    kam_ledger_free(ledger);
}

/* A chunk without the column is a chunk of missing costs. */
static void a_chunk_without_costs(void **state) {
    (void)state;
    const kam_ledger_options options = options_at(TODAY);
    const struct line line[] = {COSTS(1, TODAY, 10, 6), COSTS(2, TODAY, 10, 7),
                                COSTS(2, TODAY - 900, 10, 7)};
    for (int first = 0; first < 2; first++) {
        kam_ledger *const ledger = ledger_new(&options);
        for (int turn = 0; turn < 2; turn++) {
            if (turn == first)
                add_lines(ledger, line, 2, WITH_COST);
            else
                add_lines(ledger, line + 2, 1, 0);
        }
        struct summary s = summary_of(ledger, 0, 0);
        assert_bits(s.number[COST][0], 6);
        assert_true(isnan(s.number[COST][1]));
        assert_bits(s.number[WINDOW_COST][1], 7);
        assert_int_equal(report_of(ledger).n_missing_cost, 1);
        summary_free(&s);
        kam_ledger_free(ledger);
    }
}

static void postings(void **state) {
    (void)state;
    kam_ledger_options options = options_at(TODAY);
    options.first_day = TODAY - 50;
    const struct line line[] = {LINE(1, TODAY, 5), LINE(2, TODAY, 5)};
    const struct line posting[] = {
        COSTS(1, TODAY, 0, 3),        COSTS(1, TODAY - 50, 0, 4),
        COSTS(9, TODAY - 1, 0, -2), /* only postings: never ordered */
        COSTS(1, TODAY - 51, 0, 99),  COSTS(1, TODAY + 1, 0, 99),
        COSTS(MISSING, TODAY, 0, 99), COSTS(2, TODAY, 0, NAN),
        COSTS(2, TODAY, 0, INFINITY), COSTS(2, KAM_NO_DAY, 0, 1),
        COSTS(2, 99999999, 0, 1),
    };
    kam_ledger *const ledger = ledger_new(&options);
    add_lines(ledger, line, COUNT(line), 0);
    struct summary s = summary_of(ledger, 0, 0);
    assert_true(isnan(s.number[SERVICE][0]));
    summary_free(&s);
    assert_status(try_postings(ledger, posting + 3, 7, 0), KAM_OK);
    s = summary_of(ledger, 0, 0);
    assert_true(isnan(s.number[SERVICE][0])); /* none of them was used */
    summary_free(&s);
    assert_status(try_postings(ledger, posting, 3, 0), KAM_OK);
    s = summary_of(ledger, 0, 0);
    const struct row row[] = {
        {1, TODAY, TODAY, {1, 0, 0, 0, 0, 5, 0, NAN, 7, 5, NAN}},
        {2, TODAY, TODAY, {1, 0, 0, 0, 0, 5, 0, NAN, 0, 5, NAN}},
        {9, KAM_NO_DAY, KAM_NO_DAY, {0, NAN, NAN, NAN, NAN, 0, 0, 0, -2, 0, 0}},
    };
    assert_rows(&s, row, 3);
    const kam_ledger_report report = report_of(ledger);
    assert_int_equal(report.n_activities, 3);
    assert_int_equal(report.n_activities_dropped, 7);
    assert_int_equal(report.n_lines, 2);
    assert_int_equal(report.n_accounts, 3);
    assert_int_equal(report.n_without_order, 1);
    assert_int_equal(report.first_line_day, TODAY);
    summary_free(&s);
    kam_ledger_free(ledger);
}

/* ---- keys ------------------------------------------------------------------ */

static void integer_keys_ascend(void **state) {
    (void)state;
    const kam_ledger_options options = options_at(TODAY);
    const int64_t key[] = {0, INT64_MAX, -1, INT64_MIN, 1, 4294967296, 256};
    struct line line[7];
    memset(line, 0, sizeof line);
    for (int i = 0; i < 7; i++) {
        line[i].account = key[i];
        line[i].day = TODAY;
        line[i].amount = i;
    }
    kam_ledger *const ledger = ledger_new(&options);
    add_lines(ledger, line, 7, 0);
    add_lines(ledger, line, 7, 0);
    struct summary s = summary_of(ledger, 0, 0);
    const int expected[] = {3, 2, 0, 4, 6, 5, 1};
    assert_int_equal(s.n, 7);
    for (int i = 0; i < 7; i++) {
        assert_int_equal(s.key[i], key[expected[i]]);
        assert_bits(s.number[GROSS][i], 2 * expected[i]);
    }
    summary_free(&s);
    kam_ledger_free(ledger);
}

/* Texts as each of the three kinds of column give the same ledger. */
static void text_keys_ascend(void **state) {
    (void)state;
    const kam_ledger_options options = options_at(TODAY);
    static const char bytes[] =
        "bbbaab\xC3\xA9"
        "a longer name, and more"
        "a longer name, and less";
    const int64_t offset64[] = {0, 1, 3, 4, 4, 5, 6, 8, 31, 54};
    int32_t offset32[10];
    int32_t day[9];
    double amount[9];
    for (int i = 0; i < 10; i++) offset32[i] = (int32_t)offset64[i];
    for (int i = 0; i < 9; i++) {
        day[i] = TODAY;
        amount[i] = 1 << i;
    }
    /* b, bb, a, (empty), a, b, e acute, ...more, ...less */
    static const char *const name[] = {"a",
                                       "a longer name, and less",
                                       "a longer name, and more",
                                       "b",
                                       "bb",
                                       "\xC3\xA9"};
    const double gross[] = {4 + 16, 256, 128, 1 + 32, 2, 64};
    char chars[9][32];
    memset(chars, 0, sizeof chars);
    for (int i = 0; i < 9; i++)
        memcpy(chars[i], bytes + offset64[i],
               (size_t)(offset64[i + 1] - offset64[i]));
    const kam_column account[] = {{offset32, NULL, bytes, 0, 0, KAM_TEXT32, 0},
                                  {offset64, NULL, bytes, 0, 0, KAM_TEXT64, 0},
                                  {chars, NULL, NULL, 0, 32, KAM_CHARS, 0}};
    kam_ledger *const ledger = ledger_new(&options);
    for (int kind = 0; kind < 3; kind++) {
        kam_lines lines;
        memset(&lines, 0, sizeof lines);
        lines.struct_size = sizeof lines;
        lines.n_rows = 9;
        lines.account = account[kind];
        lines.day = (kam_column){day, NULL, NULL, 0, 0, KAM_I32, 0};
        lines.revenue = (kam_column){amount, NULL, NULL, 0, 0, KAM_F64, 0};
        assert_status(kam_ledger_add(ledger, &lines, NULL), KAM_OK);
        assert_int_equal(kam_ledger_n_accounts(ledger), 6);
        struct summary s = summary_of(ledger, 0, WITH_TEXT);
        const char *text[6];
        int64_t length[6];
        assert_status(kam_ledger_keys(ledger, text, length, NULL), KAM_OK);
        for (int i = 0; i < 6; i++) {
            assert_int_equal(length[i], (int64_t)strlen(name[i]));
            assert_string_equal(text[i], name[i]);
            assert_bits(s.number[GROSS][i], gross[i] * (kind + 1));
        }
        summary_free(&s);
    }
    assert_int_equal(report_of(ledger).n_missing_account, 3);
    kam_ledger_free(ledger);
}

/* Bytes are compared as bytes, zeros and all, and a beginning comes first. */
static void texts_with_zero_bytes(void **state) {
    (void)state;
    const kam_ledger_options options = options_at(TODAY);
    static const char bytes[] = "k\0\0kk\0k\xFFk\0\0\0\0\0\0\0\0\0k\0";
    const int32_t offset[] = {0, 3, 4, 6, 8, 18, 20};
    const int32_t day[] = {TODAY, TODAY, TODAY, TODAY, TODAY, TODAY};
    const double amount[] = {1, 2, 3, 4, 5, 6};
    /* k00, k, k0, kFF, k000000000, k0: in order k, k0, k00, k0*9, kFF */
    const double expected[] = {2, 9, 1, 5, 4};
    kam_lines lines;
    memset(&lines, 0, sizeof lines);
    lines.struct_size = sizeof lines;
    lines.n_rows = 6;
    lines.account = (kam_column){offset, NULL, bytes, 0, 0, KAM_TEXT32, 0};
    lines.day = (kam_column){day, NULL, NULL, 0, 0, KAM_DAY, 0};
    lines.revenue = (kam_column){amount, NULL, NULL, 0, 0, KAM_F64, 0};
    kam_ledger *const ledger = ledger_new(&options);
    assert_status(kam_ledger_add(ledger, &lines, NULL), KAM_OK);
    struct summary s = summary_of(ledger, 0, WITH_TEXT);
    assert_int_equal(s.n, 5);
    for (int i = 0; i < 5; i++) assert_bits(s.number[GROSS][i], expected[i]);
    summary_free(&s);
    kam_ledger_free(ledger);
}

/* Many keys: the table grows, chunks are added, the order holds. */
static void many_keys(void **state) {
    (void)state;
    enum { N = 30000 };
    const kam_ledger_options options = options_at(TODAY);
    struct line *const line = calloc(N, sizeof *line);
    for (int with = 0; with <= WITH_TEXT; with++) {
        kam_ledger *const ledger = ledger_new(&options);
        for (int64_t i = 0; i < N; i++) {
            line[i].account = i * 7919 % N; /* each once: 7919 is a prime */
            line[i].day = TODAY - (int32_t)(line[i].account % 1000);
            line[i].amount = (double)line[i].account;
            snprintf(line[i].name, sizeof line[i].name, "a key %09lld",
                     (long long)line[i].account);
        }
        add_lines(ledger, line, N, with);
        add_lines(ledger, line, N / 2, with);
        struct summary s = summary_of(ledger, 0, with);
        const char **const text = calloc(N, sizeof *text);
        int64_t *const length = calloc(N, sizeof *length);
        assert_int_equal(s.n, N);
        if (with) {
            assert_status(kam_ledger_keys(ledger, text, length, NULL), KAM_OK);
        } else {
            assert_status(kam_ledger_keys(ledger, text, length, NULL),
                          KAM_ERR_TYPE);
        }
        double total = 0;
        for (int64_t i = 0; i < N; i++) {
            char name[24];
            snprintf(name, sizeof name, "a key %09lld", (long long)i);
            if (with) assert_memory_equal(text[i], name, 15);
            if (!with) assert_int_equal(s.key[i], i);
            assert_int_equal(s.first_day[i], TODAY - (int32_t)(i % 1000));
            total += s.number[GROSS][i] / (double)(i ? i : 1);
        }
        assert_bits(total, N - 1 + N / 2 - (line[0].account == 0));
        free(text);
        free(length);
        summary_free(&s);
        kam_ledger_free(ledger);
    }
    free(line);
}

/* ---- columns ---------------------------------------------------------------- */

/* The same log as packed, narrow, strided and nullable columns. */
static void columns_of_every_type(void **state) {
    (void)state;
    enum { N = 300 };
    const kam_ledger_options options = options_at(TODAY);
    static int64_t key64[N + 3], day64[N + 3], amount64[N + 3];
    static int32_t key32[N + 3], day32[N + 3], amount32[N + 3];
    static double number[N + 3];
    static float narrow[N + 3];
    static uint8_t tiny[N + 3], valid[N / 8 + 2];
    uint64_t seed = 5;
    for (int i = 0; i < N + 3; i++) {
        key64[i] = key32[i] = (int32_t)random_below(&seed, 40);
        day64[i] = day32[i] = TODAY - (int32_t)random_below(&seed, 500);
        tiny[i] = (uint8_t)random_below(&seed, 256);
        amount64[i] = amount32[i] = tiny[i];
        number[i] = narrow[i] = tiny[i];
    }
    memset(valid, 0xFF, sizeof valid);
    const kam_column key[] = {{key64, NULL, NULL, 3, 0, KAM_I64, 0},
                              {key64, valid, NULL, 3, 8, KAM_I64, 0},
                              {key32, NULL, NULL, 3, 0, KAM_I32, 0}};
    const kam_column day[] = {{day32, NULL, NULL, 3, 0, KAM_DAY, 0},
                              {day32, valid, NULL, 3, 4, KAM_I32, 0},
                              {day64, NULL, NULL, 3, 0, KAM_I64, 0},
                              {day32 + N + 2, NULL, NULL, 0, -4, KAM_DAY, 0}};
    const kam_column amount[] = {{number, NULL, NULL, 3, 0, KAM_F64, 0},
                                 {number, valid, NULL, 3, 0, KAM_F64, 0},
                                 {narrow, NULL, NULL, 3, 0, KAM_F32, 0},
                                 {amount64, NULL, NULL, 3, 0, KAM_I64, 0},
                                 {amount32, NULL, NULL, 3, 0, KAM_I32, 0},
                                 {tiny, NULL, NULL, 3, 0, KAM_U8, 0}};
    struct summary first = {0};
    for (int k = 0; k < 3; k++)
        for (int d = 0; d < 3; d++)
            for (int a = 0; a < 6; a++) {
                kam_lines lines;
                memset(&lines, 0, sizeof lines);
                lines.struct_size = sizeof lines;
                lines.n_rows = N;
                lines.account = key[k];
                lines.day = day[d];
                lines.revenue = amount[a];
                lines.cost = amount[5 - a];
                kam_ledger *const ledger = ledger_new(&options);
                assert_status(kam_ledger_add(ledger, &lines, NULL), KAM_OK);
                struct summary s = summary_of(ledger, 0, 0);
                if (!first.n) {
                    first = s;
                } else {
                    assert_same_summary(&first, &s);
                    summary_free(&s);
                }
                kam_ledger_free(ledger);
            }
    assert_int_equal(first.n, 40);
    summary_free(&first);
    /* Backwards: row 0 is the last number. */
    kam_lines lines;
    memset(&lines, 0, sizeof lines);
    lines.struct_size = sizeof lines;
    lines.n_rows = 1;
    lines.account = key[0];
    lines.day = day[3];
    lines.revenue = amount[0];
    kam_ledger *const ledger = ledger_new(&options);
    assert_status(kam_ledger_add(ledger, &lines, NULL), KAM_OK);
    assert_int_equal(report_of(ledger).first_line_day, day32[N + 2]);
    kam_ledger_free(ledger);
}

/* A null bit is a missing value, whatever lies below it. */
static void nulls(void **state) {
    (void)state;
    const kam_ledger_options options = options_at(TODAY);
    const int64_t key[] = {1, 1, 1, 1, 1, 1};
    const int32_t day[] = {TODAY, TODAY, TODAY, TODAY, TODAY, TODAY};
    const double amount[] = {1, 2, 4, 8, 16, 32};
    const double cost[] = {1, 1, 1, 1, 1, 1};
    const uint8_t no_key = 0x3D, no_day = 0x3B, no_amount = 0x37,
                  no_cost = 0x2F; /* each lacks another row */
    kam_lines lines;
    memset(&lines, 0, sizeof lines);
    lines.struct_size = sizeof lines;
    lines.n_rows = 6;
    lines.account = (kam_column){key, &no_key, NULL, 0, 0, KAM_I64, 0};
    lines.day = (kam_column){day, &no_day, NULL, 0, 0, KAM_DAY, 0};
    lines.revenue = (kam_column){amount, &no_amount, NULL, 0, 0, KAM_F64, 0};
    lines.cost = (kam_column){cost, &no_cost, NULL, 0, 0, KAM_F64, 0};
    kam_ledger *const ledger = ledger_new(&options);
    assert_status(kam_ledger_add(ledger, &lines, NULL), KAM_OK);
    struct summary s = summary_of(ledger, 0, 0);
    assert_bits(s.number[GROSS][0], 1 + 16 + 32);
    assert_true(isnan(s.number[COST][0]));
    const kam_ledger_report report = report_of(ledger);
    assert_int_equal(report.n_missing_account, 1);
    assert_int_equal(report.n_missing_day, 1);
    assert_int_equal(report.n_missing_amount, 1);
    assert_int_equal(report.n_missing_cost, 1);
    summary_free(&s);
    kam_ledger_free(ledger);
}

/* ---- order days -------------------------------------------------------------- */

/* Days in any order, many times over, near and far: they are counted once. */
static void many_days(void **state) {
    (void)state;
    enum { N = 4000 };
    static const int32_t spread[] = {1, 2, 31, 40, 700};
    struct line *const line = calloc(N, sizeof *line);
    static char seen[N];
    uint64_t seed = 99;
    for (int k = 0; k < 5; k++) {
        const int32_t today = day_of(9999, 12, 31);
        const kam_ledger_options options = options_at(today);
        int32_t least = N, most = 0;
        int64_t days = 0;
        memset(seen, 0, sizeof seen);
        for (int i = 0; i < N; i++) {
            const int32_t d = (int32_t)random_below(&seed, N);
            line[i].day = today - d * spread[k];
            line[i].amount = 1;
            days += !seen[d];
            seen[d] = 1;
            if (d < least) least = d;
            if (d > most) most = d;
        }
        kam_ledger *const ledger = ledger_new(&options);
        add_lines(ledger, line, N, 0);
        struct summary s = summary_of(ledger, 0, 0);
        assert_int_equal(s.first_day[0], today - most * spread[k]);
        assert_int_equal(s.last_day[0], today - least * spread[k]);
        assert_bits(s.number[REPEATS][0], (double)(days - 1));
        const kam_ledger_report report = report_of(ledger);
        assert_int_equal(report.n_orders, days);
        assert_int_equal(report.n_merged, N - days);
        summary_free(&s);
        kam_ledger_free(ledger);
    }
    free(line);
}

/* Lines do not cost memory, days do: at most 8 bytes one, 2 bits when dense. */
static void memory_grows_with_days_not_lines(void **state) {
    (void)state;
    enum { DAYS = 16384 };
    const kam_ledger_options options = options_at(TODAY);
    struct line *const line = calloc(DAYS, sizeof *line);
    struct lender lender = {0};
    const kam_host host = host_of(&lender);
    kam_ledger *ledger;
    assert_status(kam_ledger_new(&options, &host, &ledger, NULL), KAM_OK);
    for (int32_t i = 0; i < DAYS; i++) {
        line[i].day = TODAY - i;
        line[i].amount = 1;
    }
    add_lines(ledger, line, 1, 0);
    const int64_t before = lender.n_bytes;
    add_lines(ledger, line, DAYS, 0);
    const int64_t grown = lender.n_bytes - before;
    /* 512 words of 8 bytes; as much as twice that for room to grow, that again
     * for blocks outgrown, and that again for the arena's own room. */
    assert_in_range(grown, DAYS / 4, 8 * DAYS / 4);
    for (int i = 0; i < 5; i++) add_lines(ledger, line, DAYS, 0);
    assert_int_equal(lender.n_bytes - before, grown);
    kam_ledger_free(ledger);
    assert_int_equal(lender.n_blocks, 0);
    assert_int_equal(lender.n_bytes, 0);
    free(line);
}

/* ---- against a second way of counting ------------------------------------------ */

struct seen_order {
    int64_t number; /* or MISSING - day for the order of a day */
    int32_t day;
    double value;
};

/* Sum of log(gap / period) between days of orders; KAM_NO_DAY: no order. */
static double gaps_of(const struct seen_order *order, int64_t n,
                      double period) {
    double sum = 0;
    for (int64_t k = 0; k < n; k++) {
        int32_t gap = INT32_MAX, is_first = order[k].day != KAM_NO_DAY;
        for (int64_t j = 0; j < k; j++)
            is_first &= order[j].day != order[k].day;
        for (int64_t j = 0; is_first && j < n; j++)
            if (order[j].day > order[k].day &&
                order[j].day - order[k].day < gap)
                gap = order[j].day - order[k].day;
        if (is_first && gap < INT32_MAX) sum += log(gap / period);
    }
    return sum;
}

/* One account of `line`, by the rules in plain words. */
static struct row count_account(const struct line *line, int64_t n, int64_t key,
                                const kam_ledger_options *options, int with,
                                double *quarter, double service) {
    struct row row = {key, KAM_NO_DAY, KAM_NO_DAY, {0}};
    struct seen_order *const order = calloc((size_t)n, sizeof *order);
    int64_t n_orders = 0;
    double *const number = row.number;
    int32_t window_after;
    kam_calendar_add_months(options->as_of_day, -options->window_months,
                            &window_after);
    for (int32_t q = 0; q < options->n_quarters; q++) quarter[q] = 0;
    for (int64_t i = 0; i < n; i++) {
        const struct line *const l = &line[i];
        if (l->account != key || !(fabs(l->amount) <= 0x1p52)) continue;
        if (l->day < options->first_day || l->day > options->as_of_day)
            continue;
        const double cost = with & WITH_COST ? l->cost : NAN;
        number[l->amount > 0 ? GROSS : RETURNS] += fabs(l->amount);
        number[COST] += cost;
        if (l->day > window_after) {
            number[WINDOW] += l->amount;
            number[WINDOW_COST] += cost;
        }
        for (int32_t q = 0; q < options->n_quarters; q++) {
            int32_t from, to;
            kam_calendar_add_months(options->as_of_day, -3 * (q + 1), &from);
            kam_calendar_add_months(options->as_of_day, -3 * q, &to);
            if (l->day > from && l->day <= to)
                quarter[options->n_quarters - 1 - q] += l->amount;
        }
        const int numbered = with & WITH_ORDER && l->order != MISSING;
        if (!numbered && l->amount < 0) continue;
        if (!numbered && l->amount == 0 && !options->zero_is_order) continue;
        const int64_t name = numbered ? l->order : MISSING - 100000000 - l->day;
        int64_t k = 0;
        while (k < n_orders && order[k].number != name) k++;
        if (k == n_orders) {
            order[k].number = name;
            order[k].day = l->day;
            n_orders++;
        }
        if (l->day < order[k].day) order[k].day = l->day;
        order[k].value += l->amount;
    }
    int64_t n_days = 0;
    double first_value = 0, value = 0;
    for (int64_t k = 0; k < n_orders; k++) {
        const double worth = order[k].value;
        if (worth < 0 || (worth == 0 && !options->zero_is_order)) {
            order[k].day = KAM_NO_DAY;
            continue;
        }
        int new_day = 1;
        for (int64_t j = 0; j < k; j++)
            if (order[j].day == order[k].day) new_day = 0;
        n_days += new_day;
        number[ORDERS]++;
        value += worth;
        if (row.first == KAM_NO_DAY || order[k].day < row.first)
            row.first = order[k].day;
        if (row.last == KAM_NO_DAY || order[k].day > row.last)
            row.last = order[k].day;
    }
    for (int64_t k = 0; k < n_orders; k++)
        if (order[k].day == row.first) first_value += order[k].value;
    const int never = row.first == KAM_NO_DAY;
    const double period = options->period_days;
    number[REPEATS] = never ? NAN : (double)(n_days - 1);
    number[LAST] = never ? NAN : (row.last - row.first) / period;
    number[AGE] = never ? NAN : (options->as_of_day - row.first) / period;
    number[MEAN] = never        ? NAN
                   : n_days > 1 ? (value - first_value) / (double)(n_days - 1)
                                : 0;
    number[SERVICE] = service;
    number[GAPS] = never ? NAN : gaps_of(order, n_orders, period);
    free(order);
    return row;
}

/* All amounts are multiples of 1/4, so that plain sums of doubles are exact. */
static void random_logs_counted_twice(void **state) {
    (void)state;
    enum { N = 3000, KEYS = 150 };
    const int32_t as_of = day_of(2024, 2, 29);
    for (int with = 0; with < 8; with++) {
        kam_ledger_options options = options_at(as_of);
        options.first_day = as_of - 1499;
        options.zero_is_order = with % 3 > 0;
        options.n_quarters = with;
        options.window_months = 1 + 3 * with;
        options.period_days = with % 2 ? 30.5 : 7;
        struct line *const line =
            random_log((uint64_t)(with + 1) * 77, N, KEYS, as_of, 0);
        kam_ledger *const ledger = ledger_new(&options);
        add_lines(ledger, line, N, with);
        struct summary s = summary_of(ledger, options.n_quarters, with);
        const char *text[KEYS];
        int64_t length[KEYS];
        assert_int_equal(s.n, KEYS); /* else the check below is partial */
        if (with & WITH_TEXT)
            assert_status(kam_ledger_keys(ledger, text, length, NULL), KAM_OK);
        for (int64_t i = 0; i < s.n; i++) {
            double quarter[40];
            const int64_t key =
                with & WITH_TEXT ? strtoll(text[i] + 8, NULL, 10) : s.key[i];
            const struct row row =
                count_account(line, N, key, &options, with, quarter, NAN);
            struct summary one = s;
            one.n = 1;
            one.out.key = NULL;
            one.first_day += i;
            one.last_day += i;
            one.row_flags += i;
            for (int k = ORDERS; k <= WINDOW_COST; k++) one.number[k] += i;
            assert_rows(&one, &row, 1);
            const double gaps = s.number[GAPS][i];
            if (isnan(row.number[GAPS]))
                assert_true(isnan(gaps));
            else
                assert_near(gaps, row.number[GAPS], 1e-9);
            for (int32_t q = 0; q < options.n_quarters; q++)
                assert_bits(s.quarter[i * options.n_quarters + q], quarter[q]);
        }
        summary_free(&s);
        kam_ledger_free(ledger);
        free(line);
    }
}

/* Every line is either used or dropped for one reason, and every used line of a
 * log without order numbers is an order, part of one, or none. */
static void the_report_adds_up(void **state) {
    (void)state;
    const int32_t as_of = day_of(2024, 2, 29);
    for (int zero = 0; zero < 2; zero++) {
        kam_ledger_options options = options_at(as_of);
        options.first_day = as_of - 1499;
        options.zero_is_order = zero;
        struct line *const line = random_log(3, 5000, 300, as_of, 0);
        kam_ledger *const ledger = ledger_new(&options);
        add_lines(ledger, line, 5000, 0);
        const kam_ledger_report r = report_of(ledger);
        assert_int_equal(r.n_lines, 5000);
        assert_int_equal(r.n_lines, r.n_used + r.n_missing_account +
                                        r.n_missing_day + r.n_missing_amount +
                                        r.n_bad_amount + r.n_bad_day +
                                        r.n_after_as_of + r.n_before_first);
        assert_int_equal(r.n_used, r.n_orders + r.n_merged + r.n_returns +
                                       (zero ? 0 : r.n_zero));
        assert_true(r.n_missing_account && r.n_missing_day &&
                    r.n_missing_amount && r.n_bad_amount && r.n_bad_day &&
                    r.n_after_as_of && r.n_before_first && r.n_zero);
        assert_int_equal(r.n_missing_cost, r.n_used);
        kam_ledger_free(ledger);
        free(line);
    }
}

/* ---- real logs ------------------------------------------------------------------ */

/* Fader and Hardie's own table of the CDNOW sample (x, t_x, T, zbar), made from
 * the log of their 1/10 sample up to 1997-09-30. */
static void cdnow_sample(void **state) {
    (void)state;
    struct table log, rfm;
    skip_without(table_read(&log,
                            TEST_SHARED "/data/cdnow/cdnow_sample.csv.gz"),
                 "the CDNOW sample");
    skip_without(table_read(&rfm,
                            TEST_SHARED "/data/cdnow/cdnow_sample_rfm.csv.gz"),
                 "the CDNOW table");
    struct line *const line = calloc((size_t)log.n_rows, sizeof *line);
    for (int64_t i = 0; i < log.n_rows; i++) {
        char date[16];
        snprintf(date, sizeof date, "%.0f", table_at(&log, i, "date"));
        line[i].account = (int64_t)table_at(&log, i, "sample_id");
        line[i].day = day_of_digits(date);
        line[i].amount = table_at(&log, i, "dollar_value");
    }
    const kam_ledger_options options = options_at(day_of(1997, 9, 30));
    kam_ledger *const ledger = ledger_new(&options);
    add_lines(ledger, line, log.n_rows, 0);
    struct summary s = summary_of(ledger, 0, 0);
    assert_int_equal(s.n, rfm.n_rows);
    double repeats = 0;
    for (int64_t i = 0; i < s.n; i++) {
        assert_int_equal(s.key[i], (int64_t)table_at(&rfm, i, "ID"));
        assert_bits(s.number[REPEATS][i], table_at(&rfm, i, "x"));
        assert_near(s.number[LAST][i], table_at(&rfm, i, "t_x"), 0.00501);
        assert_near(s.number[AGE][i], table_at(&rfm, i, "T"), 0.00501);
        assert_near(s.number[MEAN][i], table_at(&rfm, i, "zbar"), 0.00501);
        repeats += s.number[REPEATS][i];
    }
    assert_bits(repeats, 2457);
    assert_int_equal(report_of(ledger).n_without_order, 0);
    summary_free(&s);
    kam_ledger_free(ledger);
    free(line);
    table_free(&log);
    table_free(&rfm);
}

/* Totals and purchase days of the whole CDNOW log, as its data sheet has them. */
static void cdnow_master(void **state) {
    (void)state;
    struct table log;
    skip_without(table_read(&log,
                            TEST_SHARED "/data/cdnow/cdnow_master.csv.gz"),
                 "the CDNOW log");
    struct line *const line = calloc((size_t)log.n_rows, sizeof *line);
    for (int64_t i = 0; i < log.n_rows; i++) {
        char date[16];
        snprintf(date, sizeof date, "%.0f", table_at(&log, i, "date"));
        line[i].account = (int64_t)table_at(&log, i, "customer_id");
        line[i].day = day_of_digits(date);
        line[i].amount = table_at(&log, i, "dollar_value");
    }
    const kam_ledger_options options = options_at(day_of(1998, 6, 30));
    kam_ledger *const ledger = ledger_new(&options);
    add_lines(ledger, line, log.n_rows, 0);
    struct summary s = summary_of(ledger, 0, 0);
    const kam_ledger_report report = report_of(ledger);
    assert_int_equal(report.n_used, 69659);
    assert_int_equal(report.n_accounts, 23570);
    assert_int_equal(report.n_orders, 67591);
    assert_int_equal(report.n_merged, 69659 - 67591);
    assert_int_equal(report.n_zero, 80);
    double total = 0;
    int64_t one_day = 0;
    for (int64_t i = 0; i < s.n; i++) {
        total += s.number[GROSS][i];
        one_day += s.number[REPEATS][i] == 0;
        assert_in_range(s.first_day[i] - day_of(1997, 1, 1), 0,
                        day_of(1997, 3, 25) - day_of(1997, 1, 1));
    }
    assert_near(total, 2500315.63, 1e-6);
    assert_int_equal(one_day, 12054);
    summary_free(&s);
    kam_ledger_free(ledger);
    free(line);
    table_free(&log);
}

/* Reseller order lines of AdventureWorks, with order numbers and costs. */
static void adventureworks(void **state) {
    (void)state;
    struct csv csv;
    skip_without(csv_open(&csv, TEST_SHARED
                          "/data/adventureworks/FactResellerSales.csv.gz"),
                 "AdventureWorks");
    struct line *const line = calloc(70000, sizeof *line);
    int64_t n = 0;
    for (; csv_next(&csv); n++) {
        line[n].account = strtoll(csv.field[4], NULL, 10);
        line[n].day = day_of_digits(csv.field[1]);
        line[n].amount = strtod(csv.field[19], NULL);
        line[n].cost = strtod(csv.field[18], NULL);
        line[n].order = strtoll(csv.field[9] + 2, NULL, 10);
    }
    const kam_ledger_options options = options_at(day_of(2013, 11, 29));
    kam_ledger *const ledger = ledger_new(&options);
    add_lines(ledger, line, n, WITH_COST | WITH_ORDER);
    struct summary s = summary_of(ledger, 0, 0);
    const kam_ledger_report report = report_of(ledger);
    assert_int_equal(report.n_used, 60855);
    assert_int_equal(report.n_orders, 3796);
    assert_int_equal(report.n_void_orders, 0);
    assert_int_equal(report.n_merged, 60855 - 3796);
    assert_int_equal(report.n_accounts, 635);
    assert_int_equal(report.first_line_day, day_of(2010, 12, 29));
    double revenue = 0, cost = 0, most = 0;
    int64_t losing = 0, one_day = 0, silent = 0, key_of_most = 0;
    for (int64_t i = 0; i < s.n; i++) {
        revenue += s.number[GROSS][i];
        cost += s.number[COST][i];
        losing += s.number[GROSS][i] < s.number[COST][i];
        one_day += s.number[REPEATS][i] == 0;
        silent += s.last_day[i] < day_of(2013, 6, 1);
        if (s.number[GROSS][i] > most) {
            most = s.number[GROSS][i];
            key_of_most = s.key[i];
        }
    }
    assert_near(revenue, 80450596.9823, 1e-6);
    assert_near(cost, 79980114.3790, 1e-6);
    assert_int_equal(losing, 335);
    assert_int_equal(one_day, 30);
    assert_int_equal(silent, 169);
    assert_int_equal(key_of_most, 697);
    assert_near(most, 877107.1923, 1e-6);
    summary_free(&s);
    kam_ledger_free(ledger);
    free(line);
}

/* Northwind: accounts and orders joined from two files, texts as keys. */
static void northwind(void **state) {
    (void)state;
    static struct line order[1000], line[3000];
    struct csv csv;
    int64_t n_orders = 0, n = 0;
    skip_without(csv_open(&csv, TEST_SHARED "/data/northwind/orders.csv.gz"),
                 "Northwind");
    for (; csv_next(&csv); n_orders++) {
        int month, day, year;
        struct line *const l = &order[n_orders];
        assert_int_equal(sscanf(csv.field[3], "%d/%d/%d", &month, &day, &year),
                         3);
        l->order = strtoll(csv.field[0], NULL, 10);
        snprintf(l->name, sizeof l->name, "%s", csv.field[1]);
        snprintf(l->number, sizeof l->number, "%s", csv.field[0]);
        l->day = day_of(year, month, day);
    }
    skip_without(csv_open(&csv,
                          TEST_SHARED "/data/northwind/order_details.csv.gz"),
                 "Northwind");
    for (; csv_next(&csv); n++) {
        const int64_t id = strtoll(csv.field[0], NULL, 10);
        int64_t k = 0;
        while (order[k].order != id) k++;
        line[n] = order[k];
        line[n].amount = strtod(csv.field[2], NULL) *
                         strtod(csv.field[3], NULL) *
                         (1 - strtod(csv.field[4], NULL));
    }
    const kam_ledger_options options = options_at(day_of(1998, 5, 6));
    kam_ledger *const ledger = ledger_new(&options);
    add_lines(ledger, line, n, WITH_TEXT | WITH_ORDER);
    struct summary s = summary_of(ledger, 0, WITH_TEXT);
    const kam_ledger_report report = report_of(ledger);
    assert_int_equal(report.n_used, 2155);
    assert_int_equal(report.n_orders, 830);
    assert_int_equal(report.n_accounts, 89);
    double total = 0;
    int64_t best = 0;
    for (int64_t i = 0; i < s.n; i++) {
        total += s.number[GROSS][i];
        if (s.number[GROSS][i] > s.number[GROSS][best]) best = i;
    }
    assert_near(total, 1265793.0395, 1e-6);
    assert_near(s.number[GROSS][best], 110277.305, 1e-6);
    const char *text[89];
    int64_t length[89];
    assert_status(kam_ledger_keys(ledger, text, length, NULL), KAM_OK);
    assert_int_equal(length[best], 5);
    assert_memory_equal(text[best], "QUICK", 5);
    summary_free(&s);
    kam_ledger_free(ledger);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_are_orders),
        cmocka_unit_test(the_first_day_may_come_late),
        cmocka_unit_test(returns_are_no_orders),
        cmocka_unit_test(a_log_of_returns_only),
        cmocka_unit_test(zero_lines),
        cmocka_unit_test(numbers_are_orders),
        cmocka_unit_test(a_zero_order_that_is_none),
        cmocka_unit_test(lines_without_a_number),
        cmocka_unit_test(orders_come_and_go),
        cmocka_unit_test(every_reason_to_drop_a_line),
        cmocka_unit_test(days_below_zero),
        cmocka_unit_test(the_largest_amounts),
        cmocka_unit_test(small_amounts_beside_large),
        cmocka_unit_test(windows_of_calendar_months),
        cmocka_unit_test(quarters_from_month_end),
        cmocka_unit_test(early_days),
        cmocka_unit_test(a_missing_cost_is_not_zero),
        cmocka_unit_test(a_chunk_without_costs),
        cmocka_unit_test(postings),
        cmocka_unit_test(integer_keys_ascend),
        cmocka_unit_test(text_keys_ascend),
        cmocka_unit_test(texts_with_zero_bytes),
        cmocka_unit_test(many_keys),
        cmocka_unit_test(columns_of_every_type),
        cmocka_unit_test(nulls),
        cmocka_unit_test(many_days),
        cmocka_unit_test(memory_grows_with_days_not_lines),
        cmocka_unit_test(random_logs_counted_twice),
        cmocka_unit_test(the_report_adds_up),
        cmocka_unit_test(cdnow_sample),
        cmocka_unit_test(cdnow_master),
        cmocka_unit_test(adventureworks),
        cmocka_unit_test(northwind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
