/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BENCH_DISCOVER_KINDS_H
#define PT_BENCH_DISCOVER_KINDS_H

#include "perftop/bench/discover.h"

/* What the walk found, and what the kinds of benchmarks make of it: one function a kind. */
enum pt_seen {
	SEEN_CARGO,
	SEEN_GO_MOD,
	SEEN_GO_TEST,
	SEEN_CMAKE,
	SEEN_NPM,
	SEEN_PYTHON_CONFIG,
	SEEN_PYTHON_TEST,
	SEEN_SHELL,
	SEEN_PROGRAM,
	SEEN_N
};

struct seen_list {
	char **v; /* paths relative to the project, sorted within their folder */
	size_t n, cap;
};

struct search {
	const char *project;
	struct pt_discovery *d;
	struct seen_list seen[SEEN_N];
	size_t files; /* looked at */
};

void discover_rust(struct search *s);
void discover_go(struct search *s);
void discover_google_benchmark(struct search *s);
void discover_npm(struct search *s);
void discover_pytest(struct search *s);
void discover_hyperfine(struct search *s);

/* Text of a file below the project, yours; NULL when it is too large or cannot be read. */
char *search_read(const struct search *s, const char *path, size_t max, size_t *ret_len);
bool search_exists(const struct search *s, const char *path);
/* Folder part of a path: "." at the top. */
void search_folder(const char *path, char *out, size_t size);
/* folder/name, without "./" before it. */
void search_join(const char *folder, const char *name, char *out, size_t size);
void search_note(struct search *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A new suite; name is changed into one that can be and that is not there yet. tag tells its kind.
 * what: of it, for people. Borrowed until the next one; NULL when there are too many. */
struct pt_suite *search_add(struct search *s, const char *name, const char *tag, const char *folder,
			    const char *what);
/* An argv of these words, up to NULL. */
char **search_argv(const char *first, ...) __attribute__((sentinel));

/* Is word in text with no letter, digit or underscore beside it? Behind from; NULL: no. */
const char *search_word(const char *text, const char *word);

#endif
