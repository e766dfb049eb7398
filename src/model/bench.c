/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A set of benchmark results: benchmarks are found by name, metric and saved baseline, so that a
 * tool that repeats a name adds samples to what is there.
 */
#include "perftop/model/bench.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <math.h>
#include <string.h>

/* A file may give a reason for each of a hundred thousand benchmarks: nobody reads that. */
enum { MAX_NOTES = 100 };

void pt_bench_set_init(struct pt_bench_set *set)
{
	*set = (struct pt_bench_set){0};
}

static void bench_free(struct pt_bench *bench)
{
	for (size_t i = 0; i < bench->n_runs; i++)
		free(bench->runs[i].samples);
	free(bench->runs);
	free(bench->name);
	free(bench->metric);
	free(bench->saved);
	free(bench);
}

void pt_bench_set_release(struct pt_bench_set *set)
{
	for (size_t i = 0; i < set->n; i++)
		bench_free(set->benches[i]);
	for (size_t i = 0; i < set->n_notes; i++)
		free(set->notes[i]);
	free(set->benches);
	free(set->notes);
	pt_map_release(&set->index);
	pt_bench_set_init(set);
}

/* Names may hold anything but NUL, so their lengths keep the three parts apart. */
static void key_of(struct pt_str *key, const char *name, const char *metric, const char *saved)
{
	pt_str_addf(key, "%zu %zu %s%s", strlen(name), strlen(metric), name, metric);
	if (saved)
		pt_str_addf(key, " %s", saved);
}

const struct pt_bench *pt_bench_set_find(const struct pt_bench_set *set, const char *name,
					 const char *metric, const char *saved)
{
	struct pt_str key = PT_STR_INIT;
	const struct pt_bench *bench;

	key_of(&key, name, metric, saved);
	bench = pt_map_get(&set->index, key.s);
	pt_str_release(&key);
	return bench;
}

struct pt_bench *pt_bench_set_get(struct pt_bench_set *set, const char *name, const char *metric,
				  const char *saved)
{
	struct pt_str key = PT_STR_INIT;
	struct pt_bench *bench;

	key_of(&key, name, metric, saved);
	bench = pt_map_get(&set->index, key.s);
	if (!bench) {
		bench = pt_calloc(1, sizeof *bench);
		bench->name = pt_strdup(name);
		bench->metric = pt_strdup(metric);
		bench->saved = saved ? pt_strdup(saved) : NULL;
		bench->lo = bench->hi = NAN;
		*PT_PUSH(set->benches, set->n, set->cap) = bench;
		pt_map_put(&set->index, key.s, bench);
	}
	pt_str_release(&key);
	return bench;
}

void pt_bench_set_note(struct pt_bench_set *set, const char *fmt, ...)
{
	struct pt_str text = PT_STR_INIT;
	va_list ap;

	va_start(ap, fmt);
	pt_str_addv(&text, fmt, ap);
	va_end(ap);
	for (size_t i = 0; i < set->n_notes; i++)
		if (strcmp(set->notes[i], pt_str_text(&text)) == 0) {
			pt_str_release(&text);
			return;
		}
	if (set->n_notes > MAX_NOTES) {
		pt_str_release(&text);
		return;
	}
	if (set->n_notes == MAX_NOTES) {
		pt_str_clear(&text);
		pt_str_add(&text, "more notes left out");
	}
	*PT_PUSH(set->notes, set->n_notes, set->cap_notes) = pt_str_detach(&text);
}

size_t pt_bench_add_run(struct pt_bench *bench)
{
	*PT_PUSH(bench->runs, bench->n_runs, bench->cap_runs) = (struct pt_run){0};
	return bench->n_runs - 1;
}

void pt_bench_add_sample(struct pt_bench *bench, size_t run, double value)
{
	struct pt_run *r;

	while (bench->n_runs <= run)
		pt_bench_add_run(bench);
	r = &bench->runs[run];
	*PT_PUSH(r->samples, r->n, r->cap) = value;
}

/* Brings the k-th smallest of v to its place, smaller ones before it (Hoare's quickselect). */
static double select_kth(double *v, size_t n, size_t k)
{
	size_t lo = 0, hi = n - 1;

	while (lo < hi) {
		double pivot = v[lo + (hi - lo) / 2];
		size_t i = lo, j = hi;

		for (;; i++, j--) {
			while (v[i] < pivot)
				i++;
			while (v[j] > pivot)
				j--;
			if (i >= j)
				break;
			double swap = v[i];
			v[i] = v[j];
			v[j] = swap;
		}
		/* lo..j is at most the pivot, j+1..hi at least. */
		if (k <= j)
			hi = j;
		else
			lo = j + 1;
	}
	return v[k];
}

/* Reorders v. */
static double median(double *v, size_t n)
{
	double upper, lower;

	if (n == 0)
		return NAN;
	upper = select_kth(v, n, n / 2);
	if (n % 2)
		return upper;
	lower = v[0];
	for (size_t i = 1; i < n / 2; i++)
		lower = fmax(lower, v[i]);
	return lower / 2 + upper / 2;
}

double pt_run_median(const struct pt_run *run)
{
	double few[64], *v = few, m;

	if (run->n == 0)
		return NAN;
	if (run->n > PT_LEN(few))
		v = pt_malloc(run->n * sizeof *v);
	memcpy(v, run->samples, run->n * sizeof *v);
	m = median(v, run->n);
	if (v != few)
		free(v);
	return m;
}

double pt_bench_median(const struct pt_bench *bench)
{
	double *v = pt_malloc((bench->n_runs + 1) * sizeof *v), m;
	size_t n = 0;

	for (size_t i = 0; i < bench->n_runs; i++)
		if (bench->runs[i].n > 0)
			v[n++] = pt_run_median(&bench->runs[i]);
	m = median(v, n);
	free(v);
	return m;
}
