/* SPDX-License-Identifier: MIT */
/* Arrow schemas and arrays of every shape, made from bytes: what kam/arrow.h
 * reads of them, it reads inside of their buffers, and the same both ways.
 *
 * The interface does not say how long buffers are, so here they are as long as
 * the lengths ask for; everything else may lie. */
#include "fuzz.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <kam/kam.h>

enum { BYTES = 512, BUFFERS = 8, COLUMNS = 3, ROWS = 15 };

struct input {
    const uint8_t *at;
    size_t left;
};

struct column {
    char format[9], name[3];
    struct ArrowSchema schema;
    struct ArrowArray array;
    uint8_t *bytes[BUFFERS];
    const void *buffer[BUFFERS];
};

static uint8_t next(struct input *input) {
    if (!input->left) return 0;
    input->left--;
    return *input->at++;
}

static void keep_schema(struct ArrowSchema *schema) { (void)schema; }
static void keep_array(struct ArrowArray *array) { (void)array; }

/* Mostly small; sometimes what cannot be. */
static int64_t some_length(struct input *input, int64_t most) {
    static const int64_t odd[] = {-1, INT64_MAX, INT64_MIN, -2};
    const uint8_t byte = next(input);
    return byte >= 252 ? odd[byte - 252] : byte % (most + 1);
}

static void some_format(struct input *input, char *format) {
    static const char *const known[] = {
        "n",     "b",     "c",   "C",    "s",      "S",        "i",
        "I",     "l",     "L",   "f",    "g",      "u",        "U",
        "vu",    "tdD",   "tdm", "tss:", "tsm:",   "tsu:",     "tsn:",
        "d:9,2", "tss:Z", "+s",  "e",    "d:9,22", "d:9,2,32", "d:9,2,64"};
    const uint8_t pick = next(input);
    const size_t n = sizeof known / sizeof *known;
    memset(format, 0, 9);
    if (pick < 8 * n)
        memcpy(format, known[pick % n], strlen(known[pick % n]));
    else
        for (int i = 0; i < 8; i++) format[i] = (char)next(input);
}

/* Offsets of texts may go backwards and below 0, but not beyond the bytes. */
static void tame_texts(struct column *column) {
    const int wide = column->format[0] == 'U';
    for (int i = 0; i < BYTES / (wide ? 8 : 4); i++) {
        int64_t offset = 0;
        int32_t narrow;
        uint8_t *const at = column->bytes[1] + i * (wide ? 8 : 4);
        memcpy(&narrow, at, 4);
        narrow %= BYTES;
        offset = narrow;
        memcpy(at, wide ? (const void *)&offset : (const void *)&narrow,
               wide ? 8 : 4);
    }
}

/* Views lie a little; the last buffer, which says how long the others are, does
 * not lie at all. */
static void tame_views(struct column *column) {
    for (int i = 0; i < BYTES / 16; i++) {
        int32_t part[4]; /* length, head, buffer, offset */
        memcpy(part, column->bytes[1] + 16 * i, 16);
        part[0] %= 2 * BYTES;
        if (part[0] > 12) part[2] %= BUFFERS;
        if (part[0] > 12) part[3] %= 2 * BYTES;
        memcpy(column->bytes[1] + 16 * i, part, 16);
    }
    if (column->array.n_buffers < 3 || column->array.n_buffers > BUFFERS)
        return;
    uint8_t *const sizes = column->bytes[column->array.n_buffers - 1];
    for (int i = 0; i < BYTES / 8; i++) {
        const int64_t size = sizes[8 * i] + 256 * (sizes[8 * i + 1] % 2);
        memcpy(sizes + 8 * i, &size, 8);
    }
}

/* As many as the type asks for, or any number. */
static int64_t some_buffers(struct input *input, const char *format) {
    const uint8_t byte = next(input);
    if (byte >= 230) return byte % (BUFFERS + 1);
    if (format[0] == 'n') return 0;
    if (format[0] == 'v') return 4 + byte % 3;
    return format[0] == 'u' || format[0] == 'U' ? 3 : 2;
}

/* Bytes that the type and the length ask for, of buffer `i`. */
static size_t size_of(const struct column *column, int i) {
    static const struct {
        char letters[12];
        size_t size;
    } sizes[] = {{"cC", 1}, {"sS", 2}, {"iIfu", 4}, {"lLgU", 8}, {"v", 16}};
    const struct ArrowArray *const array = &column->array;
    if (array->length < 0 || array->length > ROWS || array->offset < 0 ||
        array->offset > 7)
        return BYTES;
    const char letter = column->format[0];
    const size_t rows = (size_t)(array->length + array->offset);
    if (i == 0 || (i == 1 && letter == 'b')) return (rows + 7) / 8;
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
        if (i == 1 && strchr(sizes[k].letters, letter))
            return (rows + (letter == 'u' || letter == 'U')) * sizes[k].size;
    const int64_t n = array->n_buffers;
    if (letter == 'v' && n >= 3 && n <= BUFFERS && i >= 2 && i < n - 1) {
        int64_t size;
        memcpy(&size, column->bytes[n - 1] + 8 * (i - 2), 8);
        return (size_t)size;
    }
    return BYTES;
}

/* Blocks of just that size, so that reading beyond is seen. */
static void fit(struct column *column) {
    for (int i = 0; i < BUFFERS; i++) {
        const size_t size = size_of(column, i);
        uint8_t *const block = malloc(size + !size);
        memcpy(block, column->bytes[i], size);
        free(column->bytes[i]);
        column->bytes[i] = block;
        if (column->buffer[i]) column->buffer[i] = block;
    }
}

static void make(struct input *input, struct column *column) {
    memset(column, 0, sizeof *column);
    some_format(input, column->format);
    column->name[0] = (char)('a' + next(input) % 3);
    column->schema.format = next(input) == 255 ? NULL : column->format;
    column->schema.name = next(input) % 8 ? column->name : NULL;
    column->schema.release = next(input) == 255 ? NULL : keep_schema;
    column->array.length = some_length(input, ROWS);
    column->array.offset = some_length(input, 7);
    column->array.null_count = (int64_t)(next(input) % 5) - 2;
    column->array.n_buffers = some_buffers(input, column->format);
    column->array.release = next(input) == 255 ? NULL : keep_array;
    const uint8_t present = (uint8_t)~next(input);
    for (int i = 0; i < BUFFERS; i++) {
        column->bytes[i] = calloc(1, BYTES);
        column->buffer[i] = present >> i & 1 ? column->bytes[i] : NULL;
    }
    const int filled = next(input) % 4;
    for (int i = 0; i < filled; i++) {
        const int which = next(input) % BUFFERS;
        for (int n = next(input); n > 0; n--)
            column->bytes[which][n] = next(input);
    }
    if (column->format[0] == 'u' || column->format[0] == 'U')
        tame_texts(column);
    if (column->format[0] == 'v') tame_views(column);
    fit(column);
    column->array.buffers = next(input) == 255 ? NULL : column->buffer;
}

static void unmake(struct column *column) {
    for (int i = 0; i < BUFFERS; i++) free(column->bytes[i]);
}

static void check(int holds) {
    if (!holds) abort();
}

static void read_texts(const struct ArrowSchema *schema,
                       const struct ArrowArray *array, const char *name) {
    int64_t offsets[ROWS + 1];
    uint8_t validity[ROWS / 8 + 1];
    if (kam_arrow_texts(schema, array, name, offsets, validity, NULL, 0, NULL))
        return;
    const int64_t length = offsets[array->length];
    char *const text = malloc((size_t)length + 1);
    check(kam_arrow_texts(schema, array, name, offsets, NULL, text, length,
                          NULL) == KAM_OK);
    check(offsets[array->length] == length);
    for (int64_t i = 0; i < array->length; i++)
        check(offsets[i] <= offsets[i + 1]);
    free(text);
}

/* A view exported and read again is the same view. */
static void round_trip(const kam_column *column, int64_t n_rows) {
    const kam_arrow_field field = {"x", NULL, *column};
    struct ArrowSchema schema;
    struct ArrowArray array;
    kam_column again;
    int64_t n_again;
    if (!column->values) return;
    check(kam_arrow_schema(&field, 1, NULL, &schema, NULL) == KAM_OK);
    check(kam_arrow_table(&field, 1, n_rows, NULL, NULL, NULL, &array, NULL) ==
          KAM_OK);
    check(kam_arrow_column(&schema, &array, "x", &again, &n_again, NULL) ==
          KAM_OK);
    check(n_again == n_rows && again.type == column->type);
    check(!n_rows ||
          (again.values == column->values && again.offset == column->offset &&
           again.validity == column->validity));
    schema.release(&schema);
    array.release(&array);
}

static void read_column(const struct ArrowSchema *schema,
                        const struct ArrowArray *array, const char *name) {
    kam_column column;
    int64_t n_rows = -1, integer[ROWS];
    double number[ROWS], converted[ROWS];
    int32_t day[ROWS];
    uint8_t validity[ROWS / 8 + 1];
    const kam_status viewed =
        kam_arrow_column(schema, array, name, &column, &n_rows, NULL);
    const kam_status copied = kam_arrow_convert(schema, array, name, KAM_F64,
                                                converted, validity, NULL);
    if (viewed == KAM_OK) {
        check(n_rows >= 0 && n_rows <= ROWS);
        round_trip(&column, n_rows);
        if (copied == KAM_OK) {
            check(kam_column_numbers(&column, n_rows, number, NULL) == KAM_OK);
            check(memcmp(number, converted, (size_t)n_rows * 8) == 0);
        }
    }
    kam_arrow_convert(schema, array, name, KAM_I64, integer, validity, NULL);
    kam_arrow_convert(schema, array, name, KAM_DAY, day, NULL, NULL);
    read_texts(schema, array, name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct input input = {data, size};
    struct column column[COLUMNS], table, dictionary;
    struct ArrowSchema *schema[COLUMNS];
    struct ArrowArray *array[COLUMNS];
    make(&input, &table);
    make(&input, &dictionary);
    for (int i = 0; i < COLUMNS; i++) {
        make(&input, &column[i]);
        schema[i] = next(&input) == 255 ? NULL : &column[i].schema;
        array[i] = next(&input) == 255 ? NULL : &column[i].array;
    }
    if (next(&input) % 2) {
        column[0].schema.dictionary = &dictionary.schema;
        column[0].array.dictionary =
            next(&input) == 255 ? NULL : &dictionary.array;
    }
    if (next(&input) < 200) memcpy(table.format, "+s\0", 3);
    table.schema.n_children = next(&input) % (COLUMNS + 1);
    table.array.n_children = next(&input) % (COLUMNS + 1);
    table.schema.children = next(&input) == 255 ? NULL : schema;
    table.array.children = next(&input) == 255 ? NULL : array;
    read_column(&table.schema, &table.array, "a");
    read_column(&column[0].schema, &column[0].array, NULL);
    unmake(&table);
    unmake(&dictionary);
    for (int i = 0; i < COLUMNS; i++) unmake(&column[i]);
    return 0;
}
