/* SPDX-License-Identifier: MIT */
/* Contracts in words: reasons and the summary. */
#include <math.h>

#include "contracts.h"
#include "csvfile.h"
#include "parse.h"
#include "words.h"

int contracts_n_reasons(const struct contracts *all, int64_t row) {
    if (!contracts_bind(all, row)) return 0;
    return isnan(all->bond[row].days) || all->bond[row].n_running == 0 ? 1 : 2;
}

/* "renewed 3 times" of a contract that runs. */
static const char *history(struct words *words, double n, int zh) {
    if (zh)
        return n > 0 ? say(words, "已续签 %.0f 次", n)
                     : say(words, "在首个期限内");
    if (n == 1) return say(words, "renewed once");
    return n > 0 ? say(words, "renewed %.0f times", n)
                 : say(words, "in its first term");
}

static const char *which(struct words *words, int64_t n, int zh) {
    struct words count;
    grouped(&count, (double)n, 0);
    if (zh)
        return n > 1 ? say(words, "%s 份合同，最大的一份", count.text)
                     : say(words, "合同");
    return n > 1 ? say(words, "%s contracts, the largest ", count.text)
                 : say(words, "contract ");
}

static void tell_running(const struct contract *c, const struct bond *bond,
                         int zh, const char *day, char *text, size_t size) {
    struct words a, b, chance;
    which(&a, bond->n_running, zh);
    history(&b, c->renewals, zh);
    percent(&chance, bond->renewal, 0);
    if (c->state == KAM_CONTRACTS_LEAVES)
        snprintf(text, size,
                 zh ? "%s将于 %s 到期，已通知不再续签"
                    : "%sends on %s: notice was given",
                 a.text, day);
    else if (isnan(bond->renewal))
        snprintf(text, size,
                 zh ? "%s%s，%s 到期，续签率未知"
                    : "%s%s, ends on %s; how likely renewal is, is not known",
                 a.text, b.text, day);
    else
        snprintf(text, size,
                 zh ? "%s%s，%s 续签的概率为 %s"
                    : "%s%s, its renewal on %s is %s likely",
                 a.text, b.text, day, chance.text);
}

static void tell_length(double days, double horizon, int zh, char *text,
                        size_t size) {
    struct words run, of;
    grouped(&run, days, 0);
    grouped(&of, horizon, 0);
    if (isinf(days))
        snprintf(text, size,
                 zh ? "预计有效期无上限" : "expected to run without end");
    else if (isinf(horizon))
        snprintf(text, size,
                 zh ? "预计还有效 %s 天" : "expected to run %s more days",
                 run.text);
    else if (zh)
        snprintf(text, size, "未来 %s 天内预计有效 %s 天", of.text, run.text);
    else
        snprintf(text, size, "expected to run %s of the next %s days", run.text,
                 of.text);
}

void contracts_reason(const struct contracts *all, int64_t row, int k,
                      const struct options *options, char *text, size_t size) {
    const int zh = options->language == KAM_ZH;
    const struct bond *const bond = &all->bond[row];
    const struct contract *const c = &all->contract[bond->main];
    char day[16];
    day_text(c->end, day);
    if (k == 1)
        tell_length(bond->days, options->rules.future.horizon_days, zh, text,
                    size);
    else if (c->runs)
        tell_running(c, bond, zh, day, text, size);
    else
        snprintf(text, size,
                 zh ? "合同已于 %s 终止，此前续签 %.0f 次"
                    : "contract ended on %s, renewals before: %.0f",
                 day, c->renewals);
}

static void print_model(FILE *out, const struct contract_model *m,
                        int32_t language) {
    const int zh = language == KAM_ZH;
    struct words a, b, c;
    fprintf(out,
            zh ? "          期限 %s，%s，%s 份已终止："
               : "          terms of %s, %s, %s ended: ",
            many_in(&c, (int64_t)m->months, "month", language),
            many_in(&a, m->n, "contract", language),
            grouped(&b, (double)m->n_ended, 0));
    if (m->model.family == 0) {
        fprintf(out, zh ? "无模型：%s\n" : "no model: %s\n",
                status_words(&a, m->ml, language));
        return;
    }
    fputs(kam_retention_family_name(m->model.family), out);
    for (int i = 0; i < m->model.n_parameters; i++) {
        const double variance = m->covariance[i * m->model.n_parameters + i];
        fprintf(out, zh ? "，%s %.6g" : ", %s %.6g",
                kam_retention_parameter_name(m->model.family, i),
                m->model.parameter[i]);
        if (variance >= 0)
            fprintf(out, zh ? "（标准误 %.2g）" : " (se %.2g)",
                    m->model.parameter[i] * sqrt(variance));
    }
    if (m->model.family == KAM_RETENTION_SHARED)
        fputs(zh ? "；同一客户的合同共用一个终止概率"
                 : "; contracts of one account have one chance to end",
              out);
    if (m->ml != KAM_OK)
        fprintf(out,
                zh ? "；使用了弱先验，因为仅凭似然：%s"
                   : "; with a weak prior, because likelihood alone: %s",
                status_words(&a, m->ml, language));
    fputs("\n", out);
}

void contracts_summary(const struct contracts *all, FILE *out,
                       const struct options *options) {
    const int32_t language = options->language;
    const int zh = language == KAM_ZH;
    struct words a, b, c;
    const int64_t n_left_out =
        all->n_unnamed + all->n_without_start + all->n_future + all->n_before;
    char day[16];
    fprintf(out,
            zh ? "合同      %s，%s，见于 %s；%s 份有效"
               : "Contracts %s of %s in %s; %s run",
            many_in(&a, all->n, "contract", language),
            many_in(&b, all->n_accounts, "account", language),
            csv_name(options->contracts_file),
            grouped(&c, (double)all->n_running, 0));
    if (options->backtest != KAM_NO_DAY)
        fprintf(out, zh ? "（按 %s 所知）" : ", as known on %s",
                day_text(options->backtest - 1, day));
    fputs("\n", out);
    if (n_left_out > 0)
        fprintf(out,
                zh ? "          未计入：%s（%lld 无客户，%lld 无开始日，%lld "
                     "尚未开始，%lld 早于 --contracts-since）\n"
                   : "          left out: %s (%lld without an account, %lld "
                     "without a start, %lld not begun, %lld before "
                     "--contracts-since)\n",
                many_in(&a, n_left_out, "line", language),
                (long long)all->n_unnamed, (long long)all->n_without_start,
                (long long)all->n_future, (long long)all->n_before);
    if (all->n_chained > 0)
        fprintf(out,
                zh ? "          %s紧接同一客户另一份合同的终止：是续签吗？续签"
                     "不应另起一行\n"
                   : "          %s within a day of the end of another of the "
                     "same account: a renewal? It must not have a line of its "
                     "own\n",
                many_in(&a, all->n_chained, "start", language));
    if (all->n_returned > 0)
        fprintf(out,
                zh ? "          %s此后又下单，按订单评分\n"
                   : "          %s ordered since and are scored by orders\n",
                many_in(&a, all->n_returned, "account", language));
    for (int32_t k = 0; k < all->n_models; k++)
        print_model(out, &all->model[k], language);
}
