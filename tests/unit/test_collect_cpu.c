/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Processor shares from /proc/stat, with exact numbers.
 */
#include "collect_probe.h"

#define TAIL "intr 500 1 2\nctxt 1000\nbtime 1\nprocesses 40\nprocs_running 3\nprocs_blocked 1\n"

static void shares(void **state)
{
	(void)state;
	tree_put(&tree, "000/proc/stat",
		 "cpu  100 10 50 1000 20 5 5 10 60 5\ncpu0 50 5 25 500 10 0 0 0 0 0\n" TAIL);
	/* 200 ticks: user 60, nice 10, system 20, idle 80, iowait 10, irq 4, softirq 6, steal 10;
	 * guest time, 30 of the user's, is not counted twice. */
	tree_put(&tree, "001/proc/stat",
		 "cpu  160 20 70 1080 30 9 11 20 90 5\ncpu0 75 5 25 575 10 0 0 0 0 0\n"
		 "intr 700 1 2\nctxt 1500\nbtime 1\nprocesses 42\nprocs_running 2\n"
		 "procs_blocked 0\n");
	assert_int_equal(probe_open(&probe, "cpu", tree.dir), 0);
	probe_tick(&probe);
	assert_gap(probe_gauge(&probe, "cpu_busy_ratio", ""));
	assert_near(probe_gauge(&probe, "procs_running", ""), 3);
	assert_near(probe_gauge(&probe, "procs_blocked", ""), 1);
	assert_near(probe_gauge(&probe, "cpu_online", ""), 1);
	assert_int_equal(probe_total(&probe, "cpu_seconds_total", "mode=\"user\""), PT_S);
	probe_tick(&probe);
	assert_near(probe_gauge(&probe, "cpu_busy_ratio", ""), 100 / 200.);
	assert_near(probe_gauge(&probe, "cpu_mode_ratio", "mode=\"user\""), 0.3);
	assert_near(probe_gauge(&probe, "cpu_mode_ratio", "mode=\"nice\""), 0.05);
	assert_near(probe_gauge(&probe, "cpu_mode_ratio", "mode=\"system\""), 0.1);
	assert_near(probe_gauge(&probe, "cpu_mode_ratio", "mode=\"iowait\""), 0.05);
	assert_near(probe_gauge(&probe, "cpu_mode_ratio", "mode=\"irq\""), 0.02);
	assert_near(probe_gauge(&probe, "cpu_mode_ratio", "mode=\"softirq\""), 0.03);
	assert_near(probe_gauge(&probe, "cpu_mode_ratio", "mode=\"steal\""), 0.05);
	assert_null(probe_find(&probe, "cpu_mode_ratio", "mode=\"idle\""));
	assert_near(probe_gauge(&probe, "cpu_core_busy_ratio", "core=\"0\""), 0.25);
	assert_near(probe_gauge(&probe, "cpu_core_mode_ratio", "core=\"0\",mode=\"user\""), 0.25);
	assert_near(probe_rate(&probe, "cpu_seconds_total", "mode=\"user\""), 0.6e9);
	assert_near(probe_rate(&probe, "context_switches_total", ""), 500);
	assert_near(probe_rate(&probe, "interrupts_total", ""), 200);
	assert_near(probe_rate(&probe, "forks_total", ""), 2);
}

static void idle_that_slips_back(void **state)
{
	(void)state;
	tree_put(&tree, "000/proc/stat", "cpu  100 0 100 1000 50 0 0 0\n");
	tree_put(&tree, "001/proc/stat", "cpu  150 0 100 1050 49 0 0 0\n");
	tree_put(&tree, "002/proc/stat", "cpu  200 0 100 1100 50 0 0 0\n");
	probe_open(&probe, "cpu", tree.dir);
	probe_tick(&probe);
	probe_tick(&probe);
	assert_near(probe_gauge(&probe, "cpu_busy_ratio", ""), 0.5);
	assert_near(probe_gauge(&probe, "cpu_mode_ratio", "mode=\"iowait\""), 0);
	assert_near(probe_rate(&probe, "cpu_seconds_total", "mode=\"iowait\""), 0);
	probe_tick(&probe);
	assert_near(probe_rate(&probe, "cpu_seconds_total", "mode=\"iowait\""), 0);
}

static void counters_that_start_anew(void **state)
{
	(void)state;
	tree_put(&tree, "000/proc/stat", "cpu  9000 0 9000 9000 0 0 0 0\n");
	tree_put(&tree, "001/proc/stat", "cpu  10 0 10 10 0 0 0 0\n");
	tree_put(&tree, "002/proc/stat", "cpu  60 0 10 60 0 0 0 0\n");
	probe_open(&probe, "cpu", tree.dir);
	probe_tick(&probe);
	probe_tick(&probe);
	assert_gap(probe_gauge(&probe, "cpu_busy_ratio", ""));
	assert_gap(probe_rate(&probe, "cpu_seconds_total", "mode=\"user\""));
	probe_tick(&probe);
	assert_near(probe_gauge(&probe, "cpu_busy_ratio", ""), 0.5);
}

static void processors_come_and_go(void **state)
{
	(void)state;
	tree_put(&tree, "000/proc/stat",
		 "cpu  1 1 1 1\ncpu0 0 0 0 0\ncpu1 0 0 0 0\ncpu3 0 0 0 0\n");
	tree_put(&tree, "001/proc/stat", "cpu  2 1 1 1\ncpu0 3 0 0 1\ncpu3 1 0 0 1\n");
	tree_put(&tree, "002/proc/stat",
		 "cpu  3 1 1 1\ncpu0 4 0 0 4\ncpu1 5 0 0 5\ncpu3 2 0 0 2\n");
	tree_put(&tree, "003/proc/stat",
		 "cpu  4 1 1 1\ncpu0 5 0 0 5\ncpu1 6 0 0 8\ncpu3 2 0 0 2\n");
	probe_open(&probe, "cpu", tree.dir);
	probe_tick(&probe);
	assert_non_null(probe_find(&probe, "cpu_core_busy_ratio", "core=\"1\""));
	assert_null(probe_find(&probe, "cpu_core_busy_ratio", "core=\"2\""));
	probe_tick(&probe);
	assert_null(probe_find(&probe, "cpu_core_busy_ratio", "core=\"1\""));
	assert_near(probe_gauge(&probe, "cpu_core_busy_ratio", "core=\"0\""), 0.75);
	assert_near(probe_gauge(&probe, "cpu_online", ""), 2);
	probe_tick(&probe);
	assert_gap(probe_gauge(&probe, "cpu_core_busy_ratio", "core=\"1\""));
	probe_tick(&probe);
	assert_near(probe_gauge(&probe, "cpu_core_busy_ratio", "core=\"1\""), 0.25);
	/* No time passed: a gap and no zero. */
	assert_gap(probe_gauge(&probe, "cpu_core_busy_ratio", "core=\"3\""));
}

static void hostile_text(void **state)
{
	(void)state;
	tree_put(&tree, "000/proc/stat", "cpu  1 2");
	tree_put(&tree, "001/proc/stat", "");
	tree_put(&tree, "002/proc/stat",
		 "cpu  18446744073709551615 18446744073709551615 18446744073709551615 1\n"
		 "cpu99999999999 1 1 1 1\ncpu-1 1 1 1 1\ncpux\ncpu0 -1 1 1 1\ncpu1 1 1 1 1\n"
		 "cpu1 9 9 9 9\nctxt x\nintr\nprocs_running -3\n");
	tree_put(&tree, "003/proc/stat", "cpu  0 0 0 2\ncpu1 1 1 2 1\n");
	assert_int_equal(probe_open(&probe, "cpu", tree.dir), 0);
	for (int i = 0; i < 2; i++) {
		probe_tick(&probe);
		assert_string_equal(probe_reason(&probe, "cpu_busy_ratio", NULL),
				    "not as expected: /proc/stat");
	}
	/* Told once, not at each sample. */
	assert_int_equal(probe.keeper.n_told, probe.collector->n_metrics);
	probe_tick(&probe);
	assert_string_equal(probe_reason(&probe, "cpu_busy_ratio", NULL), "");
	assert_gap(probe_gauge(&probe, "procs_running", ""));
	assert_near(probe_gauge(&probe, "cpu_online", ""), 1);
	probe_tick(&probe);
	assert_near(probe_gauge(&probe, "cpu_busy_ratio", ""), 0);
	assert_near(probe_gauge(&probe, "cpu_core_busy_ratio", "core=\"1\""), 1);
}

static void no_file(void **state)
{
	(void)state;
	tree_put(&tree, "proc/x", "");
	assert_int_equal(probe_open(&probe, "cpu", tree.dir), -PT_ENOENT);
	assert_string_equal(probe_reason(&probe, "cpu_busy_ratio", NULL),
			    "this kernel has no /proc/stat");
}

static void a_file_that_vanishes_and_returns(void **state)
{
	(void)state;
	tree_put(&tree, "000/proc/stat", "cpu  0 0 0 0\n");
	tree_put(&tree, "001/.gone", "proc/stat\n");
	tree_put(&tree, "002/proc/stat", "cpu  5 0 0 5\n");
	probe_open(&probe, "cpu", tree.dir);
	probe_tick(&probe);
	probe_tick(&probe);
	assert_string_equal(probe_reason(&probe, "cpu_busy_ratio", NULL),
			    "this kernel has no /proc/stat");
	probe_tick(&probe);
	assert_string_equal(probe_reason(&probe, "cpu_busy_ratio", NULL), "");
	assert_near(probe_gauge(&probe, "cpu_busy_ratio", ""), 0.5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PROBE_TEST(shares),
		PROBE_TEST(idle_that_slips_back),
		PROBE_TEST(counters_that_start_anew),
		PROBE_TEST(processors_come_and_go),
		PROBE_TEST(hostile_text),
		PROBE_TEST(no_file),
		PROBE_TEST(a_file_that_vanishes_and_returns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
