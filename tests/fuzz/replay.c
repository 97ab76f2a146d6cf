/* SPDX-License-Identifier: MIT */
/* replay DIRECTORY: shows a fuzz target every file of its corpus, whole and cut
 * short in every place; TAP. A target that finds fault aborts. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

enum { MOST = 1 << 16 };

static void show(const char *path) {
    static uint8_t bytes[MOST];
    FILE *const file = fopen(path, "rb");
    if (!file) exit(2);
    const size_t size = fread(bytes, 1, MOST, file);
    fclose(file);
    for (size_t cut = 0; cut <= size; cut++) {
        /* A block of its own, so that reading beyond it is seen. */
        uint8_t *const copy = malloc(cut + !cut);
        if (!copy) exit(2);
        for (size_t i = 0; i < cut; i++) copy[i] = bytes[i];
        LLVMFuzzerTestOneInput(copy, cut);
        free(copy);
    }
}

int main(int n, char **words) {
    DIR *const folder = n == 2 ? opendir(words[1]) : NULL;
    int n_files = 0;
    if (!folder) return 2;
    for (const struct dirent *one; (one = readdir(folder));) {
        char path[4096];
        if (one->d_name[0] == '.') continue;
        if (snprintf(path, sizeof path, "%s/%s", words[1], one->d_name) < 0)
            return 2;
        show(path);
        n_files++;
    }
    closedir(folder);
    printf("1..1\n%sok 1 - %d inputs, whole and cut short\n",
           n_files ? "" : "not ", n_files);
    return n_files == 0;
}
