/* SPDX-License-Identifier: MIT */
/* The largest error of many. Include after support/check.h. */
#ifndef TEST_WORST_H
#define TEST_WORST_H

/* Measures, tells, and holds. */
struct worst {
    double error;
    int64_t row, n;
};

static inline void look(struct worst *worst, double actual, double expected,
                        int64_t row) {
    /* Below the normal doubles digits get lost: half a unit there. */
    const double error = fabs(expected) < DBL_MIN
                             ? fabs(actual - expected) / DBL_MIN
                             : check_rel(actual, expected);
    worst->n++;
    if (error <= worst->error) return;
    worst->error = isnan(error) ? (double)INFINITY : error;
    worst->row = row;
}

static inline void tell(const char *what, const struct worst *worst,
                        double limit) {
    fprintf(stderr, "%s: largest relative error %.1e of %ld, row %ld\n", what,
            worst->error, (long)worst->n, (long)worst->row);
    if (!(worst->error <= limit))
        fail_msg("%s: row %ld is off by %g", what, (long)worst->row,
                 worst->error);
}

#endif
