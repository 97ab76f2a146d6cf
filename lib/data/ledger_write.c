/* SPDX-License-Identifier: MIT */
/* One column of a summary at a time, for the accounts of a tile. */
#include <math.h>

#include "data/ledger.h"

static const double unknown = (double)NAN;

static void write_keys(int64_t *to, const struct kam__summed *s) {
    for (int32_t i = 0; to && i < s->n; i++)
        to[s->row + i] = s->card[i]->key.integer;
}

static void write_days(int32_t *to, const struct kam__summed *s,
                       const uint32_t *day) {
    for (int32_t i = 0; to && i < s->n; i++)
        to[s->row + i] = kam__day_outside(day[i]);
}

static void write_flags(uint32_t *to, const struct kam__summed *s) {
    for (int32_t i = 0; to && i < s->n; i++)
        to[s->row + i] = s->first[i] ? 0 : KAM_ROW_MISSING;
}

static void write_orders(double *to, const struct kam__summed *s) {
    for (int32_t i = 0; to && i < s->n; i++)
        to[s->row + i] = (double)s->n_orders[i];
}

static void write_repeats(double *to, const struct kam__summed *s) {
    for (int32_t i = 0; to && i < s->n; i++)
        to[s->row + i] = s->first[i] ? (double)(s->n_days[i] - 1) : unknown;
}

/* From the first order to the last, and to as_of_day. */
static void write_last(double *to, const struct kam__summed *s, double period) {
    for (int32_t i = 0; to && i < s->n; i++) {
        const int32_t days = (int32_t)(s->last[i] - s->first[i]);
        to[s->row + i] = s->first[i] ? days / period : unknown;
    }
}

static void write_age(double *to, const struct kam__summed *s, uint32_t as_of,
                      double period) {
    for (int32_t i = 0; to && i < s->n; i++) {
        const int32_t days = (int32_t)(as_of - s->first[i]);
        to[s->row + i] = s->first[i] ? days / period : unknown;
    }
}

/* Days whose orders count for the value of one. */
static int32_t valued(const struct kam__summed *s, int32_t i, int with_first) {
    return s->first[i] ? s->n_days[i] - !with_first : 0;
}

static void write_means(double *to, const struct kam__summed *s,
                        int with_first) {
    uint64_t over = 0; /* what is left of a sum fits */
    for (int32_t i = 0; to && i < s->n; i++) {
        const int32_t n = valued(s, i, with_first);
        double mean = s->first[i] ? 0 : unknown;
        if (n > 0) {
            const kam_sum less = with_first
                                     ? (kam_sum){0, 0}
                                     : kam__exact_negative(s->first_value[i]);
            mean =
                kam__exact_value(kam__exact_plus(s->value[i], less, &over)) / n;
        }
        to[s->row + i] = mean;
    }
}

static void write_valued(double *to, const struct kam__summed *s,
                         int with_first) {
    for (int32_t i = 0; to && i < s->n; i++)
        to[s->row + i] = s->first[i] ? valued(s, i, with_first) : unknown;
}

static void write_logs(double *to, const struct kam__summed *s,
                       const double *from) {
    for (int32_t i = 0; to && i < s->n; i++) to[s->row + i] = from[i];
}

static void write_gross(double *to, const struct kam__summed *s) {
    for (int32_t i = 0; to && i < s->n; i++)
        to[s->row + i] = kam__exact_value(s->card[i]->gross);
}

static void write_window(double *to, const struct kam__summed *s) {
    for (int32_t i = 0; to && i < s->n; i++)
        to[s->row + i] = kam__exact_value(s->card[i]->window);
}

/* Sum number `which` of a side array, 0 in one that is not in use; not known for
 * accounts whose card has one of the `unless` bits. */
static void write_side(double *to, const struct kam__summed *s,
                       const struct kam__array *array, int which,
                       uint64_t unless) {
    for (int32_t i = 0; to && i < s->n; i++) {
        double value = 0;
        if (s->card[i]->days & unless) {
            value = unknown;
        } else if (array->size) {
            const kam_sum *const sum = kam__array_at(array, s->account[i]);
            value = kam__exact_value(sum[which]);
        }
        to[s->row + i] = value;
    }
}

static void write_service(double *to, const struct kam_ledger *ledger,
                          const struct kam__summed *s) {
    if (ledger->counts.activity[KAM__USED]) {
        write_side(to, s, &ledger->service, 0, 0);
        return;
    }
    for (int32_t i = 0; to && i < s->n; i++) to[s->row + i] = unknown;
}

static void write_quarters(double *to, const struct kam_ledger *ledger,
                           const struct kam__summed *s) {
    const int32_t n = ledger->options.n_quarters;
    for (int32_t i = 0; to && n > 0 && i < s->n; i++) {
        const kam_sum *const sum =
            kam__array_at(&ledger->quarter, s->account[i]);
        for (int32_t q = 0; q < n; q++)
            to[(s->row + i) * n + q] = kam__exact_value(sum[q]);
    }
}

void kam__summed_write(const struct kam_ledger *ledger, const kam_summary *out,
                       const struct kam__summed *s) {
    const double period = ledger->options.period_days;
    const int with_first = ledger->options.value_first;
    write_keys(out->key, s);
    write_days(out->first_day, s, s->first);
    write_days(out->last_day, s, s->last);
    write_flags(out->row_flags, s);
    write_orders(out->orders, s);
    write_repeats(out->repeat_orders, s);
    write_last(out->last_order_periods, s, period);
    write_age(out->age_periods, s, ledger->as_of, period);
    write_means(out->mean_order_value, s, with_first);
    write_valued(out->valued_orders, s, with_first);
    write_logs(out->log_gaps, s, s->log_gaps);
    write_logs(out->log_values, s, s->log_values);
    write_gross(out->gross_revenue, s);
    write_side(out->returns, s, &ledger->returns, 0, 0);
    write_side(out->direct_cost, s, &ledger->cost, 0, KAM__CARD_NO_COST);
    write_service(out->service_cost, ledger, s);
    write_window(out->window_revenue, s);
    write_side(out->window_cost, s, &ledger->cost, 1, KAM__CARD_NO_WINDOW_COST);
    write_quarters(out->quarter_revenue, ledger, s);
}
