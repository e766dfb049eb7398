/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_SRC_PROFILE_OPEN_STACK_H
#define PT_SRC_PROFILE_OPEN_STACK_H

#include "scan.h"

/*
 * A stack that is told by what is entered and left, and when: the time from one to the next belongs to
 * what was innermost. With moments, one for each such stretch, where it begins.
 */
struct pt_open_stack {
	struct pt_scan *scan; /* tree, options, limits */
	uint32_t root;	      /* of the tree: what is entered first is its child */
	uint32_t *nodes;      /* of the tree; grows with depth */
	size_t depth, cap;
	int64_t last_ns;
};

void pt_open_stack_init(struct pt_open_stack *s, struct pt_scan *scan, uint32_t root);
void pt_open_stack_release(struct pt_open_stack *s);

/* The node that is innermost; root with none. */
uint32_t pt_open_stack_top(const struct pt_open_stack *s);
/* Time does not run backwards: what is earlier than the last call counts as that. -PT_ELIMIT. */
int pt_open_stack_enter(struct pt_open_stack *s, int64_t at_ns, uint32_t frame);
int pt_open_stack_leave(struct pt_open_stack *s, int64_t at_ns); /* something is open */

#endif
