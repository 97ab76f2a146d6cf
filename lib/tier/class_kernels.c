/* SPDX-License-Identifier: MIT */
/* Classes of the matrix for a tile of rows. Conditions are doubles, so that the
 * loop becomes vector code: 0 no, 1 yes, 1/2 not known; then "both" is the lesser
 * and "not" what is left of 1 (Kleene's three values). */
#include <math.h> /* fabs, INFINITY, NAN */

#include "base/isa.h"
#include "tier/classify.h"

static inline double known(double x) { return x == x ? 1.0 : 0.0; }

static inline double at_least(double x, double limit) {
    const double yes = x >= limit ? 1.0 : 0.0;
    return yes + 0.5 * (1 - known(x));
}

static inline double both(double a, double b) { return a < b ? a : b; }

static inline double cut(double x) {
    const double low = x < 0 ? 0.0 : x;
    return low > 1 ? 1.0 : low;
}

/* The class that the conditions from some one on give, and whether something
 * that mattered is missing. */
struct match {
    double found, missing;
};

/* The same with one condition before them. First match wins; before what is not
 * known nothing matches, unless missing is no (`strict` 0). */
static inline struct match before(struct match rest, double holds,
                                  double strict, double matrix_class) {
    const double yes = holds == 1 ? 1.0 : 0.0;
    const double unknown = holds == 0.5 ? 1.0 : 0.0;
    const double kept = (1 - unknown * strict) * rest.found;
    const double flagged = unknown + (1 - unknown) * rest.missing;
    return (struct match){yes * matrix_class + (1 - yes) * kept,
                          (1 - yes) * flagged};
}

/* What is a condition becomes a factor of 0 or 1: branches would stay. */
static void class_tile(const kam_matrix *m, const struct kam__class_tile *tile,
                       int32_t *restrict matrix_class, double *restrict share,
                       uint32_t *restrict flags) {
    const double *restrict revenue = tile->revenue;
    const double *restrict demand = tile->stable, *restrict trade =
                                                      tile->growth;
    const double *restrict spends = tile->wallet, *restrict hurts = tile->pain;
    const double top_limit = m->top_limit, middle_limit = m->middle_limit;
    const double high_growth = m->high_growth, low_growth = m->low_growth;
    const double wallet_share = m->wallet_share, pain_least = m->pain_least;
    const double strict = m->missing_is_no ? 0.0 : 1.0;
    const int32_t n = tile->n;
    for (int32_t i = 0; i < n; i++) {
        const double r = revenue[i], g = trade[i], w = spends[i], p = hurts[i];
        const double positive = w > 0 ? 1.0 : 0.0;
        const double finite = w < (double)INFINITY ? 1.0 : 0.0;
        const double has_wallet = positive * finite;
        const double no_wallet = known(w) - has_wallet;
        const double no_pain = p < 0 ? 1.0 : 0.0;
        const double ours = r / (has_wallet > 0 ? w : (double)NAN);
        const double pains = (1 - no_pain) * at_least(p, pain_least);
        const double pain = pains + no_pain * 0.5;
        const double top = at_least(r, top_limit);
        const double middle = at_least(r, middle_limit);
        const double stable = at_least(demand[i], 1);
        const double by_growth = 1 - at_least(g, low_growth);
        const double by_wallet = at_least(ours, wallet_share);
        const double limited =
            has_wallet * by_wallet + (1 - has_wallet) * by_growth;
        const double rich = both(middle, 1 - top), poor = 1 - middle;
        struct match match = {known(r) * KAM_MATRIX_UNCLASSIFIED, 1 - known(r)};
        match =
            before(match, both(poor, pain), strict, 1.0 * KAM_MATRIX_DEVELOP);
        match = before(match, both(stable, limited), strict,
                       1.0 * KAM_MATRIX_MAINTAIN);
        match = before(match, both(rich, at_least(g, high_growth)), strict,
                       1.0 * KAM_MATRIX_HIGH_POTENTIAL);
        match = before(match, both(top, stable), strict, 1.0 * KAM_MATRIX_CORE);
        const double wrong = no_wallet + no_pain - no_wallet * no_pain;
        matrix_class[i] = (int32_t)match.found;
        share[i] = ours;
        const double bits =
            match.missing * KAM_ROW_MISSING + wrong * KAM_ROW_DOMAIN;
        flags[i] |= (uint32_t)(int32_t)bits;
    }
}

static void value_tile(const kam_matrix *m, const struct kam__class_tile *tile,
                       double *restrict score) {
    const double *restrict revenue = tile->revenue;
    const double top = m->top_limit, middle = m->middle_limit;
    for (int32_t i = 0; i < tile->n; i++) {
        const double r = revenue[i];
        const double low = middle > 0 ? cut(0.5 * (r / middle)) : 0.0;
        const double high = 0.5 + 0.5 * ((r - middle) / (top - middle));
        const double below = r < middle ? low : high;
        const double found = r >= top ? 1.0 : below;
        score[i] = r == r ? found : (double)NAN;
    }
}

static void potential_tile(const kam_matrix *m,
                           const struct kam__class_tile *tile,
                           double *restrict score) {
    const double *restrict trade = tile->growth;
    const double *restrict share = tile->wallet_share;
    const double limit = m->high_growth;
    for (int32_t i = 0; i < tile->n; i++) {
        const double g = trade[i];
        const double step = g >= limit ? 1.0 : 0.0;
        const double known = limit > 0 ? cut(g / limit) : step;
        const double growth = g == g ? known : (double)NAN;
        const double headroom = cut(1 - share[i]);
        const double mean = 0.5 * (growth + headroom);
        const double one = growth == growth ? growth : headroom;
        score[i] = mean == mean ? mean : one;
    }
}

static void class_all(const kam_matrix *m, const struct kam__class_tile *tile) {
    class_tile(m, tile, tile->matrix_class, tile->wallet_share, tile->flags);
    if (tile->value_score) value_tile(m, tile, tile->value_score);
    if (tile->potential_score) potential_tile(m, tile, tile->potential_score);
}

const kam__class_work KAM__ISA(kam__class) = class_all;
