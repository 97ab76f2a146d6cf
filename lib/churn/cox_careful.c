/* SPDX-License-Identifier: MIT */
/* Cox's partial likelihood where plain sums say nothing: scores so far apart that
 * exp(score) is 0 for all at risk, signals of which one row is a million times
 * the others, risk sets that are small differences of large sums. Weights are
 * relative to the largest score of their own sum, and products are about the
 * mean of their own sum (West 1979, Communications of the ACM 22). */
#include <math.h>
#include <string.h>

#include "churn/cox_terms.h"
#include "math/elementary.h"

#include <kam/survival.h>

/* What is left of a sum when less than this share of it is, is added anew. */
#define LEAST_SHARE 0x1p-20
#define LEAST_PRODUCT 0x1p-30

static void add(struct kam__cox_sums *sums, const double *x, double weight,
                double score, int32_t p) {
    const size_t size = (size_t)p * sizeof *x;
    if (!(sums->r > 0)) {
        sums->top = score;
        sums->r = weight;
        memcpy(sums->rx, x, size);
        memset(sums->rxx, 0, size * (size_t)p);
        return;
    }
    if (score > sums->top) {
        const double less = kam__exp(sums->top - score);
        sums->top = score;
        sums->r *= less;
        for (int32_t k = 0; k < p * p; k++) sums->rxx[k] *= less;
    }
    const double r = weight * kam__exp(score - sums->top);
    const double all = sums->r + r, share = r / all, product = sums->r * share;
    sums->r = all;
    for (int32_t i = 0; i < p; i++) {
        const double by = product * (x[i] - sums->rx[i]);
        for (int32_t j = 0; j <= i; j++)
            sums->rxx[i * p + j] += by * (x[j] - sums->rx[j]);
    }
    for (int32_t i = 0; i < p; i++) sums->rx[i] += share * (x[i] - sums->rx[i]);
}

static void add_row(const struct kam__cox *cox, struct kam__cox_sums *sums,
                    int64_t i) {
    const struct kam__cohort *const c = cox->cohort;
    add(sums, c->x + i * c->p, c->weight[i], cox->score[i], c->p);
}

/* left <- in less gone; 0 when too little is left of it to be known so. */
static int subtract(struct kam__cox *cox) {
    const struct kam__cox_sums *const in = &cox->in, *const gone = &cox->gone;
    struct kam__cox_sums *const left = &cox->left;
    const int32_t p = cox->cohort->p;
    const double by =
        gone->r > 0 ? kam__exp(gone->top - in->top) : 0; /* its unit in in's */
    left->top = in->top;
    left->r = in->r - by * gone->r;
    if (by > 0 && !(left->r > LEAST_SHARE * in->r)) return 0;
    const double share = by > 0 ? by * gone->r / left->r : 0;
    for (int32_t i = 0; i < p; i++) {
        const double di = in->rx[i] - gone->rx[i];
        left->rx[i] = in->rx[i] + (share > 0 ? share * di : 0);
        for (int32_t j = 0; j <= i; j++) {
            const int32_t k = i * p + j;
            const double dj = in->rx[j] - gone->rx[j];
            left->rxx[k] = in->rxx[k];
            if (share > 0)
                left->rxx[k] -= by * gone->rxx[k] + in->r * share * di * dj;
        }
        if (left->rxx[i * p + i] < LEAST_PRODUCT * in->rxx[i * p + i]) return 0;
    }
    return 1;
}

/* Those of [first, end) that are under observation at a time, but for its
 * events. */
static void find_at_risk(struct kam__cox *cox, int64_t first, int64_t end,
                         double time) {
    const struct kam__cohort *const c = cox->cohort;
    if (!(cox->in.r > 0)) {
        cox->left.r = 0;
        return;
    }
    if (subtract(cox)) return;
    cox->in.r = cox->gone.r = 0;
    for (int64_t i = first; i < end; i++)
        if (c->start[i] < time && !(c->stop[i] == time && c->event[i] > 0))
            add_row(cox, &cox->in, i);
    cox->left.r = 0;
    if (cox->in.r > 0) (void)subtract(cox);
}

/* Those with an event at one time. */
struct ties {
    double n, weight, lowest; /* of their scores */
};

/* The others at risk weigh a and the events d; the l-th of n events counts the
 * share 1 - l / n of d. */
static void add_events(struct kam__cox *cox, const struct ties *ties) {
    const struct kam__cox_sums *const left = &cox->left, *const dead =
                                                             &cox->dead;
    const int32_t p = cox->cohort->p;
    const int alone = !(left->r > 0);
    const double top = alone || left->top < dead->top ? dead->top : left->top;
    const double from_left = alone ? 0 : kam__exp(left->top - top);
    const double from_dead = kam__exp(dead->top - top);
    const double a = alone ? 0 : from_left * left->r;
    const double d = from_dead * dead->r;
    const double n = cox->ties == KAM_TIES_EFRON ? ties->n : 1;
    const double w = ties->weight / n;
    double one = 0, share = 0, both = 0;
    for (double l = 0; l < n; l++) {
        const double s = 1 - l / n, phi = a + s * d;
        one += 1 / phi;
        share += s / phi;
        both += s / phi / phi;
        cox->value -= w * (kam__log(phi) + top);
    }
    if (cox->hazard)
        cox->hazard[cox->n_times] =
            w * one * kam__exp(cox->log_base - (top + cox->largest));
    if (top - ties->lowest > cox->wrong) cox->wrong = top - ties->lowest;
    for (int32_t i = 0; i < p; i++) {
        const double di = alone ? 0 : dead->rx[i] - left->rx[i];
        cox->gradient[i] += w * a * one * di;
        for (int32_t j = 0; j <= i; j++) {
            const int32_t k = i * p + j;
            const double dj = alone ? 0 : dead->rx[j] - left->rx[j];
            const double xx = alone ? 0 : left->rxx[k];
            cox->hessian[k] +=
                w * (from_left * one * xx + from_dead * share * dead->rxx[k] +
                     a * d * both * di * dj);
        }
    }
}

/* The rows of one time: all enter, the events count. */
static void add_time(struct kam__cox *cox, int64_t stratum, int64_t first,
                     int64_t end) {
    const struct kam__cohort *const c = cox->cohort;
    struct ties ties = {0, 0, (double)INFINITY};
    cox->dead.r = 0;
    for (int64_t i = first; i < end; i++) {
        if (!(c->event[i] > 0)) {
            add_row(cox, &cox->in, i);
            continue;
        }
        add_row(cox, &cox->dead, i);
        ties.n++;
        ties.weight += c->weight[i];
        cox->value += c->weight[i] * cox->score[i];
        if (cox->score[i] < ties.lowest) ties.lowest = cox->score[i];
    }
    if (ties.n > 0) {
        find_at_risk(cox, stratum, end, c->stop[first]);
        add_events(cox, &ties);
        if (cox->hazard) {
            cox->time[cox->n_times] = c->stop[first];
            if (cox->stratum) cox->stratum[cox->n_times] = c->stratum[first];
        }
        cox->n_times++;
    }
    for (int64_t i = first; i < end && ties.n > 0; i++) {
        if (!(c->event[i] > 0)) continue;
        for (int32_t j = 0; j < c->p; j++)
            cox->gradient[j] +=
                c->weight[i] * (c->x[i * c->p + j] - cox->dead.rx[j]);
        add_row(cox, &cox->in, i);
    }
}

void kam__cox_evaluate_carefully(struct kam__cox *cox, const double *theta) {
    const struct kam__cohort *const c = cox->cohort;
    const int32_t p = c->p;
    int64_t late = 0, stratum = 0, end;
    kam__cox_base.find_scores(cox, theta);
    for (int64_t i = 0; i < c->n; i++) cox->score[i] -= cox->largest;
    cox->value = cox->wrong = 0;
    cox->n_times = 0;
    cox->in.r = cox->gone.r = 0;
    memset(cox->gradient, 0, (size_t)p * sizeof *cox->gradient);
    memset(cox->hessian, 0, (size_t)(p * p) * sizeof *cox->hessian);
    for (int64_t first = 0; first < c->n; first = end) {
        if (c->stratum[first] != c->stratum[stratum]) {
            cox->in.r = cox->gone.r = 0;
            stratum = late = first;
        }
        end = kam__cohort_time_end(c, first);
        for (; c->by_start && late < c->n; late++) {
            const int64_t i = c->by_start[late];
            if (c->stratum[i] != c->stratum[first] ||
                c->start[i] < c->stop[first])
                break;
            add_row(cox, &cox->gone, i);
        }
        add_time(cox, stratum, first, end);
    }
    for (int32_t i = 0; i < p; i++)
        for (int32_t j = 0; j < i; j++)
            cox->hessian[j * p + i] = cox->hessian[i * p + j];
}
