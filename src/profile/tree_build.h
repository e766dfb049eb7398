/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_SRC_PROFILE_TREE_BUILD_H
#define PT_SRC_PROFILE_TREE_BUILD_H

#include "perftop/profile/tree.h"

/*
 * Trees made of trees, without a look-up for each node. For the files of this room that do so.
 */

/* A node that parent is known not to have yet; PT_NO_NODE when max_bytes is reached. pt_tree_child
 * finds it later. */
uint32_t pt_tree_append(struct pt_tree *tree, uint32_t parent, uint32_t frame);

/* pt_tree_stack that tells the node of each frame, too. n <= PT_STACK_MAX. */
uint32_t pt_tree_walk(struct pt_tree *tree, uint32_t parent, const uint32_t *frames, size_t n,
		      uint32_t *ret_nodes);

/* Adds what ends in a node of tree, base and squares too, to a node of out. The second: as its base. */
void pt_tree_add_node(struct pt_tree *out, uint32_t to, const struct pt_tree *tree, uint32_t node);
void pt_tree_add_as_base(struct pt_tree *out, uint32_t to, const struct pt_tree *tree,
			 uint32_t node);

static inline bool pt_tree_ends(const struct pt_tree *tree, uint32_t node)
{
	return tree->self[node] || (tree->base_self && tree->base_self[node]);
}

/* Without stacks that have no weight; of the tree given, which may be a copy with other columns, only
 * what pt_tree_add_node takes is looked at. Sealed; NULL when max_bytes is reached. */
struct pt_tree *pt_tree_reweigh(const struct pt_tree *tree);

/* Asks for large pages where an array is that large: nodes are met in no order, and with small pages
 * most look-ups would miss the page table's cache, too. Returns p. */
void *pt_large_pages(void *p, size_t bytes);

#endif
