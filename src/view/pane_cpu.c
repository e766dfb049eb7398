/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CPU: the machine's time by state, stacked. Idle is what is left; steal and iowait are not use. */
#include "pane_metric.h"

/* In a container with a limit: the share of that limit, and how long it stood still at it. */
static const struct pv_spec contained = {
	.graph = PV_STACK,
	.layers = {{"cgroup_cpu_ratio", NULL, "of limit", PT_ROLE_GRAPH_1, 'u', false},
		   {"cgroup_cpu_limit", NULL, "limit", PT_ROLE_TEXT, 0, true},
		   {"cgroup_cpu_throttled_seconds_total", NULL, "throttled", PT_ROLE_GRAPH_4, 0,
		    true},
		   {"cpu_busy_ratio", NULL, "machine", PT_ROLE_GRAPH_5, 0, true}},
	.stat = "cgroup_cpu_ratio",
	.max = 1,
	.each = "cpu_core_busy_ratio",
	.sparks = {"cpu_core_busy_ratio"},
	.row_max = 1,
	.row_role = PT_ROLE_GRAPH_1,
	.culprit = PT_RESOURCE_CPU + 1,
};

static const struct pv_spec spec = {
	.graph = PV_STACK,
	.layers = {{"cpu_mode_ratio", "mode=\"user\"", "usr", PT_ROLE_GRAPH_1, 'u', false},
		   {"cpu_mode_ratio", "mode=\"system\"", "sys", PT_ROLE_GRAPH_2, 's', false},
		   {"cpu_mode_ratio", "mode=\"iowait\"", "io", PT_ROLE_GRAPH_3, 'w', false},
		   {"cpu_mode_ratio", "mode=\"steal\"", "steal", PT_ROLE_GRAPH_4, '!', false},
		   {"cpu_mode_ratio", "mode=\"nice\"", "nice", PT_ROLE_GRAPH_5, 'n', false},
		   {"cpu_mode_ratio", "mode=\"irq\"", "irq", PT_ROLE_GRAPH_6, 'i', false},
		   {"cpu_mode_ratio", "mode=\"softirq\"", "soft", PT_ROLE_GRAPH_7, 'q', false}},
	.stat = "cpu_busy_ratio",
	.max = 1,
	.each = "cpu_core_busy_ratio",
	.sparks = {"cpu_core_busy_ratio"},
	.cols = {{"cpu_core_frequency_hertz", NULL, 9, PT_UNIT_HERTZ, 0},
		 {"cpu_core_temperature_celsius", NULL, 7, PT_UNIT_CELSIUS, 0}},
	.row_max = 1,
	.row_role = PT_ROLE_GRAPH_1,
	.culprit = PT_RESOURCE_CPU + 1,
	.contained_by = "cgroup_cpu_limit",
	.contained = &contained,
};

PV_PANE(cpu, "cpu", "The machine's CPU time by state", 0, 1);
