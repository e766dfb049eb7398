/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `perftop bench history`: one point a commit, drawn with the steps in it. The line is that of HEAD's
 * first parents, so that what was tried on other branches is not mixed in.
 */
#include "baseline.h"

#include "perftop/analyse/changepoint.h"
#include "perftop/analyse/compare.h"
#include "perftop/base/json.h"
#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/face/face.h"
#include "perftop/present/value.h"
#include "perftop/view/chart.h"

#include <math.h>
#include <string.h>

static const struct pt_flag flags[] = {
	{"suite", 0, "SUITE", "Of this suite alone"},
	{"metric", 0, "METRIC", "Of this metric alone"},
	{"branch", 0, "REV", "The line of this branch or revision (HEAD)"},
	{"all", 0, NULL, "Commits of every branch, in order of time"},
	{"points", 'n', "N", "The newest N commits (500)"},
	{"json", 0, NULL, "One object a benchmark, in an array"},
	{NULL, 0, NULL, NULL}};

enum { POINTS = 500, POINTS_MAX = 100000, GRAPH_ROWS = 8, LABEL = 10, LISTED = 5 };

struct drawn {
	const struct pt_history *h;
	struct pt_changepoint *steps;
	size_t n_steps;
	double noise;
};

static void find_steps(struct drawn *d)
{
	struct pt_changepoint_options options;
	double *v = pt_malloc((d->h->n + 1) * sizeof *v);
	size_t *sizes = pt_calloc(d->h->n + 1, sizeof *sizes), used;

	pt_changepoint_options_init(&options);
	for (size_t i = 0; i < d->h->n; i++) {
		v[i] = d->h->points[i].median;
		sizes[i] = d->h->points[i].runs;
	}
	d->noise = pt_launch_spread(d->h->medians, sizes, d->h->n, &used);
	options.bench = true;
	options.noise = d->noise;
	(void)pt_changepoints(v, d->h->n, &options, &d->steps, &d->n_steps);
	free(sizes);
	free(v);
}

static bool is_worse(const struct pt_history *h, const struct pt_changepoint *step)
{
	return (step->after > step->before) == (h->better == PT_BETTER_LOWER);
}

/* -- text ---------------------------------------------------------------------------------------- */

static void add_safe(struct pt_str *out, const char *text, int columns)
{
	char safe[600];
	size_t n = pt_text_safe(safe, sizeof safe, text, strlen(text), !pt_cli_utf8());

	if (columns > 0)
		n = pt_text_fit(safe, columns);
	pt_str_addn(out, safe, n);
}

static void value_text(char *out, size_t size, double v, enum pt_unit unit)
{
	pt_value_format(out, size, v, unit, pt_cli_utf8() ? 0 : PT_VALUE_ASCII);
}

/* A bin a commit while they fit, else several commits a bin. */
static void fill_bins(const struct pt_history *h, struct pt_bin *bins, int n)
{
	for (int i = 0; i < n; i++)
		bins[i] = (struct pt_bin){0};
	for (size_t k = 0; k < h->n; k++) {
		struct pt_bin *bin = &bins[h->n <= (size_t)n ? k : k * (size_t)n / h->n];
		float v = (float)h->points[k].median;
		bin->min = bin->n ? fminf(bin->min, v) : v;
		bin->max = bin->n ? fmaxf(bin->max, v) : v;
		bin->mean = (bin->mean * (float)bin->n + v) / (float)(bin->n + 1);
		bin->n++;
	}
}

static struct pt_range range_of(const struct pt_history *h)
{
	struct pt_range r = {.scale = PT_SCALE_LINEAR, .lo = INFINITY, .hi = -INFINITY};
	double room;

	for (size_t i = 0; i < h->n; i++) {
		r.lo = fmin(r.lo, h->points[i].median);
		r.hi = fmax(r.hi, h->points[i].median);
	}
	/* Noise of a thousandth must not look like a mountain. */
	room = fmax(fabs(r.hi) * 0.02, (r.hi - r.lo) * 0.1);
	r.lo = r.lo >= 0 ? fmax(0, r.lo - room) : r.lo - room;
	r.hi += room > 0 ? room : 1;
	return r;
}

static int column_of(const struct pt_history *h, size_t i, int columns, int per_cell)
{
	size_t bins = (size_t)columns * (size_t)per_cell;

	return (int)((h->n <= bins ? i : i * bins / h->n) / (size_t)per_cell);
}

/* The graph, its axis to the left, and a row below that marks the steps. */
static void add_graph(const struct drawn *d, struct pt_str *out)
{
	bool utf8 = pt_cli_utf8();
	enum pt_glyphs glyphs = utf8 ? PT_GLYPHS_BLOCK : PT_GLYPHS_ASCII;
	int per_cell = pt_chart_bins_per_cell(glyphs), width, height, columns;
	struct pt_range range = range_of(d->h);
	struct pt_canvas cv;
	struct pt_bin *bins;
	char text[40];

	pt_face_terminal_size(&width, &height);
	columns = PT_MAX(PT_MIN(width, 200) - LABEL - 2, 10);
	bins = pt_calloc((size_t)(columns * per_cell), sizeof *bins);
	fill_bins(d->h, bins, columns * per_cell);
	pt_canvas_init(&cv);
	pt_canvas_resize(&cv, LABEL + 1 + columns, GRAPH_ROWS + 1);
	pt_canvas_clear(&cv);
	pt_chart_area(&cv, (struct pt_rect){LABEL + 1, 0, columns, GRAPH_ROWS}, bins, &range,
		      glyphs, PT_ROLE_TEXT);
	value_text(text, sizeof text, range.hi, d->h->unit);
	pt_canvas_right(&cv, LABEL, 0, text, PT_ROLE_DIM);
	value_text(text, sizeof text, range.lo, d->h->unit);
	pt_canvas_right(&cv, LABEL, GRAPH_ROWS - 1, text, PT_ROLE_DIM);
	for (size_t i = 0; i < d->n_steps; i++)
		pt_canvas_put(&cv, LABEL + 1 + column_of(d->h, d->steps[i].at, columns, per_cell),
			      GRAPH_ROWS,
			      pt_sign(d->steps[i].after > d->steps[i].before ? PT_SIGN_WORSE
									     : PT_SIGN_BETTER,
				      glyphs),
			      PT_ROLE_TEXT);
	pt_canvas_print(&cv, out, NULL, 0);
	pt_canvas_release(&cv);
	free(bins);
}

static void add_commit(const struct pt_history_point *p, struct pt_str *out)
{
	char when[40];

	pt_time_format(when, sizeof when, p->commit_ns, true);
	pt_str_addf(out, "%.10s  %.7s  ", when, p->commit[0] ? p->commit : "-      ");
	add_safe(out, p->subject, 60);
}

static void add_step(const struct drawn *d, const struct pt_changepoint *step, struct pt_str *out)
{
	const struct pt_history *h = d->h;
	char before[40], after[40];
	bool worse = is_worse(h, step), time = h->unit == PT_UNIT_NS;

	value_text(before, sizeof before, step->before, h->unit);
	value_text(after, sizeof after, step->after, h->unit);
	pt_str_addf(out, "  %+.1f %% %s  %s to %s, %.0f %% sure: first at\n    ",
		    100 * (step->after / step->before - 1),
		    worse ? (time ? "slower" : "worse") : (time ? "faster" : "better"), before,
		    after, 100 * step->confidence);
	add_commit(&h->points[step->at], out);
	pt_str_add(out, "\n");
}

static void add_point(const struct pt_history *h, const struct pt_history_point *p,
		      struct pt_str *out)
{
	char text[40];

	value_text(text, sizeof text, p->median, h->unit);
	/* Signs beyond ASCII are wider in bytes than on screen. */
	pt_str_addf(out, "  %*s%s", PT_MAX(10 - pt_text_width(text), 0), "", text);
	if (isnan(p->spread))
		pt_str_add(out, "          ");
	else
		pt_str_addf(out, "  +- %4.1f %%", 100 * p->spread);
	pt_str_addf(out, "  %3zu run%s  ", p->runs, p->runs == 1 ? " " : "s");
	add_commit(p, out);
	pt_str_add(out, p->noisy ? "  (noisy)\n" : "\n");
}

static void add_text(const struct drawn *d, struct pt_str *out)
{
	const struct pt_history *h = d->h;
	char noise[40];

	if (out->len)
		pt_str_addc(out, '\n');
	add_safe(out, h->suite, 0);
	pt_str_add(out, "  ");
	add_safe(out, h->name, 0);
	pt_str_add(out, "  ");
	add_safe(out, h->metric, 0);
	pt_value_format(noise, sizeof noise, d->noise, PT_UNIT_RATIO,
			pt_cli_utf8() ? 0 : PT_VALUE_ASCII);
	pt_str_addf(out, "\n  %zu commit%s, launches differ by %s\n", h->n, h->n == 1 ? "" : "s",
		    noise);
	if (h->n > 1)
		add_graph(d, out);
	for (size_t i = 0; i < d->n_steps; i++)
		add_step(d, &d->steps[i], out);
	if (!d->n_steps && h->n > 1)
		pt_str_add(out, "  no step\n");
	for (size_t i = h->n > LISTED ? h->n - LISTED : 0; i < h->n; i++)
		add_point(h, &h->points[i], out);
}

/* -- JSON ---------------------------------------------------------------------------------------- */

static double seconds(int64_t ns)
{
	return floor((double)ns / 1e6) / 1e3;
}

static void add_json_point(struct pt_jw *w, const struct pt_history_point *p)
{
	pt_jw_object(w);
	pt_jw_key_str(w, "commit", p->commit);
	pt_jw_key_str(w, "subject", p->subject);
	pt_jw_key_num(w, "time", seconds(p->commit_ns));
	pt_jw_key_num(w, "measured", seconds(p->measured_ns));
	pt_jw_key_num(w, "median", p->median);
	pt_jw_key_num(w, "lo", p->lo);
	pt_jw_key_num(w, "hi", p->hi);
	pt_jw_key_num(w, "spread", p->spread);
	pt_jw_key_num(w, "runs", (double)p->runs);
	pt_jw_key(w, "noisy");
	pt_jw_bool(w, p->noisy);
	pt_jw_end(w, '}');
}

static void add_json_step(struct pt_jw *w, const struct pt_history *h,
			  const struct pt_changepoint *step)
{
	pt_jw_object(w);
	pt_jw_key_num(w, "index", (double)step->at);
	pt_jw_key_str(w, "commit", h->points[step->at].commit);
	pt_jw_key_str(w, "subject", h->points[step->at].subject);
	pt_jw_key_num(w, "before", step->before);
	pt_jw_key_num(w, "after", step->after);
	pt_jw_key_num(w, "magnitude", step->magnitude);
	pt_jw_key_num(w, "confidence", step->confidence);
	pt_jw_key(w, "worse");
	pt_jw_bool(w, is_worse(h, step));
	pt_jw_end(w, '}');
}

static void add_json(const struct drawn *d, struct pt_jw *w)
{
	const struct pt_history *h = d->h;

	pt_jw_object(w);
	pt_jw_key_str(w, "suite", h->suite);
	pt_jw_key_str(w, "benchmark", h->name);
	pt_jw_key_str(w, "metric", h->metric);
	pt_jw_key_str(w, "unit", pt_unit_name(h->unit));
	pt_jw_key_str(w, "better", h->better == PT_BETTER_LOWER ? "lower" : "higher");
	pt_jw_key_num(w, "noise", d->noise);
	pt_jw_key(w, "points");
	pt_jw_array(w);
	for (size_t i = 0; i < h->n; i++)
		add_json_point(w, &h->points[i]);
	pt_jw_end(w, ']');
	pt_jw_key(w, "changepoints");
	pt_jw_array(w);
	for (size_t i = 0; i < d->n_steps; i++)
		add_json_step(w, h, &d->steps[i]);
	pt_jw_end(w, ']');
	pt_jw_end(w, '}');
}

/* ------------------------------------------------------------------------------------------------ */

static void print_all(struct pt_cli *cli, const struct pt_history *list, size_t n,
		      struct pt_str *out, size_t *ret_shown)
{
	const char *metric = pt_cli_flag(cli, "metric");
	bool json = pt_cli_flag(cli, "json") != NULL;
	struct pt_jw w;

	pt_jw_init(&w, out, true);
	if (json)
		pt_jw_array(&w);
	for (size_t i = 0; i < n; i++) {
		struct drawn d = {.h = &list[i]};
		if (!list[i].n || (metric && strcmp(metric, list[i].metric) != 0))
			continue;
		find_steps(&d);
		if (json)
			add_json(&d, &w);
		else
			add_text(&d, out);
		free(d.steps);
		++*ret_shown;
	}
	if (json)
		pt_jw_end(&w, ']');
}

/* Outside of a repository, and of what git does not know, points stay in order of time. */
static int on_the_line(struct pt_cli *cli, struct pt_benches *b, struct pt_history *list, size_t n,
		       struct pt_err *err)
{
	const char *revision = pt_cli_flag(cli, "branch");

	if (pt_cli_flag(cli, "all") || (b->git_err.code && !revision))
		return 0;
	return pt_benches_lineage(b, revision ? revision : "HEAD", list, n, err);
}

static int show(struct pt_cli *cli, struct pt_benches *b, long long points, struct pt_str *out,
		struct pt_err *err)
{
	const char *name = cli->words[0];
	struct pt_history *list;
	size_t n, shown = 0;
	int r = pt_benches_history(b, pt_cli_flag(cli, "suite"), NULL, name, (size_t)points, &list,
				   &n, err);

	if (r == -PT_ENOENT)
		return pt_err_set(err, PT_ENODATA,
				  "nothing has been run yet; `perftop bench run` does");
	if (r < 0)
		return r;
	r = on_the_line(cli, b, list, n, err);
	if (r == 0)
		print_all(cli, list, n, out, &shown);
	if (r == 0 && !shown)
		r = pt_err_set(err, PT_ENODATA,
			       "no clean runs of a benchmark '%s' %s; `perftop bench show` lists "
			       "what was run",
			       name,
			       n ? "on this line of commits (--all shows the others)"
				 : "on this machine class");
	pt_histories_free(list, n);
	return r;
}

static int run(struct pt_cli *cli)
{
	const char *count = pt_cli_flag(cli, "points");
	struct pt_str out = PT_STR_INIT;
	struct pt_err err = {0};
	struct pt_benches b;
	long long points = POINTS;
	int r;

	if (cli->n_words != 1)
		return pt_cli_error(cli, PT_EXIT_USAGE, "expected one benchmark");
	if (count && pt_parse_i64(count, 1, POINTS_MAX, &points) < 0)
		return pt_cli_error(cli, PT_EXIT_USAGE, "--points %s: expected 1 to %d", count,
				    POINTS_MAX);
	r = pt_cli_benches(cli, &b);
	if (r >= 0)
		return r;
	r = show(cli, &b, points, &out, &err);
	r = r < 0 ? pt_cli_err(cli, pt_cli_status(r), &err)
		  : pt_cli_write(cli, pt_str_text(&out), out.len);
	pt_str_release(&out);
	pt_benches_close(&b);
	return r;
}

const struct pt_command pt_command_bench_history = {
	.name = "bench history",
	.summary = "A benchmark over commits, with the steps in it",
	.arguments = "BENCH [--suite SUITE] [--branch REV|--all] [--json]",
	.help = "One point a commit: the median of its clean runs on this machine class. A step is named with "
		"its size,\nhow sure it is, and the first commit that has it.",
	.exits = "  0  printed\n  2  wrong usage or input\n  3  there are no runs of it",
	.flags = flags,
	.words = true,
	.run = run,
};
