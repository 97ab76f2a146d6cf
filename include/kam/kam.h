/* SPDX-License-Identifier: MIT */
/**
 * @file kam/kam.h
 * All of libkam. Include this, or only what you use.
 */
#ifndef KAM_KAM_H
#define KAM_KAM_H

#include "account.h"
#include "arrow.h"
#include "backtest.h"
#include "btyd.h"
#include "btyd_covariates.h"
#include "btyd_choose.h"
#include "business.h"
#include "cadence.h"
#include "calendar.h"
#include "calibrate.h"
#include "clv.h"
#include "column.h"
#include "concentration.h"
#include "costing.h"
#include "estimate.h"
#include "fit.h"
#include "hazard.h"
#include "host.h"
#include "key_account.h"
#include "kpi.h"
#include "kpi_appraise.h"
#include "kpi_of.h"
#include "kpi_of_customers.h"
#include "ledger.h"
#include "matrix.h"
#include "move.h"
#include "panel.h"
#include "playbook.h"
#include "policy.h"
#include "profit.h"
#include "reason.h"
#include "retention.h"
#include "rfm.h"
#include "score.h"
#include "scorecard.h"
#include "segment.h"
#include "service_level.h"
#include "spend.h"
#include "stage.h"
#include "status.h"
#include "sum.h"
#include "survival.h"
#include "tier.h"
#include "version.h"

#endif
