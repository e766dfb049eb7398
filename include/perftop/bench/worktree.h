/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BENCH_WORKTREE_H
#define PT_BENCH_WORKTREE_H

#include "perftop/bench/git.h"

/*
 * Old revisions to build and run, each in a git worktree of its own below the user's cache, kept by
 * commit so that a second visit builds nothing. The checkout that people work in is never touched.
 */
struct pt_worktrees;

/* cache: folder for them, made if need be; NULL: $XDG_CACHE_HOME/perftop/worktrees/<key>. keep: how
 * many are kept (the least recently used go first). */
int pt_worktrees_open(const struct pt_git *git, const char *cache, size_t keep,
		      struct pt_worktrees **ret, struct pt_err *err);
void pt_worktrees_close(struct pt_worktrees *w);
/* Folder of a commit, checked out; locked against other processes until close or put. */
int pt_worktrees_get(struct pt_worktrees *w, const char *commit, char *out, size_t size,
		     struct pt_err *err);
void pt_worktrees_put(struct pt_worktrees *w, const char *commit);
/* Was this built already (same commit and same build argv)? And: it has been. */
bool pt_worktrees_built(struct pt_worktrees *w, const char *commit, const char *const *build);
void pt_worktrees_set_built(struct pt_worktrees *w, const char *commit, const char *const *build);

#endif
