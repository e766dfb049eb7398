/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session over a recorded container: who it says it is, ticks and their times, scans. */
#include "perftop/app/session.h"
#include "perftop/base/clock.h"

#include "../fixture.h"
#include "collect_tree.h"

static struct pt_options options;
static struct pt_config config;
static struct pt_session *session;

static int open_root(const char *root)
{
	pt_options_init(&options);
	assert_int_equal(pt_options_set(&options, PT_OPT_ROOT, root, PT_FROM_FLAG, NULL), 0);
	return pt_session_open(&options, &config, NULL, &session, NULL);
}

static int setup(void **state)
{
	char root[PATH_MAX];

	(void)state;
	assert_true(fixture_root("container", root, sizeof root));
	assert_int_equal(open_root(root), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	pt_session_close(session);
	session = NULL;
	pt_options_release(&options);
	return 0;
}

static double value(const char *metric)
{
	struct pt_series_info info;
	int id = pt_store_find(session->store, metric, "");

	return id >= 0 && pt_store_info(session->store, id, &info) ? info.last : NAN;
}

static void test_ticks(void **state)
{
	int64_t first;

	(void)state;
	assert_string_equal(session->kernel, "Linux 6.1.0");
	assert_string_equal(session->machine, "Composed Processor");
	assert_string_equal(session->host, "runner-07");
	assert_int_equal(session->interval_ns, PT_S);

	pt_session_tick(session);
	first = pt_store_last(session->store);
	assert_true(value("memory_total_bytes") > 0);
	assert_true(isnan(value("context_switches_total"))); /* a rate needs two readings */
	pt_session_tick(session);
	assert_true(value("context_switches_total") > 0);
	assert_int_equal(pt_store_last(session->store) - first, PT_S); /* the fixture's clock */
	assert_int_equal(session->ticks, 2);
	pt_session_tick(session);
	assert_int_equal(pt_store_last(session->store) - first, 2 * PT_S);
	/* The recording has ended: nothing moves any more. */
	pt_session_tick(session);
	assert_int_equal(pt_store_last(session->store) - first, 2 * PT_S);
	assert_int_equal(session->ticks, 3);
}

/* Real times, of which only the bounds are known. */
static void test_waits(void **state)
{
	(void)state;
	pt_session_tick(session);
	assert_true(pt_session_wait_ns(session) <= 250 * PT_MS);
	pt_session_tick(session);
	assert_true(pt_session_wait_ns(session) <= 1250 * PT_MS);
	pt_session_set_interval(session, 100 * PT_S);
	assert_true(pt_session_wait_ns(session) > 90 * PT_S);
	assert_true(pt_session_wait_ns(session) <= 100 * PT_S);
	/* A moment that was missed long ago is not made up for. */
	session->next_tick_ns -= 1000 * PT_S;
	pt_session_tick(session);
	assert_true(pt_session_wait_ns(session) > 90 * PT_S);
	assert_true(session->self.tick_late_ns > 800 * PT_S);
}

static void test_short_interval(void **state)
{
	(void)state;
	pt_session_set_interval(session, 50 * PT_MS);
	pt_session_tick(session);
	assert_true(pt_session_wait_ns(session) <= 50 * PT_MS);
}

static void test_scans(void **state)
{
	struct pt_culprit top[PT_CULPRITS_TOP];
	struct pt_procs_count count;
	int64_t now;

	(void)state;
	pt_session_tick(session);
	assert_int_equal(pt_procs_count(session->procs).total, 0); /* nobody asked */
	for (int i = 0; i < 2; i++) {
		pt_session_tick(session);
		pt_session_scan(session, PT_PROC_WANT_CMDLINE);
		while (pt_session_scan_step(session, 1))
			;
	}
	count = pt_procs_count(session->procs);
	assert_int_equal(count.total, 2);
	assert_int_equal(count.generation, 2);
	now = pt_clock_mono(session->clock);
	assert_int_equal(pt_culprits_at(session->culprits, now, PT_S, PT_RESOURCE_MEMORY, top), 2);

	/* A second scan of one tick is none, unless it wants more. */
	pt_session_scan(session, PT_PROC_WANT_CMDLINE);
	assert_false(pt_session_scan_step(session, 0));
	assert_int_equal(pt_procs_count(session->procs).generation, 2);
	pt_session_scan(session, PT_PROC_WANT_IO);
	while (pt_session_scan_step(session, 0))
		;
	assert_int_equal(pt_procs_count(session->procs).generation, 3);
}

static void test_no_root(void **state)
{
	struct pt_err err = {0};

	(void)state;
	pt_options_init(&options);
	pt_options_set(&options, PT_OPT_ROOT, "/nonexistent", PT_FROM_FLAG, NULL);
	assert_int_equal(pt_session_open(&options, &config, NULL, &session, &err), -PT_ENOENT);
	assert_non_null(strstr(err.msg, "/nonexistent"));
	assert_null(session);
	pt_session_close(NULL);
	pt_options_release(&options);
}

/* Nothing to read is no reason to fall over. */
static void test_empty_root(void **state)
{
	struct tree tree;

	(void)state;
	tree_init(&tree);
	tree_put(&tree, "proc/cpuinfo", "model name\nmodel name\t: \x1b[31mFast\n");
	assert_int_equal(open_root(tree.dir), 0);
	assert_string_equal(session->host, "unknown");
	assert_string_equal(session->kernel, "Linux");
	assert_string_equal(session->machine, "^[[31mFast");
	pt_session_tick(session);
	pt_session_tick(session);
	assert_true(isnan(value("load1")));
	teardown(NULL);
	tree_release(&tree);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_ticks),
		TEST(test_waits),
		TEST(test_short_interval),
		TEST(test_scans),
		cmocka_unit_test(test_no_root),
		cmocka_unit_test(test_empty_root),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
