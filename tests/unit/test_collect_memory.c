/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How memory is split, on new kernels and on old ones.
 */
#include "collect_probe.h"

static double kib(const char *metric)
{
	return probe_gauge(&probe, metric, "") / 1024;
}

static void a_new_kernel(void **state)
{
	(void)state;
	tree_put(&tree, "proc/meminfo",
		 "MemTotal:       16000 kB\nMemFree:         3000 kB\nMemAvailable:    9000 kB\n"
		 "Buffers:          500 kB\nCached:          6000 kB\nSwapCached:        77 kB\n"
		 "SwapTotal:       4000 kB\nSwapFree:        1000 kB\nDirty:             12 kB\n"
		 "Writeback:          3 kB\nAnonPages:       5000 kB\nShmem:           1500 kB\n"
		 "KReclaimable:     800 kB\nSReclaimable:     700 kB\nWritebackTmp:      88 kB\n"
		 "CommitLimit:    12000 kB\nCommitted_AS:   20000 kB\nAnonHugePages:   2048 kB\n"
		 "HugePages_Total:       4\nHugePages_Free:        1\nHugepagesize:    2048 kB\n");
	assert_int_equal(probe_open(&probe, "memory", tree.dir), 0);
	probe_tick(&probe);
	assert_near(kib("memory_total_bytes"), 16000);
	assert_near(kib("memory_free_bytes"), 3000);
	assert_near(kib("memory_buffers_bytes"), 500);
	assert_near(kib("memory_cache_bytes"), 5200); /* 6000 + 700 - 1500 */
	assert_near(kib("memory_used_bytes"), 7300);  /* the rest */
	assert_near(probe_gauge(&probe, "memory_used_ratio", ""), 7300 / 16000.);
	assert_near(kib("memory_available_bytes"), 9000);
	assert_near(kib("memory_shared_bytes"), 1500);
	assert_near(kib("memory_dirty_bytes"), 12);
	assert_near(kib("memory_writeback_bytes"), 3);
	assert_near(kib("memory_committed_bytes"), 20000);
	assert_near(kib("memory_commit_limit_bytes"), 12000);
	assert_near(kib("swap_total_bytes"), 4000);
	assert_near(kib("swap_used_bytes"), 3000);
	assert_near(kib("swap_free_bytes"), 1000);
	assert_near(kib("hugepages_total_bytes"), 8192);
	assert_near(kib("hugepages_free_bytes"), 2048);
	assert_near(kib("hugepages_transparent_bytes"), 2048);
	assert_int_equal(probe.keeper.n_told, 0);
}

static void a_kernel_before_3_14(void **state)
{
	(void)state;
	tree_put(&tree, "proc/meminfo",
		 "MemTotal:       16000 kB\nMemFree:         3000 kB\nBuffers:          500 kB\n"
		 "Cached:          6000 kB\nSwapTotal:          0 kB\nSwapFree:           0 kB\n"
		 "Dirty:             12 kB\nWriteback:          3 kB\n");
	probe_open(&probe, "memory", tree.dir);
	probe_tick(&probe);
	assert_near(kib("memory_available_bytes"), 9500);
	assert_near(kib("memory_used_bytes"), 6500);
	assert_near(kib("swap_used_bytes"), 0);
	assert_gap(kib("memory_shared_bytes"));
	assert_string_equal(probe_reason(&probe, "memory_shared_bytes", ""),
			    "this kernel's /proc/meminfo has no such line");
	assert_gap(kib("hugepages_total_bytes"));
}

static void a_container_whose_numbers_disagree(void **state)
{
	(void)state;
	tree_put(&tree, "proc/meminfo",
		 "MemTotal: 1000 kB\nMemFree: 900 kB\nBuffers: 0 kB\nCached: 500 kB\n"
		 "SwapTotal: 10 kB\nSwapFree: 20 kB\nShmem: 600 kB\n");
	probe_open(&probe, "memory", tree.dir);
	probe_tick(&probe);
	assert_near(kib("memory_used_bytes"), 100);
	assert_near(kib("memory_cache_bytes"), 0);
	assert_near(kib("swap_used_bytes"), 0);
}

static void truncated_text(void **state)
{
	(void)state;
	tree_put(&tree, "000/proc/meminfo", "MemTo");
	tree_put(&tree, "001/proc/meminfo", "MemTotal:       1000 kB\nMemFree");
	tree_put(&tree, "002/proc/meminfo", "MemTotal:       0 kB\nMemFree: 99999999999999999999");
	probe_open(&probe, "memory", tree.dir);
	probe_tick(&probe);
	assert_string_equal(probe_reason(&probe, "memory_used_bytes", NULL),
			    "not as expected: /proc/meminfo");
	probe_tick(&probe);
	assert_near(kib("memory_total_bytes"), 1000);
	assert_gap(kib("memory_used_bytes"));
	assert_gap(kib("memory_free_bytes"));
	probe_tick(&probe);
	assert_gap(probe_gauge(&probe, "memory_used_ratio", ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PROBE_TEST(a_new_kernel),
		PROBE_TEST(a_kernel_before_3_14),
		PROBE_TEST(a_container_whose_numbers_disagree),
		PROBE_TEST(truncated_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
