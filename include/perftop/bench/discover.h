/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BENCH_DISCOVER_H
#define PT_BENCH_DISCOVER_H

#include "perftop/bench/suite.h"

/*
 * What benchmarks a repository has, judged by its files alone: nothing is run, links are not
 * followed, and depth and number of files are bounded.
 */
struct pt_discovery {
	struct pt_suites suites; /* as they could stand in benchmarks.json */
	char **what;		 /* of each suite: "Criterion, benches/parse.rs"; safe text */
	size_t cap, cap_what;
	char **notes; /* what was seen but makes no suite, and what to do about it */
	size_t n_notes, cap_notes;
	bool cut; /* there are more files than are looked at */
};

/* Looks through a project. -PT_ENOENT, -PT_EACCES, -PT_EIO. */
int pt_discover(const char *project, struct pt_discovery *ret, struct pt_err *err);
void pt_discovery_release(struct pt_discovery *d);

/* A first benchmarks.json that says what its fields mean; without suites, one with an example.
 * Appended. */
void pt_discovery_format(const struct pt_discovery *d, struct pt_str *out);

/* What is looked for, a line each, for who has none of it. */
extern const char pt_discovery_wanted[];

#endif
