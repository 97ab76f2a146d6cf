/* SPDX-License-Identifier: MIT */
#include "base/isa.h"
#include "math/gram.h"
#include "math/wide.h"

/* As many columns against four as leave the sums in registers. */
#if defined(__AVX512F__)
enum { HIGH = 4 };
#elif defined(__GNUC__)
enum { HIGH = 2 };
#else
enum { HIGH = 1 };
#endif

static inline kam__wide term(kam__wide a, kam__wide b, int is_odd) {
    kam__wide product = a * b;
    if (!is_odd) product = kam__wide_odd(product);
    return product;
}

/* Products of `high` columns from a with four from b. */
static inline void block(const double *a, const double *b, int32_t high,
                         int is_odd, int32_t n, int32_t width, double *sum) {
    kam__wide total[4][4];
    KAM__UNROLL
    for (int32_t r = 0; r < high; r++) KAM__UNROLL
    for (int32_t c = 0; c < 4; c++)
        total[r][c] = kam__wide_load(sum + (r * width + c) * KAM__WIDE);
    for (int32_t i = 0; i < n; i += KAM__WIDE) {
        const kam__wide b0 = kam__wide_load(b + i);
        const kam__wide b1 = kam__wide_load(b + KAM__TILE + i);
        const kam__wide b2 = kam__wide_load(b + 2 * KAM__TILE + i);
        const kam__wide b3 = kam__wide_load(b + 3 * KAM__TILE + i);
        KAM__UNROLL
        for (int32_t r = 0; r < high; r++) {
            const kam__wide x = kam__wide_load(a + r * KAM__TILE + i);
            total[r][0] += term(x, b0, is_odd);
            total[r][1] += term(x, b1, is_odd);
            total[r][2] += term(x, b2, is_odd);
            total[r][3] += term(x, b3, is_odd);
        }
    }
    KAM__UNROLL
    for (int32_t r = 0; r < high; r++) KAM__UNROLL
    for (int32_t c = 0; c < 4; c++)
        kam__wide_store(sum + (r * width + c) * KAM__WIDE, total[r][c]);
}

static inline void add_all(const double *column, int32_t q, int is_odd,
                           int32_t n, double *sum) {
    const int32_t width = kam__gram_width(q);
    for (int32_t i = 0, high; i < q; i += high) {
        const double *const a = column + i * KAM__TILE;
        high = i + HIGH <= q ? HIGH : 1;
        for (int32_t j = 0; j < i + high; j += 4) {
            const double *const b = column + j * KAM__TILE;
            double *const to = sum + (i * width + j) * KAM__WIDE;
            if (high == HIGH)
                block(a, b, HIGH, is_odd, n, width, to);
            else
                block(a, b, 1, is_odd, n, width, to);
        }
    }
}

static void add(const double *column, int32_t q, int32_t n, double *sum) {
    add_all(column, q, 0, n, sum);
}

static void add_odd(const double *column, int32_t q, int32_t n, double *sum) {
    add_all(column, q, 1, n, sum);
}

const struct kam__gram_kernels KAM__ISA(kam__gram) = {KAM__WIDE, add, add_odd};
