/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Child processes, through the shell of the system. The test is a subreaper: what a child leaves
 * behind becomes ours, so that "no stray process" is a fact that waitpid tells. A seccomp filter
 * plays a kernel that has neither pidfd_open nor close_range.
 */
#include "perftop/base/child.h"
#include "perftop/base/clock.h"
#include "perftop/base/err.h"
#include "perftop/base/str.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#include <cmocka.h>

static struct pt_loop *loop;

/* What done() was told, copied. */
struct end {
	struct pt_child_result result;
	char out[4096], err[256];
	int calls;
};

static void on_done(void *arg, const struct pt_child_result *result)
{
	struct end *end = arg;

	end->result = *result;
	pt_strlcpy(end->out, result->out, sizeof end->out);
	pt_strlcpy(end->err, result->err, sizeof end->err);
	end->calls++;
	pt_loop_stop(loop);
}

static struct pt_child *spawn(const struct pt_child_spec *spec, struct end *end)
{
	struct pt_child *child = NULL;
	struct pt_err err = {0};

	memset(end, 0, sizeof *end);
	if (pt_child_spawn(loop, spec, on_done, end, &child, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(end->calls, 0); /* never before the loop runs */
	return child;
}

static void run(const struct pt_child_spec *spec, struct end *end)
{
	spawn(spec, end);
	pt_loop_run(loop);
	assert_int_equal(end->calls, 1);
}

/* A script, with so much room for its output, or with enough. */
#define LIMITED(script, out, err, ...)                                                    \
	(&(struct pt_child_spec){.argv = (const char *const[]){"sh", "-c", script, NULL}, \
				 .max_stdout = out,                                       \
				 .max_stderr = err,                                       \
				 __VA_ARGS__})
#define SHELL(script, ...) LIMITED(script, 4000, 200, __VA_ARGS__)

static int setup(void **state)
{
	(void)state;
#ifdef __linux__
	prctl(PR_SET_CHILD_SUBREAPER, 1);
#endif
	loop = pt_loop_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	pt_loop_free(loop);
	alarm(20); /* ends the test if somebody is left who was not killed */
	while (waitpid(-1, NULL, 0) > 0)
		;
	return 0;
}

static int open_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	while (dir && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	return n;
}

static void test_exit_status(void **state)
{
	struct end end;

	(void)state;
	run(SHELL("echo out; echo err >&2; exit 7"), &end);
	assert_int_equal(end.result.exit_status, 7);
	assert_int_equal(end.result.signo, 0);
	assert_string_equal(end.out, "out\n");
	assert_string_equal(end.err, "err\n");
	assert_int_equal(end.result.out_len, 4);
	assert_false(end.result.timed_out || end.result.truncated || end.result.canceled);
	assert_true(end.result.wall_ns > 0);
	run(&(struct pt_child_spec){.argv = (const char *const[]){"/bin/sh", "-c", "exit 0", NULL}},
	    &end);
	assert_int_equal(end.result.exit_status, 0);
	assert_string_equal(end.out, "");
}

static void test_signal(void **state)
{
	struct end end;

	(void)state;
	run(SHELL("kill -USR1 $$"), &end);
	assert_int_equal(end.result.exit_status, -1);
	assert_int_equal(end.result.signo, SIGUSR1);
	assert_false(end.result.timed_out);
}

/* Waits for a process that has become ours; how it ended. */
static int reap(const char *number)
{
	pid_t pid = (pid_t)atol(number);
	int status = -1;

	assert_true(pid > 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	return WTERMSIG(status);
}

/* With a timeout that lets the script say its first line however busy the machine is. */
static void run_timed(const char *script, struct end *end)
{
	int64_t timeout_ns = 40 * PT_MS;

	for (int i = 0; i < 6; i++, timeout_ns *= 3) {
		run(SHELL(script, .timeout_ns = timeout_ns, .grace_ns = 30 * PT_MS), end);
		assert_true(end->result.timed_out);
		assert_false(end->result.canceled);
		assert_true(end->result.wall_ns >= timeout_ns);
		if (end->out[0])
			return;
	}
	fail_msg("no output in 10 s");
}

static void test_timeout_kills_group(void **state)
{
	struct end end;

	(void)state;
	run_timed("sleep 60 & echo $!; wait", &end);
	assert_int_equal(end.result.signo, SIGTERM);
	assert_int_equal(reap(end.out), SIGTERM);
}

static void test_deaf_group(void **state)
{
	struct end end;

	(void)state;
	run_timed("trap '' TERM; sleep 60 & echo $!; wait; wait; sleep 60", &end);
	assert_int_equal(end.result.signo, SIGKILL);
	assert_int_equal(reap(end.out), SIGKILL);
	/* The leader listens, its child does not: it goes all the same. */
	run_timed("(trap '' TERM; sh -c 'echo $PPID'; exec sleep 60) & wait", &end);
	assert_int_equal(end.result.signo, SIGTERM);
	assert_int_equal(reap(end.out), SIGKILL);
}

static void test_stopped_child(void **state)
{
	struct end end;

	(void)state;
	run(SHELL("kill -STOP $$", .timeout_ns = 30 * PT_MS, .grace_ns = 60 * PT_S), &end);
	assert_true(end.result.timed_out);
	assert_int_equal(end.result.signo, SIGTERM);
}

static void test_cancel(void **state)
{
	struct pt_child *child;
	struct end end;

	(void)state;
	child = spawn(SHELL("exec sleep 60"), &end);
	pt_child_cancel(child);
	pt_child_cancel(child);
	assert_int_equal(end.calls, 0);
	pt_loop_run(loop);
	assert_int_equal(end.calls, 1);
	assert_true(end.result.canceled);
	assert_false(end.result.timed_out);
	assert_int_equal(end.result.signo, SIGTERM);
}

static void test_output_limit(void **state)
{
	struct end end;

	(void)state;
	run(LIMITED("while :; do echo 0123456789; done", 100, 0), &end);
	assert_true(end.result.truncated);
	assert_int_equal(end.result.out_len, 100);
	assert_memory_equal(end.out, "0123456789\n0123", 15);
	/* Just as much as allowed is not too much. */
	run(LIMITED("printf 0123456789", 10, 0), &end);
	assert_false(end.result.truncated);
	assert_string_equal(end.out, "0123456789");
}

static void test_stderr_tail(void **state)
{
	struct end end;

	(void)state;
	run(LIMITED("i=0; while [ $i -lt 5000 ]; do echo line$i; i=$((i+1)); done >&2", 0, 18),
	    &end);
	assert_string_equal(end.err, "line4998\nline4999\n");
	assert_int_equal(end.result.err_len, 18);
	assert_false(end.result.truncated);
	run(LIMITED("echo lost >&2", 0, 0), &end);
	assert_int_equal(end.result.err_len, 0);
	assert_int_equal(end.result.exit_status, 0); /* it could write */
}

/* Somebody keeps the pipe open: done does not wait for him, and he is not harmed. */
static void test_open_pipe(void **state)
{
	struct end end;
	int64_t start_ns = pt_clock_mono(&pt_clock_system);

	(void)state;
	run(SHELL("sleep 60 & echo $!"), &end);
	assert_true(pt_clock_mono(&pt_clock_system) - start_ns < 30 * PT_S);
	assert_int_equal(end.result.exit_status, 0);
	assert_int_equal(kill((pid_t)atol(end.out), SIGKILL), 0);
	assert_int_equal(reap(end.out), SIGKILL);
}

static void test_descriptors(void **state)
{
	struct end end;
	int before, fd[3];

	(void)state;
	for (int i = 0; i < 3; i++)
		fd[i] = open("/dev/null", O_RDONLY); /* careless: not close-on-exec */
	assert_int_equal(dup2(fd[0], 200), 200);
	before = open_descriptors();
	run(SHELL("cd /proc/self/fd && echo *"), &end);
	/* Its own three, and none beyond but what the shell opens to read the folder. */
	assert_memory_equal(end.out, "0 1 2", 5);
	assert_null(strstr(end.out, "200"));
	assert_true(strlen(end.out) <= 8);
	assert_int_equal(open_descriptors(), before);
	run(SHELL("readlink /proc/self/fd/0; cat; echo $?"), &end);
	assert_string_equal(end.out, "/dev/null\n0\n");
	for (int i = 0; i < 3; i++)
		close(fd[i]);
	close(200);
}

static void test_environment(void **state)
{
	static const char *const env[] = {"LANG=C", "A=b c", NULL};
	static const char *const other[] = {"PATH=/nowhere", NULL};
	struct end end;

	(void)state;
	setenv("PERFTOP_SECRET", "x", 1);
	run(&(struct pt_child_spec){.argv = (const char *const[]){"env", NULL},
				    .env = env,
				    .max_stdout = 4000},
	    &end);
	assert_non_null(strstr(end.out, "LANG=C\n"));
	assert_non_null(strstr(end.out, "A=b c\n"));
	assert_non_null(strstr(end.out, "PATH=/usr/local/sbin:"));
	assert_null(strstr(end.out, "SECRET"));
	assert_null(strstr(end.out, "HOME"));
	/* The caller's PATH goes to the child; the program itself is looked up in ours. */
	run(&(struct pt_child_spec){.argv = (const char *const[]){"env", NULL},
				    .env = other,
				    .max_stdout = 4000},
	    &end);
	assert_string_equal(end.out, "PATH=/nowhere\n");
	unsetenv("PERFTOP_SECRET");
}

static void test_folder_and_group(void **state)
{
	struct end end;
	char group[32], number[32];

	(void)state;
	run(SHELL("pwd; exec readlink /proc/self/cwd", .cwd = "/usr"), &end);
	assert_string_equal(end.out, "/usr\n/usr\n");
	run(SHELL("echo $$; cut -d' ' -f5 /proc/$$/stat"), &end);
	assert_int_equal(sscanf(end.out, "%31s %31s", number, group), 2);
	assert_string_equal(number, group);
	/* A path in argv[0] is the child's, seen from its folder. */
	run(&(struct pt_child_spec){.argv = (const char *const[]){"bin/env", "true", NULL},
				    .cwd = "/usr"},
	    &end);
	assert_int_equal(end.result.exit_status, 0);
}

static void test_signals_default(void **state)
{
	unsigned long long held, ignored;
	sigset_t blocked;
	struct end end;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	run(SHELL("exec grep -E '^Sig(Blk|Ign)' /proc/self/status"), &end);
	assert_int_equal(sscanf(end.out, "SigBlk: %llx SigIgn: %llx", &held, &ignored), 2);
	assert_int_equal(held, 0);
	/* 32 and 33 are the C library's own; it lets nobody touch them. */
	assert_int_equal(ignored & ~(3ULL << 31), 0);
	sigprocmask(SIG_UNBLOCK, &blocked, NULL);
	signal(SIGPIPE, SIG_DFL);
}

static void assert_refused(const char *program, const char *cwd, int code, const char *msg)
{
	const struct pt_child_spec spec = {
		.argv = (const char *const[]){program, NULL}, .cwd = cwd, .max_stdout = 10};
	struct pt_child *child = NULL;
	struct pt_err err = {0};
	struct end end = {0};
	int before = open_descriptors();

	assert_int_equal(pt_child_spawn(loop, &spec, on_done, &end, &child, &err), code);
	assert_string_equal(err.msg, msg);
	assert_int_equal(err.code, -code);
	assert_null(child);
	assert_int_equal(end.calls, 0);
	assert_int_equal(open_descriptors(), before);
}

static void test_refused(void **state)
{
	char name[] = "/tmp/perftop-child.XXXXXX", msg[128];
	int fd = mkstemp(name);

	(void)state;
	assert_refused("no-such-program", NULL, -PT_ENOENT,
		       "cannot run no-such-program: no such program in /usr/local/sbin:"
		       "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	assert_refused("", NULL, -PT_ENOENT,
		       "cannot run : no such program in /usr/local/sbin:"
		       "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	assert_refused("./none", "/usr", -PT_ENOENT,
		       "cannot run ./none: No such file or directory");
	assert_refused("sh", "/no/folder", -PT_ENOENT,
		       "cannot run sh in /no/folder: No such file or directory");
	fchmod(fd, 0600);
	snprintf(msg, sizeof msg, "cannot run %s: Permission denied", name);
	assert_refused(name, NULL, -PT_EACCES, msg);
	close(fd);
	unlink(name);
}

/* The loop ends first: so does the child, and whoever asked for it is told. */
static void test_loop_freed(void **state)
{
	struct end end;

	(void)state;
	spawn(SHELL("exec sleep 60"), &end);
	pt_loop_step(loop, 0);
	pt_loop_free(loop);
	loop = NULL;
	assert_int_equal(end.calls, 1);
	assert_true(end.result.canceled);
	assert_int_equal(end.result.signo, SIGKILL);
	loop = pt_loop_new();
}

/* Runs fn in a process of its own, with a loop of its own. */
static int apart(int (*fn)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		loop = pt_loop_new();
		_exit(fn());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int run_quietly(const struct pt_child_spec *spec, struct end *end)
{
	struct pt_child *child;

	memset(end, 0, sizeof *end);
	if (pt_child_spawn(loop, spec, on_done, end, &child, NULL))
		return -1;
	pt_loop_run(loop);
	return end->result.exit_status;
}

/* Started with no descriptors at all, as some service managers do. */
static int without_streams(void)
{
	struct end end;

	close(0);
	close(1);
	close(2); /* what is opened next gets these numbers */
	if (run_quietly(SHELL("readlink /proc/$$/fd/0; echo b >&2; exit 5"), &end) != 5)
		return 1;
	return !strcmp(end.out, "/dev/null\n") && !strcmp(end.err, "b\n") ? 0 : 2;
}

static void test_closed_streams(void **state)
{
	(void)state;
	assert_int_equal(apart(without_streams), 0);
}

#ifdef __linux__
static int on_old_kernel(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 434, 1, 0), /* pidfd_open */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 436, 0, 1), /* close_range */
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog filter = {.len = sizeof code / sizeof *code, .filter = code};
	struct end end;

	dup2(STDIN_FILENO, 200);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) < 0)
		return 77;
	if (syscall(434, getpid(), 0) != -1 || errno != ENOSYS)
		return 1;
	if (run_quietly(SHELL("cd /proc/self/fd && echo *; exit 3"), &end) != 3)
		return 2;
	if (strstr(end.out, "200"))
		return 3;
	if (run_quietly(SHELL("exec sleep 60", .timeout_ns = 30 * PT_MS), &end) != -1)
		return 4;
	return end.result.timed_out && end.result.signo == SIGTERM ? 0 : 5;
}

static void test_old_kernel(void **state)
{
	int status = apart(on_old_kernel);

	(void)state;
	if (status == 77)
		skip(); /* no seccomp here */
	assert_int_equal(status, 0);
}
#endif

/* ---- lines, places, strays ---- */

static struct {
	char text[20000];
	size_t len, longest;
} heard;

static void on_line(void *arg, bool is_stderr, const char *line, size_t len)
{
	(void)arg;
	heard.longest = len > heard.longest ? len : heard.longest;
	heard.len += pt_snprintf(heard.text + heard.len, sizeof heard.text - heard.len, "%c%.*s|",
				 is_stderr ? '!' : ':', (int)len, line);
}

static void test_lines(void **state)
{
	struct end end;

	(void)state;
	memset(&heard, 0, sizeof heard);
	run(SHELL("printf 'one\\n\\ntwo\\r\\nth'; printf ree; exit 0", .line = on_line), &end);
	assert_string_equal(heard.text, ":one|:|:two|:three|");
	assert_string_equal(end.out, "one\n\ntwo\r\nthree");
	/* Also of what is not kept. */
	memset(&heard, 0, sizeof heard);
	run(LIMITED("echo no >&2", 0, 0, .line = on_line), &end);
	assert_string_equal(heard.text, "!no|");
	assert_int_equal(end.result.out_len + end.result.err_len, 0);
	/* A line without an end comes in pieces. */
	memset(&heard, 0, sizeof heard);
	run(LIMITED("head -c 10000 /dev/zero | tr '\\0' x", 0, 0, .line = on_line), &end);
	assert_int_equal(heard.longest, 4096);
	assert_int_equal(heard.len, 10000 + 3 * 2);
}

static void test_path(void **state)
{
	struct pt_child *child;
	struct pt_err err = {0};
	struct pt_child_spec spec = *SHELL("exit 4", .path = "/nowhere:/bin");
	struct end end;

	(void)state;
	run(&spec, &end);
	assert_int_equal(end.result.exit_status, 4);
	spec.path = "/nowhere";
	assert_int_equal(pt_child_spawn(loop, &spec, on_done, &end, &child, &err), -PT_ENOENT);
	assert_string_equal(err.msg, "cannot run sh: no such program in /nowhere");
}

static void test_cpu_lists(void **state)
{
	static const char *const wrong[] = {"",
					    ",",
					    "1,",
					    "-1",
					    "1-",
					    "3-1",
					    "a",
					    "1 ",
					    "0x",
					    "0x0",
					    "0xg",
					    "0x1 ",
					    "1024",
					    "0-1024",
					    "1,,2",
					    "1-2-3",
					    "99999999999999999999"};

	(void)state;
	assert_int_equal(pt_child_cpus_check("0"), 0);
	assert_int_equal(pt_child_cpus_check("2-3,6,1023"), 0);
	assert_int_equal(pt_child_cpus_check("0x4c"), 0);
	assert_int_equal(pt_child_cpus_check("0x0F"), 0);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		if (pt_child_cpus_check(wrong[i]) != -PT_ESYNTAX)
			fail_msg("%s", wrong[i]);
}

#ifdef __linux__
static void test_place(void **state)
{
	struct end end;

	(void)state;
	run(SHELL("sed -n 's/^Cpus_allowed_list:.//p' /proc/self/status; cat /proc/self/personality; "
		  "nice; ulimit -t",
		  .cpus = "0", .nice = 5, .no_aslr = true, .cpu_time_ns = 7500 * PT_MS),
	    &end);
	assert_string_equal(end.out, "0\n00040000\n5\n8\n");
	for (int i = 0; i < PT_CHILD_WISH_N; i++)
		assert_int_equal(end.result.refused[i], 0);
}

/* The mask's lowest bit is the first CPU. */
static void test_mask(void **state)
{
	struct end end;

	(void)state;
	run(SHELL("sed -n 's/^Cpus_allowed_list:.//p' /proc/self/status", .cpus = "0x0001"), &end);
	assert_string_equal(end.out, "0\n");
	run(SHELL("exit 0", .cpus = "0x8000000000000000000000000001"), &end);
	assert_int_equal(end.result.refused[PT_CHILD_CPUS], EINVAL); /* there is no CPU 111 */
}

/* What cannot be is told, and the rest is as it was. */
static void test_place_refused(void **state)
{
	struct end end, plain;
	const char *script = "sed -n 's/^Cpus_allowed_list:.//p' /proc/self/status; nice";

	(void)state;
	run(SHELL(script), &plain);
	run(SHELL(script, .cpus = "0-1023", .cgroup = "/nowhere"), &end);
	assert_int_equal(end.result.refused[PT_CHILD_CPUS], EINVAL);
	assert_int_equal(end.result.refused[PT_CHILD_CGROUP], ENOENT);
	assert_int_equal(end.result.refused[PT_CHILD_NICE], 0);
	assert_string_equal(end.out, plain.out);
	assert_int_equal(end.result.exit_status, 0);
}

/* Two sessions away, with its parents gone, and with children of its own. */
#define STRAYS                                                                           \
	"setsid sh -c 'setsid sh -c \"sleep 4242 & exec sleep 4243\" & sleep 4244 & :' " \
	">/dev/null 2>&1 </dev/null; "

static void test_sweep(void **state)
{
	struct end end;
	struct pt_child *child;

	(void)state;
	run(SHELL(STRAYS "exit 3", .sweep = true), &end);
	assert_int_equal(end.result.exit_status, 3);
	assert_true(end.result.strays >= 1);
	assert_true(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
	run(SHELL("exit 0", .sweep = true), &end);
	assert_int_equal(end.result.strays, 0);
	child = spawn(SHELL(STRAYS "sleep 4245", .sweep = true), &end);
	pt_loop_step(loop, 0);
	pt_child_cancel(child);
	pt_loop_run(loop);
	assert_true(end.result.canceled);
	assert_true(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
}

/* Neither the children of others nor our other ones. */
static void test_sweep_spares(void **state)
{
	struct end end, other;
	struct pt_child *slow = spawn(SHELL("sleep 4242"), &other);
	pid_t own = fork();

	(void)state;
	if (own == 0) {
		pause();
		_exit(0);
	}
	assert_true(pt_child_pid(slow) > 0);
	run(SHELL("exit 0", .sweep = true), &end);
	assert_int_equal(end.result.strays, 0);
	assert_int_equal(waitpid(own, NULL, WNOHANG), 0);
	kill(own, SIGKILL);
	assert_int_equal(waitpid(own, NULL, 0), own);
	assert_int_equal(other.calls, 0);
	pt_child_cancel(slow);
	pt_loop_run(loop);
	assert_int_equal(other.calls, 1);
}

static char held_comm[32];

static void on_held(void *arg, int pid)
{
	FILE *f;
	char path[64];

	(void)arg;
	pt_snprintf(path, sizeof path, "/proc/%d/comm", pid);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_non_null(fgets(held_comm, sizeof held_comm, f));
	fclose(f);
}

/* What a program is asked about itself before it runs; one that cannot be executed is told as ever. */
static void test_held(void **state)
{
	char own[32] = "";
	struct end end;
	struct pt_err err = {0};
	const char *const gone[] = {"/no/such/program", NULL};

	(void)state;
	assert_int_equal(prctl(PR_GET_NAME, own), 0);
	run(SHELL("cat /proc/$$/comm; ls /proc/$$/fd", .held = on_held), &end);
	held_comm[strcspn(held_comm, "\n")] = '\0';
	assert_string_equal(held_comm, own);
	assert_string_equal(end.out, "sh\n0\n1\n2\n");
	held_comm[0] = '\0';
	assert_int_equal(pt_child_spawn(loop,
					&(struct pt_child_spec){.argv = gone, .held = on_held},
					on_done, &end, NULL, &err),
			 -PT_ENOENT);
	assert_string_not_equal(held_comm, "");
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_cpu_lists),
#ifdef __linux__
		cmocka_unit_test(test_place),
		cmocka_unit_test(test_mask),
		cmocka_unit_test(test_place_refused),
		cmocka_unit_test(test_sweep),
		cmocka_unit_test(test_sweep_spares),
		cmocka_unit_test(test_held),
#endif
		cmocka_unit_test(test_exit_status),
		cmocka_unit_test(test_signal),
		cmocka_unit_test(test_timeout_kills_group),
		cmocka_unit_test(test_deaf_group),
		cmocka_unit_test(test_stopped_child),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_output_limit),
		cmocka_unit_test(test_stderr_tail),
		cmocka_unit_test(test_open_pipe),
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_folder_and_group),
		cmocka_unit_test(test_signals_default),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_loop_freed),
		cmocka_unit_test(test_closed_streams),
#ifdef __linux__
		cmocka_unit_test(test_old_kernel),
#endif
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
