/* SPDX-License-Identifier: MIT */
/* Checking a policy, and printing it as such a file. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "policy.h"
#include "policy_fields.h"

void rules_init(struct rules *rules) {
    memset(rules, 0, sizeof *rules);
    rules->tiers.struct_size = sizeof rules->tiers;
    rules->tiers.bands = rules->bands;
    rules->cadence.struct_size = sizeof rules->cadence;
    rules->cadence.stages = &rules->stages;
    rules->playbook.struct_size = sizeof rules->playbook;
    rules->playbook.width = 16;
    kam_matrix_options_init(&rules->matrix, sizeof rules->matrix);
    kam_stage_options_init(&rules->stages, sizeof rules->stages);
    kam_service_level_options_init(&rules->service_levels,
                                   sizeof rules->service_levels);
    kam_clv_options_init(&rules->future, sizeof rules->future);
    kam_kpi_options_init(&rules->figures, sizeof rules->figures);
}

void rules_free(struct rules *rules) {
    free(rules->touches);
    free(rules->actions);
    rules->touches = NULL;
    rules->actions = NULL;
}

kam_policy rules_view(const struct rules *rules) {
    const kam_policy policy = {.struct_size = sizeof policy,
                               .tiers = rules->tiers.n_bands > 0 ? &rules->tiers
                                                                 : NULL,
                               .matrix = &rules->matrix,
                               .stages = &rules->stages,
                               .cadence = &rules->cadence,
                               .service_levels = &rules->service_levels,
                               .playbook = &rules->playbook,
                               .future = &rules->future,
                               .figures = &rules->figures};
    return policy;
}

/* Checks each part alone, so that what is wrong is named as in the file:
 * "options.rules.due_days" of the playbook is playbook.rules[2].due_days. */
void rules_check(const struct rules *rules, const char *from) {
    const kam_policy whole = rules_view(rules);
    for (uint32_t part = 1; part <= KAM_POLICY_FIGURES; part <<= 1) {
        kam_diag diag = {.struct_size = sizeof diag};
        kam_policy one = {.struct_size = sizeof one};
        if (part == KAM_POLICY_TIERS) one.tiers = whole.tiers;
        if (part == KAM_POLICY_MATRIX) one.matrix = whole.matrix;
        if (part == KAM_POLICY_STAGES) one.stages = whole.stages;
        if (part == KAM_POLICY_CADENCE) one.cadence = whole.cadence;
        if (part == KAM_POLICY_SERVICE_LEVELS)
            one.service_levels = whole.service_levels;
        if (part == KAM_POLICY_PLAYBOOK) one.playbook = whole.playbook;
        if (part == KAM_POLICY_FUTURE) one.future = whole.future;
        if (part == KAM_POLICY_FIGURES) one.figures = whole.figures;
        if (kam_policy_check(&one, NULL, &diag) == KAM_OK) continue;
        const char *const key = strchr(diag.argument, '.');
        const char *const last = key ? strchr(key + 1, '.') : NULL;
        char path[80];
        if (diag.row >= 0 && key)
            snprintf(path, sizeof path, "%s%.*s[%lld]%s",
                     kam_policy_part_name(part),
                     (int)(last ? last - key : (long)strlen(key)), key,
                     (long long)diag.row, last ? last : "");
        else
            snprintf(path, sizeof path, "%s%s", kam_policy_part_name(part),
                     key ? key : "");
        fail(EXIT_INPUT, "%s: %s: %s", from, path, diag.message);
    }
}

static json_t *number(double value) {
    return isnan(value)   ? json_null()
           : isinf(value) ? json_string("inf")
           : value == floor(value) && fabs(value) < 1e15
               ? json_integer((json_int_t)value)
               : json_real(value);
}

static json_t *code(enum policy_kind kind, int32_t value) {
    const char *const name =
        value < 1000 ? policy_code_name(kind, value - 1) : NULL;
    return name ? json_string(name) : json_integer(value);
}

static json_t *codes(enum policy_kind kind, uint32_t bits) {
    json_t *const list = json_array();
    if (kind == SOME_ALARMS && bits == UINT32_MAX) {
        json_decref(list);
        return json_string("any");
    }
    for (int32_t bit = 0; bit < 32; bit++) {
        if (!(bits >> bit & 1)) continue;
        const char *const name =
            kind == SOME_CLASSES && bit > 0 ? policy_code_name(kind, bit - 1)
            : kind == SOME_STAGES           ? policy_code_name(kind, bit)
                                            : NULL;
        json_array_append_new(list,
                              name ? json_string(name)
                                   : json_integer(
                                         bit + (kind == SOME_TIERS ? 1 : 0)));
    }
    return list;
}

static json_t *three(const int32_t *value) {
    return json_pack("[i, i, i]", (int)value[0], (int)value[1], (int)value[2]);
}

static json_t *value_of(const struct policy_field *field, const void *from) {
    const void *const at = (const char *)from + field->offset;
    const int32_t whole =
        field->kind <= A_NUMBER_OR_INF ? 0 : *(const int32_t *)at;
    switch (field->kind) {
    case A_NUMBER:
    case A_NUMBER_OR_INF: return number(*(const double *)at);
    case A_WHOLE: return json_integer(whole);
    case A_YES: return json_boolean(whole);
    case THREE: return three(at);
    case A_BASIS:
        return json_string(whole == KAM_TIER_BY_RANK ? "top" : "total");
    case A_TOUCH:
    case AN_ACTION: return code(field->kind, whole);
    case A_DUE: return whole < 0 ? json_string("never") : json_integer(whole);
    default: return codes(field->kind, *(const uint32_t *)at);
    }
}

/* Rules are printed without what they do not ask for. */
static int says_nothing(const struct policy_field *field, const void *from) {
    const void *const at = (const char *)from + field->offset;
    return field->kind >= A_WHOLE && !field->is_needed &&
           *(const int32_t *)at == 0;
}

static void put_fields(json_t *object, const struct policy_field *fields,
                       const void *from, int all) {
    for (int i = 0; fields[i].key; i++)
        if (all || !says_nothing(&fields[i], from))
            json_object_set_new(object, fields[i].key,
                                value_of(&fields[i], from));
}

static json_t *part(const struct policy_field *fields, const void *from) {
    json_t *const object = json_object();
    put_fields(object, fields, from, 1);
    return object;
}

static json_t *rules_of(const struct policy_field *fields, const void *from,
                        int32_t n, size_t size) {
    json_t *const list = json_array();
    for (int32_t i = 0; i < n; i++) {
        json_t *const rule = json_object();
        put_fields(rule, fields, (const char *)from + (size_t)i * size, 0);
        json_array_append_new(list, rule);
    }
    return list;
}

static json_t *tiers_of(const struct rules *rules) {
    static const char *const bases[] = {"revenue", "top", "total"};
    json_t *const bands = json_array();
    for (int32_t i = 0; i < rules->tiers.n_bands; i++)
        json_array_append_new(bands,
                              json_pack("{s:o, s:o}", "enter",
                                        number(rules->bands[i].enter), "keep",
                                        number(rules->bands[i].keep)));
    return json_pack("{s:s, s:o}", "basis",
                     bases[rules->tiers.basis - KAM_TIER_BY_SCORE], "bands",
                     bands);
}

/* The touches that stand: the caller's, or the preset. */
static json_t *cadence_of(const struct rules *rules) {
    kam_cadence_rule preset[KAM_CADENCE_PRESET];
    kam_cadence_preset(preset);
    const int own = rules->cadence.n_rules > 0;
    return json_pack("{s:o}", "rules",
                     rules_of(policy_touch, own ? rules->touches : preset,
                              own ? rules->cadence.n_rules : KAM_CADENCE_PRESET,
                              sizeof *preset));
}

/* All actions that stand, the preset's among them, as a table of its own. */
static json_t *playbook_of(const struct rules *rules) {
    kam_playbook_rule preset[KAM_PLAYBOOK_PRESET];
    kam_playbook_preset(preset);
    json_t *const list =
        rules_of(policy_action, preset,
                 rules->playbook.instead ? 0 : KAM_PLAYBOOK_PRESET,
                 sizeof *preset);
    json_t *const own = rules_of(policy_action, rules->actions,
                                 rules->playbook.n_rules, sizeof *preset);
    json_array_extend(list, own);
    json_decref(own);
    return json_pack("{s:b, s:i, s:o}", "instead", 1, "width",
                     (int)rules->playbook.width, "rules", list);
}

static json_t *service_of(const kam_service_level_options *levels) {
    json_t *const hours = json_object();
    for (int stage = 0; stage < KAM_STAGE_COUNT; stage++) {
        json_t *const one = json_object();
        for (int i = 0; i < KAM_SERVICE_COUNT; i++)
            json_object_set_new(one, kam_service_level_name(i, KAM_EN),
                                number(levels->hours[stage][i]));
        json_object_set_new(hours, policy_code_name(SOME_STAGES, stage), one);
    }
    return json_pack("{s:i, s:o}", "early_days", (int)levels->early_days,
                     "hours", hours);
}

static json_t *defaults_of(const struct rules *rules) {
    const kam_policy policy = rules_view(rules);
    uint32_t defaults = 0;
    json_t *const parts = json_array();
    kam_policy_check(&policy, &defaults, NULL);
    for (uint32_t bit = 1; bit <= KAM_POLICY_FIGURES; bit <<= 1)
        if (defaults & bit)
            json_array_append_new(parts,
                                  json_string(kam_policy_part_name(bit)));
    return parts;
}

void rules_print(const struct rules *rules) {
    json_t *const root = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "tiers",
        tiers_of(rules), "matrix", part(policy_matrix, &rules->matrix),
        "stages", part(policy_stages, &rules->stages), "cadence",
        cadence_of(rules), "service_levels", service_of(&rules->service_levels),
        "playbook", playbook_of(rules), "future",
        part(policy_future, &rules->future), "figures",
        part(policy_figures, &rules->figures), "defaults", defaults_of(rules));
    if (!root ||
        json_dumpf(root, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) !=
            0 ||
        putchar('\n') == EOF || fflush(stdout) != 0)
        fail(EXIT_TROUBLE, "the policy cannot be written");
    json_decref(root);
}
