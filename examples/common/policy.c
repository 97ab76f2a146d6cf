/* SPDX-License-Identifier: MIT */
#include "policy.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"

static const char *const BASES[] = {"revenue", "top", "total"};

/* What is being read, for messages. */
struct place {
    const char *path;
    const char *part; /* such as "tiers" */
};

static void check_keys(const struct place *place, json_t *object,
                       const char *const *known, const char *all) {
    const char *key;
    json_t *value;
    if (!json_is_object(object))
        fail(EXIT_INPUT, "%s: %s must be an object, { ... }", place->path,
             place->part);
    json_object_foreach(object, key, value) {
        int i = 0;
        while (known[i] && strcmp(key, known[i]) != 0) i++;
        if (!known[i])
            fail(EXIT_INPUT, "%s: %s has no \"%s\"; it has %s", place->path,
                 place->part, key, all);
    }
}

/* A number, or "inf" where that is allowed; `value` stays when there is none. */
static void read_number(const struct place *place, json_t *object,
                        const char *key, int with_inf, double *value) {
    json_t *const found = json_object_get(object, key);
    if (!found) return;
    if (json_is_number(found))
        *value = json_number_value(found);
    else if (with_inf && json_is_string(found) &&
             strcmp(json_string_value(found), "inf") == 0)
        *value = HUGE_VAL;
    else
        fail(EXIT_INPUT, "%s: \"%s\" in %s must be a number%s", place->path,
             key, place->part, with_inf ? ", or \"inf\"" : "");
}

static void read_future(const struct place *place, json_t *future,
                        kam_clv_options *to) {
    static const char *const keys[] = {"horizon_days", "discount_per_year",
                                       "interval", NULL};
    check_keys(place, future, keys,
               "horizon_days, discount_per_year and interval");
    read_number(place, future, "horizon_days", 1, &to->horizon_days);
    read_number(place, future, "discount_per_year", 0, &to->discount_per_year);
    read_number(place, future, "interval", 0, &to->interval);
}

/* A band is an object with enter and keep, or a number for both. */
static void read_band(const struct place *place, json_t *band,
                      kam_tier_band *to) {
    static const char *const keys[] = {"enter", "keep", NULL};
    const struct place inside = {place->path, "a band"};
    if (json_is_number(band)) {
        to->enter = to->keep = json_number_value(band);
        return;
    }
    check_keys(&inside, band, keys, "enter and keep");
    to->enter = NAN;
    read_number(&inside, band, "enter", 0, &to->enter);
    if (isnan(to->enter))
        fail(EXIT_INPUT, "%s: a band of %s has no \"enter\"", place->path,
             place->part);
    to->keep = to->enter;
    read_number(&inside, band, "keep", 0, &to->keep);
}

static void read_tiers(const struct place *place, json_t *tiers,
                       struct options *options) {
    static const char *const keys[] = {"basis", "bands", NULL};
    check_keys(place, tiers, keys, "basis and bands");
    json_t *const basis = json_object_get(tiers, "basis");
    json_t *const bands = json_object_get(tiers, "bands");
    const char *const word = basis ? json_string_value(basis) : BASES[0];
    int i = 0;
    while (i < 3 && !(word && strcmp(word, BASES[i]) == 0)) i++;
    if (i == 3)
        fail(EXIT_INPUT,
             "%s: \"basis\" in tiers must be \"revenue\", \"top\" "
             "or \"total\"",
             place->path);
    const size_t n = json_array_size(bands);
    if (n < 1 || n > 16)
        fail(EXIT_INPUT, "%s: \"bands\" in tiers must be a list of 1 to 16",
             place->path);
    options->tiers.struct_size = sizeof options->tiers;
    options->tiers.basis = KAM_TIER_BY_SCORE + i;
    options->tiers.n_bands = (int32_t)n;
    options->tiers.bands = options->bands;
    for (size_t k = 0; k < n; k++)
        read_band(place, json_array_get(bands, k), &options->bands[k]);
}

void policy_read(const char *path, struct options *options) {
    static const char *const keys[] = {"tiers", "future", "defaults", NULL};
    const struct place whole = {path, "a policy"};
    json_error_t error;
    FILE *const file = fopen(path, "r");
    if (!file) fail(EXIT_INPUT, "%s cannot be read: %s", path, strerror(errno));
    json_t *const root = json_loadf(file, JSON_REJECT_DUPLICATES, &error);
    if (ferror(file))
        fail(EXIT_INPUT, "%s cannot be read: %s", path, strerror(errno));
    fclose(file);
    if (!root && json_error_code(&error) == json_error_duplicate_key)
        fail(EXIT_INPUT, "%s: a key stands twice in one object", path);
    if (!root)
        fail_at(path, error.line > 0 ? error.line : 1,
                "what stands here is no JSON");
    check_keys(&whole, root, keys, "tiers, future and defaults");
    json_t *const tiers = json_object_get(root, "tiers");
    json_t *const future = json_object_get(root, "future");
    const struct place in_tiers = {path, "tiers"}, in_future = {path, "future"};
    if (tiers) read_tiers(&in_tiers, tiers, options);
    if (future) read_future(&in_future, future, &options->future);
    json_decref(root);
    policy_check(path, options);
}

static uint32_t check(const struct options *options, kam_diag *diag,
                      kam_status *status) {
    kam_policy policy;
    uint32_t defaults = 0;
    memset(&policy, 0, sizeof policy);
    policy.struct_size = sizeof policy;
    policy.tiers = &options->tiers;
    policy.future = &options->future;
    *status = kam_policy_check(&policy, &defaults, diag);
    return defaults;
}

void policy_check(const char *from, const struct options *options) {
    kam_diag diag = {.struct_size = sizeof diag};
    kam_status status;
    if (options->tiers.n_bands == 0) return; /* not told yet */
    check(options, &diag, &status);
    if (status != KAM_OK)
        fail(EXIT_INPUT, "%s: %s: %s", from, diag.argument, diag.message);
}

static json_t *number(double value) {
    return isinf(value) ? json_string("inf")
           : value == floor(value) && fabs(value) < 1e15
               ? json_integer((json_int_t)value)
               : json_real(value);
}

void policy_print(const struct options *options) {
    kam_diag diag = {.struct_size = sizeof diag};
    kam_status status;
    const uint32_t defaults = check(options, &diag, &status);
    json_t *const bands = json_array(), *const parts = json_array();
    for (int32_t i = 0; i < options->tiers.n_bands; i++)
        json_array_append_new(bands,
                              json_pack("{s:o, s:o}", "enter",
                                        number(options->tiers.bands[i].enter),
                                        "keep",
                                        number(options->tiers.bands[i].keep)));
    for (uint32_t part = 1; part <= KAM_POLICY_FIGURES; part <<= 1)
        if (defaults & part & (uint32_t)(KAM_POLICY_TIERS | KAM_POLICY_FUTURE))
            json_array_append_new(parts,
                                  json_string(kam_policy_part_name(part)));
    json_t *const root =
        json_pack("{s:{s:s, s:o}, s:{s:o, s:o, s:o}, s:o}", "tiers", "basis",
                  BASES[options->tiers.basis - KAM_TIER_BY_SCORE], "bands",
                  bands, "future", "horizon_days",
                  number(options->future.horizon_days), "discount_per_year",
                  number(options->future.discount_per_year), "interval",
                  number(options->future.interval), "defaults", parts);
    if (!root ||
        json_dumpf(root, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) !=
            0 ||
        putchar('\n') == EOF || fflush(stdout) != 0)
        fail(EXIT_TROUBLE, "the policy cannot be written");
    json_decref(root);
}
