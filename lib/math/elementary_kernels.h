/* SPDX-License-Identifier: MIT */
/* Arrays through the functions of elementary.h, built for each instruction
 * set. */
#ifndef KAM_MATH_ELEMENTARY_KERNELS_H
#define KAM_MATH_ELEMENTARY_KERNELS_H

#include <stdint.h>

/* out[i] = f(x[i]) for i < n; out may be x itself, but not overlap otherwise. */
struct kam__elementary {
    void (*exp)(double *out, const double *x, int64_t n);
    void (*expm1)(double *out, const double *x, int64_t n);
    void (*log)(double *out, const double *x, int64_t n);
    void (*log1p)(double *out, const double *x, int64_t n);
    void (*lgamma)(double *out, const double *x, int64_t n);
    void (*pow)(double *out, const double *x, const double *y, int64_t n);
};

/* For KAM__PICK(level, kam__elementary). */
extern const struct kam__elementary kam__elementary_base;
extern const struct kam__elementary kam__elementary_v3;
extern const struct kam__elementary kam__elementary_v4;

#endif
