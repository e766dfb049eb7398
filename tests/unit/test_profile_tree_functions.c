/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The flat profile against lists of stacks: a function that calls itself counts once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "profile_stacks.h"

/* What stacks below a prefix give to one letter. */
static struct pt_function slow_function(const struct model *m, const char *prefix, char letter)
{
	struct pt_function f = {0};
	size_t n = strlen(prefix);

	for (size_t i = 0; i < m->n; i++) {
		const struct stack_model *s = &m->v[i];
		size_t len = strlen(s->text);

		/* The node itself is part of what is below it. */
		if (strncmp(s->text, prefix, n) != 0 || !strchr(s->text + (n ? n - 1 : 0), letter))
			continue;
		f.total += s->w;
		f.base_total += s->base;
		if (s->text[len - 1] == letter) {
			f.self += s->w;
			f.base_self += s->base;
		}
	}
	return f;
}

static void check(const struct model *m, const struct pt_tree *tree, uint32_t node)
{
	struct pt_function *got;
	size_t n = pt_tree_functions(tree, node, &got);
	char prefix[STACK_LEN];

	model_path(tree, node, prefix);
	for (size_t i = 0; i < n; i++) {
		char letter = *pt_frames_get(tree->frames, got[i].frame)->name;
		struct pt_function want = slow_function(m, prefix, letter);

		assert_true(i == 0 || got[i - 1].frame < got[i].frame);
		assert_int_equal(got[i].self, want.self);
		assert_int_equal(got[i].total, want.total);
		assert_int_equal(got[i].base_self, want.base_self);
		assert_int_equal(got[i].base_total, want.base_total);
	}
	for (char c = 'a'; c < 'a' + LETTERS; c++) {
		uint32_t frame = model_frame(tree->frames, c);
		bool found = false;

		for (size_t i = 0; i < n; i++)
			found = found || got[i].frame == frame;
		assert_true(found || slow_function(m, prefix, c).total == 0);
	}
	free(got);
}

static void test_random(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 100; seed++) {
		struct pt_frames *frames = pt_frames_new();
		struct model m;
		struct pt_tree *tree;

		model_fill(&m, seed, seed % 2);
		tree = model_tree(&m, frames, seed % 2);
		check(&m, tree, PT_TREE_ROOT);
		check(&m, tree, model_random(tree->n));
		pt_tree_free(tree);
		pt_frames_unref(frames);
	}
}

static void test_empty(void **state)
{
	struct pt_frames *frames = pt_frames_new();
	struct pt_tree *tree = pt_tree_new(frames, 0);
	struct pt_function *got;

	(void)state;
	pt_tree_seal(tree);
	assert_int_equal(pt_tree_functions(tree, PT_TREE_ROOT, &got), 0);
	free(got);
	pt_tree_free(tree);
	pt_frames_unref(frames);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
