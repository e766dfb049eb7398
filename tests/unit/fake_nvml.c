/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stands for libnvidia-ml.so.1 in test_collect_gpu: two GPUs, of which the second tells little.
 * The test finds `fake` by name and changes it.
 */
#include <stddef.h>
#include <unistd.h>

#include "fake_nvml.h"

struct fake_nvml fake = {.n = 2, .busy = 40, .throttles = 0x1};

int nvmlInit_v2(void);
int nvmlShutdown(void);
const char *nvmlErrorString(int result);
int nvmlDeviceGetCount_v2(unsigned *ret);
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **ret);
int nvmlDeviceGetUtilizationRates(void *gpu, unsigned *ret);
int nvmlDeviceGetMemoryInfo(void *gpu, unsigned long long *ret);
int nvmlDeviceGetTemperature(void *gpu, int sensor, unsigned *ret);
int nvmlDeviceGetPowerUsage(void *gpu, unsigned *ret);
int nvmlDeviceGetClockInfo(void *gpu, int which, unsigned *ret);
int nvmlDeviceGetCurrentClocksThrottleReasons(void *gpu, unsigned long long *ret);

int nvmlInit_v2(void)
{
	fake.n_init++;
	return fake.init_result;
}

int nvmlShutdown(void)
{
	fake.n_shutdown++;
	return 0;
}

const char *nvmlErrorString(int result)
{
	return result == 18 ? "Driver/library version mismatch" : "GPU is lost";
}

int nvmlDeviceGetCount_v2(unsigned *ret)
{
	*ret = fake.n;
	return 0;
}

/* The first of three has fallen off the bus. */
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **ret)
{
	*ret = &((char *)&fake)[index];
	return fake.n == 3 && index == 0 ? 15 : 0;
}

static unsigned index_of(void *gpu)
{
	return (unsigned)((char *)gpu - (char *)&fake);
}

int nvmlDeviceGetUtilizationRates(void *gpu, unsigned *ret)
{
	usleep(fake.delay_us);
	ret[0] = fake.busy + index_of(gpu);
	ret[1] = 7;
	return fake.read_result;
}

int nvmlDeviceGetMemoryInfo(void *gpu, unsigned long long *ret)
{
	(void)gpu;
	ret[0] = 24ull << 30;
	ret[1] = 20ull << 30;
	ret[2] = 4ull << 30;
	return 0;
}

int nvmlDeviceGetTemperature(void *gpu, int sensor, unsigned *ret)
{
	(void)gpu;
	*ret = 61;
	return sensor == 0 ? 0 : 2;
}

int nvmlDeviceGetPowerUsage(void *gpu, unsigned *ret)
{
	*ret = 125500;
	return index_of(gpu) == 1 ? 3 : 0;
}

int nvmlDeviceGetClockInfo(void *gpu, int which, unsigned *ret)
{
	(void)gpu;
	*ret = which == 1 ? 1500 : 9501;
	return which == 1 || which == 2 ? 0 : 2;
}

int nvmlDeviceGetCurrentClocksThrottleReasons(void *gpu, unsigned long long *ret)
{
	(void)gpu;
	*ret = fake.throttles;
	return 0;
}
