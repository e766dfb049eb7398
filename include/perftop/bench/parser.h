/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BENCH_PARSER_H
#define PT_BENCH_PARSER_H

#include "perftop/base/err.h"
#include "perftop/base/json.h"
#include "perftop/model/bench.h"

/*
 * Readers of what benchmark tools write: one file parse_<name>.c and one row of parsers.def each.
 * Everything read is hostile: sizes are bounded, errors are `file:line:col: what, expected what`.
 */
struct pt_bench_input {
	const char *name; /* what errors call it: the path */
	const char *dir;  /* path of a folder, else NULL */
	const char *text; /* terminated; "" of a folder */
	size_t len;
	struct pt_json
		*json;	  /* when text is one JSON value (read once, for all parsers), else NULL */
	int64_t since_ns; /* of a folder: only the newest results, and files changed at this real
			     time or later; 0: everything */
};

struct pt_bench_parser {
	const char *name;  /* "hyperfine": in files and on the command line */
	const char *title; /* "hyperfine --export-json" */
	/* 0: not this; the higher the surer. Looks at little. */
	int (*sniff)(const struct pt_bench_input *in);
	/* Adds what it reads to set. -PT_ESYNTAX, -PT_ELIMIT, -PT_ENODATA (no benchmark inside),
	 * -PT_ERANGE. */
	int (*parse)(const struct pt_bench_input *in, struct pt_bench_set *set, struct pt_err *err);
};

extern const struct pt_bench_parser *const pt_bench_parsers[]; /* of parsers.def */
extern const size_t pt_n_bench_parsers;
const struct pt_bench_parser *pt_bench_parser_find(const char *name); /* or NULL */

enum { PT_BENCH_MAX_BYTES = 256 << 20, PT_BENCH_MAX = 200000 };

/*
 * Reads a file, a folder (a Criterion tree, or every file in it that a parser knows) or, with path
 * "-", stdin. parser NULL: found by sniffing. saved: take that saved baseline as the newest
 * (Criterion "main", data.js commit), or NULL. On error nothing has been added.
 * Errors: those of the parser; -PT_ENOTSUP when no parser knows it (the message lists what was
 * looked for), -PT_ENOENT, -PT_EACCES, -PT_EIO.
 */
int pt_bench_read(const char *path, const struct pt_bench_parser *parser, const char *saved,
		  struct pt_bench_set *set, struct pt_err *err);
/* The same of what a launch has just written: of a folder only what is that new. -PT_ENODATA also
 * when nothing is. */
int pt_bench_read_since(const char *path, const struct pt_bench_parser *parser, int64_t since_ns,
			struct pt_bench_set *set, struct pt_err *err);
/* The same of text at hand (a launch's stdout). */
int pt_bench_read_text(const char *name, const char *text, size_t len,
		       const struct pt_bench_parser *parser, struct pt_bench_set *set,
		       struct pt_err *err);

/* Was it last changed before that real time? By the time that nobody can set back. */
bool pt_bench_is_older(const char *path, int64_t since_ns);

/* {"format":…,"benchmarks":[{"name":…,"metric":…,"unit":…,"better":…,"runs":[[…],…]}],
 * "saved":{NAME:[…]},"notes":[…]}; appended to out. */
void pt_bench_set_json(const struct pt_bench_set *set, struct pt_str *out, bool indent);

#endif
