/* SPDX-License-Identifier: MIT */
/**
 * @file kam/export.h
 * What makes a declaration visible outside the library, and callable from C++.
 */
#ifndef KAM_EXPORT_H
#define KAM_EXPORT_H

#if defined(KAM_STATIC)
#define KAM_API
#elif defined(_WIN32) && defined(KAM_BUILD)
#define KAM_API __declspec(dllexport)
#elif defined(_WIN32)
#define KAM_API __declspec(dllimport)
#elif defined(__GNUC__)
#define KAM_API __attribute__((visibility("default")))
#else
#define KAM_API
#endif

#ifdef __cplusplus
#define KAM_BEGIN extern "C" {
#define KAM_END }
#else
#define KAM_BEGIN
#define KAM_END
#endif

#endif
