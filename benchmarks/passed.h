/* SPDX-License-Identifier: MIT */
/* The columns that a pass of the company's rules reads and writes, and a loop
 * that does nothing but read and write them. */
#ifndef PASSED_H
#define PASSED_H

#include <stdint.h>

enum { PASSED_IN = 8, PASSED_OUT = 6, PASSED_CODES = 4, PASSED_WIDTH = 8 };

struct passed {
    int64_t n;
    double *in[PASSED_IN];
    int32_t *day;
    uint8_t *mark[3];
    double *out[PASSED_OUT];
    int32_t *code[PASSED_CODES];
    uint32_t *flags;
    int32_t *wide[2]; /* shape (n, PASSED_WIDTH) */
};

void passed_base(const struct passed *p);
void passed_v3(const struct passed *p);
void passed_v4(const struct passed *p);

#endif
