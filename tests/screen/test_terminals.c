/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Terminals of other kinds, and machines that make it hard: no UTF-8, no terminfo entry, tmux;
 * names that hold escape sequences, a clock that jumps, 20,000 processes.
 */
#include "console.h"

#include "perftop/base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define ESC CONSOLE_ESC

static bool has(struct vts *s, const char *text)
{
	int row, col;

	return vts_find(s, text, &row, &col);
}

/* ---- what is written ---- */

static bool is_invisible(uint32_t c)
{
	return (c >= 0x80 && c <= 0x9F) || c == 0xAD || c == 0x61C ||
	       (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
	       (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) ||
	       c >= 0xE0000;
}

/* Bytes of the character at p if it is whole, shortest and can be seen; else 0. */
static size_t good_character(const unsigned char *p, size_t left)
{
	size_t n = p[0] < 0xC2 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : p[0] < 0xF5 ? 4 : 0;
	uint32_t c;

	if (!n || n > left)
		return 0;
	c = p[0] & (0x7Fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3Fu);
	}
	return (n == 3 && c < 0x800) || (n == 4 && c < 0x10000) || is_invisible(c) ? 0 : n;
}

/* Bytes of a sequence of those that we have reason to write; else 0. p is behind the ESC. */
static size_t good_sequence(const char *p)
{
	size_t n;

	switch (*p) {
	case '[':
		n = 1 + strspn(p + 1, "?>=0123456789;:");
		if (p[1] == '?' && p[n] == 'c') /* how the linux console hides its cursor */
			return n + 1;
		return p[n] && strchr("@ABCDEFGHJKLMPSTXZ`abdefghlmrstu", p[n]) ? n + 1 : 0;
	case ']':
		if (strncmp(p, "]0;", 3) && strncmp(p, "]2;", 3) && strncmp(p, "]52;c;", 6))
			return 0;
		for (n = 1; (unsigned char)p[n] >= 0x20; n++)
			;
		return p[n] == '\a' ? n + 1 : p[n] == '\033' && p[n + 1] == '\\' ? n + 2 : 0;
	case '(':
	case ')': return 2;
	case '=':
	case '>':
	case '7':
	case '8':
	case 'M':
	case '\\': return 1;
	default: return 0;
	}
}

/* Nothing but text that can be seen and sequences of our own. */
static void check_bytes(const struct vts *s, bool ascii)
{
	for (size_t i = 0; i < s->raw_len;) {
		const unsigned char *p = (const unsigned char *)s->raw + i;
		size_t n = 1;

		if (*p == 033)
			n = (n = good_sequence((const char *)p + 1)) ? n + 1 : 0;
		else if (*p >= 0x80)
			n = ascii ? 0 : good_character(p, s->raw_len - i);
		else if (*p < 0x20)
			n = strchr("\r\n\b\016\017", *p) && *p ? 1 : 0;
		else if (*p == 0x7F)
			n = 0;
		if (!n)
			fail_msg("byte %zu: %02x %02x %02x %02x in \"%.60s\"", i, p[0], p[1], p[2],
				 p[3], s->raw + (i > 20 ? i - 20 : 0));
		i += n;
	}
}

/* ---- kinds of terminals ---- */

static bool is_selected(struct vts *s, const void *ctx)
{
	(void)ctx;
	return vts_cell(s, 4, 0).text[0] != ' ' && vts_cell(s, 2, 0).text[0] == ' ';
}

static void test_types(void **state)
{
	static const char *const types[] = {"vt100",	     "linux",	     "screen", "xterm",
					    "tmux-256color", "xterm-direct", "rxvt"};

	(void)state;
	for (size_t i = 0; i < PT_LEN(types); i++) {
		struct vts *s = console_start(
			&(struct console_options){.root = "busy", .frames = 3, .term = types[i]});

		assert_true(console_wait_end(s, "12:00:02"));
		vts_keys(s, "2");
		assert_true(vts_wait_text(s, "t tree"));
		vts_keys(s, "?");
		assert_true(vts_wait_text(s, "sort-next"));
		vts_keys(s, ESC "<Down><Down>");
		assert_true(vts_wait(s, is_selected, NULL, "a mark in row 4"));
		vts_resize(s, 100, 30);
		assert_true(vts_wait_row(s, 29, "? help"));
		assert_int_equal(s->in_frame, false);
		check_bytes(s, false);
		if (!strcmp(types[i], "vt100")) {
			for (int row = 0; row < 30; row++)
				for (int col = 0; col < 100; col++)
					assert_null(strpbrk(vts_cell(s, row, col).style, "fb"));
		}
		console_quit(s);
	}
}

static void test_refused(void **state)
{
	static const char *const no_term[] = {"TERM", NULL};
	struct vts *s = console_start(
		&(struct console_options){.root = "busy", .frames = 2, .term = "dumb"});

	(void)state;
	assert_true(vts_wait_exit(s));
	assert_int_equal(s->status, 3);
	assert_true(has(s, "dumb"));
	assert_int_equal(vts_count_raw(s, 0, "\033"), 0);
	vts_stop(s);

	s = console_start(&(struct console_options){.root = "busy", .frames = 2, .env = no_term});
	assert_true(vts_wait_exit(s));
	assert_int_equal(s->status, 3);
	assert_true(has(s, "TERM"));
	vts_stop(s);
}

/* No entry for it here, as over ssh from a newer terminal: taken for an xterm, with a word. */
static void test_unknown(void **state)
{
	static const char *const types[] = {"xterm-kitty", "xterm-ghostty", "nosuch-term"};

	(void)state;
	for (size_t i = 0; i < PT_LEN(types); i++) {
		struct vts *s = console_start(
			&(struct console_options){.root = "busy", .frames = 2, .term = types[i]});

		assert_true(console_wait_end(s, "12:00:01"));
		if (i == 2 || access("/usr/share/terminfo/x/xterm-kitty", F_OK))
			assert_true(vts_wait_row(s, -2, types[i]));
		assert_true(console_changes(s, "2"));
		console_quit(s);
	}
}

static void test_c_locale(void **state)
{
	static const char *const env[] = {"LANG=C", "LC_ALL=C", NULL};
	struct vts *s = console_start(
		&(struct console_options){.root = "busy", .cols = 100, .rows = 40, .env = env});

	(void)state;
	assert_true(console_wait_end(s, "12:00:29"));
	vts_keys(s, "2t");
	assert_true(vts_wait_row(s, -2, "tree"));
	vts_keys(s, "?");
	assert_true(vts_wait_text(s, ">help"));
	vts_keys(s, ESC ":glyphs braille<Enter>");
	assert_true(vts_wait_row(s, -2, "the locale is not UTF-8"));
	vts_keys(s, "1c");
	assert_true(vts_wait_text(s, "crosshair: "));
	check_bytes(s, true);
	console_quit(s);
}

/* ---- hostile names ---- */

static void test_hostile(void **state)
{
	struct vts *s = console_start(&(struct console_options){
		.root = "hostile", .cols = 160, .rows = 50, .args = {"--view", "processes"}});
	int n = 0;

	(void)state;
	assert_true(vts_wait_text(s, "t tree"));
	assert_true(vts_wait_gone(s, "Reading processes"));
	vts_keys(s, "t");
	assert_true(vts_wait_text(s, "tree"));
	vts_keys(s, "t:sort pid<Enter>g");
	assert_true(vts_wait_text(s, "PID"));
	/* Each of them: its details, copied; the question about it. */
	for (n = 0; n < 24; n++) {
		vts_keys(s, "<Enter>");
		assert_true(vts_wait_text(s, "Tab section"));
		for (int i = 0; i < 5; i++) {
			vts_keys(s, "<Tab>");
			assert_true(vts_wait_gone(s, "Reading"));
		}
		vts_keys(s, "y" ESC "yK");
		assert_true(vts_wait_text(s, "signal to "));
		vts_keys(s, "<Enter>");
		assert_true(vts_wait_text(s, "Sure?"));
		vts_keys(s, ESC "j");
		assert_true(vts_wait_gone(s, "Sure?"));
	}
	vts_keys(s, ":columns<Enter>");
	assert_true(vts_wait_text(s, "columns: "));
	vts_keys(s, "1");
	assert_true(vts_wait_gone(s, "t tree"));
	vts_keys(s, "?");
	assert_true(vts_wait_text(s, "▸help"));
	check_bytes(s, false);
	assert_null(strchr(s->title, '\033'));
	console_quit(s);
}

/* ---- a clock that jumps ---- */

static void test_clock_jump(void **state)
{
	char clock[1200] = "", root[4096];
	const char *from = console_root("busy");
	size_t n = 0;
	struct vts *s;

	(void)state;
	if (!from)
		skip();
	snprintf(root, sizeof root, "%s", console_tmp("jump"));
	for (int i = 0; i < 12; i++) {
		char link[4200], frame[4200];

		/* At the sixth moment somebody sets the clock on by an hour. */
		n += (size_t)snprintf(clock + n, sizeof clock - n, "%d000000000 %d000000000\n",
				      1000 + i, 1767268800 + i + (i >= 6 ? 3600 : 0));
		snprintf(frame, sizeof frame, "%s/%03d", from, i);
		snprintf(link, sizeof link, "%s/%03d", root, i);
		if (i == 0)
			console_put(console_tmp("jump/COMPOSED"), "a clock that jumps\n");
		assert_int_equal(symlink(frame, link), 0);
	}
	console_put(console_tmp("jump/clock"), clock);
	s = console_start(&(struct console_options){.root = root, .cols = 100, .rows = 40});
	assert_true(console_wait_end(s, "13:00:11"));
	vts_keys(s, "[");
	assert_true(vts_wait_text(s, "a clock jump"));
	vts_keys(s, "hl"); /* the answer goes, the crosshair stays there */
	assert_true(vts_wait_row(s, -2, "13:00:06"));
	vts_keys(s, "[");
	assert_true(vts_wait_text(s, "no earlier event"));
	vts_keys(s, ESC);
	assert_true(vts_wait_row(s, -3, "!+1 h"));
	console_quit(s);
}

/* ---- many processes ---- */

enum { MANY = 20000, KINDS = 100 };

/* Of KINDS kinds, so that there are few files: a folder each would take longer than the test. */
static const char *compose_many(void)
{
	static char path[4096];
	char name[64], target[64], text[256];
	int proc;

	snprintf(path, sizeof path, "%s", console_tmp("many"));
	console_put(console_tmp("many/proc/uptime"), "5000.00 9000.00\n");
	console_put(console_tmp("many/proc/stat"), "cpu  1000 0 500 9000 0 0 0 0 0 0\n"
						   "cpu0 1000 0 500 9000 0 0 0 0 0 0\n"
						   "ctxt 5\nbtime 1767260000\nprocesses 9\n");
	for (int i = 0; i < KINDS; i++) {
		snprintf(name, sizeof name, "many/kind/%d/stat", i);
		snprintf(text, sizeof text,
			 "1 (worker-%d) S 0 1 1 0 -1 0 0 0 0 0 %d %d 0 0 20 0 1 0 7 1000000 %d 0 0 "
			 "0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
			 i, i % 97, i % 31, i * 41);
		console_put(console_tmp(name), text);
	}
	proc = open(console_tmp("many/proc"), O_RDONLY | O_DIRECTORY);
	assert_true(proc >= 0);
	for (int pid = 1; pid <= MANY; pid++) {
		snprintf(name, sizeof name, "%d", pid);
		snprintf(target, sizeof target, "../kind/%d", pid % KINDS);
		assert_int_equal(symlinkat(target, proc, name), 0);
	}
	close(proc);
	return path;
}

static int ascending(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static void test_many_processes(void **state)
{
	const char *root = compose_many();
	int64_t start = console_now_ms();
	struct vts *s = console_start(&(struct console_options){
		.root = root, .cols = 100, .rows = 40, .args = {"--view", "processes"}});
	int took[31], scan;

	(void)state;
	assert_true(vts_wait_text(s, "20000 processes"));
	scan = (int)(console_now_ms() - start);
	/* The list is read again without end meanwhile: 20 ticks a second, a scan takes longer. A key
	 * does not wait for it; on a busy machine both are slower. */
	for (size_t i = 0; i < PT_LEN(took); i++) {
		int64_t begin = console_now_ms();

		assert_true(console_changes(s, i % 2 ? "<PgUp>" : "<PgDn>"));
		took[i] = (int)(console_now_ms() - begin);
	}
	qsort(took, PT_LEN(took), sizeof *took, ascending);
	print_message("# first scan %d ms; key to screen, ms: median %d, p90 %d\n", scan, took[15],
		      took[27]);
	assert_true(took[15] < scan / 2);
	vts_keys(s, "/worker-77$");
	assert_true(vts_wait_row(s, 0, "/worker-77$  200 of 20000"));
	vts_keys(s, "<Enter>t");
	assert_true(vts_wait_row(s, -2, "tree"));
	console_quit(s);
}

/* ---- tmux ---- */

static void test_tmux(void **state)
{
	char command[9000], socket[64];
	struct vts *s;

	(void)state;
	if (system("command -v tmux >/dev/null 2>&1") != 0) {
		print_message("# tmux is not here\n");
		skip();
	}
	if (!console_cut("busy", 3))
		skip();
	snprintf(socket, sizeof socket, "perftop-test-%d", (int)getpid());
	snprintf(command, sizeof command, "exec '%s' --root '%s' --interval=0.05",
		 console_program(), console_cut("busy", 3));
	s = vts_start((const char *[]){"tmux", "-u", "-L", socket, "-f", "/dev/null", "new-session",
				       command, NULL},
		      &(struct vts_options){.cols = 100, .rows = 31, .limit_ms = 60000});
	assert_true(vts_wait_row(s, 0, "12:00:02"));
	assert_true(vts_wait_row(s, -2, "? help")); /* the last row is tmux's own */
	vts_keys(s, "2");
	assert_true(vts_wait_text(s, "t tree"));
	vts_keys(s, "<Down><Down>");
	assert_true(vts_wait_row(s, 4, "▸"));
	snprintf(command, sizeof command, "tmux -L %s split-window -h -d", socket);
	assert_int_equal(system(command), 0);
	assert_true(vts_wait_row(s, 0, "│")); /* half of the window for somebody else */
	assert_true(vts_wait_row(s, -2, "? help"));
	vts_keys(s, "<Up>");
	assert_true(vts_wait_row(s, 3, "▸"));
	vts_keys(s, "q");
	assert_true(vts_wait_gone(s, "t tree"));
	vts_keys(s, "q"); /* its half of the window goes with it */
	assert_true(vts_wait_gone(s, "perftop  "));
	snprintf(command, sizeof command, "tmux -L %s kill-server", socket);
	assert_int_equal(system(command), 0);
	assert_true(vts_wait_exit(s));
	vts_stop(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types),	       cmocka_unit_test(test_refused),
		cmocka_unit_test(test_unknown),	       cmocka_unit_test(test_c_locale),
		cmocka_unit_test(test_hostile),	       cmocka_unit_test(test_clock_jump),
		cmocka_unit_test(test_many_processes), cmocka_unit_test(test_tmux),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
