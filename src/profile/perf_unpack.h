/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PERF_UNPACK_H
#define PT_PERF_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Records that perf has packed (perf record -z): one stream of zstd runs through all COMPRESSED
 * records, and what comes out of one may end within a record.
 */
struct pt_perf_unpack;

struct pt_perf_unpack *pt_perf_unpack_new(void);
void pt_perf_unpack_free(struct pt_perf_unpack *unpack);
/* The next piece of the stream. NULL, or what is wrong with it. */
const char *pt_perf_unpack_feed(struct pt_perf_unpack *unpack, const void *data, size_t n);
/* The next whole record in *ret, its size; 0: there is none yet; -PT_ESYNTAX: its size cannot be.
 * Valid until the next call of feed. */
int pt_perf_unpack_record(struct pt_perf_unpack *unpack, const char **ret);

#endif
