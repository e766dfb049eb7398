/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_SRC_PROFILE_GRAPH_CACHE_H
#define PT_SRC_PROFILE_GRAPH_CACHE_H

#include "perftop/profile/graph.h"

/*
 * What layouts of one tree share, each part made when it is first needed and kept while it fits.
 */

/* A set of frames that was worked with, to see whether it is the same one. */
struct pt_kept_set {
	uint64_t *words;
	bool any; /* false: NULL was given */
};

/* A node that a cell stands for. */
struct pt_graph_entry {
	uint32_t at;
	uint32_t start; /* upwards: where its weight stands; downwards: at itself */
};

/* Of one frame, while a group is taken apart. */
struct pt_graph_sum {
	int64_t total, base;
	uint32_t n;    /* nodes */
	uint32_t slot; /* where they go; UINT32_MAX: nowhere */
};

struct pt_graph_cache {
	const struct pt_tree *tree;
	uint32_t n_frames;	   /* above every frame of the tree */
	struct pt_graph_sum *sums; /* by frame; zero when idle */
	/* Inverted, without the hidden frames: where stacks end (`at` the innermost frame that is
	 * shown) by frame, those of f from leaf_starts[f] to leaf_starts[f + 1], and their sums.
	 * leaves is NULL where the tree's own index says them. */
	bool has_leaves;
	struct pt_graph_entry *leaves;
	uint32_t *leaf_starts;
	struct pt_graph_sum *leaf_sums;
	int64_t leaf_self, leaf_base; /* of stacks without a frame that is shown */
	struct pt_kept_set leaf_hidden;
	uint16_t *height; /* rows below a node */
	/* The search: weight of what matches at a node or below it; does a node or one above it
	 * match? */
	struct pt_kept_set search, search_hidden;
	int64_t *hit_total;
	uint8_t *hit_above;
	int64_t hit; /* of the whole tree */
	/* The outermost nodes of a frame. */
	uint32_t outer_frame, *outer;
	size_t n_outer;
};

void pt_graph_need_leaves(struct pt_graph_cache *cache, const uint64_t *hidden);
void pt_graph_need_height(struct pt_graph_cache *cache);
/* hit, and hit_above or hit_total; search is not NULL. */
void pt_graph_need_search(struct pt_graph_cache *cache, const uint64_t *search,
			  const uint64_t *hidden, bool above);
void pt_graph_need_outer(struct pt_graph_cache *cache, uint32_t frame);

#endif
