/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Massif: snapshots of the heap over time. Some of them, the peak among them, tell who allocated, as
 * a tree that begins at the allocating function and has its callers below. Each of those is a value
 * of the profile, "snapshot 12"; the peak is the one that is shown. What the allocator takes for
 * itself and, where massif was asked, stacks are frames of their own, so that the sum is massif's
 * total.
 */
#include "scan.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <limits.h>
#include <string.h>

struct snapshot {
	uint64_t number, heap, extra, stacks;
	bool peak, detailed;
	struct pt_scan tree; /* before the tree's first line */
};

/* One line of the tree that is open: a place that allocates or a caller of the one above. */
struct level {
	uint32_t frame;
	uint64_t address;
	uint64_t total, below; /* bytes; what of them callers have told by now */
};

struct massif {
	struct pt_scan scan;
	struct snapshot *snapshots;
	size_t n_snapshots, cap_snapshots;
	struct level *levels; /* of the tree being read, PT_STACK_MAX */
	size_t n_levels;
};

/* -- the tree -------------------------------------------------------------------------------------- */

/* " (in /usr/lib/x.so)" or " (file.c:12)" at the end of [s, end): its begin, or end. */
static const char *find_place(const char *s, const char *end)
{
	const char *p = end;

	if (end == s || end[-1] != ')')
		return end;
	while (p > s + 1 && !(p[-2] == ' ' && p[-1] == '('))
		p--;
	return p > s + 1 ? p - 2 : end;
}

/* "file.c:12" or "in /usr/lib/x.so" */
static void set_place(struct pt_frame *frame, char *place)
{
	char *colon = strrchr(place, ':');
	long long line;

	if (!strncmp(place, "in ", 3)) {
		frame->module = place + 3;
		return;
	}
	frame->file = place;
	if (colon && !pt_parse_i64(colon + 1, 1, INT_MAX, &line)) {
		*colon = '\0';
		frame->line = (uint32_t)line;
	}
}

/* "0x109201: read_file(unsigned long) (heap.cpp:18)", or who is too small to be told. */
static uint32_t read_frame(struct massif *m, uint64_t *ret_address)
{
	struct pt_frames *frames = m->scan.profile->tree->frames;
	struct pt_scan *s = &m->scan;
	const char *end;
	char *name, *place = NULL;
	struct pt_frame frame = {0};
	uint32_t id;

	*ret_address = 0;
	if (!pt_scan_skip(s, "0x") || !pt_scan_hex(s, ret_address) || !pt_scan_skip(s, ": ")) {
		static const char small[] = "[below the threshold]", heap[] = "[heap]";

		return pt_scan_skip(s, "in ")
			       ? pt_frames_name(frames, small, sizeof small - 1, PT_FRAME_USER)
			       : pt_frames_name(frames, heap, sizeof heap - 1, PT_FRAME_USER);
	}
	end = find_place(s->at, s->end);
	name = pt_strndup(s->at, PT_MIN((size_t)(end - s->at), (size_t)PT_FRAME_NAME_MAX));
	if (end < s->end) {
		place = pt_strndup(end + 2,
				   PT_MIN((size_t)(s->end - end) - 3, (size_t)PT_FRAME_NAME_MAX));
		set_place(&frame, place);
	}
	frame.name = name;
	id = *name && strcmp(name, "???") != 0
		     ? pt_frames_intern(frames, &frame)
		     : pt_frame_unnamed(frames, frame.module ? frame.module : "");
	free(name);
	free(place);
	return id;
}

static int add_stack(struct massif *m, uint64_t bytes)
{
	struct pt_tree *tree = m->scan.profile->tree;
	uint32_t node = PT_TREE_ROOT;

	/* The first level is the allocator itself: told alone when there is no other. */
	for (size_t i = m->n_levels; i-- > (m->n_levels > 1);) {
		node = pt_tree_child(tree, node, m->levels[i].frame);
		if (node == PT_NO_NODE)
			return pt_scan_full(&m->scan);
	}
	pt_tree_add(tree, node, bytes < INT64_MAX ? (int64_t)bytes : INT64_MAX);
	return 0;
}

/* Ends lines of this depth and more: what their callers did not tell is their own. */
static int close_levels(struct massif *m, size_t depth)
{
	int code = 0;

	while (!code && m->n_levels > depth) {
		struct level *level = &m->levels[m->n_levels - 1];

		if (level->total > level->below)
			code = add_stack(m, level->total - level->below);
		m->n_levels--;
	}
	return code;
}

/* "  n1: 3000 0x109201: read_file (heap.cpp:18)", as deep as it is indented. */
static int read_level(struct massif *m)
{
	struct pt_scan *s = &m->scan;
	uint64_t callers, total;
	struct level *level;
	size_t depth;
	int code;

	while (s->at < s->end && *s->at == ' ')
		s->at++;
	depth = (size_t)(s->at - s->start);
	if (!pt_scan_skip(s, "n") || !pt_scan_number(s, &callers) || !pt_scan_skip(s, ": ") ||
	    !pt_scan_number(s, &total))
		return pt_scan_fail(s, PT_ESYNTAX,
				    "expected a line of the tree, \"n1: bytes place\"");
	if (depth > m->n_levels)
		return pt_scan_fail(s, PT_ESYNTAX, "deeper than below the line before");
	if (depth >= PT_STACK_MAX)
		return pt_scan_fail(s, PT_ELIMIT, "a stack of more than %d frames", PT_STACK_MAX);
	code = close_levels(m, depth);
	if (code)
		return code;
	pt_scan_blanks(s);
	level = &m->levels[m->n_levels++];
	*level = (struct level){.total = total};
	level->frame = read_frame(m, &level->address);
	if (!depth)
		return pt_scan_take(s, 0);
	level[-1].below += PT_MIN(total, UINT64_MAX - level[-1].below);
	if (level->address && level->address == level[-1].address)
		level[-1].frame = pt_frame_inlined(s->profile->tree->frames, level[-1].frame);
	return pt_scan_take(s, 0);
}

static int add_own(struct massif *m, const char *name, uint64_t bytes)
{
	struct pt_tree *tree = m->scan.profile->tree;
	uint32_t node;

	if (!bytes)
		return 0;
	node = pt_tree_child(tree, PT_TREE_ROOT,
			     pt_frames_name(tree->frames, name, strlen(name), PT_FRAME_USER));
	if (node == PT_NO_NODE)
		return pt_scan_full(&m->scan);
	pt_tree_add(tree, node, bytes < INT64_MAX ? (int64_t)bytes : INT64_MAX);
	return 0;
}

static int read_tree(struct massif *m, const struct snapshot *snapshot)
{
	int code = add_own(m, "[extra heap]", snapshot->extra), ended;

	if (!code)
		code = add_own(m, "[stacks]", snapshot->stacks);
	if (!code && !snapshot->detailed)
		return add_own(m, "[heap]", snapshot->heap);
	m->scan = snapshot->tree;
	m->levels = pt_calloc(PT_STACK_MAX, sizeof *m->levels);
	while (!code && pt_scan_next(&m->scan) && pt_scan_left(&m->scan) && *m->scan.at != '#')
		code = read_level(m);
	if (!code)
		code = m->scan.stopped;
	ended = code == -PT_ECANCELED || code == -PT_ELIMIT ? 0 : close_levels(m, 0);
	return code ? code : ended;
}

/* -- snapshots ------------------------------------------------------------------------------------- */

static int read_member(struct massif *m, const char *key, uint64_t *ret, bool *ret_is)
{
	*ret_is = pt_scan_skip(&m->scan, key);
	if (*ret_is && !pt_scan_number(&m->scan, ret))
		return pt_scan_fail(&m->scan, PT_ESYNTAX, "expected a number");
	return 0;
}

static int read_line(struct massif *m)
{
	struct pt_scan *s = &m->scan;
	struct snapshot *last = m->n_snapshots ? &m->snapshots[m->n_snapshots - 1] : NULL;
	uint64_t number;
	bool is;
	int code = read_member(m, "snapshot=", &number, &is);

	if (!code && is) {
		code = pt_scan_take(s, 2 * sizeof *last);
		if (!code)
			*PT_PUSH(m->snapshots, m->n_snapshots, m->cap_snapshots) =
				(struct snapshot){.number = number};
		return code;
	}
	if (!last)
		return code;
	if (!code && !is)
		code = read_member(m, "mem_heap_B=", &last->heap, &is);
	if (!code && !is)
		code = read_member(m, "mem_heap_extra_B=", &last->extra, &is);
	if (!code && !is)
		code = read_member(m, "mem_stacks_B=", &last->stacks, &is);
	if (code || is || !pt_scan_skip(s, "heap_tree="))
		return code;
	last->peak = pt_scan_skip(s, "peak");
	last->detailed = last->peak || pt_scan_skip(s, "detailed");
	last->tree = *s;
	return 0;
}

static double total(const struct snapshot *snapshot)
{
	return (double)snapshot->heap + (double)snapshot->extra + (double)snapshot->stacks;
}

/* The values: snapshots that have a tree, or without one the greatest. *ret is the chosen one's. */
static int add_values(struct massif *m, const struct snapshot **ret)
{
	struct pt_profile *p = m->scan.profile;
	const struct snapshot **valued, *best = m->snapshots;
	size_t chosen = 0;
	int code;

	for (size_t i = 1; i < m->n_snapshots; i++) {
		const struct snapshot *this = &m->snapshots[i];
		int rank = 2 * this->peak + this->detailed,
		    best_rank = 2 * best->peak + best->detailed;

		if (rank > best_rank || (rank == best_rank && total(this) > total(best)))
			best = this;
	}
	valued = pt_calloc(m->n_snapshots, sizeof *valued);
	for (size_t i = 0; i < m->n_snapshots; i++) {
		char name[40];
		size_t index;

		if (!m->snapshots[i].detailed && &m->snapshots[i] != best)
			continue;
		pt_snprintf(name, sizeof name, "snapshot %llu",
			    (unsigned long long)m->snapshots[i].number);
		index = pt_profile_add_value(p, name, "bytes", PT_UNIT_BYTES);
		valued[index] = &m->snapshots[i];
		if (&m->snapshots[i] == best)
			chosen = index;
	}
	code = pt_scan_choose(&m->scan, chosen);
	*ret = valued[p->value];
	free(valued);
	return code;
}

static int sniff(const struct pt_profile_input *in)
{
	return pt_scan_begins(in, "desc:") && pt_scan_has_line(in, "time_unit:") &&
			       pt_scan_has_line(in, "snapshot=")
		       ? 100
		       : 0;
}

static int read(const struct pt_profile_input *in, const struct pt_read_options *options,
		struct pt_profile *p, struct pt_err *err)
{
	struct massif m = {0};
	const struct snapshot *chosen;
	int code = 0, built = 0;

	pt_scan_init(&m.scan, in, options, p, err);
	while (!code && pt_scan_next(&m.scan))
		code = read_line(&m);
	if (!code)
		code = m.scan.stopped;
	if (m.n_snapshots && code != -PT_ECANCELED) {
		if (code)
			m.scan.err = NULL; /* told already */
		built = add_values(&m, &chosen);
		if (!built)
			built = read_tree(&m, chosen);
	}
	free(m.snapshots);
	free(m.levels);
	return code ? code : built;
}

const struct pt_profile_reader pt_profile_reader_massif = {
	.name = "massif",
	.title = "massif (massif.out.*)",
	.sniff = sniff,
	.read = read,
};
