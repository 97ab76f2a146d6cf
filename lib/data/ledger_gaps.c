/* SPDX-License-Identifier: MIT */
/* The times between the days on which an account ordered. */
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

/* ... and of the numbered orders [from, to) of the account. */
static uint32_t numbered_next(const struct kam_ledger *ledger,
                              const struct kam__numbered *numbered,
                              int64_t *from, int64_t to) {
    if (*from >= to) return 0;
    const int64_t row = numbered->row[(*from)++];
    return kam__order_at(ledger, (uint64_t)numbered->index[row])->day;
}

double kam__log_gaps(const struct kam_ledger *ledger,
                     const struct kam__card *card,
                     const struct kam__numbered *numbered, int64_t from,
                     int64_t to) {
    struct cursor c = {card, 0, 0, 0};
    uint32_t one = card_next(&c);
    uint32_t two = numbered_next(ledger, numbered, &from, to);
    uint32_t before = 0;
    double sum = 0;
    while (one || two) {
        const int of_card = one && (!two || one <= two);
        const uint32_t day = of_card ? one : two;
        if (before && day > before)
            sum +=
                kam__log((int32_t)(day - before) / ledger->options.period_days);
        before = day;
        if (of_card)
            one = card_next(&c);
        else
            two = numbered_next(ledger, numbered, &from, to);
    }
    return before ? sum : (double)NAN;
}
