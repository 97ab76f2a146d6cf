/* SPDX-License-Identifier: MIT */
#include "policy.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "policy_fields.h"

enum { MOST_RULES = 1000, OWN_CODES = 1000 };

/* Where in a file: which file, and the path of keys to what is being read. */
struct place {
    const char *file;
    char path[200];
};

static struct place inside(const struct place *place, const char *key) {
    struct place made = {.file = place->file};
    snprintf(made.path, sizeof made.path, "%.120s%s%.60s", place->path,
             *place->path ? "." : "", key);
    return made;
}

static struct place element(const struct place *place, size_t i) {
    struct place made = {.file = place->file};
    snprintf(made.path, sizeof made.path, "%.120s[%zu]", place->path, i);
    return made;
}

/* "file: path must be ..., not value" */
static _Noreturn void refuse(const struct place *place, const json_t *value,
                             const char *what) {
    enum { LONGEST = 60 };
    char shown[LONGEST + 1] = "";
    char *const text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT |
                                             JSON_REAL_PRECISION(15));
    if (text && strlen(text) <= LONGEST) strcpy(shown, text);
    free(text);
    fail(EXIT_INPUT, "%s: %s must be %s%s%s", place->file,
         *place->path ? place->path : "a policy", what, *shown ? ", not " : "",
         shown);
}

static void need_object(const struct place *place, const json_t *value) {
    if (!json_is_object(value)) refuse(place, value, "an object, { ... }");
}

/* Ends the program for a key that the table does not have. */
static void check_keys(const struct place *place, json_t *object,
                       const char *(*name)(const void *table, int i),
                       const void *table) {
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value) {
        char all[400] = "";
        int i = 0;
        for (; name(table, i) && strcmp(key, name(table, i)) != 0; i++) {
        }
        if (name(table, i)) continue;
        for (i = 0; name(table, i); i++)
            snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s",
                     i ? ", " : "", name(table, i));
        fail(EXIT_INPUT, "%s: %s has no \"%s\"; it has %s", place->file,
             *place->path ? place->path : "a policy", key, all);
    }
}

static const char *word_at(const void *table, int i) {
    return ((const char *const *)table)[i];
}

static const char *field_at(const void *table, int i) {
    return ((const struct policy_field *)table)[i].key;
}

static double read_number(const struct place *place, const json_t *value) {
    if (!json_is_number(value)) refuse(place, value, "a number");
    return json_number_value(value);
}

static int32_t read_whole(const struct place *place, const json_t *value) {
    if (!json_is_integer(value) || json_integer_value(value) > INT32_MAX ||
        json_integer_value(value) < INT32_MIN)
        refuse(place, value, "a whole number");
    return (int32_t)json_integer_value(value);
}

static void read_three(const struct place *place, const json_t *value,
                       int32_t *three) {
    if (json_array_size(value) != 3)
        refuse(place, value, "a list of three whole numbers");
    for (size_t i = 0; i < 3; i++) {
        const struct place at = element(place, i);
        three[i] = read_whole(&at, json_array_get(value, i));
    }
}

/* Names of a kind, for messages: "a", "b" ... */
static const char *names_of(enum policy_kind kind, char *text, size_t size) {
    *text = '\0';
    for (int32_t code = 0; policy_code_name(kind, code); code++)
        snprintf(text + strlen(text), size - strlen(text), "\"%s\", ",
                 policy_code_name(kind, code));
    return text;
}

/* The code of a name; -1 for none. */
static int32_t code_of(enum policy_kind kind, const json_t *value) {
    const char *const word = json_string_value(value);
    for (int32_t code = 0; word && policy_code_name(kind, code); code++)
        if (strcmp(word, policy_code_name(kind, code)) == 0) return code;
    return -1;
}

/* A name, or a number of the host's own. */
static int32_t read_code(const struct place *place, const json_t *value,
                         enum policy_kind kind) {
    char names[300], what[400];
    const int32_t code = code_of(kind, value);
    if (code >= 0) return code + 1;
    if (json_is_integer(value) && json_integer_value(value) >= OWN_CODES &&
        json_integer_value(value) <= INT32_MAX)
        return (int32_t)json_integer_value(value);
    snprintf(what, sizeof what, "%sor a number from 1000 on",
             names_of(kind, names, sizeof names));
    refuse(place, value, what);
}

static uint32_t read_bit(const struct place *place, const json_t *value,
                         enum policy_kind kind) {
    char names[300];
    const json_int_t number = json_integer_value(value);
    const int32_t code = code_of(kind, value);
    if (code >= 0)
        return UINT32_C(1) << (code + (kind == SOME_CLASSES ? 1 : 0));
    if (kind == SOME_TIERS && json_is_integer(value) && number >= 1 &&
        number <= 32)
        return UINT32_C(1) << (number - 1);
    if (kind == SOME_ALARMS && json_is_integer(value) && number >= 0 &&
        number <= 31)
        return UINT32_C(1) << number;
    if (kind == SOME_TIERS) refuse(place, value, "a tier, 1 (the best) to 32");
    if (kind == SOME_ALARMS) refuse(place, value, "an alarm, 0 to 31");
    names_of(kind, names, sizeof names);
    names[strlen(names) - 2] = '\0';
    refuse(place, value, names);
}

/* A list of codes as bits; an empty one asks for nothing. */
static uint32_t read_bits(const struct place *place, const json_t *value,
                          enum policy_kind kind) {
    uint32_t bits = 0;
    const char *const word = json_string_value(value);
    if (kind == SOME_ALARMS && word && strcmp(word, "any") == 0)
        return UINT32_MAX;
    if (!json_is_array(value))
        refuse(place, value,
               kind == SOME_ALARMS ? "a list, or \"any\"" : "a list");
    for (size_t i = 0; i < json_array_size(value); i++) {
        const struct place at = element(place, i);
        bits |= read_bit(&at, json_array_get(value, i), kind);
    }
    return bits;
}

static int32_t read_basis(const struct place *place, const json_t *value) {
    const char *const word = json_string_value(value);
    if (word && strcmp(word, "top") == 0) return KAM_TIER_BY_RANK;
    if (word && strcmp(word, "total") == 0) return KAM_TIER_BY_TOTAL;
    refuse(place, value, "\"top\" or \"total\"");
}

static int32_t read_due(const struct place *place, const json_t *value) {
    const char *const word = json_string_value(value);
    if (word && strcmp(word, "never") == 0) return -1;
    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        json_integer_value(value) > INT32_MAX)
        refuse(place, value, "a whole number of days, or \"never\"");
    return (int32_t)json_integer_value(value);
}

static void read_field(const struct place *place, const json_t *value,
                       const struct policy_field *field, void *to) {
    void *const at = (char *)to + field->offset;
    const char *const word = json_string_value(value);
    switch (field->kind) {
    case A_NUMBER_OR_INF:
        if (word && strcmp(word, "inf") == 0)
            *(double *)at = HUGE_VAL;
        else if (json_is_number(value) && json_number_value(value) <= 1e9)
            *(double *)at = json_number_value(value);
        else if (json_is_number(value))
            refuse(place, value, "a number up to 1e9, or \"inf\"");
        else
            refuse(place, value, "a number, or \"inf\"");
        break;
    case A_NUMBER: *(double *)at = read_number(place, value); break;
    case A_WHOLE: *(int32_t *)at = read_whole(place, value); break;
    case A_YES:
        if (!json_is_boolean(value)) refuse(place, value, "true or false");
        *(int32_t *)at = json_is_true(value);
        break;
    case THREE: read_three(place, value, at); break;
    case A_BASIS: *(int32_t *)at = read_basis(place, value); break;
    case A_TOUCH:
    case AN_ACTION:
        *(int32_t *)at = read_code(place, value, field->kind);
        break;
    case A_DUE: *(int32_t *)at = read_due(place, value); break;
    case SOME_TIERS:
    case SOME_CLASSES:
    case SOME_STAGES:
    case SOME_ALARMS:
        *(uint32_t *)at = read_bits(place, value, field->kind);
        break;
    }
}

/* What the object has of the table's fields. */
static void read_fields(const struct place *place, json_t *object,
                        const struct policy_field *fields, void *to) {
    for (int i = 0; fields[i].key; i++) {
        json_t *const value = json_object_get(object, fields[i].key);
        const struct place at = inside(place, fields[i].key);
        if (value) read_field(&at, value, &fields[i], to);
        if (!value && fields[i].is_needed)
            fail(EXIT_INPUT, "%s: %s has no \"%s\"", place->file, place->path,
                 fields[i].key);
    }
}

static void read_part(const struct place *place, json_t *object,
                      const struct policy_field *fields, void *to) {
    need_object(place, object);
    check_keys(place, object, field_at, fields);
    read_fields(place, object, fields, to);
}

/* A band is an object with enter and keep, or a number for both. */
static void read_band(const struct place *place, json_t *band,
                      kam_tier_band *to) {
    static const struct policy_field fields[] = {
        {"enter", A_NUMBER, offsetof(kam_tier_band, enter), 1},
        {"keep", A_NUMBER, offsetof(kam_tier_band, keep), 0},
        {NULL, A_NUMBER, 0, 0}};
    if (json_is_number(band)) {
        to->enter = to->keep = json_number_value(band);
        return;
    }
    if (!json_is_object(band))
        refuse(place, band, "a number, or an object, { ... }");
    read_part(place, band, fields, to);
    if (!json_object_get(band, "keep")) to->keep = to->enter;
}

static void read_tiers(const struct place *place, json_t *tiers,
                       struct rules *rules) {
    static const char *const keys[] = {"basis", "bands", NULL};
    static const char *const bases[] = {"revenue", "top", "total"};
    need_object(place, tiers);
    check_keys(place, tiers, word_at, keys);
    json_t *const basis = json_object_get(tiers, "basis");
    json_t *const bands = json_object_get(tiers, "bands");
    const struct place at_basis = inside(place, "basis");
    const struct place at_bands = inside(place, "bands");
    const char *const word = basis ? json_string_value(basis) : bases[0];
    int i = 0;
    while (i < 3 && !(word && strcmp(word, bases[i]) == 0)) i++;
    if (i == 3) refuse(&at_basis, basis, "\"revenue\", \"top\" or \"total\"");
    const size_t n = json_array_size(bands);
    if (!bands)
        fail(EXIT_INPUT, "%s: %s has no \"bands\"", place->file, place->path);
    if (n < 1 || n > 16) refuse(&at_bands, bands, "a list of 1 to 16");
    rules->tiers.basis = KAM_TIER_BY_SCORE + i;
    rules->tiers.n_bands = (int32_t)n;
    for (size_t k = 0; k < n; k++) {
        const struct place at = element(&at_bands, k);
        read_band(&at, json_array_get(bands, k), &rules->bands[k]);
    }
}

/* A list of rules, each by the same table; the caller frees it. */
static void *read_rules(const struct place *place, json_t *list,
                        const struct policy_field *fields, size_t size,
                        int32_t *n_rules) {
    const size_t n = json_array_size(list);
    if (!json_is_array(list) || n > MOST_RULES)
        refuse(place, list, "a list of at most 1000 rules");
    char *const rules = calloc(n + 1, size);
    if (!rules) fail(EXIT_TROUBLE, "there is not enough memory");
    for (size_t i = 0; i < n; i++) {
        const struct place at = element(place, i);
        read_part(&at, json_array_get(list, i), fields, rules + i * size);
    }
    *n_rules = (int32_t)n;
    return rules;
}

static void read_cadence(const struct place *place, json_t *cadence,
                         struct rules *rules) {
    static const char *const keys[] = {"rules", NULL};
    need_object(place, cadence);
    check_keys(place, cadence, word_at, keys);
    json_t *const list = json_object_get(cadence, "rules");
    const struct place at = inside(place, "rules");
    if (!list || json_array_size(list) == 0)
        fail(EXIT_INPUT, "%s: %s has no \"rules\"", place->file, place->path);
    rules->touches = read_rules(&at, list, policy_touch, sizeof *rules->touches,
                                &rules->cadence.n_rules);
    rules->cadence.rules = rules->touches;
}

static void read_playbook(const struct place *place, json_t *playbook,
                          struct rules *rules) {
    static const char *const keys[] = {"instead", "width", "rules", NULL};
    need_object(place, playbook);
    check_keys(place, playbook, word_at, keys);
    read_fields(place, playbook, policy_playbook, &rules->playbook);
    json_t *const list = json_object_get(playbook, "rules");
    const struct place at = inside(place, "rules");
    if (!list) return;
    rules->actions =
        read_rules(&at, list, policy_action, sizeof *rules->actions,
                   &rules->playbook.n_rules);
    rules->playbook.rules = rules->actions;
}

static const char *stage_word(const void *table, int i) {
    (void)table;
    return policy_code_name(SOME_STAGES, i);
}

static const char *service_word(const void *table, int i) {
    (void)table;
    return i < KAM_SERVICE_COUNT ? kam_service_level_name(i, KAM_EN) : NULL;
}

/* Hours by stage and service; null: no limit. */
static void read_hours(const struct place *place, json_t *hours,
                       double to[4][4]) {
    need_object(place, hours);
    check_keys(place, hours, stage_word, NULL);
    for (int stage = 0; stage < KAM_STAGE_COUNT; stage++) {
        json_t *const found = json_object_get(hours, stage_word(NULL, stage));
        const struct place at = inside(place, stage_word(NULL, stage));
        if (!found) continue;
        need_object(&at, found);
        check_keys(&at, found, service_word, NULL);
        for (int i = 0; i < KAM_SERVICE_COUNT; i++) {
            json_t *const limit = json_object_get(found, service_word(NULL, i));
            const struct place here = inside(&at, service_word(NULL, i));
            if (!limit) continue;
            if (!json_is_null(limit) && !json_is_number(limit))
                refuse(&here, limit, "a number of hours, or null");
            to[stage][i] = json_is_null(limit) ? NAN : json_number_value(limit);
        }
    }
}

static void read_service(const struct place *place, json_t *service,
                         kam_service_level_options *to) {
    static const char *const keys[] = {"early_days", "hours", NULL};
    need_object(place, service);
    check_keys(place, service, word_at, keys);
    json_t *const early = json_object_get(service, "early_days");
    json_t *const hours = json_object_get(service, "hours");
    const struct place at_early = inside(place, "early_days");
    const struct place at_hours = inside(place, "hours");
    if (early) to->early_days = read_whole(&at_early, early);
    if (hours) read_hours(&at_hours, hours, to->hours);
}

static void read_whole_file(struct rules *rules, const struct place *whole,
                            json_t *root) {
    static const char *const keys[] = {"tiers",   "matrix",         "stages",
                                       "cadence", "service_levels", "playbook",
                                       "future",  "figures",        "defaults",
                                       NULL};
    static const struct policy_field *const fields[] = {
        NULL, policy_matrix, policy_stages, NULL,
        NULL, NULL,          policy_future, policy_figures};
    void *const to[] = {rules, &rules->matrix, &rules->stages, rules,
                        rules, rules,          &rules->future, &rules->figures};
    need_object(whole, root);
    check_keys(whole, root, word_at, keys);
    for (int i = 0; i < 8; i++) {
        json_t *const part = json_object_get(root, keys[i]);
        const struct place at = inside(whole, keys[i]);
        if (!part) continue;
        if (fields[i]) read_part(&at, part, fields[i], to[i]);
        if (i == 0) read_tiers(&at, part, rules);
        if (i == 3) read_cadence(&at, part, rules);
        if (i == 4) read_service(&at, part, &rules->service_levels);
        if (i == 5) read_playbook(&at, part, rules);
    }
}

void rules_read(struct rules *rules, const char *from) {
    const int is_stdin = strcmp(from, "-") == 0;
    const char *const path = is_stdin ? "stdin" : from;
    const struct place whole = {.file = path};
    json_error_t error;
    FILE *const file = is_stdin ? stdin : fopen(path, "r");
    if (!file) fail(EXIT_INPUT, "%s cannot be read: %s", path, strerror(errno));
    const int first = getc(file);
    if (first != 0xef)
        ungetc(first, file);
    else if (getc(file) != 0xbb || getc(file) != 0xbf)
        fail_at(path, 1, "what stands here is no JSON");
    json_t *const root = json_loadf(file, JSON_REJECT_DUPLICATES, &error);
    if (ferror(file))
        fail(EXIT_INPUT, "%s cannot be read: %s", path, strerror(errno));
    if (!is_stdin) fclose(file);
    if (!root && json_error_code(&error) == json_error_duplicate_key)
        fail(EXIT_INPUT, "%s: a key stands twice in one object", path);
    if (!root)
        fail_at(path, error.line > 0 ? error.line : 1,
                "what stands here is no JSON");
    read_whole_file(rules, &whole, root);
    json_decref(root);
    rules_check(rules, path);
}

/* A value of the command line as JSON: a number, true, false, or a word. */
static json_t *value_of_word(const char *word, size_t length) {
    json_t *const value = json_loadb(word, length, JSON_DECODE_ANY, NULL);
    return value ? value : json_stringn(word, length);
}

void rules_read_matrix(struct rules *rules, const char *from,
                       const char *text) {
    const struct place place = {from, "matrix"};
    json_t *const object = json_object();
    while (object) {
        const size_t length = strcspn(text, ",");
        const char *const equals = memchr(text, '=', length);
        char key[64];
        if (!equals || equals - text >= (long)sizeof key)
            fail(EXIT_INPUT, "%s \"%.*s\" must be a name, =, and a value", from,
                 (int)length, text);
        snprintf(key, sizeof key, "%.*s", (int)(equals - text), text);
        if (json_object_get(object, key))
            fail(EXIT_INPUT, "%s: \"%s\" stands twice", from, key);
        json_object_set_new(
            object, key,
            value_of_word(equals + 1, length - (size_t)(equals + 1 - text)));
        if (!text[length]) break;
        text += length + 1;
    }
    read_part(&place, object, policy_matrix, &rules->matrix);
    json_decref(object);
}
