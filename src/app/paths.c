/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where things are: the XDG folders of the user and the project that the working folder belongs to.
 * The project is the nearest folder upwards with `.performance/`, else the top of the git checkout.
 */
#include "perftop/app/project.h"

#include "perftop/base/mem.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void xdg(char *out, size_t size, const char *variable, const char *below_home)
{
	const char *dir = getenv(variable), *home = getenv("HOME");

	if (dir && dir[0] == '/')
		pt_snprintf(out, size, "%s/perftop", dir);
	else
		pt_snprintf(out, size, "%s/%s/perftop", home && home[0] == '/' ? home : "/tmp",
			    below_home);
}

static bool is_dir(const char *folder, const char *name)
{
	char path[600];
	struct stat st;

	pt_snprintf(path, sizeof path, "%s/%s", folder, name);
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool exists(const char *folder, const char *name)
{
	char path[600];

	pt_snprintf(path, sizeof path, "%s/%s", folder, name);
	return access(path, F_OK) == 0;
}

/* Goes up from dir (which is changed) until test says yes. */
static bool climb(char *dir, bool (*test)(const char *folder, const char *name), const char *name)
{
	for (;;) {
		if (test(dir, name))
			return true;
		char *slash = strrchr(dir, '/');
		if (!slash || slash == dir)
			return false;
		*slash = '\0';
	}
}

static void find_project(char *out, size_t size)
{
	char start[512], dir[512];

	out[0] = '\0';
	if (!getcwd(start, sizeof start))
		return;
	pt_strlcpy(dir, start, sizeof dir);
	/* In a worktree .git is a file, so it need only exist. */
	if (climb(dir, is_dir, ".performance") ||
	    (pt_strlcpy(dir, start, sizeof dir), climb(dir, exists, ".git")))
		pt_strlcpy(out, dir, size);
}

static void set_project_files(struct pt_paths *paths)
{
	pt_snprintf(paths->project_file, sizeof paths->project_file, "%s/.performance/config.json",
		    paths->project);
	pt_snprintf(paths->suites_file, sizeof paths->suites_file,
		    "%s/.performance/benchmarks.json", paths->project);
}

void pt_paths_for_init(const struct pt_options *options, struct pt_paths *paths)
{
	char start[512], top[512];

	if (pt_opt_text(options, PT_OPT_PROJECT)[0] || !getcwd(start, sizeof start))
		return;
	pt_strlcpy(top, start, sizeof top);
	/* Both are above this folder: the longer one is nearer. */
	if (climb(top, exists, ".git") && strlen(top) > strlen(paths->project))
		pt_strlcpy(paths->project, top, sizeof paths->project);
	else if (!paths->project[0])
		pt_strlcpy(paths->project, start, sizeof paths->project);
	set_project_files(paths);
}

void pt_paths_find(const struct pt_options *options, struct pt_paths *ret)
{
	const char *project = pt_opt_text(options, PT_OPT_PROJECT);
	const char *config = pt_opt_text(options, PT_OPT_CONFIG);

	memset(ret, 0, sizeof *ret);
	xdg(ret->config, sizeof ret->config, "XDG_CONFIG_HOME", ".config");
	xdg(ret->state, sizeof ret->state, "XDG_STATE_HOME", ".local/state");
	if (config[0])
		pt_strlcpy(ret->config_file, config, sizeof ret->config_file);
	else
		pt_snprintf(ret->config_file, sizeof ret->config_file, "%s/config.json",
			    ret->config);
	pt_snprintf(ret->layouts, sizeof ret->layouts, "%s/layouts", ret->config);
	pt_snprintf(ret->themes, sizeof ret->themes, "%s/themes", ret->config);
	pt_snprintf(ret->trust, sizeof ret->trust, "%s/trust", ret->state);
	if (!project[0]) {
		find_project(ret->project, sizeof ret->project);
	} else {
		char *real = realpath(project, NULL);
		pt_strlcpy(ret->project, real ? real : project, sizeof ret->project);
		free(real);
	}
	if (ret->project[0])
		set_project_files(ret);
}
