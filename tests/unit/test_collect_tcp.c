/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * TCP counters from the kernel's two-line tables.
 */
#include "collect_probe.h"

#define SNMP_HEAD                               \
	"Ip: Forwarding DefaultTTL\nIp: 2 64\n" \
	"Tcp: RtoMin MaxConn CurrEstab InSegs OutSegs RetransSegs InErrs\n"
#define NETSTAT_HEAD "TcpExt: SyncookiesSent ListenOverflows ListenDrops TW\n"

static void rates(void **state)
{
	(void)state;
	tree_put(&tree, "000/proc/net/snmp", SNMP_HEAD "Tcp: 200 -1 3 1000 2000 10 0\n");
	tree_put(&tree, "000/proc/net/netstat", NETSTAT_HEAD "TcpExt: 0 5 6 7\n");
	tree_put(&tree, "001/proc/net/snmp", SNMP_HEAD "Tcp: 200 -1 4 1500 2190 20 0\n");
	tree_put(&tree, "001/proc/net/netstat", NETSTAT_HEAD "TcpExt: 0 7 9 7\n");
	assert_int_equal(probe_open(&probe, "tcp", tree.dir), 0);
	probe_tick(&probe);
	assert_gap(probe_gauge(&probe, "tcp_retransmit_ratio", ""));
	probe_tick(&probe);
	assert_near(probe_gauge(&probe, "tcp_connections", ""), 4);
	assert_near(probe_rate(&probe, "tcp_segments_received_total", ""), 500);
	assert_near(probe_rate(&probe, "tcp_segments_sent_total", ""), 190);
	assert_near(probe_rate(&probe, "tcp_retransmits_total", ""), 10);
	assert_near(probe_gauge(&probe, "tcp_retransmit_ratio", ""), 0.05);
	assert_near(probe_rate(&probe, "tcp_listen_overflows_total", ""), 2);
	assert_near(probe_rate(&probe, "tcp_listen_drops_total", ""), 3);
}

static void one_file_alone(void **state)
{
	(void)state;
	tree_put(&tree, "proc/net/snmp", SNMP_HEAD "Tcp: 200 -1 3 1000 2000 10 0\n");
	assert_int_equal(probe_open(&probe, "tcp", tree.dir), 0);
	probe_tick(&probe);
	assert_near(probe_gauge(&probe, "tcp_connections", ""), 3);
	assert_string_equal(probe_reason(&probe, "tcp_listen_drops_total", NULL),
			    "this kernel has no /proc/net/netstat");
}

static void broken_text(void **state)
{
	static const char *const broken[] = {
		"",
		"Tcp:",
		SNMP_HEAD,
		SNMP_HEAD "Udp: 1 2 3 4 5 6 7\n",
		SNMP_HEAD "Tcp: 200 -1 3 1000 2000\n",
		SNMP_HEAD "Tcp: 200 -1 3 1000 x 10 0\n",
		"Tcp: InSegs InSegs InSegs InSegs\nTcp: 1 2 3 4\n",
	};

	(void)state;
	tree_put(&tree, "000/proc/net/netstat", NETSTAT_HEAD "TcpExt: 0 5 6 7\n");
	for (size_t i = 0; i < PT_LEN(broken); i++) {
		char path[32];

		snprintf(path, sizeof(path), "%03zu/proc/net/snmp", i);
		tree_put(&tree, path, broken[i]);
	}
	probe_open(&probe, "tcp", tree.dir);
	for (size_t i = 0; i < PT_LEN(broken); i++) {
		probe_tick(&probe);
		assert_gap(probe_gauge(&probe, "tcp_connections", ""));
		assert_string_equal(probe_reason(&probe, "tcp_connections", NULL),
				    "not as expected: /proc/net/snmp");
		assert_int_equal(probe_total(&probe, "tcp_listen_drops_total", ""), 6);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PROBE_TEST(rates),
		PROBE_TEST(one_file_alone),
		PROBE_TEST(broken_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
