/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BENCH_SUITE_H
#define PT_BENCH_SUITE_H

#include "perftop/base/err.h"
#include "perftop/base/json.h"
#include "perftop/model/bench.h"

/*
 * `.performance/benchmarks.json`: which benchmarks a repository has, how they are built and
 * launched, and what the gate holds against them. doc/schema/benchmarks.schema.json is its form.
 */
struct pt_isolation {
	char *cpus;	       /* "2-3,6": pinned to these; NULL: as we are */
	int nice;	       /* 0: as we are */
	bool no_aslr;	       /* "aslr": false */
	uint64_t memory_bytes; /* cgroup limit; 0: none */
	int64_t cpu_time_ns;   /* limit of CPU time a launch; 0: none */
};

struct pt_suite {
	char *name;		  /* [A-Za-z0-9._-]+ : it names a folder of baselines */
	char **build;		  /* argv, NULL-terminated; NULL: nothing to build */
	char **command;		  /* argv, NULL-terminated */
	char *folder;		  /* where both start, relative to the project; "." */
	char **env;		  /* "NAME=value", NULL-terminated; or NULL */
	int64_t timeout_ns;	  /* of a launch; 10 min unless given */
	int64_t build_timeout_ns; /* 30 min unless given */
	char *parser;		  /* name, or NULL: sniffed */
	char *results; /* file or folder that the command writes, relative to folder; NULL: stdout */
	char **tags;   /* NULL-terminated; or NULL */
	int repeats;   /* launches; 10 unless given */
	int warmup;    /* launches before them whose numbers are dropped; 0 unless given */
	char *owner;   /* or NULL */
	struct pt_isolation isolation;
	struct pt_fact_pair {
		char *now, *before;
	} * renamed; /* "renamed_from": {"new name": "old name"} */
	size_t n_renamed;
	int line; /* where it stands */
};

/* What the gate holds against the benchmarks that match: the last rule that matches wins, field by
 * field. NaN and NULL: not said here. */
struct pt_gate_rule {
	char *suite, *bench, *metric, *tag; /* globs; NULL: any */
	double block, warn;		    /* ratios: "5%" is 0.05 */
	double floor;			    /* absolute, in stored units */
	char *budget;			    /* "p99 < 20 ms" */
	int line;
};

struct pt_suites {
	struct pt_suite *suites;
	size_t n;
	struct pt_gate_rule *rules; /* the first is the file's "gate" itself */
	size_t n_rules;
	char *machine_class; /* override, or NULL */
	char *path;	     /* of the file */
};

/* -PT_ENOENT when there is no such file: `perftop bench init` makes one. All else as pt_json_load,
 * with the place. */
int pt_suites_load(const char *path, struct pt_suites *ret, struct pt_err *err);
int pt_suites_parse(const char *name, const char *text, size_t len, struct pt_suites *ret,
		    struct pt_err *err);
void pt_suites_release(struct pt_suites *suites);
const struct pt_suite *pt_suites_find(const struct pt_suites *suites, const char *name);
/* By name, glob or tag; nothing named means all. Marks chosen[i]. -PT_ENOENT names what matched
 * nothing and what there is. */
int pt_suites_select(const struct pt_suites *suites, const char *const *words, size_t n_words,
		     bool *chosen, struct pt_err *err);

/* "p99 < 20 ms", "mean <= 1.5 GiB", "max < 3": statistic, comparison, value in stored units. */
struct pt_budget {
	double quantile;   /* 0..1; NaN: mean */
	bool below, equal; /* < or >; with = */
	double limit;
	enum pt_unit unit;
};
int pt_budget_parse(const char *text, struct pt_budget *ret, struct pt_err *err);

#endif
