/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_APP_BENCH_JOB_H
#define PT_APP_BENCH_JOB_H

#include "perftop/app/project.h"
#include "perftop/base/loop.h"
#include "perftop/collect/collect.h"
#include "perftop/model/board.h"

/*
 * A benchmark that runs while the console goes on: suites on the loop, or another command of
 * perftop's own (a bisection, a baseline to save) as a child. What it tells goes into a pt_live, which
 * views show. One at a time; the collectors are slowed while it lasts.
 */
struct pt_bench_job;

struct pt_bench_job_spec {
	const struct pt_config *config; /* all of these are borrowed until done has returned */
	const struct pt_options *options;
	struct pt_collect *collect; /* or NULL */
	struct pt_live *live;
	void (*changed)(void *arg);  /* live has changed: often */
	void (*launched)(void *arg); /* a launch is kept: there is something new to read */
	void (*done)(void *arg);     /* once; live says how it ended */
	void *arg;
};

/* Runs suites chosen by name, glob or tag. All that can go wrong comes through done. */
void pt_bench_job_run(struct pt_loop *loop, const struct pt_bench_job_spec *spec,
		      const char *const *words, size_t n_words, struct pt_bench_job **ret);
/* perftop itself with these arguments; what: for people, "bisect of parse/large". Its last `tail`
 * lines are how it ended. */
void pt_bench_job_command(struct pt_loop *loop, const struct pt_bench_job_spec *spec,
			  const char *what, size_t tail, const char *const *args,
			  struct pt_bench_job **ret);
/* Ends it with all its processes; done comes later. */
void pt_bench_job_cancel(struct pt_bench_job *job);
/* Progress by the clock into live, for who shows it. */
void pt_bench_job_look(struct pt_bench_job *job);

#endif
