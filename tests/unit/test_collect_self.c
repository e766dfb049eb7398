/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * perftop's own cost: real on this machine, refused on a fixture.
 */
#include "collect_probe.h"

static void this_process(void **state)
{
	volatile unsigned long work = 0;

	(void)state;
	assert_int_equal(probe_open(&probe, "self", NULL), 0);
	probe_tick(&probe);
	assert_gap(probe_gauge(&probe, "perftop_cpu_ratio", ""));
	assert_true(probe_gauge(&probe, "perftop_resident_bytes", "") > 100e3);
	while (work < 20000000)
		work++;
	probe.advance = false;
	probe_tick(&probe);
	assert_true(probe_gauge(&probe, "perftop_cpu_ratio", "") > 0);
	assert_true(probe_gauge(&probe, "perftop_cpu_ratio", "") < 2);
	assert_string_equal(probe_reason(&probe, "perftop_frames_total", NULL),
			    "no terminal is drawn on");
}

static void a_fixture_is_not_us(void **state)
{
	(void)state;
	tree_put(&tree, "proc/self/statm", "1 2 3\n");
	assert_int_equal(probe_open(&probe, "self", tree.dir), 0);
	probe_tick(&probe);
	assert_gap(probe_gauge(&probe, "perftop_resident_bytes", ""));
	assert_string_equal(probe_reason(&probe, "perftop_resident_bytes", NULL),
			    "perftop does not run on the machine that it shows");
	assert_string_equal(probe_reason(&probe, "perftop_cpu_ratio", NULL),
			    "perftop does not run on the machine that it shows");
	assert_string_equal(probe_reason(&probe, "perftop_frames_total", NULL),
			    "perftop does not run on the machine that it shows");
}

static void the_console(void **state)
{
	struct pt_self_stats stats = {
		.terminal_bytes = 700, .frames = 10, .frames_dropped = 1, .tick_late_ns = 2500};

	(void)state;
	probe_open(&probe, "self", tree.dir);
	probe.collector->stop(probe.state, &probe.env);
	probe.env.self = &stats;
	assert_int_equal(probe.collector->start(probe.state, &probe.env), 0);
	probe_tick(&probe);
	assert_int_equal(probe_total(&probe, "perftop_terminal_bytes_total", ""), 700);
	assert_int_equal(probe_total(&probe, "perftop_frames_total", ""), 10);
	assert_int_equal(probe_total(&probe, "perftop_frames_dropped_total", ""), 1);
	assert_near(probe_gauge(&probe, "perftop_tick_late_seconds", ""), 2500);
	assert_string_equal(probe_reason(&probe, "perftop_frames_total", NULL), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PROBE_TEST(this_process),
		PROBE_TEST(a_fixture_is_not_us),
		PROBE_TEST(the_console),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
