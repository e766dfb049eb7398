/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What perftop itself costs. */
#include "pane_metric.h"

static const struct pv_spec spec = {
	.fixed = {{"cpu", "perftop_cpu_ratio", NULL},
		  {"memory", "perftop_resident_bytes", NULL},
		  {"terminal", "perftop_terminal_bytes_total", NULL},
		  {"late", "perftop_tick_late_seconds", NULL}},
	.row_range = true,
	.row_role = PT_ROLE_GRAPH_8,
	.want_rows = 4,
};

PV_PANE(self, "perftop itself", "What perftop costs: CPU, memory, bytes to the terminal", 11, 1);
