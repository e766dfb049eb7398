/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The row that tells the time below graphs. Ticks stand at round moments of the local calendar, in
 * the column of exactly that moment; their distance is chosen so that labels do not touch. What
 * matters more takes its columns first: crosshair, mark, clock jumps, the caption, then ticks.
 *
 * Real time is known for stretches between clock jumps; within one, real and monotonic time differ
 * by a constant, so a tick's column follows from its moment without a search.
 */
#include "perftop/view/timeview.h"

#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/base/text.h"
#include "perftop/present/value.h"
#include "perftop/store/store.h"

#include <string.h>
#include <time.h>

enum { MAX_W = 4096, LABEL = 48 };

struct axis {
	struct pt_canvas *cv;
	int x, y, w;
	const struct pt_timeview *tv;
	const struct pt_store *store;
	enum pt_glyphs glyphs;
	uint64_t used[MAX_W / 64]; /* a bit for each column that is taken */
};

static bool is_used(const struct axis *a, int col)
{
	return col >= 0 && col < a->w && a->used[col / 64] >> (col % 64) & 1;
}

/* Takes columns lo..hi-1 if they and the ones on either side are free. */
static bool reserve(struct axis *a, int lo, int hi)
{
	if (lo < 0 || hi > a->w)
		return false;
	for (int i = lo - 1; i <= hi; i++)
		if (is_used(a, i))
			return false;
	for (int i = lo; i < hi; i++)
		a->used[i / 64] |= UINT64_C(1) << (i % 64);
	return true;
}

/* -- time ---------------------------------------------------------------------------------------- */

static bool local_time(int64_t real_ns, struct tm *ret)
{
	time_t t = (time_t)(real_ns / PT_S - (real_ns % PT_S < 0));

	return localtime_r(&t, ret) != NULL;
}

/* First moment at or after real_ns that is a multiple of step on the local clock. The clock may be
 * set between the two, so the second try counts with the zone's distance there. */
static int64_t round_up(int64_t real_ns, int64_t step)
{
	int64_t at = real_ns;

	for (int i = 0; i < 2; i++) {
		struct tm tm;
		int64_t east = local_time(at, &tm) ? tm.tm_gmtoff * PT_S : 0;
		int64_t over = (real_ns + east) % step;

		at = real_ns - over + (over > 0 ? step : 0);
	}
	return at;
}

/* Real minus monotonic time at a moment, to the millisecond: the clocks are not read at the same
 * instant, and ticks shall not tremble for that. */
static int64_t offset_at(const struct axis *a, int64_t mono_ns)
{
	int64_t first = pt_store_first(a->store), last = pt_store_last(a->store), offset;

	mono_ns = mono_ns < first ? first : mono_ns > last ? last : mono_ns;
	offset = pt_store_real_at(a->store, mono_ns) - mono_ns + PT_MS / 2;
	return offset - offset % PT_MS;
}

static const char *month_name(int month)
{
	static const char *const names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

	return month >= 0 && month < 12 ? names[month] : "?";
}

/* "12:30", "12:30:05" below a minute, "23 Nov" where a day begins. */
static void tick_label(char out[LABEL], int64_t real_ns, int64_t step)
{
	struct tm tm;

	if (!local_time(real_ns, &tm))
		out[0] = '\0';
	else if (!tm.tm_hour && !tm.tm_min && !tm.tm_sec)
		pt_snprintf(out, LABEL, "%d %s", tm.tm_mday, month_name(tm.tm_mon));
	else if (step < 60 * PT_S)
		pt_snprintf(out, LABEL, "%02d:%02d:%02d", tm.tm_hour, tm.tm_min, tm.tm_sec);
	else
		pt_snprintf(out, LABEL, "%02d:%02d", tm.tm_hour, tm.tm_min);
}

/* " 12:30:44 ", with parts of a second where cells are shorter, with the date on another day. */
static void cross_label(const struct axis *a, char out[LABEL])
{
	int64_t real = a->tv->cross_ns + offset_at(a, a->tv->cross_ns);
	int64_t now = pt_store_last(a->store) + offset_at(a, pt_store_last(a->store));
	struct tm tm, today;
	size_t n = pt_strlcpy(out, " ", LABEL);

	if (!local_time(real, &tm) || !local_time(now, &today))
		return;
	if (tm.tm_yday != today.tm_yday || tm.tm_year != today.tm_year)
		n += pt_snprintf(out + n, LABEL - n, "%d %s ", tm.tm_mday, month_name(tm.tm_mon));
	n += pt_snprintf(out + n, LABEL - n, "%02d:%02d:%02d", tm.tm_hour, tm.tm_min, tm.tm_sec);
	if (a->tv->cell_ns < PT_S)
		n += pt_snprintf(out + n, LABEL - n, ".%02d", (int)(real % PT_S / (PT_S / 100)));
	pt_strlcpy(out + n, " ", LABEL - n);
}

/* -- parts --------------------------------------------------------------------------------------- */

static void put(const struct axis *a, int col, uint32_t cp, enum pt_role role)
{
	pt_canvas_put(a->cv, a->x + col, a->y, cp, role);
}

static void text(const struct axis *a, int col, const char *s, enum pt_role role)
{
	pt_canvas_text(a->cv, a->x + col, a->y, s, a->w - col, role);
}

/* The sign in its column, the label on its right or, at the edge, on its left. */
static void paint_cross(struct axis *a)
{
	int col = a->tv->crosshair ? pt_timeview_column(a->tv, a->w, a->tv->cross_ns) : -1;
	char label[LABEL];
	int n;

	if (col < 0)
		return;
	cross_label(a, label);
	n = pt_text_width(label);
	if (reserve(a, col, col + 1 + n))
		text(a, col + 1, label, PT_ROLE_CROSSHAIR);
	else if (reserve(a, col - n, col + 1))
		text(a, col - n, label, PT_ROLE_CROSSHAIR);
	else
		reserve(a, col, col + 1);
	put(a, col, pt_sign(PT_SIGN_CROSS, a->glyphs), PT_ROLE_CROSSHAIR);
}

static void paint_mark(struct axis *a)
{
	int col = a->tv->marked ? pt_timeview_column(a->tv, a->w, a->tv->mark_ns) : -1;

	if (col < 0 || is_used(a, col))
		return;
	a->used[col / 64] |= UINT64_C(1) << (col % 64);
	put(a, col, 'm', PT_ROLE_NOTE);
	pt_canvas_mark(a->cv, (struct pt_rect){a->x + col, a->y, 1, 1}, PT_CELL_BOLD);
}

static void paint_jump(struct axis *a, int col, int64_t jump_ns)
{
	char by[LABEL / 2], label[LABEL];

	pt_duration_format(by, sizeof by, jump_ns, false);
	pt_snprintf(label, sizeof label, "!%s%s", jump_ns > 0 ? "+" : "", by);
	if (reserve(a, col, col + pt_text_width(label)))
		text(a, col, label, PT_ROLE_WARN);
	else if (reserve(a, col, col + 1))
		put(a, col, '!', PT_ROLE_WARN);
}

/* "2 s/cell UTC": what a cell is worth, and whose clock this is. Not where it would be half of it. */
static void paint_caption(struct axis *a)
{
	int64_t now = pt_store_last(a->store);
	char cell[LABEL / 2], zone[16], safe[LABEL / 2], label[LABEL];
	int n;

	pt_duration_format(cell, sizeof cell, a->tv->cell_ns, false);
	pt_time_zone(zone, sizeof zone, now + offset_at(a, now));
	pt_text_safe(safe, sizeof safe, zone, strlen(zone), a->glyphs == PT_GLYPHS_ASCII);
	pt_snprintf(label, sizeof label, "%s/cell %s", cell, safe);
	n = pt_text_width(label);
	if (a->w < 2 * n || !reserve(a, 0, n + 1))
		return;
	text(a, 0, label, PT_ROLE_DIM);
	put(a, n, ' ', PT_ROLE_DIM);
}

static int64_t tick_step(const struct axis *a)
{
	static const int seconds[] = {1,   2,	5,    10,   15,	  30,	 60,	120,   300,
				      600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400};
	size_t i = 0;

	for (; i < PT_LEN(seconds) - 1; i++) {
		int columns = (seconds[i] < 60 ? 8 : 6) + 3;

		if (seconds[i] * PT_S / a->tv->cell_ns >= columns)
			break;
	}
	return seconds[i] * PT_S;
}

/* Ticks between two moments of monotonic time without a jump between them. */
static void paint_ticks(struct axis *a, int64_t from_ns, int64_t to_ns, int64_t step)
{
	int64_t offset = offset_at(a, from_ns);
	uint32_t sign = a->glyphs == PT_GLYPHS_ASCII ? '+' : 0x2534;

	for (int64_t t = round_up(from_ns + offset, step); t < to_ns + offset;
	     t = round_up(t + 1, step)) {
		int col = pt_timeview_column(a->tv, a->w, t - offset);
		char label[LABEL];

		tick_label(label, t, step);
		if (reserve(a, col, col + 1 + pt_text_width(label)))
			text(a, col + 1, label, PT_ROLE_AXIS);
		else if (col < 0 || !reserve(a, col, col + 1))
			continue;
		put(a, col, sign, PT_ROLE_GRID);
	}
}

/* Calls paint_jump, or paint_ticks for what lies between jumps. */
static void paint_stretches(struct axis *a, bool jumps)
{
	int64_t at = pt_timeview_from(a->tv, a->w);
	int64_t end = at + a->w * a->tv->cell_ns;
	int64_t step = tick_step(a);
	int64_t next, by;

	for (;;) {
		bool more = pt_store_jump(a->store, at + 1, &next, &by) && next < end;

		if (!jumps)
			paint_ticks(a, at, more ? next : end, step);
		if (!more)
			return;
		if (jumps)
			paint_jump(a, pt_timeview_column(a->tv, a->w, next), by);
		at = next;
	}
}

void pt_axis_paint(struct pt_canvas *cv, int x, int y, int w, const struct pt_timeview *tv,
		   const struct pt_store *store, enum pt_glyphs glyphs)
{
	struct axis a = {cv, x, y, PT_MIN(w, (int)MAX_W), tv, store, glyphs, {0}};

	if (w < 1)
		return;
	pt_canvas_fill(cv, (struct pt_rect){x, y, a.w, 1}, pt_sign(PT_SIGN_H, glyphs),
		       PT_ROLE_GRID);
	if (pt_store_last(store) == INT64_MIN)
		return;
	paint_cross(&a);
	paint_mark(&a);
	paint_stretches(&a, true);
	paint_caption(&a);
	paint_stretches(&a, false);
}
