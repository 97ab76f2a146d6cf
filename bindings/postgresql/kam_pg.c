/* SPDX-License-Identifier: MIT */
/* libkam inside PostgreSQL: functions that score a row. docs/databases.md lists
 * them. NULL is not known; no answer is NULL. */
#include "kam_pg.h"

#include "utils/builtins.h"
#include "utils/memutils.h"

#include <math.h>

PG_MODULE_MAGIC;

enum { FIELDS = sizeof(kam_account) / sizeof(double), MOST_ARGUMENTS = 8 };

#define FIELD(name) (offsetof(kam_account, name) / sizeof(double))
#define HISTORY                                                                \
    FIELD(repeat_orders), FIELD(last_order_periods), FIELD(age_periods)
#define MONEY                                                                  \
    FIELD(gross_revenue), FIELD(returns), FIELD(direct_cost),                  \
        FIELD(service_cost)

/* A function of a row: the member of kam_scores that it answers, and the fields
 * its arguments are. */
struct function {
    size_t answer;
    int needs_models, n;
    size_t field[MOST_ARGUMENTS];
};

void kam_pg_check(kam_status status, const kam_diag *diag) {
    if (status == KAM_OK) return;
    ereport(ERROR,
            (errcode(status == KAM_ERR_MEMORY ? ERRCODE_OUT_OF_MEMORY
                     : status < 20            ? ERRCODE_INVALID_PARAMETER_VALUE
                                              : ERRCODE_DATA_EXCEPTION),
             errmsg("%s: %s", diag->argument[0] ? diag->argument : "libkam",
                    diag->message[0] ? diag->message
                                     : kam_status_text(status))));
}

/* palloc aligns to 8 bytes; what libkam wants more goes in front. */
static void *lend(void *unused, uint64_t size, uint64_t alignment) {
    (void)unused;
    if (size > MaxAllocHugeSize - alignment) return NULL;
    char *const block =
        palloc_extended(size + alignment, MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM);
    if (!block) return NULL;
    const uintptr_t shift = alignment - (uintptr_t)block % alignment;
    block[shift - 1] = (char)shift;
    return block + shift;
}

static void take_back(void *unused, void *block, uint64_t size) {
    (void)unused, (void)size;
    pfree((char *)block - ((char *)block)[-1]);
}

kam_host kam_pg_host(void) {
    const kam_host host = {.struct_size = sizeof host,
                           .allocate = lend,
                           .release = take_back};
    return host;
}

static void read_models(bytea *blob, kam_models *models) {
    const size_t size = VARSIZE_ANY_EXHDR(blob);
    uint32_t said = 0;
    if (size >= sizeof said) memcpy(&said, VARDATA_ANY(blob), sizeof said);
    if (said != size || size > sizeof *models)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                        errmsg("these are no models of kam_fit")));
    memset(models, 0, sizeof *models);
    memcpy(models, VARDATA_ANY(blob), size);
}

static kam_account read_account(FunctionCallInfo fcinfo, int first,
                                const size_t *field, int n) {
    double made[FIELDS];
    kam_account account;
    for (int i = 0; i < FIELDS; i++) made[i] = NAN;
    for (int i = 0; i < n; i++)
        if (!PG_ARGISNULL(first + i))
            made[field[i]] = PG_GETARG_FLOAT8(first + i);
    memcpy(&account, made, sizeof account);
    return account;
}

static Datum score(FunctionCallInfo fcinfo, const struct function *f) {
    kam_models models = {.struct_size = sizeof models};
    kam_scores scores = {.struct_size = sizeof scores};
    kam_diag diag = {.struct_size = sizeof diag};
    const int is_tier = f->answer == offsetof(kam_scores, tier);
    double value = NAN, *const at = &value;
    int32_t tier = -1;
    if (f->needs_models && PG_ARGISNULL(0)) PG_RETURN_NULL();
    if (f->needs_models) read_models(PG_GETARG_BYTEA_PP(0), &models);
    const kam_account account =
        read_account(fcinfo, f->needs_models, f->field, f->n);
    if (is_tier)
        scores.tier = &tier;
    else
        memcpy((char *)&scores + f->answer, &at, sizeof at);
    kam_pg_check(kam_score_one(&account, sizeof account, &models, NULL,
                               KAM_NO_DAY, &scores, &diag),
                 &diag);
    if (is_tier ? tier < 0 : isnan(value)) PG_RETURN_NULL();
    if (is_tier) PG_RETURN_INT32(tier);
    PG_RETURN_FLOAT8(value);
}

#define FUNCTION(name, member, needs_models, n, ...)                           \
    PG_FUNCTION_INFO_V1(kam_pg_##name);                                        \
    Datum kam_pg_##name(PG_FUNCTION_ARGS) {                                    \
        static const struct function f = {offsetof(kam_scores, member),        \
                                          needs_models,                        \
                                          n,                                   \
                                          {__VA_ARGS__}};                      \
        return score(fcinfo, &f);                                              \
    }

FUNCTION(net_revenue, net_revenue, 0, 4, MONEY)
FUNCTION(contribution, profit, 0, 4, MONEY)
FUNCTION(contribution_ratio, margin_ratio, 0, 4, MONEY)
FUNCTION(alive, alive, 1, 3, HISTORY)
FUNCTION(expected_orders, expected_orders, 1, 3, HISTORY)
FUNCTION(churn_risk, churn_risk, 1, 3, HISTORY)
FUNCTION(order_value, order_value, 1, 2, FIELD(repeat_orders),
         FIELD(mean_order_value))
FUNCTION(lifetime_value, lifetime_value, 1, 8, HISTORY, FIELD(mean_order_value),
         MONEY)
FUNCTION(tier, tier, 1, 1, FIELD(tier_value))
FUNCTION(tier_again, tier, 1, 2, FIELD(tier_value), FIELD(tier_before))

static int32_t language_of(const text *word) {
    const size_t n = VARSIZE_ANY_EXHDR(word);
    if (n == 2 && memcmp(VARDATA_ANY(word), "en", 2) == 0) return KAM_EN;
    if (n == 2 && memcmp(VARDATA_ANY(word), "zh", 2) == 0) return KAM_ZH;
    return 0;
}

PG_FUNCTION_INFO_V1(kam_pg_reason);
Datum kam_pg_reason(PG_FUNCTION_ARGS) {
    static const size_t history[] = {HISTORY};
    kam_models models;
    kam_reason why[4];
    char said[240];
    kam_diag diag = {.struct_size = sizeof diag};
    const kam_scores scores = {.struct_size = sizeof scores, .reasons = why};
    if (PG_ARGISNULL(0) || PG_ARGISNULL(4) || PG_ARGISNULL(5)) PG_RETURN_NULL();
    const int32 which = PG_GETARG_INT32(4);
    const int32_t language = language_of(PG_GETARG_TEXT_PP(5));
    if (which < 1 || which > 3 || language == 0)
        ereport(ERROR,
                (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                 errmsg("kam_reason takes 1, 2 or 3, and 'en' or 'zh'")));
    read_models(PG_GETARG_BYTEA_PP(0), &models);
    const kam_account account = read_account(fcinfo, 1, history, 3);
    kam_pg_check(kam_score_one(&account, sizeof account, &models, NULL,
                               KAM_NO_DAY, &scores, &diag),
                 &diag);
    const kam_reason *const one = &why[which];
    if (one->id == KAM_REASON_NONE || isnan(one->contribution))
        PG_RETURN_NULL();
    kam_pg_check(kam_reason_text(one, language, said, sizeof said, &diag),
                 &diag);
    PG_RETURN_TEXT_P(cstring_to_text(said));
}

PG_FUNCTION_INFO_V1(kam_pg_version);
Datum kam_pg_version(PG_FUNCTION_ARGS) {
    (void)fcinfo;
    PG_RETURN_TEXT_P(cstring_to_text(kam_version_text()));
}
