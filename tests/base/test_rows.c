/* SPDX-License-Identifier: MIT */
#include "support/check.h"
#include "support/hosts.h"
#include "support/threads.h"

#include "base/rows.h"

static kam_column column_at(const void *values, int32_t type, int64_t offset,
                            int64_t stride) {
    kam_column column = {0};
    column.values = values;
    column.type = type;
    column.offset = offset;
    column.stride = stride;
    return column;
}

/* ---- checking ---- */

enum { ANY = KAM__NUMBERS | KAM__DAYS | KAM__TEXTS };

static void expect_verdict(const kam_column *column, int64_t n_rows,
                           int32_t types, int required, kam_status status,
                           double value) {
    kam_diag diag = {.struct_size = sizeof diag};
    diag.status = -7;
    assert_status(kam__column_check(column, n_rows, types, required,
                                    "accounts.x", &diag),
                  status);
    assert_status(kam__column_check(column, n_rows, types, required, "a", NULL),
                  status);
    if (status == KAM_OK) {
        assert_int_equal(diag.status, -7); /* whoever asked goes on */
        return;
    }
    assert_int_equal(diag.status, status);
    assert_string_equal(diag.argument, "accounts.x");
    assert_int_equal(diag.row, -1);
    if (isnan(value))
        assert_true(isnan(diag.value));
    else
        assert_bits(diag.value, value);
}

static void test_absent_columns(void **state) {
    (void)state;
    const kam_column absent = {0}, strange = {.type = 77, .reserved = 5};
    expect_verdict(NULL, 3, ANY, 0, KAM_OK, 0);
    expect_verdict(&absent, 3, ANY, 0, KAM_OK, 0);
    expect_verdict(&strange, 3, ANY, 0, KAM_OK, 0);
    expect_verdict(NULL, 3, ANY, 1, KAM_ERR_NULL, NAN);
    expect_verdict(&absent, 1, ANY, 1, KAM_ERR_NULL, NAN);
    expect_verdict(&absent, 0, ANY, 1, KAM_OK, 0); /* of no rows, none */
}

static void test_types(void **state) {
    (void)state;
    static const double bytes[4] = {0};
    static const struct {
        int32_t set;
        int has[10];
    } sets[] = {
        {KAM__NUMBERS, {0, 1, 1, 1, 1, 1, 0, 0, 0, 0}},
        {KAM__INTEGERS, {0, 0, 0, 1, 1, 1, 0, 0, 0, 0}},
        {KAM__DAYS, {0, 0, 0, 1, 1, 0, 1, 0, 0, 0}},
        {KAM__TEXTS, {0, 0, 0, 0, 0, 0, 0, 1, 1, 1}},
    };
    for (int s = 0; s < 4; s++)
        for (int32_t type = 1; type <= 9; type++) {
            kam_column column = column_at(bytes, type, 0, 0);
            column.text = "abc";
            if (type == KAM_CHARS) column.stride = 4;
            expect_verdict(&column, 1, sets[s].set, 1,
                           sets[s].has[type] ? KAM_OK : KAM_ERR_TYPE, type);
        }
    static const int32_t none[] = {0, 10, -1, 31, 32, 33, INT32_MIN, INT32_MAX};
    for (int i = 0; i < 8; i++) {
        const kam_column column = column_at(bytes, none[i], 0, 0);
        expect_verdict(&column, 1, ANY, 0, KAM_ERR_TYPE, none[i]);
    }
}

static void test_newer_columns(void **state) {
    (void)state;
    static const double bytes[1];
    kam_column column = column_at(bytes, KAM_F64, 0, 0);
    column.reserved = -3;
    expect_verdict(&column, 1, ANY, 0, KAM_ERR_NEWER, -3);
}

static void test_texts_need_their_bytes(void **state) {
    (void)state;
    static const int64_t offsets[2];
    kam_column column = column_at(offsets, KAM_TEXT32, 0, 0);
    expect_verdict(&column, 1, ANY, 0, KAM_ERR_NULL, NAN);
    column.type = KAM_TEXT64;
    expect_verdict(&column, 1, ANY, 0, KAM_ERR_NULL, NAN);
    column.text = "";
    expect_verdict(&column, 1, ANY, 0, KAM_OK, 0);
    column.stride = 8; /* offsets are always packed */
    expect_verdict(&column, 1, ANY, 0, KAM_ERR_SHAPE, 8);
}

static void test_shapes(void **state) {
    (void)state;
    static const double bytes[4];
    kam_column column = column_at(bytes, KAM_F64, -1, 0);
    expect_verdict(&column, 1, ANY, 0, KAM_ERR_SHAPE, -1);
    column = column_at(bytes, KAM_CHARS, 0, 0);
    expect_verdict(&column, 1, ANY, 0, KAM_ERR_SHAPE, 0);
    column.stride = -4;
    expect_verdict(&column, 1, ANY, 0, KAM_ERR_SHAPE, -4);
    column.stride = 4;
    expect_verdict(&column, 1, ANY, 0, KAM_OK, 0);
    /* Backwards is fine for numbers. */
    column = column_at(bytes + 3, KAM_F64, 0, -8);
    expect_verdict(&column, 4, ANY, 0, KAM_OK, 0);
    /* Rows do not overlap. */
    static const struct {
        int32_t type;
        int64_t stride;
        kam_status status;
    } steps[] = {{KAM_F64, 7, KAM_ERR_SHAPE},  {KAM_F64, -7, KAM_ERR_SHAPE},
                 {KAM_I64, 1, KAM_ERR_SHAPE},  {KAM_F32, 3, KAM_ERR_SHAPE},
                 {KAM_DAY, -1, KAM_ERR_SHAPE}, {KAM_F64, 8, KAM_OK},
                 {KAM_F64, 9, KAM_OK},         {KAM_F32, -4, KAM_OK},
                 {KAM_I32, 4, KAM_OK},         {KAM_U8, -1, KAM_OK}};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        column = column_at(bytes, steps[i].type, 0, steps[i].stride);
        expect_verdict(&column, 1, ANY, 0, steps[i].status,
                       (double)steps[i].stride);
    }
}

/* Rows whose place does not fit 63 bits: no arithmetic may overflow on the way
 * to that answer. */
static void test_rows_that_memory_cannot_hold(void **state) {
    (void)state;
    static const double bytes[1];
    static const struct {
        int64_t offset, stride, n_rows;
        kam_status status;
    } cases[] = {
        {0, 8, INT64_MAX / 8 - 2, KAM_OK},
        {0, 8, INT64_MAX / 8 + 1, KAM_ERR_SHAPE},
        {INT64_MAX, 0, 1, KAM_ERR_SHAPE},
        {INT64_MAX, 0, INT64_MAX, KAM_ERR_SHAPE},
        {INT64_MAX - 1, 1, 0, KAM_OK},
        {INT64_MAX / 2, 1, INT64_MAX / 2, KAM_OK},
        {INT64_MAX / 2, 3, 1, KAM_ERR_SHAPE},
        {INT64_MAX / 2, -3, 1, KAM_ERR_SHAPE},
        {0, INT64_MAX, 1, KAM_ERR_SHAPE},
        {0, INT64_MIN, 1, KAM_ERR_SHAPE},
        {0, INT64_MIN, 0, KAM_ERR_SHAPE},
        {1, INT64_MIN / 4, 1, KAM_OK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const kam_column column =
            column_at(bytes, KAM_U8, cases[i].offset, cases[i].stride);
        expect_verdict(&column, cases[i].n_rows, ANY, 0, cases[i].status,
                       (double)cases[i].n_rows);
    }
}

/* ---- reading ---- */

enum { N = 300 }; /* more than two tiles */

/* One record of a caller's own table. */
struct record {
    double f64;
    float f32;
    int32_t i32;
    int64_t i64;
    uint8_t u8;
    char chars[7];
};

static struct record records[N + 5];
static double expected[N + 5];

/* Numbers that every type can hold; u8 is the narrowest. */
static void fill(void) {
    for (int i = 0; i < N + 5; i++) {
        struct record *const r = &records[i];
        expected[i] = (i * 37) % 256;
        r->f64 = expected[i];
        r->f32 = (float)expected[i];
        r->i32 = (int32_t)expected[i];
        r->i64 = (int64_t)expected[i];
        r->u8 = (uint8_t)expected[i];
    }
}

/* Reads every row in every way there is and compares. row_of(i) is the place of
 * row i in `expected`. */
static void expect_column(const kam_column *column, int64_t n, int64_t start,
                          int64_t step, int integers) {
    double tile[KAM__TILE];
    for (int64_t first = 0; first < n; first += 100) {
        const int32_t m = (int32_t)(n - first < 100 ? n - first : 100);
        const double *const got = kam__gather(column, first, m, tile);
        for (int32_t i = 0; i < m; i++) {
            const int64_t row = first + i;
            const double number = expected[start + row * step];
            assert_int_equal(kam__is_present(column, row), 1);
            assert_bits(got[i], number);
            assert_bits(kam__number_at(column, row), number);
            if (integers)
                assert_int_equal(kam__integer_at(column, row), (int64_t)number);
        }
    }
}

static void test_every_number_type_packed_strided_and_backwards(void **state) {
    (void)state;
    fill();
    static const struct {
        int32_t type;
        size_t at, size;
    } types[] = {
        {KAM_F64, offsetof(struct record, f64), 8},
        {KAM_F32, offsetof(struct record, f32), 4},
        {KAM_I64, offsetof(struct record, i64), 8},
        {KAM_I32, offsetof(struct record, i32), 4},
        {KAM_U8, offsetof(struct record, u8), 1},
        {KAM_DAY, offsetof(struct record, i32), 4},
    };
    for (int t = 0; t < 6; t++) {
        const char *const field = (const char *)records + types[t].at;
        const int64_t stride = sizeof(struct record);
        const int integers = types[t].type > KAM_F32;
        char packed[8 * (N + 5) + 1];
        for (size_t i = 0; i < N + 5; i++)
            memcpy(packed + i * types[t].size + 1,
                   field + i * sizeof(struct record), types[t].size);
        kam_column column;
        for (int64_t offset = 0; offset < 5; offset++) {
            /* Packed, at an odd address: types need not be aligned. */
            column = column_at(packed + 1, types[t].type, offset, 0);
            expect_column(&column, N, offset, 1, integers);
            column.stride = (int64_t)types[t].size;
            expect_column(&column, N, offset, 1, integers);
            column = column_at(field, types[t].type, offset, stride);
            expect_column(&column, N, offset, 1, integers);
            column = column_at(field + (N + 4) * stride, types[t].type, offset,
                               -stride);
            expect_column(&column, N, N + 4 - offset, -1, integers);
        }
        column = column_at(field, types[t].type, 1, 2 * stride);
        expect_column(&column, N / 2, 2, 2, integers);
    }
}

static void test_extreme_values(void **state) {
    (void)state;
    const int64_t wide[] = {INT64_MIN, INT64_MAX};
    const int32_t narrow[] = {INT32_MIN, INT32_MAX};
    const float small[] = {-0.0f, FLT_MIN / 4, FLT_MAX, NAN, INFINITY};
    kam_column column = column_at(wide, KAM_I64, 0, 0);
    assert_true(kam__integer_at(&column, 0) == INT64_MIN);
    assert_true(kam__integer_at(&column, 1) == INT64_MAX);
    assert_bits(kam__number_at(&column, 1), 0x1p63);
    column = column_at(narrow, KAM_DAY, 0, 0);
    assert_int_equal(kam__integer_at(&column, 0), INT32_MIN);
    assert_bits(kam__number_at(&column, 1), 2147483647.0);
    column = column_at(small, KAM_F32, 0, 0);
    for (int i = 0; i < 3; i++)
        assert_bits(kam__number_at(&column, i), (double)small[i]);
    assert_true(isnan(kam__number_at(&column, 3)));
    assert_bits(kam__number_at(&column, 4), INFINITY);
}

static void test_packed_doubles_are_not_copied(void **state) {
    (void)state;
    double tile[KAM__TILE];
    kam_column column = column_at(expected, KAM_F64, 3, 0);
    assert_ptr_equal(kam__gather(&column, 7, 50, tile), expected + 10);
    column.stride = 8;
    assert_ptr_equal(kam__gather(&column, 7, 50, tile), expected + 10);
    uint8_t all[N / 8 + 2];
    memset(all, 0xFF, sizeof all);
    column.validity = all;
    assert_ptr_equal(kam__gather(&column, 7, 50, tile), tile);
}

static void test_bitmaps(void **state) {
    (void)state;
    fill();
    uint8_t bitmap[(N + 5) / 8 + 1] = {0};
    for (int i = 0; i < N + 5; i++)
        if (i % 3 != 1) bitmap[i / 8] |= (uint8_t)(1 << i % 8);
    for (int strided = 0; strided < 2; strided++)
        for (int64_t offset = 0; offset < 5; offset++) {
            kam_column column = strided
                                    ? column_at(&records[0].f64, KAM_F64,
                                                offset, sizeof(struct record))
                                    : column_at(expected, KAM_F64, offset, 0);
            column.validity = bitmap;
            double tile[KAM__TILE];
            for (int64_t first = 0; first + 50 <= N; first += 50) {
                const double *const got = kam__gather(&column, first, 50, tile);
                for (int32_t i = 0; i < 50; i++) {
                    const int64_t row = first + i;
                    const int there = (offset + row) % 3 != 1;
                    assert_int_equal(kam__is_present(&column, row), there);
                    const double one = kam__number_at(&column, row);
                    if (there) {
                        assert_bits(got[i], expected[offset + row]);
                        assert_bits(one, expected[offset + row]);
                    } else {
                        assert_true(isnan(got[i]) && isnan(one));
                    }
                }
            }
        }
}

static void test_an_absent_column_is_all_missing(void **state) {
    (void)state;
    const kam_column absent = {.type = KAM_I32};
    double tile[KAM__TILE];
    const double *const got = kam__gather(&absent, 128, KAM__TILE, tile);
    for (int i = 0; i < KAM__TILE; i++) assert_true(isnan(got[i]));
    assert_int_equal(kam__is_present(&absent, 0), 0);
    assert_true(isnan(kam__number_at(&absent, 5)));
}

static void expect_text(const kam_column *column, int64_t row,
                        const char *words) {
    int64_t length = -1;
    const char *const got = kam__text_at(column, row, &length);
    assert_int_equal(length, strlen(words));
    assert_memory_equal(got, words, strlen(words));
}

static void test_text_columns(void **state) {
    (void)state;
    static const char bytes[] = "Acme户口 GmbHX";
    static const int32_t narrow[] = {0, 0, 4, 10, 10, 15, 16};
    static const int64_t wide[] = {0, 0, 4, 10, 10, 15, 16};
    static const char *const words[] = {"", "Acme", "户口", "", " GmbH", "X"};
    for (int64_t offset = 0; offset < 6; offset++)
        for (int is_wide = 0; is_wide < 2; is_wide++) {
            kam_column column = is_wide
                                    ? column_at(wide, KAM_TEXT64, offset, 0)
                                    : column_at(narrow, KAM_TEXT32, offset, 0);
            column.text = bytes;
            for (int64_t row = 0; row + offset < 6; row++)
                expect_text(&column, row, words[offset + row]);
        }
    const uint8_t bitmap = 0x2D;
    kam_column column = column_at(wide, KAM_TEXT64, 1, 0);
    column.text = bytes;
    column.validity = &bitmap;
    assert_int_equal(kam__is_present(&column, 0), 0);
    assert_int_equal(kam__is_present(&column, 1), 1);
    assert_int_equal(kam__is_present(&column, 3), 0);
}

/* Fixed fields: ended by NUL when shorter, not ended when they are full. */
static void test_chars(void **state) {
    (void)state;
    static const char field[4][5] = {{'a', 'b', 'c', 'd', 'e'},
                                     {'x', 0, 'y', 0, 0},
                                     {0},
                                     {'p', 'q', 'r', 's'}};
    static const char *const words[] = {"abcde", "x", "", "pqrs"};
    for (int64_t offset = 0; offset < 4; offset++) {
        const kam_column column = column_at(field, KAM_CHARS, offset, 5);
        for (int64_t row = 0; row + offset < 4; row++)
            expect_text(&column, row, words[offset + row]);
    }
}

/* ---- walking ---- */

enum { LONG = 40 * KAM__PIECE + 130 }; /* more than one wave of pieces */

struct walk {
    unsigned char *seen; /* shape (LONG): how often */
    int64_t n_rows, piece_of_first;
    int wrong;
};

static void see_rows(void *context, int64_t first, int32_t n) {
    struct walk *const walk = context;
    const int64_t left = walk->n_rows - first;
    if (first % KAM__TILE != 0 || n != (left < KAM__TILE ? left : KAM__TILE))
        walk->wrong++;
    for (int64_t i = first; i < first + n; i++) walk->seen[i]++;
}

static void see_piece(void *context, int64_t piece, int64_t first, int64_t n) {
    struct walk *const walk = context;
    const int64_t left = walk->n_rows - first;
    if (first != piece * KAM__PIECE ||
        n != (left < KAM__PIECE ? left : KAM__PIECE))
        walk->wrong++;
    for (int64_t i = first; i < first + n; i++) walk->seen[i]++;
}

static struct walk new_walk(int64_t n_rows) {
    struct walk walk = {calloc(LONG, 1), n_rows, 0, 0};
    return walk;
}

static void expect_seen_once(struct walk *walk) {
    assert_int_equal(walk->wrong, 0);
    for (int64_t i = 0; i < LONG; i++)
        if (walk->seen[i] != (i < walk->n_rows))
            fail_msg("row %ld of %ld was seen %d times", (long)i,
                     (long)walk->n_rows, walk->seen[i]);
    free(walk->seen);
}

static void test_every_row_once_with_any_executor(void **state) {
    (void)state;
    static int32_t (*const executors[])(void *, int64_t, kam_task,
                                        void *) = {NULL, run_backwards,
                                                   run_odd_first,
                                                   run_on_two_threads};
    static const int64_t rows[] = {0,          1,     127,       128, 129,
                                   KAM__PIECE, 65537, 3 * 65536, LONG};
    for (int e = 0; e < 4; e++)
        for (int r = 0; r < 9; r++) {
            kam_host host = {.struct_size = sizeof host};
            host.parallel_for = executors[e];
            struct walk walk = new_walk(rows[r]);
            assert_status(kam__for_rows(&host, rows[r], see_rows, &walk, NULL),
                          KAM_OK);
            expect_seen_once(&walk);
            walk = new_walk(rows[r]);
            assert_status(kam__for_pieces(&host, rows[r], see_piece, &walk,
                                          NULL),
                          KAM_OK);
            expect_seen_once(&walk);
        }
    struct walk walk = new_walk(1000);
    assert_status(kam__for_rows(NULL, 1000, see_rows, &walk, NULL), KAM_OK);
    expect_seen_once(&walk);
}

static void test_an_executor_that_fails(void **state) {
    (void)state;
    kam_host host = {.struct_size = sizeof host};
    kam_diag diag = {.struct_size = sizeof diag};
    host.parallel_for = run_nothing; /* returns 7 */
    struct walk walk = new_walk(LONG);
    assert_status(kam__for_rows(&host, LONG, see_rows, &walk, &diag),
                  KAM_ERR_EXECUTOR);
    assert_int_equal(diag.status, KAM_ERR_EXECUTOR);
    assert_string_equal(diag.argument, "host.parallel_for");
    assert_string_equal(diag.message, "parallel_for returned 7.");
    free(walk.seen);
    /* A single piece does not go through it. */
    walk = new_walk(KAM__PIECE);
    assert_status(kam__for_rows(&host, KAM__PIECE, see_rows, &walk, &diag),
                  KAM_OK);
    expect_seen_once(&walk);
}

/* What the watcher was told; stops at its n-th look. */
struct watcher {
    int64_t looks, stop_at;
    int64_t done[64], total;
};

static int32_t watch(void *context, int64_t done, int64_t total) {
    struct watcher *const watcher = context;
    assert_true(watcher->looks < 64);
    watcher->done[watcher->looks] = done;
    watcher->total = total;
    return ++watcher->looks == watcher->stop_at;
}

static void test_progress_and_cancelling_at_every_look(void **state) {
    (void)state;
    for (int threads = 0; threads < 2; threads++) {
        struct watcher watcher = {0};
        kam_host host = {.struct_size = sizeof host};
        host.progress = watch;
        host.watcher = &watcher;
        if (threads) host.parallel_for = run_backwards;
        struct walk walk = new_walk(LONG);
        assert_status(kam__for_rows(&host, LONG, see_rows, &walk, NULL),
                      KAM_OK);
        expect_seen_once(&walk);
        const int64_t looks = watcher.looks;
        /* Pieces one by one without threads, 32 at a time with them. */
        assert_int_equal(looks, threads ? 2 : 41);
        assert_int_equal(watcher.total, LONG);
        for (int64_t i = 0; i < looks; i++)
            assert_int_equal(watcher.done[i],
                             i * (threads ? 32 : 1) * KAM__PIECE);
        for (int64_t stop = 1; stop <= looks; stop++) {
            kam_diag diag = {.struct_size = sizeof diag};
            watcher = (struct watcher){.stop_at = stop};
            walk = new_walk(LONG);
            assert_status(kam__for_rows(&host, LONG, see_rows, &walk, &diag),
                          KAM_ERR_CANCELLED);
            assert_int_equal(diag.status, KAM_ERR_CANCELLED);
            assert_string_equal(diag.argument, "host.progress");
            /* What was done before it stopped was done, and nothing after. */
            for (int64_t i = 0; i < LONG; i++)
                assert_int_equal(walk.seen[i], i < watcher.done[stop - 1]);
            assert_int_equal(watcher.looks, stop);
            free(walk.seen);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_absent_columns),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_newer_columns),
        cmocka_unit_test(test_texts_need_their_bytes),
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_rows_that_memory_cannot_hold),
        cmocka_unit_test(test_every_number_type_packed_strided_and_backwards),
        cmocka_unit_test(test_extreme_values),
        cmocka_unit_test(test_packed_doubles_are_not_copied),
        cmocka_unit_test(test_bitmaps),
        cmocka_unit_test(test_an_absent_column_is_all_missing),
        cmocka_unit_test(test_text_columns),
        cmocka_unit_test(test_chars),
        cmocka_unit_test(test_every_row_once_with_any_executor),
        cmocka_unit_test(test_an_executor_that_fails),
        cmocka_unit_test(test_progress_and_cancelling_at_every_look),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
