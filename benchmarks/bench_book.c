/* SPDX-License-Identifier: MIT */
/* bench_book DIRECTORY [accounts]: simulates the book that everything is
 * measured on, and writes it as raw numbers.
 *   book.f64        x, t_x, T, m an account, times in whole days, as weeks
 *   apart.f64       the same before times were cut to days: hardly two rows
 *                   are equal
 *   log-account.i64, log-day.i32, log-revenue.f64
 *                   its order lines by day, as a log is written
 *   shuffled-...    the same lines in random order
 * BG/NBD and Gamma-Gamma at the values fitted to CDNOW (Fader, Hardie & Lee
 * 2005, tables 2 of both papers). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "common/draw.h"

enum { SEED = 20050401, AS_OF = 20000, LEAST_DAYS = 189, MOST_DAYS = 273 };

static const double R = 0.2426, ALPHA = 4.4136, A = 0.7929, B = 2.4259;
static const double P = 6.25, Q = 3.74, GAMMA = 15.44;

struct lines {
    int64_t n, room;
    int64_t *account;
    int32_t *day;
    double *revenue;
};

static void add_line(struct lines *lines, int64_t account, int32_t day,
                     double revenue) {
    if (lines->n == lines->room) {
        const size_t room = (size_t)(lines->room ? 2 * lines->room : 1 << 20);
        lines->room = (int64_t)room;
        lines->account = realloc(lines->account, room * sizeof(int64_t));
        lines->day = realloc(lines->day, room * sizeof(int32_t));
        lines->revenue = realloc(lines->revenue, room * sizeof(double));
        if (!lines->account || !lines->day || !lines->revenue)
            bench_must(KAM_ERR_MEMORY, NULL);
    }
    lines->account[lines->n] = account;
    lines->day[lines->n] = day;
    lines->revenue[lines->n++] = revenue;
}

/* What was ordered, to the cent. */
static double order_value(struct draw *draw, double nu) {
    return round(100 * exp(draw_log_gamma(draw, P)) / nu) / 100 + 0.01;
}

static void simulate(int64_t i, struct bench_book *book,
                     struct bench_book *apart, struct lines *lines) {
    struct draw draw = draw_begin(SEED, (uint64_t)i);
    const double span = MOST_DAYS - LEAST_DAYS + 1;
    const int32_t days = LEAST_DAYS + (int32_t)(span * draw_uniform(&draw));
    const double T = days / 7.0;
    const double rate = exp(draw_log_gamma(&draw, R)) / ALPHA;
    const double leave = draw_beta(&draw, A, B);
    const double nu = exp(draw_log_gamma(&draw, Q)) / GAMMA;
    const int32_t first = AS_OF - days;
    double t = 0, last = 0, repeats = 0, orders = 0, sum = 0, money = 0;
    int32_t last_day = first;
    add_line(lines, i + 1, first, order_value(&draw, nu));
    for (;;) {
        t += draw_exponential(&draw) / rate;
        if (!(t < T)) break;
        const double value = order_value(&draw, nu);
        const int32_t day = first + (int32_t)floor(7 * t);
        add_line(lines, i + 1, day, value);
        repeats++;
        sum += value;
        orders += day > last_day;
        money += day > first ? value : 0;
        last = t;
        last_day = day;
        if (draw_uniform(&draw) < leave) break;
    }
    book->x[i] = orders;
    book->t_x[i] = (last_day - first) / 7.0;
    book->T[i] = T;
    book->m[i] = orders > 0 ? money / orders : 0;
    apart->x[i] = repeats;
    apart->t_x[i] = last;
    apart->T[i] = (days + draw_uniform(&draw)) / 7;
    apart->m[i] = repeats > 0 ? sum / repeats : 0;
}

/* The lines in ascending order of `key`, which is below `n_keys`. */
static struct lines sorted(const struct lines *lines, const int32_t *key,
                           int64_t n_keys) {
    struct lines out = {lines->n, lines->n, NULL, NULL, NULL};
    int64_t *const start = bench_memory(n_keys + 1, sizeof *start);
    memset(start, 0, (size_t)(n_keys + 1) * sizeof *start);
    out.account = bench_memory(out.n, sizeof *out.account);
    out.day = bench_memory(out.n, sizeof *out.day);
    out.revenue = bench_memory(out.n, sizeof *out.revenue);
    for (int64_t i = 0; i < lines->n; i++) start[key[i] + 1]++;
    for (int64_t k = 0; k < n_keys; k++) start[k + 1] += start[k];
    for (int64_t i = 0; i < lines->n; i++) {
        const int64_t at = start[key[i]]++;
        out.account[at] = lines->account[i];
        out.day[at] = lines->day[i];
        out.revenue[at] = lines->revenue[i];
    }
    free(start);
    return out;
}

static void shuffle(int32_t *row, int64_t n) {
    struct draw draw = draw_begin(SEED, UINT64_MAX);
    for (int64_t i = 0; i < n; i++) row[i] = (int32_t)i;
    for (int64_t i = n - 1; i > 0; i--) {
        const int64_t j = (int64_t)(draw_uniform(&draw) * (double)(i + 1));
        const int32_t swap = row[i];
        row[i] = row[j];
        row[j] = swap;
    }
}

static void write_lines(const char *directory, const struct lines *lines,
                        const char *const *name) {
    bench_write(directory, name[0], lines->account, lines->n, sizeof(int64_t));
    bench_write(directory, name[1], lines->day, lines->n, sizeof(int32_t));
    bench_write(directory, name[2], lines->revenue, lines->n, sizeof(double));
}

static struct bench_book make_book(int64_t n) {
    double *const rows = bench_memory(4 * n, sizeof *rows);
    return (struct bench_book){n, rows, rows + n, rows + 2 * n, rows + 3 * n};
}

int main(int argc, char **argv) {
    static const char *const by_day[] = {"log-account.i64", "log-day.i32",
                                         "log-revenue.f64"};
    static const char *const shuffled[] = {"shuffled-account.i64",
                                           "shuffled-day.i32",
                                           "shuffled-revenue.f64"};
    const char *const directory = argc > 1 ? argv[1] : ".";
    const int64_t n = argc > 2 ? atoll(argv[2]) : 1000000;
    struct bench_book book = make_book(n), apart = make_book(n);
    struct lines lines = {0, 0, NULL, NULL, NULL};
    for (int64_t i = 0; i < n; i++) simulate(i, &book, &apart, &lines);
    bench_write(directory, "book.f64", book.x, 4 * n, sizeof(double));
    bench_write(directory, "apart.f64", apart.x, 4 * n, sizeof(double));
    const struct lines log = sorted(&lines, lines.day, AS_OF + 1);
    write_lines(directory, &log, by_day);
    int32_t *const row = bench_memory(lines.n, sizeof *row);
    shuffle(row, lines.n);
    const struct lines random = sorted(&lines, row, lines.n);
    write_lines(directory, &random, shuffled);
    bench_say_compiler();
    bench_say("book.accounts", "", (double)n);
    bench_say("book.lines", "", (double)lines.n);
    return 0;
}
