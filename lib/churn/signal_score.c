/* SPDX-License-Identifier: MIT */
/* Self-starting scores: a measurement beside all earlier ones of its account
 * (Hawkins 1987, Technometrics 29; for counts Hawkins & Olwell 1998, ch. 7).
 * While nothing changes they are independent standard normal numbers from the
 * start, so limits for known parameters hold for short series. */
#include "churn/signal_score.h"

#include <kam/signal.h>
#include <math.h>

#include "math/elementary.h"
#include "math/incomplete_beta.h"
#include "math/special.h"

static const double MOST_SCORE = 8, MOST_COUNT = 1e6,
                    MOST_SIZE = 1e150; /* whose square is a number */

int kam__usual_takes(const struct kam__usual *usual, double x) {
    if (!(fabs(x) <= MOST_SIZE)) return 0;
    if (usual->law == KAM_SIGNAL_IS_LOG_NORMAL ||
        usual->law == KAM_SIGNAL_IS_GAP)
        return x >= 0;
    if (usual->law == KAM_SIGNAL_IS_COUNT)
        return x >= 0 && x <= MOST_COUNT && x == floor(x);
    return 1;
}

static double within(double score) {
    return score > MOST_SCORE    ? MOST_SCORE
           : score < -MOST_SCORE ? -MOST_SCORE
                                 : score;
}

/* The normal number as rare as Student's t with n - 1 degrees. */
static double score_of_t(double t, double n) {
    const double degrees = n - 1;
    if (t == 0) return 0;
    const double tail =
        0.5 * kam__beta_prime_lower(0.5 * degrees, 0.5, degrees / (t * t));
    const double size = -kam__normal_quantile(tail);
    return within(t > 0 ? size : -size);
}

static int score_of_number(const struct kam__usual *usual, double x,
                           double *score) {
    const int is_log = usual->law == KAM_SIGNAL_IS_LOG_NORMAL;
    const double y = is_log ? kam__log(x) : x, n = usual->n;
    if (!usual->is_known && !(n >= 2 && usual->spread > 0)) return 0;
    if (is_log && x == 0) {
        *score = -MOST_SCORE;
        return 1;
    }
    if (usual->is_known) {
        *score = within((y - usual->level) / usual->spread);
        return 1;
    }
    const double s = sqrt(usual->spread / (n - 1) * ((n + 1) / n));
    *score = score_of_t((y - usual->level) / s, n);
    return 1;
}

/* The mixer of SplitMix64 (Steele, Lea & Flood 2014). */
uint64_t kam__mix(uint64_t before, double x) {
    uint64_t h = before * 0x9e3779b97f4a7c15u ^ kam__bits(x);
    h = (h ^ h >> 30) * 0xbf58476d1ce4e5b9u;
    h = (h ^ h >> 27) * 0x94d049bb133111ebu;
    return h ^ h >> 31;
}

double kam__part(uint64_t mixed) {
    return ((double)(mixed >> 12) + 0.5) * 0x1p-52;
}

/* P(X >= x): X Poisson, or binomial, one period's share of n + 1. */
static double upper(const struct kam__usual *usual, double x, double total) {
    if (x <= 0) return 1;
    if (usual->is_known) return kam__gamma_p(x, usual->level);
    if (x > total) return 0;
    return kam__beta_prime_lower(x, total - x + 1, 1 / usual->n);
}

/* A gap beside n earlier ones that sum to T: P(longer) = (T / (T + x))^n. */
static int score_of_gap(const struct kam__usual *usual, double x,
                        double *score) {
    if (!usual->is_known && !(usual->sum > 0)) return 0;
    const double log_tail = usual->is_known
                                ? -x / usual->level
                                : -usual->n * kam__log1p(x / usual->sum);
    *score =
        within(log_tail > -0.5 ? kam__normal_quantile(-kam__expm1(log_tail))
                               : -kam__normal_quantile(kam__exp(log_tail)));
    return 1;
}

/* The part of a count that whole numbers cannot show is a number from the
 * history (Dunn & Smyth 1996): the same for the same one. */
static int score_of_count(const struct kam__usual *usual, double x,
                          double *score) {
    const double total = usual->sum + x;
    if (!usual->is_known && !(usual->sum > 0)) return 0;
    const double above = upper(usual, x + 1, total);
    const double from = upper(usual, x, total);
    const double tail =
        above + kam__part(kam__mix(usual->seen + 1, x)) * (from - above);
    *score = within(-kam__normal_quantile(tail));
    return 1;
}

int kam__usual_score(const struct kam__usual *usual, double x, double *score) {
    switch (usual->law) {
    case KAM_SIGNAL_IS_COUNT: return score_of_count(usual, x, score);
    case KAM_SIGNAL_IS_GAP: return score_of_gap(usual, x, score);
    default: return score_of_number(usual, x, score);
    }
}

void kam__usual_add(struct kam__usual *usual, double x) {
    const int is_log = usual->law == KAM_SIGNAL_IS_LOG_NORMAL;
    if (is_log && x == 0) return;
    usual->n++;
    usual->sum += x;
    usual->seen = kam__mix(usual->seen, x);
    if (usual->is_known || usual->law >= KAM_SIGNAL_IS_COUNT) return;
    /* Welford (1962) */
    const double y = is_log ? kam__log(x) : x;
    const double off = y - usual->level;
    usual->level += off / usual->n;
    usual->spread += off * (y - usual->level);
}

double kam__usual_mean(const struct kam__usual *usual) {
    if (usual->is_known)
        return usual->law == KAM_SIGNAL_IS_LOG_NORMAL ? kam__exp(usual->level)
                                                      : usual->level;
    return usual->n > 0 ? usual->sum / usual->n : (double)NAN;
}
