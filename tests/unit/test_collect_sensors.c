/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Clock, temperature and throttling, on Intel, AMD, a small ARM board and a virtual machine.
 */
#include "collect_probe.h"

static void put_cpu(const char *frame, int cpu, const char *file, const char *text)
{
	char path[160];

	snprintf(path, sizeof(path), "%ssys/devices/system/cpu/cpu%d/%s", frame, cpu, file);
	tree_put(&tree, path, text);
}

/* Two packages of one core with two threads: 0 and 2 share a core, 1 and 3 do. */
static void put_intel(void)
{
	static const char *const khz[] = {"1000000\n", "2000000\n", "1500000\n", "3500000\n"};
	static const char *const throttles[] = {"7\n", "2\n", "7\n", "2\n"};

	tree_put(&tree, "000/sys/devices/system/cpu/online", "0-3\n");
	for (int i = 0; i < 4; i++) {
		put_cpu("000/", i, "cpufreq/scaling_cur_freq", khz[i]);
		put_cpu("000/", i, "topology/core_id", "4\n");
		put_cpu("000/", i, "topology/physical_package_id", i % 2 ? "1\n" : "0\n");
		put_cpu("000/", i, "thermal_throttle/core_throttle_count", throttles[i]);
		put_cpu("000/", i, "thermal_throttle/package_throttle_count", "5\n");
	}
	tree_put(&tree, "000/sys/devices/system/cpu/cpuidle/x", "");
	tree_put(&tree, "000/sys/class/hwmon/hwmon0/name", "nvme\n");
	tree_put(&tree, "000/sys/class/hwmon/hwmon0/temp1_input", "99000\n");
	tree_put(&tree, "000/sys/class/hwmon/hwmon1/name", "coretemp\n");
	tree_put(&tree, "000/sys/class/hwmon/hwmon1/temp1_label", "Package id 0\n");
	tree_put(&tree, "000/sys/class/hwmon/hwmon1/temp1_input", "61000\n");
	tree_put(&tree, "000/sys/class/hwmon/hwmon1/temp6_label", "Core 4\n");
	tree_put(&tree, "000/sys/class/hwmon/hwmon1/temp6_input", "60000\n");
	tree_put(&tree, "000/sys/class/hwmon/hwmon2/name", "coretemp\n");
	tree_put(&tree, "000/sys/class/hwmon/hwmon2/temp1_label", "Package id 1\n");
	tree_put(&tree, "000/sys/class/hwmon/hwmon2/temp1_input", "48500\n");
	tree_put(&tree, "000/sys/class/hwmon/hwmon2/temp6_label", "Core 4\n");
	tree_put(&tree, "000/sys/class/hwmon/hwmon2/temp6_input", "-2500\n");
}

static double core(const char *metric, int cpu)
{
	char labels[32];

	snprintf(labels, sizeof(labels), "core=\"%d\"", cpu);
	return probe_gauge(&probe, metric, labels);
}

static void an_intel_server(void **state)
{
	(void)state;
	put_intel();
	assert_int_equal(probe_open(&probe, "sensors", tree.dir), 0);
	probe_tick(&probe);
	assert_near(probe_gauge(&probe, "cpu_frequency_hertz", ""), 2e9);
	assert_near(core("cpu_core_frequency_hertz", 0), 1e9);
	assert_near(core("cpu_core_frequency_hertz", 3), 3.5e9);
	assert_near(probe_gauge(&probe, "cpu_temperature_celsius", ""), 61);
	assert_near(core("cpu_core_temperature_celsius", 0), 60);
	assert_near(core("cpu_core_temperature_celsius", 2), 60);
	assert_near(core("cpu_core_temperature_celsius", 1), -2.5);
	assert_near(core("cpu_core_temperature_celsius", 3), -2.5);
	/* Siblings show the same counter: each core and each package once. */
	assert_int_equal(probe_total(&probe, "cpu_throttles_total", "scope=\"core\""), 9);
	assert_int_equal(probe_total(&probe, "cpu_throttles_total", "scope=\"package\""), 10);
	assert_int_equal(probe_total(&probe, "cpu_core_throttles_total", "core=\"2\""), 7);
	assert_int_equal(probe_total(&probe, "cpu_core_throttles_total", "core=\"3\""), 2);
	assert_int_equal(probe.keeper.n_told, 0);
}

static void processors_come_and_go(void **state)
{
	(void)state;
	put_intel();
	tree_put(&tree, "001/sys/devices/system/cpu/online", "0-2\n");
	tree_put(&tree, "001/.gone", "sys/devices/system/cpu/cpu3\n");
	tree_put(&tree, "002/sys/devices/system/cpu/online", "0-3\n");
	put_cpu("002/", 3, "cpufreq/scaling_cur_freq", "500000\n");
	probe_open(&probe, "sensors", tree.dir);
	probe_tick(&probe);
	probe_tick(&probe);
	assert_null(probe_find(&probe, "cpu_core_frequency_hertz", "core=\"3\""));
	assert_near(core("cpu_core_frequency_hertz", 2), 1.5e9);
	assert_near(probe_gauge(&probe, "cpu_frequency_hertz", ""), 1.5e9);
	probe_tick(&probe);
	assert_near(core("cpu_core_frequency_hertz", 3), 0.5e9);
}

static void an_amd_machine(void **state)
{
	(void)state;
	put_cpu("", 0, "cpufreq/scaling_cur_freq", "2200000\n");
	tree_put(&tree, "sys/class/hwmon/hwmon0/name", "k10temp\n");
	tree_put(&tree, "sys/class/hwmon/hwmon0/temp1_label", "Tctl\n");
	tree_put(&tree, "sys/class/hwmon/hwmon0/temp1_input", "82000\n");
	tree_put(&tree, "sys/class/hwmon/hwmon0/temp2_label", "Tdie\n");
	tree_put(&tree, "sys/class/hwmon/hwmon0/temp2_input", "62000\n");
	tree_put(&tree, "sys/class/hwmon/hwmon0/temp3_label", "Tccd1\n");
	tree_put(&tree, "sys/class/hwmon/hwmon0/temp3_input", "70000\n");
	assert_int_equal(probe_open(&probe, "sensors", tree.dir), 0);
	probe_tick(&probe);
	/* Tctl is raised by 20 degrees on some processors, so that fans turn faster. */
	assert_near(probe_gauge(&probe, "cpu_temperature_celsius", ""), 62);
	assert_string_equal(probe_reason(&probe, "cpu_throttles_total", NULL),
			    "this processor does not tell when it is throttled");
}

static void a_small_board(void **state)
{
	(void)state;
	put_cpu("", 0, "cpufreq/scaling_cur_freq", "1800000\n");
	tree_put(&tree, "sys/class/thermal/thermal_zone0/type", "gpu-thermal\n");
	tree_put(&tree, "sys/class/thermal/thermal_zone0/temp", "90000\n");
	tree_put(&tree, "sys/class/thermal/thermal_zone1/type", "cpu-thermal\n");
	tree_put(&tree, "sys/class/thermal/thermal_zone1/temp", "55123\n");
	tree_put(&tree, "sys/class/thermal/cooling_device0/type", "cpufreq\n");
	assert_int_equal(probe_open(&probe, "sensors", tree.dir), 0);
	probe_tick(&probe);
	assert_near(probe_gauge(&probe, "cpu_temperature_celsius", ""), 55.123);
}

#define PROCESSOR(n, mhz, flags) \
	"processor\t: " n "\nmodel name\t: X\ncpu MHz\t\t: " mhz "\nflags\t\t: fpu" flags "\n\n"

static void a_server_whose_firmware_sets_the_clock(void **state)
{
	(void)state;
	put_cpu("", 0, "topology/core_id", "0\n");
	tree_put(&tree, "proc/cpuinfo",
		 PROCESSOR("0", "2000.500", "") PROCESSOR("2", "3000.000", ""));
	assert_int_equal(probe_open(&probe, "sensors", tree.dir), 0);
	probe_tick(&probe);
	assert_near(core("cpu_core_frequency_hertz", 0), 2000.5e6);
	assert_near(core("cpu_core_frequency_hertz", 2), 3e9);
	assert_near(probe_gauge(&probe, "cpu_frequency_hertz", ""), 2500.25e6);
}

static void a_virtual_machine(void **state)
{
	(void)state;
	put_cpu("", 0, "topology/core_id", "0\n");
	tree_put(&tree, "proc/cpuinfo", PROCESSOR("0", "2000.500", " hypervisor"));
	assert_int_equal(probe_open(&probe, "sensors", tree.dir), -PT_ENOTSUP);
	assert_string_equal(probe_reason(&probe, "cpu_frequency_hertz", NULL),
			    "no cpufreq on this virtual machine: its host sets the clock");
	assert_string_equal(probe_reason(&probe, "cpu_temperature_celsius", NULL),
			    "no temperature sensor on this virtual machine");
}

static void a_large_machine_after_the_first_screen(void **state)
{
	(void)state;
	for (int i = 0; i < 40; i++)
		put_cpu("000/", i, "cpufreq/scaling_cur_freq", "2000000\n");
	tree_put(&tree, "001/x", "");
	assert_int_equal(probe_open(&probe, "sensors", tree.dir), 0);
	probe_tick(&probe);
	assert_gap(probe_gauge(&probe, "cpu_frequency_hertz", ""));
	probe_tick(&probe);
	assert_near(probe_gauge(&probe, "cpu_frequency_hertz", ""), 2e9);
	assert_near(core("cpu_core_frequency_hertz", 39), 2e9);
}

static void broken_numbers(void **state)
{
	(void)state;
	put_cpu("", 0, "cpufreq/scaling_cur_freq", "-1\n");
	put_cpu("", 1, "cpufreq/scaling_cur_freq", "<unknown>\n");
	put_cpu("", 2, "cpufreq/scaling_cur_freq", "");
	put_cpu("", 99999, "cpufreq/scaling_cur_freq", "5\n");
	put_cpu("", 3, "thermal_throttle/core_throttle_count", "99999999999999999999\n");
	tree_put(&tree, "sys/class/hwmon/hwmon0/name", "coretemp\n");
	tree_put(&tree, "sys/class/hwmon/hwmon0/temp1_input", "9999000\n");
	tree_put(&tree, "sys/class/hwmon/hwmon0/temp_input", "9000\n");
	assert_int_equal(probe_open(&probe, "sensors", tree.dir), 0);
	probe_tick(&probe);
	assert_gap(probe_gauge(&probe, "cpu_frequency_hertz", ""));
	assert_gap(probe_gauge(&probe, "cpu_temperature_celsius", ""));
	assert_false(probe_find(&probe, "cpu_throttles_total", "scope=\"core\"")->set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PROBE_TEST(an_intel_server),
		PROBE_TEST(processors_come_and_go),
		PROBE_TEST(an_amd_machine),
		PROBE_TEST(a_small_board),
		PROBE_TEST(a_server_whose_firmware_sets_the_clock),
		PROBE_TEST(a_virtual_machine),
		PROBE_TEST(a_large_machine_after_the_first_screen),
		PROBE_TEST(broken_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
