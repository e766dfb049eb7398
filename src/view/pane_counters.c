/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hardware counters: cycles, instructions, misses. */
#include "pane_metric.h"

static const struct pv_spec spec = {
	.fixed = {{"IPC", "perf_instructions_per_cycle", NULL},
		  {"cycles", "perf_cycles_total", NULL},
		  {"instructions", "perf_instructions_total", NULL},
		  {"cache misses", "perf_cache_misses_total", NULL},
		  {"branch misses", "perf_branch_misses_total", NULL},
		  {"task clock", "perf_task_clock_seconds_total", NULL},
		  {"migrations", "perf_cpu_migrations_total", NULL}},
	.row_range = true,
	.row_role = PT_ROLE_GRAPH_6,
	.want_rows = 7,
};

PV_PANE_OF(counters, "counters", "Hardware counters: instructions per cycle, misses", 12, 1,
	   "perf");
