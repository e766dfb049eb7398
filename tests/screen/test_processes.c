/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the console does to processes: to exactly those that were chosen, after a question whose
 * answer is No until somebody says Yes, and not at all under --readonly. The victims are children
 * of this test, found by a name that nobody else has.
 */
#include "console.h"

#include "perftop/base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define ESC CONSOLE_ESC

static pid_t start_victim(const char *name)
{
	int ready[2];
	char c;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(ready[0]);
		fcntl(ready[1], F_SETFD, FD_CLOEXEC);
		/* An environment that is the same everywhere: a test reads it on the screen. */
		execvpe("sleep", (char *[]){(char *)name, "1000", NULL},
			(char *[]){"PATH=/usr/bin:/bin", NULL});
		_exit(127);
	}
	close(ready[1]);
	while (read(ready[0], &c, 1) < 0 && errno == EINTR)
		; /* closed by exec: its name is what it will stay */
	close(ready[0]);
	return pid;
}

static void end_victim(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static bool lives(pid_t pid)
{
	return waitpid(pid, NULL, WNOHANG) == 0;
}

/* Signal that ended it; waits as long as a test may. */
static int ended_by(pid_t pid)
{
	int status = 0;

	for (int i = 0; i < 12000; i++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
		usleep(5000);
	}
	return -1;
}

static const char *victim_name(const char *which)
{
	static char name[64];

	snprintf(name, sizeof name, "pt-victim-%s-%d", which, (int)getpid());
	return name;
}

/* The list, filtered down to n victims. */
static struct vts *start_on(const char *filter, int n, const char *arg)
{
	struct vts *s = console_start(&(struct console_options){
		.cols = 100,
		.rows = 30,
		.args = {"--view", "processes", "--interval", "0.2", arg}});
	char text[128];

	assert_true(vts_wait_text(s, "t tree"));
	snprintf(text, sizeof text, "/%s<Enter>", filter);
	vts_keys(s, text);
	snprintf(text, sizeof text, "%s  %d of ", filter, n);
	assert_true(vts_wait_row(s, 0, text));
	return s;
}

static void test_signal(void **state)
{
	pid_t a = start_victim(victim_name("a")), b = start_victim(victim_name("b"));
	struct vts *s = start_on(victim_name("a"), 1, NULL);
	char question[128];

	(void)state;
	vts_keys(s, "K");
	assert_true(vts_wait_text(s, "SIGTERM"));
	snprintf(question, sizeof question, "signal to %d sleep", (int)a);
	assert_true(vts_wait_text(s, question));
	vts_keys(s, "<Enter>");
	snprintf(question, sizeof question, "Send SIGTERM to %d sleep?", (int)a);
	assert_true(vts_wait_text(s, question));
	assert_true(vts_wait_text(s, "[ No ]"));
	vts_keys(s, "<Enter>"); /* No is what Enter means here */
	assert_true(vts_wait_text(s, "nothing was done"));
	assert_true(lives(a));

	vts_keys(s, "K<Enter>");
	assert_true(vts_wait_text(s, "[ No ]"));
	vts_keys(s, "xK1 j"); /* no key but Y, or Tab and Enter, means Yes */
	vts_keys(s, ESC);
	assert_true(vts_wait_text(s, "nothing was done"));
	assert_true(lives(a));

	vts_keys(s, "K<Down><Down><Enter>"); /* SIGINT */
	assert_true(vts_wait_text(s, "Send SIGINT to"));
	vts_keys(s, "<Tab>");
	assert_true(vts_wait_text(s, "[ Yes ]"));
	vts_keys(s, "<Enter>");
	assert_true(vts_wait_text(s, "signal 2 sent to"));
	assert_int_equal(ended_by(a), SIGINT);
	assert_true(lives(b));
	assert_true(vts_wait_text(s, "No process matches"));
	vts_keys(s, "K");
	assert_true(vts_wait_text(s, "no process is selected"));
	console_quit(s);
	end_victim(b);
}

/* Signals are found by name, also those at the end of the list. */
static void test_signal_by_name(void **state)
{
	pid_t a = start_victim(victim_name("n"));
	struct vts *s = start_on(victim_name("n"), 1, NULL);

	(void)state;
	vts_keys(s, "K/usr2");
	assert_true(vts_wait_text(s, "SIGUSR2"));
	assert_true(vts_wait_gone(s, "SIGUSR1"));
	vts_keys(s, "<Enter>");
	assert_true(vts_wait_text(s, "Send SIGUSR2 to"));
	vts_keys(s, "y");
	assert_int_equal(ended_by(a), SIGUSR2);
	console_quit(s);
}

static void test_tagged(void **state)
{
	static const char *const which[] = {"t1", "t2", "t3"};
	char all[64];
	pid_t pids[3];
	struct vts *s;
	int row, col;

	(void)state;
	for (size_t i = 0; i < PT_LEN(which); i++)
		pids[i] = start_victim(victim_name(which[i]));
	snprintf(all, sizeof all, "pt-victim-t.-%d", (int)getpid());
	s = start_on(all, 3, NULL);
	vts_keys(s, ":sort command<Enter>");
	assert_true(vts_wait_text(s, "sorted by command"));
	vts_keys(s, "gx");
	assert_true(vts_wait_text(s, "1 tagged"));
	vts_keys(s, "jx");
	assert_true(vts_wait_text(s, "2 tagged"));
	vts_keys(s, "K");
	assert_true(vts_wait_text(s, "signal to 2 processes"));
	vts_keys(s, "<Enter>");
	assert_true(vts_wait_text(s, "Send SIGTERM to 2 processes"));
	vts_keys(s, "y");
	assert_true(vts_wait_text(s, "sent to 2 processes"));
	assert_int_equal(ended_by(pids[0]), SIGTERM);
	assert_int_equal(ended_by(pids[2]), SIGTERM);
	assert_true(lives(pids[1]));
	assert_true(vts_wait_row(s, 0, "  1 of "));
	assert_true(vts_find(s, "pt-victim-t2", &row, &col));
	console_quit(s);
	end_victim(pids[1]);
}

/* The next process that is started gets this number, if we may say so; somebody else may be quicker. */
static bool start_as(pid_t want, const char *name, pid_t *ret)
{
	for (int i = 0; i < 20; i++) {
		FILE *f = fopen("/proc/sys/kernel/ns_last_pid", "w");
		bool ok = f && fprintf(f, "%d", (int)want - 1) > 0;

		if (f && fclose(f))
			ok = false;
		if (!ok)
			return false;
		*ret = start_victim(name);
		if (*ret == want)
			return true;
		end_victim(*ret);
	}
	return false;
}

/* Whoever had the number does not have it any more. */
static bool is_refused(struct vts *s, const void *ctx)
{
	int row, col;

	(void)ctx;
	return vts_find(s, "another one", &row, &col) || vts_find(s, "has ended", &row, &col);
}

/* Between the question and its answer the process ends, and its number goes to another one. */
static void test_other_one(void **state)
{
	pid_t a = start_victim(victim_name("o")), other = 0;
	struct vts *s = start_on(victim_name("o"), 1, NULL);
	bool reused;

	(void)state;
	vts_keys(s, "K<Enter>");
	assert_true(vts_wait_text(s, "Send SIGTERM to"));
	end_victim(a);
	usleep(20000); /* a start time is a hundredth of a second */
	reused = start_as(a, victim_name("innocent"), &other);
	print_message("# the number %s given to another process\n",
		      reused ? "was" : "could not be");
	vts_keys(s, "y");
	assert_true(vts_wait(s, is_refused, NULL, "a refusal"));
	if (reused) {
		assert_true(vts_wait_text(s, "another one"));
		assert_true(lives(other));
		end_victim(other);
	}
	console_quit(s);
}

static void test_priority(void **state)
{
	pid_t a = start_victim(victim_name("p"));
	struct vts *s = start_on(victim_name("p"), 1, NULL);
	char question[128];

	(void)state;
	vts_keys(s, "P");
	assert_true(vts_wait_row(s, -1, "nice value of"));
	vts_keys(s, "abc<Enter>");
	assert_true(vts_wait_row(s, -1, "abc  expected -20 .. 19"));
	vts_keys(s, "<C-u>20<Enter>");
	assert_true(vts_wait_row(s, -1, "20  expected"));
	vts_keys(s, "<C-u>19<Enter>");
	snprintf(question, sizeof question, "Set nice value 19 for %d sleep?", (int)a);
	assert_true(vts_wait_text(s, question));
	vts_keys(s, "<Enter>");
	assert_true(vts_wait_text(s, "nothing was done"));
	assert_int_equal(getpriority(PRIO_PROCESS, (id_t)a), getpriority(PRIO_PROCESS, 0));
	vts_keys(s, "P19<Enter>");
	assert_true(vts_wait_text(s, question));
	vts_keys(s, "y");
	assert_true(vts_wait_row(s, -2, "nice value 19 for"));
	assert_int_equal(getpriority(PRIO_PROCESS, (id_t)a), 19);
	console_quit(s);
	end_victim(a);
}

static void test_readonly(void **state)
{
	pid_t a = start_victim(victim_name("r"));
	struct vts *s = start_on(victim_name("r"), 1, "--readonly");
	int row, col;

	(void)state;
	assert_false(vts_find(s, "K signal", &row, &col));
	vts_keys(s, "K");
	assert_true(vts_wait_text(s, "read-only"));
	vts_keys(s, "j");
	assert_true(vts_wait_gone(s, "read-only"));
	vts_keys(s, "P");
	assert_true(vts_wait_text(s, "read-only"));
	vts_keys(s, "?");
	assert_true(vts_wait_text(s, "Processes: keys of this view"));
	assert_true(vts_find(s, "sort-next", &row, &col));
	assert_false(vts_find(s, "Set the nice", &row, &col));
	assert_false(vts_find(s, "Send a signal", &row, &col));
	vts_keys(s, ESC ":signal");
	assert_true(vts_wait_text(s, ": signal"));
	assert_false(vts_find(s, "Send a signal", &row, &col));
	vts_keys(s, "<C-u>priority");
	assert_true(vts_wait_text(s, ": priority"));
	assert_false(vts_find(s, "Set the nice", &row, &col));
	assert_true(lives(a));
	console_quit(s);
	end_victim(a);
}

/* The processes of a recording are nobody's: their numbers may be somebody's here. */
static void test_recorded(void **state)
{
	struct vts *s = console_start(&(struct console_options){
		.root = "busy", .frames = 2, .args = {"--view", "processes"}});

	(void)state;
	assert_true(console_wait_end(s, "12:00:01"));
	vts_keys(s, "K<Enter>");
	assert_true(vts_wait_text(s, "[ No ]"));
	vts_keys(s, "y");
	assert_true(vts_wait_text(s, "error: these processes are recorded"));
	vts_keys(s, "P3<Enter>");
	assert_true(vts_wait_text(s, "[ No ]"));
	vts_keys(s, "y");
	assert_true(vts_wait_text(s, "error: these processes are recorded"));
	console_quit(s);
}

/* Details of one that ends while they are open, and of a section that cannot be read. */
static void test_details(void **state)
{
	static const char *const sections[] = {"environment", "limits", "open files", "cgroup",
					       "memory"};
	pid_t a = start_victim(victim_name("d"));
	struct vts *s = start_on(victim_name("d"), 1, NULL);
	char text[64];

	(void)state;
	vts_keys(s, "<Enter>");
	for (size_t i = 0; i < PT_LEN(sections); i++) {
		snprintf(text, sizeof text, "[%s]", sections[i]);
		assert_true(vts_wait_text(s, text));
		assert_true(vts_wait_gone(s, "Reading"));
		vts_keys(s, "<Tab>");
	}
	assert_true(vts_wait_text(s, "[environment]"));
	assert_true(vts_wait_text(s, "PATH"));
	vts_keys(s, "<S-Tab><S-Tab><S-Tab>");
	assert_true(vts_wait_text(s, "[open files]"));
	assert_true(vts_wait_text(s, "/dev/"));
	end_victim(a);
	assert_true(vts_wait_text(s, "has ended"));
	vts_keys(s, ESC);
	assert_true(vts_wait_text(s, "No process matches"));
	console_quit(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signal),	 cmocka_unit_test(test_signal_by_name),
		cmocka_unit_test(test_tagged),	 cmocka_unit_test(test_other_one),
		cmocka_unit_test(test_priority), cmocka_unit_test(test_readonly),
		cmocka_unit_test(test_recorded), cmocka_unit_test(test_details),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
