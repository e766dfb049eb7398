/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GPUs: use, memory, temperature, power. */
#include "pane_metric.h"

static const struct pv_spec spec = {
	.each = "gpu_busy_ratio",
	.sparks = {"gpu_busy_ratio"},
	.cols = {{"gpu_memory_used_bytes", "mem", 13, PT_UNIT_BYTES, 0},
		 {"gpu_temperature_celsius", NULL, 7, PT_UNIT_CELSIUS, 0},
		 {"gpu_power_watts", NULL, 7, PT_UNIT_WATT, 0},
		 {"gpu_clock_hertz", NULL, 9, PT_UNIT_HERTZ, 0}},
	.row_max = 1,
	.row_role = PT_ROLE_GRAPH_7,
	.optional = true,
};

PV_PANE(gpu, "gpu", "Each GPU: use, memory, temperature, power", 6, 1);
