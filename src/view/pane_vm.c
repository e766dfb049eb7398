/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Virtual memory and the scheduler: faults, switches, forks, swapping. */
#include "pane_metric.h"

static const struct pv_spec spec = {
	.fixed = {{"switches", "context_switches_total", NULL},
		  {"interrupts", "interrupts_total", NULL},
		  {"forks", "forks_total", NULL},
		  {"faults", "page_faults_total", NULL},
		  {"major", "page_faults_major_total", NULL},
		  {"swap in", "swap_in_bytes_total", NULL},
		  {"swap out", "swap_out_bytes_total", NULL},
		  {"oom kills", "oom_kills_total", NULL}},
	.row_range = true,
	.row_role = PT_ROLE_GRAPH_5,
	.want_rows = 8,
};

PV_PANE(vm, "kernel", "Context switches, forks, page faults, swapping", 8, 1);
