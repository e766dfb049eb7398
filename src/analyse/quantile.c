/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Quantile by selection: linear time on average, in place. Hoare's partition stops at equal
 * values, so a constant series, the usual one, splits in the middle.
 */
#include "perftop/analyse/quantile.h"

#include "perftop/base/err.h"

#include <math.h>

static void swap(float *a, float *b)
{
	float t = *a;

	*a = *b;
	*b = t;
}

/* Puts the value of rank k at v[k], nothing larger before it, nothing smaller behind. */
static void select_rank(float *v, size_t n, size_t k)
{
	size_t lo = 0, hi = n - 1;

	while (lo < hi) {
		size_t i = lo, j = hi, mid = lo + (hi - lo) / 2;
		float pivot;

		/* Median of three: sorted input is the worst case otherwise. */
		if (v[mid] < v[lo])
			swap(&v[mid], &v[lo]);
		if (v[hi] < v[lo])
			swap(&v[hi], &v[lo]);
		if (v[hi] < v[mid])
			swap(&v[hi], &v[mid]);
		pivot = v[mid];
		for (;; i++, j--) {
			while (v[i] < pivot)
				i++;
			while (pivot < v[j])
				j--;
			if (i >= j)
				break;
			swap(&v[i], &v[j]);
		}
		if (k <= j)
			hi = j;
		else
			lo = j + 1;
	}
}

int pt_quantile_select(float *v, size_t n, double q, double *ret_out)
{
	double rank, part;
	float next;
	size_t k;

	if (n == 0)
		return -PT_ENODATA;
	if (!(q >= 0 && q <= 1))
		return -PT_ERANGE;
	rank = q * (double)(n - 1);
	k = (size_t)rank;
	part = rank - (double)k;
	select_rank(v, n, k);
	if (k + 1 == n) {
		*ret_out = (double)v[k];
		return 0;
	}
	next = v[k + 1];
	for (size_t i = k + 2; i < n; i++)
		if (v[i] < next)
			next = v[i];
	*ret_out = (double)v[k] + part * ((double)next - (double)v[k]);
	return 0;
}
