/* SPDX-License-Identifier: MIT */
/* Order lines of the shared data sets, summed by account. Include after
 * support/check.h. */
#ifndef TEST_BOOKS_H
#define TEST_BOOKS_H

enum { BOOK_ROOM = 1000, BOOK_AMOUNTS = 3 };

/* A book of at most BOOK_ROOM accounts; amount[k] is the k-th column asked
 * for. */
struct book {
    int64_t n;
    double key[BOOK_ROOM];
    double amount[BOOK_AMOUNTS][BOOK_ROOM];
};

static inline void book_add(struct book *book, double key, int k,
                            double amount) {
    int64_t i = 0;
    while (i < book->n && book->key[i] != key) i++;
    assert_true(i < BOOK_ROOM);
    if (i == book->n) {
        book->key[book->n++] = key;
        for (int j = 0; j < BOOK_AMOUNTS; j++) book->amount[j][i] = 0;
    }
    book->amount[k][i] += amount;
}

/* Sums `columns` (up to three, NULL-ended) by the number in `key`. The columns
 * used here stand before any quoted text with commas. Returns 0 when the file
 * is not there. */
static inline int book_read(struct book *book, const char *path,
                            const char *key, const char *const *columns) {
    struct table table;
    memset(book, 0, sizeof *book);
    if (!table_read(&table, path)) return 0;
    for (int k = 0; k < BOOK_AMOUNTS && columns[k]; k++)
        for (int64_t i = 0; i < table.n_rows; i++)
            book_add(book, table_at(&table, i, key), k,
                     table_at(&table, i, columns[k]));
    table_free(&table);
    return 1;
}

static inline int book_adventureworks(struct book *book) {
    const char *const columns[] = {"SalesAmount", "TotalProductCost",
                                   "Freight"};
    return book_read(book,
                     TEST_SHARED
                     "/data/adventureworks/FactResellerSales.csv.gz",
                     "ResellerKey", columns);
}

#endif
