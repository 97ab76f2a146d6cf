/* SPDX-License-Identifier: MIT */
/* Probabilities by band: calibration, Murphy's decomposition, stability; and a
 * forecast beside a naive one. Rows come sorted, so plain sums do. */
#include <kam/backtest.h>

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/sized.h"
#include "churn/ranked.h"
#include "math/accumulate.h"
#include "math/elementary.h"
#include "math/special.h"

enum { MOST_BANDS = 1000 };
#define Z 1.959963984540054
#define LEAST_PROBABILITY 1e-15

/* Wilson (1927). */
void kam__wilson(double k, double n, double *low, double *high) {
    const double p = k / n, middle = p + Z * Z / (2 * n);
    const double reach = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n));
    *low = k > 0 ? (middle - reach) / (1 + Z * Z / n) : 0;
    *high = k < n ? (middle + reach) / (1 + Z * Z / n) : 1;
}

static kam_status check_bands(int32_t n_asked, kam_diag *diag) {
    if (n_asked >= 1 && n_asked <= MOST_BANDS) return KAM_OK;
    return kam__fail(diag, KAM_ERR_OPTION, "n_asked", -1, n_asked,
                     "{value} bands are not 1..1000.");
}

/* One band; its share of the sums over rows. */
static void add_band(const struct kam__ranked *rows, int64_t first, int64_t end,
                     kam_backtest_band *band,
                     kam_backtest_bands_report *report) {
    const double n = (double)(end - first), all = (double)rows->n;
    const double base = (double)rows->n_events / all;
    double sum = 0, brier = 0;
    memset(band, 0, sizeof *band);
    band->n_rows = end - first;
    for (int64_t i = first; i < end; i++) {
        const double y = rows->event[i], p = rows->key[i];
        band->n_events += rows->event[i];
        sum += p;
        brier += (p - y) * (p - y);
    }
    band->forecast = sum / n;
    band->actual = (double)band->n_events / n;
    kam__wilson((double)band->n_events, n, &band->low, &band->high);
    const double off = band->forecast - band->actual;
    report->reliability += n / all * off * off;
    report->resolution +=
        n / all * (band->actual - base) * (band->actual - base);
    report->error += n / all * fabs(off);
    report->within += brier / all;
    if (end == rows->n)
        report->lift = base > 0 ? band->actual / base : (double)NAN;
}

kam_status kam_backtest_bands(const kam_column *probability,
                              const kam_column *event, int64_t n_rows,
                              int32_t n_asked, const kam_host *host,
                              kam_backtest_band *bands,
                              kam_backtest_bands_report *report,
                              kam_diag *diag) {
    kam_host lent;
    struct kam__ranked rows;
    kam_backtest_bands_report ours;
    memset(&ours, 0, sizeof ours);
    kam_status status = check_bands(n_asked, diag);
    if (status == KAM_OK && (!bands || !event))
        status = kam__fail(diag, KAM_ERR_NULL, bands ? "event" : "bands", -1,
                           NAN, "");
    if (status == KAM_OK)
        status = kam__sized_check(report, KAM__FIRST(kam_backtest_bands_report),
                                  "report", diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    status = kam__ranked_new(&rows, probability, "probability", 1, NULL, event,
                             n_rows, &lent, diag);
    if (status == KAM_OK) {
        int64_t first = 0;
        for (int32_t b = 0; b < n_asked; b++) {
            const int64_t end = kam__ranked_band(&rows, b, n_asked);
            if (end <= first) continue;
            add_band(&rows, first, end, &bands[ours.n_bands++], &ours);
            first = end;
        }
        const double base = (double)rows.n_events / (double)rows.n;
        ours.uncertainty = base * (1 - base);
        ours.within -= ours.reliability - ours.resolution + ours.uncertainty;
    }
    kam__ranked_free(&rows);
    if (status != KAM_OK) return status;
    kam__sized_write(report, &ours, sizeof ours,
                     KAM__FIRST(kam_backtest_bands_report), "report", NULL);
    return kam__ok(diag);
}

/* -- beside a naive forecast -- */

static double loss(double p, double y) {
    const double low = p < LEAST_PROBABILITY ? LEAST_PROBABILITY : p;
    const double q = low > 1 - LEAST_PROBABILITY ? 1 - LEAST_PROBABILITY : low;
    return y > 0 ? -kam__log(q) : -kam__log1p(-q);
}

/* Exact sums: this one does not sort. */
struct versus {
    kam_sum ours, naive, square;
    int64_t n;
};

static kam_status add_row(struct versus *to, double p, double q, double y,
                          int64_t row, kam_diag *diag) {
    if (p < 0 || p > 1 || q < 0 || q > 1)
        return kam__fail(diag, KAM_ERR_OPTION,
                         p < 0 || p > 1 ? "probability" : "naive", row,
                         p < 0 || p > 1 ? p : q,
                         "Row {row}'s probability is {value}, not from 0 to "
                         "1.");
    if (y == y && y != 0 && y != 1)
        return kam__fail(diag, KAM_ERR_OPTION, "event", row, y,
                         "Row {row}'s event is {value}, not 0 or 1.");
    if (!(p == p && q == q && y == y)) return KAM_OK;
    const double a = loss(p, y), b = loss(q, y);
    (void)kam_sum_add(&to->ours, a);
    (void)kam_sum_add(&to->naive, b);
    (void)kam_sum_add(&to->square, (b - a) * (b - a));
    to->n++;
    return KAM_OK;
}

static void describe(const struct versus *to,
                     kam_backtest_versus_report *report) {
    const double n = (double)to->n;
    report->n_rows = to->n;
    report->log_loss = kam_sum_value(&to->ours) / n;
    report->naive = kam_sum_value(&to->naive) / n;
    report->gain = report->naive - report->log_loss;
    const double variance =
        (kam_sum_value(&to->square) / n - report->gain * report->gain) *
        (n / (n - 1));
    report->std_error =
        to->n > 1 ? sqrt(variance > 0 ? variance / n : 0) : (double)NAN;
    const double reach = Z * report->std_error;
    report->verdict = report->gain > reach    ? KAM_BACKTEST_BETTER
                      : report->gain < -reach ? KAM_BACKTEST_WORSE
                                              : KAM_BACKTEST_UNDECIDED;
}

kam_status kam_backtest_versus(const kam_column *probability,
                               const kam_column *naive, const kam_column *event,
                               int64_t n_rows,
                               kam_backtest_versus_report *report,
                               kam_diag *diag) {
    const kam_column *const column[] = {probability, naive, event};
    const char *const name[] = {"probability", "naive", "event"};
    kam_backtest_versus_report ours;
    struct versus to;
    memset(&ours, 0, sizeof ours);
    memset(&to, 0, sizeof to);
    kam_status status = KAM_OK;
    if (n_rows < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_rows", -1, (double)n_rows,
                         "n_rows is {value}.");
    for (int k = 0; status == KAM_OK && k < 3; k++)
        status = column[k]
                     ? kam__column_check(column[k], n_rows, KAM__NUMBERS, 0,
                                         name[k], diag)
                     : kam__fail(diag, KAM_ERR_NULL, name[k], -1, NAN, "");
    if (status == KAM_OK)
        status =
            kam__sized_check(report, KAM__FIRST(kam_backtest_versus_report),
                             "report", diag);
    for (int64_t i = 0; status == KAM_OK && i < n_rows; i++)
        status = add_row(&to, kam__number_at(probability, i),
                         kam__number_at(naive, i), kam__number_at(event, i), i,
                         diag);
    if (status == KAM_OK && to.n == 0)
        status = kam__ranked_fail_empty(column, name, 3, n_rows, diag);
    if (status != KAM_OK) return status;
    describe(&to, &ours);
    kam__sized_write(report, &ours, sizeof ours,
                     KAM__FIRST(kam_backtest_versus_report), "report", NULL);
    return kam__ok(diag);
}

/* -- stability -- */

/* Bands of `before`, and how many of `after` fall into each. */
static void compare(const struct kam__ranked *before,
                    const struct kam__ranked *after, int32_t n_asked,
                    kam_backtest_stability_report *report) {
    const double n = (double)before->n, m = (double)after->n;
    int64_t first = 0, at = 0, n_bands = 0;
    double psi = 0;
    for (int pass = 0; pass < 2; pass++) {
        first = at = 0;
        for (int32_t b = 0; b < n_asked; b++) {
            const int64_t end = kam__ranked_band(before, b, n_asked);
            if (end <= first) continue;
            n_bands += pass == 0;
            const int64_t from = at;
            while (at < after->n &&
                   (end == before->n || after->key[at] <= before->key[end - 1]))
                at++;
            /* half a row more in each band: none is empty */
            const double k = (double)n_bands / 2;
            const double p = ((double)(end - first) + 0.5) / (n + k);
            const double q = ((double)(at - from) + 0.5) / (m + k);
            if (pass == 1) psi += (q - p) * kam__log(q / p);
            first = end;
        }
    }
    report->n_bands = (int32_t)n_bands;
    report->psi = psi;
    report->chance =
        n_bands > 1 ? (1 / n + 1 / m) * 2 *
                          kam__gamma_p_inverse((double)(n_bands - 1) / 2, 0.95)
                    : 0;
}

kam_status kam_backtest_stability(const kam_column *before, int64_t n_before,
                                  const kam_column *after, int64_t n_after,
                                  int32_t n_asked, const kam_host *host,
                                  kam_backtest_stability_report *report,
                                  kam_diag *diag) {
    kam_host lent;
    struct kam__ranked one, two;
    kam_backtest_stability_report ours;
    memset(&ours, 0, sizeof ours);
    memset(&two, 0, sizeof two);
    kam_status status = check_bands(n_asked, diag);
    if (status == KAM_OK)
        status =
            kam__sized_check(report, KAM__FIRST(kam_backtest_stability_report),
                             "report", diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    status = kam__ranked_new(&one, before, "before", 0, NULL, NULL, n_before,
                             &lent, diag);
    if (status == KAM_OK)
        status = kam__ranked_new(&two, after, "after", 0, NULL, NULL, n_after,
                                 &lent, diag);
    if (status == KAM_OK) compare(&one, &two, n_asked, &ours);
    kam__ranked_free(&one);
    kam__ranked_free(&two);
    if (status != KAM_OK) return status;
    kam__sized_write(report, &ours, sizeof ours,
                     KAM__FIRST(kam_backtest_stability_report), "report", NULL);
    return kam__ok(diag);
}
