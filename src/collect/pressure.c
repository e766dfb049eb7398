/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * /proc/pressure: the share of time in which work stood still for want of a resource. "some": at
 * least one task waited; "full": all that were not idle did. The ratio is the kernel's average over
 * 10 s, the total is exact. A kernel before 5.13 has no full line for cpu; for the machine as a
 * whole later ones say 0 there.
 */
#include "perftop/base/mem.h"
#include "perftop/collect/scan.h"
#include "perftop/collect/source.h"

#include <errno.h>

enum { SOME_RATIO, FULL_RATIO, SOME_SECONDS, FULL_SECONDS, N_METRICS };

static const struct pt_metric metrics[N_METRICS] = {
	[SOME_RATIO] = {"pressure_some_ratio", "resource", PT_UNIT_RATIO, PT_GAUGE, 0,
			"Share of the last 10 s in which some task waited for the resource"},
	[FULL_RATIO] = {"pressure_full_ratio", "resource", PT_UNIT_RATIO, PT_GAUGE, 0,
			"Share of the last 10 s in which all tasks waited for the resource"},
	[SOME_SECONDS] = {"pressure_some_seconds_total", "resource", PT_UNIT_NS, PT_COUNTER, 0,
			  "Time in which some task waited for the resource"},
	[FULL_SECONDS] = {"pressure_full_seconds_total", "resource", PT_UNIT_NS, PT_COUNTER, 0,
			  "Time in which all tasks waited for the resource"},
};

enum { N_RESOURCES = 3 };

static const struct {
	const char *name, *path;
} resources[N_RESOURCES] = {
	{"cpu", "proc/pressure/cpu"},
	{"io", "proc/pressure/io"},
	{"memory", "proc/pressure/memory"},
};

struct resource {
	struct pt_pfile file;
	int ids[N_METRICS];
	int told; /* errno that the series' reason tells */
	bool told_full;
};

struct pressure {
	struct resource resources[N_RESOURCES];
};

static const char *reason_of(int errnum, const char *path, char *buf, size_t size)
{
	switch (errnum) {
	case ENOENT: return "this kernel has no pressure stall information (needs 4.20 and psi=1)";
	case EOPNOTSUPP: return "pressure stall information is switched off (boot with psi=1)";
	default: return pt_root_reason(errnum, path, buf, size);
	}
}

static void stop(void *state, struct pt_collect_env *env)
{
	struct pressure *pressure = state;

	(void)env;
	for (size_t i = 0; i < N_RESOURCES; i++)
		pt_pfile_close(&pressure->resources[i].file);
}

static int start(void *state, struct pt_collect_env *env)
{
	struct pressure *pressure = state;
	int opened = 0, errnum = 0;
	char buf[160];

	for (size_t i = 0; i < N_RESOURCES; i++) {
		struct resource *res = &pressure->resources[i];

		res->file = (struct pt_pfile)PT_PFILE(resources[i].path);
		if (pt_pfile_open(&res->file, env->root) == 0)
			opened++;
		else
			errnum = errno;
	}
	if (opened == 0) {
		pt_source_fail(env, metrics, N_METRICS,
			       reason_of(errnum, resources[0].path, buf, sizeof(buf)));
		return pt_err_errno(errnum);
	}
	pt_source_fail(env, metrics, N_METRICS, NULL);
	for (size_t i = 0; i < N_RESOURCES; i++) {
		for (size_t m = 0; m < N_METRICS; m++)
			pressure->resources[i].ids[m] =
				pt_source_series(env, &metrics[m], resources[i].name);
	}
	return 0;
}

/* "some avg10=1.48 avg60=1.11 avg300=0.47 total=6459450" */
static bool scan_line(const char *p, double *ret_ratio, uint64_t *ret_ns)
{
	double percent, other;
	uint64_t total_us;

	if (!pt_scan_is(&p, "avg10=") || !pt_scan_double(&p, &percent) ||
	    !pt_scan_is(&p, "avg60=") || !pt_scan_double(&p, &other) ||
	    !pt_scan_is(&p, "avg300=") || !pt_scan_double(&p, &other) ||
	    !pt_scan_is(&p, "total=") || !pt_scan_u64(&p, &total_us))
		return false;
	if (percent < 0 || percent > 100 || total_us > UINT64_MAX / 1000)
		return false;
	*ret_ratio = percent / 100;
	*ret_ns = total_us * 1000;
	return true;
}

static void tell(struct resource *res, struct pt_collect_env *env, int errnum)
{
	char buf[160];

	for (size_t m = 0; m < N_METRICS && errnum != res->told; m++)
		pt_sink_fail(&env->sink, &metrics[m], res->ids[m],
			     errnum ? reason_of(errnum, res->file.path, buf, sizeof(buf)) : NULL);
	res->told = errnum;
}

static void tell_no_full(struct resource *res, struct pt_collect_env *env)
{
	static const char reason[] = "this kernel counts no full stalls of this resource";

	if (res->told_full)
		return;
	pt_sink_fail(&env->sink, &metrics[FULL_RATIO], res->ids[FULL_RATIO], reason);
	pt_sink_fail(&env->sink, &metrics[FULL_SECONDS], res->ids[FULL_SECONDS], reason);
	res->told_full = true;
}

static void sample_one(struct resource *res, struct pt_collect_env *env)
{
	bool some = false, full = false;
	double ratio;
	uint64_t ns;
	char *text;
	const char *p;

	if (pt_pfile_read(&res->file, env->root, &text) < 0) {
		tell(res, env, errno);
		return;
	}
	p = text;
	do {
		bool is_some = pt_scan_is(&p, "some "),
		     is_full = !is_some && pt_scan_is(&p, "full ");
		bool again = is_some ? some : full;

		if (!(is_some || is_full) || again || !scan_line(p, &ratio, &ns))
			continue;
		some |= is_some;
		full |= is_full;
		pt_sink_gauge(&env->sink, res->ids[is_some ? SOME_RATIO : FULL_RATIO], ratio);
		pt_sink_counter(&env->sink, res->ids[is_some ? SOME_SECONDS : FULL_SECONDS], ns);
	} while (pt_scan_line(&p));
	tell(res, env, some || full ? 0 : EBADMSG);
	if (some && !full)
		tell_no_full(res, env);
}

static void sample(void *state, struct pt_collect_env *env, int64_t now_ns)
{
	struct pressure *pressure = state;

	(void)now_ns;
	for (size_t i = 0; i < N_RESOURCES; i++)
		sample_one(&pressure->resources[i], env);
}

extern const struct pt_collector pt_collector_pressure;
const struct pt_collector pt_collector_pressure = {
	.name = "pressure",
	.help = "Time lost waiting for cpu, memory and I/O (/proc/pressure)",
	.metrics = metrics,
	.n_metrics = N_METRICS,
	.state_size = sizeof(struct pressure),
	.start = start,
	.sample = sample,
	.stop = stop,
};
