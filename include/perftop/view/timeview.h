/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_VIEW_TIMEVIEW_H
#define PT_VIEW_TIMEVIEW_H

#include "perftop/view/chart.h"

#include <stdbool.h>
#include <stdint.h>

struct pt_store;

/*
 * The stretch of time that a screen shows. One cell stands for the same time in every graph of the
 * screen, whatever its width: all end at the same right edge, all scroll at the same moment, and
 * one crosshair falls on one moment in all of them. Cells lie on multiples of cell_ns.
 */
struct pt_timeview {
	int64_t cell_ns; /* time a cell stands for; one of the zoom ladder */
	int64_t default_cell_ns;
	int64_t end_ns; /* monotonic time in the last cell; follows the last tick */
	bool follow;
	bool crosshair, marked;
	int64_t cross_ns, mark_ns;
	enum pt_scale scale;
};

void pt_timeview_init(struct pt_timeview *tv, int64_t cell_ns);
/* Moves the right edge to the last tick if it follows; keeps edge and crosshair within first..last. */
void pt_timeview_update(struct pt_timeview *tv, int64_t first_ns, int64_t last_ns);
/* Zoom by steps of the ladder about the crosshair, if on, else about the right edge; positive is
 * closer. False at an end. */
bool pt_timeview_zoom(struct pt_timeview *tv, int steps, int width_cells, int64_t first_ns,
		      int64_t last_ns);
/* Moves the right edge; positive is later, and follows again once it reaches the last tick. */
bool pt_timeview_pan(struct pt_timeview *tv, int cells, int64_t first_ns, int64_t last_ns);
void pt_timeview_reset(struct pt_timeview *tv, int64_t last_ns);
/* Start of the first cell of a graph of w cells. */
int64_t pt_timeview_from(const struct pt_timeview *tv, int w);
/* Column of a moment in a graph of w cells, or -1. */
int pt_timeview_column(const struct pt_timeview *tv, int w, int64_t t_ns);

/*
 * The axis row: calendar ticks in local time ("12:30", date where the day changes), clock jumps
 * marked, crosshair and mark, `2 s/cell` and the zone at the left. real_ns of a moment comes from
 * the store.
 */
void pt_axis_paint(struct pt_canvas *cv, int x, int y, int w, const struct pt_timeview *tv,
		   const struct pt_store *store, enum pt_glyphs glyphs);

#endif
