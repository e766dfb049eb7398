/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Custom sources: what the project's config.json reads. */
#include "pane_metric.h"

static const struct pv_spec spec = {
	.custom = true,
	.row_range = true,
	.row_role = PT_ROLE_GRAPH_2,
	.optional = true,
	.want_rows = 8,
};

PV_PANE(custom, "custom", "Sources of the project's config.json", 6, 1);
