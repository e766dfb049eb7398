/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_VIEW_CANVAS_H
#define PT_VIEW_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A canvas is a grid of cells: what a screen shall show, without a terminal. Panes paint cells and
 * name roles ("alert.critical"), never colours. (0,0) is the upper left; everything outside of the
 * clip rectangle is dropped silently, so a pane never checks its bounds.
 */
#define PT_ROLE(id, name) PT_ROLE_##id,
enum pt_role {
#include "perftop/view/roles.def"
	PT_ROLE_N
};
#undef PT_ROLE

enum {
	PT_CELL_WIDE = 1,     /* takes two columns; the next cell is its PT_CELL_TAIL */
	PT_CELL_TAIL = 2,     /* right half of a wide character: nothing to draw */
	PT_CELL_SELECTED = 4, /* the selection's background lies under the role */
	PT_CELL_BOLD = 8,
	PT_CELL_CROSS = 16, /* the crosshair's column */
};

struct pt_cell8 {
	uint32_t cp;   /* code point; ' ' for empty */
	uint16_t mark; /* one combining mark, or 0 */
	uint8_t role;  /* enum pt_role */
	uint8_t bits;
};

struct pt_rect {
	int x, y, w, h;
};

/* A region whose content moved left by n cells since the last frame: a hint for the terminal. */
struct pt_scroll {
	struct pt_rect rect;
	int n;
};

enum { PT_CANVAS_SCROLLS = 256 };

struct pt_canvas {
	int w, h;
	struct pt_cell8 *cells; /* h rows of w */
	size_t cap;
	struct pt_rect clip;
	int origin_x, origin_y; /* added to every coordinate */
	struct pt_scroll scrolls[PT_CANVAS_SCROLLS];
	int n_scrolls;
	int cursor_x, cursor_y; /* text cursor in screen coordinates; -1: hidden */
};

void pt_canvas_init(struct pt_canvas *cv);
void pt_canvas_release(struct pt_canvas *cv);
void pt_canvas_resize(struct pt_canvas *cv, int w, int h); /* memory kept when shrinking; cleared */
void pt_canvas_clear(
	struct pt_canvas *cv); /* blanks, no scrolls, no cursor, clip and origin reset */

/* Narrows drawing to rect (in current coordinates) with (0,0) at its corner; returns what to give
 * to pop. */
struct pt_clip_save {
	struct pt_rect clip;
	int origin_x, origin_y;
};
struct pt_clip_save pt_canvas_push(struct pt_canvas *cv, struct pt_rect rect);
void pt_canvas_pop(struct pt_canvas *cv, struct pt_clip_save save);

void pt_canvas_put(struct pt_canvas *cv, int x, int y, uint32_t cp, enum pt_role role);
/* UTF-8 text that is ours or has gone through pt_text_safe; at most max columns (-1: all). Returns
 * columns used. */
int pt_canvas_text(struct pt_canvas *cv, int x, int y, const char *s, int max, enum pt_role role);
/* Hostile text: made safe first (ascii: see pt_text_safe). */
int pt_canvas_safe(struct pt_canvas *cv, int x, int y, const char *s, int max, enum pt_role role,
		   bool ascii);
/* Right-aligned so that it ends before column x_end. Returns columns used. */
int pt_canvas_right(struct pt_canvas *cv, int x_end, int y, const char *s, enum pt_role role);
int pt_canvas_textf(struct pt_canvas *cv, int x, int y, enum pt_role role, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
void pt_canvas_fill(struct pt_canvas *cv, struct pt_rect rect, uint32_t cp, enum pt_role role);
/* Or-s bits into cells, e.g. PT_CELL_SELECTED over a row. */
void pt_canvas_mark(struct pt_canvas *cv, struct pt_rect rect, unsigned bits);
/* Tells the terminal that rect's cells moved left by n; does not move cells itself (the pane paints
 * the new picture as always). */
void pt_canvas_scroll_left(struct pt_canvas *cv, struct pt_rect rect, int n);

/* Copies a row as UTF-8, right-trimmed; for snapshots, copies and tests. Returns bytes. */
size_t pt_canvas_row_text(const struct pt_canvas *cv, int y, char *out, size_t size);

/*
 * A canvas as text: one line a row. What the terminal does not get is done here, so that
 * `snapshot` and goldens need no terminal.
 */
struct pt_str;
struct pt_theme;
void pt_canvas_print(const struct pt_canvas *cv, struct pt_str *out, const struct pt_theme *theme,
		     int colors); /* enum pt_colors; theme NULL: plain text */
/* The golden form: text, then a line of role runs for each row ("  ~ text*3 dim*10"). */
void pt_canvas_dump(const struct pt_canvas *cv, struct pt_str *out, bool roles);

const char *pt_role_name(enum pt_role role);
int pt_role_find(const char *name); /* or -PT_ENOENT */

#endif
