/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * HEAD and branches from git's files, everything else from git. What the files say is anybody's, so
 * names of refs are checked before they become paths. git runs without whatever a repository could
 * have it start: hooks, a file system monitor, a pager.
 */
#include "perftop/bench/git.h"

#include "perftop/base/child.h"
#include "perftop/base/clock.h"
#include "perftop/base/fs.h"
#include "perftop/base/mem.h"
#include "perftop/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	REF_MAX = 4096,
	PACKED_MAX = 256 << 20,
	OUT_MAX = 256 << 20,
	SYMREF_DEPTH = 5,
};

/* ---- where it is ---- */

/* A small file's first line, or false. */
static bool read_line(const char *folder, const char *name, char *out, size_t size)
{
	char path[1100], *text;
	size_t len;

	pt_snprintf(path, sizeof path, "%s/%s", folder, name);
	if (pt_fs_read(path, REF_MAX, &text, &len, NULL) < 0)
		return false;
	text[strcspn(text, "\r\n")] = '\0';
	pt_strlcpy(out, text, size);
	free(text);
	return true;
}

/* path seen from folder, made plain; false if it is not there or too long. */
static bool resolve(const char *folder, const char *path, char *out, size_t size)
{
	char joined[1200], *real;
	bool fits;

	pt_snprintf(joined, sizeof joined, "%s%s%s", path[0] == '/' ? "" : folder,
		    path[0] == '/' ? "" : "/", path);
	real = realpath(joined, NULL);
	fits = real && strlen(real) < size;
	if (fits)
		pt_strlcpy(out, real, size);
	free(real);
	return fits;
}

/* Of a worktree or a submodule `.git` is a file that says where. */
static bool open_dot_git(struct pt_git *git)
{
	char line[600], path[600];
	struct stat st;

	pt_snprintf(path, sizeof path, "%s/.git", git->top);
	if (stat(path, &st) < 0)
		return false;
	if (S_ISDIR(st.st_mode))
		pt_strlcpy(line, ".git", sizeof line);
	else if (!read_line(git->top, ".git", path, sizeof path) ||
		 strncmp(path, "gitdir: ", 8) != 0)
		return false;
	else
		pt_strlcpy(line, path + 8, sizeof line);
	if (!resolve(git->top, line, git->dir, sizeof git->dir))
		return false;
	if (!read_line(git->dir, "commondir", line, sizeof line) ||
	    !resolve(git->dir, line, git->common, sizeof git->common))
		pt_strlcpy(git->common, git->dir, sizeof git->common);
	return true;
}

int pt_git_find(const char *folder, struct pt_git *ret, struct pt_err *err)
{
	struct pt_git git = {0};
	char *slash;

	if (!resolve(folder, ".", git.top, sizeof git.top))
		return pt_err_set(err, PT_ENOENT, "no folder %s", folder);
	while (!open_dot_git(&git)) {
		slash = strrchr(git.top, '/');
		if (!slash || !slash[1])
			return pt_err_set(err, PT_ENOENT, "%s is in no git repository", folder);
		slash[slash == git.top] = '\0';
	}
	*ret = git;
	return 0;
}

/* ---- refs ---- */

static bool is_id(const char *s)
{
	size_t n = strspn(s, "0123456789abcdef");

	return !s[n] && (n == 40 || n == 64);
}

static bool is_ref(const char *s)
{
	return strncmp(s, "refs/", 5) == 0 && !strstr(s, "..") && !strpbrk(s, " ~^:?*[\\");
}

/* "<id> <ref>" lines; "^<id>" and "#" lines are of no interest. */
static bool find_packed(const struct pt_git *git, const char *ref, char id[PT_COMMIT_MAX])
{
	char path[600], *text, *line;
	size_t len, n = strlen(ref);
	bool found = false;

	pt_snprintf(path, sizeof path, "%s/packed-refs", git->common);
	if (pt_fs_read(path, PACKED_MAX, &text, &len, NULL) < 0)
		return false;
	for (line = text; !found && *line; line += strcspn(line, "\n"), line += *line == '\n') {
		char *space = line + strcspn(line, " \n");

		if (*space != ' ' || space - line >= PT_COMMIT_MAX ||
		    strncmp(space + 1, ref, n) != 0 || !strchr("\r\n", space[1 + n]))
			continue;
		*space = '\0';
		pt_strlcpy(id, line, PT_COMMIT_MAX);
		found = is_id(id);
		*space = ' ';
	}
	free(text);
	return found;
}

static bool find_ref(const struct pt_git *git, const char *ref, char id[PT_COMMIT_MAX])
{
	char name[300], line[300];

	pt_strlcpy(name, ref, sizeof name);
	for (int depth = 0; depth < SYMREF_DEPTH && is_ref(name); depth++) {
		/* refs/bisect and the like belong to the work tree, branches to all of them. */
		if (!read_line(git->dir, name, line, sizeof line) &&
		    !read_line(git->common, name, line, sizeof line))
			return find_packed(git, name, id);
		if (is_id(line)) {
			pt_strlcpy(id, line, PT_COMMIT_MAX);
			return true;
		}
		if (strncmp(line, "ref: ", 5) != 0)
			return false;
		pt_strlcpy(name, line + 5, sizeof name);
	}
	return false;
}

/* Newer ways to keep refs are git's own business. */
static bool has_ref_files(const struct pt_git *git)
{
	char path[600];

	pt_snprintf(path, sizeof path, "%s/reftable", git->common);
	return access(path, F_OK) < 0;
}

/* First line of git's answer. */
static int ask_line(const struct pt_git *git, const char *const *args, char *out, size_t size,
		    struct pt_err *err)
{
	struct pt_str text = PT_STR_INIT;
	int code = pt_git_run(git, args, &text, err);

	if (code == 0) {
		if (text.s)
			text.s[strcspn(text.s, "\n")] = '\0';
		pt_strlcpy(out, pt_str_text(&text), size);
	}
	pt_str_release(&text);
	return code > 0 ? -PT_ENOENT : code;
}

static int ask_head(const struct pt_git *git, struct pt_commit *ret, struct pt_err *err)
{
	const char *const id[] = {"rev-parse", "--verify", "--quiet", "HEAD", NULL};
	const char *const branch[] = {"symbolic-ref", "--quiet", "--short", "HEAD", NULL};

	if (ask_line(git, id, ret->id, sizeof ret->id, err) < 0)
		return pt_err_set(err, PT_ENODATA, "%s has no commit yet", git->top);
	if (ask_line(git, branch, ret->branch, sizeof ret->branch, NULL) < 0)
		ret->branch[0] = '\0';
	return 0;
}

int pt_git_head(const struct pt_git *git, struct pt_commit *ret, struct pt_err *err)
{
	struct pt_commit head = {0};
	char line[300];
	int code = 0;

	if (!has_ref_files(git)) {
		code = ask_head(git, &head, err);
	} else if (!read_line(git->dir, "HEAD", line, sizeof line)) {
		code = pt_err_set(err, PT_EIO, "%s/HEAD cannot be read", git->dir);
	} else if (is_id(line)) {
		pt_strlcpy(head.id, line, sizeof head.id);
	} else if (strncmp(line, "ref: ", 5) != 0 || !is_ref(line + 5)) {
		code = pt_err_set(err, PT_ESYNTAX, "%s/HEAD says neither a commit nor a branch",
				  git->dir);
	} else {
		const char *ref = line + 5;

		pt_strlcpy(head.branch, ref + (strncmp(ref, "refs/heads/", 11) == 0 ? 11 : 5),
			   sizeof head.branch);
		if (!find_ref(git, ref, head.id))
			code = pt_err_set(err, PT_ENODATA, "%s has no commit yet", git->top);
	}
	if (!code)
		*ret = head;
	return code;
}

bool pt_git_shallow(const struct pt_git *git)
{
	char path[600];
	struct stat st;

	pt_snprintf(path, sizeof path, "%s/shallow", git->common);
	return stat(path, &st) == 0 && st.st_size > 0;
}

/* ---- what git says ---- */

struct answer {
	struct pt_loop *loop;
	struct pt_str *out;
	struct pt_err *err;
	int status;
};

static void on_answer(void *arg, const struct pt_child_result *result)
{
	struct answer *a = arg;
	/* Advice may follow on what was fatal. */
	const char *fatal = strstr(result->err, "fatal: "), *line;
	size_t len;

	line = fatal ? fatal : pt_text_last_line(result->err, result->err_len, &len);
	if (fatal)
		len = strcspn(fatal, "\r\n");
	if (result->timed_out)
		a->status = pt_err_set(a->err, PT_ETIMEDOUT, "git took too long");
	else if (result->truncated)
		a->status = pt_err_set(a->err, PT_ELIMIT, "git says more than can be kept");
	else if (result->exit_status < 0)
		a->status = pt_err_set(a->err, PT_EIO, "git was ended by signal %d", result->signo);
	else
		a->status = result->exit_status;
	if (a->status > 0 && !len)
		pt_err_set(a->err, PT_EIO, "git: exit status %d", a->status);
	else if (a->status > 0)
		pt_err_set(a->err, PT_EIO, "git: %.*s", (int)len, line);
	if (a->out && a->status >= 0)
		pt_str_addn(a->out, result->out, result->out_len);
	pt_loop_stop(a->loop);
}

static void add_variable(char **env, size_t *n, const char *name)
{
	const char *value = getenv(name);
	struct pt_str pair = PT_STR_INIT;

	if (!value)
		return;
	pt_str_addf(&pair, "%s=%s", name, value);
	env[(*n)++] = pt_str_detach(&pair);
}

int pt_git_run(const struct pt_git *git, const char *const *args, struct pt_str *out,
	       struct pt_err *err)
{
	static const char *const fixed[] = {"git",	   "-c", "core.hooksPath=/dev/null", "-c",
					    "core.pager=", "-c", "core.fsmonitor=false",     "-c",
					    "gc.auto=0"};
	const char **argv = NULL;
	char *env[8] = {"LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0"};
	struct answer answer = {.out = out, .err = err};
	struct pt_child_spec spec = {
		.cwd = git->top,
		.env = (const char *const *)env,
		.timeout_ns = 1800 * PT_S,
		.max_stdout = OUT_MAX,
		.max_stderr = 4096,
	};
	size_t n = 0, cap = 0, n_env = 3;

	for (size_t i = 0; i < PT_LEN(fixed); i++)
		*PT_PUSH(argv, n, cap) = fixed[i];
	do
		*PT_PUSH(argv, n, cap) = *args;
	while (*args++);
	spec.argv = argv;
	add_variable(env, &n_env, "HOME"); /* the user's settings: safe.directory, identity */
	add_variable(env, &n_env, "XDG_CONFIG_HOME");
	answer.loop = pt_loop_new();
	answer.status = pt_child_spawn(answer.loop, &spec, on_answer, &answer, NULL, err);
	if (answer.status == 0)
		pt_loop_run(answer.loop);
	pt_loop_free(answer.loop);
	while (n_env > 3)
		free(env[--n_env]);
	free(argv);
	return answer.status;
}

/* "<id> <seconds> <subject>", as LOG_FORMAT gives it. */
#define LOG_FORMAT "--format=%H %ct %s"

static bool parse_commit(const char *line, size_t len, struct pt_commit *ret)
{
	const char *space = memchr(line, ' ', len);
	char *end;

	if (!space || space - line >= PT_COMMIT_MAX)
		return false;
	pt_snprintf(ret->id, sizeof ret->id, "%.*s", (int)(space - line), line);
	ret->at_ns = strtoll(space + 1, &end, 10) * PT_S;
	pt_snprintf(ret->subject, sizeof ret->subject, "%.*s",
		    end < line + len ? (int)(line + len - end - 1) : 0, end + 1);
	return is_id(ret->id);
}

/* Words that git would take for options are no revisions. */
static int check_revision(const char *revision, struct pt_err *err)
{
	if (revision[0] == '-' || !revision[0] || strlen(revision) > 400)
		return pt_err_set(err, PT_EINVAL, "'%s' is no revision", revision);
	return 0;
}

static int read_dirty(const struct pt_git *git, bool *ret, struct pt_err *err)
{
	const char *const args[] = {"status", "--porcelain", "--untracked-files=no",
				    "--",     ":/",	     ":(top,exclude).performance",
				    NULL};
	char line[64] = "";
	int code = ask_line(git, args, line, sizeof line, err);

	*ret = line[0] != '\0';
	return code;
}

int pt_git_commit(const struct pt_git *git, const char *revision, struct pt_commit *ret,
		  struct pt_err *err)
{
	bool head = strcmp(revision, "HEAD") == 0;
	struct pt_commit c = {0};
	char want[440], ref[440], line[700];
	const char *const resolve_args[] = {"rev-parse", "--verify", "--quiet", want, NULL};
	const char *const log_args[] = {"log", "-1", "--no-show-signature", LOG_FORMAT, c.id,
					"--",  NULL};
	int code = check_revision(revision, err);

	if (code)
		return code;
	pt_snprintf(want, sizeof want, "%s^{commit}", revision);
	pt_snprintf(ref, sizeof ref, "refs/heads/%s", revision);
	if (head)
		code = pt_git_head(git, &c, err);
	else if (ask_line(git, resolve_args, c.id, sizeof c.id, err) == -PT_ENOENT)
		code = pt_err_set(err, PT_ENOENT, "no commit '%s' in %s%s", revision, git->top,
				  pt_git_shallow(git) ? ", which is a shallow clone" : "");
	else if (find_ref(git, ref, line))
		pt_strlcpy(c.branch, revision, sizeof c.branch);
	if (!code)
		code = ask_line(git, log_args, line, sizeof line, err);
	if (!code && !parse_commit(line, strlen(line), &c))
		code = pt_err_set(err, PT_EIO, "git does not know %s", c.id);
	if (!code && head)
		code = read_dirty(git, &c.dirty, err);
	if (!code)
		*ret = c;
	return code;
}

int pt_git_log(const struct pt_git *git, const char *range, size_t max, struct pt_commit **ret,
	       size_t *ret_n, struct pt_err *err)
{
	char limit[40];
	const char *const args[] = {"log", "--first-parent", "--reverse", "--no-show-signature",
				    limit, LOG_FORMAT,	     range,	  "--",
				    NULL};
	struct pt_str out = PT_STR_INIT;
	struct pt_commit *commits = NULL;
	size_t n = 0, cap = 0;
	int code = check_revision(range, err);

	if (code)
		return code;
	pt_snprintf(limit, sizeof limit, "--max-count=%zu", max);
	code = pt_git_run(git, args, &out, err);
	if (code) {
		pt_str_release(&out);
		return code > 0 ? -PT_ENOENT : code;
	}
	for (const char *line = pt_str_text(&out); *line;) {
		size_t len = strcspn(line, "\n");
		struct pt_commit c = {0};

		if (parse_commit(line, len, &c))
			*PT_PUSH(commits, n, cap) = c;
		line += len + (line[len] == '\n');
	}
	pt_str_release(&out);
	*ret = commits;
	*ret_n = n;
	return 0;
}

/* ---- the key ---- */

static int find_root(const struct pt_git *git, char *out, size_t size, struct pt_err *err)
{
	const char *const args[] = {
		"log", "--max-parents=0", "--no-show-signature", LOG_FORMAT, "HEAD", "--", NULL};
	struct pt_commit oldest = {0}, c;
	struct pt_str text = PT_STR_INIT;
	int code = pt_git_run(git, args, &text, err);

	for (const char *line = pt_str_text(&text); !code && *line;) {
		size_t len = strcspn(line, "\n");

		if (parse_commit(line, len, &c) && (!oldest.id[0] || c.at_ns < oldest.at_ns))
			oldest = c;
		line += len + (line[len] == '\n');
	}
	pt_str_release(&text);
	if (code || !oldest.id[0])
		return code < 0 ? code
				: pt_err_set(err, PT_ENODATA, "%s has no commit yet", git->top);
	pt_strlcpy(out, oldest.id, size);
	return 0;
}

int pt_git_key(const struct pt_git *git, char *out, size_t size, struct pt_err *err)
{
	char key[PT_COMMIT_MAX + 8], path[600];
	int code;

	if (read_line(git->common, "perftop-key", key, sizeof key) && is_id(key)) {
		pt_strlcpy(out, key, size);
		return 0;
	}
	if (pt_git_shallow(git)) {
		pt_strlcpy(out, git->top, size);
		return 0;
	}
	code = find_root(git, key, sizeof key, err);
	if (code)
		return code;
	pt_strlcpy(out, key, size);
	pt_snprintf(path, sizeof path, "%s/perftop-key", git->common);
	/* A repository of somebody else cannot be written to; then git is asked again. */
	(void)pt_fs_write(path, key, strlen(key), 0644, NULL);
	return 0;
}
