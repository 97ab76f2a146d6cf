/* SPDX-License-Identifier: MIT */
/* Hosts for tests: an allocator that counts, checks and fails on demand,
 * executors that run tasks in odd orders, a watcher that stops; and columns of
 * every shape over the same numbers. Include after support/check.h. */
#ifndef TEST_HOSTS_H
#define TEST_HOSTS_H

#include "aligned.h"

/* Lends memory; refuses the fail_at-th request (1, 2, ...; 0: none). */
struct lender {
    int64_t n_calls, fail_at;
    int64_t n_live; /* blocks not yet given back */
    uint64_t n_bytes;
};

static inline void *lender_allocate(void *memory, uint64_t size,
                                    uint64_t alignment) {
    struct lender *const lender = memory;
    assert_true(size > 0 && alignment <= 64);
    if (++lender->n_calls == lender->fail_at) return NULL;
    void *const block = aligned_block(size, alignment);
    if (!block) return NULL;
    memset(block, 0xA5, (size_t)size);
    lender->n_live++;
    lender->n_bytes += size;
    return block;
}

static inline void lender_release(void *memory, void *block, uint64_t size) {
    struct lender *const lender = memory;
    assert_non_null(block);
    memset(block, 0x5A, (size_t)size); /* a wrong size is seen by valgrind */
    aligned_block_free(block);
    lender->n_live--;
    lender->n_bytes -= size;
}

static inline kam_host lender_host(struct lender *lender, int64_t fail_at) {
    kam_host host = {.struct_size = sizeof host};
    memset(lender, 0, sizeof *lender);
    lender->fail_at = fail_at;
    host.allocate = lender_allocate;
    host.release = lender_release;
    host.memory = lender;
    return host;
}

/* Runs the last task first. */
static inline int32_t run_backwards(void *threads, int64_t n_tasks,
                                    kam_task task, void *task_data) {
    (void)threads;
    for (int64_t i = n_tasks; i-- > 0;) task(task_data, i);
    return 0;
}

/* Runs odd tasks, then even ones. */
static inline int32_t run_odd_first(void *threads, int64_t n_tasks,
                                    kam_task task, void *task_data) {
    (void)threads;
    for (int64_t i = 1; i < n_tasks; i += 2) task(task_data, i);
    for (int64_t i = 0; i < n_tasks; i += 2) task(task_data, i);
    return 0;
}

static inline int32_t run_nothing(void *threads, int64_t n_tasks, kam_task task,
                                  void *task_data) {
    (void)threads, (void)n_tasks, (void)task, (void)task_data;
    return 7;
}

/* A watcher that asks to stop at its n-th look; watcher: int64_t left. */
static inline int32_t stop_when_used_up(void *watcher, int64_t done,
                                        int64_t total) {
    int64_t *const left = watcher;
    assert_true(done >= 0 && done <= total);
    return --*left < 0;
}

/* xorshift64*: a few plain numbers for tests. */
static inline double random_unit(uint64_t *state) {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (double)((*state * UINT64_C(2685821657736338717)) >> 11) * 0x1p-53;
}

static inline kam_column column_of(const double *values) {
    kam_column column = {0};
    column.values = values;
    column.type = KAM_F64;
    return column;
}

/* Where row i goes in a permutation without much order. */
static inline int64_t shuffled_place(int64_t i, int64_t n) {
    /* 7919 is prime; n in tests is never a multiple of it. */
    return (i * 7919 + 13) % n;
}

#endif
