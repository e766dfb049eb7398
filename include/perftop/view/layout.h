/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_VIEW_LAYOUT_H
#define PT_VIEW_LAYOUT_H

#include "perftop/base/err.h"
#include "perftop/base/str.h"
#include "perftop/view/pane.h"

/*
 * A layout is an ordered list of panes and a zoom, by name. The grid that it becomes depends on
 * the room: one column below 76 cells, two to 239, then one more each 75. Panes that do not fit
 * are left out, the least important first.
 */
enum { PT_LAYOUT_MAX = 24 };

struct pt_layout {
	char name[32];
	const struct pt_pane *panes[PT_LAYOUT_MAX];
	int n;
	int64_t cell_ns; /* 0: as it is */
	int scale;	 /* enum pt_scale, or -1: as it is */
};

/* Built-in ones: "overview" and "system". */
size_t pt_layout_n(void);
const char *pt_layout_name(size_t i);

/* Built in, or <folder>/<name>.json. -PT_ENOENT, -PT_ESYNTAX with the place. */
int pt_layout_load(const char *name, const char *folder, struct pt_layout *ret, struct pt_err *err);
/* Its JSON text, for saving. */
void pt_layout_json(const struct pt_layout *layout, struct pt_str *out);

/* Where each pane goes: rect includes its title line; box says if it is framed all round. */
struct pt_place {
	int pane; /* index in layout->panes */
	struct pt_rect rect;
	bool box;
};

/*
 * sizes   of each pane of the layout (lines of content at a column's width)
 * out     PT_LAYOUT_MAX places, in reading order
 * Returns how many fit; 0 when not even one does
 */
int pt_layout_place(const struct pt_layout *layout, const struct pt_pane_size *sizes, int w, int h,
		    struct pt_place *out);
/* How many columns a screen of that width has. */
int pt_layout_columns(int w);

#endif
