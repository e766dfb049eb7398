/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Go, Google Benchmark, Node.js, pytest-benchmark and hyperfine: what each leaves in a repository. */
#include "discover_kinds.h"

#include "perftop/base/json.h"
#include "perftop/base/mem.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { TEXT_MAX = 4 << 20, PROGRAM_MAX = 64 << 20, PATH_BYTES = 1024 };

/* ---- Go ---- */

/* A function that `go test -bench` would call. */
static bool has_go_benchmark(const char *text)
{
	static const char function[] = "func Benchmark";

	for (const char *p = text; (p = strstr(p, function)); p++) {
		const char *name = p + strlen(function);
		const char *end = name + strcspn(name, " \t\n({");

		if ((p == text || p[-1] == '\n') && !islower((unsigned char)*name) &&
		    strncmp(end, "(", 1) == 0 && strstr(end, "*testing.B") != NULL)
			return true;
	}
	return false;
}

/* The innermost module around a folder; NULL: none. */
static const char *go_module(const struct search *s, const char *folder, char *out, size_t size)
{
	const char *found = NULL;
	char module[PATH_BYTES];

	for (size_t i = 0; i < s->seen[SEEN_GO_MOD].n; i++) {
		size_t n;

		search_folder(s->seen[SEEN_GO_MOD].v[i], module, sizeof module);
		n = strlen(module);
		if (strcmp(module, ".") != 0 &&
		    (strncmp(folder, module, n) != 0 || (folder[n] && folder[n] != '/')))
			continue;
		if (!found || strcmp(out, ".") == 0 || n > strlen(out)) {
			pt_strlcpy(out, module, size);
			found = out;
		}
	}
	return found;
}

static void add_go_package(struct search *s, const char *folder)
{
	char module[PATH_BYTES], package[PATH_BYTES + 2], what[PATH_BYTES + 40], full[PATH_BYTES];
	const char *inside = folder, *name;
	struct pt_suite *suite;

	if (!go_module(s, folder, module, sizeof module))
		return;
	if (strcmp(module, ".") != 0)
		inside += strlen(module) + (folder[strlen(module)] == '/');
	if (strcmp(inside, ".") == 0 || !*inside)
		pt_strlcpy(package, ".", sizeof package);
	else
		pt_snprintf(package, sizeof package, "./%s", inside);
	name = strcmp(folder, ".") == 0 ? s->project : folder;
	pt_strlcpy(full, strrchr(name, '/') ? strrchr(name, '/') + 1 : name, sizeof full);
	pt_snprintf(what, sizeof what, "go test -bench, package %s", folder);
	suite = search_add(s, full, "go", module, what);
	if (!suite)
		return;
	suite->build = search_argv("go", "test", "-run", "^$", package, NULL);
	suite->command =
		search_argv("go", "test", "-run", "^$", "-bench", ".", "-benchmem", package, NULL);
	suite->parser = pt_strdup("go");
}

void discover_go(struct search *s)
{
	char folder[PATH_BYTES], last[PATH_BYTES] = "";

	for (size_t i = 0; i < s->seen[SEEN_GO_TEST].n; i++) {
		const char *path = s->seen[SEEN_GO_TEST].v[i];
		char *text;

		search_folder(path, folder, sizeof folder);
		if (strcmp(folder, last) == 0)
			continue; /* this package is in already */
		text = search_read(s, path, TEXT_MAX, NULL);
		if (text && has_go_benchmark(text)) {
			add_go_package(s, folder);
			pt_strlcpy(last, folder, sizeof last);
		}
		free(text);
	}
}

/* ---- Google Benchmark ---- */

static bool contains(const char *data, size_t len, const char *text)
{
	return memmem(data, len, text, strlen(text)) != NULL;
}

/* A program that is linked with it, by what is in it. */
static bool is_google_benchmark(const struct search *s, const char *path)
{
	size_t len;
	char *data = search_read(s, path, PROGRAM_MAX, &len);
	bool yes = data && len > 4 &&
		   (memcmp(data, "\177ELF", 4) == 0 || memcmp(data, "\xcf\xfa\xed\xfe", 4) == 0) &&
		   (contains(data, len, "libbenchmark.so") ||
		    contains(data, len, "benchmark_min_time"));

	free(data);
	return yes;
}

/* The folder that a program was built in, as its build system marks it. */
static bool build_folder(const struct search *s, const char *path, const char *mark, char *out,
			 size_t size)
{
	char marked[PATH_BYTES];

	search_folder(path, out, size);
	for (;;) {
		search_join(out, mark, marked, sizeof marked);
		if (search_exists(s, marked))
			return true;
		if (strcmp(out, ".") == 0)
			return false;
		if (strrchr(out, '/'))
			*strrchr(out, '/') = '\0';
		else
			pt_strlcpy(out, ".", size);
	}
}

static void add_google_benchmark(struct search *s, const char *path)
{
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	char program[PATH_BYTES + 2], what[PATH_BYTES + 40], build[PATH_BYTES];
	struct pt_suite *suite;

	pt_snprintf(program, sizeof program, "./%s", path);
	pt_snprintf(what, sizeof what, "Google Benchmark, %s", path);
	suite = search_add(s, name, "cpp", ".", what);
	if (!suite)
		return;
	if (build_folder(s, path, "CMakeCache.txt", build, sizeof build))
		suite->build = search_argv("cmake", "--build", build, "--target", name, NULL);
	else if (build_folder(s, path, "build.ninja", build, sizeof build))
		suite->build = search_argv("ninja", "-C", build, NULL);
	suite->command = search_argv(program, "--benchmark_format=json", NULL);
	suite->parser = pt_strdup("google_benchmark");
}

static bool cmake_names_it(const char *text)
{
	return strstr(text, "benchmark::benchmark") || strstr(text, "find_package(benchmark") ||
	       strstr(text, "GTest::benchmark");
}

void discover_google_benchmark(struct search *s)
{
	struct pt_str cmake = PT_STR_INIT;
	size_t before = s->d->suites.n;

	for (size_t i = 0; i < s->seen[SEEN_CMAKE].n; i++) {
		char *text = search_read(s, s->seen[SEEN_CMAKE].v[i], TEXT_MAX, NULL);

		if (text && cmake_names_it(text) && cmake.len < TEXT_MAX)
			pt_str_add(&cmake, text);
		free(text);
	}
	for (size_t i = 0; i < s->seen[SEEN_PROGRAM].n; i++) {
		const char *path = s->seen[SEEN_PROGRAM].v[i];
		const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;

		if ((strcasestr(name, "bench") || search_word(pt_str_text(&cmake), name)) &&
		    is_google_benchmark(s, path))
			add_google_benchmark(s, path);
	}
	if (cmake.len && s->d->suites.n == before)
		search_note(s, "CMake names Google Benchmark, but no program is built: build it, "
			       "then run `perftop bench init` again");
	pt_str_release(&cmake);
}

/* ---- Node.js ---- */

static const char *package_manager(const struct search *s, const char *folder)
{
	static const char *const table[][2] = {{"pnpm-lock.yaml", "pnpm"}, {"yarn.lock", "yarn"}};
	char path[PATH_BYTES];

	for (size_t i = 0; i < PT_LEN(table); i++) {
		search_join(folder, table[i][0], path, sizeof path);
		if (search_exists(s, path))
			return table[i][1];
	}
	return "npm";
}

static void add_script(struct search *s, const char *path, const char *script)
{
	char folder[PATH_BYTES], what[PATH_BYTES + 200];
	struct pt_suite *suite;

	search_folder(path, folder, sizeof folder);
	pt_snprintf(what, sizeof what, "script %s of %s; it must print a format that perftop reads",
		    script, path);
	suite = search_add(s, script, "node", folder, what);
	if (suite)
		suite->command =
			search_argv(package_manager(s, folder), "run", "--silent", script, NULL);
}

void discover_npm(struct search *s)
{
	for (size_t i = 0; i < s->seen[SEEN_NPM].n; i++) {
		const char *path = s->seen[SEEN_NPM].v[i];
		struct pt_json *doc = NULL;
		const pt_jval *scripts;
		size_t len;
		char *text = search_read(s, path, TEXT_MAX, &len);

		if (text && pt_json_parse(path, text, len, NULL, &doc, NULL) == 0) {
			scripts = pt_json_get(pt_json_root(doc), "scripts");
			for (const pt_jval *v = pt_json_first(scripts); v; v = pt_json_next(v))
				if (strncmp(pt_json_key(v), "bench", 5) == 0)
					add_script(s, path, pt_json_key(v));
		}
		pt_json_free(doc);
		free(text);
	}
}

/* ---- pytest-benchmark ---- */

/* def test_x(benchmark): the fixture's name among the arguments. */
static bool uses_fixture(const char *text)
{
	for (const char *p = text; (p = strstr(p, "def test")); p++) {
		const char *open = strchr(p, '('), *close = open ? strchr(open, ')') : NULL;
		char arguments[500];

		if (!close)
			return false;
		pt_snprintf(arguments, sizeof arguments, "%.*s", (int)PT_MIN(close - open, 499),
			    open);
		if (search_word(arguments, "benchmark"))
			return true;
	}
	return false;
}

static bool any_contains(const struct search *s, enum pt_seen seen, bool (*test)(const char *),
			 char *folder, size_t size)
{
	for (size_t i = 0; i < s->seen[seen].n; i++) {
		char *text = search_read(s, s->seen[seen].v[i], TEXT_MAX, NULL);
		bool yes = text && test(text);

		free(text);
		if (yes) {
			search_folder(s->seen[seen].v[i], folder, size);
			return true;
		}
	}
	return false;
}

static bool names_plugin(const char *text)
{
	return strstr(text, "pytest-benchmark") || strstr(text, "pytest_benchmark");
}

/* One suite: pytest finds the tests itself. It starts where the settings stand, else at the top. */
void discover_pytest(struct search *s)
{
	static const char results[] = ".pytest-benchmark.json";
	char folder[PATH_BYTES] = ".", tests[PATH_BYTES], option[100];
	bool named = any_contains(s, SEEN_PYTHON_CONFIG, names_plugin, folder, sizeof folder);
	struct pt_suite *suite;

	if (!any_contains(s, SEEN_PYTHON_TEST, uses_fixture, tests, sizeof tests) && !named)
		return;
	suite = search_add(s, "pytest", "python", folder,
			   named ? "pytest-benchmark, named in the settings"
				 : "pytest-benchmark, its fixture is used");
	if (!suite)
		return;
	pt_snprintf(option, sizeof option, "--benchmark-json=%s", results);
	suite->command = search_argv("pytest", "--benchmark-only", option, NULL);
	suite->results = pt_strdup(results);
	suite->parser = pt_strdup("pytest_benchmark");
}

/* ---- hyperfine ---- */

/* The file behind --export-json, without quotes; false if it is not said in plain words. */
static bool exported(const char *text, char *out, size_t size)
{
	static const char option[] = "--export-json";
	const char *p = strstr(text, option);

	if (!p)
		return false;
	p += strlen(option);
	p += *p == '=' ? 1 : strspn(p, " \t\\\n");
	p += strspn(p, "\"'");
	pt_snprintf(out, size, "%.*s", (int)PT_MIN(strcspn(p, " \t\n\"'\\;|&"), size - 1), p);
	return out[0] && out[0] != '/' && !strpbrk(out, "$`*?{") && !strstr(out, "..");
}

static void add_script_of_hyperfine(struct search *s, const char *path, const char *text)
{
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	char file[PATH_BYTES], folder[PATH_BYTES] = ".", base[200], what[PATH_BYTES + 40];
	struct pt_suite *suite;

	if (!exported(text, file, sizeof file)) {
		search_note(s,
			    "%s calls hyperfine without --export-json FILE, so nothing can be "
			    "read of it: add one",
			    path);
		return;
	}
	if (strstr(text, "cd \"$(dirname") || strstr(text, "cd $(dirname") ||
	    strstr(text, "cd \"${0%/*}"))
		search_folder(path, folder, sizeof folder);
	pt_snprintf(base, sizeof base, "%.*s", (int)PT_MIN(strcspn(name, "."), 199), name);
	pt_snprintf(what, sizeof what, "hyperfine, %s", path);
	suite = search_add(s, base, "hyperfine", folder, what);
	if (!suite)
		return;
	suite->command = search_argv(strncmp(text, "#!/bin/sh", 9) == 0 ? "sh" : "bash",
				     strcmp(folder, ".") == 0 ? path : name, NULL);
	suite->results = pt_strdup(file);
	suite->parser = pt_strdup("hyperfine");
	suite->repeats = 1; /* it launches by itself */
}

void discover_hyperfine(struct search *s)
{
	for (size_t i = 0; i < s->seen[SEEN_SHELL].n; i++) {
		char *text = search_read(s, s->seen[SEEN_SHELL].v[i], TEXT_MAX, NULL);

		if (text && search_word(text, "hyperfine"))
			add_script_of_hyperfine(s, s->seen[SEEN_SHELL].v[i], text);
		free(text);
	}
}
