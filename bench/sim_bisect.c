/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How often bisection ends at the guilty commit, and after how many launches: 3-10 % effects under
 * 1.5 % noise, alone and with what real machines add (2 % wild launches, bimodal launches, drift),
 * beside plain bisection with one launch a step and with the median of five. Seeds are fixed.
 *
 *	sim_bisect [--quick]
 */
#include "perftop/analyse/bisect.h"
#include "perftop/base/mem.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct world {
	const char *name;
	double wild, bimodal, drift;
};

static uint64_t state;

static double uniform(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (double)(state >> 11) * 0x1p-53;
}

static double normal(void)
{
	double a = uniform() + 1e-300, b = uniform();

	return sqrt(-2 * log(a)) * cos(2 * M_PI * b);
}

struct trial {
	const struct world *world;
	size_t n, guilty;
	double effect, drift;
	size_t runs;
};

static struct trial trial_new(const struct world *world, size_t n)
{
	return (struct trial){.world = world,
			      .n = n,
			      .guilty = 1 + (size_t)(uniform() * (double)(n - 1)),
			      .effect = .03 + .07 * uniform()};
}

static double measure(struct trial *t, size_t at)
{
	double y = at >= t->guilty ? 1 + t->effect : 1;

	t->runs++;
	t->drift = .9 * t->drift + t->world->drift * normal() * sqrt(1 - .81);
	y *= 1 + .015 * normal() + t->drift;
	if (uniform() < t->world->wild)
		y *= 1.5 + 2.5 * uniform();
	if (uniform() < t->world->bimodal)
		y *= 1.08;
	return y;
}

static size_t ours(struct trial *t)
{
	struct pt_bisection_options options;
	struct pt_bisection_result result;
	struct pt_bisection *b;
	long at;

	pt_bisection_options_init(&options);
	b = pt_bisection_new(t->n, &options);
	while ((at = pt_bisection_next(b, NULL)) >= 0)
		pt_bisection_add(b, (size_t)at, measure(t, (size_t)at));
	pt_bisection_result(b, &result);
	pt_bisection_free(b);
	return result.first == result.last && result.state == PT_BISECTION_FOUND ? result.first : 0;
}

static double median_of(struct trial *t, size_t at, size_t k)
{
	double v[5];

	for (size_t i = 0; i < k; i++) {
		double y = measure(t, at);
		size_t j = i;
		for (; j > 0 && v[j - 1] > y; j--)
			v[j] = v[j - 1];
		v[j] = y;
	}
	return v[k / 2];
}

/* As `git bisect run` with a threshold halfway between both ends. */
static size_t plain(struct trial *t, size_t k)
{
	double limit = (median_of(t, 0, k) + median_of(t, t->n - 1, k)) / 2;
	size_t good = 0, bad = t->n - 1;

	while (bad - good > 1) {
		size_t at = (good + bad) / 2;
		if (median_of(t, at, k) > limit)
			bad = at;
		else
			good = at;
	}
	return bad;
}

static size_t plain_one(struct trial *t)
{
	return plain(t, 1);
}

static size_t plain_five(struct trial *t)
{
	return plain(t, 5);
}

int main(int argc, char **argv)
{
	static const struct world worlds[] = {
		{"noise 1.5 %", 0, 0, 0},
		{"and 2 % wild launches", .02, 0, 0},
		{"and 20 % of launches +8 %", 0, .2, 0},
		{"and drift of 1 %", 0, 0, .01},
	};
	static const struct {
		const char *name;
		size_t (*find)(struct trial *t);
	} rules[] = {
		{"perftop", ours}, {"one launch a step", plain_one}, {"median of 5", plain_five}};
	static const size_t lengths[] = {16, 100, 400};
	int trials = argc > 1 && strcmp(argv[1], "--quick") == 0 ? 300 : 2000;

	printf("bisection, effects 3-10 %%, %d trials each: exact commit %%, launches "
	       "(must: 90 %%, 40)\n%-28s %7s",
	       trials, "", "commits");
	for (size_t r = 0; r < PT_LEN(rules); r++)
		printf("  %20s", rules[r].name);
	putchar('\n');
	for (size_t w = 0; w < PT_LEN(worlds); w++)
		for (size_t l = 0; l < PT_LEN(lengths); l++) {
			printf("%-28s %7zu", worlds[w].name, lengths[l]);
			for (size_t r = 0; r < PT_LEN(rules); r++) {
				size_t exact = 0, runs = 0;
				state = UINT64_C(0x9E3779B97F4A7C15) + w * 1000 + l;
				for (int i = 0; i < trials; i++) {
					struct trial t = trial_new(&worlds[w], lengths[l]);
					exact += rules[r].find(&t) == t.guilty;
					runs += t.runs;
				}
				printf("  %11.1f %% %6.1f", 100.0 * (double)exact / trials,
				       (double)runs / trials);
			}
			putchar('\n');
		}
	return 0;
}
