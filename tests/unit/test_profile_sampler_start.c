/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sampling with fewer rights: down the ladder, by a stand-in for perf_event_open that refuses, and as
 * the user nobody, whom the kernel itself refuses.
 */
#include "../../src/profile/sampler_priv.h"
#include "profile_live.h"

#include <sched.h>
#include <sys/resource.h>

/* -- down the ladder ------------------------------------------------------------------------------ */

static const char no_perf[] = "/no/such/perf";

static int refuse_kernel(struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd)
{
	if (!attr->exclude_kernel) {
		errno = EACCES;
		return -1;
	}
	return pt_perf_open(attr, pid, cpu, group_fd);
}

static int refuse_all(struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd)
{
	(void)attr, (void)pid, (void)cpu, (void)group_fd;
	errno = EACCES;
	return -1;
}

static int no_descriptors(struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd)
{
	if (pid > 0) {
		errno = EMFILE;
		return -1;
	}
	return pt_perf_open(attr, pid, cpu, group_fd);
}

static int no_pmu(struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd)
{
	if (attr->type == PERF_TYPE_HARDWARE) {
		errno = ENOENT;
		return -1;
	}
	return pt_perf_open(attr, pid, cpu, group_fd);
}

/* A command that can be typed as it stands. */
static void assert_names_a_command(const char *text)
{
	if (!strstr(text, ": sysctl kernel.perf_event_paranoid=") &&
	    !strstr(text, ": setcap cap_") && !strstr(text, ": docker run --cap-add"))
		fail_msg("no command: %s", text);
}

static void test_kernel_refused(void **state)
{
	struct child c;

	(void)state;
	child_start(&c, with_fp, "spin");
	if (!sample(&c, (struct pt_sampler_options){.open = refuse_kernel})) {
		child_end(&c);
		skip();
	}
	child_say(&c);
	wait_for(50);
	child_say(&c);
	child_answer(&c);
	take_profile();
	assert_non_null(strstr(status.mode, "user only"));
	assert_names_a_command(status.refused);
	for (uint32_t i = 1; i < profile.tree->n; i++)
		assert_int_not_equal(
			pt_frames_get(profile.tree->frames, profile.tree->frame[i])->kind,
			PT_FRAME_KERNEL);
	finish(&c);
}

static void test_no_pmu(void **state)
{
	struct child c;

	(void)state;
	child_start(&c, with_fp, "spin");
	if (!sample(&c, (struct pt_sampler_options){.open = no_pmu})) {
		child_end(&c);
		skip();
	}
	assert_int_equal(strncmp(status.mode, "cpu-clock: ", 11),
			 0); /* at HZ, or what is allowed */
	pt_sampler_free(sampler);
	child_end(&c);
}

static void test_ptrace(void **state)
{
	struct child c;

	(void)state;
	child_start(&c, without_fp, "spin");
	assert_true(sample(&c, (struct pt_sampler_options){.open = refuse_all, .perf = no_perf}));
	if (!strstr(status.mode, "ptrace")) {
		print_message("# refused: ptrace is refused: %s\n", status.mode);
		pt_sampler_free(sampler);
		child_end(&c);
		skip();
	}
	assert_names_a_command(status.refused);
	child_say(&c);
	wait_for(15);
	child_say(&c);
	child_answer(&c);
	take_profile();
	assert_true(weight_of("main", NULL) > 0.8 * (double)profile.tree->total[PT_TREE_ROOT]);
	assert_true(weight_of("heavy", "both") > 0);
	finish(&c);
}

static int pin(pid_t pid, int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(pid, sizeof set, &set);
}

/* Nobody else runs on this CPU for so long; false: that is not allowed. */
static bool occupy(int cpu, int64_t ns)
{
	const struct sched_param first = {.sched_priority = 1};
	pid_t pid = fork();
	int code;

	if (pid == 0) {
		int64_t until = pt_clock_mono(&pt_clock_system) + ns;

		if (pin(0, cpu) < 0 || sched_setscheduler(0, SCHED_FIFO, &first) < 0)
			_exit(1);
		while (pt_clock_mono(&pt_clock_system) < until)
			;
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &code, 0), pid);
	return code == 0;
}

/* One that gets no CPU does not stop in time. It is let go when it has stopped, and seen again. */
static void test_ptrace_late(void **state)
{
	cpu_set_t own;
	struct child c;
	int64_t before;
	int cpu = 0, other;
	bool late;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof own, &own), 0);
	while (!CPU_ISSET(cpu, &own))
		cpu++;
	for (other = cpu + 1; other < CPU_SETSIZE && !CPU_ISSET(other, &own);)
		other++;
	if (other == CPU_SETSIZE || pin(0, other) < 0) {
		print_message("# there is one CPU\n");
		skip();
	}
	child_start(&c, without_fp, "spin");
	assert_int_equal(pin(c.pid, cpu), 0);
	assert_true(sample(&c, (struct pt_sampler_options){.open = refuse_all, .perf = no_perf}));
	late = strstr(status.mode, "ptrace") != NULL;
	if (late) {
		child_say(&c);
		wait_for(2);
		late = occupy(cpu, 400 * PT_MS);
		before = status.samples;
		wait_for(before + 10);
	}
	pt_sampler_free(sampler);
	child_end(&c);
	assert_int_equal(sched_setaffinity(0, sizeof own, &own), 0);
	if (!late) {
		print_message("# refused: ptrace, or a CPU of one's own\n");
		skip();
	}
}

/* A look stands for the time since the one before, however many there are. */
static void test_looks(void **state)
{
	int64_t began = pt_clock_mono(&pt_clock_system), took;
	struct child c;

	(void)state;
	child_start(&c, with_fp, "sleep"); /* waits for a word */
	assert_true(sample(&c, (struct pt_sampler_options){.open = refuse_all,
							   .perf = no_perf,
							   .event = PT_SAMPLE_OFFCPU}));
	for (int i = 0; i < 300; i++)
		pt_sampler_flush(sampler);
	take_profile();
	took = pt_clock_mono(&pt_clock_system) - began;
	assert_true(profile.tree->total[PT_TREE_ROOT] > 0);
	assert_true(profile.tree->total[PT_TREE_ROOT] <= took + PT_S / 20);
	finish(&c);
}

/* More threads than descriptors: the process is picked out of the whole machine, or looked at. */
static void test_no_descriptors(void **state)
{
	struct child c;

	(void)state;
	child_start(&c, with_fp, "spin");
	assert_true(
		sample(&c, (struct pt_sampler_options){.open = no_descriptors, .perf = no_perf}));
	child_say(&c);
	wait_for(15);
	child_say(&c);
	child_answer(&c);
	take_profile();
	assert_true(weight_of(strstr(status.mode, "/proc") ? "[running]" : "heavy", NULL) > 0);
	finish(&c);
}

static void test_refused_for_good(void **state)
{
	struct child c;

	(void)state;
	child_start(&c, with_fp, "spin");
	assert_false(sample(&c, (struct pt_sampler_options){.open = refuse_all,
							    .perf = no_perf,
							    .event = PT_SAMPLE_FAULTS}));
	assert_int_equal(err.code, PT_EACCES);
	assert_names_a_command(err.msg);
	assert_false(sample(&c, (struct pt_sampler_options){.event = PT_SAMPLE_NAMED,
							    .event_name = "no-such-event"}));
	assert_int_equal(err.code, PT_ENOENT);
	child_end(&c);
	assert_false(sample(&c, (struct pt_sampler_options){0}));
	assert_int_equal(err.code, PT_ENOENT);
	assert_non_null(strstr(err.msg, "no process"));
	assert_int_equal(pt_sampler_new(&(struct pt_sampler_options){.cgroup = "/no/such/group",
								     .open = pt_perf_open},
					&sampler, &err),
			 -PT_ENOENT);
}

/* -- as nobody ------------------------------------------------------------------------------------ */

static int become_nobody(void)
{
	const struct passwd *nobody = getpwnam("nobody");

	if (geteuid() != 0 || !nobody || chmod(getenv("PT_TMP"), 0755) < 0)
		return -1;
	if (setgid(nobody->pw_gid) < 0 || setuid(nobody->pw_uid) < 0 || access(with_fp, X_OK) < 0)
		return -1;
	return prctl(PR_SET_DUMPABLE, 1);
}

/* Runs fn as nobody; what it asserts fails this test. */
static void as_nobody(void (*fn)(pid_t other), pid_t other)
{
	pid_t pid = fork();
	int code;

	assert_true(pid >= 0);
	if (pid == 0) {
		if (become_nobody() < 0)
			_exit(77);
		fn(other);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &code, 0), pid);
	if (WIFEXITED(code) && WEXITSTATUS(code) == 77) {
		print_message("# refused: no user nobody to become\n");
		skip();
	}
	assert_true(WIFEXITED(code));
	assert_int_equal(WEXITSTATUS(code), 0);
}

/* cmocka's assertions end a test of the process above: here an exit status is all. */
#define NEED(what)                                                                                \
	do {                                                                                      \
		if (!(what)) {                                                                    \
			fprintf(stderr, "# as nobody: not so: %s (%s; %s)\n", #what, status.mode, \
				status.refused);                                                  \
			_exit(1);                                                                 \
		}                                                                                 \
	} while (0)

static void nobodys_own(pid_t other)
{
	double expected, heavy, light;
	struct child c;

	(void)other;
	child_start(&c, with_fp, "spin");
	NEED(sample(&c, (struct pt_sampler_options){.perf = no_perf, .unwind = PT_UNWIND_FP}));
	if (strstr(status.mode, "ptrace") || strstr(status.mode, "/proc"))
		_exit(0); /* paranoid above 2: the next test's matter */
	child_say(&c);
	wait_for(SAMPLES);
	child_say(&c);
	expected = child_answer(&c);
	take_profile();
	if (strstr(status.mode, "user only"))
		NEED(strstr(status.refused, "sysctl kernel.perf_event_paranoid=1"));
	heavy = (double)weight_of("heavy", NULL);
	light = (double)weight_of("light", NULL);
	NEED(fabs(heavy / (heavy + light) - expected) < points(expected));
	finish(&c);
}

static void test_nobody(void **state)
{
	(void)state;
	as_nobody(nobodys_own, 0);
}

/* What may be locked is shared out: a small ring beside a large one would lose samples. */
static void nobodys_rings(pid_t other)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_freq = 97,
		.freq = 1,
		.disabled = 1,
		.exclude_kernel = 1,
		.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER,
		.sample_regs_user = 1,
		.sample_stack_user = 8192,
	};
	struct task_list tasks = {0};
	struct rings rings = {0};
	struct rings_spec spec = {
		.open = pt_perf_open, .attr = &attr, .tasks = &tasks, .cgroup = -1};

	(void)other;
	NEED(setrlimit(RLIMIT_MEMLOCK, &(struct rlimit){65536, 65536}) == 0);
	pt_tasks_of(getpid(), &tasks);
	if (pt_rings_open(&rings, &spec))
		_exit(0); /* paranoid above 2, or another has locked it all */
	for (size_t i = 1; i < rings.n; i++)
		NEED(rings.rings[i].size == rings.rings[0].size);
	NEED(attr.wakeup_watermark <= rings.rings[0].size / 2);
	pt_rings_close(&rings);
	pt_tasks_release(&tasks);
}

static void test_nobodys_rings(void **state)
{
	(void)state;
	as_nobody(nobodys_rings, 0);
}

static void nobodys_sleep(pid_t other)
{
	double slept, took, total;
	struct child c;
	int64_t began;

	(void)other;
	child_start(&c, with_fp, "sleep");
	began = pt_clock_mono(&pt_clock_system);
	NEED(sample(&c, (struct pt_sampler_options){.perf = no_perf, .event = PT_SAMPLE_OFFCPU}));
	child_say(&c);
	wait_for(20);
	child_say(&c);
	slept = child_answer(&c);
	take_profile();
	/* It has waited for a word as well, before and after. */
	took = (double)(pt_clock_mono(&pt_clock_system) - began) / PT_S;
	total = (double)profile.tree->total[PT_TREE_ROOT] / PT_S;
	if (strstr(status.mode, "no stacks"))
		NEED(total > 0.8 * slept - 0.1 && total <= took);
	finish(&c);
}

static void test_nobody_off_cpu(void **state)
{
	(void)state;
	as_nobody(nobodys_sleep, 0);
}

static void others_states(pid_t other)
{
	struct child c = {.pid = other};

	NEED(sample(&c, (struct pt_sampler_options){.perf = no_perf}));
	NEED(strstr(status.mode, "/proc"));
	NEED(strstr(status.refused, ": setcap cap_"));
	wait_for(5);
	take_profile();
	NEED(weight_of("[running]", NULL) > 0);
}

static void test_nobody_and_others(void **state)
{
	struct child c;

	(void)state;
	child_start(&c, with_fp, "spin");
	child_say(&c);
	as_nobody(others_states, c.pid);
	child_end(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kernel_refused),
		cmocka_unit_test(test_no_pmu),
		cmocka_unit_test(test_ptrace),
		cmocka_unit_test(test_ptrace_late),
		cmocka_unit_test(test_looks),
		cmocka_unit_test(test_no_descriptors),
		cmocka_unit_test(test_refused_for_good),
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_nobodys_rings),
		cmocka_unit_test(test_nobody_off_cpu),
		cmocka_unit_test(test_nobody_and_others),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
