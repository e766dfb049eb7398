/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A forgetting histogram of sizes with a power-law tail. Ranks serve where there are sizes to compare
 * with; beyond the upper few per cent the mean excess of logarithms tells the tail's index.
 * Source  Hill 1975; the prior is that of a few sizes seen
 */
#include "anomaly_tail.h"

#include "perftop/base/mem.h"

#include <math.h>

#define TAIL_SHARE 0.03 /* of sizes make the tail, but not fewer than */
#define TAIL_LEAST 10
#define PRIOR 10 /* sizes that the index known before counts for */
#define WEIGHT_MAX 1e6

/* Bins above 0 hold sizes; bin 0 what is as good as nothing. */
static double place(double x)
{
	double at;

	if (!(x > 0))
		return 0;
	at = (log2(x) + PT_TAIL_OCTAVES / 2.0) * PT_TAIL_PER_OCTAVE;
	return fmin(fmax(at, 0), PT_TAIL_BINS - 1.001);
}

double pt_tail_rarity(const struct pt_tail *tail, double x, double index)
{
	const double octave = log(2) / PT_TAIL_PER_OCTAVE;
	double at = place(x), above = 0, excess = 0, n, want;
	int bin = (int)at, edge = tail->top;

	if (tail->total <= 5 * tail->weight || at <= 0)
		return 0;
	n = tail->total / tail->weight;
	want = fmax(TAIL_SHARE * tail->total, TAIL_LEAST * tail->weight);
	for (; edge > 0 && above + (double)tail->count[edge] < want; edge--) {
		above += (double)tail->count[edge];
		excess += (double)tail->count[edge] * (edge + 0.5);
	}
	if (bin <= edge) {
		for (int i = edge; i > bin; i--)
			above += (double)tail->count[i];
		above += (double)tail->count[bin] * (bin + 1 - at);
		return -log10((above / tail->weight + 0.5) / (n + 1));
	}
	above /= tail->weight;
	if (edge == 0) /* nothing but zeros: any size is the first */
		return -log10((above + 0.5) / (n + 1));
	excess = excess / tail->weight - above * (edge + 1);
	index = (excess * octave + index * PRIOR) / (above + PRIOR);
	return (at - (edge + 1)) * octave / index / log(10) - log10((above + 0.5) / (n + 1));
}

static void rescale(struct pt_tail *tail)
{
	for (int i = 0; i < PT_TAIL_BINS; i++)
		tail->count[i] = (float)((double)tail->count[i] / tail->weight);
	tail->total /= tail->weight;
	tail->weight = 1;
	while (tail->top > 0 && tail->count[tail->top] < 1e-3F)
		tail->top--;
}

void pt_tail_add(struct pt_tail *tail, double x, double grow)
{
	int bin = (int)place(x);

	tail->weight = fmax(tail->weight, 1) * grow;
	tail->count[bin] += (float)tail->weight;
	tail->total += tail->weight;
	tail->top = PT_MAX(tail->top, bin);
	if (tail->weight > WEIGHT_MAX)
		rescale(tail);
}
