/* SPDX-License-Identifier: MIT */
/* Which build of a kernel to call. All builds give the same bits. */
#ifndef KAM_BASE_ISA_H
#define KAM_BASE_ISA_H

#include <kam/host.h>

/* A kernel file is compiled once for each instruction set, with KAM_ISA_SUFFIX
 * set to base, v3 or v4; KAM__ISA(name) gives its symbols that suffix. */
#ifdef KAM_ISA_SUFFIX
#define KAM__GLUE2(a, b) a##_##b
#define KAM__GLUE(a, b) KAM__GLUE2(a, b)
#define KAM__ISA(name) KAM__GLUE(name, KAM_ISA_SUFFIX)
#endif

/* The level to use for this call: what the host asks for, lowered to what the
 * processor has. Where asking the processor is slow, few rows take the base level
 * (isa.c). */
int32_t kam__isa_level(const kam_host *host, int64_t n_rows);

/* Picks from a kernel file's three tables; builds without v3 and v4 pass base
 * three times. */
#if defined(KAM_HAVE_ISA)
#define KAM__PICK(level, table)                                                \
    ((level) == KAM_ISA_V4   ? &table##_v4                                     \
     : (level) == KAM_ISA_V3 ? &table##_v3                                     \
                             : &table##_base)
#else
#define KAM__PICK(level, table) ((void)(level), &table##_base)
#endif

#endif
