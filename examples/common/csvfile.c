/* SPDX-License-Identifier: MIT */
#include "csvfile.h"

#include <csv.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "message.h"

enum {
    BLOCK = 1 << 18,
    LONGEST_RECORD = 1 << 20, /* longer ones are no order lines */
    WORTH_A_PROGRESS = 8 << 20
};

/* A file on its way through libcsv. */
struct reading {
    const struct csv_handler *handler;
    const char *path;
    FILE *file;
    int64_t line;       /* of what is fed now */
    int64_t first_line; /* of the record */
    int64_t n_columns;  /* the header's; 0 before it */
    int is_begun;       /* the record has more than blanks */
    int is_open;     /* inside a quoted field that runs over the line's end */
    int is_complete; /* a record ended in what was fed */
    int has_text;    /* some field of the record is not empty */
    int after_cr;    /* what was fed before ended in CR */
    int64_t n_bytes; /* of the record */
    char *text;      /* of the record */
    int64_t n_text, text_room;
    int64_t *end; /* of each field, in `text` */
    int64_t n_cells, end_room;
    struct cell *cell;
    int64_t cell_room;
    struct csv_count count;
    int64_t size, n_read; /* of the file, for progress; size 0: not known */
    int percent;
};

const char *csv_name(const char *path) {
    return strcmp(path, "-") == 0 ? "stdin" : path;
}

static void take_cell(void *text, size_t length, void *data) {
    struct reading *reading = data;
    const char *from = text;
    while (length > 0 && from[0] == ' ') from++, length--;
    while (length > 0 && from[length - 1] == ' ') length--;
    reading->text = grow(reading->text, &reading->text_room,
                         reading->n_text + (int64_t)length, 1);
    if (length > 0) memcpy(reading->text + reading->n_text, from, length);
    reading->n_text += (int64_t)length;
    reading->has_text |= length > 0;
    reading->end = grow(reading->end, &reading->end_room, reading->n_cells,
                        sizeof *reading->end);
    reading->end[reading->n_cells++] = reading->n_text;
}

/* Cells as views of the text; as many as the header has. */
static struct record record_of(struct reading *reading) {
    const int64_t n = reading->n_cells;
    const int64_t wanted = reading->n_columns ? reading->n_columns : n;
    struct record record = {reading->path, reading->first_line, wanted, NULL};
    reading->cell = grow(reading->cell, &reading->cell_room,
                         n > wanted ? n : wanted, sizeof *reading->cell);
    for (int64_t i = 0; i < n || i < wanted; i++) {
        const int64_t from = i == 0 ? 0 : reading->end[i < n ? i - 1 : n - 1];
        reading->cell[i].text = reading->text + from;
        reading->cell[i].length = i < n ? (size_t)(reading->end[i] - from) : 0;
    }
    record.cell = reading->cell;
    return record;
}

/* More fields than the header: empty ones are forgiven. */
static void check_width(const struct reading *reading) {
    for (int64_t i = reading->n_columns; i < reading->n_cells; i++)
        if (reading->cell[i].length > 0) {
            struct shown shown;
            fail_at(reading->path, reading->first_line,
                    "%lld fields where the header has %lld: \"%s\" is one too "
                    "many (is there a comma in an unquoted text or number?)",
                    (long long)reading->n_cells, (long long)reading->n_columns,
                    show(&shown, reading->cell[i].text,
                         reading->cell[i].length));
        }
}

static void take_record(int terminator, void *data) {
    struct reading *reading = data;
    (void)terminator;
    reading->is_complete = 1;
    if (reading->has_text || reading->n_cells > 1) {
        const struct record record = record_of(reading);
        if (reading->n_columns == 0) {
            reading->n_columns = reading->n_cells;
            reading->handler->header(reading->handler->data, &record);
        } else {
            check_width(reading);
            reading->count.n_records++;
            reading->count.n_short += reading->n_cells < reading->n_columns;
            reading->handler->record(reading->handler->data, &record);
        }
    }
    reading->n_cells = reading->n_text = 0;
    reading->has_text = 0;
}

static void refuse_long(const struct reading *reading) {
    if (reading->is_open)
        fail_at(reading->path, reading->first_line,
                "a quote is opened here and not closed within %d bytes",
                LONGEST_RECORD);
    fail_at(reading->path, reading->first_line,
            "this line is longer than %d bytes; is this a file of order lines?",
            LONGEST_RECORD);
}

static int is_blank(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++)
        if (!strchr(" \t\r\n", text[i])) return 0;
    return 1;
}

/* Feeds what ends with the end of a line, or with the end of a block. */
static void feed(struct reading *reading, struct csv_parser *parser,
                 const char *text, size_t length) {
    const char last = text[length - 1];
    const int is_rest = reading->after_cr && last == '\n' && length == 1;
    if (memchr(text, '\0', length))
        fail_at(reading->path, reading->line,
                "this is not a text file (it holds a zero byte)");
    if (!reading->is_begun) reading->first_line = reading->line;
    reading->is_begun |= !is_blank(text, length);
    reading->n_bytes += (int64_t)length;
    if (reading->n_bytes > LONGEST_RECORD) refuse_long(reading);
    reading->is_complete = 0;
    if (csv_parse(parser, text, length, take_cell, take_record, reading) !=
        length)
        fail(EXIT_TROUBLE, "%s: %s", reading->path,
             csv_strerror(csv_error(parser)));
    reading->after_cr = last == '\r';
    if (last != '\n' && last != '\r') return;
    if (!is_rest) reading->line++;
    reading->is_begun &= !reading->is_complete;
    reading->is_open = reading->is_begun;
    if (!reading->is_open) reading->n_bytes = 0;
}

/* The end of the first line in `text`, or its length. */
static size_t line_end(const char *text, size_t length) {
    size_t i = 0;
    while (i < length && text[i] != '\n' && text[i] != '\r') i++;
    return i < length ? i + 1 : length;
}

static void feed_block(struct reading *reading, struct csv_parser *parser,
                       const char *block, size_t length) {
    while (length > 0) {
        const size_t n = line_end(block, length);
        feed(reading, parser, block, n);
        block += n;
        length -= n;
    }
}

/* Kinds of file that are often given by mistake. */
static void check_kind(const char *path, const char *block, size_t length) {
    if (length >= 2 && memcmp(block, "\x1f\x8b", 2) == 0)
        fail(EXIT_INPUT,
             "%s is packed by gzip; unpack it on the way, by gzip -dc %s, and "
             "give - as the file",
             path, path);
    if (length >= 4 && memcmp(block, "PK\3\4", 4) == 0)
        fail(
            EXIT_INPUT,
            "%s is a ZIP archive or a spreadsheet, not a text file; save it as "
            "CSV",
            path);
    if (length >= 2 && (memcmp(block, "\xff\xfe", 2) == 0 ||
                        memcmp(block, "\xfe\xff", 2) == 0))
        fail(EXIT_INPUT, "%s is UTF-16 text; save it as CSV in UTF-8", path);
}

static char likely_delimiter(const char *block, size_t length) {
    static const char marks[] = ",;\t|";
    int count[4] = {0};
    int best = 0, is_quoted = 0;
    for (size_t i = 0; i < length && block[i] != '\n' && block[i] != '\r';
         i++) {
        const char *mark = block[i] ? strchr(marks, block[i]) : NULL;
        if (block[i] == '"') is_quoted = !is_quoted;
        if (mark && !is_quoted) count[mark - marks]++;
    }
    for (int i = 1; i < 4; i++)
        if (count[i] > count[best]) best = i;
    return marks[best];
}

static void show_progress(struct reading *reading, size_t n) {
    int percent;
    reading->n_read += (int64_t)n;
    if (reading->size == 0) return;
    percent = (int)(100 * reading->n_read / reading->size);
    if (percent == reading->percent) return;
    reading->percent = percent;
    fprintf(stderr, "\rreading %s: %d %%", reading->path, percent);
    if (n == 0 || percent >= 100) fputs("\r\033[K", stderr);
}

static FILE *open_file(const char *path) {
    struct stat status;
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    if (!file)
        fail(EXIT_INPUT, "%s cannot be opened: %s", path, strerror(errno));
    if (fstat(fileno(file), &status) == 0 && S_ISDIR(status.st_mode))
        fail(EXIT_INPUT, "%s is a directory, not a file", csv_name(path));
    return file;
}

static int64_t size_worth_showing(FILE *file, int with_progress) {
    struct stat status;
    if (!with_progress || !isatty(2) || fstat(fileno(file), &status) != 0 ||
        !S_ISREG(status.st_mode) || status.st_size < WORTH_A_PROGRESS)
        return 0;
    return (int64_t)status.st_size;
}

static void read_all(struct reading *reading, struct csv_parser *parser,
                     char delimiter) {
    char *block = resize(NULL, BLOCK, 1);
    size_t n;
    int is_first = 1;
    while ((n = fread(block, 1, BLOCK, reading->file)) > 0) {
        const size_t mark =
            is_first && n >= 3 && memcmp(block, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
        if (is_first) {
            check_kind(reading->path, block, n);
            csv_set_delim(parser,
                          (unsigned char)(delimiter
                                              ? delimiter
                                              : likely_delimiter(block + mark,
                                                                 n - mark)));
        }
        is_first = 0;
        feed_block(reading, parser, block + mark, n - mark);
        show_progress(reading, n);
    }
    if (ferror(reading->file))
        fail(EXIT_INPUT, "%s cannot be read: %s", reading->path,
             strerror(errno));
    if (is_first) fail(EXIT_INPUT, "%s is empty", reading->path);
    free(block);
}

struct csv_count csv_read(const char *path, char delimiter, int with_progress,
                          const struct csv_handler *handler) {
    struct csv_parser parser;
    struct reading reading;
    memset(&reading, 0, sizeof reading);
    reading.handler = handler;
    reading.path = csv_name(path);
    reading.file = open_file(path);
    reading.line = 1;
    reading.size = size_worth_showing(reading.file, with_progress);
    if (csv_init(&parser, 0) != 0) fail(EXIT_TROUBLE, "libcsv cannot start");
    read_all(&reading, &parser, delimiter);
    /* What is open after one more line end is a quote. */
    feed(&reading, &parser, "\n", 1);
    if (reading.is_open)
        fail_at(reading.path, reading.first_line,
                "a quote is opened here and never closed");
    csv_fini(&parser, take_cell, take_record, &reading);
    csv_free(&parser);
    if (reading.n_columns == 0)
        fail(EXIT_INPUT, "%s is empty but for blank lines", reading.path);
    if (reading.file != stdin) fclose(reading.file);
    free(reading.text);
    free(reading.end);
    free(reading.cell);
    return reading.count;
}

static int is_named(const struct cell *cell, const char *name, int any_case) {
    return cell->length == strlen(name) &&
           (any_case ? strncasecmp(cell->text, name, cell->length)
                     : strncmp(cell->text, name, cell->length)) == 0;
}

static int64_t find_named(const struct record *header, const char *name,
                          int any_case) {
    int64_t found = -1;
    for (int64_t i = 0; i < header->n_cells; i++) {
        if (!is_named(&header->cell[i], name, any_case)) continue;
        if (found >= 0)
            fail_at(header->path, header->line,
                    "two columns are called \"%s\" (%lld and %lld)", name,
                    (long long)(found + 1), (long long)(i + 1));
        found = i;
    }
    return found;
}

int64_t csv_find(const struct record *header, const char *name) {
    const int64_t exact = find_named(header, name, 0);
    return exact >= 0 ? exact : find_named(header, name, 1);
}

/* The header's names in one line, shortened. */
static void list_names(const struct record *header, char *list, size_t size) {
    size_t n = 0;
    list[0] = '\0';
    for (int64_t i = 0; i < header->n_cells && n + 140 < size; i++) {
        struct shown shown;
        n += (size_t)snprintf(list + n, size - n, "%s%s", i ? ", " : "",
                              show(&shown, header->cell[i].text,
                                   header->cell[i].length));
        if (i + 1 < header->n_cells && n + 140 >= size)
            snprintf(list + n, size - n, ", ...");
    }
}

int64_t csv_require(const struct record *header, const char *name,
                    const char *option) {
    const int64_t found = csv_find(header, name);
    char list[600];
    if (found >= 0) return found;
    list_names(header, list, sizeof list);
    if (option)
        fail_at(header->path, header->line,
                "there is no column \"%s\" (there are: %s); %s names another",
                name, list, option);
    fail_at(header->path, header->line,
            "there is no column \"%s\" (there are: %s)", name, list);
}

void csv_put(FILE *out, const char *text, size_t length) {
    int plain = length == 0 || (text[0] != ' ' && text[length - 1] != ' ');
    for (size_t i = 0; plain && i < length; i++)
        plain = !strchr(",\"\r\n", text[i]) && text[i] != '\0';
    if (plain)
        fwrite(text, 1, length, out);
    else
        csv_fwrite(out, text, length);
}

void csv_put_last_number(FILE *out, double value, int decimals) {
    char text[340];
    if (!isfinite(value)) return;
    snprintf(text, sizeof text, "%.*f", decimals, value);
    const int minus_zero =
        text[0] == '-' && strspn(text, "-0.") == strlen(text);
    fputs(text + minus_zero, out);
}

void csv_put_number(FILE *out, double value, int decimals) {
    csv_put_last_number(out, value, decimals);
    fputc(',', out);
}
