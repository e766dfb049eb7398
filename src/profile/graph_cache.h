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
	/* Nodes by frame, ascending: those of frame f from starts[f] to starts[f + 1]. */
	uint32_t *by_frame, *starts;
	uint16_t *height; /* rows below a node; and above it */
	uint16_t *level;
	/* The search: weight below or at each node with a match there; a match at or above it. */
	struct pt_kept_set search, hidden;
	int64_t *hit_total;
	uint8_t *hit_above;
	/* The outermost nodes of a frame. */
	uint32_t outer_frame, *outer;
	size_t n_outer;
};

void pt_graph_need_by_frame(struct pt_graph_cache *cache);
void pt_graph_need_height(struct pt_graph_cache *cache);
void pt_graph_need_level(struct pt_graph_cache *cache);
/* hit_total; with above, hit_above as well. */
void pt_graph_need_search(struct pt_graph_cache *cache, const uint64_t *search,
			  const uint64_t *hidden, bool above);
void pt_graph_need_outer(struct pt_graph_cache *cache, uint32_t frame);

#endif
