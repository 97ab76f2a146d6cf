/* SPDX-License-Identifier: MIT */
/* The words of a policy file: which member each stands for, and what it may
 * hold. Reading and printing go by these tables. */
#ifndef POLICY_FIELDS_H
#define POLICY_FIELDS_H

#include <stddef.h>
#include <stdint.h>

enum policy_kind {
    A_NUMBER, /* double */
    A_NUMBER_OR_INF,
    A_WHOLE,    /* int32_t */
    A_YES,      /* int32_t: true or false */
    THREE,      /* int32_t[3] */
    A_BASIS,    /* int32_t: "top" or "total" */
    A_TOUCH,    /* int32_t: a name, or a number from 1000 */
    AN_ACTION,  /* likewise */
    A_DUE,      /* int32_t: days, or "never" */
    SOME_TIERS, /* uint32_t: numbers, 1 is the best */
    SOME_CLASSES,
    SOME_STAGES,
    SOME_ALARMS /* numbers 0..31, or "any" */
};

struct policy_field {
    const char *key; /* NULL: the last */
    enum policy_kind kind;
    size_t offset;
    int is_needed;
};

extern const struct policy_field policy_matrix[], policy_stages[],
    policy_touch[], policy_playbook[], policy_action[], policy_future[],
    policy_figures[];

/* The name of a code of such a kind, NULL past the last; `code` rises from 0. */
const char *policy_code_name(enum policy_kind kind, int32_t code);

#endif
