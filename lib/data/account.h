/* SPDX-License-Identifier: MIT */
/* Views of records without a copy on the way. */
#ifndef KAM_DATA_ACCOUNT_H
#define KAM_DATA_ACCOUNT_H

#include <kam/account.h>

/* kam_accounts_of into a view of our own size. */
kam_status kam__accounts_of(const kam_account *record, uint64_t record_size,
                            int64_t n_records, kam_accounts *ours);

#endif
