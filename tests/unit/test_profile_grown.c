/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions that grew: shares compare recordings of different length, chance does not pass. */
#include "perftop/profile/grown.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/profile/graph.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static uint32_t node_of(struct pt_profile *p, const char *stack)
{
	struct pt_frames *frames = p->tree->frames;
	uint32_t node = PT_TREE_ROOT;

	while (*stack) {
		size_t n = strcspn(stack, ";");
		node = pt_tree_child(p->tree, node,
				     pt_frames_name(frames, stack, n, PT_FRAME_USER));
		stack += n + (stack[n] == ';');
	}
	return node;
}

static void add(struct pt_profile *p, const char *stack, int64_t weight)
{
	pt_tree_add(p->tree, node_of(p, stack), weight);
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

/* -- waits: few samples weigh most ---------------------------------------------------------------- */

static double chance(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return ((double)(*seed >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(uint64_t *seed)
{
	return sqrt(-2 * log(chance(seed))) * cos(2 * M_PI * chance(seed));
}

/* What threads wait for: how often, and for how long. */
static const struct wait {
	const char *stack;
	double times, median_ns, sigma; /* log-normal; the mean is median * exp(sigma^2 / 2) */
} waits[] = {
	{"worker;lock", 4000, 5e4, 1.5},  {"worker;queue", 1500, 1e6, 1},
	{"worker;read", 800, 2e6, 1.8},	  {"worker;write", 300, 8e5, 2},
	{"worker;fsync", 60, 2e7, 0.6},	  {"timer;sleep", 60, 1e8, 0.05},
	{"idle;poll", 25, 4e8, 0.9},	  {"worker;send", 6000, 1e5, 0.3},
	{"worker;connect", 15, 3e7, 1.5}, {"worker;page", 2500, 4e5, 0.8},
};

/* As long a recording as the others, in which one kind of wait comes more often. */
static void record(struct pt_profile *p, uint64_t *seed, size_t more, double factor)
{
	for (size_t i = 0; i < PT_LEN(waits); i++) {
		const struct wait *w = &waits[i];
		double times = w->times * (i == more ? factor : 1);

		for (double at = -log(chance(seed)); at < times; at -= log(chance(seed))) {
			double ns = w->median_ns * exp(w->sigma * normal(seed));

			pt_tree_add_sample(p->tree, node_of(p, w->stack), (int64_t)fmin(ns, 1e9));
			p->samples++;
		}
	}
}

struct found {
	size_t tests, beyond; /* 1.96 standard errors */
	size_t by_count;      /* the same, were all samples alike */
	size_t significant;   /* of rounds: at least one */
	size_t meant;	      /* the one that did change */
};

static void look(const struct pt_profile *base, const struct pt_profile *p, const char *meant,
		 struct found *found)
{
	struct pt_grown *list;
	size_t n = pt_profile_grown(base, p, PT_GROWN_SELF, SIZE_MAX, &list), sure = 0;

	for (size_t i = 0; i < n; i++) {
		struct pt_share now = {list[i].self, (double)p->samples, list[i].self, 1};
		struct pt_share was = {list[i].base_self, (double)base->samples, list[i].base_self,
				       1};

		found->tests++;
		found->beyond += fabs(list[i].sigma) > 1.96;
		found->by_count += fabs(pt_share_sigma(&now, &was)) > 1.96;
		sure += list[i].significant;
	}
	if (meant)
		found->meant += find(p, list, n, meant)->significant;
	found->significant += sure > 0;
	free(list);
}

static struct found simulate(int rounds, size_t more, double factor)
{
	struct found found = {0};
	uint64_t seed = 7;

	for (int i = 0; i < rounds; i++) {
		struct pt_profile base, p;

		pt_profile_init(&base, NULL, 0);
		pt_profile_init(&p, base.tree->frames, 0);
		record(&base, &seed, SIZE_MAX, 1);
		record(&p, &seed, more, factor);
		pt_profile_finish(&base);
		pt_profile_finish(&p);
		look(&base, &p, more < PT_LEN(waits) ? strrchr(waits[more].stack, ';') + 1 : NULL,
		     &found);
		pt_profile_release(&p);
		pt_profile_release(&base);
	}
	return found;
}

/* Two recordings of the same waits, and two of which one has ten points more of page. */
static void test_waits(void **state)
{
	enum { ROUNDS = 100 };
	struct found same = simulate(ROUNDS, SIZE_MAX, 1), more = simulate(ROUNDS, 9, 4);
	double rate = (double)same.beyond / (double)same.tests;

	(void)state;
	print_message("same: %.1f%% of %zu beyond 1.96 (by count %.1f%%), rounds with one named "
		      "%zu of %d; more: %zu of %d\n",
		      100 * rate, same.tests, 100 * (double)same.by_count / (double)same.tests,
		      same.significant, ROUNDS, more.meant, ROUNDS);
	assert_true(rate > 0.02 && rate < 0.07);
	assert_true(same.by_count > 10 * same.beyond / 2);
	assert_true(same.significant <= ROUNDS / 12);
	assert_true(more.meant >= ROUNDS * 8 / 10);
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
		cmocka_unit_test(test_chance),		cmocka_unit_test(test_waits),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
