/* SPDX-License-Identifier: MIT */
/* The rooms of tiers and care, tile by tile, each fed by the one before: class
 * and stage go to touches and actions. */
#include "score/rules.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/diag.h"
#include "base/sized.h"

enum { DAYS = KAM__DAYS | KAM__NUMBERS };

static const int32_t TOUCHES[KAM_SCORE_TOUCHES] = {KAM_TOUCH_VISIT,
                                                   KAM_TOUCH_REVIEW,
                                                   KAM_TOUCH_ONBOARDING,
                                                   KAM_TOUCH_VALUE_REPORT,
                                                   KAM_TOUCH_EXECUTIVE_MEETING,
                                                   KAM_TOUCH_DATA_REVIEW,
                                                   KAM_TOUCH_SURVEY,
                                                   KAM_TOUCH_REVISIT,
                                                   KAM_TOUCH_RESOURCE_REVIEW,
                                                   KAM_TOUCH_RIVAL_WATCH};

int kam__rules_want(struct kam__rules *rules, const kam_scores *out) {
    rules->out = out;
    rules->wants_touches =
        out->touch_due || out->touch_overdue || out->touch_next;
    rules->wants_actions = out->n_actions || out->actions || out->action_days;
    const int both = rules->wants_touches || rules->wants_actions;
    rules->wants_class =
        out->matrix_class || out->value_score || out->potential_score || both;
    rules->wants_stage =
        out->stage || out->stage_days_left || rules->wants_actions;
    return both;
}

uint32_t kam__rules_used(const struct kam__rules *rules) {
    uint32_t parts = 0;
    if (rules->wants_class) parts |= KAM_POLICY_MATRIX;
    if (rules->wants_stage) parts |= KAM_POLICY_STAGES;
    if (rules->wants_touches) parts |= KAM_POLICY_STAGES | KAM_POLICY_CADENCE;
    if (rules->wants_actions) parts |= KAM_POLICY_PLAYBOOK;
    return parts;
}

static kam_status begin_class(struct kam__rules *rules,
                              const kam_models *models, kam_diag *diag) {
    const kam_accounts *const a = rules->accounts;
    const kam_matrix_rows rows = {.struct_size = sizeof rows,
                                  .n_rows = a->n_rows,
                                  .revenue = a->tier_value,
                                  .stable = a->stable,
                                  .growth = a->growth,
                                  .wallet = a->wallet,
                                  .pain = a->pain};
    const kam_matrix_out out = {.struct_size = sizeof out,
                                .matrix_class = rules->out->matrix_class,
                                .value_score = rules->out->value_score,
                                .potential_score = rules->out->potential_score,
                                .row_flags = rules->out->row_flags};
    rules->has_matrix = models->has_matrix != 0;
    if (!rules->has_matrix) return KAM_OK;
    return kam__classify_begin(&rules->matrix, &models->matrix, &rows, &out,
                               rules->isa, diag);
}

static kam_status begin_stage(struct kam__rules *rules,
                              const kam_policy *policy, int32_t as_of_day,
                              kam_diag *diag) {
    const kam_stage_out out = {.struct_size = sizeof out,
                               .stage = rules->out->stage,
                               .days_to_next = rules->out->stage_days_left,
                               .row_flags = rules->out->row_flags};
    return kam__stage_begin(&rules->stage, &rules->accounts->contract_day, DAYS,
                            rules->accounts->n_rows, as_of_day, policy->stages,
                            &out, rules->isa, diag);
}

/* Stages of the policy, unless its cadence has its own. */
static kam_status begin_touches(struct kam__rules *rules,
                                const kam_policy *policy, int32_t as_of_day,
                                kam_diag *diag) {
    const kam_accounts *const a = rules->accounts;
    const char *const last =
        (const char *)a + offsetof(kam_accounts, last_visit);
    const kam_cadence_accounts accounts = {
        .struct_size = sizeof accounts,
        .n_touches = KAM_SCORE_TOUCHES,
        .touches = TOUCHES,
        .last = (const kam_column *)(const void *)last,
        .n_rows = a->n_rows,
        .contract_day = a->contract_day};
    const kam_cadence_out out = {.struct_size = sizeof out,
                                 .due_day = rules->out->touch_due,
                                 .overdue_days = rules->out->touch_overdue,
                                 .next_day = rules->out->touch_next,
                                 .row_flags = rules->out->row_flags};
    kam_cadence_options options = {.struct_size = sizeof options};
    kam_status status = KAM_OK;
    if (policy->cadence)
        status = kam__sized_read(&options, sizeof options, policy->cadence,
                                 KAM__FIRST(kam_cadence_options),
                                 "policy.cadence", diag);
    if (status != KAM_OK) return status;
    if (!options.stages) options.stages = policy->stages;
    return kam__cadence_begin(&rules->cadence, &accounts, DAYS, as_of_day,
                              &options, &out, diag);
}

static kam_status begin_actions(struct kam__rules *rules,
                                const kam_policy *policy, kam_diag *diag) {
    const kam_playbook_out out = {.struct_size = sizeof out,
                                  .n_actions = rules->out->n_actions,
                                  .action = rules->out->actions,
                                  .due_days = rules->out->action_days,
                                  .row_flags = rules->out->row_flags};
    const kam_status status =
        kam__column_check(&rules->accounts->alarms, rules->accounts->n_rows,
                          KAM__NUMBERS, 0, "accounts.alarms", diag);
    if (status != KAM_OK) return status;
    return kam__playbook_begin(&rules->playbook, policy->playbook,
                               rules->accounts->n_rows, &out, diag);
}

kam_status kam__rules_begin(struct kam__rules *rules,
                            const kam_accounts *accounts,
                            const kam_models *models, const kam_policy *policy,
                            int32_t as_of_day, int32_t isa, kam_diag *diag) {
    kam_status status = KAM_OK;
    rules->isa = isa;
    rules->accounts = accounts;
    if ((rules->wants_stage || rules->wants_touches) &&
        (as_of_day < KAM__FIRST_DAY || as_of_day > KAM__LAST_DAY))
        return kam__fail(diag, KAM_ERR_OPTION, "as_of_day", -1, as_of_day,
                         "{value} is not in the years 1 to 9999.");
    if (rules->wants_class) status = begin_class(rules, models, diag);
    if (status == KAM_OK && rules->wants_stage)
        status = begin_stage(rules, policy, as_of_day, diag);
    if (status == KAM_OK && rules->wants_touches)
        status = begin_touches(rules, policy, as_of_day, diag);
    if (status == KAM_OK && rules->wants_actions)
        status = begin_actions(rules, policy, diag);
    return status;
}

static void no_class(const struct kam__rules *rules, int64_t first, int32_t n,
                     int32_t *matrix_class) {
    const kam_scores *const out = rules->out;
    for (int32_t i = 0; i < n; i++) {
        matrix_class[i] = KAM_MATRIX_UNKNOWN;
        if (out->matrix_class) out->matrix_class[first + i] = matrix_class[i];
        if (out->value_score) out->value_score[first + i] = (double)NAN;
        if (out->potential_score) out->potential_score[first + i] = (double)NAN;
        if (out->row_flags) out->row_flags[first + i] |= KAM_ROW_MISSING;
    }
}

void kam__rules_rows(const struct kam__rules *rules, int64_t first, int32_t n,
                     const int32_t *tier) {
    int32_t own_class[KAM__TILE], own_stage[KAM__TILE];
    const int32_t *matrix_class = own_class, *stage = own_stage;
    if (rules->wants_class && rules->has_matrix)
        matrix_class = kam__classify_rows(&rules->matrix, first, n, own_class);
    else if (rules->wants_class)
        no_class(rules, first, n, own_class);
    if (rules->wants_stage)
        stage = kam__stage_rows(&rules->stage, first, n, own_stage);
    if (rules->wants_touches)
        kam__cadence_rows(&rules->cadence, first, n, tier, matrix_class);
    if (rules->wants_actions) {
        double alarms[KAM__TILE];
        const struct kam__playbook_tile tile = {
            tier, matrix_class, stage,
            kam__gather_by(rules->isa, &rules->accounts->alarms, first, n,
                           alarms)};
        kam__playbook_rows(&rules->playbook, &tile, first, n);
    }
}
