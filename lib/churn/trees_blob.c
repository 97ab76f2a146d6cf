/* SPDX-License-Identifier: MIT */
/* Trees as bytes. Version 1, all little-endian, doubles as IEEE 754 has them:
 *
 *    0  "kamtrees"
 *    8  u32 version; u32 CRC-32 (ISO 3309) of all bytes from 16 on
 *   16  u64 bytes in all
 *   24  i32 source, link, n_features, 0
 *   40  f64 slope, start
 *   56  i64 n_rounds, best_round, n_trees, n_nodes, n_categories, n_name_bytes
 *  104  u8 zero is missing, a feature each
 *  ...  i64 first node, a tree each
 *  ...  nodes: f64 threshold, value, cover; i32 left within the tree (the right
 *       follows; -1: a leaf), feature, missing left, first category,
 *       categories (-1: not categorical), 0
 *  ...  i32 categories; names, each ended by 0
 */
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "churn/trees.h"

enum { VERSION = 1, HEAD = 104, NODE = 48 };
static const char magic[8] = {'k', 'a', 'm', 't', 'r', 'e', 'e', 's'};

static uint32_t checksum(const uint8_t *bytes, uint64_t n) {
    static const uint32_t half[16] = {0x00000000, 0x1DB71064, 0x3B6E20C8,
                                      0x26D930AC, 0x76DC4190, 0x6B6B51F4,
                                      0x4DB26158, 0x5005713C, 0xEDB88320,
                                      0xF00F9344, 0xD6D6A3E8, 0xCB61B38C,
                                      0x9B64C2B0, 0x86D3D2D4, 0xA00AE278,
                                      0xBDBDF21C};
    uint32_t crc = 0xFFFFFFFF;
    for (uint64_t i = 0; i < n; i++) {
        crc ^= bytes[i];
        crc = half[crc & 15] ^ crc >> 4;
        crc = half[crc & 15] ^ crc >> 4;
    }
    return ~crc;
}

/* ---- writing ---- */

static uint8_t *put(uint8_t *to, uint64_t word, int n) {
    for (int i = 0; i < n; i++) to[i] = (uint8_t)(word >> (8 * i));
    return to + n;
}

static uint8_t *put_double(uint8_t *to, double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return put(to, bits, 8);
}

static uint8_t *put_integer(uint8_t *to, int32_t x) {
    return put(to, (uint32_t)x, 4);
}

static uint64_t size_of(const kam_trees *trees) {
    return HEAD + (uint64_t)trees->n_features + 8 * (uint64_t)trees->n_trees +
           NODE * (uint64_t)trees->n_nodes + 4 * (uint64_t)trees->n_categories +
           (uint64_t)trees->n_name_bytes;
}

static uint8_t *put_head(const kam_trees *trees, uint64_t size, uint8_t *to) {
    const int64_t counts[] = {trees->n_rounds,     trees->best_round,
                              trees->n_trees,      trees->n_nodes,
                              trees->n_categories, trees->n_name_bytes};
    memcpy(to, magic, sizeof magic);
    to = put(to + 8, VERSION, 4);
    to = put(to, 0, 4);
    to = put(to, size, 8);
    to = put_integer(to, trees->source);
    to = put_integer(to, trees->link);
    to = put_integer(to, trees->n_features);
    to = put_integer(to, 0);
    to = put_double(to, trees->slope);
    to = put_double(to, trees->start);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        to = put(to, (uint64_t)counts[i], 8);
    for (int32_t f = 0; f < trees->n_features; f++)
        *to++ = trees->zero_is_missing[f];
    return to;
}

static uint8_t *put_node(const kam_trees *trees, int64_t i, int64_t root,
                         uint8_t *to) {
    const struct kam__tree_node *const node = &trees->node[i];
    const struct kam__tree_fact *const fact = &trees->fact[i];
    const int leaf = node->left == i;
    to = put_double(to, leaf ? 0 : node->threshold);
    to = put_double(to, fact->value);
    to = put_double(to, fact->cover);
    to = put_integer(to, leaf ? -1 : (int32_t)(node->left - root));
    to = put_integer(to, fact->feature);
    to = put_integer(to, fact->missing_left);
    to = put_integer(to, fact->first_category);
    to = put_integer(to, fact->n_categories);
    return put_integer(to, 0);
}

kam_status kam_trees_save(const kam_trees *trees, void *blob, uint64_t room,
                          uint64_t *size, kam_diag *diag) {
    if (!trees || !size)
        return kam__fail(diag, KAM_ERR_NULL, trees ? "size" : "trees", -1, NAN,
                         "");
    const uint64_t needed = size_of(trees);
    if (blob && room < needed)
        return kam__fail(diag, KAM_ERR_SHAPE, "room", -1, (double)room,
                         "{value} bytes do not hold the blob.");
    *size = needed;
    if (!blob) return kam__ok(diag);
    uint8_t *const first = blob;
    uint8_t *to = put_head(trees, needed, first);
    for (int64_t t = 0; t < trees->n_trees; t++)
        to = put(to, (uint64_t)trees->root[t], 8);
    for (int64_t t = 0; t < trees->n_trees; t++)
        for (int64_t i = trees->root[t]; i < trees->root[t + 1]; i++)
            to = put_node(trees, i, trees->root[t], to);
    for (int64_t i = 0; i < trees->n_categories; i++)
        to = put_integer(to, trees->category[i]);
    memcpy(to, trees->name, (size_t)trees->n_name_bytes);
    put(first + 12, checksum(first + 16, needed - 16), 4);
    return kam__ok(diag);
}

/* ---- reading ---- */

static uint64_t get(const uint8_t **from, int n) {
    uint64_t word = 0;
    for (int i = 0; i < n; i++) word |= (uint64_t)(*from)[i] << (8 * i);
    *from += n;
    return word;
}

static double get_double(const uint8_t **from) {
    const uint64_t bits = get(from, 8);
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static int32_t get_integer(const uint8_t **from) {
    const uint32_t bits = (uint32_t)get(from, 4);
    int32_t x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static int64_t get_count(const uint8_t **from) {
    const uint64_t bits = get(from, 8);
    return bits > INT64_MAX ? -1 : (int64_t)bits;
}

static kam_status not_blob(kam_diag *diag, int64_t byte, const char *message) {
    return kam__fail(diag, KAM_ERR_SHAPE, "blob", byte, NAN, message);
}

static kam_status check_frame(const uint8_t *blob, uint64_t size,
                              kam_diag *diag) {
    if (size < HEAD)
        return not_blob(diag, (int64_t)size, "the blob ends at byte {row}.");
    if (memcmp(blob, magic, sizeof magic) != 0)
        return not_blob(diag, 0, "these bytes are no blob of trees.");
    const uint8_t *at = blob + 8;
    const uint64_t version = get(&at, 4), crc = get(&at, 4);
    if (version > VERSION)
        return kam__fail(diag, KAM_ERR_NEWER, "blob", 8, (double)version,
                         "the blob is of version {value}, which this version "
                         "of libkam does not know.");
    if (version != VERSION || get(&at, 8) != size)
        return not_blob(diag, 8,
                        "the blob is cut short, or longer than it was.");
    return checksum(blob + 16, size - 16) == crc
               ? KAM_OK
               : not_blob(diag, 12,
                          "the checksum at byte {row} is not that of "
                          "the blob: it was changed.");
}

/* The counts, and whether they agree with the size. */
static int get_head(struct kam__raw_trees *raw, const uint8_t **at,
                    uint64_t size, int64_t *counts) {
    *at += 24;
    raw->source = get_integer(at);
    raw->link = get_integer(at);
    raw->n_features = get_integer(at);
    *at += 4;
    raw->slope = get_double(at);
    raw->start = get_double(at);
    raw->n_rounds = get_count(at);
    raw->best_round = get_count(at);
    uint64_t left = size - HEAD;
    static const uint64_t each[] = {8, NODE, 4, 1};
    if (raw->n_features < 0 || raw->n_features > KAM_PANEL_MOST_COLUMNS ||
        left < (uint64_t)raw->n_features)
        return 0;
    left -= (uint64_t)raw->n_features;
    for (int i = 0; i < 4; i++) {
        counts[i] = get_count(at);
        if (counts[i] < 0 || (uint64_t)counts[i] > left / each[i]) return 0;
        left -= (uint64_t)counts[i] * each[i];
    }
    return left == 0;
}

static void get_node(const uint8_t **at, struct kam__raw_node *node) {
    node->threshold = get_double(at);
    node->value = get_double(at);
    node->cover = get_double(at);
    node->left = get_integer(at);
    node->right =
        node->left < 0 || node->left == INT32_MAX ? node->left : node->left + 1;
    node->feature = get_integer(at);
    node->missing_left = get_integer(at) != 0;
    node->first_category = get_integer(at);
    node->n_categories = get_integer(at);
    node->categorical = node->n_categories >= 0;
    *at += 4;
}

static kam_status get_trees(struct kam__raw_trees *raw, const uint8_t *roots,
                            const uint8_t **at, const int64_t *counts,
                            kam_diag *diag) {
    int64_t from = counts[0] ? get_count(&roots) : counts[1];
    if (from != 0 && counts[1] > 0)
        return not_blob(diag, -1, "the first tree does not begin at node 0.");
    for (int64_t t = 0; t < counts[0]; t++) {
        const int64_t to = t + 1 < counts[0] ? get_count(&roots) : counts[1];
        if (to <= from || to > counts[1])
            return kam__fail(diag, KAM_ERR_SHAPE, "blob", t, (double)to,
                             "tree {row} ends at node {value}.");
        if (kam__raw_trees_add(raw, to - from)) return kam__no_memory(diag);
        for (int64_t i = 0; i < to - from; i++)
            get_node(at, kam__raw_trees_node(raw, i));
        from = to;
    }
    return KAM_OK;
}

static kam_status read_blob(struct kam__raw_trees *raw, const uint8_t *blob,
                            uint64_t size, kam_trees **trees, kam_diag *diag) {
    const uint8_t *at = blob;
    int64_t counts[4]; /* trees, nodes, categories, bytes of names */
    kam_status status = check_frame(blob, size, diag);
    if (status != KAM_OK) return status;
    if (!get_head(raw, &at, size, counts))
        return not_blob(diag, 24, "the counts in the blob do not agree.");
    for (int32_t f = 0; f < raw->n_features; f++)
        raw->zero_is_missing[f] = *at++ != 0;
    const uint8_t *const roots = at;
    at += 8 * counts[0];
    status = get_trees(raw, roots, &at, counts, diag);
    if (status != KAM_OK) return status;
    for (int64_t i = 0; i < counts[2]; i++)
        if (kam__raw_trees_add_category(raw, get_integer(&at)))
            return kam__no_memory(diag);
    if (kam__raw_trees_add_name(raw, (const char *)at, (uint64_t)counts[3]))
        return kam__no_memory(diag);
    return kam__trees_build(raw, trees, diag);
}

kam_status kam_trees_load(const void *blob, uint64_t size, const kam_host *host,
                          kam_trees **trees, kam_diag *diag) {
    struct kam__raw_trees raw;
    kam_host lent;
    if (!trees) return kam__fail(diag, KAM_ERR_NULL, "trees", -1, NAN, "");
    *trees = NULL;
    if (!blob) return kam__fail(diag, KAM_ERR_NULL, "blob", -1, NAN, "");
    kam_status status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    kam__raw_trees_init(&raw, &lent);
    status = read_blob(&raw, blob, size, trees, diag);
    kam__raw_trees_free(&raw);
    return status == KAM_OK ? kam__ok(diag) : status;
}
