/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Baselines as files of a project: listed, saved from runs, promoted, pruned, changes accepted. What
 * cannot be read is reported beside the others, so that one file with a merge conflict hides none.
 */
#include "perftop/app/baselines.h"

#include "perftop/base/clock.h"
#include "perftop/base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

/* -- listing ------------------------------------------------------------------------------------- */

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct pt_baseline_file *)a)->path,
		      ((const struct pt_baseline_file *)b)->path);
}

struct listing {
	struct pt_baseline_file *files;
	size_t n, cap;
};

static void list_suite(struct listing *l, const char *folder, const char *suite)
{
	char path[1000];
	struct dirent *e;
	DIR *dir;

	pt_snprintf(path, sizeof path, "%s/%s", folder, suite);
	dir = opendir(path);
	while (dir && (e = readdir(dir))) {
		size_t n = strlen(e->d_name);
		struct pt_baseline_file *f;
		if (e->d_name[0] == '.' || n < 6 || strcmp(e->d_name + n - 5, ".json") != 0)
			continue;
		f = PT_PUSH(l->files, l->n, l->cap);
		*f = (struct pt_baseline_file){0};
		pt_snprintf(f->path, sizeof f->path, "%s/%s", path, e->d_name);
		(void)pt_baseline_load(f->path, &f->baseline, &f->err);
	}
	if (dir)
		closedir(dir);
}

int pt_baselines_list(const char *project, const char *suite, struct pt_baseline_file **ret,
		      size_t *ret_n, struct pt_err *err)
{
	struct listing l = {0};
	char folder[600];
	struct dirent *e;
	DIR *dir;

	pt_snprintf(folder, sizeof folder, "%s/.performance/baselines", project);
	dir = opendir(folder);
	if (!dir && errno != ENOENT)
		return pt_err_at(err, (enum pt_error)(-pt_err_errno(errno)), folder, 0, 0,
				 "cannot be read: %s", strerror(errno));
	while (dir && (e = readdir(dir)))
		if (e->d_name[0] != '.' && (!suite || strcmp(e->d_name, suite) == 0))
			list_suite(&l, folder, e->d_name);
	if (dir)
		closedir(dir);
	if (l.n)
		qsort(l.files, l.n, sizeof *l.files, by_path);
	*ret = l.files;
	*ret_n = l.n;
	return 0;
}

void pt_baselines_free(struct pt_baseline_file *files, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!files[i].err.code)
			pt_baseline_release(&files[i].baseline);
	free(files);
}

/* -- saving -------------------------------------------------------------------------------------- */

/* Names of suites and baselines become parts of paths. */
static bool is_plain(const char *name)
{
	return name[0] && name[0] != '.' && strlen(name) <= 100 &&
	       name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				 "._-")] == '\0';
}

static int check_names(const char *suite, const char *name, struct pt_err *err)
{
	const char *bad = !is_plain(suite) ? suite : name && !is_plain(name) ? name : NULL;

	return bad ? pt_err_set(err, PT_EINVAL,
				"'%s' cannot name a file: letters, digits and . _ - can", bad)
		   : 0;
}

/* Is there a file before? 1, 0, or the error. One that a merge has broken is replaced: that is what
 * its own error message says to do. */
static int load_before(const char *path, struct pt_baseline *before, struct pt_err *lost,
		       struct pt_err *err)
{
	int r = pt_baseline_load(path, before, lost);

	if (r == 0)
		return 1;
	if (r == -PT_ENOENT)
		*lost = (struct pt_err){0};
	else if (r != -PT_ESYNTAX) {
		if (err)
			*err = *lost;
		return r;
	}
	return 0;
}

static int save_side(struct pt_benches *b, const char *suite, const char *name,
		     struct pt_side *side, struct pt_baseline_saved *ret, struct pt_err *err)
{
	const char *class = side->has_environment ? side->environment.machine_class
						  : b->environment.machine_class;
	struct pt_baseline before, now;
	int had, r;

	pt_strlcpy(ret->side, side->name, sizeof ret->side);
	pt_baseline_path(b->project, suite, class, name, ret->path, sizeof ret->path);
	ret->measured = side->set.n;
	had = load_before(ret->path, &before, &ret->lost, err);
	if (had < 0)
		return had;
	r = pt_benches_baseline(b, suite, name, side, had ? &before : NULL, &now, err);
	if (had)
		pt_baseline_release(&before);
	if (r < 0)
		return r;
	ret->kept = now.n - ret->measured;
	r = pt_baseline_save(ret->path, &now, err);
	pt_baseline_release(&now);
	return r;
}

/* Results of a file are taken for HEAD as it is. */
static void fill_commit(struct pt_benches *b, struct pt_side *side)
{
	if (!side->commit.id[0] && !b->git_err.code)
		(void)pt_git_commit(&b->git, "HEAD", &side->commit, NULL);
}

int pt_baselines_save(struct pt_benches *b, const char *suite, const char *name, const char *from,
		      bool dirty, struct pt_baseline_saved *ret, struct pt_err *err)
{
	struct pt_side side;
	int r = check_names(suite, name, err);

	*ret = (struct pt_baseline_saved){0};
	if (r == 0)
		r = pt_benches_side(b, suite, from, true, &side, err);
	if (r < 0)
		return r;
	fill_commit(b, &side);
	if (side.commit.dirty && !dirty)
		r = pt_err_set(err, PT_EINVAL,
			       "the runs of suite %s are of %.7s with uncommitted changes: commit "
			       "and run again, or say --dirty",
			       suite, side.commit.id);
	else
		r = save_side(b, suite, name, &side, ret, err);
	pt_side_release(&side);
	return r;
}

int pt_baselines_promote(struct pt_benches *b, const char *suite, const char *name,
			 struct pt_baseline_saved *ret, struct pt_err *err)
{
	const char *class = b->environment.machine_class;
	struct pt_baseline named, before;
	char path[1200];
	int had, r = check_names(suite, name, err);

	*ret = (struct pt_baseline_saved){0};
	if (r == 0 && strcmp(name, "main") == 0)
		r = pt_err_set(err, PT_EINVAL, "main is the main baseline already");
	pt_baseline_path(b->project, suite, class, name, path, sizeof path);
	if (r == 0)
		r = pt_baseline_load(path, &named, err);
	if (r < 0)
		return r;
	pt_baseline_path(b->project, suite, class, NULL, ret->path, sizeof ret->path);
	had = load_before(ret->path, &before, &ret->lost, err);
	if (had > 0) {
		pt_baseline_carry(&named, &before, false);
		pt_baseline_release(&before);
	}
	free(named.name);
	named.name = pt_strdup("main");
	ret->measured = named.n;
	pt_snprintf(ret->side, sizeof ret->side, "%s@%.7s", name, named.commit.id);
	r = had < 0 ? had : pt_baseline_save(ret->path, &named, err);
	pt_baseline_release(&named);
	if (r == 0 && unlink(path) < 0)
		r = pt_err_at(err, PT_EIO, path, 0, 0, "cannot be removed: %s", strerror(errno));
	return r;
}

/* -- pruning ------------------------------------------------------------------------------------- */

struct pruning {
	struct pt_bench_set now; /* what the suite measures */
	const struct pt_suite *of;
	bool gone, dry; /* the suite itself is no more */
	void (*told)(void *arg, const char *path, const struct pt_bench *bench);
	void *arg;
};

/* Does the suite measure it, under this or, what is not in the baseline yet, its new name? */
static bool is_measured(const struct pruning *p, const struct pt_baseline *b,
			const struct pt_bench *bench)
{
	if (pt_bench_set_find(&p->now, bench->name, bench->metric, NULL))
		return true;
	for (size_t i = 0; p->of && i < p->of->n_renamed; i++) {
		const char *now = p->of->renamed[i].now;
		if (strcmp(p->of->renamed[i].before, bench->name) == 0 &&
		    pt_bench_set_find(&p->now, now, bench->metric, NULL) &&
		    !pt_bench_set_find(&b->set, now, bench->metric, NULL))
			return true;
	}
	return false;
}

static int prune_file(struct pruning *p, struct pt_baseline_file *f, struct pt_err *err)
{
	struct pt_baseline *b = &f->baseline;
	size_t before = b->n;

	if (f->err.code) {
		*err = f->err;
		return -f->err.code;
	}
	for (size_t i = b->n; i-- > 0;) {
		const struct pt_bench *bench = b->entries[i].bench;
		if (!p->gone && is_measured(p, b, bench))
			continue;
		p->told(p->arg, f->path, bench);
		pt_baseline_drop(b, i);
	}
	if (p->dry || (b->n == before && b->n))
		return 0;
	if (b->n)
		return pt_baseline_save(f->path, b, err);
	return unlink(f->path) < 0 ? pt_err_at(err, PT_EIO, f->path, 0, 0, "cannot be removed: %s",
					       strerror(errno))
				   : 0;
}

static int find_now(struct pt_benches *b, const char *suite, struct pruning *p, struct pt_err *err)
{
	struct pt_runs_query latest = {
		.repository = b->repository, .suite = suite, .dirty = -1, .latest_batches = 1};
	int r;

	p->of = b->suites_err.code ? NULL : pt_suites_find(&b->suites, suite);
	p->gone = !b->suites_err.code && !p->of;
	if (p->gone)
		return 0;
	r = pt_benches_db(b, false, err);
	if (r == 0)
		r = pt_runs_load(b->db, &latest, &p->now, err);
	if (r == -PT_ENOENT || (r == 0 && !p->now.n))
		return pt_err_set(err, PT_ENODATA,
				  "suite %s has not been run here, so nobody knows what it has; "
				  "`perftop bench run %s` tells",
				  suite, suite);
	return r;
}

int pt_baselines_prune(struct pt_benches *b, const char *suite, bool dry,
		       void (*told)(void *arg, const char *path, const struct pt_bench *bench),
		       void *arg, struct pt_err *err)
{
	struct pruning p = {.dry = dry, .told = told, .arg = arg};
	struct pt_baseline_file *files;
	size_t n;
	int r;

	pt_bench_set_init(&p.now);
	r = find_now(b, suite, &p, err);
	if (r == 0)
		r = pt_baselines_list(b->project, suite, &files, &n, err);
	if (r == 0) {
		for (size_t i = 0; r == 0 && i < n; i++)
			r = prune_file(&p, &files[i], err);
		pt_baselines_free(files, n);
	}
	pt_bench_set_release(&p.now);
	return r;
}

/* -- accepting ----------------------------------------------------------------------------------- */

/* As git signs commits, else the login's name. */
static char *who(const struct pt_benches *b)
{
	const char *const args[] = {"var", "GIT_AUTHOR_IDENT", NULL};
	const char *login = getenv("USER");
	struct pt_str out = PT_STR_INIT;

	if (b->git_err.code || pt_git_run(&b->git, args, &out, NULL) != 0)
		pt_str_clear(&out);
	/* "Ann Example <ann@example.org> 1767225600 +0100" */
	if (out.s && strstr(out.s, " <"))
		out.len = (size_t)(strstr(out.s, " <") - out.s);
	else
		pt_str_clear(&out);
	if (out.s)
		out.s[out.len] = '\0';
	if (!out.len)
		pt_str_add(&out, login && login[0] ? login : "somebody");
	return pt_str_detach(&out);
}

/* The entry of a benchmark, of the only metric it has unless one is named. */
static struct pt_baseline_entry *entry_of(struct pt_baseline *b, const char *bench,
					  const char *metric, size_t *ret_n)
{
	struct pt_baseline_entry *found = NULL;

	*ret_n = 0;
	for (size_t i = 0; i < b->n; i++)
		if (strcmp(b->entries[i].bench->name, bench) == 0 &&
		    (!metric || strcmp(b->entries[i].bench->metric, metric) == 0)) {
			found = &b->entries[i];
			++*ret_n;
		}
	return found;
}

/* The main baseline of this machine class that has the benchmark. */
static int find_file(struct pt_benches *b, const char *suite, const char *bench, const char *metric,
		     struct pt_baseline_file *files, size_t n, size_t *ret, struct pt_err *err)
{
	size_t found = n, entries;
	char path[1200];

	for (size_t i = 0; i < n; i++) {
		if (files[i].err.code) {
			*err = files[i].err;
			return -err->code;
		}
		pt_baseline_path(b->project, files[i].baseline.suite, b->environment.machine_class,
				 NULL, path, sizeof path);
		if (strcmp(path, files[i].path) != 0 ||
		    !entry_of(&files[i].baseline, bench, metric, &entries))
			continue;
		if (entries > 1)
			return pt_err_set(err, PT_EINVAL,
					  "%s has %zu metrics in suite %s; say which with --metric",
					  bench, entries, files[i].baseline.suite);
		if (found < n)
			return pt_err_set(
				err, PT_EINVAL, "%s is in suites %s and %s; say which with --suite",
				bench, files[found].baseline.suite, files[i].baseline.suite);
		found = i;
	}
	*ret = found;
	return found < n ? 0
			 : pt_err_set(err, PT_EINVAL,
				      "no baseline of %s%s holds %s; `perftop baseline show` "
				      "lists what there is",
				      suite ? "suite " : "this machine class", suite ? suite : "",
				      bench);
}

/* Less than this is no regression that anybody would have been told of. */
#define ACCEPT_MIN 1.01

/* How much worse the latest runs of HEAD are. */
static int measure(struct pt_benches *b, const struct pt_baseline *baseline,
		   const struct pt_bench *base, struct pt_accept *ret, struct pt_err *err)
{
	const struct pt_bench *now;
	struct pt_side side;
	int r = pt_benches_side(b, baseline->suite, NULL, true, &side, err);

	if (r < 0)
		return r;
	now = pt_bench_set_find(&side.set, base->name, base->metric, NULL);
	ret->ratio = now ? pt_bench_median(now) / pt_bench_median(base) : NAN;
	pt_strlcpy(ret->commit, side.commit.id, sizeof ret->commit);
	if (!(ret->ratio > 0) || !isfinite(ret->ratio))
		r = pt_err_set(err, PT_ENODATA, "the latest runs of %s have no %s", baseline->suite,
			       base->name);
	else if (base->better == PT_BETTER_LOWER ? ret->ratio < ACCEPT_MIN
						 : ret->ratio > 1 / ACCEPT_MIN)
		r = pt_err_set(err, PT_EINVAL,
			       "%s is not worse than its baseline (%+.1f %%): there is nothing to "
			       "accept",
			       base->name, 100 * (ret->ratio - 1));
	pt_side_release(&side);
	return r;
}

/* In one line: reports show it in a cell of a table. */
static char *one_line(const char *why)
{
	struct pt_str out = PT_STR_INIT;

	pt_str_add(&out, "");
	for (; *(why += strspn(why, " \t\r\n")); why += strcspn(why, " \t\r\n"))
		pt_str_addf(&out, "%s%.*s", out.len ? " " : "", (int)strcspn(why, " \t\r\n"), why);
	return pt_str_detach(&out);
}

int pt_baselines_accept(struct pt_benches *b, const char *suite, const char *bench,
			const char *metric, const char *why, double ratio, struct pt_accepted *ret,
			struct pt_err *err)
{
	struct pt_accept accept = {.at_ns = pt_clock_real(&pt_clock_system), .ratio = ratio};
	struct pt_baseline_entry *entry;
	struct pt_baseline_file *files;
	size_t n, i = 0, entries;
	char *by, *line;
	int r = pt_baselines_list(b->project, suite, &files, &n, err);

	if (r < 0)
		return r;
	pt_strlcpy(accept.commit, b->head.id, sizeof accept.commit);
	r = find_file(b, suite, bench, metric, files, n, &i, err);
	entry = r < 0 ? NULL : entry_of(&files[i].baseline, bench, metric, &entries);
	if (r == 0 && isnan(ratio))
		r = measure(b, &files[i].baseline, entry->bench, &accept, err);
	if (r == 0) {
		by = who(b);
		line = one_line(why);
		pt_baseline_accept(entry, line, by, accept.commit, accept.at_ns, accept.ratio);
		free(line);
		free(by);
		r = pt_baseline_save(files[i].path, &files[i].baseline, err);
	}
	if (r == 0) {
		*ret = (struct pt_accepted){.accept = accept};
		pt_strlcpy(ret->path, files[i].path, sizeof ret->path);
		pt_strlcpy(ret->metric, entry->bench->metric, sizeof ret->metric);
	}
	pt_baselines_free(files, n);
	return r;
}
