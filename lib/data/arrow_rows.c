/* SPDX-License-Identifier: MIT */
/* One row of an Arrow array. */
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "data/arrow.h"

int64_t kam__arrow_integer(const struct kam__arrow_rows *rows, int64_t at) {
    const char *const from =
        (const char *)rows->array->buffers[1] + at * rows->type.size;
    const int is_signed = rows->type.kind != KAM__ARROW_UNSIGNED;
    if (rows->type.size == 8) {
        int64_t value;
        memcpy(&value, from, sizeof value);
        return value;
    }
    if (rows->type.size == 4) {
        int32_t value;
        memcpy(&value, from, sizeof value);
        return is_signed ? value : (int64_t)(uint32_t)value;
    }
    if (rows->type.size == 2) {
        int16_t value;
        memcpy(&value, from, sizeof value);
        return is_signed ? value : (int64_t)(uint16_t)value;
    }
    return is_signed ? *(const int8_t *)from : *(const uint8_t *)from;
}

static int is_present(const struct kam__arrow_rows *rows, int64_t at) {
    return rows->type.kind != KAM__ARROW_NONE &&
           (!rows->validity || (rows->validity[at / 8] >> (at % 8) & 1));
}

kam_status kam__arrow_find(const struct kam__arrow *column, int64_t row,
                           struct kam__arrow_place *place, kam_diag *diag) {
    place->rows = &column->rows;
    place->at = column->rows.first + row;
    place->present = is_present(place->rows, place->at);
    if (!column->is_dictionary || !place->present) return KAM_OK;
    const int64_t key = kam__arrow_integer(place->rows, place->at);
    if (key < 0 || key >= column->values.n_rows)
        return kam__arrow_refuse(column, KAM_ERR_SHAPE, row, (double)key,
                                 "and row {row} has the key {value}, which its "
                                 "dictionary lacks.",
                                 diag);
    place->rows = &column->values;
    place->at = column->values.first + key;
    place->present = is_present(place->rows, place->at);
    return KAM_OK;
}

/* A text of up to 12 bytes lies in its view; a longer one in one of the buffers
 * after the views, whose lengths are in the last buffer. */
static int view_at(const struct kam__arrow_rows *rows, int64_t at,
                   struct kam__arrow_text *text) {
    const struct ArrowArray *const array = rows->array;
    const char *const view = (const char *)array->buffers[1] + 16 * at;
    int32_t length, buffer, offset;
    memcpy(&length, view, sizeof length);
    text->bytes = view + 4;
    text->length = length;
    if (length < 0) return 1;
    if (length <= 12) return 0;
    memcpy(&buffer, view + 8, sizeof buffer);
    memcpy(&offset, view + 12, sizeof offset);
    const int64_t n_buffers = array->n_buffers - 3;
    if (buffer < 0 || buffer >= n_buffers || offset < 0) return 1;
    const char *const bytes = array->buffers[2 + buffer];
    const char *const sizes = array->buffers[array->n_buffers - 1];
    if (!bytes || !sizes) return 1;
    int64_t size;
    memcpy(&size, sizes + 8 * buffer, sizeof size);
    text->bytes = bytes + offset;
    return (int64_t)offset + length > size;
}

kam_status kam__arrow_text_at(const struct kam__arrow *column,
                              const struct kam__arrow_place *place, int64_t row,
                              struct kam__arrow_text *text, kam_diag *diag) {
    const struct kam__arrow_rows *const rows = place->rows;
    if (rows->type.kind == KAM__ARROW_VIEW) {
        if (view_at(rows, place->at, text) == 0) return KAM_OK;
        return kam__arrow_refuse(column, KAM_ERR_SHAPE, row, NAN,
                                 "and text {row} is not in its buffers.", diag);
    }
    struct kam__arrow_rows offsets = *rows;
    offsets.type.kind = KAM__ARROW_SIGNED;
    const int64_t from = kam__arrow_integer(&offsets, place->at);
    text->length = kam__arrow_integer(&offsets, place->at + 1) - from;
    text->bytes =
        text->length ? (const char *)rows->array->buffers[2] + from : "";
    return KAM_OK;
}

void kam__arrow_mark(uint8_t *validity, int64_t row, int present) {
    if (!validity) return;
    const int bit = 1 << (row % 8);
    validity[row / 8] =
        (uint8_t)(present ? validity[row / 8] | bit : validity[row / 8] & ~bit);
}
