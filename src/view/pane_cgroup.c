/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One cgroup: service or container, against its own limits. */
#include "pane_metric.h"

static const struct pv_spec spec = {
	.fixed = {{"cpu", "cgroup_cpu_ratio", NULL},
		  {"throttled", "cgroup_cpu_throttled_seconds_total", NULL},
		  {"memory", "cgroup_memory_bytes", NULL},
		  {"of limit", "cgroup_memory_limit_ratio", NULL},
		  {"limit", "cgroup_memory_limit_bytes", NULL},
		  {"read", "cgroup_io_read_bytes_total", NULL},
		  {"written", "cgroup_io_write_bytes_total", NULL},
		  {"pids", "cgroup_pids", NULL}},
	.row_range = true,
	.row_role = PT_ROLE_GRAPH_2,
	.optional = true,
	.want_rows = 7,
};

PV_PANE(cgroup, "cgroup", "A service or container: CPU, throttling, memory, I/O", 9, 1);
