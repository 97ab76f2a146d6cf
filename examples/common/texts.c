/* SPDX-License-Identifier: MIT */
#include "texts.h"

#include <stdlib.h>
#include <string.h>

#include "message.h"

void texts_add(struct texts *texts, const char *text, size_t length) {
    const int64_t from = texts->n ? texts->offset[texts->n] : 0;
    const int64_t to = from + (int64_t)length;
    texts->offset = grow(texts->offset, &texts->offset_room, texts->n + 1,
                         sizeof *texts->offset);
    texts->bytes = grow(texts->bytes, &texts->bytes_room, to, 1);
    if (length > 0) memcpy(texts->bytes + from, text, length);
    texts->offset[0] = 0;
    texts->offset[++texts->n] = to;
}

kam_column texts_column(const struct texts *texts) {
    kam_column column = {NULL, NULL, NULL, 0, 0, KAM_TEXT64, 0};
    column.values = texts->offset;
    column.text = texts->bytes;
    return column;
}

void texts_free(struct texts *texts) {
    free(texts->offset);
    free(texts->bytes);
    memset(texts, 0, sizeof *texts);
}
