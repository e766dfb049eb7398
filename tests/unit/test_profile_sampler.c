/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Live sampling of real programs, by the kernel's own events. A child does work whose shares it
 * measures itself with clocks of CPU time; samples are of CPU time too, so a busy machine makes the
 * test slower and nothing else. So many samples are waited for that chance fails one comparison in
 * a million: 5 points are five standard errors of 2500 samples. What the kernel refuses is skipped by
 * name.
 */
#include "profile_live.h"

#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

/* -- CPU ------------------------------------------------------------------------------------------ */

/* samples: SAMPLES to compare shares; fewer when the mode and the chains are what matters. */
static void spin(const char *program, const char *work, struct pt_sampler_options options,
		 const char *mode, int64_t samples)
{
	struct child c;
	double expected;

	child_start(&c, program, work);
	if (!sample(&c, options)) {
		child_end(&c);
		skip();
	}
	child_say(&c);
	wait_for(samples);
	child_say(&c);
	expected = child_answer(&c);
	take_profile();
	if (!strstr(status.mode, mode))
		fail_msg("mode: %s", status.mode);
	if (samples == SAMPLES)
		check_shares(expected);
	/* The chain is whole: who called, and where it began. */
	assert_true(weight_of("heavy", "both") > 0.9 * (double)weight_of("heavy", NULL));
	assert_true(weight_of("both", "spin") > 0.9 * (double)weight_of("both", NULL));
	assert_int_equal(profile.n_moments, profile.samples);
	assert_true(profile.samples + status.lost >= status.samples);
	assert_string_equal(profile.values[0].what, "samples");
	finish(&c);
}

static void test_frame_pointers(void **state)
{
	(void)state;
	spin(with_fp, "spin", (struct pt_sampler_options){.unwind = PT_UNWIND_FP}, "frame pointers",
	     SAMPLES);
}

static void test_dwarf(void **state)
{
	(void)state;
	spin(without_fp, "spin",
	     (struct pt_sampler_options){.unwind = PT_UNWIND_DWARF,
					 .event = PT_SAMPLE_NAMED,
					 .event_name = "cpu-clock"},
	     "unwound user stacks", SAMPLES);
}

static void test_auto_keeps_frame_pointers(void **state)
{
	(void)state;
	spin(with_fp, "spin", (struct pt_sampler_options){.user_only = true},
	     "user only, frame pointers", 500);
}

static void test_auto_unwinds_leaves(void **state)
{
	(void)state;
	spin(without_fp, "spin", (struct pt_sampler_options){0}, "frame pointers, leaves unwound",
	     SAMPLES);
}

/* What frame pointers would lead to is seen without trying them: all of these stacks are whole. */
static void test_auto_finds_dwarf(void **state)
{
	struct child c;

	(void)state;
	child_start(&c, without_fp, "deep");
	if (!sample(&c, (struct pt_sampler_options){0})) {
		child_end(&c);
		skip();
	}
	child_say(&c);
	wait_for(1500);
	child_say(&c);
	(void)child_answer(&c);
	take_profile();
	if (!strstr(status.mode, "unwound user stacks"))
		fail_msg("mode: %s", status.mode);
	assert_true(weight_of("heavy", "both") > 0.95 * (double)weight_of("heavy", NULL));
	assert_true(weight_of("both", "spin") > 0.95 * (double)weight_of("both", NULL));
	assert_true(weight_of("spin", "deep") > 0.95 * (double)weight_of("spin", NULL));
	assert_int_equal(profile.n_moments, profile.samples);
	finish(&c);
}

/* -- counters that stand still -------------------------------------------------------------------- */

/* Of another processor's state nothing is counted, as when the host has the counters. */
static int open_still(struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd)
{
	if (attr->type == PERF_TYPE_HARDWARE)
		attr->exclude_user = attr->exclude_kernel = 1;
	return pt_perf_open(attr, pid, cpu, group_fd);
}

/* They did count when they were asked about. */
static int open_still_later(struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd)
{
	return pid == 0 ? pt_perf_open(attr, pid, cpu, group_fd)
			: open_still(attr, pid, cpu, group_fd);
}

/* It is counted, but that is never told: the interrupt is too far away. */
static int open_silent(struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd)
{
	if (attr->type == PERF_TYPE_HARDWARE) {
		attr->freq = 0;
		attr->sample_period = UINT64_C(1) << 60;
	}
	return pt_perf_open(attr, pid, cpu, group_fd);
}

static int open_silent_later(struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd)
{
	return pid == 0 ? pt_perf_open(attr, pid, cpu, group_fd)
			: open_silent(attr, pid, cpu, group_fd);
}

static void test_still_counters(void **state)
{
	static int (*const opens[])(struct perf_event_attr *, pid_t, int, int) = {
		open_still, open_still_later, open_silent, open_silent_later};
	struct perf_event_attr cycles = {.type = PERF_TYPE_HARDWARE,
					 .config = PERF_COUNT_HW_CPU_CYCLES};
	int fd = pt_perf_open(&cycles, 0, -1, -1);

	(void)state;
	if (fd < 0) {
		print_message("# cycles cannot be counted here: %s\n", strerror(errno));
		skip();
	}
	close(fd);
	for (size_t i = 0; i < PT_LEN(opens); i++) {
		spin(with_fp, "spin", (struct pt_sampler_options){.hz = 500, .open = opens[i]},
		     "cpu-clock", 100);
		assert_non_null(strstr(status.refused, "cpu-clock"));
	}
}

static void test_two_threads(void **state)
{
	const struct pt_tree *t;
	double expected;
	int64_t roots = 0;
	struct child c;

	(void)state;
	child_start(&c, with_fp, "threads");
	if (!sample(&c, (struct pt_sampler_options){.unwind = PT_UNWIND_FP})) {
		child_end(&c);
		skip();
	}
	child_say(&c);
	wait_for(SAMPLES);
	assert_int_equal(status.threads, 2);
	child_say(&c);
	expected = child_answer(&c);
	take_profile();
	check_shares(expected);
	t = profile.tree;
	for (uint32_t i = t->child[PT_TREE_ROOT]; i != PT_NO_NODE; i = t->sibling[i]) {
		const struct pt_frame *f = pt_frames_get(t->frames, t->frame[i]);

		assert_int_equal(f->kind, PT_FRAME_THREAD);
		assert_int_equal(f->pid, c.pid);
		assert_string_equal(f->name, "fp");
		roots++;
	}
	assert_int_equal(roots, 2);
	finish(&c);
}

/* The child begins its thread while events are opened: beside those of tasks, or after its own. */
static const struct child *beginner;
static bool begin_beside;
static int opened_events;

static int threads_of(pid_t pid)
{
	char path[64];
	struct stat st;

	pt_snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	return stat(path, &st) == 0 ? (int)st.st_nlink - 2 : 0;
}

static int open_while_it_begins(struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd)
{
	bool of_tasks = attr->type == PERF_TYPE_SOFTWARE && attr->config == PERF_COUNT_SW_DUMMY;
	int64_t until = pt_clock_mono(&pt_clock_system) + PATIENCE_NS;
	int fd = pt_perf_open(attr, pid, cpu, group_fd);

	opened_events += pid > 0 && fd >= 0 && !of_tasks;
	if (fd < 0 || !beginner ||
	    (begin_beside ? !of_tasks : opened_events < sysconf(_SC_NPROCESSORS_ONLN)))
		return fd;
	assert_int_equal(write(beginner->in, "x", 1), 1);
	while (threads_of(pid) < 2 && pt_clock_mono(&pt_clock_system) < until)
		usleep(1000);
	beginner = NULL;
	return fd;
}

/* Who inherits the event has no other one beside it; who was too early for that is not forgotten. */
static void begins_meanwhile(bool beside, int threads)
{
	struct child c;
	double expected;

	child_start(&c, with_fp, "threads");
	beginner = &c;
	begin_beside = beside;
	opened_events = 0;
	if (!sample(&c, (struct pt_sampler_options){.unwind = PT_UNWIND_FP,
						    .event = PT_SAMPLE_NAMED,
						    .event_name = "cpu-clock",
						    .open = open_while_it_begins})) {
		child_end(&c);
		skip();
	}
	assert_null(beginner);
	wait_for(SAMPLES);
	child_say(&c);
	expected = child_answer(&c);
	take_profile();
	assert_int_equal(opened_events, threads * sysconf(_SC_NPROCESSORS_ONLN));
	check_shares(expected);
	finish(&c);
}

static void test_begins_meanwhile(void **state)
{
	(void)state;
	begins_meanwhile(true, 2);
	begins_meanwhile(false, 1);
}

static void test_children_until_the_end(void **state)
{
	struct child c;
	int64_t until;

	(void)state;
	child_start(&c, with_fp, "fork");
	if (!sample(&c, (struct pt_sampler_options){.unwind = PT_UNWIND_FP})) {
		child_end(&c);
		skip();
	}
	child_say(&c);
	wait_for(1000);
	child_say(&c);
	child_answer(&c);
	assert_false(status.ended);
	child_end(&c);
	until = pt_clock_mono(&pt_clock_system) + PATIENCE_NS;
	while (!status.ended && pt_clock_mono(&pt_clock_system) < until) {
		usleep(20000);
		pt_sampler_status(sampler, &status);
	}
	assert_true(status.ended);
	assert_int_equal(status.threads, 0);
	take_profile();
	assert_true(weight_of("heavy", NULL) > 0.9 * (double)profile.tree->total[PT_TREE_ROOT]);
	for (uint32_t i = 1; i < profile.tree->n; i++)
		if (is_named(profile.tree, i, "heavy")) {
			uint32_t top = i;

			while (profile.tree->parent[top] != PT_TREE_ROOT)
				top = profile.tree->parent[top];
			assert_int_not_equal(
				pt_frames_get(profile.tree->frames, profile.tree->frame[top])->pid,
				c.pid);
		}
	pt_profile_release(&profile);
	pt_sampler_free(sampler);
}

static void test_pause_and_windows(void **state)
{
	struct child c;
	int64_t paused_at, n;

	(void)state;
	child_start(&c, with_fp, "spin");
	if (!sample(&c, (struct pt_sampler_options){.unwind = PT_UNWIND_FP})) {
		child_end(&c);
		skip();
	}
	child_say(&c);
	wait_for(100);
	pt_sampler_pause(sampler, true);
	pt_sampler_flush(sampler); /* it has been seen by now */
	pt_sampler_status(sampler, &status);
	n = status.samples;
	paused_at = status.to_ns;
	usleep(100000);
	pt_sampler_flush(sampler);
	pt_sampler_status(sampler, &status);
	assert_int_equal(status.samples, n);
	pt_sampler_pause(sampler, false);
	wait_for(n + 100);
	child_say(&c);
	child_answer(&c);
	pt_sampler_flush(sampler);
	pt_sampler_profile(sampler, 0, paused_at, &profile, &err);
	assert_int_equal(profile.samples, n);
	assert_int_equal(profile.tree->total[PT_TREE_ROOT], n);
	pt_profile_release(&profile);
	pt_sampler_profile(sampler, INT64_MAX - 1, INT64_MAX, &profile, &err);
	assert_int_equal(profile.samples, 0);
	assert_int_equal(profile.tree->n, 1);
	finish(&c);
}

/* -- other events --------------------------------------------------------------------------------- */

static void test_off_cpu(void **state)
{
	double slept;
	struct child c;

	(void)state;
	child_start(&c, without_fp, "sleep");
	/* The C library keeps no frame pointers: nap() would be lost. */
	if (!sample(&c, (struct pt_sampler_options){.event = PT_SAMPLE_OFFCPU,
						    .unwind = PT_UNWIND_DWARF})) {
		child_end(&c);
		skip();
	}
	child_say(&c);
	wait_for(100);
	child_say(&c);
	slept = child_answer(&c);
	take_profile();
	if (strstr(status.mode, "no stacks")) {
		print_message("# refused: stacks of switches: %s\n", status.refused);
		finish(&c);
		skip();
	}
	assert_string_equal(profile.values[0].what, "time");
	assert_int_equal(profile.values[0].unit, PT_UNIT_NS);
	assert_share((double)weight_of("nap", "sleeping") / PT_S / slept, 1, POINTS);
	finish(&c);
}

/* Counted exactly: each one is sampled as long as they are fewer than five times hz. */
static void counted(const char *work, const char *function, struct pt_sampler_options options)
{
	struct child c;
	double expected;

	child_start(&c, with_fp, work);
	options.unwind = PT_UNWIND_FP;
	options.hz = 50000;
	if (!sample(&c, options)) {
		child_end(&c);
		skip();
	}
	child_say(&c);
	expected = child_answer(&c);
	take_profile();
	assert_int_equal(status.lost, 0);
	assert_share((double)weight_of(function, NULL) / expected, 1, POINTS);
	finish(&c);
}

static void test_page_faults(void **state)
{
	(void)state;
	counted("touch", "touch", (struct pt_sampler_options){.event = PT_SAMPLE_FAULTS});
}

/* The first descriptor, whether it was open yet when each 8th was asked for, and how often that is
 * refused for it. */
static int first_fd;
static bool was_beside;
static int refusals;

static int open_eased(struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd)
{
	int fd;

	if (attr->sample_period == 8 && first_fd >= 0) {
		was_beside = fcntl(first_fd, F_GETFD) >= 0;
		if (was_beside && refusals-- > 0) {
			errno = EMFILE;
			return -1;
		}
		first_fd = -1;
	}
	fd = pt_perf_open(attr, pid, cpu, group_fd);
	if (attr->sample_period == 1 && first_fd < 0)
		first_fd = fd;
	return fd;
}

static void eased(int n_refusals, bool beside)
{
	struct pt_sampler_options options = {
		.event = PT_SAMPLE_FAULTS, .unwind = PT_UNWIND_FP, .hz = 1, .open = open_eased};
	int64_t until = pt_clock_mono(&pt_clock_system) + PATIENCE_NS;
	struct child c;

	first_fd = -1;
	refusals = n_refusals;
	child_start(&c, with_fp, "touch");
	if (!sample(&c, options)) {
		child_end(&c);
		skip();
	}
	child_say(&c);
	(void)child_answer(&c);
	while (!strstr(status.mode, "each 8th") && pt_clock_mono(&pt_clock_system) < until) {
		usleep(20000);
		pt_sampler_status(sampler, &status);
	}
	take_profile();
	assert_non_null(strstr(status.mode, "each 8th"));
	assert_int_equal(was_beside, beside);
	finish(&c);
}

/* More often than wanted: the event is opened anew before it is closed, or after that. */
static void test_eased(void **state)
{
	(void)state;
	eased(0, true);
	eased(1, false);
}

enum { PAGES_LOST = 60000, PAGES_LATE = 2900 }; /* at the least: of 123,000, of 3,000 */

/* The sampler stands still in its wake until it is let go. */
static sem_t standing, let_go;
static atomic_bool free_to_go;

static void stand_still(void *arg)
{
	(void)arg;
	if (atomic_load(&free_to_go))
		return;
	sem_post(&standing);
	sem_wait(&let_go);
}

static void until_standing(void)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PATIENCE_NS / PT_S;
	assert_int_equal(sem_timedwait(&standing, &until), 0);
}

static int open_without_tasks(struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd)
{
	if (attr->type == PERF_TYPE_SOFTWARE && attr->config == PERF_COUNT_SW_DUMMY) {
		errno = EMFILE;
		return -1;
	}
	return pt_perf_open(attr, pid, cpu, group_fd);
}

/* Samples are lost, and counted; who they are of is not. */
static void test_crowded(void **state)
{
	struct pt_sampler_options options = {.event = PT_SAMPLE_FAULTS,
					     .unwind = PT_UNWIND_FP,
					     .hz = 1e6, /* which each of them is below */
					     .wake = stand_still};
	struct child c;
	int64_t late;

	(void)state;
	assert_int_equal(sem_init(&standing, 0, 0), 0);
	assert_int_equal(sem_init(&let_go, 0, 0), 0);
	child_start(&c, with_fp, "crowd");
	if (!sample(&c, options)) {
		child_end(&c);
		skip();
	}
	child_say(&c);
	until_standing();
	child_say(&c);
	(void)child_answer(&c);
	sem_post(&let_go);
	until_standing(); /* all of that has been taken in: there is room */
	child_say(&c);
	(void)child_answer(&c);
	atomic_store(&free_to_go, true);
	sem_post(&let_go);
	take_profile();
	late = weight_of("late", NULL);
	if (status.lost < PAGES_LOST || late < PAGES_LATE)
		fail_msg("%lld lost, %lld late", (long long)status.lost, (long long)late);
	finish(&c);
	sem_destroy(&standing);
	sem_destroy(&let_go);
}

/* Without rings of their own, records of tasks stand among the samples. */
static void test_refused_tasks(void **state)
{
	(void)state;
	spin(with_fp, "spin", (struct pt_sampler_options){.open = open_without_tasks},
	     "frame pointers", 100);
}

static void test_allocations(void **state)
{
	(void)state;
	assert_true(*pt_sampler_cost(PT_SAMPLE_ALLOC));
	counted("allocate", "malloc", (struct pt_sampler_options){.event = PT_SAMPLE_ALLOC});
}

static void test_tracepoint(void **state)
{
	struct child c;

	(void)state;
	child_start(&c, with_fp, "sleep");
	if (!sample(&c, (struct pt_sampler_options){.event = PT_SAMPLE_NAMED,
						    .event_name = "sched:sched_switch"})) {
		child_end(&c);
		skip();
	}
	child_say(&c);
	wait_for(20);
	child_say(&c);
	child_answer(&c);
	take_profile();
	assert_true(weight_of("main", NULL) > 0);
	assert_string_equal(profile.values[0].name, "sched:sched_switch");
	finish(&c);
}

static atomic_bool going = true;

static void *allocate_later(void *arg)
{
	while (atomic_load(&going)) {
		void *volatile p = malloc(100);

		free(p);
		usleep(1000);
	}
	return arg;
}

/* Says how often it could begin neither a thread nor a process. */
static _Noreturn void begin_others(int in, int out)
{
	int failed = 0;
	char line[32], byte;
	pthread_t thread;
	bool begun;
	pid_t pid;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (read(in, &byte, 1) != 1)
		_exit(1);
	begun = pthread_create(&thread, NULL, allocate_later, NULL) == 0;
	failed += !begun;
	pid = fork();
	if (pid == 0)
		_exit(0);
	failed += pid < 0;
	if (read(in, &byte, 1) != 1)
		_exit(1);
	atomic_store(&going, false);
	failed += begun && pthread_join(thread, NULL) != 0;
	failed += pid > 0 && waitpid(pid, NULL, 0) != pid;
	pt_snprintf(line, sizeof line, "%d\n", failed);
	_exit(write(out, line, strlen(line)) < 0);
}

/* What is sampled may begin threads and processes, and they are sampled too. */
static void test_allocations_later(void **state)
{
	int in[2], out[2];
	struct child c;

	(void)state;
	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	c.pid = fork();
	if (c.pid == 0)
		begin_others(in[0], out[1]);
	close(in[0]);
	close(out[1]);
	c.in = in[1];
	c.out = fdopen(out[0], "r");
	if (!sample(&c, (struct pt_sampler_options){.event = PT_SAMPLE_ALLOC})) {
		child_end(&c);
		skip();
	}
	child_say(&c);
	wait_for(20);
	take_profile();
	assert_true(weight_of("allocate_later", NULL) > 0);
	child_say(&c);
	assert_true(child_answer(&c) == 0);
	finish(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frame_pointers),
		cmocka_unit_test(test_dwarf),
		cmocka_unit_test(test_auto_keeps_frame_pointers),
		cmocka_unit_test(test_auto_unwinds_leaves),
		cmocka_unit_test(test_auto_finds_dwarf),
		cmocka_unit_test(test_still_counters),
		cmocka_unit_test(test_two_threads),
		cmocka_unit_test(test_begins_meanwhile),
		cmocka_unit_test(test_children_until_the_end),
		cmocka_unit_test(test_pause_and_windows),
		cmocka_unit_test(test_off_cpu),
		cmocka_unit_test(test_page_faults),
		cmocka_unit_test(test_eased),
		cmocka_unit_test(test_crowded),
		cmocka_unit_test(test_refused_tasks),
		cmocka_unit_test(test_allocations),
		cmocka_unit_test(test_allocations_later),
		cmocka_unit_test(test_tracepoint),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
