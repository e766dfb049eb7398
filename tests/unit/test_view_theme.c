/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Themes: each built-in one is whole and can be read, at every depth of colour; what a selection, a
 * crosshair and a lack of colours make of a cell; and the place of every mistake in a file.
 */
#include "perftop/view/theme.h"

#include "perftop/base/fs.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct pt_theme load(const char *name)
{
	struct pt_theme theme;
	struct pt_err err = {0};

	if (pt_theme_load(name, NULL, &theme, &err))
		fail_msg("%s: %d:%d: %s", name, err.line, err.col, err.msg);
	return theme;
}

static void test_builtin(void **state)
{
	static const char *const names[] = {"dark",	    "light", "high-contrast",
					    "colour-blind", "mono",  "solarized"};

	(void)state;
	assert_int_equal(pt_theme_n(), PT_LEN(names));
	for (size_t i = 0; i < PT_LEN(names); i++) {
		struct pt_theme theme = load(names[i]);

		assert_string_equal(pt_theme_name(i), names[i]);
		assert_string_equal(theme.name, names[i]);
		assert_true(strlen(theme.help) > 10);
		assert_true(theme.background.set);
	}
	assert_null(pt_theme_name(PT_LEN(names)));
}

/* -- contrast ------------------------------------------------------------------------------------ */

/* Lines, not text: 3:1 is enough for them (WCAG 1.4.11). */
static bool is_line(enum pt_role role)
{
	return role == PT_ROLE_FRAME || role == PT_ROLE_FRAME_FOCUS || role == PT_ROLE_GRID;
}

/* The colour that a terminal of 256 colours shows. */
static struct pt_color shown(struct pt_color c, enum pt_colors colors)
{
	static const uint8_t level[] = {0, 95, 135, 175, 215, 255};
	int i = pt_color_index(c, PT_COLORS_256);

	if (colors == PT_COLORS_DIRECT)
		return c;
	assert_in_range(i, 16, 255); /* the first 16 are the user's own */
	if (i >= 232)
		c.r = c.g = c.b = (uint8_t)(8 + (i - 232) * 10);
	else
		c = (struct pt_color){true, level[(i - 16) / 36], level[(i - 16) / 6 % 6],
				      level[(i - 16) % 6], -1};
	return c;
}

static void check_contrast(const struct pt_theme *theme, enum pt_role role, unsigned bits,
			   enum pt_colors colors)
{
	struct pt_look look = pt_theme_look(
		theme, (struct pt_cell8){'x', 0, (uint8_t)role, (uint8_t)bits}, colors);
	struct pt_color bg = look.bg.set ? look.bg : theme->background;
	double least = is_line(role) ? 3 : !strcmp(theme->name, "high-contrast") ? 7 : 4.5;
	double contrast = pt_color_contrast(shown(look.fg, colors), shown(bg, colors));

	if (is_line(role) && bits)
		return;
	assert_true(look.fg.set);
	if (contrast < least)
		fail_msg("%s: %s, bits %u, %d colours: %.2f:1", theme->name, pt_role_name(role),
			 bits, colors, contrast);
}

static void test_contrast(void **state)
{
	static const unsigned bits[] = {0, PT_CELL_SELECTED, PT_CELL_CROSS,
					PT_CELL_SELECTED | PT_CELL_CROSS};

	(void)state;
	for (size_t i = 0; i < pt_theme_n(); i++) {
		struct pt_theme theme = load(pt_theme_name(i));

		if (!strcmp(theme.name, "mono"))
			continue;
		for (int role = 0; role < PT_ROLE_N; role++)
			for (size_t k = 0; k < PT_LEN(bits); k++)
				for (int c = PT_COLORS_256; c <= PT_COLORS_DIRECT; c++)
					check_contrast(&theme, (enum pt_role)role, bits[k],
						       (enum pt_colors)c);
	}
}

/* With 16 colours a name for each is given, never guessed; and never the same for both. */
static void test_few_colors(void **state)
{
	(void)state;
	for (size_t i = 0; i < pt_theme_n(); i++) {
		struct pt_theme theme = load(pt_theme_name(i));

		for (int role = 0; role < PT_ROLE_N; role++) {
			for (unsigned bits = 0; bits < 32; bits += PT_CELL_SELECTED) {
				struct pt_cell8 cell = {'x', 0, (uint8_t)role, (uint8_t)bits};
				struct pt_look look = pt_theme_look(&theme, cell, PT_COLORS_16);

				assert_true(!look.fg.set || look.fg.ansi >= 0);
				assert_true(!look.bg.set || look.bg.ansi >= 0);
				if (!look.fg.set || !look.bg.set)
					continue;
				assert_int_not_equal(pt_color_index(look.fg, PT_COLORS_16),
						     pt_color_index(look.bg, PT_COLORS_16));
				if (!is_line((enum pt_role)role))
					assert_int_not_equal(pt_color_index(look.fg, PT_COLORS_8),
							     pt_color_index(look.bg, PT_COLORS_8));
			}
		}
	}
}

/* Layers of a graph and verdicts are told apart at each depth. */
static void test_distinct(void **state)
{
	static const enum pt_role groups[][4] = {
		{PT_ROLE_GRAPH_1, PT_ROLE_GRAPH_2, PT_ROLE_GRAPH_3, PT_ROLE_GRAPH_4},
		{PT_ROLE_GOOD, PT_ROLE_WARN, PT_ROLE_CRITICAL, PT_ROLE_TEXT},
	};

	(void)state;
	for (size_t i = 0; i < pt_theme_n(); i++) {
		struct pt_theme theme = load(pt_theme_name(i));

		for (int g = 0; strcmp(theme.name, "mono") && g < 2; g++)
			for (int a = 0; a < 4; a++)
				for (int b = 0; b < a; b++)
					for (int c = PT_COLORS_16; c <= PT_COLORS_256; c++)
						assert_int_not_equal(
							pt_color_index(theme.looks[groups[g][a]].fg,
								       (enum pt_colors)c),
							pt_color_index(theme.looks[groups[g][b]].fg,
								       (enum pt_colors)c));
	}
}

/* -- looks --------------------------------------------------------------------------------------- */

static struct pt_look look(const struct pt_theme *theme, enum pt_role role, unsigned bits,
			   enum pt_colors colors)
{
	return pt_theme_look(theme, (struct pt_cell8){'x', 0, (uint8_t)role, (uint8_t)bits},
			     colors);
}

static bool same_color(struct pt_color a, struct pt_color b)
{
	return a.set == b.set && a.r == b.r && a.g == b.g && a.b == b.b && a.ansi == b.ansi;
}

static void test_over(void **state)
{
	struct pt_theme theme = load("dark");
	const struct pt_look *selected = &theme.looks[PT_ROLE_SELECTED];
	const struct pt_look *cross = &theme.looks[PT_ROLE_CROSSHAIR];
	const struct pt_look *warn = &theme.looks[PT_ROLE_WARN];
	struct pt_look l = look(&theme, PT_ROLE_WARN, PT_CELL_SELECTED, PT_COLORS_256);

	(void)state;
	assert_true(same_color(l.fg, warn->fg) && same_color(l.bg, selected->bg));
	l = look(&theme, PT_ROLE_WARN, PT_CELL_SELECTED | PT_CELL_CROSS, PT_COLORS_256);
	assert_true(same_color(l.fg, warn->fg) && same_color(l.bg, cross->bg));
	l = look(&theme, PT_ROLE_WARN, PT_CELL_SELECTED, PT_COLORS_16);
	assert_true(same_color(l.fg, selected->fg) && same_color(l.bg, selected->bg));
	l = look(&theme, PT_ROLE_CHIP, PT_CELL_SELECTED, PT_COLORS_256); /* stays what it is */
	assert_true(same_color(l.bg, theme.looks[PT_ROLE_CHIP].bg));
	/* A block hides its background, so under the crosshair its own colour changes. */
	l = pt_theme_look(&theme, (struct pt_cell8){0x2588, 0, PT_ROLE_GRAPH_1, PT_CELL_CROSS},
			  PT_COLORS_256);
	assert_true(same_color(l.fg, cross->fg));
	l = look(&theme, PT_ROLE_TEXT, PT_CELL_BOLD, PT_COLORS_256);
	assert_int_equal(l.attrs, PT_ATTR_BOLD);
	l = look(&theme, PT_ROLE_STRONG, 0, PT_COLORS_8); /* bright is bold where there are 8 */
	assert_true(l.attrs & PT_ATTR_BOLD);
	look(&theme, (enum pt_role)200, 0, PT_COLORS_256);
}

/* NO_COLOR: no colour and no grey in any theme; selection, chips, header are seen by shape. */
static void test_no_color(void **state)
{
	(void)state;
	for (size_t i = 0; i < pt_theme_n(); i++) {
		struct pt_theme theme = load(pt_theme_name(i));

		for (int role = 0; role < PT_ROLE_N; role++) {
			for (unsigned bits = 0; bits < 32; bits += PT_CELL_SELECTED) {
				struct pt_look l =
					look(&theme, (enum pt_role)role, bits, PT_COLORS_NONE);

				assert_false(l.fg.set || l.bg.set);
				assert_false(l.attrs & PT_ATTR_DIM);
				if (bits & (PT_CELL_SELECTED | PT_CELL_CROSS))
					assert_true(l.attrs & PT_ATTR_REVERSE);
			}
		}
		assert_true(look(&theme, PT_ROLE_HEADER, 0, PT_COLORS_NONE).attrs &
			    PT_ATTR_REVERSE);
		assert_true(look(&theme, PT_ROLE_CHIP, 0, PT_COLORS_NONE).attrs & PT_ATTR_REVERSE);
		assert_true(look(&theme, PT_ROLE_CRITICAL, 0, PT_COLORS_NONE).attrs);
		assert_int_equal(look(&theme, PT_ROLE_GRAPH_1, 0, PT_COLORS_NONE).attrs, 0);
	}
}

static struct pt_color rgb(unsigned hex, int ansi)
{
	return (struct pt_color){true, (uint8_t)(hex >> 16), (uint8_t)(hex >> 8), (uint8_t)hex,
				 (int8_t)ansi};
}

static void test_index(void **state)
{
	(void)state;
	/* Okabe and Ito's colours. */
	assert_int_equal(pt_color_index(rgb(0xD55E00, -1), PT_COLORS_256), 166);
	assert_int_equal(pt_color_index(rgb(0x56B4E9, -1), PT_COLORS_256), 74);
	assert_int_equal(pt_color_index(rgb(0xCC79A7, -1), PT_COLORS_256), 175);
	assert_int_equal(pt_color_index(rgb(0x0072B2, -1), PT_COLORS_256), 25);
	assert_int_equal(pt_color_index(rgb(0x000000, -1), PT_COLORS_256), 16);
	assert_int_equal(pt_color_index(rgb(0xFFFFFF, -1), PT_COLORS_256), 231);
	assert_int_equal(pt_color_index(rgb(0x303030, -1), PT_COLORS_256), 236);
	assert_int_equal(pt_color_index(rgb(0xEEEEEE, -1), PT_COLORS_256), 255);
	assert_int_equal(pt_color_index(rgb(0xFF0000, 11), PT_COLORS_16), 11);
	assert_int_equal(pt_color_index(rgb(0xFF0000, 11), PT_COLORS_8), 3);
	assert_int_equal(pt_color_index(rgb(0x555555, 8), PT_COLORS_8), 7);
	assert_int_equal(pt_color_index(rgb(0xFF5050, -1), PT_COLORS_16), 9);
	assert_int_equal(pt_color_index(rgb(0xC01010, -1), PT_COLORS_8), 1);
	for (unsigned i = 0; i < 4096; i++) { /* the cube's own colours are themselves */
		struct pt_color c =
			rgb((i >> 8) * 0x110000 | (i >> 4 & 15) * 0x1100 | (i & 15) * 0x11, -1);
		int index = pt_color_index(c, PT_COLORS_256);

		assert_int_equal(pt_color_index(shown(c, PT_COLORS_256), PT_COLORS_256), index);
	}
}

static void test_contrast_ratio(void **state)
{
	(void)state;
	assert_int_equal((int)(pt_color_contrast(rgb(0, 0), rgb(0xFFFFFF, 0)) * 100 + 0.5), 2100);
	assert_int_equal((int)(pt_color_contrast(rgb(0xFFFFFF, 0), rgb(0x767676, 0)) * 100), 454);
	assert_int_equal((int)(pt_color_contrast(rgb(0x123456, 0), rgb(0x123456, 0)) * 100), 100);
}

/* -- files --------------------------------------------------------------------------------------- */

/* A whole theme, with one line put in the place of the one for `text`. */
static int parse(const char *text_line, struct pt_theme *ret, struct pt_err *err)
{
	struct pt_str s = PT_STR_INIT;
	int e;

	pt_str_addf(&s, "# a comment\nname mine\n\thelp  some words \r\nbackground #101418\n%s\n",
		    text_line);
	for (int i = 0; i < PT_ROLE_N; i++)
		if (i != PT_ROLE_TEXT)
			pt_str_addf(&s, "%s\t#0a0B0c/12  default bold\n",
				    pt_role_name((enum pt_role)i));
	e = pt_theme_parse("my.theme", s.s, s.len, ret, err);
	pt_str_release(&s);
	return e;
}

static void test_parse(void **state)
{
	struct pt_theme theme;
	struct pt_err err;

	(void)state;
	assert_int_equal(parse("text #a1b2C3 #000000/0 underline reverse", &theme, &err), 0);
	assert_string_equal(theme.name, "mine");
	assert_string_equal(theme.help, "some words");
	assert_true(same_color(theme.looks[PT_ROLE_TEXT].fg, rgb(0xA1B2C3, -1)));
	assert_true(same_color(theme.looks[PT_ROLE_TEXT].bg, rgb(0, 0)));
	assert_int_equal(theme.looks[PT_ROLE_TEXT].attrs, PT_ATTR_UNDERLINE | PT_ATTR_REVERSE);
	assert_int_equal(theme.looks[PT_ROLE_GRAPH_8].fg.ansi, 12);
	assert_false(theme.looks[PT_ROLE_GRAPH_8].bg.set);
}

static void test_mistakes(void **state)
{
	static const struct {
		const char *line, *told;
	} cases[] = {
		{"text #a1b2c3", "my.theme:5:13: not a colour (default, #rrggbb or #rrggbb/0..15)"},
		{"text red default",
		 "my.theme:5:6: not a colour (default, #rrggbb or #rrggbb/0..15): \"red\""},
		{"text default #12345g",
		 "my.theme:5:14: not a colour (default, #rrggbb or #rrggbb/0..15): \"#12345g\""},
		{"text #123456/16 default",
		 "my.theme:5:6: not a colour (default, #rrggbb or #rrggbb/0..15): \"#123456/16\""},
		{"text #123456/ default",
		 "my.theme:5:6: not a colour (default, #rrggbb or #rrggbb/0..15): \"#123456/\""},
		{"text #1234567 default",
		 "my.theme:5:6: not a colour (default, #rrggbb or #rrggbb/0..15): \"#1234567\""},
		{"text default default blink",
		 "my.theme:5:22: not one of bold, dim, underline, reverse: \"blink\""},
		{"txet default default", "my.theme:5:1: no such role: \"txet\""},
		{"\033[2J default default", "my.theme:5:1: no such role: \"^[[2J\""},
		{"dim default default", "my.theme:23:1: role set twice: \"dim\""},
		{"name ", "my.theme:5:6: 1 to 31 characters expected"},
		{"name abcdefghijklmnopqrstuvwxyz0123456789",
		 "my.theme:5:6: 1 to 31 characters expected"},
		{"background #123456 bold",
		 "my.theme:5:20: nothing expected after the colour: \"bold\""},
		{"background default", "my.theme:40: a background colour is missing"},
	};

	(void)state;
	for (size_t i = 0; i < PT_LEN(cases); i++) {
		struct pt_theme theme = {.name = "untouched"};
		struct pt_err err;
		char told[600];

		assert_int_equal(parse(cases[i].line, &theme, &err), -PT_ESYNTAX);
		pt_err_text(&err, told, sizeof told);
		/* Line numbers behind the changed line depend on how many roles there are. */
		if (err.line > 5)
			assert_string_equal(strchr(told + 9, ':'), strchr(cases[i].told + 9, ':'));
		else
			assert_string_equal(told, cases[i].told);
		assert_string_equal(theme.name, "untouched");
		assert_int_equal(parse(cases[i].line, &theme, NULL), -PT_ESYNTAX);
	}
}

/* A role that a theme does not set is that of dark or light, on the theme's own background. */
static void test_unset(void **state)
{
	static const struct {
		const char *background, *near;
	} cases[] = {{"#002b36", "dark"}, {"#404040", "dark"}, {"#fdf6e3", "light"}};
	struct pt_theme dark = load("dark");
	struct pt_theme theme;
	struct pt_err err;
	char text[200];
	size_t n;

	(void)state;
	for (size_t i = 0; i < PT_LEN(cases); i++) {
		struct pt_theme near = load(cases[i].near);

		n = pt_snprintf(text, sizeof text,
				"name old\nbackground %s\ntext #a1b2c3 #102030\n"
				"chip #000000 #00ff00 bold\n",
				cases[i].background);
		assert_int_equal(pt_theme_parse("x", text, n, &theme, &err), 0);
		assert_true(same_color(theme.looks[PT_ROLE_CHIP].bg, rgb(0x00FF00, -1)));
		for (int role = PT_ROLE_TEXT + 1; role < PT_ROLE_N; role++) {
			const struct pt_look *is = &theme.looks[role], *was = &near.looks[role];

			if (role == PT_ROLE_CHIP)
				continue;
			assert_true(same_color(is->fg, was->fg) && is->attrs == was->attrs);
			assert_true(
				same_color(is->bg, same_color(was->bg, near.looks[PT_ROLE_TEXT].bg)
							   ? rgb(0x102030, -1)
							   : was->bg));
		}
	}
	n = pt_snprintf(text, sizeof text, "name old\nbackground #000000\n");
	assert_int_equal(pt_theme_parse("x", text, n, &theme, &err), 0);
	for (int role = 0; role < PT_ROLE_N; role++)
		assert_true(same_color(theme.looks[role].bg, dark.looks[role].bg));
}

static void test_not_text(void **state)
{
	struct pt_theme theme;
	struct pt_err err;
	static char large[70000];

	(void)state;
	assert_int_equal(pt_theme_parse("x", "name a\0b\n", 9, &theme, &err), -PT_ESYNTAX);
	assert_int_equal(pt_theme_parse("x", "", 0, &theme, &err), -PT_ESYNTAX);
	assert_string_equal(err.msg, "a name is missing");
	assert_int_equal(pt_theme_parse("x", large, sizeof large, &theme, &err), -PT_ELIMIT);
}

static void test_folder(void **state)
{
	char folder[] = "/tmp/perftop-theme.XXXXXX";
	struct pt_str path = PT_STR_INIT;
	struct pt_theme theme;
	struct pt_err err;

	(void)state;
	assert_non_null(mkdtemp(folder));
	pt_str_addf(&path, "%s/broken.theme", folder);
	assert_int_equal(pt_fs_write(path.s, "name x\noops\n", 12, 0600, &err), 0);
	assert_int_equal(pt_theme_load("broken", folder, &theme, &err), -PT_ESYNTAX);
	assert_string_equal(err.file, path.s);
	assert_int_equal(err.line, 2);
	assert_int_equal(pt_theme_load("broken", NULL, &theme, &err), -PT_ENOENT);
	assert_int_equal(pt_theme_load("absent", folder, &theme, &err), -PT_ENOENT);
	assert_int_equal(pt_theme_load("../broken", folder, &theme, &err), -PT_ENOENT);
	assert_int_equal(pt_theme_load("", folder, &theme, &err), -PT_ENOENT);
	assert_int_equal(pt_theme_load("light", folder, &theme, &err), 0);
	unlink(path.s);
	rmdir(folder);
	pt_str_release(&path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_builtin),	   cmocka_unit_test(test_contrast),
		cmocka_unit_test(test_few_colors), cmocka_unit_test(test_distinct),
		cmocka_unit_test(test_over),	   cmocka_unit_test(test_no_color),
		cmocka_unit_test(test_index),	   cmocka_unit_test(test_contrast_ratio),
		cmocka_unit_test(test_parse),	   cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_unset),	   cmocka_unit_test(test_not_text),
		cmocka_unit_test(test_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
