/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Flame graphs in the console, as a person has them: a file, a pipe, a difference, a process that
 * really runs; what is asked on the way, and what becomes of wrong answers.
 */
#include "console.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define ESC CONSOLE_ESC

static char now_file[4200], was_file[4200];

static int begin(void **state)
{
	(void)state;
	snprintf(now_file, sizeof now_file, "%s", console_tmp("now.folded"));
	snprintf(was_file, sizeof was_file, "%s", console_tmp("was.folded"));
	console_put(now_file, "main;parse;hash 4000\nmain;parse 6000\nmain;write 10020\n");
	console_put(was_file, "main;parse;hash 1000\nmain;parse 3000\nmain;write 6000\n");
	return 0;
}

static struct vts *start(const char *file)
{
	return console_start(
		&(struct console_options){.cols = 120, .rows = 34, .args = {"flame", file}});
}

/* The whole file, terminated; NULL while it is not there. */
static char *contents(const char *path)
{
	static char text[1 << 20];
	FILE *f = fopen(path, "r");
	size_t n;

	if (!f)
		return NULL;
	n = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	text[n] = '\0';
	return text;
}

static void test_file(void **state)
{
	struct vts *s = start(now_file);

	(void)state;
	assert_true(vts_wait_text(s, "hash"));
	assert_true(vts_wait_text(s, "parse"));
	assert_true(vts_wait_text(s, "now.folded"));
	assert_true(vts_wait_text(s, "20020 samples"));
	/* Search tells the share. */
	assert_true(vts_keys(s, "/hash<Enter>"));
	assert_true(vts_wait_text(s, "20.0%"));
	assert_true(vts_keys(s, ESC));
	/* The table, alone and gone again. */
	assert_true(vts_keys(s, "t"));
	assert_true(vts_wait_text(s, "FUNCTION"));
	assert_true(vts_keys(s, "tt"));
	assert_true(vts_wait_gone(s, "FUNCTION"));
	console_quit(s);
}

static void test_pipe(void **state)
{
	char command[9000];
	const char *const argv[] = {"sh", "-c", command, NULL};
	struct vts *s;

	(void)state;
	snprintf(command, sizeof command, "{ cat '%s'; echo no stack; } | '%s' flame -", now_file,
		 console_program());
	s = vts_start(argv, &(struct vts_options){.cols = 100, .rows = 30, .limit_ms = 30000});
	assert_true(vts_wait_text(s, "partial: stdin:"));
	assert_true(vts_wait_text(s, "hash"));
	/* Keys come from the terminal. */
	assert_true(vts_keys(s, "t"));
	assert_true(vts_wait_text(s, "FUNCTION"));
	console_quit(s);
}

static void test_difference(void **state)
{
	struct vts *s = start(now_file);
	char answer[4300];

	(void)state;
	assert_true(vts_wait_text(s, "hash"));
	assert_true(vts_keys(s, "d"));
	assert_true(vts_wait_text(s, "compare with"));
	snprintf(answer, sizeof answer, "%s<Enter>", was_file);
	assert_true(vts_keys(s, answer));
	assert_true(vts_wait_text(s, "was.folded"));
	assert_true(vts_wait_text(s, "+10.0"));
	/* Back to a plain graph. */
	assert_true(vts_keys(s, "d"));
	assert_true(vts_wait_text(s, "nothing"));
	assert_true(vts_keys(s, "nothing<Enter>"));
	assert_true(vts_wait_gone(s, "+10.0"));
	console_quit(s);
}

static void test_write(void **state)
{
	struct vts *s = start(now_file);
	char answer[4300], *text;

	(void)state;
	assert_true(vts_wait_text(s, "hash"));
	assert_true(vts_keys(s, "e"));
	assert_true(vts_wait_text(s, "flame.svg"));
	snprintf(answer, sizeof answer, "<C-u>%s<Enter>", console_tmp("out.svg"));
	assert_true(vts_keys(s, answer));
	assert_true(vts_wait_text(s, "written to"));
	text = contents(console_tmp("out.svg"));
	assert_non_null(text);
	assert_non_null(strstr(text, "hash"));
	/* An ending that says nothing. */
	assert_true(vts_keys(s, "e"));
	assert_true(vts_wait_text(s, "flame.svg"));
	assert_true(vts_keys(s, "<C-u>out.xyz<Enter>"));
	assert_true(vts_wait_text(s, "its ending tells no format"));
	console_quit(s);
}

/* By name, as the key does it: the home, and what is seen. */
static void test_commands(void **state)
{
	char home[4300], *slash, *text;
	const char *const env[] = {home, NULL};
	struct vts *s;

	(void)state;
	snprintf(home, sizeof home, "HOME=%s", now_file);
	slash = strrchr(home, '/');
	*slash = '\0';
	s = console_start(&(struct console_options){
		.cols = 120, .rows = 34, .args = {"flame", now_file}, .env = env});
	assert_true(vts_wait_text(s, "hash"));
	assert_true(vts_keys(s, "/hash<Enter>"));
	assert_true(vts_wait_text(s, "of all"));
	assert_true(vts_keys(s, "nx"));
	assert_true(vts_wait_text(s, "1 hidden"));
	assert_true(vts_keys(s, ":export ~/seen.txt<Enter>"));
	assert_true(vts_wait_text(s, "written to"));
	text = contents(console_tmp("seen.txt"));
	assert_non_null(text);
	assert_non_null(strstr(text, "▏parse"));
	assert_null(strstr(text, "▏hash"));
	assert_true(vts_keys(s, ":base ~/was.folded<Enter>"));
	assert_true(vts_wait_text(s, "against"));
	console_quit(s);
}

/* What is printed for a pipe as it is does not steer a terminal. */
static void test_fold(void **state)
{
	char file[4200];
	const char *const argv[] = {console_program(), "flame", "fold", file, NULL};
	struct vts *s;

	(void)state;
	snprintf(file, sizeof file, "%s", console_tmp("steers.folded"));
	console_put(file, "main;\x1b[31mred\x07\xff 5\n");
	s = vts_start(argv, &(struct vts_options){.cols = 80, .rows = 10});
	assert_true(vts_wait_text(s, "main;^[[31mred^G<FF> 5"));
	assert_null(memchr(s->raw, '\x1b', s->raw_len));
	vts_stop(s);
}

static void test_wrong(void **state)
{
	struct vts *s = start("/nowhere/at.all");
	char answer[4300];

	(void)state;
	assert_true(vts_wait_text(s, "/nowhere/at.all"));
	assert_true(vts_wait_text(s, "No such file"));
	/* Another one can be opened at once. */
	assert_true(vts_keys(s, "o"));
	assert_true(vts_wait_text(s, "open profile:"));
	snprintf(answer, sizeof answer, "%s<Enter>", now_file);
	assert_true(vts_keys(s, answer));
	assert_true(vts_wait_text(s, "hash"));
	/* What is no profile leaves what is shown. */
	assert_true(vts_keys(s, "o"));
	assert_true(vts_wait_text(s, "open profile:"));
	assert_true(vts_keys(s, "/etc/passwd<Enter>"));
	assert_true(vts_wait_text(s, "no profile that is known"));
	assert_true(vts_wait_text(s, "hash"));
	console_quit(s);
}

/* A pipe whose writer never closes it. */
static int endless(const char *path, const char *text)
{
	int fd;

	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	return fd;
}

static void test_stop_reading(void **state)
{
	char path[4200], answer[4300];
	struct vts *s;
	int fd;

	(void)state;
	snprintf(path, sizeof path, "%s", console_tmp("endless"));
	fd = endless(path, "main;parse 5\n");
	s = start(path);
	assert_true(vts_wait_text(s, " 13 B")); /* which stand for some of it */
	assert_true(vts_wait_text(s, "Esc stop reading"));
	assert_true(vts_keys(s, ESC));
	assert_true(vts_wait_text(s, "this much of it is shown"));
	assert_true(vts_wait_text(s, "partial: "));
	assert_true(vts_wait_text(s, "parse"));
	assert_true(vts_wait_gone(s, "stop reading"));
	/* Another one that never ends leaves what is there, and it has to be asked only once. */
	close(fd);
	fd = endless(path, "main;write 5\n");
	assert_true(vts_keys(s, "o"));
	assert_true(vts_wait_text(s, "open profile:"));
	snprintf(answer, sizeof answer, "%s<Enter>", path);
	assert_true(vts_keys(s, answer));
	assert_true(vts_wait_text(s, "Esc stop reading"));
	assert_true(vts_keys(s, ESC));
	assert_true(vts_wait_text(s, "what was open stays"));
	assert_true(vts_wait_text(s, "parse"));
	/* q does not wait for it. */
	assert_true(vts_keys(s, "o"));
	assert_true(vts_wait_text(s, "open profile:"));
	assert_true(vts_keys(s, answer));
	assert_true(vts_wait_text(s, "Esc stop reading"));
	console_quit(s);
	close(fd);
}

/* A process that spins, until it is killed. */
static pid_t spin(void)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		alarm(600);
		for (volatile unsigned n = 0;; n++)
			;
	}
	return pid;
}

static void test_live(void **state)
{
	struct vts *s;
	pid_t pid = spin();
	char answer[40];

	(void)state;
	s = console_start(
		&(struct console_options){.cols = 120, .rows = 34, .args = {"--view=flame"}});
	assert_true(vts_wait_text(s, "perftop flame FILE"));
	/* Nobody. */
	assert_true(vts_keys(s, "F"));
	assert_true(vts_wait_text(s, "sample what?"));
	assert_true(vts_keys(s, "2147480000<Enter>"));
	assert_true(vts_wait_text(s, "no such process"));
	assert_true(vts_keys(s, ESC));
	assert_true(vts_wait_gone(s, "sample what?"));
	/* The one that spins. */
	assert_true(vts_keys(s, "F"));
	assert_true(vts_wait_text(s, "sample what?"));
	snprintf(answer, sizeof answer, "%d<Enter>", (int)pid);
	assert_true(vts_keys(s, answer));
	assert_true(vts_wait_text(s, "off-CPU"));
	assert_true(vts_keys(s, "<Enter>"));
	snprintf(answer, sizeof answer, "pid %d   live", (int)pid);
	assert_true(vts_wait_text(s, answer));
	assert_true(vts_wait_text(s, "samples"));
	/* All views stand still together, and go on together. */
	assert_true(vts_keys(s, " "));
	assert_true(vts_wait_text(s, "frozen"));
	assert_true(vts_keys(s, "1"));
	assert_true(vts_wait_text(s, "memory"));
	assert_true(vts_keys(s, " "));
	assert_true(vts_wait_gone(s, "FROZEN"));
	assert_true(vts_keys(s, "4"));
	assert_true(vts_wait_text(s, answer));
	/* It ends when asked to; what it has seen stays. */
	assert_true(vts_keys(s, "K"));
	assert_true(vts_wait_gone(s, answer));
	assert_true(vts_wait_text(s, "samples"));
	/* And it is offered again. */
	assert_true(vts_keys(s, "F"));
	assert_true(vts_wait_text(s, "As the last time"));
	assert_true(vts_keys(s, "<Enter>"));
	assert_true(vts_wait_text(s, "off-CPU"));
	assert_true(vts_keys(s, "<Enter>"));
	assert_true(vts_wait_text(s, answer));
	console_quit(s);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file),	   cmocka_unit_test(test_pipe),
		cmocka_unit_test(test_difference), cmocka_unit_test(test_write),
		cmocka_unit_test(test_commands),   cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_fold),	   cmocka_unit_test(test_stop_reading),
		cmocka_unit_test(test_live),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, begin, NULL);
}
