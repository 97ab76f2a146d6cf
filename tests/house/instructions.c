/* SPDX-License-Identifier: MIT */
/* instructions PATH: walks one main path, always with the same rows; callgrind
 * counts what path_PATH executes (instructions.py). On the plainest instruction
 * set where the host may choose. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kam/kam.h>

enum { LINES = 20000, ACCOUNTS = 2000, FITTED = 400, ONES = 200, SIGNALS = 5 };

#define PATH __attribute__((noinline)) void

static const kam_host host = {.struct_size = sizeof host, .isa = KAM_ISA_BASE};
static kam_account book[ACCOUNTS];
static kam_accounts all, some;
static kam_models models;
static double x[SIGNALS + 4][LINES];
static int64_t whole[2][LINES];

static void must(kam_status status) {
    if (status == KAM_OK) return;
    fprintf(stderr, "%s\n", kam_status_name(status));
    exit(1);
}

static double chance(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (double)(*state >> 11) * 0x1p-53;
}

static kam_column numbers(const void *values, int32_t type) {
    kam_column column = {.values = values, .type = type};
    return column;
}

static void make(void) {
    uint64_t state = 88172645463325252u;
    for (int i = 0; i < ACCOUNTS; i++) {
        kam_account *const a = &book[i];
        a->age_periods = 60 + 40 * chance(&state);
        a->repeat_orders = (double)(int)(12 * chance(&state) * chance(&state));
        a->last_order_periods =
            a->repeat_orders > 0 ? a->age_periods * chance(&state) : 0;
        a->mean_order_value = 500 + 4000 * chance(&state);
        a->gross_revenue = (a->repeat_orders + 1) * a->mean_order_value;
        a->direct_cost = a->gross_revenue * (0.5 + 0.3 * chance(&state));
        a->service_cost = 100 * chance(&state);
        a->tier_value = a->gross_revenue / 2;
        a->tier_before = (double)(i % 4);
        a->weight = 1;
    }
    for (int i = 0; i < LINES; i++) {
        whole[0][i] = (int64_t)(ACCOUNTS * chance(&state));
        whole[1][i] = 19000 + (int64_t)(700 * chance(&state));
        for (int j = 0; j < SIGNALS + 4; j++) x[j][i] = 100 * chance(&state);
        x[SIGNALS][i] = chance(&state) < 0.002 * x[0][i] + 0.05 ? 1 : 0;
    }
    all.struct_size = sizeof all;
    must(kam_accounts_of(book, sizeof *book, ACCOUNTS, &all));
    some = all;
    must(kam_accounts_slice(&all, 0, FITTED, &some));
    models.struct_size = sizeof models;
}

PATH path_ledger(void) {
    kam_ledger_options options;
    kam_ledger *ledger = NULL;
    kam_lines lines = {.struct_size = sizeof lines, .n_rows = LINES};
    must(kam_ledger_options_init(&options, sizeof options));
    options.as_of_day = 19800;
    lines.account = numbers(whole[0], KAM_I64);
    lines.day = numbers(whole[1], KAM_I64);
    lines.revenue = numbers(x[0], KAM_F64);
    must(kam_ledger_new(&options, &host, &ledger, NULL));
    must(kam_ledger_add(ledger, &lines, NULL));
    kam_ledger_free(ledger);
}

PATH path_fit(void) {
    must(kam_fit(&some, 1, NULL, &host, &models, NULL, NULL));
}

static double value[ACCOUNTS], risk[ACCOUNTS], orders[ACCOUNTS];
static kam_reason reasons[4 * ACCOUNTS];

PATH path_score(void) {
    kam_scores out = {.struct_size = sizeof out};
    out.lifetime_value = value;
    out.churn_risk = risk;
    out.expected_orders = orders;
    out.reasons = reasons;
    must(kam_score(&all, &models, NULL, KAM_NO_DAY, &host, &out, NULL));
}

PATH path_score_one(void) {
    kam_scores out = {.struct_size = sizeof out};
    out.lifetime_value = value;
    out.churn_risk = risk;
    out.reasons = reasons;
    for (int i = 0; i < ONES; i++)
        must(kam_score_one(&book[i], sizeof *book, &models, NULL, KAM_NO_DAY,
                           &out, NULL));
}

PATH path_tier(void) {
    static const kam_tier_band limits[] = {{90, 80}, {40, 36}, {9, 8}};
    static int32_t tier[LINES];
    kam_tier_out out = {.struct_size = sizeof out};
    const kam_column score = numbers(x[0], KAM_F64);
    out.tier = tier;
    must(kam_tier_assign(limits, 3, &score, NULL, LINES, &host, &out, NULL));
}

PATH path_profit(void) {
    kam_profit_out out = {.struct_size = sizeof out};
    out.net_revenue = value;
    out.contribution = risk;
    must(kam_profit_layers(&all, &host, &out, NULL));
}

PATH path_kpi(void) {
    static const int32_t ids[] = {KAM_KPI_REVENUE, KAM_KPI_MARGIN};
    kam_kpi_options options;
    kam_kpi out[2];
    kam_kpi_lines lines = {.struct_size = sizeof lines, .n_rows = LINES};
    must(kam_kpi_options_init(&options, sizeof options));
    options.n_ids = 2;
    options.ids = ids;
    lines.day = numbers(whole[1], KAM_I64);
    lines.revenue = numbers(x[0], KAM_F64);
    lines.cost = numbers(x[1], KAM_F64);
    must(kam_kpi_of_lines(&lines, &options, &host, out, NULL, NULL));
}

PATH path_hazard(void) {
    kam_column column[SIGNALS];
    double coefficient[SIGNALS + 1];
    kam_panel panel = {.struct_size = sizeof panel, .n_columns = SIGNALS};
    for (int j = 0; j < SIGNALS; j++) column[j] = numbers(x[j], KAM_F64);
    panel.n_rows = LINES / 4;
    panel.column = column;
    panel.event = numbers(x[SIGNALS], KAM_F64);
    must(kam_hazard_fit(KAM_HAZARD_LOGISTIC, &panel, NULL, &host, coefficient,
                        NULL, NULL, NULL));
    const kam_hazard model = {KAM_HAZARD_LOGISTIC, SIGNALS, coefficient, NULL};
    must(kam_hazard_risk(&model, &panel, 0, &host, x[SIGNALS + 1], NULL, NULL,
                         NULL, NULL));
}

int main(int n, char **words) {
    static const struct {
        const char *name;
        void (*walk)(void);
    } paths[] = {{"ledger", path_ledger}, {"fit", path_fit},
                 {"score", path_score},   {"score_one", path_score_one},
                 {"tier", path_tier},     {"profit", path_profit},
                 {"kpi", path_kpi},       {"hazard", path_hazard}};
    const char *const name = n == 2 ? words[1] : "";
    make();
    if (strncmp(name, "score", 5) == 0)
        must(kam_fit(&some, 1, NULL, &host, &models, NULL, NULL));
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (strcmp(name, paths[i].name) == 0) return paths[i].walk(), 0;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        puts(paths[i].name);
    return n != 1;
}
