/* SPDX-License-Identifier: MIT */
#include "support/check.h"
#include "support/hosts.h"

#include "base/diag.h"
#include "base/isa.h"
#include "base/memory.h"
#include "base/sized.h"
#include "base/text.h"

/* ---- codes ---- */

/* The pinned numbers, again: a change in the header must fail here. */
static const struct {
    kam_status code;
    const char *name;
} PINNED[] = {
    {0, "KAM_OK"},
    {1, "KAM_ERR_NULL"},
    {2, "KAM_ERR_STRUCT"},
    {3, "KAM_ERR_NEWER"},
    {4, "KAM_ERR_OPTION"},
    {5, "KAM_ERR_SHAPE"},
    {6, "KAM_ERR_TYPE"},
    {7, "KAM_ERR_UNSUPPORTED"},
    {20, "KAM_ERR_EMPTY"},
    {22, "KAM_ERR_TOO_FEW"},
    {23, "KAM_ERR_AT_BOUND"},
    {24, "KAM_ERR_FLAT"},
    {25, "KAM_ERR_CONSTANT"},
    {26, "KAM_ERR_COLLINEAR"},
    {27, "KAM_ERR_ONE_CLASS"},
    {28, "KAM_ERR_SEPARATED"},
    {29, "KAM_ERR_WEAK"},
    {40, "KAM_ERR_NOT_CONVERGED"},
    {41, "KAM_ERR_OVERFLOW"},
    {60, "KAM_ERR_MEMORY"},
    {61, "KAM_ERR_EXECUTOR"},
    {62, "KAM_ERR_CANCELLED"},
};
enum { N_PINNED = sizeof PINNED / sizeof PINNED[0] };

static void test_statuses_can_be_listed(void **state) {
    (void)state;
    for (int32_t i = 0; i < N_PINNED; i++) {
        assert_int_equal(kam_status_at(i), PINNED[i].code);
        assert_string_equal(kam_status_name(PINNED[i].code), PINNED[i].name);
    }
    assert_int_equal(kam_status_at(N_PINNED), -1);
    assert_int_equal(kam_status_at(-1), -1);
    assert_int_equal(kam_status_at(INT32_MIN), -1);
    assert_int_equal(kam_status_at(INT32_MAX), -1);
}

static void test_every_status_has_one_sentence_of_its_own(void **state) {
    (void)state;
    for (int32_t i = 0; i < N_PINNED; i++) {
        const char *const text = kam_status_text(PINNED[i].code);
        const size_t length = strlen(text);
        assert_in_range(length, 8, sizeof((kam_diag *)0)->message - 1);
        assert_true(text[0] >= 'A' && text[0] <= 'Z');
        /* One full stop, at the end ("9.2e18" has another sort of point). */
        assert_true(text[length - 1] == '.');
        assert_null(strstr(text, ". "));
        for (int32_t j = 0; j < i; j++)
            assert_string_not_equal(text, kam_status_text(PINNED[j].code));
    }
    assert_string_equal(kam_status_text(KAM_OK), "It worked.");
}

static void test_numbers_between_the_codes_are_unknown(void **state) {
    (void)state;
    int known = 0;
    for (kam_status code = -5; code < 200; code++) {
        int32_t i = 0;
        while (i < N_PINNED && PINNED[i].code != code) i++;
        known += i < N_PINNED;
        if (i < N_PINNED) continue;
        assert_string_equal(kam_status_name(code), "KAM_ERR_UNKNOWN");
        assert_string_equal(kam_status_text(code),
                            "This is no status of this libkam.");
    }
    assert_int_equal(known, N_PINNED);
}

static void test_row_flags_have_names(void **state) {
    (void)state;
    static const char *const name[] = {"missing",      "domain",
                                       "extrapolated", "on_revenue",
                                       "one_order",    "infinite"};
    for (int i = 0; i < 6; i++)
        assert_string_equal(kam_row_flag_name(1u << i), name[i]);
    assert_string_equal(kam_row_flag_name(0), "unknown");
    assert_string_equal(kam_row_flag_name(3), "unknown"); /* two bits */
    assert_string_equal(kam_row_flag_name(1u << 6), "unknown");
    assert_string_equal(kam_row_flag_name(UINT32_MAX), "unknown");
}

static void test_version(void **state) {
    (void)state;
    char text[32];
    assert_int_equal(kam_version(), KAM_VERSION_MAJOR * 0x10000 +
                                        KAM_VERSION_MINOR * 0x100 +
                                        KAM_VERSION_PATCH);
    snprintf(text, sizeof text, "%d.%d.%d", KAM_VERSION_MAJOR,
             KAM_VERSION_MINOR, KAM_VERSION_PATCH);
    assert_string_equal(kam_version_text(), text);
}

/* ---- diag ---- */

static kam_diag soiled_diag(void) {
    kam_diag diag;
    memset(&diag, 0x5C, sizeof diag);
    diag.struct_size = sizeof diag;
    return diag;
}

static void test_fail_fills_the_diag(void **state) {
    (void)state;
    kam_diag diag = soiled_diag();
    assert_status(kam__fail(&diag, KAM_ERR_OPTION, "options.max_steps", 41,
                            -2.5, "{value} in row {row} is {value} too much."),
                  KAM_ERR_OPTION);
    assert_int_equal(diag.struct_size, sizeof diag);
    assert_int_equal(diag.status, KAM_ERR_OPTION);
    assert_int_equal(diag.row, 41);
    assert_bits(diag.value, -2.5);
    assert_string_equal(diag.argument, "options.max_steps");
    assert_string_equal(diag.message, "-2.5 in row 41 is -2.5 too much.");
}

static void test_an_empty_message_becomes_the_text_of_the_code(void **state) {
    (void)state;
    kam_diag diag = soiled_diag();
    kam__fail(&diag, KAM_ERR_SHAPE, "x", -1, NAN, "");
    assert_string_equal(diag.message, kam_status_text(KAM_ERR_SHAPE));
    assert_int_equal(diag.row, -1);
    assert_true(isnan(diag.value));
}

static void test_ok_fills_the_diag_too(void **state) {
    (void)state;
    kam_diag diag = soiled_diag();
    assert_status(kam__ok(&diag), KAM_OK);
    assert_int_equal(diag.status, KAM_OK);
    assert_int_equal(diag.row, -1);
    assert_true(isnan(diag.value));
    assert_string_equal(diag.argument, "");
    assert_string_equal(diag.message, "It worked.");
}

static void test_braces_that_are_no_slot_stay(void **state) {
    (void)state;
    kam_diag diag = soiled_diag();
    kam__fail(&diag, KAM_ERR_NULL, "", 7, 1, "{rows} {value {row}} {}");
    assert_string_equal(diag.message, "{rows} {value 7} {}");
}

static void test_no_diag_is_fine(void **state) {
    (void)state;
    assert_status(kam__fail(NULL, KAM_ERR_TYPE, "x", 0, 0, "y"), KAM_ERR_TYPE);
    assert_status(kam__ok(NULL), KAM_OK);
}

/* Too short, or of a size nobody has: there is nowhere to write. */
static void test_a_diag_of_impossible_size_is_left_alone(void **state) {
    (void)state;
    static const uint32_t impossible[] = {0,     1,
                                          4,     sizeof(kam_diag) - 1,
                                          65537, UINT32_MAX};
    for (int i = 0; i < 6; i++) {
        kam_diag diag = soiled_diag(), before;
        diag.struct_size = impossible[i];
        before = diag;
        assert_status(kam__fail(&diag, KAM_ERR_TYPE, "x", 0, 0, "y"),
                      KAM_ERR_TYPE);
        assert_memory_equal(&diag, &before, sizeof diag);
    }
}

/* A newer caller's fields say nothing. */
static void test_the_tail_of_a_newer_diag_is_zeroed(void **state) {
    (void)state;
    struct {
        kam_diag diag;
        unsigned char tail[24], beyond[8];
    } newer;
    memset(&newer, 0x5C, sizeof newer);
    newer.diag.struct_size = sizeof(kam_diag) + sizeof newer.tail;
    kam__fail(&newer.diag, KAM_ERR_TYPE, "x", 3, 0, "y");
    assert_int_equal(newer.diag.struct_size,
                     sizeof(kam_diag) + sizeof newer.tail);
    assert_int_equal(newer.diag.row, 3);
    assert_string_equal(newer.diag.message, "y");
    for (size_t i = 0; i < sizeof newer.tail; i++)
        assert_int_equal(newer.tail[i], 0);
    for (size_t i = 0; i < sizeof newer.beyond; i++)
        assert_int_equal(newer.beyond[i], 0x5C);
}

/* Long ones end at a whole character, NUL-ended, and nothing follows the cut. */
static void test_long_texts_are_cut_between_characters(void **state) {
    (void)state;
    char words[400];
    for (size_t shift = 0; shift < 3; shift++) {
        kam_diag diag = soiled_diag();
        memset(words, 0, sizeof words);
        memset(words, 'a', shift);
        for (size_t i = 0; i < 100; i++) memcpy(words + shift + 3 * i, "户", 3);
        strcat(words, "z");
        kam__fail(&diag, KAM_ERR_TYPE, words, 0, 0, words);
        const size_t room = sizeof diag.message - 1, whole = (room - shift) / 3;
        assert_int_equal(strlen(diag.message), shift + 3 * whole);
        assert_memory_equal(diag.message, words, shift + 3 * whole);
        const size_t argument = (sizeof diag.argument - 1 - shift) / 3;
        assert_int_equal(strlen(diag.argument), shift + 3 * argument);
    }
}

/* ---- structs with their size ---- */

/* One struct in three versions. */
struct v1 {
    uint32_t struct_size, a;
    double b;
};
struct v2 {
    uint32_t struct_size, a;
    double b, c;
};
struct v3 {
    uint32_t struct_size, a;
    double b, c, d;
};

static kam_status read_v2(struct v2 *ours, const void *theirs, kam_diag *diag) {
    memset(ours, 0x77, sizeof *ours);
    return kam__sized_read(ours, sizeof *ours, theirs, sizeof(struct v1),
                           "thing", diag);
}

static void test_reading_an_old_callers_struct(void **state) {
    (void)state;
    struct v2 ours;
    const struct v1 theirs = {sizeof theirs, 5, 2.5};
    assert_status(read_v2(&ours, &theirs, NULL), KAM_OK);
    assert_int_equal(ours.struct_size, sizeof ours);
    assert_int_equal(ours.a, 5);
    assert_bits(ours.b, 2.5);
    assert_bits(ours.c, 0); /* as before */
}

static void test_reading_a_struct_of_our_own_version(void **state) {
    (void)state;
    struct v2 ours;
    const struct v2 theirs = {sizeof theirs, 5, 2.5, -1};
    assert_status(read_v2(&ours, &theirs, NULL), KAM_OK);
    assert_memory_equal(&ours, &theirs, sizeof ours);
}

static void test_reading_a_newer_callers_struct(void **state) {
    (void)state;
    struct v2 ours;
    kam_diag diag = soiled_diag();
    struct v3 theirs = {sizeof theirs, 5, 2.5, -1, 0};
    assert_status(read_v2(&ours, &theirs, &diag), KAM_OK);
    assert_bits(ours.c, -1);
    /* Any byte of the tail that is set is news we cannot obey. */
    for (size_t i = sizeof(struct v2); i < sizeof theirs; i++) {
        ((unsigned char *)&theirs)[i] = 1;
        assert_status(read_v2(&ours, &theirs, &diag), KAM_ERR_NEWER);
        assert_int_equal(diag.status, KAM_ERR_NEWER);
        assert_string_equal(diag.argument, "thing");
        assert_bits(diag.value, (double)i);
        ((unsigned char *)&theirs)[i] = 0;
    }
}

static void test_impossible_sizes(void **state) {
    (void)state;
    static struct {
        uint32_t struct_size;
        unsigned char rest[65536];
    } big;
    struct v2 ours, untouched;
    memset(&untouched, 0x77, sizeof untouched);
    static const uint32_t bad[] = {0, 4, sizeof(struct v1) - 1, 65537,
                                   UINT32_MAX};
    for (int i = 0; i < 5; i++) {
        kam_diag diag = soiled_diag();
        memset(&big, 0, sizeof big);
        big.struct_size = bad[i];
        assert_status(read_v2(&ours, &big, &diag), KAM_ERR_STRUCT);
        assert_memory_equal(&ours, &untouched, sizeof ours);
        assert_string_equal(diag.argument, "thing");
        assert_bits(diag.value, bad[i]);
        assert_status(kam__sized_check(&big, sizeof(struct v1), "thing", NULL),
                      KAM_ERR_STRUCT);
        assert_status(kam__sized_write(&big, &ours, sizeof ours,
                                       sizeof(struct v1), "thing", NULL),
                      KAM_ERR_STRUCT);
        for (size_t k = 0; k < sizeof big.rest; k++)
            assert_int_equal(big.rest[k], 0);
    }
    big.struct_size = 65536;
    assert_status(read_v2(&ours, &big, NULL), KAM_OK);
    assert_status(read_v2(&ours, NULL, NULL), KAM_ERR_NULL);
    assert_status(kam__sized_check(NULL, 16, "thing", NULL), KAM_ERR_NULL);
    assert_status(kam__sized_write(NULL, &ours, sizeof ours, 16, "thing", NULL),
                  KAM_ERR_NULL);
}

/* Whatever the caller's version, bytes past its struct_size are not ours. */
static void test_writing_to_each_version(void **state) {
    (void)state;
    const struct v2 ours = {99, 5, 2.5, -1};
    static const uint32_t sizes[] = {sizeof(struct v1), sizeof(struct v2),
                                     sizeof(struct v3)};
    for (int version = 0; version < 3; version++) {
        struct {
            struct v3 theirs;
            unsigned char beyond[16];
        } box;
        memset(&box, 0x5C, sizeof box);
        box.theirs.struct_size = sizes[version];
        assert_status(kam__sized_write(&box.theirs, &ours, sizeof ours,
                                       sizeof(struct v1), "thing", NULL),
                      KAM_OK);
        assert_int_equal(box.theirs.struct_size, sizes[version]); /* stays */
        assert_int_equal(box.theirs.a, 5);
        assert_bits(box.theirs.b, 2.5);
        if (version >= 1) assert_bits(box.theirs.c, -1);
        if (version >= 2) assert_bits(box.theirs.d, 0);
        for (size_t i = sizes[version]; i < sizeof box; i++)
            assert_int_equal(((unsigned char *)&box)[i], 0x5C);
    }
}

/* ---- text ---- */

/* What a cursor over `size` bytes holds after one call. */
static void expect_fixed(double number, int digits, const char *expected) {
    char buffer[64];
    struct kam__text text = kam__text_in(buffer, sizeof buffer);
    kam__text_fixed(&text, number, digits);
    assert_string_equal(buffer, expected);
}

static void expect_number(double number, const char *expected) {
    char buffer[64];
    struct kam__text text = kam__text_in(buffer, sizeof buffer);
    kam__text_number(&text, number);
    assert_string_equal(buffer, expected);
}

static void expect_integer(int64_t number, const char *expected) {
    char buffer[64];
    struct kam__text text = kam__text_in(buffer, sizeof buffer);
    kam__text_integer(&text, number);
    assert_string_equal(buffer, expected);
}

static void test_integers(void **state) {
    (void)state;
    expect_integer(0, "0");
    expect_integer(7, "7");
    expect_integer(-10, "-10");
    expect_integer(INT64_MAX, "9223372036854775807");
    expect_integer(INT64_MIN, "-9223372036854775808");
}

static void test_fixed(void **state) {
    (void)state;
    expect_fixed(0, 0, "0");
    expect_fixed(-0.0, 2, "0.00");
    expect_fixed(0.5, 0, "1"); /* halves go up */
    expect_fixed(1.5, 0, "2");
    expect_fixed(2.5, 0, "3");
    expect_fixed(-2.5, 0, "-3");
    expect_fixed(0.125, 2, "0.13");
    expect_fixed(1.005, 2, "1.00"); /* which is below 1.005 */
    expect_fixed(99.995, 1, "100.0");
    expect_fixed(12.0345, 3, "12.035");
    expect_fixed(0.000000001, 9, "0.000000001");
    expect_fixed(123456.789, 9, "123456.789000000");
    expect_fixed(999999999999999.0, 0, "999999999999999");
    /* Beyond 15 digits in front and behind, and below 1e-9: scientific. */
    expect_fixed(1e15, 0, "1e+15");
    expect_fixed(1e13, 2, "1e+13");
    expect_fixed(9.99e12, 2, "9990000000000.00");
    expect_fixed(-1.25e300, 2, "-1.25e+300");
    expect_fixed(1.26e300, 1, "1.3e+300");
    expect_fixed(9.99e-10, 1, "1e-09");
    expect_fixed(2.5e-300, 3, "2.5e-300");
    expect_fixed(NAN, 2, "nan");
    expect_fixed(-NAN, 2, "nan");
    expect_fixed(INFINITY, 2, "inf");
    expect_fixed(-INFINITY, 0, "-inf");
}

static void test_numbers(void **state) {
    (void)state;
    expect_number(0, "0");
    expect_number(-0.0, "0");
    expect_number(1, "1");
    expect_number(-1.5, "-1.5");
    expect_number(0.1, "0.1");
    expect_number(100000, "100000");
    expect_number(123456.4, "123456");
    expect_number(999999.4, "999999");
    expect_number(1e6, "1e+06");
    expect_number(1234567, "1.23457e+06");
    expect_number(0.0001, "0.0001");
    expect_number(0.00001, "1e-05");
    expect_number(5e-324, "4.94066e-324");
    expect_number(1.7976931348623157e308, "1.79769e+308");
    expect_number(NAN, "nan");
    expect_number(-INFINITY, "-inf");
}

/* "As printf's %.6g": over all magnitudes, and close to every place where the
 * number of digits changes. Exact ties, which printf rounds to even, are not met
 * by chance. */
static void test_numbers_are_printfs(void **state) {
    (void)state;
    uint64_t seed = 20240229;
    int64_t n = 0;
    for (int e = -323; e <= 308; e++)
        for (int k = 0; k < 60; k++) {
            char expected[64], form[16];
            snprintf(form, sizeof form, "1e%d", e);
            const double power = strtod(form, NULL);
            const double u = random_unit(&seed);
            /* 9.999994xxx..., 9.999995xxx..., 1.000000xxx..., anything. */
            const double mantissa = k < 10   ? 1 + u * 1e-5
                                    : k < 20 ? 9.9999945 + u * 1e-6
                                             : 1 + 9 * u;
            const double number = mantissa * power;
            if (!(number > 0 && number < INFINITY)) continue;
            snprintf(expected, sizeof expected, "%.6g", number);
            expect_number(number, expected);
            n++;
        }
    assert_true(n > 35000);
}

static void test_text_is_cut_where_it_is_full(void **state) {
    (void)state;
    char buffer[8];
    for (size_t size = 1; size <= sizeof buffer; size++) {
        memset(buffer, '#', sizeof buffer);
        struct kam__text text = kam__text_in(buffer, size);
        assert_string_equal(buffer, "");
        kam__text_add(&text, "ab");
        kam__text_add(&text, "é文"); /* 2 + 3 bytes */
        kam__text_add(&text, "c");
        const char *const expected[] = {"",    "a",   "ab",  "ab",
                                        "abé", "abé", "abé", "abé文"};
        assert_string_equal(buffer, expected[size - 1]);
        for (size_t i = size; i < sizeof buffer; i++)
            assert_int_equal(buffer[i], '#');
    }
}

static void test_text_that_just_fits_is_not_cut(void **state) {
    (void)state;
    char buffer[4];
    struct kam__text text = kam__text_in(buffer, sizeof buffer);
    kam__text_add(&text, "abc");
    kam__text_add(&text, "");
    assert_string_equal(buffer, "abc");
    text = kam__text_in(buffer, sizeof buffer);
    kam__text_integer(&text, -99);
    assert_string_equal(buffer, "-99");
    text = kam__text_in(buffer, sizeof buffer);
    kam__text_add(&text, "abcd");
    kam__text_add(&text, "e");
    assert_string_equal(buffer, "abc");
}

/* ---- host ---- */

static void test_no_host_is_an_empty_one(void **state) {
    (void)state;
    kam_host ours;
    memset(&ours, 0x77, sizeof ours);
    assert_status(kam__host_read(&ours, NULL, NULL), KAM_OK);
    const kam_host empty = {.struct_size = sizeof empty};
    assert_memory_equal(&ours, &empty, sizeof ours);
    memset(&ours, 0x77, sizeof ours);
    assert_status(kam__host_read(&ours, &empty, NULL), KAM_OK);
    assert_memory_equal(&ours, &empty, sizeof ours);
}

static void test_bad_hosts(void **state) {
    (void)state;
    struct lender lender;
    kam_host ours, host = lender_host(&lender, 0);
    kam_diag diag = soiled_diag();
    assert_status(kam__host_read(&ours, &host, &diag), KAM_OK);
    assert_memory_equal(&ours, &host, sizeof ours);
    for (int32_t isa = KAM_ISA_AUTO; isa <= KAM_ISA_V4; isa++) {
        host.isa = isa;
        assert_status(kam__host_read(&ours, &host, &diag), KAM_OK);
    }
    static const int32_t no_isa[] = {-1, 4, INT32_MIN, INT32_MAX};
    for (int i = 0; i < 4; i++) {
        host.isa = no_isa[i];
        assert_status(kam__host_read(&ours, &host, &diag), KAM_ERR_OPTION);
        assert_string_equal(diag.argument, "host.isa");
        assert_bits(diag.value, no_isa[i]);
    }
    host = lender_host(&lender, 0);
    host.release = NULL;
    assert_status(kam__host_read(&ours, &host, &diag), KAM_ERR_NULL);
    assert_string_equal(diag.argument, "host.release");
    host = lender_host(&lender, 0);
    host.allocate = NULL;
    assert_status(kam__host_read(&ours, &host, &diag), KAM_ERR_NULL);
    host = lender_host(&lender, 0);
    host.struct_size = sizeof host - 8;
    assert_status(kam__host_read(&ours, &host, &diag), KAM_ERR_STRUCT);
    assert_string_equal(diag.argument, "host");
    assert_int_equal(lender.n_calls, 0);
}

/* The host may ask for less than the processor has, and cannot get more. */
static void test_isa_levels_are_lowered(void **state) {
    (void)state;
    const int32_t had = kam_host_isa();
    assert_in_range(had, KAM_ISA_BASE, KAM_ISA_V4);
    assert_int_equal(kam_host_isa(), had);
    static const int64_t rows[] = {0, 1, 4095, 4096, INT64_MAX};
    for (int i = 0; i < 5; i++) {
        kam_host host = {.struct_size = sizeof host};
        /* Few rows may not be worth asking the processor. */
        const int32_t automatic = kam__isa_level(NULL, rows[i]);
        assert_true(automatic == had ||
                    (rows[i] < 4096 && automatic == KAM_ISA_BASE));
        assert_int_equal(kam__isa_level(&host, rows[i]), automatic);
        for (int32_t isa = KAM_ISA_BASE; isa <= KAM_ISA_V4; isa++) {
            host.isa = isa;
            assert_int_equal(kam__isa_level(&host, rows[i]),
                             isa < had ? isa : had);
        }
    }
}

/* ---- memory ---- */

static void test_memory_comes_from_the_host(void **state) {
    (void)state;
    struct lender lender;
    const kam_host host = lender_host(&lender, 3);
    double *const a = kam__allocate(&host, 100, sizeof *a);
    unsigned char *const b = kam__allocate_zero(&host, 7, 3);
    assert_non_null(a);
    assert_non_null(b);
    assert_int_equal(lender.n_bytes, 821);
    for (int i = 0; i < 21; i++) assert_int_equal(b[i], 0);
    assert_null(kam__allocate(&host, 1, 1)); /* the third call fails */
    assert_null(kam__allocate_zero(&host, UINT64_MAX / 8 + 1, 8));
    assert_int_equal(lender.n_calls,
                     3); /* a product that overflows: not asked */
    kam__release(&host, NULL, 100, 8);
    kam__release(&host, a, 100, sizeof *a);
    kam__release(&host, b, 7, 3);
    assert_int_equal(lender.n_live, 0);
    assert_int_equal(lender.n_bytes, 0);
}

static void test_memory_without_a_host(void **state) {
    (void)state;
    for (int lent = 0; lent < 2; lent++) {
        const kam_host empty = {.struct_size = sizeof empty};
        const kam_host *const host = lent ? &empty : NULL;
        unsigned char *block[50];
        for (uint64_t i = 0; i < 50; i++) {
            block[i] = kam__allocate_zero(host, i + 1, 13);
            assert_non_null(block[i]);
            assert_int_equal((uintptr_t)block[i] % 64, 0);
            for (uint64_t k = 0; k < (i + 1) * 13; k++)
                assert_int_equal(block[i][k], 0);
            memset(block[i], (int)i, (size_t)((i + 1) * 13));
        }
        for (uint64_t i = 0; i < 50; i++) {
            assert_int_equal(block[i][(i + 1) * 13 - 1], i);
            kam__release(host, block[i], i + 1, 13);
        }
        kam__release(host, NULL, 1, 1);
        assert_null(kam__allocate(host, UINT64_MAX, 1));
        assert_null(kam__allocate(host, UINT64_MAX, UINT64_MAX));
    }
}

static void test_no_memory_says_so(void **state) {
    (void)state;
    kam_diag diag = soiled_diag();
    assert_status(kam__no_memory(&diag), KAM_ERR_MEMORY);
    assert_string_equal(diag.argument, "host");
    assert_string_equal(diag.message, "The host gave no memory.");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statuses_can_be_listed),
        cmocka_unit_test(test_every_status_has_one_sentence_of_its_own),
        cmocka_unit_test(test_numbers_between_the_codes_are_unknown),
        cmocka_unit_test(test_row_flags_have_names),
        cmocka_unit_test(test_version),
        cmocka_unit_test(test_fail_fills_the_diag),
        cmocka_unit_test(test_an_empty_message_becomes_the_text_of_the_code),
        cmocka_unit_test(test_ok_fills_the_diag_too),
        cmocka_unit_test(test_braces_that_are_no_slot_stay),
        cmocka_unit_test(test_no_diag_is_fine),
        cmocka_unit_test(test_a_diag_of_impossible_size_is_left_alone),
        cmocka_unit_test(test_the_tail_of_a_newer_diag_is_zeroed),
        cmocka_unit_test(test_long_texts_are_cut_between_characters),
        cmocka_unit_test(test_reading_an_old_callers_struct),
        cmocka_unit_test(test_reading_a_struct_of_our_own_version),
        cmocka_unit_test(test_reading_a_newer_callers_struct),
        cmocka_unit_test(test_impossible_sizes),
        cmocka_unit_test(test_writing_to_each_version),
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_fixed),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_numbers_are_printfs),
        cmocka_unit_test(test_text_is_cut_where_it_is_full),
        cmocka_unit_test(test_text_that_just_fits_is_not_cut),
        cmocka_unit_test(test_no_host_is_an_empty_one),
        cmocka_unit_test(test_bad_hosts),
        cmocka_unit_test(test_isa_levels_are_lowered),
        cmocka_unit_test(test_memory_comes_from_the_host),
        cmocka_unit_test(test_memory_without_a_host),
        cmocka_unit_test(test_no_memory_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
