/* SPDX-License-Identifier: MIT */
/* Each signal of practice, from simulated events of accounts to which nothing
 * happens: alarms as often as designed within 12, 36 and 120 periods (usage,
 * payments, orders, prices, satisfaction) or times between events (the others). */
#include "support/check.h"
#include "support/hosts.h"

enum { MONTH = 30 };

/* Events of a book as it grows. */
struct events {
    int64_t n, room;
    int32_t *account;
    double *day, *end, *amount, *term;
};

static uint64_t SEED;

static double random_normal(void) {
    const double u = random_unit(&SEED), v = random_unit(&SEED);
    return sqrt(-2 * log(1 - u)) * cos(6.283185307179586 * v);
}

static double random_wait(double mean) {
    return -mean * log(1 - random_unit(&SEED));
}

static void add(struct events *e, int64_t account, double day, double end,
                double amount, double term) {
    if (e->n == e->room) {
        e->room = e->room ? 2 * e->room : 1024;
        e->account = realloc(e->account, (size_t)e->room * sizeof(int32_t));
        e->day = realloc(e->day, (size_t)e->room * sizeof(double));
        e->end = realloc(e->end, (size_t)e->room * sizeof(double));
        e->amount = realloc(e->amount, (size_t)e->room * sizeof(double));
        e->term = realloc(e->term, (size_t)e->room * sizeof(double));
    }
    e->account[e->n] = (int32_t)account;
    e->day[e->n] = day;
    e->end[e->n] = end;
    e->amount[e->n] = amount;
    e->term[e->n++] = term;
}

/* One measurement a month; the first two tell nothing yet. */
static void add_months(struct events *e, int32_t reason, int64_t account,
                       int32_t n_months) {
    for (int32_t t = 0; t < n_months; t++) {
        const double day = t * MONTH + 3, z = random_normal();
        switch (reason) {
        case KAM_REASON_USAGE:
            add(e, account, day, NAN, exp(3 + 0.4 * z), 0);
            break;
        case KAM_REASON_PAYMENT_DELAY:
            add(e, account, day, day + 10 + 2 * z, 0, 30);
            break;
        default: add(e, account, day, NAN, 8 + z, 0);
        }
    }
}

/* Going back from the last day, which has an event, so many waits. */
static void add_waits(struct events *e, int32_t reason, int64_t account,
                      int32_t n_waits, int32_t last) {
    double time = last + random_unit(&SEED);
    for (int32_t i = 0; i <= n_waits; i++) {
        const double day = floor(time);
        switch (reason) {
        case KAM_REASON_CONTACT_GAP:
            add(e, account, day, NAN, 0, 0);
            time -= exp(3.4 + 0.3 * random_normal());
            break;
        case KAM_REASON_CONTACT_CHANGED:
            add(e, account, day, NAN, 0, 0);
            time -= random_wait(40);
            break;
        default:
            add(e, account, day - 6, NAN, 0, 5);
            if (i % 3 == 0) add(e, account, day, day + 4, 0, 5);
            time -= random_wait(40);
        }
    }
}

/* Going back from the last day, which has a late one, until so many were late:
 * one in six, four a week. */
static void add_deliveries(struct events *e, int64_t account, int32_t n_waits,
                           int32_t last) {
    double time = last;
    int32_t n_late = 0;
    while (n_late <= n_waits) {
        const int late = n_late == 0 || random_unit(&SEED) < 1 / 6.0;
        n_late += late;
        add(e, account, floor(time) - late, floor(time) + 2 * late, 0, 0);
        time -= 7 / 4.0;
    }
}

static double share_alarmed(int32_t reason, int32_t by_wait, int32_t periods,
                            int64_t n, double false_alarm) {
    const int32_t waits = periods + (reason == KAM_REASON_CONTACT_GAP ? 2 : 1);
    const int32_t n_months = by_wait ? 2 : periods + 2;
    int32_t *const start = malloc((size_t)(n_months + 1) * sizeof *start);
    const int64_t cells = n * n_months;
    uint32_t *const flags = malloc((size_t)cells * sizeof *flags);
    struct events e = {0};
    kam_signal_options o;
    int64_t n_alarmed = 0;
    for (int32_t t = 0; t <= n_months; t++) start[t] = MONTH * t;
    for (int64_t i = 0; i < n; i++)
        if (!by_wait)
            add_months(&e, reason, i, n_months);
        else if (reason == KAM_REASON_DELIVERY)
            add_deliveries(&e, i, waits, start[n_months] - 1);
        else
            add_waits(&e, reason, i, waits, start[n_months] - 1);
    kam_signal_events all = {.struct_size = sizeof all};
    all.n_periods = n_months;
    all.n_accounts = n;
    all.n_events = e.n;
    all.start = start;
    all.account.values = e.account;
    all.account.type = KAM_I32;
    all.day = column_of(e.day);
    all.end = column_of(e.end);
    all.amount = column_of(e.amount);
    all.term = column_of(e.term);
    kam_signal_options_init(&o, sizeof o);
    o.periods = periods;
    o.false_alarm = false_alarm;
    assert_status(kam_signal_of(reason, &all, &o, NULL, NULL, NULL, flags,
                                NULL),
                  KAM_OK);
    for (int64_t i = 0; i < n; i++) {
        int any = 0;
        for (int32_t t = 0; t < n_months; t++)
            any |= (flags[i * n_months + t] & KAM_SIGNAL_ALARM) != 0;
        n_alarmed += any;
    }
    free(start);
    free(flags);
    free(e.account);
    free(e.day);
    free(e.end);
    free(e.amount);
    free(e.term);
    return (double)n_alarmed / (double)n;
}

/* A twentieth of the designed rate, or four times what chance does to so many
 * accounts; KAM_TEST_FULL: forty times as many. */
static void check(int32_t reason, int32_t by_wait) {
    static const int32_t periods[] = {12, 36, 120};
    static const double asked = 0.2;
    for (int i = 0; i < 3; i++) {
        const int full = getenv("KAM_TEST_FULL") != NULL;
        const int64_t n = 48000 / periods[i] * (full ? 40 : 1);
        SEED = 88172645463325252u;
        const double found =
            share_alarmed(reason, by_wait, periods[i], n, asked);
        const double chance = 4 * sqrt(asked * (1 - asked) / (double)n);
        if (full)
            printf("# %s %d: %.4f of %.2f designed\n", kam_reason_name(reason),
                   (int)periods[i], found, asked);
        assert_near(found, asked, fmax(0.05 * asked, chance));
    }
}

static void test_measured(void **state) {
    (void)state;
    check(KAM_REASON_USAGE, 0);
    check(KAM_REASON_PAYMENT_DELAY, 0);
    check(KAM_REASON_ORDERS, 0);
    check(KAM_REASON_PRICE_GAP, 0);
    check(KAM_REASON_SATISFACTION, 0);
}

static void test_waited(void **state) {
    (void)state;
    check(KAM_REASON_CONTACT_CHANGED, 1);
    check(KAM_REASON_CONTACT_GAP, 1);
    check(KAM_REASON_COMPLAINTS, 1);
    check(KAM_REASON_CHANGES, 1);
    check(KAM_REASON_DELIVERY, 1);
}

static int32_t random_count(double mean) {
    const double least = exp(-mean);
    double product = random_unit(&SEED);
    int32_t n = 0;
    for (; product > least; n++) product *= random_unit(&SEED);
    return n;
}

/* The share of accounts with an alarm, watched by a chart of scores of counts
 * whose rate it learns from them. */
static double share_of_counts(const kam_signal_chart *chart, int32_t periods,
                              double rate, int64_t n) {
    const int64_t cells = n * periods;
    double *const value = malloc((size_t)cells * sizeof *value);
    uint32_t *const flags = malloc((size_t)cells * sizeof *flags);
    kam_signal_series series = {.struct_size = sizeof series};
    kam_signal_out out = {.struct_size = sizeof out};
    int64_t n_alarmed = 0;
    for (int64_t i = 0; i < cells; i++) value[i] = random_count(rate);
    series.n_periods = periods;
    series.n_accounts = n;
    series.value = column_of(value);
    series.law = KAM_SIGNAL_IS_COUNT;
    out.flags = flags;
    assert_status(kam_signal_watch(chart, &series, NULL, &out, NULL), KAM_OK);
    for (int64_t i = 0; i < n; i++) {
        int any = 0;
        for (int32_t t = 0; t < periods; t++)
            any |= (flags[i * periods + t] & KAM_SIGNAL_ALARM) != 0;
        n_alarmed += any;
    }
    free(value);
    free(flags);
    return (double)n_alarmed / (double)n;
}

/* Counts of unknown rate, upward: never more often than designed, and as much
 * more rarely as docs/models/signal.md has it. */
static void test_counts(void **state) {
    (void)state;
    static const double rate[] = {0.1, 0.3, 1, 3, 10}, asked = 0.2;
    static const struct {
        int32_t periods;
        double attained[5];
    } table[] = {{12, {0.0049, 0.0427, 0.1265, 0.1698, 0.1795}},
                 {36, {0.0232, 0.1026, 0.1743, 0.1869, 0.1914}},
                 {120, {0.0309, 0.1139, 0.1886, 0.1943, 0.1975}}};
    const int full = getenv("KAM_TEST_FULL") != NULL;
    for (int i = 0; i < 3; i++) {
        const int64_t n = 48000 / table[i].periods * (full ? 40 : 1);
        kam_signal_options o;
        kam_signal_chart chart;
        kam_signal_options_init(&o, sizeof o);
        o.periods = table[i].periods;
        o.false_alarm = asked;
        assert_status(kam_signal_design(&o, NULL, &chart, NULL, NULL), KAM_OK);
        for (int k = 0; k < 5; k++) {
            SEED = 88172645463325252u;
            const double found =
                share_of_counts(&chart, table[i].periods, rate[k], n);
            const double p = table[i].attained[k];
            if (full)
                printf("# counts of %g a period, %d: %.4f of %.2f designed\n",
                       rate[k], (int)table[i].periods, found, asked);
            assert_near(found, p, 0.001 + 4 * sqrt(p * (1 - p) / (double)n));
        }
    }
}

/* What changes is found: complaints come three times as fast, visits stop,
 * deliveries slip; the limit of practice is told beside. */
static void test_changes(void **state) {
    (void)state;
    enum { MONTHS = 36, LAST = MONTHS * MONTH };
    int32_t start[MONTHS + 1];
    uint32_t flags[MONTHS];
    struct events e = {0};
    for (int32_t t = 0; t <= MONTHS; t++) start[t] = MONTH * t;
    SEED = 7;
    kam_signal_events all = {.struct_size = sizeof all};
    all.n_periods = MONTHS;
    all.n_accounts = 1;
    all.start = start;
    const int32_t reasons[] = {KAM_REASON_COMPLAINTS, KAM_REASON_CONTACT_GAP,
                               KAM_REASON_DELIVERY};
    for (int k = 0; k < 3; k++) {
        e.n = 0;
        for (double day = 5; day < LAST;) {
            const int is_new = day > 27 * MONTH;
            if (k == 0) add(&e, 0, day, day + 9, 0, 5);
            if (k == 1 && !is_new) add(&e, 0, day, NAN, 0, 0);
            if (k == 2)
                add(&e, 0, floor(day),
                    floor(day) + (random_unit(&SEED) < (is_new ? 0.6 : 0.1)), 0,
                    0);
            day += k == 0   ? (is_new ? 8 : 40 + 5 * random_normal())
                   : k == 1 ? 30 + 3 * random_normal()
                            : 4;
        }
        all.n_events = e.n;
        all.account.values = e.account;
        all.account.type = KAM_I32;
        all.day = column_of(e.day);
        all.end = column_of(e.end);
        all.term = column_of(e.term);
        assert_status(kam_signal_of(reasons[k], &all, NULL, NULL, NULL, NULL,
                                    flags, NULL),
                      KAM_OK);
        for (int t = 0; t < 27; t++) assert_false(flags[t] & KAM_SIGNAL_ALARM);
        int since = 27;
        while (since < MONTHS && !(flags[since] & KAM_SIGNAL_ALARM)) since++;
        assert_in_range(since, 27, 31);
        assert_true(flags[MONTHS - 1] & KAM_SIGNAL_ALARM);
        if (k == 1) assert_true(flags[MONTHS - 1] & KAM_SIGNAL_LIMIT);
        /* Nothing later is needed for what was said. */
        uint32_t before[MONTHS];
        memcpy(before, flags, sizeof flags);
        all.n_periods = since + 1;
        kam_signal_of(reasons[k], &all, NULL, NULL, NULL, NULL, flags, NULL);
        assert_memory_equal(flags, before, (size_t)(since + 1) * sizeof *flags);
        all.n_periods = MONTHS;
    }
    free(e.account);
    free(e.day);
    free(e.end);
    free(e.amount);
    free(e.term);
}

/* Events in any order, and each allocation failed once: the same, or nothing. */
static void test_order_and_memory(void **state) {
    (void)state;
    enum { N = 300, MONTHS = 24 };
    static double day[N], end[N], term[N], other[3][N];
    static int32_t account[N], whose[N];
    int32_t start[MONTHS + 1];
    uint32_t flags[5 * MONTHS], again[5 * MONTHS];
    SEED = 3;
    for (int32_t t = 0; t <= MONTHS; t++) start[t] = MONTH * t;
    for (int i = 0; i < N; i++) {
        const int to = (i * 7) % N;
        account[i] = whose[to] = i % 5;
        day[i] = other[0][to] = floor(random_unit(&SEED) * MONTHS * MONTH);
        end[i] = other[1][to] = i % 4 ? day[i] + i % 9 : NAN;
        term[i] = other[2][to] = i % 3;
    }
    kam_signal_events e = {.struct_size = sizeof e};
    e.n_periods = MONTHS;
    e.n_accounts = 5;
    e.n_events = N;
    e.start = start;
    for (int32_t reason = KAM_REASON_CHANGES; reason <= KAM_REASON_DELIVERY;
         reason++) {
        if (reason == KAM_REASON_SATISFACTION) continue;
        e.account = (kam_column){.values = account, .type = KAM_I32};
        e.day = column_of(day);
        e.end = column_of(end);
        e.term = column_of(term);
        assert_status(kam_signal_of(reason, &e, NULL, NULL, NULL, NULL, flags,
                                    NULL),
                      KAM_OK);
        e.account.values = whose;
        e.day = column_of(other[0]);
        e.end = column_of(other[1]);
        e.term = column_of(other[2]);
        for (int64_t fail = 1;; fail++) {
            struct lender lender;
            const kam_host host = lender_host(&lender, fail);
            const kam_status status =
                kam_signal_of(reason, &e, NULL, &host, NULL, NULL, again, NULL);
            assert_true(lender.n_live == 0);
            if (status == KAM_OK) break;
            assert_status(status, KAM_ERR_MEMORY);
        }
        assert_memory_equal(again, flags, sizeof flags);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_measured),         cmocka_unit_test(test_waited),
        cmocka_unit_test(test_counts),           cmocka_unit_test(test_changes),
        cmocka_unit_test(test_order_and_memory),
    };
    return cmocka_run_group_tests_name("signal_rates", tests, NULL, NULL);
}
