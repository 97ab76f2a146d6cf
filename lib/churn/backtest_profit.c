/* SPDX-License-Identifier: MIT */
/* Expected maximum profit of a campaign. Approaching the k accounts ranked
 * highest earns gamma A - B, where A adds up (1 - share) value - offer over the
 * leavers among them and B what it costs; the chance gamma that an offer keeps a
 * leaver is Beta distributed, and for each gamma the best k counts: the upper
 * envelope of lines, integrated (Verbraken, Verbeke & Baesens 2013; with each
 * account's own value: Janssens, Bogaert, Bague & Van den Poel 2022). */
#include <kam/backtest.h>

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/sized.h"
#include "churn/ranked.h"
#include "math/elementary.h"
#include "math/special.h"

/* Continued fraction of the incomplete beta function (DLMF 8.17.22), x below
 * (a + 1) / (a + b + 2). */
static double fraction(double a, double b, double x) {
    double c = 1, d = 1 - (a + b) * x / (a + 1), h;
    d = 1 / (fabs(d) < 1e-300 ? 1e-300 : d);
    h = d;
    for (double m = 1; m < 10000; m++) {
        const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        const double odd =
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 + even * d;
        c = 1 + even / c;
        d = 1 / (fabs(d) < 1e-300 ? 1e-300 : d);
        h *= d * c;
        d = 1 + odd * d;
        c = 1 + odd / c;
        d = 1 / (fabs(d) < 1e-300 ? 1e-300 : d);
        const double change = d * c;
        h *= change;
        if (fabs(change - 1) < 1e-16) break;
    }
    return h;
}

/* Probability that a Beta(a, b) number is at most x. */
static double beta_p(double a, double b, double x) {
    if (x <= 0) return 0;
    if (x >= 1) return 1;
    const double front =
        kam__exp(a * kam__log(x) + b * kam__log1p(-x) - kam__lbeta(a, b));
    if (x < (a + 1) / (a + b + 2)) return front * fraction(a, b, x) / a;
    return 1 - front * fraction(b, a, 1 - x) / b;
}

kam_status kam_backtest_profit_options_init(
    kam_backtest_profit_options *options, uint32_t struct_size) {
    kam_backtest_profit_options ours = {0, 0, 6, 14, 10, 0, 1};
    if (!options) return KAM_ERR_NULL;
    ours.struct_size = struct_size;
    options->struct_size = struct_size;
    return kam__sized_write(options, &ours, sizeof ours,
                            KAM__FIRST(kam_backtest_profit_options), "options",
                            NULL);
}

static kam_status check_options(const kam_backtest_profit_options *o,
                                kam_diag *diag) {
    const struct {
        double value, most;
        const char *name;
        int above_zero;
    } range[] = {{o->saved_alpha, 1e6, "options.saved_alpha", 1},
                 {o->saved_beta, 1e6, "options.saved_beta", 1},
                 {o->offer, 1e300, "options.offer", 0},
                 {o->offer_share, 1, "options.offer_share", 0},
                 {o->contact, 1e300, "options.contact", 0}};
    for (size_t i = 0; i < sizeof range / sizeof range[0]; i++)
        if (!(range[i].value >= 0 && range[i].value <= range[i].most) ||
            (range[i].above_zero && !(range[i].value > 0)))
            return kam__fail(diag, KAM_ERR_OPTION, range[i].name, -1,
                             range[i].value, "{value} is not possible.");
    return KAM_OK;
}

/* One line: gamma a - b, of approaching k accounts. */
struct line {
    double a, b, k;
};

/* Where the lines of the envelope cross; the later has the larger a. */
static double crossing(const struct line *low, const struct line *high) {
    return (high->b - low->b) / (high->a - low->a);
}

/* Puts a line on the envelope: those it hides go. Costs only add up, so that a
 * line that is no steeper is no better. */
static int64_t put(struct line *line, int64_t n, const struct line *next) {
    for (; n > 0; n--) {
        const struct line *const top = &line[n - 1];
        if (next->a <= top->a) return n;
        const double from = n > 1 ? crossing(top - 1, top) : 0;
        if (!(crossing(top, next) <= from)) break;
    }
    line[n] = *next;
    return n + 1;
}

static int64_t envelope(const struct kam__ranked *rows,
                        const kam_backtest_profit_options *o,
                        struct line *line) {
    struct line at = {0, 0, 0};
    int64_t n = put(line, 0, &at);
    for (int64_t end = rows->n, first; end > 0; end = first) {
        first = end - 1;
        while (first > 0 && rows->key[first - 1] == rows->key[end - 1]) first--;
        for (int64_t i = first; i < end; i++) {
            const double offer = o->offer + o->offer_share * rows->value[i];
            if (rows->event[i])
                at.a += rows->value[i] - offer;
            else
                at.b += offer;
            at.b += o->contact;
            at.k++;
        }
        n = put(line, n, &at);
    }
    return n;
}

static void integrate(const struct line *line, int64_t n, double n_rows,
                      const kam_backtest_profit_options *o,
                      kam_backtest_profit_report *report) {
    const double a = o->saved_alpha, b = o->saved_beta;
    double from = 0, mass_from = 0, mean_from = 0;
    for (int64_t i = 0; i < n && from < 1; i++) {
        const double cross = i + 1 < n ? crossing(&line[i], &line[i + 1]) : 1;
        const double to = cross < from ? from : cross > 1 ? 1 : cross;
        const double mass = beta_p(a, b, to);
        const double mean = a / (a + b) * beta_p(a + 1, b, to);
        report->profit += line[i].a / n_rows * (mean - mean_from) -
                          line[i].b / n_rows * (mass - mass_from);
        report->share += line[i].k / n_rows * (mass - mass_from);
        from = to;
        mass_from = mass;
        mean_from = mean;
    }
}

kam_status kam_backtest_profit(const kam_column *rank, const kam_column *value,
                               const kam_column *event, int64_t n_rows,
                               const kam_backtest_profit_options *options,
                               const kam_host *host,
                               kam_backtest_profit_report *report,
                               kam_diag *diag) {
    kam_host lent;
    struct kam__ranked rows;
    kam_backtest_profit_options how;
    kam_backtest_profit_report ours;
    memset(&ours, 0, sizeof ours);
    kam_status status =
        options ? kam__sized_read(&how, sizeof how, options,
                                  KAM__FIRST(kam_backtest_profit_options),
                                  "options", diag)
                : kam_backtest_profit_options_init(&how, sizeof how);
    if (status == KAM_OK) status = check_options(&how, diag);
    if (status == KAM_OK && (!value || !event))
        status = kam__fail(diag, KAM_ERR_NULL, value ? "event" : "value", -1,
                           NAN, "");
    if (status == KAM_OK)
        status =
            kam__sized_check(report, KAM__FIRST(kam_backtest_profit_report),
                             "report", diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    status = kam__ranked_new(&rows, rank, "rank", 0, value, event, n_rows,
                             &lent, diag);
    if (status == KAM_OK) {
        const uint64_t n = (uint64_t)rows.n + 1;
        struct line *const line = kam__allocate(&lent, n, sizeof *line);
        if (line) {
            ours.n_rows = rows.n;
            integrate(line, envelope(&rows, &how, line), (double)rows.n, &how,
                      &ours);
        } else {
            status = kam__no_memory(diag);
        }
        kam__release(&lent, line, n, sizeof *line);
    }
    kam__ranked_free(&rows);
    if (status != KAM_OK) return status;
    kam__sized_write(report, &ours, sizeof ours,
                     KAM__FIRST(kam_backtest_profit_report), "report", NULL);
    return kam__ok(diag);
}
