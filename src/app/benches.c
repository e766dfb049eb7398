/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What every command about benchmarks needs: suites, repository, machine, where history is. The
 * suites' text that is read is the text whose trust is judged.
 */
#include "perftop/app/benches.h"

#include "perftop/base/fs.h"
#include "perftop/base/mem.h"

#include <string.h>
#include <unistd.h>

enum { SUITES_MAX = 4 << 20 };

static void open_suites(struct pt_benches *b)
{
	const struct pt_paths *paths = &b->config->paths;
	char *text = NULL;
	size_t len;
	int code;

	if (!paths->project[0]) {
		pt_err_set(
			&b->suites_err, PT_ENOENT,
			"no project here: neither a folder with .performance nor a git repository");
		return;
	}
	code = pt_fs_read(paths->suites_file, SUITES_MAX, &text, &len, &b->suites_err);
	if (code == -PT_ENOENT)
		pt_err_set(&b->suites_err, PT_ENOENT, "no %s; `perftop bench init` makes one",
			   paths->suites_file);
	if (code < 0)
		return;
	b->trusted = b->config->trust_all || pt_trust_holds(paths, paths->suites_file, text, len);
	pt_suites_parse(paths->suites_file, text, len, &b->suites, &b->suites_err);
	free(text);
}

/* Without a repository, or before its first commit, the folder is the key. */
static void open_git(struct pt_benches *b)
{
	pt_strlcpy(b->repository, b->project, sizeof b->repository);
	if (pt_git_find(b->project[0] ? b->project : ".", &b->git, &b->git_err) < 0)
		return;
	if (pt_git_head(&b->git, &b->head, &b->git_err) == 0)
		pt_git_key(&b->git, b->repository, sizeof b->repository, &b->git_err);
}

/* Colleagues share runners, and so their history, where somebody has made the folder for it. */
static void find_history(struct pt_benches *b)
{
	const char *shared = "/var/lib/perftop";
	const char *folder = access(shared, W_OK) == 0 ? shared : b->config->paths.state;

	pt_snprintf(b->history, sizeof b->history, "%s/history.db", folder);
}

void pt_benches_open(struct pt_benches *b, const struct pt_config *config,
		     const struct pt_options *options)
{
	const char *machine_class = pt_opt_text(options, PT_OPT_MACHINE_CLASS);

	*b = (struct pt_benches){.config = config, .options = options};
	pt_strlcpy(b->project, config->paths.project, sizeof b->project);
	find_history(b);
	open_suites(b);
	open_git(b);
	if (!machine_class[0] && b->suites.machine_class)
		machine_class = b->suites.machine_class;
	pt_environment_read(&b->environment, pt_opt_text(options, PT_OPT_ROOT), machine_class);
}

void pt_benches_close(struct pt_benches *b)
{
	pt_suites_release(&b->suites);
	pt_environment_release(&b->environment);
	pt_benches_forget(b);
	*b = (struct pt_benches){0};
}

int pt_benches_suites(struct pt_benches *b, struct pt_err *err)
{
	if (b->suites_err.code && err)
		*err = b->suites_err;
	return -b->suites_err.code;
}

int pt_benches_may_run(const struct pt_benches *b, struct pt_err *err)
{
	if (b->trusted)
		return 0;
	return pt_err_set(err, PT_EACCES,
			  "the commands of %s are not trusted: `perftop trust` shows and allows "
			  "them, --trust runs them once",
			  b->config->paths.suites_file);
}

void pt_benches_spec(struct pt_benches *b, struct pt_runner_spec *ret)
{
	const char *lock = pt_opt_text(b->options, PT_OPT_LOCK);

	*ret = (struct pt_runner_spec){
		.project = b->project,
		.repository = b->repository,
		.commit = b->head,
		.environment = &b->environment,
		.store = pt_benches_store(b),
		.clock = &pt_clock_system,
		.lock = lock[0] ? lock : NULL,
	};
	/* Without git itself the commit is known all the same, but not whether it was changed. */
	if (!b->git_err.code)
		pt_git_commit(&b->git, "HEAD", &ret->commit, &b->dirty_err);
}
