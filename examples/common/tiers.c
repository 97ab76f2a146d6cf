/* SPDX-License-Identifier: MIT */
/* What --tiers says. */
#include "options.h"

#include <string.h>

#include "parse.h"

/* The number before the next comma; moves on behind it. */
static const char *next_number(const char **at, int is_share, double *value) {
    const char *end = strchr(*at, ',');
    size_t length = end ? (size_t)(end - *at) : strlen(*at);
    const char *from = *at;
    *at = end ? end + 1 : from + length;
    if (is_share) {
        if (length == 0 || from[length - 1] != '%')
            return "must give shares with %, such as top:5%,20%,50%";
        length--;
    }
    if (parse_number(from, length, '.', value))
        return "must be limits in money, such as 5000000,1000000,500000, or "
               "shares, such as top:5%,20%,50% or total:80%,95%";
    if (is_share) *value /= 100;
    return NULL;
}

/* Limits of money fall, shares rise. */
static const char *check_order(const kam_tier_policy *policy,
                               const kam_tier_band *bands, int32_t n) {
    const int is_share = policy->basis != KAM_TIER_BY_SCORE;
    if (is_share && !(bands[n].enter > 0 && bands[n].enter <= 1))
        return "must give shares above 0 % and up to 100 %";
    if (n > 0 && is_share && bands[n].enter <= bands[n - 1].enter)
        return "must give shares that rise, the best tier first";
    if (n > 0 && !is_share && bands[n].enter >= bands[n - 1].enter)
        return "must give limits that fall, the best tier first";
    return NULL;
}

const char *tiers_read(const char *text, double keep, kam_tier_policy *policy,
                       kam_tier_band bands[16]) {
    const char *wrong = NULL;
    policy->basis = KAM_TIER_BY_SCORE;
    if (strncmp(text, "top:", 4) == 0) policy->basis = KAM_TIER_BY_RANK;
    if (strncmp(text, "total:", 6) == 0) policy->basis = KAM_TIER_BY_TOTAL;
    if (policy->basis != KAM_TIER_BY_SCORE) text = strchr(text, ':') + 1;
    policy->bands = bands;
    policy->n_bands = 0;
    do {
        const int32_t n = policy->n_bands;
        const int is_share = policy->basis != KAM_TIER_BY_SCORE;
        if (n == 16) return "can give at most 16 tiers";
        wrong = next_number(&text, is_share, &bands[n].enter);
        if (!wrong) wrong = check_order(policy, bands, n);
        bands[n].keep =
            is_share ? bands[n].enter / keep : bands[n].enter * keep;
        if (is_share && bands[n].keep > 1) bands[n].keep = 1;
        policy->n_bands++;
    } while (!wrong && (*text || text[-1] == ','));
    return wrong;
}
