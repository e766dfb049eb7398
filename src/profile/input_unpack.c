/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gzip and zstd undone, of any number of members or frames one after the other. Padding after the
 * last one is passed over, as gzip(1) does.
 */
#include "input.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <limits.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

enum { OUT_SIZE = 256 << 10 };

static const char gzip_magic[] = "\x1f\x8b", zstd_magic[] = "\x28\xb5\x2f\xfd";

struct unpack {
	const struct pt_profile_input *in;
	size_t pos; /* in in->data */
	char *out;
	int fd;
	uint64_t written, max;
	struct pt_read_watch *watch;
	struct pt_err *err;
};

static bool starts(const char *data, size_t n, const char *magic)
{
	size_t len = strlen(magic);

	return n >= len && memcmp(data, magic, len) == 0;
}

bool pt_input_packed(const char *data, size_t n)
{
	return starts(data, n, gzip_magic) || starts(data, n, zstd_magic);
}

static int fault(const struct unpack *u, const char *what)
{
	char place[sizeof u->err->file];

	pt_snprintf(place, sizeof place, "%.170s@%zu", u->in->name, u->pos);
	return pt_err_at(u->err, PT_ESYNTAX, place, 0, 0, "%s", what);
}

static int flush(struct unpack *u, size_t n)
{
	size_t fits = n < u->max - u->written ? n : (size_t)(u->max - u->written);
	int code = pt_input_write(u->fd, u->out, fits, u->in->name, u->err);

	u->written += fits;
	if (code)
		return code;
	if (fits < n)
		return pt_err_at(u->err, PT_ELIMIT, u->in->name, 0, 0,
				 "unpacks to more than %llu MiB",
				 (unsigned long long)(u->max >> 20));
	return pt_read_step(u->watch, u->in->name, u->pos, u->in->len, u->err);
}

/* One member, begun at pos. */
static int gunzip_member(struct unpack *u, z_stream *z)
{
	int code, state;

	do {
		size_t left = u->in->len - u->pos;

		z->next_in = (Bytef *)(uintptr_t)(u->in->data + u->pos);
		z->avail_in = left < UINT_MAX ? (uInt)left : UINT_MAX;
		z->next_out = (Bytef *)u->out;
		z->avail_out = OUT_SIZE;
		state = inflate(z, Z_NO_FLUSH);
		u->pos = (size_t)((const char *)z->next_in - u->in->data);
		code = flush(u, OUT_SIZE - z->avail_out);
		if (code)
			return code;
		if (state == Z_BUF_ERROR || (state == Z_OK && u->pos == u->in->len && z->avail_out))
			return fault(u, "gzip data ends early");
		if (state != Z_OK && state != Z_STREAM_END)
			return fault(u, z->msg ? z->msg : "broken gzip data");
	} while (state != Z_STREAM_END);
	return 0;
}

static int gunzip(struct unpack *u)
{
	z_stream z = {0};
	int code = 0;

	if (inflateInit2(&z, 15 + 16) != Z_OK)
		return fault(u, "no memory for gzip");
	while (!code && starts(u->in->data + u->pos, u->in->len - u->pos, gzip_magic)) {
		code = gunzip_member(u, &z);
		inflateReset(&z);
	}
	inflateEnd(&z);
	return code;
}

static int unzstd(struct unpack *u)
{
	ZSTD_DStream *stream = ZSTD_createDStream();
	ZSTD_inBuffer in = {.src = u->in->data, .size = u->in->len};
	size_t more = 1;
	int code = 0;

	while (!code && (in.pos < in.size || more)) {
		ZSTD_outBuffer out = {.dst = u->out, .size = OUT_SIZE};
		size_t before = in.pos;

		more = ZSTD_decompressStream(stream, &out, &in);
		u->pos = in.pos;
		code = flush(u, out.pos);
		if (code)
			break;
		if (ZSTD_isError(more))
			code = fault(u, ZSTD_getErrorName(more));
		else if (more && in.pos == before && !out.pos)
			code = fault(u, "zstd data ends early");
		else if (!more && in.pos == in.size)
			break;
	}
	ZSTD_freeDStream(stream);
	return code;
}

int pt_input_unpack(const struct pt_profile_input *in, int fd, uint64_t max,
		    struct pt_read_watch *watch, struct pt_err *err)
{
	struct unpack u = {.in = in, .fd = fd, .max = max, .watch = watch, .err = err};
	int code;

	u.out = pt_malloc(OUT_SIZE);
	code = starts(in->data, in->len, gzip_magic) ? gunzip(&u) : unzstd(&u);
	free(u.out);
	return code;
}
