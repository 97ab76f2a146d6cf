/* SPDX-License-Identifier: MIT */
/* Calls made from bytes. A target is a list of cases; the first byte picks one,
 * the others become its arguments: mostly possible ones, in blocks of just their
 * size. Each input runs several times: on the plainest instruction set, on the
 * best with tasks in another order, with an allocation that fails or a stop, and,
 * where a case says that rows stand for themselves, for single rows. What must be
 * equal is compared to the bit; a call that was wrong must not have written. */
#ifndef TEST_FUZZ_MAKE_H
#define TEST_FUZZ_MAKE_H

#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "../support/aligned.h"
#include "fuzz.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kam/kam.h>

enum { FUZZ_BLOCKS = 128, FUZZ_CALLS = 16 };
enum { FUZZ_PLAIN, FUZZ_BEST, FUZZ_FAILING, FUZZ_ONE_ROW, FUZZ_RUNS = 6 };

/* One call: its text, of which `nth` is the function that was called. */
struct fuzz_call {
    const char *text;
    int32_t nth;
    kam_status status;
    char argument[48];                 /* that the diag named */
    int64_t n_asked, n_looks, n_loops; /* of memory, progress, threads */
    int32_t refused, stopped, denied;  /* what it was not given */
};

struct fuzz_block {
    uint8_t *memory, *before;
    size_t size;
    int per_row;
};

struct fuzz {
    const uint8_t *at;
    size_t left;
    uint64_t seed;
    int run;
    int64_t n, row; /* rows made; the one that is shown, -1: all */
    int rows_stand; /* each row for itself */
    kam_host host;
    kam_diag diag;
    int64_t n_live, calls_left, looks_left;
    int64_t n_asked, n_looks, n_loops;
    int64_t refuse_at, stop_at, deny_at; /* once; -1: never */
    struct fuzz_block block[FUZZ_BLOCKS];
    int n_blocks, n_seen, n_calls, n_noted, n_waste;
    kam_status status[FUZZ_CALLS];             /* the same in every run */
    struct fuzz_call call[2 * FUZZ_CALLS + 1]; /* with those of pieces */
    void *waste[512];
};

typedef void (*fuzz_case)(struct fuzz *f);

#define fuzz_check(holds)                                                      \
    ((holds) ? (void)0                                                         \
             : (fprintf(stderr, "%s: not %s\n", __func__, #holds), abort()))

/* ---- bytes and numbers ---- */

/* After the last byte come others, always the same. */
static inline uint8_t fuzz_byte(struct fuzz *f) {
    if (f->left) return f->left--, *f->at++;
    f->seed ^= f->seed << 13;
    f->seed ^= f->seed >> 7;
    f->seed ^= f->seed << 17;
    return (uint8_t)(f->seed >> 24);
}

static inline double fuzz_wild(struct fuzz *f) {
    static const double odd[] = {NAN,   INFINITY, -INFINITY, 0,     -0.0,
                                 1e300, -1e300,   5e-324,    1e-15, 0x1p53,
                                 1e18,  -1,       1,         0x1p31};
    double x;
    uint8_t bytes[8];
    const uint8_t pick = fuzz_byte(f);
    if (pick < 240) return odd[pick % (sizeof odd / sizeof *odd)];
    for (int i = 0; i < 8; i++) bytes[i] = fuzz_byte(f);
    memcpy(&x, bytes, sizeof x);
    return x;
}

enum fuzz_kind { ANY, CHANCE, COUNT, MONEY, DAY, FLAG, SIGNED, TIME, TEXT };

static inline double fuzz_number(struct fuzz *f, enum fuzz_kind kind) {
    const uint8_t pick = fuzz_byte(f);
    if (pick >= 236) return pick >= 246 ? fuzz_wild(f) : NAN;
    const double x = fuzz_byte(f);
    switch (kind) {
    case CHANCE: return (x + 0.5) / 256;
    case COUNT: return floor(x / (1 + pick % 32));
    case MONEY: return x * (1 + pick) / 4;
    case DAY: return 19000 + 8 * x + pick % 8;
    case FLAG: return pick % 2;
    case SIGNED: return (x - 128) / 16;
    case TIME: return (x + pick / 256.0) / 4;
    default: return pick < 200 ? floor(x / 16) : (x - 100) * pick;
    }
}

/* Mostly from least to most. */
static inline int32_t fuzz_pick(struct fuzz *f, int32_t least, int32_t most) {
    static const int32_t odd[] = {INT32_MIN, INT32_MAX, -1, 0, 1 << 20};
    const uint8_t byte = fuzz_byte(f);
    if (byte >= 250) return odd[byte % 5];
    return least + byte % (most - least + 1);
}

/* Always from least to most: lengths of what is handed over. */
static inline int32_t fuzz_length(struct fuzz *f, int32_t least, int32_t most) {
    return least + fuzz_byte(f) % (most - least + 1);
}

/* ---- memory ---- */

/* Given back after the run. */
static inline void *fuzz_memory(struct fuzz *f, size_t size) {
    void *const block = malloc(size + !size);
    fuzz_check(block && f->n_waste < 512);
    memset(block, 0, size);
    return f->waste[f->n_waste++] = block;
}

static inline void *fuzz_block(struct fuzz *f, size_t size, int per_row) {
    fuzz_check(f->n_blocks < FUZZ_BLOCKS);
    struct fuzz_block *const b = &f->block[f->n_blocks++];
    *b = (struct fuzz_block){fuzz_memory(f, size), fuzz_memory(f, size), size,
                             per_row};
    memset(b->memory, 0xA5, size);
    memset(b->before, 0xA5, size);
    return b->memory;
}

/* Where to write: `width` items of `size` bytes for each row; often NULL. */
static inline void *fuzz_rows_out(struct fuzz *f, int32_t width, size_t size) {
    const uint8_t byte = fuzz_byte(f);
    const int64_t n = f->row < 0 ? f->n : 1;
    if (byte >= 230 || width < 0) return NULL;
    return fuzz_block(f, (size_t)n * (size_t)width * size, 1);
}

/* Where to write: `count` items in all. */
static inline void *fuzz_out(struct fuzz *f, int64_t count, size_t size) {
    return fuzz_byte(f) >= 245 ? NULL : fuzz_block(f, (size_t)count * size, 0);
}

/* A struct that says its size: a report, which a wrong call may write, too. */
static inline void *fuzz_struct_out(struct fuzz *f, size_t size) {
    const uint32_t n = (uint32_t)size;
    const uint8_t byte = fuzz_byte(f);
    if (byte >= 250) return NULL;
    uint8_t *const memory = fuzz_block(f, size, 0);
    memset(memory, 0, size);
    memcpy(memory, &n, sizeof n);
    f->block[f->n_blocks - 1].before = NULL;
    return memory;
}

/* Rows of this call. */
static inline int64_t fuzz_rows(const struct fuzz *f) {
    return f->row < 0 ? f->n : 1;
}

/* Few rows; sometimes more than a tile. */
static inline void fuzz_take_rows(struct fuzz *f) {
    const uint8_t byte = fuzz_byte(f);
    f->n = byte >= 240 ? 120 + byte % 16 : byte % 24;
}

/* A few words of a struct without pointers get another value. */
static inline void fuzz_disturb(struct fuzz *f, void *memory, size_t size) {
    for (int n = fuzz_byte(f) % 4; n > 0; n--) {
        const size_t at = 8 * (fuzz_byte(f) % (size / 8 + 1));
        const uint8_t how = fuzz_byte(f);
        const double x = how % 2 ? fuzz_number(f, CHANCE) : fuzz_wild(f);
        const int32_t words[2] = {fuzz_pick(f, 0, 5), fuzz_pick(f, 0, 5)};
        if (at == 0 || at + 8 > size) continue;
        memcpy((uint8_t *)memory + at,
               how < 128 ? (const void *)&x : (const void *)words, 8);
    }
}

static inline double *fuzz_numbers(struct fuzz *f, int64_t n,
                                   enum fuzz_kind kind) {
    double *const x = fuzz_memory(f, (size_t)n * sizeof *x);
    for (int64_t i = 0; i < n; i++) x[i] = fuzz_number(f, kind);
    return x;
}

/* ---- columns ---- */

static inline void fuzz_put(uint8_t *to, int32_t type, double x) {
    const double most = type == KAM_U8 ? 255 : type == KAM_I64 ? 9e18 : 2e9;
    const double whole = x != x           ? 0
                         : fabs(x) < most ? trunc(x)
                         : x < 0          ? -most
                                          : most;
    const int64_t i64 = (int64_t)whole;
    const int32_t i32 = (int32_t)i64;
    const float f32 = fabs(x) < 3e38 ? (float)x : x < 0 ? -INFINITY : INFINITY;
    if (type == KAM_F64) memcpy(to, &x, 8);
    if (type == KAM_F32) memcpy(to, &f32, 4);
    if (type == KAM_I64) memcpy(to, &i64, 8);
    if (type == KAM_I32 || type == KAM_DAY) memcpy(to, &i32, 4);
    if (type == KAM_U8) *to = (uint8_t)fabs(whole);
}

static inline kam_column fuzz_texts(struct fuzz *f, int64_t n) {
    const int wide = fuzz_byte(f) % 2;
    char *const text = fuzz_memory(f, (size_t)(8 * n));
    uint8_t *const offsets = fuzz_memory(f, (size_t)(n + 1) * (wide ? 8 : 4));
    int64_t at = 0;
    for (int64_t i = 0; i <= n; i++) {
        const int32_t narrow = (int32_t)at;
        memcpy(offsets + i * (wide ? 8 : 4),
               wide ? (const void *)&at : (const void *)&narrow, wide ? 8 : 4);
        for (int k = fuzz_byte(f) % 4; i < n && k > 0; k--)
            text[at++] = (char)('a' + fuzz_byte(f) % 4);
    }
    kam_column column = {offsets, NULL, text, 0, 0, KAM_TEXT32, 0};
    column.type = wide ? KAM_TEXT64 : KAM_TEXT32;
    return column;
}

/* `n` rows, of which one is shown when rows stand for themselves. */
static inline kam_column fuzz_column_of(struct fuzz *f, int64_t n,
                                        enum fuzz_kind kind) {
    static const int32_t types[] = {KAM_F64, KAM_F64, KAM_F64, KAM_F32,
                                    KAM_I64, KAM_I32, KAM_U8,  KAM_DAY};
    static const size_t sizes[] = {0, 8, 4, 8, 4, 1, 4};
    const uint8_t how = fuzz_byte(f), shape = fuzz_byte(f);
    kam_column column = {0};
    if (how >= 248) return column;
    if (kind == TEXT && how < 128) return fuzz_texts(f, n);
    int32_t type = types[how / 8 % 8];
    if (kind == DAY && how < 220) type = how % 2 ? KAM_DAY : KAM_I32;
    if (kind == TEXT) type = how % 2 ? KAM_I64 : KAM_I32;
    const int64_t offset = shape % 8 == 1 ? shape / 8 % 8 : 0;
    const size_t step = shape % 8 == 2 ? 16 : sizes[type];
    uint8_t *const bytes =
        fuzz_memory(f, (size_t)(offset + n) * step -
                           (n + offset ? step - sizes[type] : 0));
    for (int64_t i = 0; i < offset + n; i++)
        fuzz_put(bytes + (size_t)i * step, type, fuzz_number(f, kind));
    uint8_t *bits = NULL;
    if (shape % 8 == 3) {
        bits = fuzz_memory(f, (size_t)(offset + n + 7) / 8);
        for (int64_t i = 0; i < (offset + n + 7) / 8; i++)
            bits[i] = fuzz_byte(f) | fuzz_byte(f);
    }
    column = (kam_column){bytes, bits, NULL, offset, 0, type, 0};
    if (step != sizes[type]) column.stride = (int64_t)step;
    if (shape == 255) column.offset = -1;
    if (shape == 254) column.stride = INT64_MAX;
    if (shape == 253) column.type = 77;
    return column;
}

static inline kam_column fuzz_column(struct fuzz *f, enum fuzz_kind kind) {
    kam_column column = fuzz_column_of(f, f->n, kind);
    if (f->row >= 0) column.offset += f->row;
    return column;
}

/* ---- what many calls take ---- */

static inline kam_accounts fuzz_accounts(struct fuzz *f) {
    static const uint8_t kinds[] = {COUNT, TIME,   TIME,  MONEY, MONEY,  MONEY,
                                    MONEY, MONEY,  MONEY, COUNT, CHANCE, COUNT,
                                    FLAG,  COUNT,  TIME,  MONEY, SIGNED, DAY,
                                    FLAG,  SIGNED, MONEY, COUNT, COUNT,  DAY,
                                    DAY,   DAY,    DAY,   DAY,   DAY,    DAY,
                                    DAY,   DAY,    DAY};
    kam_accounts accounts;
    memset(&accounts, 0, sizeof accounts);
    accounts.struct_size = sizeof accounts;
    accounts.n_rows = fuzz_rows(f);
    kam_column *const column = &accounts.repeat_orders;
    const uint8_t most = fuzz_byte(f);
    const size_t n = (sizeof accounts - offsetof(kam_accounts, repeat_orders)) /
                     sizeof *column;
    /* x <= ..., t_x <= T: an account that can be */
    for (size_t i = 0; i < n && i < sizeof kinds && (i < 8 || most < 100); i++)
        column[i] = fuzz_column(f, (enum fuzz_kind)kinds[i]);
    if (most % 4 && accounts.repeat_orders.type == KAM_F64 && column[1].values)
        column[2] = fuzz_column(f, MONEY);
    if (fuzz_byte(f) == 255) accounts.struct_size = 7;
    return accounts;
}

static inline kam_panel fuzz_panel(struct fuzz *f, int32_t n_columns) {
    kam_panel panel;
    memset(&panel, 0, sizeof panel);
    kam_column *const column =
        fuzz_memory(f, (size_t)n_columns * sizeof *column);
    for (int32_t j = 0; j < n_columns; j++)
        column[j] = fuzz_column(f, j % 2 ? FLAG : SIGNED);
    panel.struct_size = sizeof panel;
    panel.n_columns = n_columns;
    panel.n_rows = fuzz_rows(f);
    panel.column = column;
    panel.event = fuzz_column(f, FLAG);
    const uint8_t more = fuzz_byte(f);
    if (more & 1) panel.offset = fuzz_column(f, SIGNED);
    if (more & 2) panel.weight = fuzz_column(f, TIME);
    if (more & 4) panel.cluster = fuzz_column(f, TEXT);
    if (more & 8) panel.start = fuzz_column(f, COUNT);
    if (more < 250) panel.stop = fuzz_column(f, TIME);
    if (more & 16) panel.stratum = fuzz_column(f, FLAG);
    return panel;
}

/* ---- runs ---- */

/* A call that not every run makes. */
static inline kam_status fuzz_noted(struct fuzz *f, const char *text,
                                    int32_t nth, kam_status status) {
    fuzz_check(f->n_noted < 2 * FUZZ_CALLS);
    struct fuzz_call *const call = &f->call[f->n_noted++];
    call->text = text;
    call->nth = nth;
    return call->status = status;
}

/* Ends a call: what it returned, and that a wrong call wrote nothing, nor one
 * without memory. */
static inline kam_status fuzz_ended(struct fuzz *f, const char *text,
                                    int32_t nth, kam_status status) {
    const int untouched =
        (status >= 1 && status <= 19) || status == KAM_ERR_MEMORY;
    fuzz_check(f->n_calls < FUZZ_CALLS);
    f->status[f->n_calls++] = fuzz_noted(f, text, nth, status);
    memcpy(f->call[f->n_noted - 1].argument, f->diag.argument,
           sizeof f->diag.argument);
    fuzz_check(f->diag.status == status || f->diag.status == -1);
    fuzz_check(f->diag.row >= -1);
    for (; f->n_seen < f->n_blocks; f->n_seen++) {
        const struct fuzz_block *const b = &f->block[f->n_seen];
        if (!untouched || !b->before ||
            memcmp(b->memory, b->before, b->size) == 0)
            continue;
        fprintf(stderr, "%s wrote to block %d before %s: %s %s\n", text,
                f->n_seen, kam_status_name(status), f->diag.argument,
                f->diag.message);
        abort();
    }
    f->diag.status = -1;
    return status;
}

#define fuzz_end(f, call) fuzz_ended(f, #call, 0, call)
/* Where the text holds several functions: the one that `which` picked. */
#define fuzz_end_of(f, which, call) fuzz_ended(f, #call, which, call)
#define fuzz_note(f, call) fuzz_noted(f, #call, 0, call)
#define fuzz_note_of(f, which, call) fuzz_noted(f, #call, which, call)

static inline void *fuzz_allocate(void *memory, uint64_t size,
                                  uint64_t alignment) {
    struct fuzz *const f = memory;
    f->call[f->n_noted].n_asked++;
    if (f->n_asked++ == f->refuse_at) {
        f->call[f->n_noted].refused = 1;
        return NULL;
    }
    if (f->calls_left == 0) return NULL;
    if (f->calls_left > 0) f->calls_left--;
    fuzz_check(size > 0 && size < (UINT64_C(1) << 30));
    void *const block = aligned_block(size, alignment);
    fuzz_check(block != NULL);
    memset(block, 0x5A, (size_t)size);
    f->n_live++;
    return block;
}

static inline void fuzz_release(void *memory, void *block, uint64_t size) {
    struct fuzz *const f = memory;
    memset(block, 0xA5, (size_t)size);
    aligned_block_free(block);
    f->n_live--;
}

static inline int32_t fuzz_backwards(void *threads, int64_t n, kam_task task,
                                     void *data) {
    (void)threads;
    while (n-- > 0) task(data, n);
    return 0;
}

static inline int32_t fuzz_watch(void *watcher, int64_t done, int64_t total) {
    struct fuzz *const f = watcher;
    fuzz_check(done >= 0 && done <= total);
    f->call[f->n_noted].n_looks++;
    if (f->n_looks++ == f->stop_at) return f->call[f->n_noted].stopped = 1;
    return f->looks_left-- == 0;
}

static inline void fuzz_begin(struct fuzz *f, const uint8_t *data, size_t size,
                              int run, int64_t row) {
    memset(f, 0, sizeof *f);
    f->at = data;
    f->left = size;
    f->seed = 0x9E3779B97F4A7C15u + size;
    f->run = run;
    f->row = row;
    f->diag.struct_size = sizeof f->diag;
    f->diag.status = -1;
    f->calls_left = f->looks_left = f->refuse_at = f->stop_at = -1;
    f->deny_at = -1;
    f->host.struct_size = sizeof f->host;
    f->host.isa = run == FUZZ_PLAIN ? KAM_ISA_BASE : KAM_ISA_AUTO;
    if (run != FUZZ_PLAIN) {
        f->host.allocate = fuzz_allocate;
        f->host.release = fuzz_release;
        f->host.memory = f;
    }
    if (run == FUZZ_BEST) f->host.parallel_for = fuzz_backwards;
    if (run == FUZZ_FAILING) {
        f->host.progress = fuzz_watch;
        f->host.watcher = f;
    }
}

static inline void fuzz_run(struct fuzz *f, fuzz_case one, const uint8_t *data,
                            size_t size, int run, int64_t row) {
    fuzz_begin(f, data, size, run, row);
    if (run == FUZZ_FAILING) {
        if (size % 4) f->calls_left = (int64_t)(size / 4 % 16);
        if (size % 4 == 0) f->looks_left = (int64_t)(size / 4 % 4);
    }
    one(f);
    fuzz_check(f->n_live == 0);
}

static inline void fuzz_clear(struct fuzz *f) {
    for (int i = 0; i < f->n_waste; i++) free(f->waste[i]);
}

static inline void fuzz_same(const struct fuzz *a, const struct fuzz *b) {
    fuzz_check(a->n_calls == b->n_calls && a->n_blocks == b->n_blocks);
    for (int i = 0; i < a->n_calls; i++)
        fuzz_check(a->status[i] == b->status[i]);
    for (int i = 0; i < a->n_blocks; i++)
        fuzz_check(memcmp(a->block[i].memory, b->block[i].memory,
                          a->block[i].size) == 0);
}

/* Row `row` of the whole is what was said of it alone. */
static inline void fuzz_same_row(const struct fuzz *whole,
                                 const struct fuzz *one, int64_t row) {
    if (whole->n_calls != one->n_calls ||
        memcmp(whole->status, one->status, sizeof whole->status) != 0)
        return;
    for (int i = 0; i < whole->n_blocks; i++) {
        const struct fuzz_block *const b = &one->block[i];
        if (b->per_row)
            fuzz_check(memcmp(whole->block[i].memory + (size_t)row * b->size,
                              b->memory, b->size) == 0);
    }
}

static inline int fuzz_cases(const fuzz_case *cases, size_t n,
                             const uint8_t *data, size_t size) {
    static struct fuzz whole, other;
    if (size == 0) return 0;
    const fuzz_case one = cases[data[0] % n];
    fuzz_run(&whole, one, data + 1, size - 1, FUZZ_PLAIN, -1);
    fuzz_run(&other, one, data + 1, size - 1, FUZZ_BEST, -1);
    fuzz_same(&whole, &other);
    fuzz_clear(&other);
    fuzz_run(&other, one, data + 1, size - 1, FUZZ_FAILING, -1);
    fuzz_clear(&other);
    const int good = whole.n_calls > 0 && whole.status[0] == KAM_OK;
    for (int64_t k = 0; whole.rows_stand && good && k < 3 && k < whole.n; k++) {
        const int64_t row = k == 0 ? 0 : k == 1 ? whole.n - 1 : whole.n / 2;
        fuzz_run(&other, one, data + 1, size - 1, FUZZ_ONE_ROW, row);
        fuzz_same_row(&whole, &other, row);
        fuzz_clear(&other);
    }
    fuzz_clear(&whole);
    return 0;
}

extern const fuzz_case *const fuzz_target_cases;
extern const size_t fuzz_n_target_cases;

#define FUZZ_TARGET(cases)                                                     \
    const fuzz_case *const fuzz_target_cases = cases;                          \
    const size_t fuzz_n_target_cases = sizeof(cases) / sizeof *(cases);        \
    int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {             \
        return fuzz_cases(cases, sizeof(cases) / sizeof *(cases), data, size); \
    }

#endif
