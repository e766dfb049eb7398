/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was read, as JSON: the newest results first, then what is saved under each name. */
#include "perftop/base/map.h"
#include "perftop/bench/parser.h"

#include <math.h>
#include <string.h>

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

/* Each benchmark of one saved name, in the order met. */
static void write_benches(struct pt_jw *w, const struct pt_bench_set *set, const char *saved)
{
	pt_jw_array(w);
	for (size_t i = 0; i < set->n; i++) {
		const char *s = set->benches[i]->saved;

		if (saved ? s && !strcmp(s, saved) : !s)
			write_bench(w, set->benches[i]);
	}
	pt_jw_end(w, ']');
}

void pt_bench_set_json(const struct pt_bench_set *set, struct pt_str *out, bool indent)
{
	struct pt_map done = {0};
	struct pt_jw w;

	pt_jw_init(&w, out, indent);
	pt_jw_object(&w);
	pt_jw_key(&w, "format");
	pt_jw_str(&w, set->format);
	pt_jw_key(&w, "benchmarks");
	write_benches(&w, set, NULL);
	pt_jw_key(&w, "saved");
	pt_jw_object(&w);
	for (size_t i = 0; i < set->n; i++) {
		const char *s = set->benches[i]->saved;

		if (!s || pt_map_put(&done, s, set->benches[i]))
			continue;
		pt_jw_key(&w, s);
		write_benches(&w, set, s);
	}
	pt_jw_end(&w, '}');
	pt_jw_key(&w, "notes");
	pt_jw_array(&w);
	for (size_t i = 0; i < set->n_notes; i++)
		pt_jw_str(&w, set->notes[i]);
	pt_jw_end(&w, ']');
	pt_jw_end(&w, '}');
	pt_map_release(&done);
}
