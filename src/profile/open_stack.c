/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stacks told by what is entered and left. */
#include "open_stack.h"

#include "perftop/base/mem.h"

void pt_open_stack_init(struct pt_open_stack *s, struct pt_scan *scan, uint32_t root)
{
	*s = (struct pt_open_stack){.scan = scan, .root = root, .last_ns = INT64_MIN};
}

void pt_open_stack_release(struct pt_open_stack *s)
{
	free(s->nodes);
	s->nodes = NULL;
}

uint32_t pt_open_stack_top(const struct pt_open_stack *s)
{
	return s->depth ? s->nodes[s->depth - 1] : s->root;
}

/* The time since the last call goes to the innermost. */
static int spend(struct pt_open_stack *s, int64_t at_ns)
{
	struct pt_profile *p = s->scan->profile;
	int64_t weight;
	int code = 0;

	if (at_ns <= s->last_ns)
		return 0;
	if (s->depth) {
		weight = pt_weight_sub(at_ns, s->last_ns);
		pt_tree_add(p->tree, pt_open_stack_top(s), weight);
		if (s->scan->options->moments) {
			code = pt_scan_take(s->scan, 2 * sizeof *p->moments);
			pt_profile_add_moment(p, s->last_ns, pt_open_stack_top(s), weight);
		}
	}
	s->last_ns = at_ns;
	return code;
}

int pt_open_stack_enter(struct pt_open_stack *s, int64_t at_ns, uint32_t frame)
{
	uint32_t node = pt_open_stack_top(s);
	int code = spend(s, at_ns);

	if (!code && s->depth == s->cap)
		code = pt_scan_take(s->scan, (s->cap + 16) * sizeof *s->nodes);
	if (code)
		return code;
	if (s->depth < PT_STACK_MAX)
		node = pt_tree_child(s->scan->profile->tree, node, frame);
	if (node == PT_NO_NODE)
		return pt_scan_full(s->scan);
	*PT_PUSH(s->nodes, s->depth, s->cap) = node;
	return 0;
}

int pt_open_stack_leave(struct pt_open_stack *s, int64_t at_ns)
{
	int code = spend(s, at_ns);

	s->depth--;
	return code;
}
