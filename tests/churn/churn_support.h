/* SPDX-License-Identifier: MIT */
/* Panels for tests. Include after support/check.h and support/hosts.h. */
#ifndef TEST_CHURN_SUPPORT_H
#define TEST_CHURN_SUPPORT_H

enum { MOST_SIGNALS = 32 };

/* Columns of doubles, by columns. */
struct book {
    int64_t n;
    int32_t p;
    double *x[MOST_SIGNALS];
    double *event;
    kam_column column[MOST_SIGNALS];
    const char *name[MOST_SIGNALS];
    kam_panel panel;
};

static inline struct book *book_new(int64_t n, int32_t p) {
    struct book *const book = calloc(1, sizeof *book);
    book->n = n;
    book->p = p;
    for (int32_t j = 0; j < p; j++) {
        book->x[j] = calloc((size_t)n + 1, sizeof(double));
        book->column[j] = column_of(book->x[j]);
    }
    book->event = calloc((size_t)n + 1, sizeof(double));
    book->panel.struct_size = sizeof book->panel;
    book->panel.n_columns = p;
    book->panel.n_rows = n;
    book->panel.column = book->column;
    book->panel.event = column_of(book->event);
    return book;
}

static inline void book_free(struct book *book) {
    for (int32_t j = 0; j < book->p; j++) free(book->x[j]);
    free(book->event);
    free(book);
}

/* The named columns of a table, and its event. */
static inline struct book *book_of(const struct table *table,
                                   const char *const *name, int32_t p,
                                   const char *event) {
    struct book *const book = book_new(table->n_rows, p);
    for (int64_t i = 0; i < table->n_rows; i++) {
        for (int32_t j = 0; j < p; j++)
            book->x[j][i] = table_at(table, i, name[j]);
        book->event[i] = table_at(table, i, event);
    }
    for (int32_t j = 0; j < p; j++) book->name[j] = name[j];
    book->panel.name = book->name;
    return book;
}

/* n rows of p normal-like signals, and events of a logistic model. */
static inline struct book *book_simulated(int64_t n, int32_t p,
                                          const double *beta, uint64_t seed) {
    struct book *const book = book_new(n, p);
    for (int64_t i = 0; i < n; i++) {
        double score = beta[0];
        for (int32_t j = 0; j < p; j++) {
            double x = -6;
            for (int k = 0; k < 12; k++) x += random_unit(&seed);
            book->x[j][i] = x;
            score += beta[j + 1] * x;
        }
        book->event[i] = random_unit(&seed) < 1 / (1 + exp(-score));
    }
    return book;
}

#endif
