/* SPDX-License-Identifier: MIT */
#include "profit/ration.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "math/exact.h"
#include "math/extent.h"
#include "math/sort.h"

static uint64_t room(int64_t n) { return n > 0 ? (uint64_t)n : 1; }

int kam__ration_new(struct kam__ration *ration, const kam_host *host, int64_t n,
                    int32_t n_pots) {
    const uint64_t rows = room(n), pots = room(n_pots);
    memset(ration, 0, sizeof *ration);
    ration->n = n;
    ration->n_pots = n_pots;
    ration->claim = kam__allocate_zero(host, rows, sizeof *ration->claim);
    ration->pot = kam__allocate_zero(host, rows, sizeof *ration->pot);
    ration->cents = kam__allocate_zero(host, rows, sizeof *ration->cents);
    ration->total = kam__allocate_zero(host, pots, sizeof *ration->total);
    ration->sum = kam__allocate_zero(host, pots, sizeof *ration->sum);
    ration->left = kam__allocate_zero(host, pots, sizeof *ration->left);
    ration->lost = kam__allocate_zero(host, rows, sizeof *ration->lost);
    ration->order = kam__allocate_zero(host, rows, sizeof *ration->order);
    ration->scratch = kam__allocate_zero(host, rows, sizeof *ration->scratch);
    if (ration->claim && ration->pot && ration->cents && ration->total &&
        ration->sum && ration->left && ration->lost && ration->order &&
        ration->scratch)
        return 0;
    kam__ration_free(ration, host);
    return 1;
}

void kam__ration_free(struct kam__ration *ration, const kam_host *host) {
    const uint64_t rows = room(ration->n), pots = room(ration->n_pots);
    kam__release(host, ration->scratch, rows, sizeof *ration->scratch);
    kam__release(host, ration->order, rows, sizeof *ration->order);
    kam__release(host, ration->lost, rows, sizeof *ration->lost);
    kam__release(host, ration->left, pots, sizeof *ration->left);
    kam__release(host, ration->sum, pots, sizeof *ration->sum);
    kam__release(host, ration->total, pots, sizeof *ration->total);
    kam__release(host, ration->cents, rows, sizeof *ration->cents);
    kam__release(host, ration->pot, rows, sizeof *ration->pot);
    kam__release(host, ration->claim, rows, sizeof *ration->claim);
}

/* Each sum is taken in a scale of its pot's own, so that neither the order of the
 * claims nor their unit matters. */
void kam__ration_add_up(struct kam__ration *ration) {
    double *const largest = ration->total;
    for (int64_t i = 0; i < ration->n; i++) {
        const int32_t p = ration->pot[i];
        if (ration->claim[i] > largest[p]) largest[p] = ration->claim[i];
    }
    for (int64_t i = 0; i < ration->n; i++) {
        const int32_t p = ration->pot[i];
        if (!(ration->claim[i] > 0)) continue;
        const double up = kam__scaling_of(largest[p], KAM__SUM_BITS).up;
        const kam_sum term = kam__exact_of(ration->claim[i] * up);
        (void)kam__exact_add(&ration->sum[p], term.low, term.high);
    }
    for (int32_t p = 0; p < ration->n_pots; p++)
        ration->total[p] = kam_sum_value(&ration->sum[p]) *
                           kam__scaling_of(largest[p], KAM__SUM_BITS).down;
}

/* What each claim gets when rounded down; what it lost by that, negated so that
 * a rising order has the largest first. NaN comes last. */
static void round_down(struct kam__ration *ration) {
    for (int64_t i = 0; i < ration->n; i++) {
        const int32_t p = ration->pot[i];
        const double share = ration->claim[i] / ration->total[p];
        const double due = (double)ration->left[p] * share;
        const double whole = floor(due);
        ration->lost[i] = ration->claim[i] > 0 ? whole - due : (double)NAN;
        ration->cents[i] = ration->claim[i] > 0 ? (int64_t)whole : 0;
    }
    for (int64_t i = 0; i < ration->n; i++)
        ration->left[ration->pot[i]] -= ration->cents[i];
}

/* One cent each, largest loss first, or back, smallest loss first. Returns
 * whether a pot is not even yet: a handful of cents too many or too few for the
 * number of its claims, when it holds more than doubles can tell apart. */
static int even_out(struct kam__ration *ration) {
    int more = 0;
    for (int64_t k = 0; k < ration->n; k++) {
        const int64_t i = ration->order[k];
        int64_t *const left = &ration->left[ration->pot[i]];
        if (*left <= 0 || !(ration->claim[i] > 0)) continue;
        ration->cents[i]++;
        --*left;
    }
    for (int64_t k = ration->n; k-- > 0;) {
        const int64_t i = ration->order[k];
        int64_t *const left = &ration->left[ration->pot[i]];
        if (*left >= 0 || ration->cents[i] == 0) continue;
        ration->cents[i]--;
        ++*left;
    }
    for (int32_t p = 0; p < ration->n_pots; p++) more |= ration->left[p] != 0;
    return more;
}

void kam__ration_hand_out(struct kam__ration *ration) {
    round_down(ration);
    kam__sort_by_number(ration->lost, ration->n, ration->order,
                        ration->scratch);
    while (even_out(ration)) continue;
}
