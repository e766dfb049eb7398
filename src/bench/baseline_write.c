/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The file of a baseline. Nothing that changes with each save stands outside of a benchmark's block, and each
 * block begins with a line of its own (its name) and ends with lines that stay, so that git merges
 * what two branches did to different benchmarks. Samples are their run's median, rounded to seven
 * digits, and offsets from it in ten-thousandths: 0.005 % is lost.
 */
#include "perftop/bench/baseline.h"

#include "perftop/base/clock.h"
#include "perftop/base/fs.h"
#include "perftop/base/json.h"
#include "perftop/base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define SCALE 1e4
#define OFFSET_MAX 1e15

static double rounded(double v, int digits)
{
	char text[40];

	pt_snprintf(text, sizeof text, "%.*g", digits, v);
	return strtod(text, NULL);
}

static void add_time(struct pt_jw *w, const char *key, int64_t ns)
{
	time_t seconds = (time_t)(ns / PT_S);
	struct tm tm;
	char text[40];

	pt_jw_key(w, key);
	gmtime_r(&seconds, &tm);
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
	pt_jw_str(w, text);
}

/* A list or an object on one line. */
static void begin_line(struct pt_jw *w, char bracket)
{
	if (bracket == '{')
		pt_jw_object(w);
	else
		pt_jw_array(w);
	w->indent = false;
}

static void end_line(struct pt_jw *w, char bracket)
{
	pt_jw_end(w, bracket);
	w->indent = true;
}

static void add_accepted(struct pt_jw *w, const struct pt_baseline_entry *e)
{
	if (!e->n_accepted)
		return;
	pt_jw_key(w, "accepted");
	pt_jw_array(w);
	for (size_t i = 0; i < e->n_accepted; i++) {
		const struct pt_accept *a = &e->accepted[i];
		begin_line(w, '{');
		add_time(w, "at", a->at_ns);
		pt_jw_key_str(w, "commit", a->commit);
		pt_jw_key(w, "ratio");
		pt_jw_num(w, rounded(a->ratio, 5));
		if (a->taken_in) {
			pt_jw_key(w, "taken_in");
			pt_jw_bool(w, true);
		}
		pt_jw_key_str(w, "who", a->who);
		pt_jw_key_str(w, "why", a->why);
		end_line(w, '}');
	}
	pt_jw_end(w, ']');
}

/* -- samples ------------------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* At most PT_BASELINE_SAMPLES of a run: as they came, else quantiles in the middle of equal parts. */
static size_t thin(const struct pt_run *run, double out[PT_BASELINE_SAMPLES])
{
	double *sorted;

	if (run->n <= PT_BASELINE_SAMPLES) {
		memcpy(out, run->samples, run->n * sizeof *out);
		return run->n;
	}
	sorted = pt_malloc(run->n * sizeof *sorted);
	memcpy(sorted, run->samples, run->n * sizeof *sorted);
	qsort(sorted, run->n, sizeof *sorted, by_value);
	for (size_t i = 0; i < PT_BASELINE_SAMPLES; i++) {
		double at = ((double)i + 0.5) / PT_BASELINE_SAMPLES * (double)run->n - 0.5;
		size_t k = (size_t)at;
		out[i] = sorted[k] + (at - (double)k) * (sorted[k + 1] - sorted[k]);
	}
	free(sorted);
	return PT_BASELINE_SAMPLES;
}

/* Can each run be told as a median and offsets? What is counted is told as it is. */
static bool has_offsets(const struct pt_bench *bench)
{
	if (bench->exact)
		return false;
	for (size_t i = 0; i < bench->n_runs; i++) {
		double median = pt_run_median(&bench->runs[i]);
		for (size_t k = 0; k < bench->runs[i].n; k++)
			if (!(fabs(bench->runs[i].samples[k] / median - 1) * SCALE <= OFFSET_MAX))
				return false;
	}
	return true;
}

static void add_run(struct pt_jw *w, const struct pt_run *run, bool offsets)
{
	double v[PT_BASELINE_SAMPLES], median = pt_run_median(run);
	size_t n = thin(run, v);

	if (n > 1)
		begin_line(w, '[');
	if (offsets)
		pt_jw_num(w, rounded(median, 7));
	for (size_t i = 0; i < n && (n > 1 || !offsets); i++) {
		if (offsets)
			pt_jw_int(w, llround((v[i] / median - 1) * SCALE));
		else
			pt_jw_num(w, v[i]);
	}
	if (n > 1)
		end_line(w, ']');
}

static void add_runs(struct pt_jw *w, const struct pt_bench *bench)
{
	bool offsets = has_offsets(bench), lines = false;
	size_t from = bench->n_runs - PT_MIN(bench->n_runs, (size_t)PT_BASELINE_RUNS);

	for (size_t i = from; i < bench->n_runs; i++)
		lines |= bench->runs[i].n > 1;
	pt_jw_key(w, offsets ? "runs" : "values");
	pt_jw_array(w);
	w->indent = lines;
	for (size_t i = from; i < bench->n_runs; i++)
		if (bench->runs[i].n > 0) {
			w->indent = lines;
			add_run(w, &bench->runs[i], offsets);
			w->indent = lines;
		}
	pt_jw_end(w, ']');
	w->indent = true;
}

/* -- entries ------------------------------------------------------------------------------------- */

static void add_recent(struct pt_jw *w, const struct pt_baseline_entry *e)
{
	size_t from = e->n_recent - PT_MIN(e->n_recent, (size_t)PT_BASELINE_RECENT);

	if (!e->n_recent)
		return;
	pt_jw_key(w, "recent");
	begin_line(w, '[');
	for (size_t i = from; i < e->n_recent; i++)
		pt_jw_num(w, e->bench->exact ? e->recent[i] : rounded(e->recent[i], 5));
	end_line(w, ']');
}

static void add_entry(struct pt_jw *w, const struct pt_baseline *b,
		      const struct pt_baseline_entry *e)
{
	const struct pt_bench *bench = e->bench;

	pt_jw_key(w, bench->metric);
	pt_jw_object(w);
	add_accepted(w, e);
	pt_jw_key_str(w, "better", bench->better == PT_BETTER_LOWER ? "lower" : "higher");
	pt_jw_key_str(w, "commit", e->commit[0] ? e->commit : b->commit.id);
	if (bench->exact) {
		pt_jw_key(w, "exact");
		pt_jw_bool(w, true);
	}
	if (bench->estimate) {
		pt_jw_key(w, "interval");
		begin_line(w, '[');
		pt_jw_num(w, bench->lo);
		pt_jw_num(w, bench->hi);
		end_line(w, ']');
	}
	add_recent(w, e);
	if (has_offsets(bench))
		add_runs(w, bench);
	add_time(w, "saved", e->saved_ns ? e->saved_ns : b->saved_ns);
	if (!isnan(e->spread)) {
		pt_jw_key(w, "spread");
		begin_line(w, '[');
		pt_jw_num(w, rounded(e->spread, 4));
		pt_jw_int(w, (int64_t)e->spread_n);
		end_line(w, ']');
	}
	pt_jw_key_str(w, "unit", pt_unit_name(bench->unit));
	if (!has_offsets(bench))
		add_runs(w, bench);
	pt_jw_end(w, '}');
}

static int by_name(const void *a, const void *b)
{
	const struct pt_baseline_entry *x = *(const struct pt_baseline_entry *const *)a;
	const struct pt_baseline_entry *y = *(const struct pt_baseline_entry *const *)b;
	int order = strcmp(x->bench->name, y->bench->name);

	return order ? order : strcmp(x->bench->metric, y->bench->metric);
}

static bool has_samples(const struct pt_bench *bench)
{
	return !isnan(pt_bench_median(bench));
}

static void add_benchmarks(struct pt_jw *w, const struct pt_baseline *b)
{
	const struct pt_baseline_entry **list = pt_calloc(b->n + 1, sizeof *list);
	const char *name = NULL;
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		if (has_samples(b->entries[i].bench))
			list[n++] = &b->entries[i];
	qsort(list, n, sizeof *list, by_name);
	for (size_t i = 0; i < n; i++) {
		if (!name || strcmp(name, list[i]->bench->name) != 0) {
			if (name)
				pt_jw_end(w, '}');
			name = list[i]->bench->name;
			pt_jw_key(w, name);
			pt_jw_object(w);
		}
		add_entry(w, b, list[i]);
	}
	if (name)
		pt_jw_end(w, '}');
	free(list);
}

void pt_baseline_format(const struct pt_baseline *b, struct pt_str *out)
{
	struct pt_jw w;

	pt_jw_init(&w, out, true);
	pt_jw_object(&w);
	pt_jw_key(&w, "benchmarks");
	pt_jw_object(&w);
	add_benchmarks(&w, b);
	pt_jw_end(&w, '}');
	pt_jw_key(&w, "environment");
	pt_jw_object(&w);
	/* Which of several equal machines it was would change with every save. */
	for (size_t i = 0; i < b->environment.n; i++)
		if (strcmp(b->environment.facts[i].name, "host") != 0)
			pt_jw_key_str(&w, b->environment.facts[i].name,
				      b->environment.facts[i].value);
	pt_jw_end(&w, '}');
	pt_jw_key_str(&w, "machine_class",
		      b->environment.machine_class ? b->environment.machine_class : "");
	pt_jw_key_str(&w, "name", b->name ? b->name : "main");
	pt_jw_key(&w, "schema");
	pt_jw_int(&w, PT_BASELINE_SCHEMA);
	pt_jw_key_str(&w, "suite", b->suite);
	pt_jw_end(&w, '}');
}

/* Folders of a repository are to be shared: not as private as pt_fs_mkdirs makes them. */
static int make_folders(char *folder, struct pt_err *err)
{
	const char *below = strstr(folder, "/.performance/");
	char *p = below ? folder + (below - folder) + 1 : NULL;

	for (; p; p = strchr(p + 1, '/')) {
		if (p[0] != '/')
			continue;
		*p = '\0';
		(void)mkdir(folder, 0777); /* what fails is told below */
		*p = '/';
	}
	if (below)
		(void)mkdir(folder, 0777);
	return pt_fs_mkdirs(folder, err);
}

int pt_baseline_save(const char *path, const struct pt_baseline *b, struct pt_err *err)
{
	struct pt_str text = PT_STR_INIT;
	struct pt_baseline back;
	char folder[1200], *slash;
	int r;

	pt_baseline_format(b, &text);
	r = pt_baseline_parse(path, text.s, text.len, &back, err);
	if (r == 0)
		pt_baseline_release(&back);
	pt_strlcpy(folder, path, sizeof folder);
	slash = strrchr(folder, '/');
	if (r == 0 && slash && slash != folder) {
		*slash = '\0';
		r = make_folders(folder, err);
	}
	if (r == 0)
		r = pt_fs_write(path, text.s, text.len, 0644, err);
	pt_str_release(&text);
	return r;
}
