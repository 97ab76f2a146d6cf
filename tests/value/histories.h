/* SPDX-License-Identifier: MIT */
/* Order histories for the tests of kam/btyd.h. Include after support/check.h and
 * support/hosts.h. */
#ifndef TEST_HISTORIES_H
#define TEST_HISTORIES_H

/* A book: n accounts with x, t_x, T; weight may be NULL. */
struct histories {
    int64_t n;
    double *x, *t_x, *T, *weight;
};

static inline struct histories histories_new(int64_t n) {
    struct histories book = {n, NULL, NULL, NULL, NULL};
    const size_t room = (size_t)(n > 0 ? n : 1);
    book.x = calloc(room, sizeof(double));
    book.t_x = calloc(room, sizeof(double));
    book.T = calloc(room, sizeof(double));
    return book;
}

static inline void histories_free(struct histories *book) {
    free(book->x);
    free(book->t_x);
    free(book->T);
    free(book->weight);
    memset(book, 0, sizeof *book);
}

static inline kam_accounts accounts_from(const struct histories *book) {
    kam_accounts accounts = {.struct_size = sizeof accounts};
    accounts.n_rows = book->n;
    accounts.repeat_orders = column_of(book->x);
    accounts.last_order_periods = column_of(book->t_x);
    accounts.age_periods = column_of(book->T);
    if (book->weight) accounts.weight = column_of(book->weight);
    return accounts;
}

static inline kam_btyd btyd_model(int32_t family, double r, double alpha,
                                  double a, double b) {
    const kam_btyd model = {family, 4, 7, {r, alpha, a, b, 0, 0, 0, 0}};
    return model;
}

/* One account at a time. */
static inline kam_accounts one_account(const double *x, const double *t_x,
                                       const double *T) {
    kam_accounts accounts = {.struct_size = sizeof accounts};
    accounts.n_rows = 1;
    accounts.repeat_orders = column_of(x);
    accounts.last_order_periods = column_of(t_x);
    accounts.age_periods = column_of(T);
    return accounts;
}

enum question {
    ASK_LOG_LIKELIHOOD,
    ASK_ALIVE,
    ASK_ORDERS,
    ASK_DISCOUNTED,
    ASK_NO_ORDER,
    N_QUESTIONS
};

static const char *const QUESTION[N_QUESTIONS] = {"log likelihood", "alive",
                                                  "orders", "discounted",
                                                  "no order"};

/* Any of the questions, with the arguments it takes. */
static inline kam_status ask(enum question question, const kam_btyd *model,
                             const kam_accounts *accounts, double ahead,
                             double discount, const kam_host *host, double *out,
                             uint32_t *flags, kam_diag *diag) {
    switch (question) {
    case ASK_LOG_LIKELIHOOD:
        return kam_btyd_log_likelihood(model, accounts, host, out, flags, diag);
    case ASK_ALIVE:
        return kam_btyd_alive(model, accounts, ahead, host, out, flags, diag);
    case ASK_ORDERS:
        return kam_btyd_expected_orders(model, accounts, ahead, host, out,
                                        flags, diag);
    case ASK_DISCOUNTED:
        return kam_btyd_discounted_orders(model, accounts, ahead, discount,
                                          host, out, flags, diag);
    case ASK_NO_ORDER:
    case N_QUESTIONS: break;
    }
    return kam_btyd_no_order(model, accounts, ahead, host, out, flags, diag);
}

/* The answer for one account that must have one. */
static inline double ask_one(enum question question, const kam_btyd *model,
                             double x, double t_x, double T, double ahead,
                             double discount) {
    double out = NAN;
    uint32_t flags = ~0u;
    const kam_accounts accounts = one_account(&x, &t_x, &T);
    assert_status(ask(question, model, &accounts, ahead, discount, NULL, &out,
                      &flags, NULL),
                  KAM_OK);
    if (flags & ~(uint32_t)KAM_ROW_INFINITE || isnan(out))
        fail_msg(
            "%s of (%g, %g, %g) after %g at %g: %g, flags %u; model %d: "
            "%.17g %.17g %.17g %.17g",
            QUESTION[question], x, t_x, T, ahead, discount, out, flags,
            model->family, model->parameter[0], model->parameter[1],
            model->parameter[2], model->parameter[3]);
    return out;
}

/* e to a uniform power: any magnitude between low and high. */
static inline double any_size(uint64_t *seed, double low, double high) {
    return low * pow(high / low, random_unit(seed));
}

/* A book of its own kind of disorder: all magnitudes, repeats, t_x = T, T = 0. */
static inline struct histories mixed_book(int64_t n, uint64_t seed) {
    struct histories book = histories_new(n);
    for (int64_t i = 0; i < n; i++) {
        book.T[i] = any_size(&seed, 1e-3, 1e4);
        book.x[i] = floor(any_size(&seed, 0.3, 300));
        book.t_x[i] = book.x[i] > 0 ? random_unit(&seed) * book.T[i] : 0;
        if (i % 7 == 3 && book.x[i] > 0) book.t_x[i] = book.T[i];
        if (i % 31 == 5) book.T[i] = book.t_x[i] = 0;
        if (i % 5 == 2 && i > 2) {
            book.T[i] = book.T[i - 2];
            book.x[i] = book.x[i - 2];
            book.t_x[i] = book.t_x[i - 2];
        }
    }
    return book;
}

/* A book simulated from a model: rate ~ Gamma(r, alpha) for whole r as a sum of
 * exponentials; chance p ~ Beta(a, b) for whole a, b as order statistics; ages
 * between 20 and 40, in sevenths; MBG/NBD accounts may leave after their first
 * order. a = 0: nobody leaves. */
static inline double random_exponential(uint64_t *seed) {
    return -log(1 - random_unit(seed));
}

static inline double random_gamma(uint64_t *seed, int shape) {
    double sum = 0;
    for (int i = 0; i < shape; i++) sum += random_exponential(seed);
    return sum;
}

static inline double random_normal(uint64_t *seed) {
    const double size = sqrt(2 * random_exponential(seed));
    return size * cos(6.283185307179586 * random_unit(seed));
}

static inline struct histories simulated_book(int64_t n, int32_t family, int r,
                                              double alpha, int a, int b,
                                              uint64_t seed) {
    struct histories book = histories_new(n);
    for (int64_t i = 0; i < n; i++) {
        const double rate = random_gamma(&seed, r) / alpha;
        const double of_a = random_gamma(&seed, a);
        const double p = a == 0 ? 0 : of_a / (of_a + random_gamma(&seed, b));
        const double T = floor(7 * (20 + 20 * random_unit(&seed))) / 7;
        double t = 0;
        int active = family == KAM_BTYD_BGNBD || random_unit(&seed) >= p;
        while (active) {
            t += random_exponential(&seed) / rate;
            if (t > T) break;
            book.x[i]++;
            book.t_x[i] = t;
            active = random_unit(&seed) >= p;
        }
        book.T[i] = T;
    }
    return book;
}

/* The rows of a CSV with columns x, t_x, T; 0 when it is not there. */
static inline int histories_read(struct histories *book, const char *path) {
    struct table table;
    memset(book, 0, sizeof *book);
    if (!table_read(&table, path)) return 0;
    *book = histories_new(table.n_rows);
    for (int64_t i = 0; i < table.n_rows; i++) {
        book->x[i] = table_at(&table, i, "x");
        book->t_x[i] = table_at(&table, i, "t_x");
        book->T[i] = table_at(&table, i, "T");
    }
    table_free(&table);
    return 1;
}

/* Times of the CDNOW sample are whole days; files round the weeks. */
static inline void to_whole_days(struct histories *book) {
    for (int64_t i = 0; i < book->n; i++) {
        book->t_x[i] = floor(book->t_x[i] * 7 + 0.5) / 7;
        book->T[i] = floor(book->T[i] * 7 + 0.5) / 7;
    }
}

#endif
