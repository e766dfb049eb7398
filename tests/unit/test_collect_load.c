/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Load averages.
 */
#include "collect_probe.h"

static void averages(void **state)
{
	(void)state;
	tree_put(&tree, "proc/loadavg", "1.48 0.07 112.30 3/4567 89012\n");
	assert_int_equal(probe_open(&probe, "load", tree.dir), 0);
	probe_tick(&probe);
	assert_near(probe_gauge(&probe, "load1", ""), 1.48);
	assert_near(probe_gauge(&probe, "load5", ""), 0.07);
	assert_near(probe_gauge(&probe, "load15", ""), 112.3);
	assert_near(probe_gauge(&probe, "threads", ""), 4567);
}

static void broken_text(void **state)
{
	static const char *const broken[] = {"",	  "1.48", "1 2 3",	 "-1 2 3 4/5 6",
					     "1 2 3 4 5", "x",	  "1 2 3 4/-5 6"};

	(void)state;
	for (size_t i = 0; i < PT_LEN(broken); i++) {
		char path[32];

		snprintf(path, sizeof(path), "%03zu/proc/loadavg", i);
		tree_put(&tree, path, broken[i]);
	}
	probe_open(&probe, "load", tree.dir);
	for (size_t i = 0; i < PT_LEN(broken); i++) {
		probe_tick(&probe);
		assert_gap(probe_gauge(&probe, "load1", ""));
		assert_string_equal(probe_reason(&probe, "load1", NULL),
				    "not as expected: /proc/loadavg");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PROBE_TEST(averages),
		PROBE_TEST(broken_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
