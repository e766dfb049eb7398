/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Functions whose share has changed. Each is one test of two proportions; with hundreds of them some
 * would pass at 5 % by chance, so the bar is raised by how many there are (Bonferroni).
 */
#include "perftop/profile/grown.h"

#include "perftop/analyse/student.h"
#include "perftop/base/mem.h"
#include "perftop/profile/graph.h"

#include <math.h>
#include <stdlib.h>

static struct pt_grown grown_of(const struct pt_tree *diff, const struct pt_function *f,
				const struct pt_profile *base, const struct pt_profile *p,
				enum pt_grown_by by)
{
	double n = (double)p->samples, base_n = (double)base->samples;
	struct pt_share self, base_self, total, base_total;

	self = pt_share_of(diff, PT_TREE_ROOT, false, f->self, f->self_square, n);
	base_self =
		pt_share_of(diff, PT_TREE_ROOT, true, f->base_self, f->base_self_square, base_n);
	total = pt_share_of(diff, PT_TREE_ROOT, false, f->total, f->total_square, n);
	base_total =
		pt_share_of(diff, PT_TREE_ROOT, true, f->base_total, f->base_total_square, base_n);
	return (struct pt_grown){
		.frame = f->frame,
		.self = self.part,
		.base_self = base_self.part,
		.total = total.part,
		.base_total = base_total.part,
		.sigma = by == PT_GROWN_SELF ? pt_share_sigma(&self, &base_self)
					     : pt_share_sigma(&total, &base_total),
	};
}

static double change(const struct pt_grown *g, enum pt_grown_by by)
{
	return by == PT_GROWN_SELF ? g->self - g->base_self : g->total - g->base_total;
}

static int compare(const struct pt_grown *a, const struct pt_grown *b, enum pt_grown_by by)
{
	double x = fabs(change(a, by)), y = fabs(change(b, by));

	if (a->significant != b->significant)
		return a->significant ? -1 : 1;
	return x != y ? (x < y) - (x > y) : (a->frame > b->frame) - (a->frame < b->frame);
}

static int by_self(const void *a, const void *b)
{
	return compare(a, b, PT_GROWN_SELF);
}

static int by_total(const void *a, const void *b)
{
	return compare(a, b, PT_GROWN_TOTAL);
}

size_t pt_profile_grown(const struct pt_profile *base, const struct pt_profile *p,
			enum pt_grown_by by, size_t max, struct pt_grown **ret)
{
	struct pt_tree *diff = pt_tree_diff(base->tree, p->tree);
	struct pt_function *functions;
	struct pt_grown *g;
	size_t n, k = 0;
	double bar;

	*ret = NULL;
	if (!diff)
		return 0;
	n = pt_tree_functions(diff, PT_TREE_ROOT, &functions);
	g = pt_calloc(n + 1, sizeof *g);
	bar = pt_student_quantile(1 - 0.05 / (double)(n + 1), INFINITY);
	for (size_t i = 0; i < n; i++) {
		if (pt_frames_get(diff->frames, functions[i].frame)->kind == PT_FRAME_THREAD)
			continue;
		g[k] = grown_of(diff, &functions[i], base, p, by);
		g[k].significant = fabs(g[k].sigma) > bar;
		k += change(&g[k], by) != 0;
	}
	free(functions);
	pt_tree_free(diff);
	qsort(g, k, sizeof *g, by == PT_GROWN_SELF ? by_self : by_total);
	*ret = g;
	return k < max ? k : max;
}
