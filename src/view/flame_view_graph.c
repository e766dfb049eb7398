/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The view of flame graphs, the picture: a cell is an edge at its left, a name, and its share where
 * there is room. Colours lie behind the text; without them a filling tells the kinds apart.
 */
#include "flame_view.h"

#include "perftop/base/mem.h"
#include "perftop/base/text.h"

#include <math.h>
#include <string.h>

enum { EDGE = 0x258F, LABEL = 512, SHARE_W = 7, NAME_LEAST = 6 };

/* Everything about one cell that its painting asks for. */
struct look {
	enum pt_role role;
	uint32_t fill;
};

static uint32_t hash(const char *s)
{
	uint32_t h = 2166136261u;

	for (; *s; s++)
		h = (h ^ (uint8_t)*s) * 16777619u;
	return h ^ h >> 15;
}

static struct look of_kind(const struct pt_frame *f)
{
	bool other = hash(f->name) & 1; /* neighbours of a kind are told apart */

	switch (f->kind) {
	case PT_FRAME_KERNEL:
		return (struct look){other ? PT_ROLE_FLAME_KERNEL_2 : PT_ROLE_FLAME_KERNEL, '#'};
	case PT_FRAME_INLINED: return (struct look){PT_ROLE_FLAME_INLINED, '-'};
	case PT_FRAME_JIT: return (struct look){PT_ROLE_FLAME_JIT, '~'};
	case PT_FRAME_THREAD: return (struct look){PT_ROLE_FLAME_THREAD, ' '};
	default: return (struct look){other ? PT_ROLE_FLAME_USER_2 : PT_ROLE_FLAME_USER, '='};
	}
}

static struct look of_text(const char *text, const struct pt_frame *f)
{
	struct look look = of_kind(f);

	if (f->kind != PT_FRAME_THREAD)
		look.role = (enum pt_role)(PT_ROLE_FLAME_1 + hash(text) % 6);
	return look;
}

/* Grey is what chance explains; the full colour begins at two points. */
static struct look of_change(const struct pv_share *share)
{
	bool strong = fabs(share->change) >= 0.02;

	if (!share->sure)
		return (struct look){PT_ROLE_FLAME_SAME, '='};
	if (share->change > 0)
		return (struct look){strong ? PT_ROLE_FLAME_MORE_2 : PT_ROLE_FLAME_MORE, '+'};
	return (struct look){strong ? PT_ROLE_FLAME_LESS_2 : PT_ROLE_FLAME_LESS, '-'};
}

static struct look look_of(const struct pv_flame *v, const struct pt_graph_cell *cell,
			   const struct pv_share *share)
{
	const struct pt_frame *f;

	if (cell->hit)
		return (struct look){PT_ROLE_FLAME_MATCH, '*'};
	if (cell->frame == PT_NO_FRAME)
		return (struct look){cell->row ? PT_ROLE_FLAME_REST : PT_ROLE_FLAME_THREAD, ' '};
	f = pt_frames_get(v->frames, cell->frame);
	switch (pv_flame_coloring(v)) {
	case PV_COLORS_CHANGE: return of_change(share);
	case PV_COLORS_MODULE: return of_text(f->module, f);
	case PV_COLORS_NAME: return of_text(f->name, f);
	default: return of_kind(f);
	}
}

/* What stands at a cell's right end: its share, or its change. */
static void share_words(const struct pv_flame *v, const struct pv_share *share, char *out,
			size_t size)
{
	double self_or_total = v->by_self ? share->self : share->total;

	if (pv_flame_coloring(v) == PV_COLORS_CHANGE)
		pt_snprintf(out, size, "%+.1f%%", share->change * 100);
	else
		pt_snprintf(out, size, "%.1f%%", self_or_total * 100);
}

struct brush {
	const struct pv_flame *v;
	const struct pt_view_env *env;
	struct pt_canvas *cv;
	uint32_t same; /* frame whose other cells are bold */
};

static void put_merged(const struct brush *b, const struct pt_graph_cell *cell, int x, int y, int w)
{
	char text[32];

	pt_snprintf(text, sizeof text, "%s(%u)", b->env->ascii ? "~" : "…", cell->merged);
	if (pt_text_width(text) > w)
		pt_snprintf(text, sizeof text, "%s", b->env->ascii ? "~" : "…");
	pt_canvas_text(b->cv, x, y, text, w, b->env->mono ? PT_ROLE_DIM : PT_ROLE_FLAME_REST);
}

/* Name from the left, share or change at the right end with the sign of a sure change. */
static void put_words(const struct brush *b, const struct pt_graph_cell *cell,
		      const struct pv_share *share, int x, int y, int w, enum pt_role role)
{
	bool change = pv_flame_coloring(b->v) == PV_COLORS_CHANGE;
	char name[LABEL], right[24];
	int right_w, name_w;

	if (w < 2)
		return;
	share_words(b->v, share, right, sizeof right);
	right_w = pt_text_width(right) + (change && share->sure ? 2 : 0);
	pv_flame_label(b->v, cell->frame, w, b->env->ascii, name, sizeof name);
	/* A change is worth a piece of the name, a share is not. */
	name_w = w - right_w - 2;
	if (name_w < (change ? NAME_LEAST : pt_text_width(name))) {
		pt_canvas_text(b->cv, x, y, name, w, role);
		return;
	}
	pv_flame_label(b->v, cell->frame, name_w, b->env->ascii, name, sizeof name);
	int used = pt_canvas_text(b->cv, x, y, name, name_w, role);
	if (b->env->mono) { /* words stand free of the filling */
		pt_canvas_put(b->cv, x + used, y, ' ', role);
		pt_canvas_put(b->cv, x + w - 1, y, ' ', role);
		pt_canvas_fill(b->cv, (struct pt_rect){x + w - right_w - 2, y, right_w + 1, 1}, ' ',
			       role);
	}
	if (change && share->sure)
		pt_canvas_put(
			b->cv, x + w - right_w - 1, y,
			pt_sign(share->change > 0 ? PT_SIGN_WORSE : PT_SIGN_BETTER, b->env->glyphs),
			role);
	pt_canvas_right(b->cv, x + w - 1, y, right, role);
}

/* The cell at its left is of the same colour. */
static bool beside_merged(const struct pv_half *half, size_t i)
{
	const struct pt_graph_cell *cell = &half->graph.cells[i], *left = cell - 1;

	return i > 0 && left->row == cell->row && left->merged &&
	       left->x + left->w >= cell->x - 0.5;
}

static void put_cell(const struct brush *b, const struct pv_half *half, size_t i, int y)
{
	const struct pt_graph_cell *cell = &half->graph.cells[i];
	bool chosen = i == half->cell && !b->v->in_table && pv_flame_cell(b->v, NULL) == cell;
	bool same = cell->frame == b->same && b->same != PT_NO_FRAME;
	int x0 = half->at.x + (int)floor(cell->x + 0.5);
	int x1 = half->at.x + (int)floor(cell->x + cell->w + 0.5);
	struct pv_share share;
	struct look look;
	enum pt_role role;
	bool soft = !b->env->mono && cell->merged && !beside_merged(half, i);
	uint32_t edge = soft ? ' ' : b->env->ascii ? '|' : EDGE;

	x1 = PT_MIN(x1, half->at.x + half->at.w);
	if (x1 <= x0)
		return;
	pv_cell_share(b->v, cell, &share);
	look = look_of(b->v, cell, &share);
	role = b->env->mono ? PT_ROLE_TEXT : chosen ? PT_ROLE_FLAME_CHOSEN : look.role;
	pt_canvas_fill(b->cv, (struct pt_rect){x0, y, x1 - x0, 1}, b->env->mono ? look.fill : ' ',
		       role);
	pt_canvas_put(b->cv, x0, y, chosen ? pt_sign(PT_SIGN_SELECTED, b->env->glyphs) : edge,
		      role);
	if (cell->merged)
		put_merged(b, cell, x0 + 1, y, x1 - x0 - 1);
	else
		put_words(b, cell, &share, x0 + 1, y, x1 - x0 - 1, role);
	if (chosen && b->env->mono)
		pt_canvas_mark(b->cv, (struct pt_rect){x0, y, x1 - x0, 1}, PT_CELL_SELECTED);
	if (same)
		pt_canvas_mark(b->cv, (struct pt_rect){x0, y, x1 - x0, 1}, PT_CELL_BOLD);
}

void pv_graph_paint(const struct pv_flame *v, const struct pt_view_env *env, struct pt_canvas *cv,
		    const struct pv_half *half)
{
	struct brush b = {v, env, cv, pv_flame_frame(v)};
	int first = pv_half_first(v, half);

	for (size_t i = 0; i < half->graph.n; i++) {
		int row = (int)half->graph.cells[i].row - first;
		if (row >= half->at.h)
			break;
		if (row >= 0)
			put_cell(&b, half, i,
				 half->up ? half->at.y + half->at.h - 1 - row : half->at.y + row);
	}
}
