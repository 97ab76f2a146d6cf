/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csvfile.h"
#include "parse.h"
#include "tier_answers.h"
#include "words.h"

/* ---- the CSV ---- */

static void put_words(FILE *out, const char *words) {
    csv_put(out, words, strlen(words));
    fputc(',', out);
}

static void put_text(FILE *out, const struct texts *texts, int64_t i) {
    csv_put(out, texts->bytes + texts->offset[i],
            (size_t)(texts->offset[i + 1] - texts->offset[i]));
    fputc(',', out);
}

static void put_tier(FILE *out, const struct tier_answers *a,
                     const struct tier_options *options, double value,
                     int64_t i) {
    const int32_t tier = a->tier[i], n = options->rules.tiers.n_bands;
    char day[16];
    if (tier < 0) {
        fputs(",,,,", out);
    } else {
        fprintf(out, "%d,", (int)tier + 1);
        put_words(out, kam_tier_name(tier, n, options->language));
        csv_put_number(out, tier > 0 ? a->limits[tier - 1].enter - value : 0,
                       2);
        csv_put_number(out, tier < n ? value - a->limits[tier].keep : NAN, 2);
    }
    put_words(out, kam_move_name(a->verdict[i], options->language));
    fputs(options->moves.as_of_day != KAM_NO_DAY ? day_text(a->since[i], day)
                                                 : "",
          out);
    fputc(',', out);
}

static void put_matrix(FILE *out, const struct tier_answers *a,
                       const struct tier_options *options, int64_t i) {
    if (!a->matrix_class) {
        fputs(",,,", out);
        return;
    }
    put_words(out,
              kam_matrix_class_name(a->matrix_class[i], options->language));
    csv_put_number(out, a->value_score[i], 4);
    csv_put_number(out, a->potential_score[i], 4);
}

static void put_flags(FILE *out, uint32_t flags) {
    const char *between = "";
    for (uint32_t bit = 1; bit != 0; bit <<= 1) {
        if (!(flags & bit)) continue;
        fprintf(out, "%s%s", between, kam_row_flag_name(bit));
        between = "|";
    }
    fputc('\n', out);
}

static void put_row(FILE *out, const struct tier_answers *a,
                    const struct tier_book *book,
                    const struct tier_options *options, int64_t i) {
    static const char *const classes[] = {"A", "B", "C"};
    const double value = book->fact[FACT_VALUE][i];
    put_text(out, &book->account, i);
    csv_put_number(out, value, 2);
    csv_put_number(out, a->rank[i] > 0 ? (double)a->rank[i] : NAN, 0);
    csv_put_number(out, a->share[i], 6);
    put_words(out, a->abc && a->abc[i] >= 0 ? classes[a->abc[i]] : "");
    put_tier(out, a, options, value, i);
    put_matrix(out, a, options, i);
    put_words(out, a->agreement ? kam_segment_agreement_name(a->agreement[i],
                                                             options->language)
                                : "");
    csv_put_number(out, a->group ? (double)a->group[i] + 1 : NAN, 0);
    csv_put_number(out,
                   a->group ? a->group_amount[a->group[i]] / a->book.total
                            : NAN,
                   6);
    put_flags(out, a->row_flags[i]);
}

void tier_print(FILE *out, const struct tier_answers *answers,
                const struct tier_book *book,
                const struct tier_options *options) {
    fputs(
        "account,value,rank,share,class,tier,tier_name,to_next,above_limit,"
        "verdict,since,matrix,value_score,potential_score,agreement,group,"
        "group_share,flags\n",
        out);
    for (int64_t i = 0; i < book->n; i++)
        put_row(out, answers, book, options, i);
}

/* ---- the summary ---- */

static void print_read(FILE *out, const struct tier_book *book) {
    struct words a, b, c;
    fprintf(out, "Accounts  %s in %s", grouped(&a, (double)book->n, 0),
            many(&b, book->n_read, "line"));
    if (book->n_unnamed > 0)
        fprintf(out, ", %s without an account dropped",
                grouped(&c, (double)book->n_unnamed, 0));
    if (book->n_added > 0)
        fprintf(out, ", %s added to an account that was there",
                grouped(&c, (double)book->n_added, 0));
    fputs("\n", out);
}

static void print_concentration(FILE *out, const struct tier_answers *a) {
    const kam_concentration *c = &a->book;
    const char *const who = a->group ? "group" : "account";
    struct words w[4];
    if (isnan(c->hhi)) {
        fprintf(out, "Value     %s, of which nothing is a share\n",
                grouped(&w[0], c->total, 2));
        return;
    }
    fprintf(out, "Value     %s; the largest 20 %% of %ss hold %s, ",
            grouped(&w[0], c->total, 2), who,
            percent(&w[1], c->top_20_share, 1));
    fprintf(out, "%s hold%s 80 %%\n", many(&w[2], c->n_for_80, who),
            c->n_for_80 == 1 ? "s" : "");
    fprintf(out,
            "          Gini %.3f, HHI %.1f points, as concentrated as %.1f "
            "equal %ss\n",
            a->gini, 10000 * c->hhi, c->effective_number, who);
    fprintf(out, "          %s with 10 %% or more, %s with 50 %% or more\n",
            many(&w[0], c->n_at_10, who),
            grouped(&w[1], (double)c->n_at_50, 0));
}

/* Accounts and value by a number of [0, n), and by what `name` calls it. */
static void print_parts(FILE *out, const char *title, const int32_t *part,
                        int32_t n, const struct tier_book *book,
                        const char *(*name)(int32_t, int32_t, int32_t),
                        int32_t argument, int32_t language) {
    const kam_column parts = {.values = part, .type = KAM_I32};
    const kam_column value = tier_book_column(book, FACT_VALUE);
    kam_segment sum[32];
    struct grid grid = {.n_columns = 4, .align = "lrrr"};
    struct words w;
    if (kam_segment_add_up(&parts, n, &value, book->n, NULL, sum, NULL) !=
        KAM_OK)
        return;
    fprintf(out, "%s\n", title);
    for (int32_t k = 0; k < n; k++) {
        grid_add(&grid, name(k, argument, language));
        grid_add(&grid, grouped(&w, (double)sum[k].n_accounts, 0));
        grid_add(&grid, grouped(&w, sum[k].total, 2));
        grid_add(&grid, percent(&w, sum[k].share, 1));
    }
    grid_print(out, &grid, "          ");
}

static const char *matrix_name(int32_t k, int32_t argument, int32_t language) {
    (void)argument;
    return kam_matrix_class_name(k, language);
}

static const char *agreement_name(int32_t k, int32_t argument,
                                  int32_t language) {
    (void)argument;
    return kam_segment_agreement_name(k, language);
}

/* Counts in a table: rows by `row_name`, columns the tiers. */
static void print_cross(FILE *out, const char *title, const int64_t *count,
                        int64_t n_rows, int32_t n_columns, int32_t n_bands,
                        const char *const *row_name, int32_t language) {
    char align[32];
    struct grid grid = {.n_columns = n_columns + 1, .align = align};
    struct words w;
    memset(align, 'r', sizeof align);
    align[0] = 'l';
    fprintf(out, "%s\n", title);
    grid_add(&grid, "");
    for (int32_t t = 0; t < n_columns; t++)
        grid_add(&grid, kam_tier_name(t, n_bands, language));
    for (int64_t r = 0; r < n_rows; r++) {
        grid_add(&grid, row_name[r]);
        for (int32_t t = 0; t < n_columns; t++)
            grid_add(&grid, grouped(&w, (double)count[r * n_columns + t], 0));
    }
    grid_print(out, &grid, "          ");
}

static void print_moves(FILE *out, const struct tier_answers *a,
                        int32_t n_bands, int32_t language) {
    const char *name[18];
    const int32_t n = n_bands + 2;
    for (int32_t t = 0; t < n; t++)
        name[t] = t > n_bands ? kam_tier_name(-1, n_bands, language)
                              : kam_tier_name(t, n_bands, language);
    struct words w[4];
    fprintf(out, "Moves     %s up, %s down, %s as before, %s new\n",
            grouped(&w[0], (double)a->moves.n_up, 0),
            grouped(&w[1], (double)a->moves.n_down, 0),
            grouped(&w[2], (double)a->moves.n_same, 0),
            grouped(&w[3], (double)a->moves.n_new, 0));
    print_cross(out, "          from (row) to (column)", a->count, n, n,
                n_bands, name, language);
}

/* Tiers against the caller's own class, most accounts first. */
static void print_labels(FILE *out, const struct tier_answers *a,
                         const struct tier_book *book,
                         const struct tier_options *options) {
    enum { MOST = 30 };
    const int32_t n_bands = options->rules.tiers.n_bands, n = n_bands + 2;
    const int64_t n_labels = a->n_labels + 1; /* the last: none */
    int64_t *count = calloc((size_t)(n_labels * n), sizeof *count);
    const char **name = calloc((size_t)n_labels, sizeof *name);
    struct words title, *words = calloc((size_t)n_labels, sizeof *words);
    const int shown = n_labels <= MOST + 1;
    if (count && name && words && shown) {
        for (int64_t i = 0; i < book->n; i++) {
            const int64_t label = a->label[i] < 0 ? a->n_labels : a->label[i];
            count[label * n + (a->tier[i] < 0 ? n_bands + 1 : a->tier[i])]++;
        }
        for (int64_t l = 0; l < a->n_labels; l++) {
            const int64_t *from = &book->label.offset[a->label_row[l]];
            text_cut(&words[l], book->label.bytes + from[0],
                     (size_t)(from[1] - from[0]), 24);
            name[l] = words[l].text;
        }
        name[a->n_labels] = "(none)";
        print_cross(out, say(&title, "Against   %s", options->against), count,
                    n_labels, n, n_bands, name, options->language);
    }
    if (!shown)
        fprintf(out, "Against   %s has more than %d values: no table\n",
                options->against, (int)MOST);
    free(count);
    free(name);
    free(words);
}

void tier_print_summary(FILE *out, const struct tier_answers *a,
                        const struct tier_book *book,
                        const struct tier_options *options) {
    const int32_t n = options->rules.tiers.n_bands,
                  language = options->language;
    struct words w;
    print_read(out, book);
    print_concentration(out, a);
    fputs("Limits   ", out);
    for (int32_t t = 0; t < n; t++)
        fprintf(out, " %s %s%s", kam_tier_name(t, n, language),
                grouped(&w, a->limits[t].enter, 2), t < n - 1 ? "," : "\n");
    print_parts(out, "Tiers", a->tier, n + 1, book, kam_tier_name, n, language);
    if (a->matrix_class)
        print_parts(out, "Matrix", a->matrix_class, KAM_MATRIX_UNCLASSIFIED + 1,
                    book, matrix_name, 0, language);
    if (a->agreement)
        print_parts(out, "Value against profit", a->agreement,
                    KAM_SEGMENT_NEITHER + 1, book, agreement_name, 0, language);
    if (book->fact[FACT_TIER_BEFORE]) print_moves(out, a, n, language);
    if (book->has_label) print_labels(out, a, book, options);
}
