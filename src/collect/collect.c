/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The set of running collectors. An interval is aligned to the first tick: a collector is due in
 * the first tick of each of its intervals, so that all slow ones share a tick and the processor
 * sleeps through the others.
 */
#include "perftop/collect/collect.h"

#include "perftop/base/mem.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#define RETRY_NS (60 * PT_S)
/* A tick may come a little early; it must not lose the sample that it was meant for. */
#define EARLY_NS (100 * PT_MS)
#define STATE_ALIGN ((size_t)16)

#define PT_COLLECTOR(name) extern const struct pt_collector pt_collector_##name;
#include "collectors.def"
#undef PT_COLLECTOR

const struct pt_collector *const pt_collectors[] = {
#define PT_COLLECTOR(name) &pt_collector_##name,
#include "collectors.def"
#undef PT_COLLECTOR
};
const size_t pt_n_collectors = PT_LEN(pt_collectors);

struct running {
	const struct pt_collector *collector;
	void *state;
	bool started;
	bool wanted;
	unsigned n_samples;
	int64_t last_ns;  /* of the last sample */
	int64_t retry_ns; /* when to try to start it again */
};

struct pt_collect {
	struct pt_collect_env env;
	int factor;
	uint64_t n_ticks;
	int64_t first_ns; /* first tick, to which intervals are aligned */
	int64_t tick_ns;  /* between the last two */
	int64_t last_ns;  /* the last tick */
	unsigned char *states;
	struct running running[];
};

static size_t aligned(size_t size)
{
	return (size + STATE_ALIGN - 1) / STATE_ALIGN * STATE_ALIGN;
}

struct pt_collect *pt_collect_new(const struct pt_collect_env *env)
{
	struct pt_collect *set =
		pt_calloc(1, sizeof(*set) + pt_n_collectors * sizeof(set->running[0]));
	size_t size = 0;

	set->env = *env;
	set->factor = 1;
	if (set->env.user_hz <= 0)
		set->env.user_hz = sysconf(_SC_CLK_TCK);
	if (set->env.page_size <= 0)
		set->env.page_size = sysconf(_SC_PAGESIZE);
	for (size_t i = 0; i < pt_n_collectors; i++)
		size += aligned(pt_collectors[i]->state_size);
	set->states = pt_calloc(1, size);
	size = 0;
	for (size_t i = 0; i < pt_n_collectors; i++) {
		set->running[i].collector = pt_collectors[i];
		set->running[i].state = set->states + size;
		set->running[i].retry_ns = INT64_MIN;
		set->running[i].wanted = !pt_collectors[i]->on_demand;
		size += aligned(pt_collectors[i]->state_size);
	}
	return set;
}

void pt_collect_free(struct pt_collect *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < pt_n_collectors; i++) {
		if (set->running[i].started)
			set->running[i].collector->stop(set->running[i].state, &set->env);
	}
	free(set->states);
	free(set);
}

/* How many samples come at once, so that there are rates: two, and one more for what may still be
 * opened by a worker at the first. */
static unsigned first_samples(const struct pt_collector *collector)
{
	return collector->on_demand ? 3 : 2;
}

static bool is_due(const struct pt_collect *set, const struct running *run, int64_t now_ns)
{
	int64_t interval_ns = run->collector->interval_ns * set->factor;

	if (run->n_samples < first_samples(run->collector) || now_ns < run->last_ns)
		return true;
	if (interval_ns == 0)
		return set->n_ticks % (uint64_t)set->factor == 0;
	return (now_ns - set->first_ns + EARLY_NS) / interval_ns >
	       (run->last_ns - set->first_ns + EARLY_NS) / interval_ns;
}

/* A value stands until the next sample: an interval, and half of one for ticks that do not fall
 * together with it. */
static void set_hold(struct pt_collect *set, const struct pt_collector *collector)
{
	int64_t interval_ns = collector->interval_ns;

	if (interval_ns == 0 && set->factor > 1)
		interval_ns = set->tick_ns;
	for (size_t i = 0; i < collector->n_metrics; i++)
		pt_sink_hold(&set->env.sink, &collector->metrics[i],
			     interval_ns * set->factor / 2 * 3);
}

static void try_start(struct pt_collect *set, struct running *run, int64_t now_ns)
{
	if (now_ns < run->retry_ns)
		return;
	memset(run->state, 0, run->collector->state_size);
	run->started = run->collector->start(run->state, &set->env) >= 0;
	run->n_samples = 0;
	run->retry_ns = now_ns + RETRY_NS;
	if (run->started)
		set_hold(set, run->collector);
}

void pt_collect_tick(struct pt_collect *set, int64_t now_ns)
{
	if (set->n_ticks == 0)
		set->first_ns = now_ns;
	else
		set->tick_ns = now_ns - set->last_ns;
	set->last_ns = now_ns;
	for (size_t i = 0; i < pt_n_collectors; i++) {
		struct running *run = &set->running[i];

		if (!run->started && run->wanted)
			try_start(set, run, now_ns);
		if (!run->started || !is_due(set, run, now_ns))
			continue;
		run->collector->sample(run->state, &set->env, now_ns);
		run->n_samples += run->n_samples < first_samples(run->collector);
		run->last_ns = now_ns;
	}
	set->n_ticks++;
}

void pt_collect_want(struct pt_collect *set, const char *name, bool on)
{
	for (size_t i = 0; i < pt_n_collectors; i++) {
		struct running *run = &set->running[i];

		if (!run->collector->on_demand || (name && strcmp(run->collector->name, name) != 0))
			continue;
		run->wanted = on;
		if (on || !run->started)
			continue;
		run->collector->stop(run->state, &set->env);
		run->started = false;
		run->retry_ns = INT64_MIN;
	}
}

void pt_collect_slow(struct pt_collect *set, int factor)
{
	set->factor = PT_MIN(PT_MAX(factor, 1), 3600);
	for (size_t i = 0; i < pt_n_collectors; i++) {
		if (set->running[i].started)
			set_hold(set, set->running[i].collector);
	}
}

bool pt_metric_declared(const struct pt_metric *metric)
{
	for (size_t i = 0; i < pt_n_collectors; i++)
		if (metric >= pt_collectors[i]->metrics &&
		    metric < pt_collectors[i]->metrics + pt_collectors[i]->n_metrics)
			return true;
	return false;
}

const struct pt_metric *pt_metric_find(const char *name, const struct pt_collector **ret_owner)
{
	for (size_t i = 0; i < pt_n_collectors; i++) {
		const struct pt_collector *owner = pt_collectors[i];

		for (size_t k = 0; k < owner->n_metrics; k++) {
			if (strcmp(owner->metrics[k].name, name) != 0)
				continue;
			if (ret_owner)
				*ret_owner = owner;
			return &owner->metrics[k];
		}
	}
	return NULL;
}
