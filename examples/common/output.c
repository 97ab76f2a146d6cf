/* SPDX-License-Identifier: MIT */
#include "output.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "csvfile.h"
#include "message.h"
#include "parse.h"

static void put_day(FILE *out, int32_t day) {
    char text[16];
    fprintf(out, "%s,", day_text(day, text));
}

static void put_tier(FILE *out, int32_t tier, int32_t n_bands,
                     int32_t language) {
    const char *name = kam_tier_name(tier, n_bands, language);
    if (tier < 0) {
        fputs(",,", out);
        return;
    }
    fprintf(out, "%d,", (int)tier + 1);
    csv_put(out, name, strlen(name));
    fputc(',', out);
}

void result_reason(const struct result *result, int64_t row, int k, char *text,
                   size_t size) {
    const struct options *const options = result->options;
    const int n_first = contracts_n_reasons(result->contracts, row);
    text[0] = '\0';
    if (k < n_first) {
        contracts_reason(result->contracts, row, k, options, text, size);
        return;
    }
    const kam_reason *const reason =
        &result->answers->scores.reasons[4 * row + 1 + k - n_first];
    if (reason->id != KAM_REASON_NONE && !isnan(reason->contribution))
        signals_reason(result->signals, row, reason, options->language, text,
                       size);
}

static void put_reasons(FILE *out, const struct result *result, int64_t row) {
    for (int k = 0; k < 3; k++) {
        char text[200];
        result_reason(result, row, k, text, sizeof text);
        csv_put(out, text, strlen(text));
        fputc(',', out);
    }
}

static void put_flags(FILE *out, const struct result *result, int64_t row) {
    const char *between =
        put_flag_names(out, result->answers->scores.row_flags[row]);
    if (contracts_bind(result->contracts, row)) {
        fprintf(out, "%scontract", between);
        between = "|";
    }
    if (result->signals) signals_flags(result->signals, row, out, between);
}

static void put_row(FILE *out, const struct result *result, int64_t i) {
    const struct book *book = result->book;
    const kam_scores *scores = &result->answers->scores;
    const int32_t language = result->options->language;
    csv_put(out, book->key[i], (size_t)book->key_length[i]);
    fputc(',', out);
    put_tier(out, scores->tier[i], result->answers->models.n_bands, language);
    csv_put_number(out, book->summary.orders[i], 0);
    put_day(out, book->summary.first_day[i]);
    put_day(out, book->summary.last_day[i]);
    csv_put_number(out, scores->net_revenue[i], 2);
    csv_put_number(out, scores->profit[i], 2);
    csv_put_number(out, 100 * scores->margin_ratio[i], 2);
    csv_put_number(out, scores->alive[i], 4);
    csv_put_number(out, scores->expected_orders[i], 4);
    csv_put_number(out, scores->lifetime_value[i], 2);
    csv_put_number(out, scores->lifetime_value_low[i], 2);
    csv_put_number(out, scores->lifetime_value_high[i], 2);
    csv_put_number(out, scores->churn_risk[i], 4);
    put_reasons(out, result, i);
    put_flags(out, result, i);
    fputc(',', out);
    csv_put_last_number(out, book->summary.window_revenue[i], 2);
    if (result->playbook)
        playbook_row(out, result->playbook, book->as_of, i, language);
    fputc('\n', out);
}

void print_scores(FILE *out, const struct result *result) {
    fputs(
        "account,tier,tier_name,orders,first_day,last_day,revenue,profit,"
        "margin_pct,alive,expected_orders,clv,clv_low,clv_high,churn_risk,"
        "reason_1,reason_2,reason_3,flags,revenue_12m",
        out);
    if (result->playbook) playbook_header(out);
    fputc('\n', out);
    for (int64_t i = 0; i < result->book->n; i++) put_row(out, result, i);
}

void write_out(const char *text, size_t size) {
    if (fwrite(text, 1, size, stdout) != size || fflush(stdout) != 0)
        fail(EXIT_TROUBLE, "the output cannot be written: %s", strerror(errno));
}
