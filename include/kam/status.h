/* SPDX-License-Identifier: MIT */
/**
 * @file kam/status.h
 * What every libkam call returns, and how to ask what it means.
 *
 * A call either worked (KAM_OK) or it did not, and then one number below says
 * why. Numbers never change meaning and are never reused. Trouble with one row
 * of a batch is not a failed call: that row's answers are NaN (or -1, for a
 * tier), its `row_flags` say why, and the call returns KAM_OK.
 *
 * Threads: libkam keeps no state of its own. Any function may be called from
 * any thread, as long as no two calls write to the same memory.
 */
#ifndef KAM_STATUS_H
#define KAM_STATUS_H

#include <stdint.h>

#include "export.h"

KAM_BEGIN

/** A status code: KAM_OK, or one of KAM_ERR_*. Always 32 bits. */
typedef int32_t kam_status;

/** The codes, in families. The numbers are pinned. */
enum {
    KAM_OK = 0, /**< it worked */

    /* 1..19  the call is wrong; no row was read, nothing was written */
    KAM_ERR_NULL = 1,   /**< a pointer that must be given is NULL */
    KAM_ERR_STRUCT = 2, /**< a struct_size is below version 1 or above 65536 */
    KAM_ERR_NEWER = 3,  /**< a field this library is too old to know is set */
    KAM_ERR_OPTION = 4, /**< an option lies outside its documented range */
    KAM_ERR_SHAPE = 5,  /**< lengths, offsets or strides do not agree */
    KAM_ERR_TYPE = 6,   /**< a column has a type this argument does not take */
    KAM_ERR_UNSUPPORTED = 7, /**< this model has no answer to the question */

    /* 20..39  the data as a whole cannot answer the question */
    KAM_ERR_EMPTY = 20,    /**< no usable row is left */
    KAM_ERR_TOO_FEW = 22,  /**< fewer informative rows than the fit can carry */
    KAM_ERR_AT_BOUND = 23, /**< the best fit lies at the edge; it is returned */
    KAM_ERR_FLAT = 24,     /**< many answers fit as well; one is returned */
    KAM_ERR_CONSTANT = 25, /**< a column is the same in every row */
    KAM_ERR_COLLINEAR = 26, /**< a column says nothing the others do not */
    KAM_ERR_ONE_CLASS = 27, /**< an event in every row, or in none */
    KAM_ERR_SEPARATED = 28, /**< a column tells the events without error */
    KAM_ERR_WEAK = 29, /**< a weak prior moves the best fit beyond its errors */

    /* 40..59  arithmetic */
    KAM_ERR_NOT_CONVERGED = 40, /**< outputs hold the best point found */
    KAM_ERR_OVERFLOW = 41,      /**< a sum of money grew beyond 9.2e18 */

    /* 60..79  what the host lent us */
    KAM_ERR_MEMORY = 60,   /**< the host's allocate returned NULL */
    KAM_ERR_EXECUTOR = 61, /**< the host's parallel_for returned non-zero */
    KAM_ERR_CANCELLED = 62 /**< the host's progress asked to stop */
};

/** Why one row lacks an answer, or how to read it. Bits; 0: all is well. */
enum {
    KAM_ROW_MISSING = 1,      /**< an input that an answer needs is not known */
    KAM_ROW_DOMAIN = 2,       /**< an input lies outside its documented range */
    KAM_ROW_EXTRAPOLATED = 4, /**< answered, but beyond what the model saw */
    KAM_ROW_ON_REVENUE = 8,   /**< cost unknown: lifetime value is of revenue */
    KAM_ROW_ONE_ORDER = 16,   /**< no repeat order: the book's mean stands in */
    KAM_ROW_INFINITE = 32     /**< the answer grows without limit */
};

/**
 * Where and why a call failed. It lives in the caller's memory; libkam keeps
 * no "last error". Every function that takes one takes NULL. The caller sets
 * `struct_size`; the call fills the rest, also when it returns KAM_OK.
 */
typedef struct kam_diag {
    uint32_t struct_size; /**< sizeof(kam_diag), set by the caller */
    kam_status status;    /**< the value the call returned */
    int64_t row;          /**< 0-based row, or -1 when not about a row */
    double value;         /**< the offending value, or NaN */
    char argument[48];    /**< such as "accounts.age_periods", NUL-ended */
    char message[176];    /**< one English sentence, UTF-8, NUL-ended */
} kam_diag;

/** The code's own name, such as "KAM_ERR_SHAPE". Never NULL. */
KAM_API const char *kam_status_name(kam_status status);

/** One English sentence for the code. Never NULL. */
KAM_API const char *kam_status_text(kam_status status);

/** The i-th code there is, -1 past the last: a binding builds its enum so. */
KAM_API kam_status kam_status_at(int32_t i);

/** The name of one bit of `row_flags`, such as "missing". Never NULL. */
KAM_API const char *kam_row_flag_name(uint32_t bit);

KAM_END

#endif
