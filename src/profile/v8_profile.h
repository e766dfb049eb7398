/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_SRC_PROFILE_V8_PROFILE_H
#define PT_SRC_PROFILE_V8_PROFILE_H

#include "perftop/base/json_pull.h"
#include "perftop/base/map.h"
#include "scan.h"

/*
 * A CPU profile of V8 while it is read, as it stands whole in a .cpuprofile and in pieces in a trace
 * of Chrome: a tree of calls whose nodes have numbers, the node that ran at each sample, and the
 * time from sample to sample. In any order; only when all is there it becomes stacks.
 */
struct pt_v8_node {
	uint64_t parent_id;   /* 0: none was told */
	uint32_t parent;      /* index, or PT_NO_NODE */
	uint32_t frame;	      /* PT_NO_FRAME: (root), which is none */
	uint32_t tree, depth; /* of the tree, once it is needed; else PT_NO_NODE */
	int64_t hits;	      /* or bytes */
	int64_t samples;      /* of these bytes */
	bool named;	      /* its function is known */
};

struct pt_v8_edge {
	uint64_t child_id;
	uint32_t parent;
};

struct pt_v8_profile {
	struct pt_scan *scan; /* for limits */
	struct pt_v8_node *nodes;
	size_t n_nodes, cap_nodes;
	struct pt_v8_edge *edges;
	size_t n_edges, cap_edges;
	struct pt_map ids; /* of nodes: index + 1 */
	uint64_t *samples; /* ids */
	size_t n_samples, cap_samples;
	int64_t *deltas; /* ns; the first one from start_ns on */
	size_t n_deltas, cap_deltas;
	int64_t start_ns, end_ns; /* 0: not told */
	struct pt_str name, url;
	int64_t line; /* with name and url: of the frame that is being read */
	bool script;
	bool sizes; /* nodes have bytes: a heap profile */
};

void pt_v8_init(struct pt_v8_profile *v8, struct pt_scan *scan);
void pt_v8_release(struct pt_v8_profile *v8);

/* Each reads the value that comes next; faults stay with j. A node may hold others, to any depth. */
void pt_v8_read_node(struct pt_v8_profile *v8, struct pt_json_pull *j);
void pt_v8_read_nodes(struct pt_v8_profile *v8, struct pt_json_pull *j);
void pt_v8_read_samples(struct pt_v8_profile *v8, struct pt_json_pull *j);
void pt_v8_read_deltas(struct pt_v8_profile *v8, struct pt_json_pull *j);

/*
 * Adds what was sampled below a node of the tree: time, or (count) samples; of a heap profile bytes;
 * with moments when options ask for them. 0, -PT_ESYNTAX (told in err, when there is nothing in it yet), -PT_ELIMIT.
 */
int pt_v8_add(struct pt_v8_profile *v8, uint32_t root, bool count);

#endif
