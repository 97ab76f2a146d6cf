/* SPDX-License-Identifier: MIT */
/**
 * @file kam/version.h
 * Which libkam this is. The build reads its version from here.
 */
#ifndef KAM_VERSION_H
#define KAM_VERSION_H

#include <stdint.h>

#include "export.h"

KAM_BEGIN

#define KAM_VERSION_MAJOR 0 /**< changes when old callers would break */
#define KAM_VERSION_MINOR 1 /**< changes when something is added */
#define KAM_VERSION_PATCH 0 /**< changes when something is mended */

/** The library's version as 0x00XXYYZZ: compare it with the header's. */
KAM_API int32_t kam_version(void);

/** The library's version in words, such as "0.1.0". Never NULL. */
KAM_API const char *kam_version_text(void);

KAM_END

#endif
