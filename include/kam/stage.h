/* SPDX-License-Identifier: MIT */
/**
 * @file kam/stage.h
 * How old a relation is (L1), in calendar months from the day of the contract.
 */
#ifndef KAM_STAGE_H
#define KAM_STAGE_H

#include "column.h"
#include "host.h"

KAM_BEGIN

/** Stages. The numbers are pinned. */
enum {
    KAM_STAGE_UNKNOWN = -1,  /**< no contract day, or one yet to come */
    KAM_STAGE_INITIAL = 0,   /**< 初步合作: before the first limit */
    KAM_STAGE_STABLE = 1,    /**< 稳定合作: before the second */
    KAM_STAGE_DEEP = 2,      /**< 深度绑定: before the third */
    KAM_STAGE_SYMBIOSIS = 3, /**< 价值共生: from then on */
    KAM_STAGE_COUNT = 4      /**< how many there are */
};

/** Where stages end. */
typedef struct kam_stage_options {
    uint32_t struct_size; /**< set by _init */
    int32_t months[3];    /**< calendar months from the contract day, rising,
                               [1, 1200]; default 3, 12, 36; all 0: default */
} kam_stage_options;

/** What stands at its default, as bits. */
enum {
    KAM_STAGE_DEFAULT_MONTHS = 1 /**< 3, 12, 36 */
};

/** Where to write, each shape (n_rows). NULL: not wanted. */
typedef struct kam_stage_out {
    uint32_t struct_size; /**< sizeof(kam_stage_out) */
    uint32_t reserved;    /**< 0 */
    int32_t *stage;       /**< KAM_STAGE_* */
    int32_t *next_day;    /**< first day of the next stage; KAM_NO_DAY after the
                               last */
    double *days_to_next; /**< from as_of_day to it; NaN after the last */
    uint32_t *row_flags;  /**< KAM_ROW_MISSING: no contract day; KAM_ROW_DOMAIN:
                               it is yet to come (next_day is then it) */
    uint32_t *
        defaults; /**< one number for the call: KAM_STAGE_DEFAULT_* that stand */
} kam_stage_out;

/** Writes the defaults into the first `struct_size` bytes of `options`. */
KAM_API kam_status kam_stage_options_init(kam_stage_options *options,
                                          uint32_t struct_size);

/**
 * Finds stages. A stage begins on the day that kam_calendar_add_months gives:
 * of a contract signed on 30 November the stable one begins on the last of
 * February. Never allocates; can be cancelled.
 *
 * @param contract_day shape (n_rows), days
 * @param as_of_day    "today"
 * @param options      NULL: defaults
 */
KAM_API kam_status kam_stage_assign(const kam_column *contract_day,
                                    int64_t n_rows, int32_t as_of_day,
                                    const kam_stage_options *options,
                                    const kam_host *host,
                                    const kam_stage_out *out, kam_diag *diag);

/** What a stage is called, in KAM_EN or KAM_ZH (kam/reason.h). Never NULL. */
KAM_API const char *kam_stage_name(int32_t stage, int32_t language);

KAM_END

#endif
