/* SPDX-License-Identifier: MIT */
/* libkam inside SQLite: an aggregate that fits a book, and functions that score a
 * row. docs/databases.md lists them. NULL is not known; no answer is NULL. */
#include <sqlite3ext.h>
SQLITE_EXTENSION_INIT1

#include "../row_functions.h"

#include <math.h>

static double number(sqlite3_value *value) {
    return sqlite3_value_type(value) == SQLITE_NULL
               ? (double)NAN
               : sqlite3_value_double(value);
}

static void say(sqlite3_context *context, kam_status status,
                const kam_diag *diag) {
    if (status == KAM_ERR_MEMORY) {
        sqlite3_result_error_nomem(context);
        return;
    }
    char *const text =
        sqlite3_mprintf("%s %s", diag->argument,
                        diag->message[0] ? diag->message
                                         : kam_status_text(status));
    sqlite3_result_error(context, text ? text : kam_status_text(status), -1);
    sqlite3_free(text);
}

/* Returns 0 for a NULL, which answers NULL, and for what are no models, which is an
 * error. */
static int read_models(sqlite3_context *context, sqlite3_value *value,
                       kam_models *models) {
    const void *const blob = sqlite3_value_blob(value);
    const int is_blob = sqlite3_value_type(value) == SQLITE_BLOB;
    if (sqlite3_value_type(value) == SQLITE_NULL) return 0;
    if (is_blob && models_of(blob, (size_t)sqlite3_value_bytes(value), models))
        return 1;
    sqlite3_result_error(context, "these are no models of kam_fit", -1);
    return 0;
}

static kam_account read_account(sqlite3_value **values, const size_t *field,
                                int n) {
    double made[FIELDS];
    kam_account account;
    for (int i = 0; i < FIELDS; i++) made[i] = NAN;
    for (int i = 0; i < n; i++) made[field[i]] = number(values[i]);
    memcpy(&account, made, sizeof account);
    return account;
}

static void answer(sqlite3_context *context, int n_values,
                   sqlite3_value **values) {
    const struct function *const f = sqlite3_user_data(context);
    const int skip = f->needs_models;
    kam_models models = {.struct_size = sizeof models};
    (void)n_values;
    if (skip && !read_models(context, values[0], &models)) return;
    const kam_account account = read_account(values + skip, f->field, f->n);
    kam_diag diag = {.struct_size = sizeof diag};
    double value = NAN;
    int32_t tier = -1;
    const kam_scores scores = asked_for(f, &value, &tier);
    const kam_status status = kam_score_one(&account, sizeof account, &models,
                                            NULL, KAM_NO_DAY, &scores, &diag);
    if (status != KAM_OK)
        say(context, status, &diag);
    else if (!scores.tier)
        sqlite3_result_double(context, value); /* NaN is NULL to SQLite */
    else if (tier >= 0)
        sqlite3_result_int(context, tier);
}

/* kam_reason(models, history, which = 1..3, language) */
static void reason(sqlite3_context *context, int n_values,
                   sqlite3_value **values) {
    static const size_t history[] = {HISTORY};
    kam_models models;
    kam_reason why[4];
    char text[240];
    kam_diag diag = {.struct_size = sizeof diag};
    const int which = sqlite3_value_int(values[4]);
    const char *const language = (const char *)sqlite3_value_text(values[5]);
    (void)n_values;
    if (!read_models(context, values[0], &models)) return;
    if (which < 1 || which > 3 || !language ||
        (strcmp(language, "en") != 0 && strcmp(language, "zh") != 0)) {
        sqlite3_result_error(context,
                             "kam_reason takes 1, 2 or 3, and 'en' or 'zh'",
                             -1);
        return;
    }
    const kam_account account = read_account(values + 1, history, 3);
    const kam_scores scores = {.struct_size = sizeof scores, .reasons = why};
    kam_status status = kam_score_one(&account, sizeof account, &models, NULL,
                                      KAM_NO_DAY, &scores, &diag);
    const kam_reason *const one = &why[which];
    if (status == KAM_OK &&
        (one->id == KAM_REASON_NONE || isnan(one->contribution)))
        return;
    if (status == KAM_OK)
        status = kam_reason_text(one, *language == 'e' ? KAM_EN : KAM_ZH, text,
                                 sizeof text, &diag);
    if (status == KAM_OK)
        sqlite3_result_text(context, text, -1, SQLITE_TRANSIENT);
    else
        say(context, status, &diag);
}

/* ---- kam_fit, an aggregate ---- */

struct book {
    double (*row)[N_FITTED];
    int64_t n, room;
};

static void add_row(sqlite3_context *context, int n_values,
                    sqlite3_value **values) {
    struct book *const book = sqlite3_aggregate_context(context, sizeof *book);
    (void)n_values;
    if (book && book->n == book->room) {
        const int64_t room = book->room ? 2 * book->room : 256;
        void *const more = sqlite3_realloc64(book->row, (sqlite3_uint64)room *
                                                            sizeof *book->row);
        if (more) book->row = more, book->room = room;
    }
    if (!book || book->n == book->room) {
        sqlite3_result_error_nomem(context);
        return;
    }
    for (int i = 0; i < N_FITTED; i++)
        book->row[book->n][i] = number(values[i]);
    book->n++;
}

/* SQLite's memory is aligned to 8 bytes; what libkam wants more goes in front. */
static void *lend(void *unused, uint64_t size, uint64_t alignment) {
    char *const block = sqlite3_malloc64(size + alignment);
    (void)unused;
    if (!block) return NULL;
    const uintptr_t shift = alignment - (uintptr_t)block % alignment;
    block[shift - 1] = (char)shift;
    return block + shift;
}

static void take_back(void *unused, void *block, uint64_t size) {
    (void)unused, (void)size;
    sqlite3_free((char *)block - ((char *)block)[-1]);
}

static void fit(sqlite3_context *context) {
    struct book *const book = sqlite3_aggregate_context(context, 0);
    kam_models models = {.struct_size = sizeof models};
    kam_diag diag = {.struct_size = sizeof diag};
    const kam_host host = {.struct_size = sizeof host,
                           .allocate = lend,
                           .release = take_back};
    if (!book || book->n == 0) return;
    const kam_status status =
        fit_rows(book->row, book->n, &host, &models, &diag);
    if (status == KAM_OK)
        sqlite3_result_blob(context, &models, sizeof models, SQLITE_TRANSIENT);
    else
        say(context, status, &diag);
    sqlite3_free(book->row);
    memset(book, 0, sizeof *book);
}

static void version(sqlite3_context *context, int n, sqlite3_value **values) {
    (void)n, (void)values;
    sqlite3_result_text(context, kam_version_text(), -1, SQLITE_STATIC);
}

#ifdef _WIN32
__declspec(dllexport)
#endif
    int sqlite3_kamsqlite_init(sqlite3 *db, char **error,
                               const sqlite3_api_routines *api);

int sqlite3_kamsqlite_init(sqlite3 *db, char **error,
                           const sqlite3_api_routines *api) {
    enum { FLAGS = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS };
    int status = SQLITE_OK;
    (void)error;
    SQLITE_EXTENSION_INIT2(api);
    for (int i = 0; i < N_FUNCTIONS && status == SQLITE_OK; i++)
        status =
            sqlite3_create_function(db, FUNCTIONS[i].name,
                                    FUNCTIONS[i].n + FUNCTIONS[i].needs_models,
                                    FLAGS, (void *)(uintptr_t)&FUNCTIONS[i],
                                    answer, NULL, NULL);
    if (status == SQLITE_OK)
        status = sqlite3_create_function(db, "kam_reason", 6, FLAGS, NULL,
                                         reason, NULL, NULL);
    if (status == SQLITE_OK)
        status = sqlite3_create_function(db, "kam_fit", N_FITTED, FLAGS, NULL,
                                         NULL, add_row, fit);
    if (status == SQLITE_OK)
        status = sqlite3_create_function(db, "kam_version", 0, FLAGS, NULL,
                                         version, NULL, NULL);
    return status;
}
