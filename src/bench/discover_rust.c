/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rust: benchmark targets of Cargo.toml. Of its TOML the lines that matter are read one at a time:
 * headers of sections, and `key = value` below them. Which framework a target uses is told by its
 * source, and by that, what it prints or writes.
 */
#include "discover_kinds.h"

#include "perftop/base/mem.h"

#include <string.h>

enum { TOML_MAX = 1 << 20, SOURCE_MAX = 4 << 20, TARGETS_MAX = 200, PATH_BYTES = 1024 };

struct target {
	char *name, *path; /* path may be NULL */
	bool harness;	   /* libtest's own */
};

struct crate {
	char folder[PATH_BYTES];
	char *package; /* NULL: a workspace alone */
	bool workspace;
	char *excluded; /* of the workspace: the rest of that line */
	struct target *targets;
	size_t n, cap;
};

struct crates {
	struct crate *v;
	size_t n, cap;
};

/* The text of a TOML string, in place; NULL: something else. */
static char *toml_string(char *value)
{
	char *end;

	if (*value != '"' && *value != '\'')
		return NULL;
	end = strchr(value + 1, *value);
	if (!end)
		return NULL;
	*end = '\0';
	return value + 1;
}

static void take_key(struct crate *c, const char *section, const char *key, char *value)
{
	struct target *t = c->n ? &c->targets[c->n - 1] : NULL;
	char *text;

	if (strcmp(section, "[workspace]") == 0 && strcmp(key, "exclude") == 0 && !c->excluded) {
		c->excluded = pt_strdup(value);
		return;
	}
	if (t && strcmp(section, "[[bench]]") == 0 && strcmp(key, "harness") == 0) {
		t->harness = strncmp(value, "false", 5) != 0;
		return;
	}
	text = toml_string(value);
	if (!text)
		return;
	if (strcmp(section, "[package]") == 0 && strcmp(key, "name") == 0 && !c->package)
		c->package = pt_strdup(text);
	else if (t && strcmp(section, "[[bench]]") == 0 && strcmp(key, "name") == 0 && !t->name)
		t->name = pt_strdup(text);
	else if (t && strcmp(section, "[[bench]]") == 0 && strcmp(key, "path") == 0 && !t->path)
		t->path = pt_strdup(text);
}

static void take_line(struct crate *c, char *line, char *section, size_t size)
{
	char *equals;
	size_t n;

	line += strspn(line, " \t");
	if (*line == '[') {
		n = strspn(line, "[]abcdefghijklmnopqrstuvwxyz-_.");
		pt_snprintf(section, size, "%.*s", (int)n, line);
		c->workspace |= strcmp(section, "[workspace]") == 0;
		if (strcmp(section, "[[bench]]") == 0 && c->n < TARGETS_MAX)
			*PT_PUSH(c->targets, c->n, c->cap) = (struct target){.harness = true};
		return;
	}
	equals = strchr(line, '=');
	if (!equals || *line == '#')
		return;
	*equals = '\0';
	line[strcspn(line, " \t")] = '\0';
	take_key(c, section, line, equals + 1 + strspn(equals + 1, " \t"));
}

static void read_crate(struct search *s, const char *path, struct crates *all)
{
	char *text = search_read(s, path, TOML_MAX, NULL), section[64] = "";
	struct crate *c;

	if (!text)
		return;
	c = PT_PUSH(all->v, all->n, all->cap);
	*c = (struct crate){0};
	search_folder(path, c->folder, sizeof c->folder);
	for (char *line = text, *next; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		take_line(c, line, section, sizeof section);
	}
	free(text);
}

/* folder relative to the workspace's; NULL: it is not below it. "" of the workspace itself. */
static const char *below(const char *folder, const char *workspace)
{
	size_t n = strlen(workspace);

	if (strcmp(folder, workspace) == 0)
		return "";
	if (strcmp(workspace, ".") == 0)
		return folder;
	return strncmp(folder, workspace, n) == 0 && folder[n] == '/' ? folder + n + 1 : NULL;
}

/* The workspace that a crate is a member of; itself where there is none. */
static const struct crate *workspace_of(const struct crates *all, const struct crate *c)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct crate *w = &all->v[i];
		const char *inside = w->workspace ? below(c->folder, w->folder) : NULL;

		if (inside && (!*inside || !w->excluded || !strstr(w->excluded, inside)))
			return w;
	}
	return c;
}

static char *target_source(struct search *s, const struct crate *c, const struct target *t)
{
	char inside[PATH_BYTES], path[2 * PATH_BYTES];
	char *text;

	pt_snprintf(inside, sizeof inside, "benches/%s.rs", t->name);
	search_join(c->folder, t->path ? t->path : inside, path, sizeof path);
	text = search_read(s, path, SOURCE_MAX, NULL);
	if (text || t->path)
		return text;
	pt_snprintf(inside, sizeof inside, "benches/%s/main.rs", t->name);
	search_join(c->folder, inside, path, sizeof path);
	return search_read(s, path, SOURCE_MAX, NULL);
}

/* Where Criterion leaves its results. Suites that share the usual folder would read each other's,
 * so if there are several, each has a folder of its own; Criterion takes it relative to the crate. */
static void place_results(struct pt_suite *suite, const char *inside, bool alone)
{
	struct pt_str path = PT_STR_INIT;

	pt_str_add(&path, "target/criterion");
	if (!alone)
		pt_str_addf(&path, "-%s", suite->name);
	suite->results = pt_strdup(path.s);
	if (!alone) {
		pt_str_clear(&path);
		pt_str_add(&path, "CRITERION_HOME=");
		for (const char *p = inside; *p; p += strcspn(p, "/"), p += *p == '/')
			pt_str_add(&path, "../");
		pt_str_add(&path, suite->results);
		suite->env = search_argv(path.s, NULL);
	}
	pt_str_release(&path);
}

static char **cargo(const char *package, const char *target, const char *more, const char *last)
{
	return package ? search_argv("cargo", "bench", "-p", package, "--bench", target, more, last,
				     NULL)
		       : search_argv("cargo", "bench", "--bench", target, more, last, NULL);
}

static void add_target(struct search *s, const struct crate *c, const struct crate *root,
		       const struct target *t, bool alone)
{
	static const struct {
		const char *word, *title, *parser, *more, *last;
		int repeats;
	} frameworks[] = {
		{"criterion", "Criterion", "criterion", "--", "--noplot", 10},
		{"codspeed_criterion_compat", "Criterion", "criterion", "--", "--noplot", 10},
		{"iai_callgrind", "iai-callgrind", "iai_callgrind", NULL, NULL, 1},
		{"gungraun", "gungraun", "iai_callgrind", NULL, NULL, 1},
	};
	const char *package = c == root ? NULL : c->package;
	char *source = t->harness ? NULL : target_source(s, c, t), what[300];
	struct pt_suite *suite;
	size_t k = 0;

	while (source && k < PT_LEN(frameworks) && !search_word(source, frameworks[k].word))
		k++;
	if (!t->harness && (!source || k == PT_LEN(frameworks))) {
		search_note(s,
			    "%s of %s: its framework is not known; what it prints may still be "
			    "one of the formats that `perftop bench import` reads",
			    t->name, c->package);
		free(source);
		return;
	}
	free(source);
	pt_snprintf(what, sizeof what, "%s, bench %s of %s",
		    t->harness ? "libtest (nightly Rust)" : frameworks[k].title, t->name,
		    c->package);
	suite = search_add(s, t->name, "rust", root->folder, what);
	if (!suite)
		return;
	suite->build = cargo(package, t->name, "--no-run", NULL);
	if (t->harness) {
		suite->command = cargo(package, t->name, NULL, NULL);
		suite->parser = pt_strdup("libtest");
		return;
	}
	suite->command = cargo(package, t->name, frameworks[k].more, frameworks[k].last);
	suite->parser = pt_strdup(frameworks[k].parser);
	suite->repeats = frameworks[k].repeats;
	if (strcmp(frameworks[k].parser, "criterion") == 0)
		place_results(suite, below(c->folder, root->folder), alone);
}

void discover_rust(struct search *s)
{
	struct crates all = {0};
	size_t targets = 0;

	for (size_t i = 0; i < s->seen[SEEN_CARGO].n; i++)
		read_crate(s, s->seen[SEEN_CARGO].v[i], &all);
	for (size_t i = 0; i < all.n; i++)
		targets += all.v[i].n;
	for (size_t i = 0; i < all.n; i++)
		for (size_t k = 0; k < all.v[i].n; k++)
			if (all.v[i].package && all.v[i].targets[k].name)
				add_target(s, &all.v[i], workspace_of(&all, &all.v[i]),
					   &all.v[i].targets[k], targets == 1);
	for (size_t i = 0; i < all.n; i++) {
		for (size_t k = 0; k < all.v[i].n; k++) {
			free(all.v[i].targets[k].name);
			free(all.v[i].targets[k].path);
		}
		free(all.v[i].targets);
		free(all.v[i].package);
		free(all.v[i].excluded);
	}
	free(all.v);
}
