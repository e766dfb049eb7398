/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How sure shares of samples are, and their changes. */
#include "perftop/profile/graph.h"

#include <math.h>

enum { SURE_SIGMA = 3 };

double pt_share_sigma(double a, double n, double base_a, double base_n)
{
	double both, se;

	if (!(n > 0) || !(base_n > 0))
		return 0;
	both = (a + base_a) / (n + base_n);
	se = sqrt(both * (1 - both) * (1 / n + 1 / base_n));
	return se > 0 ? (a / n - base_a / base_n) / se : 0;
}

/* Without counts of samples half a point is taken for more than noise. */
bool pt_share_sure(double now, double n, double was, double base_n)
{
	double change = fabs(now - was);

	if (!(n > 0) || !(base_n > 0))
		return change >= 0.005;
	return fabs(pt_share_sigma(now * n, n, was * base_n, base_n)) >= SURE_SIGMA &&
	       change >= 0.0005;
}

double pt_share_error(double a, double n)
{
	const double z = 1.959963984540054;
	double p = a / n;

	if (!(n > 0) || !(p >= 0) || !(p <= 1))
		return 0;
	return z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
}
