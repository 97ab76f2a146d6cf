/* SPDX-License-Identifier: MIT */
/* kam/retention_outlook.h: against the functions of one contract, against the
 * laws that draws have to follow, and what must hold. */
#include "support/check.h"
#include "support/hosts.h"

enum {
    ROWS = 400,
    MOST = 1600,
    RUNS = KAM_CONTRACTS_RUNS,
    LEAVES = KAM_CONTRACTS_LEAVES,
    ENDED = KAM_CONTRACTS_ENDED
};

static const double DAYS = KAM_CONTRACTS_MONTH_DAYS;

struct book {
    kam_retention_contracts view;
    kam_retention models[3];
    double covariance[27];
    int64_t first[ROWS + 1];
    uint64_t seed[ROWS];
    int32_t model[MOST], state[MOST];
    double renewals[MOST], ended[MOST], left[MOST], value[MOST];
};

struct said {
    double renewal[MOST], length[MOST];
    double value[ROWS], low[ROWS], high[ROWS], lapse[ROWS];
    uint32_t flags[ROWS];
};

/* A model of each family: monthly sBG and BdW, and a quarterly one of accounts. */
static void clear(struct book *b) {
    memset(b, 0, sizeof *b);
    b->models[0] =
        (kam_retention){KAM_RETENTION_SBG, 2, DAYS, {0.7, 3.8, 0, 0}};
    b->models[1] =
        (kam_retention){KAM_RETENTION_BDW, 3, DAYS, {0.9, 4, 1.3, 0}};
    b->models[2] =
        (kam_retention){KAM_RETENTION_SHARED, 2, 3 * DAYS, {1.2, 5, 0, 0}};
    b->view = (kam_retention_contracts){.struct_size = sizeof b->view,
                                        .n_models = 3,
                                        .models = b->models,
                                        .first = b->first,
                                        .seed = b->seed,
                                        .model = b->model,
                                        .state = b->state,
                                        .renewals = b->renewals,
                                        .contract_ended = b->ended,
                                        .periods_to_end = b->left,
                                        .contract_value = b->value};
}

/* Begins an account, and adds a contract to the last. */
static void account(struct book *b, uint64_t seed) {
    const int64_t i = b->view.n_rows++;
    assert_true(i < ROWS);
    b->seed[i] = seed;
    b->first[i + 1] = b->first[i];
}

static void add(struct book *b, int32_t model, int32_t state, double renewals,
                double left, double value) {
    const int64_t i = b->first[b->view.n_rows]++;
    assert_true(i < MOST);
    b->model[i] = model;
    b->state[i] = state;
    b->renewals[i] = renewals;
    b->ended[i] = state == ENDED;
    b->left[i] = left;
    b->value[i] = value;
}

static kam_retention_outlook_out to(struct said *said) {
    const kam_retention_outlook_out out = {.struct_size = sizeof out,
                                           .renewal = said->renewal,
                                           .length = said->length,
                                           .value = said->value,
                                           .value_low = said->low,
                                           .value_high = said->high,
                                           .lapse = said->lapse,
                                           .row_flags = said->flags};
    memset(said, 0x5A, sizeof *said);
    return out;
}

static void ask(const struct book *b, double days, double rate, double held,
                struct said *said) {
    const kam_retention_outlook_out out = to(said);
    assert_status(kam_retention_outlook(&b->view, days, rate, held, NULL, &out,
                                        NULL),
                  KAM_OK);
}

/* What the functions of one contract say of it; `n` and `ends` tell of it. */
static double one(const kam_retention *model, double n, double ends,
                  double left, double terms, double rate, char what) {
    kam_accounts rows = {.struct_size = sizeof rows, .n_rows = 1};
    const double money = 1;
    double x = NAN, y = NAN;
    rows.renewals = column_of(&n);
    rows.contract_ended = column_of(&ends);
    rows.periods_to_end = column_of(&left);
    rows.contract_value = column_of(&money);
    if (what == 'r')
        assert_status(kam_retention_renewal(model, &rows, terms, NULL, &x, NULL,
                                            NULL),
                      KAM_OK);
    if (what == 'l')
        assert_status(kam_retention_residual(model, &rows, terms, 0, NULL, &x,
                                             NULL, NULL),
                      KAM_OK);
    if (what == 'v') {
        assert_status(kam_retention_value(model, &rows, terms, rate, NULL, &x,
                                          &y, NULL, NULL),
                      KAM_OK);
        x += y;
    }
    return x;
}

/* A horizon that holds whole terms after the end is a sum of those. */
static void test_one_contract(void **state) {
    (void)state;
    static struct book b;
    static struct said s;
    for (int32_t k = 0; k < 3; k++)
        for (double n = 0; n < 8; n += 3.5 - 0.5 * (n > 0)) {
            const kam_retention *const model = &b.models[k];
            const double whole = 7;
            clear(&b);
            account(&b, 1);
            add(&b, k, RUNS, floor(n), 0.25, 120);
            const double m = floor(n), term = model->period_days;
            const double rate = log1p(0.1) * term / 365.25;
            ask(&b, (0.25 + whole) * term, 0.1, 0.8, &s);
            assert_relative(s.value[0],
                            120 * one(model, m, 0, 0.25, whole, rate, 'v'),
                            1e-13);
            assert_relative(s.length[0],
                            0.25 + one(model, m, 0, 0, whole, 0, 'l'), 1e-13);
            assert_relative(s.renewal[0], one(model, m, 0, 0, 1, 0, 'r'),
                            1e-15);
            assert_relative(s.lapse[0],
                            1 - one(model, m, 0, 0, whole + 1, 0, 'r'), 1e-12);
            assert_int_equal(s.flags[0], 0);
            /* Half a term more: as long as it runs at all then. */
            const double before = s.length[0], last = 1 - s.lapse[0];
            const double money = s.value[0];
            ask(&b, (0.75 + whole) * term, 0.1, 0.8, &s);
            assert_relative(s.length[0], before + 0.5 * last, 1e-13);
            assert_relative(s.value[0],
                            money + 120 * last * exp(-rate * (0.25 + whole)) *
                                        -expm1(-rate * 0.5) / rate,
                            1e-13);
            /* Before the end nothing can happen. */
            ask(&b, 0.2 * term, 0, 0.8, &s);
            assert_bits(s.lapse[0], 0);
            assert_relative(s.value[0], 24, 1e-15);
            assert_bits(s.low[0], s.value[0]);
            assert_bits(s.high[0], s.value[0]);
        }
}

static void test_states(void **state) {
    (void)state;
    static struct book b;
    static struct said s;
    clear(&b);
    account(&b, 1); /* none */
    account(&b, 1); /* over, to come, unseen */
    add(&b, 0, ENDED, 3, 0, 50);
    add(&b, 0, KAM_CONTRACTS_TO_COME, NAN, NAN, 50);
    add(&b, 0, KAM_CONTRACTS_UNSEEN, NAN, NAN, 50);
    account(&b, 1); /* notice given, within the horizon and beyond */
    add(&b, 0, LEAVES, 3, 2.5, 50);
    add(&b, 0, LEAVES, 3, 40, 10);
    account(&b, 1); /* alone: notice within the horizon */
    add(&b, 0, LEAVES, 3, 2.5, 50);
    account(&b, 1); /* no money known */
    add(&b, 0, RUNS, 3, 0.5, NAN);
    ask(&b, 12 * DAYS, 0, 0.8, &s);
    for (int i = 0; i < 2; i++) {
        assert_bits(s.value[i], 0);
        assert_bits(s.low[i], 0);
        assert_bits(s.high[i], 0);
        assert_bits(s.lapse[i], 1);
        assert_int_equal(s.flags[i], 0);
    }
    assert_true(isnan(s.renewal[0]) && isnan(s.length[0]));
    assert_relative(s.value[2], 2.5 * 50 + 12 * 10, 1e-15);
    assert_bits(s.renewal[3], 0);
    assert_bits(s.length[3], 2.5);
    assert_bits(s.lapse[2], 0);
    assert_bits(s.lapse[3], 1);
    assert_bits(s.high[3], s.value[3]);
    assert_true(isnan(s.value[4]) && isnan(s.low[4]) && s.lapse[4] > 0.5);
    assert_int_equal(s.flags[4], KAM_ROW_MISSING);
    /* For ever: none has lapsed that runs. */
    ask(&b, INFINITY, 0, 0.8, &s);
    assert_bits(s.lapse[4], 0);
    assert_bits(s.lapse[1], 1);
    b.value[6] = 1;
    ask(&b, INFINITY, 0, 0.8, &s);
    assert_true(isnan(s.value[4]) && isinf(s.length[6]));
    assert_int_equal(s.flags[4], KAM_ROW_INFINITE);
    ask(&b, INFINITY, 0.1, 0.8, &s);
    assert_relative(s.value[4],
                    one(&b.models[0], 3, 0, 0.5, INFINITY,
                        log1p(0.1) * DAYS / 365.25, 'v'),
                    1e-12);
    /* A term of which no model is known says what is sure. */
    b.models[0].family = 0;
    ask(&b, 12 * DAYS, 0, 0.8, &s);
    assert_true(isnan(s.value[4]) && isnan(s.lapse[4]) && isnan(s.renewal[6]));
    assert_int_equal(s.flags[4], KAM_ROW_MISSING);
    assert_relative(s.value[2], 2.5 * 50 + 12 * 10, 1e-15);
    ask(&b, 0.4 * DAYS, 0, 0.8, &s);
    assert_relative(s.value[4], 0.4, 1e-15);
}

/* All contracts of an account tell of one chance; of other models they do not. */
static void test_shared(void **state) {
    (void)state;
    static struct book b;
    static struct said s;
    clear(&b);
    account(&b, 1);
    add(&b, 1, RUNS, 4, 0.5, 10);
    add(&b, 1, ENDED, 9, 0, 10);
    add(&b, 2, RUNS, 4, 0.5, 10);
    add(&b, 2, ENDED, 2, 0, 10);
    add(&b, 2, RUNS, 1, 0.9, 10);
    ask(&b, 4 * 3 * DAYS, 0, 0.8, &s);
    /* 7 renewals and an end; 4 decisions to come for one, 4 for the other */
    const double n = 7, ends = 1, terms[] = {4, 4};
    const int64_t first[] = {0, 2};
    kam_accounts rows = {.struct_size = sizeof rows, .n_rows = 1};
    double both;
    rows.renewals = column_of(&n);
    rows.contract_ended = column_of(&ends);
    assert_status(kam_retention_lapse(&b.models[2], &rows, first, terms, NULL,
                                      &both, NULL, NULL),
                  KAM_OK);
    const double other = 1 - one(&b.models[1], 4, 0, 0, 12, 0, 'r');
    assert_relative(s.lapse[0], both * other, 1e-13);
    assert_relative(s.renewal[2], one(&b.models[2], 7, 1, 0, 1, 0, 'r'), 1e-15);
    assert_relative(s.renewal[4], s.renewal[2], 1e-15);
    assert_relative(s.renewal[0], one(&b.models[1], 4, 0, 0, 1, 0, 'r'), 1e-15);
}

/* ---- draws ---- */

/* The chance that a contract with a quarter of a term left brings at most x. */
static double at_most(const kam_retention *m, double n, double ends, double x) {
    const double k = floor(x - 0.25 + 1e-9);
    return k < 0 ? 0 : 1 - one(m, n, ends, 0, k + 1, 0, 'r');
}

/* Of sure parameters the law of what comes is known: the quantiles of 500 draws
 * lie where it has them, over many accounts to their standard error. */
static void test_quantiles(void **state) {
    (void)state;
    static struct book b;
    static struct said s;
    for (int32_t k = 0; k < 3; k++) {
        double below = 0, above = 0;
        clear(&b);
        for (uint64_t i = 0; i < ROWS; i++) {
            account(&b, 100 + i);
            add(&b, k, RUNS, 3, 0.25, 1);
            /* tells of it where their chance is one */
            add(&b, k, ENDED, 2, 0, 1);
        }
        const double n = k == 2 ? 5 : 3, ends = k == 2;
        ask(&b, 1000 * b.models[k].period_days, 0, 0.8, &s);
        for (int i = 0; i < ROWS; i++) {
            /* uniform within a step of the law, on average */
            below += (at_most(&b.models[k], n, ends, s.low[i] - 1) +
                      at_most(&b.models[k], n, ends, s.low[i])) /
                     2;
            above += 1 - (at_most(&b.models[k], n, ends, s.high[i] - 1) +
                          at_most(&b.models[k], n, ends, s.high[i])) /
                             2;
            assert_true(s.low[i] < s.value[i]);
        }
        /* a step is up to 0.13 wide below, and small above */
        assert_near(below / ROWS, 0.1, 0.07);
        assert_near(above / ROWS, 0.1, 0.01);
    }
}

/* With one chance to end, contracts live and end together: their sum spreads
 * wider, and its mean is the same. */
static void test_spread(void **state) {
    (void)state;
    static struct book b;
    static struct said s, apart, sure;
    clear(&b);
    b.models[1] = b.models[2];
    b.models[1].family = KAM_RETENTION_SBG;
    for (uint64_t i = 0; i < 200; i++) {
        account(&b, 900 + i);
        for (int j = 0; j < 4; j++) add(&b, 1, RUNS, 0, 0.5, 1);
    }
    ask(&b, 30 * 3 * DAYS, 0, 0.8, &apart);
    for (int64_t i = 0; i < 800; i++) b.model[i] = 2;
    ask(&b, 30 * 3 * DAYS, 0, 0.8, &s);
    double together = 0, alone = 0, known = 0;
    for (int i = 0; i < 200; i++) {
        together += s.high[i] - s.low[i];
        alone += apart.high[i] - apart.low[i];
        assert_relative(s.value[i], apart.value[i], 1e-12);
    }
    assert_true(together > 1.3 * alone);
    /* Parameters that are not sure widen it; NaN is not known, and sure. */
    b.view.covariance = b.covariance;
    for (int i = 0; i < 27; i++) b.covariance[i] = NAN;
    ask(&b, 30 * 3 * DAYS, 0, 0.8, &sure);
    for (int i = 0; i < 200; i++) {
        assert_bits(sure.low[i], s.low[i]);
        assert_bits(sure.high[i], s.high[i]);
    }
    const double wide[] = {1, 0.2, 0.2, 1};
    memcpy(b.covariance + 18, wide, sizeof wide);
    ask(&b, 30 * 3 * DAYS, 0, 0.8, &sure);
    for (int i = 0; i < 200; i++) known += sure.high[i] - sure.low[i];
    assert_true(known > 1.1 * together);
}

/* ---- what must hold ---- */

static void scatter(struct book *b, uint64_t seed) {
    clear(b);
    for (uint64_t i = 0; i < 300; i++) {
        account(b, (uint64_t)(1e15 * random_unit(&seed)));
        int32_t model = 0;
        for (int j = (int)(5 * random_unit(&seed)); j > 0; j--) {
            if (random_unit(&seed) < 0.4 && model < 2) model++;
            add(b, model, 1 + (int32_t)(3 * random_unit(&seed)),
                floor(9 * random_unit(&seed)), random_unit(&seed),
                100 * random_unit(&seed));
        }
    }
}

static void same(const double *got, const double *want, int64_t n) {
    for (int64_t i = 0; i < n; i++)
        if (check_bits_of(got[i]) != check_bits_of(want[i]) &&
            !(isnan(got[i]) && isnan(want[i])))
            fail_msg("%ld: %.17g, not %.17g", (long)i, got[i], want[i]);
}

/* One account or many, in any order of tasks: the same bits. */
static void test_one_and_many(void **state) {
    (void)state;
    static struct book b;
    static struct said all, some;
    scatter(&b, 11);
    ask(&b, 400, 0.1, 0.9, &all);
    kam_host host = {.struct_size = sizeof host};
    for (int how = 0; how < 2; how++) {
        host.parallel_for = how ? run_backwards : run_odd_first;
        const kam_retention_outlook_out out = to(&some);
        assert_status(kam_retention_outlook(&b.view, 400, 0.1, 0.9, &host, &out,
                                            NULL),
                      KAM_OK);
        assert_memory_equal(&some, &all, sizeof all);
    }
    for (int64_t row = 0; row < b.view.n_rows; row++) {
        const int64_t at = b.first[row], n = b.first[row + 1] - at;
        const int64_t first[] = {0, n};
        kam_retention_contracts view = b.view;
        const kam_retention_outlook_out out = to(&some);
        view.n_rows = 1;
        view.first = first;
        view.seed += row;
        view.model += at;
        view.state += at;
        view.renewals += at;
        view.contract_ended += at;
        view.periods_to_end += at;
        view.contract_value += at;
        assert_status(kam_retention_outlook(&view, 400, 0.1, 0.9, NULL, &out,
                                            NULL),
                      KAM_OK);
        same(some.renewal, all.renewal + at, n);
        same(some.length, all.length + at, n);
        same(some.value, all.value + row, 1);
        same(some.low, all.low + row, 1);
        same(some.high, all.high + row, 1);
        same(some.lapse, all.lapse + row, 1);
    }
}

static void test_bad_rows(void **state) {
    (void)state;
    static struct book b;
    static struct said s;
    static const double nan = NAN;
    static const struct {
        int32_t state;
        double renewals, ended, left, value;
        uint32_t flag;
    } bad[] = {{0, 1, 0, 1, 1, KAM_ROW_MISSING},
               {RUNS, nan, 0, 1, 1, KAM_ROW_MISSING},
               {RUNS, 1, nan, 1, 1, KAM_ROW_MISSING},
               {RUNS, 1, 0, nan, 1, KAM_ROW_MISSING},
               {6, 1, 0, 1, 1, KAM_ROW_DOMAIN},
               {-1, 1, 0, 1, 1, KAM_ROW_DOMAIN},
               {RUNS, 1.5, 0, 1, 1, KAM_ROW_DOMAIN},
               {RUNS, -1, 0, 1, 1, KAM_ROW_DOMAIN},
               {ENDED, 1, 2, 1, 1, KAM_ROW_DOMAIN},
               {RUNS, 1, 0, -1, 1, KAM_ROW_DOMAIN},
               {RUNS, 1, 0, INFINITY, 1, KAM_ROW_DOMAIN},
               {RUNS, 1, 0, 1, INFINITY, KAM_ROW_DOMAIN}};
    const int n = sizeof bad / sizeof *bad;
    clear(&b);
    for (int i = 0; i < n; i++) {
        account(&b, 1);
        add(&b, 0, RUNS, 1, 0.5, 1);
        add(&b, 0, bad[i].state, bad[i].renewals, bad[i].left, bad[i].value);
        b.ended[2 * i + 1] = bad[i].ended;
    }
    account(&b, 1);
    add(&b, 0, RUNS, 1, 0.5, 1);
    ask(&b, 400, 0.1, 0.8, &s);
    for (int i = 0; i < n; i++) {
        assert_int_equal(s.flags[i], bad[i].flag);
        assert_true(isnan(s.value[i]) && isnan(s.low[i]) && isnan(s.high[i]) &&
                    isnan(s.lapse[i]) && isnan(s.renewal[2 * i]) &&
                    isnan(s.length[2 * i]));
    }
    assert_true(s.flags[n] == 0 && s.value[n] > 0);
}

static kam_diag diag = {.struct_size = sizeof diag};

#define assert_refused(call, status, name)                                     \
    do {                                                                       \
        assert_status(call, status);                                           \
        assert_string_equal(diag.argument, name);                              \
    } while (0)

static void test_wrong(void **state) {
    (void)state;
    static struct book b;
    static struct said s, untouched;
    const kam_retention_outlook_out out = to(&s);
    (void)to(&untouched);
    scatter(&b, 3);
    kam_retention_contracts *const v = &b.view;
#define CALL(days, rate, held)                                                 \
    kam_retention_outlook(v, days, rate, held, NULL, &out, &diag)
    assert_refused(kam_retention_outlook(NULL, 1, 0, 0.8, NULL, &out, &diag),
                   KAM_ERR_NULL, "contracts");
    assert_refused(kam_retention_outlook(v, 1, 0, 0.8, NULL, NULL, &diag),
                   KAM_ERR_NULL, "out");
    assert_refused(CALL(0, 0, 0.8), KAM_ERR_OPTION, "horizon_days");
    assert_refused(CALL(NAN, 0, 0.8), KAM_ERR_OPTION, "horizon_days");
    assert_refused(CALL(1, -1, 0.8), KAM_ERR_OPTION, "discount_per_year");
    assert_refused(CALL(1, INFINITY, 0.8), KAM_ERR_OPTION, "discount_per_year");
    assert_refused(CALL(1, 0, 0), KAM_ERR_OPTION, "interval");
    assert_refused(CALL(1, 0, 1), KAM_ERR_OPTION, "interval");
    b.model[0] = 3;
    assert_refused(CALL(1, 0, 0.8), KAM_ERR_SHAPE, "contracts.model");
    scatter(&b, 3);
    b.models[1].n_parameters = 2;
    assert_refused(CALL(1, 0, 0.8), KAM_ERR_OPTION, "model.family");
    b.models[1].n_parameters = 3;
    b.models[2].family = 0;
    b.models[2].period_days = 0;
    assert_refused(CALL(1, 0, 0.8), KAM_ERR_OPTION, "model.period_days");
    scatter(&b, 3);
    b.first[0] = 1;
    assert_refused(CALL(1, 0, 0.8), KAM_ERR_SHAPE, "contracts.first");
    b.first[0] = 0;
    v->n_rows = -1;
    assert_refused(CALL(1, 0, 0.8), KAM_ERR_SHAPE, "contracts");
    v->n_rows = 300;
    const int32_t n_models = v->n_models;
    v->n_models = -1;
    assert_refused(CALL(1, 0, 0.8), KAM_ERR_SHAPE, "contracts");
    v->n_models = n_models;
    v->state = NULL;
    assert_refused(CALL(1, 0, 0.8), KAM_ERR_NULL, "contracts.state");
    v->state = b.state;
    v->first = NULL;
    assert_refused(CALL(1, 0, 0.8), KAM_ERR_NULL, "contracts.first");
    v->first = b.first;
    int32_t falling[MOST] = {0};
    falling[0] = 1;
    v->model = falling;
    while (b.first[1] < 2) b.first[1]++;
    assert_refused(CALL(1, 0, 0.8), KAM_ERR_SHAPE, "contracts.model");
    assert_memory_equal(&s, &untouched, sizeof s);
}

/* Each allocation failed once, and a stop: nothing is written, nothing kept. */
static void test_memory(void **state) {
    (void)state;
    static struct book b;
    static struct said s, untouched;
    struct lender lender;
    int64_t looks = 0;
    scatter(&b, 5);
    b.view.covariance = b.covariance;
    const kam_retention_outlook_out out = to(&s);
    (void)to(&untouched);
    for (int64_t fail_at = 1; fail_at <= 3; fail_at++) {
        const kam_host host = lender_host(&lender, fail_at);
        assert_status(kam_retention_outlook(&b.view, 400, 0.1, 0.8, &host, &out,
                                            &diag),
                      KAM_ERR_MEMORY);
        assert_int_equal(lender.n_live, 0);
        assert_memory_equal(&s, &untouched, sizeof s);
    }
    kam_host host = lender_host(&lender, 0);
    assert_status(kam_retention_outlook(&b.view, 400, 0.1, 0.8, &host, &out,
                                        &diag),
                  KAM_OK);
    assert_true(lender.n_calls == 3 && lender.n_live == 0);
    host.progress = stop_when_used_up;
    host.watcher = &looks;
    assert_status(kam_retention_outlook(&b.view, 400, 0.1, 0.8, &host, &out,
                                        &diag),
                  KAM_ERR_CANCELLED);
    assert_int_equal(lender.n_live, 0);
    /* Without quantiles there is nothing to draw. */
    const kam_retention_outlook_out few = {.struct_size = sizeof few,
                                           .value = s.value};
    host = lender_host(&lender, 0);
    assert_status(kam_retention_outlook(&b.view, 400, 0.1, 0.8, &host, &few,
                                        &diag),
                  KAM_OK);
    assert_int_equal(lender.n_calls, 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_contract),
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_shared),
        cmocka_unit_test(test_quantiles),
        cmocka_unit_test(test_spread),
        cmocka_unit_test(test_one_and_many),
        cmocka_unit_test(test_bad_rows),
        cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
