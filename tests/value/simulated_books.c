/* SPDX-License-Identifier: MIT */
/* What intervals hold, and how fits of small and odd books end: many simulated
 * books of every family of kam/btyd.h. Takes minutes: a part of `make check-all`.
 * Usage: simulated_books [all|intervals|weak|profiles|facts|books [FAMILY [SIZE]]]. Prints rows of the tables in
 * docs/models/coverage.md; exit status 1 when a fit lies. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kam/btyd_covariates.h>
#include <kam/btyd_dynamic.h>
#include <kam/clv.h>
#include <kam/spend.h>

enum { MOST = 3000, P = 8 };

/* ---- random numbers ---- */

static uint64_t seed = 1;

static double uniform(void) { /* splitmix64, in (0, 1) */
    uint64_t z = (seed += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return ((double)((z ^ (z >> 31)) >> 11) + 0.5) * 0x1p-53;
}

static double exponential(void) { return -log(uniform()); }

static double normal(void) {
    return sqrt(2 * exponential()) * cos(6.283185307179586 * uniform());
}

/* Marsaglia & Tsang (2000), ACM TOMS 26(3). */
static double gamma_variable(double shape) {
    if (shape < 1) return gamma_variable(shape + 1) * pow(uniform(), 1 / shape);
    const double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        const double x = normal(), v = pow(1 + c * x, 3);
        if (v > 0 && log(uniform()) < 0.5 * x * x + d - d * v + d * log(v))
            return d * v;
    }
}

static double beta_variable(double a, double b) {
    const double x = gamma_variable(a);
    return x / (x + gamma_variable(b));
}

/* ---- books ---- */

struct book {
    int64_t n;
    double x[MOST], t_x[MOST], T[MOST], m[MOST], weight[MOST];
    double future[MOST]; /* money of the year after, discounted */
};

static kam_column column(const double *value) {
    const kam_column made = {value, NULL, NULL, 0, 0, KAM_F64, 0};
    return made;
}

static kam_accounts view(const struct book *book) {
    kam_accounts accounts = {.struct_size = sizeof accounts};
    accounts.n_rows = book->n;
    accounts.repeat_orders = column(book->x);
    accounts.last_order_periods = column(book->t_x);
    accounts.age_periods = column(book->T);
    accounts.mean_order_value = column(book->m);
    accounts.weight = column(book->weight);
    return accounts;
}

static const double SPEND[3] = {6, 4, 15};
static const double HORIZON = 52;

static double discount(void) { return log(1.1) * 7 / 365.25; }

struct account {
    double x, t_x, sum, future, nu;
};

static void order_at(struct account *a, double t, double T) {
    const double value = gamma_variable(SPEND[0]) / a->nu;
    if (t <= T) {
        a->x++;
        a->t_x = t;
        a->sum += value;
    } else {
        a->future += value * exp(-discount() * (t - T));
    }
}

/* Accounts that leave at orders. */
static void live_by_orders(const kam_btyd *model, struct account *a, double T) {
    const double *const q = model->parameter;
    const int at_once =
        model->family == KAM_BTYD_MBGNBD || model->family == KAM_BTYD_MBGCNBD;
    const int k = model->n_parameters > 4 ? (int)q[4] : 1;
    const double rate = gamma_variable(q[0]) / q[1];
    const double p = beta_variable(q[2], q[3]);
    double t = 0;
    if (at_once && uniform() < p) return;
    while (t <= T + HORIZON) {
        for (int i = 0; i < k; i++) t += exponential() / rate;
        if (t > T + HORIZON) return;
        order_at(a, t, T);
        if (uniform() < p) return;
    }
}

/* Accounts that leave on a day of their own. */
static void live_until(const kam_btyd *model, struct account *a, double T) {
    const double *const q = model->parameter;
    const double rate = gamma_variable(q[0]) / q[1];
    const double left =
        model->family == KAM_BTYD_PNBD
            ? exponential() / (gamma_variable(q[2]) / q[3])
            : log1p(exponential() / (gamma_variable(q[3]) / q[4])) / q[2];
    for (double t = 0;;) {
        t += exponential() / rate;
        if (t > T + HORIZON || t > left) return;
        order_at(a, t, T);
    }
}

static void live_by_periods(const kam_btyd *model, struct account *a,
                            double T) {
    const double *const q = model->parameter;
    const double p = beta_variable(q[0], q[1]);
    const double leaves = beta_variable(q[2], q[3]);
    for (int t = 1; t <= T + HORIZON && uniform() >= leaves; t++)
        if (uniform() < p) order_at(a, t, T);
}

static void simulate_one(const kam_btyd *model, int64_t i, struct book *book) {
    struct account a = {.nu = gamma_variable(SPEND[1]) / SPEND[2]};
    const double T = floor(30 + 50 * uniform());
    if (model->family == KAM_BTYD_BGBB)
        live_by_periods(model, &a, T);
    else if (model->family == KAM_BTYD_PNBD ||
             model->family == KAM_BTYD_GGOMNBD)
        live_until(model, &a, T);
    else
        live_by_orders(model, &a, T);
    book->x[i] = a.x;
    book->t_x[i] = a.t_x;
    book->T[i] = T;
    book->m[i] = a.x > 0 ? a.sum / a.x : 0;
    book->future[i] = a.future;
    book->weight[i] = 1;
}

static void simulate(const kam_btyd *model, int64_t n, struct book *book) {
    book->n = n;
    for (int64_t i = 0; i < n; i++) simulate_one(model, i, book);
}

/* Business books: three to thirteen orders a year, and half of them left, or fewer,
 * over a few years. */
static const kam_btyd MODELS[] = {
    {KAM_BTYD_BGNBD, 4, 7, {1.2, 8, 0.9, 3.5, 0, 0, 0, 0}},
    {KAM_BTYD_MBGNBD, 4, 7, {1.2, 8, 0.9, 3.5, 0, 0, 0, 0}},
    {KAM_BTYD_PNBD, 4, 7, {1.2, 8, 0.8, 40, 0, 0, 0, 0}},
    {KAM_BTYD_GGOMNBD, 5, 7, {1.2, 8, 0.03, 0.8, 1.2, 0, 0, 0}},
    {KAM_BTYD_BGBB, 4, 7, {1.2, 6, 0.8, 30, 0, 0, 0, 0}},
    {KAM_BTYD_BGCNBD, 5, 7, {1.2, 4, 0.9, 3.5, 2, 0, 0, 0}},
    {KAM_BTYD_MBGCNBD, 5, 7, {1.2, 4, 0.9, 3.5, 2, 0, 0, 0}},
};
enum { N_MODELS = sizeof MODELS / sizeof MODELS[0] };

static int32_t estimated(const kam_btyd *model) {
    return model->family == KAM_BTYD_BGCNBD || model->family == KAM_BTYD_MBGCNBD
               ? 4
               : model->n_parameters;
}

static kam_status fit(const kam_btyd *truth, const kam_accounts *book,
                      int32_t prior, kam_btyd *model, double *covariance,
                      kam_estimate_report *report) {
    kam_estimate_options options;
    kam_estimate_options_init(&options, sizeof options);
    options.prior = prior;
    if (estimated(truth) < truth->n_parameters)
        options.rhythm = (int32_t)truth->parameter[4];
    report->struct_size = sizeof *report;
    return kam_btyd_fit(truth->family, book, 1, 7, &options, NULL, model,
                        covariance, report, NULL);
}

/* ---- intervals ---- */

struct tally {
    int64_t fits, ok, bound, flat, few, stuck;
    int64_t inside[P], orders, clv, clv_rows, below, above;
};

static double orders_of(const kam_btyd *model, const kam_accounts *book,
                        double *orders) {
    double sum = 0;
    kam_btyd_expected_orders(model, book, HORIZON, NULL, orders, NULL, NULL);
    for (int64_t i = 0; i < book->n_rows; i++) sum += orders[i];
    return sum;
}

/* Whether the book's expected orders under the true parameters lie within 1.96
 * errors, by the delta method in logs. */
static int orders_inside(const kam_btyd *truth, const kam_btyd *model,
                         const double *covariance, const kam_accounts *book) {
    static double orders[MOST];
    const int32_t n = model->n_parameters;
    const double here = log(orders_of(model, book, orders));
    double g[P] = {0}, variance = 0;
    for (int32_t j = 0; j < estimated(model); j++) {
        kam_btyd up = *model;
        up.parameter[j] *= exp(1e-4);
        g[j] = (log(orders_of(&up, book, orders)) - here) / 1e-4;
    }
    for (int32_t i = 0; i < n; i++)
        for (int32_t j = 0; j < n; j++)
            variance += g[i] * covariance[i * n + j] * g[j];
    const double off = log(orders_of(truth, book, orders)) - here;
    return fabs(off) <= 1.96 * sqrt(variance);
}

static void tally_clv(const kam_btyd *model, const double *covariance,
                      const struct book *book, const kam_accounts *accounts,
                      int32_t prior, struct tally *tally) {
    static double low[MOST], high[MOST];
    kam_estimate_options options;
    kam_clv_options future;
    kam_spend spend;
    double spend_covariance[9];
    kam_estimate_options_init(&options, sizeof options);
    options.prior = prior;
    if (kam_spend_fit(KAM_SPEND_GAMMA_GAMMA, accounts, 1, &options, NULL,
                      &spend, spend_covariance, NULL, NULL) != KAM_OK)
        return;
    kam_clv_options_init(&future, sizeof future);
    future.horizon_days = 7 * HORIZON;
    future.interval = 0.95;
    kam_clv_interval(model, covariance, &spend, spend_covariance, accounts,
                     &future, NULL, low, high, NULL, NULL);
    for (int64_t i = 0; i < book->n; i++) {
        if (isnan(low[i])) continue;
        tally->clv_rows++;
        tally->below += book->future[i] < low[i];
        tally->above += book->future[i] > high[i];
    }
}

static void tally_one(const kam_btyd *truth, int64_t n, int32_t prior,
                      struct tally *tally) {
    static struct book book;
    double covariance[P * P];
    kam_btyd model;
    kam_estimate_report report;
    simulate(truth, n, &book);
    const kam_accounts accounts = view(&book);
    const kam_status status =
        fit(truth, &accounts, prior, &model, covariance, &report);
    tally->fits++;
    tally->bound += status == KAM_ERR_AT_BOUND;
    tally->flat += status == KAM_ERR_FLAT;
    tally->few += status == KAM_ERR_TOO_FEW;
    tally->stuck += status == KAM_ERR_NOT_CONVERGED;
    if (status != KAM_OK) return;
    tally->ok++;
    for (int32_t j = 0; j < estimated(truth); j++) {
        const double off = log(model.parameter[j] / truth->parameter[j]);
        const double variance = covariance[j * (truth->n_parameters + 1)];
        tally->inside[j] += fabs(off) <= 1.96 * sqrt(variance);
    }
    tally->orders += orders_inside(truth, &model, covariance, &accounts);
    tally_clv(&model, covariance, &book, &accounts, prior, tally);
}

static double percent(int64_t part, int64_t whole) {
    return whole > 0 ? 100.0 * (double)part / (double)whole : (double)NAN;
}

/* Where books take long there are fewer of them. */
static int32_t slowness(int32_t family) {
    if (family == KAM_BTYD_GGOMNBD) return 4;
    return family == KAM_BTYD_BGCNBD || family == KAM_BTYD_MBGCNBD ? 2 : 1;
}

/* Books of one size, or of all (0). */
static void intervals_of(const kam_btyd *truth, int size) {
    static const struct {
        int64_t n;
        int32_t prior, fits;
        uint64_t stream;
        int32_t family; /* 0: all */
    } runs[] = {{20, KAM_PRIOR_WEAK, 1000, 0, 0},
                {50, KAM_PRIOR_WEAK, 1000, 1, 0},
                {50, KAM_PRIOR_NONE, 1000, 1, 0},
                {300, KAM_PRIOR_WEAK, 500, 2, KAM_BTYD_GGOMNBD},
                {300, KAM_PRIOR_NONE, 500, 2, 0},
                {3000, KAM_PRIOR_WEAK, 400, 3, KAM_BTYD_GGOMNBD},
                {3000, KAM_PRIOR_NONE, 200, 3, 0}};
    enum { N_RUNS = sizeof runs / sizeof runs[0] };
    for (int k = 0; k < N_RUNS; k++) {
        struct tally t = {0};
        if (size > 0 && runs[k].n != size) continue;
        if (runs[k].family && runs[k].family != truth->family) continue;
        seed = 1000 * (uint64_t)truth->family + runs[k].stream;
        const int32_t books = runs[k].fits / slowness(truth->family);
        for (int32_t i = 0; i < books; i++)
            tally_one(truth, runs[k].n, runs[k].prior, &t);
        printf("| %s | %d%s | %d | %.1f | %.1f | %.1f |",
               kam_btyd_family_name(truth->family), (int)runs[k].n,
               runs[k].prior ? ", prior" : "", (int)t.fits,
               percent(t.ok, t.fits), percent(t.bound, t.fits),
               percent(t.flat + t.few + t.stuck, t.fits));
        for (int32_t j = 0; j < 5; j++)
            if (j < estimated(truth))
                printf(" %.1f |", percent(t.inside[j], t.ok));
            else
                printf(" |");
        printf(" %.1f | %.1f | %.1f | %.1f |\n", percent(t.orders, t.ok),
               percent(t.clv_rows - t.below - t.above, t.clv_rows),
               percent(t.below, t.clv_rows), percent(t.above, t.clv_rows));
        fflush(stdout);
    }
}

/* ---- books that say too little ---- */

/* A third leaves within half a year and 43 % stay for ten: far from the weak prior. */
static const kam_btyd UNLIKE_THE_PRIOR = {KAM_BTYD_PNBD,
                                          4,
                                          7,
                                          {1.2, 8, 0.15, 2, 0, 0, 0, 0}};

/* How many books of one kind hold the expected orders, and their parameters. */
struct held {
    int64_t books, orders, inside[P];
};

static void hold(const kam_btyd *truth, const kam_btyd *model,
                 const double *covariance, const kam_accounts *accounts,
                 struct held *held) {
    held->books++;
    held->orders += orders_inside(truth, model, covariance, accounts);
    for (int32_t j = 0; j < estimated(truth); j++) {
        const double off = log(model->parameter[j] / truth->parameter[j]);
        const double variance = covariance[j * (truth->n_parameters + 1)];
        held->inside[j] += fabs(off) <= 1.96 * sqrt(variance);
    }
}

static void print_held(const struct held *held, int32_t p) {
    printf(" %.1f ", percent(held->orders, held->books));
    for (int32_t j = 0; j < p; j++)
        printf("%s%.1f", j ? ", " : "| ",
               percent(held->inside[j], held->books));
    printf(" |");
}

/* Interior maxima of likelihood that name a culprit, the others, and all with the
 * weak prior in place of the first. */
static void weak_of(const kam_btyd *truth, const char *note, int size) {
    static const struct {
        int64_t n;
        int32_t books;
        uint64_t stream;
    } runs[] = {{50, 1000, 1}, {300, 500, 2}, {3000, 200, 3}};
    static struct book book;
    for (int k = 0; k < 3; k++) {
        struct held weak = {0}, strong = {0}, mended = {0};
        if (size > 0 && runs[k].n != size) continue;
        seed = 1000 * (uint64_t)truth->family + runs[k].stream;
        const int32_t books = runs[k].books / slowness(truth->family);
        for (int32_t i = 0; i < books; i++) {
            double covariance[P * P];
            kam_btyd model;
            kam_estimate_report report;
            simulate(truth, runs[k].n, &book);
            const kam_accounts accounts = view(&book);
            if (fit(truth, &accounts, KAM_PRIOR_NONE, &model, covariance,
                    &report) != KAM_OK)
                continue;
            const int is_weak = report.culprit >= 0;
            hold(truth, &model, covariance, &accounts,
                 is_weak ? &weak : &strong);
            if (is_weak)
                fit(truth, &accounts, KAM_PRIOR_WEAK, &model, covariance,
                    &report);
            hold(truth, &model, covariance, &accounts, &mended);
        }
        printf("| %s%s | %d | %d | %.1f |", kam_btyd_family_name(truth->family),
               note, (int)runs[k].n, (int)mended.books,
               percent(weak.books, mended.books));
        print_held(&weak, 0);
        print_held(&strong, estimated(truth));
        print_held(&mended, estimated(truth));
        printf("\n");
        fflush(stdout);
    }
}

/* ---- intervals by profile likelihood ---- */

static void profiles_of(const kam_btyd *truth, int size) {
    static const struct {
        int64_t n;
        int32_t books;
        uint64_t stream;
    } runs[] = {{50, 400, 1}, {300, 240, 2}, {3000, 80, 3}};
    static struct book book;
    for (int k = 0; k < 3; k++) {
        int64_t counted = 0, bound = 0, inside[P] = {0};
        kam_estimate_options options;
        kam_estimate_options_init(&options, sizeof options);
        if (estimated(truth) < truth->n_parameters)
            options.rhythm = (int32_t)truth->parameter[4];
        const int32_t books = runs[k].books / slowness(truth->family);
        if (size > 0 && runs[k].n != size) continue;
        seed = 1000 * (uint64_t)truth->family + runs[k].stream;
        for (int i = 0; i < books; i++) {
            simulate(truth, runs[k].n, &book);
            const kam_accounts accounts = view(&book);
            int found = 1, held[P] = {0};
            kam_estimate_interval interval = {.struct_size = sizeof interval,
                                              .level = 0.95};
            for (int32_t j = 0; found && j < estimated(truth); j++) {
                interval.parameter = j;
                kam_btyd_profile(truth->family, &accounts, 1, &options, NULL,
                                 &interval, NULL);
                found = (interval.fit == KAM_OK ||
                         interval.fit == KAM_ERR_AT_BOUND) &&
                        interval.low_status != KAM_ERR_NOT_CONVERGED &&
                        interval.high_status != KAM_ERR_NOT_CONVERGED;
                held[j] = interval.low <= truth->parameter[j] &&
                          truth->parameter[j] <= interval.high;
            }
            counted += found;
            bound += found && interval.fit == KAM_ERR_AT_BOUND;
            for (int j = 0; found && j < P; j++) inside[j] += held[j];
        }
        printf("| %s | %d | %d | %.1f | %.1f |",
               kam_btyd_family_name(truth->family), (int)runs[k].n, (int)books,
               percent(counted, books), percent(bound, runs[k].books));
        for (int32_t j = 0; j < 5; j++)
            if (j < estimated(truth))
                printf(" %.1f |", percent(inside[j], counted));
            else
                printf(" |");
        printf("\n");
        fflush(stdout);
    }
}

/* ---- facts that stay ---- */

static const double OFTEN = 0.6, UNLIKE = 0.5, LOYAL = -0.7;

/* Half of the accounts order e^0.6 times as often; another half leave e^-0.7 times
 * as fast, or are e^0.5 times as like each other in the chance to leave. */
static void book_with_facts(const kam_btyd *truth, int64_t n, double leaving,
                            struct book *book, kam_btyd_covariates *facts) {
    static double often[MOST], loyal[MOST];
    static kam_btyd own[MOST];
    kam_btyd_covariate_model model = {*truth, 1, 1, {OFTEN}, {leaving}};
    for (int64_t i = 0; i < n; i++) {
        often[i] = uniform() < 0.5;
        loyal[i] = uniform() < 0.5;
    }
    memset(facts, 0, sizeof *facts);
    facts->struct_size = sizeof *facts;
    facts->n_orders = facts->n_leaving = 1;
    facts->orders[0] = column(often);
    facts->leaving[0] = column(loyal);
    kam_btyd_covariates_models(&model, facts, n, NULL, own, NULL, NULL);
    book->n = n;
    for (int64_t i = 0; i < n; i++) simulate_one(&own[i], i, book);
}

static void intervals_of_facts(const kam_btyd *truth) {
    static const struct {
        int64_t n;
        int32_t prior, books;
    } runs[] = {{50, KAM_PRIOR_WEAK, 500},
                {50, KAM_PRIOR_NONE, 500},
                {300, KAM_PRIOR_NONE, 500},
                {3000, KAM_PRIOR_NONE, 100}};
    static struct book book;
    const double leaving = truth->family == KAM_BTYD_PNBD ? LOYAL : UNLIKE;
    for (uint64_t k = 0; k < 4; k++) {
        int64_t ok = 0, bound = 0, inside[6] = {0};
        kam_estimate_options options;
        kam_estimate_options_init(&options, sizeof options);
        options.prior = runs[k].prior;
        seed = 7000 + 10 * (uint64_t)truth->family + k;
        for (int i = 0; i < runs[k].books; i++) {
            kam_btyd_covariates facts;
            kam_btyd_covariate_model m;
            double covariance[P * P];
            book_with_facts(truth, runs[k].n, leaving, &book, &facts);
            const kam_accounts accounts = view(&book);
            const kam_status status =
                kam_btyd_covariates_fit(truth->family, &accounts, &facts, 7,
                                        &options, NULL, &m, covariance, NULL,
                                        NULL);
            bound += status == KAM_ERR_AT_BOUND;
            if (status != KAM_OK) continue;
            ok++;
            for (int j = 0; j < 6; j++) {
                const double off =
                    j < 4    ? log(m.base.parameter[j] / truth->parameter[j])
                    : j == 4 ? m.orders[0] - OFTEN
                             : m.leaving[0] - leaving;
                inside[j] += fabs(off) <= 1.96 * sqrt(covariance[7 * j]);
            }
        }
        printf("| %s, facts | %d%s | %d | %.1f | %.1f |",
               kam_btyd_family_name(truth->family), (int)runs[k].n,
               runs[k].prior ? ", prior" : "", (int)runs[k].books,
               percent(ok, runs[k].books), percent(bound, runs[k].books));
        for (int j = 0; j < 6; j++) printf(" %.1f |", percent(inside[j], ok));
        printf("\n");
        fflush(stdout);
    }
}

/* ---- facts that change ---- */

enum { QUARTERS = 8 }; /* beyond any T */

struct seasons {
    double first[MOST + 1], end[MOST * QUARTERS], orders[MOST * QUARTERS];
    double high[MOST * QUARTERS], served[MOST * QUARTERS];
};

static const double SEASON = 0.8, SERVICE = -0.5;

/* Orders come e^0.8 times as fast in one quarter of four, and accounts leave e^-0.5
 * times as fast in those in which they are served well. */
static void live_by_season(struct book *book, struct seasons *to, int64_t i,
                           double rate, double leave) {
    const double T = floor(30 + 50 * uniform()), shift = 13 * uniform();
    double to_order = exponential() / rate, to_gone = exponential() / leave;
    double now = 0;
    book->x[i] = book->t_x[i] = 0;
    book->T[i] = T;
    for (int k = 0; k < QUARTERS; k++) {
        const int64_t at = i * QUARTERS + k;
        to->end[at] = 13 * (k + 1) - shift;
        to->high[at] = k % 4 == 1;
        to->served[at] = uniform() < 0.5;
        to->orders[at] = 0;
        const double stop = to->end[at] < T ? to->end[at] : T;
        const double up = exp(SEASON * to->high[at]);
        const double out = exp(SERVICE * to->served[at]);
        while (now < stop && to_gone > 0) {
            const double order = to_order / up, gone = to_gone / out;
            double step = stop - now;
            if (order < step) step = order;
            if (gone < step) step = gone;
            now += step;
            to_order -= step * up;
            to_gone = gone <= step ? 0 : to_gone - step * out;
            if (order > step || to_gone <= 0) continue;
            to_order = exponential() / rate;
            book->x[i]++;
            book->t_x[i] = now;
            to->orders[at]++;
        }
        now = stop;
    }
}

static void seasonal_book(const kam_btyd *truth, int64_t n, struct book *book,
                          struct seasons *to) {
    const double *const q = truth->parameter;
    book->n = n;
    for (int64_t i = 0; i < n; i++) {
        book->weight[i] = 1;
        book->m[i] = 0;
        to->first[i] = (double)(i * QUARTERS);
        live_by_season(book, to, i, gamma_variable(q[0]) / q[1],
                       gamma_variable(q[2]) / q[3]);
    }
    to->first[n] = (double)(n * QUARTERS);
}

static kam_status fit_seasons(const struct book *book, const struct seasons *of,
                              kam_btyd_covariate_model *model,
                              double *covariance) {
    const kam_accounts accounts = view(book);
    kam_btyd_timeline timeline = {.struct_size = sizeof timeline};
    kam_btyd_covariates facts;
    memset(&facts, 0, sizeof facts);
    facts.struct_size = sizeof facts;
    facts.n_orders = facts.n_leaving = 1;
    facts.orders[0] = column(of->high);
    facts.leaving[0] = column(of->served);
    timeline.n_intervals = book->n * QUARTERS;
    timeline.first = column(of->first);
    timeline.end = column(of->end);
    timeline.repeat_orders = column(of->orders);
    return kam_btyd_dynamic_fit(&accounts, &timeline, &facts, 7, NULL, NULL,
                                model, covariance, NULL, NULL);
}

static void intervals_of_seasons(void) {
    static const int64_t sizes[] = {300, 3000};
    static const int books[] = {500, 100};
    static struct book book;
    static struct seasons of;
    const kam_btyd truth = {KAM_BTYD_PNBD, 4, 7, {1.2, 8, 0.8, 40, 0, 0, 0, 0}};
    for (int k = 0; k < 2; k++) {
        int64_t ok = 0, inside[6] = {0};
        seed = 9000 + (uint64_t)k;
        for (int i = 0; i < books[k]; i++) {
            kam_btyd_covariate_model m;
            double covariance[P * P];
            seasonal_book(&truth, sizes[k], &book, &of);
            if (fit_seasons(&book, &of, &m, covariance) != KAM_OK) continue;
            ok++;
            for (int j = 0; j < 6; j++) {
                const double off =
                    j < 4    ? log(m.base.parameter[j] / truth.parameter[j])
                    : j == 4 ? m.orders[0] - SEASON
                             : m.leaving[0] - SERVICE;
                inside[j] += fabs(off) <= 1.96 * sqrt(covariance[7 * j]);
            }
        }
        printf("| pnbd, seasons | %d | %d | %.1f |", (int)sizes[k], books[k],
               percent(ok, books[k]));
        for (int j = 0; j < 6; j++) printf(" %.1f |", percent(inside[j], ok));
        printf("\n");
        fflush(stdout);
    }
}

/* ---- small and odd books ---- */

static double any_size(double low, double high) {
    return low * pow(high / low, uniform());
}

static void odd_book(int kind, int whole, struct book *book) {
    const double age = any_size(whole ? 2 : 1e-2, 1e3);
    book->n = 1 + (int64_t)any_size(1, 40);
    for (int64_t i = 0; i < book->n; i++) {
        double T = kind & 1 ? age : age * any_size(0.1, 3);
        double x = floor(any_size(0.4, kind & 2 ? 3 : 60));
        double t_x = T * (kind & 4 ? 1 - 1e-3 * uniform() : uniform());
        if (kind & 8) x = 1, t_x = T / 2;
        if (whole) {
            T = ceil(T);
            t_x = ceil(t_x);
            if (x > t_x) x = t_x;
        }
        book->T[i] = T;
        book->x[i] = x;
        book->t_x[i] = x > 0 ? t_x : 0;
        book->m[i] = 10 + uniform();
        book->weight[i] = kind & 16 ? floor(any_size(1, 1e4)) : 1;
    }
}

static double value_of(const kam_btyd *model, const kam_accounts *book) {
    kam_objective sum = {.struct_size = sizeof sum};
    return kam_btyd_objective(model, book, NULL, &sum, NULL) == KAM_OK
               ? kam_sum_value(&sum.log_likelihood)
               : -(double)INFINITY;
}

/* A second look: does any of many other points, near and far, fit better? */
static int is_beaten(const kam_btyd *model, const kam_accounts *book,
                     double value, double by) {
    for (int i = 0; i < 60; i++) {
        kam_btyd other = *model;
        const double reach = i % 3 == 0 ? 3 : i % 3 == 1 ? 0.3 : 1e-3;
        for (int32_t j = 0; j < estimated(model); j++)
            if (i % 5 || j == i / 5 % estimated(model))
                other.parameter[j] *= exp(reach * normal());
        if (value_of(&other, book) > value + by * (fabs(value) + 1)) return 1;
    }
    return 0;
}

struct ends {
    int64_t ok, bound, flat, few, stuck, further, lies;
};

static int is_finite(const kam_btyd *model, const double *covariance) {
    double sum = 0;
    for (int32_t j = 0; j < model->n_parameters; j++) {
        if (!(model->parameter[j] > 0)) return 0;
        sum += model->parameter[j];
    }
    for (int32_t j = 0; covariance && j < model->n_parameters; j++)
        sum += covariance[j * (model->n_parameters + 1)];
    return isfinite(sum);
}

static void end_of(const kam_btyd *truth, const struct book *book,
                   int32_t prior, struct ends *ends) {
    double covariance[P * P];
    kam_btyd model;
    kam_estimate_report report;
    const kam_accounts accounts = view(book);
    const kam_status status =
        fit(truth, &accounts, prior, &model, covariance, &report);
    const char *wrong = NULL;
    ends->ok += status == KAM_OK;
    ends->bound += status == KAM_ERR_AT_BOUND;
    ends->flat += status == KAM_ERR_FLAT;
    ends->few += status == KAM_ERR_TOO_FEW || status == KAM_ERR_EMPTY;
    ends->stuck += status == KAM_ERR_NOT_CONVERGED;
    if (status == KAM_ERR_TOO_FEW || status == KAM_ERR_EMPTY ||
        status == KAM_ERR_NOT_CONVERGED)
        return;
    if (status != KAM_OK && status != KAM_ERR_AT_BOUND &&
        status != KAM_ERR_FLAT)
        wrong = "no verdict";
    else if (!is_finite(&model, status == KAM_OK ? covariance : NULL))
        wrong = "not finite";
    else if (status == KAM_OK && !(report.gradient <= 1e-8))
        wrong = "gradient";
    else if (prior == KAM_PRIOR_NONE &&
             is_beaten(&model, &accounts, value_of(&model, &accounts),
                       status == KAM_ERR_AT_BOUND ? 1e-3 : 1e-7)) {
        if (status == KAM_ERR_AT_BOUND)
            ends->further++; /* towards the limit that the verdict names */
        else
            wrong = "beaten";
    }
    if (!wrong) return;
    ends->lies++;
    if (ends->lies <= 5)
        fprintf(stderr, "%s, %d accounts, prior %d: %s, %s (gradient %g)\n",
                kam_btyd_family_name(truth->family), (int)book->n, prior,
                kam_status_name(status), wrong, report.gradient);
}

static int64_t books_of(const kam_btyd *truth) {
    static struct book book;
    int64_t lies = 0;
    for (int32_t prior = KAM_PRIOR_NONE; prior <= KAM_PRIOR_WEAK; prior++) {
        struct ends ends = {0};
        seed = 77;
        for (int i = 0; i < 1000; i++) {
            odd_book(i % 32, truth->family == KAM_BTYD_BGBB, &book);
            end_of(truth, &book, prior, &ends);
        }
        printf("| %s | %s | %d | %d | %d | %d | %d | %d | %d |\n",
               kam_btyd_family_name(truth->family), prior ? "weak" : "none",
               (int)ends.ok, (int)ends.bound, (int)ends.flat, (int)ends.few,
               (int)ends.stuck, (int)ends.further, (int)ends.lies);
        fflush(stdout);
        lies += ends.lies;
    }
    return lies;
}

/* Whether a part of all was asked for. */
static int asks(const char *what, const char *part) {
    return strcmp(what, "all") == 0 || strcmp(what, part) == 0;
}

static int takes_facts(const kam_btyd *truth) {
    return truth->family == KAM_BTYD_BGNBD ||
           truth->family == KAM_BTYD_MBGNBD || truth->family == KAM_BTYD_PNBD;
}

int main(int n, char **words) {
    const char *const what = n > 1 ? words[1] : "all";
    const char *const which = n > 2 ? words[2] : NULL;
    const int size = n > 3 ? atoi(words[3]) : 0;
    int64_t lies = 0;
    if (asks(what, "intervals") && (!which || strcmp(which, "seasons") == 0))
        intervals_of_seasons();
    for (int i = 0; i < N_MODELS; i++) {
        const kam_btyd *const truth = &MODELS[i];
        if (which && strcmp(which, kam_btyd_family_name(truth->family)) != 0)
            continue;
        if (asks(what, "intervals")) intervals_of(truth, size);
        if (asks(what, "weak")) weak_of(truth, "", size);
        if (asks(what, "weak") && truth->family == KAM_BTYD_PNBD)
            weak_of(&UNLIKE_THE_PRIOR, ", odd", size);
        if (asks(what, "profiles")) profiles_of(truth, size);
        if (asks(what, "facts") && takes_facts(truth))
            intervals_of_facts(truth);
        if (asks(what, "books")) lies += books_of(truth);
    }
    return lies > 0;
}
