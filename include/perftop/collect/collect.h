/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_COLLECT_COLLECT_H
#define PT_COLLECT_COLLECT_H

#include "perftop/collect/root.h"
#include "perftop/model/sink.h"

/*
 * Collectors: one file a source of live metrics, one row in collectors.def. All reading happens
 * on the loop thread and must not block; what may block (commands, sockets) is started here and
 * finished by the loop.
 */
struct pt_loop;

struct pt_collect_env {
	struct pt_root *root;
	const struct pt_clock *clock;
	struct pt_sink sink;
	struct pt_loop *loop; /* NULL in one-shot use and tests: sources that need it say so */
	/* The cgroup to report on with its direct children: a path below the mount, a unit's or
	 * container's name, or the head of a container's id (src/collect/cgroup_place.h). NULL:
	 * our own, alone. */
	const char *cgroup;
	long user_hz, page_size;	       /* 0: this machine's */
	const struct pt_custom_source *custom; /* sources of the project file, n_custom of them */
	size_t n_custom;
	const struct pt_self_stats *self; /* what the console knows of its own cost, or NULL */
};

struct pt_collector {
	const char *name; /* "cpu" */
	const char *help;
	const struct pt_metric *metrics; /* every metric that it may report */
	size_t n_metrics;
	int64_t interval_ns; /* its own: a multiple of the tick is made of it; 0: every tick */
	bool on_demand; /* costs others something (the PMU): runs only while pt_collect_want says so */
	size_t state_size; /* zeroed before start */
	/* Opens what it needs. A negative code means that this machine has no such source: it has
	 * told why through sink.fail for its metrics, has closed what it opened, and is not
	 * sampled; start is tried again every 60 s. */
	int (*start)(void *state, struct pt_collect_env *env);
	void (*sample)(void *state, struct pt_collect_env *env, int64_t now_ns);
	void (*stop)(void *state, struct pt_collect_env *env);
};

extern const struct pt_collector *const pt_collectors[];
extern const size_t pt_n_collectors;

/* The set of running collectors. env is copied; what it points to must outlive the set. */
struct pt_collect;

struct pt_collect *pt_collect_new(const struct pt_collect_env *env);
void pt_collect_free(struct pt_collect *set);

/* Samples every collector that is due. Call once a tick, between store tick begin and end. The
 * first two ticks sample all of them: a rate needs two readings. */
void pt_collect_tick(struct pt_collect *set, int64_t now_ns);

/* Multiplies every interval (>= 1): a running benchmark slows the collecting down. */
void pt_collect_slow(struct pt_collect *set, int factor);

/* Starts or stops a collector that runs on demand; name NULL means all of them. */
void pt_collect_want(struct pt_collect *set, const char *name, bool on);

/* True for a metric of a collector's own table, false for those of custom sources. */
bool pt_metric_declared(const struct pt_metric *metric);

/* Metric and its collector by name, or NULL. */
const struct pt_metric *pt_metric_find(const char *name, const struct pt_collector **ret_owner);

/* perftop's own cost, filled by the console; collector "self" reports it beside CPU and RSS. */
struct pt_self_stats {
	uint64_t terminal_bytes; /* written so far */
	uint64_t frames, frames_dropped;
	int64_t tick_late_ns; /* how much later than planned the last tick began */
};

#endif
