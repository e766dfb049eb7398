/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a value means in height, and the charts of one row: sparkline, bar, frame. Heights depend on
 * a bin and the range alone, so a bin that is complete is painted the same in every frame.
 */
#include "perftop/view/chart.h"

#include "perftop/base/text.h"

#include <math.h>

static const char ascii_ramp[] = ".:-=+*#@"; /* eight heights, as ▁..█ */

/* Lower edge of a range as it is drawn: a logarithm has no zero. */
static double range_lo(const struct pt_range *range)
{
	return range->scale == PT_SCALE_LOG && !(range->lo > 0) ? range->hi / 1e4 : range->lo;
}

double pt_range_at(const struct pt_range *range, double v)
{
	double lo = range_lo(range);
	double at;

	if (!(v > lo))
		return 0;
	if (v >= range->hi)
		return 1;
	if (range->scale == PT_SCALE_LOG)
		at = log(v / lo) / log(range->hi / lo);
	else
		at = (v - lo) / (range->hi - lo);
	return at < 1 ? at : 1;
}

int pt_chart_bins_per_cell(enum pt_glyphs glyphs)
{
	return glyphs >= PT_GLYPHS_BRAILLE ? 2 : 1;
}

void pt_chart_spark(struct pt_canvas *cv, int x, int y, int w, const struct pt_bin *bins,
		    const struct pt_range *range, enum pt_glyphs glyphs, enum pt_role role)
{
	for (int i = 0; i < w; i++) {
		int at;

		if (!bins[i].n)
			continue;
		at = (int)(pt_range_at(range, (double)bins[i].max) * 7 + 0.5);
		pt_canvas_put(cv, x + i, y,
			      glyphs == PT_GLYPHS_ASCII ? (uint32_t)ascii_ramp[at]
							: 0x2581 + (uint32_t)at,
			      role);
	}
}

/* The rest of a bar is its baseline, so that its full length can be seen, and zero is no gap. */
void pt_chart_bar(struct pt_canvas *cv, int x, int y, int w, double share, enum pt_glyphs glyphs,
		  enum pt_role role)
{
	bool ascii = glyphs == PT_GLYPHS_ASCII;
	int steps = ascii ? 1 : 8;
	int filled;

	if (isnan(share) || w <= 0)
		return;
	share = share < 0 ? 0 : share > 1 ? 1 : share;
	filled = (int)(share * w * steps + 0.5);
	for (int i = 0; i < w; i++, filled -= steps) {
		if (filled >= steps)
			pt_canvas_put(cv, x + i, y, ascii ? '#' : 0x2588, role);
		else if (filled > 0)
			pt_canvas_put(cv, x + i, y, 0x2590u - (uint32_t)filled, role);
		else
			pt_canvas_put(cv, x + i, y, ascii ? '_' : 0x2581, PT_ROLE_GRID);
	}
}

static void frame_lines(struct pt_canvas *cv, struct pt_rect r, enum pt_glyphs glyphs,
			enum pt_role role)
{
	static const uint32_t corners[2][4] = {{0x250C, 0x2510, 0x2514, 0x2518},
					       {'+', '+', '+', '+'}};
	const uint32_t *corner = corners[glyphs == PT_GLYPHS_ASCII];
	uint32_t h = pt_sign(PT_SIGN_H, glyphs), v = pt_sign(PT_SIGN_V, glyphs);
	int x1 = r.x + r.w - 1, y1 = r.y + r.h - 1;

	pt_canvas_fill(cv, (struct pt_rect){r.x, r.y, r.w, 1}, h, role);
	if (r.h < 2 || r.w < 2)
		return;
	pt_canvas_fill(cv, (struct pt_rect){r.x, y1, r.w, 1}, h, role);
	pt_canvas_fill(cv, (struct pt_rect){r.x, r.y, 1, r.h}, v, role);
	pt_canvas_fill(cv, (struct pt_rect){x1, r.y, 1, r.h}, v, role);
	pt_canvas_put(cv, r.x, r.y, corner[0], role);
	pt_canvas_put(cv, x1, r.y, corner[1], role);
	pt_canvas_put(cv, r.x, y1, corner[2], role);
	pt_canvas_put(cv, x1, y1, corner[3], role);
}

/* Title and value have a blank on either side and a piece of line between them. Where both do not
 * fit the title is cut, and where not even four columns of it remain the value goes. */
void pt_chart_frame(struct pt_canvas *cv, struct pt_rect rect, const char *title, const char *right,
		    enum pt_glyphs glyphs, bool focus)
{
	int room = rect.w - 2;
	int title_w = title ? pt_text_width(title) : 0;
	int right_w = right && *right ? pt_text_width(right) + 2 : 0;
	int used = 0;

	if (rect.w < 1 || rect.h < 1)
		return;
	frame_lines(cv, rect, glyphs, focus ? PT_ROLE_FRAME_FOCUS : PT_ROLE_FRAME);
	if (right_w && room - right_w - 3 < (title_w < 4 ? title_w : 4))
		right_w = 0;
	if (right_w) {
		pt_canvas_put(cv, rect.x + 1 + room - right_w, rect.y, ' ', PT_ROLE_VALUE);
		pt_canvas_right(cv, rect.x + room, rect.y, right, PT_ROLE_VALUE);
		pt_canvas_put(cv, rect.x + room, rect.y, ' ', PT_ROLE_VALUE);
		room -= right_w + 1;
	}
	room -= 2;
	if (!title_w || room < (title_w < 2 ? title_w : 2))
		return;
	/* The sign takes the place of the blank, so focus moves no letter. */
	pt_canvas_put(cv, rect.x + 1, rect.y, focus ? pt_sign(PT_SIGN_SELECTED, glyphs) : ' ',
		      PT_ROLE_TITLE);
	used = pt_canvas_text(cv, rect.x + 2, rect.y, title, title_w > room ? room - 1 : room,
			      PT_ROLE_TITLE);
	if (title_w > room)
		pt_canvas_put(cv, rect.x + 2 + used++, rect.y, pt_sign(PT_SIGN_MORE, glyphs),
			      PT_ROLE_TITLE);
	pt_canvas_put(cv, rect.x + 2 + used, rect.y, ' ', PT_ROLE_TITLE);
	if (focus)
		pt_canvas_mark(cv, (struct pt_rect){rect.x + 1, rect.y, used + 1, 1}, PT_CELL_BOLD);
}
