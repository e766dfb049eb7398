/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the stacks of a tree end, by the frame that they end in. */
#include "tree_build.h"

#include "perftop/base/mem.h"

#include <stdlib.h>
#include <string.h>

static void add_weights(struct pt_tree *tree, uint32_t node)
{
	uint32_t f = tree->frame[node];

	tree->leaf_self[f] = pt_weight_add(tree->leaf_self[f], tree->self[node]);
	if (tree->base_self)
		tree->leaf_base[f] = pt_weight_add(tree->leaf_base[f], tree->base_self[node]);
}

void pt_tree_index(struct pt_tree *tree)
{
	uint32_t frames, n = 0, *starts;

	if (tree->leaves)
		return;
	frames = pt_tree_frames(tree);
	starts = tree->leaf_starts = pt_calloc((size_t)frames + 2, sizeof *starts);
	tree->leaf_self = pt_calloc((size_t)frames + 1, sizeof *tree->leaf_self);
	if (tree->base_self)
		tree->leaf_base = pt_calloc((size_t)frames + 1, sizeof *tree->leaf_base);
	for (uint32_t i = 1; i < tree->n; i++)
		if (pt_tree_ends(tree, i)) {
			starts[tree->frame[i] + 2]++;
			add_weights(tree, i);
			n++;
		}
	for (uint32_t f = 2; f < frames + 2; f++)
		starts[f] += starts[f - 1];
	tree->leaves = pt_malloc(((size_t)n + 1) * sizeof *tree->leaves);
	/* starts[f + 1] is where the next leaf of f goes, and in the end where f + 1 begins. */
	for (uint32_t i = 1; i < tree->n; i++)
		if (pt_tree_ends(tree, i))
			tree->leaves[starts[tree->frame[i] + 1]++] = i;
}
