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
    return (struct kam__days *)(uintptr_t)(card->days &
                                           ~(uint64_t)KAM__CARD_BITS);
}

static inline int kam__card_has_block(const struct kam__card *card) {
    return (card->days & KAM__CARD_BLOCK) != 0;
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
};

static inline struct kam__card *kam__card_at(const struct kam_ledger *ledger,
                                             uint64_t account) {
    return kam__array_at(&ledger->accounts.item, account);
}

static inline struct kam__order *kam__order_at(const struct kam_ledger *ledger,
                                               uint64_t order) {
    return kam__array_at(&ledger->orders.item, order);
}

/* Rows of a tile that are used, one after the other. */
struct kam__tile {
    int32_t n;
    int32_t any_return;
    int32_t row[KAM__TILE]; /* in the caller's columns, from `first` on */
    int64_t first;
    uint32_t day[KAM__TILE];
    double amount[KAM__TILE];
    kam_sum value[KAM__TILE]; /* the amount */
    uint64_t account[KAM__TILE];
    struct kam__card *card[KAM__TILE];
    uint8_t is_order[KAM__TILE]; /* adds to the order of its day */
    uint64_t hash[KAM__TILE];
    int64_t key[KAM__TILE];           /* integer keys, */
    struct kam__span text[KAM__TILE]; /* or texts */
};

/* The columns that lines and activities share. */
struct kam__posting {
    const kam_column *account;
    const kam_column *day;
    const kam_column *amount;
};

/* ledger_read.c */
kam_status kam__text_check(const kam_column *column, int64_t n_rows,
                           const char *argument, kam_diag *diag);
void kam__tile_read(const struct kam_ledger *ledger,
                    const struct kam__posting *from, int64_t first, int32_t n,
                    struct kam__tile *tile, int64_t *count);
kam_status kam__tile_find(struct kam_ledger *ledger, struct kam__tile *tile);

/* ledger_days.c: 1 when the day is new, 0 when not, -1 without memory. */
int kam__card_add_day(struct kam__days_store *store, const kam_host *host,
                      struct kam__card *card, uint32_t day);
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

/* ledger_sort.c: account numbers in ascending order of key. */
kam_status kam__ledger_sorted(const struct kam_ledger *ledger, int64_t *order);

#endif
