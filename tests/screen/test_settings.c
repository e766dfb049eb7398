/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Settings on the screen: keys of one's own, a configuration with mistakes, layouts that are saved
 * and opened again, themes and signs changed while looking, and `--plain`.
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

#define ESC CONSOLE_ESC

static char config_home[4200];

static const char *const env[] = {config_home, NULL};

/* A home for the settings of one test, with a config.json unless text is NULL. */
static void set_config(const char *name, const char *text)
{
	char path[100];

	snprintf(config_home, sizeof config_home, "XDG_CONFIG_HOME=%s", console_tmp(name));
	snprintf(path, sizeof path, "%s/perftop/config.json", name);
	if (text)
		console_put(console_tmp(path), text);
}

static struct vts *start_with(const char *arg1, const char *arg2)
{
	struct vts *s = console_start(&(struct console_options){.root = "busy",
								.frames = 3,
								.cols = 100,
								.rows = 40,
								.args = {arg1, arg2},
								.env = env});

	assert_true(console_wait_end(s, "12:00:02"));
	return s;
}

static bool has(struct vts *s, const char *text)
{
	int row, col;

	return vts_find(s, text, &row, &col);
}

/* ---- config.json ---- */

static void test_keys(void **state)
{
	struct vts *s;

	(void)state;
	set_config(
		"keys",
		"// mine\n{\"keys\": {\"freeze\": \"F5 Z\", \"crosshair\": \"m\", \"mark\": \"c\"}}\n");
	s = start_with(NULL, NULL);
	assert_true(vts_wait_row(s, -1, "m crosshair")); /* the last row knows too */
	vts_keys(s, " ");
	assert_true(vts_wait_text(s, "Space has no meaning here"));
	vts_keys(s, "<F5>");
	assert_true(vts_wait_row(s, 0, "FROZEN"));
	vts_keys(s, "Z");
	assert_true(vts_wait_row(s, 0, "live"));
	vts_keys(s, "c"); /* two that have changed places */
	assert_true(vts_wait_text(s, "marked 12:00:02"));
	vts_keys(s, "m");
	assert_true(vts_wait_text(s, "crosshair: "));
	vts_keys(s, "?");
	assert_true(vts_wait_text(s, "Overview: keys"));
	assert_true(has(s, "m          crosshair") || has(s, "m         crosshair"));
	vts_keys(s, ESC ":freeze");
	assert_true(vts_wait_text(s, "F5 Z"));
	console_quit(s);
}

/* Each mistake is told with its place, costs itself alone, and the console starts. */
static void test_bad_config(void **state)
{
	static const struct {
		const char *name, *text, *says;
	} rows[] = {
		{"bad1", "{\n  \"theme\": \"dark\",\n  \"interval\": \"soon\"\n}",
		 "config.json:3:15:"},
		{"bad2", "{\"keys\": {\n\t\"quti\": \"x\"}}",
		 "config.json:2:10: keys.quti: no action is"},
		{"bad3", "{\"keys\": {\"tree\": \"K\"}}", "config.json:1:19: keys.tree: its key"},
		{"bad4", "{\"theme\": \"dark\",}", "config.json:1:"},
		{"bad5", "{\"theme\": \"dark\", \"theme\": \"light\"}", "config.json:1:19:"},
		{"bad6", "{\"colour\": 1}", "config.json:1:"},
		{"bad7", "{\"theme\": \"nosuch\"}", "nosuch"},
		{"bad8", "{\"layout\": \"nosuch\"}", "nosuch"},
		{"bad9", "[[[[[[", "config.json:1:"},
		{"bad10", "{\"keys\": {\"tree\": \"Nokey\", \"tag\": \"Q\"}}", "config.json:1:"},
	};

	(void)state;
	for (size_t i = 0; i < PT_LEN(rows); i++) {
		struct vts *s;

		set_config(rows[i].name, rows[i].text);
		s = start_with(NULL, NULL);
		assert_true(vts_wait_row(s, -2, "error: "));
		if (!vts_wait_row(s, -2, rows[i].says))
			fail_msg("%s", rows[i].text);
		assert_true(has(s, "? help"));
		assert_true(console_changes(s, "2")); /* and it works */
		if (i == 9) {
			vts_keys(s, "Q"); /* the good half counts */
			assert_true(vts_wait_text(s, "1 tagged"));
			vts_keys(s, "t");
			assert_true(vts_wait_text(s, "sorted by cpu  tree"));
		}
		console_quit(s);
	}
}

/* ---- layouts ---- */

static void test_layouts(void **state)
{
	struct vts *s;

	(void)state;
	set_config("layouts", NULL);
	s = start_with(NULL, NULL);
	assert_true(has(s, " disks "));
	vts_keys(s, ":pane disks<Enter>");
	assert_true(vts_wait_text(s, "disks hidden"));
	assert_false(has(s, " disks ─"));
	vts_keys(s, ":pane network<Enter>");
	assert_true(vts_wait_gone(s, " network ─"));
	vts_keys(s, "YY"); /* from zero, linear, logarithmic */
	assert_true(vts_wait_text(s, "scale: log"));
	vts_keys(s, "--");
	assert_true(vts_wait_text(s, "1 s a cell"));
	vts_keys(s, ":save mine<Enter>");
	assert_true(vts_wait_text(s, "layouts/mine.json"));
	vts_keys(s, ":save overview<Enter>");
	assert_true(vts_wait_text(s, "'overview' is built in"));
	vts_keys(s, ":save ../x<Enter>");
	assert_true(vts_wait_text(s, "save NAME: letters"));
	vts_keys(s, ":layout overview<Enter>");
	assert_true(vts_wait_text(s, " disks ─"));
	vts_keys(s, ":layout mine<Enter>");
	assert_true(vts_wait_gone(s, " disks ─"));
	vts_keys(s, ":layout nosuch<Enter>");
	assert_true(vts_wait_row(s, -2, "nosuch"));
	console_quit(s);

	s = start_with("--layout", "mine");
	assert_false(has(s, " disks ─"));
	assert_false(has(s, " network ─"));
	assert_true(has(s, " cores ─"));
	assert_true(has(s, "1 s/cell"));
	vts_keys(s, "Y");
	assert_true(vts_wait_text(s, "scale: from zero")); /* it was logarithmic */
	console_quit(s);

	s = start_with("--layout", "system");
	assert_true(has(s, " cpu ─") || has(s, "▸cpu ─"));
	assert_false(has(s, "top by cpu"));
	assert_false(has(s, "rustc"));
	/* Every pane away, and back. */
	vts_keys(s, ":pane nosuch<Enter>");
	assert_true(vts_wait_text(s, "no pane is called 'nosuch'"));
	console_quit(s);
}

/* ---- looks ---- */

/* Of the header, a frame, a number and a graph. */
static const char *look(const struct vts *s)
{
	static char text[200];

	snprintf(text, sizeof text, "%s %s %s %s", vts_cell(s, 0, 1).style, vts_cell(s, 1, 2).style,
		 vts_cell(s, 10, 12).style, vts_cell(s, 5, 47).style);
	return text;
}

static bool is_style(struct vts *s, const void *style)
{
	return strcmp(look(s), style) == 0;
}

static bool is_other_style(struct vts *s, const void *style)
{
	return !is_style(s, style);
}

static void test_themes(void **state)
{
	static const char *const names[] = {"light", "high-contrast", "colour-blind", "solarized",
					    "mono"};
	char dark[200], keys[64];
	struct vts *s;

	(void)state;
	set_config("themes", NULL);
	console_put(console_tmp("themes/perftop/themes/mine.theme"),
		    "header.strong = black on green\n");
	s = start_with(NULL, NULL);
	snprintf(dark, sizeof dark, "%s", look(s));
	for (size_t i = 0; i < PT_LEN(names); i++) {
		snprintf(keys, sizeof keys, ":theme %s<Enter>", names[i]);
		vts_keys(s, keys);
		snprintf(keys, sizeof keys, " theme %s", names[i]);
		assert_true(vts_wait_row(s, -2, keys));
		assert_true(vts_wait(s, is_other_style, dark, "another look"));
	}
	vts_keys(s, ":theme dark<Enter>");
	assert_true(vts_wait(s, is_style, dark, "the look of before"));
	vts_keys(s, ":theme mi");
	assert_true(vts_wait_text(s, "theme mine"));
	vts_keys(s, ESC ":theme nosuch<Enter>");
	assert_true(vts_wait_row(s, -2, "nosuch"));
	assert_true(is_style(s, dark));
	console_quit(s);
}

/* Of CSI numbers m only those that set or end bold, underline and reverse, and end colours that
 * somebody else may have left. */
static bool is_plain_sgr(const char *p)
{
	if (p[strspn(p, "0123456789;")] != 'm')
		return true; /* it says something else */
	while (*p != 'm') {
		char *end;
		long n = strtol(p, &end, 10);

		if (n != 0 && n != 1 && n != 4 && n != 7 && n != 22 && n != 24 && n != 27 &&
		    n != 39 && n != 49)
			return false;
		p = *end == ';' ? end + 1 : end;
	}
	return true;
}

static void test_no_color(void **state)
{
	static const char *const no_color[] = {"NO_COLOR=1", NULL};
	struct vts *s = console_start(&(struct console_options){
		.root = "busy", .frames = 3, .cols = 100, .rows = 40, .env = no_color});

	(void)state;
	assert_true(console_wait_end(s, "12:00:02"));
	vts_keys(s, "2jx1c");
	assert_true(vts_wait_text(s, "crosshair: "));
	/* Neither colour nor grey: bold, reverse and underline alone. */
	for (int row = 0; row < s->rows; row++)
		for (int col = 0; col < s->cols; col++)
			assert_null(strpbrk(vts_cell(s, row, col).style, "fb"));
	for (const char *at = s->raw; (at = strstr(at, "\033[")); at++)
		assert_true(is_plain_sgr(at + 2));
	console_quit(s);
}

static bool has_braille(struct vts *s, const void *ctx)
{
	(void)ctx;
	return has(s, "⣀") || has(s, "⣿") || has(s, "⣶");
}

static bool has_no_braille(struct vts *s, const void *ctx)
{
	return !has_braille(s, ctx);
}

static void test_glyphs(void **state)
{
	struct vts *s;

	(void)state;
	set_config("glyphs", NULL);
	s = start_with(NULL, NULL);
	assert_true(vts_wait(s, has_braille, NULL, "graphs in braille"));
	vts_keys(s, ":glyphs<Enter>");
	assert_true(vts_wait_text(s, "which row looks right?"));
	vts_keys(s, "<Down><Down><Enter>");
	assert_true(vts_wait_text(s, "glyphs ascii"));
	assert_true(vts_wait(s, has_no_braille, NULL, "graphs in ASCII"));
	assert_false(has(s, "▁"));
	vts_keys(s, ":glyphs<Enter>");
	assert_true(vts_wait_text(s, "which row"));
	vts_keys(s, "j<Enter>");
	assert_true(vts_wait_text(s, "glyphs block"));
	assert_true(vts_wait_text(s, "▁"));
	assert_false(has_braille(s, NULL));
	vts_keys(s, ":glyphs br<Enter>");
	assert_true(vts_wait(s, has_braille, NULL, "graphs in braille"));
	console_quit(s);
}

/* ---- commands ---- */

static void test_commands(void **state)
{
	struct vts *s;

	(void)state;
	set_config("commands", NULL);
	s = start_with(NULL, NULL);
	vts_keys(s, ":sort rss<Enter>");
	assert_true(vts_wait_text(s, "▼RSS"));
	vts_keys(s, ":sort nosuch<Enter>");
	assert_true(vts_wait_row(s, -2, "error: no column is called 'nosuch'"));
	vts_keys(s, ":interval 2<Enter>");
	assert_true(vts_wait_row(s, 0, "live 2 s"));
	vts_keys(s, ":interval never<Enter>");
	assert_true(vts_wait_row(s, -2, "error: "));
	vts_keys(s, ":goto -1s<Enter>");
	assert_true(vts_wait_row(s, -2, "crosshair on"));
	vts_keys(s, ":goto yesterday<Enter>");
	assert_true(vts_wait_row(s, -2, "'yesterday' is no time"));
	vts_keys(s, "T25:99<Enter>");
	assert_true(vts_wait_row(s, -1, "'25:99' is no time"));
	vts_keys(s, "<C-u>12:00:01<Enter>");
	assert_true(vts_wait_row(s, -1, "? help"));
	vts_keys(s, ":zzz<Enter>");
	assert_true(vts_wait_row(s, -2, "error: no command 'zzz'"));
	vts_keys(s, ":freeze<Enter>");
	assert_true(vts_wait_row(s, 0, "FROZEN"));
	vts_keys(s, ":frz<Enter>"); /* fuzzy */
	assert_true(vts_wait_row(s, 0, "live"));
	console_quit(s);
}

/* ---- plain ---- */

/* Lines of text and nothing else, on a terminal and elsewhere. */
static void test_plain(void **state)
{
	struct vts *s =
		console_start(&(struct console_options){.root = "busy", .args = {"--plain"}});
	char line[400];
	int lines = 0;

	(void)state;
	assert_true(vts_wait_text(s, "memory"));
	console_sleep_ms(s, 300);
	kill(s->pid, SIGTERM);
	assert_true(vts_wait_exit(s));
	assert_int_equal(s->status, 0);
	assert_null(memchr(s->raw, '\033', s->raw_len));
	for (size_t i = 0; i < s->raw_len; i++) {
		unsigned char c = (unsigned char)s->raw[i];

		assert_true(c == '\r' || c == '\n' || (c >= 0x20 && c != 0x7F));
		lines += c == '\n';
	}
	print_message("# %d lines\n", lines);
	assert_true(lines >= 2 && lines <= 30);
	/* How to end it, then everything, then what has changed. */
	vts_line(s, 0, line, sizeof line);
	assert_non_null(strstr(line, "Ctrl-C"));
	vts_line(s, 1, line, sizeof line);
	assert_non_null(strstr(line, "cpu "));
	assert_non_null(strstr(line, "memory "));
	vts_line(s, 2, line, sizeof line);
	assert_null(strstr(line, "load "));
	vts_stop(s);
}

/* A line "q" ends it. */
static void test_plain_quit(void **state)
{
	struct vts *s =
		console_start(&(struct console_options){.root = "busy", .args = {"--plain"}});

	(void)state;
	assert_true(vts_wait_text(s, "memory"));
	vts_keys(s, "q<Enter>");
	assert_true(vts_wait_exit(s));
	assert_int_equal(s->status, 0);
	vts_stop(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),	   cmocka_unit_test(test_bad_config),
		cmocka_unit_test(test_layouts),	   cmocka_unit_test(test_themes),
		cmocka_unit_test(test_no_color),   cmocka_unit_test(test_glyphs),
		cmocka_unit_test(test_commands),   cmocka_unit_test(test_plain),
		cmocka_unit_test(test_plain_quit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
