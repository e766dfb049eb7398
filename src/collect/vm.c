/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * /proc/vmstat: what the memory manager did. pgpgin and pgpgout count KiB moved from and to block
 * devices, pswpin and pswpout pages of swap.
 */
#include "perftop/base/mem.h"
#include "perftop/collect/scan.h"
#include "perftop/collect/source.h"

#include <errno.h>

/* In the order of the file. */
enum { PAGE_IN, PAGE_OUT, SWAP_IN, SWAP_OUT, FAULTS, MAJOR_FAULTS, OOM_KILLS, N_METRICS };

static const struct pt_metric metrics[N_METRICS] = {
	[PAGE_IN] = {"page_in_bytes_total", NULL, PT_UNIT_BYTES, PT_COUNTER, 0,
		     "Read from block devices into memory"},
	[PAGE_OUT] = {"page_out_bytes_total", NULL, PT_UNIT_BYTES, PT_COUNTER, 0,
		      "Written from memory to block devices"},
	[SWAP_IN] = {"swap_in_bytes_total", NULL, PT_UNIT_BYTES, PT_COUNTER, 0,
		     "Read back from swap"},
	[SWAP_OUT] = {"swap_out_bytes_total", NULL, PT_UNIT_BYTES, PT_COUNTER, 0,
		      "Written to swap"},
	[FAULTS] = {"page_faults_total", NULL, PT_UNIT_COUNT, PT_COUNTER, 0,
		    "Page faults, minor and major"},
	[MAJOR_FAULTS] = {"page_faults_major_total", NULL, PT_UNIT_COUNT, PT_COUNTER, 0,
			  "Page faults that had to wait for a read"},
	[OOM_KILLS] = {"oom_kills_total", NULL, PT_UNIT_COUNT, PT_COUNTER, 0,
		       "Processes killed because memory had run out"},
};

static const char *const keys[N_METRICS] = {
	"pgpgin", "pgpgout", "pswpin", "pswpout", "pgfault", "pgmajfault", "oom_kill",
};

struct vm {
	struct pt_source vmstat;
	int ids[N_METRICS];
	uint64_t factors[N_METRICS];
	uint64_t missing; /* lines that this kernel does not have, and that was told */
};

static int start(void *state, struct pt_collect_env *env)
{
	struct vm *vm = state;
	int rc = pt_source_open(&vm->vmstat, env, "proc/vmstat", metrics, N_METRICS);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < N_METRICS; i++) {
		vm->ids[i] = pt_source_series(env, &metrics[i], NULL);
		vm->factors[i] = 1;
	}
	vm->factors[PAGE_IN] = vm->factors[PAGE_OUT] = 1024;
	vm->factors[SWAP_IN] = vm->factors[SWAP_OUT] = (uint64_t)env->page_size;
	return 0;
}

static void stop(void *state, struct pt_collect_env *env)
{
	struct vm *vm = state;

	(void)env;
	pt_source_close(&vm->vmstat);
}

static void sample(void *state, struct pt_collect_env *env, int64_t now_ns)
{
	struct vm *vm = state;
	const char *text = pt_source_read(&vm->vmstat, env);
	uint64_t values[N_METRICS], found;

	(void)now_ns;
	if (!text)
		return;
	found = pt_scan_keys(text, keys, N_METRICS, values);
	pt_source_done(&vm->vmstat, env, found ? 0 : EBADMSG);
	for (size_t i = 0; found && i < N_METRICS; i++) {
		uint64_t bit = UINT64_C(1) << i;

		if (found & bit) {
			if (values[i] <= UINT64_MAX / vm->factors[i])
				pt_sink_counter(&env->sink, vm->ids[i], values[i] * vm->factors[i]);
		} else if (!(vm->missing & bit)) {
			vm->missing |= bit;
			pt_sink_fail(&env->sink, &metrics[i], vm->ids[i],
				     "this kernel's /proc/vmstat has no such line");
		}
	}
}

extern const struct pt_collector pt_collector_vm;
const struct pt_collector pt_collector_vm = {
	.name = "vm",
	.help = "Page faults, paging, swapping and kills for want of memory (/proc/vmstat)",
	.metrics = metrics,
	.n_metrics = N_METRICS,
	.state_size = sizeof(struct vm),
	.start = start,
	.sample = sample,
	.stop = stop,
};
