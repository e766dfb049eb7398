/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The terminal, seen from outside: termdemo shows pictures of termscene.c on a pseudo-terminal, and
 * what libvterm then has in its cells must be what the same picture has, painted here, under the
 * same theme. Then the ends: every way to leave gives the terminal back as it was.
 */
#include "termscene.h"
#include "vtscreen.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/base/text.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* A crash under a sanitizer ends with its report and exit status 1. */
#ifdef PT_SANITIZED
#define CRASHED(sig) 1
#else
#define CRASHED(sig) (-(sig))
#endif

enum { WAIT_MS = 60000 };

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static const char *demo_path(void)
{
	static char path[4096];
	const char *build = getenv("PT_BUILDDIR");

	pt_snprintf(path, sizeof path, "%s/tests/screen/termdemo", build ? build : ".");
	return path;
}

struct setup {
	const char *term;
	const char *args[3]; /* of termdemo */
	const char *const *env;
	int cols, rows;
};

static bool is_console; /* what was started last believes so */

static struct vts *run(const char *const argv[], const struct vts_options *options)
{
	is_console = options->term && !strcmp(options->term, "linux");
	return vts_start(argv, options);
}

static struct vts *start(const struct setup *setup)
{
	const char *argv[] = {demo_path(), setup->args[0], setup->args[1], setup->args[2], NULL};

	return run(argv, &(struct vts_options){
				 .cols = setup->cols ? setup->cols : 80,
				 .rows = setup->rows ? setup->rows : 24,
				 .term = setup->term,
				 .env = setup->env,
				 .limit_ms = WAIT_MS,
			 });
}

/* ---- a picture and a screen compared ---- */

struct picture {
	const struct pt_canvas *cv;
	struct pt_theme theme;
	enum pt_colors colors;
	bool plain; /* the linux console: no underline under colours */
	char wrong[200];
};

static void add_color(char *out, size_t size, char kind, struct pt_color c, enum pt_colors colors)
{
	size_t n = strlen(out);

	if (c.set && colors == PT_COLORS_DIRECT)
		pt_snprintf(out + n, size - n, "%c#%02x%02x%02x", kind, c.r, c.g, c.b);
	else if (c.set)
		pt_snprintf(out + n, size - n, "%c%d", kind, pt_color_index(c, colors));
}

/* As vts_cell tells it; libvterm knows no dim. */
static void expect_cell(const struct picture *p, const struct pt_cell8 *cell, struct vts_cell *ret)
{
	struct pt_look look = pt_theme_look(&p->theme, *cell, p->colors);
	bool ink;
	size_t n = pt_utf8_put(ret->text, cell->cp);

	if (p->plain && (look.fg.set || look.bg.set))
		look.attrs &= ~(unsigned)PT_ATTR_UNDERLINE;
	ink = cell->cp != ' ' || (look.attrs & (PT_ATTR_REVERSE | PT_ATTR_UNDERLINE));
	if (cell->mark)
		n += pt_utf8_put(ret->text + n, cell->mark);
	ret->text[n] = '\0';
	ret->style[0] = '\0';
	if (ink)
		add_color(ret->style, sizeof ret->style, 'f', look.fg, p->colors);
	add_color(ret->style, sizeof ret->style, 'b', look.bg, p->colors);
	n = strlen(ret->style);
	pt_snprintf(ret->style + n, sizeof ret->style - n, "%s%s%s",
		    ink && (look.attrs & PT_ATTR_BOLD) ? "B" : "",
		    look.attrs & PT_ATTR_UNDERLINE ? "U" : "",
		    look.attrs & PT_ATTR_REVERSE ? "R" : "");
	if (!ret->style[0])
		pt_strlcpy(ret->style, ".", sizeof ret->style);
}

static bool is_shown(struct vts *s, const void *ctx)
{
	struct picture *p = (struct picture *)ctx;
	const struct pt_canvas *cv = p->cv;

	if (s->cols != cv->w || s->rows != cv->h)
		return false;
	for (int i = 0; i < cv->w * cv->h; i++) {
		struct vts_cell expect, got = vts_cell(s, i / cv->w, i % cv->w);

		if (cv->cells[i].bits & PT_CELL_TAIL)
			continue;
		expect_cell(p, &cv->cells[i], &expect);
		if (strcmp(expect.text, got.text) || strcmp(expect.style, got.style)) {
			pt_snprintf(p->wrong, sizeof p->wrong,
				    "row %d column %d is \"%s\" %s, not \"%s\" %s", i / cv->w,
				    i % cv->w, got.text, got.style, expect.text, expect.style);
			return false;
		}
	}
	return true;
}

/* Waits for the step of a scene to be on the screen, cell for cell. */
static void see(struct vts *s, enum scene scene, int step, enum pt_colors colors, bool utf8)
{
	struct picture p = {.colors = colors, .plain = is_console};
	struct pt_canvas cv;
	char what[64];

	scene_theme(&p.theme);
	pt_canvas_init(&cv);
	pt_canvas_resize(&cv, s->cols, s->rows);
	scene_paint(&cv, scene, step, false, utf8);
	p.cv = &cv;
	pt_snprintf(what, sizeof what, "scene %d step %d", scene + 1, step);
	if (!vts_wait(s, is_shown, &p, what))
		fail_msg("%s: %s", what, p.wrong);
	pt_canvas_release(&cv);
}

static void keys(struct vts *s, const char *text)
{
	assert_true(vts_keys(s, text));
}

static void quit(struct vts *s)
{
	char left[200];

	keys(s, "q");
	assert_true(vts_wait_exit(s));
	assert_string_equal(vts_left_on(s, left, sizeof left), "");
	assert_int_equal(vts_stop(s), 0);
}

/* ---- what is shown ---- */

static void test_first_frame(void **state)
{
	static const struct {
		const char *arg;
		const char *term;
		enum pt_colors colors;
	} rows[] = {
		{"colors=none", "xterm-256color", PT_COLORS_NONE},
		{"colors=8", "xterm-256color", PT_COLORS_8},
		{"colors=16", "xterm-256color", PT_COLORS_16},
		{"colors=256", "xterm-256color", PT_COLORS_256},
		{"colors=direct", "xterm-256color", PT_COLORS_256},
		{"colors=direct", "screen-256color", PT_COLORS_256},
		{"colors=direct", "tmux-256color", PT_COLORS_256},
		{"colors=direct", "xterm", PT_COLORS_8},
		{"colors=direct", "screen", PT_COLORS_8},
		{"colors=direct", "linux", PT_COLORS_8},
		{"colors=direct", "vt100", PT_COLORS_NONE},
	};

	(void)state;
	for (size_t i = 0; i < PT_LEN(rows); i++) {
		struct vts *s = start(&(struct setup){.term = rows[i].term, .args = {rows[i].arg}});

		see(s, SCENE_ROLES, 0, rows[i].colors, true);
		assert_false(s->cur_shown && strcmp(rows[i].term, "vt100"));
		keys(s, "n");
		see(s, SCENE_ROLES, 1, rows[i].colors, true);
		quit(s);
	}
}

/* Cells that were moved, and those beside them, are what sending all of them would have made. */
static void noise(const char *term, int cols, int rows, const char *hints, bool utf8)
{
	static const char *const latin[] = {"LANG=C", NULL};
	struct vts *s = start(&(struct setup){.term = term,
					      .args = {"scene=3", hints},
					      .env = utf8 ? NULL : latin,
					      .cols = cols,
					      .rows = rows});
	enum pt_colors colors = !strcmp(term, "vt100")	      ? PT_COLORS_NONE
				: strstr(term, "256") != NULL ? PT_COLORS_256
							      : PT_COLORS_8;
	int moves;

	for (int step = 0; step < 25; step++) {
		see(s, SCENE_NOISE, step, colors, utf8);
		keys(s, "n");
	}
	moves = vts_count_raw(s, 0, "\033[P") + vts_count_raw(s, 0, "\033[2P");
	assert_true(moves > 20 || strcmp(hints, "hints=1") || !strcmp(term, "vt100"));
	quit(s);
}

static void test_moved_cells(void **state)
{
	(void)state;
	noise("xterm-256color", 80, 24, "hints=1", true);
	noise("xterm-256color", 61, 17, "hints=0", true);
	noise("tmux-256color", 120, 30, "hints=1", true);
	noise("screen", 80, 24, "hints=1", true);
	noise("linux", 47, 20, "hints=1", true);
	noise("vt100", 80, 24, "hints=1", true);
}

static void test_cursor_after_moves(void **state)
{
	struct vts *s = start(&(struct setup){.args = {"scene=5"}});

	(void)state;
	for (int step = 0; step < 5; step++) {
		see(s, SCENE_NEAR, step, PT_COLORS_256, true);
		keys(s, "n");
	}
	assert_true(vts_count_raw(s, 0, "\033[P") >= 4);
	quit(s);
}

static void test_latin_locale(void **state)
{
	(void)state;
	noise("xterm-256color", 80, 24, "hints=1", false);
	noise("screen", 80, 24, "hints=1", false);
}

static void test_redraw(void **state)
{
	struct vts *s = start(&(struct setup){.args = {"scene=3"}});
	size_t before;

	(void)state;
	see(s, SCENE_NOISE, 0, PT_COLORS_256, true);
	before = s->raw_len;
	keys(s, "r");
	assert_true(vts_wait_raw(s, before, "\033[?2026l"));
	assert_true(s->raw_len - before > 2000);
	see(s, SCENE_NOISE, 0, PT_COLORS_256, true);
	/* What does not change costs nothing: the answer to x is the frame that n brings. */
	before = s->raw_len;
	keys(s, "xxxn");
	assert_true(vts_wait_raw(s, before, "\033[?2026l"));
	see(s, SCENE_NOISE, 1, PT_COLORS_256, true);
	assert_int_equal(vts_count_raw(s, before, "\033[?2026h"), 1);
	quit(s);
}

static void test_text_cursor(void **state)
{
	struct vts *s = start(&(struct setup){.args = {"scene=4"}});

	(void)state;
	for (int step = 0; step < 30; step++) {
		see(s, SCENE_INPUT, step, PT_COLORS_256, true);
		assert_true(s->cur_shown);
		assert_int_equal(s->cur_row, 0);
		assert_int_equal(s->cur_col, 6 + step);
		keys(s, "n");
	}
	keys(s, "1");
	see(s, SCENE_ROLES, 0, PT_COLORS_256, true);
	assert_false(s->cur_shown);
	quit(s);
}

/* Median of what a step of the load costs: 8 sparklines and 40 numbers, once a second. */
static int step_bytes(const char *term, const char *hints)
{
	struct vts *s = start(
		&(struct setup){.term = term, .args = {"scene=2", hints}, .cols = 160, .rows = 50});
	int bytes[31], n = 0;

	for (int step = 0; step < 31; step++) {
		size_t before = s->raw_len;

		if (step)
			keys(s, "n");
		see(s, SCENE_LOAD, step, strstr(term, "256") ? PT_COLORS_256 : PT_COLORS_8, true);
		if (!step)
			continue;
		bytes[n] = (int)(s->raw_len - before);
		for (int i = n++; i > 0 && bytes[i] < bytes[i - 1]; i--) {
			int swap = bytes[i];

			bytes[i] = bytes[i - 1];
			bytes[i - 1] = swap;
		}
	}
	quit(s);
	return bytes[n / 2];
}

static void test_bytes_a_second(void **state)
{
	int with = step_bytes("xterm-256color", "hints=1");
	int without = step_bytes("xterm-256color", "hints=0");
	int tmux = step_bytes("tmux-256color", "hints=1");

	(void)state;
	print_message("# 8 sparklines, 40 numbers, 160x50: %d bytes a step, %d under tmux, "
		      "%d without moving cells\n",
		      with, tmux, without);
	assert_true(with <= 700);
	assert_true(tmux <= 700);
	assert_true(without > 2 * with);
}

static void test_resizes(void **state)
{
	struct vts *s = start(&(struct setup){.args = {"scene=3"}});
	unsigned seed = 1;

	(void)state;
	see(s, SCENE_NOISE, 0, PT_COLORS_256, true);
	for (int i = 0; i < 1000; i++) {
		int cols, rows;

		seed = seed * 1103515245 + 12345;
		cols = i % 50 == 7 ? 1 : 1 + (int)(seed >> 8 & 0xFF);
		rows = i % 50 == 7 ? 1 : 1 + (int)(seed >> 16 & 0x3F);
		vts_resize(s, cols, rows);
		if (i % 100 == 50)
			see(s, SCENE_NOISE, 0, PT_COLORS_256, true);
	}
	vts_resize(s, 1, 1);
	see(s, SCENE_NOISE, 0, PT_COLORS_256, true);
	vts_resize(s, 300, 80);
	see(s, SCENE_NOISE, 0, PT_COLORS_256, true);
	quit(s);
}

/* ---- terminals ---- */

static void test_unknown_type(void **state)
{
	static const char *const types[] = {"xterm-ghostty-x", "no-such-terminal", "unknown"};

	(void)state;
	for (size_t i = 0; i < PT_LEN(types); i++) {
		struct vts *s = start(&(struct setup){.term = types[i]});

		assert_true(vts_wait_text(s, "is not known here: using xterm-256color"));
		assert_true(vts_wait_text(s, types[i]));
		quit(s);
	}
}

static void test_refused_type(void **state)
{
	static const char *const types[] = {"dumb", "", "lpr"};

	(void)state;
	for (size_t i = 0; i < PT_LEN(types); i++) {
		struct vts *s = start(&(struct setup){.term = types[i]});

		assert_true(vts_wait_text(s, "try `perftop snap"));
		assert_true(vts_wait_exit(s));
		assert_int_equal(vts_count_raw(s, 0, "\033"), 0);
		assert_int_equal(vts_stop(s), 3);
	}
}

/* A terminal that knows no private modes would print them. */
static void test_plain_types(void **state)
{
	static const char *const types[] = {"vt100", "linux"};
	static const char *const never[] = {"\033]", "?1000", "?1004", "?2004", "?2026", "22;2t"};

	(void)state;
	for (size_t i = 0; i < PT_LEN(types); i++) {
		struct vts *s = start(&(struct setup){.term = types[i]});

		assert_true(vts_wait_text(s, "one row"));
		keys(s, "tymn");
		see(s, SCENE_ROLES, 1, i ? PT_COLORS_8 : PT_COLORS_NONE, true);
		for (size_t k = 0; k < PT_LEN(never); k++)
			assert_int_equal(vts_count_raw(s, 0, never[k]), 0);
		quit(s);
	}
}

static void test_no_terminal(void **state)
{
	struct vts *s = run((const char *[]){"sh", "-c",
					     "setsid \"$1\" <&- >out.$$ 2>&1; e=$?; cat out.$$; "
					     "rm -f out.$$; exit $e",
					     "sh", demo_path(), NULL},
			    &(struct vts_options){.dir = getenv("PT_TMP"), .limit_ms = WAIT_MS});

	(void)state;
	assert_true(vts_wait_text(s, "there is no terminal"));
	assert_true(vts_wait_exit(s));
	assert_int_equal(vts_stop(s), 3);
}

static bool is_told(struct vts *s, const void *ctx)
{
	int row, col;

	return s->altscreen || vts_find(s, ctx, &row, &col);
}

/* Whether the demo runs; else the line has said that a tool is missing. */
static bool runs(struct vts *s, const char *missing)
{
	int row, col;

	assert_true(vts_wait(s, is_told, missing, missing));
	if (!vts_find(s, missing, &row, &col))
		return true;
	vts_stop(s);
	return false;
}

static void test_direct_colour(void **state)
{
	static const char line[] =
		"command -v tic >/dev/null || { echo no tic; exit 0; }; d=$(mktemp -d) && "
		"tic -x -o $d ${PT_SRCDIR:-.}/tests/fixtures/terminfo/direct.ti; "
		"TERMINFO=$d TERM=perftop-direct \"$0\"; e=$?; rm -rf $d; exit $e";
	struct vts *s = run((const char *[]){"sh", "-c", line, demo_path(), NULL},
			    &(struct vts_options){.limit_ms = WAIT_MS});

	(void)state;
	if (!runs(s, "no tic"))
		skip();
	for (int step = 0; step < 4; step++) {
		see(s, SCENE_ROLES, step, PT_COLORS_DIRECT, true);
		keys(s, "n");
	}
	quit(s);
}

/* Under a real tmux, which draws what it understood: cells moved there must be the same cells. */
static void test_under_tmux(void **state)
{
	static const char line[] =
		"command -v tmux >/dev/null || { echo no tmux; exit 0; }; d=$(mktemp -d) && "
		"printf 'set -g status off\\nset -g default-terminal tmux-256color\\n"
		"set -g destroy-unattached on\\n' >$d/conf && "
		"tmux -S $d/sock -f $d/conf new-session \"$0 scene=3\"; e=$?; rm -rf $d; exit $e";
	struct vts *s = run((const char *[]){"sh", "-c", line, demo_path(), NULL},
			    &(struct vts_options){.cols = 90, .rows = 25, .limit_ms = WAIT_MS});

	(void)state;
	if (!runs(s, "no tmux"))
		skip();
	for (int step = 0; step < 12; step++) {
		see(s, SCENE_NOISE, step, PT_COLORS_256, true);
		keys(s, "n");
	}
	vts_resize(s, 60, 20);
	see(s, SCENE_NOISE, 12, PT_COLORS_256, true);
	keys(s, "2n");
	see(s, SCENE_LOAD, 1, PT_COLORS_256, true);
	quit(s);
}

/* ---- title, mouse, clipboard, keys ---- */

static void test_title(void **state)
{
	struct vts *s = start(&(struct setup){.term = NULL});

	(void)state;
	assert_true(vts_wait_text(s, "one row"));
	keys(s, "t");
	assert_true(vts_wait_raw(s, 0, "\033]2;a title ^[]0;evil^G\a"));
	keys(s, "tn"); /* the same again is not sent */
	see(s, SCENE_ROLES, 1, PT_COLORS_256, true);
	assert_int_equal(vts_count_raw(s, 0, "\033]2;"), 1);
	quit(s);
}

static void test_copy(void **state)
{
	static const char *const tmux[] = {"TMUX=/tmp/x,1,0", NULL};
	static const char plain[] = "\033]52;c;Y29waWVkIGZyb20gdGVybWRlbW8=\a";
	struct vts *s = start(&(struct setup){.term = NULL});

	(void)state;
	assert_true(vts_wait_text(s, "one row"));
	keys(s, "y");
	assert_true(vts_wait_raw(s, 0, plain));
	assert_int_equal(vts_count_raw(s, 0, "Ptmux"), 0);
	quit(s);
	s = start(&(struct setup){.term = "screen", .env = tmux});
	assert_true(vts_wait_text(s, "one row"));
	keys(s, "y");
	assert_true(
		vts_wait_raw(s, 0, "\033Ptmux;\033\033]52;c;Y29waWVkIGZyb20gdGVybWRlbW8=\a\033\\"));
	quit(s);
}

static void test_keys_and_mouse(void **state)
{
	struct vts *s = start(&(struct setup){.term = NULL});
	size_t before;

	(void)state;
	assert_true(vts_wait_text(s, "one row"));
	keys(s, "e<C-Up>");
	assert_true(vts_wait_text(s, "key C-Up"));
	keys(s, "<Esc>");
	assert_true(vts_wait_row(s, -1, "key Esc"));
	vts_click(s, 3, 40);
	assert_true(vts_wait_text(s, "click 40 3 button 0"));
	vts_wheel(s, 5, 6, 1);
	assert_true(vts_wait_text(s, "wheel 1 at 6 5"));
	vts_paste(s, "pasted q");
	assert_true(vts_wait_text(s, "paste pasted q"));
	vts_write(s, "\033[I", 3);
	assert_true(vts_wait_text(s, "focus in"));
	before = s->raw_len;
	keys(s, "m");
	assert_true(vts_wait_raw(s, before, "\033[?1000l"));
	before = s->raw_len;
	keys(s, "m");
	assert_true(vts_wait_raw(s, before, "\033[?1000h"));
	quit(s);
}

/* ---- the ends ---- */

/* The bytes after the last whole frame. */
static void leave_bytes(const struct vts *s, struct pt_str *ret)
{
	size_t at = 0;

	for (size_t i = 0; i + 8 <= s->raw_len; i++)
		if (!memcmp(s->raw + i, "\033[?2026l", 8) && i >= 2 &&
		    memcmp(s->raw + i - 2, "\033\\", 2))
			at = i + 8;
	pt_str_addn(ret, s->raw + at, s->raw_len - at);
}

/* Ends a demo through a key or a signal. Everything must be as before, the cursor too, and the
 * bytes that do it the same in every case. */
static void end(const char *key, int sig, int status, struct pt_str *ret_bytes)
{
	struct vts *s = run((const char *[]){"sh", "-c", "printf 'first\nsecond'; exec \"$0\"",
					     demo_path(), NULL},
			    &(struct vts_options){.limit_ms = WAIT_MS});
	char left[200], line[400];

	assert_true(vts_wait_text(s, "one row"));
	if (key)
		keys(s, key);
	else
		kill(s->pid, sig);
	assert_true(vts_wait_exit(s));
	assert_string_equal(vts_left_on(s, left, sizeof left), "");
	assert_false(s->altscreen);
	assert_true(s->cur_shown);
	if (status != 1) { /* no sanitizer's report stands there */
		assert_string_equal(vts_line(s, 0, line, sizeof line), "first");
		assert_string_equal(vts_line(s, 1, line, sizeof line), "second");
		assert_int_equal(s->cur_row, 1);
		assert_int_equal(s->cur_col, 6);
		leave_bytes(s, ret_bytes);
	}
	assert_int_equal(vts_stop(s), status);
}

static void test_ends_alike(void **state)
{
	static const struct {
		const char *key;
		int sig, status;
	} rows[] = {
		{NULL, SIGTERM, 0},
		{NULL, SIGHUP, 0},
		{"S", 0, CRASHED(SIGSEGV)},
		{"A", 0, -SIGABRT},
		{"O", 0, CRASHED(SIGSEGV)},
		{NULL, SIGSEGV, CRASHED(SIGSEGV)},
		{NULL, SIGBUS, CRASHED(SIGBUS)},
		{NULL, SIGFPE, CRASHED(SIGFPE)},
		{NULL, SIGTRAP, -SIGTRAP},
		{NULL, SIGSYS, -SIGSYS},
	};
	struct pt_str normal = PT_STR_INIT;

	(void)state;
	end("q", 0, 0, &normal);
	assert_true(normal.len > 20);
	for (size_t i = 0; i < PT_LEN(rows); i++) {
		struct pt_str bytes = PT_STR_INIT;

		end(rows[i].key, rows[i].sig, rows[i].status, &bytes);
		if (rows[i].status != 1)
			assert_string_equal(pt_str_text(&bytes), normal.s);
		pt_str_release(&bytes);
	}
	pt_str_release(&normal);
}

static void test_suspend(void **state)
{
	struct vts *s = start(&(struct setup){.term = NULL});
	size_t before;

	(void)state;
	see(s, SCENE_ROLES, 0, PT_COLORS_256, true);
	before = s->raw_len;
	keys(s, "z");
	assert_true(vts_wait_raw(s, before, "\033[?1049l\033[23;0;0tsuspended"));
	assert_true(vts_wait_raw(s, before, "\033[?2026h"));
	see(s, SCENE_ROLES, 0, PT_COLORS_256, true);
	assert_true(s->altscreen);
	keys(s, "n");
	see(s, SCENE_ROLES, 1, PT_COLORS_256, true);
	quit(s);
}

/* ---- a terminal that nobody reads, and one that has gone ---- */

/* CPU time of the program in ms. */
static long cpu_ms(const struct vts *s)
{
	char path[64], text[512] = "";
	FILE *f;
	long user = 0, sys = 0;
	const char *at;

	pt_snprintf(path, sizeof path, "/proc/%d/stat", (int)s->pid);
	f = fopen(path, "r");
	if (!f)
		return 0;
	at = fgets(text, sizeof text, f) ? strrchr(text, ')') : NULL;
	fclose(f);
	if (!at ||
	    sscanf(at, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &user, &sys) != 2)
		return 0;
	return (user + sys) * 1000 / sysconf(_SC_CLK_TCK);
}

static struct vts *start_unread(void)
{
	struct vts *s =
		start(&(struct setup){.args = {"scene=3", "tick=2"}, .cols = 160, .rows = 50});

	assert_true(vts_wait_raw(s, 0, "\033[?2026l"));
	vts_pause(s, true);
	return s;
}

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

static bool has_dropped(struct vts *s, const void *ctx)
{
	unsigned long long n = 0;
	char line[400];
	const char *at = strstr(vts_line(s, -1, line, sizeof line), "dropped");

	(void)ctx;
	return at && sscanf(at, "dropped %llu", &n) == 1 && n > 5;
}

static void test_unread(void **state)
{
	struct vts *s = start_unread();
	bool dropped = false;
	int64_t begin;
	long before;

	(void)state;
	pause_ms(100); /* the line fills up */
	begin = now_ms();
	before = cpu_ms(s);
	pause_ms(400);
	/* One that tries without end takes all of it. */
	assert_true((cpu_ms(s) - before) * 4 < (now_ms() - begin) * 3);
	keys(s, "s");
	for (int i = 0; i < 6 && !dropped; i++) { /* longer, where few frames were made */
		vts_pause(s, true);
		pause_ms(i * 500);
		vts_pause(s, false);
		s->limit_ms = 2000;
		dropped = vts_becomes(s, has_dropped, NULL);
	}
	s->limit_ms = WAIT_MS;
	assert_true(dropped);
	quit(s);
}

static void test_unread_and_ended(void **state)
{
	struct vts *s = start_unread();
	char left[200];
	int64_t begin;

	(void)state;
	pause_ms(100);
	begin = now_ms();
	kill(s->pid, SIGTERM);
	assert_true(vts_wait_exit(s)); /* though its last bytes cannot go out */
	print_message("# ended %d ms after SIGTERM with nobody reading\n", (int)(now_ms() - begin));
	vts_pause(s, false);
	assert_true(vts_wait_exit(s));
	assert_string_equal(vts_left_on(s, left, sizeof left), "");
	assert_int_equal(vts_stop(s), 0);
}

static void test_hangup(void **state)
{
	static const char *const lines[] = {"exec \"$0\" scene=3 tick=5",
					    "trap '' HUP; exec \"$0\" scene=3 tick=5",
					    "trap '' HUP; exec \"$0\" scene=1"};

	(void)state;
	for (size_t i = 0; i < PT_LEN(lines); i++) {
		struct vts *s = run((const char *[]){"sh", "-c", lines[i], demo_path(), NULL},
				    &(struct vts_options){.limit_ms = WAIT_MS});

		assert_true(vts_wait_raw(s, 0, "\033[?2026l"));
		vts_hangup(s);
		assert_true(vts_wait_exit(s));
		vts_stop(s);
	}
}

static bool is_beyond(struct vts *s, const void *bytes)
{
	return s->raw_len > *(const size_t *)bytes;
}

static void test_budget(void **state)
{
	static const size_t enough = 40000;
	int64_t begin = now_ms();
	struct vts *s = start(&(struct setup){
		.args = {"scene=2", "rate=20000", "tick=1"}, .cols = 160, .rows = 50});
	double seconds;

	(void)state;
	assert_true(vts_wait(s, is_beyond, &enough, "40000 bytes"));
	seconds = (double)(now_ms() - begin) / 1000.0;
	print_message("# budget of 20000 bytes a second: %zu in %.2f s\n", s->raw_len, seconds);
	/* One second's worth may have been saved up when it began, and a frame may overdraw. */
	assert_true((double)s->raw_len < 20000 * (1 + seconds) + 8000);
	quit(s);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_frame),
		cmocka_unit_test(test_moved_cells),
		cmocka_unit_test(test_cursor_after_moves),
		cmocka_unit_test(test_latin_locale),
		cmocka_unit_test(test_redraw),
		cmocka_unit_test(test_text_cursor),
		cmocka_unit_test(test_bytes_a_second),
		cmocka_unit_test(test_resizes),
		cmocka_unit_test(test_unknown_type),
		cmocka_unit_test(test_refused_type),
		cmocka_unit_test(test_plain_types),
		cmocka_unit_test(test_no_terminal),
		cmocka_unit_test(test_direct_colour),
		cmocka_unit_test(test_under_tmux),
		cmocka_unit_test(test_title),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_keys_and_mouse),
		cmocka_unit_test(test_ends_alike),
		cmocka_unit_test(test_suspend),
		cmocka_unit_test(test_unread),
		cmocka_unit_test(test_unread_and_ended),
		cmocka_unit_test(test_hangup),
		cmocka_unit_test(test_budget),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
