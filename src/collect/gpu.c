/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * NVIDIA GPUs through NVML, which is loaded when the driver is there and never linked. Its calls
 * wait for the driver, some for a second and more while a GPU wakes up, so all of them are made in
 * a worker; what it read is reported at the next tick. While a worker is away nothing else touches
 * what it writes.
 *
 * NVML's few types and numbers that are used are declared here, as its documentation gives them:
 * the header is not free, and its binary interface is stable.
 */
#include "perftop/base/loop.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/collect/source.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

enum {
	BUSY,
	MEMORY_BUSY,
	MEMORY_USED,
	MEMORY_TOTAL,
	TEMPERATURE,
	POWER,
	CLOCK,
	MEMORY_CLOCK,
	N_PLAIN, /* labelled by the GPU alone */
	THROTTLED = N_PLAIN,
	N_METRICS,
};

static const struct pt_metric metrics[N_METRICS] = {
	[BUSY] = {"gpu_busy_ratio", "gpu", PT_UNIT_RATIO, PT_GAUGE, 0,
		  "Share of time in which the GPU ran a kernel"},
	[MEMORY_BUSY] = {"gpu_memory_busy_ratio", "gpu", PT_UNIT_RATIO, PT_GAUGE, 0,
			 "Share of time in which the GPU's memory was read or written"},
	[MEMORY_USED] = {"gpu_memory_used_bytes", "gpu", PT_UNIT_BYTES, PT_GAUGE, 0,
			 "Memory of the GPU in use"},
	[MEMORY_TOTAL] = {"gpu_memory_total_bytes", "gpu", PT_UNIT_BYTES, PT_GAUGE, 0,
			  "Memory that the GPU has"},
	[TEMPERATURE] = {"gpu_temperature_celsius", "gpu", PT_UNIT_CELSIUS, PT_GAUGE, 0,
			 "Temperature of the GPU"},
	[POWER] = {"gpu_power_watts", "gpu", PT_UNIT_WATT, PT_GAUGE, 0, "Power that the GPU draws"},
	[CLOCK] = {"gpu_clock_hertz", "gpu", PT_UNIT_HERTZ, PT_GAUGE, 0,
		   "Clock of the GPU's processors"},
	[MEMORY_CLOCK] = {"gpu_memory_clock_hertz", "gpu", PT_UNIT_HERTZ, PT_GAUGE, 0,
			  "Clock of the GPU's memory"},
	[THROTTLED] = {"gpu_throttled", "gpu,reason", PT_UNIT_COUNT, PT_GAUGE, 0,
		       "1 while the GPU is slowed down for this reason"},
};

enum { NVML_SUCCESS = 0, NVML_NOT_SUPPORTED = 3, NVML_CLOCK_SM = 1, NVML_CLOCK_MEM = 2 };

/* Bits of nvmlDeviceGetCurrentClocksThrottleReasons. */
static const struct {
	const char *name;
	unsigned long long mask;
} throttles[] = {
	{"hardware", 0x08},
	{"power", 0x04 | 0x80},	  /* the software's cap, the power brake */
	{"thermal", 0x20 | 0x40}, /* the software's, the hardware's */
};

enum {
	GPUS_MAX = 64,
	N_THROTTLES = PT_LEN(throttles),
	N_VALUES = N_PLAIN + N_THROTTLES,
	REASON_MAX = 200,
};

#define INTERVAL_NS (2 * PT_S)
#define LATE_NS (10 * PT_S)

struct nvml_utilization {
	unsigned gpu, memory; /* per cent */
};

struct nvml_memory {
	unsigned long long total, free, used;
};

struct nvml {
	int (*init)(void);
	int (*shutdown)(void);
	const char *(*error_string)(int result);
	int (*count)(unsigned *ret);
	int (*handle)(unsigned index, void **ret);
	int (*utilization)(void *gpu, struct nvml_utilization *ret);
	int (*memory)(void *gpu, struct nvml_memory *ret);
	int (*temperature)(void *gpu, int sensor, unsigned *ret_celsius);
	int (*power)(void *gpu, unsigned *ret_mw);
	int (*clock)(void *gpu, int which, unsigned *ret_mhz);
	int (*throttles)(void *gpu, unsigned long long *ret_bits);
};

struct reading {
	double values[N_VALUES];
	int errors[N_VALUES]; /* of NVML; 0: there is a value */
};

/* What the worker works on. It may be away when the collector stops, so it is freed by whoever is
 * the last. */
struct gpus {
	struct nvml nvml;
	void *library;
	unsigned n;
	void *handles[GPUS_MAX];
	unsigned numbers[GPUS_MAX]; /* as nvidia-smi numbers them */
	struct reading *readings;
	char reason[REASON_MAX]; /* why there is nothing at all, or "" */
	bool away;		 /* the worker has it */
	bool fresh;		 /* since the last report */
	bool stopped;
};

struct gpu_state {
	struct gpus *gpus;
	int (*ids)[N_VALUES]; /* series, made with the first values */
	int64_t due_ns, began_ns;
	bool told_late;
};

/* -- in the worker -------------------------------------------------------------------------- */

static void unload(struct gpus *gpus)
{
	if (gpus->nvml.shutdown)
		gpus->nvml.shutdown();
	if (gpus->library)
		dlclose(gpus->library);
	gpus->library = NULL;
	gpus->nvml = (struct nvml){0};
	gpus->n = 0;
}

/* False with the name of what the library lacks. */
static bool find_functions(struct gpus *gpus, const char **ret_missing)
{
	struct nvml *nvml = &gpus->nvml;
	const struct {
		void *at;
		const char *name;
	} functions[] = {
		{&nvml->init, "nvmlInit_v2"},
		{&nvml->shutdown, "nvmlShutdown"},
		{&nvml->error_string, "nvmlErrorString"},
		{&nvml->count, "nvmlDeviceGetCount_v2"},
		{&nvml->handle, "nvmlDeviceGetHandleByIndex_v2"},
		{&nvml->utilization, "nvmlDeviceGetUtilizationRates"},
		{&nvml->memory, "nvmlDeviceGetMemoryInfo"},
		{&nvml->temperature, "nvmlDeviceGetTemperature"},
		{&nvml->power, "nvmlDeviceGetPowerUsage"},
		{&nvml->clock, "nvmlDeviceGetClockInfo"},
		{&nvml->throttles, "nvmlDeviceGetCurrentClocksThrottleReasons"},
	};

	for (size_t i = 0; i < PT_LEN(functions); i++) {
		void *symbol = dlsym(gpus->library, functions[i].name);

		/* dlsym() gives functions as objects; POSIX has them alike. */
		memcpy(functions[i].at, &symbol, sizeof(symbol));
		if (!symbol) {
			*ret_missing = functions[i].name;
			nvml->shutdown = NULL; /* nothing was begun */
			return false;
		}
	}
	return true;
}

static int enumerate(struct gpus *gpus)
{
	unsigned n;
	int result = gpus->nvml.count(&n);

	gpus->n = 0;
	for (unsigned i = 0; result == NVML_SUCCESS && i < PT_MIN(n, (unsigned)GPUS_MAX); i++)
		if (gpus->nvml.handle(i, &gpus->handles[gpus->n]) == NVML_SUCCESS)
			gpus->numbers[gpus->n++] = i;
	gpus->readings = pt_reallocarray(gpus->readings, gpus->n + 1, sizeof(*gpus->readings));
	return result;
}

static bool load(struct gpus *gpus)
{
	const char *missing;
	int result;

	gpus->reason[0] = '\0';
	gpus->library = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
	if (!gpus->library) {
		pt_snprintf(gpus->reason, sizeof(gpus->reason),
			    "the NVIDIA driver is there, but libnvidia-ml.so.1 cannot be loaded");
		return false;
	}
	if (!find_functions(gpus, &missing)) {
		pt_snprintf(gpus->reason, sizeof(gpus->reason),
			    "libnvidia-ml.so.1 is too old: it has no %s", missing);
		unload(gpus);
		return false;
	}
	result = gpus->nvml.init();
	if (result == NVML_SUCCESS)
		result = enumerate(gpus);
	else
		gpus->nvml.shutdown = NULL;
	if (result != NVML_SUCCESS)
		pt_snprintf(gpus->reason, sizeof(gpus->reason), "NVML: %s",
			    gpus->nvml.error_string(result));
	else if (!gpus->n)
		pt_snprintf(gpus->reason, sizeof(gpus->reason), "NVML lists no GPU");
	if (gpus->reason[0])
		unload(gpus);
	return gpus->library != NULL;
}

static void keep(struct reading *reading, int which, int result, double value)
{
	reading->values[which] = value;
	reading->errors[which] = result;
}

static void read_one(const struct nvml *nvml, void *gpu, struct reading *out)
{
	struct nvml_utilization use = {0};
	struct nvml_memory memory = {0};
	unsigned long long bits = 0;
	unsigned value = 0;
	int result = nvml->utilization(gpu, &use);

	keep(out, BUSY, result, use.gpu / 100.0);
	keep(out, MEMORY_BUSY, result, use.memory / 100.0);
	result = nvml->memory(gpu, &memory);
	keep(out, MEMORY_USED, result, (double)memory.used);
	keep(out, MEMORY_TOTAL, result, (double)memory.total);
	result = nvml->temperature(gpu, 0, &value);
	keep(out, TEMPERATURE, result, value);
	result = nvml->power(gpu, &value);
	keep(out, POWER, result, value / 1e3);
	result = nvml->clock(gpu, NVML_CLOCK_SM, &value);
	keep(out, CLOCK, result, value * 1e6);
	result = nvml->clock(gpu, NVML_CLOCK_MEM, &value);
	keep(out, MEMORY_CLOCK, result, value * 1e6);
	result = nvml->throttles(gpu, &bits);
	for (int i = 0; i < N_THROTTLES; i++)
		keep(out, N_PLAIN + i, result, (bits & throttles[i].mask) != 0);
}

static void work(void *arg)
{
	struct gpus *gpus = arg;

	if (!gpus->library && !load(gpus))
		return;
	for (unsigned i = 0; i < gpus->n; i++)
		read_one(&gpus->nvml, gpus->handles[i], &gpus->readings[i]);
}

/* -- on the loop ---------------------------------------------------------------------------- */

static void gpus_free(struct gpus *gpus)
{
	unload(gpus);
	free(gpus->readings);
	free(gpus);
}

static void done(void *arg)
{
	struct gpus *gpus = arg;

	gpus->away = false;
	gpus->fresh = true;
	if (gpus->stopped)
		gpus_free(gpus);
}

static const struct pt_metric *metric_of(int which)
{
	return &metrics[PT_MIN(which, THROTTLED)];
}

static void make_series(struct gpu_state *s, struct pt_collect_env *env)
{
	s->ids = pt_calloc(s->gpus->n, sizeof(*s->ids));
	for (unsigned gpu = 0; gpu < s->gpus->n; gpu++) {
		char number[12];

		pt_snprintf(number, sizeof(number), "%u", s->gpus->numbers[gpu]);
		for (int i = 0; i < N_PLAIN; i++)
			s->ids[gpu][i] = pt_source_series(env, &metrics[i], number);
		for (int i = 0; i < N_THROTTLES; i++)
			s->ids[gpu][N_PLAIN + i] = pt_source_series2(env, &metrics[THROTTLED],
								     number, throttles[i].name);
	}
}

static void report_one(const struct gpu_state *s, struct pt_collect_env *env, unsigned gpu)
{
	const struct reading *reading = &s->gpus->readings[gpu];

	for (int i = 0; i < N_VALUES; i++) {
		int error = reading->errors[i];

		if (error == NVML_SUCCESS)
			pt_sink_gauge(&env->sink, s->ids[gpu][i], reading->values[i]);
		else
			pt_sink_fail(&env->sink, metric_of(i), s->ids[gpu][i],
				     error == NVML_NOT_SUPPORTED
					     ? "this GPU does not tell it"
					     : s->gpus->nvml.error_string(error));
	}
}

static void report(struct gpu_state *s, struct pt_collect_env *env)
{
	if (s->gpus->reason[0]) {
		pt_source_fail(env, metrics, N_METRICS, s->gpus->reason);
		s->due_ns += 60 * PT_S; /* what is missing is not there in 2 s either */
		return;
	}
	if (!s->ids) {
		pt_source_fail(env, metrics, N_METRICS, NULL);
		make_series(s, env);
	}
	for (int i = 0; i < N_METRICS; i++)
		pt_sink_hold(&env->sink, &metrics[i], INTERVAL_NS);
	for (unsigned i = 0; i < s->gpus->n; i++)
		report_one(s, env, i);
}

static void sample(void *state, struct pt_collect_env *env, int64_t now_ns)
{
	struct gpu_state *s = state;

	if (!env->loop) {
		pt_source_fail(env, metrics, N_METRICS, "GPUs are read by a running perftop only");
		return;
	}
	if (s->gpus->away) {
		if (now_ns - s->began_ns > LATE_NS && !s->told_late)
			pt_source_fail(env, metrics, N_METRICS, "the driver does not answer");
		s->told_late = now_ns - s->began_ns > LATE_NS;
		return;
	}
	if (s->gpus->fresh)
		report(s, env);
	s->gpus->fresh = false;
	s->told_late = false;
	if (now_ns < s->due_ns)
		return;
	s->began_ns = now_ns;
	s->due_ns = now_ns - now_ns % INTERVAL_NS + INTERVAL_NS;
	s->gpus->away = pt_loop_work(env->loop, work, done, s->gpus) >= 0;
}

static int start(void *state, struct pt_collect_env *env)
{
	struct gpu_state *s = state;
	/* Only whether they are there: opening the device would wake the GPU. */
	int fd = pt_root_openfd(env->root, "proc/driver/nvidia/version", O_PATH);

	if (fd < 0)
		fd = pt_root_openfd(env->root, "dev/nvidiactl", O_PATH);
	if (fd < 0) {
		pt_source_fail(env, metrics, N_METRICS, "no NVIDIA driver is loaded");
		return -PT_ENOENT;
	}
	close(fd);
	s->gpus = pt_calloc(1, sizeof(*s->gpus));
	s->due_ns = INT64_MIN;
	return 0;
}

static void stop(void *state, struct pt_collect_env *env)
{
	struct gpu_state *s = state;

	(void)env;
	free(s->ids);
	s->gpus->stopped = true;
	if (!s->gpus->away)
		gpus_free(s->gpus);
}

extern const struct pt_collector pt_collector_gpu;
const struct pt_collector pt_collector_gpu = {
	.name = "gpu",
	.help = "NVIDIA GPUs (NVML, loaded where the driver is)",
	.metrics = metrics,
	.n_metrics = N_METRICS,
	.state_size = sizeof(struct gpu_state),
	.start = start,
	.sample = sample,
	.stop = stop,
};
