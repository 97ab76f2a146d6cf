/* SPDX-License-Identifier: MIT */
/* The functions of a row that databases get, and what they read and answer. */
#ifndef KAM_ROW_FUNCTIONS_H
#define KAM_ROW_FUNCTIONS_H

#include <kam/kam.h>
#include <stddef.h>
#include <string.h>

enum { FIELDS = sizeof(kam_account) / sizeof(double), MOST_ARGUMENTS = 9 };

#define FIELD(name) (offsetof(kam_account, name) / sizeof(double))
#define HISTORY                                                                \
    FIELD(repeat_orders), FIELD(last_order_periods), FIELD(age_periods)
#define MONEY                                                                  \
    FIELD(gross_revenue), FIELD(returns), FIELD(direct_cost),                  \
        FIELD(service_cost)

/* The fields its arguments are, after the models where it needs these, and the
 * member of kam_scores that it answers. */
struct function {
    const char *name;
    size_t answer;
    int needs_models, n;
    size_t field[MOST_ARGUMENTS];
};

static const struct function FUNCTIONS[] = {
    {"kam_net_revenue", offsetof(kam_scores, net_revenue), 0, 4, {MONEY}},
    {"kam_contribution", offsetof(kam_scores, profit), 0, 4, {MONEY}},
    {"kam_contribution_ratio",
     offsetof(kam_scores, margin_ratio),
     0,
     4,
     {MONEY}},
    {"kam_alive", offsetof(kam_scores, alive), 1, 3, {HISTORY}},
    {"kam_expected_orders",
     offsetof(kam_scores, expected_orders),
     1,
     3,
     {HISTORY}},
    {"kam_churn_risk", offsetof(kam_scores, churn_risk), 1, 3, {HISTORY}},
    {"kam_order_value",
     offsetof(kam_scores, order_value),
     1,
     2,
     {FIELD(repeat_orders), FIELD(mean_order_value)}},
    {"kam_lifetime_value",
     offsetof(kam_scores, lifetime_value),
     1,
     8,
     {HISTORY, FIELD(mean_order_value), MONEY}},
    {"kam_tier", offsetof(kam_scores, tier), 1, 1, {FIELD(tier_value)}},
    {"kam_tier_again",
     offsetof(kam_scores, tier),
     1,
     2,
     {FIELD(tier_value), FIELD(tier_before)}}};
enum { N_FUNCTIONS = sizeof FUNCTIONS / sizeof *FUNCTIONS };

/* What kam_fit takes of a row. */
static const size_t FITTED[] = {HISTORY, FIELD(mean_order_value),
                                FIELD(tier_value)};
enum { N_FITTED = sizeof FITTED / sizeof *FITTED };

/* Models as kam_fit made them, those of an older libkam too; 0 if these are none. */
static inline int models_of(const void *blob, size_t size, kam_models *models) {
    uint32_t said = 0;
    memset(models, 0, sizeof *models);
    models->struct_size = sizeof *models;
    if (size >= sizeof said) memcpy(&said, blob, sizeof said);
    if (said != size || size == 0 || size > sizeof *models) return 0;
    memcpy(models, blob, size);
    return 1;
}

/* The models of n rows that kam_fit took. */
static inline kam_status fit_rows(double (*row)[N_FITTED], int64_t n,
                                  const kam_host *host, kam_models *models,
                                  kam_diag *diag) {
    kam_accounts accounts = {.struct_size = sizeof accounts, .n_rows = n};
    kam_column *const column =
        (kam_column *)(void *)((char *)&accounts +
                               offsetof(kam_accounts, repeat_orders));
    for (int i = 0; i < N_FITTED; i++) {
        column[FITTED[i]].values = &row[0][i];
        column[FITTED[i]].stride = sizeof *row;
        column[FITTED[i]].type = KAM_F64;
    }
    return kam_fit(&accounts, 1, NULL, host, models, NULL, diag);
}

/* What is to be computed: the answer of a function, to `value` or to `tier`. */
static inline kam_scores asked_for(const struct function *f, double *value,
                                   int32_t *tier) {
    kam_scores scores = {.struct_size = sizeof scores};
    if (f->answer == offsetof(kam_scores, tier))
        scores.tier = tier;
    else
        memcpy((char *)&scores + f->answer, &value, sizeof value);
    return scores;
}

#endif
