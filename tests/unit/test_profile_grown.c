/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions that grew: shares compare recordings of different length, chance does not pass. */
#include "perftop/profile/grown.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void add(struct pt_profile *p, const char *stack, int64_t weight)
{
	struct pt_frames *frames = p->tree->frames;
	uint32_t node = PT_TREE_ROOT;

	while (*stack) {
		size_t n = strcspn(stack, ";");
		node = pt_tree_child(p->tree, node,
				     pt_frames_name(frames, stack, n, PT_FRAME_USER));
		stack += n + (stack[n] == ';');
	}
	pt_tree_add(p->tree, node, weight);
	p->samples += weight;
}

static const struct pt_grown *find(const struct pt_profile *p, const struct pt_grown *list,
				   size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(pt_frames_get(p->tree->frames, list[i].frame)->name, name) == 0)
			return &list[i];
	return NULL;
}

static void test_grown(void **state)
{
	struct pt_profile base, p;
	struct pt_grown *list;
	const struct pt_grown *g;
	size_t n;

	(void)state;
	pt_profile_init(&base, NULL, 0);
	pt_profile_init(&p, base.tree->frames, 0);
	add(&base, "main;parse;hash", 1000);
	add(&base, "main;parse", 3000);
	add(&base, "main;write", 6000);
	/* Twice as long, and hash has doubled its share. */
	add(&p, "main;parse;hash", 4000);
	add(&p, "main;parse", 6000);
	add(&p, "main;write", 10020);
	add(&p, "main;new", 2);
	pt_profile_finish(&base);
	pt_profile_finish(&p);

	n = pt_profile_grown(&base, &p, PT_GROWN_SELF, 10, &list);
	assert_true(n >= 3);
	g = find(&p, list, n, "hash");
	assert_true(fabs(g->base_self - 0.1) < 1e-9);
	assert_true(fabs(g->self - 4000.0 / 20022) < 1e-9);
	assert_true(g->significant && g->sigma > 10);
	/* Two samples of something new are no evidence. */
	g = find(&p, list, n, "new");
	assert_true(g->self > 0 && g->base_self == 0 && !g->significant);
	/* What is sure comes first, the largest change at its head: write went down by ten points. */
	assert_string_equal(pt_frames_get(p.tree->frames, list[0].frame)->name, "hash");
	assert_null(find(&p, list, n, "main"));
	free(list);

	n = pt_profile_grown(&base, &p, PT_GROWN_TOTAL, 1, &list);
	assert_int_equal(n, 1);
	assert_string_equal(pt_frames_get(p.tree->frames, list[0].frame)->name, "hash");
	free(list);
	pt_profile_release(&p);
	pt_profile_release(&base);
}

/* Without knowing how many samples stand behind weights nothing is called sure. */
static void test_unknown_samples(void **state)
{
	struct pt_profile base, p;
	struct pt_grown *list;
	size_t n;

	(void)state;
	pt_profile_init(&base, NULL, 0);
	pt_profile_init(&p, base.tree->frames, 0);
	add(&base, "main;a", 900);
	add(&p, "main;b", 900);
	base.samples = p.samples = 0;
	pt_profile_finish(&base);
	pt_profile_finish(&p);
	n = pt_profile_grown(&base, &p, PT_GROWN_SELF, 10, &list);
	assert_int_equal(n, 2);
	assert_false(list[0].significant);
	assert_true(list[0].sigma == 0);
	free(list);
	pt_profile_release(&p);
	pt_profile_release(&base);
}

/* Two builds of one program lie in two places. */
static void test_two_builds(void **state)
{
	struct pt_frame old = {.name = "hash", .module = "/old/bench"};
	struct pt_frame new = {.name = "hash", .module = "/new/bench"};
	struct pt_profile base, p;
	struct pt_grown *list;

	(void)state;
	pt_profile_init(&base, NULL, 0);
	pt_profile_init(&p, base.tree->frames, 0);
	pt_tree_add(base.tree,
		    pt_tree_child(base.tree, 0, pt_frames_intern(base.tree->frames, &old)), 100);
	pt_tree_add(p.tree, pt_tree_child(p.tree, 0, pt_frames_intern(p.tree->frames, &new)), 100);
	add(&base, "rest", 900);
	add(&p, "rest", 300);
	base.samples = 1000;
	p.samples = 400;
	pt_profile_finish(&base);
	pt_profile_finish(&p);
	assert_int_equal(pt_profile_grown(&base, &p, PT_GROWN_SELF, 10, &list), 2);
	for (int i = 0; i < 2; i++)
		if (strcmp(pt_frames_get(p.tree->frames, list[i].frame)->name, "hash") == 0) {
			assert_true(fabs(list[i].base_self - 0.1) < 1e-9);
			assert_true(fabs(list[i].self - 0.25) < 1e-9);
		}
	free(list);
	pt_profile_release(&p);
	pt_profile_release(&base);
}

/* Two recordings of the same: with hundreds of functions hardly any is named. */
static void test_chance(void **state)
{
	enum { FUNCTIONS = 300, SAMPLES = 20000, ROUNDS = 20 };
	uint64_t seed = 42;
	size_t wrong = 0;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct pt_profile both[2];
		struct pt_grown *list;
		pt_profile_init(&both[0], NULL, 0);
		pt_profile_init(&both[1], both[0].tree->frames, 0);
		for (int side = 0; side < 2; side++)
			for (int i = 0; i < SAMPLES; i++) {
				char name[32];
				seed = seed * 6364136223846793005u + 1442695040888963407u;
				double u = (double)(seed >> 11) / 9007199254740992.0;
				pt_snprintf(name, sizeof name, "main;f%d",
					    (int)(u * u * FUNCTIONS));
				add(&both[side], name, 1);
			}
		pt_profile_finish(&both[0]);
		pt_profile_finish(&both[1]);
		size_t n = pt_profile_grown(&both[0], &both[1], PT_GROWN_SELF, SIZE_MAX, &list);
		for (size_t i = 0; i < n; i++)
			wrong += list[i].significant;
		free(list);
		pt_profile_release(&both[1]);
		pt_profile_release(&both[0]);
	}
	/* One in twenty rounds is what the bar promises. */
	assert_true(wrong <= 4);
}

/* No list is told from an empty one: else a gate in CI would pass. */
static void test_no_memory(void **state)
{
	struct pt_profile base, p;
	struct pt_grown *list;
	char stack[40];

	(void)state;
	pt_profile_init(&base, NULL, 0);
	pt_profile_init(&p, base.tree->frames, 0);
	for (int i = 0; i < 1000; i++) {
		pt_snprintf(stack, sizeof stack, "main;f%d", i);
		add(&base, stack, 1);
	}
	add(&p, "main;other", 1);
	pt_profile_finish(&base);
	pt_profile_finish(&p);
	assert_int_equal(pt_profile_grown(&base, &base, PT_GROWN_SELF, 9, &list), 0);
	assert_non_null(list);
	free(list);
	p.tree->max_bytes = pt_frames_bytes(p.tree->frames) + 4096;
	assert_int_equal(pt_profile_grown(&base, &p, PT_GROWN_SELF, 9, &list), 0);
	assert_null(list);
	pt_profile_release(&p);
	pt_profile_release(&base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grown),		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_unknown_samples), cmocka_unit_test(test_two_builds),
		cmocka_unit_test(test_chance),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
