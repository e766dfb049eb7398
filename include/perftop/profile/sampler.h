/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PROFILE_SAMPLER_H
#define PT_PROFILE_SAMPLER_H

#include "perftop/profile/perf_stacks.h"

#include <stdatomic.h>

/*
 * Live sampling, in process: perf_event_open with mapped rings, read by a thread of its own. The
 * last keep_ns are kept as (stack, time), so that any window of them can become a profile. Where
 * rights are missing it falls back, step by step, and tells what it does now and what would lift it.
 */
struct perf_event_attr;

enum pt_sampler_event {
	PT_SAMPLE_CPU,	  /* cycles, or cpu-clock without a PMU */
	PT_SAMPLE_OFFCPU, /* context switches: time not running, by the stack that it left with */
	PT_SAMPLE_FAULTS, /* page faults */
	PT_SAMPLE_ALLOC,  /* uprobe on malloc: bytes asked for cannot be known, so calls */
	PT_SAMPLE_NAMED,  /* "sched:sched_switch", "cache-misses", "r01c2", "cpu/event=0x3c/" */
};

struct pt_sampler_options {
	pid_t pid;	    /* and its threads and children; 0: see cgroup, all */
	const char *cgroup; /* folder of a cgroup v2 */
	bool all;	    /* the whole machine */
	enum pt_sampler_event event;
	const char *event_name; /* of PT_SAMPLE_NAMED */
	double hz;		/* 0: 997 */
	enum pt_unwind unwind;
	bool user_only;
	bool on_exec; /* pid waits to execute a program: sampled from then on */
	bool inlined, debuginfod;
	int64_t keep_ns;   /* 0: 10 minutes */
	size_t max_memory; /* of moments, all CPUs together; 0: 32 MiB: a shorter past, told */
	size_t max_stacks; /* of stacks and frames, beside what the past needs; 0: 96 MiB */
	/* To share. NULL: its own, and another one when most of it is of threads that are no more. */
	struct pt_frames *frames;
	/* The door to perf_event_open (collect/perf.h: a cgroup's folder, open as fd, is -2 - fd in
	 * place of pid); NULL: there is none here. */
	int (*open)(struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd);
	/* The perf that is used where it has rights that we have not; NULL: the one that is installed. */
	const char *perf;
	/* Called by the sampler's thread when there is something new, a few times a second; or NULL. */
	void (*wake)(void *arg);
	void *wake_arg;
};

/* What it does and how it goes. Text is plain English, for the screen. */
struct pt_sampler_status {
	char mode[96];	   /* "cpu-clock 997 Hz, kernel and user, frame pointers" */
	char refused[200]; /* what is missing and the one command that would lift it; or "" */
	char note[200];	   /* what a reader of its names should know; or "" */
	int64_t samples, lost, throttled, unwound_short; /* since start */
	int64_t from_ns, to_ns; /* the past that is kept (monotonic clock) */
	bool shortened;		/* keep_ns did not fit max_memory */
	int64_t own_cpu_ns;	/* that its thread has used */
	int threads, events;	/* tasks and descriptors */
	bool ended;		/* what was sampled has ended */
};

struct pt_sampler;
/* Starts. Errors when nothing at all works: -PT_EACCES, -PT_ENOTSUP, -PT_ENOENT, with the command that
 * would help in err. */
int pt_sampler_new(const struct pt_sampler_options *options, struct pt_sampler **ret,
		   struct pt_err *err);
void pt_sampler_free(struct pt_sampler *sampler);		/* stops and waits for its thread */
void pt_sampler_pause(struct pt_sampler *sampler, bool paused); /* events off; the past is kept */
void pt_sampler_status(struct pt_sampler *sampler, struct pt_sampler_status *ret);
/* Sampled until now is taken in before it returns (end of a recording). */
void pt_sampler_flush(struct pt_sampler *sampler);
/* A profile of [from_ns, to_ns) of the monotonic clock (0, INT64_MAX: all that is kept): a copy that is
 * the caller's, with moments. Cost: the moments of the window and the nodes. A later one may be over
 * another table of frames than an earlier one: see pt_tree_over. */
int pt_sampler_profile(struct pt_sampler *sampler, int64_t from_ns, int64_t to_ns,
		       struct pt_profile *ret, struct pt_err *err);

/* The cost that an event has before it is started, in words ("each malloc of the process takes some
 * 0.7 µs more"); "" for none worth telling. */
const char *pt_sampler_cost(enum pt_sampler_event event);

#endif
