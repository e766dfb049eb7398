/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zstd's stream in perf.data. A piece has at most 64 KiB and unpacks to some 512 KiB where perf wrote
 * it, to gigabytes where it is hostile: so no more is unpacked than a record needs, and 4 GiB in all.
 */
#include "perf_unpack.h"

#include "perftop/base/err.h"
#include "perftop/base/mem.h"

#include <linux/perf_event.h>
#include <string.h>
#include <zstd.h>

#define TOTAL_MAX (UINT64_C(4) << 30)
enum { RECORD_MAX = 1 << 16, WINDOW_LOG_MIN = 21, WINDOW_LOG_MAX = 27 };

struct pt_perf_unpack {
	ZSTD_DStream *stream;
	ZSTD_inBuffer in;
	bool full; /* there may be more of what was taken in */
	char *out;
	size_t at, n, cap; /* of out: taken, filled, allocated */
	uint64_t total;	   /* that came out */
};

struct pt_perf_unpack *pt_perf_unpack_new(size_t max_memory)
{
	struct pt_perf_unpack *u = pt_calloc(1, sizeof *u);
	int window = WINDOW_LOG_MIN;

	while (window < WINDOW_LOG_MAX && (size_t)2 << window <= max_memory / 4)
		window++;
	u->cap = RECORD_MAX + ZSTD_DStreamOutSize();
	u->out = pt_malloc(u->cap);
	u->stream = ZSTD_createDStream();
	if (u->stream) {
		ZSTD_initDStream(u->stream);
		ZSTD_DCtx_setParameter(u->stream, ZSTD_d_windowLogMax, window);
	}
	return u;
}

void pt_perf_unpack_free(struct pt_perf_unpack *u)
{
	if (!u)
		return;
	ZSTD_freeDStream(u->stream);
	free(u->out);
	free(u);
}

void pt_perf_unpack_feed(struct pt_perf_unpack *u, const void *data, size_t n)
{
	u->in = (ZSTD_inBuffer){data, n, 0};
}

/* Behind what is left of a record. NULL, or what is wrong. */
static const char *unpack_more(struct pt_perf_unpack *u)
{
	ZSTD_outBuffer out;
	size_t left;

	if (!u->stream)
		return "no memory for zstd";
	u->n -= u->at;
	memmove(u->out, u->out + u->at, u->n);
	u->at = 0;
	out = (ZSTD_outBuffer){u->out, u->cap, u->n};
	left = ZSTD_decompressStream(u->stream, &out, &u->in);
	u->total += out.pos - u->n;
	u->n = out.pos;
	u->full = out.pos == out.size;
	if (ZSTD_isError(left))
		return ZSTD_getErrorName(left);
	return u->total > TOTAL_MAX ? "all pieces unpack to more than 4 GiB" : NULL;
}

int pt_perf_unpack_record(struct pt_perf_unpack *u, const char **ret, const char **ret_why)
{
	struct perf_event_header header;

	for (;;) {
		size_t left = u->n - u->at;

		if (left >= sizeof header) {
			memcpy(&header, u->out + u->at, sizeof header);
			*ret_why = "a record of less than 8 bytes";
			if (header.size < sizeof header)
				return -PT_ESYNTAX;
			if (left >= header.size)
				break;
		}
		if (u->in.pos == u->in.size && !u->full)
			return 0;
		*ret_why = unpack_more(u);
		if (*ret_why)
			return -PT_ESYNTAX;
	}
	*ret = u->out + u->at;
	u->at += header.size;
	return header.size;
}
