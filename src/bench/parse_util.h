/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BENCH_PARSE_UTIL_H
#define PT_BENCH_PARSE_UTIL_H

#include "perftop/bench/parser.h"

#include <dirent.h>
#include <stdint.h>

/* What the parsers have in common. */

/* How sure a sniff is. */
enum { PT_SNIFF_PLAIN = 10, PT_SNIFF_LIKELY = 50, PT_SNIFF_SURE = 100 };

/* What a tool's unit says: "ns/op", "ops/ms", "MB/s", "B/op", "us", "s/iter"… */
struct pt_bench_unit {
	enum pt_unit unit;
	double factor; /* from the tool's number to the stored one */
	enum pt_better better;
	const char *metric; /* "time", "memory", "throughput"; NULL: the unit does not say */
};

/* 0 or -PT_ENOENT. What is done each operation ("ns/op", "B/call") reads as what is before the slash;
 * what there is of anything each time unit ("ops/us", "MiB/s", "tokens/s") as a throughput. */
int pt_bench_unit_parse(const char *text, struct pt_bench_unit *ret);

/*
 * The benchmark to add a run or a sample to; refuses an empty name (-PT_ESYNTAX), one too many
 * (-PT_ELIMIT), and another unit or direction than it has by now (-PT_EINVAL).
 */
int pt_bench_put(struct pt_bench_set *set, const char *name, const char *metric, const char *saved,
		 enum pt_unit unit, enum pt_better better, struct pt_bench **ret,
		 struct pt_err *err);

/* value x factor, finite and not negative: 0 or -PT_ERANGE with err->msg "%s is negative…". */
int pt_bench_scale(const char *what, double value, double factor, double *ret, struct pt_err *err);

/* What is in a folder, hidden names apart, in the order of bytes: the locale must not change the
 * order of runs. The number, or -1 with errno; each entry and the list are to be freed. */
int pt_bench_scandir(const char *path, struct dirent ***ret);

/* Limits for what other programs write as JSON. */
extern const struct pt_json_limits pt_bench_json_limits;

/* Root of the input's JSON, of the wanted type; or -PT_ESYNTAX with the place where it is not. */
int pt_bench_json_root(const struct pt_bench_input *in, enum pt_jtype type, const pt_jval **ret,
		       struct pt_err *err);
/* object[key] of that type; -PT_ESYNTAX: "results is missing, expected an array". */
int pt_bench_json_get(const struct pt_json *doc, const pt_jval *object, const char *key,
		      enum pt_jtype type, const pt_jval **ret, struct pt_err *err);
/* A number x factor, finite and not negative; -PT_ESYNTAX, -PT_ERANGE with the place. */
int pt_bench_json_num(const struct pt_json *doc, const pt_jval *v, const char *what, double factor,
		      double *ret, struct pt_err *err);
/* Where a value belongs, and what it is. */
struct pt_bench_target {
	const char *name, *metric, *saved;
	struct pt_bench_unit unit;
	size_t run; /* which launch; PT_RUN_NEW: one of its own */
	bool exact, estimate;
};
#define PT_RUN_NEW SIZE_MAX

/* The number v as one more sample there. As pt_bench_json_num and pt_bench_put, with v's place; what
 * is no number because the tool had none (JSON's null, NaN, also as text) is left out with a note. */
int pt_bench_json_add(const struct pt_json *doc, const pt_jval *v, struct pt_bench_set *set,
		      const struct pt_bench_target *to, struct pt_err *err);

/* Appends " (n=1, size=small)" for the members of an object; nothing for another value or none. */
void pt_bench_json_params(const pt_jval *params, struct pt_str *name);

/* Gives an error without a place that of a value; returns code. */
int pt_bench_json_at(const struct pt_json *doc, const pt_jval *v, int code, struct pt_err *err);

#endif
