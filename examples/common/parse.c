/* SPDX-License-Identifier: MIT */
#include "parse.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <kam/kam.h>

/* A place in a text that ends in NUL. */
struct scan {
    const char *at;
};

/* Reads least..most digits; -1 when there are fewer. */
static int32_t digits(struct scan *scan, int least, int most) {
    int32_t value = 0;
    int n = 0;
    for (; n < most && *scan->at >= '0' && *scan->at <= '9'; n++)
        value = 10 * value + (*scan->at++ - '0');
    return n < least ? -1 : value;
}

static int take(struct scan *scan, char c) {
    if (*scan->at != c) return 0;
    scan->at++;
    return 1;
}

/* Reads digits after `mark`, if it is there; 1 when there is no trouble. */
static int fraction(struct scan *scan) {
    if (!take(scan, '.') && !take(scan, ',')) return 1;
    if (digits(scan, 1, 1) < 0) return 0;
    while (digits(scan, 1, 1) >= 0) continue;
    return 1;
}

/* Z, +hh, +hhmm or +hh:mm, or nothing. */
static int zone(struct scan *scan) {
    int32_t hours, minutes = 0;
    if (take(scan, 'Z') || *scan->at == '\0') return 1;
    if (!take(scan, '+') && !take(scan, '-')) return 0;
    hours = digits(scan, 2, 2);
    if (take(scan, ':') || *scan->at != '\0') minutes = digits(scan, 2, 2);
    return hours >= 0 && hours <= 24 && minutes >= 0 && minutes < 60;
}

/* [T or blank] HH:MM[:SS[.fff]] [zone], or nothing; the colons may be left
 * out. */
static int time_of_day(struct scan *scan) {
    int32_t hour, minute, second = 0;
    if (*scan->at == '\0') return 1;
    if (!take(scan, 'T') && !take(scan, ' ')) return 0;
    while (take(scan, ' ')) continue;
    hour = digits(scan, 1, 2);
    take(scan, ':');
    minute = digits(scan, 2, 2);
    if (take(scan, ':') || (*scan->at >= '0' && *scan->at <= '9'))
        second = digits(scan, 2, 2);
    if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || second < 0 ||
        second > 60 || !fraction(scan))
        return 0;
    while (take(scan, ' ')) continue;
    return zone(scan) && *scan->at == '\0';
}

static int usual_form(const char *text, int32_t *day) {
    struct scan scan = {text};
    const int32_t year = digits(&scan, 4, 4);
    const char mark = *scan.at;
    const int apart = mark == '-' || mark == '/';
    int32_t month, mday;
    if (apart) scan.at++;
    month = digits(&scan, apart ? 1 : 2, 2);
    if (apart && !take(&scan, mark)) return 0;
    mday = digits(&scan, apart ? 1 : 2, 2);
    return year > 0 && month > 0 && mday > 0 && time_of_day(&scan) &&
           kam_calendar_day(year, month, mday, day) == KAM_OK;
}

static int given_form(const char *text, const char *format, int32_t *day) {
    struct tm tm;
    const char *end;
    memset(&tm, 0, sizeof tm);
    tm.tm_year = -5000;
    tm.tm_mon = -1;
    end = strptime(text, format, &tm);
    return end && *end == '\0' &&
           kam_calendar_day(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                            day) == KAM_OK;
}

/* Does it look like 7/4/1996 or 4.7.96: a day, but whose month is which? */
static int is_ambiguous(const char *text) {
    struct scan scan = {text};
    char mark;
    if (digits(&scan, 1, 2) < 0) return 0;
    mark = *scan.at;
    if (!mark || !strchr("/.-", mark)) return 0;
    scan.at++;
    return digits(&scan, 1, 2) >= 0 && take(&scan, mark) &&
           digits(&scan, 2, 4) >= 0;
}

const char *parse_day(const char *text, size_t length, const char *format,
                      int32_t *day) {
    char copy[64];
    if (length >= sizeof copy) return "is no date";
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (format)
        return given_form(copy, format, day)
                   ? NULL
                   : "is no date of the form given by --date-format";
    if (usual_form(copy, day)) return NULL;
    return is_ambiguous(copy) ? "is no date of the form YYYY-MM-DD; say which "
                                "form it has, such as --date-format %m/%d/%Y"
                              : "is no date";
}

/* The shape of a decimal number. Counts the digits before the exponent. */
static int is_decimal(const char *text, int *n_digits) {
    struct scan scan = {text};
    *n_digits = 0;
    if (!take(&scan, '-')) take(&scan, '+');
    while (digits(&scan, 1, 1) >= 0) ++*n_digits;
    if (take(&scan, '.'))
        while (digits(&scan, 1, 1) >= 0) ++*n_digits;
    if (*n_digits == 0) return 0;
    if (take(&scan, 'e') || take(&scan, 'E')) {
        if (!take(&scan, '-')) take(&scan, '+');
        if (digits(&scan, 1, 1) < 0) return 0;
        while (digits(&scan, 1, 1) >= 0) continue;
    }
    return *scan.at == '\0';
}

static const char *why_no_number(const char *text, char point) {
    const char *comma = strchr(text, ',');
    if (comma && strspn(text, "+-0123456789.,") == strlen(text))
        return point == '.' && strchr(comma + 1, ',') == NULL &&
                       strchr(text, '.') == NULL
                   ? "is no number; write 1234.50, or give --decimal-comma"
                   : "is no number; write it without a thousands separator, as "
                     "1234.50";
    return "is no number";
}

const char *parse_number(const char *text, size_t length, char point,
                         double *value) {
    char copy[400];
    char *mark;
    int n_digits;
    if (length >= sizeof copy) return "is no number";
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (point != '.') {
        if (strchr(copy, '.'))
            return "is no number; with --decimal-comma write 1234,50";
        mark = strchr(copy, point);
        if (mark) *mark = '.';
    }
    if (!is_decimal(copy, &n_digits)) return why_no_number(copy, point);
    /* No locale was ever set, so that strtod reads a point. */
    *value = strtod(copy, NULL);
    return isfinite(*value) ? NULL : "is too large a number";
}

int parse_truth(const char *text, size_t length) {
    static const char *const words[2][4] = {{"no", "false", "0", "n"},
                                            {"yes", "true", "1", "y"}};
    for (int said = 0; said < 2; said++)
        for (int i = 0; i < 4; i++)
            if (strlen(words[said][i]) == length &&
                strncasecmp(words[said][i], text, length) == 0)
                return said;
    return -1;
}

const char *day_text(int32_t day, char text[16]) {
    int32_t year, month, mday;
    text[0] = '\0';
    if (day != KAM_NO_DAY &&
        kam_calendar_date(day, &year, &month, &mday) == KAM_OK)
        snprintf(text, 16, "%04d-%02d-%02d", (int)(year & 0x3FFF),
                 (int)(month & 15), (int)(mday & 31));
    return text;
}
