/* SPDX-License-Identifier: MIT */
/* Columns that have no view, copied row by row. */
#include <math.h>
#include <string.h>

#include <kam/calendar.h>
#include <kam/ledger.h>

#include "base/diag.h"
#include "data/arrow.h"

/* All are doubles exactly, so a quotient by one is rounded once. */
static const double power_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,
                                      1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                      1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
                                      1e18, 1e19, 1e20, 1e21, 1e22};

static double decimal_at(const struct kam__arrow_rows *rows, int64_t at) {
    const double unit = power_of_ten[rows->type.scale];
    if (rows->type.size < 16)
        return (double)kam__arrow_integer(rows, at) / unit;
    const int16_t one = 1;
    const int little = *(const unsigned char *)&one;
    int64_t half[2];
    memcpy(half, (const char *)rows->array->buffers[1] + 16 * at, sizeof half);
    const int64_t high = half[little], low = half[!little];
    if (high == (low < 0 ? -1 : 0)) return (double)low / unit;
    return ((double)high * 0x1p64 + (double)(uint64_t)low) / unit;
}

static double number_at(const struct kam__arrow_rows *rows, int64_t at) {
    const char *const values = rows->array->buffers[1];
    if (rows->type.kind == KAM__ARROW_BOOL)
        return values[at / 8] >> (at % 8) & 1;
    if (rows->type.kind == KAM__ARROW_DECIMAL) return decimal_at(rows, at);
    if (rows->type.kind == KAM__ARROW_FLOAT && rows->type.size == 8) {
        double value;
        memcpy(&value, values + 8 * at, sizeof value);
        return value;
    }
    if (rows->type.kind == KAM__ARROW_FLOAT) {
        float value;
        memcpy(&value, values + 4 * at, sizeof value);
        return (double)value;
    }
    const int64_t value = kam__arrow_integer(rows, at);
    return rows->type.kind == KAM__ARROW_UNSIGNED ? (double)(uint64_t)value
                                                  : (double)value;
}

static int64_t floor_divide(int64_t a, int64_t b) {
    return a / b - (a % b < 0);
}

static int32_t nearest_day(int64_t day) {
    return day > INT32_MAX     ? INT32_MAX
           : day <= KAM_NO_DAY ? KAM_NO_DAY + 1
                               : (int32_t)day;
}

/* "2024-12-31", alone or before a time. */
static int day_of_text(struct kam__arrow_text text, int32_t *day) {
    int32_t part[3] = {0, 0, 0};
    if (text.length < 10) return 1;
    for (int i = 0, p = 0; i < 10; i++) {
        const char c = text.bytes[i];
        if (i == 4 || i == 7) {
            if (c != '-') return 1;
            p++;
        } else {
            if (c < '0' || c > '9') return 1;
            part[p] = 10 * part[p] + c - '0';
        }
    }
    if (text.length > 10 && text.bytes[10] != ' ' && text.bytes[10] != 'T')
        return 1;
    return kam_calendar_day(part[0], part[1], part[2], day) != KAM_OK;
}

static kam_status day_at(const struct kam__arrow *column,
                         const struct kam__arrow_place *place, int64_t row,
                         int32_t *day, kam_diag *diag) {
    const struct kam__arrow_type *const type = &place->rows->type;
    if (type->kind == KAM__ARROW_TEXT || type->kind == KAM__ARROW_VIEW) {
        struct kam__arrow_text text;
        const kam_status status =
            kam__arrow_text_at(column, place, row, &text, diag);
        if (status != KAM_OK) return status;
        return day_of_text(text, day) == 0
                   ? KAM_OK
                   : kam__arrow_refuse(column, KAM_ERR_TYPE, row, NAN,
                                       "and row {row} is not a day such as "
                                       "2024-12-31.",
                                       diag);
    }
    const int64_t value = kam__arrow_integer(place->rows, place->at);
    const int beyond = type->kind == KAM__ARROW_UNSIGNED && value < 0;
    *day = beyond ? INT32_MAX
                  : nearest_day(type->kind == KAM__ARROW_DAYS
                                    ? floor_divide(value, type->ticks_per_day)
                                    : value);
    return KAM_OK;
}

static kam_status integer_at(const struct kam__arrow *column,
                             const struct kam__arrow_place *place, int64_t row,
                             int64_t *value, kam_diag *diag) {
    *value = kam__arrow_integer(place->rows, place->at);
    if (*value >= 0 || place->rows->type.kind == KAM__ARROW_SIGNED)
        return KAM_OK;
    return kam__arrow_refuse(column, KAM_ERR_TYPE, row,
                             (double)(uint64_t)*value,
                             "and row {row} is {value}, beyond int64.", diag);
}

/* Whether rows of a type can become numbers of another. */
static int converts(const struct kam__arrow *column, int32_t to) {
    const struct kam__arrow_type *const from =
        column->is_dictionary ? &column->values.type : &column->rows.type;
    const int32_t kind = from->kind;
    if (kind == KAM__ARROW_NONE || kind == KAM__ARROW_SIGNED ||
        kind == KAM__ARROW_UNSIGNED)
        return 1;
    if (to == KAM_F64)
        return kind == KAM__ARROW_BOOL || kind == KAM__ARROW_FLOAT ||
               kind == KAM__ARROW_DECIMAL;
    return to == KAM_DAY &&
           (kind == KAM__ARROW_DAYS || kind == KAM__ARROW_TEXT ||
            kind == KAM__ARROW_VIEW);
}

static kam_status convert_row(const struct kam__arrow *column, int64_t row,
                              int32_t to, void *values, uint8_t *validity,
                              kam_diag *diag) {
    struct kam__arrow_place place;
    kam_status status = kam__arrow_find(column, row, &place, diag);
    if (status != KAM_OK) return status;
    double number = NAN;
    int64_t integer = 0;
    int32_t day = KAM_NO_DAY;
    if (place.present && to == KAM_F64)
        number = number_at(place.rows, place.at);
    else if (place.present && to == KAM_I64)
        status = integer_at(column, &place, row, &integer, diag);
    else if (place.present)
        status = day_at(column, &place, row, &day, diag);
    if (status != KAM_OK) return status;
    if (to == KAM_F64)
        ((double *)values)[row] = number;
    else if (to == KAM_I64)
        ((int64_t *)values)[row] = integer;
    else
        ((int32_t *)values)[row] = day;
    kam__arrow_mark(validity, row, place.present);
    return KAM_OK;
}

kam_status kam_arrow_convert(const struct ArrowSchema *schema,
                             const struct ArrowArray *array, const char *name,
                             int32_t type, void *values, uint8_t *validity,
                             kam_diag *diag) {
    struct kam__arrow column;
    if (!values) return kam__fail(diag, KAM_ERR_NULL, "values", -1, NAN, "");
    if (type != KAM_F64 && type != KAM_I64 && type != KAM_DAY)
        return kam__fail(diag, KAM_ERR_OPTION, "type", -1, type,
                         "{value} is not KAM_F64, KAM_I64 or KAM_DAY.");
    kam_status status = kam__arrow_open(schema, array, name, &column, diag);
    if (status != KAM_OK) return status;
    if (!converts(&column, type))
        return kam__arrow_refuse(&column, KAM_ERR_TYPE, -1, NAN,
                                 type == KAM_F64   ? "which holds no numbers."
                                 : type == KAM_I64 ? "which holds no integers."
                                                   : "which holds no days.",
                                 diag);
    for (int64_t i = 0; i < column.rows.n_rows; i++) {
        status = convert_row(&column, i, type, values, validity, diag);
        if (status != KAM_OK) return status;
    }
    return kam__ok(diag);
}

static int holds_texts(const struct kam__arrow *column) {
    const int32_t kind = column->is_dictionary ? column->values.type.kind
                                               : column->rows.type.kind;
    return kind == KAM__ARROW_TEXT || kind == KAM__ARROW_VIEW ||
           kind == KAM__ARROW_NONE;
}

kam_status kam_arrow_texts(const struct ArrowSchema *schema,
                           const struct ArrowArray *array, const char *name,
                           int64_t *offsets, uint8_t *validity, char *text,
                           int64_t room, kam_diag *diag) {
    struct kam__arrow column;
    if (!offsets) return kam__fail(diag, KAM_ERR_NULL, "offsets", -1, NAN, "");
    kam_status status = kam__arrow_open(schema, array, name, &column, diag);
    if (status != KAM_OK) return status;
    if (!holds_texts(&column))
        return kam__arrow_refuse(&column, KAM_ERR_TYPE, -1, NAN,
                                 "which holds no texts.", diag);
    offsets[0] = 0;
    for (int64_t i = 0; i < column.rows.n_rows; i++) {
        struct kam__arrow_place place;
        struct kam__arrow_text one = {"", 0};
        status = kam__arrow_find(&column, i, &place, diag);
        if (status == KAM_OK && place.present)
            status = kam__arrow_text_at(&column, &place, i, &one, diag);
        if (status != KAM_OK) return status;
        if (one.length > INT64_MAX - offsets[i] ||
            (text && (room < offsets[i] || one.length > room - offsets[i])))
            return kam__fail(diag, KAM_ERR_SHAPE, "room", i, (double)room,
                             "{value} bytes do not hold text {row}.");
        if (text && one.length)
            memcpy(text + offsets[i], one.bytes, (size_t)one.length);
        offsets[i + 1] = offsets[i] + one.length;
        kam__arrow_mark(validity, i, place.present);
    }
    return kam__ok(diag);
}
