/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `perftop bench show`: what was measured last, as a distribution, and how the machine was. */
#include "baseline.h"

#include "perftop/base/json.h"
#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/present/value.h"

#include <fnmatch.h>
#include <math.h>
#include <string.h>

static const struct pt_flag flags[] = {{"json", 0, NULL, "One object a suite, in an array"},
				       {NULL, 0, NULL, NULL}};

/* What a suite's latest batch holds. */
struct shown {
	struct pt_batch_info *batch;
	struct pt_bench_set set;
	struct pt_environment environment;
};

struct figures {
	double median, min, max, p90, p99, spread;
	size_t samples;
};

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Nearest rank: a figure that was measured. */
static double rank(const double *v, size_t n, double q)
{
	size_t i = (size_t)ceil(q * (double)n);

	return v[i > 0 ? i - 1 : 0];
}

static struct figures figures_of(const struct pt_bench *b)
{
	struct figures f = {.median = pt_bench_median(b),
			    .min = NAN,
			    .max = NAN,
			    .p90 = NAN,
			    .p99 = NAN,
			    .spread = NAN};
	double *v, mean = 0, sum = 0, median;
	size_t n = 0;

	for (size_t i = 0; i < b->n_runs; i++)
		f.samples += b->runs[i].n;
	v = pt_malloc((f.samples + 1) * sizeof *v);
	for (size_t i = 0; i < b->n_runs; i++)
		for (size_t k = 0; k < b->runs[i].n; k++)
			v[n++] = b->runs[i].samples[k];
	if (n) {
		qsort(v, n, sizeof *v, by_value);
		f.min = v[0];
		f.max = v[n - 1];
		f.p90 = rank(v, n, 0.90);
		f.p99 = rank(v, n, 0.99);
	}
	for (size_t i = 0; i < b->n_runs; i++)
		mean += log(pt_run_median(&b->runs[i])) / (double)b->n_runs;
	for (size_t i = 0; i < b->n_runs; i++) {
		median = log(pt_run_median(&b->runs[i])) - mean;
		sum += median * median;
	}
	if (b->n_runs > 1 && isfinite(sum))
		f.spread = sqrt(sum / (double)(b->n_runs - 1));
	free(v);
	return f;
}

/* -- rows ---------------------------------------------------------------------------------------- */

struct row {
	const struct pt_bench *bench;
	struct figures f;
	char text[7][24];
};

static void get_name(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->text = ((const struct row *)row)->bench->name;
}

static void get_metric(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->text = ((const struct row *)row)->bench->metric;
}

static void get_runs(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->num = (double)((const struct row *)row)->bench->n_runs;
}

/* Units differ from row to row, so these are texts. */
#define GET(field, i)                                                            \
	static void get_##field(const void *row, void *ctx, struct pt_cell *ret) \
	{                                                                        \
		(void)ctx;                                                       \
		ret->text = ((const struct row *)row)->text[i];                  \
	}
GET(median, 0)
GET(min, 1)
GET(p90, 2)
GET(p99, 3)
GET(max, 4)
GET(spread, 5)
GET(samples, 6)
#undef GET

#define VALUE(id, head, columns, extra, words)                                       \
	{                                                                            \
		.name = #id, .title = head, .type = PT_CELL_VALUE, .width = columns, \
		.help = words, .optional = extra, .get = get_##id                    \
	}
static const struct pt_column columns[] = {
	VALUE(median, "MEDIAN", 9, false, "Median of the runs' medians"),
	VALUE(min, "LEAST", 9, true, "Least sample"),
	VALUE(p90, "P90", 9, true, "90th percentile of all samples"),
	VALUE(p99, "P99", 9, false, "99th percentile of all samples"),
	VALUE(max, "MOST", 9, true, "Largest sample"),
	VALUE(spread, "SPREAD", 7, false, "Between launches"),
	{.name = "runs",
	 .title = "RUNS",
	 .type = PT_CELL_INT,
	 .width = 4,
	 .help = "Launches",
	 .get = get_runs},
	VALUE(samples, "SAMPLES", 7, true, "Samples of all runs"),
	{.name = "metric", .title = "METRIC", .width = 10, .help = "Metric", .get = get_metric},
	{.name = "name", .title = "BENCHMARK", .width = 0, .help = "Benchmark", .get = get_name},
};
#undef VALUE

static const void *row_at(void *ctx, size_t i)
{
	return &((const struct row *)ctx)[i];
}

static void fill_row(struct row *row, const struct pt_bench *bench)
{
	unsigned flags_of = pt_cli_utf8() ? 0 : PT_VALUE_ASCII;

	row->bench = bench;
	row->f = figures_of(bench);
	const double v[] = {row->f.median, row->f.min, row->f.p90, row->f.p99, row->f.max};
	for (size_t i = 0; i < PT_LEN(v); i++)
		pt_value_format(row->text[i], sizeof row->text[i], v[i], bench->unit, flags_of);
	pt_value_format(row->text[5], sizeof row->text[5], row->f.spread, PT_UNIT_RATIO, flags_of);
	pt_snprintf(row->text[6], sizeof row->text[6], "%zu", row->f.samples);
}

static void add_safe(struct pt_str *out, const char *text)
{
	char safe[600];

	pt_text_safe(safe, sizeof safe, text, strlen(text), !pt_cli_utf8());
	pt_str_add(out, safe);
}

static void add_head(const struct shown *s, struct pt_str *out)
{
	const struct pt_batch_info *b = s->batch;
	char when[40];

	pt_time_format(when, sizeof when, b->started_ns, true);
	pt_str_addf(out, "%s  ", b->suite);
	if (b->commit.id[0])
		pt_str_addf(out, "%.7s%s ", b->commit.id, b->commit.dirty ? " with changes" : "");
	add_safe(out, b->commit.subject);
	pt_str_addf(out, "\n  %s, %d launch%s", when, b->launches, b->launches == 1 ? "" : "es");
	if (b->failed)
		pt_str_addf(out, ", %d failed", b->failed);
	pt_str_addf(out, ", on %s\n", b->machine_class);
	if (b->noisy[0]) {
		pt_str_add(out, "  noisy: ");
		add_safe(out, b->noisy);
		pt_str_add(out, "\n");
	}
}

/* -- both forms ---------------------------------------------------------------------------------- */

static void add_text(struct pt_cli *cli, const struct shown *s, struct row *rows, size_t n,
		     struct pt_str *out)
{
	struct pt_table table = {.columns = columns,
				 .n_columns = PT_LEN(columns),
				 .n_rows = n,
				 .row = row_at,
				 .ctx = rows};

	if (out->len)
		pt_str_addc(out, '\n');
	add_head(s, out);
	pt_cli_add_table(cli, &table, out);
}

static void add_json_row(struct pt_jw *w, const struct row *r)
{
	pt_jw_object(w);
	pt_jw_key_str(w, "name", r->bench->name);
	pt_jw_key_str(w, "metric", r->bench->metric);
	pt_jw_key_str(w, "unit", pt_unit_name(r->bench->unit));
	pt_jw_key_str(w, "better", r->bench->better == PT_BETTER_LOWER ? "lower" : "higher");
	pt_jw_key_num(w, "median", r->f.median);
	pt_jw_key_num(w, "min", r->f.min);
	pt_jw_key_num(w, "p90", r->f.p90);
	pt_jw_key_num(w, "p99", r->f.p99);
	pt_jw_key_num(w, "max", r->f.max);
	pt_jw_key_num(w, "spread", r->f.spread);
	pt_jw_key_num(w, "runs", (double)r->bench->n_runs);
	pt_jw_key_num(w, "samples", (double)r->f.samples);
	pt_jw_end(w, '}');
}

static void add_json(struct pt_jw *w, const struct shown *s, const struct row *rows, size_t n)
{
	const struct pt_batch_info *b = s->batch;

	pt_jw_object(w);
	pt_jw_key_str(w, "suite", b->suite);
	pt_jw_key_str(w, "commit", b->commit.id);
	pt_jw_key_str(w, "subject", b->commit.subject);
	pt_jw_key(w, "dirty");
	pt_jw_bool(w, b->commit.dirty);
	pt_jw_key_num(w, "started", floor((double)b->started_ns / 1e6) / 1e3);
	pt_jw_key_num(w, "launches", b->launches);
	pt_jw_key_num(w, "failed", b->failed);
	pt_jw_key_str(w, "noisy", b->noisy[0] ? b->noisy : NULL);
	pt_jw_key_str(w, "machine_class", b->machine_class);
	pt_jw_key(w, "environment");
	pt_jw_object(w);
	for (size_t i = 0; i < s->environment.n; i++)
		pt_jw_key_str(w, s->environment.facts[i].name, s->environment.facts[i].value);
	pt_jw_end(w, '}');
	pt_jw_key(w, "benchmarks");
	pt_jw_array(w);
	for (size_t i = 0; i < n; i++)
		add_json_row(w, &rows[i]);
	pt_jw_end(w, ']');
	pt_jw_end(w, '}');
}

/* -- what is shown ------------------------------------------------------------------------------- */

struct showing {
	struct pt_cli *cli;
	struct pt_benches *b;
	const char *glob; /* of benchmarks, or NULL */
	struct pt_str out;
	struct pt_jw w;
	size_t suites;
};

static bool matches(const struct showing *sh, const char *name)
{
	return !sh->glob || strcmp(sh->glob, name) == 0 || fnmatch(sh->glob, name, 0) == 0;
}

static void add_shown(struct showing *sh, const struct shown *s)
{
	struct row *rows = pt_calloc(s->set.n + 1, sizeof *rows);
	size_t n = 0;

	for (size_t i = 0; i < s->set.n; i++)
		if (matches(sh, s->set.benches[i]->name))
			fill_row(&rows[n++], s->set.benches[i]);
	if (n && pt_cli_flag(sh->cli, "json"))
		add_json(&sh->w, s, rows, n);
	else if (n)
		add_text(sh->cli, s, rows, n, &sh->out);
	sh->suites += n > 0;
	free(rows);
}

static int show_batch(struct showing *sh, struct pt_batch_info *batch, struct pt_err *err)
{
	struct shown s = {.batch = batch};
	struct pt_runs_query one = {.batch = batch->id, .dirty = -1, .reruns = true};
	int r;

	pt_bench_set_init(&s.set);
	r = pt_runs_load(sh->b->db, &one, &s.set, err);
	if (r == 0)
		r = pt_runs_environment(sh->b->db, batch->id, &s.environment, err);
	if (r == 0)
		add_shown(sh, &s);
	pt_bench_set_release(&s.set);
	pt_environment_release(&s.environment);
	return r;
}

/* The latest batch of every suite that has been run, or of the one that is named. */
static int show(struct showing *sh, const char *suite, struct pt_err *err)
{
	struct pt_runs_query query = {.repository = sh->b->repository, .suite = suite, .dirty = -1};
	struct pt_batch_info *list;
	struct pt_map seen = {0};
	size_t n;
	int r = pt_runs_batches(sh->b->db, &query, suite ? 1 : 0, &list, &n, err);

	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < n; i++)
		if (!pt_map_put(&seen, list[i].suite, &list[i]))
			r = show_batch(sh, &list[i], err);
	pt_map_release(&seen);
	pt_batch_infos_free(list, n);
	return r;
}

/* A word is a suite's name, else benchmarks in any suite. */
static int show_word(struct showing *sh, const char *word, struct pt_err *err)
{
	size_t before = sh->suites;
	int r = show(sh, word, err);

	if (r < 0 || !word || sh->suites > before)
		return r;
	sh->glob = word;
	r = show(sh, NULL, err);
	sh->glob = NULL;
	if (r == 0 && sh->suites == before)
		r = pt_err_set(err, PT_ENODATA, "no runs of a suite or benchmark '%s'", word);
	return r;
}

static int show_all(struct showing *sh, struct pt_err *err)
{
	bool json = pt_cli_flag(sh->cli, "json") != NULL;
	int r = 0;

	pt_jw_init(&sh->w, &sh->out, true);
	if (json)
		pt_jw_array(&sh->w);
	for (int i = 0; r == 0 && i < sh->cli->n_words; i++)
		r = show_word(sh, sh->cli->words[i], err);
	if (sh->cli->n_words == 0)
		r = show_word(sh, NULL, err);
	if (r == 0 && !sh->suites)
		r = pt_err_set(err, PT_ENODATA,
			       "nothing has been run yet; `perftop bench run` does");
	if (json)
		pt_jw_end(&sh->w, ']');
	return r;
}

static int run(struct pt_cli *cli)
{
	struct showing sh = {.cli = cli};
	struct pt_err err = {0};
	struct pt_benches b;
	int r = pt_cli_benches(cli, &b);

	if (r >= 0)
		return r;
	sh.b = &b;
	r = pt_benches_db(&b, false, &err);
	if (r == -PT_ENOENT)
		r = pt_err_set(&err, PT_ENODATA,
			       "nothing has been run yet; `perftop bench run` does");
	if (r == 0)
		r = show_all(&sh, &err);
	r = r < 0 ? pt_cli_err(cli, pt_cli_status(r), &err)
		  : pt_cli_write(cli, pt_str_text(&sh.out), sh.out.len);
	pt_str_release(&sh.out);
	pt_benches_close(&b);
	return r;
}

const struct pt_command pt_command_bench_show = {
	.name = "bench show",
	.summary = "The latest results, as distributions",
	.arguments = "[SUITE|BENCH...] [--json]",
	.help = "The latest runs of every suite, or of those named; BENCH may be a glob. Percentiles are of "
		"all\nsamples, the spread is between launches.",
	.exits = "  0  printed\n  2  wrong usage or input\n  3  there are no runs",
	.flags = flags,
	.words = true,
	.run = run,
};
