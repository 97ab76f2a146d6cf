/* SPDX-License-Identifier: MIT */
#include "base/isa.h"

#if defined(KAM_HAVE_ISA)
#include <cpuid.h>

/* The operating system must save the registers too: XCR0 says which. */
static uint32_t saved_registers(void) {
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

static int has(uint32_t word, uint32_t bits) { return (word & bits) == bits; }

static inline int32_t ask_processor(void) {
    uint32_t a, b, c, d, extended;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return KAM_ISA_BASE;
    if (!has(c, bit_OSXSAVE | bit_AVX | bit_FMA | bit_MOVBE | bit_F16C))
        return KAM_ISA_BASE;
    const uint32_t saved = saved_registers();
    if (!has(saved, 0x6)) return KAM_ISA_BASE;
    if (!__get_cpuid_count(0x80000001, 0, &a, &b, &extended, &d) ||
        !has(extended, bit_LZCNT))
        return KAM_ISA_BASE;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) ||
        !has(b, bit_AVX2 | bit_BMI | bit_BMI2))
        return KAM_ISA_BASE;
    if (!has(saved, 0xE6) || !has(b, bit_AVX512F | bit_AVX512DQ | bit_AVX512CD |
                                         bit_AVX512BW | bit_AVX512VL))
        return KAM_ISA_V3;
    return KAM_ISA_V4;
}
#else
static inline int32_t ask_processor(void) { return KAM_ISA_BASE; }
#endif

/* Inside a virtual machine every question to the processor is a trap of many
 * microseconds. The loader of glibc asks once for us: an indirect function is
 * bound to the answer. Its resolver runs before a sanitizer is there. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||     \
    __has_feature(memory_sanitizer)
#define SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED
#endif
#if defined(KAM_HAVE_ISA) && defined(__ELF__) && defined(__GLIBC__) &&         \
    !defined(SANITIZED)
enum { WORTH_ASKING = 0 };

static int32_t level_base(void) { return KAM_ISA_BASE; }
static int32_t level_v3(void) { return KAM_ISA_V3; }
static int32_t level_v4(void) { return KAM_ISA_V4; }

typedef int32_t level(void);
__attribute__((used)) static level *resolve(void) {
    switch (ask_processor()) {
    case KAM_ISA_V4: return level_v4;
    case KAM_ISA_V3: return level_v3;
    default: return level_base;
    }
}

static int32_t processor(void) __attribute__((ifunc("resolve")));
#else
enum { WORTH_ASKING = 4096 };
static int32_t processor(void) { return ask_processor(); }
#endif

int32_t kam_host_isa(void) { return processor(); }

int32_t kam__isa_level(const kam_host *host, int64_t n_rows) {
    const int32_t wanted = host ? host->isa : KAM_ISA_AUTO;
    if (wanted == KAM_ISA_BASE) return KAM_ISA_BASE;
    if (wanted == KAM_ISA_AUTO && n_rows < WORTH_ASKING) return KAM_ISA_BASE;
    const int32_t had = processor();
    return wanted == KAM_ISA_AUTO || had < wanted ? had : wanted;
}
