/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Hardware and software counters of the whole machine through perf_event_open: one group of
 * hardware and one of software events on each processor, so that two reads a processor bring all.
 * Each read asks that processor for an answer, hence the slow interval.
 *
 * A processor has few counters. Where more is asked of them than they can do at once (another
 * profiler, the NMI watchdog) the kernel takes turns, and what was counted is scaled by the time
 * that the group really ran, interval by interval, so totals never go back.
 */
#include "perftop/collect/perf.h"

#include "perftop/base/fs.h"
#include "perftop/base/loop.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/collect/scan.h"
#include "perftop/collect/source.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>
#include <unistd.h>

enum {
	CYCLES,
	INSTRUCTIONS,
	CACHE_REFERENCES,
	CACHE_MISSES,
	BRANCH_MISSES,
	IPC,
	CACHE_MISS_RATIO,
	N_HARDWARE,
	TASK_CLOCK = N_HARDWARE,
	SWITCHES,
	MIGRATIONS,
	FAULTS,
	N_METRICS,
};

static const struct pt_metric metrics[N_METRICS] = {
	[CYCLES] = {"perf_cycles_total", NULL, PT_UNIT_COUNT, PT_COUNTER, 0,
		    "Cycles that all processors ran"},
	[INSTRUCTIONS] = {"perf_instructions_total", NULL, PT_UNIT_COUNT, PT_COUNTER, 0,
			  "Instructions that all processors completed"},
	[CACHE_REFERENCES] = {"perf_cache_references_total", NULL, PT_UNIT_COUNT, PT_COUNTER, 0,
			      "Accesses to the last-level cache, as the processor counts them"},
	[CACHE_MISSES] = {"perf_cache_misses_total", NULL, PT_UNIT_COUNT, PT_COUNTER, 0,
			  "Accesses that the last-level cache could not serve"},
	[BRANCH_MISSES] = {"perf_branch_misses_total", NULL, PT_UNIT_COUNT, PT_COUNTER, 0,
			   "Branches that were predicted wrongly"},
	[IPC] = {"perf_instructions_per_cycle", NULL, PT_UNIT_COUNT, PT_GAUGE, 0,
		 "Instructions completed in a cycle, over all processors"},
	[CACHE_MISS_RATIO] = {"perf_cache_miss_ratio", NULL, PT_UNIT_RATIO, PT_GAUGE, 0,
			      "Share of last-level cache accesses that missed"},
	[TASK_CLOCK] = {"perf_task_clock_seconds_total", NULL, PT_UNIT_NS, PT_COUNTER, 0,
			"Time for which the software counters ran, over all processors"},
	[SWITCHES] = {"perf_context_switches_total", NULL, PT_UNIT_COUNT, PT_COUNTER, 0,
		      "Context switches, as perf counts them"},
	[MIGRATIONS] = {"perf_cpu_migrations_total", NULL, PT_UNIT_COUNT, PT_COUNTER, 0,
			"Times that a task moved to another processor"},
	[FAULTS] = {"perf_page_faults_total", NULL, PT_UNIT_COUNT, PT_COUNTER, 0,
		    "Page faults, as perf counts them"},
};

struct event {
	uint64_t config;
	int metric;
};

static const struct event hardware[] = {
	{PERF_COUNT_HW_CPU_CYCLES, CYCLES},
	{PERF_COUNT_HW_INSTRUCTIONS, INSTRUCTIONS},
	{PERF_COUNT_HW_CACHE_REFERENCES, CACHE_REFERENCES},
	{PERF_COUNT_HW_CACHE_MISSES, CACHE_MISSES},
	{PERF_COUNT_HW_BRANCH_MISSES, BRANCH_MISSES},
};

static const struct event software[] = {
	{PERF_COUNT_SW_TASK_CLOCK, TASK_CLOCK},
	{PERF_COUNT_SW_CONTEXT_SWITCHES, SWITCHES},
	{PERF_COUNT_SW_CPU_MIGRATIONS, MIGRATIONS},
	{PERF_COUNT_SW_PAGE_FAULTS, FAULTS},
};

enum { EVENTS_MAX = 5, CPUS_MAX = 8192, ONLINE_MAX = 256, REASON_MAX = 240 };

/* The group of one processor: its first descriptor reads for all. */
struct group {
	int fds[EVENTS_MAX];
	uint64_t enabled, running, values[EVENTS_MAX]; /* of the last reading */
};

struct set {
	uint32_t type;
	const struct event *events;
	size_t n_events;
	bool has[EVENTS_MAX]; /* opened on the first processor */
	struct group *groups;
	size_t n_groups, cap_groups;
	uint64_t totals[EVENTS_MAX];
	int errnum; /* why there is no group */
	bool told;  /* that it does not get a turn */
};

/* Sets being opened, in a worker where there is a loop: the first counter of a boot takes the
 * kernel some 170 ms, as it patches itself on every processor. */
struct opening {
	struct perf *owner; /* NULL: nobody waits for it any more */
	struct pt_collect_env *env;
	char online_text[ONLINE_MAX];
	struct set sets[2];
};

struct perf {
	struct pt_pfile online;
	char online_text[ONLINE_MAX]; /* for which the groups were opened */
	struct set sets[2];
	struct opening *opening;
	int ids[N_METRICS];
	bool primed; /* a reading before this one: ratios are of what lies between */
};

/* -- opening -------------------------------------------------------------------------------- */

static void group_close(struct group *group)
{
	for (size_t i = 0; i < EVENTS_MAX; i++)
		if (group->fds[i] >= 0)
			close(group->fds[i]);
}

static void set_close(struct set *set)
{
	for (size_t i = 0; i < set->n_groups; i++)
		group_close(&set->groups[i]);
	set->n_groups = 0;
}

/* 0 or errno. What the first processor cannot count is left out on all. */
static int group_open(struct set *set, int cpu, struct group *group)
{
	int leader = -1;

	*group = (struct group){.fds = {-1, -1, -1, -1, -1}};
	for (size_t i = 0; i < set->n_events; i++) {
		struct perf_event_attr attr = {
			.type = set->type,
			.config = set->events[i].config,
			.read_format = PERF_FORMAT_GROUP | PERF_FORMAT_TOTAL_TIME_ENABLED |
				       PERF_FORMAT_TOTAL_TIME_RUNNING,
		};

		if (set->n_groups > 0 && !set->has[i])
			continue;
		group->fds[i] = pt_perf_open(&attr, -1, cpu, leader);
		if (leader < 0)
			leader = group->fds[i];
		if (set->n_groups == 0)
			set->has[i] = group->fds[i] >= 0;
		if (group->fds[i] < 0 && (i == 0 || set->n_groups > 0)) {
			int errnum = errno;

			group_close(group);
			return errnum;
		}
	}
	return 0;
}

static void set_open(struct set *set, const int *cpus, size_t n_cpus)
{
	struct group group;

	set->errnum = 0;
	for (size_t i = 0; i < n_cpus; i++) {
		int errnum = group_open(set, cpus[i], &group);

		if (errnum == 0) {
			*PT_PUSH(set->groups, set->n_groups, set->cap_groups) = group;
		} else if (errnum == EMFILE || errnum == ENFILE) {
			set->errnum = errnum; /* a part of the machine is no answer */
			set_close(set);
			return;
		} else if (set->n_groups == 0) {
			set->errnum = errnum;
			if (errnum != ENODEV) /* as one that just went offline */
				return;
		}
	}
	if (set->n_groups > 0)
		set->errnum = 0;
}

static void open_all(void *arg)
{
	struct opening *job = arg;
	int *cpus = pt_reallocarray(NULL, CPUS_MAX, sizeof(*cpus));
	size_t n = pt_parse_cpus(job->online_text, cpus, CPUS_MAX);

	if (n == 0)
		cpus[n++] = 0;
	pt_fs_allow_open(n * (PT_LEN(hardware) + PT_LEN(software)));
	for (size_t i = 0; i < PT_LEN(job->sets); i++)
		set_open(&job->sets[i], cpus, n);
	free(cpus);
}

static void set_release(struct set *set)
{
	set_close(set);
	free(set->groups);
	*set = (struct set){0};
}

/* -- reasons -------------------------------------------------------------------------------- */

static bool is_virtual(struct pt_root *root)
{
	char text[8192]; /* the first processor or two */

	return pt_root_read_text(root, "proc/cpuinfo", text, sizeof(text)) > 0 &&
	       strstr(text, " hypervisor") != NULL;
}

static void refused_words(struct pt_root *root, char *out, size_t size)
{
	char level[16] = "";

	pt_root_read_text(root, "proc/sys/kernel/perf_event_paranoid", level, sizeof(level));
	if (level[0] == '-' || level[0] == '0')
		pt_snprintf(out, size,
			    "the kernel refuses though kernel.perf_event_paranoid is %s: a "
			    "container's seccomp profile? It must allow perf_event_open",
			    level);
	else
		pt_snprintf(
			out, size,
			"no right to count the whole machine: kernel.perf_event_paranoid is %s; "
			"sysctl kernel.perf_event_paranoid=0, or setcap cap_perfmon=ep on perftop",
			level[0] ? level : "not readable");
}

static void reason_words(struct pt_root *root, const struct set *set, char *out, size_t size)
{
	switch (set->errnum) {
	case EACCES:
	case EPERM: refused_words(root, out, size); break;
	case ENOSYS: pt_snprintf(out, size, "this kernel is built without perf events"); break;
	case EMFILE:
	case ENFILE:
		pt_snprintf(out, size, "too few open files allowed: raise the limit (ulimit -n)");
		break;
	case ENOENT:
	case ENODEV:
	case EOPNOTSUPP:
		pt_snprintf(out, size, "%s",
			    is_virtual(root)
				    ? "this virtual machine exposes no PMU"
				    : "this kernel knows no counters of this processor (no PMU)");
		break;
	default: pt_snprintf(out, size, "perf_event_open: %s", strerror(set->errnum)); break;
	}
}

static void tell_reasons(struct perf *perf, struct pt_collect_env *env)
{
	static const int first[] = {0, N_HARDWARE, N_METRICS};
	char reason[REASON_MAX];

	for (size_t i = 0; i < PT_LEN(perf->sets); i++) {
		struct set *set = &perf->sets[i];
		const struct pt_metric *of = &metrics[first[i]];

		if (set->errnum) {
			reason_words(env->root, set, reason, sizeof(reason));
			pt_source_fail(env, of, (size_t)(first[i + 1] - first[i]), reason);
			continue;
		}
		for (size_t k = 0; k < set->n_events; k++)
			if (!set->has[k])
				pt_sink_fail(&env->sink, &metrics[set->events[k].metric], -1,
					     "this processor does not count that");
	}
}

/* -- handing over --------------------------------------------------------------------------- */

static void opened(void *arg)
{
	struct opening *job = arg;
	struct perf *perf = job->owner;

	for (size_t i = 0; i < PT_LEN(job->sets); i++) {
		if (!perf) {
			set_release(&job->sets[i]);
			continue;
		}
		memcpy(job->sets[i].totals, perf->sets[i].totals, sizeof(perf->sets[i].totals));
		set_release(&perf->sets[i]);
		perf->sets[i] = job->sets[i];
	}
	if (perf) {
		perf->primed = false;
		perf->opening = NULL;
		tell_reasons(perf, job->env);
	}
	free(job);
}

static void open_begin(struct perf *perf, struct pt_collect_env *env)
{
	struct opening *job = pt_calloc(1, sizeof(*job));

	*job = (struct opening){
		.owner = perf,
		.env = env,
		.sets = {{.type = PERF_TYPE_HARDWARE,
			  .events = hardware,
			  .n_events = PT_LEN(hardware)},
			 {.type = PERF_TYPE_SOFTWARE,
			  .events = software,
			  .n_events = PT_LEN(software)}},
	};
	pt_strlcpy(job->online_text, perf->online_text, sizeof(job->online_text));
	perf->opening = job;
	if (env->loop && pt_loop_work(env->loop, open_all, opened, job) == 0)
		return;
	open_all(job);
	opened(job);
}

/* -- reading -------------------------------------------------------------------------------- */

static uint64_t scaled(uint64_t count, uint64_t enabled, uint64_t running)
{
	if (running == 0 || running >= enabled)
		return running ? count : 0;
	return (uint64_t)((double)count * ((double)enabled / (double)running));
}

/* Adds to the totals what one processor counted since the last reading. False if it had no turn. */
static bool group_read(struct set *set, struct group *group, uint64_t *deltas)
{
	uint64_t buf[3 + EVENTS_MAX], enabled, running;
	ssize_t n = read(group->fds[0], buf, sizeof(buf));
	size_t at = 3;

	if (n < (ssize_t)(3 * sizeof(*buf)) || (size_t)n != (3 + buf[0]) * sizeof(*buf))
		return false;
	enabled = pt_grown(group->enabled, buf[1]);
	running = pt_grown(group->running, buf[2]);
	for (size_t i = 0; i < set->n_events && at < 3 + buf[0]; i++) {
		uint64_t delta;

		if (!set->has[i])
			continue;
		delta = scaled(pt_grown(group->values[i], buf[at]), enabled, running);
		deltas[i] += delta;
		set->totals[i] += delta;
		group->values[i] = buf[at++];
	}
	group->enabled = buf[1];
	group->running = buf[2];
	return running > 0;
}

/* Returns whether any processor counted; deltas by metric. */
static bool set_read(struct perf *perf, struct set *set, struct pt_collect_env *env,
		     uint64_t *ret_deltas)
{
	uint64_t deltas[EVENTS_MAX] = {0};
	bool counted = false;

	for (size_t i = 0; i < set->n_groups; i++)
		counted |= group_read(set, &set->groups[i], deltas);
	for (size_t i = 0; counted && i < set->n_events; i++) {
		if (!set->has[i])
			continue;
		ret_deltas[set->events[i].metric] = deltas[i];
		pt_sink_counter(&env->sink, perf->ids[set->events[i].metric], set->totals[i]);
	}
	return counted;
}

static void put_ratio(struct perf *perf, struct pt_collect_env *env, int metric, uint64_t part,
		      uint64_t whole)
{
	if (whole > 0)
		pt_sink_gauge(&env->sink, perf->ids[metric], (double)part / (double)whole);
}

static void sample(void *state, struct pt_collect_env *env, int64_t now_ns)
{
	struct perf *perf = state;
	struct set *hw = &perf->sets[0];
	uint64_t deltas[N_METRICS] = {0};
	char *text;
	bool counted;

	(void)now_ns;
	if (perf->opening)
		return;
	/* Processors that come and go: counters of one that left are dead, a new one has none. */
	if (pt_pfile_read(&perf->online, env->root, &text) >= 0 &&
	    strncmp(text, perf->online_text, ONLINE_MAX - 1) != 0) {
		pt_strlcpy(perf->online_text, text, ONLINE_MAX);
		open_begin(perf, env);
		if (perf->opening)
			return;
	}
	counted = set_read(perf, hw, env, deltas);
	set_read(perf, &perf->sets[1], env, deltas);
	if (hw->n_groups > 0 && !counted && !hw->told)
		pt_source_fail(env, metrics, N_HARDWARE,
			       "the counters are taken: another profiler, or the NMI watchdog");
	hw->told = hw->n_groups > 0 && !counted;
	if (perf->primed) {
		put_ratio(perf, env, IPC, deltas[INSTRUCTIONS], deltas[CYCLES]);
		put_ratio(perf, env, CACHE_MISS_RATIO,
			  PT_MIN(deltas[CACHE_MISSES], deltas[CACHE_REFERENCES]),
			  deltas[CACHE_REFERENCES]);
	}
	perf->primed = true;
}

static void stop(void *state, struct pt_collect_env *env)
{
	struct perf *perf = state;

	(void)env;
	pt_pfile_close(&perf->online);
	if (perf->opening)
		perf->opening->owner = NULL;
	perf->opening = NULL;
	for (size_t i = 0; i < PT_LEN(perf->sets); i++)
		set_release(&perf->sets[i]);
}

static int start(void *state, struct pt_collect_env *env)
{
	struct perf *perf = state;
	char *text;

	if (pt_root_is_fixture(env->root) && !pt_perf_has_stand_in()) {
		pt_source_fail(env, metrics, N_METRICS, "counters are not part of a recorded root");
		return -PT_ENOTSUP;
	}
	perf->online = (struct pt_pfile)PT_PFILE("sys/devices/system/cpu/online");
	if (pt_pfile_read(&perf->online, env->root, &text) >= 0)
		pt_strlcpy(perf->online_text, text, ONLINE_MAX);
	for (int i = 0; i < N_METRICS; i++)
		perf->ids[i] = pt_source_series(env, &metrics[i], NULL);
	open_begin(perf, env);
	if (!perf->opening && perf->sets[0].n_groups + perf->sets[1].n_groups == 0) {
		stop(perf, env);
		return -PT_EACCES;
	}
	return 0;
}

extern const struct pt_collector pt_collector_perf;
const struct pt_collector pt_collector_perf = {
	.name = "perf",
	.on_demand = true,
	.help = "Counters of the processors and of the kernel (perf_event_open)",
	.metrics = metrics,
	.n_metrics = N_METRICS,
	.interval_ns = 5 * PT_S,
	.state_size = sizeof(struct perf),
	.start = start,
	.sample = sample,
	.stop = stop,
};
