/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Checks over a quiet machine of two moments; each case changes files of it and tells what one
 * check must then say.
 */
#include "perftop/app/doctor.h"

#include "collect_tree.h"

struct file {
	const char *path, *text;
};

static const struct file quiet[] = {
	{"000/proc/stat", "cpu  100 0 100 9800 0 0 0 0 0 0\ncpu0 50 0 50 4900 0 0 0 0 0 0\n"
			  "cpu1 50 0 50 4900 0 0 0 0 0 0\nprocs_running 1\n"},
	{"001/proc/stat", "cpu  101 0 100 9999 0 0 0 0 0 0\ncpu0 51 0 50 5000 0 0 0 0 0 0\n"
			  "cpu1 50 0 50 4999 0 0 0 0 0 0\nprocs_running 1\n"},
	{"000/proc/loadavg", "0.05 0.04 0.03 1/99 1234\n"},
	{"000/proc/meminfo", "MemTotal: 1000000 kB\nMemFree: 500000 kB\nMemAvailable: 800000 kB\n"
			     "SwapTotal: 0 kB\nSwapFree: 0 kB\n"},
	{"000/proc/vmstat", "pswpin 7\npswpout 9\n"},
	{"000/proc/cpuinfo", "processor : 0\nflags : fpu vme sse\n"},
	{"000/proc/pressure/cpu", "some avg10=0.00 avg60=0.00 avg300=0.00 total=5\n"},
	{"000/proc/self/mountinfo", "22 27 0:21 / /proc rw,relatime - proc proc rw\n"
				    "31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"},
	{"000/proc/self/cgroup", "0::/job\n"},
	{"000/proc/self/limits",
	 "Limit                     Soft Limit           Hard Limit\n"
	 "Max open files            1024                 1048576     files\n"},
	{"000/proc/self/status", "Name:\tperftop\nCapEff:\t0000000000000000\n"},
	{"000/proc/sys/kernel/perf_event_paranoid", "-1\n"},
	{"000/proc/sys/kernel/kptr_restrict", "0\n"},
	{"000/proc/sys/kernel/randomize_va_space", "0\n"},
	{"000/proc/sys/kernel/numa_balancing", "1\n"},
	{"000/proc/sys/vm/swappiness", "60\n"},
	{"000/sys/bus/event_source/devices/cpu/type", "4\n"},
	{"000/sys/bus/event_source/devices/software/type", "1\n"},
	{"000/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n"},
	{"000/sys/devices/system/clocksource/clocksource0/available_clocksource", "tsc hpet\n"},
	{"000/sys/devices/system/node/online", "0\n"},
	{"000/sys/devices/system/cpu/isolated", "\n"},
	{"000/sys/devices/system/cpu/smt/active", "0\n"},
	{"000/sys/devices/system/cpu/cpufreq/boost", "0\n"},
	{"000/sys/devices/system/cpu/online", "0-1\n"},
	{"000/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance\n"},
	{"000/sys/devices/system/cpu/cpu1/cpufreq/scaling_governor", "performance\n"},
	{"000/sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", "0\n"},
	{"000/sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count", "0\n"},
	{"000/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n"},
	{"000/sys/fs/cgroup/job/cpu.stat", "usage_usec 5\nuser_usec 4\nsystem_usec 1\n"},
	{"000/sys/fs/cgroup/job/memory.current", "4096\n"},
	{"000/sys/fs/cgroup/job/memory.stat", "inactive_file 0\n"},
	{"000/sys/fs/cgroup/job/io.stat", "8:0 rbytes=1 wbytes=1\n"},
	{"000/sys/fs/cgroup/job/pids.current", "3\n"},
};

#define CPU "000/sys/devices/system/cpu/"
#define KERNEL "000/proc/sys/kernel/"
#define GONE NULL

static const struct expectation {
	struct file changes[3];
	const char *check;
	enum pt_health health;
	const char *found, *fix; /* fix: a part of it; "" for none */
} expectations[] = {
	{{{KERNEL "perf_event_paranoid", "2\n"}},
	 "perf events",
	 PT_HEALTH_WARN,
	 "perf_event_paranoid is 2: only our own programs may be counted",
	 "sysctl kernel.perf_event_paranoid=0"},
	{{{KERNEL "perf_event_paranoid", "1\n"}},
	 "perf events",
	 PT_HEALTH_WARN,
	 "perf_event_paranoid is 1",
	 "sysctl kernel.perf_event_paranoid=0"},
	{{{KERNEL "perf_event_paranoid", "3\n"},
	  {"000/proc/self/status", "Name:\tx\nCapEff:\t0000004000000000\n"}},
	 "perf events",
	 PT_HEALTH_OK,
	 "perf_event_paranoid is 3",
	 ""},
	{{{KERNEL "perf_event_paranoid", GONE}},
	 "perf events",
	 PT_HEALTH_WARN,
	 "this kernel has no perf events, or hides them",
	 ""},
	{{{"000/sys/bus/event_source/devices/cpu/type", GONE}},
	 "hardware counters",
	 PT_HEALTH_WARN,
	 "this machine has none",
	 "pmu=on"},
	{{{"000/sys/bus/event_source/devices/cpu/type", GONE},
	  {"000/sys/bus/event_source/devices/armv8_pmuv3_0/type", "8\n"}},
	 "hardware counters",
	 PT_HEALTH_OK,
	 "armv8_pmuv3_0",
	 ""},
	{{{KERNEL "kptr_restrict", "1\n"}},
	 "kernel symbols",
	 PT_HEALTH_WARN,
	 "kptr_restrict is 1",
	 "sysctl kernel.kptr_restrict=0"},
	{{{KERNEL "kptr_restrict", "1\n"},
	  {"000/proc/self/status", "Name:\tx\nCapEff:\t0000000400000000\n"}},
	 "kernel symbols",
	 PT_HEALTH_OK,
	 "kptr_restrict is 1",
	 ""},
	{{{KERNEL "kptr_restrict", GONE}},
	 "kernel symbols",
	 PT_HEALTH_UNKNOWN,
	 "kptr_restrict cannot be read",
	 ""},
	{{{"000/proc/self/mountinfo",
	   "22 27 0:21 / /proc rw - proc proc rw,gid=4,hidepid=invisible\n"}},
	 "processes",
	 PT_HEALTH_WARN,
	 "those of others are hidden (hidepid=invisible)",
	 "remount,hidepid=0 /proc"},
	{{{"000/proc/self/mountinfo", "22 27 0:21 / /proc rw - proc proc rw,hidepid=off\n"}},
	 "processes",
	 PT_HEALTH_OK,
	 "all are visible",
	 ""},
	{{{"000/proc/self/mountinfo", "22 27 0:21 / /proc rw - proc proc rw\n"}},
	 "control groups",
	 PT_HEALTH_WARN,
	 "none is mounted",
	 "mount -t cgroup2"},
	{{{"000/sys/fs/cgroup/job/io.stat", GONE}},
	 "control groups",
	 PT_HEALTH_OK,
	 "version 2; our group tells cpu memory pids, not io",
	 ""},
	{{{"000/proc/pressure/cpu", GONE}},
	 "pressure",
	 PT_HEALTH_WARN,
	 "no /proc/pressure",
	 "psi=1"},
	{{{"000/proc/self/limits",
	   "Max open files            200                  200    files\n"}},
	 "open files",
	 PT_HEALTH_WARN,
	 "at most 200, perftop may need 274",
	 "ulimit -n 274"},
	{{{"000/proc/self/limits",
	   "Max open files            200             unlimited   files\n"}},
	 "open files",
	 PT_HEALTH_OK,
	 "enough for the 274 that perftop may need",
	 ""},
	{{{"000/sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet\n"}},
	 "clock source",
	 PT_HEALTH_WARN,
	 "hpet (available: tsc hpet)",
	 "echo tsc | sudo tee"},
	{{{"000/proc/driver/nvidia/version", "NVRM version: 550\n"}},
	 "NVIDIA GPUs",
	 PT_HEALTH_WARN,
	 "GPUs are read by a running perftop only",
	 "libnvidia-ml"},

	{{{CPU "cpu1/cpufreq/scaling_governor", "powersave\n"}},
	 "governor",
	 PT_HEALTH_WARN,
	 "powersave on 1 of 2 processors",
	 "echo performance | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor"},
	{{{CPU "cpu0/cpufreq/scaling_governor", GONE}, {CPU "cpu1/cpufreq/scaling_governor", GONE}},
	 "governor",
	 PT_HEALTH_UNKNOWN,
	 "no cpufreq here: firmware or a host sets the clock",
	 ""},
	{{{CPU "cpufreq/boost", "1\n"}}, "turbo", PT_HEALTH_WARN, "on", "cpufreq/boost"},
	{{{CPU "intel_pstate/no_turbo", "0\n"}}, "turbo", PT_HEALTH_WARN, "on", "no_turbo"},
	{{{CPU "intel_pstate/no_turbo", "1\n"}}, "turbo", PT_HEALTH_OK, "off", ""},
	{{{CPU "cpufreq/boost", GONE}}, "turbo", PT_HEALTH_UNKNOWN, "the kernel does not tell", ""},
	{{{CPU "cpu1/thermal_throttle/core_throttle_count", "12\n"}},
	 "throttling",
	 PT_HEALTH_WARN,
	 "12 times since the start, not now",
	 "fans"},
	{{{"001/sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count", "3\n"}},
	 "throttling",
	 PT_HEALTH_BAD,
	 "it goes on: 3 times since the start",
	 "cool"},
	{{{CPU "smt/active", "1\n"}},
	 "SMT",
	 PT_HEALTH_WARN,
	 "on: two threads share a core",
	 "smt/control"},
	{{{CPU "smt/active", GONE}, {CPU "cpu0/topology/thread_siblings_list", "0,2\n"}},
	 "SMT",
	 PT_HEALTH_WARN,
	 "cpu0 shares its core with: 0,2",
	 "firmware"},
	{{{CPU "smt/active", GONE}, {CPU "cpu0/topology/thread_siblings_list", "0\n"}},
	 "SMT",
	 PT_HEALTH_OK,
	 "cpu0 shares its core with: none",
	 ""},
	{{{CPU "isolated", "2-3\n"}},
	 "isolated processors",
	 PT_HEALTH_OK,
	 "2-3",
	 "taskset -c 2-3 COMMAND"},
	{{{"000/proc/cpuinfo", "flags : fpu hypervisor sse\n"},
	  {"000/sys/class/dmi/id/sys_vendor", "QEMU\n"},
	  {"000/sys/class/dmi/id/product_name", "Standard PC\n"}},
	 "virtual machine",
	 PT_HEALTH_WARN,
	 "yes: QEMU Standard PC",
	 "dedicated host"},
	{{{"000/sys/hypervisor/type", "xen\n"}},
	 "virtual machine",
	 PT_HEALTH_WARN,
	 "yes: xen",
	 "dedicated host"},
	{{{"000/proc/stat", "cpu  100 0 100 9700 0 0 0 100 0 0\n"},
	  {"001/proc/stat", "cpu  101 0 100 9899 0 0 0 100 0 0\n"}},
	 "steal",
	 PT_HEALTH_OK,
	 "0.0 % now, 1.0 % since the start",
	 ""},
	{{{"000/proc/stat", "cpu  100 0 100 9600 0 0 0 200 0 0\n"},
	  {"001/proc/stat", "cpu  101 0 100 9789 0 0 0 210 0 0\n"}},
	 "steal",
	 PT_HEALTH_BAD,
	 "5.0 % now, 2.1 % since the start",
	 "dedicated host"},
	{{{"000/sys/fs/cgroup/job/cpu.max", "80000 100000\n"},
	  {"000/sys/fs/cgroup/job/cpu.stat",
	   "usage_usec 5\nuser_usec 4\nsystem_usec 1\nnr_periods 9\nnr_throttled 4\n"
	   "throttled_usec 7\n"}},
	 "CPU limit",
	 PT_HEALTH_WARN,
	 "0.8 processors' worth of time; stopped at it 4 times",
	 "docker update --cpus 0"},
	{{{"000/proc/loadavg", "1.50 1.00 1.00 2/99 1234\n"}},
	 "other load",
	 PT_HEALTH_WARN,
	 "load 1.50 on 2 processors, 0.5 % busy, 0 running",
	 "perftop --view processes"},
	{{{"001/proc/stat", "cpu  250 0 100 9850 0 0 0 0 0 0\ncpu0 1 0 0 1 0 0 0 0 0 0\n"
			    "cpu1 1 0 0 1 0 0 0 0 0 0\nprocs_running 3\n"}},
	 "other load",
	 PT_HEALTH_BAD,
	 "load 0.05 on 2 processors, 75.0 % busy, 2 running",
	 "perftop --view processes"},
	{{{"000/proc/meminfo", "MemTotal: 1000000 kB\nMemFree: 500000 kB\nMemAvailable: 1 kB\n"
			       "SwapTotal: 1048576 kB\nSwapFree: 1048576 kB\n"}},
	 "swap",
	 PT_HEALTH_OK,
	 "0 B of 1.00 GiB in use, swappiness 60",
	 ""},
	{{{"000/proc/meminfo", "MemTotal: 1000000 kB\nMemFree: 500000 kB\nMemAvailable: 1 kB\n"
			       "SwapTotal: 1048576 kB\nSwapFree: 524288 kB\n"},
	  {"001/proc/vmstat", "pswpin 7\npswpout 19\n"}},
	 "swap",
	 PT_HEALTH_BAD,
	 "512 MiB of 1.00 GiB in use, and moving, swappiness 60",
	 "swapoff -a"},
	{{{"000/sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never\n"}},
	 "huge pages",
	 PT_HEALTH_WARN,
	 "always",
	 "echo madvise"},
	{{{"000/sys/kernel/mm/transparent_hugepage/enabled", "what\n"}},
	 "huge pages",
	 PT_HEALTH_UNKNOWN,
	 "the kernel does not tell",
	 ""},
	{{{"000/sys/devices/system/node/online", "0-1\n"}},
	 "NUMA balancing",
	 PT_HEALTH_WARN,
	 "on, nodes 0-1",
	 "numa_balancing=0"},
	{{{KERNEL "randomize_va_space", "2\n"}},
	 "ASLR",
	 PT_HEALTH_WARN,
	 "randomize_va_space is 2",
	 "setarch -R"},
	{{{KERNEL "nmi_watchdog", "1\n"}}, "NMI watchdog", PT_HEALTH_WARN, "on", "nmi_watchdog=0"},
	{{{KERNEL "nmi_watchdog", "0\n"}}, "NMI watchdog", PT_HEALTH_OK, "off", ""},
};

static void put(struct tree *tree, const struct file *file)
{
	char path[PATH_MAX + 128];

	if (file->text) {
		tree_put(tree, file->path, file->text);
		return;
	}
	/* The file and the folders that it leaves empty. */
	pt_snprintf(path, sizeof path, "%s/%s", tree->dir, file->path);
	assert_int_equal(unlink(path), 0);
	*strrchr(path, '/') = '\0';
	rmdir(path);
}

typedef void judge_fn(const struct expectation *e, const struct pt_check *check,
		      const struct pt_finding *finding);

static void look(const char *dir, const struct expectation *e, judge_fn *judge)
{
	struct pt_options options;
	struct pt_config config = {0};
	struct pt_session *session;

	pt_options_init(&options);
	assert_int_equal(pt_options_set(&options, PT_OPT_ROOT, dir, PT_FROM_FLAG, NULL), 0);
	assert_int_equal(pt_session_open(&options, &config, NULL, &session, NULL), 0);
	pt_session_tick(session);
	pt_session_tick(session);
	for (size_t i = 0; i < pt_n_checks_machine + pt_n_checks_noise; i++) {
		const struct pt_check *check = i < pt_n_checks_machine
						       ? &pt_checks_machine[i]
						       : &pt_checks_noise[i - pt_n_checks_machine];
		struct pt_finding finding = {0};
		check->look(session, &finding);
		judge(e, check, &finding);
	}
	pt_session_close(session);
	pt_options_release(&options);
}

static void look_at_quiet(const struct expectation *e, judge_fn *judge)
{
	struct tree tree;

	tree_init(&tree);
	for (size_t i = 0; i < PT_LEN(quiet); i++)
		tree_put(&tree, quiet[i].path, quiet[i].text);
	for (size_t i = 0; e && i < PT_LEN(e->changes) && e->changes[i].path; i++)
		put(&tree, &e->changes[i]);
	look(tree.dir, e, judge);
	tree_release(&tree);
}

static void judge_quiet(const struct expectation *e, const struct pt_check *check,
			const struct pt_finding *f)
{
	(void)e;
	if (f->health != PT_HEALTH_OK || !f->found[0] || f->fix[0])
		fail_msg("%s: %s: %s %s", check->name, pt_health_name(f->health), f->found, f->fix);
	assert_true(check->why[0] && check->why[strlen(check->why) - 1] == '.');
}

static void test_quiet(void **state)
{
	(void)state;
	look_at_quiet(NULL, judge_quiet);
}

static unsigned judged;

static void judge_change(const struct expectation *e, const struct pt_check *check,
			 const struct pt_finding *f)
{
	if (strcmp(check->name, e->check) != 0)
		return;
	judged++;
	if (f->health != e->health)
		fail_msg("%s: %s: %s", check->name, pt_health_name(f->health), f->found);
	assert_string_equal(f->found, e->found);
	if (e->fix[0] ? !strstr(f->fix, e->fix) : f->fix[0])
		fail_msg("%s: fix: %s", check->name, f->fix);
}

static void test_changes(void **state)
{
	(void)state;
	for (size_t i = 0; i < PT_LEN(expectations); i++) {
		judged = 0;
		look_at_quiet(&expectations[i], judge_change);
		assert_int_equal(judged, 1);
	}
}

/* A root where nothing can be read: no check falls over, none says that all is well by mistake. */
static void judge_nothing(const struct expectation *e, const struct pt_check *check,
			  const struct pt_finding *f)
{
	static const char *const fine[] = {"NVIDIA GPUs", "virtual machine", "CPU limit",
					   "NUMA balancing", "NMI watchdog"};

	(void)e;
	for (size_t i = 0; i < PT_LEN(fine); i++)
		if (strcmp(fine[i], check->name) == 0)
			return;
	if (f->health == PT_HEALTH_OK)
		fail_msg("%s: %s", check->name, f->found);
}

static void test_nothing(void **state)
{
	struct tree tree;

	(void)state;
	tree_init(&tree);
	tree_put(&tree, "proc/nothing", "");
	look(tree.dir, NULL, judge_nothing);
	tree_release(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quiet),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
