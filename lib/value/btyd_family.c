/* SPDX-License-Identifier: MIT */
/* The table of families: one line each. */
#include "value/btyd_family.h"

static const struct kam__btyd_family *const FAMILIES[] = {
    &kam__bgnbd,   &kam__mbgnbd, &kam__bgbb,    &kam__bgcnbd,
    &kam__mbgcnbd, &kam__pnbd,   &kam__ggomnbd,
};

const struct kam__btyd_family *kam__btyd_family_of(int32_t id) {
    for (uint32_t i = 0; i < sizeof FAMILIES / sizeof FAMILIES[0]; i++)
        if (FAMILIES[i]->id == id) return FAMILIES[i];
    return 0;
}

const char *kam_btyd_family_name(int32_t family) {
    const struct kam__btyd_family *const f = kam__btyd_family_of(family);
    return f ? f->name : "unknown";
}

const char *kam_btyd_parameter_name(int32_t family, int32_t i) {
    const struct kam__btyd_family *const f = kam__btyd_family_of(family);
    return f && i >= 0 && i < f->n_parameters ? f->parameter[i] : 0;
}

const struct kam__btyd_plan *kam__btyd_plan(kam__family family,
                                            const double *parameter,
                                            double horizon, double discount,
                                            int32_t isa, int64_t n_rows,
                                            struct kam__btyd_plan *plan) {
    if (!family->plan || n_rows < 32 * KAM__TILE) return 0;
    plan->parameter = parameter;
    plan->horizon = horizon;
    plan->discount = discount;
    family->plan(family, parameter, horizon, discount, isa, plan);
    return plan;
}
