/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_ANALYSE_QUANTILE_H
#define PT_ANALYSE_QUANTILE_H

#include <stddef.h>

/*
 * Quantile of values, linearly interpolated between ranks.
 *
 * v       n values, finite; partly reordered by this (quickselect)
 * q       0..1
 * ret_out same unit; untouched on error
 * Errors  -PT_ENODATA if n == 0, -PT_ERANGE if q is outside 0..1
 * Source  Hyndman & Fan 1996, type 7
 */
int pt_quantile_select(float *v, size_t n, double q, double *ret_out);

#endif
