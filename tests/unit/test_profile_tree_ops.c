/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees made of trees, against lists of stacks; stacks a million deep; what does not fit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "profile_stacks.h"

enum { SEEDS = 30 };

struct fixture {
	struct pt_frames *frames;
	struct model a, b, want;
	struct pt_tree *tree, *base;
	uint64_t set[1];
};

static struct fixture *begin(uint64_t seed, bool with_base)
{
	struct fixture *f = pt_calloc(1, sizeof *f);

	f->frames = pt_frames_new();
	model_fill(&f->a, seed, with_base);
	model_fill(&f->b, seed + 1000, false);
	f->tree = model_tree(&f->a, f->frames, with_base);
	f->base = model_tree(&f->b, f->frames, false);
	f->set[0] = (uint64_t)1 << model_frame(f->frames, 'a') |
		    (uint64_t)1 << model_frame(f->frames, (char)('b' + seed % 3));
	return f;
}

static void end(struct fixture *f)
{
	pt_tree_free(f->tree);
	pt_tree_free(f->base);
	pt_frames_unref(f->frames);
	free(f);
}

static bool in_set(const struct fixture *f, char letter)
{
	return pt_frame_set_has(f->set, model_frame(f->frames, letter));
}

static void check(struct fixture *f, struct pt_tree *made)
{
	assert_tree_is(made, &f->want);
	pt_tree_free(made);
}

static void test_merge(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct fixture *f = begin(seed, seed % 2);
		const struct pt_tree *both[] = {f->tree, f->base};

		f->want = f->a;
		for (size_t i = 0; i < f->b.n; i++)
			model_add(&f->want, f->b.v[i].text, f->b.v[i].w, 0);
		check(f, pt_tree_merge(both, 2));
		f->want = f->a;
		check(f, pt_tree_merge(both, 1));
		end(f);
	}
}

static void test_diff_and_subtract(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct fixture *f = begin(seed, false);

		f->want = f->a;
		for (size_t i = 0; i < f->b.n; i++)
			model_add(&f->want, f->b.v[i].text, 0, f->b.v[i].w);
		check(f, pt_tree_diff(f->base, f->tree));
		f->want = f->a;
		for (size_t i = 0; i < f->b.n; i++)
			model_add(&f->want, f->b.v[i].text, -f->b.v[i].w, 0);
		check(f, pt_tree_subtract(f->tree, f->base));
		end(f);
	}
}

/* The stacks of a build called b beside those of one called a. */
static void check_commands(const char *a, const char *b, const char *rest, const char *want)
{
	struct fixture *f = pt_calloc(1, sizeof *f);

	f->frames = pt_frames_new();
	model_add(&f->a, a, 90, 0);
	model_add(&f->a, rest, 10, 0);
	model_add(&f->b, b, 90, 0);
	f->tree = model_tree(&f->a, f->frames, false);
	f->base = model_tree(&f->b, f->frames, false);
	f->want = f->a;
	model_add(&f->want, want, 0, 90);
	check(f, pt_tree_diff(f->base, f->tree));
	end(f);
}

static void test_diff_of_two_commands(void **state)
{
	(void)state;
	check_commands("acd", "bcd", "e", "acd");
	check_commands("acd", "bcc", "ae", "acc");
	check_commands("acd", "bcd", "b", "bcd"); /* b is there as well */
	check_commands("acd", "b", "e", "b");	  /* no command: functions that call nothing */
	check_commands("a", "bcd", "ef", "bcd");
	check_commands("acd", "acd", "e", "acd");
}

static void test_invert(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct fixture *f = begin(seed, true);

		for (size_t i = 0; i < f->a.n; i++) {
			char text[STACK_LEN] = "";
			size_t len = strlen(f->a.v[i].text);

			for (size_t k = 0; k < len; k++)
				text[k] = f->a.v[i].text[len - 1 - k];
			model_add(&f->want, text, f->a.v[i].w, f->a.v[i].base);
		}
		check(f, pt_tree_invert(f->tree));
		end(f);
	}
}

static void test_filter(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct fixture *f = begin(seed, true);

		for (int keep = 0; keep < 2; keep++) {
			f->want.n = 0;
			for (size_t i = 0; i < f->a.n; i++) {
				bool has = false;

				for (const char *c = f->a.v[i].text; *c; c++)
					has = has || in_set(f, *c);
				if (has == (keep != 0))
					model_add(&f->want, f->a.v[i].text, f->a.v[i].w,
						  f->a.v[i].base);
			}
			check(f, pt_tree_filter(f->tree, f->set, keep));
		}
		end(f);
	}
}

static void test_focus(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct fixture *f = begin(seed, true);

		for (size_t i = 0; i < f->a.n; i++) {
			const char *c = f->a.v[i].text;

			while (*c && !in_set(f, *c))
				c++;
			if (*c)
				model_add(&f->want, c, f->a.v[i].w, f->a.v[i].base);
		}
		check(f, pt_tree_focus(f->tree, f->set));
		end(f);
	}
}

static void test_hide(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct fixture *f = begin(seed, true);

		for (size_t i = 0; i < f->a.n; i++) {
			char text[STACK_LEN] = "";
			size_t n = 0;

			for (const char *c = f->a.v[i].text; *c; c++)
				if (!in_set(f, *c))
					text[n++] = *c;
			model_add(&f->want, text, f->a.v[i].w, f->a.v[i].base);
		}
		check(f, pt_tree_hide(f->tree, f->set));
		end(f);
	}
}

static long long below(const struct model *m, const char *prefix, size_t n, bool base)
{
	long long sum = 0;

	for (size_t i = 0; i < m->n; i++)
		if (strncmp(m->v[i].text, prefix, n) == 0)
			sum += base ? m->v[i].base : m->v[i].w;
	return sum;
}

static void test_prune(void **state)
{
	const long long least = 60;

	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct fixture *f = begin(seed, true);

		/* "…" begins with this byte, which is all that the model looks at. */
		for (size_t i = 0; i < f->a.n; i++) {
			char text[STACK_LEN] = "";
			const char *from = f->a.v[i].text;

			for (size_t k = 0; from[k]; k++) {
				text[k] = from[k];
				if (below(&f->a, from, k + 1, false) >= least ||
				    below(&f->a, from, k + 1, true) >= least)
					continue;
				text[k] = "…"[0];
				break;
			}
			model_add(&f->want, text, f->a.v[i].w, f->a.v[i].base);
		}
		check(f, pt_tree_prune(f->tree, least));
		end(f);
	}
}

/* -- groups ---------------------------------------------------------------------------------------- */

static uint32_t thread(struct pt_frames *frames, const char *name, int pid, int tid)
{
	const struct pt_frame f = {.name = name, .kind = PT_FRAME_THREAD, .pid = pid, .tid = tid};

	return pt_frames_intern(frames, &f);
}

static void assert_root(const struct pt_tree *tree, const char *name, int pid, int tid, int total)
{
	for (uint32_t c = tree->child[PT_TREE_ROOT]; c != PT_NO_NODE; c = tree->sibling[c]) {
		const struct pt_frame *f = pt_frames_get(tree->frames, tree->frame[c]);

		if (strcmp(f->name, name) == 0 && f->pid == pid && f->tid == tid) {
			assert_int_equal(tree->total[c], total);
			return;
		}
	}
	fail_msg("no root %s %d/%d", name, pid, tid);
}

static struct pt_tree *thread_tree(struct pt_frames *frames)
{
	const struct {
		const char *name;
		int pid, tid, weight;
	} roots[] = {{"worker", 7, 8, 10}, {"server", 7, 7, 20}, {"worker", 9, 10, 40}};
	struct pt_tree *tree = pt_tree_new(frames, 0);

	for (size_t i = 0; i < PT_LEN(roots); i++) {
		uint32_t ids[2] = {thread(frames, roots[i].name, roots[i].pid, roots[i].tid),
				   model_frame(frames, 'x')};

		pt_tree_add(tree, pt_tree_stack(tree, PT_TREE_ROOT, ids, 2), roots[i].weight);
	}
	pt_tree_add(tree, pt_tree_child(tree, PT_TREE_ROOT, model_frame(frames, 'y')), 3);
	pt_tree_seal(tree);
	return tree;
}

static void test_groups(void **state)
{
	struct pt_frames *frames = pt_frames_new();
	struct pt_tree *tree = thread_tree(frames), *made;

	(void)state;
	made = pt_tree_group(tree, PT_GROUP_THREAD);
	assert_int_equal(made->n, tree->n);
	assert_root(made, "worker", 7, 8, 10);
	pt_tree_free(made);

	made = pt_tree_group(tree, PT_GROUP_PROCESS);
	assert_root(made, "server", 7, 0, 30);
	assert_root(made, "worker", 9, 0, 40);
	assert_root(made, "y", 0, 0, 3);
	pt_tree_free(made);

	made = pt_tree_group(tree, PT_GROUP_COMMAND);
	assert_root(made, "worker", 0, 0, 50);
	assert_root(made, "server", 0, 0, 20);
	pt_tree_free(made);

	made = pt_tree_group(tree, PT_GROUP_NONE);
	assert_int_equal(made->n, 3);
	assert_root(made, "x", 0, 0, 70);
	assert_root(made, "y", 0, 0, 3);
	pt_tree_free(made);

	assert_string_equal(pt_group_name(PT_GROUP_NONE), "all");
	pt_tree_free(tree);
	pt_frames_unref(frames);
}

/* -- extremes -------------------------------------------------------------------------------------- */

static void test_deep(void **state)
{
	enum { DEEP = 1000000 };
	struct pt_frames *frames = pt_frames_new();
	struct pt_tree *tree = pt_tree_new(frames, 0), *made;
	const uint32_t ids[2] = {model_frame(frames, 'a'), model_frame(frames, 'b')};
	const uint64_t set[1] = {1}; /* a */
	struct pt_function *functions;
	uint32_t node = PT_TREE_ROOT;

	(void)state;
	for (int i = 0; i < DEEP; i++)
		node = pt_tree_child(tree, node, ids[i % 2]);
	pt_tree_add(tree, node, 5);
	pt_tree_seal(tree);

	made = pt_tree_invert(tree);
	assert_int_equal(made->n, DEEP + 1);
	assert_int_equal(made->frame[made->child[PT_TREE_ROOT]], ids[1]);
	pt_tree_free(made);
	made = pt_tree_hide(tree, set);
	assert_int_equal(made->n, DEEP / 2 + 1);
	assert_int_equal(made->total[PT_TREE_ROOT], 5);
	pt_tree_free(made);
	assert_int_equal(pt_tree_functions(tree, PT_TREE_ROOT, &functions), 2);
	assert_int_equal(functions[0].total, 5);
	assert_int_equal(functions[0].self, 0);
	assert_int_equal(functions[1].self, 5);
	free(functions);
	pt_tree_free(tree);
	pt_frames_unref(frames);
}

static void test_limit(void **state)
{
	struct pt_frames *frames = pt_frames_new();
	struct pt_tree *tree = pt_tree_new(frames, 0);

	(void)state;
	/* Two leaves below one long stem: inverted that is twice as much. */
	for (int leaf = 0; leaf < 2; leaf++) {
		uint32_t node = PT_TREE_ROOT;

		for (int i = 0; i < 20000; i++)
			node = pt_tree_child(tree, node, model_frame(frames, "ab"[i % 2]));
		node = pt_tree_child(tree, node, model_frame(frames, "xy"[leaf]));
		pt_tree_add(tree, node, 1);
	}
	pt_tree_seal(tree);
	tree->max_bytes = pt_tree_bytes(tree) + pt_frames_bytes(frames) + 200000;
	assert_null(pt_tree_invert(tree));
	tree->max_bytes *= 4;
	pt_tree_free(pt_tree_invert(tree));
	pt_tree_free(tree);
	pt_frames_unref(frames);
}

/* Of all samples; the base's too. The tree is dropped. */
static void assert_squares(struct pt_tree *made, double squares, double base)
{
	double got = made->squares.total ? made->squares.total[PT_TREE_ROOT] : 0;
	double got_base = made->base_squares.total ? made->base_squares.total[PT_TREE_ROOT] : 0;

	assert_true(got == squares);
	assert_true(got_base == base);
	pt_tree_free(made);
}

static double sum_squares(const struct model *m)
{
	double sum = 0;

	for (size_t i = 0; i < m->n; i++)
		sum += (double)m->v[i].w * (double)m->v[i].w;
	return sum;
}

static void test_squares(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct fixture *f = begin(seed, false);
		const struct pt_tree *both[] = {f->tree, f->base};
		double a = sum_squares(&f->a), b = sum_squares(&f->b), kept;
		struct pt_tree *part = pt_tree_filter(f->tree, f->set, true);
		struct pt_frames *frames = pt_frames_new();

		assert_squares(pt_tree_merge(both, 2), a + b, 0);
		assert_squares(pt_tree_diff(f->base, f->tree), a, b);
		assert_squares(pt_tree_subtract(f->tree, f->base), 0, 0);
		assert_squares(pt_tree_invert(f->tree), a, 0);
		assert_squares(pt_tree_hide(f->tree, f->set), a, 0);
		assert_squares(pt_tree_prune(f->tree, 20), a, 0);
		assert_squares(pt_tree_group(f->tree, PT_GROUP_NONE), a, 0);
		assert_squares(pt_tree_over(f->tree, frames), a, 0);
		kept = part->squares.total[PT_TREE_ROOT];
		assert_true(kept > 0 && kept < a);
		assert_squares(pt_tree_filter(f->tree, f->set, false), a - kept, 0);
		pt_tree_free(part);
		pt_frames_unref(frames);
		end(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_merge),	cmocka_unit_test(test_diff_and_subtract),
		cmocka_unit_test(test_invert),	cmocka_unit_test(test_filter),
		cmocka_unit_test(test_focus),	cmocka_unit_test(test_hide),
		cmocka_unit_test(test_prune),	cmocka_unit_test(test_groups),
		cmocka_unit_test(test_deep),	cmocka_unit_test(test_limit),
		cmocka_unit_test(test_squares), cmocka_unit_test(test_diff_of_two_commands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
