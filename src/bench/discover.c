/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Looking for benchmarks: one walk over the project keeps the paths of files that may tell of some,
 * then each kind reads those that it knows. Folders of dependencies and of version control are left
 * out, links are not followed, and everything is bounded, for a repository may be anything.
 */
#include "perftop/bench/discover.h"

#include "discover_kinds.h"
#include "parse_util.h"

#include "perftop/base/fs.h"
#include "perftop/base/mem.h"
#include "perftop/base/text.h"

#include <ctype.h>
#include <dirent.h>
#include <fnmatch.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

enum {
	DEPTH_MAX = 10,
	FILES_MAX = 100000,
	SEEN_MAX = 2000, /* of a kind */
	SUITES_MAX = 200,
	NAME_MAX_BYTES = 90, /* room for "-12" behind */
	PATH_BYTES = 1024,
};

const char pt_discovery_wanted[] =
	"  Rust              Cargo.toml with [[bench]] (Criterion, iai-callgrind, gungraun, libtest)\n"
	"  Go                go.mod and functions BenchmarkX in *_test.go\n"
	"  Google Benchmark  its programs in build folders, CMakeLists.txt that name it\n"
	"  Node.js           package.json with scripts named bench*\n"
	"  Python            pytest-benchmark in the project's settings or tests\n"
	"  hyperfine         *.sh that call it with --export-json\n";

static const struct {
	const char *glob;
	enum pt_seen seen;
} kinds[] = {
	{"Cargo.toml", SEEN_CARGO},
	{"go.mod", SEEN_GO_MOD},
	{"*_test.go", SEEN_GO_TEST},
	{"CMakeLists.txt", SEEN_CMAKE},
	{"*.cmake", SEEN_CMAKE},
	{"package.json", SEEN_NPM},
	{"pyproject.toml", SEEN_PYTHON_CONFIG},
	{"pytest.ini", SEEN_PYTHON_CONFIG},
	{"setup.cfg", SEEN_PYTHON_CONFIG},
	{"setup.py", SEEN_PYTHON_CONFIG},
	{"tox.ini", SEEN_PYTHON_CONFIG},
	{"requirements*.txt", SEEN_PYTHON_CONFIG},
	{"test_*.py", SEEN_PYTHON_TEST},
	{"*_test.py", SEEN_PYTHON_TEST},
	{"*.sh", SEEN_SHELL},
};

/* ---- what the kinds use ---- */

void search_join(const char *folder, const char *name, char *out, size_t size)
{
	if (strcmp(folder, ".") == 0)
		pt_strlcpy(out, name, size);
	else
		pt_snprintf(out, size, "%s/%s", folder, name);
}

void search_folder(const char *path, char *out, size_t size)
{
	const char *slash = strrchr(path, '/');

	if (slash)
		pt_snprintf(out, size, "%.*s", (int)(slash - path), path);
	else
		pt_strlcpy(out, ".", size);
}

char *search_read(const struct search *s, const char *path, size_t max, size_t *ret_len)
{
	char full[PATH_BYTES], *text;
	size_t len;

	if (pt_snprintf(full, sizeof full, "%s/%s", s->project, path) >= sizeof full - 1 ||
	    pt_fs_read(full, max, &text, &len, NULL) < 0)
		return NULL;
	if (ret_len)
		*ret_len = len;
	return text;
}

bool search_exists(const struct search *s, const char *path)
{
	char full[PATH_BYTES];
	struct stat st;

	pt_snprintf(full, sizeof full, "%s/%s", s->project, path);
	return lstat(full, &st) == 0;
}

static char *safe_text(const char *text)
{
	size_t size = 4 * strlen(text) + 1;
	char *safe = pt_malloc(size);

	pt_text_safe(safe, size, text, strlen(text), false);
	return safe;
}

void search_note(struct search *s, const char *fmt, ...)
{
	struct pt_discovery *d = s->d;
	struct pt_str text = PT_STR_INIT;
	va_list ap;

	va_start(ap, fmt);
	pt_str_addv(&text, fmt, ap);
	va_end(ap);
	if (d->n_notes < SUITES_MAX)
		*PT_PUSH(d->notes, d->n_notes, d->cap_notes) = safe_text(pt_str_text(&text));
	pt_str_release(&text);
}

/* Letters, digits and ._- with a letter or digit first. */
static void clean_name(const char *name, char *out, size_t size)
{
	size_t n = 0;

	for (; *name && n + 1 < size; name++) {
		bool plain = isalnum((unsigned char)*name) || strchr("._-", *name);

		if (plain && (n > 0 || isalnum((unsigned char)*name)))
			out[n++] = *name;
		else if (!plain && n > 0 && out[n - 1] != '-')
			out[n++] = '-';
	}
	while (n > 0 && out[n - 1] == '-')
		n--;
	out[n] = '\0';
	if (n == 0)
		pt_strlcpy(out, "bench", size);
}

static char *unique_name(const struct pt_suites *all, const char *wanted)
{
	char name[NAME_MAX_BYTES], tried[NAME_MAX_BYTES + 16];
	int i = 2;

	clean_name(wanted, name, sizeof name);
	pt_strlcpy(tried, name, sizeof tried);
	while (pt_suites_find(all, tried))
		pt_snprintf(tried, sizeof tried, "%s-%d", name, i++);
	return pt_strdup(tried);
}

char **search_argv(const char *first, ...)
{
	size_t n = 0, cap = 0;
	char **argv = NULL;
	va_list ap;

	va_start(ap, first);
	for (const char *word = first; word; word = va_arg(ap, const char *))
		*PT_PUSH(argv, n, cap) = pt_strdup(word);
	va_end(ap);
	*PT_PUSH(argv, n, cap) = NULL;
	return argv;
}

struct pt_suite *search_add(struct search *s, const char *name, const char *tag, const char *folder,
			    const char *what)
{
	struct pt_discovery *d = s->d;
	size_t n_what = d->suites.n;
	struct pt_suite *suite;
	char *unique;

	if (d->suites.n >= SUITES_MAX) {
		d->cut = true;
		return NULL;
	}
	unique = unique_name(&d->suites, name);
	suite = PT_PUSH(d->suites.suites, d->suites.n, d->cap);
	*suite = (struct pt_suite){.name = unique,
				   .folder = pt_strdup(folder),
				   .tags = search_argv(tag, NULL),
				   .repeats = 10};
	*PT_PUSH(d->what, n_what, d->cap_what) = safe_text(what);
	return suite;
}

const char *search_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = text; (p = strstr(p, word)); p++) {
		bool before = p > text && (isalnum((unsigned char)p[-1]) || p[-1] == '_');

		if (!before && !isalnum((unsigned char)p[n]) && p[n] != '_')
			return p + n;
	}
	return NULL;
}

/* ---- the walk ---- */

static void saw(struct search *s, enum pt_seen seen, const char *path)
{
	struct seen_list *list = &s->seen[seen];

	if (list->n < SEEN_MAX)
		*PT_PUSH(list->v, list->n, list->cap) = pt_strdup(path);
	else
		s->d->cut = true;
}

static void look_at_file(struct search *s, const char *path, const char *name,
			 const struct stat *st)
{
	s->files++;
	for (size_t i = 0; i < PT_LEN(kinds); i++)
		if (fnmatch(kinds[i].glob, name, 0) == 0) {
			saw(s, kinds[i].seen, path);
			return;
		}
	if ((st->st_mode & 0111) && !strchr(name, '.'))
		saw(s, SEEN_PROGRAM, path);
}

/* Folders that hold other people's code, what tools made, or no code at all. */
static bool is_skipped(const char *name)
{
	static const char *const names[] = {"target",	   "node_modules", "vendor",
					    "third_party", "__pycache__",  "venv",
					    "CMakeFiles",  "_deps"};

	if (name[0] == '.')
		return true;
	for (size_t i = 0; i < PT_LEN(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static void walk(struct search *s, const char *folder, int depth)
{
	char path[PATH_BYTES], full[PATH_BYTES];
	struct dirent **list = NULL;
	struct stat st;
	int n;

	if (depth > DEPTH_MAX) {
		s->d->cut = true;
		return;
	}
	pt_snprintf(full, sizeof full, "%s/%s", s->project, folder);
	n = pt_bench_scandir(full, &list);
	for (int i = 0; i < n; i++) {
		const char *name = list[i]->d_name;

		search_join(folder, name, path, sizeof path);
		if (s->files >= FILES_MAX)
			s->d->cut = true;
		else if (pt_snprintf(full, sizeof full, "%s/%s", s->project, path) >=
				 sizeof full - 1 ||
			 lstat(full, &st) < 0)
			s->d->cut = true;
		else if (S_ISREG(st.st_mode))
			look_at_file(s, path, name, &st);
		else if (S_ISDIR(st.st_mode) && !is_skipped(name))
			walk(s, path, depth + 1);
		free(list[i]);
	}
	free(list);
}

int pt_discover(const char *project, struct pt_discovery *ret, struct pt_err *err)
{
	struct search s = {.project = project, .d = ret};
	struct stat st;

	*ret = (struct pt_discovery){0};
	if (stat(project, &st) < 0 || !S_ISDIR(st.st_mode))
		return pt_err_set(err, PT_ENOENT, "%s: no such folder", project);
	walk(&s, ".", 0);
	discover_rust(&s);
	discover_go(&s);
	discover_google_benchmark(&s);
	discover_npm(&s);
	discover_pytest(&s);
	discover_hyperfine(&s);
	for (size_t k = 0; k < SEEN_N; k++) {
		for (size_t i = 0; i < s.seen[k].n; i++)
			free(s.seen[k].v[i]);
		free(s.seen[k].v);
	}
	return 0;
}

void pt_discovery_release(struct pt_discovery *d)
{
	for (size_t i = 0; i < d->suites.n; i++)
		free(d->what[i]);
	for (size_t i = 0; i < d->n_notes; i++)
		free(d->notes[i]);
	free(d->what);
	free(d->notes);
	pt_suites_release(&d->suites);
	*d = (struct pt_discovery){0};
}
