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

/* What zstd looks back on may be a quarter of max_memory, or 2 MiB. */
struct pt_perf_unpack *pt_perf_unpack_new(size_t max_memory);
void pt_perf_unpack_free(struct pt_perf_unpack *unpack);
/* The next piece of the stream: borrowed until its records are taken. */
void pt_perf_unpack_feed(struct pt_perf_unpack *unpack, const void *data, size_t n);
/* The next whole record in *ret, its size; valid until the next call. 0: there is none yet;
 * -PT_ESYNTAX, and what is wrong. */
int pt_perf_unpack_record(struct pt_perf_unpack *unpack, const char **ret, const char **ret_why);

#endif
