/* SPDX-License-Identifier: MIT */
/* callers FILE: gives a fuzz target every input of outcomes_NAME.txt, by an older
 * caller and by a newer one (tests/support/callers.h). Every status and every
 * output must be, to the bit, what others get who say the same. */
#include "outcome.h"

static void run(struct fuzz *f, const uint8_t *data, size_t size, int pieces,
                int mode) {
    caller_mode = mode;
    outcome_begin(f, data, size, pieces);
    outcome_case(data)(f);
    fuzz_check(f->n_live == 0);
}

static void same(const uint8_t *data, size_t size, int pieces, int one,
                 int other) {
    static struct fuzz a, b;
    run(&a, data, size, pieces, one);
    run(&b, data, size, pieces, other);
    fuzz_same(&a, &b);
    fuzz_clear(&a);
    fuzz_clear(&b);
}

static void both(const uint8_t *data, size_t size, int pieces) {
    same(data, size, pieces, CALLER_CUT, CALLER_OLD);
    same(data, size, pieces, CALLER_SAME, CALLER_NEW);
}

int main(int n, char **words) {
    FILE *const file = n == 2 ? fopen(words[1], "r") : NULL;
    char outcome[OUTCOME];
    uint8_t data[LONGEST];
    if (!file) return 2;
    for (size_t size; (size = outcome_read(file, outcome, data)) > 0;) {
        both(data, size, FUZZ_FAILING);
        both(data, size, FUZZ_BEST);
        /* A neighbour: more is left out there. */
        data[outcome_chance(size)] = (uint8_t)outcome_chance(256);
        both(data, size, FUZZ_FAILING);
    }
    fclose(file);
    caller_tell();
    return 0;
}
