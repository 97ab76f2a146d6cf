/* SPDX-License-Identifier: MIT */
/* A company's rules: each part is checked by its own room. */
#include "score/policy.h"

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/sized.h"
#include "care/playbook.h"
#include "care/stage.h"
#include "kpi/figures.h"
#include "tier/matrix_options.h"
#include "value/clv.h"

enum { MOST_BANDS = 16 };

/* Whether two structs are equal but for their first member, the size. */
static int is_same(const void *a, const void *b, size_t size) {
    const size_t head = sizeof(uint32_t);
    return memcmp((const char *)a + head, (const char *)b + head,
                  size - head) == 0;
}

int kam__tiers_are_default(const kam_tier_policy *tiers) {
    kam_tier_band preset[3];
    (void)kam_tier_preset_cny(preset);
    return tiers->basis == KAM_TIER_BY_SCORE && tiers->n_bands == 3 &&
           memcmp(tiers->bands, preset, sizeof preset) == 0;
}

static kam_status check_tiers(const kam_tier_policy *tiers, int *is_default,
                              kam_diag *diag) {
    kam_tier_band limits[MOST_BANDS];
    *is_default = !tiers;
    if (!tiers) return KAM_OK;
    const kam_status status =
        kam_tier_cutpoints(tiers, &(kam_column){0}, 0, NULL, limits, diag);
    if (status != KAM_OK && status != KAM_ERR_EMPTY) return status;
    *is_default = kam__tiers_are_default(tiers);
    return KAM_OK;
}

static kam_status check_matrix(const kam_matrix_options *matrix,
                               int *is_default, kam_diag *diag) {
    kam_matrix_options ours;
    const kam_matrix_options usual = kam__matrix_defaults();
    const kam_status status = kam__matrix_options_read(&ours, matrix, diag);
    *is_default = is_same(&ours, &usual, sizeof ours);
    return status;
}

static kam_status check_stages(const kam_stage_options *stages, int *is_default,
                               kam_diag *diag) {
    kam_stage_options ours, usual;
    (void)kam__stage_read(&usual, NULL, NULL);
    const kam_status status = kam__stage_read(&ours, stages, diag);
    *is_default = is_same(&ours, &usual, sizeof ours);
    return status;
}

static int is_preset_cadence(const kam_cadence_options *o) {
    kam_cadence_rule preset[KAM_CADENCE_PRESET];
    (void)kam_cadence_preset(preset);
    return o->n_rules == 0 || (o->n_rules == KAM_CADENCE_PRESET &&
                               memcmp(o->rules, preset, sizeof preset) == 0);
}

static kam_status check_cadence(const kam_policy *policy, int *is_default,
                                kam_diag *diag) {
    const int32_t touch = KAM_TOUCH_VISIT;
    const kam_cadence_accounts none = {.struct_size = sizeof none,
                                       .n_touches = 1,
                                       .touches = &touch};
    const kam_cadence_out out = {.struct_size = sizeof out};
    const kam_cadence_options *const o = policy->cadence;
    const kam_status status = kam_cadence_due(&none, 0, o, NULL, &out, diag);
    if (status == KAM_OK) *is_default = !o || is_preset_cadence(o);
    return status;
}

static kam_status check_service(const kam_service_level_options *levels,
                                int *is_default, kam_diag *diag) {
    kam_service_level_options usual;
    const kam_column none = {0};
    double hours;
    (void)kam_service_level_options_init(&usual, sizeof usual);
    const kam_status status =
        kam_service_level_limits(&none, &none, 0, levels, NULL, &hours, NULL,
                                 diag);
    *is_default =
        !levels || (status == KAM_OK && is_same(levels, &usual, sizeof usual));
    return status;
}

static kam_status check_playbook(const kam_playbook_options *playbook,
                                 int *is_default, kam_diag *diag) {
    const kam_playbook_accounts none = {.struct_size = sizeof none};
    const kam_playbook_out out = {.struct_size = sizeof out};
    const kam_status status =
        kam_playbook_actions(&none, playbook, NULL, &out, diag);
    if (status == KAM_OK)
        *is_default = !playbook || kam__playbook_is_default(playbook);
    return status;
}

static kam_status check_future(const kam_clv_options *future, int *is_default,
                               kam_diag *diag) {
    kam_clv_options ours, usual;
    (void)kam__clv_read_options(&usual, NULL, NULL);
    const kam_status status = kam__clv_read_options(&ours, future, diag);
    usual.pace = ours.pace; /* what a book does is no rule of a company */
    usual.pace_variance = ours.pace_variance;
    *is_default = is_same(&ours, &usual, sizeof ours);
    return status;
}

static kam_status check_figures(const kam_kpi_options *figures, int *is_default,
                                kam_diag *diag) {
    kam_kpi_options ours, usual;
    *is_default = !figures;
    if (!figures) return KAM_OK;
    (void)kam_kpi_options_init(&usual, sizeof usual);
    const kam_status status = kam__kpi_options_read(&ours, figures, diag);
    *is_default =
        ours.confidence == usual.confidence && ours.scale == usual.scale &&
        ours.grace_days == usual.grace_days &&
        memcmp(ours.age_days, usual.age_days, sizeof ours.age_days) == 0;
    return status;
}

static kam_status check_part(const kam_policy *p, uint32_t part,
                             int *is_default, kam_diag *diag) {
    switch (part) {
    case KAM_POLICY_TIERS: return check_tiers(p->tiers, is_default, diag);
    case KAM_POLICY_MATRIX: return check_matrix(p->matrix, is_default, diag);
    case KAM_POLICY_STAGES: return check_stages(p->stages, is_default, diag);
    case KAM_POLICY_CADENCE: return check_cadence(p, is_default, diag);
    case KAM_POLICY_SERVICE_LEVELS:
        return check_service(p->service_levels, is_default, diag);
    case KAM_POLICY_PLAYBOOK:
        return check_playbook(p->playbook, is_default, diag);
    case KAM_POLICY_FUTURE: return check_future(p->future, is_default, diag);
    default: return check_figures(p->figures, is_default, diag);
    }
}

kam_status kam__policy_read(kam_policy *ours, const kam_policy *theirs,
                            kam_diag *diag) {
    memset(ours, 0, sizeof *ours);
    return theirs ? kam__sized_read(ours, sizeof *ours, theirs,
                                    KAM__FIRST(kam_policy), "policy", diag)
                  : KAM_OK;
}

uint32_t kam__policy_defaults(const kam_policy *policy, uint32_t parts) {
    uint32_t found = 0;
    for (uint32_t part = KAM_POLICY_TIERS; part <= KAM_POLICY_FIGURES;
         part <<= 1) {
        int is_default = 0;
        if (parts & part &&
            check_part(policy, part, &is_default, NULL) == KAM_OK && is_default)
            found |= part;
    }
    return found;
}

kam_status kam_policy_check(const kam_policy *policy, uint32_t *defaults,
                            kam_diag *diag) {
    kam_policy ours;
    uint32_t found = 0;
    kam_status status = kam__sized_read(&ours, sizeof ours, policy,
                                        KAM__FIRST(kam_policy), "policy", diag);
    for (uint32_t part = KAM_POLICY_TIERS;
         part <= KAM_POLICY_FIGURES && status == KAM_OK; part <<= 1) {
        int is_default = 0;
        status = check_part(&ours, part, &is_default, diag);
        if (is_default) found |= part;
    }
    if (status != KAM_OK) return status;
    if (defaults) *defaults = found;
    return kam__ok(diag);
}

const char *kam_policy_part_name(uint32_t part) {
    switch (part) {
    case KAM_POLICY_TIERS: return "tiers";
    case KAM_POLICY_MATRIX: return "matrix";
    case KAM_POLICY_STAGES: return "stages";
    case KAM_POLICY_CADENCE: return "cadence";
    case KAM_POLICY_SERVICE_LEVELS: return "service_levels";
    case KAM_POLICY_PLAYBOOK: return "playbook";
    case KAM_POLICY_FUTURE: return "future";
    case KAM_POLICY_FIGURES: return "figures";
    default: return "unknown";
    }
}
