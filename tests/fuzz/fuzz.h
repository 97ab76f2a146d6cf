/* SPDX-License-Identifier: MIT */
/* What every fuzz target is: one function of bytes. libFuzzer calls it (tools/
 * check-all), or replay.c, with the inputs kept in corpus/. */
#ifndef TEST_FUZZ_H
#define TEST_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
