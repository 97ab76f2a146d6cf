/* SPDX-License-Identifier: MIT */
#include "base/decimal.h"

#include <math.h>
#include <string.h>

/* MOST_DIGITS digits times 10^MOST_POWER are below 2^1536; one bit more while
 * dividing. */
enum { WORDS = 50, MOST_DIGITS = 40, MOST_POWER = 420 };

/* A whole number, lowest word first. */
struct big {
    int n;
    uint32_t word[WORDS];
};

static void times_plus(struct big *b, uint32_t by, uint32_t plus) {
    uint64_t carry = plus;
    for (int i = 0; i < b->n; i++) {
        carry += (uint64_t)b->word[i] * by;
        b->word[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry) b->word[b->n++] = (uint32_t)carry;
}

static void times_power(struct big *b, int power) {
    for (; power >= 9; power -= 9) times_plus(b, 1000000000, 0);
    for (; power > 0; power--) times_plus(b, 10, 0);
}

static int bits_of(const struct big *b) {
    int bits = 32 * b->n;
    for (uint32_t top = b->word[b->n - 1]; !(top >> 31); top <<= 1) bits--;
    return bits;
}

static void shift_up(struct big *b, int bits) {
    const int words = bits / 32;
    if (words) {
        memmove(b->word + words, b->word, (size_t)b->n * sizeof *b->word);
        memset(b->word, 0, (size_t)words * sizeof *b->word);
        b->n += words;
    }
    times_plus(b, UINT32_C(1) << (bits % 32), 0);
}

static int at_least(const struct big *a, const struct big *b) {
    if (a->n != b->n) return a->n > b->n;
    for (int i = a->n - 1; i >= 0; i--)
        if (a->word[i] != b->word[i]) return a->word[i] > b->word[i];
    return 1;
}

static void take_away(struct big *a, const struct big *b) {
    uint64_t borrow = 0;
    for (int i = 0; i < a->n; i++) {
        const uint64_t less = (i < b->n ? b->word[i] : 0) + borrow;
        borrow = a->word[i] < less;
        a->word[i] = (uint32_t)(a->word[i] - less);
    }
    while (a->n > 0 && !a->word[a->n - 1]) a->n--;
}

/* m 2^x, m below 2^bits, ties to even; the lowest bit of m says whether more
 * follows. */
static double assemble(uint64_t m, int x, int bits) {
    const int least = bits == KAM__FLOAT ? -149 : -1074;
    const int most = bits == KAM__FLOAT ? 128 : 1024;
    int drop = 64 - bits;
    if (x + drop < least) drop = least - x;
    if (drop > 64) return 0;
    const uint64_t rest = drop == 64 ? m : m & ((UINT64_C(1) << drop) - 1);
    const uint64_t half = UINT64_C(1) << (drop - 1);
    uint64_t kept = drop == 64 ? 0 : m >> drop;
    kept += rest > half || (rest == half && (kept & 1));
    double number = (double)kept;
    if (number == 0) return 0;
    for (x += drop; x > 900; x -= 900) number *= 0x1p900;
    for (; x < -900; x += 900) number *= 0x1p-900;
    const uint64_t scale = (uint64_t)(1023 + x) << 52;
    double power;
    memcpy(&power, &scale, sizeof power);
    number *= power;
    return most == 128 && number >= 0x1p128 ? (double)INFINITY : number;
}

/* above / below, by long division: 64 bits and whether more follows. */
static double divided(struct big *above, struct big *below, int bits) {
    const int apart = bits_of(above) - bits_of(below);
    shift_up(apart > 0 ? below : above, apart > 0 ? apart : -apart);
    int x = apart - 63;
    uint64_t m = 0;
    for (int i = 0; i < 64 || !(m >> 63); i++) {
        const int one = at_least(above, below);
        if (one) take_away(above, below);
        m = m << 1 | (uint64_t)one;
        x -= i == 64;
        if (above->n) times_plus(above, 2, 0);
    }
    return assemble(m | (above->n > 0), x, bits);
}

static double exactly(struct big *digits, int64_t power, int bits) {
    struct big one = {1, {1}};
    if (digits->n == 0 || power < -MOST_POWER) return 0;
    if (power > MOST_POWER) return INFINITY;
    times_power(power > 0 ? digits : &one, (int)(power > 0 ? power : -power));
    return divided(digits, &one, bits);
}

/* Few digits and a small power: one rounding, if to double; to float, when the
 * double does not lie next to the middle of two. */
static int quickly(uint64_t digits, int64_t power, int bits, double *number) {
    static const double ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                 1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (digits >> 53 || power < -22 || power > 22) return 0;
    double x = (double)digits;
    x = power < 0 ? x / ten[-power] : x * ten[power];
    if (bits == KAM__FLOAT) {
        uint64_t tail;
        memcpy(&tail, &x, sizeof tail);
        tail &= 0x1FFFFFFF;
        if (tail - 0x0FFFFFFF <= 2) return 0;
        x = (double)(float)x; /* digits / 1e22: no subnormal, no infinity */
    }
    *number = x;
    return 1;
}

static int is_digit(char c) { return c >= '0' && c <= '9'; }

/* The power of ten behind an e, if there is one. */
static uint64_t read_power(const char *text, uint64_t at, uint64_t length,
                           int64_t *power) {
    uint64_t to = at;
    if (to == length || (text[to] != 'e' && text[to] != 'E')) return at;
    const int minus = ++to < length && text[to] == '-';
    if (to < length && (text[to] == '-' || text[to] == '+')) to++;
    if (to == length || !is_digit(text[to])) return 0;
    int64_t given = 0;
    for (; to < length && is_digit(text[to]); to++)
        if (given < 100000) given = 10 * given + (text[to] - '0');
    *power += minus ? -given : given;
    return to;
}

uint64_t kam__decimal_read(const char *text, uint64_t length, int bits,
                           double *number) {
    struct big digits = {0, {0}};
    uint64_t at = length > 0 && text[0] == '-', low = 0;
    const uint64_t first = at;
    int n_digits = 0, n_after = 0;
    int64_t power = 0;
    for (int after = 0; at < length; at++) {
        if (text[at] == '.' && !after && at > first) {
            after = 1;
            if (at + 1 == length || !is_digit(text[at + 1])) return 0;
            continue;
        }
        if (!is_digit(text[at])) break;
        const uint32_t digit = (uint32_t)(text[at] - '0');
        if (n_digits + (digit > 0) > 0 && ++n_digits > MOST_DIGITS) return 0;
        if (n_digits <= 19) low = 10 * low + digit;
        times_plus(&digits, 10, digit);
        n_after += after;
        if (n_after > 100000) return 0;
    }
    if (at == first) return 0;
    at = read_power(text, at, length, &power);
    if (at == 0) return 0;
    power -= n_after;
    double size;
    if (n_digits > 19 || !quickly(low, power, bits, &size))
        size = exactly(&digits, power, bits);
    *number = first ? -size : size;
    return at;
}
