/* SPDX-License-Identifier: MIT */
/* Tiers, moves, matrix, RFM, key accounts, scorecards, segments; profit,
 * costing, concentration. */
#include "make.h"

static kam_tier_band *bands_of(struct fuzz *f, int32_t n) {
    kam_tier_band *const bands = fuzz_memory(f, (size_t)n * sizeof *bands);
    double at = 1000 + fuzz_number(f, MONEY);
    for (int32_t i = 0; i < n; i++) {
        bands[i].enter = at;
        bands[i].keep = fuzz_byte(f) < 128 ? at : at - fuzz_number(f, TIME);
        at -= 64 + fuzz_number(f, TIME);
        if (fuzz_byte(f) > 250) bands[i].keep = fuzz_wild(f);
    }
    return bands;
}

static void cutpoints(struct fuzz *f) {
    fuzz_take_rows(f);
    kam_tier_policy policy;
    memset(&policy, 0, sizeof policy);
    policy.struct_size = sizeof policy;
    policy.basis = fuzz_pick(f, 1, 3);
    policy.n_bands = fuzz_length(f, 0, 4);
    kam_tier_band *const bands = bands_of(f, policy.n_bands);
    for (int32_t i = 0; policy.basis > 1 && i < policy.n_bands; i++) {
        bands[i].enter = 0.2 * (i + 1);
        bands[i].keep = bands[i].enter + fuzz_number(f, CHANCE) / 8;
    }
    policy.bands = bands;
    const kam_column score = fuzz_column(f, MONEY);
    kam_tier_band *const limits = fuzz_out(f, policy.n_bands, sizeof *limits);
    fuzz_end(f, kam_tier_cutpoints(&policy, &score, f->n, &f->host, limits,
                                   &f->diag));
    kam_tier_band *const preset = fuzz_out(f, 3, sizeof *preset);
    fuzz_end(f, kam_tier_preset_cny(preset));
    kam_tier_band *const segments = fuzz_out(f, 2, sizeof *segments);
    fuzz_end(f, kam_segment_preset_bands(segments));
}

static void assign(struct fuzz *f) {
    fuzz_take_rows(f);
    f->rows_stand = 1;
    const int32_t n = fuzz_length(f, 0, 4);
    const kam_tier_band *const limits = bands_of(f, n);
    const kam_column score = fuzz_column(f, MONEY);
    const kam_column before = fuzz_column(f, COUNT);
    kam_tier_out out = {.struct_size = sizeof out};
    out.tier = fuzz_rows_out(f, 1, 4);
    out.to_next = fuzz_rows_out(f, 1, 8);
    out.above_limit = fuzz_rows_out(f, 1, 8);
    out.row_flags = fuzz_rows_out(f, 1, 4);
    fuzz_end(f, kam_tier_assign(limits, n, &score,
                                fuzz_byte(f) < 200 ? &before : NULL,
                                fuzz_rows(f), &f->host, &out, &f->diag));
}

static void moves(struct fuzz *f) {
    fuzz_take_rows(f);
    f->rows_stand = 1;
    const int32_t n = fuzz_length(f, 0, 4);
    const kam_tier_band *const limits = bands_of(f, n);
    kam_move_options options;
    kam_move_options_init(&options, sizeof options);
    options.as_of_day = 20000;
    fuzz_disturb(f, &options, sizeof options);
    kam_move_rows rows;
    memset(&rows, 0, sizeof rows);
    rows.struct_size = sizeof rows;
    rows.n_rows = fuzz_rows(f);
    static const uint8_t kinds[] = {MONEY,  COUNT,  DAY,   MONEY, MONEY,
                                    CHANCE, CHANCE, COUNT, DAY};
    kam_column *const column = &rows.score;
    for (int i = 0; i < 9; i++)
        if (i < 3 || fuzz_byte(f) % 2)
            column[i] = fuzz_column(f, (enum fuzz_kind)kinds[i]);
    kam_move_out out = {.struct_size = sizeof out};
    out.tier = fuzz_rows_out(f, 1, 4);
    out.verdict = fuzz_rows_out(f, 1, 4);
    out.proposed = fuzz_rows_out(f, 1, 4);
    out.since = fuzz_rows_out(f, 1, 4);
    out.row_flags = fuzz_rows_out(f, 1, 4);
    fuzz_end(f, kam_move_decide(&options, limits, n, &rows, &f->host, &out,
                                &f->diag));
}

static void migration(struct fuzz *f) {
    fuzz_take_rows(f);
    kam_move_table table = {.struct_size = sizeof table};
    table.n_bands = fuzz_length(f, 0, 4);
    const int64_t n = (table.n_bands + 2) * (table.n_bands + 2);
    table.count = fuzz_out(f, n, 8);
    table.amount = fuzz_out(f, n, 8);
    const kam_column before = fuzz_column(f, COUNT);
    const kam_column after = fuzz_column(f, COUNT);
    const kam_column amount = fuzz_column(f, MONEY);
    fuzz_end(f,
             kam_move_count(&before, &after, &amount, f->n, &table, &f->diag));
}

static void matrix(struct fuzz *f) {
    fuzz_take_rows(f);
    kam_matrix_options options;
    kam_matrix_options_init(&options, sizeof options);
    fuzz_disturb(f, &options, sizeof options);
    const kam_matrix_options *const given =
        fuzz_byte(f) < 200 ? &options : NULL;
    const kam_column revenue = fuzz_column(f, MONEY);
    kam_matrix *const fitted = fuzz_out(f, 1, sizeof *fitted);
    if (fuzz_end(f, kam_matrix_fit(given, &revenue, f->n, &f->host, fitted,
                                   &f->diag)) != KAM_OK)
        return;
    kam_matrix_rows rows = {.struct_size = sizeof rows, .n_rows = f->n};
    rows.revenue = revenue;
    rows.stable = fuzz_column(f, FLAG);
    rows.growth = fuzz_column(f, CHANCE);
    rows.wallet = fuzz_column(f, MONEY);
    rows.pain = fuzz_column(f, COUNT);
    kam_matrix_out out = {.struct_size = sizeof out};
    out.matrix_class = fuzz_rows_out(f, 1, 4);
    out.value_score = fuzz_rows_out(f, 1, 8);
    out.potential_score = fuzz_rows_out(f, 1, 8);
    out.wallet_share = fuzz_rows_out(f, 1, 8);
    out.row_flags = fuzz_rows_out(f, 1, 4);
    fuzz_end(f, kam_matrix_classify(fitted, &rows, &f->host, &out, &f->diag));
    (void)kam_matrix_wallet_rule(fuzz_number(f, COUNT), fuzz_number(f, COUNT));
}

static void stability(struct fuzz *f) {
    fuzz_take_rows(f);
    f->rows_stand = 1;
    const int32_t n = fuzz_length(f, 0, 9);
    kam_matrix_options options;
    kam_matrix_options_init(&options, sizeof options);
    fuzz_disturb(f, &options, sizeof options);
    kam_column *const quarters = fuzz_memory(f, (size_t)n * sizeof *quarters);
    for (int32_t q = 0; q < n; q++) quarters[q] = fuzz_column(f, MONEY);
    kam_matrix_stability_out out = {.struct_size = sizeof out};
    out.variation = fuzz_rows_out(f, 1, 8);
    out.trend = fuzz_rows_out(f, 1, 8);
    out.chance = fuzz_rows_out(f, 1, 8);
    out.stable = fuzz_rows_out(f, 1, 8);
    out.row_flags = fuzz_rows_out(f, 1, 4);
    fuzz_end(f, kam_matrix_stability(&options, quarters, n, fuzz_rows(f),
                                     &f->host, &out, &f->diag));
}

static void rfm(struct fuzz *f) {
    fuzz_take_rows(f);
    const kam_column recency = fuzz_column(f, TIME);
    const kam_column frequency = fuzz_column(f, COUNT);
    const kam_column money = fuzz_column(f, MONEY);
    kam_rfm *const cuts = fuzz_out(f, 1, sizeof *cuts);
    if (fuzz_end(f, kam_rfm_fit(fuzz_pick(f, 2, 10), &recency, &frequency,
                                &money, f->n, &f->host, cuts, &f->diag)) !=
        KAM_OK)
        return;
    kam_rfm_out out = {.struct_size = sizeof out};
    out.recency = fuzz_rows_out(f, 1, 4);
    out.frequency = fuzz_rows_out(f, 1, 4);
    out.money = fuzz_rows_out(f, 1, 4);
    out.row_flags = fuzz_rows_out(f, 1, 4);
    fuzz_end(f, kam_rfm_score(cuts, &recency, &frequency, &money, f->n,
                              &f->host, &out, &f->diag));
}

static void key_accounts(struct fuzz *f) {
    fuzz_take_rows(f);
    kam_key_account_options options;
    kam_key_account_options_init(&options, sizeof options);
    fuzz_disturb(f, &options, sizeof options);
    kam_key_account_rows rows = {.struct_size = sizeof rows, .n_rows = f->n};
    rows.repeat_orders = fuzz_column(f, COUNT);
    rows.repeat_revenue = fuzz_column(f, MONEY);
    rows.margin = fuzz_column(f, CHANCE);
    rows.revenue = fuzz_column(f, MONEY);
    kam_key_account *const fitted = fuzz_out(f, 1, sizeof *fitted);
    if (fuzz_end(f, kam_key_account_fit(&options, &rows, &f->host, fitted,
                                        &f->diag)) != KAM_OK)
        return;
    kam_key_account_out out = {.struct_size = sizeof out};
    out.is_key = fuzz_rows_out(f, 1, 4);
    out.passed = fuzz_rows_out(f, 1, 4);
    out.share = fuzz_rows_out(f, 1, 8);
    out.row_flags = fuzz_rows_out(f, 1, 4);
    fuzz_end(f, kam_key_account_test(fitted, &rows, &f->host, &out, &f->diag));
}

static void scorecards(struct fuzz *f) {
    fuzz_take_rows(f);
    f->rows_stand = 1;
    kam_scorecard card = {.struct_size = sizeof card};
    card.n_criteria = fuzz_length(f, 0, 4);
    kam_scorecard_criterion *const criteria =
        fuzz_memory(f, 4 * sizeof *criteria);
    kam_column *const values = fuzz_memory(f, 4 * sizeof *values);
    for (int32_t i = 0; i < card.n_criteria; i++) {
        criteria[i] = (kam_scorecard_criterion){fuzz_number(f, TIME),
                                                fuzz_number(f, COUNT),
                                                20 + fuzz_number(f, COUNT)};
        values[i] = fuzz_column(f, COUNT);
    }
    card.criteria = criteria;
    card.least_coverage = fuzz_number(f, CHANCE);
    kam_scorecard_out out = {.struct_size = sizeof out};
    out.score = fuzz_rows_out(f, 1, 8);
    out.coverage = fuzz_rows_out(f, 1, 8);
    out.part = fuzz_rows_out(f, card.n_criteria, 8);
    out.row_flags = fuzz_rows_out(f, 1, 4);
    fuzz_end(f, kam_scorecard_score(&card, values, fuzz_rows(f), &f->host, &out,
                                    &f->diag));
    kam_scorecard_criterion *const preset = fuzz_out(f, 3, sizeof *preset);
    fuzz_end(f, kam_scorecard_preset_stickiness(fuzz_number(f, COUNT), preset));
}

static void segments(struct fuzz *f) {
    fuzz_take_rows(f);
    const kam_column key = fuzz_column(f, TEXT), x = fuzz_column(f, MONEY);
    const kam_column y = fuzz_column(f, MONEY), z = fuzz_column(f, COUNT);
    int64_t *const segment = fuzz_out(f, f->n, 8);
    int64_t *const first = fuzz_out(f, f->n, 8);
    int64_t *const n_segments = fuzz_out(f, 1, 8);
    fuzz_end(f, kam_segment_number(&key, f->n, &f->host, segment, first,
                                   n_segments, &f->diag));
    const int32_t n = fuzz_length(f, 0, 5);
    kam_segment *const sums = fuzz_out(f, n, sizeof *sums);
    fuzz_end(f, kam_segment_add_up(&z, n, &x, f->n, &f->host, sums, &f->diag));
    kam_segment_ranks ranks = {.struct_size = sizeof ranks};
    ranks.value_rank = fuzz_out(f, f->n, 8);
    ranks.profit_rank = fuzz_out(f, f->n, 8);
    ranks.agreement = fuzz_out(f, f->n, 4);
    kam_segment_agreement *const numbers = fuzz_struct_out(f, sizeof *numbers);
    fuzz_end(f, kam_segment_compare(&x, &y, f->n, fuzz_number(f, CHANCE),
                                    &f->host, &ranks, numbers, &f->diag));
    int64_t *const rank = fuzz_out(f, f->n, 8);
    fuzz_end(f, kam_scorecard_rank(&x, f->n, &f->host, rank, &f->diag));
}

static void layers(struct fuzz *f) {
    fuzz_take_rows(f);
    f->rows_stand = 1;
    const kam_accounts book = fuzz_accounts(f);
    kam_profit_out out = {.struct_size = sizeof out};
    double **const number = &out.net_revenue;
    for (int i = 0; i < 5; i++) number[i] = fuzz_rows_out(f, 1, 8);
    out.row_flags = fuzz_rows_out(f, 1, 4);
    fuzz_end(f, kam_profit_layers(&book, &f->host, &out, &f->diag));
    const kam_column x = fuzz_column(f, SIGNED), y = fuzz_column(f, MONEY);
    const kam_column z = fuzz_column(f, MONEY);
    double *const net = fuzz_rows_out(f, 1, 8);
    double *const ratio = fuzz_rows_out(f, 1, 8);
    uint32_t *const flags = fuzz_rows_out(f, 1, 4);
    fuzz_end(f, kam_profit_net(&x, &y, &z, fuzz_rows(f), &f->host, net, ratio,
                               flags, &f->diag));
    double *const other = fuzz_rows_out(f, 1, 8);
    fuzz_end(f, kam_profit_ratio(&x, &z, fuzz_rows(f), &f->host, other,
                                 fuzz_rows_out(f, 1, 4), &f->diag));
    kam_profit_served book_of = {fuzz_number(f, MONEY), fuzz_number(f, MONEY)};
    kam_profit_served_out served = {.struct_size = sizeof served};
    served.cost_share = fuzz_rows_out(f, 1, 8);
    served.contribution_share = fuzz_rows_out(f, 1, 8);
    served.over_served = fuzz_rows_out(f, 1, 4);
    served.row_flags = fuzz_rows_out(f, 1, 4);
    fuzz_end(f, kam_profit_over_served(&book_of, &y, &x, fuzz_rows(f),
                                       fuzz_number(f, TIME), &f->host, &served,
                                       &f->diag));
}

static void whole_books(struct fuzz *f) {
    fuzz_take_rows(f);
    const kam_column x = fuzz_column(f, MONEY), y = fuzz_column(f, SIGNED);
    const kam_column key = fuzz_column(f, TEXT), parent = fuzz_column(f, TEXT);
    int64_t *const order = fuzz_out(f, f->n, 8);
    double *const sum = fuzz_out(f, f->n, 8);
    kam_whale *const whale = fuzz_struct_out(f, sizeof *whale);
    fuzz_end(f,
             kam_profit_whale(&y, f->n, &f->host, order, sum, whale, &f->diag));
    kam_profit_served *const served = fuzz_out(f, 1, sizeof *served);
    fuzz_end(f, kam_profit_served_fit(&x, &y, f->n, served, &f->diag));
    double *const share = fuzz_out(f, f->n, 8);
    kam_concentration *const result = fuzz_struct_out(f, sizeof *result);
    fuzz_end(f, kam_concentration_measure(&y, f->n, &f->host, share, result,
                                          &f->diag));
    double *const top = fuzz_out(f, f->n, 8), *const low = fuzz_out(f, f->n, 8);
    int64_t *const n_known = fuzz_out(f, 1, 8);
    fuzz_end(f, kam_concentration_curve(&x, f->n, &f->host, top, low, n_known,
                                        &f->diag));
    int64_t *const group = fuzz_out(f, f->n, 8);
    double *const amount = fuzz_out(f, f->n, 8);
    int64_t *const n_groups = fuzz_out(f, 1, 8);
    fuzz_end(f, kam_concentration_groups(&key, &parent, &x, f->n, &f->host,
                                         group, amount, n_groups, &f->diag));
}

/* What is spread adds up to the last cent. */
static void costing(struct fuzz *f) {
    fuzz_take_rows(f);
    const kam_column key = fuzz_column(f, COUNT);
    const double total = floor(fuzz_number(f, MONEY));
    double *const amount = fuzz_out(f, f->n, 8);
    if (fuzz_end(f, kam_costing_spread(total, &key, f->n, fuzz_pick(f, 0, 2),
                                       &f->host, amount, &f->diag)) == KAM_OK) {
        kam_sum sum = {0, 0};
        for (int64_t i = 0; i < f->n; i++)
            if (amount[i] == amount[i]) kam_sum_add(&sum, amount[i]);
        fuzz_check(fabs(kam_sum_value(&sum) - total) < 1e-6 * (1 + total));
    }
    kam_costing_model model = {.struct_size = sizeof model};
    kam_costing_pool *const pools = fuzz_memory(f, 3 * sizeof *pools);
    kam_costing_activity *const activities =
        fuzz_memory(f, 3 * sizeof *activities);
    model.n_pools = fuzz_length(f, 0, 3);
    model.n_activities = fuzz_length(f, 0, 3);
    model.cents = fuzz_pick(f, 0, 2);
    for (int i = 0; i < 3; i++) {
        pools[i].cost = fuzz_number(f, MONEY);
        pools[i].capacity = fuzz_number(f, MONEY);
        activities[i].pool = fuzz_pick(f, 0, 2);
        activities[i].units_each = fuzz_number(f, TIME);
    }
    model.pools = pools;
    model.activities = activities;
    kam_costing_lines lines = {.struct_size = sizeof lines, .n_rows = f->n};
    lines.n_accounts = fuzz_length(f, 0, 9);
    lines.account = fuzz_column(f, COUNT);
    lines.activity = fuzz_column(f, FLAG);
    lines.quantity = fuzz_column(f, COUNT);
    kam_costing_out out = {.struct_size = sizeof out};
    out.amount = fuzz_out(f, f->n, 8);
    out.rate = fuzz_out(f, f->n, 8);
    out.account_cost = fuzz_out(f, lines.n_accounts, 8);
    out.use = fuzz_out(f, model.n_pools, sizeof *out.use);
    out.row_flags = fuzz_out(f, f->n, 4);
    fuzz_end(f, kam_costing_allocate(&model, &lines, &f->host, &out, &f->diag));
}

static const fuzz_case cases[] = {cutpoints,  assign,    moves,  migration,
                                  matrix,     stability, rfm,    key_accounts,
                                  scorecards, segments,  layers, whole_books,
                                  costing};
FUZZ_TARGET(cases)
