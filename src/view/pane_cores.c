/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cores: each with its history, frequency and temperature. */
#include "pane_metric.h"

static const struct pv_spec spec = {
	.each = "cpu_core_busy_ratio",
	.sparks = {"cpu_core_busy_ratio"},
	.cols = {{"cpu_core_frequency_hertz", NULL, 9, PT_UNIT_HERTZ, 0},
		 {"cpu_core_temperature_celsius", NULL, 7, PT_UNIT_CELSIUS, 0}},
	.row_max = 1,
	.row_role = PT_ROLE_GRAPH_1,
	.want_rows = 12,
	.culprit = PT_RESOURCE_CPU + 1,
};

PV_PANE(cores, "cores", "Each core: use, frequency, temperature", 3, 1);
