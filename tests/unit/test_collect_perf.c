/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Counters through a stand-in for perf_event_open: the first descriptor of each group is a pipe
 * into which the test writes what the kernel would answer.
 */
#include "collect_tree.h"

#include "perftop/collect/perf.h"

#include <linux/perf_event.h>

enum { CPUS = 4 };

static struct {
	int errnum[2];	   /* by type: refuse all of it */
	int errnum_misses; /* refuse cache misses alone */
	int dead_cpu;	   /* that went offline, or -1 */
	int pipes[2][CPUS];
	unsigned n_open;
} kernel;

static int answer(struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd)
{
	int fds[2];

	assert_int_equal(pid, -1);
	assert_int_equal(attr->size, sizeof(*attr));
	assert_true(cpu >= 0 && cpu < CPUS);
	errno = kernel.errnum[attr->type];
	if (!errno && cpu == kernel.dead_cpu)
		errno = ENODEV;
	if (!errno && attr->type == PERF_TYPE_HARDWARE &&
	    attr->config == PERF_COUNT_HW_CACHE_MISSES)
		errno = kernel.errnum_misses;
	if (errno)
		return -1;
	assert_int_equal(attr->read_format, PERF_FORMAT_GROUP | PERF_FORMAT_TOTAL_TIME_ENABLED |
						    PERF_FORMAT_TOTAL_TIME_RUNNING);
	kernel.n_open++;
	if (group_fd >= 0)
		return open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_int_equal(pipe(fds), 0);
	assert_true(fcntl(fds[0], F_SETFL, O_NONBLOCK) == 0);
	if (kernel.pipes[attr->type][cpu] >= 0)
		close(kernel.pipes[attr->type][cpu]);
	kernel.pipes[attr->type][cpu] = fds[1];
	return fds[0];
}

/* What the next read of that group gives. */
static void will_read(int type, int cpu, uint64_t enabled, uint64_t running, size_t n,
		      const uint64_t *values)
{
	uint64_t buf[8] = {n, enabled, running};

	memcpy(buf + 3, values, n * sizeof(*values));
	assert_int_equal(write(kernel.pipes[type][cpu], buf, (3 + n) * sizeof(*buf)),
			 (3 + n) * sizeof(*buf));
}

#define HARDWARE(cpu, enabled, running, ...)                                                      \
	will_read(PERF_TYPE_HARDWARE, cpu, enabled, running, PT_LEN(((uint64_t[]){__VA_ARGS__})), \
		  (uint64_t[]){__VA_ARGS__})
#define SOFTWARE(cpu, time, ...)                                                            \
	will_read(PERF_TYPE_SOFTWARE, cpu, time, time, PT_LEN(((uint64_t[]){__VA_ARGS__})), \
		  (uint64_t[]){__VA_ARGS__})

static struct tree tree;

static int set_up(void **state)
{
	(void)state;
	memset(&kernel, 0, sizeof(kernel));
	kernel.dead_cpu = -1;
	memset(kernel.pipes, -1, sizeof(kernel.pipes));
	pt_perf_stand_in(answer);
	tree_init(&tree);
	tree_put(&tree, "000/sys/devices/system/cpu/online", "0-1\n");
	tree_put(&tree, "000/proc/sys/kernel/perf_event_paranoid", "2\n");
	tree_put(&tree, "001/x", "");
	tree_put(&tree, "002/x", "");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	for (int i = 0; i < 2 * CPUS; i++)
		if (kernel.pipes[i / CPUS][i % CPUS] >= 0)
			close(kernel.pipes[i / CPUS][i % CPUS]);
	pt_perf_stand_in(NULL);
	tree_release(&tree);
	return 0;
}

static void test_totals(void **state)
{
	struct probe probe;

	(void)state;
	assert_int_equal(probe_open(&probe, "perf", tree.dir), 0);
	assert_int_equal(kernel.n_open, 2 * 9);
	HARDWARE(0, 100, 100, 1000, 500, 10, 5, 1);
	HARDWARE(1, 100, 100, 1000, 500, 10, 5, 1);
	SOFTWARE(0, 100, 100, 3, 2, 1);
	SOFTWARE(1, 100, 100, 3, 2, 1);
	probe_tick(&probe);
	assert_int_equal(probe_total(&probe, "perf_cycles_total", ""), 2000);
	assert_int_equal(probe_total(&probe, "perf_context_switches_total", ""), 6);
	assert_int_equal(probe_total(&probe, "perf_cpu_migrations_total", ""), 4);
	assert_int_equal(probe_total(&probe, "perf_page_faults_total", ""), 2);
	assert_int_equal(probe_total(&probe, "perf_task_clock_seconds_total", ""), 200);
	assert_gap(probe_gauge(&probe, "perf_instructions_per_cycle", ""));

	/* The second processor's group ran a quarter of the time only. */
	HARDWARE(0, 200, 200, 3000, 4500, 110, 30, 11);
	HARDWARE(1, 200, 125, 1500, 750, 35, 30, 2);
	SOFTWARE(0, 200, 200, 3, 2, 1);
	SOFTWARE(1, 200, 200, 4, 2, 1);
	probe_tick(&probe);
	assert_int_equal(probe_total(&probe, "perf_cycles_total", ""), 2000 + 2000 + 500 * 4);
	assert_int_equal(probe_total(&probe, "perf_instructions_total", ""), 1000 + 4000 + 250 * 4);
	assert_int_equal(probe_total(&probe, "perf_branch_misses_total", ""), 2 + 10 + 4);
	assert_near(probe_gauge(&probe, "perf_instructions_per_cycle", ""), 5000. / 4000);
	assert_near(probe_gauge(&probe, "perf_cache_miss_ratio", ""), (25. + 100) / (100 + 100));
	assert_int_equal(probe_total(&probe, "perf_context_switches_total", ""), 7);

	/* No turn at all: a gap with a reason, and the total stands. */
	HARDWARE(0, 300, 200, 3000, 4500, 110, 30, 11);
	HARDWARE(1, 300, 125, 1500, 750, 35, 30, 2);
	probe_tick(&probe);
	assert_gap(probe_gauge(&probe, "perf_instructions_per_cycle", ""));
	assert_string_equal(probe_reason(&probe, "perf_cycles_total", NULL),
			    "the counters are taken: another profiler, or the NMI watchdog");
	probe_close(&probe);
}

static void test_events_missing(void **state)
{
	struct probe probe;

	(void)state;
	kernel.errnum_misses = ENOENT;
	kernel.dead_cpu = 0;
	assert_int_equal(probe_open(&probe, "perf", tree.dir), 0);
	assert_string_equal(probe_reason(&probe, "perf_cache_misses_total", NULL),
			    "this processor does not count that");
	assert_string_equal(probe_reason(&probe, "perf_cycles_total", NULL), "");
	HARDWARE(1, 100, 100, 1000, 500, 10, 7);
	SOFTWARE(1, 100, 100, 3, 2, 1);
	probe_tick(&probe);
	assert_int_equal(probe_total(&probe, "perf_cycles_total", ""), 1000);
	assert_int_equal(probe_total(&probe, "perf_branch_misses_total", ""), 7);
	assert_false(probe_find(&probe, "perf_cache_misses_total", "")->set);
	/* A read that brings nothing, or half of it, harms nothing. */
	assert_int_equal(write(kernel.pipes[0][1], "12345678", 8), 8);
	probe_tick(&probe);
	assert_false(probe_find(&probe, "perf_cycles_total", "")->set);
	probe_close(&probe);
}

static void test_processors_change(void **state)
{
	struct probe probe;

	(void)state;
	tree_put(&tree, "001/sys/devices/system/cpu/online", "0,2-3\n");
	assert_int_equal(probe_open(&probe, "perf", tree.dir), 0);
	HARDWARE(0, 100, 100, 1000, 500, 10, 5, 1);
	HARDWARE(1, 100, 100, 1000, 500, 10, 5, 1);
	probe_tick(&probe);
	kernel.n_open = 0;
	probe_tick(&probe);
	assert_int_equal(kernel.n_open, 3 * 9);
	HARDWARE(0, 100, 100, 7, 7, 7, 7, 7);
	HARDWARE(2, 100, 100, 7, 7, 7, 7, 7);
	HARDWARE(3, 100, 100, 7, 7, 7, 7, 7);
	probe_tick(&probe);
	assert_int_equal(probe_total(&probe, "perf_cycles_total", ""), 2000 + 21);
	probe_close(&probe);
}

static void assert_refused(int errnum, const char *metric, const char *expected)
{
	struct probe probe;

	kernel.errnum[PERF_TYPE_HARDWARE] = errnum;
	kernel.errnum[PERF_TYPE_SOFTWARE] = errnum;
	assert_true(probe_open(&probe, "perf", tree.dir) < 0);
	assert_string_equal(probe_reason(&probe, metric, NULL), expected);
	probe_close(&probe);
}

static void test_reasons(void **state)
{
	struct probe probe;

	(void)state;
	assert_refused(EACCES, "perf_page_faults_total",
		       "no right to count the whole machine: kernel.perf_event_paranoid is 2; "
		       "sysctl kernel.perf_event_paranoid=0, or setcap cap_perfmon=ep on perftop");
	tree_put(&tree, "000/proc/sys/kernel/perf_event_paranoid", "-1\n");
	assert_refused(EPERM, "perf_cycles_total",
		       "the kernel refuses though kernel.perf_event_paranoid is -1: a container's "
		       "seccomp profile? It must allow perf_event_open");
	assert_refused(ENOSYS, "perf_cycles_total", "this kernel is built without perf events");
	assert_refused(EMFILE, "perf_cycles_total",
		       "too few open files allowed: raise the limit (ulimit -n)");
	assert_refused(EINVAL, "perf_cycles_total", "perf_event_open: Invalid argument");
	assert_refused(ENOENT, "perf_instructions_per_cycle",
		       "this kernel knows no counters of this processor (no PMU)");
	tree_put(&tree, "000/proc/cpuinfo", "flags\t: fpu hypervisor lahf_lm\n");

	/* A virtual machine without a PMU still has the kernel's own counters. */
	kernel.errnum[PERF_TYPE_SOFTWARE] = 0;
	assert_int_equal(probe_open(&probe, "perf", tree.dir), 0);
	assert_string_equal(probe_reason(&probe, "perf_cycles_total", NULL),
			    "this virtual machine exposes no PMU");
	assert_string_equal(probe_reason(&probe, "perf_page_faults_total", NULL), "");
	SOFTWARE(0, 100, 100, 3, 2, 1);
	SOFTWARE(1, 100, 100, 3, 2, 1);
	probe_tick(&probe);
	assert_int_equal(probe_total(&probe, "perf_page_faults_total", ""), 2);
	assert_string_equal(probe_reason(&probe, "perf_cycles_total", NULL),
			    "this virtual machine exposes no PMU");
	probe_close(&probe);

	pt_perf_stand_in(NULL);
	assert_true(probe_open(&probe, "perf", tree.dir) < 0);
	assert_string_equal(probe_reason(&probe, "perf_cycles_total", NULL),
			    "counters are not part of a recorded root");
	probe_close(&probe);
}

/* The real call: it either counts this machine or says why not. */
static void test_this_machine(void **state)
{
	struct probe probe;

	(void)state;
	pt_perf_stand_in(NULL);
	if (probe_open(&probe, "perf", NULL) < 0) {
		assert_true(strlen(probe_reason(&probe, "perf_cycles_total", NULL)) > 10);
		assert_true(strlen(probe_reason(&probe, "perf_page_faults_total", NULL)) > 10);
	} else {
		probe.advance = false;
		probe_tick(&probe);
		assert_true(probe_find(&probe, "perf_context_switches_total", "")->set);
	}
	probe_close(&probe);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_totals, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_events_missing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_processors_change, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_reasons, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_this_machine, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
