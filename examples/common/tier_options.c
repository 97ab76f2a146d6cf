/* SPDX-License-Identifier: MIT */
/* The command line of kam-tier. */
#include <math.h>
#include <popt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "options.h"
#include "parse.h"
#include "tier_book.h"

/* The words of the command line, before they are understood. */
static struct {
    const char *account, *value, *profit, *parent, *against, *delimiter;
    const char *tiers, *keep, *policy, *matrix, *as_of, *dwell, *lang;
    int decimal_comma, add_up, policy_print, quiet, help, version;
} given;

#define TEXT(name, place, help, what)                                          \
    { name, 0, POPT_ARG_STRING, (void *)&given.place, 0, help, what }
#define MARK(name, letter, place, help)                                        \
    { name, letter, POPT_ARG_NONE, &given.place, 0, help, NULL }

static struct poptOption table[] = {
    TEXT("account", account, "column of the account (default: account)",
         "COLUMN"),
    TEXT("value", value,
         "column that tiers are cut on: payments or revenue of a year, or a "
         "lifetime value (default: revenue_12m, if there is one, or revenue)",
         "COLUMN"),
    TEXT("profit", profit,
         "column of the profit, to set against the value (default: profit, if "
         "there is one)",
         "COLUMN"),
    TEXT("parent", parent,
         "column of the account's owner; concentration is then of groups "
         "(default: parent, if there is one)",
         "COLUMN"),
    TEXT("against", against,
         "column of a class of your own; the summary sets tiers against it",
         "COLUMN"),
    MARK("add-up", 0, add_up,
         "add up lines of one account; else they are refused"),
    TEXT("delimiter", delimiter,
         "what stands between fields: a character, or tab (default: found "
         "from the header)",
         "CHAR"),
    MARK("decimal-comma", 0, decimal_comma, "numbers are written 1234,50"),
    TEXT("tiers", tiers,
         "limits in money, best tier first, or shares of accounts, or of the "
         "total value (default: 5000000,1000000,500000)",
         "LIMITS|top:5%,20%,50%|total:80%,95%"),
    TEXT("keep", keep,
         "share of a limit that keeps an account in its tier (default: 1)",
         "SHARE"),
    TEXT("policy", policy,
         "JSON file of the company's rules (docs/policy.md); the other options "
         "go "
         "before it",
         "FILE"),
    MARK("policy-print", 0, policy_print,
         "print the policy that stands, as such a file, and stop"),
    TEXT("matrix", matrix,
         "thresholds of the matrix of value and potential, as a policy names "
         "them: top_share=0.2,pain_least=2",
         "LIST"),
    TEXT("as-of", as_of, "\"today\", for dwell and overrides", "YYYY-MM-DD"),
    TEXT("dwell-months", dwell,
         "calendar months in a tier before it may change (default: 0)", "N"),
    TEXT("lang", lang, "of names: en (default) or zh", "LANGUAGE"),
    MARK("quiet", 'q', quiet, "no summary, no progress"),
    MARK("help", 'h', help, "print this, and stop"),
    MARK("version", 'V', version, "print the version, and stop"),
    POPT_TABLEEND};

static const char about[] =
    "Tiers, classes and shares of accounts, from a table with one row an "
    "account.\n\n";

static const char after_help[] =
    "\n"
    "Further columns are used when they are there: tier_before or tier, "
    "since,\n"
    "value_low and value_high (bounds of the value), override and "
    "override_until;\n"
    "stable, or the quarters q1, q2, ... (oldest first), growth, wallet and "
    "pain for\n"
    "the matrix of value and potential.\n"
    "\n"
    "Columns written: account,value,rank,share,class,tier,tier_name,to_next,\n"
    "above_limit,verdict,since,matrix,value_score,potential_score,agreement,"
    "group,\n"
    "group_share,flags. An empty field means: not known, or not asked for.\n"
    "\n"
    "Exit status: 0 done; 1 out of memory, or the output cannot be written; 2 "
    "the\n"
    "input or the command line is wrong (then nothing was written).\n";

static void print_help(poptContext context) {
    poptSetOtherOptionHelp(context, "[OPTION...] ACCOUNTS.csv > TIERS.csv");
    fputs(about, stdout);
    fflush(stdout);
    poptPrintHelp(context, stdout, 0);
    fputs(after_help, stdout);
}

static double number_option(const char *name, const char *text, double usual,
                            double low, double high, const char *range) {
    double value = usual;
    if (text && (parse_number(text, strlen(text), '.', &value) ||
                 !(value >= low && value <= high)))
        fail(EXIT_INPUT, "--%s \"%s\" must be %s", name, text, range);
    return value;
}

static char delimiter_option(const char *text) {
    if (!text) return 0;
    if (strcmp(text, "tab") == 0 || strcmp(text, "\\t") == 0) return '\t';
    if (strlen(text) != 1 || strchr("\"\r\n .-+", *text))
        fail(EXIT_INPUT, "--delimiter \"%s\" must be one character, or tab",
             text);
    return *text;
}

static void move_options(struct tier_options *options) {
    int32_t day = 0;
    const double months = number_option("dwell-months", given.dwell, 0, 0, 1200,
                                        "a whole number of months, 0 or more");
    if (months != floor(months))
        fail(EXIT_INPUT, "--dwell-months \"%s\" must be a whole number",
             given.dwell);
    if (given.as_of && parse_day(given.as_of, strlen(given.as_of), NULL, &day))
        fail(EXIT_INPUT, "--as-of \"%s\" is no date; write YYYY-MM-DD",
             given.as_of);
    if (months > 0 && !given.as_of)
        fail(EXIT_INPUT, "--dwell-months needs --as-of: which day is today?");
    kam_move_options_init(&options->moves, sizeof options->moves);
    options->moves.as_of_day = given.as_of ? day : KAM_NO_DAY;
    options->moves.dwell_months = (int32_t)months;
}

/* --keep changes limits that --tiers gives, or the default ones: those of a
 * policy have their own. */
static void tiers_option(struct rules *rules) {
    const char *text = given.tiers ? given.tiers : "5000000,1000000,500000";
    if (rules->tiers.n_bands > 0 && !given.tiers) {
        if (given.keep)
            fail(EXIT_INPUT,
                 "--keep goes with --tiers; the tiers of a policy "
                 "have a \"keep\" of their own");
        return;
    }
    const double keep = number_option("keep", given.keep, 1, 1e-300, 1,
                                      "above 0 and at most 1");
    const char *wrong = tiers_read(text, keep, &rules->tiers, rules->bands);
    if (wrong) fail(EXIT_INPUT, "--tiers \"%s\" %s", text, wrong);
}

static void rule_options(struct rules *rules) {
    rules_init(rules);
    if (given.policy) rules_read(rules, given.policy);
    if (given.matrix) rules_read_matrix(rules, "--matrix", given.matrix);
    tiers_option(rules);
    rules_check(rules, given.matrix ? "--matrix" : "--policy");
}

static void tier_options_set(struct tier_options *options) {
    rule_options(&options->rules);
    options->account = given.account ? given.account : "account";
    options->value = given.value ? given.value : "revenue";
    options->value_is_wanted = given.value != NULL;
    options->profit = given.profit ? given.profit : "profit";
    options->profit_is_wanted = given.profit != NULL;
    options->parent = given.parent;
    options->against = given.against;
    options->delimiter = delimiter_option(given.delimiter);
    options->point = given.decimal_comma ? ',' : '.';
    options->add_up = given.add_up;
    options->quiet = given.quiet;
    options->language = KAM_EN;
    if (given.lang && strcmp(given.lang, "zh") == 0) options->language = KAM_ZH;
    if (given.lang && strcmp(given.lang, "zh") && strcmp(given.lang, "en"))
        fail(EXIT_INPUT, "--lang \"%s\" must be en or zh", given.lang);
    move_options(options);
}

void tier_options_read(struct tier_options *options, int n,
                       const char **words) {
    /* Kept: the words live in it. */
    static poptContext context;
    const char **files;
    context = poptGetContext("kam-tier", n, words, table, 0);
    const int result = poptGetNextOpt(context);
    if (result < -1)
        fail(EXIT_INPUT, "%s: %s; kam-tier --help lists the options",
             poptBadOption(context, POPT_BADOPTION_NOALIAS),
             poptStrerror(result));
    memset(options, 0, sizeof *options);
    if (given.help) print_help(context), exit(0);
    if (given.version) printf("kam-tier %s\n", kam_version_text()), exit(0);
    files = poptGetArgs(context);
    if (given.policy_print && files)
        fail(EXIT_INPUT, "--policy-print reads no file; \"%s\" is one",
             files[0]);
    if (given.policy_print) {
        rule_options(&options->rules);
        rules_print(&options->rules);
        rules_free(&options->rules);
        exit(0);
    }
    if (!files || !files[0])
        fail(EXIT_INPUT,
             "no file of accounts is given; kam-tier --help says how");
    if (files[1])
        fail(EXIT_INPUT, "one file of accounts at a time; \"%s\" is the second",
             files[1]);
    options->file = files[0];
    tier_options_set(options);
}
