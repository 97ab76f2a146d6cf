/* SPDX-License-Identifier: MIT */
/* The last member that each public struct had in its first version: a caller's
 * struct_size may end there, today and later (docs/abi.md). A new struct gets a
 * line; no line ever changes. tests/golden/layout.txt holds the sizes. */
#ifndef KAM_BASE_FIRST_VERSION_H
#define KAM_BASE_FIRST_VERSION_H

#include <stddef.h>

/* The bytes of the first version of a public struct. */
#define KAM__FIRST(type)                                                       \
    ((uint32_t)(offsetof(type, KAM__LAST_##type) +                             \
                sizeof(((type *)0)->KAM__LAST_##type)))

#define KAM__LAST_kam_account weight
#define KAM__LAST_kam_accounts weight
#define KAM__LAST_kam_activities cost
#define KAM__LAST_kam_additive_options pair
#define KAM__LAST_kam_additive_report held_out
#define KAM__LAST_kam_backtest_amount_report correlation
#define KAM__LAST_kam_backtest_bands_report lift
#define KAM__LAST_kam_backtest_event_report auc
#define KAM__LAST_kam_backtest_panel_lead_report median_lead
#define KAM__LAST_kam_backtest_panel_plan context
#define KAM__LAST_kam_backtest_panel_report n_rows
#define KAM__LAST_kam_backtest_profit_options contact
#define KAM__LAST_kam_backtest_profit_report share
#define KAM__LAST_kam_backtest_stability_report chance
#define KAM__LAST_kam_backtest_versus_report std_error
#define KAM__LAST_kam_btyd_contest orders_before
#define KAM__LAST_kam_btyd_covariates ridge_leaving
#define KAM__LAST_kam_btyd_pace_report n_rows
#define KAM__LAST_kam_btyd_timeline repeat_orders
#define KAM__LAST_kam_business_hours close_minute
#define KAM__LAST_kam_cadence_accounts account_class
#define KAM__LAST_kam_cadence_options stages
#define KAM__LAST_kam_cadence_out row_flags
#define KAM__LAST_kam_cause_options save_chance
#define KAM__LAST_kam_cause_out row_flags
#define KAM__LAST_kam_cause_panel natural_risk
#define KAM__LAST_kam_clv_options interval
#define KAM__LAST_kam_concentration effective_number
#define KAM__LAST_kam_contracts term_months
#define KAM__LAST_kam_contracts_outcome row_flags
#define KAM__LAST_kam_contracts_view row_flags
#define KAM__LAST_kam_costing_lines quantity
#define KAM__LAST_kam_costing_model activities
#define KAM__LAST_kam_costing_out row_flags
#define KAM__LAST_kam_diag message
#define KAM__LAST_kam_estimate_interval reserved
#define KAM__LAST_kam_estimate_options rhythm
#define KAM__LAST_kam_estimate_report condition
#define KAM__LAST_kam_fit_options tiers
#define KAM__LAST_kam_fit_report dependence
#define KAM__LAST_kam_hazard_options prior_precision
#define KAM__LAST_kam_hazard_report collinear
#define KAM__LAST_kam_health_out row_flags
#define KAM__LAST_kam_health_panel before
#define KAM__LAST_kam_health_policy coverage
#define KAM__LAST_kam_health_report lead
#define KAM__LAST_kam_host watcher
#define KAM__LAST_kam_key_account_options least_repeat_orders
#define KAM__LAST_kam_key_account_out row_flags
#define KAM__LAST_kam_key_account_rows revenue
#define KAM__LAST_kam_kpi_accounts wallet
#define KAM__LAST_kam_kpi_actuals plan
#define KAM__LAST_kam_kpi_appraisal least_coverage
#define KAM__LAST_kam_kpi_appraisal_out row_flags
#define KAM__LAST_kam_kpi_invoices amount
#define KAM__LAST_kam_kpi_lines complete
#define KAM__LAST_kam_kpi_opportunities value
#define KAM__LAST_kam_kpi_options reserved
#define KAM__LAST_kam_kpi_report n_without_group
#define KAM__LAST_kam_kpi_surveys scale
#define KAM__LAST_kam_kpi_tickets is_open
#define KAM__LAST_kam_ledger_options period_days
#define KAM__LAST_kam_ledger_report last_line_day
#define KAM__LAST_kam_lines order
#define KAM__LAST_kam_matrix_options missing_is_no
#define KAM__LAST_kam_matrix_out row_flags
#define KAM__LAST_kam_matrix_rows pain
#define KAM__LAST_kam_matrix_stability_out row_flags
#define KAM__LAST_kam_models limits
#define KAM__LAST_kam_move_options confidence
#define KAM__LAST_kam_move_out row_flags
#define KAM__LAST_kam_move_rows override_until
#define KAM__LAST_kam_move_table n_gone
#define KAM__LAST_kam_objective hessian
#define KAM__LAST_kam_panel stratum
#define KAM__LAST_kam_playbook_accounts alarms
#define KAM__LAST_kam_playbook_options width
#define KAM__LAST_kam_playbook_out row_flags
#define KAM__LAST_kam_policy figures
#define KAM__LAST_kam_profit_out row_flags
#define KAM__LAST_kam_profit_served_out row_flags
#define KAM__LAST_kam_retention_contracts contract_value
#define KAM__LAST_kam_retention_outlook_out row_flags
#define KAM__LAST_kam_rfm_out row_flags
#define KAM__LAST_kam_scorecard criteria
#define KAM__LAST_kam_scorecard_out row_flags
#define KAM__LAST_kam_scores row_flags
#define KAM__LAST_kam_segment_agreement profit_limit
#define KAM__LAST_kam_segment_ranks agreement
#define KAM__LAST_kam_service_level_clocks limit
#define KAM__LAST_kam_service_level_options hours
#define KAM__LAST_kam_service_level_orders delivered_day
#define KAM__LAST_kam_service_level_out row_flags
#define KAM__LAST_kam_signal_events term
#define KAM__LAST_kam_signal_options rate
#define KAM__LAST_kam_signal_out flags
#define KAM__LAST_kam_signal_report run_length
#define KAM__LAST_kam_signal_series spread
#define KAM__LAST_kam_spend_dependence p_value
#define KAM__LAST_kam_stage_options months
#define KAM__LAST_kam_stage_out row_flags
#define KAM__LAST_kam_summary row_flags
#define KAM__LAST_kam_survival_curve high
#define KAM__LAST_kam_survival_pairs concordance
#define KAM__LAST_kam_survival_report gradient
#define KAM__LAST_kam_tier_out row_flags
#define KAM__LAST_kam_tier_policy bands
#define KAM__LAST_kam_trees_report base
#define KAM__LAST_kam_whale destroyed

#endif
