/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A canvas as bytes: plain text, text with colours, and the golden form of the tests. Each line
 * ends where its last visible cell does, and colours are switched once a run, not once a cell.
 */
#include "perftop/view/canvas.h"

#include "perftop/base/err.h"
#include "perftop/base/str.h"
#include "perftop/base/text.h"
#include "perftop/view/theme.h"

#include <string.h>

#define PT_ROLE(id, name) [PT_ROLE_##id] = name,
static const char *const role_names[PT_ROLE_N] = {
#include "perftop/view/roles.def"
};
#undef PT_ROLE

enum { CELL_BYTES = 8 }; /* a code point and one mark below U+10000 */

/* UTF-8 of a cell: 0 bytes for the tail of a wide one. */
static size_t cell_text(char out[CELL_BYTES], const struct pt_cell8 *cell)
{
	size_t n;

	if (cell->bits & PT_CELL_TAIL)
		return 0;
	n = pt_utf8_put(out, cell->cp);
	if (cell->mark)
		n += pt_utf8_put(out + n, cell->mark);
	return n;
}

static const struct pt_cell8 *row_of(const struct pt_canvas *cv, int y)
{
	return cv->cells + (size_t)y * (size_t)cv->w;
}

/* Columns up to the last cell that is no plain blank. */
static int row_columns(const struct pt_canvas *cv, int y)
{
	const struct pt_cell8 *row = row_of(cv, y);
	int w = cv->w;

	while (w && row[w - 1].cp == ' ' && !row[w - 1].mark && !(row[w - 1].bits & PT_CELL_TAIL))
		w--;
	return w;
}

static void add_row(const struct pt_canvas *cv, int y, struct pt_str *out)
{
	const struct pt_cell8 *row = row_of(cv, y);
	int w = row_columns(cv, y);
	char text[CELL_BYTES];

	for (int x = 0; x < w; x++)
		pt_str_addn(out, text, cell_text(text, &row[x]));
}

/* One colour of a look as SGR parameters; base is 30 or 40. */
static void add_color(struct pt_str *out, struct pt_color color, int base, enum pt_colors colors)
{
	int i;

	if (!color.set || colors == PT_COLORS_NONE)
		return;
	if (colors == PT_COLORS_DIRECT) {
		pt_str_addf(out, ";%d;2;%d;%d;%d", base + 8, color.r, color.g, color.b);
		return;
	}
	i = pt_color_index(color, colors);
	if (i > 15)
		pt_str_addf(out, ";%d;5;%d", base + 8, i);
	else
		pt_str_addf(out, ";%d", i < 8 ? base + i : base + 60 + i - 8);
}

static void add_look(struct pt_str *out, const struct pt_look *look, enum pt_colors colors)
{
	static const char *const codes[] = {";1", ";2", ";4", ";7"};

	pt_str_add(out, "\033[0");
	for (int i = 0; i < 4; i++)
		if (look->attrs & 1u << i)
			pt_str_add(out, codes[i]);
	add_color(out, look->fg, 30, colors);
	add_color(out, look->bg, 40, colors);
	pt_str_addc(out, 'm');
}

static bool color_same(struct pt_color a, struct pt_color b)
{
	return a.set == b.set && a.r == b.r && a.g == b.g && a.b == b.b && a.ansi == b.ansi;
}

static bool look_same(const struct pt_look *a, const struct pt_look *b)
{
	return a->attrs == b->attrs && color_same(a->fg, b->fg) && color_same(a->bg, b->bg);
}

/* A blank cell shows nothing of its look but these. */
static bool look_is_visible(const struct pt_look *look)
{
	return look->bg.set || look->attrs & (PT_ATTR_UNDERLINE | PT_ATTR_REVERSE);
}

static void add_row_looks(const struct pt_canvas *cv, int y, struct pt_str *out,
			  const struct pt_theme *theme, enum pt_colors colors)
{
	const struct pt_cell8 *row = row_of(cv, y);
	struct pt_look now = {.attrs = 0};
	int blanks = 0;
	char text[CELL_BYTES];

	for (int x = 0; x < cv->w; x++) {
		struct pt_look look = pt_theme_look(theme, row[x], colors);
		bool blank = row[x].cp == ' ' && !row[x].mark;

		if (row[x].bits & PT_CELL_TAIL)
			continue;
		if (blank && !look_is_visible(&look) && !look_is_visible(&now)) {
			blanks++;
			continue;
		}
		for (; blanks; blanks--)
			pt_str_addc(out, ' ');
		if (!look_same(&look, &now))
			add_look(out, &look, colors);
		now = look;
		pt_str_addn(out, text, cell_text(text, &row[x]));
	}
	if (now.attrs || now.fg.set || now.bg.set)
		pt_str_add(out, "\033[0m");
}

/* "dim*10": cells in a row that look the same; what lies over a role follows it. */
static void add_run(struct pt_str *out, const struct pt_cell8 *cell, int n)
{
	pt_str_addf(out, " %s", pt_role_name(cell->role));
	if (cell->bits & PT_CELL_BOLD)
		pt_str_add(out, "+bold");
	if (cell->bits & PT_CELL_SELECTED)
		pt_str_add(out, "+selected");
	if (cell->bits & PT_CELL_CROSS)
		pt_str_add(out, "+cross");
	pt_str_addf(out, "*%d", n);
}

static bool run_same(const struct pt_cell8 *a, const struct pt_cell8 *b)
{
	const unsigned over = PT_CELL_BOLD | PT_CELL_SELECTED | PT_CELL_CROSS;

	return a->role == b->role && (a->bits & over) == (b->bits & over);
}

static void add_row_roles(const struct pt_canvas *cv, int y, struct pt_str *out)
{
	const struct pt_cell8 *row = row_of(cv, y);
	int start = 0;

	pt_str_add(out, "  ~");
	for (int x = 1; x <= cv->w; x++) {
		if (x < cv->w && run_same(&row[x], &row[start]))
			continue;
		if (x < cv->w || start || !run_same(&row[start], &(struct pt_cell8){' ', 0, 0, 0}))
			add_run(out, &row[start], x - start);
		start = x;
	}
	pt_str_addc(out, '\n');
}

size_t pt_canvas_row_text(const struct pt_canvas *cv, int y, char *out, size_t size)
{
	size_t len = 0;
	int w;

	if (!size)
		return 0;
	w = y >= 0 && y < cv->h ? row_columns(cv, y) : 0;
	for (int x = 0; x < w; x++) {
		char text[CELL_BYTES];
		size_t n = cell_text(text, &row_of(cv, y)[x]);

		if (n > size - 1 - len)
			break;
		memcpy(out + len, text, n);
		len += n;
	}
	out[len] = '\0';
	return len;
}

void pt_canvas_print(const struct pt_canvas *cv, struct pt_str *out, const struct pt_theme *theme,
		     int colors)
{
	for (int y = 0; y < cv->h; y++) {
		if (theme)
			add_row_looks(cv, y, out, theme, (enum pt_colors)colors);
		else
			add_row(cv, y, out);
		pt_str_addc(out, '\n');
	}
}

void pt_canvas_dump(const struct pt_canvas *cv, struct pt_str *out, bool roles)
{
	for (int y = 0; y < cv->h; y++) {
		add_row(cv, y, out);
		pt_str_addc(out, '\n');
		if (roles)
			add_row_roles(cv, y, out);
	}
}

const char *pt_role_name(enum pt_role role)
{
	return (unsigned)role < PT_ROLE_N ? role_names[role] : "?";
}

int pt_role_find(const char *name)
{
	for (int i = 0; i < PT_ROLE_N; i++)
		if (!strcmp(role_names[i], name))
			return i;
	return -PT_ENOENT;
}
