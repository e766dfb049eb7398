/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `perftop bisect`: which commit made a benchmark slower? Each candidate is built once in a
 * worktree and launched as often as the noise demands.
 */
#include "measuring.h"

#include "perftop/base/fs.h"
#include "perftop/base/json.h"
#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/face/command.h"
#include "perftop/model/verdict.h"
#include "perftop/present/value.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

static const struct pt_flag flags[] = {
	{"good", 0, "REV", "A commit before the change (that of the baseline)"},
	{"bad", 0, "REV", "A commit with the change (HEAD)"},
	{"suite", 0, "SUITE", "Suite of the benchmark, when several have one of that name"},
	{"metric", 0, "METRIC", "Metric to look at (time, else the benchmark's first)"},
	{"confidence", 0, "P", "How sure to be before it is called, 0.5 to 0.9999 (0.98)"},
	{"max-runs", 0, "N", "Launches at most (80)"},
	{"timeout", 0, "SECONDS", "Of a launch of CMD (600)"},
	{"flame", 0, NULL,
	 "Sample launches before the change and with it, and name the functions that grew"},
	{"restart", 0, NULL, "Forget what an interrupted search has measured"},
	{"json", 0, NULL, "The result as JSON on stdout; progress stays on stderr"},
	{"verbose", 'v', NULL, "Show what builds and launches print"},
	{"no-wait", 0, NULL, "Fail when another benchmark runs on this machine"},
	{"trust", 0, NULL, "Run the project's commands without `perftop trust` (for CI)"},
	{NULL, 0, NULL, NULL}};

enum { COMMITS_MAX = 20000 };

struct job {
	struct pt_cli *cli;
	struct pt_benches benches;
	struct cmd_measuring measuring;
	struct pt_commit *commits;
	size_t n;
	const struct pt_suite *suite;
	struct pt_suite command; /* of a CMD */
	char *bench;		 /* NULL: the only one that CMD prints */
	char *metric;		 /* NULL: time, else the first */
	enum pt_unit unit;
	enum pt_better better;
	bool known_unit, ascii, json, sampled;
	size_t skipped;
	struct pt_str grown;	    /* functions, one a line */
	struct pt_str measurements; /* JSON so far */
	struct pt_jw writer;
};

/* ---- what is measured ---- */

/* The benchmark's line in a launch's results. */
static const struct pt_bench *pick(struct job *job, const struct pt_bench_set *set,
				   struct pt_err *err)
{
	const struct pt_bench *found = NULL;
	struct pt_str names = PT_STR_INIT;
	size_t matches = 0;

	for (size_t i = 0; i < set->n; i++) {
		const struct pt_bench *b = set->benches[i];
		bool named = !job->bench || strcmp(b->name, job->bench) == 0;
		if (!b->saved && names.len < 200)
			pt_str_addf(&names, "%s%s", names.len ? ", " : "", b->name);
		if (b->saved || !named || (job->metric && strcmp(b->metric, job->metric) != 0))
			continue;
		if (found && strcmp(found->name, b->name) == 0 &&
		    (job->metric || strcmp(b->metric, "time") != 0))
			continue; /* another metric of it */
		matches += !found || strcmp(found->name, b->name) != 0;
		found = b;
	}
	if (matches == 1) {
		pt_str_release(&names);
		return found;
	}
	if (matches > 1)
		pt_err_set(err, PT_EINVAL, "it prints several benchmarks (%s): name one before --",
			   names.s);
	else
		pt_err_set(err, PT_ENOENT, "no %s%s%s in what it printed (%s)",
			   job->bench ? job->bench : "benchmark", job->metric ? " " : "",
			   job->metric ? job->metric : "", names.len ? names.s : "nothing");
	pt_str_release(&names);
	return NULL;
}

/* The work tree cannot stand for a commit: even HEAD is measured in a worktree of its own. */
static int measure(void *arg, size_t at, double *ret_value, struct pt_err *err)
{
	struct job *job = arg;
	struct pt_launch launch;
	const struct pt_bench *bench;
	int r = pt_measure_launch(job->measuring.now, job->suite, &job->commits[at], &launch, err);

	if (r < 0)
		return r;
	if (launch.status != PT_LAUNCH_OK) {
		r = pt_err_set(err, PT_EIO, "%s%s%s", pt_launch_status_name(launch.status),
			       launch.error ? ": " : "", launch.error ? launch.error : "");
		goto out;
	}
	bench = pick(job, &launch.set, err);
	if (!bench) {
		r = -err->code;
		goto out;
	}
	*ret_value = pt_bench_median(bench);
	job->unit = bench->unit;
	job->better = bench->better;
	job->known_unit = true;
out:
	pt_launch_release(&launch);
	return r;
}

static bool built(void *arg, size_t at)
{
	struct job *job = arg;

	return pt_measure_built(job->measuring.now, job->suite, &job->commits[at]);
}

/* ---- what is said ---- */

static void note_measurement(struct job *job, const struct pt_bisect_progress *p)
{
	struct pt_jw *w = &job->writer;

	pt_jw_object(w);
	pt_jw_key_str(w, "commit", job->commits[p->at].id);
	if (p->why) {
		pt_jw_key(w, "skipped");
		pt_jw_str(w, p->why);
	} else {
		pt_jw_key(w, "value");
		pt_jw_num(w, p->value);
	}
	pt_jw_end(w, '}');
}

/* "12  9be01d3c5e1a  18.4 ms   3 commits left: 71 % 9be01d3c5e1a  intern identifiers" */
static void on_progress(void *arg, const struct pt_bisect_progress *p)
{
	struct job *job = arg;
	const struct pt_bisection_result *r = &p->result;
	const struct pt_commit *guess = &job->commits[r->first];
	char value[40] = "", line[800];
	size_t n;

	note_measurement(job, p);
	job->skipped += p->why != NULL;
	if (p->why)
		pt_snprintf(value, sizeof value, "skipped");
	else if (!job->known_unit)
		pt_snprintf(value, sizeof value, "kept"); /* by a search before, without its unit */
	else
		pt_value_format(value, sizeof value, p->value, job->unit,
				job->ascii ? PT_VALUE_ASCII : 0);
	n = pt_snprintf(line, sizeof line, "%3zu  %.12s  %9s", r->runs, job->commits[p->at].id,
			value);
	if (p->why)
		pt_snprintf(line + n, sizeof line - n, "  %s", p->why);
	else if (r->runs > 6)
		pt_snprintf(line + n, sizeof line - n, "  %3.0f %% %.12s  %s", r->confidence * 100,
			    guess->id, guess->subject);
	cmd_measuring_say(&job->measuring, line);
}

static const char *state_name(const struct pt_bisection_result *r)
{
	static const char *const names[] = {
		[PT_BISECTION_GOES_ON] = "unmeasurable",
		[PT_BISECTION_FOUND] = "found",
		[PT_BISECTION_NO_DIFFERENCE] = "no difference",
		[PT_BISECTION_EXHAUSTED] = "not sure",
	};

	if (r->state == PT_BISECTION_FOUND && r->first != r->last)
		return "found among skipped";
	return names[r->state];
}

static void add_grown(struct pt_jw *w, const char *lines)
{
	pt_jw_key(w, "grown");
	pt_jw_array(w);
	for (size_t n; lines[0]; lines += n + (lines[n] == '\n')) {
		char line[600];
		n = strcspn(lines, "\n");
		pt_snprintf(line, sizeof line, "%.*s", (int)PT_MIN(n, sizeof line - 1), lines);
		pt_jw_str(w, line);
	}
	pt_jw_end(w, ']');
}

static int print_json(struct job *job, const struct pt_bisection_result *r)
{
	bool one = r->state == PT_BISECTION_FOUND && r->first == r->last;
	struct pt_str out = PT_STR_INIT;
	struct pt_jw w;
	int status;

	pt_jw_init(&w, &out, false);
	pt_jw_object(&w);
	pt_jw_key_str(&w, "culprit", one ? job->commits[r->first].id : NULL);
	pt_jw_key_str(&w, "state", state_name(r));
	pt_jw_key_num(&w, "confidence", r->confidence);
	pt_jw_key_str(&w, "subject", one ? job->commits[r->first].subject : NULL);
	pt_jw_key_num(&w, "ratio", r->ratio);
	pt_jw_key(&w, "interval");
	pt_jw_array(&w);
	pt_jw_num(&w, r->lo);
	pt_jw_num(&w, r->hi);
	pt_jw_end(&w, ']');
	pt_jw_key(&w, "candidates");
	pt_jw_array(&w);
	for (size_t i = r->first; r->state == PT_BISECTION_FOUND && i <= r->last; i++)
		pt_jw_str(&w, job->commits[i].id);
	pt_jw_end(&w, ']');
	pt_jw_key_str(&w, "good", job->commits[0].id);
	pt_jw_key_str(&w, "bad", job->commits[job->n - 1].id);
	pt_jw_key_str(&w, "benchmark", job->bench);
	pt_jw_key_str(&w, "unit", job->known_unit ? pt_unit_name(job->unit) : NULL);
	pt_jw_key_num(&w, "commits", (double)job->n - 1);
	pt_jw_key_num(&w, "launches", (double)r->runs);
	pt_jw_key_num(&w, "skipped", (double)job->skipped);
	add_grown(&w, pt_str_text(&job->grown));
	pt_jw_end(&w, '}');
	/* The measurements were written as they came. */
	pt_jw_end(&job->writer, ']');
	out.len--; /* the bracket comes behind them */
	pt_str_addf(&out, ",\"measurements\":%s}\n", job->measurements.s);
	status = pt_cli_write(job->cli, out.s, out.len);
	pt_str_release(&out);
	return status;
}

static void add_effect(const struct job *job, const struct pt_bisection_result *r,
		       struct pt_str *out)
{
	struct pt_gate_row row = {.unit = job->unit,
				  .better = job->better,
				  .c = {.ratio = r->ratio, .lo = r->lo, .hi = r->hi}};
	bool worse = (r->ratio > 1) == (job->better == PT_BETTER_LOWER);

	row.c.verdict = worse ? PT_VERDICT_REGRESSION : PT_VERDICT_IMPROVEMENT;
	pt_str_addf(out, "%+.1f %% (%+.1f .. %+.1f) %s", (r->ratio - 1) * 100, (r->lo - 1) * 100,
		    (r->hi - 1) * 100, pt_gate_row_word(&row));
}

/* In per cent; nothing that was measured is quite certain. */
static double certainty(const struct pt_bisection_result *r)
{
	return fmin(r->confidence * 100, 99.9);
}

static int print_text(struct job *job, const struct pt_bisection_result *r)
{
	struct pt_str out = PT_STR_INIT;
	int status;

	switch (r->state) {
	case PT_BISECTION_FOUND:
		for (size_t i = r->first; i <= r->last; i++)
			pt_str_addf(&out, "%s  %s\n", job->commits[i].id, job->commits[i].subject);
		if (r->first == r->last)
			pt_str_addf(&out, "is the first bad commit (%.1f %%): ", certainty(r));
		else
			pt_str_addf(&out,
				    "one of these is the first bad commit (%.1f %%); those between "
				    "cannot be measured: ",
				    certainty(r));
		add_effect(job, r, &out);
		pt_str_addf(&out, "\n%zu launches", r->runs);
		break;
	case PT_BISECTION_NO_DIFFERENCE:
		pt_str_addf(&out, "good and bad measure alike: ");
		add_effect(job, r, &out);
		pt_str_addf(&out, "; nothing to look for\n%zu launches", r->runs);
		break;
	default:
		pt_str_addf(&out,
			    "not sure after %zu launches; the best guess (%.0f %%) is\n%s  %s\n"
			    "--max-runs allows more: what has been measured is kept",
			    r->runs, r->confidence * 100, job->commits[r->first].id,
			    job->commits[r->first].subject);
	}
	if (job->skipped)
		pt_str_addf(&out, ", %zu commits skipped", job->skipped);
	if (r->outliers)
		pt_str_addf(&out, ", %zu outliers left out", r->outliers);
	pt_str_addc(&out, '\n');
	if (job->sampled)
		pt_str_addf(&out, "%s\n%s",
			    job->grown.len ? "functions that grew:"
					   : "no function grew beyond chance",
			    pt_str_text(&job->grown));
	{
		char *safe = pt_malloc(4 * out.len + 1);
		size_t n = 0;
		for (char *line = out.s, *end; (end = strchr(line, '\n')); line = end + 1) {
			n += pt_text_safe(safe + n, 4 * out.len + 1 - n, line, (size_t)(end - line),
					  job->ascii);
			safe[n++] = '\n';
		}
		status = pt_cli_write(job->cli, safe, n);
		free(safe);
	}
	pt_str_release(&out);
	return status;
}

/* Where the time went that the guilty commit takes more: asked for, but no reason to fail. */
static void find_grown(struct job *job, const struct pt_bisection_result *r)
{
	struct pt_err err = {0};

	if (!pt_cli_flag(job->cli, "flame") || r->state != PT_BISECTION_FOUND ||
	    r->first != r->last || r->first == 0)
		return;
	if (cmd_measuring_grown(&job->measuring, job->suite, &job->commits[r->first - 1],
				&job->commits[r->first], &job->grown, &err) < 0)
		pt_cli_error(job->cli, 0, "no flame graphs: %s", err.msg);
	else
		job->sampled = true;
}

/* ---- what is asked for ---- */

/* Of CMD: a suite of its own, nothing kept of it. */
static void suite_of_command(struct job *job)
{
	double timeout = 600;
	const char *text = pt_cli_flag(job->cli, "timeout");

	if (text)
		(void)pt_parse_double(text, &timeout);
	job->command = (struct pt_suite){
		.name = "bisect",
		.command = (char **)(uintptr_t)&job->cli->words[job->cli->after],
		.folder = ".",
		.timeout_ns = (int64_t)(timeout * 1e9),
		.repeats = 1,
	};
	job->suite = &job->command;
}

/* The suite that has the benchmark: as --suite says, else by what its baseline or history knows. */
static int find_suite(struct job *job, struct pt_err *err)
{
	struct pt_benches *b = &job->benches;
	const char *name = pt_cli_flag(job->cli, "suite");
	size_t found = 0;
	int r = pt_benches_suites(b, err);

	if (r < 0)
		return r;
	if (name) {
		job->suite = pt_suites_find(&b->suites, name);
		return job->suite ? 0 : pt_err_set(err, PT_ENOENT, "no suite '%s'", name);
	}
	for (size_t i = 0; i < b->suites.n; i++) {
		struct pt_side side = {0};
		bool has = false;
		if (pt_benches_side(b, b->suites.suites[i].name, "latest", true, &side, NULL) < 0 &&
		    pt_benches_side(b, b->suites.suites[i].name, "baseline", false, &side, NULL) <
			    0)
			continue;
		for (size_t k = 0; k < side.set.n; k++)
			has |= strcmp(side.set.benches[k]->name, job->bench) == 0;
		pt_side_release(&side);
		if (has) {
			job->suite = &b->suites.suites[i];
			found++;
		}
	}
	if (found == 0 && b->suites.n == 1) {
		job->suite = &b->suites.suites[0];
		return 0;
	}
	if (found == 1)
		return 0;
	return pt_err_set(err, PT_ENOENT,
			  found ? "several suites have a benchmark '%s'; say which with --suite"
				: "no stored run has a benchmark '%s'; say its suite with --suite",
			  job->bench);
}

/* The commit that the baseline was saved at, when --good is not given. */
static int good_revision(struct job *job, char *out, size_t size, struct pt_err *err)
{
	const char *good = pt_cli_flag(job->cli, "good");
	struct pt_side side = {0};
	int r;

	if (good) {
		pt_strlcpy(out, good, size);
		return 0;
	}
	if (job->suite == &job->command)
		return pt_err_set(err, PT_EINVAL, "needs --good REV");
	r = pt_benches_side(&job->benches, job->suite->name, "baseline", false, &side, NULL);
	if (r < 0 || !side.commit.id[0])
		return pt_err_set(err, PT_EINVAL,
				  "needs --good REV: there is no baseline that knows its commit");
	pt_strlcpy(out, side.commit.id, size);
	pt_side_release(&side);
	return 0;
}

/* The good commit and what came after it on the way to the bad one. */
static int find_commits(struct job *job, struct pt_err *err)
{
	const struct pt_git *git = &job->benches.git;
	const char *bad = pt_cli_flag(job->cli, "bad");
	struct pt_commit good_commit, bad_commit, *log = NULL;
	char good[600], range[160];
	size_t n = 0;
	int r;

	if (!git->top[0])
		return pt_err_set(err, PT_ENOENT, "not in a git repository");
	r = good_revision(job, good, sizeof good, err);
	if (r < 0 || (r = pt_git_commit(git, good, &good_commit, err)) < 0 ||
	    (r = pt_git_commit(git, bad ? bad : "HEAD", &bad_commit, err)) < 0)
		return r;
	if (strcmp(good_commit.id, bad_commit.id) == 0)
		return pt_err_set(err, PT_EINVAL, "good and bad are the same commit, %.12s",
				  bad_commit.id);
	r = pt_git_run(git,
		       (const char *const[]){"merge-base", "--is-ancestor", good_commit.id,
					     bad_commit.id, NULL},
		       NULL, NULL);
	if (r != 0)
		return pt_err_set(err, PT_EINVAL, "%.12s (good) is no ancestor of %.12s (bad)%s",
				  good_commit.id, bad_commit.id,
				  pt_git_shallow(git) ? ", or this clone is too shallow to know"
						      : "; are they the wrong way round?");
	pt_snprintf(range, sizeof range, "%s..%s", good_commit.id, bad_commit.id);
	r = pt_git_log(git, range, COMMITS_MAX, &log, &n, err);
	if (r < 0)
		return r;
	job->commits = pt_reallocarray(log, n + 1, sizeof *log);
	memmove(job->commits + 1, job->commits, n * sizeof *job->commits);
	job->commits[0] = good_commit;
	job->n = n + 1;
	return 0;
}

/* What a file of measurements is about. */
static void describe(const struct job *job, struct pt_str *out)
{
	pt_str_addf(out, "%s|%s|%s|", job->suite->name, job->bench ? job->bench : "",
		    job->metric ? job->metric : "");
	for (size_t i = 0; job->suite->command[i]; i++)
		pt_str_addf(out, "%s|", job->suite->command[i]);
	for (char *p = out->s; *p; p++)
		*p = *p == '\n' ? ' ' : *p;
}

static void file_name(const struct job *job, const char *what, char *out, size_t size)
{
	uint64_t h = UINT64_C(14695981039346656037);
	const char *parts[] = {job->benches.repository, what};

	for (size_t i = 0; i < PT_LEN(parts); i++)
		for (const char *p = parts[i]; *p; p++)
			h = (h ^ (unsigned char)*p) * UINT64_C(1099511628211);
	pt_snprintf(out, size, "%s/bisect/%016llx", job->cli->config.paths.state,
		    (unsigned long long)h);
}

/* A number of a flag within bounds, or the default. */
static int number_flag(struct job *job, const char *name, double lo, double hi, double *ret,
		       struct pt_err *err)
{
	const char *text = pt_cli_flag(job->cli, name);

	if (!text)
		return 0;
	if (pt_parse_double(text, ret) < 0 || *ret < lo || *ret > hi)
		return pt_err_set(err, PT_EINVAL, "--%s: '%s' is no number from %g to %g", name,
				  text, lo, hi);
	return 0;
}

static int read_options(struct job *job, struct pt_bisection_options *options, struct pt_err *err)
{
	double runs, confidence, timeout = 600;
	int r;

	pt_bisection_options_init(options);
	runs = (double)options->max_runs;
	confidence = options->confidence;
	if ((r = number_flag(job, "max-runs", 6, 100000, &runs, err)) < 0 ||
	    (r = number_flag(job, "confidence", .5, .9999, &confidence, err)) < 0 ||
	    (r = number_flag(job, "timeout", .1, 1e6, &timeout, err)) < 0)
		return r;
	options->max_runs = (size_t)runs;
	options->confidence = confidence;
	return 0;
}

static int read_words(struct job *job, struct pt_err *err)
{
	const struct pt_cli *cli = job->cli;
	bool command = cli->after < cli->n_words;
	const char *metric = pt_cli_flag(cli, "metric");

	if (cli->after > 1 || (cli->after == 0 && !command))
		return pt_err_set(err, PT_EINVAL,
				  "expected a benchmark, or -- and a command that prints one");
	if (cli->after == 1)
		job->bench = pt_strdup(cli->words[0]);
	if (metric)
		job->metric = pt_strdup(metric);
	if (command) {
		suite_of_command(job);
		return 0;
	}
	return find_suite(job, err);
}

static int search(struct job *job, struct pt_bisection_result *result, struct pt_err *err)
{
	struct pt_str what = PT_STR_INIT;
	char file[700], folder[600];
	struct pt_bisect_spec spec = {.commits = job->commits,
				      .n = job->n,
				      .file = file,
				      .measure = measure,
				      .built = built,
				      .progress = on_progress,
				      .arg = job};
	struct pt_measure_spec *measures = &job->measuring.spec;
	size_t spread_n;
	char line[160];
	int r = read_options(job, &spec.options, err);

	measures->benches = &job->benches;
	measures->kind = PT_LAUNCH_BISECT;
	measures->keep = job->suite != &job->command;
	measures->no_wait = pt_cli_flag(job->cli, "no-wait") != NULL;
	if (r < 0 || (r = pt_measure_open(measures, &job->measuring.now, err)) < 0)
		return r;
	if (job->suite != &job->command &&
	    !pt_benches_noise(&job->benches, job->suite->name, job->bench,
			      job->metric ? job->metric : "time", &spec.options.spread, &spread_n))
		spec.options.spread = NAN;
	describe(job, &what);
	spec.what = what.s;
	file_name(job, what.s, file, sizeof file);
	pt_snprintf(folder, sizeof folder, "%s/bisect", job->cli->config.paths.state);
	if ((r = pt_fs_mkdirs(folder, err)) < 0)
		goto out;
	if (pt_cli_flag(job->cli, "restart"))
		(void)unlink(file);
	pt_snprintf(line, sizeof line, "%zu commits after %.12s, up to %.12s", job->n - 1,
		    job->commits[0].id, job->commits[job->n - 1].id);
	cmd_measuring_say(&job->measuring, line);
	r = pt_bisect(&spec, result, err);
	if (r == 0)
		find_grown(job, result);
	if (r == -PT_ECANCELED)
		pt_err_set(err, PT_ECANCELED,
			   "interrupted; the same command goes on where this one was");
out:
	pt_measure_close(job->measuring.now);
	job->measuring.now = NULL;
	pt_str_release(&what);
	return r;
}

static int status_of(int r)
{
	switch (-r) {
	case PT_EINVAL:
	case PT_ENOENT:
	case PT_ESYNTAX: return PT_EXIT_USAGE;
	default: return PT_EXIT_NO_ANSWER;
	}
}

static int run(struct pt_cli *cli)
{
	struct job job = {
		.cli = cli, .ascii = !pt_cli_utf8(), .json = pt_cli_flag(cli, "json") != NULL};
	struct pt_bisection_result result;
	struct pt_err err = {0};
	int r, status = pt_cli_load(cli, pt_cli_flag(cli, "trust") != NULL);

	if (status >= 0)
		return status;
	pt_cli_tell_config(cli);
	pt_benches_open(&job.benches, &cli->config, &cli->options);
	cmd_measuring_init(&job.measuring, cli);
	pt_jw_init(&job.writer, &job.measurements, false);
	pt_jw_array(&job.writer);
	r = read_words(&job, &err);
	if (r == 0)
		r = find_commits(&job, &err);
	if (r == 0 && job.suite != &job.command)
		r = pt_benches_may_run(&job.benches, &err);
	if (r == 0)
		r = search(&job, &result, &err);
	if (r < 0)
		status = pt_cli_err(cli, status_of(r), &err);
	else
		status = job.json ? print_json(&job, &result) : print_text(&job, &result);
	if (r == 0 && status == PT_EXIT_OK && result.state != PT_BISECTION_FOUND)
		status = PT_EXIT_NO_ANSWER;
	cmd_measuring_release(&job.measuring);
	pt_benches_close(&job.benches);
	pt_str_release(&job.measurements);
	pt_str_release(&job.grown);
	free(job.commits);
	free(job.bench);
	free(job.metric);
	return status;
}

const struct pt_command pt_command_bisect = {
	.name = "bisect",
	.summary = "Find the commit that made a benchmark slower, within noise",
	.arguments = "[--good REV] [--bad REV] BENCH | [BENCH] -- CMD...",
	.help = "Commits between a good and a bad one are built, each once in a worktree of its own "
		"below the cache, and launched as often as the noise demands; the search ends when "
		"one commit is guilty with the confidence asked for. A commit that does not build "
		"or crashes is passed over. An interrupted search goes on where it was.\n\n"
		"BENCH is a benchmark of a suite. CMD is any command that prints a known format, "
		"at the simplest `name: value unit`; it runs in the folder of the checked out "
		"commit, and builds what it needs:\n\n"
		"  perftop bisect --good v1.2 -- sh -c 'make -s && ./bench'\n\n"
		"With --json the result is {\"culprit\": id or null, \"confidence\": ..., \"ratio\": "
		"..., \"interval\": [..., ...], \"candidates\": [ids], \"grown\": [...], \"measurements\": "
		"[...], ...}.",
	.exits =
		"  0  found\n  2  wrong usage, or an unknown revision\n"
		"  3  good and bad measure alike, not sure, interrupted, or an end cannot be measured",
	.flags = flags,
	.words = true,
	.run = run,
};
