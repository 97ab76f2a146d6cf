/* SPDX-License-Identifier: MIT */
#include "base/diag.h"
#include "value/btyd_fit.h"

kam_status kam_btyd_profile(int32_t family, const kam_accounts *parts,
                            int64_t n_parts,
                            const kam_estimate_options *options,
                            const kam_host *host,
                            kam_estimate_interval *interval, kam_diag *diag) {
    const kam__family f = kam__btyd_family_of(family);
    kam_estimate_options ours;
    int32_t rhythm;
    if (!f)
        return kam__fail(diag, KAM_ERR_OPTION, "family", -1, family,
                         "{value} is no KAM_BTYD_*.");
    const kam_status status =
        kam__btyd_read_rhythm(f, options, &ours, &rhythm, diag);
    if (status != KAM_OK) return status;
    if (f->most_rhythm > 0 && rhythm == 0)
        return kam__fail(diag, KAM_ERR_OPTION, "options.rhythm", -1, rhythm,
                         "k has to be given: {value} is none.");
    const struct kam__btyd_given given = {f, rhythm};
    struct kam__likelihood likelihood = kam__btyd_likelihood(&given);
    return kam__profile_parts(kam__btyd_kind(f), &likelihood, parts, n_parts,
                              &ours, host, interval, diag);
}
