/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PERF_ABI_H
#define PT_PERF_ABI_H

#include <linux/perf_event.h>
#include <stddef.h>

/*
 * What is younger than the kernel headers that perftop builds with at the least (5.4): recordings
 * come from newer machines as well. linux/perf_event.h has the same without the prefix.
 */
#define PT_PERF_SAMPLE_AUX (UINT64_C(1) << 20)
#define PT_PERF_SAMPLE_CGROUP (UINT64_C(1) << 21)
#define PT_PERF_SAMPLE_DATA_PAGE_SIZE (UINT64_C(1) << 22)
#define PT_PERF_SAMPLE_CODE_PAGE_SIZE (UINT64_C(1) << 23)
#define PT_PERF_SAMPLE_WEIGHT_STRUCT (UINT64_C(1) << 24)
#define PT_PERF_SAMPLE_KNOWN ((UINT64_C(1) << 25) - 1)

#define PT_PERF_FORMAT_LOST (UINT64_C(1) << 4)
#define PT_PERF_BRANCH_HW_INDEX (UINT64_C(1) << 17)
#define PT_PERF_BRANCH_COUNTERS (UINT64_C(1) << 19)

#define PT_PERF_MISC_BUILD_ID (1 << 14) /* of MMAP2 */

/* A mark whose next value is no address but a cookie: the user's part comes in a later record. */
#define PT_PERF_CONTEXT_USER_DEFERRED ((uint64_t)-640)

/* Bytes of the sample_id that ends every record but SAMPLE; 0 without sample_id_all. */
size_t pt_perf_id_bytes(const struct perf_event_attr *attr);

#endif
