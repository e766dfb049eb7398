/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * /proc/net/snmp and /proc/net/netstat: TCP of our network namespace, IPv4 and IPv6 together. Both
 * files sum counters over all processors (60 µs together on two of them), so they have a slower
 * interval. They are tables: a line of names, then a line of numbers, each after the protocol.
 */
#include "perftop/base/mem.h"
#include "perftop/collect/scan.h"
#include "perftop/collect/source.h"

#include <errno.h>
#include <string.h>

enum {
	CONNECTIONS,
	RECEIVED,
	SENT,
	RETRANSMITS,
	RETRANSMIT_RATIO,
	LISTEN_OVERFLOWS,
	LISTEN_DROPS,
	N_METRICS
};

static const struct pt_metric metrics[N_METRICS] = {
	[CONNECTIONS] = {"tcp_connections", NULL, PT_UNIT_COUNT, PT_GAUGE, 0,
			 "TCP connections that are established"},
	[RECEIVED] = {"tcp_segments_received_total", NULL, PT_UNIT_COUNT, PT_COUNTER, 0,
		      "TCP segments received"},
	[SENT] = {"tcp_segments_sent_total", NULL, PT_UNIT_COUNT, PT_COUNTER, 0,
		  "TCP segments sent, without those sent again"},
	[RETRANSMITS] = {"tcp_retransmits_total", NULL, PT_UNIT_COUNT, PT_COUNTER, 0,
			 "TCP segments sent again"},
	[RETRANSMIT_RATIO] = {"tcp_retransmit_ratio", NULL, PT_UNIT_RATIO, PT_GAUGE, 0,
			      "Share of TCP segments that were sent again"},
	[LISTEN_OVERFLOWS] = {"tcp_listen_overflows_total", NULL, PT_UNIT_COUNT, PT_COUNTER, 0,
			      "Connections refused because a listener's queue was full"},
	[LISTEN_DROPS] = {"tcp_listen_drops_total", NULL, PT_UNIT_COUNT, PT_COUNTER, 0,
			  "Connections that a listener lost, for whatever reason"},
};

/* Columns of the tables, and the metric that each is. */
static const struct column {
	const char *name;
	int metric;
} snmp_columns[] = {{"CurrEstab", CONNECTIONS},
		    {"InSegs", RECEIVED},
		    {"OutSegs", SENT},
		    {"RetransSegs", RETRANSMITS}},
  netstat_columns[] = {{"ListenOverflows", LISTEN_OVERFLOWS}, {"ListenDrops", LISTEN_DROPS}};

struct tcp {
	struct pt_source snmp, netstat;
	int ids[N_METRICS];
	uint64_t sent, retransmits;
	bool before;
};

static void stop(void *state, struct pt_collect_env *env)
{
	struct tcp *tcp = state;

	(void)env;
	pt_source_close(&tcp->snmp);
	pt_source_close(&tcp->netstat);
}

static int start(void *state, struct pt_collect_env *env)
{
	struct tcp *tcp = state;
	int rc = pt_source_open(&tcp->snmp, env, "proc/net/snmp", metrics, LISTEN_OVERFLOWS);
	int rc2 = pt_source_open(&tcp->netstat, env, "proc/net/netstat", &metrics[LISTEN_OVERFLOWS],
				 N_METRICS - LISTEN_OVERFLOWS);

	if (rc < 0 && rc2 < 0)
		return rc;
	for (size_t i = 0; i < N_METRICS; i++)
		tcp->ids[i] = pt_source_series(env, &metrics[i], NULL);
	return 0;
}

/* A table of two lines `Tcp: names` and `Tcp: numbers`: values by metric. Were all columns found? */
static bool scan_table(const char *p, const char *protocol, const struct column *columns,
		       size_t n_columns, uint64_t values[N_METRICS])
{
	const char *numbers, *name;
	size_t len;
	unsigned found = 0;

	while (!pt_scan_is(&p, protocol)) {
		if (!pt_scan_line(&p))
			return false;
	}
	numbers = p;
	if (!pt_scan_line(&numbers) || !pt_scan_is(&numbers, protocol))
		return false;
	while ((len = pt_scan_word(&p, &name)) > 0) {
		const char *number;
		uint64_t value;

		if (pt_scan_word(&numbers, &number) == 0)
			break;
		for (size_t i = 0; i < n_columns; i++) {
			if (strlen(columns[i].name) != len ||
			    memcmp(columns[i].name, name, len) != 0 ||
			    !pt_scan_u64(&number, &value))
				continue;
			values[columns[i].metric] = value;
			found |= 1U << i;
		}
	}
	return found == (1U << n_columns) - 1;
}

static void report_retransmits(struct tcp *tcp, struct pt_collect_env *env, uint64_t sent,
			       uint64_t again)
{
	double more_sent = (double)pt_grown(tcp->sent, sent);
	double more_again = (double)pt_grown(tcp->retransmits, again);

	if (tcp->before && more_sent + more_again > 0)
		pt_sink_gauge(&env->sink, tcp->ids[RETRANSMIT_RATIO],
			      more_again / (more_sent + more_again));
	tcp->sent = sent;
	tcp->retransmits = again;
	tcp->before = true;
}

static void sample(void *state, struct pt_collect_env *env, int64_t now_ns)
{
	struct tcp *tcp = state;
	uint64_t values[N_METRICS];
	const char *text = pt_source_read(&tcp->snmp, env);
	bool understood;

	(void)now_ns;
	if (text) {
		understood = scan_table(text, "Tcp:", snmp_columns, PT_LEN(snmp_columns), values);
		pt_source_done(&tcp->snmp, env, understood ? 0 : EBADMSG);
		if (understood) {
			pt_sink_gauge(&env->sink, tcp->ids[CONNECTIONS],
				      (double)values[CONNECTIONS]);
			for (size_t i = RECEIVED; i <= RETRANSMITS; i++)
				pt_sink_counter(&env->sink, tcp->ids[i], values[i]);
			report_retransmits(tcp, env, values[SENT], values[RETRANSMITS]);
		}
	}
	text = pt_source_read(&tcp->netstat, env);
	if (!text)
		return;
	understood = scan_table(text, "TcpExt:", netstat_columns, PT_LEN(netstat_columns), values);
	pt_source_done(&tcp->netstat, env, understood ? 0 : EBADMSG);
	for (size_t i = LISTEN_OVERFLOWS; understood && i < N_METRICS; i++)
		pt_sink_counter(&env->sink, tcp->ids[i], values[i]);
}

extern const struct pt_collector pt_collector_tcp;
const struct pt_collector pt_collector_tcp = {
	.name = "tcp",
	.help = "TCP segments, retransmissions and full listeners (/proc/net/snmp, netstat)",
	.metrics = metrics,
	.n_metrics = N_METRICS,
	.interval_ns = 5 * PT_S,
	.state_size = sizeof(struct tcp),
	.start = start,
	.sample = sample,
	.stop = stop,
};
