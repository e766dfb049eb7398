/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The two sides of a comparison by what people write, and a baseline made of one. Without arguments
 * nothing here starts a process: HEAD, baseline and history are read from files.
 */
#include "perftop/analyse/compare.h"
#include "perftop/app/benches.h"
#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/bench/parser.h"

#include <dirent.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SHORT_COMMIT = 7, RUNS_DEFAULT = 10, RUNS_MAX = 1000, BATCHES_MAX = 1000 };

struct asking {
	struct pt_benches *b;
	const char *suite;
	bool candidate;
	struct pt_side *side;
	struct pt_err *err;
};

static size_t most_runs(const struct pt_bench_set *set)
{
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++)
		n = PT_MAX(n, set->benches[i]->n_runs);
	return n;
}

/* "main@4f1c2a0, 10 runs" */
static void name_side(struct pt_side *side, const char *what)
{
	size_t n = most_runs(&side->set);

	pt_snprintf(side->name, sizeof side->name, "%s%s%.*s%s, %zu run%s", what,
		    side->commit.id[0] ? "@" : "", SHORT_COMMIT, side->commit.id,
		    side->commit.dirty ? " with changes" : "", n, n == 1 ? "" : "s");
}

/* -- baselines ----------------------------------------------------------------------------------- */

static bool is_of_others(const char *file, const char *machine_class)
{
	size_t n = strlen(file);

	return n > 5 && strcmp(file + n - 5, ".json") == 0 && file[0] != '.' &&
	       strncmp(file, machine_class, strlen(machine_class)) != 0;
}

/* Which other machine classes there are baselines of, or none. */
static int no_baseline(const struct asking *a, const char *name, const char *path)
{
	const char *own = strrchr(path, '/') + 1;
	struct pt_str others = PT_STR_INIT;
	char folder[1200];
	struct dirent *e;
	DIR *dir;
	int r;

	pt_snprintf(folder, sizeof folder, "%.*s", (int)(own - 1 - path), path);
	dir = opendir(folder);
	while (dir && (e = readdir(dir)))
		if (is_of_others(e->d_name, a->b->environment.machine_class) && others.len < 200)
			pt_str_addf(&others, "%s%.*s", others.len ? ", " : "",
				    (int)strlen(e->d_name) - 5, e->d_name);
	if (dir)
		closedir(dir);
	if (others.len)
		r = pt_err_set(a->err, PT_ENOTSUP, "suite %s has no baseline %.*s; there is %s",
			       a->suite, (int)strlen(own) - 5, own, others.s);
	else
		r = pt_err_set(
			a->err, PT_ENOENT,
			"suite %s has no baseline%s%s yet; `perftop baseline save%s%s` makes one",
			a->suite, name ? " " : "", name ? name : "", name ? " --name " : "",
			name ? name : "");
	pt_str_release(&others);
	return r;
}

static int use_baseline(const struct asking *a, const char *path)
{
	struct pt_side *side = a->side;
	int r = pt_baseline_load(path, &side->baseline, a->err);

	if (r < 0)
		return r;
	side->set = side->baseline.set;
	side->commit = side->baseline.commit;
	pt_environment_copy(&side->environment, &side->baseline.environment);
	side->has_environment = true;
	name_side(side, side->baseline.name);
	return 0;
}

static int from_baseline(const struct asking *a, const char *name)
{
	char path[1200];
	int r;

	pt_baseline_path(a->b->project, a->suite, a->b->environment.machine_class, name, path,
			 sizeof path);
	r = use_baseline(a, path);
	return r == -PT_ENOENT ? no_baseline(a, name, path) : r;
}

/* -- stored runs --------------------------------------------------------------------------------- */

static struct pt_runs_query query_of(const struct asking *a)
{
	return (struct pt_runs_query){
		.repository = a->b->repository,
		.suite = a->suite,
		.machine_class = a->b->environment.machine_class,
		.dirty = -1,
	};
}

/* Runs beyond the newest max go: a batch may hold more than is wanted. */
static void trim(struct pt_bench_set *set, size_t max)
{
	for (size_t i = 0; i < set->n; i++) {
		struct pt_bench *bench = set->benches[i];
		size_t cut = bench->n_runs > max ? bench->n_runs - max : 0;
		for (size_t k = 0; k < cut; k++)
			free(bench->runs[k].samples);
		bench->n_runs -= cut;
		memmove(bench->runs, bench->runs + cut, bench->n_runs * sizeof *bench->runs);
	}
}

/* The batches first..n-1 of list (latest first) as one side. */
static int load_batches(const struct asking *a, const struct pt_batch_info *list, size_t n)
{
	int r = 0;

	for (size_t i = n; r == 0 && i-- > 0;) {
		struct pt_runs_query one = {.batch = list[i].id, .dirty = -1, .reruns = true};
		r = pt_runs_load(a->b->db, &one, &a->side->set, a->err);
	}
	if (r == 0)
		r = pt_runs_environment(a->b->db, list[0].id, &a->side->environment, a->err);
	a->side->has_environment = r == 0;
	a->side->commit = list[0].commit;
	return r;
}

/* The latest batch of a commit ("": whatever was run here last). */
static int from_commit(const struct asking *a, const char *commit, const char *what)
{
	struct pt_runs_query query = query_of(a);
	struct pt_batch_info *list = NULL;
	size_t n = 0;
	int r = pt_benches_db(a->b, false, a->err);

	query.commit = commit[0] ? commit : NULL;
	if (r == 0)
		r = pt_runs_batches(a->b->db, &query, 1, &list, &n, a->err);
	if (r == -PT_ENOENT || (r == 0 && n == 0))
		return pt_err_set(a->err, PT_ENODATA,
				  "suite %s has not been run %s%.*s on this machine class; "
				  "`perftop bench run %s` does",
				  a->suite, commit[0] ? "at " : "here", SHORT_COMMIT, commit,
				  a->suite);
	if (r == 0)
		r = load_batches(a, list, n);
	if (r == 0)
		name_side(a->side, what);
	pt_batch_infos_free(list, n);
	return r;
}

/* Is the code of HEAD that of a commit, but for what perftop itself keeps beside it? */
static bool is_same_code(const struct pt_git *git, const char *commit)
{
	return pt_git_run(git,
			  (const char *const[]){"diff", "--quiet", commit, "HEAD", "--", ".",
						":(exclude,glob)**/.performance/**", NULL},
			  NULL, NULL) == 0;
}

/* HEAD's runs; else those of the last run, when nothing but baselines and the like has been committed
 * since: who saves a baseline commits it. */
static int from_latest(const struct asking *a)
{
	const struct pt_commit *head = &a->b->head;
	const char *what = head->branch[0] ? head->branch : "HEAD";
	struct pt_runs_query query = query_of(a);
	struct pt_batch_info *list = NULL;
	size_t n = 0;
	int r = from_commit(a, head->id, what);

	if (r != -PT_ENODATA || !head->id[0] || a->b->git_err.code || !a->b->db)
		return r;
	query.failed = true; /* a last run that failed is what there is to say */
	if (pt_runs_batches(a->b->db, &query, 1, &list, &n, NULL) < 0)
		return r;
	if (n && !list[0].commit.dirty && list[0].launches > list[0].failed &&
	    is_same_code(&a->b->git, list[0].commit.id)) {
		r = load_batches(a, list, n);
		if (r == 0)
			name_side(a->side, what);
	}
	pt_batch_infos_free(list, n);
	return r;
}

/* "BRANCH[:N]" */
static int from_branch(const struct asking *a, const char *text)
{
	struct pt_runs_query query = query_of(a);
	struct pt_batch_info *list = NULL;
	const char *colon = strrchr(text, ':');
	char branch[128];
	long long runs = RUNS_DEFAULT;
	size_t n = 0, used = 0, launches = 0;
	int r;

	pt_snprintf(branch, sizeof branch, "%.*s", colon ? (int)(colon - text) : 127, text);
	if (colon && pt_parse_i64(colon + 1, 1, RUNS_MAX, &runs) < 0)
		return pt_err_set(a->err, PT_EINVAL,
				  "runs:%s: expected a branch and how many runs, runs:main:10",
				  text);
	query.branch = branch;
	query.dirty = 0;
	r = pt_benches_db(a->b, false, a->err);
	if (r == 0)
		r = pt_runs_batches(a->b->db, &query, BATCHES_MAX, &list, &n, a->err);
	/* What is judged is no base for itself. */
	for (size_t i = 0; r == 0 && i < n && launches < (size_t)runs; i++) {
		if (!a->candidate && strcmp(list[i].commit.id, a->b->head.id) == 0)
			continue;
		launches += (size_t)(list[i].launches - list[i].failed);
		struct pt_batch_info taken = list[used];
		list[used++] = list[i];
		list[i] = taken;
	}
	if (r == -PT_ENOENT || (r == 0 && used == 0))
		r = pt_err_set(a->err, PT_ENODATA,
			       "no runs of suite %s on branch %s in the history of this machine "
			       "class",
			       a->suite, branch);
	if (r == 0)
		r = load_batches(a, list, used);
	if (r == 0) {
		trim(&a->side->set, (size_t)runs);
		name_side(a->side, branch);
	}
	pt_batch_infos_free(list, n);
	return r;
}

static int from_revision(const struct asking *a, const char *text)
{
	struct pt_commit commit;
	int r;

	if (a->b->git_err.code)
		return pt_err_set(a->err, PT_EINVAL, "there is no file %s, and no repository here",
				  text);
	r = pt_git_commit(&a->b->git, text, &commit, a->err);
	/* A misspelt side is no first run that passes. */
	if (r == -PT_ENOENT)
		return pt_err_set(a->err, PT_EINVAL,
				  "there is no file '%s', and no such commit in %s%s", text,
				  a->b->git.top,
				  pt_git_shallow(&a->b->git) ? ", which is a shallow clone" : "");
	return r < 0 ? r : from_commit(a, commit.id, text);
}

/* -- files --------------------------------------------------------------------------------------- */

static bool is_baseline_path(const char *path)
{
	size_t n = strlen(path);

	return strstr(path, ".performance/baselines/") && n > 5 &&
	       strcmp(path + n - 5, ".json") == 0;
}

/* A file may hold older results alone; nothing would be compared then, and pass. */
static int check_newest(const struct asking *a, const char *path)
{
	const struct pt_bench_set *set = &a->side->set;

	for (size_t i = 0; i < set->n; i++)
		if (!set->benches[i]->saved)
			return 0;
	return pt_err_at(a->err, PT_EINVAL, path, 0, 0,
			 "only older results, expected which of them: %s@%s", path,
			 set->n ? set->benches[0]->saved : "NAME");
}

static int from_file(const struct asking *a, const char *path, const char *saved)
{
	int r;

	if (is_baseline_path(path))
		return use_baseline(a, path);
	r = pt_bench_read(path, NULL, saved, &a->side->set, a->err);
	if (r == -PT_ENODATA) {
		if (a->err)
			a->err->code = PT_EINVAL;
		return -PT_EINVAL; /* an empty file is wrong, not a run to wait for */
	}
	/* A baseline that was copied elsewhere is one still. */
	if (r == -PT_ENOTSUP && pt_baseline_load(path, &a->side->baseline, NULL) == 0) {
		pt_baseline_release(&a->side->baseline);
		return use_baseline(a, path);
	}
	if (r == 0)
		r = check_newest(a, path);
	if (r == 0)
		name_side(a->side, path);
	return r;
}

/* PATH or PATH@SAVED that is there. */
static bool is_file(const char *what, char *path, size_t size, const char **ret_saved)
{
	const char *at = strrchr(what, '@');

	*ret_saved = NULL;
	pt_strlcpy(path, what, size);
	if (strcmp(what, "-") == 0 || access(path, F_OK) == 0)
		return true;
	if (!at || at == what)
		return false;
	pt_snprintf(path, size, "%.*s", (int)(at - what), what);
	*ret_saved = at + 1;
	return access(path, F_OK) == 0;
}

/* ------------------------------------------------------------------------------------------------ */

static bool begins(const char *what, const char *with)
{
	return strncmp(what, with, strlen(with)) == 0;
}

static int find_side(const struct asking *a, const char *what)
{
	const char *saved;
	char path[4096];

	if (!what || !what[0])
		what = a->candidate ? "latest" : "baseline";
	if (strcmp(what, "baseline") == 0)
		return from_baseline(a, NULL);
	if (begins(what, "baseline:"))
		return from_baseline(a, what + strlen("baseline:"));
	if (strcmp(what, "latest") == 0)
		return from_latest(a);
	if (begins(what, "runs:"))
		return from_branch(a, what + strlen("runs:"));
	if (is_file(what, path, sizeof path, &saved))
		return from_file(a, path, saved);
	return from_revision(a, what);
}

int pt_benches_side(struct pt_benches *b, const char *suite, const char *what, bool candidate,
		    struct pt_side *ret, struct pt_err *err)
{
	struct pt_side side = {0};
	struct asking a = {b, suite, candidate, &side, err};
	int r;

	pt_bench_set_init(&side.set);
	r = find_side(&a, what);
	if (r < 0)
		pt_side_release(&side);
	else
		*ret = side;
	return r;
}

void pt_side_release(struct pt_side *side)
{
	if (!side->baseline.suite)
		pt_bench_set_release(&side->set);
	pt_baseline_release(&side->baseline);
	pt_environment_release(&side->environment);
	*side = (struct pt_side){0};
}

/* -- a baseline of a side ------------------------------------------------------------------------ */

static void own_spread(struct pt_baseline_entry *e)
{
	double *medians = pt_malloc((e->bench->n_runs + 1) * sizeof *medians);
	size_t n = 0;

	for (size_t i = 0; i < e->bench->n_runs; i++)
		if (e->bench->runs[i].n)
			medians[n++] = pt_run_median(&e->bench->runs[i]);
	e->spread = pt_launch_spread(medians, &n, 1, &e->spread_n);
	free(medians);
}

static void add_recent(struct pt_baseline *baseline, const struct pt_history *h)
{
	struct pt_baseline_entry *e = pt_baseline_find(baseline, h->name, h->metric);

	if (!e || e->recent)
		return;
	e->recent = pt_calloc(h->n + 1, sizeof *e->recent);
	for (size_t i = 0; i < h->n; i++)
		e->recent[e->n_recent++] = h->points[i].median;
}

static void add_history(struct pt_benches *b, struct pt_baseline *baseline)
{
	const char *branch = baseline->commit.branch;
	struct pt_history *list;
	size_t n;

	if (pt_benches_history(b, baseline->suite, branch[0] ? branch : NULL, NULL,
			       PT_BASELINE_RECENT, &list, &n, NULL) < 0)
		return;
	for (size_t i = 0; i < n; i++)
		add_recent(baseline, &list[i]);
	pt_histories_free(list, n);
}

int pt_benches_baseline(struct pt_benches *b, const char *suite, const char *name,
			struct pt_side *side, const struct pt_baseline *before,
			struct pt_baseline *ret, struct pt_err *err)
{
	struct pt_baseline baseline;

	if (!side->set.n)
		return pt_err_set(err, PT_ENODATA, "%s holds no results", side->name);
	pt_baseline_init(&baseline);
	baseline.suite = pt_strdup(suite);
	baseline.name = pt_strdup(name ? name : "main");
	baseline.commit = side->commit;
	baseline.saved_ns = pt_clock_real(&pt_clock_system);
	pt_environment_copy(&baseline.environment,
			    side->has_environment ? &side->environment : &b->environment);
	pt_baseline_take(&baseline, &side->set);
	pt_bench_set_init(&side->baseline.set); /* it was the same, if there is one */
	for (size_t i = 0; i < baseline.n; i++) {
		struct pt_baseline_entry *e = &baseline.entries[i];
		const struct pt_bench *bench = e->bench;
		if (!pt_benches_noise(b, suite, bench->name, bench->metric, &e->spread,
				      &e->spread_n))
			own_spread(e);
	}
	add_history(b, &baseline);
	if (before)
		pt_baseline_carry(&baseline, before, true);
	*ret = baseline;
	return 0;
}
