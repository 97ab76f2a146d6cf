/* SPDX-License-Identifier: MIT */
/**
 * @file kam/matrix.h
 * The matrix of value and potential (T2): core, high-potential, maintain,
 * develop, first match wins; and whether demand is stable.
 *
 * As with tiers, kam_matrix_fit turns "the top 10 %" of a book into money, once;
 * kam_matrix_classify is then a function of one account's row.
 */
#ifndef KAM_MATRIX_H
#define KAM_MATRIX_H

#include "column.h"
#include "host.h"
#include "tier.h"

KAM_BEGIN

/** Classes. The numbers are pinned. */
enum {
    KAM_MATRIX_UNKNOWN = 0, /**< no answer: what it needs is missing */
    KAM_MATRIX_CORE = 1,    /**< 核心价值: most revenue, stable demand */
    KAM_MATRIX_HIGH_POTENTIAL = 2, /**< 高潜力: middle revenue, growing trade */
    KAM_MATRIX_MAINTAIN = 3,       /**< 维持型: stable, little headroom */
    KAM_MATRIX_DEVELOP = 4,        /**< 待优化: little revenue, and a pain */
    KAM_MATRIX_UNCLASSIFIED = 5    /**< none of these */
};

/** Every threshold of T2. Set by _init; all may be changed. */
typedef struct kam_matrix_options {
    uint32_t struct_size; /**< set by _init */
    int32_t top_basis;    /**< KAM_TIER_BY_RANK (default): top_share of the
                                accounts; KAM_TIER_BY_TOTAL: of the revenue */
    double top_share;     /**< core candidates, (0, 1); default 0.10 */
    double middle_share;  /**< of accounts from the top, (0, 1]; the lowest of
                                them is the middle; default 0.50, the median */
    double high_growth;   /**< industry growth a year from which potential is
                                high; default 0.10 */
    double low_growth;    /**< below which headroom is limited, where the wallet
                                is not known; default 0.03 */
    double wallet_share;  /**< share of wallet from which headroom is limited;
                                default 0.60 */
    double pain_least; /**< pain signals that ask for development; default 1 */
    double most_variation; /**< coefficient of variation of stable demand, at
                                most, >= 0; default 0.35 */
    double trend_level;    /**< demand falls when chance alone gives such a fall
                                with this probability or less, (0, 1); default
                                0.05 */
    int32_t least_quarters; /**< known quarters without which stability is not
                                 known, 3..16; default 8 */
    int32_t missing_is_no;  /**< 1: a condition whose input is missing does not
                                 hold, and the row is flagged; 0 (default): the
                                 class is then not known, where it matters */
} kam_matrix_options;

/** Writes the defaults into the first `struct_size` bytes of `options`. */
KAM_API kam_status kam_matrix_options_init(kam_matrix_options *options,
                                           uint32_t struct_size);

/** Thresholds that stand at their defaults, as bits of kam_matrix.defaults and,
 *  the last three, of kam_matrix_stability_out.defaults. */
enum {
    KAM_MATRIX_DEFAULT_TOP = 1,
    KAM_MATRIX_DEFAULT_MIDDLE = 2,
    KAM_MATRIX_DEFAULT_HIGH_GROWTH = 4,
    KAM_MATRIX_DEFAULT_LOW_GROWTH = 8,
    KAM_MATRIX_DEFAULT_WALLET_SHARE = 16,
    KAM_MATRIX_DEFAULT_PAIN = 32,
    KAM_MATRIX_DEFAULT_VARIATION = 64,
    KAM_MATRIX_DEFAULT_TREND = 128,
    KAM_MATRIX_DEFAULT_QUARTERS = 256
};

/** A fitted matrix: plain numbers. Frozen: 56 bytes, store it as you like. */
typedef struct kam_matrix {
    double top_limit;      /**< money: core candidates have this or more */
    double middle_limit;   /**< money: the middle of the book */
    double high_growth;    /**< as in the options */
    double low_growth;     /**< as in the options */
    double wallet_share;   /**< as in the options */
    double pain_least;     /**< as in the options */
    int32_t missing_is_no; /**< as in the options */
    uint32_t defaults;     /**< KAM_MATRIX_DEFAULT_*: what nobody chose */
} kam_matrix;

/** Turns shares of a book into money. Allocates. Ties at a cut are all in, as in
 *  kam_tier_cutpoints.
 *  @param options NULL: the defaults
 *  @param revenue shape (n_rows), of a year; missing and infinite do not count
 *  @return KAM_OK; KAM_ERR_EMPTY; 1..19; 60..79 */
KAM_API kam_status kam_matrix_fit(const kam_matrix_options *options,
                                  const kam_column *revenue, int64_t n_rows,
                                  const kam_host *host, kam_matrix *matrix,
                                  kam_diag *diag);

/** Where to write stability, each shape (n_rows). NULL: not wanted. */
typedef struct kam_matrix_stability_out {
    uint32_t struct_size; /**< sizeof(kam_matrix_stability_out) */
    uint32_t reserved;    /**< 0 */
    double *variation;    /**< standard deviation (n - 1) over mean; NaN when
                               the mean is not above 0 */
    double *trend;        /**< Kendall's tau of the quarters, -1 falling .. 1 */
    double *chance;       /**< probability of a fall like this one, or a clearer
                               one, by chance: small means falling */
    double *stable;       /**< 1, 0, or NaN: not known */
    uint32_t *row_flags; /**< KAM_ROW_MISSING: too few quarters; KAM_ROW_DOMAIN:
                               a mean not above 0 (not stable), or infinite */
    uint32_t *defaults;  /**< one number for the call: those that stand */
} kam_matrix_stability_out;

/**
 * Whether demand is stable (T2): little variation and no falling trend, by the
 * exact one-sided test of Mann (1945) and Kendall (1975), ties counted exactly.
 * Never allocates; can be cancelled.
 *
 * @param options  NULL: the defaults
 * @param quarters shape (n_quarters), columns of shape (n_rows), oldest first;
 *                 a missing quarter is left out
 * @param n_quarters [3, 16]
 */
KAM_API kam_status kam_matrix_stability(const kam_matrix_options *options,
                                        const kam_column *quarters,
                                        int32_t n_quarters, int64_t n_rows,
                                        const kam_host *host,
                                        const kam_matrix_stability_out *out,
                                        kam_diag *diag);

/** What is known of each account. A view; any column may be absent. */
typedef struct kam_matrix_rows {
    uint32_t struct_size; /**< sizeof(kam_matrix_rows) */
    uint32_t reserved;    /**< 0 */
    int64_t n_rows;       /**< rows in every column that is present */
    kam_column revenue;   /**< money of a year */
    kam_column stable;    /**< demand is stable: 1 or 0 */
    kam_column growth;    /**< of its industry a year; 0.1 is 10 % */
    kam_column wallet;    /**< money it spends a year on what we sell, > 0 */
    kam_column pain;      /**< pain signals, >= 0 */
} kam_matrix_rows;

/** Where to write, each shape (n_rows). NULL: not wanted. */
typedef struct kam_matrix_out {
    uint32_t struct_size;  /**< sizeof(kam_matrix_out) */
    uint32_t reserved;     /**< 0 */
    int32_t *matrix_class; /**< KAM_MATRIX_* */
    double *value_score;   /**< 0..1: 0.5 at the middle, 1 from the top limit
                                  on, straight lines between */
    double
        *potential_score; /**< 0..1: mean of growth over high_growth and of the
                                  share of wallet not ours, each cut to 0..1, of
                                  those known */
    double *wallet_share; /**< revenue / wallet */
    uint32_t *row_flags;  /**< KAM_ROW_MISSING: an input that mattered;
                                  KAM_ROW_DOMAIN: a wallet or pain out of range,
                                  taken as missing */
} kam_matrix_out;

/** Classifies accounts. Never allocates; can be cancelled. */
KAM_API kam_status kam_matrix_classify(const kam_matrix *matrix,
                                       const kam_matrix_rows *rows,
                                       const kam_host *host,
                                       const kam_matrix_out *out,
                                       kam_diag *diag);

/** The class's name, such as "core" (核心价值), KAM_EN or KAM_ZH. Never NULL. */
KAM_API const char *kam_matrix_class_name(int32_t matrix_class,
                                          int32_t language);

/**
 * The wallet allocation rule (Keiningham et al. 2011, Harvard Business Review
 * 89(10)): where we rank r-th of n suppliers, our share of the wallet is about
 * (1 - r / (n + 1)) 2 / n. NaN where r is not in [1, n] or n < 1.
 * @param rank 1 is the first choice; ties take the mean, such as 1.5
 */
KAM_API double kam_matrix_wallet_rule(double rank, double n_suppliers);

KAM_END

#endif
