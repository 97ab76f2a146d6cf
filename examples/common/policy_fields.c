/* SPDX-License-Identifier: MIT */
#include "policy_fields.h"

#include "policy.h"

#define FIELD(key, kind, type, member)                                         \
    { key, kind, offsetof(type, member), 0 }
#define NEEDED(key, kind, type, member)                                        \
    { key, kind, offsetof(type, member), 1 }
#define MATRIX(kind, member) FIELD(#member, kind, kam_matrix_options, member)
#define TOUCH(kind, member) FIELD(#member, kind, kam_cadence_rule, member)
#define ACTION(kind, member) FIELD(#member, kind, kam_playbook_rule, member)
#define FUTURE(kind, member) FIELD(#member, kind, kam_clv_options, member)
#define FIGURES(kind, member) FIELD(#member, kind, kam_kpi_options, member)

const struct policy_field policy_matrix[] = {
    MATRIX(A_BASIS, top_basis),     MATRIX(A_NUMBER, top_share),
    MATRIX(A_NUMBER, middle_share), MATRIX(A_NUMBER, high_growth),
    MATRIX(A_NUMBER, low_growth),   MATRIX(A_NUMBER, wallet_share),
    MATRIX(A_NUMBER, pain_least),   MATRIX(A_NUMBER, most_variation),
    MATRIX(A_NUMBER, trend_level),  MATRIX(A_WHOLE, least_quarters),
    MATRIX(A_YES, missing_is_no),   {NULL, A_NUMBER, 0, 0}};

const struct policy_field policy_stages[] = {FIELD("months", THREE,
                                                   kam_stage_options, months),
                                             {NULL, A_NUMBER, 0, 0}};

const struct policy_field policy_touch[] = {NEEDED("touch", A_TOUCH,
                                                   kam_cadence_rule, touch),
                                            TOUCH(SOME_TIERS, tiers),
                                            TOUCH(SOME_CLASSES, classes),
                                            TOUCH(SOME_STAGES, stages),
                                            TOUCH(A_WHOLE, from_month),
                                            TOUCH(A_WHOLE, to_month),
                                            TOUCH(A_WHOLE, every_days),
                                            TOUCH(A_WHOLE, every_months),
                                            {NULL, A_NUMBER, 0, 0}};

const struct policy_field policy_playbook[] = {
    FIELD("instead", A_YES, kam_playbook_options, instead),
    FIELD("width", A_WHOLE, kam_playbook_options, width),
    {NULL, A_NUMBER, 0, 0}};

const struct policy_field policy_action[] = {
    NEEDED("action", AN_ACTION, kam_playbook_rule, action),
    NEEDED("due_days", A_DUE, kam_playbook_rule, due_days),
    ACTION(SOME_TIERS, tiers),
    ACTION(SOME_CLASSES, classes),
    ACTION(SOME_STAGES, stages),
    ACTION(SOME_ALARMS, alarms),
    {NULL, A_NUMBER, 0, 0}};

const struct policy_field policy_future[] = {FUTURE(A_NUMBER_OR_INF,
                                                    horizon_days),
                                             FUTURE(A_NUMBER,
                                                    discount_per_year),
                                             FUTURE(A_NUMBER, interval),
                                             {NULL, A_NUMBER, 0, 0}};

const struct policy_field policy_figures[] = {FIGURES(A_NUMBER, confidence),
                                              FIGURES(THREE, age_days),
                                              FIGURES(A_WHOLE, scale),
                                              FIGURES(A_WHOLE, grace_days),
                                              {NULL, A_NUMBER, 0, 0}};

const char *policy_code_name(enum policy_kind kind, int32_t code) {
    switch (kind) {
    case A_TOUCH:
        return code < KAM_TOUCH_RIVAL_WATCH
                   ? kam_cadence_touch_name(code + 1, KAM_EN)
                   : NULL;
    case AN_ACTION:
        return code < KAM_ACTION_SENIOR_CONTACT
                   ? kam_playbook_action_name(code + 1, KAM_EN)
                   : NULL;
    case SOME_CLASSES:
        return code < KAM_MATRIX_UNCLASSIFIED
                   ? kam_matrix_class_name(code + 1, KAM_EN)
                   : NULL;
    case SOME_STAGES:
        return code < KAM_STAGE_COUNT ? kam_stage_name(code, KAM_EN) : NULL;
    default: return NULL;
    }
}
