/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes into the history comes out of it: batches, samples, environments, points by commit. */
#include "perftop/store/runs.h"

#include "store_runs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct world {
	char path[600];
	struct pt_db *db;
	uint64_t seed;
};

static const struct pt_runs_query any = {.dirty = -1};

static int open_world(void **state)
{
	struct world *w = pt_calloc(1, sizeof *w);
	struct pt_err err = {0};

	w->seed = 7;
	fresh_db(w->path, sizeof w->path, "runs");
	assert_int_equal(pt_db_open(w->path, false, &w->db, &err), 0);
	*state = w;
	return 0;
}

static int close_world(void **state)
{
	struct world *w = *state;

	pt_db_close(w->db);
	free(w);
	return 0;
}

/* A batch of launches at the i-th commit. */
static int64_t add_batch(struct world *w, struct fake_batch *f, int launches, size_t benches,
			 size_t samples)
{
	int64_t id = 0;
	struct pt_err err = {0};

	assert_int_equal(pt_runs_begin(w->db, &f->batch, &id, &err), 0);
	for (int i = 0; i < launches; i++) {
		struct pt_launch l;
		fake_launch_init(&l, i, benches, samples, &w->seed);
		assert_int_equal(pt_runs_add(w->db, id, &l, &err), 0);
		pt_launch_release(&l);
	}
	fake_batch_release(f);
	return id;
}

static int64_t add_commit(struct world *w, int i, const char *branch, int launches)
{
	struct fake_batch f;

	fake_batch_init(&f, i, branch);
	return add_batch(w, &f, launches, 3, 20);
}

static size_t count_batches(struct world *w, const struct pt_runs_query *q)
{
	struct pt_batch_info *list;
	size_t n;

	assert_int_equal(pt_runs_batches(w->db, q, 0, &list, &n, NULL), 0);
	pt_batch_infos_free(list, n);
	return n;
}

static void test_round_trip(void **state)
{
	struct world *w = *state;
	struct fake_batch f;
	struct pt_launch l;
	struct pt_bench_set set;
	struct pt_err err = {0};
	const struct pt_bench *b;
	int64_t id;

	fake_batch_init(&f, 1, "main");
	fake_launch_init(&l, 0, 2, 30, &w->seed);
	b = pt_bench_set_get(&l.set, "allocs", "count", NULL);
	((struct pt_bench *)b)->exact = true;
	((struct pt_bench *)b)->better = PT_BETTER_HIGHER;
	pt_bench_add_sample((struct pt_bench *)b, 0, 12345678901.0);
	pt_bench_add_sample((struct pt_bench *)b, 1, 12345678902.0);
	pt_bench_add_sample(pt_bench_set_get(&l.set, "allocs", "count", "old"), 0, 5);
	assert_int_equal(pt_runs_begin(w->db, &f.batch, &id, &err), 0);
	assert_int_equal(pt_runs_add(w->db, id, &l, &err), 0);

	pt_bench_set_init(&set);
	assert_int_equal(pt_runs_load(w->db, &any, &set, &err), 0);
	assert_int_equal(set.n, 3); /* the saved one is the tool's memory, not a result */
	b = pt_bench_set_find(&set, "allocs", "count", NULL);
	assert_true(b && b->exact && b->better == PT_BETTER_HIGHER && b->unit == PT_UNIT_COUNT);
	assert_int_equal(b->n_runs, 2);
	assert_true(b->runs[1].samples[0] == 12345678902.0);
	b = pt_bench_set_find(&set, "bench/1", "time", NULL);
	assert_true(b && b->unit == PT_UNIT_NS && b->n_runs == 1 && b->runs[0].n == 30);
	for (size_t i = 0; i < 30; i++) {
		double was = l.set.benches[1]->runs[0].samples[i];
		assert_true(fabs(b->runs[0].samples[i] / was - 1) < 1e-5);
	}
	pt_bench_set_release(&set);
	pt_launch_release(&l);
	fake_batch_release(&f);
}

static void test_queries(void **state)
{
	struct world *w = *state;
	struct pt_runs_query q = any;
	struct fake_batch f;
	int64_t first = add_commit(w, 1, "main", 2);

	add_commit(w, 2, "main", 2);
	add_commit(w, 3, "topic", 1);
	fake_batch_init(&f, 3, "topic");
	f.commit.dirty = true;
	f.batch.suite = "other";
	add_batch(w, &f, 1, 1, 1);
	fake_batch_init(&f, 3, "topic");
	f.batch.kind = PT_LAUNCH_RERUN;
	add_batch(w, &f, 1, 1, 1);
	fake_batch_init(&f, 4, "main");
	add_batch(w, &f, 0, 0, 0); /* begun, nothing measured */

	assert_int_equal(count_batches(w, &q), 4);
	q.reruns = true;
	assert_int_equal(count_batches(w, &q), 5);
	q = (struct pt_runs_query){.dirty = -1, .branch = "main"};
	assert_int_equal(count_batches(w, &q), 2);
	q.latest_batches = 1;
	assert_int_equal(count_batches(w, &q), 1);
	q = (struct pt_runs_query){.dirty = 1};
	assert_int_equal(count_batches(w, &q), 1);
	q = (struct pt_runs_query){.dirty = 0, .suite = "parser", .repository = "root"};
	assert_int_equal(count_batches(w, &q), 3);
	q.repository = "elsewhere";
	assert_int_equal(count_batches(w, &q), 0);
	q = (struct pt_runs_query){.dirty = -1, .machine_class = "x86_64-test-2c"};
	assert_int_equal(count_batches(w, &q), 4);
	q.machine_class = "arm";
	assert_int_equal(count_batches(w, &q), 0);
	q = (struct pt_runs_query){.dirty = -1, .batch = first};
	assert_int_equal(count_batches(w, &q), 1);
	/* Nobody's text becomes SQL. */
	q = (struct pt_runs_query){.dirty = -1, .branch = "' OR 1=1 --"};
	assert_int_equal(count_batches(w, &q), 0);
}

static void test_latest(void **state)
{
	struct world *w = *state;
	struct pt_runs_query q = {.dirty = 0, .branch = "main", .latest_batches = 1};
	struct pt_batch_info *list;
	struct pt_bench_set set;
	size_t n;

	add_commit(w, 2, "main", 3);
	add_commit(w, 1, "main", 5); /* an older commit, measured earlier */
	assert_int_equal(pt_runs_batches(w->db, &q, 9, &list, &n, NULL), 0);
	assert_int_equal(n, 1);
	assert_string_equal(list[0].commit.subject, "change 2");
	assert_string_equal(list[0].suite, "parser");
	assert_string_equal(list[0].machine_class, "x86_64-test-2c");
	assert_int_equal(list[0].launches, 3);
	assert_int_equal(list[0].failed, 0);
	pt_batch_infos_free(list, n);
	pt_bench_set_init(&set);
	assert_int_equal(pt_runs_load(w->db, &q, &set, NULL), 0);
	assert_int_equal(set.n, 3);
	assert_int_equal(set.benches[0]->n_runs, 3);
	pt_bench_set_release(&set);
}

static void test_failed(void **state)
{
	struct world *w = *state;
	struct pt_launch l;
	struct pt_batch_info *list;
	struct pt_bench_set set;
	int64_t id = add_commit(w, 1, "main", 2);
	size_t n;

	fake_launch_init(&l, 2, 3, 20, &w->seed);
	l.status = PT_LAUNCH_TIMED_OUT;
	l.error = pt_strdup("took longer than 10 min");
	pt_strlcpy(l.machine.noisy, "17 % of the CPU stolen", sizeof l.machine.noisy);
	assert_int_equal(pt_runs_add(w->db, id, &l, NULL), 0);
	pt_launch_release(&l);
	assert_int_equal(pt_runs_batches(w->db, &any, 0, &list, &n, NULL), 0);
	assert_int_equal(list[0].launches, 3);
	assert_int_equal(list[0].failed, 1);
	assert_string_equal(list[0].noisy, "17 % of the CPU stolen");
	pt_batch_infos_free(list, n);
	pt_bench_set_init(&set);
	assert_int_equal(pt_runs_load(w->db, &any, &set, NULL), 0);
	assert_int_equal(set.benches[0]->n_runs, 2);
	pt_bench_set_release(&set);
	/* A launch of no batch is refused, whole. */
	fake_launch_init(&l, 0, 1, 1, &w->seed);
	assert_true(pt_runs_add(w->db, 4711, &l, NULL) < 0);
	pt_launch_release(&l);
}

static void test_environment(void **state)
{
	struct world *w = *state;
	int64_t id = add_commit(w, 1, "main", 1);
	struct pt_environment env = {0};

	add_commit(w, 2, "main", 1);
	assert_int_equal(pt_runs_environment(w->db, id, &env, NULL), 0);
	assert_string_equal(env.machine_class, "x86_64-test-2c");
	assert_int_equal(env.n, 2);
	assert_string_equal(pt_environment_get(&env, "kernel"), "6.1.0");
	pt_environment_release(&env);
	assert_int_equal(pt_runs_environment(w->db, 99, &env, NULL), -PT_ENOENT);
}

static void test_history(void **state)
{
	struct world *w = *state;
	struct pt_runs_query q = {.dirty = -1, .suite = "parser"};
	struct pt_history *h;
	struct fake_batch f;
	size_t n;

	add_commit(w, 3, "main", 4); /* measured out of order */
	add_commit(w, 1, "main", 4);
	add_commit(w, 2, "main", 4);
	add_commit(w, 2, "main", 3); /* again: one point */
	fake_batch_init(&f, 4, "main");
	f.commit.dirty = true; /* no point */
	add_batch(w, &f, 2, 3, 5);
	assert_int_equal(pt_runs_history(w->db, &q, NULL, NULL, 100, &h, &n, NULL), 0);
	assert_int_equal(n, 3);
	assert_string_equal(h[1].name, "bench/1");
	assert_int_equal(h[1].n, 3);
	assert_string_equal(h[1].points[0].subject, "change 1");
	assert_string_equal(h[1].points[2].subject, "change 3");
	assert_int_equal(h[1].points[1].runs, 7);
	assert_true(h[1].points[1].lo < h[1].points[1].median);
	assert_true(h[1].points[1].hi > h[1].points[1].median);
	assert_true(h[1].points[1].spread > 0.005 && h[1].points[1].spread < 0.06);
	pt_histories_free(h, n);
	assert_int_equal(pt_runs_history(w->db, &q, "bench/2", "time", 2, &h, &n, NULL), 0);
	assert_int_equal(n, 1);
	assert_int_equal(h[0].n, 2);
	assert_string_equal(h[0].points[0].subject, "change 2");
	pt_histories_free(h, n);
	assert_int_equal(pt_runs_history(w->db, &q, "none", NULL, 2, &h, &n, NULL), 0);
	assert_int_equal(n, 0);
	pt_histories_free(h, n);
}

static void test_prune(void **state)
{
	struct world *w = *state;
	struct pt_runs_query q = {.dirty = 0};
	struct pt_bench_set set;
	struct pt_history *h;
	size_t n, dropped;

	for (int i = 0; i < 12; i++) {
		struct fake_batch f;
		fake_batch_init(&f, i, "main");
		add_batch(w, &f, 2, 8, 200);
	}
	assert_int_equal(pt_runs_prune(w->db, 1 << 20, &dropped, NULL), 0);
	assert_int_equal(dropped, 0);
	/* Samples go first: all medians are still there. */
	assert_int_equal(pt_runs_prune(w->db, 80000, &dropped, NULL), 0);
	assert_true(dropped > 0 && dropped < 24);
	assert_int_equal(pt_runs_history(w->db, &q, NULL, NULL, 100, &h, &n, NULL), 0);
	assert_int_equal(n, 8);
	assert_int_equal(h[0].n, 12);
	pt_histories_free(h, n);
	pt_bench_set_init(&set);
	assert_int_equal(pt_runs_load(w->db, &q, &set, NULL), 0);
	assert_int_equal(set.benches[0]->n_runs, 24);
	assert_int_equal(set.benches[0]->runs[0].n, 1);	   /* the oldest: its median */
	assert_int_equal(set.benches[0]->runs[23].n, 200); /* the newest: whole */
	pt_bench_set_release(&set);
	/* Then batches, the last one never. */
	assert_int_equal(pt_runs_prune(w->db, 1, &dropped, NULL), 0);
	assert_int_equal(count_batches(w, &q), 1);
}

#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, open_world, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_round_trip), WORLD_TEST(test_queries),	   WORLD_TEST(test_latest),
		WORLD_TEST(test_failed),     WORLD_TEST(test_environment), WORLD_TEST(test_history),
		WORLD_TEST(test_prune),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
