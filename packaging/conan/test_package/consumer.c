/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <kam/kam.h>

int main(void) { return printf("libkam %s\n", kam_version_text()) < 0; }
