/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scenes: canvases that a terminal shall show, made of a number alone. */
#include "termscene.h"

#include "perftop/base/mem.h"

#include <stdio.h>
#include <string.h>

static unsigned mix(unsigned a, unsigned b)
{
	unsigned h = a * 2654435761u ^ (b + 0x9E3779B9u) * 2246822519u;

	h ^= h >> 15;
	h *= 2654435761u;
	return h ^ h >> 13;
}

static struct pt_color rgb(unsigned v, int ansi)
{
	return (struct pt_color){true, (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v,
				 (int8_t)ansi};
}

/* Distinct looks, exact in a palette of 256, with every attribute somewhere. */
void scene_theme(struct pt_theme *theme)
{
	static const unsigned steps[] = {0x5F, 0x87, 0xAF, 0xD7, 0xFF};

	memset(theme, 0, sizeof *theme);
	for (unsigned i = 1; i < PT_ROLE_N; i++) {
		struct pt_look *look = &theme->looks[i];

		look->fg = rgb(steps[i % 5] << 16 | steps[i / 5 % 5] << 8 | steps[(i + 2) % 5],
			       (int)i % 16);
		if (i < PT_ROLE_GRAPH_1)
			look->attrs = i % 7 == 3    ? PT_ATTR_BOLD
				      : i % 7 == 5  ? PT_ATTR_UNDERLINE
				      : i % 11 == 6 ? PT_ATTR_REVERSE
						    : 0;
	}
	theme->looks[PT_ROLE_HEADER].bg = rgb(0x00005F, 4);
	theme->looks[PT_ROLE_SELECTED].bg = rgb(0x5F5F5F, 7);
	theme->looks[PT_ROLE_CROSSHAIR].bg = rgb(0x005F00, 2);
}

static void paint_roles(struct pt_canvas *cv, int step, bool utf8)
{
	static const unsigned bits[] = {0, PT_CELL_SELECTED, PT_CELL_BOLD, PT_CELL_CROSS};

	for (int i = 0; i < PT_ROLE_N; i++) {
		struct pt_rect rect = {i / 20 * 40, i % 20, 18, 1};

		pt_canvas_text(cv, rect.x, rect.y, pt_role_name((enum pt_role)i), 16,
			       (enum pt_role)i);
		pt_canvas_mark(cv, rect, bits[(i + step) % 4]);
	}
	pt_canvas_text(cv, 2, 20, "one row", -1, PT_ROLE_HEADER);
	if (utf8)
		pt_canvas_text(cv, 2, 21,
			       "\xE6\x97\xA5\xE6\x9C\xAC e\xCC\x81 \xE2\x96\x87\xE2\xA3\xBF", -1,
			       PT_ROLE_VALUE);
}

static void paint_load(struct pt_canvas *cv, int step, bool hints, bool utf8)
{
	int w = cv->w / 2 - 14;

	for (int i = 0; i < 8; i++) {
		struct pt_rect rect = {10, 1 + i, w, 1};

		pt_canvas_text(cv, 0, 1 + i, "metric", -1, PT_ROLE_DIM);
		for (int x = 0; x < w; x++) {
			unsigned v = mix((unsigned)i, (unsigned)(step + x)) % 8;

			pt_canvas_put(cv, rect.x + x, rect.y,
				      utf8 ? 0x2581 + v : (unsigned)".:-=+*#@"[v],
				      (enum pt_role)(PT_ROLE_GRAPH_1 + i));
		}
		pt_canvas_text(cv, rect.x + w, rect.y, " | must not move", -1, PT_ROLE_TEXT);
		if (hints)
			pt_canvas_scroll_left(cv, rect, 1);
	}
	for (int i = 0; i < 40; i++) {
		pt_canvas_text(cv, i % 8 * 9, 11 + i / 8, "val", -1, PT_ROLE_DIM);
		pt_canvas_textf(cv, i % 8 * 9 + 4, 11 + i / 8, PT_ROLE_VALUE, "%3u",
				mix((unsigned)i + 100, (unsigned)step) % 1000);
	}
	for (int y = 17; y < cv->h; y++)
		pt_canvas_textf(cv, 0, y, PT_ROLE_TEXT, "row %d of a list", y);
}

/* Cell contents depend on column + step in the rows that scroll, so that hints tell the truth. */
static void paint_noise(struct pt_canvas *cv, int step, bool hints, bool utf8)
{
	static const uint32_t wides[] = {0x65E5, 0x672C, 0xAC00, 0x1F600};

	for (int y = 0; y < cv->h; y++) {
		unsigned row = mix((unsigned)y, 7);
		int scroll = row % 3 == 0 ? 1 + (int)(row % 2) : 0;
		int edge = 3 + (int)(row / 8 % 5);
		int end = row % 2 ? cv->w : cv->w - 7;

		for (int x = 0; x < cv->w; x++) {
			bool in = scroll && x >= edge && x < end;
			unsigned v = in ? mix((unsigned)(x + step * scroll), (unsigned)y)
					: mix((unsigned)(x + step / 3 * 31), (unsigned)y + 1000);
			uint32_t cp = '!' + v / 16 % 90;

			if (v % 16 < 6)
				cp = ' ';
			else if (v % 16 == 6 && utf8)
				cp = wides[v / 16 % PT_LEN(wides)];
			else if (v % 16 < 10 && utf8)
				cp = 0x2801 + v / 16 % 255;
			pt_canvas_put(cv, x, y, cp, (enum pt_role)(v / 64 % PT_ROLE_N));
		}
		if (hints && scroll)
			pt_canvas_scroll_left(cv, (struct pt_rect){edge, y, end - edge, 1}, scroll);
	}
	pt_canvas_mark(cv, (struct pt_rect){0, step % cv->h, cv->w, 1}, PT_CELL_SELECTED);
	pt_canvas_mark(cv, (struct pt_rect){step * 5 % cv->w, 0, 1, cv->h}, PT_CELL_CROSS);
}

static void paint_input(struct pt_canvas *cv, int step)
{
	pt_canvas_text(cv, 0, 0, "name: ", -1, PT_ROLE_KEY);
	for (int i = 0; i < step; i++)
		pt_canvas_put(cv, 6 + i, 0, (uint32_t)('a' + i % 26), PT_ROLE_INPUT);
	cv->cursor_x = 6 + step;
	cv->cursor_y = 0;
}

/* The cursor need only go up from the end of the sparkline, if it is where curses believes. */
static void paint_near(struct pt_canvas *cv, int step, bool hints)
{
	struct pt_rect rect = {10, 8, 41, 1};

	for (int x = 0; x < rect.w; x++)
		pt_canvas_put(cv, rect.x + x, rect.y,
			      (uint32_t)('a' + mix((unsigned)(step + x), 3) % 26), PT_ROLE_TEXT);
	pt_canvas_put(cv, rect.x + rect.w, rect.y - 1, (uint32_t)('0' + step % 10), PT_ROLE_TEXT);
	if (hints)
		pt_canvas_scroll_left(cv, rect, 1);
}

void scene_paint(struct pt_canvas *cv, enum scene scene, int step, bool hints, bool utf8)
{
	pt_canvas_clear(cv);
	switch (scene) {
	case SCENE_ROLES: paint_roles(cv, step, utf8); break;
	case SCENE_LOAD: paint_load(cv, step, hints, utf8); break;
	case SCENE_NOISE: paint_noise(cv, step, hints, utf8); break;
	case SCENE_INPUT: paint_input(cv, step); break;
	case SCENE_NEAR: paint_near(cv, step, hints); break;
	}
}
