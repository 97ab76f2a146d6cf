/* SPDX-License-Identifier: MIT */
/* A test that includes the header that tests/house/callers.py makes (before
 * anything else) is an older or a newer caller: each call of a public function
 * goes through a wrapper, which lends the library copies of all structs that say
 * their size, as they would be at a caller who
 *
 * - knows just their first versions (CALLER_OLD): blocks that end there, with
 *   something else behind them. CALLER_CUT is what that must equal: whole
 *   structs, in which later members are 0;
 * - knows members that the library does not (CALLER_NEW): longer blocks.
 *
 * Before the call itself each struct in turn is one byte too short, or says
 * something that the library does not know: that must be refused. The call must
 * write nothing behind a block, and zeros to what it does not know of a report.
 * caller_tell prints what was done. */
#ifndef TEST_SUPPORT_CALLERS_H
#define TEST_SUPPORT_CALLERS_H

#include <stddef.h>
#include <stdint.h>

#include <kam/kam.h>

#include "base/first_version.h"

enum { CALLER_SAME, CALLER_CUT, CALLER_OLD, CALLER_NEW };
/* What a function does with a struct: reads it, reads pointers to outputs from
 * it, writes it whole, or fails to say why. */
enum { CALLER_READ, CALLER_OUT, CALLER_WRITTEN, CALLER_DIAG };
enum { CALLER_MOST = 12 };

/* A struct with a size that another points to; the last has size 0. */
struct caller_member {
    size_t offset;
    uint32_t size, first;
    const struct caller_member *inside;
};

/* A parameter that is such a struct. */
struct caller_struct {
    const char *name;
    void *theirs;
    int64_t n; /* of them, one behind the other */
    uint32_t size, first;
    int how;
    const struct caller_member *inside;
};

struct caller {
    const char *function;
    const struct caller_struct *given;
    int n, step, n_memory;
    uint32_t *init; /* the struct_size that an _init is given, or NULL */
    uint32_t asked; /* what it was */
    kam_status status, tried[CALLER_MOST];
    void *at[CALLER_MOST]; /* what is lent */
    uint32_t length[CALLER_MOST];
    void *memory[4 * CALLER_MOST];
};

extern int caller_mode;

/* Lends what the next call takes; 0 when all were made. */
int caller_next(struct caller *c);

/* Prints how often each struct of each function was lent and refused. */
void caller_tell(void);

#endif
