/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A profile's parts: what is added is there, moments come in order, windows and cells hold their own. */
#include "perftop/profile/profile.h"

#include "perftop/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* main;a at 0, 10, 20 …; main;b at 5, 15, 25 …, told in no order. */
static void fill(struct pt_profile *p)
{
	uint32_t main_node, a, b;

	pt_profile_init(p, NULL, 0);
	main_node = pt_tree_child(p->tree, PT_TREE_ROOT,
				  pt_frames_name(p->tree->frames, "main", 4, PT_FRAME_USER));
	a = pt_tree_child(p->tree, main_node,
			  pt_frames_name(p->tree->frames, "a", 1, PT_FRAME_USER));
	b = pt_tree_child(p->tree, main_node,
			  pt_frames_name(p->tree->frames, "b", 1, PT_FRAME_USER));
	for (int i = 9; i >= 0; i--) {
		pt_profile_add_moment(p, i * 10, a, 1);
		pt_profile_add_moment(p, i * 10 + 5, b, 100);
		pt_tree_add(p->tree, a, 1);
		pt_tree_add(p->tree, b, 100);
	}
	pt_profile_finish(p);
}

static void test_parts(void **state)
{
	struct pt_profile p;

	(void)state;
	pt_profile_init(&p, NULL, 0);
	assert_int_equal(pt_profile_add_value(&p, "cpu", "time", PT_UNIT_NS), 0);
	assert_int_equal(pt_profile_add_value(&p, "count", "samples", PT_UNIT_COUNT), 1);
	pt_profile_note(&p, "%d of them", 7);
	assert_string_equal(p.values[1].what, "samples");
	assert_string_equal(p.notes[0], "7 of them");
	assert_int_equal(p.n_notes, 1);
	pt_profile_release(&p);
	assert_null(p.tree);
	pt_profile_release(&p);
}

static void test_order(void **state)
{
	struct pt_profile p;

	(void)state;
	fill(&p);
	assert_int_equal(p.n_moments, 20);
	for (size_t i = 0; i < p.n_moments; i++)
		assert_int_equal(p.moments[i].at_ns, i * 5);
	pt_profile_release(&p);
}

static void assert_window(const struct pt_profile *p, int64_t from, int64_t to, int64_t total,
			  uint32_t nodes)
{
	struct pt_tree *tree = pt_profile_window(p, from, to);

	assert_non_null(tree);
	assert_ptr_equal(tree->frames, p->tree->frames);
	assert_int_equal(tree->total[PT_TREE_ROOT], total);
	assert_int_equal(tree->n, nodes);
	pt_tree_free(tree);
}

static void test_window(void **state)
{
	struct pt_profile p, none;

	(void)state;
	fill(&p);
	assert_window(&p, 0, INT64_MAX, 1010, 4);
	assert_window(&p, 10, 20, 101, 4);
	assert_window(&p, 10, 15, 1, 3); /* a alone */
	assert_window(&p, 15, 16, 100, 3);
	assert_window(&p, 96, 1000, 0, 1);
	assert_window(&p, 30, 20, 0, 1);
	pt_profile_init(&none, p.tree->frames, 0);
	pt_profile_finish(&none);
	assert_null(pt_profile_window(&none, 0, 10));
	pt_profile_release(&none);
	pt_profile_release(&p);
}

static void test_heat(void **state)
{
	static const int64_t want[] = {1, 100, 1, 100, 1, 100, 1, 100};
	struct pt_profile p;
	int64_t counts[8];

	(void)state;
	fill(&p);
	memset(counts, 0xff, sizeof counts);
	pt_profile_heat(&p, 0, 20, 2, 4, counts);
	assert_memory_equal(counts, want, sizeof counts);
	/* Two rows of 10 each from 5 on: b and a share a cell. */
	pt_profile_heat(&p, 5, 20, 4, 2, counts);
	for (int i = 0; i < 8; i++)
		assert_int_equal(counts[i], 101);
	pt_profile_heat(&p, 200, 20, 4, 2, counts);
	for (int i = 0; i < 8; i++)
		assert_int_equal(counts[i], 0);
	pt_profile_release(&p);
}

/* Times of a broken source: as far apart as numbers can be. */
static void test_heat_extremes(void **state)
{
	struct pt_profile p;
	int64_t counts[4];

	(void)state;
	pt_profile_init(&p, NULL, 0);
	pt_profile_add_moment(&p, INT64_MAX, PT_TREE_ROOT, INT64_MAX);
	pt_profile_add_moment(&p, INT64_MIN, PT_TREE_ROOT, 3);
	pt_profile_add_moment(&p, INT64_MAX, PT_TREE_ROOT, 1);
	pt_profile_finish(&p);
	pt_profile_heat(&p, INT64_MIN, INT64_MAX, 4, 1, counts);
	assert_int_equal(counts[0], 3);
	assert_int_equal(counts[1], 0);
	assert_true(counts[2] == INT64_MAX);
	pt_profile_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parts),	      cmocka_unit_test(test_order),
		cmocka_unit_test(test_window),	      cmocka_unit_test(test_heat),
		cmocka_unit_test(test_heat_extremes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
