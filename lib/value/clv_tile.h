/* SPDX-License-Identifier: MIT */
/* What clv.c knows of a tile of rows when clv_interval.c begins. */
#ifndef KAM_VALUE_CLV_TILE_H
#define KAM_VALUE_CLV_TILE_H

#include "value/clv.h"

/* Rows that cannot be used have KAM_ROW_MISSING or KAM_ROW_DOMAIN. */
struct kam__clv_tile {
    const struct kam__btyd_rows *rows;
    struct kam__btyd_tile tile;
    double x[KAM__TILE], m[KAM__TILE]; /* orders of mean value m */
    double orders[KAM__TILE];          /* discounted, expected */
    double order_value[KAM__TILE];     /* expected */
    double margin[KAM__TILE];          /* of gross revenue */
    double value[KAM__TILE];           /* NaN where unusable, may be infinite */
    uint32_t flag[KAM__TILE];
};

/* Both ends for each row of a tile; NaN where the value is not finite. */
void kam__clv_interval_tile(const struct kam__clv *to,
                            const struct kam__clv_tile *tile, double *low,
                            double *high);

/* Money to come that may be lost: 0, but with probability `some` mean w + sqrt(spread
 * w^2 + noise w) times a standard normal variable, with w a gamma variable of mean 1
 * and this shape. The quantiles at `tail` and 1 - tail. */
struct kam__margin_law {
    double mean, spread, noise, shape, some;
};
void kam__margin_interval(const struct kam__margin_law *law, double tail,
                          double *low, double *high);

#endif
