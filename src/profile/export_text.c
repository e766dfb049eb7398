/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The graph as plain text, one line a row, and the functions that weigh most. */
#include "export_svg.h"

#include "perftop/base/mem.h"
#include "perftop/base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 100, ROWS_MAX = 400, FUNCTIONS = 20, NAME_MAX_CELLS = 400 };

struct text {
	const struct pt_profile *p;
	const struct pt_export_spec *spec;
	struct pt_str *out;
	char safe[NAME_MAX_CELLS * 4 + 1];
};

static const char *safe_name(struct text *t, uint32_t frame)
{
	const char *name = pt_frames_get(t->p->tree->frames, frame)->name;

	pt_text_safe(t->safe, sizeof t->safe, name, strnlen(name, NAME_MAX_CELLS), t->spec->ascii);
	return t->safe;
}

static double share(int64_t part, int64_t whole)
{
	return whole > 0 ? 100.0 * (double)part / (double)whole : 0;
}

/* "name 12.3 %", cut to the cell: what is wide says its share too. */
static void put_cell(struct text *t, const struct pt_graph *g, const struct pt_graph_cell *c,
		     int width)
{
	const char *name = c->frame != PT_NO_FRAME ? safe_name(t, c->frame) : "all";
	char label[NAME_MAX_CELLS * 4 + 64], number[32];
	size_t cut;

	if (c->merged) {
		pt_snprintf(t->safe, sizeof t->safe, "%s(%u)", t->spec->ascii ? "..." : "…",
			    c->merged);
		name = t->safe;
	}
	if (t->p->tree->base_total)
		pt_snprintf(number, sizeof number, "%+.1f",
			    export_change(t->p, c->total, c->base_total));
	else
		pt_snprintf(number, sizeof number, "%.1f %%", share(c->total, g->total));
	pt_snprintf(label, sizeof label, "%s %s", name, number);
	if (pt_text_width(label) > width)
		pt_snprintf(label, sizeof label, "%s", name);
	cut = pt_text_fit(label, width);
	label[cut] = '\0';
	pt_str_addf(t->out, "%s%*s", label, width - pt_text_width(label), "");
}

/* Cells of a row, each behind a bar; gaps are blanks. */
static void put_row(struct text *t, const struct pt_graph *g, size_t first, size_t end)
{
	const char *bar = t->spec->ascii ? "|" : "▏";
	int at = 0;

	for (size_t i = first; i < end; i++) {
		const struct pt_graph_cell *c = &g->cells[i];
		int x = (int)lround(c->x), x2 = (int)lround(c->x + c->w);
		if (x2 <= x || x < at)
			continue;
		pt_str_addf(t->out, "%*s%s", x - at, "", bar);
		put_cell(t, g, c, x2 - x - 1);
		at = x2;
	}
	while (t->out->len && t->out->s[t->out->len - 1] == ' ')
		t->out->s[--t->out->len] = '\0';
	pt_str_addc(t->out, '\n');
}

static void put_graph(struct text *t)
{
	struct pt_graph_spec view = t->spec->view ? *t->spec->view : (struct pt_graph_spec){0};
	struct pt_graph_cache *cache = pt_graph_cache_new(t->p->tree);
	struct pt_graph g = {0};
	size_t i = 0;

	view.columns = t->spec->width ? t->spec->width : COLUMNS;
	view.rows = view.rows ? view.rows : ROWS_MAX;
	view.least = 2;
	pt_graph_layout(&g, cache, &view);
	for (uint32_t row = 0; row < g.rows; row++) {
		size_t first = i;
		while (i < g.n && g.cells[i].row == row)
			i++;
		put_row(t, &g, first, i);
	}
	pt_graph_release(&g);
	pt_graph_cache_free(cache);
}

static int by_self(const void *a, const void *b)
{
	const struct pt_function *x = a, *y = b;

	return (x->self < y->self) - (x->self > y->self);
}

/* What vanished stands with what came. */
static int by_change(const void *a, const void *b)
{
	const struct pt_function *x = a, *y = b;
	int64_t p = PT_MAX(x->self, x->base_self), q = PT_MAX(y->self, y->base_self);

	return (p < q) - (p > q);
}

static void put_function(struct text *t, const struct pt_function *f)
{
	const struct pt_tree *tree = t->p->tree;
	int64_t whole = tree->total[PT_TREE_ROOT];

	pt_str_addf(t->out, "%8.2f %8.2f", share(f->self, whole), share(f->total, whole));
	if (tree->base_total)
		pt_str_addf(t->out, " %+8.2f", export_change(t->p, f->self, f->base_self));
	pt_str_addf(t->out, "  %s\n", safe_name(t, f->frame));
}

static void put_functions(struct text *t)
{
	const struct pt_tree *tree = t->p->tree;
	struct pt_function *f;
	size_t n = pt_tree_functions(tree, PT_TREE_ROOT, &f);

	qsort(f, n, sizeof *f, tree->base_total ? by_change : by_self);
	pt_str_addf(t->out, "\n  SELF %%  TOTAL %%%s  FUNCTION\n",
		    tree->base_total ? "   CHANGE" : "");
	for (size_t i = 0, k = 0; i < n && k < FUNCTIONS; i++)
		if ((f[i].self > 0 || f[i].base_self > 0) &&
		    pt_frames_get(tree->frames, f[i].frame)->kind != PT_FRAME_THREAD) {
			put_function(t, &f[i]);
			k++;
		}
	free(f);
}

static int write_text(const struct pt_profile *p, const struct pt_export_spec *spec,
		      const struct pt_export_sink *sink, struct pt_err *err)
{
	struct pt_str out = PT_STR_INIT;
	struct text t = {.p = p, .spec = spec, .out = &out};
	struct pt_str title = PT_STR_INIT;
	char weight[64];
	int r;

	(void)err;
	export_weight(p, p->tree->total[PT_TREE_ROOT], weight, sizeof weight);
	export_title(p, spec, &title);
	pt_text_safe(t.safe, sizeof t.safe, title.s, PT_MIN(title.len, (size_t)NAME_MAX_CELLS),
		     spec->ascii);
	pt_str_addf(&out, "%s: %s\n", t.safe, weight);
	if (p->lost > 0)
		pt_str_addf(&out, "%lld sample%s lost\n", (long long)p->lost,
			    p->lost == 1 ? " was" : "s were");
	pt_str_addc(&out, '\n');
	put_graph(&t);
	put_functions(&t);
	r = sink->write(sink->arg, out.s, out.len);
	pt_str_release(&title);
	pt_str_release(&out);
	return r;
}

const struct pt_profile_export pt_profile_export_text = {
	.name = "text",
	.title = "the graph as plain text, and the top functions",
	.endings = " .txt .text ",
	.write = write_text,
};
