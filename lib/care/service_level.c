/* SPDX-License-Identifier: MIT */
/* Service levels (L3). */
#include <kam/service_level.h>

#include <kam/reason.h>
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "base/sized.h"
#include "care/stage.h"
#include "data/business.h"

enum { TIMES = 1 << KAM_I64 | 1 << KAM_I32 };

static const double MOST_HOURS = 1e8;

static void set_defaults(kam_service_level_options *options) {
    memset(options, 0, sizeof *options);
    options->early_days = 1;
    for (int stage = 0; stage < KAM_STAGE_COUNT; stage++) {
        double *const hours = options->hours[stage];
        hours[KAM_SERVICE_REPLY] = 24;
        hours[KAM_SERVICE_RESOLVE] = 48;
        hours[KAM_SERVICE_PRIORITY_REPLY] =
            stage >= KAM_STAGE_STABLE ? 1 : (double)NAN;
        hours[KAM_SERVICE_HANDOVER] = 24;
    }
}

kam_status kam_service_level_options_init(kam_service_level_options *options,
                                          uint32_t struct_size) {
    kam_service_level_options ours;
    set_defaults(&ours);
    return kam__sized_init(options, struct_size, &ours, sizeof ours,
                           KAM__FIRST(kam_service_level_options));
}

static kam_status read_options(kam_service_level_options *ours,
                               const kam_service_level_options *theirs,
                               kam_diag *diag) {
    set_defaults(ours);
    if (!theirs) return KAM_OK;
    const kam_status status =
        kam__sized_read(ours, sizeof *ours, theirs,
                        KAM__FIRST(kam_service_level_options), "options", diag);
    if (status != KAM_OK) return status;
    if (ours->early_days < 0)
        return kam__fail(diag, KAM_ERR_OPTION, "options.early_days", -1,
                         ours->early_days, "{value} is below 0.");
    for (int i = 0; i < KAM_STAGE_COUNT * KAM_SERVICE_COUNT; i++) {
        const double hours =
            ours->hours[i / KAM_SERVICE_COUNT][i % KAM_SERVICE_COUNT];
        if (hours < 0 || hours > MOST_HOURS)
            return kam__fail(diag, KAM_ERR_OPTION, "options.hours", i, hours,
                             "Limit {row}, {value} hours, is not from 0 to "
                             "1e8.");
    }
    return KAM_OK;
}

static const char NAMES_EN[KAM_SERVICE_COUNT][16] = {"reply", "resolution",
                                                     "priority reply",
                                                     "handover"};
static const char NAMES_ZH[KAM_SERVICE_COUNT][16] = {"回复", "解决", "优先响应",
                                                     "对接人交接"};

const char *kam_service_level_name(int32_t service, int32_t language) {
    const int zh = language == KAM_ZH;
    if (service < 0 || service >= KAM_SERVICE_COUNT)
        return zh ? "未知" : "unknown";
    return zh ? NAMES_ZH[service] : NAMES_EN[service];
}

static kam_status fail_rows(int64_t n_rows, kam_diag *diag) {
    return kam__fail(diag, KAM_ERR_SHAPE, "n_rows", -1, (double)n_rows,
                     "n_rows is {value}.");
}

struct lookup {
    const kam_column *stage, *service;
    kam_service_level_options options;
    double *hours;
    uint32_t *row_flags;
};

/* A code below `count`; -1 when it is none, -2 when it is missing. */
static int32_t code_at(const kam_column *column, int64_t row, int32_t count) {
    const double code = kam__number_at(column, row);
    if (code != code) return -2;
    return code >= 0 && code < count && code == floor(code) ? (int32_t)code
                                                            : -1;
}

static void look_up(void *context, int64_t first, int32_t n) {
    const struct lookup *const to = context;
    for (int64_t row = first; row < first + n; row++) {
        const int32_t stage = code_at(to->stage, row, KAM_STAGE_COUNT);
        const int32_t service = code_at(to->service, row, KAM_SERVICE_COUNT);
        to->hours[row] = stage >= 0 && service >= 0
                             ? to->options.hours[stage][service]
                             : (double)NAN;
        if (to->row_flags)
            to->row_flags[row] =
                (stage == -2 || service == -2 ? KAM_ROW_MISSING : 0u) |
                (stage == -1 || service == -1 ? KAM_ROW_DOMAIN : 0u);
    }
}

kam_status kam_service_level_limits(const kam_column *stage,
                                    const kam_column *service, int64_t n_rows,
                                    const kam_service_level_options *options,
                                    const kam_host *host, double *hours,
                                    uint32_t *row_flags, kam_diag *diag) {
    kam_host lent;
    struct lookup to = {stage, service, .hours = hours, .row_flags = row_flags};
    if (!stage || !service || !hours)
        return kam__fail(diag, KAM_ERR_NULL,
                         !stage     ? "stage"
                         : !service ? "service"
                                    : "hours",
                         -1, (double)NAN, "");
    kam_status status = n_rows < 0 ? fail_rows(n_rows, diag) : KAM_OK;
    if (status == KAM_OK)
        status =
            kam__column_check(stage, n_rows, KAM__NUMBERS, 0, "stage", diag);
    if (status == KAM_OK)
        status = kam__column_check(service, n_rows, KAM__NUMBERS, 0, "service",
                                   diag);
    if (status == KAM_OK) status = read_options(&to.options, options, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    status = kam__for_rows(&lent, n_rows, look_up, &to, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}

struct reading {
    kam_service_level_clocks clocks;
    kam_service_level_out out;
    struct kam__business business;
    int64_t now;
};

struct clock {
    int64_t due;
    double hours, left;
    int32_t met;
    uint32_t flags;
};

/* A time in a column; KAM_NO_TIME when it is missing or in no calendar. */
static int64_t time_at(const kam_column *column, int64_t row) {
    if (!column->values || !kam__is_present(column, row)) return KAM_NO_TIME;
    const int64_t time = kam__integer_at(column, row);
    return kam__is_time(time) ? time : KAM_NO_TIME;
}

static struct clock read_clock(const struct reading *r, int64_t row) {
    struct clock c = {KAM_NO_TIME, (double)NAN, (double)NAN, -1, 0};
    const int64_t started = time_at(&r->clocks.started, row);
    const int64_t stopped = time_at(&r->clocks.stopped, row);
    const double limit = kam__number_at(&r->clocks.limit, row);
    const int running = stopped == KAM_NO_TIME || stopped > r->now;
    const int64_t end = running ? r->now : stopped;
    const int limited = limit >= 0 && limit <= MOST_HOURS;
    if (limit == limit && !limited) c.flags |= KAM_ROW_DOMAIN;
    if (started == KAM_NO_TIME) {
        c.flags |= KAM_ROW_MISSING;
        return c;
    }
    if (started > end) {
        c.flags |= KAM_ROW_DOMAIN;
        return c;
    }
    const int64_t seconds = kam__business_between(&r->business, started, end);
    c.hours = (double)seconds / 3600;
    if (!limited) return c;
    const int64_t allowed = (int64_t)floor(limit * 3600 + 0.5);
    c.due = kam__business_after(&r->business, started, allowed);
    c.left = (double)(allowed - seconds) / 3600;
    c.met = seconds > allowed ? 0 : running ? -1 : 1;
    return c;
}

static void read_clocks(void *context, int64_t first, int32_t n) {
    const struct reading *const r = context;
    for (int64_t row = first; row < first + n; row++) {
        const struct clock c = read_clock(r, row);
        if (r->out.due) r->out.due[row] = c.due;
        if (r->out.hours) r->out.hours[row] = c.hours;
        if (r->out.hours_left) r->out.hours_left[row] = c.left;
        if (r->out.met) r->out.met[row] = c.met;
        if (r->out.row_flags) r->out.row_flags[row] = c.flags;
    }
}

static kam_status begin_reading(struct reading *r,
                                const kam_service_level_clocks *clocks,
                                const kam_service_level_out *out,
                                kam_diag *diag) {
    kam_status status =
        kam__sized_read(&r->clocks, sizeof r->clocks, clocks,
                        KAM__FIRST(kam_service_level_clocks), "clocks", diag);
    const int64_t n = r->clocks.n_rows;
    if (status == KAM_OK && n < 0) status = fail_rows(n, diag);
    if (status == KAM_OK)
        status = kam__column_check(&r->clocks.started, n, TIMES, 0,
                                   "clocks.started", diag);
    if (status == KAM_OK)
        status = kam__column_check(&r->clocks.stopped, n, TIMES, 0,
                                   "clocks.stopped", diag);
    if (status == KAM_OK)
        status = kam__column_check(&r->clocks.limit, n, KAM__NUMBERS, 0,
                                   "clocks.limit", diag);
    if (status == KAM_OK)
        status =
            kam__sized_read(&r->out, sizeof r->out, out,
                            KAM__FIRST(kam_service_level_out), "out", diag);
    if (status == KAM_OK && !kam__is_time(r->now))
        status = kam__fail(diag, KAM_ERR_OPTION, "now", -1, (double)r->now,
                           "{value} is not in the years 1 to 9999.");
    return status;
}

kam_status kam_service_level_clock(const kam_service_level_clocks *clocks,
                                   const kam_business_hours *hours, int64_t now,
                                   const kam_host *host,
                                   const kam_service_level_out *out,
                                   kam_diag *diag) {
    kam_host lent;
    struct reading r;
    memset(&r, 0, sizeof r);
    r.now = now;
    kam_status status = begin_reading(&r, clocks, out, diag);
    if (status == KAM_OK) status = kam__business_read(&r.business, hours, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    status = kam__for_rows(&lent, r.clocks.n_rows, read_clocks, &r, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}

struct arrivals {
    kam_service_level_orders orders;
    kam_service_level_options options;
    double *early_days;
    int32_t *met;
};

static void judge_orders(void *context, int64_t first, int32_t n) {
    const struct arrivals *const a = context;
    const int32_t today = a->orders.as_of_day;
    for (int64_t row = first; row < first + n; row++) {
        const int32_t promised = kam__day_at(&a->orders.promised_day, row);
        const int32_t day = kam__day_at(&a->orders.delivered_day, row);
        const int open = day == KAM__NO_DAY || day > today;
        const int64_t early = (int64_t)promised - (open ? today : day);
        const int known = promised != KAM__NO_DAY;
        const int enough = early >= a->options.early_days;
        if (a->early_days)
            a->early_days[row] = known ? (double)early : (double)NAN;
        if (a->met) a->met[row] = !known || (open && enough) ? -1 : enough;
    }
}

kam_status kam_service_level_first_orders(
    const kam_service_level_orders *orders,
    const kam_service_level_options *options, const kam_host *host,
    double *early_days, int32_t *met, kam_diag *diag) {
    kam_host lent;
    struct arrivals a = {.early_days = early_days, .met = met};
    kam_status status =
        kam__sized_read(&a.orders, sizeof a.orders, orders,
                        KAM__FIRST(kam_service_level_orders), "orders", diag);
    const int64_t n = a.orders.n_rows;
    if (status == KAM_OK && n < 0) status = fail_rows(n, diag);
    if (status == KAM_OK)
        status = kam__column_check(&a.orders.promised_day, n, KAM__DAYS, 0,
                                   "orders.promised_day", diag);
    if (status == KAM_OK)
        status = kam__column_check(&a.orders.delivered_day, n, KAM__DAYS, 0,
                                   "orders.delivered_day", diag);
    if (status == KAM_OK) status = read_options(&a.options, options, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    status = kam__for_rows(&lent, n, judge_orders, &a, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}
