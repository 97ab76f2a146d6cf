/* SPDX-License-Identifier: MIT */
/* libkam inside DuckDB, by its C extension API: an aggregate that fits a book, and
 * functions that score whole vectors where they lie. docs/databases.md lists them.
 * NULL is not known; no answer is NULL. The stable API of v1.2.0 is enough, so one
 * file serves every later version. */
#define DUCKDB_EXTENSION_NAME kam
#define DUCKDB_EXTENSION_API_VERSION_MAJOR 1
#define DUCKDB_EXTENSION_API_VERSION_MINOR 2
#define DUCKDB_EXTENSION_API_VERSION_PATCH 0
#include <duckdb_extension.h>

#include "../row_functions.h"

#include <math.h>
#include <stdint.h>

DUCKDB_EXTENSION_EXTERN

static const char *bytes_of(duckdb_string_t *text, size_t *size) {
    *size = duckdb_string_t_length(*text);
    return duckdb_string_t_data(text);
}

static int is_null(duckdb_vector vector, idx_t row) {
    uint64_t *const mask = duckdb_vector_get_validity(vector);
    return mask && !duckdb_validity_row_is_valid(mask, row);
}

static void set_null(duckdb_vector vector, idx_t row) {
    duckdb_vector_ensure_validity_writable(vector);
    duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), row);
}

static void say(duckdb_function_info info, kam_status status,
                const kam_diag *diag) {
    duckdb_scalar_function_set_error(info, diag->message[0]
                                               ? diag->message
                                               : kam_status_text(status));
}

/* The rows from `first` whose models are the same bytes: a whole vector, as a rule. */
static idx_t same_models(duckdb_vector vector, idx_t first, idx_t n) {
    duckdb_string_t *const blob = duckdb_vector_get_data(vector);
    size_t size = 0, other = 0;
    const char *const bytes = bytes_of(&blob[first], &size);
    const int null = is_null(vector, first);
    idx_t row = first + 1;
    for (; row < n; row++) {
        const int also = is_null(vector, row);
        if (null && also) continue;
        const char *const here = bytes_of(&blob[row], &other);
        if (null != also || size != other ||
            (here != bytes && memcmp(here, bytes, size) != 0))
            break;
    }
    return row;
}

/* The rows first .. first + n, all with the same models. */
static kam_status score_rows(const struct function *f, duckdb_data_chunk input,
                             idx_t first, idx_t n, const kam_models *models,
                             double *value, int32_t *tier, kam_diag *diag) {
    kam_accounts accounts = {.struct_size = sizeof accounts,
                             .n_rows = (int64_t)n};
    kam_column *const column =
        (kam_column *)(void *)((char *)&accounts +
                               offsetof(kam_accounts, repeat_orders));
    const kam_scores out = asked_for(f, value, tier);
    for (int i = 0; i < f->n; i++) {
        duckdb_vector vector =
            duckdb_data_chunk_get_vector(input, (idx_t)(f->needs_models + i));
        kam_column *const one = &column[f->field[i]];
        one->values = duckdb_vector_get_data(vector);
        one->validity =
            (const uint8_t *)(const void *)duckdb_vector_get_validity(vector);
        one->offset = (int64_t)first;
        one->type = KAM_F64;
    }
    return kam_score(&accounts, models, NULL, KAM_NO_DAY, NULL, &out, diag);
}

static void answer(duckdb_function_info info, duckdb_data_chunk input,
                   duckdb_vector output) {
    const struct function *const f =
        duckdb_scalar_function_get_extra_info(info);
    const idx_t n = duckdb_data_chunk_get_size(input);
    const int is_tier = f->answer == offsetof(kam_scores, tier);
    void *const data = duckdb_vector_get_data(output);
    duckdb_vector blobs = duckdb_data_chunk_get_vector(input, 0);
    kam_models models = {.struct_size = sizeof models};
    kam_diag diag = {.struct_size = sizeof diag};
    idx_t end = n;
    for (idx_t first = 0; first < n; first = end) {
        if (f->needs_models) {
            duckdb_string_t *const blob = duckdb_vector_get_data(blobs);
            size_t size = 0;
            const char *const bytes = bytes_of(&blob[first], &size);
            end = same_models(blobs, first, n);
            if (is_null(blobs, first)) {
                for (idx_t row = first; row < end; row++) set_null(output, row);
                continue;
            }
            if (!models_of(bytes, size, &models)) {
                duckdb_scalar_function_set_error(
                    info, "these are no models of kam_fit");
                return;
            }
        }
        const kam_status status =
            score_rows(f, input, first, end - first, &models,
                       (double *)data + first, (int32_t *)data + first, &diag);
        if (status != KAM_OK) {
            say(info, status, &diag);
            return;
        }
        for (idx_t row = first; row < end; row++)
            if (is_tier ? ((int32_t *)data)[row] < 0
                        : isnan(((double *)data)[row]))
                set_null(output, row);
    }
}

/* ---- kam_reason(models, history, which = 1..3, language) ---- */

/* The sentence of a row; 0 and no text where there is none, -1 for an error. */
static int sentence(duckdb_data_chunk input, idx_t row, char *text, size_t size,
                    const char **error) {
    static const size_t history[] = {HISTORY};
    double made[FIELDS];
    kam_models models;
    kam_account account;
    kam_reason why[4];
    kam_diag diag = {.struct_size = sizeof diag};
    const kam_scores scores = {.struct_size = sizeof scores, .reasons = why};
    duckdb_vector column[6];
    for (idx_t i = 0; i < 6; i++)
        column[i] = duckdb_data_chunk_get_vector(input, i);
    if (is_null(column[0], row)) return 0;
    size_t length = 0, said = 0;
    const char *const blob =
        bytes_of(&((duckdb_string_t *)duckdb_vector_get_data(column[0]))[row],
                 &length);
    const char *const language =
        bytes_of(&((duckdb_string_t *)duckdb_vector_get_data(column[5]))[row],
                 &said);
    const int32_t which = ((int32_t *)duckdb_vector_get_data(column[4]))[row];
    *error = "kam_reason takes 1, 2 or 3, and 'en' or 'zh'";
    if (is_null(column[4], row) || is_null(column[5], row) || which < 1 ||
        which > 3 || said != 2 ||
        (memcmp(language, "en", 2) != 0 && memcmp(language, "zh", 2) != 0))
        return -1;
    *error = "these are no models of kam_fit";
    if (!models_of(blob, length, &models)) return -1;
    for (int i = 0; i < FIELDS; i++) made[i] = NAN;
    for (int i = 0; i < 3; i++)
        if (!is_null(column[1 + i], row))
            made[history[i]] =
                ((double *)duckdb_vector_get_data(column[1 + i]))[row];
    memcpy(&account, made, sizeof account);
    kam_status status = kam_score_one(&account, sizeof account, &models, NULL,
                                      KAM_NO_DAY, &scores, &diag);
    const kam_reason *const one = &why[which];
    if (status == KAM_OK &&
        (one->id == KAM_REASON_NONE || isnan(one->contribution)))
        return 0;
    if (status == KAM_OK)
        status = kam_reason_text(one, *language == 'e' ? KAM_EN : KAM_ZH, text,
                                 (int64_t)size, &diag);
    *error = kam_status_text(status);
    return status == KAM_OK ? 1 : -1;
}

static void reason(duckdb_function_info info, duckdb_data_chunk input,
                   duckdb_vector output) {
    char text[240];
    const idx_t n = duckdb_data_chunk_get_size(input);
    for (idx_t row = 0; row < n; row++) {
        const char *error = NULL;
        const int there = sentence(input, row, text, sizeof text, &error);
        if (there < 0) {
            duckdb_scalar_function_set_error(info, error);
            return;
        }
        if (there)
            duckdb_vector_assign_string_element(output, row, text);
        else
            set_null(output, row);
    }
}

static void version(duckdb_function_info info, duckdb_data_chunk input,
                    duckdb_vector output) {
    const idx_t n = duckdb_data_chunk_get_size(input);
    (void)info;
    for (idx_t row = 0; row < n; row++)
        duckdb_vector_assign_string_element(output, row, kam_version_text());
}

/* ---- kam_fit, an aggregate: rows are kept until the last; their order does not
 * matter, so threads may meet in any way. ---- */

struct book {
    double (*row)[N_FITTED];
    int64_t n, room;
};

static idx_t book_size(duckdb_function_info info) {
    (void)info;
    return sizeof(struct book);
}

static void book_begin(duckdb_function_info info,
                       duckdb_aggregate_state state) {
    (void)info;
    memset(state, 0, sizeof(struct book));
}

static void book_end(duckdb_aggregate_state *states, idx_t n) {
    for (idx_t i = 0; i < n; i++) {
        struct book *const book = (void *)states[i];
        duckdb_free(book->row);
        memset(book, 0, sizeof *book);
    }
}

/* Room for n more rows; 0 when there is no memory. */
static int make_room(struct book *book, int64_t n) {
    if (book->n + n <= book->room) return 1;
    const int64_t room = 2 * (book->n + n) < 16 ? 16 : 2 * (book->n + n);
    void *const more = duckdb_malloc((size_t)room * sizeof *book->row);
    if (!more) return 0;
    if (book->n) memcpy(more, book->row, (size_t)book->n * sizeof *book->row);
    duckdb_free(book->row);
    book->row = more, book->room = room;
    return 1;
}

static void book_add(duckdb_function_info info, duckdb_data_chunk input,
                     duckdb_aggregate_state *states) {
    const idx_t n = duckdb_data_chunk_get_size(input);
    for (idx_t row = 0; row < n; row++) {
        struct book *const book = (void *)states[row];
        if (!make_room(book, 1)) {
            duckdb_aggregate_function_set_error(info, "out of memory");
            return;
        }
        for (idx_t i = 0; i < N_FITTED; i++) {
            duckdb_vector vector = duckdb_data_chunk_get_vector(input, i);
            book->row[book->n][i] =
                is_null(vector, row)
                    ? (double)NAN
                    : ((double *)duckdb_vector_get_data(vector))[row];
        }
        book->n++;
    }
}

static void book_join(duckdb_function_info info,
                      duckdb_aggregate_state *sources,
                      duckdb_aggregate_state *targets, idx_t n) {
    for (idx_t i = 0; i < n; i++) {
        const struct book *const from = (const void *)sources[i];
        struct book *const to = (void *)targets[i];
        if (from->n == 0) continue;
        if (!make_room(to, from->n)) {
            duckdb_aggregate_function_set_error(info, "out of memory");
            return;
        }
        memcpy(to->row[to->n], from->row, (size_t)from->n * sizeof *from->row);
        to->n += from->n;
    }
}

static void fit(duckdb_function_info info, duckdb_aggregate_state *states,
                duckdb_vector result, idx_t n, idx_t offset) {
    for (idx_t i = 0; i < n; i++) {
        const struct book *const book = (const void *)states[i];
        kam_models models = {.struct_size = sizeof models};
        kam_diag diag = {.struct_size = sizeof diag};
        if (book->n == 0) {
            set_null(result, offset + i);
            continue;
        }
        const kam_status status =
            fit_rows(book->row, book->n, NULL, &models, &diag);
        if (status != KAM_OK) {
            duckdb_aggregate_function_set_error(
                info, diag.message[0] ? diag.message : kam_status_text(status));
            return;
        }
        duckdb_vector_assign_string_element_len(result, offset + i,
                                                (const char *)&models,
                                                sizeof models);
    }
}

/* ---- registering ---- */

/* types: b a BLOB, d a DOUBLE, i an INTEGER, t a text; the first is what it answers. */
static int create(duckdb_connection connection, const char *name,
                  const char *types, duckdb_scalar_function_t call,
                  const void *extra) {
    duckdb_scalar_function made = duckdb_create_scalar_function();
    duckdb_scalar_function_set_name(made, name);
    for (const char *type = types; *type; type++) {
        const duckdb_type id = *type == 'b'   ? DUCKDB_TYPE_BLOB
                               : *type == 'd' ? DUCKDB_TYPE_DOUBLE
                               : *type == 'i' ? DUCKDB_TYPE_INTEGER
                                              : DUCKDB_TYPE_VARCHAR;
        duckdb_logical_type one = duckdb_create_logical_type(id);
        if (type == types)
            duckdb_scalar_function_set_return_type(made, one);
        else
            duckdb_scalar_function_add_parameter(made, one);
        duckdb_destroy_logical_type(&one);
    }
    duckdb_scalar_function_set_special_handling(made);
    duckdb_scalar_function_set_extra_info(made, (void *)(uintptr_t)extra, NULL);
    duckdb_scalar_function_set_function(made, call);
    const duckdb_state state =
        duckdb_register_scalar_function(connection, made);
    duckdb_destroy_scalar_function(&made);
    return state == DuckDBSuccess;
}

static int create_fit(duckdb_connection connection) {
    duckdb_aggregate_function made = duckdb_create_aggregate_function();
    duckdb_logical_type number = duckdb_create_logical_type(DUCKDB_TYPE_DOUBLE);
    duckdb_logical_type blob = duckdb_create_logical_type(DUCKDB_TYPE_BLOB);
    duckdb_aggregate_function_set_name(made, "kam_fit");
    for (int i = 0; i < N_FITTED; i++)
        duckdb_aggregate_function_add_parameter(made, number);
    duckdb_aggregate_function_set_return_type(made, blob);
    duckdb_aggregate_function_set_functions(made, book_size, book_begin,
                                            book_add, book_join, fit);
    duckdb_aggregate_function_set_destructor(made, book_end);
    duckdb_aggregate_function_set_special_handling(made);
    const duckdb_state state =
        duckdb_register_aggregate_function(connection, made);
    duckdb_destroy_logical_type(&number);
    duckdb_destroy_logical_type(&blob);
    duckdb_destroy_aggregate_function(&made);
    return state == DuckDBSuccess;
}

DUCKDB_EXTENSION_ENTRYPOINT(duckdb_connection connection,
                            duckdb_extension_info info,
                            struct duckdb_extension_access *access) {
    int good = create_fit(connection) &&
               create(connection, "kam_reason", "tbdddit", reason, NULL) &&
               create(connection, "kam_version", "t", version, NULL);
    for (int i = 0; i < N_FUNCTIONS && good; i++) {
        const struct function *const f = &FUNCTIONS[i];
        char types[MOST_ARGUMENTS + 3] = "d";
        if (f->answer == offsetof(kam_scores, tier)) *types = 'i';
        if (f->needs_models) types[1] = 'b';
        memset(types + 1 + f->needs_models, 'd', (size_t)f->n);
        good = create(connection, f->name, types, answer, f);
    }
    if (!good) access->set_error(info, "a function could not be registered");
    return good;
}
