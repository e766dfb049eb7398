/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pressure stall information: new kernels, old ones and none.
 */
#include "collect_probe.h"

#define SOME "some avg10=1.48 avg60=1.11 avg300=0.47 total="
#define FULL "full avg10=0.50 avg60=0.00 avg300=0.00 total="

static void ratios_and_totals(void **state)
{
	(void)state;
	tree_put(&tree, "000/proc/pressure/cpu", SOME "6000000\n");
	tree_put(&tree, "000/proc/pressure/io", SOME "100\n" FULL "50\n");
	tree_put(&tree, "000/proc/pressure/memory", SOME "0\n" FULL "0\n");
	tree_put(&tree, "001/proc/pressure/cpu", SOME "6250000\n");
	tree_put(&tree, "001/proc/pressure/io", SOME "100\n" FULL "50\n");
	assert_int_equal(probe_open(&probe, "pressure", tree.dir), 0);
	probe_tick(&probe);
	assert_near(probe_gauge(&probe, "pressure_some_ratio", "resource=\"cpu\""), 0.0148);
	assert_near(probe_gauge(&probe, "pressure_full_ratio", "resource=\"io\""), 0.005);
	assert_true(probe_total(&probe, "pressure_some_seconds_total", "resource=\"cpu\"") ==
		    6000000000);
	assert_gap(probe_gauge(&probe, "pressure_full_ratio", "resource=\"cpu\""));
	assert_string_equal(probe_reason(&probe, "pressure_full_ratio", "resource=\"cpu\""),
			    "this kernel counts no full stalls of this resource");
	probe_tick(&probe);
	/* A quarter of a second a second. */
	assert_near(probe_rate(&probe, "pressure_some_seconds_total", "resource=\"cpu\""), 0.25e9);
	assert_near(probe_rate(&probe, "pressure_full_seconds_total", "resource=\"io\""), 0);
}

static void an_old_kernel(void **state)
{
	(void)state;
	tree_put(&tree, "proc/stat", "");
	assert_int_equal(probe_open(&probe, "pressure", tree.dir), -PT_ENOENT);
	assert_string_equal(probe_reason(&probe, "pressure_some_ratio", NULL),
			    "this kernel has no pressure stall information (needs 4.20 and psi=1)");
}

static void one_resource_alone(void **state)
{
	(void)state;
	tree_put(&tree, "proc/pressure/io", SOME "100\n" FULL "50\n");
	assert_int_equal(probe_open(&probe, "pressure", tree.dir), 0);
	probe_tick(&probe);
	assert_near(probe_gauge(&probe, "pressure_some_ratio", "resource=\"io\""), 0.0148);
	assert_string_equal(probe_reason(&probe, "pressure_some_ratio", "resource=\"cpu\""),
			    "this kernel has no pressure stall information (needs 4.20 and psi=1)");
}

static void broken_text(void **state)
{
	(void)state;
	tree_put(&tree, "000/proc/pressure/cpu", "some avg10=101 avg60=1 avg300=1 total=5\n");
	tree_put(&tree, "000/proc/pressure/io", "some avg10=");
	tree_put(&tree, "000/proc/pressure/memory", "some avg10=1 avg60=1 avg300=1 total=-5\n");
	tree_put(&tree, "001/proc/pressure/cpu", SOME "18446744073709551615\n");
	tree_put(&tree, "001/proc/pressure/io", SOME "1\n" SOME "2\n");
	tree_put(&tree, "001/proc/pressure/memory", "");
	probe_open(&probe, "pressure", tree.dir);
	probe_tick(&probe);
	assert_gap(probe_gauge(&probe, "pressure_some_ratio", "resource=\"cpu\""));
	assert_gap(probe_gauge(&probe, "pressure_some_ratio", "resource=\"memory\""));
	assert_string_equal(probe_reason(&probe, "pressure_some_ratio", "resource=\"io\""),
			    "not as expected: /proc/pressure/io");
	probe_tick(&probe);
	assert_gap(probe_gauge(&probe, "pressure_some_ratio", "resource=\"cpu\""));
	assert_int_equal(probe_total(&probe, "pressure_some_seconds_total", "resource=\"io\""),
			 1000);
	assert_string_equal(probe_reason(&probe, "pressure_some_ratio", "resource=\"io\""), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PROBE_TEST(ratios_and_totals),
		PROBE_TEST(an_old_kernel),
		PROBE_TEST(one_resource_alone),
		PROBE_TEST(broken_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
