/* SPDX-License-Identifier: MIT */
/* kam/contracts.h: what was known of contracts on a day, and what came. */
#include "support/check.h"
#include "support/hosts.h"

enum { ROWS = 512, NONE = KAM_NO_DAY };

static int32_t day(int year, int month, int of_month) {
    int32_t number = NONE;
    assert_status(kam_calendar_day(year, month, of_month, &number), KAM_OK);
    return number;
}

struct book {
    kam_contracts view;
    int32_t start[ROWS], end[ROWS];
    double ended[ROWS], months[ROWS];
};

/* What the two functions say, one row after the other. */
struct known {
    int32_t state[ROWS], end[ROWS];
    double renewals[ROWS], ended[ROWS], before[ROWS], left[ROWS];
    uint32_t flags[ROWS];
};

struct came {
    double renewed[ROWS], ended[ROWS], open[ROWS], early[ROWS], lost[ROWS],
        terms[ROWS];
    uint32_t flags[ROWS];
};

static void clear(struct book *book) {
    memset(book, 0, sizeof *book);
    book->view.struct_size = sizeof book->view;
    book->view.start_day.values = book->start;
    book->view.end_day.values = book->end;
    book->view.start_day.type = book->view.end_day.type = KAM_DAY;
    book->view.ended = column_of(book->ended);
    book->view.term_months = column_of(book->months);
}

/* `ended`: 1, 0 or -1 for nothing. */
static void add(struct book *book, int32_t start, int32_t end, int ended,
                double months) {
    const int64_t i = book->view.n_rows++;
    assert_true(i < ROWS);
    book->start[i] = start;
    book->end[i] = end;
    book->ended[i] = ended < 0 ? NAN : ended;
    book->months[i] = months;
}

static kam_contracts_view to_known(struct known *known) {
    memset(known, 0x5A, sizeof *known);
    const kam_contracts_view out = {.struct_size = sizeof out,
                                    .state = known->state,
                                    .renewals = known->renewals,
                                    .contract_ended = known->ended,
                                    .renewals_before = known->before,
                                    .periods_to_end = known->left,
                                    .end_day = known->end,
                                    .row_flags = known->flags};
    return out;
}

static kam_contracts_outcome to_came(struct came *came) {
    memset(came, 0x5A, sizeof *came);
    const kam_contracts_outcome out = {.struct_size = sizeof out,
                                       .renewed = came->renewed,
                                       .ended = came->ended,
                                       .open = came->open,
                                       .early = came->early,
                                       .lost = came->lost,
                                       .terms = came->terms,
                                       .row_flags = came->flags};
    return out;
}

static void know(const struct book *book, int32_t as_of, int32_t since,
                 int is_past, struct known *known) {
    const kam_contracts_view out = to_known(known);
    assert_status(kam_contracts_known(&book->view, as_of, since, is_past, NULL,
                                      &out, NULL),
                  KAM_OK);
}

static void come(const struct book *book, int32_t from, int32_t last,
                 int32_t as_of, struct came *came) {
    const kam_contracts_outcome out = to_came(came);
    assert_status(kam_contracts_came(&book->view, from, last, as_of, NULL, &out,
                                     NULL),
                  KAM_OK);
}

/* ---- the rules, by hand ---- */

static void is_known(const struct known *k, int i, int32_t state,
                     double renewals, double ended, int32_t end) {
    if (k->state[i] != state || k->renewals[i] != renewals ||
        k->ended[i] != ended || k->end[i] != end || k->flags[i] != 0)
        fail_msg("row %d: state %d, %g renewals, ended %g, end %d, flags %u", i,
                 k->state[i], k->renewals[i], k->ended[i], k->end[i],
                 k->flags[i]);
}

/* Yearly, from 2020-03-01: decisions on 1 March. */
static void test_today(void **state) {
    (void)state;
    static struct book book;
    static struct known k;
    const int32_t start = day(2020, 3, 1), now = day(2023, 3, 1);
    clear(&book);
    add(&book, start, NONE, -1, 12);             /* 0: runs */
    add(&book, start, day(2022, 3, 1), -1, 12);  /* 1: after two terms */
    add(&book, start, day(2022, 2, 28), -1, 12); /* 2: the term's last day */
    add(&book, start, day(2022, 7, 1), -1, 12);  /* 3: within a term */
    add(&book, start, day(2022, 3, 1), 0, 12);   /* 4: runs all the same */
    add(&book, start, day(2024, 3, 1), -1, 12);  /* 5: an end to come */
    add(&book, start, day(2024, 3, 1), 1, 12);   /* 6: and notice given */
    add(&book, day(2023, 3, 2), NONE, -1, 12);   /* 7: begins tomorrow */
    add(&book, now, NONE, -1, 12);               /* 8: began today */
    add(&book, day(2020, 1, 31), NONE, -1, 1);   /* 9: month ends */
    add(&book, start, now, -1, 12);              /* 10: ends today */
    know(&book, now, NONE, 0, &k);
    /* The decision of today is not made: two renewals, and its term ends now. */
    is_known(&k, 0, KAM_CONTRACTS_RUNS, 2, 0, now);
    assert_bits(k.left[0], 0);
    is_known(&k, 1, KAM_CONTRACTS_ENDED, 1, 1, day(2022, 3, 1));
    is_known(&k, 2, KAM_CONTRACTS_ENDED, 1, 1, day(2022, 2, 28));
    /* Over since July, but others of its age decide only today. */
    is_known(&k, 3, KAM_CONTRACTS_ENDED, 2, 0, day(2022, 7, 1));
    is_known(&k, 4, KAM_CONTRACTS_RUNS, 2, 0, now);
    is_known(&k, 5, KAM_CONTRACTS_RUNS, 2, 0, day(2024, 3, 1));
    assert_bits(k.left[5], 366 / (12 * KAM_CONTRACTS_MONTH_DAYS));
    /* With notice it runs to that day, so that today's renewal is known. */
    is_known(&k, 6, KAM_CONTRACTS_LEAVES, 3, 0, day(2024, 3, 1));
    assert_int_equal(k.state[7], KAM_CONTRACTS_TO_COME);
    assert_true(isnan(k.renewals[7]) && isnan(k.ended[7]) &&
                isnan(k.before[7]) && isnan(k.left[7]) && k.end[7] == NONE &&
                k.flags[7] == 0);
    is_known(&k, 8, KAM_CONTRACTS_RUNS, 0, 0, day(2024, 3, 1));
    /* 29 February 2020, 31 March, ... 28 February 2023: 37 decisions. */
    is_known(&k, 9, KAM_CONTRACTS_RUNS, 37, 0, day(2023, 3, 31));
    is_known(&k, 10, KAM_CONTRACTS_ENDED, 2, 0, now);
    assert_bits(k.left[10], 0);
    know(&book, now + 1, NONE, 0, &k);
    is_known(&k, 3, KAM_CONTRACTS_ENDED, 2, 1, day(2022, 7, 1));
    is_known(&k, 10, KAM_CONTRACTS_ENDED, 2, 1, now);
}

/* The same of a day that is over: its decisions are made, later ends hidden. */
static void test_past(void **state) {
    (void)state;
    static struct book book;
    static struct known k;
    const int32_t start = day(2020, 3, 1), then = day(2022, 3, 1);
    const int32_t next = day(2023, 3, 1);
    clear(&book);
    add(&book, start, NONE, -1, 12);
    add(&book, start, then, -1, 12);             /* ended that day */
    add(&book, start, day(2022, 2, 28), -1, 12); /* the day before it */
    add(&book, start, day(2022, 3, 2), 1, 12);   /* the day after */
    add(&book, start, day(2021, 3, 1), 0, 12);   /* went on */
    add(&book, start, day(2026, 3, 1), 1, 12);   /* notice, given when? */
    add(&book, day(2022, 3, 2), NONE, -1, 12);
    know(&book, then, NONE, 1, &k);
    is_known(&k, 0, KAM_CONTRACTS_RUNS, 2, 0, next);
    assert_bits(k.left[0], 365 / (12 * KAM_CONTRACTS_MONTH_DAYS));
    is_known(&k, 1, KAM_CONTRACTS_ENDED, 1, 1, then);
    is_known(&k, 2, KAM_CONTRACTS_ENDED, 1, 1, then);
    is_known(&k, 3, KAM_CONTRACTS_RUNS, 2, 0, next);
    is_known(&k, 4, KAM_CONTRACTS_RUNS, 2, 0, next);
    is_known(&k, 5, KAM_CONTRACTS_RUNS, 2, 0, next);
    assert_int_equal(k.state[6], KAM_CONTRACTS_TO_COME);
    /* The eve of an end that is a term's last day: it still ran. */
    know(&book, then - 1, NONE, 1, &k);
    is_known(&k, 2, KAM_CONTRACTS_RUNS, 1, 0, then);
}

static void test_since(void **state) {
    (void)state;
    static struct book book;
    static struct known k;
    const int32_t start = day(2018, 3, 1), since = day(2021, 3, 1);
    clear(&book);
    add(&book, start, NONE, -1, 12);
    add(&book, start, since - 1, -1, 12);
    add(&book, start, since, -1, 12);
    add(&book, start, day(2019, 9, 1), 0, 12);
    add(&book, day(2022, 1, 1), NONE, -1, 12);
    know(&book, day(2023, 6, 1), since, 0, &k);
    /* Renewed in 2019 and 2020 before the table began; 2021 on its first day. */
    is_known(&k, 0, KAM_CONTRACTS_RUNS, 5, 0, day(2024, 3, 1));
    assert_bits(k.before[0], 2);
    assert_int_equal(k.state[1], KAM_CONTRACTS_UNSEEN);
    assert_true(isnan(k.renewals[1]) && k.end[1] == NONE && k.flags[1] == 0);
    is_known(&k, 2, KAM_CONTRACTS_ENDED, 2, 1, since);
    assert_bits(k.before[2], 2);
    assert_int_equal(k.state[3], KAM_CONTRACTS_RUNS);
    assert_bits(k.before[4], 0);
}

static void test_bad_rows(void **state) {
    (void)state;
    static struct book book;
    static struct known k;
    static struct came c;
    const int32_t start = day(2020, 3, 1), end = day(2021, 3, 1);
    clear(&book);
    add(&book, NONE, end, -1, 12);
    add(&book, start, end, -1, (double)NAN);
    add(&book, start, NONE, 1, 12);
    add(&book, start, start - 1, -1, 12);
    add(&book, start, end, 2, 12);
    add(&book, start, end, -1, 0);
    add(&book, start, end, -1, 1201);
    add(&book, start, end, -1, 1.5);
    add(&book, 2932897, NONE, -1, 12);
    add(&book, start, 2932897, -1, 12);
    add(&book, start, start, -1, 1200);
    const int64_t n = book.view.n_rows - 1;
    know(&book, day(2022, 1, 1), NONE, 0, &k);
    come(&book, day(2020, 6, 1), day(2021, 6, 1), day(2022, 1, 1), &c);
    for (int64_t i = 0; i < n; i++) {
        const uint32_t flag = i < 3 ? KAM_ROW_MISSING : KAM_ROW_DOMAIN;
        assert_int_equal(k.flags[i], flag);
        assert_int_equal(c.flags[i], flag);
        assert_true(k.state[i] == 0 && isnan(k.renewals[i]) &&
                    isnan(k.left[i]) && isnan(k.ended[i]) &&
                    isnan(k.before[i]) && k.end[i] == NONE);
        assert_true(isnan(c.renewed[i]) && isnan(c.ended[i]) &&
                    isnan(c.open[i]) && isnan(c.early[i]) && isnan(c.lost[i]) &&
                    isnan(c.terms[i]));
    }
    assert_int_equal(k.flags[n], 0);
    assert_int_equal(k.state[n], KAM_CONTRACTS_ENDED);
    /* A term beyond the calendar does not end. */
    clear(&book);
    add(&book, day(9950, 1, 1), NONE, -1, 1200);
    know(&book, 2932896, NONE, 1, &k);
    is_known(&k, 0, KAM_CONTRACTS_RUNS, 0, 0, INT32_MAX);
    assert_true(k.left[0] > 1 && isfinite(k.left[0]));
}

static void test_came(void **state) {
    (void)state;
    static struct book book;
    static struct came c;
    const int32_t start = day(2020, 3, 1), cut = day(2022, 6, 1);
    clear(&book);
    add(&book, start, NONE, -1, 12);             /* 0: renewed twice */
    add(&book, start, day(2023, 3, 1), -1, 12);  /* 1: not once */
    add(&book, start, day(2023, 2, 28), -1, 12); /* 2: neither */
    add(&book, start, day(2024, 3, 1), 1, 12);   /* 3: once */
    add(&book, start, day(2022, 9, 1), -1, 12);  /* 4: within a term */
    add(&book, start, day(2022, 6, 1), -1, 12);  /* 5: over by then */
    add(&book, day(2022, 6, 2), NONE, -1, 12);   /* 6: not begun */
    add(&book, start, day(2025, 3, 1), 1, 12);   /* 7: leaves later */
    come(&book, cut, day(2024, 6, 1), day(2024, 9, 1), &c);
    const double all = 731 / (12 * KAM_CONTRACTS_MONTH_DAYS);
    const double left = 273 / (12 * KAM_CONTRACTS_MONTH_DAYS);
    const double want[][6] = {{2, 0, 0, 0, 0, all},
                              {0, 1, 0, 0, 1, left},
                              {0, 1, 0, 0, 1, left},
                              {1, 1, 0, 0, 1, left + 1},
                              {0, 1, 0, 1, 1,
                               92 / (12 * KAM_CONTRACTS_MONTH_DAYS)},
                              {NAN, NAN, NAN, NAN, NAN, NAN},
                              {NAN, NAN, NAN, NAN, NAN, NAN},
                              {2, 0, 0, 0, 0, all}};
    for (int i = 0; i < 8; i++) {
        const double got[] = {c.renewed[i], c.ended[i], c.open[i],
                              c.early[i],   c.lost[i],  c.terms[i]};
        for (int k = 0; k < 6; k++)
            if (isnan(want[i][k]) ? !isnan(got[k])
                                  : !(fabs(got[k] - want[i][k]) < 1e-12))
                fail_msg("row %d, number %d: %g, not %g", i, k, got[k],
                         want[i][k]);
        assert_int_equal(c.flags[i], 0);
    }
    /* A decision that is due on the day the table was written is open. */
    come(&book, cut, day(2024, 3, 1), day(2024, 3, 1), &c);
    assert_true(c.renewed[0] == 1 && c.ended[0] == 0 && c.open[0] == 1 &&
                isnan(c.lost[0]));
    assert_true(c.renewed[3] == 1 && c.ended[3] == 0 && c.open[3] == 1 &&
                isnan(c.lost[3]));
    assert_true(c.open[1] == 0 && c.ended[1] == 1);
    /* The day before it was written, it is not. */
    come(&book, cut, day(2024, 2, 29), day(2024, 3, 1), &c);
    assert_true(c.renewed[0] == 1 && c.open[0] == 0 && c.lost[0] == 0);
}

/* ---- against the rules followed term by term ---- */

static double given(const struct table *golden, int64_t i, const char *name) {
    return table_at(golden, i, name);
}

static int32_t day_of(double number) {
    return isnan(number) ? NONE : (int32_t)number;
}

static void same(double got, double want, int64_t i, const char *what) {
    if (check_bits_of(got) != check_bits_of(want) &&
        !(isnan(got) && isnan(want)))
        fail_msg("row %ld: %s %.17g, not %.17g", (long)i, what, got, want);
}

static void test_golden(void **state) {
    (void)state;
    static struct book book;
    static struct known k;
    static struct came c;
    struct table golden;
    assert_true(table_read(&golden, TEST_GOLDEN "/contracts.csv"));
    assert_true(golden.n_rows == 500);
    for (int64_t i = 0; i < golden.n_rows; i++) {
        const double said = given(&golden, i, "ended");
        const int32_t as_of = (int32_t)given(&golden, i, "as_of_day");
        clear(&book);
        add(&book, (int32_t)given(&golden, i, "start_day"),
            day_of(given(&golden, i, "end_day")), isnan(said) ? -1 : said == 1,
            given(&golden, i, "term_months"));
        know(&book, as_of, day_of(given(&golden, i, "since_day")),
             given(&golden, i, "is_past") == 1, &k);
        come(&book, as_of, (int32_t)given(&golden, i, "last_day"),
             (int32_t)given(&golden, i, "table_day"), &c);
        same(k.state[0], given(&golden, i, "state"), i, "state");
        same(k.renewals[0], given(&golden, i, "renewals"), i, "renewals");
        same(k.ended[0], given(&golden, i, "contract_ended"), i, "ended");
        same(k.before[0], given(&golden, i, "renewals_before"), i, "before");
        same(k.left[0], given(&golden, i, "periods_to_end"), i, "left");
        assert_int_equal(k.end[0], day_of(given(&golden, i, "known_end_day")));
        same(c.renewed[0], given(&golden, i, "renewed"), i, "renewed");
        same(c.ended[0], given(&golden, i, "not_renewed"), i, "not renewed");
        same(c.open[0], given(&golden, i, "open"), i, "open");
        same(c.early[0], given(&golden, i, "early"), i, "early");
        same(c.lost[0], given(&golden, i, "lost"), i, "lost");
        same(c.terms[0], given(&golden, i, "terms"), i, "terms");
    }
    table_free(&golden);
}

/* ---- what must hold ---- */

static void scatter(struct book *book, uint64_t seed, int64_t n) {
    clear(book);
    for (int64_t i = 0; i < n; i++) {
        static const double months[] = {1, 1, 3, 12, 24};
        const int32_t start = 18000 + (int32_t)(1500 * random_unit(&seed));
        const double ends = random_unit(&seed), said = random_unit(&seed);
        const int32_t end = start + (int32_t)(1500 * random_unit(&seed));
        add(book, start, ends < 0.6 ? end : NONE,
            said < 0.5                ? -1
            : said < 0.7 && ends < .6 ? 1
            : said < 0.9              ? -1
                                      : 0,
            months[(int)(5 * random_unit(&seed))]);
    }
}

/* What a day leaves in a table that is cut by hand when it is over: no later
 * row, no end that is later, and nothing said of one. */
static int32_t cut_at(struct book *book, int32_t at) {
    int64_t n = 0;
    for (int64_t i = 0; i < book->view.n_rows; i++) {
        if (book->start[i] > at) continue;
        /* The last day of a term stands for the day after it. */
        int32_t due = book->start[i];
        for (int k = 1; book->end[i] != NONE && due <= book->end[i]; k++)
            kam_calendar_add_months(book->start[i],
                                    (int32_t)(k * book->months[i]), &due);
        const int32_t end = due == book->end[i] + 1 ? due : book->end[i];
        const int later = end > at;
        book->start[n] = book->start[i];
        book->end[n] = later ? NONE : book->end[i];
        book->ended[n] = later ? (double)NAN : book->ended[i];
        book->months[n++] = book->months[i];
    }
    book->view.n_rows = n;
    return at;
}

/* The view of a past day is that of the table as it was cut by hand; and what a
 * model is told of it is what it was told on the morning after. */
static void test_cut_by_hand(void **state) {
    (void)state;
    static struct book whole, cut;
    static struct known past, by_hand, morning;
    int64_t n_hidden = 0;
    for (int32_t at = 18100; at < 20500; at += 97) {
        scatter(&whole, 77 + (uint64_t)at, 300);
        cut = whole;
        cut.view = whole.view;
        cut.view.start_day.values = cut.start;
        cut.view.end_day.values = cut.end;
        cut.view.ended.values = cut.ended;
        cut.view.term_months.values = cut.months;
        cut_at(&cut, at);
        know(&whole, at, at - 400, 1, &past);
        know(&cut, at, at - 400, 1, &by_hand);
        know(&cut, at + 1, at - 400, 0, &morning);
        for (int64_t i = 0, k = 0; i < whole.view.n_rows; i++) {
            if (past.state[i] == KAM_CONTRACTS_TO_COME) continue;
            n_hidden += whole.end[i] != NONE && cut.end[k] == NONE;
            assert_int_equal(past.state[i], by_hand.state[k]);
            assert_int_equal(past.end[i], by_hand.end[k]);
            same(past.left[i], by_hand.left[k], i, "left");
            same(past.renewals[i], by_hand.renewals[k], i, "renewals");
            same(past.ended[i], by_hand.ended[k], i, "ended");
            same(past.before[i], by_hand.before[k], i, "before");
            assert_int_equal(past.state[i], morning.state[k]);
            same(past.renewals[i], morning.renewals[k], i, "morning");
            same(past.ended[i], morning.ended[k], i, "morning, ended");
            k++;
        }
    }
    assert_true(n_hidden > 500);
}

/* Nothing that is written into the table later changes it. */
static void test_later(void **state) {
    (void)state;
    static struct book book;
    static struct known before, after;
    const int32_t at = 19000;
    uint64_t seed = 5;
    for (int run = 0; run < 50; run++) {
        scatter(&book, 1000 + (uint64_t)run, 200);
        know(&book, at, at - 500, 1, &before);
        for (int64_t i = 0; i < book.view.n_rows; i++) {
            const double what = random_unit(&seed);
            if (book.start[i] > at)
                book.start[i] = at + 1 + (int32_t)(900 * what);
            if (book.end[i] != NONE && book.end[i] < book.start[i])
                book.end[i] = book.start[i];
            if (before.state[i] != KAM_CONTRACTS_RUNS ||
                (book.end[i] != NONE && book.end[i] <= at))
                continue;
            /* It ran: then it ended after that day, or gave notice, or not. */
            book.end[i] = what < 0.3 ? NONE : at + 1 + (int32_t)(900 * what);
            book.ended[i] = book.end[i] == NONE || what < 0.6 ? NAN
                            : what < 0.8                      ? 1
                                                              : 0;
        }
        know(&book, at, at - 500, 1, &after);
        for (int64_t i = 0; i < book.view.n_rows; i++) {
            assert_int_equal(before.state[i], after.state[i]);
            assert_int_equal(before.end[i], after.end[i]);
            same(after.renewals[i], before.renewals[i], i, "renewals");
            same(after.ended[i], before.ended[i], i, "ended");
            same(after.before[i], before.before[i], i, "before");
            same(after.left[i], before.left[i], i, "left");
        }
    }
}

/* What was known on two days says what came between them. */
static void test_between(void **state) {
    (void)state;
    static struct book book;
    static struct known first, then;
    static struct came c;
    int64_t n = 0;
    for (int run = 0; run < 60; run++) {
        scatter(&book, 31 + (uint64_t)run, 300);
        const int32_t cut = 18500 + 17 * run, last = cut + 1 + 19 * run;
        know(&book, cut, NONE, 1, &first);
        know(&book, last, NONE, 1, &then);
        come(&book, cut, last, 30000, &c);
        for (int64_t i = 0; i < book.view.n_rows; i++) {
            if (first.state[i] != KAM_CONTRACTS_RUNS) {
                assert_true(isnan(c.renewed[i]));
                continue;
            }
            n++;
            same(c.renewed[i], then.renewals[i] - first.renewals[i], i, "more");
            same(c.ended[i], then.ended[i], i, "ended");
            same(c.lost[i], then.state[i] == KAM_CONTRACTS_ENDED, i, "lost");
            assert_true(c.open[i] == 0 && c.terms[i] > 0);
        }
    }
    assert_true(n > 3000);
}

/* One row or many, any slice, executor and kind of column: the same bits. */
static void test_one_and_many(void **state) {
    (void)state;
    static struct book book;
    static struct known all, some;
    static struct came came, part;
    static int64_t start[2 * ROWS];
    static float ended[ROWS];
    static uint8_t months[ROWS], present[ROWS / 8];
    scatter(&book, 9, 300);
    know(&book, 19200, 18500, 1, &all);
    come(&book, 18900, 19500, 19700, &came);
    for (int i = 0; i < 300; i++) {
        start[2 * i] = book.start[i];
        ended[i] = (float)book.ended[i];
        months[i] = (uint8_t)book.months[i];
        if (book.end[i] != NONE) present[i / 8] |= (uint8_t)(1 << i % 8);
    }
    struct book other = book;
    other.view.start_day = (kam_column){start, NULL, NULL, 0, 16, KAM_I64, 0};
    other.view.end_day =
        (kam_column){book.end, present, NULL, 0, 0, KAM_I32, 0};
    other.view.ended = (kam_column){ended, NULL, NULL, 0, 0, KAM_F32, 0};
    other.view.term_months = (kam_column){months, NULL, NULL, 0, 0, KAM_U8, 0};
    kam_host host = {.struct_size = sizeof host};
    for (int how = 0; how < 4; how++) {
        host.parallel_for = how == 1   ? run_backwards
                            : how == 2 ? run_odd_first
                                       : NULL;
        for (int64_t i = 0; i < (how == 3 ? 300 : 1); i++) {
            const int64_t n = how == 3 ? 1 : 300;
            struct book one = other;
            one.view.n_rows = n;
            one.view.start_day.offset = one.view.end_day.offset =
                one.view.ended.offset = one.view.term_months.offset = i;
            const kam_contracts_view out = to_known(&some);
            const kam_contracts_outcome outcome = to_came(&part);
            assert_status(kam_contracts_known(&one.view, 19200, 18500, 1, &host,
                                              &out, NULL),
                          KAM_OK);
            assert_status(kam_contracts_came(&one.view, 18900, 19500, 19700,
                                             &host, &outcome, NULL),
                          KAM_OK);
            for (int64_t k = 0; k < n; k++) {
                assert_int_equal(some.state[k], all.state[i + k]);
                assert_int_equal(some.end[k], all.end[i + k]);
                same(some.left[k], all.left[i + k], i, "left");
                same(some.renewals[k], all.renewals[i + k], i, "renewals");
                same(part.terms[k], came.terms[i + k], i, "terms");
                same(part.renewed[k], came.renewed[i + k], i, "renewed");
            }
        }
    }
}

/* ---- wrong calls ---- */

static kam_diag diag = {.struct_size = sizeof diag};

#define assert_refused(call, status, name)                                     \
    do {                                                                       \
        assert_status(call, status);                                           \
        assert_string_equal(diag.argument, name);                              \
    } while (0)

static void test_wrong(void **state) {
    (void)state;
    static struct book book;
    static struct known k, untouched;
    static struct came c;
    kam_contracts_view out = to_known(&k);
    const kam_contracts_outcome outcome = to_came(&c);
    (void)to_known(&untouched);
    scatter(&book, 3, 5);
    kam_contracts *const v = &book.view;
    const kam_status option = KAM_ERR_OPTION;
    assert_refused(kam_contracts_known(NULL, 19000, NONE, 0, NULL, &out, &diag),
                   KAM_ERR_NULL, "contracts");
    assert_refused(kam_contracts_known(v, 19000, NONE, 0, NULL, NULL, &diag),
                   KAM_ERR_NULL, "out");
    assert_refused(kam_contracts_known(v, NONE, NONE, 0, NULL, &out, &diag),
                   option, "as_of_day");
    assert_refused(kam_contracts_known(v, 19000, 2932897, 0, NULL, &out, &diag),
                   option, "since_day");
    assert_refused(kam_contracts_known(v, 19000, NONE, 2, NULL, &out, &diag),
                   option, "is_past");
    assert_refused(kam_contracts_came(v, NONE, 2, 3, NULL, &outcome, &diag),
                   option, "day");
    assert_refused(kam_contracts_came(v, 19000, 19001, 2932897, NULL, &outcome,
                                      &diag),
                   option, "as_of_day");
    assert_refused(kam_contracts_came(v, 19000, 19000, 19001, NULL, &outcome,
                                      &diag),
                   option, "last_day");
    assert_refused(kam_contracts_came(v, 19000, 19002, 19001, NULL, &outcome,
                                      &diag),
                   option, "last_day");
    assert_refused(kam_contracts_came(v, 19000, 19001, 19001, NULL, NULL,
                                      &diag),
                   KAM_ERR_NULL, "out");
    v->reserved = 1;
    assert_refused(kam_contracts_known(v, 19000, NONE, 0, NULL, &out, &diag),
                   KAM_ERR_NEWER, "contracts.reserved");
    v->reserved = 0;
    v->n_rows = -1;
    assert_refused(kam_contracts_known(v, 19000, NONE, 0, NULL, &out, &diag),
                   KAM_ERR_SHAPE, "contracts.n_rows");
    v->n_rows = 5;
    v->start_day.type = KAM_F64;
    assert_refused(kam_contracts_known(v, 19000, NONE, 0, NULL, &out, &diag),
                   KAM_ERR_TYPE, "contracts.start_day");
    v->start_day.type = KAM_DAY;
    v->term_months.values = NULL;
    assert_refused(kam_contracts_known(v, 19000, NONE, 0, NULL, &out, &diag),
                   KAM_ERR_NULL, "contracts.term_months");
    assert_memory_equal(&k, &untouched, sizeof k);
    v->term_months.values = book.months;
    v->end_day.values = v->ended.values = NULL;
    out = (kam_contracts_view){.struct_size = sizeof out, .state = k.state};
    assert_status(kam_contracts_known(v, 19000, NONE, 0, NULL, &out, &diag),
                  KAM_OK);
    int64_t looks = 0;
    kam_host host = {.struct_size = sizeof host,
                     .progress = stop_when_used_up,
                     .watcher = &looks};
    assert_status(kam_contracts_known(v, 19000, NONE, 0, &host, &out, &diag),
                  KAM_ERR_CANCELLED);
    looks = 0;
    assert_status(kam_contracts_came(v, 19000, 19001, 19001, &host, &outcome,
                                     &diag),
                  KAM_ERR_CANCELLED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_today),       cmocka_unit_test(test_past),
        cmocka_unit_test(test_since),       cmocka_unit_test(test_bad_rows),
        cmocka_unit_test(test_came),        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_cut_by_hand), cmocka_unit_test(test_later),
        cmocka_unit_test(test_between),     cmocka_unit_test(test_one_and_many),
        cmocka_unit_test(test_wrong)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
