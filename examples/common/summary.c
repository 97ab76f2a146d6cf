/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "csvfile.h"
#include "message.h"
#include "output.h"
#include "parse.h"
#include "words.h"

/* Lists counts: "3 without a day, 1 after the as-of day". */
struct list {
    FILE *out;
    const char *between;
};

static void item(struct list *list, int64_t count, const char *what) {
    struct words words;
    if (count == 0) return;
    fprintf(list->out, "%s%s %s", list->between,
            grouped(&words, (double)count, 0), what);
    list->between = ", ";
}

void print_dropped(FILE *out, const struct order_log *log,
                   const kam_ledger_report *report) {
    struct list list = {out, " ("};
    struct words words;
    const int64_t dropped = log->n_read - report->n_used;
    fprintf(out, "%s dropped", grouped(&words, (double)dropped, 0));
    item(&list, report->n_missing_account, "without an account");
    item(&list, report->n_missing_day, "without a day");
    item(&list, report->n_missing_amount, "without an amount");
    item(&list, report->n_bad_amount, "with an amount too large");
    item(&list, report->n_bad_day, "with a day no calendar has");
    item(&list, report->n_after_as_of, "after the as-of day");
    item(&list, report->n_before_first, "before the first day");
    item(&list, log->n_bad, "with a bad day or number");
    if (dropped > 0) fputs(")", out);
}

static void print_lines(FILE *out, const struct result *result) {
    const kam_ledger_report *report = &result->book->report;
    struct list list = {out, "          of the used: "};
    struct words a, b;
    char first[16], last[16];
    fprintf(out, "Lines     %s read, %s used, ",
            grouped(&a, (double)result->log->n_read, 0),
            grouped(&b, (double)report->n_used, 0));
    print_dropped(out, result->log, report);
    fputs("\n", out);
    item(&list, report->n_returns,
         report->n_returns == 1 ? "return" : "returns");
    item(&list, report->n_zero, "of amount zero");
    item(&list, result->log->has_cost ? report->n_missing_cost : 0,
         "without a cost");
    item(&list, result->log->n_short, "with fewer fields than the header");
    if (list.between[1] == ' ' && list.between[0] == ',') fputs("\n", out);
    if (result->log->n_bad > 0)
        fprintf(out, "          the first bad line: %s\n",
                result->log->first_bad);
    fprintf(out, "Orders    %s of %s, %s to %s (%s)\n",
            many(&a, report->n_orders, "order"),
            many(&b, report->n_accounts, "account"),
            day_text(report->first_line_day, first),
            day_text(report->last_line_day, last),
            result->log->has_order
                ? "lines of one order number are one order"
                : "lines of an account on one day are one order");
    if (report->n_without_order > 0)
        fprintf(out, "          %s never ordered\n",
                many(&a, report->n_without_order, "account"));
}

static void print_facts(FILE *out, const struct result *result) {
    const struct account_facts *facts = result->facts;
    struct words a, b;
    int64_t n_known = facts->n_records - facts->n_strangers - facts->n_unnamed;
    if (!result->options->accounts_file) return;
    fprintf(out, "Accounts  %s of %s found in %s\n",
            grouped(&a, (double)n_known, 0),
            many(&b, result->book->n, "account"),
            csv_name(result->options->accounts_file));
    if (facts->n_strangers > 0)
        fprintf(out,
                "          left out: %s that no used line names, cost to "
                "serve %s\n",
                many(&a, facts->n_strangers, "account"),
                grouped(&b, facts->strangers_cost, 2));
    if (facts->n_unnamed > 0)
        fprintf(out, "          left out: %s without an account\n",
                many(&a, facts->n_unnamed, "line"));
    if (facts->n_early > 0)
        fprintf(out,
                "          %s with an order before start_day (scores count "
                "from the first order)\n",
                many(&a, facts->n_early, "account"));
}

/* What maximum likelihood found, and what was done about it. */
static void print_verdict(FILE *out, const kam_estimate_report *report,
                          kam_status likelihood, const char *culprit) {
    struct words words;
    if (likelihood == KAM_OK) {
        fprintf(out, "converged on %s",
                many(&words, report->n_rows, "account"));
    } else if (likelihood == KAM_ERR_CONSTANT && report->status == KAM_OK) {
        fprintf(out, "no spread: every order of %s is alike",
                many(&words, report->n_rows, "account"));
    } else {
        fprintf(out, "maximum likelihood: %s (%s%s%s)",
                status_words(&words, likelihood), kam_status_name(likelihood),
                culprit ? ", " : "", culprit ? culprit : "");
        if (report->prior == KAM_PRIOR_WEAK && report->status == KAM_OK)
            fprintf(out,
                    "\n          so a weak prior was used; converged on %s",
                    many(&words, report->n_rows, "account"));
    }
    if (report->n_skipped > 0)
        fprintf(out, ", %s left out",
                grouped(&words, (double)report->n_skipped, 0));
    fputs("\n", out);
}

static void print_parameters(FILE *out, int32_t n, const double *parameter,
                             const double *covariance,
                             const char *(*name)(int32_t, int32_t),
                             int32_t family, double log_likelihood) {
    fputs("          ", out);
    for (int32_t i = 0; i < n; i++) {
        const double variance = covariance[i * n + i];
        fprintf(out, "%s %.6g", name(family, i), parameter[i]);
        /* By the delta method: the covariance is of log parameters. */
        if (variance >= 0)
            fprintf(out, " (se %.2g)", parameter[i] * sqrt(variance));
        fputs(", ", out);
    }
    fprintf(out, "log likelihood %.4f\n", log_likelihood);
}

/* What the spend model takes for granted, as far as the book can tell. */
static void print_dependence(FILE *out, const kam_fit_report *fit) {
    const kam_spend_dependence *found = &fit->dependence;
    if (fit->independence != KAM_OK) return;
    fprintf(out,
            "          order value with number of orders: rank correlation "
            "%.2f, p %.2g%s\n",
            found->rank_correlation, found->p_value,
            found->p_value < 0.05 ? "; the model takes them as independent"
                                  : "");
}

static void print_models(FILE *out, const struct result *result) {
    const kam_models *models = &result->answers->models;
    const kam_fit_report *fit = &result->answers->fit;
    const int32_t family = models->orders.family;
    fprintf(out, "Rhythm    %s: ",
            family ? kam_btyd_family_name(family) : "no order model");
    print_verdict(out, &fit->orders, fit->orders_ml,
                  fit->orders_culprit < 0
                      ? NULL
                      : kam_btyd_parameter_name(family, fit->orders_culprit));
    if (result->options->period_days > 0)
        fprintf(out,
                "          orders are counted by periods of %d days, with an "
                "order or none\n",
                (int)result->options->period_days);
    if (family)
        print_parameters(out, models->orders.n_parameters,
                         models->orders.parameter, models->orders_covariance,
                         kam_btyd_parameter_name, family,
                         fit->orders.log_likelihood);
    fprintf(out, "Spend     %s: ",
            models->spend.family ? kam_spend_family_name(models->spend.family)
                                 : "no spend model");
    print_verdict(out, &fit->spend, fit->spend_ml,
                  fit->spend_culprit < 0
                      ? NULL
                      : kam_spend_parameter_name(models->spend.family,
                                                 fit->spend_culprit));
    if (models->spend.family)
        print_parameters(out, models->spend.n_parameters,
                         models->spend.parameter, models->spend_covariance,
                         kam_spend_parameter_name, models->spend.family,
                         fit->spend.log_likelihood);
    if (models->spend.family) print_dependence(out, fit);
    if (family) pace_print(out, &result->answers->pace, "Pace      ", KAM_EN);
}

static void print_concentration(FILE *out, const struct result *result) {
    kam_concentration of = {.struct_size = sizeof of};
    kam_column revenue = doubles(result->answers->scores.net_revenue);
    struct words a, b, c, d;
    if (kam_concentration_measure(&revenue, result->book->n, NULL, NULL, &of,
                                  NULL) != KAM_OK)
        return;
    if (isnan(of.hhi)) {
        fprintf(out,
                "Book      revenue %s: no shares of what is not above zero\n",
                grouped(&a, of.total, 2));
        return;
    }
    fprintf(
        out,
        "Book      revenue %s; the top 10 %% of accounts hold %s, the top 20 "
        "%% %s, the largest %s\n",
        grouped(&a, of.total, 2), percent(&b, of.top_10_share, 2),
        percent(&c, of.top_20_share, 2), percent(&d, of.largest_share, 2));
    fprintf(out,
            "          as concentrated as %.1f equal accounts (HHI %.2f "
            "points); ",
            of.effective_number, 1e4 * of.hhi);
    if (isnan(of.gini))
        fprintf(out, "no Gini: %s below zero\n",
                many(&a, of.n_negative, "account"));
    else
        fprintf(out, "Gini %.4f\n", of.gini);
}

static void print_profit(FILE *out, const struct result *result) {
    kam_whale whale = {.struct_size = sizeof whale};
    kam_column profit = doubles(result->answers->scores.profit);
    struct words a, b, c, d, e;
    if (kam_profit_whale(&profit, result->book->n, NULL, NULL, NULL, &whale,
                         NULL) != KAM_OK) {
        fputs(
            "          profit not known: there is no cost; values are of "
            "revenue\n",
            out);
        return;
    }
    fprintf(out,
            "          profit %s; the best %s earn %s, %s at a loss take %s "
            "away\n",
            grouped(&a, whale.total, 2), many(&b, whale.n_to_peak, "account"),
            grouped(&c, whale.peak, 2),
            many(&d, whale.n_loss_making, "account"),
            grouped(&e, whale.destroyed, 2));
    if (whale.n_accounts < result->book->n)
        fprintf(
            out,
            "          profit not known for %s with a line that has no cost\n",
            many(&a, result->book->n - whale.n_accounts, "account"));
}

static void print_value(FILE *out, const struct result *result) {
    const kam_scores *scores = &result->answers->scores;
    const double days = result->options->rules.future.horizon_days;
    double value = 0, below = 0, at_risk = 0;
    int64_t n = 0;
    struct words a, b, c;
    for (int64_t i = 0; i < result->book->n; i++) {
        if (!isfinite(scores->lifetime_value[i])) continue;
        n++;
        value += scores->lifetime_value[i];
        if (scores->lifetime_value[i] < 0) below += scores->lifetime_value[i];
        if (scores->lifetime_value[i] > 0 && isfinite(scores->churn_risk[i]))
            at_risk += answers_at_risk(result->answers, i);
    }
    if (n == 0) return;
    fprintf(out, "          lifetime value %s ", grouped(&a, value, 2));
    if (isinf(days))
        fputs("for ever", out);
    else
        fprintf(out, "over the next %s days", say(&c, "%.6g", days));
    if (below < 0) fprintf(out, " (%s of it at a loss)", grouped(&b, below, 2));
    fprintf(out, "; at risk %s (churn risk x value, where above zero)\n",
            grouped(&b, at_risk, 2));
}

static void print_tiers(FILE *out, const struct result *result) {
    const kam_models *models = &result->answers->models;
    const int32_t *tier = result->answers->scores.tier;
    int64_t count[17] = {0};
    struct words a;
    if (models->n_bands == 0) {
        fprintf(out, "Tiers     none: %s\n",
                status_words(&a, result->answers->fit.tiers));
        return;
    }
    for (int64_t i = 0; i < result->book->n; i++)
        if (tier[i] >= 0) count[tier[i]]++;
    fputs("Tiers     ", out);
    for (int32_t t = 0; t <= models->n_bands; t++) {
        fprintf(out, "%s%s %s", t ? ", " : "",
                kam_tier_name(t, models->n_bands, result->options->language),
                grouped(&a, (double)count[t], 0));
        if (t < models->n_bands)
            fprintf(out, " (from %s)", grouped(&a, models->limits[t].enter, 0));
    }
    fputs("; by 12 months' revenue\n", out);
}

static void print_lost_signals(FILE *out, const struct signals *s) {
    static const char *const why[N_LOSSES] = {NULL,
                                              "without a day",
                                              "without an amount",
                                              "without days of credit",
                                              "after the as-of day",
                                              "with a value that cannot be"};
    const char *between = "          left out: ";
    struct words a;
    for (int k = LOST_DAY; k < N_LOSSES; k++) {
        if (s->n_lost[k] == 0) continue;
        fprintf(out, "%s%s %s", between, many(&a, s->n_lost[k], "event"),
                why[k]);
        between = ", ";
    }
    if (between[0] == ',') fputc('\n', out);
    if (s->first_wrong[0])
        fprintf(out, "          the first that cannot be: %s\n",
                s->first_wrong);
}

static void print_signals(FILE *out, const struct result *result) {
    const struct signals *s = result->signals;
    struct words a, b, c;
    if (!s) return;
    fprintf(out,
            "Signals   %s of %s in %s; %s of %s measured, %s with an alarm, %s "
            "at a limit of practice\n",
            many(&a, s->n_events, "event"), many(&b, s->n_used, "signal"),
            csv_name(result->options->signals_file),
            grouped(&c, (double)s->n_measured, 0),
            many(&(struct words){""}, s->n_rows, "account"),
            grouped(&(struct words){""}, (double)s->n_alarmed, 0),
            grouped(&(struct words){""}, (double)s->n_limited, 0));
    if (s->n_lost[LOST_STRANGER] > 0)
        fprintf(out,
                "          left out: %s of accounts that no used line names\n",
                many(&a, s->n_lost[LOST_STRANGER], "event"));
    print_lost_signals(out, s);
    if (s->n_learned > 0)
        fprintf(out,
                "          weights: the expert scorecard's, moved by %s of a "
                "horizon ago, %s of them gone since\n",
                many(&a, s->n_learned, "account"),
                grouped(&b, (double)s->n_left, 0));
    else
        fputs("          weights: the expert scorecard's\n", out);
}

void print_summary(FILE *out, const struct result *result) {
    char as_of[16];
    fprintf(out, "kam-score %s, as of %s%s\n", kam_version_text(),
            day_text(result->book->as_of, as_of),
            result->options->as_of == KAM_NO_DAY
                ? ", the last day in the orders"
                : "");
    if (result->options->orders) print_lines(out, result);
    print_facts(out, result);
    if (!result->answers) {
        if (result->contracts)
            contracts_summary(result->contracts, out, result->options);
        print_signals(out, result);
        return;
    }
    if (result->options->orders) print_models(out, result);
    if (result->contracts)
        contracts_summary(result->contracts, out, result->options);
    print_signals(out, result);
    print_concentration(out, result);
    print_profit(out, result);
    print_value(out, result);
    print_tiers(out, result);
    if (result->playbook)
        playbook_summary(out, result->playbook, result->book->n,
                         result->options->language);
}
