/* SPDX-License-Identifier: MIT */
#include "math/cholesky.h"

#include <math.h>
#include <string.h>

int kam__cholesky(double *a, int32_t n) {
    for (int32_t j = 0; j < n; j++) {
        for (int32_t i = j; i < n; i++) {
            double sum = a[i * n + j];
            for (int32_t k = 0; k < j; k++) sum -= a[i * n + k] * a[j * n + k];
            if (i > j)
                a[i * n + j] = sum / a[j * n + j];
            else if (sum > 0 && sum < INFINITY)
                a[j * n + j] = sqrt(sum);
            else
                return 1;
        }
    }
    return 0;
}

enum { PANEL = 4 };

/* Columns [k, k + width) from row k down, left of which all is done. */
static int factor_panel(double *a, int32_t n, int32_t k, int32_t width) {
    for (int32_t j = k; j < k + width; j++) {
        const double pivot = a[(int64_t)j * n + j];
        if (!(pivot > 0 && pivot < INFINITY)) return 1;
        const double root = sqrt(pivot);
        a[(int64_t)j * n + j] = root;
        for (int32_t i = j + 1; i < n; i++) {
            double *const row = a + (int64_t)i * n;
            row[j] /= root;
            for (int32_t m = j + 1; m < k + width && m <= i; m++)
                row[m] -= row[j] * a[(int64_t)m * n + j];
        }
    }
    return 0;
}

/* Every element has the same products taken off in the same order as above;
 * here many elements are under way at once. */
int kam__cholesky_large(double *a, int32_t n, double *scratch) {
    double *restrict const c0 = scratch, *restrict const c1 = c0 + n;
    double *restrict const c2 = c1 + n, *restrict const c3 = c2 + n;
    for (int32_t k = 0; k < n; k += PANEL) {
        const int32_t width = n - k < PANEL ? n - k : PANEL;
        if (factor_panel(a, n, k, width)) return 1;
        if (width < PANEL) return 0;
        for (int32_t i = k + PANEL; i < n; i++) {
            double *restrict const row = a + (int64_t)i * n;
            const double l0 = row[k], l1 = row[k + 1];
            const double l2 = row[k + 2], l3 = row[k + 3];
            c0[i] = l0;
            c1[i] = l1;
            c2[i] = l2;
            c3[i] = l3;
            for (int32_t j = k + PANEL; j <= i; j++)
                row[j] = (((row[j] - l0 * c0[j]) - l1 * c1[j]) - l2 * c2[j]) -
                         l3 * c3[j];
        }
    }
    return 0;
}

void kam__cholesky_solve(const double *l, int32_t n, double *b) {
    for (int32_t i = 0; i < n; i++) {
        for (int32_t k = 0; k < i; k++) b[i] -= l[i * n + k] * b[k];
        b[i] /= l[i * n + i];
    }
    for (int32_t i = n - 1; i >= 0; i--) {
        for (int32_t k = i + 1; k < n; k++) b[i] -= l[k * n + i] * b[k];
        b[i] /= l[i * n + i];
    }
}

void kam__cholesky_invert(const double *l, int32_t n, double *inverse) {
    double column[KAM__LARGEST_MATRIX];
    for (int32_t j = 0; j < n; j++) {
        for (int32_t i = 0; i < n; i++) column[i] = i == j;
        kam__cholesky_solve(l, n, column);
        for (int32_t i = j; i < n; i++)
            inverse[i * n + j] = inverse[j * n + i] = column[i];
    }
}

/* One Jacobi rotation (Golub & Van Loan, section 8.5) that zeroes s[p][q]; the
 * columns of v gather the eigenvectors. */
static void rotate(double *s, double *v, int32_t n, int32_t p, int32_t q) {
    const double theta = (s[q * n + q] - s[p * n + p]) / (2 * s[p * n + q]);
    const double t =
        (theta >= 0 ? 1 : -1) / (fabs(theta) + sqrt(theta * theta + 1));
    const double c = 1 / sqrt(t * t + 1), sine = t * c;
    for (int32_t k = 0; k < n; k++) {
        const double kp = s[k * n + p], kq = s[k * n + q];
        s[k * n + p] = c * kp - sine * kq;
        s[k * n + q] = sine * kp + c * kq;
    }
    for (int32_t k = 0; k < n; k++) {
        const double pk = s[p * n + k], qk = s[q * n + k];
        s[p * n + k] = c * pk - sine * qk;
        s[q * n + k] = sine * pk + c * qk;
        const double vp = v[k * n + p], vq = v[k * n + q];
        v[k * n + p] = c * vp - sine * vq;
        v[k * n + q] = sine * vp + c * vq;
    }
}

enum { SWEEPS = 30 };

static void diagonalise(double *s, double *v, int32_t n) {
    for (int32_t sweep = 0; sweep < SWEEPS; sweep++) {
        double off = 0;
        for (int32_t p = 0; p < n; p++)
            for (int32_t q = p + 1; q < n; q++) off += fabs(s[p * n + q]);
        if (off < 1e-300) return;
        for (int32_t p = 0; p < n; p++)
            for (int32_t q = p + 1; q < n; q++)
                if (fabs(s[p * n + q]) > 0) rotate(s, v, n, p, q);
    }
}

double kam__condition(const double *a, int32_t n, int32_t *worst) {
    double s[KAM__LARGEST_MATRIX * KAM__LARGEST_MATRIX];
    double v[KAM__LARGEST_MATRIX * KAM__LARGEST_MATRIX];
    for (int32_t i = 0; i < n; i++) {
        if (!(a[i * n + i] > 0)) {
            if (worst) *worst = i;
            return INFINITY;
        }
        for (int32_t j = 0; j < n; j++) {
            const double lower = i >= j ? a[i * n + j] : a[j * n + i];
            s[i * n + j] = lower / sqrt(a[i * n + i]) / sqrt(a[j * n + j]);
            v[i * n + j] = i == j;
        }
    }
    diagonalise(s, v, n);
    int32_t least = 0;
    double most = 0;
    for (int32_t i = 0; i < n; i++) {
        if (s[i * n + i] < s[least * n + least]) least = i;
        if (s[i * n + i] > most) most = s[i * n + i];
    }
    int32_t heaviest = 0;
    for (int32_t i = 0; i < n; i++)
        if (fabs(v[i * n + least]) > fabs(v[heaviest * n + least]))
            heaviest = i;
    if (worst) *worst = heaviest;
    return s[least * n + least] > 0 ? most / s[least * n + least] : INFINITY;
}
