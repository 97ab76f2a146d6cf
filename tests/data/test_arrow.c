/* SPDX-License-Identifier: MIT */
#include "support/check.h"
#include "support/hosts.h"

static void keep_schema(struct ArrowSchema *schema) { (void)schema; }
static void keep_array(struct ArrowArray *array) { (void)array; }

/* A column of up to four buffers, as a producer makes it. */
struct made {
    struct ArrowSchema schema;
    struct ArrowArray array;
    const void *buffer[4];
};

static void make(struct made *made, const char *format, int64_t length,
                 const uint8_t *validity, const void *values,
                 const void *more) {
    memset(made, 0, sizeof *made);
    made->schema.format = format;
    made->schema.name = "revenue";
    made->schema.release = keep_schema;
    made->buffer[0] = validity;
    made->buffer[1] = values;
    made->buffer[2] = more;
    made->array.length = length;
    made->array.null_count = validity ? -1 : 0;
    made->array.n_buffers = strcmp(format, "n") == 0 ? 0 : more ? 3 : 2;
    made->array.buffers = made->buffer;
    made->array.release = keep_array;
}

static kam_status view_of(const struct made *made, kam_column *column,
                          int64_t *n_rows, kam_diag *diag) {
    return kam_arrow_column(&made->schema, &made->array, NULL, column, n_rows,
                            diag);
}

static void assert_numbers(const struct made *made, int64_t n,
                           const double *expected) {
    double values[8];
    uint8_t validity[1] = {0};
    assert_status(kam_arrow_convert(&made->schema, &made->array, NULL, KAM_F64,
                                    values, validity, NULL),
                  KAM_OK);
    for (int64_t i = 0; i < n; i++) {
        assert_bits(values[i], expected[i]);
        assert_int_equal(validity[0] >> i & 1, !isnan(expected[i]));
    }
}

static void assert_days(const struct made *made, int64_t n,
                        const int32_t *expected) {
    int32_t days[8];
    assert_status(kam_arrow_convert(&made->schema, &made->array, NULL, KAM_DAY,
                                    days, NULL, NULL),
                  KAM_OK);
    for (int64_t i = 0; i < n; i++) assert_int_equal(days[i], expected[i]);
}

static const uint8_t second_null[] = {0xFD};

/* Every type a column can view: the memory itself, where it lies. */
static void views(void **state) {
    (void)state;
    static const double f64[] = {9, 1, 2, 3};
    static const float f32[] = {9, 1, 2, 3};
    static const int64_t i64[] = {9, 1, 2, 3};
    static const int32_t i32[] = {9, 1, 2, 3};
    static const uint8_t u8[] = {9, 1, 2, 3};
    static const struct {
        const char *format;
        const void *values;
        int32_t type;
    } cases[] = {{"g", f64, KAM_F64}, {"f", f32, KAM_F32},
                 {"l", i64, KAM_I64}, {"i", i32, KAM_I32},
                 {"C", u8, KAM_U8},   {"tdD", i32, KAM_DAY}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct made made;
        kam_column column;
        int64_t n_rows = -1;
        double numbers[3];
        make(&made, cases[i].format, 3, (const uint8_t *)"\xFB",
             cases[i].values, NULL);
        made.array.offset = 1;
        assert_status(view_of(&made, &column, &n_rows, NULL), KAM_OK);
        assert_int_equal(n_rows, 3);
        assert_ptr_equal(column.values, cases[i].values);
        assert_int_equal(column.type, cases[i].type);
        assert_status(kam_column_numbers(&column, 3, numbers, NULL), KAM_OK);
        assert_bits(numbers[0], 1);
        assert_true(isnan(numbers[1])); /* bit 2 of the bitmap is row 1 */
        assert_bits(numbers[2], 3);
    }
}

static void views_of_nothing(void **state) {
    (void)state;
    struct made made;
    kam_column column;
    int64_t n_rows = -1;
    make(&made, "n", 5, NULL, NULL, NULL);
    assert_status(view_of(&made, &column, &n_rows, NULL), KAM_OK);
    assert_null(column.values);
    assert_int_equal(n_rows, 5);
    made.array.n_buffers = 1;
    made.array.null_count = 5;
    assert_status(view_of(&made, &column, &n_rows, NULL), KAM_OK);
    made.array.n_buffers = 2;
    assert_status(view_of(&made, &column, &n_rows, NULL), KAM_ERR_SHAPE);
    make(&made, "g", 0, NULL, NULL, NULL);
    assert_status(view_of(&made, &column, &n_rows, NULL), KAM_OK);
    assert_non_null(column.values);
    assert_int_equal(n_rows, 0);
    make(&made, "u", 1, NULL, (const int32_t[]){0, 0}, NULL);
    made.array.n_buffers = 3; /* one empty text, and no bytes at all */
    assert_status(view_of(&made, &column, &n_rows, NULL), KAM_OK);
    assert_non_null(column.text);
}

/* A table of three columns: rows [1, 4) of children that have offsets of
 * their own. */
struct batch {
    struct made column[3], table;
    struct ArrowSchema *schema[3];
    struct ArrowArray *array[3];
};

static const double ten[] = {10, 11, 12, 13, 14, 15, 16};
static const int32_t ends[] = {0, 1, 3, 6, 10, 15};

static void make_table(struct batch *table) {
    make(&table->column[0], "g", 5, NULL, ten, NULL);
    table->column[0].array.offset = 2;
    make(&table->column[1], "u", 5, NULL, ends, "abbcccddddeeeee");
    make(&table->column[2], "s", 5, NULL, ten, NULL);
    make(&table->table, "+s", 3, NULL, NULL, NULL);
    static const char *const name[] = {"a", "b", "c"};
    for (int i = 0; i < 3; i++) {
        table->column[i].schema.name = name[i];
        table->schema[i] = &table->column[i].schema;
        table->array[i] = &table->column[i].array;
    }
    table->table.array.n_buffers = 1;
    table->table.array.offset = 1;
    table->table.array.n_children = table->table.schema.n_children = 3;
    table->table.schema.children = table->schema;
    table->table.array.children = table->array;
}

static kam_status child(const struct batch *table, const char *name,
                        kam_column *column, int64_t *n_rows, kam_diag *diag) {
    return kam_arrow_column(&table->table.schema, &table->table.array, name,
                            column, n_rows, diag);
}

static void columns_of_a_table(void **state) {
    (void)state;
    struct batch table;
    kam_column column = {0};
    int64_t n_rows = 0, offsets[4];
    double numbers[3];
    char text[16];
    make_table(&table);
    assert_status(child(&table, "a", &column, &n_rows, NULL), KAM_OK);
    assert_int_equal(n_rows, 3);
    assert_status(kam_column_numbers(&column, 3, numbers, NULL), KAM_OK);
    for (int i = 0; i < 3; i++) assert_bits(numbers[i], 13 + i);
    assert_status(kam_arrow_texts(&table.table.schema, &table.table.array, "b",
                                  offsets, NULL, text, 16, NULL),
                  KAM_OK);
    assert_memory_equal(text, "bbcccdddd", 9);
    assert_int_equal(offsets[1], 2);
    assert_int_equal(offsets[3], 9);

    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(child(&table, "d", &column, &n_rows, &diag), KAM_ERR_SHAPE);
    assert_string_equal(diag.argument, "d");
    table.column[2].schema.name = "a";
    assert_status(child(&table, "a", &column, &n_rows, &diag), KAM_ERR_SHAPE);
    assert_non_null(strstr(diag.message, "2 times"));
    table.column[0].array.length = 3; /* one fewer than the table needs */
    table.column[2].schema.name = "c";
    assert_status(child(&table, "a", &column, &n_rows, &diag), KAM_ERR_SHAPE);
}

static void null_structs(void **state) {
    (void)state;
    struct batch table;
    kam_column column;
    int64_t n_rows;
    kam_diag diag = {.struct_size = sizeof diag};
    make_table(&table);
    table.table.buffer[0] = (const uint8_t *)"\x0E"; /* rows 1, 2, 3 */
    table.table.array.null_count = -1;
    assert_status(child(&table, "a", &column, &n_rows, &diag), KAM_OK);
    table.table.buffer[0] = (const uint8_t *)"\x0A";
    assert_status(child(&table, "a", &column, &n_rows, &diag), KAM_ERR_SHAPE);
    assert_int_equal(diag.row, 1);
    table.table.array.null_count = 0; /* then the bitmap is not looked at */
    assert_status(child(&table, "a", &column, &n_rows, &diag), KAM_OK);
}

static void numbers_of_every_width(void **state) {
    (void)state;
    struct made made;
    make(&made, "b", 3, second_null, "\x05", NULL);
    assert_numbers(&made, 3, (const double[]){1, NAN, 1});
    make(&made, "c", 2, NULL, "\x7F\x80", NULL);
    assert_numbers(&made, 2, (const double[]){127, -128});
    make(&made, "C", 2, NULL, "\x7F\x80", NULL);
    assert_numbers(&made, 2, (const double[]){127, 128});
    make(&made, "s", 2, NULL, (const int16_t[]){-2, 3}, NULL);
    assert_numbers(&made, 2, (const double[]){-2, 3});
    make(&made, "S", 2, NULL, (const uint16_t[]){65535, 3}, NULL);
    assert_numbers(&made, 2, (const double[]){65535, 3});
    make(&made, "I", 2, NULL, (const uint32_t[]){UINT32_MAX, 3}, NULL);
    assert_numbers(&made, 2, (const double[]){4294967295.0, 3});
    make(&made, "L", 2, NULL, (const uint64_t[]){UINT64_MAX, 3}, NULL);
    assert_numbers(&made, 2, (const double[]){0x1p64, 3});
    make(&made, "f", 2, second_null, (const float[]){0.5f, 3}, NULL);
    assert_numbers(&made, 2, (const double[]){0.5, NAN});
    make(&made, "g", 2, NULL, (const double[]){0.5, NAN}, NULL);
    double values[2];
    assert_status(kam_arrow_convert(&made.schema, &made.array, NULL, KAM_F64,
                                    values, NULL, NULL),
                  KAM_OK);
    assert_bits(values[0], 0.5);
}

/* Decimals: 12.34, -0.01, and 2^64 cents, which is above int64. */
static void decimals(void **state) {
    (void)state;
    const int16_t one = 1;
    const int low = !*(const char *)&one;
    int64_t wide[6] = {0};
    wide[low] = 1234;
    wide[2] = wide[3] = -1;
    wide[4 + !low] = 1;
    struct made made;
    make(&made, "d:18,2", 3, NULL, wide, NULL);
    assert_numbers(&made, 3,
                   (const double[]){12.34, -0.01,
                                    18446744073709551616.0 / 100});
    make(&made, "d:9,2,32", 2, NULL, (const int32_t[]){1234, -1}, NULL);
    assert_numbers(&made, 2, (const double[]){12.34, -0.01});
    make(&made, "d:18,0,64", 2, second_null, (const int64_t[]){1234, -1}, NULL);
    assert_numbers(&made, 2, (const double[]){1234, NAN});
    static const char *const odd[] = {"d:",     "d:5",    "d:5,",
                                      "d:5,-1", "d:5,23", "d:5,2,256",
                                      "d:5,2,", "d:,2",   "d:5,2x"};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        double value;
        make(&made, odd[i], 1, NULL, wide, NULL);
        assert_status(kam_arrow_convert(&made.schema, &made.array, NULL,
                                        KAM_F64, &value, NULL, NULL),
                      KAM_ERR_TYPE);
    }
}

static void integers(void **state) {
    (void)state;
    struct made made;
    int64_t values[3];
    uint8_t validity[1] = {0xFF};
    kam_diag diag = {.struct_size = sizeof diag};
    make(&made, "s", 3, second_null, (const int16_t[]){-2, 7, 3}, NULL);
    assert_status(kam_arrow_convert(&made.schema, &made.array, NULL, KAM_I64,
                                    values, validity, &diag),
                  KAM_OK);
    assert_true(values[0] == -2 && values[1] == 0 && values[2] == 3);
    assert_int_equal(validity[0] & 7, 5);
    make(&made, "L", 2, NULL, (const uint64_t[]){3, UINT64_C(1) << 63}, NULL);
    assert_status(kam_arrow_convert(&made.schema, &made.array, NULL, KAM_I64,
                                    values, NULL, &diag),
                  KAM_ERR_TYPE);
    assert_int_equal(diag.row, 1);
    make(&made, "g", 2, NULL, ten, NULL);
    assert_status(kam_arrow_convert(&made.schema, &made.array, NULL, KAM_I64,
                                    values, NULL, &diag),
                  KAM_ERR_TYPE);
    assert_string_equal(diag.message,
                        "has the Arrow type 'g', which holds no integers.");
}

/* 2024-03-01 is day 19783 (1709251200 s). */
static void days(void **state) {
    (void)state;
    struct made made;
    make(&made, "tdm", 3, second_null,
         (const int64_t[]){INT64_C(1709251200000), 0, -1}, NULL);
    assert_days(&made, 3, (const int32_t[]){19783, KAM_NO_DAY, -1});
    make(&made, "tss:", 3, NULL,
         (const int64_t[]){1709251199, 1709251200, INT64_MAX}, NULL);
    assert_days(&made, 3, (const int32_t[]){19782, 19783, INT32_MAX});
    make(&made, "tsm:", 1, NULL, (const int64_t[]){INT64_MIN}, NULL);
    assert_days(&made, 1, (const int32_t[]){KAM_NO_DAY + 1});
    make(&made, "tsu:", 2, NULL,
         (const int64_t[]){INT64_C(1709251200000000), -1}, NULL);
    assert_days(&made, 2, (const int32_t[]){19783, -1});
    make(&made, "tsn:", 1, NULL,
         (const int64_t[]){INT64_C(1709251200000000000)}, NULL);
    assert_days(&made, 1, (const int32_t[]){19783});
    make(&made, "tdD", 2, NULL, (const int32_t[]){19783, -5}, NULL);
    assert_days(&made, 2, (const int32_t[]){19783, -5});
    make(&made, "s", 1, NULL, (const int16_t[]){300}, NULL);
    assert_days(&made, 1, (const int32_t[]){300});
    make(&made, "L", 1, NULL, (const uint64_t[]){UINT64_MAX}, NULL);
    assert_days(&made, 1, (const int32_t[]){INT32_MAX});
    make(&made, "u", 3, NULL, (const int32_t[]){0, 10, 29, 45},
         "2024-03-011970-01-02 00:00:002024-03-01T10:00");
    assert_days(&made, 3, (const int32_t[]){19783, 1, 19783});
}

static void no_days(void **state) {
    (void)state;
    static const char *const wrong[] = {"2024-13-01", "2023-02-29",
                                        "2024-3-1",   "2024-03-01x",
                                        "24-03-01",   "2024/03/01",
                                        "01.03.2024", "",
                                        "2024-03-0a"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct made made;
        int32_t day = 7;
        kam_diag diag = {.struct_size = sizeof diag};
        const int32_t offset[] = {0, (int32_t)strlen(wrong[i])};
        make(&made, "u", 1, NULL, offset, wrong[i]);
        assert_status(kam_arrow_convert(&made.schema, &made.array, NULL,
                                        KAM_DAY, &day, NULL, &diag),
                      KAM_ERR_TYPE);
        assert_int_equal(day, 7);
        assert_int_equal(diag.row, 0);
    }
    struct made made;
    int32_t day;
    kam_diag diag = {.struct_size = sizeof diag};
    make(&made, "tss:UTC", 1, NULL, ten, NULL);
    assert_status(kam_arrow_convert(&made.schema, &made.array, NULL, KAM_DAY,
                                    &day, NULL, &diag),
                  KAM_ERR_TYPE);
    assert_non_null(strstr(diag.message, "time zone"));
    assert_string_equal(diag.argument, "column");
}

/* Texts of one array, read in two calls, against what they are. */
static void assert_texts(const struct made *made, int64_t n,
                         const char *const *expected) {
    int64_t offsets[8];
    uint8_t validity[1] = {0};
    char text[128];
    assert_status(kam_arrow_texts(&made->schema, &made->array, NULL, offsets,
                                  validity, NULL, 0, NULL),
                  KAM_OK);
    const int64_t room = offsets[n];
    assert_status(kam_arrow_texts(&made->schema, &made->array, NULL, offsets,
                                  NULL, text, room, NULL),
                  KAM_OK);
    for (int64_t i = 0; i < n; i++) {
        const int64_t length = offsets[i + 1] - offsets[i];
        const char *const one = expected[i] ? expected[i] : "";
        assert_int_equal(length, strlen(one));
        assert_memory_equal(text + offsets[i], one, (size_t)length);
        assert_int_equal(validity[0] >> i & 1, expected[i] != NULL);
    }
    if (room > 0)
        assert_status(kam_arrow_texts(&made->schema, &made->array, NULL,
                                      offsets, NULL, text, room - 1, NULL),
                      KAM_ERR_SHAPE);
}

/* What polars hands over: 16 bytes a row; a longer text in a buffer. */
struct view {
    int32_t length;
    char head[4];
    int32_t buffer, offset;
};

static void texts(void **state) {
    (void)state;
    struct made made;
    make(&made, "u", 3, second_null, (const int32_t[]){0, 2, 3, 6}, "aabccc");
    made.buffer[2] = "aabccc";
    int64_t offsets[4];
    assert_status(kam_arrow_texts(&made.schema, &made.array, NULL, offsets,
                                  NULL, NULL, 0, NULL),
                  KAM_OK);
    assert_texts(&made, 3, (const char *const[]){"aa", NULL, "ccc"});
    make(&made, "U", 2, NULL, (const int64_t[]){0, 0, 1}, "x");
    assert_texts(&made, 2, (const char *const[]){"", "x"});

    struct view view[3] = {{13, "thir", 0, 4}, {0, "", 0, 0}, {3, "abc", 0, 0}};
    static const int64_t sizes[] = {17};
    make(&made, "vu", 3, NULL, view, "....thirteen byte");
    made.buffer[3] = sizes;
    made.array.n_buffers = 4;
    assert_texts(&made, 3, (const char *const[]){"thirteen byte", "", "abc"});
    view[2].length = 12; /* fills what is in the row */
    memcpy(view[2].head, "abcdefghijkl", 12);
    assert_texts(&made, 3,
                 (const char *const[]){"thirteen byte", "", "abcdefghijkl"});
    static const struct view wrong[] = {
        {13, "thir", 1, 0}, {13, "", -1, 0}, {13, "", 0, 5},
        {13, "", 0, -1},    {-1, "", 0, 0},  {INT32_MAX, "", 0, 4}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        view[1] = wrong[i];
        kam_diag diag = {.struct_size = sizeof diag};
        assert_status(kam_arrow_texts(&made.schema, &made.array, NULL, offsets,
                                      NULL, NULL, 0, &diag),
                      KAM_ERR_SHAPE);
        assert_int_equal(diag.row, 1);
    }
}

static void dictionaries(void **state) {
    (void)state;
    struct made made, values;
    kam_diag diag = {.struct_size = sizeof diag};
    kam_column column;
    int64_t n_rows, offsets[5];
    make(&values, "u", 3, (const uint8_t *)"\x05", ends, "abbccc");
    make(&made, "c", 4, second_null, "\2\0\0\1", NULL);
    made.schema.dictionary = &values.schema;
    made.array.dictionary = &values.array;
    assert_texts(&made, 4, (const char *const[]){"ccc", NULL, "a", NULL});
    assert_status(view_of(&made, &column, &n_rows, &diag), KAM_ERR_TYPE);
    made.buffer[1] = "\2\3\3\1"; /* row 1 is null, so its key does not matter */
    assert_status(kam_arrow_texts(&made.schema, &made.array, NULL, offsets,
                                  NULL, NULL, 0, &diag),
                  KAM_ERR_SHAPE);
    assert_int_equal(diag.row, 2);
    assert_bits(diag.value, 3);
    made.buffer[1] = "\377\0\0\1";
    assert_status(kam_arrow_texts(&made.schema, &made.array, NULL, offsets,
                                  NULL, NULL, 0, &diag),
                  KAM_ERR_SHAPE);
    make(&values, "g", 3, NULL, ten, NULL);
    values.array.offset = 1;
    made.buffer[1] = "\2\0\0\1";
    assert_numbers(&made, 4, (const double[]){13, NAN, 11, 12});
    values.schema.dictionary = &made.schema;
    assert_status(view_of(&made, &column, &n_rows, &diag), KAM_ERR_SHAPE);
}

static kam_status read_any(const struct made *made) {
    kam_column column;
    int64_t n_rows;
    return view_of(made, &column, &n_rows, NULL);
}

/* Shapes that a producer must not make: refused, and nothing read. */
static void misshapen(void **state) {
    (void)state;
    struct made good, bad;
    make(&good, "u", 3, NULL, ends, "abbccc");
    assert_status(read_any(&good), KAM_OK);
#define BROKEN(change)                                                         \
    do {                                                                       \
        bad = good;                                                            \
        bad.array.buffers = bad.buffer;                                        \
        change;                                                                \
        assert_status(read_any(&bad), KAM_ERR_SHAPE);                          \
    } while (0)
    BROKEN(bad.array.release = NULL);
    BROKEN(bad.schema.release = NULL);
    BROKEN(bad.schema.format = NULL);
    BROKEN(bad.array.length = -1);
    BROKEN(bad.array.offset = -1);
    BROKEN(bad.array.length = INT64_MAX);
    BROKEN(bad.array.offset = INT64_MAX);
    BROKEN(bad.array.null_count = -2);
    BROKEN(bad.array.null_count = 4);
    BROKEN(bad.array.null_count = 1); /* and no bitmap */
    BROKEN(bad.array.n_buffers = 2);
    BROKEN(bad.array.n_buffers = 4);
    BROKEN(bad.array.buffers = NULL);
    BROKEN(bad.buffer[1] = NULL);
    BROKEN(bad.buffer[2] = NULL);
    BROKEN(bad.buffer[1] = ((const int32_t[]){0, 3, 2, 6}));
    BROKEN(bad.buffer[1] = ((const int32_t[]){-1, 3, 4, 6}));
    BROKEN(bad.schema.dictionary = &good.schema); /* texts as keys */
    struct batch table;
    kam_column column;
    int64_t n_rows;
    make_table(&table);
    table.table.array.n_children = 2;
    assert_status(child(&table, "a", &column, &n_rows, NULL), KAM_ERR_SHAPE);
    make_table(&table);
    table.schema[1] = NULL;
    assert_status(child(&table, "a", &column, &n_rows, NULL), KAM_ERR_SHAPE);
    make_table(&table);
    table.array[0] = NULL;
    assert_status(child(&table, "a", &column, &n_rows, NULL), KAM_ERR_SHAPE);
    table.table.schema.children = NULL;
    assert_status(child(&table, "a", &column, &n_rows, NULL), KAM_ERR_SHAPE);
}

/* Wrong arguments write nothing. */
static void arguments(void **state) {
    (void)state;
    struct made made;
    kam_column column = {.values = ten, .type = 77};
    int64_t n_rows = 7;
    double value = 7;
    make(&made, "g", 1, NULL, ten, NULL);
    assert_status(kam_arrow_column(NULL, &made.array, NULL, &column, &n_rows,
                                   NULL),
                  KAM_ERR_NULL);
    assert_status(kam_arrow_column(&made.schema, NULL, NULL, &column, &n_rows,
                                   NULL),
                  KAM_ERR_NULL);
    assert_status(view_of(&made, NULL, &n_rows, NULL), KAM_ERR_NULL);
    assert_status(view_of(&made, &column, NULL, NULL), KAM_ERR_NULL);
    assert_status(kam_arrow_convert(&made.schema, &made.array, NULL, KAM_F32,
                                    &value, NULL, NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_arrow_convert(&made.schema, &made.array, NULL, KAM_F64,
                                    NULL, NULL, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_arrow_texts(&made.schema, &made.array, NULL, NULL, NULL,
                                  NULL, 0, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_arrow_texts(&made.schema, &made.array, NULL, &n_rows,
                                  NULL, NULL, 0, NULL),
                  KAM_ERR_TYPE);
    assert_status(kam_arrow_column(&made.schema, &made.array, "a", &column,
                                   &n_rows, NULL),
                  KAM_ERR_TYPE); /* not a table */
    assert_true(column.type == 77 && n_rows == 7 && value == 7);
    assert_status(kam_column_numbers(&column, 1, &value, NULL), KAM_ERR_TYPE);
    assert_status(kam_column_numbers(NULL, -1, &value, NULL), KAM_ERR_SHAPE);
    assert_status(kam_column_numbers(NULL, 1, NULL, NULL), KAM_ERR_NULL);
    assert_status(kam_column_numbers(NULL, 1, &value, NULL), KAM_OK);
    assert_true(isnan(value));
}

static void count_done(void *owner) { ++*(int *)owner; }

/* What is exported is read again; the last release, whichever it is, says that
 * the owner may let go. */
static void exported(void **state) {
    (void)state;
    struct lender lender;
    const kam_host host = lender_host(&lender, 0);
    const kam_arrow_field fields[] = {
        {"value", NULL, {ten, (const uint8_t *)"\x5F", NULL, 2, 8, KAM_F64, 0}},
        {"who", NULL, {ends, NULL, "abbcccddddeeeee", 0, 0, KAM_TEXT32, 0}}};
    struct ArrowSchema schema;
    struct ArrowArray array, moved;
    int done = 0;
    assert_status(kam_arrow_schema(fields, 2, &host, &schema, NULL), KAM_OK);
    assert_status(kam_arrow_table(fields, 2, 5, &host, count_done, &done,
                                  &array, NULL),
                  KAM_OK);
    kam_column column;
    int64_t n_rows;
    double numbers[5];
    assert_status(kam_arrow_column(&schema, &array, "value", &column, &n_rows,
                                   NULL),
                  KAM_OK);
    assert_int_equal(n_rows, 5);
    assert_status(kam_column_numbers(&column, 5, numbers, NULL), KAM_OK);
    assert_bits(numbers[0], 12);
    assert_true(isnan(numbers[3])); /* bit 5 */
    assert_status(kam_arrow_column(&schema, &array, "who", &column, &n_rows,
                                   NULL),
                  KAM_OK);
    assert_ptr_equal(column.values, ends);
    schema.release(&schema);
    assert_null(schema.release);

    moved = *array.children[1]; /* as the specification moves a child */
    array.children[1]->release = NULL;
    array.release(&array);
    assert_null(array.release);
    assert_int_equal(done, 0);
    assert_ptr_equal(moved.buffers[1], ends);
    moved.release(&moved);
    assert_int_equal(done, 1);
    assert_int_equal(lender.n_live, 0);
}

static void exported_nothing(void **state) {
    (void)state;
    struct ArrowSchema schema;
    struct ArrowArray array;
    assert_status(kam_arrow_schema(NULL, 0, NULL, &schema, NULL), KAM_OK);
    assert_status(kam_arrow_table(NULL, 0, 0, NULL, NULL, NULL, &array, NULL),
                  KAM_OK);
    schema.release(&schema);
    array.release(&array);

    kam_arrow_field field = {"x", NULL, {ten, NULL, NULL, 0, 16, KAM_F64, 0}};
    int done = 0;
    assert_status(kam_arrow_table(&field, 1, 1, NULL, count_done, &done, &array,
                                  NULL),
                  KAM_ERR_SHAPE); /* not packed */
    field.column.stride = 0;
    field.column.type = KAM_CHARS;
    assert_status(kam_arrow_schema(&field, 1, NULL, &schema, NULL),
                  KAM_ERR_TYPE);
    field.column.type = KAM_F64;
    field.column.values = NULL;
    assert_status(kam_arrow_table(&field, 1, 1, NULL, count_done, &done, &array,
                                  NULL),
                  KAM_ERR_NULL);
    static const char *const odd[] = {"i", "u", "b", "L5", "tss:UTC", ""};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        field.format = odd[i];
        assert_status(kam_arrow_schema(&field, 1, NULL, &schema, NULL),
                      KAM_ERR_TYPE);
    }
    field.format = "L";
    assert_status(kam_arrow_schema(&field, 1, NULL, &schema, NULL), KAM_OK);
    assert_string_equal(schema.children[0]->format, "L");
    assert_string_equal(schema.children[0]->name, "x");
    schema.release(&schema);
    field.name = NULL;
    assert_status(kam_arrow_schema(&field, 1, NULL, &schema, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_arrow_schema(NULL, 1, NULL, &schema, NULL), KAM_ERR_NULL);
    assert_status(kam_arrow_schema(NULL, -1, NULL, &schema, NULL),
                  KAM_ERR_SHAPE);
    assert_status(kam_arrow_schema(NULL, 0, NULL, NULL, NULL), KAM_ERR_NULL);
    assert_status(kam_arrow_table(NULL, 0, -1, NULL, NULL, NULL, &array, NULL),
                  KAM_ERR_SHAPE);
    assert_status(kam_arrow_table(NULL, 0, 0, NULL, NULL, NULL, NULL, NULL),
                  KAM_ERR_NULL);
    assert_int_equal(done, 0);
}

/* Every allocation refused once: nothing written, nothing kept, nobody told. */
static void no_memory(void **state) {
    (void)state;
    const kam_column column = {.values = ten, .type = KAM_F64};
    const kam_arrow_field fields[] = {{"a", NULL, column}, {"b", NULL, column}};
    kam_status status[2] = {KAM_ERR_MEMORY, KAM_ERR_MEMORY};
    for (int64_t n = 1; status[0] || status[1]; n++) {
        struct lender lender;
        int done = 0;
        struct ArrowSchema schema = {.n_children = 77};
        struct ArrowArray array = {.n_children = 77};
        kam_host host = lender_host(&lender, n);
        status[0] = kam_arrow_schema(fields, 2, &host, &schema, NULL);
        if (status[0] == KAM_OK) schema.release(&schema);
        assert_true(status[0] == KAM_OK || schema.n_children == 77);
        assert_int_equal(lender.n_live, 0);
        host = lender_host(&lender, n);
        status[1] = kam_arrow_table(fields, 2, 3, &host, count_done, &done,
                                    &array, NULL);
        if (status[1] == KAM_OK) array.release(&array);
        assert_true(status[1] == KAM_OK || array.n_children == 77);
        assert_int_equal(lender.n_live, 0);
        assert_int_equal(done, status[1] == KAM_OK);
        assert_true(n < 20);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views),
        cmocka_unit_test(views_of_nothing),
        cmocka_unit_test(columns_of_a_table),
        cmocka_unit_test(null_structs),
        cmocka_unit_test(numbers_of_every_width),
        cmocka_unit_test(decimals),
        cmocka_unit_test(integers),
        cmocka_unit_test(days),
        cmocka_unit_test(no_days),
        cmocka_unit_test(texts),
        cmocka_unit_test(dictionaries),
        cmocka_unit_test(misshapen),
        cmocka_unit_test(arguments),
        cmocka_unit_test(exported),
        cmocka_unit_test(exported_nothing),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
