/* SPDX-License-Identifier: MIT */
/* Kaplan-Meier curves, and the concordance of a risk with what happened. */
#include <kam/survival.h>

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/sized.h"
#include "churn/cohort.h"
#include "math/band.h"
#include "math/elementary.h"
#include "math/sort.h"
#include "math/special.h"

/* ---- the curve ---- */

static kam_status check_curve(const kam_survival_curve *curve, kam_diag *diag) {
    if (curve->scale < 0 || curve->scale > KAM_SURVIVAL_PLAIN)
        return kam__fail(diag, KAM_ERR_OPTION, "curve.scale", -1, curve->scale,
                         "{value} is no KAM_SURVIVAL_*.");
    if (!(curve->confidence >= 0 && curve->confidence < 1))
        return kam__fail(diag, KAM_ERR_OPTION, "curve.confidence", -1,
                         curve->confidence, "{value} is not between 0 and 1.");
    return KAM_OK;
}

static double within(double x) { return x < 0 ? 0 : x > 1 ? 1 : x; }

/* The bound on one side; `spread` is the standard error of log S. */
static double bound(int32_t scale, double z, double s, double spread) {
    if (!(s > 0)) return (double)NAN;
    if (s >= 1) return 1;
    if (scale == KAM_SURVIVAL_PLAIN) return within(s + z * s * spread);
    if (scale == KAM_SURVIVAL_LOG) return within(s * kam__exp(z * spread));
    /* log(-log S) has the standard error spread / |log S| */
    const double log_s = kam__log(s);
    return kam__exp(log_s * kam__exp(z * spread / log_s));
}

/* The band begins after so much weight of events, and ends where no more is left at
 * risk: beyond, no normal law holds (docs/models/survival.md). */
#define BAND_FROM 10.0

/* What intervals take, and Greenwood's sum where the band begins and ends. */
struct reach {
    double z, first, last;
};

static double confidence_of(const kam_survival_curve *curve) {
    return curve->confidence > 0 ? curve->confidence : 0.95;
}

static void write_at(kam_survival_curve *curve, const struct reach *reach,
                     int64_t k, double time, double n, double d, double s,
                     double variance) {
    const double z = reach->z;
    const int32_t scale = curve->scale ? curve->scale : KAM_SURVIVAL_LOG_LOG;
    const double spread = sqrt(variance);
    if (curve->time) curve->time[k] = time;
    if (curve->n_risk) curve->n_risk[k] = n;
    if (curve->n_event) curve->n_event[k] = d;
    if (curve->survival) curve->survival[k] = s;
    if (curve->std_error)
        curve->std_error[k] = s > 0 ? s * spread : (double)NAN;
    if (curve->low) curve->low[k] = bound(scale, -z, s, spread);
    if (curve->high) curve->high[k] = bound(scale, z, s, spread);
    const int in = variance >= reach->first && variance <= reach->last;
    const double away = in ? curve->band_factor : (double)NAN;
    if (curve->band_low) curve->band_low[k] = bound(scale, -away, s, spread);
    if (curve->band_high) curve->band_high[k] = bound(scale, away, s, spread);
}

/* The weight of rows with start >= time, by falling start. */
struct entries {
    const struct kam__cohort *cohort;
    int64_t next; /* in by_start, from the last on: rising start */
    double weight;
};

static double not_yet_in(struct entries *entries, double time) {
    const struct kam__cohort *const c = entries->cohort;
    while (c->by_start && entries->next >= 0 &&
           c->start[c->by_start[entries->next]] < time)
        entries->weight -= c->weight[c->by_start[entries->next--]];
    return entries->weight;
}

static void walk(const struct kam__cohort *c, struct reach *reach,
                 kam_survival_curve *curve) {
    double s = 1, variance = 0, staying = 0, gone = 0;
    struct entries entries = {c, c->n - 1, 0};
    for (int64_t i = 0; i < c->n; i++) staying += c->weight[i];
    if (c->by_start) entries.weight = staying;
    curve->n_times = 0;
    curve->median = (double)NAN;
    for (int64_t end = c->n, first; end > 0; end = first) {
        double events = 0, leaving = 0;
        for (first = end; first > 0 && c->stop[first - 1] == c->stop[end - 1];)
            first--;
        for (int64_t i = first; i < end; i++) {
            leaving += c->weight[i];
            if (c->event[i] > 0) events += c->weight[i];
        }
        const double n = staying - not_yet_in(&entries, c->stop[first]);
        if (events > 0) {
            /* all gone: exactly 0 */
            s = n > events ? s * (1 - events / n) : 0;
            variance += events / (n * (n - events));
            gone += events;
            if (gone >= BAND_FROM && n - leaving >= BAND_FROM) {
                if (!(reach->first > 0)) reach->first = variance;
                reach->last = variance;
            }
        }
        if (s <= 0.5 && curve->median != curve->median)
            curve->median = c->stop[first];
        write_at(curve, reach, curve->n_times++, c->stop[first], n, events, s,
                 variance);
        staying -= leaving;
    }
}

static void draw(const struct kam__cohort *cohort, kam_survival_curve *curve) {
    const double confidence = confidence_of(curve);
    struct reach reach = {kam__normal_quantile(0.5 + confidence / 2), 0, 0};
    curve->band_factor = (double)NAN;
    walk(cohort, &reach, curve);
    if ((!curve->band_low && !curve->band_high) || !(reach.first > 0)) return;
    curve->band_factor = kam__band_limit(confidence, reach.last / reach.first);
    walk(cohort, &reach, curve);
}

kam_status kam_survival_kaplan_meier(const kam_panel *panel,
                                     const kam_host *host,
                                     kam_survival_curve *curve,
                                     kam_diag *diag) {
    kam_panel ours;
    kam_host lent;
    kam_survival_curve mine;
    struct kam__cohort cohort;
    kam_status status = kam__panel_read(&ours, panel, KAM__FOR_SURVIVAL, diag);
    if (status == KAM_OK)
        status = kam__sized_read(&mine, sizeof mine, curve,
                                 KAM__FIRST(kam_survival_curve), "curve", diag);
    if (status == KAM_OK) status = check_curve(&mine, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    /* one curve of all rows: neither signals nor strata */
    ours.n_columns = 0;
    memset(&ours.stratum, 0, sizeof ours.stratum);
    memset(&ours.offset, 0, sizeof ours.offset);
    status = kam__cohort_new(&cohort, &ours, NULL, &lent, NULL, diag);
    if (status == KAM_OK) {
        draw(&cohort, &mine);
        mine.n_rows = cohort.n;
        mine.n_skipped = cohort.n_rows - cohort.n;
    }
    kam__cohort_free(&cohort);
    if (status != KAM_OK) return status;
    kam__sized_write(curve, &mine, sizeof mine, KAM__FIRST(kam_survival_curve),
                     "curve", NULL);
    return kam__ok(diag);
}

/* ---- concordance ---- */

/* Counts by rank of risk (Fenwick 1994). */
struct counts {
    int64_t *tree; /* shape (n + 1) */
    int64_t n, total;
};

static void count(struct counts *counts, int64_t rank, int64_t by) {
    counts->total += by;
    for (int64_t i = rank; i <= counts->n; i += i & -i) counts->tree[i] += by;
}

static int64_t up_to(const struct counts *counts, int64_t rank) {
    int64_t sum = 0;
    for (int64_t i = rank; i > 0; i -= i & -i) sum += counts->tree[i];
    return sum;
}

/* Ranks 1 .. of the risks; equal risks share one. */
static void rank_risks(const struct kam__cohort *c, int64_t *rank,
                       int64_t *order, int64_t *scratch) {
    int64_t next = 0;
    kam__sort_by_number(c->x, c->n, order, scratch);
    for (int64_t i = 0; i < c->n; i++) {
        if (i == 0 || c->x[order[i]] != c->x[order[i - 1]]) next++;
        rank[order[i]] = next;
    }
}

static void compare(const struct kam__cohort *c, const int64_t *rank,
                    struct counts *counts, kam_survival_pairs *pairs) {
    for (int64_t first = 0, end, late = 0; first < c->n; first = end) {
        if (first == 0 || c->stratum[first] != c->stratum[first - 1]) {
            memset(counts->tree, 0,
                   (size_t)(counts->n + 1) * sizeof *counts->tree);
            counts->total = 0;
            late = first;
        }
        end = kam__cohort_time_end(c, first);
        /* who stays beyond this time, censored at it included */
        for (int64_t i = first; i < end; i++)
            if (!(c->event[i] > 0)) count(counts, rank[i], 1);
        for (; c->by_start && late < c->n; late++) {
            const int64_t i = c->by_start[late];
            if (c->stratum[i] != c->stratum[first] ||
                c->start[i] < c->stop[first])
                break;
            count(counts, rank[i], -1);
        }
        for (int64_t i = first; i < end; i++) {
            if (!(c->event[i] > 0)) continue;
            const int64_t below = up_to(counts, rank[i] - 1);
            const int64_t at = up_to(counts, rank[i]) - below;
            pairs->concordant += below;
            pairs->tied += at;
            pairs->discordant += counts->total - below - at;
        }
        for (int64_t i = first; i < end; i++)
            if (c->event[i] > 0) count(counts, rank[i], 1);
    }
    const double all =
        (double)(pairs->concordant + pairs->discordant) + (double)pairs->tied;
    pairs->concordance =
        all > 0 ? ((double)pairs->concordant + 0.5 * (double)pairs->tied) / all
                : (double)NAN;
}

kam_status kam_survival_concordance(const kam_panel *panel,
                                    const kam_column *risk,
                                    const kam_host *host,
                                    kam_survival_pairs *pairs, kam_diag *diag) {
    kam_panel ours;
    kam_host lent;
    kam_survival_pairs mine = {0};
    struct kam__cohort cohort;
    kam_status status = kam__panel_read(&ours, panel, KAM__FOR_SURVIVAL, diag);
    if (status == KAM_OK && !risk)
        status = kam__fail(diag, KAM_ERR_NULL, "risk", -1, NAN, "");
    if (status == KAM_OK)
        status =
            kam__column_check(risk, ours.n_rows, KAM__NUMBERS, 1, "risk", diag);
    if (status == KAM_OK)
        status = kam__sized_check(pairs, KAM__FIRST(kam_survival_pairs),
                                  "pairs", diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    ours.n_columns = 0;
    memset(&ours.offset, 0, sizeof ours.offset);
    status = kam__cohort_new(&cohort, &ours, risk, &lent, NULL, diag);
    if (status == KAM_OK) {
        const uint64_t n = (uint64_t)cohort.n;
        int64_t *const room = kam__allocate(&lent, 4 * n + 1, sizeof *room);
        if (room) {
            struct counts counts = {room + n, cohort.n, 0};
            rank_risks(&cohort, room, room + 2 * n + 1, room + 3 * n + 1);
            compare(&cohort, room, &counts, &mine);
        } else {
            status = kam__no_memory(diag);
        }
        kam__release(&lent, room, 4 * n + 1, sizeof *room);
    }
    kam__cohort_free(&cohort);
    if (status != KAM_OK) return status;
    kam__sized_write(pairs, &mine, sizeof mine, KAM__FIRST(kam_survival_pairs),
                     "pairs", NULL);
    return kam__ok(diag);
}
