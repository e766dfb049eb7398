/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * DTrace's aggregations of stacks: for each the keys, a line each or together, frames from the
 * innermost out ("genunix`vn_free+0x9a"), and the count alone on a line. Names of the collapser are
 * those of stackcollapse.pl.
 */
#include "scan.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <string.h>

struct line {
	const char *s;
	size_t n;
	size_t indent;
};

struct reader {
	struct pt_scan scan;
	const struct pt_collapse *collapse;
	struct line *lines; /* of the block so far */
	size_t n_lines, cap_lines;
	uint32_t *ids;
	size_t n_ids, cap_ids;
	struct pt_str name, module;
};

static bool all_digits(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] < '0' || s[i] > '9')
			return false;
	return n > 0;
}

/* The line without the blanks around it; false: there is nothing else. */
static bool take_line(struct pt_scan *scan, struct line *ret)
{
	pt_scan_blanks(scan);
	ret->s = scan->at;
	ret->n = pt_scan_left(scan);
	ret->indent = (size_t)(scan->at - scan->start);
	while (ret->n && (ret->s[ret->n - 1] == ' ' || ret->s[ret->n - 1] == '\t'))
		ret->n--;
	return ret->n > 0;
}

/* "CPU     ID                    FUNCTION:NAME", the probe that printed, and what dtrace says. */
static bool is_head(const struct line *line)
{
	static const char title[] = "CPU ", own[] = "dtrace: ";
	const char *colon = memrchr(line->s, ':', line->n);
	size_t digits = 0;

	if (line->n > 8 && (!memcmp(line->s, title, 4) || !memcmp(line->s, own, 8)))
		return true;
	if (memchr(line->s, '`', line->n) || !colon)
		return false;
	while (digits < line->n && line->s[digits] >= '0' && line->s[digits] <= '9')
		digits++;
	return digits && digits < line->n && line->s[digits] == ' '; /* "0  64091   :tick-60s" */
}

/* -- names ---------------------------------------------------------------------------------------- */

static size_t without_offset(const char *s, size_t n)
{
	const char *plus = n ? memrchr(s, '+', n) : NULL;

	return plus ? (size_t)(plus - s) : n;
}

static void push(struct reader *r, const struct pt_frame *frame)
{
	*PT_PUSH(r->ids, r->n_ids, r->cap_ids) =
		pt_frames_intern(r->scan.profile->tree->frames, frame);
}

/* Arguments of C++ are cut behind the first "::", as far back as there is a "(" or "<". */
static size_t without_arguments(const char *s, size_t n)
{
	const char *colons = memmem(s, n, "::", 2);

	for (size_t i = n; colons && i-- > (size_t)(colons - s) + 2;)
		if (s[i] == '(' || s[i] == '<')
			return i;
	return n;
}

/* One function of a frame of the collapser's: "L" before classes of Java and ";" behind go. */
static void collapse_function(struct reader *r, const char *s, size_t n, bool inlined)
{
	struct pt_frame frame = {.kind = PT_FRAME_USER};

	if (n && *s == 'L')
		s++, n--;
	pt_str_clear(&r->name);
	pt_str_addn(&r->name, s, n);
	for (size_t i = 0; i < r->name.len; i++)
		if (r->name.s[i] == ';')
			r->name.s[i] = ':';
	if (inlined)
		pt_str_add(&r->name, "_[i]");
	frame.name = pt_str_text(&r->name);
	push(r, &frame);
}

static void collapse_line(struct reader *r, const struct line *line)
{
	const char *s = line->s, *arrow;
	size_t n = without_arguments(s, without_offset(s, line->n));
	bool inlined = false;

	if (!n)
		s = "-", n = 1;
	while (n >= 2 && !memcmp(s + n - 2, "->", 2))
		n -= 2;
	for (; n && r->n_ids < PT_STACK_MAX && pt_scan_fits(&r->scan, 0); inlined = true) {
		arrow = memmem(s, n, "->", 2);
		if (!arrow)
			break;
		collapse_function(r, s, (size_t)(arrow - s), inlined);
		n -= (size_t)(arrow + 2 - s);
		s = arrow + 2;
	}
	if (n)
		collapse_function(r, s, n, inlined);
}

static bool is_kernel(const char *module, size_t n)
{
	static const char *const names[] = {"unix", "genunix", "kernel", "mach_kernel", "zfs"};

	for (size_t i = 0; i < PT_LEN(names); i++)
		if (strlen(names[i]) == n && !memcmp(module, names[i], n))
			return true;
	return false;
}

/* "libc.so.1`write+0x7" as function and module. */
static void view_line(struct reader *r, const struct line *line)
{
	size_t n = without_offset(line->s, line->n);
	const char *tick = memchr(line->s, '`', n), *name = tick ? tick + 1 : line->s;
	size_t module = tick ? (size_t)(tick - line->s) : 0;
	struct pt_frame frame = {.kind = PT_FRAME_USER};

	n -= (size_t)(name - line->s);
	pt_str_clear(&r->name);
	pt_str_clear(&r->module);
	pt_str_addn(&r->name, name, n);
	pt_str_addn(&r->module, line->s, module);
	for (size_t i = 0; i < r->name.len; i++)
		if (r->name.s[i] == ';')
			r->name.s[i] = ':';
	if (is_kernel(line->s, module))
		frame.kind = PT_FRAME_KERNEL;
	frame.name = n ? r->name.s : "[unknown]";
	frame.module = pt_str_text(&r->module);
	push(r, &frame);
}

/* -- stacks --------------------------------------------------------------------------------------- */

/* Keys besides the stack stand before it, further to the left: a command, a process. */
static size_t count_keys(const struct reader *r)
{
	size_t n = 0;

	while (n + 1 < r->n_lines && r->lines[n].indent < r->lines[r->n_lines - 1].indent &&
	       !memchr(r->lines[n].s, '`', r->lines[n].n))
		n++;
	return n;
}

static void view_root(struct reader *r, size_t n)
{
	struct pt_frame frame = {.kind = PT_FRAME_THREAD};

	pt_str_clear(&r->name);
	for (size_t i = 0; i < n; i++) {
		pt_str_add(&r->name, i ? " " : "");
		pt_str_addn(&r->name, r->lines[i].s, r->lines[i].n);
	}
	for (size_t i = 0; i < r->name.len; i++)
		if (r->name.s[i] == ';')
			r->name.s[i] = ':';
	frame.name = pt_str_text(&r->name);
	if (n)
		push(r, &frame);
}

static int end_block(struct reader *r, const struct line *count)
{
	struct pt_tree *tree = r->scan.profile->tree;
	size_t keys = r->collapse ? 0 : count_keys(r);
	uint32_t node;
	uint64_t weight;

	r->n_ids = 0;
	view_root(r, keys);
	for (size_t i = r->n_lines; i-- > keys && r->n_ids < PT_STACK_MAX;) {
		if (!pt_scan_fits(&r->scan, 0))
			return pt_scan_full(&r->scan);
		if (r->collapse)
			collapse_line(r, &r->lines[i]);
		else
			view_line(r, &r->lines[i]);
	}
	r->n_lines = 0;
	r->scan.at = count->s;
	if (!pt_scan_number(&r->scan, &weight) || !r->n_ids)
		return 0; /* a count of nothing: of an aggregation without stacks */
	node = pt_tree_stack(tree, PT_TREE_ROOT, r->ids, r->n_ids);
	if (node == PT_NO_NODE)
		return pt_scan_full(&r->scan);
	weight = PT_MIN(weight, (uint64_t)INT64_MAX);
	pt_tree_add(tree, node, (int64_t)weight);
	r->scan.profile->samples = pt_weight_add(r->scan.profile->samples, (int64_t)weight);
	return 0;
}

static void push_line(struct reader *r, const struct line *line)
{
	if (r->n_lines == 2 * PT_STACK_MAX) { /* what is called beyond is not kept */
		r->n_lines = PT_STACK_MAX;
		memmove(r->lines, r->lines + PT_STACK_MAX, PT_STACK_MAX * sizeof *r->lines);
	}
	*PT_PUSH(r->lines, r->n_lines, r->cap_lines) = *line;
}

/* A number is a count, but at the beginning of a block with more behind it: then it is a key. */
static bool is_count(const struct reader *r, const struct line *line)
{
	const char *stop = r->scan.in->data + r->scan.in->len, *next = r->scan.next;

	if (!all_digits(line->s, line->n))
		return false;
	return r->n_lines || next >= stop || *next == '\n' || *next == '\r';
}

static int read_blocks(struct reader *r)
{
	struct line line;
	int code = 0;

	while (!code && pt_scan_next(&r->scan)) {
		if (!take_line(&r->scan, &line) || (!r->n_lines && is_head(&line)))
			continue;
		if (is_count(r, &line))
			code = end_block(r, &line);
		else
			push_line(r, &line);
	}
	if (!code)
		code = r->scan.stopped;
	if (!code && r->n_lines) {
		r->scan.at = r->scan.end;
		code = pt_scan_fail(&r->scan, PT_ESYNTAX,
				    "the text ends within a stack, expected its count");
	}
	return code;
}

static int read_dtrace(const struct pt_profile_input *in, const struct pt_read_options *options,
		       struct pt_profile *p, struct pt_err *err)
{
	struct reader r = {.collapse = options->collapse ? &options->names : NULL};
	int code;

	pt_profile_add_value(p, "samples", "samples", PT_UNIT_COUNT);
	pt_scan_init(&r.scan, in, options, p, err);
	code = read_blocks(&r);
	if (!code)
		code = pt_scan_choose(&r.scan, 0);
	free(r.lines);
	free(r.ids);
	pt_str_release(&r.name);
	pt_str_release(&r.module);
	return code;
}

/* Frames with the module before a backquote, and counts. */
static int sniff(const struct pt_profile_input *in)
{
	struct pt_profile_input begin = *in;
	struct pt_read_options none = {.collapse = false};
	size_t frames = 0, counts = 0, other = 0;
	struct pt_scan scan;
	struct line line;

	begin.len = PT_MIN(in->len, (size_t)PT_SNIFF_BYTES);
	if (!begin.len || memchr(begin.data, '\0', begin.len))
		return 0;
	pt_scan_init(&scan, &begin, &none, NULL, NULL);
	while (pt_scan_next(&scan)) {
		if (!take_line(&scan, &line) || is_head(&line))
			continue;
		if (all_digits(line.s, line.n))
			counts++;
		else if (memchr(line.s, '`', line.n) && line.indent)
			frames++;
		else
			other++;
	}
	return counts && frames && frames + counts > other ? 80 : 0;
}

const struct pt_profile_reader pt_profile_reader_dtrace = {
	.name = "dtrace",
	.title = "stacks counted by DTrace",
	.sniff = sniff,
	.read = read_dtrace,
};
