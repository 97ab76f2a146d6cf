/* SPDX-License-Identifier: MIT */
/* bench_layers [accounts]: profit and tier of every account, by kam_score and by
 * a loop written by hand: how near the general way comes to what the memory can
 * do. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "common/draw.h"
#include "fused.h"

enum { SEED = 23 };

struct layers {
    kam_accounts accounts;
    kam_models models;
    kam_host host;
    struct fused fused;
    void (*by_hand)(const struct fused *f);
};

static void score_all(void *context) {
    struct layers *const l = context;
    kam_diag diag = {.struct_size = sizeof diag};
    bench_must(kam_score(&l->accounts, &l->models, NULL, KAM_NO_DAY, &l->host,
                         &l->fused.out, &diag),
               &diag);
}

static void loop_by_hand(void *context) {
    struct layers *const l = context;
    l->by_hand(&l->fused);
}

/* A hash of every byte that was written. */
static uint64_t hash_of(const void *bytes, uint64_t size, uint64_t hash) {
    const unsigned char *const byte = bytes;
    for (uint64_t i = 0; i + 8 <= size; i += 8) {
        uint64_t word;
        memcpy(&word, byte + i, sizeof word);
        hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 32;
    }
    return hash;
}

/* NaN has more than one form. */
static double *one_nan(double *value, int64_t n) {
    for (int64_t i = 0; i < n; i++)
        if (value[i] != value[i]) value[i] = NAN;
    return value;
}

static uint64_t hash_outputs(const struct fused *f) {
    const kam_scores *const out = &f->out;
    double *const number[] = {out->net_revenue, out->profit, out->margin_ratio,
                              out->tier_to_next, out->tier_above_limit};
    uint64_t hash = 0;
    for (size_t k = 0; k < sizeof number / sizeof *number; k++)
        hash = hash_of(one_nan(number[k], f->n), (uint64_t)f->n * 8, hash);
    hash = hash_of(out->tier, (uint64_t)f->n * 4, hash);
    return hash_of(out->row_flags, (uint64_t)f->n * 4, hash);
}

static double *column(kam_column *column, int64_t n) {
    double *const values = bench_memory(n, sizeof *values);
    *column = bench_column(values, KAM_F64);
    return values;
}

static void make_accounts(struct layers *l, int64_t n) {
    kam_accounts *const a = &l->accounts;
    double *const gross = column(&a->gross_revenue, n);
    double *const returns = column(&a->returns, n);
    double *const direct = column(&a->direct_cost, n);
    double *const service = column(&a->service_cost, n);
    double *const value = column(&a->tier_value, n);
    double *const before = column(&a->tier_before, n);
    for (int64_t i = 0; i < n; i++) {
        struct draw draw = draw_begin(SEED, (uint64_t)i);
        gross[i] = exp(9 + 8 * draw_uniform(&draw));
        returns[i] = gross[i] * 0.05 * draw_uniform(&draw);
        direct[i] = gross[i] * (0.5 + 0.4 * draw_uniform(&draw));
        service[i] = gross[i] * 0.3 * draw_uniform(&draw);
        value[i] = gross[i] * (0.8 + 0.4 * draw_uniform(&draw));
        before[i] = floor(4 * draw_uniform(&draw));
    }
    a->struct_size = sizeof *a;
    a->n_rows = n;
    l->fused.n = n;
    l->fused.gross = gross;
    l->fused.returns = returns;
    l->fused.direct = direct;
    l->fused.service = service;
    l->fused.score = value;
    l->fused.before = before;
}

static void make_models(struct layers *l) {
    l->models.struct_size = sizeof l->models;
    l->models.n_bands = 3;
    bench_must(kam_tier_preset_cny(l->models.limits), NULL);
    for (int i = 0; i < 3; i++) {
        l->models.limits[i].keep *= 0.9;
        l->fused.limits[i] = l->models.limits[i];
    }
}

static void make_outputs(kam_scores *out, int64_t n) {
    out->struct_size = sizeof *out;
    out->tier = bench_memory(n, sizeof *out->tier);
    out->row_flags = bench_memory(n, sizeof *out->row_flags);
    out->tier_to_next = bench_memory(n, sizeof(double));
    out->tier_above_limit = bench_memory(n, sizeof(double));
    out->net_revenue = bench_memory(n, sizeof(double));
    out->profit = bench_memory(n, sizeof(double));
    out->margin_ratio = bench_memory(n, sizeof(double));
}

int main(int argc, char **argv) {
    static void (*const by_hand[])(const struct fused *f) = {
        fused_base,
#ifdef KAM_HAVE_ISA
        fused_v3,
        fused_v4,
#endif
    };
    const int64_t n = argc > 1 ? atoll(argv[1]) : 10000000;
    int32_t isa[3];
    const char *level[3];
    const int n_levels = bench_levels(isa, level);
    struct layers l;
    uint64_t hash = 0;
    int differ = 0;
    memset(&l, 0, sizeof l);
    make_accounts(&l, n);
    make_models(&l);
    make_outputs(&l.fused.out, n);
    bench_say("layers", "accounts", (double)n);
    for (int i = 0; i < n_levels; i++) {
        l.host = bench_host(isa[i]);
        l.by_hand = by_hand[i];
        bench_say("layers.score", level[i], bench_median(score_all, &l));
        const uint64_t scored = hash_outputs(&l.fused);
        bench_say("layers.by_hand", level[i], bench_median(loop_by_hand, &l));
        const uint64_t looped = hash_outputs(&l.fused);
        if (i == 0) hash = scored;
        differ |= scored != hash || looped != hash;
    }
    bench_say("layers.differ", "", differ);
    return 0;
}
