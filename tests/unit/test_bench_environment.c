/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What names the class of a machine, from files as several machines have them. */
#include "perftop/bench/runner.h"

#include "collect_tree.h"

static struct tree tree;

static int setup(void **state)
{
	(void)state;
	tree_init(&tree);
	tree_put(&tree, "proc/sys/kernel/arch", "x86_64\n");
	tree_put(&tree, "proc/sys/kernel/osrelease", "6.1.0-x\n");
	tree_put(&tree, "proc/sys/kernel/hostname", "runner-07\n");
	tree_put(&tree, "proc/sys/kernel/randomize_va_space", "2\n");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tree_release(&tree);
	return 0;
}

static void check_class(const char *cpuinfo, const char *arch, const char *wanted)
{
	struct pt_environment env = {0};

	tree_put(&tree, "proc/cpuinfo", cpuinfo);
	tree_put(&tree, "proc/sys/kernel/arch", arch);
	pt_environment_read(&env, tree.dir, NULL);
	assert_string_equal(env.machine_class, wanted);
	pt_environment_release(&env);
}

static void test_class(void **state)
{
	(void)state;
	check_class("processor\t: 0\nmodel name\t: AMD EPYC 7763 64-Core Processor\n\n"
		    "processor\t: 1\nmodel name\t: AMD EPYC 7763 64-Core Processor\n",
		    "x86_64", "x86_64-amd-epyc-7763-2c");
	check_class("processor\t: 0\nmodel name\t: Intel(R) Xeon(R) Platinum 8370C CPU @ 2.80GHz\n",
		    "x86_64", "x86_64-intel-xeon-platinum-8370c-1c");
	check_class(
		"processor\t: 0\nmodel name\t: 11th Gen Intel(R) Core(TM) i7-1165G7 @ 2.80GHz\n",
		"x86_64", "x86_64-11th-gen-intel-i7-1165g7-1c");
	check_class("processor\t: 0\nBogoMIPS\t: 50\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n\n"
		    "processor\t: 1\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n",
		    "aarch64", "aarch64-arm-0x41-0xd0c-2c");
	/* A model that somebody has made up cannot lead out of the folder. */
	check_class("processor\t: 0\nmodel name\t: ../../\x1b[31m/x\n", "x86_64",
		    "x86_64-31m-x-1c");
}

static void test_override(void **state)
{
	struct pt_environment env = {0};

	(void)state;
	tree_put(&tree, "proc/cpuinfo", "processor\t: 0\nmodel name\t: X\nflags\t: a hypervisor\n");
	tree_put(&tree, "sys/devices/system/cpu/intel_pstate/no_turbo", "1\n");
	tree_put(&tree, "sys/devices/system/cpu/smt/active", "1\n");
	tree_put(&tree, "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
	pt_environment_read(&env, tree.dir, "lab");
	assert_string_equal(env.machine_class, "lab");
	assert_string_equal(pt_environment_get(&env, "cpu"), "X");
	assert_string_equal(pt_environment_get(&env, "cores"), "1");
	assert_string_equal(pt_environment_get(&env, "kernel"), "6.1.0-x");
	assert_string_equal(pt_environment_get(&env, "host"), "runner-07");
	assert_string_equal(pt_environment_get(&env, "turbo"), "off");
	assert_string_equal(pt_environment_get(&env, "smt"), "on");
	assert_string_equal(pt_environment_get(&env, "aslr"), "on");
	assert_string_equal(pt_environment_get(&env, "virtual"), "yes");
	assert_string_equal(pt_environment_get(&env, "governor"), "powersave");
	pt_environment_release(&env);
}

static void test_override_is_a_name(void **state)
{
	struct pt_environment env = {0};

	(void)state;
	pt_environment_read(&env, tree.dir, "../lab 1/x.y-z");
	assert_string_equal(env.machine_class, "_._lab_1_x.y-z");
	pt_environment_release(&env);
}

static void test_nothing(void **state)
{
	struct pt_environment env = {0};

	(void)state;
	pt_environment_read(&env, "/nowhere", NULL);
	assert_non_null(env.machine_class);
	assert_non_null(strstr(env.machine_class, "-unknown-"));
	assert_null(pt_environment_get(&env, "governor"));
	pt_environment_release(&env);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_class, setup, teardown),
		cmocka_unit_test_setup_teardown(test_override, setup, teardown),
		cmocka_unit_test_setup_teardown(test_override_is_a_name, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nothing, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
