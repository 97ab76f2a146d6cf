/* SPDX-License-Identifier: MIT */
/* What single orders are worth: valued_orders, log_values, and the first day. */
#include "ledger_support.h"

enum { TODAY = 19000, KEEP = 1, FIRST = 2 };
#define LINE(account, day, amount, order)                                      \
    { account, "", day, amount, 0, order, "" }
#define COUNT(array) ((int64_t)(sizeof(array) / sizeof(array)[0]))

static kam_ledger_options options_with(int how) {
    kam_ledger_options options = options_at(TODAY);
    options.keep_values = (how & KEEP) != 0;
    options.value_first = (how & FIRST) != 0;
    return options;
}

static kam_ledger *ledger_with(const struct line *line, int64_t n, int with,
                               int how) {
    const kam_ledger_options options = options_with(how);
    kam_ledger *const ledger = ledger_new(&options);
    add_lines(ledger, line, n, with);
    return ledger;
}

struct expected {
    double mean, valued, logs;
};

static void check_with(const struct line *line, int64_t n, int with, int how,
                       const struct expected *expected, int64_t n_rows) {
    kam_ledger *const ledger = ledger_with(line, n, with, how);
    struct summary s = summary_of(ledger, 0, with);
    assert_int_equal(s.n, n_rows);
    for (int64_t i = 0; i < n_rows; i++) {
        const double told[] = {s.number[MEAN][i], s.number[VALUED][i],
                               s.number[LOGS][i]};
        const double meant[] = {expected[i].mean, expected[i].valued,
                                expected[i].logs};
        for (int k = 0; k < 3; k++)
            if (!(isnan(meant[k]) ? isnan(told[k])
                                  : fabs(told[k] - meant[k]) < 1e-12))
                fail_msg("how %d, row %d, number %d: %.17g, not %.17g", how,
                         (int)i, k, told[k], meant[k]);
    }
    summary_free(&s);
    kam_ledger_free(ledger);
}

/* Account 1: 8 on the first day (in two lines), then 2 and 32. Account 2: one
 * order. Account 3: a day worth 0. Account 4 never ordered. */
static void days(void **state) {
    (void)state;
    const struct line line[] = {
        LINE(1, TODAY - 5, 32, MISSING), LINE(1, TODAY - 30, 5, MISSING),
        LINE(1, TODAY - 30, 3, MISSING), LINE(1, TODAY - 9, 2, MISSING),
        LINE(1, TODAY - 9, -1, MISSING), LINE(2, TODAY - 3, 10, MISSING),
        LINE(3, TODAY - 8, 6, MISSING),  LINE(3, TODAY - 7, 0, MISSING),
        LINE(3, TODAY - 6, 4, MISSING),  LINE(4, TODAY - 6, -4, MISSING)};
    const int64_t n = COUNT(line);
    const struct expected repeat[] = {{17, 2, log(64)},
                                      {0, 0, 0},
                                      {2, 2, NAN},
                                      {NAN, NAN, NAN}};
    const struct expected all[] = {{14, 3, log(512)},
                                   {10, 1, log(10)},
                                   {10.0 / 3, 3, NAN},
                                   {NAN, NAN, NAN}};
    check_with(line, n, 0, KEEP, repeat, 4);
    check_with(line, n, 0, KEEP | FIRST, all, 4);
    /* Not kept: unknown, but of no order at all there is none to know. */
    struct expected unkept[4];
    for (int how = 0; how <= FIRST; how += FIRST) {
        memcpy(unkept, how ? all : repeat, sizeof unkept);
        for (int i = 0; i < 4; i++) unkept[i].logs = NAN;
        check_with(line, n, 0, how, unkept, 4);
    }
}

/* Numbered orders have their values; orders of one day are one; a line without a
 * number joins its day, when it is kept. */
static void numbers(void **state) {
    (void)state;
    const struct line line[] = {
        LINE(1, TODAY - 30, 5, 7),      LINE(1, TODAY - 28, 3, 7),
        LINE(1, TODAY - 9, 2, 9),       LINE(1, TODAY - 9, 4, 10),
        LINE(2, TODAY - 9, 4, 11),      LINE(2, TODAY - 5, 3, 12),
        LINE(2, TODAY - 5, 2, MISSING), LINE(2, TODAY - 4, 7, MISSING)};
    const struct expected kept[] = {{6, 1, log(6)}, {6, 2, log(35)}};
    const struct expected all[] = {{7, 2, log(48)}, {16.0 / 3, 3, log(140)}};
    const struct expected unkept[] = {{6, 1, log(6)}, {6, 2, NAN}};
    check_with(line, COUNT(line), WITH_ORDER, KEEP, kept, 2);
    check_with(line, COUNT(line), WITH_ORDER, KEEP | FIRST, all, 2);
    check_with(line, COUNT(line), WITH_ORDER, 0, unkept, 2);
}

/* Counted again, one account at a time; and the same bits of two halves merged,
 * of the log backwards, and of a ledger that joins itself to nothing. */
static void random_logs(void **state) {
    (void)state;
    enum { N = 3000, ACCOUNTS = 150, DAYS = 1600 };
    for (int with = 0; with <= WITH_ORDER; with += WITH_ORDER) {
        struct line *const line = random_log(77, N, ACCOUNTS, TODAY, 1);
        struct line *const back = calloc(N, sizeof *back);
        const int how = KEEP | FIRST;
        for (int i = 0; i < N; i++) back[i] = line[N - 1 - i];
        kam_ledger *const whole = ledger_with(line, N, with, how);
        kam_ledger *const other = ledger_with(back, N / 3, with, how);
        kam_ledger *const rest =
            ledger_with(back + N / 3, N - N / 3, with, how);
        assert_status(kam_ledger_merge(other, rest, NULL), KAM_OK);
        struct summary a = summary_of(whole, 0, with);
        struct summary b = summary_of(other, 0, with);
        assert_same_summary(&a, &b);
        int64_t n_known = 0;
        for (int64_t row = 0; row < a.n && !with; row++) {
            static double of[DAYS];
            double sum = 0, logs = 0, n = 0;
            memset(of, 0, sizeof of);
            int seen[DAYS] = {0};
            for (int i = 0; i < N; i++) {
                const int64_t ago = (int64_t)TODAY - line[i].day;
                if (line[i].account != a.key[row] || ago < 0 || ago >= DAYS ||
                    !(line[i].amount >= 0 && line[i].amount < 1e15))
                    continue;
                of[ago] += line[i].amount;
                seen[ago] = 1;
            }
            for (int d = 0; d < DAYS; d++) {
                if (!seen[d]) continue;
                sum += of[d];
                logs += log(of[d]);
                n++;
            }
            if (n == 0) continue;
            assert_near(a.number[MEAN][row], sum / n, 1e-9);
            assert_true(a.number[VALUED][row] == n);
            if (logs > -INFINITY) {
                assert_near(a.number[LOGS][row], logs, 1e-9);
                n_known++;
            } else {
                assert_true(isnan(a.number[LOGS][row]));
            }
        }
        if (!with) assert_true(n_known > 50);
        summary_free(&a);
        summary_free(&b);
        kam_ledger_free(whole);
        kam_ledger_free(other);
        kam_ledger_free(rest);
        free(line);
        free(back);
    }
}

/* 0.5, 1, 1.5, ... on each of N days of account 1, then two orders of account 2. */
enum { MANY = 4000 };

static kam_status try_many_days(kam_ledger *ledger, int64_t n) {
    static struct line line[MANY + 2];
    for (int32_t i = 0; i < MANY; i++)
        line[i] =
            (struct line)LINE(1, TODAY - MANY + i, 0.5 * (i + 1), MISSING);
    line[MANY] = (struct line)LINE(2, TODAY - 9, 3, MISSING);
    line[MANY + 1] = (struct line)LINE(2, TODAY - 2, 5, MISSING);
    return try_lines(ledger, line, n, 0);
}

/* The days of one account lie in a table of their own, until another account
 * ends it: either way each day is found. */
static void many_days_of_one_account(void **state) {
    (void)state;
    const kam_ledger_options options = options_with(KEEP);
    double logs = 0;
    for (int i = 1; i < MANY; i++) logs += log(0.5 * (i + 1));
    for (int64_t n = MANY; n <= MANY + 2; n += 2) {
        kam_ledger *const ledger = ledger_new(&options);
        assert_status(try_many_days(ledger, n), KAM_OK);
        struct summary s = summary_of(ledger, 0, 0);
        assert_int_equal(s.n, n == MANY ? 1 : 2);
        assert_near(s.number[LOGS][0], logs, 1e-12 * logs);
        if (n > MANY) assert_near(s.number[LOGS][1], log(5), 1e-15);
        summary_free(&s);
        kam_ledger_free(ledger);
    }
}

static kam_status try_random_days(kam_ledger *ledger, int64_t n) {
    struct line *const line = random_log(5, n, 900, TODAY, 0);
    const kam_status status = try_lines(ledger, line, n, 0);
    free(line);
    return status;
}

static void every_allocation_fails_once(void **state) {
    (void)state;
    const kam_ledger_options options = options_with(KEEP);
    for (int many = 0; many < 2; many++) {
        int64_t n_failed = 0;
        for (int64_t refuse = 1;; refuse++) {
            struct lender lender = {.refuse = refuse};
            const kam_host host = host_of(&lender);
            kam_ledger *ledger = NULL;
            kam_status status = kam_ledger_new(&options, &host, &ledger, NULL);
            if (status == KAM_OK)
                status = many ? try_many_days(ledger, MANY + 2)
                              : try_random_days(ledger, 6000);
            kam_ledger_free(ledger);
            assert_int_equal(lender.n_bytes, 0);
            if (status == KAM_OK) break;
            assert_status(status, KAM_ERR_MEMORY);
            n_failed++;
        }
        assert_true(n_failed > 10);
    }
}

static void options_are_checked(void **state) {
    (void)state;
    kam_diag diag = {.struct_size = sizeof diag};
    kam_ledger_options options = options_with(KEEP), other = options_with(0);
    kam_ledger *ledger = NULL;
    options.value_first = 2;
    assert_status(kam_ledger_new(&options, NULL, &ledger, &diag),
                  KAM_ERR_OPTION);
    assert_string_equal(diag.argument, "options.value_first");
    options.value_first = 0;
    options.keep_values = -1;
    assert_status(kam_ledger_new(&options, NULL, &ledger, &diag),
                  KAM_ERR_OPTION);
    assert_string_equal(diag.argument, "options.keep_values");
    options.keep_values = 1;
    ledger = ledger_new(&options);
    kam_ledger *const unlike = ledger_new(&other);
    assert_status(kam_ledger_merge(ledger, unlike, NULL), KAM_ERR_OPTION);
    kam_ledger_free(ledger);
    kam_ledger_free(unlike);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days),
        cmocka_unit_test(numbers),
        cmocka_unit_test(random_logs),
        cmocka_unit_test(many_days_of_one_account),
        cmocka_unit_test(every_allocation_fails_once),
        cmocka_unit_test(options_are_checked)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
