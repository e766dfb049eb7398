/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A profile's parts: values, notes, moments; its windows and its heat map. */
#include "perftop/profile/profile.h"

#include "tree_build.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void pt_profile_init(struct pt_profile *p, struct pt_frames *frames, size_t max_bytes)
{
	struct pt_frames *own = frames ? pt_frames_ref(frames) : pt_frames_new();

	*p = (struct pt_profile){.format = "", .tree = pt_tree_new(own, max_bytes)};
	pt_frames_unref(own);
}

void pt_profile_release(struct pt_profile *p)
{
	pt_tree_free(p->tree);
	free(p->values);
	free(p->moments);
	for (size_t i = 0; i < p->n_notes; i++)
		free(p->notes[i]);
	free(p->notes);
	*p = (struct pt_profile){.format = ""};
}

size_t pt_profile_add_value(struct pt_profile *p, const char *name, const char *what,
			    enum pt_unit unit)
{
	struct pt_profile_value *v = PT_PUSH(p->values, p->n_values, p->cap_values);

	*v = (struct pt_profile_value){.unit = unit};
	pt_strlcpy(v->name, name, sizeof v->name);
	pt_strlcpy(v->what, what, sizeof v->what);
	return p->n_values - 1;
}

void pt_profile_add_moment(struct pt_profile *p, int64_t at_ns, uint32_t node, int64_t weight)
{
	*PT_PUSH(p->moments, p->n_moments, p->cap_moments) =
		(struct pt_moment){.at_ns = at_ns, .weight = weight, .node = node};
}

void pt_profile_note(struct pt_profile *p, const char *fmt, ...)
{
	struct pt_str text = PT_STR_INIT;
	va_list ap;

	va_start(ap, fmt);
	pt_str_addv(&text, fmt, ap);
	va_end(ap);
	*PT_PUSH(p->notes, p->n_notes, p->cap_notes) = pt_str_detach(&text);
}

static int by_time(const void *a, const void *b)
{
	const struct pt_moment *x = a, *y = b;

	return (x->at_ns > y->at_ns) - (x->at_ns < y->at_ns);
}

void pt_profile_finish(struct pt_profile *p)
{
	bool sorted = true;

	pt_tree_seal(p->tree);
	for (size_t i = 1; i < p->n_moments && sorted; i++)
		sorted = p->moments[i - 1].at_ns <= p->moments[i].at_ns;
	if (!sorted)
		qsort(p->moments, p->n_moments, sizeof *p->moments, by_time);
}

double pt_profile_samples_of(const struct pt_profile *p, int64_t weight)
{
	int64_t whole = p && p->tree && p->tree->total ? p->tree->total[PT_TREE_ROOT] : weight;

	if (!p || p->samples <= 0 || whole <= 0 || weight <= 0)
		return 0;
	return (double)p->samples * (double)weight / (double)whole;
}

size_t pt_profile_moments_before(const struct pt_profile *p, int64_t at_ns)
{
	size_t lo = 0, hi = p->n_moments;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (p->moments[mid].at_ns < at_ns)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct pt_tree *pt_profile_window(const struct pt_profile *p, int64_t from_ns, int64_t to_ns)
{
	size_t end = pt_profile_moments_before(p, to_ns);
	struct pt_tree *tree, part = *p->tree;
	double *squares = NULL;
	int64_t *self;

	if (!p->n_moments)
		return NULL;
	if (part.squares.self)
		squares = pt_calloc(part.n, sizeof *squares);
	self = pt_calloc(p->tree->n, sizeof *self);
	for (size_t i = pt_profile_moments_before(p, from_ns); i < end; i++) {
		const struct pt_moment *m = &p->moments[i];

		self[m->node] = pt_weight_add(self[m->node], m->weight);
		if (squares)
			squares[m->node] += (double)m->weight * (double)m->weight;
	}
	part.self = self;
	part.squares.self = squares;
	part.base_self = NULL;
	tree = pt_tree_reweigh(&part);
	free(squares);
	free(self);
	return tree;
}

void pt_profile_heat(const struct pt_profile *p, int64_t from_ns, int64_t column_ns, size_t columns,
		     size_t rows, int64_t *counts)
{
	memset(counts, 0, columns * rows * sizeof *counts);
	for (size_t i = pt_profile_moments_before(p, from_ns); i < p->n_moments; i++) {
		const struct pt_moment *m = &p->moments[i];
		uint64_t since = (uint64_t)m->at_ns - (uint64_t)from_ns;
		uint64_t column = since / (uint64_t)column_ns;
		double part = (double)(since % (uint64_t)column_ns) / (double)column_ns;
		size_t row = (size_t)(part * (double)rows);
		int64_t *cell;

		if (column >= columns)
			break;
		cell = &counts[column * rows + (row < rows ? row : rows - 1)];
		*cell = pt_weight_add(*cell, m->weight);
	}
}
