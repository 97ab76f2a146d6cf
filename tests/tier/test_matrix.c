/* SPDX-License-Identifier: MIT */
/* T2: the matrix of value and potential, and stable demand. */
#include "support/check.h"
#include "support/hosts.h"

/* ---- stability ---- */

struct stability {
    double variation, trend, chance, stable;
    uint32_t flags;
};

static struct stability stability_of(const kam_matrix_options *options,
                                     const double *quarter, int32_t n) {
    struct stability s;
    kam_column column[16];
    for (int32_t k = 0; k < n; k++) column[k] = column_of(quarter + k);
    const kam_matrix_stability_out out = {.struct_size = sizeof out,
                                          .variation = &s.variation,
                                          .trend = &s.trend,
                                          .chance = &s.chance,
                                          .stable = &s.stable,
                                          .row_flags = &s.flags};
    kam_diag diag = {.struct_size = sizeof diag};
    if (kam_matrix_stability(options, column, n, 1, NULL, &out, &diag) !=
        KAM_OK)
        fail_msg("%s: %s", diag.argument, diag.message);
    return s;
}

/* Kendall 1975, table of the probability that S reaches a value, eight
 * observations: S = 0, 2, ... 28. */
static void test_kendalls_table(void **state) {
    (void)state;
    static const double table[] = {0.548,  0.452,  0.360,   0.274,   0.199,
                                   0.138,  0.089,  0.054,   0.031,   0.016,
                                   0.0071, 0.0028, 0.00087, 0.00020, 0.000025};
    double quarter[8] = {8, 7, 6, 5, 4, 3, 2, 1};
    for (int falls = 28; falls >= 14; falls--) { /* S = 28 - 2 falls, negated */
        const int s = 2 * falls - 28;
        const struct stability a = stability_of(NULL, quarter, 8);
        assert_bits(a.trend, -s / 28.0);
        const double printed = table[s / 2];
        const double last = printed >= 0.01    ? 0.0005
                            : printed >= 0.001 ? 0.00005
                            : printed >= 1e-4  ? 0.000005
                                               : 0.0000005;
        assert_near(a.chance, printed, last * 1.001);
        /* One fall less: swap the first neighbours that fall. */
        for (int k = 0; k < 7; k++)
            if (quarter[k] > quarter[k + 1]) {
                const double t = quarter[k];
                quarter[k] = quarter[k + 1];
                quarter[k + 1] = t;
                break;
            }
    }
    assert_bits(
        stability_of(NULL, (double[]){8, 7, 6, 5, 4, 3, 2, 1}, 8).chance,
        1.0 / 40320);
}

static int falls_of(const double *q, int n) {
    int falls = 0;
    for (int j = 0; j < n; j++)
        for (int i = 0; i < j; i++) falls += q[j] < q[i];
    return falls;
}

/* All orders of `n` values by Heap's method; counts those with `least` falls or
 * more. */
static void count_orders(double *q, int k, int n, int least, double *many,
                         double *all) {
    if (k <= 1) {
        *all += 1;
        *many += falls_of(q, n) >= least;
        return;
    }
    for (int i = 0; i < k; i++) {
        count_orders(q, k - 1, n, least, many, all);
        const int at = k % 2 ? 0 : i;
        const double t = q[at];
        q[at] = q[k - 1];
        q[k - 1] = t;
    }
}

/* With ties, against all orders there are. */
static void test_ties_are_exact(void **state) {
    (void)state;
    uint64_t seed = 6;
    kam_matrix_options options;
    assert_status(kam_matrix_options_init(&options, sizeof options), KAM_OK);
    options.least_quarters = 3;
    for (int round = 0; round < 60; round++) {
        const int n = 3 + round % 5;
        double q[7], copy[7], many = 0, all = 0;
        for (int i = 0; i < n; i++)
            q[i] = copy[i] = 1 + floor(random_unit(&seed) * 4);
        count_orders(copy, n, n, falls_of(q, n), &many, &all);
        assert_bits(stability_of(&options, q, n).chance, many / all);
    }
}

static void test_sixteen_quarters(void **state) {
    (void)state;
    double q[16], same[16];
    for (int i = 0; i < 16; i++) {
        q[i] = 16 - i;
        same[i] = 5;
    }
    assert_bits(stability_of(NULL, q, 16).chance, 1 / 20922789888000.0);
    for (int i = 0; i < 16; i++) q[i] = i;
    assert_bits(stability_of(NULL, q, 16).chance, 1);
    const struct stability a = stability_of(NULL, same, 16);
    assert_bits(a.chance, 1);
    assert_bits(a.variation, 0);
    assert_bits(a.trend, 0);
    assert_bits(a.stable, 1);
}

static void test_variation(void **state) {
    (void)state;
    /* Mean 100, deviations +-35, n - 1 = 7: 35 sqrt(8 / 7) = 37.4 > 35. */
    const double wide[] = {65, 135, 65, 135, 65, 135, 65, 135};
    struct stability a = stability_of(NULL, wide, 8);
    assert_near(a.variation, 0.35 * sqrt(8.0 / 7), 1e-15);
    assert_bits(a.stable, 0);
    assert_int_equal(a.flags, 0);
    kam_matrix_options options;
    assert_status(kam_matrix_options_init(&options, sizeof options), KAM_OK);
    options.most_variation = a.variation; /* exactly at the limit */
    assert_bits(stability_of(&options, wide, 8).stable, 1);
    /* Little variation, but it falls every quarter. */
    const double falling[] = {107, 106, 105, 104, 103, 102, 101, 100};
    a = stability_of(NULL, falling, 8);
    assert_true(a.variation < 0.03);
    assert_bits(a.stable, 0);
    options.trend_level = 1.0 / 40320 - 1e-9; /* asks for a clearer fall */
    assert_bits(stability_of(&options, falling, 8).stable, 1);
    options.trend_level = 1.0 / 40320; /* exactly as clear as asked */
    assert_bits(stability_of(&options, falling, 8).stable, 0);
}

static void test_quarters_that_are_not_known(void **state) {
    (void)state;
    const double gap[] = {1, 2, NAN, 1, 2, 1, 2, 1, 2};
    const double few[] = {NAN, 1, 1, 1, 1, 1, 1, 1};
    const double zero[] = {0, 0, 0, 0, 0, 0, 0, 0};
    const double infinite[] = {1, 1, 1, 1, 1, 1, 1, INFINITY};
    assert_bits(
        stability_of(NULL, gap, 9).variation,
        stability_of(NULL, (double[]){1, 2, 1, 2, 1, 2, 1, 2}, 8).variation);
    struct stability a = stability_of(NULL, few, 8);
    assert_true(isnan(a.variation) && isnan(a.trend) && isnan(a.chance) &&
                isnan(a.stable));
    assert_int_equal(a.flags, KAM_ROW_MISSING);
    kam_matrix_options options;
    assert_status(kam_matrix_options_init(&options, sizeof options), KAM_OK);
    options.least_quarters = 7;
    assert_bits(stability_of(&options, few, 8).stable, 1);
    /* No demand is not stable demand. */
    a = stability_of(NULL, zero, 8);
    assert_bits(a.stable, 0);
    assert_true(isnan(a.variation));
    assert_int_equal(a.flags, KAM_ROW_DOMAIN);
    a = stability_of(NULL, infinite, 8);
    assert_true(isnan(a.stable));
    assert_int_equal(a.flags, KAM_ROW_DOMAIN);
}

/* Money in another unit changes nothing; many are as one. */
static void test_scale_and_slices(void **state) {
    (void)state;
    enum { N = 3000 };
    static double q[N][8], scaled[N][8], stable[2][N], chance[2][N];
    static uint32_t flags[2][N];
    kam_column column[8], other[8];
    uint64_t seed = 12;
    for (int i = 0; i < N; i++)
        for (int k = 0; k < 8; k++) {
            q[i][k] =
                i % 50 == 3 ? (double)NAN : random_unit(&seed) * 3 + k % 2;
            scaled[i][k] = q[i][k] * 0x1p40;
        }
    for (int k = 0; k < 8; k++) {
        column[k] = column_of(&q[0][k]);
        other[k] = column_of(&scaled[0][k]);
        column[k].stride = other[k].stride = sizeof q[0];
    }
    kam_matrix_stability_out out = {.struct_size = sizeof out};
    out.stable = stable[0];
    out.chance = chance[0];
    out.row_flags = flags[0];
    assert_status(kam_matrix_stability(NULL, column, 8, N, NULL, &out, NULL),
                  KAM_OK);
    for (int64_t first = 0; first < N; first += 700) {
        const int64_t n = N - first < 700 ? N - first : 700;
        kam_column part[8];
        for (int k = 0; k < 8; k++) {
            part[k] = other[k];
            part[k].offset = first;
        }
        out.stable = stable[1] + first;
        out.chance = chance[1] + first;
        out.row_flags = flags[1] + first;
        assert_status(kam_matrix_stability(NULL, part, 8, n, NULL, &out, NULL),
                      KAM_OK);
    }
    assert_memory_equal(stable[0], stable[1], sizeof stable[0]);
    assert_memory_equal(chance[0], chance[1], sizeof chance[0]);
    assert_memory_equal(flags[0], flags[1], sizeof flags[0]);
}

/* ---- the matrix ---- */

static kam_matrix fit(const kam_matrix_options *options, const double *revenue,
                      int64_t n) {
    const kam_column column = column_of(revenue);
    kam_matrix matrix;
    kam_diag diag = {.struct_size = sizeof diag};
    if (kam_matrix_fit(options, &column, n, NULL, &matrix, &diag) != KAM_OK)
        fail_msg("%s: %s", diag.argument, diag.message);
    return matrix;
}

struct place {
    int32_t class;
    double value, potential, wallet_share;
    uint32_t flags;
};

static struct place classify(const kam_matrix *matrix, double revenue,
                             double stable, double growth, double wallet,
                             double pain) {
    struct place p;
    kam_matrix_rows rows = {.struct_size = sizeof rows, .n_rows = 1};
    rows.revenue = column_of(&revenue);
    rows.stable = column_of(&stable);
    rows.growth = column_of(&growth);
    rows.wallet = column_of(&wallet);
    rows.pain = column_of(&pain);
    const kam_matrix_out out = {.struct_size = sizeof out,
                                .matrix_class = &p.class,
                                .value_score = &p.value,
                                .potential_score = &p.potential,
                                .wallet_share = &p.wallet_share,
                                .row_flags = &p.flags};
    assert_status(kam_matrix_classify(matrix, &rows, NULL, &out, NULL), KAM_OK);
    return p;
}

static void expect(struct place p, int32_t matrix_class, uint32_t flags) {
    assert_int_equal(p.class, matrix_class);
    assert_int_equal(p.flags, flags);
}

/* Twenty accounts, 1 to 20: the top 10 % are 19 and 20, the upper half from 11. */
static kam_matrix twenty(const kam_matrix_options *options) {
    double revenue[20];
    for (int i = 0; i < 20; i++) revenue[i] = i + 1;
    return fit(options, revenue, 20);
}

static void test_fit(void **state) {
    (void)state;
    kam_matrix m = twenty(NULL);
    assert_bits(m.top_limit, 19);
    assert_bits(m.middle_limit, 11);
    assert_int_equal(m.defaults, 63);
    kam_matrix_options options;
    assert_status(kam_matrix_options_init(&options, sizeof options), KAM_OK);
    options.top_basis = KAM_TIER_BY_TOTAL; /* 20 of 210 is short of 10 % */
    options.high_growth = 0.2;
    m = twenty(&options);
    assert_bits(m.top_limit, 19);
    assert_int_equal(m.defaults, 63 - KAM_MATRIX_DEFAULT_TOP -
                                     KAM_MATRIX_DEFAULT_HIGH_GROWTH);
    options.top_share = 0.09;
    assert_bits(twenty(&options).top_limit, 20);
    /* One account, and all equal: ties are in. */
    const double equal[] = {7, 7, NAN, 7};
    m = fit(NULL, equal, 1);
    assert_bits(m.top_limit, 7);
    assert_bits(m.middle_limit, 7);
    m = fit(NULL, equal, 4);
    assert_bits(m.top_limit, 7);
    assert_bits(m.middle_limit, 7);
}

static void test_classes_and_their_edges(void **state) {
    (void)state;
    const kam_matrix m = twenty(NULL);
    expect(classify(&m, 19, 1, 0, 100, 0), KAM_MATRIX_CORE, 0);
    expect(classify(&m, 18.99, 1, 0.10, 100, 0), KAM_MATRIX_HIGH_POTENTIAL, 0);
    expect(classify(&m, 11, 0, 0.10, 100, 0), KAM_MATRIX_HIGH_POTENTIAL, 0);
    expect(classify(&m, 10.99, 0, 0.10, 100, 0), KAM_MATRIX_UNCLASSIFIED, 0);
    expect(classify(&m, 11, 0, 0.0999, 100, 0), KAM_MATRIX_UNCLASSIFIED, 0);
    /* Top revenue, but unstable: neither core nor the middle. */
    expect(classify(&m, 19, 0, 0.5, 20, 3), KAM_MATRIX_UNCLASSIFIED, 0);
    /* Limited headroom: 60 % of the wallet, or little growth. */
    expect(classify(&m, 12, 1, 0.05, 20, 0), KAM_MATRIX_MAINTAIN, 0);
    expect(classify(&m, 12, 1, 0.05, 20.01, 0), KAM_MATRIX_UNCLASSIFIED, 0);
    expect(classify(&m, 12, 1, 0.029, NAN, 0), KAM_MATRIX_MAINTAIN, 0);
    expect(classify(&m, 12, 1, 0.03, NAN, 0), KAM_MATRIX_UNCLASSIFIED, 0);
    /* A known wallet decides alone. */
    expect(classify(&m, 12, 1, 0.01, 100, 0), KAM_MATRIX_UNCLASSIFIED, 0);
    expect(classify(&m, 5, 0, 0, 100, 1), KAM_MATRIX_DEVELOP, 0);
    expect(classify(&m, 5, 0, 0, 100, 0), KAM_MATRIX_UNCLASSIFIED, 0);
    /* First match wins: maintain before develop. */
    expect(classify(&m, 5, 1, 0, 6, 1), KAM_MATRIX_MAINTAIN, 0);
    expect(classify(&m, 0, 0, 0, 6, 1), KAM_MATRIX_DEVELOP, 0);
    expect(classify(&m, -3, 0, 0, 6, 1), KAM_MATRIX_DEVELOP, 0);
}

static void test_what_is_missing(void **state) {
    (void)state;
    const kam_matrix m = twenty(NULL);
    const uint32_t missing = KAM_ROW_MISSING;
    expect(classify(&m, NAN, 1, 0.2, 10, 1), KAM_MATRIX_UNKNOWN, missing);
    expect(classify(&m, NAN, NAN, NAN, NAN, NAN), KAM_MATRIX_UNKNOWN, missing);
    expect(classify(&m, 20, NAN, 0.2, 10, 1), KAM_MATRIX_UNKNOWN, missing);
    expect(classify(&m, 12, 1, NAN, 10, 1), KAM_MATRIX_UNKNOWN, missing);
    expect(classify(&m, 5, NAN, 0.2, 6, 1), KAM_MATRIX_UNKNOWN, missing);
    expect(classify(&m, 5, 0, NAN, NAN, NAN), KAM_MATRIX_UNKNOWN, missing);
    /* What does not matter is not asked for. */
    expect(classify(&m, 20, 1, NAN, NAN, NAN), KAM_MATRIX_CORE, 0);
    expect(classify(&m, 12, NAN, 0.2, NAN, NAN), KAM_MATRIX_HIGH_POTENTIAL, 0);
    expect(classify(&m, 5, 0, NAN, NAN, 1), KAM_MATRIX_DEVELOP, 0);
    expect(classify(&m, 12, NAN, 0.05, 100, NAN), KAM_MATRIX_UNCLASSIFIED, 0);
    /* Out of range is as missing, and said. */
    expect(classify(&m, 5, 1, 0.01, 0, 1), KAM_MATRIX_MAINTAIN, KAM_ROW_DOMAIN);
    expect(classify(&m, 5, 0, 0, 100, -1), KAM_MATRIX_UNKNOWN,
           KAM_ROW_DOMAIN | missing);
    /* Or a condition that is not known does not hold. */
    kam_matrix_options options;
    assert_status(kam_matrix_options_init(&options, sizeof options), KAM_OK);
    options.missing_is_no = 1;
    const kam_matrix lenient = twenty(&options);
    expect(classify(&lenient, 5, NAN, NAN, NAN, 1), KAM_MATRIX_DEVELOP,
           missing);
    expect(classify(&lenient, 20, NAN, NAN, NAN, NAN), KAM_MATRIX_UNCLASSIFIED,
           missing);
    expect(classify(&lenient, NAN, 1, 0, 10, 1), KAM_MATRIX_UNKNOWN, missing);
}

static void test_axes(void **state) {
    (void)state;
    const kam_matrix m = twenty(NULL);
    assert_bits(classify(&m, 0, 1, 0, 1, 0).value, 0);
    assert_bits(classify(&m, -5, 1, 0, 1, 0).value, 0);
    assert_bits(classify(&m, 5.5, 1, 0, 1, 0).value, 0.25);
    assert_bits(classify(&m, 11, 1, 0, 1, 0).value, 0.5);
    assert_bits(classify(&m, 15, 1, 0, 1, 0).value, 0.75);
    assert_bits(classify(&m, 19, 1, 0, 1, 0).value, 1);
    assert_bits(classify(&m, 1e9, 1, 0, 1, 0).value, 1);
    assert_true(isnan(classify(&m, NAN, 1, 0, 1, 0).value));
    assert_bits(classify(&m, 5, 1, 0.05, 20, 0).potential, 0.625);
    assert_bits(classify(&m, 5, 1, 0.5, 5, 0).potential, 0.5);
    assert_bits(classify(&m, 5, 1, -0.5, NAN, 0).potential, 0);
    assert_bits(classify(&m, 5, 1, NAN, 4, 0).potential, 0);
    assert_true(isnan(classify(&m, 5, 1, NAN, NAN, 0).potential));
    assert_bits(classify(&m, 5, 1, NAN, 4, 0).wallet_share, 1.25);
    /* More revenue is never less on the axis. */
    double last = 0;
    for (double revenue = -2; revenue < 25; revenue += 0.1) {
        const double value = classify(&m, revenue, 1, 0, 1, 0).value;
        assert_true(value >= last);
        last = value;
    }
}

/* The same book in other money has the same classes. */
static void test_money_of_another_unit(void **state) {
    (void)state;
    enum { N = 400 };
    static double revenue[2][N], wallet[2][N], stable[N], growth[N], pain[N];
    static int32_t class[2][N];
    uint64_t seed = 2;
    for (int i = 0; i < N; i++) {
        revenue[0][i] = exp(8 * random_unit(&seed));
        wallet[0][i] = revenue[0][i] * (1 + 2 * random_unit(&seed));
        revenue[1][i] = revenue[0][i] * 0x1p-20;
        wallet[1][i] = wallet[0][i] * 0x1p-20;
        stable[i] = random_unit(&seed) < 0.5;
        growth[i] = random_unit(&seed) * 0.2;
        pain[i] = floor(random_unit(&seed) * 3);
    }
    int64_t counts[6] = {0};
    for (int k = 0; k < 2; k++) {
        const kam_matrix m = fit(NULL, revenue[k], N);
        kam_matrix_rows rows = {.struct_size = sizeof rows, .n_rows = N};
        rows.revenue = column_of(revenue[k]);
        rows.wallet = column_of(wallet[k]);
        rows.stable = column_of(stable);
        rows.growth = column_of(growth);
        rows.pain = column_of(pain);
        const kam_matrix_out out = {.struct_size = sizeof out,
                                    .matrix_class = class[k]};
        assert_status(kam_matrix_classify(&m, &rows, NULL, &out, NULL), KAM_OK);
    }
    assert_memory_equal(class[0], class[1], sizeof class[0]);
    for (int i = 0; i < N; i++) counts[class[0][i]]++;
    for (int c = KAM_MATRIX_CORE; c <= KAM_MATRIX_UNCLASSIFIED; c++)
        assert_true(counts[c] > 5);
}

static void test_wallet_rule(void **state) {
    (void)state;
    /* Keiningham et al. 2011; A12. */
    assert_near(kam_matrix_wallet_rule(1, 3), 0.500, 1e-15);
    assert_near(kam_matrix_wallet_rule(2, 3), 1.0 / 3, 1e-15);
    assert_near(kam_matrix_wallet_rule(3, 3), 1.0 / 6, 1e-15);
    assert_near(kam_matrix_wallet_rule(1, 2), 2.0 / 3, 1e-15);
    assert_near(kam_matrix_wallet_rule(2, 2), 1.0 / 3, 1e-15);
    assert_near(kam_matrix_wallet_rule(1.5, 2), 0.5, 1e-15);
    assert_near(kam_matrix_wallet_rule(1, 1), 1, 1e-15);
    const double wrong[][2] = {{0, 2},   {3, 2}, {NAN, 2},
                               {1, NAN}, {1, 0}, {1, INFINITY}};
    for (int i = 0; i < 6; i++)
        assert_true(isnan(kam_matrix_wallet_rule(wrong[i][0], wrong[i][1])));
}

static void test_names(void **state) {
    (void)state;
    static const char *const en[] = {"unknown",  "core",    "high potential",
                                     "maintain", "develop", "unclassified"};
    static const char *const zh[] = {"未知",   "核心价值", "高潜力",
                                     "维持型", "待优化",   "未分类"};
    for (int32_t c = 0; c < 6; c++) {
        assert_string_equal(kam_matrix_class_name(c, KAM_EN), en[c]);
        assert_string_equal(kam_matrix_class_name(c, KAM_ZH), zh[c]);
    }
    assert_string_equal(kam_matrix_class_name(6, KAM_ZH), "未知");
}

/* ---- refusals and memory ---- */

static void test_options(void **state) {
    (void)state;
    const double revenue[] = {1, 2, 3};
    const kam_column column = column_of(revenue);
    kam_matrix m = {.top_limit = 77};
    kam_diag diag = {.struct_size = sizeof diag};
#define REFUSED(change, expected, name)                                        \
    do {                                                                       \
        kam_matrix_options o;                                                  \
        assert_status(kam_matrix_options_init(&o, sizeof o), KAM_OK);          \
        change;                                                                \
        assert_status(kam_matrix_fit(&o, &column, 3, NULL, &m, &diag),         \
                      expected);                                               \
        assert_string_equal(diag.argument, name);                              \
        assert_bits(m.top_limit, 77);                                          \
    } while (0)
    REFUSED(o.top_basis = KAM_TIER_BY_SCORE, KAM_ERR_OPTION,
            "options.top_basis");
    REFUSED(o.top_share = 0, KAM_ERR_OPTION, "options.top_share");
    REFUSED(o.top_share = 1, KAM_ERR_OPTION, "options.top_share");
    REFUSED(o.middle_share = 1.1, KAM_ERR_OPTION, "options.middle_share");
    REFUSED(o.middle_share = 0.05, KAM_ERR_OPTION, "options.middle_share");
    REFUSED(o.high_growth = NAN, KAM_ERR_OPTION, "options.high_growth");
    REFUSED(o.low_growth = INFINITY, KAM_ERR_OPTION, "options.low_growth");
    REFUSED(o.wallet_share = NAN, KAM_ERR_OPTION, "options.wallet_share");
    REFUSED(o.pain_least = NAN, KAM_ERR_OPTION, "options.pain_least");
    REFUSED(o.most_variation = -1, KAM_ERR_OPTION, "options.most_variation");
    REFUSED(o.trend_level = 1, KAM_ERR_OPTION, "options.trend_level");
    REFUSED(o.least_quarters = 2, KAM_ERR_OPTION, "options.least_quarters");
    REFUSED(o.least_quarters = 17, KAM_ERR_OPTION, "options.least_quarters");
    REFUSED(o.missing_is_no = 2, KAM_ERR_OPTION, "options.missing_is_no");
    REFUSED(o.struct_size = 8, KAM_ERR_STRUCT, "options");
#undef REFUSED
    kam_matrix_options options;
    assert_status(kam_matrix_options_init(NULL, 8), KAM_ERR_NULL);
    assert_status(kam_matrix_options_init(&options, 8), KAM_ERR_STRUCT);
    assert_status(kam_matrix_fit(NULL, NULL, 3, NULL, &m, NULL), KAM_ERR_NULL);
    assert_status(kam_matrix_fit(NULL, &column, 3, NULL, NULL, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_matrix_fit(NULL, &column, 0, NULL, &m, NULL),
                  KAM_ERR_EMPTY);
    assert_status(kam_matrix_fit(NULL, &column, -1, NULL, &m, NULL),
                  KAM_ERR_SHAPE);
}

static void test_refuses(void **state) {
    (void)state;
    const double one = 1;
    const kam_column column[3] = {column_of(&one), column_of(&one),
                                  column_of(&one)};
    double stable = 77;
    int32_t class = 77;
    kam_matrix m = twenty(NULL);
    kam_matrix_rows rows = {.struct_size = sizeof rows, .n_rows = 1};
    kam_matrix_out out = {.struct_size = sizeof out, .matrix_class = &class};
    kam_matrix_stability_out s = {.struct_size = sizeof s, .stable = &stable};
    assert_status(kam_matrix_stability(NULL, column, 2, 1, NULL, &s, NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_matrix_stability(NULL, column, 17, 1, NULL, &s, NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_matrix_stability(NULL, NULL, 3, 1, NULL, &s, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_matrix_stability(NULL, column, 3, -1, NULL, &s, NULL),
                  KAM_ERR_SHAPE);
    assert_status(kam_matrix_stability(NULL, column, 3, 1, NULL, NULL, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_matrix_classify(NULL, &rows, NULL, &out, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_matrix_classify(&m, NULL, NULL, &out, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_matrix_classify(&m, &rows, NULL, NULL, NULL),
                  KAM_ERR_NULL);
    rows.pain.values = &one;
    rows.pain.type = 99;
    assert_status(kam_matrix_classify(&m, &rows, NULL, &out, NULL),
                  KAM_ERR_TYPE);
    rows.pain.values = NULL;
    rows.revenue.values = &one;
    rows.revenue.type = 99;
    assert_status(kam_matrix_classify(&m, &rows, NULL, &out, NULL),
                  KAM_ERR_TYPE);
    rows.revenue.values = NULL;
    kam_column bad[3] = {column[0], column[1], column[2]};
    bad[2].type = 99;
    assert_status(kam_matrix_stability(NULL, bad, 3, 1, NULL, &s, NULL),
                  KAM_ERR_TYPE);
    rows.n_rows = -1;
    assert_status(kam_matrix_classify(&m, &rows, NULL, &out, NULL),
                  KAM_ERR_SHAPE);
    rows.n_rows = 1;
    m.top_limit = 1;
    assert_status(kam_matrix_classify(&m, &rows, NULL, &out, NULL),
                  KAM_ERR_OPTION);
    m.top_limit = NAN;
    assert_status(kam_matrix_classify(&m, &rows, NULL, &out, NULL),
                  KAM_ERR_OPTION);
    assert_bits(stable, 77);
    assert_int_equal(class, 77);
}

static void test_memory(void **state) {
    (void)state;
    const double revenue[] = {1, 2, 3};
    const kam_column column = column_of(revenue);
    struct lender lender;
    kam_host host = lender_host(&lender, 0);
    kam_matrix m;
    assert_status(kam_matrix_fit(NULL, &column, 3, &host, &m, NULL), KAM_OK);
    const int64_t n_calls = lender.n_calls;
    assert_int_equal(lender.n_live, 0);
    m.top_limit = 77;
    for (int64_t fail = 1; fail <= n_calls; fail++) {
        host = lender_host(&lender, fail);
        assert_status(kam_matrix_fit(NULL, &column, 3, &host, &m, NULL),
                      KAM_ERR_MEMORY);
        assert_int_equal(lender.n_live, 0);
        assert_bits(m.top_limit, 77);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kendalls_table),
        cmocka_unit_test(test_ties_are_exact),
        cmocka_unit_test(test_sixteen_quarters),
        cmocka_unit_test(test_variation),
        cmocka_unit_test(test_quarters_that_are_not_known),
        cmocka_unit_test(test_scale_and_slices),
        cmocka_unit_test(test_fit),
        cmocka_unit_test(test_classes_and_their_edges),
        cmocka_unit_test(test_what_is_missing),
        cmocka_unit_test(test_axes),
        cmocka_unit_test(test_money_of_another_unit),
        cmocka_unit_test(test_wallet_rule),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
