/* SPDX-License-Identifier: MIT */
/* Accounts between two windows: share, new ones, retention, defection (K7, K8,
 * K9 with V4, K13). */
#include <kam/kpi_of_customers.h>

#include <math.h>

#include "base/sized.h"
#include "kpi/figures.h"

enum { BEFORE, NOW, FIRST_DAY, HAS_LEFT, WALLET };
enum { OURS, WALLETS, BASE, KEPT, LATER, N_SUMS };
enum {
    N_SHARE,
    N_SHARE_OUT,
    N_ACTIVE,
    N_ACTIVE_OUT,
    N_NEW,
    N_BASE,
    N_BASE_OUT,
    N_STAYED,
    N_KNOWN_FATE,
    N_KNOWN_FATE_OUT,
    N_GONE,
    N_COUNTS
};

static const struct kam__kpi_recipe RECIPES[] = {
    {KAM_KPI_SHARE, KAM__KPI_RATIO, OURS, -1, WALLETS, COUNT(N_SHARE),
     COUNT(N_SHARE_OUT), 0},
    {KAM_KPI_NEW, KAM__KPI_SHARE, COUNT(N_NEW), -1, COUNT(N_ACTIVE),
     COUNT(N_ACTIVE), COUNT(N_ACTIVE_OUT), 0},
    {KAM_KPI_RETENTION, KAM__KPI_SHARE, COUNT(N_STAYED), -1, COUNT(N_BASE),
     COUNT(N_BASE), COUNT(N_BASE_OUT), 0},
    {KAM_KPI_GRR, KAM__KPI_RATIO, KEPT, -1, BASE, COUNT(N_BASE),
     COUNT(N_BASE_OUT), 0},
    {KAM_KPI_NRR, KAM__KPI_RATIO, LATER, -1, BASE, COUNT(N_BASE),
     COUNT(N_BASE_OUT), 0},
    {KAM_KPI_DEFECTION, KAM__KPI_SHARE, COUNT(N_GONE), -1, COUNT(N_KNOWN_FATE),
     COUNT(N_KNOWN_FATE), COUNT(N_KNOWN_FATE_OUT), 0}};

#define IF(condition, i) ((condition) ? UINT32_C(1) << (i) : 0u)

struct row {
    double before, now, first_day, has_left, wallet;
};

/* An account active now is new when the relation began in the period, or, where
 * its beginning is not known, when it had no revenue before. */
static uint32_t welcome(const struct kam__kpi_job *job, const struct row *row) {
    const int dated =
        kam__kpi_is_day(row->first_day) && job->options.first_day != INT32_MIN;
    const int known = dated || kam__kpi_is_known(row->before);
    const int is_new =
        dated ? row->first_day >= job->first : !(row->before > 0);
    const int active = row->now > 0 && kam__kpi_is_known(row->now);
    return IF(active && known, N_ACTIVE) | IF(active && !known, N_ACTIVE_OUT) |
           IF(!kam__kpi_is_known(row->now), N_ACTIVE_OUT) |
           IF(active && known && is_new, N_NEW);
}

/* An account of the base. */
static uint32_t keep(const struct row *row, struct kam__kpi_tile *tile,
                     int32_t i) {
    const int known = kam__kpi_is_known(row->now);
    const int told = row->has_left == row->has_left;
    const int gone = told ? row->has_left != 0 : !(row->now > 0);
    const double now = row->now > 0 ? row->now : 0;
    tile->term[BASE][i] = known ? row->before : 0;
    tile->term[KEPT][i] = known ? (now < row->before ? now : row->before) : 0;
    tile->term[LATER][i] = known ? row->now : 0;
    return IF(known, N_BASE) | IF(!known, N_BASE_OUT) |
           IF(known && row->now > 0, N_STAYED) |
           IF(told || known, N_KNOWN_FATE) |
           IF(!told && !known, N_KNOWN_FATE_OUT) |
           IF((told || known) && gone, N_GONE);
}

static void make_terms(const struct kam__kpi_job *job, int64_t first, int32_t n,
                       struct kam__kpi_tile *tile) {
    double in[5][KAM__TILE];
    const double *column[5];
    for (int c = 0; c < 5; c++)
        column[c] = kam__kpi_read(job, c, first, n, in[c]);
    for (int32_t i = 0; i < n; i++) {
        const struct row row = {column[BEFORE][i], column[NOW][i],
                                column[FIRST_DAY][i], column[HAS_LEFT][i],
                                column[WALLET][i]};
        const int shared =
            kam__kpi_is_known(row.now) && kam__kpi_is_known(row.wallet);
        const int based = kam__kpi_is_known(row.before);
        for (int k = 0; k < N_SUMS; k++) tile->term[k][i] = 0;
        tile->term[OURS][i] = shared ? row.now : 0;
        tile->term[WALLETS][i] = shared ? row.wallet : 0;
        tile->mark[i] = IF(shared, N_SHARE) | IF(!shared, N_SHARE_OUT) |
                        IF(!based, N_BASE_OUT) | IF(!based, N_KNOWN_FATE_OUT) |
                        welcome(job, &row);
        if (based && row.before > 0) tile->mark[i] |= keep(&row, tile, i);
    }
}

kam_status kam_kpi_of_accounts(const kam_kpi_accounts *accounts,
                               const kam_kpi_options *options,
                               const kam_host *host, kam_kpi *out,
                               kam_kpi_report *report, kam_diag *diag) {
    static const struct kam__kpi_column columns[] = {
        {KAM__INTEGERS, "accounts.group"},   {KAM__NUMBERS, "accounts.before"},
        {KAM__NUMBERS, "accounts.now"},      {KAM__DAYS, "accounts.first_day"},
        {KAM__NUMBERS, "accounts.has_left"}, {KAM__NUMBERS, "accounts.wallet"}};
    struct kam__kpi_job job = {.kind = "accounts",
                               .first_version = KAM__FIRST(kam_kpi_accounts),
                               .columns = columns,
                               .n_columns = sizeof columns / sizeof *columns,
                               .recipe = RECIPES,
                               .n_recipes = sizeof RECIPES / sizeof *RECIPES,
                               .n_sums = N_SUMS,
                               .n_counts = N_COUNTS,
                               .terms = make_terms};
    return kam__kpi_of(&job, accounts, options, host, out, report, diag);
}
