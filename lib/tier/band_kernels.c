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

/* A tier before that is none counts as n_bands. Three bands are what most books
 * have: written out, they become vector code. */
static inline void place_rows(const struct kam__band_tile *tile, int n_bands,
                              int32_t *restrict tier, double *restrict to_next,
                              double *restrict above_limit,
                              uint32_t *restrict flags) {
    const double *restrict score = tile->score, *restrict given = tile->before;
    double enter[KAM__MOST_BANDS], keep[KAM__MOST_BANDS + 1];
    for (int u = 0; u < n_bands; u++) {
        enter[u] = tile->limits[u].enter;
        keep[u] = tile->limits[u].keep;
    }
    keep[n_bands] = (double)NAN;
    for (int32_t i = 0; i < tile->n; i++) {
        const double s = score[i], b = given[i];
        const double whole = (b + 0x1.8p52) - 0x1.8p52;
        const double up_to = b <= n_bands ? whole : -1;
        const double valid = up_to == b && b >= 0 ? 1.0 : 0.0;
        const double before = valid > 0 ? b : n_bands;
        struct place at = {0, s, keep[0]};
        if (n_bands == 3) {
            at = leave(at, s, before, 0, enter[0], keep[0], keep[1]);
            at = leave(at, s, before, 1, enter[1], keep[1], keep[2]);
            at = leave(at, s, before, 2, enter[2], keep[2], keep[3]);
        } else {
            for (int u = 0; u < n_bands; u++)
                at = leave(at, s, before, u, enter[u], keep[u], keep[u + 1]);
        }
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

static void band_tile(const struct kam__band_tile *tile) {
    if (tile->n_bands == 3)
        place_rows(tile, 3, tile->tier, tile->to_next, tile->above_limit,
                   tile->flags);
    else
        place_rows(tile, tile->n_bands, tile->tier, tile->to_next,
                   tile->above_limit, tile->flags);
}

const kam__band_rows KAM__ISA(kam__band) = band_tile;
