/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Profiles stay beside their batches: the newest that fits comes back, whole; they go with them. */
#include "perftop/store/flames.h"

#include "store_runs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct pt_runs_query of_parser = {.suite = "parser", .dirty = -1};

static int64_t add_batch(struct pt_db *db, int commit, uint64_t *seed)
{
	struct fake_batch f;
	struct pt_launch l;
	int64_t id = 0;

	fake_batch_init(&f, commit, "main");
	assert_int_equal(pt_runs_begin(db, &f.batch, &id, NULL), 0);
	fake_launch_init(&l, 0, 1, 5, seed);
	assert_int_equal(pt_runs_add(db, id, &l, NULL), 0);
	pt_launch_release(&l);
	fake_batch_release(&f);
	return id;
}

static void put(struct pt_db *db, int64_t batch, const char *text)
{
	struct pt_kept_flame f = {
		.batch = batch, .samples = 12, .data = (void *)text, .n = strlen(text)};

	pt_strlcpy(f.mode, "cpu-clock 997 Hz", sizeof f.mode);
	assert_int_equal(pt_flames_put(db, &f, NULL), 0);
}

static void expect(struct pt_db *db, const struct pt_runs_query *query, int64_t before,
		   const char *other, const char *want)
{
	struct pt_kept_flame f;
	struct pt_err err = {0};
	int r = pt_flames_get(db, query, before, other, &f, &err);

	if (!want) {
		assert_int_equal(r, -PT_ENODATA);
		assert_non_null(strstr(err.msg, "bench run --flame"));
		return;
	}
	assert_int_equal(r, 0);
	assert_int_equal(f.n, strlen(want));
	assert_memory_equal(f.data, want, f.n);
	assert_int_equal(f.samples, 12);
	assert_string_equal(f.mode, "cpu-clock 997 Hz");
	pt_kept_flame_release(&f);
}

static void test_found(void **state)
{
	struct pt_runs_query old = of_parser, elsewhere = of_parser;
	char path[600], id[PT_COMMIT_MAX];
	struct pt_db *db;
	uint64_t seed = 7;
	int64_t first, second, third;

	(void)state;
	assert_int_equal(pt_db_open(fresh_db(path, sizeof path, "flames"), false, &db, NULL), 0);
	first = add_batch(db, 1, &seed);
	second = add_batch(db, 2, &seed);
	third = add_batch(db, 3, &seed);
	expect(db, &of_parser, 0, NULL, NULL);
	put(db, first, "one");
	put(db, second, "two");
	put(db, second, "two again");
	expect(db, &of_parser, 0, NULL, "two again");
	expect(db, &of_parser, second, NULL, "one");
	expect(db, &of_parser, first, NULL, NULL);
	pt_snprintf(id, sizeof id, "%040x", 0xabc000 + 2);
	expect(db, &of_parser, third, id, "one");
	pt_snprintf(id, sizeof id, "%040x", 0xabc000 + 1);
	old.commit = id;
	expect(db, &old, 0, NULL, "one");
	elsewhere.machine_class = "another";
	expect(db, &elsewhere, 0, NULL, NULL);
	pt_db_close(db);
	unlink(path);
}

static void test_limits(void **state)
{
	struct pt_kept_flame big = {.n = (8 << 20) + 1, .data = (void *)""};
	char path[600];
	struct pt_db *db;
	struct pt_err err = {0};
	uint64_t seed = 7;

	(void)state;
	assert_int_equal(pt_db_open(fresh_db(path, sizeof path, "flames"), false, &db, NULL), 0);
	big.batch = add_batch(db, 1, &seed);
	assert_int_equal(pt_flames_put(db, &big, &err), -PT_ELIMIT);
	/* Beside no batch there is nothing to keep. */
	big = (struct pt_kept_flame){.batch = 999, .data = (void *)"x", .n = 1};
	assert_true(pt_flames_put(db, &big, &err) < 0);
	pt_db_close(db);
	unlink(path);
}

/* Large ones do not crowd out what was measured: the oldest go. */
static void test_together(void **state)
{
	enum { LARGE = 7 << 20, FIT = 4, N = 6 };
	struct pt_kept_flame large = {.n = LARGE, .data = pt_calloc(1, LARGE)};
	struct pt_runs_query one = of_parser;
	char path[600], id[PT_COMMIT_MAX];
	struct pt_db *db;
	uint64_t seed = 7;

	(void)state;
	assert_int_equal(pt_db_open(fresh_db(path, sizeof path, "flames"), false, &db, NULL), 0);
	for (int i = 1; i <= N; i++) {
		large.batch = add_batch(db, i, &seed);
		assert_int_equal(pt_flames_put(db, &large, NULL), 0);
	}
	one.commit = id;
	for (int i = 1; i <= N; i++) {
		struct pt_kept_flame f = {0};
		int r;

		pt_snprintf(id, sizeof id, "%040x", 0xabc000 + i);
		r = pt_flames_get(db, &one, 0, NULL, &f, NULL);
		assert_int_equal(r, i > N - FIT ? 0 : -PT_ENODATA);
		pt_kept_flame_release(&f);
	}
	free(large.data);
	pt_db_close(db);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_together),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
