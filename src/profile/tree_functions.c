/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The flat profile: a line for each function. A walk through the tree along its links, without
 * recursion, that counts how often each frame is on the way: only the outermost one gives its total.
 */
#include "perftop/profile/tree.h"

#include "perftop/base/mem.h"

#include <stdlib.h>

struct walk {
	const struct pt_tree *tree;
	struct pt_function *all; /* by frame */
	uint32_t *on_way;	 /* by frame: how often it is on the way; that and SEEN */
};

#define SEEN (1u << 31)

static void add_squares(const struct pt_squares *squares, uint32_t node, bool outermost,
			double *self, double *total)
{
	if (!squares->self)
		return;
	*self += squares->self[node];
	if (outermost)
		*total += squares->total[node];
}

static void enter(struct walk *w, uint32_t node)
{
	const struct pt_tree *tree = w->tree;
	uint32_t frame = tree->frame[node];
	struct pt_function *f = &w->all[frame];
	bool outermost = (w->on_way[frame] & ~SEEN) == 0;

	w->on_way[frame] = (w->on_way[frame] | SEEN) + 1;
	f->self = pt_weight_add(f->self, tree->self[node]);
	if (outermost)
		f->total = pt_weight_add(f->total, tree->total[node]);
	add_squares(&tree->squares, node, outermost, &f->self_square, &f->total_square);
	if (!tree->base_self)
		return;
	f->base_self = pt_weight_add(f->base_self, tree->base_self[node]);
	if (outermost)
		f->base_total = pt_weight_add(f->base_total, tree->base_total[node]);
	add_squares(&tree->base_squares, node, outermost, &f->base_self_square,
		    &f->base_total_square);
}

static void walk_below(struct walk *w, uint32_t top)
{
	const struct pt_tree *tree = w->tree;
	uint32_t at = top;

	for (;;) {
		if (at != PT_TREE_ROOT)
			enter(w, at);
		if (tree->child[at] != PT_NO_NODE) {
			at = tree->child[at];
			continue;
		}
		for (;;) {
			if (at != PT_TREE_ROOT)
				w->on_way[tree->frame[at]]--;
			if (at == top)
				return;
			if (tree->sibling[at] != PT_NO_NODE)
				break;
			at = tree->parent[at];
		}
		at = tree->sibling[at];
	}
}

size_t pt_tree_functions(const struct pt_tree *tree, uint32_t node, struct pt_function **ret)
{
	uint32_t n = pt_frames_count(tree->frames);
	struct walk w = {.tree = tree};
	size_t found = 0;

	w.all = pt_calloc((size_t)n + 1, sizeof *w.all);
	w.on_way = pt_calloc((size_t)n + 1, sizeof *w.on_way);
	walk_below(&w, node);
	for (uint32_t i = 0; i < n; i++) {
		if (!w.on_way[i])
			continue;
		w.all[found] = w.all[i];
		w.all[found++].frame = i;
	}
	free(w.on_way);
	*ret = w.all;
	return found;
}
