/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_TESTS_PROFILE_STACKS_H
#define PT_TESTS_PROFILE_STACKS_H

/*
 * Trees against a model that cannot be wrong for long: a list of stacks, each a string whose letters
 * are frames ("abc": a called b called c). Included by tests, after cmocka.h.
 */
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/profile/tree.h"

#include <stdio.h>
#include <string.h>

enum { STACKS = 60, STACK_LEN = 24, LETTERS = 5 };

struct stack_model {
	char text[STACK_LEN];
	long long w, base;
};

struct model {
	struct stack_model v[STACKS * STACK_LEN];
	size_t n;
};

static uint64_t model_seed;

static unsigned model_random(unsigned n)
{
	model_seed = model_seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(model_seed >> 33) % n;
}

static void model_add(struct model *m, const char *text, long long w, long long base)
{
	for (size_t i = 0; i < m->n; i++) {
		if (strcmp(m->v[i].text, text) == 0) {
			m->v[i].w += w;
			m->v[i].base += base;
			return;
		}
	}
	m->v[m->n] = (struct stack_model){.w = w, .base = base};
	pt_strlcpy(m->v[m->n++].text, text, STACK_LEN);
}

/* Some deep, some with recursion, some that end where others go on. */
static __attribute__((unused)) void model_fill(struct model *m, uint64_t seed, bool with_base)
{
	model_seed = seed;
	m->n = 0;
	for (size_t i = 0; i < STACKS; i++) {
		char text[STACK_LEN] = "";
		size_t len = model_random(i % 8 ? 7 : STACK_LEN - 1);

		for (size_t k = 0; k < len; k++)
			text[k] = (char)('a' + model_random(LETTERS));
		model_add(m, text, model_random(4) * model_random(50),
			  with_base ? model_random(3) * model_random(50) : 0);
	}
}

static uint32_t model_frame(struct pt_frames *frames, char letter)
{
	return pt_frames_name(frames, &letter, 1, PT_FRAME_USER);
}

static __attribute__((unused)) struct pt_tree *model_tree(const struct model *m,
							  struct pt_frames *frames, bool with_base)
{
	struct pt_tree *tree = pt_tree_new(frames, 0);

	for (size_t i = 0; i < m->n; i++) {
		uint32_t ids[STACK_LEN], node;
		size_t len = strlen(m->v[i].text);

		for (size_t k = 0; k < len; k++)
			ids[k] = model_frame(frames, m->v[i].text[k]);
		node = pt_tree_stack(tree, PT_TREE_ROOT, ids, len);
		assert_int_not_equal(node, PT_NO_NODE);
		pt_tree_add_sample(tree, node, m->v[i].w);
		if (with_base)
			pt_tree_add_base(tree, node, m->v[i].base);
	}
	pt_tree_seal(tree);
	return tree;
}

static int model_by_text(const void *a, const void *b)
{
	return strcmp(((const struct stack_model *)a)->text, ((const struct stack_model *)b)->text);
}

/* A line for each stack with weight; yours. */
static char *model_text(struct model *m)
{
	struct pt_str s = PT_STR_INIT;

	qsort(m->v, m->n, sizeof *m->v, model_by_text);
	for (size_t i = 0; i < m->n; i++)
		if (m->v[i].w || m->v[i].base)
			pt_str_addf(&s, "%s %lld %lld\n", m->v[i].text, m->v[i].w, m->v[i].base);
	pt_str_add(&s, "");
	return pt_str_detach(&s);
}

static void model_path(const struct pt_tree *tree, uint32_t node, char *ret)
{
	size_t n = 0;

	for (uint32_t at = node; at != PT_TREE_ROOT; at = tree->parent[at])
		n++;
	ret[n] = '\0';
	for (uint32_t at = node; at != PT_TREE_ROOT; at = tree->parent[at])
		ret[--n] = *pt_frames_get(tree->frames, tree->frame[at])->name;
}

/* The tree as it should be: linked well, totals summed up, no node twice; and its stacks. */
static void model_of(const struct pt_tree *tree, struct model *ret)
{
	int64_t *total = pt_calloc(tree->n, sizeof *total);

	ret->n = 0;
	for (uint32_t i = tree->n; i-- > 0;) {
		char path[STACK_LEN * 2];
		size_t before = ret->n;

		total[i] += tree->self[i];
		assert_int_equal(total[i], tree->total[i]);
		model_path(tree, i, path);
		model_add(ret, path, tree->self[i], tree->base_self ? tree->base_self[i] : 0);
		assert_int_equal(ret->n, before + 1);
		if (i == 0)
			break;
		assert_true(tree->parent[i] < i);
		total[tree->parent[i]] += total[i];
	}
	free(total);
}

static __attribute__((unused)) void assert_tree_is(const struct pt_tree *tree, struct model *want)
{
	struct model *got = pt_malloc(sizeof *got);
	char *got_text, *want_text;

	assert_non_null(tree);
	model_of(tree, got);
	got_text = model_text(got);
	want_text = model_text(want);
	assert_string_equal(got_text, want_text);
	free(got_text);
	free(want_text);
	free(got);
}

#endif
