/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * /proc/net/dev: the interfaces of our network namespace. An interface is shown from its first
 * packet on, which leaves out dummies and unused ports.
 */
#include "perftop/base/mem.h"
#include "perftop/collect/roster.h"
#include "perftop/collect/scan.h"
#include "perftop/collect/source.h"

#include <errno.h>
#include <string.h>

enum {
	RX_BYTES,
	RX_PACKETS,
	RX_ERRORS,
	RX_DROPS,
	TX_BYTES,
	TX_PACKETS,
	TX_ERRORS,
	TX_DROPS,
	N_METRICS
};

static const struct pt_metric metrics[N_METRICS] = {
	[RX_BYTES] = {"network_receive_bytes_total", "interface", PT_UNIT_BYTES, PT_COUNTER, 0,
		      "Bytes received"},
	[RX_PACKETS] = {"network_receive_packets_total", "interface", PT_UNIT_COUNT, PT_COUNTER, 0,
			"Packets received"},
	[RX_ERRORS] = {"network_receive_errors_total", "interface", PT_UNIT_COUNT, PT_COUNTER, 0,
		       "Packets that arrived broken"},
	[RX_DROPS] = {"network_receive_drops_total", "interface", PT_UNIT_COUNT, PT_COUNTER, 0,
		      "Packets that arrived and were dropped, for want of room or of a taker"},
	[TX_BYTES] = {"network_transmit_bytes_total", "interface", PT_UNIT_BYTES, PT_COUNTER, 0,
		      "Bytes sent"},
	[TX_PACKETS] = {"network_transmit_packets_total", "interface", PT_UNIT_COUNT, PT_COUNTER, 0,
			"Packets sent"},
	[TX_ERRORS] = {"network_transmit_errors_total", "interface", PT_UNIT_COUNT, PT_COUNTER, 0,
		       "Packets that could not be sent"},
	[TX_DROPS] = {"network_transmit_drops_total", "interface", PT_UNIT_COUNT, PT_COUNTER, 0,
		      "Packets dropped before they were sent"},
};

/* Which number of a line each metric is: eight of receiving, then eight of sending. */
static const unsigned char columns[N_METRICS] = {
	[RX_BYTES] = 0, [RX_PACKETS] = 1, [RX_ERRORS] = 2,  [RX_DROPS] = 3,
	[TX_BYTES] = 8, [TX_PACKETS] = 9, [TX_ERRORS] = 10, [TX_DROPS] = 11,
};

enum { N_COLUMNS = 12 };

struct network {
	struct pt_source dev;
	struct pt_roster roster;
};

static int start(void *state, struct pt_collect_env *env)
{
	struct network *network = state;

	int rc = pt_source_open(&network->dev, env, "proc/net/dev", metrics, N_METRICS);

	network->dev.none = "no interface has sent or received anything here";
	network->roster = (struct pt_roster){.metrics = metrics, .n_metrics = N_METRICS};
	return rc;
}

static void stop(void *state, struct pt_collect_env *env)
{
	struct network *network = state;

	(void)env;
	pt_source_close(&network->dev);
	pt_roster_release(&network->roster);
}

/* "  eth0: 23054595 669 …", without a blank after the colon in old kernels; false if it is none. */
static bool sample_line(struct network *network, struct pt_collect_env *env, const char *p)
{
	uint64_t values[N_COLUMNS];
	struct pt_member *interface;
	size_t len;

	p += strspn(p, " ");
	len = strcspn(p, ":\n");
	if (p[len] != ':')
		return false;
	interface = pt_roster_find(&network->roster, p, len);
	p += len + 1;
	if (!interface || pt_scan_u64s(&p, values, N_COLUMNS) < N_COLUMNS)
		return false;
	if (!values[columns[RX_PACKETS]] && !values[columns[TX_PACKETS]] && !interface->shown)
		return true;
	pt_roster_show(&network->roster, env, interface);
	for (size_t i = 0; i < N_METRICS; i++)
		pt_sink_counter(&env->sink, interface->ids[i], values[columns[i]]);
	return true;
}

static void sample(void *state, struct pt_collect_env *env, int64_t now_ns)
{
	struct network *network = state;
	const char *p = pt_source_read(&network->dev, env);
	bool understood;
	size_t shown;

	(void)now_ns;
	if (!p)
		return;
	/* The two lines of the head alone: a namespace without any interface. */
	understood = strncmp(p, "Inter-|", 7) == 0;
	pt_roster_begin(&network->roster);
	do
		understood |= sample_line(network, env, p);
	while (pt_scan_line(&p));
	shown = pt_roster_end(&network->roster, env);
	pt_source_done(&network->dev, env, !understood ? EBADMSG : shown ? 0 : ENODATA);
}

extern const struct pt_collector pt_collector_network;
const struct pt_collector pt_collector_network = {
	.name = "network",
	.help = "Bytes, packets, errors and drops of each interface (/proc/net/dev)",
	.metrics = metrics,
	.n_metrics = N_METRICS,
	.state_size = sizeof(struct network),
	.start = start,
	.sample = sample,
	.stop = stop,
};
