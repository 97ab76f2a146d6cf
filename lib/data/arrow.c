/* SPDX-License-Identifier: MIT */
/* The shape of an Arrow array: nothing of it is trusted but the length of its
 * buffers, which the interface does not tell. */
#include "data/arrow.h"

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/text.h"

enum { ANSWER = 160 };

static const int64_t nothing[2]; /* what a column without rows points at */

kam_status kam__arrow_refuse(const struct kam__arrow *column, kam_status status,
                             int64_t row, double value, const char *words,
                             kam_diag *diag) {
    char message[ANSWER];
    struct kam__text text = kam__text_in(message, sizeof message);
    kam__text_add(&text, "has the Arrow type '");
    kam__text_add(&text, column->format ? column->format : "");
    kam__text_add(&text, "', ");
    kam__text_add(&text, words);
    return kam__fail(diag, status, column->name, row, value, message);
}

/* Formats of one or more characters that stand for one type each. */
static const struct {
    char format[4];
    struct kam__arrow_type type;
} plain[] = {
    {"n", {KAM__ARROW_NONE, 0, 0, 0, 0}},
    {"b", {KAM__ARROW_BOOL, 0, 0, 0, 0}},
    {"c", {KAM__ARROW_SIGNED, 1, 0, 0, 0}},
    {"C", {KAM__ARROW_UNSIGNED, 1, 0, KAM_U8, 0}},
    {"s", {KAM__ARROW_SIGNED, 2, 0, 0, 0}},
    {"S", {KAM__ARROW_UNSIGNED, 2, 0, 0, 0}},
    {"i", {KAM__ARROW_SIGNED, 4, 0, KAM_I32, 0}},
    {"I", {KAM__ARROW_UNSIGNED, 4, 0, 0, 0}},
    {"l", {KAM__ARROW_SIGNED, 8, 0, KAM_I64, 0}},
    {"L", {KAM__ARROW_UNSIGNED, 8, 0, 0, 0}},
    {"f", {KAM__ARROW_FLOAT, 4, 0, KAM_F32, 0}},
    {"g", {KAM__ARROW_FLOAT, 8, 0, KAM_F64, 0}},
    {"u", {KAM__ARROW_TEXT, 4, 0, KAM_TEXT32, 0}},
    {"U", {KAM__ARROW_TEXT, 8, 0, KAM_TEXT64, 0}},
    {"vu", {KAM__ARROW_VIEW, 16, 0, 0, 0}},
    {"tdD", {KAM__ARROW_DAYS, 4, 0, KAM_DAY, 1}},
    {"tdm", {KAM__ARROW_DAYS, 8, 0, 0, INT64_C(86400000)}},
};

/* What stands for seconds, milliseconds, ... in "tss:", "tsm:", ... */
static int64_t ticks_of(char unit) {
    switch (unit) {
    case 's': return INT64_C(86400);
    case 'm': return INT64_C(86400000);
    case 'u': return INT64_C(86400000000);
    case 'n': return INT64_C(86400000000000);
    default: return 0;
    }
}

/* A whole number of at most three digits; -1 when there is none. */
static int32_t small_number(const char **text) {
    int32_t number = -1;
    for (int i = 0; i < 3 && **text >= '0' && **text <= '9'; i++)
        number = (number < 0 ? 0 : 10 * number) + *(*text)++ - '0';
    return number;
}

/* "d:precision,scale" or "d:precision,scale,bits" */
static struct kam__arrow_type decimal_of(const char *format) {
    struct kam__arrow_type type = {0};
    const char *at = format + 2;
    const int32_t precision = small_number(&at);
    if (*at++ != ',') return type;
    const int32_t scale = small_number(&at);
    int32_t bits = 128;
    if (*at == ',') {
        at++;
        bits = small_number(&at);
    }
    const int known = bits == 32 || bits == 64 || bits == 128;
    if (*at || precision < 1 || scale < 0 || scale > 22 || !known) return type;
    type.kind = KAM__ARROW_DECIMAL;
    type.size = bits / 8;
    type.scale = scale;
    return type;
}

struct kam__arrow_type kam__arrow_type_of(const char *format) {
    struct kam__arrow_type type = {0};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (strcmp(format, plain[i].format) == 0) return plain[i].type;
    if (format[0] == 'd' && format[1] == ':') return decimal_of(format);
    /* A timestamp with a time zone has no day of its own. */
    if (format[0] == 't' && format[1] == 's' && ticks_of(format[2]) &&
        format[3] == ':' && format[4] == '\0') {
        type.kind = KAM__ARROW_DAYS;
        type.size = 8;
        type.ticks_per_day = ticks_of(format[2]);
    }
    return type;
}

static kam_status refuse_type(const struct kam__arrow *column, kam_diag *diag) {
    const char *const format = column->format;
    const int zoned = format[0] == 't' && format[1] == 's' && format[2] &&
                      format[3] == ':' && format[4];
    return kam__arrow_refuse(
        column, KAM_ERR_TYPE, -1, NAN,
        zoned ? "a time zone with it: convert it to dates first."
              : "which is not supported: convert it to float64, int64, a "
                "text or a date first.",
        diag);
}

static kam_status misshapen(const struct kam__arrow *column, double value,
                            const char *words, kam_diag *diag) {
    return kam__fail(diag, KAM_ERR_SHAPE, column->name, -1, value, words);
}

static int64_t buffers_of(const struct kam__arrow_type *type) {
    return type->kind == KAM__ARROW_NONE                                    ? 0
           : type->kind == KAM__ARROW_TEXT || type->kind == KAM__ARROW_VIEW ? 3
                                                                            : 2;
}

/* Lengths that could be: rows [skip, skip + n) of the array, n < 0 for all. */
static kam_status check_extent(const struct kam__arrow *column,
                               const struct ArrowArray *array, int64_t skip,
                               int64_t n, kam_diag *diag) {
    if (!array || !array->release)
        return misshapen(column, NAN, "was released, or moved away.", diag);
    const int64_t most = INT64_MAX / 64; /* of addressable rows */
    if (array->length < 0 || array->offset < 0 || array->length > most ||
        array->offset > most - array->length)
        return misshapen(column, (double)array->length,
                         "has a length or an offset that cannot be.", diag);
    if (array->null_count < -1 || array->null_count > array->length)
        return misshapen(column, (double)array->null_count,
                         "counts {value} nulls, which cannot be.", diag);
    if (n >= 0 && (skip > array->length || n > array->length - skip))
        return misshapen(column, (double)array->length,
                         "has {value} rows, fewer than its table.", diag);
    return KAM_OK;
}

static kam_status check_buffers(const struct kam__arrow *column,
                                const struct kam__arrow_rows *rows,
                                kam_diag *diag) {
    const struct ArrowArray *const array = rows->array;
    const int64_t wanted = buffers_of(&rows->type);
    const int more = rows->type.kind == KAM__ARROW_VIEW;
    /* Some still write the validity of nulls, as Arrow did before 1.0. */
    if (rows->type.kind == KAM__ARROW_NONE && array->n_buffers == 1)
        return KAM_OK;
    if (more ? array->n_buffers < wanted : array->n_buffers != wanted)
        return misshapen(column, (double)array->n_buffers,
                         "has {value} buffers, not those of its type.", diag);
    if (wanted && (!array->buffers || (rows->n_rows && !array->buffers[1])))
        return misshapen(column, NAN, "has no values, but rows.", diag);
    if (wanted && array->null_count > 0 && !array->buffers[0])
        return misshapen(column, (double)array->null_count,
                         "has {value} nulls, but does not say where.", diag);
    return KAM_OK;
}

/* Texts whose offsets go backwards would be read outside of their bytes. */
static kam_status check_offsets(const struct kam__arrow *column,
                                const struct kam__arrow_rows *rows,
                                kam_diag *diag) {
    if (rows->type.kind != KAM__ARROW_TEXT || !rows->n_rows) return KAM_OK;
    const struct kam__arrow_rows offsets = {
        {KAM__ARROW_SIGNED, rows->type.size, 0, 0, 0}, rows->array, NULL, 0, 0};
    int64_t before = kam__arrow_integer(&offsets, rows->first);
    for (int64_t i = 0; i <= rows->n_rows && before >= 0; i++) {
        const int64_t now = kam__arrow_integer(&offsets, rows->first + i);
        if (now < before)
            return kam__fail(diag, KAM_ERR_SHAPE, column->name, i - 1,
                             (double)now, "text {row} ends before it begins.");
        before = now;
    }
    if (before < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, column->name, 0, (double)before,
                         "texts begin at {value}, before their bytes.");
    return before > 0 && !rows->array->buffers[2]
               ? misshapen(column, (double)before,
                           "has texts of {value} bytes, but no bytes.", diag)
               : KAM_OK;
}

/* Rows [skip, skip + n) of an array of a type we read. */
static kam_status open_rows(const struct kam__arrow *column, const char *format,
                            const struct ArrowArray *array, int64_t skip,
                            int64_t n, struct kam__arrow_rows *rows,
                            kam_diag *diag) {
    const struct kam__arrow_type type = kam__arrow_type_of(format);
    if (!type.kind) return refuse_type(column, diag);
    kam_status status = check_extent(column, array, skip, n, diag);
    if (status != KAM_OK) return status;
    rows->type = type;
    rows->array = array;
    rows->first = array->offset + skip;
    rows->n_rows = n < 0 ? array->length : n;
    status = check_buffers(column, rows, diag);
    if (status != KAM_OK) return status;
    rows->validity = type.kind != KAM__ARROW_NONE && array->null_count != 0
                         ? array->buffers[0]
                         : NULL;
    return check_offsets(column, rows, diag);
}

/* The child of this name, the only one. */
static kam_status child_of(const struct kam__arrow *table,
                           const struct ArrowSchema *schema, int64_t *child,
                           kam_diag *diag) {
    int64_t found = 0;
    for (int64_t i = 0; i < schema->n_children; i++) {
        const struct ArrowSchema *const one = schema->children[i];
        if (!one || !one->format)
            return misshapen(table, (double)i, "column {value} is void.", diag);
        if (strcmp(one->name ? one->name : "", table->name) != 0) continue;
        *child = i;
        found++;
    }
    if (found == 1) return KAM_OK;
    return misshapen(table, (double)found,
                     found ? "stands {value} times in the table."
                           : "is not a column of the table.",
                     diag);
}

/* A struct that holds columns, of which no row is null. */
static kam_status check_table(const struct kam__arrow *table,
                              const struct ArrowSchema *schema,
                              const struct ArrowArray *array, kam_diag *diag) {
    if (strcmp(schema->format, "+s") != 0)
        return kam__arrow_refuse(table, KAM_ERR_TYPE, -1, NAN,
                                 "which is not a table.", diag);
    const kam_status status = check_extent(table, array, 0, -1, diag);
    if (status != KAM_OK) return status;
    if (schema->n_children < 0 || array->n_children != schema->n_children ||
        (schema->n_children && (!schema->children || !array->children)))
        return misshapen(table, (double)array->n_children,
                         "lies in a table of {value} columns, which are not "
                         "those of its schema.",
                         diag);
    if (array->n_buffers > 0 && array->null_count != 0 && array->buffers &&
        array->buffers[0]) {
        const uint8_t *const bits = array->buffers[0];
        for (int64_t i = 0; i < array->length; i++) {
            const int64_t at = array->offset + i;
            if (!(bits[at / 8] >> (at % 8) & 1))
                return kam__fail(diag, KAM_ERR_SHAPE, table->name, i, NAN,
                                 "lies in a struct that is null in row {row}.");
        }
    }
    return KAM_OK;
}

static kam_status open_dictionary(const struct ArrowSchema *schema,
                                  struct kam__arrow *column, kam_diag *diag) {
    const struct ArrowSchema *const values = schema->dictionary;
    const int32_t kind = column->rows.type.kind;
    if (kind != KAM__ARROW_SIGNED && kind != KAM__ARROW_UNSIGNED)
        return misshapen(column, NAN, "has keys that are no integers.", diag);
    if (!values->format || values->dictionary)
        return misshapen(column, NAN, "has a dictionary that cannot be.", diag);
    column->format = values->format;
    column->is_dictionary = 1;
    return open_rows(column, values->format, column->rows.array->dictionary, 0,
                     -1, &column->values, diag);
}

kam_status kam__arrow_open(const struct ArrowSchema *schema,
                           const struct ArrowArray *array, const char *name,
                           struct kam__arrow *column, kam_diag *diag) {
    memset(column, 0, sizeof *column);
    column->name = name ? name : "column";
    if (!schema || !array)
        return kam__fail(diag, KAM_ERR_NULL, schema ? "array" : "schema", -1,
                         NAN, "must be given.");
    if (!schema->release || !schema->format)
        return misshapen(column, NAN, "has a schema that was released.", diag);
    int64_t skip = 0, n = -1, child = 0;
    column->format = schema->format;
    if (name) {
        kam_status status = check_table(column, schema, array, diag);
        if (status == KAM_OK) status = child_of(column, schema, &child, diag);
        if (status != KAM_OK) return status;
        skip = array->offset;
        n = array->length;
        schema = schema->children[child];
        array = array->children[child];
        column->format = schema->format;
    }
    const kam_status status =
        open_rows(column, schema->format, array, skip, n, &column->rows, diag);
    if (status != KAM_OK || !schema->dictionary) return status;
    return open_dictionary(schema, column, diag);
}

kam_status kam_arrow_column(const struct ArrowSchema *schema,
                            const struct ArrowArray *array, const char *name,
                            kam_column *column, int64_t *n_rows,
                            kam_diag *diag) {
    struct kam__arrow found;
    if (!column || !n_rows)
        return kam__fail(diag, KAM_ERR_NULL, column ? "n_rows" : "column", -1,
                         NAN, "must be given.");
    const kam_status status =
        kam__arrow_open(schema, array, name, &found, diag);
    if (status != KAM_OK) return status;
    const struct kam__arrow_rows *const rows = &found.rows;
    const int absent = rows->type.kind == KAM__ARROW_NONE;
    if (found.is_dictionary || !(absent || rows->type.column_type))
        return kam__arrow_refuse(&found, KAM_ERR_TYPE, -1, NAN,
                                 found.is_dictionary
                                     ? "in a dictionary: it has to be copied."
                                     : "which has to be copied.",
                                 diag);
    kam_column view = {0};
    *n_rows = rows->n_rows;
    view.type = absent ? KAM_F64 : rows->type.column_type;
    if (!absent) {
        view.values = rows->n_rows ? rows->array->buffers[1] : nothing;
        view.offset = rows->n_rows ? rows->first : 0;
        view.validity = rows->n_rows ? rows->validity : NULL;
    }
    if (rows->type.kind == KAM__ARROW_TEXT)
        view.text = rows->n_rows && rows->array->buffers[2]
                        ? rows->array->buffers[2]
                        : (const char *)nothing;
    *column = view;
    return kam__ok(diag);
}
