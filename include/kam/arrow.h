/* SPDX-License-Identifier: MIT */
/**
 * @file kam/arrow.h
 * Columns from and for others, through the Arrow C data interface
 * (https://arrow.apache.org/docs/format/CDataInterface.html): what pyarrow,
 * polars, pandas, DuckDB, Spark, R and ADBC drivers hand over without a copy.
 */
#ifndef KAM_ARROW_H
#define KAM_ARROW_H

#include "column.h"
#include "host.h"

KAM_BEGIN

#ifndef ARROW_C_DATA_INTERFACE
/** Says that the structs are declared, here or in a header of others. */
#define ARROW_C_DATA_INTERFACE

/** A flag of the specification; not read here. */
#define ARROW_FLAG_DICTIONARY_ORDERED 1
/** A flag of the specification: there may be nulls. */
#define ARROW_FLAG_NULLABLE 2
/** A flag of the specification; not read here. */
#define ARROW_FLAG_MAP_KEYS_SORTED 4

/** What a column is; as the specification has it. */
struct ArrowSchema {
    const char *format;             /**< the type, such as "g" for float64 */
    const char *name;               /**< of the column; may be NULL */
    const char *metadata;           /**< not read here */
    int64_t flags;                  /**< ARROW_FLAG_* */
    int64_t n_children;             /**< columns of a struct */
    struct ArrowSchema **children;  /**< shape (n_children) */
    struct ArrowSchema *dictionary; /**< the type of a dictionary's values */
    void (*release)(struct ArrowSchema *); /**< NULL: released */
    void *private_data;                    /**< the producer's own */
};

/** The rows of a column; as the specification has it. */
struct ArrowArray {
    int64_t length;                       /**< rows */
    int64_t null_count;                   /**< -1: not counted */
    int64_t offset;                       /**< rows to skip at the front */
    int64_t n_buffers;                    /**< shape of buffers */
    int64_t n_children;                   /**< columns of a struct */
    const void **buffers;                 /**< validity first */
    struct ArrowArray **children;         /**< shape (n_children) */
    struct ArrowArray *dictionary;        /**< a dictionary's values */
    void (*release)(struct ArrowArray *); /**< NULL: released */
    void *private_data;                   /**< the producer's own */
};

#endif

/**
 * One column of an Arrow array as a view, without a copy. Never allocates. The
 * array stays the caller's: it must outlive the view, and is not released.
 *
 * Types that a kam_column can view: float64, float32, int64, int32, uint8,
 * date32, utf8, large_utf8; a column of type null is absent. All others are
 * copied by kam_arrow_convert or kam_arrow_texts. Offsets of arrays and of
 * structs are honoured. The interface does not say how long buffers are: that
 * they are as long as the type and the length ask for is the producer's promise.
 *
 * @param name NULL: the array itself is the column. Else it is a struct (a
 *             table, or one batch of it), and the column is the child that has
 *             this name
 * @param[out] n_rows rows of the column
 * @return KAM_OK; KAM_ERR_TYPE when a view cannot be had, with the column and
 *         its type in `diag`; KAM_ERR_SHAPE when the name is not there, or there
 *         twice, a row of the struct itself is null, the array was released, or
 *         lengths, offsets, buffers and children do not fit the type or each
 *         other; KAM_ERR_NULL
 */
KAM_API kam_status kam_arrow_column(const struct ArrowSchema *schema,
                                    const struct ArrowArray *array,
                                    const char *name, kam_column *column,
                                    int64_t *n_rows, kam_diag *diag);

/**
 * Copies a column that has no view. Never allocates. Rows as kam_arrow_column
 * counts them; a row that is null, or whose dictionary entry is, is missing.
 *
 * @param type   what to make:
 *               - KAM_F64, doubles: of bool, integers and floats of every width,
 *                 decimals of 32, 64 and 128 bits with a scale of 0..22 (rounded
 *                 once when they have up to 15 digits), and dictionaries of
 *                 these. NaN is missing
 *               - KAM_I64, int64_t: of integers of every width, and dictionaries
 *                 of these; one that is too large is KAM_ERR_TYPE with its row.
 *                 Missing rows are 0: `validity` tells
 *               - KAM_DAY, int32_t: of date32, date64, timestamps without a time
 *                 zone (the day they lie in), integers (days since 1970-01-01),
 *                 texts that begin with YYYY-MM-DD and end there or go on with a
 *                 blank or a T, and dictionaries of these. KAM_NO_DAY is missing;
 *                 days beyond int32 become the nearest one
 * @param[out] values   shape (n_rows)
 * @param[out] validity bitmap of (n_rows + 7) / 8 bytes, 1 = present; may be NULL
 * @return KAM_OK; as kam_arrow_column. KAM_ERR_TYPE leaves the rows before its
 *         row written
 */
KAM_API kam_status kam_arrow_convert(const struct ArrowSchema *schema,
                                     const struct ArrowArray *array,
                                     const char *name, int32_t type,
                                     void *values, uint8_t *validity,
                                     kam_diag *diag);

/**
 * Copies texts (utf8, large_utf8, string views, dictionaries of these) to what a
 * KAM_TEXT64 column views. Never allocates. Call it twice: first with `text`
 * NULL, then with offsets[n_rows] bytes of room.
 *
 * @param[out] offsets  shape (n_rows + 1): where each text begins in `text`
 * @param[out] validity bitmap of (n_rows + 7) / 8 bytes, 1 = present; may be NULL
 * @param[out] text     NULL: only offsets and validity
 * @param room          bytes of `text`
 * @return KAM_OK; as kam_arrow_column; KAM_ERR_SHAPE when the room is too small
 */
KAM_API kam_status kam_arrow_texts(const struct ArrowSchema *schema,
                                   const struct ArrowArray *array,
                                   const char *name, int64_t *offsets,
                                   uint8_t *validity, char *text, int64_t room,
                                   kam_diag *diag);

/** One column to hand to others. */
typedef struct kam_arrow_field {
    const char *name;   /**< copied */
    const char *format; /**< NULL: by the column's type; or another type of as
                             many bytes, such as "I" for row flags (KAM_I32) and
                             "tss:" for seconds (KAM_I64); copied */
    kam_column column;  /**< packed; its memory stays the caller's */
} kam_arrow_field;

/**
 * The schema of a table with these columns, for the consumer to release.
 * Allocates; `host` must be able to take memory back until then, on any thread.
 *
 * @param fields  shape (n_fields); what their columns point at is not looked at
 * @param[out] schema what it held is overwritten
 * @return KAM_OK; KAM_ERR_NULL; KAM_ERR_SHAPE; KAM_ERR_TYPE; KAM_ERR_MEMORY, and
 *         then nothing was written
 */
KAM_API kam_status kam_arrow_schema(const kam_arrow_field *fields,
                                    int64_t n_fields, const kam_host *host,
                                    struct ArrowSchema *schema, kam_diag *diag);

/**
 * A table of these columns, by reference, for the consumer to release; children
 * may be moved away and outlive it, as the specification has it. Allocates; the
 * host as for kam_arrow_schema.
 *
 * @param done  NULL, or called once with `owner` when the last column was
 *              released, on whatever thread that was: what the columns point at
 *              is then no longer looked at
 * @return as kam_arrow_schema; unless it is KAM_OK, `done` is never called
 */
KAM_API kam_status kam_arrow_table(const kam_arrow_field *fields,
                                   int64_t n_fields, int64_t n_rows,
                                   const kam_host *host,
                                   void (*done)(void *owner), void *owner,
                                   struct ArrowArray *array, kam_diag *diag);

KAM_END

#endif
