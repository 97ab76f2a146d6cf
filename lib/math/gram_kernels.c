/* SPDX-License-Identifier: MIT */
#include "base/isa.h"
#include "math/gram.h"
#include "math/grid.h"

/* As many rows at a time as a register holds, and as many columns against four
 * as leave the sums in registers. Neither changes a bit of the answer. */
#if defined(__AVX512F__)
enum { LANES = 8, HIGH = 4 };
#elif defined(__AVX2__)
enum { LANES = 4, HIGH = 2 };
#elif defined(__GNUC__)
enum { LANES = 2, HIGH = 2 };
#else
enum { LANES = 1, HIGH = 1 };
#endif

#if defined(__GNUC__)
typedef double wide
    __attribute__((vector_size(8 * LANES), aligned(8), may_alias));
typedef int64_t bits __attribute__((vector_size(8 * LANES)));
static inline wide odd(wide x) { return (wide)((bits)x | 1); }
#else
typedef double wide;
static inline wide odd(wide x) { return kam__odd(x); }
#endif

/* Or GCC keeps the sums in memory. */
#if defined(__GNUC__) && !defined(__clang__)
#define UNROLL _Pragma("GCC unroll 4")
#else
#define UNROLL
#endif

static inline wide term(wide a, wide b, int is_odd) {
    wide product = a * b;
    if (!is_odd) product = odd(product);
    return product;
}

static inline wide load(const double *from) {
    return *(const wide *)(const void *)from;
}

static inline void store(double *to, wide x) { *(wide *)(void *)to = x; }

/* Products of `high` columns from a with four from b. */
static inline void block(const double *a, const double *b, int32_t high,
                         int is_odd, int32_t n, int32_t width, double *sum) {
    wide total[4][4];
    UNROLL
    for (int32_t r = 0; r < high; r++) UNROLL
    for (int32_t c = 0; c < 4; c++)
        total[r][c] = load(sum + (r * width + c) * LANES);
    for (int32_t i = 0; i < n; i += LANES) {
        const wide b0 = load(b + i), b1 = load(b + KAM__TILE + i);
        const wide b2 = load(b + 2 * KAM__TILE + i);
        const wide b3 = load(b + 3 * KAM__TILE + i);
        UNROLL
        for (int32_t r = 0; r < high; r++) {
            const wide x = load(a + r * KAM__TILE + i);
            total[r][0] += term(x, b0, is_odd);
            total[r][1] += term(x, b1, is_odd);
            total[r][2] += term(x, b2, is_odd);
            total[r][3] += term(x, b3, is_odd);
        }
    }
    UNROLL
    for (int32_t r = 0; r < high; r++) UNROLL
    for (int32_t c = 0; c < 4; c++)
        store(sum + (r * width + c) * LANES, total[r][c]);
}

static inline int32_t add_row(const double *column, int32_t i, int32_t q,
                              int is_odd, int32_t n, double *sum) {
    const int32_t width = kam__gram_width(q);
    const int32_t high = i + HIGH <= q ? HIGH : 1;
    const double *const a = column + i * KAM__TILE;
    for (int32_t j = 0; j < i + high; j += 4) {
        const double *const b = column + j * KAM__TILE;
        double *const to = sum + (i * width + j) * LANES;
        if (high == HIGH)
            block(a, b, HIGH, is_odd, n, width, to);
        else
            block(a, b, 1, is_odd, n, width, to);
    }
    return i + high;
}

static int32_t add(const double *column, int32_t i, int32_t q, int32_t n,
                   double *sum) {
    return add_row(column, i, q, 0, n, sum);
}

static int32_t add_odd(const double *column, int32_t i, int32_t q, int32_t n,
                       double *sum) {
    return add_row(column, i, q, 1, n, sum);
}

const struct kam__gram_kernels KAM__ISA(kam__gram) = {LANES, add, add_odd};
