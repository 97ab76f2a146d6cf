/* SPDX-License-Identifier: MIT */
/* The isotonic curve pools adjacent violators; curves with coefficients are in
 * calibrate_curve.c. Rows come sorted, so plain sums do not depend on their
 * order. */
#include <kam/calibrate.h>

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "churn/calibrate_curve.h"
#include "math/elementary.h"

/* Floors of events, and of rows without one (D). */
enum { FLOOR_BETA = 50, FLOOR_ISOTONIC = 1000 };

const char *kam_calibrate_why_name(int32_t why) {
    switch (why) {
    case KAM_CALIBRATE_ASKED: return "asked";
    case KAM_CALIBRATE_FEW: return "few_events";
    case KAM_CALIBRATE_SOME: return "some_events";
    case KAM_CALIBRATE_MANY: return "many_events";
    case KAM_CALIBRATE_NO_ROOM: return "no_room";
    default: return "unknown";
    }
}

/* -- isotonic -- */

/* Pools adjacent violators (Ayer et al. 1955). Blocks lie in knot (sum of
 * events), level (rows) and start until they become knots: two a block, or one
 * when it holds one probability. */
struct block {
    double events, rows, low, high;
};

static int64_t pool(const struct kam__ranked *rows, struct block *block) {
    int64_t n = 0;
    for (int64_t first = 0, end; first < rows->n; first = end) {
        end = kam__ranked_end(rows, first);
        struct block last = {0, (double)(end - first), rows->key[first],
                             rows->key[first]};
        for (int64_t i = first; i < end; i++) last.events += rows->event[i];
        while (n > 0 && block[n - 1].events * last.rows >=
                            last.events * block[n - 1].rows) {
            last.events += block[n - 1].events;
            last.rows += block[n - 1].rows;
            last.low = block[n - 1].low;
            n--;
        }
        block[n++] = last;
    }
    return n;
}

/* No block promises more than its rows can: levels stay off 0 and 1. */
static int64_t write_knots(const struct block *block, int64_t n_blocks,
                           double n, double *knot, double *level) {
    int64_t k = 0;
    for (int64_t i = 0; i < n_blocks; i++) {
        const double share = block[i].events / block[i].rows;
        const double least = 1 / (n + 2);
        const double at = share < least       ? least
                          : share > 1 - least ? 1 - least
                                              : share;
        knot[k] = block[i].low;
        level[k++] = at;
        if (block[i].high > block[i].low) {
            knot[k] = block[i].high;
            level[k++] = at;
        }
    }
    return k;
}

static kam_status fit_isotonic(const struct kam__ranked *rows,
                               const kam_host *host, double *knot,
                               double *level, kam_calibration *curve,
                               kam_diag *diag) {
    const uint64_t n = (uint64_t)rows->n;
    if (kam__calibrate_is_stopped(host, 0, rows->n))
        return kam__fail(diag, KAM_ERR_CANCELLED, "host.progress", -1, NAN, "");
    struct block *const block = kam__allocate(host, n, sizeof *block);
    if (!block) return kam__no_memory(diag);
    const int64_t n_blocks = pool(rows, block);
    curve->n_knots = write_knots(block, n_blocks, (double)rows->n, knot, level);
    curve->knot = knot;
    curve->level = level;
    kam__release(host, block, n, sizeof *block);
    return KAM_OK;
}

/* -- choosing -- */

static void choose(int32_t method, const struct kam__ranked *rows, int has_room,
                   kam_calibration *curve) {
    const int64_t n0 = rows->n - rows->n_events;
    const int64_t fewer = n0 < rows->n_events ? n0 : rows->n_events;
    curve->method = method;
    curve->why = KAM_CALIBRATE_ASKED;
    if (method != KAM_CALIBRATE_AUTO) return;
    if (fewer < FLOOR_BETA) {
        curve->method = KAM_CALIBRATE_PLATT;
        curve->why = KAM_CALIBRATE_FEW;
    } else if (fewer >= FLOOR_ISOTONIC && has_room) {
        curve->method = KAM_CALIBRATE_ISOTONIC;
        curve->why = KAM_CALIBRATE_MANY;
    } else {
        curve->method = KAM_CALIBRATE_BETA;
        curve->why = fewer >= FLOOR_ISOTONIC ? KAM_CALIBRATE_NO_ROOM
                                             : KAM_CALIBRATE_SOME;
    }
}

static kam_status fit(int32_t method, const struct kam__ranked *rows,
                      const kam_host *host, double *knot, double *level,
                      kam_calibration *curve, kam_diag *diag) {
    curve->n_rows = rows->n;
    curve->n_events = rows->n_events;
    if (rows->n_events == 0 || rows->n_events == rows->n)
        return kam__fail(diag, KAM_ERR_ONE_CLASS, "event", -1,
                         rows->n_events > 0,
                         "the event is {value} in every "
                         "row.");
    choose(method, rows, knot && level, curve);
    if (curve->method == KAM_CALIBRATE_ISOTONIC)
        return fit_isotonic(rows, host, knot, level, curve, diag);
    const kam_status status =
        kam__calibrate_curve(rows, curve->method, host, curve->coefficient);
    if (status != KAM_OK)
        return kam__fail(diag, status,
                         status == KAM_ERR_CANCELLED ? "host.progress" : "", -1,
                         NAN, "");
    if (curve->method == KAM_CALIBRATE_PLATT) {
        curve->coefficient[1] = curve->coefficient[2];
        curve->coefficient[2] = 0;
    }
    return KAM_OK;
}

kam_status kam_calibrate_fit(int32_t method, const kam_column *probability,
                             const kam_column *event, int64_t n_rows,
                             const kam_host *host, double *knot, double *level,
                             kam_calibration *curve, kam_diag *diag) {
    kam_host lent;
    struct kam__ranked rows;
    kam_calibration ours;
    memset(&ours, 0, sizeof ours);
    if (method < KAM_CALIBRATE_AUTO || method > KAM_CALIBRATE_ISOTONIC)
        return kam__fail(diag, KAM_ERR_OPTION, "method", -1, method,
                         "{value} is no KAM_CALIBRATE_*.");
    if (!curve || !event || !knot != !level ||
        (method == KAM_CALIBRATE_ISOTONIC && !knot))
        return kam__fail(diag, KAM_ERR_NULL,
                         !curve   ? "curve"
                         : !event ? "event"
                         : !knot  ? "knot"
                                  : "level",
                         -1, NAN, "");
    kam_status status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    status = kam__ranked_new(&rows, probability, "probability", 1, NULL, event,
                             n_rows, &lent, diag);
    if (status == KAM_OK)
        status = fit(method, &rows, &lent, knot, level, &ours, diag);
    kam__ranked_free(&rows);
    if (status != KAM_OK) return status;
    *curve = ours;
    return kam__ok(diag);
}

/* -- applying -- */

/* Lines between knots, flat beyond. */
static double between_knots(const kam_calibration *curve, double p) {
    int64_t low = 0, high = curve->n_knots - 1;
    if (p <= curve->knot[low]) return curve->level[low];
    if (p >= curve->knot[high]) return curve->level[high];
    while (high - low > 1) {
        const int64_t middle = low + (high - low) / 2;
        if (curve->knot[middle] <= p)
            low = middle;
        else
            high = middle;
    }
    const double share =
        (p - curve->knot[low]) / (curve->knot[high] - curve->knot[low]);
    return curve->level[low] + share * (curve->level[high] - curve->level[low]);
}

static double calibrated(const kam_calibration *curve, double p) {
    const double *const b = curve->coefficient;
    double x[3];
    if (curve->method == KAM_CALIBRATE_ISOTONIC) return between_knots(curve, p);
    kam__calibrate_features(curve->method, p, x);
    const double s = curve->method == KAM_CALIBRATE_PLATT
                         ? b[0] * x[0] + b[1]
                         : b[0] * x[0] + b[1] * x[1] + b[2];
    const double e = kam__exp(-fabs(s));
    return s < 0 ? e / (1 + e) : 1 / (1 + e);
}

struct job {
    const kam_calibration *curve;
    const kam_column *probability;
    double *out;
    uint32_t *row_flags;
};

static void apply(void *context, int64_t first, int32_t n) {
    const struct job *const job = context;
    double tile[KAM__TILE];
    const double *const p = kam__gather(job->probability, first, n, tile);
    for (int32_t i = 0; i < n; i++) {
        const uint32_t flag = p[i] != p[i] ? (uint32_t)KAM_ROW_MISSING
                              : p[i] >= 0 && p[i] <= 1
                                  ? 0
                                  : (uint32_t)KAM_ROW_DOMAIN;
        job->out[first + i] = flag ? (double)NAN : calibrated(job->curve, p[i]);
        if (job->row_flags) job->row_flags[first + i] = flag;
    }
}

static kam_status check_curve(const kam_calibration *curve, kam_diag *diag) {
    if (!curve) return kam__fail(diag, KAM_ERR_NULL, "curve", -1, NAN, "");
    if (curve->method < KAM_CALIBRATE_PLATT ||
        curve->method > KAM_CALIBRATE_ISOTONIC)
        return kam__fail(diag, KAM_ERR_OPTION, "curve.method", -1,
                         curve->method, "{value} is no curve.");
    if (curve->method == KAM_CALIBRATE_ISOTONIC &&
        (curve->n_knots < 1 || !curve->knot || !curve->level))
        return kam__fail(diag, KAM_ERR_SHAPE, "curve.n_knots", -1,
                         (double)curve->n_knots, "{value} knots are none.");
    for (int j = 0; j < 3; j++)
        if (!isfinite(curve->coefficient[j]))
            return kam__fail(diag, KAM_ERR_OPTION, "curve.coefficient", j,
                             curve->coefficient[j], "number {row} is {value}.");
    return KAM_OK;
}

kam_status kam_calibrate_apply(const kam_calibration *curve,
                               const kam_column *probability, int64_t n_rows,
                               const kam_host *host, double *calibrated_,
                               uint32_t *row_flags, kam_diag *diag) {
    struct job job = {curve, probability, calibrated_, row_flags};
    kam_host lent;
    kam_status status = check_curve(curve, diag);
    if (status == KAM_OK && n_rows < 0)
        status = kam__fail(diag, KAM_ERR_SHAPE, "n_rows", -1, (double)n_rows,
                           "n_rows is {value}.");
    if (status == KAM_OK && (!probability || !calibrated_))
        status =
            kam__fail(diag, KAM_ERR_NULL,
                      probability ? "calibrated" : "probability", -1, NAN, "");
    if (status == KAM_OK)
        status = kam__column_check(probability, n_rows, KAM__NUMBERS, 0,
                                   "probability", diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    status = kam__for_rows(&lent, n_rows, apply, &job, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}
