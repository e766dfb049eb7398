/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * /proc/loadavg: how many threads wanted to run or waited for disks, averaged over 1, 5 and 15
 * minutes. How many run at this moment is in /proc/stat, and so cpu reports it.
 */
#include "perftop/base/mem.h"
#include "perftop/collect/scan.h"
#include "perftop/collect/source.h"

#include <errno.h>

enum { LOAD1, LOAD5, LOAD15, THREADS, N_METRICS };

static const struct pt_metric metrics[N_METRICS] = {
	[LOAD1] = {"load1", NULL, PT_UNIT_COUNT, PT_GAUGE, 0,
		   "Threads that ran, were ready to or waited for disks, averaged over 1 minute"},
	[LOAD5] = {"load5", NULL, PT_UNIT_COUNT, PT_GAUGE, 0, "The same averaged over 5 minutes"},
	[LOAD15] = {"load15", NULL, PT_UNIT_COUNT, PT_GAUGE, 0,
		    "The same averaged over 15 minutes"},
	[THREADS] = {"threads", NULL, PT_UNIT_COUNT, PT_GAUGE, 0,
		     "Threads that exist, the kernel's own among them"},
};

struct load {
	struct pt_source loadavg;
	int ids[N_METRICS];
};

static int start(void *state, struct pt_collect_env *env)
{
	struct load *load = state;
	int rc = pt_source_open(&load->loadavg, env, "proc/loadavg", metrics, N_METRICS);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < N_METRICS; i++)
		load->ids[i] = pt_source_series(env, &metrics[i], NULL);
	return 0;
}

static void stop(void *state, struct pt_collect_env *env)
{
	struct load *load = state;

	(void)env;
	pt_source_close(&load->loadavg);
}

/* "0.50 0.40 0.30 3/456 12345" */
static bool scan(const char *p, double ret[N_METRICS])
{
	uint64_t running, threads;

	for (size_t i = LOAD1; i <= LOAD15; i++) {
		if (!pt_scan_double(&p, &ret[i]) || ret[i] < 0)
			return false;
	}
	if (!pt_scan_u64(&p, &running) || !pt_scan_is(&p, "/") || !pt_scan_u64(&p, &threads))
		return false;
	ret[THREADS] = (double)threads;
	return true;
}

static void sample(void *state, struct pt_collect_env *env, int64_t now_ns)
{
	struct load *load = state;
	const char *text = pt_source_read(&load->loadavg, env);
	double values[N_METRICS];
	bool understood;

	(void)now_ns;
	if (!text)
		return;
	understood = scan(text, values);
	pt_source_done(&load->loadavg, env, understood ? 0 : EBADMSG);
	for (size_t i = 0; understood && i < N_METRICS; i++)
		pt_sink_gauge(&env->sink, load->ids[i], values[i]);
}

extern const struct pt_collector pt_collector_load;
const struct pt_collector pt_collector_load = {
	.name = "load",
	.help = "Load averages and the number of threads (/proc/loadavg)",
	.metrics = metrics,
	.n_metrics = N_METRICS,
	.state_size = sizeof(struct load),
	.start = start,
	.sample = sample,
	.stop = stop,
};
