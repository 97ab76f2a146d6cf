/* SPDX-License-Identifier: MIT */
/* seek SECONDS FILE: prints FILE (outcomes_NAME.txt) anew: a line for every outcome
 * that its inputs, and those found by chance in so many seconds, came to. For when
 * a target has changed:
 *
 *     build/tests/seek_tier 60 tests/fuzz/outcomes_tier.txt >new.txt
 */
#include "outcome.h"

#include <time.h>

enum { MOST = 1 << 14 };

struct kept {
    char outcome[OUTCOME];
    uint8_t *data;
    size_t size;
};

static struct kept kept[MOST];
static int n_kept;
/* Keeps the input under an outcome that is new, or was longer to come by. */
static void keep(const char *outcome, const uint8_t *data, size_t size) {
    int k = 0;
    while (k < n_kept && strcmp(kept[k].outcome, outcome) != 0) k++;
    if (k == MOST || (k < n_kept && kept[k].size <= size)) return;
    n_kept += k == n_kept;
    memcpy(kept[k].outcome, outcome, OUTCOME);
    free(kept[k].data);
    kept[k].data = malloc(size);
    fuzz_check(kept[k].data != NULL);
    memcpy(kept[k].data, data, size);
    kept[k].size = size;
}

static void look(const uint8_t *data, size_t size, int run) {
    static struct fuzz f;
    static char seen[OUTCOMES][OUTCOME];
    outcome_begin(&f, data, size, run);
    outcome_case(data)(&f);
    const int n = outcome_list(&f, seen);
    for (int i = 0; i < n; i++) keep(seen[i], data, size);
    fuzz_clear(&f);
}

/* Bytes by chance, or a few bytes of a kept input changed. */
static size_t next(uint8_t *data) {
    size_t n = 2 + outcome_chance(60);
    if (n_kept == 0 || outcome_chance(3) == 0) {
        for (size_t i = 0; i < n; i++) data[i] = (uint8_t)outcome_chance(256);
    } else {
        const struct kept *const one = &kept[outcome_chance((size_t)n_kept)];
        n = one->size;
        memcpy(data, one->data, n);
        for (size_t times = 1 + outcome_chance(4); times > 0; times--) {
            const size_t at = outcome_chance(n);
            const size_t how = outcome_chance(4);
            if (how < 2)
                data[at] = (uint8_t)(how ? outcome_chance(256)
                                         : 255 - outcome_chance(24));
            if (how == 2 && n < LONGEST / 2) {
                memmove(data + at + 1, data + at, n - at);
                n++;
            }
            if (how == 3 && n > 2)
                n--, memmove(data + at, data + at + 1, n - at);
        }
    }
    if (outcome_chance(6) == 0)
        data[1] = (uint8_t)(249 + outcome_chance(7)); /* many rows */
    return n;
}

static int by_outcome(const void *a, const void *b) {
    return strcmp(((const struct kept *)a)->outcome,
                  ((const struct kept *)b)->outcome);
}

int main(int n, char **words) {
    FILE *const file = n == 3 ? fopen(words[2], "r") : NULL;
    char outcome[OUTCOME];
    uint8_t data[LONGEST];
    if (!file) return 2;
    for (size_t size; (size = outcome_read(file, outcome, data)) > 0;) {
        look(data, size, FUZZ_FAILING);
        look(data, size, FUZZ_BEST);
    }
    fclose(file);
    const clock_t end = clock() + atol(words[1]) * CLOCKS_PER_SEC;
    while (clock() < end) {
        const size_t size = next(data);
        look(data, size, outcome_chance(5) ? FUZZ_FAILING : FUZZ_BEST);
    }
    qsort(kept, (size_t)n_kept, sizeof *kept, by_outcome);
    puts(
        "# SPDX-License-Identifier: MIT\n"
        "# What calls come to, and the bytes that make them. Written by "
        "seek.c.");
    for (int i = 0; i < n_kept; i++) {
        printf("%s: ", kept[i].outcome);
        for (size_t k = 0; k < kept[i].size; k++)
            printf("%02x", kept[i].data[k]);
        puts("");
    }
    return 0;
}
