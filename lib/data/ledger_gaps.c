/* SPDX-License-Identifier: MIT */
/* The times between the days on which an account ordered, and what these were
 * worth. */
#include <math.h>

#include "data/ledger.h"
#include "math/elementary.h"

/* Days in ascending order, one after the other: of a card, */
struct cursor {
    const struct kam__card *card;
    uint32_t at;   /* the next word, or the next of the two days */
    uint32_t bits; /* of the word before, those not yet told */
    uint32_t day;  /* of bit 0 */
};

/* 0 after the last. */
static uint32_t card_next(struct cursor *c) {
    if (!kam__card_has_block(c->card)) {
        const uint32_t first = kam__card_day(c->card, KAM__CARD_FIRST);
        const uint32_t last = kam__card_day(c->card, KAM__CARD_LAST);
        if (c->at > 1 || (c->at == 1 && last == first)) return 0;
        return c->at++ == 0 ? first : last;
    }
    const struct kam__days *const days = kam__card_block(c->card);
    if (c->bits == 0) {
        if (c->at >= days->n_words) return 0;
        c->bits = (uint32_t)days->word[c->at];
        c->day = (uint32_t)(days->word[c->at++] >> 32) << 5;
    }
    const uint32_t lowest = c->bits & (0 - c->bits);
    c->bits ^= lowest;
    return c->day + (63 - kam__leading_zeros(lowest));
}

/* Two lists of days in one: of the card, and of numbered orders, which have values. */
struct days_of {
    const struct kam_ledger *ledger;
    const struct kam__numbered *numbered;
    int64_t at, end;
    struct cursor cursor;
    uint32_t one, two; /* the next of either; 0: none */
};

static const struct kam__order *numbered_at(const struct days_of *days) {
    const int64_t row = days->numbered->row[days->at];
    return kam__order_at(days->ledger, (uint64_t)days->numbered->index[row]);
}

static uint32_t numbered_day(const struct days_of *days) {
    return days->at < days->end ? numbered_at(days)->day : 0;
}

/* The next day, 0 after the last, and the value of its orders; `is_known` turns 0
 * when that is not. */
static uint32_t next_day(struct days_of *days, uint64_t account, int with_value,
                         kam_sum *value, int *is_known) {
    const uint32_t one = days->one, two = days->two;
    const uint32_t day = one && (!two || one <= two) ? one : two;
    uint64_t over = 0; /* it fits: the account's revenue did */
    *value = (kam_sum){0, 0};
    if (day && one == day) {
        if (with_value)
            *is_known &= kam__values_find(days->ledger, account, day, value);
        days->one = card_next(&days->cursor);
    }
    for (; day && days->two == day; days->two = numbered_day(days)) {
        *value = kam__exact_plus(*value, numbered_at(days)->value, &over);
        days->at++;
    }
    return day;
}

void kam__sum_logs(const struct kam_ledger *ledger,
                   const struct kam__numbered *numbered, int64_t from,
                   int64_t to, struct kam__summed *s, int32_t i) {
    struct days_of days = {ledger, numbered, from, to, {s->card[i], 0, 0, 0},
                           0,      0};
    uint32_t day, before = 0;
    kam_sum value;
    int is_known = 1;
    double gaps = 0, values = 0;
    if (!s->with_gaps && !s->with_values) return;
    days.one = card_next(&days.cursor);
    days.two = numbered_day(&days);
    while ((day = next_day(&days, s->account[i], s->with_values, &value,
                           &is_known)) != 0) {
        if (before)
            gaps +=
                kam__log((int32_t)(day - before) / ledger->options.period_days);
        if (s->with_values && is_known &&
            (before || ledger->options.value_first))
            values += kam__log(kam__exact_value(value));
        before = day;
    }
    s->log_gaps[i] = before ? gaps : (double)NAN;
    s->log_values[i] =
        before && is_known && values > -INFINITY ? values : (double)NAN;
}
