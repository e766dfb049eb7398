/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The board of benchmarks, from the database, the suites' file, baselines and git. A suite that
 * cannot be judged says why in its own line; the others are there all the same.
 */
#include "perftop/app/board.h"

#include "perftop/analyse/changepoint.h"
#include "perftop/app/benches.h"
#include "perftop/base/map.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <dirent.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

struct loading {
	struct pt_benches b;
	struct pt_board *board;
	const char *base;
	size_t cap_rows;
	struct pt_history *histories;
	size_t n_histories;
};

/* ---- one suite ---- */

/* "kernel 6.1.0 -> 6.1.9": what both sides tell, and tell differently. */
static void compare_environments(const struct pt_side *base, const struct pt_side *now,
				 struct pt_board_suite *s)
{
	size_t cap = 0;

	if (!base->has_environment || !now->has_environment)
		return;
	for (size_t i = 0; i < now->environment.n; i++) {
		const struct pt_fact *f = &now->environment.facts[i];
		const char *was = pt_environment_get(&base->environment, f->name);
		struct pt_str text = PT_STR_INIT;
		if (!was || strcmp(was, f->value) == 0)
			continue;
		pt_str_addf(&text, "%s %s -> %s", f->name, was, f->value);
		*PT_PUSH(s->differences, s->n_differences, cap) = pt_str_detach(&text);
	}
}

/* Samples go over to the board, under names that tell suites apart. */
static void take_samples(struct pt_bench_set *to, const char *suite, struct pt_bench_set *from)
{
	for (size_t i = 0; i < from->n; i++) {
		struct pt_bench *old = from->benches[i], *taken;
		struct pt_str name = PT_STR_INIT;
		if (old->saved)
			continue;
		pt_str_addf(&name, "%s/%s", suite, old->name);
		taken = pt_bench_set_get(to, pt_str_text(&name), old->metric, NULL);
		pt_str_release(&name);
		if (taken->runs)
			continue;
		taken->unit = old->unit;
		taken->better = old->better;
		taken->exact = old->exact;
		taken->estimate = old->estimate;
		taken->runs = old->runs;
		taken->n_runs = old->n_runs;
		taken->cap_runs = old->cap_runs;
		old->runs = NULL;
		old->n_runs = old->cap_runs = 0;
	}
}

/* The latest runs of HEAD here, else the latest of all: what was measured last is what people want
 * to see, also after a commit. */
static int load_now(struct loading *l, const char *suite, const struct pt_batch_info *last,
		    struct pt_side *now, struct pt_err *err)
{
	int r = pt_benches_side(&l->b, suite, NULL, true, now, err);

	if (r >= 0 || !last || !last->commit.id[0])
		return r;
	pt_side_release(now);
	*now = (struct pt_side){0};
	return pt_benches_side(&l->b, suite, last->commit.id, true, now, err);
}

static void judge(struct loading *l, const struct pt_suite *of, struct pt_board_suite *s,
		  struct pt_side *base, struct pt_side *now)
{
	struct pt_gate_spec spec = {
		.suite = of->name,
		.of = of,
		.rules = &l->b.suites,
		.candidate = {&now->set, now->has_environment ? &now->environment : NULL,
			      now->name},
		.block = NAN,
		.warn = NAN,
		.noise = pt_benches_noise,
		.noise_ctx = &l->b,
	};

	if (s->has_base)
		spec.base = (struct pt_gate_side){
			&base->set, base->has_environment ? &base->environment : NULL, base->name};
	if (s->has_base && base->baseline.suite)
		spec.baseline = &base->baseline;
	pt_gate_compare(&spec, &l->board->report, NULL);
	compare_environments(base, now, s);
}

static char *machine_words(const struct pt_batch_info *last)
{
	struct pt_str text = PT_STR_INIT;

	if (last->noisy[0])
		pt_str_addf(&text, "noisy: %s", last->noisy);
	else
		pt_str_add(&text, "quiet");
	return pt_str_detach(&text);
}

static void load_sides(struct loading *l, const struct pt_suite *of, struct pt_board_suite *s,
		       const struct pt_batch_info *last)
{
	struct pt_side base = {0}, now = {0};
	struct pt_err err = {0};
	int r = pt_benches_side(&l->b, of->name, l->base, false, &base, &err);

	s->has_base = r >= 0;
	s->baseline = pt_strdup(r >= 0			      ? base.name
				: r == -PT_ENOENT && !l->base ? "no baseline yet"
							      : err.msg);
	if (r >= 0)
		pt_strlcpy(s->base_commit,
			   base.baseline.suite ? base.baseline.commit.id : base.commit.id,
			   sizeof s->base_commit);
	s->first = l->board->report.n;
	if (load_now(l, of->name, last, &now, &err) >= 0) {
		judge(l, of, s, &base, &now);
		take_samples(&l->board->now, of->name, &now.set);
		if (s->has_base)
			take_samples(&l->board->base, of->name,
				     base.baseline.suite && !base.set.n ? &base.baseline.set
									: &base.set);
	}
	s->n = l->board->report.n - s->first;
	pt_side_release(&base);
	pt_side_release(&now);
}

/* Has it failed since it last had results? */
static void load_failed(struct loading *l, const struct pt_runs_query *of, struct pt_board_suite *s)
{
	struct pt_runs_query query = *of;
	struct pt_batch_info *last = NULL;
	size_t n = 0;

	query.failed = true;
	if (pt_benches_db(&l->b, false, NULL) >= 0)
		pt_runs_batches(l->b.db, &query, 1, &last, &n, NULL);
	if (n > 0 && last[0].failed > 0 && last[0].failed == last[0].launches)
		s->failed_ns = last[0].started_ns;
	pt_batch_infos_free(last, n);
}

static void load_suite(struct loading *l, const struct pt_suite *of)
{
	struct pt_board_suite *s = &l->board->suites[l->board->n_suites++];
	struct pt_runs_query query = {.repository = l->b.repository,
				      .suite = of->name,
				      .machine_class = l->b.environment.machine_class,
				      .dirty = -1};
	struct pt_batch_info *last = NULL;
	size_t n = 0;

	s->name = pt_strdup(of->name);
	s->owner = of->owner ? pt_strdup(of->owner) : NULL;
	if (pt_benches_db(&l->b, false, NULL) >= 0)
		pt_runs_batches(l->b.db, &query, 1, &last, &n, NULL);
	if (n > 0) {
		s->last_run_ns = last[0].started_ns;
		s->machine = machine_words(&last[0]);
	}
	load_failed(l, &query, s);
	load_sides(l, of, s, n ? last : NULL);
	pt_batch_infos_free(last, n);
}

/* ---- histories ---- */

/* The commits of the graphs' one axis: each once, in order. */
struct axis {
	const struct pt_history_point **at;
	size_t n, cap;
	struct pt_map places; /* by id: place in at[] + 1 */
};

/* Commits can have the same time (a rebase): then the one that was measured first. */
static int by_time(const void *a, const void *b)
{
	const struct pt_history_point *x = *(const struct pt_history_point *const *)a;
	const struct pt_history_point *y = *(const struct pt_history_point *const *)b;

	if (x->commit_ns != y->commit_ns)
		return x->commit_ns < y->commit_ns ? -1 : 1;
	if (x->measured_ns != y->measured_ns)
		return x->measured_ns < y->measured_ns ? -1 : 1;
	return strcmp(x->commit, y->commit);
}

/* The newest commits that any benchmark was measured at. */
static void find_axis(const struct loading *l, struct axis *axis)
{
	struct pt_map seen = {0};
	size_t drop;

	*axis = (struct axis){0};
	for (size_t i = 0; i < l->n_histories; i++)
		for (size_t k = 0; k < l->histories[i].n; k++) {
			const struct pt_history_point *p = &l->histories[i].points[k];
			if (pt_map_put(&seen, p->commit, axis) == NULL)
				*PT_PUSH(axis->at, axis->n, axis->cap) = p;
		}
	pt_map_release(&seen);
	if (axis->n == 0)
		return;
	qsort(axis->at, axis->n, sizeof *axis->at, by_time);
	drop = axis->n > PT_BOARD_HISTORY ? axis->n - PT_BOARD_HISTORY : 0;
	axis->n -= drop;
	memmove(axis->at, axis->at + drop, axis->n * sizeof *axis->at);
	for (size_t i = 0; i < axis->n; i++)
		pt_map_put(&axis->places, axis->at[i]->commit, (void *)(uintptr_t)(i + 1));
}

static const struct pt_history *history_of(const struct loading *l, const struct pt_gate_row *g)
{
	for (size_t i = 0; i < l->n_histories; i++) {
		const struct pt_history *h = &l->histories[i];
		if (strcmp(h->name, g->name) == 0 && strcmp(h->metric, g->metric) == 0 &&
		    strcmp(h->suite, g->suite) == 0)
			return h;
	}
	return NULL;
}

static void find_steps(struct loading *l, struct pt_board_row *row)
{
	struct pt_changepoint_options options;
	struct pt_changepoint *found = NULL;
	double *v = pt_calloc(row->n_points, sizeof *v), spread;
	size_t n = 0, known;

	for (size_t i = 0; i < row->n_points; i++)
		v[i] = (double)row->points[i].median;
	pt_changepoint_options_init(&options);
	options.bench = true;
	options.least = 0.02;
	if (pt_benches_noise(&l->b, row->suite, row->gate->name, row->gate->metric, &spread,
			     &known))
		options.noise = spread;
	if (pt_changepoints(v, row->n_points, &options, &found, &n) < 0)
		n = 0;
	row->steps = pt_calloc(n + 1, sizeof *row->steps);
	row->n_steps = n;
	for (size_t i = 0; i < n; i++)
		row->steps[i] =
			(struct pt_board_step){found[i].at, found[i].magnitude, found[i].confidence,
					       found[i].before, found[i].after};
	free(found);
	free(v);
}

/* What a benchmark has no runs of is a gap. */
static void fill_points(struct loading *l, struct pt_board_row *row, const struct axis *axis)
{
	const struct pt_history *h = history_of(l, row->gate);

	if (!h)
		return;
	row->n_points = axis->n;
	row->commits = l->board->commits;
	row->points = pt_calloc(axis->n + 1, sizeof *row->points);
	for (size_t i = 0; i < axis->n; i++) {
		struct pt_board_point *p = &row->points[i];
		p->median = p->lo = p->hi = NAN;
	}
	for (size_t k = 0; k < h->n; k++) {
		size_t at = (size_t)(uintptr_t)pt_map_get(&axis->places, h->points[k].commit);
		if (at == 0)
			continue;
		row->points[at - 1].median = (float)h->points[k].median;
		row->points[at - 1].lo = (float)h->points[k].lo;
		row->points[at - 1].hi = (float)h->points[k].hi;
	}
	find_steps(l, row);
}

static void copy_axis(struct pt_board *board, const struct axis *axis)
{
	board->n_commits = axis->n;
	board->commits = pt_calloc(axis->n + 1, sizeof *board->commits);
	for (size_t i = 0; i < axis->n; i++) {
		struct pt_board_commit *c = &board->commits[i];
		pt_strlcpy(c->id, axis->at[i]->commit, sizeof c->id);
		pt_strlcpy(c->subject, axis->at[i]->subject, sizeof c->subject);
		c->at_ns = axis->at[i]->commit_ns;
	}
}

static void load_rows(struct loading *l)
{
	struct pt_board *board = l->board;
	struct axis axis;

	if (pt_benches_history(&l->b, NULL, NULL, NULL, PT_BOARD_HISTORY, &l->histories,
			       &l->n_histories, NULL) < 0)
		l->n_histories = 0;
	find_axis(l, &axis);
	copy_axis(board, &axis);
	board->n_rows = board->report.n;
	board->rows = pt_calloc(board->n_rows + 1, sizeof *board->rows);
	for (size_t i = 0; i < board->n_rows; i++) {
		struct pt_board_row *row = &board->rows[i];
		struct pt_str name = PT_STR_INIT;
		row->gate = &board->report.rows[i];
		row->suite = pt_strdup(row->gate->suite);
		pt_str_addf(&name, "%s/%s", row->suite, row->gate->name);
		row->now = pt_bench_set_find(&board->now, name.s, row->gate->metric, NULL);
		row->base = pt_bench_set_find(&board->base, name.s, row->gate->metric, NULL);
		pt_str_release(&name);
		fill_points(l, row, &axis);
	}
	free(axis.at);
	pt_map_release(&axis.places);
	pt_histories_free(l->histories, l->n_histories);
}

static void count(struct pt_board *board)
{
	for (size_t i = 0; i < board->n_suites; i++) {
		struct pt_board_suite *s = &board->suites[i];
		for (size_t k = s->first; k < s->first + s->n; k++) {
			const struct pt_gate_row *g = &board->report.rows[k];
			bool compared = g->state == PT_GATE_COMPARED && !g->accepted;
			s->worse += g->state == PT_GATE_FAILED || g->over_budget ||
				    (compared && g->c.verdict == PT_VERDICT_REGRESSION);
			s->warned += compared && g->c.verdict == PT_VERDICT_WARN;
			s->unsure += compared && g->c.verdict == PT_VERDICT_INCONCLUSIVE;
		}
	}
}

/* ---- all of it ---- */

static char *empty_words(const struct pt_err *err)
{
	char text[700];

	if (err->code == PT_ENOENT)
		return pt_strdup(
			"No suites yet. `:bench init` looks for Cargo, Go, CMake, pytest "
			"and others here and writes a first .performance/benchmarks.json.");
	return pt_strdup(pt_err_text(err, text, sizeof text));
}

struct pt_board *pt_board_load(const struct pt_config *config, const struct pt_options *options,
			       const char *base)
{
	struct loading l = {.board = pt_calloc(1, sizeof *l.board),
			    .base = base && base[0] ? base : NULL};
	struct pt_err err = {0};

	pt_bench_set_init(&l.board->base);
	pt_bench_set_init(&l.board->now);
	pt_benches_open(&l.b, config, options);
	l.board->head = l.b.head;
	if (!l.b.git_err.code)
		pt_git_commit(&l.b.git, "HEAD", &l.board->head, NULL);
	if (pt_benches_suites(&l.b, &err) < 0 || l.b.suites.n == 0) {
		l.board->empty = empty_words(err.code ? &err : &(struct pt_err){.code = PT_ENOENT});
		pt_benches_close(&l.b);
		return l.board;
	}
	if (pt_benches_may_run(&l.b, &err) < 0)
		l.board->notice = pt_strdup("Not trusted yet: `perftop trust` shows what would be "
					    "run, and allows it.");
	l.board->suites = pt_calloc(l.b.suites.n, sizeof *l.board->suites);
	for (size_t i = 0; i < l.b.suites.n; i++)
		load_suite(&l, &l.b.suites.suites[i]);
	pt_gate_finish(&l.board->report);
	load_rows(&l);
	count(l.board);
	/* The sides are named in each suite's line: over all there is only what was asked for. */
	free(l.board->report.base_name);
	l.board->report.base_name = pt_strdup(l.base ? l.base : "the baseline");
	pt_benches_close(&l.b);
	return l.board;
}

/* ---- has anything changed? ---- */

static uint64_t mix(uint64_t h, uint64_t v)
{
	for (int i = 0; i < 8; i++, v >>= 8)
		h = (h ^ (v & 0xFF)) * 1099511628211u;
	return h;
}

static uint64_t mix_file(uint64_t h, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return mix(h, 0);
	h = mix(h, (uint64_t)st.st_mtim.tv_sec);
	h = mix(h, (uint64_t)st.st_mtim.tv_nsec);
	h = mix(h, (uint64_t)st.st_ino);
	return mix(h, (uint64_t)st.st_size);
}

/* Folders change with the names in them, and a baseline is replaced under its name. */
static uint64_t mix_folder(uint64_t h, const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;
	uint64_t sum = 0;

	h = mix_file(h, path);
	while (dir && (e = readdir(dir))) {
		char inner[1400];
		if (e->d_name[0] == '.')
			continue;
		pt_snprintf(inner, sizeof inner, "%s/%s", path, e->d_name);
		sum += mix_file(1469598103934665603u, inner); /* in any order */
	}
	if (dir)
		closedir(dir);
	return mix(h, sum);
}

uint64_t pt_board_stamp(const struct pt_config *config, const struct pt_options *options)
{
	struct pt_benches b;
	uint64_t h = 1469598103934665603u;
	char path[1200];

	pt_benches_open(&b, config, options);
	h = mix_file(h, b.history);
	pt_snprintf(path, sizeof path, "%s-wal", b.history);
	h = mix_file(h, path);
	h = mix_file(h, config->paths.suites_file);
	h = mix(h, b.trusted);
	for (const char *p = b.head.id; *p; p++)
		h = mix(h, (uint64_t)*p);
	for (size_t i = 0; i < b.suites.n; i++) {
		pt_snprintf(path, sizeof path, "%s/.performance/baselines/%s", b.project,
			    b.suites.suites[i].name);
		h = mix_folder(h, path);
	}
	pt_benches_close(&b);
	return h;
}
