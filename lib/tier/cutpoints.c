/* SPDX-License-Identifier: MIT */
/* From a policy and a book to score limits. */
#include <kam/tier.h>

#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "base/sized.h"
#include "math/exact.h"
#include "math/extent.h"
#include "math/select.h"

enum { MOST_BANDS = 16 };

static kam_status check_enter(const kam_tier_policy *policy, kam_diag *diag) {
    const int shares = policy->basis != KAM_TIER_BY_SCORE;
    for (int32_t i = 0; i < policy->n_bands; i++) {
        const double enter = policy->bands[i].enter;
        if (!isfinite(enter) || (shares && !(enter > 0 && enter <= 1)))
            return kam__fail(diag, KAM_ERR_OPTION, "policy.bands.enter", i,
                             enter,
                             shares ? "Band {row}'s share to enter is {value}, "
                                      "not above 0 and at most 1."
                                    : "Band {row}'s limit to enter is {value}, "
                                      "not a finite number.");
        const double above = i > 0 ? policy->bands[i - 1].enter : enter;
        if (i > 0 && (shares ? enter <= above : enter >= above))
            return kam__fail(diag, KAM_ERR_OPTION, "policy.bands.enter", i,
                             enter,
                             shares
                                 ? "Band {row}'s share to enter, {value}, is "
                                   "not above that of the band before."
                                 : "Band {row}'s limit to enter, {value}, is "
                                   "not below that of the band before.");
    }
    return KAM_OK;
}

static kam_status check_keep(const kam_tier_policy *policy, kam_diag *diag) {
    const int shares = policy->basis != KAM_TIER_BY_SCORE;
    for (int32_t i = 0; i < policy->n_bands; i++) {
        const double keep = policy->bands[i].keep;
        const double enter = policy->bands[i].enter;
        if (shares ? !(keep >= enter && keep <= 1)
                   : !(isfinite(keep) && keep <= enter))
            return kam__fail(diag, KAM_ERR_OPTION, "policy.bands.keep", i, keep,
                             shares ? "Band {row}'s share to keep is {value}, "
                                      "not from its share to enter to 1."
                                    : "Band {row}'s limit to keep is {value}, "
                                      "not at or below its limit to enter.");
        const double above = i > 0 ? policy->bands[i - 1].keep : keep;
        if (shares ? keep < above : keep > above)
            return kam__fail(diag, KAM_ERR_OPTION, "policy.bands.keep", i, keep,
                             "Band {row} is harder to keep, at {value}, than "
                             "the better band before it.");
    }
    return KAM_OK;
}

static kam_status read_policy(kam_tier_policy *policy,
                              const kam_tier_policy *theirs, kam_diag *diag) {
    const kam_status status =
        kam__sized_read(policy, sizeof *policy, theirs,
                        KAM__FIRST(kam_tier_policy), "policy", diag);
    if (status != KAM_OK) return status;
    if (policy->basis < KAM_TIER_BY_SCORE || policy->basis > KAM_TIER_BY_TOTAL)
        return kam__fail(diag, KAM_ERR_OPTION, "policy.basis", -1,
                         policy->basis, "{value} is not one of KAM_TIER_BY_*.");
    if (policy->n_bands < 1 || policy->n_bands > MOST_BANDS)
        return kam__fail(diag, KAM_ERR_OPTION, "policy.n_bands", -1,
                         policy->n_bands, "{value} is not from 1 to 16.");
    if (policy->reserved != 0)
        return kam__fail(diag, KAM_ERR_NEWER, "policy.reserved", -1,
                         policy->reserved, "reserved is {value}, not 0.");
    if (!policy->bands)
        return kam__fail(diag, KAM_ERR_NULL, "policy.bands", -1, NAN, "");
    const kam_status enter = check_enter(policy, diag);
    return enter != KAM_OK ? enter : check_keep(policy, diag);
}

static const char NO_SCORE[] = "No score is known.";

/* The known scores of the book, each with what it weighs. */
struct book {
    const kam_column *score;
    struct kam__weighted *item; /* shape (n_rows), the first n in use */
    int64_t n;
    kam_sum total; /* of the weights */
};

static void load_rows(void *context, int64_t first, int32_t n) {
    const struct book *const book = context;
    double tile[KAM__TILE];
    const double *const score = kam__gather(book->score, first, n, tile);
    for (int32_t i = 0; i < n; i++) book->item[first + i].value = score[i];
}

/* Drops missing and infinite scores; returns the largest of the rest, or 0. */
static double drop_unknown(struct book *book, int64_t n_rows) {
    double largest = 0;
    for (int64_t i = 0; i < n_rows; i++) {
        const double value = book->item[i].value;
        if (!isfinite(value)) continue;
        if (value > largest) largest = value;
        book->item[book->n++].value = value;
    }
    return largest;
}

static void weigh(struct book *book, int32_t basis, double largest) {
    const double up = kam__scaling_of(largest, KAM__SUM_BITS).up;
    for (int64_t i = 0; i < book->n; i++) {
        struct kam__weighted *const item = &book->item[i];
        item->weight = basis == KAM_TIER_BY_RANK ? 1
                       : item->value > 0         ? item->value * up
                                                 : 0;
        const kam_sum weight = kam__exact_of(item->weight);
        (void)kam__exact_add(&book->total, weight.low, weight.high);
    }
}

/* The weight that the best `share` of the book must reach. */
static kam_sum target_of(const struct book *book, int32_t basis, double share) {
    if (share >= 1) return book->total;
    const double whole = kam_sum_value(&book->total);
    const double part = share * whole * KAM__ON_THE_LINE;
    return kam__exact_of(basis == KAM_TIER_BY_RANK ? ceil(part) : part);
}

static void select_limits(struct book *book, const kam_tier_policy *policy,
                          kam_tier_band *limits) {
    for (int32_t i = 0; i < policy->n_bands; i++) {
        const kam_tier_band *const band = &policy->bands[i];
        const kam_sum enter = target_of(book, policy->basis, band->enter);
        const kam_sum keep = target_of(book, policy->basis, band->keep);
        limits[i].enter = kam__select(book->item, book->n, &enter);
        limits[i].keep = band->keep == band->enter
                             ? limits[i].enter
                             : kam__select(book->item, book->n, &keep);
    }
}

static kam_status fit_limits(struct book *book, const kam_tier_policy *policy,
                             int64_t n_rows, const kam_host *host,
                             kam_tier_band *limits, kam_diag *diag) {
    const kam_status status =
        kam__for_rows(host, n_rows, load_rows, book, diag);
    if (status != KAM_OK) return status;
    const double largest = drop_unknown(book, n_rows);
    if (book->n == 0)
        return kam__fail(diag, KAM_ERR_EMPTY, "score", -1, NAN, NO_SCORE);
    if (policy->basis == KAM_TIER_BY_TOTAL && largest <= 0)
        return kam__fail(diag, KAM_ERR_EMPTY, "score", -1, NAN,
                         "No score is above 0, so there is no total to share.");
    weigh(book, policy->basis, largest);
    select_limits(book, policy, limits);
    return kam__ok(diag);
}

kam_status kam_tier_cutpoints(const kam_tier_policy *policy,
                              const kam_column *score, int64_t n_rows,
                              const kam_host *host, kam_tier_band *limits,
                              kam_diag *diag) {
    kam_tier_policy ours;
    kam_host lent;
    kam_status status = read_policy(&ours, policy, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    if (!limits) return kam__fail(diag, KAM_ERR_NULL, "limits", -1, NAN, "");
    if (ours.basis == KAM_TIER_BY_SCORE) {
        memcpy(limits, ours.bands, (size_t)ours.n_bands * sizeof *limits);
        return kam__ok(diag);
    }
    if (n_rows < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_rows", -1, (double)n_rows,
                         "n_rows is {value}.");
    if (!score) return kam__fail(diag, KAM_ERR_NULL, "score", -1, NAN, "");
    status = kam__column_check(score, n_rows, KAM__NUMBERS, 0, "score", diag);
    if (status != KAM_OK) return status;
    if (n_rows == 0)
        return kam__fail(diag, KAM_ERR_EMPTY, "score", -1, NAN, NO_SCORE);
    struct book book = {score, NULL, 0, {0, 0}};
    const uint64_t count = (uint64_t)n_rows;
    book.item = kam__allocate(&lent, count, sizeof *book.item);
    if (!book.item) return kam__no_memory(diag);
    status = fit_limits(&book, &ours, n_rows, &lent, limits, diag);
    kam__release(&lent, book.item, count, sizeof *book.item);
    return status;
}
