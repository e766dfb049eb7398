/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The two configuration files. Both hold settings by their option names; the user's also "keys",
 * the project's also "sources". Each bad part is told with its place and left out; the rest counts.
 */
#include "perftop/app/project.h"

#include "perftop/base/clock.h"
#include "perftop/base/fs.h"
#include "perftop/base/json.h"
#include "perftop/base/mem.h"

#include <string.h>
#include <sys/stat.h>

enum { FILE_MAX = 4 << 20 };

struct reader {
	struct pt_config *config;
	struct pt_options *options;
	const struct pt_json *doc;
	enum pt_opt_source source;
	bool trusted;
};

static void told(void *arg, const struct pt_err *err)
{
	struct pt_config *config = arg;

	*PT_PUSH(config->errors, config->n_errors, config->cap_errors) = *err;
}

/* An error at a value's place. */
static void bad(struct reader *r, const pt_jval *at, const char *fmt, const char *a, const char *b)
{
	struct pt_err err = {0};

	pt_json_fail(r->doc, at, &err, PT_EINVAL, fmt, a, b);
	told(r->config, &err);
}

static void read_option(struct reader *r, const pt_jval *v, enum pt_opt opt)
{
	struct pt_err err = {0}, placed = {0};
	char num[64];
	const char *text = NULL;

	switch (pt_json_type(v)) {
	case PT_JSTRING: text = pt_json_str(v, ""); break;
	case PT_JBOOL: text = pt_json_bool(v, false) ? "true" : "false"; break;
	case PT_JNUMBER:
		pt_snprintf(num, sizeof num, "%.17g", pt_json_num(v, 0));
		text = num;
		break;
	default:
		bad(r, v, "%s is %s, expected a value", pt_json_key(v),
		    pt_json_type_name(pt_json_type(v)));
		return;
	}
	int code = pt_options_set(r->options, opt, text, r->source, &err);
	pt_json_fail(r->doc, v, &placed, err.code, "%s", err.msg);
	if (code < 0) {
		told(r->config, &placed);
	} else if (r->options->v[opt].source == r->source) {
		r->config->places[opt].line = placed.line;
		r->config->places[opt].col = placed.col;
	}
}

static void read_keys(struct reader *r, const pt_jval *keys)
{
	struct pt_config *c = r->config;

	if (pt_json_type(keys) != PT_JOBJECT) {
		bad(r, keys, "%s is %s, expected an object of action: \"keys\"", "keys",
		    pt_json_type_name(pt_json_type(keys)));
		return;
	}
	for (const pt_jval *v = pt_json_first(keys); v; v = pt_json_next(v)) {
		struct pt_err at = {0};
		if (pt_json_type(v) != PT_JSTRING) {
			bad(r, v, "keys.%s is %s, expected a string such as \"C-x g\"",
			    pt_json_key(v), pt_json_type_name(pt_json_type(v)));
			continue;
		}
		pt_json_fail(r->doc, v, &at, PT_EINVAL, "%s", "");
		*PT_PUSH(c->bindings, c->n_bindings, c->cap_bindings) =
			(struct pt_binding){.action = pt_strdup(pt_json_key(v)),
					    .keys = pt_strdup(pt_json_str(v, "")),
					    .line = at.line,
					    .col = at.col};
	}
}

/* Where to look and what to write to is for whoever starts perftop to say: a project could have its
 * log appended to any file of theirs. What names the files themselves is of no use in them. */
bool pt_config_may_set(enum pt_opt_source source, enum pt_opt opt)
{
	if (opt == PT_OPT_CONFIG || opt == PT_OPT_PROJECT)
		return false;
	return source != PT_FROM_PROJECT ||
	       (opt != PT_OPT_DEBUG && opt != PT_OPT_ROOT && opt != PT_OPT_LOCK);
}

/* ---- custom sources ---- */

static const char *const source_keys[] = {"name",     "command", "file",      "socket", "send",
					  "format",   "path",	 "unit",      "kind",	"help",
					  "interval", "timeout", "max_output"};

static bool known_key(const char *key)
{
	for (size_t i = 0; i < PT_LEN(source_keys); i++)
		if (strcmp(source_keys[i], key) == 0)
			return true;
	return false;
}

static bool metric_name_ok(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_");

	return n > 0 && n < 100 && !s[n] && s[0] >= 'a';
}

/* A string member, or NULL; wrong types are told. */
static const char *text_of(struct reader *r, const pt_jval *obj, const char *key)
{
	const pt_jval *v = pt_json_get(obj, key);

	if (v && pt_json_type(v) != PT_JSTRING)
		bad(r, v, "%s is %s, expected a string", key, pt_json_type_name(pt_json_type(v)));
	return pt_json_str(v, NULL);
}

static char *copy_of(struct reader *r, const pt_jval *obj, const char *key)
{
	const char *s = text_of(r, obj, key);

	return s ? pt_strdup(s) : NULL;
}

/* A number within lo..hi, or the default. */
static double number_of(struct reader *r, const pt_jval *obj, const char *key, double dflt,
			double lo, double hi)
{
	const pt_jval *v = pt_json_get(obj, key);
	double d = pt_json_num(v, dflt);
	char range[48];

	if (v && (pt_json_type(v) != PT_JNUMBER || d < lo || d > hi)) {
		pt_snprintf(range, sizeof range, "%g .. %g", lo, hi);
		bad(r, v, "%s is no number within %s", key, range);
		return dflt;
	}
	return d;
}

static void free_argv(const char *const *argv)
{
	for (size_t i = 0; argv && argv[i]; i++)
		free((char *)argv[i]);
	free((void *)argv);
}

/* All of it or nothing: a command that lacks a word is another command. */
static const char **read_argv(struct reader *r, const pt_jval *v)
{
	size_t n = 0;
	const char **argv;

	if (pt_json_type(v) != PT_JARRAY || pt_json_len(v) == 0) {
		bad(r, v, "command is %s%s, expected an array of words such as [\"df\", \"-k\"]",
		    pt_json_type(v) == PT_JARRAY ? "empty" : pt_json_type_name(pt_json_type(v)),
		    "");
		return NULL;
	}
	argv = pt_calloc(pt_json_len(v) + 1, sizeof *argv);
	for (const pt_jval *w = pt_json_first(v); w; w = pt_json_next(w)) {
		if (pt_json_type(w) != PT_JSTRING) {
			bad(r, w, "a word of command is %s%s, expected a string",
			    pt_json_type_name(pt_json_type(w)), "");
			free_argv(argv);
			return NULL;
		}
		argv[n++] = pt_strdup(pt_json_str(w, ""));
	}
	return argv;
}

static void free_source(struct pt_custom_source *s)
{
	free_argv(s->argv);
	free((char *)s->name);
	free((char *)s->path);
	free((char *)s->send);
	free((char *)s->json_path);
	free((char *)s->help);
	free((char *)s->folder);
}

static bool read_from(struct reader *r, const pt_jval *v, struct pt_custom_source *s)
{
	const pt_jval *command = pt_json_get(v, "command"), *file = pt_json_get(v, "file");
	const pt_jval *socket = pt_json_get(v, "socket");

	if (!!command + !!file + !!socket != 1) {
		bad(r, v, "source %s%s needs exactly one of command, file, socket", s->name, "");
		return false;
	}
	s->from = command ? PT_CUSTOM_COMMAND : file ? PT_CUSTOM_FILE : PT_CUSTOM_SOCKET;
	if (command)
		return (s->argv = read_argv(r, command)) != NULL;
	s->path = copy_of(r, v, file ? "file" : "socket");
	s->send = copy_of(r, v, "send");
	return s->path != NULL;
}

static bool read_format(struct reader *r, const pt_jval *v, struct pt_custom_source *s)
{
	static const char *const names[] = {[PT_CUSTOM_NUMBER] = "number",
					    [PT_CUSTOM_JSON] = "json",
					    [PT_CUSTOM_PROMETHEUS] = "prometheus"};
	const char *format = text_of(r, v, "format");

	s->json_path = copy_of(r, v, "path");
	s->format = s->json_path ? PT_CUSTOM_JSON : PT_CUSTOM_NUMBER;
	for (size_t i = 0; format && i < PT_LEN(names); i++)
		if (strcmp(format, names[i]) == 0) {
			s->format = (enum pt_custom_format)i;
			format = NULL;
		}
	if (format) {
		bad(r, pt_json_get(v, "format"), "format '%s' is none of %s", format,
		    "number, json, prometheus");
		return false;
	}
	if (s->format == PT_CUSTOM_JSON && !s->json_path) {
		bad(r, v, "source %s%s reads JSON and needs a path such as \"queue.depth\"",
		    s->name, "");
		return false;
	}
	return true;
}

static bool read_meaning(struct reader *r, const pt_jval *v, struct pt_custom_source *s)
{
	const char *unit = text_of(r, v, "unit"), *kind = text_of(r, v, "kind");

	s->unit = PT_UNIT_COUNT;
	s->factor = 1;
	if (unit && pt_unit_parse(unit, &s->unit, &s->factor) < 0) {
		bad(r, pt_json_get(v, "unit"), "unit '%s' is not known, expected %s", unit,
		    "ns, us, ms, s, bytes, KiB, MB, count, ratio, %, hertz, celsius, watt");
		return false;
	}
	if (kind && strcmp(kind, "gauge") != 0 && strcmp(kind, "counter") != 0) {
		bad(r, pt_json_get(v, "kind"), "kind '%s' is neither %s", kind,
		    "gauge nor counter");
		return false;
	}
	s->kind = kind && kind[0] == 'c' ? PT_COUNTER : PT_GAUGE;
	return true;
}

static bool read_source(struct reader *r, const pt_jval *v, struct pt_custom_source *s)
{
	*s = (struct pt_custom_source){.trusted = r->trusted};
	if (pt_json_type(v) != PT_JOBJECT) {
		bad(r, v, "a source is %s%s, expected an object",
		    pt_json_type_name(pt_json_type(v)), "");
		return false;
	}
	for (const pt_jval *m = pt_json_first(v); m; m = pt_json_next(m))
		if (!known_key(pt_json_key(m)))
			bad(r, m, "unknown key '%s'%s in a source", pt_json_key(m), "");
	s->name = copy_of(r, v, "name");
	if (!s->name || !metric_name_ok(s->name)) {
		bad(r, pt_json_get(v, "name") ? pt_json_get(v, "name") : v,
		    "a source needs a name of lower-case letters, digits and _%s%s", "", "");
		return false;
	}
	s->help = copy_of(r, v, "help");
	s->folder = pt_strdup(r->config->paths.project);
	s->interval_ns = (int64_t)(number_of(r, v, "interval", 10, 0.1, 86400) * PT_S);
	s->timeout_ns = (int64_t)(number_of(r, v, "timeout", 5, 0.05, 3600) * PT_S);
	s->max_output = (size_t)number_of(r, v, "max_output", 65536, 1, 16 << 20);
	return read_from(r, v, s) && read_format(r, v, s) && read_meaning(r, v, s);
}

static void read_sources(struct reader *r, const pt_jval *sources)
{
	struct pt_config *c = r->config;

	if (pt_json_type(sources) != PT_JARRAY) {
		bad(r, sources, "%s is %s, expected an array of objects", "sources",
		    pt_json_type_name(pt_json_type(sources)));
		return;
	}
	for (const pt_jval *v = pt_json_first(sources); v; v = pt_json_next(v)) {
		struct pt_custom_source s;
		bool good = read_source(r, v, &s);
		for (size_t i = 0; good && i < c->n_sources; i++)
			if (strcmp(c->sources[i].name, s.name) == 0) {
				bad(r, v, "source '%s'%s is there twice", s.name, "");
				good = false;
			}
		if (!good)
			free_source(&s);
		else
			*PT_PUSH(c->sources, c->n_sources, c->cap_sources) = s;
	}
}

/* ---- files ---- */

static void read_object(struct reader *r, const pt_jval *root)
{
	if (pt_json_type(root) != PT_JOBJECT) {
		bad(r, root, "the file is %s%s, expected an object",
		    pt_json_type_name(pt_json_type(root)), "");
		return;
	}
	for (const pt_jval *v = pt_json_first(root); v; v = pt_json_next(v)) {
		const char *key = pt_json_key(v);
		int opt = pt_option_find(key);
		if (strcmp(key, "$schema") == 0)
			continue;
		if (opt >= 0 && !pt_config_may_set(r->source, (enum pt_opt)opt))
			bad(r, v, "%s cannot be set in the %s", key, pt_opt_source_name(r->source));
		else if (opt >= 0)
			read_option(r, v, (enum pt_opt)opt);
		else if (strcmp(key, "keys") == 0 && r->source == PT_FROM_USER)
			read_keys(r, v);
		else if (strcmp(key, "sources") == 0 && r->source == PT_FROM_PROJECT)
			read_sources(r, v);
		else
			bad(r, v, "unknown setting '%s'%s; `perftop info` lists them", key, "");
	}
}

static void read_file(struct reader *r, const char *path, bool must)
{
	struct pt_paths *paths = &r->config->paths;
	const struct pt_json_limits limits = {.max_bytes = FILE_MAX};
	struct pt_json *doc;
	struct pt_err err = {0};
	char *text;
	size_t len;
	int e = pt_fs_read(path, FILE_MAX, &text, &len, &err);

	if (e < 0) {
		if (must || e != -PT_ENOENT)
			told(r->config, &err);
		return;
	}
	/* The text that is read is the text that is judged. */
	if (r->source == PT_FROM_PROJECT)
		r->trusted = r->trusted || pt_trust_holds(paths, path, text, len);
	if (pt_json_parse(path, text, len, &limits, &doc, &err) < 0) {
		told(r->config, &err);
	} else {
		r->doc = doc;
		read_object(r, pt_json_root(doc));
		pt_json_free(doc);
	}
	free(text);
}

static void check_project(struct pt_config *config, const struct pt_options *options)
{
	const char *asked = pt_opt_text(options, PT_OPT_PROJECT);
	struct stat st;
	struct pt_err err = {0};

	if (!asked[0] || (stat(asked, &st) == 0 && S_ISDIR(st.st_mode)))
		return;
	pt_err_set(&err, PT_ENOENT, "project: no folder %s", asked);
	told(config, &err);
}

void pt_config_load(struct pt_config *config, struct pt_options *options, bool trust_all)
{
	struct reader r = {.config = config, .options = options, .trusted = trust_all};

	memset(config, 0, sizeof *config);
	config->trust_all = trust_all;
	pt_options_env(options, told, config);
	pt_paths_find(options, &config->paths);
	check_project(config, options);
	r.source = PT_FROM_USER;
	read_file(&r, config->paths.config_file, pt_opt_text(options, PT_OPT_CONFIG)[0] != '\0');
	r.source = PT_FROM_PROJECT;
	if (config->paths.project[0])
		read_file(&r, config->paths.project_file, false);
	config->trusted = r.trusted;
}

void pt_config_release(struct pt_config *config)
{
	for (size_t i = 0; i < config->n_bindings; i++) {
		free(config->bindings[i].action);
		free(config->bindings[i].keys);
	}
	for (size_t i = 0; i < config->n_sources; i++)
		free_source(&config->sources[i]);
	free(config->bindings);
	free(config->sources);
	free(config->errors);
	memset(config, 0, sizeof *config);
}
