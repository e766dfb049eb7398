/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What perftop itself costs: processor time from getrusage, resident memory from its own
 * /proc/self/statm (the real one: a fixture has no process of ours, and there both have a reason
 * in place of a value), and what the console counts of its frames.
 */
#include "perftop/base/mem.h"
#include "perftop/collect/scan.h"
#include "perftop/collect/source.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { CPU, RESIDENT, TERMINAL, FRAMES, FRAMES_DROPPED, LATE, N_METRICS };

static const struct pt_metric metrics[N_METRICS] = {
	[CPU] = {"perftop_cpu_ratio", NULL, PT_UNIT_RATIO, PT_GAUGE, 0,
		 "Processor time that perftop used, as a share of one processor"},
	[RESIDENT] = {"perftop_resident_bytes", NULL, PT_UNIT_BYTES, PT_GAUGE, 0,
		      "Memory of perftop, shared pages among it"},
	[TERMINAL] = {"perftop_terminal_bytes_total", NULL, PT_UNIT_BYTES, PT_COUNTER, 0,
		      "Written to the terminal"},
	[FRAMES] = {"perftop_frames_total", NULL, PT_UNIT_COUNT, PT_COUNTER, 0, "Frames drawn"},
	[FRAMES_DROPPED] = {"perftop_frames_dropped_total", NULL, PT_UNIT_COUNT, PT_COUNTER, 0,
			    "Frames left out because the terminal had not taken the one before"},
	[LATE] = {"perftop_tick_late_seconds", NULL, PT_UNIT_NS, PT_GAUGE, 0,
		  "How much later than planned the last tick began"},
};

struct self {
	int ids[N_METRICS];
	int statm;
	int64_t cpu_ns, at_ns;
};

static int start(void *state, struct pt_collect_env *env)
{
	struct self *self = state;
	bool fixture = pt_root_is_fixture(env->root);
	const char *elsewhere =
		fixture ? "perftop does not run on the machine that it shows" : NULL;

	self->statm = fixture ? -1 : open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	for (size_t i = 0; i < N_METRICS; i++)
		self->ids[i] = pt_source_series(env, &metrics[i], NULL);
	pt_source_fail(env, &metrics[CPU], 1, elsewhere);
	pt_source_fail(env, &metrics[RESIDENT], 1,
		       self->statm < 0 && !elsewhere ? "no right to read /proc/self/statm"
						     : elsewhere);
	pt_source_fail(env, &metrics[TERMINAL], N_METRICS - TERMINAL,
		       env->self   ? NULL
		       : elsewhere ? elsewhere
				   : "no terminal is drawn on");
	return 0;
}

static void stop(void *state, struct pt_collect_env *env)
{
	struct self *self = state;

	(void)env;
	if (self->statm >= 0)
		close(self->statm);
}

static int64_t ns_of(struct timeval tv)
{
	return (int64_t)tv.tv_sec * PT_S + (int64_t)tv.tv_usec * PT_US;
}

static void sample_cpu(struct self *self, struct pt_collect_env *env, int64_t now_ns)
{
	struct rusage usage;
	int64_t cpu_ns;

	if (getrusage(RUSAGE_SELF, &usage) < 0)
		return;
	cpu_ns = ns_of(usage.ru_utime) + ns_of(usage.ru_stime);
	if (self->at_ns > 0 && now_ns > self->at_ns)
		pt_sink_gauge(&env->sink, self->ids[CPU],
			      (double)(cpu_ns - self->cpu_ns) / (double)(now_ns - self->at_ns));
	self->cpu_ns = cpu_ns;
	self->at_ns = now_ns;
}

/* "4530 3021 2700 …": pages of size, resident. */
static void sample_resident(struct self *self, struct pt_collect_env *env)
{
	char text[128];
	const char *p = text;
	uint64_t pages[2];
	ssize_t n = pread(self->statm, text, sizeof(text) - 1, 0);

	if (n <= 0)
		return;
	text[n] = '\0';
	if (pt_scan_u64s(&p, pages, 2) == 2)
		pt_sink_gauge(&env->sink, self->ids[RESIDENT],
			      (double)pages[1] * (double)env->page_size);
}

static void sample(void *state, struct pt_collect_env *env, int64_t now_ns)
{
	struct self *self = state;

	if (!pt_root_is_fixture(env->root))
		sample_cpu(self, env, now_ns);
	if (self->statm >= 0)
		sample_resident(self, env);
	if (!env->self)
		return;
	pt_sink_counter(&env->sink, self->ids[TERMINAL], env->self->terminal_bytes);
	pt_sink_counter(&env->sink, self->ids[FRAMES], env->self->frames);
	pt_sink_counter(&env->sink, self->ids[FRAMES_DROPPED], env->self->frames_dropped);
	pt_sink_gauge(&env->sink, self->ids[LATE], (double)env->self->tick_late_ns);
}

extern const struct pt_collector pt_collector_self;
const struct pt_collector pt_collector_self = {
	.name = "self",
	.help = "What perftop itself costs",
	.metrics = metrics,
	.n_metrics = N_METRICS,
	.interval_ns = 5 * PT_S,
	.state_size = sizeof(struct self),
	.start = start,
	.sample = sample,
	.stop = stop,
};
