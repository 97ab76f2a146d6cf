/* SPDX-License-Identifier: MIT */
/* Columns for others. A child may be moved away and be released long after its
 * table, on another thread, so it has a block of its own, and counts on the last
 * one to say that it is done. */
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "data/arrow.h"

/* What kam_column types are called in Arrow, and the bytes of a value. */
static const struct {
    char format[4];
    int32_t size;
    int32_t n_buffers;
} arrow_of[] = {
    [KAM_F64] = {"g", 8, 2},    [KAM_F32] = {"f", 4, 2},
    [KAM_I64] = {"l", 8, 2},    [KAM_I32] = {"i", 4, 2},
    [KAM_U8] = {"C", 1, 2},     [KAM_DAY] = {"tdD", 4, 2},
    [KAM_TEXT32] = {"u", 4, 3}, [KAM_TEXT64] = {"U", 8, 3},
};

/* A block that gives itself back: the host's callbacks first. */
struct block {
    kam_host host;
    uint64_t size;
};

/* A table of children: pointers to them, then they themselves. */
struct schema_table {
    struct block block;
    struct ArrowSchema *pointer[];
};

struct schema_name {
    struct block block;
    char name[];
};

/* What the columns of one table share. */
struct owner {
    struct block block;
    void (*done)(void *owner);
    void *owner;
    atomic_llong n_columns; /* those not yet released, and the table */
};

struct array_buffers {
    struct block block;
    struct owner *owner;
    const void *buffer[3];
};

struct array_table {
    struct block block;
    struct owner *owner;
    const void *buffer[1];
    struct ArrowArray *pointer[];
};

static void *new_block(const kam_host *host, uint64_t size) {
    struct block *const block = kam__allocate_zero(host, 1, size);
    if (!block) return NULL;
    block->host = *host;
    block->size = size;
    return block;
}

static void free_block(struct block *block) {
    const kam_host host = block->host;
    kam__release(&host, block, 1, block->size);
}

static void release_name(struct ArrowSchema *schema) {
    free_block(schema->private_data);
    schema->release = NULL;
}

static void release_schema(struct ArrowSchema *schema) {
    for (int64_t i = 0; i < schema->n_children; i++)
        if (schema->children[i]->release)
            schema->children[i]->release(schema->children[i]);
    free_block(schema->private_data);
    schema->release = NULL;
}

static void let_go(struct owner *owner) {
    if (atomic_fetch_sub(&owner->n_columns, 1) != 1) return;
    if (owner->done) owner->done(owner->owner);
    free_block(&owner->block);
}

static void release_column(struct ArrowArray *array) {
    struct array_buffers *const mine = array->private_data;
    let_go(mine->owner);
    free_block(&mine->block);
    array->release = NULL;
}

static void release_table(struct ArrowArray *array) {
    struct array_table *const mine = array->private_data;
    for (int64_t i = 0; i < array->n_children; i++)
        if (array->children[i]->release)
            array->children[i]->release(array->children[i]);
    let_go(mine->owner);
    free_block(&mine->block);
    array->release = NULL;
}

static kam_status check_field(const kam_arrow_field *field, kam_diag *diag) {
    const kam_column *const column = &field->column;
    if (!field->name)
        return kam__fail(diag, KAM_ERR_NULL, "fields.name", -1, NAN, "");
    if (column->type < KAM_F64 || column->type > KAM_TEXT64)
        return kam__fail(diag, KAM_ERR_TYPE, field->name, -1, column->type,
                         "type {value} is none that Arrow has.");
    if (column->offset < 0 ||
        (column->stride != 0 && column->stride != arrow_of[column->type].size))
        return kam__fail(diag, KAM_ERR_SHAPE, field->name, -1,
                         (double)column->stride,
                         "is not packed, or its offset is below 0.");
    if (!field->format) return KAM_OK;
    const struct kam__arrow_type type = kam__arrow_type_of(field->format);
    const int plain =
        type.kind == KAM__ARROW_SIGNED || type.kind == KAM__ARROW_UNSIGNED ||
        type.kind == KAM__ARROW_FLOAT || type.kind == KAM__ARROW_DAYS;
    if (!plain || column->type >= KAM_TEXT32 ||
        type.size != arrow_of[column->type].size)
        return kam__fail(diag, KAM_ERR_TYPE, field->name, -1, column->type,
                         "its format is not one for columns of type {value}.");
    return KAM_OK;
}

static kam_status check_fields(const kam_arrow_field *fields, int64_t n_fields,
                               const kam_host *theirs, kam_host *host,
                               kam_diag *diag) {
    if (n_fields < 0 || n_fields > INT32_MAX)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_fields", -1, (double)n_fields,
                         "{value} columns cannot be.");
    if (n_fields && !fields)
        return kam__fail(diag, KAM_ERR_NULL, "fields", -1, NAN, "");
    for (int64_t i = 0; i < n_fields; i++) {
        const kam_status status = check_field(&fields[i], diag);
        if (status != KAM_OK) return status;
    }
    return kam__host_read(host, theirs, diag);
}

static int fill_name(const kam_arrow_field *field, const kam_host *host,
                     struct ArrowSchema *schema) {
    const char *const format =
        field->format ? field->format : arrow_of[field->column.type].format;
    const size_t length = strlen(field->name) + 1;
    const size_t more = strlen(format) + 1;
    struct schema_name *const mine =
        new_block(host, sizeof *mine + length + more);
    if (!mine) return 1;
    memcpy(mine->name, field->name, length);
    memcpy(mine->name + length, format, more);
    schema->name = mine->name;
    schema->format = mine->name + length;
    schema->flags = ARROW_FLAG_NULLABLE;
    schema->private_data = mine;
    schema->release = release_name;
    return 0;
}

kam_status kam_arrow_schema(const kam_arrow_field *fields, int64_t n_fields,
                            const kam_host *host, struct ArrowSchema *schema,
                            kam_diag *diag) {
    kam_host ours;
    if (!schema) return kam__fail(diag, KAM_ERR_NULL, "schema", -1, NAN, "");
    const kam_status status = check_fields(fields, n_fields, host, &ours, diag);
    if (status != KAM_OK) return status;
    const uint64_t n = (uint64_t)n_fields;
    const uint64_t each = sizeof(void *) + sizeof *schema;
    struct schema_table *const mine = new_block(&ours, sizeof *mine + n * each);
    if (!mine) return kam__no_memory(diag);
    struct ArrowSchema *const child = (void *)(mine->pointer + n);
    struct ArrowSchema made = {0};
    made.format = "+s";
    made.name = "";
    made.n_children = n_fields;
    made.children = mine->pointer;
    made.private_data = mine;
    made.release = release_schema;
    int failed = 0;
    for (int64_t i = 0; i < n_fields; i++) {
        mine->pointer[i] = &child[i];
        failed = failed || fill_name(&fields[i], &ours, &child[i]);
    }
    if (failed) {
        made.release(&made);
        return kam__no_memory(diag);
    }
    *schema = made;
    return kam__ok(diag);
}

static int fill_column(const kam_column *column, int64_t n_rows,
                       struct owner *owner, struct ArrowArray *array) {
    struct array_buffers *const mine =
        new_block(&owner->block.host, sizeof *mine);
    if (!mine) return 1;
    mine->owner = owner;
    mine->buffer[0] = column->validity;
    mine->buffer[1] = column->values;
    mine->buffer[2] = column->text;
    atomic_fetch_add(&owner->n_columns, 1);
    array->length = n_rows;
    array->null_count = column->validity ? -1 : 0;
    array->offset = column->offset;
    array->n_buffers = arrow_of[column->type].n_buffers;
    array->buffers = mine->buffer;
    array->private_data = mine;
    array->release = release_column;
    return 0;
}

/* The table without its columns; NULL when there is no memory. */
static struct array_table *new_table(const kam_host *host, uint64_t n_fields) {
    const uint64_t each = sizeof(void *) + sizeof(struct ArrowArray);
    struct array_table *const mine =
        new_block(host, sizeof *mine + n_fields * each);
    if (!mine) return NULL;
    mine->owner = new_block(host, sizeof *mine->owner);
    if (mine->owner) {
        atomic_init(&mine->owner->n_columns, 1);
        return mine;
    }
    free_block(&mine->block);
    return NULL;
}

kam_status kam_arrow_table(const kam_arrow_field *fields, int64_t n_fields,
                           int64_t n_rows, const kam_host *host,
                           void (*done)(void *owner), void *owner,
                           struct ArrowArray *array, kam_diag *diag) {
    kam_host ours;
    if (!array) return kam__fail(diag, KAM_ERR_NULL, "array", -1, NAN, "");
    if (n_rows < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_rows", -1, (double)n_rows,
                         "{value} rows cannot be.");
    const kam_status status = check_fields(fields, n_fields, host, &ours, diag);
    if (status != KAM_OK) return status;
    for (int64_t i = 0; i < n_fields; i++)
        if (n_rows && !fields[i].column.values)
            return kam__fail(diag, KAM_ERR_NULL, fields[i].name, -1, NAN,
                             "has no values, but rows.");
    struct array_table *const mine = new_table(&ours, (uint64_t)n_fields);
    if (!mine) return kam__no_memory(diag);
    struct ArrowArray *const child = (void *)(mine->pointer + n_fields);
    struct ArrowArray made = {0};
    made.length = n_rows;
    made.n_buffers = 1;
    made.buffers = mine->buffer;
    made.n_children = n_fields;
    made.children = mine->pointer;
    made.private_data = mine;
    made.release = release_table;
    int failed = 0;
    for (int64_t i = 0; i < n_fields; i++) {
        mine->pointer[i] = &child[i];
        failed = failed ||
                 fill_column(&fields[i].column, n_rows, mine->owner, &child[i]);
    }
    if (failed) {
        made.release(&made);
        return kam__no_memory(diag);
    }
    mine->owner->done = done;
    mine->owner->owner = owner;
    *array = made;
    return kam__ok(diag);
}
