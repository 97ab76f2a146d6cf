/* SPDX-License-Identifier: MIT */
#include "support/check.h"
#include "support/hosts.h"

#include "base/decimal.h"

static uint64_t read(const char *text, int bits, double *number) {
    *number = -7;
    return kam__decimal_read(text, strlen(text), bits, number);
}

/* What strtod and strtof say, in the C locale of a test. */
static void as_the_c_library(const char *text) {
    double number;
    assert_int_equal(read(text, KAM__DOUBLE, &number), strlen(text));
    if (check_bits_of(number) != check_bits_of(strtod(text, NULL)))
        fail_msg("%s: %.17g", text, number);
    assert_int_equal(read(text, KAM__FLOAT, &number), strlen(text));
    if (check_bits_of(number) != check_bits_of((double)strtof(text, NULL)))
        fail_msg("%s as a float: %.9g", text, number);
}

static void test_edges(void **state) {
    (void)state;
    static const char *const text[] = {
        "0",
        "-0",
        "0.0",
        "1",
        "-1",
        "1e0",
        "1E+5",
        "1e-5",
        "123456789012345678901234567890",
        "9007199254740993",
        "9007199254740992.5",
        "9007199254740993.00000000000001",
        "1.7976931348623157e308",
        "1.7976931348623159e308",
        "1e309",
        "-1e400",
        "4.9406564584124654e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "2.2250738585072011e-308",
        "2.2250738585072014e-308",
        "1e-400",
        "1e99999999",
        "1e-99999999",
        "3.4028235e38",
        "3.4028236e38",
        "3.40282356779733661637539395458142568448e38",
        "1.4e-45",
        "0.7e-45",
        "7.006492321624085e-46",
        "7.0064923216240854e-46",
        "1.17549435e-38",
        "1.17549429e-38",
        "16777217",
        "16777219",
        "1.00000005960464477539",
        "1.000000059604644775390625",
        "1.0000000596046447753906251",
        "0.000000000000000000000000000000000001e36",
        "8388608.5",
        "8388609.5",
        "5e-324",
        "9e-324",
        "1e22",
        "1e23",
        "89255e-22"};
    for (size_t i = 0; i < sizeof text / sizeof *text; i++)
        as_the_c_library(text[i]);
}

static void test_random(void **state) {
    (void)state;
    uint64_t seed = 5;
    char text[80];
    for (int i = 0; i < 60000; i++) {
        const int digits = 1 + (int)(random_unit(&seed) * 24);
        const int range = i % 3 == 0 ? 330 : i % 3 == 1 ? 45 : 8;
        int at = random_unit(&seed) < 0.3 ? (text[0] = '-', 1) : 0;
        for (int k = 0; k < digits; k++) {
            text[at++] = (char)('0' + (int)(random_unit(&seed) * 10));
            if (k == 0 && digits > 1) text[at++] = '.';
        }
        snprintf(text + at, 20, "e%d",
                 (int)((random_unit(&seed) - 0.5) * 2 * range));
        as_the_c_library(text);
    }
    /* Any double and any float, printed so that it can come back; and the
     * middle between two floats, where rounding twice would go wrong. */
    for (int i = 0; i < 60000; i++) {
        double x;
        float f;
        uint64_t bits = (uint64_t)(random_unit(&seed) * 0x1p53) ^
                        (uint64_t)(random_unit(&seed) * 0x1p53) << 11;
        const uint32_t half = (uint32_t)(bits >> 7);
        memcpy(&x, &bits, sizeof x);
        memcpy(&f, &half, sizeof f);
        if (isfinite(x)) {
            snprintf(text, sizeof text, "%.17g", x);
            as_the_c_library(text);
        }
        if (!isfinite(f) || !isfinite(nextafterf(f, INFINITY))) continue;
        snprintf(text, sizeof text, "%.9g", (double)f);
        as_the_c_library(text);
        snprintf(text, sizeof text, "%.17g",
                 ((double)f + (double)nextafterf(f, INFINITY)) / 2);
        as_the_c_library(text);
    }
}

static void test_what_is_no_number(void **state) {
    (void)state;
    static const char *const none[] = {"",    "-",   ".5",  "1.",  "1.e5",
                                       "+1",  "nan", "inf", "1e",  "1e+",
                                       "--1", "e5",  "-.5", "1.x", " 1"};
    double number;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (read(none[i], KAM__DOUBLE, &number) != 0)
            fail_msg("%s was read as %g", none[i], number);
    /* What follows is not looked at, and nothing beyond the length. */
    assert_int_equal(read("12,5", KAM__DOUBLE, &number), 2);
    assert_int_equal(kam__decimal_read("1234", 2, KAM__DOUBLE, &number), 2);
    assert_near(number, 12, 0);
    /* 40 digits, not more. */
    char many[64];
    memset(many, '7', sizeof many);
    assert_int_equal(kam__decimal_read(many, 40, KAM__DOUBLE, &number), 40);
    assert_int_equal(kam__decimal_read(many, 41, KAM__DOUBLE, &number), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_what_is_no_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
