/* SPDX-License-Identifier: MIT */
/* Competing causes of leaving, and losses. Within a period the causes act at
 * constant intensities a_k = -log(1 - h_k), so that a cause's share of those who
 * leave is a_k / sum a (Prentice et al. 1978). */
#include <kam/cause.h>
#include <kam/reason.h>
#include <kam/sum.h>

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "base/sized.h"
#include "math/elementary.h"

enum { MOST_CAUSES = 64 };

static const struct cause {
    int32_t id, is_controllable;
    const char *en, *zh;
} CAUSE[] = {
    {KAM_CAUSE_CONTRACTION, 0, "contraction", "业务收缩"},
    {KAM_CAUSE_INTEGRATION, 0, "backward integration", "客户自行生产"},
    {KAM_CAUSE_CATASTROPHE, 0, "catastrophe or bankruptcy", "灾害或破产"},
    {KAM_CAUSE_RIVAL, 1, "rival attack", "竞争对手进攻"},
    {KAM_CAUSE_NEED, 1, "unmet need", "需求未满足"},
    {KAM_CAUSE_COMPLAINT, 1, "unresolved complaints", "投诉未解决"},
    {KAM_CAUSE_CONTACT, 1, "too little contact", "沟通不足"},
};

const char *kam_cause_name(int32_t cause, int32_t language) {
    for (size_t i = 0; i < sizeof CAUSE / sizeof CAUSE[0]; i++)
        if (CAUSE[i].id == cause)
            return language == KAM_ZH ? CAUSE[i].zh : CAUSE[i].en;
    return language == KAM_ZH ? "其他" : "other";
}

int32_t kam_cause_is_controllable(int32_t cause) {
    for (size_t i = 0; i < sizeof CAUSE / sizeof CAUSE[0]; i++)
        if (CAUSE[i].id == cause) return CAUSE[i].is_controllable;
    return cause >= 100 && cause % 2 != 0;
}

kam_status kam_cause_options_init(kam_cause_options *options,
                                  uint32_t struct_size) {
    kam_cause_options ours = {0};
    ours.horizon_periods = 12;
    ours.most_periods = 60;
    ours.save_chance = 1;
    return kam__sized_init(options, struct_size, &ours, sizeof ours,
                           KAM__FIRST(kam_cause_options));
}

struct job {
    kam_cause_panel panel;
    kam_cause_options options;
    kam_cause_out out;
};

/* What is known of one account. */
struct account {
    double incidence[MOST_CAUSES];
    double controllable, uncontrollable, loss;
    uint32_t flag;
};

static uint32_t trouble(double x, double least, double most) {
    return x != x                   ? (uint32_t)KAM_ROW_MISSING
           : x >= least && x < most ? 0
                                    : (uint32_t)KAM_ROW_DOMAIN;
}

/* The margin of 1 a period, from the next one on, while the account would have
 * stayed anyway: q + q^2 + ... for n periods, q = (1 - h) e^-d. */
static double annuity(const kam_cause_options *o, double h) {
    const double a = -kam__log1p(-h) + o->discount_per_period;
    const double n = o->most_periods;
    if (!(a > 0)) return n;
    const double q = kam__exp(-a);
    const double left = n < INFINITY ? -kam__expm1(-a * n) : 1;
    return q * left / -kam__expm1(-a);
}

/* V7: the margin until it would have left anyway; or, when another takes its
 * place, winning and ramping up that one, at most as much. */
static double loss_of(const kam_cause_options *o, double margin, double h) {
    const double gone = margin * annuity(o, h);
    const double again = o->replace_cost + margin * o->ramp_periods / 2;
    const double replaced = again < gone ? again : gone;
    return (1 - o->replace_chance) * gone + o->replace_chance * replaced;
}

static void read_account(const struct job *job, int64_t row,
                         struct account *to) {
    const kam_cause_panel *const panel = &job->panel;
    const kam_cause_options *const o = &job->options;
    double intensity = 0, natural = 0;
    memset(to, 0, sizeof *to);
    for (int32_t k = 0; k < panel->n_causes; k++) {
        const double h = kam__number_at(&panel->risk[k], row);
        to->flag |= trouble(h, 0, 1);
        to->incidence[k] = -kam__log1p(-h);
        intensity += to->incidence[k];
        if (!kam_cause_is_controllable(panel->cause[k]))
            natural += to->incidence[k];
    }
    /* 0 times infinity is 0 here: who never leaves, never leaves */
    const double all =
        intensity > 0 ? -kam__expm1(-intensity * o->horizon_periods) : 0;
    for (int32_t k = 0; k < panel->n_causes; k++) {
        to->incidence[k] = intensity > 0 ? all * (to->incidence[k] / intensity)
                                         : to->incidence[k];
        if (kam_cause_is_controllable(panel->cause[k]))
            to->controllable += to->incidence[k];
        else
            to->uncontrollable += to->incidence[k];
    }
    to->loss = (double)NAN;
    if (!panel->margin.values) return;
    const double margin = kam__number_at(&panel->margin, row);
    double h = -kam__expm1(-natural);
    if (panel->natural_risk.values) {
        h = kam__number_at(&panel->natural_risk, row);
        to->flag |= trouble(h, 0, 1);
    }
    to->flag |= trouble(margin, -INFINITY, INFINITY);
    to->loss = margin > 0 ? loss_of(o, margin, h) : margin <= 0 ? 0 : margin;
}

static void write_account(const struct job *job, int64_t row,
                          const struct account *a) {
    const kam_cause_out *const out = &job->out;
    const double none = (double)NAN;
    const int32_t n = job->panel.n_causes;
    const int good = !a->flag;
    for (int32_t k = 0; out->incidence && k < n; k++)
        out->incidence[row * n + k] = good ? a->incidence[k] : none;
    if (out->controllable)
        out->controllable[row] = good ? a->controllable : none;
    if (out->uncontrollable)
        out->uncontrollable[row] = good ? a->uncontrollable : none;
    if (out->loss) out->loss[row] = good ? a->loss : none;
    if (out->expected_loss)
        out->expected_loss[row] =
            good ? a->loss * (a->controllable + a->uncontrollable) : none;
    if (out->saveable_loss)
        out->saveable_loss[row] =
            good ? job->options.save_chance * a->loss * a->controllable : none;
    if (out->row_flags) out->row_flags[row] = a->flag;
}

static void answer(void *context, int64_t first, int32_t n) {
    const struct job *const job = context;
    for (int64_t row = first; row < first + n; row++) {
        struct account account;
        read_account(job, row, &account);
        write_account(job, row, &account);
    }
}

static kam_status add_up(const struct job *job, kam_diag *diag) {
    kam_sum sum[MOST_CAUSES];
    memset(sum, 0, sizeof sum);
    for (int64_t row = 0; row < job->panel.n_rows; row++) {
        struct account account;
        read_account(job, row, &account);
        for (int32_t k = 0; !account.flag && k < job->panel.n_causes; k++)
            if (account.loss == account.loss &&
                kam_sum_add(&sum[k], account.incidence[k] * account.loss))
                return kam__fail(diag, KAM_ERR_OVERFLOW, "panel.margin", row,
                                 account.loss,
                                 "row {row}'s loss, {value}, is too large.");
    }
    for (int32_t k = 0; k < job->panel.n_causes; k++)
        job->out.by_cause[k] = kam_sum_value(&sum[k]);
    return KAM_OK;
}

static kam_status check_options(const kam_cause_options *o, kam_diag *diag) {
    const struct {
        double value, most;
        const char *name;
        int above_zero;
    } range[] = {{o->horizon_periods, (double)INFINITY,
                  "options.horizon_periods", 1},
                 {o->discount_per_period, 1e300, "options.discount_per_period",
                  0},
                 {o->most_periods, (double)INFINITY, "options.most_periods", 1},
                 {o->replace_chance, 1, "options.replace_chance", 0},
                 {o->replace_cost, 1e300, "options.replace_cost", 0},
                 {o->ramp_periods, 1e300, "options.ramp_periods", 0},
                 {o->save_chance, 1, "options.save_chance", 0}};
    for (size_t i = 0; i < sizeof range / sizeof range[0]; i++)
        if (!(range[i].value >= 0 && range[i].value <= range[i].most) ||
            (range[i].above_zero && !(range[i].value > 0)))
            return kam__fail(diag, KAM_ERR_OPTION, range[i].name, -1,
                             range[i].value, "{value} is not possible.");
    return KAM_OK;
}

static kam_status check_panel(const kam_cause_panel *panel, kam_diag *diag) {
    if (panel->n_rows < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "panel.n_rows", -1,
                         (double)panel->n_rows, "n_rows is {value}.");
    if (panel->n_causes < 1 || panel->n_causes > MOST_CAUSES)
        return kam__fail(diag, KAM_ERR_SHAPE, "panel.n_causes", -1,
                         panel->n_causes, "{value} causes are not 1..64.");
    if (!panel->cause || !panel->risk)
        return kam__fail(diag, KAM_ERR_NULL,
                         panel->cause ? "panel.risk" : "panel.cause", -1, NAN,
                         "");
    kam_status status = KAM_OK;
    for (int32_t k = 0; status == KAM_OK && k < panel->n_causes; k++) {
        const int32_t c = panel->cause[k];
        if (c < KAM_CAUSE_CONTRACTION || (c > KAM_CAUSE_CONTACT && c < 100))
            return kam__fail(diag, KAM_ERR_OPTION, "panel.cause", k, c,
                             "cause {row} is {value}, no KAM_CAUSE_*.");
        status = kam__column_check(&panel->risk[k], panel->n_rows, KAM__NUMBERS,
                                   1, "panel.risk", diag);
    }
    if (status == KAM_OK)
        status = kam__column_check(&panel->margin, panel->n_rows, KAM__NUMBERS,
                                   0, "panel.margin", diag);
    if (status == KAM_OK)
        status = kam__column_check(&panel->natural_risk, panel->n_rows,
                                   KAM__NUMBERS, 0, "panel.natural_risk", diag);
    return status;
}

kam_status kam_cause_losses(const kam_cause_panel *panel,
                            const kam_cause_options *options,
                            const kam_host *host, const kam_cause_out *out,
                            kam_diag *diag) {
    struct job job;
    kam_host lent;
    kam_status status =
        kam__sized_read(&job.panel, sizeof job.panel, panel,
                        KAM__FIRST(kam_cause_panel), "panel", diag);
    if (status == KAM_OK)
        status = options
                     ? kam__sized_read(&job.options, sizeof job.options,
                                       options, KAM__FIRST(kam_cause_options),
                                       "options", diag)
                     : kam_cause_options_init(&job.options, sizeof job.options);
    if (status == KAM_OK)
        status = kam__sized_read(&job.out, sizeof job.out, out,
                                 KAM__FIRST(kam_cause_out), "out", diag);
    if (status == KAM_OK) status = check_panel(&job.panel, diag);
    if (status == KAM_OK) status = check_options(&job.options, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    status = kam__for_rows(&lent, job.panel.n_rows, answer, &job, diag);
    if (status == KAM_OK && job.out.by_cause) status = add_up(&job, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}
