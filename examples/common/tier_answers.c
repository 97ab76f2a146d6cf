/* SPDX-License-Identifier: MIT */
#include "tier_answers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"

static void check(kam_status status, const kam_diag *diag) {
    if (status == KAM_OK) return;
    fail(status >= KAM_ERR_MEMORY ? EXIT_TROUBLE : EXIT_INPUT, "%s: %s",
         diag->argument, diag->message);
}

static void *room(int64_t n, size_t size) { return resize(NULL, n + 1, size); }

static kam_diag diag_of(void) {
    const kam_diag diag = {.struct_size = sizeof diag};
    return diag;
}

/* T1, T7: limits, and tiers that move only when they should. */
static void decide(struct tier_answers *a, const struct tier_book *book,
                   const struct tier_options *options) {
    const kam_column value = tier_book_column(book, FACT_VALUE);
    kam_diag diag = diag_of();
    check(kam_tier_cutpoints(&options->rules.tiers, &value, book->n, NULL,
                             a->limits, &diag),
          &diag);
    a->tier = room(book->n, sizeof *a->tier);
    a->verdict = room(book->n, sizeof *a->verdict);
    a->proposed = room(book->n, sizeof *a->proposed);
    a->since = room(book->n, sizeof *a->since);
    a->row_flags = room(book->n, sizeof *a->row_flags);
    kam_move_options moves = options->moves;
    if (moves.as_of_day == KAM_NO_DAY) {
        if (book->fact[FACT_UNTIL])
            fail(EXIT_INPUT, "overrides need --as-of: which day is today?");
        moves.as_of_day = 0;
    }
    /* Days of a file come as doubles; libkam takes them as integers. */
    int64_t *day[2] = {NULL, NULL};
    kam_column days[2] = {{.type = KAM_I64}, {.type = KAM_I64}};
    uint8_t *known[2] = {NULL, NULL};
    for (int d = 0; d < 2; d++) {
        const double *fact = book->fact[d == 0 ? FACT_SINCE : FACT_UNTIL];
        if (!fact) continue;
        day[d] = room(book->n, sizeof *day[d]);
        known[d] = room(book->n / 8 + 1, 1);
        memset(known[d], 0, (size_t)book->n / 8 + 1);
        for (int64_t i = 0; i < book->n; i++) {
            day[d][i] = isnan(fact[i]) ? 0 : (int64_t)fact[i];
            if (!isnan(fact[i])) known[d][i / 8] |= (uint8_t)(1u << i % 8);
        }
        days[d].values = day[d];
        days[d].validity = known[d];
    }
    const kam_move_rows rows = {.struct_size = sizeof rows,
                                .n_rows = book->n,
                                .score = value,
                                .tier_before =
                                    tier_book_column(book, FACT_TIER_BEFORE),
                                .since = days[0],
                                .score_low = tier_book_column(book, FACT_LOW),
                                .score_high = tier_book_column(book, FACT_HIGH),
                                .override_tier =
                                    tier_book_column(book, FACT_OVERRIDE),
                                .override_until = days[1]};
    const kam_move_out out = {.struct_size = sizeof out,
                              .tier = a->tier,
                              .verdict = a->verdict,
                              .proposed = a->proposed,
                              .since = a->since,
                              .row_flags = a->row_flags};
    check(kam_move_decide(&moves, a->limits, options->rules.tiers.n_bands,
                          &rows, NULL, &out, &diag),
          &diag);
    for (int d = 0; d < 2; d++) {
        free(day[d]);
        free(known[d]);
    }
}

/* Who was in which tier before, and is now. */
static void count_moves(struct tier_answers *a, const struct tier_book *book,
                        const struct tier_options *options) {
    const kam_column before = tier_book_column(book, FACT_TIER_BEFORE);
    const kam_column after = {.values = a->tier, .type = KAM_I32};
    kam_diag diag = diag_of();
    a->moves.struct_size = sizeof a->moves;
    a->moves.n_bands = options->rules.tiers.n_bands;
    a->moves.count = a->count;
    if (book->fact[FACT_TIER_BEFORE])
        check(kam_move_count(&before, &after, NULL, book->n, &a->moves, &diag),
              &diag);
}

/* T3, P5: shares, classes A, B, C, and concentration over groups. */
static void measure(struct tier_answers *a, const struct tier_book *book) {
    static const kam_tier_band abc[2] = {{0.80, 0.80}, {0.95, 0.95}};
    const kam_tier_policy classes = {.struct_size = sizeof classes,
                                     .basis = KAM_TIER_BY_TOTAL,
                                     .n_bands = 2,
                                     .bands = abc};
    const kam_column value = tier_book_column(book, FACT_VALUE);
    kam_tier_band limits[2];
    kam_diag diag = diag_of();
    a->share = room(book->n, sizeof *a->share);
    a->rank = room(book->n, sizeof *a->rank);
    a->book.struct_size = sizeof a->book;
    check(kam_concentration_measure(&value, book->n, NULL, a->share, &a->book,
                                    &diag),
          &diag);
    check(kam_scorecard_rank(&value, book->n, NULL, a->rank, &diag), &diag);
    a->gini = a->book.n_negative > 0 ? a->book.gini_signed : a->book.gini;
    if (kam_tier_cutpoints(&classes, &value, book->n, NULL, limits, NULL) ==
        KAM_OK) {
        const kam_tier_out out = {.struct_size = sizeof out,
                                  .tier = a->abc =
                                      room(book->n, sizeof *a->abc)};
        check(kam_tier_assign(limits, 2, &value, NULL, book->n, NULL, &out,
                              &diag),
              &diag);
    }
    if (!book->has_parent) return;
    /* An empty parent is none: an account of its own. */
    const kam_column accounts = texts_column(&book->account);
    const kam_column parents = texts_column(&book->parent);
    a->group = room(book->n, sizeof *a->group);
    a->group_amount = room(book->n, sizeof *a->group_amount);
    check(kam_concentration_groups(&accounts, &parents, &value, book->n, NULL,
                                   a->group, a->group_amount, &a->n_groups,
                                   &diag),
          &diag);
    const kam_column groups = {.values = a->group_amount, .type = KAM_F64};
    check(kam_concentration_measure(&groups, a->n_groups, NULL, NULL, &a->book,
                                    &diag),
          &diag);
}

/* T2. */
static void classify(struct tier_answers *a, const struct tier_book *book,
                     const kam_matrix_options *thresholds) {
    const int32_t n_quarters = tier_book_quarters(book);
    double *stable = NULL;
    kam_diag diag = diag_of();
    kam_matrix_rows rows = {.struct_size = sizeof rows,
                            .n_rows = book->n,
                            .revenue = tier_book_column(book, FACT_VALUE),
                            .stable = tier_book_column(book, FACT_STABLE),
                            .growth = tier_book_column(book, FACT_GROWTH),
                            .wallet = tier_book_column(book, FACT_WALLET),
                            .pain = tier_book_column(book, FACT_PAIN)};
    if (!rows.stable.values && n_quarters >= 3) {
        kam_column quarters[MOST_QUARTERS];
        stable = room(book->n, sizeof *stable);
        const kam_matrix_stability_out out = {.struct_size = sizeof out,
                                              .stable = stable};
        for (int32_t k = 0; k < n_quarters; k++)
            quarters[k] = tier_book_column(book, FACT_QUARTER + k);
        check(kam_matrix_stability(thresholds, quarters, n_quarters, book->n,
                                   NULL, &out, &diag),
              &diag);
        rows.stable.values = stable;
    }
    if (!rows.stable.values && !rows.growth.values && !rows.wallet.values &&
        !rows.pain.values)
        return;
    a->matrix_class = room(book->n, sizeof *a->matrix_class);
    a->value_score = room(book->n, sizeof *a->value_score);
    a->potential_score = room(book->n, sizeof *a->potential_score);
    uint32_t *flags = room(book->n, sizeof *flags);
    const kam_matrix_out out = {.struct_size = sizeof out,
                                .matrix_class = a->matrix_class,
                                .value_score = a->value_score,
                                .potential_score = a->potential_score,
                                .row_flags = flags};
    check(kam_matrix_fit(thresholds, &rows.revenue, book->n, NULL, &a->matrix,
                         &diag),
          &diag);
    check(kam_matrix_classify(&a->matrix, &rows, NULL, &out, &diag), &diag);
    for (int64_t i = 0; i < book->n; i++) a->row_flags[i] |= flags[i];
    free(flags);
    free(stable);
}

/* T9, and the caller's own classes. */
static void compare(struct tier_answers *a, const struct tier_book *book) {
    const kam_column value = tier_book_column(book, FACT_VALUE);
    const kam_column profit = tier_book_column(book, FACT_PROFIT);
    kam_diag diag = diag_of();
    if (profit.values) {
        a->agreement = room(book->n, sizeof *a->agreement);
        a->agree.struct_size = sizeof a->agree;
        const kam_segment_ranks ranks = {.struct_size = sizeof ranks,
                                         .agreement = a->agreement};
        check(kam_segment_compare(&value, &profit, book->n, 0, NULL, &ranks,
                                  &a->agree, &diag),
              &diag);
    }
    if (book->has_label) {
        const kam_column label = texts_column(&book->label);
        a->label = room(book->n, sizeof *a->label);
        a->label_row = room(book->n, sizeof *a->label_row);
        check(kam_segment_number(&label, book->n, NULL, a->label, a->label_row,
                                 &a->n_labels, &diag),
              &diag);
    }
}

void tier_answers_make(struct tier_answers *answers,
                       const struct tier_book *book,
                       const struct tier_options *options) {
    memset(answers, 0, sizeof *answers);
    decide(answers, book, options);
    count_moves(answers, book, options);
    measure(answers, book);
    classify(answers, book, &options->rules.matrix);
    compare(answers, book);
}

void tier_answers_free(struct tier_answers *a) {
    void *const block[] = {
        a->tier,        a->verdict,         a->proposed,     a->since,
        a->abc,         a->matrix_class,    a->agreement,    a->share,
        a->value_score, a->potential_score, a->group_amount, a->rank,
        a->group,       a->label,           a->label_row,    a->row_flags};
    for (size_t i = 0; i < sizeof block / sizeof *block; i++) free(block[i]);
    memset(a, 0, sizeof *a);
}
