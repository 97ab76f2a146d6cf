/* SPDX-License-Identifier: MIT */
/* What a ledger is made of. Everything in it is an exact sum, a count, a least
 * or greatest day, or a set: so neither the order of the lines nor the cut of
 * the log can show in it. */
#ifndef KAM_DATA_LEDGER_H
#define KAM_DATA_LEDGER_H

#include <kam/ledger.h>

#include "base/rows.h"
#include "data/calendar.h"
#include "data/keys.h"
#include "math/exact.h"

/* Days are counted from 1 = 0001-01-01 in here, and fit 22 bits; 0 is no day. */
enum {
    KAM__DAY_BITS = 22,
    KAM__DAY_MASK = (1 << KAM__DAY_BITS) - 1,
    KAM__BAD_DAY = KAM__DAY_MASK /* no day the calendar has */
};

static inline uint32_t kam__day_inside(int32_t day) {
    return (uint32_t)(day - KAM__FIRST_DAY + 1);
}

static inline int32_t kam__day_outside(uint32_t day) {
    return day ? (int32_t)day + KAM__FIRST_DAY - 1 : KAM_NO_DAY;
}

/* A set of three days or more: sorted words of 32 days each, the number of the
 * word above, its bits below. At most 8 bytes a day, and 2 bits a day of the
 * span when there are many. */
struct kam__days {
    uint32_t n_days;
    uint32_t n_words;
    uint64_t word[]; /* room for 3, 7, 15, ...: as many as there must be */
};

enum { KAM__DAY_LEVELS = 17 };

struct kam__days_store {
    struct kam__arena arena;
    void *unused[KAM__DAY_LEVELS]; /* lists of blocks outgrown, by level */
};

/* What every account has: one line of a processor's cache. */
struct kam__card {
    union kam__key key;
    /* The days of its day orders and KAM__CARD_* bits: up to two days in here,
     * the first at bit 8, the last at bit 32, 0: none; more of them in a block
     * (aligned to 32), whose address this is. */
    uint64_t days;
    kam_sum gross;       /* amounts above zero */
    kam_sum first_value; /* of day orders, those on the first day */
    kam_sum window;      /* amounts in the trailing window */
};

enum {
    KAM__CARD_NO_COST = 1,        /* a line lacks its cost */
    KAM__CARD_NO_WINDOW_COST = 2, /* one in the window does */
    KAM__CARD_COSTS = 3,
    KAM__CARD_BLOCK = 4,
    KAM__CARD_BITS = 31,
    KAM__CARD_FIRST = 8, /* where the two days are */
    KAM__CARD_LAST = 32
};

static inline struct kam__days *kam__card_block(const struct kam__card *card) {
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): a block's address and bits */
    return (struct kam__days *)(uintptr_t)(card->days &
                                           ~(uint64_t)KAM__CARD_BITS);
}

static inline int kam__card_has_block(const struct kam__card *card) {
    return (card->days & KAM__CARD_BLOCK) != 0;
}

/* What to ask memory for before the days are looked at. */
static inline const void *kam__card_days_at(const struct kam__card *card) {
    return kam__card_has_block(card) ? kam__card_block(card)
                                     : (const void *)card;
}

/* One of the two days in the card itself. */
static inline uint32_t kam__card_day(const struct kam__card *card, int where) {
    return (uint32_t)(card->days >> where) & KAM__DAY_MASK;
}

/* The first day of all; 0: none. */
static inline uint32_t kam__card_first(const struct kam__card *card) {
    if (!kam__card_has_block(card)) return kam__card_day(card, KAM__CARD_FIRST);
    const uint64_t head = kam__card_block(card)->word[0];
    /* The lowest bit alone is 2^(its place). */
    const uint64_t lowest = head & (0 - head) & UINT32_MAX;
    return (uint32_t)(head >> 32) << 5 | (63 - kam__leading_zeros(lowest));
}

struct kam__cost {
    kam_sum total;
    kam_sum window;
};

/* With an order column: what the card does not say of an account. */
struct kam__order_part {
    kam_sum day_value; /* amounts above zero without an order number */
    int64_t n_orders;  /* numbered orders that count */
};

/* A numbered order; its key is account << 32 | number. */
struct kam__order {
    union kam__key key;
    kam_sum value;
    uint32_t day; /* the earliest; 0: no line yet */
    uint32_t reserved;
};

/* What day orders are worth; its key is account << 32 | day. */
struct kam__day_value {
    union kam__key key;
    kam_sum value;
};

/* Why a line is dropped, in the order in which it is asked. */
enum kam__verdict {
    KAM__USED,
    KAM__NO_ACCOUNT,
    KAM__NO_DAY,
    KAM__NO_AMOUNT,
    KAM__BAD_AMOUNT,
    KAM__DAY_UNKNOWN,
    KAM__AFTER,
    KAM__BEFORE,
    KAM__N_VERDICTS
};

enum { KAM__ORDERS_UNKNOWN, KAM__ORDERS_BY_DAY, KAM__ORDERS_BY_NUMBER };

/* Counts that add up in a merge. */
struct kam__ledger_counts {
    int64_t line[KAM__N_VERDICTS];
    int64_t activity[KAM__N_VERDICTS];
    int64_t n_returns;
    int64_t n_zero;
    int64_t n_missing_cost;
    int64_t n_order_lines; /* lines that are part of an order */
};

struct kam_ledger {
    kam_host host;
    kam_ledger_options options;
    kam_status broken; /* what left it unusable */
    int32_t orders_by; /* KAM__ORDERS_* */
    uint32_t as_of;
    uint32_t first;             /* earlier days are dropped */
    uint32_t window_after;      /* the window is (window_after, as_of] */
    uint32_t quarter_after[40]; /* the latest first */
    struct kam__ledger_counts counts;
    uint32_t first_line; /* 0: none */
    uint32_t last_line;
    int64_t n_ordering;   /* accounts that ordered */
    int64_t n_day_orders; /* day orders */
    int64_t n_numbered;   /* numbered orders that count */

    struct kam__keys accounts; /* items: struct kam__card */
    /* Shape (accounts), in use only when needed. */
    struct kam__array returns; /* kam_sum, above zero */
    struct kam__array cost;    /* struct kam__cost */
    struct kam__array service; /* kam_sum */
    struct kam__array quarter; /* kam_sum[n_quarters] */
    struct kam__array part;    /* struct kam__order_part */
    struct kam__days_store days;

    struct kam__keys numbers; /* order numbers, each once */
    struct kam__keys orders;  /* items: struct kam__order */
    struct kam__keys values;  /* items: struct kam__day_value; if to be kept */
};

static inline struct kam__card *kam__card_at(const struct kam_ledger *ledger,
                                             uint64_t account) {
    return kam__array_at(&ledger->accounts.item, account);
}

static inline struct kam__order *kam__order_at(const struct kam_ledger *ledger,
                                               uint64_t order) {
    return kam__array_at(&ledger->orders.item, order);
}

enum { KAM__LEDGER_TILE = 64 }; /* <= KAM__TILE */

/* Rows of a tile that are used, one after the other. */
struct kam__tile {
    int32_t n;
    int32_t n_read; /* rows, used or not */
    int32_t
        row[KAM__LEDGER_TILE]; /* in the caller's columns, from `first` on */
    int64_t first;
    uint32_t day[KAM__LEDGER_TILE];
    double amount[KAM__LEDGER_TILE];
    uint64_t account[KAM__LEDGER_TILE];
    struct kam__card *card[KAM__LEDGER_TILE];
    uint64_t numbered; /* bits of the rows that have an order number */
    int64_t key[KAM__LEDGER_TILE];           /* integer keys, */
    uint64_t hash[KAM__LEDGER_TILE];         /* or hashes of texts */
    struct kam__span text[KAM__LEDGER_TILE]; /* and texts: of `row` */
};

/* A walk over the rows of a chunk. */
struct kam__walk {
    const kam_column *account; /* what lines and activities share */
    const kam_column *day;
    const kam_column *amount;
    int64_t n_rows;
    int64_t *count; /* of each verdict */
    /* Puts a tile, whose accounts are found, into the ledger. */
    kam_status (*post)(struct kam_ledger *ledger, struct kam__tile *tile,
                       const void *columns);
    const void *columns;
};

/* ledger_read.c */
kam_status kam__text_check(const kam_column *column, int64_t n_rows,
                           const char *argument, kam_diag *diag);
void kam__tile_read(const struct kam_ledger *ledger,
                    const struct kam__walk *walk, int64_t first, int32_t n,
                    struct kam__tile *tile);

/* ledger_walk.c */
void kam__tile_touch(const struct kam_ledger *ledger,
                     const struct kam__tile *tile);
void kam__tile_guess(const struct kam_ledger *ledger, struct kam__tile *tile);
int kam__tile_find(struct kam_ledger *ledger, struct kam__tile *tile);
kam_status kam__ledger_walk(struct kam_ledger *ledger,
                            const struct kam__walk *walk);

/* ledger_days.c: a day of a day order. KAM__DAY_SEEN is added to the others when
 * the card has the day already; -1 without memory. */
enum {
    KAM__DAY_ONLY,    /* no other day so far */
    KAM__DAY_EARLIER, /* than all so far */
    KAM__DAY_FIRST,   /* the first day once more */
    KAM__DAY_LATER,   /* than the first */
    KAM__DAY_PLACES = 3,
    KAM__DAY_SEEN = 4
};
int kam__card_add_more(struct kam__days_store *store, const kam_host *host,
                       struct kam__card *card, uint32_t day);

/* Days on accounts of few orders, or for the first time: no block, no call. */
static inline int kam__card_add_day(struct kam__days_store *store,
                                    const kam_host *host,
                                    struct kam__card *card, uint32_t day) {
    const uint32_t first = kam__card_day(card, KAM__CARD_FIRST);
    const uint32_t last = kam__card_day(card, KAM__CARD_LAST);
    if (kam__card_has_block(card) || first != last)
        return kam__card_add_more(store, host, card, day);
    if (day == first) return KAM__DAY_FIRST | KAM__DAY_SEEN;
    const uint64_t least = first && first < day ? first : day;
    const uint64_t most = last > day ? last : day;
    card->days = (card->days & KAM__CARD_COSTS) | least << KAM__CARD_FIRST |
                 most << KAM__CARD_LAST;
    return !first        ? KAM__DAY_ONLY
           : day < first ? KAM__DAY_EARLIER
                         : KAM__DAY_LATER;
}
int kam__card_has_day(const struct kam__card *card, uint32_t day);

/* The days of a card, in no order to rely on but that `first` and `last` are
 * right; 0: none. */
struct kam__days_seen {
    uint32_t n, first, last;
};
struct kam__days_seen kam__card_days(const struct kam__card *card);

/* ledger_orders.c */
kam_status kam__orders_post(struct kam_ledger *ledger,
                            const struct kam__tile *tile,
                            const kam_column *number);
kam_status kam__orders_merge(struct kam_ledger *ledger,
                             const struct kam_ledger *other,
                             const uint32_t *account);

/* ledger.c */
int32_t kam__kind_of(const kam_column *column);
kam_status kam__kind_check(const struct kam__keys *keys,
                           const kam_column *column, const char *argument,
                           kam_diag *diag);
int kam__ledger_reserve(struct kam_ledger *ledger, uint64_t n_more);
kam_status kam__ledger_usable(const struct kam_ledger *ledger, kam_diag *diag);
kam_status kam__ledger_end(struct kam_ledger *ledger, kam_status status,
                           kam_diag *diag);
kam_status kam__ledger_progress(const struct kam_ledger *ledger, int64_t done,
                                int64_t total);

/* Accounts of a summary, from `row` on, and their orders by column. */
struct kam__summed {
    int64_t row;
    int32_t n;
    int32_t with_gaps, with_values; /* log_gaps, log_values are wanted */
    uint64_t account[KAM__LEDGER_TILE];
    const struct kam__card *card[KAM__LEDGER_TILE];
    uint32_t first[KAM__LEDGER_TILE]; /* 0: never ordered */
    uint32_t last[KAM__LEDGER_TILE];
    int32_t n_days[KAM__LEDGER_TILE];
    int64_t n_orders[KAM__LEDGER_TILE];
    kam_sum value[KAM__LEDGER_TILE]; /* of all orders */
    kam_sum first_value[KAM__LEDGER_TILE];
    double log_gaps[KAM__LEDGER_TILE];
    double log_values[KAM__LEDGER_TILE];
};

/* Numbered orders that count, by account in the order of the summary, then by
 * day. */
struct kam__numbered {
    int64_t n;
    int64_t at;     /* the next one */
    int64_t *key;   /* rank of the account << 22 | day, shape (n) */
    int64_t *row;   /* of `key`, in ascending order, shape (n) */
    int64_t *index; /* of the order, shape (n) */
};

/* ledger_numbered.c */
kam_status kam__numbered_new(struct kam__numbered *numbered,
                             const struct kam_ledger *ledger,
                             const int64_t *order);
void kam__numbered_free(struct kam__numbered *numbered, const kam_host *host);
void kam__numbered_add(const struct kam_ledger *ledger,
                       struct kam__numbered *numbered,
                       struct kam__summed *summed);

/* ledger_gaps.c: log_gaps and log_values of account i of a tile, whose numbered
 * orders are [from, to), as far as they are wanted. */
void kam__sum_logs(const struct kam_ledger *ledger,
                   const struct kam__numbered *numbered, int64_t from,
                   int64_t to, struct kam__summed *summed, int32_t i);

/* ledger_values.c: what day orders are worth. Adds those of a tile; of another
 * ledger; finds one, 0 when it is not kept. */
kam_status kam__values_post(struct kam_ledger *ledger,
                            const struct kam__tile *tile);
kam_status kam__values_merge(struct kam_ledger *ledger,
                             const struct kam_ledger *other,
                             const uint32_t *account);
int kam__values_find(const struct kam_ledger *ledger, uint64_t account,
                     uint32_t day, kam_sum *value);

/* ledger_write.c */
void kam__summed_write(const struct kam_ledger *ledger, const kam_summary *out,
                       const struct kam__summed *summed);

/* ledger_sort.c: account numbers in ascending order of key. */
kam_status kam__ledger_sorted(const struct kam_ledger *ledger, int64_t *order);

#endif
