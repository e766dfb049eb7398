/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_APP_PROJECT_H
#define PT_APP_PROJECT_H

#include "perftop/app/options.h"
#include "perftop/base/str.h"
#include "perftop/collect/custom.h"

/*
 * Where things are (XDG folders, the project) and what the two configuration files say. A bad file
 * or setting is told with file:line:col and left out; perftop starts all the same.
 */
struct pt_paths {
	char config[512];	/* $XDG_CONFIG_HOME/perftop */
	char config_file[512];	/* its config.json, or --config */
	char state[512];	/* $XDG_STATE_HOME/perftop */
	char layouts[560];	/* config/layouts */
	char themes[560];	/* config/themes */
	char trust[560];	/* state/trust */
	char project[512];	/* "" when there is none */
	char project_file[560]; /* project/.performance/config.json */
	char suites_file[560];	/* project/.performance/benchmarks.json */
};

void pt_paths_find(const struct pt_options *options, struct pt_paths *ret);
/* The project found becomes the one that a first file is to make: the git checkout where it is
 * nearer, and without either this folder; what --project asks for stays. */
void pt_paths_for_init(const struct pt_options *options, struct pt_paths *paths);

/* A key binding of the user's config: action name and key names ("C-x g"). */
struct pt_binding {
	char *action, *keys;
	int line, col; /* where it stands, for errors */
};

struct pt_config {
	struct pt_paths paths;
	struct {
		int line, col;
	} places[PT_OPT_N]; /* of settings that a file has decided; line 0: none has */
	struct pt_binding *bindings;
	size_t n_bindings, cap_bindings;
	struct pt_custom_source *sources;
	size_t n_sources, cap_sources;
	bool trusted;	       /* commands of the project file may run */
	bool trust_all;	       /* as it was asked for: whatever the files say */
	struct pt_err *errors; /* what could not be used */
	size_t n_errors, cap_errors;
};

/* Environment, user config, project config into options and config. Never fails. trust_all: commands
 * of the project run without `perftop trust` (CI). */
void pt_config_load(struct pt_config *config, struct pt_options *options, bool trust_all);
void pt_config_release(struct pt_config *config);
/* May the user's or the project's file set this option? */
bool pt_config_may_set(enum pt_opt_source source, enum pt_opt opt);

/*
 * Trust. What was trusted is kept whole in the user's state folder and compared byte by byte, so no
 * hash can be tricked and a change can be shown as a difference. It is one text of all files that
 * name commands: config.json as it is when it is the only one, else each under a heading.
 */
enum pt_trust { PT_TRUST_NOTHING, PT_TRUST_YES, PT_TRUST_NEVER, PT_TRUST_CHANGED };
/* NOTHING: no such file. ret_old (or NULL) gets the trusted text when it has CHANGED; yours. */
enum pt_trust pt_trust_state(const struct pt_paths *paths, char **ret_old, char **ret_now);
/* Is this text of path (project_file or suites_file), with the other file as it is, what was
 * trusted? */
bool pt_trust_holds(const struct pt_paths *paths, const char *path, const char *text, size_t len);
int pt_trust_grant(const struct pt_paths *paths, const char *text, struct pt_err *err);
/* Writes such a file for the user, and trusts it unless there is something else that is not
 * trusted: *ret_trusted. */
int pt_trust_write(const struct pt_paths *paths, const char *path, const char *text, size_t len,
		   bool *ret_trusted, struct pt_err *err);
int pt_trust_revoke(const struct pt_paths *paths, struct pt_err *err);

#endif
