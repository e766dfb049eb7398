/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How sure shares of samples are, and their changes. A share is a ratio of two sums over the same
 * samples; of n samples its variance is ((1 - 2 part) square + part^2 whole) / n, which is part
 * (1 - part) / n where all weigh the same.
 */
#include "perftop/profile/graph.h"

#include <math.h>

enum { SURE_SIGMA = 3 };

struct pt_share pt_share_of(const struct pt_tree *tree, uint32_t node, bool base, int64_t part,
			    double square, double n)
{
	const struct pt_squares *squares = base ? &tree->base_squares : &tree->squares;
	const int64_t *total = base ? tree->base_total : tree->total;
	double all = total && total[node] > 0 ? (double)total[node] : 0;
	struct pt_share s = {.part = all > 0 ? (double)part / all : 0, .n = n, .whole = 1};

	if (squares->total && all > 0)
		s.whole = squares->total[node] / all / all * n;
	s.square = s.part * s.whole;
	if (squares->total && all > 0 && square > 0)
		s.square = square / all / all * n;
	return s;
}

/* Of one sample. */
static double variance(const struct pt_share *s)
{
	return (1 - 2 * s->part) * s->square + s->part * s->part * s->whole;
}

/* Both shares are taken for one: what each sample is worth is then the same on both sides, and one
 * heavy sample does not make its own side look like the rule. */
double pt_share_sigma(const struct pt_share *now, const struct pt_share *was)
{
	struct pt_share both = {0};
	double n = now->n, base_n = was->n, se;

	if (!(n > 0) || !(base_n > 0))
		return 0;
	both.part = (now->part * n + was->part * base_n) / (n + base_n);
	both.square = (now->square * n + was->square * base_n) / (n + base_n);
	both.whole = (now->whole * n + was->whole * base_n) / (n + base_n);
	se = sqrt(variance(&both) * (1 / n + 1 / base_n));
	return se > 0 ? (now->part - was->part) / se : 0;
}

/* Without counts of samples half a point is taken for more than noise. */
bool pt_share_sure(const struct pt_share *now, const struct pt_share *was)
{
	double change = fabs(now->part - was->part);

	if (!(now->n > 0) || !(was->n > 0))
		return change >= 0.005;
	return fabs(pt_share_sigma(now, was)) >= SURE_SIGMA && change >= 0.0005;
}

double pt_share_error(const struct pt_share *share)
{
	const double z = 1.959963984540054;
	double p = share->part, n = share->n, spread = p * (1 - p);

	if (!(n > 0) || !(p >= 0) || !(p <= 1))
		return 0;
	/* As many of one weight would be as sure. */
	n *= spread > 0 && variance(share) > 0 ? spread / variance(share) : 1 / share->whole;
	return z / (1 + z * z / n) * sqrt(spread / n + z * z / (4 * n * n));
}
