/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A canvas becomes bytes. curses finds the smallest change, but it gets a memory file to write
 * into, never the terminal and not a socket or pipe either: on a descriptor that takes no more it
 * tries again without end, so a terminal that nobody reads would cost a whole core. A file can
 * never be full. After each frame we take the bytes out and send them when the terminal will.
 *
 * Three pictures are kept alike: ours (`shown`, cells of a canvas), and curses's newscr (what it
 * shall paint) and curscr (what it believes to be on the screen). We write straight into newscr,
 * and only cells that differ from `shown`. Moving cells in the terminal (term_shift.c) moves them
 * in all three.
 *
 * curses is told where the cursor rests at the end of each frame and takes it there; so we know,
 * and can return it there after moving cells. DECSC and DECRC would do for less, but some
 * terminals have one memory for these and the alternate screen, and the shell's cursor is in it.
 */
#include "term_local.h"

#include "perftop/base/err.h"
#include "perftop/base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wchar.h>

#include <curses.h>

enum {
	PAIRS = 255,
	LOOKS = 8, /* combinations of the bits below */
	BLANKS_MAX = 8,
	MISSED_MAX = 16,      /* frames whose scrolling adds up */
	KEEP_BYTES = 1 << 16, /* of the memory file between frames */
};

#define LOOK_BITS (PT_CELL_SELECTED | PT_CELL_BOLD | PT_CELL_CROSS)

/* How a role looks, as curses wants it. */
struct ink {
	bool known;
	attr_t attrs;
	short pair;
	short blank_pair; /* the background alone: what a space needs */
};

struct ui_paint {
	SCREEN *screen;
	FILE *file;	       /* the memory file */
	struct pt_str painted; /* its text */
	int w, h;
	struct pt_cell8 *shown; /* h rows of w; code point 0: not known */
	cchar_t *run;		/* one row */
	bool all;		/* send everything */
	int missed;
	int rest_x, rest_y; /* where the cursor is between frames */
	bool cursor;	    /* it is visible */
	bool utf8;
	enum pt_colors colors;
	struct pt_theme theme;
	struct ink inks[PT_ROLE_N][LOOKS][2]; /* the last: not a block, a block */
	struct {
		int fg, bg;
	} pairs[PAIRS];
	int n_pairs, max_pairs;
	const char *cup, *hpa, *dch, *dch1, *ich, *ich1;
};

/* ---- colours ---- */

static int color_number(const struct ui_paint *p, struct pt_color c)
{
	int rgb = c.r << 16 | c.g << 8 | c.b;

	if (!c.set)
		return -1;
	if (p->colors != PT_COLORS_DIRECT)
		return pt_color_index(c, p->colors);
	return rgb > 0 && rgb < 8 ? 8 : rgb; /* 0 to 7 are the palette there too */
}

static short pair_of(struct ui_paint *p, struct pt_color fg_color, struct pt_color bg_color)
{
	int fg = color_number(p, fg_color), bg = color_number(p, bg_color), i;

	if (p->colors == PT_COLORS_NONE || (fg < 0 && bg < 0))
		return 0;
	for (i = 0; i < p->n_pairs; i++)
		if (p->pairs[i].fg == fg && p->pairs[i].bg == bg)
			return (short)(i + 1);
	if (i >= p->max_pairs || init_extended_pair(i + 1, fg, bg) == ERR)
		return 0;
	p->pairs[i].fg = fg;
	p->pairs[i].bg = bg;
	p->n_pairs++;
	return (short)(i + 1);
}

static const struct ink *ink_of(struct ui_paint *p, const struct pt_cell8 *cell)
{
	int role = cell->role < PT_ROLE_N ? cell->role : PT_ROLE_TEXT;
	/* A block hides its background, so under the crosshair it has a look of its own. */
	bool block = cell->cp >= 0x2580 && cell->cp <= 0x259F;
	struct ink *ink = &p->inks[role][(cell->bits & LOOK_BITS) / PT_CELL_SELECTED][block];
	struct pt_look look;

	if (ink->known)
		return ink;
	look = pt_theme_look(&p->theme, *cell, p->colors);
	*ink = (struct ink){
		.known = true,
		.attrs = (look.attrs & PT_ATTR_BOLD ? A_BOLD : 0) |
			 (look.attrs & PT_ATTR_DIM ? A_DIM : 0) |
			 (look.attrs & PT_ATTR_UNDERLINE ? A_UNDERLINE : 0) |
			 (look.attrs & PT_ATTR_REVERSE ? A_REVERSE : 0),
		.pair = pair_of(p, look.fg, look.bg),
		.blank_pair = pair_of(p, (struct pt_color){0}, look.bg),
	};
	return ink;
}

/* ---- cells ---- */

/* What the C library and we agree about; else curses's picture and the terminal would part. */
static bool is_drawable(const struct ui_paint *p, const struct pt_cell8 *cell)
{
	if (cell->cp >= ' ' && cell->cp < 0x7F)
		return true;
	return p->utf8 && wcwidth((wchar_t)cell->cp) == (cell->bits & PT_CELL_WIDE ? 2 : 1);
}

static bool is_blank(const struct pt_cell8 *cell)
{
	return cell->cp == ' ' && !cell->mark;
}

/* Of a blank nothing shows but its background, unless these. */
static bool shows_blank(const struct ink *ink)
{
	return ink->attrs & (A_REVERSE | A_UNDERLINE);
}

/* Whether two cells look alike, for all that a terminal shows. */
static bool is_alike(struct ui_paint *p, const struct pt_cell8 *a, const struct pt_cell8 *b)
{
	const struct ink *ink_a, *ink_b;

	if (!memcmp(a, b, sizeof *a))
		return true;
	if (!is_blank(a) || !is_blank(b))
		return false;
	ink_a = ink_of(p, a);
	ink_b = ink_of(p, b);
	return !shows_blank(ink_a) && !shows_blank(ink_b) && ink_a->blank_pair == ink_b->blank_pair;
}

/*
 * The ink for a blank: that of the text beside it, so that no colours need to be switched for "a b"
 * or for the place before a number that got shorter. A longer stretch gets the background alone,
 * for it may be erased.
 */
static struct ink blank_ink(struct ui_paint *p, const struct pt_cell8 *row, int x, int x0)
{
	const struct ink *own = ink_of(p, &row[x]), *near = NULL;
	struct ink ink = {.pair = own->blank_pair};
	int from = x, to = x + 1;

	if (shows_blank(own))
		return *own;
	for (; from > 0 && is_blank(&row[from - 1]) && to - from <= BLANKS_MAX; from--)
		;
	for (; to < p->w && is_blank(&row[to]) && to - from <= BLANKS_MAX; to++)
		;
	if (to - from > BLANKS_MAX)
		return ink;
	if ((from > 0 && row[from - 1].role == row[x].role) ||
	    (to < p->w && row[to].role == row[x].role))
		near = own;
	else if (from > x0) /* what was sent last */
		near = ink_of(p, &row[from - 1]);
	else if (to < p->w)
		near = ink_of(p, &row[to]);
	return near && !shows_blank(near) && near->blank_pair == own->blank_pair ? *near : ink;
}

/* Puts cells x0..x1-1 of a row into curses's new picture. */
static void push_run(struct ui_paint *p, const struct pt_cell8 *row, int y, int x0, int x1)
{
	int n = 0, x = x0;

	while (x < x1) {
		const struct pt_cell8 *cell = &row[x];
		wchar_t text[3] = {(wchar_t)cell->cp, 0, 0};
		struct ink ink;
		bool drawable = is_drawable(p, cell);

		if (cell->bits & PT_CELL_TAIL)
			text[0] = L' '; /* of a character that is not drawn */
		else if (!drawable)
			text[0] = L'?';
		else if (cell->mark && p->utf8 && wcwidth((wchar_t)cell->mark) == 0)
			text[1] = (wchar_t)cell->mark;
		ink = is_blank(cell) ? blank_ink(p, row, x, x0) : *ink_of(p, cell);
		setcchar(&p->run[n++], text, ink.attrs, ink.pair, NULL);
		x += drawable && (cell->bits & PT_CELL_WIDE) && x + 1 < p->w ? 2 : 1;
	}
	mvwadd_wchnstr(newscr, y, x0, p->run, n);
}

static void push_row(struct ui_paint *p, const struct pt_cell8 *new, int y)
{
	struct pt_cell8 *old = p->shown + (size_t)y * (size_t)p->w;

	if (!memcmp(old, new, (size_t)p->w * sizeof *old))
		return;
	for (int x = 0, end; x < p->w; x = end) {
		for (; x < p->w && is_alike(p, &old[x], &new[x]); x++)
			;
		for (end = x; end < p->w && !is_alike(p, &old[end], &new[end]); end++)
			;
		if (x == p->w)
			break;
		while (x > 0 && (new[x].bits &PT_CELL_TAIL))
			x--;
		push_run(p, new, y, x, end);
		p->rest_y = y;
		p->rest_x = PT_MIN(end, p->w - 1);
	}
	memcpy(old, new, (size_t)p->w * sizeof *old);
}

/* ---- moving cells ---- */

/* The same move in one of curses's pictures; the freed cells are blank, as the terminal's. */
static void move_window(struct ui_paint *p, WINDOW *win, int y, int x0, int x1, int n)
{
	int len = x1 - x0;

	mvwin_wchnstr(win, y, x0 + n, p->run, len - n);
	mvwadd_wchnstr(win, y, x0, p->run, len - n);
	for (int i = 0; i < n; i++)
		setcchar(&p->run[i], L" ", A_NORMAL, 0, NULL);
	mvwadd_wchnstr(win, y, x1 - n, p->run, n);
}

static void move_shown(struct ui_paint *p, int y, int x0, int x1, int n)
{
	struct pt_cell8 *row = p->shown + (size_t)y * (size_t)p->w;

	memmove(row + x0, row + x0 + n, (size_t)(x1 - x0 - n) * sizeof *row);
	memset(row + x1 - n, 0, (size_t)n * sizeof *row);
}

/* ECMA-48 counts one where no number stands, so `CSI 1 @` needs none. */
static void add_count(struct pt_str *out, const char *cap, const char *cap1, int n, char final)
{
	if (n > 1)
		ui_cap_add(out, cap, n, 0);
	else if (cap1)
		ui_cap_add(out, cap1, 0, 0);
	else if (!strncmp(cap, "\033[%p1%d", 9) && cap[9] == final)
		pt_str_addf(out, "\033[%c", final);
	else
		ui_cap_add(out, cap, 1, 0);
}

static void add_move(struct ui_paint *p, struct pt_str *out, int y, int x0, int x1, int n)
{
	ui_cap_add(out, p->cup, y, x0);
	add_count(out, p->dch, p->dch1, n, 'P');
	if (x1 >= p->w)
		return; /* at the right margin blanks come by themselves */
	if (p->hpa)
		ui_cap_add(out, p->hpa, x1 - n, 0);
	else
		ui_cap_add(out, p->cup, y, x1 - n);
	add_count(out, p->ich, p->ich1, n, '@');
}

static void shift_row(struct ui_paint *p, const struct pt_canvas *cv, const struct pt_scroll *hint,
		      int y, struct pt_str *out)
{
	const size_t at = (size_t)y * (size_t)p->w;
	const int overhead = hint->rect.x + hint->rect.w >= p->w ? 11 : 20;
	int n = ui_shift_best(p->shown + at, cv->cells + at, p->w, hint, 1 + p->missed, overhead);
	int x0 = PT_MAX(hint->rect.x, 0), x1 = PT_MIN(hint->rect.x + hint->rect.w, p->w);

	if (!n)
		return;
	add_move(p, out, y, x0, x1, n);
	move_window(p, curscr, y, x0, x1, n);
	move_window(p, newscr, y, x0, x1, n);
	move_shown(p, y, x0, x1, n);
}

/* curses leaves attributes normal between frames, so the freed cells get the default background. */
static void shift(struct ui_paint *p, const struct pt_canvas *cv, struct pt_str *out)
{
	size_t before = out->len;

	if (!p->dch || !p->ich || p->all)
		return;
	for (int i = 0; i < cv->n_scrolls; i++) {
		const struct pt_scroll *hint = &cv->scrolls[i];
		int y1 = PT_MIN(hint->rect.y + hint->rect.h, p->h);

		for (int y = PT_MAX(hint->rect.y, 0); y < y1; y++)
			shift_row(p, cv, hint, y, out);
	}
	if (out->len > before)
		ui_cap_add(out, p->cup, p->rest_y, p->rest_x);
}

/* ---- a frame ---- */

/*
 * Adds what curses has written, its repetitions (CSI n b: n times the character before) spelled out:
 * some of those who call themselves xterm have none, and libvterm, the terminal inside of editors,
 * loses a column after one that ends next to the edge.
 */
static void add_spelled_out(struct pt_str *out, const char *s, size_t n)
{
	const char *end = s + n, *esc;

	while (s < end && (esc = memmem(s, (size_t)(end - s), "\033[", 2))) {
		const char *p = esc + 2;
		int times = 0;

		for (; p < end && *p >= '0' && *p <= '9' && times < 10000; p++)
			times = times * 10 + *p - '0';
		if (p == end || *p != 'b' || p == esc + 2 || esc == s) {
			pt_str_addn(out, s, (size_t)(p - s));
		} else {
			pt_str_addn(out, s, (size_t)(esc - s));
			while (times-- > 0)
				pt_str_addc(out, esc[-1]);
			p++;
		}
		s = p;
	}
	pt_str_addn(out, s, (size_t)(end - s));
}

/* Takes what curses has written out of the memory file. */
static void take(struct ui_paint *p, struct pt_str *out)
{
	int fd = fileno(p->file);
	off_t n = lseek(fd, 0, SEEK_CUR);
	char piece[4096];

	pt_str_clear(&p->painted);
	for (off_t at = 0; at < n;) {
		ssize_t k = pread(fd, piece, (size_t)PT_MIN(n - at, (off_t)sizeof piece), at);

		if (k <= 0)
			break;
		pt_str_addn(&p->painted, piece, (size_t)k);
		at += k;
	}
	if (out)
		add_spelled_out(out, pt_str_text(&p->painted), p->painted.len);
	if (n > 0)
		lseek(fd, 0, SEEK_SET);
	if (n > KEEP_BYTES) {
		pt_str_release(&p->painted);
		if (ftruncate(fd, 0))
			p->all = true; /* cannot happen to a memory file; start afresh if it does */
	}
}

static void resize(struct ui_paint *p, int w, int h)
{
	wresize(stdscr, 1, 1); /* never used; so small, it does not grow with the screen */
	resize_term(h, w);
	p->w = w;
	p->h = h;
	p->shown = pt_reallocarray(p->shown, (size_t)w * (size_t)h, sizeof *p->shown);
	p->run = pt_reallocarray(p->run, (size_t)w + 1, sizeof *p->run);
	ui_paint_all(p);
}

static bool is_shown(const struct ui_paint *p, const struct pt_canvas *cv)
{
	bool cursor = cv->cursor_x >= 0 && cv->cursor_y >= 0;

	return !p->all && p->w == cv->w && p->h == cv->h && p->cursor == cursor &&
	       (!cursor || (p->rest_x == cv->cursor_x && p->rest_y == cv->cursor_y)) &&
	       !memcmp(p->shown, cv->cells, (size_t)p->w * (size_t)p->h * sizeof *p->shown);
}

bool ui_paint_add(struct ui_paint *p, const struct pt_canvas *cv, struct pt_str *out)
{
	bool cursor = cv->cursor_x >= 0 && cv->cursor_y >= 0;
	size_t before = out->len;

	if (cv->w <= 0 || cv->h <= 0 || is_shown(p, cv))
		return false;
	if (cv->w != p->w || cv->h != p->h)
		resize(p, cv->w, cv->h);
	shift(p, cv, out);
	if (p->all)
		clearok(curscr, TRUE);
	for (int y = 0; y < p->h; y++)
		push_row(p, cv->cells + (size_t)y * (size_t)p->w, y);
	if (cursor) {
		p->rest_x = PT_MIN(cv->cursor_x, p->w - 1);
		p->rest_y = PT_MIN(cv->cursor_y, p->h - 1);
	}
	if (cursor != p->cursor || p->all)
		curs_set(cursor);
	p->cursor = cursor;
	p->all = false;
	p->missed = 0;
	wmove(newscr, p->rest_y, p->rest_x);
	doupdate();
	take(p, out);
	return out->len > before;
}

void ui_paint_all(struct ui_paint *p)
{
	if (p->shown)
		memset(p->shown, 0, (size_t)p->w * (size_t)p->h * sizeof *p->shown);
	p->all = true;
}

void ui_paint_missed(struct ui_paint *p)
{
	p->missed += p->missed < MISSED_MAX;
}

enum pt_colors ui_paint_colors(const struct ui_paint *p)
{
	return p->colors;
}

void ui_paint_set_theme(struct ui_paint *p, const struct pt_theme *theme)
{
	p->theme = *theme;
	memset(p->inks, 0, sizeof p->inks);
	p->n_pairs = 0;
	ui_paint_all(p);
}

/* ---- start and end ---- */

static FILE *memory_file(void)
{
#ifdef MFD_CLOEXEC
	int fd = memfd_create("perftop-screen", MFD_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w+");

	if (file)
		return file;
	if (fd >= 0)
		close(fd);
#endif
	return tmpfile();
}

static void init_colors(struct ui_paint *p, enum pt_colors limit)
{
	enum pt_colors have = PT_COLORS_NONE;

	if (limit != PT_COLORS_NONE && has_colors() && start_color() == OK) {
		use_default_colors();
		have = COLORS > 256    ? PT_COLORS_DIRECT
		       : COLORS == 256 ? PT_COLORS_256
		       : COLORS >= 16  ? PT_COLORS_16
		       : COLORS >= 8   ? PT_COLORS_8
				       : PT_COLORS_NONE;
	}
	if (have == PT_COLORS_DIRECT && limit < have)
		limit = PT_COLORS_8; /* beyond these its numbers are no palette */
	p->colors = PT_MIN(have, limit);
	p->max_pairs = PT_MIN(COLOR_PAIRS - 1, PAIRS);
}

/*
 * curses installs handlers of its own, and so spoils those of the loop. It asks the environment for
 * a size, which is an old one at best (the real one comes with the first canvas), and whether to
 * send NULs to terminals that need milliseconds to think.
 */
static SCREEN *new_screen(const char *term, FILE *file)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
	struct sigaction before[PT_LEN(signals)];
	SCREEN *screen;

	for (size_t i = 0; i < PT_LEN(signals); i++)
		sigaction(signals[i], NULL, &before[i]);
	unsetenv("LINES");
	unsetenv("COLUMNS");
	setenv("NCURSES_NO_PADDING", "1", 1);
	screen = newterm(term, file, file);
	unsetenv("NCURSES_NO_PADDING");
	for (size_t i = 0; i < PT_LEN(signals); i++)
		sigaction(signals[i], &before[i], NULL);
	return screen;
}

int ui_paint_new(const char *term, enum pt_colors colors, bool utf8, struct ui_paint **ret)
{
	struct ui_paint *p = pt_calloc(1, sizeof *p);

	p->utf8 = utf8;
	p->file = memory_file();
	p->screen = p->file ? new_screen(term, p->file) : NULL;
	if (!p->screen) {
		ui_paint_free(p);
		return -PT_EIO;
	}
	typeahead(-1); /* it would look into the memory file for keys, and flush every row */
	nonl();
	p->cup = ui_cap("cup");
	p->hpa = ui_cap("hpa");
	p->dch = ui_cap("dch");
	p->dch1 = ui_cap("dch1");
	p->ich = ui_cap("ich");
	p->ich1 = ui_cap("ich1");
	init_colors(p, colors);
	curs_set(0);
	endwin(); /* only after this and that does it stop writing after each move (6.2 to 6.4) */
	doupdate();
	take(p, NULL); /* what it says at start and end is ours to say: term_modes.c */
	p->all = true;
	*ret = p;
	return 0;
}

void ui_paint_free(struct ui_paint *p)
{
	if (!p)
		return;
	if (p->screen)
		delscreen(p->screen);
	if (p->file)
		fclose(p->file);
	free(p->shown);
	free(p->run);
	pt_str_release(&p->painted);
	free(p);
}
