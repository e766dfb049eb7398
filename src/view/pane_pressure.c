/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pressure stall: the share of time in which tasks waited for a resource. */
#include "pane_metric.h"

static const struct pv_spec spec = {
	.fixed = {{"cpu", "pressure_some_ratio", "resource=\"cpu\""},
		  {"memory", "pressure_some_ratio", "resource=\"memory\""},
		  {"io", "pressure_some_ratio", "resource=\"io\""},
		  {"mem full", "pressure_full_ratio", "resource=\"memory\""},
		  {"io full", "pressure_full_ratio", "resource=\"io\""}},
	.row_floor = 0.1,
	.row_role = PT_ROLE_GRAPH_3,
	.want_rows = 3,
	.culprit = PT_RESOURCE_CPU + 1,
};

PV_PANE(pressure, "pressure (some, 10 s)", "Time that tasks waited for CPU, memory, disks", 2, 1);
