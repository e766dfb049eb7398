/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Load: how many tasks run or want to. */
#include "pane_metric.h"

static const struct pv_spec spec = {
	.fixed = {{"1 min", "load1", NULL},
		  {"5 min", "load5", NULL},
		  {"15 min", "load15", NULL},
		  {"running", "procs_running", NULL},
		  {"blocked", "procs_blocked", NULL},
		  {"threads", "threads", NULL}},
	.row_range = true,
	.row_role = PT_ROLE_GRAPH_1,
	.want_rows = 6,
	.culprit = PT_RESOURCE_CPU + 1,
};

PV_PANE(load, "load", "Load averages, running and blocked tasks", 7, 1);
