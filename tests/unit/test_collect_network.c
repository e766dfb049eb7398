/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Interfaces: exact rates, old spelling, churn.
 */
#include "collect_probe.h"

#define HEAD                                                                                       \
	"Inter-|   Receive                                                |  Transmit\n"           \
	" face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs " \
	"drop fifo colls carrier compressed\n"

static void rates(void **state)
{
	(void)state;
	tree_put(&tree, "000/proc/net/dev",
		 HEAD "    lo:       0       0    0    0    0     0          0         0        0  "
		      "     0    0    0    0     0       0          0\n"
		      "  eth0: 1000 10 1 2 0 0 0 0 5000 50 3 4 0 0 0 0\n");
	tree_put(&tree, "001/proc/net/dev",
		 HEAD "    lo: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
		      "  eth0: 2500 20 2 4 0 0 0 0 9000 90 6 8 0 0 0 0\n");
	assert_int_equal(probe_open(&probe, "network", tree.dir), 0);
	probe_tick(&probe);
	probe_tick(&probe);
	assert_near(probe_rate(&probe, "network_receive_bytes_total", "interface=\"eth0\""), 1500);
	assert_near(probe_rate(&probe, "network_receive_packets_total", "interface=\"eth0\""), 10);
	assert_near(probe_rate(&probe, "network_receive_errors_total", "interface=\"eth0\""), 1);
	assert_near(probe_rate(&probe, "network_receive_drops_total", "interface=\"eth0\""), 2);
	assert_near(probe_rate(&probe, "network_transmit_bytes_total", "interface=\"eth0\""), 4000);
	assert_near(probe_rate(&probe, "network_transmit_packets_total", "interface=\"eth0\""), 40);
	assert_near(probe_rate(&probe, "network_transmit_errors_total", "interface=\"eth0\""), 3);
	assert_near(probe_rate(&probe, "network_transmit_drops_total", "interface=\"eth0\""), 4);
	assert_null(probe_find(&probe, "network_receive_bytes_total", "interface=\"lo\""));
}

static void interfaces_come_and_go(void **state)
{
	(void)state;
	/* An old kernel writes no blank after the colon. */
	tree_put(&tree, "000/proc/net/dev",
		 HEAD "eth0:1000 10 0 0 0 0 0 0 5000 50 0 0 0 0 0 0\n"
		      "veth1:1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n");
	tree_put(&tree, "001/proc/net/dev",
		 HEAD "veth2:1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n"
		      "eth0:1100 11 0 0 0 0 0 0 5000 50 0 0 0 0 0 0\n");
	tree_put(&tree, "002/proc/net/dev", HEAD);
	probe_open(&probe, "network", tree.dir);
	probe_tick(&probe);
	assert_non_null(probe_find(&probe, "network_receive_bytes_total", "interface=\"veth1\""));
	probe_tick(&probe);
	assert_null(probe_find(&probe, "network_receive_bytes_total", "interface=\"veth1\""));
	assert_non_null(probe_find(&probe, "network_receive_bytes_total", "interface=\"veth2\""));
	assert_near(probe_rate(&probe, "network_receive_bytes_total", "interface=\"eth0\""), 100);
	probe_tick(&probe);
	assert_string_equal(probe_reason(&probe, "network_receive_bytes_total", NULL),
			    "no interface has sent or received anything here");
}

static void broken_text(void **state)
{
	(void)state;
	tree_put(&tree, "000/proc/net/dev", "x");
	tree_put(&tree, "001/proc/net/dev",
		 HEAD "eth0: 1 2 3\n: 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n");
	tree_put(&tree, "002/proc/net/dev", HEAD "eth0: -1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n");
	tree_put(&tree, "003/proc/net/dev",
		 HEAD "eth0: 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n"
		      "eth0: 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9\n");
	probe_open(&probe, "network", tree.dir);
	probe_tick(&probe);
	assert_string_equal(probe_reason(&probe, "network_receive_bytes_total", NULL),
			    "not as expected: /proc/net/dev");
	probe_tick(&probe);
	probe_tick(&probe);
	assert_int_equal(probe.keeper.n, 0);
	probe_tick(&probe);
	assert_int_equal(probe_total(&probe, "network_receive_bytes_total", "interface=\"eth0\""),
			 1);
	assert_string_equal(probe_reason(&probe, "network_receive_bytes_total", NULL), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PROBE_TEST(rates),
		PROBE_TEST(interfaces_come_and_go),
		PROBE_TEST(broken_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
