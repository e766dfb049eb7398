/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was read, as JSON: the newest results first, then what is saved under each name. */
#include "perftop/base/map.h"
#include "perftop/base/mem.h"
#include "perftop/bench/parser.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

static void write_runs(struct pt_jw *w, const struct pt_bench *bench)
{
	pt_jw_array(w);
	for (size_t r = 0; r < bench->n_runs; r++) {
		pt_jw_array(w);
		for (size_t i = 0; i < bench->runs[r].n; i++)
			pt_jw_num(w, bench->runs[r].samples[i]);
		pt_jw_end(w, ']');
	}
	pt_jw_end(w, ']');
}

static void write_bench(struct pt_jw *w, const struct pt_bench *bench)
{
	pt_jw_object(w);
	pt_jw_key(w, "name");
	pt_jw_str(w, bench->name);
	pt_jw_key(w, "metric");
	pt_jw_str(w, bench->metric);
	pt_jw_key(w, "unit");
	pt_jw_str(w, pt_unit_name(bench->unit));
	pt_jw_key(w, "better");
	pt_jw_str(w, bench->better == PT_BETTER_HIGHER ? "higher" : "lower");
	if (bench->exact) {
		pt_jw_key(w, "exact");
		pt_jw_bool(w, true);
	}
	if (bench->estimate) {
		pt_jw_key(w, "estimate");
		pt_jw_bool(w, true);
	}
	if (!isnan(bench->lo) && !isnan(bench->hi)) {
		pt_jw_key(w, "interval");
		pt_jw_array(w);
		pt_jw_num(w, bench->lo);
		pt_jw_num(w, bench->hi);
		pt_jw_end(w, ']');
	}
	pt_jw_key(w, "runs");
	write_runs(w, bench);
	pt_jw_end(w, '}');
}

/* The benchmarks of one saved name. */
struct group {
	const struct pt_bench **benches;
	size_t n, cap;
};

static void write_group(struct pt_jw *w, const struct group *group)
{
	pt_jw_array(w);
	for (size_t i = 0; i < group->n; i++)
		write_bench(w, group->benches[i]);
	pt_jw_end(w, ']');
}

/* The newest first, then each saved name, in the order met: a history has thousands of them. */
static struct group *group_by_saved(const struct pt_bench_set *set, size_t *ret_n)
{
	size_t n = 0, cap = 0;
	struct group *groups = NULL;
	struct pt_map known = {0}; /* name to its number + 1 */

	*PT_PUSH(groups, n, cap) = (struct group){0};
	for (size_t i = 0; i < set->n; i++) {
		const struct pt_bench *bench = set->benches[i];
		size_t at = bench->saved ? (size_t)(uintptr_t)pt_map_get(&known, bench->saved) : 1;

		if (!at) {
			*PT_PUSH(groups, n, cap) = (struct group){0};
			at = n;
			pt_map_put(&known, bench->saved, (void *)(uintptr_t)at);
		}
		*PT_PUSH(groups[at - 1].benches, groups[at - 1].n, groups[at - 1].cap) = bench;
	}
	pt_map_release(&known);
	*ret_n = n;
	return groups;
}

void pt_bench_set_json(const struct pt_bench_set *set, struct pt_str *out, bool indent)
{
	size_t n;
	struct group *groups = group_by_saved(set, &n);
	struct pt_jw w;

	pt_jw_init(&w, out, indent);
	pt_jw_object(&w);
	pt_jw_key(&w, "format");
	pt_jw_str(&w, set->format);
	pt_jw_key(&w, "benchmarks");
	write_group(&w, &groups[0]);
	pt_jw_key(&w, "saved");
	pt_jw_object(&w);
	for (size_t i = 1; i < n; i++) {
		pt_jw_key(&w, groups[i].benches[0]->saved);
		write_group(&w, &groups[i]);
	}
	pt_jw_end(&w, '}');
	pt_jw_key(&w, "notes");
	pt_jw_array(&w);
	for (size_t i = 0; i < set->n_notes; i++)
		pt_jw_str(&w, set->notes[i]);
	pt_jw_end(&w, ']');
	pt_jw_end(&w, '}');
	for (size_t i = 0; i < n; i++)
		free(groups[i].benches);
	free(groups);
}
