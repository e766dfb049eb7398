/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Suspects measured again. A launch of a suite measures all of its benchmarks, so one series of
 * launches serves every suspect of the suite: base and candidate in turns, A B B A, so that neither
 * drift nor order favours a side. After each round those that are confirmed or cleared are done.
 */
#include "check_sides.h"

#include "perftop/analyse/confirm.h"
#include "perftop/base/clock.h"
#include "perftop/base/mem.h"

#include <math.h>
#include <string.h>

enum { ROUND = 5 }; /* runs a side between two looks */

struct rerun {
	const struct pt_check_spec *spec;
	struct pt_gate_report *report;
	struct pt_measure *m;
	int64_t began_ns;
};

/* What one suite's series has measured so far. */
struct series {
	const struct pt_check_sides *sides;
	struct pt_commit base;
	struct pt_commit candidate;
	bool in_place; /* the candidate is the work tree as it is */
	struct pt_bench_set a, b;
	bool *open; /* rows not decided yet */
	size_t n_open;
};

static struct pt_gate_row *row_at(const struct rerun *r, const struct series *s, size_t i)
{
	return &r->report->rows[s->sides->first + i];
}

static bool is_suspect(const struct pt_gate_row *row)
{
	return row->state == PT_GATE_COMPARED && !row->accepted &&
	       pt_confirm_suspect(row->c.verdict);
}

/* Both sides need a commit that can be checked out, or be what lies here. */
static int find_commits(struct rerun *r, struct series *s, struct pt_err *err)
{
	const struct pt_git *git = &r->spec->benches->git;
	const struct pt_side *base = &s->sides->base, *candidate = &s->sides->candidate;
	const char *head = r->spec->benches->head.id;
	int rc;

	if (!base->commit.id[0] || base->commit.dirty)
		return pt_err_set(err, PT_ENOTSUP, "the base %s is no commit that could be built",
				  base->name);
	rc = pt_git_commit(git, base->commit.id, &s->base, err);
	if (rc < 0)
		return pt_err_set(err, PT_ENOTSUP, "the base's commit %.12s is not in this clone%s",
				  base->commit.id, pt_git_shallow(git) ? ", which is shallow" : "");
	if (!candidate->commit.id[0])
		return pt_err_set(err, PT_ENOTSUP,
				  "the candidate %s is no commit that could be "
				  "built",
				  candidate->name);
	s->in_place = candidate->commit.dirty;
	if (s->in_place && strcmp(candidate->commit.id, head) != 0)
		return pt_err_set(err, PT_ENOTSUP, "the candidate had changes that are gone");
	return pt_git_commit(git, candidate->commit.id, &s->candidate, err);
}

/* The numbers of a launch as one more run of each of its benchmarks. */
static void add_launch(struct pt_bench_set *to, const struct pt_launch *launch)
{
	for (size_t i = 0; i < launch->set.n; i++) {
		const struct pt_bench *from = launch->set.benches[i];
		struct pt_bench *bench;
		if (from->saved)
			continue;
		bench = pt_bench_set_get(to, from->name, from->metric, NULL);
		bench->unit = from->unit;
		bench->better = from->better;
		bench->exact = from->exact;
		for (size_t k = 0; k < from->n_runs; k++) {
			size_t run = pt_bench_add_run(bench);
			for (size_t j = 0; j < from->runs[k].n; j++)
				pt_bench_add_sample(bench, run, from->runs[k].samples[j]);
		}
	}
}

static int launch_side(struct rerun *r, struct series *s, bool candidate, struct pt_err *err)
{
	struct pt_launch launch;
	const struct pt_commit *commit = candidate ? &s->candidate : &s->base;
	int rc = pt_measure_launch(r->m, s->sides->suite, candidate && s->in_place ? NULL : commit,
				   &launch, err);

	if (rc < 0)
		return rc;
	if (launch.status == PT_LAUNCH_OK)
		add_launch(candidate ? &s->b : &s->a, &launch);
	else
		rc = pt_err_set(err, PT_EIO, "%s of %.12s %s%s%s", s->sides->suite->name,
				commit->id, pt_launch_status_name(launch.status),
				launch.error ? ": " : "", launch.error ? launch.error : "");
	pt_launch_release(&launch);
	return rc;
}

static bool out_of_time(const struct rerun *r)
{
	int64_t now = pt_clock_mono(&pt_clock_system);

	return r->spec->rerun_ns > 0 && now - r->began_ns >= r->spec->rerun_ns;
}

/* Fresh runs only; the benchmark's own rules. */
static void look(struct rerun *r, struct series *s, int round, int runs, bool last)
{
	for (size_t i = 0; i < s->sides->n; i++) {
		struct pt_gate_row *row = row_at(r, s, i);
		struct pt_compare_options options;
		struct pt_comparison c;
		const struct pt_bench *a, *b;
		int rc;
		if (!s->open[i])
			continue;
		a = pt_bench_set_find(&s->a, row->renamed_from ? row->renamed_from : row->name,
				      row->metric, NULL);
		b = pt_bench_set_find(&s->b, row->name, row->metric, NULL);
		pt_compare_options_init(&options);
		options.better = row->better;
		options.block = row->block;
		options.warn = row->warn;
		options.floor = row->floor;
		options.exact = a && b && a->exact && b->exact;
		rc = a && b ? pt_confirm(a->runs, a->n_runs, b->runs, b->n_runs, &options, round,
					 last, &c)
			    : -PT_ENODATA;
		if (rc < 0 && !last)
			continue;
		row->reruns = runs;
		if (rc >= 0)
			row->c = c;
		if (rc != PT_CONFIRM_GO_ON) {
			s->open[i] = false;
			s->n_open--;
		}
	}
}

static int measure_suite(struct rerun *r, struct series *s, struct pt_err *err)
{
	int runs = 0, rc = 0;

	for (int round = 1; s->n_open > 0 && runs < r->spec->reruns; round++) {
		int until = PT_MIN(runs + ROUND, r->spec->reruns);
		char text[160];
		pt_snprintf(text, sizeof text, "%s: measuring %zu suspect%s again, runs %d to %d",
			    s->sides->suite->name, s->n_open, s->n_open == 1 ? "" : "s", runs + 1,
			    until);
		if (r->spec->measure->say)
			r->spec->measure->say(r->spec->measure->arg, text);
		for (; runs < until && !(runs > 0 && out_of_time(r)); runs++) {
			rc = launch_side(r, s, runs % 2, err);
			if (rc == 0)
				rc = launch_side(r, s, !(runs % 2), err);
			if (rc < 0)
				return rc;
		}
		look(r, s, round, runs, runs >= r->spec->reruns || out_of_time(r));
		if (out_of_time(r))
			break;
	}
	return 0;
}

static int rerun_suite(struct rerun *r, const struct pt_check_sides *sides, struct pt_err *err)
{
	struct series s = {.sides = sides};
	struct pt_err why = {0};
	int rc;

	s.open = pt_calloc(sides->n + 1, sizeof *s.open);
	for (size_t i = 0; i < sides->n; i++)
		s.n_open += s.open[i] = is_suspect(row_at(r, &s, i));
	if (s.n_open == 0) {
		free(s.open);
		return 0;
	}
	pt_bench_set_init(&s.a);
	pt_bench_set_init(&s.b);
	rc = sides->suite ? find_commits(r, &s, &why)
			  : pt_err_set(&why, PT_ENOTSUP, "files cannot be measured again");
	if (rc == 0)
		rc = measure_suite(r, &s, &why);
	if (rc < 0 && rc != -PT_ECANCELED) {
		/* What was measured first stands, with the reason why nothing better could be
		 * had. */
		pt_gate_report_note(r->report, "suspects were not measured again: %s", why.msg);
		rc = 0;
	} else if (rc < 0 && err) {
		*err = why;
	}
	pt_bench_set_release(&s.a);
	pt_bench_set_release(&s.b);
	free(s.open);
	return rc;
}

static int open_measure(struct rerun *r, struct pt_err *err)
{
	struct pt_measure_spec measure = *r->spec->measure;
	int rc = pt_benches_may_run(r->spec->benches, err);

	measure.benches = r->spec->benches;
	measure.kind = PT_LAUNCH_RERUN;
	measure.keep = true;
	if (rc == 0)
		rc = pt_measure_open(&measure, &r->m, err);
	if (rc == 0 && r->spec->measuring)
		*r->spec->measuring = r->m;
	return rc;
}

static void close_measure(struct rerun *r)
{
	if (r->spec->measuring)
		*r->spec->measuring = NULL;
	pt_measure_close(r->m);
}

int pt_check_rerun(const struct pt_check_spec *spec, const struct pt_check_sides *sides,
		   size_t n_sides, struct pt_gate_report *report, struct pt_err *err)
{
	struct rerun r = {
		.spec = spec, .report = report, .began_ns = pt_clock_mono(&pt_clock_system)};
	int rc = open_measure(&r, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < n_sides; i++)
		rc = rerun_suite(&r, &sides[i], err);
	close_measure(&r);
	report->seconds_rerun = (double)(pt_clock_mono(&pt_clock_system) - r.began_ns) / 1e9;
	return rc;
}

/* All of one suite's launches; its sets are those of the series. */
static int launch_suite(struct rerun *r, struct pt_check_sides *sides, struct pt_err *err)
{
	struct series s = {.sides = sides,
			   .base = sides->base.commit,
			   .candidate = sides->candidate.commit,
			   .in_place = sides->candidate.commit.dirty};
	char text[200];
	int rc = 0;

	pt_bench_set_init(&s.a);
	pt_bench_set_init(&s.b);
	for (int i = 0; rc == 0 && i < r->spec->reruns; i++) {
		pt_snprintf(text, sizeof text, "%s: run %d of %d a side", sides->suite->name, i + 1,
			    r->spec->reruns);
		if (r->spec->measure->say)
			r->spec->measure->say(r->spec->measure->arg, text);
		rc = launch_side(r, &s, i % 2, err);
		if (rc == 0)
			rc = launch_side(r, &s, !(i % 2), err);
	}
	sides->base.set = s.a;
	sides->candidate.set = s.b;
	return rc;
}

int pt_check_launch(const struct pt_check_spec *spec, struct pt_check_sides *sides, size_t n_sides,
		    struct pt_err *err)
{
	struct rerun r = {.spec = spec};
	int rc = open_measure(&r, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < n_sides; i++)
		rc = launch_suite(&r, &sides[i], err);
	close_measure(&r);
	return rc;
}
