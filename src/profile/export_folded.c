/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Folded stacks, a line each, in order of their bytes; of a difference with both counts, before and
 * after. Frames are marked by kind as is customary (_[k] kernel, _[i] inlined, _[j] JIT); nodes
 * whose frames differ in what a line does not say are walked together as one. The tree itself is
 * walked, so that a profile that fills its memory can still be written.
 */
#include "perftop/profile/export.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFER = 65536 };

/* What is yet to be printed: a node's own line, or the lines of what it called. */
struct item {
	const char *text; /* of its frame */
	size_t depth; /* how many frames stand before it: no fewer than before any earlier item */
	uint32_t node;
	bool below;
};

struct out {
	const struct pt_tree *tree;
	const char **texts;	/* of frames, as they are met */
	struct pt_frames *made; /* texts that are not the frame's name */
	const struct pt_export_sink *sink;
	struct item *items; /* the next one last */
	size_t n, cap;
	uint32_t *group; /* nodes whose stacks read the same */
	size_t n_group, cap_group;
	const char **
		path; /* the frames of a line. Text of deep stacks is longer than they are by far */
	size_t n_path, cap_path;
	struct pt_str text, buffer;
};

static bool ends_with(const struct pt_str *s, const char *mark)
{
	size_t n = strlen(mark);

	return s->len >= n && memcmp(s->s + s->len - n, mark, n) == 0;
}

/* A frame as a line says it. */
static void add_text(struct pt_str *text, const struct pt_frame *frame)
{
	static const char *const marks[PT_FRAME_KINDS] = {
		[PT_FRAME_KERNEL] = "_[k]",
		[PT_FRAME_INLINED] = "_[i]",
		[PT_FRAME_JIT] = "_[j]",
	};
	const char *mark = marks[frame->kind];

	pt_str_add(text, frame->name);
	if (mark && !ends_with(text, mark))
		pt_str_add(text, mark);
	if (frame->kind == PT_FRAME_THREAD && frame->pid)
		pt_str_addf(text, "-%" PRId32, frame->pid);
	if (frame->kind == PT_FRAME_THREAD && frame->tid)
		pt_str_addf(text, "/%" PRId32, frame->tid);
	for (size_t i = 0; i < text->len; i++)
		if (text->s[i] == '\n' || text->s[i] == '\r')
			text->s[i] = ' ';
}

static const char *text_of(struct out *o, uint32_t id)
{
	const struct pt_frame *frame;
	const char **text = &o->texts[id];
	uint32_t made;

	if (o->texts[id])
		return o->texts[id];
	frame = pt_frames_get(o->tree->frames, id);
	pt_str_clear(&o->text);
	add_text(&o->text, frame);
	if (strcmp(pt_str_text(&o->text), frame->name) == 0) {
		*text = frame->name;
	} else {
		made = pt_frames_name(o->made, o->text.s, o->text.len, PT_FRAME_USER);
		*text = pt_frames_get(o->made, made)->name;
	}
	return *text;
}

/* As whole lines compare: after the text comes ";" of what is below, or the end. Descending, for a
 * stack. */
static int by_text(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	size_t i = 0;
	int left, right;

	while (x->text[i] && x->text[i] == y->text[i])
		i++;
	left = x->text[i] ? (unsigned char)x->text[i] : x->below ? ';' : 0;
	right = y->text[i] ? (unsigned char)y->text[i] : y->below ? ';' : 0;
	return right - left;
}

/* What the nodes of the group called. */
static void push_children(struct out *o)
{
	const struct pt_tree *tree = o->tree;
	size_t first = o->n;

	for (size_t i = 0; i < o->n_group; i++)
		for (uint32_t c = tree->child[o->group[i]]; c != PT_NO_NODE; c = tree->sibling[c]) {
			struct item item = {.node = c, .depth = o->n_path};

			item.text = text_of(o, tree->frame[c]);
			if (tree->self[c] || (tree->base_self && tree->base_self[c]))
				*PT_PUSH(o->items, o->n, o->cap) = item;
			item.below = true;
			if (tree->child[c] != PT_NO_NODE)
				*PT_PUSH(o->items, o->n, o->cap) = item;
		}
	if (o->n > first)
		qsort(o->items + first, o->n - first, sizeof *o->items, by_text);
}

static int flush(struct out *o)
{
	int code = o->buffer.len ? o->sink->write(o->sink->arg, o->buffer.s, o->buffer.len) : 0;

	pt_str_clear(&o->buffer);
	return code;
}

static int print_path(struct out *o)
{
	int code = 0;

	for (size_t i = 0; i < o->n_path && !code; i++) {
		if (i)
			pt_str_addc(&o->buffer, ';');
		pt_str_add(&o->buffer, o->path[i]);
		code = o->buffer.len >= BUFFER ? flush(o) : 0;
	}
	return code;
}

/* The line of the group, unless its weights cancel out. */
static int print_line(struct out *o)
{
	const struct pt_tree *tree = o->tree;
	int64_t self = 0, base = 0;
	int code;

	for (size_t i = 0; i < o->n_group; i++) {
		self = pt_weight_add(self, tree->self[o->group[i]]);
		if (tree->base_self)
			base = pt_weight_add(base, tree->base_self[o->group[i]]);
	}
	if (!self && !base)
		return 0;
	code = print_path(o);
	if (tree->base_self)
		pt_str_addf(&o->buffer, " %" PRId64, base);
	pt_str_addf(&o->buffer, " %" PRId64 "\n", self);
	return code;
}

/* The next item, and what reads the same, which was sorted beside it. */
static struct item take_group(struct out *o)
{
	struct item first = o->items[o->n - 1];
	const struct item *next;

	o->n_group = 0;
	do {
		*PT_PUSH(o->group, o->n_group, o->cap_group) = o->items[--o->n].node;
		next = o->n ? &o->items[o->n - 1] : NULL;
	} while (next && next->depth == first.depth && next->below == first.below &&
		 strcmp(next->text, first.text) == 0);
	return first;
}

static int print_next(struct out *o)
{
	struct item item = take_group(o);

	o->n_path = item.depth;
	*PT_PUSH(o->path, o->n_path, o->cap_path) = item.text;
	if (!item.below)
		return print_line(o);
	push_children(o);
	return 0;
}

static int write_folded(const struct pt_profile *p, const struct pt_export_spec *spec,
			const struct pt_export_sink *sink, struct pt_err *err)
{
	struct out o = {.tree = p->tree, .sink = sink, .made = pt_frames_new()};
	int code;

	(void)spec;
	(void)err; /* the sink's errors are its own */
	o.texts = pt_calloc((size_t)pt_frames_count(p->tree->frames) + 1, sizeof *o.texts);
	*PT_PUSH(o.group, o.n_group, o.cap_group) = PT_TREE_ROOT;
	code = print_line(&o);
	push_children(&o);
	while (!code && o.n)
		code = print_next(&o);
	if (!code)
		code = flush(&o);
	free(o.items);
	free(o.group);
	free(o.texts);
	free(o.path);
	pt_frames_unref(o.made);
	pt_str_release(&o.text);
	pt_str_release(&o.buffer);
	return code;
}

const struct pt_profile_export pt_profile_export_folded = {
	.name = "folded",
	.title = "folded stacks, a line each",
	.endings = " .folded .collapsed .stacks ",
	.write = write_folded,
};
