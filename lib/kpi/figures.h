/* SPDX-License-Identifier: MIT */
/* The engine behind the key figures: rows become terms, terms are added up by
 * group, sums become figures. A record kind brings a function that makes terms
 * and a table of recipes. */
#ifndef KAM_KPI_FIGURES_H
#define KAM_KPI_FIGURES_H

#include <kam/kpi_of.h>

#include "base/rows.h"
#include "data/calendar.h"

enum { KAM__KPI_COLUMNS = 8, KAM__KPI_SUMS = 16, KAM__KPI_COUNTS = 20 };

/* How a figure follows from its group's sums and counts. */
enum {
    KAM__KPI_TOTAL, /* a */
    KAM__KPI_RATIO, /* (a - b) / d */
    KAM__KPI_SHARE, /* the same of two counts, with Wilson's interval */
    KAM__KPI_SCORE, /* the same, with that of a net promoter score */
    KAM__KPI_MEANS, /* (a / its n) / (d / its n) */
    KAM__KPI_DAYS   /* a times the days of the period / d */
};

/* Places: sums from 0, counts from KAM__KPI_COUNT. */
enum { KAM__KPI_NONE = -1, KAM__KPI_COUNT = 32 };
#define COUNT(i) (KAM__KPI_COUNT + (i))

struct kam__kpi_recipe {
    int32_t id;
    int32_t kind;
    int32_t a, b, d;     /* places */
    int32_t n, left_out; /* counts */
    int32_t needs;       /* KAM__KPI_NEEDS_* */
};

enum {
    KAM__KPI_NEEDS_TODAY = 1,
    KAM__KPI_NEEDS_PERIOD = 2,
    KAM__KPI_NEEDS_BASE = 4
};

/* What a tile of rows adds to its groups. Bit i of a mark adds 1 to count i. */
struct kam__kpi_tile {
    double term[KAM__KPI_SUMS][KAM__TILE];
    uint32_t mark[KAM__TILE];
};

struct kam__kpi_job;
typedef void (*kam__kpi_terms)(const struct kam__kpi_job *job, int64_t first,
                               int32_t n, struct kam__kpi_tile *tile);

struct kam__kpi_job {
    kam_column group;
    kam_column column[KAM__KPI_COLUMNS];
    int64_t n_rows;
    kam_kpi_options options;
    kam_kpi_report report;
    double first, last, base_first, base_last; /* days; infinite when open */
    const struct kam__kpi_recipe *recipe;
    int32_t n_recipes, n_sums, n_counts;                /* that there are */
    int32_t sum[KAM__KPI_SUMS], count[KAM__KPI_COUNTS]; /* that are wanted */
    int32_t n_wanted_sums, n_wanted_counts;
    kam__kpi_terms terms;
    uint64_t cell_size;
    char *cell; /* shape (n_groups): kam_sum sums, then int64_t counts */
    uint64_t wild;
};

/* One column of a record kind, for the checks. */
struct kam__kpi_column {
    const kam_column *column;
    int32_t types;
    char name[32];
};

/* Checks everything; fills `job` but for recipe, terms and n_*. */
kam_status kam__kpi_begin(struct kam__kpi_job *job, int64_t n_rows,
                          const struct kam__kpi_column *columns, int32_t n,
                          const kam_kpi_options *options, const kam_kpi *out,
                          const kam_kpi_report *report, kam_diag *diag);

/* Adds up and writes. */
kam_status kam__kpi_run(struct kam__kpi_job *job, const kam_host *host,
                        kam_kpi *out, kam_kpi_report *report, kam_diag *diag);

/* The recipe of an id, NULL when there is none. */
const struct kam__kpi_recipe *kam__kpi_recipe_of(const struct kam__kpi_job *job,
                                                 int32_t id);

/* Writes a group's figures that have a recipe. */
void kam__kpi_finish(const struct kam__kpi_job *job, int64_t group,
                     kam_kpi *out);

/* States and the value of a figure whose other members are there. */
void kam__kpi_settle(kam_kpi *kpi);

/* Known money or units: within 2^52. */
static inline int kam__kpi_is_known(double x) {
    return x <= 0x1p52 && x >= -0x1p52;
}

static inline int kam__kpi_is_day(double x) {
    return x >= KAM__FIRST_DAY && x <= KAM__LAST_DAY;
}

static inline int kam__kpi_is_in(double x, double first, double last) {
    return kam__kpi_is_day(x) && x >= first && x <= last;
}

/* Whether a row with that day is in the period; without limits all rows are. */
static inline int kam__kpi_in_period(const struct kam__kpi_job *job, double x) {
    return kam__kpi_is_in(x, job->first, job->last) ||
           (job->options.first_day == INT32_MIN &&
            job->options.last_day == INT32_MIN);
}

static inline const double *kam__kpi_read(const struct kam__kpi_job *job,
                                          int column, int64_t first, int32_t n,
                                          double *buffer) {
    return kam__gather(&job->column[column], first, n, buffer);
}

#endif
