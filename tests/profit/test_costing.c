/* SPDX-License-Identifier: MIT */
/* P2 and P1's shared cost: amounts that add up to the last cent. */
#include "support/check.h"
#include "support/hosts.h"

enum { MOST_LINES = 64, MOST_ACCOUNTS = 16, MOST_POOLS = 4 };

/* A book of work, small enough for a stack. */
struct book {
    kam_costing_pool pool[MOST_POOLS];
    kam_costing_activity activity[2 * MOST_POOLS];
    double account[MOST_LINES], code[MOST_LINES], quantity[MOST_LINES];
    kam_costing_model model;
    kam_costing_lines lines;
};

struct answer {
    double amount[MOST_LINES], rate[MOST_LINES], account_cost[MOST_ACCOUNTS];
    kam_costing_use use[MOST_POOLS];
    uint32_t flags[MOST_LINES];
    kam_costing_out out;
};

static void book_set(struct book *book, int32_t n_pools, int32_t n_activities,
                     int64_t n_rows, int64_t n_accounts) {
    const kam_costing_model model = {.struct_size = sizeof model,
                                     .n_pools = n_pools,
                                     .n_activities = n_activities,
                                     .pools = book->pool,
                                     .activities = book->activity};
    const kam_costing_lines lines = {.struct_size = sizeof lines,
                                     .n_rows = n_rows,
                                     .n_accounts = n_accounts,
                                     .account = column_of(book->account),
                                     .activity = column_of(book->code),
                                     .quantity = column_of(book->quantity)};
    book->model = model;
    book->lines = lines;
}

static void answer_set(struct answer *a) {
    memset(a, 0x33, sizeof *a);
    const kam_costing_out out = {.struct_size = sizeof out,
                                 .amount = a->amount,
                                 .rate = a->rate,
                                 .account_cost = a->account_cost,
                                 .use = a->use,
                                 .row_flags = a->flags};
    a->out = out;
}

static void allocate(const struct book *book, struct answer *a) {
    kam_diag diag = {.struct_size = sizeof diag};
    answer_set(a);
    if (kam_costing_allocate(&book->model, &book->lines, NULL, &a->out,
                             &diag) != KAM_OK)
        fail_msg("%s: %s", diag.argument, diag.message);
}

/* Kaplan & Anderson 2004: a quarter of a customer service department costs
 * 560,000 and has 700,000 minutes; orders, inquiries and credit checks take 8,
 * 44 and 50 of them. `scale` 1: the article's volumes, /5 and *5: the working
 * paper's, with the same totals. */
static void kaplan_anderson(struct book *book, double scale) {
    static const double minutes[] = {8, 44, 50}, volume[] = {49000, 1400, 2500};
    memset(book, 0, sizeof *book);
    book->pool[0].cost = 560000;
    book->pool[0].capacity = 700000;
    for (int i = 0; i < 3; i++) {
        book->activity[i].units_each = minutes[i] * scale;
        book->code[i] = i;
        book->quantity[i] = volume[i] / scale;
        book->account[i] = i % 2;
    }
    book_set(book, 1, 3, 3, 2);
}

static void test_published_example(void **state) {
    (void)state;
    static const double scale[] = {1, 5};
    for (int v = 0; v < 2; v++) {
        struct book book;
        struct answer a;
        kaplan_anderson(&book, scale[v]);
        allocate(&book, &a);
        assert_bits(a.use[0].rate, 0.80);
        assert_relative(a.rate[0], 6.40 * scale[v], 1e-15);
        assert_relative(a.rate[1], 35.20 * scale[v], 1e-15);
        assert_relative(a.rate[2], 40.00 * scale[v], 1e-15);
        assert_bits(a.amount[0], 313600);
        assert_bits(a.amount[1], 49280);
        assert_bits(a.amount[2], 100000);
        assert_bits(a.account_cost[0], 413600);
        assert_bits(a.account_cost[1], 49280);
        assert_bits(a.use[0].used, 578600);
        assert_bits(a.use[0].unused, 121400);
        assert_bits(a.use[0].used_cost, 462880);
        assert_bits(a.use[0].unused_cost, 97120);
        assert_int_equal(a.use[0].n_lines, 3);
    }
}

/* 1.00 over three equal lines: 0.34 for the first row, for ties go by row. */
static void test_cents_that_do_not_divide(void **state) {
    (void)state;
    struct book book = {.pool = {{1, 3}}, .activity = {{0, 0, 1}}};
    struct answer a;
    for (int i = 0; i < 3; i++) book.quantity[i] = 1;
    book_set(&book, 1, 1, 3, 1);
    allocate(&book, &a);
    assert_bits(a.amount[0], 0.34);
    assert_bits(a.amount[1], 0.33);
    assert_bits(a.amount[2], 0.33);
    assert_bits(a.account_cost[0], 1);
    assert_bits(a.use[0].unused_cost, 0);
    book.model.cents = 1; /* whole yuan */
    allocate(&book, &a);
    assert_bits(a.amount[0] + a.amount[1] + a.amount[2], 1);
    book.quantity[1] = 1.5; /* of 3.5, so that it lost most */
    allocate(&book, &a);
    assert_bits(a.amount[1], 1);
}

static void test_more_used_than_there_is(void **state) {
    (void)state;
    struct book book = {.pool = {{100, 10}}, .activity = {{0, 0, 1}}};
    struct answer a;
    book.quantity[0] = 12;
    book_set(&book, 1, 1, 1, 1);
    allocate(&book, &a);
    assert_bits(a.amount[0], 120);
    assert_bits(a.use[0].unused, -2);
    assert_bits(a.use[0].unused_cost, -20);
}

static void test_nothing_used(void **state) {
    (void)state;
    struct book book = {.pool = {{100, 10}, {7.505, 1}},
                        .activity = {{0, 0, 1}, {1, 0, 0}}};
    struct answer a;
    book.code[1] = 1;
    book.quantity[1] = 3; /* of what takes no time */
    book_set(&book, 2, 2, 2, 1);
    allocate(&book, &a);
    for (int i = 0; i < 2; i++) {
        assert_bits(a.amount[i], 0);
        assert_bits(a.use[i].used_cost, 0);
        assert_int_equal(a.use[i].n_lines, 1);
    }
    assert_bits(a.use[0].unused_cost, 100);
    assert_bits(a.use[1].unused_cost, 7.51); /* to the nearest cent */
    book_set(&book, 2, 2, 0, 0);             /* no lines at all */
    allocate(&book, &a);
    assert_bits(a.use[0].unused, 10);
    assert_int_equal(a.use[0].n_lines, 0);
}

static void test_rows_that_do_not_count(void **state) {
    (void)state;
    struct book book = {.pool = {{100, 10}}, .activity = {{0, 0, 1}}};
    struct answer a;
    const double bad[][3] = {{NAN, 0, 1},      {0, NAN, 1}, {0, 0, NAN},
                             {1, 0, 1},        {-1, 0, 1},  {0.5, 0, 1},
                             {0, 1, 1},        {0, -1, 1},  {0, 0, -1},
                             {0, 0, INFINITY}, {0, 0, 4}};
    for (int i = 0; i < 11; i++) {
        book.account[i] = bad[i][0];
        book.code[i] = bad[i][1];
        book.quantity[i] = bad[i][2];
    }
    book_set(&book, 1, 1, 11, 1);
    allocate(&book, &a);
    for (int i = 0; i < 10; i++) {
        assert_true(isnan(a.amount[i]));
        assert_int_equal(a.flags[i], i < 3 ? KAM_ROW_MISSING : KAM_ROW_DOMAIN);
    }
    assert_true(isnan(a.rate[1]) && isnan(a.rate[6]));
    assert_bits(a.rate[2], 10);
    assert_bits(a.amount[10], 40);
    assert_bits(a.account_cost[0], 40);
    assert_int_equal(a.use[0].n_lines, 1);
}

static int64_t cents_of(double money, double cents) {
    return (int64_t)floor(money * cents + 0.5);
}

/* Random books: what lines get is whole cents, adds up to what pools used and
 * accounts cost, and is within 1.5 cents of rate * quantity (half a cent is
 * the pool's). KAM_TEST_BOOKS sets how
 * many; tools/check-all tries a million. */
static void test_amounts_add_up(void **state) {
    (void)state;
    const char *const told = getenv("KAM_TEST_BOOKS");
    const int64_t n_books = told ? atoll(told) : 50000;
    uint64_t seed = 11;
    assert_true(n_books > 0);
    for (int64_t b = 0; b < n_books; b++) {
        struct book book = {.model = {0}};
        struct answer a;
        const int n_pools = 1 + (int)(random_unit(&seed) * MOST_POOLS);
        const int n = (int)(random_unit(&seed) * 30);
        const int n_accounts = 1 + (int)(random_unit(&seed) * MOST_ACCOUNTS);
        const double cents = b % 3 == 0 ? 1 : b % 3 == 1 ? 100 : 1000;
        for (int p = 0; p < n_pools; p++) {
            book.pool[p].cost = exp(20 * random_unit(&seed));
            book.pool[p].capacity = exp(10 * random_unit(&seed));
            book.activity[p].pool = p;
            book.activity[p].units_each = random_unit(&seed);
            book.activity[n_pools + p].pool = p;
            book.activity[n_pools + p].units_each = 1;
        }
        for (int i = 0; i < n; i++) {
            book.account[i] = floor(random_unit(&seed) * n_accounts);
            book.code[i] = floor(random_unit(&seed) * 2 * n_pools);
            book.quantity[i] = floor(random_unit(&seed) * 6) * 0.3;
        }
        book_set(&book, n_pools, 2 * n_pools, n, n_accounts);
        book.model.cents = (int32_t)cents;
        allocate(&book, &a);
        int64_t of_pool[MOST_POOLS] = {0}, of_account[MOST_ACCOUNTS] = {0};
        for (int i = 0; i < n; i++) {
            const int64_t part = cents_of(a.amount[i], cents);
            const double due = a.rate[i] * book.quantity[i] * cents;
            assert_bits(a.amount[i], (double)part / cents);
            assert_true(fabs((double)part - due) < 1.5 + due * 1e-12);
            of_pool[book.activity[(int)book.code[i]].pool] += part;
            of_account[(int)book.account[i]] += part;
        }
        for (int p = 0; p < n_pools; p++) {
            assert_bits(a.use[p].used_cost, (double)of_pool[p] / cents);
            assert_int_equal(cents_of(a.use[p].used_cost, cents) +
                                 cents_of(a.use[p].unused_cost, cents),
                             cents_of(book.pool[p].cost, cents));
        }
        for (int k = 0; k < n_accounts; k++)
            assert_bits(a.account_cost[k], (double)of_account[k] / cents);
    }
}

/* Sums too large for doubles to tell cents apart are still handed out whole. */
static void test_large_money(void **state) {
    (void)state;
    struct book book = {.pool = {{90071992547409.91, 1}},
                        .activity = {{0, 0, 1}}};
    struct answer a;
    for (int i = 0; i < 7; i++) book.quantity[i] = 1.0 / 7 * (i % 3 + 0.001);
    book_set(&book, 1, 1, 7, 1);
    allocate(&book, &a);
    int64_t sum = 0;
    for (int i = 0; i < 7; i++) sum += cents_of(a.amount[i], 100);
    assert_int_equal(sum, cents_of(a.use[0].used_cost, 100));
    book.pool[0].cost *= 4;
    assert_status(kam_costing_allocate(&book.model, &book.lines, NULL, &a.out,
                                       NULL),
                  KAM_ERR_OVERFLOW);
    book.pool[0].cost = 1;
    book.activity[0].units_each = 1e200;
    book.quantity[3] = 1e200;
    answer_set(&a);
    assert_status(kam_costing_allocate(&book.model, &book.lines, NULL, &a.out,
                                       NULL),
                  KAM_ERR_OVERFLOW);
    book.quantity[3] = 1; /* 1e200 minutes of a pool of 1 */
    assert_status(kam_costing_allocate(&book.model, &book.lines, NULL, &a.out,
                                       NULL),
                  KAM_ERR_OVERFLOW);
    assert_int_equal(a.flags[0], 0x33333333);
}

/* Other rows first: each line keeps its amount (no ties here). Twice the money,
 * by a power of two in cents too: twice the amounts. */
static void test_order_and_scale(void **state) {
    (void)state;
    struct book book = {.pool = {{1234.56, 900}}, .activity = {{0, 0, 1.5}}};
    struct book other = book;
    struct answer a, b;
    uint64_t seed = 5;
    enum { N = 60 };
    for (int i = 0; i < N; i++) {
        book.account[i] = i % 16;
        book.quantity[i] = random_unit(&seed) * 10;
        other.account[shuffled_place(i, N)] = book.account[i];
        other.quantity[shuffled_place(i, N)] = book.quantity[i];
    }
    book_set(&book, 1, 1, N, 16);
    book_set(&other, 1, 1, N, 16);
    allocate(&book, &a);
    allocate(&other, &b);
    for (int i = 0; i < N; i++)
        assert_bits(b.amount[shuffled_place(i, N)], a.amount[i]);
    assert_memory_equal(a.account_cost, b.account_cost, sizeof a.account_cost);
    assert_memory_equal(a.use, b.use, sizeof *a.use);
}

static void test_columns(void **state) {
    (void)state;
    struct {
        int32_t account;
        uint8_t code, pad[3];
        float quantity;
    } row[] = {{0, 1, {0}, 2.5f}, {1, 0, {0}, 4}, {1, 1, {0}, 9}};
    const uint8_t present = 3;
    struct book book = {.pool = {{10, 10}}, .activity = {{0, 0, 1}, {0, 0, 2}}};
    struct answer a;
    book_set(&book, 1, 2, 3, 2);
    const kam_column account = {.values = &row->account,
                                .stride = sizeof *row,
                                .type = KAM_I32};
    const kam_column code = {.values = &row->code,
                             .stride = sizeof *row,
                             .type = KAM_U8};
    const kam_column quantity = {.values = &row->quantity,
                                 .validity = &present,
                                 .stride = sizeof *row,
                                 .type = KAM_F32};
    book.lines.account = account;
    book.lines.activity = code;
    book.lines.quantity = quantity;
    allocate(&book, &a);
    assert_bits(a.amount[0], 5);
    assert_bits(a.amount[1], 4);
    assert_true(isnan(a.amount[2]));
    assert_bits(a.account_cost[1], 4);
}

static void refused(const struct book *book, struct answer *a,
                    kam_status status, const char *argument) {
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_costing_allocate(&book->model, &book->lines, NULL,
                                       &a->out, &diag),
                  status);
    assert_string_equal(diag.argument, argument);
    assert_int_equal(a->flags[0], 0x33333333);
}

static void test_refuses(void **state) {
    (void)state;
    struct book good, book;
    struct answer a;
    kaplan_anderson(&good, 1);
    answer_set(&a);
#define REFUSED(change, status, argument)                                      \
    do {                                                                       \
        book = good;                                                           \
        book_set(&book, 1, 3, 3, 2);                                           \
        change;                                                                \
        refused(&book, &a, status, argument);                                  \
    } while (0)
    REFUSED(book.model.n_pools = 0, KAM_ERR_SHAPE, "model.n_pools");
    REFUSED(book.model.n_activities = 0, KAM_ERR_SHAPE, "model.n_activities");
    REFUSED(book.model.pools = NULL, KAM_ERR_NULL, "model.pools");
    REFUSED(book.model.activities = NULL, KAM_ERR_NULL, "model.activities");
    REFUSED(book.model.cents = -1, KAM_ERR_OPTION, "model.cents");
    REFUSED(book.model.cents = 1000001, KAM_ERR_OPTION, "model.cents");
    REFUSED(book.model.struct_size = 3, KAM_ERR_STRUCT, "model");
    REFUSED(book.pool[0].cost = -1, KAM_ERR_OPTION, "model.pools.cost");
    REFUSED(book.pool[0].cost = NAN, KAM_ERR_OPTION, "model.pools.cost");
    REFUSED(book.pool[0].capacity = 0, KAM_ERR_OPTION, "model.pools.capacity");
    REFUSED(book.activity[1].pool = 1, KAM_ERR_OPTION, "model.activities.pool");
    REFUSED(book.activity[1].reserved = 1, KAM_ERR_NEWER,
            "model.activities.reserved");
    REFUSED(book.activity[1].units_each = -1, KAM_ERR_OPTION,
            "model.activities.units_each");
    REFUSED(book.lines.n_rows = -1, KAM_ERR_SHAPE, "lines.n_rows");
    REFUSED(book.lines.n_accounts = -1, KAM_ERR_SHAPE, "lines.n_accounts");
    REFUSED(book.lines.account.values = NULL, KAM_ERR_NULL, "lines.account");
    REFUSED(book.lines.activity.type = 77, KAM_ERR_TYPE, "lines.activity");
    REFUSED(book.lines.quantity.offset = -1, KAM_ERR_SHAPE, "lines.quantity");
    REFUSED(book.lines.struct_size = 3, KAM_ERR_STRUCT, "lines");
    REFUSED(a.out.struct_size = 3, KAM_ERR_STRUCT, "out");
#undef REFUSED
}

static void test_memory(void **state) {
    (void)state;
    struct book book;
    struct answer a;
    struct lender lender;
    kaplan_anderson(&book, 1);
    answer_set(&a);
    kam_host host = lender_host(&lender, 0);
    assert_status(kam_costing_allocate(&book.model, &book.lines, &host, &a.out,
                                       NULL),
                  KAM_OK);
    assert_int_equal(lender.n_live, 0);
    assert_int_equal(lender.n_bytes, 0);
    const int64_t n_calls = lender.n_calls;
    answer_set(&a);
    for (int64_t fail = 1; fail <= n_calls; fail++) {
        host = lender_host(&lender, fail);
        assert_status(kam_costing_allocate(&book.model, &book.lines, &host,
                                           &a.out, NULL),
                      KAM_ERR_MEMORY);
        assert_int_equal(lender.n_live, 0);
        assert_int_equal(a.flags[0], 0x33333333);
    }
    const kam_column key = column_of(book.quantity);
    double amount[3] = {77, 77, 77};
    host = lender_host(&lender, 0);
    assert_status(kam_costing_spread(9, &key, 3, 0, &host, amount, NULL),
                  KAM_OK);
    const int64_t n_spread = lender.n_calls;
    amount[0] = 77;
    for (int64_t fail = 1; fail <= n_spread; fail++) {
        host = lender_host(&lender, fail);
        assert_status(kam_costing_spread(9, &key, 3, 0, &host, amount, NULL),
                      KAM_ERR_MEMORY);
        assert_int_equal(lender.n_live, 0);
        assert_bits(amount[0], 77);
    }
}

static void test_spread(void **state) {
    (void)state;
    const double key[] = {1, NAN, 1, 0, -3, 1};
    const kam_column column = column_of(key);
    double amount[6];
    assert_status(kam_costing_spread(100, &column, 6, 0, NULL, amount, NULL),
                  KAM_OK);
    assert_bits(amount[0], 33.34); /* ties go by row */
    assert_true(isnan(amount[1]) && isnan(amount[4]));
    assert_bits(amount[2], 33.33);
    assert_bits(amount[3], 0);
    assert_bits(amount[5], 33.33);
    assert_status(kam_costing_spread(0, &column, 6, 1, NULL, amount, NULL),
                  KAM_OK);
    assert_bits(amount[0], 0);
}

/* As much as there can be, in equal parts that doubles round up: it still adds
 * up, and parts differ by a cent. */
static void test_spread_the_most(void **state) {
    (void)state;
    double key[64], amount[64];
    for (int i = 0; i < 64; i++) key[i] = 1;
    const kam_column column = column_of(key);
    for (int64_t n = 2; n <= 64; n++) {
        for (int64_t less = 0; less < n; less++) {
            const int64_t total = (INT64_C(1) << 53) - less;
            int64_t sum = 0;
            assert_status(kam_costing_spread((double)total, &column, n, 1, NULL,
                                             amount, NULL),
                          KAM_OK);
            for (int64_t i = 0; i < n; i++) {
                const int64_t part = (int64_t)amount[i];
                assert_true(part == total / n || part == total / n + 1);
                sum += part;
            }
            assert_int_equal(sum, total);
        }
    }
}

static void test_spread_refuses(void **state) {
    (void)state;
    const double key[] = {0, NAN}, huge[] = {1.7e308, 1.7e308};
    const kam_column column = column_of(key), large = column_of(huge);
    double amount[2] = {77, 77};
    assert_status(kam_costing_spread(1, &column, 2, 0, NULL, amount, NULL),
                  KAM_ERR_EMPTY);
    assert_status(kam_costing_spread(1, &column, 0, 0, NULL, amount, NULL),
                  KAM_ERR_EMPTY);
    assert_status(kam_costing_spread(1, &large, 2, 0, NULL, amount, NULL),
                  KAM_ERR_OVERFLOW);
    assert_status(kam_costing_spread(1e15, &large, 2, 0, NULL, amount, NULL),
                  KAM_ERR_OVERFLOW);
    assert_status(kam_costing_spread(-1, &column, 2, 0, NULL, amount, NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_costing_spread(NAN, &column, 2, 0, NULL, amount, NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_costing_spread(1, &column, 2, -1, NULL, amount, NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_costing_spread(1, &column, -2, 0, NULL, amount, NULL),
                  KAM_ERR_SHAPE);
    assert_status(kam_costing_spread(1, NULL, 2, 0, NULL, amount, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_costing_spread(1, &column, 2, 0, NULL, NULL, NULL),
                  KAM_ERR_NULL);
    assert_bits(amount[0], 77);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_example),
        cmocka_unit_test(test_cents_that_do_not_divide),
        cmocka_unit_test(test_more_used_than_there_is),
        cmocka_unit_test(test_nothing_used),
        cmocka_unit_test(test_rows_that_do_not_count),
        cmocka_unit_test(test_amounts_add_up),
        cmocka_unit_test(test_large_money),
        cmocka_unit_test(test_order_and_scale),
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_spread),
        cmocka_unit_test(test_spread_the_most),
        cmocka_unit_test(test_spread_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
