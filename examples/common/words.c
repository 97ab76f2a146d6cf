/* SPDX-License-Identifier: MIT */
#include "words.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <kam/reason.h>
#include <kam/status.h>

#include "message.h"

const char *say(struct words *words, const char *format, ...) {
    va_list list;
    va_start(list, format);
    vsnprintf(words->text, sizeof words->text, format, list);
    va_end(list);
    return words->text;
}

const char *grouped(struct words *words, double value, int decimals) {
    char plain[200];
    size_t whole, to = 0;
    const char *from = plain;
    if (isnan(value)) return say(words, "-");
    if (!(fabs(value) < 1e15)) return say(words, "%.6g", value);
    snprintf(plain, sizeof plain, "%.*f", decimals, value);
    if (strspn(plain, "-0.") == strlen(plain) && *from == '-') from++;
    whole = strcspn(from, ".");
    for (size_t i = 0; from[i]; i++) {
        if (i > 0 && i < whole && (whole - i) % 3 == 0 && from[i - 1] != '-')
            words->text[to++] = ',';
        words->text[to++] = from[i];
    }
    words->text[to] = '\0';
    return words->text;
}

const char *many(struct words *words, int64_t n, const char *one) {
    struct words count;
    return say(words, "%s %s%s", grouped(&count, (double)n, 0), one,
               n == 1 ? "" : "s");
}

const char *many_in(struct words *words, int64_t n, const char *one,
                    int32_t language) {
    static const char *const counted[][2] = {
        {"account", "个客户"}, {"order", "笔订单"},  {"line", "行"},
        {"event", "条事件"},   {"signal", "种信号"}, {"contract", "份合同"},
        {"month", "个月"},     {"start", "个开始日"}};
    struct words count;
    for (size_t k = 0; k < sizeof counted / sizeof *counted; k++)
        if (language == KAM_ZH && strcmp(counted[k][0], one) == 0)
            return say(words, "%s %s", grouped(&count, (double)n, 0),
                       counted[k][1]);
    return many(words, n, one);
}

/* Three digits that count. */
static const char *short_number(struct words *words, double value,
                                const char *unit) {
    const double size = fabs(value);
    const int decimals = size >= 99.95 || unit[0] == '\0' ? 0
                         : size >= 9.995                  ? 1
                                                          : 2;
    struct words plain;
    return say(words, "%s%s", grouped(&plain, value, decimals), unit);
}

const char *compact(struct words *words, double value, int32_t language) {
    const double size = fabs(value);
    if (isnan(value)) return say(words, "-");
    if (isinf(value)) return say(words, value > 0 ? "∞" : "-∞");
    if (language == KAM_ZH && size >= 99950000)
        return short_number(words, value / 1e8, "亿");
    if (language == KAM_ZH && size >= 9999.5)
        return short_number(words, value / 1e4, "万");
    if (language == KAM_ZH) return short_number(words, value, "");
    if (size >= 999.5e6) return short_number(words, value / 1e9, "bn");
    if (size >= 999.5e3) return short_number(words, value / 1e6, "M");
    if (size >= 999.5) return short_number(words, value / 1e3, "k");
    return short_number(words, value, "");
}

const char *percent(struct words *words, double share, int decimals) {
    struct words plain;
    if (isnan(share)) return say(words, "-");
    return say(words, "%s %%", grouped(&plain, 100 * share, decimals));
}

/* What a fit may end with. */
static const char *status_in_chinese(int32_t status) {
    switch (status) {
    case KAM_ERR_EMPTY: return "没有可用的数据";
    case KAM_ERR_TOO_FEW: return "数据太少，不足以拟合";
    case KAM_ERR_AT_BOUND: return "最优解位于参数的边界";
    case KAM_ERR_FLAT: return "许多参数拟合得同样好";
    case KAM_ERR_CONSTANT: return "有一列每行都相同";
    case KAM_ERR_COLLINEAR: return "有一列没有提供其他列以外的信息";
    case KAM_ERR_ONE_CLASS: return "所有行都有事件，或都没有";
    case KAM_ERR_SEPARATED: return "有一列可无误地区分事件";
    case KAM_ERR_WEAK: return "弱先验使最优解的移动超过其误差";
    case KAM_ERR_NOT_CONVERGED: return "拟合在收敛前停止";
    default: return NULL;
    }
}

const char *status_words(struct words *words, int32_t status,
                         int32_t language) {
    size_t length;
    if (language == KAM_ZH && status_in_chinese(status))
        return say(words, "%s", status_in_chinese(status));
    say(words, "%s", kam_status_text(status));
    length = strlen(words->text);
    if (length > 0 && words->text[length - 1] == '.')
        words->text[length - 1] = '\0';
    if (words->text[0] >= 'A' && words->text[0] <= 'Z')
        words->text[0] = (char)(words->text[0] + 'a' - 'A');
    return words->text;
}

static uint32_t code_point(const char *text, size_t length) {
    static const unsigned char mask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t code = (unsigned char)text[0] & mask[length];
    for (size_t i = 1; i < length; i++)
        code = code << 6 | ((unsigned char)text[i] & 0x3F);
    return code;
}

/* East Asian wide and full-width characters take two columns (UAX 11), marks
 * that combine none. */
static int code_width(uint32_t code) {
    static const uint32_t wide[][2] = {{0x1100, 0x115F},   {0x2E80, 0x303E},
                                       {0x3041, 0xA4CF},   {0xAC00, 0xD7A3},
                                       {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},
                                       {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},
                                       {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}};
    if ((code >= 0x300 && code <= 0x36F) || (code >= 0x200B && code <= 0x200F))
        return 0;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (code >= wide[i][0] && code <= wide[i][1]) return 2;
    return 1;
}

int text_width(const char *text) {
    int width = 0;
    size_t room = strlen(text);
    while (room > 0) {
        const size_t n = utf8_length(text, room);
        width += n ? code_width(code_point(text, n)) : 1;
        text += n ? n : 1;
        room -= n ? n : 1;
    }
    return width;
}

void text_cut(struct words *words, const char *text, size_t length, int width) {
    size_t to = 0, end = 0;
    int used = 0;
    for (size_t i = 0; i < length;) {
        const size_t n = utf8_length(text + i, length - i);
        const int is_plain =
            n > 0 && (unsigned char)text[i] >= 0x20 && text[i] != 0x7F;
        used += is_plain ? code_width(code_point(text + i, n)) : 1;
        if (used > width || to + 8 > sizeof words->text) {
            memcpy(words->text + end, "…", sizeof "…");
            return;
        }
        if (is_plain)
            memcpy(words->text + to, text + i, n);
        else
            words->text[to] = '?';
        to += is_plain ? n : 1;
        i += n ? n : 1;
        if (used <= width - 1) end = to;
    }
    words->text[to] = '\0';
}

void grid_add(struct grid *grid, const char *text) {
    const size_t size = strlen(text) + 1;
    grid->cell =
        grow(grid->cell, &grid->room, grid->n_cells, sizeof *grid->cell);
    grid->cell[grid->n_cells] = resize(NULL, (int64_t)size, 1);
    memcpy(grid->cell[grid->n_cells++], text, size);
}

static void print_cell(FILE *out, const char *text, int width, char align,
                       int is_last) {
    const int blanks = width - text_width(text);
    if (align == 'r') fprintf(out, "%*s", blanks, "");
    fputs(text, out);
    if (align == 'l' && !is_last) fprintf(out, "%*s", blanks, "");
    fputs(is_last ? "\n" : "  ", out);
}

void grid_print(FILE *out, struct grid *grid, const char *indent) {
    const int n = grid->n_columns;
    int width[32] = {0};
    for (int64_t i = 0; i < grid->n_cells; i++) {
        const int wanted = text_width(grid->cell[i]);
        if (wanted > width[i % n]) width[i % n] = wanted;
    }
    for (int64_t i = 0; i < grid->n_cells; i++) {
        const int j = (int)(i % n);
        if (j == 0) fputs(indent, out);
        print_cell(out, grid->cell[i], width[j], grid->align[j], j == n - 1);
        free(grid->cell[i]);
    }
    free(grid->cell);
    grid->cell = NULL;
    grid->n_cells = grid->room = 0;
}
