/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The screen helper itself. What it watches is this program again, started with the name of a
 * part to play (see parts[]), or a line of shell.
 */
#include "vtscreen.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* Of waits that must fail, and of those that must not. */
enum { SHORT_MS = 60, LONG_MS = 30000 };

/* ---- parts ---- */

static void say(const char *text)
{
	fputs(text, stdout);
	fflush(stdout);
}

static void raw_tty(void)
{
	struct termios t;

	tcgetattr(0, &t);
	cfmakeraw(&t);
	tcsetattr(0, TCSANOW, &t);
}

static int play_cells(void)
{
	say("\033[31mred\033[0m \033[1;48;5;24mbold\033[0m \033[38;2;1;2;3;4mline\033[0m"
	    " \033[7m \033[27;3mi\033[0m\r\n\xE6\x97\xA5\xE6\x9C\xAC"
	    "x\r\n"
	    "\033[33;44m  \033[0m\r\nend");
	return getchar() == EOF;
}

static int play_modes(void)
{
	say("\033[?1049h\033[?25l\033]0;a title\007\a\a\033[5;7Hhere");
	getchar();
	say("\033[?25h\033[?1049lback");
	return getchar() == EOF;
}

/* Every byte that arrives, in hexadecimal; ends at a 'q'. */
static int play_bytes(void)
{
	char c;

	raw_tty();
	say("\033[?1h\033[?1000h\033[?1006h\033[?2004hready ");
	while (read(0, &c, 1) == 1 && c != 'q') {
		printf("%02x", (unsigned char)c);
		fflush(stdout);
	}
	return 0;
}

static int play_frame(void)
{
	say("start \033[?2026h half");
	getchar();
	say(" whole\033[?2026l");
	return getchar() == EOF;
}

static void tell_size(int sig)
{
	struct winsize ws;
	char text[32];
	int n;

	(void)sig;
	ioctl(0, TIOCGWINSZ, &ws);
	n = snprintf(text, sizeof text, "\033[H%dx%d ", ws.ws_col, ws.ws_row);
	if (write(1, text, (size_t)n) < 0)
		_exit(1);
}

static int play_size(void)
{
	signal(SIGWINCH, tell_size);
	tell_size(0);
	while (pause() < 0)
		;
	return 0;
}

static int play_leave(void)
{
	raw_tty();
	say("\033[?1049;1002h\033[?25l\033[?2004h\033[?2004l\033[22;0t\033=");
	return 7;
}

static int play_flood(void)
{
	static char block[1000];

	memset(block, 'x', sizeof block);
	for (int i = 0; i < 200; i++)
		fwrite(block, 1, sizeof block, stdout);
	say("\r\nend");
	return 0;
}

static const struct {
	const char *name;
	int (*play)(void);
} parts[] = {
	{"cells", play_cells}, {"modes", play_modes}, {"bytes", play_bytes}, {"frame", play_frame},
	{"size", play_size},   {"leave", play_leave}, {"flood", play_flood},
};

static int play(const char *name)
{
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (!strcmp(parts[i].name, name))
			return parts[i].play();
	return 2;
}

static struct vts *start(const char *part, const struct vts_options *opt)
{
	static char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

	assert_true(n > 0);
	self[n] = '\0';
	return vts_start((const char *[]){self, part, NULL}, opt);
}

static struct vts *start_sh(const char *script, const struct vts_options *opt)
{
	return vts_start((const char *[]){"sh", "-c", script, NULL}, opt);
}

/* ---- tests ---- */

static void assert_style(struct vts *s, int row, int col, const char *text, const char *style)
{
	struct vts_cell cell = vts_cell(s, row, col);

	assert_string_equal(cell.text, text);
	assert_string_equal(cell.style, style);
}

static void cells_have_text_colours_and_attributes(void **state)
{
	struct vts *s = start("cells", NULL);
	char line[400];
	int row, col;

	(void)state;
	assert_true(vts_wait_row(s, 3, "end"));
	assert_string_equal(vts_line(s, 0, line, sizeof line), "red bold line  i");
	assert_style(s, 0, 0, "r", "f1");
	assert_style(s, 0, 3, " ", ".");
	assert_style(s, 0, 4, "b", "b24B");
	assert_style(s, 0, 9, "l", "f#010203U");
	assert_style(s, 0, 14, " ", "R");
	assert_style(s, 0, 15, "i", "I");
	assert_style(s, 2, 0, " ", "b4"); /* ink that cannot be seen is not told */
	assert_style(s, 90, 0, " ", ".");
	assert_style(s, 1, 1, "", ".");
	assert_true(vts_find(s, "x", &row, &col));
	assert_int_equal(row, 1);
	assert_int_equal(col, 4);
	assert_true(vts_find(s, "\xE6\x9C\xAC", &row, &col));
	assert_int_equal(col, 2);
	assert_false(vts_find(s, "y", &row, &col));
	assert_int_equal(vts_stop(s), -SIGTERM);
}

static void modes_title_bell_and_cursor_are_followed(void **state)
{
	struct vts *s = start("modes", &(struct vts_options){.cols = 40, .rows = 10});
	char left[200];

	(void)state;
	assert_true(vts_wait_row(s, 4, "      here"));
	assert_true(s->altscreen);
	assert_false(s->cur_shown);
	assert_int_equal(s->cur_row, 4);
	assert_int_equal(s->cur_col, 10);
	assert_int_equal(s->bells, 2);
	assert_string_equal(s->title, "a title");
	assert_string_equal(vts_left_on(s, left, sizeof left), "hidden-cursor alternate-screen");
	vts_keys(s, "<Enter>");
	assert_true(vts_wait_row(s, 0, "back"));
	assert_true(vts_wait_gone(s, "here"));
	assert_false(s->altscreen);
	assert_true(s->cur_shown);
	assert_string_equal(vts_left_on(s, left, sizeof left), "");
	vts_keys(s, "\\n");
	assert_true(vts_wait_exit(s));
	assert_int_equal(s->status, 0);
	assert_int_equal(vts_stop(s), 0);
}

static void keys_mouse_and_paste_arrive_as_asked_for(void **state)
{
	static const struct {
		const char *keys, *hex;
	} cases[] = {
		{"j<lt>\\x41\\\\", "6a3c415c"},
		{"<Enter><Tab><Esc><BS>", "0d091b7f"},
		{"<Up><F2><S-Tab>", "1b4f411b4f511b5b5a"},
		{"<C-p><M-x><Space>", "101b7820"},
		{"<PgDn><F12>", "1b5b367e1b5b32347e"},
		{"\xC3\xA4>", "c3a43e"},
	};
	struct vts *s = start("bytes", &(struct vts_options){.cols = 200});

	(void)state;
	assert_true(vts_wait_text(s, "ready"));
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_true(vts_keys(s, cases[i].keys));
		assert_true(vts_wait_text(s, cases[i].hex));
	}
	assert_false(vts_keys(s, "<Enterr>"));
	assert_false(vts_keys(s, "<F13>"));
	assert_false(vts_keys(s, "<>"));
	vts_click(s, 2, 3); /* CSI < 0 ; 4 ; 3 M, then m */
	assert_true(vts_wait_text(s, "1b5b3c303b343b334d1b5b3c303b343b336d"));
	vts_wheel(s, 0, 0, -1);
	assert_true(vts_wait_text(s, "1b5b3c36343b313b314d"));
	vts_paste(s, "p");
	assert_true(vts_wait_text(s, "1b5b3230307e701b5b3230317e"));
	vts_keys(s, "q");
	assert_true(vts_wait_exit(s));
	assert_int_equal(vts_stop(s), 0);
}

static bool has_half(struct vts *s, const void *ctx)
{
	int row, col;

	(void)ctx;
	return vts_find(s, "half", &row, &col);
}

static void facts_are_judged_between_frames(void **state)
{
	struct vts *s = start("frame", NULL);

	(void)state;
	while (!vts_count_raw(s, 0, "half"))
		assert_true(vts_read(s, LONG_MS));
	assert_true(s->in_frame);
	s->limit_ms = SHORT_MS;
	assert_false(vts_becomes(s, has_half, NULL));
	s->limit_ms = LONG_MS;
	vts_keys(s, "<Enter>");
	assert_true(vts_wait_text(s, "whole"));
	assert_true(vts_becomes(s, has_half, NULL));
	vts_stop(s);
}

static void resizing_reaches_the_program(void **state)
{
	struct vts *s = start("size", &(struct vts_options){.cols = 50, .rows = 7});
	char want[32];

	(void)state;
	assert_true(vts_wait_text(s, "50x7"));
	for (int i = 0; i < 200; i++)
		vts_resize(s, 1 + i * 37 % 300, 1 + i * 13 % 100);
	vts_resize(s, 61, 19);
	snprintf(want, sizeof want, "61x19");
	assert_true(vts_wait_row(s, 0, want));
	assert_int_equal(vts_stop(s), -SIGTERM);
}

static void ends_are_told_apart(void **state)
{
	struct vts *s = start_sh("exit 3", NULL);

	(void)state;
	assert_true(vts_wait_exit(s));
	assert_int_equal(vts_stop(s), 3);
	s = start_sh("kill -SEGV $$", NULL);
	assert_true(vts_wait_exit(s));
	assert_int_equal(vts_stop(s), -SIGSEGV);
	s = vts_start((const char *[]){"/nonexistent/program", NULL}, NULL);
	assert_true(vts_wait_exit(s));
	assert_true(vts_count_raw(s, 0, "/nonexistent/program") == 1);
	assert_int_equal(vts_stop(s), 127);
	s = start_sh("trap '' TERM; echo deaf; while :; do sleep 1; done", NULL);
	assert_true(vts_wait_text(s, "deaf"));
	s->limit_ms = SHORT_MS;
	assert_int_equal(vts_stop(s), -SIGKILL);
	assert_int_equal(vts_stop(NULL), 0);
}

static void a_wait_that_cannot_succeed_ends_with_the_program(void **state)
{
	struct vts *s = start_sh("echo one", &(struct vts_options){.limit_ms = 60000});

	(void)state;
	assert_false(vts_wait_text(s, "two")); /* at once, not after a minute */
	assert_true(vts_wait_text(s, "one"));
	assert_true(vts_wait_raw(s, 0, "one"));
	assert_int_equal(vts_stop(s), 0);
}

static void the_environment_is_the_tests_own(void **state)
{
	const char *const env[] = {"NO_COLOR=1", "TZ", "HOME=/h", NULL};
	struct vts *s;

	(void)state;
	setenv("COLORTERM", "truecolor", 1);
	setenv("PT_KEPT", "kept", 1);
	s = start_sh(
		"echo [$TERM,$LANG,$NO_COLOR,${TZ-none},$HOME,${COLORTERM-none},$PT_KEPT]; pwd",
		&(struct vts_options){.term = "vt100", .env = env, .dir = "/"});
	assert_true(vts_wait_exit(s));
	assert_true(vts_wait_row(s, 0, "[vt100,C.UTF-8,1,none,/h,none,kept]"));
	assert_true(vts_wait_row(s, 1, "/"));
	vts_stop(s);
}

static void what_is_left_on_is_told(void **state)
{
	struct vts *s = start("leave", NULL);
	char left[200];

	(void)state;
	assert_true(vts_wait_exit(s));
	assert_string_equal(vts_left_on(s, left, sizeof left),
			    "hidden-cursor mouse alternate-screen keypad title tty");
	assert_int_equal(vts_stop(s), 7);
}

static void a_terminal_can_stall_and_vanish(void **state)
{
	struct vts *s = start("flood", NULL);

	(void)state;
	vts_pause(s, true);
	s->limit_ms = SHORT_MS;
	assert_false(vts_wait_exit(s));
	s->limit_ms = LONG_MS;
	vts_pause(s, false);
	assert_true(vts_wait_exit(s));
	assert_true(vts_wait_text(s, "end"));
	assert_int_equal(s->raw_len, 200000 + strlen("\r\nend") + 1); /* the tty adds a CR */
	assert_int_equal(vts_stop(s), 0);

	s = start("size", NULL);
	assert_true(vts_wait_text(s, "80x24"));
	vts_hangup(s);
	assert_true(vts_wait_exit(s));
	assert_int_equal(vts_stop(s), -SIGHUP);
}

static void raw_bytes_are_kept(void **state)
{
	struct vts *s = start_sh("printf 'a\\0b\\033]52;c;aGk=\\007'; read x; printf more", NULL);
	size_t from;

	(void)state;
	assert_true(vts_wait_raw(s, 0, "\033]52;c;aGk=\007"));
	assert_memory_equal(s->raw, "a\0b", 3);
	from = s->raw_len;
	vts_keys(s, "<Enter>");
	assert_true(vts_wait_raw(s, from, "more"));
	assert_int_equal(vts_count_raw(s, from, "aGk="), 0);
	vts_stop(s);
}

static void stopping_works_under_a_shell_with_jobs(void **state)
{
	struct vts *s = start_sh("set -m; sh -c 'echo first; kill -TSTP $$; echo third'; "
				 "echo second; fg >/dev/null",
				 NULL);

	(void)state;
	assert_true(vts_wait_exit(s));
	assert_true(vts_wait_row(s, 0, "first"));
	assert_true(vts_wait_text(s, "third"));
	assert_int_equal(vts_stop(s), 0);
}

/* ---- goldens, in a tree of their own ---- */

static char tree[4096];

static bool exists(const char *path)
{
	char full[5000];

	snprintf(full, sizeof full, "%s/%s", tree, path);
	return access(full, F_OK) == 0;
}

static void make_tree(void)
{
	static const char *const dirs[] = {"", "/tests", "/tests/screen", "/tests/screen/golden"};
	const char *tmp = getenv("PT_TMP");
	char path[5000];

	snprintf(tree, sizeof tree, "%s/vtscreen.XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(tree));
	for (size_t i = 1; i < sizeof dirs / sizeof *dirs; i++) {
		snprintf(path, sizeof path, "%s%s", tree, dirs[i]);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	setenv("PT_SRCDIR", tree, 1);
	setenv("PT_BUILDDIR", tree, 1);
}

static void remove_tree(void)
{
	static const char *const paths[] = {
		"tests/screen/golden/g.txt",
		"tests/screen/golden",
		"tests/screen",
		"tests",
		"golden-new/g.txt",
		"golden-new",
		"",
	};
	char path[5000];

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		snprintf(path, sizeof path, "%s/%s", tree, paths[i]);
		remove(path);
	}
}

static void read_golden(char *text, size_t size)
{
	char path[5000];
	FILE *f;
	size_t n;

	snprintf(path, sizeof path, "%s/tests/screen/golden/g.txt", tree);
	f = fopen(path, "r");
	assert_non_null(f);
	n = fread(text, 1, size - 1, f);
	text[n] = '\0';
	fclose(f);
}

static void goldens_are_compared_and_renewed(void **state)
{
	const struct vts_options opt = {.cols = 12, .rows = 3};
	struct vts *s = start_sh("printf 'one \\033[41;1mtwo\\033[0m'; read x; printf three", &opt);
	char text[2000];

	(void)state;
	make_tree();
	assert_true(vts_wait_text(s, "two"));
	s->limit_ms = SHORT_MS;
	assert_false(vts_golden(s, "g")); /* there is none yet */
	s->limit_ms = LONG_MS;
	assert_true(exists("golden-new/g.txt"));
	assert_false(exists("tests/screen/golden/g.txt"));
	setenv("PT_GOLDEN_UPDATE", "1", 1);
	assert_true(vts_golden(s, "g"));
	unsetenv("PT_GOLDEN_UPDATE");
	read_golden(text, sizeof text);
	assert_string_equal(text, "screen 12x3 cursor row 0 column 7\n"
				  "  0|one two\n"
				  "  0~ .*4 b1B*3\n"
				  "  1|\n"
				  "  2|\n");
	assert_true(vts_golden(s, "g"));
	vts_keys(s, "<Enter>");
	assert_true(vts_wait_text(s, "three"));
	s->limit_ms = SHORT_MS;
	assert_false(vts_golden(s, "g"));
	vts_stop(s);
	remove_tree();
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells_have_text_colours_and_attributes),
		cmocka_unit_test(modes_title_bell_and_cursor_are_followed),
		cmocka_unit_test(keys_mouse_and_paste_arrive_as_asked_for),
		cmocka_unit_test(facts_are_judged_between_frames),
		cmocka_unit_test(resizing_reaches_the_program),
		cmocka_unit_test(ends_are_told_apart),
		cmocka_unit_test(a_wait_that_cannot_succeed_ends_with_the_program),
		cmocka_unit_test(the_environment_is_the_tests_own),
		cmocka_unit_test(what_is_left_on_is_told),
		cmocka_unit_test(a_terminal_can_stall_and_vanish),
		cmocka_unit_test(raw_bytes_are_kept),
		cmocka_unit_test(stopping_works_under_a_shell_with_jobs),
		cmocka_unit_test(goldens_are_compared_and_renewed),
	};

	if (argc > 1)
		return play(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
