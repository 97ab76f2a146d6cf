/* SPDX-License-Identifier: MIT */
/* Key figures of small books, with the answer written beside them. */
#include "support/check.h"
#include "support/hosts.h"

#include "kpi/records.h"

#define N(array) ((int32_t)(sizeof(array) / sizeof(array)[0]))

static void expect(const kam_kpi *kpi, int32_t state, double value,
                   double numerator, double denominator) {
    if (kpi->state != state)
        fail_msg("figure %d is %s, not %s", kpi->id,
                 kam_kpi_state_name(kpi->state), kam_kpi_state_name(state));
    if (isnan(value))
        assert_true(isnan(kpi->value));
    else
        assert_relative(kpi->value, value, 1e-15);
    if (state == KAM_KPI_NO_ROWS || state == KAM_KPI_UNDECIDED) {
        assert_true(isnan(kpi->numerator) && isnan(kpi->denominator));
        return;
    }
    assert_relative(kpi->numerator, numerator, 1e-15);
    assert_relative(kpi->denominator, denominator, 1e-15);
}

/* K1, K2, K4: day 10..19 is the period, 0..9 its base. */
static void test_sales(void **state) {
    (void)state;
    const int32_t day[] = {9, 10, 19, 20, 15, 12, KAM_NO_DAY, 3};
    const double revenue[] = {50, 100, 40, 999, -20, NAN, 7, 30};
    const double cost[] = {1, 60, NAN, 1, -10, 5, 1, 1};
    const double quantity[] = {1, 2, 3, 4, -1, 5, 6, 7};
    const int32_t ids[] = {KAM_KPI_REVENUE, KAM_KPI_QUANTITY, KAM_KPI_MARGIN,
                           KAM_KPI_GROWTH};
    const kam_kpi_lines lines = {.struct_size = sizeof lines,
                                 .n_rows = 8,
                                 .day = days_of(day),
                                 .revenue = column_of(revenue),
                                 .cost = column_of(cost),
                                 .quantity = column_of(quantity)};
    kam_kpi_options options = options_of(ids, N(ids), 1);
    kam_kpi k[4];
    options.first_day = 10, options.last_day = 19;
    options.base_first_day = 0, options.base_last_day = 9;
    assert_status(kam_kpi_of_lines(&lines, &options, NULL, k, NULL, NULL),
                  KAM_OK);
    expect(&k[0], KAM_KPI_KNOWN, 120, 120, 1); /* 100 + 40 - 20 */
    assert_int_equal(k[0].n, 3);
    assert_int_equal(k[0].n_left_out, 1);            /* the revenue not known */
    expect(&k[1], KAM_KPI_KNOWN, 9, 9, 1);           /* 2 + 3 - 1 + 5 */
    expect(&k[2], KAM_KPI_KNOWN, 30.0 / 80, 30, 80); /* 40 has no cost */
    assert_int_equal(k[2].n, 2);
    assert_int_equal(k[2].n_left_out, 2);
    expect(&k[3], KAM_KPI_KNOWN, 0.5, 40, 80); /* from 80 to 120 */
    assert_true(isnan(k[0].low) && isnan(k[3].high));
}

/* Zero, negative and missing bases are said to be so, and are never zero. */
static void test_undefined(void **state) {
    (void)state;
    const int32_t group[] = {0, 0, 1, 1, 2, 4};
    const int32_t day[] = {5, 15, 5, 15, 15, 15};
    const double revenue[] = {0, 10, -5, 10, NAN, 0};
    const double cost[] = {1, 1, 1, 1, 1, 3};
    const int32_t ids[] = {KAM_KPI_GROWTH, KAM_KPI_MARGIN, KAM_KPI_REVENUE};
    const kam_kpi_lines lines = {.struct_size = sizeof lines,
                                 .n_rows = 6,
                                 .group = groups_of(group),
                                 .day = days_of(day),
                                 .revenue = column_of(revenue),
                                 .cost = column_of(cost)};
    kam_kpi_options options = options_of(ids, N(ids), 5);
    kam_kpi k[15];
    options.first_day = 10, options.last_day = 19;
    options.base_first_day = 0, options.base_last_day = 9;
    assert_status(kam_kpi_of_lines(&lines, &options, NULL, k, NULL, NULL),
                  KAM_OK);
    expect(&k[0], KAM_KPI_ZERO_BASE, NAN, 10, 0);
    expect(&k[3], KAM_KPI_NEGATIVE_BASE, NAN, 15, -5);
    expect(&k[6], KAM_KPI_UNDECIDED, NAN, 0, 0);
    assert_int_equal(k[6].n_left_out, 1);
    expect(&k[8], KAM_KPI_UNDECIDED, NAN, 0, 0);
    for (int i = 9; i < 12; i++) expect(&k[i], KAM_KPI_NO_ROWS, NAN, 0, 0);
    expect(&k[13], KAM_KPI_ZERO_BASE, NAN, -3, 0); /* margin of revenue 0 */
    expect(&k[14], KAM_KPI_KNOWN, 0, 0, 1);        /* revenue 0 is known */
}

/* K10 on the edge: delivered on the promised day is on time, and so is one not
 * delivered until that day is over. */
static void test_deliveries(void **state) {
    (void)state;
    const int32_t promised[] = {10, 10, 20, 19, 10, 10, KAM_NO_DAY, 15};
    const int32_t delivered[] = {10, 11,         KAM_NO_DAY, KAM_NO_DAY,
                                 9,  KAM_NO_DAY, 10,         25};
    const double complete[] = {1, 1, NAN, NAN, 0, NAN, 1, 1};
    const int32_t ids[] = {KAM_KPI_ON_TIME, KAM_KPI_IN_FULL, KAM_KPI_OTIF};
    const kam_kpi_lines lines = {.struct_size = sizeof lines,
                                 .n_rows = 8,
                                 .promised_day = days_of(promised),
                                 .delivered_day = days_of(delivered),
                                 .complete = column_of(complete)};
    kam_kpi_options options = options_of(ids, N(ids), 1);
    kam_kpi_report report = {.struct_size = sizeof report};
    kam_kpi k[3];
    options.last_day = 20;
    assert_status(kam_kpi_of_lines(&lines, &options, NULL, k, &report, NULL),
                  KAM_OK);
    /* On time: rows 0 and 4. Late: 1, 3, 5 and 7, which on day 20 is not there
     * yet. Open: 2. Row 6 was never promised. */
    expect(&k[0], KAM_KPI_KNOWN, 2.0 / 6, 2, 6);
    assert_int_equal(k[0].n_left_out, 1);
    expect(&k[1], KAM_KPI_KNOWN, 2.0 / 3, 2, 3); /* rows 0, 1 and not 4 */
    expect(&k[2], KAM_KPI_KNOWN, 1.0 / 6, 1, 6); /* row 0 alone */
    assert_int_equal(k[2].n_left_out, 1);        /* row 2 */
    assert_int_equal(report.defaults,
                     KAM_KPI_DEFAULT_CONFIDENCE | KAM_KPI_DEFAULT_GRACE);
    /* Late, and not known whether complete: to count it would be to count
     * failures alone. Where it is known of none there is no figure. */
    const double unsure[] = {1, NAN, NAN, NAN, 0, NAN, 1, 1};
    kam_kpi_lines less = lines;
    less.complete = column_of(unsure);
    assert_status(kam_kpi_of_lines(&less, &options, NULL, k, &report, NULL),
                  KAM_OK);
    expect(&k[2], KAM_KPI_KNOWN, 1.0 / 5, 1, 5);
    less.complete.values = NULL;
    assert_status(kam_kpi_of_lines(&less, &options, NULL, k, &report, NULL),
                  KAM_OK);
    assert_int_equal(k[2].state, KAM_KPI_UNDECIDED);
    assert_int_equal(k[2].n, 0);
    assert_int_equal(k[2].n_left_out, 7);
    options.grace_days = 1;
    options.confidence = 0.9;
    assert_status(kam_kpi_of_lines(&lines, &options, NULL, k, &report, NULL),
                  KAM_OK);
    expect(&k[0], KAM_KPI_KNOWN, 3.0 / 5, 3, 5); /* row 1; 3 is still open */
    assert_int_equal(report.defaults, 0);
}

/* K3 on the edge: due on the day itself is not past due; 30 days past is the
 * first age, 31 the second. Paid on the last day is paid. */
static void test_receivables(void **state) {
    (void)state;
    const int32_t sent[] = {0, 0, 0, 0, 0, 0, 60, 0, 90};
    const int32_t due[] = {90, 89, 60, 59, 30, 29, KAM_NO_DAY, 0, 120};
    const int32_t paid[] = {KAM_NO_DAY, KAM_NO_DAY, KAM_NO_DAY,
                            KAM_NO_DAY, KAM_NO_DAY, KAM_NO_DAY,
                            KAM_NO_DAY, 90,         KAM_NO_DAY};
    const double amount[] = {1, 2, 4, 8, 16, 32, 64, 128, NAN};
    const int32_t ids[] = {KAM_KPI_AGE_NOT_DUE, KAM_KPI_AGE_1,
                           KAM_KPI_AGE_2,       KAM_KPI_AGE_3,
                           KAM_KPI_AGE_4,       KAM_KPI_OVERDUE,
                           KAM_KPI_DSO,         KAM_KPI_TURNOVER,
                           KAM_KPI_LATE};
    const kam_kpi_invoices invoices = {.struct_size = sizeof invoices,
                                       .n_rows = 9,
                                       .invoice_day = days_of(sent),
                                       .due_day = days_of(due),
                                       .paid_day = days_of(paid),
                                       .amount = column_of(amount)};
    kam_kpi_options options = options_of(ids, N(ids), 1);
    kam_kpi k[9];
    options.first_day = 60, options.last_day = 90;
    assert_status(kam_kpi_of_invoices(&invoices, &options, NULL, k, NULL, NULL),
                  KAM_OK);
    expect(&k[0], KAM_KPI_KNOWN, 1.0 / 63, 1, 63);
    expect(&k[1], KAM_KPI_KNOWN, 6.0 / 63, 6, 63);
    expect(&k[2], KAM_KPI_KNOWN, 24.0 / 63, 24, 63);
    expect(&k[3], KAM_KPI_KNOWN, 32.0 / 63, 32, 63);
    expect(&k[4], KAM_KPI_KNOWN, 0, 0, 63);
    expect(&k[5], KAM_KPI_KNOWN, 62.0 / 63, 62, 63);
    assert_int_equal(k[5].n_left_out, 2); /* 64 has no due day, 90 no amount */
    /* Open at the end 127, 31 days, invoiced 64. */
    expect(&k[6], KAM_KPI_KNOWN, 127 * 31 / 64.0, 127 * 31, 64);
    /* Open before day 60: 1 + 2 + 4 + 8 + 16 + 32 + 128. */
    expect(&k[7], KAM_KPI_KNOWN, 64 / ((191 + 127) / 2.0), 64, 159);
    expect(&k[8], KAM_KPI_UNDECIDED, NAN, 0, 0);
    /* Nothing was invoiced in the period: no DSO, although money is open. */
    options.first_day = 80;
    assert_status(kam_kpi_of_invoices(&invoices, &options, NULL, k, NULL, NULL),
                  KAM_OK);
    expect(&k[6], KAM_KPI_ZERO_BASE, NAN, 127 * 11, 0);
    options.first_day = KAM_NO_DAY; /* all of them: 128 was paid 90 days late */
    assert_status(kam_kpi_of_invoices(&invoices, &options, NULL, k, NULL, NULL),
                  KAM_ERR_OPTION);
    options.ids = &ids[8];
    options.n_ids = 1;
    assert_status(kam_kpi_of_invoices(&invoices, &options, NULL, k, NULL, NULL),
                  KAM_OK);
    expect(&k[0], KAM_KPI_KNOWN, 1, 6, 6);
    assert_int_equal(k[0].n_left_out, 3); /* due on day 90, no due, no amount */
}

/* Paid on the first day of the period: open until then. */
static void test_receivables_before(void **state) {
    (void)state;
    const int32_t sent[] = {0, 70, 0}, paid[] = {60, KAM_NO_DAY, 59};
    const double amount[] = {30, 10, 500};
    const int32_t id = KAM_KPI_TURNOVER;
    const kam_kpi_invoices invoices = {.struct_size = sizeof invoices,
                                       .n_rows = 3,
                                       .invoice_day = days_of(sent),
                                       .paid_day = days_of(paid),
                                       .amount = column_of(amount)};
    kam_kpi_options options = options_of(&id, 1, 1);
    kam_kpi k;
    options.first_day = 60, options.last_day = 90;
    assert_status(kam_kpi_of_invoices(&invoices, &options, NULL, &k, NULL,
                                      NULL),
                  KAM_OK);
    expect(&k, KAM_KPI_KNOWN, 10 / 20.0, 10, 20); /* (30 + 10) / 2 */
}

/* K5, K14. MASE: Hyndman & Koehler (2006): the mean error, 2, over the mean
 * error of the naive forecast in the history, 4. */
static void test_forecasts(void **state) {
    (void)state;
    const double actual[] = {10, 14, 18, 20, 30, NAN, 5};
    const double forecast[] = {NAN, NAN, NAN, 22, 28, 9, NAN};
    const double naive[] = {NAN, 10, 14, 18, 20, 30, NAN};
    const double plan[] = {NAN, NAN, NAN, 25, 25, 25, 0};
    const int32_t ids[] = {KAM_KPI_ACCURACY, KAM_KPI_BIAS, KAM_KPI_MASE,
                           KAM_KPI_ATTAINMENT};
    kam_kpi_actuals rows = {.struct_size = sizeof rows,
                            .n_rows = 7,
                            .actual = column_of(actual),
                            .forecast = column_of(forecast),
                            .naive = column_of(naive),
                            .plan = column_of(plan)};
    const kam_kpi_options options = options_of(ids, N(ids), 1);
    kam_kpi k[4];
    assert_status(kam_kpi_of_actuals(&rows, &options, NULL, k, NULL, NULL),
                  KAM_OK);
    expect(&k[0], KAM_KPI_KNOWN, 46.0 / 50, 46, 50);
    assert_int_equal(k[0].n_left_out, 1);
    expect(&k[1], KAM_KPI_KNOWN, 0, 0, 50); /* +2 and -2 */
    expect(&k[2], KAM_KPI_KNOWN, 0.5, 2, 4);
    expect(&k[3], KAM_KPI_KNOWN, 55.0 / 50, 55, 50);
    assert_int_equal(k[3].n_left_out, 1);
    /* Without history there is nothing to compare with. */
    memset(&rows.naive, 0, sizeof rows.naive);
    assert_status(kam_kpi_of_actuals(&rows, &options, NULL, k, NULL, NULL),
                  KAM_OK);
    expect(&k[2], KAM_KPI_ZERO_BASE, NAN, 2, 0);
}

/* K6. NPS: 5 promoters, 3 passives, 2 detractors. Its interval: Rocks (2016),
 * with p = 5.75 / 13, d = 2.75 / 13. CSAT: 3 of 4. */
static void test_surveys(void **state) {
    (void)state;
    const double score[] = {9, 9, 10, 10, 10, 7,   8,   8,  6,
                            0, 4, 5,  5,  3,  NAN, NAN, 11, 0};
    const double scale[] = {10,  10, 10, 10, 10, 10, 10, 10, NAN,
                            NAN, 5,  5,  5,  5,  5,  10, 10, 5};
    const int32_t ids[] = {KAM_KPI_CSAT, KAM_KPI_NPS, KAM_KPI_RESPONSE_RATE};
    const kam_kpi_surveys rows = {.struct_size = sizeof rows,
                                  .n_rows = 18,
                                  .score = column_of(score),
                                  .scale = column_of(scale)};
    kam_kpi_options options = options_of(ids, N(ids), 1);
    kam_kpi_report report = {.struct_size = sizeof report};
    kam_kpi k[3];
    assert_status(kam_kpi_of_surveys(&rows, &options, NULL, k, &report, NULL),
                  KAM_OK);
    expect(&k[0], KAM_KPI_KNOWN, 0.75, 3, 4);
    assert_int_equal(k[0].n_left_out, 2); /* no answer, and a 0 of 1..5 */
    expect(&k[1], KAM_KPI_KNOWN, 0.3, 3, 10);
    assert_int_equal(k[1].n_left_out, 2); /* no answer, and an 11 */
    expect(&k[2], KAM_KPI_KNOWN, 16.0 / 18, 16, 18);
    assert_int_equal(report.defaults,
                     KAM_KPI_DEFAULT_CONFIDENCE | KAM_KPI_DEFAULT_SCALE);
    const double z = 1.9599639845400542;
    const double p = 5.75 / 13, d = 2.75 / 13;
    const double half = z * sqrt((p + d - (p - d) * (p - d)) / 13);
    assert_relative(k[1].low, p - d - half, 1e-13);
    assert_relative(k[1].high, p - d + half, 1e-13);
    /* Wilson (1927) for 3 of 4 at 95 %: 0.30064, 0.95441. */
    assert_near(k[0].low, 0.30064, 5e-6);
    assert_near(k[0].high, 0.95441, 5e-6);
    /* No answers at all. */
    kam_kpi_surveys silent = rows;
    silent.score.offset = 14, silent.scale.offset = 14, silent.n_rows = 2;
    assert_status(kam_kpi_of_surveys(&silent, &options, NULL, k, NULL, NULL),
                  KAM_OK);
    expect(&k[0], KAM_KPI_UNDECIDED, NAN, 0, 0);
    expect(&k[1], KAM_KPI_UNDECIDED, NAN, 0, 0);
    expect(&k[2], KAM_KPI_KNOWN, 0, 0, 2);
    assert_bits(k[2].low, 0);
}

/* K7, K8, K9, K13. V4: an account from 2.0 M to 5.0 M is +150 %. */
static void test_accounts(void **state) {
    (void)state;
    const double before[] = {2, 4, 1, 0, NAN, 3, -1};
    const double now[] = {5, 1, 0, 2, 1, NAN, 0};
    const double wallet[] = {10, 2, NAN, 4, NAN, 8, 0};
    const double has_left[] = {NAN, 1, NAN, NAN, NAN, 0, NAN};
    const int32_t ids[] = {KAM_KPI_SHARE, KAM_KPI_NEW, KAM_KPI_RETENTION,
                           KAM_KPI_GRR,   KAM_KPI_NRR, KAM_KPI_DEFECTION};
    kam_kpi_accounts rows = {.struct_size = sizeof rows,
                             .n_rows = 7,
                             .before = column_of(before),
                             .now = column_of(now),
                             .has_left = column_of(has_left),
                             .wallet = column_of(wallet)};
    kam_kpi_options options = options_of(ids, N(ids), 1);
    kam_kpi k[6];
    assert_status(kam_kpi_of_accounts(&rows, &options, NULL, k, NULL, NULL),
                  KAM_OK);
    expect(&k[0], KAM_KPI_KNOWN, 8.0 / 16, 8, 16); /* 5 + 1 + 2 + 0 */
    expect(&k[1], KAM_KPI_KNOWN, 1.0 / 3, 1, 3);   /* row 3; 4 is not known */
    assert_int_equal(k[1].n_left_out, 2);
    expect(&k[2], KAM_KPI_KNOWN, 2.0 / 3, 2, 3);
    assert_int_equal(k[2].n_left_out, 2);
    expect(&k[3], KAM_KPI_KNOWN, 3.0 / 7, 3, 7); /* 2 + 1 + 0 */
    expect(&k[4], KAM_KPI_KNOWN, 6.0 / 7, 6, 7);
    expect(&k[5], KAM_KPI_KNOWN, 2.0 / 4, 2, 4); /* 1 was told, 2 is silent */
    rows.n_rows = 1;
    assert_status(kam_kpi_of_accounts(&rows, &options, NULL, k, NULL, NULL),
                  KAM_OK);
    expect(&k[3], KAM_KPI_KNOWN, 1, 2, 2);
    expect(&k[4], KAM_KPI_KNOWN, 2.5, 5, 2);
    /* Won back: nothing in the base, but no new account. */
    const int32_t first[] = {0, 0, 0, 99, 100, 0, 0};
    rows.n_rows = 7;
    rows.first_day = days_of(first);
    options.first_day = 100;
    assert_status(kam_kpi_of_accounts(&rows, &options, NULL, k, NULL, NULL),
                  KAM_OK);
    expect(&k[1], KAM_KPI_KNOWN, 1.0 / 4, 1, 4); /* row 4 */
}

/* K11 as of day 20: a deal won later is not yet. */
static void test_opportunities(void **state) {
    (void)state;
    const int32_t opened[] = {1, 1, 5, 5, 30, KAM_NO_DAY};
    const int32_t closed[] = {9, 10, KAM_NO_DAY, 25, KAM_NO_DAY, 12};
    const double won[] = {1, 0, NAN, 1, NAN, 1};
    const double value[] = {10, 30, 5, 7, 5, NAN};
    const int32_t ids[] = {KAM_KPI_WIN_RATE, KAM_KPI_WIN_RATE_MONEY,
                           KAM_KPI_CONVERSION};
    const kam_kpi_opportunities rows = {.struct_size = sizeof rows,
                                        .n_rows = 6,
                                        .opened_day = days_of(opened),
                                        .closed_day = days_of(closed),
                                        .won = column_of(won),
                                        .value = column_of(value)};
    kam_kpi_options options = options_of(ids, N(ids), 1);
    kam_kpi k[3];
    options.first_day = 1, options.last_day = 20;
    assert_status(kam_kpi_of_opportunities(&rows, &options, NULL, k, NULL,
                                           NULL),
                  KAM_OK);
    expect(&k[0], KAM_KPI_KNOWN, 2.0 / 3, 2, 3); /* rows 0, 5 and not 1 */
    expect(&k[1], KAM_KPI_KNOWN, 10.0 / 40, 10, 40);
    expect(&k[2], KAM_KPI_KNOWN, 1.0 / 4, 1, 4); /* of rows 0 to 3 */
}

/* K12. Percentiles of 1..10: the smallest hours that half, 90 %, 95 % of them
 * do not exceed. */
static void test_tickets(void **state) {
    (void)state;
    const double hours[] = {10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 50, 3, NAN, -1};
    const double limit[] = {4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4};
    const double open[] = {0, 0, 0, NAN, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0};
    const int32_t ids[] = {KAM_KPI_HOURS_P50, KAM_KPI_HOURS_P90,
                           KAM_KPI_HOURS_P95, KAM_KPI_SLA_HIT};
    kam_kpi_tickets rows = {.struct_size = sizeof rows,
                            .n_rows = 14,
                            .hours = column_of(hours),
                            .limit = column_of(limit),
                            .is_open = column_of(open)};
    kam_kpi_options options = options_of(ids, N(ids), 1);
    kam_kpi k[8];
    assert_status(kam_kpi_of_tickets(&rows, &options, NULL, k, NULL, NULL),
                  KAM_OK);
    expect(&k[0], KAM_KPI_KNOWN, 5, 5, 1);
    expect(&k[1], KAM_KPI_KNOWN, 9, 9, 1);
    expect(&k[2], KAM_KPI_KNOWN, 10, 10, 1);
    assert_int_equal(k[0].n, 10);
    assert_int_equal(k[0].n_left_out, 4);
    expect(&k[3], KAM_KPI_KNOWN, 4.0 / 11, 4, 11); /* 50 open hours miss it */
    assert_int_equal(k[3].n_left_out, 3);          /* 3 open hours do not yet */
    /* Conover: ranks 5 -+ 1.96 sqrt(2.5), so the 1st and the 10th. */
    assert_bits(k[0].low, 1);
    assert_bits(k[0].high, 10);
    assert_true(isnan(k[2].high));
    /* Two groups, of which one has only open tickets. */
    const int32_t group[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 7};
    kam_kpi_report report = {.struct_size = sizeof report};
    rows.group = groups_of(group);
    options.n_groups = 2;
    assert_status(kam_kpi_of_tickets(&rows, &options, NULL, k, &report, NULL),
                  KAM_OK);
    assert_int_equal(report.n_without_group, 1);
    assert_int_equal(report.defaults, KAM_KPI_DEFAULT_CONFIDENCE);
    expect(&k[0], KAM_KPI_KNOWN, 5, 5, 1);
    expect(&k[4], KAM_KPI_UNDECIDED, NAN, 0, 0);
    /* Quantiles have intervals, too. */
    kam_kpi median[2];
    options.n_ids = 1;
    report.defaults = 77;
    assert_status(kam_kpi_of_tickets(&rows, &options, NULL, median, &report,
                                     NULL),
                  KAM_OK);
    assert_int_equal(report.defaults, KAM_KPI_DEFAULT_CONFIDENCE);
    options.n_ids = N(ids);
    assert_int_equal(k[4].n_left_out, 2);
    expect(&k[7], KAM_KPI_KNOWN, 0, 0, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sales),
        cmocka_unit_test(test_undefined),
        cmocka_unit_test(test_deliveries),
        cmocka_unit_test(test_receivables),
        cmocka_unit_test(test_receivables_before),
        cmocka_unit_test(test_forecasts),
        cmocka_unit_test(test_surveys),
        cmocka_unit_test(test_accounts),
        cmocka_unit_test(test_opportunities),
        cmocka_unit_test(test_tickets),
    };
    return cmocka_run_group_tests_name("kpi_of", tests, NULL, NULL);
}
