/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_SRC_PROFILE_GRAPH_GROUP_H
#define PT_SRC_PROFILE_GRAPH_GROUP_H

#include "graph_cache.h"

/*
 * Groups: what one cell of a graph stands for, as nodes of the tree. Downwards (stacks, callees)
 * these are the nodes whose children come next, upwards (inverted, callers) those whose parents do;
 * there each brings the weight of the node that it began with. Taking a group apart costs its own
 * nodes and no others.
 */
struct pt_graph_entries {
	struct pt_graph_entry *v;
	size_t n, cap;
};

struct pt_graph_walk {
	struct pt_graph_cache *cache;
	const struct pt_tree *tree;
	const uint64_t *hidden;
	bool up;
	bool fresh;	       /* inverted: the group is all leaves of the cache, not entries */
	bool leaves;	       /* that group was taken apart last */
	const int64_t *w, *bw; /* weight by start; bw NULL: no base */
	const double *squares, *base_squares; /* of samples, as well; NULL: all weigh the same */

	/* The group that was taken apart last. */
	struct pt_graph_entries steps;
	uint32_t *step_frame; /* of each step */
	size_t cap_step_frame;
	uint32_t *frames; /* that it leads to; their sums are in the cache */
	size_t n_frames, cap_frames;
	int64_t self, base_self; /* what goes no further */
	uint32_t *stack;	 /* of hidden nodes */
	size_t cap_stack;
};

void pt_graph_walk_init(struct pt_graph_walk *walk, struct pt_graph_cache *cache,
			const struct pt_graph_spec *spec);
void pt_graph_walk_release(struct pt_graph_walk *walk);

/* The group of the whole graph. */
void pt_graph_walk_root(struct pt_graph_walk *walk, const struct pt_graph_spec *spec,
			struct pt_graph_entries *ret);
/* Takes a group apart: fills frames, their sums, self. To be followed by clear. */
void pt_graph_walk_step(struct pt_graph_walk *walk, const struct pt_graph_entry *v, size_t n);
/* The same of nodes that are at where they began: leaves, as the tree's index has them. */
void pt_graph_walk_step_leaves(struct pt_graph_walk *walk, const uint32_t *nodes, size_t n);
/* Are the groups of the last step leaves that the index has in one piece? Then those of a frame;
 * nothing needs to be scattered. */
const uint32_t *pt_graph_walk_leaves(const struct pt_graph_walk *walk, uint32_t frame);
void pt_graph_walk_clear(struct pt_graph_walk *walk);
struct pt_graph_sum *pt_graph_walk_sum(struct pt_graph_walk *walk, uint32_t frame);
/* Appends the entries of those frames whose slot says where they begin in ret->v. */
void pt_graph_walk_scatter(struct pt_graph_walk *walk, struct pt_graph_entries *ret);

void pt_graph_entries_room(struct pt_graph_entries *entries, size_t n);

#endif
