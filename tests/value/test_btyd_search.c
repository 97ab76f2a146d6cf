/* SPDX-License-Identifier: MIT */
/* Searches of a book in pieces: the bits of a fit of the whole, its refusals, and
 * engines that fail. */
#include "support/check.h"
#include "support/hosts.h"
#include "value/histories.h"

enum { N = 200, P = 8 };

/* An engine: pieces of a book, and what it does wrong. */
struct engine {
    const kam_accounts *book;
    int64_t n_pieces;
    int n_calls, fail_at;
    kam_status failure;
    int64_t lost_at; /* the call that forgets a piece; 0: none */
    int is_spend;
};

static kam_status add(const struct engine *engine, const void *model,
                      int64_t piece, kam_objective *total) {
    const int64_t n = engine->book->n_rows;
    const int64_t from = piece * n / engine->n_pieces;
    const int64_t to = (piece + 1) * n / engine->n_pieces;
    kam_accounts part = {.struct_size = sizeof part};
    kam_objective sums = {.struct_size = sizeof sums};
    assert_status(kam_accounts_slice(engine->book, from, to - from, &part),
                  KAM_OK);
    const kam_status status =
        engine->is_spend ? kam_spend_objective(model, &part, NULL, &sums, NULL)
                         : kam_btyd_objective(model, &part, NULL, &sums, NULL);
    if (status != KAM_OK) return status;
    assert_status(kam_objective_merge(total, &sums), KAM_OK);
    return KAM_OK;
}

/* Last piece first. */
static kam_status total_of(void *context, const void *model,
                           kam_objective *total) {
    struct engine *const engine = context;
    const int call = ++engine->n_calls;
    if (call == engine->fail_at) return engine->failure;
    for (int64_t i = engine->n_pieces - (call == engine->lost_at); i-- > 0;) {
        const kam_status status = add(engine, model, i, total);
        if (status != KAM_OK) return status;
    }
    return KAM_OK;
}

static kam_status orders_total(void *context, const kam_btyd *model,
                               kam_objective *total) {
    return total_of(context, model, total);
}

static kam_status spend_total(void *context, const kam_spend *model,
                              kam_objective *total) {
    return total_of(context, model, total);
}

struct found {
    kam_btyd model;
    kam_spend spend;
    double covariance[P * P];
    kam_estimate_report report;
    kam_diag diag;
    kam_status status;
};

static struct found blank(void) {
    struct found found;
    memset(&found, 0, sizeof found);
    found.report.struct_size = sizeof found.report;
    found.diag.struct_size = sizeof found.diag;
    return found;
}

static struct found fit(int32_t family, const kam_accounts *book,
                        const kam_estimate_options *options) {
    struct found a = blank();
    a.status = kam_btyd_fit(family, book, 1, 7, options, NULL, &a.model,
                            a.covariance, &a.report, &a.diag);
    a.report.n_distinct = 0;
    return a;
}

static struct found search(int32_t family, struct engine *engine,
                           const kam_estimate_options *options) {
    struct found a = blank();
    engine->n_calls = 0;
    a.status = kam_btyd_search(family, 7, options, orders_total, engine,
                               &a.model, a.covariance, &a.report, &a.diag);
    assert_int_equal(a.report.status, a.status);
    return a;
}

static void expect_same(const struct found *a, const struct found *b) {
    assert_int_equal(a->status, b->status);
    assert_memory_equal(&a->model, &b->model, sizeof a->model);
    assert_memory_equal(&a->spend, &b->spend, sizeof a->spend);
    assert_memory_equal(a->covariance, b->covariance, sizeof a->covariance);
    assert_memory_equal(&a->report, &b->report, sizeof a->report);
    assert_memory_equal(&a->diag, &b->diag, sizeof a->diag);
}

/* Whole periods, some rows that no fit can use, log_gaps of all orders. */
static struct histories book_of(uint64_t seed, double *log_gaps) {
    struct histories book = simulated_book(N, 2, 2, 15, 1, 3, seed);
    for (int64_t i = 0; i < N; i++) {
        book.T[i] = ceil(book.T[i]);
        book.x[i] = fmin(book.x[i], book.T[i]);
        book.t_x[i] = fmin(fmax(ceil(book.t_x[i]), book.x[i]), book.T[i]);
        log_gaps[i] = book.x[i] * log(1.5);
    }
    book.x[17] = NAN;
    book.T[90] = -1;
    return book;
}

/* Families that take long are asked once; the last of them for a given k. */
static int is_asked(int32_t family, int round) {
    return family <= 3 || round == (family == 7 ? 2 : 0);
}

/* Every family, with and without a prior, k given and chosen. */
static void test_pieces_give_the_bits_of_the_whole(void **state) {
    (void)state;
    double log_gaps[N];
    struct histories book = book_of(7, log_gaps);
    kam_accounts accounts = accounts_from(&book);
    accounts.log_gaps = column_of(log_gaps);
    for (int32_t family = 1; family <= 7; family++)
        for (int round = 0; round < 3; round++) {
            if (!is_asked(family, round)) continue;
            kam_estimate_options options;
            assert_status(kam_estimate_options_init(&options, sizeof options),
                          KAM_OK);
            options.prior = round == 1 ? KAM_PRIOR_WEAK : KAM_PRIOR_NONE;
            options.rhythm = family >= 6 && round == 2 ? 2 : 0;
            struct engine engine = {&accounts, 1 + 6 * round, 0, 0, 0, 0, 0};
            const struct found whole = fit(family, &accounts, &options);
            const struct found pieces = search(family, &engine, &options);
            expect_same(&whole, &pieces);
            assert_true(whole.report.n_evaluations > 3);
            assert_int_equal(whole.report.n_skipped, 2);
            if (family <= 5)
                assert_int_equal(engine.n_calls,
                                 1 + whole.report.n_evaluations);
        }
    histories_free(&book);
}

static void test_spend(void **state) {
    (void)state;
    double x[N], m[N];
    uint64_t seed = 3;
    for (int i = 0; i < N; i++) {
        x[i] = i % 7;
        m[i] = any_size(&seed, 20, 90);
    }
    kam_accounts book = {.struct_size = sizeof book, .n_rows = N};
    book.repeat_orders = column_of(x);
    book.mean_order_value = column_of(m);
    for (int64_t n_pieces = 1; n_pieces < 40; n_pieces += 13) {
        struct engine engine = {&book, n_pieces, 0, 0, 0, 0, 1};
        struct found whole = blank(), pieces = blank();
        whole.status = kam_spend_fit(KAM_SPEND_GAMMA_GAMMA, &book, 1, NULL,
                                     NULL, &whole.spend, whole.covariance,
                                     &whole.report, &whole.diag);
        whole.report.n_distinct = 0;
        pieces.status =
            kam_spend_search(KAM_SPEND_GAMMA_GAMMA, NULL, spend_total, &engine,
                             &pieces.spend, pieces.covariance, &pieces.report,
                             &pieces.diag);
        assert_status(whole.status, KAM_OK);
        expect_same(&whole, &pieces);
    }
    struct engine engine = {&book, 2, 0, 4, KAM_ERR_MEMORY, 0, 1};
    struct found failed = blank();
    assert_status(kam_spend_search(1, NULL, spend_total, &engine, &failed.spend,
                                   NULL, NULL, &failed.diag),
                  KAM_ERR_MEMORY);
    assert_int_equal(failed.spend.family, 0);
    engine.fail_at = 0;
    engine.lost_at = 2;
    engine.n_calls = 0;
    assert_status(kam_spend_search(1, NULL, spend_total, &engine, &failed.spend,
                                   NULL, NULL, &failed.diag),
                  KAM_ERR_SHAPE);
    assert_status(kam_spend_search(99, NULL, spend_total, &engine,
                                   &failed.spend, NULL, NULL, NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_spend_search(KAM_SPEND_NORMAL, NULL, spend_total, &engine,
                                   &failed.spend, NULL, NULL, &failed.diag),
                  KAM_ERR_UNSUPPORTED);
    assert_non_null(strstr(failed.diag.message, "kam_spend_fit"));
    assert_status(kam_spend_search(1, NULL, NULL, NULL, &failed.spend, NULL,
                                   NULL, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_spend_search(1, NULL, spend_total, &engine, NULL, NULL,
                                   NULL, NULL),
                  KAM_ERR_NULL);
}

/* Books without an answer get the fit's words. */
static void test_refusals_are_those_of_the_fit(void **state) {
    (void)state;
    struct histories book = histories_new(3);
    const kam_accounts accounts = accounts_from(&book);
    struct engine engine = {&accounts, 2, 0, 0, 0, 0, 0};
    struct found whole = fit(1, &accounts, NULL);
    struct found pieces = search(1, &engine, NULL);
    assert_status(whole.status, KAM_ERR_TOO_FEW);
    expect_same(&whole, &pieces);
    for (int i = 0; i < 3; i++) book.T[i] = NAN;
    whole = fit(2, &accounts, NULL);
    pieces = search(2, &engine, NULL);
    assert_status(whole.status, KAM_ERR_EMPTY);
    expect_same(&whole, &pieces);
    for (int i = 0; i < 3; i++) {
        book.T[i] = 50;
        book.x[i] = 9;
        book.t_x[i] = 50;
    }
    whole = fit(1, &accounts, NULL);
    pieces = search(1, &engine, NULL);
    assert_true(whole.status == KAM_ERR_AT_BOUND);
    expect_same(&whole, &pieces);
    histories_free(&book);
}

/* Whatever call fails: its status, and no answer. */
static void test_engines_that_fail(void **state) {
    (void)state;
    double log_gaps[N];
    struct histories book = book_of(8, log_gaps);
    const kam_accounts accounts = accounts_from(&book);
    struct engine engine = {&accounts, 3, 0, 0, 0, 0, 0};
    const struct found well = search(2, &engine, NULL);
    assert_status(well.status, KAM_OK);
    const kam_status failures[] = {KAM_ERR_NULL, KAM_ERR_AT_BOUND,
                                   KAM_ERR_MEMORY, KAM_ERR_CANCELLED};
    for (int call = 1; call <= well.report.n_evaluations + 1; call++) {
        const kam_btyd none = {0};
        engine.fail_at = call;
        engine.failure = failures[call % 4];
        const struct found failed = search(2, &engine, NULL);
        assert_int_equal(failed.status, engine.failure);
        assert_int_equal(engine.n_calls, call);
        assert_memory_equal(&failed.model, &none, sizeof none);
        assert_string_equal(failed.diag.argument, "total");
    }
    engine.fail_at = 0;
    for (engine.lost_at = 2; engine.lost_at <= 5; engine.lost_at++) {
        const struct found failed = search(2, &engine, NULL);
        assert_status(failed.status, KAM_ERR_SHAPE);
        assert_string_equal(failed.diag.argument, "total.n_rows");
    }
    histories_free(&book);
}

/* Always gives what only the first call asks for. */
static kam_status facts_total(void *context, const kam_btyd *model,
                              kam_objective *total) {
    const kam_btyd none = {.family = model->family, .period_days = 7};
    return total_of(context, &none, total);
}

static void test_facts_in_place_of_sums(void **state) {
    (void)state;
    double log_gaps[N];
    struct histories book = book_of(8, log_gaps);
    const kam_accounts accounts = accounts_from(&book);
    struct engine engine = {&accounts, 3, 0, 0, 0, 0, 0};
    kam_btyd model = {.family = 77};
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_btyd_search(2, 7, NULL, facts_total, &engine, &model,
                                  NULL, NULL, &diag),
                  KAM_ERR_SHAPE);
    assert_string_equal(diag.argument, "total.n_parameters");
    assert_int_equal(engine.n_calls, 2);
    assert_int_equal(model.family, 77);
    histories_free(&book);
}

/* A step where nothing is finite is taken back, as in a fit. */
static void test_an_infinite_step_is_taken_back(void **state) {
    (void)state;
    double log_gaps[N];
    struct histories book = book_of(9, log_gaps);
    const kam_accounts accounts = accounts_from(&book);
    struct engine engine = {&accounts, 3, 0, 4, KAM_ERR_OVERFLOW, 0, 0};
    const struct found found = search(2, &engine, NULL);
    engine.fail_at = 0;
    const struct found well = search(2, &engine, NULL);
    assert_status(found.status, KAM_OK);
    for (int i = 0; i < 4; i++)
        assert_relative(found.model.parameter[i], well.model.parameter[i],
                        1e-8);
    histories_free(&book);
}

static void test_bad_arguments(void **state) {
    (void)state;
    double log_gaps[N];
    struct histories book = book_of(1, log_gaps);
    const kam_accounts accounts = accounts_from(&book);
    struct engine engine = {&accounts, 1, 0, 0, 0, 0, 0};
    kam_btyd model;
    assert_status(kam_btyd_search(99, 7, NULL, orders_total, &engine, &model,
                                  NULL, NULL, NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_btyd_search(1, 0, NULL, orders_total, &engine, &model,
                                  NULL, NULL, NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_btyd_search(1, 7, NULL, NULL, NULL, &model, NULL, NULL,
                                  NULL),
                  KAM_ERR_NULL);
    assert_status(kam_btyd_search(1, 7, NULL, orders_total, &engine, NULL, NULL,
                                  NULL, NULL),
                  KAM_ERR_NULL);
    assert_int_equal(engine.n_calls, 0);
    /* Facts and sums do not mix. */
    kam_objective facts = {.struct_size = sizeof facts};
    const kam_btyd none = {.family = 1, .period_days = 7};
    assert_status(kam_btyd_objective(&none, &accounts, NULL, &facts, NULL),
                  KAM_OK);
    assert_int_equal(facts.n_parameters, 8);
    assert_int_equal(facts.n_rows, N - 2);
    model = btyd_model(1, 0.2, 4, 0.8, 2);
    assert_status(kam_btyd_objective(&model, &accounts, NULL, &facts, NULL),
                  KAM_ERR_SHAPE);
    kam_objective sums = {.struct_size = sizeof sums, .n_parameters = 4};
    assert_status(kam_btyd_objective(&none, &accounts, NULL, &sums, NULL),
                  KAM_ERR_SHAPE);
    histories_free(&book);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces_give_the_bits_of_the_whole),
        cmocka_unit_test(test_spend),
        cmocka_unit_test(test_refusals_are_those_of_the_fit),
        cmocka_unit_test(test_engines_that_fail),
        cmocka_unit_test(test_facts_in_place_of_sums),
        cmocka_unit_test(test_an_infinite_step_is_taken_back),
        cmocka_unit_test(test_bad_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
