/* SPDX-License-Identifier: MIT */
/* Columns of text and days from CSV files, for the tests of key figures.
 * Include after support/check.h. */
#ifndef TEST_KPI_RECORDS_H
#define TEST_KPI_RECORDS_H

enum { CELL = 40, MOST_FIELDS = 40 };

/* Columns of a file, as text; cell(k, i) is row i of the k-th name. */
struct records {
    int64_t n, room;
    int n_columns;
    char (*cell)[CELL];
};

static inline const char *record_at(const struct records *r, int64_t row,
                                    int column) {
    return r->cell[row * r->n_columns + column];
}

/* Splits a line at its commas, of which quoted ones do not count. */
static inline int split_fields(char *line, char *field[MOST_FIELDS]) {
    int n = 0, quoted = 0;
    field[n++] = line;
    for (char *c = line; *c; c++) {
        if (*c == '"') quoted = !quoted;
        if (*c == ',' && !quoted && n < MOST_FIELDS) {
            *c = '\0';
            field[n++] = c + 1;
        }
    }
    return n;
}

/* Reads the named columns; 0 when the file is not there. */
static inline int records_read(struct records *r, const char *path,
                               const char *const *names, int n_columns) {
    char line[65536], *field[MOST_FIELDS];
    int place[MOST_FIELDS] = {0};
    FILE *const file = zipped_open(path);
    memset(r, 0, sizeof *r);
    r->n_columns = n_columns;
    if (!file) return 0;
    for (int64_t row = -1; fgets(line, sizeof line, file); row++) {
        line[strcspn(line, "\r\n")] = '\0';
        const int n = split_fields(line, field);
        if (row < 0) {
            for (int k = 0; k < n_columns; k++) {
                int j = 0;
                while (j < n && strcmp(field[j], names[k]) != 0) j++;
                assert_true(j < n);
                place[k] = j;
            }
            continue;
        }
        if (r->n == r->room) {
            r->room = r->room ? 2 * r->room : 1024;
            r->cell = realloc(r->cell, (size_t)(r->room * n_columns) * CELL);
        }
        for (int k = 0; k < n_columns; k++)
            snprintf(r->cell[r->n * n_columns + k], CELL, "%.39s",
                     place[k] < n ? field[place[k]] : "");
        r->n++;
    }
    zipped_close(file);
    return 1;
}

/* M/D/YYYY or YYYY-MM-DD; KAM_NO_DAY for nothing. */
static inline int32_t day_of_text(const char *text) {
    int year, month, day;
    int32_t number = KAM_NO_DAY;
    if (sscanf(text, "%d/%d/%d", &month, &day, &year) == 3 ||
        sscanf(text, "%d-%d-%d", &year, &month, &day) == 3)
        assert_status(kam_calendar_day(year, month, day, &number), KAM_OK);
    return number;
}

static inline double number_of_text(const char *text) {
    return *text ? strtod(text, NULL) : NAN;
}

static inline int32_t day_number(int year, int month, int day) {
    int32_t number;
    assert_status(kam_calendar_day(year, month, day, &number), KAM_OK);
    return number;
}

/* The number of a text among those seen; a new one gets the next. */
struct names {
    int32_t n;
    char text[2000][CELL];
};

static inline int32_t number_of_name(struct names *names, const char *text) {
    int32_t i = 0;
    while (i < names->n && strcmp(names->text[i], text) != 0) i++;
    assert_true(i < 2000);
    if (i == names->n) snprintf(names->text[names->n++], CELL, "%s", text);
    return i;
}

static inline kam_column days_of(const int32_t *values) {
    kam_column column = {0};
    column.values = values;
    column.type = KAM_DAY;
    return column;
}

static inline kam_column groups_of(const int32_t *values) {
    kam_column column = {0};
    column.values = values;
    column.type = KAM_I32;
    return column;
}

static inline kam_kpi_options options_of(const int32_t *ids, int32_t n_ids,
                                         int64_t n_groups) {
    kam_kpi_options options;
    assert_status(kam_kpi_options_init(&options, sizeof options), KAM_OK);
    options.ids = ids;
    options.n_ids = n_ids;
    options.n_groups = n_groups;
    return options;
}

#endif
