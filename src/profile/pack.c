/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Profiles packed for a database or a picture. */
#include "perftop/profile/pack.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/profile/export.h"
#include "perftop/profile/reader.h"

#include <string.h>
#include <zlib.h>

/* A few kilobytes are packed as well as can be; of much text that would take many seconds. */
enum { GZIP_WINDOW = 15 + 16, MUCH = 8 << 20, BEST = 9, QUICK = 3 };

extern const struct pt_profile_export pt_profile_export_folded;
extern const struct pt_profile_reader pt_profile_reader_folded;

/* Text of deep stacks is longer than they are by far: it ends at what is kept at most. */
static int add(void *arg, const char *data, size_t n)
{
	const struct pt_str *text = arg;

	if (text->len + n > PT_PACK_MAX)
		return -PT_ELIMIT;
	pt_str_addn(arg, data, n);
	return 0;
}

static int deflate_all(const struct pt_str *text, void **ret, size_t *ret_n)
{
	z_stream z = {0};
	size_t size;
	int r;

	if (deflateInit2(&z, text->len > MUCH ? QUICK : BEST, Z_DEFLATED, GZIP_WINDOW, 9,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return -PT_EIO;
	size = deflateBound(&z, text->len);
	*ret = pt_malloc(size);
	z.next_in = (unsigned char *)text->s;
	z.avail_in = (unsigned)text->len;
	z.next_out = *ret;
	z.avail_out = (unsigned)size;
	r = deflate(&z, Z_FINISH);
	*ret_n = size - z.avail_out;
	deflateEnd(&z);
	if (r == Z_STREAM_END)
		return 0;
	free(*ret);
	*ret = NULL;
	return -PT_EIO;
}

int pt_profile_pack(const struct pt_profile *p, enum pt_group group, void **ret, size_t *ret_n,
		    struct pt_err *err)
{
	struct pt_tree *merged = group == PT_GROUP_THREAD ? NULL : pt_tree_group(p->tree, group);
	struct pt_profile plain = *p;
	struct pt_export_spec spec = {0};
	struct pt_str text = PT_STR_INIT;
	struct pt_export_sink sink = {add, &text};
	int r;

	if (!merged && group != PT_GROUP_THREAD)
		return pt_err_set(err, PT_ELIMIT, "no memory to join the threads of a profile");
	plain.tree = merged ? merged : p->tree;
	r = pt_profile_export_folded.write(&plain, &spec, &sink, err);
	if (r == -PT_ELIMIT)
		pt_err_set(err, PT_ELIMIT, "a profile of more than %d MiB of text is not kept",
			   PT_PACK_MAX >> 20);
	else if (r == 0 && (r = deflate_all(&text, ret, ret_n)) < 0)
		pt_err_set(err, PT_EIO, "the profile could not be packed");
	pt_str_release(&text);
	pt_tree_free(merged);
	return r;
}

static bool inflate_all(const void *data, size_t n, struct pt_str *out)
{
	unsigned char piece[65536];
	z_stream z = {0};
	int r = Z_OK;

	if (inflateInit2(&z, GZIP_WINDOW) != Z_OK)
		return false;
	z.next_in = (unsigned char *)data;
	z.avail_in = (unsigned)n;
	while (r == Z_OK && out->len <= PT_PACK_MAX) {
		z.next_out = piece;
		z.avail_out = sizeof piece;
		r = inflate(&z, Z_NO_FLUSH);
		pt_str_addn(out, (char *)piece, sizeof piece - z.avail_out);
	}
	inflateEnd(&z);
	return r == Z_STREAM_END;
}

int pt_profile_unpack(const char *name, const void *data, size_t n, struct pt_frames *frames,
		      struct pt_profile *ret, struct pt_err *err)
{
	struct pt_read_options options = {.reader = &pt_profile_reader_folded, .frames = frames};
	struct pt_str text = PT_STR_INIT;
	struct pt_profile_input in = {.name = name};
	int r;

	if (!inflate_all(data, n, &text)) {
		r = pt_err_at(err, PT_ESYNTAX, name, 0, 0, "the kept profile is damaged");
	} else {
		in.data = pt_str_text(&text);
		in.len = text.len;
		r = pt_profile_read_data(&in, &options, ret, err);
	}
	pt_str_release(&text);
	return r;
}
