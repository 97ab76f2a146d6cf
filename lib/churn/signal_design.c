/* SPDX-License-Identifier: MIT */
/* Charts with a promise: the limit that makes false alarms as rare as asked. */
#include <math.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/sized.h"
#include "churn/run_length.h"
#include "math/elementary.h"

#define LN_2 0x1.62e42fefa39efp-1
/* Below, 1 less the chance of no alarm has lost its digits. */
static const double LEAST_CHANCE = 1e-9;
enum { HALVINGS = 46, MOST_PERIODS = 10000 };

kam_status kam_signal_options_init(kam_signal_options *options,
                                   uint32_t struct_size) {
    kam_signal_options ours = {0};
    ours.kind = KAM_SIGNAL_CUSUM;
    ours.direction = KAM_SIGNAL_UP;
    ours.periods = 12;
    ours.false_alarm = 0.05;
    return kam__sized_init(options, struct_size, &ours, sizeof ours,
                           KAM__FIRST(kam_signal_options));
}

static kam_status check_options(const kam_signal_options *o, kam_diag *diag) {
    if (o->periods < 1 || o->periods > MOST_PERIODS)
        return kam__fail(diag, KAM_ERR_OPTION, "options.periods", -1,
                         o->periods, "{value} periods are not 1..10000.");
    if (!(o->false_alarm >= LEAST_CHANCE && o->false_alarm < 1))
        return kam__fail(diag, KAM_ERR_OPTION, "options.false_alarm", -1,
                         o->false_alarm,
                         "a chance of {value} is not in 1e-9..1.");
    if (!(o->run_length == 0 || (o->run_length > 1 && o->run_length <= 1e9)))
        return kam__fail(diag, KAM_ERR_OPTION, "options.run_length", -1,
                         o->run_length,
                         "a run length of {value} is neither 0 nor 1..1e9.");
    if (o->kind == KAM_SIGNAL_POISSON && !(o->rate >= 0.01 && o->rate <= 500))
        return kam__fail(diag, KAM_ERR_OPTION, "options.rate", -1, o->rate,
                         "a rate of {value} is not 0.01..500.");
    return KAM_OK;
}

/* Lucas (1985): between rate and other, (other - rate) / ln(other / rate). */
static double best_reference(const kam_signal_options *o) {
    if (o->kind == KAM_SIGNAL_CUSUM) return 0.5;
    if (o->kind == KAM_SIGNAL_EWMA) return 0.2;
    return o->rate * (o->direction == KAM_SIGNAL_DOWN ? 0.5 : 1) / LN_2;
}

/* A search: what is asked, and the room to answer. */
struct search {
    const kam_signal_options *asked;
    const kam_host *host;
    double *quiet;
    kam_diag *diag;
};

/* Whether the chart alarms no more often than asked. */
static kam_status is_rare(const struct search *s, const kam_signal_chart *chart,
                          int *rare) {
    const kam_signal_options *const o = s->asked;
    double run_length = 0;
    const int by_length = o->run_length > 1;
    const kam_status status =
        kam__signal_quiet(chart, 0, o->periods, s->host,
                          by_length ? 0 : s->quiet, by_length ? &run_length : 0,
                          s->diag);
    *rare = by_length ? run_length >= o->run_length
                      : 1 - s->quiet[o->periods - 1] <= o->false_alarm;
    return status;
}

/* The least limit, in units of `step` (0: any), that is rare enough. */
static kam_status find_limit(const struct search *s, kam_signal_chart *chart,
                             double step) {
    double low = 0, high = step > 0 ? 8 * step : 1;
    int rare = 0;
    kam_status status = KAM_OK;
    for (; status == KAM_OK && !rare; low = rare ? low : high / 2) {
        chart->limit = high;
        status = kam__signal_check(chart, s->diag);
        if (status == KAM_OK) status = is_rare(s, chart, &rare);
        if (!rare) high *= 2;
    }
    for (int i = 0; status == KAM_OK && i < HALVINGS; i++) {
        double middle = 0.5 * (low + high);
        if (step > 0) middle = floor(middle / step) * step;
        if (!(middle > low)) break;
        chart->limit = middle;
        status = is_rare(s, chart, &rare);
        if (rare)
            high = middle;
        else
            low = middle;
    }
    chart->limit = high;
    return status;
}

static kam_status design(const struct search *s, kam_signal_chart *chart,
                         kam_signal_report *report) {
    const kam_signal_options *const o = s->asked;
    const double reference =
        o->reference == 0 ? best_reference(o) : o->reference;
    double step = 0;
    *chart = (kam_signal_chart){o->kind, o->direction, reference, 1, o->rate};
    if (o->kind == KAM_SIGNAL_POISSON && reference > 0) {
        step = kam__signal_step(reference);
        chart->reference = floor(reference / step + 0.5) * step;
        if (chart->reference < step) chart->reference = step;
        step = kam__signal_step(chart->reference);
        chart->limit = step;
    }
    kam_status status = kam__signal_check(chart, s->diag);
    if (status == KAM_OK) status = find_limit(s, chart, step);
    if (status == KAM_OK)
        status = kam__signal_quiet(chart, 0, o->periods, s->host, s->quiet,
                                   &report->run_length, s->diag);
    const double quiet = status == KAM_OK ? s->quiet[o->periods - 1] : 1;
    report->false_alarm = quiet < 1 ? 1 - quiet : 0;
    return status;
}

kam_status kam_signal_design(const kam_signal_options *options,
                             const kam_host *host, kam_signal_chart *chart,
                             kam_signal_report *report, kam_diag *diag) {
    kam_signal_options o;
    kam_signal_chart found;
    kam_signal_report told = {0};
    kam_host lent;
    kam_status status =
        options
            ? kam__sized_read(&o, sizeof o, options,
                              KAM__FIRST(kam_signal_options), "options", diag)
            : kam_signal_options_init(&o, sizeof o);
    if (status == KAM_OK && !chart)
        status = kam__fail(diag, KAM_ERR_NULL, "chart", -1, NAN, "");
    if (status == KAM_OK && report)
        status = kam__sized_check(report, KAM__FIRST(kam_signal_report),
                                  "report", diag);
    if (status == KAM_OK) status = check_options(&o, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    const struct search search = {&o, &lent,
                                  kam__allocate(&lent, (uint64_t)o.periods,
                                                sizeof(double)),
                                  diag};
    if (!search.quiet) return kam__no_memory(diag);
    status = design(&search, &found, &told);
    kam__release(&lent, search.quiet, (uint64_t)o.periods, sizeof(double));
    if (status != KAM_OK) return status;
    *chart = found;
    told.periods = o.periods;
    if (report)
        kam__sized_write(report, &told, sizeof told,
                         KAM__FIRST(kam_signal_report), "report", NULL);
    return kam__ok(diag);
}

kam_status kam_signal_run_length(const kam_signal_chart *chart, double shift,
                                 int32_t n_periods, const kam_host *host,
                                 double *alarm_by, double *run_length,
                                 kam_diag *diag) {
    kam_host lent;
    double mean = 0;
    kam_status status = kam__signal_check(chart, diag);
    if (status != KAM_OK) return status;
    if (!(shift >= -1000 && shift <= 1000) ||
        (chart->kind == KAM_SIGNAL_POISSON && !(chart->rate + shift >= 0)))
        return kam__fail(diag, KAM_ERR_OPTION, "shift", -1, shift,
                         "a shift of {value} is not possible.");
    if (alarm_by && (n_periods < 1 || n_periods > MOST_PERIODS))
        return kam__fail(diag, KAM_ERR_SHAPE, "n_periods", -1, n_periods,
                         "{value} periods are not 1..10000.");
    status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    const uint64_t n = alarm_by ? (uint64_t)n_periods : 1;
    double *const quiet = kam__allocate(&lent, n, sizeof(double));
    if (!quiet) return kam__no_memory(diag);
    status =
        kam__signal_quiet(chart, shift, n_periods, &lent, alarm_by ? quiet : 0,
                          run_length ? &mean : 0, diag);
    for (int32_t t = 0; status == KAM_OK && alarm_by && t < n_periods; t++)
        alarm_by[t] = quiet[t] < 1 ? 1 - quiet[t] : 0;
    kam__release(&lent, quiet, n, sizeof(double));
    if (status != KAM_OK) return status;
    if (run_length) *run_length = mean;
    return kam__ok(diag);
}
