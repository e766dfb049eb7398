/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_TESTS_FAKE_NVML_H
#define PT_TESTS_FAKE_NVML_H

/* What fake_nvml.c answers, and what it was asked. */
struct fake_nvml {
	int init_result, read_result;
	unsigned n, busy, delay_us;
	unsigned long long throttles;
	int n_init, n_shutdown;
};

#endif
