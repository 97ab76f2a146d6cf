/* SPDX-License-Identifier: MIT */
/* Reading a kam_panel tile by tile. */
#ifndef KAM_CHURN_PANEL_H
#define KAM_CHURN_PANEL_H

#include <kam/panel.h>

#include "base/rows.h"

/* What a call reads besides the signals. */
enum {
    KAM__FOR_SCORES = 0,
    KAM__FOR_FITS = 1,
    KAM__FOR_SURVIVAL = 2,
    KAM__FOR_BINS = 3
};

kam_status kam__panel_read(kam_panel *ours, const kam_panel *theirs,
                           int32_t purpose, kam_diag *diag);

/* The name of column j, for a diag; `text` holds 48 bytes. */
const char *kam__panel_name(const kam_panel *panel, int32_t j, char *text);

/* KAM_ERR_EMPTY: names the first of the panel's columns of which no row can be
 * used, in `culprit` (or NULL) when it is a signal; signals are looked at unless
 * `purpose` is KAM__FOR_BINS. */
kam_status kam__panel_fail_empty(const kam_panel *panel, int32_t purpose,
                                 int32_t *culprit, kam_diag *diag);

/* KAM_OK unless an event is neither 0 nor 1: for where all others are alike. */
kam_status kam__panel_check_events(const kam_panel *panel, kam_diag *diag);

/* The usable ones of n <= KAM__TILE rows, one after the other. Signals are
 * (x - centre) * scale; row 0 of `signal` is left to the caller. */
struct kam__panel_rows {
    int32_t n;
    double *signal; /* shape (1 + n_columns, KAM__TILE) */
    _Alignas(64) double event[KAM__TILE];
    double offset[KAM__TILE], weight[KAM__TILE];
    int32_t row[KAM__TILE]; /* where in the tile each stood */
};

/* At the level `isa`. `flag`, shape (n), may be NULL; weight and event are read for fits only. */
void kam__panel_load(const kam_panel *panel, int32_t purpose, int32_t isa,
                     int64_t first, int32_t n, const double *centre,
                     const double *scale, struct kam__panel_rows *rows,
                     uint32_t *flag);

#endif
