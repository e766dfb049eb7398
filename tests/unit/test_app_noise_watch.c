/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of the machine while a launch ran, from counters at both ends. */
#include "perftop/app/benches.h"

#include "collect_tree.h"

static struct tree tree;
static struct pt_observer watch;
static struct pt_noise_watch *self;
static struct pt_run_machine got;

/* Ticks of 10 ms on two CPUs since the start: busy ones, stolen ones, of 100 on each. */
static void put_ticks(int each, int busy0, int busy1, int steal)
{
	char text[400];

	pt_snprintf(text, sizeof text,
		    "cpu  %d 0 0 %d 0 0 0 %d 0 0\ncpu0 %d 0 0 %d 0 0 0 0 0 0\n"
		    "cpu1 %d 0 0 %d 0 0 0 0 0 0\nintr 5\n",
		    1000 + busy0 + busy1, 1000 + 2 * each - busy0 - busy1 - steal, 50 + steal,
		    500 + busy0, 500 + each - busy0, 500 + busy1, 500 + each - busy1);
	tree_put(&tree, "proc/stat", text);
}

static void put_stat(int busy0, int busy1, int steal)
{
	put_ticks(100, busy0, busy1, steal);
}

static void put_pressure(const char *what, int us)
{
	char path[60], text[200];

	pt_snprintf(path, sizeof path, "proc/pressure/%s", what);
	pt_snprintf(text, sizeof text,
		    "some avg10=0.00 avg60=0.00 avg300=0.00 total=%d\nfull avg10=0.00 avg60=0.00 "
		    "avg300=0.00 total=0\n",
		    us);
	tree_put(&tree, path, text);
}

static void put_cpu(int cpu, const char *file, int value)
{
	char path[120], text[20];

	pt_snprintf(path, sizeof path, "sys/devices/system/cpu/cpu%d/%s", cpu, file);
	pt_snprintf(text, sizeof text, "%d\n", value);
	tree_put(&tree, path, text);
}

/* Quiet at first. */
static int setup(void **state)
{
	(void)state;
	tree_init(&tree);
	put_ticks(0, 0, 0, 0);
	put_pressure("cpu", 1000);
	put_pressure("io", 1000);
	put_pressure("memory", 1000);
	for (int i = 0; i < 2; i++) {
		put_cpu(i, "cpufreq/scaling_cur_freq", 3000000);
		put_cpu(i, "thermal_throttle/core_throttle_count", 4);
	}
	self = pt_noise_watch_new(tree.dir, &watch);
	assert_non_null(self);
	watch.begin(watch.ctx, 1);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	pt_noise_watch_free(self);
	tree_release(&tree);
	return 0;
}

static void end(void)
{
	watch.end(watch.ctx, PT_S, &got);
}

static void test_quiet(void **state)
{
	(void)state;
	put_stat(10, 1, 0);
	end();
	assert_string_equal(got.noisy, "");
	assert_true(fabs(got.busy_ratio - 11 / 200.0) < 1e-9);
	assert_true(got.steal_ratio == 0);
	assert_true(got.pressure_ratio == 0 && got.throttled == 0);
}

static void test_others(void **state)
{
	(void)state;
	put_stat(50, 10, 0);
	put_pressure("cpu", 301000);
	end();
	assert_string_equal(got.noisy, "others used 0.6 of 2 CPUs");
	assert_true(fabs(got.busy_ratio - 0.3) < 1e-9);
	assert_true(fabs(got.pressure_ratio - 0.3) < 1e-9);
}

static void test_steal_and_memory(void **state)
{
	(void)state;
	put_stat(10, 0, 5);
	put_pressure("memory", 101000);
	put_pressure("io", 901000);
	end();
	assert_string_equal(got.noisy, "the host took 33.3 % of the CPU time; "
				       "tasks waited for memory 10 % of the time");
	assert_true(fabs(got.io_pressure_ratio - 0.9) < 1e-9);
}

static void test_heat_and_clock(void **state)
{
	(void)state;
	put_stat(90, 0, 0);
	put_cpu(1, "cpufreq/scaling_cur_freq", 800000); /* idle: of no account */
	watch.end(watch.ctx, PT_MS, &got);
	assert_string_equal(got.noisy, "");
	assert_true(got.frequency_hz == 3e9 && got.frequency_min_hz == 3e9);
	put_ticks(0, 0, 0, 0);
	watch.begin(watch.ctx, 1);
	put_stat(90, 0, 0);
	put_cpu(0, "cpufreq/scaling_cur_freq", 2400000);
	put_cpu(1, "thermal_throttle/core_throttle_count", 6);
	watch.end(watch.ctx, PT_MS, &got);
	assert_string_equal(got.noisy, "throttled by heat 2 times; clock at 2.40 GHz, 3.00 GHz in "
				       "an earlier launch");
	assert_true(got.throttled == 2);
}

/* What the kernel does not tell is not known, and no reason for doubt. */
static void test_nothing_known(void **state)
{
	struct pt_observer other;
	struct pt_noise_watch *w;
	char empty[PATH_MAX + 20];

	(void)state;
	tree_put(&tree, "empty/x", "");
	pt_snprintf(empty, sizeof empty, "%s/empty", tree.dir);
	w = pt_noise_watch_new(empty, &other);
	assert_non_null(w);
	other.begin(other.ctx, 1);
	other.end(other.ctx, PT_S, &got);
	assert_true(isnan(got.busy_ratio) && isnan(got.steal_ratio) && isnan(got.pressure_ratio));
	assert_true(isnan(got.frequency_hz) && isnan(got.throttled));
	assert_string_equal(got.noisy, "");
	pt_noise_watch_free(w);
	assert_null(pt_noise_watch_new("/nowhere/at/all", &other));
	assert_null(other.begin);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_quiet),	   TEST(test_others),	     TEST(test_steal_and_memory),
		TEST(test_heat_and_clock), TEST(test_nothing_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
