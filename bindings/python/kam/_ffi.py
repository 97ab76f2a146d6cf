# SPDX-License-Identifier: MIT
"""Every struct and function of include/kam/*.h, as ctypes; nothing else.

Names are C's. tests/test_layout.py compares every size, offset, number and
function with what the C headers say."""
from __future__ import annotations

import ctypes
from ctypes import (CFUNCTYPE, POINTER, Structure, c_char, c_char_p, c_double, c_int32, c_int64,
                c_uint32, c_uint64, c_void_p)
from typing import Any

# kam/version.h: what these declarations were written for.
KAM_VERSION_MAJOR, KAM_VERSION_MINOR = 0, 1

# kam/status.h
KAM_OK = 0
KAM_ERR_NULL, KAM_ERR_STRUCT, KAM_ERR_NEWER, KAM_ERR_OPTION, KAM_ERR_SHAPE, KAM_ERR_TYPE = 1, 2, 3, 4, 5, 6
KAM_ERR_UNSUPPORTED = 7
KAM_ERR_EMPTY, KAM_ERR_TOO_FEW, KAM_ERR_AT_BOUND, KAM_ERR_FLAT = 20, 22, 23, 24
KAM_ERR_CONSTANT, KAM_ERR_COLLINEAR, KAM_ERR_ONE_CLASS, KAM_ERR_SEPARATED, KAM_ERR_WEAK = 25, 26, 27, 28, 29
KAM_ERR_NOT_CONVERGED, KAM_ERR_OVERFLOW = 40, 41
KAM_ERR_MEMORY, KAM_ERR_EXECUTOR, KAM_ERR_CANCELLED = 60, 61, 62
KAM_ROW_MISSING, KAM_ROW_DOMAIN, KAM_ROW_EXTRAPOLATED = 1, 2, 4
KAM_ROW_ON_REVENUE, KAM_ROW_ONE_ORDER, KAM_ROW_INFINITE = 8, 16, 32
# kam/column.h
KAM_F64, KAM_F32, KAM_I64, KAM_I32, KAM_U8, KAM_DAY, KAM_TEXT32, KAM_TEXT64, KAM_CHARS = range(1, 10)
# kam/host.h
KAM_ISA_AUTO, KAM_ISA_BASE, KAM_ISA_V3, KAM_ISA_V4 = range(4)
# kam/ledger.h
KAM_NO_DAY = -2**31
# kam/estimate.h
KAM_PRIOR_NONE, KAM_PRIOR_WEAK = 0, 1
# kam/btyd.h
KAM_BTYD_BGNBD, KAM_BTYD_MBGNBD, KAM_BTYD_PNBD, KAM_BTYD_GGOMNBD = 1, 2, 3, 4
KAM_BTYD_BGBB, KAM_BTYD_BGCNBD, KAM_BTYD_MBGCNBD = 5, 6, 7
# kam/btyd_choose.h
KAM_BTYD_BY_AIC, KAM_BTYD_BY_BIC, KAM_BTYD_BY_HOLDOUT = 1, 2, 3
KAM_BTYD_OWN_RATE, KAM_BTYD_ORDERS_BEFORE = -1, -2
# kam/btyd_covariates.h
KAM_BTYD_ASK_ALIVE, KAM_BTYD_ASK_ORDERS, KAM_BTYD_ASK_DISCOUNTED, KAM_BTYD_ASK_NO_ORDER = 1, 2, 3, 4
# kam/fit.h
KAM_FIT_CHOOSE = -1
# kam/spend.h
KAM_SPEND_GAMMA_GAMMA, KAM_SPEND_NORMAL, KAM_SPEND_EQUAL = 1, 2, 3
# kam/retention.h
(KAM_CONTRACTS_RUNS, KAM_CONTRACTS_LEAVES, KAM_CONTRACTS_ENDED, KAM_CONTRACTS_TO_COME, KAM_CONTRACTS_UNSEEN) = range(1, 6)
KAM_RETENTION_SBG, KAM_RETENTION_BDW, KAM_RETENTION_SHARED = 1, 2, 3
# kam/reason.h
KAM_EN, KAM_ZH = 1, 2
KAM_REASON_NONE, KAM_REASON_BASE, KAM_REASON_SILENCE, KAM_REASON_RHYTHM, KAM_REASON_TENURE, KAM_REASON_REST = range(6)
(KAM_REASON_USAGE, KAM_REASON_PAYMENT_DELAY, KAM_REASON_ORDERS, KAM_REASON_PRICE_GAP, KAM_REASON_CHANGES,
 KAM_REASON_CONTACT_CHANGED, KAM_REASON_SATISFACTION, KAM_REASON_COMPLAINTS, KAM_REASON_CONTACT_GAP,
 KAM_REASON_DELIVERY) = range(10, 20)
KAM_REASON_COLUMN = 1000
# kam/panel.h
KAM_PANEL_MOST_COLUMNS = 255
# kam/hazard.h
KAM_HAZARD_LOGISTIC, KAM_HAZARD_CLOGLOG = 1, 2
KAM_FIRTH_AUTO, KAM_FIRTH_ALWAYS, KAM_FIRTH_NEVER = range(3)
KAM_HAZARD_FITTED, KAM_HAZARD_PRIOR_ONLY, KAM_HAZARD_SEPARATED, KAM_HAZARD_FIRTH = 1, 2, 3, 4
# kam/survival.h
KAM_TIES_EFRON, KAM_TIES_BRESLOW = 1, 2
KAM_SURVIVAL_LOG_LOG, KAM_SURVIVAL_LOG, KAM_SURVIVAL_PLAIN = 1, 2, 3
# kam/calibrate.h
(KAM_CALIBRATE_AUTO, KAM_CALIBRATE_PLATT, KAM_CALIBRATE_BETA, KAM_CALIBRATE_ISOTONIC) = range(4)
(KAM_CALIBRATE_ASKED, KAM_CALIBRATE_FEW, KAM_CALIBRATE_SOME, KAM_CALIBRATE_MANY, KAM_CALIBRATE_NO_ROOM) = range(1, 6)
# kam/backtest.h
KAM_BACKTEST_BETTER, KAM_BACKTEST_WORSE, KAM_BACKTEST_UNDECIDED = 1, 2, 3
# kam/health.h
(KAM_HEALTH_MOST_PARTS, KAM_HEALTH_MOST_PROFILES, KAM_HEALTH_MOST_BANDS, KAM_HEALTH_FROZEN) = 64, 16, 16, 1 << 16
KAM_HEALTH_BY_WEIGHT, KAM_HEALTH_BY_WORST = 1, 2
# kam/cause.h
(KAM_CAUSE_CONTRACTION, KAM_CAUSE_INTEGRATION, KAM_CAUSE_CATASTROPHE, KAM_CAUSE_RIVAL, KAM_CAUSE_NEED,
 KAM_CAUSE_COMPLAINT, KAM_CAUSE_CONTACT) = range(1, 8)
# kam/signal.h
(KAM_SIGNAL_SUM, KAM_SIGNAL_COUNT, KAM_SIGNAL_TOTAL, KAM_SIGNAL_MEAN, KAM_SIGNAL_OPEN, KAM_SIGNAL_AGE, KAM_SIGNAL_DELAY,
 KAM_SIGNAL_LATE) = range(1, 9)
KAM_SIGNAL_CUSUM, KAM_SIGNAL_EWMA, KAM_SIGNAL_POISSON = 1, 2, 3
KAM_SIGNAL_UP, KAM_SIGNAL_DOWN, KAM_SIGNAL_BOTH = 1, 2, 3
KAM_SIGNAL_IS_NORMAL, KAM_SIGNAL_IS_LOG_NORMAL, KAM_SIGNAL_IS_COUNT, KAM_SIGNAL_IS_GAP = 1, 2, 3, 4
(KAM_SIGNAL_ALARM, KAM_SIGNAL_STALE, KAM_SIGNAL_LOST, KAM_SIGNAL_SHORT, KAM_SIGNAL_OUTSIDE, KAM_SIGNAL_LIMIT) = (
    1, 2, 4, 8, 16, 32)
# kam/trees.h
KAM_TREES_XGBOOST, KAM_TREES_LIGHTGBM = 1, 2
KAM_TREES_IDENTITY, KAM_TREES_LOGISTIC, KAM_TREES_LOG = 1, 2, 3
KAM_TREES_ALL, KAM_TREES_BEST = 0, -1
# kam/tier.h
KAM_TIER_BY_SCORE, KAM_TIER_BY_RANK, KAM_TIER_BY_TOTAL = 1, 2, 3
# kam/kpi.h, kam/kpi_of.h
KAM_KPI_REVENUE, KAM_KPI_QUANTITY, KAM_KPI_MARGIN, KAM_KPI_TURNOVER = 101, 102, 201, 301
KAM_KPI_DSO, KAM_KPI_OVERDUE, KAM_KPI_AGE_NOT_DUE, KAM_KPI_AGE_1, KAM_KPI_AGE_2 = 302, 303, 311, 312, 313
KAM_KPI_AGE_3, KAM_KPI_AGE_4, KAM_KPI_LATE, KAM_KPI_DAYS_LATE = 314, 315, 321, 322
KAM_KPI_DAYS_TO_PAY, KAM_KPI_MONEY_DAYS_TO_PAY, KAM_KPI_GROWTH, KAM_KPI_ACCURACY = 323, 324, 401, 501
KAM_KPI_BIAS, KAM_KPI_MASE, KAM_KPI_CSAT, KAM_KPI_NPS, KAM_KPI_RESPONSE_RATE = 502, 503, 601, 602, 603
KAM_KPI_SHARE, KAM_KPI_NEW, KAM_KPI_RETENTION, KAM_KPI_GRR, KAM_KPI_NRR = 701, 801, 901, 902, 903
KAM_KPI_OTIF, KAM_KPI_ON_TIME, KAM_KPI_IN_FULL, KAM_KPI_WIN_RATE = 1001, 1002, 1003, 1101
KAM_KPI_WIN_RATE_MONEY, KAM_KPI_CONVERSION, KAM_KPI_HOURS_P50, KAM_KPI_HOURS_P90 = 1102, 1103, 1201, 1202
KAM_KPI_HOURS_P95, KAM_KPI_SLA_HIT, KAM_KPI_DEFECTION, KAM_KPI_ATTAINMENT = 1203, 1204, 1301, 1401
KAM_KPI_KNOWN, KAM_KPI_NO_ROWS, KAM_KPI_UNDECIDED, KAM_KPI_ZERO_BASE = 0, 1, 2, 3
KAM_KPI_NEGATIVE_BASE, KAM_KPI_LINES, KAM_KPI_INVOICES, KAM_KPI_ACTUALS, KAM_KPI_SURVEYS = 4, 1, 2, 3, 4
KAM_KPI_ACCOUNTS, KAM_KPI_OPPORTUNITIES, KAM_KPI_TICKETS, KAM_KPI_DEFAULT_CONFIDENCE = 5, 6, 7, 1
KAM_KPI_DEFAULT_AGES, KAM_KPI_DEFAULT_SCALE, KAM_KPI_DEFAULT_GRACE = 2, 4, 8
# kam/move.h
(KAM_MOVE_NONE, KAM_MOVE_NEW, KAM_MOVE_SAME, KAM_MOVE_UP, KAM_MOVE_DOWN, KAM_MOVE_HELD_CHANCE, KAM_MOVE_HELD_DWELL,
 KAM_MOVE_OVERRIDE) = range(8)
# kam/key_account.h
(KAM_KEY_ACCOUNT_FREQUENCY, KAM_KEY_ACCOUNT_VOLUME, KAM_KEY_ACCOUNT_MARGIN, KAM_KEY_ACCOUNT_SHARE) = range(4)
# kam/segment.h
KAM_SEGMENT_SIZE, KAM_SEGMENT_FREQUENCY = 1, 2
(KAM_SEGMENT_UNKNOWN, KAM_SEGMENT_BOTH, KAM_SEGMENT_VALUE_ONLY, KAM_SEGMENT_PROFIT_ONLY,
 KAM_SEGMENT_NEITHER) = range(5)
# kam/matrix.h
(KAM_MATRIX_UNKNOWN, KAM_MATRIX_CORE, KAM_MATRIX_HIGH_POTENTIAL, KAM_MATRIX_MAINTAIN, KAM_MATRIX_DEVELOP,
 KAM_MATRIX_UNCLASSIFIED) = range(6)
(KAM_MATRIX_DEFAULT_TOP, KAM_MATRIX_DEFAULT_MIDDLE, KAM_MATRIX_DEFAULT_HIGH_GROWTH, KAM_MATRIX_DEFAULT_LOW_GROWTH,
 KAM_MATRIX_DEFAULT_WALLET_SHARE, KAM_MATRIX_DEFAULT_PAIN) = 1, 2, 4, 8, 16, 32
# kam/policy.h
KAM_POLICY_TIERS, KAM_POLICY_MATRIX, KAM_POLICY_STAGES, KAM_POLICY_CADENCE = 1, 2, 4, 8
KAM_POLICY_SERVICE_LEVELS, KAM_POLICY_PLAYBOOK, KAM_POLICY_FUTURE, KAM_POLICY_FIGURES = 16, 32, 64, 128
# kam/score.h
KAM_SCORE_TOUCHES = 10
# what stands at its default, by room
KAM_CADENCE_DEFAULT_RULES, KAM_CADENCE_DEFAULT_STAGES, KAM_STAGE_DEFAULT_MONTHS = 1, 2, 1
KAM_PLAYBOOK_DEFAULT_RULES, KAM_PLAYBOOK_DEFAULT_WIDTH = 1, 2
KAM_MATRIX_DEFAULT_VARIATION, KAM_MATRIX_DEFAULT_TREND, KAM_MATRIX_DEFAULT_QUARTERS = 64, 128, 256
KAM_MOVE_DEFAULT_DWELL, KAM_MOVE_DEFAULT_CONFIDENCE, KAM_RFM_DEFAULT_SCORES = 1, 2, 1
KAM_KEY_ACCOUNT_DEFAULT_SHARES, KAM_KEY_ACCOUNT_DEFAULT_ORDERS, KAM_SEGMENT_DEFAULT_TOP = 1, 2, 1
KAM_SCORECARD_DEFAULT_STICKINESS, KAM_COSTING_DEFAULT_CENTS, KAM_PROFIT_DEFAULT_LIMIT = 1, 1, 1
KAM_KPI_APPRAISE_DEFAULT_COVERAGE, KAM_KPI_APPRAISE_DEFAULT_RANGE = 1, 2
# kam/stage.h
KAM_STAGE_UNKNOWN, KAM_STAGE_INITIAL, KAM_STAGE_STABLE, KAM_STAGE_DEEP, KAM_STAGE_SYMBIOSIS = -1, 0, 1, 2, 3
KAM_STAGE_COUNT = 4
# kam/service_level.h
KAM_SERVICE_REPLY, KAM_SERVICE_RESOLVE, KAM_SERVICE_PRIORITY_REPLY, KAM_SERVICE_HANDOVER = 0, 1, 2, 3
KAM_SERVICE_COUNT = 4
# kam/cadence.h
KAM_TOUCH_VISIT, KAM_TOUCH_REVIEW, KAM_TOUCH_ONBOARDING, KAM_TOUCH_VALUE_REPORT = 1, 2, 3, 4
KAM_TOUCH_EXECUTIVE_MEETING, KAM_TOUCH_DATA_REVIEW, KAM_TOUCH_SURVEY, KAM_TOUCH_REVISIT = 5, 6, 7, 8
KAM_TOUCH_RESOURCE_REVIEW, KAM_TOUCH_RIVAL_WATCH, KAM_CADENCE_PRESET = 9, 10, 12
# kam/playbook.h
KAM_ACTION_EXECUTIVE_SPONSOR, KAM_ACTION_TWO_PERSON_TEAM, KAM_ACTION_DEDICATED_ADVISER = 1, 2, 3
KAM_ACTION_DEDICATED_MANAGER, KAM_ACTION_CUSTOM_PLAN, KAM_ACTION_NAMED_CONTACT = 4, 5, 6
KAM_ACTION_TRIAL_FIRST, KAM_ACTION_INDUSTRY_SOLUTION, KAM_ACTION_STANDARD_SERVICE = 7, 8, 9
KAM_ACTION_CASES_FIRST, KAM_ACTION_VALUE_ADDED_SERVICE, KAM_ACTION_SENIOR_CONTACT = 10, 11, 12
KAM_PLAYBOOK_PRESET, KAM_DEFENCE_COMMUNICATION, KAM_DEFENCE_DEMAND, KAM_DEFENCE_DEVELOPMENT = 12, 0, 1, 2
KAM_DEFENCE_QUALITY, KAM_DEFENCE_SERVICE, KAM_DEFENCE_LOGISTICS, KAM_DEFENCE_BENEFIT = 3, 4, 5, 6
KAM_DEFENCE_COUNT = 7

kam_status = c_int32
kam_task = CFUNCTYPE(None, c_void_p, c_int64)
kam_parallel_for = CFUNCTYPE(c_int32, c_void_p, c_int64, kam_task, c_void_p)
kam_progress = CFUNCTYPE(c_int32, c_void_p, c_int64, c_int64)

_doubles = POINTER(c_double)


class kam_diag(Structure):
    _fields_ = [("struct_size", c_uint32), ("status", kam_status), ("row", c_int64), ("value", c_double),
                ("argument", c_char * 48), ("message", c_char * 176)]


class kam_column(Structure):
    _fields_ = [("values", c_void_p), ("validity", c_void_p), ("text", c_void_p), ("offset", c_int64),
                ("stride", c_int64), ("type", c_int32), ("reserved", c_int32)]


class kam_host(Structure):
    _fields_ = [("struct_size", c_uint32), ("isa", c_int32), ("allocate", c_void_p), ("release", c_void_p),
                ("memory", c_void_p), ("parallel_for", kam_parallel_for), ("threads", c_void_p),
                ("progress", kam_progress), ("watcher", c_void_p)]


class kam_account(Structure):
    _fields_ = [(name, c_double) for name in (
        "repeat_orders", "last_order_periods", "age_periods", "mean_order_value", "gross_revenue", "returns",
        "direct_cost", "service_cost", "tier_value", "tier_before", "weight", "renewals", "contract_ended",
        "renewals_before", "periods_to_end", "contract_value", "log_gaps", "contract_day", "stable", "growth", "wallet", "pain",
        "alarms", "last_visit", "last_review", "last_onboarding", "last_value_report", "last_executive_meeting",
        "last_data_review", "last_survey", "last_revisit", "last_resource_review", "last_rival_watch", "valued_orders",
        "log_values")]


class kam_accounts(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32), ("n_rows", c_int64),
                *((name, kam_column) for name, *_ in kam_account._fields_)]


class kam_arrow_field(Structure):
    _fields_ = [("name", c_char_p), ("format", c_char_p), ("column", kam_column)]


class kam_sum(Structure):
    _fields_ = [("low", c_uint64), ("high", c_int64)]


class kam_ledger_options(Structure):
    _fields_ = [("struct_size", c_uint32), ("as_of_day", c_int32), ("first_day", c_int32),
                ("zero_is_order", c_int32), ("window_months", c_int32), ("n_quarters", c_int32),
                ("period_days", c_double), ("keep_values", c_int32), ("value_first", c_int32)]


class kam_lines(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32), ("n_rows", c_int64),
                ("account", kam_column), ("day", kam_column), ("revenue", kam_column), ("cost", kam_column),
                ("order", kam_column)]


class kam_activities(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32), ("n_rows", c_int64),
                ("account", kam_column), ("day", kam_column), ("cost", kam_column)]


class kam_ledger_report(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32),
                *((name, c_int64) for name in (
                    "n_lines", "n_used", "n_missing_account", "n_missing_day", "n_missing_amount", "n_bad_amount",
                    "n_bad_day", "n_after_as_of", "n_before_first", "n_returns", "n_zero", "n_missing_cost",
                    "n_merged", "n_accounts", "n_without_order", "n_orders", "n_void_orders", "n_activities",
                    "n_activities_dropped")),
                ("first_line_day", c_int32), ("last_line_day", c_int32)]


class kam_summary(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32),
                *((name, c_void_p) for name in (
                    "key", "first_day", "last_day", "orders", "repeat_orders", "last_order_periods", "age_periods",
                    "mean_order_value", "gross_revenue", "returns", "direct_cost", "service_cost", "window_revenue",
                    "window_cost", "quarter_revenue", "row_flags", "log_gaps", "valued_orders", "log_values"))]


class kam_estimate_options(Structure):
    _fields_ = [("struct_size", c_uint32), ("prior", c_int32), ("max_steps", c_int32), ("rhythm", c_int32)]


class kam_estimate_report(Structure):
    _fields_ = [("struct_size", c_uint32), ("status", kam_status), ("n_rows", c_int64), ("n_skipped", c_int64),
                ("n_distinct", c_int64), ("n_steps", c_int32), ("n_evaluations", c_int32), ("prior", c_int32),
                ("culprit", c_int32), ("log_likelihood", c_double), ("gradient", c_double),
                ("condition", c_double)]


class kam_estimate_interval(Structure):
    _fields_ = [("struct_size", c_uint32), ("parameter", c_int32), ("level", c_double), ("estimate", c_double),
                ("low", c_double), ("high", c_double), ("fit", kam_status), ("low_status", kam_status),
                ("high_status", kam_status), ("reserved", c_int32)]


class kam_objective(Structure):
    _fields_ = [("struct_size", c_uint32), ("n_parameters", c_int32), ("n_rows", c_int64), ("n_skipped", c_int64),
                ("log_likelihood", kam_sum), ("gradient", kam_sum * 8), ("hessian", kam_sum * 36)]


class kam_btyd(Structure):
    _fields_ = [("family", c_int32), ("n_parameters", c_int32), ("period_days", c_double),
                ("parameter", c_double * 8)]


kam_btyd_total = CFUNCTYPE(c_int32, c_void_p, POINTER(kam_btyd), POINTER(kam_objective))


class kam_btyd_contest(Structure):
    _fields_ = [("struct_size", c_uint32), ("criterion", c_int32), ("n_families", c_int32), ("reserved", c_int32),
                ("families", POINTER(c_int32)), ("horizon_periods", c_double), ("actual_orders", kam_column),
                ("orders_before", kam_column)]


class kam_btyd_candidate(Structure):
    _fields_ = [("family", c_int32), ("status", kam_status), ("n_parameters", c_int32), ("reserved", c_int32),
                ("log_likelihood", c_double), ("aic", c_double), ("bic", c_double), ("n_holdout", c_int64),
                ("actual", c_double), ("forecast", c_double), ("mae", c_double), ("rmse", c_double),
                ("model", kam_btyd)]


class kam_btyd_pace_report(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32),
                *((name, c_double) for name in ("pace", "variance", "observed", "observed_variance", "expected", "actual")),
                ("n_rows", c_int64)]


class kam_btyd_covariates(Structure):
    _fields_ = [("struct_size", c_uint32), ("n_orders", c_int32), ("n_leaving", c_int32), ("reserved", c_int32),
                ("orders", kam_column * 4), ("leaving", kam_column * 4), ("equal", c_int32 * 4),
                ("ridge_orders", c_double), ("ridge_leaving", c_double)]


class kam_btyd_covariate_model(Structure):
    _fields_ = [("base", kam_btyd), ("n_orders", c_int32), ("n_leaving", c_int32), ("orders", c_double * 4),
                ("leaving", c_double * 4)]


class kam_btyd_timeline(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32), ("n_intervals", c_int64), ("first", kam_column),
                ("end", kam_column), ("repeat_orders", kam_column)]


class kam_retention(Structure):
    _fields_ = [("family", c_int32), ("n_parameters", c_int32), ("period_days", c_double),
                ("parameter", c_double * 4)]


class kam_retention_contracts(Structure):
    _fields_ = [("struct_size", c_uint32), ("n_models", c_int32), ("n_rows", c_int64),
                *((name, c_void_p) for name in ("models", "covariance", "first", "seed", "model", "state", "renewals",
                                                "contract_ended", "periods_to_end", "contract_value"))]


class kam_retention_outlook_out(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32),
                *((name, c_void_p) for name in ("renewal", "length", "value", "value_low", "value_high", "lapse", "row_flags"))]


class kam_spend(Structure):
    _fields_ = [("family", c_int32), ("n_parameters", c_int32), ("parameter", c_double * 4)]


class kam_spend_dependence(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32), ("n_rows", c_int64),
                ("rank_correlation", c_double), ("p_value", c_double)]


kam_spend_total = CFUNCTYPE(c_int32, c_void_p, POINTER(kam_spend), POINTER(kam_objective))


class kam_reason(Structure):
    _fields_ = [("id", c_int32), ("tenths", c_int32), ("contribution", c_double), ("value", c_double)]


class kam_clv_options(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32), ("horizon_days", c_double),
                ("discount_per_year", c_double), ("interval", c_double), ("pace", c_double), ("pace_variance", c_double)]


class kam_tier_band(Structure):
    _fields_ = [("enter", c_double), ("keep", c_double)]


class kam_tier_policy(Structure):
    _fields_ = [("struct_size", c_uint32), ("basis", c_int32), ("n_bands", c_int32), ("reserved", c_int32),
                ("bands", POINTER(kam_tier_band))]


class kam_tier_out(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32), ("tier", c_void_p), ("to_next", c_void_p),
                ("above_limit", c_void_p), ("row_flags", c_void_p)]


class kam_move_options(Structure):
    _fields_ = [("struct_size", c_uint32), ("as_of_day", c_int32), ("dwell_months", c_int32), ("reserved", c_int32),
                ("confidence", c_double)]


class kam_move_rows(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32), ("n_rows", c_int64),
                *((name, kam_column) for name in (
                    "score", "tier_before", "since", "score_low", "score_high", "chance_up", "chance_down",
                    "override_tier", "override_until"))]


class kam_move_out(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32),
                *((name, c_void_p) for name in ("tier", "verdict", "proposed", "since", "row_flags", "defaults"))]


class kam_move_table(Structure):
    _fields_ = [("struct_size", c_uint32), ("n_bands", c_int32), ("count", c_void_p), ("amount", c_void_p),
                *((name, c_int64) for name in ("n_up", "n_down", "n_same", "n_new", "n_gone"))]


class kam_matrix_options(Structure):
    _fields_ = [("struct_size", c_uint32), ("top_basis", c_int32),
                *((name, c_double) for name in (
                    "top_share", "middle_share", "high_growth", "low_growth", "wallet_share", "pain_least",
                    "most_variation", "trend_level")),
                ("least_quarters", c_int32), ("missing_is_no", c_int32)]


class kam_matrix(Structure):
    _fields_ = [*((name, c_double) for name in (
        "top_limit", "middle_limit", "high_growth", "low_growth", "wallet_share", "pain_least")),
                ("missing_is_no", c_int32), ("defaults", c_uint32)]


class kam_matrix_stability_out(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32),
                *((name, c_void_p) for name in ("variation", "trend", "chance", "stable", "row_flags",
                                                 "defaults"))]


class kam_matrix_rows(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32), ("n_rows", c_int64),
                *((name, kam_column) for name in ("revenue", "stable", "growth", "wallet", "pain"))]


class kam_matrix_out(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32),
                *((name, c_void_p) for name in (
                    "matrix_class", "value_score", "potential_score", "wallet_share", "row_flags"))]


class kam_rfm(Structure):
    _fields_ = [("n_scores", c_int32), ("defaults", c_uint32), ("recency", c_double * 9), ("frequency", c_double * 9),
                ("money", c_double * 9)]


class kam_rfm_out(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32),
                *((name, c_void_p) for name in ("recency", "frequency", "money", "row_flags"))]


class kam_key_account_options(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32), ("top_share", c_double * 4),
                ("least_repeat_orders", c_double)]


class kam_key_account(Structure):
    _fields_ = [("cut", c_double * 4), ("total", c_double), ("least_repeat_orders", c_double),
                ("defaults", c_uint32), ("reserved", c_uint32)]


class kam_key_account_rows(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32), ("n_rows", c_int64),
                *((name, kam_column) for name in ("repeat_orders", "repeat_revenue", "margin", "revenue"))]


class kam_key_account_out(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32),
                *((name, c_void_p) for name in ("is_key", "passed", "share", "row_flags"))]


class kam_scorecard_criterion(Structure):
    _fields_ = [("weight", c_double), ("worst", c_double), ("best", c_double)]


class kam_scorecard(Structure):
    _fields_ = [("struct_size", c_uint32), ("n_criteria", c_int32), ("least_coverage", c_double),
                ("criteria", POINTER(kam_scorecard_criterion))]


class kam_scorecard_out(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32),
                *((name, c_void_p) for name in ("score", "coverage", "part", "row_flags", "defaults"))]


class kam_segment(Structure):
    _fields_ = [("n_accounts", c_int64), ("n_known", c_int64),
                *((name, c_double) for name in ("total", "share", "mean", "least", "most", "reserved"))]


class kam_segment_ranks(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32),
                *((name, c_void_p) for name in ("value_rank", "profit_rank", "agreement"))]


class kam_segment_agreement(Structure):
    _fields_ = [("struct_size", c_uint32), ("defaults", c_uint32),
                *((name, c_int64) for name in ("n_both", "n_value_only", "n_profit_only", "n_neither")),
                ("value_limit", c_double), ("profit_limit", c_double)]


class kam_profit_served(Structure):
    _fields_ = [("service_cost", c_double), ("contribution", c_double)]


class kam_profit_served_out(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32),
                *((name, c_void_p) for name in ("cost_share", "contribution_share", "over_served", "row_flags",
                                                 "defaults"))]


class kam_profit_out(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32),
                *((name, c_void_p) for name in (
                    "net_revenue", "gross_margin", "contribution", "gross_margin_ratio", "contribution_ratio",
                    "row_flags"))]


class kam_whale(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32), ("n_accounts", c_int64),
                ("n_loss_making", c_int64), ("n_to_peak", c_int64), ("total", c_double), ("peak", c_double),
                ("destroyed", c_double)]


class kam_concentration(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32),
                *((name, c_int64) for name in ("n_accounts", "n_negative", "n_for_80", "n_at_10", "n_at_50")),
                *((name, c_double) for name in ("total", "largest_share", "top_10_share", "top_20_share", "gini",
                                                "hhi", "effective_number", "gini_signed"))]


class kam_contracts(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32), ("n_rows", c_int64),
                *((name, kam_column) for name in ("start_day", "end_day", "ended", "term_months"))]


class kam_contracts_view(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32),
                *((name, c_void_p) for name in ("state", "renewals", "contract_ended", "renewals_before", "periods_to_end",
                                                "end_day", "row_flags"))]


class kam_contracts_outcome(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32),
                *((name, c_void_p) for name in ("renewed", "ended", "open", "early", "lost", "terms", "row_flags"))]


class kam_costing_pool(Structure):
    _fields_ = [("cost", c_double), ("capacity", c_double)]


class kam_costing_activity(Structure):
    _fields_ = [("pool", c_int32), ("reserved", c_int32), ("units_each", c_double)]


class kam_costing_model(Structure):
    _fields_ = [("struct_size", c_uint32), ("n_pools", c_int32), ("n_activities", c_int32), ("cents", c_int32),
                ("pools", POINTER(kam_costing_pool)), ("activities", POINTER(kam_costing_activity))]


class kam_costing_lines(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32), ("n_rows", c_int64), ("n_accounts", c_int64),
                ("account", kam_column), ("activity", kam_column), ("quantity", kam_column)]


class kam_costing_use(Structure):
    _fields_ = [*((name, c_double) for name in ("rate", "used", "unused", "used_cost", "unused_cost")),
                ("n_lines", c_int64)]


class kam_costing_out(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32),
                *((name, c_void_p) for name in ("amount", "rate", "account_cost", "use", "row_flags", "defaults"))]


class kam_kpi(Structure):
    _fields_ = [*((name, c_double) for name in ("value", "numerator", "denominator", "low", "high")),
                ("n", c_int64), ("n_left_out", c_int64), ("id", c_int32), ("state", c_int32)]


class kam_kpi_options(Structure):
    _fields_ = [("struct_size", c_uint32), ("n_ids", c_int32), ("ids", POINTER(c_int32)), ("n_groups", c_int64),
                *((name, c_int32) for name in ("first_day", "last_day", "base_first_day", "base_last_day")),
                ("confidence", c_double), ("age_days", c_int32 * 3), ("scale", c_int32), ("grace_days", c_int32),
                ("reserved", c_int32)]


class kam_kpi_report(Structure):
    _fields_ = [("struct_size", c_uint32), ("defaults", c_uint32), ("n_rows", c_int64), ("n_without_group", c_int64)]


def _records(*columns: str) -> list[tuple[str, Any]]:
    return [("struct_size", c_uint32), ("reserved", c_uint32), ("n_rows", c_int64),
            *((name, kam_column) for name in columns)]


class kam_kpi_lines(Structure):
    _fields_ = _records("group", "day", "revenue", "cost", "quantity", "promised_day", "delivered_day", "complete")


class kam_kpi_invoices(Structure):
    _fields_ = _records("group", "invoice_day", "due_day", "paid_day", "amount")


class kam_kpi_actuals(Structure):
    _fields_ = _records("group", "day", "actual", "forecast", "naive", "plan")


class kam_kpi_surveys(Structure):
    _fields_ = _records("group", "day", "score", "scale")


class kam_kpi_accounts(Structure):
    _fields_ = _records("group", "before", "now", "first_day", "has_left", "wallet")


class kam_kpi_opportunities(Structure):
    _fields_ = _records("group", "opened_day", "closed_day", "won", "value")


class kam_kpi_tickets(Structure):
    _fields_ = _records("group", "day", "hours", "limit", "is_open")


class kam_kpi_criterion(Structure):
    _fields_ = [*((name, c_double) for name in ("weight", "target", "lowest", "highest")), ("less", c_int32),
                ("reserved", c_int32), ("value", kam_column)]


class kam_kpi_appraisal(Structure):
    _fields_ = [("struct_size", c_uint32), ("n_criteria", c_int32), ("criteria", POINTER(kam_kpi_criterion)),
                ("n_rows", c_int64), ("least_coverage", c_double)]


class kam_business_hours(Structure):
    _fields_ = [("struct_size", c_uint32), ("n_holidays", c_int32), ("holidays", POINTER(c_int32)),
                ("open_minute", c_int32 * 7), ("close_minute", c_int32 * 7)]


class kam_stage_options(Structure):
    _fields_ = [("struct_size", c_uint32), ("months", c_int32 * 3)]


def _outputs(*names: str) -> list[tuple[str, Any]]:
    return [("struct_size", c_uint32), ("reserved", c_uint32), *((name, c_void_p) for name in names)]


class kam_stage_out(Structure):
    _fields_ = _outputs("stage", "next_day", "days_to_next", "row_flags", "defaults")


class kam_kpi_appraisal_out(Structure):
    _fields_ = _outputs("score", "coverage", "part", "row_flags", "defaults")


class kam_service_level_options(Structure):
    _fields_ = [("struct_size", c_uint32), ("early_days", c_int32), ("hours", c_double * 4 * 4)]


class kam_service_level_clocks(Structure):
    _fields_ = _records("started", "stopped", "limit")


class kam_service_level_out(Structure):
    _fields_ = _outputs("due", "hours", "hours_left", "met", "row_flags")


class kam_service_level_orders(Structure):
    _fields_ = [("struct_size", c_uint32), ("as_of_day", c_int32), ("n_rows", c_int64),
                ("promised_day", kam_column), ("delivered_day", kam_column)]


class kam_cadence_rule(Structure):
    _fields_ = [("touch", c_int32), ("tiers", c_uint32), ("classes", c_uint32), ("stages", c_uint32),
                ("from_month", c_int32), ("to_month", c_int32), ("every_days", c_int32), ("every_months", c_int32)]


class kam_cadence_accounts(Structure):
    _fields_ = [("struct_size", c_uint32), ("n_touches", c_int32), ("touches", POINTER(c_int32)),
                ("last", POINTER(kam_column)), ("n_rows", c_int64), ("contract_day", kam_column),
                ("tier", kam_column), ("account_class", kam_column)]


class kam_cadence_out(Structure):
    _fields_ = _outputs("due_day", "overdue_days", "next_day", "rule", "row_flags", "defaults")


class kam_cadence_options(Structure):
    _fields_ = [("struct_size", c_uint32), ("n_rules", c_int32), ("rules", POINTER(kam_cadence_rule)),
                ("stages", POINTER(kam_stage_options))]


class kam_playbook_rule(Structure):
    _fields_ = [("action", c_int32), ("due_days", c_int32), ("tiers", c_uint32), ("classes", c_uint32),
                ("stages", c_uint32), ("alarms", c_uint32)]


class kam_playbook_accounts(Structure):
    _fields_ = _records("tier", "account_class", "stage", "alarms")


class kam_playbook_options(Structure):
    _fields_ = [("struct_size", c_uint32), ("n_rules", c_int32), ("rules", POINTER(kam_playbook_rule)),
                ("instead", c_int32), ("width", c_int32)]


class kam_playbook_out(Structure):
    _fields_ = _outputs("n_actions", "action", "due_days", "rule", "row_flags", "defaults")


class kam_backtest_amount_report(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32), ("n_rows", c_int64),
                *((name, c_double) for name in ("actual", "forecast", "bias", "mae", "rmse", "wape",
                                                "correlation"))]


class kam_backtest_event_report(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32), ("n_rows", c_int64), ("n_events", c_int64),
                *((name, c_double) for name in ("expected", "brier", "log_loss", "auc"))]


class kam_panel(Structure):
    _fields_ = [("struct_size", c_uint32), ("n_columns", c_int32), ("n_rows", c_int64),
                ("column", POINTER(kam_column)), ("name", POINTER(c_char_p)), ("reason", POINTER(c_int32)),
                *((name, kam_column) for name in ("event", "offset", "weight", "cluster", "start", "stop", "stratum"))]


class kam_hazard(Structure):
    _fields_ = [("link", c_int32), ("n_columns", c_int32), ("coefficient", c_void_p), ("covariance", c_void_p)]


class kam_hazard_options(Structure):
    _fields_ = [("struct_size", c_uint32), ("firth", c_int32), ("max_steps", c_int32), ("robust", c_int32),
                ("ridge", c_double), ("prior_mean", POINTER(c_double)), ("prior_precision", POINTER(c_double))]


class kam_hazard_report(Structure):
    _fields_ = [("struct_size", c_uint32), ("status", kam_status), ("verdict", c_int32), ("culprit", c_int32),
                *((name, c_int64) for name in ("n_rows", "n_skipped", "n_events", "n_clusters")),
                ("n_steps", c_int32), ("has_prior", c_int32),
                *((name, c_double) for name in ("log_likelihood", "log_likelihood_null", "gradient", "collinear"))]


class kam_survival_curve(Structure):
    _fields_ = [("struct_size", c_uint32), ("scale", c_int32), ("confidence", c_double),
                *((name, c_int64) for name in ("n_times", "n_rows", "n_skipped")), ("median", c_double),
                *((name, c_void_p) for name in ("time", "n_risk", "n_event", "survival", "std_error", "low", "high",
                                                "band_low", "band_high")), ("band_factor", c_double)]


class kam_survival_report(Structure):
    _fields_ = [("struct_size", c_uint32), ("status", kam_status),
                *((name, c_int64) for name in ("n_rows", "n_skipped", "n_events")), ("n_steps", c_int32),
                ("culprit", c_int32),
                *((name, c_double) for name in ("log_likelihood", "log_likelihood_null", "gradient"))]


class kam_survival_pairs(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32),
                *((name, c_int64) for name in ("concordant", "discordant", "tied")), ("concordance", c_double)]


class kam_calibration(Structure):
    _fields_ = [("method", c_int32), ("why", c_int32), ("coefficient", c_double * 3),
                *((name, c_int64) for name in ("n_knots", "n_rows", "n_events")), ("knot", c_void_p),
                ("level", c_void_p)]


class kam_backtest_band(Structure):
    _fields_ = [("n_rows", c_int64), ("n_events", c_int64),
                *((name, c_double) for name in ("forecast", "actual", "low", "high"))]


class kam_backtest_bands_report(Structure):
    _fields_ = [("struct_size", c_uint32), ("n_bands", c_int32),
                *((name, c_double) for name in ("reliability", "resolution", "uncertainty", "within", "error",
                                                "lift"))]


class kam_backtest_versus_report(Structure):
    _fields_ = [("struct_size", c_uint32), ("verdict", c_int32), ("n_rows", c_int64),
                *((name, c_double) for name in ("log_loss", "naive", "gain", "std_error"))]


class kam_backtest_stability_report(Structure):
    _fields_ = [("struct_size", c_uint32), ("n_bands", c_int32), ("psi", c_double), ("chance", c_double)]


class kam_backtest_profit_options(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32),
                *((name, c_double) for name in ("saved_alpha", "saved_beta", "offer", "offer_share", "contact"))]


class kam_backtest_profit_report(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32), ("n_rows", c_int64), ("profit", c_double),
                ("share", c_double)]


class kam_additive_term(Structure):
    _fields_ = [*((name, c_int32) for name in ("column", "second", "n_edges", "n_second")), ("first_edge", c_int64),
                ("first_weight", c_int64)]


class kam_additive(Structure):
    _fields_ = [("n_columns", c_int32), ("n_terms", c_int32), ("constant", c_double),
                ("term", POINTER(kam_additive_term)),
                *((name, c_void_p) for name in ("edge", "weight", "std_error"))]


class kam_additive_options(Structure):
    _fields_ = [("struct_size", c_uint32), ("most_bins", c_int32), ("smooth", c_double), ("direction", c_void_p),
                ("n_pairs", c_int32), ("pair_bins", c_int32), ("pair", c_void_p)]


class kam_additive_report(Structure):
    _fields_ = [("struct_size", c_uint32), ("status", kam_status),
                *((name, c_int64) for name in ("n_rows", "n_skipped", "n_events")), ("n_weights", c_int32),
                ("n_steps", c_int32), *((name, c_double) for name in ("smooth", "log_loss", "held_out"))]


class kam_additive_bin(Structure):
    _fields_ = [("from", c_double), ("to", c_double), ("n_rows", c_int64), ("n_events", c_int64),
                *((name, c_double) for name in ("woe", "iv", "weight", "points"))]


class kam_additive_scale(Structure):
    _fields_ = [(name, c_double) for name in ("points", "odds", "pdo")]


class kam_trees_report(Structure):
    _fields_ = [("struct_size", c_uint32), *((name, c_int32) for name in ("source", "link", "n_features")),
                *((name, c_int64) for name in ("n_trees", "n_nodes", "n_rounds", "best_round")), ("depth", c_int32),
                ("path_features", c_int32), ("slope", c_double), ("base", c_double)]


class kam_cause_panel(Structure):
    _fields_ = [("struct_size", c_uint32), ("n_causes", c_int32), ("n_rows", c_int64), ("cause", POINTER(c_int32)),
                ("risk", POINTER(kam_column)), ("margin", kam_column), ("natural_risk", kam_column)]


class kam_cause_options(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32),
                *((name, c_double) for name in ("horizon_periods", "discount_per_period", "most_periods",
                                                "replace_chance", "replace_cost", "ramp_periods", "save_chance"))]


class kam_cause_out(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32),
                *((name, c_void_p) for name in ("incidence", "controllable", "uncontrollable", "loss",
                                                "expected_loss", "saveable_loss", "by_cause", "row_flags"))]


class kam_backtest_panel_plan(Structure):
    _fields_ = [("struct_size", c_uint32), ("link", c_int32), ("first", c_int64), ("step", c_int64),
                *((name, c_void_p) for name in ("options", "model", "context"))]


class kam_backtest_panel_report(Structure):
    _fields_ = [("struct_size", c_uint32), ("status", kam_status), ("n_fits", c_int32), ("n_refused", c_int32),
                ("n_rows", c_int64)]


class kam_backtest_panel_lead_report(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32),
                *((name, c_int64) for name in ("n_left", "n_warned", "n_stayed", "n_false")),
                *((name, c_double) for name in ("caught", "precision", "mean_lead", "median_lead"))]


class kam_health_policy(Structure):
    _fields_ = [("struct_size", c_uint32), *((name, c_int32) for name in ("n_parts", "n_profiles", "n_bands")),
                *((name, _doubles) for name in ("bad", "good", "weight", "cut")), ("coverage", c_double)]


class kam_health_panel(Structure):
    _fields_ = [("struct_size", c_uint32), ("n_parts", c_int32), ("n_rows", c_int64), ("part", POINTER(kam_column)),
                *((name, kam_column) for name in ("profile", "left", "before"))]


class kam_health_out(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32),
                *((name, c_void_p) for name in ("score", "band", "points", "known", "row_flags"))]


class kam_health_band(Structure):
    _fields_ = [("n_rows", c_int64), ("n_left", c_int64), *((name, c_double) for name in ("share", "low", "high"))]


class kam_health_report(Structure):
    _fields_ = [("struct_size", c_uint32), ("verdict", c_int32), ("n_rows", c_int64), ("n_left", c_int64),
                *((name, c_double) for name in ("auc", "auc_std_error", "green_left")),
                ("lead", kam_backtest_panel_lead_report)]


class kam_signal_events(Structure):
    _fields_ = [("struct_size", c_uint32), ("n_periods", c_int32), ("n_accounts", c_int64), ("n_events", c_int64),
                ("start", POINTER(c_int32)),
                *((name, kam_column) for name in ("account", "day", "end", "amount", "term"))]


class kam_signal_chart(Structure):
    _fields_ = [("kind", c_int32), ("direction", c_int32),
                *((name, c_double) for name in ("reference", "limit", "rate"))]


class kam_signal_options(Structure):
    _fields_ = [("struct_size", c_uint32), *((name, c_int32) for name in ("kind", "direction", "periods")),
                *((name, c_double) for name in ("false_alarm", "run_length", "reference", "rate"))]


class kam_signal_report(Structure):
    _fields_ = [("struct_size", c_uint32), ("periods", c_int32), ("false_alarm", c_double), ("run_length", c_double)]


class kam_signal_series(Structure):
    _fields_ = [("struct_size", c_uint32), ("n_periods", c_int32), ("n_accounts", c_int64), ("value", kam_column),
                ("law", c_int32), ("stale_periods", c_int32), ("level", kam_column), ("spread", kam_column)]


class kam_signal_out(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32),
                *((name, c_void_p) for name in ("value", "base", "change", "share", "since", "statistic", "flags"))]


class kam_policy(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32), ("tiers", POINTER(kam_tier_policy)),
                ("matrix", POINTER(kam_matrix_options)), ("stages", POINTER(kam_stage_options)),
                ("cadence", POINTER(kam_cadence_options)), ("service_levels", POINTER(kam_service_level_options)),
                ("playbook", POINTER(kam_playbook_options)), ("future", POINTER(kam_clv_options)),
                ("figures", POINTER(kam_kpi_options))]


class kam_models(Structure):
    _fields_ = [("struct_size", c_uint32), ("n_bands", c_int32), ("orders", kam_btyd), ("spend", kam_spend),
                ("orders_covariance", c_double * 64), ("spend_covariance", c_double * 16),
                ("reference", c_double * 3), ("limits", kam_tier_band * 16), ("matrix", kam_matrix),
                ("has_matrix", c_int32), ("defaults", c_uint32)]


class kam_fit_options(Structure):
    _fields_ = [("struct_size", c_uint32), ("family", c_int32), ("period_days", c_double),
                ("tiers", kam_tier_policy), ("policy", POINTER(kam_policy)), ("spend_family", c_int32),
                ("reserved", c_int32)]


class kam_fit_report(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32), ("orders", kam_estimate_report),
                ("spend", kam_estimate_report), ("orders_ml", kam_status), ("spend_ml", kam_status),
                ("tiers", kam_status), ("orders_culprit", c_int32), ("spend_culprit", c_int32),
                ("independence", kam_status), ("dependence", kam_spend_dependence),
                ("matrix", kam_status), ("reserved2", c_int32)]


class kam_scores(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32),
                *((name, c_void_p) for name in (
                    "tier", "tier_to_next", "tier_above_limit", "net_revenue", "profit", "margin_ratio", "alive",
                    "expected_orders", "order_value", "lifetime_value", "lifetime_value_low",
                    "lifetime_value_high", "churn_risk", "reasons", "row_flags", "matrix_class", "value_score",
                    "potential_score", "stage", "stage_days_left", "touch_due", "touch_overdue", "touch_next",
                    "n_actions", "actions", "action_days", "defaults"))]


_diag, _host, _column = POINTER(kam_diag), POINTER(kam_host), POINTER(kam_column)
_accounts, _btyd, _spend = POINTER(kam_accounts), POINTER(kam_btyd), POINTER(kam_spend)
_retention = POINTER(kam_retention)
_panel, _hazard = POINTER(kam_panel), POINTER(kam_hazard)
_flags, _out = c_void_p, c_void_p  # buffers of a result: their addresses
_ledger, _trees = c_void_p, c_void_p
_arrow_schema, _arrow_array = c_void_p, c_void_p  # Arrow's own structs, in _arrow.py

#: name -> (result, arguments), in the order of the headers
PROTOTYPES: dict[str, tuple[Any, list[Any]]] = {
    # version.h
    "kam_version": (c_int32, []),
    "kam_version_text": (c_char_p, []),
    # status.h
    "kam_status_name": (c_char_p, [kam_status]),
    "kam_status_text": (c_char_p, [kam_status]),
    "kam_status_at": (kam_status, [c_int32]),
    "kam_row_flag_name": (c_char_p, [c_uint32]),
    # column.h
    "kam_column_numbers": (kam_status, [_column, c_int64, _out, _diag]),
    # host.h
    "kam_host_isa": (c_int32, []),
    # account.h
    "kam_account_init": (kam_status, [POINTER(kam_account), c_uint64]),
    "kam_accounts_of": (kam_status, [POINTER(kam_account), c_uint64, c_int64, _accounts]),
    "kam_accounts_slice": (kam_status, [_accounts, c_int64, c_int64, _accounts]),
    # arrow.h
    "kam_arrow_column": (kam_status, [_arrow_schema, _arrow_array, c_char_p, _column, POINTER(c_int64), _diag]),
    "kam_arrow_convert": (kam_status, [_arrow_schema, _arrow_array, c_char_p, c_int32, _out, _out, _diag]),
    "kam_arrow_texts": (kam_status, [_arrow_schema, _arrow_array, c_char_p, _out, _out, _out, c_int64, _diag]),
    "kam_arrow_schema": (kam_status, [POINTER(kam_arrow_field), c_int64, _host, _arrow_schema, _diag]),
    "kam_arrow_table": (kam_status, [POINTER(kam_arrow_field), c_int64, c_int64, _host, c_void_p, c_void_p,
                                     _arrow_array, _diag]),
    # sum.h
    "kam_sum_add": (kam_status, [POINTER(kam_sum), c_double]),
    "kam_sum_merge": (kam_status, [POINTER(kam_sum), POINTER(kam_sum)]),
    "kam_sum_value": (c_double, [POINTER(kam_sum)]),
    # calendar.h
    "kam_calendar_day": (kam_status, [c_int32, c_int32, c_int32, POINTER(c_int32)]),
    "kam_calendar_date": (kam_status, [c_int32, POINTER(c_int32), POINTER(c_int32), POINTER(c_int32)]),
    "kam_calendar_add_months": (kam_status, [c_int32, c_int32, POINTER(c_int32)]),
    # contracts.h
    "kam_contracts_known": (kam_status, [POINTER(kam_contracts), c_int32, c_int32, c_int32, _host, POINTER(kam_contracts_view),
                                         _diag]),
    "kam_contracts_came": (kam_status, [POINTER(kam_contracts), c_int32, c_int32, c_int32, _host,
                                        POINTER(kam_contracts_outcome), _diag]),
    # ledger.h
    "kam_ledger_options_init": (kam_status, [POINTER(kam_ledger_options), c_uint32]),
    "kam_ledger_new": (kam_status, [POINTER(kam_ledger_options), _host, POINTER(_ledger), _diag]),
    "kam_ledger_add": (kam_status, [_ledger, POINTER(kam_lines), _diag]),
    "kam_ledger_add_activities": (kam_status, [_ledger, POINTER(kam_activities), _diag]),
    "kam_ledger_merge": (kam_status, [_ledger, _ledger, _diag]),
    "kam_ledger_n_accounts": (c_int64, [_ledger]),
    "kam_ledger_report_of": (kam_status, [_ledger, POINTER(kam_ledger_report), _diag]),
    "kam_ledger_summarise": (kam_status, [_ledger, POINTER(kam_summary), _diag]),
    "kam_ledger_keys": (kam_status, [_ledger, _out, _out, _diag]),
    "kam_ledger_free": (None, [_ledger]),
    # estimate.h
    "kam_estimate_options_init": (kam_status, [POINTER(kam_estimate_options), c_uint32]),
    "kam_estimate_ratio_test": (c_double, [c_double, c_double, c_int32]),
    "kam_objective_merge": (kam_status, [POINTER(kam_objective), POINTER(kam_objective)]),
    # btyd_covariates.h
    "kam_btyd_covariates_fit": (kam_status, [
        c_int32, _accounts, POINTER(kam_btyd_covariates), c_double, POINTER(kam_estimate_options), _host,
        POINTER(kam_btyd_covariate_model), _doubles, POINTER(kam_estimate_report), _diag]),
    "kam_btyd_covariates_models": (kam_status, [
        POINTER(kam_btyd_covariate_model), POINTER(kam_btyd_covariates), c_int64, _host, _btyd, _flags, _diag]),
    "kam_btyd_covariates_answer": (kam_status, [
        POINTER(kam_btyd_covariate_model), _accounts, POINTER(kam_btyd_covariates), c_int32, c_double, c_double,
        _host, _out, _flags, _diag]),
    # btyd_dynamic.h
    "kam_btyd_dynamic_fit": (kam_status, [
        _accounts, POINTER(kam_btyd_timeline), POINTER(kam_btyd_covariates), c_double, POINTER(kam_estimate_options),
        _host, POINTER(kam_btyd_covariate_model), _doubles, POINTER(kam_estimate_report), _diag]),
    "kam_btyd_dynamic_log_likelihood": (kam_status, [
        POINTER(kam_btyd_covariate_model), _accounts, POINTER(kam_btyd_timeline), POINTER(kam_btyd_covariates),
        _host, _out, _flags, _diag]),
    "kam_btyd_dynamic_answer": (kam_status, [
        POINTER(kam_btyd_covariate_model), _accounts, POINTER(kam_btyd_timeline), POINTER(kam_btyd_covariates),
        c_int32, c_double, c_double, _host, _out, _flags, _diag]),
    # btyd.h
    "kam_btyd_family_name": (c_char_p, [c_int32]),
    "kam_btyd_parameter_name": (c_char_p, [c_int32, c_int32]),
    "kam_btyd_fit": (kam_status, [c_int32, _accounts, c_int64, c_double, POINTER(kam_estimate_options), _host,
                                  _btyd, _doubles, POINTER(kam_estimate_report), _diag]),
    "kam_btyd_search": (kam_status, [c_int32, c_double, POINTER(kam_estimate_options), kam_btyd_total, c_void_p, _btyd,
                                     _doubles, POINTER(kam_estimate_report), _diag]),
    "kam_btyd_profile": (kam_status, [c_int32, _accounts, c_int64, POINTER(kam_estimate_options), _host,
                                  POINTER(kam_estimate_interval), _diag]),
    "kam_btyd_objective": (kam_status, [_btyd, _accounts, _host, POINTER(kam_objective), _diag]),
    "kam_btyd_log_likelihood": (kam_status, [_btyd, _accounts, _host, _out, _flags, _diag]),
    "kam_btyd_alive": (kam_status, [_btyd, _accounts, c_double, _host, _out, _flags, _diag]),
    "kam_btyd_expected_orders": (kam_status, [_btyd, _accounts, c_double, _host, _out, _flags, _diag]),
    "kam_btyd_discounted_orders": (kam_status, [_btyd, _accounts, c_double, c_double, _host, _out, _flags,
                                                _diag]),
    "kam_btyd_no_order": (kam_status, [_btyd, _accounts, c_double, _host, _out, _flags, _diag]),
    "kam_btyd_order_counts": (kam_status, [_btyd, _accounts, c_double, c_int32, _host, _out, _flags, _diag]),
    "kam_btyd_next_order": (kam_status, [_btyd, _accounts, _host, _out, _flags, _diag]),
    "kam_btyd_next_order_by": (kam_status, [_btyd, _accounts, c_double, _host, _out, _flags, _diag]),
    "kam_btyd_reasons": (kam_status, [_btyd, _accounts, c_double, _doubles, _host, _out, _flags, _diag]),
    # btyd_choose.h
    "kam_btyd_choose_rhythm": (kam_status, [_accounts, c_int64, _doubles, _doubles, _diag]),
    "kam_btyd_choose": (kam_status, [_accounts, c_int64, c_double, POINTER(kam_btyd_contest),
                                     POINTER(kam_estimate_options), _host, POINTER(kam_btyd_candidate),
                                     POINTER(c_int32), _diag]),
    # btyd_pace.h
    "kam_btyd_pace": (kam_status, [_btyd, _doubles, _accounts, _column, c_double, POINTER(kam_btyd_pace_report), _diag]),
    # spend.h
    "kam_spend_parameter_name": (c_char_p, [c_int32, c_int32]),
    "kam_spend_family_name": (c_char_p, [c_int32]),
    "kam_spend_fit": (kam_status, [c_int32, _accounts, c_int64, POINTER(kam_estimate_options), _host, _spend,
                                   _doubles, POINTER(kam_estimate_report), _diag]),
    "kam_spend_search": (kam_status, [c_int32, POINTER(kam_estimate_options), kam_spend_total, c_void_p, _spend,
                                      _doubles, POINTER(kam_estimate_report), _diag]),
    "kam_spend_profile": (kam_status, [c_int32, _accounts, c_int64, POINTER(kam_estimate_options), _host,
                                  POINTER(kam_estimate_interval), _diag]),
    "kam_spend_objective": (kam_status, [_spend, _accounts, _host, POINTER(kam_objective), _diag]),
    "kam_spend_independence": (kam_status, [_accounts, c_int64, _host, POINTER(kam_spend_dependence), _diag]),
    "kam_spend_log_likelihood": (kam_status, [_spend, _accounts, _host, _out, _flags, _diag]),
    "kam_spend_expected": (kam_status, [_spend, _accounts, _host, _out, _flags, _diag]),
    # retention.h
    "kam_retention_family_name": (c_char_p, [c_int32]),
    "kam_retention_parameter_name": (c_char_p, [c_int32, c_int32]),
    "kam_retention_fit": (kam_status, [c_int32, _accounts, c_int64, c_double, POINTER(kam_estimate_options), _host,
                                       _retention, _doubles, POINTER(kam_estimate_report), _diag]),
    "kam_retention_profile": (kam_status, [c_int32, _accounts, c_int64, POINTER(kam_estimate_options), _host,
                                  POINTER(kam_estimate_interval), _diag]),
    "kam_retention_objective": (kam_status, [_retention, _accounts, _host, POINTER(kam_objective), _diag]),
    "kam_retention_curve": (kam_status, [_retention, c_int64, _out, _out, _diag]),
    "kam_retention_lapse": (kam_status, [_retention, _accounts, c_void_p, c_void_p, _host, _out, _flags, _diag]),
    "kam_retention_renewal": (kam_status, [_retention, _accounts, c_double, _host, _out, _flags, _diag]),
    "kam_retention_residual": (kam_status, [_retention, _accounts, c_double, c_double, _host, _out, _flags, _diag]),
    "kam_retention_value": (kam_status, [_retention, _accounts, c_double, c_double, _host, _out, _out, _flags,
                                         _diag]),
    "kam_retention_outlook": (kam_status, [POINTER(kam_retention_contracts), c_double, c_double, c_double, _host,
                                           POINTER(kam_retention_outlook_out), _diag]),
    "kam_retention_log_likelihood": (kam_status, [_retention, _accounts, _host, _out, _flags, _diag]),
    # clv.h
    "kam_clv_options_init": (kam_status, [POINTER(kam_clv_options), c_uint32]),
    "kam_clv_value": (kam_status, [_btyd, _spend, _accounts, POINTER(kam_clv_options), _host, _out, _flags,
                                   _diag]),
    "kam_clv_interval": (kam_status, [_btyd, _doubles, _spend, _doubles, _accounts, POINTER(kam_clv_options),
                                      _host, _out, _out, _flags, _diag]),
    # tier.h
    "kam_tier_preset_cny": (kam_status, [POINTER(kam_tier_band)]),
    "kam_tier_name": (c_char_p, [c_int32, c_int32, c_int32]),
    "kam_tier_cutpoints": (kam_status, [POINTER(kam_tier_policy), _column, c_int64, _host,
                                        POINTER(kam_tier_band), _diag]),
    "kam_tier_assign": (kam_status, [POINTER(kam_tier_band), c_int32, _column, _column, c_int64, _host,
                                     POINTER(kam_tier_out), _diag]),
    # move.h
    "kam_move_options_init": (kam_status, [POINTER(kam_move_options), c_uint32]),
    "kam_move_decide": (kam_status, [POINTER(kam_move_options), POINTER(kam_tier_band), c_int32,
                                     POINTER(kam_move_rows), _host, POINTER(kam_move_out), _diag]),
    "kam_move_name": (c_char_p, [c_int32, c_int32]),
    "kam_move_count": (kam_status, [_column, _column, _column, c_int64, POINTER(kam_move_table), _diag]),
    # matrix.h
    "kam_matrix_options_init": (kam_status, [POINTER(kam_matrix_options), c_uint32]),
    "kam_matrix_fit": (kam_status, [POINTER(kam_matrix_options), _column, c_int64, _host, POINTER(kam_matrix),
                                    _diag]),
    "kam_matrix_stability": (kam_status, [POINTER(kam_matrix_options), _column, c_int32, c_int64, _host,
                                          POINTER(kam_matrix_stability_out), _diag]),
    "kam_matrix_classify": (kam_status, [POINTER(kam_matrix), POINTER(kam_matrix_rows), _host,
                                         POINTER(kam_matrix_out), _diag]),
    "kam_matrix_class_name": (c_char_p, [c_int32, c_int32]),
    "kam_matrix_wallet_rule": (c_double, [c_double, c_double]),
    # rfm.h
    "kam_rfm_fit": (kam_status, [c_int32, _column, _column, _column, c_int64, _host, POINTER(kam_rfm), _diag]),
    "kam_rfm_score": (kam_status, [POINTER(kam_rfm), _column, _column, _column, c_int64, _host, POINTER(kam_rfm_out),
                                   _diag]),
    # key_account.h
    "kam_key_account_options_init": (kam_status, [POINTER(kam_key_account_options), c_uint32]),
    "kam_key_account_fit": (kam_status, [POINTER(kam_key_account_options), POINTER(kam_key_account_rows), _host,
                                         POINTER(kam_key_account), _diag]),
    "kam_key_account_test": (kam_status, [POINTER(kam_key_account), POINTER(kam_key_account_rows), _host,
                                          POINTER(kam_key_account_out), _diag]),
    "kam_key_account_test_name": (c_char_p, [c_int32, c_int32]),
    # scorecard.h
    "kam_scorecard_score": (kam_status, [POINTER(kam_scorecard), _column, c_int64, _host, POINTER(kam_scorecard_out),
                                         _diag]),
    "kam_scorecard_rank": (kam_status, [_column, c_int64, _host, _out, _diag]),
    "kam_scorecard_preset_stickiness": (kam_status, [c_double, POINTER(kam_scorecard_criterion)]),
    # segment.h
    "kam_segment_number": (kam_status, [_column, c_int64, _host, _out, _out, POINTER(c_int64), _diag]),
    "kam_segment_add_up": (kam_status, [_column, c_int64, _column, c_int64, _host, POINTER(kam_segment), _diag]),
    "kam_segment_preset_bands": (kam_status, [POINTER(kam_tier_band)]),
    "kam_segment_band_name": (c_char_p, [c_int32, c_int32, c_int32]),
    "kam_segment_compare": (kam_status, [_column, _column, c_int64, c_double, _host, POINTER(kam_segment_ranks),
                                         POINTER(kam_segment_agreement), _diag]),
    "kam_segment_agreement_name": (c_char_p, [c_int32, c_int32]),
    # profit.h
    "kam_profit_layers": (kam_status, [_accounts, _host, POINTER(kam_profit_out), _diag]),
    "kam_profit_whale": (kam_status, [_column, c_int64, _host, _out, _out, POINTER(kam_whale), _diag]),
    "kam_profit_net": (kam_status, [_column, _column, _column, c_int64, _host, _out, _out, _flags, _diag]),
    "kam_profit_ratio": (kam_status, [_column, _column, c_int64, _host, _out, _flags, _diag]),
    "kam_profit_served_fit": (kam_status, [_column, _column, c_int64, POINTER(kam_profit_served), _diag]),
    "kam_profit_over_served": (kam_status, [POINTER(kam_profit_served), _column, _column, c_int64, c_double, _host,
                                            POINTER(kam_profit_served_out), _diag]),
    # concentration.h
    "kam_concentration_measure": (kam_status, [_column, c_int64, _host, _out, POINTER(kam_concentration),
                                               _diag]),
    "kam_concentration_curve": (kam_status, [_column, c_int64, _host, _out, _out, POINTER(c_int64), _diag]),
    "kam_concentration_groups": (kam_status, [_column, _column, _column, c_int64, _host, _out, _out,
                                              POINTER(c_int64), _diag]),
    # costing.h
    "kam_costing_allocate": (kam_status, [POINTER(kam_costing_model), POINTER(kam_costing_lines), _host,
                                          POINTER(kam_costing_out), _diag]),
    "kam_costing_spread": (kam_status, [c_double, _column, c_int64, c_int32, _host, _out, _diag]),
    # business.h
    "kam_business_hours_init": (kam_status, [POINTER(kam_business_hours), c_uint32]),
    "kam_business_between": (kam_status, [POINTER(kam_business_hours), c_int64, c_int64, POINTER(c_int64), _diag]),
    "kam_business_after": (kam_status, [POINTER(kam_business_hours), c_int64, c_int64, POINTER(c_int64), _diag]),
    # stage.h
    "kam_stage_options_init": (kam_status, [POINTER(kam_stage_options), c_uint32]),
    "kam_stage_assign": (kam_status, [_column, c_int64, c_int32, POINTER(kam_stage_options), _host,
                                      POINTER(kam_stage_out), _diag]),
    "kam_stage_name": (c_char_p, [c_int32, c_int32]),
    # service_level.h
    "kam_service_level_options_init": (kam_status, [POINTER(kam_service_level_options), c_uint32]),
    "kam_service_level_name": (c_char_p, [c_int32, c_int32]),
    "kam_service_level_limits": (kam_status, [_column, _column, c_int64, POINTER(kam_service_level_options), _host,
                                              _out, _flags, _diag]),
    "kam_service_level_clock": (kam_status, [POINTER(kam_service_level_clocks), POINTER(kam_business_hours), c_int64,
                                             _host, POINTER(kam_service_level_out), _diag]),
    "kam_service_level_first_orders": (kam_status, [POINTER(kam_service_level_orders),
                                                    POINTER(kam_service_level_options), _host, _out, _out, _diag]),
    # cadence.h
    "kam_cadence_preset": (kam_status, [POINTER(kam_cadence_rule)]),
    "kam_cadence_touch_name": (c_char_p, [c_int32, c_int32]),
    "kam_cadence_due": (kam_status, [POINTER(kam_cadence_accounts), c_int32, POINTER(kam_cadence_options), _host,
                                     POINTER(kam_cadence_out), _diag]),
    # playbook.h
    "kam_playbook_preset": (kam_status, [POINTER(kam_playbook_rule)]),
    "kam_playbook_action_name": (c_char_p, [c_int32, c_int32]),
    "kam_playbook_actions": (kam_status, [POINTER(kam_playbook_accounts), POINTER(kam_playbook_options), _host,
                                          POINTER(kam_playbook_out), _diag]),
    "kam_playbook_defence_name": (c_char_p, [c_int32, c_int32]),
    "kam_playbook_defence": (kam_status, [_column, c_int64, _host, _out, _out, _out, _diag]),
    # kpi.h
    "kam_kpi_at": (c_int32, [c_int32]),
    "kam_kpi_records": (c_int32, [c_int32]),
    "kam_kpi_name": (c_char_p, [c_int32]),
    "kam_kpi_text": (c_char_p, [c_int32, c_int32]),
    "kam_kpi_state_name": (c_char_p, [c_int32]),
    # kpi_appraise.h
    "kam_kpi_appraise": (kam_status, [POINTER(kam_kpi_appraisal), _host, POINTER(kam_kpi_appraisal_out), _diag]),
    # kpi_of.h, kpi_of_customers.h
    "kam_kpi_options_init": (kam_status, [POINTER(kam_kpi_options), c_uint32]),
    **{f"kam_kpi_of_{name}": (kam_status, [POINTER(records), POINTER(kam_kpi_options), _host, POINTER(kam_kpi),
                                           POINTER(kam_kpi_report), _diag])
       for name, records in (("lines", kam_kpi_lines), ("invoices", kam_kpi_invoices), ("actuals", kam_kpi_actuals),
                             ("surveys", kam_kpi_surveys), ("accounts", kam_kpi_accounts),
                             ("opportunities", kam_kpi_opportunities), ("tickets", kam_kpi_tickets))},
    # backtest.h
    "kam_backtest_amount": (kam_status, [_column, _column, c_int64, POINTER(kam_backtest_amount_report), _diag]),
    "kam_backtest_event": (kam_status, [_column, _column, c_int64, _host, POINTER(kam_backtest_event_report),
                                        _diag]),
    # hazard.h
    "kam_hazard_verdict_name": (c_char_p, [c_int32]),
    "kam_hazard_options_init": (kam_status, [POINTER(kam_hazard_options), c_uint32]),
    "kam_hazard_expert": (kam_status, [c_int32, POINTER(c_int32), c_int32, c_double, _doubles, _doubles, _diag]),
    "kam_hazard_fit": (kam_status, [c_int32, _panel, POINTER(kam_hazard_options), _host, _doubles, _doubles,
                                    POINTER(kam_hazard_report), _diag]),
    "kam_hazard_objective": (kam_status, [_hazard, _panel, _host, POINTER(kam_sum), POINTER(c_int64), _diag]),
    "kam_hazard_risk": (kam_status, [_hazard, _panel, c_double, _host, _out, _out, _out, _flags, _diag]),
    "kam_hazard_reasons": (kam_status, [_hazard, _panel, _doubles, c_int32, _host, _out, _flags, _diag]),
    # survival.h
    "kam_survival_kaplan_meier": (kam_status, [POINTER(kam_panel), _host, POINTER(kam_survival_curve), _diag]),
    "kam_survival_cox": (kam_status, [c_int32, POINTER(kam_panel), _host, _doubles, _doubles,
                                      POINTER(kam_survival_report), _diag]),
    "kam_survival_baseline": (kam_status, [c_int32, POINTER(kam_panel), _doubles, _doubles, _host, _out, _out, _out,
                                           POINTER(c_int64), _diag]),
    "kam_survival_concordance": (kam_status, [POINTER(kam_panel), _column, _host, POINTER(kam_survival_pairs),
                                              _diag]),
    # calibrate.h
    "kam_calibrate_why_name": (c_char_p, [c_int32]),
    "kam_calibrate_fit": (kam_status, [c_int32, _column, _column, c_int64, _host, _out, _out,
                                       POINTER(kam_calibration), _diag]),
    "kam_calibrate_apply": (kam_status, [POINTER(kam_calibration), _column, c_int64, _host, _out, _flags, _diag]),
    # backtest.h, beside the errors
    "kam_backtest_bands": (kam_status, [_column, _column, c_int64, c_int32, _host, POINTER(kam_backtest_band),
                                        POINTER(kam_backtest_bands_report), _diag]),
    "kam_backtest_versus": (kam_status, [_column, _column, _column, c_int64, POINTER(kam_backtest_versus_report),
                                         _diag]),
    "kam_backtest_stability": (kam_status, [_column, c_int64, _column, c_int64, c_int32, _host,
                                            POINTER(kam_backtest_stability_report), _diag]),
    "kam_backtest_profit_options_init": (kam_status, [POINTER(kam_backtest_profit_options), c_uint32]),
    "kam_backtest_profit": (kam_status, [_column, _column, _column, c_int64, POINTER(kam_backtest_profit_options),
                                         _host, POINTER(kam_backtest_profit_report), _diag]),
    # additive.h
    "kam_additive_options_init": (kam_status, [POINTER(kam_additive_options), c_uint32]),
    "kam_additive_room": (kam_status, [c_int32, POINTER(kam_additive_options), POINTER(c_int32), POINTER(c_int64),
                                       POINTER(c_int64), _diag]),
    "kam_additive_fit": (kam_status, [POINTER(kam_panel), POINTER(kam_additive_options), _host,
                                      POINTER(kam_additive), POINTER(kam_additive_report), _diag]),
    "kam_additive_risk": (kam_status, [POINTER(kam_additive), POINTER(kam_panel), _host, _out, _out, _diag]),
    "kam_additive_reasons": (kam_status, [POINTER(kam_additive), POINTER(kam_panel), c_int32, _host, _out, _diag]),
    "kam_additive_table": (kam_status, [POINTER(kam_additive), POINTER(kam_panel), c_int32,
                                        POINTER(kam_additive_scale), POINTER(kam_additive_bin), _doubles, _doubles,
                                        _diag]),
    # cause.h
    "kam_trees_from_xgboost": (kam_status, [c_char_p, c_uint64, c_int32, _host, POINTER(_trees), _diag]),
    "kam_trees_from_lightgbm": (kam_status, [c_char_p, c_uint64, c_int32, _host, POINTER(_trees), _diag]),
    "kam_trees_save": (kam_status, [_trees, _out, c_uint64, POINTER(c_uint64), _diag]),
    "kam_trees_load": (kam_status, [c_char_p, c_uint64, _host, POINTER(_trees), _diag]),
    "kam_trees_free": (None, [_trees]),
    "kam_trees_report_of": (kam_status, [_trees, POINTER(kam_trees_report), _diag]),
    "kam_trees_feature_name": (c_char_p, [_trees, c_int32]),
    "kam_trees_score": (kam_status, [_trees, POINTER(kam_panel), _host, _out, _out, _diag]),
    "kam_trees_contributions": (kam_status, [_trees, POINTER(kam_panel), _host, _out, _diag]),
    "kam_trees_reasons": (kam_status, [_trees, POINTER(kam_panel), c_int32, _host, _out, _diag]),
    "kam_cause_name": (c_char_p, [c_int32, c_int32]),
    "kam_cause_is_controllable": (c_int32, [c_int32]),
    "kam_cause_options_init": (kam_status, [POINTER(kam_cause_options), c_uint32]),
    "kam_cause_losses": (kam_status, [POINTER(kam_cause_panel), POINTER(kam_cause_options), _host,
                                      POINTER(kam_cause_out), _diag]),
    # backtest_panel.h
    "kam_backtest_panel_rolling": (kam_status, [POINTER(kam_panel), _column, POINTER(kam_backtest_panel_plan), _host,
                                                _out, _out, POINTER(kam_backtest_panel_report), _diag]),
    "kam_backtest_panel_lead": (kam_status, [_column, _column, _column, _column, c_int64, c_double, _host,
                                             POINTER(kam_backtest_panel_lead_report), _diag]),
    # health.h
    "kam_health_score": (kam_status, [POINTER(kam_health_policy), POINTER(kam_health_panel), _host,
                                      POINTER(kam_health_out), _diag]),
    "kam_health_roll_up": (kam_status, [c_int32, _column, _column, _column, _column, c_int64, c_int64, _host, _out,
                                        _out, _diag]),
    "kam_health_backtest": (kam_status, [POINTER(kam_health_policy), _column, _column, _column, _column, c_int64,
                                         c_int32, _host, POINTER(kam_health_band), POINTER(kam_health_report), _diag]),
    # signal.h
    "kam_signal_options_init": (kam_status, [POINTER(kam_signal_options), c_uint32]),
    "kam_signal_measure": (kam_status, [c_int32, POINTER(kam_signal_events), _host, _out, POINTER(c_int64), _diag]),
    "kam_signal_design": (kam_status, [POINTER(kam_signal_options), _host, POINTER(kam_signal_chart),
                                       POINTER(kam_signal_report), _diag]),
    "kam_signal_run_length": (kam_status, [POINTER(kam_signal_chart), c_double, c_int32, _host, _doubles, _doubles,
                                           _diag]),
    "kam_signal_watch": (kam_status, [POINTER(kam_signal_chart), POINTER(kam_signal_series), _host,
                                      POINTER(kam_signal_out), _diag]),
    "kam_signal_of": (kam_status, [c_int32, POINTER(kam_signal_events), POINTER(kam_signal_options), _host, _out, _out,
                                   _out, _diag]),
    # reason.h
    "kam_reason_text_since": (kam_status, [POINTER(kam_reason), c_int32, c_int32, _out, c_uint64, _diag]),
    "kam_reason_name": (c_char_p, [c_int32]),
    "kam_reason_text": (kam_status, [POINTER(kam_reason), c_int32, _out, c_uint64, _diag]),
    # fit.h
    "kam_fit_options_init": (kam_status, [POINTER(kam_fit_options), c_uint32]),
    "kam_fit": (kam_status, [_accounts, c_int64, POINTER(kam_fit_options), _host, POINTER(kam_models),
                             POINTER(kam_fit_report), _diag]),
    # policy.h
    "kam_policy_check": (kam_status, [POINTER(kam_policy), POINTER(c_uint32), _diag]),
    "kam_policy_part_name": (c_char_p, [c_uint32]),
    # score.h
    "kam_score": (kam_status, [_accounts, POINTER(kam_models), POINTER(kam_policy), c_int32, _host,
                               POINTER(kam_scores), _diag]),
    "kam_score_one": (kam_status, [POINTER(kam_account), c_uint64, POINTER(kam_models), POINTER(kam_policy), c_int32,
                                   POINTER(kam_scores), _diag]),
}


def bind(library: ctypes.CDLL) -> None:
    """Tells ctypes what every function takes and gives."""
    for name, (result, arguments) in PROTOTYPES.items():
        function = getattr(library, name)
        function.restype = result
        function.argtypes = arguments
