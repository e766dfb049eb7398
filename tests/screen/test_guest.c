/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A good guest: however the console ends, the terminal is as it was; a terminal that is not read,
 * vanishes, is resized a thousand times or stopped with Ctrl-Z does it no harm.
 */
#include "console.h"

#include "perftop/base/mem.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct vts *start_busy(int cols, int rows)
{
	struct vts *s = console_start(
		&(struct console_options){.root = "busy", .cols = cols, .rows = rows});

	assert_true(vts_wait_row(s, 0, "perftop"));
	assert_true(vts_wait_row(s, -1, "help"));
	return s;
}

/* ---- ends ---- */

/* On a screen that holds "first" and "second": both are there again afterwards. */
static struct vts *start_below_text(const char *const env[])
{
	char script[5000];
	struct vts *s;

	if (!console_root("busy"))
		skip();
	snprintf(script, sizeof script,
		 "printf 'first\\nsecond '; exec '%s' --root '%s' --interval=0.05",
		 console_program(), console_root("busy"));
	s = vts_start((const char *[]){"sh", "-c", script, NULL},
		      &(struct vts_options){.limit_ms = 60000, .env = env});
	assert_true(vts_wait_row(s, -1, "help"));
	return s;
}

static void test_ends(void **state)
{
	static const struct {
		const char *keys; /* what is open when the end comes */
		const char *shows;
		int sig, status;
	} rows[] = {
		{"q", NULL, 0, 0},
		{"<C-c>", NULL, 0, 0},
		{":<C-c><C-c>", NULL, 0, 0},
		{"?", "▸help", SIGTERM, 128 + SIGTERM},
		{"2", "t tree", SIGINT, 0},
		{"/abc", "/abc", SIGHUP, 128 + SIGHUP},
		{"", "cpu", SIGSEGV, CONSOLE_CRASHED(SIGSEGV)},
		{":", "▸command", SIGABRT, -SIGABRT},
		{"2", "t tree", SIGBUS, CONSOLE_CRASHED(SIGBUS)},
		{"", "cpu", SIGFPE, CONSOLE_CRASHED(SIGFPE)},
	};

	(void)state;
	for (size_t i = 0; i < PT_LEN(rows); i++) {
		struct vts *s = start_below_text(NULL);
		char line[600], left[200];

		vts_keys(s, rows[i].keys);
		if (rows[i].shows)
			assert_true(vts_wait_text(s, rows[i].shows));
		if (rows[i].sig)
			kill(s->pid, rows[i].sig);
		assert_true(vts_wait_exit(s));
		assert_int_equal(s->status, rows[i].status);
		assert_string_equal(vts_left_on(s, left, sizeof left), "");
		assert_false(s->altscreen);
		assert_true(s->cur_shown);
		if (rows[i].status != 1) { /* no report of a sanitizer stands there */
			assert_string_equal(vts_line(s, 0, line, sizeof line), "first");
			assert_string_equal(vts_line(s, 1, line, sizeof line), "second");
			assert_string_equal(vts_line(s, 2, line, sizeof line), "");
			assert_int_equal(s->cur_row, 1);
			assert_int_equal(s->cur_col, 7);
		}
		vts_stop(s);
	}
}

/* At any moment of the start: before the modes are set, between, with half a frame written. */
static void test_ended_while_starting(void **state)
{
	(void)state;
	for (int i = 0; i < 12; i++) {
		struct vts *s =
			console_start(&(struct console_options){.root = "busy", .frames = 2});
		char left[200];

		while (i % 3 && !s->raw_len && !s->gone) /* the first byte is out */
			vts_read(s, 5);
		usleep((useconds_t)(i / 3) * 1500);
		kill(s->pid, SIGTERM);
		assert_true(vts_wait_exit(s));
		assert_string_equal(vts_left_on(s, left, sizeof left), "");
		if (s->status != 128 + SIGTERM) /* before it could say how it takes SIGTERM */
			assert_int_equal(s->status, -SIGTERM);
		vts_stop(s);
	}
}

/* ---- a terminal that is not read ---- */

static void fill_line(struct vts *s)
{
	vts_pause(s, true);
	for (int i = 0; i < 40; i++) { /* whole screens, as many as it takes on this machine */
		vts_keys(s, "<C-l>");
		console_sleep_ms(s, 10);
	}
}

static void test_unread(void **state)
{
	struct vts *s = start_busy(160, 50);
	size_t before;
	long spent;

	(void)state;
	fill_line(s);
	spent = console_cpu_ms(s->pid);
	before = s->raw_len;
	console_sleep_ms(s, 1000);
	spent = console_cpu_ms(s->pid) - spent;
	print_message("# %ld ms of CPU time in 1 s that nobody read\n", spent);
	assert_true(spent < 500); /* 20 ticks; one that tries without end takes all of it */
	vts_pause(s, false);
	assert_true(console_wait_end(s, "12:00:29")); /* frames were dropped, not time */
	print_message("# %zu bytes were waiting\n", s->raw_len - before);
	assert_true(s->raw_len - before < 400000);
	assert_true(console_changes(s, "2"));
	console_quit(s);
}

static void test_unread_and_ended(void **state)
{
	struct vts *s = start_busy(160, 50);
	int64_t begin;
	char left[200];

	(void)state;
	fill_line(s);
	begin = console_now_ms();
	kill(s->pid, SIGTERM);
	assert_true(vts_wait_exit(s)); /* though its last bytes cannot go out */
	print_message("# ended %d ms after SIGTERM\n", (int)(console_now_ms() - begin));
	vts_pause(s, false);
	assert_true(vts_wait_exit(s));
	assert_string_equal(vts_left_on(s, left, sizeof left), "");
	assert_int_equal(vts_stop(s), 128 + SIGTERM);
}

static void test_budget(void **state)
{
	struct vts *s = console_start(
		&(struct console_options){.root = "busy",
					  .cols = 160,
					  .rows = 50,
					  .args = {"--max-bytes-per-second", "6000"}});
	size_t before, frame;
	int64_t begin;
	double rate, most;

	(void)state;
	assert_true(vts_wait_row(s, -1, "help"));
	frame = s->raw_len;
	vts_keys(s, "2<C-l>1<C-l>"); /* debts beyond what may be saved up */
	console_sleep_ms(s, 300);
	before = s->raw_len;
	begin = console_now_ms();
	while (console_now_ms() - begin < 1500) {
		vts_keys(s, "<C-l>");
		console_sleep_ms(s, 50);
	}
	rate = (double)(s->raw_len - before) * 1000 / (double)(console_now_ms() - begin);
	most = 6000 + 2.0 * (double)frame / 1.5; /* a frame that has begun is sent whole */
	print_message("# of 6000 bytes a second: %.0f\n", rate);
	assert_true(rate < most);
	assert_true(console_wait_end(s, "12:00:29"));
	console_quit(s);
}

/* ---- a terminal that goes away ---- */

static void test_hangup(void **state)
{
	static const char *const first[] = {"", "trap '' HUP; "};

	(void)state;
	for (size_t i = 0; i < 2 * PT_LEN(first); i++) {
		char script[5000];
		struct vts *s;

		/* Once with ticks that write soon, once with none for an hour. */
		snprintf(script, sizeof script, "%sexec '%s' --interval %s", first[i / 2],
			 console_program(), i % 2 ? "0.05" : "3600");
		s = vts_start((const char *[]){"sh", "-c", script, NULL},
			      &(struct vts_options){.limit_ms = 60000});
		assert_true(vts_wait_row(s, -1, "help"));
		vts_hangup(s);
		assert_true(vts_wait_exit(s));
		vts_stop(s);
	}
}

/* ---- stopped and continued ---- */

static void test_suspend(void **state)
{
	char script[5000], left[200];
	struct vts *s;
	size_t before;

	(void)state;
	if (!console_root("busy"))
		skip();
	snprintf(
		script, sizeof script,
		"set -m; '%s' --root '%s' --interval=0.05; printf 'stopped '; read x; fg >/dev/null; "
		"echo status $?; read x",
		console_program(), console_root("busy"));
	s = vts_start((const char *[]){"sh", "-c", script, NULL},
		      &(struct vts_options){.limit_ms = 60000});
	assert_true(vts_wait_row(s, -1, "help"));
	vts_keys(s, "2");
	assert_true(vts_wait_text(s, "COMMAND"));
	vts_keys(s, "<C-z>");
	assert_true(vts_wait_row(s, 0, "stopped"));
	assert_false(s->altscreen);
	assert_string_equal(vts_left_on(s, left, sizeof left), "");
	before = s->raw_len;
	vts_keys(s, "<Enter>");
	assert_true(vts_wait_text(s, "t tree")); /* where it was */
	assert_true(vts_wait_raw(s, before, "\033[?1006h"));
	assert_true(s->altscreen);
	vts_keys(s, "<Esc>");
	assert_true(vts_wait_gone(s, "t tree"));
	vts_keys(s, "q");
	assert_true(vts_wait_text(s, "status 0"));
	vts_stop(s);
}

/* Stopped where it cannot see it coming, for longer than a tick, while the window changes. */
static void test_stopped_unseen(void **state)
{
	struct vts *s = start_busy(80, 24);

	(void)state;
	kill(s->pid, SIGSTOP);
	vts_resize(s, 100, 30);
	console_sleep_ms(s, 100);
	kill(s->pid, SIGCONT);
	assert_true(vts_wait_row(s, 29, "help"));
	assert_true(console_wait_end(s, "12:00:29"));
	console_quit(s);
}

/* ---- sizes ---- */

/* Without processes: whose list takes longer to read than a tick shows shares of longer times. */
static void test_resize_storm(void **state)
{
	static const struct console_options options = {.root = "busy",
						       .args = {"--layout", "system"}};
	struct vts *s = console_start(&options), *fresh;
	unsigned x = 1;

	(void)state;
	assert_true(vts_wait_row(s, -1, "help"));
	for (int i = 0; i < 1000; i++) {
		x = x * 1103515245 + 12345;
		if (i % 50 == 0)
			vts_resize(s, 1, 1);
		else
			vts_resize(s, 1 + (int)(x >> 16) % 300, 1 + (int)(x >> 8) % 80);
		if (i % 7 == 0)
			vts_read(s, 1);
	}
	vts_resize(s, 80, 24);
	assert_true(console_wait_end(s, "12:00:29"));
	assert_true(vts_wait_row(s, -1, "help"));
	/* To the cell as if nothing had been. */
	fresh = console_start(&options);
	assert_true(console_wait_end(fresh, "12:00:29"));
	console_same(s, fresh);
	console_quit(s);
	console_quit(fresh);
}

static void test_reflow(void **state)
{
	static const struct {
		int cols, rows;
		const char *first, *last; /* what rows 0 and -1 hold */
	} sizes[] = {{300, 80, "perftop", "help"}, {20, 3, "cpu", "? help"},
		     {80, 24, "perftop", "help"},  {40, 12, "perftop", ""},
		     {19, 2, "cpu", ""},	   {1, 1, "", ""},
		     {15, 2, "cpu", ""},	   {2, 60, "", ""},
		     {160, 50, "perftop", "help"}};
	struct vts *s = start_busy(80, 24);

	(void)state;
	for (size_t i = 0; i < 2 * PT_LEN(sizes); i++) {
		if (i == PT_LEN(sizes))
			vts_keys(s, "2"); /* and all over again with processes */
		size_t k = i % PT_LEN(sizes);
		vts_resize(s, sizes[k].cols, sizes[k].rows);
		if (i >= PT_LEN(sizes) && sizes[k].cols >= 20 && sizes[k].rows >= 3)
			assert_true(vts_wait_text(s, "CPU%"));
		else
			assert_true(vts_wait_row(s, 0, sizes[k].first));
		assert_true(vts_wait_row(s, -1, sizes[k].last));
	}
	console_quit(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ends),	     cmocka_unit_test(test_ended_while_starting),
		cmocka_unit_test(test_unread),	     cmocka_unit_test(test_unread_and_ended),
		cmocka_unit_test(test_budget),	     cmocka_unit_test(test_hangup),
		cmocka_unit_test(test_suspend),	     cmocka_unit_test(test_stopped_unseen),
		cmocka_unit_test(test_resize_storm), cmocka_unit_test(test_reflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
