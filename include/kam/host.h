/* SPDX-License-Identifier: MIT */
/**
 * @file kam/host.h
 * What the host may lend a call: memory, threads, a way to stop.
 *
 * Every member may be zero, and so may the whole pointer. Then libkam uses
 * malloc and free, runs on the calling thread, and cannot be stopped.
 */
#ifndef KAM_HOST_H
#define KAM_HOST_H

#include "status.h"

KAM_BEGIN

/** Instruction sets the kernels are built for. All give the same bits. */
enum {
    KAM_ISA_AUTO = 0, /**< the best this processor has */
    KAM_ISA_BASE = 1, /**< plain C, for any processor */
    KAM_ISA_V3 = 2,   /**< x86-64-v3: AVX2 */
    KAM_ISA_V4 = 3    /**< x86-64-v4: AVX-512 */
};

/** One piece of work; `index` is in [0, n_tasks). */
typedef void (*kam_task)(void *task_data, int64_t index);

/** What the host lends one call. libkam keeps no copy, but for a ledger. */
typedef struct kam_host {
    uint32_t struct_size; /**< sizeof(kam_host) */
    int32_t isa; /**< KAM_ISA_*; more than the processor has is lowered */

    /**
     * Returns `size` > 0 bytes aligned to `alignment` (a power of two, at most
     * 64), or NULL. Only functions documented "Allocates" ever call it, always
     * on the thread that made the call. NULL: malloc and free.
     */
    void *(*allocate)(void *memory, uint64_t size, uint64_t alignment);
    /** Takes back a block from `allocate`, with the size it was asked for.
     *  Given if and only if `allocate` is. */
    void (*release)(void *memory, void *block, uint64_t size);
    void *memory; /**< first argument of the two above */

    /**
     * Calls task(task_data, i) exactly once for every i in [0, n_tasks), in any
     * order, on any threads, and returns when all have returned: 0, or non-zero
     * if it could not (libkam then returns KAM_ERR_EXECUTOR).
     *
     * How work is cut does not depend on the executor, and partial results are
     * joined so that their order does not matter: the bits of every output are
     * the same with any executor or none.
     */
    int32_t (*parallel_for)(void *threads, int64_t n_tasks, kam_task task,
                            void *task_data);
    void *threads; /**< first argument of parallel_for */

    /**
     * Called between waves of work, only on the thread that made the call, with
     * 0 <= done <= total. Non-zero stops the call: it returns KAM_ERR_CANCELLED
     * within one wave (at most 65,536 rows a task, or one step of a fit) and
     * what it had begun to write is unspecified.
     */
    int32_t (*progress)(void *watcher, int64_t done, int64_t total);
    void *watcher; /**< first argument of progress */
} kam_host;

/** The best KAM_ISA_* this processor has. */
KAM_API int32_t kam_host_isa(void);

KAM_END

#endif
