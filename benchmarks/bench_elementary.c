/* SPDX-License-Identifier: MIT */
/* Nanoseconds an element of the elementary kernels, for each instruction set
 * this processor has: the least of 50 runs over arrays that stay in cache.
 * Numbers of docs/accuracy.md. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <time.h>

#include <kam/host.h>

#include "math/elementary_kernels.h"

enum { N = 2048, REPEATS = 50, INNER = 20 };

static double x[N], positive[N], out[N];

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void call(const struct kam__elementary *k, int which) {
    switch (which) {
    case 0: k->exp(out, x, N); break;
    case 1: k->expm1(out, x, N); break;
    case 2: k->log(out, positive, N); break;
    case 3: k->log1p(out, positive, N); break;
    case 4: k->pow(out, positive, x, N); break;
    default: k->lgamma(out, positive, N); break;
    }
}

static double least(const struct kam__elementary *k, int which) {
    double best = 1e300;
    for (int i = 0; i < REPEATS; i++) {
        const double start = now();
        for (int j = 0; j < INNER; j++) call(k, which);
        const double took = (now() - start) / INNER / N;
        if (took < best) best = took;
    }
    return best;
}

int main(void) {
    const struct kam__elementary *table[] = {&kam__elementary_base,
#ifdef KAM_HAVE_ISA
                                             &kam__elementary_v3,
                                             &kam__elementary_v4
#endif
    };
    static const char *const level[] = {"base", "v3", "v4"};
    for (int i = 0; i < N; i++) {
        x[i] = (i - N / 2 + 0.37) * 0.02;
        positive[i] = 0.01 * (i + 0.5);
    }
    printf("%-6s %7s %7s %7s %7s %7s %7s\n", "ns", "exp", "expm1", "log",
           "log1p", "pow", "lgamma");
    for (int l = 0; l < (int)(sizeof table / sizeof *table); l++) {
        if (KAM_ISA_BASE + l > kam_host_isa()) break;
        printf("%-6s", level[l]);
        for (int which = 0; which < 6; which++)
            printf(" %7.2f", least(table[l], which));
        printf("\n");
    }
    return 0;
}
