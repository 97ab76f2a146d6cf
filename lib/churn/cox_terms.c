/* SPDX-License-Identifier: MIT */
#include "churn/cox_terms.h"

#include <string.h>

#include <kam/survival.h>

#include "base/isa.h"
#include "math/elementary.h"

static void clear(struct kam__cox_sums *sums, int32_t p) {
    sums->r = 0;
    memset(sums->rx, 0, (size_t)p * sizeof *sums->rx);
    memset(sums->rxx, 0, (size_t)(p * p) * sizeof *sums->rxx);
}

static void add(struct kam__cox_sums *restrict sums, const double *restrict x,
                double r, int32_t p) {
    sums->r += r;
    for (int32_t i = 0; i < p; i++) {
        const double rx = r * x[i];
        double *const restrict to = sums->rxx + i * p;
        sums->rx[i] += rx;
        for (int32_t j = 0; j <= i; j++) to[j] += rx * x[j];
    }
}

static void find_scores(struct kam__cox *cox, const double *theta) {
    const struct kam__cohort *const c = cox->cohort;
    cox->largest = -(double)INFINITY;
    for (int64_t i = 0; i < c->n; i++) {
        double s = c->offset[i];
        for (int32_t j = 0; j < c->p; j++) s += theta[j] * c->x[i * c->p + j];
        cox->score[i] = s;
        cox->largest = s > cox->largest ? s : cox->largest;
    }
}

static void find_risks(struct kam__cox *cox, const double *theta) {
    const struct kam__cohort *const c = cox->cohort;
    find_scores(cox, theta);
    const double largest = cox->largest;
    for (int64_t i = 0; i < c->n; i++) {
        cox->score[i] -= largest;
        cox->risk[i] = c->weight[i] * kam__exp(cox->score[i]);
    }
}

/* Where less than this share is left of a sum, or less than this at all, it says
 * nothing. */
#define LEAST_SHARE 0x1p-30
#define LEAST_SUM 1e-280

/* Those with an event at one time. */
struct ties {
    double n, weight;
};

/* With d events at one time, Efron takes the l-th (0 .. d - 1) against those at
 * risk less the share l / d of the events; Breslow takes each against all. The
 * sums over l need only these. */
struct factors {
    double one, share;           /* of 1 / phi, f / phi, f = l / d */
    double one2, share2, share3; /* of 1, f, f^2, over phi^2 */
    double log;                  /* of log phi */
};

static struct factors factors_of(const struct kam__cox *cox, double at_risk,
                                 const struct ties *ties) {
    struct factors sum = {0, 0, 0, 0, 0, 0};
    const int efron = cox->ties == KAM_TIES_EFRON;
    const double n = efron ? ties->n : 1;
    for (double l = 0; l < n; l++) {
        const double f = l / n, phi = at_risk - f * cox->dead.r;
        const double inverse = 1 / phi;
        sum.one += inverse;
        sum.share += f * inverse;
        sum.one2 += inverse * inverse;
        sum.share2 += f * inverse * inverse;
        sum.share3 += f * f * inverse * inverse;
        sum.log += kam__log(phi);
    }
    return sum;
}

static void add_events(struct kam__cox *cox, const struct ties *ties) {
    const int32_t p = cox->cohort->p;
    const double at_risk = cox->in.r - cox->gone.r;
    if (!(at_risk > LEAST_SHARE * cox->in.r && at_risk > LEAST_SUM))
        cox->is_lost = 1;
    const struct factors f = factors_of(cox, at_risk, ties);
    /* Efron's terms carry the mean weight, Breslow's only term all of it. */
    const double w =
        cox->ties == KAM_TIES_EFRON ? ties->weight / ties->n : ties->weight;
    cox->value -= w * f.log;
    if (cox->hazard) cox->hazard[cox->n_times] = w * f.one;
    for (int32_t i = 0; i < p; i++) {
        const double a = cox->in.rx[i] - cox->gone.rx[i];
        cox->left.rx[i] = a;
        cox->gradient[i] -= w * (a * f.one - cox->dead.rx[i] * f.share);
    }
    for (int32_t i = 0; i < p; i++) {
        const double ai = cox->left.rx[i], di = cox->dead.rx[i];
        const double u = ai * f.one2 - di * f.share2;
        const double v = ai * f.share2 - di * f.share3;
        for (int32_t j = 0; j <= i; j++) {
            const int32_t k = i * p + j;
            const double xx = cox->in.rxx[k] - cox->gone.rxx[k];
            cox->hessian[k] +=
                w * ((xx * f.one - cox->dead.rxx[k] * f.share) -
                     (u * cox->left.rx[j] - v * cox->dead.rx[j]));
        }
    }
}

/* The rows of one time: all enter, the events count. */
static void add_time(struct kam__cox *cox, int64_t first, int64_t end,
                     struct ties *ties) {
    const struct kam__cohort *const c = cox->cohort;
    ties->n = ties->weight = 0;
    for (int64_t i = first; i < end; i++) {
        const double *const x = c->x + i * c->p;
        add(&cox->in, x, cox->risk[i], c->p);
        if (!(c->event[i] > 0)) continue;
        if (ties->n == 0) clear(&cox->dead, c->p);
        add(&cox->dead, x, cox->risk[i], c->p);
        ties->n++;
        ties->weight += c->weight[i];
        cox->value += c->weight[i] * cox->score[i];
        for (int32_t j = 0; j < c->p; j++)
            cox->gradient[j] += c->weight[i] * x[j];
    }
}

static void evaluate(struct kam__cox *cox, const double *theta) {
    const struct kam__cohort *const c = cox->cohort;
    const int32_t p = c->p;
    int64_t late = 0, stratum = -1, end;
    find_risks(cox, theta);
    cox->value = 0;
    cox->is_lost = 0;
    cox->n_times = 0;
    memset(cox->gradient, 0, (size_t)p * sizeof *cox->gradient);
    memset(cox->hessian, 0, (size_t)(p * p) * sizeof *cox->hessian);
    for (int64_t first = 0; first < c->n; first = end) {
        struct ties ties;
        if (first == 0 || c->stratum[first] != c->stratum[stratum]) {
            clear(&cox->in, p);
            clear(&cox->gone, p);
            stratum = late = first;
        }
        end = kam__cohort_time_end(c, first);
        add_time(cox, first, end, &ties);
        if (ties.n == 0) continue;
        for (; c->by_start && late < c->n; late++) {
            const int64_t i = c->by_start[late];
            if (c->stratum[i] != c->stratum[first] ||
                c->start[i] < c->stop[first])
                break;
            add(&cox->gone, c->x + i * p, cox->risk[i], p);
        }
        if (cox->hazard) {
            cox->time[cox->n_times] = c->stop[first];
            if (cox->stratum) cox->stratum[cox->n_times] = c->stratum[first];
        }
        add_events(cox, &ties);
        cox->n_times++;
    }
    for (int32_t i = 0; i < p; i++)
        for (int32_t j = 0; j < i; j++)
            cox->hessian[j * p + i] = cox->hessian[i * p + j];
}

const struct kam__cox_kernels KAM__ISA(kam__cox) = {evaluate, find_scores};
