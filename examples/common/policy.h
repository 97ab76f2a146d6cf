/* SPDX-License-Identifier: MIT */
/* A policy as a JSON file: what --policy reads and --policy-print writes. The
 * parsing is jansson's. */
#ifndef POLICY_H
#define POLICY_H

#include "options.h"

/* Reads the tiers and the future that a file holds into `options`; what it does
 * not hold stays. Ends the program with one sentence when it cannot be read. */
void policy_read(const char *path, struct options *options);

/* Ends the program unless libkam takes the policy; `from` is what to blame. */
void policy_check(const char *from, const struct options *options);

/* Writes what stands, and which parts of it are the defaults. */
void policy_print(const struct options *options);

#endif
