/* SPDX-License-Identifier: MIT */
#include <kam/version.h>

#define TEXT2(x) #x
#define TEXT(x) TEXT2(x)

int32_t kam_version(void) {
    return KAM_VERSION_MAJOR << 16 | KAM_VERSION_MINOR << 8 | KAM_VERSION_PATCH;
}

const char *kam_version_text(void) {
    return TEXT(KAM_VERSION_MAJOR) "." TEXT(KAM_VERSION_MINOR) "." TEXT(
        KAM_VERSION_PATCH);
}
