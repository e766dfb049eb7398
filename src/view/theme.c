/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Themes: read, looked up, and turned into what a terminal can do. Where colours are many, a cell
 * keeps its role's foreground and selection or crosshair change the background; where they are few
 * (8 or 16, whose real values nobody knows) they bring their own foreground too; where there are
 * none, a background becomes reverse video and nothing is dimmed, since dim is a grey.
 */
#include "perftop/view/theme.h"

#include "perftop/base/fs.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/base/text.h"
#include "perftop/view/theme_builtin.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

enum { MAX_THEME_BYTES = 65536 };

/* -- reading ------------------------------------------------------------------------------------- */

struct reader {
	const char *file;
	const char *at, *end; /* what is left of the text */
	const char *line_start;
	int line;
	struct pt_err *err;
};

struct word {
	const char *s;
	size_t n;
};

static bool word_is(struct word w, const char *s)
{
	return strlen(s) == w.n && !memcmp(w.s, s, w.n);
}

/* Next word of the line; n = 0 at its end. `#` begins a comment only where a line begins: colours
 * have it too. */
static struct word next_word(struct reader *r)
{
	struct word w;

	while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\r'))
		r->at++;
	w.s = r->at;
	while (r->at < r->end && !strchr(" \t\r\n", *r->at))
		r->at++;
	w.n = (size_t)(r->at - w.s);
	return w;
}

static struct word rest_of_line(struct reader *r)
{
	struct word w = next_word(r);

	while (r->at < r->end && *r->at != '\n')
		r->at++;
	w.n = (size_t)(r->at - w.s);
	while (w.n && isspace((unsigned char)w.s[w.n - 1]))
		w.n--;
	return w;
}

/* "line:col: what", with the word that is wrong made safe to show. */
static int fail_at(const struct reader *r, struct word w, const char *what)
{
	char shown[64];

	pt_text_safe(shown, sizeof shown, w.s, w.n, false);
	return pt_err_at(r->err, PT_ESYNTAX, r->file, r->line, (int)(w.s - r->line_start) + 1,
			 w.n ? "%s: \"%s\"" : "%s", what, shown);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "default", "#rrggbb", "#rrggbb/N". */
static int read_color(const struct reader *r, struct word w, struct pt_color *ret)
{
	static const char wrong[] = "not a colour (default, #rrggbb or #rrggbb/0..15)";
	struct pt_color c = {.set = true, .ansi = -1};
	uint8_t *part[] = {&c.r, &c.g, &c.b};

	if (word_is(w, "default")) {
		*ret = (struct pt_color){.ansi = -1};
		return 0;
	}
	if (w.n < 7 || w.s[0] != '#')
		return fail_at(r, w, wrong);
	for (int i = 0; i < 3; i++) {
		int hi = hex_digit(w.s[1 + i * 2]), lo = hex_digit(w.s[2 + i * 2]);

		if (hi < 0 || lo < 0)
			return fail_at(r, w, wrong);
		*part[i] = (uint8_t)(hi << 4 | lo);
	}
	if (w.n > 7) {
		char number[4] = "";
		long long ansi;

		if (w.s[7] != '/' || w.n > 10)
			return fail_at(r, w, wrong);
		memcpy(number, w.s + 8, w.n - 8);
		if (pt_parse_i64(number, 0, 15, &ansi))
			return fail_at(r, w, wrong);
		c.ansi = (int8_t)ansi;
	}
	*ret = c;
	return 0;
}

static int read_attrs(struct reader *r, unsigned *ret)
{
	static const char *const names[] = {"bold", "dim", "underline", "reverse"};
	struct word w;

	while ((w = next_word(r)).n) {
		size_t i = 0;

		while (i < PT_LEN(names) && !word_is(w, names[i]))
			i++;
		if (i == PT_LEN(names))
			return fail_at(r, w, "not one of bold, dim, underline, reverse");
		*ret |= 1u << i;
	}
	return 0;
}

static int read_role(struct reader *r, struct word w, struct pt_theme *theme, bool *seen)
{
	char name[32] = "";
	struct pt_look *look;
	int role, e;

	if (w.n < sizeof name)
		memcpy(name, w.s, w.n);
	role = pt_role_find(name);
	if (role < 0)
		return fail_at(r, w, "no such role");
	if (seen[role])
		return fail_at(r, w, "role set twice");
	seen[role] = true;
	look = &theme->looks[role];
	e = read_color(r, next_word(r), &look->fg);
	if (!e)
		e = read_color(r, next_word(r), &look->bg);
	return e ? e : read_attrs(r, &look->attrs);
}

static int read_text(struct reader *r, char *out, size_t size, const char *wrong)
{
	struct word w = rest_of_line(r);

	if (!w.n || w.n >= size)
		return fail_at(r, (struct word){w.s, 0}, wrong);
	pt_text_safe(out, size, w.s, w.n, false);
	return 0;
}

static int read_line(struct reader *r, struct pt_theme *theme, bool *seen)
{
	struct word w = next_word(r);
	int e;

	if (!w.n || w.s[0] == '#') {
		rest_of_line(r);
		return 0;
	}
	if (word_is(w, "name"))
		return read_text(r, theme->name, sizeof theme->name, "1 to 31 characters expected");
	if (word_is(w, "help"))
		return read_text(r, theme->help, sizeof theme->help, "1 to 95 characters expected");
	if (!word_is(w, "background"))
		return read_role(r, w, theme, seen);
	e = read_color(r, next_word(r), &theme->background);
	w = rest_of_line(r);
	return !e && w.n ? fail_at(r, w, "nothing expected after the colour") : e;
}

/* seen: which roles it sets. */
static int parse(const char *file, const char *text, size_t n, struct pt_theme *theme, bool *seen,
		 struct pt_err *err)
{
	struct reader r = {file, text, text + n, text, 1, err};

	if (n > MAX_THEME_BYTES)
		return pt_err_at(err, PT_ELIMIT, file, 0, 0, "larger than %d bytes",
				 MAX_THEME_BYTES);
	while (r.at < r.end) {
		int e = read_line(&r, theme, seen);

		if (e)
			return e;
		if (r.at == r.end)
			break;
		if (*r.at != '\n') /* a NUL inside the text ends a word too */
			return fail_at(&r, (struct word){r.at, 1}, "not text");
		r.line_start = ++r.at;
		r.line++;
	}
	if (!theme->name[0] || !theme->background.set)
		return pt_err_at(err, PT_ESYNTAX, file, r.line, 0, "%s is missing",
				 theme->name[0] ? "a background colour" : "a name");
	return 0;
}

/* -- by name ------------------------------------------------------------------------------------- */

static const struct pt_theme_text *find_builtin(const char *name)
{
	for (size_t i = 0; i < pt_n_themes_builtin; i++)
		if (!strcmp(pt_themes_builtin[i].name, name))
			return &pt_themes_builtin[i];
	return NULL;
}

/* Ours set every role. */
static int load_builtin(const struct pt_theme_text *ours, struct pt_theme *ret, struct pt_err *err)
{
	struct pt_theme theme = {.background = {.ansi = -1}};
	bool seen[PT_ROLE_N] = {false};
	int e = parse(ours->name, ours->text, strlen(ours->text), &theme, seen, err);

	for (int i = 0; !e && i < PT_ROLE_N; i++)
		if (!seen[i])
			e = pt_err_at(err, PT_ESYNTAX, ours->name, 0, 0, "role %s is missing",
				      pt_role_name((enum pt_role)i));
	if (!e)
		*ret = theme;
	return e;
}

static bool same_rgb(struct pt_color a, struct pt_color b)
{
	return a.set == b.set && (!a.set || (a.r == b.r && a.g == b.g && a.b == b.b));
}

/* A theme that was made before a role was still has every role: of dark or light, whichever is
 * nearer to its background. What stands on the background of text there does so here. */
static int fill_roles(struct pt_theme *theme, const bool *seen, struct pt_err *err)
{
	struct pt_theme dark, light, *near = &dark;
	int e = load_builtin(find_builtin("dark"), &dark, err);

	if (!e)
		e = load_builtin(find_builtin("light"), &light, err);
	if (e)
		return e;
	if (pt_color_contrast(theme->background, light.background) <
	    pt_color_contrast(theme->background, dark.background))
		near = &light;
	for (int i = 0; i < PT_ROLE_N; i++) { /* text is the first */
		if (seen[i])
			continue;
		theme->looks[i] = near->looks[i];
		if (i != PT_ROLE_TEXT && same_rgb(near->looks[i].bg, near->looks[PT_ROLE_TEXT].bg))
			theme->looks[i].bg = theme->looks[PT_ROLE_TEXT].bg;
	}
	return 0;
}

int pt_theme_parse(const char *file, const char *text, size_t n, struct pt_theme *ret,
		   struct pt_err *err)
{
	struct pt_theme theme = {.background = {.ansi = -1}};
	bool seen[PT_ROLE_N] = {false};
	int e = parse(file, text, n, &theme, seen, err);

	if (!e)
		e = fill_roles(&theme, seen, err);
	if (!e)
		*ret = theme;
	return e;
}

size_t pt_theme_n(void)
{
	return pt_n_themes_builtin;
}

const char *pt_theme_name(size_t i)
{
	return i < pt_n_themes_builtin ? pt_themes_builtin[i].name : NULL;
}

int pt_theme_load(const char *name, const char *folder, struct pt_theme *ret, struct pt_err *err)
{
	const struct pt_theme_text *ours = find_builtin(name);
	struct pt_str path = PT_STR_INIT;
	char *text = NULL;
	size_t n;
	int e;

	if (ours)
		return load_builtin(ours, ret, err);
	if (!folder || !*name || strchr(name, '/'))
		return pt_err_set(err, PT_ENOENT, "no theme is called '%s'", name);
	pt_str_addf(&path, "%s/%s.theme", folder, name);
	e = pt_fs_read(path.s, MAX_THEME_BYTES, &text, &n, err);
	if (e == -PT_ENOENT)
		pt_err_set(err, PT_ENOENT, "no theme is called '%s' (no file %s)", name, path.s);
	if (!e)
		e = pt_theme_parse(path.s, text, n, ret, err);
	free(text);
	pt_str_release(&path);
	return e;
}

/* -- colours ------------------------------------------------------------------------------------- */

static int distance(int r, int g, int b, struct pt_color c)
{
	r -= c.r;
	g -= c.g;
	b -= c.b;
	return r * r * 3 + g * g * 4 + b * b * 2; /* the eye weighs them so, roughly */
}

/* Nearest of the 6x6x6 cube and the 24 greys: 16..255, which no user's palette changes. */
static int index_256(struct pt_color c)
{
	static const int level[] = {0, 95, 135, 175, 215, 255};
	const int part[] = {c.r, c.g, c.b};
	int at[3], grey = (c.r + c.g + c.b) / 3;

	for (int i = 0; i < 3; i++)
		at[i] = part[i] < 48 ? 0 : part[i] < 115 ? 1 : (part[i] - 35) / 40;
	grey = grey < 8 ? 0 : grey > 238 ? 23 : (grey - 3) / 10;
	if (distance(8 + grey * 10, 8 + grey * 10, 8 + grey * 10, c) <
	    distance(level[at[0]], level[at[1]], level[at[2]], c))
		return 232 + grey;
	return 16 + at[0] * 36 + at[1] * 6 + at[2];
}

/* Nearest of the 16 that terminals have named since the VGA; how each really looks is unknown. */
static int index_16(struct pt_color c, int n)
{
	static const uint8_t vga[16][3] = {
		{0, 0, 0},     {170, 0, 0},    {0, 170, 0},    {170, 85, 0},
		{0, 0, 170},   {170, 0, 170},  {0, 170, 170},  {170, 170, 170},
		{85, 85, 85},  {255, 85, 85},  {85, 255, 85},  {255, 255, 85},
		{85, 85, 255}, {255, 85, 255}, {85, 255, 255}, {255, 255, 255},
	};
	int best = 0, least = distance(0, 0, 0, c);

	for (int i = 1; i < n; i++) {
		int d = distance(vga[i][0], vga[i][1], vga[i][2], c);

		if (d < least) {
			least = d;
			best = i;
		}
	}
	return best;
}

int pt_color_index(struct pt_color color, enum pt_colors colors)
{
	if (colors >= PT_COLORS_256)
		return index_256(color);
	if (color.ansi < 0)
		return index_16(color, colors == PT_COLORS_8 ? 8 : 16);
	if (colors == PT_COLORS_16 || color.ansi < 8)
		return color.ansi;
	return color.ansi == 8 ? 7 : color.ansi - 8; /* a bright black of 8 would be invisible */
}

static double linear(uint8_t part)
{
	double v = part / 255.0;

	return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double luminance(struct pt_color c)
{
	return 0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b);
}

double pt_color_contrast(struct pt_color a, struct pt_color b)
{
	double x = luminance(a) + 0.05, y = luminance(b) + 0.05;

	return x > y ? x / y : y / x;
}

/* -- looks --------------------------------------------------------------------------------------- */

/* Shape alone: what stands out by its background is reversed. */
static struct pt_look look_without_color(struct pt_look look, bool own, bool over)
{
	if (own || over)
		look.attrs |= PT_ATTR_REVERSE;
	look.attrs &= ~(unsigned)PT_ATTR_DIM;
	look.fg = look.bg = (struct pt_color){.ansi = -1};
	return look;
}

/* A cell that a block fills shows no background. */
static bool is_block(uint32_t cp)
{
	return cp >= 0x2580 && cp <= 0x259F;
}

struct pt_look pt_theme_look(const struct pt_theme *theme, struct pt_cell8 cell,
			     enum pt_colors colors)
{
	struct pt_look look = theme->looks[cell.role < PT_ROLE_N ? cell.role : PT_ROLE_TEXT];
	bool own = !same_rgb(look.bg, theme->looks[PT_ROLE_TEXT].bg); /* a chip stays a chip */
	const struct pt_look *over = NULL;

	if (cell.bits & PT_CELL_BOLD)
		look.attrs |= PT_ATTR_BOLD;
	if (cell.bits & PT_CELL_CROSS)
		over = &theme->looks[PT_ROLE_CROSSHAIR];
	else if (cell.bits & PT_CELL_SELECTED)
		over = &theme->looks[PT_ROLE_SELECTED];
	if (over)
		look.attrs |= over->attrs;
	if (colors == PT_COLORS_NONE)
		return look_without_color(look, own, over);
	if (over && !own) {
		if (colors <= PT_COLORS_16 || (cell.bits & PT_CELL_CROSS && is_block(cell.cp)))
			look.fg = over->fg;
		look.bg = over->bg;
	}
	if (colors == PT_COLORS_8 && look.fg.set && look.fg.ansi > 8)
		look.attrs |= PT_ATTR_BOLD;
	return look;
}
