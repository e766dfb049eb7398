/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zstd's stream in perf.data. A piece has at most 64 KiB and unpacks to some 512 KiB where perf wrote
 * it; hostile ones are ended at 64 MiB a piece, long before memory is, and at 4 GiB together.
 */
#include "perf_unpack.h"

#include "perftop/base/err.h"
#include "perftop/base/mem.h"

#include <linux/perf_event.h>
#include <string.h>
#include <zstd.h>

#define TOTAL_MAX (UINT64_C(4) << 30)
enum { PIECE_MAX = 64 << 20, WINDOW_LOG_MAX = 27 };

struct pt_perf_unpack {
	ZSTD_DStream *stream;
	char *out;
	size_t at, n, cap; /* of out: taken, filled, allocated */
	uint64_t total;	   /* that came out */
};

struct pt_perf_unpack *pt_perf_unpack_new(void)
{
	struct pt_perf_unpack *u = pt_calloc(1, sizeof *u);

	u->stream = ZSTD_createDStream();
	if (u->stream) {
		ZSTD_initDStream(u->stream);
		ZSTD_DCtx_setParameter(u->stream, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
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

const char *pt_perf_unpack_feed(struct pt_perf_unpack *u, const void *data, size_t n)
{
	ZSTD_inBuffer in = {data, n, 0};
	bool full;

	if (!u->stream)
		return "no memory for zstd";
	u->n -= u->at;
	if (u->n)
		memmove(u->out, u->out + u->at, u->n);
	u->at = 0;
	do {
		ZSTD_outBuffer out;
		size_t left;

		if (u->cap - u->n < ZSTD_DStreamOutSize()) {
			u->cap = u->cap * 2 + ZSTD_DStreamOutSize();
			u->out = pt_realloc(u->out, u->cap);
		}
		out = (ZSTD_outBuffer){u->out, u->cap, u->n};
		left = ZSTD_decompressStream(u->stream, &out, &in);
		u->total += out.pos - u->n;
		u->n = out.pos;
		if (ZSTD_isError(left))
			return ZSTD_getErrorName(left);
		if (u->n > PIECE_MAX)
			return "unpacks to more than 64 MiB";
		if (u->total > TOTAL_MAX)
			return "all pieces unpack to more than 4 GiB";
		full = out.pos == out.size;
	} while (in.pos < in.size || full);
	return NULL;
}

int pt_perf_unpack_record(struct pt_perf_unpack *u, const char **ret)
{
	struct perf_event_header header;

	if (u->n - u->at < sizeof header)
		return 0;
	memcpy(&header, u->out + u->at, sizeof header);
	if (header.size < sizeof header)
		return -PT_ESYNTAX;
	if (u->n - u->at < header.size)
		return 0;
	*ret = u->out + u->at;
	u->at += header.size;
	return header.size;
}
