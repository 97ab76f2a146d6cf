/* SPDX-License-Identifier: MIT */
/* Models of others from bytes: the first byte says what the others are, JSON,
 * text or a blob (whose checksum is made right). What is read scores, explains
 * and is kept; many rows are as one. */
#include "fuzz.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <kam/kam.h>

enum { ROWS = 11, MOST_FEATURES = 255 };

static void check(int holds) {
    if (!holds) abort();
}

/* As zlib has it. */
static uint32_t checksum(const uint8_t *bytes, size_t n) {
    uint32_t crc = 0xFFFFFFFF;
    for (size_t i = 0; i < n; i++) {
        crc ^= bytes[i];
        for (int k = 0; k < 8; k++) crc = crc >> 1 ^ (crc & 1) * 0xEDB88320;
    }
    return ~crc;
}

static kam_status load(const uint8_t *data, size_t size, kam_trees **trees) {
    uint8_t *const blob = malloc(size + !size);
    memcpy(blob, data, size);
    if (size >= 24) {
        for (int i = 0; i < 8; i++)
            blob[16 + i] = (uint8_t)((uint64_t)size >> (8 * i));
        const uint32_t crc = checksum(blob + 16, size - 16);
        for (int i = 0; i < 4; i++) blob[12 + i] = (uint8_t)(crc >> (8 * i));
    }
    const kam_status status = kam_trees_load(blob, size, NULL, trees, NULL);
    free(blob);
    return status;
}

static void keep(const kam_trees *trees) {
    uint64_t size;
    kam_trees *again;
    check(kam_trees_save(trees, NULL, 0, &size, NULL) == KAM_OK);
    uint8_t *const blob = malloc((size_t)size), *const same =
                                                    malloc((size_t)size);
    check(kam_trees_save(trees, blob, size, &size, NULL) == KAM_OK);
    check(kam_trees_load(blob, size, NULL, &again, NULL) == KAM_OK);
    check(kam_trees_save(again, same, size, &size, NULL) == KAM_OK);
    check(memcmp(blob, same, (size_t)size) == 0);
    kam_trees_free(again);
    free(same);
    free(blob);
}

static void ask(const kam_trees *trees, int32_t n_features) {
    static const double x[ROWS + 4] = {0,     1,    NAN,   -1,       2.5,
                                       1.5,   0.25, 3,     INFINITY, -INFINITY,
                                       1e300, 31,   1e-40, -0.5,     7};
    static kam_column column[MOST_FEATURES];
    double score[ROWS], answer[ROWS], one;
    double *const phi =
        malloc(sizeof(double) * ROWS * (size_t)(n_features + 1));
    kam_reason *const reasons = malloc(sizeof *reasons * ROWS * 3);
    kam_panel panel;
    memset(&panel, 0, sizeof panel);
    panel.struct_size = sizeof panel;
    panel.n_columns = n_features;
    panel.n_rows = ROWS;
    panel.column = column;
    for (int32_t f = 0; f < n_features; f++) {
        memset(&column[f], 0, sizeof column[f]);
        column[f].values = x + f % 4;
        column[f].type = KAM_F64;
    }
    check(kam_trees_score(trees, &panel, NULL, score, answer, NULL) == KAM_OK);
    const int explains =
        kam_trees_contributions(trees, &panel, NULL, phi, NULL) == KAM_OK;
    if (explains && n_features)
        check(kam_trees_reasons(trees, &panel, 1, NULL, reasons, NULL) ==
              KAM_OK);
    panel.n_rows = 1;
    for (int32_t i = 0; i < ROWS; i++) {
        for (int32_t f = 0; f < n_features; f++) column[f].offset = i;
        check(kam_trees_score(trees, &panel, NULL, &one, NULL, NULL) == KAM_OK);
        check(memcmp(&one, &score[i], sizeof one) == 0);
        double total = 0, size = fabs(score[i]);
        for (int32_t f = 0; explains && f <= n_features; f++) {
            total += phi[i * (n_features + 1) + f];
            size += fabs(phi[i * (n_features + 1) + f]);
        }
        if (explains && size < 1e15)
            check(fabs(total - score[i]) <= 1e-4 * (1 + size));
    }
    free(reasons);
    free(phi);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    kam_trees *trees = NULL;
    kam_diag diag = {.struct_size = sizeof diag};
    if (size == 0) return 0;
    const char *const text = (const char *)data + 1;
    const kam_status status =
        data[0] == 'x'
            ? kam_trees_from_xgboost(text, size - 1, 0, NULL, &trees, &diag)
        : data[0] == 'l'
            ? kam_trees_from_lightgbm(text, size - 1, 0, NULL, &trees, &diag)
            : load(data + 1, size - 1, &trees);
    check((status == KAM_OK) == (trees != NULL));
    if (!trees) return 0;
    kam_trees_report report = {.struct_size = sizeof report};
    check(kam_trees_report_of(trees, &report, NULL) == KAM_OK);
    for (int32_t f = 0; f < report.n_features; f++)
        check(kam_trees_feature_name(trees, f) != NULL);
    keep(trees);
    if (report.n_trees < 100) ask(trees, report.n_features);
    kam_trees_free(trees);
    return 0;
}
