/* SPDX-License-Identifier: MIT */
/* bench_policy [accounts]: a company's rules over every account, by kam_score:
 * profit, tier, class, stage and actions; beside the time that it takes to read
 * and write those columns at all. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "common/draw.h"
#include "passed.h"

enum { SEED = 29, TODAY = 20000 };

struct rules {
    kam_accounts accounts;
    kam_models models;
    kam_policy policy;
    kam_playbook_options playbook;
    kam_host host;
    struct passed passed;
    kam_scores out;
    void (*pass)(const struct passed *p);
};

static void score_all(void *context) {
    struct rules *const r = context;
    kam_diag diag = {.struct_size = sizeof diag};
    bench_must(kam_score(&r->accounts, &r->models, &r->policy, TODAY, &r->host,
                         &r->out, &diag),
               &diag);
}

static void pass_through(void *context) {
    struct rules *const r = context;
    r->pass(&r->passed);
}

static void make_accounts(struct rules *r, int64_t n) {
    struct passed *const p = &r->passed;
    kam_accounts *const a = &r->accounts;
    kam_column *const number[] = {&a->gross_revenue, &a->returns,
                                  &a->direct_cost,   &a->service_cost,
                                  &a->tier_value,    &a->tier_before,
                                  &a->growth,        &a->wallet};
    p->n = n;
    for (int k = 0; k < PASSED_IN; k++) {
        p->in[k] = bench_memory(n, sizeof(double));
        *number[k] = bench_column(p->in[k], KAM_F64);
    }
    p->day = bench_memory(n, sizeof *p->day);
    for (int k = 0; k < 3; k++) p->mark[k] = bench_memory(n, 1);
    a->contract_day = bench_column(p->day, KAM_DAY);
    a->stable = bench_column(p->mark[0], KAM_U8);
    a->pain = bench_column(p->mark[1], KAM_U8);
    a->alarms = bench_column(p->mark[2], KAM_U8);
    for (int64_t i = 0; i < n; i++) {
        struct draw draw = draw_begin(SEED, (uint64_t)i);
        const double gross = exp(9 + 8 * draw_uniform(&draw));
        p->in[0][i] = gross;
        p->in[1][i] = gross * 0.05 * draw_uniform(&draw);
        p->in[2][i] = gross * (0.5 + 0.4 * draw_uniform(&draw));
        p->in[3][i] = gross * 0.3 * draw_uniform(&draw);
        p->in[4][i] = gross * (0.8 + 0.4 * draw_uniform(&draw));
        p->in[5][i] = floor(4 * draw_uniform(&draw));
        p->in[6][i] = 0.2 * draw_uniform(&draw);
        p->in[7][i] = gross / (0.1 + 0.9 * draw_uniform(&draw));
        p->day[i] = TODAY - (int32_t)(2000 * draw_uniform(&draw));
        p->mark[0][i] = draw_uniform(&draw) < 0.6;
        p->mark[1][i] = draw_uniform(&draw) < 0.3;
        p->mark[2][i] = draw_uniform(&draw) < 0.1;
    }
    a->struct_size = sizeof *a;
    a->n_rows = n;
}

static void make_models(struct rules *r) {
    kam_fit_report report = {.struct_size = sizeof report};
    r->models.struct_size = sizeof r->models;
    r->models.n_bands = 3;
    bench_must(kam_tier_preset_cny(r->models.limits), NULL);
    const kam_column revenue = r->accounts.tier_value;
    bench_must(kam_matrix_fit(NULL, &revenue, r->accounts.n_rows, NULL,
                              &r->models.matrix, NULL),
               NULL);
    r->models.has_matrix = 1;
    r->playbook.struct_size = sizeof r->playbook;
    r->playbook.width = PASSED_WIDTH;
    r->policy.struct_size = sizeof r->policy;
    r->policy.playbook = &r->playbook;
}

static void make_outputs(struct rules *r, int64_t n) {
    struct passed *const p = &r->passed;
    kam_scores *const out = &r->out;
    double **const number[] = {&out->net_revenue,      &out->profit,
                               &out->margin_ratio,     &out->tier_to_next,
                               &out->tier_above_limit, &out->stage_days_left};
    int32_t **const code[] = {&out->tier, &out->matrix_class, &out->stage,
                              &out->n_actions};
    for (int k = 0; k < PASSED_OUT; k++)
        *number[k] = p->out[k] = bench_memory(n, sizeof(double));
    for (int k = 0; k < PASSED_CODES; k++)
        *code[k] = p->code[k] = bench_memory(n, sizeof(int32_t));
    out->row_flags = p->flags = bench_memory(n, sizeof *p->flags);
    out->actions = p->wide[0] = bench_memory(n * PASSED_WIDTH, 4);
    out->action_days = p->wide[1] = bench_memory(n * PASSED_WIDTH, 4);
    out->struct_size = sizeof *out;
}

int main(int argc, char **argv) {
    static void (*const pass[])(const struct passed *p) = {
        passed_base,
#ifdef KAM_HAVE_ISA
        passed_v3,
        passed_v4,
#endif
    };
    const int64_t n = argc > 1 ? atoll(argv[1]) : 10000000;
    int32_t isa[3];
    const char *level[3];
    const int n_levels = bench_levels(isa, level);
    struct rules r;
    memset(&r, 0, sizeof r);
    make_accounts(&r, n);
    make_models(&r);
    make_outputs(&r, n);
    bench_say("policy", "accounts", (double)n);
    for (int i = 0; i < n_levels; i++) {
        r.host = bench_host(isa[i]);
        r.pass = pass[i];
        bench_say("policy.score", level[i], bench_median(score_all, &r));
        bench_say("policy.passed", level[i], bench_median(pass_through, &r));
    }
    return 0;
}
