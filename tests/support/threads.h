/* SPDX-License-Identifier: MIT */
/* An executor of two threads, for tests. */
#ifndef TEST_THREADS_H
#define TEST_THREADS_H

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include <kam/host.h>

/* One thread over the first half of the tasks, one over the others. */
struct half {
    kam_task task;
    void *data;
    int64_t first, n;
};

static inline void *run_half(void *argument) {
    const struct half *const half = argument;
    for (int64_t i = half->n; i-- > 0;) half->task(half->data, half->first + i);
    return NULL;
}

static inline int32_t run_on_two_threads(void *threads, int64_t n_tasks,
                                         kam_task task, void *task_data) {
    (void)threads;
    struct half front = {task, task_data, 0, n_tasks / 2};
    struct half back = {task, task_data, n_tasks / 2, n_tasks - n_tasks / 2};
    pthread_t thread;
    if (pthread_create(&thread, NULL, run_half, &back) != 0) return 1;
    run_half(&front);
    return pthread_join(thread, NULL);
}

#endif
