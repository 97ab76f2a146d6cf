/* SPDX-License-Identifier: MIT */
/* Tiers of a tile of rows. Lanes are doubles, also of tiers, so that the loop
 * becomes vector code. */
#include <math.h> /* NAN */

#include "base/isa.h"
#include "tier/assign.h"

/* Of a row: how many bands it is out of, which is its tier, the limit to rise
 * above it, and that to keep it. */
struct place {
    double tier, above, keep;
};

/* A row is out of band u unless it enters it, or keeps it coming from it or from
 * a better one. A row in one band is in all lower ones too. */
static inline struct place leave(struct place place, double score,
                                 double before, double u, double enter,
                                 double keep, double next_keep) {
    const double lowest = before <= u ? keep : enter;
    const int in = score >= lowest;
    const double tier = place.tier + (in ? 0.0 : 1.0);
    const double above = in ? place.above : enter;
    const double own = in ? place.keep : next_keep;
    return (struct place){tier, above, own};
}

/* Limits side by side, as the loops read them. */
struct limits {
    double enter[KAM__MOST_BANDS], keep[KAM__MOST_BANDS + 1];
};

static inline struct limits limits_of(const struct kam__band_tile *tile,
                                      int n_bands) {
    struct limits limits;
    for (int u = 0; u < n_bands; u++) {
        limits.enter[u] = tile->limits[u].enter;
        limits.keep[u] = tile->limits[u].keep;
    }
    limits.keep[n_bands] = (double)NAN;
    return limits;
}

/* Three bands are what most books have: written out, they become vector code. */
static inline struct place place_of(const struct limits *limits, int n_bands,
                                    double score, double before) {
    const double *const enter = limits->enter, *const keep = limits->keep;
    struct place at = {0, score, keep[0]};
    if (n_bands == 3) {
        at = leave(at, score, before, 0, enter[0], keep[0], keep[1]);
        at = leave(at, score, before, 1, enter[1], keep[1], keep[2]);
        return leave(at, score, before, 2, enter[2], keep[2], keep[3]);
    }
    for (int u = 0; u < n_bands; u++)
        at = leave(at, score, before, u, enter[u], keep[u], keep[u + 1]);
    return at;
}

/* Most rows have nothing to flag. Returns 0 when some row has; then `place_rows`
 * must answer. */
static inline int place_plain(const struct kam__band_tile *tile, int n_bands,
                              int32_t *restrict tier, double *restrict to_next,
                              double *restrict above_limit) {
    const double *restrict score = tile->score, *restrict given = tile->before;
    const struct limits limits = limits_of(tile, n_bands);
    double fits[KAM__TILE], odd = 0;
    for (int32_t i = 0; i < tile->n; i++) {
        const double s = score[i];
        const double b = given[i] == given[i] ? given[i] : n_bands;
        const double whole = (b + 0x1.8p52) - 0x1.8p52;
        const double least = b >= 0 ? whole : (double)NAN;
        const double valid = least == b && b <= n_bands ? 1.0 : 0.0;
        const struct place at = place_of(&limits, n_bands, s, b);
        fits[i] = s - s == 0 ? valid : 0.0;
        tier[i] = (int32_t)at.tier;
        to_next[i] = at.above - s;
        above_limit[i] = s - at.keep;
    }
    for (int32_t i = 0; i < tile->n; i++) odd = fits[i] > 0 ? odd : 1;
    return !(odd > 0);
}

/* A tier before that is none counts as n_bands. */
static inline void place_rows(const struct kam__band_tile *tile, int n_bands,
                              int32_t *restrict tier, double *restrict to_next,
                              double *restrict above_limit,
                              uint32_t *restrict flags) {
    const double *restrict score = tile->score, *restrict given = tile->before;
    const struct limits limits = limits_of(tile, n_bands);
    for (int32_t i = 0; i < tile->n; i++) {
        const double s = score[i], b = given[i];
        const double whole = (b + 0x1.8p52) - 0x1.8p52;
        const double up_to = b <= n_bands ? whole : -1;
        const double valid = up_to == b && b >= 0 ? 1.0 : 0.0;
        const double before = valid > 0 ? b : n_bands;
        const struct place at = place_of(&limits, n_bands, s, before);
        const double lacks = at.above - s;
        const double known = s == s ? at.tier : -1;
        const double missing = s == s ? 0.0 : 1.0 * KAM_ROW_MISSING;
        const double wrong = b == b ? 1 - valid : 0;
        tier[i] = (int32_t)known;
        to_next[i] = at.tier > 0 ? lacks : 0;
        above_limit[i] = s - at.keep;
        flags[i] |= (uint32_t)(int32_t)(missing + wrong * KAM_ROW_DOMAIN);
    }
}

static inline void place(const struct kam__band_tile *tile, int n_bands) {
    if (!place_plain(tile, n_bands, tile->tier, tile->to_next,
                     tile->above_limit))
        place_rows(tile, n_bands, tile->tier, tile->to_next, tile->above_limit,
                   tile->flags);
}

static void band_tile(const struct kam__band_tile *tile) {
    if (tile->n_bands == 3)
        place(tile, 3);
    else
        place(tile, tile->n_bands);
}

const kam__band_rows KAM__ISA(kam__band) = band_tile;
