/* SPDX-License-Identifier: MIT */
#include "kpi/figures.h"

#include <kam/sum.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/diag.h"
#include "base/isa.h"
#include "base/memory.h"
#include "base/sized.h"
#include "math/special.h"

enum {
    MOST_IDS = 64,
    LINE = 64, /* bytes of a cache line */
    LANES = 4  /* counts that are added at once */
};

#define NO_DAY INT32_MIN

static const double CONFIDENCE = 0.95;
static const int32_t AGES[3] = {30, 60, 90};
static const int32_t SCALE = 10;

kam_status kam_kpi_options_init(kam_kpi_options *options,
                                uint32_t struct_size) {
    kam_kpi_options ours;
    memset(&ours, 0, sizeof ours);
    ours.n_groups = 1;
    ours.first_day = ours.last_day = NO_DAY;
    ours.base_first_day = ours.base_last_day = NO_DAY;
    ours.confidence = CONFIDENCE;
    memcpy(ours.age_days, AGES, sizeof AGES);
    ours.scale = SCALE;
    return kam__sized_init(options, struct_size, &ours, sizeof ours,
                           KAM__FIRST(kam_kpi_options));
}

/* The zero of an option is its default. */
static void fill_in(kam_kpi_options *options) {
    if (options->n_groups == 0) options->n_groups = 1;
    if (options->confidence == 0) options->confidence = CONFIDENCE;
    if (options->scale == 0) options->scale = SCALE;
    if (!options->age_days[0] && !options->age_days[1] && !options->age_days[2])
        memcpy(options->age_days, AGES, sizeof AGES);
}

static kam_status check_days(const kam_kpi_options *o, kam_diag *diag) {
    if (o->first_day != NO_DAY && o->last_day != NO_DAY &&
        o->first_day > o->last_day)
        return kam__fail(diag, KAM_ERR_OPTION, "options.first_day", -1,
                         o->first_day, "{value} lies after last_day.");
    if (o->base_first_day != NO_DAY && o->base_last_day != NO_DAY &&
        o->base_first_day > o->base_last_day)
        return kam__fail(diag, KAM_ERR_OPTION, "options.base_first_day", -1,
                         o->base_first_day,
                         "{value} lies after base_last_day.");
    return KAM_OK;
}

static kam_status check_ids(const kam_kpi_options *o, kam_diag *diag) {
    if (!o->ids)
        return kam__fail(diag, KAM_ERR_NULL, "options.ids", -1, NAN, "");
    if (o->n_ids < 1 || o->n_ids > MOST_IDS)
        return kam__fail(diag, KAM_ERR_OPTION, "options.n_ids", -1, o->n_ids,
                         "{value} is not from 1 to 64.");
    return KAM_OK;
}

static kam_status check_options(const kam_kpi_options *o, kam_diag *diag) {
    if (o->n_groups < 1 || o->n_groups > INT32_MAX)
        return kam__fail(diag, KAM_ERR_OPTION, "options.n_groups", -1,
                         (double)o->n_groups,
                         "{value} is not from 1 to 2147483647.");
    if (!(o->confidence > 0 && o->confidence < 1))
        return kam__fail(diag, KAM_ERR_OPTION, "options.confidence", -1,
                         o->confidence, "{value} is not between 0 and 1.");
    if (o->age_days[0] < 1 || o->age_days[1] <= o->age_days[0] ||
        o->age_days[2] <= o->age_days[1])
        return kam__fail(diag, KAM_ERR_OPTION, "options.age_days", -1,
                         o->age_days[0],
                         "The limits, from {value}, do not rise from 1 on.");
    if (o->scale != 5 && o->scale != 10)
        return kam__fail(diag, KAM_ERR_OPTION, "options.scale", -1, o->scale,
                         "{value} is neither 5 nor 10.");
    if (o->grace_days < 0)
        return kam__fail(diag, KAM_ERR_OPTION, "options.grace_days", -1,
                         o->grace_days, "{value} is below 0.");
    return check_days(o, diag);
}

kam_status kam__kpi_options_read(kam_kpi_options *ours,
                                 const kam_kpi_options *theirs,
                                 kam_diag *diag) {
    const kam_status status =
        kam__sized_read(ours, sizeof *ours, theirs, KAM__FIRST(kam_kpi_options),
                        "options", diag);
    if (status != KAM_OK) return status;
    fill_in(ours);
    return check_options(ours, diag);
}

/* A day, or where the calendar ends. */
static double day_or(int32_t day, int32_t open) {
    return day == NO_DAY          ? open
           : day < KAM__FIRST_DAY ? KAM__FIRST_DAY
           : day > KAM__LAST_DAY  ? KAM__LAST_DAY
                                  : day;
}

/* Any kind of records. */
struct records {
    uint32_t struct_size, reserved;
    int64_t n_rows;
    kam_column column[KAM__KPI_COLUMNS + 1];
};

static kam_status read_records(struct kam__kpi_job *job, const void *theirs,
                               kam_diag *diag) {
    struct records ours;
    const uint32_t size =
        (uint32_t)(offsetof(struct records, column) +
                   (size_t)job->n_columns * sizeof *ours.column);
    kam_status status = kam__sized_read(&ours, size, theirs, job->first_version,
                                        job->kind, diag);
    if (status != KAM_OK) return status;
    if (ours.n_rows < 0 || ours.n_rows > UINT32_MAX)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_rows", -1, (double)ours.n_rows,
                         "n_rows is {value}.");
    job->n_rows = ours.n_rows;
    for (int32_t i = 0; i < job->n_columns && status == KAM_OK; i++) {
        status = kam__column_check(&ours.column[i], ours.n_rows,
                                   job->columns[i].types, 0,
                                   job->columns[i].name, diag);
        *(i == 0 ? &job->group : &job->column[i - 1]) = ours.column[i];
    }
    return status;
}

kam_status kam__kpi_begin(struct kam__kpi_job *job, const void *records,
                          const kam_kpi_options *options, const kam_kpi *out,
                          const kam_kpi_report *report, kam_diag *diag) {
    kam_status status = kam__kpi_options_read(&job->options, options, diag);
    if (status == KAM_OK) status = check_ids(&job->options, diag);
    if (status == KAM_OK) status = read_records(job, records, diag);
    if (status == KAM_OK && !out)
        status = kam__fail(diag, KAM_ERR_NULL, "out", -1, NAN, "");
    if (status == KAM_OK && report)
        status = kam__sized_check(report, KAM__FIRST(kam_kpi_report), "report",
                                  diag);
    const kam_kpi_options *const o = &job->options;
    job->first = day_or(o->first_day, KAM__FIRST_DAY);
    job->last = day_or(o->last_day, KAM__LAST_DAY);
    job->base_first = day_or(o->base_first_day, KAM__FIRST_DAY);
    job->base_last = day_or(o->base_last_day, KAM__LAST_DAY);
    job->is_open = o->first_day == NO_DAY && o->last_day == NO_DAY;
    return status;
}

const struct kam__kpi_recipe *kam__kpi_recipe_of(const struct kam__kpi_job *job,
                                                 int32_t id) {
    for (int32_t i = 0; i < job->n_recipes; i++)
        if (job->recipe[i].id == id) return &job->recipe[i];
    return NULL;
}

static kam_status check_recipe(const struct kam__kpi_recipe *recipe,
                               const kam_kpi_options *o, int32_t id,
                               kam_diag *diag) {
    const int no_today = o->last_day == NO_DAY;
    const int no_first = o->first_day == NO_DAY;
    if ((recipe->needs & KAM__KPI_NEEDS_TODAY && no_today) ||
        (recipe->needs & KAM__KPI_NEEDS_PERIOD && (no_today || no_first)))
        return kam__fail(diag, KAM_ERR_OPTION,
                         no_today ? "options.last_day" : "options.first_day",
                         -1, id, "Figure {value} needs this day.");
    const int no_base =
        o->base_first_day == NO_DAY || o->base_last_day == NO_DAY;
    if (recipe->needs & KAM__KPI_NEEDS_BASE && no_base)
        return kam__fail(diag, KAM_ERR_OPTION, "options.base_first_day", -1, id,
                         "Figure {value} needs the days of a base.");
    return KAM_OK;
}

static void note_defaults(struct kam__kpi_job *job,
                          const struct kam__kpi_recipe *recipe) {
    const kam_kpi_options *const o = &job->options;
    const int32_t id = recipe->id;
    uint32_t *const bits = &job->report.defaults;
    if ((recipe->kind == KAM__KPI_SHARE || recipe->kind == KAM__KPI_SCORE ||
         recipe->kind == KAM__KPI_PROVEN || id / 10 == 120) &&
        o->confidence == CONFIDENCE)
        *bits |= KAM_KPI_DEFAULT_CONFIDENCE;
    if (id > KAM_KPI_AGE_NOT_DUE && id <= KAM_KPI_AGE_4 &&
        memcmp(o->age_days, AGES, sizeof AGES) == 0)
        *bits |= KAM_KPI_DEFAULT_AGES;
    if ((id == KAM_KPI_CSAT || id == KAM_KPI_NPS) && o->scale == SCALE)
        *bits |= KAM_KPI_DEFAULT_SCALE;
    if ((id == KAM_KPI_OTIF || id == KAM_KPI_ON_TIME) && o->grace_days == 0)
        *bits |= KAM_KPI_DEFAULT_GRACE;
}

/* Places that the asked figures need, in rising order. */
static kam_status find_wanted(struct kam__kpi_job *job, kam_diag *diag) {
    uint64_t used = 0;
    for (int32_t k = 0; k < job->options.n_ids; k++) {
        const int32_t id = job->options.ids[k];
        const struct kam__kpi_recipe *const r = kam__kpi_recipe_of(job, id);
        if (!r)
            return kam__fail(diag, KAM_ERR_OPTION, "options.ids", -1, id,
                             "Figure {value} is not made from these records.");
        const kam_status status = check_recipe(r, &job->options, id, diag);
        if (status != KAM_OK) return status;
        const int32_t place[5] = {r->a, r->b, r->d, r->n, r->left_out};
        for (int i = 0; i < 5; i++)
            if (place[i] >= KAM__KPI_REST)
                used |= UINT64_C(1) << (place[i] - KAM__KPI_REST + COUNT(0));
            else if (place[i] != KAM__KPI_NONE)
                used |= UINT64_C(1) << place[i];
        if (r->kind == KAM__KPI_MEANS) /* its second count follows the first */
            used |= UINT64_C(1) << (r->n + 2);
        note_defaults(job, r);
    }
    for (int32_t i = 0; i < job->n_sums; i++)
        if (used >> i & 1) job->sum[job->n_wanted_sums++] = i;
    for (int32_t i = 0; i < job->n_counts; i++)
        if (used >> COUNT(i) & 1) job->count[job->n_wanted_counts++] = i;
    return KAM_OK;
}

/* Where the groups of a tile's rows are kept. */
static void find_cells(struct kam__kpi_job *job, int64_t first,
                       struct kam__kpi_adding *adding) {
    double buffer[KAM__TILE];
    const int32_t n = adding->n;
    const double n_groups = (double)job->options.n_groups;
    const int grouped = job->group.values != NULL;
    const double *const group =
        grouped ? kam__gather_by(job->level, &job->group, first, n, buffer)
                : NULL;
    for (int32_t i = 0; i < n; i++) {
        const double g = grouped ? group[i] : 0;
        const int is_group = g >= 0 && g < n_groups;
        job->report.n_without_group += !is_group;
        adding->cell[i] =
            is_group ? job->cell + (uint64_t)g * job->cell_size : NULL;
    }
}

static const struct kam__kpi_kernels *kernels_of(
    const struct kam__kpi_job *job) {
    return KAM__PICK(job->level, kam__kpi);
}

/* Reads a tile; none is left at the end. */
static void make_ready(struct kam__kpi_job *job, int64_t first,
                       struct kam__kpi_adding *adding) {
    const int64_t left = job->n_rows - first;
    adding->n = (int32_t)(left < KAM__TILE ? left : KAM__TILE);
    adding->n_far = 0;
    memset(adding->cell, 0, sizeof adding->cell);
    if (adding->n == 0) return;
    find_cells(job, first, adding);
    job->terms(job, first, adding->n, &adding->tile);
    for (int32_t k = 0; k < job->n_wanted_sums; k++)
        adding->term[k] = adding->tile.term[job->sum[k]];
    job->wild |= kernels_of(job)->prepare(job, adding);
}

static void add_tile(struct kam__kpi_job *job, int64_t first, int32_t n) {
    struct kam__kpi_adding *const now = &job->adding[first / KAM__TILE % 2];
    struct kam__kpi_adding *const next =
        &job->adding[1 - first / KAM__TILE % 2];
    if (first == 0) make_ready(job, 0, now);
    if (job->wild >> 63) return;
    make_ready(job, first + n, next);
    job->wild |= kernels_of(job)->add(job, now, next);
}

static void add_piece(void *context, int64_t piece, int64_t first, int64_t n) {
    (void)piece;
    for (int64_t at = 0; at < n; at += KAM__TILE)
        add_tile(context, first + at,
                 (int32_t)(n - at < KAM__TILE ? n - at : KAM__TILE));
}

static kam_status add_up(struct kam__kpi_job *job, kam_host *lent, kam_kpi *out,
                         kam_diag *diag) {
    lent->parallel_for = NULL; /* groups are shared: one thread */
    job->level = kam__isa_level(lent, job->n_rows);
    const kam_status status =
        kam__for_pieces(lent, job->n_rows, add_piece, job, diag);
    if (status != KAM_OK) return status;
    if (job->wild >> 63)
        return kam__fail(diag, KAM_ERR_OVERFLOW, "", -1, NAN, "");
    for (int64_t g = 0; g < job->options.n_groups; g++)
        kam__kpi_finish(job, g, out + g * job->options.n_ids);
    return KAM_OK;
}

/* As many sums as fill the counts' last cache line stand before them. */
static void lay_out(struct kam__kpi_job *job) {
    const uint64_t sum = sizeof(kam_sum);
    job->n_lanes = (job->n_wanted_counts + LANES - 1) / LANES * LANES;
    const uint64_t counts = (uint64_t)job->n_lanes * sizeof(uint32_t);
    const int32_t fill = (int32_t)((LINE - counts % LINE) / sum);
    job->n_near = job->n_wanted_sums < fill ? job->n_wanted_sums : fill;
    job->near_size = (uint64_t)job->n_near * sum + counts;
    job->cell_size = (uint64_t)job->n_wanted_sums * sum + counts;
    if (job->cell_size > LINE / 2)
        job->cell_size = (job->cell_size + LINE - 1) / LINE * LINE;
    for (int32_t k = 0; k < job->n_wanted_counts; k++)
        job->bit[k] = UINT32_C(1) << job->count[k];
}

kam_status kam__kpi_run(struct kam__kpi_job *job, const kam_host *host,
                        kam_kpi *out, kam_kpi_report *report, kam_diag *diag) {
    kam_host lent;
    kam_status status = kam__host_read(&lent, host, diag);
    if (status == KAM_OK) status = find_wanted(job, diag);
    if (status != KAM_OK) return status;
    lay_out(job);
    job->z = kam__normal_quantile((1 + job->options.confidence) / 2);
    /* One more, so that they can begin where a cache line does. */
    const uint64_t n_cells = (uint64_t)job->options.n_groups + 1;
    char *const room = kam__allocate_zero(&lent, n_cells, job->cell_size);
    job->adding = kam__allocate(&lent, 2, sizeof *job->adding);
    job->report.n_rows = job->n_rows;
    status = room && job->adding ? KAM_OK : kam__no_memory(diag);
    if (status == KAM_OK) {
        const uint64_t over = (uint64_t)((uintptr_t)room % LINE);
        job->cell =
            over && job->cell_size >= LINE ? room + (LINE - over) : room;
        status = add_up(job, &lent, out, diag);
    }
    kam__release(&lent, job->adding, 2, sizeof *job->adding);
    kam__release(&lent, room, n_cells, job->cell_size);
    if (status != KAM_OK) return status;
    if (report)
        (void)kam__sized_write(report, &job->report, sizeof job->report,
                               KAM__FIRST(kam_kpi_report), "report", NULL);
    return kam__ok(diag);
}

kam_status kam__kpi_of(struct kam__kpi_job *job, const void *records,
                       const kam_kpi_options *options, const kam_host *host,
                       kam_kpi *out, kam_kpi_report *report, kam_diag *diag) {
    const kam_status status =
        kam__kpi_begin(job, records, options, out, report, diag);
    return status == KAM_OK ? kam__kpi_run(job, host, out, report, diag)
                            : status;
}
