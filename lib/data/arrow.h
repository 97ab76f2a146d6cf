/* SPDX-License-Identifier: MIT */
/* An Arrow array whose shape was checked, row by row. */
#ifndef KAM_DATA_ARROW_H
#define KAM_DATA_ARROW_H

#include <kam/arrow.h>

enum kam__arrow_kind {
    KAM__ARROW_NONE = 1, /* type null */
    KAM__ARROW_BOOL,
    KAM__ARROW_SIGNED,
    KAM__ARROW_UNSIGNED,
    KAM__ARROW_FLOAT,
    KAM__ARROW_DECIMAL,
    KAM__ARROW_DAYS, /* ticks, of which ticks_per_day make a day */
    KAM__ARROW_TEXT,
    KAM__ARROW_VIEW
};

struct kam__arrow_type {
    int32_t kind;
    int32_t size;          /* bytes of a value, an offset or a view */
    int32_t scale;         /* of a decimal */
    int32_t column_type;   /* KAM_* when a column can view it, else 0 */
    int64_t ticks_per_day; /* of KAM__ARROW_DAYS */
};

/* Rows [0, n_rows) stand at [first, first + n_rows) of the buffers. */
struct kam__arrow_rows {
    struct kam__arrow_type type;
    const struct ArrowArray *array;
    const uint8_t *validity; /* NULL: all present */
    int64_t first;
    int64_t n_rows;
};

struct kam__arrow {
    const char *name;
    const char *format; /* of what the rows mean: a dictionary's values' */
    struct kam__arrow_rows rows;
    int is_dictionary;
    struct kam__arrow_rows values; /* of the dictionary */
};

/* What a format says; kind 0 when it is not one that we read. */
struct kam__arrow_type kam__arrow_type_of(const char *format);

/* Checks the shape of a column and says where its rows are. */
kam_status kam__arrow_open(const struct ArrowSchema *schema,
                           const struct ArrowArray *array, const char *name,
                           struct kam__arrow *column, kam_diag *diag);

/* Where row `row` has its value: rows and position, or present = 0. */
struct kam__arrow_place {
    const struct kam__arrow_rows *rows;
    int64_t at; /* position in the buffers */
    int present;
};
kam_status kam__arrow_find(const struct kam__arrow *column, int64_t row,
                           struct kam__arrow_place *place, kam_diag *diag);

/* One text; KAM_ERR_SHAPE when it lies outside of its buffers. */
struct kam__arrow_text {
    const char *bytes;
    int64_t length;
};
kam_status kam__arrow_text_at(const struct kam__arrow *column,
                              const struct kam__arrow_place *place, int64_t row,
                              struct kam__arrow_text *text, kam_diag *diag);

/* An integer of any width; an unsigned one beyond int64 wraps. */
int64_t kam__arrow_integer(const struct kam__arrow_rows *rows, int64_t at);

/* Fails with the column's name and type: "has the Arrow type 's', " + words. */
kam_status kam__arrow_refuse(const struct kam__arrow *column, kam_status status,
                             int64_t row, double value, const char *words,
                             kam_diag *diag);

/* Sets bit `row` of a bitmap; NULL: nothing. */
void kam__arrow_mark(uint8_t *validity, int64_t row, int present);

#endif
