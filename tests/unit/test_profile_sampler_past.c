/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The past of a sampler: what is kept, what goes first, and nodes that nobody needs any more. */
#include "../../src/profile/sampler_priv.h"

#include "perftop/base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void add(struct past *past, int64_t at_ns, uint32_t node, int64_t weight)
{
	pt_past_add(past, &(struct pt_moment){.at_ns = at_ns, .node = node, .weight = weight});
}

static void test_ten_minutes(void **state)
{
	const int64_t start = 5000 * PT_S + 123456789;
	struct pt_moment *moments;
	struct past past;
	size_t n;

	(void)state;
	pt_past_init(&past, 600 * PT_S, 8 << 20, false);
	for (int i = 0; i < 1000000; i++) /* 1000 seconds, 1000 a second */
		add(&past, start + i * PT_MS, (uint32_t)i, 1);
	assert_false(past.shortened);
	assert_true(past.cap <= 1 << 20);
	assert_in_range(pt_past_from(&past, start), start + 399 * PT_S, start + 401 * PT_S);
	n = pt_past_window(&past, start + 900 * PT_S, start + 901 * PT_S, &moments);
	assert_in_range(n, 999, 1001);
	for (size_t i = 0; i < n; i++) { /* to a microsecond */
		int64_t exact = start + (int64_t)moments[i].node * PT_MS;

		assert_in_range(moments[i].at_ns, exact - PT_US, exact + PT_US);
		assert_int_equal(moments[i].weight, 1);
	}
	free(moments);
	assert_int_equal(pt_past_window(&past, 0, start + 390 * PT_S, &moments), 0);
	free(moments);
	pt_past_release(&past);
}

static void test_shortened(void **state)
{
	struct pt_moment *moments;
	struct past past;
	size_t n;

	(void)state;
	pt_past_init(&past, 600 * PT_S, 16 * 5000, true);
	for (int i = 0; i < 20000; i++)
		add(&past, PT_S + i * PT_MS, 1, (int64_t)i << 32);
	assert_true(past.shortened);
	n = pt_past_window(&past, 0, INT64_MAX, &moments);
	assert_int_equal(n, 5000);
	assert_true(moments[0].weight == (int64_t)15000 << 32);
	assert_true(moments[n - 1].weight == (int64_t)19999 << 32);
	free(moments);
	assert_in_range(pt_past_from(&past, 0), 15990 * PT_MS, 16010 * PT_MS);
	pt_past_halve(&past);
	assert_int_equal(past.n, 2500);
	pt_past_release(&past);
}

/* Two rings: a moment may come a little after a later one. */
static void test_not_quite_in_order(void **state)
{
	struct pt_moment *moments;
	struct past past;

	(void)state;
	pt_past_init(&past, 10 * PT_S, 1 << 20, false);
	add(&past, 2 * PT_S, 1, 1);
	add(&past, 2 * PT_S - PT_MS, 2, 1);
	assert_int_equal(pt_past_window(&past, 0, INT64_MAX, &moments), 2);
	assert_in_range(moments[1].at_ns, 2 * PT_S - PT_MS - PT_US, 2 * PT_S - PT_MS + PT_US);
	free(moments);
	pt_past_release(&past);
}

static void test_compact(void **state)
{
	struct pt_frames *frames = pt_frames_new();
	struct pt_tree *tree = pt_tree_new(frames, 0), *next = pt_tree_new(frames, 0);
	uint32_t a = pt_frames_name(frames, "a", 1, PT_FRAME_USER),
		 b = pt_frames_name(frames, "b", 1, PT_FRAME_USER), top, dead, kept, *map;
	struct past past;

	(void)state;
	top = pt_tree_child(tree, PT_TREE_ROOT, a);
	dead = pt_tree_child(tree, top, a);
	kept = pt_tree_child(tree, top, b);
	pt_past_init(&past, 10 * PT_S, 1 << 20, false);
	pt_past_nodes(&past, tree);
	add(&past, PT_S, dead, 1);
	add(&past, 100 * PT_S, kept, 1); /* the other one is too old now */
	assert_int_equal(past.n, 1);
	assert_int_equal(pt_past_needed(&past), 3);
	pt_past_compact(&past, frames, next, &map);
	assert_int_equal(next->n, 3);
	assert_int_equal(past.n_nodes, 3);
	assert_int_equal(map[dead], PT_NO_NODE);
	assert_int_equal(past.moments[past.first].node, map[kept]);
	assert_int_equal(past.frame[map[kept]], b);
	assert_int_equal(past.frame[past.parent[map[kept]]], a);
	free(map);
	pt_past_release(&past);
	pt_tree_free(tree);
	pt_tree_free(next);
	pt_frames_unref(frames);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ten_minutes),
		cmocka_unit_test(test_shortened),
		cmocka_unit_test(test_not_quite_in_order),
		cmocka_unit_test(test_compact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
