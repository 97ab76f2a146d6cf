/* SPDX-License-Identifier: MIT */
#include "base/isa.h"
#include "math/gram.h"

/* Adding and taking away 1.5 * 2^52 * unit rounds to a multiple of unit. */
#define TO_2_20 0x1.8p32
#define TO_2_40 0x1.8p12

/* Rows of `width` numbers; rows up to a multiple of 4 are zero. */
static void split(const double *column, const double *root, int32_t q,
                  int32_t n, double *high, double *low) {
    const int32_t width = kam__gram_width(q), n4 = (n + 3) & ~3;
    for (int32_t j = 0; j < q; j++) {
        const double *const x = column + j * KAM__TILE;
        double first[KAM__TILE], second[KAM__TILE];
        for (int32_t i = 0; i < n; i++) {
            const double a = x[i] * root[i];
            first[i] = (a + TO_2_20) - TO_2_20;
            second[i] = ((a - first[i]) + TO_2_40) - TO_2_40;
        }
        for (int32_t i = 0; i < n; i++) high[i * width + j] = first[i];
        for (int32_t i = 0; low && i < n; i++) low[i * width + j] = second[i];
    }
    for (int32_t i = 0; i < n4; i++)
        for (int32_t j = i < n ? q : 0; j < width; j++) {
            high[i * width + j] = 0;
            if (low) low[i * width + j] = 0;
        }
}

static void square(const double *restrict a, int32_t q, int32_t n,
                   double *restrict sum) {
    const int32_t width = kam__gram_width(q);
    for (int32_t r = 0; r < n; r += 4) {
        const double *const a0 = a + r * width, *const a1 = a0 + width;
        const double *const a2 = a1 + width, *const a3 = a2 + width;
        for (int32_t i = 0; i < q; i++) {
            const double w0 = a0[i], w1 = a1[i], w2 = a2[i], w3 = a3[i];
            double *const to = sum + i * width;
            for (int32_t j = 0; j < kam__gram_width(i + 1); j++)
                to[j] += (w0 * a0[j] + w1 * a1[j]) + (w2 * a2[j] + w3 * a3[j]);
        }
    }
}

/* a_i b_j + b_i a_j */
static void cross(const double *restrict a, const double *restrict b, int32_t q,
                  int32_t n, double *restrict sum) {
    const int32_t width = kam__gram_width(q);
    for (int32_t r = 0; r < n; r += 2) {
        const double *const a0 = a + r * width, *const a1 = a0 + width;
        const double *const b0 = b + r * width, *const b1 = b0 + width;
        for (int32_t i = 0; i < q; i++) {
            const double v0 = a0[i], v1 = a1[i], w0 = b0[i], w1 = b1[i];
            double *const to = sum + i * width;
            for (int32_t j = 0; j < kam__gram_width(i + 1); j++)
                to[j] += (v0 * b0[j] + w0 * a0[j]) + (v1 * b1[j] + w1 * a1[j]);
        }
    }
}

const struct kam__gram_kernels KAM__ISA(kam__gram) = {split, square, cross};
