/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * /proc/stat: where the time of the processors went, and what the kernel counted meanwhile. It is
 * read once a tick, so everything in it is reported here, context switches and forks too.
 *
 * The kernel counts time in ticks of USER_HZ by mode. Guest time is contained in user and nice and
 * is not counted again. Idle and iowait may slip back a little (they are estimated for a processor
 * that sleeps): a step back counts as nothing. Shares are of the time that all modes together say
 * has passed, not of the clock, so they add up to 1 whatever the tick's length; the machine's are
 * 0..1 over all processors. Stolen time was the host's and not had here: it is no use of the
 * processors, though a share of its own. A processor that is taken offline leaves the file.
 */
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/collect/scan.h"
#include "perftop/collect/source.h"

#include <errno.h>

enum { USER, NICE, SYSTEM, IDLE, IOWAIT, IRQ, SOFTIRQ, STEAL, N_MODES };

static const char *const mode_names[N_MODES] = {
	"user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal",
};

enum { CORES_MAX = 8192, FIELDS_MIN = 4 /* a kernel before 2.6 has no more */ };

#define HOLD_NS (10 * PT_S)

enum {
	BUSY,
	MODE,
	CORE_BUSY,
	CORE_MODE,
	SECONDS,
	ONLINE,
	INTERRUPTS,
	SWITCHES,
	FORKS,
	RUNNING,
	BLOCKED,
	N_METRICS
};

static const struct pt_metric metrics[N_METRICS] = {
	[BUSY] = {"cpu_busy_ratio", NULL, PT_UNIT_RATIO, PT_GAUGE, 0,
		  "Share of all processors' time in use: not idle, not waiting for I/O, and not "
		  "stolen by the host, which cpu_mode_ratio counts apart"},
	[MODE] = {"cpu_mode_ratio", "mode", PT_UNIT_RATIO, PT_GAUGE, 0,
		  "Share of all processors' time by what it was spent on; guests count as user"},
	[CORE_BUSY] = {"cpu_core_busy_ratio", "core", PT_UNIT_RATIO, PT_GAUGE, 0,
		       "Share of one processor's time in use: not idle, not waiting for I/O, "
		       "not stolen by the host"},
	[CORE_MODE] = {"cpu_core_mode_ratio", "core,mode", PT_UNIT_RATIO, PT_GAUGE,
		       PT_METRIC_NO_HISTORY,
		       "Share of one processor's time by what it was spent on"},
	[SECONDS] = {"cpu_seconds_total", "mode", PT_UNIT_NS, PT_COUNTER, 0,
		     "Time that all processors together spent, by mode"},
	[ONLINE] = {"cpu_online", NULL, PT_UNIT_COUNT, PT_GAUGE, 0, "Processors that are online"},
	[INTERRUPTS] = {"interrupts_total", NULL, PT_UNIT_COUNT, PT_COUNTER, 0,
			"Hardware interrupts served"},
	[SWITCHES] = {"context_switches_total", NULL, PT_UNIT_COUNT, PT_COUNTER, 0,
		      "Context switches on all processors"},
	[FORKS] = {"forks_total", NULL, PT_UNIT_COUNT, PT_COUNTER, 0,
		   "Processes and threads started"},
	[RUNNING] = {"procs_running", NULL, PT_UNIT_COUNT, PT_GAUGE, 0,
		     "Threads that run or are ready to run"},
	[BLOCKED] = {"procs_blocked", NULL, PT_UNIT_COUNT, PT_GAUGE, 0,
		     "Threads that wait for I/O to finish"},
};

/* The lines after the processors', in the order of the file; each is one metric from INTERRUPTS. */
static const char *const keys[N_METRICS - INTERRUPTS] = {
	"intr", "ctxt", "processes", "procs_running", "procs_blocked",
};

struct times {
	uint64_t ticks[N_MODES];
	bool valid;
};

struct core {
	struct times before;
	int busy_id, mode_ids[N_MODES];
	bool known;
	unsigned seen; /* the sample that saw it last */
};

struct cpu {
	struct pt_source stat;
	struct times before;
	uint64_t mode_ns[N_MODES];
	int mode_ids[N_MODES], seconds_ids[N_MODES];
	int ids[N_METRICS];
	struct core *cores;
	size_t n_cores, cores_cap;
	unsigned n_samples;
};

static int start(void *state, struct pt_collect_env *env)
{
	struct cpu *cpu = state;
	int rc = pt_source_open(&cpu->stat, env, "proc/stat", metrics, N_METRICS);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < N_METRICS; i++) {
		if (!metrics[i].label)
			cpu->ids[i] = pt_source_series(env, &metrics[i], NULL);
	}
	for (size_t i = 0; i < N_MODES; i++) {
		cpu->seconds_ids[i] = pt_source_series(env, &metrics[SECONDS], mode_names[i]);
		if (i != IDLE)
			cpu->mode_ids[i] = pt_source_series(env, &metrics[MODE], mode_names[i]);
	}
	return 0;
}

static void stop(void *state, struct pt_collect_env *env)
{
	struct cpu *cpu = state;

	(void)env;
	pt_source_close(&cpu->stat);
	free(cpu->cores);
}

static bool scan_times(const char **p, struct times *ret)
{
	*ret = (struct times){0};
	ret->valid = pt_scan_u64s(p, ret->ticks, N_MODES) >= FIELDS_MIN;
	return ret->valid;
}

/* Shares of the time between two readings, busy among them; false when none has passed. */
static bool shares(const struct times *before, const struct times *now, double ret[N_MODES],
		   double *ret_busy)
{
	double sum = 0, idle;

	if (!before->valid)
		return false;
	for (size_t i = 0; i < N_MODES; i++) {
		ret[i] = (double)pt_grown(before->ticks[i], now->ticks[i]);
		sum += ret[i];
	}
	if (sum <= 0)
		return false;
	idle = ret[IDLE] + ret[IOWAIT] + ret[STEAL];
	for (size_t i = 0; i < N_MODES; i++)
		ret[i] /= sum;
	*ret_busy = (sum - idle) / sum;
	return true;
}

static void report_shares(struct pt_collect_env *env, struct times *before, const struct times *now,
			  int busy_id, const int *mode_ids)
{
	double share[N_MODES], busy;

	if (shares(before, now, share, &busy)) {
		pt_sink_gauge(&env->sink, busy_id, busy);
		for (size_t i = 0; i < N_MODES; i++) {
			if (i != IDLE)
				pt_sink_gauge(&env->sink, mode_ids[i], share[i]);
		}
	}
	*before = *now;
}

static void report_seconds(struct cpu *cpu, struct pt_collect_env *env, const struct times *now)
{
	uint64_t tick_ns = (uint64_t)(PT_S / env->user_hz);

	for (size_t i = 0; i < N_MODES; i++) {
		uint64_t before = cpu->mode_ns[i], ns;

		if (now->ticks[i] > UINT64_MAX / tick_ns)
			continue;
		ns = now->ticks[i] * tick_ns;
		/* A small step back is the kernel's estimate and not a restart: stand still. */
		if (ns < before && before - ns < HOLD_NS)
			ns = before;
		cpu->mode_ns[i] = ns;
		pt_sink_counter(&env->sink, cpu->seconds_ids[i], ns);
	}
}

static void add_core(struct core *core, size_t number, struct pt_collect_env *env)
{
	char name[24];

	pt_snprintf(name, sizeof(name), "%zu", number);
	*core = (struct core){.known = true};
	core->busy_id = pt_source_series(env, &metrics[CORE_BUSY], name);
	for (size_t i = 0; i < N_MODES; i++) {
		if (i != IDLE)
			core->mode_ids[i] =
				pt_source_series2(env, &metrics[CORE_MODE], name, mode_names[i]);
	}
}

static void drop_core(struct core *core, struct pt_collect_env *env)
{
	pt_sink_drop(&env->sink, core->busy_id);
	for (size_t i = 0; i < N_MODES; i++) {
		if (i != IDLE)
			pt_sink_drop(&env->sink, core->mode_ids[i]);
	}
	core->known = false;
}

/* One line cpuN; false if it is none or was there already. */
static bool read_core(struct cpu *cpu, struct pt_collect_env *env, const char *p)
{
	struct core *core;
	struct times now;
	uint64_t number;

	if (!pt_scan_u64(&p, &number) || number >= CORES_MAX || !scan_times(&p, &now))
		return false;
	while (cpu->n_cores <= number)
		*PT_PUSH(cpu->cores, cpu->n_cores, cpu->cores_cap) = (struct core){0};
	core = &cpu->cores[number];
	if (!core->known)
		add_core(core, number, env);
	else if (core->seen == cpu->n_samples)
		return false;
	core->seen = cpu->n_samples;
	report_shares(env, &core->before, &now, core->busy_id, core->mode_ids);
	return true;
}

static void report_counts(struct cpu *cpu, struct pt_collect_env *env, const char *text)
{
	uint64_t values[PT_LEN(keys)];
	uint64_t found = pt_scan_keys(text, keys, PT_LEN(keys), values);

	for (size_t i = 0; i < PT_LEN(keys); i++) {
		size_t metric = INTERRUPTS + i;

		if (!(found & (UINT64_C(1) << i)))
			continue;
		if (metrics[metric].kind == PT_COUNTER)
			pt_sink_counter(&env->sink, cpu->ids[metric], values[i]);
		else
			pt_sink_gauge(&env->sink, cpu->ids[metric], (double)values[i]);
	}
}

static void sample(void *state, struct pt_collect_env *env, int64_t now_ns)
{
	struct cpu *cpu = state;
	const char *p = pt_source_read(&cpu->stat, env);
	struct times all = {0};
	unsigned online = 0;

	(void)now_ns;
	if (!p)
		return;
	cpu->n_samples++;
	for (; pt_scan_is(&p, "cpu"); pt_scan_line(&p)) {
		if (*p != ' ')
			online += read_core(cpu, env, p);
		else if (!all.valid)
			scan_times(&p, &all);
	}
	pt_source_done(&cpu->stat, env, all.valid ? 0 : EBADMSG);
	if (all.valid) {
		report_seconds(cpu, env, &all);
		report_shares(env, &cpu->before, &all, cpu->ids[BUSY], cpu->mode_ids);
	}
	if (online > 0)
		pt_sink_gauge(&env->sink, cpu->ids[ONLINE], online);
	report_counts(cpu, env, p);
	for (size_t i = 0; i < cpu->n_cores; i++) {
		if (cpu->cores[i].known && cpu->cores[i].seen != cpu->n_samples)
			drop_core(&cpu->cores[i], env);
	}
}

extern const struct pt_collector pt_collector_cpu;
const struct pt_collector pt_collector_cpu = {
	.name = "cpu",
	.help = "Processor time by mode, of the machine and of each processor (/proc/stat)",
	.metrics = metrics,
	.n_metrics = N_METRICS,
	.state_size = sizeof(struct cpu),
	.start = start,
	.sample = sample,
	.stop = stop,
};
