/* SPDX-License-Identifier: MIT */
/* Random accounts for what must hold whatever the numbers are. Include after
 * support/check.h and support/hosts.h. */
#ifndef TEST_ANY_CASE_H
#define TEST_ANY_CASE_H

#include "value/histories.h"
#include "value/worst.h"

/* Any model and history: five orders of magnitude a parameter. */
struct any {
    kam_btyd model;
    double x, t_x, T, h, rate;
};

/* A history for the model, a horizon, and a discount to go with it. */
static inline void any_history(struct any *any, uint64_t *seed, int64_t i) {
    const double alpha = any->model.parameter[1];
    any->T = alpha * any_size(seed, 1e-3, 1e3);
    any->x = i % 5 == 0 ? 0 : floor(any_size(seed, 1, 1e4));
    any->t_x = any->x > 0 ? any->T * random_unit(seed) : 0;
    any->h = (alpha + any->T) * any_size(seed, 1e-4, 1e3);
    any->rate = any_size(seed, 1e-2, 1e2) / any->h;
}

static inline double ask_any(enum question question, const struct any *any,
                             double ahead, double rate) {
    return ask_one(question, &any->model, any->x, any->t_x, any->T, ahead,
                   rate);
}

typedef struct any (*any_maker)(uint64_t *seed, int64_t i);

/* Silence for h1 + h2 is silence for h1, and then, of the account that it has
 * become, for h2. */
static inline void silence_in_two_parts(any_maker any_case, int64_t cases) {
    uint64_t seed = 106;
    struct worst worst = {0};
    for (int64_t i = 0; i < cases; i++) {
        const struct any any = any_case(&seed, i);
        const double h1 = any.h * (0.1 + 0.8 * random_unit(&seed));
        const double h2 = any.h - h1, later = any.T + h1;
        if (later - any.T != h1 || h1 + h2 != any.h) continue;
        look(&worst,
             ask_any(ASK_NO_ORDER, &any, h1, 0) *
                 ask_one(ASK_NO_ORDER, &any.model, any.x, any.t_x, later, h2,
                         0),
             ask_any(ASK_NO_ORDER, &any, any.h, 0), i);
    }
    assert_true(worst.n > 50);
    tell("silence in two parts", &worst, 1e-12);
}

#endif
