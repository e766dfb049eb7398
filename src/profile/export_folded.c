/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Folded stacks, a line each, in order of their bytes; of a difference with both counts, before and
 * after. Frames are marked by kind as is customary (_[k] kernel, _[i] inlined, _[j] JIT); those
 * that differ in what a line does not say become one.
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
	uint32_t node;
	bool below;
	size_t begin; /* where its text begins in a line */
};

struct out {
	const struct pt_tree *tree; /* its frames' names are texts of lines */
	const struct pt_export_sink *sink;
	struct item *items; /* the next one last */
	size_t n, cap;
	struct pt_str line, buffer;
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

/* For each frame of the tree its text in another table. */
static uint32_t *map_frames(const struct pt_tree *tree, struct pt_frames *texts)
{
	uint32_t n = pt_frames_count(tree->frames);
	uint32_t *map = pt_reallocarray(NULL, n + 1, sizeof *map);
	struct pt_str text = PT_STR_INIT;

	memset(map, 0xff, (n + 1) * sizeof *map);
	for (uint32_t i = 1; i < tree->n; i++) {
		uint32_t *at = &map[tree->frame[i]];

		if (*at != PT_NO_FRAME)
			continue;
		pt_str_clear(&text);
		add_text(&text, pt_frames_get(tree->frames, tree->frame[i]));
		*at = pt_frames_name(texts, pt_str_text(&text), text.len, PT_FRAME_USER);
	}
	pt_str_release(&text);
	return map;
}

/* The tree of texts. */
static struct pt_tree *to_texts(const struct pt_tree *tree)
{
	struct pt_frames *texts = pt_frames_new();
	struct pt_tree *out = pt_tree_new(texts, 0);
	uint32_t *frames = map_frames(tree, texts);
	uint32_t *nodes = pt_reallocarray(NULL, tree->n, sizeof *nodes);

	nodes[PT_TREE_ROOT] = PT_TREE_ROOT;
	for (uint32_t i = 0; i < tree->n; i++) {
		if (i > 0)
			nodes[i] =
				pt_tree_child(out, nodes[tree->parent[i]], frames[tree->frame[i]]);
		pt_tree_add(out, nodes[i], tree->self[i]);
		if (tree->base_self)
			pt_tree_add_base(out, nodes[i], tree->base_self[i]);
	}
	pt_tree_seal(out);
	free(nodes);
	free(frames);
	pt_frames_unref(texts);
	return out;
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

static void push_children(struct out *o, uint32_t node)
{
	const struct pt_tree *tree = o->tree;
	size_t first = o->n;

	for (uint32_t c = tree->child[node]; c != PT_NO_NODE; c = tree->sibling[c]) {
		struct item item = {.node = c, .begin = o->line.len};

		item.text = pt_frames_get(tree->frames, tree->frame[c])->name;
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

static int print_line(struct out *o, uint32_t node)
{
	const struct pt_tree *tree = o->tree;

	pt_str_addn(&o->buffer, pt_str_text(&o->line), o->line.len);
	if (tree->base_self)
		pt_str_addf(&o->buffer, " %" PRId64, tree->base_self[node]);
	pt_str_addf(&o->buffer, " %" PRId64 "\n", tree->self[node]);
	return o->buffer.len >= BUFFER ? flush(o) : 0;
}

static int print_item(struct out *o, const struct item *item)
{
	if (o->line.len > item->begin) {
		o->line.len = item->begin;
		o->line.s[item->begin] = '\0';
	}
	pt_str_add(&o->line, item->text);
	if (!item->below)
		return print_line(o, item->node);
	pt_str_addc(&o->line, ';');
	push_children(o, item->node);
	return 0;
}

static int write_folded(const struct pt_profile *p, const struct pt_export_spec *spec,
			const struct pt_export_sink *sink, struct pt_err *err)
{
	struct pt_tree *texts = to_texts(p->tree);
	struct out o = {.tree = texts, .sink = sink};
	int code = 0;

	(void)spec;
	(void)err; /* the sink's errors are its own */
	if (texts->self[PT_TREE_ROOT] || (texts->base_self && texts->base_self[PT_TREE_ROOT]))
		code = print_line(&o, PT_TREE_ROOT);
	push_children(&o, PT_TREE_ROOT);
	while (!code && o.n) {
		struct item item = o.items[--o.n];

		code = print_item(&o, &item);
	}
	if (!code)
		code = flush(&o);
	free(o.items);
	pt_str_release(&o.line);
	pt_str_release(&o.buffer);
	pt_tree_free(texts);
	return code;
}

const struct pt_profile_export pt_profile_export_folded = {
	.name = "folded",
	.title = "folded stacks, a line each",
	.endings = " .folded .collapsed .stacks ",
	.write = write_folded,
};
