/* SPDX-License-Identifier: MIT */
#include "pace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "parse.h"
#include "words.h"

/* The window is a year, so that seasons cancel, after half a year or more. */
enum { YEAR = 365, LEAST = 548 };

static void leave_out(struct book *past, const struct book *book) {
    const struct texts none = {0};
    if (!book->weight) return;
    book_add(past, &none);
    for (int64_t i = 0; i < past->n; i++) {
        const int64_t row = book_find(book, past->key[i], past->key_length[i]);
        if (row >= 0 && book->weight[row] == 0) book_leave_out(past, i);
    }
}

static kam_status measure(struct pace *pace, const struct book *past,
                          const struct book *year,
                          const struct options *options) {
    kam_fit_options how;
    kam_models models = {.struct_size = sizeof models};
    kam_diag diag = {.struct_size = sizeof diag};
    check(kam_fit_options_init(&how, sizeof how), &diag);
    how.family = options->family;
    check(kam_fit(&past->rows, 1, &how, NULL, &models, NULL, &diag), &diag);
    if (models.orders.family == 0) return KAM_ERR_EMPTY;
    double *const orders = resize(NULL, past->n, sizeof *orders);
    for (int64_t i = 0; i < past->n; i++)
        orders[i] = book_orders_of(year, past, i);
    const kam_column came = doubles(orders);
    pace->found.struct_size = sizeof pace->found;
    const kam_status status =
        kam_btyd_pace(&models.orders, models.orders_covariance, &past->rows,
                      &came, YEAR / models.orders.period_days, &pace->found,
                      NULL);
    free(orders);
    return status;
}

void pace_find(struct pace *pace, const struct book *book,
               const struct order_log *log, const struct options *options,
               kam_clv_options *future) {
    struct book past, year;
    memset(pace, 0, sizeof *pace);
    pace->to = book->as_of;
    pace->how = PACE_GIVEN;
    if (options->pace_is_given) return;
    pace->how = PACE_PERIODS;
    if (options->period_days > 0) return;
    pace->how = PACE_YOUNG;
    if (book->report.n_used == 0 ||
        book->as_of - book->report.first_line_day < LEAST)
        return;
    book_make(&past, log, KAM_NO_DAY, book->as_of - YEAR, 0);
    book_make(&year, log, book->as_of - YEAR + 1, book->as_of, 0);
    leave_out(&past, book);
    const kam_status status = measure(pace, &past, &year, options);
    pace->how = status == KAM_OK             ? PACE_FOUND
                : status == KAM_ERR_AT_BOUND ? PACE_IMPOSSIBLE
                                             : PACE_NO_MODEL;
    if (status == KAM_OK) {
        future->pace = pace->found.pace;
        future->pace_variance = pace->found.variance;
    }
    book_free(&past);
    book_free(&year);
}

static void print_found(FILE *out, const struct pace *pace, int zh) {
    const kam_btyd_pace_report *const found = &pace->found;
    struct words came, expected;
    char to[16];
    grouped(&came, found->actual, 0);
    grouped(&expected, found->expected, 0);
    day_text(pace->to, to);
    if (zh)
        fprintf(out, "截至 %s 的 365 天内有 %s 个订单，一年前的预期为 %s", to,
                came.text, expected.text);
    else
        fprintf(out,
                "the 365 days to %s brought %s orders where %s were expected",
                to, came.text, expected.text);
}

void pace_print(FILE *out, const struct pace *pace, const char *lead,
                int32_t language) {
    static const char *const why[][2] = {
        [PACE_YOUNG] = {"1: the orders do not reach back 18 months, so that no "
                        "year can tell",
                        "1：订单记录不足 18 个月，没有完整的一年可供判断"},
        [PACE_PERIODS] = {"1: a model of periods has none",
                          "1：按时段的模型没有趋势系数"},
        [PACE_NO_MODEL] = {"1: a year ago there was no order model to tell",
                           "1：一年前没有可用的订单模型"},
    };
    const int zh = language == KAM_ZH;
    fputs(lead, out);
    if (pace->how == PACE_FOUND && pace->found.pace != 1) {
        fprintf(out, "%.3f%s", pace->found.pace, zh ? "：" : ": ");
        print_found(out, pace, zh);
        fprintf(out,
                zh ? "（已剔除可能的偶然部分，标准误 %.2g）"
                   : ", less what may be chance (se %.2g)",
                pace->found.pace * sqrt(pace->found.variance));
    } else if (pace->how == PACE_FOUND) {
        fputs(zh ? "1：" : "1: ", out);
        print_found(out, pace, zh);
        fputs(zh ? "，差异可能出于偶然" : ", which may be chance", out);
    } else if (pace->how == PACE_IMPOSSIBLE) {
        fputs(zh ? "1：" : "1: ", out);
        print_found(out, pace, zh);
        fputs(zh ? "，相差过大，不予采用" : ", too far off to go by", out);
    } else if (pace->how == PACE_GIVEN) {
        fputs(zh ? "按所给的值" : "as given", out);
    } else {
        fputs(why[pace->how][zh], out);
    }
    fputc('\n', out);
}
