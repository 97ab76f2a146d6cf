/* SPDX-License-Identifier: MIT */
/* Neither the order of the lines nor the cut of the log shows in a ledger: all of
 * its bits are the same. */
#include "ledger_support.h"

enum { N_LINES = 6000, N_POSTINGS = 500, N_ACCOUNTS = 400, MOST_PIECES = 9 };

static kam_ledger_options options_for(int with) {
    kam_ledger_options options = options_at(day_of(2024, 2, 29));
    options.first_day = options.as_of_day - 1499;
    options.zero_is_order = with & 1;
    options.n_quarters = with % 3 ? 8 : 0;
    return options;
}

static void shuffle(struct line *line, int64_t n, uint64_t *seed) {
    for (int64_t i = n - 1; i > 0; i--) {
        const int64_t j = random_below(seed, i + 1);
        const struct line swap = line[i];
        line[i] = line[j];
        line[j] = swap;
    }
}

/* Lines in chunks of random length. */
static void add_in_chunks(kam_ledger *ledger, const struct line *line,
                          int64_t n, int with, uint64_t *seed) {
    while (n > 0) {
        int64_t some = 1 + random_below(seed, 700);
        if (some > n) some = n;
        add_lines(ledger, line, some, with);
        line += some;
        n -= some;
    }
}

static void assert_same_keys(const kam_ledger *a, const kam_ledger *b) {
    const int64_t n = kam_ledger_n_accounts(a);
    const char **const x = calloc((size_t)n, sizeof *x);
    const char **const y = calloc((size_t)n, sizeof *y);
    int64_t *const k = calloc((size_t)n, sizeof *k);
    int64_t *const l = calloc((size_t)n, sizeof *l);
    assert_status(kam_ledger_keys(a, x, k, NULL), KAM_OK);
    assert_status(kam_ledger_keys(b, y, l, NULL), KAM_OK);
    for (int64_t i = 0; i < n; i++) {
        assert_int_equal(k[i], l[i]);
        assert_memory_equal(x[i], y[i], (size_t)k[i]);
    }
    free(x);
    free(y);
    free(k);
    free(l);
}

static void assert_same(const kam_ledger *a, const kam_ledger *b,
                        int32_t n_quarters, int with) {
    struct summary x = summary_of(a, n_quarters, with);
    struct summary y = summary_of(b, n_quarters, with);
    const kam_ledger_report r = report_of(a), s = report_of(b);
    assert_same_summary(&x, &y);
    assert_memory_equal(&r, &s, sizeof r);
    if (with & WITH_TEXT) assert_same_keys(a, b);
    summary_free(&x);
    summary_free(&y);
}

/* Cuts the log in pieces, a ledger each, and merges two at random until one is
 * left. */
static kam_ledger *in_pieces(const kam_ledger_options *options,
                             const struct line *line, int64_t n,
                             const struct line *posting, int64_t n_postings,
                             int with, uint64_t *seed) {
    kam_ledger *piece[MOST_PIECES];
    int64_t n_pieces = 2 + random_below(seed, MOST_PIECES - 1);
    for (int64_t p = 0; p < n_pieces; p++) {
        const int64_t left = n_pieces - p;
        const int64_t some =
            left == 1 ? n : random_below(seed, 2 * n / left + 1);
        const int64_t few =
            left == 1 ? n_postings : random_below(seed, n_postings / left + 1);
        piece[p] = ledger_new(options);
        if (p & 1)
            assert_status(try_postings(piece[p], posting, few, with), KAM_OK);
        add_in_chunks(piece[p], line, some < n ? some : n, with, seed);
        if (!(p & 1))
            assert_status(try_postings(piece[p], posting, few, with), KAM_OK);
        line += some < n ? some : n;
        n -= some < n ? some : n;
        posting += few;
        n_postings -= few;
    }
    while (n_pieces > 1) {
        const int64_t a = random_below(seed, n_pieces);
        const int64_t b = (a + 1 + random_below(seed, n_pieces - 1)) % n_pieces;
        assert_status(kam_ledger_merge(piece[a], piece[b], NULL), KAM_OK);
        kam_ledger_free(piece[b]);
        piece[b] = piece[--n_pieces];
    }
    return piece[0];
}

static void pieces_make_the_whole(void **state) {
    (void)state;
    uint64_t seed = 2024;
    for (int with = 0; with < 8; with++)
        for (int fine = 0; fine < 2; fine++) {
            const kam_ledger_options options = options_for(with + fine);
            struct line *const line = random_log(seed + 1, N_LINES, N_ACCOUNTS,
                                                 options.as_of_day, fine);
            struct line *const posting =
                random_log(seed + 2, N_POSTINGS, N_ACCOUNTS + 9,
                           options.as_of_day, fine);
            kam_ledger *const whole = ledger_new(&options);
            add_lines(whole, line, N_LINES, with);
            assert_status(try_postings(whole, posting, N_POSTINGS, with),
                          KAM_OK);
            for (int turn = 0; turn < 4; turn++) {
                shuffle(line, N_LINES, &seed);
                shuffle(posting, N_POSTINGS, &seed);
                kam_ledger *const merged =
                    in_pieces(&options, line, N_LINES, posting, N_POSTINGS,
                              with, &seed);
                assert_same(whole, merged, options.n_quarters, with);
                kam_ledger_free(merged);
            }
            kam_ledger_free(whole);
            free(line);
            free(posting);
        }
}

/* Few accounts with very many days: sets of every size meet. */
static void long_histories(void **state) {
    (void)state;
    uint64_t seed = 5;
    for (int with = 0; with <= WITH_ORDER; with += WITH_ORDER) {
        const kam_ledger_options options = options_for(with);
        struct line *const line =
            random_log(9, N_LINES, 7, options.as_of_day, 1);
        kam_ledger *const whole = ledger_new(&options);
        add_lines(whole, line, N_LINES, with);
        for (int turn = 0; turn < 6; turn++) {
            shuffle(line, N_LINES, &seed);
            kam_ledger *const merged =
                in_pieces(&options, line, N_LINES, line, 0, with, &seed);
            assert_same(whole, merged, options.n_quarters, with);
            kam_ledger_free(merged);
        }
        kam_ledger_free(whole);
        free(line);
    }
}

/* `other` stays as it was, and may be used again. */
static void other_stays(void **state) {
    (void)state;
    const int with = WITH_TEXT | WITH_COST | WITH_ORDER;
    const kam_ledger_options options = options_for(with);
    struct line *const line =
        random_log(4, N_LINES, N_ACCOUNTS, options.as_of_day, 1);
    kam_ledger *const other = ledger_new(&options);
    kam_ledger *const same = ledger_new(&options);
    kam_ledger *const ledger = ledger_new(&options);
    add_lines(other, line, N_LINES / 2, with);
    add_lines(same, line, N_LINES / 2, with);
    add_lines(ledger, line + N_LINES / 2, N_LINES / 2, with);
    assert_status(kam_ledger_merge(ledger, other, NULL), KAM_OK);
    assert_same(other, same, options.n_quarters, with);
    kam_ledger_free(ledger); /* and owes it no memory */
    assert_same(other, same, options.n_quarters, with);
    kam_ledger_free(other);
    kam_ledger_free(same);
    free(line);
}

/* A ledger merged with itself is the ledger of the log read twice. */
static void with_itself(void **state) {
    (void)state;
    for (int with = 0; with < 8; with++) {
        const kam_ledger_options options = options_for(with);
        struct line *const line =
            random_log(6, N_LINES, N_ACCOUNTS, options.as_of_day, 1);
        kam_ledger *const once = ledger_new(&options);
        kam_ledger *const twice = ledger_new(&options);
        add_lines(once, line, N_LINES, with);
        assert_status(try_postings(once, line, 50, with), KAM_OK);
        assert_status(kam_ledger_merge(once, once, NULL), KAM_OK);
        for (int i = 0; i < 2; i++) {
            add_lines(twice, line, N_LINES, with);
            assert_status(try_postings(twice, line, 50, with), KAM_OK);
        }
        assert_same(once, twice, options.n_quarters, with);
        kam_ledger_free(once);
        kam_ledger_free(twice);
        free(line);
    }
}

static void with_an_empty_one(void **state) {
    (void)state;
    const int with = WITH_TEXT | WITH_COST | WITH_ORDER;
    const kam_ledger_options options = options_for(with);
    struct line *const line =
        random_log(8, N_LINES, N_ACCOUNTS, options.as_of_day, 1);
    kam_ledger *const whole = ledger_new(&options);
    kam_ledger *const empty = ledger_new(&options);
    kam_ledger *const copy = ledger_new(&options);
    add_lines(whole, line, N_LINES, with);
    add_lines(copy, line, N_LINES, with);
    assert_status(kam_ledger_merge(whole, empty, NULL), KAM_OK);
    assert_same(whole, copy, options.n_quarters, with);
    assert_status(kam_ledger_merge(empty, whole, NULL), KAM_OK);
    assert_same(whole, empty, options.n_quarters, with);
    /* What it took over it holds to: numbers do not fit any more. */
    assert_status(try_lines(empty, line, 9, with & ~WITH_TEXT), KAM_ERR_TYPE);
    assert_status(try_lines(empty, line, 9, with & ~WITH_ORDER), KAM_ERR_TYPE);
    kam_ledger_free(whole);
    kam_ledger_free(empty);
    kam_ledger_free(copy);
    free(line);
}

/* Costs, returns and postings in one of the two only, either way around. */
static void what_only_one_has(void **state) {
    (void)state;
    const kam_ledger_options options = options_at(20000);
    const struct line plain = {.account = 1, .day = 19990, .amount = 3};
    const struct line rich = {.account = 2,
                              .day = 19991,
                              .amount = -4,
                              .cost = 2};
    for (int turn = 0; turn < 2; turn++) {
        kam_ledger *const a = ledger_new(&options);
        kam_ledger *const b = ledger_new(&options);
        add_lines(a, &plain, 1, 0);
        add_lines(b, &rich, 1, WITH_COST);
        assert_status(try_postings(b, &rich, 1, 0), KAM_OK);
        kam_ledger *const into = turn ? a : b;
        assert_status(kam_ledger_merge(into, turn ? b : a, NULL), KAM_OK);
        struct summary s = summary_of(into, 0, 0);
        assert_int_equal(s.n, 2);
        assert_true(isnan(s.number[COST][0]));
        assert_bits(s.number[COST][1], 2);
        assert_bits(s.number[RETURNS][0], 0);
        assert_bits(s.number[RETURNS][1], 4);
        assert_bits(s.number[SERVICE][0], 0);
        assert_bits(s.number[SERVICE][1], 2);
        assert_int_equal(s.first_day[1], KAM_NO_DAY);
        summary_free(&s);
        kam_ledger_free(a);
        kam_ledger_free(b);
    }
}

/* Ledgers that do not fit together stay as they were. */
static void what_does_not_fit(void **state) {
    (void)state;
    const struct line line = {.account = 1,
                              .name = "1",
                              .day = 19990,
                              .amount = 3,
                              .order = 4,
                              .number = "4"};
    const kam_ledger_options options = options_at(20000);
    kam_ledger *const ledger = ledger_new(&options);
    add_lines(ledger, &line, 1, 0);
    for (int i = 0; i < 6; i++) {
        kam_ledger_options wrong = options;
        if (i == 0) wrong.as_of_day--;
        if (i == 1) wrong.first_day = 1;
        if (i == 2) wrong.zero_is_order = 0;
        if (i == 3) wrong.window_months++;
        if (i == 4) wrong.n_quarters++;
        if (i == 5) wrong.period_days = 7.5;
        kam_ledger *const other = ledger_new(&wrong);
        assert_status(kam_ledger_merge(ledger, other, NULL), KAM_ERR_OPTION);
        kam_ledger_free(other);
    }
    for (int with = 1; with < 8; with++) {
        kam_ledger *const other = ledger_new(&options);
        kam_diag diag = {.struct_size = sizeof diag};
        add_lines(other, &line, 1, with);
        if (with != WITH_COST) {
            assert_status(kam_ledger_merge(ledger, other, &diag), KAM_ERR_TYPE);
            assert_string_equal(diag.argument, "other");
        }
        kam_ledger_free(other);
    }
    assert_int_equal(report_of(ledger).n_lines, 1);
    assert_status(kam_ledger_merge(NULL, ledger, NULL), KAM_ERR_NULL);
    assert_status(kam_ledger_merge(ledger, NULL, NULL), KAM_ERR_NULL);
    kam_ledger_free(ledger);
}

/* Numbers and texts as order numbers do not fit together either. */
static void order_numbers_of_two_kinds(void **state) {
    (void)state;
    const kam_ledger_options options = options_at(20000);
    struct line line = {
        .account = 1, .day = 19990, .amount = 3, .order = 4, .number = "4"};
    kam_ledger *const a = ledger_new(&options);
    kam_ledger *const b = ledger_new(&options);
    add_lines(a, &line, 1, WITH_ORDER);
    struct view view = view_of(&line, 1, WITH_ORDER);
    view.lines.order.values = line.number;
    view.lines.order.type = KAM_CHARS;
    assert_status(kam_ledger_add(a, &view.lines, NULL), KAM_ERR_TYPE);
    assert_status(kam_ledger_add(b, &view.lines, NULL), KAM_OK);
    assert_status(kam_ledger_merge(a, b, NULL), KAM_ERR_TYPE);
    kam_ledger *const empty = ledger_new(&options);
    assert_status(kam_ledger_merge(empty, a, NULL), KAM_OK);
    assert_status(kam_ledger_add(empty, &view.lines, NULL), KAM_ERR_TYPE);
    kam_ledger_free(empty);
    view_free(&view);
    kam_ledger_free(a);
    kam_ledger_free(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_make_the_whole),
        cmocka_unit_test(long_histories),
        cmocka_unit_test(other_stays),
        cmocka_unit_test(with_itself),
        cmocka_unit_test(with_an_empty_one),
        cmocka_unit_test(what_only_one_has),
        cmocka_unit_test(what_does_not_fit),
        cmocka_unit_test(order_numbers_of_two_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
