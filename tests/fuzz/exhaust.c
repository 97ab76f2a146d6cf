/* SPDX-License-Identifier: MIT */
/* exhaust FILE: gives a fuzz target every input of outcomes_NAME.txt. It must come
 * to what the line says; then again with each allocation refused once, each look
 * at progress a stop once, tasks in two other orders and on two threads, and with
 * no thread to be had. Checked are the status, that nothing is kept, that without
 * memory no output was touched, and that every order gives the same bits. Prints, for each function, how often
 * it answered, was refused memory, was stopped, ran in another order, and was
 * denied threads: tests/house/exhausted.py compares that with the headers. */
#include "../support/threads.h"
#include "outcome.h"

enum { MOST_NAMES = 128, MOST_TIMES = 400 };

struct told {
    char name[OUTCOME];
    long answered, refused, stopped, ordered, denied;
};

static struct told told[MOST_NAMES];
static int n_told;

static struct told *told_of(const struct fuzz_call *call) {
    char name[OUTCOME];
    outcome_name(call, name);
    for (int i = 0; i < n_told; i++)
        if (strcmp(told[i].name, name) == 0) return &told[i];
    fuzz_check(n_told < MOST_NAMES);
    memcpy(told[n_told].name, name, OUTCOME);
    return &told[n_told++];
}

static void expect(const struct fuzz_call *call, kam_status status,
                   const char *when) {
    if (call->status == status) return;
    fprintf(stderr, "%s: %s, not %s, when %s\n", told_of(call)->name,
            kam_status_name(call->status), kam_status_name(status), when);
    abort();
}

static int32_t odd_first(void *threads, int64_t n, kam_task task, void *data) {
    struct fuzz *const f = threads;
    f->call[f->n_noted].n_loops++;
    for (int64_t i = 1; i < n; i += 2) task(data, i);
    for (int64_t i = 0; i < n; i += 2) task(data, i);
    return 0;
}

static int32_t last_first(void *threads, int64_t n, kam_task task, void *data) {
    struct fuzz *const f = threads;
    f->call[f->n_noted].n_loops++;
    return fuzz_backwards(threads, n, task, data);
}

static int32_t two_at_once(void *threads, int64_t n, kam_task task,
                           void *data) {
    struct fuzz *const f = threads;
    f->call[f->n_noted].n_loops++;
    return run_on_two_threads(threads, n, task, data);
}

static void end(struct fuzz *f) {
    fuzz_check(f->n_live == 0);
    for (int i = 0; i < f->n_noted; i++) {
        const struct fuzz_call *const call = &f->call[i];
        if (call->refused) expect(call, KAM_ERR_MEMORY, "refused memory");
        if (call->stopped) expect(call, KAM_ERR_CANCELLED, "told to stop");
        if (call->denied) expect(call, KAM_ERR_EXECUTOR, "denied threads");
        told_of(call)->refused += call->refused;
        told_of(call)->stopped += call->stopped;
        told_of(call)->denied += call->denied;
    }
    fuzz_clear(f);
}

static void every_order(const uint8_t *data, size_t size,
                        const struct fuzz *whole, int run) {
    static struct fuzz f;
    int32_t (*const orders[])(void *, int64_t, kam_task,
                              void *) = {odd_first, last_first, two_at_once};
    for (int order = 0; order < 3; order++) {
        outcome_begin(&f, data, size, run);
        f.host.parallel_for = orders[order];
        outcome_case(data)(&f);
        fuzz_same(whole, &f);
        for (int i = 0; i < f.n_noted; i++)
            told_of(&f.call[i])->ordered += f.call[i].n_loops > 0;
        end(&f);
    }
}

enum { REFUSED, STOPPED, DENIED };

/* Each of `n` times: refused memory, told to stop, or denied threads. */
static void each_once(const uint8_t *data, size_t size, int run, int64_t n,
                      int what) {
    static struct fuzz f;
    for (int64_t k = 0; k < n && k < MOST_TIMES; k++) {
        outcome_begin(&f, data, size, run);
        if (what == REFUSED) f.refuse_at = k;
        if (what == STOPPED) f.stop_at = k;
        if (what == DENIED) f.deny_at = k;
        outcome_case(data)(&f);
        end(&f);
    }
}

static int exhaust(const uint8_t *data, size_t size, int run,
                   const char *outcome) {
    static struct fuzz whole;
    static char seen[OUTCOMES][OUTCOME];
    int found = 0;
    outcome_begin(&whole, data, size, run);
    outcome_case(data)(&whole);
    const int n = outcome_list(&whole, seen);
    for (int i = 0; i < n; i++) found |= strcmp(seen[i], outcome) == 0;
    for (int i = 0; i < whole.n_noted; i++)
        told_of(&whole.call[i])->answered += whole.call[i].status == KAM_OK;
    each_once(data, size, run, whole.n_asked, REFUSED);
    each_once(data, size, run, whole.n_looks, STOPPED);
    each_once(data, size, run, whole.n_loops, DENIED);
    every_order(data, size, &whole, run);
    fuzz_clear(&whole);
    return found;
}

int main(int n, char **words) {
    FILE *const file = n == 2 ? fopen(words[1], "r") : NULL;
    char outcome[OUTCOME];
    uint8_t data[LONGEST];
    int n_lost = 0;
    if (!file) return 2;
    for (size_t size; (size = outcome_read(file, outcome, data)) > 0;) {
        int found = exhaust(data, size, FUZZ_FAILING, outcome);
        found |= exhaust(data, size, FUZZ_BEST, outcome);
        if (found) continue;
        printf("not seen: %s\n", outcome);
        n_lost++;
    }
    fclose(file);
    for (int i = 0; i < n_told; i++)
        printf("%s %ld %ld %ld %ld %ld\n", told[i].name, told[i].answered,
               told[i].refused, told[i].stopped, told[i].ordered,
               told[i].denied);
    return n_lost > 0;
}
