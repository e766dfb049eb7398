/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a graph of calls to stacks: shares by what functions do on average, circles entered once, and
 * graphs whose ways no one can count.
 */
#include "../../src/profile/call_graph.h"

#include "perftop/base/err.h"
#include "perftop/profile/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
	struct pt_frames *frames;
	struct pt_tree *tree;
	struct pt_call_graph *graph;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	if (!f)
		return -1;
	f->frames = pt_frames_new();
	f->tree = pt_tree_new(f->frames, 64 << 20);
	f->graph = pt_call_graph_new();
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	pt_call_graph_free(f->graph);
	pt_tree_free(f->tree);
	pt_frames_unref(f->frames);
	free(f);
	return 0;
}

static uint32_t add(struct fixture *f, const char *name, int64_t self)
{
	uint32_t frame = pt_frames_name(f->frames, name, strlen(name), PT_FRAME_USER);
	uint32_t function = pt_call_graph_add(f->graph, frame);

	pt_call_graph_self(f->graph, function, self);
	return function;
}

static void finish(struct fixture *f)
{
	assert_int_equal(pt_call_graph_stacks(f->graph, f->tree), 0);
	pt_tree_seal(f->tree);
}

/* Own weight of the stack "a;b;c"; -1: there is none. */
static int64_t self_of(const struct fixture *f, const char *stack)
{
	uint32_t node = PT_TREE_ROOT;

	while (*stack) {
		size_t n = strcspn(stack, ";");
		uint32_t child = f->tree->child[node];

		while (child != PT_NO_NODE) {
			const char *name = pt_frames_get(f->frames, f->tree->frame[child])->name;

			if (strlen(name) == n && !memcmp(name, stack, n))
				break;
			child = f->tree->sibling[child];
		}
		if (child == PT_NO_NODE)
			return -1;
		node = child;
		stack += n + (stack[n] == ';');
	}
	return f->tree->self[node];
}

/* Who called backup() cannot be told apart in it: each caller has both of its callees by halves. */
static void test_average(void **state)
{
	struct fixture *f = *state;
	uint32_t start = add(f, "start", 0), stop = add(f, "stop", 1);
	uint32_t backup = add(f, "backup", 0), in = add(f, "read", 6), out = add(f, "write", 2);

	assert_true(pt_call_graph_call(f->graph, start, backup, 4));
	assert_true(pt_call_graph_call(f->graph, stop, backup, 3));
	assert_false(pt_call_graph_call(f->graph, stop, backup, 1));
	assert_true(pt_call_graph_call(f->graph, backup, in, 6));
	assert_true(pt_call_graph_call(f->graph, backup, out, 2));
	finish(f);
	assert_int_equal(f->tree->total[PT_TREE_ROOT], 9);
	assert_int_equal(self_of(f, "start;backup;read"), 3);
	assert_int_equal(self_of(f, "start;backup;write"), 1);
	assert_int_equal(self_of(f, "stop;backup;read"), 3);
	assert_int_equal(self_of(f, "stop;backup;write"), 1);
	assert_int_equal(self_of(f, "stop"), 1);
}

/* A function that calls itself: what its inner calls cost is not counted again. */
static void test_recursion(void **state)
{
	struct fixture *f = *state;
	uint32_t top = add(f, "main", 5), fib = add(f, "fib", 95);

	pt_call_graph_call(f->graph, top, fib, 95);
	pt_call_graph_call(f->graph, fib, fib, 700);
	finish(f);
	assert_int_equal(f->tree->total[PT_TREE_ROOT], 100);
	assert_int_equal(self_of(f, "main;fib"), 95);
	assert_int_equal(self_of(f, "main;fib;fib"), -1);
}

/* even and odd call one another, both call mix: own costs are exact, each stands in one place. */
static void test_circle(void **state)
{
	struct fixture *f = *state;
	uint32_t top = add(f, "main", 10), even = add(f, "even", 40), odd = add(f, "odd", 20);
	uint32_t mix = add(f, "mix", 30);

	pt_call_graph_call(f->graph, top, even, 90);
	pt_call_graph_call(f->graph, even, odd, 200);
	pt_call_graph_call(f->graph, odd, even, 150);
	pt_call_graph_call(f->graph, odd, mix, 10);
	pt_call_graph_call(f->graph, even, mix, 20);
	finish(f);
	assert_int_equal(f->tree->total[PT_TREE_ROOT], 100);
	assert_int_equal(self_of(f, "main"), 10);
	assert_int_equal(self_of(f, "main;even"), 40);
	assert_int_equal(self_of(f, "main;even;odd"), 20);
	assert_int_equal(self_of(f, "main;even;odd;mix"), 10);
	assert_int_equal(self_of(f, "main;even;mix"), 20);
}

/* No function that no other calls: the circle is entered by its heaviest. */
static void test_closed_circle(void **state)
{
	struct fixture *f = *state;
	uint32_t a = add(f, "a", 1), b = add(f, "b", 9);

	pt_call_graph_call(f->graph, a, b, 5);
	pt_call_graph_call(f->graph, b, a, 5);
	finish(f);
	assert_int_equal(f->tree->total[PT_TREE_ROOT], 10);
	assert_int_equal(self_of(f, "b"), 9);
	assert_int_equal(self_of(f, "b;a"), 1);
}

/* Twice as many ways at each of sixty levels: light ones are not followed, nothing is lost. */
static void test_many_ways(void **state)
{
	struct fixture *f = *state;
	const int64_t all = (int64_t)1 << 40;
	uint32_t from = add(f, "main", 0);

	for (int i = 0; i < 60; i++) {
		char name[3][32];
		uint32_t left, right, to;

		for (int k = 0; k < 3; k++)
			snprintf(name[k], sizeof name[k], "%c%d", "lrj"[k], i);
		left = add(f, name[0], 0);
		right = add(f, name[1], 0);
		to = add(f, name[2], i == 59 ? all : 0);
		pt_call_graph_call(f->graph, from, left, all / 2);
		pt_call_graph_call(f->graph, from, right, all / 2);
		pt_call_graph_call(f->graph, left, to, all / 2);
		pt_call_graph_call(f->graph, right, to, all / 2);
		from = to;
	}
	finish(f);
	assert_true(f->tree->total[PT_TREE_ROOT] == all);
	assert_true(f->tree->n > 1000 && f->tree->n < 1 << 20);
}

/* A chain of calls deeper than a stack may be, and costs as great as numbers go. */
static void test_deep(void **state)
{
	struct fixture *f = *state;
	uint32_t from = add(f, "main", 0);

	for (int i = 0; i < 3 * PT_STACK_MAX; i++) {
		uint32_t to = add(f, i % 2 ? "x" : "y", i == 3 * PT_STACK_MAX - 1 ? INT64_MAX : 0);

		pt_call_graph_call(f->graph, from, to, INT64_MAX);
		from = to;
	}
	finish(f);
	assert_true(f->tree->total[PT_TREE_ROOT] > INT64_MAX / 2);
	assert_true(f->tree->n <= PT_STACK_MAX + 2);
}

/* A circle of a great many: those far from where it is entered stand beside one another. */
static void test_long_circle(void **state)
{
	enum { N = 3 * PT_STACK_MAX };
	struct fixture *f = *state;
	uint32_t depth = 0, first = add(f, "f0", 1), from = first;
	char name[32];

	for (int i = 1; i < N; i++) {
		uint32_t to;

		snprintf(name, sizeof name, "f%d", i);
		to = add(f, name, 1);
		pt_call_graph_call(f->graph, from, to, 1);
		from = to;
	}
	pt_call_graph_call(f->graph, from, first, 1);
	finish(f);
	assert_int_equal(f->tree->n, N + 1);
	assert_int_equal(f->tree->total[PT_TREE_ROOT], N);
	for (uint32_t node = f->tree->n - 1; node; node = f->tree->parent[node])
		depth++;
	assert_true(depth > 100 && depth < PT_STACK_MAX / 4);
}

static void test_full(void **state)
{
	struct fixture *f = *state;
	uint32_t top = add(f, "main", 1);
	char name[32];

	for (int i = 0; i < 5000; i++) {
		snprintf(name, sizeof name, "f%d", i);
		pt_call_graph_call(f->graph, top, add(f, name, 1), 1);
	}
	f->tree->max_bytes = pt_tree_bytes(f->tree) + pt_frames_bytes(f->frames) + 20000;
	assert_int_equal(pt_call_graph_stacks(f->graph, f->tree), -PT_ELIMIT);
	assert_true(f->tree->n > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_average, setup, teardown),
		cmocka_unit_test_setup_teardown(test_recursion, setup, teardown),
		cmocka_unit_test_setup_teardown(test_circle, setup, teardown),
		cmocka_unit_test_setup_teardown(test_closed_circle, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many_ways, setup, teardown),
		cmocka_unit_test_setup_teardown(test_deep, setup, teardown),
		cmocka_unit_test_setup_teardown(test_long_circle, setup, teardown),
		cmocka_unit_test_setup_teardown(test_full, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
