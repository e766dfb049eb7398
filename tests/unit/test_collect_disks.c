/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Disks: which are shown, exact means, lines of three lengths, wraps and resets.
 */
#include "collect_probe.h"

static bool shown(const char *disk)
{
	char labels[PT_LABELS_MAX];

	snprintf(labels, sizeof(labels), "disk=\"%s\"", disk);
	return probe_find(&probe, "disk_reads_total", labels) != NULL;
}

static void exact_means(void **state)
{
	(void)state;
	tree_put(&tree, "000/sys/block/sda/size", "1");
	tree_put(&tree, "000/proc/diskstats", " 8 0 sda 100 0 1000 500 10 0 80 90 0 700 1000\n");
	/* 20 reads of 40 ms, 5 writes of 2 ms, 250 ms of a second busy, 1500 ms waited in sum. */
	tree_put(&tree, "001/proc/diskstats", " 8 0 sda 120 0 3000 1300 15 0 120 100 2 950 2500\n");
	tree_put(&tree, "002/proc/diskstats",
		 " 8 0 sda 120 0 3000 1300 15 0 120 100 2 2950 2500\n");
	assert_int_equal(probe_open(&probe, "disks", tree.dir), 0);
	probe_tick(&probe);
	assert_int_equal(probe_total(&probe, "disk_read_bytes_total", "disk=\"sda\""), 512000);
	assert_gap(probe_gauge(&probe, "disk_util_ratio", "disk=\"sda\""));
	probe_tick(&probe);
	assert_near(probe_rate(&probe, "disk_reads_total", "disk=\"sda\""), 20);
	assert_near(probe_rate(&probe, "disk_writes_total", "disk=\"sda\""), 5);
	assert_near(probe_rate(&probe, "disk_read_bytes_total", "disk=\"sda\""), 2000 * 512);
	assert_near(probe_rate(&probe, "disk_write_bytes_total", "disk=\"sda\""), 40 * 512);
	assert_near(probe_gauge(&probe, "disk_read_await_seconds", "disk=\"sda\""), 40e6);
	assert_near(probe_gauge(&probe, "disk_write_await_seconds", "disk=\"sda\""), 2e6);
	assert_near(probe_gauge(&probe, "disk_util_ratio", "disk=\"sda\""), 0.25);
	assert_near(probe_gauge(&probe, "disk_queue_length", "disk=\"sda\""), 1.5);
	probe_tick(&probe);
	/* Nothing finished: no mean, and no zero. */
	assert_gap(probe_gauge(&probe, "disk_read_await_seconds", "disk=\"sda\""));
	assert_near(probe_gauge(&probe, "disk_util_ratio", "disk=\"sda\""), 1);
	assert_near(probe_gauge(&probe, "disk_queue_length", "disk=\"sda\""), 0);
}

static void whole_devices_that_are_used(void **state)
{
	(void)state;
	tree_put(&tree, "sys/block/sda/size", "1");
	tree_put(&tree, "sys/block/nvme0n1/size", "1");
	tree_put(&tree, "sys/block/cciss!c0d0/size", "1");
	tree_put(&tree, "sys/block/loop0/size", "1");
	tree_put(&tree, "sys/block/dm-0/size", "1");
	tree_put(&tree, "proc/diskstats",
		 "   7    0 loop0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
		 "   8    0 sda 5 0 5 5 5 0 5 5 0 5 5\n"
		 "   8    1 sda1 5 0 5 5 5 0 5 5 0 5 5\n"
		 "   8    2 sda2 5 5 5 5\n"
		 " 259    0 nvme0n1 1 0 5 5 0 0 5 5 0 5 5 1 2 3 4\n"
		 " 259    1 nvme0n1p1 1 0 5 5 0 0 5 5 0 5 5 1 2 3 4\n"
		 " 104    0 cciss/c0d0 1 0 5 5 0 0 5 5 0 5 5 1 2 3 4 5 6\n"
		 " 253    0 dm-0 1 0 5 5 0 0 5 5 0 5 5 1 2 3 4 5 6\n");
	assert_int_equal(probe_open(&probe, "disks", tree.dir), 0);
	probe_tick(&probe);
	assert_true(shown("sda"));
	assert_true(shown("nvme0n1"));
	assert_true(shown("cciss/c0d0"));
	assert_true(shown("dm-0"));
	assert_false(shown("sda1"));
	assert_false(shown("sda2"));
	assert_false(shown("nvme0n1p1"));
	assert_false(shown("loop0"));
}

static void partitions_without_sysfs(void **state)
{
	(void)state;
	tree_put(&tree, "proc/diskstats",
		 "8 0 sda 5 0 5 5 5 0 5 5 0 5 5\n"
		 "8 1 sda1 5 0 5 5 5 0 5 5 0 5 5\n"
		 "8 16 sdaa 5 0 5 5 5 0 5 5 0 5 5\n"
		 "259 0 nvme0n1 5 0 5 5 5 0 5 5 0 5 5\n"
		 "259 1 nvme0n1p12 5 0 5 5 5 0 5 5 0 5 5\n"
		 "179 0 mmcblk0 5 0 5 5 5 0 5 5 0 5 5\n"
		 "179 8 mmcblk0boot0 5 0 5 5 5 0 5 5 0 5 5\n");
	probe_open(&probe, "disks", tree.dir);
	probe_tick(&probe);
	assert_true(shown("sda"));
	assert_false(shown("sda1"));
	assert_true(shown("sdaa"));
	assert_true(shown("nvme0n1"));
	assert_false(shown("nvme0n1p12"));
	assert_true(shown("mmcblk0boot0"));
}

static void disks_come_and_go(void **state)
{
	(void)state;
	tree_put(&tree, "000/sys/block/sda/size", "1");
	tree_put(&tree, "000/sys/block/sdb/size", "1");
	tree_put(&tree, "000/proc/diskstats",
		 "8 0 sda 5 0 5 5 5 0 5 5 0 5 5\n"
		 "8 16 sdb 9 0 5 5 5 0 5 5 0 5 5\n");
	tree_put(&tree, "001/proc/diskstats", "8 16 sdb 10 0 5 5 5 0 5 5 0 5 5\n");
	tree_put(&tree, "002/proc/diskstats",
		 "8 16 sdb 12 0 5 5 5 0 5 5 0 5 5\n"
		 "8 0 sda 1 0 5 5 5 0 5 5 0 5 5\n");
	tree_put(&tree, "003/proc/diskstats", "");
	probe_open(&probe, "disks", tree.dir);
	probe_tick(&probe);
	probe_tick(&probe);
	assert_false(shown("sda"));
	assert_near(probe_rate(&probe, "disk_reads_total", "disk=\"sdb\""), 1);
	probe_tick(&probe);
	assert_true(shown("sda"));
	assert_gap(probe_rate(&probe, "disk_reads_total", "disk=\"sda\""));
	assert_near(probe_rate(&probe, "disk_reads_total", "disk=\"sdb\""), 2);
	probe_tick(&probe);
	assert_false(shown("sda") || shown("sdb"));
	assert_string_equal(probe_reason(&probe, "disk_reads_total", NULL),
			    "no disk has been read or written here");
}

static void times_that_wrap_and_counters_that_reset(void **state)
{
	(void)state;
	tree_put(&tree, "000/sys/block/sda/size", "1");
	tree_put(&tree, "000/proc/diskstats",
		 "8 0 sda 10 0 5 4294967290 5 0 5 5 0 4294967200 4294967295\n");
	tree_put(&tree, "001/proc/diskstats", "8 0 sda 11 0 5 4 5 0 5 5 0 4 499\n");
	tree_put(&tree, "002/proc/diskstats", "8 0 sda 3 0 5 1 5 0 5 5 0 1 1\n");
	tree_put(&tree, "003/proc/diskstats", "8 0 sda 4 0 5 2 5 0 5 5 0 101 1\n");
	probe_open(&probe, "disks", tree.dir);
	probe_tick(&probe);
	probe_tick(&probe);
	assert_near(probe_gauge(&probe, "disk_read_await_seconds", "disk=\"sda\""), 10e6);
	assert_near(probe_gauge(&probe, "disk_util_ratio", "disk=\"sda\""), 0.1);
	assert_near(probe_gauge(&probe, "disk_queue_length", "disk=\"sda\""), 0.5);
	probe_tick(&probe);
	assert_gap(probe_gauge(&probe, "disk_read_await_seconds", "disk=\"sda\""));
	assert_gap(probe_gauge(&probe, "disk_util_ratio", "disk=\"sda\""));
	assert_gap(probe_rate(&probe, "disk_reads_total", "disk=\"sda\""));
	probe_tick(&probe);
	assert_near(probe_gauge(&probe, "disk_read_await_seconds", "disk=\"sda\""), 1e6);
	assert_near(probe_gauge(&probe, "disk_util_ratio", "disk=\"sda\""), 0.1);
}

static void broken_text(void **state)
{
	(void)state;
	tree_put(&tree, "000/proc/diskstats", "8 0");
	tree_put(&tree, "001/proc/diskstats",
		 "8 0 a\"b\x1b[31m 5 0 5 5 5 0 5 5 0 5 5\n8 0 sdb 5 0 -5 5 5 0 5 5 0 5 5\n"
		 "8 0 sdc 5 0 18446744073709551615 5 5 0 5 5 0 5 5\n"
		 "8 0 sdc 9 9 9 9 9 9 9 9 9 9 9\n"
		 "8 0 "
		 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		 " 5 0 5 5 5 0 5 5 0 5 5\n");
	probe_open(&probe, "disks", tree.dir);
	probe_tick(&probe);
	assert_string_equal(probe_reason(&probe, "disk_reads_total", NULL),
			    "not as expected: /proc/diskstats");
	probe_tick(&probe);
	assert_true(shown("a\\\"b\x1b[31m"));
	assert_false(shown("sdb"));
	assert_int_equal(probe_total(&probe, "disk_reads_total", "disk=\"sdc\""), 5);
	assert_false(probe_find(&probe, "disk_read_bytes_total", "disk=\"sdc\"")->set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PROBE_TEST(exact_means),
		PROBE_TEST(whole_devices_that_are_used),
		PROBE_TEST(partitions_without_sysfs),
		PROBE_TEST(disks_come_and_go),
		PROBE_TEST(times_that_wrap_and_counters_that_reset),
		PROBE_TEST(broken_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
