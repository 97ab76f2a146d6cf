/* SPDX-License-Identifier: MIT */
/* Everything about every account: each tile of rows is read once and shown to
 * every room. */
#include <kam/score.h>

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/diag.h"
#include "base/isa.h"
#include "base/memory.h"
#include "base/sized.h"
#include "data/account.h"
#include "profit/layers.h"
#include "score/policy.h"
#include "score/rules.h"
#include "tier/assign.h"
#include "value/btyd_reasons.h"
#include "value/clv.h"
#include "value/spend_model.h"

enum { N_REASONS = 4 };

struct score {
    const kam_accounts *accounts;
    const kam_models *models;
    kam_models read;
    const kam_scores *out;
    kam_scores wanted;
    double horizon;     /* periods */
    kam__family family; /* NULL: no order model */
    kam__spend spend;   /* NULL: no spend model that is wanted */
    struct kam__profit_layers profit;
    kam_profit_out profit_out;
    struct kam__tier_assignment tier;
    kam_tier_out tier_out;
    struct kam__explainer explainer;
    struct kam__clv clv;
    kam_policy policy;
    int32_t isa;
    int wants_orders, wants_value, wants_tier, wants_profit, wants_rules;
    int uses_horizon;
    struct kam__rules rules;
};

static void fill(double *out, int64_t first, int32_t n, double value) {
    for (int32_t i = 0; out && i < n; i++) out[first + i] = value;
}

static void add_flags(const struct score *score, int64_t first, int32_t n,
                      const uint32_t *flag) {
    for (int32_t i = 0; score->out->row_flags && i < n; i++)
        score->out->row_flags[first + i] |= flag[i];
}

static void flag_all(const struct score *score, int64_t first, int32_t n,
                     uint32_t flag) {
    for (int32_t i = 0; score->out->row_flags && i < n; i++)
        score->out->row_flags[first + i] |= flag;
}

/* Answers of a tile, NaN where the row is flagged. */
static void write(double *out, int64_t first, int32_t n, const double *answer,
                  const uint32_t *flag) {
    for (int32_t i = 0; i < n; i++)
        out[first + i] = flag[i] ? (double)NAN : answer[i];
}

/* The base stays first; the other parts by size, the largest first. */
static void rank_reasons(kam_reason *reasons, int32_t n) {
    for (int32_t row = 0; row < n; row++) {
        kam_reason *const part = reasons + (int64_t)row * N_REASONS + 1;
        for (int i = 1; i < N_REASONS - 1; i++)
            for (int j = i; j > 0 && fabs(part[j].contribution) >
                                         fabs(part[j - 1].contribution);
                 j--) {
                const kam_reason less = part[j - 1];
                part[j - 1] = part[j];
                part[j] = less;
            }
    }
}

static void no_orders(const struct score *score, int64_t first, int32_t n) {
    const kam_scores *const out = score->out;
    const kam_reason none = {KAM_REASON_NONE, 0, NAN, NAN};
    fill(out->alive, first, n, NAN);
    fill(out->expected_orders, first, n, NAN);
    fill(out->churn_risk, first, n, NAN);
    for (int64_t i = 0; out->reasons && i < (int64_t)n * N_REASONS; i++)
        out->reasons[first * N_REASONS + i] = none;
    flag_all(score, first, n, KAM_ROW_MISSING);
}

static void score_orders(const struct score *score, int64_t first,
                         const struct kam__btyd_tile *tile,
                         const struct kam__btyd_rows *rows) {
    const kam_scores *const out = score->out;
    const int32_t n = tile->n;
    const kam__family family = score->family;
    const double *const parameter = score->models->orders.parameter;
    double answer[KAM__TILE];
    if (out->alive) {
        family->alive(family, parameter, tile, 0, answer);
        write(out->alive, first, n, answer, rows->flag);
    }
    if (out->expected_orders) {
        family->expected(family, parameter, tile, score->horizon, answer);
        write(out->expected_orders, first, n, answer, rows->flag);
    }
    if (out->churn_risk) {
        family->no_order(family, parameter, tile, score->horizon, answer);
        write(out->churn_risk, first, n, answer, rows->flag);
    }
    if (out->reasons) {
        kam_reason *const reasons = out->reasons + first * N_REASONS;
        kam__btyd_explain(&score->explainer, rows, n, reasons);
        rank_reasons(reasons, n);
    }
    add_flags(score, first, n, rows->flag);
}

static void score_order_value(const struct score *score, int64_t first,
                              int32_t n) {
    double x_tile[KAM__TILE], m_tile[KAM__TILE];
    uint32_t flag[KAM__TILE];
    const kam_accounts *const a = score->accounts;
    if (score->models->spend.family == 0) {
        fill(score->out->order_value, first, n, NAN);
        flag_all(score, first, n, KAM_ROW_MISSING);
        return;
    }
    const double *const x = kam__spend_orders(a, first, n, x_tile);
    const double *const m = kam__gather(&a->mean_order_value, first, n, m_tile);
    for (int32_t i = 0; i < n; i++) {
        flag[i] = kam__spend_flag(x[i], m[i], score->spend->is_margin);
        const int usable = flag[i] == 0 || flag[i] == KAM_ROW_ONE_ORDER;
        const double value =
            usable
                ? score->spend->mean(score->models->spend.parameter, x[i], m[i])
                : (double)NAN;
        if (value == INFINITY) flag[i] |= KAM_ROW_INFINITE;
        score->out->order_value[first + i] = value;
    }
    add_flags(score, first, n, flag);
}

static void no_value(const struct score *score, int64_t first, int32_t n) {
    const kam_scores *const out = score->out;
    fill(out->lifetime_value, first, n, NAN);
    fill(out->lifetime_value_low, first, n, NAN);
    fill(out->lifetime_value_high, first, n, NAN);
    flag_all(score, first, n, KAM_ROW_MISSING);
}

/* Answers from the history of orders, read once for all of them. */
static void score_history(const struct score *score, int64_t first, int32_t n) {
    struct kam__btyd_memo memo;
    struct kam__btyd_rows rows;
    const int has_value = score->family && score->models->spend.family != 0;
    if (score->wants_orders && !score->family) no_orders(score, first, n);
    if (score->wants_value && !has_value) no_value(score, first, n);
    if (!score->family) return;
    struct kam__btyd_tile tile =
        kam__btyd_load(score->accounts, first, n, score->isa, &rows);
    tile.memo = &memo;
    memo.parameter = score->models->orders.parameter;
    memo.horizon = score->uses_horizon ? score->horizon : 0;
    memo.is_known = 0;
    if (score->wants_orders) score_orders(score, first, &tile, &rows);
    if (score->wants_value && has_value)
        kam__clv_rows(&score->clv, first, &tile, &rows);
}

static const int32_t *score_tier(const struct score *score, int64_t first,
                                 int32_t n, int32_t *tier) {
    const kam_scores *const out = score->out;
    if (score->models->n_bands > 0)
        return kam__tier_rows(&score->tier, first, n, tier);
    for (int32_t i = 0; i < n; i++) tier[i] = -1;
    for (int32_t i = 0; out->tier && i < n; i++) out->tier[first + i] = -1;
    fill(out->tier_to_next, first, n, NAN);
    fill(out->tier_above_limit, first, n, NAN);
    flag_all(score, first, n, KAM_ROW_MISSING);
    return tier;
}

static void score_rows(void *context, int64_t first, int32_t n) {
    const struct score *const score = context;
    int32_t own[KAM__TILE];
    const int32_t *tier = own;
    if (score->out->row_flags)
        memset(score->out->row_flags + first, 0,
               (size_t)n * sizeof *score->out->row_flags);
    if (score->wants_profit) kam__profit_rows(&score->profit, first, n);
    if (score->wants_tier) tier = score_tier(score, first, n, own);
    if (score->wants_orders || score->wants_value)
        score_history(score, first, n);
    if (score->out->order_value) score_order_value(score, first, n);
    if (score->wants_rules) kam__rules_rows(&score->rules, first, n, tier);
}

static void find_wanted(struct score *score) {
    const kam_scores *const out = score->out;
    score->wants_orders =
        out->alive || out->expected_orders || out->churn_risk || out->reasons;
    score->wants_value = out->lifetime_value || out->lifetime_value_low ||
                         out->lifetime_value_high;
    score->uses_horizon =
        out->expected_orders || out->churn_risk || score->wants_value;
    score->wants_tier = kam__rules_want(&score->rules, out) || out->tier ||
                        out->tier_to_next || out->tier_above_limit;
    score->wants_rules = kam__rules_used(&score->rules) != 0;
    score->wants_profit = out->net_revenue || out->profit || out->margin_ratio;
}

static kam_status begin_tier(struct score *score, kam_diag *diag) {
    score->tier_out = (kam_tier_out){sizeof score->tier_out,
                                     0,
                                     score->out->tier,
                                     score->out->tier_to_next,
                                     score->out->tier_above_limit,
                                     score->out->row_flags};
    if (!score->wants_tier || score->models->n_bands == 0) return KAM_OK;
    return kam__tier_begin(&score->tier, score->models->limits,
                           score->models->n_bands, &score->accounts->tier_value,
                           &score->accounts->tier_before,
                           score->accounts->n_rows, &score->tier_out,
                           score->isa, diag);
}

static kam_status begin_profit(struct score *score, kam_diag *diag) {
    score->profit_out =
        (kam_profit_out){sizeof score->profit_out, 0,
                         score->out->net_revenue,  NULL,
                         score->out->profit,       NULL,
                         score->out->margin_ratio, score->out->row_flags};
    if (!score->wants_profit) return KAM_OK;
    return kam__profit_begin(&score->profit, score->accounts,
                             &score->profit_out, score->isa, diag);
}

static kam_status begin_orders(struct score *score,
                               const kam_clv_options *options, kam_diag *diag) {
    kam_status status = KAM_OK;
    if (score->models->orders.family == 0) return KAM_OK;
    score->family = kam__btyd_read_model(&score->models->orders, &status, diag);
    if (!score->family) return status;
    score->horizon =
        kam__clv_periods(options, score->models->orders.period_days);
    if (!(score->out->churn_risk || score->out->reasons)) return KAM_OK;
    return kam__btyd_explainer(&score->explainer, score->family,
                               &score->models->orders, score->horizon,
                               score->models->reference, score->isa, diag);
}

static kam_status begin_value(struct score *score,
                              const kam_clv_options *options, kam_diag *diag) {
    kam_status status = KAM_OK;
    if (score->models->spend.family == 0) return KAM_OK;
    if (score->out->order_value || score->wants_value)
        score->spend =
            kam__spend_read_model(&score->models->spend, &status, diag);
    if (status != KAM_OK) return status;
    if (!score->wants_value || !score->family) return KAM_OK;
    const struct kam__clv_out out = {score->out->lifetime_value,
                                     score->out->lifetime_value_low,
                                     score->out->lifetime_value_high,
                                     score->out->row_flags};
    return kam__clv_begin(&score->clv, score->family, &score->models->orders,
                          score->models->orders_covariance, score->spend,
                          &score->models->spend,
                          score->models->spend_covariance, score->accounts,
                          options, score->isa, &out, diag);
}

/* `accounts` are ours. */
static kam_status begin(struct score *score, const kam_accounts *accounts,
                        const kam_models *models, const kam_policy *policy,
                        int32_t as_of_day, const kam_host *host,
                        const kam_scores *out, kam_diag *diag) {
    kam_clv_options how;
    score->family = NULL;
    score->spend = NULL;
    score->horizon = 0;
    kam_status status;
    score->accounts = accounts;
    score->models =
        kam__sized_view(&score->read, sizeof score->read, models,
                        KAM__FIRST(kam_models), "models", &status, diag);
    if (status == KAM_OK)
        score->out =
            kam__sized_view(&score->wanted, sizeof score->wanted, out,
                            KAM__FIRST(kam_scores), "out", &status, diag);
    if (status == KAM_OK)
        status = kam__column_check(&score->accounts->mean_order_value,
                                   score->accounts->n_rows, KAM__NUMBERS, 0,
                                   "accounts.mean_order_value", diag);
    if (status == KAM_OK) status = kam__spend_check(score->accounts, diag);
    if (status == KAM_OK)
        status = kam__policy_read(&score->policy, policy, diag);
    if (status == KAM_OK)
        status = kam__clv_read_options(&how, score->policy.future, diag);
    if (status != KAM_OK) return status;
    score->isa = kam__isa_level(host, score->accounts->n_rows);
    find_wanted(score);
    status = begin_profit(score, diag);
    if (status == KAM_OK) status = begin_tier(score, diag);
    if (status == KAM_OK) status = begin_orders(score, &how, diag);
    if (status == KAM_OK) status = begin_value(score, &how, diag);
    if (status == KAM_OK && score->wants_rules)
        status = kam__rules_begin(&score->rules, score->accounts, score->models,
                                  &score->policy, as_of_day, score->isa, diag);
    return status;
}

/* Parts of the policy that the answers used and that stand at their defaults. */
static uint32_t defaults_of(const struct score *score) {
    const uint32_t fitted = KAM_POLICY_TIERS | KAM_POLICY_MATRIX;
    uint32_t used = kam__rules_used(&score->rules);
    if (score->wants_tier) used |= KAM_POLICY_TIERS;
    if (score->out->expected_orders || score->out->churn_risk ||
        score->out->reasons || score->wants_value)
        used |= KAM_POLICY_FUTURE;
    return (used & fitted & score->models->defaults) |
           kam__policy_defaults(&score->policy, used & ~fitted);
}

static kam_status run(const kam_accounts *accounts, const kam_models *models,
                      const kam_policy *policy, int32_t as_of_day,
                      const kam_host *host, const kam_scores *out,
                      kam_diag *diag) {
    struct score score;
    kam_status status =
        begin(&score, accounts, models, policy, as_of_day, host, out, diag);
    if (status != KAM_OK) return status;
    status = kam__for_rows(host, accounts->n_rows, score_rows, &score, diag);
    if (status != KAM_OK) return status;
    if (score.out->defaults) *score.out->defaults = defaults_of(&score);
    return kam__ok(diag);
}

kam_status kam_score(const kam_accounts *accounts, const kam_models *models,
                     const kam_policy *policy, int32_t as_of_day,
                     const kam_host *host, const kam_scores *out,
                     kam_diag *diag) {
    kam_accounts ours;
    kam_host lent;
    kam_status status = kam__host_read(&lent, host, diag);
    if (status == KAM_OK)
        status = kam__btyd_read_accounts(&ours, accounts, diag);
    return status == KAM_OK
               ? run(&ours, models, policy, as_of_day, &lent, out, diag)
               : status;
}

kam_status kam_score_one(const kam_account *account, uint64_t account_size,
                         const kam_models *models, const kam_policy *policy,
                         int32_t as_of_day, const kam_scores *out,
                         kam_diag *diag) {
    kam_accounts ours;
    const kam_host none = {.struct_size = sizeof none};
    const kam_status status = kam__accounts_of(account, account_size, 1, &ours);
    if (status != KAM_OK)
        return kam__fail(diag, status, "account", -1, (double)account_size, "");
    return run(&ours, models, policy, as_of_day, &none, out, diag);
}
