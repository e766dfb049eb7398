/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PROFILE_GRAPH_H
#define PT_PROFILE_GRAPH_H

#include "perftop/profile/tree.h"

/*
 * What of a tree is to be seen, as cells of a given width: the screen, SVG, HTML and plain text draw
 * the same ones. Pure: works on const trees. The work is that of visible cells; what is too narrow
 * is merged as a cell of PT_NO_FRAME ("…(n)") and never walked into.
 *
 * A cell is as wide as its share of the whole. Of a difference that is the mean of both shares, of
 * tree and base, each of its own whole: what did not change is as wide as in either, what is new or
 * gone half as wide as it is or was, and callees always fit on their caller.
 */
enum pt_graph_kind {
	PT_GRAPH_STACKS,   /* callers above (or below) what they call */
	PT_GRAPH_INVERTED, /* functions by self weight, under each its callers */
	PT_GRAPH_CALLEES,  /* one frame's stacks from it on, merged: the lower half of a sandwich */
	PT_GRAPH_CALLERS, /* who called that frame, with the weight of its stacks: the upper half */
};
enum pt_graph_order { PT_GRAPH_BY_WEIGHT, PT_GRAPH_BY_NAME };

struct pt_graph_spec {
	enum pt_graph_kind kind;
	uint32_t frame;	      /* of callees and callers */
	const uint32_t *path; /* zoom: frames from the root of the graph on */
	size_t n_path;
	enum pt_graph_order order;
	const uint64_t *hidden; /* frames taken out; or NULL */
	const uint64_t *search; /* frames that match; or NULL */
	unsigned columns;	/* width in cells of the whole */
	/* Rows to show, counted from the zoomed node's own row 0. Those above `first` are laid out
	 * too, as what they carry stands on them: cells begin with row 0 and end before first + rows. */
	unsigned first, rows;
	double least; /* narrower than this many columns is merged; 0: 1.0 */
};

struct pt_graph_cell {
	double x, w;  /* in columns; unrounded */
	uint32_t row; /* 0: the zoomed node itself ("all" without zoom) */
	/* PT_NO_FRAME: the root (row 0), or `merged` frames too narrow to show. Row 0 of callees and
	 * callers is their frame, of a zoom the zoomed one. */
	uint32_t frame;
	uint32_t parent; /* index of the cell that it stands on; 0 of itself */
	uint32_t merged; /* how many frames are joined in it; else 0 */
	bool hit;	 /* its frame matches the search */
	bool deeper;	 /* it has callees (callers) beyond the last row */
	/* Callers: self is of stacks that begin there. Of merged ones only totals are known. */
	int64_t self, total;
	int64_t base_self, base_total;
	/* Of the totals' samples; 0: not known, or all weigh the same. */
	double square, base_square;
};

/* Laid out: cells by row, in a row by x. */
struct pt_graph {
	struct pt_graph_cell *cells;
	size_t n, cap;
	uint32_t rows;		       /* that have cells, from 0 on */
	uint32_t depth;		       /* rows that there would be without limit, as far as known */
	int64_t total, base_total;     /* of the whole tree: what 100 % is */
	int64_t zoom_total, zoom_base; /* of the zoomed node */
	/* Weight of stacks with a match: of the whole tree; of the zoomed node's, where it or what
	 * is beyond it matches. Hidden frames do not match. */
	int64_t hit, zoom_hit;
	bool found;	/* the zoom's path is there (false: laid out as far as it is) */
	size_t n_found; /* frames of it that are */
};

/* State kept between layouts of one tree, so that a key costs only what changed: searches, inverted
 * levels. Belongs to one tree; make another for another. */
struct pt_graph_cache;
struct pt_graph_cache *pt_graph_cache_new(const struct pt_tree *tree);
void pt_graph_cache_free(struct pt_graph_cache *cache);

/* Zero-initialise graph; laid out again it reuses its memory. */
void pt_graph_layout(struct pt_graph *graph, struct pt_graph_cache *cache,
		     const struct pt_graph_spec *spec);
void pt_graph_release(struct pt_graph *graph);
/* The heaviest way down from the zoomed node: frames to append to its path; at most max. */
size_t pt_graph_hottest(struct pt_graph_cache *cache, const struct pt_graph_spec *spec,
			uint32_t *ret, size_t max);

/*
 * A share of the whole and what its samples say of how sure it is. Samples that weigh differently, as
 * times that were waited, tell less than as many that weigh the same: one that is as heavy as a
 * hundred others is as much chance as one that is as light.
 */
struct pt_share {
	double part;   /* 0..1 */
	double n;      /* samples of the whole; 0 unknown */
	double square; /* mean square of what samples weigh, 0 of those of other parts; and of */
	double whole;  /* all; in mean weights. Where all weigh the same: part, and 1 */
};
/* Of a part below node, or (base) of what it is compared with. square: of the part's samples, 0
 * unknown; n: samples of the node. */
struct pt_share pt_share_of(const struct pt_tree *tree, uint32_t node, bool base, int64_t part,
			    double square, double n);
/* How sure is the change? Standard errors between two shares; 0 where samples are not known.
 * Positive: more than before. */
double pt_share_sigma(const struct pt_share *now, const struct pt_share *was);
/* Is it beyond noise? */
bool pt_share_sure(const struct pt_share *now, const struct pt_share *was);
/* Half of the 95 % interval of a share (Wilson), in 0..1. */
double pt_share_error(const struct pt_share *share);

#endif
