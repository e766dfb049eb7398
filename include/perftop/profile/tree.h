/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PROFILE_TREE_H
#define PT_PROFILE_TREE_H

#include "perftop/profile/frames.h"

#include <stdbool.h>

/*
 * The stack tree: a node is a stack, its path from the root; children are what it called. Weights
 * are counts in the profile's unit. Nodes are numbers: a parent's is always below its children's,
 * so one pass upwards or downwards over the arrays visits parents or children first. Columns of a
 * struct of arrays: 24 bytes a node (frame, parent, child, sibling, self), totals and squares apart.
 *
 * Read by anyone (members); changed by the functions alone.
 */
#define PT_TREE_ROOT 0u /* the node of no frame; its frame is PT_NO_FRAME */
#define PT_NO_NODE UINT32_MAX

enum { PT_STACK_MAX = 16384 }; /* frames of a stack; what is called beyond counts for the last */

/*
 * Sums of the squares of what samples weigh: how much chance there is in a share of times or bytes. Kept
 * only once samples weigh differently, 8 bytes a node.
 */
struct pt_squares {
	double each;   /* what samples weigh while all weigh the same; 0: as much as they count */
	double *self;  /* of samples that ended here; NULL: all weigh the same */
	double *total; /* and below; NULL until sealed */
};

struct pt_tree {
	struct pt_frames *frames; /* held by a reference */
	uint32_t n, cap;	  /* nodes, the root included */
	uint32_t *frame, *parent;
	uint32_t *child, *sibling; /* first child, next sibling; PT_NO_NODE at the end */
	int64_t *self;		   /* weight that ended here; saturates */
	int64_t *total;		   /* and below; NULL until sealed */
	int64_t *base_self; /* of a difference: the same of what it is compared with; or NULL */
	int64_t *base_total;
	struct pt_squares squares, base_squares;
	uint32_t *edges; /* hash of nodes by path while it grows; dropped by seal */
	uint32_t *hash;	 /* of each node's path, as long */
	uint32_t n_edges;
	/* Where stacks end, by frame: those of f from leaf_starts[f] on; NULL until indexed. */
	uint32_t *leaves, *leaf_starts;
	int64_t *leaf_self, *leaf_base; /* their weight, by frame; leaf_base NULL without a base */
	size_t max_bytes;		/* of memory for tree and frames together; 0: no limit */
};

struct pt_tree *pt_tree_new(struct pt_frames *frames, size_t max_bytes);
void pt_tree_free(struct pt_tree *tree);
size_t pt_tree_bytes(const struct pt_tree *tree);    /* without frames */
uint32_t pt_tree_frames(const struct pt_tree *tree); /* above every frame that it has */

/* The child with that frame, made when it is not there. PT_NO_NODE when max_bytes is reached. A
 * sealed tree is opened again. */
uint32_t pt_tree_child(struct pt_tree *tree, uint32_t parent, uint32_t frame);
/* The same from frames[0] (outermost) to frames[n - 1] below parent: the last node, or PT_NO_NODE. */
uint32_t pt_tree_stack(struct pt_tree *tree, uint32_t parent, const uint32_t *frames, size_t n);
void pt_tree_add(struct pt_tree *tree, uint32_t node, int64_t weight);
/* Of one sample, whose weight is not always the same. */
void pt_tree_add_sample(struct pt_tree *tree, uint32_t node, int64_t weight);
/* Of as many samples: at least so much is in their squares. */
void pt_tree_add_samples(struct pt_tree *tree, uint32_t node, int64_t weight, int64_t samples);
/* The same as pt_tree_add for base_self, which is made by the first call. */
void pt_tree_add_base(struct pt_tree *tree, uint32_t node, int64_t weight);
int64_t pt_weight_add(int64_t a, int64_t b); /* saturates */
int64_t pt_weight_sub(int64_t a, int64_t b); /* the same */

/* Computes totals and drops what only growing needs. */
void pt_tree_seal(struct pt_tree *tree);

/* What graphs from the leaves on need, made ahead of the key that turns one round. A tree that changes
 * loses it. */
void pt_tree_index(struct pt_tree *tree);

/* -- made of other trees: a new one, sealed, over the same frames; NULL when max_bytes is reached -- */

struct pt_tree *pt_tree_merge(const struct pt_tree *const *trees, size_t n);
/* The same, node for node, over another table of frames; never NULL. */
struct pt_tree *pt_tree_over(const struct pt_tree *tree, struct pt_frames *frames);
/* Both as one: self and total of tree, base_self and base_total of base. They share frames; frames of
 * one name and kind are the same, whatever their module; so are two commands that nearly all of each
 * is called from, unless the other has it too. */
struct pt_tree *pt_tree_diff(const struct pt_tree *base, const struct pt_tree *tree);
/* tree - base, below zero where base has more. */
struct pt_tree *pt_tree_subtract(const struct pt_tree *tree, const struct pt_tree *base);
/* Leaves at the root, their callers as children. */
struct pt_tree *pt_tree_invert(const struct pt_tree *tree);

/* A set of frames: bit id of words[id / 64]. NULL: none. */
bool pt_frame_set_has(const uint64_t *set, uint32_t frame);

/* Stacks that hold (with keep false: that do not hold) one of the frames. */
struct pt_tree *pt_tree_filter(const struct pt_tree *tree, const uint64_t *set, bool keep);
/* Stacks from the outermost frame of the set on; others are left out. */
struct pt_tree *pt_tree_focus(const struct pt_tree *tree, const uint64_t *set);
/* Those frames taken out; what they called is called by their callers. */
struct pt_tree *pt_tree_hide(const struct pt_tree *tree, const uint64_t *set);
/* Nodes whose total (and base total) is below least joined into their parent's "…". */
struct pt_tree *pt_tree_prune(const struct pt_tree *tree, int64_t least);

/* What becomes of the frames of kind PT_FRAME_THREAD at the root. */
enum pt_group { PT_GROUP_COMMAND, PT_GROUP_PROCESS, PT_GROUP_THREAD, PT_GROUP_NONE };
const char *pt_group_name(enum pt_group group); /* "command", "process", "thread", "all" */
struct pt_tree *pt_tree_group(const struct pt_tree *tree, enum pt_group group);

/* -- functions: the flat profile ------------------------------------------------------------------ */

/* Of one frame over the whole tree. Recursion counts once in totals. */
struct pt_function {
	uint32_t frame;
	int64_t self, total;
	int64_t base_self, base_total; /* of a difference */
	/* Of their samples; 0 where all weigh the same. */
	double self_square, total_square, base_self_square, base_total_square;
};
/* One a frame that the tree has, by frame; *ret is yours. Below node alone (PT_TREE_ROOT: all). */
size_t pt_tree_functions(const struct pt_tree *tree, uint32_t node, struct pt_function **ret);

#endif
