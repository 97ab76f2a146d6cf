/* SPDX-License-Identifier: MIT */
/* P1's last layer and P4, who is served too much. */
#include "support/check.h"
#include "support/books.h"
#include "support/hosts.h"

static void test_net_profit(void **state) {
    (void)state;
    const double contribution[] = {40, 40, NAN, 10, 10, 1.7e308, 5};
    const double shared[] = {10, NAN, 1, 20, 5, -1.7e308, 1};
    const double revenue[] = {100, 100, 100, 50, 0, 1, NAN};
    const double net[] = {30, NAN, NAN, -10, 5, NAN, 4};
    const double ratio[] = {0.3, NAN, NAN, -0.2, NAN, NAN, NAN};
    const uint32_t expected[] = {0,
                                 KAM_ROW_MISSING,
                                 KAM_ROW_MISSING,
                                 0,
                                 KAM_ROW_DOMAIN,
                                 KAM_ROW_DOMAIN,
                                 KAM_ROW_MISSING};
    const kam_column c = column_of(contribution), s = column_of(shared);
    const kam_column r = column_of(revenue);
    double got[2][7];
    uint32_t flags[7];
    assert_status(kam_profit_net(&c, &s, &r, 7, NULL, got[0], got[1], flags,
                                 NULL),
                  KAM_OK);
    for (int i = 0; i < 7; i++) {
        assert_int_equal(flags[i], expected[i]);
        if (isnan(net[i]))
            assert_true(isnan(got[0][i]));
        else
            assert_bits(got[0][i], net[i]);
        if (isnan(ratio[i]))
            assert_true(isnan(got[1][i]));
        else
            assert_bits(got[1][i], ratio[i]);
    }
    assert_status(kam_profit_ratio(&c, &r, 7, NULL, got[0], flags, NULL),
                  KAM_OK);
    assert_bits(got[0][0], 0.4);
    assert_bits(got[0][3], 0.2);
    assert_int_equal(flags[4], KAM_ROW_DOMAIN);
}

/* Layers, shared cost by revenue, net profit: what is left of the book is its
 * contribution less the shared cost, to the cent. */
static void test_shared_cost_of_a_book(void **state) {
    (void)state;
    static struct book book;
    skip_without(book_adventureworks(&book), "shared data adventureworks");
    static double contribution[BOOK_ROOM], shared[BOOK_ROOM], net[BOOK_ROOM];
    const kam_column revenue = column_of(book.amount[0]);
    kam_accounts accounts = {.struct_size = sizeof accounts, .n_rows = book.n};
    accounts.gross_revenue = revenue;
    accounts.direct_cost = column_of(book.amount[1]);
    accounts.service_cost = column_of(book.amount[2]);
    kam_profit_out out = {.struct_size = sizeof out};
    out.contribution = contribution;
    assert_status(kam_profit_layers(&accounts, NULL, &out, NULL), KAM_OK);
    assert_status(kam_costing_spread(1000000.01, &revenue, book.n, 100, NULL,
                                     shared, NULL),
                  KAM_OK);
    const kam_column c = column_of(contribution), s = column_of(shared);
    assert_status(kam_profit_net(&c, &s, &revenue, book.n, NULL, net, NULL,
                                 NULL, NULL),
                  KAM_OK);
    double sum = 0;
    int64_t cents = 0;
    for (int64_t i = 0; i < book.n; i++) {
        sum += net[i];
        cents += (int64_t)floor(shared[i] * 100 + 0.5);
    }
    assert_int_equal(cents, 100000001);
    assert_near(sum, -1540783.3125 - 1000000.01, 1e-4);
}

static void test_over_served(void **state) {
    (void)state;
    const double cost[] = {10, 30, 20, 40, 0, NAN, 5};
    const double earned[] = {10, 60, 10, 30, -10, 4, NAN};
    const kam_column c = column_of(cost), e = column_of(earned);
    kam_profit_served book;
    assert_status(kam_profit_served_fit(&c, &e, 5, &book, NULL), KAM_OK);
    assert_bits(book.service_cost, 100);
    assert_bits(book.contribution, 100);
    double cost_share[7], earned_share[7];
    int32_t over[7];
    uint32_t flags[7];
    const kam_profit_served_out out = {.struct_size = sizeof out,
                                       .cost_share = cost_share,
                                       .contribution_share = earned_share,
                                       .over_served = over,
                                       .row_flags = flags};
    assert_status(kam_profit_over_served(&book, &c, &e, 7, 0, NULL, &out, NULL),
                  KAM_OK);
    const int32_t expected[] = {0, 0, 1, 1, 0, -1, -1};
    assert_memory_equal(over, expected, sizeof over);
    assert_bits(cost_share[2], 0.2);
    assert_bits(earned_share[1], 0.6);
    assert_int_equal(flags[5], KAM_ROW_MISSING);
    assert_status(kam_profit_over_served(&book, &c, &e, 7, 2, NULL, &out, NULL),
                  KAM_OK);
    assert_int_equal(over[2], 0); /* exactly twice its share: not above */
    const double some = 1, loss = -3;
    const kam_column little = column_of(&some), lost = column_of(&loss);
    assert_status(kam_profit_over_served(&book, &little, &lost, 1, 1e9, NULL,
                                         &out, NULL),
                  KAM_OK);
    assert_int_equal(over[0], 1); /* brings nothing, costs something */
}

static void test_refuses(void **state) {
    (void)state;
    const double x[] = {1}, zero[] = {0}, infinite[] = {INFINITY};
    const kam_column c = column_of(x), z = column_of(zero);
    const kam_column h = column_of(infinite);
    double net = 77;
    int32_t over = 77;
    kam_profit_served book = {77, 77};
    kam_profit_served_out out = {.struct_size = sizeof out,
                                 .over_served = &over};
    assert_status(kam_profit_net(NULL, &c, &c, 1, NULL, &net, NULL, NULL, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_profit_net(&c, NULL, &c, 1, NULL, &net, NULL, NULL, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_profit_net(&c, &c, NULL, 1, NULL, &net, NULL, NULL, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_profit_net(&c, &c, &c, -1, NULL, &net, NULL, NULL, NULL),
                  KAM_ERR_SHAPE);
    assert_status(kam_profit_ratio(NULL, &c, 1, NULL, &net, NULL, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_profit_served_fit(&z, &c, 1, &book, NULL), KAM_ERR_EMPTY);
    assert_status(kam_profit_served_fit(&c, &z, 1, &book, NULL), KAM_ERR_EMPTY);
    assert_status(kam_profit_served_fit(&h, &c, 1, &book, NULL),
                  KAM_ERR_OVERFLOW);
    assert_status(kam_profit_served_fit(&c, &c, -1, &book, NULL),
                  KAM_ERR_SHAPE);
    assert_status(kam_profit_served_fit(&c, NULL, 1, &book, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_profit_served_fit(&c, &c, 1, NULL, NULL), KAM_ERR_NULL);
    assert_bits(book.service_cost, 77);
    assert_status(kam_profit_over_served(NULL, &c, &c, 1, 0, NULL, &out, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_profit_over_served(&book, &c, &c, 1, -1, NULL, &out,
                                         NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_profit_over_served(&book, &c, &c, 1, 0, NULL, NULL, NULL),
                  KAM_ERR_NULL);
    book.contribution = 0;
    assert_status(kam_profit_over_served(&book, &c, &c, 1, 0, NULL, &out, NULL),
                  KAM_ERR_OPTION);
    assert_bits(net, 77);
    assert_int_equal(over, 77);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_net_profit),
        cmocka_unit_test(test_shared_cost_of_a_book),
        cmocka_unit_test(test_over_served),
        cmocka_unit_test(test_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
