/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Control groups: version 2, version 1, both at once, containers, and the search for a name.
 */
#include "collect_probe.h"

/* Opens the collector for a named group. */
static int open_named(const char *name)
{
	int rc = probe_open(&probe, "cgroup", tree.dir);

	if (rc >= 0)
		probe.collector->stop(probe.state, &probe.env);
	else
		probe.state = pt_calloc(1, probe.collector->state_size);
	for (size_t i = 0; i < probe.keeper.n; i++)
		probe.keeper.series[i].dropped = true;
	memset(probe.state, 0, probe.collector->state_size);
	probe.env.cgroup = name;
	rc = probe.collector->start(probe.state, &probe.env);
	if (rc < 0) {
		free(probe.state);
		probe.state = NULL;
	}
	return rc;
}

static void put_v2_mount(void)
{
	tree_put(&tree, "000/proc/self/mountinfo",
		 "22 27 0:21 / /proc rw,relatime shared:12 - proc proc rw\n"
		 "23 27 0:22 / /sys/fs/cgroup rw,nosuid shared:4 master:2 - cgroup2 cgroup2 "
		 "rw,nsdelegate\n");
}

#define V2 "000/sys/fs/cgroup/"
#define WEB "system.slice/web.service/"

static void put_web(const char *frame, const char *usage, const char *memory, const char *throttled)
{
	char path[160], text[256];

	snprintf(path, sizeof(path), "%s/sys/fs/cgroup/" WEB "cpu.stat", frame);
	snprintf(text, sizeof(text),
		 "usage_usec %s\nuser_usec 600000\nsystem_usec 400000\nnr_periods 50\n"
		 "nr_throttled 5\nthrottled_usec %s\n",
		 usage, throttled);
	tree_put(&tree, path, text);
	snprintf(path, sizeof(path), "%s/sys/fs/cgroup/" WEB "memory.current", frame);
	tree_put(&tree, path, memory);
}

static void put_v2(void)
{
	put_v2_mount();
	tree_put(&tree, "000/proc/self/cgroup", "0::/system.slice/web.service\n");
	tree_put(&tree, V2 "cpu.stat", "usage_usec 9\n");
	tree_put(&tree, V2 "system.slice/cpu.max", "400000 100000\n");
	tree_put(&tree, V2 "system.slice/memory.max", "1000000\n");
	tree_put(&tree, V2 "system.slice/pids.max", "max\n");
	put_web("000", "1000000", "700000\n", "1000");
	tree_put(&tree, V2 WEB "cpu.max", "max 100000\n");
	tree_put(&tree, V2 WEB "memory.max", "max\n");
	tree_put(&tree, V2 WEB "memory.stat", "anon 5\nfile 7\ninactive_file 200000\nslab 1\n");
	tree_put(&tree, V2 WEB "memory.swap.current", "4096\n");
	tree_put(&tree, V2 WEB "memory.events", "low 0\noom 3\noom_kill 2\n");
	tree_put(&tree, V2 WEB "io.stat",
		 "8:0 rbytes=4096 wbytes=512 rios=1 wios=1 dbytes=0 dios=0\n"
		 "259:0 rbytes=1000 wbytes=1 rios=1 wios=1 dbytes=0 dios=0\n8:16 \n");
	tree_put(&tree, V2 WEB "pids.current", "12\n");
	tree_put(&tree, V2 WEB "pids.max", "100\n");
}

#define L "cgroup=\"/system.slice/web.service\""

static void version_2(void **state)
{
	(void)state;
	put_v2();
	/* 2 s of processor time in a second, of 4 that the slice above may use. */
	put_web("001", "3000000", "400000\n", "501000");
	assert_int_equal(probe_open(&probe, "cgroup", tree.dir), 0);
	probe_tick(&probe);
	assert_true(probe_total(&probe, "cgroup_cpu_seconds_total", L) == 1000000000);
	assert_int_equal(probe_total(&probe, "cgroup_cpu_user_seconds_total", L), 600000000);
	assert_int_equal(probe_total(&probe, "cgroup_cpu_system_seconds_total", L), 400000000);
	assert_int_equal(probe_total(&probe, "cgroup_cpu_periods_total", L), 50);
	assert_int_equal(probe_total(&probe, "cgroup_cpu_throttled_periods_total", L), 5);
	assert_int_equal(probe_total(&probe, "cgroup_cpu_throttled_seconds_total", L), 1000000);
	assert_near(probe_gauge(&probe, "cgroup_cpu_limit", L), 4);
	assert_gap(probe_gauge(&probe, "cgroup_cpu_ratio", L));
	assert_near(probe_gauge(&probe, "cgroup_memory_bytes", L), 700000);
	assert_near(probe_gauge(&probe, "cgroup_memory_working_set_bytes", L), 500000);
	assert_near(probe_gauge(&probe, "cgroup_memory_limit_bytes", L), 1000000);
	assert_near(probe_gauge(&probe, "cgroup_memory_limit_ratio", L), 0.5);
	assert_near(probe_gauge(&probe, "cgroup_swap_bytes", L), 4096);
	assert_int_equal(probe_total(&probe, "cgroup_oom_kills_total", L), 2);
	assert_int_equal(probe_total(&probe, "cgroup_io_read_bytes_total", L), 5096);
	assert_int_equal(probe_total(&probe, "cgroup_io_write_bytes_total", L), 513);
	assert_near(probe_gauge(&probe, "cgroup_pids", L), 12);
	assert_near(probe_gauge(&probe, "cgroup_pids_limit", L), 100);
	assert_int_equal(probe.keeper.n_told, 0);
	probe_tick(&probe);
	assert_near(probe_gauge(&probe, "cgroup_cpu_ratio", L), 0.5);
	assert_near(probe_rate(&probe, "cgroup_cpu_throttled_seconds_total", L), 0.5e9);
	assert_near(probe_gauge(&probe, "cgroup_memory_limit_ratio", L), 0.2);
}

static void what_is_not_there_has_a_reason(void **state)
{
	(void)state;
	put_v2_mount();
	tree_put(&tree, "000/proc/self/cgroup", "0::/user.slice\n");
	tree_put(&tree, V2 "user.slice/cpu.stat", "usage_usec 1\nuser_usec 1\nsystem_usec 0\n");
	tree_put(&tree, "001/sys/fs/cgroup/user.slice/cpu.stat", "usage_usec 3000001\n");
	tree_put(&tree, "000/sys/devices/system/cpu/online", "0-3,6,8-10\n");
	assert_int_equal(probe_open(&probe, "cgroup", tree.dir), 0);
	probe_tick(&probe);
	assert_string_equal(
		probe_reason(&probe, "cgroup_memory_bytes", "cgroup=\"/user.slice\""),
		"no memory.current: the group is gone or its controller is not enabled");
	assert_string_equal(
		probe_reason(&probe, "cgroup_memory_limit_bytes", "cgroup=\"/user.slice\""),
		"no limit is set");
	probe_tick(&probe);
	/* 3 s in a second, of 8 processors. */
	assert_near(probe_gauge(&probe, "cgroup_cpu_ratio", "cgroup=\"/user.slice\""), 0.375);
}

static void put_v1(void)
{
	tree_put(&tree, "000/proc/self/mountinfo",
		 "29 31 0:26 / /sys/fs/cgroup ro - tmpfs tmpfs ro\n"
		 "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
		 "33 31 0:30 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
		 "34 31 0:31 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
		 "35 31 0:35 / /sys/fs/cgroup/blkio rw - cgroup cgroup rw,blkio\n"
		 "36 31 0:36 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n"
		 "40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd\n"
		 "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
	tree_put(&tree, "000/proc/self/cgroup",
		 "9:name=systemd:/user.slice/a\n8:pids:/user.slice/a\n7:blkio:/\n"
		 "4:memory:/user.slice/a\n2:cpu,cpuacct:/user.slice\n0::/user.slice/a\n");
	tree_put(&tree, V2 "cpu,cpuacct/user.slice/cpu.stat",
		 "nr_periods 10\nnr_throttled 4\nthrottled_time 77000\n");
	tree_put(&tree, V2 "cpu,cpuacct/user.slice/cpuacct.usage", "123456789\n");
	tree_put(&tree, V2 "cpu,cpuacct/user.slice/cpuacct.stat", "user 50\nsystem 25\n");
	tree_put(&tree, V2 "cpu,cpuacct/user.slice/cpu.cfs_quota_us", "150000\n");
	tree_put(&tree, V2 "cpu,cpuacct/user.slice/cpu.cfs_period_us", "100000\n");
	tree_put(&tree, V2 "cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
	tree_put(&tree, V2 "cpu,cpuacct/cpu.cfs_period_us", "100000\n");
	tree_put(&tree, V2 "memory/user.slice/a/memory.usage_in_bytes", "5000\n");
	tree_put(&tree, V2 "memory/user.slice/a/memory.limit_in_bytes", "9223372036854771712\n");
	tree_put(&tree, V2 "memory/user.slice/a/memory.stat",
		 "cache 1\ninactive_file 1\ntotal_swap 64\ntotal_inactive_file 2000\n");
	tree_put(&tree, V2 "memory/user.slice/a/memory.oom_control",
		 "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n");
	tree_put(&tree, V2 "blkio/blkio.throttle.io_service_bytes_recursive",
		 "8:0 Read 4096\n8:0 Write 512\n8:0 Sync 4608\n8:0 Total 4608\n8:16 Read 4\n"
		 "Total 4612\n");
	tree_put(&tree, V2 "pids/user.slice/a/pids.current", "3\n");
	tree_put(&tree, V2 "pids/user.slice/a/pids.max", "max\n");
}

static void hybrid_with_version_1(void **state)
{
	(void)state;
	put_v1();
	assert_int_equal(probe_open(&probe, "cgroup", tree.dir), 0);
	probe_tick(&probe);
	/* Each number by the name of the group that it is of. */
	assert_int_equal(probe_total(&probe, "cgroup_cpu_seconds_total", "cgroup=\"/user.slice\""),
			 123456789);
	assert_int_equal(
		probe_total(&probe, "cgroup_cpu_user_seconds_total", "cgroup=\"/user.slice\""),
		500000000);
	assert_int_equal(
		probe_total(&probe, "cgroup_cpu_throttled_seconds_total", "cgroup=\"/user.slice\""),
		77000);
	assert_near(probe_gauge(&probe, "cgroup_cpu_limit", "cgroup=\"/user.slice\""), 1.5);
	assert_near(probe_gauge(&probe, "cgroup_memory_bytes", "cgroup=\"/user.slice/a\""), 5000);
	assert_near(
		probe_gauge(&probe, "cgroup_memory_working_set_bytes", "cgroup=\"/user.slice/a\""),
		3000);
	assert_near(probe_gauge(&probe, "cgroup_swap_bytes", "cgroup=\"/user.slice/a\""), 64);
	assert_int_equal(probe_total(&probe, "cgroup_oom_kills_total", "cgroup=\"/user.slice/a\""),
			 3);
	assert_string_equal(
		probe_reason(&probe, "cgroup_memory_limit_bytes", "cgroup=\"/user.slice/a\""),
		"no limit is set");
	assert_int_equal(probe_total(&probe, "cgroup_io_read_bytes_total", "cgroup=\"/\""), 4100);
	assert_int_equal(probe_total(&probe, "cgroup_io_write_bytes_total", "cgroup=\"/\""), 512);
	assert_near(probe_gauge(&probe, "cgroup_pids", "cgroup=\"/user.slice/a\""), 3);
}

static void older_files_and_counts(void **state)
{
	(void)state;
	put_v1();
	tree_put(&tree, "000/proc/self/cgroup", "7:blkio:/a\n4:memory:/a\n");
	tree_put(&tree, V2 "blkio/a/blkio.throttle.io_service_bytes", "8:0 Read 7\n8:0 Write 8\n");
	tree_put(&tree, V2 "memory/a/memory.usage_in_bytes", "10\n");
	tree_put(&tree, V2 "memory/a/memory.stat", "total_inactive_file 4\n");
	tree_put(&tree, V2 "memory/a/memory.oom_control", "under_oom 0\n");
	assert_int_equal(probe_open(&probe, "cgroup", tree.dir), 0);
	probe_tick(&probe);
	assert_int_equal(probe_total(&probe, "cgroup_io_write_bytes_total", "cgroup=\"/a\""), 8);
	assert_non_null(strstr(probe_reason(&probe, "cgroup_oom_kills_total", "cgroup=\"/a\""),
			       "not counted here"));
	assert_non_null(strstr(probe_reason(&probe, "cgroup_swap_bytes", "cgroup=\"/a\""),
			       "swap is not accounted"));
	assert_near(probe_gauge(&probe, "cgroup_memory_working_set_bytes", "cgroup=\"/a\""), 6);
}

static void controllers_mounted_nowhere(void **state)
{
	(void)state;
	tree_put(&tree, "000/proc/self/mountinfo",
		 "34 31 0:31 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
	tree_put(&tree, "000/proc/self/cgroup", "4:memory:/a\n");
	tree_put(&tree, V2 "memory/a/memory.usage_in_bytes", "5000\n");
	assert_int_equal(probe_open(&probe, "cgroup", tree.dir), 0);
	probe_tick(&probe);
	assert_near(probe_gauge(&probe, "cgroup_memory_bytes", "cgroup=\"/a\""), 5000);
	assert_string_equal(probe_reason(&probe, "cgroup_cpu_seconds_total", "cgroup=\"/\""),
			    "no cgroup controller for this is mounted");
}

/* Without a cgroup namespace the mount shows the container's part alone. */
static void inside_a_container(void **state)
{
	(void)state;
	tree_put(&tree, "000/proc/self/mountinfo",
		 "34 31 0:31 /docker/4d5e6f /sys/fs/cgroup ro - cgroup2 cgroup rw\n");
	tree_put(&tree, "000/proc/self/cgroup", "0::/docker/4d5e6f\n");
	tree_put(&tree, V2 "cpu.max", "50000 100000\n");
	tree_put(&tree, V2 "cpu.stat", "usage_usec 5\n");
	tree_put(&tree, V2 "memory.current", "100\n");
	assert_int_equal(probe_open(&probe, "cgroup", tree.dir), 0);
	probe_tick(&probe);
	assert_near(probe_gauge(&probe, "cgroup_cpu_limit", "cgroup=\"/\""), 0.5);
	assert_near(probe_gauge(&probe, "cgroup_memory_bytes", "cgroup=\"/\""), 100);
}

static void no_cgroups(void **state)
{
	(void)state;
	tree_put(&tree, "proc/self/mountinfo", "22 27 0:21 / /proc rw - proc proc rw\n");
	assert_int_equal(probe_open(&probe, "cgroup", tree.dir), -PT_ENOTSUP);
	assert_string_equal(probe_reason(&probe, "cgroup_pids", NULL),
			    "no cgroup file system is mounted here");
}

static double pids_of(const char *path)
{
	char labels[PT_LABELS_MAX];

	snprintf(labels, sizeof(labels), "cgroup=\"%s\"", path);
	return probe_gauge(&probe, "cgroup_pids", labels);
}

#define ID "4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c"

static void found_by_name(void **state)
{
	static const char *const groups[] = {
		"system.slice/nginx.service",
		"system.slice/my-cron.service",
		"system.slice/docker-" ID ".scope",
		"user.slice/cron",
		"lxc.payload.build7",
	};
	static const struct {
		const char *name, *path;
	} cases[] = {
		{"nginx", "/system.slice/nginx.service"},
		{"nginx.service", "/system.slice/nginx.service"},
		{"system.slice/nginx.service", "/system.slice/nginx.service"},
		{"/system.slice/nginx.service/", "/system.slice/nginx.service"},
		{"4d5e6f708192", "/system.slice/docker-" ID ".scope"},
		{ID, "/system.slice/docker-" ID ".scope"},
		{"cron", "/user.slice/cron"},
		{"my-cron", "/system.slice/my-cron.service"},
		{"build7", "/lxc.payload.build7"},
	};

	(void)state;
	put_v2_mount();
	for (size_t i = 0; i < PT_LEN(groups); i++) {
		char path[200];

		snprintf(path, sizeof(path), V2 "%s/pids.current", groups[i]);
		tree_put(&tree, path, "7\n");
	}
	for (size_t i = 0; i < PT_LEN(cases); i++) {
		assert_int_equal(open_named(cases[i].name), 0);
		probe_tick(&probe);
		if (pids_of(cases[i].path) != 7)
			fail_msg("%s does not find %s", cases[i].name, cases[i].path);
		probe_close(&probe);
	}
	assert_int_equal(open_named("ngin"), -PT_ENOENT);
	assert_non_null(strstr(probe_reason(&probe, "cgroup_pids", NULL), "no cgroup \"ngin\""));
	probe_close(&probe);
	assert_int_equal(open_named("../../etc"), -PT_ENOENT);
	probe_close(&probe);
	assert_int_equal(open_named("4d5e6f70819"), -PT_ENOENT);
}

static void children_of_the_one_asked_for(void **state)
{
	(void)state;
	put_v2_mount();
	for (int i = 0; i < 12; i++) {
		char path[64];

		snprintf(path, sizeof(path), "%03d/x", i);
		tree_put(&tree, path, "");
	}
	tree_put(&tree, V2 "a.slice/pids.current", "9\n");
	tree_put(&tree, V2 "a.slice/one/pids.current", "1\n");
	tree_put(&tree, V2 "a.slice/one/deeper/pids.current", "1\n");
	tree_put(&tree, V2 "a.slice/two/pids.current", "2\n");
	tree_put(&tree, "010/.gone", "sys/fs/cgroup/a.slice/one\n");
	tree_put(&tree, "010/sys/fs/cgroup/a.slice/three/pids.current", "3\n");
	assert_int_equal(open_named("a.slice"), 0);
	probe_tick(&probe);
	assert_near(pids_of("/a.slice"), 9);
	assert_near(pids_of("/a.slice/one"), 1);
	assert_near(pids_of("/a.slice/two"), 2);
	assert_gap(pids_of("/a.slice/one/deeper"));
	for (int i = 0; i < 11; i++)
		probe_tick(&probe);
	assert_null(probe_find(&probe, "cgroup_pids", "cgroup=\"/a.slice/one\""));
	assert_near(pids_of("/a.slice/three"), 3);
}

static void broken_text(void **state)
{
	(void)state;
	put_v2();
	tree_put(&tree, "001/sys/fs/cgroup/" WEB "cpu.stat",
		 "usage_usec 18446744073709551615\nuser");
	tree_put(&tree, "001/sys/fs/cgroup/" WEB "memory.current", "-5\n");
	tree_put(&tree, "001/sys/fs/cgroup/" WEB "io.stat", "8:0 rbytes= wbytes=x\nrbytes");
	tree_put(&tree, "001/sys/fs/cgroup/" WEB "pids.current", "");
	tree_put(&tree, "001/sys/fs/cgroup/" WEB "memory.stat", "inactive_file");
	probe_open(&probe, "cgroup", tree.dir);
	probe_tick(&probe);
	probe_tick(&probe);
	assert_false(probe_find(&probe, "cgroup_cpu_seconds_total", L)->set);
	assert_gap(probe_gauge(&probe, "cgroup_memory_bytes", L));
	assert_gap(probe_gauge(&probe, "cgroup_memory_limit_ratio", L));
	assert_gap(probe_gauge(&probe, "cgroup_pids", L));
}

static void broken_mounts(void **state)
{
	static const char *const broken[] = {
		"",
		"34",
		"34 31 0:31 / /sys/fs/cgroup rw -",
		"34 31 0:31 / /sys/fs/cgroup rw cgroup2 cgroup2 rw\n",
		"34 31 0:31 / / rw - cgroup2 cgroup2 rw\n",
		"34 31 0:31 / /x rw - cgroup cgroup rw,cpux,xmemory\n",
	};

	(void)state;
	for (size_t i = 0; i < PT_LEN(broken); i++) {
		tree_put(&tree, "proc/self/mountinfo", broken[i]);
		tree_put(&tree, "proc/self/cgroup", "::\n:\n0:\n9:memory\n0::/..\n");
		assert_int_equal(probe_open(&probe, "cgroup", tree.dir), -PT_ENOTSUP);
		probe_close(&probe);
	}
	tree_put(&tree, "proc/self/mountinfo", "3 1 0:31 / /c rw - cgroup2 cgroup2 rw\n");
	assert_int_equal(probe_open(&probe, "cgroup", tree.dir), 0);
	probe_tick(&probe);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PROBE_TEST(version_2),
		PROBE_TEST(what_is_not_there_has_a_reason),
		PROBE_TEST(hybrid_with_version_1),
		PROBE_TEST(older_files_and_counts),
		PROBE_TEST(controllers_mounted_nowhere),
		PROBE_TEST(inside_a_container),
		PROBE_TEST(no_cgroups),
		PROBE_TEST(found_by_name),
		PROBE_TEST(children_of_the_one_asked_for),
		PROBE_TEST(broken_text),
		PROBE_TEST(broken_mounts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
