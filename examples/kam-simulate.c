/* SPDX-License-Identifier: MIT */
/* Makes a book of which the truth is known: accounts that order and leave as
 * MBG/NBD or BG/NBD say, with gamma-gamma order values. docs/kam-simulate.md. */
#include <errno.h>
#include <math.h>
#include <popt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kam/kam.h>

#include "common/draw.h"
#include "common/message.h"
#include "common/parse.h"

enum { MOST_ORDERS = 1 << 20, WEEK = 7 };

/* What to make. */
struct plan {
    int64_t n_accounts, n_days, n_arrival_days;
    uint64_t seed;
    int32_t family, start;
    double order[4]; /* r, alpha, a, b; alpha in weeks */
    double spend[3]; /* p, q, gamma */
    double margin;
    int is_summary, is_continuous;
};

/* An account and its orders, the first included. */
struct account {
    int64_t number;
    int64_t first_day; /* from the start of the log */
    double first_time; /* days; within first_day */
    double cost_share;
    int64_t n_orders, room;
    double *time;  /* days from the first order */
    double *value; /* money */
};

static struct {
    const char *accounts, *days, *arrival, *seed, *family, *parameters, *spend;
    const char *margin, *start;
    int summary, continuous, help, version;
} given;

#define TEXT(name, place, help, what)                                          \
    { name, 0, POPT_ARG_STRING, (void *)&given.place, 0, help, what }
#define MARK(name, letter, place, help)                                        \
    { name, letter, POPT_ARG_NONE, &given.place, 0, help, NULL }

static struct poptOption table[] = {
    TEXT("accounts", accounts, "how many accounts (default: 1000)", "N"),
    TEXT("days", days, "how many days the log spans (default: 1095)", "N"),
    TEXT("arrival-days", arrival,
         "first orders fall evenly on the first N days (default: a third of "
         "--days)",
         "N"),
    TEXT("start", start, "first day of the log (default: 2022-01-01)",
         "YYYY-MM-DD"),
    TEXT("seed", seed, "another number, another book (default: 1)", "N"),
    TEXT("family", family, "mbgnbd (default) or bgnbd", "FAMILY"),
    TEXT("parameters", parameters,
         "of the family; alpha in weeks (default: 1.2,6,0.8,8)", "r,alpha,a,b"),
    TEXT(
        "spend", spend,
        "of the gamma-gamma order values; gamma in money (default: 4,3.5,2500)",
        "p,q,gamma"),
    TEXT("margin", margin, "mean margin of the accounts (default: 0.30)",
         "SHARE"),
    MARK("summary", 0, summary,
         "one row an account, as kam-score sums the log up: x,t_x,T,m in weeks "
         "and money"),
    MARK("continuous", 0, continuous,
         "with --summary: do not round times to days nor values to cents"),
    MARK("help", 'h', help, "print this, and stop"),
    MARK("version", 'V', version, "print the version, and stop"),
    POPT_TABLEEND};

static double number(const char *name, const char *text, double usual,
                     double low, double high) {
    double value = usual;
    if (!text) return usual;
    if (parse_number(text, strlen(text), '.', &value) || value < low ||
        value > high)
        fail(EXIT_INPUT, "--%s \"%s\" must be a number from %g to %g", name,
             text, low, high);
    return value;
}

static int64_t count(const char *name, const char *text, int64_t usual,
                     double low, double high) {
    const double value = number(name, text, (double)usual, low, high);
    if (value != floor(value))
        fail(EXIT_INPUT, "--%s \"%s\" must be a whole number", name, text);
    return (int64_t)value;
}

/* Positive numbers with commas between. */
static void numbers(const char *name, const char *text, const char *usual,
                    int n, double *values) {
    const char *at = text ? text : usual;
    for (int i = 0; i < n; i++) {
        const size_t length = strcspn(at, ",");
        const int is_last = at[length] == '\0';
        if (parse_number(at, length, '.', &values[i]) || !(values[i] > 0) ||
            is_last != (i == n - 1))
            fail(EXIT_INPUT,
                 "--%s \"%s\" must be %d numbers above 0, such as %s", name,
                 text, n, usual);
        at += length + 1;
    }
}

static int32_t family_named(const char *text) {
    if (!text || strcmp(text, "mbgnbd") == 0) return KAM_BTYD_MBGNBD;
    if (strcmp(text, "bgnbd") == 0) return KAM_BTYD_BGNBD;
    fail(EXIT_INPUT, "--family \"%s\" must be mbgnbd or bgnbd", text);
}

static void make_plan(struct plan *plan) {
    const char *start = given.start ? given.start : "2022-01-01";
    plan->n_accounts = count("accounts", given.accounts, 1000, 1, 1e12);
    plan->n_days = count("days", given.days, 1095, 1, 1e6);
    plan->n_arrival_days =
        count("arrival-days", given.arrival, (plan->n_days + 2) / 3, 1,
              (double)plan->n_days);
    plan->seed = (uint64_t)count("seed", given.seed, 1, 0, 9e15);
    plan->family = family_named(given.family);
    numbers("parameters", given.parameters, "1.2,6,0.8,8", 4, plan->order);
    numbers("spend", given.spend, "4,3.5,2500", 3, plan->spend);
    plan->margin = number("margin", given.margin, 0.30, 0.001, 0.999);
    plan->is_summary = given.summary;
    plan->is_continuous = given.continuous;
    if (given.continuous && !given.summary)
        fail(EXIT_INPUT, "--continuous goes with --summary only");
    if (parse_day(start, strlen(start), NULL, &plan->start))
        fail(EXIT_INPUT, "--start \"%s\" is no date; write YYYY-MM-DD", start);
    /* 9999-12-31 is day 2,932,896. */
    if (plan->start > 2932896 - plan->n_days + 1)
        fail(EXIT_INPUT, "%lld days from %s on end after the year 9999",
             (long long)plan->n_days, start);
}

static void print_help(poptContext context) {
    fputs(
        "Makes the order lines of a book from known parameters: account, day, "
        "revenue,\n"
        "cost and order. The same options give the same book.\n\n",
        stdout);
    fflush(stdout);
    poptSetOtherOptionHelp(context, "[OPTION...] > ORDERS.csv");
    poptPrintHelp(context, stdout, 0);
}

static void read_words(struct plan *plan, int argc, const char **argv) {
    static poptContext context;
    int result;
    context = poptGetContext("kam-simulate", argc, argv, table, 0);
    result = poptGetNextOpt(context);
    if (result < -1)
        fail(EXIT_INPUT, "%s: %s; kam-simulate --help lists the options",
             poptBadOption(context, POPT_BADOPTION_NOALIAS),
             poptStrerror(result));
    if (given.help) print_help(context), exit(0);
    if (given.version) printf("kam-simulate %s\n", kam_version_text()), exit(0);
    if (poptPeekArg(context))
        fail(EXIT_INPUT, "\"%s\" is not an option", poptPeekArg(context));
    make_plan(plan);
}

static void add_order(struct account *account, double time, double value) {
    int64_t room = account->room;
    account->time =
        grow(account->time, &room, account->n_orders, sizeof(double));
    account->value =
        grow(account->value, &account->room, account->n_orders, sizeof(double));
    account->time[account->n_orders] = time;
    account->value[account->n_orders++] = value;
}

/* Times: Fader, Hardie & Lee (2005), assumptions i-v; Batislam, Denizel &
 * Filiztekin (2007) let an account leave after its first order too. Values:
 * Fader & Hardie (2013), note 025. */
static void make_account(struct account *account, const struct plan *plan,
                         int64_t i) {
    struct draw draw = draw_begin(plan->seed, (uint64_t)i);
    const double log_rate =
        draw_log_gamma(&draw, plan->order[0]) - log(plan->order[1]);
    const double p = draw_beta(&draw, plan->order[2], plan->order[3]);
    const double log_nu =
        draw_log_gamma(&draw, plan->spend[1]) - log(plan->spend[2]);
    double time = 0, last;
    int may_leave = plan->family == KAM_BTYD_MBGNBD;
    account->number = i + 1;
    account->first_time = draw_uniform(&draw) * (double)plan->n_arrival_days;
    account->first_day = (int64_t)account->first_time;
    account->cost_share =
        1 - draw_beta(&draw, 12 * plan->margin, 12 * (1 - plan->margin));
    account->n_orders = 0;
    last = (double)plan->n_days - account->first_time;
    while (time < last && account->n_orders < MOST_ORDERS) {
        add_order(account, time,
                  exp(draw_log_gamma(&draw, plan->spend[0]) - log_nu));
        if (may_leave && draw_uniform(&draw) < p) break;
        may_leave = 1;
        time += WEEK * draw_exponential(&draw) * exp(-log_rate);
    }
}

static double cents(double value) {
    return value < 0.01 ? 0.01 : floor(100 * value + 0.5) / 100;
}

static int64_t day_of(const struct account *account, int64_t order) {
    const int64_t day = (int64_t)(account->first_time + account->time[order]);
    return day;
}

static void print_lines(const struct account *account,
                        const struct plan *plan) {
    for (int64_t j = 0; j < account->n_orders; j++) {
        char day[16];
        const double value = cents(account->value[j]);
        printf("A%07lld,%s,%.2f,%.2f,A%07lld-%lld\n",
               (long long)account->number,
               day_text(plan->start + (int32_t)day_of(account, j), day), value,
               cents(value * account->cost_share), (long long)account->number,
               (long long)(j + 1));
    }
}

/* As a ledger would: all orders of a day are one, repeats begin the day after
 * the first. */
static void print_daily(const struct account *account,
                        const struct plan *plan) {
    int64_t x = 0, last = account->first_day;
    double sum = 0;
    for (int64_t j = 0; j < account->n_orders; j++) {
        const int64_t day = day_of(account, j);
        if (day == account->first_day) continue;
        x += day != last;
        sum += cents(account->value[j]);
        last = day;
    }
    printf("%lld,%.12g,%.12g,%.12g\n", (long long)x,
           (double)(last - account->first_day) / WEEK,
           (double)(plan->n_days - 1 - account->first_day) / WEEK,
           x > 0 ? sum / (double)x : 0);
}

static void print_exact(const struct account *account,
                        const struct plan *plan) {
    const int64_t x = account->n_orders - 1;
    double sum = 0;
    for (int64_t j = 1; j <= x; j++) sum += account->value[j];
    printf("%lld,%.17g,%.17g,%.17g\n", (long long)x, account->time[x] / WEEK,
           ((double)plan->n_days - account->first_time) / WEEK,
           x > 0 ? sum / (double)x : 0);
}

int main(int argc, const char **argv) {
    struct plan plan = {0};
    struct account account = {0};
    message_program("kam-simulate");
    read_words(&plan, argc, argv);
    puts(plan.is_summary ? "x,t_x,T,m" : "account,day,revenue,cost,order");
    for (int64_t i = 0; i < plan.n_accounts && !ferror(stdout); i++) {
        make_account(&account, &plan, i);
        if (!plan.is_summary)
            print_lines(&account, &plan);
        else if (plan.is_continuous)
            print_exact(&account, &plan);
        else
            print_daily(&account, &plan);
    }
    if (ferror(stdout) || fflush(stdout) != 0)
        fail(EXIT_TROUBLE, "the output cannot be written: %s", strerror(errno));
    free(account.time);
    free(account.value);
    return 0;
}
