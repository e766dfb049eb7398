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

/* The same stacks with other weights (base_self may be NULL); stacks without weight are left out.
 * Sealed; NULL when max_bytes is reached. */
struct pt_tree *pt_tree_reweigh(const struct pt_tree *tree, const int64_t *self,
				const int64_t *base_self);

/* Asks for large pages where an array is that large: nodes are met in no order, and with small pages
 * most look-ups would miss the page table's cache, too. Returns p. */
void *pt_large_pages(void *p, size_t bytes);

#endif
