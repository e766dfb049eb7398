/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Paging and faults from /proc/vmstat.
 */
#include "collect_probe.h"

static void rates(void **state)
{
	(void)state;
	tree_put(&tree, "000/proc/vmstat",
		 "nr_free_pages 5\npgpgin 100\npgpgout 200\npswpin 0\npswpout 7\npgalloc_dma 3\n"
		 "pgfault 5000\npgmajfault 10\noom_kill 0\n");
	tree_put(&tree, "001/proc/vmstat",
		 "nr_free_pages 5\npgpgin 110\npgpgout 200\npswpin 2\npswpout 7\npgalloc_dma 3\n"
		 "pgfault 6500\npgmajfault 11\noom_kill 1\n");
	assert_int_equal(probe_open(&probe, "vm", tree.dir), 0);
	probe_tick(&probe);
	assert_int_equal(probe_total(&probe, "page_in_bytes_total", ""), 102400);
	probe_tick(&probe);
	assert_near(probe_rate(&probe, "page_in_bytes_total", ""), 10240);
	assert_near(probe_rate(&probe, "page_out_bytes_total", ""), 0);
	assert_near(probe_rate(&probe, "swap_in_bytes_total", ""), 8192);
	assert_near(probe_rate(&probe, "swap_out_bytes_total", ""), 0);
	assert_near(probe_rate(&probe, "page_faults_total", ""), 1500);
	assert_near(probe_rate(&probe, "page_faults_major_total", ""), 1);
	assert_near(probe_rate(&probe, "oom_kills_total", ""), 1);
}

static void an_old_kernel_and_broken_numbers(void **state)
{
	(void)state;
	tree_put(&tree, "000/proc/vmstat", "pgpgin 18446744073709551615\npgfault -5\npgmajfault 1");
	tree_put(&tree, "001/proc/vmstat", "\n\n");
	probe_open(&probe, "vm", tree.dir);
	probe_tick(&probe);
	assert_false(probe_find(&probe, "page_in_bytes_total", "")->set);
	assert_false(probe_find(&probe, "page_faults_total", "")->set);
	assert_int_equal(probe_total(&probe, "page_faults_major_total", ""), 1);
	assert_string_equal(probe_reason(&probe, "oom_kills_total", ""),
			    "this kernel's /proc/vmstat has no such line");
	probe_tick(&probe);
	assert_string_equal(probe_reason(&probe, "page_faults_total", NULL),
			    "not as expected: /proc/vmstat");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PROBE_TEST(rates),
		PROBE_TEST(an_old_kernel_and_broken_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
