/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * /proc/meminfo. Memory is split so that used + cache + buffers + free is the total: used is what
 * processes and the kernel hold, shared memory (tmpfs too) among it; cache is what could be read
 * again from disks, reclaimable kernel memory among it. Available is the kernel's own estimate of
 * what can be had without swapping; a kernel before 3.14 has none, and there it is estimated as
 * free + buffers + cache.
 */
#include "perftop/base/mem.h"
#include "perftop/collect/scan.h"
#include "perftop/collect/source.h"

#include <errno.h>
#include <math.h>

enum {
	TOTAL,
	USED,
	USED_RATIO,
	FREE,
	AVAILABLE,
	CACHE,
	BUFFERS,
	SHARED,
	DIRTY,
	WRITEBACK,
	COMMITTED,
	COMMIT_LIMIT,
	SWAP_TOTAL,
	SWAP_USED,
	SWAP_FREE,
	HUGE_TOTAL,
	HUGE_FREE,
	HUGE_ANON,
	N_METRICS
};

#define GAUGE_BYTES(name, help)                              \
	{                                                    \
		name, NULL, PT_UNIT_BYTES, PT_GAUGE, 0, help \
	}

static const struct pt_metric metrics[N_METRICS] = {
	[TOTAL] = GAUGE_BYTES("memory_total_bytes", "Memory that the kernel manages"),
	[USED] = GAUGE_BYTES("memory_used_bytes",
			     "Memory held by processes and the kernel, without cache and buffers"),
	[USED_RATIO] = {"memory_used_ratio", NULL, PT_UNIT_RATIO, PT_GAUGE, 0,
			"Share of memory held by processes and the kernel"},
	[FREE] = GAUGE_BYTES("memory_free_bytes", "Memory used for nothing at all"),
	[AVAILABLE] = GAUGE_BYTES("memory_available_bytes",
				  "Estimate of what can be had without swapping"),
	[CACHE] = GAUGE_BYTES("memory_cache_bytes",
			      "File cache and reclaimable kernel memory, without shared memory"),
	[BUFFERS] = GAUGE_BYTES("memory_buffers_bytes", "Cache of block devices"),
	[SHARED] = GAUGE_BYTES("memory_shared_bytes", "Shared memory and tmpfs, part of used"),
	[DIRTY] = GAUGE_BYTES("memory_dirty_bytes", "Cache that waits to be written"),
	[WRITEBACK] = GAUGE_BYTES("memory_writeback_bytes", "Cache that is being written"),
	[COMMITTED] = GAUGE_BYTES("memory_committed_bytes",
				  "Memory promised to processes, touched or not"),
	[COMMIT_LIMIT] = GAUGE_BYTES("memory_commit_limit_bytes",
				     "What could be promised if overcommitting were forbidden"),
	[SWAP_TOTAL] = GAUGE_BYTES("swap_total_bytes", "Swap space; 0: none is set up"),
	[SWAP_USED] = GAUGE_BYTES("swap_used_bytes", "Swap space in use"),
	[SWAP_FREE] = GAUGE_BYTES("swap_free_bytes", "Swap space left"),
	[HUGE_TOTAL] = GAUGE_BYTES("hugepages_total_bytes", "Memory set aside as huge pages"),
	[HUGE_FREE] = GAUGE_BYTES("hugepages_free_bytes", "Huge pages set aside and not used"),
	[HUGE_ANON] = GAUGE_BYTES("hugepages_transparent_bytes",
				  "Processes' memory in transparent huge pages"),
};

enum {
	K_TOTAL,
	K_FREE,
	K_AVAILABLE,
	K_BUFFERS,
	K_CACHED,
	K_SWAP_TOTAL,
	K_SWAP_FREE,
	K_DIRTY,
	K_WRITEBACK,
	K_SHMEM,
	K_RECLAIMABLE,
	K_COMMIT_LIMIT,
	K_COMMITTED,
	K_ANON_HUGE,
	K_HUGE_TOTAL,
	K_HUGE_FREE,
	K_HUGE_SIZE,
	N_KEYS
};

/* In the order of the file. */
static const char *const keys[N_KEYS] = {
	"MemTotal",	  "MemFree",	  "MemAvailable", "Buffers",	   "Cached",
	"SwapTotal",	  "SwapFree",	  "Dirty",	  "Writeback",	   "Shmem",
	"SReclaimable",	  "CommitLimit",  "Committed_AS", "AnonHugePages", "HugePages_Total",
	"HugePages_Free", "Hugepagesize",
};

struct memory {
	struct pt_source meminfo;
	int ids[N_METRICS];
	bool told_old; /* that lines are missing */
};

/* Those lines as bytes; NaN for a line that this kernel does not have. */
struct lines {
	double bytes[N_KEYS];
};

static int start(void *state, struct pt_collect_env *env)
{
	struct memory *memory = state;
	int rc = pt_source_open(&memory->meminfo, env, "proc/meminfo", metrics, N_METRICS);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < N_METRICS; i++)
		memory->ids[i] = pt_source_series(env, &metrics[i], NULL);
	return 0;
}

static void stop(void *state, struct pt_collect_env *env)
{
	struct memory *memory = state;

	(void)env;
	pt_source_close(&memory->meminfo);
}

static void scan(const char *text, struct lines *ret)
{
	uint64_t values[N_KEYS], found = pt_scan_keys(text, keys, N_KEYS, values);

	for (size_t i = 0; i < N_KEYS; i++)
		ret->bytes[i] = found & (UINT64_C(1) << i) ? (double)values[i] * 1024 : NAN;
	/* These two count pages, not KiB. */
	ret->bytes[K_HUGE_TOTAL] *= ret->bytes[K_HUGE_SIZE] / 1024;
	ret->bytes[K_HUGE_FREE] *= ret->bytes[K_HUGE_SIZE] / 1024;
}

static double or_zero(double v)
{
	return isnan(v) ? 0 : v;
}

/* a - b, but never below nothing: the lines are not written at one moment. */
static double less(double a, double b)
{
	return a < b ? 0 : a - b;
}

static void derive(const struct lines *lines, double ret[N_METRICS])
{
	const double *b = lines->bytes;
	double cache = less(b[K_CACHED] + or_zero(b[K_RECLAIMABLE]), or_zero(b[K_SHMEM]));
	double spare = b[K_FREE] + b[K_BUFFERS] + cache;

	ret[TOTAL] = b[K_TOTAL];
	ret[USED] = less(b[K_TOTAL], spare);
	ret[USED_RATIO] = b[K_TOTAL] > 0 ? ret[USED] / b[K_TOTAL] : NAN;
	ret[FREE] = b[K_FREE];
	ret[AVAILABLE] = isnan(b[K_AVAILABLE]) ? spare : b[K_AVAILABLE];
	ret[CACHE] = cache;
	ret[BUFFERS] = b[K_BUFFERS];
	ret[SHARED] = b[K_SHMEM];
	ret[DIRTY] = b[K_DIRTY];
	ret[WRITEBACK] = b[K_WRITEBACK];
	ret[COMMITTED] = b[K_COMMITTED];
	ret[COMMIT_LIMIT] = b[K_COMMIT_LIMIT];
	ret[SWAP_TOTAL] = b[K_SWAP_TOTAL];
	ret[SWAP_USED] = less(b[K_SWAP_TOTAL], b[K_SWAP_FREE]);
	ret[SWAP_FREE] = b[K_SWAP_FREE];
	ret[HUGE_TOTAL] = b[K_HUGE_TOTAL];
	ret[HUGE_FREE] = b[K_HUGE_FREE];
	ret[HUGE_ANON] = b[K_ANON_HUGE];
}

static void sample(void *state, struct pt_collect_env *env, int64_t now_ns)
{
	struct memory *memory = state;
	const char *text = pt_source_read(&memory->meminfo, env);
	double values[N_METRICS];
	struct lines lines;

	(void)now_ns;
	if (!text)
		return;
	scan(text, &lines);
	pt_source_done(&memory->meminfo, env, isnan(lines.bytes[K_TOTAL]) ? EBADMSG : 0);
	if (isnan(lines.bytes[K_TOTAL]))
		return;
	derive(&lines, values);
	for (size_t i = 0; i < N_METRICS; i++) {
		if (!isnan(values[i]))
			pt_sink_gauge(&env->sink, memory->ids[i], values[i]);
		else if (!memory->told_old)
			pt_sink_fail(&env->sink, &metrics[i], memory->ids[i],
				     "this kernel's /proc/meminfo has no such line");
	}
	memory->told_old = true;
}

extern const struct pt_collector pt_collector_memory;
const struct pt_collector pt_collector_memory = {
	.name = "memory",
	.help = "Memory, swap and huge pages (/proc/meminfo)",
	.metrics = metrics,
	.n_metrics = N_METRICS,
	.state_size = sizeof(struct memory),
	.start = start,
	.sample = sample,
	.stop = stop,
};
