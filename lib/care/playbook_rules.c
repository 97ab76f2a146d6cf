/* SPDX-License-Identifier: MIT */
/* Rules of the playbook as sets, and what they give. */
#include <string.h>

#include "care/playbook.h"
#include "math/exact.h"

enum { UNKNOWN = KAM__CODES - 1 };
#define ANY_ALARM UINT32_MAX

static const kam_playbook_rule *rule_at(const struct kam__playbook *b,
                                        int32_t number) {
    return number >= 0 ? &b->options.rules[number]
                       : &kam__playbook_preset[-1 - number];
}

static int comes_before(const kam_playbook_rule *a,
                        const kam_playbook_rule *b) {
    return a->due_days < b->due_days ||
           (a->due_days == b->due_days && a->action < b->action);
}

/* All rules by day, then by action; those that forbid come first. Equal ones
 * stay in order. */
static void sort_rules(struct kam__playbook *b) {
    for (int32_t i = b->options.instead ? 0 : -KAM_PLAYBOOK_PRESET;
         i < b->options.n_rules; i++) {
        const kam_playbook_rule *const rule = rule_at(b, i);
        int32_t at = b->n++;
        for (; at > 0 && comes_before(rule, rule_at(b, b->number[at - 1]));
             at--)
            b->number[at] = b->number[at - 1];
        b->number[at] = i;
        b->n_never += rule->due_days < 0;
    }
    for (int32_t k = 0; k < b->n; k++) {
        const int32_t action = rule_at(b, b->number[k])->action;
        int32_t first = 0;
        while (rule_at(b, b->number[first])->action != action) first++;
        b->first[k] = first;
    }
}

/* Puts rule k into the set of every code that its mask has; a mask of 0 asks for
 * nothing, not even that the code be known. */
static int set_codes(uint64_t set[KAM__CODES][KAM__RULE_WORDS], uint32_t mask,
                     int32_t k) {
    for (int32_t code = 0; code < KAM__CODES; code++)
        if (!mask || (code < UNKNOWN && mask >> code & 1))
            set[code][k / 64] |= UINT64_C(1) << k % 64;
    return mask != 0;
}

static void set_all(struct kam__playbook *b) {
    const size_t used = (size_t)b->n_words * sizeof(uint64_t);
    for (int32_t code = 0; code < KAM__CODES; code++) {
        memset(b->tier[code], 0, used);
        memset(b->matrix_class[code], 0, used);
        memset(b->stage[code], 0, used);
        memset(b->alarm[code], 0, used);
    }
    for (int32_t k = 0; k < b->n; k++) {
        const kam_playbook_rule *const rule = rule_at(b, b->number[k]);
        int asks = set_codes(b->tier, rule->tiers, k);
        asks |= set_codes(b->matrix_class, rule->classes, k) << 1;
        asks |= set_codes(b->stage, rule->stages, k) << 2;
        asks |= set_codes(b->alarm, rule->alarms, k) << 3;
        b->asks |= (uint32_t)asks;
    }
}

/* One account as rules see it. */
struct account {
    int32_t tier, matrix_class, stage;
    uint32_t alarms;
    uint32_t unknown; /* bits as in `asks` */
};

static int32_t known_or_last(int32_t code, int32_t lowest) {
    const uint32_t above = (uint32_t)code - (uint32_t)lowest;
    return above < (uint32_t)(UNKNOWN - lowest) ? code : UNKNOWN;
}

static int is_alarms(double alarms) {
    return (alarms >= 0) & (alarms <= UINT32_MAX);
}

static int has_alarm(double alarms) {
    return (alarms >= 1) & (alarms <= UINT32_MAX);
}

static struct account account_of(const struct kam__playbook_tile *tile,
                                 int32_t i) {
    const double alarms = tile->alarms[i];
    const int known = is_alarms(alarms);
    const int32_t t = known_or_last(tile->tier[i], 0);
    const int32_t c = known_or_last(tile->matrix_class[i], 1);
    const int32_t s = known_or_last(tile->stage[i], 0);
    const uint32_t unknown = (t == UNKNOWN) | (uint32_t)(c == UNKNOWN) << 1 |
                             (uint32_t)(s == UNKNOWN) << 2 |
                             (uint32_t)!known << 3;
    return (struct account){t, c, s, known ? (uint32_t)alarms : 0, unknown};
}

static int32_t lowest_bit(uint64_t word) {
    return 63 - (int32_t)kam__leading_zeros(word & (0 - word));
}

/* Rules of one word of the sets that hold. */
static uint64_t holding(const struct kam__playbook *b, const struct account *a,
                        int32_t word) {
    uint64_t alarmed = b->alarm[UNKNOWN][word];
    uint32_t alarms = a->alarms;
    for (int32_t bit = 0; alarms; bit++, alarms >>= 1)
        if (alarms & 1) alarmed |= b->alarm[bit][word];
    return alarmed & b->tier[a->tier][word] &
           b->matrix_class[a->matrix_class][word] & b->stage[a->stage][word];
}

/* Where an answer goes, shape (width) each; NULL: not wanted. */
struct answer {
    int32_t *action, *days, *rule;
};

static int32_t *or_none(int32_t *out, int64_t at) {
    return out ? out + at : NULL;
}

static struct answer answer_at(const kam_playbook_out *out, int64_t at) {
    return (struct answer){or_none(out->action, at), or_none(out->due_days, at),
                           or_none(out->rule, at)};
}

static void put(const struct answer *to, int32_t at, int32_t action,
                int32_t days, int32_t rule) {
    if (to->action) to->action[at] = action;
    if (to->days) to->days[at] = days;
    if (to->rule) to->rule[at] = rule;
}

/* Each action once, by the first of its rules that holds; none that such a rule
 * forbids, for those come first of all. */
static int32_t find_answer(const struct kam__playbook *b,
                           const struct account *a, const struct answer *to) {
    const int32_t width = b->options.width;
    uint64_t settled[KAM__RULE_WORDS];
    int32_t count = 0;
    memset(settled, 0, (size_t)b->n_words * sizeof *settled);
    for (int32_t word = 0; word < b->n_words; word++)
        for (uint64_t held = holding(b, a, word); held; held &= held - 1) {
            const int32_t k = 64 * word + lowest_bit(held);
            const int32_t first = b->first[k];
            const uint64_t bit = UINT64_C(1) << first % 64;
            if (settled[first / 64] & bit) continue;
            settled[first / 64] |= bit;
            if (k < b->n_never) continue;
            if (count < width) {
                const int32_t number = b->number[k];
                const kam_playbook_rule *const rule = rule_at(b, number);
                put(to, count, rule->action, rule->due_days, number);
            }
            count++;
        }
    for (int32_t k = count; k < width; k++) put(to, k, 0, 0, 0);
    return count;
}

/* Numbers the codes that no rule tells apart; 0 when there are too many kinds. */
static int32_t find_kinds(struct kam__playbook *b,
                          uint64_t set[KAM__CODES][KAM__RULE_WORDS],
                          int32_t *kind, int32_t *code) {
    const size_t used = (size_t)b->n_words * sizeof(uint64_t);
    int32_t n = 0;
    for (int32_t c = 0; c < KAM__CODES; c++) {
        int32_t k = 0;
        while (k < n && memcmp(set[c], set[code[k]], used) != 0) k++;
        if (k == KAM__KINDS) return 0;
        if (k == n) code[n++] = c;
        kind[c] = k;
    }
    return n;
}

/* Alarms are told apart only as one or none. */
static int is_any_alarm(const struct kam__playbook *b) {
    for (int32_t k = 0; k < b->n; k++) {
        const uint32_t alarms = rule_at(b, b->number[k])->alarms;
        if (alarms && alarms != ANY_ALARM) return 0;
    }
    return 1;
}

/* Kinds become places in the table of answers, and what is not known bits. */
static void find_places(struct kam__playbook *b, int32_t n_classes,
                        int32_t n_stages) {
    for (int32_t c = 0; c < KAM__CODES; c++) {
        const uint32_t lacks = c == UNKNOWN ? b->asks : 0u;
        b->tier_place[c] *= 2 * n_classes * n_stages;
        b->class_place[c] *= 2 * n_stages;
        b->stage_place[c] *= 2;
        b->tier_lacks[c] = lacks & 1u;
        b->class_lacks[c] = lacks & 2u;
        b->stage_lacks[c] = lacks & 4u;
    }
}

/* Finds every answer there is, when these are few and the rows are many. */
static void find_all(struct kam__playbook *b, int64_t n_rows) {
    int32_t tier[KAM__KINDS], matrix_class[KAM__KINDS], stage[KAM__KINDS];
    const int32_t n_tiers = find_kinds(b, b->tier, b->tier_place, tier);
    const int32_t n_classes =
        find_kinds(b, b->matrix_class, b->class_place, matrix_class);
    const int32_t n_stages = find_kinds(b, b->stage, b->stage_place, stage);
    const int32_t n = 2 * n_tiers * n_classes * n_stages;
    const int64_t room = (int64_t)n * b->options.width;
    if (n > n_rows || n > KAM__KNOWN_ANSWERS / 4 || room > KAM__KNOWN_ANSWERS ||
        !is_any_alarm(b))
        return;
    for (int32_t i = 0; i < n; i++) {
        const int32_t by_class = i / 2 / n_stages;
        const struct account a = {tier[by_class / n_classes],
                                  matrix_class[by_class % n_classes],
                                  stage[i / 2 % n_stages],
                                  i % 2 ? ANY_ALARM : 0, 0};
        const int32_t at = i * b->options.width;
        const struct answer to = {b->known_action + at, b->known_days + at,
                                  b->known_rule + at};
        b->known_count[i] = find_answer(b, &a, &to);
    }
    find_places(b, n_classes, n_stages);
    b->n_known = n;
}

static inline void copy_wide(const int32_t *restrict known,
                             const int32_t *restrict at, int32_t n,
                             int32_t width, int32_t *restrict to) {
    for (int32_t i = 0; i < n; i++)
        memcpy(to + (int64_t)i * width, known + (int64_t)at[i] * width,
               (size_t)width * sizeof *to);
}

/* Copies the known answers of a tile, shape (n, width): a width that the compiler
 * knows is a store or two, any other a call a row. */
static void copy_known(const int32_t *known, const int32_t *at, int32_t n,
                       int32_t width, int32_t *to) {
    switch (width) {
    case 4: copy_wide(known, at, n, 4, to); break;
    case 8: copy_wide(known, at, n, 8, to); break;
    case 16: copy_wide(known, at, n, 16, to); break;
    default: copy_wide(known, at, n, width, to); break;
    }
}

static void write_known(const struct kam__playbook *b, int64_t first, int32_t n,
                        const int32_t *at) {
    const int32_t width = b->options.width;
    const struct answer to = answer_at(&b->out, first * width);
    for (int32_t i = 0; b->out.n_actions && i < n; i++)
        b->out.n_actions[first + i] = b->known_count[at[i]];
    if (to.action) copy_known(b->known_action, at, n, width, to.action);
    if (to.days) copy_known(b->known_days, at, n, width, to.days);
    if (to.rule) copy_known(b->known_rule, at, n, width, to.rule);
}

/* What is not known of each account, as bits that rules ask for. */
static void find_known(const struct kam__playbook *b,
                       const struct kam__playbook_tile *tile, int32_t n,
                       int32_t *restrict at, uint32_t *restrict unknown) {
    for (int32_t i = 0; i < n; i++) {
        const int32_t t = known_or_last(tile->tier[i], 0);
        const int32_t c = known_or_last(tile->matrix_class[i], 1);
        const int32_t s = known_or_last(tile->stage[i], 0);
        at[i] = b->tier_place[t] + b->class_place[c] + b->stage_place[s] +
                has_alarm(tile->alarms[i]);
        unknown[i] = b->tier_lacks[t] | b->class_lacks[c] | b->stage_lacks[s] |
                     (is_alarms(tile->alarms[i]) ? 0u : b->asks & 8u);
    }
}

static void find_slowly(const struct kam__playbook *b,
                        const struct kam__playbook_tile *tile, int64_t first,
                        int32_t n, uint32_t *unknown) {
    for (int32_t i = 0; i < n; i++) {
        const struct account a = account_of(tile, i);
        const struct answer answer =
            answer_at(&b->out, (first + i) * b->options.width);
        const int32_t count = find_answer(b, &a, &answer);
        if (b->out.n_actions) b->out.n_actions[first + i] = count;
        unknown[i] = a.unknown & b->asks;
    }
}

void kam__playbook_prepare(struct kam__playbook *to, int64_t n_rows) {
    to->n = to->n_never = to->n_known = 0;
    to->asks = 0;
    sort_rules(to);
    to->n_words = (to->n + 63) / 64;
    set_all(to);
    find_all(to, n_rows);
}

void kam__playbook_rows(const struct kam__playbook *to,
                        const struct kam__playbook_tile *tile, int64_t first,
                        int32_t n) {
    int32_t at[KAM__TILE];
    uint32_t unknown[KAM__TILE];
    if (to->n_known) {
        find_known(to, tile, n, at, unknown);
        write_known(to, first, n, at);
    } else {
        find_slowly(to, tile, first, n, unknown);
    }
    for (int32_t i = 0; to->out.row_flags && i < n; i++)
        to->out.row_flags[first + i] |= unknown[i] ? KAM_ROW_MISSING : 0u;
}
