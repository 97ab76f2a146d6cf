/* SPDX-License-Identifier: MIT */
/* What the files of the extension share. */
#ifndef KAM_PG_H
#define KAM_PG_H

#include "postgres.h"

#include "fmgr.h"

#include <kam/kam.h>

/* Ends the query unless all is well. */
void kam_pg_check(kam_status status, const kam_diag *diag);

/* palloc and pfree, in the memory of the call. */
kam_host kam_pg_host(void);

#endif
