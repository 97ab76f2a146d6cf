/* SPDX-License-Identifier: MIT */
/* A policy as a JSON file: what --policy reads and --policy-print writes. The
 * parsing is jansson's; docs/policy.md has the words. */
#ifndef POLICY_H
#define POLICY_H

#include <kam/kam.h>

/* Every part of a policy, and the memory that it views. */
struct rules {
    kam_tier_policy tiers; /* no bands: not told yet */
    kam_tier_band bands[16];
    kam_matrix_options matrix;
    kam_stage_options stages;
    kam_cadence_options cadence;
    kam_cadence_rule *touches;
    kam_service_level_options service_levels;
    kam_playbook_options playbook;
    kam_playbook_rule *actions;
    kam_clv_options future;
    kam_kpi_options figures;
};

/* Everything at its default, but for the tiers. */
void rules_init(struct rules *rules);
void rules_free(struct rules *rules);

/* Reads what a file, "-" for standard input, holds; the rest stays. Ends the program with one sentence
 * that names file, key and value when it cannot be. */
void rules_read(struct rules *rules, const char *path);

/* Reads thresholds of the matrix, "top_share=0.2,high_growth=0.15"; `from` is
 * what to blame. */
void rules_read_matrix(struct rules *rules, const char *from, const char *text);

/* Ends the program unless libkam takes the policy; `from` is what to blame. */
void rules_check(const struct rules *rules, const char *from);

/* The policy as libkam takes it; it lives as long as `rules` does. */
kam_policy rules_view(const struct rules *rules);

/* Writes what stands, and which parts of it are the defaults. */
void rules_print(const struct rules *rules);

#endif
