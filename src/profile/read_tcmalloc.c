/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Heap profiles as text: gperftools' tcmalloc and jemalloc. One stack a line (jemalloc: and its
 * counts in the next),
 *
 *	heap profile:   2543:  2977535 [  3581:  4424779] @ heapprofile
 *	    40:  2622640 [    60:  3933930] @ 0x0040126f 0x004012b7
 *
 *	heap_v2/16384
 *	@ 0x55738c802242 0x55738c802273
 *	  t*: 5: 517 [11: 1237]
 *
 * objects and bytes in use, then those ever allocated. Go's /debug/pprof/heap?debug=1 is the first of
 * them, with a comment for each function behind a stack. Where a file was sampled (it says every how
 * many bytes), what was seen stands for more: a block of that size is met with the probability
 * 1 - exp(-size / rate).
 */
#include "gperf.h"

#include "perftop/base/mem.h"

#include <math.h>
#include <string.h>

enum { IN_USE_BYTES, IN_USE, ALLOCATED_BYTES, ALLOCATED };

struct counts {
	uint64_t in_use, in_use_bytes, allocated, allocated_bytes;
};

struct heap {
	struct pt_scan scan;
	struct pt_gperf gperf;
	uint64_t rate; /* bytes between samples; 0: all is told */
	size_t n;      /* addresses of the stack whose counts come */
	bool jemalloc;
};

static const struct {
	const char *name, *what;
	enum pt_unit unit;
} values[] = {
	[IN_USE_BYTES] = {"inuse_space", "bytes", PT_UNIT_BYTES},
	[IN_USE] = {"inuse_objects", "objects", PT_UNIT_COUNT},
	[ALLOCATED_BYTES] = {"alloc_space", "bytes", PT_UNIT_BYTES},
	[ALLOCATED] = {"alloc_objects", "objects", PT_UNIT_COUNT},
};

/* "40:  2622640 [    60:  3933930]" */
static bool read_counts(struct pt_scan *s, struct counts *ret)
{
	bool good;

	pt_scan_blanks(s);
	good = pt_scan_number(s, &ret->in_use) && pt_scan_skip(s, ":");
	pt_scan_blanks(s);
	good = good && pt_scan_number(s, &ret->in_use_bytes);
	pt_scan_blanks(s);
	good = good && pt_scan_skip(s, "[");
	pt_scan_blanks(s);
	good = good && pt_scan_number(s, &ret->allocated) && pt_scan_skip(s, ":");
	pt_scan_blanks(s);
	return good && pt_scan_number(s, &ret->allocated_bytes) && pt_scan_skip(s, "]");
}

static int expected_counts(const struct pt_scan *s)
{
	return pt_scan_fail(s, PT_ESYNTAX, "expected \"objects: bytes [objects: bytes]\"");
}

/* What count objects of so many bytes, as they were met, stand for. */
static int64_t scaled(const struct heap *h, uint64_t count, uint64_t bytes, bool want_bytes)
{
	double value = want_bytes ? (double)bytes : (double)count;

	if (h->rate > 1 && count && bytes)
		value /= -expm1(-(double)bytes / (double)count / (double)h->rate);
	return value < 9e18 ? (int64_t)(value + 0.5) : INT64_MAX;
}

static int add_stack(struct heap *h, const struct counts *c)
{
	struct pt_tree *tree = h->scan.profile->tree;
	bool past = h->scan.profile->value >= ALLOCATED_BYTES;
	int64_t weight = scaled(h, past ? c->allocated : c->in_use,
				past ? c->allocated_bytes : c->in_use_bytes,
				values[h->scan.profile->value].unit == PT_UNIT_BYTES);
	uint32_t node;

	if (!weight)
		return 0;
	node = pt_gperf_node(&h->gperf, h->n, true);
	if (node == PT_NO_NODE)
		return pt_scan_full(&h->scan);
	pt_tree_add(tree, node, weight);
	return 0;
}

/* -- the head -------------------------------------------------------------------------------------- */

static int add_values(struct heap *h, const struct counts *all)
{
	bool past = all->allocated || all->allocated_bytes;

	for (size_t i = 0; i < (past ? PT_LEN(values) : ALLOCATED_BYTES); i++)
		pt_profile_add_value(h->scan.profile, values[i].name, values[i].what,
				     values[i].unit);
	return pt_scan_choose(&h->scan, IN_USE_BYTES);
}

/* "heapprofile", "heap_v2/524288", "heap/1048576", "growthz": the rate, twice as much in "heap". */
static void read_kind(struct heap *h)
{
	struct pt_scan *s = &h->scan;
	uint64_t rate = 0;

	pt_scan_blanks(s);
	if (pt_scan_skip(s, "heap_v2/") || pt_scan_skip(s, "heapz_v2/"))
		(void)pt_scan_number(s, &rate);
	else if (pt_scan_skip(s, "heap/") && pt_scan_number(s, &rate))
		rate /= 2;
	h->rate = rate;
}

/* jemalloc: the rate, and the sum in the next line. */
static int read_jemalloc(struct heap *h)
{
	struct counts all = {0};

	h->jemalloc = true;
	h->scan.at = h->scan.start;
	read_kind(h);
	if (!pt_scan_next(&h->scan) || (pt_scan_blanks(&h->scan), !pt_scan_skip(&h->scan, "t*:")) ||
	    !read_counts(&h->scan, &all))
		return expected_counts(&h->scan);
	return add_values(h, &all);
}

static int read_tcmalloc(struct heap *h)
{
	struct counts all = {0};

	if (!read_counts(&h->scan, &all))
		return expected_counts(&h->scan);
	pt_scan_blanks(&h->scan);
	if (!pt_scan_skip(&h->scan, "@"))
		return pt_scan_fail(&h->scan, PT_ESYNTAX, "expected @ and the kind of profile");
	read_kind(h);
	return add_values(h, &all);
}

/* -- lines ----------------------------------------------------------------------------------------- */

static int read_record(struct heap *h)
{
	struct pt_scan *s = &h->scan;
	struct counts c = {0};
	int code;

	if (h->jemalloc && pt_scan_skip(s, "@"))
		return pt_gperf_read_addresses(&h->gperf, s, &h->n);
	if (h->jemalloc) {
		if (!pt_scan_skip(s, "t*:")) /* one thread's part of it */
			return 0;
		return read_counts(s, &c) ? add_stack(h, &c) : expected_counts(s);
	}
	if (!read_counts(s, &c))
		return expected_counts(s);
	pt_scan_blanks(s);
	if (!pt_scan_skip(s, "@"))
		return pt_scan_fail(s, PT_ESYNTAX, "expected @ and addresses");
	code = pt_gperf_read_addresses(&h->gperf, s, &h->n);
	return code ? code : add_stack(h, &c);
}

/* Lines from the head on, to the list of mappings. */
static int read_lines(struct heap *h)
{
	struct pt_scan *s = &h->scan;
	bool begun = false;
	int code = 0;

	while (!code && pt_scan_next(s)) {
		pt_scan_blanks(s);
		if (pt_scan_skip(s, "MAPPED_LIBRARIES:") || (begun && pt_scan_skip(s, "---")))
			break;
		if (!pt_scan_left(s) || *s->at == '#')
			continue;
		if (begun)
			code = read_record(h);
		else if ((begun = pt_scan_skip(s, "heap profile:")))
			code = read_tcmalloc(h);
		else if ((begun = pt_scan_skip(s, "heap_v2/")))
			code = read_jemalloc(h);
	}
	if (!code && !begun && !s->stopped)
		return pt_scan_fail(s, PT_ENODATA, "no heap profile: line");
	return code ? code : s->stopped;
}

static int sniff(const struct pt_profile_input *in)
{
	if (pt_scan_begins(in, "heap profile:") || pt_scan_begins(in, "heap_v2/"))
		return 100;
	return pt_scan_begins(in, "--- symbol") && pt_scan_has_line(in, "--- heap") ? 100 : 0;
}

static int read(const struct pt_profile_input *in, const struct pt_read_options *options,
		struct pt_profile *p, struct pt_err *err)
{
	struct heap h = {0};
	int code;

	pt_gperf_init(&h.gperf, options, p);
	pt_scan_init(&h.scan, in, options, p, err);
	code = pt_gperf_read_names(&h.gperf, &h.scan, false);
	pt_scan_init(&h.scan, in, options, p, err);
	if (!code)
		code = read_lines(&h);
	pt_gperf_note(&h.gperf);
	pt_gperf_release(&h.gperf);
	return code;
}

const struct pt_profile_reader pt_profile_reader_tcmalloc = {
	.name = "tcmalloc",
	.title = "heap profiles of tcmalloc, jemalloc (*.heap) and Go (?debug=1)",
	.sniff = sniff,
	.read = read,
};
