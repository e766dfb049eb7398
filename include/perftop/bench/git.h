/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BENCH_GIT_H
#define PT_BENCH_GIT_H

#include "perftop/base/err.h"
#include "perftop/base/loop.h"
#include "perftop/base/str.h"
#include "perftop/model/run.h"

/*
 * The repository. HEAD and branches are read from its files (no child process, so that `check`
 * answers at once); the rest asks git itself, argv only, without hooks, pagers or prompts. These
 * calls block: short ones only, or from a worker.
 */
struct pt_git {
	char top[512];	  /* work tree; "" outside of a repository */
	char dir[512];	  /* .git of this work tree */
	char common[512]; /* .git that all work trees share */
};

/* Finds the repository that folder is in. -PT_ENOENT outside of one. */
int pt_git_find(const char *folder, struct pt_git *ret, struct pt_err *err);
/* Commit of HEAD and its branch, from files alone: id and branch only. -PT_ENODATA before the first
 * commit. */
int pt_git_head(const struct pt_git *git, struct pt_commit *ret, struct pt_err *err);
/* All of a revision ("HEAD", "v1.2", a branch), of HEAD with its dirty state (untracked files do
 * not count, nor does .performance/). */
int pt_git_commit(const struct pt_git *git, const char *revision, struct pt_commit *ret,
		  struct pt_err *err);
/* Key of the repository: id of its root commit (the oldest one when there are several); in a
 * shallow clone, where it cannot be known, kept in .git from an earlier time or else the path.
 * Cached in .git/perftop-key. */
int pt_git_key(const struct pt_git *git, char *out, size_t size, struct pt_err *err);
bool pt_git_shallow(const struct pt_git *git);
/* First-parent commits of range ("good..bad"), oldest first, at most max: *ret is yours. */
int pt_git_log(const struct pt_git *git, const char *range, size_t max, struct pt_commit **ret,
	       size_t *ret_n, struct pt_err *err);
/* Runs git with these arguments in the work tree; stdout to out (or NULL). Exit status, or < 0. A
 * status > 0 has git's own last line of stderr in err->msg. */
int pt_git_run(const struct pt_git *git, const char *const *args, struct pt_str *out,
	       struct pt_err *err);

#endif
