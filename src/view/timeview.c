/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which stretch of time a screen shows. Time is cut into cells that begin at multiples of their
 * length, and all questions are answered by numbers of cells: so a graph scrolls by whole cells, a
 * complete cell never changes, and two graphs of different width agree about every moment.
 */
#include "perftop/view/timeview.h"

#include "perftop/base/clock.h"
#include "perftop/base/mem.h"

static const int64_t ladder[] = {
	250 * PT_MS, 500 * PT_MS, PT_S,	      2 * PT_S,	  5 * PT_S,   10 * PT_S,  15 * PT_S,
	30 * PT_S,   60 * PT_S,	  120 * PT_S, 300 * PT_S, 600 * PT_S, 900 * PT_S, 1800 * PT_S,
};

/* Number of the cell that a moment lies in. */
static int64_t cell_of(int64_t t_ns, int64_t cell_ns)
{
	return t_ns / cell_ns - (t_ns % cell_ns < 0);
}

static int64_t last_ns_of(int64_t cell, int64_t cell_ns)
{
	return cell * cell_ns + cell_ns - 1;
}

static int64_t clamp_ns(int64_t t, int64_t lo, int64_t hi)
{
	return t > hi ? hi : t < lo ? lo : t;
}

/* The ladder's length nearest above cell_ns, or its longest. */
static int rung_of(int64_t cell_ns)
{
	int i = 0;

	while (i < (int)PT_LEN(ladder) - 1 && ladder[i] < cell_ns)
		i++;
	return i;
}

void pt_timeview_init(struct pt_timeview *tv, int64_t cell_ns)
{
	cell_ns = ladder[rung_of(cell_ns)];
	*tv = (struct pt_timeview){.cell_ns = cell_ns, .default_cell_ns = cell_ns, .follow = true};
}

void pt_timeview_update(struct pt_timeview *tv, int64_t first_ns, int64_t last_ns)
{
	if (last_ns == INT64_MIN)
		return;
	tv->end_ns = tv->follow ? last_ns : clamp_ns(tv->end_ns, first_ns, last_ns);
	if (tv->crosshair)
		tv->cross_ns = clamp_ns(tv->cross_ns, first_ns, last_ns);
}

bool pt_timeview_zoom(struct pt_timeview *tv, int steps, int width_cells, int64_t first_ns,
		      int64_t last_ns)
{
	int rung = rung_of(tv->cell_ns), to = rung - PT_MAX(PT_MIN(steps, 64), -64);
	int col = tv->crosshair ? pt_timeview_column(tv, width_cells, tv->cross_ns) : -1;

	to = PT_MAX(PT_MIN(to, (int)PT_LEN(ladder) - 1), 0);
	if (to == rung)
		return false;
	tv->cell_ns = ladder[to];
	if (col >= 0) {
		int64_t end = cell_of(tv->cross_ns, tv->cell_ns) + width_cells - 1 - col;

		tv->end_ns = clamp_ns(last_ns_of(end, tv->cell_ns), first_ns, last_ns);
		tv->follow = tv->follow && tv->end_ns == last_ns;
	}
	return true;
}

bool pt_timeview_pan(struct pt_timeview *tv, int cells, int64_t first_ns, int64_t last_ns)
{
	int64_t was = cell_of(tv->end_ns, tv->cell_ns);
	bool followed = tv->follow;

	if (last_ns == INT64_MIN)
		return false;
	tv->end_ns = clamp_ns(last_ns_of(was + cells, tv->cell_ns), first_ns, last_ns);
	tv->follow = cells >= 0 && tv->end_ns == last_ns;
	return cell_of(tv->end_ns, tv->cell_ns) != was || tv->follow != followed;
}

void pt_timeview_reset(struct pt_timeview *tv, int64_t last_ns)
{
	tv->cell_ns = tv->default_cell_ns;
	tv->follow = true;
	if (last_ns != INT64_MIN)
		tv->end_ns = last_ns;
}

int64_t pt_timeview_from(const struct pt_timeview *tv, int w)
{
	return (cell_of(tv->end_ns, tv->cell_ns) - w + 1) * tv->cell_ns;
}

int pt_timeview_column(const struct pt_timeview *tv, int w, int64_t t_ns)
{
	int64_t back = cell_of(tv->end_ns, tv->cell_ns) - cell_of(t_ns, tv->cell_ns);

	return back < 0 || back >= w ? -1 : w - 1 - (int)back;
}
