/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * GPUs through a library that stands for NVIDIA's. It is loaded here first; as its soname is the
 * real one's, the collector's own dlopen() finds it.
 */
#include "collect_tree.h"
#include "fake_nvml.h"

#include "perftop/base/loop.h"

#include <dlfcn.h>

static struct fake_nvml *fake;

struct rig {
	struct tree tree;
	struct probe probe;
	struct pt_loop *loop;
	int64_t now_ns;
};

static int rig_open(struct rig *rig, const char *sign)
{
	int rc;

	*rig = (struct rig){.now_ns = 1000 * PT_S};
	*fake = (struct fake_nvml){.n = 2, .busy = 40, .throttles = 1};
	tree_init(&rig->tree);
	tree_put(&rig->tree, sign, "NVRM version: NVIDIA UNIX x86_64 Kernel Module 535.1\n");
	rc = probe_open(&rig->probe, "gpu", rig->tree.dir);
	rig->loop = pt_loop_new();
	rig->probe.env.loop = rig->loop;
	return rc;
}

static void sample(struct rig *rig)
{
	for (size_t i = 0; i < rig->probe.keeper.n; i++)
		rig->probe.keeper.series[i].set = false;
	rig->probe.collector->sample(rig->probe.state, &rig->probe.env, rig->now_ns);
}

static bool is_news(struct rig *rig, unsigned n_told)
{
	bool news = rig->probe.keeper.n_told > n_told;

	for (size_t i = 0; i < rig->probe.keeper.n; i++)
		news |= rig->probe.keeper.series[i].set;
	return news;
}

/* The tick that asks, and those that follow until one reports the worker's answer. */
static void ask(struct rig *rig)
{
	unsigned n_told = rig->probe.keeper.n_told;
	int i = 0;

	rig->now_ns += 2 * PT_S;
	do {
		sample(rig);
		assert_true(i++ < 500);
		if (!is_news(rig, n_told))
			pt_loop_step(rig->loop, 10 * PT_MS);
	} while (!is_news(rig, n_told));
}

static void rig_close(struct rig *rig)
{
	probe_close(&rig->probe);
	pt_loop_free(rig->loop);
	tree_release(&rig->tree);
	assert_int_equal(fake->n_shutdown, fake->init_result ? 0 : fake->n_init);
}

static void test_values(void **state)
{
	struct rig rig;
	struct probe *probe = &rig.probe;

	(void)state;
	assert_int_equal(rig_open(&rig, "proc/driver/nvidia/version"), 0);
	ask(&rig);
	assert_near(probe_gauge(probe, "gpu_busy_ratio", "gpu=\"0\""), 0.40);
	assert_near(probe_gauge(probe, "gpu_busy_ratio", "gpu=\"1\""), 0.41);
	assert_near(probe_gauge(probe, "gpu_memory_busy_ratio", "gpu=\"0\""), 0.07);
	assert_near(probe_gauge(probe, "gpu_memory_used_bytes", "gpu=\"0\""), 4.0 * (1 << 30));
	assert_near(probe_gauge(probe, "gpu_memory_total_bytes", "gpu=\"0\""), 24.0 * (1 << 30));
	assert_near(probe_gauge(probe, "gpu_temperature_celsius", "gpu=\"0\""), 61);
	assert_near(probe_gauge(probe, "gpu_power_watts", "gpu=\"0\""), 125.5);
	assert_near(probe_gauge(probe, "gpu_clock_hertz", "gpu=\"0\""), 1500e6);
	assert_near(probe_gauge(probe, "gpu_memory_clock_hertz", "gpu=\"0\""), 9501e6);
	assert_near(probe_gauge(probe, "gpu_throttled", "gpu=\"0\",reason=\"thermal\""), 0);
	assert_gap(probe_gauge(probe, "gpu_power_watts", "gpu=\"1\""));
	assert_string_equal(probe_reason(probe, "gpu_power_watts", "gpu=\"1\""),
			    "this GPU does not tell it");

	/* bits: idle, the software's power cap, a thermal slowdown by hardware */
	fake->throttles = 0x1 | 0x4 | 0x40;
	fake->busy = 100 - 1;
	ask(&rig);
	assert_near(probe_gauge(probe, "gpu_busy_ratio", "gpu=\"1\""), 1.0);
	assert_near(probe_gauge(probe, "gpu_throttled", "gpu=\"0\",reason=\"power\""), 1);
	assert_near(probe_gauge(probe, "gpu_throttled", "gpu=\"0\",reason=\"thermal\""), 1);
	assert_near(probe_gauge(probe, "gpu_throttled", "gpu=\"0\",reason=\"hardware\""), 0);

	fake->read_result = 15;
	ask(&rig);
	assert_string_equal(probe_reason(probe, "gpu_busy_ratio", "gpu=\"0\""), "GPU is lost");
	assert_gap(probe_gauge(probe, "gpu_busy_ratio", "gpu=\"0\""));
	assert_near(probe_gauge(probe, "gpu_temperature_celsius", "gpu=\"0\""), 61);
	assert_int_equal(fake->n_init, 1);
	rig_close(&rig);
}

/* Numbers stay those of nvidia-smi when one of the GPUs cannot be had. */
static void test_missing_gpu(void **state)
{
	struct rig rig;

	(void)state;
	assert_int_equal(rig_open(&rig, "dev/nvidiactl"), 0);
	fake->n = 3;
	ask(&rig);
	assert_null(probe_find(&rig.probe, "gpu_busy_ratio", "gpu=\"0\""));
	assert_near(probe_gauge(&rig.probe, "gpu_busy_ratio", "gpu=\"2\""), 0.42);
	rig_close(&rig);
}

static void test_reasons(void **state)
{
	struct rig rig;

	(void)state;
	assert_int_equal(rig_open(&rig, "proc/driver/nvidia/version"), 0);
	fake->init_result = 18;
	ask(&rig);
	assert_string_equal(probe_reason(&rig.probe, "gpu_busy_ratio", NULL),
			    "NVML: Driver/library version mismatch");
	rig.now_ns += 10 * PT_S;
	sample(&rig); /* not asked again so soon */
	pt_loop_step(rig.loop, 5 * PT_MS);
	assert_int_equal(fake->n_init, 1);
	rig.now_ns += 61 * PT_S;
	ask(&rig);
	assert_int_equal(fake->n_init, 2);
	rig_close(&rig);

	assert_int_equal(rig_open(&rig, "proc/driver/nvidia/version"), 0);
	fake->n = 0;
	ask(&rig);
	assert_string_equal(probe_reason(&rig.probe, "gpu_throttled", NULL), "NVML lists no GPU");
	rig_close(&rig);

	assert_int_equal(rig_open(&rig, "proc/stat"), -PT_ENOENT);
	assert_string_equal(probe_reason(&rig.probe, "gpu_power_watts", NULL),
			    "no NVIDIA driver is loaded");
	rig_close(&rig);

	assert_int_equal(rig_open(&rig, "proc/driver/nvidia/version"), 0);
	rig.probe.env.loop = NULL;
	sample(&rig);
	assert_string_equal(probe_reason(&rig.probe, "gpu_busy_ratio", NULL),
			    "GPUs are read by a running perftop only");
	rig_close(&rig);
}

/* A driver that hangs holds up nobody, and the collector may be stopped meanwhile. */
static void test_slow_driver(void **state)
{
	struct rig rig;

	(void)state;
	assert_int_equal(rig_open(&rig, "proc/driver/nvidia/version"), 0);
	fake->delay_us = 50000;
	sample(&rig);
	sample(&rig);
	assert_string_equal(probe_reason(&rig.probe, "gpu_busy_ratio", NULL), "");
	rig.now_ns += 20 * PT_S;
	sample(&rig);
	assert_string_equal(probe_reason(&rig.probe, "gpu_busy_ratio", NULL),
			    "the driver does not answer");
	ask(&rig);
	assert_near(probe_gauge(&rig.probe, "gpu_busy_ratio", "gpu=\"0\""), 0.40);
	rig.now_ns += 2 * PT_S;
	sample(&rig);
	rig_close(&rig);
}

static int load_fake(void **state)
{
	const char *build = getenv("PT_BUILDDIR");
	char path[PATH_MAX];
	void *library;

	(void)state;
	snprintf(path, sizeof(path), "%s/tests/unit/fake-nvml.so", build ? build : ".");
	library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!library) {
		print_error("%s\n", dlerror());
		return -1;
	}
	fake = dlsym(library, "fake");
	return fake ? 0 : -1;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_missing_gpu),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_slow_driver),
	};

	return cmocka_run_group_tests(tests, load_fake, NULL);
}
