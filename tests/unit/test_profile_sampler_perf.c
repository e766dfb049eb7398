/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sampling through a perf that has rights which we have not: a copy with capabilities of its own,
 * used by nobody, to whom the kernel refuses events. And what comes when perf fails or is ended.
 */
#include "profile_live.h"

#include <signal.h>

static char perf[600];

static int refuse_all(struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd)
{
	(void)attr, (void)pid, (void)cpu, (void)group_fd;
	errno = EACCES;
	return -1;
}

static int run(const char *const *argv)
{
	pid_t pid = fork();
	int code = -1;

	if (pid == 0) {
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	waitpid(pid, &code, 0);
	return WIFEXITED(code) ? WEXITSTATUS(code) : -1;
}

static int set_up_all(void **state)
{
	const char *const copy[] = {"cp", "-L", "/usr/bin/perf", perf, NULL};

	if (set_up(state) < 0)
		return -1;
	pt_snprintf(perf, sizeof perf, "%s/perf-with-rights", getenv("PT_TMP"));
	unlink(perf);
	if (access("/usr/bin/perf", X_OK) != 0 || run(copy) != 0)
		perf[0] = '\0';
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	return *perf ? unlink(perf) : 0;
}

static bool give_rights(void)
{
	const char *const caps[] = {"setcap", "cap_perfmon,cap_sys_ptrace,cap_syslog=ep", perf,
				    NULL};
	const char *const older[] = {"setcap", "cap_sys_admin,cap_sys_ptrace,cap_syslog=ep", perf,
				     NULL};

	return *perf && (run(caps) == 0 || run(older) == 0);
}

#define NEED(what)                                                                       \
	do {                                                                             \
		if (!(what)) {                                                           \
			fprintf(stderr, "# as nobody: not so: %s (%s; %s; %s)\n", #what, \
				status.mode, status.refused, err.msg);                   \
			_exit(1);                                                        \
		}                                                                        \
	} while (0)

static void become_nobody(void)
{
	const struct passwd *nobody = getpwnam("nobody");

	if (!nobody || chmod(getenv("PT_TMP"), 0755) < 0 || setgid(nobody->pw_gid) < 0 ||
	    setuid(nobody->pw_uid) < 0 || access(perf, X_OK) < 0)
		_exit(77);
	prctl(PR_SET_DUMPABLE, 1);
}

/* Runs fn as nobody, in a process of its own. Skipped where perf's rights do not work. */
static void as_nobody(void (*fn)(const struct child *other))
{
	struct child other;
	pid_t pid;
	int code;

	if (geteuid() != 0 || !give_rights()) {
		print_message("# refused: no root, no perf or no setcap\n");
		skip();
	}
	child_start(&other, with_fp, "spin");
	pid = fork();
	if (pid == 0) {
		become_nobody();
		fn(&other);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &code, 0), pid);
	child_end(&other);
	if (WIFEXITED(code) && WEXITSTATUS(code) == 77) {
		print_message("# refused: nobody, nosuid, or perf itself\n");
		skip();
	}
	assert_true(WIFEXITED(code));
	assert_int_equal(WEXITSTATUS(code), 0);
}

static void begin(const struct child *c, struct pt_sampler_options options)
{
	options.open = refuse_all;
	options.perf = perf;
	if (!sample(c, options))
		_exit(77);
	if (!strstr(status.mode, "perf record")) {
		fprintf(stderr, "# %s; %s\n", status.mode, status.refused);
		_exit(77);
	}
}

static pid_t perf_child(void)
{
	char path[64], text[64] = "";
	FILE *file;

	pt_snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
	file = fopen(path, "re");
	if (!file || !fgets(text, sizeof text, file))
		text[0] = '\0';
	if (file)
		fclose(file);
	return (pid_t)atoi(text);
}

static void spinning(const struct child *other)
{
	struct child c = *other;
	double heavy, light, expected;
	int64_t before;

	begin(&c, (struct pt_sampler_options){.unwind = PT_UNWIND_FP});
	NEED(perf_child() > 0);
	NEED(strstr(status.mode, "Hz, kernel and user, frame pointers"));
	NEED(strstr(status.refused, "through perf record; "));
	NEED(strstr(status.refused, ": sysctl kernel.perf_event_paranoid=") ||
	     strstr(status.refused, ": setcap cap_"));
	child_say(&c);
	wait_for(SAMPLES);
	child_say(&c);
	expected = child_answer(&c);
	take_profile();
	heavy = (double)weight_of("heavy", NULL);
	light = (double)weight_of("light", NULL);
	NEED(heavy + light > 0.9 * (double)profile.tree->total[PT_TREE_ROOT]);
	NEED(fabs(heavy / (heavy + light) - expected) < points(expected));
	NEED(profile.moments[0].at_ns >= status.from_ns);
	NEED(profile.moments[profile.n_moments - 1].at_ns <= status.to_ns);
	pt_profile_release(&profile);
	before = status.samples;
	pt_sampler_free(sampler);
	NEED(before >= SAMPLES_FEW);
	NEED(perf_child() == 0);
}

static void test_spin(void **state)
{
	(void)state;
	as_nobody(spinning);
}

/* What is sampled while it is paused is dropped; after that it goes on. */
static void pausing(const struct child *other)
{
	struct child c = *other;
	int64_t paused;

	begin(&c, (struct pt_sampler_options){.unwind = PT_UNWIND_FP});
	child_say(&c);
	wait_for(50);
	pt_sampler_pause(sampler, true);
	pt_sampler_flush(sampler);
	pt_sampler_status(sampler, &status);
	paused = status.samples;
	usleep(300000);
	pt_sampler_flush(sampler);
	pt_sampler_status(sampler, &status);
	NEED(status.samples == paused);
	pt_sampler_pause(sampler, false);
	wait_for(paused + 50);
	pt_sampler_free(sampler);
}

static void test_pause(void **state)
{
	(void)state;
	as_nobody(pausing);
}

/* Flushed, all that was sampled until then is there: a short piece of work at a low rate, of which
 * perf by itself would tell much later. */
static void flushing(const struct child *other)
{
	struct child c = *other;

	begin(&c, (struct pt_sampler_options){.hz = 200,
					      .unwind = PT_UNWIND_FP,
					      .event = PT_SAMPLE_NAMED,
					      .event_name = "cpu-clock"});
	child_say(&c);
	child_works(&c, 100 * PT_MS);
	child_say(&c);
	child_answer(&c);
	take_profile();
	NEED(status.samples > 0);
	NEED(weight_of("main", NULL) > 0);
	pt_profile_release(&profile);
	pt_sampler_free(sampler);
}

static void test_flush(void **state)
{
	(void)state;
	as_nobody(flushing);
}

/* The whole machine, of which nobody else's maps can be read by us. */
static void all_of_it(const struct child *other)
{
	struct child c = *other;

	err = (struct pt_err){0};
	if (pt_sampler_new(&(struct pt_sampler_options){.all = true,
							.open = refuse_all,
							.perf = perf,
							.hz = 997,
							.event = PT_SAMPLE_NAMED,
							.event_name = "cpu-clock",
							.unwind = PT_UNWIND_FP},
			   &sampler, &err) < 0)
		NEED(!"started");
	child_say(&c);
	child_works(&c, 300 * PT_MS);
	child_say(&c);
	child_answer(&c);
	take_profile();
	NEED(strstr(status.mode, "perf record, "));
	NEED(weight_of("heavy", NULL) > 0);
	pt_profile_release(&profile);
	pt_sampler_free(sampler);
}

static void test_all(void **state)
{
	(void)state;
	as_nobody(all_of_it);
}

/* The letter of its state; 0: there is none any more. */
static char state_of(pid_t pid)
{
	char path[64], text[400] = "";
	const char *close;
	FILE *file;

	pt_snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	if (file && !fgets(text, sizeof text, file))
		text[0] = '\0';
	if (file)
		fclose(file);
	close = strrchr(text, ')');
	return close && close[1] ? close[2] : '\0';
}

/* A nap after the other, from when perf has begun, which is later than its child on a busy machine. */
static void sleeping(const struct child *other)
{
	double seen, span;
	struct child c;

	(void)other;
	child_start(&c, with_fp, "sleep");
	while (state_of(c.pid) != 'S') /* or what is before the first nap would be seen, too */
		usleep(1000);
	begin(&c, (struct pt_sampler_options){.event = PT_SAMPLE_OFFCPU, .unwind = PT_UNWIND_FP});
	child_say(&c);
	wait_for(50);
	child_say(&c);
	child_answer(&c);
	take_profile();
	NEED(profile.n_moments >= 50);
	span = (double)(profile.moments[profile.n_moments - 1].at_ns - profile.moments[0].at_ns);
	seen = (double)weight_of("main", NULL);
	NEED(span > 0.2 * PT_S);
	NEED(seen > 0.8 * span && seen < 1.1 * span + 0.1 * PT_S);
	pt_profile_release(&profile);
	pt_sampler_free(sampler);
	child_end(&c);
}

static void test_off_cpu(void **state)
{
	(void)state;
	as_nobody(sleeping);
}

/* perf is killed: the next way, and it is told. */
static void losing_perf(const struct child *other)
{
	struct child c = *other;
	pid_t pid;

	begin(&c, (struct pt_sampler_options){.unwind = PT_UNWIND_FP});
	child_say(&c);
	wait_for(50);
	pid = perf_child();
	NEED(pid > 0 && kill(pid, SIGKILL) == 0);
	for (int i = 0; i < 6000 && strstr(status.mode, "perf record"); i++) {
		usleep(10000);
		pt_sampler_status(sampler, &status);
	}
	NEED(strstr(status.mode, "ptrace") || strstr(status.mode, "/proc"));
	NEED(strstr(status.refused, "perf record has ended"));
	NEED(!status.ended);
	wait_for(status.samples + 3);
	pt_sampler_free(sampler);
	NEED(perf_child() == 0);
}

static void test_perf_killed(void **state)
{
	(void)state;
	as_nobody(losing_perf);
}

/* We are killed: perf goes too, though what it samples sleeps and it has nothing to write. */
static void dying(const struct child *other)
{
	struct child c = *other;
	pid_t pid, found = 0;
	int fds[2];

	NEED(pipe(fds) == 0);
	pid = fork();
	if (pid == 0) {
		begin(&c, (struct pt_sampler_options){.unwind = PT_UNWIND_FP});
		found = perf_child();
		NEED(write(fds[1], &found, sizeof found) == sizeof found);
		pause();
	}
	close(fds[1]);
	if (read(fds[0], &found, sizeof found) != sizeof found)
		_exit(77);
	NEED(found > 0 && state_of(found) && state_of(found) != 'Z');
	NEED(kill(pid, SIGKILL) == 0 && waitpid(pid, NULL, 0) == pid);
	for (int i = 0; i < 6000 && state_of(found) && state_of(found) != 'Z'; i++)
		usleep(10000);
	NEED(!state_of(found) || state_of(found) == 'Z');
}

static void test_we_die(void **state)
{
	(void)state;
	as_nobody(dying);
}

/* What is sampled ends: so does the sampler, and says so. */
static void ending(const struct child *other)
{
	struct child c;

	(void)other;
	child_start(&c, with_fp, "spin");
	begin(&c, (struct pt_sampler_options){.unwind = PT_UNWIND_FP});
	child_say(&c);
	wait_for(20);
	child_say(&c);
	child_answer(&c);
	child_end(&c);
	for (int i = 0; i < 6000 && !status.ended; i++) {
		usleep(10000);
		pt_sampler_status(sampler, &status);
	}
	NEED(status.ended);
	NEED(status.samples >= 20);
	pt_sampler_free(sampler);
}

static void test_ended(void **state)
{
	(void)state;
	as_nobody(ending);
}

/* A file with rights that is no perf, or one that says why it cannot: the next way. */
static void test_no_perf(void **state)
{
	static const char *const paths[] = {"/bin/false", "/no/such/perf"};
	struct child c;
	char copy[700];
	const char *const cp[] = {"cp", "-L", paths[0], copy, NULL};

	(void)state;
	pt_snprintf(copy, sizeof copy, "%s/no-perf", getenv("PT_TMP"));
	unlink(copy);
	assert_int_equal(run(cp), 0);
	assert_int_equal(chmod(copy, 04755), 0);
	child_start(&c, with_fp, "spin");
	for (int i = 0; i < 2; i++) {
		assert_true(sample(&c, (struct pt_sampler_options){.open = refuse_all,
								   .perf = i ? paths[1] : copy}));
		assert_null(strstr(status.mode, "perf record"));
		pt_sampler_free(sampler);
	}
	/* Only perf could have done this one. */
	assert_false(sample(&c, (struct pt_sampler_options){.open = refuse_all,
							    .perf = copy,
							    .event = PT_SAMPLE_FAULTS}));
	assert_int_equal(err.code, PT_EACCES);
	assert_non_null(strstr(err.msg, "perf record: it does not begin"));
	child_end(&c);
	unlink(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spin),	cmocka_unit_test(test_pause),
		cmocka_unit_test(test_flush),	cmocka_unit_test(test_all),
		cmocka_unit_test(test_off_cpu), cmocka_unit_test(test_perf_killed),
		cmocka_unit_test(test_we_die),	cmocka_unit_test(test_ended),
		cmocka_unit_test(test_no_perf),
	};

	return cmocka_run_group_tests(tests, set_up_all, tear_down);
}
