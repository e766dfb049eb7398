/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A grid of cells. Coordinates of callers are relative to the origin; "at" in this file means
 * screen coordinates, which is what clip and cells use. A wide character is a head and a tail, and
 * no path leaves one without the other: what would split it becomes blanks. Memory is taken in
 * pt_canvas_resize alone.
 */
#include "perftop/view/canvas.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/base/text.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* No terminal is larger, so a size that is cannot be meant. */
enum { MAX_W = 4096, MAX_H = 2048 };

static const struct pt_cell8 blank_cell = {' ', 0, PT_ROLE_TEXT, 0};

static int clamp_int(long long v, long long lo, long long hi)
{
	return (int)(v < lo ? lo : v > hi ? hi : v);
}

/* What a and b share; both far from INT_MAX after this. */
static struct pt_rect rect_cut(struct pt_rect a, struct pt_rect b)
{
	long long x0 = PT_MAX(a.x, b.x), y0 = PT_MAX(a.y, b.y);
	long long x1 = PT_MIN((long long)a.x + a.w, (long long)b.x + b.w);
	long long y1 = PT_MIN((long long)a.y + a.h, (long long)b.y + b.h);

	return (struct pt_rect){(int)x0, (int)y0, clamp_int(x1 - x0, 0, INT_MAX),
				clamp_int(y1 - y0, 0, INT_MAX)};
}

/* A caller's rectangle on the screen, cut to the clip. */
static struct pt_rect rect_at(const struct pt_canvas *cv, struct pt_rect rect)
{
	rect.x = clamp_int((long long)rect.x + cv->origin_x, INT_MIN / 2, INT_MAX / 2);
	rect.y = clamp_int((long long)rect.y + cv->origin_y, INT_MIN / 2, INT_MAX / 2);
	return rect_cut(rect, cv->clip);
}

static struct pt_cell8 *cell_at(struct pt_canvas *cv, int x, int y)
{
	const struct pt_rect *c = &cv->clip;

	if (x < c->x || y < c->y || x - c->x >= c->w || y - c->y >= c->h)
		return NULL;
	return &cv->cells[(size_t)y * (size_t)cv->w + (size_t)x];
}

static void cell_set(struct pt_cell8 *cell, uint32_t cp, enum pt_role role, unsigned bits)
{
	if (cell->bits & PT_CELL_WIDE)
		cell[1] = blank_cell;
	if (cell->bits & PT_CELL_TAIL)
		cell[-1] = blank_cell;
	*cell = (struct pt_cell8){cp, 0, (uint8_t)role, (uint8_t)bits};
}

/* Text, frames and charts are made of these, so most cells need no look at the width table. */
static bool is_narrow(uint32_t cp)
{
	return (cp >= 0x20 && cp < 0x7F) || (cp >= 0x2500 && cp < 0x25A0) ||
	       (cp >= 0x2800 && cp < 0x2900);
}

/* Controls cannot reach a terminal through a canvas, whoever forgot to make them safe. */
static uint32_t no_control(uint32_t cp)
{
	bool surrogate = cp >= 0xD800 && cp <= 0xDFFF;

	return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || surrogate || cp > 0x10FFFF ? '?' : cp;
}

/* Puts a code point at a place and returns the cell that combining marks go on, or NULL. */
static struct pt_cell8 *put_at(struct pt_canvas *cv, int x, int y, uint32_t cp, int width,
			       enum pt_role role)
{
	struct pt_cell8 *cell = cell_at(cv, x, y);
	struct pt_cell8 *tail = width == 2 ? cell_at(cv, x + 1, y) : NULL;

	if (width < 2) {
		if (cell)
			cell_set(cell, cp, role, 0);
		return cell;
	}
	if (cell && tail) {
		cell_set(cell, cp, role, PT_CELL_WIDE);
		cell_set(tail, ' ', role, PT_CELL_TAIL);
		return cell;
	}
	if (cell)
		cell_set(cell, ' ', role, 0);
	if (tail)
		cell_set(tail, ' ', role, 0);
	return NULL;
}

void pt_canvas_init(struct pt_canvas *cv)
{
	*cv = (struct pt_canvas){.cursor_x = -1, .cursor_y = -1};
}

void pt_canvas_release(struct pt_canvas *cv)
{
	free(cv->cells);
	pt_canvas_init(cv);
}

void pt_canvas_resize(struct pt_canvas *cv, int w, int h)
{
	size_t n;

	cv->w = clamp_int(w, 0, MAX_W);
	cv->h = clamp_int(h, 0, MAX_H);
	n = (size_t)cv->w * (size_t)cv->h;
	if (n > cv->cap) {
		cv->cells = pt_reallocarray(cv->cells, n, sizeof *cv->cells);
		cv->cap = n;
	}
	pt_canvas_clear(cv);
}

void pt_canvas_clear(struct pt_canvas *cv)
{
	size_t n = (size_t)cv->w * (size_t)cv->h;

	for (size_t i = 0; i < n; i++)
		cv->cells[i] = blank_cell;
	cv->clip = (struct pt_rect){0, 0, cv->w, cv->h};
	cv->origin_x = cv->origin_y = 0;
	cv->n_scrolls = 0;
	cv->cursor_x = cv->cursor_y = -1;
}

struct pt_clip_save pt_canvas_push(struct pt_canvas *cv, struct pt_rect rect)
{
	struct pt_clip_save save = {cv->clip, cv->origin_x, cv->origin_y};

	cv->clip = rect_at(cv, rect);
	cv->origin_x += rect.x;
	cv->origin_y += rect.y;
	return save;
}

void pt_canvas_pop(struct pt_canvas *cv, struct pt_clip_save save)
{
	cv->clip = save.clip;
	cv->origin_x = save.origin_x;
	cv->origin_y = save.origin_y;
}

void pt_canvas_put(struct pt_canvas *cv, int x, int y, uint32_t cp, enum pt_role role)
{
	int width = 1;

	if (!is_narrow(cp)) {
		cp = no_control(cp);
		width = pt_text_cp_width(cp);
	}
	if (width)
		put_at(cv, x + cv->origin_x, y + cv->origin_y, cp, width, role);
}

int pt_canvas_text(struct pt_canvas *cv, int x, int y, const char *s, int max, enum pt_role role)
{
	struct pt_cell8 *last = NULL;
	int used = 0;
	uint32_t cp;

	if (max < 0)
		max = INT_MAX;
	while ((cp = pt_utf8_next(&s))) {
		int width = 1;

		if (!is_narrow(cp)) {
			cp = no_control(cp);
			width = pt_text_cp_width(cp);
		}
		if (width > max - used)
			break;
		if (width)
			last = put_at(cv, x + used + cv->origin_x, y + cv->origin_y, cp, width,
				      role);
		else if (last && !last->mark && cp <= UINT16_MAX)
			last->mark = (uint16_t)cp;
		used += width;
	}
	return used;
}

int pt_canvas_safe(struct pt_canvas *cv, int x, int y, const char *s, int max, enum pt_role role,
		   bool ascii)
{
	char buf[2048];

	pt_text_safe(buf, sizeof buf, s, strnlen(s, sizeof buf), ascii);
	return pt_canvas_text(cv, x, y, buf, max, role);
}

int pt_canvas_right(struct pt_canvas *cv, int x_end, int y, const char *s, enum pt_role role)
{
	return pt_canvas_text(cv, x_end - pt_text_width(s), y, s, -1, role);
}

int pt_canvas_textf(struct pt_canvas *cv, int x, int y, enum pt_role role, const char *fmt, ...)
{
	char buf[512];
	va_list ap;

	va_start(ap, fmt);
	if (vsnprintf(buf, sizeof buf, fmt, ap) < 0)
		buf[0] = '\0';
	va_end(ap);
	return pt_canvas_text(cv, x, y, buf, -1, role);
}

void pt_canvas_fill(struct pt_canvas *cv, struct pt_rect rect, uint32_t cp, enum pt_role role)
{
	struct pt_rect at = rect_at(cv, rect);

	cp = no_control(cp);
	if (pt_text_cp_width(cp) != 1)
		cp = ' ';
	for (int y = at.y; y < at.y + at.h; y++)
		for (int x = at.x; x < at.x + at.w; x++)
			cell_set(cell_at(cv, x, y), cp, role, 0);
}

void pt_canvas_mark(struct pt_canvas *cv, struct pt_rect rect, unsigned bits)
{
	struct pt_rect at = rect_at(cv, rect);

	bits &= PT_CELL_SELECTED | PT_CELL_BOLD | PT_CELL_CROSS;
	for (int y = at.y; y < at.y + at.h; y++) {
		for (int x = at.x; x < at.x + at.w; x++) {
			struct pt_cell8 *cell = cell_at(cv, x, y);

			cell->bits |= (uint8_t)bits;
			if (cell->bits & PT_CELL_WIDE)
				cell[1].bits |= (uint8_t)bits;
			if (cell->bits & PT_CELL_TAIL)
				cell[-1].bits |= (uint8_t)bits;
		}
	}
}

void pt_canvas_scroll_left(struct pt_canvas *cv, struct pt_rect rect, int n)
{
	struct pt_rect at = rect_at(cv, rect);

	if (n <= 0 || at.w <= n || at.h <= 0 || cv->n_scrolls == PT_CANVAS_SCROLLS)
		return;
	cv->scrolls[cv->n_scrolls++] = (struct pt_scroll){at, n};
}
