/* SPDX-License-Identifier: MIT */
#include "churn/panel.h"

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/isa.h"
#include "base/sized.h"
#include "base/text.h"
#include "churn/hazard_terms.h"

const char *kam__panel_name(const kam_panel *panel, int32_t j, char *text) {
    struct kam__text to = kam__text_in(text, 48);
    if (panel->name && panel->name[j]) {
        kam__text_add(&to, panel->name[j]);
    } else {
        kam__text_add(&to, "column ");
        kam__text_integer(&to, j);
    }
    return text;
}

static kam_status check_columns(const kam_panel *panel, kam_diag *diag) {
    char name[48];
    if (panel->n_columns > 0 && !panel->column)
        return kam__fail(diag, KAM_ERR_NULL, "panel.column", -1, NAN, "");
    for (int32_t j = 0; j < panel->n_columns; j++) {
        const kam_status status =
            kam__column_check(&panel->column[j], panel->n_rows, KAM__NUMBERS, 1,
                              kam__panel_name(panel, j, name), diag);
        if (status != KAM_OK) return status;
    }
    return KAM_OK;
}

static kam_status check_rest(const kam_panel *panel, int32_t purpose,
                             kam_diag *diag) {
    const int fits = purpose == KAM__FOR_FITS;
    const int survival = purpose == KAM__FOR_SURVIVAL;
    const struct {
        const kam_column *column;
        const char *name;
        int types, wanted, required;
    } rest[] = {{&panel->offset, "panel.offset", KAM__NUMBERS, 1, 0},
                {&panel->event, "panel.event", KAM__NUMBERS, fits || survival,
                 1},
                {&panel->weight, "panel.weight", KAM__NUMBERS, fits || survival,
                 0},
                {&panel->cluster, "panel.cluster", KAM__INTEGERS, fits, 0},
                {&panel->start, "panel.start", KAM__NUMBERS, survival, 0},
                {&panel->stop, "panel.stop", KAM__NUMBERS, survival, 1},
                {&panel->stratum, "panel.stratum", KAM__INTEGERS, survival, 0}};
    for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++) {
        const kam_status status =
            rest[i].wanted ? kam__column_check(rest[i].column, panel->n_rows,
                                               rest[i].types, rest[i].required,
                                               rest[i].name, diag)
                           : KAM_OK;
        if (status != KAM_OK) return status;
    }
    return KAM_OK;
}

kam_status kam__panel_read(kam_panel *ours, const kam_panel *theirs,
                           int32_t purpose, kam_diag *diag) {
    kam_status status = kam__sized_read(ours, sizeof *ours, theirs,
                                        KAM__FIRST(kam_panel), "panel", diag);
    if (status != KAM_OK) return status;
    if (ours->n_rows < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "panel.n_rows", -1,
                         (double)ours->n_rows, "n_rows is {value}.");
    if (ours->n_columns < 0 || ours->n_columns > KAM_PANEL_MOST_COLUMNS)
        return kam__fail(diag, KAM_ERR_SHAPE, "panel.n_columns", -1,
                         ours->n_columns, "{value} columns are not 0..255.");
    status = check_columns(ours, diag);
    return status == KAM_OK ? check_rest(ours, purpose, diag) : status;
}

static int is_anything(double x) { return fabs(x) < INFINITY; }
static int is_event(double x) { return x == 0 || x == 1; }
static int is_weight(double x) { return x > 0 && x < INFINITY; }

static int is_useless(const kam_panel *panel, const kam_column *column,
                      int (*is_usable)(double)) {
    int64_t i = 0;
    while (i < panel->n_rows && !is_usable(kam__number_at(column, i))) i++;
    return i == panel->n_rows;
}

kam_status kam__panel_fail_empty(const kam_panel *panel, int32_t purpose,
                                 int32_t *culprit, kam_diag *diag) {
    static const char unknown[] = "none of its {value} rows is known.";
    const int survival = purpose == KAM__FOR_SURVIVAL;
    const struct {
        const kam_column *column;
        const char *name, *message;
        int (*is_usable)(double);
        int is_read;
    } rest[] = {{&panel->event, "panel.event",
                 "none of its {value} rows is 0 or 1.", is_event, 1},
                {&panel->stop, "panel.stop", unknown, is_anything, survival},
                {&panel->start, "panel.start", unknown, is_anything, survival},
                {&panel->weight, "panel.weight",
                 "none of its {value} rows is above 0.", is_weight, 1},
                {&panel->offset, "panel.offset", unknown, is_anything,
                 purpose != KAM__FOR_BINS}};
    const double n = (double)panel->n_rows;
    char name[48];
    if (panel->n_rows == 0)
        return kam__fail(diag, KAM_ERR_EMPTY, "panel", -1, n,
                         "there are {value} rows.");
    for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++)
        if (rest[i].is_read && rest[i].column->values &&
            is_useless(panel, rest[i].column, rest[i].is_usable))
            return kam__fail(diag, KAM_ERR_EMPTY, rest[i].name, -1, n,
                             rest[i].message);
    for (int32_t j = 0; purpose != KAM__FOR_BINS && j < panel->n_columns; j++)
        if (is_useless(panel, &panel->column[j], is_anything)) {
            if (culprit) *culprit = j;
            return kam__fail(diag, KAM_ERR_EMPTY,
                             kam__panel_name(panel, j, name), -1, n, unknown);
        }
    return kam__fail(diag, KAM_ERR_EMPTY, "panel", -1, n,
                     "none of {value} rows is usable: each lacks a number or "
                     "has one out of range.");
}

kam_status kam__panel_check_events(const kam_panel *panel, kam_diag *diag) {
    for (int64_t i = 0; i < panel->n_rows; i++) {
        const double y = kam__number_at(&panel->event, i);
        if (y == y && !is_event(y))
            return kam__fail(diag, KAM_ERR_ONE_CLASS, "panel.event", i, y,
                             "row {row} has {value}: an event is 1 and none is "
                             "0, and of these there is one kind only.");
    }
    return KAM_OK;
}

/* Absent columns count as `otherwise`; what is missing stays NaN. */
static void read_column(const kam_column *column, int64_t first, int32_t n,
                        double otherwise, double *to) {
    double tile[KAM__TILE];
    if (!column->values) {
        for (int32_t i = 0; i < n; i++) to[i] = otherwise;
        return;
    }
    const double *const from = kam__gather(column, first, n, tile);
    memcpy(to, from, (size_t)n * sizeof *to);
}

static uint32_t trouble(double x) {
    return x != x               ? (uint32_t)KAM_ROW_MISSING
           : fabs(x) < INFINITY ? 0
                                : (uint32_t)KAM_ROW_DOMAIN;
}

static void flag_rows(const double *x, int32_t n, uint32_t *flag) {
    double wild = 0;
    for (int32_t i = 0; i < n; i++) wild += x[i] - x[i]; /* NaN unless finite */
    if (wild == 0) return;
    for (int32_t i = 0; i < n; i++) flag[i] |= trouble(x[i]);
}

static void flag_fit(const struct kam__panel_rows *rows, int32_t n,
                     uint32_t *flag) {
    for (int32_t i = 0; i < n; i++) {
        const double y = rows->event[i], w = rows->weight[i];
        if (y == y && y != 0 && y != 1) flag[i] |= KAM_ROW_DOMAIN;
        if (w == w && !(w > 0)) flag[i] |= KAM_ROW_DOMAIN;
    }
    flag_rows(rows->event, n, flag);
    flag_rows(rows->weight, n, flag);
}

/* Closes the gaps that unusable rows leave. */
static void close_up(int32_t n_columns, int32_t n, const uint32_t *flag,
                     struct kam__panel_rows *rows) {
    int32_t m = 0;
    for (int32_t i = 0; i < n; i++)
        if (!flag[i]) rows->row[m++] = i;
    rows->n = m;
    if (m == n) return;
    for (int32_t k = 0; k < m; k++) {
        const int32_t i = rows->row[k];
        rows->event[k] = rows->event[i];
        rows->offset[k] = rows->offset[i];
        rows->weight[k] = rows->weight[i];
    }
    for (int32_t j = 1; j <= n_columns; j++) {
        double *const x = rows->signal + j * KAM__TILE;
        for (int32_t k = 0; k < m; k++) x[k] = x[rows->row[k]];
    }
}

void kam__panel_load(const kam_panel *panel, int32_t purpose, int32_t isa,
                     int64_t first, int32_t n, const double *centre,
                     const double *scale, struct kam__panel_rows *rows,
                     uint32_t *flag) {
    const struct kam__hazard_kernels *const kernels =
        KAM__PICK(isa, kam__hazard);
    uint32_t own[KAM__TILE];
    uint32_t *const f = flag ? flag : own;
    memset(f, 0, (size_t)n * sizeof *f);
    read_column(&panel->offset, first, n, 0, rows->offset);
    flag_rows(rows->offset, n, f);
    if (purpose == KAM__FOR_FITS) {
        read_column(&panel->event, first, n, 0, rows->event);
        read_column(&panel->weight, first, n, 1, rows->weight);
        flag_fit(rows, n, f);
    }
    for (int32_t j = 0; j < panel->n_columns; j++) {
        double tile[KAM__TILE];
        const double *const x = kam__gather(&panel->column[j], first, n, tile);
        double *const to = rows->signal + (j + 1) * KAM__TILE;
        const double c = centre ? centre[j] : 0, s = scale ? scale[j] : 1;
        if (kernels->shift(x, c, s, n, to)) flag_rows(x, n, f);
    }
    close_up(panel->n_columns, n, f, rows);
}
