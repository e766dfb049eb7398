/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Network: what comes in grows upwards, what goes out downwards; each interface when zoomed. */
#include "pane_metric.h"

static const struct pv_spec spec = {
	.graph = PV_UPDOWN,
	.layers = {{"network_receive_bytes_total", NULL, "in", PT_ROLE_GRAPH_1, '#', false},
		   {"network_transmit_bytes_total", NULL, "out", PT_ROLE_GRAPH_2, '=', false},
		   {"tcp_retransmits_total", NULL, "retrans", PT_ROLE_TEXT, 0, true}},
	.skip_lo = true,
	.each = "network_receive_bytes_total",
	.sparks = {"network_receive_bytes_total", "network_transmit_bytes_total"},
	.spark_titles = {"in", "out"},
	.cols = {{"network_receive_errors_total", "err", 12, PT_UNIT_COUNT, PT_VALUE_RATE},
		 {"network_receive_drops_total", "drop", 12, PT_UNIT_COUNT, PT_VALUE_RATE},
		 {"network_receive_packets_total", "pkt in", 16, PT_UNIT_COUNT, PT_VALUE_RATE},
		 {"network_transmit_packets_total", "pkt out", 16, PT_UNIT_COUNT, PT_VALUE_RATE}},
	.fixed = {{"TCP retransmits", "tcp_retransmits_total", NULL},
		  {"listen overflows", "tcp_listen_overflows_total", NULL},
		  {"listen drops", "tcp_listen_drops_total", NULL}},
	.row_role = PT_ROLE_GRAPH_1,
};

PV_PANE(network, "network", "Bytes in and out, each interface, retransmits", 5, 1);
