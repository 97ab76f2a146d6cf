/* SPDX-License-Identifier: MIT */
/* W(u) / sqrt(u (1 - u)) is, in the time log(u / (1 - u)) / 2, the stationary
 * Ornstein-Uhlenbeck process (Doob 1949). With y(x, t) the chance of staying
 * within +-limit for a time t from x on, dy/dt = y'' - x y', y = 0 at the limit
 * and 1 elsewhere at first (Kolmogorov's backward equation), by Crank and
 * Nicolson's scheme after short steps of Euler's, which take the jump
 * (Rannacher 1984). */
#include "math/band.h"

#include <math.h>

#include "math/elementary.h"
#include "math/special.h"

enum { CELLS = 96, STEPS = 96, FIRST = 4 };

/* Half the range, which is symmetric: x = 0, h .. limit - h. */
struct line {
    double chance[CELLS], lower[CELLS], upper[CELLS];
    double same;
};

static void lay(struct line *line, double limit) {
    const double h = limit / CELLS;
    for (int i = 0; i < CELLS; i++) {
        line->chance[i] = 1;
        line->lower[i] = 1 / (h * h) + 0.5 * i;
        line->upper[i] = 1 / (h * h) - 0.5 * i;
    }
    line->upper[0] = 2 / (h * h); /* a mirror */
    line->same = -2 / (h * h);
}

/* One step, `implicit` (1/2 or 1) of which at its end. */
static void step(struct line *line, double time, double implicit) {
    const double now = (1 - implicit) * time, then = -implicit * time;
    const double diagonal = 1 + then * line->same;
    double right[CELLS], up[CELLS];
    for (int i = 0; i < CELLS; i++) {
        const double before = i > 0 ? line->chance[i - 1] : 0;
        const double behind = i + 1 < CELLS ? line->chance[i + 1] : 0;
        right[i] = line->chance[i] + now * (line->lower[i] * before +
                                            line->same * line->chance[i] +
                                            line->upper[i] * behind);
    }
    up[0] = then * line->upper[0] / diagonal;
    right[0] /= diagonal;
    for (int i = 1; i < CELLS; i++) {
        const double low = then * line->lower[i];
        const double pivot = diagonal - low * up[i - 1];
        up[i] = then * line->upper[i] / pivot;
        right[i] = (right[i] - low * right[i - 1]) / pivot;
    }
    line->chance[CELLS - 1] = right[CELLS - 1];
    for (int i = CELLS - 2; i >= 0; i--)
        line->chance[i] = right[i] - up[i] * line->chance[i + 1];
}

double kam__band_chance(double limit, double ratio) {
    const double time = 0.5 * kam__log(ratio);
    const double h = limit / CELLS;
    struct line line;
    double sum = time > 0 ? 0 : kam__exp(-0.5 * limit * limit);
    lay(&line, limit);
    for (int i = 0; i < FIRST && time > 0; i++)
        step(&line, time / STEPS / FIRST, 1);
    for (int i = 1; i < STEPS && time > 0; i++) step(&line, time / STEPS, 0.5);
    for (int i = 0; i < CELLS; i++) {
        const double x = i * h;
        sum += (i > 0 ? 2 : 1) * line.chance[i] * kam__exp(-0.5 * x * x);
    }
    return sum * h * 0x1.9884533d43651p-2; /* 1 / sqrt(2 pi) */
}

double kam__band_limit(double confidence, double ratio) {
    double low = kam__normal_quantile(0.5 + confidence / 2), high = 2 * low + 8;
    for (int i = 0; i < 24; i++) {
        const double middle = 0.5 * (low + high);
        if (kam__band_chance(middle, ratio) < confidence)
            low = middle;
        else
            high = middle;
    }
    return 0.5 * (low + high);
}
