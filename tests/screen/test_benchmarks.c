/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Benchmarks in the console, with suites that really run: a project of its own, whose suites are
 * shell scripts that print `name: value unit`. Nothing may be left running, however it ends.
 */
#include "console.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define ESC CONSOLE_ESC

static char state_home[4200], cache_home[4200], project[4200], lock[4200];

static const char *const env[] = {state_home, cache_home, NULL};

static const char suites[] =
	"{\"suites\": [\n"
	"  {\"name\": \"parser\", \"command\": [\"sh\", \"bench.sh\"], \"repeats\": 5,\n"
	"   \"tags\": [\"fast\"]},\n"
	"  {\"name\": \"stuck\", \"command\": [\"sh\", \"-c\", \"echo $$ >pid; exec sleep 1000\"]}\n"
	"]}\n";

/* Numbers move a little from launch to launch, as they do; level says where they are. */
static const char script[] = "n=$(cat count 2>/dev/null || echo 0)\n"
			     "echo $((n + 1)) >count\n"
			     "echo 'a line for the log'\n"
			     "echo \"parse/large: $(($(cat level) + n % 3)) us\"\n"
			     "echo \"parse/small: $((100 + n % 2)) us\"\n";

static const char *at(const char *name)
{
	static char path[300];

	snprintf(path, sizeof path, "project/%s", name);
	return console_tmp(path);
}

static bool shell_in(const char *folder, const char *command)
{
	const char *const argv[] = {"sh", "-c", command, NULL};
	struct vts *s = vts_start(argv, &(struct vts_options){.dir = folder});

	vts_wait_exit(s);
	return vts_stop(s) == 0;
}

/* A command in the project. */
static bool shell(const char *command)
{
	return shell_in(project + strlen("--project="), command);
}

static int begin(void **state)
{
	(void)state;
	snprintf(state_home, sizeof state_home, "XDG_STATE_HOME=%s", console_tmp("state"));
	snprintf(cache_home, sizeof cache_home, "XDG_CACHE_HOME=%s", console_tmp("cache"));
	snprintf(lock, sizeof lock, "--lock=%s", console_tmp("lock"));
	snprintf(project, sizeof project, "--project=%s", console_tmp("project"));
	console_put(at(".performance/benchmarks.json"), suites);
	console_put(at("bench.sh"), script);
	console_put(at("level"), "1000\n");
	/* Without git there is no history, and nothing to test here. */
	if (!shell("git init -q . && git symbolic-ref HEAD refs/heads/main && "
		   "git config user.email a@b && git config user.name a && "
		   "echo 'count\nlevel\npid' >.gitignore && git add . && git commit -q -m first"))
		project[0] = '\0';
	return 0;
}

static struct vts *start(const char *arg)
{
	if (!project[0])
		skip();
	return console_start(&(struct console_options){
		.cols = 120,
		.rows = 40,
		.args = {"--view=benchmarks", project, lock, "--machine-class=test", arg},
		.env = env});
}

/* The process that stuck left its number of, once it is there. */
static pid_t stuck_pid(struct vts *s)
{
	FILE *f;
	int pid = 0;

	for (int i = 0; i < 1200 && pid == 0; i++) {
		f = fopen(at("pid"), "r");
		if (f && fscanf(f, "%d", &pid) != 1)
			pid = 0;
		if (f)
			fclose(f);
		if (pid == 0)
			console_sleep_ms(s, 50);
	}
	assert_true(pid > 0);
	return pid;
}

/* A process that has ended, and been waited for. */
static void wait_gone(pid_t pid)
{
	for (int i = 0; i < 1200 && kill(pid, 0) == 0; i++)
		usleep(50000);
	assert_true(kill(pid, 0) < 0 && errno == ESRCH);
}

/* -- before anything has run --------------------------------------------------------------------- */

static void test_no_suites(void **state)
{
	char other[4300];
	struct vts *s;

	(void)state;
	console_put(console_tmp("nothing/README"), "");
	snprintf(other, sizeof other, "--project=%s", console_tmp("nothing"));
	s = console_start(
		&(struct console_options){.args = {"--view=benchmarks", other}, .env = env});
	assert_true(vts_wait_text(s, "No suites yet. `:bench init` looks for Cargo, Go, CMake"));
	vts_keys(s, "r");
	assert_true(vts_wait_text(s, "no suite is selected"));
	/* There is nothing that it could find. */
	vts_keys(s, ":bench init<Enter>");
	assert_true(vts_wait_text(s, "bench init: exit status 3"));
	console_quit(s);
}

static void test_not_trusted(void **state)
{
	struct vts *s = start(NULL);

	(void)state;
	assert_true(vts_wait_text(s, "Not trusted yet: `perftop trust`"));
	assert_true(vts_wait_text(s, "never run here: r runs it"));
	vts_keys(s, "r");
	assert_true(vts_wait_text(s, "are not trusted"));
	console_quit(s);
}

static void test_read_only(void **state)
{
	struct vts *s = start("--readonly");

	(void)state;
	assert_true(vts_wait_text(s, "never run here"));
	assert_true(vts_wait_row(s, -1, "C compare"));
	char keys[300];
	assert_null(strstr(vts_line(s, -1, keys, sizeof keys), "r run"));
	vts_keys(s, ":run parser<Enter>");
	assert_true(vts_wait_text(s, "read-only: started with --readonly"));
	console_quit(s);
}

/* -- runs ---------------------------------------------------------------------------------------- */

/* From the first run to a verdict: r, B, a slower commit, r. */
static void test_run_to_verdict(void **state)
{
	struct vts *s = start("--trust");

	(void)state;
	assert_true(vts_wait_text(s, "never run here: r runs it"));
	vts_keys(s, "r");
	assert_true(vts_wait_text(s, "parser: done"));
	assert_true(vts_wait_text(s, "1.00 ms"));
	assert_true(vts_wait_text(s, "+ new"));
	assert_true(vts_wait_gone(s, "K cancel run"));
	vts_keys(s, "o");
	assert_true(vts_wait_text(s, "a line for the log"));
	vts_keys(s, "B");
	assert_true(vts_wait_text(s, "Save the latest runs of parser as its baseline?"));
	vts_keys(s, "n");
	assert_true(vts_wait_text(s, "nothing was done"));
	vts_keys(s, "By");
	/* The file is seen before the command that wrote it has ended. */
	assert_true(vts_wait_text(s, "= same"));
	assert_true(vts_wait_gone(s, "K cancel run"));

	console_put(at("level"), "1500\n");
	assert_true(shell("git commit -q --allow-empty -m slower"));
	vts_keys(s, "r");
	assert_true(vts_wait_text(s, "+50"));
	assert_true(vts_wait_gone(s, "K cancel run"));
	assert_true(vts_wait_text(s, "▲ slower"));
	/* From what is printed back to the list; there from the suite's heading to its first
	 * benchmark, then into it. */
	vts_keys(s, ESC "<Enter><Enter>");
	assert_true(vts_wait_text(s, "runs in order"));
	vts_keys(s, ESC "C");
	assert_true(vts_wait_text(s, "compare with"));
	vts_keys(s, "runs:main<Enter>");
	assert_true(vts_wait_text(s, "against runs:main"));
	console_quit(s);
}

/* Another process writes the history, for as long as it likes: SQLite's byte for that. */
static int take_history(void)
{
	struct flock writer = {.l_type = F_WRLCK, .l_start = 0x40000001, .l_len = 1};
	int fd = open(console_tmp("state/perftop/history.db"), O_RDWR | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_SETLK, &writer), 0);
	return fd;
}

/* A history that cannot be written yet holds the run, and no key. */
static void test_slow_history(void **state)
{
	struct vts *s = start("--trust");
	int fd;

	(void)state;
	assert_true(vts_wait_text(s, "parse/large"));
	fd = take_history();
	vts_keys(s, "gr");
	assert_true(vts_wait_text(s, "parser: building"));
	vts_keys(s, "1");
	assert_true(vts_wait_text(s, "memory"));
	vts_keys(s, "3?");
	assert_true(vts_wait_text(s, "cancel-run"));
	vts_keys(s, ESC "j");
	assert_true(vts_wait_row(s, -1, "K cancel run"));
	assert_true(vts_wait_gone(s, "parser: done"));
	close(fd);
	assert_true(vts_wait_text(s, "parser: done"));
	assert_true(vts_wait_gone(s, "K cancel run"));
	console_quit(s);
}

static const char steps[] = "{\"suites\": [{\"name\": \"work\", \"repeats\": 1, \"command\":\n"
			    "  [\"sh\", \"-c\", \"echo one: $(($(cat cost) + $$ % 3)) us\"]}]}\n";

/* Six commits, the fourth of which made it slower: X finds it, and the sentence stays. */
static void test_bisect(void **state)
{
	char other[4300];
	struct vts *s;

	(void)state;
	console_put(console_tmp("steps/.performance/benchmarks.json"), steps);
	if (!shell_in(console_tmp("steps"),
		      "git init -q . && git symbolic-ref HEAD refs/heads/main && "
		      "git config user.email a@b && "
		      "git config user.name a && for i in 1 2 3 4 5 6; do "
		      "[ $i -ge 4 ] && echo 1200 >cost || echo 1000 >cost; echo $i >n; "
		      "git add . && git commit -q -m \"change number $i\" || exit 1; done"))
		skip();
	snprintf(other, sizeof other, "--project=%s", console_tmp("steps"));
	s = console_start(&(struct console_options){
		.cols = 120,
		.rows = 40,
		.args = {"--view=benchmarks", other, lock, "--machine-class=test", "--trust"},
		.env = env});
	assert_true(vts_wait_text(s, "never run here"));
	vts_keys(s, "r");
	assert_true(vts_wait_text(s, "+ new"));
	assert_true(vts_wait_gone(s, "K cancel run"));
	vts_keys(s, "GX");
	assert_true(vts_wait_text(s, "bisect one, a good commit:"));
	vts_keys(s, "<C-u>HEAD~5<Enter>");
	assert_true(vts_wait_text(s, "bisect one, a bad commit:"));
	vts_keys(s, "<C-u>HEAD<Enter>");
	assert_true(vts_wait_text(s, "Build and run one between HEAD~5 and HEAD"));
	vts_keys(s, "y");
	assert_true(vts_wait_text(s, "change number 4"));
	assert_true(vts_wait_text(s, "is the first bad commit"));
	assert_true(vts_wait_gone(s, "K cancel run"));
	assert_true(vts_wait_text(s, "slower"));
	console_quit(s);
}

static void test_bisect_asks(void **state)
{
	struct vts *s = start("--trust");

	(void)state;
	assert_true(vts_wait_text(s, "parse/large"));
	vts_keys(s, "gX");
	assert_true(vts_wait_text(s, "select a benchmark"));
	vts_keys(s, "jX");
	assert_true(vts_wait_text(s, "bisect parse/large, a good commit:"));
	vts_keys(s, "<C-u>-x<Enter>");
	assert_true(vts_wait_text(s, "expected a commit, tag or branch"));
	vts_keys(s, "<C-u>HEAD~1<Enter>");
	assert_true(vts_wait_text(s, "bisect parse/large, a bad commit:"));
	vts_keys(s, "<C-u>HEAD<Enter>");
	assert_true(vts_wait_text(s, "between HEAD~1 and HEAD"));
	vts_keys(s, "n");
	assert_true(vts_wait_text(s, "nothing was done"));
	console_quit(s);
}

static void test_cancel_and_quit(void **state)
{
	struct vts *s = start("--trust");
	pid_t pid;

	(void)state;
	assert_true(vts_wait_text(s, "stuck"));
	vts_keys(s, "K");
	assert_true(vts_wait_text(s, "nothing runs"));
	vts_keys(s, "Rno-such-suite<Enter>");
	assert_true(vts_wait_text(s, "no suite or tag 'no-such-suite'"));
	vts_keys(s, "Rstuck<Enter>");
	assert_true(vts_wait_text(s, "stuck: launch 1 of"));
	pid = stuck_pid(s);
	vts_keys(s, "r");
	assert_true(vts_wait_text(s, "stuck is under way; K cancels it"));
	assert_true(vts_wait_row(s, -1, "K cancel run"));
	vts_keys(s, "1");
	assert_true(vts_wait_row(s, 0, "bench stuck"));
	vts_keys(s, "3K");
	assert_true(vts_wait_text(s, "Cancel stuck?"));
	vts_keys(s, "y");
	assert_true(vts_wait_text(s, "stuck: canceled"));
	wait_gone(pid);

	unlink(at("pid"));
	vts_keys(s, "Rstuck<Enter>");
	pid = stuck_pid(s);
	vts_keys(s, "q");
	assert_true(vts_wait_text(s, "stuck still runs. Cancel it and quit?"));
	vts_keys(s, "n");
	assert_true(vts_wait_text(s, "nothing was done"));
	vts_keys(s, "<C-c>");
	assert_true(vts_wait_text(s, "stuck still runs. Cancel it and quit?"));
	vts_keys(s, "y");
	console_ended(s, 0);
	wait_gone(pid);
}

/* Ended by a signal while something runs: that ends as well. */
static void test_terminated(void **state)
{
	struct vts *s = start("--trust");
	pid_t pid;

	(void)state;
	assert_true(vts_wait_text(s, "stuck"));
	unlink(at("pid"));
	vts_keys(s, "Rstuck<Enter>");
	pid = stuck_pid(s);
	kill(s->pid, SIGTERM);
	console_ended(s, 128 + SIGTERM);
	wait_gone(pid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_suites),    cmocka_unit_test(test_not_trusted),
		cmocka_unit_test(test_read_only),    cmocka_unit_test(test_run_to_verdict),
		cmocka_unit_test(test_slow_history), cmocka_unit_test(test_bisect_asks),
		cmocka_unit_test(test_bisect),	     cmocka_unit_test(test_cancel_and_quit),
		cmocka_unit_test(test_terminated),
	};

	return cmocka_run_group_tests(tests, begin, NULL);
}
