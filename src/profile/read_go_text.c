/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What Go's net/http/pprof shows with ?debug=1, heap profiles apart (read_tcmalloc.c). Counted stacks,
 *
 *	goroutine profile: total 8
 *	7 @ 0x4378b6 0x40619b 0x405cd8 0x4b451b 0x461481
 *	#	0x4b451a	main.waiter+0x1a	example.org/cache/main.go:46
 *
 * goroutines, threads by who began them (threadcreate) and a program's own profiles alike; and waits
 * for locks (mutex, block), in cycles and times, as C++ libraries print them without names:
 *
 *	--- mutex:
 *	cycles/second=2250035291
 *	sampling period=1
 *	224904330 79 @ 0x4b4385 0x4b4369 0x4b4427 0x461481
 */
#include "gperf.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <string.h>

enum { DELAY, CONTENTIONS, MAX_NAME = 40 };

static const char total[] = " profile: total ";

struct go {
	struct pt_scan scan;
	struct pt_gperf gperf;
	bool waits; /* else counted stacks */
	uint64_t hertz, period;
};

/* -- the head -------------------------------------------------------------------------------------- */

/* The name before " profile: total 8", and its length; NULL: it is another line. */
static const char *name_of(const char *line, size_t len, size_t *ret_len)
{
	const char *at =
		memmem(line, PT_MIN(len, (size_t)MAX_NAME + sizeof total), total, sizeof total - 1);
	size_t n = at ? (size_t)(at - line) : 0;

	if (!n || n + sizeof total > len || at[sizeof total - 1] < '0' ||
	    at[sizeof total - 1] > '9')
		return NULL;
	*ret_len = n;
	return line;
}

static bool begin(struct go *g)
{
	struct pt_profile *p = g->scan.profile;
	char name[MAX_NAME + sizeof total];
	struct pt_slice what = {NULL, 0};

	if (pt_scan_skip(&g->scan, "--- mutex") || pt_scan_skip(&g->scan, "--- contention")) {
		g->waits = true;
		pt_profile_add_value(p, "delay", "time", PT_UNIT_NS);
		pt_profile_add_value(p, "contentions", "contentions", PT_UNIT_COUNT);
		return true;
	}
	what.s = name_of(g->scan.at, pt_scan_left(&g->scan), &what.n);
	if (!what.s)
		return false;
	pt_snprintf(name, sizeof name, "%.*s", (int)what.n, what.s);
	pt_profile_add_value(p, name,
			     pt_slice_is(what, "goroutine")	 ? "goroutines"
			     : pt_slice_is(what, "threadcreate") ? "threads"
								 : "count",
			     PT_UNIT_COUNT);
	return true;
}

/* "sampling period=1"; what else is said so does not matter here. */
static bool read_setting(struct go *g)
{
	struct pt_scan *s = &g->scan;
	uint64_t *ret = NULL;

	if (!memchr(s->at, '=', pt_scan_left(s)) || memchr(s->at, '@', pt_scan_left(s)))
		return false;
	if (pt_scan_skip(s, "cycles/second"))
		ret = &g->hertz;
	else if (pt_scan_skip(s, "sampling period"))
		ret = &g->period;
	pt_scan_blanks(s);
	if (!ret || !pt_scan_skip(s, "="))
		return true;
	pt_scan_blanks(s);
	(void)pt_scan_number(s, ret);
	return true;
}

/* -- stacks ---------------------------------------------------------------------------------------- */

static int64_t rounded(double v)
{
	return v < 9e18 ? (int64_t)(v + 0.5) : INT64_MAX;
}

/* One in so many waits is told; of it, cycles. */
static int64_t weight_of(const struct go *g, uint64_t first, uint64_t count)
{
	double period = g->period ? (double)g->period : 1;

	if (!g->waits)
		return rounded((double)first);
	if (g->scan.profile->value == CONTENTIONS)
		return rounded((double)count * period);
	return rounded((double)first * period / (g->hertz ? (double)g->hertz / 1e9 : 1));
}

static int read_record(struct go *g)
{
	struct pt_scan *s = &g->scan;
	uint64_t first, count = 0;
	uint32_t node;
	size_t n;
	bool good;
	int code;

	good = pt_scan_number(s, &first);
	pt_scan_blanks(s);
	if (g->waits)
		good = good && pt_scan_number(s, &count);
	pt_scan_blanks(s);
	if (!good || !pt_scan_skip(s, "@"))
		return pt_scan_fail(s, PT_ESYNTAX,
				    g->waits ? "expected \"cycles count @ addresses\""
					     : "expected \"count @ addresses\"");
	code = pt_gperf_read_addresses(&g->gperf, s, &n);
	if (code)
		return code;
	node = pt_gperf_node(&g->gperf, n, true);
	if (node == PT_NO_NODE)
		return pt_scan_full(s);
	pt_tree_add(s->profile->tree, node, weight_of(g, first, count));
	return 0;
}

static int read_lines(struct go *g)
{
	struct pt_scan *s = &g->scan;
	bool begun = false;
	int code = 0;

	while (!code && pt_scan_next(s)) {
		pt_scan_blanks(s);
		if (!pt_scan_left(s) || *s->at == '#')
			continue;
		if (!begun) {
			begun = begin(g);
			code = begun ? pt_scan_choose(s, 0) : 0;
		} else if (pt_scan_skip(s, "MAPPED_LIBRARIES:") || pt_scan_skip(s, "---")) {
			break;
		} else if (!g->waits || !read_setting(g)) {
			code = read_record(g);
		}
	}
	if (!code && !begun && !s->stopped)
		return pt_scan_fail(s, PT_ENODATA, "no line of \"NAME profile: total N\"");
	return code ? code : s->stopped;
}

/* -- the reader ------------------------------------------------------------------------------------ */

static int sniff(const struct pt_profile_input *in)
{
	size_t n = PT_MIN(in->len, (size_t)MAX_NAME + sizeof total);
	const char *end = n ? memchr(in->data, '\n', n) : NULL;

	n = end ? (size_t)(end - in->data) : n;

	if (pt_scan_begins(in, "--- mutex:") || pt_scan_begins(in, "--- contention"))
		return 100;
	return name_of(in->data, n, &n) ? 100 : 0;
}

static int read(const struct pt_profile_input *in, const struct pt_read_options *options,
		struct pt_profile *p, struct pt_err *err)
{
	struct go g = {0};
	int code;

	pt_gperf_init(&g.gperf, options, p);
	pt_scan_init(&g.scan, in, options, p, err);
	code = pt_gperf_read_names(&g.gperf, &g.scan, false);
	pt_scan_init(&g.scan, in, options, p, err);
	if (!code)
		code = read_lines(&g);
	pt_gperf_note(&g.gperf);
	pt_gperf_release(&g.gperf);
	return code;
}

const struct pt_profile_reader pt_profile_reader_go_text = {
	.name = "go_text",
	.title = "Go's goroutines, threads and waits as text (/debug/pprof/NAME?debug=1)",
	.sniff = sniff,
	.read = read,
};
