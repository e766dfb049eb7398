/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_VIEW_CHART_H
#define PT_VIEW_CHART_H

#include "perftop/analyse/resample.h"
#include "perftop/view/canvas.h"

/*
 * Charts paint bins (analyse/resample.h) into a rectangle; the newest bin is at the right. A gap
 * (n == 0) stays empty. None allocates.
 */
enum pt_glyphs {
	PT_GLYPHS_ASCII,   /* . : - = + * # @ */
	PT_GLYPHS_BLOCK,   /* eighths of a block: one bin a cell */
	PT_GLYPHS_BRAILLE, /* 2 x 4 dots a cell: two bins a cell */
	PT_GLYPHS_AUTO,
};

/* auto: braille where codeset is UTF-8 and TERM is not linux, vt*, dumb; else block or ASCII. */
enum pt_glyphs pt_glyphs_auto(const char *term, bool utf8);
const char *pt_glyphs_name(enum pt_glyphs g);
int pt_glyphs_find(const char *name); /* or -PT_ENOENT */

/* Bins that a cell's width holds: 2 for braille areas, else 1. Sparklines always take one. */
int pt_chart_bins_per_cell(enum pt_glyphs glyphs);

enum pt_scale {
	PT_SCALE_ZERO,	 /* linear from zero to a nice maximum */
	PT_SCALE_LINEAR, /* linear between nice minimum and maximum */
	PT_SCALE_LOG,
};

/* What a value means in height. Made once a frame for a chart. */
struct pt_range {
	enum pt_scale scale;
	double lo, hi; /* both in the series' unit; hi > lo */
};

/* 0..1 of a value on a range; clamps. Log with lo <= 0 starts at hi / 1e4. */
double pt_range_at(const struct pt_range *range, double v);

/* One row: one bin a cell, ▁..█ (or . : - = + * # @). A bin is drawn at its maximum, so spikes
 * survive; an exact zero is the lowest glyph, a gap is blank. */
void pt_chart_spark(struct pt_canvas *cv, int x, int y, int w, const struct pt_bin *bins,
		    const struct pt_range *range, enum pt_glyphs glyphs, enum pt_role role);

/* Filled area from the bottom of rect to each bin's mean, with its maximum above as a lighter tip
 * when it stands out. n_bins = rect.w * pt_chart_bins_per_cell. */
void pt_chart_area(struct pt_canvas *cv, struct pt_rect rect, const struct pt_bin *bins,
		   const struct pt_range *range, enum pt_glyphs glyphs, enum pt_role role);

/* Stacked areas, the first at the bottom; each layer in its own role; a cell shared by two layers
 * takes the role of the one with more dots. bins[layer] has n_bins of the layer's own values. In
 * ASCII each layer also has its own letter. */
struct pt_layer {
	const struct pt_bin *bins;
	enum pt_role role;
	char letter; /* ASCII form */
};
void pt_chart_stack(struct pt_canvas *cv, struct pt_rect rect, const struct pt_layer *layers,
		    int n_layers, const struct pt_range *range, enum pt_glyphs glyphs);

/* Two areas about one axis in the middle: up grows upwards, down downwards. */
void pt_chart_updown(struct pt_canvas *cv, struct pt_rect rect, const struct pt_bin *up,
		     const struct pt_bin *down, const struct pt_range *range, enum pt_glyphs glyphs,
		     enum pt_role up_role, enum pt_role down_role);

/* Horizontal bar of w cells for 0..1, with eighths where glyphs allow. */
void pt_chart_bar(struct pt_canvas *cv, int x, int y, int w, double share, enum pt_glyphs glyphs,
		  enum pt_role role);

/* Frame with a title on its upper edge; right is drawn at the edge's right end (value, unit). */
void pt_chart_frame(struct pt_canvas *cv, struct pt_rect rect, const char *title, const char *right,
		    enum pt_glyphs glyphs, bool focus);

/* Special signs in UTF-8 or ASCII: see chart.c's table. */
enum pt_sign {
	PT_SIGN_WORSE,	  /* ▲ ^ */
	PT_SIGN_BETTER,	  /* ▼ v */
	PT_SIGN_NOTE,	  /* ◆ * */
	PT_SIGN_SELECTED, /* ▸ > */
	PT_SIGN_CROSS,	  /* ┊ : */
	PT_SIGN_H,	  /* ─ - */
	PT_SIGN_V,	  /* │ | */
	PT_SIGN_GAP,	  /* · . */
	PT_SIGN_DASH,	  /* – - */
	PT_SIGN_MORE,	  /* … ~ */
	PT_SIGN_OK,	  /* ✓ + */
	PT_SIGN_DEGREE,	  /* ° (blank) */
	PT_SIGN_TREE,	  /* ├ |, */
	PT_SIGN_TREE_END, /* └ ` */
	PT_SIGN_N
};
uint32_t pt_sign(enum pt_sign sign, enum pt_glyphs glyphs);

#endif
