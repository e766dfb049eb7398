/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tree while it grows: every stack is found again, sealed or not; weights saturate; limits hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "profile_stacks.h"

static void test_random(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 50; seed++) {
		struct pt_frames *frames = pt_frames_new();
		struct model m;
		struct pt_tree *tree;

		model_fill(&m, seed, seed % 2);
		tree = model_tree(&m, frames, seed % 2);
		assert_null(tree->edges);
		assert_tree_is(tree, &m);
		pt_tree_free(tree);
		pt_frames_unref(frames);
	}
}

/* Enough nodes for the hash to grow many times; each is looked up again, before and after sealing. */
static void test_many(void **state)
{
	enum { MANY = 100000, DEPTH = 40 };
	struct pt_frames *frames = pt_frames_new();
	struct pt_tree *tree = pt_tree_new(frames, 0);
	uint32_t *nodes = pt_malloc(MANY * sizeof *nodes), n;

	(void)state;
	for (int turn = 0; turn < 3; turn++) {
		model_seed = 7;
		for (size_t i = 0; i < MANY; i++) {
			uint32_t ids[DEPTH], node, at = PT_TREE_ROOT;
			size_t len = 1 + model_random(i % 100 ? 6 : DEPTH);

			for (size_t k = 0; k < len; k++)
				ids[k] = model_random(12);
			node = pt_tree_stack(tree, PT_TREE_ROOT, ids, len);
			for (size_t k = 0; k < len; k++)
				at = pt_tree_child(tree, at, ids[k]);
			assert_int_equal(at, node);
			if (turn == 0)
				nodes[i] = node;
			assert_int_equal(nodes[i], node);
			pt_tree_add(tree, node, 1);
		}
		if (turn == 0)
			n = tree->n;
		assert_int_equal(tree->n, n);
		pt_tree_seal(tree);
		assert_int_equal(tree->total[PT_TREE_ROOT], MANY * (turn + 1));
	}
	free(nodes);
	pt_tree_free(tree);
	pt_frames_unref(frames);
}

static void test_saturation(void **state)
{
	struct pt_frames *frames = pt_frames_new();
	struct pt_tree *tree = pt_tree_new(frames, 0);
	uint32_t a = pt_tree_child(tree, PT_TREE_ROOT, 0), b = pt_tree_child(tree, PT_TREE_ROOT, 1);

	(void)state;
	pt_tree_add(tree, a, INT64_MAX);
	pt_tree_add(tree, a, 1);
	pt_tree_add(tree, b, INT64_MAX);
	pt_tree_add_base(tree, b, INT64_MIN);
	pt_tree_add_base(tree, a, -1);
	pt_tree_seal(tree);
	assert_true(tree->total[PT_TREE_ROOT] == INT64_MAX);
	assert_true(tree->base_total[PT_TREE_ROOT] == INT64_MIN);
	assert_int_equal(pt_weight_add(-3, 5), 2);
	pt_tree_free(tree);
	pt_frames_unref(frames);
}

/* At the limit nothing is made, all that is there is found, and memory stays below it. */
static void test_limit(void **state)
{
	enum { LIMIT = 400000 };
	struct pt_frames *frames = pt_frames_new();
	struct pt_tree *tree = pt_tree_new(frames, LIMIT);
	uint32_t i = 0, first = pt_tree_child(tree, PT_TREE_ROOT, 0);

	(void)state;
	while (i < LIMIT && pt_tree_child(tree, PT_TREE_ROOT, i) != PT_NO_NODE)
		i++;
	assert_in_range(i, LIMIT / 100, LIMIT / 20);
	assert_true(pt_tree_bytes(tree) + pt_frames_bytes(frames) <= LIMIT);
	assert_int_equal(pt_tree_child(tree, PT_TREE_ROOT, 0), first);
	assert_int_equal(pt_tree_stack(tree, first, (const uint32_t[]){1, 2}, 2), PT_NO_NODE);
	assert_int_equal(pt_tree_child(tree, PT_TREE_ROOT, i - 1), tree->n - 1);
	pt_tree_free(tree);
	pt_frames_unref(frames);
}

/* Frames count for the limit, too. */
static void test_limit_of_frames(void **state)
{
	struct pt_frames *frames = pt_frames_new();
	struct pt_tree *tree = pt_tree_new(frames, 200000);
	char name[1000];
	uint32_t node = 0;
	int i;

	(void)state;
	for (i = 0; i < 1000 && node != PT_NO_NODE; i++) {
		memset(name, 'a' + i % 26, sizeof name);
		memcpy(name, &i, sizeof i);
		node = pt_tree_child(tree, PT_TREE_ROOT,
				     pt_frames_name(frames, name, sizeof name, PT_FRAME_USER));
	}
	assert_int_equal(node, PT_NO_NODE);
	assert_in_range(i, 50, 200);
	pt_tree_free(tree);
	pt_frames_unref(frames);
}

static void test_too_deep(void **state)
{
	struct pt_frames *frames = pt_frames_new();
	struct pt_tree *tree = pt_tree_new(frames, 0);
	uint32_t *ids = pt_calloc(PT_STACK_MAX + 5, sizeof *ids);

	(void)state;
	assert_int_equal(pt_tree_stack(tree, PT_TREE_ROOT, ids, PT_STACK_MAX + 5), PT_STACK_MAX);
	assert_int_equal(tree->n, PT_STACK_MAX + 1);
	assert_int_equal(pt_tree_stack(tree, PT_TREE_ROOT, ids, 0), PT_TREE_ROOT);
	free(ids);
	pt_tree_free(tree);
	pt_frames_unref(frames);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),		cmocka_unit_test(test_many),
		cmocka_unit_test(test_saturation),	cmocka_unit_test(test_limit),
		cmocka_unit_test(test_limit_of_frames), cmocka_unit_test(test_too_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
