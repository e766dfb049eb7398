/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PROFILE_CALL_GRAPH_H
#define PT_PROFILE_CALL_GRAPH_H

#include "perftop/profile/tree.h"

/*
 * Functions with what they cost themselves and calls with what they cost all in all: stacks are
 * made of them. Who called a caller is not known, so every call of a function is taken to spend
 * its cost as the function does on average.
 */
struct pt_call_graph;

#define PT_NO_FUNCTION UINT32_MAX

struct pt_call_graph *pt_call_graph_new(void);
void pt_call_graph_free(struct pt_call_graph *graph);

/* A function's number, 0 and on. */
uint32_t pt_call_graph_add(struct pt_call_graph *graph, uint32_t frame);
/* Costs are not negative; sums saturate. */
void pt_call_graph_self(struct pt_call_graph *graph, uint32_t function, int64_t cost);
/* True: the first call between the two. What functions and calls take, at most: */
bool pt_call_graph_call(struct pt_call_graph *graph, uint32_t caller, uint32_t called,
			int64_t cost);
enum { PT_FUNCTION_BYTES = 96, PT_CALL_BYTES = 112 };

/*
 * Adds the stacks to a tree. -PT_ELIMIT when it is full. The graph is done with after.
 *
 * What a function costs itself is exact over all its stacks, but for what is lighter than a
 * millionth of all, or beyond a million nodes: that counts for its caller. Functions that call one
 * another in a circle are entered once: each of them stands below the one that was entered, on the
 * shortest way of calls, with its own cost.
 */
int pt_call_graph_stacks(struct pt_call_graph *graph, struct pt_tree *tree);

#endif
