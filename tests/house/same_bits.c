/* SPDX-License-Identifier: MIT */
/* Prints one line a function: its name, how many results, and their hash. Every
 * build on every machine must print the same (same_bits.py, docs/accuracy.md).
 * With an argument only a tenth of the million results of fast functions.
 * Arguments come from integers alone; nothing of libm is called. */
#include <stdio.h>
#include <string.h>

#include <kam/kam.h>

#include "math/accumulate.h"
#include "math/elementary.h"
#include "math/elementary_kernels.h"
#include "math/gamma.h"
#include "math/hypergeometric.h"
#include "math/quadrature.h"
#include "math/special.h"

/* FNV-1a, 64 bits, over the eight bytes of each double, lowest first; all NaNs
 * are one. */
struct hash {
    uint64_t state;
    int64_t n;
};

static void start(struct hash *h) {
    h->state = 0xcbf29ce484222325u;
    h->n = 0;
}

static void take(struct hash *h, double x) {
    uint64_t bits = x == x ? kam__bits(x) : 0x7ff8000000000000u;
    for (int i = 0; i < 8; i++, bits >>= 8)
        h->state = (h->state ^ (bits & 0xff)) * 0x100000001b3u;
    h->n++;
}

static void take_all(struct hash *h, const double *x, int64_t n) {
    for (int64_t i = 0; i < n; i++) take(h, x[i]);
}

static void say(const char *name, const struct hash *h) {
    printf("%s %lld %016llx\n", name, (long long)h->n,
           (unsigned long long)h->state);
}

/* Marsaglia (2003), Xorshift RNGs. */
static uint64_t next_bits(uint64_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static double between(uint64_t *seed, double low, double high) {
    return low + (double)(next_bits(seed) >> 11) * 0x1p-53 * (high - low);
}

/* Any mantissa; a binary exponent from low to high. */
static double wide(uint64_t *seed, int low, int high) {
    const uint64_t bits = next_bits(seed);
    const int exponent =
        low + (int)(next_bits(seed) % (uint64_t)(high - low + 1));
    const double m = kam__double((bits >> 12) | 0x3ff0000000000000u);
    return kam__scale(m, exponent);
}

static double any_sign(uint64_t *seed, double x) {
    return next_bits(seed) & 1024 ? x : -x;
}

static const double odd[] = {0.0,
                             -0.0,
                             1.0,
                             -1.0,
                             2.0,
                             3.0,
                             0x1p-1074,
                             -0x1p-1074,
                             0x1p-1022,
                             0x1.fffffffffffffp1023,
                             -0x1.fffffffffffffp1023,
                             (double)INFINITY,
                             -(double)INFINITY,
                             (double)NAN};
enum { N_ODD = sizeof odd / sizeof *odd, TILE = 1000 };
static int64_t tiles = 1000;

static double argument(uint64_t *seed, int64_t i, double low, double high) {
    if (i < N_ODD) return odd[i];
    if (i % 4 == 0) return any_sign(seed, wide(seed, -1074, 1023));
    if (i % 4 == 1) return any_sign(seed, wide(seed, -60, 10));
    return between(seed, low, high);
}

typedef void (*array_function)(double *out, const double *x, int64_t n);

static void hash_array(const char *name, array_function f, double low,
                       double high) {
    double x[TILE], out[TILE];
    uint64_t seed = 88172645463325252u;
    struct hash h;
    start(&h);
    for (int64_t t = 0; t < tiles; t++) {
        for (int64_t i = 0; i < TILE; i++)
            x[i] = argument(&seed, t * TILE + i, low, high);
        f(out, x, TILE);
        take_all(&h, out, TILE);
        if (t == 99 || t == 999) say(name, &h);
    }
}

static void hash_pow(void) {
    double x[TILE], y[TILE], out[TILE];
    uint64_t seed = 1181783497276652981u;
    struct hash h;
    start(&h);
    for (int64_t t = 0; t < tiles; t++) {
        for (int64_t i = 0; i < TILE; i++) {
            const int64_t k = t * TILE + i;
            x[i] = k < N_ODD * N_ODD ? odd[k / N_ODD]
                   : k % 2           ? wide(&seed, -1074, 1023)
                                     : between(&seed, 0.5, 2);
            y[i] = k < N_ODD * N_ODD ? odd[k % N_ODD]
                                     : any_sign(&seed, wide(&seed, -20, 9));
        }
        kam__elementary_base.pow(out, x, y, TILE);
        take_all(&h, out, TILE);
        if (t == 99 || t == 999) say("pow", &h);
    }
}

static void hash_elementary(void) {
    const struct kam__elementary *k = &kam__elementary_base;
    hash_array("exp", k->exp, -750, 715);
    hash_array("expm1", k->expm1, -42, 80);
    hash_array("log", k->log, 0.4, 3);
    hash_array("log1p", k->log1p, -1, 3);
    hash_array("lgamma", k->lgamma, 0, 30);
    hash_pow();
}

static void hash_one(const char *name, double (*f)(double), int64_t n,
                     double low, double high) {
    uint64_t seed = 2685821657736338717u;
    struct hash h;
    start(&h);
    for (int64_t i = 0; i < n; i++) take(&h, f(argument(&seed, i, low, high)));
    say(name, &h);
}

static void hash_two(const char *name, double (*f)(double, double), int64_t n) {
    uint64_t seed = 7046029254386353131u;
    struct hash h;
    start(&h);
    for (int64_t i = 0; i < n; i++) {
        const double a = i % 2 ? between(&seed, 0, 40) : wide(&seed, -300, 40);
        const double b = i % 3 ? between(&seed, 0, 40) : wide(&seed, -60, 24);
        take(&h,
             i < N_ODD * N_ODD ? f(odd[i / N_ODD], odd[i % N_ODD]) : f(a, b));
    }
    say(name, &h);
}

static double gamma_p_inverse(double a, double x) {
    return kam__gamma_p_inverse(a, x < 40 ? x * 0.025 : 0.5);
}

static void hash_special(void) {
    hash_one("digamma", kam__digamma, 200000, 0, 20);
    hash_one("trigamma", kam__trigamma, 200000, 0, 20);
    hash_one("erfc", kam__erfc, 100000, -6, 28);
    hash_one("normal_quantile", kam__normal_quantile, 100000, 0, 1);
    hash_two("lgamma_difference", kam__lgamma_difference, 200000);
    hash_two("digamma_difference", kam__digamma_difference, 100000);
    hash_two("trigamma_difference", kam__trigamma_difference, 100000);
    hash_two("lbeta", kam__lbeta, 100000);
    hash_two("gamma_p", kam__gamma_p, 4000);
    hash_two("gamma_q", kam__gamma_q, 4000);
    hash_two("gamma_p_inverse", gamma_p_inverse, 500);
}

static void hash_hypergeometric(void) {
    uint64_t seed = 3935559000370003845u;
    struct hash h;
    start(&h);
    for (int i = 0; i < 40; i++) {
        const double a = between(&seed, -2, 20), b = between(&seed, 0, 20);
        const double c = between(&seed, 0, 40), w = wide(&seed, -20, -1);
        double scale;
        take(&h, kam__hyp2f1(a, b, c, i % 2 ? 1 - w : -1 / w));
        take(&h, kam__hyp2f1_scaled(30 * a, b, c, 1 - w, &scale));
        take(&h, scale);
    }
    say("hyp2f1", &h);
}

static void hash_quadrature(void) {
    const struct kam__rule *rules[] = {&kam__legendre8, &kam__legendre16,
                                       &kam__legendre32};
    struct hash h;
    start(&h);
    for (int r = 0; r < 3; r++) {
        take_all(&h, rules[r]->node, rules[r]->n);
        take_all(&h, rules[r]->weight, rules[r]->n);
    }
    say("quadrature", &h);
}

static void hash_sums(void) {
    double x[TILE], weight[TILE];
    kam_sum one = {0, 0}, many = {0, 0};
    uint64_t seed = 4101842887655102017u;
    struct hash h;
    start(&h);
    for (int64_t t = 0; t < tiles; t++) {
        for (int64_t i = 0; i < TILE; i++) {
            x[i] = any_sign(&seed, wide(&seed, -70, 30));
            weight[i] = (double)(next_bits(&seed) >> 54);
        }
        if (t % 10 == 0)
            for (int64_t i = 0; i < TILE; i++) kam_sum_add(&one, x[i]);
        kam__accumulate(&many, x, t % 2 ? weight : NULL, TILE);
        take(&h, kam_sum_value(&one));
        take(&h, kam_sum_value(&many));
        if (t == 99 || t == 999) say("sum", &h);
    }
}

/* A book of every kind of account, some impossible. */
enum { BOOK = 500, FIT = 200, FEW = 16 };
static kam_account book[BOOK];
static double answer[BOOK], answer_2[BOOK];

static void make_book(kam_accounts *view) {
    uint64_t seed = 6364136223846793005u;
    memset(view, 0, sizeof *view);
    view->struct_size = sizeof *view;
    for (int i = 0; i < BOOK; i++) {
        kam_account *a = &book[i];
        memset(a, 0, sizeof *a);
        a->age_periods = between(&seed, 0, 200);
        a->repeat_orders = floor(wide(&seed, i < FIT ? -2 : -3, 5));
        a->last_order_periods =
            a->repeat_orders > 0 ? a->age_periods * between(&seed, 0, 1) : 0;
        a->mean_order_value = a->repeat_orders > 0 ? between(&seed, 1, 300) : 0;
        a->gross_revenue = a->mean_order_value * (a->repeat_orders + 1);
        a->direct_cost = a->gross_revenue * between(&seed, 0.2, 1.1);
        a->weight = (double)NAN;
    }
    book[BOOK - 1].repeat_orders = -1;
    book[BOOK - 2].age_periods = (double)INFINITY;
    book[BOOK - 3].last_order_periods = 1e9;
    book[BOOK - 4].repeat_orders = 3000;
    kam_accounts_of(book, sizeof *book, BOOK, view);
}

static void hash_btyd(const char *name, const kam_btyd *m,
                      const kam_accounts *all, const kam_accounts *few) {
    static kam_reason reasons[BOOK * 4];
    const double reference[3] = {3, 40, 60}, ever = (double)INFINITY;
    const double horizons[3] = {0.5, 52, ever};
    struct hash h;
    start(&h);
    kam_btyd_log_likelihood(m, all, NULL, answer, NULL, NULL);
    take_all(&h, answer, BOOK);
    for (int k = 0; k < 3; k++) {
        const double horizon = horizons[k], ahead = k * 10.0;
        kam_btyd_alive(m, all, ahead, NULL, answer, NULL, NULL);
        take_all(&h, answer, BOOK);
        kam_btyd_expected_orders(m, all, horizon, NULL, answer, NULL, NULL);
        take_all(&h, answer, BOOK);
        kam_btyd_no_order(m, all, horizon, NULL, answer, NULL, NULL);
        take_all(&h, answer, BOOK);
        kam_btyd_discounted_orders(m, few, horizon, 0.002, NULL, answer, NULL,
                                   NULL);
        take_all(&h, answer, FEW);
    }
    kam_btyd_reasons(m, all, 52, reference, NULL, reasons, NULL, NULL);
    for (int i = 0; i < 4 * BOOK; i++) take(&h, reasons[i].contribution);
    say(name, &h);
}

/* Families with a rhythm, and by period. */
static void hash_rhythm(const char *name, const kam_btyd *m,
                        const kam_accounts *few, int64_t n) {
    enum { COUNTS = 4 };
    struct hash h;
    start(&h);
    kam_btyd_alive(m, few, 26, NULL, answer, NULL, NULL);
    take_all(&h, answer, n);
    kam_btyd_expected_orders(m, few, 52, NULL, answer, NULL, NULL);
    take_all(&h, answer, n);
    kam_btyd_no_order(m, few, 26, NULL, answer, NULL, NULL);
    take_all(&h, answer, n);
    kam_btyd_next_order_by(m, few, 0.5, NULL, answer, NULL, NULL);
    take_all(&h, answer, n);
    kam_btyd_discounted_orders(m, few, 26, 0.002, NULL, answer, NULL, NULL);
    take_all(&h, answer, n);
    kam_btyd_order_counts(m, few, 13, COUNTS, NULL, answer, NULL, NULL);
    take_all(&h, answer, COUNTS * n);
    say(name, &h);
}

static void hash_periods(void) {
    enum { ROWS = 100 };
    static double x[ROWS], t_x[ROWS], n[ROWS];
    const kam_btyd model = {KAM_BTYD_BGBB, 4, 30, {1.2, 0.75, 0.66, 2.8}};
    kam_accounts rows = {.struct_size = sizeof rows, .n_rows = ROWS};
    for (int i = 0; i < ROWS; i++) {
        n[i] = i % 61;
        t_x[i] = i % 7 == 0 ? 0 : i % ((int)n[i] + 1);
        x[i] = t_x[i] > 0 ? 1 + i % (int)t_x[i] : 0;
    }
    rows.repeat_orders.values = x;
    rows.last_order_periods.values = t_x;
    rows.age_periods.values = n;
    rows.repeat_orders.type = rows.last_order_periods.type =
        rows.age_periods.type = KAM_F64;
    hash_rhythm("bgbb", &model, &rows, ROWS);
}

static void take_report(struct hash *h, kam_status status,
                        const kam_estimate_report *report) {
    take(h, status);
    take(h, report->n_evaluations);
    take(h, report->log_likelihood);
    take(h, report->gradient);
    take(h, report->condition);
}

static void hash_fit(const char *name, int32_t family,
                     const kam_accounts *part) {
    kam_btyd model;
    double covariance[16] = {0};
    kam_estimate_report report;
    struct hash h;
    start(&h);
    memset(&model, 0, sizeof model);
    memset(&report, 0, sizeof report);
    report.struct_size = sizeof report;
    const kam_status status = kam_btyd_fit(family, part, 1, 7, NULL, NULL,
                                           &model, covariance, &report, NULL);
    take_all(&h, model.parameter, 8);
    take_all(&h, covariance, 16);
    take_report(&h, status, &report);
    say(name, &h);
}

static void hash_spend(const kam_accounts *view, const kam_accounts *part) {
    kam_spend model = {KAM_SPEND_GAMMA_GAMMA, 3, {6.25, 3.74, 15.44, 0}};
    kam_spend fitted;
    double covariance[9] = {0};
    kam_estimate_report report;
    struct hash h;
    start(&h);
    memset(&fitted, 0, sizeof fitted);
    memset(&report, 0, sizeof report);
    report.struct_size = sizeof report;
    kam_spend_log_likelihood(&model, view, NULL, answer, NULL, NULL);
    take_all(&h, answer, BOOK);
    kam_spend_expected(&model, view, NULL, answer, NULL, NULL);
    take_all(&h, answer, BOOK);
    const kam_status status =
        kam_spend_fit(KAM_SPEND_GAMMA_GAMMA, part, 1, NULL, NULL, &fitted,
                      covariance, &report, NULL);
    take_all(&h, fitted.parameter, 4);
    take_all(&h, covariance, 9);
    take_report(&h, status, &report);
    say("spend", &h);
}

static void hash_retention(void) {
    kam_retention model = {KAM_RETENTION_BDW, 3, 365, {0.7, 1.2, 1.3, 0}};
    kam_retention fitted;
    kam_accounts contracts = {.struct_size = sizeof contracts};
    static double ended[FEW];
    double covariance[9] = {0};
    kam_estimate_report report;
    struct hash h;
    start(&h);
    memset(&fitted, 0, sizeof fitted);
    memset(&report, 0, sizeof report);
    report.struct_size = sizeof report;
    contracts.n_rows = FEW;
    for (int i = 0; i < FEW; i++) {
        answer_2[i] = i % 11;
        ended[i] = i % 3 == 0;
    }
    contracts.renewals.values = answer_2;
    contracts.contract_ended.values = ended;
    contracts.renewals.type = contracts.contract_ended.type = KAM_F64;
    kam_retention_log_likelihood(&model, &contracts, NULL, answer, NULL, NULL);
    take_all(&h, answer, FEW);
    kam_retention_residual(&model, &contracts, INFINITY, 0.1, NULL, answer,
                           NULL, NULL);
    take_all(&h, answer, FEW);
    model.family = KAM_RETENTION_SBG;
    model.n_parameters = 2;
    kam_retention_residual(&model, &contracts, 12, 0.1, NULL, answer, NULL,
                           NULL);
    take_all(&h, answer, FEW);
    const kam_status status =
        kam_retention_fit(KAM_RETENTION_SBG, &contracts, 1, 365, NULL, NULL,
                          &fitted, covariance, &report, NULL);
    take_all(&h, fitted.parameter, 4);
    take_all(&h, covariance, 4);
    take_report(&h, status, &report);
    say("retention", &h);
}

static void hash_clv(const kam_btyd *orders, const kam_accounts *few) {
    const kam_spend spend = {KAM_SPEND_GAMMA_GAMMA, 3, {6.25, 3.74, 15.44, 0}};
    struct hash h;
    start(&h);
    kam_clv_value(orders, &spend, few, NULL, NULL, answer, NULL, NULL);
    take_all(&h, answer, FEW);
    kam_clv_interval(orders, NULL, &spend, NULL, few, NULL, NULL, answer,
                     answer_2, NULL, NULL);
    take_all(&h, answer, FEW);
    take_all(&h, answer_2, FEW);
    say("clv", &h);
}

static void slice(const kam_accounts *of, int64_t n, kam_accounts *part) {
    memset(part, 0, sizeof *part);
    part->struct_size = sizeof *part;
    kam_accounts_slice(of, 0, n, part);
}

static void hash_outlook(void) {
    const kam_retention models[] = {
        {KAM_RETENTION_BDW, 3, 30.4375, {0.7, 1.2, 1.3, 0}},
        {KAM_RETENTION_SHARED, 2, 365.25, {0.8, 2.5, 0, 0}}};
    const double covariance[18] = {0.3, 0.1, 0,   0.1, 0.2, 0,  0,
                                   0,   0.1, 0.2, 0.1, 0.1, 0.3};
    static int64_t first[FEW + 1];
    static int32_t model[3 * FEW], state[3 * FEW];
    static double renewals[3 * FEW], ended[3 * FEW], left[3 * FEW];
    static double value[3 * FEW], out[6][3 * FEW];
    struct hash h;
    start(&h);
    for (int i = 0; i < 3 * FEW; i++) {
        first[i / 3 + 1] = i + 1;
        model[i] = i % 3 > 0;
        state[i] = 1 + i % 7 % 3;
        renewals[i] = i % 11;
        ended[i] = state[i] == KAM_CONTRACTS_ENDED;
        left[i] = i % 13 / 13.0;
        value[i] = 100 + i % 17;
    }
    const kam_retention_contracts book = {.struct_size = sizeof book,
                                          .n_models = 2,
                                          .n_rows = FEW,
                                          .models = models,
                                          .covariance = covariance,
                                          .first = first,
                                          .model = model,
                                          .state = state,
                                          .renewals = renewals,
                                          .contract_ended = ended,
                                          .periods_to_end = left,
                                          .contract_value = value};
    const kam_retention_outlook_out to = {.struct_size = sizeof to,
                                          .renewal = out[0],
                                          .length = out[1],
                                          .value = out[2],
                                          .value_low = out[3],
                                          .value_high = out[4],
                                          .lapse = out[5]};
    kam_retention_outlook(&book, 500, 0.1, 0.8, NULL, &to, NULL);
    for (int k = 0; k < 6; k++) take_all(&h, out[k], k < 2 ? 3 * FEW : FEW);
    say("outlook", &h);
}

int main(int n, char **word) {
    (void)word;
    if (n > 1) tiles = 100;
    kam_accounts all, some, few;
    /* Fader, Hardie & Lee (2005), CDNOW; the second is of that size */
    const kam_btyd bg = {KAM_BTYD_BGNBD, 4, 7, {0.243, 4.414, 0.793, 2.426}};
    const kam_btyd mbg = {KAM_BTYD_MBGNBD, 4, 7, {0.525, 6.183, 0.891, 1.614}};
    const kam_btyd pnbd = {KAM_BTYD_PNBD, 4, 7, {0.553, 10.58, 0.606, 11.67}};
    const kam_btyd ggomnbd = {KAM_BTYD_GGOMNBD,
                              5,
                              7,
                              {0.55, 10, 0.02, 0.6, 0.5}};
    hash_elementary();
    hash_special();
    hash_hypergeometric();
    hash_quadrature();
    hash_sums();
    make_book(&all);
    slice(&all, FIT, &some);
    slice(&all, FEW, &few);
    hash_btyd("bgnbd", &bg, &all, &few);
    hash_btyd("mbgnbd", &mbg, &all, &few);
    hash_fit("bgnbd_fit", KAM_BTYD_BGNBD, &some);
    hash_fit("mbgnbd_fit", KAM_BTYD_MBGNBD, &some);
    kam_accounts fewer;
    slice(&all, 100, &fewer);
    const kam_btyd regular = {KAM_BTYD_MBGCNBD, 5, 7, {0.5, 2.1, 0.9, 1.6, 3}};
    hash_rhythm("mbgcnbd", &regular, &fewer, 100);
    hash_periods();
    hash_btyd("pnbd", &pnbd, &all, &few);
    hash_fit("pnbd_fit", KAM_BTYD_PNBD, &some);
    hash_btyd("ggomnbd", &ggomnbd, &all, &few);
    hash_spend(&all, &some);
    hash_clv(&mbg, &few);
    hash_retention();
    hash_outlook();
    return 0;
}
