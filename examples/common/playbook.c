/* SPDX-License-Identifier: MIT */
#include "playbook.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csvfile.h"
#include "message.h"
#include "parse.h"
#include "words.h"

enum { MOST_QUARTERS = 16 };

/* Revenue of the last q quarters, shape (n, q); NaN for accounts without a line
 * of orders. */
static double *quarters_of(const struct order_log *log, const struct book *book,
                           int32_t q) {
    double *const revenue = resize(NULL, book->n, (size_t)q * sizeof *revenue);
    const kam_lines lines = orders_lines(log);
    kam_ledger_options options;
    kam_ledger *ledger = NULL;
    kam_diag diag = {.struct_size = sizeof diag};
    check(kam_ledger_options_init(&options, sizeof options), &diag);
    options.as_of_day = book->as_of;
    options.n_quarters = q;
    check(kam_ledger_new(&options, NULL, &ledger, &diag), &diag);
    check(kam_ledger_add(ledger, &lines, &diag), &diag);
    const int64_t n = kam_ledger_n_accounts(ledger);
    double *const known = resize(NULL, n, (size_t)q * sizeof *known);
    const char **const key = resize(NULL, n, sizeof *key);
    int64_t *const length = resize(NULL, n, sizeof *length);
    kam_summary summary = {.struct_size = sizeof summary,
                           .quarter_revenue = known};
    check(kam_ledger_summarise(ledger, &summary, &diag), &diag);
    check(kam_ledger_keys(ledger, key, length, &diag), &diag);
    for (int64_t i = 0; i < book->n * q; i++) revenue[i] = NAN;
    for (int64_t i = 0; i < n; i++) {
        const int64_t row = book_find(book, key[i], length[i]);
        if (row >= 0)
            memcpy(revenue + row * q, known + i * q,
                   (size_t)q * sizeof *revenue);
    }
    free(known);
    free(key);
    free(length);
    kam_ledger_free(ledger);
    return revenue;
}

/* Whether demand is stable, from the quarters to the as-of day: as many as the
 * rule asks for, and eight at least. */
static double *stability(const struct order_log *log, const struct book *book,
                         const kam_matrix_options *rule) {
    const int32_t q = rule->least_quarters > 8 ? rule->least_quarters : 8;
    double *const revenue = quarters_of(log, book, q);
    double *const stable = resize(NULL, book->n, sizeof *stable);
    kam_column quarters[MOST_QUARTERS];
    const kam_matrix_stability_out out = {.struct_size = sizeof out,
                                          .stable = stable};
    kam_diag diag = {.struct_size = sizeof diag};
    for (int32_t k = 0; k < q; k++) {
        quarters[k] = doubles(revenue + k);
        quarters[k].stride = q * (int64_t)sizeof *revenue;
    }
    check(kam_matrix_stability(rule, quarters, q, book->n, NULL, &out, &diag),
          &diag);
    free(revenue);
    return stable;
}

/* One bit a signal with an alarm, from bit 0 for usage on; NaN where nothing is
 * measured. */
static double *alarms_of(const struct signals *signals, int64_t n) {
    double *const alarms = resize(NULL, n, sizeof *alarms);
    for (int64_t i = 0; i < n; i++) alarms[i] = signals_alarms(signals, i);
    return alarms;
}

static void make_room(kam_scores *scores, int64_t n, int32_t width) {
    const int64_t touches = n * KAM_SCORE_TOUCHES;
    scores->struct_size = sizeof *scores;
    scores->matrix_class = resize(NULL, n, sizeof(int32_t));
    scores->stage = resize(NULL, n, sizeof(int32_t));
    scores->stage_days_left = resize(NULL, n, sizeof(double));
    scores->touch_due = resize(NULL, touches, sizeof(int32_t));
    scores->touch_overdue = resize(NULL, touches, sizeof(int32_t));
    scores->n_actions = resize(NULL, n, sizeof(int32_t));
    scores->actions = resize(NULL, n * width, sizeof(int32_t));
    scores->action_days = resize(NULL, n * width, sizeof(int32_t));
    scores->row_flags = resize(NULL, n, sizeof(uint32_t));
}

void playbook_make(struct playbook *playbook, const struct order_log *log,
                   const struct book *book, const struct account_facts *facts,
                   const struct answers *answers, const struct signals *signals,
                   const struct options *options) {
    const kam_policy policy = rules_view(&options->rules);
    kam_accounts rows = book->rows;
    kam_column *const touched = &rows.last_visit; /* ten, side by side */
    double *const stable = facts->fact[FACT_STABLE]
                               ? NULL
                               : stability(log, book, &options->rules.matrix);
    double *const alarms = signals ? alarms_of(signals, book->n) : NULL;
    kam_diag diag = {.struct_size = sizeof diag};
    rows.stable = doubles(stable ? stable : facts->fact[FACT_STABLE]);
    rows.growth = doubles(facts->fact[FACT_GROWTH]);
    rows.wallet = doubles(facts->fact[FACT_WALLET]);
    rows.pain = doubles(facts->fact[FACT_PAIN]);
    rows.contract_day = doubles(facts->fact[FACT_CONTRACT]);
    rows.alarms = doubles(alarms);
    for (int32_t k = 0; k < KAM_SCORE_TOUCHES; k++)
        touched[k] = doubles(facts->fact[FACT_TOUCHED + k]);
    memset(playbook, 0, sizeof *playbook);
    playbook->width = options->rules.playbook.width;
    make_room(&playbook->scores, book->n, playbook->width);
    for (int k = 0; k < KAM_SCORE_TOUCHES; k++)
        playbook->touches |= (uint32_t)(facts->fact[FACT_TOUCHED + k] != NULL)
                             << k;
    playbook->scores.defaults = &playbook->defaults;
    check(kam_score(&rows, &answers->models, &policy, book->as_of, NULL,
                    &playbook->scores, &diag),
          &diag);
    playbook->defaults |= answers->defaults;
    free(stable);
    free(alarms);
}

void playbook_header(FILE *out) {
    fputs(
        ",class,stage,stage_days_left,touches,overdue_days,n_actions,actions,"
        "playbook_flags",
        out);
}

/* "visit 2024-05-03|survey 2024-07-01", by day. */
static void put_listed(FILE *out, const char *(*name)(int32_t, int32_t),
                       const int32_t *code, const int32_t *day, int32_t n,
                       int32_t language) {
    char *text = NULL, on[16];
    size_t size = 0;
    FILE *const to = open_memstream(&text, &size);
    if (!to) fail(EXIT_TROUBLE, "there is not enough memory");
    for (int32_t k = 0; k < n; k++) {
        fputs(k ? "|" : "", to);
        if (code[k] < 1000)
            fputs(name(code[k], language), to);
        else
            fprintf(to, "%d", (int)code[k]);
        fprintf(to, " %s", day_text(day[k], on));
    }
    fclose(to);
    fputc(',', out);
    csv_put(out, text, size);
    free(text);
}

/* Touches that have a day, the earliest first, and how late the latest is. */
static void put_touches(FILE *out, const struct playbook *playbook, int64_t row,
                        int32_t language) {
    const kam_scores *const scores = &playbook->scores;
    const int32_t *const due = scores->touch_due + row * KAM_SCORE_TOUCHES;
    const int32_t *const late = scores->touch_overdue + row * KAM_SCORE_TOUCHES;
    int32_t code[KAM_SCORE_TOUCHES], day[KAM_SCORE_TOUCHES], n = 0, most = 0;
    for (int32_t k = 0; k < KAM_SCORE_TOUCHES; k++) {
        int32_t at = n;
        if (due[k] == KAM_NO_DAY || !(playbook->touches >> k & 1)) continue;
        if (late[k] > most) most = late[k];
        for (; at > 0 && day[at - 1] > due[k]; at--) {
            day[at] = day[at - 1];
            code[at] = code[at - 1];
        }
        day[at] = due[k];
        code[at] = k + 1;
        n++;
    }
    put_listed(out, kam_cadence_touch_name, code, day, n, language);
    fputc(',', out);
    csv_put_number(out, n ? most : (double)NAN, 0);
}

static void put_actions(FILE *out, const struct playbook *playbook,
                        int32_t as_of, int64_t row, int32_t language) {
    const kam_scores *const scores = &playbook->scores;
    const int32_t n = scores->n_actions[row], width = playbook->width;
    int32_t day[64];
    for (int32_t k = 0; k < n && k < width; k++)
        day[k] = as_of + scores->action_days[row * width + k];
    fprintf(out, "%d", (int)n);
    put_listed(out, kam_playbook_action_name, scores->actions + row * width,
               day, n < width ? n : width, language);
}

const char *put_flag_names(FILE *out, uint32_t flags) {
    const char *between = "";
    for (uint32_t bit = 1; bit != 0; bit <<= 1) {
        if (!(flags & bit)) continue;
        fprintf(out, "%s%s", between, kam_row_flag_name(bit));
        between = "|";
    }
    return between;
}

void playbook_row(FILE *out, const struct playbook *playbook, int32_t as_of,
                  int64_t row, int32_t language) {
    const kam_scores *const scores = &playbook->scores;
    const int32_t of_matrix = scores->matrix_class[row];
    const int32_t stage = scores->stage[row];
    const char *const names[] = {
        of_matrix > 0 ? kam_matrix_class_name(of_matrix, language) : "",
        stage >= 0 ? kam_stage_name(stage, language) : ""};
    for (int k = 0; k < 2; k++) {
        fputc(',', out);
        csv_put(out, names[k], strlen(names[k]));
    }
    fputc(',', out);
    if (isfinite(scores->stage_days_left[row]))
        fprintf(out, "%.0f", scores->stage_days_left[row]);
    put_touches(out, playbook, row, language);
    put_actions(out, playbook, as_of, row, language);
    fputc(',', out);
    put_flag_names(out, scores->row_flags[row]);
}

void playbook_summary(FILE *out, const struct playbook *playbook, int64_t n,
                      int32_t language) {
    int64_t count[KAM_MATRIX_UNCLASSIFIED + 1] = {0}, late = 0, busy = 0;
    const kam_scores *const scores = &playbook->scores;
    const int zh = language == KAM_ZH;
    struct words a, b;
    const char *between = zh ? "" : " ";
    for (int64_t i = 0; i < n; i++) {
        int is_late = 0;
        count[scores->matrix_class[i]]++;
        busy += scores->n_actions[i] > 0;
        for (int32_t k = 0; k < KAM_SCORE_TOUCHES; k++)
            is_late |= (playbook->touches >> k & 1) &&
                       scores->touch_overdue[i * KAM_SCORE_TOUCHES + k] > 0;
        late += is_late;
    }
    fputs(zh ? "行动手册  类别：" : "Playbook  classes:", out);
    for (int32_t c = 1; c <= KAM_MATRIX_UNCLASSIFIED; c++)
        fprintf(out, zh ? "%s %s，" : " %s %s,",
                kam_matrix_class_name(c, language),
                grouped(&a, (double)count[c], 0));
    fprintf(out, zh ? "未知 %s\n" : " not known %s\n",
            grouped(&a, (double)count[0], 0));
    if (playbook->touches)
        fprintf(out,
                zh ? "          %s有逾期的联络，"
                   : "          %s with a touch overdue, ",
                many_in(&a, late, "account", language));
    else
        fputs(zh ? "          联络未知（没有 last_visit 等列），"
                 : "          touches not known (no column last_visit, ...), ",
              out);
    fprintf(out, zh ? "%s有待办事项\n" : "%s with something to do\n",
            many_in(&b, busy, "account", language));
    fputs(zh ? "          采用默认值的规则："
             : "          rules at their defaults:",
          out);
    for (uint32_t part = 1; part <= KAM_POLICY_FIGURES; part <<= 1) {
        if (!(playbook->defaults & part)) continue;
        fprintf(out, "%s%s", between, kam_policy_part_name(part));
        between = zh ? "、" : ", ";
    }
    fputs(playbook->defaults ? "\n" : zh ? "无\n" : " none\n", out);
}

void playbook_free(struct playbook *playbook) {
    kam_scores *const scores = &playbook->scores;
    free(scores->matrix_class);
    free(scores->stage);
    free(scores->stage_days_left);
    free(scores->touch_due);
    free(scores->touch_overdue);
    free(scores->n_actions);
    free(scores->actions);
    free(scores->action_days);
    free(scores->row_flags);
}
