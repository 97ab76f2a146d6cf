/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include <kam/calendar.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/sized.h"
#include "data/ledger.h"

kam_status kam_ledger_options_init(kam_ledger_options *options,
                                   uint32_t struct_size) {
    const kam_ledger_options ours = {.as_of_day = KAM_NO_DAY,
                                     .first_day = KAM_NO_DAY,
                                     .zero_is_order = 1,
                                     .window_months = 12,
                                     .period_days = 7};
    return kam__sized_init(options, struct_size, &ours, sizeof ours,
                           KAM__FIRST(kam_ledger_options));
}

static kam_status check_options(const kam_ledger_options *options,
                                kam_diag *diag) {
    const struct {
        int32_t value, least, most;
        const char *name, *message;
    } rule[] = {{options->as_of_day, KAM__FIRST_DAY, KAM__LAST_DAY,
                 "options.as_of_day",
                 "{value} is no day of the years 1 to 9999; it must be set."},
                {options->first_day, INT32_MIN, options->as_of_day,
                 "options.first_day", "{value} is after as_of_day."},
                {options->zero_is_order, 0, 1, "options.zero_is_order",
                 "{value} is neither 0 nor 1."},
                {options->window_months, 1, 120, "options.window_months",
                 "{value} is not within 1 to 120."},
                {options->n_quarters, 0, 40, "options.n_quarters",
                 "{value} is not within 0 to 40."},
                {options->keep_values, 0, 1, "options.keep_values",
                 "{value} is neither 0 nor 1."},
                {options->value_first, 0, 1, "options.value_first",
                 "{value} is neither 0 nor 1."}};
    for (size_t i = 0; i < sizeof rule / sizeof *rule; i++)
        if (rule[i].value < rule[i].least || rule[i].value > rule[i].most)
            return kam__fail(diag, KAM_ERR_OPTION, rule[i].name, -1,
                             rule[i].value, rule[i].message);
    if (!(options->period_days > 0 && isfinite(options->period_days)))
        return kam__fail(diag, KAM_ERR_OPTION, "options.period_days", -1,
                         options->period_days,
                         "{value} is no finite number above zero.");
    return KAM_OK;
}

/* The day `months` before as_of_day, always from as_of_day itself, so that one
 * that ends a month steps from month end to month end. */
static uint32_t day_before(const kam_ledger_options *options, int32_t months) {
    int32_t day;
    return kam_calendar_add_months(options->as_of_day, -months, &day) == KAM_OK
               ? kam__day_inside(day)
               : 0;
}

static void set_up(struct kam_ledger *ledger, const kam_host *host,
                   const kam_ledger_options *options) {
    memset(ledger, 0, sizeof *ledger);
    ledger->host = *host;
    ledger->options = *options;
    ledger->as_of = kam__day_inside(options->as_of_day);
    ledger->first = options->first_day > KAM__FIRST_DAY
                        ? kam__day_inside(options->first_day)
                        : 1;
    ledger->window_after = day_before(options, options->window_months);
    for (int32_t q = 0; q < options->n_quarters; q++)
        ledger->quarter_after[q] = day_before(options, 3 * (q + 1));
    ledger->accounts.item.size = sizeof(struct kam__card);
    ledger->numbers.item.size = sizeof(union kam__key);
    ledger->orders.item.size = sizeof(struct kam__order);
    ledger->orders.kind = KAM__KEYS_INTEGER;
    ledger->values.item.size = sizeof(struct kam__day_value);
    ledger->values.kind = KAM__KEYS_INTEGER;
    ledger->quarter.size = (uint64_t)options->n_quarters * sizeof(kam_sum);
}

kam_status kam_ledger_new(const kam_ledger_options *options,
                          const kam_host *host, kam_ledger **ledger,
                          kam_diag *diag) {
    kam_host our_host;
    kam_ledger_options ours;
    if (!ledger)
        return kam__fail(diag, KAM_ERR_NULL, "ledger", -1, NAN,
                         "there is nowhere to put the ledger.");
    *ledger = NULL;
    kam_status status = kam__host_read(&our_host, host, diag);
    if (status == KAM_OK)
        status =
            kam__sized_read(&ours, sizeof ours, options,
                            KAM__FIRST(kam_ledger_options), "options", diag);
    if (status == KAM_OK) status = check_options(&ours, diag);
    if (status != KAM_OK) return status;
    *ledger = kam__allocate(&our_host, 1, sizeof **ledger);
    if (!*ledger) return kam__no_memory(diag);
    set_up(*ledger, &our_host, &ours);
    return kam__ok(diag);
}

void kam_ledger_free(kam_ledger *ledger) {
    if (!ledger) return;
    const kam_host host = ledger->host;
    struct kam__array *const array[] = {&ledger->returns, &ledger->cost,
                                        &ledger->service, &ledger->quarter,
                                        &ledger->part};
    for (size_t i = 0; i < sizeof array / sizeof *array; i++)
        kam__array_free(array[i], &host);
    kam__keys_free(&ledger->accounts, &host);
    kam__keys_free(&ledger->numbers, &host);
    kam__keys_free(&ledger->orders, &host);
    kam__keys_free(&ledger->values, &host);
    kam__arena_free(&ledger->days.arena, &host);
    kam__release(&host, ledger, 1, sizeof *ledger);
}

int kam__ledger_reserve(struct kam_ledger *ledger, uint64_t n_more) {
    struct kam__array *const array[] = {&ledger->returns, &ledger->cost,
                                        &ledger->service, &ledger->quarter,
                                        &ledger->part};
    const uint64_t n = ledger->accounts.n + n_more;
    if (kam__keys_reserve(&ledger->accounts, &ledger->host, n_more)) return 1;
    for (size_t i = 0; i < sizeof array / sizeof *array; i++)
        if (array[i]->size && kam__array_reserve(array[i], &ledger->host, n))
            return 1;
    return 0;
}

kam_status kam__ledger_usable(const struct kam_ledger *ledger, kam_diag *diag) {
    if (!ledger)
        return kam__fail(diag, KAM_ERR_NULL, "ledger", -1, NAN,
                         "there is no ledger.");
    return ledger->broken == KAM_OK
               ? KAM_OK
               : kam__fail(diag, ledger->broken, "ledger", -1, NAN,
                           "an earlier call failed half-way; this ledger can "
                           "only be freed.");
}

kam_status kam__ledger_end(struct kam_ledger *ledger, kam_status status,
                           kam_diag *diag) {
    if (status == KAM_OK) return kam__ok(diag);
    ledger->broken = status;
    return kam__fail(diag, status,
                     status == KAM_ERR_CANCELLED ? "host.progress"
                     : status == KAM_ERR_MEMORY  ? "host"
                                                 : "ledger",
                     -1, NAN, "");
}

kam_status kam__ledger_progress(const struct kam_ledger *ledger, int64_t done,
                                int64_t total) {
    const kam_host *const host = &ledger->host;
    if (done % KAM__PIECE != 0 || !host->progress) return KAM_OK;
    return host->progress(host->watcher, done, total) ? KAM_ERR_CANCELLED
                                                      : KAM_OK;
}

int32_t kam__kind_of(const kam_column *column) {
    return KAM__TEXTS >> column->type & 1 ? KAM__KEYS_TEXT : KAM__KEYS_INTEGER;
}

kam_status kam__kind_check(const struct kam__keys *keys,
                           const kam_column *column, const char *argument,
                           kam_diag *diag) {
    if (keys->kind == KAM__KEYS_NONE || keys->kind == kam__kind_of(column))
        return KAM_OK;
    return kam__fail(diag, KAM_ERR_TYPE, argument, -1, column->type,
                     "type {value} mixes numbers and texts with what the "
                     "ledger holds.");
}

int64_t kam_ledger_n_accounts(const kam_ledger *ledger) {
    return ledger ? (int64_t)ledger->accounts.n : 0;
}

static int64_t sum_of(const int64_t *count, int from) {
    int64_t sum = 0;
    for (int i = from; i < KAM__N_VERDICTS; i++) sum += count[i];
    return sum;
}

kam_status kam_ledger_report_of(const kam_ledger *ledger,
                                kam_ledger_report *report, kam_diag *diag) {
    kam_status status = kam__ledger_usable(ledger, diag);
    if (status != KAM_OK) return status;
    const struct kam__ledger_counts *const counts = &ledger->counts;
    const int64_t n_accounts = (int64_t)ledger->accounts.n;
    const int64_t n_numbers = (int64_t)ledger->orders.n;
    const kam_ledger_report ours = {
        .struct_size = sizeof ours,
        .n_lines = sum_of(counts->line, 0),
        .n_used = counts->line[KAM__USED],
        .n_missing_account = counts->line[KAM__NO_ACCOUNT],
        .n_missing_day = counts->line[KAM__NO_DAY],
        .n_missing_amount = counts->line[KAM__NO_AMOUNT],
        .n_bad_amount = counts->line[KAM__BAD_AMOUNT],
        .n_bad_day = counts->line[KAM__DAY_UNKNOWN],
        .n_after_as_of = counts->line[KAM__AFTER],
        .n_before_first = counts->line[KAM__BEFORE],
        .n_returns = counts->n_returns,
        .n_zero = counts->n_zero,
        .n_missing_cost = counts->n_missing_cost,
        .n_merged = counts->n_order_lines - ledger->n_day_orders - n_numbers,
        .n_accounts = n_accounts,
        .n_without_order = n_accounts - ledger->n_ordering,
        .n_orders = ledger->n_day_orders + ledger->n_numbered,
        .n_void_orders = n_numbers - ledger->n_numbered,
        .n_activities = counts->activity[KAM__USED],
        .n_activities_dropped = sum_of(counts->activity, KAM__USED + 1),
        .first_line_day = kam__day_outside(ledger->first_line),
        .last_line_day = kam__day_outside(ledger->last_line)};
    status = kam__sized_write(report, &ours, sizeof ours,
                              KAM__FIRST(kam_ledger_report), "report", diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}
