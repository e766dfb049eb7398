/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Did unwinding get to where the thread began? A whole stack of a user's code has one of a few
 * functions outermost; frame pointers that the code does not keep lead to somewhere else, or nowhere.
 * JIT code has no unwind tables that could do better, so its stacks are not called cut. What is found
 * out is kept by node.
 */
#include "sampler_priv.h"

#include "perftop/base/mem.h"

#include <string.h>

/* What threads begin with; an end of * stands for anything. */
static const char *const beginnings[] = {
	"__clone",
	"__clone3",
	"__libc_start_*",
	"_dl_start*",
	"_start",
	"clone",
	"clone3",
	"main",
	"ret_from_fork*",
	"runtime.goexit*",
	"runtime.mcall*",
	"runtime.mstart*",
	"runtime.morestack*",
	"runtime.rt0*",
	"runtime.systemstack*",
	"start_thread",
	"thread_start",
};

static bool begins_thread(const char *name)
{
	for (size_t i = 0; i < PT_LEN(beginnings); i++) {
		size_t n = strlen(beginnings[i]);

		if (beginnings[i][n - 1] == '*' ? strncmp(name, beginnings[i], n - 1) == 0
						: strcmp(name, beginnings[i]) == 0)
			return true;
	}
	return false;
}

static enum stack_end judge(const struct pt_tree *tree, uint32_t node)
{
	const struct pt_frame *outermost = NULL, *second = NULL;
	bool jit = false;

	for (; node != PT_TREE_ROOT; node = tree->parent[node]) {
		const struct pt_frame *frame = pt_frames_get(tree->frames, tree->frame[node]);

		if (frame->kind == PT_FRAME_USER || frame->kind == PT_FRAME_INLINED ||
		    frame->kind == PT_FRAME_JIT) {
			second = outermost;
			outermost = frame;
		}
		jit = jit || frame->kind == PT_FRAME_JIT;
	}
	if (!outermost)
		return STACK_NO_USER;
	if (jit || begins_thread(outermost->name))
		return STACK_WHOLE;
	/* _start of a stripped program has no name, what it calls has. */
	return second && begins_thread(second->name) ? STACK_WHOLE : STACK_CUT;
}

enum stack_end pt_stack_end(struct stack_ends *ends, const struct pt_tree *tree, uint32_t node)
{
	if (node >= ends->n) {
		size_t n = (size_t)tree->cap + 1;

		ends->ends = pt_reallocarray(ends->ends, n, 1);
		memset(ends->ends + ends->n, STACK_UNKNOWN, n - ends->n);
		ends->n = n;
	}
	if (ends->ends[node] == STACK_UNKNOWN)
		ends->ends[node] = (uint8_t)judge(tree, node);
	return ends->ends[node];
}
