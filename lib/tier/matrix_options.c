/* SPDX-License-Identifier: MIT */
#include "tier/matrix_options.h"

#include <math.h>
#include <stddef.h>

#include "base/diag.h"
#include "base/sized.h"

/* The top 10 % is the documents'; the rest is ours (T2). */
kam_matrix_options kam__matrix_defaults(void) {
    const kam_matrix_options defaults = {.struct_size = sizeof defaults,
                                         .top_basis = KAM_TIER_BY_RANK,
                                         .top_share = 0.10,
                                         .middle_share = 0.50,
                                         .high_growth = 0.10,
                                         .low_growth = 0.03,
                                         .wallet_share = 0.60,
                                         .pain_least = 1,
                                         .most_variation = 0.35,
                                         .trend_level = 0.05,
                                         .least_quarters = 8};
    return defaults;
}

kam_status kam_matrix_options_init(kam_matrix_options *options,
                                   uint32_t struct_size) {
    const kam_matrix_options defaults = kam__matrix_defaults();
    return kam__sized_init(options, struct_size, &defaults, sizeof defaults,
                           KAM__FIRST(kam_matrix_options));
}

static kam_status check_shares(const kam_matrix_options *o, kam_diag *diag) {
    if (o->top_basis != KAM_TIER_BY_RANK && o->top_basis != KAM_TIER_BY_TOTAL)
        return kam__fail(diag, KAM_ERR_OPTION, "options.top_basis", -1,
                         o->top_basis,
                         "{value} is neither KAM_TIER_BY_RANK nor "
                         "KAM_TIER_BY_TOTAL.");
    if (!(o->top_share > 0 && o->top_share < 1))
        return kam__fail(diag, KAM_ERR_OPTION, "options.top_share", -1,
                         o->top_share, "{value} is not between 0 and 1.");
    if (!(o->middle_share > 0 && o->middle_share <= 1))
        return kam__fail(diag, KAM_ERR_OPTION, "options.middle_share", -1,
                         o->middle_share, "{value} is not above 0, up to 1.");
    if (o->top_basis == KAM_TIER_BY_RANK && o->middle_share < o->top_share)
        return kam__fail(diag, KAM_ERR_OPTION, "options.middle_share", -1,
                         o->middle_share, "{value} is below top_share.");
    if (o->missing_is_no != 0 && o->missing_is_no != 1)
        return kam__fail(diag, KAM_ERR_OPTION, "options.missing_is_no", -1,
                         o->missing_is_no, "{value} is neither 0 nor 1.");
    return KAM_OK;
}

static kam_status check_limits(const kam_matrix_options *o, kam_diag *diag) {
    const struct {
        double value;
        const char *argument;
    } finite[] = {{o->high_growth, "options.high_growth"},
                  {o->low_growth, "options.low_growth"},
                  {o->wallet_share, "options.wallet_share"},
                  {o->pain_least, "options.pain_least"},
                  {o->most_variation, "options.most_variation"}};
    for (size_t i = 0; i < sizeof finite / sizeof *finite; i++)
        if (finite[i].value != finite[i].value || isinf(finite[i].value))
            return kam__fail(diag, KAM_ERR_OPTION, finite[i].argument, -1,
                             finite[i].value,
                             "{value} is not a finite number.");
    if (o->most_variation < 0)
        return kam__fail(diag, KAM_ERR_OPTION, "options.most_variation", -1,
                         o->most_variation, "{value} is below 0.");
    if (!(o->trend_level > 0 && o->trend_level < 1))
        return kam__fail(diag, KAM_ERR_OPTION, "options.trend_level", -1,
                         o->trend_level, "{value} is not between 0 and 1.");
    if (o->least_quarters < 3 || o->least_quarters > KAM__MOST_QUARTERS)
        return kam__fail(diag, KAM_ERR_OPTION, "options.least_quarters", -1,
                         o->least_quarters, "{value} is not from 3 to 16.");
    return KAM_OK;
}

kam_status kam__matrix_options_read(kam_matrix_options *ours,
                                    const kam_matrix_options *theirs,
                                    kam_diag *diag) {
    *ours = kam__matrix_defaults();
    if (!theirs) return KAM_OK;
    kam_status status =
        kam__sized_read(ours, sizeof *ours, theirs,
                        KAM__FIRST(kam_matrix_options), "options", diag);
    if (status == KAM_OK) status = check_shares(ours, diag);
    if (status == KAM_OK) status = check_limits(ours, diag);
    return status;
}
