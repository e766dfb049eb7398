/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Worktrees in the user's cache, beside each a file that locks it and says what has been built in
 * it:
 *
 *	<cache>/<id>/        the work tree
 *	<cache>/<id>.lock    held (flock) while a process uses it; its time is that of its last use
 *	<cache>/<id>.built   the argv of the last build that went well, a line an argument
 *
 * A work tree that was cut off while it was made has no lock file younger than itself and HEAD
 * elsewhere, so it is made anew. git keeps a note of each under its own folder; a folder that
 * somebody has removed is forgotten by `git worktree prune`.
 */
#include "perftop/bench/worktree.h"

#include "perftop/base/fs.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ID_SHOWN = 16, BUILT_MAX = 1 << 20 };

struct held {
	char commit[PT_COMMIT_MAX];
	int lock;
};

struct pt_worktrees {
	struct pt_git git;
	char cache[512];
	size_t keep;
	struct held *held;
	size_t n, cap;
};

static void default_cache(const struct pt_git *git, char *out, size_t size)
{
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char key[PT_COMMIT_MAX + 448], base[400];

	if (xdg && xdg[0] == '/')
		pt_strlcpy(base, xdg, sizeof base);
	else
		pt_snprintf(base, sizeof base, "%s/.cache", home && home[0] ? home : "/tmp");
	if (pt_git_key(git, key, sizeof key, NULL) < 0)
		pt_strlcpy(key, git->common, sizeof key);
	for (char *p = key; *p; p++)
		*p = *p == '/' ? '_' : *p;
	pt_snprintf(out, size, "%s/perftop/worktrees/%.60s", base, key);
}

int pt_worktrees_open(const struct pt_git *git, const char *cache, size_t keep,
		      struct pt_worktrees **ret, struct pt_err *err)
{
	struct pt_worktrees *w = pt_calloc(1, sizeof *w);
	int r;

	w->git = *git;
	w->keep = keep;
	if (cache)
		pt_strlcpy(w->cache, cache, sizeof w->cache);
	else
		default_cache(git, w->cache, sizeof w->cache);
	r = pt_fs_mkdirs(w->cache, err);
	if (r < 0) {
		free(w);
		return r;
	}
	*ret = w;
	return 0;
}

static void path_of(const struct pt_worktrees *w, const char *commit, const char *end, char *out,
		    size_t size)
{
	pt_snprintf(out, size, "%s/%.*s%s", w->cache, ID_SHOWN, commit, end);
}

/* ---- those that nobody needs any more ---- */

struct old {
	char commit[ID_SHOWN + 1];
	struct timespec used;
};

static int by_use(const void *a, const void *b)
{
	const struct old *x = a, *y = b;

	if (x->used.tv_sec != y->used.tv_sec)
		return x->used.tv_sec > y->used.tv_sec ? -1 : 1;
	return (x->used.tv_nsec < y->used.tv_nsec) - (x->used.tv_nsec > y->used.tv_nsec);
}

/* Takes a work tree away unless somebody holds it. */
static void drop(const struct pt_worktrees *w, const char *commit)
{
	char path[600], lock[600], built[600];
	int fd;

	path_of(w, commit, "", path, sizeof path);
	path_of(w, commit, ".lock", lock, sizeof lock);
	path_of(w, commit, ".built", built, sizeof built);
	fd = open(lock, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
		unlink(built);
		pt_git_run(&w->git,
			   (const char *const[]){"worktree", "remove", "--force", "--force", path,
						 NULL},
			   NULL, NULL);
		unlink(lock);
	}
	close(fd);
}

static void drop_oldest(const struct pt_worktrees *w)
{
	DIR *dir = opendir(w->cache);
	struct old *all = NULL;
	size_t n = 0, cap = 0;
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		const char *dot = strstr(entry->d_name, ".lock");
		struct old *old;
		struct stat st;
		if (!dot || dot[5] || dot - entry->d_name != ID_SHOWN ||
		    fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		old = PT_PUSH(all, n, cap);
		pt_strlcpy(old->commit, entry->d_name, sizeof old->commit);
		old->used = st.st_mtim;
	}
	if (dir)
		closedir(dir);
	if (n > w->keep) {
		qsort(all, n, sizeof *all, by_use);
		for (size_t i = w->keep; i < n; i++)
			drop(w, all[i].commit);
	}
	free(all);
}

void pt_worktrees_close(struct pt_worktrees *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->n; i++)
		close(w->held[i].lock);
	w->n = 0;
	drop_oldest(w);
	free(w->held);
	free(w);
}

/* ---- one of them ---- */

static int take_lock(const struct pt_worktrees *w, const char *commit, int *ret, struct pt_err *err)
{
	char path[600];
	int fd;

	path_of(w, commit, ".lock", path, sizeof path);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return pt_err_set(err, PT_EIO, "%s: %s", path, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		close(fd);
		return pt_err_set(err, PT_EEXIST,
				  "another perftop is using the work tree of %.12s (%s)", commit,
				  path);
	}
	(void)futimens(fd, NULL);
	*ret = fd;
	return 0;
}

/* Is it there, whole, and at its commit? */
static bool is_there(const char *path, const char *commit)
{
	struct pt_commit head;
	struct pt_git git;

	return pt_git_find(path, &git, NULL) == 0 && strcmp(git.top, path) == 0 &&
	       pt_git_head(&git, &head, NULL) == 0 && strcmp(head.id, commit) == 0;
}

static int make(const struct pt_worktrees *w, const char *path, const char *commit,
		struct pt_err *err)
{
	const char *const prune[] = {"worktree", "prune", NULL};
	const char *const away[] = {"worktree", "remove", "--force", "--force", path, NULL};
	const char *const add[] = {"worktree", "add", "--quiet", "--force",
				   "--detach", path,  commit,	 NULL};
	char built[600], why[300];
	int r;

	path_of(w, commit, ".built", built, sizeof built);
	unlink(built);
	if (access(path, F_OK) == 0)
		pt_git_run(&w->git, away, NULL, NULL);
	pt_git_run(&w->git, prune, NULL, NULL);
	r = pt_git_run(&w->git, add, NULL, err);
	if (r == 0)
		return 0;
	pt_strlcpy(why, err && r > 0 ? err->msg : "git does not run", sizeof why);
	return pt_err_set(err, PT_EIO, "cannot check out %.12s: %s", commit, why);
}

int pt_worktrees_get(struct pt_worktrees *w, const char *commit, char *out, size_t size,
		     struct pt_err *err)
{
	char path[600], real[600], *resolved;
	struct pt_err told = {0};
	int lock = -1, r;

	path_of(w, commit, "", path, sizeof path);
	for (size_t i = 0; i < w->n; i++)
		if (strcmp(w->held[i].commit, commit) == 0) {
			pt_strlcpy(out, path, size);
			return 0;
		}
	r = take_lock(w, commit, &lock, err);
	if (r < 0)
		return r;
	resolved = realpath(path, NULL);
	pt_strlcpy(real, resolved ? resolved : path, sizeof real);
	free(resolved);
	if (!is_there(real, commit)) {
		r = make(w, path, commit, &told);
		if (r < 0) {
			close(lock);
			return pt_err_set(err, (enum pt_error)told.code, "%s", told.msg);
		}
	}
	*PT_PUSH(w->held, w->n, w->cap) = (struct held){.lock = lock};
	pt_strlcpy(w->held[w->n - 1].commit, commit, PT_COMMIT_MAX);
	pt_strlcpy(out, path, size);
	return 0;
}

void pt_worktrees_put(struct pt_worktrees *w, const char *commit)
{
	for (size_t i = 0; i < w->n; i++)
		if (strcmp(w->held[i].commit, commit) == 0) {
			close(w->held[i].lock);
			w->held[i] = w->held[--w->n];
			return;
		}
}

/* ---- builds ---- */

static void build_text(const char *const *build, struct pt_str *out)
{
	for (size_t i = 0; build && build[i]; i++)
		pt_str_addf(out, "%s\n", build[i]);
}

bool pt_worktrees_built(struct pt_worktrees *w, const char *commit, const char *const *build)
{
	struct pt_str wanted = PT_STR_INIT;
	char path[600], *text;
	bool same = false;
	size_t len;

	path_of(w, commit, ".built", path, sizeof path);
	build_text(build, &wanted);
	if (pt_fs_read(path, BUILT_MAX, &text, &len, NULL) == 0) {
		same = strcmp(text, pt_str_text(&wanted)) == 0;
		free(text);
	}
	pt_str_release(&wanted);
	return same;
}

void pt_worktrees_set_built(struct pt_worktrees *w, const char *commit, const char *const *build)
{
	struct pt_str text = PT_STR_INIT;
	char path[600];

	path_of(w, commit, ".built", path, sizeof path);
	build_text(build, &text);
	/* Not kept: it will be built once more. */
	(void)pt_fs_write(path, pt_str_text(&text), text.len, 0600, NULL);
	pt_str_release(&text);
}
