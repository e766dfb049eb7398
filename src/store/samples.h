/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_STORE_SAMPLES_H
#define PT_STORE_SAMPLES_H

#include "perftop/base/str.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Samples of one run in few bytes. Each is kept as its distance from the run's median: in whole
 * numbers when all of them are, and then reads back as it was, or in steps of a hundred-thousandth of the
 * median when that is shorter, and then reads back within 5 millionths of the median (benchmarks
 * spread a thousand times as much). exact forbids the steps. What fits neither way is kept as it is.
 */
void pt_samples_pack(const double *v, size_t n, double median, bool exact, struct pt_str *out);
/* Fills v with n samples. -PT_ESYNTAX: not such data, or not as many. */
int pt_samples_unpack(const void *data, size_t len, double median, double *v, size_t n);

#endif
