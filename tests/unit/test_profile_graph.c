/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Layouts against a slow one that is made of lists of strings: every kind, with hidden frames, zoom,
 * search, base weights, both orders, narrow cells, few rows.
 */
#include "perftop/profile/graph.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "profile_stacks.h"

enum { SEEDS = 400, COLUMNS = 40 };

struct fixture {
	struct pt_frames *frames;
	struct model model;
	struct pt_tree *tree;
	struct pt_graph_cache *cache;
	struct pt_graph_spec spec;
	uint64_t hidden[1], search[1];
	uint32_t path[STACK_LEN];
	struct pt_graph graph;
};

static unsigned indexed; /* every other tree is: it must make no difference */

static struct fixture *begin(const struct model *m, bool with_base)
{
	struct fixture *f = pt_calloc(1, sizeof *f);

	f->frames = pt_frames_new();
	f->model = *m;
	for (const char *c = "caebd"; *c; c++) /* ids are in no order */
		model_frame(f->frames, *c);
	f->tree = model_tree(m, f->frames, with_base);
	if (indexed++ % 2)
		pt_tree_index(f->tree);
	f->cache = pt_graph_cache_new(f->tree);
	f->spec = (struct pt_graph_spec){.columns = COLUMNS, .rows = 99};
	return f;
}

static void end(struct fixture *f)
{
	pt_graph_release(&f->graph);
	pt_graph_cache_free(f->cache);
	pt_tree_free(f->tree);
	pt_frames_unref(f->frames);
	free(f);
}

static char letter(const struct fixture *f, uint32_t frame)
{
	return frame == PT_NO_FRAME ? '.' : *pt_frames_get(f->frames, frame)->name;
}

static bool has(const struct fixture *f, const uint64_t *set, char c)
{
	return pt_frame_set_has(set, model_frame(f->frames, c));
}

/* -- the slow layout ------------------------------------------------------------------------------- */

struct slow {
	struct fixture *f;
	double whole, base_whole, scale;
	struct pt_str rows[STACK_LEN * 2]; /* text of cells */
	struct pt_str path[STACK_LEN * 2];
	size_t n_rows;
	long long zoom_total, zoom_base, hit, zoom_hit;
};

static double slow_share(const struct slow *s, long long w, long long base)
{
	double share = s->whole > 0 ? (double)w / s->whole : 0;

	if (s->base_whole <= 0)
		return share;
	return s->whole > 0 ? (share + (double)base / s->base_whole) / 2
			    : (double)base / s->base_whole;
}

static void reverse(char *text)
{
	for (size_t i = 0, n = strlen(text); i < n / 2; i++) {
		char c = text[i];

		text[i] = text[n - 1 - i];
		text[n - 1 - i] = c;
	}
}

/* A stack as the graph reads it, from its root on; false: it is not in it. */
static bool slow_stack(const struct fixture *f, const char *text, char *ret)
{
	const struct pt_graph_spec *spec = &f->spec;
	const char *begin = text, *stop = text + strlen(text), *c;
	size_t n = 0;

	if (spec->kind == PT_GRAPH_CALLEES || spec->kind == PT_GRAPH_CALLERS) {
		c = strchr(text, letter(f, spec->frame));
		if (!c)
			return false;
		if (spec->kind == PT_GRAPH_CALLEES)
			begin = c + 1;
		else
			stop = c;
	}
	for (c = begin; c < stop; c++)
		if (!has(f, spec->hidden, *c))
			ret[n++] = *c;
	ret[n] = '\0';
	if (spec->kind == PT_GRAPH_INVERTED || spec->kind == PT_GRAPH_CALLERS)
		reverse(ret);
	return true;
}

/* The stacks below the zoom; what of the path there is has been made sure of. */
static void slow_zoom(struct slow *s, struct model *ret)
{
	struct fixture *f = s->f;
	const struct pt_graph_spec *spec = &f->spec;

	ret->n = 0;
	for (size_t i = 0; i < f->model.n; i++) {
		const struct stack_model *v = &f->model.v[i];
		char text[STACK_LEN];
		bool there, hit = false;
		uint32_t top = spec->n_path ? spec->path[spec->n_path - 1] : PT_NO_FRAME;

		for (const char *c = v->text; *c; c++)
			hit = hit || (has(f, spec->search, *c) && !has(f, spec->hidden, *c));
		s->hit += hit ? v->w : 0;
		there = slow_stack(f, v->text, text);
		for (size_t k = 0; k < spec->n_path && there; k++)
			there = text[k] == letter(f, spec->path[k]);
		if (!there)
			continue;
		if (!spec->n_path && spec->kind != PT_GRAPH_STACKS &&
		    spec->kind != PT_GRAPH_INVERTED)
			top = spec->frame;
		hit = pt_frame_set_has(spec->search, top);
		for (const char *c = text + spec->n_path; *c; c++)
			hit = hit || has(f, spec->search, *c);
		s->zoom_hit += hit ? v->w : 0;
		s->zoom_total += v->w;
		s->zoom_base += v->base;
		model_add(ret, text + spec->n_path, v->w, v->base);
	}
}

struct slow_child {
	char c;
	double share;
	long long w, base;
};

static const struct pt_graph_spec *slow_order;

static int slow_compare(const void *a, const void *b)
{
	const struct slow_child *x = a, *y = b;

	if (slow_order->order == PT_GRAPH_BY_WEIGHT && x->share != y->share)
		return x->share < y->share ? 1 : -1;
	return x->c - y->c;
}

static size_t slow_children(const struct slow *s, const struct model *m, struct slow_child *ret,
			    long long *self, long long *base_self)
{
	size_t n = 0;

	*self = *base_self = 0;
	for (char c = 'a'; c < 'a' + LETTERS; c++) {
		struct slow_child child = {.c = c};
		bool any = false;

		for (size_t i = 0; i < m->n; i++) {
			if (m->v[i].text[0] != c)
				continue;
			/* The tree has nodes of stacks without weight; upwards only weight counts. */
			any = any || m->v[i].w || m->v[i].base ||
			      s->f->spec.kind != PT_GRAPH_INVERTED;
			child.w += m->v[i].w;
			child.base += m->v[i].base;
		}
		child.share = slow_share(s, child.w, child.base);
		if (any)
			ret[n++] = child;
	}
	for (size_t i = 0; i < m->n; i++) {
		if (m->v[i].text[0])
			continue;
		*self += m->v[i].w;
		*base_self += m->v[i].base;
	}
	slow_order = &s->f->spec;
	qsort(ret, n, sizeof *ret, slow_compare);
	return n;
}

static void slow_text(struct pt_str *row, char c, double x, double w, unsigned merged, int hit,
		      int deeper, const long long v[4])
{
	pt_str_addf(row,
		    "%c x %.6f w %.6f merged %u hit %d deeper %d self %lld %lld total %lld %lld", c,
		    x, w, merged, hit, deeper, v[0], v[2], v[1], v[3]);
}

/* One cell and, recursively, what stands on it. */
static void slow_lay(struct slow *s, const struct model *m, size_t row, char c, double x, double w,
		     const char *parent)
{
	const struct pt_graph_spec *spec = &s->f->spec;
	double least = spec->least > 0 ? spec->least : 1;
	struct slow_child children[LETTERS];
	struct model *sub = pt_malloc(sizeof *sub);
	long long v[4] = {0}, rest[4] = {0};
	size_t n = slow_children(s, m, children, &v[0], &v[2]);
	bool last = row + 1 >= (size_t)spec->first + spec->rows, rest_hit = false;
	double rest_w = 0, at = x;
	unsigned merged = 0;
	char path[STACK_LEN * 2];

	pt_snprintf(path, sizeof path, "%s%c", parent, c);
	for (size_t i = 0; i < m->n; i++) {
		v[1] += m->v[i].w;
		v[3] += m->v[i].base;
	}
	slow_text(&s->rows[row], c, x, w, 0, c != '.' && has(s->f, spec->search, c), last && n, v);
	pt_str_addf(&s->rows[row], " on %s\n", parent);
	for (size_t i = 0; i < n && !last; i++) {
		double width = children[i].share * s->scale;

		if (width <= 0 || width < least * (1 - 1e-9)) {
			rest_w += width;
			merged++;
			rest_hit = rest_hit || has(s->f, spec->search, children[i].c);
			rest[1] += children[i].w;
			rest[3] += children[i].base;
			continue;
		}
		sub->n = 0;
		for (size_t k = 0; k < m->n; k++)
			if (m->v[k].text[0] == children[i].c)
				model_add(sub, m->v[k].text + 1, m->v[k].w, m->v[k].base);
		slow_lay(s, sub, row + 1, children[i].c, at, width, path);
		at += width;
	}
	if (rest_w > 0) {
		slow_text(&s->rows[row + 1], '.', at, rest_w, merged, rest_hit, 0, rest);
		pt_str_addf(&s->rows[row + 1], " on %s\n", path);
	}
	free(sub);
}

static char *slow_layout(struct slow *s)
{
	struct fixture *f = s->f;
	const struct pt_graph_spec *spec = &f->spec;
	struct pt_str all = PT_STR_INIT;
	struct model zoomed;
	char top = '.';

	for (size_t i = 0; i < f->model.n; i++) {
		s->whole += (double)f->model.v[i].w;
		s->base_whole += (double)f->model.v[i].base;
	}
	slow_zoom(s, &zoomed);
	s->scale = slow_share(s, s->zoom_total, s->zoom_base);
	s->scale = s->scale > 0 ? spec->columns / s->scale : 0;
	if (spec->n_path)
		top = letter(f, spec->path[spec->n_path - 1]);
	else if (spec->kind == PT_GRAPH_CALLEES || spec->kind == PT_GRAPH_CALLERS)
		top = letter(f, spec->frame);
	slow_lay(s, &zoomed, 0, top, 0, spec->columns, "");
	for (size_t i = 0; i < PT_LEN(s->rows) && s->rows[i].len; i++)
		pt_str_addf(&all, "row %zu\n%s", i, s->rows[i].s);
	for (size_t i = 0; i < PT_LEN(s->rows); i++)
		pt_str_release(&s->rows[i]);
	return pt_str_detach(&all);
}

/* -- compared ------------------------------------------------------------------------------------- */

static void cell_path(const struct fixture *f, uint32_t i, char *ret)
{
	const struct pt_graph_cell *cells = f->graph.cells;
	size_t n = cells[i].row + 1;

	ret[n] = '\0';
	for (uint32_t at = i;; at = cells[at].parent) {
		ret[--n] = letter(f, cells[at].frame);
		if (!n)
			break;
	}
	assert_int_equal(n, 0);
}

static char *graph_text(const struct fixture *f)
{
	struct pt_str all = PT_STR_INIT;
	uint32_t row = UINT32_MAX;

	for (size_t i = 0; i < f->graph.n; i++) {
		const struct pt_graph_cell *c = &f->graph.cells[i];
		const long long v[4] = {c->self, c->total, c->base_self, c->base_total};
		char path[STACK_LEN * 2] = "";

		if (c->row != row)
			pt_str_addf(&all, "row %u\n", c->row);
		row = c->row;
		if (i)
			cell_path(f, c->parent, path);
		slow_text(&all, letter(f, c->frame), c->x, c->w, c->merged, c->hit, c->deeper, v);
		pt_str_addf(&all, " on %s\n", path);
	}
	assert_int_equal(row + 1, f->graph.rows);
	assert_true(f->graph.depth >= f->graph.rows);
	return pt_str_detach(&all);
}

static void check(struct fixture *f)
{
	struct slow *s = pt_calloc(1, sizeof *s);
	char *want, *got;

	s->f = f;
	pt_graph_layout(&f->graph, f->cache, &f->spec);
	assert_true(f->graph.found);
	want = slow_layout(s);
	got = graph_text(f);
	assert_string_equal(got, want);
	assert_int_equal(f->graph.zoom_total, s->zoom_total);
	assert_int_equal(f->graph.zoom_base, s->zoom_base);
	assert_int_equal(f->graph.hit, s->hit);
	assert_int_equal(f->graph.zoom_hit, s->zoom_hit);
	free(want);
	free(got);
	free(s);
}

/* A path that the graph has: some stack's begin, as the graph reads it. */
static void choose_path(struct fixture *f)
{
	char text[STACK_LEN];
	size_t len;

	f->spec.path = f->path;
	for (int tries = 0; tries < 20; tries++) {
		const struct stack_model *v = &f->model.v[model_random((unsigned)f->model.n)];

		if (!v->w || !slow_stack(f, v->text, text) || !*text)
			continue;
		len = 1 + model_random((unsigned)strlen(text));
		for (size_t i = 0; i < len; i++)
			f->path[i] = model_frame(f->frames, text[i]);
		f->spec.n_path = len;
		return;
	}
}

static void test_random(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		bool with_base = seed % 3 == 0;
		struct model m;
		struct fixture *f;

		model_fill(&m, seed, with_base);
		f = begin(&m, with_base);
		/* Several layouts of one cache, so that what it keeps must not matter. */
		for (int turn = 0; turn < 6; turn++) {
			f->spec = (struct pt_graph_spec){.columns = COLUMNS};
			f->spec.kind = (enum pt_graph_kind)model_random(4);
			f->spec.frame = model_random(LETTERS);
			f->spec.order = (enum pt_graph_order)model_random(2);
			f->spec.least = (double[]){0, 0.001, 3}[model_random(3)];
			f->spec.first = model_random(3);
			f->spec.rows = model_random(2) ? 99 : 1 + model_random(4);
			f->hidden[0] = (uint64_t)1 << model_random(LETTERS);
			f->hidden[0] &= ~((uint64_t)1 << f->spec.frame);
			f->search[0] = (uint64_t)model_random(1 << LETTERS);
			f->spec.hidden = model_random(2) ? f->hidden : NULL;
			f->spec.search = model_random(3) ? f->search : NULL;
			if (model_random(2))
				choose_path(f);
			check(f);
		}
		end(f);
	}
}

static void test_hottest(void **state)
{
	struct model m = {.n = 0};
	struct fixture *f;
	uint32_t got[8];
	size_t n;

	(void)state;
	model_add(&m, "abc", 5, 0);
	model_add(&m, "abd", 6, 0);
	model_add(&m, "ab", 20, 0);
	model_add(&m, "c", 30, 0);
	f = begin(&m, false);
	n = pt_graph_hottest(f->cache, &f->spec, got, 8);
	assert_int_equal(n, 3);
	assert_int_equal(letter(f, got[0]), 'a');
	assert_int_equal(letter(f, got[2]), 'd');
	assert_int_equal(pt_graph_hottest(f->cache, &f->spec, got, 2), 2);
	f->spec.path = got;
	f->spec.n_path = 2;
	assert_int_equal(pt_graph_hottest(f->cache, &f->spec, got + 2, 6), 1);
	f->spec.kind = PT_GRAPH_INVERTED;
	f->spec.n_path = 0;
	n = pt_graph_hottest(f->cache, &f->spec, got, 8);
	assert_int_equal(n, 3); /* c, called by b, called by a */
	assert_int_equal(letter(f, got[0]), 'c');
	assert_int_equal(letter(f, got[2]), 'a');
	end(f);
}

static void test_zoom_that_is_gone(void **state)
{
	struct model m = {.n = 0};
	struct fixture *f;

	(void)state;
	model_add(&m, "abc", 5, 0);
	f = begin(&m, false);
	for (int i = 0; i < 3; i++)
		f->path[i] = model_frame(f->frames, "abd"[i]);
	f->spec.path = f->path;
	f->spec.n_path = 3;
	for (int kind = PT_GRAPH_STACKS; kind <= PT_GRAPH_INVERTED; kind++) {
		f->spec.kind = (enum pt_graph_kind)kind;
		pt_graph_layout(&f->graph, f->cache, &f->spec);
		assert_false(f->graph.found);
		assert_int_equal(f->graph.n_found, kind == PT_GRAPH_STACKS ? 2 : 0);
		assert_int_equal(f->graph.zoom_total, 5);
		assert_int_equal(f->graph.rows, kind == PT_GRAPH_STACKS ? 2 : 4);
	}
	/* A frame that the tree does not have, later than all of its own. */
	f->path[0] = model_frame(f->frames, 'z');
	pt_graph_layout(&f->graph, f->cache, &f->spec);
	assert_int_equal(f->graph.n_found, 0);
	f->spec.kind = PT_GRAPH_CALLERS;
	f->spec.frame = f->path[0];
	f->spec.n_path = 0;
	pt_graph_layout(&f->graph, f->cache, &f->spec);
	assert_int_equal(f->graph.zoom_total, 0);
	assert_int_equal(f->graph.n, 1);
	end(f);
}

/* Below zero, beyond the greatest number, nothing at all: cells stay within their caller. */
static void test_odd_weights(void **state)
{
	static const long long weights[][3] = {
		{-5, 10, 3}, {INT64_MAX, INT64_MAX, 1}, {0, 0, 0}, {-1, -2, -3}};

	(void)state;
	for (size_t i = 0; i < PT_LEN(weights); i++) {
		struct model m = {.n = 0};
		struct fixture *f;

		model_add(&m, "ab", weights[i][0], 0);
		model_add(&m, "ac", weights[i][1], 0);
		model_add(&m, "b", weights[i][2], 0);
		f = begin(&m, false);
		for (int kind = 0; kind < 4; kind++) {
			f->spec.kind = (enum pt_graph_kind)kind;
			pt_graph_layout(&f->graph, f->cache, &f->spec);
			for (size_t k = 1; k < f->graph.n; k++) {
				const struct pt_graph_cell *c = &f->graph.cells[k];
				const struct pt_graph_cell *on = &f->graph.cells[c->parent];

				assert_true(isfinite(c->x) && isfinite(c->w));
				assert_true(c->x >= on->x - 1e-6);
				assert_true(c->x + c->w <= on->x + on->w + 1e-6);
			}
		}
		end(f);
	}
}

/* The first cell of a graph of that frame. */
static const struct pt_graph_cell *lay(struct fixture *f, enum pt_graph_kind kind, uint32_t frame)
{
	f->spec.kind = kind;
	f->spec.frame = frame;
	f->spec.least = 1e-12;
	pt_graph_layout(&f->graph, f->cache, &f->spec);
	return f->graph.cells;
}

/* Cells of a frame alone have the squares that the flat profile has of it. */
static void test_squares(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct pt_function *functions;
		struct fixture *f;
		struct model m;
		size_t n;

		model_fill(&m, seed, false);
		f = begin(&m, false);
		n = pt_tree_functions(f->tree, PT_TREE_ROOT, &functions);
		assert_true(lay(f, PT_GRAPH_STACKS, 0)->square == f->tree->squares.total[0]);
		for (size_t i = 0; i < n; i++) {
			uint32_t frame = functions[i].frame;
			double total = functions[i].total_square, self = 0;

			assert_true(lay(f, PT_GRAPH_CALLEES, frame)->square == total);
			assert_true(lay(f, PT_GRAPH_CALLERS, frame)->square == total);
			lay(f, PT_GRAPH_INVERTED, frame);
			assert_true(f->graph.cells[0].square == f->tree->squares.total[0]);
			for (size_t k = 1; k < f->graph.n; k++)
				if (f->graph.cells[k].row == 1 && f->graph.cells[k].frame == frame)
					self = f->graph.cells[k].square;
			assert_true(self == functions[i].self_square);
		}
		free(functions);
		end(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_hottest),
		cmocka_unit_test(test_zoom_that_is_gone),
		cmocka_unit_test(test_odd_weights),
		cmocka_unit_test(test_squares),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
