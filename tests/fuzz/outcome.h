/* SPDX-License-Identifier: MIT */
/* What a call of a fuzz target came to, as words: "kam_x KAM_ERR_NULL out", or
 * "kam_x asks" of one that answered after asking for memory, and so "looks" at
 * progress and "loops" on the host's threads. outcomes_NAME.txt holds one input,
 * in hex, for each. */
#ifndef TEST_FUZZ_OUTCOME_H
#define TEST_FUZZ_OUTCOME_H

#include "make.h"

enum { OUTCOME = 160, OUTCOMES = 3 * (2 * FUZZ_CALLS + 1), LONGEST = 600 };

/* Below n, the same in every run: xorshift, Marsaglia (2003). */
static inline size_t outcome_chance(size_t n) {
    static uint64_t state = 88172645463325252u;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (size_t)((state >> 11) % n);
}

/* The nth function in the text of a call, or its last. */
static inline void outcome_name(const struct fuzz_call *call, char *name) {
    int32_t left = call->nth;
    name[0] = 0;
    for (const char *at = call->text; (at = strstr(at, "kam_")); at++) {
        const size_t n = strspn(at, "abcdefghijklmnopqrstuvwxyz_0123456789");
        if (at[n] != '(' || n >= OUTCOME / 2) continue;
        memcpy(name, at, n);
        name[n] = 0;
        if (left-- == 0) return;
    }
}

static inline int32_t outcome_loop(void *threads, int64_t n, kam_task task,
                                   void *data) {
    struct fuzz *const f = threads;
    f->call[f->n_noted].n_loops++;
    if (f->n_loops++ == f->deny_at) {
        f->call[f->n_noted].denied = 1;
        return 7;
    }
    for (int64_t i = 0; i < n; i++) task(data, i);
    return 0;
}

/* A run in which nothing is refused; `run`: whole or in pieces. */
static inline void outcome_begin(struct fuzz *f, const uint8_t *data,
                                 size_t size, int run) {
    fuzz_begin(f, data + 1, size - 1, run, -1);
    f->host.progress = fuzz_watch;
    f->host.parallel_for = outcome_loop;
    f->host.watcher = f->host.threads = f;
}

static inline fuzz_case outcome_case(const uint8_t *data) {
    return fuzz_target_cases[data[0] % fuzz_n_target_cases];
}

/* The outcomes of a run; how many. */
static inline int outcome_list(const struct fuzz *f, char (*out)[OUTCOME]) {
    char name[OUTCOME];
    int n = 0;
    for (int i = 0; i < f->n_noted; i++) {
        const struct fuzz_call *const call = &f->call[i];
        const int good = call->status == KAM_OK;
        outcome_name(call, name);
        snprintf(out[n++], OUTCOME, "%.70s %.30s%.1s%.40s", name,
                 kam_status_name(call->status), good ? "" : " ",
                 good ? "" : call->argument);
        if (good && call->n_asked)
            snprintf(out[n++], OUTCOME, "%.70s asks", name);
        if (good && call->n_looks)
            snprintf(out[n++], OUTCOME, "%.70s looks", name);
        if (good && call->n_loops)
            snprintf(out[n++], OUTCOME, "%.70s loops", name);
    }
    return n;
}

/* A line "outcome: hex" of a file; 0 at its end. Lines that begin with # are
 * skipped. */
static inline size_t outcome_read(FILE *file, char *outcome, uint8_t *data) {
    char line[OUTCOME + 2 * LONGEST + 8];
    while (fgets(line, sizeof line, file)) {
        char *const colon = strchr(line, ':');
        size_t n = 0;
        unsigned byte;
        if (line[0] == '#' || !colon) continue;
        *colon = 0;
        snprintf(outcome, OUTCOME, "%.150s", line);
        for (const char *at = colon + 2; sscanf(at, "%2x", &byte) == 1; at += 2)
            data[n++] = (uint8_t)byte;
        return n;
    }
    return 0;
}

#endif
