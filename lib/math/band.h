/* SPDX-License-Identifier: MIT */
/* How far a standardised Brownian bridge strays. */
#ifndef KAM_MATH_BAND_H
#define KAM_MATH_BAND_H

/* The chance that |W(u)| / sqrt(u (1 - u)) of a Brownian bridge W stays below
 * `limit` from u to v, v / (1 - v) being `ratio` >= 1 times u / (1 - u). */
double kam__band_chance(double limit, double ratio);

/* The limit with a chance of `confidence` in (0, 1); to about 1e-3. */
double kam__band_limit(double confidence, double ratio);

#endif
