/* SPDX-License-Identifier: MIT */
#include "base/diag.h"

/* Codes, names and texts in one list, so that they cannot drift apart. */
static const struct status_entry {
    const char *name;
    const char *text;
    kam_status code;
    int32_t reserved;
} STATUS[] = {
#define STATUS_ENTRY(code, text)                                               \
    { #code, text, code, 0 }
    STATUS_ENTRY(KAM_OK, KAM__IT_WORKED),
    STATUS_ENTRY(KAM_ERR_NULL, "A pointer that must be given is NULL."),
    STATUS_ENTRY(KAM_ERR_STRUCT, "A struct_size is not one libkam knows."),
    STATUS_ENTRY(KAM_ERR_NEWER, "A field this library is too old for is set."),
    STATUS_ENTRY(KAM_ERR_OPTION, "An option lies outside its range."),
    STATUS_ENTRY(KAM_ERR_SHAPE, "Lengths, offsets or strides do not agree."),
    STATUS_ENTRY(KAM_ERR_TYPE, "A column has a type it must not have here."),
    STATUS_ENTRY(KAM_ERR_UNSUPPORTED, "The model has no answer to this."),
    STATUS_ENTRY(KAM_ERR_EMPTY, "No usable row is left."),
    STATUS_ENTRY(KAM_ERR_TOO_FEW, "There are too few informative rows."),
    STATUS_ENTRY(KAM_ERR_AT_BOUND,
                 "The best fit lies at the edge of the model."),
    STATUS_ENTRY(KAM_ERR_FLAT, "Many parameters fit the data equally well."),
    STATUS_ENTRY(KAM_ERR_CONSTANT, "A column is the same in every row."),
    STATUS_ENTRY(KAM_ERR_COLLINEAR,
                 "A column says nothing that the others do not."),
    STATUS_ENTRY(KAM_ERR_ONE_CLASS, "All rows have the event, or none has."),
    STATUS_ENTRY(KAM_ERR_SEPARATED, "A column tells the events without error."),
    STATUS_ENTRY(KAM_ERR_WEAK,
                 "A weak prior moves the best fit by more than its error."),
    STATUS_ENTRY(KAM_ERR_NOT_CONVERGED, "The fit stopped before it converged."),
    STATUS_ENTRY(KAM_ERR_OVERFLOW, "A sum grew beyond 9.2e18."),
    STATUS_ENTRY(KAM_ERR_MEMORY, "The host gave no memory."),
    STATUS_ENTRY(KAM_ERR_EXECUTOR, "The host's parallel_for failed."),
    STATUS_ENTRY(KAM_ERR_CANCELLED, "The host asked to stop."),
#undef STATUS_ENTRY
};

enum { N_STATUS = sizeof STATUS / sizeof STATUS[0] };

static const struct status_entry *find(kam_status status) {
    for (int32_t i = 0; i < N_STATUS; i++)
        if (STATUS[i].code == status) return &STATUS[i];
    return 0;
}

const char *kam_status_name(kam_status status) {
    const struct status_entry *const entry = find(status);
    return entry ? entry->name : "KAM_ERR_UNKNOWN";
}

const char *kam_status_text(kam_status status) {
    const struct status_entry *const entry = find(status);
    return entry ? entry->text : "This is no status of this libkam.";
}

kam_status kam_status_at(int32_t i) {
    return i >= 0 && i < N_STATUS ? STATUS[i].code : -1;
}

const char *kam_row_flag_name(uint32_t bit) {
    switch (bit) {
    case KAM_ROW_MISSING: return "missing";
    case KAM_ROW_DOMAIN: return "domain";
    case KAM_ROW_EXTRAPOLATED: return "extrapolated";
    case KAM_ROW_ON_REVENUE: return "on_revenue";
    case KAM_ROW_ONE_ORDER: return "one_order";
    case KAM_ROW_INFINITE: return "infinite";
    default: return "unknown";
    }
}
