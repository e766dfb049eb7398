/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Disks: whole devices, what is read and written, how long it takes, how busy they are. */
#include "pane_metric.h"

#define ROWS                                                                                       \
	.each = "disk_read_bytes_total",                                                           \
	.sparks = {"disk_read_bytes_total", "disk_write_bytes_total"}, .spark_titles = {"r", "w"}, \
	.cols = {{"disk_util_ratio", NULL, 7, PT_UNIT_RATIO, 0},                                   \
		 {"disk_read_await_seconds", "r", 10, PT_UNIT_NS, 0},                              \
		 {"disk_write_await_seconds", "w", 10, PT_UNIT_NS, 0},                             \
		 {"disk_reads_total", "r", 10, PT_UNIT_COUNT, PT_VALUE_RATE},                      \
		 {"disk_writes_total", "w", 10, PT_UNIT_COUNT, PT_VALUE_RATE},                     \
		 {"disk_queue_length", "queue", 10, PT_UNIT_COUNT, 0}},                            \
	.row_role = PT_ROLE_GRAPH_1, .culprit = PT_RESOURCE_IO + 1

/* On the whole screen: what all disks read upwards, what they write downwards, then each. */
static const struct pv_spec zoomed = {
	.graph = PV_UPDOWN,
	.layers = {{"disk_read_bytes_total", NULL, "read", PT_ROLE_GRAPH_1, '#', false},
		   {"disk_write_bytes_total", NULL, "written", PT_ROLE_GRAPH_2, '=', false}},
	ROWS,
};

static const struct pv_spec spec = {
	ROWS,
	.want_rows = 6,
	.zoomed = &zoomed,
};

PV_PANE(disks, "disks", "Each disk: bytes read and written, waiting time, use", 4, 1);
