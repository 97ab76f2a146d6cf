/* SPDX-License-Identifier: MIT */
#include <math.h> /* INFINITY */

#include "base/isa.h"
#include "value/btyd_rows.h"

/* Every comparison fails for NaN. A number below 2^52 to which 2^52 is added
 * loses what it has behind the point. */
static int plain(const double *x, const double *t_x, const double *T, int32_t n,
                 double *last) {
    double bad = 0;
    for (int32_t i = 0; i < n; i++) {
        const double t = x[i] > 0 ? t_x[i] : 0;
        const double whole = (x[i] + 0x1p52) - 0x1p52;
        const int fits = (x[i] >= 0) & (x[i] < 0x1p52) & (whole == x[i]) &
                         (t >= 0) & (t <= T[i]) & (T[i] < (double)INFINITY);
        bad = fits ? bad : 1;
        last[i] = t;
    }
    return !(bad > 0);
}

const kam__plain_rows KAM__ISA(kam__plain) = plain;
