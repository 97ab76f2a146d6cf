/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <math.h>
#include <popt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "parse.h"

/* The words of the command line, before they are understood. */
static struct {
    const char *account, *day, *revenue, *cost, *order, *accounts, *signals;
    const char *contracts, *term_months, *contracts_since, *period_days;
    const char *date_format, *delimiter;
    const char *as_of, *horizon, *discount, *interval, *pace, *model;
    const char *tiers, *keep, *backtest, *lang, *top, *policy;
    int decimal_comma, drop_bad, quiet, playbook, policy_print, help, version;
} given;

#define TEXT(name, letter, place, help, what)                                  \
    { name, letter, POPT_ARG_STRING, (void *)&given.place, 0, help, what }
#define MARK(name, letter, place, help)                                        \
    { name, letter, POPT_ARG_NONE, &given.place, 0, help, NULL }

static struct poptOption reading[] = {
    TEXT("account", 0, account, "column of the account (default: account)",
         "COLUMN"),
    TEXT("day", 0, day, "column of the day (default: day)", "COLUMN"),
    TEXT("revenue", 0, revenue,
         "column of the amount; below zero it is a return (default: revenue)",
         "COLUMN"),
    TEXT("cost", 0, cost,
         "column of the line's direct cost (default: cost, if there is one)",
         "COLUMN"),
    TEXT("order", 0, order,
         "column of the order number (default: order, if there is one; "
         "otherwise all lines of an account on one day are one order)",
         "COLUMN"),
    TEXT("accounts", 0, accounts,
         "file of facts about accounts: account, and any of cost_to_serve, "
         "start_day, tier_before or tier; for --playbook also growth, wallet, "
         "pain, stable, last_visit, ... (docs/kam-score.md)",
         "FILE"),
    TEXT("signals", 0, signals,
         "file of signals: account, signal, day, and end, amount, term as the "
         "signals need them (docs/kam-score.md); they move the churn risk",
         "FILE"),
    TEXT("contracts", 0, contracts,
         "file of contracts: account, start, and any of end (empty: it runs), "
         "ended (yes or no), value (money a term) and term_months; accounts "
         "that it binds are scored by it, with or without orders",
         "FILE"),
    TEXT("term-months", 0, term_months,
         "months from one renewal to the next, where the file of contracts "
         "does not say (default: 12)",
         "N"),
    TEXT("contracts-since", 0, contracts_since,
         "the file of contracts has none that ended before this day (default: "
         "it has all)",
         "YYYY-MM-DD"),
    TEXT("date-format", 0, date_format,
         "form of the days, as in strptime(3): %m/%d/%Y (default: YYYY-MM-DD, "
         "YYYY/MM/DD or YYYYMMDD, with or without a time)",
         "FORM"),
    TEXT("delimiter", 0, delimiter,
         "what stands between fields: a character, or tab (default: found "
         "from the header)",
         "CHAR"),
    MARK("decimal-comma", 0, decimal_comma, "numbers are written 1234,50"),
    MARK("drop-bad-lines", 0, drop_bad,
         "drop and count lines with a bad day or number, instead of stopping"),
    POPT_TABLEEND};

static struct poptOption scoring[] = {
    TEXT("as-of", 0, as_of, "\"today\" (default: the last day in the orders)",
         "YYYY-MM-DD"),
    TEXT("horizon-days", 0, horizon,
         "how far ahead to look, or inf (default: 365; with --backtest: to the "
         "as-of day)",
         "DAYS"),
    TEXT("discount-per-year", 0, discount,
         "yearly rate by which later money counts less (default: 0.10)",
         "RATE"),
    TEXT("interval", 0, interval,
         "probability between clv_low and clv_high (default: 0.80)", "P"),
    TEXT("pace", 0, pace,
         "how fast the book goes on beside its past, such as 1 for no change, "
         "or auto: what the last year was to a forecast made before it "
         "(default: auto)",
         "PACE"),
    TEXT("model", 0, model,
         "order model: auto, mbgnbd, bgnbd, pnbd, ggomnbd, mbgcnbd, bgcnbd or "
         "bgbb; auto takes the one that fits best (default: mbgnbd, with a "
         "weak prior "
         "when the book is too small for a fit without)",
         "MODEL"),
    TEXT("period-days", 0, period_days,
         "of --model bgbb: days in a period, which has an order or none; the "
         "last ends with the as-of day (default: 30)",
         "DAYS"),
    TEXT("tiers", 0, tiers,
         "limits of revenue in the 12 months to the as-of day, best tier "
         "first; or top:5%,20%,50% of the accounts; or total:80%,95% of the "
         "revenue (default: 5000000,1000000,500000)",
         "LIMITS"),
    TEXT("policy", 0, policy,
         "JSON file of the company's rules (docs/policy.md); the options above "
         "go "
         "before it",
         "FILE"),
    MARK("policy-print", 0, policy_print,
         "print the policy that stands, as such a file, and stop"),
    TEXT("keep", 0, keep,
         "an account keeps the tier it had down to this part of the limit "
         "(default: 1)",
         "RATIO"),
    POPT_TABLEEND};

static struct poptOption printing[] = {
    TEXT("top", 0, top,
         "print an aligned table of the N accounts with most at risk, "
         "instead of the CSV",
         "N"),
    TEXT("backtest", 0, backtest,
         "print how well a fit before that day forecasts the rest, beside "
         "naive baselines, instead of the CSV",
         "YYYY-MM-DD"),
    MARK("playbook", 0, playbook,
         "append columns of what to do: class, stage, touches and actions"),
    TEXT("lang", 0, lang, "language of the words: en or zh (default: en)",
         "LANGUAGE"),
    MARK("quiet", 'q', quiet, "no summary on standard error"),
    MARK("help", 'h', help, "print this, and stop"),
    MARK("version", 'V', version, "print the version, and stop"),
    POPT_TABLEEND};

static const struct poptOption table[] = {
    {NULL, 0, POPT_ARG_INCLUDE_TABLE, reading, 0, "Reading:", NULL},
    {NULL, 0, POPT_ARG_INCLUDE_TABLE, scoring, 0, "Scoring:", NULL},
    {NULL, 0, POPT_ARG_INCLUDE_TABLE, printing, 0, "Printing:", NULL},
    POPT_TABLEEND};

static const char about[] =
    "Reads order lines (CSV, one header line; - is standard input) and writes, "
    "for\n"
    "every account, its tier, profit, customer lifetime value and churn risk, "
    "with\n"
    "reasons. A summary of the book and of what was dropped goes to standard "
    "error.\n"
    "\n";

static const char after_help[] =
    "\n"
    "Examples:\n"
    "  kam-score orders.csv > scores.csv\n"
    "  kam-score --top 20 --accounts accounts.csv orders.csv\n"
    "  kam-score --account Customer --day Date --date-format %d.%m.%Y \\\n"
    "            --revenue Net --tiers top:5%,20%,50% 2023.csv 2024.csv > "
    "scores.csv\n"
    "  gzip -dc orders.csv.gz | kam-score --backtest 2024-01-01 -\n"
    "  kam-score --contracts contracts.csv --as-of 2024-12-31 > scores.csv\n"
    "\n"
    "Columns written: "
    "account,tier,tier_name,orders,first_day,last_day,revenue,profit,\n"
    "margin_pct,alive,expected_orders,clv,clv_low,clv_high,churn_risk,reason_1,"
    "\n"
    "reason_2,reason_3,flags,revenue_12m. An empty field means: not known;\n"
    "flags say why.\n"
    "With --playbook also class,stage,stage_days_left,touches,overdue_days,\n"
    "n_actions,actions,playbook_flags.\n"
    "\n"
    "Exit status: 0 done; 1 out of memory, or the output cannot be written; 2 "
    "the\n"
    "input or the command line is wrong (then nothing was written).\n";

static void print_help(poptContext context) {
    poptSetOtherOptionHelp(context, "[OPTION...] [ORDERS.csv...] > SCORES.csv");
    fputs(about, stdout);
    fflush(stdout);
    poptPrintHelp(context, stdout, 0);
    fputs(after_help, stdout);
}

static int32_t day_option(const char *name, const char *text) {
    int32_t day = KAM_NO_DAY;
    const char *wrong = text ? parse_day(text, strlen(text), NULL, &day) : NULL;
    if (wrong)
        fail(EXIT_INPUT, "--%s \"%s\" is no date; write YYYY-MM-DD", name,
             text);
    return day;
}

/* A number in low..high; `low` itself only when `with_low`. */
static double number_option(const char *name, const char *text, double usual,
                            double low, int with_low, double high,
                            const char *range) {
    double value = usual;
    if (!text) return usual;
    if (parse_number(text, strlen(text), '.', &value) || value < low ||
        (value <= low && !with_low) || value > high)
        fail(EXIT_INPUT, "--%s \"%s\" must be %s", name, text, range);
    return value;
}

static double horizon_option(const char *text, double usual) {
    if (text && strcmp(text, "inf") == 0) return HUGE_VAL;
    return number_option("horizon-days", text, usual, 0, 0, 1e9,
                         "a number of days above 0 and up to 1e9, or inf");
}

static void pace_option(struct options *options) {
    options->pace_is_given = given.pace && strcmp(given.pace, "auto") != 0;
    if (options->pace_is_given)
        options->rules.future.pace =
            number_option("pace", given.pace, 1, 0, 0, 16,
                          "auto, or a number above 0 and at most 16");
}

static char delimiter_option(const char *text) {
    if (!text) return 0;
    if (strcmp(text, "tab") == 0 || strcmp(text, "\\t") == 0) return '\t';
    if (strlen(text) != 1 || strchr("\"\r\n .-+", *text))
        fail(EXIT_INPUT, "--delimiter \"%s\" must be one character, or tab",
             text);
    return *text;
}

static int32_t choice(const char *name, const char *text,
                      const char *const *words, const int32_t *values) {
    if (!text) return values[0];
    for (int i = 0; words[i]; i++)
        if (strcmp(text, words[i]) == 0) return values[i];
    char all[128] = "";
    for (int i = 0; words[i]; i++)
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s",
                 i == 0         ? ""
                 : words[i + 1] ? ", "
                                : " or ",
                 words[i]);
    fail(EXIT_INPUT, "--%s \"%s\" must be %s", name, text, all);
}

/* --keep changes limits that --tiers gives, or the default ones: those of a
 * policy have their own. */
static void tiers_option(struct options *options) {
    if (options->rules.tiers.n_bands > 0 && !given.tiers) {
        if (given.keep)
            fail(EXIT_INPUT,
                 "--keep goes with --tiers; the tiers of a policy "
                 "have a \"keep\" of their own");
        return;
    }
    const double keep =
        number_option("keep", given.keep, 1, 0, 0, 1, "above 0 and at most 1");
    const char *text = given.tiers ? given.tiers : "5000000,1000000,500000";
    const char *wrong =
        tiers_read(text, keep, &options->rules.tiers, options->rules.bands);
    if (wrong) fail(EXIT_INPUT, "--tiers \"%s\" %s", text, wrong);
}

static void contract_options(struct options *options) {
    options->contracts_file = given.contracts;
    options->contracts_since =
        day_option("contracts-since", given.contracts_since);
    options->term_months =
        number_option("term-months", given.term_months, 12, 1, 1, 1200,
                      "a whole number of months from 1 to 1200");
    if (options->term_months != (double)(int32_t)options->term_months)
        fail(EXIT_INPUT, "--term-months \"%s\" must be a whole number",
             given.term_months);
    if (!given.contracts && (given.term_months || given.contracts_since))
        fail(EXIT_INPUT, "--%s goes with --contracts",
             given.term_months ? "term-months" : "contracts-since");
}

static void column_options(struct options *options) {
    options->account = given.account ? given.account : "account";
    options->day = given.day ? given.day : "day";
    options->revenue = given.revenue ? given.revenue : "revenue";
    options->cost = given.cost ? given.cost : "cost";
    options->order = given.order ? given.order : "order";
    options->cost_is_wanted = given.cost != NULL;
    options->order_is_wanted = given.order != NULL;
    options->accounts_file = given.accounts;
    options->signals_file = given.signals;
    contract_options(options);
    options->date_format = given.date_format;
    options->delimiter = delimiter_option(given.delimiter);
    options->point = given.decimal_comma ? ',' : '.';
    options->drop_bad = given.drop_bad;
}

static int32_t period_option(int32_t family) {
    const double days =
        number_option("period-days", given.period_days, 30, 1, 1, 3660,
                      "a whole number of days from 1 to 3660");
    if (days != (double)(int32_t)days)
        fail(EXIT_INPUT, "--period-days \"%s\" must be a whole number",
             given.period_days);
    if (given.period_days && family != KAM_BTYD_BGBB)
        fail(EXIT_INPUT, "--period-days goes with --model bgbb");
    return family == KAM_BTYD_BGBB ? (int32_t)days : 0;
}

static void score_options(struct options *options) {
    static const char *const models[] = {"auto",   "mbgnbd",  "bgnbd",
                                         "pnbd",   "ggomnbd", "mbgcnbd",
                                         "bgcnbd", "bgbb",    NULL};
    static const int32_t families[] = {KAM_FIT_CHOOSE,   KAM_BTYD_MBGNBD,
                                       KAM_BTYD_BGNBD,   KAM_BTYD_PNBD,
                                       KAM_BTYD_GGOMNBD, KAM_BTYD_MBGCNBD,
                                       KAM_BTYD_BGCNBD,  KAM_BTYD_BGBB};
    static const char *const languages[] = {"en", "zh", NULL};
    static const int32_t numbers[] = {KAM_EN, KAM_ZH};
    rules_init(&options->rules);
    if (given.policy) rules_read(&options->rules, given.policy);
    kam_clv_options *const future = &options->rules.future;
    future->horizon_days = horizon_option(given.horizon, future->horizon_days);
    options->horizon_is_given = given.horizon != NULL;
    future->discount_per_year =
        number_option("discount-per-year", given.discount,
                      future->discount_per_year, 0, 1, 100,
                      "a rate of 0 or more, such as 0.10 for 10 % a year");
    future->interval =
        number_option("interval", given.interval, future->interval, 0, 0,
                      1 - 1e-9, "a probability between 0 and 1, such as 0.80");
    pace_option(options);
    options->as_of = day_option("as-of", given.as_of);
    options->backtest = day_option("backtest", given.backtest);
    options->family =
        given.model ? choice("model", given.model, models, families) : 0;
    options->period_days = period_option(options->family);
    if (future->horizon_days < options->period_days)
        fail(EXIT_INPUT, "the horizon is shorter than a period of %d days",
             (int)options->period_days);
    options->language = choice("lang", given.lang, languages, numbers);
    tiers_option(options);
    rules_check(&options->rules, "--policy");
}

static int32_t top_option(void) {
    const double top = number_option("top", given.top, 0, 1, 1, 1e9,
                                     "a number of accounts, 1 or more");
    if (top != (double)(int32_t)top)
        fail(EXIT_INPUT, "--top \"%s\" must be a whole number", given.top);
    return (int32_t)top;
}

void options_read(struct options *options, int n, const char **words) {
    /* Kept: the words live in it. */
    static poptContext context;
    int result;
    context = poptGetContext("kam-score", n, words, table, 0);
    result = poptGetNextOpt(context);
    if (result < -1)
        fail(EXIT_INPUT, "%s: %s; kam-score --help lists the options",
             poptBadOption(context, POPT_BADOPTION_NOALIAS),
             poptStrerror(result));
    memset(options, 0, sizeof *options);
    if (given.help) print_help(context), exit(0);
    if (given.version) printf("kam-score %s\n", kam_version_text()), exit(0);
    options->orders = poptGetArgs(context);
    if (given.policy_print && options->orders)
        fail(EXIT_INPUT, "--policy-print reads no file; \"%s\" is one",
             options->orders[0]);
    if (given.policy_print) {
        score_options(options);
        rules_print(&options->rules);
        rules_free(&options->rules);
        exit(0);
    }
    if (!options->orders && !given.contracts)
        fail(EXIT_INPUT,
             "no file of orders is given; kam-score --help says how");
    if (!options->orders && !given.as_of)
        fail(EXIT_INPUT,
             "contracts without orders need --as-of, the day that "
             "is \"today\"");
    column_options(options);
    score_options(options);
    options->top = top_option();
    options->quiet = given.quiet;
    options->playbook = given.playbook;
    if (given.playbook && (options->top || options->backtest != KAM_NO_DAY))
        fail(EXIT_INPUT,
             "--playbook goes with the CSV, not with --top or --backtest");
    if (options->top && options->backtest != KAM_NO_DAY)
        fail(EXIT_INPUT, "--top and --backtest cannot go together");
}
