/* SPDX-License-Identifier: MIT */
/* Built once for each instruction set, as libkam's own kernels are. */
#include "passed.h"

#define GLUE2(a, b) a##_##b
#define GLUE(a, b) GLUE2(a, b)

enum { TILE = 128 };

/* One column goes to another. */
static void move(const double *restrict from, double *restrict to) {
    for (int i = 0; i < TILE; i++) to[i] = from[i];
}

static void move_codes(const int32_t *restrict day,
                       const uint8_t *restrict mark, int32_t *restrict to) {
    for (int i = 0; i < TILE; i++) to[i] = day[i] + mark[i];
}

static void move_wide(const double *restrict from, int32_t *restrict to) {
    for (int i = 0; i < TILE; i++)
        for (int k = 0; k < PASSED_WIDTH; k++)
            to[i * PASSED_WIDTH + k] = (int32_t)from[i];
}

/* Tile after tile, as libkam goes: every column is read once and written once. */
void GLUE(passed, KAM_ISA_SUFFIX)(const struct passed *p) {
    for (int64_t first = 0; first + TILE <= p->n; first += TILE) {
        for (int k = 0; k < PASSED_OUT; k++)
            move(p->in[k] + first, p->out[k] + first);
        for (int k = 0; k < PASSED_CODES; k++)
            move_codes(p->day + first, p->mark[k % 3] + first,
                       p->code[k] + first);
        move_codes(p->day + first, p->mark[0] + first,
                   (int32_t *)(void *)(p->flags + first));
        for (int k = 0; k < 2; k++)
            move_wide(p->in[6 + k] + first, p->wide[k] + first * PASSED_WIDTH);
    }
}
