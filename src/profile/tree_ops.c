/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Trees made of trees. Nodes are numbered so that parents come first, which makes each of these one
 * pass over arrays, without recursion, however deep the stacks are.
 */
#include "tree_build.h"

#include "perftop/base/mem.h"

/* Seals what was made, or drops it when it did not fit. */
static struct pt_tree *done(struct pt_tree *out, bool fits)
{
	if (!fits) {
		pt_tree_free(out);
		return NULL;
	}
	pt_tree_seal(out);
	return out;
}

/* Adds a tree's weights to out, as base too when that is asked for. map: node by node, into out. */
static bool graft(struct pt_tree *out, const struct pt_tree *tree, bool as_base)
{
	uint32_t *map = pt_malloc(tree->n * sizeof *map);
	bool fits = true;

	map[PT_TREE_ROOT] = PT_TREE_ROOT;
	for (uint32_t i = 0; i < tree->n; i++) {
		if (i > 0)
			map[i] = pt_tree_child(out, map[tree->parent[i]], tree->frame[i]);
		if (map[i] == PT_NO_NODE) {
			fits = false;
			break;
		}
		if (as_base)
			pt_tree_add_base(out, map[i], tree->self[i]);
		else
			pt_tree_add(out, map[i], tree->self[i]);
		if (tree->base_self && !as_base)
			pt_tree_add_base(out, map[i], tree->base_self[i]);
	}
	free(map);
	return fits;
}

struct pt_tree *pt_tree_merge(const struct pt_tree *const *trees, size_t n)
{
	struct pt_tree *out = pt_tree_new(trees[0]->frames, trees[0]->max_bytes);
	bool fits = true;

	for (size_t i = 0; i < n && fits; i++)
		fits = graft(out, trees[i], false);
	return done(out, fits);
}

struct pt_tree *pt_tree_diff(const struct pt_tree *base, const struct pt_tree *tree)
{
	struct pt_tree *out = pt_tree_new(tree->frames, tree->max_bytes);
	const struct pt_tree plain = {.frames = tree->frames,
				      .n = tree->n,
				      .frame = tree->frame,
				      .parent = tree->parent,
				      .self = tree->self};

	return done(out, graft(out, &plain, false) && graft(out, base, true));
}
