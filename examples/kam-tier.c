/* SPDX-License-Identifier: MIT */
/* A table of accounts in, their tiers, classes and shares out. docs/kam-tier.md
 * tells how to use it; the work is in common/: tier_options, tier_book,
 * tier_answers, tier_print. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/message.h"
#include "common/tier_answers.h"

/* Everything is made in memory first, and written at once. */
static void write_result(const struct tier_answers *answers,
                         const struct tier_book *book,
                         const struct tier_options *options) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) fail(EXIT_TROUBLE, "there is not enough memory");
    tier_print(out, answers, book, options);
    if (ferror(out) || fclose(out) != 0)
        fail(EXIT_TROUBLE, "there is not enough memory");
    if (!options->quiet) tier_print_summary(stderr, answers, book, options);
    if (fwrite(text, 1, size, stdout) != size || fflush(stdout) != 0)
        fail(EXIT_TROUBLE, "the output cannot be written: %s", strerror(errno));
    free(text);
}

int main(int argc, const char **argv) {
    struct tier_options options;
    struct tier_book book;
    struct tier_answers answers;
    message_program("kam-tier");
    tier_options_read(&options, argc, argv);
    tier_book_read(&book, &options);
    tier_answers_make(&answers, &book, &options);
    write_result(&answers, &book, &options);
    tier_answers_free(&answers);
    tier_book_free(&book);
    rules_free(&options.rules);
    return 0;
}
