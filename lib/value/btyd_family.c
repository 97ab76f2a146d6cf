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
