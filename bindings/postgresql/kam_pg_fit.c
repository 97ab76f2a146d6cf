/* SPDX-License-Identifier: MIT */
/* Fits: partial sums of a model over rows as an aggregate that runs in parallel, and
 * a search that asks for them query by query. */
#include "kam_pg.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"

#include <math.h>

/* ---- sums ---- */

enum { TILE = 1024, KEYS = 3 };

/* Rows wait in a tile. Which model it is says `is_spend`. */
struct sums {
    kam_objective total;
    int overflowed, is_spend, n;
    kam_btyd orders;
    kam_spend spend;
    double key[KEYS][TILE];
};

static kam_column column_of(const double *values) {
    const kam_column column = {values, NULL, NULL, 0, 0, KAM_F64, 0};
    return column;
}

static void add_tile(struct sums *sums) {
    kam_accounts rows = {.struct_size = sizeof rows, .n_rows = sums->n};
    kam_diag diag = {.struct_size = sizeof diag};
    rows.repeat_orders = column_of(sums->key[0]);
    if (sums->is_spend) {
        rows.mean_order_value = column_of(sums->key[1]);
    } else {
        rows.last_order_periods = column_of(sums->key[1]);
        rows.age_periods = column_of(sums->key[2]);
    }
    if (sums->n == 0 || sums->overflowed) return;
    const kam_status status =
        sums->is_spend ? kam_spend_objective(&sums->spend, &rows, NULL,
                                             &sums->total, &diag)
                       : kam_btyd_objective(&sums->orders, &rows, NULL,
                                            &sums->total, &diag);
    sums->n = 0;
    sums->overflowed = status == KAM_ERR_OVERFLOW;
    if (!sums->overflowed) kam_pg_check(status, &diag);
}

static struct sums *new_sums(FunctionCallInfo fcinfo) {
    MemoryContext context;
    if (!AggCheckCallContext(fcinfo, &context))
        ereport(ERROR, (errmsg("this is a part of an aggregate")));
    struct sums *const made = MemoryContextAllocZero(context, sizeof *made);
    made->total.struct_size = sizeof made->total;
    return made;
}

static void read_model(FunctionCallInfo fcinfo, void *model, size_t size) {
    if (PG_ARGISNULL(1) ||
        VARSIZE_ANY_EXHDR(PG_GETARG_BYTEA_PP(1)) != (Size)size)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                        errmsg("this is no model")));
    memcpy(model, VARDATA_ANY(PG_GETARG_BYTEA_PP(1)), size);
}

static Datum add(FunctionCallInfo fcinfo, int is_spend) {
    struct sums *sums =
        PG_ARGISNULL(0) ? NULL : (struct sums *)PG_GETARG_POINTER(0);
    if (!sums) {
        sums = new_sums(fcinfo);
        sums->is_spend = is_spend;
        if (is_spend)
            read_model(fcinfo, &sums->spend, sizeof sums->spend);
        else
            read_model(fcinfo, &sums->orders, sizeof sums->orders);
    }
    for (int i = 0; i < (is_spend ? 2 : 3); i++)
        sums->key[i][sums->n] =
            PG_ARGISNULL(2 + i) ? (double)NAN : PG_GETARG_FLOAT8(2 + i);
    if (++sums->n == TILE) add_tile(sums);
    PG_RETURN_POINTER(sums);
}

PG_FUNCTION_INFO_V1(kam_pg_orders_add);
Datum kam_pg_orders_add(PG_FUNCTION_ARGS) { return add(fcinfo, 0); }

PG_FUNCTION_INFO_V1(kam_pg_spend_add);
Datum kam_pg_spend_add(PG_FUNCTION_ARGS) { return add(fcinfo, 1); }

PG_FUNCTION_INFO_V1(kam_pg_sums_merge);
Datum kam_pg_sums_merge(PG_FUNCTION_ARGS) {
    if (PG_ARGISNULL(1)) {
        if (PG_ARGISNULL(0)) PG_RETURN_NULL();
        PG_RETURN_POINTER(PG_GETARG_POINTER(0));
    }
    struct sums *const to = PG_ARGISNULL(0)
                                ? new_sums(fcinfo)
                                : (struct sums *)PG_GETARG_POINTER(0);
    struct sums *const from = (struct sums *)PG_GETARG_POINTER(1);
    kam_diag diag = {.struct_size = sizeof diag};
    add_tile(to);
    add_tile(from);
    to->overflowed |= from->overflowed;
    if (!to->overflowed) {
        const kam_status status = kam_objective_merge(&to->total, &from->total);
        to->overflowed = status == KAM_ERR_OVERFLOW;
        if (!to->overflowed) kam_pg_check(status, &diag);
    }
    PG_RETURN_POINTER(to);
}

static bytea *bytes_of(const void *from, size_t size) {
    bytea *const made = palloc(VARHDRSZ + size);
    SET_VARSIZE(made, VARHDRSZ + size);
    memcpy(VARDATA(made), from, size);
    return made;
}

/* A kam_objective; no bytes at all when something is not finite. */
PG_FUNCTION_INFO_V1(kam_pg_sums_pack);
Datum kam_pg_sums_pack(PG_FUNCTION_ARGS) {
    struct sums *const sums = (struct sums *)PG_GETARG_POINTER(0);
    add_tile(sums);
    PG_RETURN_BYTEA_P(
        bytes_of(&sums->total, sums->overflowed ? 0 : sizeof sums->total));
}

PG_FUNCTION_INFO_V1(kam_pg_sums_unpack);
Datum kam_pg_sums_unpack(PG_FUNCTION_ARGS) {
    bytea *const bytes = PG_GETARG_BYTEA_PP(0);
    struct sums *const made = new_sums(fcinfo);
    made->overflowed = VARSIZE_ANY_EXHDR(bytes) == 0;
    if (!made->overflowed && VARSIZE_ANY_EXHDR(bytes) != sizeof made->total)
        ereport(ERROR, (errmsg("these are no sums of libkam")));
    memcpy(&made->total, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
    PG_RETURN_POINTER(made);
}

/* ---- the search ---- */

/* One row of one value, in the snapshot of the caller's query: every step sees the
 * same rows. The query may run in parallel. */
static Datum ask(const char *query, int n, Datum *values, int column,
                 bool *is_null) {
    Oid types[] = {BYTEAOID};
    if (SPI_execute_with_args(query, n, types, values, NULL, true, 0) !=
            SPI_OK_SELECT ||
        SPI_processed != 1)
        ereport(ERROR, (errmsg("the query gives no row of sums")));
    return SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, column,
                         is_null);
}

static kam_status total_of(const char *query, const void *model, size_t size,
                           kam_objective *total) {
    bool is_null;
    Datum value = PointerGetDatum(bytes_of(model, size));
    kam_status status = KAM_OK;
    const Datum answer = ask(query, 1, &value, 1, &is_null);
    if (!is_null) { /* else there was no row */
        bytea *const bytes = DatumGetByteaPP(answer);
        if (VARSIZE_ANY_EXHDR(bytes) == sizeof *total)
            memcpy(total, VARDATA_ANY(bytes), sizeof *total);
        else
            status = KAM_ERR_OVERFLOW;
    }
    SPI_freetuptable(SPI_tuptable);
    return status;
}

static kam_status orders_total(void *query, const kam_btyd *model,
                               kam_objective *total) {
    return total_of(query, model, sizeof *model, total);
}

static kam_status spend_total(void *query, const kam_spend *model,
                              kam_objective *total) {
    return total_of(query, model, sizeof *model, total);
}

/* As kam_fit does: the weak prior where maximum likelihood has no answer that holds,
 * and a part that the rows cannot carry is left out. */
static int wants_prior(kam_status status, const kam_estimate_report *report) {
    return status == KAM_ERR_TOO_FEW || status == KAM_ERR_AT_BOUND ||
           status == KAM_ERR_FLAT || status == KAM_ERR_NOT_CONVERGED ||
           (status == KAM_OK && report->culprit >= 0);
}

static int is_left_out(kam_status status, const kam_diag *diag) {
    if (status < KAM_ERR_EMPTY || status >= KAM_ERR_OVERFLOW)
        kam_pg_check(status, diag);
    return status != KAM_OK;
}

static void fit_orders(char *query, int32_t family, kam_models *models) {
    kam_estimate_options how;
    kam_estimate_report report = {.struct_size = sizeof report};
    kam_diag diag = {.struct_size = sizeof diag};
    kam_estimate_options_init(&how, sizeof how);
    for (how.prior = KAM_PRIOR_NONE; how.prior <= KAM_PRIOR_WEAK; how.prior++) {
        const kam_status status =
            kam_btyd_search(family, 7, &how, orders_total, query,
                            &models->orders, models->orders_covariance, &report,
                            &diag);
        const int left_out = is_left_out(status, &diag);
        const int again = wants_prior(status, &report);
        if (!left_out && !again) return;
        memset(&models->orders, 0, sizeof models->orders);
        for (int i = 0; i < 64; i++) models->orders_covariance[i] = NAN;
        if (!again) return;
    }
}

static void fit_spend(char *query, kam_models *models) {
    kam_estimate_options how;
    kam_estimate_report report = {.struct_size = sizeof report};
    kam_diag diag = {.struct_size = sizeof diag};
    kam_estimate_options_init(&how, sizeof how);
    for (how.prior = KAM_PRIOR_NONE; how.prior <= KAM_PRIOR_WEAK; how.prior++) {
        const kam_status status =
            kam_spend_search(KAM_SPEND_GAMMA_GAMMA, &how, spend_total, query,
                             &models->spend, models->spend_covariance, &report,
                             &diag);
        const int left_out = is_left_out(status, &diag);
        const int again = wants_prior(status, &report);
        if (!left_out && !again) return;
        memset(&models->spend, 0, sizeof models->spend);
        for (int i = 0; i < 16; i++) models->spend_covariance[i] = NAN;
        if (!again) return;
    }
}

/* The typical account: upper medians of tenure, silence and rhythm over the rows
 * that an order model can use. */
static void find_reference(const char *query, double *reference) {
    bool is_null;
    char *const medians = psprintf(
        "select percentile_disc(0.5) within group (order by age desc), "
        "percentile_disc(0.5) within group (order by age - last desc), "
        "percentile_disc(0.5) within group "
        "(order by case when age > 0 then x / age else 0 end desc) from "
        "(select x, case when x > 0 then last else 0 end as last, age from "
        "(select repeat_orders::float8 as x, "
        "last_order_periods::float8 as last, age_periods::float8 as age from "
        "(%s) as kam_query) as kam_rows) as kam_book "
        "where x >= 0 and x < 9007199254740992 and x = floor(x) and age >= 0 "
        "and age < 'infinity' and last >= 0 and last <= age",
        query);
    const double age = DatumGetFloat8(ask(medians, 0, NULL, 1, &is_null));
    const double silence =
        DatumGetFloat8(SPI_getbinval(SPI_tuptable->vals[0],
                                     SPI_tuptable->tupdesc, 2, &is_null));
    const double rhythm =
        DatumGetFloat8(SPI_getbinval(SPI_tuptable->vals[0],
                                     SPI_tuptable->tupdesc, 3, &is_null));
    const double x = rhythm * age;
    SPI_freetuptable(SPI_tuptable);
    reference[0] = x;
    reference[1] = x > 0 && silence < age ? age - silence : 0;
    reference[2] = age;
}

/* Tiers in money need no rows: those of kam_fit, of a book without values. */
static void find_limits(kam_models *models) {
    const kam_host host = kam_pg_host();
    const double nothing = NAN;
    kam_diag diag = {.struct_size = sizeof diag};
    kam_accounts book = {.struct_size = sizeof book, .n_rows = 1};
    memset(models, 0, sizeof *models);
    models->struct_size = sizeof *models;
    book.tier_value = column_of(&nothing);
    kam_pg_check(kam_fit(&book, 1, NULL, &host, models, NULL, &diag), &diag);
}

static int32_t family_of(const char *name) {
    for (int32_t family = 1; family < 100; family++)
        if (strcmp(kam_btyd_family_name(family), name) == 0) return family;
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("\"%s\" is no family of order models", name)));
}

PG_FUNCTION_INFO_V1(kam_pg_fit);
Datum kam_pg_fit(PG_FUNCTION_ARGS) {
    char *const query = text_to_cstring(PG_GETARG_TEXT_PP(0));
    const int32_t family = family_of(text_to_cstring(PG_GETARG_TEXT_PP(1)));
    char *const orders = psprintf(
        "select kam_orders_objective($1, repeat_orders::float8, "
        "last_order_periods::float8, age_periods::float8) from (%s) as "
        "kam_query",
        query);
    char *const spend = psprintf(
        "select kam_spend_objective($1, repeat_orders::float8, "
        "mean_order_value::float8) from (%s) as kam_query",
        query);
    kam_models models;
    find_limits(&models);
    if (SPI_connect() != SPI_OK_CONNECT)
        ereport(ERROR, (errmsg("SPI does not connect")));
    fit_orders(orders, family, &models);
    fit_spend(spend, &models);
    if (models.orders.family) find_reference(query, models.reference);
    SPI_finish();
    PG_RETURN_BYTEA_P(bytes_of(&models, sizeof models));
}
