/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which two sides are compared: those of every suite chosen, or two files. A suite that has no
 * baseline yet has nothing to fail against and says so; one whose baselines are of other machines
 * cannot be judged here.
 */
#include "perftop/app/check.h"

#include "check_sides.h"

#include "perftop/analyse/confirm.h"
#include "perftop/base/mem.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

struct check {
	const struct pt_check_spec *spec;
	struct pt_gate_report *report;
	struct pt_check_sides *sides;
	size_t n;
	size_t without_base;
	struct pt_err *err;
};

/* Does this name a file or folder (PATH, PATH@SAVED, "-"), so that no suite is needed? */
static bool is_path(const char *what)
{
	const char *at;
	char path[4096];

	if (!what)
		return false;
	if (strcmp(what, "-") == 0 || access(what, F_OK) == 0)
		return true;
	at = strrchr(what, '@');
	if (!at || at == what)
		return false;
	pt_snprintf(path, sizeof path, "%.*s", (int)(at - what), what);
	return access(path, F_OK) == 0;
}

static int compare(struct check *c, struct pt_check_sides *s)
{
	struct pt_benches *b = c->spec->benches;
	struct pt_gate_spec gate = {
		.suite = s->suite ? s->suite->name : "",
		.of = s->suite,
		.rules = b->suites_err.code ? NULL : &b->suites,
		.base = {&s->base.set, s->base.has_environment ? &s->base.environment : NULL,
			 s->base.name},
		.candidate = {&s->candidate.set,
			      s->candidate.has_environment ? &s->candidate.environment : NULL,
			      s->candidate.name},
		.baseline = s->base.baseline.suite ? &s->base.baseline : NULL,
		.block = c->spec->block,
		.warn = c->spec->warn,
		.noise = s->suite ? pt_benches_noise : NULL,
		.noise_ctx = b,
	};
	int r;

	s->first = c->report->n;
	r = pt_gate_compare(&gate, c->report, c->err);
	s->n = c->report->n - s->first;
	return r;
}

static bool is_wanted(const struct pt_check_spec *spec, const struct pt_gate_row *row)
{
	for (size_t i = 0; i < spec->n_only; i++)
		if (strcmp(spec->only[i].name, row->name) == 0 &&
		    strcmp(spec->only[i].metric, row->metric) == 0)
			return row->state == PT_GATE_COMPARED;
	return spec->n_only == 0;
}

/* What is looked at alone was suspected for a reason of its own: it is measured again in any
 * case. */
static void keep_only(struct check *c, struct pt_check_sides *s)
{
	struct pt_gate_report *report = c->report;
	size_t kept = s->first;

	if (c->spec->n_only == 0)
		return;
	for (size_t i = s->first; i < s->first + s->n; i++) {
		struct pt_gate_row row = report->rows[i];
		if (!is_wanted(c->spec, &row))
			continue;
		row.c.verdict = PT_VERDICT_INCONCLUSIVE;
		pt_strlcpy(row.c.why, "looks like a step in its history", sizeof row.c.why);
		/* Swapped, not copied: what is left behind is dropped with its texts. */
		report->rows[i] = report->rows[kept];
		report->rows[kept++] = row;
	}
	s->n = kept - s->first;
	pt_gate_report_cut(report, kept);
}

/* The latest batch of a commit, also one without results; the list is yours. */
static size_t latest_batch(const struct check *c, const struct pt_suite *suite, const char *commit,
			   struct pt_batch_info **ret)
{
	struct pt_benches *b = c->spec->benches;
	struct pt_runs_query query = {.repository = b->repository,
				      .suite = suite->name,
				      .commit = commit,
				      .machine_class = b->environment.machine_class,
				      .dirty = -1,
				      .failed = true};
	size_t n = 0;

	*ret = NULL;
	if (!commit[0] || !b->db || pt_runs_batches(b->db, &query, 1, ret, &n, NULL) < 0)
		return 0;
	return n;
}

/* A benchmark that is missing because its launches failed has not been removed. */
static void mark_failed(struct check *c, const struct pt_check_sides *s)
{
	struct pt_batch_info *list;
	size_t n = latest_batch(c, s->suite, s->candidate.commit.id, &list);

	if (n && list[0].failed > 0) {
		pt_gate_report_note(c->report, "suite %s: %d of %d launches failed", s->suite->name,
				    list[0].failed, list[0].launches);
		for (size_t i = s->first; i < s->first + s->n; i++)
			if (c->report->rows[i].state == PT_GATE_REMOVED)
				c->report->rows[i].state = PT_GATE_FAILED;
	}
	if (n && list[0].noisy[0])
		pt_gate_report_note(c->report, "suite %s: the machine was noisy: %s",
				    s->suite->name, list[0].noisy);
	pt_batch_infos_free(list, n);
}

/* Has the suite been run here, and did every launch fail? That is no suite that was left out: it
 * fails. */
static bool all_failed(struct check *c, const struct pt_suite *suite)
{
	const char *what = c->spec->candidate;
	struct pt_batch_info *list;
	size_t n;
	bool failed;

	if (what && what[0] && strcmp(what, "latest") != 0)
		return false;
	n = latest_batch(c, suite, c->spec->benches->head.id, &list);
	failed = n && list[0].failed > 0;
	if (failed)
		pt_gate_report_note(c->report, "suite %s: %d of %d launches failed", suite->name,
				    list[0].failed, list[0].launches);
	pt_batch_infos_free(list, n);
	return failed;
}

/* What the base has, all of it failed; without a base one row for the suite. */
static int check_failed(struct check *c, struct pt_check_sides *s)
{
	struct pt_gate_row *row;
	struct pt_err why;
	size_t n = 0;
	int r = pt_benches_side(c->spec->benches, s->suite->name, c->spec->base, false, &s->base,
				&why);

	for (size_t i = 0; r == 0 && i < s->base.set.n; i++) {
		const struct pt_bench *base = s->base.set.benches[i];
		struct pt_bench *lost;
		if (base->saved)
			continue;
		lost = pt_bench_set_get(&s->candidate.set, base->name, base->metric, NULL);
		lost->unit = base->unit;
		lost->better = base->better;
		n++;
	}
	if (n)
		return compare(c, s);
	row = pt_gate_report_add(c->report);
	row->suite = pt_strdup(s->suite->name);
	row->name = pt_strdup("every launch");
	row->metric = pt_strdup("time");
	row->state = PT_GATE_FAILED;
	row->c.base = row->c.candidate = NAN;
	return 0;
}

static bool begins(const char *text, const char *with)
{
	return text && strncmp(text, with, strlen(with)) == 0;
}

/* A base that is not there: the first run has no baseline, and none of a branch; that passes, and
 * is said. What was measured elsewhere, or a commit that has not been measured, is no answer.
 * False: why is an error. */
static bool no_base(struct check *c, int r, const struct pt_err *why)
{
	const char *base = c->spec->base;
	bool first = !base || !base[0] || strcmp(base, "baseline") == 0 ||
		     begins(base, "baseline:") || begins(base, "runs:");
	char text[800];

	if (r != -PT_ENOENT && r != -PT_ENODATA && r != -PT_ENOTSUP)
		return false;
	pt_gate_report_note(c->report, "%s", pt_err_text(why, text, sizeof text));
	if (r == -PT_ENOTSUP || !first)
		c->report->not_comparable = true;
	else
		c->without_base++;
	return true;
}

/* One suite. What has no base passes, and is said. */
static int check_suite(struct check *c, const struct pt_suite *suite)
{
	struct pt_check_sides *s = &c->sides[c->n];
	struct pt_benches *b = c->spec->benches;
	struct pt_err why = {0};
	int r;

	*s = (struct pt_check_sides){.suite = suite};
	r = pt_benches_side(b, suite->name, c->spec->candidate, true, &s->candidate, c->err);
	if (r == -PT_ENODATA && all_failed(c, suite)) {
		c->n++;
		return check_failed(c, s);
	}
	if (r < 0)
		return r;
	c->n++;
	r = pt_benches_side(b, suite->name, c->spec->base, false, &s->base, &why);
	if (no_base(c, r, &why))
		return 0;
	if (r < 0) {
		if (c->err)
			*c->err = why;
		return r;
	}
	r = compare(c, s);
	if (r == 0)
		mark_failed(c, s);
	keep_only(c, s);
	return r;
}

static int check_suites(struct check *c)
{
	const struct pt_check_spec *spec = c->spec;
	struct pt_suites *suites = &spec->benches->suites;
	bool *chosen = NULL;
	int r = pt_benches_suites(spec->benches, c->err);

	if (r < 0)
		return r;
	chosen = pt_calloc(suites->n + 1, sizeof *chosen);
	c->sides = pt_calloc(suites->n + 1, sizeof *c->sides);
	r = pt_suites_select(suites, spec->words, spec->n_words, chosen, c->err);
	for (size_t i = 0; r == 0 && i < suites->n; i++) {
		if (!chosen[i])
			continue;
		r = check_suite(c, &suites->suites[i]);
		/* Of several suites not all need have been run. */
		if (r == -PT_ENODATA && spec->n_words == 0 && suites->n > 1) {
			pt_gate_report_note(c->report, "%s", c->err ? c->err->msg : "no runs");
			r = 0;
		}
	}
	if (r == 0 && c->n == 0)
		r = pt_err_set(c->err, PT_ENODATA,
			       "no suite has been run at this commit; `perftop bench run` does");
	free(chosen);
	return r;
}

/* The suite that a file is of: the one named, or the only one. */
static const struct pt_suite *suite_of_files(struct check *c)
{
	const struct pt_suites *suites = &c->spec->benches->suites;

	if (c->spec->n_words == 1)
		return pt_suites_find(suites, c->spec->words[0]);
	return c->spec->n_words == 0 && suites->n == 1 ? &suites->suites[0] : NULL;
}

/* One side is a file: the other is one that is not there, or of no one knows which suite. */
static int no_suite(struct check *c, bool both)
{
	const struct pt_check_spec *spec = c->spec;
	const char *other = is_path(spec->base) ? spec->candidate : spec->base;

	if (both)
		return pt_err_set(c->err, PT_EINVAL, "no suite '%s'", spec->words[0]);
	return pt_err_set(c->err, PT_EINVAL,
			  "%s%s: --baseline and --candidate may both be files; else name the suite "
			  "that they are of",
			  other ? "there is no file " : "say what to compare with",
			  other ? other : "");
}

/* Two files, or a file and what a suite has stored. */
static int check_files(struct check *c)
{
	const struct pt_check_spec *spec = c->spec;
	bool both = is_path(spec->base) && is_path(spec->candidate);
	struct pt_check_sides *s;
	struct pt_err why = {0};
	const char *name;
	int r;

	s = c->sides = pt_calloc(1, sizeof *c->sides);
	s->suite = suite_of_files(c);
	if (both && strcmp(spec->base, "-") == 0 && strcmp(spec->candidate, "-") == 0)
		return pt_err_set(c->err, PT_EINVAL, "both sides cannot be standard input");
	if (!s->suite && (!both || spec->n_words))
		return no_suite(c, both);
	name = s->suite ? s->suite->name : "";
	if (both && !spec->n_words)
		s->suite = NULL; /* files speak for themselves */
	r = pt_benches_side(spec->benches, name, spec->candidate, true, &s->candidate, c->err);
	if (r < 0)
		return r;
	c->n = 1;
	r = pt_benches_side(spec->benches, name, spec->base, false, &s->base, &why);
	if (!is_path(spec->base) && no_base(c, r, &why))
		return 0;
	if (r < 0) {
		if (c->err)
			*c->err = why;
		return r;
	}
	return compare(c, s);
}

static char *name_of(const struct check *c, bool candidate)
{
	struct pt_str text = PT_STR_INIT;
	const char *last = NULL;

	for (size_t i = 0; i < c->n; i++) {
		const struct pt_side *side = candidate ? &c->sides[i].candidate : &c->sides[i].base;
		if (!side->name[0] || (last && strcmp(last, side->name) == 0))
			continue;
		pt_str_addf(&text, "%s%s", text.len ? "; " : "", side->name);
		last = side->name;
	}
	return text.s ? pt_str_detach(&text) : NULL;
}

static bool any_suspect(const struct pt_gate_report *report)
{
	for (size_t i = 0; i < report->n; i++)
		if (report->rows[i].state == PT_GATE_COMPARED && !report->rows[i].accepted &&
		    pt_confirm_suspect(report->rows[i].c.verdict))
			return true;
	return false;
}

static void begin(struct check *c)
{
	const char *machine_class = c->spec->benches->environment.machine_class;

	c->report->inconclusive_fails = c->spec->inconclusive_fails;
	c->report->machine_class = machine_class ? pt_strdup(machine_class) : NULL;
}

/* Places as they stand in the repository: annotations want them so. */
static void shorten_places(struct check *c)
{
	const char *top = c->spec->benches->git.top;
	size_t n = strlen(top);

	for (size_t i = 0; n && i < c->report->n; i++) {
		char *place = c->report->rows[i].location;
		if (place && strncmp(place, top, n) == 0 && place[n] == '/')
			memmove(place, place + n + 1, strlen(place + n + 1) + 1);
	}
}

/* Files do not know their machine. */
static bool any_environment(const struct check *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->sides[i].suite || c->sides[i].base.has_environment ||
		    c->sides[i].candidate.has_environment)
			return true;
	return false;
}

static void finish(struct check *c)
{
	if (!any_environment(c)) {
		free(c->report->machine_class);
		c->report->machine_class = NULL;
	}
	for (size_t i = 0; i < c->n; i++)
		pt_check_flames(c->spec, &c->sides[i], c->report);
	shorten_places(c);
	c->report->no_base = c->n > 0 && c->without_base == c->n;
	/* The gate has named the first suite's sides. */
	free(c->report->base_name);
	free(c->report->candidate_name);
	c->report->base_name = name_of(c, false);
	c->report->candidate_name = name_of(c, true);
	pt_gate_finish(c->report);
}

static void release(struct check *c)
{
	for (size_t i = 0; i < c->n; i++) {
		pt_side_release(&c->sides[i].base);
		pt_side_release(&c->sides[i].candidate);
	}
	free(c->sides);
}

int pt_check(const struct pt_check_spec *spec, struct pt_gate_report *report, struct pt_err *err)
{
	struct check c = {.spec = spec, .report = report, .err = err};
	int r;

	begin(&c);
	r = is_path(spec->base) || is_path(spec->candidate) ? check_files(&c) : check_suites(&c);
	if (r == 0) {
		/* The correction for a whole suite is for those that nobody looks at again. */
		if (spec->reruns > 0 && any_suspect(report))
			r = pt_check_rerun(spec, c.sides, c.n, report, err);
		finish(&c);
	}
	release(&c);
	return r;
}

/* ---- two revisions ---- */

/* Where HEAD left its upstream; without one, or when HEAD is that point, the commit before. */
static int default_base(const struct pt_git *git, struct pt_commit *ret, struct pt_err *err)
{
	struct pt_str out = PT_STR_INIT;
	struct pt_commit head;
	int r = pt_git_commit(git, "HEAD", &head, err);

	if (r < 0)
		return r;
	r = pt_git_run(git, (const char *const[]){"merge-base", "HEAD", "@{upstream}", NULL}, &out,
		       NULL);
	if (out.s)
		out.s[strcspn(out.s, "\n")] = '\0';
	if (r == 0 && out.len && strcmp(out.s, head.id) != 0)
		r = pt_git_commit(git, out.s, ret, err);
	else
		r = pt_git_commit(git, "HEAD~1", ret, err);
	pt_str_release(&out);
	return r;
}

static int find_revisions(const struct pt_check_spec *spec, struct pt_commit *base,
			  struct pt_commit *candidate, struct pt_err *err)
{
	const struct pt_git *git = &spec->benches->git;
	int r;

	if (!git->top[0])
		return pt_err_set(err, PT_ENOENT, "not in a git repository");
	r = spec->base ? pt_git_commit(git, spec->base, base, err) : default_base(git, base, err);
	if (r < 0)
		return r;
	base->dirty = false;
	r = pt_git_commit(git, spec->candidate ? spec->candidate : "HEAD", candidate, err);
	/* Only the work tree itself can have changes. */
	candidate->dirty &= !spec->candidate;
	return r;
}

static void name_revision(struct pt_side *side, const char *what, int runs)
{
	pt_snprintf(side->name, sizeof side->name, "%s%s%.7s%s, %d runs", what ? what : "",
		    what ? "@" : "", side->commit.id, side->commit.dirty ? " with changes" : "",
		    runs);
}

int pt_check_revisions(const struct pt_check_spec *spec, struct pt_gate_report *report,
		       struct pt_err *err)
{
	struct check c = {.spec = spec, .report = report, .err = err};
	struct pt_suites *suites = &spec->benches->suites;
	struct pt_commit base, candidate;
	bool *chosen = NULL;
	int r = pt_benches_suites(spec->benches, err);

	begin(&c);
	if (r < 0 || (r = find_revisions(spec, &base, &candidate, err)) < 0)
		return r;
	chosen = pt_calloc(suites->n + 1, sizeof *chosen);
	c.sides = pt_calloc(suites->n + 1, sizeof *c.sides);
	r = pt_suites_select(suites, spec->words, spec->n_words, chosen, err);
	for (size_t i = 0; r == 0 && i < suites->n; i++) {
		struct pt_check_sides *s = &c.sides[c.n];
		if (!chosen[i])
			continue;
		c.n++;
		s->suite = &suites->suites[i];
		s->base.commit = base;
		s->candidate.commit = candidate;
		name_revision(&s->base, spec->base, spec->reruns);
		name_revision(&s->candidate, spec->candidate, spec->reruns);
	}
	if (r == 0)
		r = pt_check_launch(spec, c.sides, c.n, err);
	for (size_t i = 0; r == 0 && i < c.n; i++)
		r = compare(&c, &c.sides[i]);
	if (r == 0)
		finish(&c);
	free(chosen);
	release(&c);
	return r;
}
