/* SPDX-License-Identifier: MIT */
/* The engine behind the key figures: rows become terms, terms are added up by
 * group, sums become figures. A record kind brings a function that makes terms
 * and a table of recipes. */
#ifndef KAM_KPI_FIGURES_H
#define KAM_KPI_FIGURES_H

#include <kam/kpi_of.h>
#include <kam/sum.h>

#include "base/rows.h"
#include "data/calendar.h"

enum { KAM__KPI_COLUMNS = 8, KAM__KPI_SUMS = 16, KAM__KPI_COUNTS = 20 };

/* How a figure follows from its group's sums and counts. */
enum {
    KAM__KPI_TOTAL,  /* a */
    KAM__KPI_RATIO,  /* (a - b) / d */
    KAM__KPI_SHARE,  /* the same of two counts, with Wilson's interval */
    KAM__KPI_PROVEN, /* a share a / d, undecided while count b is 0 */
    KAM__KPI_SCORE,  /* the same, with that of a net promoter score */
    KAM__KPI_MEANS,  /* (a / its n) / (d / its n) */
    KAM__KPI_DAYS    /* a times the days of the period / d */
};

/* Places: sums from 0, counts from KAM__KPI_COUNT. Rows that do not count are a
 * count of their own, or REST(i): what count i has beyond those that do. */
enum { KAM__KPI_NONE = -1, KAM__KPI_COUNT = 32, KAM__KPI_REST = 96 };
#define COUNT(i) (KAM__KPI_COUNT + (i))
#define REST(i) (KAM__KPI_REST + (i))

struct kam__kpi_recipe {
    int32_t id;
    int32_t kind;
    int32_t a, b, d;     /* places */
    int32_t n, left_out; /* counts, or a rest */
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

/* One column of a record kind. */
struct kam__kpi_column {
    int32_t types;
    char name[28];
};

struct kam__kpi_job;
struct kam__kpi_adding;
typedef void (*kam__kpi_terms)(const struct kam__kpi_job *job, int64_t first,
                               int32_t n, struct kam__kpi_tile *tile);

/* The kind of records, which each public function fills in up to `terms`, and the
 * work. Records of any kind are a struct_size, 4 bytes, n_rows, then columns, the
 * group first. */
struct kam__kpi_job {
    const char *kind; /* such as "lines" */
    uint32_t first_version;
    const struct kam__kpi_column *columns;
    int32_t n_columns;
    int32_t n_recipes, n_sums, n_counts; /* that there are */
    const struct kam__kpi_recipe *recipe;
    kam__kpi_terms terms;
    kam_column group;
    kam_column column[KAM__KPI_COLUMNS];
    int64_t n_rows;
    kam_kpi_options options;
    kam_kpi_report report;
    double first, last, base_first, base_last; /* days, in the calendar */
    int32_t is_open;                           /* no period: all rows count */
    int32_t sum[KAM__KPI_SUMS], count[KAM__KPI_COUNTS]; /* that are wanted */
    int32_t n_wanted_sums, n_wanted_counts, n_lanes;
    int32_t level;                 /* KAM_ISA_* */
    uint32_t bit[KAM__KPI_COUNTS]; /* of a mark, for each wanted count */
    double z;                      /* of the intervals */
    /* shape (n_groups): some kam_sum sums, uint32_t counts, to the end of a cache
     * line; then the other sums, which not every row adds to */
    char *cell;
    uint64_t cell_size, near_size;
    int32_t n_near;                 /* sums before the counts */
    struct kam__kpi_adding *adding; /* shape (2) */
    uint64_t wild;
};

/* A tile of rows on the way to its cells; one is made ready while the one before
 * is added, so that its cells are asked for in time. */
struct kam__kpi_adding {
    struct kam__kpi_tile tile;
    const double *term[KAM__KPI_SUMS]; /* those that are wanted */
    char *cell[KAM__TILE];             /* NULL: a row without a group */
    int32_t n, n_far;
    int32_t far[KAM__TILE]; /* rows that add to more than the near sums */
};

/* One build for each instruction set. */
struct kam__kpi_kernels {
    /* Finds the far rows. Returns the highest bit when a term is beyond what a sum
     * holds. */
    uint64_t (*prepare)(const struct kam__kpi_job *job,
                        struct kam__kpi_adding *adding);
    /* Returns the highest bit when a sum overflowed. */
    uint64_t (*add)(const struct kam__kpi_job *job,
                    const struct kam__kpi_adding *adding,
                    const struct kam__kpi_adding *next);
};
extern const struct kam__kpi_kernels kam__kpi_base, kam__kpi_v3, kam__kpi_v4;

/* Terms of order lines, the kind of which there are most. Likewise. */
void kam__kpi_line_terms_base(const struct kam__kpi_job *job, int64_t first,
                              int32_t n, struct kam__kpi_tile *tile);
void kam__kpi_line_terms_v3(const struct kam__kpi_job *job, int64_t first,
                            int32_t n, struct kam__kpi_tile *tile);
void kam__kpi_line_terms_v4(const struct kam__kpi_job *job, int64_t first,
                            int32_t n, struct kam__kpi_tile *tile);

/* The options as they are meant, checked but for the ids. */
kam_status kam__kpi_options_read(kam_kpi_options *ours,
                                 const kam_kpi_options *theirs, kam_diag *diag);

/* Checks everything, and fills in the rest of `job`. */
kam_status kam__kpi_begin(struct kam__kpi_job *job, const void *records,
                          const kam_kpi_options *options, const kam_kpi *out,
                          const kam_kpi_report *report, kam_diag *diag);

/* Adds up and writes. */
kam_status kam__kpi_run(struct kam__kpi_job *job, const kam_host *host,
                        kam_kpi *out, kam_kpi_report *report, kam_diag *diag);

/* Both: what the functions of all kinds but tickets are. */
kam_status kam__kpi_of(struct kam__kpi_job *job, const void *records,
                       const kam_kpi_options *options, const kam_host *host,
                       kam_kpi *out, kam_kpi_report *report, kam_diag *diag);

/* The recipe of an id, NULL when there is none. */
const struct kam__kpi_recipe *kam__kpi_recipe_of(const struct kam__kpi_job *job,
                                                 int32_t id);

/* Writes a group's figures that have a recipe. */
void kam__kpi_finish(const struct kam__kpi_job *job, int64_t group,
                     kam_kpi *out);

/* States and the value of a figure whose other members are there. */
void kam__kpi_settle(kam_kpi *kpi);

/* Wanted sum k of a cell. */
static inline kam_sum *kam__kpi_sum(const struct kam__kpi_job *job,
                                    const char *cell, int32_t k) {
    const uint64_t counts = k < job->n_near ? 0 : (uint64_t)job->n_lanes;
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): cells are ours to write */
    return (kam_sum *)(uintptr_t)(cell + (uint64_t)k * sizeof(kam_sum) +
                                  counts * sizeof(uint32_t));
}

/* Known money or units: within 2^52. No branches: these are in every loop. */
static inline int kam__kpi_is_known(double x) {
    return (x <= 0x1p52) & (x >= -0x1p52);
}

static inline int kam__kpi_is_in(double x, double first, double last) {
    return (x >= first) & (x <= last);
}

static inline int kam__kpi_is_day(double x) {
    return kam__kpi_is_in(x, KAM__FIRST_DAY, KAM__LAST_DAY);
}

/* Whether a row with that day is in the period; without limits all rows are. */
static inline int kam__kpi_in_period(const struct kam__kpi_job *job, double x) {
    return kam__kpi_is_in(x, job->first, job->last) | job->is_open;
}

static inline const double *kam__kpi_read(const struct kam__kpi_job *job,
                                          int column, int64_t first, int32_t n,
                                          double *buffer) {
    return kam__gather_by(job->level, &job->column[column], first, n, buffer);
}

#endif
