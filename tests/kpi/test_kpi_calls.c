/* SPDX-License-Identifier: MIT */
/* What every call that makes key figures keeps to: order, cuts, columns, hosts,
 * bad arguments. */
#include "support/check.h"
#include "support/hosts.h"

#include "kpi/records.h"

enum { ROWS = 3001, GROUPS = 7, IDS = 4 };

static const int32_t LINE_IDS[IDS] = {KAM_KPI_REVENUE, KAM_KPI_MARGIN,
                                      KAM_KPI_GROWTH, KAM_KPI_OTIF};

struct lines {
    int32_t group[ROWS], day[ROWS], promised[ROWS], delivered[ROWS];
    double revenue[ROWS], cost[ROWS], complete[ROWS];
    kam_kpi_lines columns;
};

static void make_lines(struct lines *l, int shuffled) {
    uint64_t seed = 5;
    for (int64_t i = 0; i < ROWS; i++) {
        const int64_t at = shuffled ? shuffled_place(i, ROWS) : i;
        const double u = random_unit(&seed), v = random_unit(&seed);
        l->group[at] = (int32_t)(u * GROUPS);
        l->day[at] = (int32_t)(v * 100);
        l->revenue[at] = u < 0.1 ? NAN : exp(20 * v) * (u - 0.2);
        l->cost[at] = v < 0.1 ? NAN : exp(20 * u);
        l->promised[at] = (int32_t)(u * 100);
        l->delivered[at] = v < 0.2 ? KAM_NO_DAY : (int32_t)(u * 50 + v * 50);
        l->complete[at] = v < 0.3 ? NAN : u < 0.7;
    }
    l->columns = (kam_kpi_lines){.struct_size = sizeof l->columns,
                                 .n_rows = ROWS,
                                 .group = groups_of(l->group),
                                 .day = days_of(l->day),
                                 .revenue = column_of(l->revenue),
                                 .cost = column_of(l->cost),
                                 .promised_day = days_of(l->promised),
                                 .delivered_day = days_of(l->delivered),
                                 .complete = column_of(l->complete)};
}

static kam_kpi_options line_options(void) {
    kam_kpi_options options = options_of(LINE_IDS, IDS, GROUPS);
    options.first_day = 50, options.last_day = 90;
    options.base_first_day = 5, options.base_last_day = 45;
    return options;
}

static void compute(const kam_kpi_lines *lines, const kam_kpi_options *options,
                    const kam_host *host, kam_kpi *out) {
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_kpi_of_lines(lines, options, host, out, NULL, &diag),
                  KAM_OK);
    assert_int_equal(diag.status, KAM_OK);
}

static void expect_same(const kam_kpi *a, const kam_kpi *b, int64_t n) {
    for (int64_t i = 0; i < n; i++) {
        assert_int_equal(a[i].id, b[i].id);
        assert_int_equal(a[i].state, b[i].state);
        assert_int_equal(a[i].n, b[i].n);
        assert_int_equal(a[i].n_left_out, b[i].n_left_out);
        assert_bits(a[i].value, b[i].value);
        assert_bits(a[i].numerator, b[i].numerator);
        assert_bits(a[i].denominator, b[i].denominator);
        assert_bits(a[i].low, b[i].low);
        assert_bits(a[i].high, b[i].high);
    }
}

static void test_order_does_not_matter(void **state) {
    (void)state;
    static struct lines l;
    kam_kpi straight[GROUPS * IDS], shuffled[GROUPS * IDS];
    const kam_kpi_options options = line_options();
    make_lines(&l, 0);
    compute(&l.columns, &options, NULL, straight);
    make_lines(&l, 1);
    compute(&l.columns, &options, NULL, shuffled);
    expect_same(straight, shuffled, GROUPS * IDS);
    for (int g = 0; g < GROUPS; g++)
        assert_int_equal(straight[g * IDS].state, KAM_KPI_KNOWN);
}

/* A group by itself, in a call of its own, has the same figures. */
static void test_one_group_is_as_many(void **state) {
    (void)state;
    static struct lines l;
    kam_kpi all[GROUPS * IDS], one[IDS];
    kam_kpi_options options = line_options();
    make_lines(&l, 0);
    compute(&l.columns, &options, NULL, all);
    for (int g = 0; g < GROUPS; g++) {
        static struct lines part;
        int64_t n = 0;
        for (int64_t i = 0; i < ROWS; i++) {
            if (l.group[i] != g) continue;
            part.day[n] = l.day[i];
            part.revenue[n] = l.revenue[i];
            part.cost[n] = l.cost[i];
            part.promised[n] = l.promised[i];
            part.delivered[n] = l.delivered[i];
            part.complete[n++] = l.complete[i];
        }
        part.columns = (kam_kpi_lines){.struct_size = sizeof part.columns,
                                       .n_rows = n,
                                       .day = days_of(part.day),
                                       .revenue = column_of(part.revenue),
                                       .cost = column_of(part.cost),
                                       .promised_day = days_of(part.promised),
                                       .delivered_day = days_of(part.delivered),
                                       .complete = column_of(part.complete)};
        options.n_groups = 1;
        compute(&part.columns, &options, NULL, one);
        expect_same(one, all + g * IDS, IDS);
    }
}

/* A figure does not depend on which others are asked for. */
static void test_figures_do_not_touch_each_other(void **state) {
    (void)state;
    static struct lines l;
    kam_kpi all[GROUPS * IDS], one[GROUPS];
    kam_kpi_options options = line_options();
    make_lines(&l, 0);
    compute(&l.columns, &options, NULL, all);
    for (int k = 0; k < IDS; k++) {
        options.ids = &LINE_IDS[k];
        options.n_ids = 1;
        compute(&l.columns, &options, NULL, one);
        for (int g = 0; g < GROUPS; g++)
            expect_same(&one[g], &all[g * IDS + k], 1);
    }
}

/* float32 with nulls and an offset, and records with a stride. */
static void test_other_columns(void **state) {
    (void)state;
    enum { N = 300 };
    static struct {
        double pad, revenue, cost;
        int64_t group;
        int32_t day, pad2;
    } record[N];
    static double revenue[N];
    static float single[N + 3];
    static uint8_t validity[(N + 3) / 8 + 1];
    static int32_t day[N], group[N];
    kam_kpi plain[2 * 2], other[2 * 2];
    const int32_t ids[] = {KAM_KPI_REVENUE, KAM_KPI_QUANTITY};
    kam_kpi_options options = options_of(ids, 2, 2);
    options.first_day = 10, options.last_day = 40;
    for (int i = 0; i < N; i++) {
        revenue[i] = i % 7 == 0 ? NAN : i;
        single[i + 3] = i % 7 == 0 ? -5.0f : (float)i;
        if (i % 7 != 0) validity[(i + 3) / 8] |= (uint8_t)(1 << (i + 3) % 8);
        day[i] = i % 50, group[i] = i % 2;
        record[i].revenue = revenue[i];
        record[i].day = day[i];
        record[i].group = group[i];
    }
    kam_kpi_lines lines = {.struct_size = sizeof lines,
                           .n_rows = N,
                           .group = groups_of(group),
                           .day = days_of(day),
                           .revenue = column_of(revenue),
                           .quantity = column_of(revenue)};
    compute(&lines, &options, NULL, plain);
    assert_int_equal(plain[0].n_left_out > 0, 1);
    lines.revenue = lines.quantity = (kam_column){.values = single,
                                                  .validity = validity,
                                                  .offset = 3,
                                                  .type = KAM_F32};
    compute(&lines, &options, NULL, other);
    expect_same(plain, other, 4);
    lines.revenue = lines.quantity = (kam_column){.values = &record[0].revenue,
                                                  .stride = sizeof record[0],
                                                  .type = KAM_F64};
    lines.day = (kam_column){.values = &record[0].day,
                             .stride = sizeof record[0],
                             .type = KAM_DAY};
    lines.group = (kam_column){.values = &record[0].group,
                               .stride = sizeof record[0],
                               .type = KAM_I64};
    compute(&lines, &options, NULL, other);
    expect_same(plain, other, 4);
}

/* Every refused allocation is an error that leaves the outputs alone. */
static void test_no_memory(void **state) {
    (void)state;
    static struct lines l;
    kam_kpi_options options = line_options();
    const double hours[] = {1, 2, 3};
    const int32_t ids[] = {KAM_KPI_HOURS_P50, KAM_KPI_SLA_HIT};
    const kam_kpi_tickets tickets = {.struct_size = sizeof tickets,
                                     .n_rows = 3,
                                     .hours = column_of(hours)};
    const kam_kpi_options of_hours = options_of(ids, 2, 1);
    make_lines(&l, 0);
    for (int kind = 0; kind < 2; kind++)
        for (int64_t fail_at = 1;; fail_at++) {
            struct lender lender;
            const kam_host host = lender_host(&lender, fail_at);
            kam_kpi out[GROUPS * IDS], untouched[GROUPS * IDS];
            kam_kpi_report report = {.struct_size = sizeof report,
                                     .n_rows = 77};
            memset(out, 0x5C, sizeof out);
            memset(untouched, 0x5C, sizeof untouched);
            const kam_status status =
                kind ? kam_kpi_of_tickets(&tickets, &of_hours, &host, out,
                                          &report, NULL)
                     : kam_kpi_of_lines(&l.columns, &options, &host, out,
                                        &report, NULL);
            assert_int_equal(lender.n_live, 0);
            if (status == KAM_OK) {
                assert_int_equal(fail_at, kind ? 7 : 3);
                break;
            }
            assert_status(status, KAM_ERR_MEMORY);
            assert_memory_equal(out, untouched, sizeof out);
            assert_int_equal(report.n_rows, 77);
        }
}

static void test_hosts(void **state) {
    (void)state;
    static struct lines l;
    kam_kpi plain[GROUPS * IDS], other[GROUPS * IDS];
    const kam_kpi_options options = line_options();
    struct lender lender;
    kam_host host = lender_host(&lender, 0);
    make_lines(&l, 0);
    compute(&l.columns, &options, NULL, plain);
    host.parallel_for = run_backwards;
    compute(&l.columns, &options, &host, other);
    expect_same(plain, other, GROUPS * IDS);
    int64_t left = 0;
    host.progress = stop_when_used_up;
    host.watcher = &left;
    assert_status(kam_kpi_of_lines(&l.columns, &options, &host, other, NULL,
                                   NULL),
                  KAM_ERR_CANCELLED);
    assert_int_equal(lender.n_live, 0);
}

/* Every instruction set gives the same bits. */
static void test_instruction_sets(void **state) {
    (void)state;
    static struct lines l;
    kam_kpi plain[GROUPS * IDS], other[GROUPS * IDS];
    const kam_kpi_options options = line_options();
    kam_host host = {.struct_size = sizeof host, .isa = KAM_ISA_BASE};
    make_lines(&l, 0);
    compute(&l.columns, &options, &host, plain);
    for (host.isa = KAM_ISA_V3; host.isa <= KAM_ISA_V4; host.isa++) {
        compute(&l.columns, &options, &host, other);
        expect_same(plain, other, GROUPS * IDS);
    }
}

static void refuse(kam_status expected, const char *argument,
                   const kam_kpi_lines *lines, const kam_kpi_options *options) {
    kam_kpi out[GROUPS * IDS];
    kam_diag diag = {.struct_size = sizeof diag};
    memset(out, 0x5C, sizeof out);
    assert_status(kam_kpi_of_lines(lines, options, NULL, out, NULL, &diag),
                  expected);
    assert_string_equal(diag.argument, argument);
    assert_int_equal(((unsigned char *)out)[0], 0x5C);
}

static void test_bad_arguments(void **state) {
    (void)state;
    static struct lines l;
    make_lines(&l, 0);
    const kam_kpi_options good = line_options();
    kam_kpi_options o = good;
    kam_kpi_lines lines = l.columns;
    refuse(KAM_ERR_NULL, "lines", NULL, &good);
    refuse(KAM_ERR_NULL, "options", &lines, NULL);
    o.ids = NULL, refuse(KAM_ERR_NULL, "options.ids", &lines, &o), o = good;
    o.n_ids = 0, refuse(KAM_ERR_OPTION, "options.n_ids", &lines, &o), o = good;
    o.n_ids = 65, refuse(KAM_ERR_OPTION, "options.n_ids", &lines, &o), o = good;
    const int32_t other = KAM_KPI_DSO, none = 42;
    o.ids = &other, o.n_ids = 1;
    refuse(KAM_ERR_OPTION, "options.ids", &lines, &o);
    o.ids = &none, refuse(KAM_ERR_OPTION, "options.ids", &lines, &o), o = good;
    o.n_groups = -1, refuse(KAM_ERR_OPTION, "options.n_groups", &lines, &o);
    o = good, o.confidence = 1;
    refuse(KAM_ERR_OPTION, "options.confidence", &lines, &o);
    o = good, o.confidence = NAN;
    refuse(KAM_ERR_OPTION, "options.confidence", &lines, &o);
    o = good, o.age_days[1] = 30;
    refuse(KAM_ERR_OPTION, "options.age_days", &lines, &o);
    o = good, o.scale = 7, refuse(KAM_ERR_OPTION, "options.scale", &lines, &o);
    o = good, o.grace_days = -1;
    refuse(KAM_ERR_OPTION, "options.grace_days", &lines, &o);
    o = good, o.first_day = 91;
    refuse(KAM_ERR_OPTION, "options.first_day", &lines, &o);
    o = good, o.last_day = KAM_NO_DAY; /* OTIF needs today */
    refuse(KAM_ERR_OPTION, "options.last_day", &lines, &o);
    o = good, o.base_last_day = KAM_NO_DAY;
    refuse(KAM_ERR_OPTION, "options.base_first_day", &lines, &o);
    o = good, o.base_first_day = 46;
    refuse(KAM_ERR_OPTION, "options.base_first_day", &lines, &o);
    lines.n_rows = -1, refuse(KAM_ERR_SHAPE, "n_rows", &lines, &good);
    lines = l.columns, lines.revenue.type = 77;
    refuse(KAM_ERR_TYPE, "lines.revenue", &lines, &good);
    lines = l.columns, lines.group = lines.revenue;
    refuse(KAM_ERR_TYPE, "lines.group", &lines, &good);
    lines = l.columns, lines.struct_size = 8;
    refuse(KAM_ERR_STRUCT, "lines", &lines, &good);
    lines = l.columns;
    assert_status(kam_kpi_of_lines(&lines, &good, NULL, NULL, NULL, NULL),
                  KAM_ERR_NULL);
    kam_kpi_report report = {.struct_size = 4};
    kam_kpi out[GROUPS * IDS];
    assert_status(kam_kpi_of_lines(&lines, &good, NULL, out, &report, NULL),
                  KAM_ERR_STRUCT);
    assert_status(kam_kpi_options_init(NULL, 8), KAM_ERR_NULL);
    assert_status(kam_kpi_options_init(&o, 8), KAM_ERR_STRUCT);
}

/* Amounts that no sum holds: beyond 2^52 they count as missing; products may
 * still grow too large. */
static void test_large_amounts(void **state) {
    (void)state;
    const double revenue[] = {0x1p52, 0x1.8p52, INFINITY, -0x1p52};
    const int32_t id = KAM_KPI_REVENUE;
    const kam_kpi_options options = options_of(&id, 1, 1);
    kam_kpi_lines lines = {.struct_size = sizeof lines,
                           .n_rows = 4,
                           .revenue = column_of(revenue)};
    kam_kpi k;
    compute(&lines, &options, NULL, &k);
    assert_bits(k.value, 0);
    assert_int_equal(k.n, 2);
    assert_int_equal(k.n_left_out, 2);
    const int32_t sent[] = {0}, paid[] = {4000};
    const int32_t days = KAM_KPI_MONEY_DAYS_TO_PAY;
    kam_kpi_options of_days = options_of(&days, 1, 1);
    const kam_kpi_invoices invoices = {.struct_size = sizeof invoices,
                                       .n_rows = 1,
                                       .invoice_day = days_of(sent),
                                       .paid_day = days_of(paid),
                                       .amount = column_of(revenue)};
    of_days.last_day = 5000;
    assert_status(kam_kpi_of_invoices(&invoices, &of_days, NULL, &k, NULL,
                                      NULL),
                  KAM_ERR_OVERFLOW);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_does_not_matter),
        cmocka_unit_test(test_one_group_is_as_many),
        cmocka_unit_test(test_figures_do_not_touch_each_other),
        cmocka_unit_test(test_other_columns),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_instruction_sets),
        cmocka_unit_test(test_bad_arguments),
        cmocka_unit_test(test_large_amounts),
    };
    return cmocka_run_group_tests_name("kpi_calls", tests, NULL, NULL);
}
