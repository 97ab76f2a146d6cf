/* SPDX-License-Identifier: MIT */
/* kam_playbook_actions in two steps, for kam_score. */
#ifndef KAM_CARE_PLAYBOOK_H
#define KAM_CARE_PLAYBOOK_H

#include <kam/playbook.h>

#include "base/rows.h"

enum {
    KAM__MOST_RULES = 1000 + KAM_PLAYBOOK_PRESET,
    KAM__RULE_WORDS = (KAM__MOST_RULES + 63) / 64,
    KAM__CODES = 33, /* 0..31, and one for what is not known */
    KAM__KINDS = 12, /* of tiers, of classes, of stages that rules tell apart */
    KAM__KNOWN_ANSWERS = 1024 /* numbers of answers found beforehand */
};

/* Rules as sets of bits, one for each code that an account may have: what all
 * four of an account's sets contain holds. The rules are in order of their day,
 * then of their action; those that forbid come first. */
struct kam__playbook {
    kam_playbook_options options;
    kam_playbook_out out;
    int32_t n, n_never, n_words;
    uint32_t asks; /* bit 0..3: some rule asks for tier, class, stage, alarms */
    int32_t number[KAM__MOST_RULES]; /* the caller's row; -1 - the preset's */
    int32_t first[KAM__MOST_RULES];  /* the first rule with that action */
    uint64_t tier[KAM__CODES][KAM__RULE_WORDS];
    uint64_t matrix_class[KAM__CODES][KAM__RULE_WORDS];
    uint64_t stage[KAM__CODES][KAM__RULE_WORDS];
    uint64_t alarm[KAM__CODES][KAM__RULE_WORDS]; /* the last: asked by none */

    /* Where rules tell few kinds of accounts apart, all answers there are: the
     * places of an account's codes add up to that of its answer, one further on
     * with an alarm. n_known 0: too many. */
    int32_t n_known;
    int32_t tier_place[KAM__CODES], class_place[KAM__CODES];
    int32_t stage_place[KAM__CODES];
    uint32_t tier_lacks[KAM__CODES], class_lacks[KAM__CODES];
    uint32_t stage_lacks[KAM__CODES];
    int32_t known_count[KAM__KNOWN_ANSWERS / 4];
    int32_t known_action[KAM__KNOWN_ANSWERS], known_days[KAM__KNOWN_ANSWERS];
    int32_t known_rule[KAM__KNOWN_ANSWERS];
};

/* A tile of accounts, shape (n) each. Codes outside 0..31 are not known; nor is
 * class 0; NaN are alarms that are not known. */
struct kam__playbook_tile {
    const int32_t *tier, *matrix_class, *stage;
    const double *alarms;
};

extern const kam_playbook_rule kam__playbook_preset[KAM_PLAYBOOK_PRESET];

/* Puts options that were checked into sets, for so many rows. */
void kam__playbook_prepare(struct kam__playbook *to, int64_t n_rows);

/* Whether the rules are A1's and no other. */
int kam__playbook_is_default(const kam_playbook_options *options);

/* Checks options and outputs of kam_playbook_actions; touches nothing else. */
kam_status kam__playbook_begin(struct kam__playbook *to,
                               const kam_playbook_options *options,
                               int64_t n_rows, const kam_playbook_out *out,
                               kam_diag *diag);

/* Answers rows [first, first + n), n <= KAM__TILE; adds to row_flags. */
void kam__playbook_rows(const struct kam__playbook *to,
                        const struct kam__playbook_tile *tile, int64_t first,
                        int32_t n);

/* Codes of a column for such a tile: -1 for what is below `lowest`, above 31, or
 * missing. */
void kam__codes(const kam_column *column, int64_t first, int32_t n,
                int32_t lowest, int32_t *code);

#endif
